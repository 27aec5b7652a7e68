/* SPDX-License-Identifier: Apache-2.0 */
/* Merchants from the application to the end: licences, levels, contract, who sees what. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crypt_int.h"
#include "base/job.h"
#include "db.h"
#include "merchant/merchant.h"
#include "merchant/qualification.h"
#include "merchant/wallet.h"

#define DAY INT64_C(86400000000)

static pn *p;
static pn_merchant m;
static pn_qualification q;

static void setup(void)
{
    test_db_setup();
    p = test_begin(PN_ROLE_OPS);
    ok(pni_crypt_init(p));
}
static void teardown(void)
{
    pn_end(p);
    test_db_teardown();
}

static pn_date day(int in)
{
    return (pn_date){(int32_t)((pn_now(p).us + DAY / 3) / DAY + in)};
}

static void licence(int kind, const char *no, int days)
{
    ok(pn_qualification_add(p, &(struct pn_qualification_add){.merchant = m.id,
        .kind = {(int16_t)kind}, .no = no, .valid_to = day(days)}, &q));
    ok(pn_qualification_verify(p, &(struct pn_qualification_verify){.id = q.id}, &q));
}

static void apply(const char *code)
{
    ok(pn_merchant_apply(p, &(struct pn_merchant_apply){.code = code, .name = "小龙票务",
        .kind = {PN_SELLER_PRO}, .contact = "李雷", .phone = "021-5555 1234"}, &m));
}

static void paid_in(int64_t fen, const char *line, bool guarantee)
{
    pn *f = test_begin(PN_ROLE_FINANCE);
    pn_wallet w;
    ok(pn_wallet_recharge(f, &(struct pn_wallet_recharge){.id = m.id, .amount_fen = {fen},
                                                          .reference = line,
                                                          .guarantee = guarantee}, &w));
    pn_end(f);
}

static void admitted(int days)
{
    apply("xl");
    licence(PN_LICENCE_BUSINESS_LICENCE, "B1", days);
    licence(PN_LICENCE_PERFORMANCE_PERMIT, "P1", days);
    paid_in(100000, "guarantee", true);
    ok(pn_merchant_approve(p, &(struct pn_merchant_approve){.id = m.id}, &m));
}

static void show(void)
{
    ok(pn_merchant_show(p, &(struct pn_merchant_show){m.id}, &m));
}

/* The job of a later day, as its runner does it; each run is a second after the one before. */
static void job(const char *name, int in)
{
    static int runs;
    pn_job_result r;
    pn *runner = test_begin(PN_ROLE_SYSTEM);
    pn_set_now(runner, (pn_time){pn_now(p).us + in * DAY + ++runs * INT64_C(1000000)});
    int rc = pn_job_run(runner, &(struct pn_job_run){.name = name, .force = true}, &r);
    ck_assert_msg(!rc && !r.error, "%s: %s", name, rc ? pn_error(runner)->message : r.error);
    pn_end(runner);
    show();
}

static void set_score(int score)
{
    char sql[100];
    snprintf(sql, sizeof sql, "update merchant_stand set score = %d", score);
    test_sql(sql);
}

