/* SPDX-License-Identifier: Apache-2.0 */
/* order.c — reading orders: lists, the whole of one, by telephone; personal data in clear. */
#include <string.h>

#include "base/search_int.h"
#include "order/late_int.h"
#include "order/mine_int.h"
#include "order/send_int.h"

#define COL(f, label, ...) PN_COL(pn_order, f, label, __VA_ARGS__)
PN_TYPE(pn_order_t, "order", pn_order,
    COL(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "o.id", .ref = "order"),
    COL(no, N_("Order no."), .flags = PN_BRIEF, .sql = "o.no"),
    COL(show, N_("Show"), .flags = PN_BRIEF, .sql = "h.title"),
    COL(session_id, N_("Session"), .sql = "o.session_id", .ref = "session"),
    COL(start_at, N_("Start"), .flags = PN_BRIEF | PN_SORT, .sql = "s.start_at"),
    COL(venue, N_("Venue"), .sql = "v.name"),
    COL(status, N_("State"), .flags = PN_BRIEF, .words = pn_order_states,
        .sql = PNI_STATUS_NOW),
    COL(qty, N_("Tickets"), .flags = PN_BRIEF | PN_SORT, .sql = "o.qty"),
    COL(payable_fen, N_("Payable"), .flags = PN_BRIEF | PN_SORT, .sql = "o.payable_fen"),
    COL(paid_fen, N_("Paid"), .sql = "o.paid_fen"),
    COL(refunded_fen, N_("Refunded"), .sql = "o.refunded_fen"),
    COL(delivery, N_("Delivery"), .words = pn_deliveries, .sql = "o.delivery"),
    COL(channel, N_("Channel"), .words = pn_order_channels, .sql = "o.channel"),
    COL(phone_tail, N_("Phone tail"), .flags = PN_BRIEF, .sql = "o.phone_tail"),
    COL(user_id, N_("User"), .flags = PN_OPT, .sql = "o.user_id"),
    COL(staff_id, N_("Staff"), .flags = PN_OPT, .sql = "o.staff_id", .ref = "staff"),
    COL(hold_expires_at, N_("Pay before"), .sql = "o.hold_expires_at"),
    COL(created_at, N_("Ordered"), .flags = PN_BRIEF | PN_SORT, .sql = "o.created_at"),
    COL(paid_at, N_("Paid at"), .sql = "o.paid_at"),
    COL(closed_at, N_("Closed at"), .sql = "o.closed_at"),
    COL(close_reason, N_("Closed because"), .words = pni_close_reasons,
        .sql = "o.close_reason"));

#define FROM                                                                                       \
    "orders o join session s on s.id = o.session_id join show h on h.id = o.show_id"               \
    " join venue v on v.id = h.venue_id"
/* Own stock belongs to no merchant; organisers see their shows, buyers their orders. */
#define SCOPE                                                                                      \
    "(:my_organiser::bigint is null or h.organiser_id = :my_organiser)"                            \
    " and :my_merchant::bigint is null"
#define ROW                                                                                        \
    "select o.id, o.no, h.title as show, o.session_id, s.start_at, v.name as venue,"               \
    " " PNI_STATUS_NOW " as status, o.qty, o.payable_fen, o.paid_fen, o.refunded_fen, o.delivery," \
    " o.channel, o.phone_tail, o.user_id, o.staff_id, o.hold_expires_at, o.created_at, o.paid_at," \
    " o.closed_at, o.close_reason from " FROM

static const pn_list_spec list_spec = {.row = &pn_order_t, .from = FROM, .scope = SCOPE,
    .key = "o.id", .sort = "-created_at",
    .search = "o.no = upper(:q) or o.phone_tail = :q or (" PNI_SEARCH("h") ")"};
static const pn_list_spec mine_spec = {&pn_order_t, FROM, "o.user_id = :me", "o.id", "-id", NULL};

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "order.id", id_in, PN_COL(id_in, id, N_("Number")));
static const pn_sql row_sql = {"order_row", &by_id_t, &pn_order_t,
    ROW " where o.sk = :id# and o.id = :id", false};

