/* SPDX-License-Identifier: Apache-2.0 */
/* adjustment.c — whoever sees that the books are wrong proposes a transfer, somebody else looks at
 * it and lets it happen. Nothing is ever changed: a mistake is undone by its opposite. */
#include "ledger/adjustment.h"

#include <string.h>

#include "base/when_int.h"
#include "ledger/ledger_int.h"

const pn_words pn_adjustment_states[] = {PN_ADJUSTMENT_STATES(PN_WORD_ROW){0}};
static const pn_edge edges[] = {{"PROPOSED", "approve", "APPROVED", 0, NULL},
                                {"PROPOSED", "reject", "REJECTED", 0, NULL}, {0}};
static const pn_sql move_sql = {"adjustment_move", &pn_move_t, NULL,
    "update ledger_adjustment set state = :to, decided_by = :me, decided_at = :now,"
    " answer = coalesce(:reason, ''), updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = :from", false};
static const pn_fsm flow = {N_("adjustment"), pn_adjustment_states, edges, &move_sql};

#define C(f, label, ...) PN_COL(pn_adjustment, f, label, __VA_ARGS__)
PN_TYPE(pn_adjustment_t, "adjustment", pn_adjustment,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "j.id", .ref = "adjustment"),
    C(debit, N_("Debited"), .flags = PN_BRIEF, .words = pni_kinds, .sql = "a.kind"),
    C(credit, N_("Credited"), .flags = PN_BRIEF, .words = pni_kinds, .sql = "b.kind"),
    C(debit_id, N_("Debited account"), .sql = "j.debit_id", .ref = "ledger"),
    C(credit_id, N_("Credited account"), .sql = "j.credit_id", .ref = "ledger"),
    C(amount_fen, N_("Amount"), .flags = PN_BRIEF | PN_SORT, .sql = "j.amount_fen"),
    C(day, N_("Day"), .sql = "j.day"),
    C(reason, N_("Reason"), .flags = PN_BRIEF, .sql = "j.reason"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_adjustment_states, .sql = "j.state"),
    C(proposed_by, N_("Proposed by"), .flags = PN_BRIEF, .sql = "j.proposed_by",
      .ref = "staff"),
    C(decided_by, N_("Decided by"), .flags = PN_OPT, .sql = "j.decided_by", .ref = "staff"),
    C(created_at, N_("Created"), .flags = PN_BRIEF | PN_SORT, .sql = "j.created_at"),
    C(decided_at, N_("Decided at"), .sql = "j.decided_at"),
    C(answer, N_("Answer"), .sql = "coalesce(j.answer, '')"));
#undef C
#define FROM                                                                                       \
    "ledger_adjustment j join ledger_account a on a.sk = j.sk and a.id = j.debit_id"               \
    " join ledger_account b on b.sk = j.sk and b.id = j.credit_id"
static const pn_list_spec list_spec = {.row = &pn_adjustment_t, .from = FROM,
    .scope = "(:my_merchant::bigint is null and :my_organiser::bigint is null)",
    .key = "j.id", .sort = "-id"};

typedef struct sides {
    int64_t id, debit_id, credit_id, debit_owner, credit_owner, proposed_by;
    const char *debit_part, *credit_part, *reason;
    pn_word debit, credit, state;
    pn_money amount_fen;
    pn_date day, closed;
} sides;
#define S(f, ...) PN_COL(sides, f, #f, __VA_ARGS__)
static PN_TYPE(sides_t, "adjustment.sides", sides, S(id), S(debit_id), S(credit_id),
    S(debit_owner), S(credit_owner), S(proposed_by), S(debit_part), S(credit_part), S(reason),
    S(debit, .words = pni_kinds), S(credit, .words = pni_kinds),
    S(state, .words = pn_adjustment_states), S(amount_fen), S(day), S(closed));
#undef S
/* The accounts of a proposal that is not written yet. */
static const pn_sql look_sql = {"adjustment_look", &sides_t, &sides_t,
    "select a.kind as debit, b.kind as credit, k.closed_through as closed"
    " from ledger_account a join ledger_account b on b.sk = :debit_id# and b.id = :credit_id"
    " join ledger_book k on k.id = 1 where a.sk = :debit_id# and a.id = :debit_id", false};
