/* SPDX-License-Identifier: Apache-2.0 */
/* sso.c — signing in from CMB Life: its user agrees, the page gets a code, the app tells for it who
 * he is. Known, he is in; new, he proves his telephone first, and has one account in any case. */
#include <stdio.h>
#include <string.h>

#include "till.h"
#include "user/buyer_int.h"
#include "user/sso.h"

#define PHONE "13800001111"
#define OTHER "13800002222"
#define OPENID "oLife-0123456789abcdef"

static const char *const life[] = {"cmb_life", NULL};

static void setup(void)
{
    rig_setup();
    fake_start("cmb_life");
}
static void teardown(void)
{
    fakes_stop();
    rig_teardown();
}

static pn *page(void)
{
    return as(PN_ROLE_PUBLIC, 0);
}

/* He opens the link and agrees; what the page gets. */
static const char *agrees(const char *openid)
{
    static char code[200];
    pn *p = page();
    pn_sso_link l;
    pn_buf b = pn_buf_new(rig_p);
    struct pn_sso_start in = {{PN_SSO_CMB_LIFE}, "https://piaoniu.example/in?a=1", "7f3a"};
    ok(pn_sso_start(p, &in, &l));
    pn_buf_puts(&b, "{\"link\":");
    pn_buf_json(&b, l.url);
    pn_buf_puts(&b, ",\"open_id\":");
    pn_buf_json(&b, openid);
    pn_buf_puts(&b, "}");
    const pni_doc *d = fake("cmb_life", "approve", "%s", b.text);
    ck_assert_str_eq(doc_text(d, "/page"), "https://piaoniu.example/in?a=1");
    ck_assert_str_eq(doc_text(d, "/state"), "7f3a");
    snprintf(code, sizeof code, "%s", doc_text(d, "/code"));
    pn_end(p);
    return code;
}

static int exchanged(pn *p, const char *code, pn_sso_known *out)
{
    return pn_sso_exchange(p, &(struct pn_sso_exchange){{PN_SSO_CMB_LIFE}, code, "app"}, out);
}

/* The code that was sent to the telephone. */
static const char *sent(const char *phone)
{
    static char code[16];
    char event[2000];
    shop_clock(2 * MINUTE); /* one goes to a number a minute */
    pn *p = page();
    pn_buyer_sent s;
    pni_code_sent c;
    ok(pn_buyer_code(p, &(struct pn_buyer_code){phone}, &s));
    int64_t id = test_sql_int("select ref from outbox where event = 'buyer.code'"
                              " order by id desc limit 1");
    snprintf(event, sizeof event, "%s", test_sql_text("select payload::text from outbox where event"
                                                      " = 'buyer.code' order by id desc limit 1"));
    ok(pni_code_open(p, id, event, &c));
    snprintf(code, sizeof code, "%s", c.code);
    pn_end(p);
    return code;
}

static int bound(const char *ticket, const char *phone, pn_buyer_signed_in *out)
{
    const char *code = sent(phone);
    pn *p = page();
    int rc = pn_sso_bind(p, &(struct pn_sso_bind){ticket, phone, code, "app"}, out);
    pn_end(p);
    return rc;
}

START_TEST(new_he_proves_his_telephone_and_then_the_app_is_enough)
{
    pn_sso_known k;
    pn_buyer_signed_in in;
    fresh(life);
    pn *p = page();
    ok(exchanged(p, agrees(OPENID), &k));
    ck_assert(!k.id && !k.token);
    ck_assert_int_eq(count_of("buyer"), 0); /* nothing is made of him yet */
    ck_assert_int_eq(bound(k.ticket, PHONE, &in), 0);
    ck_assert(in.fresh);
    pn_end(p);
    p = page();
    ok(exchanged(p, agrees(OPENID), &k));
    ck_assert_int_eq(k.id, in.id);
    ck_assert_int_eq(strncmp(k.token, "pnt_", 4), 0);
    ck_assert_ptr_null(k.ticket);
    pn_end(p);
    ck_assert_int_eq(count_of("token where buyer_id is not null"), 2);
    /* who had an account by his telephone has the same one */
    p = page();
    ok(exchanged(p, agrees("oLife-another"), &k));
    ck_assert_int_eq(bound(k.ticket, PHONE, &in), 0);
    ck_assert(!in.fresh);
    ck_assert_int_eq(count_of("buyer"), 1);
    pn_end(p);
    ck_assert_int_eq(count_of("buyer_sso t where position('oLife' in t::text) > 0"), 0);
    test_db_teardown();
}
END_TEST

