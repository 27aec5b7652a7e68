/* SPDX-License-Identifier: Apache-2.0 */
/* words.c — what a connector's file can say beside signing: XML, texts in files of their own,
 * lists, tokens, values put into a body, notices that only make us ask; and the mistakes in
 * each, with their places. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ask.h"
#include "fakes.h"

#define p rig_p

static pni_link *zyb, *house;

/* A connector of this folder, with its texts, as somebody's own. */
static void own(const char *name, const char *const *texts)
{
    char to[80];
    const char *from = pn_printf(p, "%s/../%s", rig_vector(""), name);
    snprintf(to, sizeof to, "%s.yaml", name);
    rig_file(to, rig_slurp(pn_printf(p, "%s.yaml", from)).s);
    snprintf(to, sizeof to, "%s/%s", rig_folder, name);
    ck_assert_int_eq(mkdir(to, 0700), 0);
    for (; *texts; texts++) {
        snprintf(to, sizeof to, "%s/%s", name, *texts);
        rig_file(to, rig_slurp(pn_printf(p, "%s/%s", from, *texts)).s);
    }
}

static void setup(void)
{
    rig_setup();
    own("zyb", (const char *const[]){"order_create.xml", "order_query.xml", NULL});
    own("house", (const char *const[]){"order.xml", NULL});
    fake_start("zyb");
    fake_start("house");
    ok(pni_link_open(p, "zyb", &zyb));
    ok(pni_link_open(p, "house", &house));
}
static void teardown(void)
{
    pni_link_close(p, zyb);
    pni_link_close(p, house);
    fakes_stop();
    rig_teardown();
}

/* ---- a supplier who speaks XML ---- */

#define TICKETS "[{\"code\":\"A-1\",\"price_fen\":\"58000\",\"quantity\":2,\"goods\":\"G&1\"," \
    "\"people\":[{\"name\":\"王<小>明\",\"id\":\"1\"},{\"name\":\"李雷\",\"id\":\"2\"}]}," \
    "{\"code\":\"A-2\",\"price_fen\":\"5\",\"quantity\":1,\"goods\":\"G2\"}]"
#define XML_ORDER(code) "order.code", code, "name", "王小明", "phone", "13800138000",              \
        "amount_fen", "116005", "tickets", TICKETS

START_TEST(the_examples_in_the_file_hold)
{
    pni_golden *g;
    size_t n;
    ok(pni_golden_run(p, zyb, rig_folder, &g, &n));
    ck_assert_uint_eq(n, 3);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(!g[i].problem, "%s: %s", g[i].name, g[i].problem);
}
END_TEST

START_TEST(an_order_goes_out_as_xml_and_comes_back_as_names)
{
    pni_answer a = call(zyb, "order.create", PAIRS(XML_ORDER("A")));
    is(&a, PN_LINK_OK);
    says(&a, "supplier_order", "ZYB1");
    says(&a, "voucher", "88001");
    const pni_doc *d = fake("zyb", "state", "{\"code\":\"A\"}");
    ck_assert_str_eq(doc_text(d, "/order/tickets/0/people/0"), "王<小>明");
    ck_assert_str_eq(doc_text(d, "/order/tickets/1/price"), "0.05");
    ck_assert_str_eq(doc_text(d, "/order/remark"), ""); /* ${if} left it out */
    a = call(zyb, "order.query", PAIRS("order.code", "A"));
    is(&a, PN_LINK_OK);
    says(&a, "state", "ISSUED"); /* an attribute */
    says(&a, "second", "A-2");   /* the second of a name, its text in CDATA */
    ck_assert_uint_eq(a.rows_n, 2);
    ck_assert_str_eq(pni_pairs_find(&a.rows[0], "price_fen")->value.s, "58000");
    ck_assert_str_eq(pni_pairs_find(&a.rows[1], "code")->value.s, "A-2");
    a = call(zyb, "order.query", PAIRS("order.code", "B"));
    is(&a, PN_LINK_NOT_FOUND);
    fake("zyb", "switch", "{\"sold_out\":1}");
    a = call(zyb, "order.create", PAIRS(XML_ORDER("C")));
    is(&a, PN_LINK_SOLD_OUT);
    ck_assert_ptr_null(strstr(a.exchange, "TESTFX\n"));
}
END_TEST

