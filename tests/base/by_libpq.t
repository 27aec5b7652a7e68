#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the base does with a database, once more by libpq: a server on this machine is spoken to
# without it, unless the environment says something that only libpq understands.
: "${PN_BUILDDIR:?}"
PGAPPNAME=piaoniu
export PGAPPNAME
n=0 failed=0
for test in sql call list batch together wire; do
    n=$((n + 1))
    if "$PN_BUILDDIR/tests/base/$test" >"/tmp/pn-libpq.$$" 2>&1; then
        echo "ok $n - $test by libpq"
    else
        echo "not ok $n - $test by libpq"
        sed 's/^/# /' "/tmp/pn-libpq.$$" | grep -v '^# ok' | tail -n 40
        failed=1
    fi
done
rm -f "/tmp/pn-libpq.$$"
echo "1..$n"
exit $failed