START_TEST(a_code_is_good_once_and_from_there_alone)
{
    pn_sso_known k;
    char code[200];
    fresh(life);
    pn *p = page();
    snprintf(code, sizeof code, "%s", agrees(OPENID));
    ok(exchanged(p, code, &k));
    fails(PN_EAUTH, exchanged(p, code, &k));
    fails(PN_EAUTH, exchanged(p, "made-up", &k));
    fake("cmb_life", "switch", "{\"corrupt\":1}"); /* somebody between says who it is */
    fails(PN_EPROVIDER, exchanged(p, agrees(OPENID), &k));
    fake("cmb_life", "switch", "{\"fail500\":1}");
    fails(PN_EPROVIDER, exchanged(p, agrees(OPENID), &k));
    struct pn_sso_start js = {{PN_SSO_CMB_LIFE}, "javascript:alert(1)", NULL};
    pn_sso_link l;
    fails(PN_EARG, pn_sso_start(p, &js, &l));
    pn_end(p);
    ck_assert_int_eq(count_of("buyer_sso"), 0);
    test_db_teardown();
}
END_TEST

START_TEST(a_ticket_is_sealed_and_runs_out)
{
    pn_sso_known k;
    pn_buyer_signed_in in;
    char ticket[1000], bent[1000];
    fresh(life);
    pn *p = page();
    ok(exchanged(p, agrees(OPENID), &k));
    ck_assert_ptr_null(strstr(k.ticket, "oLife"));
    snprintf(ticket, sizeof ticket, "%s", k.ticket);
    snprintf(bent, sizeof bent, "%s", ticket);
    bent[20] = bent[20] == 'A' ? 'B' : 'A';
    pn_end(p);
    ck_assert_int_eq(bound(bent, PHONE, &in), PN_EEXPIRED);
    ck_assert_int_eq(bound("nonsense", OTHER, &in), PN_EEXPIRED);
    shop_clock(11 * MINUTE);
    ck_assert_int_eq(bound(ticket, PHONE, &in), PN_EEXPIRED);
    ck_assert_int_eq(count_of("buyer"), 0);
    /* two telephones for one user of the app: the first stays */
    p = page();
    ok(exchanged(p, agrees(OPENID), &k));
    ck_assert_int_eq(bound(k.ticket, PHONE, &in), 0);
    ck_assert_int_eq(bound(k.ticket, OTHER, &in), PN_EEXISTS);
    ck_assert_int_eq(count_of("buyer_sso"), 1);
    pn_end(p);
    test_db_teardown();
}
END_TEST

START_TEST(who_is_blocked_or_left_does_not_come_in)
{
    pn_sso_known k;
    pn_sso_dropped d;
    pn_buyer_signed_in in;
    pn_buyer b;
    fresh(life);
    pn *p = page();
    ok(exchanged(p, agrees(OPENID), &k));
    ck_assert_int_eq(bound(k.ticket, PHONE, &in), 0);
    pn_end(p);
    p = ops();
    ok(pn_buyer_block(p, &(struct pn_buyer_block){in.id, "x"}, &b));
    pn_end(p);
    p = page();
    fails(PN_EAUTH, exchanged(p, agrees(OPENID), &k));
    pn_end(p);
    p = ops();
    ok(pn_buyer_unblock(p, &(struct pn_buyer_unblock){in.id, "x"}, &b));
    pn_end(p);
    p = as(PN_ROLE_BUYER, in.id);
    ok(pn_sso_drop(p, &(struct pn_sso_drop){{PN_SSO_CMB_LIFE}}, &d));
    ck_assert_int_eq(d.ended, 1);
    pn_end(p);
    p = page();
    ok(exchanged(p, agrees(OPENID), &k));
    ck_assert_int_eq(k.id, 0);
    ck_assert_int_eq(bound(k.ticket, PHONE, &in), 0);
    pn_end(p);
    /* erased: the app's user is nobody again */
    p = as(PN_ROLE_BUYER, in.id);
    ok(pn_buyer_erase(p, &(struct pn_buyer_erase){in.id}, &b));
    pn_end(p);
    shop_clock(16 * DAY);
    tick("buyer_erase");
    ck_assert_int_eq(count_of("buyer where state = 'ERASED'"), 1);
    ck_assert_int_eq(count_of("buyer_sso"), 0);
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("sso");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, new_he_proves_his_telephone_and_then_the_app_is_enough);
    tcase_add_test(t, a_code_is_good_once_and_from_there_alone);
    tcase_add_test(t, a_ticket_is_sealed_and_runs_out);
    tcase_add_test(t, who_is_blocked_or_left_does_not_come_in);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
