// SPDX-License-Identifier: Apache-2.0
// The payscore part of the fake of WeChat Pay: an order that the payer agrees to, that is completed
// with a sum, and that WeChat collects when it pleases. It only asks for what its documents ask for.
import { amiss } from './common.mjs';

const SERVICE = '2002000000000558128851361561536';
const RISKS = ['DEPOSIT', 'ADVANCE', 'CASH_DEPOSIT', 'ESTIMATE_ORDER_COST'];

const services = new Map();
let number = 0;

const sum = (list) => (list ?? []).reduce((n, x) => n + x.amount, 0);
const short = (text, most) => typeof text === 'string' && text.length > 0 && text.length <= most;

export const serviceOf = (no) => services.get(no);
export const forget = () => services.clear();

// `how` of a notice: wrong_amount.
export function view(s, who, how) {
  return { ...who, service_id: SERVICE, out_order_no: s.out_order_no, order_id: s.order_id,
    service_introduction: s.service_introduction, state: s.state,
    ...(s.state === 'DOING' ? { state_description: s.total === undefined ? 'USER_CONFIRM' : 'MCH_COMPLETE' } : {}),
    risk_fund: s.risk_fund, post_payments: s.post_payments, time_range: s.time_range, openid: s.openid,
    ...(s.total === undefined ? {} : { total_amount: s.total, need_collection: s.total > 0 }),
    ...(s.total > 0 ? { collection: { state: s.transaction_id ? 'USER_PAID' : 'USER_PAYING',
      total_amount: s.total, paying_amount: s.transaction_id ? 0 : s.total,
      paid_amount: s.transaction_id ? amiss(s.total, 1, how) : 0,
      details: s.transaction_id ? [{ seq: 1, amount: s.total, paid_type: 'NEWTON',
        paid_time: '20261127103000', transaction_id: s.transaction_id }] : [] } } : {}) };
}

export const agree = (no) => { services.get(no).state = 'DOING'; };
export function collect(no) {
  const s = services.get(no);
  number += 1;
  s.state = 'DONE';
  s.transaction_id = `43000000${String(number).padStart(20, '0')}`;
  return s;
}

function create(body, error) {
  const good = short(body.service_introduction, 20) && RISKS.includes(body.risk_fund?.name)
    && Number.isInteger(body.risk_fund.amount) && body.time_range?.start_time && body.notify_url
    && body.need_user_confirm === true && short(body.openid, 128)
    && (body.post_payments ?? []).every((x) => short(x.name, 20) && Number.isInteger(x.amount))
    && /^[0-9A-Za-z_\-|*]{1,32}$/.test(body.out_order_no);
  if (!good) return error(400, 'PARAM_ERROR');
  const old = services.get(body.out_order_no);
  if (old && old.risk_fund.amount !== body.risk_fund.amount) return error(400, 'INVALID_REQUEST', '商户订单号重复');
  number += 1;
  const s = old ?? { ...body, state: 'CREATED', order_id: `15646546545165651651${number}` };
  services.set(s.out_order_no, s);
  return null;
}

// What is done to an order, by the last part of the path.
const acts = {
  cancel: (s) => { if (s.total !== undefined || s.state === 'DONE' || s.state === 'REVOKED') return false; s.state = 'REVOKED'; return true; },
  complete: (s, b) => {
    if (s.state !== 'DOING' || s.total !== undefined || b.total_amount > s.risk_fund.amount) return false;
    s.total = b.total_amount;
    return true;
  },
  modify: (s, b) => {
    if (s.total === undefined || s.transaction_id || !b.reason || b.total_amount > s.total) return false;
    s.total = b.total_amount;
    if (!s.total) s.state = 'DONE';
    return true;
  },
  pay: (s) => { s.asked = (s.asked ?? 0) + 1; return s.total > 0 && !s.transaction_id; },
  sync: (s, b) => {
    if (b.type !== 'Order_Paid' || !/^\d{14}$/.test(b.detail?.paid_time) || s.transaction_id) return false;
    s.state = 'DONE';
    s.synced = b.detail.paid_time;
    return true;
  },
};

export function route(req, url, body, tools) {
  const { error, who } = tools;
  const parts = url.pathname.split('/');
  const of = req.method === 'GET' ? Object.fromEntries(url.searchParams) : body;
  if (of.appid !== who.appid || of.service_id !== SERVICE) return error(403, 'NO_AUTH');
  if (!parts[4] && req.method === 'POST') {
    const wrong = create(body, error);
    return wrong ?? { body: { ...view(services.get(body.out_order_no), who), package: `AAATp${body.out_order_no}` } };
  }
  const s = services.get(parts[4] ?? of.out_order_no);
  if (!s) return error(404, 'ORDER_NOT_EXIST');
  if (req.method === 'GET') return { body: view(s, who) };
  if (body.post_payments && sum(body.post_payments) !== body.total_amount) return error(400, 'PARAM_ERROR');
  return acts[parts[5]]?.(s, body) ? { body: { ...who, service_id: SERVICE, out_order_no: s.out_order_no,
    order_id: s.order_id, state: s.state } } : error(400, 'INVALID_ORDER_STATE', '单据状态错误');
}