static int64_t created(void)
{
    return strtoll(doc_text(fake("zyb", "state", "{}"), "/created"), NULL, 10);
}

START_TEST(an_order_nobody_answered_for_is_asked_for)
{
    pni_answer a;
    int64_t before = created();
    fake("zyb", "switch", "{\"drop\":1}");
    a = call(zyb, "order.create", PAIRS(XML_ORDER("D")));
    is(&a, PN_LINK_OK);
    ck_assert(a.asked);
    ck_assert_int_eq(created(), before + 1);
    pni_pairs in = PAIRS("name", "x", "phone", "1", "amount_fen", "1", "tickets", "[]");
    fails(PN_EARG, pni_link_call(p, zyb, "order.create", &in, &a)); /* without its key */
    ck_assert_msg(strstr(pn_error(p)->message, "in.order.code"), "%s", pn_error(p)->message);
    ck_assert_int_eq(created(), before + 1);
}
END_TEST

START_TEST(trap_15_a_notice_that_signs_only_a_number_makes_us_ask)
{
    pni_inbound in = {.method = "GET", .path = "/cb/zyb/refund"};
    pni_heard h;
    pni_ack ack;
    (void)call(zyb, "order.create", PAIRS(XML_ORDER("E")));
    fake("zyb", "returned", "{\"code\":\"E\"}");
    in.query = doc_text(fake("zyb", "notice", "{\"code\":\"E\"}"), "/query");
    ck_assert_str_eq(pni_link_match(zyb, &in), "refund");
    ok(pni_link_hear(p, zyb, "refund", &in, &h));
    ck_assert_int_eq(h.verdict, PNI_NOTICE_GOOD);
    ck_assert_int_eq(h.outcome, PN_LINK_OK);
    ck_assert_str_eq(h.dedupe, "TE");
    ck_assert_str_eq(pni_pairs_find(&h.map, "state")->value.s, "RETURNED"); /* what we asked */
    ck_assert_ptr_null(pni_pairs_find(&h.map, "returnNum")); /* what it claims is no fact */
    ok(pni_link_ack(p, zyb, "refund", "ok", &ack));
    ck_assert_int_eq(ack.status, 200);
    ck_assert_str_eq(ack.body, "success");
    const char *before = pn_strdup(p, doc_text(fake("zyb", "state", "{}"), "/queried"));
    in.query = doc_text(fake("zyb", "notice", "{\"code\":\"E\",\"how\":\"corrupt\"}"), "/query");
    ok(pni_link_hear(p, zyb, "refund", &in, &h));
    ck_assert_int_eq(h.verdict, PNI_NOTICE_BAD);
    ck_assert_str_eq(doc_text(fake("zyb", "state", "{}"), "/queried"), before); /* not asked */
    in.method = "POST";
    ck_assert_ptr_null(pni_link_match(zyb, &in));
    in = (pni_inbound){.method = "GET", .path = "/cb/zyb/other"};
    ck_assert_ptr_null(pni_link_match(zyb, &in));
}
END_TEST

