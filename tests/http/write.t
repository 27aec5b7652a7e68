#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writing over HTTP: create, change, verbs, idempotency keys, bad bodies, many at once.
. "$PN_SRCDIR/tests/http/http.sh"
. "$PN_SRCDIR/tests/cli/season.sh"
serve

count() { sql "select count(*) from city where code like '$1'"; }

# Somebody who listens, for ten seconds at most.
listen() {
    echo 'listen piaoniu_news;'
    for _ in $(seq 50); do
        echo 'select pg_sleep(0.2);'
    done
}
# soon TEXT FILE: until it is there, ten seconds at most.
soon() {
    for _ in $(seq 200); do
        ! grep -q -F -e "$1" "$2" || return 0
        sleep 0.05
    done
    return 1
}
listen | psql -X -A -t -d "$PN_DSN" >news 2>&1 &
listener=$!
soon LISTEN news

admin POST /v1/cities '{"code":"suzhou","name":"苏州","sort":3}' -H 'X-Request-Id: make-suzhou'
answers 201 '"name":"苏州"' 'create answers with the row'
where=$(header location)
head_has '^location: /v1/cities/[0-9]+$' 'and where it is'
head_has '^cache-control: no-store$' 'and is not kept'
http GET "$where"
answers 200 '"code":"suzhou"' 'there it can be read'
admin PATCH "$where" '{"name":"苏州市"}'
answers 200 '"name":"苏州市"' 'a change answers with the row'
soon "city ${where##*/}" news
result $? 'who listens is told what was changed'
kill "$listener" 2>/dev/null || :
admin PATCH "$where" '{"name":"旧","version":1}'
problem 409 CONFLICT - 'a change of an old version is refused'
admin PATCH "$where" '{"id":1,"name":"x"}'
problem 422 ARG id 'the row is named by the path alone'
admin PATCH /v1/cities/nowhere '{"name":"x"}'
problem 404 NONE - 'a change of nothing'
admin POST /v1/cities '{"code":"suzhou","name":"x"}'
problem 409 EXISTS - 'twice is refused'
admin GET '/v1/audits?noun=city'
answers 200 'make-suzhou' 'the audit trail names the request'
answers 200 '"via":"http:127.0.0.1"' 'and the way it came'
answers 200 '"input":{' 'and what was asked, as JSON'

