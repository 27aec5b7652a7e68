/* SPDX-License-Identifier: Apache-2.0 */
/* rush.c — tickets of an activity, thousands of requests at a time.
 *
 * What a request may be refused for without any lock is told first: the clock, the token, an
 * activity that has nothing left. The others lock the tier's stock, and under it the activity, its
 * guests and its offers are read once for all; then the order of arrival decides. */
#include "order/rush.h"

#include <string.h>

#include "order/mine_int.h"
#include "order/reserve_int.h"
#include "order/send_int.h"
#include "base/policy_int.h"
#include "promo/seckill_int.h"

static int oom(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* ---- what can be told without a lock ---- */

typedef struct look {
    int no;
    int64_t id, user_id, tier_id;
    pn_word kind, state;
    pn_money price_fen;
    int left, limit_qty;
    pn_time open_at, close_at;
    bool offered;
} look;
#define L(f, ...) PN_COL(look, f, #f, __VA_ARGS__)
static PN_TYPE(look_in_t, "rush.look_in", look, L(no), L(id), L(user_id));
static PN_TYPE(look_t, "rush.look", look, L(no), L(id), L(tier_id),
    L(kind, .words = pn_seckill_kinds), L(state, .words = pn_seckill_states), L(price_fen),
    L(left), L(limit_qty), L(open_at), L(close_at), L(offered));
#undef L
/* What others wait for is not left; an offer is for who it was made to. */
#define LEFT                                                                                       \
    "case when exists (select from seckill_wait w where w.sk = a.sk and w.seckill_id = a.id"       \
    "  and w.state = 'WAITING') then 0 else a.stock - a.taken - a.offered end as left"
static const pn_sql look_sql = {"rush_look", &look_in_t, &look_t,
    "select u.no, a.id, a.tier_id, a.kind, a.state, a.price_fen, a.limit_qty, a.open_at,"
    " a.close_at, " LEFT ", exists (select from seckill_wait w where w.sk = a.sk"
    "  and w.seckill_id = a.id and w.user_id = u.user_id and w.state = 'OFFERED'"
    "  and w.offered_until > :now) as offered"
    " from unnest(:no, :id, :user_id) u(no, id, user_id)"
    " join seckill a on a.sk = (u.id & 4095)::int and a.id = u.id order by u.no", .array = true};

/* ---- under the lock ---- */

typedef struct live { int64_t id; int left; pn_word state; } live;
static PN_TYPE(live_in_t, "rush.live_in", live, PN_COL(live, id, "id"));
static PN_TYPE(live_t, "rush.live", live, PN_COL(live, id, "id"), PN_COL(live, left, "left"),
    PN_COL(live, state, "state", .words = pn_seckill_states));
static const pn_sql live_sql = {"rush_live", &live_in_t, &live_t,
    "select a.id, a.state, " LEFT " from seckill a where a.sk = :id# and a.id = :id"
    " for update of a", false};

typedef struct guest { int64_t id, user_id; pn_bytes key; int qty, add, cap; } guest;
static PN_TYPE(guest_t, "rush.guest", guest, PN_COL(guest, id, "id"), PN_COL(guest, key, "key"),
    PN_COL(guest, qty, "qty"), PN_COL(guest, add, "add"), PN_COL(guest, cap, "cap"));
static const pn_sql guests_sql = {"rush_guests", &guest_t, &guest_t,
    "select g.seckill_id as id, g.key, g.qty from unnest(:id, :key) u(id, key)"
    " join seckill_guest g on g.sk = (u.id & 4095)::int and g.seckill_id = u.id and g.key = u.key",
    .array = true};
static PN_TYPE(offer_t, "rush.offer", guest, PN_COL(guest, id, "id"),
    PN_COL(guest, user_id, "user"));
static const pn_sql offers_sql = {"rush_offers", &offer_t, &offer_t,
    "select w.seckill_id as id, w.user_id from unnest(:id, :user_id) u(id, user_id)"
    " join seckill_wait w on w.sk = (u.id & 4095)::int and w.seckill_id = u.id"
    "  and w.user_id = u.user_id where w.state = 'OFFERED' and w.offered_until > :now",
    .array = true};
static const pn_sql accept_sql = {"rush_accept", &offer_t, NULL,
    "with w as (update seckill_wait w set state = 'TAKEN' from unnest(:id, :user_id) u(id, user_id)"
    "  where w.sk = (u.id & 4095)::int and w.seckill_id = u.id and w.user_id = u.user_id"
    "   and w.state = 'OFFERED' returning w.seckill_id)"
    " update seckill a set offered = a.offered - x.n from (select w.seckill_id,"
    "  count(*)::int as n from w group by w.seckill_id) x"
    " where a.sk = (x.seckill_id & 4095)::int and a.id = x.seckill_id", .array = true};
static const pn_sql guests_put_sql = {"rush_guests_put", &guest_t, NULL,
    "insert into seckill_guest as g (sk, seckill_id, key, qty, cap)"
    " select (u.id & 4095)::int, u.id, u.key, u.n, u.cap"
    " from unnest(:id, :key, :add, :cap) u(id, key, n, cap) order by u.id, u.key"
    " on conflict (sk, seckill_id, key) do update set qty = g.qty + excluded.qty,"
    "  cap = excluded.cap", .array = true};

/* ---- one request among others ---- */

enum { GUEST_KEYS = PNI_KEYS_MAX + 2 };

typedef struct taking {
    const struct pn_rush_take *in;
    const char *phone;
    look *a;
    pn_order_want want;
    pni_ask ask;
    pni_deal deal;
    pn_bytes key[GUEST_KEYS]; /* the buyer's identities, the device, the address */
    const char *of[GUEST_KEYS]; /* the input that tells it */
    size_t keys;
    pn_bytes device, address;
} taking;

typedef struct rush {
    pni_sale sale;
    pni_map live, guests, offers; /* by activity, by activity and key, by activity and account */
    pni_reserve *reserve;
    guest *accepted;
    size_t n, taken_offers;
    int64_t hold_min, rush_min;
} rush;

static int all_taken(pn *p)
{
    pn_fail(p, PN_ESTOCK, "qty", "%s", pn_tr("Everything of this activity is taken"));
    return pn_hint(p, "%s", pn_tr("What is not paid comes back: seckill wait"));
}

static int may_ask(pn *p, const taking *x)
{
    const look *a = x->a;
    const char *token;
    int qty = x->in->qty ? x->in->qty : 1;
    PN_TRY(pni_seckill_person(p));
    PN_TRY(pni_seckill_rate(p));
    if (!a || a->state.v == PN_SECKILL_DRAFT)
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no activity %lld"),
                       (long long)x->in->id);
    int when = pni_seckill_when(pn_now(p), a->state, a->open_at, a->close_at);
    if (when == PNI_SECKILL_EARLY) {
        pn_fail(p, PN_ESTATE, "id", "%s", pn_tr("The activity has not opened"));
        return pn_hint(p, pn_tr("It opens in %lld seconds; nothing is queued before"),
                       (long long)((a->open_at.us - pn_now(p).us + 999999) / 1000000));
    }
    if (when == PNI_SECKILL_OVER) {
        pn_fail(p, PN_EEXPIRED, "id", "%s", pn_tr("The activity is over"));
        return pn_hint(p, "%s", pn_tr("Order at the ordinary price: order submit"));
    }
    if (a->kind.v == PN_SECKILL_SECKILL) {
        PN_TRY(pni_seckill_token(p, a->id, &token));
        if (!x->in->token || strcmp(token, x->in->token) != 0) {
            pn_fail(p, PN_EPERM, "token", "%s", pn_tr("This is not your token of the activity"));
            return pn_hint(p, "%s", pn_tr("It is given before the opening: seckill register"));
        }
    }
    if (qty > a->limit_qty) {
        pn_fail(p, PN_ELIMIT, "qty", pn_tr("At most %d of this activity for one buyer"),
                a->limit_qty);
        return pn_hint(p, "%s", pn_tr("Take fewer"));
    }
    return a->left > 0 || a->offered ? 0 : all_taken(p);
}

