// SPDX-License-Identifier: Apache-2.0
// What the fakes of vendors share: a server on the loopback, and the ways in which a vendor can be
// as bad as the real one. A fake knows its own private key and the merchant's public one, keeps its
// books, and believes nothing that is not signed.
import crypto from 'node:crypto';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import zlib from 'node:zlib';

export const folder = process.argv[2];
export const file = (name) => path.join(folder, name);
export const read = (name) => fs.readFileSync(file(name), 'utf8');

// A key and a certificate of its own; the certificate is what the merchant gets to see.
export function makeKey(name) {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650',
    '-subj', `/C=CN/O=Fake/CN=${name}`, '-keyout', file(`${name}.key`), '-out',
    file(`${name}.crt`)], { stdio: 'ignore' });
  const cert = new crypto.X509Certificate(read(`${name}.crt`));
  fs.writeFileSync(file(`${name}.pub`), cert.publicKey.export({ type: 'spki', format: 'pem' }));
  return { key: crypto.createPrivateKey(read(`${name}.key`)), pem: read(`${name}.crt`), cert };
}

export const rsaSign = (text, key) => crypto.sign('sha256', Buffer.from(text), key)
  .toString('base64');
export function rsaGood(text, signature, key) {
  try {
    return crypto.verify('sha256', Buffer.from(text), key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
export const spoil = (base64) => (base64[0] === 'A' ? 'B' : 'A') + base64.slice(1);

// ---- how a vendor can be bad: the same for all of them ----

// Each switch works `n` times: {drop: 1} loses one answer after it took effect.
//   of the wire    drop hang delay truncate redirect; reorder: it waits until another was given
//   instead        fail429 fail500: nothing happened; fail500_after: it did
//   what is signed corrupt signtest (a probe of the checking) wrong_amount stale
//   notices        notice_drop notice_delay notice_duplicate notice_reorder: of the tool mail
// A vendor has more of its own; a name that nobody knows is refused.
const known = ['drop', 'hang', 'delay', 'truncate', 'redirect', 'reorder', 'fail429', 'fail500',
  'fail500_after', 'corrupt', 'signtest', 'wrong_amount', 'stale', 'notice_drop', 'notice_delay',
  'notice_duplicate', 'notice_reorder'];
const switches = {};
export function switched(name) {
  if (!switches[name]) return false;
  switches[name] -= 1;
  return true;
}

// A signature as it leaves the house; `how` is what a notice was asked to be.
export function sealed(base64, how) {
  if (how === 'corrupt' || switched('corrupt')) return spoil(base64);
  if (how === 'probe' || switched('signtest')) return `WECHATPAY/SIGNTEST/${base64.slice(19)}`;
  return base64;
}
export const amiss = (honest, wrong, how) => (how === 'wrong_amount' || switched('wrong_amount') ? wrong : honest);
// What its clock says, in milliseconds; a vendor's "yyyyMMddHHmmss" is Chinese time.
export const clock = (how) => Date.now() - (how === 'stale' || switched('stale') ? 3600000 : 0);
export const compact = (ms) => new Date(ms + 8 * 3600000).toISOString().replace(/\D/g, '').slice(0, 14);
export function timely(text) {
  const [, y, mo, d, h, mi, s] = /^(\d{4})\D?(\d\d)\D?(\d\d)\D?(\d\d)\D?(\d\d)\D?(\d\d)$/.exec(text ?? '') ?? [];
  const far = Date.now() - (Date.UTC(y, mo - 1, d, h, mi, s) - 8 * 3600000);
  return Math.abs(far) < 900000;
}
// A word that may be used once.
const words = new Set();
export function unused(word) {
  if (!word || words.has(word)) return false;
  words.add(word);
  return true;
}

const later = (ms) => new Promise((done) => { setTimeout(done, ms); });
let held = null; // the answer that waits for another

async function send(res, answer) {
  if (switched('reorder')) {
    await Promise.race([new Promise((done) => { held = done; }), later(3000)]);
  } else if (held) {
    later(50).then(held);
    held = null;
  }
  if (switched('drop')) { res.destroy(); return; }
  if (switched('hang')) { await later(4000); res.destroy(); return; }
  if (switched('delay')) await later(300);
  if (switched('redirect')) { res.writeHead(302, { Location: 'http://127.0.0.1:1/' }).end(); return; }
  if (switched('fail500_after')) { res.writeHead(500).end(); return; }
  let body = Buffer.from(answer.body ?? '');
  if (switched('truncate')) body = body.subarray(0, Math.floor(body.length / 2));
  res.writeHead(answer.status ?? 200, answer.headers ?? {}).end(body);
}

// `busy`: how a vendor says 429 and 500, if it is not just that.
async function answerTo(req, raw, handle, busy) {
  for (const status of [500, 429]) {
    if (switched(`fail${status}`)) return busy ? busy(status) : { status, body: 'busy' };
  }
  return handle(req, raw);
}

// What the post makes of a list of notices: lost, late, twice, the last one first.
async function mail(notice, list) {
  let out = [];
  for (const one of list) {
    const n = await notice(one);
    if (!switched('notice_drop')) out.push(n);
    if (switched('notice_duplicate')) out.push(n);
  }
  if (switched('notice_reorder')) out = out.reverse();
  if (switched('notice_delay')) await later(300);
  return out;
}

// `handle` answers vendor requests; `tools` are what tests ask of the fake (POST /_name, JSON).
export function serve(name, handle, tools, { busy, more = [] } = {}) {
  const all = { ...tools, mail: ({ list }) => mail(tools.notice, list) };
  const knownHere = [...known, ...more];
  all.switch = (input) => {
    for (const key of Object.keys(input)) if (!knownHere.includes(key)) throw new Error(`no switch ${key}`);
    Object.assign(switches, input);
  };
  const server = http.createServer((req, res) => {
    const parts = [];
    req.on('data', (part) => parts.push(part));
    req.on('end', async () => {
      const raw = Buffer.concat(parts).toString('utf8');
      try {
        if (req.url.startsWith('/_')) {
          const tool = req.url.slice(2);
          const input = raw ? JSON.parse(raw) : {};
          const out = await all[tool](input);
          res.writeHead(200).end(JSON.stringify(out ?? {}));
          return;
        }
        await send(res, await answerTo(req, raw, handle, busy));
      } catch (e) {
        res.writeHead(500).end(String(e.stack));
      }
    });
  });
  server.listen(0, '127.0.0.1', () => {
    fs.writeFileSync(file(`${name}.port.new`), String(server.address().port));
    fs.renameSync(file(`${name}.port.new`), file(`${name}.port`));
  });
  // Never longer than the test that started it.
  process.stdin.on('end', () => process.exit(0)).resume();
  setTimeout(() => process.exit(0), 600000).unref();
}

// ---- bills ----

// The encoding of some bills, by the system's own tool.
export const gb18030 = (text) => execFileSync('iconv', ['-f', 'UTF-8', '-t', 'GB18030'], { input: text });

const crcTable = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
const crc32 = (data) => (data.reduce((c, b) => crcTable[(c ^ b) & 255] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

// A zip of files: [[name, bytes], …].
export function zip(files) {
  const parts = [];
  const central = [];
  let at = 0;
  for (const [name, data] of files) {
    const packed = zlib.deflateRawSync(data);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0); // version
    head.writeUInt16LE(8, 4); // deflate
    head.writeUInt32LE(crc32(data), 10);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(data.length, 18);
    head.writeUInt16LE(Buffer.byteLength(name), 22);
    const more = Buffer.alloc(14);
    more.writeUInt32LE(at, 10);
    parts.push(Buffer.from('PK\x03\x04'), head, Buffer.from(name), packed);
    central.push(Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), head, more, Buffer.from(name));
    at += 30 + Buffer.byteLength(name) + packed.length;
  }
  const index = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(index.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, index, Buffer.from('PK\x05\x06'), end]);
}

export async function post(url, body, headers) {
  const answer = await fetch(url, { method: 'POST', body, headers, redirect: 'manual' });
  return { status: answer.status, body: await answer.text() };
}
