/* SPDX-License-Identifier: Apache-2.0 */
/* buyer.c — accounts of buyers: a code opens one, a few tries and no more; whoever asks too often
 * waits; logins end; whoever leaves is gone. */
#include "user_int.h"

#include "base/crypt_int.h"
#include "base/job.h"
#include "base/sql_int.h"
#include "base/unit_int.h"
#include "user/address.h"
#include "user/buyer_int.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define PHONE "13800001234"
#define SECONDS INT64_C(1000000)
#define MINUTES (60 * SECONDS)
#define DAYS (24 * 60 * MINUTES)
static int64_t now;

/* Somebody at the door, from this address. */
static pn *at(const char *via)
{
    pn *p = pn_begin(test_ctx);
    pn_set_now(p, (pn_time){now});
    pn_set_via(p, via, NULL);
    return p;
}

static pn *door(void)
{
    return at("http:192.0.2.1");
}

static void start_clock(void)
{
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    now = pn_now(p).us;
}

/* What the last message says: it lies sealed until it is sent. */
static const char *sent_code(void)
{
    static char text[8];
    PN_AUTO_UNIT p = test_begin(PN_ROLE_SYSTEM);
    pni_code_sent c;
    int64_t id = test_sql_int("select ref from outbox where event = 'buyer.code'"
                              " order by at desc, id desc limit 1");
    const char *payload = test_sql_text("select payload from outbox where event = 'buyer.code'"
                                        " order by at desc, id desc limit 1");
    ck_assert_ptr_null(strstr(payload, PHONE));
    ok(pni_code_open(p, id, payload, &c));
    snprintf(text, sizeof text, "%s", c.code);
    return text;
}

static const char *ask(const char *phone)
{
    pn *p = door();
    pn_buyer_sent s;
    ok(pn_buyer_code(p, &(struct pn_buyer_code){phone}, &s));
    ck_assert_ptr_nonnull(strstr(s.phone, "****"));
    ck_assert_int_eq(s.expires_at.us, now + 5 * MINUTES);
    ck_assert_int_eq(s.again_at.us, now + MINUTES);
    pn_end(p);
    return sent_code();
}

static pn_buyer_signed_in enter(pn *p, const char *phone)
{
    pn_buyer_signed_in in;
    ok(pn_buyer_signin(p, &(struct pn_buyer_signin){phone, ask(phone), "phone"}, &in));
    return in;
}

static int try_code(const char *code)
{
    PN_AUTO_UNIT p = door();
    pn_buyer_signed_in in;
    return pn_buyer_signin(p, &(struct pn_buyer_signin){PHONE, code, NULL}, &in);
}

START_TEST(the_first_code_makes_the_account)
{
    start_clock();
    PN_AUTO_UNIT p = door();
    pn_buyer_signed_in in = enter(p, PHONE), again;
    ck_assert(in.fresh);
    ck_assert_str_eq(in.phone, "138****1234");
    ck_assert_int_eq(in.expires_at.us, now + 30 * DAYS);
    ck_assert_int_eq(pn_who(p)->kind, 'U');
    ck_assert_uint_eq(pn_who(p)->roles & ~(uint32_t)PN_ROLE_PUBLIC, PN_ROLE_BUYER);
    now += 2 * MINUTES;
    PN_AUTO_UNIT q = door();
    again = enter(q, "+86 138-0000-1234"); /* the same number in other dress */
    ck_assert(!again.fresh);
    ck_assert_int_eq(again.id, in.id);
    PN_AUTO_UNIT by = door();
    ok(pn_signin(by, again.token));
    ck_assert_int_eq(pn_who(by)->id, in.id);
    ck_assert_str_eq(pn_who(by)->login, "buyer");
    /* nowhere in clear */
    ck_assert_int_eq(test_sql_int("select count(*) from buyer b where b::text like '%0000%'"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log a where op like 'buyer.%'"
                                  " and a::text like '%" PHONE "%'"), 0);
    char sql[200];
    snprintf(sql, sizeof sql, "select count(*) from audit_log a where op like 'buyer.%%'"
             " and coalesce(input::text, '') like '%%\"%s\"%%'", sent_code());
    ck_assert_int_eq(test_sql_int(sql), 0);
}
END_TEST