/* Who was not reached said nothing; who refuses says it in a code, in words, or in both. */
START_TEST(a_failure_says_what_the_vendor_said)
{
    static const struct { const char *code, *message, *said; } cases[] = {
        {"", "no route", "Nothing done, try again: no route"},
        {"E1", "", "Nothing done, try again: E1"},
        {"E1", "too late", "Nothing done, try again: E1: too late"},
        {"", "", "Nothing done, try again"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pni_answer a = {.outcome = PN_LINK_RETRYABLE, .code = cases[i].code,
                        .message = cases[i].message};
        ck_assert_int_eq(pni_answer_fail(p, PN_EPROVIDER, NULL, &a), PN_EPROVIDER);
        ck_assert_str_eq(pn_error(p)->message, cases[i].said);
    }
}
END_TEST

START_TEST(xml_defines_nothing_and_ends)
{
    static const char *const bad[] = {
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "<!DOCTYPE a><a/>",
        "<a><b></a>", "<a>&nothing;</a>", "<a/><b/>", "", "{}", "<a b='1' b='2'/>"};
    pni_doc *d;
    pn_buf deep = pn_buf_new(p);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        fails(PN_EARG, pni_doc_xml(p, pni_span_of(bad[i]), &d));
    for (int i = 0; i < 40; i++)
        pn_buf_puts(&deep, "<a>");
    fails(PN_EARG, pni_doc_xml(p, (pni_span){deep.text, deep.len}, &d));
    ck_assert_msg(strstr(pn_error(p)->message, "nested too deeply"), "%s", pn_error(p)->message);
    fake("zyb", "switch", "{\"bomb\":9}"); /* an answer that defines something is none */
    pni_answer a = call(zyb, "order.query", PAIRS("order.code", "A"));
    fake("zyb", "switch", "{\"bomb\":0}");
    ck_assert_int_ne(a.outcome, PN_LINK_OK);
    ok(pni_doc_xml(p, pni_span_of("<?xml version='1.0' encoding='GBK'?><n:a xmlns:n='x' k='1'>"
                                  "<b>\xd1\xdd\xb3\xf6</b><b/><c>&lt;&#x7968;</c></n:a>"), &d));
    ck_assert_str_eq(doc_text(d, "/a/b"), "演出");
    ck_assert_str_eq(doc_text(d, "/a/b[2]"), "");
    ck_assert_str_eq(doc_text(d, "/a/@k"), "1");
    ck_assert_str_eq(doc_text(d, "/a/c"), "<票");
    ck_assert_ptr_null(pni_doc_at(p, d, "/a/b[3]"));
    ck_assert_ptr_null(pni_doc_at(p, d, "/a/b/c"));
}
END_TEST

START_TEST(a_text_that_changes_is_read_again)
{
    pni_link *l;
    pni_link_close(p, zyb);
    rig_file("zyb/order_query.xml", "<PWBRequest><transactionName>NEW ${in.order.code}");
    ok(pni_link_open(p, "zyb", &l));
    ck_assert_ptr_nonnull(strstr(pni_template_find(l, "order_query.xml")->text, "NEW"));
    pni_link_close(p, l);
    rig_file("zyb/order_query.xml", "<a>${in.order.code}\n <b>${for in.x}</b></a>");
    fails(PN_ECONF, pni_link_open(p, "zyb", &l));
    ck_assert_msg(strstr(pn_error(p)->message, "zyb/order_query.xml:2:5: there is no ${end}"), "%s",
                  pn_error(p)->message);
    rig_file("zyb/order_query.xml",
             rig_slurp(pn_printf(p, "%s/../zyb/order_query.xml", rig_vector(""))).s);
    ok(pni_link_open(p, "zyb", &zyb));
}
END_TEST

/* ---- tokens ---- */

static int64_t fetched(void)
{
    return strtoll(doc_text(fake("house", "state", "{}"), "/fetched"), NULL, 10);
}

static void *ask_shows(void *arg)
{
    pn *q = pn_begin(rig_ctx);
    pni_pairs in = {0};
    pni_answer a = {0};
    pni_link *l = NULL;
    int64_t *rows = arg;
    *rows = -1;
    if (!pni_link_open(q, "house", &l) && !pni_link_call(q, l, "shows", &in, &a) &&
        a.outcome == PN_LINK_OK)
        *rows = (int64_t)a.rows_n;
    pni_link_close(q, l);
    pn_end(q);
    return NULL;
}

START_TEST(a_token_is_fetched_once_and_kept_to_itself)
{
    enum { MANY = 6 };
    pthread_t threads[MANY];
    int64_t rows[MANY];
    pni_tokens_forget();
    int64_t before = fetched();
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_shows, &rows[i]), 0);
    for (int i = 0; i < MANY; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_int_eq(rows[i], 7);
    }
    ck_assert_int_eq(fetched(), before + 1); /* one went, five waited */
    pni_answer a = call(house, "keyed", PAIRS("x", "y"));
    is(&a, PN_LINK_OK);
    ck_assert_msg(strstr(a.exchange, "access_token=***"), "%s", a.exchange);
    ck_assert_int_eq(fetched(), before + 1);
}
END_TEST

