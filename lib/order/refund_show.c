/* SPDX-License-Identifier: Apache-2.0 */
/* refund_show.c — one refund as whoever decides it wants to see it: for which seats, what was said
 * about it, and what became of each payment that it goes back to. */
#include "order/refund_int.h"

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "refund.shown", id_in, PN_COL(id_in, id, N_("Number")));

#define L(f, label, ...) PN_COL(pn_refund_leg, f, label, __VA_ARGS__)
static const pn_words leg_states[] = {{"PENDING", N_("Waiting for the provider"), 'w'},
    {"COUNTER", N_("Waiting at the counter"), 'w'},
    {"DONE", N_("Given back"), 'g'}, {"FAILED", N_("Failed"), 'b'},
    {"BANK", N_("Transferred by hand"), 'g'}, {0}};
static PN_TYPE(leg_t, "refund.leg", pn_refund_leg, L(no, N_("Leg"), .flags = PN_BRIEF),
    L(payment_id, N_("Payment"), .ref = "payment"),
    L(method, N_("Method"), .flags = PN_BRIEF, .words = pn_pay_methods),
    L(out_request_no, N_("Request no.")), L(amount_fen, N_("Amount"), .flags = PN_BRIEF),
    L(state, N_("State"), .flags = PN_BRIEF, .words = leg_states),
    L(tries, N_("Tries"), .flags = PN_BRIEF),
    L(error, N_("Error")), L(asked_at, N_("Asked at")),
    L(answer, N_("Answer"), .words = pni_back_answers));
const pn_sql pni_refund_legs_sql = {"refund_legs", &by_id_t, &leg_t,
    "select g.no, g.payment_id, y.method, g.out_request_no, g.amount_fen,"
    " case when y.method = 'CASH' and g.state = 'PENDING' then 'COUNTER' else g.state end as state,"
    " g.tries, g.error, g.asked_at, g.answer from refund_leg g"
    " join payment y on y.sk = :id# and y.id = g.payment_id"
    " where g.sk = :id# and g.refund_id = :id order by g.no", false};

#define P(f, label, ...) PN_COL(pn_refund_place, f, label, __VA_ARGS__)
static PN_TYPE(place_t, "refund.place", pn_refund_place, P(no, N_("Seat"), .flags = PN_BRIEF),
    P(tier, N_("Tier"), .flags = PN_BRIEF), P(seat, N_("Place"), .flags = PN_BRIEF),
    P(paid_fen, N_("Paid"), .flags = PN_BRIEF));
const pn_sql pni_refund_places_sql = {"refund_places", &by_id_t, &place_t,
    "select e.no, t.name as tier, e.seat_key as seat, e.paid_fen from refund r"
    " join order_seat e on e.sk = :id# and e.order_id = r.order_id and e.no = any(r.seats)"
    " join tier t on t.id = e.tier_id where r.sk = :id# and r.id = :id order by e.no", false};

/* Whoever approves, rejects or pays by hand may say why; the last word stands. What the applicant
 * said is the note. */
typedef struct said { const char *reason; } said;
static PN_TYPE(said_t, "refund.said", said, PN_COL(said, reason, N_("Reason")));
const pn_sql pni_refund_said_sql = {"refund_said", &by_id_t, &said_t,
    "select l.reason from state_log l where l.sk = :id# and l.ref = :id and l.noun = 'refund'"
    " and l.reason <> '' and l.event <> 'apply' order by l.at desc, l.id desc limit 1", false};

#define COL(f, label, ...) PN_COL(pn_refund, f, label, __VA_ARGS__)
PN_TYPE(pni_refund_detail_t, "refund.detail", pn_refund_detail,
    COL(id, N_("Number"), .flags = PN_KEY, .ref = "refund"),
    COL(no, N_("Refund no."), .flags = PN_BRIEF), COL(order_id, N_("Order"), .ref = "order"),
    COL(order_no, N_("Order no."), .flags = PN_BRIEF),
    COL(reason, N_("Reason"), .flags = PN_BRIEF, .words = pn_refund_reasons),
    COL(note, N_("Note")), COL(forced, N_("Forced")), COL(qty, N_("Tickets"), .flags = PN_BRIEF),
    COL(fee_fen, N_("Fee")), COL(amount_fen, N_("Amount"), .flags = PN_BRIEF),
    COL(state, N_("State"), .flags = PN_BRIEF, .words = pn_refund_states),
    COL(applied_by, N_("Applied by"), .ref = "staff"),
    COL(approved_by, N_("Approved by"), .flags = PN_OPT, .ref = "staff"),
    COL(approved_by2, N_("Second approval"), .flags = PN_OPT, .ref = "staff"),
    COL(created_at, N_("Created")), COL(done_at, N_("Done at")),
    PN_COL(pn_refund_detail, said, N_("Said about it")),
    PN_COL(pn_refund_detail, places, N_("Seats"), .of = &place_t),
    PN_COL(pn_refund_detail, legs, N_("Legs"), .of = &leg_t));
static PN_TYPE(show_in_t, "refund.show", struct pn_refund_show,
    PN_COL(struct pn_refund_show, id, N_("Refund"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "refund"));

static int show(pn *p, const struct pn_refund_show *in, pn_refund_detail *out)
{
    pni_order o;
    said last = {0};
    PN_TRY(pni_refund_row(p, in->id, &out->head));
    PN_TRY(pni_order_get(p, out->head.order_id, &o)); /* whose it is */
    int rc = pn_one(p, &pni_refund_said_sql, &(id_in){in->id}, &last);
    if (rc && rc != PN_ENONE)
        return rc;
    out->said = last.reason;
    PN_TRY(pn_all(p, &pni_refund_places_sql, &(id_in){in->id}, &out->places));
    return pn_all(p, &pni_refund_legs_sql, &(id_in){in->id}, &out->legs);
}

PNI_OP(refund, show, show, pn_refund_detail, .brief = N_("Show a refund and its legs"),
       .in = &show_in_t, .out = &pni_refund_detail_t,
       .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_ORGANISER |
              PN_ROLE_SYSTEM)
