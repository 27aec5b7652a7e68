/* SPDX-License-Identifier: Apache-2.0 */
/* engine.c — the connector engine by itself: files, steps, redaction, throttling. What vendors
 * published reproduces byte for byte; the golden block of every shipped file is run. */
#include "base/op.h"
#include "link/link.h"
#include "rig.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define p rig_p

static void run_golden(const char *file, const char *name)
{
    pni_link *l = NULL;
    pni_golden *g;
    size_t n;
    char folder[500];
    snprintf(folder, sizeof folder, "%s", rig_vector(""));
    ok(pni_link_load(p, file, name, &l));
    ok(pni_golden_run(p, l, folder, &g, &n));
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(!g[i].problem, "%s: %s: %s", name, g[i].name, g[i].problem);
    ck_assert_uint_gt(n, 0);
    pni_link_free(l);
}

START_TEST(published_examples_reproduce)
{
    char path[500];
    snprintf(path, sizeof path, "%s/../published.yaml", rig_vector(""));
    run_golden(path, "published");
}
END_TEST

START_TEST(every_shipped_connector_is_golden)
{
    char folder[400], path[700];
    const struct dirent *e;
    int n = 0;
    snprintf(folder, sizeof folder, "%s/link", getenv("PN_DATADIR"));
    DIR *d = opendir(folder);
    ck_assert_ptr_nonnull(d);
    while ((e = readdir(d))) {
        char name[64] = "";
        size_t len = strlen(e->d_name);
        if (len < 6 || strcmp(e->d_name + len - 5, ".yaml") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        snprintf(name, sizeof name, "%.*s", (int)len - 5, e->d_name);
        run_golden(path, name);
        n++;
    }
    closedir(d);
    ck_assert_int_ge(n, 2);
}
END_TEST


/* ---- mistakes in a file are told with their place ---- */

#define HEAD "connector: x\nbase_url: https://localhost\n"
#define CALL "calls:\n  c:\n    request: {method: GET}\n"

static const struct { const char *text, *place, *words; } mistakes[] = {
    {HEAD CALL "limit: {rate: 5/s}\n", "6:1", "key 'limit' is unknown"},
    {"connector: y\nbase_url: https://localhost\n" CALL, "1:12", "the file has another name"},
    {HEAD "calls: {c: {}}\n", "3:12", "key 'request' is missing"},
    {HEAD CALL "limits: {rate: fast}\n", "6:16", "expected a rate like 5/s"},
    {HEAD CALL "limits: {burst: some}\n", "6:17", "expected a number"},
    {HEAD "sign:\n  - {op: diggest}\n" CALL, "4:5", "there is no step 'diggest'"},
    {HEAD "sign:\n  - {op: digest}\n" CALL, "4:5", "step 'digest' needs 'alg'"},
    {HEAD "sign:\n  - {op: digest, alg: md5, size: 4}\n" CALL, "4:28",
     "step 'digest' has no option 'size'"},
    {HEAD "sign:\n  - {op: take, from: ${vars.key}}\n" CALL, "4:22",
     "there is nothing called 'vars.key'"},
    {HEAD "vars: {a: ${evn.A}}\n" CALL, "3:11", "there is nothing called 'evn.A'"},
    {HEAD "vars: {a: b, a: c}\n" CALL, "3:14", "key 'a' is given twice"},
    {HEAD "calls:\n  c:\n    sign: other\n    request: {method: GET}\n", "5:11",
     "there is no recipe 'other'"},
    {HEAD "calls:\n  c:\n    request: {method: FETCH}\n", "5:23", "expected one of: GET POST"},
    {HEAD "calls:\n  c:\n    request: {method: GET}\n    idempotency: {on_unknown: q}\n", "6:31",
     "there is no such call"},
    {HEAD CALL "    response:\n      errors: [{at: /code, as: sold}]\n", "7:32",
     "expected one of: pending"},
    {HEAD CALL "golden: [1, 2\n", "7:1", "not valid YAML"},
    {"- a\n", "1:1", "expected 'key: value' lines"},
};

START_TEST(a_mistake_has_a_line_and_a_column)
{
    char want[400];
    pni_link *l = NULL;
    const char *path = pn_strdup(p, rig_file("x.yaml", mistakes[_i].text));
    fails(PN_ECONF, pni_link_load(p, path, "x", &l));
    snprintf(want, sizeof want, "%s:%s: %s", path, mistakes[_i].place, mistakes[_i].words);
    ck_assert_msg(!strncmp(pn_error(p)->message, want, strlen(want)), "%s\nnot\n%s",
                  pn_error(p)->message, want);
}
END_TEST

START_TEST(a_file_of_ones_own_comes_first_and_is_read_again)
{
    pni_link *l = NULL;
    fails(PN_ENONE, pni_link_open(p, "nobody", &l));
    fails(PN_ENONE, pni_link_open(p, "../alipay", &l));
    ok(pni_link_open(p, "alipay", &l));
    ck_assert(pni_link_has(l, "pay_qr"));
    pni_link_close(p, l);
    rig_file("alipay.yaml", "connector: alipay\nbase_url: https://localhost\n" CALL);
    ok(pni_link_open(p, "alipay", &l));
    ck_assert(pni_link_has(l, "c") && !pni_link_has(l, "pay_qr"));
    pni_link_close(p, l);
}
END_TEST

/* ---- recipes that fit on a line ---- */

static pni_link *made(const char *text)
{
    pni_link *l = NULL;
    ok(pni_link_load(p, pn_strdup(p, rig_file("x.yaml", text)), "x", &l));
    return l;
}

/* What a recipe leaves on the stack, over a body. */
static const char *leaves(const char *steps, const char *body)
{
    pni_pairs in = {0};
    pni_scope s;
    pni_doc *d = NULL;
    pni_message m = {.method = "POST", .url = "/", .body = pni_span_of(body)};
    pni_link *l = made(pn_printf(p, HEAD "sign:\n%s" CALL, steps));
    ok(pni_scope_make(p, l, &in, &s));
    if (*body == '{')
        ok(pni_doc_json(p, m.body, &d));
    else
        ok(pni_doc_form(p, m.body, &d));
    s.msg = &m;
    s.doc = d;
    ok(pni_recipe(&s, "sign"));
    const char *out = pn_strdup(p, s.it.text.s);
    pni_link_free(l);
    return out;
}

START_TEST(trap_03_java_writes_urls_its_own_way)
{
    static const struct { const char *how, *out; } ways[] = {
        {"rfc3986", "a%20b%2A~.-_%E7%A5%A8%2B"}, {"java", "a+b*%7E.-_%E7%A5%A8%2B"},
        {"form", "a+b*%7E.-_%E7%A5%A8%2B"}};
    for (int i = 0; i < 3; i++) {
        pni_span out, back;
        ok(pni_url_encode(p, pni_span_of("a b*~.-_票+"), ways[i].how, &out));
        ck_assert_str_eq(out.s, ways[i].out);
        ok(pni_url_decode(p, out, i > 0, &back));
        ck_assert_str_eq(back.s, "a b*~.-_票+");
    }
    pni_span out;
    fails(PN_EARG, pni_url_decode(p, pni_span_of("100%"), true, &out));
    fails(PN_EARG, pni_url_decode(p, pni_span_of("%zz"), true, &out));
}
END_TEST

START_TEST(trap_04_gbk_is_not_utf8)
{
    const char *gbk = "  - {op: take, from: /t}\n  - {op: charset, to: gbk}\n"
                      "  - {op: encode, as: hex_upper}\n";
    ck_assert_str_eq(leaves(gbk, "{\"t\":\"演出\"}"), "D1DDB3F6");
    ck_assert_str_eq(leaves("  - {op: decode, as: hex, of: /t}\n"
                            "  - {op: charset, source: gbk, to: utf-8}\n", "{\"t\":\"D1DDB3F6\"}"),
                     "演出");
}
END_TEST

START_TEST(trap_05_empty_values_stay_or_go)
{
    const char *body = "{\"b\":\"\",\"a\":\"1\",\"c\":null}";
    ck_assert_str_eq(leaves("  - {op: select, from: body}\n  - {op: sort}\n  - {op: join}\n", body),
                     "a=1&b=&c=");
    ck_assert_str_eq(leaves("  - {op: select, from: body, drop_null: yes}\n  - {op: sort}\n"
                            "  - {op: join}\n", body), "a=1&b=");
    ck_assert_str_eq(leaves("  - {op: select, from: body, drop_empty: yes}\n  - {op: sort}\n"
                            "  - {op: join}\n", body), "a=1");
}
END_TEST

START_TEST(trap_06_the_last_line_has_an_end_or_not)
{
    ck_assert_str_eq(leaves("  - {op: lines, of: [GET, /x, \"\"], trailing: yes}\n", "{}"),
                     "GET\n/x\n\n");
    ck_assert_str_eq(leaves("  - {op: lines, of: [GET, /x, \"\"]}\n", "{}"), "GET\n/x\n");
}
END_TEST

START_TEST(trap_07_days_differ_by_zone)
{
    pni_pairs in = PAIRS("at", "1551113065000000"); /* 2019-02-25 16:44:25 UTC */
    static const struct { const char *ref, *out; } forms[] = {
        {"in.at|s", "1551113065"}, {"in.at|ms", "1551113065000"}, {"in.at|utc_day", "2019-02-25"},
        {"in.at|day", "2019-02-26"}, {"in.at|date", "20190226"}, {"in.at|clock", "004425"},
        {"in.at|dashed", "2019-02-26 00:44:25"}, {"in.at|compact", "20190226004425"},
        {"in.at|rfc3339", "2019-02-26T00:44:25+08:00"}, {"in.at|iso_z", "2019-02-25T16:44:25Z"},
        {"in.at|rfc1123", "Mon, 25 Feb 2019 16:44:25 GMT"}};
    pni_link *l = made(HEAD CALL);
    pni_scope s;
    ok(pni_scope_make(p, l, &in, &s));
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        pni_span out;
        ok(pni_ref(&s, forms[i].ref, &out));
        ck_assert_str_eq(out.s, forms[i].out);
    }
    pni_link_free(l);
}
END_TEST

