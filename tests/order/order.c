/* SPDX-License-Identifier: Apache-2.0 */
/* order.c — quoting, placing, limits, holds and their end, reading. */
#include "shop.h"
#include "user/buyer_int.h"

#include <string.h>

#include "base/unit_int.h"
#include "order/grab.h"
#include "order/order_int.h"
#include "order/payment_int.h"

static const char *const phones[] = {"13800000001", "13800000002", "13800000003", "13800000004"};
static const char ID_A[] = "11010519491231002X", ID_B[] = "440524188001010014";

#define SUBMIT(...) pn_order_submit(p, &(struct pn_order_submit){__VA_ARGS__}, &o)

static bool named(const pn_type *type, const char *column, const char *text)
{
    const pn_col *col = pn_type_col(type, column);
    for (const pn_words *w = col ? col->words : NULL; w && w->name; w++)
        if (!strcmp(w->name, text))
            return true;
    return false;
}

START_TEST(every_step_of_the_timeline_has_a_name)
{
    pn *p = ops();
    const pn_fsm *fsms[] = {&pni_order_fsm, &pni_payment_fsm, &pni_refund_fsm};
    const pn_type *log = pn_type_col(&pn_order_detail_t, "log")->of;
    for (int i = 0; i < 3; i++) {
        ck_assert(named(log, "noun", fsms[i]->noun));
        for (const pn_edge *e = fsms[i]->edges; e->event; e++)
            ck_assert_msg(named(log, "event", e->event) && named(log, "to_state", e->to) &&
                              named(log, "from_state", e->from),
                          "%s: %s %s %s", fsms[i]->noun, e->from, e->event, e->to);
    }
    pn_order_event row = {.event = "submit", .to_state = "PENDING_PAY"};
    ck_assert_str_eq(pn_show(p, pn_type_col(log, "event"), &row), "Order placed");
    ck_assert_str_eq(pn_show(p, pn_type_col(log, "to_state"), &row), "Awaiting payment");
    ck_assert_str_eq(pn_plain(p, pn_type_col(log, "to_state"), &row), "PENDING_PAY");
    row.event = "unheard_of";
    ck_assert_str_eq(pn_show(p, pn_type_col(log, "event"), &row), "unheard_of");
}
END_TEST

START_TEST(submit_holds_stock_and_prices)
{
    make_shop(.stock = 10);
    pn *p = ops();
    pn_order o;
    ok(SUBMIT(.tier = TIER, .qty = 2, .phone = phones[0], .expect_fen = {YUAN(1160)}));
    ck_assert_int_eq(o.payable_fen.fen, YUAN(1160));
    ck_assert_int_eq(o.hold_expires_at.us, shop_now + 15 * MINUTE);
    ck_assert_str_eq(stock_now(), "10/2/0");
    ck_assert_int_eq(strncmp(o.no, "PN", 2), 0);
    pn_page page; /* whoever places it is told what whoever looks it up is */
    ok(pn_order_list(p, NULL, &page));
    ck_assert_str_eq(o.venue, ((pn_order *)page.rows.row)->venue);
    ck_assert_int_eq(count_of("state_log where noun = 'order' and event = 'submit'"), 1);
    ck_assert_int_eq(count_of("outbox where event = 'order.submitted'"), 1);
    books_balance();
}
END_TEST

START_TEST(submit_costs_three_round_trips)
{
    make_shop();
    pn *p = ops();
    pn_order o;
    ok(SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0]));
    int64_t before = pni_round_trips(p);
    ok(SUBMIT(.tier = TIER, .qty = 1, .phone = phones[1]));
    ck_assert_int_le(pni_round_trips(p) - before, 3);
}
END_TEST

START_TEST(a_short_tier_says_how_many_are_left)
{
    make_shop(.stock = 3);
    pn *p = ops();
    pn_order o;
    fails(PN_ESTOCK, SUBMIT(.tier = TIER, .qty = 4, .phone = phones[0]));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "only 3 left"));
    ok(SUBMIT(.tier = TIER, .qty = 3, .phone = phones[0]));
    fails(PN_ESTOCK, SUBMIT(.tier = TIER, .qty = 1, .phone = phones[1]));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "sold out"));
    ck_assert_int_eq(count_of("orders"), 1);
    ck_assert_int_eq(count_of("buyer_count"), 1);
}
END_TEST

