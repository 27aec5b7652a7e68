# SPDX-License-Identifier: Apache-2.0
# history.awk — a history for git fast-import like the one tig was first measured with (neomutt's:
# 18,729 commits, 1,020 of them merges, 418 bytes each in the raw log): -v n=18729.
function commit(branch, at, from, merge, text) {
    text = sprintf("order: what was placed on day %05d is paid\n\nWho waited was told when the hold " \
                   "ran out, and the\nplaces went to who stood next.\n", at)
    printf "commit refs/heads/%s\nmark :%d\nauthor Somebody %03d <someone%03d@example.org> %d" \
           " +0800\ncommitter Somebody %02d <someone%02d@example.org> %d +0800\ndata %d\n%s", branch,
           at, at % 211, at % 211, 1500000000 + at * 600, at % 31, at % 31, 1500000300 + at * 600,
           length(text), text
    if (from)
        printf "from :%d\n", from
    if (merge)
        printf "merge :%d\n", merge
    print ""
}
BEGIN {
    for (i = 1; i <= n; i++)
        if (i % 18 == 0)
            commit("side", i, i - 3)
        else if (i % 18 == 1 && i > 1)
            commit("master", i, i - 2, i - 1)
        else
            commit("master", i, i > 1 ? i - 1 : 0)
}
