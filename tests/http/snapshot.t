#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What everybody gets alike is worked out once a moment, however many ask.
. "$PN_SRCDIR/tests/http/http.sh"
. "$PN_SRCDIR/tests/cli/season.sh"
. "$PN_SRCDIR/tests/http/people.sh"
printf 'http:\n  snapshot_ms: 60000\n' >long.yaml
printf 'http:\n  snapshot_ms: 300\n' >short.yaml
printf 'http:\n  snapshot_ms: 0\n' >none.yaml
printf 'http:\n  snapshot_ms: 60001\n' >over.yaml
serve --config long.yaml
hire ops1 '"roles":["OPS"]'
stage swan swan-1-a 5 380
titled() { sql "update show set title = '$1'" >>sql.log; }

http GET "/v1/onsales/$session"
answers 200 '"show":"天鹅湖"' 'a session, as it is'
tag=$(header etag)
titled 胡桃夹子
http GET "/v1/onsales/$session"
answers 200 '"show":"天鹅湖"' 'a moment later everybody gets the same'
[ -n "$tag" ] && [ "$(header etag)" = "$tag" ]
result $? 'with the same tag'
head_has '^x-request-id: ' 'and a number of his own'
http GET "/v1/onsales/$session" -H "If-None-Match: $tag"
[ "$rc" = 304 ] && [ ! -s out ]
result $? 'who has it already is told so'
as ops1 GET "/v1/onsales/$session"
answers 200 '"show":"胡桃夹子"' 'who is signed in asks for himself'
http GET "/v1/onsales/$session" -H 'Accept-Language: zh-CN'
cp out chinese
http GET "/v1/onsales/$session" -H 'Accept-Language: en'
[ "$rc" = 200 ] && grep -q 天鹅湖 chinese out && grep -q 胡桃夹子 chinese out
result $? 'each language is kept by itself'
http GET "/v1/onsales?limit=9"
answers 200 '"show":"胡桃夹子"' 'another question is another answer'
http GET /v1/onsales/4096001
problem 404 NONE id 'a refusal'
sql "insert into session select (jsonb_populate_record(s, '{\"id\": 4096001, \"code\": \"late\"}'
    || jsonb_build_object('start_at', s.start_at + interval '1 day'))).* from session s" >>sql.log
http GET /v1/onsales/4096001
answers 200 '"id":4096001' 'is not kept'
http GET '/v1/onsales?limit=1'
next=$(header link)
titled 茶花女
http GET '/v1/onsales?limit=1'
[ -n "$next" ] && [ "$(header link)" = "$next" ] && ! grep -q 茶花女 out
result $? 'a page of a list is kept with the way to the next one'
quit

serve --config short.yaml
http GET "/v1/onsales/$session"
answers 200 '"show":"茶花女"' 'kept for less'
titled 吉赛尔
soon "/v1/onsales/$session" '"show":"吉赛尔"' 'it is news before long'
quit
serve --config none.yaml
http GET "/v1/onsales/$session"
titled 堂吉诃德
http GET "/v1/onsales/$session"
answers 200 '"show":"堂吉诃德"' 'not kept at all, it is so at once'
quit
"$PN_BUILDDIR/http/piaoniud" --config over.yaml --port 0 >out 2>&1
[ $? = 78 ] && grep -q 'snapshot_ms' out
result $? 'longer than a minute is refused'
done_testing
