// SPDX-License-Identifier: Apache-2.0
// A fake of Alipay's classic gateway, from its documents. DIR holds app.pub, the merchant's public
// key; the fake leaves alipay.pub there and tells its port in alipay.port.
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import { amiss, clock, file, gb18030, makeKey, post, read, rsaGood, rsaSign, sealed, serve, switched, timely, zip } from './common.mjs';

const own = makeKey('alipay');
const app = crypto.createPublicKey(read('app.pub'));
const APP_ID = '2021000122671080';
const SELLER = '2088000000000001';
// Merchants that authorised the application: their tokens, and who they are.
const TOKENS = { '202611BBtheatre': '2088000000000018', '202611BBopera': '2088000000000026' };
const sellerOf = (params) => (params.app_auth_token ? TOKENS[params.app_auth_token] : SELLER);
const trades = new Map();
const auths = new Map();
let number = 0;

const signText = (params, leaveOut) => Object.keys(params)
  .filter((k) => !leaveOut.includes(k) && params[k] !== '').sort()
  .map((k) => `${k}=${params[k]}`).join('&');

// Certificate mode: a request names the merchant's certificate and the root, an answer Alipay's.
let certs = null;
function certificateNumber(pem) {
  const cert = new crypto.X509Certificate(pem);
  const issuer = cert.issuer.split('\n').reverse().join(',');
  return crypto.createHash('md5').update(issuer + BigInt(`0x${cert.serialNumber}`)).digest('hex');
}
function makeCertificates() {
  execFileSync('openssl', ['req', '-x509', '-key', file('link/alipay_app_key'), '-days', '30', '-subj',
    '/C=CN/O=Shop/OU=Tickets/CN=2021000122671080', '-out', file('app.crt')], { stdio: 'ignore' });
  certs = { app: read('app.crt'), root: makeKey('alipay_root').pem, alipay: own.pem };
  return certs;
}
const byCertificate = (params) => 'app_cert_sn' in params || 'alipay_root_cert_sn' in params;

// The signed text is these very bytes: slashes come escaped, as from the real one.
function answer(method, inner, params = {}) {
  const text = JSON.stringify(inner).replaceAll('/', '\\/');
  const sign = sealed(rsaSign(text, own.key));
  const name = `${method.replaceAll('.', '_')}_response`;
  const whose = certs && byCertificate(params) ? `"alipay_cert_sn":"${certificateNumber(certs.alipay)}",` : '';
  return { headers: { 'Content-Type': 'application/json;charset=utf-8' },
    body: `{"${name}":${text},${whose}"sign":"${sign}"}` };
}
const good = (more) => ({ code: '10000', msg: 'Success', ...more });
const bad = (sub, msg) => ({ code: '40004', msg: 'Business Failed', sub_code: sub, sub_msg: msg });

// Nobody sees another's trades.
function tradeOf(biz, params) {
  for (const t of trades.values()) {
    if (t.seller !== sellerOf(params)) continue;
    if (t.out_trade_no === biz.out_trade_no || (biz.trade_no && t.trade_no === biz.trade_no)) return t;
  }
  return null;
}

function create(biz, params) {
  const old = trades.get(biz.out_trade_no);
  if (old && (old.amount !== biz.total_amount || old.seller !== sellerOf(params))) return null;
  if (biz.seller_id && biz.seller_id !== sellerOf(params)) return null;
  if (old) return old;
  number += 1;
  const t = { out_trade_no: biz.out_trade_no, amount: biz.total_amount, subject: biz.subject,
    trade_no: `2026112722001${String(number).padStart(8, '0')}`, state: 'WAIT_BUYER_PAY',
    notify_url: params.notify_url, seen: false, refunds: {}, seller: sellerOf(params),
    op_app_id: biz.op_app_id };
  trades.set(t.out_trade_no, t);
  return t;
}
const mismatch = bad('ACQ.CONTEXT_INCONSISTENT', '交易信息被篡改');
const refunded = (t) => Object.values(t.refunds).reduce((sum, fen) => sum + fen, 0);
const fen = (yuan) => Math.round(Number(yuan) * 100);
const yuan = (n) => (n / 100).toFixed(2);
const unknown = bad('ACQ.TRADE_NOT_EXIST', '交易不存在');

