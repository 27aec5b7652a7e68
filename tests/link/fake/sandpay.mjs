// SPDX-License-Identifier: Apache-2.0
// A fake of Sand pay, from what is public of it. DIR holds app.pub, the merchant's public key; the
// fake leaves its certificate, sandpay.crt, there. It encodes its base64 as carelessly as the real one.
import crypto from 'node:crypto';
import { amiss, clock, compact, makeKey, post, read, sealed, serve, switched, timely } from './common.mjs';

const own = makeKey('sandpay');
const app = crypto.createPublicKey(read('app.pub'));
const MID = '100211701160001';
const orders = new Map();
const told = []; // notices that were asked for again, and the word that each was answered with
let number = 0;

function pack(inner, how) {
  const data = JSON.stringify(inner);
  const sign = sealed(crypto.sign('sha1', Buffer.from(data), own.key).toString('base64'), how);
  return `charset=utf-8&signType=01&data=${encodeURIComponent(data)}&sign=${sign}&extend=`;
}
const answer = (code, body, msg) => ({ body: pack({ head: { version: '1.0', respTime: compact(clock()),
  respCode: code, respMsg: msg ?? '' }, body: body ?? {} }) });

function bill(day) {
  const rows = [];
  for (const o of orders.values()) {
    if (o.orderStatus !== '00') continue;
    const back = o.origin !== undefined;
    rows.push([`${day}120000`, back ? '退货' : '消费', o.orderCode, o.origin ?? '', o.tradeNo, Number(o.totalAmount), '0'].join(','));
  }
  return ['交易时间,交易类型,商户订单号,原商户订单号,杉德流水号,交易金额,手续费', ...rows, ''].join('\r\n');
}

// Sent to where the order said, until the word comes; the merchant asked for it.
async function sendAgain(o) {
  const sent = { ...notice(o), url: o.notifyUrl, word: '' };
  told.push(sent);
  try {
    const { status, body } = await post(o.notifyUrl, sent.body, { 'Content-Type': 'application/x-www-form-urlencoded' });
    sent.word = status === 200 ? body : String(status);
  } catch (e) {
    sent.word = `unreachable: ${e.message}`;
  }
}

const refunded = (no) => [...orders.values()].filter((o) => o.origin === no)
  .reduce((sum, o) => sum + Number(o.totalAmount), 0);

function handle(req, raw) {
  if (req.url.startsWith('/bill?')) return { body: bill(req.url.slice(6)) };
  const { data, sign } = Object.fromEntries(new URLSearchParams(raw));
  if (!crypto.verify('sha1', Buffer.from(data), app, Buffer.from(sign, 'base64'))) {
    return answer('000001', {}, '验签失败');
  }
  const { head, body } = JSON.parse(data);
  if (head.mid !== MID || !timely(head.reqTime)) return answer('000002');
  if (!/^\d{12}$/.test(body.totalAmount ?? body.refundAmount ?? '000000000000')) return answer('000003');
  if (req.url.endsWith('/clearfile/download')) {
    return switched('no_bill') ? answer('050003', {}, '文件不存在')
      : answer('000000', { clearDate: body.clearDate, content: `http://${req.headers.host}/bill?${body.clearDate}` });
  }
  if (req.url.endsWith('/order/mcAutoNotice')) {
    const o = orders.get(body.orderCode);
    if (head.method !== 'sandpay.trade.notify' || body.noticeType !== '00') return answer('000004', {}, '参数错误');
    if (!o || o.orderStatus !== '00') return answer('030001', {}, '订单不存在');
    setTimeout(() => sendAgain(o), 10);
    return answer('000000', { orderCode: body.orderCode });
  }
  if (req.url.endsWith('/order/create') || req.url.endsWith('/order/pay')) {
    orders.set(body.orderCode, { ...body, orderStatus: '01' });
    return answer('000000', { orderCode: body.orderCode, qrCode: `https://sand.example/${body.orderCode}`,
      credential: JSON.stringify({ submitUrl: 'https://sand.example/', params: {} }) });
  }
  if (req.url.endsWith('/order/refund')) {
    const o = orders.get(body.oriOrderCode);
    if (!o || o.orderStatus !== '00') return answer('040001', {}, '原订单不可退');
    const before = orders.get(body.orderCode);
    if (before && before.totalAmount !== body.refundAmount) return answer('040002', {}, '金额不一致');
    if (!before && refunded(body.oriOrderCode) + Number(body.refundAmount) > Number(o.totalAmount)) return answer('040003', {}, '退款超额');
    orders.set(body.orderCode, { orderCode: body.orderCode, origin: body.oriOrderCode, totalAmount: body.refundAmount, orderStatus: '00', tradeNo: `R${o.tradeNo}` });
    return answer('000000', { orderCode: body.orderCode, tradeNo: `R${o.tradeNo}` });
  }
  const o = orders.get(body.orderCode);
  return o ? answer('000000', { orderCode: o.orderCode, totalAmount: amiss(o.totalAmount, '000000000001'), orderStatus: o.orderStatus,
    ...(o.tradeNo ? { tradeNo: o.tradeNo } : {}) }) : answer('030001', {}, '订单不存在');
}

const notice = (o, how) => ({ body: pack({ head: { version: '1.0', respTime: compact(clock(how)), respCode: '000000', respMsg: '成功' },
  body: { mid: how === 'stranger' ? '999' : MID, orderCode: o.orderCode, tradeNo: o.tradeNo, clearDate: '20261127',
    totalAmount: amiss(o.totalAmount, '000000000001', how), orderStatus: '1', payTime: '20261127100001', accNo: '6225********1234' } }, how) });

serve('sandpay', handle, {
  reset: () => { orders.clear(); told.length = 0; },
  told: () => ({ n: told.length, ...told.at(-1) }),
  pay: ({ out_trade_no: no }) => {
    number += 1;
    Object.assign(orders.get(no), { orderStatus: '00', tradeNo: `20261127${String(number).padStart(8, '0')}` });
  },
  notice: ({ out_trade_no: no, how }) => notice(orders.get(no), how),
  state: ({ out_trade_no: no }) => ({ ...orders.get(no), refunded_fen: refunded(no) }),
}, { more: ['no_bill'] });
