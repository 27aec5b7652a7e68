/* SPDX-License-Identifier: Apache-2.0 */
/* recon_diff.c — a difference is somebody's case until he says what it is: nothing wrong (explain),
 * or something to book, which one person proposes and another lets happen. A payment that the
 * provider has and we do not is booked as its notice would have: the order is paid, or the money is
 * given back. Whatever belongs to no order is kept apart until its owner is found. */
#include "order/recon_diff.h"

#include <string.h>

#include "catalog/row_int.h"
#include "ledger/ledger_int.h"
#include "order/bill_int.h"
#include "order/provider_int.h"
#include "order/order_int.h"
#include "order/payment_int.h"

const pn_words pn_recon_diff_states[] = {PN_RECON_DIFF_STATES(PN_WORD_ROW){0}};
const pn_words pn_recon_kinds[] = {PN_RECON_KINDS(PN_WORD_ROW){0}};
// clang-format off
static const pn_edge edges[] = {
    {"OPEN",      "explain", "EXPLAINED", 0, NULL},
    {"EXPLAINED", "reopen",  "OPEN",      0, NULL},
    {"OPEN",      "adjust",  "PROPOSED",  0, NULL},
    {"PROPOSED",  "approve", "ADJUSTED",  0, NULL},
    {"PROPOSED",  "reject",  "OPEN",      0, NULL},
    {"OPEN",      "appear",  "APPEARED",  0, NULL},
    {0}};
// clang-format on
const pn_sql pni_recon_diff_move_sql = {"recon_diff_move", &pn_move_t, NULL,
    "update recon_diff set state = :to, reason = coalesce(:reason, reason),"
    " proposed_by = case :event when 'adjust' then :me when 'reject' then null"
    "  when 'explain' then null else proposed_by end,"
    " decided_by = case when :event in ('approve', 'explain') then :me end,"
    " closed_at = case when :to in ('EXPLAINED', 'ADJUSTED', 'APPEARED') then :now end,"
    " updated_at = :now, version = version + 1 where sk = :id# and id = :id and state = :from",
    false};
const pn_fsm pni_recon_diff_fsm = {N_("difference"), pn_recon_diff_states, edges,
                                   &pni_recon_diff_move_sql};

static const pn_words about[] = {{"PAY", N_("Payment"), 0}, {"REFUND", N_("Refund"), 0},
    {"PAID_IN", N_("Payment came in"), 0}, {"PAID_OUT", N_("Refund went out"), 0},
    {"FEE", N_("Provider's fee"), 0}, {"OTHER", N_("Another movement"), 0},
    {"DAY", N_("The whole day"), 0}, {0}};
static const pn_words bookings[] = {{"CAPTURE", N_("The payment, as if told of"), 0},
    {"RECON", N_("Money without an owner"), 0}, {"RECON_LOSS", N_("A loss"), 0}, {0}};
