#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The README's pictures are the console as it is: made again, each is the one in the tree, byte by
# byte. When one is not, `make screenshots` makes them anew.
set -u
# A sanitizer wants to be loaded first, and the picture would be the same.
[ -z "${PN_SANITIZED-}" ] || { echo '1..0 # SKIP a clock cannot be put before a sanitizer'; exit 0; }
work=$(mktemp -d /tmp/pn-pictures.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
"$PN_SRCDIR/tests/tui/screenshots" en "$work" >"$work/log" 2>&1 || {
    sed 's/^/# /' "$work/log"
    echo 'Bail out! the pictures cannot be made'
    exit 1
}
# What a picture says, a row a line, without the places of the characters.
text() {
    awk -F'"' '/^<text/ {
        if ($4 != last && last)
            print row
        if ($4 != last)
            row = ""
        last = $4
        sub(/^[^>]*>/, "")
        sub(/<\/text>$/, "")
        row = row $0
    } END { print row }' "$1"
}
n=0
for made in "$work"/*.svg; do
    n=$((n + 1)) name=${made##*/}
    if cmp -s "$made" "$PN_SRCDIR/man/screens/$name"; then
        echo "ok $n - $name"
    else
        echo "not ok $n - $name is not the console as it is: make screenshots"
        text "$made" >"$work/is"
        text "$PN_SRCDIR/man/screens/$name" >"$work/was" 2>&1
        diff "$work/was" "$work/is" | head -n 12 | sed 's/^/# /'
    fi
done
for old in "$PN_SRCDIR"/man/screens/*.svg; do
    n=$((n + 1)) name=${old##*/}
    [ -f "$work/$name" ] && echo "ok $n - $name is made" || echo "not ok $n - nothing makes $name"
done
echo "1..$n"
