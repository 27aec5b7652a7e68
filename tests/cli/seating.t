#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A hall from a file to its seats on sale, as an operator types it.
. "$PN_SRCDIR/tests/cli/tap.sh"
. "$PN_SRCDIR/tests/cli/season.sh"

root venue create v --name 大剧院 --city shanghai
root hall create h --name 大厅 --venue v --capacity 100
root show create s --title 雷雨 --city shanghai --venue v --category DRAMA
root session create s-1 --show s --hall h --start-at '2036-12-24 19:30'
root tier create s-1-a --session s-1 --name 池座 --face-price 580
root tier create s-1-b --session s-1 --name 楼座 --face-price 380
status 0 'a session with two tiers'

printf 'floor,section,row,from,to,category,aisles\n1F,A,1,1,20,,10\n1F,A,2,1,22,,11\n' >hall.csv
printf '2F,B,1,1,10,,\n2F,B,2,1,3,轮椅,\n' >>hall.csv
root seat-plan import h hall.csv --name 大厅 --columns seats -o tsv
gives 55 'a hall from rows'
root seat-plan export h
cp out plan.json
check 'an export is a document' grep -q '"seat_guid": "1F/A/1/1"' plan.json
root seat-plan import h plan.json --columns version -o tsv
gives 2 'and imported it is the next version'
root seat-plan export h:2
check 'with everything it had' cmp out plan.json
sed 's/"seat_number": "7"/"seat_number": "7", "nose": 1/' plan.json >bad.json
root seat-plan import h bad.json
says 2 '$.zones[0].rows[0].seats[6].nose' 'what the format does not know, and where'
root seat-plan import h bad.json --lax
status 0 'unless it is dropped'
check 'which is told' grep -q 'zones\[0\].rows\[0\].seats\[6\].nose' out

root zone-plan draft s-1 --zones name=前,tier=s-1-a,seats=1F --zones name=后,tier=s-1-b,seats=2F \
    --columns id -o tsv
id=$(tail -n 1 out)
root zone-plan diff "$id" --columns to_zone,seats -o tsv
check 'what it would change' grep -q "前	42" out
root zone-plan live "$id" --yes --columns state -o tsv
gives LIVE 'the cut goes live'
root seat map s-1 --zone 后 --columns status -o tsv
check 'a letter a seat' grep -q '^www$' out
root seat find s-1-a --seats 1F/A/1/2
says 5 'would leave a single seat' 'a seat that would leave one alone'
root seat find s-1-a 2 --columns runs -o tsv
gives 1 'two together'
root seat-hold place s-1 HOUSE --seats '1F/A/1/1..4' --reason press --columns qty -o tsv
gives 4 'four for the press'
root seat-hold place s-1 KILL --seats 1F/A/1/4 --reason camera
says 5 '1F/A/1/4' 'a seat that is held'
root stock set s-1-a 99 --reason x
says 5 'zone plan' 'stock that follows the seats'
root verify
status 0 'and the books add up'
done_testing
