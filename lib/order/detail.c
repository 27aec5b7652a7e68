/* SPDX-License-Identifier: Apache-2.0 */
/* detail.c — the whole of one order in one round trip, and its last steps: received, completed. */
#include <string.h>

#include "order/payment.h"
#include "order/refund.h"
#include "order/send_int.h"

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "order.show_id", id_in, PN_COL(id_in, id, N_("Number")));

#define LINE(f, label, ...) PN_COL(pn_order_line, f, label, __VA_ARGS__)
static PN_TYPE(line_t, "order.line", pn_order_line, LINE(no, N_("Line"), .flags = PN_BRIEF),
    LINE(tier_id, N_("Tier number"), .ref = "tier"), LINE(tier, N_("Tier"), .flags = PN_BRIEF),
    LINE(seller, N_("Seller"), .flags = PN_BRIEF), LINE(qty, N_("Quantity"), .flags = PN_BRIEF),
    LINE(unit_fen, N_("Unit price"), .flags = PN_BRIEF),
    LINE(goods_fen, N_("Amount"), .flags = PN_BRIEF));
const pn_sql pni_order_lines_sql = {"order_lines", &by_id_t, &line_t,
    "select i.no, i.tier_id, t.name as tier, m.name as seller, i.qty, i.unit_fen,"
    " i.unit_fen * i.qty as goods_fen from order_item i join tier t on t.id = i.tier_id"
    " left join stock k on k.sk = i.sk and k.lot_id = i.lot_id"
    " left join merchant m on m.id = k.merchant_id"
    " where i.sk = :id# and i.order_id = :id order by i.no", .by_key = true};

typedef struct seat_raw {
    int no, item_no;
    int64_t tier_id;
    const char *tier, *seat;
    pn_bytes attendee_name, doc_sealed;
    pn_word doc_type;
    pn_money list_fen, disc_fen, paid_fen, refund_fen;
    pn_word state;
} seat_raw;
#define RAW(f, ...) PN_COL(seat_raw, f, #f, __VA_ARGS__)
static PN_TYPE(seat_raw_t, "order.seat_raw", seat_raw, RAW(no), RAW(item_no), RAW(tier_id),
    RAW(tier), RAW(seat), RAW(attendee_name), RAW(doc_sealed), RAW(doc_type, .words = pn_doc_types),
    RAW(list_fen), RAW(disc_fen), RAW(paid_fen), RAW(refund_fen),
    RAW(state, .words = pn_seat_states));
/* Points take off the price, too. What is asked for is not given back yet. */
const pn_sql pni_order_seats_sql = {"order_seats", &by_id_t, &seat_raw_t,
    "select e.no, e.item_no, e.tier_id, t.name as tier, e.seat_key as seat, e.attendee_name,"
    " e.doc as doc_sealed, e.doc_type, e.list_fen, e.list_fen - e.paid_fen as disc_fen, e.paid_fen,"
    " case when e.state = 'REFUNDING' then 0 else e.refund_fen end as refund_fen, e.state"
    " from order_seat e join tier t on t.id = e.tier_id"
    " where e.sk = :id# and e.order_id = :id order by e.no", .by_key = true};
#define SEAT(f, label, ...) PN_COL(pn_order_seat, f, label, __VA_ARGS__)
static PN_TYPE(seat_t, "order.seat", pn_order_seat, SEAT(no, N_("Seat"), .flags = PN_BRIEF),
    SEAT(item_no, N_("Line")), SEAT(tier_id, N_("Tier number"), .ref = "tier"),
    SEAT(tier, N_("Tier"), .flags = PN_BRIEF), SEAT(seat, N_("Place"), .flags = PN_BRIEF),
    SEAT(holder, N_("Holder"), .flags = PN_BRIEF),
    SEAT(doc_type, N_("Document type"), .words = pn_doc_types),
    SEAT(doc, N_("Document number")), SEAT(list_fen, N_("List price")),
    SEAT(disc_fen, N_("Discount")), SEAT(paid_fen, N_("Paid"), .flags = PN_BRIEF),
    SEAT(refund_fen, N_("Refunded")),
    SEAT(state, N_("State"), .flags = PN_BRIEF, .words = pn_seat_states));

