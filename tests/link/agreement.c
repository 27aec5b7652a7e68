/* SPDX-License-Identifier: Apache-2.0 */
/* agreement.c — agreements with CMB one-net: signed on the bank's page or while paying, believed by
 * the bank's notice or asked for, used by the next payment, cancelled until the bank knows it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/job.h"
#include "order/agreement.h"
#include "till.h"

static const char *const bank[] = {"cmb_netpay", NULL};

static void setup(void)
{
    rig_setup();
    fake_start("cmb_netpay");
}
static void teardown(void)
{
    fakes_stop();
    rig_teardown();
}

static pn_agreement agreed(int64_t user, bool later)
{
    pn *p = as(PN_ROLE_BUYER, user);
    pn_agreement a;
    ok(pn_agreement_sign(p, &(struct pn_agreement_sign){{PN_PAY_CMB_NETPAY}, 0, later, NULL}, &a));
    pn_end(p);
    return a;
}

/* The buyer's browser takes him to the bank's page. */
static void browses(int64_t user, int64_t id)
{
    pn *p = as(PN_ROLE_BUYER, user);
    pn_agreement_page page;
    pn_buf b = pn_buf_new(rig_p);
    ok(pn_agreement_open(p, &(struct pn_agreement_open){id}, &page));
    pn_buf_puts(&b, "{\"url\":");
    pn_buf_json(&b, page.url);
    pn_buf_puts(&b, ",\"front\":");
    pn_buf_json(&b, page.front);
    pn_buf_puts(&b, "}");
    fake("cmb_netpay", "browse_agreement", "%s", b.text);
    pn_end(p);
}

static void signs(int64_t user)
{
    fake("cmb_netpay", "agree", "{\"user\":%" PRId64 "}", user);
}

static pn_payment_heard tells(int64_t user, const char *how)
{
    return hear("cmb_netpay", fake("cmb_netpay", "agreement_notice",
                                   "{\"user\":%" PRId64 ",\"how\":\"%s\"}", user, how));
}

static const char *at_bank(int64_t user)
{
    return doc_text(fake("cmb_netpay", "agreement", "{\"user\":%" PRId64 "}", user), "/state");
}

static const char *here(int64_t id)
{
    char sql[100];
    snprintf(sql, sizeof sql, "select state from pay_agreement where id = %" PRId64, id);
    return test_sql_text(sql);
}

/* A round of the job, whose failure is no failure of the test. */
static void looks(void)
{
    pn_job_result r;
    shop_clock(MINUTE / 60); /* its slot is its time */
    pn *p = worker();
    (void)!pn_job_run(p, &(struct pn_job_run){"agreement_look", true}, &r);
    pn_end(p);
}

static pn_order ordered(int64_t user)
{
    pn *p = as(PN_ROLE_BUYER, user);
    pn_order o;
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1,
                                                    .phone = "13800000001"}, &o));
    pn_end(p);
    return o;
}

/* What the payment page says of the payer, and what the bank makes of it. */
static const pni_doc *pays(int64_t order)
{
    pn_payment y = create(order, PN_PAY_CMB_NETPAY, PN_SCENE_WAP, NULL);
    pn_payment_front f = opened(y.id);
    pn_buf b = pn_buf_new(rig_p);
    pni_doc *d;
    pn_buf_puts(&b, "{\"front\":");
    pn_buf_json(&b, f.front);
    pn_buf_puts(&b, "}");
    fake("cmb_netpay", "browse", "%s", b.text);
    payer_pays("cmb_netpay", y.id);
    ck_assert_str_eq(hear("cmb_netpay", notice("cmb_netpay", y.id, "")).result, "APPLIED");
    ck_assert_int_eq(pni_doc_json(rig_p, pni_span_of(f.front), &d), 0);
    return d;
}

