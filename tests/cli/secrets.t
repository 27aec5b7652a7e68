#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Secrets: codes and pins of gift cards, tokens of links and logins, passwords. They are used as
# people use them, and afterwards none is in a log, a command line, an error, a table that is kept
# for others to read, or what the program tells of its own configuration.
. "$PN_SRCDIR/tests/cli/tap.sh"
. "$PN_SRCDIR/tests/cli/season.sh"
command -v psql >/dev/null || { echo 'Bail out! psql is not installed'; exit 1; }
sql() { psql -X -A -t -q -d "$PN_DSN" -c "$1"; }
# Everything that commands said is kept.
kept() { cat out err >>said; }

printf 'quiet horse 3\n' >fin.pw
root staff create fin --name 财务 --roles finance --password-file fin.pw
status 0 'a second person'
run "$pn" --token-file fin.token login fin --password-file fin.pw
status 0 'who signs in'
fin() { run "$pn" --token-file "$work/fin.token" "$@"; }
sql "insert into venue (id, code, city_id, name, created_at, updated_at)
  select 2, 'dgm', id, '大剧院', now(), now() from city where code = 'shanghai';
insert into hall (id, code, venue_id, name, created_at, updated_at)
  values (3, 'dgm-1', 2, '大厅', now(), now());
insert into show (id, code, city_id, venue_id, category, title, status, refund_policy, created_at,
    updated_at) select 4, 'show', id, 2, 'DRAMA', '雷雨', 'PUBLISHED', 'FREE', now(), now() from city
  where code = 'shanghai';
insert into session (id, code, show_id, hall_id, start_at, doors_at, stop_sale_at, tail_from, status,
    delivery_types, created_at, updated_at)
  select 40961, 'se', 4, 3, t, t - interval '1 hour', t, t - interval '2 days', 'ON_SALE',
    '{ETICKET,ONSITE}', now(), now() from (select now() + interval '60 days' as t) x;
insert into tier (id, code, session_id, name, face_price_fen, created_at, updated_at)
  values (61441, 't1', 40961, 'A', 58000, now(), now());
insert into stock (sk, lot_id, tier_id, session_id, qty_total) values (1, 61441, 61441, 40961, 10);
insert into stock_move (sk, id, lot_id, delta, reason, actor_id, at)
  values (1, 1, 61441, 10, 'open', 1, now())"

root gift_card_batch create 周年卡 --face 500 --cards 2 --columns id -o tsv
batch=$(tail -n 1 out)
status 0 'a batch of cards'
fin gift_card_batch activate "$batch" --reference bank-7
status 0 'paid for'
kept
fin gift_card_batch codes "$batch" -o json
cp out codes.json
grep -oE '"(code|pin)": "[0-9]+' codes.json | grep -oE '[0-9]{8,}$' >needles
[ "$(wc -l <needles)" = 4 ]
result $? 'its codes and pins are told to whoever prints them'
sed -n 1p needles >code.1
sed -n 2p needles >pin.1
sed -n 4p needles >pin.2

root order submit 61441 1 --phone 13800001234 --columns id -o tsv
order=$(tail -n 1 out)
kept
root payment tender "$order" GIFT_CARD --code-file code.1 --pin-file pin.2
says 3 'wrong' 'a wrong pin, in words that do not repeat it'
kept
"$pn" --token-file admin.token payment tender "$order" GIFT_CARD --code-file code.1 \
    --pin-file pin.1 >out 2>err </dev/null &
ps -ef >ps.out
rc=0
wait $! || rc=$?
status 0 'the right one'
kept
root payment tender "$order" GIFT_CARD --code-file code.1 --pin-file pin.1 -o json
kept
root payment link "$order" -o json
grep -oE '"token": "[^"]+' out | cut -d'"' -f4 >token.1
[ -s token.1 ]
result $? 'a link for somebody else'
cat token.1 >>needles
run "$pn" payment link_show --token-file token.1
status 0 'who asks with it is told what is to be paid'
kept
printf '1-nobody-has-this-token\n' >token.2
run "$pn" payment link_show --token-file token.2
says 4 'not valid' 'another is none, in words that do not repeat it'
kept
cat token.2 admin.pw fin.pw >>needles
cat admin.token fin.token | tr -d '{}" ' | grep -oE 'pnt_[A-Za-z0-9_-]+' >>needles
root doctor
kept
root policy list
kept

