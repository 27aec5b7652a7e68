/* SPDX-License-Identifier: Apache-2.0 */
#include "attend.h"

#include <stdio.h>

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
