#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A buyer by himself over HTTP: a code to his telephone, an account, search, session, what may be
# bought, price, order, money, tickets; and what others see of it, which is nothing.
. "$PN_SRCDIR/tests/http/http.sh"
. "$PN_SRCDIR/tests/cli/season.sh"
. "$PN_SRCDIR/tests/http/people.sh"
serve
hire ops1 '"roles":["OPS"]'
stage swan swan-1-a 5 380

# What nobody is signed in for.
ask() { http POST "$1" -H 'Content-Type: application/json' --data "$2"; }
# The code that was sent last to a number: the log is where messages go here.
code_of() {
    "$pn" --token-file admin.token work --once >work.out 2>work.err
    grep -F "\"target\":\"$1\"" "$PN_STATE/notice.log" | tail -n 1 |
        sed -n 's/.*"body":"[^0-9]*\([0-9]\{6\}\).*/\1/p'
}
# enter NAME PHONE: a code, and signed in with it.
enter() {
    ask /v1/buyers/code "{\"phone\":\"$2\"}"
    code=$(code_of "$2")
    ask /v1/buyers/signin "{\"phone\":\"$2\",\"code\":\"$code\",\"device\":\"$1\"}"
    member token >"$1.token"
}

ask /v1/buyers/code '{"phone":"12"}'
problem 422 ARG phone 'no telephone number'
ask /v1/buyers/code '{"phone":"13800138000"}'
answers 200 '"phone":"138****8000"' 'a code is sent, the number is masked'
ask /v1/buyers/code '{"phone":"13800138000"}'
problem 429 RATE phone 'another at once is too soon'
wait_s=$(header retry-after)
[ "${wait_s:-0}" -gt 30 ] && [ "$wait_s" -le 60 ]
result $? 'and says for how long'
code=$(code_of 13800138000)
[ ${#code} = 6 ]
result $? 'six digits arrive'
[ "$(sql "select count(*) from outbox where payload::text like '%13800138000%'")" = 0 ]
result $? 'and lie nowhere in clear'
ask /v1/buyers/signin "{\"phone\":\"13800138000\",\"code\":\"$(echo "$code" | tr 0-9 1-90)\"}"
problem 401 AUTH code 'another code'
grep -q '"hint":' out
result $? 'so many tries are left'
ask /v1/buyers/signin "{\"phone\":\"13900139000\",\"code\":\"$code\"}"
problem 409 EXPIRED code 'nobody else’s number'
ask /v1/buyers/signin "{\"phone\":\"13800138000\",\"code\":\"$code\",\"device\":\"my phone\"}"
answers 200 '"fresh":true' 'the code makes the account'
member token >li.token
grep -q '^pnt_' li.token
result $? 'and gives a token'
ask /v1/buyers/signin "{\"phone\":\"13800138000\",\"code\":\"$code\"}"
problem 409 EXPIRED code 'once'
as li GET /v1/buyers/me
answers 200 '"phone":"138****8000"' 'this is me'
me=$(member id)
as li PATCH /v1/buyers/me '{"nick":"小李"}'
answers 200 '"nick":"小李"' 'and my name'
as li GET /v1/buyers/logins
answers 200 '"device":"my phone"' 'and my logins'

as li GET '/v1/onsales?q=teh'
answers 200 '"show":"天鹅湖"' 'search'
as li GET "/v1/onsales/$session"
answers 200 '"buyable":"1, 2, 3, 4, 5"' 'the session, and how many may be bought'
as li POST /v1/orders/quote '{"tier":"swan-1-a","qty":2,"delivery":"ETICKET"}'
answers 200 '"payable_fen":"760.00"' 'a price'
order='{"tier":"swan-1-a","qty":2,"delivery":"ETICKET","expect_fen":"760"}'
as li POST /v1/orders/submit "$order" -H 'Idempotency-Key: li-1'
answers 200 '"status":"PENDING_PAY"' 'an order, for the number of the account'
no=$(member no)
answers 200 '"phone_tail":"8000"' 'which is known'
as li POST /v1/orders/submit "$order" -H 'Idempotency-Key: li-1'
[ "$(member no)" = "$no" ]
result $? 'a lost answer is asked for again'
as li GET /v1/orders/mine
answers 200 "\"no\":\"$no\"" 'it is among my orders'
as li POST /v1/payments "{\"order\":\"$no\",\"method\":\"SIMULATED\"}"
answers 201 '"amount_fen":"760.00"' 'a provider collects'
payment=$(member id)
callback "$(notice n-1 76000 760)"
answers 200 '"result":"APPLIED"' 'and says so'
as li GET "/v1/orders/$no"
answers 200 '"status":"ALLOCATED"' 'paid'
as li GET /v1/tickets/mine
answers 200 '"state":"ISSUED"' 'my tickets'
ticket=$(tr -d '\n' <out | sed -n 's/^[^}]*"ticket_no":"\([^"]*\)".*/\1/p')
as li POST "/v1/tickets/$ticket/code" '{}'
answers 200 '"code":"' 'with the code for the gate'

# Paper tickets, sent to an address of my book.
sql "update session set delivery_types = '{ETICKET,EXPRESS}'"
sent='{"tier":"swan-1-a","qty":1,"delivery":"EXPRESS"}'
as li POST /v1/orders/quote "$sent"
answers 200 '"needs_address":true' 'a parcel needs an address'
as li POST /v1/orders/submit "$sent"
problem 409 ADDRESS address 'and is refused without'
as li POST /v1/addresses '{"receiver":"李雷","phone":"13800138000","region":"上海市 黄浦区",
    "street":"南京东路100号"}'
answers 201 '"receiver":"*雷"' 'an address in my book'
home=$(member id)
as li GET /v1/addresses/mine
answers 200 '"street":"南京东路100号"' 'which I read in clear'
as li POST /v1/orders/submit "$(echo "$sent" | sed "s/}/,\"address\":$home}/")"
answers 200 '"delivery":"EXPRESS"' 'goes there'
parcel=$(member no)
as li GET "/v1/orders/$parcel"
answers 200 '"sent_to":"上海市 黄浦区 ***"' 'as the order says, masked'
answers 200 '"receiver_phone":"138****8000"' 'and so is who gets it'
typed='"receiver":"韩梅","region":"江苏省","street":"人民路1号"'
as li POST /v1/orders/submit "$(echo "$sent" | sed "s/}/,$typed}/")"
answers 200 '"delivery":"EXPRESS"' 'another is typed'
as li POST "/v1/orders/$(member no)/cancel" '{}'
as ops1 POST /v1/blocked-regions '{"region":"上海","reason":"storm"}'
answers 201 '"region":"上海"' 'no parcel goes there any more'
http GET /v1/blocked-regions
answers 200 '"region":"上海"' 'as everybody may know'
as li POST /v1/orders/submit "$(echo "$sent" | sed "s/}/,\"address\":$home}/")"
problem 409 DELIVERY delivery 'nor mine'
as li POST "/v1/orders/$parcel/cancel" '{}'