static bool same(pn_bytes a, pn_bytes b)
{
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

static void add_key(taking *x, pn_bytes key, const char *of)
{
    x->key[x->keys] = key;
    x->of[x->keys++] = of;
}

/* Whose share it is: also of the device, which its login stands for where no app names it, and of
 * where it is sent. */
static int keys_of(pn *p, taking *x)
{
    const pni_buyer *b = &x->deal.buyer;
    const char *device = x->in->device;
    if (!device && pn_who(p)->token && !(device = pn_printf(p, "login %lld",
                                                             (long long)pn_who(p)->token)))
        return oom(p);
    for (size_t i = 0; i < b->keys; i++)
        add_key(x, b->key[i], same(b->key[i], pni_limit_key(b->phone_hash)) ? "phone"
                              : i && b->people == 1          ? "attendees"
                                                             : "qty");
    if (device) {
        PN_TRY(pni_pii_hash(p, "seckill.device", device, &x->device));
        add_key(x, x->device, "device");
    }
    x->address = x->deal.target.hash;
    if (x->address.len)
        add_key(x, x->address, x->in->address ? "address" : "street");
    return 0;
}

static int prepare(pn *p, const rush *r, taking *x)
{
    PN_TRY(may_ask(p, x));
    bool sk = x->a->kind.v == PN_SECKILL_SECKILL;
    x->want = (pn_order_want){.tier = x->a->tier_id, .qty = x->in->qty ? x->in->qty : 1,
                              .listing = x->a->tier_id};
    x->ask = (pni_ask){
        .want = &x->want, .wants = 1, .delivery = x->in->delivery,
        .channel = {PN_CHANNEL_OWN}, .buyer_name = x->in->buyer_name, .phone = x->phone,
        .attendees = x->in->attendees, .to = PNI_TO_OF(x->in),
        .activity_fen = x->a->price_fen, .fixed = true, .hold_min = sk ? r->hold_min : r->rush_min};
    return pni_deal_check(p, &x->ask, &x->deal);
}

static int look_up(pn *p, const pn_batch *b, taking *all)
{
    look *ask = pn_alloc(p, (b->n + 1) * sizeof *ask);
    const char **phone = pn_alloc(p, (b->n + 1) * sizeof *phone);
    pn_rows rows;
    if (!ask || !phone)
        return oom(p);
    for (size_t i = 0; i < b->n; i++) {
        pn_for(p, b, i);
        all[i].in = b->req[i]->in;
        phone[i] = all[i].in->phone;
        ask[i] = (look){.no = (int)i, .id = all[i].in->id, .user_id = pn_who(p)->id};
    }
    PN_TRY(pn_exec_many(p, &look_sql, ask, b->n, &rows));
    pn_each(look, a, &rows)
        all[a->no].a = a;
    PN_TRY(pni_account_phones(p, b, phone));
    for (size_t i = 0; i < b->n; i++)
        all[i].phone = phone[i];
    return 0;
}

/* ---- what is read once for all of them ---- */

static const char *key_of(pn *p, int64_t id, pn_bytes key)
{
    return pni_sale_key(p, id, key);
}

static const char *person_of(pn *p, int64_t id, int64_t user)
{
    return pn_printf(p, "%llx %llx", (long long)id, (long long)user);
}

static int keep_lives(pn *p, rush *r, pn_rows *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        live *a = rows[i].row;
        const char *name = rows[i].n ? pn_printf(p, "%llx", (long long)a->id) : "";
        if (!name)
            return oom(p);
        if (rows[i].n)
            PN_TRY(pni_map_put(&r->live, name, a));
    }
    return 0;
}

