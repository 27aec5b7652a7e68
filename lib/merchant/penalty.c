/* SPDX-License-Identifier: Apache-2.0 */
/* penalty.c — the table of penalties; the money comes out of the merchant's pockets in their order.
 * What was taken from money that waits for its settlement is a line of the next batch, so that the
 * batch is what is there. */
#include "merchant/penalty.h"

#include <string.h>

#include "base/policy_int.h"
#include "catalog/row_int.h"
#include "merchant/merchant_int.h"
#include "merchant/penalty_int.h"
#include "merchant/pockets_int.h"
#include "merchant/settlement_int.h"
#include "merchant/wallet_int.h"

const pn_words pn_penalty_kinds[] = {PN_PENALTY_KINDS(PN_WORD_ROW){0}};
const pn_words pn_penalty_states[] = {PN_PENALTY_STATES(PN_WORD_ROW){0}};
// clang-format off
static const pn_edge edges[] = {
    {"PROPOSED", "approve", "IMPOSED",  0, NULL},
    {"PROPOSED", "reject",  "REJECTED", 0, NULL},
    {"IMPOSED",  "appeal",  "APPEALED", 0, NULL},
    {"APPEALED", "uphold",  "UPHELD",   0, NULL},
    {"APPEALED", "reverse", "REVERSED", 0, NULL},
    {"IMPOSED",  "reverse", "REVERSED", 0, NULL},
    {0}};
enum { BASE = PNI_PENALTY_BASE, TICKETS = PNI_PENALTY_TICKETS, HOURS = PNI_PENALTY_HOURS,
       AMOUNT = PNI_PENALTY_AMOUNT };
/* Points of conduct, and what the amount needs to know. */
static const struct { int score; unsigned needs; } table[] = {
    [PN_PENALTY_ACCEPT_TIMEOUT] = {-2, 0},  [PN_PENALTY_DECLINE_LIVE] = {-2, 0},
    [PN_PENALTY_ALLOC_TIMEOUT] = {-1, TICKETS},
    [PN_PENALTY_SHIP_LATE] = {-3, BASE | TICKETS | HOURS},
    [PN_PENALTY_DEFAULT] = {0, BASE | HOURS}, [PN_PENALTY_WRONG_SEAT] = {-10, BASE | HOURS},
    [PN_PENALTY_FAKE] = {-60, BASE}, [PN_PENALTY_REPROCURE_DIFF] = {0, BASE | AMOUNT},
    [PN_PENALTY_EARLY_DECLARE] = {0, 0}, [PN_PENALTY_FALSE_SHIP] = {-5, TICKETS}};
// clang-format on
static const pn_sql move_sql = {"penalty_move", &pn_move_t, NULL,
    "update penalty set state = :to,"
    " appeal = case when :event = 'appeal' then coalesce(:reason, '') else appeal end,"
    " answer = case when :event = 'appeal' then answer else coalesce(:reason, answer) end,"
    " decided_by = case when :event in ('approve', 'reject', 'uphold', 'reverse') then :me"
    "  else decided_by end, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = :from", false};
static const pn_fsm flow = {N_("penalty"), pn_penalty_states, edges, &move_sql};