static PN_TYPE(inner_t, "order.inner", pni_order,
    PN_COL(pni_order, id, N_("Number")), PN_COL(pni_order, no, N_("Order no.")),
    PN_COL(pni_order, status, N_("State"), .words = pn_order_states),
    PN_COL(pni_order, session_id, N_("Session")), PN_COL(pni_order, show_id, N_("Show")),
    PN_COL(pni_order, user_id, N_("User"), .flags = PN_OPT),
    PN_COL(pni_order, buyer, N_("Buyer")), PN_COL(pni_order, qty, N_("Tickets")),
    PN_COL(pni_order, delivery, N_("Delivery"), .words = pn_deliveries),
    PN_COL(pni_order, payable_fen, N_("Payable")), PN_COL(pni_order, paid_fen, N_("Paid")),
    PN_COL(pni_order, refunded_fen, N_("Refunded")), PN_COL(pni_order, held_fen, N_("Frozen")),
    PN_COL(pni_order, hold_expires_at, N_("Pay before")),
    PN_COL(pni_order, created_at, N_("Ordered")), PN_COL(pni_order, paid_at, N_("Paid at")),
    PN_COL(pni_order, extended, N_("Extended")),
    PN_COL(pni_order, close_reason, N_("Closed because")),
    PN_COL(pni_order, organiser, N_("Organiser")));
static const pn_sql get_sql = {"order_get", &by_id_t, &inner_t,
    "select o.id, o.no, o.status, o.session_id, o.show_id, o.user_id, o.buyer, o.qty, o.delivery,"
    " o.payable_fen, o.paid_fen, o.refunded_fen, o.held_fen, o.hold_expires_at, o.created_at,"
    " o.paid_at, o.extended, o.close_reason, coalesce(h.organiser_id, 0) as organiser"
    " from orders o join show h on h.id = o.show_id where o.sk = :id# and o.id = :id", false};

/* A channel's login has the orders that came by its channel. */
static const pn_sql by_channel_sql = {"order_by_channel", &by_id_t, &by_id_t,
    "select x.order_id as id from channel_order x join channel_member m"
    " on m.channel_id = x.channel_id where x.sk = :id# and x.order_id = :id and m.staff_id = :me",
    false};

static int no_order(pn *p, int64_t id)
{
    return pn_fail(p, PN_ENONE, pni_field_of(p, "order"), pn_tr("There is no order %s"),
                   pni_called(p, "order", id));
}

static int by_channel(pn *p, int64_t order_id)
{
    id_in found;
    int rc = pn_one(p, &by_channel_sql, &(id_in){order_id}, &found);
    return rc == PN_ENONE ? no_order(p, order_id) : rc;
}

int pni_order_mine(pn *p, int64_t order_id, int64_t user_id, int64_t organiser)
{
    const uint32_t staff = PN_ROLE_ADMIN | PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_BOXOFFICE |
                           PN_ROLE_SYSTEM;
    const pn_actor *me = pn_who(p);
    if ((me->roles & PN_ROLE_CHANNEL) && !(me->roles & staff))
        PN_TRY(by_channel(p, order_id));
    bool other = (me->kind == 'U' && me->id != user_id) || me->merchant ||
                 (me->organiser && me->organiser != organiser);
    if (other)
        return no_order(p, order_id);
    return 0;
}

int pni_order_get(pn *p, int64_t id, pni_order *out)
{
    int rc = pn_one(p, &get_sql, &(id_in){id}, out);
    if (rc == PN_ENONE)
        return no_order(p, id);
    PN_TRY(rc);
    return pni_order_mine(p, id, out->user_id, out->organiser);
}

int pni_order_row(pn *p, int64_t id, pn_order *out)
{
    return pn_one(p, &row_sql, &(id_in){id}, out);
}

const char *pni_order_status(const pn *p, const pni_order *o)
{
    if (o->hold_expires_at.us <= pn_now(p).us && o->status.v == PN_ORDER_PENDING_PAY)
        return "CLOSED";
    if (o->hold_expires_at.us <= pn_now(p).us && o->status.v == PN_ORDER_DIST_LOCKED)
        return "DIST_RELEASED";
    return pn_word_name(pn_order_states, o->status);
}

/* ---- by number, by telephone ---- */

typedef struct no_in { int64_t sk; const char *no; } no_in;
static PN_TYPE(no_t, "order.no", no_in, PN_COL(no_in, sk, N_("Bucket")),
    PN_COL(no_in, no, N_("Order no.")));