START_TEST(a_merchant_applies_and_is_admitted_with_valid_licences)
{
    apply("xl");
    ck_assert_int_eq(m.status.v, PN_MERCHANT_APPLIED);
    ck_assert_int_eq(m.level.v, PN_LEVEL_B);
    ck_assert_int_eq(m.score, 100);
    ck_assert_int_eq(m.commission_bp, 500);
    ck_assert_str_eq(m.phone_tail, "1234");
    fails(PN_EEXPIRED, pn_merchant_approve(p, &(struct pn_merchant_approve){.id = m.id}, &m));
    ck_assert_str_eq(pn_error(p)->message,
                     "A valid licence is missing: BUSINESS_LICENCE, PERFORMANCE_PERMIT");
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    licence(PN_LICENCE_BUSINESS_LICENCE, "B1", 400);
    ok(pn_qualification_add(p, &(struct pn_qualification_add){.merchant = m.id,
        .kind = {PN_LICENCE_PERFORMANCE_PERMIT}, .no = "P1", .valid_to = day(300)}, &q));
    fails(PN_EEXPIRED, pn_merchant_approve(p, &(struct pn_merchant_approve){.id = m.id}, &m));
    ok(pn_qualification_verify(p, &(struct pn_qualification_verify){.id = q.id}, &q));
    paid_in(99999, "first", true);
    paid_in(100000, "wallet", false); /* what can be drawn is none */
    fails(PN_EDEPOSIT, pn_merchant_approve(p, &(struct pn_merchant_approve){.id = m.id}, &m));
    ck_assert_str_eq(pn_error(p)->message, "0.01 yuan of its guarantee are missing");
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "--guarantee"));
    paid_in(1, "second", true);
    ok(pn_merchant_approve(p, &(struct pn_merchant_approve){.id = m.id}, &m));
    ck_assert_int_eq(m.status.v, PN_MERCHANT_ACTIVE);
    ck_assert_int_eq(m.licence_until.days, day(300).days);
    fails(PN_ESTATE, pn_merchant_approve(p, &(struct pn_merchant_approve){.id = m.id}, &m));
    fails(PN_EEXISTS, pn_merchant_apply(p, &(struct pn_merchant_apply){.code = "xl",
        .name = "x", .kind = {PN_SELLER_PRO}}, &m));
    ck_assert_str_eq(pn_error(p)->field, "code");
}
END_TEST

START_TEST(a_supplier_needs_no_performance_permit)
{
    ok(pn_merchant_apply(p, &(struct pn_merchant_apply){.code = "s", .name = "S",
        .kind = {PN_SELLER_SUPPLIER}}, &m));
    licence(PN_LICENCE_BUSINESS_LICENCE, "B1", 400);
    paid_in(100000, "guarantee", true);
    ok(pn_merchant_approve(p, &(struct pn_merchant_approve){.id = m.id}, &m));
}
END_TEST

START_TEST(an_organiser_needs_no_guarantee)
{
    ok(pn_merchant_apply(p, &(struct pn_merchant_apply){.code = "o", .name = "O",
        .kind = {PN_SELLER_ORGANISER}}, &m));
    licence(PN_LICENCE_BUSINESS_LICENCE, "B1", 400);
    ok(pn_merchant_approve(p, &(struct pn_merchant_approve){.id = m.id}, &m));
}
END_TEST

static void owes(int64_t fen)
{
    char sql[300];
    snprintf(sql, sizeof sql, "insert into ledger_account (sk, id, kind, owner, side, guard,"
             " debit_fen, at) select id & 4095, id, 'DEBT', id, 'CREDIT', 'NONE', %lld, now()"
             " from merchant on conflict (sk, id) do update set debit_fen = excluded.debit_fen",
             (long long)fen);
    test_sql(sql);
}

static void debt_job(void)
{
    pn *w = test_begin(PN_ROLE_SYSTEM);
    pn_job_result r;
    ok(pn_job_run(w, &(struct pn_job_run){"merchant_debt", true}, &r));
    pn_end(w);
    show();
}

/* §3.12: who owes more than it may is suspended until it does not. */
START_TEST(who_owes_too_much_is_suspended)
{
    admitted(400);
    owes(100000);
    debt_job();
    ck_assert_int_eq(m.status.v, PN_MERCHANT_ACTIVE);
    owes(100001);
    debt_job();
    ck_assert_int_eq(m.status.v, PN_MERCHANT_SUSPENDED);
    ck_assert_int_eq(m.held_for.v, PN_HELD_DEBT);
    debt_job();
    ck_assert_int_eq(m.status.v, PN_MERCHANT_SUSPENDED);
    paid_in(1, "paid", false); /* what it has pays some of it */
    debt_job();
    ck_assert_int_eq(m.status.v, PN_MERCHANT_ACTIVE);
    ok(pn_merchant_suspend(p, &(struct pn_merchant_suspend){.id = m.id, .reason = "fraud"}, &m));
    debt_job(); /* that is not its debt */
    ck_assert_int_eq(m.status.v, PN_MERCHANT_SUSPENDED);
}
END_TEST