START_TEST(a_token_that_is_void_is_fetched_anew_once)
{
    pni_tokens_forget();
    pni_answer a = call(house, "shows", PAIRS("x", "y"));
    int64_t before = fetched();
    fake("house", "revoke", "{}");
    a = call(house, "shows", PAIRS("x", "y"));
    is(&a, PN_LINK_OK);
    ck_assert_uint_eq(a.rows_n, 7);
    ck_assert_int_eq(fetched(), before + 1);
    fake("house", "lasts", "{\"s\":1}"); /* it ends before it can be used twice */
    pni_tokens_forget();
    a = call(house, "keyed", PAIRS("x", "y"));
    is(&a, PN_LINK_OK);
    ck_assert_int_eq(fetched(), before + 4); /* three pages, a token each */
    fake("house", "lasts", "{\"s\":7200}");
    rig_file("link/house", "another-secret-0123456789");
    pni_tokens_forget();
    pni_pairs in = {0};
    fails(PN_EPROVIDER, pni_link_call(p, house, "shows", &in, &a));
    ck_assert_ptr_null(strstr(pn_error(p)->message, "another-secret"));
    rig_file("link/house", "house-secret-0123456789");
}
END_TEST

/* ---- pages ---- */

START_TEST(a_list_comes_page_by_page)
{
    pni_tokens_forget();
    (void)fake("house", "state", "{}");
    pni_answer a = call(house, "shows", PAIRS("x", "y"));
    is(&a, PN_LINK_OK);
    ck_assert_uint_eq(a.rows_n, 7);
    ck_assert_str_eq(pni_pairs_find(&a.rows[6], "id")->value.s, "S7");
    const pni_doc *d = fake("house", "state", "{}");
    ck_assert_str_eq(doc_text(d, "/asked/0"), "/shows?page=1&size=3&access_token=T");
    ck_assert_str_eq(doc_text(d, "/asked/2"), "/shows?page=3&size=3&access_token=T");
    ck_assert_ptr_null(pni_doc_at(p, d, "/asked/3")); /* the third was not full */
    a = call(house, "keyed", PAIRS("x", "y"));
    ck_assert_uint_eq(a.rows_n, 7);
    d = fake("house", "state", "{}");
    ck_assert_str_eq(doc_text(d, "/asked/0"), "/keyed?key=&access_token=T");
    ck_assert_str_eq(doc_text(d, "/asked/2"), "/keyed?key=k6&access_token=T");
    ck_assert_ptr_null(pni_doc_at(p, d, "/asked/3")); /* its key was empty */
    fake("house", "switch", "{\"drop\":1}");
    a = call(house, "keyed", PAIRS("x", "y"));
    is(&a, PN_LINK_RETRYABLE);
    ck_assert_uint_eq(a.rows_n, 0); /* a list is whole or none */
    pni_pairs in = {0};
    fails(PN_EPROVIDER, pni_link_call(p, house, "endless", &in, &a));
    ck_assert_msg(strstr(pn_error(p)->message, "without end"), "%s", pn_error(p)->message);
}
END_TEST

/* ---- values put into a body ---- */

START_TEST(a_seal_is_put_where_it_belongs)
{
    pni_answer a = call(house, "json", PAIRS("name", "a\"b", "lines",
                        "[{\"code\":\"x\",\"n\":\"1\"},"
                        "{\"code\":\"y\",\"n\":\"2\",\"note\":\"z\"}]"));
    is(&a, PN_LINK_OK);
    says(&a, "good", "true");
    says(&a, "second", "seal");
    a = call(house, "xml", PAIRS("name", "a<b", "lines", "[{\"code\":\"\\\"\"}]"));
    is(&a, PN_LINK_OK);
    says(&a, "good", "true");
    ck_assert_msg(strstr(pni_answer_get(&a, "raw"), "<name>a&lt;b</name><line code=\"&quot;\"/>"),
                  "%s", pni_answer_get(&a, "raw"));
    pni_pairs in = PAIRS("name", "x", "lines", "{}");
    fails(PN_EARG, pni_link_call(p, house, "xml", &in, &a));
    ck_assert_msg(strstr(pn_error(p)->message, "in.lines is no list"), "%s", pn_error(p)->message);
}
END_TEST

static const struct { const char *body, *to, *out; } splices[] = {
    {"{}", "/a", "{\"a\":\"v\\\"\"}"}, {"{\"a\": 1 }", "/a", "{\"a\": \"v\\\"\" }"},
    {"{\"a\":{\"b\":[1, 2]}}", "/a/c", "{\"a\":{\"b\":[1, 2],\"c\":\"v\\\"\"}}"},
    {"<a/>", "/a/b", "<a><b>v&quot;</b></a>"}, {"<a x='/'><b k='1'>old</b> </a>", "/a/b",
     "<a x='/'><b k='1'>v&quot;</b> </a>"}, {"<a><b/></a>", "/a/b", "<a><b>v&quot;</b></a>"},
    {"<a>\n<b>1</b>\n</a>", "/a/c", "<a>\n<b>1</b>\n<c>v&quot;</c></a>"},
    {"{\"a\":1}", "/b/c", NULL}, {"{\"a\":1}", "/a/c", NULL}, {"<a/>", "/b", NULL}};

