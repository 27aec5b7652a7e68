/* SPDX-License-Identifier: Apache-2.0 */
/* channel_transfer.c — money of channels by bank: each by one line of the statement, and much of it
 * by two people. */
#include "channel/channel_transfer.h"

#include "base/policy_int.h"
#include "catalog/row_int.h"
#include "channel/channel_int.h"
#include "merchant/wallet_int.h"

const pn_words pn_channel_transfer_states[] = {PN_CHANNEL_TRANSFER_STATES(PN_WORD_ROW){0}};
static const pn_edge edges[] = {{"PROPOSED", "approve", "DONE", 0, NULL},
                                {"PROPOSED", "reject", "REJECTED", 0, NULL}, {0}};
static const pn_sql move_sql = {"channel_transfer_move", &pn_move_t, NULL,
    "update channel_transfer set state = :to, decided_by = :me, decided_at = :now,"
    " answer = coalesce(:reason, ''), updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = :from", false};
static const pn_fsm flow = {N_("channel transfer"), pn_channel_transfer_states, edges, &move_sql};

#define C(f, label, ...) PN_COL(pn_channel_transfer, f, label, .sql = "x." #f, __VA_ARGS__)
static PN_TYPE(transfer_t, "channel_transfer", pn_channel_transfer,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT, .ref = "channel_transfer"),
    C(channel_id, N_("Channel ID"), .ref = "channel"),
    PN_COL(pn_channel_transfer, channel, N_("Channel"), .flags = PN_BRIEF, .sql = "c.code"),
    C(amount_fen, N_("Amount"), .flags = PN_BRIEF | PN_SORT),
    C(reference, N_("Reference"), .flags = PN_BRIEF), C(reason, N_("Reason")),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_channel_transfer_states),
    C(proposed_by, N_("Proposed by"), .flags = PN_BRIEF, .ref = "staff"),
    C(decided_by, N_("Decided by"), .flags = PN_OPT, .ref = "staff"),
    C(created_at, N_("Created"), .flags = PN_BRIEF | PN_SORT),
    C(decided_at, N_("Decided at")), C(answer, N_("Answer")));
#undef C
static const pn_list_spec list_spec = {.row = &transfer_t, .key = "x.id", .sort = "-id",
    .from = "channel_transfer x join channel c on c.id = x.channel_id"};

int pni_channel_booked(pn *p, const pni_channel_transfer *t)
{
    PN_TRY(pni_bank_line(p, t->reference, "CHANNEL", t->ref ? t->ref : t->channel_id));
    pni_channel_money m = {.channel_id = t->channel_id, .book = "PREPAID", .ref = t->ref,
                           .kind = t->fen > 0 ? "TOPUP" : "PAYOUT", .fen = t->fen,
                           .reason = t->reference};
    return pni_channel_move(p, &m, NULL);
}

/* ---- proposed ---- */

#define ID(verb_)                                                                                  \
    PN_COL(struct pn_channel_transfer_##verb_, id, N_("Transfer"), .flags = PN_KEY | PN_REQ |      \
           PN_ARG, .ref = "channel_transfer")
static PN_TYPE(show_t, "channel_transfer.show", struct pn_channel_transfer_show, ID(show));
#define N(f, label, ...) PN_COL(struct pn_channel_transfer_create, f, label, __VA_ARGS__)
static PN_TYPE(create_t, "channel_transfer.create", struct pn_channel_transfer_create,
    N(channel, N_("Channel"), .flags = PN_REQ | PN_ARG, .ref = "channel"),
    N(amount_fen, N_("Amount"), .flags = PN_REQ | PN_ARG, .min = -INT64_C(100000000000),
      .max = INT64_C(100000000000), .hint = N_("Negative: paid back")),
    N(reference, N_("Reference"), .flags = PN_REQ, .max = 100,
      .hint = N_("Line of the bank statement")),
    N(reason, N_("Reason"), .flags = PN_REQ, .max = 200));
#undef N
static PN_TYPE(approve_t, "channel_transfer.approve", struct pn_channel_transfer_approve,
    ID(approve), PN_COL(struct pn_channel_transfer_approve, answer, N_("Answer"), .max = 500));
static PN_TYPE(reject_t, "channel_transfer.reject", struct pn_channel_transfer_reject, ID(reject),
    PN_COL(struct pn_channel_transfer_reject, answer, N_("Answer"), .flags = PN_REQ, .max = 500));

