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
trap '"$pn" down >/dev/null 2>&1; rm -rf "$PN_STATE"' EXIT
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
# one COLUMN FILTER: of the newest order that fits.
one() { root order list --where "$2" --limit 1 -o tsv --columns "$1" | sed -n 2p; }
TAIL=$(one phone_tail 'status=ALLOCATED qty>=2')
ORDER=$(one no 'status=ALLOCATED')
export TAIL ORDER
"$PN_BUILDDIR/tests/tui/week" "$@"