START_TEST(trap_08_ids_are_texts_from_end_to_end)
{
    ck_assert_str_eq(leaves("  - {op: take, from: /order/id}\n",
                            "{\"order\":{\"id\":900719925474099312345678901234567890}}"),
                     "900719925474099312345678901234567890");
    ck_assert_str_eq(leaves("  - {op: take, from: /a/1}\n", "{\"a\":[1.0,1.50e2,2]}"), "1.50e2");
    ck_assert_str_eq(leaves("  - {op: take, from: /t}\n",
                            "{\"t\":\"\\u7968\\ud83c\\udfab\\n\\\"\\/\"}"), "票🎫\n\"/");
    pni_doc *d;
    fails(PN_EARG, pni_doc_json(p, pni_span_of("{\"a\":1,\"a\":2}"), &d));
    fails(PN_EARG, pni_doc_json(p, pni_span_of("{\"a\":1"), &d));
    fails(PN_EARG, pni_doc_json(p, pni_span_of("{\"a\":\"\xff\"}"), &d));
}
END_TEST

START_TEST(trap_14_json_inside_a_text_is_opened)
{
    ck_assert_str_eq(leaves("  - {op: open_json, of: /apiResultData}\n"
                            "  - {op: take, from: /msgData/waybillNoInfoList/0/waybillNo}\n",
                            "{\"apiResultCode\":\"A1000\",\"apiResultData\":\"{\\\"success\\\":"
                            "true,\\\"msgData\\\":{\\\"waybillNoInfoList\\\":[{\\\"waybillNo\\\":"
                            "\\\"SF1\\\"}]}}\"}"), "SF1");
}
END_TEST

