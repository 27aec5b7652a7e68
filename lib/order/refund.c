/* SPDX-License-Identifier: Apache-2.0 */
/* refund.c — applying for, approving, rejecting refunds. A free refund inside its window approves
 * itself; others need a person, large ones two different persons (I45). */
#include <string.h>

#include "merchant/wallet_int.h"
#include "order/book_int.h"
#include "order/points_int.h"
#include "order/purse_int.h"
#include "order/hook_int.h"
#include "order/refund_int.h"

const pn_words pn_refund_states[] = {PN_REFUND_STATES(PN_WORD_ROW){0}};
const pn_words pn_refund_reasons[] = {PN_REFUND_REASONS(PN_WORD_ROW){0}};

// clang-format off
static const pn_edge edges[] = {
    {"APPLIED",    "auto_approve",     "APPROVED",   0, NULL},
    {"APPLIED",    "review",           "REVIEWING",  0, NULL},
    {"REVIEWING",  "approve",          "APPROVED",   0, NULL},
    {"REVIEWING",  "reject",           "REJECTED",   0, NULL},
    {"APPROVED",   "execute",          "PROCESSING", 0, NULL},
    {"PROCESSING", "leg_ok",           "DONE",       0, "refund.done"},
    {"PROCESSING", "leg_fail",         "MANUAL",     0, "refund.alarm"},
    {"MANUAL",     "leg_ok",           "DONE",       0, "refund.done"},
    {"MANUAL",     "mark_transferred", "DONE",       0, "refund.done"},
    {0}};
// clang-format on
const pn_sql pni_refund_move_sql = {"refund_move", &pn_move_t, NULL,
    "update refund set state = :to, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = :from", false};
const pn_fsm pni_refund_fsm = {N_("refund"), pn_refund_states, edges, &pni_refund_move_sql};

#define COL(f, label, ...) PN_COL(pn_refund, f, label, __VA_ARGS__)
PN_TYPE(pn_refund_t, "refund", pn_refund,
    COL(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "r.id", .ref = "refund"),
    COL(no, N_("Refund no."), .flags = PN_BRIEF, .sql = "r.no"),
    COL(order_id, N_("Order"), .sql = "r.order_id", .ref = "order"),
    COL(order_no, N_("Order no."), .flags = PN_BRIEF, .sql = "o.no"),
    COL(reason, N_("Reason"), .flags = PN_BRIEF, .words = pn_refund_reasons, .sql = "r.reason"),
    COL(note, N_("Note"), .sql = "r.note"), COL(forced, N_("Forced"), .sql = "r.forced"),
    COL(qty, N_("Tickets"), .flags = PN_BRIEF, .sql = "cardinality(r.seats)"),
    COL(fee_fen, N_("Fee"), .sql = "r.fee_fen"),
    COL(amount_fen, N_("Amount"), .flags = PN_BRIEF | PN_SORT, .sql = "r.amount_fen"),
    COL(state, N_("State"), .flags = PN_BRIEF, .words = pn_refund_states, .sql = "r.state"),
    COL(applied_by, N_("Applied by"), .sql = "r.applied_by", .ref = "staff"),
    COL(approved_by, N_("Approved by"), .flags = PN_OPT, .sql = "r.approved_by", .ref = "staff"),
    COL(approved_by2, N_("Second approval"), .flags = PN_OPT, .sql = "r.approved_by2",
        .ref = "staff"),
    COL(created_at, N_("Created"), .flags = PN_BRIEF | PN_SORT, .sql = "r.created_at"),
    COL(done_at, N_("Done at"), .sql = "r.done_at"));

#define FROM                                                                                       \
    "refund r join orders o on o.sk = r.sk and o.id = r.order_id join show h on h.id = o.show_id"
#define SCOPE                                                                                      \
    "(:my_organiser::bigint is null or h.organiser_id = :my_organiser)"                            \
    " and :my_merchant::bigint is null"
static const pn_list_spec list_spec = {&pn_refund_t, FROM, SCOPE, "r.id", "-id", NULL};

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "refund.id", id_in, PN_COL(id_in, id, N_("Number")));
static const pn_sql row_sql = {"refund_row", &by_id_t, &pn_refund_t,
    "select r.id, r.no, r.order_id, o.no as order_no, r.reason, r.note, r.forced,"
    " cardinality(r.seats) as qty, r.fee_fen, r.amount_fen, r.state, r.applied_by, r.approved_by,"
    " r.approved_by2, r.created_at, r.done_at from refund r join orders o on o.sk = :id#"
    "  and o.id = r.order_id where r.sk = :id# and r.id = :id", false};

