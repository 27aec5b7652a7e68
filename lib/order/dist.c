/* SPDX-License-Identifier: Apache-2.0 */
/* dist.c — what distributors do with what they locked: confirm, release, look, give back. */
#include "order/dist.h"

#include <string.h>

#include "channel/channel_int.h"
#include "order/dist_int.h"
#include "order/hook_int.h"
#include "order/prepaid_int.h"
#include "order/refund_int.h"
#include "order/reserve_int.h"

const pn_words pn_dist_pays[] = {PN_DIST_PAYS(PN_WORD_ROW){0}};

#define D(f, label, ...) PN_COL(pn_dist, f, label, __VA_ARGS__)
PN_TYPE(pn_dist_t, "dist", pn_dist,
    D(order_id, N_("Order"), .flags = PN_KEY | PN_SORT, .sql = "o.id", .ref = "order"),
    D(no, N_("Order no."), .flags = PN_BRIEF, .sql = "o.no"),
    D(third_order_no, N_("Distributor's order no."), .flags = PN_BRIEF, .sql = "x.ext_no"),
    D(channel_id, N_("Channel"), .sql = "x.channel_id", .ref = "channel"),
    D(agency_id, N_("Contract"), .sql = "x.agency_id", .ref = "agency"),
    D(session_id, N_("Session"), .sql = "o.session_id", .ref = "session"),
    D(tier_id, N_("Tier"), .sql = "i.tier_id", .ref = "tier"),
    D(show, N_("Show"), .flags = PN_BRIEF, .sql = "h.title"),
    D(status, N_("State"), .flags = PN_BRIEF, .words = pn_order_states, .sql = PNI_STATUS_NOW),
    D(qty, N_("Tickets"), .flags = PN_BRIEF, .sql = "o.qty"),
    D(payable_fen, N_("Payable"), .flags = PN_BRIEF, .sql = "o.payable_fen"),
    D(paid_fen, N_("Paid"), .sql = "o.paid_fen"),
    D(refunded_fen, N_("Refunded"), .sql = "o.refunded_fen"),
    D(hold_expires_at, N_("Locked until"), .flags = PN_BRIEF, .sql = "o.hold_expires_at"),
    D(tickets, N_("Tickets issued"), .of = &pni_order_ticket_t, .flags = PN_NOFILTER));
static PN_TYPE(list_t, "dist.row", pn_dist,
    D(order_id, N_("Order"), .flags = PN_KEY | PN_SORT, .sql = "o.id", .ref = "order"),
    D(no, N_("Order no."), .flags = PN_BRIEF, .sql = "o.no"),
    D(third_order_no, N_("Distributor's order no."), .flags = PN_BRIEF, .sql = "x.ext_no"),
    D(channel_id, N_("Channel"), .sql = "x.channel_id", .ref = "channel"),
    D(agency_id, N_("Contract"), .sql = "x.agency_id", .ref = "agency"),
    D(show, N_("Show"), .flags = PN_BRIEF, .sql = "h.title"),
    D(status, N_("State"), .flags = PN_BRIEF, .words = pn_order_states, .sql = PNI_STATUS_NOW),
    D(qty, N_("Tickets"), .flags = PN_BRIEF, .sql = "o.qty"),
    D(payable_fen, N_("Payable"), .flags = PN_BRIEF, .sql = "o.payable_fen"),
    D(refunded_fen, N_("Refunded"), .sql = "o.refunded_fen"),
    D(hold_expires_at, N_("Locked until"), .flags = PN_BRIEF, .sql = "o.hold_expires_at"));
#undef D

#define FROM                                                                                       \
    "orders o join channel_order x on x.sk = o.sk and x.order_id = o.id"                           \
    " join show h on h.id = o.show_id"
static const pn_list_spec list_spec = {.row = &list_t, .from = FROM,
    .scope = "o.kind = 'DIST' and (:my_organiser::bigint is null"
             " or h.organiser_id = :my_organiser) and not exists (select from channel_member n"
             " where n.staff_id = :me and n.channel_id <> x.channel_id)",
    .key = "o.id", .sort = "-order_id"};

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "dist.id", id_in, PN_COL(id_in, id, N_("Order")));
static const pn_sql row_sql = {"dist_row", &by_id_t, &pn_dist_t,
    "select o.id as order_id, o.no, x.ext_no as third_order_no, x.channel_id, x.agency_id,"
    " o.session_id, i.tier_id, h.title as show, " PNI_STATUS_NOW " as status, o.qty,"
    " o.payable_fen, o.paid_fen, o.refunded_fen, o.hold_expires_at from " FROM
    " join order_item i on i.sk = o.sk and i.order_id = o.id and i.no = 1"
    " where o.sk = :id# and o.id = :id and x.sk = :id# and i.sk = :id# and o.kind = 'DIST'",
    false};

