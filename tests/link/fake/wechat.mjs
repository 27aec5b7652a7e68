// SPDX-License-Identifier: Apache-2.0
// A fake of WeChat Pay APIv3, from its documents. DIR holds merchant.crt, merchant.serial and v3.key;
// the fake leaves wechat.pub there and tells its port in wechat.port.
import crypto from 'node:crypto';
import zlib from 'node:zlib';
import * as score from './wechat_score.mjs';
import { amiss, clock, makeKey, post, read, rsaGood, rsaSign, sealed, serve, switched, unused } from './common.mjs';

const NAME = process.env.FAKE_NAME ?? 'wechat';
const SUBS = ['1900000109', '1900000199']; // merchants under a service provider
const MCHID = '1234567891';
const APPID = 'wx8888888888888888';
const PUBLIC_KEY_ID = 'PUB_KEY_ID_0112345678912024112000112200000001';
const merchant = new crypto.X509Certificate(read('merchant.crt'));
const v3key = Buffer.from(read('v3.key').trim());
let platform = makeKey(NAME);
const platforms = [platform];
const orders = new Map();
const refunds = new Map();
const scored = new Map(); // trades that payscore made
let number = 0;
let fetched = 0;
let overcharge = 0; // of each fee, in the movements of the account
let withdrawn = 0; // somebody took so much out

const serialOf = (x) => x.serial ?? x.cert.serialNumber.toUpperCase();

