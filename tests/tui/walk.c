/* SPDX-License-Identifier: Apache-2.0 */
/* walk.c — what an organiser and a merchant meet on their way through a day at the console. */
#include "config.h"
#include "folk.h"

#include "base/job.h"
#include "base/news.h"
#include "base/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- work of the server ---- */

/* One turn of the worker that the test is, in a slot of its own. */
static void work_on(void)
{
    static int turn;
    pn_job_result done;
    pn *p = test_begin(PN_ROLE_SYSTEM);
    pn_set_now(p, (pn_time){pn_now(p).us + ++turn});
    ok(pn_job_run(p, &(struct pn_job_run){.name = "bulk_run", .force = true}, &done));
    ck_assert_msg(!done.error, "%s", done.error);
    pn_end(p);
    ok(pn_news_tell(test_ctx, true)); /* as a worker does between its rounds */
}

static void answer(const char *text)
{
    say(text);
    vth_settle(&t, 100);
    vth_keys(&t, "Enter");
}

/* All offers off sale, with the console gone before the server has begun. */
static void pause_all_and_leave(void)
{
    make_shop();
    lot_of(.qty = 4);
    lot_of(.qty = 7);
    be_a_merchant();
    test_sql("update listing set merchant_id = 101; update stock set merchant_id = 101");
    open_house(24, 80);
    command("listing list");
    must("1/2");
    vth_keys(&t, "* a");
    must("Take an offer off sale for a while");
    char *screen = vth_snap(&t, false), *at = strstr(screen, "Take an offer off sale");
    vth_keys(&t, (char[]){at[-3], 0});
    free(screen);
    must("Reason");
    answer("rain");
    must("2 can be done");
    vth_keys(&t, "Enter");
    must("server");
    vth_keys(&t, "Esc");
    must("The server goes on with it");
}

START_TEST(what_the_server_did_is_taken_back)
{
    pause_all_and_leave();
    vth_keys(&t, "u");
    must("It is still at work");
    work_on();
    ck_assert_int_eq(test_sql_int("select count(*) from listing where state = 'PAUSED'"), 2);
    vth_keys(&t, "u");
    must("Take back “Take an offer off sale for a while”: 2 rows");
    vth_keys(&t, "n");
    ck_assert_int_eq(test_sql_int("select count(*) from bulk_work"), 1);
    vth_stop(&t);
    open_house(24, 80); /* whoever comes back another time finds it, too */
    command("listing list");
    must("1/2");
    vth_keys(&t, "u");
    must("2 rows");
    vth_keys(&t, "y");
    must("At work");
    work_on();
    must("Finished");
    ck_assert_int_eq(test_sql_int("select count(*) from listing where state = 'LIVE'"), 2);
    ck_assert_int_eq(test_sql_int("select count(*) from bulk_work where of_id > 0"), 1);
}
END_TEST

START_TEST(what_the_server_cannot_take_back_is_told_why)
{
    pause_all_and_leave();
    work_on();
    test_sql("update bulk_work set ended_at = ended_at - interval '1 day'");
    vth_keys(&t, "u");
    must("It was done more than 10 minutes ago");
    test_sql("update bulk_work set verb = 'withdraw'");
    vth_keys(&t, "u");
    must("End an offer; the deposit of unsold tickets is released: Its deposit is r");
    ck_assert_int_eq(test_sql_int("select count(*) from bulk_work"), 1);
}
END_TEST

/* Work of others of the house is theirs. */
START_TEST(what_others_did_is_not_ones_own_to_take_back)
{
    pause_all_and_leave();
    work_on();
    test_sql("update bulk_work set staff_id = (select id from staff where login = 'admin')");
    vth_stop(&t);
    open_house(24, 80);
    command("listing list");
    must("1/2");
    vth_keys(&t, "u");
    must("There is nothing to take back");
}
END_TEST

/* ---- going about ---- */

START_TEST(one_goes_from_list_to_list_all_day)
{
    open_house(24, 80);
    for (int i = 0; i < 14; i++) {
        command("city list");
        must("pn city list");
        command("venue list");
        must("pn venue list");
    }
    ck_assert(!vth_has(&t, "go back first"));
    for (int left = 22; left; left--) { /* as many as are kept, above the first screen */
        vth_keys(&t, "Esc");
        must(left % 2 ? "pn venue list" : "pn city list");
    }
    vth_keys(&t, "Esc");
    must("What waits");
}
END_TEST

/* ---- the organiser ---- */