START_TEST(T3_two_lines_of_one_tier_see_one_stock)
{
    make_shop(.stock = 3);
    make_tier(5, YUAN(100));
    pn *p = ops();
    pn_order o;
    pn_order_want twice[] = {{TIER, 2}, {TIER2, 1}, {TIER, 2}};
    fails(PN_ESTOCK, SUBMIT(.items = {twice, 3}, .phone = phones[0]));
    ck_assert_int_eq(test_sql_int("select sum(qty_locked) from stock"), 0);
    twice[2].qty = 1;
    ok(SUBMIT(.items = {twice, 3}, .phone = phones[0]));
    ck_assert_int_eq(o.qty, 4);
    ck_assert_int_eq(o.payable_fen.fen, YUAN(3 * 580 + 100));
    ck_assert_int_eq(count_of("order_item"), 2);
    books_balance();
}
END_TEST

START_TEST(I18_only_what_is_on_sale_is_sold)
{
    make_shop();
    static const char *const closed[] = {
        "update show set status = 'OFFLINE'", "update show set status = 'PUBLISHED'",
        "update session set status = 'CLOSED'", "update session set status = 'ON_SALE'",
        "update session set stop_sale_at = now() - interval '1 h'",
        "update session set stop_sale_at = start_at", "update tier set hidden = true",
        "update tier set hidden = false", "update tier set sale_from = now() + interval '1 h'",
        "update tier set sale_from = null", "update tier set sale_to = now() - interval '1 h'",
        "update tier set sale_to = null"};
    pn *p = ops();
    pn_order o;
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i += 2) {
        test_sql(closed[i]);
        fails(PN_ESTATE, SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0]));
        test_sql(closed[i + 1]);
        ok(SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0]));
    }
    test_sql("update session set status = 'SCHEDULED'"); /* its opening time has come */
    ok(SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0]));
    test_sql("update session set sale_at = now() + interval '1 h'");
    fails(PN_ESTATE, SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0]));
}
END_TEST

START_TEST(bad_requests_name_their_field)
{
    make_shop();
    pn *p = ops();
    pn_order o;
    fails(PN_EARG, SUBMIT(.phone = phones[0]));
    fails(PN_ENONE, SUBMIT(.tier = TIER + 4096 * 99, .qty = 1, .phone = phones[0]));
    fails(PN_EARG, SUBMIT(.tier = TIER, .qty = 1, .phone = "12"));
    ck_assert_str_eq(pn_error(p)->field, "phone");
    fails(PN_EARG, SUBMIT(.tier = TIER, .qty = 1));
    fails(PN_EARG, SUBMIT(.tier = TIER, .phone = phones[0])); /* no quantity, or 0 */
    ck_assert_str_eq(pn_error(p)->field, "qty");
    fails(PN_EARG, SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0], .session = 8193));
    fails(PN_EDELIVERY, SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0],
                               .delivery = {PN_DELIVERY_CODE}));
    fails(PN_ECONFLICT, SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0], .expect_fen = {1}));
    fails(PN_EPERM, SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0],
                           .channel = {PN_CHANNEL_POS}));
    ck_assert_int_eq(count_of("orders"), 0);
    ck_assert_str_eq(stock_now(), "10/0/0");
}
END_TEST

START_TEST(I14_limits_count_unpaid_holds)
{
    make_shop(.stock = 50, .limit_order = 4, .limit_user = 5);
    pn *p = ops();
    pn_order o, first;
    fails(PN_ELIMIT, SUBMIT(.tier = TIER, .qty = 5, .phone = phones[0]));
    pn_quote q; /* what nobody could order has no price */
    fails(PN_ELIMIT, pn_order_quote(p, &(struct pn_order_quote){.tier = TIER, .qty = 5}, &q));
    ck_assert_str_eq(pn_error(p)->field, "qty");
    ok(pn_order_quote(p, &(struct pn_order_quote){.tier = TIER, .qty = 4}, &q));
    ok(SUBMIT(.tier = TIER, .qty = 3, .phone = phones[0]));
    first = o;
    fails(PN_ELIMIT, SUBMIT(.tier = TIER, .qty = 3, .phone = "+86 138 0000 0001"));
    ok(SUBMIT(.tier = TIER, .qty = 2, .phone = phones[0]));
    fails(PN_ELIMIT, SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0]));
    ok(SUBMIT(.tier = TIER, .qty = 1, .phone = phones[1]));
    ok(pn_order_cancel(p, &(struct pn_order_cancel){.id = first.id}, &o));
    ok(SUBMIT(.tier = TIER, .qty = 3, .phone = phones[0]));
    ck_assert_str_eq(stock_now(), "50/6/0");
}
END_TEST

