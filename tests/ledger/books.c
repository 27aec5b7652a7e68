/* SPDX-License-Identifier: Apache-2.0 */
/* books.c — the ledger as people use it: accounts now and on a day, statements, the trial balance,
 * entries and their documents, closed days, corrections by two people. */
#include <stdio.h>
#include <string.h>

#include "base/job.h"
#include "base/when_int.h"
#include "desk.h"
#include "ledger/adjustment.h"
#include "ledger/closing.h"
#include "ledger/ledger.h"
#include "report/check.h"

enum { ANNA = 4097, BERT = 8193, FIN = 88, BOSS = 89 };

static pn *p;
static int32_t today;

static void as_finance(int64_t id)
{
    pn_end(p);
    p = test_begin_as(&(pn_actor){.kind = 'F', .id = id, .login = "f", .name = "F",
                                  .roles = PN_ROLE_FINANCE, .via = "test"});
}

/* Three days of two wallets. */
static void setup(void)
{
    test_db_setup();
    p = desk();
    today = (int32_t)pni_local_day(pn_now(p));
    pni_transfer t[] = {move(0, ANNA, 1000, 1), move(ANNA, BERT, 300, 2), move(ANNA, BERT, 50, 3)};
    t[0].debit = (pni_account){.kind = PNI_KIND_BANK};
    for (int i = 0; i < 3; i++)
        t[i].day = today - 2 + i;
    t[2].biz_kind = "PAYMENT";
    ok(desk_post(p, t, 3));
    as_finance(FIN);
}

static void teardown(void)
{
    ledger_balances();
    pn_end(p);
    test_db_teardown();
}

