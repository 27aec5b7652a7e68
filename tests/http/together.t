#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Many reads at once share round trips: each gets its own answer all the same, whatever the others
# asked, who they are, and even when a statement of theirs fails.
. "$PN_SRCDIR/tests/http/http.sh"
. "$PN_SRCDIR/tests/cli/season.sh"
printf 'http:\n  rate_per_minute: 0\n' >conf.yaml
serve --config conf.yaml
admin=$(cat admin.token)
printf 'a gate staff pass phrase\n' >gate.pw
root staff create gate1 --name 门 --password-file gate.pw --roles GATE
http POST /v1/auths/login -H 'Content-Type: application/json' \
    --data '{"login":"gate1","password":"a gate staff pass phrase"}'
gate=$(member token)
http GET /v1/cities/shanghai
shanghai=$(member id)
http GET /v1/cities/beijing
beijing=$(member id)
admin GET '/v1/staffs?login=gate1'
staff=$(member id)

# ask N PATH TOKEN: request N of the storm; expect N STATUS TEXT: what it must get.
ask() {
    printf 'next\nurl = "%s%s"\noutput = "got.%s"\nwrite-out = "%s %%{http_code}\\n"\n' \
        "$base" "$2" "$1" "$1"
    [ -z "$3" ] || printf 'header = "Authorization: Bearer %s"\n' "$3"
}
wrong=pnt_$(printf 'a%.0s' $(seq 52))
# What request N asks, and what it must get.
plan() {
    case $(($1 % 8)) in
    0) set -- "/v1/cities/$shanghai" "" 200 '"code":"shanghai"' ;;
    1) set -- "/v1/cities/beijing" "" 200 '"code":"beijing"' ;;
    2) set -- "/v1/cities/$beijing" "$admin" 200 '"code":"beijing"' ;;
    3) set -- "/v1/cities/$((4096 * (1000 + $1)))" "" 404 "$((4096 * (1000 + $1)))" ;;
    4) set -- "/v1/cities/$shanghai" "$wrong" 401 '"code":"AUTH"' ;;
    5) set -- "/v1/staffs/$staff" "$admin" 200 '"login":"gate1"' ;;
    6) set -- "/v1/staffs/$staff" "$gate" 403 '"code":"PERM"' ;;
    7) set -- "/v1/gates/$((4096 * (1 + $1)))" "$admin" "$no_gate" "$no_gate_code" ;;
    esac
    path=$1 token=$2 status=$3 text=$4
}
# storm NAME: 64 at once. The table of cities is locked meanwhile, so that they queue up.
storm() {
    i=0
    : >storm.conf
    while [ $i -lt 64 ]; do
        plan $i
        ask $i "$path" "$token" >>storm.conf
        i=$((i + 1))
    done
    rm -f got.*
    psql -X -q -d "$PN_DSN" -c 'begin' -c 'lock table city' -c 'select pg_sleep(0.7)' \
        -c 'commit' >/dev/null &
    lock=$!
    sleep 0.2
    curl -s -m 30 -Z --parallel-max 64 --parallel-immediate -K storm.conf >codes 2>err || :
    wait $lock
    bad=0 i=0
    while [ $i -lt 64 ]; do
        plan $i
        if ! grep -q "^$i $status\$" codes || ! grep -q -F -e "$text" "got.$i"; then
            echo "# $i $path: not $status $text: $(grep "^$i " codes) $(cat "got.$i")"
            bad=$((bad + 1))
        fi
        i=$((i + 1))
    done
    [ $bad = 0 ]
    result $? "$1"
}
no_gate=404 no_gate_code='"code":"NONE"'
storm 'sixty-four reads at once: each has its own answer'
storm 'and once more, with everything prepared'
sql "update token set seen_at = now() - interval '2 hours'"
storm 'the same when the use of the tokens is to be noted'
seen=$(sql 'select string_agg(seen_at::text, chr(44) order by id) from token')
[ "$(sql "select count(*) from token where seen_at > now() - interval '1 minute'")" = 2 ]
result $? 'the use of both tokens was noted'
storm 'and again'
[ "$(sql 'select string_agg(seen_at::text, chr(44) order by id) from token')" = "$seen" ]
result $? 'and is not noted again so soon'
sql 'alter table gate rename to gate_away'
no_gate=500 no_gate_code='"code":"INTERNAL"'
storm 'a statement that fails hurts whom it belongs to and nobody else'
sql 'alter table gate_away rename to gate'
no_gate=404 no_gate_code='"code":"NONE"'
storm 'and when it is mended, all is well'
http POST /v1/cities -H "Authorization: Bearer $admin" -H 'Content-Type: application/json' \
    --data '{"code":"x1","name":"x"}'
answers 201 '"code":"x1"' 'a write goes on as before'
quit
[ "$rc" = 0 ]
result $? 'it stops with status 0'
done_testing
