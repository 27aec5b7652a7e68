/* SPDX-License-Identifier: Apache-2.0 */
/* sale.c — what a set of requests needs to know, read in one round trip, their lots locked. */
#include <stdlib.h>
#include <string.h>

#include "base/policy_int.h"
#include "catalog/tier.h"
#include "order/send_int.h"

PN_TYPE(pni_tier_no_t, "order.of_tier", pni_tier_no, PN_COL(pni_tier_no, tier, N_("Tier")));

#define O(field) PN_COL(pni_offer, field, #field)
static PN_TYPE(offer_t, "order.offer", pni_offer,
    O(tier_id), O(session_id), O(show_id), O(organiser), O(tier), O(show), O(venue),
    O(face_price_fen), O(combo_n),
    PN_COL(pni_offer, special_kind, "", .words = pn_special_kinds), O(hidden),
    O(takes_express), O(takes_eticket), O(takes_onsite), O(takes_code),
    O(sale_from), O(sale_to), O(sale_at), O(stop_sale_at), O(start_at),
    O(session_status), O(show_status), O(realname), O(limit_order), O(limit_user));
#undef O

const pn_sql pni_sale_rules_sql = {"sale_rules", NULL, &pni_policy_row_t,
    PNI_POLICY_ROWS("'order.hold_min', 'order.hold_tail_min', 'order.hold_pos_min',"
                    " 'delivery.express_fen', 'deliver.handling_h', 'deliver.eta_h',"
                    " 'deliver.express_h', 'deliver.lead_h'")};

/* Buckets with holds that ran out. The oldest are enough: one plan fits, however many wait. */
enum { RAN_OUT_MAX = 200 };
typedef struct ran_out { int sk; bool by_owner; } ran_out;
static PN_TYPE(ran_out_t, "order.ran_out", ran_out, PN_COL(ran_out, sk, "sk"),
    PN_COL(ran_out, by_owner, "by_owner"));
const pn_sql pni_sale_due_sql = {"sale_due", NULL, &ran_out_t,
    "(select d.sk, false as by_owner from order_due d where d.due_at <= :now order by d.due_at"
    "  limit 200) union all (select e.sk, true from seat_hold_due e where e.due_at <= :now"
    "  order by e.due_at limit 200)"};

const pn_sql pni_sale_offers_sql = {"sale_offers", &pni_tier_no_t, &offer_t,
    "select t.id as tier_id, t.session_id, s.show_id, coalesce(h.organiser_id, 0) as organiser,"
    "  t.name as tier, h.title as show, v.name as venue, t.face_price_fen, t.combo_n,"
    "  t.special_kind,"
    "  t.hidden, 'EXPRESS' = any (s.delivery_types) as takes_express,"
    "  'ETICKET' = any (s.delivery_types) as takes_eticket,"
    "  'ONSITE' = any (s.delivery_types) as takes_onsite,"
    "  'CODE' = any (s.delivery_types) as takes_code,"
    "  t.sale_from, t.sale_to, s.sale_at, s.stop_sale_at, s.start_at,"
    "  s.status as session_status, h.status as show_status, h.realname_mode as realname,"
    "  h.purchase_limit_order as limit_order, h.purchase_limit_user as limit_user"
    " from unnest(:tier) u(tier) join tier t on t.id = u.tier"
    " join session s on s.id = t.session_id join show h on h.id = s.show_id"
    " join venue v on v.id = h.venue_id order by t.id", .array = true};

typedef struct of_listing { int64_t listing, tier; } of_listing;
static PN_TYPE(of_listing_t, "order.of_listing", of_listing,
    PN_COL(of_listing, listing, N_("Listing")), PN_COL(of_listing, tier, N_("Tier")));
const pn_sql pni_sale_listings_sql = {"sale_listings", &of_listing_t, &of_listing_t,
    "select l.id as listing, l.tier_id as tier from unnest(:listing) u(listing)"
    " join listing l on l.sk = (u.listing & 4095)::int and l.id = u.listing", .array = true};

