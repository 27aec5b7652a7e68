#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Providers over HTTP: a payment is made, its code fetched, and the fake of the provider delivers its
# notices to piaoniud — two hundred at once, forged ones, ones for somebody else. No secret turns up
# anywhere afterwards.
if ! command -v node >/dev/null; then
    echo '1..0 # SKIP node is not installed: the fakes of vendors cannot run'
    exit 0
fi
. "$PN_SRCDIR/tests/http/http.sh"
vector=$PN_SRCDIR/tests/link/vector
mkfifo hold.alipay hold.wechat

# fake NAME: start it; it ends when its standard input does.
fake() {
    node "$PN_SRCDIR/tests/link/fake/$1.mjs" "$work" <"hold.$1" >>fake.log 2>&1 &
    i=0
    case $1 in alipay) exec 7>"hold.$1" ;; *) exec 8>"hold.$1" ;; esac
    while [ ! -s "$1.port" ]; do
        i=$((i + 1))
        [ $i -le 200 ] || { sed 's/^/# /' fake.log; echo "Bail out! the fake $1 did not start"; exit 1; }
        sleep 0.05
    done
}
# tool NAME TOOL JSON: ask a fake; the answer is in told.
tool() { curl -s -m 60 -X POST --data "$3" "http://127.0.0.1:$(cat "$1.port")/_$2" >told; }

