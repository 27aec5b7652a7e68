/* SPDX-License-Identifier: Apache-2.0 */
/* order.h — the ticket order: quoting, holding stock, its states, reading it. */
#ifndef PN_ORDER_H
#define PN_ORDER_H

#include "base/op.h"
#include "catalog/session.h"

PN_BEGIN

#define PN_ORDER_KINDS(W)                                                                          \
    W(KIND, TICKET, N_("Purchase"), 0)                                                             \
    W(KIND, GRAB, N_("Grab"), 0)                                                                   \
    W(KIND, OFFLINE, N_("Collected offline"), 0)                                                   \
    W(KIND, GROUP, N_("Group-buy"), 0)                                                             \
    W(KIND, DIST, N_("Distribution"), 0)                                                           \
    W(KIND, CHANNEL, N_("Channel"), 0)
enum { PN_KIND_UNSET, PN_ORDER_KINDS(PN_WORD_ENUM) };
extern const pn_words pn_order_kinds[];

/** The first states of the other kinds come after those that all kinds share. */
#define PN_ORDER_STATES(W)                                                                         \
    W(ORDER, PENDING_PAY, N_("Awaiting payment"), 'w')                                             \
    W(ORDER, PAID, N_("Paid"), 'g')                                                                \
    W(ORDER, DISPATCHED, N_("Dispatched"), 'g')                                                    \
    W(ORDER, ALLOCATED, N_("Tickets issued"), 'g')                                                 \
    W(ORDER, PART_SHIPPED, N_("Partly handed over"), 'g')                                          \
    W(ORDER, SHIPPED, N_("Handed over"), 'g')                                                      \
    W(ORDER, SIGNED, N_("Received"), 'g')                                                          \
    W(ORDER, COMPLETED, N_("Completed"), 'd')                                                      \
    W(ORDER, REFUNDING, N_("Being refunded"), 'w')                                                 \
    W(ORDER, REFUNDED, N_("Refunded"), 'd')                                                        \
    W(ORDER, CLOSED, N_("Closed"), 'd')                                                            \
    W(ORDER, GRAB_PENDING_AUTH, N_("Grab awaiting payment"), 'w')                                  \
    W(ORDER, GRAB_WAITING, N_("Grabbing"), 'w')                                                    \
    W(ORDER, GRAB_FAILED, N_("Nothing grabbed"), 'd')                                              \
    W(ORDER, GRAB_CANCELLED, N_("Grab cancelled"), 'd')                                            \
    W(ORDER, OFFLINE_DRAFT, N_("To be collected"), 'w')                                            \
    W(ORDER, OFFLINE_COLLECTED, N_("Collected, unconfirmed"), 'w')                                 \
    W(ORDER, GROUP_WAITING, N_("Waiting for the group"), 'w')                                      \
    W(ORDER, DIST_LOCKED, N_("Locked by a distributor"), 'w')                                      \
    W(ORDER, DIST_RELEASED, N_("Released by a distributor"), 'd')                                  \
    W(ORDER, DIST_CONFIRMED, N_("Confirmed by a distributor"), 'g')                                \
    W(ORDER, ISSUED, N_("Issued to a distributor"), 'g')                                           \
    W(ORDER, DIST_REFUNDED, N_("Refunded to a distributor"), 'd')                                  \
    W(ORDER, IMPORTED, N_("Imported"), 'w')                                                        \
    W(ORDER, MAPPED, N_("Mapped"), 'w')                                                            \
    W(ORDER, UNMAPPED, N_("Not mapped"), 'b')                                                      \
    W(ORDER, CHANNEL_REJECTED, N_("Refused to the channel"), 'd')
enum { PN_ORDER_UNSET, PN_ORDER_STATES(PN_WORD_ENUM) };
extern const pn_words pn_order_states[];

#define PN_SEAT_STATES(W)                                                                          \
    W(SEAT, HELD, N_("Held"), 'w')                                                                 \
    W(SEAT, SOLD, N_("Sold"), 'g')                                                                 \
    W(SEAT, REFUNDING, N_("Refund applied for"), 'w')                                              \
    W(SEAT, REFUNDED, N_("Refunded"), 'd')                                                         \
    W(SEAT, RELEASED, N_("Released"), 'd')
enum { PN_SEAT_UNSET, PN_SEAT_STATES(PN_WORD_ENUM) };
extern const pn_words pn_seat_states[];

#define PN_ORDER_CHANNELS(W)                                                                       \
    W(CHANNEL, OWN, N_("Own shop"), 0)                                                             \
    W(CHANNEL, POS, N_("Box office"), 0)                                                           \
    W(CHANNEL, AGENT, N_("Distributor"), 0)                                                        \
    W(CHANNEL, SHOP, N_("Sales channel"), 0)
enum { PN_CHANNEL_UNSET, PN_ORDER_CHANNELS(PN_WORD_ENUM) };
extern const pn_words pn_order_channels[];