START_TEST(a_combo_is_one_price_for_several_seats)
{
    make_shop(.stock = 10, .combo_n = 3, .face_fen = YUAN(1000));
    pn *p = ops();
    pn_order o;
    ok(SUBMIT(.tier = TIER, .qty = 2, .phone = phones[0]));
    ck_assert_int_eq(o.qty, 6);
    ck_assert_int_eq(o.payable_fen.fen, YUAN(2000));
    ck_assert_str_eq(stock_now(), "10/6/0");
    ck_assert_int_eq(test_sql_int("select max(list_fen) from order_seat"), 33334);
    ck_assert_int_eq(test_sql_int("select min(list_fen) from order_seat"), 33333);
    books_balance();
}
END_TEST

START_TEST(a_free_ticket_is_paid_as_it_is_placed)
{
    make_shop();
    test_sql("update tier set face_price_fen = 0");
    pn *p = ops();
    pn_order o;
    ok(SUBMIT(.tier = TIER, .qty = 2, .phone = phones[0]));
    ck_assert_int_ge(o.status.v, PN_ORDER_PAID);
    ck_assert_str_eq(stock_now(), "10/0/2");
    ck_assert_int_eq(count_of("payment"), 0);
    books_balance();
}
END_TEST

START_TEST(S35_I35_real_names_bind_one_document_to_one_seat)
{
    make_shop(.realname = "TICKET");
    pn *p = ops();
    pn_order o;
    pn_attendee two[] = {{"张三", {PN_DOC_ID_CARD}, ID_A}, {"李四", {0}, ID_B}};
    fails(PN_EREALNAME, SUBMIT(.tier = TIER, .qty = 2, .phone = phones[0]));
    fails(PN_EREALNAME, SUBMIT(.tier = TIER, .qty = 2, .phone = phones[0], .attendees = {two, 1}));
    two[1].doc = "440524188001010015";
    fails(PN_EREALNAME, SUBMIT(.tier = TIER, .qty = 2, .phone = phones[0], .attendees = {two, 2}));
    two[1].doc = "11010519491231002x";
    fails(PN_EREALNAME_DUP,
          SUBMIT(.tier = TIER, .qty = 2, .phone = phones[0], .attendees = {two, 2}));
    two[1].doc = ID_B;
    ok(SUBMIT(.tier = TIER, .qty = 2, .phone = phones[0], .attendees = {two, 2}));
    pn_order first = o;
    fails(PN_EREALNAME_DUP,
          SUBMIT(.tier = TIER, .qty = 1, .phone = phones[1], .attendees = {two, 1}));
    ck_assert_str_eq(stock_now(), "10/2/0");
    ok(pn_order_cancel(p, &(struct pn_order_cancel){.id = first.id}, &o));
    ok(SUBMIT(.tier = TIER, .qty = 1, .phone = phones[1], .attendees = {two, 1}));
    ck_assert_int_eq(count_of("session_doc"), 1);
}
END_TEST

