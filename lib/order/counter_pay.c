/* SPDX-License-Identifier: Apache-2.0 */
/* counter_pay.c — collection at the counter beside cash: the slip of a bank terminal, and what the
 * customer's screen shows while he pays. (His pay code and the code that is shown to him are scenes
 * of the providers.) */
#include <string.h>

#include "order/book_int.h"
#include "order/pay_rule_int.h"
#include "order/payment_int.h"
#include "order/shift_int.h"

static PN_TYPE(slip_t, "payment.slip", struct pn_payment_slip,
    PN_COL(struct pn_payment_slip, order, N_("Order"), .flags = PN_REQ | PN_ARG, .ref = "order"),
    PN_COL(struct pn_payment_slip, slip, N_("Slip number"), .flags = PN_REQ | PN_ARG, .max = 64,
           .hint = N_("The reference number that the terminal printed")),
    PN_COL(struct pn_payment_slip, till, N_("Till"), .max = 40));

static int slip(pn *p, const struct pn_payment_slip *in, pn_payment *out)
{
    pni_taking t = {.order_id = in->order, .method = PN_PAY_SLIP, .till = in->till,
                    .ref = in->slip};
    pni_order o;
    pn_rows shift = {0};
    PN_TRY(pni_order_get(p, in->order, &o));
    PN_TRY(pni_shift_ask(p, &shift));
    PN_TRY(pni_pay_offered(p, &(pni_pay_facts){.order = in->order, .method = {PN_PAY_SLIP}}));
    PN_TRY(pni_shift_needed(p, &shift));
    PN_TRY(pni_shift_at(p, &shift, in->till));
    PN_TRY(pn_new_id(p, pn_sk(in->order), &t.id));
    PN_TRY(pni_payment_take(p, &t, out));
    PN_TRY(pni_slip_claim(p, PN_PAY_SLIP, in->slip, t.id));
    return pni_book_captured(p, t.id, PN_PAY_SLIP, out->amount_fen.fen);
}

/* ---- the customer's screen ---- */

const pn_words pn_displays[] = {PN_DISPLAYS(PN_WORD_ROW){0}};

#define D(f, label, ...) PN_COL(pn_payment_screen, f, label, __VA_ARGS__)
static PN_TYPE(screen_t, "payment.screen", pn_payment_screen,
    D(order_id, N_("Order"), .ref = "order"), D(no, N_("Order no."), .flags = PN_BRIEF),
    D(screen, N_("Screen"), .flags = PN_BRIEF, .words = pn_displays),
    D(show, N_("Show"), .flags = PN_BRIEF), D(venue, N_("Venue")), D(start_at, N_("Start")),
    D(qty, N_("Tickets"), .flags = PN_BRIEF), D(seats, N_("Seats")),
    D(payable_fen, N_("Payable"), .flags = PN_BRIEF), D(held_fen, N_("Frozen")),
    D(due_fen, N_("Still to be paid"), .flags = PN_BRIEF),
    D(method, N_("Method"), .words = pn_pay_methods),
    D(tendered_fen, N_("Tendered")), D(change_fen, N_("Change"), .flags = PN_BRIEF),
    D(qr, N_("Code to scan"), .flags = PN_BRIEF), D(until, N_("Valid until")));
#undef D
typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "payment.screen_id", id_in, PN_COL(id_in, id, N_("Order")));
/* Tier names for those without numbers; never a name or a document. */
const pn_sql pni_display_sql = {"payment_display", &by_id_t, &screen_t,
    "select o.id as order_id, o.no, h.title as show, v.name as venue, s.start_at, o.qty,"
    " o.payable_fen, o.held_fen, greatest(o.payable_fen - o.paid_fen - o.held_fen, 0) as due_fen,"
    " o.hold_expires_at as until, (select string_agg(coalesce(e.seat_key, t.name), ' ' order by"
    "   e.no) from order_seat e join tier t on t.id = e.tier_id where e.sk = :id#"
    "   and e.order_id = o.id) as seats"
    " from orders o join show h on h.id = o.show_id join session s on s.id = o.session_id"
    " join venue v on v.id = h.venue_id where o.sk = :id# and o.id = :id", false};
typedef struct latest {
    pn_word state, method;
    pn_money tendered_fen, change_fen;
    const char *qr;
    pn_time expires_at;
} latest;
#define L(f, ...) PN_COL(latest, f, #f, __VA_ARGS__)
static PN_TYPE(latest_t, "payment.latest", latest, L(state, .words = pn_payment_states),
    L(method, .words = pn_pay_methods), L(tendered_fen), L(change_fen), L(qr), L(expires_at));
#undef L
/* The one that pays, or the latest that tried to: not a frozen part. */
const pn_sql pni_display_pay_sql = {"payment_display_pay", &by_id_t, &latest_t,
    "select y.state, y.method, y.tendered_fen, y.change_fen, f.qr, y.expires_at from payment y"
    " left join payment_front f on f.sk = :id# and f.payment_id = y.id"
    " where y.sk = :id# and y.order_id = :id and y.state not in ('AUTHORISED', 'CAPTURED',"
    "  'RELEASED') order by y.state = 'SUCCESS' desc, y.leg_no desc limit 1", false};

static PN_TYPE(display_t, "payment.display", struct pn_payment_display,
    PN_COL(struct pn_payment_display, order, N_("Order"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "order"));

static int screen_of(pn *p, const pni_order *o, const latest *y)
{
    bool waits = o->status.v == PN_ORDER_PENDING_PAY;
    if (waits && o->hold_expires_at.us <= pn_now(p).us)
        return PN_DISPLAY_OVER;
    if (!waits)
        return o->paid_fen.fen && o->status.v != PN_ORDER_REFUNDED ? PN_DISPLAY_PAID
                                                                   : PN_DISPLAY_OVER;
    if (y->state.v == PN_PAYMENT_CREATED || y->state.v == PN_PAYMENT_PENDING)
        return PN_DISPLAY_PAYING;
    return y->state.v ? PN_DISPLAY_FAILED : PN_DISPLAY_CART;
}

static int display(pn *p, const struct pn_payment_display *in, pn_payment_screen *out)
{
    pni_order o;
    latest y = {0};
    PN_TRY(pni_order_get(p, in->order, &o));
    PN_TRY(pn_one(p, &pni_display_sql, &(id_in){in->order}, out));
    int rc = pn_one(p, &pni_display_pay_sql, &(id_in){in->order}, &y);
    if (rc && rc != PN_ENONE)
        return rc;
    out->screen.v = (int16_t)screen_of(p, &o, &y);
    out->method = y.method;
    if (out->screen.v == PN_DISPLAY_PAID) {
        out->tendered_fen = y.tendered_fen;
        out->change_fen = y.change_fen;
    } else if (out->screen.v == PN_DISPLAY_PAYING && y.qr && *y.qr) {
        out->qr = y.qr;
        out->until = y.expires_at;
    }
    return 0;
}

PNI_OP(payment, slip, slip, pn_payment,
       .brief = N_("Take a bank card at the counter's terminal"),
       .help = N_("The tickets are issued at once. A slip's number pays once."), .in = &slip_t,
       .out = &pn_payment_t, .may = PN_ROLE_BOXOFFICE, .flags = PN_WRITE | PN_ONCE,
       .example = "pn payment slip PN261123000001234 000123456789")
PNI_OP(payment, display, display, pn_payment_screen,
       .brief = N_("Tell what the customer's screen shows of an order"), .in = &display_t,
       .out = &screen_t, .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS)
