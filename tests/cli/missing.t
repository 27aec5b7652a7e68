#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Libraries that are loaded when they are needed: without them everything else goes on, and what
# needs one says which and how to get it. An empty file in their place is found and cannot be loaded.
. "$PN_SRCDIR/tests/cli/tap.sh"
. "$PN_SRCDIR/tests/cli/season.sh"
mkdir none
# without LIBRARY…: pn where these are missing, ARGS in $args.
without() {
    rm -f none/*
    for so in "$@"; do : >"none/$so"; done
    run env LD_LIBRARY_PATH="$work/none:$LD_LIBRARY_PATH" "$pn" $args
}
LD_LIBRARY_PATH=${LD_LIBRARY_PATH:-}

args='city list'
without
status 0 'nothing is missing: the database is asked'
without libpq.so.5
says 7 'libpq.so.5' 'without libpq the database cannot be reached'
says 7 'install libpq5' '... and one reads what to install'
args='migrate'
without libpq.so.5
says 7 'install libpq5' '... whoever wants a connection'
args='city list'
without libcrypto.so.3
says 78 'libcrypto.so.3' 'without libcrypto nothing begins'
grep -q -F 'Install libssl3' err
result $? '... and one reads what to install'

args='city list --help'
without libpq.so.5 libcrypto.so.3 libcurl.so.4 libcurl-gnutls.so.4 libxlsxwriter.so.4
gives 'pn city list' 'help needs none of them'
args='--version'
without libpq.so.5 libcurl.so.4 libcurl-gnutls.so.4 libxlsxwriter.so.4
gives 'piaoniu ' '... nor does the version'

args='--token-file admin.token city list -o xlsx'
without libxlsxwriter.so.4
says 74 'install libxlsxwriter4' 'without libxlsxwriter there are no spreadsheets'
[ ! -s out ]
result $? '... and not half of one'

# Nothing of them is loaded before it is needed: what a start costs is what it loads.
args='--help'
run env LD_DEBUG=files "$pn" --help
! grep -q -E 'calling init:.*/lib(pq|curl|crypto|xlsxwriter|archive|icui18n|pangocairo|cairo)' err
result $? 'help loads none of them'
done_testing
