/* SPDX-License-Identifier: Apache-2.0 */
/* refund_offer.c — what a refund gives back now: the windows of the show's rule, what overrides
 * them, and the split over seats to the fen. */
#include <stdlib.h>
#include <string.h>

#include "base/policy_int.h"
#include "order/points_int.h"

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "refund.order", id_in, PN_COL(id_in, id, N_("Order")));

#define B(f, ...) PN_COL(pni_basis, f, #f, __VA_ARGS__)
static PN_TYPE(basis_t, "refund.basis", pni_basis, B(id), B(user_id, .flags = PN_OPT),
    B(organiser), B(no), B(policy, .words = pn_refund_rules),
    B(status, .words = pn_order_states), B(paid_fen),
    B(refunded_fen), B(delivery_fen), B(service_fen), B(paid_at), B(start_at), B(open_at),
    B(changed_at), B(session_status), B(refunds), B(reviewing), B(dual_fen), B(resched_days));
const pn_sql pni_basis_sql = {"refund_basis", &by_id_t, &basis_t,
    "select o.id, o.user_id, coalesce(h.organiser_id, 0) as organiser, o.no,"
    "  h.refund_policy as policy, o.status, o.paid_fen, o.refunded_fen, o.delivery_fen,"
    "  o.service_fen, o.paid_at, s.start_at, coalesce(s.sale_at, s.created_at) as open_at,"
    "  (select max(c.at) from session_change c where c.session_id = s.id"
    "   and c.kind = 'RESCHEDULE' and c.state = 'DONE') as changed_at,"
    "  s.status as session_status,"
    "  coalesce((select b.refunds from buyer_count b where b.sk = :id#"
    "   and b.buyer = substr(o.buyer, 1, 16) and b.session_id = o.session_id), 0) as refunds,"
    "  (select count(*)::int from refund r where r.sk = :id# and r.order_id = o.id"
    "   and r.state = 'REVIEWING') as reviewing,"
    "  " PNI_POLICY("refund.dual_control_fen") " as dual_fen,"
    "  " PNI_POLICY("refund.resched_days") " as resched_days"
    " from orders o join session s on s.id = o.session_id join show h on h.id = o.show_id"
    " where o.sk = :id# and o.id = :id", false};

static PN_TYPE(seat_t, "refund.basis_seat", pni_basis_seat,
    PN_COL(pni_basis_seat, no, N_("Seat")), PN_COL(pni_basis_seat, face_fen, N_("Face price")),
    PN_COL(pni_basis_seat, paid_fen, N_("Paid")), PN_COL(pni_basis_seat, matched, "matched"));
/* The face price of a set is that of all its seats. */
const pn_sql pni_basis_seats_sql = {"refund_basis_seats", &by_id_t, &seat_t,
    "select e.no, e.paid_fen, i.face_fen * i.qty / (select count(*) from order_seat x"
    "  where x.sk = :id# and x.order_id = :id and x.item_no = e.item_no) as face_fen,"
    " o.kind = 'GRAB' or coalesce(l.kind = 'TAIL', false)"
    "  or coalesce(l.special_kind, t.special_kind, '') = 'NO_REFUND' as matched from order_seat e"
    " join orders o on o.sk = :id# and o.id = e.order_id"
    " join order_item i on i.sk = :id# and i.order_id = e.order_id and i.no = e.item_no"
    " left join listing l on l.sk = :id# and l.id = i.lot_id left join tier t on t.id = i.tier_id"
    " where e.sk = :id# and e.order_id = :id and e.state = 'SOLD' order by e.no", false};

#define R(f, ...) PN_COL(pni_basis_rule, f, #f, __VA_ARGS__)
static PN_TYPE(rule_t, "refund.basis_rule", pni_basis_rule,
    R(policy, .words = pn_refund_rules), R(windows, .max = 400), R(whole_order), R(after_ship),
    R(refunds_max));
