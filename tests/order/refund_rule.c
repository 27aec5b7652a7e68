/* SPDX-License-Identifier: Apache-2.0 */
/* refund_rule.c — the rules of refunds: windows by their anchors, fees by their base, what is
 * closed whatever the show says, and what is returned whole. */
#include "shop.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "order/refund_rule.h"
#include "order/sale_int.h"

static const char *const phones[] = {"13800000001", "13800000002", "13800000003"};

static pn_refund_offer q; /* as quoted() found it */

static int asked(int64_t order, int reason)
{
    pn *p = ops();
    int rc = pn_refund_quote(p, &(struct pn_refund_quote){.order = order,
                                                          .reason = {(int16_t)reason}}, &q);
    pn_end(p);
    return rc;
}

static void quoted(int64_t order, int reason, int64_t fee_yuan, int64_t amount_yuan)
{
    ck_assert_int_eq(asked(order, reason), 0);
    ck_assert_int_eq(q.fee_fen.fen, YUAN(fee_yuan));
    ck_assert_int_eq(q.amount_fen.fen, YUAN(amount_yuan));
}

static void start_in(const char *interval)
{
    char sql[200];
    snprintf(sql, sizeof sql, "update session set start_at = to_timestamp(%" PRId64 ") + interval"
             " '%s', doors_at = 'epoch', stop_sale_at = 'epoch'", shop_now / 1000000, interval);
    test_sql(sql);
}

/* A rule from now on; NULL ends the windows. */
static pn_refund_rule ruled(int policy, const char *const *windows, bool whole, int max, bool ship)
{
    struct pn_refund_rule_set in = {.policy = {(int16_t)policy}, .whole_order = whole,
                                    .refunds_max = max, .after_ship = ship, .reason = "test"};
    pn_refund_rule r;
    const char *v[9];
    while (windows[in.windows.n])
        in.windows.n++;
    memcpy(v, windows, in.windows.n * sizeof *v);
    in.windows.v = v;
    shop_clock(1000000);
    pn *p = ops();
    ok(pn_refund_rule_set(p, &in, &r));
    pn_end(p);
    shop_clock(1000000);
    return r;
}
#define WINDOWS(...) (const char *const[]){__VA_ARGS__, NULL}

/* With a parcel, and a service fee beside it. */
static pn_order sent_order(void)
{
    pn *p = ops();
    pn_order a;
    pn_payment y;
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 2, .phone = phones[0],
                                                    SENT}, &a));
    pn *c = clerk();
    ok(pn_payment_cash(c, &(struct pn_payment_cash){.order = a.id}, &y));
    test_sql("update orders set service_fen = 1000, payable_fen = payable_fen + 1000,"
             " paid_fen = paid_fen + 1000");
    return a;
}

START_TEST(our_fault_returns_everything)
{
    make_shop(.policy = "RESALE", .days = 8);
    pn_order a = sent_order();
    quoted(a.id, 0, 232, 943); /* 943.00 of the specification: the service fee stays */
    ck_assert_str_eq(pn_word_name(pn_refund_reasons, q.reason), "BUYER");
    quoted(a.id, PN_REASON_FAULT, 0, 1185);
    ck_assert(!q.automatic);
    ck_assert_int_eq(q.delivery_fen.fen, YUAN(15));
    ck_assert_int_eq(q.service_fen.fen, YUAN(10));
    test_sql("update orders set status = 'SHIPPED'");
    ck_assert_int_eq(asked(a.id, 0), PN_ESTATE); /* a seller's parcel that left is not taken back */
    quoted(a.id, PN_REASON_FAULT, 0, 1185);      /* postage of a parcel that was sent, too */
    pn *p = clerk();
    fails(PN_EPERM, pn_refund_quote(p, &(struct pn_refund_quote){.order = a.id,
                                       .reason = {PN_REASON_FAULT}}, &q));
    fails(PN_EPERM, pn_refund_quote(p, &(struct pn_refund_quote){.order = a.id, .forced = true},
                                    &q));
    fails(PN_EARG, pn_refund_quote(p, &(struct pn_refund_quote){.order = a.id,
                                      .reason = {PN_REASON_CANCELLED}}, &q));
    p = ops(); /* forced, and nobody's fault: no fee, and what was done for the buyer is done */
    ok(pn_refund_quote(p, &(struct pn_refund_quote){.order = a.id, .forced = true}, &q));
    ck_assert_int_eq(q.amount_fen.fen, YUAN(1160));
}
END_TEST