cp "$vector/alipay_app_public_key.pem" app.pub
cp "$vector/wechat_merchant_certificate.pem" merchant.crt
cp "$vector/wechat_v3_key" v3.key
fake alipay
fake wechat
secrets=$PN_STATE/keys/link
mkdir -p "$secrets"
chmod 700 "$PN_STATE" "$PN_STATE/keys" "$secrets"
cp "$vector/alipay_app_private_key.pem" "$secrets/alipay_app_key"
cp alipay.pub "$secrets/alipay_public_key"
cp "$vector/wechat_merchant_private_key.pem" "$secrets/wechat_merchant_key"
cp "$vector/wechat_merchant_certificate.pem" "$secrets/wechat_merchant_cert"
cp "$vector/wechat_v3_key" "$secrets/wechat_v3_key"
chmod 600 "$secrets"/*
ALIPAY_GATEWAY=http://127.0.0.1:$(cat alipay.port)/gateway.do
ALIPAY_APP_ID=2021000122671080 ALIPAY_SELLER_ID=2088000000000001
WECHAT_PAY_URL=http://127.0.0.1:$(cat wechat.port)
WECHAT_APP_ID=wx8888888888888888 WECHAT_MCH_ID=1234567891
export ALIPAY_GATEWAY ALIPAY_APP_ID ALIPAY_SELLER_ID WECHAT_PAY_URL WECHAT_APP_ID WECHAT_MCH_ID
. "$PN_SRCDIR/tests/cli/season.sh"
cat >>piaoniu.yaml <<END
log:
  level: debug
http:
  public_url: http://127.0.0.1:1
END
ulimit -S -c unlimited 2>/dev/null # where it may be, a core file would be written
sql "
insert into venue (id, code, city_id, name, created_at, updated_at)
  select 2, 'v', id, '大剧院', now(), now() from city where code = 'shanghai';
insert into hall (id, code, venue_id, name, created_at, updated_at)
  values (3, 'v-1', 2, '大厅', now(), now());
insert into show (id, code, city_id, venue_id, category, title, status, refund_policy, created_at,
    updated_at)
  select 4, 'show', id, 2, 'DRAMA', '雷雨', 'PUBLISHED', 'FREE', now(), now() from city
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
serve

# pay METHOD: an order and its payment; $payment, and its number at the provider, $trade.
pay() {
    admin POST /v1/orders/submit '{"tier":61441,"qty":1,"delivery":"ONSITE","channel":"POS",
        "buyer_name":"王小明","phone":"13800138000"}'
    order=$(member id)
    admin POST /v1/payments "{\"order\":\"$order\",\"method\":\"$1\"}"
    answers 201 '"state":"CREATED"' "$1: a payment"
    payment=$(member id)
    trade=$(printf 'P%06d' "$payment")
}
for vendor in alipay wechat; do
    [ $vendor = alipay ] && way=ALIPAY || way=WECHAT
    pay $way
    admin GET "/v1/payments/$payment/open"
    answers 200 '"qr":"' "$way: a code to show"
    url=$base/v1/notify/$vendor
    for how in corrupt stranger; do
        tool $vendor tell "{\"out_trade_no\":\"$trade\",\"how\":\"$how\",\"url\":\"$url\"}"
        grep -q '"status":500' told
        result $? "$way: a notice that is not genuine and ours is refused ($how)"
    done
    admin GET "/v1/payments/$payment"
    answers 200 '"state":"PENDING"' "$way: and nothing came of it"
    tool $vendor pay "{\"out_trade_no\":\"$trade\"}"
    tool $vendor tell "{\"out_trade_no\":\"$trade\",\"times\":200,\"url\":\"$url\"}"
    ok=$(tr '}' '\n' <told | grep -c -E '"status":20[04],"body":"(success)?"')
    [ "$ok" -gt 0 ] && [ "$(tr '}' '\n' <told | grep -c '"status"')" = 200 ]
    result $? "$way: two hundred notices at once are answered ($ok taken)"
    admin GET "/v1/payments/$payment"
    answers 200 '"state":"SUCCESS"' "$way: paid"
    [ "$(sql "select count(*) from payment_notice where payment_id = $payment
        and result = 'APPLIED'")" = 1 ] &&
        [ "$(sql "select paid_fen from orders where id = $order")" = 58000 ] &&
        [ "$(sql "select count(*) from ticket where order_id = $order")" = 1 ]
    result $? "$way: once, with one ticket"
done
http POST /v1/notify/alipay -H 'Content-Type: application/x-www-form-urlencoded' --data 'a=b&c=%zz'
answers 500 fail 'what is no form is refused in the words of Alipay'
http POST /v1/notify/wechat -H 'Content-Type: application/json' --data '{"id":'
answers 500 '"code":"FAIL"' 'what is no JSON is refused in the words of WeChat'
http POST /v1/notify/nobody --data 'x'
[ "$rc" = 404 ]
result $? 'a provider nobody knows is not there'
admin GET "/v1/payments/exchanges?payment_id=$payment"
answers 200 '"call":"pay_qr"' 'what was said is kept'

# Nobody set this one up: who posts learns nothing of what is missing, who runs this does.
http POST /v1/notify/wechat_partner -H 'Content-Type: application/json' --data '{"id":"1"}'
problem 503 BUSY - 'a notice for a provider that is not set up is to come again'
! grep -q -i -E 'secret|key|env|WECHAT_' out && [ -n "$(header retry-after)" ]
result $? 'and is told nothing of keys and variables'
grep -q '"level":3.*not set up.*"connector":"wechat_partner".*"problem":' daemon.log
result $? 'who runs this is told which'

pay SANDPAY
admin GET "/v1/payments/$payment/open"
problem 500 CONF - 'nor can be paid by one that is not set up'
! grep -q -i -E 'detail|hint|secret|SAND' out && grep -q '"level":3.*SAND_MID.*"code":"CONF"' daemon.log
result $? 'whose setting is told to whoever runs this alone'

# ---- a machine without libcurl ----
pay WECHAT
mkdir none
: >none/libcurl.so.4
: >none/libcurl-gnutls.so.4 # found, but nothing that could be loaded
LD_LIBRARY_PATH=$work/none:${LD_LIBRARY_PATH:-} root payment open "$payment"
says 6 'libcurl.so.4 cannot be loaded: install libcurl4' 'without libcurl one reads what is missing'
root payment open "$payment"
status 0 'and with it the same payment goes on'

# ---- secrets ----
# What all programs say, at their most verbose, and of a database that needs a password.
: >said
keep() { cat out err >>said; }
for words in 'payment list --wide --all' 'exchange list --wide --all' 'link names' \
    'link check alipay' 'link check wechat_partner' 'payment methods' 'audit list --wide --all' \
    'policy list --all' 'job names' version; do
    root $words -o json
    keep
    root $words -o table
    keep
done
pn --token-file admin.token doctor
keep
ui=$PN_BUILDDIR/tui/piaoniu
for words in 'payment list' 'exchange list' "payment show $payment" 'audit list' 'link list'; do
    run "$ui" --token-file admin.token --plain $words
    keep
    run "$ui" --token-file admin.token --json $words
    keep
done
grep -q "$payment" said
result $? 'the programs tell of the payments'
for page in /metrics /openapi.json /healthz /livez /v1/nothing; do
    http GET $page
    keep
done
sound=$PN_DSN
PN_DSN="host=$work port=1 user=app dbname=x password=hush-hush-77"
pn --as-system show list
keep
pn --as-system doctor
keep
run "$ui" --plain payment list
keep
run timeout 5 "$PN_BUILDDIR/http/piaoniud" --port 0
keep
ps -ef >ps.dsn
PN_DSN=$sound
grep -q -i 'database' said
result $? 'and of a database that is not there'
echo hush-hush-77 >needles
for key in alipay_app_key wechat_merchant_key; do
    grep -v -e '---' "$secrets/$key" | cut -c 5-64 | head -n 3 >>needles # one line or many
done
{ cat "$secrets/wechat_v3_key"; echo; } >>needles
grep . needles >found && mv found needles # an empty line is in everything
ps -ef >ps.out
sql 'select * from payment_exchange' >db.out
sql 'select * from payment_notice' >>db.out
sql 'select * from audit_log' >>db.out
grep -q '^Max core file size  *0 ' "/proc/$daemon/limits"
result $? 'memory with keys is written to no core file'
[ -s needles ] && [ -s db.out ] && [ -s daemon.log ] && [ "$(wc -l <needles)" -ge 6 ] &&
    ! grep -F -f needles daemon.log ps.out ps.dsn db.out said out err
result $? 'no key is in logs, command lines, answers or the database'
! grep -E 'oUpF8uMuAJO|2088102177846880' db.out daemon.log said
result $? 'nor who paid'
exec 7>&- 8>&- # the fakes end
done_testing
