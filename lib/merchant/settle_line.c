/* SPDX-License-Identifier: Apache-2.0 */
/* settle_line.c — a merchant's part of a completed order. When its days are over it is posted: out
 * of the buyers' escrow into the merchant's pending pocket, the rest is our commission and markup.
 * What the merchant disputes waits for an answer and comes with a later batch (I24). */
#include <string.h>

#include "base/policy_int.h"
#include "catalog/row_int.h"
#include "ledger/ledger_int.h"
#include "merchant/merchant_int.h"
#include "merchant/pockets_int.h"
#include "merchant/settlement_int.h"

const pn_words pn_settle_line_states[] = {PN_SETTLE_LINE_STATES(PN_WORD_ROW){0}};
// clang-format off
static const pn_edge edges[] = {
    {"WAITING",  "ready",   "READY",    0, NULL},
    {"READY",    "batch",   "BATCHED",  0, NULL},
    {"BATCHED",  "dispute", "DISPUTED", 0, NULL},
    {"DISPUTED", "resolve", "READY",    0, NULL},
    {"BATCHED",  "settle",  "SETTLED",  0, NULL},
    {0}};
// clang-format on
const pn_sql pni_settle_line_move = {"settle_line_move", &pn_move_t, NULL,
    "update settle_line set state = :to, settlement_id = case when :to = 'DISPUTED' then null"
    " else settlement_id end,"
    " dispute = case when :event = 'dispute' then :reason else dispute end,"
    " answer = case :event when 'dispute' then null when 'resolve' then :reason else answer end,"
    " updated_at = :now,"
    " version = version + 1 where sk = :id# and id = :id and state = :from", false};
const pn_fsm pni_settle_line_fsm = {N_("settlement line"), pn_settle_line_states, edges,
                                    &pni_settle_line_move};

static const pn_words pni_settle_kinds[] = {
    {"ORDER", N_("Order"), 0}, {"SHARE", N_("Organiser's share"), 0},
    {"PENALTY", N_("Penalty"), 'b'}, {"REFUND_FEE", N_("Kept of a refund"), 0},
    {"REFUND", N_("Refunded"), 'b'}, {0}};
#define C(f, label, ...) PN_COL(pn_settle_line, f, label, __VA_ARGS__)
PN_TYPE(pn_settle_line_t, "settle_line", pn_settle_line,
    C(id, N_("Line"), .flags = PN_KEY | PN_SORT, .sql = "x.id", .ref = "settle_line"),
    C(settlement_id, N_("Batch"), .flags = PN_OPT, .sql = "x.settlement_id",
      .ref = "settlement"),
    C(merchant_id, N_("Merchant no."), .sql = "x.merchant_id", .ref = "merchant"),
    C(merchant, N_("Merchant"), .flags = PN_BRIEF | PN_SORT, .sql = "m.name"),
    C(order_no, N_("Order no."), .flags = PN_BRIEF, .sql = "x.order_no"),
    C(order_id, N_("Order"), .sql = "x.order_id", .ref = "order"),
    C(kind, N_("Kind"), .flags = PN_BRIEF, .words = pni_settle_kinds, .sql = "x.kind"),
    C(qty, N_("Tickets"), .flags = PN_BRIEF, .sql = "x.qty"),
    C(settle_fen, N_("Settlement"), .flags = PN_BRIEF | PN_SORT, .sql = "x.settle_fen"),
    C(commission_fen, N_("Commission"), .sql = "x.commission_fen"),
    C(markup_fen, N_("Markup"), .sql = "x.markup_fen"),
    C(back_fen, N_("Refunded since"), .sql = "x.back_fen"),
    C(ready_at, N_("Due"), .flags = PN_BRIEF | PN_SORT, .sql = "x.ready_at"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_settle_line_states, .sql = "x.state"),
    C(note, N_("Note"), .sql = "x.note"),
    C(dispute, N_("Disputed because"), .sql = "x.dispute"),
    C(answer, N_("Answer"), .sql = "x.answer"));
#undef C
static const pn_list_spec list_spec = {.row = &pn_settle_line_t,
    .from = "settle_line x join merchant m on m.id = x.merchant_id",
    .scope = PNI_SETTLED_WITH("x.merchant_id"), .key = "x.id", .sort = "-id"};
enum { READERS = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT | PN_ROLE_ORGANISER };

/* ---- made and due ---- */

typedef struct put {
    int64_t id, merchant_id, order_id;
    const char *order_no, *kind;
    int qty;
    pn_money settle_fen, commission_fen, markup_fen;
    pn_time ready_at;
} put;
#define P(f) PN_COL(put, f, "")
static PN_TYPE(put_t, "settle_line.put", put, P(id), P(merchant_id), P(order_id), P(order_no),
    P(kind), P(qty), P(settle_fen), P(commission_fen), P(markup_fen), P(ready_at));