START_TEST(every_other_byte_stays)
{
    pni_scope s;
    pni_pairs in = {0};
    pni_message m = {.method = "POST", .url = "/", .body = pni_span_of(splices[_i].body)};
    ok(pni_scope_make(p, house, &in, &s));
    s.msg = &m;
    if (splices[_i].out) {
        ok(pni_splice(&s, splices[_i].to, pni_span_of("v\"")));
        ck_assert_str_eq(m.body.s, splices[_i].out);
    } else {
        fails(PN_EARG, pni_splice(&s, splices[_i].to, pni_span_of("v")));
    }
}
END_TEST

/* ---- steps ---- */

#define HEAD "connector: x\nbase_url: https://localhost\n"
#define CALL "calls:\n  c:\n    request: {method: GET}\n"
#define SIGN(step) HEAD "sign: [" step "]\n" CALL

static const struct { const char *steps, *body, *out; } recipes[] = {
    {"{op: time, as: compact}", "{}", "20231115061320"},
    {"{op: time, as: compact, zone: utc}", "{}", "20231114221320"},
    {"{op: time, as: dashed_ms}", "{}", "2023-11-15 06:13:20.123+0800"},
    {"{op: time, as: dashed_ms, zone: utc}", "{}", "2023-11-14 22:13:20.123+0000"},
    {"{op: time, as: ms}", "{}", "1700000000123"},
    {"{op: const, text: \"${time.rfc1123} ${time.day.utc}\"}", "{}",
     "Tue, 14 Nov 2023 22:13:20 GMT 2023-11-14"},
    {"{op: nonce, length: 8}", "{}", "593bec0c"},
    {"{op: uuid}", "{}", "593bec0c-930b-41af-8b40-b4a08c8fb242"},
    {"{op: seq}", "{}", "1700000000123456"},
    {"{op: encode, as: json_compact, of: body}", "{ \"a b\" : [ 1,\n \"c \\\" d\" ] }",
     "{\"a b\":[1,\"c \\\" d\"]}"},
    {"{op: select, from: body}, {op: sort}, {op: encode, as: json_compact}",
     "{\"b\":\"x y\",\"a\":1}", "{\"a\":\"1\",\"b\":\"x y\"}"},
    {"{op: select, from: body}, {op: encode, as: pairs}", "{\"b\":\"x y\",\"a\":\"+\"}",
     "b=x+y&a=%2B"},
    {"{op: take, from: /t}, {op: decode, as: pairs}, {op: sort}, {op: join, pair: \"|\"}",
     "{\"t\":\"b=x+y&a=%2B\"}", "a=+|b=x y"},
    {"{op: encode, as: xml, of: /t}", "{\"t\":\"<&>\\\"\"}", "&lt;&amp;&gt;&quot;"},
    {"{op: decode, as: xml, of: /t}", "{\"t\":\"&lt;&amp;&#65;\"}", "<&A"},
    {"{op: take, from: /t}, {op: encode, as: gzip}, {op: encode, as: base64}, {op: decode, as:"
     " base64}, {op: decode, as: gzip}", "{\"t\":\"a long text, a long text\"}",
     "a long text, a long text"},
    {"{op: take, from: /t}, {op: encode, as: zip}, {op: decode, as: zip}", "{\"t\":\"zipped\"}",
     "zipped"},
    /* by another program: printf abc | gzip -n | base64 */
    {"{op: decode, as: base64, of: /t}, {op: decode, as: gzip}",
     "{\"t\":\"H4sIAAAAAAAAA0tMSgYAwkEkNQMAAAA=\"}", "abc"},
    {"{op: select, exclude: [sign]}, {op: sort}, {op: join}", "c=3&sign=x&b=2", "a=1&b=2&c=3"},
    {"{op: hmac, alg: sha256, key: it, of: /t}, {op: encode, as: hex_lower}", "{\"t\":\"x\"}",
     NULL},
    {"{op: const, text: Jefe}, {op: hmac, alg: md5, key: it, of: /t}, {op: encode, as: hex_lower}",
     "{\"t\":\"what do ya want for nothing?\"}", "750c783e6ab0b503eaa86e310a5db738"},
    {"{op: decode, as: hex, of: /k}, {op: set, as: k}, {op: decode, as: hex, of: /t}, {op: encrypt,"
     " alg: aes-ecb, key: let.k}, {op: encode, as: hex_lower}, {op: take, from: it}",
     "{\"k\":\"000102030405060708090a0b0c0d0e0f\",\"t\":\"00112233445566778899aabbccddeeff\"}",
     "69c4e0d86a7b0430d8cdb78070b4c55a954f64f2e4e86e9eee82d20216684899"},
    {"{op: open_xml, of: /t}, {op: take, from: /a/b}", "{\"t\":\"<a><b>1</b></a>\"}", "1"},
};

