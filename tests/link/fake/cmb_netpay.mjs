// SPDX-License-Identifier: Apache-2.0
// A fake of CMB one-net payment, from what is public of it. DIR holds nothing of the merchant but his
// 16-letter key below; the fake leaves cmb_netpay.pub there.
import crypto from 'node:crypto';
import { amiss, clock, compact, makeKey, sealed, serve, switched, timely } from './common.mjs';

let own = makeKey('cmb_netpay');
let fetched = 0;
const KEY = '16CharacterKey00';
const BRANCH = '0571';
const MERCHANT = '001268';
const orders = new Map();
const agreements = new Map(); // by number: {userID, state: asked | signed | refused | over, noPwdPay}
let number = 0;

// Sorted, empty values stay.
const sorted = (data) => Object.keys(data).sort().map((k) => `${k}=${data[k]}`).join('&');
const bankSign = (data) => crypto.sign('sha1', Buffer.from(sorted(data)), own.key).toString('base64');
const merchantSign = (data) => crypto.createHash('sha256').update(`${sorted(data)}&${KEY}`).digest('hex');

function opened(raw) {
  const { jsonRequestData } = Object.fromEntries(new URLSearchParams(raw));
  const { sign, reqData, signType } = JSON.parse(jsonRequestData);
  const good = signType === 'SHA-256' && sign.toLowerCase() === merchantSign(reqData) &&
    reqData.branchNo === BRANCH && reqData.merchantNo === MERCHANT && timely(reqData.dateTime);
  return good ? reqData : null;
}

function answer(data) {
  const rspData = { dateTime: compact(clock()), ...data };
  const sign = sealed(bankSign(rspData));
  return { headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ version: '1.0', charset: 'UTF-8', sign, signType: 'RSA', rspData }) };
}

// A page has two lines under the names of its fields, each behind a back-tick.
const PAGE = 2;
function list(names, rows, key) {
  const from = key ? Number(key) : 0;
  const lines = [names, ...rows.slice(from, from + PAGE)].map((row) => row.map((v) => `\`${v}`).join(','));
  const more = from + PAGE < rows.length;
  if (switched('other_names')) lines[0] = lines[0].replace('Amount', 'Sum');
  const next = switched('stuck') ? '1' : more ? String(from + PAGE).padStart(40, '0') : '';
  return answer({ rspCode: 'SUC0000', rspMsg: '', dataCount: String(Math.min(PAGE, rows.length - from)),
    dataList: lines.join('\r\n'), nextKeyValue: next });
}
function settled(data) {
  const rows = [...orders.values()].filter((o) => o.status === '0' && o.date === data.beginDate);
  return list(['branchNo', 'merchantNo', 'date', 'orderNo', 'bankSerialNo', 'currency', 'orderAmount', 'fee', 'bankDate'],
    rows.map((o) => [BRANCH, MERCHANT, o.date, o.orderNo, o.serial, '10', o.amount, '0.00', o.date]), data.nextKeyValue);
}
function refundedOn(data) {
  const rows = [...orders.values()].flatMap((o) => Object.entries(o.refunds ?? {}).map(([no, sum]) => [o, no, sum]));
  return list(['branchNo', 'merchantNo', 'orderNo', 'bankSerialNo', 'refundSerialNo', 'refundAmount', 'bankDate'],
    rows.map(([o, no, sum]) => [BRANCH, MERCHANT, o.orderNo, `R${o.serial}`, no, sum, data.beginDate]), data.nextKeyValue);
}
const serial = () => {
  number += 1;
  return `17251138900000${String(number).padStart(6, '0')}`;
};

// ---- agreements ----

const PAGES = '/mobilehtml/DebitCard/M_NetPay/OneNetRegister/';
// The buyer opens the page: nothing is agreed yet. A number belongs to one user for good.
function askFor(data, noPwdPay) {
  const a = agreements.get(data.agrNo);
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(data.agrNo ?? '') || !/^\d{1,20}$/.test(data.merchantSerialNo ?? '') ||
    !/^\w{1,20}$/.test(data.userID ?? '') || !(data.noticeUrl || data.signNoticeUrl) || (a && a.userID !== data.userID)) {
    throw new Error(`no agreement can be made of ${JSON.stringify(data)}`);
  }
  agreements.set(data.agrNo, { agrNo: data.agrNo, userID: data.userID, noticeUrl: data.noticeUrl || data.signNoticeUrl,
    noticePara: data.noticePara ?? '', state: a?.state === 'signed' ? 'signed' : 'asked', noPwdPay });
}
// A payment by a number that is not signed asks for its signature, too.
function known(data) {
  if (!data.agrNo) return;
  const a = agreements.get(data.agrNo);
  if (a?.state === 'signed') {
    if (a.userID !== data.userID) throw new Error('the agreement is of somebody else');
    return;
  }
  askFor(data, 'N');
}
const ofUser = (user) => [...agreements.values()].findLast((a) => a.userID === String(user));

