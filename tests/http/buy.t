#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A buyer's way over HTTP: search, a session, what of it may be bought, a price, an order, money.
# Looking needs no sign-in; orders come by the shop's own front, which has a login.
. "$PN_SRCDIR/tests/http/http.sh"
. "$PN_SRCDIR/tests/cli/season.sh"
. "$PN_SRCDIR/tests/http/people.sh"
serve
hire ops1 '"roles":["OPS"]'
hire front '"roles":["OPS"]'
stage swan swan-1-a 5 380

http GET '/v1/onsales?q=teh'
answers 200 '"show":"天鹅湖"' 'somebody without a login searches by initials'
answers 200 '"stock_flag":"ENOUGH"' 'and is told that there are tickets'
answers 200 '"price_from_fen":"380.00"' 'and from which price'
http GET '/v1/onsales?q=%E8%83%A1%E6%A1%83%E5%A4%B9%E5%AD%90'
answers 200 '"items":[]' 'another show is not there'
http GET "/v1/onsales/$session"
answers 200 '"buyable":"1, 2, 3, 4, 5"' 'which quantities may be bought'
answers 200 '"refused":"6 STOCK"' 'and why not more'
answers 200 '"limit_order":6' 'and how many in one order'
answers 200 '"delivery":"ETICKET, ONSITE"' 'and how they come'
tag=$(header etag)
http GET "/v1/onsales/$session" -H "If-None-Match: $tag"
[ -n "$tag" ] && [ "$rc" = 304 ]
result $? 'asked again, nothing new'
http GET /v1/onsales/4096001
problem 404 NONE id 'a session that is not there'
http GET "/v1/shows"
problem 401 AUTH - 'what staff see is not for everybody'

ask='{"tier":"swan-1-a","qty":2,"delivery":"ETICKET"}'
http POST /v1/orders/quote -H 'Content-Type: application/json' --data "$ask"
answers 200 '"payable_fen":"760.00"' 'a price needs no login'
answers 200 '"hold_min":15' 'and tells how long there is to pay'
http POST /v1/orders/quote -H 'Content-Type: application/json' \
    --data '{"tier":"swan-1-a","qty":6}'
problem 409 STOCK qty 'more than there is'
grep -q '"hint":' out
result $? 'with what there is instead'
order='{"tier":"swan-1-a","qty":2,"delivery":"ETICKET","channel":"OWN","phone":"13800138000",
    "expect_fen":"760"}'
http POST /v1/orders/submit -H 'Content-Type: application/json' --data "$order"
problem 401 AUTH - 'an order needs one'
as front POST /v1/orders/submit "$(echo "$order" | sed 's/760/700/')"
problem 409 CONFLICT expect_fen 'nobody is surprised by a price'
as front POST /v1/orders/submit "$order" -H 'Idempotency-Key: buy-1'
answers 200 '"status":"PENDING_PAY"' 'an order'
no=$(member no)
as front POST /v1/orders/submit "$order" -H 'Idempotency-Key: buy-1'
[ "$(member no)" = "$no" ]
result $? 'a lost answer is asked for again'
as front GET "/v1/onsales/$session"
answers 200 '"buyable":"1, 2, 3"' 'who is signed in sees it at once'
soon "/v1/onsales/$session" '"buyable":"1, 2, 3"' 'the others in a moment'
as front POST /v1/payments "{\"order\":\"$no\",\"method\":\"SIMULATED\"}" -H 'Idempotency-Key: pay-1'
answers 201 '"amount_fen":"760.00"' 'a provider collects'
payment=$(member id)
callback "$(notice n-1 76000 760)"
answers 200 '"result":"APPLIED"' 'and says so'
as front GET "/v1/orders/$no"
answers 200 '"status":"ALLOCATED"' 'the order is paid, its tickets are there'
answers 200 '"ticket_no":' 'with their numbers'

# The last three, then money that comes too late for a hold that ran out.
as front POST /v1/orders/submit "$(echo "$order" | sed 's/"qty":2/"qty":3/; s/760/1140/')"
answers 200 '"status":"PENDING_PAY"' 'the last three'
late=$(member no)
as front POST /v1/payments "{\"order\":\"$late\",\"method\":\"SIMULATED\"}"
payment=$(member id)
soon "/v1/onsales?q=teh" '"stock_flag":"NONE"' 'now there is nothing'
sql "update orders set hold_expires_at = now() - interval '1 second' where no = '$late'" >>sql.log
sql "update order_due set due_at = now() - interval '1 second'" >>sql.log
as front GET "/v1/onsales?q=teh"
[ "$rc" = 200 ] && ! grep -q '"stock_flag":"NONE"' out
result $? 'what ran out is there at once, job or no job'
as front POST /v1/orders/submit "$(echo "$order" | sed 's/13800138000/13900139000/')"
answers 200 '"status":"PENDING_PAY"' 'and for the next buyer'
callback "$(notice n-2 114000 1140)"
answers 200 '"result":"LATE_REFUND"' 'the money that came too late'
as front GET "/v1/orders/$late"
answers 200 '"reason":"LATE_PAID"' 'goes back'
pn --as-system job run refund_retry --force
as front GET "/v1/orders/$late"
answers 200 '"refunded_fen":"1140.00"' 'all of it'
[ "$(sql "select count(*) || ' ' || sum(amount_fen) from simulated_refund")" = '1 114000' ]
result $? 'once, as the provider has it'
quit
[ "$rc" = 0 ]
result $? 'it stops with status 0'
done_testing
