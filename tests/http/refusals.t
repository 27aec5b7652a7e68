#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One rule, one refusal, wherever it is met: each restriction of a sale by its code, with the same
# words, the same field and the same way on over HTTP, from `pn` and in the console.
. "$PN_SRCDIR/tests/http/http.sh"
. "$PN_SRCDIR/tests/cli/season.sh"
. "$PN_SRCDIR/tests/http/people.sh"
serve
hire ops1 '"roles":["OPS"]'
hire agent1 '"roles":["CHANNEL"]'
stage swan swan-1-a 100 380
tier=$(sql "select id from tier where code = 'swan-1-a'")
until=$(date -d '+30 days' +%FT%T+08:00)
as ops1 POST /v1/channels '{"code":"tm","name":"时光机","kind":"AGENT","phone":"13800138000"}'
as ops1 POST /v1/channels/tm/join '{"staff":"agent1"}'
as ops1 POST /v1/agencies "{\"code\":\"tm-1\",\"channel\":\"tm\",\"price_mode\":\"FACE\",
    \"commission_bp\":0,\"ttl_max_min\":20,\"valid_to\":\"$until\"}"
as ops1 POST /v1/agencies/tm-1/quota '{"tier":"swan-1-a","total":5}'

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
sql "update session set delivery_types = '{ETICKET,ONSITE,EXPRESS}'"
# A row of ten, its third and fourth are sold.
as ops1 POST /v1/tiers '{"code":"swan-1-s","session":"swan-1","name":"楼座","face_price":"280",
    "qty":10}'
seats=$(sql "select id from tier where code = 'swan-1-s'")
sql "insert into seat_block (sk, id, session_id, lot_id, section, row_name, labels, mask, sold)
     values ($seats & 4095, 501 * 4096 + ($seats & 4095), $session, $seats, 'A', '1',
        '{1,2,3,4,5,6,7,8,9,10}', 1023, 12);
     update stock set seat_stamp = 1, qty_sold = 2 where lot_id = $seats"
offer 1 5 'min_buy = 2' 'max_buy = 4' 'no_single_left = true'
offer 2 4 "split_policy = 'WHOLE'"
offer 3 9 "split_policy = 'MULTIPLE'" 'split_multiple = 2'
offer 4 30
offer 5 9 "delivery_limits = '{ONSITE}'"
offer 6 9 "special_kind = 'STUDENT'"
offer 8 9 "kind = 'TAIL'" 'deposit_unit_fen = 10000' 'deposit_quota_fen = 0'
offer 7 9 "ship_by_kind = 'PAID'" 'ship_by_hours = 1000'

word() { python3 -c '
import json, sys
v = json.load(open("out")).get(sys.argv[1])
print("" if v is None else v, end="")' "$1"; }

# everywhere CODE FIELD WORDS NOUN VERB PATH JSON FLAGS [WHO]: the three front ends say the same.
# FLAGS are name=value, with blanks between; what is said twice is there twice.
everywhere() {
    what="$1 of $4 $5"
    status=409
    [ "$1" != ARG ] || status=422
    who=${9:-ops1}
    as "$who" POST "$6" "$7"
    problem "$status" "$1" "$2" "$what over HTTP, at its field"
    words=$(word detail) hint=$(word hint)
    [ -n "$words" ] && [ -n "$hint" ] && case $words in *"$3"*) ;; *) false ;; esac
    result $? "$what in words, with a way on: $words | $hint"
    field=$(echo "${2%_fen}" | tr _ -) # what HTTP tells in fen is typed in yuan
    dashed= typed=
    for flag in $8; do
        dashed="$dashed --${flag%%=*} ${flag#*=}"
        typed="$typed Space --${flag%%=*} Space ${flag#*=}"
    done
    # shellcheck disable=SC2086 # several words are meant
    run "$pn" --token-file "$who.token" "$4" "$5" $dashed
    [ "$rc" = $((status == 422 ? 2 : 5)) ] && grep -q -F -e "--$field: $words" err &&
        grep -q -F -e "    $hint" err
    result $? "$what from pn"
    "$pn" --token-file "$who.token" "$4" "$5" --help >help 2>&1
    grep -q -e "--$field\b" help
    result $? "$what names a flag that there is"
    run "$PN_BUILDDIR/tui/piaoniu" --token-file "$who.token" --plain --keys \
        ": $4 Space $5$typed Enter"
    cat err >>out # what no field of the form has is said below it
    grep -q -F -e "$words" out && grep -q -F -e "$hint" out
    result $? "$what in the console"
}
# refused CODE FIELD OFFER QTY WORDS [MEMBERS [FLAGS]]: the same of an order of one offer.
refused() {
    members=${6:-'"delivery":"ETICKET"'} flags=${7:-delivery=ETICKET}
    eval "offer=\$offer_$3"
    everywhere "$1" "$2" "$5" order submit /v1/orders/submit "{\"listing\":$offer,\"qty\":$4,
        \"channel\":\"OWN\",\"phone\":\"13800138000\",$members}" \
        "listing=$offer qty=$4 channel=OWN phone=13800138000 $flags"
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
sql "update session set status = 'ON_SALE'"

# Other ways of selling.
everywhere CAP price_fen 'below 380.00 yuan' groupbuy create /v1/groupbuys \
    '{"tier":"swan-1-a","size":3,"price_fen":"380"}' 'tier=swan-1-a size=3 price=380'
everywhere CAP cap_fen 'at least 190.00 yuan' grab submit /v1/grabs/submit \
    '{"session":"swan-1","tiers":["swan-1-a"],"qty":1,"cap_fen":"100","phone":"13800138000"}' \
    'session=swan-1 tiers=swan-1-a qty=1 cap=100 phone=13800138000'
everywhere ADDRESS address 'need an address' grab submit /v1/grabs/submit \
    '{"session":"swan-1","tiers":["swan-1-a"],"qty":1,"cap_fen":"400","phone":"13800138000",
        "delivery":"EXPRESS"}' \
    'session=swan-1 tiers=swan-1-a qty=1 cap=400 phone=13800138000 delivery=EXPRESS'
everywhere QUOTA qty 'has 5 of this tier left' dist lock /v1/dists/lock \
    '{"tier":"swan-1-a","qty":6,"third_order_no":"T1","expect_fen":"2280"}' \
    'tier=swan-1-a qty=6 third-order-no=T1 expect=2280' agent1
everywhere CAP ttl_min 'at most 20 minutes' dist lock /v1/dists/lock \
    '{"tier":"swan-1-a","qty":1,"third_order_no":"T1","expect_fen":"380","ttl_min":30}' \
    'tier=swan-1-a qty=1 third-order-no=T1 expect=380 ttl-min=30' agent1
everywhere CONFLICT expect_fen '380.00 yuan now' dist lock /v1/dists/lock \
    '{"tier":"swan-1-a","qty":1,"third_order_no":"T1","expect_fen":"300"}' \
    'tier=swan-1-a qty=1 third-order-no=T1 expect=300' agent1

[ "$(sql 'select count(*) from orders')" = 0 ]
result $? 'and nothing was sold'
done_testing
