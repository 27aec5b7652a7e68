#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# oracle.t — what libvterm sees of the console, xterm.js and tmux see as well: the same bytes, cell
# by cell. xterm.js is installed beside the build at the version and sum of package-lock.json,
# without running any script of its makers.
skip() { echo "1..0 # SKIP $1"; exit 0; }
command -v node >/dev/null || skip 'node is not installed'
kits=$PN_BUILDDIR/tests/tui/kits
src=$PN_SRCDIR/tests/tui/emulators
if ! cmp -s "$src/package-lock.json" "$kits/installed.json"; then
    command -v npm >/dev/null || skip 'npm is not installed: xterm.js cannot be had'
    rm -rf "$kits"
    mkdir -p "$kits"
    cp "$src/package.json" "$src/package-lock.json" "$kits"
    (cd "$kits" && timeout 120 npm ci --ignore-scripts --no-audit --no-fund) >"$kits.log" 2>&1 ||
        skip "xterm.js cannot be installed here: $(tail -n 1 "$kits.log" | cut -c 1-80)"
    cp "$src/package-lock.json" "$kits/installed.json"
fi
dir=$(mktemp -d)
echo "set-option -g status off" >"$dir/conf"
server="tmux -S $dir/socket -f $dir/conf"
trap '$server kill-server 2>/dev/null || :; rm -rf "$dir"' EXIT
PN_RECORD=$dir "$PN_BUILDDIR/tests/tui/matrix" >"$dir/log" 2>&1 ||
    { sed 's/^/# /' "$dir/log"; echo 'not ok 1 - recording'; echo 1..1; exit 1; }

# Let tmux draw NAME-COLS.bytes in a pane of that size and keep what it shows. Its answer to a
# question at the end says that all before has been drawn.
replay() {
    cols=${1##*-}
    case $cols in 80) rows=24 ;; 120) rows=40 ;; *) rows=60 ;; esac
    $server new-session -d -s "$1" -x "$cols" -y "$rows" "stty raw -echo; cat '$dir/$1.bytes'
        printf '\033[c'; until [ \"\$(dd bs=1 count=1 2>/dev/null)\" = c ]; do :; done
        touch '$dir/$1.done'; exec sleep 60"
    for _ in $(seq 400); do
        [ ! -f "$dir/$1.done" ] || break
        sleep 0.05
    done
    $server capture-pane -t "$1" -p -e -N >"$dir/$1.tmux"
    $server kill-session -t "$1"
}
if command -v tmux >/dev/null; then
    $server new-session -d -s stay 'exec sleep 600' # the server ends with its last session
    for bytes in "$dir"/*.bytes; do
        name=${bytes##*/}
        replay "${name%.bytes}"
    done
else
    echo '# tmux is not installed: only xterm.js is asked'
fi
exec node "$src/compare.mjs" "$kits" "$dir"
