/* SPDX-License-Identifier: Apache-2.0 */
/* act.c — what actors do, by chance, to orders of their own and of each other. Each kind of
 * operation says which refusals are its business; any other answer is a fault. */
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "act_int.h"
#include "base/job.h"
#include "base/outbox_int.h"
#include "catalog/session.h"
#include "goods/stock.h"
#include "order/payment_int.h"

enum { BATCH = 64, SLOW_MS = 30000 };

pn *act_as(actor *a, char kind, uint32_t roles, int64_t id)
{
    pn *p = pn_begin(a->ctx);
    pn_act_as(p, &(pn_actor){.kind = kind, .id = id, .login = "model", .name = "model",
                             .roles = roles, .via = "test"});
    pn_set_now(p, (pn_time){the->now});
    return p;
}
static pn *desk(actor *a)
{
    return act_as(a, 'B', PN_ROLE_BOXOFFICE, 21);
}
pn *act_ops(actor *a)
{
    return act_as(a, 'O', PN_ROLE_OPS, 31 + pick(&a->d, 3));
}
pn *act_worker(actor *a)
{
    return act_as(a, 'S', PN_ROLE_SYSTEM, 0);
}

/* The words of what an operation refused, for whoever finds that wrong. */
static _Thread_local char words[300];
int act_end(pn *p, int rc)
{
    snprintf(words, sizeof words, "%s", rc ? pn_error(p)->message : "");
    pn_end(p);
    return rc;
}

/* ---- buying ---- */

static int buy_by(actor *a, uint64_t seed)
{
    order_ask k;
    pn_order o = {0};
    ask_make(seed, &k);
    asked *noted = ask_note(seed, &k);
    int rc = ask_until_told(a->ctx, &k, &o, words, sizeof words);
    ask_told(noted, &k, rc, &o);
    return rc;
}

static int buy(actor *a)
{
    return buy_by(a, roll(&a->d));
}

static bool may_refuse_order(int rc);

/* One after another, of one tier. */
static int buy_series(actor *a)
{
    uint64_t seed = roll(&a->d);
    int n = 1 + pick(&a->d, 8), rc = 0;
    for (int i = 0; i < n; i++) {
        rc = buy_by(a, ask_series(seed, i));
        if (!may_refuse_order(rc))
            return rc;
    }
    the->calls += n - 1;
    the->answers += n - 1;
    the->done += n - 1;
    return rc;
}

/* One more round trip for what a batch could not answer. */
static void answer_one(actor *a, asked *noted, const order_ask *k, const pn_request *r)
{
    pn_order o = {0};
    int rc = r->rc;
    if (!rc)
        o = *(const pn_order *)r->out;
    else
        snprintf(words, sizeof words, "%s", r->err.message);
    if (run.fire && cut_off(rc))
        rc = ask_until_told(a->ctx, k, &o, words, sizeof words);
    ask_told(noted, k, rc, &o);
    if (!may_refuse_order(rc))
        blame("order.submit in a batch: %s %s (seed %016llx)", pn_code_name((pn_code)rc), words,
              (unsigned long long)noted->seed);
    the->refusals += rc != 0;
}

static int buy_batch(actor *a)
{
    static _Thread_local order_ask k[BATCH];
    static _Thread_local pn_order out[BATCH];
    pn_request r[BATCH] = {0};
    asked *noted[BATCH];
    int n = 1 + pick(&a->d, BATCH);
    for (int i = 0; i < n; i++) {
        uint64_t seed = roll(&a->d);
        ask_make(seed, &k[i]);
        if (!(noted[i] = ask_note(seed, &k[i])))
            return 0;
        r[i] = (pn_request){.actor = &k[i].who, .key = k[i].keyed ? k[i].key : NULL,
                            .in = &k[i].in, .out = &out[i]};
    }
    the->calls += n - 1;
    pn *p = act_ops(a);
    int rc = pn_call_requests(p, pn_op_find("order", "submit"), r, (size_t)n);
    for (int i = 0; i < n; i++)
        answer_one(a, noted[i], &k[i], &r[i]);
    the->answers += n - 1;
    the->done += n - 1;
    return act_end(p, rc);
}

