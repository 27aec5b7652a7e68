/* SPDX-License-Identifier: Apache-2.0 */
/* board.c — the day's figures count the day's rows, in the business zone, for the right people. */
#include "report/board.h"
#include "db.h"

#include <stdio.h>

static pn *p;

/* 2026-11-23 19:00 in Shanghai */
static const pn_time now = {1795431600LL * 1000000};

static void order(int n, const char *status, const char *paid_at, int organiser)
{
    char sql[1500];
    snprintf(sql, sizeof sql,
             "insert into orders (sk, id, no, session_id, show_id, status, qty, delivery, "
             "goods_fen, payable_fen, paid_fen, hold_expires_at, created_at, paid_at, updated_at) "
             "values (7, %d * 4096 + 7, 'PN%d', 4103, %d, '%s', 2, 'ONSITE', 76000, 76000, "
             "case when %s is null then 0 else 76000 end, timestamptz '2026-11-23 19:10+08', "
             "timestamptz '2026-11-22 23:50+08', %s, timestamptz '2026-11-23 19:00+08')",
             n, n, organiser, status, paid_at, paid_at);
    test_sql(sql);
}

static void make_day(void)
{
    test_sql("insert into city (id, code, name, created_at, updated_at)"
             " values (1, 'sh', '上海', now(), now())");
    test_sql("insert into venue (id, code, city_id, name, created_at, updated_at)"
             " values (1, 'v', 1, '上海文化广场', now(), now())");
    test_sql("insert into hall (id, code, venue_id, name, created_at, updated_at)"
             " values (1, 'h', 1, '大剧场', now(), now())");
    test_sql(
        "insert into show (id, code, city_id, venue_id, organiser_id, category, title,"
        " created_at, updated_at) values (1, 'a', 1, 1, 10, 'DRAMA', '恋爱的犀牛', now(), now()),"
        " (2, 'b', 1, 1, 20, 'DRAMA', '茶馆', now(), now())");
    test_sql("insert into session (id, code, show_id, hall_id, start_at, doors_at, stop_sale_at,"
             " tail_from, created_at, updated_at)"
             " select n * 4096 + 7, 's' || n, 1, 1, at, at - interval '1 hour', at, at, at, at"
             " from (values (1, timestamptz '2026-11-23 23:30+08'),"
             " (2, timestamptz '2026-11-24 00:00+08')) v (n, at)");
    test_sql("insert into stock (sk, lot_id, tier_id, session_id, qty_total, qty_sold)"
             " values (7, 36871, 36871, 4103, 100, 6)");
    test_sql("insert into ticket (sk, id, ticket_no, session_id, tier_id, kind, state,"
             " face_price_fen, created_at, updated_at)"
             " select 7, n * 4096 + 7, 'T' || n, 4103, 36871, 'SALE', state, 38000, now(), now()"
             " from (values (1, 'VERIFIED'), (2, 'EXITED'), (3, 'ISSUED')) v (n, state)");
    order(1, "PAID", "timestamptz '2026-11-23 00:10+08'", 1);
    order(2, "PAID", "timestamptz '2026-11-22 23:59+08'", 1); /* yesterday's */
    order(3, "ALLOCATED", "timestamptz '2026-11-23 18:00+08'", 2);
    order(4, "PENDING_PAY", "null::timestamptz", 1);
    p = test_begin(PN_ROLE_OPS);
    pn_set_now(p, now);
}

START_TEST(the_day_is_counted_in_shanghai)
{
    pn_board board;
    make_day();
    ok(pn_board_today(p, NULL, &board));
    ck_assert_int_eq(board.day.days, 20780);
    ck_assert_int_eq(board.orders, 2);
    ck_assert_int_eq(board.tickets, 4);
    ck_assert_int_eq(board.sales_fen.fen, 152000);
    ck_assert_int_eq(board.unpaid, 1);
    ck_assert_int_eq(board.admitted, 2);
    ck_assert_uint_eq(board.sessions.n, 1);
    const pn_board_session *s = board.sessions.row;
    ck_assert_int_eq(s->session_id, 4103);
    ck_assert_str_eq(s->show, "恋爱的犀牛");
    ck_assert_int_eq(s->sold, 6);
    ck_assert_int_eq(s->total, 100);
    ck_assert_int_eq(s->admitted, 2);
    pn_end(p);
}
END_TEST

