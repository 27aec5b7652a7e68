#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One rule, one refusal, wherever it is met: each restriction of a sale by its code, with the same
# words, the same field and the same way on over HTTP, from `pn` and in the console.
. "$PN_SRCDIR/tests/http/http.sh"
. "$PN_SRCDIR/tests/cli/season.sh"
. "$PN_SRCDIR/tests/http/people.sh"
serve
hire ops1 '"roles":["OPS"]'
stage swan swan-1-a 100 380
tier=$(sql "select id from tier where code = 'swan-1-a'")

# offer NUMBER QTY COLUMN=VALUE…: a merchant's live offer; its id is in $offer_NUMBER.
offer() {
    id=$((($1 + 1000) * 4096 + (session & 4095)))
    eval "offer_$1=$id"
    sql "insert into listing (sk, id, code, merchant_id, session_id, tier_id, ask_fen, sale_fen,
            settle_fen, min_buy, split_policy, state, listed_at, created_at, updated_at)
         values ($id & 4095, $id, 'r$1', 100 + $1, $session, $tier, 38000, 38000, 36000, 1, 'FREE',
            'LIVE', now(), now(), now());
         insert into stock (sk, lot_id, tier_id, session_id, merchant_id, qty_total)
         values ($id & 4095, $id, $tier, $session, 100 + $1, $2)"
    no=$1
    shift 2
    for change in "$@"; do
        sql "update listing set $change where code = 'r$no'"
    done
}
offer 1 5 'min_buy = 2' 'max_buy = 4' 'no_single_left = true'
offer 2 4 "split_policy = 'WHOLE'"
offer 3 9 "split_policy = 'MULTIPLE'" 'split_multiple = 2'
offer 4 30
offer 5 9 "delivery_limits = '{ONSITE}'"
offer 6 9 "special_kind = 'STUDENT'"
offer 7 9 "ship_by_kind = 'PAID'" 'ship_by_hours = 1000'

word() { python3 -c '
import json, sys
v = json.load(open("out")).get(sys.argv[1])
print("" if v is None else v, end="")' "$1"; }

# refused CODE FIELD OFFER QTY WORDS [MEMBERS [FLAGS]]: the three front ends say the same.
refused() {
    what="$1 of $4"
    members=${6:-'"delivery":"ETICKET"'} flags=${7:-delivery=ETICKET}
    eval "offer=\$offer_$3"
    as ops1 POST /v1/orders/submit "{\"listing\":$offer,\"qty\":$4,\"channel\":\"OWN\",
        \"phone\":\"13800138000\",$members}"
    problem 409 "$1" "$2" "$what over HTTP, at its field"
    words=$(word detail) hint=$(word hint)
    [ -n "$words" ] && [ -n "$hint" ] && case $words in *"$5"*) ;; *) false ;; esac
    result $? "$what in words, with a way on: $words | $hint"
    set -- "${2%_fen}" "$4" # what HTTP tells in fen is typed in yuan
    dashed= typed=
    for flag in $flags; do
        dashed="$dashed --${flag%%=*} ${flag#*=}"
        typed="$typed Space --${flag%%=*} Space ${flag#*=}"
    done
    # shellcheck disable=SC2086 # several words are meant
    run "$pn" --token-file ops1.token order submit --listing "$offer" --qty "$2" --channel OWN \
        --phone 13800138000 $dashed
    [ "$rc" = 5 ] && grep -q -F -e "--$1: $words" err && grep -q -F -e "    $hint" err
    result $? "$what from pn"
    "$pn" --token-file ops1.token order submit --help >help 2>&1
    grep -q -e "--$1\b" help
    result $? "$what names a flag that there is"
    run "$PN_BUILDDIR/tui/piaoniu" --token-file ops1.token --plain --keys \
        ": order Space submit Space --listing Space $offer Space --qty Space $2 Space --channel \
Space OWN Space --phone Space 13800138000$typed Enter"
    cat err >>out # what no field of the form has is said below it
    grep -q -F -e "$words" out && grep -q -F -e "$hint" out
    result $? "$what in the console"
}
refused STOCK    qty      2 5 'only 4'
refused COUNT    qty      1 1 '2'
refused SINGLE   qty      1 4 '4 of 5 would leave a single ticket'
refused SPLIT    qty      2 2 '4'
refused SPLIT    qty      3 3 '2'
refused LIMIT    qty      4 7 '6'
refused DELIVERY delivery 5 1 'not delivered that way'
refused SPECIAL  confirm  6 1 'not confirmed'
refused SHIPTIME delivery 7 1 'ship'
refused NO_MATCH cap_fen  4 1 'at most 300.00 yuan' '"delivery":"ETICKET","cap_fen":"300"' \
    'delivery=ETICKET cap=300'
sql "update show set realname_mode = 'TICKET'"
refused REALNAME attendees 4 1 ''
sql "update show set realname_mode = 'NONE'"
sql "update listing set state = 'PAUSED' where code = 'r4'"
refused STATE    listing  4 1 ''
sql "update listing set state = 'LIVE' where code = 'r4'"
sql "update session set status = 'SUSPENDED'"
refused STATE    session  4 1 'not on sale (Suspended)'
[ "$(sql 'select count(*) from orders')" = 0 ]
result $? 'and nothing was sold'
done_testing