START_TEST(personal_data_is_sealed_masked_and_revealed_with_a_reason) /* I43 */
{
    make_shop(.realname = "TICKET");
    pn *p = ops();
    pn_order o;
    pn_attendee one = {"张三丰", {PN_DOC_ID_CARD}, ID_A};
    ok(SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0], .buyer_name = "欧阳锋",
              .attendees = {&one, 1}));
    pn_order_detail d;
    ok(pn_order_show(p, &(struct pn_order_show){.id = o.id}, &d));
    const pn_order_seat *seat = d.seats.row;
    ck_assert_str_eq(d.buyer_name, "*锋");
    ck_assert_str_eq(d.phone, "138****0001");
    ck_assert_str_eq(seat->holder, "*丰");
    ck_assert_str_eq(seat->doc, "110***********002X");
    ck_assert_uint_eq(d.items.n, 1);
    ck_assert_uint_eq(d.log.n, 1);
    pn_order_person who;
    fails(PN_EARG, pn_order_reveal(p, &(struct pn_order_reveal){.id = o.id}, &who));
    ok(pn_order_reveal(p, &(struct pn_order_reveal){.id = o.id, .reason = "police"}, &who));
    ck_assert_str_eq(who.phone, phones[0]);
    ck_assert_str_eq(((pn_attendee *)who.attendees.row)->doc, ID_A);
    ck_assert_int_eq(count_of("audit_log where op = 'order.reveal' and reason = 'police'"), 1);
    ck_assert_int_eq(count_of("audit_log where input::text like '%13800000001%'"
                              " or after::text like '%13800000001%'"
                              " or input::text like '%11010519491231002X%'"), 0);
    pn *q = clerk();
    ck_assert_int_eq(pn_order_reveal(q, &(struct pn_order_reveal){o.id, "x"}, &who), PN_EPERM);
}
END_TEST

START_TEST(the_box_office_holds_three_minutes_and_needs_no_phone)
{
    make_shop();
    pn *p = clerk();
    pn_order o;
    ok(SUBMIT(.tier = TIER, .qty = 1));
    ck_assert_int_eq(o.hold_expires_at.us, shop_now + 3 * MINUTE);
    ck_assert_int_eq(o.delivery.v, PN_DELIVERY_ONSITE);
    ck_assert_int_eq(o.staff_id, CLERK);
    test_sql("update session set status = 'TAIL'");
    p = ops();
    ok(SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0]));
    ck_assert_int_eq(o.hold_expires_at.us, shop_now + 8 * MINUTE);
}
END_TEST

START_TEST(T18_expiry_is_computed_not_a_job)
{
    make_shop(.stock = 2, .limit_user = 2);
    pn_order held = order_n(2, phones[0]), o;
    shop_clock(15 * MINUTE);
    pn *p = ops();
    pn_page page;
    ok(pn_order_list(p, &(pn_list){.where = "status=CLOSED"}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    pn_order_detail d;
    ok(pn_order_show(p, &(struct pn_order_show){held.id}, &d));
    ck_assert_uint_eq(d.seats.n, 2);
    pn_each(pn_order_seat, s, &d.seats)
        ck_assert_int_eq(s->state.v, PN_SEAT_RELEASED);
    pn_payment paid;
    pn *q = clerk();
    ck_assert_int_eq(pn_payment_cash(q, &(struct pn_payment_cash){.order = held.id}, &paid),
                     PN_EEXPIRED);
    ok(SUBMIT(.tier = TIER, .qty = 2, .phone = phones[0])); /* no job ran */
    ck_assert_str_eq(order_state(held.id), "CLOSED");
    ck_assert_str_eq(stock_now(), "2/2/0");
    books_balance();
}
END_TEST

START_TEST(the_job_closes_what_ran_out)
{
    make_shop();
    pn_order a = order_n(2, phones[0]);
    shop_clock(10 * MINUTE);
    pn_order b = order_n(3, phones[1]);
    shop_clock(5 * MINUTE);
    job("hold_expire");
    ck_assert_str_eq(order_state(a.id), "CLOSED");
    ck_assert_str_eq(order_state(b.id), "PENDING_PAY");
    ck_assert_str_eq(stock_now(), "10/3/0");
    ck_assert_int_eq(count_of("order_seat where state = 'RELEASED'"), 2);
    ck_assert_int_eq(count_of("outbox where event = 'order.expired'"), 1);
    job("hold_expire");
    ck_assert_str_eq(stock_now(), "10/3/0");
    books_balance();
}
END_TEST

START_TEST(S10_the_fourth_unpaid_expiry_cools_down)
{
    make_shop(.stock = 2);
    pn *p = ops();
    pn_order o;
    for (int i = 0; i < 4; i++) {
        order_n(1, phones[0]);
        shop_clock(16 * MINUTE);
        if (i % 2)
            job("hold_expire");
    }
    p = ops();
    fails(PN_ELIMIT, SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0]));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "minutes"));
    ok(SUBMIT(.tier = TIER, .qty = 1, .phone = phones[1]));
    shop_clock(2 * HOUR + MINUTE);
    p = ops();
    ok(SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0]));
}
END_TEST