/* Tiers that are worth more than one asked for, the nearest first. */
const pn_sql pni_sale_better_sql = {"sale_better", &pni_tier_no_t, &of_listing_t,
    "select m.id as listing, t.id as tier from unnest(:tier) u(tier) join tier m on m.id = u.tier"
    " join tier t on t.session_id = m.session_id and t.combo_n = m.combo_n and not t.hidden"
    "  and t.face_price_fen > m.face_price_fen order by m.id, t.face_price_fen, t.id",
    .array = true};

typedef struct of_key { int64_t tier; pn_bytes key; } of_key;
static PN_TYPE(of_key_t, "order.of_key", of_key, PN_COL(of_key, tier, N_("Tier")),
    PN_COL(of_key, key, N_("Key")));
#define C(field) PN_COL(pni_count, field, #field)
static PN_TYPE(count_t, "order.buyer_count", pni_count, C(session_id), C(buyer), C(qty),
    C(cool_until));
#undef C
/* One look-up a row: a join would read everybody who ever bought. */
const pn_sql pni_sale_counts_sql = {"sale_counts", &of_key_t, &count_t,
    "select b.session_id, b.buyer, b.qty, b.cool_until from unnest(:tier, :key) u(tier, key)"
    " join tier t on t.id = u.tier cross join lateral (select b.session_id, b.buyer, b.qty,"
    "  b.cool_until from buyer_count b where b.sk = (t.session_id & 4095)::int"
    "  and b.session_id = t.session_id and b.buyer = u.key limit 1) b", .array = true};
const pn_sql pni_sale_docs_sql = {"sale_docs", &of_key_t, &count_t,
    "select d.session_id, d.doc_hash as buyer from unnest(:tier, :key) u(tier, key)"
    " join tier t on t.id = u.tier cross join lateral (select d.session_id, d.doc_hash"
    "  from session_doc d where d.sk = (t.session_id & 4095)::int"
    "  and d.session_id = t.session_id and d.doc_hash = u.key limit 1) d", .array = true};

static int oom(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static int by_tier(const void *a, const void *b)
{
    const pni_tier_no *x = a, *y = b;
    return (x->tier > y->tier) - (x->tier < y->tier);
}

/* The tiers of all requests, sorted, each once. */
static int tiers_of(pn *p, pni_deal *const d[], size_t n, pni_tier_no **out, size_t *count)
{
    size_t all = 0, kept = 0;
    for (size_t i = 0; i < n; i++)
        all += d[i]->wants + d[i]->betters;
    pni_tier_no *t = pn_alloc(p, (all + 1) * sizeof *t);
    if (!t)
        return oom(p);
    all = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < d[i]->wants; k++)
            t[all++].tier = d[i]->want[k].tier;
        for (size_t k = 0; k < d[i]->betters; k++)
            t[all++].tier = d[i]->better[k];
    }
    qsort(t, all, sizeof *t, by_tier);
    for (size_t i = 0; i < all; i++)
        if (!kept || t[kept - 1].tier != t[i].tier)
            t[kept++] = t[i];
    *out = t;
    *count = kept;
    return 0;
}

static int queue_people(pn *p, pni_deal *const d[], size_t n, pn_rows *counts, pn_rows *docs)
{
    size_t keys = 0, people = 0;
    for (size_t i = 0; i < n; i++) {
        keys += d[i]->buyer.keys;
        people += d[i]->buyer.people;
    }
    of_key *k = pn_alloc(p, (keys + people + 1) * sizeof *k), *q = k + keys;
    if (!k)
        return oom(p);
    keys = people = 0;
    for (size_t i = 0; i < n; i++) {
        const pni_buyer *b = &d[i]->buyer;
        for (size_t m = 0; m < b->keys; m++)
            k[keys++] = (of_key){d[i]->want->tier, b->key[m]};
        for (size_t m = 0; m < b->people; m++)
            q[people++] = (of_key){d[i]->want->tier, b->person[m].hash};
    }
    if (keys)
        PN_TRY(pn_queue(p, &pni_sale_counts_sql, k, keys, counts, NULL));
    return people ? pn_queue(p, &pni_sale_docs_sql, q, people, docs, NULL) : 0;
}