/* Of tickets, which stand right of orders; an order lists its own. */
#define PN_TICKET_STATES(W)                                                                        \
    W(TICKET, ISSUED, N_("Issued"), 'w')                                                           \
    W(TICKET, GIFTING, N_("Being given away"), 'w')                                                \
    W(TICKET, FROZEN, N_("Frozen"), 'b')                                                           \
    W(TICKET, VERIFIED, N_("Inside"), 'g')                                                         \
    W(TICKET, EXITED, N_("Outside"), 'g')                                                          \
    W(TICKET, VOIDED, N_("Voided"), 'd')                                                           \
    W(TICKET, EXPIRED, N_("Expired"), 'd')

#define PN_DOC_TYPES(W)                                                                            \
    W(DOC, ID_CARD, N_("Resident identity card"), 0)                                               \
    W(DOC, PASSPORT, N_("Passport"), 0)                                                            \
    W(DOC, HK_MACAU, N_("Hong Kong and Macau travel permit"), 0)                                   \
    W(DOC, TAIWAN, N_("Taiwan travel permit"), 0)
enum { PN_DOC_UNSET, PN_DOC_TYPES(PN_WORD_ENUM) };
extern const pn_words pn_doc_types[];

/** One order as lists show it. Personal data is masked; `order reveal` opens it. */
typedef struct pn_order {
    int64_t id;
    const char *no, *show;
    int64_t session_id;
    pn_time start_at;
    const char *venue;
    pn_word status;
    int qty;
    pn_money payable_fen, paid_fen, refunded_fen;
    pn_word delivery, channel;
    const char *phone_tail;
    int64_t user_id, staff_id;
    pn_time hold_expires_at, created_at, paid_at, closed_at;
    const char *close_reason;
} pn_order;
extern const pn_type pn_order_t;

typedef struct pn_order_line {
    int no;
    int64_t tier_id;
    const char *tier;
    const char *seller; /* NULL: the organiser himself */
    int qty;
    pn_money unit_fen, goods_fen;
} pn_order_line;

/** An operation that is open now to whoever looks at the order: "refund apply". */
typedef struct pn_order_way { const char *what, *noun, *verb; } pn_order_way;

typedef struct pn_order_seat {
    int no, item_no;
    int64_t tier_id;
    const char *tier, *seat, *holder, *doc;
    pn_word doc_type;
    pn_money list_fen, disc_fen, paid_fen, refund_fen;
    pn_word state;
} pn_order_seat;

typedef struct pn_order_pay {
    int64_t id;
    int leg_no;
    pn_word method, state;
    pn_money amount_fen, tendered_fen, change_fen;
    pn_time created_at, paid_at;
} pn_order_pay;

typedef struct pn_order_back {
    int64_t id;
    const char *no;
    pn_word reason, state;
    pn_money amount_fen, fee_fen;
    pn_time created_at, done_at;
} pn_order_back;

typedef struct pn_order_ticket {
    int64_t id;
    const char *ticket_no;
    int seat_no;
    pn_word state;
    int print_no;
} pn_order_ticket;

typedef struct pn_order_event {
    pn_time at;
    const char *noun, *event, *from_state, *to_state, *actor, *reason;
} pn_order_event;

typedef struct pn_order_detail {
    int64_t id;
    const char *no, *show;
    int64_t show_id, session_id;
    pn_time start_at;
    const char *venue, *hall;
    pn_word status;
    int qty;
    pn_money goods_fen, discount_fen, delivery_fen, service_fen, payable_fen, paid_fen,
        refunded_fen;
    pn_word delivery, channel;
    const char *buyer_name, *phone;
    const char *receiver, *receiver_phone, *sent_to; /* of what is sent, masked */
    int64_t user_id, staff_id;
    pn_time hold_expires_at, created_at, paid_at, closed_at;
    const char *close_reason;
    pn_rows next, items, seats, payments, refunds, tickets, log;
} pn_order_detail;
extern const pn_type pn_order_detail_t;

/** A line of a request: so many of one tier (bundles, for a combo tier), of whoever sells it or of
 *  one listing. */
typedef struct pn_order_want {
    int64_t tier;
    int qty;
    int64_t listing;
    pn_texts seats; /* keys of numbered seats, as `seat map` tells them; none: the best */
} pn_order_want;
typedef struct pn_attendee { const char *name; pn_word doc_type; const char *doc; } pn_attendee;

/** Where an order is sent, in what asks for one: an address of the buyer's book, or who gets it and
 *  where. Needed by EXPRESS, refused by what is not sent. */
#define PN_SEND_TO                                                                                 \
    int64_t address;                                                                               \
    const char *receiver, *receiver_phone, *region, *street

/** Either items or so many of one tier or one listing. `confirm`: the conditions of special goods
 *  that the buyer meets, by their names. */