static int keep_people(pn *p, rush *r, const pn_rows *guests, const pn_rows *offers)
{
    pn_each(guest, g, guests)
    {
        const char *key = key_of(p, g->id, g->key);
        PN_TRY(key ? pni_map_put(&r->guests, key, g) : oom(p));
    }
    pn_each(guest, o, offers)
    {
        const char *key = person_of(p, o->id, o->user_id);
        PN_TRY(key ? pni_map_put(&r->offers, key, o) : oom(p));
    }
    return 0;
}

/* Activities in ascending order, each locked by a statement of its own. */
static int lock_all(pn *p, rush *r, const pn_batch *b, taking *all)
{
    size_t n = 0, keys = 0, people = 0;
    int64_t *id = pn_alloc(p, (b->n + 1) * sizeof *id);
    pn_rows *rows = pn_alloc(p, (b->n + 1) * sizeof *rows), guests = {0}, offers = {0};
    guest *g = pn_alloc(p, (b->n * GUEST_KEYS + 1) * sizeof *g),
          *o = pn_alloc(p, (b->n + 1) * sizeof *o);
    if (!id || !rows || !g || !o)
        return oom(p);
    for (size_t i = 0; i < b->n; i++) {
        const taking *x = &all[i];
        if (b->req[i]->rc)
            continue;
        size_t at = 0;
        while (at < n && id[at] < x->a->id)
            at++;
        if (at == n || id[at] != x->a->id) {
            memmove(id + at + 1, id + at, (n - at) * sizeof *id);
            id[at] = x->a->id;
            n++;
        }
        for (size_t k = 0; k < x->keys; k++)
            g[keys++] = (guest){.id = x->a->id, .key = x->key[k]};
        o[people++] = (guest){.id = x->a->id, .user_id = x->deal.buyer.user_id};
    }
    for (size_t i = 0; i < n; i++)
        PN_TRY(pn_queue(p, &live_sql, &(live){.id = id[i]}, 0, &rows[i], NULL));
    PN_TRY(pn_queue(p, &guests_sql, g, keys, &guests, NULL));
    PN_TRY(pn_queue(p, &offers_sql, o, people, &offers, NULL));
    PN_TRY(pn_sync(p));
    PN_TRY(keep_lives(p, r, rows, n));
    return keep_people(p, r, &guests, &offers);
}