const char *pni_sale_key(pn *p, int64_t session, pn_bytes who)
{
    const char *hex = pni_hex(p, who);
    return hex ? pn_printf(p, "%llx%s", (long long)session, hex) : NULL;
}

static int keep(pni_map *m, const pn_rows *rows)
{
    pn_each(pni_count, c, rows)
    {
        const char *key = pni_sale_key(m->p, c->session_id, c->buyer);
        PN_TRY(key ? pni_map_put(m, key, c) : oom(m->p));
        c->kept = true;
    }
    return 0;
}

static int by_id(const void *a, const void *b)
{
    const pni_offer *x = a, *y = b;
    return (x->tier_id > y->tier_id) - (x->tier_id < y->tier_id);
}

const pni_offer *pni_sale_offer(const pni_sale *s, int64_t tier)
{
    pni_offer key = {.tier_id = tier};
    return s->offers ? bsearch(&key, s->offer, s->offers, sizeof key, by_id) : NULL;
}

typedef struct of_own { int64_t sk; pn_texts sessions, keys; } of_own;
static PN_TYPE(of_own_t, "order.of_own", of_own, PN_COL(of_own, sk, N_("Bucket")),
    PN_COL(of_own, sessions, N_("Session")), PN_COL(of_own, keys, N_("Key")));
/* Those that are not there yet, too: whoever has counted such a one may wait for one of others. */
const pn_sql pni_sale_own_sql = {"sale_own_counts", &of_own_t, NULL,
    "insert into buyer_count as b (sk, session_id, buyer, qty, cap)"
    " select distinct :sk::int, u.s, u.buyer, 0, 0"
    " from unnest((:sessions)::bigint[], (:keys)::bytea[]) u(s, buyer) where u.s & 4095 = :sk"
    " order by u.s, u.buyer on conflict (sk, session_id, buyer) do update set qty = b.qty", false};

/* The counts that these requests will change, before any of others are locked with what ran out. */
static int lock_own(pni_sale *s, pni_deal *const d[], size_t n, const pni_tier_no *t, size_t tiers)
{
    size_t most = n * PNI_KEYS_MAX + 1;
    of_own in = {0, {pn_alloc(s->p, most * sizeof *in.sessions.v), 0},
                 {pn_alloc(s->p, most * sizeof *in.keys.v), 0}};
    if (!in.sessions.v || !in.keys.v)
        return oom(s->p);
    for (size_t i = 0; i < n; i++) {
        const pni_offer *o = pni_sale_offer(s, d[i]->want->tier);
        const char *session = o ? pn_printf(s->p, "%lld", (long long)o->session_id) : NULL;
        if (o && !session)
            return oom(s->p);
        for (size_t k = 0; o && k < d[i]->buyer.keys; k++) {
            in.sessions.v[in.sessions.n++] = session;
            if (!(in.keys.v[in.keys.n++] = pni_hex(s->p, d[i]->buyer.key[k])))
                return oom(s->p);
        }
    }
    for (size_t i = 0; in.keys.n && i < tiers; i++) {
        if (i && pn_sk(t[i - 1].tier) == pn_sk(t[i].tier))
            continue;
        in.sk = pn_sk(t[i].tier);
        PN_TRY(pn_exec(s->p, &pni_sale_own_sql, &in, NULL));
    }
    return 0;
}

/* Holds by owner that ran out, of the sessions of these lots. */
static int sweep_holds(pni_sale *s, bool *swept)
{
    int64_t last = 0, done = 0;
    for (size_t i = 0; i < s->offers; i++) {
        const pni_offer *o = &s->offer[i];
        if (o->holds_due && o->session_id != last)
            PN_TRY(pni_seat_holds_near(s->p, o->session_id, &done));
        last = o->session_id;
    }
    *swept |= done > 0;
    return 0;
}

/* Holds that ran out count no more, whether or not the job came by: those of our own lots are
 * released before anything is decided. */
