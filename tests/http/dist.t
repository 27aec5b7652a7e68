#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A distributor over HTTP (S33): lock, confirm, query, refund, unlock; and what he may not.
. "$PN_SRCDIR/tests/http/http.sh"
. "$PN_SRCDIR/tests/cli/season.sh"
. "$PN_SRCDIR/tests/http/people.sh"
serve
hire ops1 '"roles":["OPS"]'
hire money '"roles":["FINANCE"]'
hire agent1 '"roles":["CHANNEL"]'
hire agent2 '"roles":["CHANNEL"]'
stage swan swan-1-a 40 480

until=$(date -d '+30 days' +%FT%T+08:00)
as ops1 POST /v1/channels '{"code":"tm","name":"时光机","kind":"AGENT","phone":"13800138000"}'
answers 201 '"code":"tm"' 'a channel'
as ops1 POST /v1/channels/tm/join '{"staff":"agent1"}'
answers 200 '"code":"tm"' 'whose login agent1 is'
as ops1 POST /v1/channels '{"code":"other","name":"别家","kind":"AGENT"}'
as ops1 POST /v1/channels/other/join '{"staff":"agent2"}'
as money POST /v1/channels/tm/topup '{"amount_fen":"10000","reference":"transfer 8812"}'
answers 200 '"balance_fen":"10000.00"' 'it has paid ahead'
as ops1 POST /v1/agencies "{\"code\":\"tm-1\",\"channel\":\"tm\",\"price_mode\":\"FACE\",
    \"commission_bp\":500,\"refund_fee_bp\":1000,\"valid_to\":\"$until\"}"
answers 201 '"code":"tm-1"' 'a contract'
as ops1 POST /v1/agencies/tm-1/quota '{"tier":"swan-1-a","total":20}'
answers 200 '"total":20' 'for twenty tickets'

lock='{"tier":"swan-1-a","qty":10,"third_order_no":"TM1","expect_fen":"4560","ttl_min":20}'
http POST /v1/dists/lock -H 'Content-Type: application/json' --data "$lock"
problem 401 AUTH - 'nobody without a login locks'
as ops1 POST /v1/orders/submit '{"tier":"swan-1-a","qty":1,"channel":"DIST","phone":"13800138000"}'
problem 422 ARG channel 'nor by the way of buyers'
as agent1 POST /v1/dists/lock "$(echo "$lock" | sed 's/4560/4000/')"
problem 409 CONFLICT expect_fen 'another price is refused'
as agent1 POST /v1/dists/lock "$(echo "$lock" | sed 's/"qty":10/"qty":21/; s/4560/9576/')"
problem 409 QUOTA qty 'more than the contract has'
as agent1 POST /v1/dists/lock "$lock"
answers 200 '"status":"DIST_LOCKED"' 'ten are locked'
answers 200 '"payable_fen":"4560.00"' 'at the price of the contract'
order=$(member order_id)
as agent1 POST /v1/dists/lock "$lock"
[ "$rc" = 200 ] && [ "$(member order_id)" = "$order" ]
result $? 'the same number again is the same order'
as agent1 POST /v1/dists/lock "$(echo "$lock" | sed 's/"qty":10/"qty":9/; s/4560/4104/')"
problem 409 EXISTS third_order_no 'with another wish it is refused'
as agent2 GET "/v1/dists/query?order=$order"
problem 404 NONE - 'another channel does not see it'
as agent1 POST /v1/dists/confirm '{"third_order_no":"TM1","pay_status":"PAID"}'
answers 200 '"status":"ISSUED"' 'confirmed: the tickets are issued'
answers 200 '"ticket_no":' 'and told'
as agent1 POST /v1/dists/confirm '{"third_order_no":"TM1","pay_status":"PAID"}'
answers 200 '"status":"ISSUED"' 'confirmed twice is confirmed once'
as money GET /v1/channels/tm
answers 200 '"balance_fen":"5440.00"' 'it was paid out of the account, once'
as agent1 GET "/v1/dists/query?third_order_no=TM1"
answers 200 '"status":"ISSUED"' 'a query tells the same'
[ "$(grep -o '"ticket_no"' out | wc -l)" = 10 ]
result $? 'with ten tickets'
ticket=$(sed 's/.*"ticket_no":"\([^"]*\)".*/\1/' out)
as agent1 POST "/v1/tickets/$ticket/code" '{}'
answers 200 '"code":"PN1' 'and their codes, for its own buyers'
as agent2 POST "/v1/tickets/$ticket/code" '{}'
problem 404 NONE id 'which no other channel gets'

as agent1 POST /v1/dists/refund '{"third_order_no":"TM1","seats":["3","4"]}'
answers 200 '"refunded_fen":"820.80"' 'two go back, less a tenth'
as money GET /v1/channels/tm
answers 200 '"balance_fen":"6260.80"' 'into the account'
sql "update ticket set print_no = 1 where seat_no = 5" >>sql.log
as agent1 POST /v1/dists/refund '{"third_order_no":"TM1","seats":["5"]}'
problem 409 STATE seats 'a printed ticket stays'

as agent1 POST /v1/dists/lock "$(echo "$lock" | sed 's/TM1/TM2/; s/"qty":10/"qty":2/; s/4560/912/')"
answers 200 '"status":"DIST_LOCKED"' 'another lock'
as agent1 POST /v1/dists/unlock '{"third_order_no":"TM2"}'
answers 200 '"status":"DIST_RELEASED"' 'is given up'
as agent1 POST /v1/dists/confirm '{"third_order_no":"TM2","pay_status":"PAID"}'
problem 409 STATE - 'and cannot be paid then'
as agent1 POST /v1/dists/lock "$(echo "$lock" | sed 's/TM1/TM3/; s/"qty":10/"qty":2/; s/4560/912/')"
as agent1 POST /v1/dists/confirm '{"third_order_no":"TM3","pay_status":"UNPAID"}'
answers 200 '"status":"DIST_RELEASED"' 'so is what its buyer did not pay'
as agent1 POST /v1/dists/lock "$(echo "$lock" | sed 's/TM1/TM4/; s/"qty":10/"qty":2/; s/4560/912/')"
sql "update orders set hold_expires_at = now() - interval '1 second' where status = 'DIST_LOCKED'" \
    >>sql.log
as agent1 GET '/v1/dists/query?third_order_no=TM4'
answers 200 '"status":"DIST_RELEASED"' 'and what was forgotten'
[ "$(sql "select used from agency_quota")" = 10 ]
result $? 'the contract counts what is locked or sold'
quit
[ "$rc" = 0 ]
result $? 'it stops with status 0'
done_testing
