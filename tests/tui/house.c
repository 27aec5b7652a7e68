/* SPDX-License-Identifier: Apache-2.0 */
/* house.c — the console over the whole library: its rooms, and its first screen on real rows. */
#include "config.h"
#include "folk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What nobody reaches by the list of rooms is not there. */
START_TEST(every_room_is_in_the_list)
{
    static const char *const titles[] = {
#define N_(text) text
#define ROOM(key, list, title, into, face, needs, desk) title,
#include "tui/rooms.def"
#undef ROOM
    };
    open_house(140, 120);
    vth_keys(&t, "0");
    must("Rooms");
    must(titles[sizeof titles / sizeof *titles - 1]);
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        ck_assert_msg(vth_has(&t, titles[i]), "%s", titles[i]);
}
END_TEST

START_TEST(the_first_screen_leads_to_a_refund_that_waits)
{
    make_shop();
    test_sql("insert into orders (sk, id, no, session_id, show_id, status, qty, delivery,"
             " goods_fen, payable_fen, paid_fen, hold_expires_at, created_at, paid_at, updated_at)"
             " values (1, 4097, 'PN1', 40961, 4, 'PAID', 1, 'ONSITE', 58000, 58000, 58000, now(),"
             " now(), now(), now())");
    test_sql("insert into refund (sk, id, no, order_id, reason, amount_fen, state, from_status,"
             " applied_by, created_at, updated_at) values (1, 8193, 'TK1', 4097, 'BUYER', 58000,"
             " 'REVIEWING', 'PAID', 1, now(), now())");
    open_house(24, 80);
    must("Refunds to decide");
    must("¥580.00");
    vth_keys(&t, "Enter");
    must("Today > Refunds to decide");
    must("TK1");
}
END_TEST

/* A queue is the noun's own rows: what they wait for can be done there, under the room's name. */
START_TEST(a_queue_is_worked_off)
{
    test_sql("insert into merchant (id, code, kind, name, status, level, commission_bp, created_at,"
             " updated_at) values (4097, 'xl', 'PRO', '小龙', 'ACTIVE', 'B', 500, now(), now());"
             "insert into settlement (sk, id, no, merchant_id, day, lines_n, net_fen, state,"
             " confirm_by, created_at, updated_at) values (1, 8193, 'JS1', 4097, '2026-01-01', 1,"
             " 500, 'CONFIRMED', now(), now(), now())");
    open_house(24, 80);
    command("settlement queue");
    must("Today > Settlements to approve");
    must("JS1");
    vth_keys(&t, "a");
    must("pn settlement approve 8193");
    vth_keys(&t, "Esc");
    command("refund_rule list"); /* the next version is set, this one stays as it is */
    vth_keys(&t, "a");
    must("These rows are only to be looked at");
}
END_TEST

/* A printed number, a telephone's tail, a view's name: each leads to what it is of. */
START_TEST(the_finder_knows_numbers_and_kept_views)
{
    make_shop();
    test_sql("insert into orders (sk, id, no, session_id, show_id, status, qty, delivery,"
             " goods_fen, payable_fen, paid_fen, hold_expires_at, created_at, paid_at, updated_at,"
             " phone_tail) values (1, 4097, 'PN261100000017', 40961, 4, 'PAID', 1, 'ONSITE',"
             " 58000, 58000, 58000, now(), now(), now(), now(), '9948')");
    test_sql("insert into staff_view (sk, id, staff_id, noun, name, filter, sort, columns, slot,"
             " shared, created_at, updated_at) select id & 4095, 4096 * 7 + (id & 4095), id,"
             " 'order', '早班发货', 'status=PAID', '', '', 1, false, now(), now() from staff"
             " where login = 'admin'");
    open_house(24, 80);
    vth_keys(&t, "C-p t p 0 0 0 0 0 0 0 0 8 1 9 3 1");
    must("pn ticket show TP0000000081931");
    ck_assert(!vth_has(&t, "pn order show TP"));
    vth_keys(&t, "C-u p n 2 6 1 1 0 0 0 0 0 0 1 7");
    must("pn order show PN261100000017");
    vth_keys(&t, "C-u 9 9 4 8");
    must("PN261100000017");
    vth_keys(&t, "Enter");
    must("Payable");
    vth_keys(&t, "C-p 0 0 0 0 1 7"); /* the end of a number is not what an order is found by */
    must("Nothing is called so");
    ck_assert(!vth_has(&t, "pn order show"));
    test_sql("update orders set id = 1048577 where id = 4097");
    vth_keys(&t, "C-u 1 0 4 8 5 7 7");
    must("pn order show 1048577"); /* what is offered is there */
    must("Orders  PN261100000017");
    vth_keys(&t, "Enter");
    must("pn order show 1048577");
    must("Payable");
    vth_keys(&t, "C-p");
    must("Find");
    say("早班");
    must("早班发货");
    vth_settle(&t, 100);
    vth_keys(&t, "Enter");
    must("/status=PAID");
    must("PN261100000017");
    command("view list");
    must("Views");
    must("早班发货");
    vth_keys(&t, "Enter"); /* what it shows, not what it is made of */
    must("/status=PAID");
}
END_TEST