static int64_t account(const char *kind, int64_t owner)
{
    char where[100];
    pn_page page;
    snprintf(where, sizeof where, "kind=%s owner=%lld", kind, (long long)owner);
    ok(pn_ledger_list(p, &(pn_list){.where = where}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    return ((pn_ledger *)page.rows.row)->id;
}

static int64_t balance(int64_t id, int32_t day)
{
    pn_ledger a;
    ok(pn_ledger_show(p, &(struct pn_ledger_show){id, {day}}, &a));
    return a.balance_fen.fen;
}

START_TEST(a_balance_is_told_of_any_day)
{
    int64_t anna = account("AVAILABLE", ANNA), bank = account("BANK", 0);
    ck_assert_int_eq(balance(anna, 0), 650);
    ck_assert_int_eq(balance(anna, today), 650);
    ck_assert_int_eq(balance(anna, today - 1), 700);
    ck_assert_int_eq(balance(anna, today - 2), 1000);
    ck_assert_int_eq(balance(anna, today - 3), 0);
    ck_assert_int_eq(balance(bank, 0), 1000); /* what we have is positive, too */
    fails(PN_ENONE, pn_ledger_show(p, &(struct pn_ledger_show){anna + 4096 * 999, {0}},
                                   &(pn_ledger){0}));
}
END_TEST

/* The platform has one of a kind in every shard: by the shard they are told apart. */
START_TEST(an_account_says_whose_it_is)
{
    test_sql("insert into merchant (id, code, kind, name, created_at, updated_at)"
             " values (4097, 'anna', 'PRO', '安娜票务', now(), now())");
    pn_ledger a, b;
    int64_t anna = account("AVAILABLE", ANNA);
    ok(pn_ledger_show(p, &(struct pn_ledger_show){anna, {0}}, &a));
    ck_assert_str_eq(a.holder, "安娜票务");
    ck_assert_str_eq(pn_plain(p, pn_type_col(&pn_ledger_t, "whose"), &a), "MERCHANT");
    ck_assert_str_eq(pn_plain(p, pn_type_col(&pn_ledger_t, "nature"), &a), "LIABILITY");
    ok(pn_ledger_show(p, &(struct pn_ledger_show){account("BANK", 0), {0}}, &b));
    ck_assert_str_eq(b.holder, "");
    ck_assert_str_eq(pn_plain(p, pn_type_col(&pn_ledger_t, "nature"), &b), "ASSET");
    ck_assert_int_eq(b.shard, b.id & 4095);
    pn_page page;
    ok(pn_ledger_list(p, &(pn_list){.where = "whose=MERCHANT holder=安娜票务"}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
}
END_TEST

START_TEST(a_statement_runs_from_balance_to_balance)
{
    pn_statement s;
    int64_t anna = account("AVAILABLE", ANNA);
    ok(pn_ledger_statement(p, &(struct pn_ledger_statement){anna, {today - 1}, {today}}, &s));
    ck_assert_int_eq(s.opening_fen.fen, 1000);
    ck_assert_int_eq(s.closing_fen.fen, 650);
    ck_assert_int_eq(s.debit_fen.fen, 350);
    ck_assert_int_eq(s.credit_fen.fen, 0);
    ck_assert_uint_eq(s.entries.n, 2);
    const pn_statement_row *r = s.entries.row;
    ck_assert_int_eq(r[0].balance_fen.fen, 700);
    ck_assert_int_eq(r[1].balance_fen.fen, 650);
    ck_assert_int_eq(r[0].other.v, PNI_KIND_AVAILABLE);
    ok(pn_ledger_statement(p, &(struct pn_ledger_statement){anna, {today + 1}, {0}}, &s));
    ck_assert_int_eq(s.opening_fen.fen, 650);
    ck_assert_int_eq(s.closing_fen.fen, 650);
    fails(PN_EARG, pn_ledger_statement(p, &(struct pn_ledger_statement){anna, {today}, {today - 1}},
                                       &s));
}
END_TEST

START_TEST(the_trial_balance_balances_on_every_day)
{
    static const int64_t turnover[] = {1000, 1300, 1350};
    pn_trial t;
    for (int i = 0; i < 3; i++) {
        ok(pn_ledger_trial(p, &(struct pn_ledger_trial){{today - 2 + i}}, &t));
        ck_assert(t.balanced);
        ck_assert_int_eq(t.debit_fen.fen, turnover[i]);
        ck_assert_int_eq(t.credit_fen.fen, turnover[i]);
    }
    ok(pn_ledger_trial(p, &(struct pn_ledger_trial){{0}}, &t));
    ck_assert_uint_eq(t.kinds.n, 2);
    const pn_trial_row *k = t.kinds.row;
    ck_assert_int_eq(k[0].kind.v, PNI_KIND_BANK); /* assets first */
    ck_assert_int_eq(k[0].nature.v, PNI_ASSET + 1);
    ck_assert_int_eq(k[0].balance_fen.fen, 1000);
    ck_assert_int_eq(k[1].kind.v, PNI_KIND_AVAILABLE);
    ck_assert_int_eq(k[1].accounts, 2);
    ck_assert_int_eq(k[1].balance_fen.fen, 1000);
    pn_page page;
    ok(pn_trial_list(p, &(pn_list){0}, &page));
    k = page.rows.row;
    ck_assert_int_eq(k[0].kind.v, PNI_KIND_BANK);
    ck_assert_int_eq(k[1].nature.v, PNI_LIABILITY + 1);
    ok(pn_trial_list(p, &(pn_list){.where = "kind=BANK"}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ck_assert_int_eq(((pn_trial_row *)page.rows.row)->debit_fen.fen, 1000);
}
END_TEST

/* Page by page, newest first: every entry once, both sides of a transfer next to each other. */
START_TEST(entries_are_paged_by_key)
{
    for (int i = 1; i <= 10; i++)
        give(i * 4096 + 1, i);
    pn_page page;
    pn_list ask = {.limit = 7};
    int64_t n = 0, last = INT64_MAX, dr = 0, cr = 0;
    do {
        ok(pn_entry_list(p, &ask, &page));
        pn_each(pn_entry, e, &page.rows)
        {
            ck_assert_int_lt(e->id, last);
            last = e->id;
            dr += e->debit_fen.fen;
            cr += e->credit_fen.fen;
            n++;
        }
        ask.after = page.next;
    } while (page.next);
    ck_assert_int_eq(n, 2 * test_sql_int("select count(*) from ledger_transfer"));
    ck_assert_int_eq(dr, cr);
    ck_assert_int_eq(dr, test_sql_int("select sum(amount_fen)::bigint from ledger_transfer"));
}
END_TEST

START_TEST(an_entry_leads_to_its_document)
{
    char where[80];
    pn_page page;
    snprintf(where, sizeof where, "account_id=%lld", (long long)account("AVAILABLE", BERT));
    ok(pn_entry_list(p, &(pn_list){.where = where}, &page));
    ck_assert_uint_eq(page.rows.n, 2);
    const pn_entry *e = page.rows.row;
    ck_assert_int_eq(e[0].payment_id, 3);
    ck_assert_int_eq(e[0].credit_fen.fen, 50);
    ck_assert_int_eq(e[0].debit_fen.fen, 0);
    ck_assert_int_eq(e[1].payment_id, 0);
    /* of every kind, some column leads somewhere */
    static const struct { const char *kind, *column; } leads[] = {
        {"PAYMENT", "payment_id"}, {"REFUND", "refund_id"}, {"ORDER", "order_id"},
        {"DIRECT", "payment_id"}, {"WITHDRAWAL", "withdrawal_id"}, {"SHIFT", "shift_id"},
        {"SETTLEMENT", "settlement_id"}, {"SETTLE_LINE", "settle_line_id"},
        {"PENALTY", "penalty_id"}, {"REBATE", "rebate_id"}, {"GUARANTEE", "guarantee_id"},
        {"FEE_INVOICE", "fee_invoice_id"}, {"CHANNEL_REBATE", "channel_rebate_id"},
        {"BILL", "bill_id"}, {"RECON", "recon_diff_id"}, {"ADJUSTMENT", "adjustment_id"},
        {"COMPENSATION", "compensation_id"}, {"COUPON", "coupon_id"},
        {"GIFT_CARD", "gift_card_id"}, {"GIFT_CARD_BATCH", "gift_card_batch_id"},
        {"OFFLINE_DEBT", "offline_debt_id"}, {"RECHARGE_ORDER", "recharge_id"},
        {"DEPOSIT", "wallet_id"}, {"RECHARGE", "wallet_id"}};
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
        char sql[200];
        snprintf(sql, sizeof sql, "update ledger_transfer set biz_kind = '%s', biz_id = 77,"
                 " step = id::text where id = %lld", leads[i].kind,
                 (long long)e[0].transfer_id);
        test_sql(sql);
        snprintf(where, sizeof where, "%s%s biz_kind=%s", leads[i].column,
                 strcmp(leads[i].column, "wallet_id") ? "=77" : ">1", leads[i].kind);
        ok(pn_entry_list(p, &(pn_list){.where = where}, &page));
        ck_assert_msg(page.rows.n > 0, "%s leads nowhere", leads[i].kind);
    }
    ok(pn_entry_list(p, &(pn_list){.where = "day=today"}, &page));
    ck_assert_uint_eq(page.rows.n, 2); /* of both accounts */
    pn_end(p);
    p = test_begin_as(&(pn_actor){.kind = 'M', .id = 7, .login = "m", .name = "M", .merchant = ANNA,
                                  .roles = PN_ROLE_MERCHANT | PN_ROLE_FINANCE, .via = "test"});
    ok(pn_entry_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 0); /* the books are nobody's who is confined */
}
END_TEST

static int shut(int32_t day, pn_closing *out)
{
    return pn_closing_close(p, &(struct pn_closing_close){{day}}, out);
}

START_TEST(days_are_closed_in_order_once_they_are_over)
{
    pn_closing first, second;
    fails(PN_ESTATE, shut(today, &first));
    ok(shut(today - 2, &first));
    ck_assert_int_eq(first.amount_fen.fen, 1000);
    fails(PN_ESTATE, shut(today - 2, &second));
    fails(PN_ESTATE, shut(today - 5, &second));
    ok(shut(today - 1, &second));
    ck_assert_int_eq(second.transfers_n, 1);
    ck_assert_str_ne(first.seal, second.seal);
    pn_page page;
    ok(pn_closing_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 2);
    ck_assert_int_eq(((pn_closing *)page.rows.row)->closed_by, FIN);
    pn_end(p);
    p = test_begin(PN_ROLE_OPS);
    fails(PN_EPERM, shut(today - 1, &second));
}
END_TEST

/* The seal of a day covers all days before it. */
START_TEST(a_changed_past_changes_every_later_seal)
{
    pn_closing day;
    char seal[2][80];
    for (int i = 0; i < 2; i++) {
        ok(shut(today - 2, &day));
        ok(shut(today - 1, &day));
        snprintf(seal[i], sizeof seal[i], "%s", day.seal);
        test_sql("delete from ledger_day; update ledger_book set closed_through = '1970-01-01'");
        test_sql("update ledger_transfer set memo = 'changed' where biz_id = 1");
    }
    ck_assert_str_ne(seal[0], seal[1]);
}
END_TEST

START_TEST(a_day_waits_for_what_is_on_its_way)
{
    pn_closing day;
    pni_doc d = {.rule = "CAPTURE", .biz_kind = "PAYMENT", .biz_id = 9, .sale = 5,
                 .method = "SIMULATED", .amount_fen = {1}};
    d.at.us = pn_now(p).us - PNI_DAY_US;
    pn *q = desk();
    ok(desk_doc(q, &d, 0));
    pn_end(q);
    fails(PN_ESTATE, shut(today - 1, &day));
    ck_assert_str_eq(pn_error(p)->message, "1 postings of it are still on their way");
    ok(shut(today - 2, &day));
    desk_relay();
    ok(shut(today - 1, &day));
    ck_assert_int_eq(day.transfers_n, 2);
}
END_TEST

static int64_t drift(void)
{
    pn_check_report r;
    pn *q = test_begin(PN_ROLE_ADMIN);
    ok(pn_check_run(q, &(struct pn_check_run){"ledger_balances"}, &r));
    int64_t n = r.drift;
    pn_end(q);
    return n;
}

/* A closed day is told from what was kept of it, not from its transfers. */
START_TEST(what_closed_days_had_is_kept)
{
    int64_t anna = account("AVAILABLE", ANNA), bert = account("AVAILABLE", BERT);
    pn_closing day;
    pn_trial t;
    pn_statement s;
    ok(shut(today - 1, &day));
    ck_assert_int_eq(test_sql_int("select count(*) from ledger_day_balance"), 3);
    ck_assert_int_eq(balance(anna, today - 2), 1000); /* between two that are closed */
    ck_assert_int_eq(balance(anna, today - 1), 700);
    ck_assert_int_eq(balance(anna, today), 650);
    ck_assert_int_eq(drift(), 0);
    test_sql("delete from ledger_transfer t using ledger_book k where t.day <= k.closed_through");
    ck_assert_int_eq(balance(anna, today - 1), 700);
    ck_assert_int_eq(balance(bert, today), 350);
    ok(pn_ledger_trial(p, &(struct pn_ledger_trial){{today}}, &t));
    ck_assert(t.balanced);
    ck_assert_int_eq(t.debit_fen.fen, 1350);
    ok(pn_ledger_statement(p, &(struct pn_ledger_statement){anna, {today}, {today}}, &s));
    ck_assert_int_eq(s.opening_fen.fen, 700);
    ck_assert_int_eq(s.closing_fen.fen, 650);
    ck_assert_int_gt(drift(), 0); /* and proved from them */
    test_sql("delete from ledger_transfer; delete from ledger_account"); /* for the end */
}
END_TEST

START_TEST(a_kept_balance_that_was_changed_is_found)
{
    pn_closing day;
    ok(shut(today - 2, &day));
    ok(shut(today - 1, &day));
    ck_assert_int_eq(test_sql_int("select count(*) from ledger_day_balance"), 4);
    ck_assert_int_eq(drift(), 0);
    test_sql("update ledger_day_balance set credit_fen = credit_fen + 1");
    ck_assert_int_eq(drift(), 4);
    test_sql("delete from ledger_day_balance");
    ck_assert_int_eq(drift(), 4);
}
END_TEST

START_TEST(a_job_closes_the_day_that_is_over)
{
    pn_job_result r;
    pn *q = test_begin(PN_ROLE_SYSTEM);
    ok(pn_job_run(q, &(struct pn_job_run){.name = "ledger_close", .force = true}, &r));
    ck_assert_int_eq(r.done, 1);
    pn_end(q);
    ck_assert_int_eq(test_sql_int("select closed_through - date '1970-01-01' from ledger_book"),
                     today - 1);
    pni_transfer late = move(ANNA, BERT, 1, 77);
    late.day = today - 1;
    q = desk();
    ok(desk_post(q, &late, 1));
    ck_assert_int_eq(late.status, PNI_TRANSFER_DAY_CLOSED);
    pn_end(q);
    test_sql("insert into policy (id, key, value, effective_from)"
             " values (1, 'ledger.close_days', '0', '2000-01-01')");
    test_sql("delete from ledger_day; update ledger_book set closed_through = '1970-01-01'");
    q = test_begin(PN_ROLE_SYSTEM);
    ok(pn_job_run(q, &(struct pn_job_run){.name = "ledger_close", .force = true}, &r));
    ck_assert_int_eq(r.done, 0);
    pn_end(q);
    ck_assert_int_eq(test_sql_int("select count(*) from ledger_day"), 0);
}
END_TEST

START_TEST(a_correction_takes_two)
{
    int64_t anna = account("AVAILABLE", ANNA), bank = account("BANK", 0);
    struct pn_adjustment_propose in = {bank, anna, {25}, {0}, "bank file"};
    pn_adjustment a;
    ok(pn_adjustment_propose(p, &in, &a));
    ck_assert_int_eq(a.debit.v, PNI_KIND_BANK);
    ck_assert_int_eq(balance(anna, 0), 650); /* nothing moved */
    fails(PN_EDUAL, pn_adjustment_approve(p, &(struct pn_adjustment_approve){a.id, NULL}, &a));
    as_finance(BOSS);
    ok(pn_adjustment_approve(p, &(struct pn_adjustment_approve){a.id, "yes"}, &a));
    ck_assert_int_eq(a.decided_by, BOSS);
    ck_assert_int_eq(balance(anna, 0), 675);
    fails(PN_ESTATE, pn_adjustment_approve(p, &(struct pn_adjustment_approve){a.id, NULL}, &a));
    fails(PN_ESTATE, pn_adjustment_reject(p, &(struct pn_adjustment_reject){a.id, "x"}, &a));
    in = (struct pn_adjustment_propose){anna, bank, {676}, {0}, "too much"};
    ok(pn_adjustment_propose(p, &in, &a));
    as_finance(FIN);
    fails(PN_EBALANCE, pn_adjustment_approve(p, &(struct pn_adjustment_approve){a.id, NULL}, &a));
    ok(pn_adjustment_reject(p, &(struct pn_adjustment_reject){a.id, "not covered"}, &a));
    ck_assert_int_eq(a.state.v, PN_ADJUSTMENT_REJECTED);
    ck_assert_int_eq(balance(anna, 0), 675);
}
END_TEST

START_TEST(a_correction_belongs_to_an_open_day)
{
    int64_t anna = account("AVAILABLE", ANNA), bank = account("BANK", 0);
    struct pn_adjustment_propose in = {bank, anna, {25}, {today - 1}, "bank file"};
    pn_adjustment a, b;
    pn_closing day;
    ok(pn_adjustment_propose(p, &in, &a));
    ok(pn_adjustment_propose(p, &in, &b));
    as_finance(BOSS);
    ok(pn_adjustment_approve(p, &(struct pn_adjustment_approve){a.id, NULL}, &a));
    ck_assert_int_eq(balance(anna, today - 1), 725);
    ok(shut(today - 1, &day));
    fails(PN_ESTATE, pn_adjustment_approve(p, &(struct pn_adjustment_approve){b.id, NULL}, &b));
    fails(PN_ESTATE, pn_adjustment_propose(p, &in, &a));
    in.day.days = today + 1;
    fails(PN_EARG, pn_adjustment_propose(p, &in, &a));
    in = (struct pn_adjustment_propose){bank, bank, {1}, {0}, "x"};
    fails(PN_EARG, pn_adjustment_propose(p, &in, &a));
    in.credit = bank + 1;
    fails(PN_EARG, pn_adjustment_propose(p, &in, &a));
    in.credit = bank + 4096 * 999;
    fails(PN_ENONE, pn_adjustment_propose(p, &in, &a));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("books");
    TCase *c = tcase_create("books");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, a_balance_is_told_of_any_day);
    tcase_add_test(c, an_account_says_whose_it_is);
    tcase_add_test(c, a_statement_runs_from_balance_to_balance);
    tcase_add_test(c, the_trial_balance_balances_on_every_day);
    tcase_add_test(c, entries_are_paged_by_key);
    tcase_add_test(c, an_entry_leads_to_its_document);
    tcase_add_test(c, days_are_closed_in_order_once_they_are_over);
    tcase_add_test(c, a_changed_past_changes_every_later_seal);
    tcase_add_test(c, a_day_waits_for_what_is_on_its_way);
    tcase_add_test(c, what_closed_days_had_is_kept);
    tcase_add_test(c, a_kept_balance_that_was_changed_is_found);
    tcase_add_test(c, a_job_closes_the_day_that_is_over);
    tcase_add_test(c, a_correction_takes_two);
    tcase_add_test(c, a_correction_belongs_to_an_open_day);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