#undef P
static const pn_sql put_sql = {"settle_line_put", &put_t, &pni_one_id_t,
    "insert into settle_line (sk, id, merchant_id, order_id, order_no, qty, settle_fen,"
    " commission_fen, markup_fen, ready_at, state, kind, created_at, updated_at) values (:id#, :id,"
    " :merchant_id, :order_id, :order_no, :qty, :settle_fen, :commission_fen, :markup_fen,"
    " :ready_at, 'WAITING', :kind, :now, :now)"
    " on conflict (sk, order_id, merchant_id, kind, biz_id) do nothing returning id", false};
static const pn_sql due_sql = {"settle_line_due", NULL, &put_t,
    "select id, merchant_id, order_id, order_no, settle_fen, commission_fen, markup_fen, qty,"
    " ready_at from settle_line where state = 'WAITING' and ready_at <= :now"
    " order by ready_at, id limit 500", false};

int pni_settle_line_put(pn *p, const pni_earned *e)
{
    static const char *const days_of[] = {"settle.days_d", "settle.days_a", "settle.days_b",
                                          "settle.days_c"};
    bool share = e->kind != NULL;
    put row = {.merchant_id = e->merchant_id, .order_id = e->order_id, .order_no = e->order_no,
               .kind = share ? e->kind : "ORDER", .qty = e->qty,
               .settle_fen = e->settle_fen, .commission_fen = e->commission_fen,
               .markup_fen = e->markup_fen};
    pni_merchant m;
    pni_one_id made;
    int64_t days = 0;
    PN_TRY(pni_merchant_look(p, e->merchant_id, &m));
    bool free = m.status.v == PN_MERCHANT_ACTIVE && m.level.v >= PN_LEVEL_A &&
                m.level.v <= PN_LEVEL_C;
    PN_TRY(pni_policy(p, share ? "settle.organiser_days" : days_of[free ? m.level.v : 0], &days));
    row.ready_at.us = (share ? e->end_at.us : pn_now(p).us) + days * INT64_C(86400000000);
    if (row.ready_at.us < pn_now(p).us)
        row.ready_at = pn_now(p);
    PN_TRY(pn_new_id(p, pn_sk(e->merchant_id), &row.id));
    int rc = pn_one(p, &put_sql, &row, &made);
    if (rc == PN_ENONE)
        return 0; /* told twice */
    PN_TRY(rc);
    return pni_stepped(p, &pni_settle_line_fsm, row.id, NULL, "complete", NULL);
}

/* ---- adjustments ---- */

#define A(f) PN_COL(pni_adjust, f, "")
static PN_TYPE(adjust_t, "settle_line.adjust", pni_adjust, A(id), A(merchant_id), A(order_id),
    A(biz_id), A(fen), A(kind), A(note), A(order_no));
#undef A
static const pn_sql adjust_sql = {"settle_line_adjust", &adjust_t, NULL,
    "insert into settle_line (sk, id, merchant_id, order_id, order_no, qty, settle_fen,"
    " commission_fen, markup_fen, ready_at, state, kind, biz_id, note, created_at, updated_at)"
    " values (:id#, :id, :merchant_id, :order_id, coalesce(:order_no, :note), 0, :fen, 0, 0,"
    " :now, 'READY', :kind,"
    " :biz_id, :note, :now, :now)"
    " on conflict (sk, order_id, merchant_id, kind, biz_id) do nothing", false};

int pni_settle_adjust(pn *p, const pni_adjust *a)
{
    pni_adjust row = *a;
    int64_t fresh = 0;
    PN_TRY(pn_new_id(p, pn_sk(a->merchant_id), &row.id));
    PN_TRY(pn_exec(p, &adjust_sql, &row, &fresh));
    if (!fresh)
        return 0; /* told twice */
    return pni_state_log(p, pni_settle_line_fsm.noun, row.id, NULL, "READY", "adjust", a->note);
}

struct pn_settle_line_ready { int64_t id; };
static PN_TYPE(ready_in_t, "settle_line.ready", struct pn_settle_line_ready,
    PN_COL(struct pn_settle_line_ready, id, N_("Line"), .flags = PN_KEY | PN_REQ,
           .ref = "settle_line"));

static int ready(pn *p, const struct pn_settle_line_ready *in, pn_settle_line *out);
int pn_settle_line_ready(pn *p, const struct pn_settle_line_ready *in, pn_settle_line *out);

/* ---- operations ---- */