/* The same request under the same key: the same answer. */
static int buy_again(actor *a)
{
    int64_t n = the->asks < ASKED_MAX ? the->asks : ASKED_MAX;
    asked *k = n ? &the->ask[n - 1 - pick(&a->d, (int)(n < 400 ? n : 400))] : NULL;
    if (!k || k->state != ASKED_TOLD || !k->keyed || the->now - k->at > 70 * HOUR)
        return 0;
    ask_again(a->ctx, k, false);
    return 0;
}

/* Another request under a used key. */
static int buy_other(actor *a)
{
    order_ask k;
    pn_order o;
    int64_t n = the->asks < ASKED_MAX ? the->asks : ASKED_MAX;
    asked *used = n ? &the->ask[n - 1 - pick(&a->d, (int)(n < 400 ? n : 400))] : NULL;
    if (!used || used->state != ASKED_TOLD || !used->keyed || the->now - used->at > 70 * HOUR)
        return 0;
    ask_make(used->seed, &k);
    k.in.buyer_name = "别人";
    int rc = ask_until_told(a->ctx, &k, &o, words, sizeof words);
    if (rc != PN_EREPLAY && !(run.fire && cut_off(rc)))
        blame("a used key took another request: %s %s", pn_code_name((pn_code)rc), words);
    return 0;
}

/* ---- an order's life ---- */

static int pay_cash(actor *a)
{
    pn_payment y;
    pn *p = desk(a);
    return act_end(p, pn_payment_cash(p, &(struct pn_payment_cash){
        .order = ring_pick(&the->orders, &a->d)}, &y));
}

static int pay_create(actor *a)
{
    pn_payment y;
    pn *p = act_ops(a);
    int rc = pn_payment_create(p, &(struct pn_payment_create){ring_pick(&the->orders, &a->d),
                                                              {PN_PAY_SIMULATED}}, &y);
    if (!rc)
        ring_put(&the->payments, y.id);
    return act_end(p, rc);
}

static int pay_simulate(actor *a)
{
    pn_payment y;
    pn *p = act_ops(a);
    return act_end(p, pn_payment_simulate(p, &(struct pn_payment_simulate){
        ring_pick(&the->payments, &a->d), {pick(&a->d, 12) ? 0 : 77}}, &y));
}

/* Right, wrong, twice, too late: whatever a provider may tell. */
static int pay_notice(actor *a)
{
    int64_t id = ring_pick(&the->payments, &a->d);
    pn_payment_result r;
    pn_payment y;
    pn *p = act_worker(a);
    int rc = pn_payment_show(p, &(struct pn_payment_show){id}, &y);
    if (rc)
        return act_end(p, rc);
    struct pn_payment_notify n = {.method = {PN_PAY_SIMULATED}, .payment = id,
        .notice_id = pn_printf(p, "N%lld-%d", (long long)id, pick(&a->d, 3)),
        .provider_no = pn_printf(p, "T%lld-%d", (long long)id, pick(&a->d, 8) == 0),
        .amount_fen = {y.amount_fen.fen - (pick(&a->d, 12) == 0)}};
    rc = pni_notice_sign(p, &n, &n.signature);
    return act_end(p, rc ? rc : pn_payment_notify(p, &n, &r));
}

static int cancel(actor *a)
{
    pn_order o;
    pn *p = act_ops(a);
    return act_end(p, pn_order_cancel(p, &(struct pn_order_cancel){
        .id = ring_pick(&the->orders, &a->d)}, &o));
}

static int extend(actor *a)
{
    pn_order o;
    pn *p = act_ops(a);
    return act_end(p, pn_order_extend(p, &(struct pn_order_extend){
        ring_pick(&the->orders, &a->d)}, &o));
}

/* Few addresses, so that those who share one meet. */
static int redirect(actor *a)
{
    pn_order_target t;
    pn *p = act_ops(a);
    struct pn_order_redirect in = {.id = ring_pick(&the->orders, &a->d), .receiver = "模型",
        .receiver_phone = pn_printf(p, "138%08d", pick(&a->d, 9)), .region = "上海市",
        .street = pn_printf(p, "南京东路%d号", pick(&a->d, 9))};
    return act_end(p, pn_order_redirect(p, &in, &t));
}