START_TEST(an_agreement_is_signed_and_the_next_payment_knows_the_buyer)
{
    fresh(bank);
    pn_agreement a = agreed(ANN, false), again = agreed(ANN, false);
    ck_assert_int_eq(a.id, again.id); /* one is enough */
    ck_assert_int_eq(a.state.v, PN_AGREEMENT_PENDING);
    browses(ANN, a.id);
    ck_assert_str_eq(at_bank(ANN), "asked");
    signs(ANN);
    pn_payment_heard h = tells(ANN, "");
    ck_assert_msg(h.status == 200, "%s", test_sql_text("select reason from provider_notice"));
    ck_assert_str_eq(h.result, "APPLIED");
    ck_assert_str_eq(here(a.id), "SIGNED");
    ck_assert_str_eq(tells(ANN, "").result, "REPEAT");
    const pni_doc *d = pays(ordered(ANN).id);
    ck_assert_str_eq(doc_text(d, "/reqData/userID"), "11");
    ck_assert_int_gt((int)strlen(doc_text(d, "/reqData/agrNo")), 10);
    ck_assert_str_eq(doc_text(d, "/reqData/merchantSerialNo"), ""); /* nothing is to be signed */
    /* somebody else's payment does not */
    d = pays(ordered(BOB).id);
    ck_assert_str_eq(doc_text(d, "/reqData/agrNo"), "");
    ck_assert_int_eq(count_of("pay_agreement"), 1);
    books_proven();
    test_db_teardown();
}
END_TEST

START_TEST(it_is_signed_while_he_pays)
{
    fresh(bank);
    pn_agreement a = agreed(ANN, false);
    const pni_doc *d = pays(ordered(ANN).id);
    ck_assert_ptr_nonnull(strstr(doc_text(d, "/reqData/signNoticeUrl"), "/v1/notify/cmb_netpay"));
    ck_assert_str_ne(doc_text(d, "/reqData/merchantSerialNo"), "");
    ck_assert_str_eq(at_bank(ANN), "asked");
    signs(ANN);
    ck_assert_str_eq(tells(ANN, "").result, "APPLIED");
    ck_assert_str_eq(here(a.id), "SIGNED");
    test_db_teardown();
}
END_TEST

/* Altered, of another merchant, about another buyer or another number: none signs anything. */
START_TEST(its_notice_is_believed_only_as_the_bank_signed_it)
{
    static const struct { const char *how, *result; int status; } bad[] = {
        {"corrupt", "REFUSED", 500}, {"stranger", "REFUSED", 500},
        {"other_user", "CONFLICT", 500}, {"other_number", "CONFLICT", 500}};
    fresh(bank);
    pn_agreement a = agreed(ANN, false);
    browses(ANN, a.id);
    signs(ANN);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        pn_payment_heard h = tells(ANN, bad[i].how);
        ck_assert_str_eq(h.result, bad[i].result);
        ck_assert_int_eq(h.status, bad[i].status);
        ck_assert_str_eq(here(a.id), "PENDING");
    }
    ck_assert_str_eq(tells(ANN, "refused").result, "APPLIED");
    ck_assert_str_eq(here(a.id), "REFUSED");
    /* he takes another card on the same page: it counts after all */
    ck_assert_str_eq(tells(ANN, "").result, "APPLIED");
    ck_assert_str_eq(here(a.id), "SIGNED");
    /* a page that he left open says no once more: nothing is lost by that */
    ck_assert_str_eq(tells(ANN, "refused").result, "REPEAT");
    ck_assert_str_eq(here(a.id), "SIGNED");
    test_db_teardown();
}
END_TEST