START_TEST(money_is_never_rounded)
{
    pni_pairs in = PAIRS("a", "58000", "b", "1", "c", "580.00", "d", "0.1", "e", "12.300", "f",
                         "1.005", "g", "-1.00", "h", "1e3", "i", "99999999999999999999");
    static const struct { const char *ref, *out; } good[] = {
        {"in.a|yuan", "580.00"}, {"in.b|yuan", "0.01"}, {"in.a|fen12", "000000058000"},
        {"in.c|fen", "58000"}, {"in.d|fen", "10"}, {"in.e|fen", "1230"}};
    static const char *const bad[] = {"in.f|fen", "in.g|fen", "in.h|fen", "in.i|fen"};
    pni_link *l = made(HEAD CALL);
    pni_scope s;
    pni_span out;
    ok(pni_scope_make(p, l, &in, &s));
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ok(pni_ref(&s, good[i].ref, &out));
        ck_assert_str_eq(out.s, good[i].out);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        fails(PN_EPROVIDER, pni_ref(&s, bad[i], &out));
    fails(PN_EARG, pni_ref(&s, "in.c|yuan", &out));
    fails(PN_EARG, pni_ref(&s, "in.nothing", &out));
    ok(pni_ref(&s, "in.nothing?", &out));
    ck_assert_ptr_null(out.s);
    ok(pni_ref(&s, "in.nothing:-x", &out));
    ck_assert_str_eq(out.s, "x");
    pni_link_free(l);
}
END_TEST