#define WHY(s)                                                                                     \
    PN_COL(s, id, N_("Line"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "settle_line"),            \
    PN_COL(s, reason, N_("Reason"), .flags = PN_REQ, .max = 200)
static PN_TYPE(dispute_t, "settle_line.dispute", struct pn_settle_line_dispute,
    WHY(struct pn_settle_line_dispute));
static PN_TYPE(resolve_t, "settle_line.resolve", struct pn_settle_line_resolve,
    WHY(struct pn_settle_line_resolve));

PN_OP_LIST(settle_line, list, list_spec,
           .brief = N_("List what merchants and organisers earned by orders"),
           .out = &pn_settle_line_t, .may = READERS,
           .example = "pn settle_line list --where state=DISPUTED")

static int ready(pn *p, const struct pn_settle_line_ready *in, pn_settle_line *out)
{
    pn_settle_line l;
    PN_TRY(pni_row(p, &settle_line_list_op, in->id, &l));
    if (l.ready_at.us > pn_now(p).us)
        return pn_fail(p, PN_ESTATE, "id", "%s", pn_tr("The line is not due yet"));
    PN_TRY(pn_step(p, &pni_settle_line_fsm, in->id, l.state, "ready", NULL, NULL));
    pni_doc d = {.rule = "READY", .biz_kind = "SETTLE_LINE", .biz_id = l.id, .merchant =
                 l.merchant_id, .sale = pn_sk(l.order_id), .memo = l.order_no,
                 .settle_fen = l.settle_fen, .commission_fen = l.commission_fen,
                 .markup_fen = l.markup_fen};
    PN_TRY(pni_post_later(p, &d));
    return pni_row(p, &settle_line_list_op, in->id, out);
}

static int dispute(pn *p, const struct pn_settle_line_dispute *in, pn_settle_line *out)
{
    pn_settle_line l;
    PN_TRY(pni_row(p, &settle_line_list_op, in->id, &l));
    PN_TRY(pn_step(p, &pni_settle_line_fsm, in->id, l.state, "dispute", in->reason, NULL));
    PN_TRY(pni_settlement_less(p, l.settlement_id));
    PN_TRY(pni_row(p, &settle_line_list_op, in->id, out));
    return pn_audit(p, "settle_line", in->id, &pn_settle_line_t, &l, out, in->reason);
}

static int resolve(pn *p, const struct pn_settle_line_resolve *in, pn_settle_line *out)
{
    pn_settle_line l;
    PN_TRY(pni_row(p, &settle_line_list_op, in->id, &l));
    PN_TRY(pn_step(p, &pni_settle_line_fsm, in->id, l.state, "resolve", in->reason, NULL));
    PN_TRY(pni_row(p, &settle_line_list_op, in->id, out));
    return pn_audit(p, "settle_line", in->id, &pn_settle_line_t, &l, out, in->reason);
}

PN_OP(settle_line, ready, pn_settle_line, .brief = N_("Post what a merchant earned by an order"),
      .in = &ready_in_t, .out = &pn_settle_line_t, .may = PN_ROLE_SYSTEM,
      .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)
PN_OP(settle_line, dispute, pn_settle_line, .brief = N_("Dispute a line of a batch"),
      .help = N_("The line leaves the batch, the others go on without it."), .in = &dispute_t,
      .out = &pn_settle_line_t, .may = PN_ROLE_MERCHANT | PN_ROLE_ORGANISER | PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("It waits for a decision now: reject it there"))
PN_OP(settle_line, resolve, pn_settle_line, .brief = N_("Answer a disputed line"),
      .help = N_("The next batch takes it."), .in = &resolve_t, .out = &pn_settle_line_t,
      .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("It was decided: whoever asked may ask anew"))

static int ready_all(pn *p, int64_t *done)
{
    pn_rows rows;
    pn_settle_line out;
    PN_TRY(pn_all(p, &due_sql, NULL, &rows));
    pn_each(put, l, &rows)
    {
        PN_TRY(pn_settle_line_ready(p, &(struct pn_settle_line_ready){l->id}, &out));
        ++*done;
    }
    return 0;
}
const pn_job pni_settle_ready_job = {"settle_ready",
    N_("Post what merchants earned when it is due"), 3600, ready_all};

const pn_module pn_settle_line_module = {
    "settle_line", N_("Settlement lines"),
    .ops = PN_LIST(pn_op, &settle_line_list_op, &settle_line_dispute_op, &settle_line_resolve_op,
                   &settle_line_ready_op),
    .sql = PN_LIST(pn_sql, &put_sql, &due_sql, &adjust_sql, &pni_settle_line_move,
                   &pni_settle_found, &pni_settle_less, &pni_pockets_ready, &pni_settle_gone),
    .fsm = PN_LIST(pn_fsm, &pni_settle_line_fsm),
    .jobs = PN_LIST(pn_job, &pni_settle_ready_job),
};
