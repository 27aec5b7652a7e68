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
import { pathToFileURL } from 'node:url';

const [kits, vector, fakes, signedProgram] = process.argv.slice(2);
const require = createRequire(path.join(kits, 'x.js'));
const { AlipaySdk } = require('alipay-sdk');
const { Wechatpay, Rsa, Formatter, Aes } = require('wechatpay-axios-plugin');
const util = await import(pathToFileURL(path.join(kits, 'node_modules/alipay-sdk/dist/esm/util.js')));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pn-oracle.'));
const at = (name) => path.join(folder, name);
const v = (name) => fs.readFileSync(path.join(vector, name), 'utf8');
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
  put('link/wechat_public_key', v('wechat_public_key.pem'));
  Object.assign(process.env, { ALIPAY_APP_ID: '2021000122671080', ALIPAY_SELLER_ID: '2088000000000001',
    WECHAT_APP_ID: 'wx8888888888888888', WECHAT_MCH_ID: '1234567891',
    WECHAT_PUBLIC_KEY_ID: 'PUB_KEY_ID_0001' });
}

// ---- the fakes, judged by the kits ----

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
  const other = new AlipaySdk({ appId: '2021000122671080', keyType: 'PKCS8',
    privateKey: crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
    gateway: `${base}/gateway.do`, alipayPublicKey: fs.readFileSync(at('alipay.pub'), 'utf8') });
  r = await other.exec('alipay.trade.query', { bizContent: { out_trade_no: 'P1' } }, { validateSign: true });
  result(r.subCode === 'isv.invalid-signature', 'the fake refuses a request signed by somebody else', JSON.stringify(r));
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
}

// ---- what our engine signs, judged by the kits ----

function alipayOurs() {
  const common = { appId: '2021000122671080', charset: 'utf-8', version: '1.0', signType: 'RSA2',
    privateKey: v('alipay_app_private_key.pem') };
  for (const [call, args] of [['pay_qr', ['out_trade_no=P7', 'amount_fen=58000', 'subject=演出票 "A"/1+1', 'notify_url=https://pay.example/n?a=1&b=2']],
    ['pay_pc', ['out_trade_no=P8', 'amount_fen=1', 'subject=x', 'return_url=https://shop.example/?q=票']],
    ['query', ['out_trade_no=P7']],
    ['refund', ['provider_no=2026', 'out_request_no=TK1-1', 'amount_fen=100', 'reason=退票']]]) {
    const m = ours(['make', 'alipay', call], ...args);
    const all = { ...m.query, ...m.form };
    const { sign, biz_content: biz, ...rest } = all;
    const theirs = util.sign(rest.method, { ...rest, bizContent: JSON.parse(biz) }, common, { bizContentAutoSnakeCase: false });
    result(theirs.sign === sign && theirs.biz_content === biz, `Alipay's kit signs ${call} with the same bytes`,
      `${theirs.sign}\n${sign}`);
    const text = Object.keys(all).filter((k) => k !== 'sign' && all[k] !== '').sort().map((k) => `${k}=${all[k]}`).join('&');
    fs.writeFileSync(at('text'), text);
    fs.writeFileSync(at('sign'), Buffer.from(sign, 'base64'));
    fs.writeFileSync(at('public'), v('alipay_app_public_key.pem'));
    const said = execFileSync('openssl', ['dgst', '-sha256', '-verify', at('public'), '-signature', at('sign'), at('text')], { encoding: 'utf8' });
    result(said.trim() === 'Verified OK', `openssl verifies ${call}`);
  }
  // The signature of a request is what a typed notice is signed with: ours must believe theirs.
  const fields = { app_id: '2021000122671080', seller_id: '2088000000000001', out_trade_no: 'P7', trade_no: '2026', trade_status: 'TRADE_SUCCESS', total_amount: '580.00', subject: '演出票 +/"' };
  const { sign, ...signed } = util.sign('trade', fields, common);
  const heard = hear('alipay', { body: new URLSearchParams({ ...signed, sign }).toString() });
  result(heard.verdict === 'GOOD' && heard.map.amount_fen === '58000', "our engine believes what Alipay's kit signed", JSON.stringify(heard));
  const lied = hear('alipay', { body: new URLSearchParams({ ...signed, total_amount: '0.01', sign }).toString() });
  result(lied.verdict === 'BAD', 'and not when the amount was changed', JSON.stringify(lied));
}

function wechatOurs() {
  const key = crypto.createPrivateKey(v('wechat_merchant_private_key.pem'));
  const merchant = new crypto.X509Certificate(v('wechat_merchant_certificate.pem'));
  const base = ['out_trade_no=P000007', 'amount_fen=58000', 'subject=演出票 "A"/1+1', 'notify_url=https://pay.example/n', 'client_ip=1.2.3.4', 'openid=o1', 'auth_code=130000000000000001'];
  for (const call of ['pay_js', 'pay_qr', 'pay_wap', 'pay_app', 'pay_bar', 'query', 'close', 'certificates']) {
    const m = ours(['make', 'wechat', call], ...base);
    const a = Object.fromEntries([...m.header.Authorization.matchAll(/(\w+)="([^"]*)"/g)].map((x) => [x[1], x[2]]));
    const text = Formatter.request(m.method, m.target, a.timestamp, a.nonce_str, m.body);
    result(Rsa.sign(text, key) === a.signature && Rsa.verify(text, a.signature, merchant.publicKey) &&
      a.serial_no === merchant.serialNumber, `WeChat's plug-in signs ${call} with the same bytes`);
  }
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
}

try {
  keys();
  await alipayFake();
  await wechatFake();
  alipayOurs();
  wechatOurs();
} catch (e) {
  result(false, 'the oracle ran to its end', e.stack);
}
console.log(`1..${n}`);
children.forEach((child) => child.stdin.end());
fs.rmSync(folder, { recursive: true });
process.exit(0);
