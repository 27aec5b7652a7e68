/* SPDX-License-Identifier: Apache-2.0 */
/* faults.c — every way in which a provider can be bad, at every provider: what is lost, late, cut,
 * sent elsewhere, forged, too early, too often, out of order, of another amount or for somebody
 * else. A refund is never made twice and never believed to be made when it is not; a question is
 * answered in the end; a notice is believed only when it should be. And what a provider refuses of
 * ours: a request that is old, that was made before, that somebody changed. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ask.h"
#include "fakes.h"

#define p rig_p

typedef struct vendor {
    const char *name, *pay, *front, *tool; /* call, its name in the answer, what the payer does */
    const char *mine;                      /* the variable that says who we are */
    bool window, once;                     /* it has a time window for answers, wants a new word */
} vendor;
static const vendor vendors[] = {
    {"alipay", "pay_js", NULL, NULL, "ALIPAY_APP_ID", false, false},
    {"wechat", "pay_qr", NULL, NULL, "WECHAT_MCH_ID", true, true},
    {"cmb_netpay", "pay_wap", "front", "browse", "CMB_MERCHANT_NO", false, false},
    {"cmb_life", "pay_app", "url", "browse", "CMB_LIFE_MID", false, true},
    {"sandpay", "pay_qr", NULL, NULL, "SAND_MID", false, false}};
enum { VENDORS = sizeof vendors / sizeof *vendors };
static pni_link *links[VENDORS];

static void setup(void)
{
    rig_setup();
    for (int i = 0; i < VENDORS; i++) {
        fake_start(vendors[i].name);
        ok(pni_link_open(p, vendors[i].name, &links[i]));
    }
}
static void teardown(void)
{
    for (int i = 0; i < VENDORS; i++)
        pni_link_close(p, links[i]);
    fakes_stop();
    rig_teardown();
}

/* ---- one payment at each ---- */

static pni_pairs inputs(const char *no)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    const char *us = pn_printf(p, "%lld", (long long)t.tv_sec * 1000000);
    return PAIRS("out_trade_no", no, "own_no", no, "amount_fen", "58000", "total_fen", "58000",
                 "subject", "演出票", "notify_url", "http://127.0.0.1:1/n", "openid", "o1",
                 "created_us", us);
}

static pni_pairs refund_of(const char *no, const char *request, const char *fen)
{
    pni_pairs in = inputs(no);
    ck_assert(pni_pairs_put(p, &in, "out_request_no", pni_span_of(request), true));
    ck_assert(pni_pairs_put(p, &in, "amount_fen", pni_span_of(fen), true));
    return in;
}

static const char *paid(int i, const char *name)
{
    const vendor *v = &vendors[i];
    const char *no = pn_printf(p, "P%s%s", name, v->name);
    no = pn_printf(p, "%.20s", no);
    pni_answer a = call(links[i], v->pay, inputs(no));
    is(&a, PN_LINK_OK);
    if (v->tool) {
        pn_buf b = pn_buf_new(p);
        pn_buf_puts(&b, "{\"front\":");
        pn_buf_json(&b, pni_answer_get(&a, v->front));
        pn_buf_puts(&b, "}");
        fake(v->name, v->tool, "%s", b.text);
    }
    fake(v->name, "pay", "{\"out_trade_no\":\"%s\"}", no);
    return no;
}

static int64_t given_back(int i, const char *no)
{
    return strtoll(doc_text(fake(vendors[i].name, "state", "{\"out_trade_no\":\"%s\"}", no),
                            "/refunded_fen"), NULL, 10);
}

static bool claims_done(const pni_answer *a)
{
    const char *state = pni_answer_get(a, "state");
    return a->outcome == PN_LINK_OK && state &&
           (!strcmp(state, "SUCCESS") || !strcmp(state, "PROCESSING"));
}

/* ---- what is done to the answer ---- */

/* asked: nobody knows, so it is asked for; kept: nothing happened at all. */
static const struct { const char *name; bool asked, kept; } faults[] = {
    {"drop", true, false}, {"hang", true, false}, {"delay", false, false},
    {"truncate", true, false}, {"redirect", true, false}, {"corrupt", true, false},
    {"signtest", true, false}, {"fail500_after", true, false}, {"fail500", true, true},
    {"fail429", false, true}};
enum { FAULTS = sizeof faults / sizeof *faults };

