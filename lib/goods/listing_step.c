/* SPDX-License-Identifier: Apache-2.0 */
/* How an offer goes from draft to its end. Sold out is not stored: the sale must not write this
 * row, so the counters say it, and a job tells others that it came to pass. */
#include "listing_int.h"
#include "base/policy_int.h"
#include "seating/claimed_int.h"

#include <inttypes.h>
#include <string.h>

const pn_words pn_listing_states[] = {PN_LISTING_STATES(PN_WORD_ROW){0}};

/* SOLD_OUT lies in LIVE, marked. */
const pn_sql pni_listing_move = {"listing_move", &pn_move_t, NULL,
    "update listing set state = case :to when 'SOLD_OUT' then 'LIVE' else :to end,"
    " sold_out = (:to = 'SOLD_OUT'), reason = :reason,"
    " frozen_for = case when :to = 'FROZEN' then 'OPS' end,"
    " was_paused = (:to = 'FROZEN' and :from = 'PAUSED'),"
    " listed_at = case when :to = 'LIVE' then coalesce(listed_at, :now) else listed_at end,"
    " version = version + 1, updated_at = :now where sk = :id# and id = :id"
    " and state = case :from when 'SOLD_OUT' then 'LIVE' else :from end"};

#define LIVE "listing.live"
#define GONE "listing.gone"
// clang-format off
static const pn_edge edges[] = {
    {"DRAFT",           "submit",              "LIVE",            0, LIVE},
    {"DRAFT",           "submit_for_deposit",  "PENDING_DEPOSIT", 0, NULL},
    {"DRAFT",           "submit_for_review",   "PENDING_REVIEW",  0, NULL},
    {"PENDING_REVIEW",  "approve",             "LIVE",            PN_ROLE_OPS, LIVE},
    {"PENDING_REVIEW",  "approve_for_deposit", "PENDING_DEPOSIT", PN_ROLE_OPS, NULL},
    {"PENDING_REVIEW",  "reject",              "DRAFT",           PN_ROLE_OPS, NULL},
    {"PENDING_DEPOSIT", "deposit_ok",          "LIVE",            0, LIVE},
    {"DRAFT",           "change",              "DRAFT",           0, NULL},
    {"LIVE",            "change",              "LIVE",            0, NULL},
    {"SOLD_OUT",        "change",              "LIVE",            0, NULL},
    {"PAUSED",          "change",              "PAUSED",          0, NULL},
    {"LIVE",            "pause",               "PAUSED",          0, GONE},
    {"SOLD_OUT",        "pause",               "PAUSED",          0, NULL}, /* no deposit */
    {"PAUSED",          "resume",              "LIVE",            0, LIVE},
    {"LIVE",            "freeze",              "FROZEN", PN_ROLE_OPS | PN_ROLE_SYSTEM, GONE},
    {"SOLD_OUT",        "freeze",              "FROZEN", PN_ROLE_OPS | PN_ROLE_SYSTEM, GONE},
    {"PAUSED",          "freeze",              "FROZEN", PN_ROLE_OPS | PN_ROLE_SYSTEM, NULL},
    {"FROZEN",          "unfreeze",            "LIVE",   PN_ROLE_OPS | PN_ROLE_SYSTEM, LIVE},
    {"FROZEN",          "unfreeze_paused",     "PAUSED", PN_ROLE_OPS | PN_ROLE_SYSTEM, NULL},
    {"LIVE",            "sold_out",            "SOLD_OUT",        PN_ROLE_SYSTEM, GONE},
    {"SOLD_OUT",        "stock_back",          "LIVE",            PN_ROLE_SYSTEM, LIVE},
    {"LIVE",            "expire",              "EXPIRED",         PN_ROLE_SYSTEM, GONE},
    {"PAUSED",          "expire",              "EXPIRED",         PN_ROLE_SYSTEM, NULL},
    {"FROZEN",          "expire",              "EXPIRED",         PN_ROLE_SYSTEM, NULL},
    {"SOLD_OUT",        "expire",              "EXPIRED",         PN_ROLE_SYSTEM, NULL},
    {"PENDING_REVIEW",  "expire",              "EXPIRED",         PN_ROLE_SYSTEM, NULL},
    {"PENDING_DEPOSIT", "expire",              "EXPIRED",         PN_ROLE_SYSTEM, NULL},
    {"DRAFT",           "withdraw",            "WITHDRAWN",       0, NULL},
    {"PENDING_REVIEW",  "withdraw",            "WITHDRAWN",       0, NULL},
    {"PENDING_DEPOSIT", "withdraw",            "WITHDRAWN",       0, NULL},
    {"LIVE",            "withdraw",            "WITHDRAWN",       0, GONE},
    {"PAUSED",          "withdraw",            "WITHDRAWN",       0, NULL},
    {"SOLD_OUT",        "withdraw",            "WITHDRAWN",       0, NULL},
    {0}};
