#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A sale over HTTP alone: a show is made and approved by two people, ordered, paid at the counter and
# by a provider's notice, refused to those whom it does not concern.
. "$PN_SRCDIR/tests/http/http.sh"
. "$PN_SRCDIR/tests/cli/season.sh"
. "$PN_SRCDIR/tests/http/people.sh"
serve

hire ops1 '"roles":["OPS"]'
hire till1 '"roles":["BOXOFFICE"]'
hire here '"roles":["ORGANISER"],"organiser":7001'
hire there '"roles":["ORGANISER"],"organiser":7002'

as ops1 POST /v1/venues '{"code":"grand","city":"shanghai","name":"大剧院"}'
answers 201 '"code":"grand"' 'a venue'
as ops1 POST /v1/halls '{"code":"grand-main","venue":"grand","name":"大厅","capacity":1000}'
answers 201 '"code":"grand-main"' 'a hall'
as ops1 POST /v1/shows '{"code":"swan","city":"shanghai","venue":"grand","category":"DANCE",
    "title":"天鹅湖","organiser":7001,"poster":"media/swan.jpg","notices":{"refund":"开演前可退"},
    "approved_capacity":1000,"permit_no":"沪1","resale_policy":"OPEN","realname_mode":"NONE",
    "refund_policy":"FREE","purchase_limit_order":6}'
answers 201 '"code":"swan"' 'a show'
day=$(date -d '+20 days' +%F)
as ops1 POST /v1/sessions "{\"code\":\"swan-1\",\"show\":\"swan\",\"hall\":\"grand-main\",
    \"start_at\":\"${day}T19:30:00+08:00\",\"end_at\":\"${day}T21:30:00+08:00\",
    \"sale_at\":\"2020-01-01T00:00:00Z\",\"stop_sale_at\":\"${day}T19:45:00+08:00\",
    \"approved_capacity\":1000,\"ticket_modes\":[\"paper\",\"static_qr\"],
    \"delivery_types\":[\"ONSITE\",\"ETICKET\"]}"
answers 201 '"code":"swan-1"' 'a session'
session=$(member id)
as ops1 POST /v1/tiers '{"code":"swan-1-a","session":"swan-1","name":"池座","face_price":"380","qty":10}'
answers 201 '"code":"swan-1-a"' 'a tier'
order='{"session":"swan-1","items":[{"tier":"swan-1-a","qty":2}],"delivery":"ONSITE","channel":"POS",
    "buyer_name":"王小明","phone":"13800138000"}'
as till1 POST /v1/orders/submit "$order"
[ "$rc" = 409 ]
result $? 'a draft is not sold'
as ops1 POST /v1/shows/swan/submit '{"reason":"ready"}'
answers 200 '"status":"REVIEWING"' 'handed in'
as ops1 POST /v1/shows/swan/approve '{"reason":"ok"}'
problem 403 DUAL - 'the author does not approve alone'
admin POST /v1/shows/swan/approve '{"reason":"ok"}'
answers 200 '"status":"PUBLISHED"' 'a second person does'

as till1 POST /v1/orders/quote '{"session":"swan-1","items":[{"tier":"swan-1-a","qty":2}]}'
answers 200 '760.00' 'a quote'
as till1 POST /v1/orders/submit "$order" -H 'Idempotency-Key: sale-1'
answers 200 '"status":"PENDING_PAY"' 'an order'
no=$(member no) id=$(member id)
as till1 POST /v1/orders/submit "$order" -H 'Idempotency-Key: sale-1'
[ "$(member id)" = "$id" ]
result $? 'sent twice, ordered once'
as till1 POST /v1/orders/submit \
    '{"session":"swan-1","items":[{"tier":"swan-1-a","qty":9}],"delivery":"ONSITE","channel":"POS"}'
[ "$rc" = 409 ] && grep -q '"field":' out
result $? 'more than there is or may be: refused, the field named'
as till1 POST /v1/payments/cash "{\"order\":\"$no\",\"tendered_fen\":\"1000\"}"
answers 200 '"change_fen":"240.00"' 'cash, and the change'
as till1 GET "/v1/orders/$no"
answers 200 "\"no\":\"$no\"" 'an order by its printed number'
grep -q 13800138000 out
[ $? = 1 ]
result $? 'its telephone number is masked'