START_TEST(three_expiries_spread_over_two_days_do_not)
{
    make_shop(.stock = 2);
    for (int i = 0; i < 6; i++) {
        order_n(1, phones[0]);
        shop_clock(9 * HOUR);
    }
    order_n(1, phones[0]);
}
END_TEST

START_TEST(cancelling_frees_everything_and_only_once)
{
    make_shop();
    pn_order held = order_n(2, phones[0]), o;
    pn *p = ops();
    ok(pn_order_cancel(p, &(struct pn_order_cancel){.id = held.id, .reason = "changed mind"}, &o));
    ck_assert_int_eq(o.status.v, PN_ORDER_CLOSED);
    ck_assert_str_eq(stock_now(), "10/0/0");
    fails(PN_ESTATE, pn_order_cancel(p, &(struct pn_order_cancel){.id = held.id}, &o));
    fails(PN_ENONE, pn_order_cancel(p, &(struct pn_order_cancel){.id = 4096 * 999999LL + 1}, &o));
    books_balance();
}
END_TEST

START_TEST(the_timeline_is_in_order_of_time)
{
    make_shop();
    pn *p = clerk();
    pn_order o;
    ok(SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0]));
    shop_clock(MINUTE);
    p = clerk();
    ok(pn_order_cancel(p, &(struct pn_order_cancel){.id = o.id}, &o));
    test_sql("update state_log set id = 9007199254740991 - id"); /* another process' block */
    pn_order_detail d;
    ok(pn_order_show(p, &(struct pn_order_show){.id = o.id}, &d));
    const pn_order_event *e = d.log.row;
    ck_assert_uint_eq(d.log.n, 2);
    ck_assert_str_eq(e[0].event, "submit");
    ck_assert_str_eq(e[1].event, "cancel");
}
END_TEST

/* "noun verb" of everything that can be done with the order now. */
static const char *ways_of(pn *p, int64_t order)
{
    pn_order_detail d;
    pn_buf b = pn_buf_new(p);
    ok(pn_order_show(p, &(struct pn_order_show){.id = order}, &d));
    pn_each(pn_order_way, w, &d.next)
        pn_buf_putf(&b, "%s%s %s", b.len ? ", " : "", w->noun, w->verb);
    return b.text ? b.text : "";
}

START_TEST(what_can_be_done_follows_state_and_role)
{
    make_shop();
    pn *p = clerk();
    pn_order o;
    pn_payment y;
    ok(SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0]));
    ck_assert_str_eq(ways_of(p, o.id), "payment cash, payment create, order extend, order cancel");
    p = as(PN_ROLE_FINANCE, 9);
    ck_assert_ptr_null(strstr(ways_of(p, o.id), "payment cash"));
    p = clerk();
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = o.id, .tendered_fen = o.payable_fen},
                       &y));
    ck_assert_str_eq(ways_of(p, o.id), "ticket print, order handover, refund quote, refund apply");
    ok(SUBMIT(.tier = TIER, .qty = 1, .phone = phones[1]));
    ok(pn_order_cancel(p, &(struct pn_order_cancel){.id = o.id}, &o));
    ck_assert_str_eq(ways_of(p, o.id), "");
}
END_TEST

START_TEST(the_timeline_names_staff_to_staff_only)
{
    make_shop();
    pn *ann = as(PN_ROLE_BUYER, ANN), *p = ann;
    pn_order o;
    pn_order_detail d;
    const pn_order_event *event;
    test_sql("insert into staff (id, login, name, password, roles, created_at, updated_at)"
             " values (99, 'wang', '王敏', '', '{OPS}', now(), now())");
    ok(SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0]));
    p = test_begin_as(
        &(pn_actor){.kind = 'O', .id = 99, .login = "wang", .roles = PN_ROLE_OPS, .via = "test"});
    ok(pn_order_cancel(p, &(struct pn_order_cancel){.id = o.id}, &o));
    ok(pn_order_show(p, &(struct pn_order_show){o.id}, &d));
    event = d.log.row;
    ck_assert_uint_eq(d.log.n, 2);
    ck_assert_str_eq(event[1].actor, "王敏");
    p = ann;
    ok(pn_order_show(p, &(struct pn_order_show){o.id}, &d));
    event = d.log.row;
    ck_assert_str_eq(pn_printf(p, "%s|%s", event[0].actor, event[1].actor), "U|");
}
END_TEST