// clang-format on
const pn_fsm pni_listing_fsm = {N_("listing"), pn_listing_states, edges, &pni_listing_move};

typedef struct mark { int64_t id; pn_word frozen_for; bool reviewed; } mark;
static PN_TYPE(mark_t, "listing.mark", mark, PN_COL(mark, id, ""),
    PN_COL(mark, frozen_for, "", .words = pn_frozen_for), PN_COL(mark, reviewed, ""));
const pn_sql pni_listing_mark = {"listing_mark", &mark_t, NULL,
    "update listing set frozen_for = case when state = 'FROZEN' then :frozen_for end,"
    " reviewed = reviewed or :reviewed where sk = :id# and id = :id"};
/* What submitting found: prices, rank and deposit of this moment. */
const pn_sql pni_listing_submitted = {"listing_submitted", &pni_listing_t, NULL,
    "update listing set sale_fen = :sale_fen, settle_fen = :settle_fen, rule_id = :rule_id,"
    " price_kept = null, level = :level, own = :own, service = :service, ship = :ship,"
    " seat = :seat, deposit_unit_fen = :deposit_unit_fen, deposit_need_fen = :deposit_need_fen"
    " where sk = :id# and id = :id"};

typedef struct count { int64_t id, n; } count;
static PN_TYPE(count_t, "listing.count", count, PN_COL(count, id, ""), PN_COL(count, n, ""));
const pn_sql pni_listing_count = {"listing_count", &count_t, &count_t,
    "select count(*) as n from listing where merchant_id = :id"
    " and state in ('PENDING_REVIEW', 'PENDING_DEPOSIT', 'LIVE', 'PAUSED', 'FROZEN')"};
const pn_sql pni_listing_clashes = {"listing_clashes", &count_t, &count_t,
    "select count(*) as n from seat_clash where merchant_id = :id"
    " and at > :now::timestamptz - interval '30 days'"};

/* ---- steps ---- */

static pn_word shown(const pni_listing *l)
{
    bool out = l->state.v == PN_LISTING_LIVE && l->qty <= l->held + l->locked + l->sold;
    return out ? (pn_word){PN_LISTING_SOLD_OUT} : l->state;
}

int pni_listing_step(pn *p, pni_listing *l, const char *event, const char *reason)
{
    return pn_step(p, &pni_listing_fsm, l->id, shown(l), event, reason, &l->state);
}

int pni_listing_freeze_for(pn *p, int64_t id, int whom)
{
    return pn_exec(p, &pni_listing_mark, &(mark){.id = id, .frozen_for = {(int16_t)whom}}, NULL);
}

int pni_listings_open(pn *p, int64_t merchant, int64_t *n)
{
    count c = {0};
    PN_TRY(pn_one(p, &pni_listing_count, &(count){.id = merchant}, &c));
    *n = c.n;
    return 0;
}