START_TEST(a_fault_is_somebody_elses_to_approve)
{
    make_shop(.policy = "CLOSED");
    pn_order a = paid_n(1, phones[0]);
    pn_refund r;
    pn *p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = a.id, .reason = {PN_REASON_FAULT}},
                       &r));
    ck_assert_int_eq(r.amount_fen.fen, YUAN(580));
    ck_assert_int_eq(r.state.v, PN_REFUND_REVIEWING);
    fails(PN_EDUAL, pn_refund_approve(p, &(struct pn_refund_approve){.id = r.id}, &r));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_refund_approve(p, &(struct pn_refund_approve){.id = r.id}, &r));
    ck_assert_int_eq(r.state.v, PN_REFUND_DONE);
    books_proven();
}
END_TEST

START_TEST(a_session_that_moves_returns_everything)
{
    make_shop(.policy = "CLOSED");
    pn_order a = sent_order();
    test_sql("update orders set status = 'SHIPPED'");
    ck_assert_int_eq(asked(a.id, 0), PN_ESTATE);
    test_sql("update session set status = 'POSTPONED'");
    quoted(a.id, 0, 0, 1185);
    ck_assert(q.automatic);
    ck_assert_str_eq(pn_word_name(pn_refund_reasons, q.reason), "RESCHEDULED");
    test_sql("update session set status = 'ON_SALE'");
    shop_clock(HOUR);
    test_sql("insert into session_change (id, session_id, old_start_at, new_start_at, kind,"
             "  actor_id, state, at) select 1, id, start_at, start_at + interval '7 days',"
             "  'RESCHEDULE', 1, 'DONE', now() + interval '30 minutes' from session");
    quoted(a.id, 0, 0, 1185);
    shop_clock(7 * DAY);
    ck_assert_int_eq(asked(a.id, 0), PN_ESTATE); /* the window is over */
}
END_TEST

START_TEST(the_windows_of_resale)
{
    static const struct { const char *before; int64_t fee, back; } rows[] = {
        {"30 days", 232, 928}, {"7 days", 232, 928}, {"6 days 23:59", 464, 696},
        {"3 days", 464, 696}, {"2 days 23:59", 0, 0}, {"-1 hours", 0, 0}};
    make_shop(.policy = "RESALE");
    pn_order a = paid_n(2, phones[0]);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        start_in(rows[i].before);
        if (rows[i].back)
            quoted(a.id, 0, rows[i].fee, rows[i].back);
        else
            ck_assert_int_eq(asked(a.id, 0), PN_ESTATE);
    }
    start_in("2 days"); /* nobody has accepted it */
    test_sql("update orders set status = 'PAID'");
    quoted(a.id, 0, 0, 1160);
    ck_assert(q.automatic);
    test_sql("update orders set status = 'DISPATCHED'");
    quoted(a.id, 0, 0, 1160);
    start_in("-1 hours");
    ck_assert_int_eq(asked(a.id, 0), PN_ESTATE); /* the show has begun */
}
END_TEST

START_TEST(last_tickets_and_what_is_not_refundable_are_closed)
{
    market();
    test_sql("update show set refund_policy = 'FREE'");
    lot_of(.qty = 2);
    int64_t tail = lot_of(.qty = 2, .sale_fen = YUAN(561));
    int64_t odd = lot_of(.qty = 1, .sale_fen = YUAN(562), .special = "NO_REFUND");
    char sql[200];
    snprintf(sql, sizeof sql, "update listing set kind = 'TAIL' where id = %" PRId64, tail);
    test_sql(sql);
    const char *told = "NO_REFUND";
    pn_order both, x;
    pn_payment y;
    pn *p = ops();
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 4, .phone = phones[0],
                                                    .accept_split = true}, &both));
    ck_assert_str_eq(items(both.id), "1x2+2x2");
    ok(pn_order_submit(p, &(struct pn_order_submit){.listing = odd, .qty = 1, .phone = phones[1],
                                                    .confirm = {&told, 1}}, &x));
    p = clerk();
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = both.id}, &y));
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = x.id}, &y));
    ck_assert_int_eq(asked(both.id, 0), PN_ESTATE);
    ck_assert_int_eq(asked(x.id, 0), PN_ESTATE);
    quoted(both.id, PN_REASON_FAULT, 0, 2242);
    snprintf(sql, sizeof sql, "select e.no from order_seat e join order_item i on i.order_id ="
             " e.order_id and i.no = e.item_no where e.order_id = %" PRId64
             " and i.lot_id <> %" PRId64 " limit 1", both.id, tail);
    const char *other = test_sql_text(sql);
    pn_refund r;
    p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = both.id, .seats = {&other, 1}}, &r));
    ck_assert_int_eq(r.amount_fen.fen, YUAN(560));
    books_balance();
}
END_TEST

