#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The makers' own kits judge our fakes and our engine. They are installed beside the build, at the
# versions and sums of fake/package-lock.json, without running any script of theirs.
skip() { echo "1..0 # SKIP $1"; exit 0; }
command -v node >/dev/null || skip 'node is not installed'
command -v openssl >/dev/null || skip 'openssl is not installed'
kits=$PN_BUILDDIR/tests/link/kits
src=$PN_SRCDIR/tests/link
if ! cmp -s "$src/fake/package-lock.json" "$kits/installed.json"; then
    command -v npm >/dev/null || skip "npm is not installed: the makers' kits cannot be had"
    rm -rf "$kits"
    mkdir -p "$kits"
    cp "$src/fake/package.json" "$src/fake/package-lock.json" "$kits"
    (cd "$kits" && timeout 120 npm ci --ignore-scripts --no-audit --no-fund --omit=peer) \
        >"$kits.log" 2>&1 ||
        skip "the makers' kits cannot be installed here: $(tail -n 1 "$kits.log" | cut -c 1-80)"
    cp "$src/fake/package-lock.json" "$kits/installed.json"
fi
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
TZ=Asia/Shanghai # where the kits think they are
export TZ
exec node "$src/fake/oracle.mjs" "$kits" "$src/vector" "$src/fake" "$PN_BUILDDIR/tests/link/signed"