int pni_merchant_risky(pn *p, int64_t merchant, bool *risky)
{
    count c = {0};
    int64_t most;
    PN_TRY(pn_one(p, &pni_listing_clashes, &(count){.id = merchant}, &c));
    PN_TRY(pni_policy(p, "listing.clashes", &most));
    *risky = c.n >= most;
    return 0;
}

int pni_listing_dear(pn *p, const pni_listing *l, const pni_terms *t, bool *dear)
{
    int64_t bp;
    PN_TRY(pni_policy(p, "listing.review_bp", &bp));
    *dear = (__int128)l->sale_fen.fen * 10000 > (__int128)t->face_fen.fen * bp;
    return 0;
}

int pni_submit_state(const pni_listing *l, bool dear, bool risky)
{
    if (!l->reviewed && (dear || risky))
        return PN_LISTING_PENDING_REVIEW;
    return l->deposit_quota_fen.fen < l->deposit_need_fen.fen ? PN_LISTING_PENDING_DEPOSIT
                                                              : PN_LISTING_LIVE;
}

const char *pni_submit_event(int state)
{
    return state == PN_LISTING_PENDING_REVIEW    ? "submit_for_review"
           : state == PN_LISTING_PENDING_DEPOSIT ? "submit_for_deposit"
                                                 : "submit";
}

static int room_for_one(pn *p, const pni_terms *t)
{
    int64_t most, open;
    PN_TRY(pni_listings_max(p, pni_standing_of(t), &most));
    if (most < 0)
        return 0;
    PN_TRY(pni_listings_open(p, t->merchant_id, &open));
    if (open < most)
        return 0;
    pn_fail(p, PN_ELIMIT, "id", pn_tr("%s may have %lld offers and has them"), t->merchant,
            (long long)most);
    return pn_hint(p, "%s", pn_tr("Withdraw another one, or reach a better level"));
}

static int submit(pn *p, const struct pn_listing_submit *in, pn_listing *out)
{
    pni_listing l, was;
    pni_terms t;
    bool dear, risky;
    PN_TRY(pni_listing_terms(p, in->id, &l, &t));
    was = l;
    if (l.state.v != PN_LISTING_DRAFT)
        return pni_listing_step(p, &l, "submit", in->reason);
    PN_TRY(pni_claims_make(p, &l));
    PN_TRY(pni_seller_check(p, &t));
    PN_TRY(pni_rules_check(p, &l, &t));
    PN_TRY(pni_listing_price(p, &l, &t));
    PN_TRY(room_for_one(p, &t));
    PN_TRY(pn_exec(p, &pni_listing_submitted, &l, NULL));
    PN_TRY(pni_listing_dear(p, &l, &t, &dear));
    PN_TRY(pni_merchant_risky(p, l.merchant_id, &risky));
    PN_TRY(pni_price_notes(p, &was, &l, 1, NULL));
    PN_TRY(pni_listing_step(p, &l, pni_submit_event(pni_submit_state(&l, dear, risky)),
                            in->reason));
    return pni_listing_row(p, in->id, out);
}

/* What it needs to be on sale, or to sell one more of its last tickets. */
static int64_t lacks(const pni_listing *l)
{
    int64_t lack = l->deposit_need_fen.fen - l->deposit_quota_fen.fen;
    bool used_up = l->kind.v == PN_OFFER_TAIL &&
                   pni_deposit_room(l->deposit_unit_fen.fen, l->deposit_quota_fen.fen,
                                    l->locked + l->sold) < 1;
    return used_up && lack < l->deposit_unit_fen.fen ? l->deposit_unit_fen.fen : lack;
}

/* Nothing goes live without its deposit, and not for a merchant who may not sell. */
static int may_go_live(pn *p, const pni_listing *l, const pni_terms *t)
{
    int64_t lack = lacks(l);
    PN_TRY(pni_seller_check(p, t));
    if (lack <= 0)
        return 0;
    pn_fail(p, PN_EDEPOSIT, "id", pn_tr("%lld.%02lld of its deposit are missing"),
            (long long)(lack / 100), (long long)(lack % 100));
    return pn_hint(p, pn_tr("Freeze it in the wallet: pn listing fund %lld"), (long long)l->id);
}