static int show(actor *a)
{
    pn_order_detail o;
    pn *p = act_ops(a);
    return act_end(p, pn_order_show(p, &(struct pn_order_show){
        ring_pick(&the->orders, &a->d)}, &o));
}

static int quote(actor *a)
{
    order_ask k;
    pn_quote q;
    pn *p = act_ops(a);
    ask_make(roll(&a->d), &k);
    return act_end(p, pn_order_quote(p, &(struct pn_order_quote){.tier = k.in.tier,
        .listing = k.in.listing, .qty = k.in.qty, .items = k.in.items, .delivery = k.in.delivery,
        .channel = k.in.channel, .confirm = k.in.confirm, .accept_split = k.in.accept_split}, &q));
}

static int handover(actor *a)
{
    pn_order o;
    pn *p = desk(a);
    return act_end(p, pn_order_handover(p, &(struct pn_order_handover){
        .id = ring_pick(&the->orders, &a->d)}, &o));
}

/* ---- money back ---- */

static int refund_of(actor *a, const struct pn_refund_apply *in)
{
    pn_refund r;
    pn *p = act_ops(a);
    int rc = pn_refund_apply(p, in, &r);
    if (!rc)
        ring_put(&the->refunds, r.id);
    return act_end(p, rc);
}

static int refund_all(actor *a)
{
    bool forced = pick(&a->d, 4) == 0;
    return refund_of(a, &(struct pn_refund_apply){.order = ring_pick(&the->orders, &a->d),
                                                  .forced = forced,
                                                  .note = forced ? "model" : NULL});
}

static int refund_seats(actor *a)
{
    const char *seat[] = {"1", "2"};
    return refund_of(a, &(struct pn_refund_apply){.order = ring_pick(&the->parts, &a->d),
                                                  .seats = {seat, 1 + (size_t)pick(&a->d, 2)}});
}

static int refund_decide(actor *a)
{
    pn_refund r;
    pn *p = act_ops(a);
    int64_t id = ring_pick(&the->refunds, &a->d);
    return act_end(p, pick(&a->d, 3)
                      ? pn_refund_approve(p, &(struct pn_refund_approve){.id = id}, &r)
                      : pn_refund_reject(p, &(struct pn_refund_reject){id, "model"}, &r));
}

/* ---- those who keep the shop ---- */

static int time_passes(actor *a)
{
    the->now += pick(&a->d, 40) ? (1 + pick(&a->d, 60)) * INT64_C(1000000) : 16 * MINUTE;
    return 0;
}

static int run_job(actor *a)
{
    static const char *const name[] = {
        "hold_expire", "hold_expire", "refund_retry", "pay_poll", "pay_simulated", "grab_wake",
        "grab_match", "grab_deadline", "group_expire", "seckill_step", "seat_hold_expire",
        "listing_follow"};
    enum { JOBS = sizeof name / sizeof *name };
    pn_job_result r = {0};
    pn *p = act_worker(a);
    int rc = pn_job_run(p, &(struct pn_job_run){name[pick(&a->d, JOBS)], true}, &r);
    if (!rc && r.error && !run.fire)
        blame("job %s: %s", r.name, r.error);
    return act_end(p, rc);
}

static int relay(actor *a)
{
    int64_t done;
    pn *p = act_worker(a);
    return act_end(p, pni_outbox_relay(p, &done));
}

static int stock(actor *a)
{
    const market_session *s = &shop.session[pick(&a->d, shop.sessions)];
    int64_t tier = s->tier[pick(&a->d, s->tiers)];
    pn_stock out;
    pn *p = act_ops(a);
    return act_end(p, pick(&a->d, 2)
                      ? pn_stock_add(p, &(struct pn_stock_add){tier, pick(&a->d, 9) - 4, "model"},
                                     &out)
                      : pn_stock_set(p, &(struct pn_stock_set){tier, 30 + pick(&a->d, 20),
                                                               "model"}, &out));
}

