#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The five formats, widths, pipes: what a script or a person gets.
. "$PN_SRCDIR/tests/cli/tap.sh"
. "$PN_SRCDIR/tests/cli/season.sh"

cols=code,name,hot,sort
root city list --columns $cols --sort sort
golden 'table: aligned by columns of the screen' <<'END'
Code      Name              Hot  Sort
shanghai  上海              yes     1
beijing   北京, "首都"      no      2
urumqi    乌鲁木齐市天山区  no     30
END
root city list --columns $cols --sort sort -o csv
printf '%s\r\n' 'code,name,hot,sort' 'shanghai,上海,true,1' 'beijing,"北京, ""首都""",false,2' \
    'urumqi,乌鲁木齐市天山区,false,30' >want
same 'csv: RFC 4180'
root city list --columns $cols --sort sort -o csv --bom
check 'csv --bom starts with the mark' sh -c 'head -c 3 out | od -An -tx1 | grep -q "ef bb bf"'
root city list --columns $cols --sort sort -o tsv
printf '%s\t%s\t%s\t%s\n' code name hot sort shanghai 上海 true 1 beijing '北京, "首都"' false 2 \
    urumqi 乌鲁木齐市天山区 false 30 >want
same tsv
root city list --columns code,name --sort sort -o jsonl
golden jsonl <<'END'
{"code":"shanghai","name":"上海"}
{"code":"beijing","name":"北京, \"首都\""}
{"code":"urumqi","name":"乌鲁木齐市天山区"}
END
root city list --columns code,name --sort sort -o json
golden 'json of a list: rows and next' <<'END'
{
  "rows": [
    {
      "code": "shanghai",
      "name": "上海"
    },
    {
      "code": "beijing",
      "name": "北京, \"首都\""
    },
    {
      "code": "urumqi",
      "name": "乌鲁木齐市天山区"
    }
  ],
  "next": null
}
END
root city list -q nowhere -o json
golden 'json of an empty list' <<'END'
{
  "rows": [],
  "next": null
}
END
root city list -q nowhere --columns code -o csv
printf 'code\r\n' >want
same 'csv of an empty list is its header'
root city show beijing --columns code,name -o json
golden 'json of one' <<'END'
{
  "code": "beijing",
  "name": "北京, \"首都\""
}
END
root city show beijing --columns code,name,sort
golden 'table of one' <<'END'
Code  beijing
Name  北京, "首都"
Sort  2
END
root --lang zh_CN city show beijing --columns code,name
check 'labels in Chinese' grep -q '^名称  北京' out

root city list --all --limit 1 --columns code --sort sort -o tsv
printf 'code\nshanghai\nbeijing\nurumqi\n' >want
same '--all goes through every page, one header'
root city list --all --limit 1 --columns code --sort sort -o json
check '--all in json is one document' sh -c \
    'test "$(grep -c \"code\" out)" = 3 && tail -n 2 out | grep -q null'
root city list --limit 1 --columns code --sort sort -o json
next=$(sed -n 's/^ *"next": "\(.*\)"$/\1/p' out)
check 'a page names the next one' test -n "$next"
root city list --limit 1 --columns code --sort sort --after "$next" -o tsv
printf 'code\nbeijing\n' >want
same '--after continues there'
root city list --limit 1 --columns code -o csv
check 'a limit that was asked for is no news' test ! -s err
root city list --limit 1 --after broken
says 2 '--after' 'a cursor that is none'

# A terminal, with its width.
if command -v script >/dev/null; then
    at() {
        w=$1
        shift
        rc=0
        TERM=xterm script -qec "stty cols $w; $pn --token-file $work/admin.token $*" /dev/null \
            >raw 2>err </dev/null || rc=$?
        tr -d '\r' <raw >out
    }
    at 30 city list --columns $cols --sort sort
    sed 's/\x1b\[[0-9;]*m//g' out >plain
    check 'fitted to the terminal' test "$(wc -L <plain)" -le 30
    check 'what is cut is marked' grep -q '…' plain
    at 30 city list --columns $cols --sort sort --wide
    check '--wide cuts nothing' grep -q 乌鲁木齐市天山区 out
    check 'a terminal gets bold headers' grep -q "$(printf '\033\[1m')" out
    at 80 city list --limit 1
    check 'a terminal is told how to go on' grep -q -e '--after' out
    NO_COLOR=1 at 80 city list
    check 'NO_COLOR' sh -c '! grep -q "$(printf "\033")" out'
else
    skip 'terminal widths' 'script is not installed'
fi
root city list
check 'no colour in a pipe' sh -c '! grep -q "$(printf "\033")" out'

# A reader that has seen enough; a disk that is full.
quiet() { [ ! -s err ] && { [ "$rc" = 0 ] || [ "$rc" = 141 ]; }; }
all='--token-file admin.token city list --all --limit 1 -o jsonl'
( "$pn" $all; echo $? >rc ) 2>err | head -n 1 >out
rc=$(cat rc)
check "a pipe closed early ends quietly ($rc)" quiet
( trap '' PIPE; "$pn" $all; echo $? >rc ) 2>err | true
rc=$(cat rc)
check "also where SIGPIPE is ignored ($rc)" quiet
if [ -w /dev/full ]; then
    rc=0
    "$pn" --token-file admin.token city list >/dev/full 2>err || rc=$?
    says 74 'cannot write' 'a full disk is an error'
fi
# The write was done before the answer could not be written.
( "$pn" --token-file admin.token city create lhasa --name 拉萨 ) 2>err | true
root city show lhasa --columns name -o tsv
gives 拉萨 'a write is whole though nobody read its answer'
root audit list --columns ref,input,after --limit 1 -o jsonl
check 'JSON inside a row is JSON, not a text with JSON in it' \
    grep -q '"input":{"code":"lhasa","name":"拉萨"[^}]*},"after":{.*"code":"lhasa"' out
# A spreadsheet is an archive of XML: the numbers are numbers, the names are in it.
"$pn" --token-file admin.token city list --columns id,name,venues -o xlsx --limit 3 >cities.xlsx 2>err
rc=$?
status 0 'a list as a spreadsheet'
python=$(command -v python3) || python=
if [ -n "$python" ]; then
    run "$python" -c 'import zipfile
z = zipfile.ZipFile("cities.xlsx")
sheet = z.read("xl/worksheets/sheet1.xml").decode()
print(sheet, z.testzip(), sheet.count("<row "))'
    gives '上海' 'what it names is in it'
    gives 'None 4' 'a head and three rows'
    gives '<v>0</v>' 'numbers are numbers'
fi
root city show shanghai -o xlsx
check 'one row too' grep -q -a '^PK' out
awk 'BEGIN { print "code,name"; for (i = 0; i < 60; i++) printf "c%02d,城%d\n", i, i }' >many.csv
root city import many.csv --report FAILED
for format in table csv tsv jsonl; do
    root city list -o "$format"
    check "a page cut at 50 rows says so: $format" grep -q -e '--all' err
    root city list -o "$format" --all
    check "and --all has them all: $format" sh -c 'test ! -s err && test "$(wc -l <out)" -ge 63'
done
done_testing