static const pn_sql by_no_sql = {"order_by_no", &no_t, &by_id_t,
    "select id from orders where sk = :sk and no = :no", false};

int pni_order_resolve(pn *p, const char *text, int64_t *id)
{
    id_in found;
    int sk;
    PN_TRY(pn_no_bucket(p, "PN", text, &sk));
    int rc = pn_one(p, &by_no_sql, &(no_in){sk, text}, &found);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no order %s"), text);
    PN_TRY(rc);
    *id = found.id;
    return 0;
}

typedef struct phone_in { pn_bytes phone_hash; const char *tail; } phone_in;
static PN_TYPE(phone_t, "order.phone", phone_in, PN_COL(phone_in, phone_hash, N_("Telephone")),
    PN_COL(phone_in, tail, N_("Phone tail")));
static const pn_sql by_phone_sql = {"order_by_phone", &phone_t, &pn_order_t,
    ROW " where o.phone_tail = :tail and o.phone_hash = :phone_hash and " SCOPE
    " order by o.created_at desc, o.id desc limit 50", false};

static PN_TYPE(find_in_t, "order.find", struct pn_order_find,
    PN_COL(struct pn_order_find, phone, N_("Telephone"), .flags = PN_REQ | PN_PII | PN_ARG,
           .max = 20));
static PN_TYPE(found_t, "order.found", pn_order_found,
    PN_COL(pn_order_found, orders, N_("Orders"), .of = &pn_order_t));

/* Unpaid holds are few, whatever has been sold. */
static PN_TYPE(holding_in_t, "order.holding", struct pn_order_holding,
    PN_COL(struct pn_order_holding, session, N_("Session"), .flags = PN_REQ | PN_ARG,
           .ref = "session"),
    PN_COL(struct pn_order_holding, seat, N_("Seat"), .flags = PN_REQ | PN_ARG, .max = 100,
           .hint = N_("As the seat map names it: 1F/A/5/12")));
static const pn_sql holding_sql = {"order_holding", &holding_in_t, &pn_order_t,
    ROW " join order_due d on d.sk = o.sk and d.due_at = o.hold_expires_at"
    "  and o.id = any (d.orders)"
    " join order_seat e on e.sk = o.sk and e.order_id = o.id and e.state = 'HELD'"
    " where o.sk = :session# and o.session_id = :session and e.seat_key = :seat and " SCOPE
    " limit 1", false};

static int holding(pn *p, const struct pn_order_holding *in, pn_order_found *out)
{
    return pn_all(p, &holding_sql, in, &out->orders);
}

static int find(pn *p, const struct pn_order_find *in, pn_order_found *out)
{
    const char *phone;
    phone_in by;
    PN_TRY(pni_phone_check(p, in->phone, "phone", &phone));
    by.tail = pni_phone_tail(phone);
    PN_TRY(pni_pii_hash(p, "phone", phone, &by.phone_hash));
    return pn_all(p, &by_phone_sql, &by, &out->orders);
}

/* ---- in clear ---- */

typedef struct sealed {
    int64_t id, user_id, organiser;
    pn_bytes buyer_name, buyer_phone;
} sealed;
static PN_TYPE(sealed_t, "order.sealed", sealed, PN_COL(sealed, id, N_("Number")),
    PN_COL(sealed, user_id, N_("User"), .flags = PN_OPT),
    PN_COL(sealed, organiser, N_("Organiser")), PN_COL(sealed, buyer_name, N_("Buyer")),
    PN_COL(sealed, buyer_phone, N_("Telephone")));
static const pn_sql sealed_sql = {"order_sealed", &by_id_t, &sealed_t,
    "select o.id, o.user_id, coalesce(h.organiser_id, 0) as organiser, o.buyer_name, o.buyer_phone"
    " from orders o join show h on h.id = o.show_id where o.sk = :id# and o.id = :id", false};

typedef struct sealed_seat { pn_bytes attendee_name, doc; pn_word doc_type; } sealed_seat;
static PN_TYPE(sealed_seat_t, "order.sealed_seat", sealed_seat,
    PN_COL(sealed_seat, attendee_name, N_("Name")), PN_COL(sealed_seat, doc, N_("Document")),
    PN_COL(sealed_seat, doc_type, N_("Document type"), .words = pn_doc_types));