START_TEST(accounts_of_one_kind_are_told_apart)
{
    test_sql("insert into ledger_account (sk, id, kind, side, guard, at) values"
             " (5, 4101, 'DRAWER', 'DEBIT', 'NONE', now()),"
             " (6, 4102, 'DRAWER', 'DEBIT', 'NONE', now())");
    open_house(24, 80);
    command("ledger list");
    must("Asset");
    must("Shard");
    vth_keys(&t, "Down Enter");
    must("Ledger > Cash drawers 6");
}
END_TEST

/* Kept beside the theme, and there again the next time. */
START_TEST(rows_of_lists_stand_as_one_likes)
{
    make_shop();
    test_sql("insert into city (id, code, name, created_at, updated_at) values"
             " (901, 'aa', '阿城', now(), now()), (902, 'bb', '白城', now(), now())");
    open_house(24, 80);
    command("settings");
    must("close together");
    vth_keys(&t, "End Enter");
    must("with a blank line between");
    for (int round = 0; round < 2; round++) {
        command("city list");
        must("白城");
        char *text = vth_snap(&t, false), *a = strstr(text, "阿城");
        ck_assert_ptr_nonnull(a);
        char *next = strchr(a, '\n') + 1;
        ck_assert_int_eq(*next, '\n');
        free(text);
        if (round)
            break;
        vth_stop(&t);
        open_house(24, 80);
    }
}
END_TEST

static void put_refund(const char *state, const char *status)
{
    char sql[700];
    make_shop();
    snprintf(sql, sizeof sql,
             "insert into orders (sk, id, no, session_id, show_id, status, qty, delivery,"
             " goods_fen, payable_fen, paid_fen, hold_expires_at, created_at, paid_at, updated_at)"
             " values (1, 4097, 'PN1', 40961, 4, '%s', 1, 'ONSITE', 58000, 58000, 58000, now(),"
             " now(), now(), now())", status);
    test_sql(sql);
    snprintf(sql, sizeof sql,
             "insert into refund (sk, id, no, order_id, reason, amount_fen, state, from_status,"
             " applied_by, created_at, updated_at) values (1, 8193, 'TK1', 4097, 'BUYER', 58000,"
             " '%s', 'PAID', 1, now(), now())", state);
    test_sql(sql);
}

/* The row of the screen that says the first has the second, too. */
static int row_with(const char *first, const char *second)
{
    char text[1024];
    for (int row = 2; row < t.rows; row++) {
        vth_row(&t, row, text, sizeof text);
        if (!strstr(text, first))
            continue;
        ck_assert_msg(strstr(text, second), "%s", text);
        return row;
    }
    ck_abort_msg("“%s” is not on the screen", first);
    return 0;
}