as here GET "/v1/orders/$no"
answers 200 "\"no\":\"$no\"" "the show's organiser sees the order"
as there GET "/v1/orders/$no"
problem 404 NONE - 'to another organiser it is not there'
as there GET /v1/orders
answers 200 '"items":[]' 'nor in his list'
as there PATCH /v1/shows/swan '{"title":"mine"}'
[ "$rc" = 404 ] || [ "$rc" = 403 ]
result $? 'nor is the show his to change'
as till1 PATCH /v1/shows/swan '{"title":"mine"}'
problem 403 PERM - 'a till does not change shows'

as till1 POST /v1/orders/submit "$order" -H 'Idempotency-Key: sale-2'
no=$(member no)
as till1 POST /v1/payments "{\"order\":\"$no\",\"method\":\"SIMULATED\"}"
answers 201 '"amount_fen":"760.00"' 'a provider is asked to collect'
payment=$(member id)
callback "$(notice n-1 76000 750)"
problem 403 PERM signature 'a notice whose amount was changed on the way'
callback "$(notice n-1 76000 760 | sed 's/"signature":"..../&0000/')"
problem 403 PERM signature 'a notice that somebody else signed'
callback '{"notice_id":"n-1"}'
problem 422 ARG - 'a notice that says nothing'
callback "$(notice n-1 76000 760)"
answers 200 '"result":"APPLIED"' 'a true notice is applied'
callback "$(notice n-1 76000 760)"
answers 200 '"result":' 'and may come again'
as till1 GET "/v1/orders/$no"
answers 200 '"paid_fen":"760.00"' 'the order is paid, once'
# A rush: 64 at once for 40 tickets, through the order desk.
as ops1 POST /v1/tiers '{"code":"swan-1-b","session":"swan-1","name":"楼座","face_price":"180","qty":40}'
answers 201 '"code":"swan-1-b"' 'another tier'
i=0
: >rush.conf
while [ $i -lt 64 ]; do
    printf 'next\nurl = "%s/v1/orders/submit"\noutput = "rush.%s"\nwrite-out = "%%{http_code}\\n"\n' \
        "$base" $i
    printf 'header = "Authorization: Bearer %s"\n' "$(cat till1.token)"
    printf 'header = "Content-Type: application/json"\nheader = "Idempotency-Key: rush-%s"\n' $i
    printf 'data = "{\\"tier\\":\\"swan-1-b\\",\\"qty\\":1,\\"delivery\\":\\"ONSITE\\",'
    printf '\\"channel\\":\\"POS\\",\\"phone\\":\\"139000000%02d\\"}"\n' $i
    i=$((i + 1))
done >>rush.conf
rush() { curl -s -m 60 -Z --parallel-max 64 --parallel-immediate -K rush.conf >codes 2>err; }
rush
[ "$(grep -c 200 codes)" = 40 ] && [ "$(grep -c 409 codes)" = 24 ] &&
    [ "$(cat rush.? rush.?? | grep -c '"code":"STOCK"')" = 24 ]
result $? 'sixty-four ask for forty tickets: forty have one, the others know'
cat rush.? rush.?? | grep -o '"no":"[^"]*"' | sort >once
rush
cat rush.? rush.?? | grep -o '"no":"[^"]*"' | sort >twice
[ "$(sort -u once | grep -c .)" = 40 ] && cmp once twice
result $? 'asked again with the same keys, each has the same'
[ "$(sql "select count(*) from order_item i join tier t on t.id = i.tier_id
    where t.code = 'swan-1-b'")" = 40 ]
result $? 'and no more was sold'
http GET /metrics
answers 200 'piaoniud_desk_batch_sum{operation="order.submit"}' 'the desk tells its batches'

http GET /v1/callback/simulated
problem 405 METHOD - 'a callback is a POST'
quit
[ "$rc" = 0 ]
result $? 'it stops with status 0'
done_testing
