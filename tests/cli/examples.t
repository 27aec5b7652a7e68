#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every example of the help is a command that works as it stands: its verb, flags, columns and
# values are understood. That a show called hamlet is not there is no fault of the example.
. "$PN_SRCDIR/tests/cli/tap.sh"
. "$PN_SRCDIR/tests/cli/season.sh"

operations >ops
while read -r noun verb; do
    "$pn" "$noun" "$verb" --help | sed -n '/^Example:/{n;s/^ *//p;}'
done <ops >examples
check 'there are examples' test "$(wc -l <examples)" -gt 60
pn() { run "$pn" "$@" --token-file "$work/admin.token" --dry-run; }
bad=
while IFS= read -r example; do
    eval "$example"
    case $rc in
    0 | 3 | 4 | 5 | 74) continue ;; # not there, not now, no such file
    esac
    grep -q 'is missing: give --' err && continue # a secret, asked for at a terminal
    printf '%s: %s\n' "$example" "$(head -n 1 err)" >>wrong
    bad="$bad $rc"
done <examples
cat wrong >err 2>/dev/null || : >err
check "every example is understood$bad" test ! -s wrong

root session open-sale nowhere
says 4 'no session' 'a verb may be typed with dashes, as a flag is'
done_testing
