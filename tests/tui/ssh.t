#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ssh.t — the console at the other end of a line: what is shown when nothing says UTF-8, another
# size, the terminal of whoever leaves, and nothing that goes on when the line is cut.
set -eu
golden=$PN_SRCDIR/tests/tui/screen
sshd=$(command -v sshd || ls /usr/sbin/sshd 2>/dev/null || :)
if [ -z "$sshd" ] || ! command -v ssh >/dev/null || ! command -v tmux >/dev/null; then
    echo "1..0 # SKIP sshd, ssh or tmux is not installed"
    exit 0
fi
dir=$(mktemp -d)
panes=0
tmux="tmux -S $dir/socket0 -f /dev/null"
server=
trap '$tmux kill-server 2>/dev/null || :; [ -z "$server" ] || kill "$server" 2>/dev/null || :
      rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
mkdir "$dir/piaoniu"
echo pnt_wang >"$dir/piaoniu/token"
ssh-keygen -q -t ed25519 -N '' -f "$dir/host"
ssh-keygen -q -t ed25519 -N '' -f "$dir/key"
# Root's sshd wants it, and a container starts without.
[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
cat >"$dir/far" <<END
#!/bin/sh
# The console with an environment that knows nothing; then how it left the terminal.
echo \$\$ >"$dir/pid"
env -i TERM="\$TERM" XDG_CONFIG_HOME="$dir" PN_SANDBOX="$dir" PN_STATE="$dir" \$FAR \
    PN_DATADIR="$PN_SRCDIR/data" "$PN_BUILDDIR/tests/tui/sandbox" --seed=7 || :
stty -a >"$dir/tty"
END
chmod +x "$dir/far"

# A port that is free, as far as anybody can tell.
port=$((20000 + $$ % 20000))
for _ in 1 2 3 4 5; do
    "$sshd" -f /dev/null -D -h "$dir/host" -o "ListenAddress 127.0.0.1:$port" \
        -o "AuthorizedKeysFile $dir/key.pub" -o 'StrictModes no' -o 'UsePAM no' \
        -o "PidFile $dir/sshd.pid" -E "$dir/log" &
    server=$!
    for _ in $(seq 100); do
        grep -q 'Server listening' "$dir/log" 2>/dev/null && break 2
        kill -0 "$server" 2>/dev/null || break
        sleep 0.05
    done
    port=$((port + 1))
done

n=0
ok() { n=$((n + 1)); echo "ok $n - $1"; }
not_ok() { n=$((n + 1)); echo "not ok $n - $1"; }
try() { what=$1; shift; if "$@"; then ok "$what"; else not_ok "$what"; fi; }
# until CMD…: until it is so, at most ten seconds.
until_so() {
    for _ in $(seq 200); do
        "$@" && return 0
        sleep 0.05
    done
    return 1
}
on_screen() { $tmux capture-pane -p | grep -q -F -e "$1"; }
shown() { until_so on_screen "$1"; }
# connect [ENVIRONMENT]: a pane whose program is the line.
connect() {
    rm -f "$dir/pid" "$dir/tty"
    $tmux kill-server 2>/dev/null || :
    panes=$((panes + 1)) # the one before may be there still
    tmux="tmux -S $dir/socket$panes -f /dev/null"
    $tmux new-session -d -x 80 -y 24 "ssh -tt -p $port -i '$dir/key' -o IdentitiesOnly=yes \
        -o StrictHostKeyChecking=no -o UserKnownHostsFile='$dir/known' -o LogLevel=ERROR \
        127.0.0.1 FAR='$1' '$dir/far'; echo LEFT; cat"
    $tmux set-option -g status off
}
is_golden() {
    sed -n '2,25p' "$golden/$1.screen" >"$dir/want"
    $tmux capture-pane -p | sed 's/ *$//' >"$dir/got"
    cmp -s "$dir/want" "$dir/got"
}
same() { until_so is_golden "$1" || { diff "$dir/want" "$dir/got" | sed 's/^/# /'; false; }; }
is_wide() { $tmux capture-pane -p | grep -q "^.\{90,\}"; }
# What runs below the far end, and whether all of it is gone.
below() { ps -e -o pid= -o ppid= | awk -v of="$1" '$2 == of { print $1 }'; }
gone() { for p in $pids; do ! kill -0 "$p" 2>/dev/null || return 1; done; }
restored() { grep -q ' icanon' "$dir/tty" && grep -q ' echo ' "$dir/tty"; }

connect LC_ALL=C
try 'UTF-8 though everything says C' same today
connect ''
try 'UTF-8 though nothing says so' same today
$tmux resize-window -x 100 -y 30
try 'another size' until_so is_wide
$tmux send-keys Q
shown LEFT || :
try 'the terminal is as it was' restored
connect ''
shown Tonight || :
far=$(cat "$dir/pid")
pids="$far $(below "$far")"
for p in $(below "$far"); do pids="$pids $(below "$p")"; done
kill -9 "$(ps -o ppid= -p "$far" | tr -d ' ')"
try 'nothing goes on when the line is cut' until_so gone
connect ''
shown Tonight || :
for p in $(below "$(cat "$dir/pid")"); do kill -HUP "$p"; done
shown LEFT || :
try 'nor is the terminal lost when it is hung up' restored
echo "1..$n"