int pni_refund_row(pn *p, int64_t id, pn_refund *out)
{
    int rc = pn_one(p, &row_sql, &(id_in){id}, out);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no refund %lld"), (long long)id);
    return rc;
}

/* The refund, when its order is the actor's to see. */
static int mine(pn *p, int64_t id, pn_refund *out)
{
    pni_order o;
    PN_TRY(pni_refund_row(p, id, out));
    return pni_order_get(p, out->order_id, &o);
}

/* ---- quote ---- */

static PN_TYPE(seat_t, "refund.seat", pn_refund_seat,
    PN_COL(pn_refund_seat, no, N_("Seat"), .flags = PN_BRIEF),
    PN_COL(pn_refund_seat, paid_fen, N_("Paid"), .flags = PN_BRIEF),
    PN_COL(pn_refund_seat, fee_fen, N_("Fee"), .flags = PN_BRIEF),
    PN_COL(pn_refund_seat, refund_fen, N_("Refund"), .flags = PN_BRIEF));
#define O(f, label, ...) PN_COL(pn_refund_offer, f, label, __VA_ARGS__)
PN_TYPE(pn_refund_offer_t, "refund.offer", pn_refund_offer,
    O(order_id, N_("Order"), .ref = "order"),
    O(policy, N_("Policy"), .flags = PN_BRIEF, .words = pn_refund_rules),
    O(reason, N_("Reason"), .words = pn_refund_reasons),
    O(window, N_("Window"), .flags = PN_BRIEF), O(fee_bp, N_("Fee rate")),
    O(paid_fen, N_("Paid"), .flags = PN_BRIEF), O(fee_fen, N_("Fee"), .flags = PN_BRIEF),
    O(delivery_fen, N_("Delivery fee")), O(service_fen, N_("Service fee")),
    O(amount_fen, N_("Refund"), .flags = PN_BRIEF),
    O(points_back, N_("Points given back")), O(points_taken, N_("Points taken back")),
    O(points_short, N_("Points missing")), O(automatic, N_("Without approval")),
    O(seats, N_("Seats"), .of = &seat_t));

static PN_TYPE(quote_in_t, "refund.quote", struct pn_refund_quote,
    PN_COL(struct pn_refund_quote, order, N_("Order"), .flags = PN_REQ | PN_ARG, .ref = "order"),
    PN_COL(struct pn_refund_quote, seats, N_("Seats"), .hint = N_("Seat numbers; default: all")),
    PN_COL(struct pn_refund_quote, reason, N_("Reason"), .words = pn_refund_reasons),
    PN_COL(struct pn_refund_quote, forced, N_("Force"),
           .hint = N_("Outside the windows and without a fee; needs approval")));

/* Most reasons are the system's to give; what stands outside the rule is operations'. */
static int may_ask(pn *p, int reason, bool forced)
{
    uint32_t roles = pn_who(p)->roles;
    bool staff = roles & (PN_ROLE_ADMIN | PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_SYSTEM);
    if (forced && !staff)
        return pn_fail(p, PN_EPERM, "forced", "%s", pn_tr("Only operations may force a refund"));
    if (!reason || reason == PN_REASON_BUYER || (staff && reason == PN_REASON_FAULT))
        return 0;
    if (reason == PN_REASON_FAULT)
        return pn_fail(p, PN_EPERM, "reason", "%s",
                       pn_tr("Only operations may say that it was our fault"));
    return pn_fail(p, PN_EARG, "reason", "%s", pn_tr("This reason is given by the system"));
}

static int quote(pn *p, const struct pn_refund_quote *in, pn_refund_offer *out)
{
    const pni_refund_ask ask = {&in->seats, in->reason.v, in->forced, 0};
    pni_basis b;
    PN_TRY(may_ask(p, in->reason.v, in->forced));
    PN_TRY(pni_refund_basis(p, in->order, &b));
    return pni_refund_offer(p, &b, &ask, out);
}

/* ---- apply ---- */