START_TEST(templates_leave_out_what_is_not_there)
{
    pni_pairs in = PAIRS("n", "42", "t", "a \"b\"\\");
    pni_link *l = made(HEAD "calls:\n  c:\n    request:\n      method: POST\n      json:\n"
                            "        a: ${in.t}\n        b: ${in.no?}\n"
                            "        c: {d: ${in.no?}}\n        e: !int \"${in.n}\"\n"
                            "        f: [x, ${in.no?}, !bool true]\n");
    pni_scope s;
    pni_message m;
    ok(pni_scope_make(p, l, &in, &s));
    ok(pni_request_make(&s, pni_tree_at(l->root, "calls", "c"), &m));
    ck_assert_str_eq(m.body.s, "{\"a\":\"a \\\"b\\\"\\\\\",\"e\":42,\"f\":[\"x\",true]}");
    in = PAIRS("n", "4,\"x\":2", "t", "");
    ok(pni_scope_make(p, l, &in, &s));
    fails(PN_EARG, pni_request_make(&s, pni_tree_at(l->root, "calls", "c"), &m));
    pni_link_free(l);
}
END_TEST

START_TEST(a_secret_others_can_read_is_none)
{
    pni_pairs in = {0};
    pni_scope s;
    pni_span out;
    char path[200];
    pni_link *l = made(HEAD CALL);
    ok(pni_scope_make(p, l, &in, &s));
    fails(PN_ECONF, pni_ref(&s, "secret.k", &out));
    snprintf(path, sizeof path, "%s", rig_file("link/k", "hush-hush-1\n"));
    ok(pni_ref(&s, "secret.k", &out));
    ck_assert_str_eq(out.s, "hush-hush-1");
    ck_assert_int_eq(chmod(path, 0644), 0);
    fails(PN_ECONF, pni_ref(&s, "secret.k", &out));
    fails(PN_ECONF, pni_ref(&s, "secret.../../etc/passwd", &out));
    const char *shown;
    ok(pni_redact(p, l, &s.secrets, pni_span_of("a hush-hush-1 b \"sign\":\"abcdef\" x"), &shown));
    ck_assert_str_eq(shown, "a *** b \"sign\":\"***\" x");
    /* JSON inside a form */
    ok(pni_redact(p, l, NULL, pni_span_of("j=%7B%22sign%22%3A%22ab%2Bcdef%22%2C%22pwd%22%3a1234%7D"
                                          "&signed=abcdef&sign=abc%22d"), &shown));
    ck_assert_str_eq(shown, "j=%7B%22sign%22%3A%22***%22%2C%22pwd%22%3a***%7D"
                            "&signed=abcdef&sign=***");
    pni_link_free(l);
}
END_TEST

