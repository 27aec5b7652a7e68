/* SPDX-License-Identifier: Apache-2.0 */
/* dist_lock.c — distributors lock tickets, however many of them at a time.
 *
 * The terms of the contracts are read first, then the lots are locked, then, under the locks, what
 * was locked before: the quota used and the numbers known. Everybody who changes a quota locks the
 * lot, so what is read then stays true until the commit. */
#include <string.h>

#include "channel/agency.h"
#include "channel/channel_int.h"
#include "order/dist_int.h"
#include "order/reserve_int.h"
#include "order/send_int.h"

static int oom(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* ---- the contract ---- */

typedef struct terms {
    int no;
    int64_t staff, channel, tier, agency, mine;
    const char *state, *phone, *agency_state;
    pn_word price_mode;
    int commission_bp, refund_fee_bp, ttl_min, ttl_max_min, combo_n;
    bool refundable;
    pn_time valid_from, valid_to;
    pn_money face_fen, net_fen;
} terms;
#define T(f, ...) PN_COL(terms, f, #f, __VA_ARGS__)
static PN_TYPE(terms_in_t, "dist.terms_in", terms, T(no), T(staff), T(tier),
    T(channel, .flags = PN_OPT), T(agency, .flags = PN_OPT));
static PN_TYPE(terms_t, "dist.terms", terms, T(no), T(tier), T(channel, .flags = PN_OPT),
    T(agency, .flags = PN_OPT), T(mine, .flags = PN_OPT), T(state), T(phone), T(agency_state),
    T(price_mode, .words = pn_agency_prices), T(commission_bp), T(refund_fee_bp), T(ttl_min),
    T(ttl_max_min), T(combo_n), T(refundable), T(valid_from), T(valid_to), T(face_fen),
    T(net_fen, .flags = PN_OPT));
#undef T
/* Of several contracts that cover the tier, the newest that is in force. */
const pn_sql pni_dist_terms_sql = {"dist_terms", &terms_in_t, &terms_t,
    "select u.no, u.tier, c.id as channel, m.channel_id as mine, c.state, c.phone, g.id as agency,"
    " g.state as agency_state, g.price_mode, coalesce(g.commission_bp, 0) as commission_bp,"
    " coalesce(g.refund_fee_bp, 0) as refund_fee_bp, coalesce(g.ttl_min, 1) as ttl_min,"
    " coalesce(g.ttl_max_min, 1) as ttl_max_min, coalesce(t.combo_n, 1) as combo_n,"
    " coalesce(g.refundable, false) as refundable, g.valid_from, g.valid_to,"
    " coalesce(t.face_price_fen, 0) as face_fen, g.net_fen"
    " from unnest(:no, :staff, :channel, :tier, :agency) u(no, staff, channel, tier, agency)"
    " left join channel_member m on m.staff_id = u.staff"
    " left join channel c on c.id = coalesce(u.channel, m.channel_id)"
    " left join tier t on t.id = u.tier"
    " left join lateral (select g.id, g.state, g.price_mode, g.commission_bp, g.refund_fee_bp,"
    "   g.ttl_min, g.ttl_max_min, g.refundable, g.valid_from, g.valid_to, q.net_fen"
    "  from agency g join agency_quota q on q.sk = (u.tier & 4095)::int and q.agency_id = g.id"
    "   and q.tier_id = u.tier where g.channel_id = c.id and (u.agency is null or g.id = u.agency)"
    "  order by g.state = 'ACTIVE' and g.valid_from <= :now and g.valid_to > :now desc, g.id desc"
    "  limit 1) g on true order by u.no", .array = true};

typedef struct state {
    int no;
    int64_t channel, tier, agency, known, known_tier;
    const char *ext_no;
    int left, known_qty;
    bool dedicated;
} state;
#define S(f, ...) PN_COL(state, f, #f, __VA_ARGS__)
static PN_TYPE(state_in_t, "dist.state_in", state, S(no), S(channel), S(tier), S(agency),
    S(ext_no));
static PN_TYPE(state_t, "dist.state", state, S(no), S(left), S(dedicated),
    S(known, .flags = PN_OPT), S(known_tier, .flags = PN_OPT), S(known_qty, .flags = PN_OPT));
#undef S
const pn_sql pni_dist_state_sql = {"dist_state", &state_in_t, &state_t,
    "select u.no, coalesce(q.total - q.used, 0) as left, coalesce(q.dedicated, false) as dedicated,"
    " d.target_id as known, d.tier_id as known_tier, d.qty as known_qty"
    " from unnest(:no, :channel, :tier, :agency, :ext_no) u(no, channel, tier, agency, ext_no)"
    " left join agency_quota q on q.sk = (u.tier & 4095)::int and q.agency_id = u.agency"
    "  and q.tier_id = u.tier"
    " left join channel_ext d on d.sk = (u.channel & 4095)::int and d.channel_id = u.channel"
    "  and d.ext_no = u.ext_no order by u.no", .array = true};

#define O(f, ...) PN_COL(pni_channel_order, f, #f, __VA_ARGS__)
static PN_TYPE(channel_order_t, "dist.channel_order", pni_channel_order, O(order_id), O(channel_id),
    O(agency_id, .flags = PN_OPT), O(tier_id, .flags = PN_OPT), O(ext_no), O(refundable),
    O(refund_fee_bp), O(qty, .flags = PN_OPT));
#undef O
const pn_sql pni_channel_order_put_sql = {"channel_order_put", &channel_order_t, NULL,
    "insert into channel_order (sk, order_id, channel_id, agency_id, ext_no, refundable,"
    "  refund_fee_bp) select (u.o & 4095)::int, u.o, u.c, u.a, u.ext, u.back, u.fee"
    " from unnest(:order_id, :channel_id, :agency_id, :ext_no, :refundable, :refund_fee_bp)"
    "  u(o, c, a, ext, back, fee)", .array = true};
const pn_sql pni_channel_ext_put_sql = {"channel_ext_put", &channel_order_t, NULL,
    "insert into channel_ext (sk, channel_id, ext_no, target_id, tier_id, qty)"
    " select (u.c & 4095)::int, u.c, u.ext, u.o, u.tier, u.qty"
    " from unnest(:order_id, :channel_id, :ext_no, :tier_id, :qty) u(o, c, ext, tier, qty)"
    " order by u.c, u.ext", .array = true};

/* ---- one request among others ---- */

typedef struct locking {
    const struct pn_dist_lock *in;
    terms *t;
    state *s, *quota; /* quota: the row that counts for all requests of one contract and tier */
    int64_t channel;
    pn_order_want want;
    pni_ask ask;
    pni_deal deal;
    size_t first; /* 1 + the request of the batch that had the number first */
} locking;

/* What a distributor pays for a ticket. */
static int64_t price_of(const terms *t)
{
    return t->price_mode.v == PN_AGENCY_NET ? t->net_fen.fen
                                            : t->face_fen.fen - pni_bp(t->face_fen.fen,
                                                                       t->commission_bp);
}

static int may_lock(pn *p, locking *x)
{
    const terms *t = x->t;
    int64_t now = pn_now(p).us;
    PN_TRY(pni_channel_may(p, t->mine, x->in->channel, &x->channel));
    if (!t->channel || strcmp(t->state, "ACTIVE") != 0) {
        pn_fail(p, PN_ESTATE, "channel", "%s", pn_tr("The channel is stopped"));
        return pn_hint(p, "%s", pn_tr("Operations takes it up again: channel edit"));
    }
    if (!t->agency) {
        pn_fail(p, PN_ENONE, "tier", "%s", pn_tr("No contract of the channel covers this tier"));
        return pn_hint(p, "%s", pn_tr("Operations adds tiers to a contract: agency quota"));
    }
    if (strcmp(t->agency_state, "ACTIVE") != 0 || now >= t->valid_to.us) {
        pn_fail(p, PN_EEXPIRED, "agency", "%s", pn_tr("The contract has ended"));
        return pn_hint(p, "%s", pn_tr("Operations makes a new one: agency create"));
    }
    if (now < t->valid_from.us) {
        pn_fail(p, PN_ESTATE, "agency", "%s", pn_tr("The contract has not begun"));
        return pn_hint(p, "%s", pn_tr("See from when it is valid: agency show"));
    }
    if (t->combo_n != 1)
        return pn_fail(p, PN_EARG, "tier", "%s", pn_tr("Bundles are not sold by distributors"));
    if (x->in->ttl_min > t->ttl_max_min) {
        pn_fail(p, PN_ECAP, "ttl_min", pn_tr("A lock lasts at most %d minutes"), t->ttl_max_min);
        return pn_hint(p, "%s", pn_tr("Ask for fewer, or leave it out for the contract's own"));
    }
    x->want = (pn_order_want){.tier = t->tier, .qty = x->in->qty, .listing = t->tier};
    x->ask = (pni_ask){
        .kind = "DIST", .state = "DIST_LOCKED", .event = "lock", .want = &x->want, .wants = 1,
        .delivery = x->in->delivery, .channel = {PN_CHANNEL_AGENT}, .fixed = true,
        .unlimited = true, .buyer_name = x->in->buyer_name,
        .phone = x->in->phone ? x->in->phone : t->phone && *t->phone ? t->phone : NULL,
        .ext_no = x->in->third_order_no, .attendees = x->in->attendees,
        .expect_fen = x->in->expect_fen, .off_fen = {t->face_fen.fen - price_of(t)},
        .to = PNI_TO_OF(x->in),
        .hold_min = x->in->ttl_min ? x->in->ttl_min : t->ttl_min};
    return pni_deal_check(p, &x->ask, &x->deal);
}

static int read_terms(pn *p, const pn_batch *b, locking *all)
{
    terms *ask = pn_alloc(p, (b->n + 1) * sizeof *ask);
    pn_rows rows;
    if (!ask)
        return oom(p);
    for (size_t i = 0; i < b->n; i++) {
        pn_for(p, b, i);
        all[i].in = b->req[i]->in;
        ask[i] = (terms){.no = (int)i, .staff = pn_who(p)->id, .channel = all[i].in->channel,
                         .tier = all[i].in->tier, .agency = all[i].in->agency};
    }
    PN_TRY(pn_exec_many(p, &pni_dist_terms_sql, ask, b->n, &rows));
    for (size_t i = 0; i < rows.n; i++)
        all[i].t = (terms *)rows.row + i;
    return 0;
}

/* Requests of one contract and tier share its quota, requests of one number its order. */
static int share(pn *p, pni_map *seen, size_t i, locking *x)
{
    const terms *t = x->t;
    char *quota = pn_printf(p, "q%llx %llx", (long long)t->agency, (long long)t->tier);
    char *number = pn_printf(p, "n%llx %s", (long long)x->channel, x->in->third_order_no);
    if (!quota || !number)
        return oom(p);
    x->quota = pni_map_get(seen, quota);
    if (!x->quota)
        PN_TRY(pni_map_put(seen, quota, x->quota = x->s));
    size_t *first = pni_map_get(seen, number);
    if (first) {
        x->first = *first;
        return 0;
    }
    if (!(first = pn_alloc(p, sizeof *first)))
        return oom(p);
    *first = i + 1;
    return pni_map_put(seen, number, first);
}

static int read_state(pn *p, const pn_batch *b, locking *all)
{
    state *ask = pn_alloc(p, (b->n + 1) * sizeof *ask);
    pn_rows rows = {0};
    pni_map seen = {.p = p};
    size_t n = 0;
    if (!ask)
        return oom(p);
    for (size_t i = 0; i < b->n; i++)
        if (!b->req[i]->rc)
            ask[n++] = (state){.no = (int)i, .channel = all[i].channel, .tier = all[i].t->tier,
                               .agency = all[i].t->agency, .ext_no = all[i].in->third_order_no};
    if (n)
        PN_TRY(pn_exec_many(p, &pni_dist_state_sql, ask, n, &rows));
    pn_each(state, s, &rows)
    {
        all[s->no].s = s;
        PN_TRY(share(p, &seen, (size_t)s->no, &all[s->no]));
    }
    return 0;
}

/* The number is known: the same lock again, or another one under a used number. */
static int replay(pn *p, const locking *x, int64_t order, int64_t tier, int qty, pn_dist *out)
{
    if (tier != x->in->tier || qty != x->in->qty) {
        pn_fail(p, PN_EEXISTS, "third_order_no", pn_tr("Number %s was used for another order"),
                x->in->third_order_no);
        return pn_hint(p, "%s", pn_tr("Give each order a number of its own"));
    }
    return pni_dist_row(p, order, out);
}

static int decide(pn *p, pni_sale *s, locking *x)
{
    if (x->quota->left < x->in->qty) {
        pn_fail(p, PN_EQUOTA, "qty", pn_tr("The contract has %d of this tier left"),
                x->quota->left);
        return pn_hint(p, "%s", pn_tr("Ask for fewer, or have the quota raised (agency quota)"));
    }
    PN_TRY(x->quota->dedicated ? pni_sale_lend(s, &x->deal, x->in->qty)
                               : pni_sale_decide(s, &x->deal));
    x->quota->left -= x->in->qty;
    return 0;
}

static void answer(const locking *x, const pn_order *o, pn_dist *out)
{
    *out = (pn_dist){
        .order_id = o->id, .no = o->no, .third_order_no = x->in->third_order_no,
        .channel_id = x->channel, .agency_id = x->t->agency, .session_id = o->session_id,
        .tier_id = x->t->tier, .show = o->show, .status = o->status, .qty = o->qty,
        .payable_fen = o->payable_fen, .hold_expires_at = o->hold_expires_at};
}

/* Rows of those accepted. */
typedef struct made { pni_channel_order *order; pni_reserve *reserve; size_t n; } made;

static int accept(pn *p, pni_sale *s, locking *x, made *m, pn_dist *out)
{
    pn_order o;
    PN_TRY(pni_sale_take(s, &x->deal, &o));
    m->order[m->n] = (pni_channel_order){
        .order_id = o.id, .channel_id = x->channel, .agency_id = x->t->agency,
        .tier_id = x->t->tier, .ext_no = x->in->third_order_no, .qty = x->in->qty,
        .refundable = x->t->refundable, .refund_fee_bp = x->t->refund_fee_bp};
    m->reserve[m->n++] = (pni_reserve){.order_id = o.id, .source_id = x->t->agency,
        .tier_id = x->t->tier, .source = "AGENCY", .qty = x->in->qty};
    answer(x, &o, out);
    (void)p;
    return 0;
}

static int one(pn *p, const pn_batch *b, size_t i, locking *all, pni_sale *s, made *m)
{
    locking *x = &all[i];
    pn_request *r = b->req[i], *first = x->first ? b->req[x->first - 1] : NULL;
    if (x->s->known) {
        r->rc = replay(p, x, x->s->known, x->s->known_tier, x->s->known_qty, r->out);
        return 0;
    }
    if (first && !first->rc) {
        const pn_dist *was = first->out;
        if (was->tier_id == x->in->tier && was->qty == x->in->qty)
            memcpy(r->out, was, sizeof *was);
        else
            r->rc = replay(p, x, 0, was->tier_id, was->qty, r->out);
        return 0;
    }
    r->rc = decide(p, s, x);
    return r->rc ? 0 : accept(p, s, x, m, r->out);
}

static int lock(pn *p, const pn_batch *b)
{
    locking *all = pn_alloc(p, b->n * sizeof *all);
    pni_deal **deal = pn_alloc(p, b->n * sizeof *deal);
    made m = {pn_alloc(p, b->n * sizeof *m.order), pn_alloc(p, b->n * sizeof *m.reserve), 0};
    pni_sale s;
    size_t deals = 0;
    if (!all || !deal || !m.order || !m.reserve)
        return oom(p);
    PN_TRY(read_terms(p, b, all));
    for (size_t i = 0; i < b->n; i++) {
        pn_for(p, b, i);
        b->req[i]->rc = may_lock(p, &all[i]);
        if (!b->req[i]->rc)
            deal[deals++] = &all[i].deal;
    }
    if (!deals)
        return 0;
    PN_TRY(pni_sale_read(p, &s, deal, deals, PNI_TO_SELL));
    PN_TRY(read_state(p, b, all));
    for (size_t i = 0; i < b->n; i++) {
        pn_for(p, b, i);
        if (!b->req[i]->rc)
            PN_TRY(one(p, b, i, all, &s, &m));
    }
    if (!m.n)
        return 0;
    PN_TRY(pni_sale_write(&s));
    PN_TRY(pn_queue(p, &pni_channel_order_put_sql, m.order, m.n, NULL, NULL));
    PN_TRY(pn_queue(p, &pni_channel_ext_put_sql, m.order, m.n, NULL, NULL));
    return pni_reserve_put(p, m.reserve, m.n);
}

#define L(f, label, ...) PN_COL(struct pn_dist_lock, f, label, __VA_ARGS__)
static PN_TYPE(lock_t, "dist.lock", struct pn_dist_lock,
    L(tier, N_("Tier"), .flags = PN_REQ | PN_ARG, .ref = "tier"),
    L(qty, N_("Quantity"), .flags = PN_REQ | PN_ARG, .min = 1, .max = 100),
    L(third_order_no, N_("Distributor's order no."), .flags = PN_REQ, .max = 64,
      .hint = N_("The same number again returns the same order")),
    L(expect_fen, N_("Expected price"), .flags = PN_REQ,
      .hint = N_("Of all tickets; refused when the contract says something else")),
    L(ttl_min, N_("Minutes of the lock"), .flags = PN_OPT, .min = 1, .max = 30,
      .hint = N_("Default: the contract's")),
    L(channel, N_("Channel"), .flags = PN_OPT, .ref = "channel",
      .hint = N_("Default: the one you act for")),
    L(agency, N_("Contract"), .flags = PN_OPT, .ref = "agency",
      .hint = N_("Default: the newest that covers the tier")),
    L(buyer_name, N_("Buyer"), .flags = PN_PII, .max = 60),
    L(phone, N_("Telephone"), .flags = PN_PII, .max = 20,
      .hint = N_("Default: the channel's own")),
    L(delivery, N_("Delivery"), .words = pn_deliveries),
    L(attendees, N_("Attendees"), .of = &pni_attendee_t,
      .hint = N_("Name, document type and number of each person")),
    PNI_SEND_TO(struct pn_dist_lock));
#undef L

const pn_op pni_dist_lock_op = {
    .noun = "dist", .verb = "lock", .brief = N_("Lock tickets for a distributor"),
    .help = N_("The quota of the contract is counted at once; what is not confirmed in time is "
               "released. The number of the distributor makes it safe to ask again."),
    .in = &lock_t, .out = &pn_dist_t, .may = PN_ROLE_CHANNEL | PN_ROLE_OPS,
    .flags = PN_WRITE | PN_ONCE | PN_MANY, .many = lock,
    .example = "pn dist lock 61441 10 --channel tm --third-order-no TM1 --expect-fen 4560"};

int pn_dist_lock(pn *p, const struct pn_dist_lock *in, pn_dist *out)
{
    return pn_call(p, &pni_dist_lock_op, in, out);
}