/* Of those offers whose quantities may change: the first and the students'. */
static int64_t free_offer(actor *a)
{
    const market_session *s = &shop.session[0];
    while (!s->resold || !pick(&a->d, 2))
        s = &shop.session[pick(&a->d, shop.sessions)];
    return s->listing[pick(&a->d, 2) * 4];
}

static int offer_change(actor *a)
{
    pn_listing l;
    pn *p = act_ops(a);
    struct pn_listing_change in = {.id = free_offer(a), .reason = "model"};
    if (pick(&a->d, 2))
        in.qty = 15 + pick(&a->d, 25);
    else
        in.ask_fen.fen = 20000 + 100 * pick(&a->d, 100);
    return act_end(p, pn_listing_change(p, &in, &l));
}

static int offer_turn(actor *a)
{
    pn_listing l;
    pn *p = act_ops(a);
    int64_t id = free_offer(a);
    return act_end(p, pick(&a->d, 3)
                      ? pn_listing_resume(p, &(struct pn_listing_resume){.id = id}, &l)
                      : pn_listing_pause(p, &(struct pn_listing_pause){.id = id}, &l));
}

static int session_turn(actor *a)
{
    const market_session *s = &shop.session[pick(&a->d, shop.sessions)];
    pn_session out;
    if (s->frozen || !s->open)
        return 0;
    pn *p = act_ops(a);
    return act_end(p, pick(&a->d, 4)
                      ? pn_session_resume(p, &(struct pn_session_resume){s->id, "model"}, &out)
                      : pn_session_suspend(p, &(struct pn_session_suspend){s->id, "model"},
                                           &out));
}

/* ---- which, how often, and what may be refused ---- */

#define M(code) (UINT64_C(1) << PN_E##code)
#define ORDER_REFUSALS                                                                             \
    (M(STOCK) | M(LIMIT) | M(COUNT) | M(NONE) | M(STATE) | M(CONFLICT) | M(REALNAME) |             \
     M(REALNAME_DUP) | M(SPLIT) | M(SINGLE) | M(SPECIAL) | M(DELIVERY) | M(NO_MATCH) | M(ARG) |    \
     M(SEAT_TAKEN) | M(ADDRESS))
#define ORDERS offsetof(board, orders)
#define PARTS offsetof(board, parts)
#define PAYMENTS offsetof(board, payments)
#define REFUNDS offsetof(board, refunds)
#define ORDER_STATES (M(STATE) | M(EXPIRED) | M(NONE) | M(LIMIT))