admin POST /v1/cities '{"name":"x"}'
problem 422 ARG code 'a missing value'
admin POST /v1/cities ''
problem 422 ARG code 'no body at all'
admin POST /v1/cities '{"code":"x1","name":"x","colour":1}'
problem 422 ARG colour 'an unknown key'
admin POST /v1/cities '{"code":"x1","name":7}'
problem 422 ARG name 'a number for a text'
admin POST /v1/cities '{"code":"x1","name":"x","sort":"many"}'
problem 422 ARG sort 'a text for a number'
admin POST /v1/cities '{"code":"x1","name":"x","lat":91.5}'
problem 422 ARG lat 'a number out of range'
admin POST /v1/cities '{"code":"x1",'
problem 422 ARG - 'JSON that ends early'
admin POST /v1/cities '["code"]'
problem 422 ARG - 'an array for an object'
admin POST /v1/cities '{"code":"x1","code":"x2","name":"x"}'
problem 422 ARG - 'a key twice'
admin POST /v1/cities "$(printf '{"code":"x1","name":"\377\376"}')"
problem 422 ARG - 'bytes that are not UTF-8'
deep=$(printf '%0200d' 0 | sed 's/0/[/g')
admin POST /v1/cities "{\"code\":\"x1\",\"name\":$deep}"
problem 422 ARG - 'JSON nested too deep'
admin POST '/v1/cities?code=x1' '{"name":"x"}'
problem 422 ARG code 'a write takes no parameters'
http POST /v1/cities -H 'Content-Type: text/plain' --data '{"code":"x1","name":"x"}'
problem 415 MEDIA Content-Type 'another type of body'
http POST /v1/cities --data code=x1
problem 415 MEDIA Content-Type 'a body of no type'
head -c 1048577 /dev/zero | tr '\0' ' ' >big
admin POST /v1/cities '@big'
problem 413 TOO_BIG - 'a body of more than 1 MiB'
truncate -s 100M huge
admin POST /v1/cities '@huge' -w '%{http_code} %{size_upload}'
sent=${rc#* } rc=${rc% *}
problem 413 TOO_BIG - 'a body of 100 MB'
[ "$sent" -lt 20000000 ]
result $? 'is refused before it is read'
admin POST /v1/cities '@huge' -H 'Expect:'
problem 413 TOO_BIG - 'and when it is sent without asking'
admin POST /v1/cities '@big' -H 'Transfer-Encoding: chunked'
[ "$rc" = 413 ] || [ "$rc" = 'curl 55, 413' ]
result $? 'and when its length is not told'
[ "$(count 'x%')" = 0 ]
result $? 'nothing of all that was stored'

admin POST /v1/cities '{"code":"wuxi","name":"无锡"}' -H 'Idempotency-Key: k-1'
answers 201 '"code":"wuxi"' 'a write with a key'
cp out first
admin POST /v1/cities '{"code":"wuxi","name":"无锡"}' -H 'Idempotency-Key: k-1'
cmp -s first out && [ "$rc" = 201 ]
result $? 'the same again: the same answer'
head_has '^location: /v1/cities/[0-9]+$' 'and the same place'
admin POST /v1/cities '{"code":"wuxi2","name":"无锡"}' -H 'Idempotency-Key: k-1'
problem 409 REPLAY - 'another body with the key'
[ "$(count 'wuxi%')" = 1 ]
result $? 'one row'
admin POST /v1/cities '{"code":"x1","name":"x"}' -H "Idempotency-Key: $(printf '%065d' 0)"
problem 422 ARG Idempotency-Key 'a key that is too long'
admin POST /v1/cities '{"code":"x1","name":"x"}' -H 'Idempotency-Key: 键'
problem 422 ARG Idempotency-Key 'a key that is not ASCII'

http POST /v1/cities -H 'Content-Type: application/json' --data '{"code":"x1","name":"x"}'
problem 401 AUTH - 'nobody writes unnamed'
printf 'a gate staff pass phrase\n' >gate.pw
admin POST /v1/staffs \
    '{"login":"gate1","name":"门","password":"a gate staff pass phrase","roles":["GATE"]}'
answers 201 '"login":"gate1"' 'a second person'
grep -q 'pass phrase' out daemon.log
[ $? = 1 ]
result $? 'whose password is not echoed'
http POST /v1/auths/login -H 'Content-Type: application/json' \
    --data '{"login":"gate1","password":"a gate staff pass phrase"}'
answers 200 '"token":"pnt_' 'signing in gives a token'
member token >gate.token
http POST /v1/cities -H "Authorization: Bearer $(cat gate.token)" \
    -H 'Content-Type: application/json' --data '{"code":"x1","name":"x"}'
problem 403 PERM - 'a gate does not add cities'
sql "update token set expires_at = now() - interval '1 second'
    where staff_id = (select id from staff where login = 'gate1')"
http GET /v1/cities -H "Authorization: Bearer $(cat gate.token)"
problem 401 AUTH - 'a token that has run out'
http POST /v1/auths/login -H 'Content-Type: application/json' \
    --data '{"login":"gate1","password":"wrong"}'
problem 401 AUTH - 'a wrong password'

# Many at once: forty different ones, and twenty of the same with one key.
one() {
    curl -s -m 30 -o "$1.many" -w '%{http_code}\n' -X POST "$base/v1/cities" \
        -H "Authorization: Bearer $(cat admin.token)" -H 'Content-Type: application/json' \
        -H "Idempotency-Key: $2" --data "{\"code\":\"$3\",\"name\":\"$3\"}"
}
for i in $(seq 1 40); do one "$i" "many-$i" "many$i" & pids="${pids:-} $!"; done >statuses
wait $pids
[ "$(sort statuses | uniq -c | tr -s ' ')" = ' 40 201' ]
result $? 'forty writers at once are all served'
[ "$(count 'many%')" = 40 ]
result $? 'and forty rows are there'
pids=
for i in $(seq 1 20); do one "same$i" same-key same & pids="$pids $!"; done >statuses
wait $pids
[ "$(count same)" = 1 ] && grep -q '^201$' statuses &&
    ! grep -v -q -e '^201$' -e '^409$' -e '^503$' statuses
result $? 'twenty with one key make one row'
grep -h -o '"id":[0-9]*' same*.many | sort -u | grep -c . >ids
[ "$(cat ids)" = 1 ]
result $? 'and every answer tells of that one'
quit
[ "$rc" = 0 ]
result $? 'it stops with status 0'
done_testing