/* ---- the wire ---- */

START_TEST(trap_18_no_network_of_ours_no_plain_http)
{
    static const char *const own[] = {"127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1",
        "fd00::1", "fe80::1", "::ffff:10.0.0.1", "ff02::1"};
    static const char *const outside[] = {"8.8.8.8", "172.32.0.1", "100.128.0.1", "11.0.0.1",
        "2400:3200::1", "::ffff:8.8.8.8"};
    for (size_t i = 0; i < sizeof own / sizeof *own + sizeof outside / sizeof *outside; i++) {
        bool is_own = i < sizeof own / sizeof *own;
        const char *text = is_own ? own[i] : outside[i - sizeof own / sizeof *own];
        struct sockaddr_storage sa = {0};
        struct sockaddr_in in4 = {.sin_family = AF_INET};
        struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
        if (inet_pton(AF_INET, text, &in4.sin_addr) == 1)
            memcpy(&sa, &in4, sizeof in4);
        else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
            memcpy(&sa, &in6, sizeof in6);
        ck_assert_msg(pni_address_own((struct sockaddr *)&sa) == is_own, "%s", text);
    }
    static const char *const urls[] = {"http://example.com/", "http://127.0.0.1.example.com/",
                                       "http://localhost.example.com/", "file:///etc/passwd",
                                       "ftp://127.0.0.1/"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        pni_wire w = {.url = urls[i], .timeout_ms = 1000};
        pni_message req = {.method = "GET", .url = urls[i]}, res;
        const char *why;
        int how;
        ok(pni_wire_send(p, &w, &req, &res, &how, &why));
        ck_assert_msg(how == PNI_WIRE_NOT_SENT, "%s: %s", urls[i], why);
    }
    pni_wire w = {.url = "http://127.0.0.1:9/", .foreign = true, .timeout_ms = 1000};
    pni_message req = {.method = "GET", .url = w.url}, res;
    const char *why;
    int how;
    ok(pni_wire_send(p, &w, &req, &res, &how, &why));
    ck_assert_int_eq(how, PNI_WIRE_NOT_SENT);
    ck_assert_str_eq(why, "the address lies inside this network");
}
END_TEST

START_TEST(calls_are_counted_before_they_are_made)
{
    pni_link *l = made(HEAD "limits: {rate: 2/m, burst: 3, concurrency: 2}\n" CALL);
    for (int i = 0; i < 2; i++)
        ck_assert(pni_gate_enter(l, "c"));
    ck_assert(!pni_gate_enter(l, "c")); /* two at once */
    pni_gate_leave(l);
    ck_assert(pni_gate_enter(l, "c"));
    pni_gate_leave(l);
    ck_assert(!pni_gate_enter(l, "c")); /* three, and then two a minute */
    pni_gate_leave(l);
    pni_link_free(l);
}
END_TEST