int pni_dist_row(pn *p, int64_t order_id, pn_dist *out)
{
    pn_rows tickets = {0};
    PN_TRY(pn_queue(p, &pni_order_tickets_sql, &(id_in){order_id}, 0, &tickets, NULL));
    PN_TRY(pn_one(p, &row_sql, &(id_in){order_id}, out));
    out->tickets = tickets;
    return 0;
}

/* ---- which order ---- */

typedef struct which { int64_t order; const char *third_order_no; int64_t channel; } which;
static PN_TYPE(which_t, "dist.which", which, PN_COL(which, order, N_("Order")),
    PN_COL(which, third_order_no, N_("Distributor's order no.")),
    PN_COL(which, channel, N_("Channel")));
static const pn_sql known_sql = {"dist_known", &which_t, &by_id_t,
    "select target_id as id from channel_ext where sk = :channel# and channel_id = :channel"
    " and ext_no = :third_order_no", false};

/* Of the channel that asks; another's order is not there. */
static int find(pn *p, int64_t order, const char *third, int64_t asked, pn_dist *out)
{
    which by = {.order = order, .third_order_no = third};
    id_in known = {order};
    if (!order == !third)
        return pn_fail(p, PN_EARG, "order", "%s",
                       pn_tr("Give the order or the distributor's number, not both"));
    PN_TRY(pni_channel_of_actor(p, asked, &by.channel));
    int rc = third ? pn_one(p, &known_sql, &by, &known) : 0;
    rc = rc ? rc : pni_dist_row(p, known.id, out);
    if (rc == PN_ENONE || (!rc && out->channel_id != by.channel)) {
        if (third)
            return pn_fail(p, PN_ENONE, "third_order_no", pn_tr("There is no order %s"), third);
        return pn_fail(p, PN_ENONE, "order", pn_tr("There is no order %s"),
                       pni_called(p, "order", order));
    }
    return rc;
}

/* ---- steps ---- */

/* By which of the two numbers it was named. */
static const char *named(const char *third)
{
    return third ? "third_order_no" : "order";
}

static int state_of(pn *p, const pn_dist *d, const char *by)
{
    pn_fail(p, PN_ESTATE, by, pn_tr("Order %s is not locked (%s)"), d->no,
            pn_word_label(pn_order_states, d->status));
    return pn_hint(p, "%s", pn_tr("See what it is now: dist query"));
}

static int release(pn *p, const pn_dist *d, const char *reason, const char *by, pn_dist *out)
{
    if (d->status.v == PN_ORDER_DIST_RELEASED) {
        *out = *d;
        return 0;
    }
    if (d->status.v != PN_ORDER_DIST_LOCKED)
        return state_of(p, d, by);
    PN_TRY(pni_order_release(p, d->order_id, "DIST_LOCKED", "unlock", reason));
    PN_TRY(pni_dist_row(p, d->order_id, out));
    return pn_audit(p, "order", d->order_id, &pn_dist_t, d, out, NULL);
}

static int unlock(pn *p, const struct pn_dist_unlock *in, pn_dist *out)
{
    pn_dist d;
    PN_TRY(find(p, in->order, in->third_order_no, in->channel, &d));
    return release(p, &d, "UNLOCKED", named(in->third_order_no), out);
}

