#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The database goes away before, during and after a command: status and message tell which.
. "$PN_SRCDIR/tests/cli/tap.sh"
. "$PN_SRCDIR/tests/cli/season.sh"
sound=$PN_DSN
base=$(printf '%s' "$sound" | sed -n "s/.*dbname='\{0,1\}\([^' ]*\).*/\1/p")
socket=$(printf '%s' "$sound" | sed -n "s/.*host='\{0,1\}\([^' ]*\).*/\1/p")/.s.PGSQL.5432
[ -S "$socket" ] || { echo "1..0 # SKIP the test server has no unix socket"; exit 0; }

PN_DSN="host=$work dbname=$base user=app"
root city create gone --name 没有
says 7 'Nothing was changed' 'before: the message says that nothing was changed'
PN_DSN=$sound
root city list --code gone -o tsv
check 'nothing was changed indeed' sh -c '! grep -q gone out'

cut_start() {
    rm -f .s.PGSQL.5432
    "$PN_BUILDDIR/tests/cli/cut" "$work/.s.PGSQL.5432" "$socket" "$1" "$2" >cut.out &
    cut=$!
    for i in 1 2 3 4 5 6 7 8 9 10; do
        grep -q ready cut.out && break
        sleep 0.1
    done
    PN_DSN="host=$work dbname=$base user=app"
}
cut_stop() {
    kill "$cut"
    wait "$cut" 2>/dev/null
    PN_DSN=$sound
}

cut_start 'insert into city' dead
root city create halfway --name 半路
says 7 'pn: city create' 'during: the status says database'
cut_stop
root city list --code halfway -o tsv
check 'during: nothing was changed' sh -c '! grep -q halfway out'

cut_start commit dead
root city create late --name 迟到 --idempotency-key late-1
says 7 '--idempotency-key late-1' 'after: the result is unknown, and how to learn it'
cut_stop
root city create late --name 迟到 --idempotency-key late-1 --columns code -o tsv
gives late 'the same command with the key tells the result'
root city list --code late --columns code -o tsv
printf 'code\nlate\n' >want
same 'and it was done once'

cut_start commit once
root city create twice --name 两次 --columns code -o tsv
gives twice 'after: with the database back at once the command learns it itself'
cut_stop
root city list --code twice --columns code -o tsv
printf 'code\ntwice\n' >want
same 'done once there too'
sound=$PN_DSN
PN_DSN="$sound dbname=postgres" # the last word of a connection string counts
pn --as-system city list
says 70 'run: pn migrate' 'a database without our tables: what to do about it'
check 'and what is wrong' grep -q '^pn: city list: The database lacks what this program needs' err
pn --as-system job run pay_poll
says 70 'run: pn migrate' 'the same where the first thing that is missing is a number'
pn --as-system doctor
check 'the doctor says so, too' grep -q 'run: pn migrate' out
PN_DSN=$sound
done_testing
