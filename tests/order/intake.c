/* SPDX-License-Identifier: Apache-2.0 */
/* intake.c — orders copied from a channel: a file once, a number once, items learnt, rows accepted
 * at the channel's price or refused in time. */
#include "shop.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "channel/channel.h"
#include "order/intake.h"
#include "report/check.h"

enum { SHOPPER = 51, OTHER = 52 };

static int64_t tmall;

static int64_t channel(const char *code, int staff)
{
    pn *p = ops();
    pn_channel c;
    char sql[400];
    ok(pn_channel_create(p, &(struct pn_channel_create){.code = code, .name = code,
        .kind = {PN_OUTLET_SALES}}, &c));
    snprintf(sql, sizeof sql, "insert into staff (id, login, name, password, roles, created_at,"
             " updated_at) values (%d, 'a%d', 'A', '', '{CHANNEL}', now(), now())", staff, staff);
    test_sql(sql);
    ok(pn_channel_join(p, &(struct pn_channel_join){c.id, staff}, &c));
    pn_end(p);
    return c.id;
}

static pn *shopper(int64_t id)
{
    pn *p = test_begin_as(&(pn_actor){.kind = 'C', .id = id, .login = "c", .name = "C",
                                      .roles = PN_ROLE_CHANNEL, .via = "http"});
    pn_set_now(p, (pn_time){shop_now});
    return p;
}

static char file[60000];
static size_t used;

static void head(void)
{
    used = (size_t)snprintf(file, sizeof file, "ext_no,item,sku,start_at,qty,unit_fen,buyer,phone,"
                            "address,ids,remark\n");
}

static void row(const char *number, const char *item, int qty, const char *price)
{
    used += (size_t)snprintf(file + used, sizeof file - used,
                             "%s,%s,A,2027-01-01 19:30,%d,%s,李雷,13800000001,上海路1号,,快点\n",
                             number, item, qty, price);
}

static pn_intake_result import(void)
{
    pn *p = shopper(SHOPPER);
    pn_intake_result r;
    ok(pn_intake_import(p, &(struct pn_intake_import){.file = file}, &r));
    return r;
}

/* The item "雷雨" is the first tier. */
static void know(const char *item)
{
    char sql[400];
    snprintf(sql, sizeof sql, "insert into sku_map (sk, channel_id, item, sku, start_at, tier_id,"
             " at) values (%d, %" PRId64 ", '%s', 'A', '2027-01-01 19:30+08', %d, now())",
             (int)(tmall & 4095), tmall, item, TIER);
    test_sql(sql);
}

static void proved(void)
{
    pn *p = ops();
    pn_check_report r = {0};
    books_balance();
    ok(pn_check_run(p, &(struct pn_check_run){0}, &r));
    pn_each(pn_check, c, &r.checks)
        ck_assert_msg(c->drift == 0 || strcmp(c->name, "audit") == 0, "%s drifts", c->name);
    pn_end(p);
    books_watched();
}

static int64_t row_id(const char *number)
{
    return test_sql_int(pn_printf(ops(), "select id from intake_row where ext_no = '%s'", number));
}

