# SPDX-License-Identifier: Apache-2.0
# history.awk — a history for git fast-import like the one tig was first measured with: -v n=18729
# commits. That is neomutt's: 1,020 merges, 418 bytes a commit in the raw log, 512 authors and 228
# committers of very different diligence, half of the messages one line, 2,606 tags and branches.
# Words that are always the same are read a sixth faster: here they come as often as words do.
function chance(below) {
    return int(rand() * below)
}
# The n-th most usual of many, in proportion to 1/n.
function usual(many) {
    return int(exp(rand() * log(many)))
}
function line(many,   text) {
    for (text = words[usual(3000)]; many > 1; many--)
        text = text " " words[usual(3000)]
    return text
}
function message(   text, i) {
    text = words[usual(3000)] ": " line(3 + chance(6)) "\n"
    if (rand() < 0.46)
        for (i = usual(20); i > 0; i--)
            text = text (i % 4 ? "" : "\n") line(6 + chance(5)) "\n"
    return text
}
function person(at) {
    return sprintf("%s %s <%s%d@example.org>", words[at * 7 % 2900 + 1], words[at * 13 % 2900 + 1],
                   words[at * 7 % 2900 + 1], at)
}
function commit(branch, at, from, merge,   text) {
    text = message()
    when += chance(1200)
    printf "commit refs/heads/%s\nmark :%d\nauthor %s %d +0800\ncommitter %s %d +0800\n" \
           "data %d\n%s", branch, at, person(usual(512)), when, person(usual(228)),
           when + chance(600), length(text), text
    if (from)
        printf "from :%d\n", from
    if (merge)
        printf "merge :%d\n", merge
    print ""
    if (at % 7 == 3)
        printf "reset refs/tags/v%d\nfrom :%d\n\n", at, at
}
BEGIN {
    srand(1)
    when = 1500000000
    syllables = split("ba co de fi gu la me ni po ra se ti vu sh ch st or an er in", part)
    for (i = 1; i <= 3000; i++)
        for (rest = i; rest; rest = int(rest / syllables))
            words[i] = words[i] part[rest % syllables + 1]
    for (i = 1; i <= n; i++)
        if (i % 18 == 0)
            commit("side", i, i - 3)
        else if (i % 18 == 1 && i > 1)
            commit("master", i, i - 2, i - 1)
        else
            commit("master", i, i > 1 ? i - 1 : 0)
}