static const struct {
    const char *name;
    int weight;
    int (*run)(actor *a);
    uint64_t refusals;
    size_t needs; /* a ring that is not empty; 0: nothing */
} kinds[] = {
    {"buy", 26, buy, ORDER_REFUSALS, 0},
    {"series", 3, buy_series, ORDER_REFUSALS, 0},
    {"batch", 3, buy_batch, 0, 0},
    {"again", 4, buy_again, 0, 0},
    {"other", 1, buy_other, 0, 0},
    {"cash", 10, pay_cash, ORDER_STATES, ORDERS},
    {"create", 8, pay_create, ORDER_STATES | M(ARG), ORDERS},
    {"simulate", 6, pay_simulate, ORDER_STATES, PAYMENTS},
    {"notice", 6, pay_notice, M(BUSY) | M(NONE), PAYMENTS},
    {"cancel", 5, cancel, ORDER_STATES, ORDERS},
    {"extend", 1, extend, ORDER_STATES, ORDERS},
    {"redirect", 1, redirect, ORDER_STATES | M(ADDRESS) | M(DELIVERY), ORDERS},
    {"show", 2, show, 0, ORDERS},
    {"quote", 3, quote, ORDER_REFUSALS | M(EXPIRED), 0},
    {"handover", 2, handover, ORDER_STATES | M(CONFLICT), ORDERS},
    {"refund", 3, refund_all, ORDER_STATES | M(CONFLICT), ORDERS},
    {"refund seats", 3, refund_seats, ORDER_STATES | M(CONFLICT) | M(ARG), PARTS},
    {"decide", 2, refund_decide, ORDER_STATES | M(CONFLICT) | M(DUAL), REFUNDS},
    {"time", 2, time_passes, 0, 0},
    {"job", 2, run_job, M(STATE), 0},
    {"relay", 1, relay, 0, 0},
    {"stock", 2, stock, M(STOCK) | M(ARG) | M(CONFLICT) | M(STATE) | M(CAP), 0},
    {"offer", 2, offer_change, M(RATE) | M(STOCK) | M(STATE) | M(CONFLICT) | M(ARG), 0},
    {"pause", 2, offer_turn, M(STATE) | M(CONFLICT), 0},
    {"session", 1, session_turn, M(STATE) | M(CONFLICT) | M(EXPIRED), 0},
    {"grab", 4, grab_wish, ORDER_REFUSALS | M(CAP), 0},
    {"raise", 2, grab_raise, ORDER_STATES | M(ARG), offsetof(board, grabs)},
    {"ungrab", 1, grab_cancel, ORDER_STATES, offsetof(board, grabs)},
    {"assist", 2, grab_assist, ORDER_STATES | M(EXISTS) | M(PERM), offsetof(board, grabs)},
    {"group", 5, group_join, ORDER_REFUSALS | M(EXISTS) | M(EXPIRED), 0},
    {"quit", 1, group_quit, ORDER_STATES | M(CONFLICT), offsetof(board, groups)},
    {"activity", 1, activity_make, M(STOCK) | M(STATE) | M(ARG) | M(CAP) | M(EXPIRED), 0},
    {"take", 5, activity_take, ORDER_REFUSALS | M(EXPIRED) | M(PERM) | M(RATE),
     offsetof(board, activities)},
    {"wait", 1, activity_wait, ORDER_STATES | M(ARG), offsetof(board, activities)},
    {"over", 1, activity_end, M(STATE), offsetof(board, activities)},
    {"lock", 3, dist_lock, ORDER_REFUSALS | M(EXISTS) | M(QUOTA) | M(EXPIRED), 0},
    {"confirm", 2, dist_confirm, ORDER_STATES | M(CONFLICT) | M(BALANCE),
     offsetof(board, dists)},
    {"unlock", 1, dist_unlock, ORDER_STATES | M(CONFLICT), offsetof(board, dists)},
    {"dist back", 1, dist_refund, ORDER_STATES | M(CONFLICT) | M(ARG), offsetof(board, dists)},
    {"hold", 2, hold_place, M(STOCK) | M(CAP) | M(STATE) | M(ARG) | M(NONE), 0},
    {"unhold", 1, hold_release, M(STATE) | M(NONE), offsetof(board, holds)},
    {"zones", 1, zones_again, M(STATE) | M(CONFLICT) | M(CAP), 0},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static bool may_refuse_order(int rc)
{
    return rc == 0 || (rc < 64 && (ORDER_REFUSALS & UINT64_C(1) << rc));
}

const char *act_name(int i)
{
    return i < KINDS ? kinds[i].name : NULL;
}

static int64_t mono_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void act(actor *a)
{
    int all = 0, i = 0;
    for (int k = 0; k < KINDS; k++)
        all += kinds[k].weight;
    for (int at = pick(&a->d, all); at >= kinds[i].weight; i++)
        at -= kinds[i].weight;
    if (kinds[i].needs && !((ring *)((char *)the + kinds[i].needs))->n)
        return;
    the->calls++;
    int64_t before = mono_ms();
    int rc = kinds[i].run(a);
    if (mono_ms() - before > SLOW_MS && !run.fire)
        blame("%s took %lld ms", kinds[i].name, (long long)(mono_ms() - before));
    the->answers++;
    the->refusals += rc != 0;
    the->did[i]++;
    the->granted[i] += !rc;
    the->done++;
    bool expected = !rc || (rc < 64 && (kinds[i].refusals & UINT64_C(1) << rc)) ||
                    (run.fire && cut_off(rc));
    if (!expected)
        blame("%s: %s: %s", kinds[i].name, pn_code_name((pn_code)rc), words);
}

void act_slice(actor *a, uint64_t seed)
{
    a->d.state = mix(mix(seed, (uint64_t)a->no), (uint64_t)a->life);
    a->ctx = model_ctx(2);
    while (the->done < the->target && !the->failed)
        act(a);
    pn_ctx_close(a->ctx);
}