typedef struct put {
    int64_t id, order_id;
    const char *no, *note, *from, *to;
    pn_word reason;
    bool forced;
    pn_texts seats, amounts;
    pn_money fee_fen, amount_fen;
    int64_t points_short;
} put;
#define P(f, ...) PN_COL(put, f, #f, __VA_ARGS__)
static PN_TYPE(put_t, "refund.put", put, P(id), P(order_id), P(no), P(note), P(from), P(to),
    P(reason, .words = pn_refund_reasons), P(forced), P(seats), P(amounts), P(fee_fen),
    P(amount_fen), P(points_short));
#undef P
typedef struct put_done { int orders_n, seats_n; } put_done;
static PN_TYPE(put_done_t, "refund.put_done", put_done, PN_COL(put_done, orders_n, "orders_n"),
    PN_COL(put_done, seats_n, "seats_n"));
const pn_sql pni_refund_put_sql = {"refund_put", &put_t, &put_done_t,
    "with o as (update orders set status = :to, updated_at = :now, version = version + 1"
    "  where sk = :order_id# and id = :order_id and status = :from returning id),"
    " e as (update order_seat e set state = 'REFUNDING', refund_fen = u.fen"
    "  from o, unnest((:seats)::int[], (:amounts)::bigint[]) as u(no, fen)"
    "  where e.sk = :order_id# and e.order_id = o.id and e.no = u.no and e.state = 'SOLD'"
    "  returning e.no),"
    " r as (insert into refund (sk, id, no, order_id, reason, note, forced, seats, fee_fen,"
    "   amount_fen, points_short, state, from_status, applied_by, created_at, updated_at)"
    "  select :order_id#, :id, :no, o.id, :reason, coalesce(:note, ''), :forced,"
    "   (:seats)::int[], :fee_fen, :amount_fen, :points_short, 'APPLIED', :from, :me, :now, :now"
    "   from o)"
    " select (select count(*) from o)::int as orders_n, (select count(*) from e)::int as seats_n",
    false};

static int may_refund(pn *p, const pni_basis *b, const pn_refund_offer *offer)
{
    int seats[PNI_REFUND_SEATS];
    size_t n = 0;
    pn_each(pn_refund_seat, s, &offer->seats)
        seats[n++] = s->no;
    return pni_ticket_refundable_hook ? pni_ticket_refundable_hook(p, b->id, seats, n) : 0;
}

/* Write the application, seats and all; the order waits when nothing of it stays sold. */
int pni_refund_file(pn *p, const struct pn_refund_apply *ask, const pni_basis *b,
                    const pn_refund_offer *offer, const char *event, int64_t *id)
{
    put in = {.order_id = b->id, .note = ask->note, .forced = ask->forced,
              .reason = ask->reason.v ? ask->reason : (pn_word){PN_REASON_BUYER},
              .fee_fen = offer->fee_fen, .amount_fen = offer->amount_fen,
              .points_short = offer->points_short,
              .from = pn_word_name(pn_order_states, b->status)};
    size_t n = offer->seats.n;
    bool whole = n == b->seats.n && b->status.v != PN_ORDER_ISSUED;
    put_done done;
    in.to = whole ? "REFUNDING" : in.from;
    in.seats.v = pn_alloc(p, n * sizeof *in.seats.v);
    in.amounts.v = pn_alloc(p, n * sizeof *in.amounts.v);
    if (!in.seats.v || !in.amounts.v)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    pn_each(pn_refund_seat, s, &offer->seats)
    {
        in.seats.v[in.seats.n++] = pn_printf(p, "%d", s->no);
        in.amounts.v[in.amounts.n++] = pn_printf(p, "%lld", (long long)s->refund_fen.fen);
    }
    PN_TRY(pn_new_id(p, pn_sk(b->id), &in.id));
    PN_TRY(pn_new_no(p, "TK", pn_sk(b->id), &in.no));
    PN_TRY(pn_one(p, &pni_refund_put_sql, &in, &done));
    if (done.orders_n != 1 || (size_t)done.seats_n != n)
        return pn_fail(p, PN_ECONFLICT, "order", "%s",
                       pn_tr("The order was changed by someone else meanwhile"));
    if (whole)
        PN_TRY(pni_stepped(p, &pni_order_fsm, b->id, in.from, event, NULL));
    *id = in.id;
    return pni_stepped(p, &pni_refund_fsm, in.id, NULL, "apply", ask->note);
}