static int approve(pn *p, const struct pn_listing_submit *in, pn_listing *out)
{
    pni_listing l;
    pni_terms t;
    PN_TRY(pni_listing_terms(p, in->id, &l, &t));
    if (l.state.v == PN_LISTING_PENDING_REVIEW)
        PN_TRY(pni_seller_check(p, &t));
    bool lacks = l.deposit_quota_fen.fen < l.deposit_need_fen.fen;
    PN_TRY(pni_listing_step(p, &l, lacks ? "approve_for_deposit" : "approve", in->reason));
    PN_TRY(pn_exec(p, &pni_listing_mark, &(mark){.id = l.id, .reviewed = true}, NULL));
    return pni_listing_row(p, in->id, out);
}

static int resume(pn *p, const struct pn_listing_submit *in, pn_listing *out)
{
    pni_listing l;
    pni_terms t;
    PN_TRY(pni_listing_terms(p, in->id, &l, &t));
    if (l.state.v == PN_LISTING_PAUSED)
        PN_TRY(may_go_live(p, &l, &t));
    PN_TRY(pni_listing_step(p, &l, "resume", in->reason));
    return pni_listing_row(p, in->id, out);
}

static int unfreeze(pn *p, const struct pn_listing_submit *in, pn_listing *out)
{
    pni_listing l;
    pni_terms t;
    PN_TRY(pni_listing_terms(p, in->id, &l, &t));
    if (l.state.v == PN_LISTING_FROZEN)
        PN_TRY(may_go_live(p, &l, &t));
    PN_TRY(pni_listing_step(p, &l, l.was_paused ? "unfreeze_paused" : "unfreeze", in->reason));
    return pni_listing_row(p, in->id, out);
}

static int step(pn *p, const struct pn_listing_submit *in, const char *event, pn_listing *out)
{
    pni_listing l;
    PN_TRY(pni_listing_look(p, in->id, &l));
    PN_TRY(pni_listing_step(p, &l, event, in->reason));
    return pni_listing_row(p, in->id, out);
}

/* A draft gives its seats back, others may list them. */
static int reject(pn *p, const struct pn_listing_submit *in, pn_listing *out)
{
    pni_listing l;
    PN_TRY(pni_listing_look(p, in->id, &l));
    PN_TRY(pni_listing_step(p, &l, "reject", in->reason));
    PN_TRY(pni_claims_free(p, &l));
    return pni_listing_row(p, in->id, out);
}

/* Its end: the seats that were not sold, and the deposit that no ticket binds. */
static int let_go(pn *p, const pni_listing *l, const char *why)
{
    int64_t bound = l->deposit_unit_fen.fen * (l->locked + l->sold);
    int64_t over = l->deposit_quota_fen.fen - bound;
    PN_TRY(pni_claims_free(p, l));
    return over > 0 ? pni_deposit_move(p, l->id, l->merchant_id, -over, why) : 0;
}

static int withdraw(pn *p, const struct pn_listing_submit *in, pn_listing *out)
{
    pni_listing l;
    PN_TRY(pni_listing_look(p, in->id, &l));
    if (l.locked && pn_edge_find(&pni_listing_fsm, shown(&l), "withdraw")) {
        pn_fail(p, PN_ESTATE, "id", pn_tr("%d tickets are held by orders that are not paid"),
                l.locked);
        return pn_hint(p, "%s", pn_tr("Pause it and try again when they are paid or expired"));
    }
    PN_TRY(pni_listing_step(p, &l, "withdraw", in->reason));
    PN_TRY(let_go(p, &l, "withdrawn"));
    return pni_listing_row(p, in->id, out);
}

/* ---- its seats came back to the organiser ---- */

