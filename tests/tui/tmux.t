#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tmux.t — a second emulator sees the same grid as the golden screens, which libvterm drew.
set -eu
golden=$PN_SRCDIR/tests/tui/screen
if ! command -v tmux >/dev/null; then
    echo "1..0 # SKIP tmux is not installed"
    exit 0
fi
dir=$(mktemp -d)
server="tmux -S $dir/socket -f /dev/null"
trap '$server kill-server 2>/dev/null || :; rm -rf "$dir"' EXIT
mkdir "$dir/piaoniu"
echo pnt_wang >"$dir/piaoniu/token"

# shown TEXT: until the pane shows it, at most ten seconds.
shown() {
    for _ in $(seq 200); do
        $server capture-pane -p | grep -q -F -e "$1" && return 0
        sleep 0.05
    done
    return 1
}

# same NAME: the pane is the grid of that golden screen.
same() {
    sed -n '2,25p' "$golden/$1.screen" >"$dir/want"
    $server capture-pane -p | sed 's/ *$//' >"$dir/got"
    n=$((n + 1))
    if cmp -s "$dir/want" "$dir/got"; then
        echo "ok $n - $1"
    else
        echo "not ok $n - $1"
        diff "$dir/want" "$dir/got" | sed 's/^/# /'
    fi
}

n=0
$server new-session -d -x 80 -y 24 \
    "LC_ALL=C.UTF-8 XDG_CONFIG_HOME=$dir PN_SANDBOX=$dir PN_STATE=$dir \
    '$PN_BUILDDIR/tests/tui/sandbox' --seed=7"
$server set-option -g status off
shown Tonight
same today
$server send-keys 2
shown '1/100+'
$server send-keys Down
shown '2/100+'
$server send-keys Down
shown '3/100+'
same shows-tmux
$server send-keys 3
shown '1/100+'
$server send-keys Enter
shown 'Timeline (3)'
same order
$server send-keys 5
shown 'Scan a ticket'
for key in a b 2; do
    $server send-keys $key
    sleep 0.1
done
$server send-keys Enter
shown 'Used before'
same gate-stop
echo "1..$n"