START_TEST(others_orders_do_not_exist)
{
    make_shop();
    pn *ann = as(PN_ROLE_BUYER, ANN), *bob = as(PN_ROLE_BUYER, BOB), *p = ann;
    pn_order o;
    pn_order_detail d;
    ok(SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0]));
    ck_assert_int_eq(o.user_id, ANN);
    ok(pn_order_show(p, &(struct pn_order_show){o.id}, &d));
    p = bob;
    fails(PN_ENONE, pn_order_show(p, &(struct pn_order_show){o.id}, &d));
    ck_assert_str_eq(pn_error(p)->message, pn_printf(p, "There is no order %lld", (long long)o.id));
    struct pn_order_show in; /* its number, as it was typed; by the id nobody learns it */
    const pn_op *show = pn_op_find("order", "show");
    ok(pn_set(p, show->in, &in, show->in->cols, o.no));
    fails(PN_ENONE, pn_order_show(p, &in, &d));
    ck_assert_str_eq(pn_error(p)->message, pn_printf(p, "There is no order %s", o.no));
    fails(PN_ENONE, pn_order_cancel(p, &(struct pn_order_cancel){.id = o.id}, &o));
    p = test_begin_as(&(pn_actor){.kind = 'G', .id = 9, .login = "g", .roles = PN_ROLE_ORGANISER,
                                  .organiser = 77});
    pn_page page;
    ok(pn_order_list(p, NULL, &page));
    ck_assert_uint_eq(page.rows.n, 0);
    test_sql("update show set organiser_id = 77");
    ok(pn_order_list(p, NULL, &page));
    ck_assert_uint_eq(page.rows.n, 1);
}
END_TEST

/* A buyer's account has its number, which need not be given again; erased, it leaves no name. */
START_TEST(an_account_has_its_orders_and_leaves_no_name)
{
    make_shop(.realname = "TICKET");
    PN_AUTO_UNIT door = as(PN_ROLE_PUBLIC, 0);
    pn *p = door;
    pn_buyer_sent s;
    pn_buyer_signed_in in;
    pni_code_sent c;
    pn_attendee who = {"李雷", {PN_DOC_PASSPORT}, "E12345678"};
    pn_attendee her = {"韩梅梅", {PN_DOC_PASSPORT}, "E87654321"};
    pn_order o;
    pn_page page;
    ok(pn_buyer_code(p, &(struct pn_buyer_code){"13800138000"}, &s));
    int64_t sent = test_sql_int("select ref from outbox where event = 'buyer.code'");
    ok(pni_code_open(p, sent, test_sql_text("select payload from outbox"
                                            " where event = 'buyer.code'"), &c));
    ok(pn_buyer_signin(p, &(struct pn_buyer_signin){"13800138000", c.code, NULL}, &in));
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1,
                                                    .buyer_name = "李雷",
                                                    .attendees = {&who, 1}}, &o));
    ck_assert_str_eq(o.phone_tail, "8000");
    ok(pn_order_mine(p, &(pn_list){0}, &page));
    ck_assert_int_eq((int64_t)page.rows.n, 1);
    PN_AUTO_UNIT other = as(PN_ROLE_BUYER, BOB);
    ck_assert_int_eq(pn_order_mine(other, &(pn_list){0}, &page), 0);
    ck_assert_int_eq((int64_t)page.rows.n, 0);
    pn_buyer row;
    pn_grab g;
    const char *tier[] = {"t1"};
    ok(pn_grab_submit(p, &(struct pn_grab_submit){.session = SESSION, .tiers = {tier, 1},
                         .qty = 1, .cap_fen = {YUAN(580)}, .attendees = {&her, 1}}, &g));
    ok(pn_grab_cancel(p, &(struct pn_grab_cancel){g.order_id, NULL}, &g));
    fails(PN_ESTATE, pn_buyer_erase(p, &(struct pn_buyer_erase){in.id}, &row));
    ok(pn_order_cancel(p, &(struct pn_order_cancel){o.id, NULL}, &o));
    ok(pn_buyer_erase(p, &(struct pn_buyer_erase){in.id}, &row));
    shop_clock(15 * DAY);
    job("buyer_erase");
    relay();
    ck_assert_int_eq(count_of("orders where buyer_name is not null or buyer_phone is not null"
                              " or phone_tail <> ''"), 0);
    ck_assert_int_eq(count_of("order_seat where attendee_name is not null or doc is not null"), 0);
    ck_assert_int_eq(count_of("grab_person"), 0);
    ck_assert_int_eq(count_of("orders where user_id is not null"), 2);
}
END_TEST