/* A refund that is paid out is approved by nobody: that is said, and does not stand first. */
START_TEST(what_a_state_forbids_stands_last)
{
    put_refund("DONE", "REFUNDED");
    open_house(24, 120);
    vth_keys(&t, "7");
    must("TK1");
    vth_keys(&t, "a");
    must("Approve a refund");
    int approve = row_with("Approve a refund", "not while: Paid out");
    ck_assert_int_eq(row_with("Reject a refund", "not while: Paid out"), approve + 1);
    ck_assert_int_gt(approve, 2); /* behind what can be done */
    test_sql("update refund set state = 'REVIEWING' where id = 8193");
    vth_keys(&t, "Esc r");
    must("Under review");
    vth_keys(&t, "a");
    must("Approve a refund");
    ck_assert_int_eq(row_with("Approve a refund", "pn refund approve 8193"), 2);
    ck_assert(!vth_has(&t, "not while"));
}
END_TEST

/* An order that nothing is to be done with says so; what there is is one step further. */
START_TEST(what_asks_for_nothing_says_so)
{
    put_refund("DONE", "REFUNDED");
    open_house(24, 80);
    vth_keys(&t, "3");
    must("PN1");
    vth_keys(&t, "a");
    must("1  Nothing now; everything else");
    vth_keys(&t, "1");
    must("Take cash for an order");
}
END_TEST

/* What is refused changes nothing below the line it was typed in. */
START_TEST(a_refused_filter_leaves_the_list_as_it_was)
{
    put_refund("DONE", "REFUNDED");
    open_house(24, 80);
    vth_keys(&t, "3");
    must("PN1");
    vth_keys(&t, "/");
    say("status=REFUNDED");
    vth_settle(&t, 100);
    vth_keys(&t, "Enter");
    must("1/1");
    vth_keys(&t, "/ C-u");
    say("payable_fen>abc");
    vth_settle(&t, 100);
    vth_keys(&t, "Enter");
    must("\"abc\" is not valid");
    must("             ^ payable_fen"); /* below the word */
    must("PN1");
    vth_keys(&t, "Esc");
    must("/status=REFUNDED");
    must("pn order list --where status=REFUNDED");
    ck_assert(!vth_has(&t, "abc"));
    vth_keys(&t, "[");
    must("pn order list ");
    ck_assert(!vth_has(&t, "abc"));
}
END_TEST

/* Who approves a change sees what was, what will be, and whom it meets. */
START_TEST(what_is_decided_on_stands_above_the_decision)
{
    make_shop();
    test_sql("insert into show_revision (id, show_id, noun, ref, base_version, state, payload,"
             " diff, author_id, created_at, updated_at) values (8193, 4, 'show', 4, 1, 'DRAFT',"
             " '{\"id\": 4, \"title\": \"雷雨全本\", \"venue\": null}',"
             " '{\"title\": [\"雷雨\", \"雷雨全本\"]}', 1, now(), now())");
    open_house(24, 120);
    command("revision list");
    must("雷雨 → 雷雨全本");
    vth_keys(&t, "Enter");
    must("ID: 4; Title: 雷雨全本");
    vth_keys(&t, "a 1");
    must("Title 雷雨 → 雷雨全本; Tickets sold of it 0; Tickets of it in unpaid orders 0;");
}
END_TEST

static void put_deed(int id, const char *op, const char *noun, int ref, const char *after)
{
    char sql[700];
    snprintf(sql, sizeof sql,
             "insert into audit_log (sk, id, at, actor_kind, actor_id, actor_name, via, op, noun,"
             " ref, after, code, hash) values (%d, %d, now(), 'S', 0, 'nobody', 'job', '%s', '%s',"
             " %d, '%s', 0, '')", id & 4095, id, op, noun, ref, after);
    test_sql(sql);
}

/* Events that are handed on and rounds that found nothing would fill it. */
START_TEST(the_first_screen_tells_what_was_done_to_something)
{
    put_deed(4097, "payment.cash", "payment", 7, "{\"amount_fen\": \"1480.00\"}");
    for (int i = 0; i < 40; i++) {
        put_deed(8193 + i, "outbox.relay", "outbox", 9, "{}");
        put_deed(12289 + i, "order.sweep", "order", 0, "{}");
    }
    open_house(24, 120);
    must("Take cash for an order  ¥1,480");
    ck_assert(!vth_has(&t, "outbox"));
    ck_assert(!vth_has(&t, "order.sweep"));
    command("audit list"); /* there it is */
    must("outbox.relay");
}
END_TEST