START_TEST(S32_a_hundred_and_twenty_rows)
{
    make_shop(.stock = 300, .limit_order = 4);
    tmall = channel("tmall", SHOPPER);
    know("雷雨");
    char number[16];
    head();
    for (int i = 0; i < 120; i++) {
        snprintf(number, sizeof number, "T%d", i < 3 ? i : i < 6 ? i - 3 : i); /* 3 twice */
        row(number, i >= 50 && i < 55 ? "茶馆" : "雷雨", 2, "580");
    }
    pn_intake_result r = import();
    ck_assert_int_eq(r.rows_read, 120);
    ck_assert_int_eq(r.mapped, 112);
    ck_assert_int_eq(r.unmapped, 5);
    ck_assert_int_eq(r.duplicates, 3);
    ck_assert_int_eq(count_of("intake_row"), 117);
    r = import(); /* the same file again */
    ck_assert(r.seen);
    ck_assert_int_eq(r.rows_read, 120);
    ck_assert_int_eq(r.mapped + r.unmapped, 0);
    used += (size_t)snprintf(file + used, sizeof file - used, "\n");
    r = import(); /* and another one with the same numbers */
    ck_assert_int_eq(r.duplicates, 120);
    ck_assert_int_eq(count_of("intake_row"), 117);
    ck_assert_int_eq(count_of("orders"), 0);

    job("intake_accept");
    ck_assert_int_eq(count_of("orders where kind = 'CHANNEL' and status = 'ALLOCATED'"), 112);
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 224);
    ck_assert_int_eq(count_of("orders where ext_no = 'T7'"), 1);
    ck_assert_int_eq(count_of("orders where hold_expires_at = created_at"
                              " + interval '30 minutes'"), 112); /* 4.10 */
    ck_assert_str_eq(stock_now(), "300/0/224");
    ck_assert_int_eq(test_sql_int("select debit_fen - credit_fen from ledger_account"
                                  " where kind = 'CHANNEL_RECEIVABLE'"), 224 * YUAN(580));
    proved();
    relay(); /* whoever waits for paid orders is told of these, too */
    ck_assert_int_eq(count_of("outbox"), 0);

    pn *p = ops();
    pn_intake one;
    ok(pn_intake_map(p, &(struct pn_intake_map){row_id("T50"), TIER}, &one));
    ck_assert_int_eq(count_of("intake_row where state = 'MAPPED'"), 5);
    head();
    row("U1", "茶馆", 1, "580"); /* learnt */
    r = import();
    ck_assert_int_eq(r.mapped, 1);
    shop_clock(MINUTE);
    job("intake_accept");
    ck_assert_int_eq(count_of("intake_row where state = 'PAID'"), 118);
    proved();
}
END_TEST

/* P16: what it collected less its commission is ours, of refunds neither; it pays by bank. */
START_TEST(a_channel_keeps_its_commission_and_pays_the_rest)
{
    make_shop(.stock = 20);
    tmall = channel("tmall", SHOPPER);
    know("雷雨");
    pn *p = as(PN_ROLE_FINANCE, FIN);
    pn_channel c;
    ok(pn_channel_edit(p, &(struct pn_channel_edit){.id = tmall, .commission_bp = 333}, &c));
    ck_assert_int_eq(c.commission_bp, 333);
    head();
    row("A", "雷雨", 2, "580");
    import();
    job("intake_accept");
    relay();
    ck_assert_int_eq(books_sum("CHANNEL_COMMISSION"), 3863); /* 3,862.8 */
    ck_assert_int_eq(books_sum("CHANNEL_RECEIVABLE"), 2 * YUAN(580) - 3863);

    const char *one[] = {"1"};
    pn_refund r;
    p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.seats = {one, 1},
        .order = test_sql_int("select id from orders")}, &r));
    ck_assert_int_eq(r.amount_fen.fen, YUAN(580));
    relay();
    ck_assert_int_eq(books_sum("CHANNEL_COMMISSION"), 3863 - 1931);
    int64_t owed = YUAN(580) - 3863 + 1931;
    ck_assert_int_eq(books_sum("CHANNEL_RECEIVABLE"), owed);

    p = as(PN_ROLE_FINANCE, FIN);
    struct pn_channel_receive in = {tmall, {owed + 1}, "B1"};
    fails(PN_EBALANCE, pn_channel_receive(p, &in, &c));
    ck_assert_str_eq(pn_error(p)->field, "amount_fen");
    in.amount_fen.fen = owed - 7;
    ok(pn_channel_receive(p, &in, &c));
    ck_assert_int_eq(c.receivable_fen.fen, 7);
    in.amount_fen.fen = 7;
    fails(PN_EEXISTS, pn_channel_receive(p, &in, &c)); /* that line stands for something */
    in.reference = "B2";
    ok(pn_channel_receive(p, &in, &c));
    ck_assert_int_eq(c.receivable_fen.fen, 0);
    ok(pn_channel_edit(p, &(struct pn_channel_edit){.id = tmall, .no_commission = true}, &c));
    ck_assert_int_eq(c.commission_bp, 0);
    relay();
    proved();
    shop_clock(DAY);
    job("statement_agent");
    ck_assert_int_eq(test_sql_int("select -received_fen from channel_statement"
                                  " where book = 'RECEIVABLE' and closing_fen = 0"), owed);
}
END_TEST