#define PAY(f, label, ...) PN_COL(pn_order_pay, f, label, __VA_ARGS__)
static PN_TYPE(pay_t, "order.pay", pn_order_pay, PAY(id, N_("Number"), .ref = "payment"),
    PAY(leg_no, N_("Leg"), .flags = PN_BRIEF),
    PAY(method, N_("Method"), .flags = PN_BRIEF, .words = pn_pay_methods),
    PAY(amount_fen, N_("Amount"), .flags = PN_BRIEF), PAY(tendered_fen, N_("Tendered")),
    PAY(change_fen, N_("Change")),
    PAY(state, N_("State"), .flags = PN_BRIEF, .words = pn_payment_states),
    PAY(created_at, N_("Created")), PAY(paid_at, N_("Paid at"), .flags = PN_BRIEF));
const pn_sql pni_order_pays_sql = {"order_pays", &by_id_t, &pay_t,
    "select id, leg_no, method, amount_fen, tendered_fen, change_fen, state, created_at, paid_at"
    " from payment where sk = :id# and order_id = :id order by leg_no", .by_key = true};

#define BACK(f, label, ...) PN_COL(pn_order_back, f, label, __VA_ARGS__)
static PN_TYPE(back_t, "order.back", pn_order_back, BACK(id, N_("Number"), .ref = "refund"),
    BACK(no, N_("Refund no."), .flags = PN_BRIEF),
    BACK(reason, N_("Reason"), .flags = PN_BRIEF, .words = pn_refund_reasons),
    BACK(amount_fen, N_("Amount"), .flags = PN_BRIEF), BACK(fee_fen, N_("Fee")),
    BACK(state, N_("State"), .flags = PN_BRIEF, .words = pn_refund_states),
    BACK(created_at, N_("Created")), BACK(done_at, N_("Done at")));
const pn_sql pni_order_backs_sql = {"order_backs", &by_id_t, &back_t,
    "select id, no, reason, amount_fen, fee_fen, state, created_at, done_at"
    " from refund where sk = :id# and order_id = :id order by id", .by_key = true};

static const pn_words ticket_states[] = {PN_TICKET_STATES(PN_WORD_ROW){0}};
#define TICKET(f, label, ...) PN_COL(pn_order_ticket, f, label, __VA_ARGS__)
PN_TYPE(pni_order_ticket_t, "order.ticket", pn_order_ticket,
    TICKET(id, N_("Number"), .ref = "ticket"),
    TICKET(ticket_no, N_("Ticket no."), .flags = PN_BRIEF),
    TICKET(seat_no, N_("Seat"), .flags = PN_BRIEF),
    TICKET(state, N_("State"), .flags = PN_BRIEF, .words = ticket_states),
    TICKET(print_no, N_("Prints"), .flags = PN_BRIEF));
const pn_sql pni_order_tickets_sql = {"order_tickets", &by_id_t, &pni_order_ticket_t,
    "select id, ticket_no, seat_no, state, print_no"
    " from ticket where sk = :id# and order_id = :id order by seat_no", .by_key = true};

/* Labels of what the state log holds of orders, payments and refunds. */
static const pn_words log_nouns[] = {
    {"order", N_("Order"), 0}, {"payment", N_("Payment"), 0}, {"refund", N_("Refund"), 0}, {0}};
static const pn_words log_states[] = {PN_ORDER_STATES(PN_WORD_ROW) PN_PAYMENT_STATES(PN_WORD_ROW)
                                          PN_REFUND_STATES(PN_WORD_ROW){0}};
