#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A week of work: a demo of its own, its people signed in, and the tasks of tui/week.def.
set -u
PN_STATE=$(mktemp -d /tmp/pn-week.XXXXXX) # a short path: a socket lives in it
PN_CONF=$PN_STATE/piaoniu.yaml
LC_ALL=C.UTF-8 HOME=$PN_STATE
export PN_STATE PN_CONF LC_ALL HOME
unset PN_DSN PN_TOKEN
pn=$PN_BUILDDIR/cli/pn CONSOLE=$PN_BUILDDIR/tui/piaoniu
export CONSOLE
[ "$(id -u)" != 0 ] || chmod 755 "$PN_STATE"
printf 'staff:\n  password_effort: low\n' >"$PN_CONF"
worker=
trap '[ -z "$worker" ] || kill "$worker"; "$pn" down >/dev/null 2>&1; rm -rf "$PN_STATE"' EXIT
trap 'exit 1' INT TERM HUP
bail() { echo "Bail out! $*"; exit 1; }

"$pn" up >/dev/null 2>&1 || bail 'no database'
"$pn" migrate >/dev/null 2>&1 || bail 'no schema'
"$pn" demo load >/dev/null 2>&1 || bail 'no demo'
# enter WHO PASSWORD: sign in, as the console of that person finds it.
enter() {
    mkdir -p "$PN_STATE/as-$1/piaoniu"
    echo "$2" >"$PN_STATE/pw"
    "$pn" --token-file "$PN_STATE/as-$1/piaoniu/token" login "$1" \
        --password-file "$PN_STATE/pw" >/dev/null || bail "$1 cannot sign in"
}
while read -r who password rest; do
    enter "$who" "$password"
done <"$PN_STATE/demo-accounts.txt"
root() { "$pn" --token-file "$PN_STATE/as-admin/piaoniu/token" "$@"; }
root merchant apply niupiao --kind PRO --name 牛票 >/dev/null || bail 'no merchant'
for who in merchant organiser; do
    echo 'correct horse battery' >"$PN_STATE/pw"
    root staff create "$who" --name "$who" --roles "$(echo $who | tr a-z A-Z)" \
        --$who "$(root merchant list -o tsv --columns id | sed -n 2p)" \
        --password-file "$PN_STATE/pw" >/dev/null || bail "no account $who"
    enter "$who" 'correct horse battery'
done
root job run session_tick >/dev/null 2>&1 # what the clock has opened
# as WHO …: pn of that person. first COLUMN WHO …: that column of the first row of its answer.
as() { who=$1; shift; "$pn" --token-file "$PN_STATE/as-$who/piaoniu/token" "$@"; }
first() { column=$1; shift; as "$@" -o tsv --columns "$column" | sed -n 2p; }
# The merchant is admitted and has three offers of a session to come.
M=$(first id admin merchant list)
for kind in BUSINESS_LICENCE PERFORMANCE_PERMIT; do
    root qualification verify "$(first id admin qualification add "$M" $kind 91-$kind \
        2099-12-31)" >/dev/null || bail 'no licence'
done
root wallet recharge "$M" 1000 --reference week-1 --guarantee >/dev/null || bail 'no guarantee'
root merchant approve "$M" >/dev/null || bail 'no merchant'
SESSION=$(first id admin session list --where 'start_at>=D+20' --sort start_at --limit 1)
for n in 1 2 3; do
    tier=$(as admin tier list --where "session_id=$SESSION" -o tsv --columns id | sed -n $((n+1))p)
    offer=$(first id merchant listing create "$tier" --ask 30$n --qty 1$n) || bail 'no offer'
    as merchant listing submit "$offer" >/dev/null || bail 'no offer'
done
# The organiser has a show of its own in a hall with numbered seats.
HALL=$(first code organiser hall list)
printf 'section,row,from,to\nA,1,1,20\nA,2,1,20\nB,1,1,30\n' >"$PN_STATE/plan.csv"
root seat_plan import "$(first id organiser hall list)" "$PN_STATE/plan.csv" >/dev/null ||
    bail 'no seat plan'
as organiser show create mine --title 'Own show' --city shanghai --venue grand \
    --category DRAMA --poster https://example.org/poster.jpg \
    --notices '{"entrance":"30 minutes before the start"}' >/dev/null || bail 'no show'
as organiser session create mine-01 --show mine --hall "$HALL" --start-at 'D+30 19:30' \
    >/dev/null || bail 'no session'
for tier in a b; do
    as organiser tier create mine-01-$tier --session mine-01 --name "Tier $tier" \
        --face-price 380 --qty 30 >/dev/null || bail 'no tier'
done
# one COLUMN FILTER: of the newest order that fits.
one() { root order list --where "$2" --limit 1 -o tsv --columns "$1" | sed -n 2p; }
TAIL=$(one phone_tail 'status=ALLOCATED qty>=2')
ORDER=$(one no 'status=ALLOCATED')
export TAIL ORDER
# Three tickets for whoever stands at the gate today.
TODAY=$(first id boxoffice session list --where 'start_at>=today' --sort start_at --limit 1)
tier=$(first id boxoffice tier list --where "session_id=$TODAY")
order=$(first id boxoffice order submit --tier "$tier" --qty 3 --channel POS)
as boxoffice payment cash "$order" --tendered-fen 5000 >/dev/null || bail 'no tickets'
# code N: what the N-th ticket has as its code.
code() {
    ticket=$(as boxoffice ticket list --where "order_id=$order" -o tsv --columns id |
        sed -n $(($1 + 1))p)
    first code ops ticket code "$ticket"
}
CODE1=$(code 1) CODE2=$(code 2) CODE3=$(code 3)
TICKET=$(first ticket_no boxoffice ticket list --where "order_id=$order")
TIER=$(as admin tier list --where "session_id=$SESSION" -o tsv --columns code | sed -n 2p)
export CODE1 CODE2 CODE3 TICKET TIER HALL
"$pn" work >/dev/null 2>&1 & # what is asked for many rows is the server's work
worker=$!
"$PN_BUILDDIR/tests/tui/week" "$@"