#define C(f, label, ...) PN_COL(pn_recon_diff, f, label, __VA_ARGS__)
PN_TYPE(pn_recon_diff_t, "recon_diff", pn_recon_diff,
    C(id, N_("Difference no."), .flags = PN_KEY | PN_SORT, .sql = "d.id", .ref = "recon_diff"),
    C(bill_id, N_("Bill"), .sql = "d.bill_id", .ref = "bill"),
    C(day, N_("Day"), .flags = PN_BRIEF | PN_SORT, .sql = "d.day"),
    C(kind, N_("Kind"), .flags = PN_BRIEF, .words = pn_recon_kinds, .sql = "d.kind"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_recon_diff_states, .sql = "d.state"),
    C(theirs_fen, N_("Theirs"), .flags = PN_BRIEF, .sql = "d.theirs_fen"),
    C(ours_fen, N_("Ours"), .flags = PN_BRIEF, .sql = "d.ours_fen"),
    C(diff_fen, N_("Difference"), .flags = PN_BRIEF | PN_SORT,
      .sql = "(d.theirs_fen - d.ours_fen)"),
    /* where there is no room, half a number of theirs says nothing: it stands behind */
    C(method, N_("Method"), .flags = PN_BRIEF, .words = pn_pay_methods, .sql = "d.method"),
    C(ref, N_("Number"), .flags = PN_BRIEF, .sql = "d.ref"),
    C(refers, N_("About"), .words = about, .sql = "d.refers"),
    C(line_no, N_("Line"), .flags = PN_OPT, .sql = "nullif(d.line_no, 0)"),
    C(payment_id, N_("Payment"), .flags = PN_OPT, .sql = "d.payment_id", .ref = "payment"),
    C(refund_id, N_("Refund"), .flags = PN_OPT, .sql = "d.refund_id", .ref = "refund"),
    C(order_id, N_("Order"), .flags = PN_OPT, .sql = "d.order_id", .ref = "order"),
    C(note, N_("Note"), .sql = "d.note"),
    C(reason, N_("Reason"), .sql = "d.reason"),
    C(adjust_rule, N_("To be booked as"), .words = bookings, .sql = "d.adjust_rule"),
    C(adjust_fen, N_("To be booked"), .flags = PN_OPT, .sql = "d.adjust_fen"),
    C(proposed_by, N_("Proposed by"), .flags = PN_OPT, .sql = "d.proposed_by", .ref = "staff"),
    C(decided_by, N_("Decided by"), .flags = PN_OPT, .sql = "d.decided_by", .ref = "staff"),
    C(found_at, N_("Found at"), .flags = PN_SORT, .sql = "d.found_at"),
    C(closed_at, N_("Closed at"), .sql = "d.closed_at"));
#undef C
static const pn_list_spec list_spec = {.row = &pn_recon_diff_t, .from = "recon_diff d",
    .scope = "(:my_merchant::bigint is null and :my_organiser::bigint is null)",
    .key = "d.id", .sort = "-found_at,-id"};
PN_OP_LIST(recon_diff, list, list_spec,
           .brief = N_("List differences between providers' bills and our books"),
           .out = &pn_recon_diff_t, .may = PN_ROLE_FINANCE | PN_ROLE_OPS,
           .example = "pn recon_diff list --where state=OPEN")

#define ID(s)                                                                                      \
    PN_COL(s, id, N_("Difference no."), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "recon_diff")