#undef R
const pn_sql pni_basis_rules_sql = {"refund_basis_rules", &by_id_t, &rule_t,
    "select distinct on (r.policy) r.policy, r.windows, r.whole_order, r.after_ship,"
    " r.refunds_max from orders o join show h on h.id = o.show_id"
    " join refund_rule r on r.policy in (h.refund_policy, 'MATCHED')"
    "  and r.effective_from <= o.created_at where o.sk = :id# and o.id = :id"
    " order by r.policy, r.effective_from desc", false};

int pni_refund_basis(pn *p, int64_t order_id, pni_basis *out)
{
    pn_rows seats = {0}, rules = {0};
    PN_TRY(pn_queue(p, &pni_basis_seats_sql, &(id_in){order_id}, 0, &seats, NULL));
    PN_TRY(pn_queue(p, &pni_basis_rules_sql, &(id_in){order_id}, 0, &rules, NULL));
    int rc = pn_one(p, &pni_basis_sql, &(id_in){order_id}, out);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "order", pn_tr("There is no order %s"),
                       pni_called(p, "order", order_id));
    PN_TRY(rc);
    out->seats = seats;
    out->rules = rules;
    return pni_order_mine(p, order_id, out->user_id, out->organiser);
}

/* ---- why not ---- */

typedef struct why_in { int64_t id; int seat; } why_in;
static PN_TYPE(why_in_t, "refund.why_in", why_in, PN_COL(why_in, id, N_("Order")),
    PN_COL(why_in, seat, N_("Seat")));
typedef struct why_not { pn_word state; const char *no; } why_not;
static PN_TYPE(why_t, "refund.why", why_not,
    PN_COL(why_not, state, N_("State"), .words = pn_seat_states),
    PN_COL(why_not, no, N_("Refund no.")));
/* The state of a seat (none: 0), and the refund of it, or of any of the order, that is open. */
const pn_sql pni_refund_why_not_sql = {"refund_why_not", &why_in_t, &why_t,
    "select (select e.state from order_seat e where e.sk = :id# and e.order_id = :id"
    "  and e.no = :seat) as state, (select r.no from refund r where r.sk = :id#"
    "  and r.order_id = :id and r.state not in ('DONE', 'REJECTED')"
    "  and (:seat = 0 or :seat = any(r.seats)) order by r.id limit 1) as no", false};

static int under_way(pn *p, const why_not *w)
{
    if (!w->no || !*w->no)
        return PN_ESTATE;
    return pn_hint(p, pn_tr("Refund %s of it is not over yet: refund show"), w->no);
}

static int not_that(pn *p, const pni_basis *b, const char *text, int seat)
{
    why_not w;
    PN_TRY(pn_one(p, &pni_refund_why_not_sql, &(why_in){b->id, seat}, &w));
    if (!w.state.v)
        return pn_fail(p, PN_EARG, "seats", pn_tr("There is no seat “%s” in this order"), text);
    pn_fail(p, PN_ESTATE, "seats", pn_tr("Seat “%s” cannot be refunded (%s)"), text,
            pn_word_label(pn_seat_states, w.state));
    return under_way(p, &w);
}

/* ---- seats ---- */

