// SPDX-License-Identifier: Apache-2.0
// A house that hands out tokens and lists: a token is good until it is revoked or ends, a list comes
// by page number (/shows) or by key (/keyed). It wants a seal in the body, in JSON or in XML.
import crypto from 'node:crypto';
import { serve } from './common.mjs';

const SECRET = 'house-secret-0123456789';
const shows = Array.from({ length: 7 }, (_, n) => ({ id: `S${n + 1}`, fen: String((n + 1) * 100) }));
let tokens = [];
let fetched = 0;
let asked = [];
let lasts = 7200;

const json = (value, status = 200) => ({ status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) });
const seal = (text) => crypto.createHash('sha256').update(`${text}${SECRET}`).digest('hex');

async function handle(req, raw) {
  const url = new URL(req.url, 'http://localhost');
  const q = Object.fromEntries(url.searchParams);
  if (url.pathname === '/token') {
    if (JSON.parse(raw).secret !== SECRET) return json({ errcode: 40125 });
    fetched += 1;
    tokens.push(`T${fetched}-${crypto.randomBytes(12).toString('hex')}`);
    await new Promise((done) => { setTimeout(done, 200); });
    return json({ access_token: tokens.at(-1), expires_in: lasts });
  }
  if (url.pathname === '/json') {
    const body = JSON.parse(raw);
    const { head: { seal: mine, ...head }, ...rest } = body;
    return json({ good: mine === seal(JSON.stringify({ head, ...rest })), order: Object.keys(body.head) });
  }
  if (url.pathname === '/xml') {
    const mine = /<seal>([^<]*)<\/seal>/.exec(raw)?.[1];
    return json({ good: mine === seal(raw.replace(/<seal>[^<]*<\/seal>/, '')), raw });
  }
  if (!tokens.includes(q.access_token)) return json({ errcode: 40001, errmsg: 'invalid credential' });
  asked.push(req.url.replace(q.access_token, 'T'));
  if (url.pathname === '/shows') {
    const size = Number(q.size);
    const at = (Number(q.page) - 1) * size;
    return json({ errcode: 0, data: { list: shows.slice(at, at + size) } });
  }
  if (url.pathname === '/keyed') {
    const at = q.key ? Number(q.key.slice(1)) : 0;
    return json({ errcode: 0, rows: shows.slice(at, at + 3), next: at + 3 < shows.length ? `k${at + 3}` : '' });
  }
  return json({ errcode: 0, rows: shows.slice(0, 1), next: 'again' });
}

serve('house', handle, {
  revoke: () => { tokens = []; },
  lasts: ({ s }) => { lasts = s; },
  state: () => { const was = asked; asked = []; return { fetched, asked: was }; },
});