/* What he can do something about; what others decide is theirs. */
START_TEST(an_organiser_is_told_what_waits_for_him)
{
    make_shop();
    be_an_organiser();
    test_sql("insert into settlement (sk, id, no, merchant_id, day, lines_n, net_fen, state,"
             " confirm_by, created_at, updated_at) values (103, 4096 * 2 + 103, 'JS1', 103,"
             " '2026-01-01', 1, 76000, 'CALCULATED', now(), now(), now());"
             "insert into orders (sk, id, no, session_id, show_id, status, qty, delivery,"
             " goods_fen, payable_fen, paid_fen, hold_expires_at, created_at, paid_at, updated_at)"
             " values (1, 4097, 'PN1', 40961, 4, 'PAID', 1, 'ONSITE', 58000, 58000, 58000, now(),"
             " now(), now(), now());"
             "insert into refund (sk, id, no, order_id, reason, amount_fen, state, from_status,"
             " applied_by, created_at, updated_at) values (1, 8193, 'TK1', 4097, 'BUYER', 58000,"
             " 'REVIEWING', 'PAID', 1, now(), now())");
    open_chinese(24, 80);
    must("待确认结算单");
    must("¥760.00");
    ck_assert(!vth_has(&t, "待审退款"));
    vth_keys(&t, "9");
    must("pn settlement list");
    must("JS1");
    vth_keys(&t, "a");
    must("pn settlement confirm");
}
END_TEST

/* Zones are drawn: n begins, and a version is called by its session. */
START_TEST(zones_of_a_session_begin_with_n)
{
    make_shop();
    be_an_organiser();
    open_chinese(24, 80);
    command("session list");
    must("1/1");
    vth_keys(&t, "z");
    must("按 n 新建");
    test_sql("insert into seat_plan (id, hall_id, version, name, seats, document, author_id,"
             " created_at) select 1, id, 1, 'x', 1, '{}', 1, now() from hall limit 1;"
             "insert into zone_plan (sk, id, session_id, plan_id, version, state, author_id,"
             " created_at, updated_at) values (1, 4097, 40961, 1, 2, 'DRAFT', 1, now(), now())");
    vth_keys(&t, "r");
    must("1/1");
    vth_keys(&t, "a");
    must("第 2 版");
    must("pn zone_plan diff 4097");
}
END_TEST

/* Hints are of what does something. */
START_TEST(what_is_only_to_be_looked_at_offers_no_actions)
{
    make_shop();
    be_an_organiser();
    open_house(24, 80);
    command("refund_rule list");
    must("1/5");
    ck_assert(!vth_has(&t, "a Actions"));
    vth_keys(&t, "Enter");
    must("Up to when");
    ck_assert(!vth_has(&t, "a Actions"));
    command("show list");
    must("1/1");
    must("a Actions");
}
END_TEST

/* The windows of a rule are rows in the reader's words, and nothing is left in another language. */
START_TEST(a_rule_of_refunds_is_read_in_chinese)
{
    make_shop();
    be_an_organiser();
    open_chinese(30, 80);
    command("refund_rule show 1");
    must("退票时限");
    must("开售后48小时内");
    must("20%");
    must("开演前10天为止");
    ck_assert(!vth_has(&t, "SALE_OPEN"));
    ck_assert(!vth_has(&t, "large shows"));
}
END_TEST

/* Below its field there is not always room for what is wrong. */
START_TEST(what_is_wrong_in_a_form_is_read_to_its_end)
{
    make_shop();
    be_an_organiser();
    open_chinese(24, 80);
    command("session list");
    must("1/1");
    vth_keys(&t, "n");
    must("导入与命令用的短名");
    vth_keys(&t, "c 1 Down Down Down");
    vth_settle(&t, 100);
    say("十二月廿八晚七点半");
    vth_settle(&t, 100);
    vth_keys(&t, "C-s");
    must("“十二月廿八晚七点半”无效，应为时间");
    must("今天、2h");
}
END_TEST

/* A label that said 1/10000 above “2%” would have people pay a hundredth. */
static void check_shares(const pn_type *type)
{
    for (const pn_col *col = type ? type->cols : NULL; col && col->name; col++) {
        size_t n = strlen(col->name);
        if ((col->kind == PN_K_INT || col->kind == PN_K_INT4) && n >= 2 &&
            !strcmp(col->name + n - 2, "bp") && col->label)
            ck_assert_msg(!strstr(col->label, "10000"), "%s: %s", type->name, col->label);
    }
}