/* The ticket that the merchant has may be void: nobody buys it until operations asked him. It is
 * paused below, so that it ends there, or goes on by his own will. */
static int seats_kept(pn *p, int64_t id, const char *payload)
{
    pni_listing l;
    const char *why = pn_tr("the organiser has seats of it back, the tickets may be void");
    (void)payload;
    int rc = pni_listing_look(p, id, &l);
    if (rc == PN_ENONE)
        return 0;
    PN_TRY(rc);
    if (l.state.v == PN_LISTING_LIVE)
        PN_TRY(pni_listing_step(p, &l, "pause", why));
    if (l.state.v == PN_LISTING_PAUSED)
        PN_TRY(pni_listing_step(p, &l, "freeze", why));
    if (l.state.v == PN_LISTING_FROZEN)
        PN_TRY(pni_listing_freeze_for(p, id, PN_FROZEN_OPS));
    return pn_outbox(p, PNI_LISTING_DOUBTED, id, NULL, NULL, NULL);
}
const pn_event pni_seats_kept_event = {PNI_SEATS_KEPT, seats_kept};

/* ---- deposits ---- */

static PN_TYPE(fund_t, "listing.fund", struct pn_listing_fund,
    PN_COL(struct pn_listing_fund, id, N_("Listing"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "listing"),
    PN_COL(struct pn_listing_fund, amount_fen, N_("Amount"), .flags = PN_OPT | PN_ARG,
           .min = 1, .max = INT64_C(100000000000), .hint = N_("Default: what is missing")),
    PN_COL(struct pn_listing_fund, reason, N_("Reason"), .max = 200,
           .hint = N_("What it is frozen for")));

static int fund(pn *p, const struct pn_listing_fund *in, pn_listing *out)
{
    pni_listing l;
    pni_terms t;
    pn_listing before;
    PN_TRY(pni_listing_terms(p, in->id, &l, &t));
    PN_TRY(pni_listing_row(p, in->id, &before));
    if (l.state.v == PN_LISTING_EXPIRED || l.state.v == PN_LISTING_WITHDRAWN)
        return pn_fail(p, PN_ESTATE, "id", "%s", pn_tr("The offer is over"));
    int64_t fen = in->amount_fen.fen ? in->amount_fen.fen : lacks(&l);
    if (fen <= 0) {
        pn_fail(p, PN_EARG, "amount_fen", "%s", pn_tr("Nothing of its deposit is missing"));
        return pn_hint(p, "%s", pn_tr("Name the amount when more tickets will be offered"));
    }
    PN_TRY(pni_deposit_move(p, l.id, l.merchant_id, fen,
                            in->reason ? in->reason : "fund"));
    l.deposit_quota_fen.fen += fen;
    if (l.state.v == PN_LISTING_PENDING_DEPOSIT &&
        l.deposit_quota_fen.fen >= l.deposit_need_fen.fen) {
        PN_TRY(pni_seller_check(p, &t));
        PN_TRY(pni_listing_step(p, &l, "deposit_ok", in->reason));
    }
    PN_TRY(pni_listing_row(p, in->id, out));
    return pn_audit(p, "listing", l.id, &pn_listing_t, &before, out, in->reason);
}

/* ---- what the clock and the counters ask for ---- */

typedef struct due { int64_t id; } due;
static PN_TYPE(due_t, "listing.due", due, PN_COL(due, id, ""));
const pn_sql pni_listing_due = {"listing_due", NULL, &due_t,
    "select l.id from listing l join session s on s.id = l.session_id"
    " where l.state in ('PENDING_REVIEW', 'PENDING_DEPOSIT', 'LIVE', 'PAUSED', 'FROZEN')"
    " and " PNI_LISTING_OVER " order by l.id limit 1000"};
/* Where the mark and the counters differ, and last tickets whose deposit is used up. */
const pn_sql pni_listing_follow = {"listing_follow", NULL, &due_t,
    "select l.id from listing l join stock k on k.sk = l.sk and k.lot_id = l.id"
    " where l.state = 'LIVE' and ((" PNI_LISTING_FREE " <= 0) <> l.sold_out"
    "  or (" PNI_LISTING_FREE " > 0 and l.kind = 'TAIL'"
    "   and (k.qty_locked + k.qty_sold + 1) * l.deposit_unit_fen > l.deposit_quota_fen))"
    " order by l.id limit 1000"};

static int expire(pn *p, const struct pn_listing_submit *in, pn_listing *out)
{
    pni_listing l;
    pni_terms t;
    pn_listing row;
    PN_TRY(pni_listing_terms(p, in->id, &l, &t));
    PN_TRY(pni_listing_row(p, in->id, &row));
    if (!row.over && pn_edge_find(&pni_listing_fsm, shown(&l), "expire")) {
        pn_fail(p, PN_ESTATE, "id", "%s", pn_tr("It can be sold still"));
        return pn_hint(p, "%s", pn_tr("Freeze or withdraw it"));
    }
    PN_TRY(pni_listing_step(p, &l, "expire", in->reason));
    PN_TRY(let_go(p, &l, "expired"));
    return pni_listing_row(p, in->id, out);
}

/* LIVE and marked or not: the step is told from the counters under their lock. */
static int follow(pn *p, const struct pn_listing_submit *in, pn_listing *out)
{
    pni_listing l;
    PN_TRY(pni_listing_look(p, in->id, &l));
    bool gone = shown(&l).v == PN_LISTING_SOLD_OUT;
    bool bare = l.kind.v == PN_OFFER_TAIL && !gone &&
                pni_deposit_room(l.deposit_unit_fen.fen, l.deposit_quota_fen.fen,
                                 l.locked + l.sold) < 1;
    const char *event = bare ? "pause" : gone ? "sold_out" : "stock_back";
    pn_word from = {bare || gone ? PN_LISTING_LIVE : PN_LISTING_SOLD_OUT};
    if (l.state.v == PN_LISTING_LIVE && (bare || gone != l.sold_out))
        PN_TRY(pn_step(p, &pni_listing_fsm, l.id, from, event,
                       bare ? pn_tr("its deposit is used up") : NULL, NULL));
    return pni_listing_row(p, in->id, out);
}

static int each(pn *p, const pn_sql *due_sql, const pn_op *op, int64_t *done)
{
    pn_rows rows;
    pn_listing out;
    PN_TRY(pn_all(p, due_sql, NULL, &rows));
    pn_each(due, d, &rows)
    {
        PN_TRY(pn_call(p, op, &(struct pn_listing_submit){.id = d->id}, &out));
        ++*done;
    }
    return 0;
}

static int expire_job(pn *p, int64_t *done)
{
    return each(p, &pni_listing_due, &pni_listing_expire_op, done);
}
const pn_job pni_listing_expire_job = {"listing_expire", N_("End offers that are out of time"),
                                       300, expire_job};

static int follow_job(pn *p, int64_t *done)
{
    return each(p, &pni_listing_follow, &pni_listing_follow_op, done);
}
const pn_job pni_listing_follow_job = {"listing_follow",
    N_("Tell when offers sell out and come back"), 60, follow_job};

/* ---- operations ---- */

#define WHO(s)                                                                                     \
    PN_COL(s, id, N_("Listing"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "listing")
static PN_TYPE(step_t, "listing.submit", struct pn_listing_submit, WHO(struct pn_listing_submit),
    PN_COL(struct pn_listing_submit, reason, N_("Reason"), .max = 200));
static PN_TYPE(why_t, "listing.reject", struct pn_listing_reject, WHO(struct pn_listing_reject),
    PN_COL(struct pn_listing_reject, reason, N_("Reason"), .flags = PN_REQ, .max = 200));

#define SELLERS .may = PN_ROLE_OPS | PN_ROLE_MERCHANT
#define DOES .out = &pn_listing_t, .flags = PN_WRITE | PN_ONCE

PNI_LISTING_OP(submit, pn_listing_submit, pn_listing, submit(p, in, out),
    .brief = N_("Put a draft on offer"), .in = &step_t, DOES, SELLERS,
    .help = N_("It waits when somebody has to look at it, or while its deposit is missing."),
    .example = "pn listing submit 53248",
    .lasting = N_("It waits for a decision now: reject it there"))
PNI_LISTING_OP(approve, pn_listing_approve, pn_listing, approve(p, in, out),
    .brief = N_("Approve an offer that was to be looked at"), .in = &step_t, DOES,
    .may = PN_ROLE_OPS, .example = "pn listing approve 53248",
    .lasting = N_("It was decided and is in force: end or suspend it instead"))
PNI_LISTING_OP(reject, pn_listing_reject, pn_listing, reject(p, in, out),
    .brief = N_("Give an offer back to its merchant"), .in = &why_t, DOES, .may = PN_ROLE_OPS,
    .example = "pn listing reject 53248 --reason 'proof of tickets missing'",
    .lasting = N_("It was decided: whoever asked may ask anew"))
PNI_LISTING_OP(pause, pn_listing_pause, pn_listing, step(p, in, "pause", out),
    .brief = N_("Take an offer off sale for a while"), .in = &step_t, DOES, SELLERS,
    .example = "pn listing pause 53248", .undo = "resume")
PNI_LISTING_OP(resume, pn_listing_resume, pn_listing, resume(p, in, out),
    .brief = N_("Put a paused offer on sale again"), .in = &step_t, DOES, SELLERS,
    .example = "pn listing resume 53248", .undo = "pause")
PNI_LISTING_OP(freeze, pn_listing_freeze, pn_listing, step(p, in, "freeze", out),
    .brief = N_("Freeze an offer"), .in = &why_t, DOES, .may = PN_ROLE_OPS | PN_ROLE_SYSTEM,
    .example = "pn listing freeze 53248 --reason 'seat disputed'", .undo = "unfreeze")
PNI_LISTING_OP(unfreeze, pn_listing_unfreeze, pn_listing, unfreeze(p, in, out),
    .brief = N_("Let a frozen offer go on"), .in = &step_t, DOES,
    .may = PN_ROLE_OPS | PN_ROLE_SYSTEM, .example = "pn listing unfreeze 53248",
    .undo = "freeze")
PNI_LISTING_OP(withdraw, pn_listing_withdraw, pn_listing, withdraw(p, in, out),
    .brief = N_("End an offer; the deposit of unsold tickets is released"), .in = &step_t,
    .out = &pn_listing_t, .flags = PN_WRITE | PN_ONCE | PN_DANGER, SELLERS,
    .example = "pn listing withdraw 53248",
    .lasting = N_("Its deposit is released: offer the tickets anew"))
PNI_LISTING_OP(expire, pn_listing_expire, pn_listing, expire(p, in, out),
    .brief = N_("End an offer that is out of time"), .in = &step_t, DOES,
    .may = PN_ROLE_SYSTEM, .example = "pn listing expire 53248",
    .lasting = N_("What has ended does not come back: set up a new one"))
PNI_LISTING_OP(follow, pn_listing_follow, pn_listing, follow(p, in, out),
    .brief = N_("Tell that an offer sold out or came back"), .in = &step_t,
    .out = &pn_listing_t, .flags = PN_WRITE | PN_ONCE | PN_HIDDEN, .may = PN_ROLE_SYSTEM,
    .example = "pn listing follow 53248")
PNI_LISTING_OP(fund, pn_listing_fund, pn_listing, fund(p, in, out),
    .brief = N_("Freeze money of the merchant's wallet as deposit of an offer"), .in = &fund_t,
    DOES, .may = PN_ROLE_FINANCE | PN_ROLE_MERCHANT,
    .example = "pn listing fund 53248 500 --reason presale")
