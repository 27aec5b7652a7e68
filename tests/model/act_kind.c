/* SPDX-License-Identifier: Apache-2.0 */
/* act_kind.c — grabs, groups, activities, distributors, tickets withheld, another cut of the hall:
 * whatever takes tickets or gives them back beside an ordinary order. */
#include <inttypes.h>
#include <string.h>

#include "act_int.h"
#include "order/dist.h"
#include "order/grab.h"
#include "order/group.h"
#include "order/rush.h"
#include "promo/seckill.h"
#include "seating/seat_hold.h"
#include "seating/zone_plan.h"

enum { AGENT = 51 };

static pn *buyer(actor *a, int who)
{
    return act_as(a, 'U', PN_ROLE_BUYER, 1000 + who);
}

static const char *phone_of(pn *p, int who)
{
    return pn_printf(p, "139%08d", who);
}

/* One of the latest few: what is older is mostly over. */
static int64_t recent(ring *r, actor *a)
{
    uint64_t n = r->n, back = roll(&a->d) % 4;
    return n ? r->id[(n - 1 - (back < n ? back : 0)) % RING] : 0;
}

/* ---- grabs ---- */

/* Paid, or frozen: whichever it is, what is to be added later has to come the same way. */
static int prepay(actor *a, int64_t order)
{
    pn_payment y;
    pn *p = act_ops(a);
    pn_word method = {pick(&a->d, 2) ? PN_PAY_SIMULATED : PN_PAY_SIMULATED_AUTH};
    int rc = pn_payment_create(p, &(struct pn_payment_create){order, method}, &y);
    if (!rc)
        rc = pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y);
    return act_end(p, rc);
}

int grab_wish(actor *a)
{
    const market_session *s = &shop.session[pick(&a->d, shop.sessions)];
    pn *p = act_ops(a);
    const char *tier[2];
    pn_grab g;
    int n = 1 + pick(&a->d, 2);
    for (int i = 0; i < n; i++)
        tier[i] = pn_printf(p, "%" PRId64, s->tier[i]);
    struct pn_grab_submit in = {.session = s->id, .tiers = {tier, (size_t)n},
        .qty = 1 + pick(&a->d, 3), .cap_fen = {(14000 + 1000 * pick(&a->d, 55))},
        .accept_split = pick(&a->d, 2), .accept_upgrade = pick(&a->d, 2),
        .speed = pick(&a->d, 4), .phone = phone_of(p, pick(&a->d, PEOPLE))};
    int rc = pn_grab_submit(p, &in, &g);
    if (!rc) {
        ring_put(&the->grabs, g.order_id);
        ring_put(&the->orders, g.order_id);
    }
    act_end(p, rc);
    return rc || pick(&a->d, 3) == 0 ? rc : prepay(a, g.order_id);
}

int grab_raise(actor *a)
{
    int64_t id = recent(&the->grabs, a);
    pn_grab g;
    pn *p = act_ops(a);
    int rc = act_end(p, pn_grab_raise(p, &(struct pn_grab_raise){
        id, {60000 + 1000 * pick(&a->d, 20)}}, &g));
    return rc || pick(&a->d, 3) == 0 ? rc : prepay(a, id);
}

int grab_cancel(actor *a)
{
    pn_grab g;
    pn *p = act_ops(a);
    return act_end(p, pn_grab_cancel(p, &(struct pn_grab_cancel){
        .order = recent(&the->grabs, a)}, &g));
}

int grab_assist(actor *a)
{
    pn_grab_help h;
    pn *p = buyer(a, pick(&a->d, PEOPLE));
    return act_end(p, pn_grab_assist(p, &(struct pn_grab_assist){
        recent(&the->grabs, a)}, &h));
}

/* ---- groups ---- */

