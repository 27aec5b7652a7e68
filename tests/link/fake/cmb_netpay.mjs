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
// The host for keys and agreements.
function business(data) {
  if (data.txCode !== 'FBPK') return answer({ rspCode: 'ERR0002', rspMsg: '交易码错误' });
  fetched += 1;
  const key = own.cert.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  return answer({ rspCode: 'SUC0000', rspMsg: '', fbPubKey: key });
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
  const o = orders.get(`${data.date}/${data.orderNo}`);
  if (/^(MB_EUserPay|PC_EUserPay|MB_APPPay)$/.test(what)) {
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

function notice(o, how) {
  const noticeData = { dateTime: compact(clock(how)), date: o.date, amount: amiss(o.amount, '0.01', how), bankDate: o.date,
    bankSerialNo: o.serial, orderNo: o.orderNo, discountAmount: '0.00', discountFlag: 'N',
    noticeType: 'BKPAYRTN', httpMethod: 'POST', noticeUrl: o.payNoticeUrl, noticeSerialNo: `${o.serial}1`,
    merchantPara: '', branchNo: how === 'stranger' ? '0755' : BRANCH, merchantNo: MERCHANT, cardType: '02' };
  const sign = sealed(bankSign(noticeData), how);
  const json = JSON.stringify({ version: '1.0', charset: 'UTF-8', sign, signType: 'RSA', noticeData });
  return { body: new URLSearchParams({ jsonRequestData: json }).toString() };
}
const find = (no) => [...orders.values()].find((o) => o.orderNo === no);

serve('cmb_netpay', handle, {
  reset: () => { orders.clear(); fetched = 0; },
  // The bank signs with another key from now on.
  rotate: () => { own = makeKey('cmb_netpay'); },
  fetches: () => ({ fetched }),
  pay: ({ out_trade_no: no }) => {
    number += 1;
    Object.assign(find(no), { status: '0', serial: `17251138900000${String(number).padStart(6, '0')}` });
  },
  // The payer's browser posts what the page was given.
  browse: ({ front }) => handle({ url: '/x?MB_EUserPay' }, new URLSearchParams({ jsonRequestData: front }).toString()),
  notice: ({ out_trade_no: no, how }) => notice(find(no), how),
  state: ({ out_trade_no: no }) => ({ ...find(no), refunded_fen: refunded(find(no)) }),
}, { more: ['no_bill', 'other_names', 'stuck'] });