START_TEST(a_share_is_called_as_it_is_shown)
{
    for (const pn_module *const *m = pn_modules(); *m; m++)
        for (const pn_op *const *op = (*m)->ops; *op; op++) {
            check_shares((*op)->in);
            check_shares((*op)->out);
        }
    test_sql("insert into merchant (id, code, kind, name, status, created_at, updated_at) values"
             " (103, 'poly', 'ORGANISER', '保利文化', 'ACTIVE', now(), now());"
             "insert into organiser (id, merchant_id, fee_bp, fee_fixed_fen, created_at,"
             " updated_at) values (103, 103, 200, 100, now(), now());"
             "insert into rebate (sk, id, merchant_id, month, no, base_fen, bp, lines_n,"
             " defaults_n, late_n, amount_fen, state, created_at, updated_at) values (103, 4199,"
             " 103, '2026-01-01', 1, 1000000, 350, 9, 0, 0, 35000, 'CALCULATED', now(), now())");
    open_chinese(24, 120);
    command("organiser list");
    must("手续费率");
    must("2%");
    command("rebate list");
    must("返点比例");
    must("3.5%");
    ck_assert(!vth_has(&t, "万分"));
}
END_TEST

/* At 80 columns figures go before the names of shows do. */
START_TEST(shows_are_told_apart_on_a_narrow_screen)
{
    make_shop();
    lot_of(.qty = 4);
    test_sql("insert into merchant (id, code, kind, name, status, created_at, updated_at) values"
             " (101, 'niu', 'PRO', '牛票票务', 'ACTIVE', now(), now());"
             "update show set title = '二十四小时光影展：一瞬之光与影'");
    open_chinese(24, 80);
    command("listing list");
    must("1/1");
    must("二十四小时光影");
    command("session list");
    must("1/");
    must("二十四小时光影");
}
END_TEST

/* What came of a form is read whole. */
START_TEST(a_long_answer_is_wrapped)
{
    open_chinese(24, 80);
    command("city create far --name 从前有一座很远很远的城市名字长到一行写不下要写到下一行去为止");
    must("完成");
    must("从前有一座很远很远的城市名");
    must("去为止");
}
END_TEST

/* Why a line of a file was refused stands below it when it has no room beside. */
START_TEST(a_long_reason_is_wrapped)
{
    char path[400];
    make_shop();
    be_a_merchant();
    put_file("offers.csv", "tier,code,ask,qty\n从前有一座很远很远的城市名字长到一行写不下还要写到"
                           "下一行去为止,c1,500,2\n");
    open_chinese(24, 80);
    snprintf(path, sizeof path, "listing import %s/offers.csv", dir);
    command(path);
    must("完成");
    must("从前有一座");
    must("去为止”");
}
END_TEST

/* People of another house are nobody one could look at: their house is told, and leads nowhere. */
START_TEST(people_of_other_houses_are_of_their_house)
{
    make_shop();
    test_sql("update show set author_id = (select id from staff where login = 'admin')");
    be_an_organiser();
    open_chinese(60, 80);
    command("show show 4");
    must("作者");
    must("平台");
    ck_assert(!vth_has(&t, "平台 >"));
}
END_TEST

/* Who asks for a change sees whom it meets, as whoever decides on it will. */
START_TEST(who_changes_a_show_sees_whom_it_meets)
{
    make_shop();
    be_an_organiser();
    open_chinese(24, 80);
    command("show list");
    must("1/1");
    vth_keys(&t, "a 1");
    must("尚无人持票或售卖");
    vth_keys(&t, "Esc");
    must("1/1");
    test_sql("update stock set qty_sold = 3");
    vth_keys(&t, "a 1");
    must("涉及已售张数 3");
    vth_keys(&t, "Esc");
    must("1/1");
    command("show edit 4");
    must("涉及已售张数 3");
}
END_TEST

/* A number is told by what it means, in the reader's words; a note is somebody's reason. */
START_TEST(a_number_of_a_rule_is_read_in_chinese)
{
    pn_policy set;
    pn *p = test_begin(PN_ROLE_OPS);
    ok(pn_policy_set(p, &(struct pn_policy_set){.key = "penalty.appeal_h", .value = "48",
                                                .reason = "双方商定"}, &set));
    pn_end(p);
    open_chinese(30, 130);
    command("policy list --where key~penalty");
    must("商家申诉时限（小时）");
    must("双方商定");
    must("更晚跳票（万分比）");
    ck_assert(!vth_has(&t, "hours a merchant"));
    ck_assert(!vth_has(&t, "default later"));
}
END_TEST

