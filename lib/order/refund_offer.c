/* SPDX-License-Identifier: Apache-2.0 */
/* refund_offer.c — what a refund gives back now: the windows of the show's policy, what overrides
 * them, and the split over seats to the fen. */
#include <stdlib.h>
#include <string.h>

#include "order/points_int.h"
#include "base/policy_int.h"

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "refund.order", id_in, PN_COL(id_in, id, N_("Order")));

#define B(f, ...) PN_COL(pni_basis, f, #f, __VA_ARGS__)
static PN_TYPE(basis_t, "refund.basis", pni_basis, B(id), B(user_id, .flags = PN_OPT),
    B(organiser), B(no), B(policy), B(status, .words = pn_order_states), B(paid_fen),
    B(refunded_fen), B(delivery_fen), B(service_fen), B(paid_at), B(start_at), B(open_at),
    B(changed_at), B(session_status), B(refunds), B(dual_fen), B(resched_days));
const pn_sql pni_basis_sql = {"refund_basis", &by_id_t, &basis_t,
    "select o.id, o.user_id, coalesce(h.organiser_id, 0) as organiser, o.no,"
    "  h.refund_policy as policy, o.status, o.paid_fen, o.refunded_fen, o.delivery_fen,"
    "  o.service_fen, o.paid_at, s.start_at, coalesce(s.sale_at, s.created_at) as open_at,"
    "  (select max(c.at) from session_change c where c.session_id = s.id"
    "   and c.kind = 'RESCHEDULE' and c.state = 'DONE') as changed_at,"
    "  s.status as session_status,"
    "  coalesce((select b.refunds from buyer_count b where b.sk = :id# and b.buyer = o.buyer"
    "   and b.session_id = o.session_id), 0) as refunds,"
    "  " PNI_POLICY("refund.dual_control_fen") " as dual_fen,"
    "  " PNI_POLICY("refund.resched_days") " as resched_days"
    " from orders o join session s on s.id = o.session_id join show h on h.id = o.show_id"
    " where o.sk = :id# and o.id = :id", false};

static PN_TYPE(seat_t, "refund.basis_seat", pni_basis_seat,
    PN_COL(pni_basis_seat, no, N_("Seat")), PN_COL(pni_basis_seat, list_fen, N_("List price")),
    PN_COL(pni_basis_seat, paid_fen, N_("Paid")));
const pn_sql pni_basis_seats_sql = {"refund_basis_seats", &by_id_t, &seat_t,
    "select no, list_fen, paid_fen from order_seat where sk = :id# and order_id = :id"
    " and state = 'SOLD' order by no", false};

int pni_refund_basis(pn *p, int64_t order_id, pni_basis *out)
{
    pn_rows seats = {0};
    PN_TRY(pn_queue(p, &pni_basis_seats_sql, &(id_in){order_id}, 0, &seats, NULL));
    int rc = pn_one(p, &pni_basis_sql, &(id_in){order_id}, out);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "order", pn_tr("There is no order %lld"),
                       (long long)order_id);
    PN_TRY(rc);
    out->seats = seats;
    return pni_order_mine(p, order_id, out->user_id, out->organiser);
}

/* ---- windows ---- */

/* Ordered; the first whose end is still to come applies, none means closed. `hours` counts from the
 * opening of the sale, or (negative) before the start. */
static const struct window {
    const char *policy;
    bool from_open;
    int hours, fee_bp;
    const char *label;
} windows[] = {
    {"LARGE_2023", true, 48, 0, N_("first 48 hours of the sale")},
    {"LARGE_2023", false, -30 * 24, 2000, N_("until 30 days before the start")},
    {"LARGE_2023", false, -10 * 24, 4000, N_("until 10 days before the start")},
    {"RESALE", false, -7 * 24, 2000, N_("until 7 days before the start")},
    {"RESALE", false, -3 * 24, 4000, N_("until 3 days before the start")},
    {"FREE", false, 0, 0, N_("until the start")},
};

static const struct window *window_now(const pn *p, const pni_basis *b)
{
    const int64_t hour = INT64_C(3600000000);
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        const struct window *w = &windows[i];
        if (strcmp(w->policy, b->policy) != 0)
            continue;
        int64_t end = (w->from_open ? b->open_at.us : b->start_at.us) + w->hours * hour;
        if (pn_now(p).us < end && pn_now(p).us < b->start_at.us)
            return w;
    }
    return NULL;
}

/* Moved since it was paid: everything back, no fee. */
static const char *free_because(const pn *p, const pni_basis *b)
{
    const int64_t day = INT64_C(86400000000);
    if (strcmp(b->session_status, "POSTPONED") == 0)
        return N_("the session is postponed");
    if (b->changed_at.us > b->paid_at.us &&
        pn_now(p).us < b->changed_at.us + b->resched_days * day)
        return N_("the session was rescheduled");
    return NULL;
}

/* ---- seats ---- */

static int chosen(pn *p, const pni_basis *b, const pn_texts *seats, pni_basis_seat *pick, size_t *n)
{
    const pni_basis_seat *all = b->seats.row;
    *n = 0;
    if (b->seats.n > PNI_REFUND_SEATS)
        return pn_fail(p, PN_ETOO_BIG, "seats", "%s", pn_code_text(PN_ETOO_BIG));
    for (size_t i = 0; (!seats || !seats->n) && i < b->seats.n; i++)
        pick[(*n)++] = all[i];
    for (size_t k = 0; seats && k < seats->n; k++) {
        char *end;
        long no = strtol(seats->v[k], &end, 10);
        size_t i = 0;
        while (i < b->seats.n && all[i].no != no)
            i++;
        if (*end || i == b->seats.n)
            return pn_fail(p, PN_EARG, "seats", pn_tr("Seat “%s” cannot be refunded"),
                           seats->v[k]);
        for (size_t j = 0; j < *n; j++)
            if (pick[j].no == no)
                return pn_fail(p, PN_EARG, "seats", pn_tr("Seat “%s” is named twice"),
                               seats->v[k]);
        pick[(*n)++] = all[i];
    }
    if (*n == 0)
        return pn_fail(p, PN_ESTATE, "order", "%s", pn_tr("Nothing of this order can be refunded"));
    return 0;
}