static const pn_sql put_sql = {"adjustment_put", &sides_t, NULL,
    "insert into ledger_adjustment (sk, id, debit_id, credit_id, amount_fen, day, reason, state,"
    " proposed_by, created_at, updated_at) values (:id#, :id, :debit_id, :credit_id, :amount_fen,"
    " :day, :reason, 'PROPOSED', :me, :now, :now)", false};
static const pn_sql sides_sql = {"adjustment_sides", &sides_t, &sides_t,
    "select j.id, j.debit_id, j.credit_id, a.owner as debit_owner, b.owner as credit_owner,"
    " a.part as debit_part, b.part as credit_part, a.kind as debit, b.kind as credit,"
    " j.amount_fen, j.day, j.reason, j.state, j.proposed_by from " FROM
    " where j.sk = :id# and j.id = :id for update of j", false};
typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "adjustment.id", id_in, PN_COL(id_in, id, N_("Number")));
static const pn_sql row_sql = {"adjustment_row", &by_id_t, &pn_adjustment_t,
    "select j.id, a.kind as debit, b.kind as credit, j.debit_id, j.credit_id, j.amount_fen, j.day,"
    " j.reason, j.state, j.proposed_by, j.decided_by, j.created_at, j.decided_at,"
    " coalesce(j.answer, '') as answer from " FROM " where j.sk = :id# and j.id = :id", false};

static PN_TYPE(propose_t, "adjustment.propose", struct pn_adjustment_propose,
    PN_COL(struct pn_adjustment_propose, debit, N_("Debited account"), .flags = PN_REQ | PN_ARG,
           .ref = "ledger"),
    PN_COL(struct pn_adjustment_propose, credit, N_("Credited account"),
           .flags = PN_REQ | PN_ARG, .ref = "ledger", .hint = N_("In the same shard")),
    PN_COL(struct pn_adjustment_propose, amount_fen, N_("Amount"), .flags = PN_REQ | PN_ARG,
           .min = 1, .max = INT64_C(100000000000)),
    PN_COL(struct pn_adjustment_propose, day, N_("Day"),
           .hint = N_("The business day it counts for; default: when it is approved")),
    PN_COL(struct pn_adjustment_propose, reason, N_("Reason"), .flags = PN_REQ, .max = 500));
