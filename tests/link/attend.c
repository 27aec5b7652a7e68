/* SPDX-License-Identifier: Apache-2.0 */
#include "attend.h"

#include <stdio.h>
#include <string.h>

#include "order/credit.h"

static const char *const fakes[] = {"alipay", "wechat", NULL};

void attend_setup(void)
{
    rig_setup();
    fake_start("alipay");
    fake_start("wechat");
}
void attend_teardown(void)
{
    fakes_stop();
    rig_teardown();
}

void open_shop(void)
{
    pn_credit c;
    fresh(fakes);
    test_sql("update tier set face_price_fen = 68000");
    pn *p = ops();
    for (int user = ANN; user <= BOB; user++)
        ok(pn_credit_set(p, &(struct pn_credit_set){user, 1, 650}, &c));
    pn_end(p);
}

pn_order order_of(int64_t user, int n)
{
    pn *p = as(PN_ROLE_BUYER, user);
    pn_order o;
    struct pn_order_submit in = {.tier = TIER, .qty = n,
                                 .phone = user == ANN ? "13800000001" : "13800000002"};
    ok(pn_order_submit(p, &in, &o));
    pn_end(p);
    return o;
}

int64_t balance(const char *kind)
{
    char sql[160];
    relay();
    snprintf(sql, sizeof sql, "select coalesce(sum(debit_fen - credit_fen), 0)::bigint"
             " from ledger_account where kind = '%s'", kind);
    return test_sql_int(sql);
}

void after_the_show(int days)
{
    shop_now = test_sql_int("select (extract(epoch from coalesce(end_at, start_at)) * 1000000)"
                            "::bigint from session") + DAY + days * DAY;
    tick("sfpl_due");
    relay();
}

pn_payment asked(const pn_order *o, int64_t user)
{
    pn *p = as(PN_ROLE_BUYER, user);
    pn_payment y;
    ok(pn_payment_later(p, &(struct pn_payment_later){o->id}, &y));
    pn_end(p);
    return y;
}

/* The payer agrees in his app, and the order is his. */
pn_payment promised(const pn_order *o, int64_t user)
{
    pn_payment y = asked(o, user);
    pn_payment_front f = opened(y.id);
    pn_buf b = pn_buf_new(rig_p);
    pn_buf_puts(&b, "{\"front\":");
    pn_buf_json(&b, f.front);
    pn_buf_puts(&b, "}");
    fake("alipay", "agree", "%s", b.text);
    shop_clock(MINUTE);
    tick("pay_poll");
    ck_assert_str_eq(state(y.id), "CREDIT_OPEN");
    ck_assert_str_eq(order_state(o->id), pni_order_paid_state());
    return y;
}

pn_payment scored(const pn_order *o, int64_t user)
{
    pn *p = as(PN_ROLE_BUYER, user);
    pn_payment y;
    struct pn_payment_later in = {o->id, {PN_PAY_WECHAT}, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"};
    ok(pn_payment_later(p, &in, &y));
    pn_end(p);
    pn_payment_front f = opened(y.id);
    ck_assert_int_eq(f.scene.v, PN_SCENE_JS);
    ck_assert_msg(strstr(f.front, "wxpayScoreUse") != NULL, "%s", f.front);
    return y;
}

const pni_doc *score(const char *tool, int64_t payment, const char *how)
{
    return fake("wechat", tool, "{\"out_order_no\":\"%s\",\"how\":\"%s\"}", number(payment), how);
}

/* He agrees in the mini program, and WeChat says so. */
pn_payment trusted(const pn_order *o, int64_t user)
{
    pn_payment y = scored(o, user);
    pn_payment_heard h = hear("wechat", score("agree", y.id, ""));
    ck_assert_int_eq(h.status, 204);
    ck_assert_str_eq(h.result, "APPLIED");
    ck_assert_str_eq(state(y.id), "CREDIT_OPEN");
    ck_assert_str_eq(order_state(o->id), pni_order_paid_state());
    return y;
}

pn_refund back(const pn_order *o, const char *seat)
{
    const char *seats[] = {seat};
    pn_refund r;
    pn *p = ops();
    struct pn_refund_apply in = {.order = o->id, .seats = {seats, 1}, .forced = true,
                                 .note = "ill", .reason = {PN_REASON_FAULT}};
    ok(pn_refund_apply(p, &in, &r));
    pn_end(p);
    p = as(PN_ROLE_FINANCE, FIN);
    if (r.state.v == PN_REFUND_REVIEWING)
        ok(pn_refund_approve(p, &(struct pn_refund_approve){.id = r.id}, &r));
    pn_end(p);
    tick("refund_retry");
    return r;
}