START_TEST(orders_are_found_by_phone_tail_and_number)
{
    make_shop();
    pn_order a = order_n(1, phones[0]);
    order_n(1, phones[1]);
    pn *p = ops();
    pn_page page;
    pn_order_found found;
    ok(pn_order_list(p, &(pn_list){.q = "0001"}, &page)); /* the tail, typed as it is told */
    ck_assert_uint_eq(page.rows.n, 1);
    const char *no = ((pn_order *)page.rows.row)->no;
    ok(pn_order_list(p, &(pn_list){.q = no}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ok(pn_order_list(p, &(pn_list){.q = "9999"}, &page));
    ck_assert_uint_eq(page.rows.n, 0);
    ok(pn_order_list(p, &(pn_list){.where = "phone_tail=0001"}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ok(pn_order_find(p, &(struct pn_order_find){phones[1]}, &found));
    ck_assert_uint_eq(found.orders.n, 1);
    int64_t id = 0;
    const pn_module *m = pn_module_find("order");
    ok(m->resolve(p, a.no, &id));
    ck_assert_int_eq(id, a.id);
    ck_assert_int_ne(m->resolve(p, "PN2611230000019", &id), 0);
}
END_TEST

START_TEST(a_repeated_key_places_one_order)
{
    make_shop();
    pn_order o, again;
    pn *p = ops();
    pn_key(p, "k1");
    ok(SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0]));
    again = o;
    p = ops();
    pn_key(p, "k1");
    ok(SUBMIT(.tier = TIER, .qty = 1, .phone = phones[0]));
    ck_assert_int_eq(again.id, o.id);
    ck_assert_str_eq(stock_now(), "10/1/0");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("order");
    TCase *c = tcase_create("order");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, every_step_of_the_timeline_has_a_name);
    tcase_add_test(c, submit_holds_stock_and_prices);
    tcase_add_test(c, submit_costs_three_round_trips);
    tcase_add_test(c, a_short_tier_says_how_many_are_left);
    tcase_add_test(c, T3_two_lines_of_one_tier_see_one_stock);
    tcase_add_test(c, I18_only_what_is_on_sale_is_sold);
    tcase_add_test(c, bad_requests_name_their_field);
    tcase_add_test(c, I14_limits_count_unpaid_holds);
    tcase_add_test(c, a_combo_is_one_price_for_several_seats);
    tcase_add_test(c, a_free_ticket_is_paid_as_it_is_placed);
    tcase_add_test(c, S35_I35_real_names_bind_one_document_to_one_seat);
    tcase_add_test(c, personal_data_is_sealed_masked_and_revealed_with_a_reason);
    tcase_add_test(c, the_box_office_holds_three_minutes_and_needs_no_phone);
    tcase_add_test(c, T18_expiry_is_computed_not_a_job);
    tcase_add_test(c, the_job_closes_what_ran_out);
    tcase_add_test(c, S10_the_fourth_unpaid_expiry_cools_down);
    tcase_add_test(c, three_expiries_spread_over_two_days_do_not);
    tcase_add_test(c, cancelling_frees_everything_and_only_once);
    tcase_add_test(c, the_timeline_is_in_order_of_time);
    tcase_add_test(c, what_can_be_done_follows_state_and_role);
    tcase_add_test(c, the_timeline_names_staff_to_staff_only);
    tcase_add_test(c, others_orders_do_not_exist);
    tcase_add_test(c, an_account_has_its_orders_and_leaves_no_name);
    tcase_add_test(c, orders_are_found_by_phone_tail_and_number);
    tcase_add_test(c, a_repeated_key_places_one_order);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
