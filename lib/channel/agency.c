/* SPDX-License-Identifier: Apache-2.0 */
/* agency.c — contracts of distributors and their quotas. */
#include "channel/agency.h"

#include "base/policy_int.h"
#include "catalog/row_int.h"
#include "channel/channel_int.h"

const pn_words pn_agency_prices[] = {PN_AGENCY_PRICES(PN_WORD_ROW){0}};

#define A(f, label, ...) PN_COL(pn_agency, f, label, __VA_ARGS__)
PN_TYPE(pn_agency_t, "agency", pn_agency,
    A(id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "g.id", .ref = "agency"),
    A(code, N_("Code"), .flags = PN_BRIEF | PN_SORT, .sql = "g.code"),
    A(channel_id, N_("Channel number"), .sql = "g.channel_id", .ref = "channel"),
    A(channel, N_("Channel"), .flags = PN_BRIEF, .sql = "c.code"),
    A(organiser_id, N_("Organiser"), .flags = PN_OPT, .sql = "g.organiser_id"),
    A(price_mode, N_("Price"), .flags = PN_BRIEF, .words = pn_agency_prices,
      .sql = "g.price_mode"),
    A(commission_bp, N_("Commission"), .flags = PN_BRIEF, .sql = "g.commission_bp"),
    A(refund_fee_bp, N_("Refund fee"), .flags = PN_BRIEF, .sql = "g.refund_fee_bp"),
    A(refundable, N_("Refundable"), .sql = "g.refundable"),
    A(ttl_min, N_("Minutes of a lock"), .sql = "g.ttl_min"),
    A(ttl_max_min, N_("Longest lock"), .sql = "g.ttl_max_min"),
    A(valid_from, N_("Valid from"), .flags = PN_BRIEF, .sql = "g.valid_from"),
    A(valid_to, N_("Valid until"), .flags = PN_BRIEF, .sql = "g.valid_to"),
    A(state, N_("State"), .flags = PN_BRIEF, .words = pn_outlet_states, .sql = "g.state"));
#undef A
#define CONFINED                                                                                   \
    "not exists (select from channel_member n where n.staff_id = :me and n.channel_id <> c.id)"    \
    " and (:my_organiser::bigint is null or g.organiser_id = :my_organiser)"
static const pn_list_spec list_spec = {.row = &pn_agency_t,
    .from = "agency g join channel c on c.id = g.channel_id", .scope = CONFINED, .key = "g.id",
    .sort = "code", .search = "position(:q in g.code) > 0 or position(:q in c.name) > 0"};

#define Q(f, label, ...) PN_COL(pn_agency_quota_row, f, label, __VA_ARGS__)
static PN_TYPE(quota_row_t, "agency.quota_row", pn_agency_quota_row,
    Q(agency_id, N_("Contract number"), .sql = "q.agency_id", .ref = "agency"),
    Q(agency, N_("Contract"), .flags = PN_BRIEF, .sql = "g.code"),
    Q(tier_id, N_("Tier number"), .flags = PN_KEY | PN_SORT, .sql = "q.tier_id", .ref = "tier"),
    Q(tier, N_("Tier"), .flags = PN_BRIEF, .sql = "t.name"),
    Q(dedicated, N_("Withheld for it"), .flags = PN_BRIEF, .sql = "q.dedicated"),
    Q(total, N_("Total"), .flags = PN_BRIEF, .sql = "q.total"),
    Q(used, N_("Used"), .flags = PN_BRIEF, .sql = "q.used"),
    Q(net_fen, N_("Net price"), .flags = PN_OPT, .sql = "q.net_fen"));
#undef Q
static const pn_list_spec quota_spec = {.row = &quota_row_t,
    .from = "agency_quota q join agency g on g.id = q.agency_id"
            " join channel c on c.id = g.channel_id join tier t on t.id = q.tier_id",
    .scope = CONFINED, .key = "q.tier_id", .sort = "tier_id"};

// clang-format off
#define N(f, label, ...) PN_COL(struct pn_agency_create, f, label, __VA_ARGS__)
static PN_TYPE(create_t, "agency.create", struct pn_agency_create,
    N(code, N_("Code"), .flags = PN_REQ | PN_ARG, .max = PNI_CODE_MAX),
    N(channel, N_("Channel"), .flags = PN_REQ, .ref = "channel"),
    N(organiser, N_("Organiser"), .flags = PN_OPT,
      .hint = N_("Only tiers of this organiser's shows")),
    N(price_mode, N_("Price"), .flags = PN_REQ, .words = pn_agency_prices),
    N(commission_bp, N_("Commission"), .flags = PN_OPT, .min = 0, .max = 10000,
      .hint = N_("Of the face price; 500 is five percent")),
    N(refund_fee_bp, N_("Refund fee"), .flags = PN_OPT, .min = 0, .max = 10000,
      .hint = N_("In 1/10000")),
    N(no_refund, N_("No refunds")),
    N(ttl_min, N_("Minutes of a lock"), .flags = PN_OPT, .min = 1, .max = 30),
    N(ttl_max_min, N_("Longest lock"), .flags = PN_OPT, .min = 1, .max = 30),
    N(valid_from, N_("Valid from"), .hint = N_("Default: now")),
    N(valid_to, N_("Valid until"), .flags = PN_REQ));
