/* SPDX-License-Identifier: Apache-2.0 */
/* flags.c — what the ten methods can do, as they are sold and as they are: the table here is the
 * specification's, the program's own must say the same, and every connector must have the calls
 * that the flags promise. */
#include <stdio.h>
#include <string.h>

#include "link/bill_file_int.h"
#include "order/payment.h"
#include "order/provider_int.h"
#include "till.h"

/* `more`: what the vendors' interfaces give besides. */
static const struct { const char *name, *flags, *more; } sold[] = {
    {"alipay", "QR BAR WAP APP PC QRY CLS REV RFF RFP NTF RCF AUT DED SUB", "JS"},
    {"wechat", "QR BAR WAP APP JS QRY CLS REV RFF RFP NTF RCF DED SUB", ""},
    {"cmb_netpay", "WAP APP QRY RFF RFP NTF RCQ DED", "PC RCF"},
    {"cmb_life", "APP WAP QRY RFF RFP NTF RCF", ""},
    {"miniapp_direct", "JS QRY CLS RFF RFP NTF RCF SUB", "QR BAR WAP APP REV"},
    {"pos_collect", "BAR QR REV OFF RFF RFP RCQ", ""},
    {"douli_points", "MIX QRY RFF RFP NTF RCF", "AUT"},
    {"sandpay", "QR WAP PC QRY RFF RFP NTF RCF", ""},
    {"proxy_pay", "OFF MIX RFF RFP RCQ CR", ""},
    {"sfpl", "AUT DED CR QRY NTF RCF", "WAP APP JS RFF RFP"}};

static bool has(const char *flags, const char *flag, size_t n)
{
    for (const char *at = flags; (at = strstr(at, flag)); at += n)
        if ((at == flags || at[-1] == ' ') && (!at[n] || at[n] == ' '))
            return true;
    return false;
}

/* Every flag of the list is in one of the two others. */
static void within(const char *name, const char *list, const char *a, const char *b)
{
    for (const char *at = list, *end; *at; at = *end ? end + 1 : end) {
        end = at + strcspn(at, " ");
        char flag[8];
        snprintf(flag, sizeof flag, "%.*s", (int)(end - at), at);
        ck_assert_msg(has(a, flag, strlen(flag)) || has(b, flag, strlen(flag)),
                      "%s: %s is not in “%s” “%s”", name, flag, a, b);
    }
}

static void setup(void)
{
    static const char *const nobody[] = {NULL};
    rig_setup();
    fresh(nobody);
}
static void teardown(void)
{
    test_db_teardown();
    rig_teardown();
}

START_TEST(S17_the_ten_can_do_what_they_are_sold_for)
{
    pn_payment_methods_all all;
    pn *p = as(PN_ROLE_PUBLIC, 0);
    ok(pn_payment_methods(p, &(struct pn_payment_methods){.all = true}, &all));
    for (size_t i = 0; i < sizeof sold / sizeof *sold; i++) {
        bool seen = false;
        pn_each(pn_payment_method, m, &all.methods)
        {
            if (!m->name || strcmp(m->name, sold[i].name) != 0)
                continue;
            within(m->name, m->flags, sold[i].flags, sold[i].more);
            /* the till's own rows are parts of one method */
            bool whole = strcmp(m->name, "pos_collect") != 0 || !m->method.v;
            if (whole)
                within(m->name, sold[i].flags, m->flags, "");
            if (whole)
                within(m->name, sold[i].more, m->flags, "");
            seen |= whole;
        }
        ck_assert_msg(seen, "%s is not listed", sold[i].name);
    }
    pn_end(p);
}
END_TEST

static const struct { uint32_t can; const char *call; bool both; } needs[] = {
    {PNI_CAN_QR, "pay_qr", true}, {PNI_CAN_BAR, "pay_bar", true}, {PNI_CAN_WAP, "pay_wap", true},
    {PNI_CAN_APP, "pay_app", true}, {PNI_CAN_JS, "pay_js", true}, {PNI_CAN_PC, "pay_pc", true},
    {PNI_CAN_CLOSE, "close", true}, {PNI_CAN_REVERSE, "cancel", true},
    {PNI_CAN_REFUND, "refund", true}, {PNI_CAN_AUTH, "freeze", false},
    {PNI_CAN_DEDUCT, "pay_frozen", false}, {PNI_IS_AGREED, "agreement_sign", true},
    {PNI_IS_AGREED, "agreement_query", true}, {PNI_IS_AGREED, "agreement_cancel", true}};

/* A flag without a call would be a promise; a call without a flag would never be made. */
START_TEST(flags_are_what_the_connectors_have)
{
    for (int i = 1; pn_pay_methods[i - 1].name; i++) {
        const pni_method *m = pni_method_of(i);
        pni_link *l = NULL;
        ck_assert_msg(m != NULL, "%s has no row", pn_pay_methods[i - 1].name);
        ck_assert(!(m->can & PNI_CAN_BAR) == !(m->can & PNI_CAN_REVERSE));
        if (!m->connector || m->can & PNI_IS_CARRIED)
            continue;
        ck_assert_int_eq(pni_link_open(rig_p, m->connector, &l), 0);
        for (size_t k = 0; k < sizeof needs / sizeof *needs; k++) {
            bool there = pni_link_has(l, needs[k].call), can = m->can & needs[k].can;
            ck_assert_msg(needs[k].both ? there == can : there || !can, "%s: %s", m->connector,
                          needs[k].call);
        }
        ck_assert_msg(pni_link_has(l, "query") || pni_link_has(l, "freeze_query"), "%s",
                      m->connector);
        ck_assert_msg((pni_tree_at(l->root, "callbacks", "notice") != NULL) ==
                      !!(m->can & PNI_CAN_NOTIFY), "%s: notice", m->connector);
        ck_assert_msg(pni_link_has_bill(l) == !!(m->can & PNI_CAN_BILL), "%s: bill",
                      m->connector);
        ck_assert_msg(pni_link_has_lists(l) == !!(m->can & PNI_CAN_BILL_QUERY), "%s: lists",
                      m->connector);
        pni_link_close(rig_p, l);
    }
}
END_TEST

/* What is refused is refused by the flag, not by a name somewhere. */
START_TEST(what_has_no_flag_is_refused)
{
    pn_order o = order_n(1, "13800000001");
    pn *p = ops();
    pn_payment y;
    for (int i = 1; pn_pay_methods[i - 1].name; i++) {
        const pni_method *m = pni_method_of(i);
        struct pn_payment_later later = {o.id, {(int16_t)i}, "openid"};
        if (m->can & PNI_CAN_DEDUCT && !(m->can & PNI_IS_CARRIED))
            continue;
        fails(PN_EARG, pn_payment_later(p, &later, &y));
        for (int scene = 1; scene <= PN_SCENE_PC && m->connector; scene++) {
            struct pn_payment_create in = {o.id, {(int16_t)i}, {(int16_t)scene}, "x", "1.2.3.4",
                                           NULL};
            if (!(m->can & 1u << (scene - 1)))
                ck_assert_int_ne(pn_payment_create(p, &in, &y), 0);
        }
    }
    ck_assert_int_eq(count_of("payment"), 0);
    pn_end(p);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("flags");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, S17_the_ten_can_do_what_they_are_sold_for);
    tcase_add_test(t, flags_are_what_the_connectors_have);
    tcase_add_test(t, what_has_no_flag_is_refused);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
