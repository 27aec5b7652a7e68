# SPDX-License-Identifier: Apache-2.0
# people.sh: staff of a running piaoniud, a stage with one show, and a payment provider's notices.

# as LOGIN METHOD PATH [JSON]: one of the staff hired.
as() {
    who=$1
    shift
    cp admin.token kept.token
    cp "$who.token" admin.token
    admin "$@"
    cp kept.token admin.token
}
# hire LOGIN MEMBERS: a person, signed in.
hire() {
    admin POST /v1/staffs "{\"login\":\"$1\",\"name\":\"$1\",\"password\":\"pass phrase of $1\",$2}"
    http POST /v1/auths/login -H 'Content-Type: application/json' \
        --data "{\"login\":\"$1\",\"password\":\"pass phrase of $1\"}"
    member token >"$1.token"
    answers 200 '"token":"pnt_' "$1 is hired and signed in"
}

# stage CODE TIER QTY YUAN: a published show of one session; $session is its number. Needs ops1.
stage() {
    as ops1 POST /v1/venues '{"code":"grand","city":"shanghai","name":"大剧院"}'
    as ops1 POST /v1/halls '{"code":"grand-main","venue":"grand","name":"大厅","capacity":1000}'
    as ops1 POST /v1/shows "{\"code\":\"$1\",\"city\":\"shanghai\",\"venue\":\"grand\",
        \"category\":\"DANCE\",\"title\":\"天鹅湖\",\"organiser\":7001,
        \"poster\":\"media/swan.jpg\",
        \"notices\":{\"refund\":\"开演前可退\"},\"approved_capacity\":1000,
        \"permit_no\":\"沪1\",
        \"resale_policy\":\"OPEN\",\"realname_mode\":\"NONE\",\"refund_policy\":\"FREE\",
        \"purchase_limit_order\":6}"
    day=$(date -d '+20 days' +%F)
    as ops1 POST /v1/sessions "{\"code\":\"$1-1\",\"show\":\"$1\",\"hall\":\"grand-main\",
        \"start_at\":\"${day}T19:30:00+08:00\",\"end_at\":\"${day}T21:30:00+08:00\",
        \"sale_at\":\"2020-01-01T00:00:00Z\",\"stop_sale_at\":\"${day}T19:45:00+08:00\",
        \"approved_capacity\":1000,\"ticket_modes\":[\"paper\",\"static_qr\"],
        \"delivery_types\":[\"ONSITE\",\"ETICKET\"]}"
    session=$(member id)
    as ops1 POST /v1/tiers "{\"code\":\"$2\",\"session\":\"$1-1\",\"name\":\"池座\",
        \"face_price\":\"$4\",\"qty\":$3}"
    as ops1 POST "/v1/shows/$1/submit" '{"reason":"ready"}'
    admin POST "/v1/shows/$1/approve" '{"reason":"ok"}'
    answers 200 '"status":"PUBLISHED"' 'a stage with a show on sale'
}

# soon PATH TEXT NAME: everybody gets to see that within moments (somebody asked just before).
soon() {
    i=0
    while [ $i -lt 100 ]; do
        http GET "$1"
        ! grep -q -F -e "$2" out || break
        i=$((i + 1))
        sleep 0.1
    done
    answers 200 "$2" "$3"
}

# notice NUMBER FEN YUAN: $payment was paid at the provider, and this is what he says of it;
# callback JSON: he says so.
notice() {
    sql "insert into simulated_trade (sk, payment_id, provider_no, amount_fen, paid_fen, state, at)
        select sk, id, 'P-$1', amount_fen, $2, 'SUCCESS', now() from payment where id = $payment
        on conflict (sk, payment_id) do update set provider_no = excluded.provider_no,
        state = 'SUCCESS', paid_fen = excluded.paid_fen"
    key=$(find "$work" -name hash.key)
    signature=$("$PN_BUILDDIR/tests/http/sign" "$key" SIMULATED "$1" "$payment" "P-$1" "$2")
    printf '{"notice_id":"%s","payment":%s,"provider_no":"P-%s",' "$1" "$payment" "$1"
    printf '"amount_fen":"%s","signature":"%s"}' "$3" "$signature"
}
callback() { http POST /v1/callback/simulated -H 'Content-Type: application/json' --data "$1"; }
