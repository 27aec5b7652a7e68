#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The demo as a stranger starts it: a database of its own, a season, servers, and the tour, each
# step of which is a case here. Then once more, and away with it.
. "$PN_SRCDIR/tests/cli/tap.sh"
command -v zbarimg >/dev/null || { echo '1..0 # SKIP zbarimg is not installed'; exit 0; }
work_state=$(mktemp -d /tmp/pn-demo.XXXXXX) # a short path: a socket lives in it
[ "$(id -u)" != 0 ] || chmod 755 "$work_state"
port=$((20000 + $$ % 20000))
cat >piaoniu.yaml <<END
staff:
  password_effort: low
http:
  port: $port
END
PN_CONF=$work/piaoniu.yaml PN_STATE=$work_state
export PN_CONF PN_STATE
away() {
    "$pn" demo stop >/dev/null 2>&1
    rm -rf "$work_state"
    finish
}
trap away EXIT

pn demo start
status 0 'pn demo start without a terminal ends with the status of the tour'
while read -r line; do
    case $line in
    '['*✓*) result 0 "tour: ${line#*✓ }" ;;
    '['*✗*) result 1 "tour: ${line#*✗ }" ;;
    esac
done <out
check 'the tour came to its end' grep -q 'The tour is complete' out
check 'the passwords are for the owner only' \
    test "$(stat -c %a "$work_state/demo-accounts.txt")" = 600
check 'five accounts' test "$(wc -l <"$work_state/demo-accounts.txt")" = 5
show_count() {
    "$pn" --token-file "$work_state/demo-admin.token" "$@" --all -o tsv | sed 1d | wc -l
}
at_least() { [ "$1" -ge "$2" ]; }
check 'most sessions are on sale' \
    at_least "$(show_count session list --status ON_SALE --columns id)" 300
check 'a few drafts are left' at_least "$(show_count show list --status DRAFT --columns id)" 2
check 'orders of every kind are there' at_least "$(show_count order list --columns id)" 60
for state in ALLOCATED CLOSED PENDING_PAY; do
    check "some are $state" at_least "$(show_count order list --status $state --columns id)" 5
done
check 'every hall has its gate' at_least "$(show_count gate list --columns id)" 29
pn --token-file "$work_state/demo-admin.token" printer show counter-1 -o tsv --columns state
gives ACTIVE 'a printer is at hand'
pn status -o tsv --columns state
gives UP 'the database runs'
if command -v curl >/dev/null; then
    healthy() {
        for i in 1 2 3 4 5 6 7 8 9 10; do
            curl -fs "$1" && return
            sleep 0.3
        done
        return 1
    }
    check 'piaoniud answers' healthy "http://127.0.0.1:$port/healthz"
else
    skip 'piaoniud answers' 'curl is not installed'
fi
# Another merchant's rows are not there for a merchant.
admin() { pn --token-file "$work_state/demo-admin.token" "$@"; }
admin order list --columns no -o tsv
order=$(tail -n 1 out)
printf 'a long enough password\n' >merchant.pw
admin staff create elsewhere --name 别家 --roles merchant --merchant 77 --password-file merchant.pw
status 0 'an account of a merchant'
pn --token-file merchant.token login elsewhere --password-file merchant.pw
pn --token-file merchant.token order show "$order"
check "another merchant's order is refused ($rc)" sh -c "test $rc = 3 || test $rc = 4"
check 'and nothing of it is shown' sh -c '! grep -q 龘 out'
admin order show "$order"
gives "$order" 'while the administrator sees it'
# The counter of the console: six keys sell two tickets and print them.
at_counter() {
    TERM=xterm-256color "$PN_BUILDDIR/tests/tui/shot" 80x24 counter.svg "$1" "$2" \
        "$PN_BUILDDIR/tui/piaoniu" --token-file "$work_state/demo-boxoffice.token"
}
check 'the counter says what Enter does' at_counter '4 Enter 1 1 Enter' 'Enter sells and prints'
check 'six keys sell and print' at_counter '4 Enter 1 1 Enter Enter' 'Printed: Confirmed'
admin ticket list --limit 2 -o tsv --columns state,print_no
golden 'two tickets, each on paper' <<'END'
state	print_no
ISSUED	1
ISSUED	1
END
first=$(cat "$work_state/demo-work.pid")
kill "$(cat "$work_state/demo-piaoniud.pid")"
sleep 0.5
cp "$work_state/demo-accounts.txt" accounts
pn demo load
status 0 'pn demo load again'
check 'changes no password' cmp accounts "$work_state/demo-accounts.txt"
check 'and imports nothing twice' test ! -s out
pn demo start
status 0 'pn demo start again'
check 'the worker is still the first one' test "$(cat "$work_state/demo-work.pid")" = "$first"
check 'the server that had died runs again' kill -0 "$(cat "$work_state/demo-piaoniud.pid")"
rm "$work_state/demo-accounts.txt"
pn demo load
status 0 'lost passwords'
check 'are replaced' test "$(wc -l <"$work_state/demo-accounts.txt")" = 5
pn demo stop
status 0 'pn demo stop'
pn status
status 3 'the database is down'
check 'the worker is gone' sh -c "! grep -q '^State:.[^Z]' /proc/$first/status" # or unburied
pn demo dance
says 2 'load, tour, start or stop' 'an unknown part of the demo'
done_testing