/* ---- deciding ---- */

static int may_have(pn *p, const rush *r, const taking *x)
{
    for (size_t i = 0; i < x->keys; i++) {
        const char *key = key_of(p, x->a->id, x->key[i]);
        const guest *g = key ? pni_map_get(&r->guests, key) : NULL;
        if (!key)
            return oom(p);
        if (!g || g->qty + g->add + x->want.qty <= x->a->limit_qty)
            continue;
        pn_fail(p, PN_ELIMIT, x->of[i], pn_tr("At most %d of this activity for one buyer"),
                x->a->limit_qty);
        return pn_hint(p, "%s", pn_tr("An account, a telephone number, a document, a device and "
                                      "an address count each"));
    }
    return 0;
}

static int count(pn *p, rush *r, const taking *x)
{
    for (size_t i = 0; i < x->keys; i++) {
        const char *key = key_of(p, x->a->id, x->key[i]);
        guest *g = key ? pni_map_get(&r->guests, key) : NULL;
        if (key && !g && (g = pn_alloc(p, sizeof *g))) {
            *g = (guest){.id = x->a->id, .key = x->key[i]};
            PN_TRY(pni_map_put(&r->guests, key, g));
        }
        if (!g)
            return oom(p);
        g->add += x->want.qty;
        g->cap = x->a->limit_qty;
    }
    return 0;
}

static int decide(pn *p, rush *r, taking *x, guest **offer)
{
    const char *name = pn_printf(p, "%llx", (long long)x->a->id);
    const char *mine = person_of(p, x->a->id, x->deal.buyer.user_id);
    if (!name || !mine)
        return oom(p);
    live *a = pni_map_get(&r->live, name);
    *offer = pni_map_get(&r->offers, mine);
    if (!a || a->state.v == PN_SECKILL_ENDED) {
        pn_fail(p, PN_EEXPIRED, "id", "%s", pn_tr("The activity is over"));
        return pn_hint(p, "%s", pn_tr("Order at the ordinary price: order submit"));
    }
    PN_TRY(may_have(p, r, x));
    if (*offer && x->want.qty > 1) {
        pn_fail(p, PN_ECOUNT, "qty", "%s", pn_tr("One ticket was offered to you"));
        return pn_hint(p, "%s", pn_tr("Take one"));
    }
    if (!*offer && a->left < x->want.qty)
        return all_taken(p);
    PN_TRY(pni_sale_lend(&r->sale, &x->deal, x->want.qty));
    if (!*offer)
        a->left -= x->want.qty;
    return 0;
}

static int accept(pn *p, rush *r, taking *x, guest *offer, pn_order *out)
{
    PN_TRY(pni_sale_take(&r->sale, &x->deal, out));
    PN_TRY(count(p, r, x));
    r->reserve[r->n++] = (pni_reserve){.order_id = out->id, .source_id = x->a->id,
        .tier_id = x->a->tier_id, .source = "SECKILL", .qty = x->want.qty,
        .device = x->device, .address = x->address};
    if (!offer)
        return 0;
    const char *mine = person_of(p, offer->id, offer->user_id);
    r->accepted[r->taken_offers++] = *offer;
    return mine ? pni_map_put(&r->offers, mine, NULL) : oom(p);
}

static int write(pn *p, rush *r)
{
    guest *g = pn_alloc(p, (r->guests.n + 1) * sizeof *g);
    size_t n = 0;
    if (!g)
        return oom(p);
    for (size_t i = 0; i < r->guests.cap; i++) {
        const guest *of = r->guests.slots[i].value;
        if (of && of->add)
            g[n++] = *of;
    }
    PN_TRY(pni_sale_write(&r->sale));
    if (r->taken_offers)
        PN_TRY(pn_queue(p, &accept_sql, r->accepted, r->taken_offers, NULL, NULL));
    PN_TRY(pn_queue(p, &guests_put_sql, g, n, NULL, NULL));
    return pni_reserve_put(p, r->reserve, r->n);
}