START_TEST(money_goes_back_once_whatever_becomes_of_the_answer)
{
    int i = _i / FAULTS, k = _i % FAULTS;
    const char *no = paid(i, pn_printf(p, "%02d", k)), *where = faults[k].name;
    pni_pairs in = refund_of(no, pn_printf(p, "TK%d-%d", i, k), "100");
    fake(vendors[i].name, "switch", "{\"%s\":1}", where);
    pni_answer a = call(links[i], "refund", in);
    ck_assert_msg(given_back(i, no) == (faults[k].kept ? 0 : 100), "%s: %s: %d is back",
                  vendors[i].name, where, (int)given_back(i, no));
    ck_assert_msg(claims_done(&a) == !faults[k].kept, "%s: %s: %d %s", vendors[i].name, where,
                  a.outcome, a.exchange);
    if (!faults[k].kept)
        ck_assert_msg(a.asked == faults[k].asked, "%s: %s: asked %d", vendors[i].name, where,
                      a.asked);
    for (int n = 0; n < 2; n++) { /* under the same number: once, and it stays so */
        a = call(links[i], "refund", in);
        ck_assert_msg(a.outcome == PN_LINK_OK, "%s: %s: %d", vendors[i].name, where, a.outcome);
        ck_assert_int_eq(given_back(i, no), 100);
    }
    a = call(links[i], "refund", refund_of(no, pn_printf(p, "TK%d-%d", i, k), "200"));
    ck_assert_msg(!claims_done(&a), "%s: another sum under the same number", vendors[i].name);
    ck_assert_int_eq(given_back(i, no), 100);
}
END_TEST

START_TEST(a_question_is_answered_in_the_end)
{
    for (int i = 0; i < VENDORS; i++) {
        const char *no = paid(i, "Q");
        for (int k = 0; k < FAULTS; k++) {
            if (!strcmp(faults[k].name, "hang"))
                continue; /* four seconds of what drop is */
            fake(vendors[i].name, "switch", "{\"%s\":1}", faults[k].name);
            pni_answer a = call(links[i], "query", inputs(no));
            ck_assert_msg(a.outcome == PN_LINK_OK, "%s: %s: %d %s", vendors[i].name,
                          faults[k].name, a.outcome, a.exchange);
            says(&a, "state", "SUCCESS");
            says(&a, "amount_fen", "58000");
        }
        /* forged as often as it is asked: nothing of it is believed */
        fake(vendors[i].name, "switch", "{\"corrupt\":9}");
        pni_answer a = call(links[i], "query", inputs(no));
        fake(vendors[i].name, "switch", "{\"corrupt\":0}");
        is(&a, PN_LINK_RETRYABLE);
        ck_assert_ptr_null(pni_answer_get(&a, "state"));
        /* another amount is told as it is: whoever asked compares */
        fake(vendors[i].name, "switch", "{\"wrong_amount\":1}");
        a = call(links[i], "query", inputs(no));
        is(&a, PN_LINK_OK);
        says(&a, "amount_fen", "1");
        /* an answer of an hour ago: only where the protocol signs the time of sending */
        fake(vendors[i].name, "switch", "{\"stale\":9}");
        a = call(links[i], "query", inputs(no));
        fake(vendors[i].name, "switch", "{\"stale\":0}");
        is(&a, vendors[i].window ? PN_LINK_RETRYABLE : PN_LINK_OK);
    }
}
END_TEST

/* ---- answers that overtake each other ---- */

typedef struct asking { int vendor; const char *no, *day; char got[60]; } asking;

static void *asks(void *arg)
{
    asking *me = arg;
    pn *q = pn_begin(rig_ctx);
    pni_link *l = NULL;
    pni_answer a = {0};
    pni_pairs in = {0};
    bool put = pni_pairs_put(q, &in, "out_trade_no", pni_span_of(me->no), true) &&
               pni_pairs_put(q, &in, "created_us", pni_span_of(me->day), true);
    if (put && !pni_link_open(q, vendors[me->vendor].name, &l) &&
        !pni_link_call(q, l, "query", &in, &a))
        snprintf(me->got, sizeof me->got, "%d %s", a.outcome,
                 pni_answer_get(&a, "provider_no") ? pni_answer_get(&a, "provider_no") : "");
    pni_link_close(q, l);
    pn_end(q);
    return NULL;
}

