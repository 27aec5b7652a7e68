#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The tour: one show from its import to the audit trail, through the public commands only. Each
# line is ticked when the step was really seen to work; the first that was not ends the tour with
# its status. Run by `pn demo tour`, which sets PN, PN_DEMO_DIR and PN_DATADIR.
set -u
: "${PN:?run me with: pn demo tour}" "${PN_DEMO_DIR:?}" "${PN_DATADIR:?}"
LC_ALL=C.UTF-8
export LC_ALL
unset PN_TOKEN
work=$(mktemp -d "${TMPDIR:-/tmp}/pn-tour.XXXXXX") || exit 1
printer_pid=
finish() {
    [ -z "$printer_pid" ] || kill "$printer_pid" 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP
run=$(date +%m%d%H%M%S)
steps=0

say() { steps=$((steps + 1)); printf '[%2d] ✓ %s\n' "$steps" "$*"; }
die() {
    printf '[%2d] ✗ %s\n' $((steps + 1)) "$*"
    [ ! -s "$work/err" ] || sed 's/^/      /' "$work/err"
    [ ! -s "$work/out" ] || sed 's/^/      /' "$work/out" | head -n 20
    exit 1
}
# as WHO COMMAND…: run pn for one of the demo's people; output in $work/out, status in rc.
as() {
    who=$1
    shift
    rc=0
    "$PN" --token-file "$work/$who.token" "$@" >"$work/out" 2>"$work/err" </dev/null || rc=$?
}
must() {
    as "$@"
    [ "$rc" = 0 ] || die "pn $2 $3: status $rc"
}
# value WHO COLUMN COMMAND…: one column of the only, or first, row.
value() {
    who=$1 column=$2
    shift 2
    must "$who" "$@" --columns "$column" -o tsv
    v=$(sed -n 2p "$work/out")
    [ -n "$v" ] || die "pn $1 $2: no $column"
}

# verdict CODE: what the gate says; status 8 is a no.
verdict() {
    as gate gate verify "$1" --columns result -o tsv
    v=$(sed -n 2p "$work/out")
    case $rc$v in 0OK | 8?*) ;; *) die "pn gate verify: status $rc, $v" ;; esac
}

for who in admin ops boxoffice gate finance; do
    awk -v who="$who" '$1 == who { print $2 }' "$PN_DEMO_DIR/demo-accounts.txt" \
        >"$work/password" 2>"$work/err"
    [ -s "$work/password" ] || die "no demo account $who: run pn demo load"
    "$PN" --token-file "$work/$who.token" login "$who" --password-file "$work/password" \
        >"$work/out" 2>"$work/err" </dev/null || die "$who cannot sign in"
done
rm -f "$work/password"
say 'five people signed in'

# ---- import ----
for noun in city venue hall show session tier; do
    as ops "$noun" import "$PN_DATADIR/demo/$noun.csv" --report failed -o json
    [ "$rc" = 0 ] && grep -q '"failed": 0' "$work/out" || die "import of $noun.csv"
done
value ops id tier list --limit 1
say 'the season of data/demo is imported, every row of it'

# table FILE: lines "column value" become a header and one row.
table() {
    awk '{ name = name sep $1; sub(/^[^ ]* /, ""); gsub(/"/, "\"\"")
            row = row sep "\"" $0 "\""; sep = "," }
        END { print name; print row }' >"$work/$1.csv"
}
notices='{"children":"谢绝入场","realname":"无需实名","entrance":"请提前入场",'
notices="$notices"'"refund":"按退票规则",'
notices=$notices'"prohibited":"谢绝摄影摄像","limit":"每单限购6张","eticket":"支持现场取票"}'
table show <<END
code tour-$run
city shanghai
venue grand
category DRAMA
title 演练话剧《龘䶮之夜》
subtitle 第 $run 次演练
poster media/swan.jpg
notices $notices
detail 演练用的演出，不公开。
permit_no 沪演示字$run号
approved_capacity 1631
is_large false
resale_policy OPEN
realname_mode NONE
purchase_limit_order 6
refund_policy RESALE
END
table session <<END
code tour-$run-1
show tour-$run
hall grand-main
start_at D+20 19:30
end_at D+20 21:45
doors_at D+0 00:00
sale_at D-7 10:00
stop_sale_at D+20 19:45
approved_capacity 1631
ticket_modes paper|static_qr
delivery_types ETICKET|ONSITE|EXPRESS
END
table tier <<END
code tour-$run-1-b
session tour-$run-1
name 楼座
face_price 380
qty 20
sort 1
END
for noun in show session tier; do
    as ops "$noun" import "$work/$noun.csv" -o json
    [ "$rc" = 0 ] && grep -q '"failed": 0' "$work/out" || die "import of the tour's $noun"
done
value ops id show list --code "tour-$run"
show=$v
value ops id session list --code "tour-$run-1"
session=$v
value ops id tier list --code "tour-$run-1-b"
tier=$v
say "a show of its own is imported: $show"

# ---- publish: a second person ----
as boxoffice order submit --session "$session" --items "tier=$tier,qty=1" --delivery ONSITE \
    --channel POS