#define C(f, label, ...) PN_COL(pn_penalty, f, label, __VA_ARGS__)
PN_TYPE(pn_penalty_t, "penalty", pn_penalty,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "x.id", .ref = "penalty"),
    C(merchant_id, N_("Merchant no."), .sql = "x.merchant_id", .ref = "merchant"),
    C(merchant, N_("Merchant"), .flags = PN_BRIEF | PN_SORT, .sql = "m.name"),
    C(kind, N_("Kind"), .flags = PN_BRIEF, .words = pn_penalty_kinds, .sql = "x.kind"),
    C(order_no, N_("Order no."), .flags = PN_BRIEF, .sql = "(select o.no from orders o"
      " where o.sk = (x.order_id & 4095)::int and o.id = x.order_id)"),
    C(order_id, N_("Order"), .flags = PN_OPT, .sql = "nullif(x.order_id, 0)", .ref = "order"),
    C(base_fen, N_("Base amount"), .sql = "x.base_fen"),
    C(tickets, N_("Tickets"), .sql = "x.tickets"),
    C(hours, N_("Hours"), .sql = "x.hours"), C(accepted, N_("Accepted"), .sql = "x.accepted"),
    C(amount_fen, N_("Amount"), .flags = PN_BRIEF | PN_SORT, .sql = "x.amount_fen"),
    C(score, N_("Conduct points"), .flags = PN_BRIEF, .sql = "x.score"),
    C(pending_fen, N_("Of pending"), .sql = "x.pending_fen"),
    C(frozen_fen, N_("Of deposits"), .sql = "x.frozen_fen"),
    C(available_fen, N_("Of available"), .sql = "x.available_fen"),
    C(guarantee_fen, N_("Of the guarantee"), .sql = "x.guarantee_fen"),
    C(debt_fen, N_("Owed"), .sql = "x.debt_fen"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_penalty_states, .sql = "x.state"),
    C(reason, N_("Reason"), .sql = "x.reason"),
    C(appeal, N_("What the merchant says"), .sql = "x.appeal"),
    C(answer, N_("Answer"), .sql = "x.answer"),
    C(proposed_by, N_("Proposed by"), .flags = PN_OPT, .sql = "x.proposed_by", .ref = "staff"),
    C(decided_by, N_("Decided by"), .flags = PN_OPT, .sql = "x.decided_by", .ref = "staff"),
    C(created_at, N_("Created"), .flags = PN_BRIEF | PN_SORT, .sql = "x.created_at"),
    C(appeal_by, N_("Appeal until"), .sql = "x.appeal_by"));
#undef C
static const pn_list_spec list_spec = {.row = &pn_penalty_t,
    .from = "penalty x join merchant m on m.id = x.merchant_id",
    .scope = "(:my_merchant::bigint is null or x.merchant_id = :my_merchant)"
             " and :my_organiser::bigint is null",
    .key = "x.id", .sort = "-id"};
PN_OP_LIST(penalty, list, list_spec, .brief = N_("List penalties of merchants"),
           .out = &pn_penalty_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT,
           .example = "pn penalty list --where state=APPEALED")

#define P(f, label, ...) PN_COL(struct pn_penalty_impose, f, label, __VA_ARGS__)
static PN_TYPE(impose_t, "penalty.impose", struct pn_penalty_impose,
    P(merchant, N_("Merchant"), .flags = PN_REQ | PN_ARG, .ref = "merchant"),
    P(kind, N_("Kind"), .flags = PN_REQ | PN_ARG, .words = pn_penalty_kinds),
    P(order, N_("Order"), .flags = PN_OPT, .ref = "order"),
    P(base_fen, N_("Settlement"), .flags = PN_OPT, .min = 1, .max = INT64_C(100000000000),
      .hint = N_("Default: of the order's tickets; less fines less")),
    P(tickets, N_("Tickets"), .flags = PN_OPT, .min = 1, .max = 1000,
      .hint = N_("Default: all of the order; less fines less")),
    P(hours, N_("Hours"), .flags = PN_OPT, .min = -10000, .max = 10000,
      .hint = N_("Before the start, or late; default: now. Told earlier, it fines less")),
    P(accepted, N_("Accepted"), .hint = N_("The buyer takes the other seats")),
    P(amount_fen, N_("Difference"), .flags = PN_OPT, .min = 1, .max = INT64_C(100000000000),
      .hint = N_("Of a dearer replacement")),
    P(reason, N_("Reason"), .flags = PN_REQ, .max = 500));