PN_OP_LIST(channel_transfer, list, list_spec,
           .brief = N_("List money of channels that two people book"), .out = &transfer_t,
           .may = PN_ROLE_FINANCE | PN_ROLE_OPS,
           .example = "pn channel_transfer list --where state=PROPOSED")

static int show(pn *p, const struct pn_channel_transfer_show *in, pn_channel_transfer *out)
{
    return pni_row(p, &channel_transfer_list_op, in->id, out);
}

static const pn_sql put_sql = {"channel_transfer_put", &transfer_t, NULL,
    "insert into channel_transfer (sk, id, channel_id, amount_fen, reference, reason, state,"
    " proposed_by, created_at, updated_at) values (:channel_id#, :id, :channel_id, :amount_fen,"
    " :reference, :reason, 'PROPOSED', :me, :now, :now)", false};

static int create(pn *p, const struct pn_channel_transfer_create *in, pn_channel_transfer *out)
{
    pn_channel_transfer row = {.channel_id = in->channel, .amount_fen = in->amount_fen,
                               .reference = in->reference, .reason = in->reason};
    if (!in->amount_fen.fen)
        return pn_fail(p, PN_EARG, "amount_fen", "%s", pn_tr("An amount is above or below zero"));
    PN_TRY(pn_new_id(p, pn_sk(in->channel), &row.id));
    PN_TRY(pn_exec(p, &put_sql, &row, NULL));
    PN_TRY(pni_stepped(p, &flow, row.id, NULL, "propose", in->reason));
    PN_TRY(pni_row(p, &channel_transfer_list_op, row.id, out));
    return pn_audit(p, "channel_transfer", row.id, &transfer_t, NULL, out, in->reason);
}

/* ---- decided ---- */

static int approve(pn *p, const struct pn_channel_transfer_approve *in, pn_channel_transfer *out)
{
    pn_channel_transfer t;
    PN_TRY(pni_row(p, &channel_transfer_list_op, in->id, &t));
    if (t.proposed_by == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, "id", "%s",
                       pn_tr("Whoever proposed a transfer cannot approve it"));
    PN_TRY(pn_step(p, &flow, in->id, t.state, "approve", in->answer, NULL));
    PN_TRY(pni_channel_booked(p, &(pni_channel_transfer){t.channel_id, t.id, t.amount_fen.fen,
                                                         t.reference}));
    PN_TRY(pni_row(p, &channel_transfer_list_op, in->id, out));
    return pn_audit(p, "channel_transfer", in->id, &transfer_t, &t, out, in->answer);
}

static int reject(pn *p, const struct pn_channel_transfer_reject *in, pn_channel_transfer *out)
{
    pn_channel_transfer t;
    PN_TRY(pni_row(p, &channel_transfer_list_op, in->id, &t));
    PN_TRY(pn_step(p, &flow, in->id, t.state, "reject", in->answer, NULL));
    PN_TRY(pni_row(p, &channel_transfer_list_op, in->id, out));
    return pn_audit(p, "channel_transfer", in->id, &transfer_t, &t, out, in->answer);
}

PN_OP(channel_transfer, show, pn_channel_transfer,
      .brief = N_("Show money of a channel that two people book"), .in = &show_t,
      .out = &transfer_t, .may = PN_ROLE_FINANCE | PN_ROLE_OPS)
PN_OP(channel_transfer, create, pn_channel_transfer,
      .brief = N_("Propose to book money of a channel, in or out by bank"),
      .help = N_("For amounts above the rule channel.dual_control_fen; others are booked at once "
                 "by “channel topup”."),
      .in = &create_t, .out = &transfer_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE,
      .example = "pn channel_transfer create timemachine 100000 --reference 20261123-4411 "
                 "--reason 'autumn season'")
PN_OP(channel_transfer, approve, pn_channel_transfer,
      .brief = N_("Book money of a channel that somebody else proposed"), .in = &approve_t,
      .out = &transfer_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .lasting = N_("It is in the books: another transfer puts it right"))
PN_OP(channel_transfer, reject, pn_channel_transfer,
      .brief = N_("Reject money of a channel that was proposed"), .in = &reject_t,
      .out = &transfer_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("It was decided: whoever asked may ask anew"))

const pn_module pn_channel_transfer_module = {
    "channel_transfer", N_("Transfers of channels"),
    .ops = PN_LIST(pn_op, &channel_transfer_list_op, &channel_transfer_show_op,
                   &channel_transfer_create_op, &channel_transfer_approve_op,
                   &channel_transfer_reject_op),
    .sql = PN_LIST(pn_sql, &move_sql, &put_sql),
    .fsm = PN_LIST(pn_fsm, &flow),
};