const methods = {
  'alipay.trade.precreate': (biz, params) => {
    const t = create(biz, params);
    return t ? good({ out_trade_no: t.out_trade_no, qr_code: `https://qr.alipay.com/${t.trade_no}` })
      : mismatch;
  },
  'alipay.trade.create': (biz, params) => {
    const t = create(biz, params);
    if (t) t.seen = true;
    return t ? good({ out_trade_no: t.out_trade_no, trade_no: t.trade_no }) : mismatch;
  },
  // The last digit of the payer's code decides: 0 he is asked for his password, 9 nobody knows,
  // 8 refused, else paid.
  'alipay.trade.pay': (biz, params) => {
    const a = biz.auth_no ? auths.get(biz.auth_no) : null;
    if (biz.auth_no && (!a || fen(biz.total_amount) > a.left)) return bad('ACQ.PAYMENT_AUTH_CODE_INVALID', '冻结额不足');
    if (a && switched('no_money')) return bad('ACQ.BUYER_BALANCE_NOT_ENOUGH', '买家余额不足');
    const t = create(biz, params);
    if (!t) return mismatch;
    if (a && t.state !== 'TRADE_SUCCESS') {
      a.left -= fen(biz.total_amount);
      if (biz.auth_confirm_mode === 'COMPLETE') a.left = 0;
      Object.assign(t, { seen: true, state: 'TRADE_SUCCESS' });
      return good({ out_trade_no: t.out_trade_no, trade_no: t.trade_no, total_amount: amiss(t.amount, '0.01') });
    }
    if (t.state === 'TRADE_SUCCESS') return bad('ACQ.TRADE_HAS_SUCCESS', '交易已被支付');
    const how = biz.auth_code.at(-1);
    t.seen = true;
    if (how === '8') return bad('ACQ.PAYMENT_AUTH_CODE_INVALID', '支付授权码无效');
    if (how === '0') return { code: '10003', msg: ' order success pay inprocess', out_trade_no: t.out_trade_no };
    t.state = 'TRADE_SUCCESS';
    if (how === '9') return { code: '20000', msg: 'Service Currently Unavailable', sub_code: 'ACQ.SYSTEM_ERROR' };
    return good({ out_trade_no: t.out_trade_no, trade_no: t.trade_no, total_amount: t.amount,
      buyer_user_id: '2088102177846880' });
  },
  'alipay.fund.auth.operation.detail.query': (biz) => {
    const a = [...auths.values()].find((x) => x.out_order_no === biz.out_order_no
      && x.out_request_no === biz.out_request_no);
    return a ? good({ status: 'SUCCESS', auth_no: a.auth_no, operation_id: a.auth_no, amount: yuan(a.amount) })
      : bad('ACQ.TRADE_NOT_EXIST', '授权不存在');
  },
  'alipay.fund.auth.order.unfreeze': (biz) => {
    const a = auths.get(biz.auth_no);
    if (!a) return bad('ACQ.TRADE_NOT_EXIST', '授权不存在');
    if (!a.unfrozen[biz.out_request_no]) {
      if (fen(biz.amount) > a.left) return bad('ACQ.UNFREEZE_AMOUNT_EXCEED', '解冻金额超限');
      a.unfrozen[biz.out_request_no] = fen(biz.amount);
      a.left -= fen(biz.amount);
    }
    return good({ status: 'SUCCESS', operation_id: a.auth_no });
  },
  // A trade that nobody has scanned yet does not exist.
  'alipay.trade.query': (biz, params) => {
    const t = tradeOf(biz, params);
    if (!t || !t.seen) return unknown;
    return good({ out_trade_no: t.out_trade_no, trade_no: t.trade_no, trade_status: t.state,
      total_amount: amiss(t.paid ?? t.amount, '0.01'), buyer_logon_id: 'abc***@example.com' });
  },
  'alipay.trade.close': (biz, params) => {
    const t = tradeOf(biz, params);
    if (!t || !t.seen) { if (t) t.state = 'TRADE_CLOSED'; return unknown; }
    if (t.state === 'TRADE_SUCCESS') return bad('ACQ.TRADE_STATUS_ERROR', '交易状态不合法');
    t.state = 'TRADE_CLOSED';
    return good({ out_trade_no: t.out_trade_no, trade_no: t.trade_no });
  },
  'alipay.trade.cancel': (biz, params) => {
    const t = tradeOf(biz, params);
    const action = t && t.state === 'TRADE_SUCCESS' ? 'refund' : 'close';
    if (t) t.state = 'TRADE_CLOSED';
    return good({ out_trade_no: biz.out_trade_no, retry_flag: 'N', action });
  },
  'alipay.trade.refund': (biz, params) => {
    const t = tradeOf(biz, params);
    if (!t) return unknown;
    if (t.state !== 'TRADE_SUCCESS' && !(biz.out_request_no in t.refunds)) {
      return bad('ACQ.TRADE_STATUS_ERROR', '交易状态不合法');
    }
    const before = t.refunds[biz.out_request_no];
    if (before !== undefined && before !== fen(biz.refund_amount)) {
      return bad('ACQ.DISCORDANT_REPEAT_REQUEST', '不一致的请求');
    }
    if (before === undefined && refunded(t) + fen(biz.refund_amount) > fen(t.paid ?? t.amount)) {
      return bad('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL', '退款金额超限');
    }
    t.refunds[biz.out_request_no] = fen(biz.refund_amount);
    if (refunded(t) === fen(t.paid ?? t.amount)) t.state = 'TRADE_CLOSED';
    return good({ out_trade_no: t.out_trade_no, trade_no: t.trade_no,
      fund_change: before === undefined ? 'Y' : 'N', refund_fee: yuan(refunded(t)) });
  },
  'alipay.trade.fastpay.refund.query': (biz, params) => {
    const t = tradeOf(biz, params);
    if (!t) return unknown;
    const done = t.refunds[biz.out_request_no];
    return done === undefined ? good({})
      : good({ out_trade_no: t.out_trade_no, trade_no: t.trade_no, refund_status: 'REFUND_SUCCESS',
        refund_amount: yuan(done), out_request_no: biz.out_request_no });
  },
};