#define IN(verb, must)                                                                             \
    static PN_TYPE(verb##_t, "recon_diff." #verb, struct pn_recon_diff_##verb,                     \
        ID(struct pn_recon_diff_##verb),                                                           \
        PN_COL(struct pn_recon_diff_##verb, reason, N_("Reason"), .flags = must, .max = 500))
static PN_TYPE(show_t, "recon_diff.show", struct pn_recon_diff_show,
    ID(struct pn_recon_diff_show));
IN(explain, PN_REQ);
IN(reopen, PN_REQ);
IN(adjust, PN_REQ);
IN(approve, 0);
IN(reject, PN_REQ);
typedef struct plan { int64_t id; const char *rule; pn_money fen; } plan;
static PN_TYPE(plan_t, "recon_diff.plan", plan, PN_COL(plan, id, "id"), PN_COL(plan, rule, "rule"),
    PN_COL(plan, fen, "fen"));
static const pn_sql plan_sql = {"recon_diff_plan", &plan_t, NULL,
    "update recon_diff set adjust_rule = :rule, adjust_fen = :fen where sk = :id# and id = :id",
    false};
typedef struct told { int64_t id, payment_id; const char *provider_no; pn_money amount_fen; } told;
static PN_TYPE(told_t, "recon_diff.told", told, PN_COL(told, id, "id"),
    PN_COL(told, payment_id, "payment_id"), PN_COL(told, provider_no, "provider_no"),
    PN_COL(told, amount_fen, "amount_fen"));
static const pn_sql told_sql = {"recon_diff_line", &told_t, &told_t,
    "select l.ref as provider_no, l.amount_fen, d.payment_id from recon_diff d join bill_line l"
    " on l.bill_id = d.bill_id and l.no = d.line_no and l.ref = d.ref"
    " where d.sk = :id# and d.id = :id", false};

static int row(pn *p, int64_t id, pn_recon_diff *out)
{
    return pni_row(p, &recon_diff_list_op, id, out);
}

static int show(pn *p, const struct pn_recon_diff_show *in, pn_recon_diff *out)
{
    return row(p, in->id, out);
}

/* One step, and the bill counted anew. */
static int step(pn *p, const pn_recon_diff *before, const char *event, const char *reason,
                pn_recon_diff *out)
{
    PN_TRY(pn_step(p, &pni_recon_diff_fsm, before->id, before->state, event, reason, NULL));
    PN_TRY(pni_bill_count(p, before->bill_id, false));
    PN_TRY(row(p, before->id, out));
    return pn_audit(p, "recon_diff", before->id, &pn_recon_diff_t, before, out, reason);
}

static int explain(pn *p, const struct pn_recon_diff_explain *in, pn_recon_diff *out)
{
    pn_recon_diff d;
    PN_TRY(row(p, in->id, &d));
    return step(p, &d, "explain", in->reason, out);
}

static int reopen(pn *p, const struct pn_recon_diff_reopen *in, pn_recon_diff *out)
{
    pn_recon_diff d;
    PN_TRY(row(p, in->id, &d));
    return step(p, &d, "reopen", in->reason, out);
}

/* ---- what would be booked ---- */

/* A payment of ours that the provider has and nobody told us of. */
static bool untold(const pn_recon_diff *d)
{
    return d->kind.v == PN_RECON_STATE && !strcmp(d->refers, "PAY") && d->payment_id;
}

static int plan_of(pn *p, const pn_recon_diff *d, plan *out)
{
    bool back = !strcmp(d->refers, "REFUND") || !strcmp(d->refers, "FEE");
    pn_bill b;
    int64_t more = d->theirs_fen.fen - d->ours_fen.fen;
    *out = (plan){d->id, "RECON", {back ? -more : more}};
    if (untold(d)) {
        *out = (plan){d->id, "CAPTURE", d->theirs_fen};
        return 0;
    }
    if (pni_method_of(d->method.v)->can & PNI_IS_THEIRS) { /* I39: none of it is in our books */
        pn_fail(p, PN_ESTATE, "id", "%s", pn_tr("This money is not ours: nothing is booked"));
        return pn_hint(p, "%s", pn_tr("Settle it with whoever collects, and explain the case"));
    }
    PN_TRY(pni_bill_row(p, d->bill_id, &b));
    if (b.type.v == PN_BILL_FUND && !strncmp(d->refers, "PAID_", 5)) { /* once is enough */
        pn_fail(p, PN_ESTATE, "id", "%s", pn_tr("A payment or refund is put right in its trade"));
        return pn_hint(p, "%s", pn_tr("Deal with the case of the day's bill of trades, then "
                                      "explain this one"));
    }
    if (d->kind.v == PN_RECON_BOOKS || d->kind.v == PN_RECON_FEE || !more) {
        pn_fail(p, PN_ESTATE, "id", "%s", pn_tr("There is nothing to book for this case"));
        return pn_hint(p, "%s", pn_tr("Explain it; the ledger itself is corrected by an "
                                      "adjustment, a fee is claimed from the provider"));
    }
    if (out->fen.fen < 0)
        *out = (plan){d->id, "RECON_LOSS", {-out->fen.fen}};
    return 0;
}

static int adjust(pn *p, const struct pn_recon_diff_adjust *in, pn_recon_diff *out)
{
    pn_recon_diff d;
    plan what;
    PN_TRY(row(p, in->id, &d));
    PN_TRY(plan_of(p, &d, &what));
    PN_TRY(pn_exec(p, &plan_sql, &what, NULL));
    return step(p, &d, "adjust", in->reason, out);
}

static int book(pn *p, const pn_recon_diff *d)
{
    told line;
    pn_payment_result applied;
    if (!strcmp(d->adjust_rule, "CAPTURE")) {
        PN_TRY(pn_one(p, &told_sql, &(told){.id = d->id}, &line));
        return pni_payment_told(p, line.payment_id, d->method, line.provider_no, line.amount_fen,
                                &applied);
    }
    pni_doc doc = {.rule = d->adjust_rule, .biz_kind = "RECON", .biz_id = d->id,
                   .sale = pn_sk(d->id), .amount_fen = d->adjust_fen, .memo = d->ref,
                   .method = pn_word_name(pn_pay_methods, d->method)};
    return pni_post_later(p, &doc);
}

static int approve(pn *p, const struct pn_recon_diff_approve *in, pn_recon_diff *out)
{
    pn_recon_diff d;
    PN_TRY(row(p, in->id, &d));
    if (d.state.v == PN_RECON_DIFF_PROPOSED && d.proposed_by == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, "id", "%s",
                       pn_tr("Whoever proposed a correction cannot approve it"));
    PN_TRY(step(p, &d, "approve", in->reason, out));
    return book(p, &d);
}

static int reject(pn *p, const struct pn_recon_diff_reject *in, pn_recon_diff *out)
{
    pn_recon_diff d;
    PN_TRY(row(p, in->id, &d));
    return step(p, &d, "reject", in->reason, out);
}

PN_OP(recon_diff, show, pn_recon_diff, .brief = N_("Show a difference"), .in = &show_t,
      .out = &pn_recon_diff_t, .may = PN_ROLE_FINANCE | PN_ROLE_OPS)
PN_OP(recon_diff, explain, pn_recon_diff, .brief = N_("Close a difference without booking"),
      .help = N_("The reason says why nothing is wrong, or where it was taken up."),
      .in = &explain_t, .out = &pn_recon_diff_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE,
      .example = "pn recon_diff explain 8193 --reason 'fee agreed in writing, 20 Nov'",
      .undo = "reopen")
PN_OP(recon_diff, reopen, pn_recon_diff, .brief = N_("Open an explained difference again"),
      .in = &reopen_t, .out = &pn_recon_diff_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("It is open again: explain it"))
PN_OP(recon_diff, adjust, pn_recon_diff, .brief = N_("Propose to book a difference"),
      .help = N_("A payment that nobody told us of is booked as if its notice came now; other "
                 "money that is there goes to what belongs to no order, money that is not there is "
                 "a loss. Somebody else approves it."),
      .in = &adjust_t, .out = &pn_recon_diff_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE,
      .example = "pn recon_diff adjust 8193 --reason 'seen in the merchant centre'",
      .lasting = N_("It waits for a decision now: reject it there"))
PN_OP(recon_diff, approve, pn_recon_diff, .brief = N_("Book a difference that was proposed"),
      .in = &approve_t, .out = &pn_recon_diff_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .lasting = N_("It is in the books: an adjustment puts it right"))
PN_OP(recon_diff, reject, pn_recon_diff, .brief = N_("Turn a proposed booking down"),
      .in = &reject_t, .out = &pn_recon_diff_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("It was decided: whoever asked may ask anew"))

const pn_module pn_recon_diff_module = {
    "recon_diff", N_("Differences with bills"),
    .ops = PN_LIST(pn_op, &recon_diff_list_op, &recon_diff_show_op, &recon_diff_explain_op,
                   &recon_diff_reopen_op, &recon_diff_adjust_op, &recon_diff_approve_op,
                   &recon_diff_reject_op),
    .sql = PN_LIST(pn_sql, &pni_recon_diff_move_sql, &plan_sql, &told_sql),
    .fsm = PN_LIST(pn_fsm, &pni_recon_diff_fsm),
};