#undef P
#define ID(s) PN_COL(s, id, N_("Penalty"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "penalty")
#define IN(verb, must)                                                                             \
    static PN_TYPE(verb##_t, "penalty." #verb, struct pn_penalty_##verb,                           \
        ID(struct pn_penalty_##verb),                                                              \
        PN_COL(struct pn_penalty_##verb, answer, N_("Reason"), .flags = must, .max = 500))
static PN_TYPE(show_t, "penalty.show", struct pn_penalty_show, ID(struct pn_penalty_show));
IN(approve, 0);
IN(reject, PN_REQ);
IN(appeal, PN_REQ);
IN(uphold, PN_REQ);
IN(reverse, PN_REQ);

typedef struct seen {
    int64_t merchant_id, order_id, before, taken_fen;
    pn_word kind;
} seen;
#define S(f, ...) PN_COL(seen, f, #f, __VA_ARGS__)
static PN_TYPE(seen_t, "penalty.seen", seen, S(merchant_id), S(order_id), S(before), S(taken_fen),
    S(kind, .words = pn_penalty_kinds));
#undef S
/* How often before in 30 days, and what the order cost it already. */
static const pn_sql seen_sql = {"penalty_seen", &seen_t, &seen_t,
    "select count(*) filter (where kind = :kind and created_at > :now::timestamptz -"
    "  interval '30 days') as before, coalesce(sum(amount_fen) filter (where order_id = :order_id"
    "  and :order_id <> 0 and kind <> 'REPROCURE_DIFF'), 0)::bigint as taken_fen"
    " from penalty where sk = :merchant_id# and merchant_id = :merchant_id"
    "  and state not in ('REVERSED', 'REJECTED')", false};
/* One at a time for a merchant; offers are locked later, so its account must not be yet. */
static const pn_sql lock_sql = {"penalty_lock", &seen_t, &seen_t,
    "select merchant_id from merchant_stand where sk = :merchant_id#"
    " and merchant_id = :merchant_id for update", false};
static const pn_sql put_sql = {"penalty_put", &pn_penalty_t, &pni_one_id_t,
    "insert into penalty (sk, id, merchant_id, kind, order_id, base_fen, tickets, hours, accepted,"
    " amount_fen, score, state, reason, proposed_by, created_at, updated_at) values (:id#, :id,"
    " :merchant_id, :kind, coalesce(:order_id, 0), :base_fen, :tickets, :hours, :accepted,"
    " :amount_fen, :score, 'PROPOSED', :reason, coalesce(:me, 0), :now, :now)"
    " on conflict do nothing returning id", false};
static const pn_sql taken_sql = {"penalty_taken", &pn_penalty_t, NULL,
    "update penalty set pending_fen = :pending_fen, frozen_fen = :frozen_fen,"
    " available_fen = :available_fen, guarantee_fen = :guarantee_fen, debt_fen = :debt_fen,"
    " appeal_by = :appeal_by where sk = :id# and id = :id and state = 'PROPOSED'", false};

static int row(pn *p, int64_t id, pn_penalty *out)
{
    return pni_row(p, &penalty_list_op, id, out);
}

static int show(pn *p, const struct pn_penalty_show *in, pn_penalty *out)
{
    return row(p, in->id, out);
}

/* ---- how much ---- */

static int needed(pn *p, const struct pn_penalty_impose *in)
{
    if (!(table[in->kind.v].needs & AMOUNT) || in->amount_fen.fen > 0)
        return 0;
    return pn_fail(p, PN_EARG, "amount_fen", pn_tr("%s: this is needed for it"),
                   pn_word_label(pn_penalty_kinds, in->kind));
}

/* The earlier it is told, the less it costs. */
static int by_time(pn *p, int hours, int64_t *bp, int *score)
{
    static const struct { int from_h; const char *key; int score; } steps[] = {
        {168, "penalty.default_7d_bp", -5}, {72, "penalty.default_3d_bp", -10},
        {24, "penalty.default_1d_bp", -15}, {6, "penalty.default_6h_bp", -20},
        {INT32_MIN, "penalty.default_bp", -30}};
    size_t i = 0;
    while (hours < steps[i].from_h)
        i++;
    *score = steps[i].score;
    return pni_policy(p, steps[i].key, bp);
}

static int times(pn *p, const char *key, int64_t n, int64_t *fen)
{
    PN_TRY(pni_policy(p, key, fen));
    *fen *= n;
    return 0;
}

static int amount_of(pn *p, const struct pn_penalty_impose *in, const seen *s, pn_penalty *out)
{
    int64_t fen = 0, bp = 0, base = out->base_fen.fen, most = base;
    int score = 0;
    out->score = table[in->kind.v].score;
    switch (in->kind.v) {
    case PN_PENALTY_ACCEPT_TIMEOUT:
        if (s->before)
            PN_TRY(pni_policy(p, s->before == 1 ? "penalty.accept_second_fen"
                                                : "penalty.accept_more_fen", &fen));
        break;
    case PN_PENALTY_ALLOC_TIMEOUT: PN_TRY(times(p, "penalty.alloc_fen", out->tickets, &fen)); break;
    case PN_PENALTY_FALSE_SHIP:
        PN_TRY(times(p, "penalty.false_ship_fen", out->tickets, &fen));
        break;
    case PN_PENALTY_SHIP_LATE:
        PN_TRY(times(p, "penalty.late_fen", (int64_t)out->tickets * ((out->hours + 23) / 24),
                     &fen));
        PN_TRY(pni_policy(p, "penalty.late_cap_bp", &bp));
        most = pni_bp(base, bp);
        break;
    case PN_PENALTY_DEFAULT:
    case PN_PENALTY_WRONG_SEAT:
        PN_TRY(by_time(p, out->hours, &bp, &score));
        fen = pni_bp(base, bp);
        if (in->kind.v == PN_PENALTY_DEFAULT)
            out->score = score;
        else if (in->accepted)
            fen = (fen + 1) / 2;
        break;
    case PN_PENALTY_FAKE: fen = base; break;
    case PN_PENALTY_REPROCURE_DIFF:
        PN_TRY(pni_policy(p, "penalty.diff_cap_bp", &bp));
        fen = in->amount_fen.fen;
        most = pni_bp(base, bp);
        break;
    default: break;
    }
    if (in->kind.v != PN_PENALTY_REPROCURE_DIFF && in->order && base) {
        int64_t left = base > s->taken_fen ? base - s->taken_fen : 0;
        most = most < left ? most : left; /* I23: all of an order, at most its settlement */
    }
    out->amount_fen.fen = base && fen > most ? most : fen;
    return 0;
}

/* ---- taken, and given back ---- */

static pni_dues dues_of(const pn_penalty *x)
{
    bool diff = x->kind.v == PN_PENALTY_REPROCURE_DIFF;
    return (pni_dues){.merchant = x->merchant_id, .order = x->order_id, .fen = x->amount_fen.fen,
                      .biz_kind = "PENALTY", .biz_id = x->id, .sale = pn_sk(x->merchant_id),
                      .into = diff ? PNI_INTO_RECOVERY : PNI_INTO_PENALTY,
                      .memo = pn_word_name(pn_penalty_kinds, x->kind)};
}

/* Deposits have their own documents. */
static int post(pn *p, const pn_penalty *x, int sign)
{
    bool diff = x->kind.v == PN_PENALTY_REPROCURE_DIFF;
    pni_doc d = {.rule = diff ? "REPROCURE" : "PENALTY", .biz_kind = "PENALTY", .biz_id = x->id,
                 .step = sign < 0 ? "REVERSED" : "IMPOSED",
                 .memo = pn_word_name(pn_penalty_kinds, x->kind),
                 .pending_fen = {sign * x->pending_fen.fen},
                 .available_fen = {sign * x->available_fen.fen},
                 .guarantee_fen = {sign * x->guarantee_fen.fen},
                 .debt_fen = {sign * x->debt_fen.fen}};
    if (x->amount_fen.fen > x->frozen_fen.fen)
        PN_TRY(pni_wallet_post(p, &d, x->merchant_id));
    if (!x->pending_fen.fen)
        return 0;
    pni_adjust a = {.merchant_id = x->merchant_id, .kind = "PENALTY", .biz_id = sign * x->id,
                    .order_id = x->order_id, .fen = -sign * x->pending_fen.fen, .note = d.memo};
    return pni_settle_adjust(p, &a);
}

/* The opposite entries. What was taken out of a deposit is one again; what was frozen for nobody
 * can be drawn. */
static int give_back(pn *p, const pn_penalty *x)
{
    pni_dues dues = dues_of(x);
    pn_penalty back = *x;
    int64_t fen = 0;
    if (pni_deposit_back_hook)
        PN_TRY(pni_deposit_back_hook(p, &dues, &fen));
    back.frozen_fen.fen = fen;
    back.available_fen.fen += x->frozen_fen.fen - fen;
    return post(p, &back, -1);
}

static int conduct(pn *p, const pn_penalty *x, int sign)
{
    struct pn_merchant_score in = {.id = x->merchant_id, .delta = sign * x->score,
                                   .reason = pn_word_name(pn_penalty_kinds, x->kind)};
    pn_merchant m;
    return x->score ? pni_merchant_points(p, &in, &m) : 0;
}

static int collect(pn *p, pn_penalty *x, const char *answer)
{
    pni_dues dues = dues_of(x);
    pni_doc d = {0};
    int64_t hours = 0;
    PN_TRY(pni_policy(p, "penalty.appeal_h", &hours));
    PN_TRY(pni_pockets_take(p, &dues, &d, &x->frozen_fen.fen));
    x->pending_fen = d.pending_fen;
    x->available_fen = d.available_fen;
    x->guarantee_fen = d.guarantee_fen;
    x->debt_fen = d.debt_fen;
    x->appeal_by.us = pn_now(p).us + hours * INT64_C(3600000000);
    PN_TRY(pn_exec(p, &taken_sql, x, NULL));
    PN_TRY(pn_step(p, &flow, x->id, x->state, "approve", answer, NULL));
    PN_TRY(post(p, x, 1));
    return conduct(p, x, 1);
}

/* ---- operations ---- */

static int impose(pn *p, const struct pn_penalty_impose *in, pn_penalty *out)
{
    pn_penalty x = {.merchant_id = in->merchant, .kind = in->kind, .order_id = in->order,
                    .accepted = in->accepted, .reason = in->reason};
    seen s, which = {.merchant_id = in->merchant, .order_id = in->order, .kind = in->kind};
    pni_one_id made;
    int64_t dual_fen = 0;
    PN_TRY(needed(p, in));
    PN_TRY(pni_penalty_facts_of(p, in, table[in->kind.v].needs, &x));
    PN_TRY(pn_one(p, &lock_sql, &which, &s));
    PN_TRY(pn_one(p, &seen_sql, &which, &s));
    PN_TRY(amount_of(p, in, &s, &x));
    PN_TRY(pni_policy(p, "penalty.dual_control_fen", &dual_fen));
    PN_TRY(pn_new_id(p, pn_sk(in->merchant), &x.id));
    int rc = pn_one(p, &put_sql, &x, &made);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_EEXISTS, "order", "%s",
                       pn_tr("The order has a penalty of this kind already"));
    PN_TRY(rc);
    PN_TRY(pni_state_log(p, flow.noun, x.id, NULL, "PROPOSED", "propose", in->reason));
    x.state.v = PN_PENALTY_IS_PROPOSED;
    if (x.amount_fen.fen <= dual_fen)
        PN_TRY(collect(p, &x, NULL));
    PN_TRY(row(p, x.id, out));
    return pn_audit(p, "penalty", x.id, &pn_penalty_t, NULL, out, in->reason);
}

static int approve(pn *p, const struct pn_penalty_approve *in, pn_penalty *out)
{
    pn_penalty x, before;
    PN_TRY(row(p, in->id, &x));
    before = x;
    if (x.state.v == PN_PENALTY_IS_PROPOSED && x.proposed_by == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, "id", "%s",
                       pn_tr("Whoever proposed a penalty cannot approve it"));
    PN_TRY(collect(p, &x, in->answer));
    PN_TRY(row(p, in->id, out));
    return pn_audit(p, "penalty", in->id, &pn_penalty_t, &before, out, in->answer);
}

static int step(pn *p, int64_t id, const char *event, const char *answer, pn_penalty *x,
                pn_penalty *out)
{
    PN_TRY(pn_step(p, &flow, id, x->state, event, answer, NULL));
    PN_TRY(row(p, id, out));
    return pn_audit(p, "penalty", id, &pn_penalty_t, x, out, answer);
}

static int reject(pn *p, const struct pn_penalty_reject *in, pn_penalty *out)
{
    pn_penalty x;
    PN_TRY(row(p, in->id, &x));
    return step(p, in->id, "reject", in->answer, &x, out);
}

static int appeal(pn *p, const struct pn_penalty_appeal *in, pn_penalty *out)
{
    pn_penalty x;
    PN_TRY(row(p, in->id, &x));
    if (x.state.v == PN_PENALTY_IS_IMPOSED && x.appeal_by.us <= pn_now(p).us)
        return pn_fail(p, PN_EEXPIRED, "id", "%s", pn_tr("The time for an appeal is over"));
    return step(p, in->id, "appeal", in->answer, &x, out);
}

static int uphold(pn *p, const struct pn_penalty_uphold *in, pn_penalty *out)
{
    pn_penalty x;
    PN_TRY(row(p, in->id, &x));
    return step(p, in->id, "uphold", in->answer, &x, out);
}

static int reverse(pn *p, const struct pn_penalty_reverse *in, pn_penalty *out)
{
    pn_penalty x;
    int64_t dual_fen = 0;
    PN_TRY(row(p, in->id, &x));
    PN_TRY(pni_policy(p, "penalty.dual_control_fen", &dual_fen));
    if (x.amount_fen.fen > dual_fen && x.decided_by == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, "id", "%s",
                       pn_tr("Somebody else must take back what you approved"));
    PN_TRY(step(p, in->id, "reverse", in->answer, &x, out));
    PN_TRY(give_back(p, &x));
    return conduct(p, &x, -1);
}

enum { STAFF = PN_ROLE_OPS | PN_ROLE_FINANCE, DO = PN_WRITE | PN_ONCE };
PN_OP(penalty, show, pn_penalty, .brief = N_("Show a penalty"), .in = &show_t,
      .out = &pn_penalty_t, .may = STAFF | PN_ROLE_MERCHANT)
PN_OP(penalty, impose, pn_penalty, .brief = N_("Impose a penalty on a merchant"),
      .help = N_("The amount follows from the rules and the order; a dry run shows it, and out of "
                 "what it would be taken: what the order would bring, its offer's deposit, what "
                 "others bring and have, what is available, the guarantee, and what is left is a "
                 "debt. Large ones are proposed, and approved by somebody else."),
      .in = &impose_t, .out = &pn_penalty_t, .may = PN_ROLE_OPS | PN_ROLE_SYSTEM,
      .flags = DO | PN_DANGER, .example = "pn penalty impose xiaolong DEFAULT --order"
      " PN261123000001234 --reason 'told the day before'")
PN_OP(penalty, approve, pn_penalty, .brief = N_("Approve a penalty that was proposed"),
      .in = &approve_t, .out = &pn_penalty_t, .may = STAFF, .flags = DO | PN_DANGER,
      .lasting = N_("It is in the books: an adjustment puts it right"))
PN_OP(penalty, reject, pn_penalty, .brief = N_("Turn a proposed penalty down"), .in = &reject_t,
      .out = &pn_penalty_t, .may = STAFF, .flags = DO,
      .lasting = N_("It was decided: whoever asked may ask anew"))
PN_OP(penalty, appeal, pn_penalty, .brief = N_("Appeal against a penalty as the merchant"),
      .in = &appeal_t, .out = &pn_penalty_t, .may = PN_ROLE_MERCHANT, .flags = DO,
      .lasting = N_("It waits for a decision now: reject it there"))
PN_OP(penalty, uphold, pn_penalty, .brief = N_("Decide that an appealed penalty stays"),
      .in = &uphold_t, .out = &pn_penalty_t, .may = PN_ROLE_OPS, .flags = DO,
      .lasting = N_("It was decided: whoever asked may ask anew"))
PN_OP(penalty, reverse, pn_penalty, .brief = N_("Take a penalty back"),
      .help = N_("By opposite entries; the conduct points come back, too."), .in = &reverse_t,
      .out = &pn_penalty_t, .may = PN_ROLE_OPS, .flags = DO | PN_DANGER,
      .lasting = N_("It was decided: whoever asked may ask anew"))

const pn_module pn_penalty_module = {
    "penalty", N_("Penalties of merchants"),
    .ops = PN_LIST(pn_op, &penalty_list_op, &penalty_show_op, &penalty_impose_op,
                   &penalty_approve_op, &penalty_reject_op, &penalty_appeal_op,
                   &penalty_uphold_op, &penalty_reverse_op),
    .sql = PN_LIST(pn_sql, &move_sql, &seen_sql, &lock_sql, &put_sql,
                   &taken_sql, &pni_penalty_facts_sql),
    .fsm = PN_LIST(pn_fsm, &flow),
};