START_TEST(nobody_told_so_the_bank_is_asked)
{
    fresh(bank);
    pn_agreement a = agreed(ANN, false), b = agreed(BOB, false);
    browses(ANN, a.id);
    browses(BOB, b.id);
    looks(); /* not yet: it has only been a second */
    ck_assert_int_eq(count_of("pay_agreement where looks > 0"), 0);
    signs(ANN);
    shop_clock(MINUTE);
    fake("cmb_netpay", "switch", "{\"other_agreement\":1}"); /* an answer about another one */
    looks();
    ck_assert_str_eq(here(a.id), "PENDING");
    for (int i = 0; i < 6; i++) {
        shop_clock(6 * MINUTE);
        looks();
    }
    ck_assert_str_eq(here(a.id), "SIGNED");
    ck_assert_str_eq(here(b.id), "CLOSED");
    ck_assert_int_eq(count_of("pay_agreement where due_at is not null"), 0);
    /* late, but he signed; unless he has another by then */
    signs(BOB);
    ck_assert_str_eq(tells(BOB, "").result, "APPLIED");
    ck_assert_str_eq(here(b.id), "SIGNED");
    test_sql("update pay_agreement set state = 'CLOSED' where user_id = 12");
    pn_agreement c = agreed(BOB, false);
    ck_assert_str_eq(tells(BOB, "").result, "APPLIED");
    ck_assert_str_eq(here(b.id), "CANCELLING");
    looks();
    ck_assert_str_eq(here(b.id), "CANCELLED");
    ck_assert_str_eq(at_bank(BOB), "over");
    ck_assert_str_eq(here(c.id), "PENDING");
    test_db_teardown();
}
END_TEST

static pn_agreement cancelled(int64_t user, int64_t id)
{
    pn *p = as(PN_ROLE_BUYER, user);
    pn_agreement a;
    ok(pn_agreement_cancel(p, &(struct pn_agreement_cancel){id, NULL}, &a));
    fails(PN_ESTATE, pn_agreement_cancel(p, &(struct pn_agreement_cancel){id, NULL}, &a));
    pn_end(p);
    return a;
}

/* The bank did it and its answer was lost, or it did not: asked, and told once more only then. */
START_TEST(cancelled_until_the_bank_knows)
{
    static const char *const faults[] = {"", "drop", "fail500", "corrupt", "truncate"};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        fresh(bank);
        pn_agreement a = agreed(ANN, false);
        browses(ANN, a.id);
        signs(ANN);
        ck_assert_str_eq(tells(ANN, "").result, "APPLIED");
        (void)cancelled(ANN, a.id);
        ck_assert_str_eq(at_bank(ANN), "signed");
        const pni_doc *d = pays(ordered(ANN).id); /* at once no payment uses it */
        ck_assert_str_eq(doc_text(d, "/reqData/agrNo"), "");
        if (*faults[i])
            fake("cmb_netpay", "switch", "{\"%s\":1}", faults[i]);
        for (int k = 0; k < 3; k++) {
            looks();
            shop_clock(10 * MINUTE);
        }
        ck_assert_msg(!strcmp(here(a.id), "CANCELLED"), "%s: %s", faults[i], here(a.id));
        ck_assert_str_eq(at_bank(ANN), "over");
        /* the old notice once more: asked, and nothing is there */
        ck_assert_str_eq(tells(ANN, "").result, "APPLIED");
        looks();
        ck_assert_str_eq(here(a.id), "CANCELLED");
        (void)agreed(ANN, true); /* and he may have another */
        test_db_teardown();
    }
}
END_TEST

START_TEST(a_page_signed_after_it_was_cancelled_is_cancelled_again)
{
    fresh(bank);
    pn_agreement a = agreed(ANN, false);
    browses(ANN, a.id);
    (void)cancelled(ANN, a.id);
    looks();
    ck_assert_str_eq(here(a.id), "CANCELLED");
    signs(ANN);
    ck_assert_str_eq(tells(ANN, "").result, "APPLIED");
    ck_assert_str_eq(here(a.id), "CANCELLING");
    looks();
    ck_assert_str_eq(here(a.id), "CANCELLED");
    ck_assert_str_eq(at_bank(ANN), "over");
    test_db_teardown();
}
END_TEST

START_TEST(it_ends_with_the_account)
{
    fresh(bank);
    pn_agreement a = agreed(ANN, true);
    browses(ANN, a.id);
    signs(ANN);
    ck_assert_str_eq(tells(ANN, "").result, "APPLIED");
    test_sql("insert into outbox (sk, id, event, ref, payload, at, due_at)"
             " values (11, 4096 * 77 + 11, 'buyer.erased', 11, '{}', '-infinity',"
             " '-infinity')");
    relay();
    ck_assert_str_eq(here(a.id), "CANCELLING");
    looks();
    ck_assert_str_eq(here(a.id), "CANCELLED");
    ck_assert_str_eq(at_bank(ANN), "over");
    test_db_teardown();
}
END_TEST