// Two files in GB18030: the movements, and sums that have other columns.
function bill(day, seller) {
  const at = `${day} 12:00:00`;
  const rows = [];
  const row = (t, kind, sum, request, fee) => rows.push([`${t.trade_no}\t`, `${t.out_trade_no}\t`, `${kind}\t`,
    '演出票\t', at, at, '\t', '\t', '\t', '\t', '*华(138****0000)\t', sum, sum, '0.00', '0.00', '0.00', '0.00', '0.00',
    '\t', '0.00', '0.00', `${request}\t`, fee, '0.00', '\t'].join(','));
  for (const t of trades.values()) {
    if (t.seller !== seller) continue;
    if (t.state !== 'TRADE_SUCCESS' && !Object.keys(t.refunds).length) continue;
    const paid = fen(t.paid ?? t.amount);
    row(t, '交易', yuan(paid), '', `-${yuan(Math.round(paid * 60 / 10000))}`);
    for (const [no, sum] of Object.entries(t.refunds)) {
      row(t, '退款', `-${yuan(sum)}`, no, yuan(Math.round(sum * 60 / 10000)));
    }
  }
  const text = ['#支付宝业务明细查询', '#账号：[20888888888888880156]', '#-----------------业务明细列表-----------------',
    '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注',
    ...rows, '#-----------------业务明细列表结束-----------------', `#交易合计：${rows.length}笔`, ''].join('\r\n');
  return zip([['2088_1126_details.csv', gb18030(text)],
    ['2088_1126_summary.csv', gb18030('#汇总\r\n门店编号,交易订单总笔数\r\n,1\r\n')]]);
}

function check(params) {
  if (params.app_id !== APP_ID) return 'isv.invalid-app-id';
  if (params.charset !== 'utf-8' || params.sign_type !== 'RSA2') return 'isv.invalid-signature-type';
  if (!timely(params.timestamp)) return 'isv.invalid-timestamp';
  if (!sellerOf(params)) return 'aop.invalid-app-auth-token';
  if (byCertificate(params) && (!certs || params.app_cert_sn !== certificateNumber(certs.app)
    || params.alipay_root_cert_sn !== certificateNumber(certs.root))) return 'isv.invalid-signature';
  return rsaGood(signText(params, ['sign']), params.sign ?? '', app) ? null : 'isv.invalid-signature';
}