START_TEST(a_step_does_what_its_name_says)
{
    pni_pairs in = {0};
    pni_scope s;
    pni_doc *d = NULL;
    pni_message m = {.method = "POST", .url = "/", .body = pni_span_of(recipes[_i].body)};
    pni_link *l = NULL;
    rig_file("x.yaml", pn_printf(p, HEAD "sign: [%s]\n" CALL, recipes[_i].steps));
    ok(pni_link_load(p, pn_printf(p, "%s/x.yaml", rig_folder), "x", &l));
    ok(pni_scope_make(p, l, &in, &s));
    s.now.us = 1700000000123456;
    s.nonce = "593bec0c930bf1afeb40b4a08c8fb242";
    s.given = &in;
    if (*m.body.s == '{')
        ok(pni_doc_json(p, m.body, &d));
    else
        ok(pni_pairs_decode(p, m.body, &m.form));
    ck_assert(pni_pairs_put(p, &m.query, "a", pni_span_of("1"), true));
    s.msg = &m;
    s.doc = d;
    if (recipes[_i].out) {
        ok(pni_recipe(&s, "sign"));
        ck_assert_str_eq(s.it.text.s, recipes[_i].out);
    } else {
        ck_assert_int_ne(pni_recipe(&s, "sign"), 0); /* nothing is on the stack */
    }
    pni_link_free(l);
}
END_TEST

#define GBK_NOTICE "order_id=1970241&" \
    "item_title=%D1%DD%B3%F6%C6%B1&seller_nick=%C6%B1%C5%A3&" \
    "mobile=&timestamp=2026-11-27+10%3A00%3A00"

/* A marketplace's notice: signed over GBK bytes, of which UTF-8 is made only afterwards. The sums
 * are those of another program. */
START_TEST(trap_04_a_notice_in_gbk_is_signed_in_gbk)
{
    static const struct { const char *sign; int verdict; } sums[] = {
        {"B432B2FEA752C84D6CA89CB6C7F7759D", PNI_NOTICE_GOOD},
        {"7C03A44311EB7D698DFDE7F37AAFEDED", PNI_NOTICE_BAD}}; /* over UTF-8 */
    pni_link *l = NULL;
    pni_heard h;
    rig_file("x.yaml", HEAD CALL "vars: {key: sec-ret}\nrecipes:\n  v:\n"
             "    - {op: select, from: form, exclude: [sign], drop_empty: yes}\n    - {op: sort}\n"
             "    - {op: join, kv: \"\", pair: \"\"}\n    - {op: wrap, prefix: \"${key}\"}\n"
             "    - {op: digest, alg: md5}\n    - {op: encode, as: hex_upper}\n"
             "    - {op: compare, with: form.sign}\n"
             "  o:\n    - {op: charset, of: form.item_title, source: gbk, to: utf-8}\n"
             "    - {op: set, as: title}\ncallbacks:\n  b: {decode: form, verify: v, open: o,"
             " cases: [{kind: sold, map: {title: let.title}}], dedupe: form.order_id,"
             " ack: {ok: {status: 200}, fail: {status: 500}}}\n");
    ok(pni_link_load(p, pn_printf(p, "%s/x.yaml", rig_folder), "x", &l));
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        const char *body = pn_printf(p, "%s&sign=%s", GBK_NOTICE, sums[i].sign);
        pni_inbound in = {.method = "POST", .path = "/", .body = pni_span_of(body)};
        ok(pni_link_hear(p, l, "b", &in, &h));
        ck_assert_int_eq(h.verdict, sums[i].verdict);
        if (!i)
            ck_assert_str_eq(pni_pairs_find(&h.map, "title")->value.s, "演出票");
    }
    pni_link_free(l);
}
END_TEST

