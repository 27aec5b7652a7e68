#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# pn batch: order, groups, keys, and lines that are refused without harm to the others.
. "$PN_SRCDIR/tests/cli/tap.sh"
. "$PN_SRCDIR/tests/cli/season.sh"
root_batch() { rc=0; "$pn" --token-file admin.token batch "$@" >out 2>err || rc=$?; }

cat >lines <<'END'
{"op":"city.create","in":{"code":"c1","name":"一"}}
{"op":"city.create","in":{"code":"c2","name":"二"}}
{"op":"city.create","in":{"code":"c1","name":"again"}}
{"op":"city.create","in":{"code":"c3"}}

{"op":"city.create","in":{"code":"c4","nmae":"四"}}
{"op":"city.raise","in":{}}
not json
{"in":{}}
{"op":"city.create","in":{"code":"c5","name":"五"}}
{"op":"city.list","in":{"where":"code=c5"}}
END
printf '{"op":"city.create","in":{"code":"bad","name":"\351"}}\n' >>lines
for many in '' --many; do
    root_batch $many <lines
    status 2 "batch $many: not 0 because lines failed"
    check "batch $many: a result for each line" test "$(wc -l <out)" = 11
    sed 's/^{"line":\([0-9]*\),"ok":\([a-z]*\).*/\1 \2/' out >seen
    printf '%s\n' '1 true' '2 true' '3 false' '4 false' '6 false' '7 false' '8 false' '9 false' \
        '10 true' '11 true' '12 false' >wanted
    check "batch $many: in order, each with its own result" cmp wanted seen
    check "batch $many: the error names code and field" \
        grep -q '"line":4.*"code":"ARG".*"field":"name"' out
    check "batch $many: an unknown key" grep -q '"line":6.*nmae' out
    check "batch $many: an unknown operation" grep -q '"line":7.*city.raise' out
    check "batch $many: what comes back" grep -q '"line":11.*"code":"[cd]5"' out
    sed -i 's/"c\([0-9]\)"/"d\1"/; s/code=c5/code=d5/' lines
done
root city list --where 'code=c1,c2,c5,d1,d2,d5' --columns code --sort code -o tsv
printf 'code\nc1\nc2\nc5\nd1\nd2\nd5\n' >want
same 'batch: what was good is there, what was bad is not'

printf '{"op":"city.create","in":{"code":"k","name":"钥"},"key":"k-1"}\n' >key
root_batch <key
cp out first
root_batch --many key
check 'a key: the same result, nothing done twice' cmp first out
printf '{"op":"city.create","in":{"code":"k2","name":"钥"},"key":"k-1"}\n' >other
root_batch <other
status 5 'a key with another body'
check 'a key with another body is told' grep -q '"code":"REPLAY"' out
root_batch --dry-run <<'END'
{"op":"city.create","in":{"code":"dry","name":"干"}}
END
status 0 'batch --dry-run'
root city list --code dry --columns code -o tsv
printf 'code\n' >want
same 'and nothing of it stayed'

seq 1200 | sed 's/.*/{"op":"city.create","in":{"code":"n&","name":"城&"}}/' >many
root_batch --many <many
status 0 'batch --many: 1,200 lines'
seq 1200 | sed 's/.*/{"line":&,/' >wanted
cut -c 1-200 out | sed 's/\({"line":[0-9]*,\).*/\1/' >seen
check 'in order, every one' cmp wanted seen
"$pn" batch <lines >out 2>err
check 'nobody signed in: every line is refused' sh -c '! grep -q "city.create.*\"ok\":true" out'
root_batch </dev/null
status 0 'an empty batch'
{ cat key; sleep 5; } | { "$pn" --token-file admin.token batch; echo $? >rc; } | head -n 1 >out
check 'each answer comes at once' test -s out
done_testing