async function handle(req, raw) {
  const url = new URL(req.url, 'http://localhost');
  const params = Object.fromEntries([...url.searchParams, ...new URLSearchParams(raw)]);
  const method = params.method ?? '';
  if (url.pathname === '/bill') return { body: bill(params.day, params.of) };
  const wrong = check(params);
  if (wrong) {
    return answer(req.method === 'GET' ? 'error' : method,
      { code: wrong.startsWith('aop.') ? '20001' : '40002', msg: 'Invalid Arguments',
        sub_code: wrong, sub_msg: wrong });
  }
  const biz = JSON.parse(params.biz_content ?? '{}');
  if (method === 'alipay.data.dataservice.bill.downloadurl.query') {
    return answer(method, switched('no_bill') ? bad('isp.bill_not_exist', '账单不存在')
      : good({ bill_download_url: `http://${req.headers.host}/bill?day=${biz.bill_date}&of=${sellerOf(params)}` }));
  }
  if (/^alipay\.trade\.(page|wap)\.pay$/.test(method)) {
    const t = create(biz, params);
    if (t) t.seen = true;
    return { headers: { 'Content-Type': 'text/html' }, body: t ? `<h1>${t.subject}</h1>` : 'mismatch' };
  }
  return methods[method] ? answer(method, methods[method](biz, params), params)
    : answer(method, { code: '40002', msg: 'Invalid Arguments', sub_code: 'isv.invalid-method' });
}

// A notice as a form; `how`: wrong_amount, stranger, other_seller (another one that authorised),
// platform (the application's own), corrupt, typed (signed with sign_type).
function notice(t, how) {
  const sellers = { stranger: '2088999999999999', platform: SELLER,
    other_seller: Object.values(TOKENS).find((x) => x !== t.seller) };
  const fields = { gmt_create: '2026-11-27 10:00:00', charset: 'utf-8', subject: t.subject,
    buyer_id: '2088102177846880', notify_id: crypto.randomBytes(16).toString('hex'),
    notify_type: 'trade_status_sync', trade_status: t.state, sign_type: 'RSA2', app_id: APP_ID,
    seller_id: sellers[how] ?? t.seller, version: '1.0',
    out_trade_no: t.out_trade_no, trade_no: t.trade_no,
    total_amount: amiss(t.paid ?? t.amount, '0.01', how), gmt_payment: '2026-11-27 10:00:01',
    notify_time: new Date(clock(how) + 28800000).toISOString().slice(0, 19).replace('T', ' '), empty: '' };
  if (how === 'refund') Object.assign(fields, { gmt_refund: '2026-11-27 11:00:00', refund_fee: yuan(refunded(t)) });
  const text = signText(fields, how === 'typed' ? ['sign'] : ['sign', 'sign_type']);
  return new URLSearchParams({ ...fields, sign: sealed(rsaSign(text, own.key), how) }).toString();
}

serve('alipay', handle, {
  certificates: makeCertificates,
  reset: () => { trades.clear(); auths.clear(); },
  // The payer's app was given the text, and he agrees.
  agree: ({ front }) => {
    const params = Object.fromEntries(new URLSearchParams(front));
    if (check(params) || params.method !== 'alipay.fund.auth.order.app.freeze') throw new Error('not signed');
    const biz = JSON.parse(params.biz_content);
    const a = { ...biz, amount: fen(biz.amount), left: fen(biz.amount), unfrozen: {}, auth_no: `2026${auths.size + 1}` };
    auths.set(a.auth_no, a);
    return a;
  },
  auth: ({ auth_no: no }) => auths.get(no) ?? {},
  pay: ({ out_trade_no: no, amount }) => {
    const t = trades.get(no);
    Object.assign(t, { seen: true, state: 'TRADE_SUCCESS', paid: amount ?? t.amount });
  },
  notice: ({ out_trade_no: no, how }) => ({ body: notice(trades.get(no), how) }),
  // Deliver it where the request said, `times` in parallel.
  tell: async ({ out_trade_no: no, how, times = 1, url }) => {
    const t = trades.get(no);
    const body = notice(t, how);
    return Promise.all(Array.from({ length: times }, () => post(url ?? t.notify_url, body,
      { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' })));
  },
  state: ({ out_trade_no: no }) => (trades.has(no)
    ? { ...trades.get(no), refunded_fen: refunded(trades.get(no)) } : {}),
  check: ({ query }) => ({ wrong: check(Object.fromEntries(new URLSearchParams(query))) }),
}, { more: ['no_money', 'no_bill'] });
