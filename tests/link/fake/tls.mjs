// SPDX-License-Identifier: Apache-2.0
// A server with a certificate for "localhost" that nobody has heard of: who talks to it must have
// been told to, and by that name. /big sends more than anybody should take, /heads says more before.
import crypto from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import { file, makeKey, read } from './common.mjs';

const own = makeKey('localhost');
const spki = own.cert.publicKey.export({ type: 'spki', format: 'der' });
fs.writeFileSync(file('tls.pub'), `sha256//${crypto.createHash('sha256').update(spki).digest('base64')}\n`);
const server = https.createServer({ key: read('localhost.key'), cert: own.pem }, (req, res) => {
  for (let i = 0; req.url === '/heads' && i < 80; i += 1) res.setHeader(`X-${i}`, 'x'.repeat(1000));
  res.writeHead(200);
  if (req.url !== '/big') { res.end('hello'); return; }
  const piece = Buffer.alloc(1 << 20, 'x');
  let left = 40;
  const more = () => { left -= 1; return left ? res.write(piece, more) : res.end(); };
  more();
});
server.on('tlsClientError', () => {});
server.listen(0, '127.0.0.1', () => {
  fs.writeFileSync(file('tls.port.new'), String(server.address().port));
  fs.renameSync(file('tls.port.new'), file('tls.port'));
});
process.stdin.on('end', () => process.exit(0)).resume();