/* Who he is, he knows: the columns are for what differs. Of others he sees nothing. */
START_TEST(a_merchant_sees_his_offers_without_his_name)
{
    make_shop();
    lot_of(.qty = 4);
    lot_of(.qty = 7);
    be_a_merchant();
    open_house(24, 80);
    command("listing list");
    must("1/1");
    must("Total");
    must("Sold");
    ck_assert(!vth_has(&t, "牛票票务"));
    vth_keys(&t, "Enter"); /* an offer is called by what it offers */
    must("Offers > 雷雨 A");
}
END_TEST

/* Who knows the way types ahead of the rows. */
START_TEST(keys_typed_ahead_find_their_row)
{
    make_shop();
    open_house(24, 80);
    vth_keys(&t, "2 l");
    must("noun=show ref=");
    test_sql("insert into city (id, code, name, created_at, updated_at) values"
             " (901, 'aa', '阿城', now(), now()), (902, 'bb', '白城', now(), now())");
    command("city list --sort code");
    vth_keys(&t, "Down Enter");
    must("Cities > 白城");
}
END_TEST

/* What others are still about is not his to know. */
START_TEST(a_merchant_sees_no_drafts)
{
    make_shop();
    be_a_merchant();
    test_sql("update show set status = 'PUBLISHED'");
    open_house(24, 80);
    command("show list");
    must("1/1");
    command("tier list");
    must("1/1");
    test_sql("update show set status = 'DRAFT'");
    command("show list");
    must("0/0");
    command("session list");
    must("0/0");
    command("tier list");
    must("0/0");
}
END_TEST

START_TEST(refused_lines_of_a_file_are_told)
{
    char text[2000] = "tier,code,ask,qty\n", path[400];
    size_t len = strlen(text);
    make_shop();
    be_a_merchant();
    for (int i = 1; i <= 30; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "none-%d,c%d,500,2\n", i, i);
    put_file("offers.csv", text);
    open_house(24, 80);
    snprintf(path, sizeof path, "listing import %s/offers.csv", dir);
    command(path);
    must("Done");
    must("There is no tier “none-1”");
    ck_assert(!vth_has(&t, "none-30”"));
    for (int i = 0; i < 21; i++)
        vth_keys(&t, "Down");
    must("There is no tier “none-30”");
    vth_keys(&t, "Esc"); /* every other key leads back */
    must("What waits");
}
END_TEST

START_TEST(a_field_goes_through_the_rows_it_may_name)
{
    make_shop();
    int64_t mine = lot_of(.qty = 4);
    char number[24];
    be_a_merchant();
    open_house(24, 80);
    command("follow_price list");
    must("0/0");
    vth_keys(&t, "n");
    must("F2: the next of them");
    vth_keys(&t, "F2");
    must("1/1");
    snprintf(number, sizeof number, "%lld", (long long)mine);
    must(number);
    vth_keys(&t, "C-u");
    say("no such show");
    vth_settle(&t, 100);
    vth_keys(&t, "F2");
    must("Nothing fits");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("house");
    TCase *c = tcase_create("house");
    tcase_add_checked_fixture(c, house_setup, house_teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, every_room_is_in_the_list);
    tcase_add_test(c, the_first_screen_leads_to_a_refund_that_waits);
    tcase_add_test(c, a_queue_is_worked_off);
    tcase_add_test(c, the_finder_knows_numbers_and_kept_views);
    tcase_add_test(c, accounts_of_one_kind_are_told_apart);
    tcase_add_test(c, rows_of_lists_stand_as_one_likes);
    tcase_add_test(c, what_a_state_forbids_stands_last);
    tcase_add_test(c, what_asks_for_nothing_says_so);
    tcase_add_test(c, a_refused_filter_leaves_the_list_as_it_was);
    tcase_add_test(c, what_is_decided_on_stands_above_the_decision);
    tcase_add_test(c, the_first_screen_tells_what_was_done_to_something);
    tcase_add_test(c, a_merchant_sees_his_offers_without_his_name);
    tcase_add_test(c, keys_typed_ahead_find_their_row);
    tcase_add_test(c, a_merchant_sees_no_drafts);
    tcase_add_test(c, refused_lines_of_a_file_are_told);
    tcase_add_test(c, a_field_goes_through_the_rows_it_may_name);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
