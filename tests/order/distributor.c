/* SPDX-License-Identifier: Apache-2.0 */
/* distributor.c — see distributor.h. */
#include "distributor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/check.h"

int64_t tm_id;

pn *agent(void)
{
    pn *p = test_begin_as(&(pn_actor){.kind = 'C', .id = AGENT, .login = "agent", .name = "Agent",
                                      .roles = PN_ROLE_CHANNEL, .via = "http"});
    pn_set_now(p, (pn_time){shop_now});
    return p;
}

int64_t channel(const char *code, int staff)
{
    pn *p = ops();
    pn_channel c;
    char sql[400];
    ok(pn_channel_create(p, &(struct pn_channel_create){.code = code, .name = code,
        .phone = "13900000000", .kind = {PN_OUTLET_AGENT}}, &c));
    snprintf(sql, sizeof sql, "insert into staff (id, login, name, password, roles, created_at,"
             " updated_at) values (%d, 'a%d', 'A', '', '{CHANNEL}', now(), now())", staff, staff);
    test_sql(sql);
    ok(pn_channel_join(p, &(struct pn_channel_join){c.id, staff}, &c));
    pn_end(p);
    return c.id;
}

int64_t balance(void)
{
    return test_sql_int(pn_printf(ops(), "select credit_fen - debit_fen from ledger_account"
                                  " where kind = 'AGENT_PREPAID' and owner = %" PRId64, tm_id));
}

void topup(int64_t fen)
{
    pn *p = as(PN_ROLE_FINANCE, FIN);
    pn_channel c;
    const char *line = pn_printf(p, "line %" PRId64, count_of("channel_move"));
    ok(pn_channel_topup(p, &(struct pn_channel_topup){tm_id, {fen}, line, NULL}, &c));
    pn_end(p);
}

int64_t contract(int total, bool dedicated)
{
    pn *p = ops();
    pn_agency g;
    pn_agency_quota_row q;
    tm_id = channel("timemachine", AGENT);
    ok(pn_agency_create(p, &(struct pn_agency_create){.code = "tm", .channel = tm_id,
        .price_mode = {PN_AGENCY_FACE}, .commission_bp = 500, .refund_fee_bp = 1000,
        .valid_to = {shop_now + 30 * DAY}}, &g));
    ck_assert_int_eq(g.ttl_min, 15);
    ok(pn_agency_quota(p, &(struct pn_agency_quota){g.id, TIER, total, dedicated, {0}}, &q));
    pn_end(p);
    return g.id;
}

struct pn_dist_lock ask(const char *number, int qty)
{
    return (struct pn_dist_lock){.tier = TIER, .qty = qty, .third_order_no = number,
                                 .expect_fen = {qty * YUAN(456)}};
}

pn_dist locked(const char *number, int qty)
{
    pn *p = agent();
    pn_dist d;
    struct pn_dist_lock in = ask(number, qty);
    ok(pn_dist_lock(p, &in, &d));
    return d;
}

pn_dist confirmed(const char *number, int qty)
{
    pn_dist d = locked(number, qty);
    pn *p = agent();
    ok(pn_dist_confirm(p, &(struct pn_dist_confirm){.order = d.order_id,
                                                    .pay_status = {PN_DIST_PAID}}, &d));
    return d;
}

void proved(void)
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
