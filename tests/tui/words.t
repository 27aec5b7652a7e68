#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every room in Chinese, and the first record of each: no value is a word as it is stored, none is
# the number of somebody who works here. The stored words are those of the service's description.
set -u
PN_STATE=$(mktemp -d /tmp/pn-words.XXXXXX) # a short path: a socket lives in it
PN_CONF=$PN_STATE/piaoniu.yaml
LC_ALL=C.UTF-8 HOME=$PN_STATE XDG_CONFIG_HOME=$PN_STATE/as
export PN_STATE PN_CONF LC_ALL HOME XDG_CONFIG_HOME
unset PN_DSN PN_TOKEN
pn=$PN_BUILDDIR/cli/pn console=$PN_BUILDDIR/tui/piaoniu
[ "$(id -u)" != 0 ] || chmod 755 "$PN_STATE"
printf 'staff:\n  password_effort: low\n' >"$PN_CONF"
trap '"$pn" down >/dev/null 2>&1; rm -rf "$PN_STATE"' EXIT
trap 'exit 1' INT TERM HUP
bail() { echo "Bail out! $*"; exit 1; }

"$pn" up >/dev/null 2>&1 && "$pn" migrate >/dev/null 2>&1 || bail 'no database'
"$pn" demo load >/dev/null 2>&1 || bail 'no demo'
mkdir -p "$XDG_CONFIG_HOME"
sed -n 's/^admin *\([^ ]*\).*/\1/p' "$PN_STATE/demo-accounts.txt" >"$PN_STATE/pw"
"$pn" login admin --password-file "$PN_STATE/pw" >/dev/null || bail 'admin cannot sign in'
"$pn" merchant apply niupiao --kind PRO --name 牛票 >/dev/null || bail 'no merchant'
"$pn" staff list -o tsv --columns id | sed 1d >"$PN_STATE/staff"
"$pn" bulk begin staff unlock --rows \
    "[{\"key\":\"$(sed -n 2p "$PN_STATE/staff")\",\"name\":\"x\"}]" >/dev/null || bail 'no work'
"$pn" work --once >/dev/null 2>&1

# One a line: what a column may hold, of every column with words of its own.
grep -o '"enum": *\[[^]]*\]' "$PN_SRCDIR/data/openapi.json" | grep -o '"[A-Z][A-Z_]*"' |
    tr -d '"' | sort -u >"$PN_STATE/words"
sed -n 's/.*W([A-Z_]*, \([A-Z_]*\), N_.*/\1/p; s/^ROLE(\([A-Z]*\),.*/\1/p' \
    "$PN_SRCDIR"/lib/*/*.[hc] "$PN_SRCDIR"/lib/base/role.def >>"$PN_STATE/words"
printf '%s\n' CAPTURED PLAIN PENDING POST VOID >>"$PN_STATE/words"
[ "$(grep -c . "$PN_STATE/words")" -gt 200 ] || bail 'no words'

# A line is "label: value"; what people have named themselves is theirs.
stored() {
    sed -n 's/^ *\([^:]*\): \(.*\)/\1	\2/p' |
        awk -F'\t' -v words="$PN_STATE/words" -v staff="$PN_STATE/staff" '
            BEGIN { while ((getline w < words) > 0) word[w] = 1
                    while ((getline s < staff) > 0) who[s] = 1 }
            $1 ~ /^键$|名称|票档|座位|代码|区/ { next }
            { n = split($2, part, " ")
              for (i = 1; i <= n; i++)
                  if (part[i] in word) print $1 ": " $2
              if ($2 in who && $1 !~ /编号/) print $1 ": " $2 }' | sort -u
}

n=0 bad=0
look() { # NAME COMMAND
    n=$((n + 1))
    LANGUAGE=zh_CN "$console" --plain "$2" </dev/null >"$PN_STATE/out" 2>"$PN_STATE/err"
    stored <"$PN_STATE/out" >"$PN_STATE/found"
    if [ -s "$PN_STATE/found" ]; then
        echo "not ok $n - $1"
        sed 's/^/# /' "$PN_STATE/found" | head -5
        bad=1
    else
        echo "ok $n - $1"
    fi
}
# Is the check one at all?
printf '  状态: CAPTURED\n  员工: %s\n  状态: 已付\n' "$(sed -n 1p "$PN_STATE/staff")" | stored |
    grep -c . | grep -qx 2 || bail 'the check finds nothing'

LANGUAGE=zh_CN "$console" --plain 'pn audit list' </dev/null | grep -q '操作: [^a-z]*$' ||
    bail 'nothing is in Chinese'
for room in $(sed -n 's/^ROOM([^,]*, *"\([^"]*\)".*/\1/p' "$PN_SRCDIR/tui/rooms.def" |
    tr ' ' '+' | sort -u); do
    case $room in *+*) list=$(echo "$room" | tr '+' ' ') ;; *) list="$room list" ;; esac
    look "$list" "pn $list"
    case $room in *+*) continue ;; esac
    key=$("$pn" $list --limit 1 -o json 2>/dev/null | grep -o '"id": *[0-9]*' | head -1 |
        tr -dc 0-9)
    [ -z "$key" ] || look "$room show" "pn $room show $key"
done
echo "1..$n"
exit $bad