static const pn_words log_events[] = {
    {"submit", N_("Order placed"), 0},
    {"create", N_("Begun"), 0},
    {"sent", N_("Waiting for the payer"), 0},
    {"success", N_("Paid"), 0},
    {"paid", N_("Paid"), 0},
    {"success_late", N_("Paid too late"), 0},
    {"late_paid", N_("Paid too late"), 0},
    {"group_paid", N_("Paid, waiting for the group"), 0},
    {"group_success", N_("Group complete"), 0},
    {"group_fail", N_("Group not complete"), 0},
    {"quit", N_("Left the group"), 0},
    {"submit_wish", N_("Grab placed"), 0},
    {"authorised", N_("Paid, waiting for tickets"), 0},
    {"frozen", N_("Frozen"), 0},
    {"capture", N_("Taken"), 0},
    {"release", N_("Let go"), 0},
    {"agent_debit", N_("Paid by an agent"), 0},
    {"ship", N_("Tickets are out, to be paid"), 0},
    {"due", N_("Deduction begun"), 0},
    {"deduct_ok", N_("Deducted"), 0},
    {"deduct_fail", N_("Deduction failed"), 0},
    {"retries_exhausted", N_("Overdue"), 0},
    {"paid_manually", N_("Paid by bank"), 0},
    {"write_off", N_("Written off"), 0},
    {"raise_cap", N_("Highest price raised"), 0},
    {"match", N_("Tickets grabbed"), 0},
    {"capture_failed", N_("Money not captured, tried again"), 0},
    {"capture_given_up", N_("Money not captured"), 0},
    {"deadline", N_("Deadline over"), 0},
    {"create_offline", N_("Order placed"), 0},
    {"collect", N_("Money collected"), 0},
    {"confirm", N_("Money confirmed"), 0},
    {"finance_confirm", N_("Money confirmed"), 0},
    {"finance_reject", N_("Money never came"), 0},
    {"late_refund", N_("Paid too late, to be returned"), 0},
    {"success_duplicate", N_("Paid twice"), 0},
    {"amount_mismatch", N_("Wrong amount"), 0},
    {"close", N_("Closed"), 0},
    {"expire", N_("Not paid in time"), 0},
    {"cancel", N_("Cancelled"), 0},
    {"dispatch_ok", N_("Dispatched"), 0},
    {"allocated", N_("Tickets issued"), 0},
    {"shipped_part", N_("Partly handed over"), 0},
    {"shipped", N_("Handed over"), 0},
    {"signed", N_("Received"), 0},
    {"complete", N_("Completed"), 0},
    {"unfulfillable", N_("Cannot be fulfilled"), 0},
    {"refund_apply", N_("Refund applied for"), 0},
    {"apply", N_("Applied for"), 0},
    {"auto_approve", N_("Approved by the rules"), 0},
    {"review", N_("Under review"), 0},
    {"approve", N_("Approved"), 0},
    {"reject", N_("Rejected"), 0},
    {"execute", N_("Being paid out"), 0},
    {"leg_ok", N_("Paid out"), 0},
    {"leg_fail", N_("To be paid by hand"), 0},
    {"mark_transferred", N_("Paid by hand"), 0},
    {"refund_done", N_("Refunded"), 0},
    {"back_PAID", N_("Refund rejected"), 0},
    {"back_DISPATCHED", N_("Refund rejected"), 0},
    {"back_ALLOCATED", N_("Refund rejected"), 0},
    {"back_PART_SHIPPED", N_("Refund rejected"), 0},
    {"back_SHIPPED", N_("Refund rejected"), 0},
    {"back_SIGNED", N_("Refund rejected"), 0},
    {"back_COMPLETED", N_("Refund rejected"), 0},
    {"lock", N_("Locked by a distributor"), 0},
    {"unlock", N_("Released by a distributor"), 0},
    {"ttl", N_("Not confirmed in time"), 0},
    {"confirm", N_("Confirmed by a distributor"), 0},
    {"issue", N_("Tickets issued"), 0},
    {"direct_refund", N_("Refunded to a distributor"), 0},
    {"import", N_("Imported"), 0},
    {"accept", N_("Paid at the channel"), 0},
    {0}};