START_TEST(licences_are_refused_when_they_ended_or_were_seen)
{
    apply("xl");
    struct pn_qualification_add in = {.merchant = m.id, .no = "B1", .valid_to = day(-1),
                                      .kind = {PN_LICENCE_BUSINESS_LICENCE}};
    fails(PN_EEXPIRED, pn_qualification_add(p, &in, &q));
    ck_assert_str_eq(pn_error(p)->field, "valid_to");
    in.valid_to = day(0);
    ok(pn_qualification_add(p, &in, &q));
    fails(PN_EEXISTS, pn_qualification_add(p, &in, &q));
    pn_set_now(p, (pn_time){pn_now(p).us + DAY});
    fails(PN_EEXPIRED, pn_qualification_verify(p, &(struct pn_qualification_verify){.id = q.id},
                                               &q));
    ok(pn_qualification_reject(p, &(struct pn_qualification_reject){.id = q.id, .reason = "x"},
                               &q));
    fails(PN_ESTATE, pn_qualification_reject(p, &(struct pn_qualification_reject){.id = q.id,
                                             .reason = "x"}, &q));
}
END_TEST

START_TEST(every_step_is_in_the_table_or_refused)
{
    struct pn_merchant_restrict why = {.reason = "complaints"};
    admitted(400);
    why.id = m.id;
    ok(pn_merchant_restrict(p, &why, &m));
    ck_assert_int_eq(m.status.v, PN_MERCHANT_RESTRICTED);
    ck_assert_int_eq(m.held_for.v, PN_HELD_OPS);
    ck_assert_str_eq(m.reason, "complaints");
    fails(PN_ESTATE, pn_merchant_restrict(p, &why, &m));
    ok(pn_merchant_lift(p, &(struct pn_merchant_lift){.id = m.id}, &m));
    ck_assert_int_eq(m.held_for.v, 0);
    fails(PN_ESTATE, pn_merchant_lift(p, &(struct pn_merchant_lift){.id = m.id}, &m));
    fails(PN_ESTATE, pn_merchant_reject(p, &(struct pn_merchant_reject){m.id, "x"}, &m));
    fails(PN_ESTATE, pn_merchant_resume(p, &(struct pn_merchant_resume){.id = m.id}, &m));
    ok(pn_merchant_suspend(p, &(struct pn_merchant_suspend){m.id, "fraud"}, &m));
    ok(pn_merchant_resume(p, &(struct pn_merchant_resume){.id = m.id}, &m));
    ck_assert_int_eq(m.status.v, PN_MERCHANT_ACTIVE);
    ok(pn_merchant_close(p, &(struct pn_merchant_close){m.id, "gave up"}, &m));
    fails(PN_ESTATE, pn_merchant_suspend(p, &(struct pn_merchant_suspend){m.id, "x"}, &m));
    ck_assert_int_eq(test_sql_int("select count(*) from state_log where noun = 'merchant'"), 7);
    ck_assert_int_eq(test_sql_int("select count(*) from outbox where event = 'merchant.changed'"),
                     6);
}
END_TEST

START_TEST(S23_a_licence_that_ends_restricts_and_then_suspends)
{
    admitted(100);
    job("merchant_licence", 70);
    ck_assert_int_eq(m.status.v, PN_MERCHANT_ACTIVE);
    job("merchant_licence", 71);
    ck_assert_int_eq(m.status.v, PN_MERCHANT_RESTRICTED);
    ck_assert_int_eq(m.held_for.v, PN_HELD_LICENCE);
    job("merchant_licence", 100);
    ck_assert_int_eq(m.status.v, PN_MERCHANT_RESTRICTED);
    job("merchant_licence", 101);
    ck_assert_int_eq(m.status.v, PN_MERCHANT_SUSPENDED);
    job("merchant_licence", 101); /* again: nothing new */
    licence(PN_LICENCE_BUSINESS_LICENCE, "B2", 500);
    job("merchant_licence", 102); /* the permit is over still */
    ck_assert_int_eq(m.status.v, PN_MERCHANT_SUSPENDED);
    licence(PN_LICENCE_PERFORMANCE_PERMIT, "P2", 500);
    job("merchant_licence", 103);
    ck_assert_int_eq(m.status.v, PN_MERCHANT_ACTIVE);
}
END_TEST

/* What the merchant itself reads in so many days. */
static int64_t told(int in, const char *list, const char *where)
{
    pn *own = test_begin(PN_ROLE_MERCHANT);
    pn_actor me = *pn_who(own);
    me.merchant = m.id;
    pn_act_as(own, &me);
    pn_set_now(own, (pn_time){pn_now(p).us + in * DAY});
    pn_page page = {0};
    const pn_op *op = pn_op_find(list, "list");
    ok(pn_call(own, op, &(pn_list){.where = where}, &page));
    int64_t n = (int64_t)page.rows.n;
    pn_end(own);
    return n;
}

