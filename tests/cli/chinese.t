#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What most users read: refusals are Chinese to the last word and name their field once.
. "$PN_SRCDIR/tests/cli/tap.sh"
. "$PN_SRCDIR/tests/cli/season.sh"

zh() { root --lang zh_CN "$@"; }

zh city show 999999999
says 4 '没有城市 999999999' 'an id that is not there'
zh city show nowhere
says 4 '没有城市“nowhere”' 'a code that is not there'
zh venue create x --name x --city nowhere
says 4 '没有城市“nowhere”' 'a column that refers to something'
zh tier show 999999999
says 4 '没有票档 999999999' 'an id of another noun'
zh print show 999999999
says 4 '没有打印任务 999999999' 'an id that the library prints by itself'
zh city create shanghai --name 上海
says 5 '城市' 'a code that is taken'
root city show 999999999
says 4 'There is no city 999999999' 'in English it is the noun, not the title of its list'
zh show list --status NOPE
says 2 '--status: “NOPE”无效，应为 ' 'a word that is none'
check 'its column is named once' sh -c '! grep -q status： err && ! grep -q "status: status" err'
check 'what would do is listed' grep -q 'ARCHIVED 之一' err
zh show list --limit abc
says 2 '--limit: “abc”无效，应为整数' 'a number that is none'
zh city create
says 2 '--code 必填' 'a column that is missing'
printf 'code,name\nsuzhou,苏州\n' >city.csv
zh city import city.csv
check 'a row that was made is not a time' grep -q 'suzhou  已新增' out

# A state is told by a state. Labels of times and amounts may use the same English word.
find "$PN_SRCDIR/lib" -name '*.[ch]' -exec cat {} + |
    grep -oE 'W\([A-Z_0-9]+, [A-Z_0-9]+, N_\("[^"]+"\)' |
    sed 's/.*N_("\(.*\)")/\1/' | sort -u >states
cat "$PN_SRCDIR"/data/po/zh_CN.d/*.po | sed -n 's/^msgid "\(.*\)"$/\1/p; s/^msgstr "\(.*\)"$/\1/p' |
    paste - - >pairs 2>/dev/null || :
awk -F '\t' 'NR == FNR { is[$0]; next } $1 in is && $2 ~ /时间$|^剩余$|登录名/' states pairs >out
check 'there are states to look at' test -s states
check 'no state is called a time' test ! -s out
done_testing
