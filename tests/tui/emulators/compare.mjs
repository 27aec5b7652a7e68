// SPDX-License-Identifier: Apache-2.0
// compare.mjs KITS RECORDINGS — draw every recording (NAME-COLS.bytes) in xterm.js, and what tmux
// made of it (NAME-COLS.tmux, a captured pane), and compare both with the cells that libvterm saw
// (NAME-COLS.cells): place, width, colours, attributes, text.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [kits, dir] = process.argv.slice(2);
const { Terminal } = createRequire(path.join(kits, 'package.json'))('@xterm/headless');
const rowsOf = { 80: 24, 120: 40, 200: 60 };

async function draw(rows, cols, bytes) {
    const t = new Terminal({ rows, cols, allowProposedApi: true, scrollback: 0 });
    await new Promise((done) => t.write(bytes, done));
    return t.buffer.active;
}

const colour = (isDefault, isPalette, value) => (isDefault ? -1 : isPalette ? value : -2);

function cellsOf(buffer, rows, cols) {
    const lines = [];
    for (let row = 0; row < rows; row++) {
        const line = buffer.getLine(buffer.baseY + row);
        for (let col = 0; col < cols; ) {
            const c = line.getCell(col);
            const fg = colour(c.isFgDefault(), c.isFgPalette(), c.getFgColor());
            const bg = colour(c.isBgDefault(), c.isBgPalette(), c.getBgColor());
            const looks = `${c.isBold() ? 'B' : '-'}${c.isUnderline() ? 'U' : '-'}` +
                `${c.isInverse() ? 'R' : '-'}`;
            lines.push(`${row} ${col} ${c.getWidth()} ${fg} ${bg} ${looks} ${c.getChars() || ' '}`);
            col += c.getWidth() || 1;
        }
    }
    return lines;
}

// A blank that is not underlined shows its background alone, whatever else it was given.
const visible = (line) => line.replace(/^(\d+ \d+ 1) \S+ (\S+) .-- {2}$/, '$1 -1 $2 --- ' + ' ');

// A captured pane ends where the last character of a row was written: what was only erased behind
// it, in whatever background, is not in it.
function written(lines) {
    const out = [];
    let row = '';
    let blanks = [];
    for (const line of lines) {
        const at = line.split(' ', 1)[0];
        if (at !== row)
            blanks = [];
        row = at;
        blanks.push(line);
        if (!/^\d+ \d+ 1 -1 \S+ --- {2}$/.test(line))
            out.push(...blanks.splice(0));
    }
    return out;
}

function judge(n, name, wanted, given, of = (lines) => lines) {
    const want = of(wanted.map(visible));
    const got = of(given.map(visible));
    const wrong = want.map((line, i) => [line, got[i]]).filter(([a, b]) => a !== b);
    const same = wrong.length === 0 && want.length === got.length;
    console.log(`${same ? 'ok' : 'not ok'} ${n} - ${name}: ${want.length} cells`);
    for (const [a, b] of wrong.slice(0, 8))
        console.log(`# libvterm: ${a}\n# here:     ${b}`);
    return same;
}

const names = fs.readdirSync(dir).filter((f) => f.endsWith('.bytes')).map((f) => f.slice(0, -6));
let n = 0;
let good = names.length > 0;
for (const name of names.sort()) {
    const cols = Number(name.split('-').pop());
    const rows = rowsOf[cols];
    const file = (end) => path.join(dir, `${name}.${end}`);
    const want = fs.readFileSync(file('cells'), 'utf8').split('\n').slice(0, -1);
    const bytes = fs.readFileSync(file('bytes'));
    good = judge(++n, `${name} in xterm.js`, want, cellsOf(await draw(rows, cols, bytes), rows, cols))
        && good;
    if (!fs.existsSync(file('tmux')))
        continue;
    const pane = fs.readFileSync(file('tmux'), 'utf8').replace(/\n$/, '').replace(/\n/g, '\r\n');
    good = judge(++n, `${name} in tmux`, want, cellsOf(await draw(rows, cols, pane), rows, cols),
        written) && good;
}
console.log(`1..${n}`);
process.exit(good ? 0 : 1);
