#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# When things are missing: the database before, during and after; too many requests; the stop.
. "$PN_SRCDIR/tests/http/http.sh"
. "$PN_SRCDIR/tests/cli/season.sh"
dsn=$PN_DSN
name=$(sql 'select current_database()')
server() { psql -X -A -t -q -d "$PN_TEST_DSN" -c "$1"; }

PN_DSN="host=$work/nowhere dbname=x user=y"
serve
PN_DSN=$dsn
http GET /v1/cities
problem 503 DATABASE - 'a database that was never there'
head_has '^retry-after: ' 'comes back some time'
http GET /healthz
answers 503 '"database":"DATABASE"' 'health says so'
http GET /openapi.json
answers 200 '"openapi": "3.1.0"' 'what needs no database answers'
quit
[ "$rc" = 0 ]
result $? 'and it stops as ever'

serve
http GET /v1/cities
answers 200 '"code":"shanghai"' 'the database is there'
server "alter database $name allow_connections false" >/dev/null
server "select count(pg_terminate_backend(pid)) from pg_stat_activity
    where datname = '$name'" >/dev/null
http GET /v1/cities
problem 503 DATABASE - 'it goes away while serving'
admin POST /v1/cities '{"code":"wuhu","name":"芜湖"}'
[ "$rc" = 503 ]
result $? 'a write is refused as well'
http GET /livez
answers 200 '"status":"ok"' 'the server itself is alive'
http GET /healthz
[ "$rc" = 503 ]
result $? 'health says so'
server "alter database $name allow_connections true" >/dev/null
http GET /v1/cities
answers 200 '"code":"shanghai"' 'it comes back, and so do we'
admin POST /v1/cities '{"code":"wuhu","name":"芜湖"}'
answers 201 '"code":"wuhu"' 'for writes too'
http GET /healthz
[ "$rc" = 200 ]
result $? 'healthy again'
quit

# A stop under load: whoever was served has his row, whoever was not was told so.
printf 'http:\n  rate_per_minute: 0\n  loops: 2\n' >free.yaml
serve --config free.yaml
client() {
    i=0
    while :; do
        i=$((i + 1))
        status=$(curl -s -m 30 -o /dev/null -w '%{http_code}' -X POST "$base/v1/cities" \
            -H "Authorization: Bearer $(cat admin.token)" -H 'Content-Type: application/json' \
            --data "{\"code\":\"load$1x$i\",\"name\":\"x\"}")
        case $?:$status in
        0:201) echo served ;;
        7:*) return ;; # not listening any more
        *) echo "lost $? $status" ;;
        esac
    done
}
pids=
for c in 1 2 3 4 5 6 7 8; do client $c >"client$c" & pids="$pids $!"; done
for i in $(seq 100); do
    [ "$(cat client? 2>/dev/null | grep -c served)" -gt 8 ] && break
    sleep 0.1
done
sleep 1
quit
[ "$rc" = 0 ]
result $? 'a stop under load ends with status 0'
wait $pids
cat client? >clients
[ "$(grep -c served clients)" -gt 8 ] && ! grep -q lost clients
result $? 'nobody is lost'
sort clients | uniq -c | sed 's/^/# /'
[ "$(sql "select count(*) from city where code like 'load%'")" = "$(grep -c served clients)" ]
result $? 'and as many rows are there as were promised'

