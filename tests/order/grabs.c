/* SPDX-License-Identifier: Apache-2.0 */
/* grabs.c — see grabs.h. */
#include "grabs.h"

#include <inttypes.h>
#include <stdio.h>

#include "goods/stock.h"
#include "report/check.h"

const char *const phones[] = {"13800000001", "13800000002", "13800000003", "13800000004"};

const char *tier_text(int64_t id)
{
    static char text[2][24];
    static int turn;
    turn = !turn;
    snprintf(text[turn], sizeof text[turn], "%" PRId64, id);
    return text[turn];
}

/* A wish for the first tier, without money yet. */
struct pn_grab_submit wish(int qty, int64_t cap_yuan, const char *phone)
{
    static const char *tiers[1];
    tiers[0] = tier_text(TIER);
    return (struct pn_grab_submit){.session = SESSION, .tiers = {tiers, 1}, .qty = qty,
                                   .cap_fen = {YUAN(cap_yuan)}, .phone = phone};
}

pn_grab submitted(struct pn_grab_submit in)
{
    pn *p = ops();
    pn_grab g;
    ok(pn_grab_submit(p, &in, &g));
    return g;
}

void pay(int64_t order)
{
    pn *p = ops();
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){order, {PN_PAY_SIMULATED}}, &y));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    pn_end(p);
    relay();
}

pn_grab queued(int qty, int64_t cap_yuan, const char *phone)
{
    pn_grab g = submitted(wish(qty, cap_yuan, phone));
    pay(g.order_id);
    ck_assert_str_eq(order_state(g.order_id), "GRAB_WAITING");
    return g;
}

void stock(int64_t tier, int n)
{
    pn *p = ops();
    pn_stock s;
    ok(pn_stock_set(p, &(struct pn_stock_set){tier, n, "opened"}, &s));
    pn_end(p);
}

/* Each run of a job is a moment of its own. */
void again(const char *name)
{
    shop_clock(10 * 1000000);
    job(name);
}

void proved(void)
{
    pn *p = ops();
    pn_check_report r;
    ok(pn_check_run(p, &(struct pn_check_run){0}, &r));
    pn_each(pn_check, c, &r.checks)
        ck_assert_msg(c->drift == 0, "check %s drifts at %s", c->name, c->sample);
    pn_end(p);
    books_balance();
}

const char *body_of(const char *kind)
{
    char sql[200];
    snprintf(sql, sizeof sql, "select body from notice where kind = '%s'", kind);
    return test_sql_text(sql);
}

int64_t forced_back(int64_t order)
{
    pn_refund r;
    pn *p = ops();
    fails(PN_ESTATE, pn_refund_apply(p, &(struct pn_refund_apply){.order = order}, &r));
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = order, .forced = true, .note = "x"},
                       &r));
    pn_end(p);
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_refund_approve(p, &(struct pn_refund_approve){.id = r.id}, &r));
    pn_end(p);
    return r.amount_fen.fen;
}

void session_cancelled(void)
{
    test_sql("update session set status = 'CANCELLED'");
    test_sql("insert into outbox (sk, id, event, ref, key, payload, at, due_at)"
             " values (1, 4097, 'session.cancelled', 40961, 'c', '{}', 'epoch', 'epoch')");
    relay();
}
