# SPDX-License-Identifier: Apache-2.0
# tap.sh: what the shell tests of `pn` share. `run CMD…` leaves $rc and the files out and err;
# the checks below print one TAP line each.
set -u
: "${PN_SRCDIR:?}" "${PN_BUILDDIR:?}"
LC_ALL=C.UTF-8
LANGUAGE=en
NO_COLOR=
export LC_ALL LANGUAGE NO_COLOR
unset LANG PN_CONF PN_TOKEN PN_DSN
work=$(mktemp -d "${TMPDIR:-/tmp}/pn-cli.XXXXXX")
XDG_CONFIG_HOME=$work/config HOME=$work XDG_STATE_HOME=$work/state
export XDG_CONFIG_HOME HOME XDG_STATE_HOME
cd "$work" || exit 1
# The program itself, not the script that libtool puts before it.
pn=$PN_BUILDDIR/cli/pn
if [ -x "$PN_BUILDDIR/cli/.libs/pn" ]; then
    pn=$PN_BUILDDIR/cli/.libs/pn
    LD_LIBRARY_PATH=$PN_BUILDDIR/lib/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    export LD_LIBRARY_PATH
fi
# Passwords are hashed cheaply: what they cost is the business of other tests.
printf 'staff:\n  password_effort: low\n' >piaoniu.yaml
testdb=$PN_BUILDDIR/tests/testdb
n=0 failed=0

finish() {
    [ -z "${PN_DSN:-}" ] || "$testdb" drop "$PN_DSN" >/dev/null 2>&1
    cd / && rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

# A database of this script's own.
database() {
    PN_DSN=$("$testdb" new) || { echo "Bail out! no test database"; exit 1; }
    export PN_DSN
}

run() {
    rc=0
    "$@" >out 2>err </dev/null || rc=$?
}

pn() { run "$pn" "$@"; }
# As somebody who may do everything.
root() { run "$pn" --token-file "$work/admin.token" "$@"; }

result() {
    n=$((n + 1))
    if [ "$1" = 0 ]; then
        echo "ok $n - $2"
        return
    fi
    echo "not ok $n - $2"
    failed=$((failed + 1))
    { echo "status ${rc:-?}"; head -c 2000 out; echo "-- stderr"; head -c 2000 err; } |
        sed 's/^/#  /'
}

status() { [ "$rc" = "$1" ]; result $? "$2"; }
# says STATUS TEXT NAME: exit status and a text on standard error.
says() { [ "$rc" = "$1" ] && grep -q -F -e "$2" err; result $? "$3"; }
# gives TEXT NAME: status 0 and a text on standard output.
gives() { [ "$rc" = 0 ] && grep -q -F -e "$1" out; result $? "$2"; }
# golden NAME <<EXPECTED: status 0 and exactly this on standard output. `same` has it in a file.
golden() {
    cat >want
    same "$1"
}
same() {
    if [ "$rc" = 0 ] && cmp -s want out; then
        result 0 "$1"
    else
        result 1 "$1"
        diff -u want out | sed 's/^/#  /'
    fi
}
# check NAME CMD…: the command works; what the program said stays in out and err.
check() { this=$1; shift; "$@" >check.out 2>&1; result $? "$this"; }
skip() { n=$((n + 1)); echo "ok $n - $1 # SKIP $2"; }
done_testing() { echo "1..$n"; [ "$failed" = 0 ]; exit; }

# Every operation as "NOUN VERB" lines, from the program itself.
operations() {
    "$pn" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\).*/\1/p' >commands
    "$pn" __complete -- '' | cut -f1 | grep -v -x -F -f commands | while read -r noun; do
        "$pn" __complete -- "$noun" '' | cut -f1 | sed "s/^/$noun /"
    done
}
