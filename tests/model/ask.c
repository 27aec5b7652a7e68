/* SPDX-License-Identifier: Apache-2.0 */
/* ask.c — orders asked for: a seed is a whole request (who, what, for whom, under which key), so
 * that anybody can ask again for what another was told, or was not told any more. */
#include <string.h>
#include <time.h>

#include "ask_int.h"

static void id_card(char out[40], unsigned n)
{
    static const int weight[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    snprintf(out, 40, "1101051990%02u%02u%03u", n % 12 + 1, n / 12 % 28 + 1, n / 336 % 1000);
    for (int i = 0; i < 17; i++)
        sum += (out[i] - '0') * weight[i];
    out[17] = "10X98765432"[sum % 11];
    out[18] = 0;
}

static void somebody(dice *d, order_ask *k)
{
    int who = pick(d, PEOPLE), as = pick(d, 10);
    snprintf(k->phone, sizeof k->phone, "139%08d", pick(d, 8) ? who : pick(d, PEOPLE));
    snprintf(k->login, sizeof k->login, "buyer%d", who);
    k->who = as < 5   ? (pn_actor){.kind = 'U', .id = 1000 + who, .roles = PN_ROLE_BUYER}
             : as < 8 ? (pn_actor){.kind = 'O', .id = 31, .roles = PN_ROLE_OPS}
                      : (pn_actor){.kind = 'B', .id = 21, .roles = PN_ROLE_BOXOFFICE};
    k->who.login = k->who.name = k->login;
    k->who.via = "test";
    k->in.phone = k->phone;
    k->in.channel.v = PN_CHANNEL_OWN;
}

static void names(dice *d, order_ask *k, int n)
{
    for (int i = 0; i < n; i++) {
        snprintf(k->name[i], sizeof k->name[i], "观众%d", i);
        id_card(k->doc[i], (unsigned)pick(d, 600));
        k->named[i] = (pn_attendee){k->name[i], {PN_DOC_ID_CARD}, k->doc[i]};
    }
    k->in.attendees = (pn_rows){k->named, (size_t)n};
}

/* Some seats in a row, by their names. */
static int by_name(dice *d, order_ask *k, const market_session *s)
{
    int block = pick(d, 2), row = 1 + pick(d, HALL_ROWS), n = 1 + pick(d, ASK_SEATS);
    int from = 1 + pick(d, ROW_SEATS);
    for (int i = 0; i < n; i++) {
        snprintf(k->seat[i], sizeof k->seat[i], "%c/%d/%d", 'A' + block, row, from + i);
        k->seats[i] = k->seat[i];
    }
    k->in.tier = s->tier[block];
    k->in.qty = n;
    k->in.seats = (pn_texts){k->seats, (size_t)n};
    return n;
}

static int goods(dice *d, order_ask *k, const market_session *s)
{
    int way = pick(d, 20), qty = pick(d, 12) ? 1 + pick(d, 4) : 1 + pick(d, 30);
    if (s->numbered && way > 10)
        return by_name(d, k, s);
    if (s->listings && way < 7) {
        k->in.listing = s->listing[pick(d, s->listings)];
        k->in.qty = qty;
        k->parts = k->in.listing == s->listing[0];
        return qty;
    }
    if (way < 10) {
        int n = 2 + pick(d, 2), seats = 0;
        for (int i = 0; i < n; i++) {
            k->want[i] = (pn_order_want){.tier = s->tier[pick(d, s->tiers)], .qty = 1 + pick(d, 2)};
            seats += k->want[i].qty * (k->want[i].tier == s->tier[2] ? 2 : 1);
        }
        k->in.items = (pn_rows){k->want, (size_t)n};
        return seats;
    }
    int t = pick(d, s->tiers);
    k->in.tier = way == 19 ? (int64_t)999 << 12 | 1 : s->tier[t];
    k->in.qty = qty;
    k->in.accept_split = pick(d, 3) == 0;
    k->in.accept_single = pick(d, 2);
    return qty * (t == 2 ? 2 : 1);
}

/* Some of one tier of which there is plenty: one of a series, see below. */
static int plain(uint64_t seed, dice *d, order_ask *k, const market_session **s)
{
    for (int i = 0; i < shop.sessions; i++)
        if (shop.session[i].plenty)
            *s = &shop.session[i];
    k->in.tier = (*s)->tier[(seed >> 16) % (unsigned)(*s)->tiers];
    k->in.qty = 1 + pick(d, 3);
    return k->in.qty * (k->in.tier == (*s)->tier[2] ? 2 : 1);
}

/* Seeds that end in three zeros and differ in their last two bytes alone are other buyers of one
 * tier: a process knows what it sold a moment ago. */
uint64_t ask_series(uint64_t seed, int i)
{
    return (seed & ~UINT64_C(0xffff)) | (uint64_t)(i & 0x1fff) << 3;
}

void ask_make(uint64_t seed, order_ask *k)
{
    static const char *student[] = {"STUDENT"};
    dice d = {seed};
    *k = (order_ask){0};
    const market_session *s = &shop.session[pick(&d, shop.sessions)];
    somebody(&d, k);
    int seats = seed % 8 ? goods(&d, k, s) : plain(seed, &d, k, &s);
    k->parts = k->parts || !s->resold;
    if (!strcmp(s->realname, "TICKET") || !strcmp(s->realname, "STRICT"))
        names(&d, k, seats < ASK_NAMES ? seats : ASK_NAMES);
    else if (!strcmp(s->realname, "ORDER"))
        names(&d, k, 1);
    if (pick(&d, 2))
        k->in.confirm = (pn_texts){student, 1};
    static const int ways[] = {PN_DELIVERY_ETICKET, PN_DELIVERY_ETICKET, PN_DELIVERY_ONSITE,
                               PN_DELIVERY_EXPRESS};
    k->in.delivery.v = (int16_t)ways[pick(&d, 4)];
    if (k->in.delivery.v == PN_DELIVERY_EXPRESS && pick(&d, 20)) {
        k->in.receiver = "韩梅";
        k->in.region = "上海市";
        k->in.street = "南京东路100号";
    }
    if (pick(&d, 40) == 0)
        k->in.expect_fen.fen = 1;
    snprintf(k->key, sizeof k->key, "model-%016llx", (unsigned long long)seed);
    k->keyed = run.fire || pick(&d, 2);
}

asked *ask_note(uint64_t seed, const order_ask *k)
{
    int64_t i = the->asks++;
    if (i >= ASKED_MAX) {
        the->asks = ASKED_MAX;
        blame("more orders were asked for than the board has room for");
        return NULL;
    }
    asked *a = &the->ask[i];
    *a = (asked){.seed = seed, .at = the->now, .keyed = k->keyed};
    a->state = ASKED_SENT;
    return a;
}

void ring_put(ring *r, int64_t id)
{
    r->id[r->n++ % RING] = id;
}

int64_t ring_pick(ring *r, dice *d)
{
    uint64_t n = r->n;
    return n ? r->id[roll(d) % (n < RING ? n : RING)] : 0;
}

void ask_told(asked *a, const order_ask *k, int rc, const pn_order *o)
{
    if (!a)
        return;
    a->order = rc ? 0 : o->id;
    a->state = rc ? ASKED_REFUSED : ASKED_TOLD;
    if (rc)
        return;
    ring_put(&the->orders, o->id);
    if (k->parts)
        ring_put(&the->parts, o->id);
}

bool cut_off(int rc)
{
    return rc == PN_EDATABASE || rc == PN_EAMBIGUOUS || rc == PN_EBUSY || rc == PN_ETIMEOUT;
}

/* One try: a unit of its own, as who asked. */
static int once(pn_ctx *ctx, const order_ask *k, pn_order *o, char *words, size_t size)
{
    pn *p = pn_begin(ctx);
    pn_act_as(p, &k->who);
    pn_set_now(p, (pn_time){the->now});
    pn_key(p, k->keyed ? k->key : NULL);
    int rc = pn_order_submit(p, &k->in, o);
    snprintf(words, size, "%s", rc ? pn_error(p)->message : "");
    pn_end(p);
    return rc;
}

int ask_until_told(pn_ctx *ctx, const order_ask *k, pn_order *o, char *words, size_t size)
{
    int rc = once(ctx, k, o, words, size);
    for (int i = 0; run.fire && cut_off(rc) && i < 600; i++) {
        nanosleep(&(struct timespec){0, 50 * 1000000}, NULL);
        rc = once(ctx, k, o, words, size);
    }
    return rc;
}

void ask_again(pn_ctx *ctx, asked *a, bool was_cut_off)
{
    order_ask k;
    pn_order o = {0}, twin = {0};
    char words[300];
    ask_make(a->seed, &k);
    if (was_cut_off) {
        int rc = ask_until_told(ctx, &k, &o, words, sizeof words);
        if (cut_off(rc))
            blame("an order that was cut off stays without an answer: %s", words);
        ask_told(a, &k, rc, &o);
        if (rc)
            return;
    }
    int rc = ask_until_told(ctx, &k, &twin, words, sizeof words);
    if (rc || twin.id != a->order)
        blame("key %s was answered with order %lld, later with %lld (%s %s)", k.key,
              (long long)a->order, (long long)twin.id, pn_code_name((pn_code)rc), words);
}