static int pass_on(pn *p, const pn_refund_offer *offer, int64_t id)
{
    const char *event = offer->automatic ? "auto_approve" : "review";
    PN_TRY(pn_step(p, &pni_refund_fsm, id, (pn_word){PN_REFUND_APPLIED}, event, NULL, NULL));
    return offer->automatic ? pni_refund_execute(p, id) : 0;
}

static PN_TYPE(apply_in_t, "refund.apply", struct pn_refund_apply,
    PN_COL(struct pn_refund_apply, order, N_("Order"), .flags = PN_REQ | PN_ARG, .ref = "order"),
    PN_COL(struct pn_refund_apply, seats, N_("Seats"), .hint = N_("Seat numbers; default: all")),
    PN_COL(struct pn_refund_apply, reason, N_("Reason"), .words = pn_refund_reasons),
    PN_COL(struct pn_refund_apply, forced, N_("Force"),
           .hint = N_("Outside the windows and without a fee; needs approval")),
    PN_COL(struct pn_refund_apply, note, N_("Note"), .max = 500));

static int apply(pn *p, const struct pn_refund_apply *in, pn_refund *out)
{
    const pni_refund_ask ask = {&in->seats, in->reason.v, in->forced, 0};
    struct pn_refund_apply as = *in;
    pni_basis b;
    pn_refund_offer offer;
    int64_t id = 0;
    PN_TRY(may_ask(p, in->reason.v, in->forced));
    if (in->forced && !in->note)
        return pn_fail(p, PN_EARG, "note", "%s", pn_tr("A forced refund needs a note"));
    PN_TRY(pni_order_lock(p, in->order));
    PN_TRY(pni_refund_basis(p, in->order, &b));
    PN_TRY(pni_refund_offer(p, &b, &ask, &offer));
    PN_TRY(may_refund(p, &b, &offer));
    as.reason = offer.reason;
    PN_TRY(pni_refund_file(p, &as, &b, &offer, "refund_apply", &id));
    PN_TRY(pass_on(p, &offer, id));
    PN_TRY(pni_refund_row(p, id, out));
    return pn_audit(p, "refund", id, &pn_refund_t, NULL, out, in->note);
}

int pni_refund_whole(pn *p, int64_t order_id, int reason, const char *event, int fee_bp)
{
    /* how a group came to its end is told to its members by it */
    const char *note = reason == PN_REASON_GROUP ? event : NULL;
    const struct pn_refund_apply ask = {.order = order_id, .reason = {(int16_t)reason},
                                        .note = note};
    pni_basis b;
    pn_refund_offer offer;
    int64_t id = 0;
    PN_TRY(pni_order_lock(p, order_id));
    PN_TRY(pni_refund_basis(p, order_id, &b));
    PN_TRY(pni_refund_offer(p, &b, &(pni_refund_ask){NULL, reason, false, fee_bp}, &offer));
    /* even who is inside gets it back */
    PN_TRY(pni_refund_file(p, &ask, &b, &offer, event, &id));
    return pass_on(p, &offer, id);
}

int pni_refund_void(pn *p, int64_t order_id, int fee_bp)
{
    return pni_refund_whole(p, order_id, PN_REASON_CANCELLED, "refund_apply", fee_bp);
}

/* ---- decide ---- */

typedef struct sign { int64_t id, second; } sign;
static PN_TYPE(sign_t, "refund.sign", sign, PN_COL(sign, id, N_("Number")),
    PN_COL(sign, second, N_("Second")));
static const pn_sql sign_sql = {"refund_sign", &sign_t, NULL,
    "update refund set approved_by = case when :second = 0 then :me else approved_by end,"
    " approved_by2 = case when :second = 1 then :me else approved_by2 end, updated_at = :now,"
    " version = version + 1 where sk = :id# and id = :id and state = 'REVIEWING'"
    " and (approved_by is null) = (:second = 0)", false};