static int confirm(pn *p, const struct pn_dist_confirm *in, pn_dist *out)
{
    const char *by = named(in->third_order_no);
    pn_dist d;
    pn_word to;
    PN_TRY(find(p, in->order, in->third_order_no, in->channel, &d));
    if (in->pay_status.v == PN_DIST_UNPAID)
        return release(p, &d, "UNPAID", by, out);
    if (d.status.v == PN_ORDER_ISSUED) { /* asked again */
        *out = d;
        return 0;
    }
    if (d.status.v == PN_ORDER_DIST_RELEASED && d.hold_expires_at.us <= pn_now(p).us) {
        pn_fail(p, PN_EEXPIRED, by, "%s", pn_tr("The lock of this order has ended"));
        return pn_hint(p, "%s", pn_tr("Lock again under another number"));
    }
    if (d.status.v != PN_ORDER_DIST_LOCKED)
        return state_of(p, &d, by);
    pni_prepay_how how = {.order_id = d.order_id, .channel_id = d.channel_id, .from = "DIST_LOCKED",
                      .to = "ISSUED", .method = PN_PAY_PREPAID};
    PN_TRY(pni_prepay(p, &how, &to));
    PN_TRY(pni_stepped(p, &pni_order_fsm, d.order_id, "DIST_LOCKED", "confirm", NULL));
    PN_TRY(pni_stepped(p, &pni_order_fsm, d.order_id, "DIST_CONFIRMED", "issue", NULL));
    PN_TRY(pni_dist_row(p, d.order_id, out));
    PN_TRY(pn_outbox(p, "dist.issued", d.order_id, NULL, NULL, NULL));
    return pn_audit(p, "order", d.order_id, &pn_dist_t, &d, out, NULL);
}

static int query(pn *p, const struct pn_dist_query *in, pn_dist *out)
{
    return find(p, in->order, in->third_order_no, in->channel, out);
}

/* ---- refunds ---- */

typedef struct contract { bool refundable; int refund_fee_bp; } contract;
static PN_TYPE(contract_t, "dist.contract", contract,
    PN_COL(contract, refundable, N_("Refundable")),
    PN_COL(contract, refund_fee_bp, N_("Refund fee")));
static const pn_sql contract_sql = {"dist_contract", &by_id_t, &contract_t,
    "select refundable, refund_fee_bp from channel_order where sk = :id# and order_id = :id",
    false};

static int untouched(pn *p, const pn_dist *d, const pn_refund_offer *offer)
{
    int seats[PNI_REFUND_SEATS];
    size_t n = 0;
    pn_each(pn_refund_seat, s, &offer->seats)
    {
        seats[n++] = s->no;
        pn_each(pn_order_ticket, t, &d->tickets)
            if (t->seat_no == s->no && t->print_no > 0) {
                pn_fail(p, PN_ESTATE, "seats", pn_tr("Ticket %s is printed"), t->ticket_no);
                return pn_hint(p, "%s", pn_tr("Give back the seats whose tickets are not printed"));
            }
    }
    return pni_ticket_refundable_hook ? pni_ticket_refundable_hook(p, d->order_id, seats, n) : 0;
}

static int refund(pn *p, const struct pn_dist_refund *in, pn_dist *out)
{
    const char *by = named(in->third_order_no);
    pn_dist d;
    contract c;
    pni_basis b;
    pn_refund_offer offer;
    int64_t id = 0;
    PN_TRY(find(p, in->order, in->third_order_no, in->channel, &d));
    PN_TRY(pni_order_lock(p, d.order_id));
    PN_TRY(pni_dist_row(p, d.order_id, &d)); /* as it is now that nobody else changes it */
    if (d.status.v != PN_ORDER_ISSUED) {
        pn_fail(p, PN_ESTATE, by, pn_tr("Order %s cannot be refunded (%s)"), d.no,
                pn_word_label(pn_order_states, d.status));
        return pn_hint(p, "%s", pn_tr("See what it is now: dist query"));
    }
    PN_TRY(pn_one(p, &contract_sql, &(id_in){d.order_id}, &c));
    if (!c.refundable) {
        pn_fail(p, PN_ESTATE, by, "%s", pn_tr("The contract allows no refunds"));
        return pn_hint(p, "%s", pn_tr("A cancelled session is paid back by itself"));
    }
    PN_TRY(pni_refund_basis(p, d.order_id, &b));
    const pni_refund_ask how = {&in->seats, PN_REASON_CANCELLED, false, c.refund_fee_bp};
    PN_TRY(pni_refund_offer(p, &b, &how, &offer)); /* the fee is of what the distributor paid */
    PN_TRY(untouched(p, &d, &offer));
    struct pn_refund_apply ask = {.order = d.order_id, .note = in->note};
    PN_TRY(pni_refund_file(p, &ask, &b, &offer, "direct_refund", &id));
    PN_TRY(pn_step(p, &pni_refund_fsm, id, (pn_word){PN_REFUND_APPLIED}, "auto_approve", NULL,
                   NULL));
    PN_TRY(pni_refund_execute(p, id));
    PN_TRY(pni_dist_row(p, d.order_id, out));
    return pn_audit(p, "order", d.order_id, &pn_dist_t, &d, out, in->note);
}