# A database that does not answer: one works, one waits, the rest is told at once.
narrow() { # seconds for a request
    cat >narrow.yaml <<END
http:
  workers: 1
  queue_max: 1
  request_s: $1
  rate_per_minute: 0
END
    serve --config narrow.yaml
}
narrow 120 # however long they take here, nobody's time is over
block() { # until free
    PGAPPNAME=block psql -X -q -d "$PN_DSN" -c 'begin; lock table city in access exclusive mode;
        select pg_sleep(600)' >/dev/null 2>&1 &
    blocker=$!
    for i in $(seq 600); do
        [ "$(server "select count(*) from pg_locks l join pg_stat_activity a using (pid) where
            a.application_name = 'block' and mode = 'AccessExclusiveLock' and granted")" = 1 ] &&
            break
        sleep 0.05
    done
}
free() {
    server "select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'block'" >/dev/null
    wait $blocker || :
}
ask() { curl -s -m 110 -D "narrow$1" -o /dev/null "$base/v1/cities"; }
shows() { # METRIC VALUE: waits until it has it
    for i in $(seq 600); do
        curl -s -m 90 "$base/metrics" | grep -q "^piaoniud_$1 $2$" && return
        sleep 0.05
    done
}
block
ask 1 & pids=$!
shows workers_busy 1
ask 2 & pids="$pids $!"
shows queue_waiting 1
rest=
for i in 3 4 5 6 7 8; do ask $i & rest="$rest $!"; done
wait $rest # while the two are not served
[ "$(cat narrow[3-8] | grep -c -e '^HTTP/1.1 503')" = 6 ] && [ ! -s narrow1 ] && [ ! -s narrow2 ]
result $? 'one works, one waits, six are refused'
[ "$(cat narrow[3-8] | grep -c -i '^retry-after: 1')" = 6 ]
result $? 'and told to come back'
free
wait $pids
[ "$(cat narrow[12] | grep -c "^HTTP/1.1 200")" = 2 ]
result $? 'the two are served'
quit
narrow 4
block
http GET /v1/cities
problem 504 TIMEOUT - 'what takes too long ends'
curl -s -m 0.2 -o /dev/null "$base/v1/cities"
free
http GET '/v1/cities?code=shanghai'
answers 200 shanghai 'who hangs up while waiting harms nobody'
quit
[ "$rc" = 0 ]
result $? 'nor the stop'

cat >conf.yaml <<END
http:
  rate_per_minute: 60
  idle_s: 1
  request_s: 1
  body_max: 2048
END
serve --config conf.yaml --access-log access.log
for i in $(seq 1 15); do
    http GET /v1/cities
    echo "$rc"
done >statuses
[ "$(sort -u statuses)" = 200 ]
result $? 'a burst is served'
http GET /v1/cities
problem 429 RATE - 'then it is too much'
head_has '^retry-after: [1-9]' 'for a while'
http GET /v1/cities -H 'Authorization: Bearer pnt_guess'
problem 429 RATE - 'a guessed token does not help'
http GET '/v1/cities?code=shanghai' -H 'X-Forwarded-For: 192.0.2.7'
answers 200 shanghai 'somebody else behind the proxy is served'
http GET /healthz
answers 200 ok 'health is not limited'
head -c 3000 /dev/zero | tr '\0' ' ' >big
http POST /v1/cities -H 'X-Forwarded-For: 192.0.2.8' -H 'Content-Type: application/json' \
    --data-binary @big
problem 413 TOO_BIG - 'the limits are configured'
mv access.log access.old
kill -HUP "$daemon"
for _ in $(seq 50); do # until a request is written down in the new file: after its answer
    http GET /healthz
    grep -qs healthz access.log && break
    sleep 0.1
done
grep -q healthz access.log && grep -q 429 access.old
result $? 'SIGHUP opens the access log anew'
"$PN_BUILDDIR/http/piaoniud" --port "$(cat port)" 2>err
rc=$?
says 74 "$(cat port)" 'a port that is taken'
quit

rc=0
"$PN_BUILDDIR/http/piaoniud" --port 70000 2>err || rc=$?
says 2 '--port' 'a port that is none'
rc=0
"$PN_BUILDDIR/http/piaoniud" extra 2>err || rc=$?
says 2 extra 'an argument too many'
rc=0
"$PN_BUILDDIR/http/piaoniud" --config missing.yaml 2>err || rc=$?
says 78 missing.yaml 'a configuration that is not there'
run "$PN_BUILDDIR/http/piaoniud" --help
gives --port-file 'help'
run "$PN_BUILDDIR/http/piaoniud" --version
gives piaoniud 'version'
done_testing