/* A group that is open as far as this reader sees, or none: then a new one. */
static int64_t open_group(pn *p, actor *a, int64_t groupbuy)
{
    pn_page page;
    pn_list in = {.where = pn_printf(p, "groupbuy_id=%" PRId64 " state=OPEN", groupbuy),
                  .limit = 20};
    if (pn_group_list(p, &in, &page) || !page.rows.n)
        return 0;
    return ((const pn_group *)page.rows.row)[pick(&a->d, (int)page.rows.n)].id;
}

int group_join(actor *a)
{
    pn_order o;
    pn *p = act_ops(a);
    int64_t offer = shop.groupbuy[pick(&a->d, GROUPBUYS)];
    struct pn_group_submit in = {.groupbuy = offer, .qty = 1 + (pick(&a->d, 6) == 0),
                                 .phone = phone_of(p, pick(&a->d, PEOPLE))};
    if (pick(&a->d, 4))
        in.group = open_group(p, a, offer);
    int rc = pn_group_submit(p, &in, &o);
    if (!rc) {
        ring_put(&the->groups, o.id);
        ring_put(&the->orders, o.id);
    }
    return act_end(p, rc);
}

int group_quit(actor *a)
{
    pn_order o;
    pn *p = act_ops(a);
    return act_end(p, pn_group_quit(p, &(struct pn_group_quit){
        ring_pick(&the->groups, &a->d), "model"}, &o));
}

/* ---- seckill and rush ---- */

int activity_make(actor *a)
{
    const market_session *s = &shop.session[pick(&a->d, 2)];
    pn_seckill x;
    pn *p = act_ops(a);
    bool rush = pick(&a->d, 2);
    struct pn_seckill_create in = {.tier = s->tier[pick(&a->d, 2)], .name = "model",
        .kind = {(int16_t)(rush ? PN_SECKILL_RUSH : PN_SECKILL_SECKILL)}, .price_fen = {9900},
        .stock = 2 + pick(&a->d, 5), .limit_qty = rush ? 2 : 1,
        .open_at = {the->now + (1 + pick(&a->d, 100)) * INT64_C(1000000)},
        .close_at = {the->now + (20 + pick(&a->d, 40)) * MINUTE}};
    int rc = pn_seckill_create(p, &in, &x);
    if (!rc)
        rc = pn_seckill_publish(p, &(struct pn_seckill_publish){x.id}, &x);
    if (!rc)
        ring_put(&the->activities, x.id);
    return act_end(p, rc);
}

int activity_take(actor *a)
{
    int who = pick(&a->d, PEOPLE);
    int64_t id = recent(&the->activities, a);
    pn_seckill_entry e = {0};
    pn_order o;
    pn *p = buyer(a, who);
    int rc = pn_seckill_register(p, &(struct pn_seckill_register){id}, &e);
    struct pn_rush_take in = {.id = id, .qty = 1, .token = rc ? NULL : e.token,
                              .phone = phone_of(p, who)};
    rc = pn_rush_take(p, &in, &o);
    if (!rc)
        ring_put(&the->orders, o.id);
    return act_end(p, rc);
}

int activity_wait(actor *a)
{
    pn_seckill_place place;
    pn *p = buyer(a, pick(&a->d, PEOPLE));
    return act_end(p, pn_seckill_wait(p, &(struct pn_seckill_wait){
        recent(&the->activities, a)}, &place));
}

int activity_end(actor *a)
{
    pn_seckill x;
    pn *p = act_ops(a);
    return act_end(p, pn_seckill_end(p, &(struct pn_seckill_end){
        recent(&the->activities, a), "model"}, &x));
}

/* ---- a distributor ---- */

static pn *agent(actor *a)
{
    return act_as(a, 'O', PN_ROLE_CHANNEL, AGENT);
}