/* ---- operations ---- */

// clang-format off
#define WHICH(s)                                                                                   \
    PN_COL(s, order, N_("Order"), .flags = PN_OPT | PN_ARG, .ref = "order"),                       \
    PN_COL(s, third_order_no, N_("Distributor's order no."), .max = 64),                           \
    PN_COL(s, channel, N_("Channel"), .flags = PN_OPT, .ref = "channel",                           \
           .hint = N_("Default: the one you act for"))
static PN_TYPE(unlock_t, "dist.unlock", struct pn_dist_unlock, WHICH(struct pn_dist_unlock));
static PN_TYPE(query_t, "dist.query", struct pn_dist_query, WHICH(struct pn_dist_query));
static PN_TYPE(confirm_t, "dist.confirm", struct pn_dist_confirm, WHICH(struct pn_dist_confirm),
    PN_COL(struct pn_dist_confirm, pay_status, N_("Paid or not"), .flags = PN_REQ,
           .words = pn_dist_pays));
static PN_TYPE(refund_t, "dist.refund", struct pn_dist_refund, WHICH(struct pn_dist_refund),
    PN_COL(struct pn_dist_refund, seats, N_("Seats"), .hint = N_("Seat numbers; default: all")),
    PN_COL(struct pn_dist_refund, note, N_("Note"), .max = 500));
// clang-format on

enum { CALLERS = PN_ROLE_CHANNEL | PN_ROLE_OPS };

PN_OP_LIST(dist, list, list_spec, .brief = N_("List distributors' orders"), .out = &list_t,
           .may = CALLERS | PN_ROLE_FINANCE | PN_ROLE_ORGANISER,
           .example = "pn dist list --where status=DIST_LOCKED")
PN_OP(dist, unlock, pn_dist, .brief = N_("Release what a distributor locked"), .in = &unlock_t,
      .out = &pn_dist_t, .may = CALLERS, .flags = PN_WRITE | PN_ONCE,
      .example = "pn dist unlock --channel tm --third-order-no TM1")
PN_OP(dist, confirm, pn_dist, .brief = N_("Confirm a distributor's order out of its account"),
      .help = N_("PAID debits the account and issues the tickets; UNPAID releases the lock."),
      .in = &confirm_t, .out = &pn_dist_t, .may = CALLERS, .flags = PN_WRITE | PN_ONCE,
      .example = "pn dist confirm --channel tm --third-order-no TM1 --pay-status PAID")
PN_OP(dist, query, pn_dist, .brief = N_("Show a distributor's order and its tickets"),
      .in = &query_t, .out = &pn_dist_t, .may = CALLERS | PN_ROLE_FINANCE,
      .example = "pn dist query --channel tm --third-order-no TM1")
PN_OP(dist, refund, pn_dist, .brief = N_("Give tickets of a distributor's order back"),
      .help = N_("By its contract, less its fee, into its account. Printed or verified tickets "
                 "stay."),
      .in = &refund_t, .out = &pn_dist_t, .may = CALLERS, .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .example = "pn dist refund --channel tm --third-order-no TM1 --seats 1 --seats 2")

const pn_module pn_dist_module = {
    "dist", N_("Distribution"),
    .ops = PN_LIST(pn_op, &dist_list_op, &dist_query_op, &pni_dist_lock_op, &dist_unlock_op,
                   &dist_confirm_op, &dist_refund_op),
    .sql = PN_LIST(pn_sql, &row_sql, &known_sql, &contract_sql, &pni_dist_terms_sql,
                   &pni_dist_state_sql, &pni_channel_order_put_sql, &pni_channel_ext_put_sql,
                   &pni_reserve_put_sql, &pni_reserve_agency_sql,
                   &pni_reserve_seckill_sql, &pni_reserve_back_sql,
                   &pni_reserve_less_sql, &pni_prepay_sql, &pni_prepay_channel_sql),
    .resolve = pni_order_resolve,
};