/* Staff by name; of the others, what they are. */
static const pn_words log_actors[] = {
    {"S", N_("The system"), 0}, {"U", N_("Buyer"), 0}, {"C", N_("Channel"), 0},
    {"D", N_("Device"), 0},     {"N", N_("Nobody"), 0}, {0}};

#define EVENT(f, label, ...) PN_COL(pn_order_event, f, label, __VA_ARGS__)
static PN_TYPE(event_t, "order.event", pn_order_event, EVENT(at, N_("At"), .flags = PN_BRIEF),
    EVENT(noun, N_("Of"), .flags = PN_BRIEF, .words = log_nouns),
    EVENT(event, N_("Event"), .flags = PN_BRIEF, .words = log_events),
    EVENT(from_state, N_("From"), .words = log_states),
    EVENT(to_state, N_("To"), .flags = PN_BRIEF, .words = log_states),
    EVENT(actor, N_("By"), .flags = PN_BRIEF, .words = log_actors),
    EVENT(reason, N_("Reason"), .words = pni_close_reasons));
const pn_sql pni_order_log_sql = {"order_log", &by_id_t, &event_t,
    "select l.at, l.noun, l.event, l.from_state, l.to_state,"
    " coalesce((select f.name from staff f where f.id = l.actor_id), l.actor_kind) as actor,"
    " l.reason"
    " from state_log l where l.sk = :id# and l.ref = any(array(select :id" /* not "or": no index */
    "  union all select y.id from payment y where y.sk = :id# and y.order_id = :id"
    "  union all select r.id from refund r where r.sk = :id# and r.order_id = :id))"
    " order by l.at, l.id", .by_key = true};

typedef struct head {
    pn_order_detail d;
    pn_bytes name_sealed, phone_sealed;
    int64_t organiser;
} head;
#define D(f, label, ...) PN_COL(pn_order_detail, f, label, __VA_ARGS__)
#define DETAIL_COLS                                                                                \
    D(id, N_("Number"), .flags = PN_KEY, .ref = "order"),                                          \
        D(no, N_("Order no."), .flags = PN_BRIEF), D(show, N_("Show"), .flags = PN_BRIEF),         \
        D(show_id, N_("Show number"), .ref = "show"),                                              \
        D(session_id, N_("Session"), .ref = "session"),                                            \
        D(start_at, N_("Start"), .flags = PN_BRIEF), D(venue, N_("Venue")), D(hall, N_("Hall")),   \
        D(status, N_("State"), .flags = PN_BRIEF, .words = pn_order_states),                       \
        D(qty, N_("Tickets"), .flags = PN_BRIEF), D(goods_fen, N_("Goods")),                       \
        D(discount_fen, N_("Discount")), D(delivery_fen, N_("Delivery fee")),                      \
        D(service_fen, N_("Service fee")),                                                         \
        D(payable_fen, N_("Payable"), .flags = PN_BRIEF), D(paid_fen, N_("Paid")),                 \
        D(refunded_fen, N_("Refunded")), D(delivery, N_("Delivery"), .words = pn_deliveries),      \
        D(channel, N_("Channel"), .words = pn_order_channels)
#define DETAIL_TAIL                                                                                \
    D(user_id, N_("User"), .flags = PN_OPT),                                                       \
        D(staff_id, N_("Staff"), .flags = PN_OPT, .ref = "staff"),                                 \
        D(hold_expires_at, N_("Pay before")), D(created_at, N_("Ordered")),                        \
        D(paid_at, N_("Paid at")), D(closed_at, N_("Closed at")),                                  \
        D(close_reason, N_("Closed because"), .words = pni_close_reasons)