// Money that is taken by agreement; the same number takes it once.
function takeByAgreement(data) {
  const a = agreements.get(data.agrNo);
  const before = [...orders.values()].find((o) => o.orderNo === data.merchantSerialNo);
  if (!/^\d+$/.test(data.amount) || data.currency !== 'RMB') return answer({ rspCode: 'ERR0003', rspMsg: '参数错误' });
  if (a?.state !== 'signed' || a.noPwdPay !== 'Y') return answer({ rspCode: 'WWQ4002', rspMsg: '未开通免密支付' });
  const yuan = (Number(data.amount) / 100).toFixed(2);
  if (before && before.amount !== yuan) return answer({ rspCode: 'WWQ4004', rspMsg: '流水号重复' });
  if (!before && switched('no_money')) return answer({ rspCode: 'WWQ4003', rspMsg: '余额不足' });
  const o = before ?? { orderNo: data.merchantSerialNo, date: data.dateTime.slice(0, 8), amount: yuan, status: '0',
    serial: serial(), refunds: {}, agrNo: data.agrNo };
  orders.set(`${o.date}/${o.orderNo}`, o);
  return answer({ rspCode: 'SUC0000', rspMsg: '', merchantSerialNo: o.orderNo, bankSerialNo: o.serial, amount: data.amount });
}

// The host for keys and agreements.
function business(data) {
  const a = agreements.get(data.agrNo);
  if (data.txCode === 'CMSK') return takeByAgreement(data);
  if (data.txCode === 'CMCX' || data.txCode === 'CMQX') {
    if (a?.state !== 'signed') return answer({ rspCode: 'WWQ4001', rspMsg: '协议不存在' });
    if (data.txCode === 'CMQX') a.state = 'over';
    return answer({ rspCode: 'SUC0000', rspMsg: '', merchantSerialNo: data.merchantSerialNo, userPidType: '1',
      agrNo: switched('other_agreement') ? 'A1RX' : a.agrNo, userPidHash: 'a'.repeat(30), noPwdPay: a.noPwdPay,
      userSignDateTime: compact(clock()) });
  }
  if (data.txCode !== 'FBPK') return answer({ rspCode: 'ERR0002', rspMsg: '交易码错误' });
  fetched += 1;
  const key = own.cert.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  return answer({ rspCode: 'SUC0000', rspMsg: '', fbPubKey: key });
}

// BKQY: signed, or not; `how`: refused, other_user, other_number, and what every notice can be.
function signNotice(a, how) {
  const bad = how === 'refused';
  return wrap({ dateTime: compact(clock(how)), rspCode: bad ? 'WWQ4009' : 'SUC0000', rspMsg: bad ? '签约失败' : '',
    noticeType: 'BKQY', noticeSerialNo: serial(), branchNo: how === 'stranger' ? '0755' : BRANCH, merchantNo: MERCHANT,
    noticeUrl: a.noticeUrl, httpMethod: 'POST', agrNo: how === 'other_number' ? `${a.agrNo.slice(0, -1)}_` : a.agrNo,
    noticePara: a.noticePara, userID: how === 'other_user' ? '1' : a.userID, userPidType: '1', userPidHash: 'a'.repeat(30),
    noPwdPay: a.noPwdPay }, how);
}

const fen = (yuan) => Math.round(Number(yuan) * 100);
const refunded = (o) => Object.values(o.refunds).reduce((sum, yuan) => sum + fen(yuan), 0);