static const pn_sql sealed_seats_sql = {"order_sealed_seats", &by_id_t, &sealed_seat_t,
    "select attendee_name, doc, doc_type from order_seat"
    " where sk = :id# and order_id = :id and doc is not null order by no", false};

static PN_TYPE(reveal_in_t, "order.reveal", struct pn_order_reveal,
    PN_COL(struct pn_order_reveal, id, N_("Order"), .flags = PN_KEY | PN_REQ, .ref = "order"),
    PN_COL(struct pn_order_reveal, reason, N_("Reason"), .flags = PN_REQ, .max = 200,
           .hint = N_("Why somebody has to know; goes into the audit trail")));
static PN_TYPE(clear_t, "order.clear_attendee", pn_attendee,
    PN_COL(pn_attendee, name, N_("Name"), .flags = PN_BRIEF),
    PN_COL(pn_attendee, doc_type, N_("Document type"), .words = pn_doc_types),
    PN_COL(pn_attendee, doc, N_("Document number"), .flags = PN_BRIEF));
static PN_TYPE(person_t, "order.person", pn_order_person,
    PN_COL(pn_order_person, id, N_("Order"), .ref = "order"),
    PN_COL(pn_order_person, buyer_name, N_("Buyer"), .flags = PN_BRIEF),
    PN_COL(pn_order_person, phone, N_("Telephone"), .flags = PN_BRIEF),
    PN_COL(pn_order_person, receiver, N_("Receiver")),
    PN_COL(pn_order_person, receiver_phone, N_("Receiver's telephone")),
    PN_COL(pn_order_person, region, N_("Region")), PN_COL(pn_order_person, street, N_("Street")),
    PN_COL(pn_order_person, attendees, N_("Attendees"), .of = &clear_t));

static int reveal(pn *p, const struct pn_order_reveal *in, pn_order_person *out)
{
    sealed s;
    pn_rows rows;
    pni_target t;
    int rc = pn_one(p, &sealed_sql, &(id_in){in->id}, &s);
    if (rc == PN_ENONE)
        return no_order(p, in->id);
    PN_TRY(rc);
    PN_TRY(pni_order_mine(p, in->id, s.user_id, s.organiser));
    out->id = in->id;
    PN_TRY(pni_pii_open(p, in->id, s.buyer_name, &out->buyer_name));
    PN_TRY(pni_pii_open(p, in->id, s.buyer_phone, &out->phone));
    PN_TRY(pni_send_get(p, in->id, &t));
    out->receiver = t.receiver;
    out->receiver_phone = t.phone;
    out->region = t.region;
    out->street = t.street;
    PN_TRY(pn_all(p, &sealed_seats_sql, &(id_in){in->id}, &rows));
    pn_attendee *a = pn_alloc(p, (rows.n + 1) * sizeof *a);
    if (!a)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    out->attendees = (pn_rows){a, rows.n};
    pn_each(sealed_seat, seat, &rows)
    {
        a->doc_type = seat->doc_type;
        PN_TRY(pni_pii_open(p, in->id, seat->attendee_name, &a->name));
        PN_TRY(pni_pii_open(p, in->id, seat->doc, &a->doc));
        a++;
    }
    return pn_audit(p, "order", in->id, NULL, NULL, NULL, in->reason);
}

PN_OP_LIST(order, list, list_spec, .brief = N_("List orders"), .out = &pn_order_t,
           .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_ORGANISER,
           .example = "pn order list --where 'status=PAID created_at=today'")
PN_OP_LIST(order, mine, mine_spec, .brief = N_("List one's own orders as a buyer"),
           .out = &pn_order_t, .may = PN_ROLE_BUYER,
           .example = "pn order mine --where 'status=PENDING_PAY'")
PN_OP(order, find, pn_order_found, .brief = N_("Find orders by telephone number"),
      .in = &find_in_t, .out = &found_t,
      .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_ORGANISER,
      .example = "pn order find 13800001234")
PN_OP(order, holding, pn_order_found, .brief = N_("Find the unpaid order that holds a seat"),
      .in = &holding_in_t, .out = &found_t,
      .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_ORGANISER,
      .example = "pn order holding swan-04 1F/A/5/12")
