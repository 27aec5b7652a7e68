// SPDX-License-Identifier: Apache-2.0
// A fake of a partner's points: accounts by telephone, points frozen and then taken or let go. DIR
// holds douli.key, the secret both sides know.
import crypto from 'node:crypto';
import { amiss, read, sealed, serve, spoil, switched, unused } from './common.mjs';

const key = read('douli.key').trim();
const MERCHANT = 'PIAONIU';
const accounts = new Map();
const freezes = new Map();
const refunds = new Map();
let number = 0;

const text = (params) => Object.keys(params).filter((k) => k !== 'sign' && params[k] !== '').sort()
  .map((k) => `${k}=${params[k]}`).join('&');
const mac = (params) => crypto.createHmac('sha256', key).update(text(params)).digest('hex');

function answer(params) {
  const sign = sealed(mac(params));
  return { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ ...params, sign }) };
}
const refuse = (code) => answer({ code, message: code.toLowerCase() });
const view = (f) => answer({ code: 'OK', message: 'ok', biz_no: f.biz_no, state: f.state,
  freeze_no: f.freeze_no, amount_fen: amiss(f.amount_fen, '1') });

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

// What was taken and given back, all on the day that is asked for; its last line says that it is whole.
function bill(day) {
  const at = `${day} 12:00:00`;
  const taken = [...freezes.values()].filter((f) => f.state === 'CONFIRMED');
  const rows = taken.map((f) => [f.freeze_no, f.biz_no, 'CONFIRM', f.amount_fen, '', at]);
  for (const [no, r] of refunds) rows.push([r.refund_id, r.biz_no, 'REFUND', r.amount_fen, no, at]);
  return ['freeze_no,biz_no,kind,amount_fen,refund_no,at', ...rows.map((r) => r.join(',')), 'END', ''].join('\n');
}
function billPlace(req, day) {
  const sha256 = crypto.createHash('sha256').update(bill(day)).digest('hex');
  return answer({ code: 'OK', message: 'ok', url: `http://${req.headers.host}/day?${day}`, sha256 });
}
// Told as a form; `how`: stranger, corrupt, stale.
function notice(params, how) {
  const all = { merchant: how === 'stranger' ? 'SOMEBODY' : MERCHANT, nonce: crypto.randomBytes(16).toString('hex'),
    timestamp: String(Math.floor(Date.now() / 1000) - (how === 'stale' ? 400 : 0)), ...params };
  const sign = mac(all);
  return { body: new URLSearchParams({ ...all, sign: how === 'corrupt' ? spoil(sign) : sign }).toString() };
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
  if (old) return old.points === Number(params.points) ? answer(done) : refuse('DIFFERENT');
  if (f.state !== 'CONFIRMED') return refuse('CLOSED');
  if (f.refunded + Number(params.points) > f.points) return refuse('NOT_ENOUGH');
  f.refunded += Number(params.points);
  accounts.get(f.phone).points += Number(params.points);
  refunds.set(params.refund_no, { points: Number(params.points), amount_fen: params.amount_fen, biz_no: params.biz_no,
    refund_id: done.refund_id });
  return answer(done);
}

function handle(req, raw) {
  if (req.url.startsWith('/day?')) return { body: bill(req.url.slice(5)) };
  const params = Object.fromEntries(new URLSearchParams(raw));
  const call = req.url.split('/').at(-1);
  if (mac(params) !== params.sign || !unused(params.nonce)) return refuse('WRONG_SIGN');
  if (!(Math.abs(Date.now() / 1000 - Number(params.timestamp)) < 300)) return refuse('WRONG_SIGN');
  if (params.merchant !== MERCHANT) return refuse('WRONG_MERCHANT');
  if (switched('busy')) return refuse('BUSY');
  if (call === 'freeze') return freeze(params);
  if (call === 'refund_query') {
    return refunds.has(params.refund_no)
      ? answer({ code: 'OK', message: 'ok', state: 'REFUNDED', refund_id: `DLR${params.refund_no}` })
      : refuse('NOT_FOUND');
  }
  if (call === 'bill') return billPlace(req, params.day);
  const f = freezes.get(params.biz_no);
  if (!f) return refuse('NOT_FOUND');
  if (call === 'query') return view(f);
  if (call === 'refund') return refund(f, params);
  return settle(f, call === 'confirm' ? 'CONFIRMED' : 'RELEASED');
}

serve('douli', handle, {
  reset: () => { accounts.clear(); freezes.clear(); refunds.clear(); },
  account: ({ phone, code, points }) => { accounts.set(phone, { code, points }); },
  notice: ({ out_trade_no: no, how }) => {
    const f = freezes.get(no);
    return notice({ event: f.state, biz_no: no, freeze_no: f.freeze_no, amount_fen: f.amount_fen }, how);
  },
  refund_notice: ({ refund_no: no, how }) => notice({ event: 'REFUNDED', refund_no: no, biz_no: refunds.get(no).biz_no,
    refund_id: refunds.get(no).refund_id, amount_fen: refunds.get(no).amount_fen }, how),
  state: ({ out_trade_no: no, phone }) => ({ ...(freezes.get(no) ?? {}), ...(phone ? accounts.get(phone) : {}) }),
}, { more: ['busy'] });