#undef N
static PN_TYPE(show_t, "agency.show", struct pn_agency_show,
    PN_COL(struct pn_agency_show, id, N_("Contract"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "agency"));
static PN_TYPE(stop_t, "agency.stop", struct pn_agency_stop,
    PN_COL(struct pn_agency_stop, id, N_("Contract"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "agency"));
static PN_TYPE(quota_t, "agency.quota", struct pn_agency_quota,
    PN_COL(struct pn_agency_quota, id, N_("Contract"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "agency"),
    PN_COL(struct pn_agency_quota, tier, N_("Tier"), .flags = PN_REQ | PN_ARG, .ref = "tier"),
    PN_COL(struct pn_agency_quota, total, N_("Total"), .min = 0, .max = 500000),
    PN_COL(struct pn_agency_quota, dedicated, N_("Withheld for it"),
           .hint = N_("Nobody else can buy these tickets")),
    PN_COL(struct pn_agency_quota, net_fen, N_("Net price"), .flags = PN_OPT, .min = 1,
           .max = 10000000));
// clang-format on

typedef struct put {
    int64_t id, channel, organiser;
    const char *code;
    pn_word price_mode;
    int commission_bp, refund_fee_bp;
    bool no_refund;
    int ttl_min, ttl_max_min;
    pn_time valid_from, valid_to;
} put;
#define P(f, ...) PN_COL(put, f, #f, __VA_ARGS__)
static PN_TYPE(put_t, "agency.put", put, P(id), P(channel), P(organiser, .flags = PN_OPT), P(code),
    P(price_mode, .words = pn_agency_prices), P(commission_bp), P(refund_fee_bp), P(no_refund),
    P(ttl_min), P(ttl_max_min), P(valid_from), P(valid_to));
#undef P
static const pn_sql insert_sql = {"agency_insert", &put_t, &pni_one_id_t,
    "insert into agency (id, code, channel_id, organiser_id, price_mode, commission_bp,"
    " refund_fee_bp, refundable, ttl_min, ttl_max_min, valid_from, valid_to, created_at,"
    " updated_at) values (:id, :code, :channel, :organiser, :price_mode, :commission_bp,"
    " :refund_fee_bp, not :no_refund, :ttl_min, :ttl_max_min, :valid_from, :valid_to, :now, :now)"
    " on conflict (code) do nothing returning id", false};
static const pn_sql stop_sql = {"agency_stop", &pni_one_id_t, NULL,
    "update agency set state = 'STOPPED', updated_at = :now, version = version + 1"
    " where id = :id and state = 'ACTIVE'", false};
static const pn_sql by_code_sql = {"agency_by_code", &pni_by_code_t, &pni_one_id_t,
    "select id from agency where code = :code", false};

PN_OP_LIST(agency, list, list_spec, .brief = N_("List distributors' contracts"),
           .out = &pn_agency_t,
           .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_CHANNEL | PN_ROLE_ORGANISER,
           .example = "pn agency list --where state=ACTIVE")
PN_OP_LIST(agency, quotas, quota_spec, .brief = N_("List the tiers of distributors' contracts"),
           .out = &quota_row_t,
           .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_CHANNEL | PN_ROLE_ORGANISER,
           .example = "pn agency quotas --where agency=tm-2026")

static int show(pn *p, const struct pn_agency_show *in, pn_agency *out)
{
    return pni_row(p, &agency_list_op, in->id, out);
}

static int create(pn *p, const struct pn_agency_create *in, pn_agency *out)
{
    int64_t ttl, most, mine = pn_who(p)->organiser;
    put row = {.code = in->code, .channel = in->channel, .organiser = in->organiser,
               .price_mode = in->price_mode, .commission_bp = in->commission_bp,
               .refund_fee_bp = in->refund_fee_bp, .no_refund = in->no_refund,
               .ttl_min = in->ttl_min, .ttl_max_min = in->ttl_max_min,
               .valid_from = in->valid_from.us ? in->valid_from : pn_now(p),
               .valid_to = in->valid_to};
    pni_one_id made;
    PN_TRY(pni_policy(p, "dist.ttl_min", &ttl));
    PN_TRY(pni_policy(p, "dist.ttl_max_min", &most));
    row.ttl_max_min = row.ttl_max_min ? row.ttl_max_min : (int)most;
    row.ttl_min = row.ttl_min            ? row.ttl_min
                  : ttl < row.ttl_max_min ? (int)ttl
                                          : row.ttl_max_min;
    if (mine && in->organiser && in->organiser != mine)
        return pn_fail(p, PN_EPERM, "organiser", "%s",
                       pn_tr("The show belongs to another organiser"));
    row.organiser = mine ? mine : in->organiser;
    if (row.ttl_max_min > most)
        return pn_fail(p, PN_ECAP, "ttl_max_min", pn_tr("A lock lasts at most %d minutes"),
                       (int)most);
    if (row.ttl_min > row.ttl_max_min)
        return pn_fail(p, PN_EARG, "ttl_min", "%s", pn_tr("Longer than the longest lock"));
    if (row.valid_to.us <= row.valid_from.us)
        return pn_fail(p, PN_EARG, "valid_to", "%s", pn_tr("It would end before it begins"));
    PN_TRY(pn_new_id(p, pni_code_sk(in->code), &row.id));
    int rc = pn_one(p, &insert_sql, &row, &made);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_EEXISTS, "code", pn_tr("There is a contract “%s” already"), in->code);
    PN_TRY(rc);
    PN_TRY(pni_row(p, &agency_list_op, row.id, out));
    return pn_audit(p, "agency", row.id, &pn_agency_t, NULL, out, NULL);
}

static int stop(pn *p, const struct pn_agency_stop *in, pn_agency *out)
{
    pn_agency before;
    int64_t done = 0;
    PN_TRY(pni_row(p, &agency_list_op, in->id, &before));
    PN_TRY(pn_exec(p, &stop_sql, &(pni_one_id){in->id}, &done));
    if (!done)
        return pn_fail(p, PN_ESTATE, "id", "%s", pn_tr("The contract is stopped already"));
    PN_TRY(pni_row(p, &agency_list_op, in->id, out));
    return pn_audit(p, "agency", in->id, &pn_agency_t, &before, out, NULL);
}

/* ---- quotas ---- */

typedef struct lot { int free, by_seat; int64_t organiser; pn_money face_fen; } lot;
static PN_TYPE(lot_t, "agency.lot", lot, PN_COL(lot, free, N_("Free")),
    PN_COL(lot, by_seat, "by_seat"), PN_COL(lot, organiser, N_("Organiser")),
    PN_COL(lot, face_fen, N_("Face price")));
static const pn_sql lot_sql = {"agency_lot", &pni_one_id_t, &lot_t,
    "select k.qty_total - k.qty_held - k.qty_locked - k.qty_sold as free,"
    " (k.seat_stamp <> 0)::int as by_seat, coalesce(h.organiser_id, 0) as organiser,"
    " t.face_price_fen as face_fen from stock k join tier t on t.id = k.tier_id"
    " join session s on s.id = t.session_id join show h on h.id = s.show_id"
    " where k.sk = :id# and k.lot_id = :id for update of k", false};

typedef struct quota_key { int64_t agency, tier; } quota_key;
static PN_TYPE(quota_key_t, "agency.quota_key", quota_key, PN_COL(quota_key, agency, "agency"),
    PN_COL(quota_key, tier, "tier"));
static const pn_sql quota_sql = {"agency_quota", &quota_key_t, &quota_row_t,
    "select q.agency_id, q.tier_id, q.dedicated, q.total, q.used, q.net_fen from agency_quota q"
    " where q.sk = :tier# and q.agency_id = :agency and q.tier_id = :tier", false};

typedef struct quota_put {
    int64_t agency, tier;
    int total, held;
    bool dedicated;
    pn_money net_fen;
} quota_put;
static PN_TYPE(quota_put_t, "agency.quota_put", quota_put, PN_COL(quota_put, agency, "agency"),
    PN_COL(quota_put, tier, "tier"), PN_COL(quota_put, total, "total"),
    PN_COL(quota_put, held, "held"), PN_COL(quota_put, dedicated, "dedicated"),
    PN_COL(quota_put, net_fen, "net", .flags = PN_OPT));
static const pn_sql hold_sql = {"agency_hold", &quota_put_t, NULL,
    "update stock set qty_held = qty_held + :held where sk = :tier# and lot_id = :tier", false};
static const pn_sql quota_put_sql = {"agency_quota_put", &quota_put_t, NULL,
    "insert into agency_quota (sk, agency_id, tier_id, dedicated, total, net_fen)"
    " values (:tier#, :agency, :tier, :dedicated, :total, :net_fen)"
    " on conflict (sk, agency_id, tier_id) do update set dedicated = excluded.dedicated,"
    " total = excluded.total, net_fen = excluded.net_fen", false};

static int held_by(const pn_agency_quota_row *q)
{
    return q->dedicated ? q->total - q->used : 0;
}

static int may_quota(pn *p, const struct pn_agency_quota *in, const pn_agency *g, const lot *l)
{
    if (g->organiser_id && g->organiser_id != l->organiser)
        return pn_fail(p, PN_EARG, "tier", "%s",
                       pn_tr("The contract is for another organiser's shows"));
    if (in->dedicated && l->by_seat)
        return pn_fail(p, PN_ESTATE, "dedicated", "%s",
                       pn_tr("Tickets of numbered seats are withheld by seat, not by quantity"));
    if (g->price_mode.v != PN_AGENCY_NET)
        return 0;
    if (!in->net_fen.fen)
        return pn_fail(p, PN_EARG, "net_fen", "%s",
                       pn_tr("This contract needs a net price of each tier"));
    if (in->net_fen.fen > l->face_fen.fen)
        return pn_fail(p, PN_ECAP, "net_fen", "%s", pn_tr("Above the face price"));
    return 0;
}

static int quota(pn *p, const struct pn_agency_quota *in, pn_agency_quota_row *out)
{
    pn_agency g;
    lot l;
    pn_agency_quota_row was = {0}, now;
    quota_put row = {.agency = in->id, .tier = in->tier, .total = in->total,
                     .dedicated = in->dedicated, .net_fen = in->net_fen};
    PN_TRY(pni_row(p, &agency_list_op, in->id, &g));
    int rc = pn_one(p, &lot_sql, &(pni_one_id){in->tier}, &l);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "tier", pn_tr("There is no tier %lld"), (long long)in->tier);
    PN_TRY(rc);
    PN_TRY(may_quota(p, in, &g, &l));
    rc = pn_one(p, &quota_sql, &(quota_key){in->id, in->tier}, &was);
    if (rc && rc != PN_ENONE)
        return rc;
    if (in->total < was.used)
        return pn_fail(p, PN_ESTOCK, "total", pn_tr("%d are sold or held already"), was.used);
    now = (pn_agency_quota_row){.dedicated = in->dedicated, .total = in->total, .used = was.used};
    row.held = held_by(&now) - held_by(&was);
    if (row.held > l.free)
        return pn_fail(p, PN_ESTOCK, "total", pn_tr("Only %d tickets are free"), l.free);
    PN_TRY(pn_queue(p, &hold_sql, &row, 0, NULL, NULL));
    PN_TRY(pn_queue(p, &quota_put_sql, &row, 0, NULL, NULL));
    PN_TRY(pn_one(p, &quota_sql, &(quota_key){in->id, in->tier}, out));
    out->agency = g.code;
    return pn_audit(p, "agency", in->id, &quota_row_t, rc ? NULL : &was, out, NULL);
}

static int resolve(pn *p, const char *text, int64_t *id)
{
    return pni_resolve(p, &by_code_sql, "agency", text, id);
}

PN_OP(agency, show, pn_agency, .brief = N_("Show a distributor's contract"), .in = &show_t,
      .out = &pn_agency_t,
      .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_CHANNEL | PN_ROLE_ORGANISER,
      .example = "pn agency show tm-2026")
PN_OP(agency, create, pn_agency, .brief = N_("Make a contract with a distributor"),
      .in = &create_t, .out = &pn_agency_t, .may = PN_ROLE_OPS | PN_ROLE_ORGANISER,
      .flags = PN_WRITE | PN_ONCE,
      .example = "pn agency create tm-2026 --channel timemachine --price-mode FACE"
                 " --commission-bp 500 --valid-to 2026-12-31")
PN_OP(agency, stop, pn_agency, .brief = N_("End a distributor's contract"), .in = &stop_t,
      .help = N_("What was locked before can still be confirmed."),
      .out = &pn_agency_t, .may = PN_ROLE_OPS | PN_ROLE_ORGANISER,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER, .example = "pn agency stop tm-2026",
      .lasting = N_("What has ended does not come back: set up a new one"))
PN_OP(agency, quota, pn_agency_quota_row, .brief = N_("Set how many of a tier a distributor sells"),
      .in = &quota_t, .out = &quota_row_t, .may = PN_ROLE_OPS | PN_ROLE_ORGANISER,
      .flags = PN_WRITE | PN_ONCE, .example = "pn agency quota tm-2026 61441 --total 200")

const pn_module pn_agency_module = {
    "agency", N_("Distributors' contracts"),
    .ops = PN_LIST(pn_op, &agency_list_op, &agency_show_op, &agency_create_op, &agency_stop_op,
                   &agency_quota_op, &agency_quotas_op),
    .sql = PN_LIST(pn_sql, &insert_sql, &stop_sql, &by_code_sql, &lot_sql, &quota_sql, &hold_sql,
                   &quota_put_sql),
    .resolve = resolve,
};