static void told_by_alarm(int in, int64_t open, int64_t in_all, int64_t times)
{
    job("licence_watch", in);
    job("licence_watch", in); /* once a step */
    int64_t seen = told(in, "alarm", "kind=LICENCE_ENDS state=OPEN");
    ck_assert_msg(seen == open, "day %d: %lld", in, (long long)seen);
    ck_assert_int_eq(test_sql_int("select count(*) from alarm"), in_all);
    ck_assert_int_eq(test_sql_int("select coalesce(sum(times), 0)::bigint from alarm"), times);
}

START_TEST(a_licence_that_ends_is_told_sixty_thirty_and_seven_days_before)
{
    admitted(100);
    told_by_alarm(39, 0, 0, 0);
    ck_assert_int_eq(told(39, "qualification", "ends=true"), 0);
    told_by_alarm(40, 2, 2, 2);
    ck_assert_int_eq(told(40, "qualification", "ends=true days_left=60"), 2);
    told_by_alarm(69, 2, 2, 2);
    told_by_alarm(70, 2, 2, 4);
    test_sql("update alarm set state = 'CLOSED', closed_at = at");
    told_by_alarm(92, 0, 2, 4);
    told_by_alarm(93, 2, 4, 6); /* closed, yet not renewed */
    told_by_alarm(100, 2, 4, 6);
    told_by_alarm(101, 2, 4, 8); /* over */
    licence(PN_LICENCE_BUSINESS_LICENCE, "B2", 500);
    ck_assert_int_eq(told(101, "qualification", "ends=true"), 1);
    ck_assert_int_eq(told(101, "qualification", "no=B1 days_left=0"), 0);
    told_by_alarm(101, 1, 4, 8);
    licence(PN_LICENCE_PERFORMANCE_PERMIT, "P2", 140);
    told_by_alarm(101, 1, 5, 9); /* for less than sixty days */
}
END_TEST

START_TEST(the_paper_itself_is_kept)
{
    static const char png[] = "\x89PNG\r\n\x1a\n\0\0paper";
    const pn_bytes paper = {png, sizeof png};
    struct pn_qualification_saved s;
    char path[] = "/tmp/pn-scan.XXXXXX", back[100];
    apply("xl");
    struct pn_qualification_add in = {.merchant = m.id, .kind = {PN_LICENCE_BUSINESS_LICENCE},
                                      .no = "B1", .valid_to = day(99), .scan = {"text", 4}};
    fails(PN_EARG, pn_qualification_add(p, &in, &q));
    ck_assert_str_eq(pn_error(p)->field, "scan");
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    ck_assert_int_eq(test_sql_int("select count(*) from qualification"), 0);
    in.scan = paper;
    ok(pn_qualification_add(p, &in, &q));
    ck_assert_int_eq(q.scan.v, PN_PAPER_PNG);
    ck_assert_int_eq(q.scan_bytes, sizeof png);
    ck_assert_uint_eq(strlen(q.scan_sha256), 64);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where input::text like"
                                  " '%paper%'"), 0);
    ck_assert(mkdtemp(path) != NULL);
    char *to = pn_printf(p, "%s/a.png", path);
    ok(pn_qualification_save(p, &(struct pn_qualification_save){q.id, to}, &s));
    ck_assert_int_eq(s.bytes, sizeof png);
    ck_assert_str_eq(s.sha256, q.scan_sha256);
    FILE *f = fopen(to, "r");
    ck_assert(f && fread(back, 1, sizeof back, f) == sizeof png);
    fclose(f);
    ck_assert_mem_eq(back, png, sizeof png);
    fails(PN_EIO, pn_qualification_save(p, &(struct pn_qualification_save){q.id, to}, &s));
    unlink(to);
    test_sql("alter table qualification_scan alter digest drop expression");
    test_sql("update qualification_scan set digest = '\\x00'");
    fails(PN_EINTERNAL, pn_qualification_save(p, &(struct pn_qualification_save){q.id, to}, &s));
    ck_assert_int_ne(access(to, F_OK), 0);
    rmdir(path);
    licence(PN_LICENCE_PERFORMANCE_PERMIT, "P1", 400); /* without */
    ck_assert_int_eq(q.scan.v, 0);
    fails(PN_ENONE, pn_qualification_save(p, &(struct pn_qualification_save){q.id, to}, &s));
    pn *rival = test_begin(PN_ROLE_MERCHANT);
    pn_actor me = *pn_who(rival);
    me.merchant = m.id + 4096;
    pn_act_as(rival, &me);
    fails(PN_ENONE, pn_qualification_save(rival, &(struct pn_qualification_save){q.id, to}, &s));
    pn_end(rival);
}
END_TEST