START_TEST(answers_out_of_order_stay_with_their_questions)
{
    for (int i = 0; i < VENDORS; i++) {
        pni_pairs in = inputs("x");
        const char *day = pni_pairs_find(&in, "created_us")->value.s;
        asking one = {i, paid(i, "A"), day, ""}, two = {i, paid(i, "B"), day, ""};
        pni_answer a = call(links[i], "query", inputs(one.no));
        pni_answer b = call(links[i], "query", inputs(two.no));
        pthread_t first, second;
        fake(vendors[i].name, "switch", "{\"reorder\":1}"); /* the first waits for the second */
        ck_assert_int_eq(pthread_create(&first, NULL, asks, &one), 0);
        ck_assert_int_eq(pthread_create(&second, NULL, asks, &two), 0);
        pthread_join(first, NULL);
        pthread_join(second, NULL);
        ck_assert_str_eq(one.got, pn_printf(p, "1 %s", pni_answer_get(&a, "provider_no")));
        ck_assert_str_eq(two.got, pn_printf(p, "1 %s", pni_answer_get(&b, "provider_no")));
    }
}
END_TEST

/* ---- notices ---- */

static pni_heard hear(int i, const pni_doc *d)
{
    pni_inbound in = fake_notice(d);
    pni_heard h;
    ok(pni_link_hear(p, links[i], "notice", &in, &h));
    return h;
}

static const pni_doc *notice_of(int i, const char *no, const char *how)
{
    return fake(vendors[i].name, "notice", "{\"out_trade_no\":\"%s\",\"how\":\"%s\"}", no, how);
}

START_TEST(a_notice_is_believed_when_it_should_be)
{
    for (int i = 0; i < VENDORS; i++) {
        const char *no = paid(i, "N");
        pni_heard h = hear(i, notice_of(i, no, ""));
        ck_assert_int_eq(h.verdict, PNI_NOTICE_GOOD);
        ck_assert_str_eq(h.kind, "payment");
        ck_assert_str_eq(pni_pairs_find(&h.map, "out_trade_no")->value.s, no);
        ck_assert_str_eq(pni_pairs_find(&h.map, "amount_fen")->value.s, "58000");
        h = hear(i, notice_of(i, no, "wrong_amount")); /* genuine, and told as it is */
        ck_assert_int_eq(h.verdict, PNI_NOTICE_GOOD);
        ck_assert_str_eq(pni_pairs_find(&h.map, "amount_fen")->value.s, "1");
        ck_assert_int_eq(hear(i, notice_of(i, no, "corrupt")).verdict, PNI_NOTICE_BAD);
        ck_assert_ptr_null(h.payee); /* ours */
        h = hear(i, notice_of(i, no, "stranger"));
        if (!strcmp(vendors[i].name, "alipay")) /* told whose it is, and refused with the payment */
            ck_assert_str_eq(h.payee, "2088999999999999");
        else
            ck_assert_int_eq(h.verdict, PNI_NOTICE_BAD);
        ck_assert_int_eq(hear(i, notice_of(i, no, "probe")).verdict,
                         i == 1 ? PNI_NOTICE_PROBE : PNI_NOTICE_BAD);
        /* Elsewhere the time is that of the event: a notice that comes again is as old as that. */
        ck_assert_int_eq(hear(i, notice_of(i, no, "stale")).verdict,
                         vendors[i].window ? PNI_NOTICE_BAD : PNI_NOTICE_GOOD);
    }
}
END_TEST

/* What arrives of two notices, by the numbers they are for. */
static const char *arrives(int i, const char *fault, const char *a, const char *b, int *n)
{
    pn_buf out = pn_buf_new(p);
    fake(vendors[i].name, "switch", "{\"%s\":1}", fault);
    const pni_doc *d = fake(vendors[i].name, "mail",
                            "{\"list\":[{\"out_trade_no\":\"%s\"},{\"out_trade_no\":\"%s\"}]}", a,
                            b);
    const char *dedupe[4] = {"", "", "", ""};
    *n = 0;
    for (d = d->first; d; d = d->next) {
        pni_heard h = hear(i, d);
        const char *no = pni_pairs_find(&h.map, "out_trade_no")->value.s;
        ck_assert_int_eq(h.verdict, PNI_NOTICE_GOOD);
        pn_buf_putf(&out, "%s%s", *n ? " " : "", !strcmp(no, a) ? "a" : "b");
        dedupe[(*n)++] = h.dedupe;
    }
    if (!strcmp(fault, "notice_duplicate"))
        ck_assert_str_eq(dedupe[0], dedupe[1]); /* by which the second is known */
    ck_assert_str_ne(dedupe[0], dedupe[*n > 1 ? *n - 1 : 3]);
    return out.text;
}

