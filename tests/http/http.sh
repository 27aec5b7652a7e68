# SPDX-License-Identifier: Apache-2.0
# http.sh: what the shell tests of piaoniud share, on top of those of `pn`. `http METHOD PATH`
# leaves the status in $rc, the headers in head, the body in out.
. "$PN_SRCDIR/tests/cli/tap.sh"
PN_STATE=$work/state # keys of this run alone, whoever runs it
export PN_STATE
daemon=

# serve ARG…: start piaoniud on a free port and wait until it listens; $base is its address.
serve() {
    rm -f port
    "$PN_BUILDDIR/http/piaoniud" --port 0 --port-file port "$@" 2>>daemon.log &
    daemon=$!
    i=0
    while [ ! -s port ]; do
        i=$((i + 1))
        if [ $i -gt 200 ] || ! kill -0 "$daemon" 2>/dev/null; then
            sed 's/^/# /' daemon.log
            echo "Bail out! piaoniud did not start"
            exit 1
        fi
        sleep 0.05
    done
    base=http://127.0.0.1:$(cat port)
}

# Ask it to stop; $rc is its exit status.
quit() {
    rc=0
    [ -z "$daemon" ] || { kill -TERM "$daemon" && wait "$daemon"; } || rc=$?
    daemon=
}
trap 'quit 2>/dev/null; finish' EXIT

http() {
    method=$1 path=$2
    shift 2
    : >head >out
    rc=$(curl -s -m 30 -g -X "$method" -D head -o out -w '%{http_code}' "$@" "$base$path" 2>err) ||
        rc="curl $?, $rc"
}
# The same as somebody who may do everything, with a body of JSON when there is a third argument.
admin() {
    method=$1 path=$2
    shift 2
    if [ $# -gt 0 ]; then
        body=$1
        shift
        set -- --data-binary "$body" -H 'Content-Type: application/json' "$@"
    fi
    http "$method" "$path" -H "Authorization: Bearer $(cat admin.token)" "$@"
}

# answers STATUS TEXT NAME: the status, and a text in the body.
answers() { [ "$rc" = "$1" ] && grep -q -F -e "$2" out; result $? "$3"; }
# head_has REGEX NAME: a header line of the answer, in any case.
head_has() { tr -d '\r' <head | grep -q -i -E -e "$1"; result $? "$2"; }
# problem STATUS CODE FIELD NAME: a refusal as the manual describes it ("-": no field).
problem() {
    [ "$rc" = "$1" ] && tr -d '\r' <head | grep -q -i '^content-type: application/problem+json$' &&
        grep -q -F -e "\"status\":$1,\"code\":\"$2\"" out &&
        { [ "$3" = - ] || grep -q -F -e "\"field\":\"$3\"" out; }
    result $? "$4"
}
header() { tr -d '\r' <head | sed -n "s/^$1: //Ip"; }
# The value of a text or number member of the answer's first object.
member() { tr -d '\n' <out | sed -n "s/^[^}]*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }
sql() { psql -X -A -t -q -d "$PN_DSN" -c "$1"; }
