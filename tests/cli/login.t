#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Signing in, the token, who may do what.
. "$PN_SRCDIR/tests/cli/tap.sh"
. "$PN_SRCDIR/tests/cli/season.sh"

pn login admin --password-file admin.pw
status 0 'pn login'
token=config/piaoniu/token
check 'the token lies where it should' test -s $token
check 'and only its owner can read it' test "$(stat -c %a $token)" = 600
pn whoami -o tsv --columns login
printf 'login\nadmin\n' >want
same 'pn whoami'
pn city create signed --name 署名
status 0 'the token signs later commands in'
run env PN_TOKEN="$(cat $token)" HOME=/nonexistent XDG_CONFIG_HOME=/nonexistent "$pn" whoami
gives admin 'PN_TOKEN'
chmod 644 $token
pn whoami
check 'a token others can read is warned about' grep -q 'chmod 600' err
printf 'wrong\n' >wrong.pw
pn login admin --password-file wrong.pw
status 3 'a wrong password'
pn login nobody --password-file wrong.pw
status 3 'an unknown login is refused in the same way'
run env PN_TOKEN=pnt_nonsense "$pn" whoami
status 3 'a token that is none'
run env PN_TOKEN="$(cat $token)" "$pn" city create late --name x --now 2099-01-01T00:00:00Z
says 3 'pn login' 'an expired token, and what to do'
cp $token old.token
pn logout
status 0 'pn logout'
check 'the token is forgotten' test ! -e $token
pn --token-file old.token whoami
status 3 'and revoked'
pn city create anonymous --name x
says 3 'pn login' 'nobody signed in'
pn whoami
status 3 'pn whoami of nobody'

printf 'another long password\n' >gate.pw
root staff create --login gate --name 门 --roles gate --password-file gate.pw
status 0 'a second account'
pn --token-file gate.token login gate --password-file gate.pw
pn --token-file gate.token city create gate --name x
says 3 'city create' 'not permitted'
root staff create --login admin --name x --roles ops --password-file gate.pw
status 5 'a login that is taken'
# Until a prompt stands in the file, a minute at most.
asked() {
    for _ in $(seq 600); do
        ! grep -q ': ' "$1" || return 0
        sleep 0.1
    done
}
if command -v script >/dev/null; then
    : >typed
    { asked typed; printf 'correct horse battery staple\n'; } |
        script -qec "$pn --token-file typed.token login admin" /dev/null >typed 2>&1
    check 'a password typed at the terminal' test -s typed.token
    check 'is not shown' sh -c '! grep -q "horse" typed'
else
    skip 'a password typed at the terminal' 'script is not installed'
fi
done_testing