START_TEST(what_operations_did_no_licence_undoes)
{
    admitted(400);
    ok(pn_merchant_restrict(p, &(struct pn_merchant_restrict){m.id, "complaints"}, &m));
    job("merchant_licence", 1);
    ck_assert_int_eq(m.status.v, PN_MERCHANT_RESTRICTED);
    job("merchant_level", 1);
    ck_assert_int_eq(m.status.v, PN_MERCHANT_RESTRICTED);
}
END_TEST

START_TEST(S23_a_better_level_waits_seven_days_a_worse_one_does_not)
{
    admitted(400);
    set_score(158);
    job("merchant_level", 0);
    ck_assert_int_eq(m.level.v, PN_LEVEL_B);
    ck_assert_int_eq(m.rise_level.v, PN_LEVEL_A);
    job("merchant_level", 6);
    ck_assert_int_eq(m.level.v, PN_LEVEL_B);
    job("merchant_level", 7);
    ck_assert_int_eq(m.level.v, PN_LEVEL_A);
    ck_assert_int_eq(m.rise_level.v, 0);
    set_score(59);
    job("merchant_level", 8);
    ck_assert_int_eq(m.level.v, PN_LEVEL_D);
    ck_assert_int_eq(m.status.v, PN_MERCHANT_RESTRICTED);
    set_score(19);
    job("merchant_level", 9);
    ck_assert_int_eq(m.level.v, PN_LEVEL_E);
    ck_assert_int_eq(m.status.v, PN_MERCHANT_SUSPENDED);
    set_score(60);
    job("merchant_level", 10);
    job("merchant_level", 17);
    ck_assert_int_eq(m.level.v, PN_LEVEL_C);
    ck_assert_int_eq(m.status.v, PN_MERCHANT_ACTIVE);
}
END_TEST

START_TEST(a_rise_that_is_interrupted_begins_again)
{
    admitted(400);
    set_score(158);
    job("merchant_level", 0);
    set_score(120);
    job("merchant_level", 3);
    ck_assert_int_eq(m.rise_level.v, 0);
    set_score(158);
    job("merchant_level", 4);
    job("merchant_level", 8);
    ck_assert_int_eq(m.level.v, PN_LEVEL_B);
    job("merchant_level", 11);
    ck_assert_int_eq(m.level.v, PN_LEVEL_A);
}
END_TEST

START_TEST(points_are_given_with_a_reason_and_within_bounds)
{
    admitted(400);
    ok(pn_merchant_score(p, &(struct pn_merchant_score){m.id, 10, "helped out"}, &m));
    ck_assert_int_eq(m.score, 110);
    fails(PN_ECAP, pn_merchant_score(p, &(struct pn_merchant_score){m.id, 11, "x"}, &m));
    ck_assert_str_eq(pn_error(p)->field, "delta");
    ok(pn_merchant_score(p, &(struct pn_merchant_score){m.id, -200, "fake tickets"}, &m));
    ck_assert_int_eq(m.score, 0);
    ck_assert_str_eq(test_sql_text("select string_agg(delta || '=' || score, ' ' order by id)"
                                   " from merchant_event"), "10=110 -200=0");
}
END_TEST

START_TEST(a_contract_is_audited_and_told)
{
    admitted(400);
    ok(pn_merchant_contract(p, &(struct pn_merchant_contract){.id = m.id,
        .contract_mode = {PN_CONTRACT_NET}, .commission_bp = 0, .reason = "net prices"}, &m));
    ck_assert_int_eq(m.contract_mode.v, PN_CONTRACT_NET);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where op = 'merchant.contract'"
        " and before->>'contract_mode' = 'COMMISSION' and after->>'contract_mode' = 'NET'"
        " and reason = 'net prices'"), 1);
    ck_assert_int_eq(test_sql_int("select count(*) from outbox where event = 'merchant.changed'"),
                     2);
    fails(PN_EARG, pn_merchant_contract(p, &(struct pn_merchant_contract){.id = m.id,
        .contract_mode = {PN_CONTRACT_NET}, .commission_bp = 5001, .reason = "x"}, &m));
}
END_TEST