for t in audit_log idempotency outbox state_log payment payment_front payment_link \
    payment_exchange payment_notice gift_card gift_card_batch gift_card_txn staff staff_token \
    token; do
    sql "select * from $t" >>tables 2>/dev/null
done
[ -s tables ] && [ -s said ] && [ "$(wc -l <needles)" -ge 9 ]
result $? 'there is something to search'
! grep -F -f needles said >found
result $? 'no secret was answered, logged or put into an error'
! grep -F -f needles ps.out >found
result $? 'none stood on a command line'
! grep -F -f needles tables >found
result $? 'none is in the tables'
# One that was typed on the command line all the same is crossed out where everybody could see it.
psql -X -q -d "$PN_DSN" -c "begin; select id from orders for update; select pg_sleep(20)" \
    >/dev/null 2>&1 & holder=$!
until [ "$(sql "select count(*) from pg_stat_activity where wait_event = 'PgSleep'
        and datname = current_database()")" = 1 ]; do sleep 0.05; done
ulimit -S -c "$(ulimit -H -c)" # what a shell may have allowed
"$pn" --dsn "$PN_DSN password=hush-hush-dsn" --token-file admin.token payment tender "$order" \
    GIFT_CARD --code "$(cat code.1)" --pin="$(cat pin.2)" >/dev/null 2>&1 </dev/null & typed=$!
echo hush-hush-dsn >>needles
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    tr '\0' ' ' <"/proc/$typed/cmdline" >cmdline
    grep -q -- '--code xxxxx.* --pin=xxxx' cmdline && break
    sleep 0.1
done
grep -q -- '--code xxxxx.* --pin=xxxx' cmdline && ! grep -q -F -f needles cmdline
result $? 'one that was typed is crossed out'
grep -q -- '--dsn xxxxx' cmdline
result $? 'and so is a password in the connection string'
grep -q '^Max core file size *0 ' "/proc/$typed/limits"
result $? 'a crash leaves no memory in a file'
kill $holder $typed 2>/dev/null
sql "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'
    and datname = current_database()" >/dev/null
wait $typed || :
# A connection string that was mistyped: what libpq would quote of it is a piece of the password.
for dsn in 'postgresql://u:hush-hush-dsn@[::1/x' 'postgresql://u:hush%-hush-dsn@127.0.0.1/x' \
    'postgresql://u:pass@hush-hush-dsn@127.0.0.1/x' 'postgresql://u:1/hush-hush-dsn@127.0.0.1/x' \
    'postgresql://u:hush/hush-dsn@127.0.0.1/x' 'host=127.0.0.1 password=x hush-hush-dsn' \
    'host=127.0.0.1 password=hush-hush-dsn x'; do
    for how in doctor 'job list --as-system' migrate; do
        # shellcheck disable=SC2086
        PN_DSN=$dsn "$pn" $how >out 2>err </dev/null
        ! grep -q hush out err && grep -q 'cannot be read' out err
        result $? "$how: nothing is told of $(printf %s "$dsn" | tr -d '#')"
    done
    printf 'database: "%s"\n' "$dsn" >typo.yaml
    PN_DSN='' "$pn" --conf typo.yaml doctor >out 2>err </dev/null
    ! grep -q hush out err && grep -q 'cannot be read' out
    result $? 'nor when it stands in the settings'
done
PN_DSN='host=127.0.0.1 port=1 user=u password=hush-hush-dsn' "$pn" doctor >out 2>err </dev/null
! grep -q hush out err && grep -q 'cannot be reached' out
result $? 'nor of one that is right, when nobody answers'
# The test can fail: one that is there is found.
grep -q -F -f needles codes.json
result $? 'and a secret that is there is found'
done_testing