static PN_TYPE(approve_t, "adjustment.approve", struct pn_adjustment_approve,
    PN_COL(struct pn_adjustment_approve, id, N_("Adjustment"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "adjustment"),
    PN_COL(struct pn_adjustment_approve, answer, N_("Answer"), .max = 500));
static PN_TYPE(reject_t, "adjustment.reject", struct pn_adjustment_reject,
    PN_COL(struct pn_adjustment_reject, id, N_("Adjustment"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "adjustment"),
    PN_COL(struct pn_adjustment_reject, answer, N_("Answer"), .flags = PN_REQ, .max = 500));

static int propose(pn *p, const struct pn_adjustment_propose *in, pn_adjustment *out)
{
    sides s = {.debit_id = in->debit, .credit_id = in->credit, .amount_fen = in->amount_fen,
               .day = in->day, .reason = in->reason}, seen;
    if (pn_sk(in->debit) != pn_sk(in->credit)) {
        pn_fail(p, PN_EARG, "credit", "%s", pn_tr("The accounts are in different shards"));
        return pn_hint(p, "%s", pn_tr("Make two adjustments over TRANSIT, one in each shard"));
    }
    if (in->debit == in->credit)
        return pn_fail(p, PN_EARG, "credit", "%s",
                       pn_tr("Debit and credit are the same account"));
    int rc = pn_one(p, &look_sql, &s, &seen);
    if (rc == PN_ENONE) {
        pn_fail(p, PN_ENONE, "debit", "%s", pn_tr("One of the accounts does not exist"));
        return pn_hint(p, "%s", pn_tr("ledger list shows them"));
    }
    PN_TRY(rc);
    if (in->day.days && in->day.days <= seen.closed.days)
        return pn_fail(p, PN_ESTATE, "day", "%s", pn_tr("The books of that day are closed"));
    if (in->day.days > pni_local_day(pn_now(p)))
        return pn_fail(p, PN_EARG, "day", "%s", pn_tr("This day is still to come"));
    PN_TRY(pn_new_id(p, pn_sk(in->debit), &s.id));
    PN_TRY(pn_exec(p, &put_sql, &s, NULL));
    PN_TRY(pni_state_log(p, flow.noun, s.id, NULL, "PROPOSED", "propose", in->reason));
    PN_TRY(pn_one(p, &row_sql, &(id_in){s.id}, out));
    return pn_audit(p, "adjustment", s.id, &pn_adjustment_t, NULL, out, in->reason);
}

static int look(pn *p, int64_t id, sides *out, pn_adjustment *row)
{
    int rc = pn_one(p, &sides_sql, &(sides){.id = id}, out);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no adjustment %lld"), (long long)id);
    PN_TRY(rc);
    return pn_one(p, &row_sql, &(id_in){id}, row);
}

static int approve(pn *p, const struct pn_adjustment_approve *in, pn_adjustment *out)
{
    sides s;
    pn_adjustment before;
    PN_TRY(look(p, in->id, &s, &before));
    if (s.proposed_by == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, "id", "%s",
                       pn_tr("Whoever proposed an adjustment cannot approve it"));
    PN_TRY(pn_step(p, &flow, in->id, s.state, "approve", in->answer, NULL));
    pni_transfer t = {.sk = pn_sk(s.debit_id), .fen = s.amount_fen.fen, .biz_kind = "ADJUSTMENT",
        .biz_id = s.id, .step = "APPROVED", .rule = "MANUAL", .memo = s.reason,
        .debit = {s.debit.v, s.debit_owner, s.debit_part},
        .credit = {s.credit.v, s.credit_owner, s.credit_part}, .day = s.day.days};
    PN_TRY(pni_transfer_must(p, &t, 1));
    PN_TRY(pn_one(p, &row_sql, &(id_in){in->id}, out));
    return pn_audit(p, "adjustment", in->id, &pn_adjustment_t, &before, out, in->answer);
}

static int reject(pn *p, const struct pn_adjustment_reject *in, pn_adjustment *out)
{
    sides s;
    pn_adjustment before;
    PN_TRY(look(p, in->id, &s, &before));
    PN_TRY(pn_step(p, &flow, in->id, s.state, "reject", in->answer, NULL));
    PN_TRY(pn_one(p, &row_sql, &(id_in){in->id}, out));
    return pn_audit(p, "adjustment", in->id, &pn_adjustment_t, &before, out, in->answer);
}

PN_OP_LIST(adjustment, list, list_spec, .brief = N_("List corrections of the books"),
           .out = &pn_adjustment_t, .may = PN_ROLE_FINANCE,
           .example = "pn adjustment list --where state=PROPOSED")
PN_OP(adjustment, propose, pn_adjustment, .brief = N_("Propose a correction of the books"),
      .help = N_("Another person approves it; only then anything moves."), .in = &propose_t,
      .out = &pn_adjustment_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE,
      .example = "pn adjustment propose 4097 8193 12.50 --reason 'provider file 2026-11-30'")
PN_OP(adjustment, approve, pn_adjustment, .brief = N_("Approve a correction of the books"),
      .in = &approve_t, .out = &pn_adjustment_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .lasting = N_("It is in the books: an adjustment puts it right"))
PN_OP(adjustment, reject, pn_adjustment, .brief = N_("Reject a correction of the books"),
      .in = &reject_t, .out = &pn_adjustment_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("It was decided: whoever asked may ask anew"))

const pn_module pn_adjustment_module = {
    "adjustment", N_("Corrections"),
    .ops = PN_LIST(pn_op, &adjustment_list_op, &adjustment_propose_op, &adjustment_approve_op,
                   &adjustment_reject_op),
    .sql = PN_LIST(pn_sql, &move_sql, &look_sql, &put_sql, &sides_sql, &row_sql),
    .fsm = PN_LIST(pn_fsm, &flow),
};