static int sweep(pni_sale *s, pni_deal *const d[], size_t of, const pni_tier_no *t, size_t n,
                 bool *swept)
{
    pn_texts lots = {pn_alloc(s->p, (s->lots + 1) * sizeof *lots.v), s->lots};
    *swept = false;
    for (size_t i = 0; lots.v && i < s->lots; i++)
        if (!(lots.v[i] = pn_printf(s->p, "%lld", (long long)s->lot[i].lot_id)))
            lots.v = NULL;
    if (!lots.v)
        return oom(s->p);
    for (size_t i = 0; i < s->offers; i++)
        *swept |= s->offer[i].due;
    if (*swept)
        PN_TRY(lock_own(s, d, of, t, n));
    for (size_t i = 0; i < n; i++) {
        const pni_offer *o = pni_sale_offer(s, t[i].tier);
        if (!o || !o->due || (i && pn_sk(t[i - 1].tier) == pn_sk(t[i].tier)))
            continue;
        int64_t done = 200;
        while (done == 200)
            PN_TRY(pni_hold_sweep(s->p, pn_sk(t[i].tier), lots, &done));
    }
    return sweep_holds(s, swept);
}

/* A line that names a listing alone is of its tier; of none, when there is no such listing. */
static int name_tiers(pn *p, pni_deal *const d[], size_t n)
{
    size_t unnamed = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d[i]->wants; k++)
            unnamed += !d[i]->want[k].tier;
    if (!unnamed)
        return 0;
    of_listing *of = pn_alloc(p, unnamed * sizeof *of);
    pn_rows rows = {0};
    if (!of)
        return oom(p);
    unnamed = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d[i]->wants; k++)
            if (!d[i]->want[k].tier)
                of[unnamed++].listing = d[i]->want[k].listing;
    PN_TRY(pn_exec_many(p, &pni_sale_listings_sql, of, unnamed, &rows));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d[i]->wants; k++)
            pn_each(of_listing, x, &rows)
                if (!d[i]->want[k].tier && x->listing == d[i]->want[k].listing)
                    d[i]->want[k].tier = x->tier;
    return 0;
}

static void add_better(pni_deal *d, int64_t tier)
{
    for (size_t i = 0; i < d->betters; i++)
        if (d->better[i] == tier)
            return;
    if (d->betters < PNI_BETTER_MAX)
        d->better[d->betters++] = tier;
}

/* For those who would take a better one, too. */
static int better_tiers(pn *p, pni_deal *const d[], size_t n)
{
    size_t asked = 0;
    pn_rows rows = {0};
    for (size_t i = 0; i < n; i++)
        asked += d[i]->ask->upgrade ? d[i]->wants : 0;
    if (!asked)
        return 0;
    pni_tier_no *t = pn_alloc(p, asked * sizeof *t);
    if (!t)
        return oom(p);
    asked = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; d[i]->ask->upgrade && k < d[i]->wants; k++)
            t[asked++].tier = d[i]->want[k].tier;
    PN_TRY(pn_exec_many(p, &pni_sale_better_sql, t, asked, &rows));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; d[i]->ask->upgrade && k < d[i]->wants; k++)
            pn_each(of_listing, x, &rows)
                if (x->listing == d[i]->want[k].tier)
                    add_better(d[i], x->tier);
    return 0;
}

/* Beyond so many all count as due. */
static void by_due(pni_sale *s, const pn_rows *rows)
{
    int n[2] = {0};
    pn_each(ran_out, r, rows)
        n[r->by_owner]++;
    for (pni_offer *o = s->offer; o < s->offer + s->offers; o++) {
        o->due = n[false] >= RAN_OUT_MAX;
        o->holds_due = n[true] >= RAN_OUT_MAX;
        pn_each(ran_out, r, rows)
            *(r->by_owner ? &o->holds_due : &o->due) |= r->sk == pn_sk(o->tier_id);
    }
}