PN_TYPE(pn_order_detail_t, "order.detail", pn_order_detail, DETAIL_COLS,
    D(buyer_name, N_("Buyer")), D(phone, N_("Telephone")), D(receiver, N_("Receiver")),
    D(receiver_phone, N_("Receiver's telephone")), D(sent_to, N_("Sent to")), DETAIL_TAIL,
    D(next, N_("Can be done now"), .of = &pni_order_next_t),
    D(items, N_("Items"), .of = &line_t), D(seats, N_("Seats"), .of = &seat_t),
    D(payments, N_("Payments"), .of = &pay_t), D(refunds, N_("Refunds"), .of = &back_t),
    D(tickets, N_("Tickets"), .of = &pni_order_ticket_t), D(log, N_("Timeline"), .of = &event_t));
/* `d` is the first member, so the detail's columns fit the head too. */
static PN_TYPE(head_t, "order.head", head, DETAIL_COLS, DETAIL_TAIL,
    PN_COL(head, name_sealed, N_("Buyer")), PN_COL(head, phone_sealed, N_("Telephone")),
    PN_COL(head, organiser, N_("Organiser")));
const pn_sql pni_order_head_sql = {"order_head", &by_id_t, &head_t,
    "select o.id, o.no, h.title as show, o.show_id, o.session_id, s.start_at, v.name as venue,"
    " l.name as hall, " PNI_STATUS_NOW " as status, o.qty, o.goods_fen, o.discount_fen,"
    " o.delivery_fen, o.service_fen, o.payable_fen, o.paid_fen, o.refunded_fen, o.delivery,"
    " o.channel, o.user_id, o.staff_id, o.hold_expires_at, o.created_at, o.paid_at, o.closed_at,"
    " o.close_reason, o.buyer_name as name_sealed, o.buyer_phone as phone_sealed,"
    " coalesce(h.organiser_id, 0) as organiser"
    " from orders o join session s on s.id = o.session_id join show h on h.id = o.show_id"
    " join venue v on v.id = h.venue_id join hall l on l.id = s.hall_id"
    " where o.sk = :id# and o.id = :id", .by_key = true};

/* What ran out holds no seat, whether it was swept or not. */
static int mask_seats(pn *p, int64_t id, pn_word order, const pn_rows *raw, pn_rows *out)
{
    pn_order_seat *s = pn_alloc(p, (raw->n + 1) * sizeof *s);
    if (!s)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    *out = (pn_rows){s, raw->n};
    pn_each(seat_raw, r, raw)
    {
        const char *name, *doc;
        PN_TRY(pni_pii_open(p, id, r->attendee_name, &name));
        PN_TRY(pni_pii_open(p, id, r->doc_sealed, &doc));
        if (order.v == PN_ORDER_CLOSED && r->state.v == PN_SEAT_HELD)
            r->state.v = PN_SEAT_RELEASED;
        *s++ = (pn_order_seat){
            .no = r->no, .item_no = r->item_no, .tier_id = r->tier_id, .tier = r->tier,
            .seat = r->seat, .holder = pni_mask_name(p, name), .doc = pni_mask_doc(p, doc),
            .doc_type = r->doc_type, .list_fen = r->list_fen, .disc_fen = r->disc_fen,
            .paid_fen = r->paid_fen, .refund_fen = r->refund_fen, .state = r->state};
    }
    return 0;
}

static int mask_target(pn *p, int64_t id, pn_rows *sent, pn_order_detail *out)
{
    pni_target t;
    pn_each(pni_sent, s, sent)
    {
        s->order_id = id;
        PN_TRY(pni_send_open(p, s, &t));
        out->receiver = pni_mask_name(p, t.receiver);
        out->receiver_phone = pni_mask_phone(p, t.phone);
        out->sent_to = pn_printf(p, *t.region ? "%s ***" : "%s***", t.region);
        if (!out->receiver || !out->receiver_phone || !out->sent_to)
            return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    }
    return 0;
}