int dist_lock(actor *a)
{
    const market_session *s = &shop.session[0];
    pn_dist d;
    pn *p = agent(a);
    /* the same number with the same wish is the same order, with another it is refused */
    uint64_t n = roll(&a->d) % 100000;
    struct pn_dist_lock in = {.tier = s->tier[n % 2], .qty = 1 + (int)(n % 5),
        .third_order_no = pn_printf(p, "D%05d", (int)n), .ttl_min = 1 + (int)(n % 30),
        .expect_fen = {(n % 2 ? 26600 : 55100) * (1 + (int64_t)(n % 5))}, /* 5 % off */
        .phone = phone_of(p, (int)(n % PEOPLE))};
    if (pick(&a->d, 10) == 0)
        in.qty++; /* at another price */
    int rc = pn_dist_lock(p, &in, &d);
    if (!rc)
        ring_put(&the->dists, d.order_id);
    return act_end(p, rc);
}

int dist_confirm(actor *a)
{
    pn_dist d;
    pn *p = agent(a);
    int16_t pays = pick(&a->d, 8) ? PN_DIST_PAID : PN_DIST_UNPAID;
    return act_end(p, pn_dist_confirm(p, &(struct pn_dist_confirm){
        .order = ring_pick(&the->dists, &a->d), .pay_status = {pays}}, &d));
}

int dist_unlock(actor *a)
{
    pn_dist d;
    pn *p = agent(a);
    return act_end(p, pn_dist_unlock(p, &(struct pn_dist_unlock){
        .order = ring_pick(&the->dists, &a->d)}, &d));
}

int dist_refund(actor *a)
{
    pn_dist d;
    pn *p = agent(a);
    const char *seat = "1";
    struct pn_dist_refund in = {.order = ring_pick(&the->dists, &a->d)};
    if (pick(&a->d, 2))
        in.seats = (pn_texts){&seat, 1};
    return act_end(p, pn_dist_refund(p, &in, &d));
}

/* ---- withheld tickets, and the cut of the hall ---- */

static const market_session *seated(void)
{
    const market_session *s = shop.session;
    while (!s->numbered)
        s++;
    return s;
}

int hold_place(actor *a)
{
    const market_session *s = pick(&a->d, 3) ? seated() : &shop.session[pick(&a->d, 3)];
    pn_seat_hold h;
    pn *p = act_ops(a);
    const int16_t kind[] = {PN_HOLD_HOUSE, PN_HOLD_WORK, PN_HOLD_GIFT, PN_HOLD_KILL};
    struct pn_seat_hold_place in = {.session = s->id, .kind = {kind[pick(&a->d, 4)]},
        .tier = s->tier[pick(&a->d, 2)], .qty = 1 + pick(&a->d, 8), .reason = "model",
        .expires_at = {pick(&a->d, 2) ? the->now + (1 + pick(&a->d, 30)) * MINUTE : 0}};
    int rc = pn_seat_hold_place(p, &in, &h);
    if (!rc)
        ring_put(&the->holds, h.id);
    return act_end(p, rc);
}

int hold_release(actor *a)
{
    pn_seat_hold h;
    pn *p = act_ops(a);
    return act_end(p, pn_seat_hold_release(p, &(struct pn_seat_hold_release){
        .id = ring_pick(&the->holds, &a->d), .reason = "model"}, &h));
}

/* Some rows of the back go to the front, or come back. */
int zones_again(actor *a)
{
    const market_session *s = seated();
    int rows = pick(&a->d, HALL_ROWS);
    pn_zone_plan z;
    pn *p = act_as(a, 'O', PN_ROLE_OPS, 34);
    const char *front = rows ? pn_printf(p, "A; B/1..%d", rows) : "A";
    const char *back = pn_printf(p, "B/%d..%d", rows + 1, HALL_ROWS);
    pn_zone_ask zone[] = {{"前", s->tier[0], "red", "N", front},
                          {"后", s->tier[1], "blue", "S", back}};
    int rc = pn_zone_plan_draft(p, &(struct pn_zone_plan_draft){.session = s->id,
                                                                .zones = {zone, 2}}, &z);
    act_end(p, rc);
    if (rc)
        return rc;
    p = act_as(a, 'O', PN_ROLE_OPS, 35); /* a second person */
    rc = pn_zone_plan_live(p, &(struct pn_zone_plan_live){.id = z.id, .reason = "model"}, &z);
    return act_end(p, rc);
}