static int begin(pn *p, rush *r, size_t n)
{
    *r = (rush){.live = {.p = p}, .guests = {.p = p}, .offers = {.p = p},
                .reserve = pn_alloc(p, n * sizeof *r->reserve),
                .accepted = pn_alloc(p, n * sizeof *r->accepted)};
    if (!r->reserve || !r->accepted)
        return oom(p);
    PN_TRY(pni_policy(p, "seckill.hold_min", &r->hold_min));
    return pni_policy(p, "seckill.rush_min", &r->rush_min);
}

/* What is told and counted before anything is locked. */
static int sift(pn *p, const pn_batch *b, rush *r, taking *all)
{
    PN_TRY(begin(p, r, b->n));
    PN_TRY(look_up(p, b, all));
    for (size_t i = 0; i < b->n; i++) {
        pn_for(p, b, i);
        b->req[i]->rc = prepare(p, r, &all[i]);
    }
    return pni_seckill_rates(p, b);
}

static int take(pn *p, const pn_batch *b)
{
    taking *all = pn_alloc(p, b->n * sizeof *all);
    pni_deal **deal = pn_alloc(p, b->n * sizeof *deal);
    rush r;
    size_t deals = 0;
    if (!all || !deal)
        return oom(p);
    bool apart = pni_apart(p, true);
    int rc = sift(p, b, &r, all);
    if (apart)
        pni_apart(p, false);
    PN_TRY(rc);
    for (size_t i = 0; i < b->n; i++)
        if (!b->req[i]->rc)
            deal[deals++] = &all[i].deal;
    if (!deals)
        return 0;
    PN_TRY(pni_sale_read(p, &r.sale, deal, deals, PNI_TO_SELL));
    for (size_t i = 0; i < b->n; i++) {
        pn_for(p, b, i);
        if (!b->req[i]->rc)
            PN_TRY(keys_of(p, &all[i]));
    }
    PN_TRY(lock_all(p, &r, b, all));
    for (size_t i = 0; i < b->n; i++) {
        guest *offer = NULL;
        pn_for(p, b, i);
        if (b->req[i]->rc)
            continue;
        b->req[i]->rc = decide(p, &r, &all[i], &offer);
        if (!b->req[i]->rc)
            PN_TRY(accept(p, &r, &all[i], offer, b->req[i]->out));
    }
    return r.n ? write(p, &r) : 0;
}

#define T(f, label, ...) PN_COL(struct pn_rush_take, f, label, __VA_ARGS__)
static PN_TYPE(take_t, "rush.take", struct pn_rush_take,
    T(id, N_("Activity"), .flags = PN_REQ | PN_ARG, .ref = "seckill"),
    T(qty, N_("Quantity"), .flags = PN_OPT, .min = 1, .max = 100, .hint = N_("Default: 1")),
    T(token, N_("Token"), .max = 64, .hint = N_("From seckill register")),
    T(device, N_("Device"), .max = 100, .hint = N_("What the app is known by; default: the login")),
    T(buyer_name, N_("Buyer"), .flags = PN_PII, .max = 60),
    T(phone, N_("Telephone"), .flags = PN_PII, .max = 20,
      .hint = N_("default: the account's")),
    T(delivery, N_("Delivery"), .words = pn_deliveries),
    T(attendees, N_("Attendees"), .of = &pni_attendee_t,
      .hint = N_("Name, document type and number of each person")),
    PNI_SEND_TO(struct pn_rush_take));
#undef T

PN_OP_MANY(rush, take, pn_order, .brief = N_("Take tickets of a seckill or rush sale"),
           .help = N_("The order of arrival decides. What is not paid in time is offered to those "
                      "who wait."),
           .in = &take_t, .out = &pn_order_t, .may = PN_ROLE_BUYER,
           .flags = PN_WRITE | PN_ONCE | PN_MANY,
           .example = "pn rush take 65537 --phone 13800001234")

const pn_module pn_rush_module = {
    "rush", N_("Taking tickets of activities"), .ops = PN_LIST(pn_op, &rush_take_op),
    .sql = PN_LIST(pn_sql, &look_sql, &live_sql, &guests_sql, &offers_sql, &accept_sql,
                   &guests_put_sql)};