static PN_TYPE(show_in_t, "order.show", struct pn_order_show,
    PN_COL(struct pn_order_show, id, N_("Order"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "order"));

/* Who buys, or sells elsewhere, need not know the people behind the counter. */
static void hide_staff(pn *p, pn_rows *log)
{
    pn_order_event *event = log->row;
    bool own = pn_who(p)->roles & ~(PN_ROLE_BUYER | PN_ROLE_CHANNEL | PN_ROLE_PUBLIC);
    for (size_t i = 0; !own && i < log->n; i++)
        if (event[i].actor[1]) /* no mere letter */
            event[i].actor = "";
}

static int show(pn *p, const struct pn_order_show *in, pn_order_detail *out)
{
    id_in by = {in->id};
    pn_order_detail d = {0};
    pn_rows raw = {0}, sent = {0};
    head h;
    const char *name, *phone;
    PN_TRY(pn_queue(p, &pni_order_lines_sql, &by, 0, &d.items, NULL));
    PN_TRY(pn_queue(p, &pni_order_seats_sql, &by, 0, &raw, NULL));
    PN_TRY(pn_queue(p, &pni_order_pays_sql, &by, 0, &d.payments, NULL));
    PN_TRY(pn_queue(p, &pni_order_backs_sql, &by, 0, &d.refunds, NULL));
    PN_TRY(pn_queue(p, &pni_order_tickets_sql, &by, 0, &d.tickets, NULL));
    PN_TRY(pn_queue(p, &pni_order_log_sql, &by, 0, &d.log, NULL));
    PN_TRY(pn_queue(p, &pni_send_get_sql, &(pni_sent){.order_id = in->id}, 0, &sent, NULL));
    int rc = pn_one(p, &pni_order_head_sql, &by, &h);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no order %s"),
                       pni_called(p, "order", in->id));
    PN_TRY(rc);
    PN_TRY(pni_order_mine(p, in->id, h.d.user_id, h.organiser));
    PN_TRY(pni_pii_open(p, in->id, h.name_sealed, &name));
    PN_TRY(pni_pii_open(p, in->id, h.phone_sealed, &phone));
    h.d.buyer_name = pni_mask_name(p, name);
    h.d.phone = pni_mask_phone(p, phone);
    PN_TRY(mask_target(p, in->id, &sent, &h.d));
    PN_TRY(pni_order_next(p, h.d.status, &h.d.next));
    h.d.items = d.items;
    h.d.payments = d.payments;
    h.d.refunds = d.refunds;
    h.d.tickets = d.tickets;
    h.d.log = d.log;
    hide_staff(p, &h.d.log);
    PN_TRY(mask_seats(p, in->id, h.d.status, &raw, &h.d.seats));
    *out = h.d;
    return 0;
}

/* ---- received, completed ---- */