/* … and so does who types over a cell; what a new one must say is not emptied there either. */
START_TEST(who_types_over_a_cell_sees_whom_it_meets)
{
    make_shop();
    be_an_organiser();
    open_house(30, 100);
    command("tier list");
    must("1/");
    vth_keys(&t, "e");
    must("Nobody has a ticket of it or sells it yet");
    vth_keys(&t, "Esc");
    test_sql("update stock set qty_sold = 3");
    vth_keys(&t, "e");
    must("Tickets sold of it 3");
    must("Code  Short name");
    vth_keys(&t, "C-u Enter");
    must("! This cannot be left empty");
    vth_keys(&t, "Esc Tab Tab");
    must("Yuan, as printed on the ticket");
    vth_keys(&t, "C-u Enter");
    must("! Face price: \"\" is not valid");
    test_sql("update stock set qty_sold = 0"); /* a price of tickets that are sold stays */
    say("777");
    vth_keys(&t, "Enter");
    must("Enter saves it");
    must("Tickets sold of it 3");
    must("Who hears of it: nobody");
}
END_TEST

/* What two people must do one cannot do alone, and is told so. */
START_TEST(whoever_proposed_does_not_approve)
{
    test_sql("insert into merchant (id, code, kind, name, status, created_at, updated_at) values"
             " (101, 'niu', 'PRO', '牛票票务', 'ACTIVE', now(), now());"
             "insert into penalty (sk, id, merchant_id, kind, base_fen, tickets, hours, accepted,"
             " amount_fen, score, state, reason, proposed_by, created_at, updated_at) select 101,"
             " 4096 * 9 + 101, 101, 'FAKE', 900000, 1, 0, false, 900000, -60, 'PROPOSED', 'false',"
             " id, now(), now() from staff where login = 'admin'");
    open_house(30, 100);
    command("penalty approve 36965");
    must("! Whoever proposed a penalty cannot approve it");
    ck_assert_int_eq(test_sql_int("select count(*) from penalty where state = 'PROPOSED'"), 1);
}
END_TEST

/* The paper goes with the form as it is; when all is done letters are keys again, and not those of
 * the list below. */
START_TEST(a_licence_is_handed_in_with_its_paper)
{
    char line[400];
    make_shop();
    be_a_merchant();
    put_file("paper.pdf", "%PDF-1.4 paper");
    open_house(24, 80);
    command("qualification add");
    must("Scanned paper");
    vth_keys(&t, "Esc");
    snprintf(line, sizeof line, "qualification add niu AUTHORISATION --no A1 --valid-to 2099-12-31"
             " --scan %s/nothing.pdf", dir);
    command(line);
    must("nothing.pdf: No such file");
    vth_keys(&t, "Esc");
    snprintf(line, sizeof line, "qualification add niu AUTHORISATION --no A1 --valid-to 2099-12-31"
             " --scan %s/paper.pdf", dir);
    command(line);
    must("Done");
    must("SHA-256");
    ck_assert_int_eq(test_sql_int("select count(*) from qualification_scan where"
                                  " content = '%PDF-1.4 paper'"), 1);
    ck_assert_str_eq(test_sql_text("select command from audit_log where op = 'qualification.add'"),
                     "pn qualification add --merchant niu --kind AUTHORISATION --no A1"
                     " --valid-to 2099-12-31 --scan …");
    command("qualification list");
    must("1/1");
    must("A1");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("walk");
    TCase *c = tcase_create("walk");
    tcase_add_checked_fixture(c, house_setup, house_teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, what_the_server_did_is_taken_back);
    tcase_add_test(c, what_the_server_cannot_take_back_is_told_why);
    tcase_add_test(c, what_others_did_is_not_ones_own_to_take_back);
    tcase_add_test(c, one_goes_from_list_to_list_all_day);
    tcase_add_test(c, an_organiser_is_told_what_waits_for_him);
    tcase_add_test(c, zones_of_a_session_begin_with_n);
    tcase_add_test(c, what_is_only_to_be_looked_at_offers_no_actions);
    tcase_add_test(c, a_rule_of_refunds_is_read_in_chinese);
    tcase_add_test(c, what_is_wrong_in_a_form_is_read_to_its_end);
    tcase_add_test(c, a_share_is_called_as_it_is_shown);
    tcase_add_test(c, shows_are_told_apart_on_a_narrow_screen);
    tcase_add_test(c, a_long_answer_is_wrapped);
    tcase_add_test(c, a_long_reason_is_wrapped);
    tcase_add_test(c, people_of_other_houses_are_of_their_house);
    tcase_add_test(c, a_licence_is_handed_in_with_its_paper);
    tcase_add_test(c, who_types_over_a_cell_sees_whom_it_meets);
    tcase_add_test(c, a_number_of_a_rule_is_read_in_chinese);
    tcase_add_test(c, whoever_proposed_does_not_approve);
    tcase_add_test(c, who_changes_a_show_sees_whom_it_meets);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