# Somebody else.
enter wang 13900139000
answers 200 '"fresh":true' 'another buyer'
as wang GET "/v1/orders/$no"
problem 404 NONE id 'there is no such order for him'
as wang POST "/v1/orders/$no/cancel" '{}'
problem 404 NONE id 'not to cancel'
as wang GET "/v1/payments/$payment"
problem 404 NONE id 'nor its payment'
as wang POST /v1/payments "{\"order\":\"$no\",\"method\":\"SIMULATED\"}"
problem 404 NONE order 'nor to pay'
as wang POST /v1/refunds/apply "{\"order\":\"$no\"}"
problem 404 NONE order 'nor to give back'
as wang POST "/v1/tickets/$ticket/code" '{}'
problem 404 NONE id 'nor its ticket'
as wang POST "/v1/addresses/$home/remove" '{}'
problem 404 NONE id 'nor my address'
as wang GET "/v1/buyers/$me"
problem 404 NONE id 'nor me'
as wang GET /v1/orders/mine
answers 200 '"items":[]' 'his orders are none'
as wang GET /v1/tickets/mine
answers 200 '"items":[]' 'nor are his tickets'
as wang GET /v1/orders
problem 403 PERM - 'everybody’s are for staff'
as wang POST "/v1/orders/$no/reveal" '{"reason":"x"}'
problem 403 PERM - 'and so are names'
as wang POST /v1/orders/submit "$(echo "$order" | sed 's/{/{"channel":"POS",/')"
problem 403 PERM channel 'he is no box office'

# In the language that is asked for, at the desk, at a read and at the door.
zh='Accept-Language: zh-CN,zh;q=0.9,en;q=0.8'
as wang POST /v1/orders/submit "$(echo "$order" | sed 's/760/700/')" -H "$zh"
answers 409 '"title":"期间已被他人修改"' 'a refusal of the desk in Chinese'
head_has '^content-language: zh-CN$' 'says that it is'
as wang POST /v1/orders/submit "$(echo "$order" | sed 's/760/700/')" -H 'Accept-Language: en'
answers 409 '"title":"Changed by someone else meanwhile"' 'and in English'
http GET "/v1/orders/$no" -H "Authorization: Bearer $(cat wang.token)" -H "$zh"
answers 404 '"title":"未找到"' 'of a read'
http GET /v1/nowhere -H "$zh"
answers 404 '"title":"未找到"' 'of the door'
http GET /v1/nowhere -H 'Accept-Language: fr, de;q=0.5'
answers 404 '"title":"Not found"' 'another language gets ours'

# Giving tickets back, leaving.
as li POST /v1/buyers/me/erase '{}'
problem 409 STATE id 'nobody leaves with an open order'
as li POST /v1/refunds/apply "{\"order\":\"$no\"}"
answers 200 '"amount_fen":"760.00"' 'the tickets go back'
as li POST /v1/buyers/signout '{}'
answers 200 '"ended":1' 'signed out'
as li GET /v1/buyers/me
problem 401 AUTH - 'is signed out'
as wang POST /v1/buyers/me/erase '{}'
answers 200 '"state":"LEAVING"' 'whoever has no order may leave'
as wang GET /v1/buyers/me
problem 401 AUTH - 'and is signed out'

# Whoever asks for many numbers is stopped by his address.
i=10
while [ $i -lt 40 ]; do
    ask /v1/buyers/code "{\"phone\":\"137000000$i\"}"
    [ "$rc" = 429 ] && break
    i=$((i + 1))
done
problem 429 RATE - 'an address asks for so many an hour'
quit
[ "$rc" = 0 ]
result $? 'it stops with status 0'
done_testing