static PN_TYPE(handover_in_t, "order.handover", struct pn_order_handover,
    PN_COL(struct pn_order_handover, id, N_("Order"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "order"),
    PN_COL(struct pn_order_handover, note, N_("Note"), .max = 200));

static int handover(pn *p, const struct pn_order_handover *in, pn_order *out)
{
    pni_order o;
    pn_order before;
    pn_word at;
    PN_TRY(pni_order_get(p, in->id, &o));
    PN_TRY(pni_order_row(p, in->id, &before));
    PN_TRY(pn_step(p, &pni_order_fsm, in->id, o.status, "shipped", in->note, &at));
    PN_TRY(pn_step(p, &pni_order_fsm, in->id, at, "signed", in->note, &at));
    PN_TRY(pni_order_row(p, in->id, out));
    PN_TRY(pn_audit(p, "order", in->id, &pn_order_t, &before, out, in->note));
    return pn_outbox(p, "order.received", in->id, NULL, NULL, NULL);
}

/* Orders of sessions that ended a day ago, received or issued to whoever sold them on, without an
 * open refund. Further back than two months there are only those whose refund was open for long
 * and is decided now. */
const pn_sql pni_order_done_sql = {"order_done", NULL, &by_id_t,
    "select o.id from (select o.sk, o.id, o.status from session s"
    "  join orders o on o.sk = (s.id & 4095)::int and o.session_id = s.id"
    "   where s.status in ('ENDED', 'ARCHIVED') and s.start_at < :now"
    "    and coalesce(s.end_at, s.start_at) < :now::timestamptz - interval '24 hours'"
    "    and coalesce(s.end_at, s.start_at) > :now::timestamptz - interval '60 days'"
    "  union select o.sk, o.id, o.status from refund r"
    "   join orders o on o.sk = r.sk and o.id = r.order_id"
    "   join session s on s.id = o.session_id"
    "   where r.state in ('DONE', 'REJECTED') and r.updated_at - r.created_at > interval '30 days'"
    "    and r.updated_at > :now::timestamptz - interval '60 days'"
    "    and s.status in ('ENDED', 'ARCHIVED')"
    "    and coalesce(s.end_at, s.start_at) < :now::timestamptz - interval '24 hours') o"
    " where o.status in ('SIGNED', 'ISSUED')"
    "  and not exists (select from refund r where r.sk = o.sk and r.order_id = o.id"
    "   and r.state not in ('DONE', 'REJECTED')) order by o.id limit 500", false};

struct pn_order_complete { int64_t id; };
static PN_TYPE(complete_in_t, "order.complete", struct pn_order_complete,
    PN_COL(struct pn_order_complete, id, N_("Order"), .flags = PN_KEY | PN_REQ, .ref = "order"));
/* Its seller is paid for what is sold then, and for nothing later: what is under review is not. */
const pn_sql pni_order_undecided_sql = {"order_undecided", &by_id_t, &by_id_t,
    "select id from refund where sk = :id# and order_id = :id"
    " and state not in ('DONE', 'REJECTED') limit 1", false};

static int complete(pn *p, const struct pn_order_complete *in, pn_order *out)
{
    pni_order o;
    id_in refund;
    PN_TRY(pni_order_get(p, in->id, &o));
    PN_TRY(pn_step(p, &pni_order_fsm, in->id, o.status, "complete", NULL, NULL));
    int rc = pn_one(p, &pni_order_undecided_sql, &(id_in){in->id}, &refund); /* none any more */
    if (!rc) {
        pn_fail(p, PN_ESTATE, "id", pn_tr("Refund %lld is not over yet"), (long long)refund.id);
        return pn_hint(p, "%s", pn_tr("refund show tells what it waits for; complete it then"));
    }
    if (rc != PN_ENONE)
        return rc;
    PN_TRY(pn_outbox(p, "order.completed", in->id, NULL, NULL, NULL));
    return pni_order_row(p, in->id, out);
}
int pn_order_complete(pn *p, const struct pn_order_complete *in, pn_order *out);

PNI_OP(order, show, show, pn_order_detail,
       .brief = N_("Show an order with seats, payments, tickets and its timeline"),
       .in = &show_in_t, .out = &pn_order_detail_t,
       .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_ORGANISER |
              PN_ROLE_BUYER | PN_ROLE_CHANNEL | PN_ROLE_SYSTEM | PN_ROLE_GATE,
       .example = "pn order show PN261123000001234")
PNI_OP(order, handover, handover, pn_order,
       .brief = N_("Record that the buyer received the tickets"), .in = &handover_in_t,
       .out = &pn_order_t, .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_SYSTEM,
       .flags = PN_WRITE | PN_ONCE,
       .lasting = N_("The tickets are in the buyer's hands"))
PNI_OP(order, complete, complete, pn_order,
       .brief = N_("Complete a received order whose session is over"), .in = &complete_in_t,
       .out = &pn_order_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

static int complete_all(pn *p, int64_t *done)
{
    pn_rows rows;
    pn_order out;
    PN_TRY(pn_all(p, &pni_order_done_sql, NULL, &rows));
    pn_each(id_in, o, &rows)
    {
        int rc = pn_order_complete(p, &(struct pn_order_complete){o->id}, &out);
        if (rc && rc != PN_ESTATE && rc != PN_ECONFLICT) /* changed since: another time */
            return rc;
        *done += !rc;
    }
    return 0;
}

const pn_job pni_order_complete_job = {"order_complete", N_("Complete orders of past sessions"),
                                       3600, complete_all};