START_TEST(a_code_is_good_once_and_for_minutes)
{
    start_clock();
    char first[8];
    snprintf(first, sizeof first, "%s", ask(PHONE));
    ck_assert_int_eq(try_code(first), 0);
    ck_assert_int_eq(try_code(first), PN_EEXPIRED);
    now += 2 * MINUTES;
    snprintf(first, sizeof first, "%s", ask(PHONE));
    now += 5 * MINUTES;
    ck_assert_int_eq(try_code(first), PN_EEXPIRED);
    now += MINUTES;
    snprintf(first, sizeof first, "%s", ask(PHONE)); /* a new one is in the old one's place */
    now += MINUTES;
    const char *second = ask(PHONE);
    if (strcmp(first, second) != 0)
        ck_assert_int_eq(try_code(first), PN_EAUTH);
    ck_assert_int_eq(try_code(second), 0);
    PN_AUTO_UNIT p = door();
    pn_buyer_signed_in in;
    fails(PN_EEXPIRED, pn_buyer_signin(p, &(struct pn_buyer_signin){"13900001234", second, NULL},
                                       &in));
    ck_assert_str_eq(pn_error(p)->field, "code");
    ck_assert_ptr_nonnull(pn_error(p)->hint);
}
END_TEST

START_TEST(five_tries_and_no_more)
{
    start_clock();
    PN_AUTO_UNIT p = door();
    pn_buyer_signed_in in;
    char code[8], other[8];
    snprintf(code, sizeof code, "%s", ask(PHONE));
    snprintf(other, sizeof other, "%s", code);
    other[0] = (char)(other[0] == '9' ? '0' : other[0] + 1);
    for (int i = 1; i <= 5; i++) {
        fails(PN_EAUTH, pn_buyer_signin(p, &(struct pn_buyer_signin){PHONE, other, NULL}, &in));
        ck_assert_ptr_nonnull(pn_error(p)->hint);
        ck_assert_int_eq(test_sql_int("select tries from buyer_code"), i);
    }
    ck_assert_int_eq(try_code(code), PN_EEXPIRED);
    ck_assert_int_eq(test_sql_int("select count(*) from buyer"), 0);
    /* guessing cannot be tried dry */
    PN_AUTO_UNIT dry = door();
    pn_dry_run(dry, true);
    ck_assert_int_eq(pn_buyer_signin(dry, &(struct pn_buyer_signin){PHONE, code, NULL}, &in),
                     PN_EARG);
}
END_TEST

START_TEST(a_number_is_sent_few_codes)
{
    start_clock();
    now = now / DAYS * DAYS + 2 * DAYS; /* morning, so that the day does not change meanwhile */
    PN_AUTO_UNIT p = door();
    pn_buyer_sent s;
    ask(PHONE);
    fails(PN_ERATE, pn_buyer_code(p, &(struct pn_buyer_code){PHONE}, &s));
    ck_assert_str_eq(pn_error(p)->field, "phone");
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "60"));
    ask("13900001234"); /* another number is not concerned */
    for (int i = 2; i <= 10; i++) {
        now += MINUTES;
        ask(PHONE);
    }
    now += MINUTES;
    PN_AUTO_UNIT q = door();
    ck_assert_int_eq(pn_buyer_code(q, &(struct pn_buyer_code){PHONE}, &s), PN_ERATE);
    ck_assert_ptr_nonnull(strstr(pn_error(q)->message, "10"));
    now += DAYS;
    ask(PHONE);
    ck_assert_int_eq(pn_buyer_code(q, &(struct pn_buyer_code){"12345"}, &s), PN_EARG);
}
END_TEST

START_TEST(an_address_asks_for_few_codes)
{
    start_clock();
    pn_buyer_sent s;
    char phone[16];
    for (int i = 0; i < 31; i++) {
        PN_AUTO_UNIT p = door();
        snprintf(phone, sizeof phone, "1370000%04d", i);
        int rc = pn_buyer_code(p, &(struct pn_buyer_code){phone}, &s);
        ck_assert_int_eq(rc, i < 30 ? 0 : PN_ERATE);
    }
    PN_AUTO_UNIT p = at("http:198.51.100.7");
    ok(pn_buyer_code(p, &(struct pn_buyer_code){"13700000040"}, &s));
    PN_AUTO_UNIT q = at("cli"); /* nobody's address: this machine */
    ck_assert_int_eq(pn_buyer_code(q, &(struct pn_buyer_code){"13700000041"}, &s), 0);
    now += 61 * MINUTES;
    PN_AUTO_UNIT later = door();
    ck_assert_int_eq(pn_buyer_code(later, &(struct pn_buyer_code){"13700000042"}, &s), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from buyer_source b"
                                  " where b::text like '%192.0.2%'"), 0);
}
END_TEST