static void by_rules(pni_sale *s, const pn_rows *rules)
{
    const pni_offer r = {
        .hold_min = pni_policy_of(rules, "order.hold_min"),
        .hold_tail_min = pni_policy_of(rules, "order.hold_tail_min"),
        .hold_pos_min = pni_policy_of(rules, "order.hold_pos_min"),
        .express_fen = pni_policy_of(rules, "delivery.express_fen"),
        .handling_h = pni_policy_of(rules, "deliver.handling_h"),
        .eta_h = pni_policy_of(rules, "deliver.eta_h"),
        .express_h = pni_policy_of(rules, "deliver.express_h"),
        .lead_h = pni_policy_of(rules, "deliver.lead_h")};
    for (pni_offer *o = s->offer; o < s->offer + s->offers; o++) {
        o->hold_min = r.hold_min;
        o->hold_tail_min = r.hold_tail_min;
        o->hold_pos_min = r.hold_pos_min;
        o->express_fen = r.express_fen;
        o->handling_h = r.handling_h;
        o->eta_h = r.eta_h;
        o->express_h = r.express_h;
        o->lead_h = r.lead_h;
    }
}

int pni_sale_read(pn *p, pni_sale *s, pni_deal *const d[], size_t n, enum pni_purpose purpose)
{
    pni_tier_no *t = NULL;
    size_t tiers = 0, buckets = 0;
    pn_rows offers = {0}, rules = {0}, due = {0}, lots = {0}, counts = {0}, docs = {0};
    pn_rows *locked = NULL;
    const pn_sql *look = purpose == PNI_TO_TELL ? &pni_sale_look_sql : &pni_sale_lots_sql;
    bool lock = purpose == PNI_TO_SELL, swept = false;
    *s = (pni_sale){.p = p, .locked = lock, .alone = n == 1, .counts = {.p = p}, .docs = {.p = p},
                    .purses = {.p = p}};
    PN_TRY(name_tiers(p, d, n));
    PN_TRY(better_tiers(p, d, n));
    PN_TRY(pni_send_read(p, d, n));
    PN_TRY(tiers_of(p, d, n, &t, &tiers));
    if (!tiers)
        return 0;
    if (lock)
        PN_TRY(pni_lots_lock(p, t, tiers, &locked, &buckets));
    if (purpose == PNI_TO_TRY)
        PN_TRY(pni_known_ask(s, d, n));
    PN_TRY(pn_queue(p, &pni_sale_offers_sql, t, tiers, &offers, NULL));
    PN_TRY(pn_queue(p, &pni_sale_rules_sql, NULL, 0, &rules, NULL));
    PN_TRY(pn_queue(p, &pni_sale_due_sql, NULL, 0, &due, NULL));
    PN_TRY(pn_queue(p, look, t, tiers, &lots, NULL));
    PN_TRY(queue_people(p, d, n, &counts, &docs));
    PN_TRY(pn_sync(p));
    s->offer = offers.row;
    s->offers = offers.n;
    by_rules(s, &rules);
    by_due(s, &due);
    PN_TRY(pni_lots_gather(s, &lots, locked, buckets));
    if (lock && s->lots)
        PN_TRY(sweep(s, d, n, t, tiers, &swept));
    if (swept) { /* what they freed */
        PN_TRY(pn_queue(p, look, t, tiers, &lots, NULL));
        PN_TRY(queue_people(p, d, n, &counts, &docs));
        PN_TRY(pn_sync(p));
        PN_TRY(pni_lots_gather(s, &lots, locked, buckets));
    }
    PN_TRY(keep(&s->counts, &counts));
    return keep(&s->docs, &docs);
}

/* How many tickets of a tier are asked for. */
static int64_t asked(pni_deal *const d[], size_t n, const pni_offer *o)
{
    int64_t all = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d[i]->wants; k++)
            if (d[i]->want[k].tier == o->tier_id)
                all += (int64_t)d[i]->want[k].qty * o->combo_n;
    return all;
}

bool pni_sale_plenty(const pni_sale *s, pni_deal *const d[], size_t n)
{
    enum { TIMES = 4 };
    for (size_t i = 0; i < s->offers; i++)
        if (s->offer[i].due || s->offer[i].holds_due)
            return false;
    for (size_t i = 0; i < s->lots; i++) {
        const pni_lot *l = &s->lot[i];
        const pni_offer *o = pni_sale_offer(s, l->tier_id);
        if (l->merchant_id || l->seat_stamp || !o || l->free < TIMES * asked(d, n, o))
            return false;
    }
    return true;
}
