// SPDX-License-Identifier: Apache-2.0
// A fake of a partner's points: accounts by telephone, points frozen and then taken or let go. DIR
// holds douli.key, the secret both sides know.
import crypto from 'node:crypto';
import { read, serve, spoil, switched } from './common.mjs';

const key = read('douli.key').trim();
const MERCHANT = 'PIAONIU';
const accounts = new Map();
const freezes = new Map();
const refunds = new Map();
const nonces = new Set();
let number = 0;

const text = (params) => Object.keys(params).filter((k) => k !== 'sign' && params[k] !== '').sort()
  .map((k) => `${k}=${params[k]}`).join('&');
const mac = (params) => crypto.createHmac('sha256', key).update(text(params)).digest('hex');

function answer(params) {
  let sign = mac(params);
  if (switched('corrupt')) sign = spoil(sign);
  return { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ ...params, sign }) };
}
const refuse = (code) => answer({ code, message: code.toLowerCase() });
const view = (f) => answer({ code: 'OK', message: 'ok', biz_no: f.biz_no, state: f.state,
  freeze_no: f.freeze_no, amount_fen: f.amount_fen });

function freeze(params) {
  const old = freezes.get(params.biz_no);
  if (old) return old.points === Number(params.points) ? view(old) : refuse('DIFFERENT');
  const a = accounts.get(params.phone);
  if (!a || a.code !== params.code) return refuse('WRONG_CODE');
  if (a.points < Number(params.points)) return refuse('NOT_ENOUGH');
  a.points -= Number(params.points);
  number += 1;
  const f = { biz_no: params.biz_no, phone: params.phone, points: Number(params.points), refunded: 0,
    amount_fen: params.amount_fen, state: 'FROZEN', freeze_no: `DL${number}` };
  freezes.set(f.biz_no, f);
  return view(f);
}

function settle(f, state) {
  if (f.state === 'FROZEN') {
    f.state = state;
    if (state === 'RELEASED') accounts.get(f.phone).points += f.points;
  }
  return f.state === state ? view(f) : refuse('CLOSED');
}

function refund(f, params) {
  const old = refunds.get(params.refund_no);
  const done = { code: 'OK', message: 'ok', state: 'REFUNDED', refund_id: `DLR${params.refund_no}` };
  if (old) return old === Number(params.points) ? answer(done) : refuse('DIFFERENT');
  if (f.state !== 'CONFIRMED') return refuse('CLOSED');
  if (f.refunded + Number(params.points) > f.points) return refuse('NOT_ENOUGH');
  f.refunded += Number(params.points);
  accounts.get(f.phone).points += Number(params.points);
  refunds.set(params.refund_no, Number(params.points));
  return answer(done);
}

function handle(req, raw) {
  const params = Object.fromEntries(new URLSearchParams(raw));
  const call = req.url.split('/').at(-1);
  if (switched('fail500')) return { status: 500, body: 'down' };
  if (mac(params) !== params.sign || nonces.has(params.nonce)) return refuse('WRONG_SIGN');
  nonces.add(params.nonce);
  if (!(Math.abs(Date.now() / 1000 - Number(params.timestamp)) < 300)) return refuse('WRONG_SIGN');
  if (params.merchant !== MERCHANT) return refuse('WRONG_MERCHANT');
  if (switched('busy')) return refuse('BUSY');
  if (call === 'freeze') return freeze(params);
  if (call === 'refund_query') {
    return refunds.has(params.refund_no)
      ? answer({ code: 'OK', message: 'ok', state: 'REFUNDED', refund_id: `DLR${params.refund_no}` })
      : refuse('NOT_FOUND');
  }
  const f = freezes.get(params.biz_no);
  if (!f) return refuse('NOT_FOUND');
  if (call === 'query') return view(f);
  if (call === 'refund') return refund(f, params);
  return settle(f, call === 'confirm' ? 'CONFIRMED' : 'RELEASED');
}

serve('douli', handle, {
  reset: () => { accounts.clear(); freezes.clear(); refunds.clear(); },
  account: ({ phone, code, points }) => { accounts.set(phone, { code, points }); },
  state: ({ out_trade_no: no, phone }) => ({ ...(freezes.get(no) ?? {}), ...(phone ? accounts.get(phone) : {}) }),
});