START_TEST(logins_end_one_by_one_or_all)
{
    start_clock();
    PN_AUTO_UNIT a = door();
    PN_AUTO_UNIT b = door();
    PN_AUTO_UNIT p = door();
    pn_buyer_signed_in one = enter(a, PHONE), two, three, other;
    pn_buyer_left left;
    pn_page page;
    now += MINUTES;
    pn_set_now(b, (pn_time){now});
    two = enter(b, PHONE);
    now += MINUTES;
    pn_set_now(p, (pn_time){now});
    three = enter(p, PHONE);
    PN_AUTO_UNIT stranger = door();
    other = enter(stranger, "13900001234");
    ok(pn_buyer_logins(p, &(pn_list){0}, &page));
    ck_assert_int_eq((int64_t)page.rows.n, 3);
    const pn_buyer_login *l = page.rows.row;
    ck_assert_str_eq(l[0].device, "phone");
    ck_assert_int_eq(pn_buyer_signout(stranger, &(struct pn_buyer_signout){.login = l[2].id},
                                      &left), PN_ENONE);
    ok(pn_buyer_signout(p, &(struct pn_buyer_signout){.login = l[2].id}, &left));
    PN_AUTO_UNIT q = door();
    ck_assert_int_eq(pn_signin(q, one.token), PN_EAUTH);
    ck_assert_int_eq(pn_signin(q, two.token), 0);
    ok(pn_buyer_signout(p, &(struct pn_buyer_signout){0}, &left)); /* this one */
    ck_assert_int_eq(left.ended, 1);
    PN_AUTO_UNIT r = door();
    ck_assert_int_eq(pn_signin(r, three.token), PN_EAUTH);
    ck_assert_int_eq(pn_signin(r, two.token), 0);
    ck_assert_int_eq(pn_buyer_signout(r, &(struct pn_buyer_signout){.everywhere = true}, &left),
                     0);
    ck_assert_int_eq(left.ended, 1);
    PN_AUTO_UNIT e = door();
    ck_assert_int_eq(pn_signin(e, two.token), PN_EAUTH);
    ck_assert_int_eq(pn_signin(e, other.token), 0);
}
END_TEST

/* Every use within thirty days moves the end. */
START_TEST(a_login_slides)
{
    start_clock();
    PN_AUTO_UNIT p = door();
    pn_buyer_signed_in in = enter(p, PHONE);
    for (int i = 0; i < 3; i++) {
        now += 29 * DAYS;
        PN_AUTO_UNIT q = door();
        ck_assert_int_eq(pn_signin(q, in.token), 0);
    }
    now += 31 * DAYS;
    PN_AUTO_UNIT q = door();
    ck_assert_int_eq(pn_signin(q, in.token), PN_EAUTH);
}
END_TEST

START_TEST(buyers_are_nobody_to_each_other)
{
    start_clock();
    PN_AUTO_UNIT p = door();
    PN_AUTO_UNIT q = door();
    pn_buyer_signed_in a = enter(p, PHONE), b = enter(q, "13900001234");
    pn_buyer row;
    pn_page page;
    ok(pn_buyer_show(p, &(struct pn_buyer_show){a.id}, &row));
    ck_assert_str_eq(row.phone, "138****1234");
    ok(pn_buyer_edit(p, &(struct pn_buyer_edit){a.id, "小李"}, &row));
    ck_assert_str_eq(row.nick, "小李");
    fails(PN_ENONE, pn_buyer_show(p, &(struct pn_buyer_show){b.id}, &row));
    fails(PN_ENONE, pn_buyer_edit(p, &(struct pn_buyer_edit){b.id, "x"}, &row));
    fails(PN_ENONE, pn_buyer_erase(p, &(struct pn_buyer_erase){b.id}, &row));
    fails(PN_EPERM, pn_buyer_list(p, &(pn_list){0}, &page));
    fails(PN_EPERM, pn_buyer_block(p, &(struct pn_buyer_block){b.id, "x"}, &row));
    PN_AUTO_UNIT staff = test_begin(PN_ROLE_OPS);
    ck_assert_int_eq(pn_buyer_list(staff, &(pn_list){0}, &page), 0);
    ck_assert_int_eq((int64_t)page.rows.n, 2);
    /* what staff have for themselves is not theirs */
    pn_token_new token;
    ck_assert_int_ne(pn_token_create(p, &(struct pn_token_create){.name = "x"}, &token), 0);
}
END_TEST