START_TEST(staff_of_a_merchant_see_their_own_account_only)
{
    pn_page page;
    admitted(400);
    int64_t mine = m.id;
    apply("other");
    int64_t other = m.id;
    pn_end(p);
    p = test_begin_as(&(pn_actor){.kind = 'M', .id = 9, .login = "m", .name = "M",
                                  .roles = PN_ROLE_MERCHANT, .merchant = mine, .via = "test"});
    ok(pn_merchant_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ok(pn_merchant_show(p, &(struct pn_merchant_show){mine}, &m));
    fails(PN_ENONE, pn_merchant_show(p, &(struct pn_merchant_show){other}, &m));
    fails(PN_EPERM, pn_merchant_suspend(p, &(struct pn_merchant_suspend){mine, "x"}, &m));
    struct pn_qualification_add in = {.merchant = other, .no = "B9", .valid_to = day(99),
                                      .kind = {PN_LICENCE_BUSINESS_LICENCE}};
    fails(PN_ENONE, pn_qualification_add(p, &in, &q));
    in.merchant = mine;
    ok(pn_qualification_add(p, &in, &q));
    ok(pn_qualification_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 3);
    fails(PN_EPERM, pn_qualification_verify(p, &(struct pn_qualification_verify){.id = q.id},
                                            &q));
}
END_TEST

START_TEST(the_telephone_is_sealed_and_shown_with_a_reason)
{
    pn_merchant_person who;
    apply("xl");
    ck_assert_int_eq(test_sql_int("select count(*) from merchant"
                                  " where phone is not null and position('5555'::bytea in phone)"
                                  " = 0"), 1);
    ok(pn_merchant_reveal(p, &(struct pn_merchant_reveal){m.id, "called"}, &who));
    ck_assert_str_eq(who.phone, "021-5555 1234");
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where op = 'merchant.reveal'"
                                  " and reason = 'called'"), 1);
    fails(PN_EARG, pn_merchant_edit(p, &(struct pn_merchant_edit){.id = m.id, .phone = "call me"},
                                    &m));
    ck_assert_str_eq(pn_error(p)->field, "phone");
    ok(pn_merchant_edit(p, &(struct pn_merchant_edit){.id = m.id, .version = m.version,
                                                      .name = "大龙"}, &m));
    ck_assert_str_eq(m.name, "大龙");
    ck_assert_str_eq(m.phone_tail, "1234");
    fails(PN_ECONFLICT, pn_merchant_edit(p, &(struct pn_merchant_edit){.id = m.id, .version = 1,
                                                                       .name = "x"}, &m));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("merchant");
    TCase *t = tcase_create("merchant");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_merchant_applies_and_is_admitted_with_valid_licences);
    tcase_add_test(t, a_supplier_needs_no_performance_permit);
    tcase_add_test(t, an_organiser_needs_no_guarantee);
    tcase_add_test(t, who_owes_too_much_is_suspended);
    tcase_add_test(t, licences_are_refused_when_they_ended_or_were_seen);
    tcase_add_test(t, every_step_is_in_the_table_or_refused);
    tcase_add_test(t, S23_a_licence_that_ends_restricts_and_then_suspends);
    tcase_add_test(t, a_licence_that_ends_is_told_sixty_thirty_and_seven_days_before);
    tcase_add_test(t, the_paper_itself_is_kept);
    tcase_add_test(t, what_operations_did_no_licence_undoes);
    tcase_add_test(t, S23_a_better_level_waits_seven_days_a_worse_one_does_not);
    tcase_add_test(t, a_rise_that_is_interrupted_begins_again);
    tcase_add_test(t, points_are_given_with_a_reason_and_within_bounds);
    tcase_add_test(t, a_contract_is_audited_and_told);
    tcase_add_test(t, staff_of_a_merchant_see_their_own_account_only);
    tcase_add_test(t, the_telephone_is_sealed_and_shown_with_a_reason);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