static int coupon(pn *p, const pni_cart *cart, pni_stack *io)
{
    (void)p, (void)cart;
    io->coupon.fen = YUAN(100);
    return 0;
}

START_TEST(a_fee_is_of_the_face_or_of_what_was_paid)
{
    make_shop(.policy = "RESALE");
    pni_cart_discount_hook = coupon;
    pn_order a = paid_n(2, phones[0]);
    pni_cart_discount_hook = NULL;
    quoted(a.id, 0, 232, 828); /* of 1,160; paid were 1,060 */
    ruled(PN_RULE_RESALE, WINDOWS("START - -168 2000 PAID"), false, 0, false);
    quoted(a.id, 0, 232, 828); /* the rule it was bought under */
    pni_cart_discount_hook = coupon;
    pn_order b = paid_n(2, phones[1]);
    pni_cart_discount_hook = NULL;
    quoted(b.id, 0, 212, 848);
    int64_t cheap = lot_of(.qty = 1, .sale_fen = YUAN(400));
    test_sql("update refund_rule set windows = 'START - -168 2000 FACE' where policy = 'RESALE'");
    pn_order c; /* for 400, and the face price is 580 */
    pn_payment y;
    pn *p = ops();
    ok(pn_order_submit(p, &(struct pn_order_submit){.listing = cheap, .qty = 1, .phone = phones[2]},
                       &c));
    p = clerk();
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = c.id}, &y));
    quoted(c.id, 0, 116, 284);
}
END_TEST

START_TEST(a_tier_may_be_sold_without_return)
{
    make_shop(.policy = "RESALE");
    test_sql("update tier set special_kind = 'NO_REFUND'");
    static const char *word[] = {"NO_REFUND"};
    PN_AUTO_UNIT p = ops();
    pn_order o;
    pn_payment y;
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1, .phone = phones[0],
                       .confirm = {word, 1}}, &o));
    p = clerk();
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = o.id}, &y));
    ck_assert_int_eq(asked(o.id, 0), PN_ESTATE);
}
END_TEST

START_TEST(a_set_has_the_face_price_of_its_seats)
{
    make_shop(.policy = "RESALE", .combo_n = 2);
    pn_order a = paid_n(1, phones[0]);
    ck_assert_int_eq(count_of("order_seat"), 2);
    quoted(a.id, 0, 116, 464);
}
END_TEST

START_TEST(windows_by_the_payment_and_after_shipping)
{
    make_shop(.policy = "FREE");
    ruled(PN_RULE_FREE, WINDOWS("PAID - 1 0 PAID", "PAID 1 24 1000 PAID",
                                "SALE_OPEN 24 480 3000 PAID"), false, 2, false);
    pn_order a = paid_n(1, phones[0]);
    quoted(a.id, 0, 0, 580);
    ck_assert_ptr_nonnull(strstr(q.window, "1"));
    shop_clock(2 * HOUR);
    quoted(a.id, 0, 58, 522);
    test_sql("update orders set status = 'SIGNED'");
    ck_assert_int_eq(asked(a.id, 0), PN_ESTATE);
    test_sql("update orders set status = 'ALLOCATED'; update buyer_count set refunds = 1");
    quoted(a.id, 0, 58, 522); /* two are allowed */
    test_sql("update buyer_count set refunds = 2");
    ck_assert_int_eq(asked(a.id, 0), PN_ELIMIT);
    test_sql("update buyer_count set refunds = 0");
    shop_clock(2 * DAY);
    quoted(a.id, 0, 174, 406);
    shop_clock(30 * DAY);
    ck_assert_int_eq(asked(a.id, 0), PN_ESTATE);
}
END_TEST