/* Fen in the place of yuan: a price a hundred times the right one is asked about. */
START_TEST(a_price_far_above_the_face_is_no_order)
{
    make_shop(.stock = 20);
    tmall = channel("tmall", SHOPPER);
    know("雷雨");
    head();
    row("A", "雷雨", 1, "58000");
    row("B", "雷雨", 1, "1740"); /* three times the face price */
    import();
    job("intake_accept");
    ck_assert_int_eq(count_of("intake_row where state = 'PAID' and ext_no = 'B'"), 1);
    ck_assert_int_eq(count_of("intake_row where state = 'MAPPED' and note <> ''"), 1);
    pn *p = ops();
    pn_intake one;
    fails(PN_EARG, pn_intake_accept(p, &(struct pn_intake_accept){.id = row_id("A")}, &one));
    ck_assert_str_eq(pn_error(p)->field, "id"); /* a row has no price to type */
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "yuan for a ticket of"));
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    ok(pn_intake_accept(p, &(struct pn_intake_accept){.id = row_id("A"), .dear = true}, &one));
    ck_assert_int_eq(one.unit_fen.fen, YUAN(58000));
    proved();
}
END_TEST

START_TEST(S32_below_the_floor_needs_a_budget)
{
    make_shop(.stock = 20, .face_fen = YUAN(100));
    tmall = channel("tmall", SHOPPER);
    know("雷雨");
    head();
    row("A", "雷雨", 2, "90"); /* the floor is nine tenths of the face price */
    row("B", "雷雨", 2, "85");
    row("C", "雷雨", 3, "80");
    import();
    job("intake_accept");
    ck_assert_int_eq(count_of("intake_row where state = 'PAID'"), 1);
    ck_assert_int_eq(count_of("intake_row where state = 'MAPPED' and not short"), 2);
    pn *p = ops();
    pn_intake one;
    struct pn_intake_accept b_row = {.id = row_id("B")}, c_row = {.id = row_id("C")};
    fails(PN_EBUDGET, pn_intake_accept(p, &b_row, &one));
    ck_assert_str_eq(pn_error(p)->field, "loss_budget");
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    p = as(PN_ROLE_FINANCE, FIN);
    pn_intake_money b;
    ok(pn_intake_budget(p, &(struct pn_intake_budget){tmall, "双11", {YUAN(30)}}, &b));
    p = ops();
    b_row.loss_budget = c_row.loss_budget = b.id;
    ok(pn_intake_accept(p, &b_row, &one));
    ck_assert_int_eq(one.loss_fen.fen, YUAN(10));
    fails(PN_EBUDGET, pn_intake_accept(p, &c_row, &one));
    ck_assert_int_eq(count_of("loss_budget where used_fen = 1000"), 1);
    ck_assert_str_eq(stock_now(), "20/0/4");
    fails(PN_ESTATE, pn_intake_accept(p, &b_row, &one));
    test_sql("do $$ begin update loss_budget set used_fen = total_fen + 1;"
             " raise exception 'accepted'; exception when check_violation then null; end $$");
    pn_page page;
    ok(pn_intake_budgets(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    proved();
}
END_TEST

START_TEST(what_is_not_to_be_had_is_refused_in_an_hour)
{
    make_shop(.stock = 3);
    tmall = channel("tmall", SHOPPER);
    know("雷雨");
    head();
    row("A", "雷雨", 2, "580");
    row("B", "雷雨", 2, "580");
    row("C", "茶馆", 1, "580");
    import();
    job("intake_accept");
    ck_assert_int_eq(count_of("intake_row where state = 'PAID' and ext_no = 'A'"), 1);
    ck_assert_int_eq(count_of("intake_row where state = 'MAPPED' and short and note <> ''"), 1);
    shop_clock(59 * MINUTE);
    job("intake_accept");
    ck_assert_int_eq(count_of("intake_row where state = 'CHANNEL_REJECTED'"), 0);
    shop_clock(MINUTE);
    job("intake_accept");
    ck_assert_int_eq(count_of("intake_row where state = 'CHANNEL_REJECTED'"), 2);
    ck_assert_int_eq(count_of("outbox where event = 'intake.rejected'"), 2);
    pn *p = ops();
    pn_intake one;
    fails(PN_ESTATE, pn_intake_reject(p, &(struct pn_intake_reject){row_id("A"), "x"}, &one));
    fails(PN_ESTATE, pn_intake_accept(p, &(struct pn_intake_accept){.id = row_id("B")}, &one));
    fails(PN_ESTATE, pn_intake_map(p, &(struct pn_intake_map){row_id("C"), TIER}, &one));
    fails(PN_ENONE, pn_intake_accept(p, &(struct pn_intake_accept){.id = 4096 * 9999 + 1}, &one));
    proved();
}
END_TEST

START_TEST(a_bad_row_hurts_nobody)
{
    make_shop(.stock = 30);
    tmall = channel("tmall", SHOPPER);
    know("雷雨");
    head();
    row("A", "雷雨", 2, "580");
    row("B", "雷雨", 0, "580");
    row("", "雷雨", 1, "580");
    row("C", "雷雨", 1, "many");
    used += (size_t)snprintf(file + used, sizeof file - used,
                             "D,雷雨,A,2027-01-01 19:30,1,580,韩梅,12,,,\n"
                             "E,雷雨,A,yesterdayish,1,580,韩梅,13800000002,,,\n"
                             "F,雷雨,A,2027-01-01 19:30,1,580,韩梅,13800000002,,韩梅/1101,\n");
    pn_intake_result r = import();
    ck_assert_int_eq(r.rows_read, 7);
    ck_assert_int_eq(r.failed, 5);
    ck_assert_int_eq(r.mapped, 2);
    pn_import_row *bad = r.rows.row;
    ck_assert_int_eq(bad[1].line, 3);
    ck_assert_int_eq(bad[1].result.v, PN_IMPORTED_FAILED);
    job("intake_accept");
    ck_assert_int_eq(count_of("intake_row where state = 'PAID' and ext_no = 'A'"), 1);
    ck_assert_int_eq(count_of("intake_row where state = 'MAPPED' and note <> ''"), 1);
    /* personal data is sealed */
    ck_assert_int_eq(count_of("intake_row"
                              " where position(convert_to('李雷', 'UTF8') in buyer) > 0"), 0);
    pn *p = shopper(SHOPPER);
    fails(PN_EARG, pn_intake_import(p, &(struct pn_intake_import){.file = "item,qty\n雷雨,1\n"},
                                    &r));
    proved();
}
END_TEST

/* A number is taken once, whichever way it came, and a channel sees its own rows alone. */
START_TEST(I31_a_number_of_a_channel_is_one_order)
{
    make_shop(.stock = 30);
    tmall = channel("tmall", SHOPPER);
    channel("jd", OTHER);
    know("雷雨");
    head();
    row("A", "雷雨", 2, "580");
    import();
    test_sql("do $$ begin insert into intake_row (sk, id, intake_id, channel_id, line, ext_no,"
             " item, sku, start_at, qty, unit_fen, state, created_at, updated_at) select sk,"
             " id + 4096, intake_id, channel_id, line, ext_no, item, sku, start_at, qty, unit_fen,"
             " 'UNMAPPED', now(), now() from intake_row; raise exception 'accepted';"
             " exception when unique_violation then null; end $$");
    pn *p = shopper(OTHER);
    pn_page page;
    pn_intake one;
    pn_intake_result r;
    ok(pn_intake_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 0);
    fails(PN_ENONE, pn_intake_show(p, &(struct pn_intake_show){row_id("A")}, &one));
    fails(PN_EPERM, pn_intake_import(p, &(struct pn_intake_import){tmall, file, {0}}, &r));
    ok(pn_intake_import(p, &(struct pn_intake_import){.file = file}, &r)); /* its own number A */
    ck_assert_int_eq(r.unmapped, 1);
    job("intake_accept");
    /* given back by the ordinary refund: the channel owes less */
    p = ops();
    pn_refund back;
    int64_t order = test_sql_int("select order_id from intake_row where state = 'PAID'");
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = order}, &back));
    ck_assert_str_eq(order_state(order), "REFUNDED");
    ck_assert_int_eq(test_sql_int("select sum(debit_fen - credit_fen) from ledger_account"
                                  " where kind = 'CHANNEL_RECEIVABLE'"), 0);
    proved();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("intake");
    TCase *c = tcase_create("intake");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, S32_a_hundred_and_twenty_rows);
    tcase_add_test(c, a_price_far_above_the_face_is_no_order);
    tcase_add_test(c, a_channel_keeps_its_commission_and_pays_the_rest);
    tcase_add_test(c, S32_below_the_floor_needs_a_budget);
    tcase_add_test(c, what_is_not_to_be_had_is_refused_in_an_hour);
    tcase_add_test(c, a_bad_row_hurts_nobody);
    tcase_add_test(c, I31_a_number_of_a_channel_is_one_order);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
