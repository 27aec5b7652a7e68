// SPDX-License-Identifier: Apache-2.0
// The makers' own kits as judges: they are clients of the fakes, which must satisfy them and be
// caught when they lie; they check what our engine signs, byte for byte where the scheme allows, and
// sign what our engine must believe. argv: KITS (where they are installed), VECTOR, FAKES, SIGNED.
import { execFileSync, spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { pathToFileURL } from 'node:url';

const [kits, vector, fakes, signedProgram] = process.argv.slice(2);
const require = createRequire(path.join(kits, 'x.js'));
const { AlipaySdk } = require('alipay-sdk');
const { Wechatpay, Rsa, Formatter, Aes, Hash } = require('wechatpay-axios-plugin');
const util = await import(pathToFileURL(path.join(kits, 'node_modules/alipay-sdk/dist/esm/util.js')));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pn-oracle.'));
const at = (name) => path.join(folder, name);
const v = (name) => fs.readFileSync(path.join(vector, name), 'utf8');
const SERVICE = '2002000000000558128851361561536';
const children = [];
let n = 0;

function result(good, name, why) {
  n += 1;
  console.log(`${good ? 'ok' : 'not ok'} ${n} - ${name}`);
  if (!good && why) console.log(`# ${String(why).replaceAll('\n', '\n# ')}`);
}
async function refuses(name, why, what) {
  try {
    await what();
    result(false, name, 'it was accepted');
  } catch (e) {
    const said = `${e.code} ${e.message} ${e.response?.status}`;
    result(why.test(said), name, said);
  }
}

async function start(name) {
  const child = spawn('node', [path.join(fakes, `${name}.mjs`), folder], { stdio: ['pipe', 'inherit', 'inherit'] });
  children.push(child);
  for (let i = 0; !fs.existsSync(at(`${name}.port`)); i += 1) {
    if (i > 500) throw new Error(`the fake ${name} did not start`);
    await new Promise((done) => { setTimeout(done, 20); });
  }
  return `http://127.0.0.1:${fs.readFileSync(at(`${name}.port`), 'utf8')}`;
}
const tool = async (base, name, input) => (await fetch(`${base}/_${name}`,
  { method: 'POST', body: JSON.stringify(input) })).json();
function ours(how, ...args) {
  const out = execFileSync(signedProgram, [folder, ...how, ...args.map(String)], { encoding: 'utf8' });
  return JSON.parse(out);
}
const hear = (connector, input) => JSON.parse(execFileSync(signedProgram, [folder, 'hear', connector],
  { encoding: 'utf8', input: JSON.stringify(input) }));

function keys() {
  fs.mkdirSync(at('link'), { mode: 0o700 });
  const put = (name, text) => fs.writeFileSync(at(name), text, { mode: 0o600 });
  put('app.pub', v('alipay_app_public_key.pem'));
  put('merchant.crt', v('wechat_merchant_certificate.pem'));
  put('v3.key', v('wechat_v3_key'));
  put('link/alipay_app_key', v('alipay_app_private_key.pem'));
  put('link/alipay_public_key', v('alipay_app_public_key.pem'));
  put('link/wechat_merchant_key', v('wechat_merchant_private_key.pem'));
  put('link/wechat_merchant_cert', v('wechat_merchant_certificate.pem'));
  put('link/wechat_v3_key', v('wechat_v3_key'));
  put('link/wechat_v2_key', v('wechat_v3_key'));
  put('link/wechat_public_key', v('wechat_public_key.pem'));
  put('link/wechat_sp_key', v('wechat_merchant_private_key.pem'));
  put('link/wechat_sp_cert', v('wechat_merchant_certificate.pem'));
  put('link/wechat_sp_v3_key', v('wechat_v3_key'));
  Object.assign(process.env, { ALIPAY_APP_ID: '2021000122671080', ALIPAY_SELLER_ID: '2088000000000001',
    WECHAT_APP_ID: 'wx8888888888888888', WECHAT_MCH_ID: '1234567891',
    WECHAT_PUBLIC_KEY_ID: 'PUB_KEY_ID_0001', WECHAT_PAYSCORE_SERVICE_ID: SERVICE,
    WECHAT_SP_APP_ID: 'wx8888888888888888', WECHAT_SP_MCH_ID: '1234567891' });
}

// ---- the fakes, judged by the kits ----

// Frozen in the payer's app, by the text that the kit makes; then taken in part and let go.
async function alipayPreauth(base, sdk, exec) {
  const front = sdk.sdkExecute('alipay.fund.auth.order.app.freeze', { bizContent: { out_order_no: 'A1', out_request_no: 'A1-1',
    order_title: '演出票/A', amount: '1360.00', product_code: 'PRE_AUTH_ONLINE' } });
  const { auth_no: authNo } = await tool(base, 'agree', { front });
  let r = await exec('alipay.fund.auth.operation.detail.query', { out_order_no: 'A1', out_request_no: 'A1-1' });
  result(authNo && r.authNo === authNo && r.status === 'SUCCESS' && r.amount === '1360.00', "Alipay's kit freezes, and sees it frozen", JSON.stringify(r));
  await tool(base, 'switch', { corrupt: 1 });
  await refuses('and rejects an answer about it that was changed', /验签失败/, () => exec('alipay.fund.auth.operation.detail.query',
    { out_order_no: 'A1', out_request_no: 'A1-1' }));
  r = await exec('alipay.trade.pay', { out_trade_no: 'A1T', auth_no: authNo, total_amount: '680.00', subject: 'x', product_code: 'PREAUTH_PAY', auth_confirm_mode: 'NOT_COMPLETE' });
  result(r.code === '10000' && r.totalAmount === '680.00', 'takes a part', JSON.stringify(r));
  r = await exec('alipay.fund.auth.order.unfreeze', { auth_no: authNo, out_request_no: 'A1-2', amount: '680.00', remark: 'x' });
  result(r.status === 'SUCCESS' && (await tool(base, 'auth', { auth_no: authNo })).left === 0, 'and lets the rest go', JSON.stringify(r));
  r = await exec('alipay.fund.auth.order.unfreeze', { auth_no: authNo, out_request_no: 'A1-3', amount: '0.01', remark: 'x' });
  result(r.subCode === 'ACQ.UNFREEZE_AMOUNT_EXCEED', 'but no more than was frozen', JSON.stringify(r));
}

async function alipayBill(exec, base) {
  const ask = () => exec('alipay.data.dataservice.bill.downloadurl.query', { bill_type: 'trade', bill_date: '2026-11-26' });
  const r = await ask();
  const file = Buffer.from(await (await fetch(r.billDownloadUrl)).arrayBuffer());
  fs.writeFileSync(at('bill.zip'), file);
  result(r.code === '10000' && file.subarray(0, 2).toString() === 'PK', "Alipay's kit is told where the bill is", JSON.stringify(r));
  await tool(base, 'switch', { corrupt: 1 });
  await refuses('and does not believe an address that was changed', /验签失败/, ask);
}

async function alipayFake() {
  const base = await start('alipay');
  const sdk = new AlipaySdk({ appId: '2021000122671080', privateKey: v('alipay_app_private_key.pem'),
    keyType: 'PKCS1', gateway: `${base}/gateway.do`, alipayPublicKey: fs.readFileSync(at('alipay.pub'), 'utf8') });
  const exec = (method, bizContent) => sdk.exec(method, { bizContent, format: 'JSON' }, { validateSign: true });
  let r = await exec('alipay.trade.precreate', { out_trade_no: 'P1', total_amount: '580.00', subject: '演出票/A' });
  result(r.code === '10000' && r.qrCode.startsWith('https://'), "Alipay's kit accepts what the fake answers", JSON.stringify(r));
  await tool(base, 'pay', { out_trade_no: 'P1' });
  r = await exec('alipay.trade.query', { out_trade_no: 'P1' });
  result(r.tradeStatus === 'TRADE_SUCCESS', 'and sees the trade paid', JSON.stringify(r));
  await tool(base, 'switch', { corrupt: 1 });
  await refuses('and rejects an answer whose signature was changed', /验签失败/, () => exec('alipay.trade.query', { out_trade_no: 'P1' }));
  let notice = await tool(base, 'notice', { out_trade_no: 'P1' });
  const fields = (body) => Object.fromEntries(new URLSearchParams(body));
  const without = fields(notice.body);
  delete without.empty;
  result(sdk.checkNotifySignV2(without), "Alipay's kit believes the notices of the fake");
  notice = await tool(base, 'notice', { out_trade_no: 'P1', how: 'corrupt' });
  const changed = fields(notice.body);
  delete changed.empty;
  result(!sdk.checkNotifySignV2(changed), 'and not those that were changed');
  await alipayPreauth(base, sdk, exec);
  await alipayBill(exec, base);
  const back = await exec('alipay.trade.refund', { out_trade_no: 'P1', out_request_no: 'TK1-1', refund_amount: '80.00' });
  result(back.fundChange === 'Y' && back.refundFee === '80.00', "Alipay's kit reads what was given back", JSON.stringify(back));
  notice = await tool(base, 'notice', { out_trade_no: 'P1', how: 'refund' });
  const partly = fields(notice.body);
  delete partly.empty;
  result(sdk.checkNotifySignV2(partly) && partly.refund_fee === '80.00', 'and believes the notice of it');
  await tool(base, 'switch', { corrupt: 1 });
  await refuses('and rejects a refund whose answer was changed', /验签失败/, () => exec('alipay.trade.refund',
    { out_trade_no: 'P1', out_request_no: 'TK1-2', refund_amount: '1.00' }));
  const other = new AlipaySdk({ appId: '2021000122671080', keyType: 'PKCS8',
    privateKey: crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
    gateway: `${base}/gateway.do`, alipayPublicKey: fs.readFileSync(at('alipay.pub'), 'utf8') });
  r = await other.exec('alipay.trade.query', { bizContent: { out_trade_no: 'P1' } }, { validateSign: true });
  result(r.subCode === 'isv.invalid-signature', 'the fake refuses a request signed by somebody else', JSON.stringify(r));
}

// The kit in certificate mode, which wants Alipay's certificate named in every answer.
async function alipayByCertificates() {
  const base = `http://127.0.0.1:${fs.readFileSync(at('alipay.port'), 'utf8')}`;
  const certs = await tool(base, 'certificates', {});
  const client = (alipay) => new AlipaySdk({ appId: '2021000122671080', privateKey: v('alipay_app_private_key.pem'),
    keyType: 'PKCS1', gateway: `${base}/gateway.do`, appCertContent: certs.app, alipayRootCertContent: certs.root,
    alipayPublicCertContent: alipay });
  const query = (sdk) => sdk.exec('alipay.trade.query', { bizContent: { out_trade_no: 'P1' }, format: 'JSON' }, { validateSign: true });
  const r = await query(client(certs.alipay));
  result(r.code === '10000' && r.outTradeNo === 'P1', "Alipay's kit is served by certificates", JSON.stringify(r));
  await tool(base, 'switch', { corrupt: 1 });
  await refuses('and rejects an answer that was changed', /验签失败/, () => query(client(certs.alipay)));
  await refuses("nor believes one that another certificate would have to have signed", /验签失败|不匹配/, () => query(client(certs.app)));
}

async function wechatFake() {
  const base = await start('wechat');
  const cert = new crypto.X509Certificate(fs.readFileSync(at('wechat.crt')));
  const merchant = new crypto.X509Certificate(v('wechat_merchant_certificate.pem'));
  const client = new Wechatpay({ mchid: '1234567891', serial: merchant.serialNumber,
    privateKey: v('wechat_merchant_private_key.pem'), certs: { [cert.serialNumber]: fs.readFileSync(at('wechat.crt')) }, baseURL: `${base}/` });
  const order = { appid: 'wx8888888888888888', mchid: '1234567891', description: '演出票', out_trade_no: 'P000001',
    notify_url: 'https://pay.example/x', amount: { total: 100, currency: 'CNY' } };
  let r = await client.v3.pay.transactions.native.post(order);
  result(r.status === 200 && r.data.code_url.startsWith('weixin://'), "WeChat's plug-in accepts what the fake answers");
  const query = () => client.v3.pay.transactions.outTradeNo['{out_trade_no}']
    .get({ params: { mchid: '1234567891' }, out_trade_no: 'P000001' });
  r = await query();
  result(r.data.trade_state === 'NOTPAY', 'and reads the order', JSON.stringify(r.data));
  await tool(base, 'switch', { corrupt: 1 });
  await refuses('and rejects an answer whose signature was changed', /verif/i, query);
  await tool(base, 'switch', { signtest: 1 });
  await refuses('and a probe', /verif/i, query);
  const other = new Wechatpay({ mchid: '1234567891', serial: merchant.serialNumber,
    privateKey: crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
    certs: { [cert.serialNumber]: fs.readFileSync(at('wechat.crt')) }, baseURL: `${base}/` });
  await refuses('the fake refuses a request signed by somebody else', / 401$/, () => other.v3.pay.transactions.native.post(order));
  const { body, headers } = await tool(base, 'notice', { out_trade_no: 'P000001' });
  const text = Formatter.joinedByLineFeed(headers['Wechatpay-Timestamp'], headers['Wechatpay-Nonce'], body);
  const { resource } = JSON.parse(body);
  const opened = JSON.parse(Aes.AesGcm.decrypt(resource.ciphertext, v('wechat_v3_key').trim(), resource.nonce, resource.associated_data));
  result(Rsa.verify(text, headers['Wechatpay-Signature'], cert.publicKey) && opened.out_trade_no === 'P000001',
    'and verifies and opens its notice');
  await tool(base, 'pay', { out_trade_no: 'P000001' });
  await wechatBill(client, base);
  await wechatScore(client, base, cert);
}

// Attended first, paid later: from the payer's promise to what was collected and given back.
async function wechatScore(client, base, cert) {
  const which = { appid: 'wx8888888888888888', service_id: SERVICE };
  const service = client.v3.payscore.serviceorder;
  const one = service['{out_order_no}'];
  const order = { ...which, out_order_no: 'S000001', service_introduction: '演出票', post_payments: [{ name: '演出票', amount: 136000 }],
    risk_fund: { name: 'ESTIMATE_ORDER_COST', amount: 136000 }, time_range: { start_time: 'OnAccept', end_time: '20261130220000' },
    notify_url: 'https://pay.example/x', openid: 'o1', need_user_confirm: true };
  const query = () => service.get({ params: { ...which, out_order_no: 'S000001' } });
  let r = await service.post(order);
  result(r.data.state === 'CREATED' && r.data.package, "payscore: WeChat's plug-in asks for the payer's promise", JSON.stringify(r.data));
  await refuses('payscore: not for an order without what it may cost', / 400$/, () => service.post({ ...order, out_order_no: 'S000002',
    risk_fund: { name: 'WHATEVER', amount: 1 } }));
  await tool(base, 'switch', { corrupt: 1 });
  await refuses('payscore: an answer that was changed is rejected', /verif/i, query);
  const opened = ({ body, headers }) => {
    const text = Formatter.joinedByLineFeed(headers['Wechatpay-Timestamp'], headers['Wechatpay-Nonce'], body);
    const { resource, event_type: type } = JSON.parse(body);
    return { type, good: Rsa.verify(text, headers['Wechatpay-Signature'], cert.publicKey),
      ...JSON.parse(Aes.AesGcm.decrypt(resource.ciphertext, v('wechat_v3_key').trim(), resource.nonce, resource.associated_data)) };
  };
  let n = opened(await tool(base, 'agree', { out_order_no: 'S000001' }));
  result(n.good && n.type === 'PAYSCORE.USER_CONFIRM' && n.state === 'DOING', 'payscore: it verifies and opens that the payer agreed', JSON.stringify(n));
  await refuses('payscore: no more than was said is collected', / 400$/, () => one.complete.post({ ...which,
    post_payments: [{ name: '演出票', amount: 136001 }], total_amount: 136001 }, { out_order_no: 'S000001' }));
  await one.complete.post({ ...which, post_payments: [{ name: '演出票', amount: 136000 }], total_amount: 136000 }, { out_order_no: 'S000001' });
  await one.modify.post({ ...which, post_payments: [{ name: '演出票', amount: 68000 }], total_amount: 68000, reason: '退票' }, { out_order_no: 'S000001' });
  r = await query();
  result(r.data.collection.state === 'USER_PAYING' && r.data.collection.paying_amount === 68000, 'payscore: it tells the sum, and makes it less', JSON.stringify(r.data));
  n = opened(await tool(base, 'collect', { out_order_no: 'S000001' }));
  const trade = n.collection.details[0].transaction_id;
  result(n.good && n.type === 'PAYSCORE.USER_PAID' && n.collection.paid_amount === 68000, 'payscore: it verifies and opens what was collected', JSON.stringify(n));
  const refund = (of) => client.v3.refund.domestic.refunds.post({ ...of, out_refund_no: 'TK9-1', amount: { refund: 40, total: 68000, currency: 'CNY' } });
  await refuses("payscore: the order's number is none of the trade's", / 404$/, () => refund({ out_trade_no: 'S000001' }));
  r = await refund({ transaction_id: trade });
  result(r.data.amount.refund === 40, 'payscore: by the number of the trade it goes back', JSON.stringify(r.data));
  const { data } = await client.v3.bill.tradebill.get({ params: { bill_date: '2026-11-26', bill_type: 'ALL', tar_type: 'GZIP' } });
  const file = await client.v3.billdownload.file.get({ params: { token: new URL(data.download_url).searchParams.get('token'), day: '2026-11-26' },
    responseType: 'arraybuffer', transformResponse: [] });
  const lines = Formatter.castCsvBill(zlib.gunzipSync(Buffer.from(file.data))).rows;
  result(lines.some((x) => x['微信订单号'] === trade && x['商户订单号'] !== 'S000001'), 'payscore: and the bill has it by that number', JSON.stringify(lines));
  scoreFront(base);
}

// What our engine hands to the mini program: signed with the older key, as the plug-in does it.
function scoreFront(base) {
  const { WECHAT_PUBLIC_KEY_ID: id } = process.env;
  delete process.env.WECHAT_PUBLIC_KEY_ID; // the fake's own key, by its certificate
  process.env.WECHAT_PAY_URL = base;
  const a = ours(['call', 'wechat', 'freeze'], 'out_order_no=S000009', 'amount_fen=58000', 'subject=PN261127000012345',
    'notify_url=https://pay.example/n', 'openid=o1', 'ends_us=1764500000000000');
  delete process.env.WECHAT_PAY_URL;
  process.env.WECHAT_PUBLIC_KEY_ID = id;
  const { sign, ...given } = JSON.parse(a.map.front ?? '{}').extraData ?? {};
  result(a.outcome === 'OK' && sign === Hash.sign(Hash.ALGO_HMAC_SHA256, given, v('wechat_v3_key').trim()),
    'payscore: the plug-in signs what the mini program is handed with the same bytes', JSON.stringify(a));
}

// ---- what our engine signs, judged by the kits ----

// The third opinion.
function opensslSays(text, signature, key) {
  fs.writeFileSync(at('text'), text);
  fs.writeFileSync(at('sign'), Buffer.from(signature, 'base64'));
  fs.writeFileSync(at('public'), key);
  try {
    return execFileSync('openssl', ['dgst', '-sha256', '-verify', at('public'), '-signature', at('sign'), at('text')], { encoding: 'utf8' }).trim();
  } catch (e) {
    return e.message;
  }
}

function alipayOurs() {
  const common = { appId: '2021000122671080', charset: 'utf-8', version: '1.0', signType: 'RSA2',
    privateKey: v('alipay_app_private_key.pem') };
  for (const [call, args] of [['pay_qr', ['out_trade_no=P7', 'amount_fen=58000', 'subject=演出票 "A"/1+1', 'notify_url=https://pay.example/n?a=1&b=2']],
    ['pay_pc', ['out_trade_no=P8', 'amount_fen=1', 'subject=x', 'return_url=https://shop.example/?q=票']],
    ['query', ['out_trade_no=P7']],
    ['refund', ['provider_no=2026', 'out_request_no=TK1-1', 'amount_fen=100', 'reason=退票']],
    ['refund_query', ['out_trade_no=P7', 'out_request_no=TK1-1']], ['bill', ['day=2026-11-26']],
    ['freeze', ['out_order_no=A7', 'out_request_no=A7-1', 'amount_fen=136000', 'subject=演出票 "A"/1+1', 'notify_url=https://pay.example/n?a=1&b=2']],
    ['freeze_query', ['out_order_no=A7', 'out_request_no=A7-1']],
    ['pay_frozen', ['out_trade_no=P9', 'auth_no=2026', 'amount_fen=68000', 'subject=演出票']],
    ['unfreeze', ['auth_no=2026', 'out_request_no=A7-2', 'amount_fen=68000', 'reason=退票 + "x"']]]) {
    const m = ours(['make', 'alipay', call], ...args);
    const all = { ...m.query, ...m.form };
    const { sign, biz_content: biz, ...rest } = all;
    const theirs = util.sign(rest.method, { ...rest, bizContent: JSON.parse(biz) }, common, { bizContentAutoSnakeCase: false });
    result(theirs.sign === sign && theirs.biz_content === biz, `Alipay's kit signs ${call} with the same bytes`,
      `${theirs.sign}\n${sign}`);
    const text = Object.keys(all).filter((k) => k !== 'sign' && all[k] !== '').sort().map((k) => `${k}=${all[k]}`).join('&');
    result(opensslSays(text, sign, v('alipay_app_public_key.pem')) === 'Verified OK', `openssl verifies ${call}`);
    result(opensslSays(`${text}.`, sign, v('alipay_app_public_key.pem')) !== 'Verified OK', `and no other text of ${call}`);
  }
  // The signature of a request is what a typed notice is signed with: ours must believe theirs.
  const fields = { app_id: '2021000122671080', seller_id: '2088000000000001', out_trade_no: 'P7', trade_no: '2026', trade_status: 'TRADE_SUCCESS', total_amount: '580.00', subject: '演出票 +/"' };
  const { sign, ...signed } = util.sign('trade', fields, common);
  const heard = hear('alipay', { body: new URLSearchParams({ ...signed, sign }).toString() });
  result(heard.verdict === 'GOOD' && heard.map.amount_fen === '58000', "our engine believes what Alipay's kit signed", JSON.stringify(heard));
  const partly = { ...fields, total_amount: '580.00', refund_fee: '80.00', gmt_refund: '2026-11-27 11:00:00', out_biz_no: 'TK1-1' };
  const { sign: partlySign, ...partlySigned } = util.sign('trade', partly, common);
  const refunded = hear('alipay', { body: new URLSearchParams({ ...partlySigned, sign: partlySign }).toString() });
  result(refunded.verdict === 'GOOD' && refunded.kind === 'refund' && refunded.map.refunded_total_fen === '8000' &&
    refunded.map.amount_fen === undefined, 'and what it signed of a part given back, which is no payment', JSON.stringify(refunded));
  const more = hear('alipay', { body: new URLSearchParams({ ...partlySigned, refund_fee: '8.00', sign: partlySign }).toString() });
  result(more.verdict === 'BAD', 'and not when that was changed', JSON.stringify(more));
  const lied = hear('alipay', { body: new URLSearchParams({ ...signed, total_amount: '0.01', sign }).toString() });
  result(lied.verdict === 'BAD', 'and not when the amount was changed', JSON.stringify(lied));
}

function wechatOurs() {
  const key = crypto.createPrivateKey(v('wechat_merchant_private_key.pem'));
  const merchant = new crypto.X509Certificate(v('wechat_merchant_certificate.pem'));
  const args = ['out_trade_no=P000007', 'amount_fen=58000', 'subject=演出票 "A"/1+1', 'notify_url=https://pay.example/n', 'client_ip=1.2.3.4', 'openid=o1', 'auth_code=130000000000000001'];
  const more = ['out_request_no=TK1-1', 'total_fen=58000', 'day=2026-11-26', 'url=https://api.mch.weixin.qq.com/v3/billdownload/file?token=t%2B1',
    'sub_mchid=1900000109', 'sub_appid=wxtheatre', 'provider_no=4200', 'out_order_no=S000007', 'ends_us=1764500000000000',
    'paid_us=1764500000000000', 'reason=退票'];
  const judge = (connector, call) => {
    const m = ours(['make', connector, call], ...args, ...more);
    const a = Object.fromEntries([...m.header.Authorization.matchAll(/(\w+)="([^"]*)"/g)].map((x) => [x[1], x[2]]));
    const text = Formatter.request(m.method, m.target, a.timestamp, a.nonce_str, m.body);
    result(Rsa.sign(text, key) === a.signature && Rsa.verify(text, a.signature, merchant.publicKey) &&
      a.serial_no === merchant.serialNumber, `WeChat's plug-in signs ${call} of ${connector} with the same bytes`);
    result(opensslSays(text, a.signature, merchant.publicKey.export({ type: 'spki', format: 'pem' })) === 'Verified OK',
      `openssl verifies ${call}`);
  };
  ['pay_js', 'pay_qr', 'pay_wap', 'pay_app', 'pay_bar', 'query', 'close', 'cancel', 'refund', 'refund_query', 'bill', 'bill_file',
    'certificates', 'freeze', 'freeze_query', 'unfreeze', 'pay_frozen', 'collected', 'collect_less', 'collect', 'collect_no_more']
    .forEach((call) => judge('wechat', call));
  ['pay_js', 'query', 'close', 'refund', 'refund_query', 'certificates'].forEach((call) => judge('wechat_partner', call));
  // A notice that the plug-in sealed and signed.
  const platform = crypto.createPrivateKey(v('wechat_private_key.pem'));
  const inner = JSON.stringify({ appid: 'wx8888888888888888', mchid: '1234567891', out_trade_no: 'P000007',
    transaction_id: '4200', trade_state: 'SUCCESS', amount: { total: 58000 } });
  const ciphertext = Aes.AesGcm.encrypt(inner, v('wechat_v3_key').trim(), 'abcdef123456', 'transaction');
  const body = JSON.stringify({ id: '1', event_type: 'TRANSACTION.SUCCESS', resource: { ciphertext, nonce: 'abcdef123456', associated_data: 'transaction' } });
  const stamp = `${Formatter.timestamp()}`;
  const headers = (signature) => ({ 'Wechatpay-Timestamp': stamp, 'Wechatpay-Nonce': 'n1', 'Wechatpay-Serial': 'PUB_KEY_ID_0001', 'Wechatpay-Signature': signature });
  const signature = Rsa.sign(Formatter.joinedByLineFeed(stamp, 'n1', body), platform);
  const heard = hear('wechat', { headers: headers(signature), body });
  result(heard.verdict === 'GOOD' && heard.map.amount_fen === '58000', "our engine believes what WeChat's plug-in signed and sealed", JSON.stringify(heard));
  const lied = hear('wechat', { headers: headers(signature), body: body.replace('abcdef123456', 'abcdef123457') });
  result(lied.verdict === 'BAD', 'and not when it was changed', JSON.stringify(lied));
  const agreed = { appid: 'wx8888888888888888', mchid: '1234567891', service_id: SERVICE, out_order_no: 'S000007', order_id: '1564', state: 'DOING',
    risk_fund: { name: 'ESTIMATE_ORDER_COST', amount: 136000 } };
  for (const [type, kind, inner] of [['USER_CONFIRM', 'frozen', agreed], ['USER_PAID', 'collected', { ...agreed, state: 'DONE',
    collection: { state: 'USER_PAID', paid_amount: 136000, details: [{ seq: 1, transaction_id: '4300' }] } }]]) {
    const n = sealed(`PAYSCORE.${type}`, 'payscore', inner);
    const sign = Rsa.sign(Formatter.joinedByLineFeed(stamp, 'n1', n), platform);
    const h = hear('wechat', { headers: headers(sign), body: n });
    result(h.verdict === 'GOOD' && h.kind === kind && h.map.amount_fen === '136000' && h.map.out_trade_no === 'S000007' &&
      h.map.provider_no === (kind === 'frozen' ? '1564' : '4300'), `our engine believes its notice of payscore (${type})`, JSON.stringify(h));
    const bad = hear('wechat', { headers: { ...headers(sign), 'Wechatpay-Nonce': 'n2' }, body: n });
    result(bad.verdict === 'BAD', 'and not with another nonce', JSON.stringify(bad));
    const other = sealed(`PAYSCORE.${type}`, 'payscore', { ...inner, mchid: '1999999999' });
    const o = hear('wechat', { headers: headers(Rsa.sign(Formatter.joinedByLineFeed(stamp, 'n1', other), platform)), body: other });
    result(o.verdict === 'BAD', 'nor when it is for another merchant', JSON.stringify(o));
  }
  for (const status of ['SUCCESS', 'ABNORMAL', 'CLOSED']) {
    const n = sealed(`REFUND.${status}`, 'refund', { mchid: '1234567891', out_trade_no: 'P000007', transaction_id: '4200', out_refund_no: 'TK1-1',
      refund_id: '5000', refund_status: status, amount: { total: 58000, refund: 8000 } });
    const sign = Rsa.sign(Formatter.joinedByLineFeed(stamp, 'n1', n), platform);
    const h = hear('wechat', { headers: headers(sign), body: n });
    result(h.verdict === 'GOOD' && h.kind === 'refund' && h.map.state === status && h.map.amount_fen === '8000' &&
      h.map.out_request_no === 'TK1-1', `our engine believes its notice of a refund that is ${status}`, JSON.stringify(h));
    const bad = hear('wechat', { headers: { ...headers(sign), 'Wechatpay-Nonce': 'n2' }, body: n });
    result(bad.verdict === 'BAD', 'and not with another nonce', JSON.stringify(bad));
  }
}

function sealed(type, kind, inner) {
  const ciphertext = Aes.AesGcm.encrypt(JSON.stringify(inner), v('wechat_v3_key').trim(), 'abcdef123456', kind);
  return JSON.stringify({ id: '1', event_type: type, resource_type: 'encrypt-resource',
    resource: { original_type: kind, algorithm: 'AEAD_AES_256_GCM', ciphertext, nonce: 'abcdef123456', associated_data: kind } });
}

// ---- a service provider and the merchants under it ----

async function partner() {
  const base = await start('wechat_partner');
  process.env.WECHAT_SP_URL = base;
  const cert = new crypto.X509Certificate(fs.readFileSync(at('wechat_partner.crt')));
  const platform = crypto.createPrivateKey(fs.readFileSync(at('wechat_partner.key')));
  const merchant = new crypto.X509Certificate(v('wechat_merchant_certificate.pem'));
  const client = new Wechatpay({ mchid: '1234567891', serial: merchant.serialNumber,
    privateKey: v('wechat_merchant_private_key.pem'), certs: { [cert.serialNumber]: fs.readFileSync(at('wechat_partner.crt')) }, baseURL: `${base}/` });
  const whose = { sp_mchid: '1234567891', sub_mchid: '1900000109' };
  let r = await client.v3.pay.partner.transactions.jsapi.post({ ...whose, sp_appid: 'wx8888888888888888', sub_appid: 'wxtheatre',
    description: '演出票', out_trade_no: 'P000001', notify_url: 'https://pay.example/x', amount: { total: 100, currency: 'CNY' }, payer: { sub_openid: 'o1' } });
  result(r.status === 200 && r.data.prepay_id.startsWith('wx'), "partner: WeChat's plug-in accepts what the fake answers");
  const query = (sub) => client.v3.pay.partner.transactions.outTradeNo['{out_trade_no}']
    .get({ params: { ...whose, sub_mchid: sub }, out_trade_no: 'P000001' });
  await tool(base, 'pay', { out_trade_no: 'P000001' });
  r = await query('1900000109');
  result(r.data.trade_state === 'SUCCESS' && r.data.sub_mchid === '1900000109', 'partner: and reads whose it is', JSON.stringify(r.data));
  await refuses('partner: another merchant under us has no such trade', / 400$/, () => query('1900000199'));
  await tool(base, 'switch', { corrupt: 1 });
  await refuses('partner: an answer that was changed is rejected', /verif/i, () => query('1900000109'));
  const refund = () => client.v3.refund.domestic.refunds.post({ sub_mchid: '1900000109', transaction_id: r.data.transaction_id,
    out_refund_no: 'TK1-1', amount: { refund: 40, total: 100, currency: 'CNY' } });
  const back = await refund();
  result(back.data.status === 'PROCESSING' && back.data.amount.refund === 40, 'partner: a refund is under way', JSON.stringify(back.data));
  await tool(base, 'switch', { signtest: 1 });
  await refuses('partner: a probe is rejected', /verif/i, refund);
  // Its notice of the refund, for the plug-in and for our engine, which fetches the keys from there.
  const { body, headers } = await tool(base, 'settle_refund', { out_refund_no: 'TK1-1' });
  const text = Formatter.joinedByLineFeed(headers['Wechatpay-Timestamp'], headers['Wechatpay-Nonce'], body);
  const { resource } = JSON.parse(body);
  const opened = JSON.parse(Aes.AesGcm.decrypt(resource.ciphertext, v('wechat_v3_key').trim(), resource.nonce, resource.associated_data));
  result(Rsa.verify(text, headers['Wechatpay-Signature'], cert.publicKey) && opened.refund_status === 'SUCCESS',
    'partner: the plug-in verifies and opens the notice of a refund');
  const heardOf = async (n, signature, nonce) => JSON.parse(await new Promise((done, failed) => {
    const child = spawn(signedProgram, [folder, 'hear', 'wechat_partner'], { stdio: ['pipe', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (part) => { out += part; });
    child.on('close', (code) => (code ? failed(new Error(`hear: ${code}`)) : done(out)));
    child.stdin.end(JSON.stringify({ body: n, headers: { 'Wechatpay-Timestamp': stamp, 'Wechatpay-Nonce': nonce,
      'Wechatpay-Serial': cert.serialNumber, 'Wechatpay-Signature': signature } }));
  }));
  const stamp = `${Formatter.timestamp()}`;
  for (const [type, kind, inner] of [
    ['TRANSACTION.SUCCESS', 'transaction', { ...whose, sp_appid: 'wx8888888888888888', out_trade_no: 'P000007', transaction_id: '4200', trade_state: 'SUCCESS', amount: { total: 58000 } }],
    ['REFUND.SUCCESS', 'refund', { ...whose, out_trade_no: 'P000007', out_refund_no: 'TK1-1', refund_id: '5000', refund_status: 'SUCCESS', amount: { total: 58000, refund: 58000 } }]]) {
    const n = sealed(type, kind, inner);
    const signature = Rsa.sign(Formatter.joinedByLineFeed(stamp, 'n1', n), platform);
    const h = await heardOf(n, signature, 'n1');
    result(h.verdict === 'GOOD' && h.map.amount_fen === '58000' && h.map.out_trade_no === 'P000007',
      `partner: our engine believes what the plug-in signed and sealed (${kind})`, JSON.stringify(h));
    const lied = await heardOf(n.replace('abcdef', 'abcdee'), signature, 'n1');
    result(lied.verdict === 'BAD', 'partner: and not when it was changed', JSON.stringify(lied));
    const strange = sealed(type, kind, { ...inner, sp_mchid: '1999999999' });
    const s = await heardOf(strange, Rsa.sign(Formatter.joinedByLineFeed(stamp, 'n1', strange), platform), 'n1');
    result(s.verdict === 'BAD', 'partner: nor when it is for another provider', JSON.stringify(s));
  }
  await partnerFront(merchant);
}

// What the organiser's mini program is handed: our engine asks the fake, the plug-in verifies it.
async function partnerFront(merchant) {
  const child = spawn(signedProgram, [folder, 'call', 'wechat_partner', 'pay_js', 'out_trade_no=P000009', 'amount_fen=58000', 'subject=演出票 "A"/1+1',
    'notify_url=https://pay.example/n', 'openid=o1', 'sub_mchid=1900000109', 'sub_appid=wxtheatre'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (part) => { out += part; });
  await new Promise((done) => { child.on('close', done); });
  const answered = JSON.parse(out);
  const front = JSON.parse(answered.map.front ?? '{}');
  const text = Formatter.joinedByLineFeed(front.appId, front.timeStamp, front.nonceStr, front.package);
  result(answered.outcome === 'OK' && front.appId === 'wxtheatre' && Rsa.verify(text, front.paySign, merchant.publicKey),
    'partner: the plug-in verifies what the mini program is handed', out);
}

async function wechatBill(client, base) {
  const ask = () => client.v3.bill.tradebill.get({ params: { bill_date: '2026-11-26', bill_type: 'ALL', tar_type: 'GZIP' } });
  const { data } = await ask();
  const token = new URL(data.download_url).searchParams.get('token');
  const file = await client.v3.billdownload.file.get({ params: { token, day: '2026-11-26' }, responseType: 'arraybuffer', transformResponse: [] });
  const text = zlib.gunzipSync(Buffer.from(file.data));
  result(crypto.createHash('sha1').update(text).digest('hex') === data.hash_value && text.toString().includes('P000001'),
    "WeChat's plug-in fetches the bill, whose hash is the promised one", text.toString().slice(0, 80));
  await tool(base, 'switch', { bad_hash: 1 });
  result((await ask()).data.hash_value !== data.hash_value, 'and sees when it is not');
  await tool(base, 'switch', { corrupt: 1 });
  await refuses('and does not believe an address that was changed', /verif/i, ask);
}

try {
  keys();
  await alipayFake();
  await alipayByCertificates();
  await wechatFake();
  alipayOurs();
  wechatOurs();
  await partner();
} catch (e) {
  result(false, 'the oracle ran to its end', e.stack);
}
console.log(`1..${n}`);
children.forEach((child) => child.stdin.end());
fs.rmSync(folder, { recursive: true });
process.exit(0);