// The same certificate, whose time is over: its second date is another.
function ended(pem) {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  der.write('200101000000Z', der.indexOf(Buffer.from([0x30, 0x1e, 0x17, 0x0d])) + 19);
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

function seal(text, aad) {
  const nonce = crypto.randomBytes(6).toString('hex');
  const c = crypto.createCipheriv('aes-256-gcm', v3key, Buffer.from(nonce));
  c.setAAD(Buffer.from(aad));
  const sealed = Buffer.concat([c.update(text, 'utf8'), c.final(), c.getAuthTag()]);
  return { algorithm: 'AEAD_AES_256_GCM', nonce, associated_data: aad,
    ciphertext: sealed.toString('base64') };
}

// The merchant on public-key mode names the key's id in his requests; it is the same key here.
function signed(body, publicKeyMode, how) {
  const stamp = String(Math.floor(clock(how) / 1000));
  const nonce = crypto.randomBytes(16).toString('hex');
  const signature = sealed(rsaSign(`${stamp}\n${nonce}\n${body}\n`, platform.key), how);
  return { 'Content-Type': 'application/json; charset=utf-8', 'Wechatpay-Timestamp': stamp,
    'Wechatpay-Nonce': nonce, 'Wechatpay-Signature': signature, 'Request-ID': nonce,
    'Wechatpay-Serial': publicKeyMode ? PUBLIC_KEY_ID : serialOf(platform) };
}

const error = (status, code, message) => ({ status, body: { code, message: message ?? code } });

// Attributes by name, in whatever order.
function authorized(req, raw) {
  const [scheme, rest] = (req.headers.authorization ?? '').split(/ (.*)/s);
  const a = Object.fromEntries([...(rest ?? '').matchAll(/(\w+)="([^"]*)"/g)].map((m) => [m[1], m[2]]));
  if (scheme !== 'WECHATPAY2-SHA256-RSA2048' || a.mchid !== MCHID) return false;
  if (a.serial_no !== merchant.serialNumber.toUpperCase()) return false;
  if (!(Math.abs(Date.now() / 1000 - Number(a.timestamp)) < 300) || !unused(a.nonce_str)) return false;
  return rsaGood(`${req.method}\n${req.url}\n${a.timestamp}\n${a.nonce_str}\n${raw}\n`, a.signature,
    merchant.publicKey) && Boolean(req.headers['user-agent']) && req.headers.accept.includes('application/json');
}

const whose = (o) => (o.sub_mchid ? { sp_appid: APPID, sp_mchid: MCHID, sub_appid: o.sub_appid,
  sub_mchid: o.sub_mchid } : { appid: APPID, mchid: MCHID });
const transaction = (o) => ({ ...whose(o), out_trade_no: o.out_trade_no,
  ...(o.transaction_id ? { transaction_id: o.transaction_id } : {}), trade_type: o.type,
  trade_state: o.state, trade_state_desc: o.state, payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' },
  amount: { total: o.paid ?? o.total, payer_total: o.paid ?? o.total, currency: o.currency ?? 'CNY' } });

// In a mini program the payer has a number of it: the merchant's, which is named, or the provider's.
const payerOf = (body, type) => type !== 'JSAPI'
  || Boolean(body.sub_appid ? body.payer.sub_openid : body.payer.sp_openid);

function place(body, type, partner) {
  const ours = partner ? body.sp_appid === APPID && body.sp_mchid === MCHID
    && SUBS.includes(body.sub_mchid) && payerOf(body, type) : body.appid === APPID && body.mchid === MCHID;
  if (!ours) return [error(400, 'APPID_MCHID_NOT_MATCH'), null];
  if (!/^[0-9A-Za-z_\-*]{6,32}$/.test(body.out_trade_no)) return [error(400, 'PARAM_ERROR'), null];
  if (!Number.isInteger(body.amount.total)) return [error(400, 'PARAM_ERROR'), null];
  const old = orders.get(body.out_trade_no);
  if (old && old.total !== body.amount.total) return [error(403, 'OUT_TRADE_NO_USED'), null];
  if (old && old.state === 'CLOSED') return [error(403, 'ORDER_CLOSED'), null];
  if (old && old.state === 'SUCCESS') return [error(400, 'ORDERPAID'), null];
  const o = old ?? { out_trade_no: body.out_trade_no, total: body.amount.total, type,
    state: 'NOTPAY', notify_url: body.notify_url, sub_mchid: body.sub_mchid, sub_appid: body.sub_appid };
  orders.set(o.out_trade_no, o);
  return [null, o];
}

function pay(o, amount, currency) {
  number += 1;
  o.state = 'SUCCESS';
  o.paid = amount ?? o.total;
  o.currency = currency;
  o.transaction_id ??= `42000000${String(number).padStart(20, '0')}`;
}

const kinds = {
  jsapi: ['JSAPI', (o) => ({ prepay_id: `wx2711${o.out_trade_no}` })],
  app: ['APP', (o) => ({ prepay_id: `wx2711${o.out_trade_no}` })],
  native: ['NATIVE', (o) => ({ code_url: `weixin://wxpay/bizpayurl?pr=${o.out_trade_no}` })],
  h5: ['MWEB', (o) => ({ h5_url: `https://wx.tenpay.com/checkmweb?prepay_id=${o.out_trade_no}` })],
};

function codepay(body, partner) {
  const [wrong, o] = place(body, 'MICROPAY', partner);
  if (wrong) return wrong;
  const how = body.payer.auth_code.at(-1);
  if (how === '8') return error(403, 'RULE_LIMIT');
  if (how === '0') { o.state = 'USERPAYING'; return error(400, 'USERPAYING'); }
  pay(o);
  return how === '9' ? error(500, 'SYSTEM_ERROR') : { body: transaction(o) };
}

const refundView = (r) => ({ refund_id: r.refund_id, out_refund_no: r.out_refund_no,
  out_trade_no: r.out_trade_no, channel: 'ORIGINAL', status: r.status,
  amount: { total: r.total, refund: r.refund, currency: 'CNY' } });

const refundedOf = (no) => [...refunds.values()].filter((r) => r.out_trade_no === no)
  .reduce((n, r) => n + r.refund, 0);
// What was collected by payscore can be paid back like any payment.
const collected = (id) => [...scored.values()].find((x) => x.transaction_id && x.transaction_id === id);

function refund(body) {
  const o = collected(body.transaction_id) ?? orders.get(body.out_trade_no)
    ?? [...orders.values()].find((x) => x.transaction_id && x.transaction_id === body.transaction_id);
  const old = refunds.get(body.out_refund_no);
  if (!o || o.state !== 'SUCCESS') return error(404, 'RESOURCE_NOT_EXISTS');
  if (o.sub_mchid !== body.sub_mchid) return error(400, 'MCH_NOT_EXISTS');
  if (switched('poor')) return error(403, 'NOT_ENOUGH', '基本账户余额不足，请充值后重新发起');
  if (old) return old.refund === body.amount.refund ? { body: refundView(old) } : error(400, 'PARAM_ERROR');
  if (body.amount.total !== o.paid) return error(400, 'PARAM_ERROR', '订单金额不一致');
  if (refundedOf(o.out_trade_no) + body.amount.refund > o.paid) return error(403, 'NOT_ENOUGH');
  number += 1;
  const r = { refund_id: `50000000${number}`, out_refund_no: body.out_refund_no,
    out_trade_no: o.out_trade_no, total: o.paid, refund: body.amount.refund,
    status: switched('refund_now') ? 'SUCCESS' : 'PROCESSING', notify_url: body.notify_url };
  refunds.set(r.out_refund_no, r);
  return { body: refundView(r) };
}

// With a mark in front, every field behind a back-tick; the hash is of what is inside the gzip.
function bill(day, sub) {
  const at = `${day} 12:00:00`;
  const yuan = (n) => (n / 100).toFixed(2);
  const fee = (n) => (n * 60 / 1000000).toFixed(5);
  const row = (o, state, sum, no, back) => `\`${[at, APPID, MCHID, o.sub_mchid ?? '0', '', o.transaction_id, o.out_trade_no,
    'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o', o.type, state, 'CMB_DEBIT', o.currency ?? 'CNY', yuan(sum), '0.00', no ? '5030' : '0', no,
    yuan(back), '0.00', no ? 'ORIGINAL' : '', no ? 'SUCCESS' : '', '演出票, 二层', '', fee(sum - back), '0.60%',
    yuan(sum), yuan(back), ''].join(',`')}`;
  const rows = [];
  const his = (o) => !sub || o.sub_mchid === sub;
  for (const o of [...orders.values(), ...scored.values()]) {
    if (o.transaction_id && his(o)) rows.push(row(o, 'SUCCESS', o.paid, '', 0));
  }
  for (const r of refunds.values()) {
    const o = orders.get(r.out_trade_no) ?? scored.get(r.out_trade_no);
    if (r.status === 'SUCCESS' && his(o)) rows.push(row(o, 'REFUND', 0, r.out_refund_no, r.refund));
  }
  return ['\ufeff交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注',
    ...rows, '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额',
    `\`${rows.length},\`0.00,\`0.00,\`0.00,\`0.00000,\`0.00,\`0.00`, ''].join('\r\n');
}

// Each movement by itself, a fee beside what it is of; `fund` switches: a fee too many, money moved.
function fundBill(day) {
  const yuan = (n) => (Math.abs(n) / 100).toFixed(2);
  const fee = (n) => Math.round(n * 60 / 10000);
  const rows = [];
  const row = (no, kind, sum, voucher) => rows.push(`\`${[`${day} 12:00:00`, no,
    `1900009231${String(rows.length + 1).padStart(18, '0')}`, kind, kind, sum < 0 ? '支出' : '收入', yuan(sum),
    '1000.00', 'system', '', voucher].join(',`')}`);
  for (const o of [...orders.values(), ...scored.values()]) {
    if (!o.transaction_id) continue;
    row(o.transaction_id, '交易', o.paid, o.out_trade_no);
    row(o.transaction_id, '扣除交易手续费', -fee(o.paid) - overcharge, o.out_trade_no);
  }
  for (const r of refunds.values()) {
    if (r.status !== 'SUCCESS') continue;
    row(r.refund_id, '退款', -r.refund, r.out_refund_no);
    row(r.refund_id, '退还交易手续费', fee(r.refund), r.out_refund_no);
  }
  if (withdrawn) row('', '提现', -withdrawn, '');
  return ['\ufeff记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额（元）,账户结余（元）,资金变更提交申请人,备注,业务凭证号',
    ...rows, '资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额', `\`${rows.length}.0,\`0.0,\`0.00,\`0.0,\`0.00`, ''].join('\r\n');
}
const billText = (q) => (q.get('fund') ? fundBill(q.get('day')) : bill(q.get('day'), q.get('sub')));

function billPlace(req, url) {
  if (switched('no_bill')) return error(400, 'NO_STATEMENT_EXIST', '账单不存在');
  const day = url.searchParams.get('bill_date');
  const sub = url.searchParams.get('sub_mchid') ?? '';
  const fund = url.pathname.endsWith('fundflowbill') ? '1' : '';
  const asked = new URLSearchParams({ day, sub, fund });
  const sum = crypto.createHash('sha1').update(billText(asked)).digest('hex');
  return { body: { hash_type: 'SHA1', hash_value: switched('bad_hash') ? '0'.repeat(40) : sum,
    download_url: `http://${req.headers.host}/v3/billdownload/file?token=t%2B1&${asked}` } };
}

function route(req, raw) {
  const url = new URL(req.url, 'http://localhost');
  const body = raw ? JSON.parse(raw) : {};
  const parts = url.pathname.split('/').slice(1);
  const partner = parts[2] === 'partner';
  if (partner) parts.splice(2, 1);
  const kind = kinds[parts[3]];
  if (url.pathname === '/v3/certificates') {
    fetched += 1;
    if (switched('no_certificates')) return error(404, 'RESOURCE_NOT_EXISTS');
    return { body: { data: platforms.map((x) => ({ serial_no: serialOf(x),
      effective_time: '2026-01-01T00:00:00+08:00', expire_time: '2036-01-01T00:00:00+08:00',
      encrypt_certificate: seal(x.pem, 'certificate') })) } };
  }
  if (url.pathname.startsWith('/v3/payscore/serviceorder')) {
    return score.route(req, url, body, { error, who: { appid: APPID, mchid: MCHID } });
  }
  if (['/v3/bill/tradebill', '/v3/bill/fundflowbill'].includes(url.pathname)) return billPlace(req, url);
  if (url.pathname.startsWith('/v3/refund/domestic/refunds')) {
    if (req.method === 'POST') return refund(body);
    const r = refunds.get(parts[4]);
    const sub = r && orders.get(r.out_trade_no)?.sub_mchid;
    if (sub && url.searchParams.get('sub_mchid') !== sub) return error(400, 'PARAM_ERROR');
    return r ? { body: refundView(r) } : error(404, 'RESOURCE_NOT_EXISTS');
  }
  if (parts[3] === 'codepay') return codepay(body, partner);
  if (kind && req.method === 'POST') {
    const [wrong, o] = place(body, kind[0], partner);
    return wrong ?? { body: kind[1](o) };
  }
  const o = orders.get(decodeURIComponent(parts[4] ?? ''));
  if (parts[3] !== 'out-trade-no') return error(404, 'NOT_FOUND');
  if (!o) return error(404, 'ORDER_NOT_EXIST');
  if (req.method === 'GET') {
    const asked = partner ? url.searchParams.get('sp_mchid') === MCHID
      && url.searchParams.get('sub_mchid') === o.sub_mchid : url.searchParams.get('mchid') === MCHID;
    return asked ? { body: transaction({ ...o, paid: amiss(o.paid, 1) }) } : error(400, 'PARAM_ERROR');
  }
  if (o.state === 'SUCCESS' && parts[5] === 'close') return error(400, 'ORDERPAID');
  if (partner && body.sub_mchid !== o.sub_mchid) return error(400, 'PARAM_ERROR');
  o.state = parts[5] === 'reverse' ? 'REVOKED' : 'CLOSED';
  return parts[5] === 'reverse' ? { body: { recall: 'N' } } : { status: 204 };
}

async function handle(req, raw) {
  const publicKeyMode = (req.headers['wechatpay-serial'] ?? '').startsWith('PUB_KEY_ID_');
  let a;
  if (req.url.startsWith('/v3/billdownload/')) { // signed by the merchant, not by us
    const asked = new URL(req.url, 'http://localhost').searchParams;
    return authorized(req, raw) ? { body: zlib.gzipSync(billText(asked)) }
      : { status: 401 };
  } else a = authorized(req, raw) ? route(req, raw) : error(401, 'SIGN_ERROR', '签名错误');
  const body = a.body ? JSON.stringify(a.body) : '';
  return { status: a.status ?? 200, headers: signed(body, publicKeyMode), body };
}

// It signs its refusals, too.
function busy(status) {
  const body = JSON.stringify(error(status, status === 429 ? 'FREQUENCY_LIMITED' : 'SYSTEM_ERROR').body);
  return { status, headers: signed(body, false), body };
}

// `how`: wrong_amount, stranger, corrupt, probe, stale.
function notice(o, how, publicKeyMode) {
  const t = transaction(o);
  if (how === 'wrong_amount') t.amount.total = 1;
  if (how === 'stranger') t[o.sub_mchid ? 'sp_mchid' : 'mchid'] = '1999999999';
  if (how === 'other_sub') t.sub_mchid = SUBS.find((x) => x !== o.sub_mchid);
  return envelope('TRANSACTION.SUCCESS', t, 'transaction', how, publicKeyMode);
}

const scoreNotice = (s, type, how) => envelope(`PAYSCORE.${type}`, { ...score.view(s, { appid: APPID, mchid: MCHID }, how),
  ...(how === 'stranger' ? { mchid: '1999999999' } : {}) }, 'payscore', how, false);

function envelope(type, inner, kind, how, publicKeyMode) {
  const body = JSON.stringify({ id: crypto.randomUUID(), create_time: '2026-11-27T10:00:00+08:00',
    resource_type: 'encrypt-resource', event_type: type, summary: 'x',
    resource: { original_type: kind, ...seal(JSON.stringify(inner), kind) } });
  return { body, headers: signed(body, publicKeyMode, how) };
}

const refundNotice = (r, sub) => envelope(`REFUND.${r.status}`, { mchid: MCHID, sp_mchid: MCHID,
  sub_mchid: sub ?? orders.get(r.out_trade_no)?.sub_mchid, out_trade_no: r.out_trade_no,
  out_refund_no: r.out_refund_no, refund_id: r.refund_id, refund_status: r.status,
  amount: { total: r.total, refund: r.refund } }, 'refund', '', false);

serve(NAME, handle, {
  move: ({ fee = 0, out = 0 }) => { overcharge = fee; withdrawn = out; },
  reset: () => { overcharge = 0; withdrawn = 0; orders.clear(); refunds.clear(); scored.clear(); score.forget(); },
  agree: ({ out_order_no: no, how }) => { score.agree(no); return scoreNotice(score.serviceOf(no), 'USER_CONFIRM', how); },
  collect: ({ out_order_no: no, how }) => {
    const s = score.collect(no);
    scored.set(s.transaction_id, { out_trade_no: s.transaction_id, transaction_id: s.transaction_id,
      state: 'SUCCESS', total: s.total, paid: s.total });
    return scoreNotice(s, 'USER_PAID', how);
  },
  service: ({ out_order_no: no }) => score.serviceOf(no),
  pay: ({ out_trade_no: no, amount, currency }) => pay(orders.get(no), amount, currency),
  notice: ({ out_trade_no: no, how, public_key: mode }) => notice(orders.get(no), how, mode),
  tell: async ({ out_trade_no: no, how, times = 1, url, public_key: mode }) => {
    const o = orders.get(no);
    const n = notice(o, how, mode);
    return Promise.all(Array.from({ length: times }, () => post(url ?? o.notify_url, n.body, n.headers)));
  },
  settle_refund: ({ out_refund_no: no, status = 'SUCCESS', sub }) => {
    const r = refunds.get(no);
    r.status = status;
    return refundNotice(r, sub);
  },
  // `how`: ended, or renamed (it has another number than it is said to have).
  rotate: ({ how }) => {
    platform = makeKey(NAME);
    if (how === 'ended') platform.pem = ended(platform.pem);
    if (how === 'renamed') platform.serial = '0123456789ABCDEF0123456789ABCDEF01234567';
    platforms.push(platform);
    if (platforms.length > 2) platforms.shift();
    return { serial: serialOf(platform) };
  },
  state: ({ out_trade_no: no }) => ({ ...orders.get(no), fetched, refunded_fen: refundedOf(no) }),
}, { busy, more: ['poor', 'refund_now', 'no_bill', 'bad_hash', 'no_certificates'] });