START_TEST(the_post_loses_doubles_and_turns_around)
{
    static const struct { const char *fault, *comes; } posts[] = {
        {"notice_drop", "b"}, {"notice_delay", "a b"}, {"notice_duplicate", "a a b"},
        {"notice_reorder", "b a"}};
    for (int i = 0; i < VENDORS; i++) {
        const char *a = paid(i, "X"), *b = paid(i, "Y");
        for (size_t k = 0; k < sizeof posts / sizeof *posts; k++) {
            int n;
            ck_assert_str_eq(arrives(i, posts[k].fault, a, b, &n), posts[k].comes);
        }
    }
}
END_TEST

/* ---- what a provider refuses of ours ---- */

static bool takes(const vendor *v, const pni_message *req)
{
    pni_span target;
    pni_message res;
    const char *why;
    int how;
    ok(pni_message_target(p, req, &target));
    const char *query = strchr(target.s, '?');
    const char *url = pn_printf(p, "%s%s", req->url, query ? query : "");
    pni_wire w = {.url = url, .timeout_ms = 10000};
    ok(pni_wire_send(p, &w, req, &res, &how, &why));
    ck_assert_int_eq(how, PNI_WIRE_OK);
    const char *found = !strcmp(v->name, "cmb_netpay") ? "SUC0000" : "P";
    return res.status == 200 && strstr(res.body.s, found) &&
           !strstr(res.body.s, "isv.") && !strstr(res.body.s, "验签失败") &&
           !strstr(res.body.s, "\"respCode\":\"1001\"") &&
           !strstr(res.body.s, "%3A%22000001") && !strstr(res.body.s, "%3A%22000002");
}

static pni_message query_at(int i, const char *no, int64_t late_s)
{
    pni_scope s;
    pni_message m;
    pni_pairs in = inputs(no);
    ok(pni_scope_make(p, links[i], &in, &s));
    s.call = "query";
    s.now.us -= late_s * 1000000;
    ok(pni_request_make(&s, pni_tree_at(links[i]->root, "calls", "query"), &m));
    return m;
}

START_TEST(a_fake_refuses_what_the_real_one_would)
{
    for (int i = 0; i < VENDORS; i++) {
        const vendor *v = &vendors[i];
        const char *no = paid(i, "R");
        pni_message m = query_at(i, no, 0);
        ck_assert_msg(takes(v, &m), "%s refuses what is right", v->name);
        ck_assert_msg(takes(v, &m) == !v->once, "%s: made before", v->name);
        m = query_at(i, no, 3600);
        ck_assert_msg(!takes(v, &m), "%s: an hour old", v->name);
        const char *mine = pn_strdup(p, getenv(v->mine));
        setenv(v->mine, "0123456789", 1);
        m = query_at(i, no, 0);
        ck_assert_msg(!takes(v, &m), "%s: in somebody else's name", v->name);
        setenv(v->mine, mine, 1);
        m = query_at(i, no, 0);
        char *changed = pn_strdup(p, m.body.n ? m.body.s : ""), *at = strstr(changed, no);
        if (at) {
            at[1] ^= 1;
            m.body.s = changed;
        } else { /* it stands in the address */
            m.url = pn_printf(p, "%s9", m.url);
        }
        ck_assert_msg(!takes(v, &m), "%s: changed on the way", v->name);
    }
}
END_TEST

START_TEST(a_switch_that_nobody_knows_is_no_switch)
{
    pni_message req = {.method = "POST", .body = pni_span_of("{\"drpo\":1}")}, res;
    const char *why;
    int how;
    pni_span port = rig_slurp(pn_printf(p, "%s/alipay.port", rig_folder));
    req.url = pn_printf(p, "http://127.0.0.1:%s/_switch", port.s);
    pni_wire w = {.url = req.url, .timeout_ms = 10000};
    ok(pni_wire_send(p, &w, &req, &res, &how, &why));
    ck_assert_int_eq(res.status, 500);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("faults");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, setup, teardown); /* the fakes start once */
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, money_goes_back_once_whatever_becomes_of_the_answer, 0,
                        VENDORS * FAULTS);
    tcase_add_test(t, a_question_is_answered_in_the_end);
    tcase_add_test(t, answers_out_of_order_stay_with_their_questions);
    tcase_add_test(t, a_notice_is_believed_when_it_should_be);
    tcase_add_test(t, the_post_loses_doubles_and_turns_around);
    tcase_add_test(t, a_fake_refuses_what_the_real_one_would);
    tcase_add_test(t, a_switch_that_nobody_knows_is_no_switch);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