/* What is paid back counts for the day it is, whenever it was sold. */
START_TEST(refunds_are_those_of_the_day)
{
    pn_board board;
    make_day();
    test_sql("insert into refund (sk, id, no, order_id, reason, amount_fen, state, from_status,"
             " applied_by, created_at, done_at, updated_at) select o.sk, x.n * 4096 + o.sk,"
             " 'TK' || x.n, o.id, x.reason, x.fen, x.state, 'PAID', 1, now(), x.at, now() from"
             " (select sk, id from orders order by id limit 1) o, (values"
             " (901, 'BUYER', 'DONE', 7, timestamptz '2026-11-23 09:00+08'),"
             " (902, 'BUYER', 'DONE', 10, timestamptz '2026-11-22 09:00+08'),"
             " (903, 'DUPLICATE', 'DONE', 100, timestamptz '2026-11-23 09:00+08'),"
             " (904, 'BUYER', 'PROCESSING', 1000, null)) x(n, reason, state, fen, at)");
    test_sql("update orders set paid_at = paid_at - interval '30 days',"
             " created_at = created_at - interval '30 days'");
    ok(pn_board_today(p, NULL, &board));
    ck_assert_int_eq(board.orders, 0);
    ck_assert_int_eq(board.refunds_fen.fen, 7);
    const pn_board_day *d = board.days.row;
    ck_assert_int_eq(d[1].refunds_fen.fen, 10);
    pn_end(p);
}
END_TEST

/* The same time of the day before: what came in later then does not count now. */
START_TEST(today_stands_beside_yesterday_by_now)
{
    pn_board board;
    make_day();
    order(5, "PAID", "timestamptz '2026-11-22 18:59+08'", 1);
    order(6, "PAID", "timestamptz '2026-11-16 12:00+08'", 1);
    test_sql("update orders set created_at = paid_at - interval '5 minutes' where paid_at is not"
             " null");
    ok(pn_board_today(p, NULL, &board));
    ck_assert_uint_eq(board.days.n, 3);
    const pn_board_day *d = board.days.row;
    ck_assert_int_eq(d[0].which.v, PN_BOARD_TODAY);
    ck_assert_int_eq(d[0].orders, 2);
    ck_assert_int_eq(d[1].which.v, PN_BOARD_YESTERDAY);
    ck_assert_int_eq(d[1].day.days, 20779);
    ck_assert_int_eq(d[1].orders, 1);
    ck_assert_int_eq(d[1].sales_fen.fen, 76000);
    ck_assert_int_eq(d[2].which.v, PN_BOARD_WEEK);
    ck_assert_int_eq(d[2].tickets, 2);
    pn_end(p);
}
END_TEST

