// SPDX-License-Identifier: Apache-2.0
// A fake of Zhiyoubao, from what is public of it: XML in a form field, signed with MD5 and a word
// that both know. A cancelled order is audited later, and of that notice only the number is signed.
import crypto from 'node:crypto';
import { serve, switched } from './common.mjs';

const KEY = 'TESTFX';
const md5 = (text) => crypto.createHash('md5').update(text).digest('hex');
const orders = new Map();
let created = 0;
let queried = 0;

const unescape = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>')
  .replaceAll('&quot;', '"').replaceAll('&amp;', '&');
const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
// The text of the first element of that name; every one of them.
const of = (xml, name) => unescape(new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '');
const all = (xml, name) => [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map((m) => m[1]);

const answer = (code, words, more = '') => ({ headers: { 'Content-Type': 'text/xml;charset=utf-8' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<p:PWBResponse xmlns:p="urn:x"><transactionName>X</transactionName>`
    + `<code>${code}</code><description>${words}</description>${more}</p:PWBResponse>` });

function create(xml) {
  const code = of(xml.slice(xml.indexOf('<orderRequest>')), 'orderCode');
  const tickets = all(xml, 'ticketOrder').map((t) => ({ code: of(t, 'orderCode'), price: of(t, 'price'),
    quantity: of(t, 'quantity'), people: all(t, 'credential').map((c) => of(c, 'name')) }));
  if (switched('sold_out')) return answer('1', '商品库存不足');
  if (!orders.has(code)) {
    created += 1;
    orders.set(code, { code, tickets, name: of(xml, 'linkName'), remark: of(xml, 'remark'), status: 'success',
      no: `ZYB${created}`, voucher: `8800${created}` });
  }
  const o = orders.get(code);
  return answer('0', '成功', `<orderResponse><order><orderCode>${o.no}</orderCode><assistCheckNo>${o.voucher}</assistCheckNo></order></orderResponse>`);
}

function query(xml) {
  const o = orders.get(of(xml, 'orderCode'));
  queried += 1;
  if (!o) return answer('2', '订单不存在');
  const tickets = o.tickets.map((t) => `<ticketOrder><orderCode><![CDATA[${t.code}]]></orderCode><price>${t.price}</price><quantity>${escape(t.quantity)}</quantity></ticketOrder>`);
  return answer('0', '成功', `<order status="${o.status}"><orderCode>${o.no}</orderCode><assistCheckNo>${o.voucher}</assistCheckNo><ticketOrders>${tickets.join('\n')}</ticketOrders></order>`);
}

function handle(req, raw) {
  const { xmlMsg, sign } = Object.fromEntries(new URLSearchParams(raw));
  if (switched('bomb')) {
    return { headers: { 'Content-Type': 'text/xml' },
      body: '<!DOCTYPE a [<!ENTITY x "PWB"><!ENTITY y SYSTEM "file:///etc/passwd">]><PWBResponse><code>0</code><description>&y;</description></PWBResponse>' };
  }
  if (req.url !== '/boss/service/code.htm' || sign !== md5(`xmlMsg=${xmlMsg}${KEY}`)) return answer('9', '签名错误');
  return of(xmlMsg, 'transactionName') === 'SEND_CODE_REQ' ? create(xmlMsg) : query(xmlMsg);
}

serve('zyb', handle, {
  state: ({ code }) => ({ created, queried, order: orders.get(code) ?? null }),
  returned: ({ code }) => { orders.get(code).status = 'returned'; },
  // Its query: what a callback brings along; the amounts in it are nobody's.
  notice: ({ code, how }) => ({ query: new URLSearchParams({ order_no: code, orderCode: code, retreatBatchNo: `T${code}`,
    auditStatus: 'success', returnNum: '99', sign: md5(`order_no=${code}${how === 'corrupt' ? '' : KEY}`) }).toString() }),
}, { more: ['sold_out', 'bomb'] });