/* A distributor's order goes back by its contract, or because there is no show. What is settled
 * with its seller is taken back from him, which is nobody's to ask for but ours. */
static int open_order(pn *p, const pni_basis *b, int reason, bool forced)
{
    bool by_contract = forced || reason == PN_REASON_CANCELLED;
    bool grouped = reason == PN_REASON_GROUP && b->status.v == PN_ORDER_GROUP_WAITING;
    if (grouped || (b->status.v >= PN_ORDER_PAID && b->status.v <= PN_ORDER_SIGNED))
        return 0;
    if (b->status.v == PN_ORDER_ISSUED && by_contract)
        return 0;
    if (b->status.v == PN_ORDER_COMPLETED && forced)
        return 0;
    pn_fail(p, PN_ESTATE, "order", pn_tr("Order %s cannot be refunded (%s)"), b->no,
            pn_word_label(pn_order_states, b->status));
    return b->status.v == PN_ORDER_COMPLETED
               ? pn_hint(p, "%s", pn_tr("Operations may force a refund for a fault of ours"))
               : PN_ESTATE;
}

/* The fee of each seat: by list price, never above what was paid for it. */
static int64_t share_fee(const pni_basis_seat *pick, size_t n, int fee_bp, pn_refund_seat *out)
{
    int64_t weight[PNI_REFUND_SEATS], share[PNI_REFUND_SEATS], list = 0, fee = 0;
    for (size_t i = 0; i < n; i++)
        list += weight[i] = pick[i].list_fen.fen;
    pni_apportion(pni_bp(list, fee_bp), weight, n, share);
    for (size_t i = 0; i < n; i++) {
        int64_t paid = pick[i].paid_fen.fen;
        int64_t mine = share[i] < paid ? share[i] : paid;
        out[i] = (pn_refund_seat){pick[i].no, {paid}, {mine}, {paid - mine}};
        fee += mine;
    }
    return fee;
}

/* Which rule applies; without one the refund is refused. What a cancelled session gives back is
 * told with its cancellation (part of it, when most was played). */
static int rule(pn *p, const pni_basis *b, int reason, bool forced, bool whole,
                pn_refund_offer *out)
{
    const char *because = free_because(p, b);
    out->policy = b->policy;
    if (forced || reason == PN_REASON_CANCELLED || reason == PN_REASON_GROUP) {
        out->window = forced                          ? N_("forced")
                      : reason == PN_REASON_CANCELLED ? N_("the session is cancelled")
                                                      : N_("the group did not come together");
        out->automatic = !forced;
        return 0;
    }
    if (strcmp(b->session_status, "CANCELLED") == 0)
        return pn_fail(p, PN_ESTATE, "order", "%s",
                       pn_tr("The session is cancelled: the money comes back without asking"));
    if (because) {
        out->window = because;
        out->automatic = true;
        return 0;
    }
    const struct window *w = window_now(p, b);
    if (!w) {
        pn_fail(p, PN_ESTATE, "order", pn_tr("Refunds of this show are closed (%s)"), b->policy);
        return pn_hint(p, "%s", pn_tr("Operations may force a refund for a fault of ours"));
    }
    if (strcmp(b->policy, "LARGE_2023") == 0 && !whole)
        return pn_fail(p, PN_ESTATE, "seats", "%s", pn_tr("This show refunds whole orders only"));
    if (strcmp(b->policy, "LARGE_2023") == 0 && b->refunds > 0)
        return pn_fail(p, PN_ELIMIT, "order", "%s",
                       pn_tr("This buyer had a refund of the session already"));
    out->window = w->label;
    out->fee_bp = w->fee_bp;
    out->automatic = w->fee_bp == 0;
    return 0;
}

int pni_refund_offer(pn *p, const pni_basis *b, const pn_texts *seats, int reason, bool forced,
                     int fee_bp, pn_refund_offer *out)
{
    pni_basis_seat pick[PNI_REFUND_SEATS];
    size_t n;
    *out = (pn_refund_offer){.order_id = b->id, .fee_bp = fee_bp};
    PN_TRY(open_order(p, b, reason, forced));
    PN_TRY(chosen(p, b, seats, pick, &n));
    bool whole = n == b->seats.n;
    PN_TRY(rule(p, b, reason, forced, whole, out));
    out->window = pn_tr(out->window);
    pn_refund_seat *rows = pn_alloc(p, n * sizeof *rows);
    if (!rows)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    out->fee_fen.fen = share_fee(pick, n, out->fee_bp, rows);
    out->seats = (pn_rows){rows, n};
    for (size_t i = 0; i < n; i++) {
        out->paid_fen.fen += rows[i].paid_fen.fen;
        out->amount_fen.fen += rows[i].refund_fen.fen;
    }
    if (whole && b->status.v < PN_ORDER_PART_SHIPPED)
        out->delivery_fen = b->delivery_fen;
    if (whole && (forced || (out->automatic && out->fee_bp == 0)))
        out->delivery_fen.fen = b->delivery_fen.fen +
                                (forced || reason == PN_REASON_GROUP ? b->service_fen.fen : 0);
    out->amount_fen.fen += out->delivery_fen.fen;
    return pni_points_offer(p, b, out);
}