static int chosen(pn *p, const pni_basis *b, const pn_texts *seats, pni_basis_seat *pick, size_t *n)
{
    const pni_basis_seat *all = b->seats.row;
    *n = 0;
    if (b->seats.n > PNI_REFUND_SEATS)
        return pn_fail(p, PN_ETOO_BIG, "seats", "%s", pn_code_text(PN_ETOO_BIG));
    if (seats && seats->v && !seats->n) { /* a choice that is empty is not the whole order */
        pn_fail(p, PN_EARG, "seats", "%s", pn_tr("No seat is named"));
        return pn_hint(p, "%s", pn_tr("Leave it out for the whole order"));
    }
    for (size_t i = 0; (!seats || !seats->n) && i < b->seats.n; i++)
        pick[(*n)++] = all[i];
    for (size_t k = 0; seats && k < seats->n; k++) {
        char *end;
        long no = strtol(seats->v[k], &end, 10);
        size_t i = 0;
        while (i < b->seats.n && all[i].no != no)
            i++;
        if (*end || i == b->seats.n)
            return not_that(p, b, seats->v[k], *end || no < 1 || no > INT16_MAX ? 0 : (int)no);
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
    why_not w = {0};
    if (b->status.v == PN_ORDER_REFUNDING)
        PN_TRY(pn_one(p, &pni_refund_why_not_sql, &(why_in){b->id, 0}, &w));
    pn_fail(p, PN_ESTATE, "order", pn_tr("Order %s cannot be refunded (%s)"), b->no,
            pn_word_label(pn_order_states, b->status));
    if (w.no && *w.no)
        return under_way(p, &w);
    return b->status.v == PN_ORDER_COMPLETED
               ? pn_hint(p, "%s", pn_tr("Operations may force a refund for a fault of ours"))
               : PN_ESTATE;
}

/* ---- what is returned whole ---- */

/* Money that goes back as if nothing had been sold: without a fee, and with everything that was
 * paid beside the tickets. NULL: the rule of the show decides. */
const char *pni_refund_everything(const pn *p, const pni_basis *b, int reason)
{
    const int64_t day = INT64_C(86400000000);
    if (reason == PN_REASON_FAULT)
        return N_("our fault");
    if (reason == PN_REASON_CANCELLED)
        return N_("the session is cancelled");
    if (reason == PN_REASON_GROUP)
        return N_("the group did not come together");
    if (strcmp(b->session_status, "POSTPONED") == 0)
        return N_("the session is postponed");
    if (b->changed_at.us > b->paid_at.us && /* moved since it was paid */
        pn_now(p).us < b->changed_at.us + b->resched_days * day)
        return N_("the session was rescheduled");
    return NULL;
}

static int decided(pn_refund_offer *out, int reason, const char *why)
{
    bool moved = reason != PN_REASON_FAULT && reason != PN_REASON_CANCELLED &&
                 reason != PN_REASON_GROUP;
    out->reason.v = (int16_t)(moved ? PN_REASON_RESCHEDULED : reason);
    out->window = pn_tr(why);
    out->automatic = reason != PN_REASON_FAULT; /* somebody judges whose fault it was */
    return 0;
}

/* ---- what the rule says ---- */

static bool shipped(const pni_basis *b)
{
    return b->status.v >= PN_ORDER_PART_SHIPPED && b->status.v <= PN_ORDER_COMPLETED;
}

/* One ticket that was matched closes the others that are given back with it. */
static const pni_basis_rule *rule_of(const pni_basis *b, const pni_basis_seat *pick, size_t n)
{
    int policy = b->policy.v;
    for (size_t i = 0; i < n; i++)
        if (pick[i].matched)
            policy = PN_RULE_MATCHED;
    pn_each(pni_basis_rule, r, &b->rules)
        if (r->policy.v == policy)
            return r;
    return NULL;
}

static int shut(pn *p, const pni_basis_rule *r)
{
    if (r && r->policy.v == PN_RULE_MATCHED) {
        pn_fail(p, PN_ESTATE, "order", "%s",
                pn_tr("Last tickets, grabs and what is not refundable are not taken back"));
        return pn_hint(p, "%s", pn_tr("Operations may force a refund for a fault of ours"));
    }
    pn_fail(p, PN_ESTATE, "order", pn_tr("Refunds of this show are closed (%s)"),
            r ? pn_word_label(pn_refund_rules, r->policy) : "-");
    return pn_hint(p, "%s", pn_tr("Operations may force a refund for a fault of ours"));
}

static int by_rule(pn *p, const pni_basis *b, const pni_basis_rule *r, bool whole,
                   pn_refund_offer *out, bool *of_face)
{
    pni_refund_window w;
    if (!r || !pni_refund_window_now(p, b, r->windows, &w))
        return shut(p, r);
    if (shipped(b) && !r->after_ship)
        return pn_fail(p, PN_ESTATE, "order", "%s",
                       pn_tr("Tickets of this show that were sent out are not taken back"));
    if (r->whole_order && !whole)
        return pn_fail(p, PN_ESTATE, "seats", "%s", pn_tr("This show refunds whole orders only"));
    if (r->refunds_max && b->refunds >= r->refunds_max)
        return pn_fail(p, PN_ELIMIT, "order", "%s",
                       pn_tr("This buyer had a refund of the session already"));
    if (!(out->window = pni_refund_window_label(p, &w)))
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    out->fee_bp = w.fee_bp;
    out->automatic = w.fee_bp == 0;
    *of_face = w.of_face;
    return 0;
}

/* The fee of each seat, never above what was paid for it. */
static int64_t share_fee(const pni_basis_seat *pick, size_t n, int fee_bp, bool of_face,
                         pn_refund_seat *out)
{
    int64_t weight[PNI_REFUND_SEATS], share[PNI_REFUND_SEATS], base = 0, fee = 0;
    for (size_t i = 0; i < n; i++)
        base += weight[i] = (of_face ? pick[i].face_fen : pick[i].paid_fen).fen;
    pni_apportion(pni_bp(base, fee_bp), weight, n, share);
    for (size_t i = 0; i < n; i++) {
        int64_t paid = pick[i].paid_fen.fen;
        int64_t mine = share[i] < paid ? share[i] : paid;
        out[i] = (pn_refund_seat){pick[i].no, {paid}, {mine}, {paid - mine}};
        fee += mine;
    }
    return fee;
}

/* What was paid beside the tickets goes back with the last of them. Which is the last is not known
 * while somebody still judges others: what is rejected is delivered. */
static int add_fees(pn *p, const pni_basis *b, bool all, pn_refund_offer *out)
{
    if (all || !shipped(b))
        out->delivery_fen = b->delivery_fen;
    if (all)
        out->service_fen = b->service_fen;
    int64_t fen = out->delivery_fen.fen + out->service_fen.fen;
    out->amount_fen.fen += fen;
    if (!fen || !b->reviewing)
        return 0;
    pn_fail(p, PN_ESTATE, "seats", "%s",
            pn_tr("Another refund of this order is under review, and with it what was paid beside "
                  "the tickets"));
    return pn_hint(p, "%s", pn_tr("Apply for the rest when that one is decided"));
}

int pni_refund_offer(pn *p, const pni_basis *b, const pni_refund_ask *ask, pn_refund_offer *out)
{
    pni_basis_seat pick[PNI_REFUND_SEATS];
    size_t n;
    bool of_face = false;
    *out = (pn_refund_offer){.order_id = b->id, .policy = b->policy, .fee_bp = ask->fee_bp,
                             .reason = {(int16_t)(ask->reason ? ask->reason : PN_REASON_BUYER)}};
    PN_TRY(open_order(p, b, ask->reason, ask->forced));
    PN_TRY(chosen(p, b, ask->seats, pick, &n));
    bool whole = n == b->seats.n;
    const char *why = pni_refund_everything(p, b, ask->reason);
    if (!why && !ask->forced && strcmp(b->session_status, "CANCELLED") == 0)
        return pn_fail(p, PN_ESTATE, "order", "%s",
                       pn_tr("The session is cancelled: the money comes back without asking"));
    if (why)
        PN_TRY(decided(out, ask->reason, why));
    else if (ask->forced)
        out->window = pn_tr("forced");
    else
        PN_TRY(by_rule(p, b, rule_of(b, pick, n), whole, out, &of_face));
    if (ask->forced)
        out->automatic = false;
    pn_refund_seat *rows = pn_alloc(p, n * sizeof *rows);
    if (!rows)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    out->fee_fen.fen = share_fee(pick, n, out->fee_bp, of_face, rows);
    out->seats = (pn_rows){rows, n};
    for (size_t i = 0; i < n; i++) {
        out->paid_fen.fen += rows[i].paid_fen.fen;
        out->amount_fen.fen += rows[i].refund_fen.fen;
    }
    if (whole)
        PN_TRY(add_fees(p, b, why && !out->fee_bp, out));
    return pni_points_offer(p, b, out);
}