function handle(req, raw) {
  const what = req.url.split('?')[1];
  const data = opened(raw);
  if (!data) return answer({ rspCode: 'ERR0001', rspMsg: '验签失败' });
  if (req.url.endsWith('DoBusiness.ashx')) return business(data);
  if (what === 'QuerySettledOrderByMerchantDate') return switched('no_bill') ? answer({ rspCode: 'NOBILL', rspMsg: '无对账单' }) : settled(data);
  if (what === 'QueryRefundByDateV2') return refundedOn(data);
  // What was taken by agreement has a number of its own on every day.
  const o = orders.get(`${data.date}/${data.orderNo}`) ??
    [...orders.values()].find((t) => t.agrNo && t.orderNo === data.orderNo && !t.payNoticeUrl);
  if (/^(MB_EUserPay|PC_EUserPay|MB_APPPay)$/.test(what)) {
    known(data);
    orders.set(`${data.date}/${data.orderNo}`, { ...data, status: '4', refunds: {} });
    return { headers: { 'Content-Type': 'text/html' }, body: `<h1>${data.orderNo}</h1>` };
  }
  if (!o) return answer({ rspCode: 'NFN0000', rspMsg: '订单不存在' });
  if (what === 'QuerySingleOrder') {
    return answer({ rspCode: 'SUC0000', rspMsg: '', orderNo: o.orderNo, orderAmount: amiss(o.amount, '0.01'),
      orderStatus: o.status, bankSerialNo: o.serial ?? '' });
  }
  if (what === 'DoRefundV2') {
    const before = o.refunds[data.refundSerialNo];
    if (o.status !== '0') return answer({ rspCode: 'WWQ2001', rspMsg: '不可退款' });
    if (before && before !== data.amount) return answer({ rspCode: 'WWQ2002', rspMsg: '金额不一致' });
    if (!before && refunded(o) + fen(data.amount) > fen(o.amount)) return answer({ rspCode: 'WWQ2003', rspMsg: '退款超额' });
    o.refunds[data.refundSerialNo] = data.amount;
    return answer({ rspCode: 'SUC0000', rspMsg: '', bankSerialNo: `R${o.serial}` });
  }
  return data.merchantSerialNo in o.refunds ? answer({ rspCode: 'SUC0000', rspMsg: '', bankSerialNo: `R${o.serial}` })
    : answer({ rspCode: 'WWQ3001', rspMsg: '退款不存在' });
}

function wrap(noticeData, how) {
  const sign = sealed(bankSign(noticeData), how);
  const json = JSON.stringify({ version: '1.0', charset: 'UTF-8', sign, signType: 'RSA', noticeData });
  return { body: new URLSearchParams({ jsonRequestData: json }).toString() };
}

function notice(o, how) {
  const noticeData = { dateTime: compact(clock(how)), date: o.date, amount: amiss(o.amount, '0.01', how), bankDate: o.date,
    bankSerialNo: o.serial, orderNo: o.orderNo, discountAmount: '0.00', discountFlag: 'N',
    noticeType: 'BKPAYRTN', httpMethod: 'POST', noticeUrl: o.payNoticeUrl, noticeSerialNo: `${o.serial}1`,
    merchantPara: '', branchNo: how === 'stranger' ? '0755' : BRANCH, merchantNo: MERCHANT, cardType: '02' };
  return wrap(noticeData, how);
}
const find = (no) => [...orders.values()].find((o) => o.orderNo === no);

serve('cmb_netpay', handle, {
  reset: () => { orders.clear(); agreements.clear(); fetched = 0; },
  // The bank signs with another key from now on.
  rotate: () => { own = makeKey('cmb_netpay'); },
  fetches: () => ({ fetched }),
  pay: ({ out_trade_no: no }) => {
    Object.assign(find(no), { status: '0', serial: serial() });
  },
  // The payer's browser posts what the page was given.
  browse: ({ front }) => handle({ url: '/x?MB_EUserPay' }, new URLSearchParams({ jsonRequestData: front }).toString()),
  // The same to the page on which an agreement is signed.
  browse_agreement: ({ url, front }) => {
    const data = opened(new URLSearchParams({ jsonRequestData: front }).toString());
    const page = new URL(url).pathname;
    if (!data || !page.startsWith(PAGES)) throw new Error(`no page ${url}`);
    askFor(data, page.endsWith('/NP_NoPwdPay.aspx') ? 'Y' : 'N');
  },
  // He signs, or goes to his bank and ends it.
  agree: ({ user }) => { ofUser(user).state = 'signed'; },
  leave: ({ user }) => { ofUser(user).state = 'over'; },
  agreement: ({ user }) => ofUser(user) ?? {},
  agreement_notice: ({ user, how }) => signNotice(ofUser(user), how),
  notice: ({ out_trade_no: no, how }) => notice(find(no), how),
  taken: ({ out_trade_no: no }) => {
    const o = find(no);
    return o ? { ...o, refunded_fen: refunded(o) } : {};
  },
  state: ({ out_trade_no: no }) => ({ ...find(no), refunded_fen: refunded(find(no)) }),
}, { more: ['no_bill', 'other_names', 'stuck', 'other_agreement', 'no_money'] });
