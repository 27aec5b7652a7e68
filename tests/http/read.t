#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Reading over HTTP: lists and pages, filters, one row, tags, refusals.
. "$PN_SRCDIR/tests/http/http.sh"
. "$PN_SRCDIR/tests/cli/season.sh"
serve

http GET /v1/cities
answers 200 '"name":"上海"' 'a public list needs no token'
answers 200 '"next":null}' 'the last page says so'
head_has '^content-type: application/json$' 'JSON is called JSON'
head_has '^cache-control: private, no-cache$' 'a read may be kept, not used unasked'
head_has '^x-content-type-options: nosniff$' 'content is not guessed'
head_has "^content-security-policy: default-src 'none'" 'answers are no pages'
head_has '^x-request-id: [0-9a-f]{24}$' 'a request is named'

http GET '/v1/cities?sort=code&limit=2'
answers 200 '"code":"beijing"' 'sorted and limited'
next=$(member next) all=
link=$(header link)
check 'the Link header leads on' test -n "$link"
path=${link#<} path=${path%%>*}
http GET "$path"
answers 200 '"code":"urumqi"' 'the link gives the next page'
[ "$(grep -c '"code"' out)" = 1 ]
result $? 'and nothing of the first'
http GET '/v1/cities?limit=1&after=nonsense'
problem 422 ARG after 'a cursor that is none'

http GET '/v1/cities?code=shanghai'
answers 200 '"code":"shanghai"' 'a column filters'
[ "$(grep -c '"code"' out)" = 1 ]
result $? 'and leaves the others out'
http GET '/v1/cities?name=%E5%8C%97%E4%BA%AC,%20%22%E9%A6%96%E9%83%BD%22'
answers 200 '"code":"beijing"' 'a value with blank, comma and quotation marks is one value'
http GET '/v1/cities?where=code!=shanghai&code=shanghai,beijing'
answers 200 '"code":"beijing"' 'filters add up'
[ "$(grep -c '"code"' out)" = 1 ]
result $? 'to what meets both'
http GET '/v1/cities?q=sh'
answers 200 '"code":"shanghai"' 'a text search'
http GET '/v1/cities?colour=red'
problem 422 ARG colour 'an unknown parameter is named'
http GET '/v1/cities?code=a&code=b'
problem 422 ARG code 'a parameter given twice'
http GET '/v1/cities?limit=many'
problem 422 ARG limit 'a limit that is no number'
http GET '/v1/cities?limit=0'
problem 422 ARG limit 'a limit of no row'
http GET '/v1/cities?where=%3D%3D'
problem 422 ARG where 'a filter that is none'

http GET /v1/cities/shanghai
answers 200 '"code":"shanghai"' 'a row by its code'
id=$(member id) tag=$(header etag)
http GET "/v1/cities/$id"
answers 200 '"code":"shanghai"' 'and by its id'
[ "$(header etag)" = "$tag" ] && [ -n "$tag" ]
result $? 'the same row has the same tag'
http GET "/v1/cities/$id" -H "If-None-Match: $tag"
[ "$rc" = 304 ] && [ ! -s out ]
result $? 'a known tag: 304 without a body'
http GET "/v1/cities/$id" -H "If-None-Match: W/\"x\", $tag"
[ "$rc" = 304 ]
result $? 'a tag in a list is found'
http GET "/v1/cities/$id" -H 'If-None-Match: "x"'
answers 200 '"code":"shanghai"' 'another tag: the row'
root city edit shanghai --sort 9
http GET "/v1/cities/$id" -H "If-None-Match: $tag"
answers 200 '"sort":9' 'a changed row has another tag'
http GET /v1/cities/nowhere
problem 404 NONE - 'a row that is not there'
http GET /v1/cities/999999999999
problem 404 NONE - 'an id that is not there'
: >head >out
rc=$(curl -s -m 9 -I -D head -o out -w '%{http_code}' "$base/v1/cities/$id")
head_has '^content-length: [1-9]' 'HEAD tells the length'
[ "$rc" = 200 ]
result $? 'and is otherwise a GET'

http GET /v1/nothing
problem 404 NONE - 'an unknown path'
http GET /v1/cities/
problem 404 NONE - 'an empty last part is no row'
http GET /v1/cities/a/b/c/d/e/f/g/h
problem 404 NONE - 'a path that is too deep'
http DELETE /v1/cities
problem 405 METHOD - 'a method that is not there'
head_has '^allow: (GET, HEAD, POST|POST, GET, HEAD)$' 'the others are named'
http OPTIONS /v1/cities
[ "$rc" = 204 ]
result $? 'OPTIONS answers'
head_has '^allow: ' 'with the methods'
grep -q -i '^access-control-' head
[ $? = 1 ]
result $? 'no foreign page may read'
http GET '/v1/cities?q=%zz'
problem 400 ARG - 'a broken escape'
http GET '/v1/cities?q=%00'
problem 400 ARG - 'a zero byte'
http GET '/v1/cities/%ff%fe'
problem 400 ARG - 'bytes that are not UTF-8'
http GET "/v1/cities?q=$(printf '%09000d' 0)"
problem 414 TOO_BIG - 'an address that is too long'
http GET /v1/cities -H 'X-Request-Id: my-7.b_C'
head_has '^x-request-id: my-7\.b_C$' 'the name of the request comes back'
http GET /v1/cities -H 'X-Request-Id: <script>'
head_has '^x-request-id: [0-9a-f]{24}$' 'a name that is none is replaced'

http GET /v1/staffs
problem 401 AUTH - 'a private list needs a token'
head_has '^www-authenticate: Bearer$' 'and says which kind'
http GET /v1/staffs -H 'Authorization: Bearer pnt_nonsense'
problem 401 AUTH - 'a token that is none'
http GET /v1/cities -H 'Authorization: Bearer pnt_nonsense'
problem 401 AUTH - 'even where none is needed'
http GET /v1/staffs -H 'Authorization: Basic YTpi'
problem 401 AUTH Authorization 'only bearer tokens'
admin GET /v1/staffs
answers 200 '"login":"admin"' 'with a token it answers'
grep -q password out
[ $? = 1 ]
result $? 'and shows no password'

http GET /openapi.json
cmp -s out "$PN_SRCDIR/data/openapi.json"
result $? 'the committed OpenAPI document is the served one (make regen)'
http GET /healthz
answers 200 '"status":"ok"' 'healthy'
http GET /metrics
answers 200 'piaoniud_requests_total{route="GET /v1/cities/{id}",status="304"} 2' \
    'requests are counted'
answers 200 'piaoniud_request_seconds_count{route="GET /v1/cities"}' 'and measured'
answers 200 'piaoniud_queue_waiting ' 'the queue is shown'

quit
[ "$rc" = 0 ]
result $? 'it stops with status 0'
grep -q '"path":"/v1/cities","status":200' daemon.log &&
    ! grep -q -e 'pnt_' -e 'colour=red' daemon.log
result $? 'the access log has the paths, and neither tokens nor questions'
grep -q '"actor":"admin"' daemon.log
result $? 'and says who asked'
done_testing
