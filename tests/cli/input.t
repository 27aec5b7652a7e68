#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bad input is refused before the database is spoken to: what happened, which flag, what next.
. "$PN_SRCDIR/tests/cli/tap.sh"
PN_DSN='host=/nonexistent' && export PN_DSN

pn citty list
says 2 "did you mean 'city'" 'an unknown noun, with the nearest'
pn city lst
says 2 "did you mean 'list'" 'an unknown verb, with the nearest'
pn qqqq
says 2 'pn help qqqq' 'nothing is near: how to search'
pn city list --limt 5
says 2 'did you mean --limit' 'an unknown flag, with the nearest'
pn city list --frobnicate
says 2 'Unknown flag --frobnicate' 'an unknown flag'
pn city list -Z
says 2 'Unknown flag -Z' 'an unknown short flag'
pn --frobnicate city list
says 2 'Unknown flag --frobnicate' 'an unknown flag before the noun'
pn city list --limit
says 2 '--limit needs a value' 'a flag without its value'
pn city list --limit 5 --limit 6
says 2 'given twice' 'a flag given twice'
pn city list --limit many
says 2 '--limit' 'a wrong type'
pn city list --limit 5000
says 2 '--limit' 'out of range'
pn city list -o xml
says 2 '--output' 'an unknown format'
pn city list --columns name,nmae
says 2 "did you mean 'name'" 'an unknown column, with the nearest'
pn city list --columns ,
says 2 'no column' 'no column at all'
pn city list --timeout soon
says 2 'soon' 'a timeout that is none'
pn city list --now whenever
says 2 '--now' 'a time that is none'
pn city create
says 2 '--code' 'a required column is missing'
pn city create here --name 这里 --lng 190
says 2 '--lng' 'a number out of range'
pn city create here --name 这里 --lng east
says 2 '--lng' 'a number that is none'
pn city create here --name 这里 --hot maybe
says 2 '--hot' 'a word that is none'
pn city create here there everywhere --name x
says 2 'Unexpected argument' 'too many words'
pn city show 1 2
says 2 'Unexpected argument' 'one id too many'
pn city create "$(printf 'x%.0s' $(seq 80))" --name x
says 2 '--code' 'too long'
pn city import missing.csv
says 74 'missing.csv' 'a missing file'
pn city import .
says 74 'Is a directory' 'a folder instead of a file'
printf 'code,name\0' >nul.csv
pn city import nul.csv
says 2 'not text' 'a file with NUL bytes'
pn city create "$(printf 'caf\351')" --name x
says 2 'Argument 3 is not valid UTF-8' 'an argument that is not UTF-8'
pn city create "$(printf 'x\355\240\200')" --name x
says 2 'not valid UTF-8' 'a surrogate in an argument'
pn city create --code=here --name=x --idempotency-key="$(printf 'k%.0s' $(seq 65))"
says 2 '64' 'an idempotency key that is too long'
pn whoami extra
says 2 'Unexpected argument' 'a command takes no such word'
pn order submit --items 'tier'
says 2 '--items' 'a row without ='
pn order submit --items 'teir=1'
says 2 "teir" 'a row with an unknown key'
pn order submit --items '[{"tier":1,'
says 2 '--items' 'rows in broken JSON'
pn city list --limit 0
says 2 'between 1 and 1000' 'a list of no row'
pn --lang zh_CN order submit --items '[{"tier":1,'
says 2 '第 11 列：不是有效的 JSON，过早结束' 'and the same in Chinese'
pn order submit --items '{"teir":1}'
says 2 'teir' 'a JSON row with an unknown key'
printf '{"op":' >broken.jsonl
pn batch missing.jsonl
says 74 'missing.jsonl' 'a batch that is not there'
pn --conf missing.yaml city list
says 78 'missing.yaml' 'a configuration file that is not there'
printf 'databse: x\n' >bad.yaml
pn --conf bad.yaml city list
says 78 'bad.yaml:1' 'a configuration key that is none, with its place'
pn seat map x --columns nonsense
says 2 "No column is called 'nonsense'" 'a column that the rows of a result do not have'
pn seat-plan list --limt 1
says 2 'did you mean --limit' 'a noun with a dash'
pn seat-plann list
says 2 'seat_plan' 'a noun with a dash that is none'
pn login nobody
says 2 '--password-file' 'a password without a terminal'
pn --token-file missing.token city list
says 74 'missing.token' 'a token file that is not there'
done_testing