START_TEST(a_blocked_buyer_is_out_at_once)
{
    start_clock();
    PN_AUTO_UNIT p = door();
    PN_AUTO_UNIT staff = test_begin(PN_ROLE_OPS);
    pn_buyer_signed_in in = enter(p, PHONE);
    pn_buyer row;
    ck_assert_int_eq(pn_buyer_block(staff, &(struct pn_buyer_block){in.id, "fraud"}, &row), 0);
    PN_AUTO_UNIT q = door();
    ck_assert_int_eq(pn_signin(q, in.token), PN_EAUTH);
    now += MINUTES;
    ck_assert_int_eq(try_code(ask(PHONE)), PN_EAUTH);
    ck_assert_int_eq(test_sql_int("select count(*) from token where revoked_at is null"
                                  " and buyer_id is not null"), 0);
    ck_assert_int_eq(pn_buyer_unblock(staff, &(struct pn_buyer_unblock){in.id, "error"}, &row), 0);
    now += MINUTES;
    ck_assert_int_eq(try_code(ask(PHONE)), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from buyer"), 1);
}
END_TEST

static void erase_job(void)
{
    PN_AUTO_UNIT p = test_begin(PN_ROLE_SYSTEM);
    pn_job_result r;
    pn_set_now(p, (pn_time){now});
    ok(pn_job_run(p, &(struct pn_job_run){.name = "buyer_erase", .force = true}, &r));
}

START_TEST(whoever_leaves_is_forgotten)
{
    start_clock();
    PN_AUTO_UNIT p = door();
    pn_buyer_signed_in in = enter(p, PHONE), again;
    pn_buyer row;
    pn_address home;
    struct pn_address_create put = {"李雷", PHONE, "上海市", "南京路1号"};
    ok(pn_address_create(p, &put, &home));
    ok(pn_buyer_erase(p, &(struct pn_buyer_erase){in.id}, &row));
    ck_assert_int_eq(row.state.v, PN_BUYER_LEAVING);
    ck_assert_int_eq(row.erase_at.us, now + 15 * DAYS);
    PN_AUTO_UNIT q = door();
    ck_assert_int_eq(pn_signin(q, in.token), PN_EAUTH);
    now += 14 * DAYS; /* thought better of it */
    erase_job();
    PN_AUTO_UNIT back = door();
    again = enter(back, PHONE);
    ck_assert_int_eq(again.id, in.id);
    ck_assert_str_eq(test_sql_text("select state from buyer"), "ACTIVE");
    ck_assert_int_eq(pn_buyer_erase(back, &(struct pn_buyer_erase){in.id}, &row), 0);
    now += 15 * DAYS;
    erase_job();
    ck_assert_str_eq(test_sql_text("select state || phone_mask || nick from buyer"), "ERASED");
    ck_assert_int_eq(test_sql_int("select count(*) from buyer where phone is not null"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from buyer_phone"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from buyer_address"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from buyer_code"), 0);
    erase_job();
    PN_AUTO_UNIT fresh = door();
    again = enter(fresh, PHONE);
    ck_assert(again.fresh);
    ck_assert_int_ne(again.id, in.id);
}
END_TEST

/* ---- at the same time ---- */

enum { CROWD = 6 };
static char crowd_code[8];
static int codes[CROWD];

static void *one_of_them(void *of)
{
    int me = *(const int *)of;
    codes[me] = try_code(crowd_code);
    return NULL;
}

START_TEST(one_of_a_crowd_has_the_code)
{
    pthread_t id[CROWD];
    int me[CROWD], won = 0;
    start_clock();
    snprintf(crowd_code, sizeof crowd_code, "%s", ask(PHONE));
    for (int i = 0; i < CROWD; i++) {
        me[i] = i;
        ck_assert_int_eq(pthread_create(&id[i], NULL, one_of_them, &me[i]), 0);
    }
    for (int i = 0; i < CROWD; i++)
        pthread_join(id[i], NULL);
    for (int i = 0; i < CROWD; i++) {
        won += codes[i] == 0;
        ck_assert_msg(!codes[i] || codes[i] == PN_EEXPIRED, "%d: %d", i, codes[i]);
    }
    ck_assert_int_eq(won, 1);
    ck_assert_int_eq(test_sql_int("select count(*) from buyer"), 1);
}
END_TEST

void buyer_cases(TCase *c)
{
    tcase_add_test(c, the_first_code_makes_the_account);
    tcase_add_test(c, a_code_is_good_once_and_for_minutes);
    tcase_add_test(c, five_tries_and_no_more);
    tcase_add_test(c, a_number_is_sent_few_codes);
    tcase_add_test(c, an_address_asks_for_few_codes);
    tcase_add_test(c, logins_end_one_by_one_or_all);
    tcase_add_test(c, a_login_slides);
    tcase_add_test(c, buyers_are_nobody_to_each_other);
    tcase_add_test(c, a_blocked_buyer_is_out_at_once);
    tcase_add_test(c, whoever_leaves_is_forgotten);
    tcase_add_test(c, one_of_a_crowd_has_the_code);
}