struct pn_order_quote {
    int64_t session, tier, listing;
    int qty;
    pn_rows items;
    pn_word delivery, channel;
    pn_texts confirm;
    bool accept_split, accept_single, accept_upgrade;
    pn_money cap_fen;
    int64_t points; /* that the buyer would spend */
    int64_t coupon; /* of his own; 0: none */
};
typedef struct pn_quote_line {
    int64_t tier_id, listing_id, merchant_id; /* 0: the organiser's own */
    const char *tier;
    int qty, seats, free;
    pn_money unit_fen, goods_fen;
} pn_quote_line;
typedef struct pn_quote {
    int64_t session_id;
    const char *show;
    pn_time start_at;
    int qty;
    pn_money goods_fen, discount_fen, delivery_fen, service_fen, payable_fen;
    pn_word delivery;
    int hold_min, limit_order, limit_user;
    const char *realname;
    pn_rows items;
    int64_t points;      /* that it takes … */
    pn_money points_fen; /* … for this part of the discount */
    bool needs_address;
} pn_quote;

struct pn_order_submit {
    int64_t session, tier, listing;
    int qty;
    pn_rows items; /* pn_order_want; or tier and qty */
    const char *buyer_name, *phone;
    pn_word delivery, channel;
    pn_rows attendees; /* pn_attendee */
    pn_money expect_fen;
    pn_texts confirm, seats;
    bool accept_split, accept_single; /* up to three sellers; one ticket alone among their shares */
    bool wheelchair;                  /* one place at least for a wheelchair */
    /** A tier worth more will do, for at most `cap_fen` a ticket or, without one, the face price of
     *  the tier asked for. The cap counts by itself, too. */
    bool accept_upgrade;
    pn_money cap_fen;
    /** At most so many of the buyer's points, for whole yuan and a part of the goods. */
    int64_t points;
    int64_t coupon; /* of the buyer's own, for this order alone; 0: none */
    PN_SEND_TO;
};
struct pn_order_cancel { int64_t id; const char *reason; };
struct pn_order_extend { int64_t id; };
/** Other seats of the same tier and seller for some that it holds without tickets. */
struct pn_order_reseat { int64_t id; pn_texts from, to; const char *reason; };
/** What is not named stays as it was; an address of the book replaces all of it. */
struct pn_order_redirect { int64_t id; PN_SEND_TO; const char *reason; };
typedef struct pn_order_target { /* masked */
    int64_t id;
    const char *receiver, *receiver_phone, *sent_to;
} pn_order_target;
struct pn_order_show { int64_t id; };
struct pn_order_handover { int64_t id; const char *note; };
struct pn_order_reveal { int64_t id; const char *reason; };
typedef struct pn_order_person {
    int64_t id;
    const char *buyer_name, *phone;
    const char *receiver, *receiver_phone, *region, *street; /* of what is sent */
    pn_rows attendees; /* pn_attendee */
} pn_order_person;
struct pn_order_find { const char *phone; };
typedef struct pn_order_found { pn_rows orders; } pn_order_found;
/** Who paid for one session several times; `id`: the last of these orders. */
typedef struct pn_bought_twice {
    int64_t id, session_id;
    const char *show, *phone_tail;
    int orders_n, qty;
    pn_money paid_fen; /* less what was given back */
    pn_time start_at, first_at, last_at;
} pn_bought_twice;
struct pn_order_holding { int64_t session; const char *seat; };

int pn_order_quote(pn *p, const struct pn_order_quote *in, pn_quote *out);
int pn_order_submit(pn *p, const struct pn_order_submit *in, pn_order *out);
int pn_order_cancel(pn *p, const struct pn_order_cancel *in, pn_order *out);
/** Once, five minutes more. */
int pn_order_extend(pn *p, const struct pn_order_extend *in, pn_order *out);
int pn_order_reseat(pn *p, const struct pn_order_reseat *in, pn_order *out);
/** To another address, until the first of its tickets is on the way. PN_ESTATE: too late;
 *  PN_EADDRESS: it is not sent, or in one parcel with its group's leader; PN_ELIMIT: an activity's
 *  share of that address is taken. */
int pn_order_redirect(pn *p, const struct pn_order_redirect *in, pn_order_target *out);
int pn_order_show(pn *p, const struct pn_order_show *in, pn_order_detail *out);
int pn_order_list(pn *p, const pn_list *in, pn_page *out);
/** A buyer's own. */
int pn_order_mine(pn *p, const pn_list *in, pn_page *out);
/** Rows of pn_bought_twice. */
int pn_order_twice(pn *p, const pn_list *in, pn_page *out);
/** Orders of a telephone number, newest first, at most 50. */
int pn_order_find(pn *p, const struct pn_order_find *in, pn_order_found *out);
/** The order that holds a seat and is not paid yet; none when it is free or sold. */
int pn_order_holding(pn *p, const struct pn_order_holding *in, pn_order_found *out);
/** Personal data in clear, with a reason; audited. */
int pn_order_reveal(pn *p, const struct pn_order_reveal *in, pn_order_person *out);
/** The box office handed paper or the e-ticket was opened: the order is received. */
int pn_order_handover(pn *p, const struct pn_order_handover *in, pn_order *out);

PN_END
#endif