static void term_is(const pn_refund_rule *r, size_t i, const char *until, int bp,
                    const char *window)
{
    const pn_refund_term *t = (const pn_refund_term *)r->terms.row + i;
    ck_assert_uint_lt(i, r->terms.n);
    ck_assert_str_eq(t->until, until);
    ck_assert_int_eq(t->fee_bp, bp);
    ck_assert_str_eq(t->window, window);
    ck_assert_str_eq(pn_word_name(pn_refund_bases, t->base), *window ? "FACE" : "PAID");
}

START_TEST(a_rule_is_set_whole_and_only_for_what_comes)
{
    static const char *const bad[] = {
        "", "START", "START - 0 0", "START - 0 0 FACE ", "BEGIN - 0 0 FACE",
        "START - 0 10001 FACE", "START - 0 -1 FACE", "START 5 4 0 FACE", "START - x 0 FACE",
        "START - 0 0 LIST", "START - 123456 0 FACE", "START  - 0 0 FACE", "ACCEPTED - 5 0 FACE",
        "START - 0 0 FACE;START - 0 0 FACE", "START - 0 0 FACE more", "START - +1 0 FACE"};
    make_shop();
    pn_refund_rule r;
    pn *p = ops();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *one = bad[i];
        fails(PN_EARG, pn_refund_rule_set(p, &(struct pn_refund_rule_set){
            .policy = {PN_RULE_FREE}, .windows = {&one, 1}, .reason = "x"}, &r));
        ck_assert_ptr_nonnull(pn_error(p)->hint);
    }
    struct pn_refund_rule_set in = {.policy = {PN_RULE_FREE}, .reason = "x",
                                    .effective_from = {shop_now - 1}};
    fails(PN_EARG, pn_refund_rule_set(p, &in, &r));
    in.effective_from.us = shop_now + DAY;
    in.refunds_max = -1;
    fails(PN_EARG, pn_refund_rule_set(p, &in, &r));
    in.refunds_max = 0;
    ok(pn_refund_rule_set(p, &in, &r));
    ck_assert_int_eq(r.state.v, PN_RULE_STATE_COMING);
    ck_assert_str_eq(r.windows, "");
    fails(PN_EEXISTS, pn_refund_rule_set(p, &in, &r));
    p = clerk();
    fails(PN_EPERM, pn_refund_rule_set(p, &in, &r));
    shop_clock(2 * DAY);
    p = ops();
    ok(pn_refund_rule_show(p, &(struct pn_refund_rule_show){r.id}, &r));
    ck_assert_int_eq(r.state.v, PN_RULE_STATE_CURRENT);
    ok(pn_refund_rule_show(p, &(struct pn_refund_rule_show){2}, &r));
    term_is(&r, 0, "until a seller has accepted", 0, "ACCEPTED - - 0 FACE");
    term_is(&r, 1, "until 7 days before the start", 2000, "START - -168 2000 FACE");
    term_is(&r, 2, "until 3 days before the start", 4000, "START - -72 4000 FACE");
    ck_assert_uint_eq(r.terms.n, 3);
    ck_assert_ptr_null(r.note); /* its name says what it is */
    ok(pn_refund_rule_show(p, &(struct pn_refund_rule_show){5}, &r));
    term_is(&r, 0, "never: it is closed", 10000, "");
    ck_assert_uint_eq(r.terms.n, 1);
    ok(pn_refund_rule_show(p, &(struct pn_refund_rule_show){4}, &r));
    ck_assert_int_eq(r.state.v, PN_RULE_STATE_PAST);
    pn_order closed = paid_n(1, phones[0]);
    ck_assert_int_eq(asked(closed.id, 0), PN_ESTATE);
    ck_assert_int_eq(count_of("audit_log where op = 'refund_rule.set'"), 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("refund_rule");
    TCase *c = tcase_create("refund_rule");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, our_fault_returns_everything);
    tcase_add_test(c, a_fault_is_somebody_elses_to_approve);
    tcase_add_test(c, a_session_that_moves_returns_everything);
    tcase_add_test(c, the_windows_of_resale);
    tcase_add_test(c, last_tickets_and_what_is_not_refundable_are_closed);
    tcase_add_test(c, a_fee_is_of_the_face_or_of_what_was_paid);
    tcase_add_test(c, a_tier_may_be_sold_without_return);
    tcase_add_test(c, a_set_has_the_face_price_of_its_seats);
    tcase_add_test(c, windows_by_the_payment_and_after_shipping);
    tcase_add_test(c, a_rule_is_set_whole_and_only_for_what_comes);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