START_TEST(a_number_is_never_given_twice)
{
    pni_pairs in = {0};
    pni_scope s;
    pni_span before = pni_span_of("0"), now;
    ok(pni_scope_make(p, house, &in, &s));
    for (int i = 0; i < 1000; i++) { /* within one microsecond, even */
        ok(pni_seq(&s, &now));
        ck_assert_int_gt(strtoll(now.s, NULL, 10), strtoll(before.s, NULL, 10));
        before = now;
    }
}
END_TEST

/* ---- mistakes ---- */

#define REQUEST(rest) HEAD "calls:\n  c:\n    request: {method: POST, path: /, " rest "}\n"
#define BACK(rest) HEAD CALL "callbacks:\n  b: {verify: v, dedupe: [body], ack: {ok: {status: "\
    "200}, fail: {status: 500}}, " rest "}\nrecipes: {v: []}\n"

static const struct { const char *text, *place, *words; } mistakes[] = {
    {SIGN("{op: token, name: x}"), "3:26", "there is no such token"},
    {SIGN("{op: token}"), "3:8", "step 'token' needs 'name'"},
    {SIGN("{op: page}"), "3:8", "step 'page' needs 'next' or 'list'"},
    {SIGN("{op: page, list: /a, size: many}"), "3:35", "expected a number"},
    {SIGN("{op: page, next: nothing}"), "3:25", "there is nothing called 'nothing'"},
    {SIGN("{op: time, as: sundial}"), "3:23", "there is nothing called 'sundial'"},
    {SIGN("{op: time, as: compact, zone: here}"), "3:38", "expected one of: utc"},
    {SIGN("{op: digest, alg: md6}"), "3:26", "expected one of: md5 sha1"},
    {SIGN("{op: encode, as: yaml}"), "3:25", "expected one of: hex_lower"},
    {SIGN("{op: decode, as: rar}"), "3:25", "expected one of: hex base64"},
    {SIGN("{op: charset, to: big5}"), "3:26", "expected one of: utf-8 gbk"},
    {SIGN("{op: sort, by: size}"), "3:23", "expected one of: ascii"},
    {SIGN("{op: take, from: nowhere.x}"), "3:25", "there is nothing called 'nowhere.x'"},
    {SIGN("{op: compare, with: signature}"), "3:28", "there is nothing called 'signature'"},
    {SIGN("{op: wrap, suffix: \"${keys}\"}"), "3:27", "there is nothing called 'keys'"},
    {SIGN("{op: const, text: \"${time.noon}\"}"), "3:26", "there is nothing called 'time.noon'"},
    {SIGN("{op: const, text: \"${in.x|round}\"}"), "3:26", "there is nothing called 'round'"},
    {SIGN("{op: const, text: \"${token.t}\"}"), "3:26", "there is nothing called 'token.t'"},
    {SIGN("{op: const, text: \"${page.last}\"}"), "3:26", "there is nothing called 'page.last'"},
    {REQUEST("template: none.xml"), "5:48", NULL},
    {REQUEST("template: ../x.xml"), "5:48", "expected the name of a file"},
    {REQUEST("template: x.xml, json: {a: b}"), "5:48", "either 'json' or 'template'"},
    {REQUEST("encode: yaml"), "5:46", "expected one of: json form xml text"},
    {REQUEST("json: {a: !each {of: in.x}}"), "5:48", "expected '!each {of: LIST, give: …}'"},
    {REQUEST("json: {a: !each {of: what, give: b}}"), "5:59", "there is nothing called 'what'"},
    {HEAD CALL "    idempotency: {key: order.code}\n", "6:24",
     "the request does not hold its key"},
    {HEAD CALL "    idempotency: {key: /a}\n", "6:24", "expected the name of an input"},
    {HEAD CALL "    response: {decode: yaml}\n", "6:24", "expected one of: json form xml none"},
    {HEAD CALL "    response: {rows: {at: /a}}\n", "6:22", "key 'map' is missing"},
    {HEAD CALL "    page: {op: page}\n", "6:11", "expected a list of steps"},
    {HEAD CALL "tokens: {t: {call: d}}\n", "6:20", "there is no such call"},
    {HEAD CALL "tokens: {t: {call: c, invalid: 1}}\n", "6:32", "expected a condition"},
    {HEAD "calls:\n  c:\n    request: {method: GET, query: {a: \"${token.t}\"}}\n"
     "tokens: {t: {call: c}}\n", "6:20", "this call needs the token itself"},
    {BACK("match: {path: /x}"), "7:6", "needs 'cases' or 'then'"},
    {BACK("match: {path: /x, method: PUT}, then: c"), "7:107", "expected one of: GET POST"},
    {BACK("match: {}, then: c"), "7:88", "key 'path' is missing"},
    {BACK("then: d"), "7:87", "there is no such call"},
};

