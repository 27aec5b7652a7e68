/* SPDX-License-Identifier: Apache-2.0 */
/* one_net.c — CMB one-net: the bank's key changes and has no number, and a day is told in lists. */
#include <stdio.h>
#include <string.h>

#include "fakes.h"
#include "link/bill_file_int.h"

#define p rig_p

static pni_link *bank;

static void setup(void)
{
    rig_setup();
    fake_start("cmb_netpay");
    ok(pni_link_open(p, "cmb_netpay", &bank));
}
static void teardown(void)
{
    pni_link_close(p, bank);
    fakes_stop();
    rig_teardown();
}

static pni_answer call(const char *name, pni_pairs in)
{
    pni_answer a = {0};
    ok(pni_link_call(p, bank, name, &in, &a));
    return a;
}

static const char *fetched(void)
{
    return doc_text(fake("cmb_netpay", "fetches", "{}"), "/fetched");
}

/* An order that the payer's browser took there, and paid. */
static void paid(const char *no)
{
    pn_buf b = pn_buf_new(p);
    pni_answer a = call("pay_wap", PAIRS("out_trade_no", no, "amount_fen", "58000", "created_us",
                                         "1795744800000000", "notify_url",
                                         "http://127.0.0.1:1/v1/notify"));
    pn_buf_puts(&b, "{\"front\":");
    pn_buf_json(&b, pni_answer_get(&a, "front"));
    pn_buf_puts(&b, "}");
    fake("cmb_netpay", "browse", "%s", b.text);
    fake("cmb_netpay", "pay", "{\"out_trade_no\":\"%s\"}", no);
}

static int asked(const char *no)
{
    return call("query", PAIRS("out_trade_no", no, "created_us", "1795744800000000")).outcome;
}

static int told(const char *no, const char *how)
{
    pni_heard h;
    pni_inbound in = fake_notice(fake("cmb_netpay", "notice",
                                      "{\"out_trade_no\":\"%s\",\"how\":\"%s\"}", no, how));
    ok(pni_link_hear(p, bank, "notice", &in, &h));
    return h.verdict;
}

/* Trap 13. Nobody put a key in place, or an old one: the one in force is asked for. */
START_TEST(the_banks_key_is_fetched_and_kept)
{
    if (_i)
        rig_secret("cmb_public_key", "cmb_public_key.pem");
    else
        rig_file("link/cmb_public_key", "");
    paid("P1970241");
    ck_assert_str_eq(fetched(), "0");
    ck_assert_int_eq(asked("P1970241"), PN_LINK_OK);
    ck_assert_int_eq(told("P1970241", ""), PNI_NOTICE_GOOD);
    ck_assert_str_eq(fetched(), "1");
    /* what is forged makes nobody fetch again and again */
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(told("P1970241", "corrupt"), PNI_NOTICE_BAD);
    ck_assert_str_eq(fetched(), "1");
}
END_TEST

START_TEST(the_banks_key_changes_under_way)
{
    rig_file("link/cmb_public_key", "");
    paid("P1970241");
    ck_assert_int_eq(asked("P1970241"), PN_LINK_OK);
    const pni_doc *late = fake("cmb_netpay", "notice", "{\"out_trade_no\":\"P1970241\"}");
    fake("cmb_netpay", "rotate", "{}");
    /* not for five minutes, whoever says so; then it is asked for, once */
    ck_assert_int_eq(told("P1970241", ""), PNI_NOTICE_BAD);
    pni_ring_age(301);
    ck_assert_int_eq(told("P1970241", ""), PNI_NOTICE_GOOD);
    ck_assert_int_eq(asked("P1970241"), PN_LINK_OK);
    ck_assert_str_eq(fetched(), "2");
    /* and what was signed with the one before still counts */
    pni_inbound in = fake_notice(late);
    pni_heard h;
    ok(pni_link_hear(p, bank, "notice", &in, &h));
    ck_assert_int_eq(h.verdict, PNI_NOTICE_GOOD);
    /* once a day it is looked at in any case */
    pni_ring_age(25 * 3600);
    ck_assert_int_eq(asked("P1970241"), PN_LINK_OK);
    ck_assert_str_eq(fetched(), "3");
}
END_TEST

static int lines(const char *path, int64_t *paid_fen, int64_t *back_fen)
{
    pni_bill_file *b;
    pni_bill_entry e;
    bool more;
    int n = 0;
    *paid_fen = *back_fen = 0;
    ok(pni_bill_open(p, bank, false, path, &b));
    ok(pni_bill_next(p, b, &e, &more));
    for (; more; n++) {
        *(e.refund ? back_fen : paid_fen) += e.amount_fen;
        ck_assert_msg(e.out_no[0] == 'P' && (!e.refund || e.request_no[0] == 'T'), "%s %s",
                      e.out_no, e.request_no);
        ok(pni_bill_next(p, b, &e, &more));
    }
    pni_bill_close(b);
    return n;
}

START_TEST(a_day_is_told_in_pages)
{
    int64_t in, back;
    const char *path = pn_strdup(p, rig_file("day.csv", ""));
    for (int i = 0; i < 5; i++) { /* three pages of two */
        char no[20], request[40];
        snprintf(no, sizeof no, "P19702%02d", i);
        paid(no);
        snprintf(request, sizeof request, "TK%d-1", i);
        if (i > 1) { /* two pages */
            pni_answer a = call("refund", PAIRS("own_no", no, "created_us", "1795744800000000",
                                                "out_request_no", request, "amount_fen", "8000"));
            ck_assert_int_eq(a.outcome, PN_LINK_OK);
        }
    }
    ok(pni_link_bill(p, bank, &(pni_bill_ask){.day = "2026-11-27"}, path));
    ck_assert_int_eq(lines(path, &in, &back), 8);
    ck_assert_int_eq(in, 5 * 58000);
    ck_assert_int_eq(back, 3 * 8000);
    /* a day without anything is a bill without lines */
    ok(pni_link_bill(p, bank, &(pni_bill_ask){.day = "2026-11-20"}, path));
    ck_assert_int_eq(in + back > 0, 1);
    /* a list that does not go on, and one without a column, are no bills */
    fake("cmb_netpay", "switch", "{\"stuck\":9}");
    fails(PN_EPROVIDER, pni_link_bill(p, bank, &(pni_bill_ask){.day = "2026-11-27"}, path));
    fake("cmb_netpay", "switch", "{\"stuck\":0,\"other_names\":1}");
    fails(PN_EPROVIDER, pni_link_bill(p, bank, &(pni_bill_ask){.day = "2026-11-27"}, path));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "orderAmount"));
    fake("cmb_netpay", "switch", "{\"no_bill\":1}");
    fails(PN_ENONE, pni_link_bill(p, bank, &(pni_bill_ask){.day = "2026-11-27"}, path));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("one_net");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, the_banks_key_is_fetched_and_kept, 0, 2);
    tcase_add_test(t, the_banks_key_changes_under_way);
    tcase_add_test(t, a_day_is_told_in_pages);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