/* What was sold of his, at what buyers paid, and nothing of anybody else's. */
START_TEST(a_merchant_sees_his_part)
{
    pn_board board;
    make_day();
    test_sql("insert into listing (sk, id, code, merchant_id, session_id, tier_id, ask_fen,"
             " sale_fen, settle_fen, split_policy, state, listed_at, created_at, updated_at)"
             " values (7, 40967, 'l', 77, 4103, 36871, 40000, 41000, 38000, 'FREE', 'LIVE', now(),"
             " now(), now())");
    test_sql("insert into stock (sk, lot_id, tier_id, session_id, merchant_id, qty_total,"
             " qty_sold) values (7, 40967, 36871, 4103, 77, 9, 1)");
    test_sql("insert into order_item (sk, order_id, no, tier_id, lot_id, qty, face_fen, unit_fen)"
             " values (7, 4103, 1, 36871, 36871, 1, 38000, 38000),"
             " (7, 4103, 2, 36871, 40967, 1, 38000, 41000)");
    test_sql("insert into order_seat (sk, order_id, no, item_no, tier_id, list_fen, paid_fen,"
             " refund_fen, state) values (7, 4103, 1, 1, 36871, 38000, 38000, 30000, 'REFUNDED'),"
             " (7, 4103, 2, 2, 36871, 41000, 41000, 32800, 'REFUNDED')");
    test_sql("insert into refund (sk, id, no, order_id, reason, amount_fen, seats, state,"
             " from_status, applied_by, created_at, done_at, updated_at) values (7, 901 * 4096 + 7,"
             " 'TK901', 4103, 'BUYER', 62800, '{1,2}', 'DONE', 'PAID', 1, now(),"
             " timestamptz '2026-11-23 09:00+08', now())");
    pn_act_as(p, &(pn_actor){.kind = 'G', .id = 5, .login = "m", .name = "m",
                             .roles = PN_ROLE_MERCHANT, .merchant = 77});
    ok(pn_board_today(p, NULL, &board));
    ck_assert_int_eq(board.orders, 1);
    ck_assert_int_eq(board.tickets, 1);
    ck_assert_int_eq(board.sales_fen.fen, 41000);
    ck_assert_int_eq(board.refunds_fen.fen, 32800); /* of his seat alone */
    ck_assert_int_eq(board.unpaid, 0);
    ck_assert_int_eq(board.admitted, 0);
    ck_assert_int_eq(board.offers, 1);
    ck_assert_int_eq(board.offered, 8);
    ck_assert_uint_eq(board.sessions.n, 1);
    const pn_board_session *s = board.sessions.row;
    ck_assert_int_eq(s->sold, 1);
    ck_assert_int_eq(s->total, 9);
    pn_act_as(p, &(pn_actor){.kind = 'G', .id = 6, .login = "n", .name = "n",
                             .roles = PN_ROLE_MERCHANT, .merchant = 78});
    ok(pn_board_today(p, NULL, &board));
    ck_assert_int_eq(board.orders + board.offers, 0);
    ck_assert_int_eq(board.refunds_fen.fen, 0);
    ck_assert_uint_eq(board.sessions.n, 0);
    pn_end(p);
}
END_TEST

static const pn_board_wait *waiting(const pn_board_waiting *w, const char *what)
{
    pn_each(pn_board_wait, one, &w->waits)
        if (pn_word_is(pn_board_waits_of, one->what, what))
            return one;
    return NULL;
}

static void refund(int n, const char *state, const char *at)
{
    char sql[500];
    snprintf(sql, sizeof sql,
             "insert into refund (sk, id, no, order_id, reason, amount_fen, state, from_status,"
             " applied_by, created_at, updated_at) values (7, %d * 4096 + 7, 'R%d', 4103, 'BUYER',"
             " %d00, '%s', 'PAID', 1, timestamptz '%s', now())", n, n, n, state, at);
    test_sql(sql);
}

START_TEST(what_waits_longest_stands_first)
{
    pn_board_waiting w;
    make_day();
    refund(1, "REVIEWING", "2026-11-23 09:00+08");
    refund(2, "APPLIED", "2026-11-22 08:00+08");
    refund(3, "DONE", "2026-11-20 08:00+08");
    refund(4, "MANUAL", "2026-11-21 08:00+08");
    test_sql("update show set status = 'REVIEWING', updated_at = timestamptz '2026-11-23 18:00+08'"
             " where id = 1");
    test_sql("insert into channel (id, code, name, kind, created_at, updated_at) values (4097,"
             " 'tm', 'TM', 'AGENT', now(), now());"
             "insert into channel_transfer (sk, id, channel_id, amount_fen, reference, reason,"
             " state, proposed_by, created_at, updated_at) values (1, 4097, 4097, 500, 'b', 'x',"
             " 'PROPOSED', 1, now(), now());"
             "insert into fee_invoice (sk, id, no, organiser_id, month, sales_n, sales_fen,"
             " sales_fee_fen, refunds_n, refunds_fen, refunds_fee_fen, earlier_fee_fen, amount_fen,"
             " paid_fen, state, due_on, created_at, updated_at) values (77, 4173, 'ZD1', 77,"
             " '2026-01-01', 1, 9000, 700, 0, 0, 0, 0, 700, 100, 'OVERDUE', '2026-02-15', now(),"
             " now())");
    ok(pn_board_waits(p, NULL, &w));
    const pn_board_wait *all = w.waits.row, *asked = waiting(&w, "REFUND_ASKED");
    ck_assert_int_eq(waiting(&w, "TRANSFER")->fen.fen, 500);
    ck_assert_int_eq(waiting(&w, "FEE")->fen.fen, 600); /* what is left of it */
    ck_assert_uint_ge(w.waits.n, 3);
    for (size_t i = 1; i < w.waits.n; i++)
        ck_assert_int_le(all[i - 1].since.us, all[i].since.us);
    ck_assert(pn_word_is(pn_board_waits_of, all[0].what, "REFUND_HAND"));
    ck_assert_ptr_nonnull(asked);
    ck_assert_int_eq(asked->rows, 2);
    ck_assert_int_eq(asked->fen.fen, 300);
    ck_assert_str_eq(asked->list, "refund list");
    ck_assert_str_eq(asked->filter, "state=APPLIED,REVIEWING");
    ck_assert_ptr_nonnull(waiting(&w, "SHOW"));
    pn_end(p);
}
END_TEST