PN_OP(order, reveal, pn_order_person, .brief = N_("Show the personal data of an order in clear"),
      .help = N_("Needs a reason; who looked, when and why is in the audit trail."),
      .in = &reveal_in_t, .out = &person_t, .may = PN_ROLE_OPS,
      .flags = PN_WRITE | PN_DANGER | PN_ALONE,
      .lasting = N_("What was seen stays seen; the audit trail knows by whom"))

const pn_module pn_order_module = {
    "order", N_("Orders"),
    .ops = PN_LIST(pn_op, &order_list_op, &order_mine_op, &pni_order_twice_op, &pni_order_show_op,
                   &order_find_op, &order_holding_op, &pni_order_quote_op, &pni_order_submit_op,
                   &pni_order_extend_op, &pni_order_reseat_op, &pni_order_redirect_op,
                   &pni_order_cancel_op,
                   &pni_order_offline_op, &pni_order_collect_op, &pni_order_confirm_op,
                   &pni_order_reject_op, &pni_order_handover_op, &order_reveal_op,
                   &pni_order_sweep_op, &pni_order_complete_op, &pni_order_forget_op),
    .sql = PN_LIST(pn_sql, &row_sql, &get_sql, &by_channel_sql,
                   &by_no_sql, &by_phone_sql, &holding_sql, &sealed_sql,
                   &sealed_seats_sql, &pni_sale_listings_sql, &pni_sale_offers_sql,
                   &pni_sale_rules_sql, &pni_sale_due_sql,
                   &pni_sale_lots_sql, &pni_sale_lock_sql, &pni_sale_look_sql,
                   &pni_sale_better_sql, &pni_sale_own_sql, &pni_suggest_tiers_sql,
                   &pni_sale_counts_sql, &pni_sale_docs_sql,
                   &pni_put_orders_sql, &pni_put_items_sql, &pni_put_seats_sql,
                   &pni_put_due_sql, &pni_put_counts_sql, &pni_new_counts_sql,
                   &pni_put_docs_sql, &pni_send_put_sql, &pni_send_get_sql,
                   &pni_lock_seats_sql, &pni_take_order_sql,
                   &pni_take_stock_sql, &pni_known_ask_sql, &pni_known_take_sql,
                   &pni_known_counts_sql, &pni_sweep_sql,
                   &pni_cancel_sql, &pni_extend_sql, &pni_hold_rules_sql, &pni_hold_due_sql,
                   &pni_order_move_sql, &pni_order_head_sql, &pni_order_lines_sql,
                   &pni_order_seats_sql, &pni_order_pays_sql, &pni_order_backs_sql,
                   &pni_order_tickets_sql, &pni_order_log_sql, &pni_order_done_sql,
                   &pni_order_undecided_sql,
                   &pni_order_lock_sql, &pni_order_lots_sql, &pni_payment_lock_sql,
                   &pni_payment_again_sql,
                   &pni_reseat_look_sql, &pni_reseat_write_sql, &pni_reseat_swap_sql,
                   &pni_reseat_stamp_sql, &pni_redirect_look_sql, &pni_redirect_group_sql,
                   &pni_redirect_share_sql, &pni_redirect_guest_sql, &pni_forget_orders_sql,
                   &pni_forget_done_sql, &pni_forget_due_sql, &pni_forget_rows_sql,
                   &pni_late_order_sql, &pni_late_lines_sql,
                   &pni_late_people_sql,
                   &pni_late_tiers_sql, &pni_late_clear_sql, &pni_late_price_sql,
                   &pni_late_lots_sql,
                   &pni_offline_put_sql, &pni_offline_slip_sql, &pni_offline_collect_sql,
                   &pni_offline_get_sql, &pni_offline_confirm_sql, &pni_offline_release_sql,
                   &pni_offline_debt_sql, &pni_offline_due_sql, &pni_account_open_sql,
                   &pni_account_growth_sql,
                   &pni_account_clear_sql),
    .fsm = PN_LIST(pn_fsm, &pni_order_fsm),
    .jobs = PN_LIST(pn_job, &pni_hold_expire_job, &pni_order_complete_job,
                   &pni_offline_overdue_job, &pni_purge_pii_job),
    .events = PN_LIST(pn_event, &pni_account_erased_event),
    .resolve = pni_order_resolve,
};
