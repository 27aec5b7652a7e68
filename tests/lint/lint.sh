# SPDX-License-Identifier: Apache-2.0
# lint.sh — what every lint starts with: the tree under test, its files, verdicts as TAP.
#
# LINT_ROOT names another tree (the self-test plants its violations in one); else the sources.
set -eu
root=${LINT_ROOT:-$PN_SRCDIR}
scan=${PN_BUILDDIR}/tests/lint/scan
work=$(mktemp -d "${TMPDIR:-/tmp}/pn-lint.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$root"
: >"$work/cases"

in_git() {
    [ -z "${LINT_ROOT-}" ] && [ -e .git ] && command -v git >/dev/null &&
        git -c safe.directory='*' rev-parse --git-dir >/dev/null 2>&1
}

# Every file of the product, one a line: what git knows, or (a release, a planted tree) what is
# there.
all_files() {
    if in_git; then
        git -c safe.directory='*' ls-files
    else
        find . \( -name .git -o -name .aux -o -name autom4te.cache -o -name 'build*' -o \
            -name '_build' -o -name '_inst' -o -name .deps \) -prune -o -type f -print |
            sed 's|^\./||' |
            grep -v -x -e 'configure~*' -e 'config.h.in~*' -e Makefile.in -e aclocal.m4 |
            grep -v -e '^piaoniu-[0-9]'
    fi | while IFS= read -r f; do [ ! -f "$f" ] || printf '%s\n' "$f"; done | LC_ALL=C sort
}
all_files >"$work/files"

files() { grep -E -- "$1" "$work/files" || :; }

# count: the number of this case. Kept in a file, because verdicts run at the end of pipes.
count() {
    echo >>"$work/cases"
    wc -l <"$work/cases"
}

# verdict NAME: the findings arrive on standard input, one a line; none is a pass.
verdict() {
    cat >"$work/findings"
    if [ -s "$work/findings" ]; then
        echo "not ok $(count) - $1"
        head -n 200 "$work/findings" | sed 's/^/# /'
    else
        echo "ok $(count) - $1"
    fi
}

skipped() { echo "ok $(count) - $1 # SKIP $2"; }

finish() { echo "1..$(wc -l <"$work/cases")"; }