static PN_TYPE(approve_in_t, "refund.approve", struct pn_refund_approve,
    PN_COL(struct pn_refund_approve, id, N_("Refund"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "refund"),
    PN_COL(struct pn_refund_approve, reason, N_("Reason"), .max = 500));
static PN_TYPE(reject_in_t, "refund.reject", struct pn_refund_reject,
    PN_COL(struct pn_refund_reject, id, N_("Refund"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "refund"),
    PN_COL(struct pn_refund_reject, reason, N_("Reason"), .flags = PN_REQ, .max = 500));
static PN_TYPE(transfer_in_t, "refund.transfer", struct pn_refund_transfer,
    PN_COL(struct pn_refund_transfer, id, N_("Refund"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "refund"),
    PN_COL(struct pn_refund_transfer, reference, N_("Reference"), .flags = PN_REQ, .max = 100,
           .hint = N_("Line of the bank statement by which it was paid")),
    PN_COL(struct pn_refund_transfer, reason, N_("Reason"), .max = 500));

/* What was priced by the show's rule is not paid less a fee once all of it is to be returned. */
static int still_so(pn *p, const pni_basis *b, const pn_refund *r)
{
    bool cancelled = strcmp(b->session_status, "CANCELLED") == 0;
    const char *why = cancelled ? N_("the session is cancelled")
                                : pni_refund_everything(p, b, r->reason.v);
    if (!why || !r->fee_fen.fen || r->forced || r->reason.v != PN_REASON_BUYER)
        return 0;
    pn_fail(p, PN_ESTATE, "id",
            pn_tr("Refund %s takes a fee, but everything is to be returned: %s"), r->no,
            pn_tr(why));
    return pn_hint(p, "%s", cancelled ? pn_tr("It is replaced by itself")
                                      : pn_tr("Reject it and apply anew for these seats"));
}

static int approve(pn *p, const struct pn_refund_approve *in, pn_refund *out)
{
    pn_refund r;
    pni_basis b;
    int64_t signs = 0;
    PN_TRY(mine(p, in->id, &r));
    PN_TRY(pni_order_lock(p, r.order_id));
    PN_TRY(pni_refund_basis(p, r.order_id, &b));
    if (r.state.v != PN_REFUND_REVIEWING)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("Refund %s is not under review (%s)"), r.no,
                       pn_word_label(pn_refund_states, r.state));
    PN_TRY(still_so(p, &b, &r));
    if ((r.forced || r.reason.v == PN_REASON_FAULT) && r.applied_by == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, "id", "%s",
                       pn_tr("Whoever forces a refund may not approve it"));
    bool dual = r.amount_fen.fen > b.dual_fen, second = dual && r.approved_by != 0;
    if (second && r.approved_by == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, "id", pn_tr("Refund %s needs another approver beside you"),
                       r.no);
    PN_TRY(pn_exec(p, &sign_sql, &(sign){in->id, second}, &signs));
    if (!signs)
        return pn_fail(p, PN_ECONFLICT, "id", "%s",
                       pn_tr("The refund was changed by someone else meanwhile"));
    if (!dual || second) {
        PN_TRY(pn_step(p, &pni_refund_fsm, in->id, r.state, "approve", in->reason, NULL));
        PN_TRY(pni_refund_execute(p, in->id));
    }
    PN_TRY(pni_refund_row(p, in->id, out));
    return pn_audit(p, "refund", in->id, &pn_refund_t, &r, out, in->reason);
}

static const pn_sql restore_sql = {"refund_restore", &by_id_t, NULL,
    "update order_seat e set state = 'SOLD', refund_fen = 0 from refund r"
    " where r.sk = :id# and r.id = :id and e.sk = :id# and e.order_id = r.order_id"
    " and e.no = any (r.seats) and e.state = 'REFUNDING'", false};

int pni_refund_turn_down(pn *p, const pn_refund *r, const char *reason)
{
    PN_TRY(pn_step(p, &pni_refund_fsm, r->id, r->state, "reject", reason, NULL));
    PN_TRY(pn_exec(p, &restore_sql, &(id_in){r->id}, NULL));
    return pni_refund_order_back(p, r->order_id);
}

static int reject(pn *p, const struct pn_refund_reject *in, pn_refund *out)
{
    pn_refund r;
    PN_TRY(mine(p, in->id, &r));
    PN_TRY(pni_order_lock(p, r.order_id));
    PN_TRY(pni_refund_turn_down(p, &r, in->reason));
    PN_TRY(pni_refund_row(p, in->id, out));
    return pn_audit(p, "refund", in->id, &pn_refund_t, &r, out, in->reason);
}

/* What a provider may still pay is not paid by hand beside it. */
static const pn_sql under_way_sql = {"refund_under_way", &by_id_t, &by_id_t,
    "select g.refund_id as id from refund_leg g join payment y on y.sk = :id#"
    " and y.id = g.payment_id and y.method <> 'CASH' where g.sk = :id# and g.refund_id = :id"
    " and g.state = 'PENDING' limit 1", false};
/* Cash that nobody came for. */
static const pn_sql at_counter_sql = {"refund_at_counter", &by_id_t, &by_id_t,
    "select r.id from refund r where r.sk = :id# and r.id = :id and r.state = 'PROCESSING'"
    " and exists (select from refund_leg g join payment y on y.sk = :id# and y.id = g.payment_id"
    "  and y.method = 'CASH' where g.sk = :id# and g.refund_id = r.id and g.state = 'PENDING')",
    false};
static int none_under_way(pn *p, int64_t id)
{
    id_in found;
    int rc = pn_one(p, &under_way_sql, &(id_in){id}, &found);
    if (rc)
        return rc == PN_ENONE ? 0 : rc;
    pn_fail(p, PN_ESTATE, "id", "%s", pn_tr("Another part of it is still with its provider"));
    return pn_hint(p, "%s", pn_tr("Wait until the provider has paid it or refused"));
}

static int transfer(pn *p, const struct pn_refund_transfer *in, pn_refund *out)
{
    pn_refund r;
    id_in found;
    PN_TRY(mine(p, in->id, &r));
    int rc = pn_one(p, &at_counter_sql, &(id_in){in->id}, &found);
    if (rc && rc != PN_ENONE)
        return rc;
    if (rc && r.state.v != PN_REFUND_MANUAL)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("Refund %s is not to be paid by hand (%s)"), r.no,
                       pn_word_label(pn_refund_states, r.state));
    int64_t me = pn_who(p)->id;
    if (me == r.applied_by || me == r.approved_by || me == r.approved_by2)
        return pn_fail(p, PN_EDUAL, "id", "%s",
                       pn_tr("Whoever asked for or approved a refund may not book its transfer"));
    PN_TRY(none_under_way(p, in->id));
    PN_TRY(pni_refund_sure(p, in->id));
    PN_TRY(pni_bank_line(p, in->reference, "REFUND", in->id));
    PN_TRY(pni_book_transfer(p, in->id));
    PN_TRY(pni_refund_finish(p, in->id, pn_word_name(pn_refund_states, r.state),
                             rc ? "mark_transferred" : "leg_ok", in->reference));
    PN_TRY(pni_refund_row(p, in->id, out));
    return pn_audit(p, "refund", in->id, &pn_refund_t, &r, out, in->reason ? in->reason
                                                                           : in->reference);
}

/* ---- reading ---- */

typedef struct no_in { int64_t sk; const char *no; } no_in;
static PN_TYPE(no_t, "refund.no", no_in, PN_COL(no_in, sk, N_("Bucket")),
    PN_COL(no_in, no, N_("Refund no.")));
static const pn_sql by_no_sql = {"refund_by_no", &no_t, &by_id_t,
    "select id from refund where sk = :sk and no = :no", false};

static int resolve(pn *p, const char *text, int64_t *id)
{
    id_in found;
    int sk;
    PN_TRY(pn_no_bucket(p, "TK", text, &sk));
    int rc = pn_one(p, &by_no_sql, &(no_in){sk, text}, &found);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no refund %s"), text);
    PN_TRY(rc);
    *id = found.id;
    return 0;
}

enum { DESK = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_FINANCE };

PN_OP_LIST(refund, list, list_spec, .brief = N_("List refunds"), .out = &pn_refund_t,
           .may = DESK | PN_ROLE_ORGANISER)
PN_OP(refund, quote, pn_refund_offer, .brief = N_("Tell what a refund would give back now"),
      .in = &quote_in_t, .out = &pn_refund_offer_t, .may = DESK | PN_ROLE_BUYER | PN_ROLE_SYSTEM)
PN_OP(refund, apply, pn_refund, .brief = N_("Apply for a refund"),
      .help = N_("Inside a free window it is paid out at once; with a fee or forced it waits for "
                 "approval. A fault\nof ours returns everything, the service fee and the postage "
                 "of a parcel that was sent, too; so does\na session that is postponed or has a "
                 "new date."),
      .in = &apply_in_t, .out = &pn_refund_t, .may = DESK | PN_ROLE_BUYER | PN_ROLE_SYSTEM,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER, .example = "pn refund apply PN261123000001234")
PN_OP(refund, approve, pn_refund, .brief = N_("Approve a refund"),
      .help = N_("Above 5,000 yuan a second person has to approve too. A forced one, or one for a "
                 "fault of ours,\nis approved by somebody else than asked for it."),
      .in = &approve_in_t, .out = &pn_refund_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .lasting = N_("The tickets are void and the money is on its way back"))
PN_OP(refund, reject, pn_refund, .brief = N_("Reject a refund"), .in = &reject_in_t,
      .out = &pn_refund_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("It was decided: whoever asked may ask anew"))
PN_OP(refund, transfer, pn_refund,
      .brief = N_("Record that a stuck refund was transferred by hand"),
      .help = N_("Its provider must have said that it did not pay it (refund ask). The line of the "
                 "bank's statement stands for this alone. Cash that waits at the counter can go "
                 "so, too."), .in = &transfer_in_t,
      .out = &pn_refund_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .lasting = N_("The money is on its way: only a new payment brings it back"),
      .example = "pn refund transfer TK261123000001234 --reference 20261123-4411")

const pn_module pn_refund_module = {
    "refund", N_("Refunds"),
    .ops = PN_LIST(pn_op, &refund_list_op, &pni_refund_show_op, &refund_quote_op, &refund_apply_op,
                   &refund_approve_op, &refund_reject_op, &refund_transfer_op,
                   &pni_refund_ask_op, &pni_refund_handover_op, &pni_refund_leg_ok_op,
                   &pni_refund_leg_fail_op, &pni_refund_leg_asked_op),
    .sql = PN_LIST(pn_sql, &row_sql, &pni_refund_legs_sql, &pni_refund_places_sql,
                   &pni_refund_said_sql, &pni_refund_why_not_sql, &by_no_sql, &sign_sql,
                   &restore_sql,
                   &pni_refund_move_sql, &pni_basis_sql, &pni_basis_seats_sql, &pni_basis_rules_sql,
                   &pni_exec_sql,
                   &pni_exec_head_sql, &pni_exec_seats_sql, &pni_leg_sources_sql,
                   &pni_leg_write_sql, &pni_refund_due_write_sql, &pni_legs_open_sql,
                   &pni_leg_ok_sql, &pni_leg_fail_sql, &pni_refund_due_sql,
                   &pni_refund_finish_sql, &pni_refund_put_sql, &pni_refund_back_sql,
                   &pni_giveback_paid_sql, &pni_giveback_put_sql, &pni_refund_lock_sql,
                   &pni_refund_later_sql, &pni_refund_give_up_sql, &pni_leg_twice_sql,
                   &under_way_sql, &at_counter_sql, &pni_refund_cash_sql,
                   &pni_session_orders_sql, &pni_refund_asked_sql,
                   &pni_leg_asked_sql,
                   &pni_refund_look_sql, &pni_refund_doubt_sql, &pni_refund_unpaid_sql,
                   &pni_book_refund_sql, &pni_book_share_sql, &pni_book_legs_sql,
                   &pni_book_rest_sql, &pni_book_less_sql, &pni_earned_sql,
                   &pni_earned_share_sql, &pni_earned_fees_sql, &pni_earned_unshared_sql,
                   &pni_earned_back_sql, &pni_earned_sent_sql, &pni_points_base_sql,
                   &pni_points_first_sql, &pni_points_spent_sql, &pni_points_earned_sql,
                   &pni_points_head_sql),
    .fsm = PN_LIST(pn_fsm, &pni_refund_fsm),
    .jobs = PN_LIST(pn_job, &pni_refund_retry_job),
    .events = PN_LIST(pn_event, &pni_session_cancelled_event, &pni_session_rescheduled_event,
                      &pni_order_void_event, &pni_book_paid_event, &pni_book_group_event,
                      &pni_draw_paid_event, &pni_draw_group_event,
                      &pni_book_dist_event, &pni_earned_event,
                      &pni_earned_contract_event, &pni_earned_kept_event, &pni_points_event),
    .resolve = resolve,
};