START_TEST(one_that_ended_at_the_bank_is_over_here)
{
    fresh(bank);
    pn_agreement a = agreed(ANN, false), now;
    browses(ANN, a.id);
    signs(ANN);
    ck_assert_str_eq(tells(ANN, "").result, "APPLIED");
    fake("cmb_netpay", "leave", "{\"user\":11}");
    pn *p = ops();
    ok(pn_agreement_look(p, &(struct pn_agreement_look){a.id}, &now));
    ck_assert_int_eq(now.state.v, PN_AGREEMENT_CANCELLED);
    struct pn_agreement_open in = {a.id};
    pn_agreement_page page;
    fails(PN_ESTATE, pn_agreement_open(p, &in, &page));
    pn_end(p);
    test_db_teardown();
}
END_TEST

START_TEST(whose_it_is_and_what_nobody_sees)
{
    pn_agreement a, got;
    fresh(bank);
    pn *p = ops();
    struct pn_agreement_sign in = {.method = {PN_PAY_CMB_NETPAY}};
    fails(PN_EARG, pn_agreement_sign(p, &in, &a)); /* whose? */
    in.method.v = PN_PAY_ALIPAY;
    in.user = ANN;
    fails(PN_EARG, pn_agreement_sign(p, &in, &a));
    in.method.v = PN_PAY_CMB_NETPAY;
    ok(pn_agreement_sign(p, &in, &a));
    pn_end(p);
    p = as(PN_ROLE_BUYER, BOB);
    in.user = ANN;
    fails(PN_EPERM, pn_agreement_sign(p, &in, &got));
    fails(PN_ENONE, pn_agreement_show(p, &(struct pn_agreement_show){a.id}, &got));
    fails(PN_ENONE, pn_agreement_look(p, &(struct pn_agreement_look){a.id}, &got));
    struct pn_agreement_cancel no = {a.id, NULL};
    fails(PN_ENONE, pn_agreement_cancel(p, &no, &got));
    pn_page page;
    ok(pn_agreement_mine(p, &(pn_list){0}, &page));
    ck_assert_int_eq((int)page.rows.n, 0);
    pn_end(p);
    browses(ANN, a.id);
    signs(ANN);
    ck_assert_str_eq(tells(ANN, "").result, "APPLIED");
    (void)pays(ordered(ANN).id);
    const char *text = pn_strdup(rig_p, doc_text(fake("cmb_netpay", "agreement", "{\"user\":11}"),
                                                "/agrNo"));
    char sql[400];
    ck_assert_str_eq(text + strlen(text) - 4, test_sql_text("select tail from pay_agreement"));
    static const char *const kept[] = {"pay_agreement", "audit_log", "provider_notice",
        "payment_exchange", "state_log", "outbox"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        snprintf(sql, sizeof sql, "%s t where position('%s' in t::text) > 0", kept[i], text);
        ck_assert_msg(count_of(sql) == 0, "%s has the number", kept[i]);
    }
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("agreement");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, an_agreement_is_signed_and_the_next_payment_knows_the_buyer);
    tcase_add_test(t, it_is_signed_while_he_pays);
    tcase_add_test(t, its_notice_is_believed_only_as_the_bank_signed_it);
    tcase_add_test(t, nobody_told_so_the_bank_is_asked);
    tcase_add_test(t, cancelled_until_the_bank_knows);
    tcase_add_test(t, a_page_signed_after_it_was_cancelled_is_cancelled_again);
    tcase_add_test(t, one_that_ended_at_the_bank_is_over_here);
    tcase_add_test(t, it_ends_with_the_account);
    tcase_add_test(t, whose_it_is_and_what_nobody_sees);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
