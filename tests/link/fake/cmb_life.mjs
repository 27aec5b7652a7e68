// SPDX-License-Identifier: Apache-2.0
// A fake of CMB Life, from what is public of it. DIR holds app.pub, the merchant's public key; the
// fake leaves cmb_life.pub there.
import crypto from 'node:crypto';
import { amiss, clock, compact, makeKey, read, rsaGood, rsaSign, sealed, serve, timely, unused } from './common.mjs';

const own = makeKey('cmb_life');
const app = crypto.createPublicKey(read('app.pub'));
const MID = '0123456789abcdef0123456789abcdef';
const orders = new Map();
const codes = new Map(); // given to pages, each good once: who it is
let number = 0;

const text = (params) => Object.keys(params).filter((k) => k !== 'sign' && params[k] !== '').sort()
  .map((k) => `${k}=${params[k]}`).join('&');
const good = (prefix, params) => params.mid === MID && params.random.length >= 16 && timely(params.date) &&
  rsaGood(`${prefix}?${text(params)}`, params.sign ?? '', app);

function answer(params) {
  const all = { respMsg: '', ...params };
  const sign = sealed(rsaSign(text(all), own.key));
  return { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ ...all, sign }) };
}

const refunded = (o) => Object.values(o.refunds).reduce((sum, fen) => sum + Number(fen), 0);

function handle(req, raw) {
  const name = req.url.split('/').at(-1);
  const params = Object.fromEntries(new URLSearchParams(raw));
  if (!good(name, params) || !unused(params.random)) return answer({ respCode: '1001', respMsg: '验签失败' });
  if (name === 'accessToken.json') {
    const openId = codes.get(params.code);
    codes.delete(params.code);
    if (!openId || params.grantType !== 'authorizationCode') return answer({ respCode: '1008', respMsg: '授权码无效' });
    return answer({ respCode: '1000', openId, accessToken: `t-${openId}`, expiresIn: '7200' });
  }
  const o = orders.get(params.billNo);
  if (!o) return answer({ respCode: '1005', respMsg: '订单不存在' });
  if (name === 'getPayOrder.json') {
    return answer({ respCode: '1000', payStatus: o.status, amount: amiss(o.amount, '1'), refNum: o.refNum ?? '' });
  }
  if (name === 'refund.json') {
    if (o.status !== '2') return answer({ respCode: '3001', respMsg: '未支付' });
    const before = o.refunds[params.refundToken];
    if (before && before !== params.amount) return answer({ respCode: '3002', respMsg: '金额不一致' });
    if (!before && refunded(o) + Number(params.amount) > Number(o.amount)) return answer({ respCode: '3003', respMsg: '退款超额' });
    o.refunds[params.refundToken] = params.amount;
  }
  return params.refundToken in o.refunds ? answer({ respCode: '1000', refundStatus: '2', refundRefNum: `R${o.refNum}` })
    : answer({ respCode: '1000', refundStatus: '' });
}

// What the bank hands out as a file: a line a movement, in the words of its interface.
function bill(day) {
  const row = (o, amount, token) => [o.billNo, o.refNum, `${day.replaceAll('-', '')}100000`, amount, '0', token].join(',');
  const paid = [...orders.values()].filter((o) => o.status === '2');
  return ['billNo,refNum,date,amount,bonus,refundToken', ...paid.flatMap((o) => [row(o, o.amount, ''),
    ...Object.entries(o.refunds).map(([token, amount]) => row(o, amount, token))]), ''].join('\r\n');
}

function notice(o, how) {
  const params = { mid: how === 'stranger' ? 'f'.repeat(32) : MID, date: compact(clock(how)), billNo: o.billNo, refNum: o.refNum,
    amount: amiss(o.amount, '1', how), bonus: '0', result: '2', message: '',
    ...(o.installment ? { installment: o.installment } : {}),
    ...(o.off || how === 'too_much_off' ? { discountAmount: how === 'too_much_off' ? String(Number(o.amount) + 1) : o.off } : {}) };
  return { body: new URLSearchParams({ ...params, sign: sealed(rsaSign(text(params), own.key), how) }).toString() };
}

serve('cmb_life', handle, {
  reset: () => { orders.clear(); codes.clear(); },
  // The app asks its user, who agrees; the page is opened with a code.
  approve: ({ link, open_id: openId }) => {
    const params = Object.fromEntries(new URLSearchParams(link.split('?').slice(1).join('?')));
    if (!good('cmblife://approval', params) || params.responseType !== 'code') throw new Error('the link is not signed');
    number += 1;
    const code = `code-${number}-${crypto.randomBytes(6).toString('hex')}`;
    codes.set(code, openId);
    return { page: params.callback, state: params.state ?? '', code };
  },
  // The app opens the link.
  browse: ({ front }) => {
    const params = Object.fromEntries(new URLSearchParams(front.split('?').slice(1).join('?')));
    if (!good('cmblife://pay', params)) throw new Error('the link is not signed');
    orders.set(params.billNo, { ...params, status: '1', refunds: {} });
  },
  // `off`: what the bank takes off of its own, on its days.
  pay: ({ out_trade_no: no, off }) => {
    number += 1;
    Object.assign(orders.get(no), { off, status: '2', refNum: `2026${String(number).padStart(8, '0')}` });
  },
  bill: ({ day }) => ({ text: bill(day) }),
  notice: ({ out_trade_no: no, how }) => notice(orders.get(no), how),
  state: ({ out_trade_no: no }) => ({ ...orders.get(no), refunded_fen: refunded(orders.get(no)) }),
});