START_TEST(a_mistake_has_a_line_and_a_column)
{
    char want[400];
    pni_link *l = NULL;
    const char *file = pn_strdup(p, rig_file("x.yaml", mistakes[_i].text));
    mkdir(pn_printf(p, "%s/x", rig_folder), 0700);
    rig_file("x/x.xml", "<a/>");
    fails(PN_ECONF, pni_link_load(p, file, "x", &l));
    snprintf(want, sizeof want, "%s:%s: %s", file, mistakes[_i].place,
             mistakes[_i].words ? mistakes[_i].words : "");
    ck_assert_msg(!strncmp(pn_error(p)->message, want, strlen(want)), "%s\nnot\n%s",
                  pn_error(p)->message, want);
}
END_TEST

static const struct { const char *text, *place, *words; } text_mistakes[] = {
    {"<a>\n<b>${in.x</b>", "2:4", "a reference is not closed"},
    {"${for in.x}${line.y}", "1:1", "there is no ${end} to this"},
    {"x ${end}", "1:3", "nothing is open that could end"},
    {"\n\n ${nothing}", "3:2", "there is nothing called 'nothing'"},
    {"${if vars.no}${end}", "1:1", "there is nothing called 'vars.no'"},
    {"${in.x|half}", "1:1", "there is nothing called 'half'"},
};

START_TEST(a_mistake_in_a_text_has_them_too)
{
    char want[400];
    pni_link *l = NULL;
    const char *file = pn_strdup(p, rig_file("x.yaml", REQUEST("template: t.json")));
    mkdir(pn_printf(p, "%s/x", rig_folder), 0700);
    rig_file("x/t.json", text_mistakes[_i].text);
    fails(PN_ECONF, pni_link_load(p, file, "x", &l));
    snprintf(want, sizeof want, "%s/x/t.json:%s: %s", rig_folder, text_mistakes[_i].place,
             text_mistakes[_i].words);
    ck_assert_msg(!strncmp(pn_error(p)->message, want, strlen(want)), "%s\nnot\n%s",
                  pn_error(p)->message, want);
}
END_TEST

#define COUNT(x) ((int)(sizeof(x) / sizeof *(x)))

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("words");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, setup, teardown); /* the fakes start once */
    tcase_add_test(t, a_failure_says_what_the_vendor_said);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, the_examples_in_the_file_hold);
    tcase_add_test(t, an_order_goes_out_as_xml_and_comes_back_as_names);
    tcase_add_test(t, an_order_nobody_answered_for_is_asked_for);
    tcase_add_test(t, trap_15_a_notice_that_signs_only_a_number_makes_us_ask);
    tcase_add_test(t, xml_defines_nothing_and_ends);
    tcase_add_test(t, a_text_that_changes_is_read_again);
    tcase_add_test(t, a_token_is_fetched_once_and_kept_to_itself);
    tcase_add_test(t, a_token_that_is_void_is_fetched_anew_once);
    tcase_add_test(t, a_list_comes_page_by_page);
    tcase_add_test(t, a_seal_is_put_where_it_belongs);
    tcase_add_loop_test(t, every_other_byte_stays, 0, COUNT(splices));
    tcase_add_loop_test(t, a_step_does_what_its_name_says, 0, COUNT(recipes));
    tcase_add_test(t, trap_04_a_notice_in_gbk_is_signed_in_gbk);
    tcase_add_test(t, a_number_is_never_given_twice);
    tcase_add_loop_test(t, a_mistake_has_a_line_and_a_column, 0, COUNT(mistakes));
    tcase_add_loop_test(t, a_mistake_in_a_text_has_them_too, 0, COUNT(text_mistakes));
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
