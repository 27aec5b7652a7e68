#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writing: keys, rehearsals, filters over what was written, files with a bad row in the middle.
. "$PN_SRCDIR/tests/cli/tap.sh"
. "$PN_SRCDIR/tests/cli/season.sh"

root city create once --name 一次 --idempotency-key k1 -o json
cp out first
root city create once --name 一次 --idempotency-key k1 -o json
check 'the same key gives the stored result' cmp first out
root city create other --name 另一 --idempotency-key k1
says 5 idempotency 'the same key with another body'
root city create once --name 再来
status 5 'a code that is taken'
root city create dry --name 干 --dry-run --columns code -o tsv
gives dry '--dry-run shows what would be'
root city show dry
status 4 '--dry-run leaves nothing'
root city show 999999999
status 4 'an id that is not there'
root city show nowhere
says 4 nowhere 'a code that is not there'
id=$("$pn" --token-file admin.token city show once --columns id -o tsv | tail -n 1)
root city show "$id" --columns code -o tsv
gives once 'by id'
root city show once --columns id -o tsv
gives "$id" 'by code'
root city edit once --sort 7 --columns sort -o tsv
gives 7 'an edit'
root city edit once --sort 8 --version 1
status 5 'a stale version'

filter() { root city list --columns code -o tsv "$@"; }
filter --code shanghai
printf 'code\nshanghai\n' >want
same 'a filter by flag'
filter --where 'sort>=2' --hot no
check 'filters join' sh -c 'grep -q urumqi out && ! grep -q shanghai out'
filter --code '!=shanghai' --where 'code=shanghai,beijing' --sort code
printf 'code\nbeijing\n' >want
same 'an operator in the value, several values in --where'
filter --name '北京, "首都"'
printf 'code\nbeijing\n' >want
same 'a value with blanks and quotation marks'
filter -q shang
printf 'code\nshanghai\n' >want
same 'text search'
filter --where 'name~齐 sort>=0 code~rumq'
printf 'code\nurumqi\n' >want
same 'several terms, each with its own value'
filter --where 'id>0 sort=30'
printf 'code\nurumqi\n' >want
same 'nought is a number'
filter --where 'nmae=x'
says 2 nmae 'a filter over no column'
filter --where 'code'
says 2 --where 'a filter that is none'
root city list --sort nmae
says 2 --sort 'a sort by no column'

cat >mixed.csv <<'END'
code,name,sort
m1,好一,1
m2,"坏
m3,"坏引号,3
END
root city import mixed.csv
check 'a quotation mark that is never closed is an error' test "$rc" != 0
cat >rows.csv <<'END'
code,name,sort
m1,好一,1
m2,坏,many
m3,好三,3
END
root city import rows.csv -o json
status 1 'a bad row in the middle: the status tells'
check 'its line is told' sh -c 'grep -q "\"line\": 3" out && grep -q "\"failed\": 1" out'
filter --code m1,m3 --sort code
printf 'code\nm1\nm3\n' >want
same 'the others are in'
printf 'code,name\nu16,宽\n' | iconv -t UTF-16 >utf16.csv
root city import utf16.csv
status 0 'a file in UTF-16'
printf 'code,name\ngb,国标\n' | iconv -t GB18030 >gb.csv
root city import gb.csv
root city show gb --columns name -o tsv
gives 国标 'a file in GB18030'
printf 'code,name\nstdin,管道\n' >stdin.csv
rc=0
"$pn" --token-file admin.token city import - <stdin.csv >out 2>err || rc=$?
status 0 'standard input as the file'

# A gate's no is an answer, with a status of its own.
root gate verify 'no ticket at all' --columns result -o tsv
status 8 'a gate that turns somebody away tells by its status'
check 'and says why' grep -q UNKNOWN_CODE out
done_testing