START_TEST(people_see_which_there_are_and_what_is_wrong)
{
    pn_link_all all;
    pn_link_report r;
    int found = 0;
    fails(PN_EAUTH, pn_link_names(p, &(struct pn_link_names){0}, &all));
    pn_act_as(p, &(pn_actor){.kind = 'O', .id = 1, .login = "ops", .name = "Ops",
                             .roles = PN_ROLE_OPS, .via = "test"});
    rig_file("broken.yaml", "connector: broken\n");
    ok(pn_link_names(p, &(struct pn_link_names){0}, &all));
    pn_each(pn_link_row, row, &all.connectors)
    {
        found += !strcmp(row->connector, "alipay") && strstr(row->calls, "pay_qr") &&
                 !strcmp(row->callbacks, "notice");
        found += !strcmp(row->connector, "broken") && strstr(row->title, "broken.yaml:1:1: ");
    }
    ck_assert_int_eq(found, 2);
    ok(pn_link_check(p, &(struct pn_link_check){.connector = "alipay", .golden = rig_vector("")},
                     &r));
    ck_assert_int_gt(r.cases_n, 5);
    ck_assert_int_eq(r.failed_n, 0);
    char *elsewhere = pn_strdup(p, rig_file("y.yaml", "connector: y\nbase_url: x\ncall: 1\n"));
    fails(PN_ECONF, pn_link_check(p, &(struct pn_link_check){.connector = "y", .file = elsewhere},
                                  &r));
    ck_assert_msg(strstr(pn_error(p)->hint, "'calls'"), "%s", pn_error(p)->hint);
    fails(PN_ENONE, pn_link_check(p, &(struct pn_link_check){.connector = "nobody"}, &r));
}
END_TEST

START_TEST(memory_may_run_out_anywhere)
{
    char path[500], folder[500];
    int64_t nth = 1;
    bool whole = false;
    snprintf(path, sizeof path, "%s/link/%s.yaml", getenv("PN_DATADIR"), _i ? "wechat" : "alipay");
    snprintf(folder, sizeof folder, "%s", rig_vector(""));
    for (; !whole && nth < 100000; nth += 97) {
        pni_link *l = NULL;
        pni_golden *g = NULL;
        size_t n = 0, bad = 0;
        pni_alloc_fail_in = nth;
        int rc = pni_link_load(p, path, _i ? "wechat" : "alipay", &l);
        if (!rc)
            rc = pni_golden_run(p, l, folder, &g, &n);
        whole = !rc && pni_alloc_fail_in > 0;
        pni_alloc_fail_in = 0;
        for (size_t i = 0; whole && i < n; i++)
            bad += g[i].problem != NULL;
        ck_assert_uint_eq(bad, 0);
        pni_link_free(l);
        pn_end(p);
        p = pn_begin(rig_ctx);
    }
    ck_assert(whole);
    ck_assert_int_gt(nth, 1000);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("engine");
    tcase_add_checked_fixture(t, rig_setup, rig_teardown);
    tcase_add_test(t, published_examples_reproduce);
    tcase_add_test(t, every_shipped_connector_is_golden);
    tcase_add_loop_test(t, a_mistake_has_a_line_and_a_column, 0,
                        (int)(sizeof mistakes / sizeof *mistakes));
    tcase_add_test(t, a_file_of_ones_own_comes_first_and_is_read_again);
    tcase_add_test(t, trap_03_java_writes_urls_its_own_way);
    tcase_add_test(t, trap_04_gbk_is_not_utf8);
    tcase_add_test(t, trap_05_empty_values_stay_or_go);
    tcase_add_test(t, trap_06_the_last_line_has_an_end_or_not);
    tcase_add_test(t, trap_07_days_differ_by_zone);
    tcase_add_test(t, trap_08_ids_are_texts_from_end_to_end);
    tcase_add_test(t, trap_14_json_inside_a_text_is_opened);
    tcase_add_test(t, money_is_never_rounded);
    tcase_add_test(t, templates_leave_out_what_is_not_there);
    tcase_add_test(t, a_secret_others_can_read_is_none);
    tcase_add_test(t, trap_18_no_network_of_ours_no_plain_http);
    tcase_add_test(t, calls_are_counted_before_they_are_made);
    tcase_add_test(t, people_see_which_there_are_and_what_is_wrong);
    tcase_add_loop_test(t, memory_may_run_out_anywhere, 0, 2);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