[ "$rc" = 5 ] || die 'a draft was sold'
must ops show submit "$show"
as ops show approve "$show"
[ "$rc" = 3 ] || die 'the author could approve alone'
must admin show approve "$show"
say 'published: ops handed in, ops alone was refused, admin approved'

# ---- sell ----
value boxoffice id order submit --session "$session" --items "tier=$tier,qty=2" --delivery ONSITE \
    --channel POS --buyer-name 演练买家 --phone 13800138000 --idempotency-key "tour-$run-order"
order=$v
value boxoffice id order submit --session "$session" --items "tier=$tier,qty=2" --delivery ONSITE \
    --channel POS --buyer-name 演练买家 --phone 13800138000 --idempotency-key "tour-$run-order"
[ "$v" = "$order" ] || die 'the same key made a second order'
say "two tickets ordered: $order; sent twice, ordered once"
must boxoffice payment cash "$order" --tendered 1000 --columns id,change_fen -o tsv
payment=$(sed -n 2p "$work/out" | cut -f1) v=$(sed -n 2p "$work/out" | cut -f2)
[ "$v" = 240.00 ] || die "change of 1000 for 760 is not $v"
issued() {
    must boxoffice ticket list --order-id "$order" --columns id -o tsv
    [ "$(wc -l <"$work/out")" = 3 ]
}
for i in 1 2 3 4 5 6 7 8 9 10; do
    issued && break
    "$PN" work --once >/dev/null 2>&1
    sleep 0.3
done
issued || die 'no two tickets were issued'
first=$(sed -n 2p "$work/out") second=$(sed -n 3p "$work/out")
say 'paid 1000 in cash, 240 change; two tickets issued'

# ---- print ----
mkdir "$work/paper"
: >"$work/printer"
"$PN" printer simulate --port 0 --dir "$work/paper" --tickets 2 >"$work/printer" 2>"$work/err" &
printer_pid=$!
port=
for i in 1 2 3 4 5 6 7 8 9 10; do
    port=$(sed -n 's/^port //p' "$work/printer")
    [ -z "$port" ] || break
    sleep 0.2
done
[ -n "$port" ] || die 'the virtual printer does not listen'
value admin id printer create "tour-$run" --name 演练打印机 --kind tcp --target "127.0.0.1:$port" \
    --language escpos
printer=$v
for face in "$PN_DATADIR"/face/*.yaml; do
    must admin face import "$face"
done
must admin roll load "$printer" --roll "T$run" --serial-from 1 --serial-to 100
value boxoffice state ticket print --order "$order" --printer "$printer"
[ "$v" = CONFIRMED ] || die "the print job is $v"
wait "$printer_pid" || die 'the virtual printer refused something'
printer_pid=
must admin printer edit "$printer" --state off
[ -s "$work/paper/ticket-0002.png" ] || die 'two pictures were expected'
say 'printed on the virtual printer, paper 1 and 2 of the roll'
qr() { zbarimg -q --raw -Sdisable -Sqrcode.enable "$1" 2>"$work/err" | head -n 1; }
command -v zbarimg >/dev/null || die 'zbarimg is missing: apt-get install zbar-tools'
code1=$(qr "$work/paper/ticket-0001.png") code2=$(qr "$work/paper/ticket-0002.png")
case $code1$code2 in PN1*PN1*) ;; *) die "no PN1 code in the picture: '$code1' '$code2'" ;; esac
[ "$code1" != "$code2" ] || die 'both tickets carry the same code'
say "an independent decoder reads the codes: $(printf %.24s "$code1")…"

# ---- the gate ----
verdict "$code1"
[ "$v" = OK ] || die "at the gate: $v instead of OK"
verdict "$code1"
[ "$v" = DUPLICATE ] || die "at the gate again: $v instead of DUPLICATE"
value gate state ticket list --id "$first"
say 'at the gate: OK; again: DUPLICATE'

# ---- refund ----
value boxoffice id refund apply "$order" --seats 2 --reason buyer
refund=$v
value boxoffice state refund show "$refund"
if [ "$v" = APPLIED ] || [ "$v" = REVIEWING ]; then
    must admin refund approve "$refund"
fi
for i in 1 2 3 4 5 6 7 8 9 10; do
    value finance state refund show "$refund"
    [ "$v" != DONE ] || break
    "$PN" work --once >/dev/null 2>&1
    sleep 0.3
done
[ "$v" = DONE ] || die "the refund is $v"
verdict "$code2"
[ "$v" != OK ] || die 'a refunded ticket was let in'
say "the unverified ticket is refunded; the gate says $v"

# ---- what is left behind ----
must admin audit list --ref "$show,$order,$payment,$refund" --columns op -o tsv --all
for op in show.import show.submit show.approve order.submit payment.cash refund.apply; do
    grep -q "^$op" "$work/out" || die "the audit trail does not hold $op"
done
say "the audit trail of the order: $(sed 1d "$work/out" | cut -f1 | sort -u | tr '\n' ' ')"
rc=0
"$PN" verify >"$work/out" 2>"$work/err" || rc=$?
[ "$rc" = 0 ] || die 'pn verify found something'
say 'pn verify: stock, money, tickets and check-ins agree'
printf 'The tour is complete: %d steps.\n' "$steps"