/* Every line is a list that exists, with a filter that it takes; nobody is told of the others'. */
START_TEST(everybody_hears_of_what_he_may_read)
{
    static const uint32_t roles[] = {PN_ROLE_ADMIN, PN_ROLE_OPS, PN_ROLE_FINANCE,
                                     PN_ROLE_BOXOFFICE, PN_ROLE_GATE, PN_ROLE_SYSTEM};
    pn_board_waiting w;
    make_day();
    refund(1, "REVIEWING", "2026-11-23 09:00+08");
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        pn_act_as(p, &(pn_actor){.kind = 'O', .id = 5, .login = "s", .name = "s",
                                 .roles = roles[i]});
        ok(pn_board_waits(p, NULL, &w));
    }
    pn_act_as(p, &(pn_actor){.kind = 'G', .id = 5, .login = "m", .name = "m",
                             .roles = PN_ROLE_MERCHANT, .merchant = 77});
    ok(pn_board_waits(p, NULL, &w));
    ck_assert_uint_eq(w.waits.n, 0);
    pn_end(p);
}
END_TEST

START_TEST(an_organiser_sees_its_own)
{
    pn_board board;
    make_day();
    pn_act_as(p, &(pn_actor){.kind = 'G',
                             .id = 5,
                             .login = "g",
                             .name = "g",
                             .roles = PN_ROLE_ORGANISER,
                             .organiser = 20});
    ok(pn_board_today(p, NULL, &board));
    ck_assert_int_eq(board.orders, 1);
    ck_assert_uint_eq(board.sessions.n, 0);
    pn_act_as(p,
              &(pn_actor){.kind = 'U', .id = 6, .login = "u", .name = "u", .roles = PN_ROLE_BUYER});
    fails(PN_EPERM, pn_board_today(p, NULL, &board));
    pn_end(p);
}
END_TEST

START_TEST(trouble_is_counted)
{
    pn_board board;
    make_day();
    test_sql("insert into job_run (sk, id, name, slot, state, owner, lease_until, started_at)"
             " select 0, n, 'x', at, case when n = 2 then 'DONE' else 'FAILED' end, '', at, at"
             " from (values (1, timestamptz '2026-11-23 18:00+08'),"
             " (2, timestamptz '2026-11-23 18:01+08'), (3, timestamptz '2026-11-21 18:00+08'))"
             " v (n, at)");
    test_sql(
        "insert into outbox (sk, id, event, ref, key, payload, at, due_at)"
        /* the first was tried and put off */
        " select 0, n, 'x', 1, n::text, '{}', at, at + (2 - n) * interval '1 hour' from (values"
        " (1, timestamptz '2026-11-23 18:58:59+08'), (2, timestamptz '2026-11-23 18:59:30+08'))"
        " v (n, at)");
    ok(pn_board_today(p, NULL, &board));
    ck_assert_int_eq(board.jobs_failed, 1);
    ck_assert_int_eq(board.events_late, 1);
    pn_end(p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("board");
    TCase *t = tcase_create("board");
    tcase_add_checked_fixture(t, test_db_setup, test_db_teardown);
    tcase_add_test(t, the_day_is_counted_in_shanghai);
    tcase_add_test(t, an_organiser_sees_its_own);
    tcase_add_test(t, refunds_are_those_of_the_day);
    tcase_add_test(t, today_stands_beside_yesterday_by_now);
    tcase_add_test(t, a_merchant_sees_his_part);
    tcase_add_test(t, what_waits_longest_stands_first);
    tcase_add_test(t, everybody_hears_of_what_he_may_read);
    tcase_add_test(t, trouble_is_counted);
    suite_add_tcase(suite, t);
    return pn_test_main(suite);
}
