/* SPDX-License-Identifier: Apache-2.0 */
/* sale_int.h — orders placed, many at once.
 *
 * Three steps, one round trip each: what the requests need is read and the lots they may take from
 * are locked (sale.c); every request is decided in the order of arrival, in memory, by all rules
 * (identity.c, choose.c, offer.c); the rows of all that were accepted are written set-wise and
 * leave with the bookkeeping and the commit (place.c). A lot's stock row is its lock, lots are
 * locked in ascending order, so what was read stays true until the commit; constraints prove it
 * once more. Of a single request for what was sold a moment ago the first step is left out
 * (known.c). */
#ifndef PNI_ORDER_SALE_H
#define PNI_ORDER_SALE_H

#include "base/map_int.h"
#include "goods/restrict_int.h"
#include "order/order_int.h"
#include "promo/budget_int.h"
#include "promo/stack_int.h"
#include "seating/picture_int.h"

#pragma GCC visibility push(hidden)

enum {
    PNI_ITEMS_MAX = 20, PNI_SEATS_MAX = 100, PNI_PARTS_MAX = 24, PNI_KEYS_MAX = 3,
    PNI_BETTER_MAX = 10, PNI_DRAWS_MAX = 6,
};

/** Where a request is sent, as it was asked. */
typedef struct pni_to {
    int64_t address; /* of the buyer's book */
    const char *receiver, *phone, *region, *street;
    bool elsewhere; /* somebody else's order says it */
    bool maybe;     /* only if the delivery needs it */
} pni_to;

/** The same as it is known: checked, out of the book. */
typedef struct pni_target {
    const char *receiver, *phone, *region, *street;
    pn_bytes hash;
    bool given, blocked; /* blocked: no parcel goes to that region */
} pni_target;

/** A request, whichever kind of order it comes from. Zero values are an ordinary order. */
typedef struct pni_ask {
    const char *kind, *state, *event; /* NULL: TICKET, PENDING_PAY, submit */
    int64_t session;                  /* 0: the tiers' */
    const pn_order_want *want;
    size_t wants;
    pn_word delivery, channel;
    const char *buyer_name, *phone, *ext_no;
    pn_rows attendees;                /* pn_attendee */
    pn_money expect_fen;              /* refuse another price */
    pn_money unit_fen;                /* a channel's price a ticket, instead of the list price */
    pn_money activity_fen;            /* an activity's price a ticket; its seller bears the gap */
    pn_money off_fen;                 /* less a ticket by contract, borne by the seller */
    int64_t hold_min;                 /* 0: the rule's */
    pn_money service_fen;             /* beside the tickets, for what is done for the buyer */
    pn_money cap_fen;                 /* no lot whose ticket costs more */
    int64_t points;                   /* spent as far as the rule goes, of the buyer's account */
    int64_t coupon;                   /* of the buyer's own; 0: what the rules say */
    int64_t user_id;                  /* on behalf of this account, 0: the actor buys */
    int64_t order_id;                 /* an order that waited: its row is there, only filled */
    bool fixed;                       /* the price is agreed: no promotion changes it */
    bool split, single;               /* several sellers; a ticket alone among their shares */
    bool upgrade;                     /* a better tier will do, for no more than the cap or, without
                                         one, than the face price of the tier asked for */
    bool grab, unlimited;             /* for a grab; limits do not count */
    const int64_t *own;               /* merchants who do not sell to him: he is one of theirs */
    size_t owns;
    unsigned special_ok;              /* conditions of special goods that the buyer confirmed */
    bool wheelchair;                  /* one place at least for a wheelchair */
    bool together;                    /* only side by side, whatever the lot allows */
    pni_to to;                        /* where it is sent */
    bool late;                        /* paid after its hold: a cool-down is for other orders */
} pni_ask;

/** One tier as it may be sold now, with its session, show and the policies in force. */
typedef struct pni_offer {
    int64_t tier_id, session_id, show_id, organiser;
    const char *tier, *show, *venue;
    pn_money face_price_fen;
    int combo_n;
    pn_word special_kind; /* of all tickets of the tier, whoever sells them */
    bool hidden, takes_express, takes_eticket, takes_onsite, takes_code;
    bool due, holds_due; /* unpaid orders, holds by owner that ran out in this bucket */
    pn_time sale_from, sale_to, sale_at, stop_sale_at, start_at;
    const char *session_status, *show_status, *realname;
    int limit_order, limit_user;
    int64_t hold_min, hold_tail_min, hold_pos_min, express_fen;
    int64_t handling_h, eta_h, express_h, lead_h; /* of parcels, see pni_wanted */
} pni_offer;

/** Tickets of one tier that one seller offers, as they stand under the lock. */
typedef struct pni_lot {
    int64_t lot_id, tier_id, session_id, merchant_id; /* merchant 0: the organiser's own */
    int free;                                         /* what earlier requests took is off */
    int taken;                                        /* by this batch */
    int lent;                                         /* of these, from what is withheld */
    int64_t seat_stamp, new_stamp;                    /* the latter after this batch */
    pn_money sale_fen, settle_fen, ask_fen;           /* of a merchant's lot */
    pni_rules rules;
    bool live;
    int deposit_room;                                 /* tickets that its deposit still covers */
    int rank;
    const void *row;                                  /* as it was read (lot.c) */
    pni_picture *seats;                               /* of numbered seats, once they are needed */
} pni_lot;

/** Part of an order: so many tickets of one lot, a line of the order. */
typedef struct pni_part {
    const pni_offer *offer;
    pni_lot *lot;
    int units, seats;
    int64_t unit_fen; /* of a unit: a ticket, or a whole bundle */
    pni_seat *pick;   /* numbered seats, one a ticket; NULL: by quantity */
} pni_part;

/** How much an order is reduced, and who bears it: what merchant and channel do not, the
 *  platform does. */
typedef struct pni_discount {
    int64_t total_fen, merch_fen, chan_fen, points_fen, points;
} pni_discount;

/** A request priced: what it takes and what it costs. */
typedef struct pni_cart {
    const pni_offer *offer; /* of its first line: session and show */
    pni_part part[PNI_PARTS_MAX];
    size_t parts;
    int seats;
    pn_word delivery, channel;
    int64_t goods_fen, delivery_fen, service_fen, payable_fen, hold_min;
    pni_discount less;
    pni_draw draw[PNI_DRAWS_MAX]; /* what that draws on, without the order's number */
    size_t draws;
} pni_cart;

/** Which reductions apply to a cart: adds instant discounts and coupons, and says what the activity
 *  in it goes together with. Points are the buyer's to add. How they stack is promo/stack_int.h;
 *  what they come to is shared over the seats to the fen. A reduction whose budget has not so much
 *  left is passed over, a coupon that another order has is refused. Whoever keeps the rules sets
 *  it; NULL: there are none. */
extern int (*pni_cart_discount_hook)(pn *p, const pni_cart *cart, pni_stack *io);

/** A person named for a ticket, checked. */
typedef struct pni_person { const char *name, *doc; pn_word doc_type; pn_bytes hash; } pni_person;

/** Who buys, checked: the identities that limits count, and the people named. */
typedef struct pni_buyer {
    int64_t user_id, staff_id;
    const char *phone;
    pn_bytes buyer, phone_hash, key[PNI_KEYS_MAX];
    size_t keys;
    pni_person *person;
    size_t people;
} pni_buyer;

/** Of an identity's hash what limits count it by. */
pn_bytes pni_limit_key(pn_bytes hash);

/** One request on its way through the three steps. */
typedef struct pni_deal {
    const pni_ask *ask;
    pn_order_want want[PNI_ITEMS_MAX]; /* sorted, lines of one tier made one */
    size_t wants;
    int64_t better[PNI_BETTER_MAX];    /* tiers that would do, too */
    size_t betters;
    pni_buyer buyer;
    pni_target target;
    pni_cart cart;
} pni_deal;

typedef struct pni_sale {
    pn *p;
    pni_offer *offer;
    size_t offers;
    pni_lot *lot; /* by tier, the one to be sold first in front */
    size_t lots;
    bool locked;  /* the lots are ours */
    bool alone;   /* a single request */
    pni_map counts, docs; /* of identities and documents, a session's each */
    pni_map purses;       /* budgets and coupons that reductions draw on */
    struct pni_taken *taken; /* rows to be written (place.c) */
    pn_rows stamps;                /* of its one tier (known.c) */
    const struct pni_known *known; /* it was not read at all */
} pni_sale;

/** What can be told without the database: lines, telephone, documents. */
PN_MUST int pni_deal_check(pn *p, const pni_ask *ask, pni_deal *d);
/** The lines alone, for a price asked by nobody in particular. */
PN_MUST int pni_quote_check(pn *p, const pni_ask *ask, pni_deal *d);
/** What is read is for: telling (what ran out counts as given back), trying (as it stands), or
 *  selling: the lots are ours until the end of the transaction. */
enum pni_purpose { PNI_TO_TELL, PNI_TO_TRY, PNI_TO_SELL };
/** Read for these deals. */
PN_MUST int pni_sale_read(pn *p, pni_sale *s, pni_deal *const d[], size_t n,
                          enum pni_purpose purpose);
/** Decide one by every rule, into d->cart; refused: a code with words, and nothing is taken. */
PN_MUST int pni_sale_decide(pni_sale *s, pni_deal *d);
/** The same without limits and names: lots, prices, delivery. */
PN_MUST int pni_quote_decide(pni_sale *s, pni_deal *d);
/** Decide one that may take `n` of the tickets withheld from the own lot of its tier. */
PN_MUST int pni_sale_lend(pni_sale *s, pni_deal *d, int n);
/** Take it: its rows join those to be written. The order's public row in *out. */
PN_MUST int pni_sale_take(pni_sale *s, pni_deal *d, pn_order *out);
/** Queue all rows taken; they go out with the next statement or the commit. A sale whose lots
 *  were not locked is kept (in the unit) until the commit: its lots are written at last. */
PN_MUST int pni_sale_write(pni_sale *s);
/** The sale of one deal by what was read of its tier a moment ago. Whether that still holds is seen
 *  when it is written; what is refused by it has to be read, and decided again. false: it has to be
 *  read anyway. */
bool pni_known_sale(pn *p, pni_sale *s, pni_deal *const d[], size_t n);
/** Keep what was read for the next one, who will be as well served by it. */
void pni_known_learn(const pni_sale *s);
void pni_known_forget(pn *p, int64_t tier);
/** Was so much read that these deals can be decided without the locks? Lots that are counted, the
 *  organiser's own, and far from sold out: whatever others take meanwhile, the sale is right, and
 *  a constraint says so once more. */
bool pni_sale_plenty(const pni_sale *s, pni_deal *const d[], size_t n);

/** Give up: what was taken is forgotten. For a sale that was not written, or not wholly. */
void pni_sale_drop(pni_sale *s);

/** One request from beginning to end, in the running transaction. */
PN_MUST int pni_sale_one(pn *p, const pni_ask *ask, pn_order *out);

/** The channel asked for, or the one that the actor's role sells by. */
pn_word pni_channel_of(const pn *p, pn_word asked);

/* ---- between the files of the sale ---- */

typedef struct pni_tier_no { int64_t tier; } pni_tier_no;
extern const pn_type pni_tier_no_t;
/** Queue the question where the rows of the deals' tier lie: before they are read. */
PN_MUST int pni_known_ask(pni_sale *s, pni_deal *const d[], size_t n);
/** Queue the taking of its stock; a constraint fails if what was known is no longer true. */
PN_MUST int pni_known_take(const pni_sale *s);
/** Queue the locks of the lots of these tiers, a statement a bucket; rows[i] tells bucket i's.
 *  What is queued behind them is read when they are ours. */
PN_MUST int pni_lots_lock(pn *p, pni_tier_no *t, size_t n, pn_rows **rows, size_t *buckets);
/** What was read becomes the lots of the sale: rules, prices, rank; of those locked alone,
 *  unless `locked` is NULL. */
PN_MUST int pni_lots_gather(pni_sale *s, const pn_rows *rows, const pn_rows *locked,
                            size_t buckets);
/** I18 and the tier's own window. */
PN_MUST int pni_offer_open(pn *p, const pni_offer *o);
const pni_offer *pni_sale_offer(const pni_sale *s, int64_t tier);
/** The delivery asked for, or the first that the session offers. */
PN_MUST int pni_choose_delivery(pn *p, pn_word asked, pni_cart *cart);
/** How a session's identities and documents are kept in the maps of a sale. NULL: no memory. */
const char *pni_sale_key(pn *p, int64_t session, pn_bytes who);
/** May anybody buy n of this lot, whatever the delivery and the conditions? And how would they be
 *  delivered (PNI_BY_…)? */
pn_code pni_lot_may(const pni_sale *s, const pni_offer *o, const pni_lot *l, int n);
/** The ways in which the session is delivered (PNI_BY_…). */
unsigned pni_offer_ways(const pni_offer *o);
unsigned pni_lot_ways(const pni_sale *s, const pni_offer *o, const pni_lot *l);
/** Lots for one line; they are noted as taken in the lots and as parts in the cart. */
PN_MUST int pni_choose(pni_sale *s, pni_deal *d, const pni_offer *o, const pn_order_want *want);
/** Rank some lots against each other and sort them, the one to be sold first in front. */
PN_MUST int pni_lots_rank(pni_sale *s, pni_lot *lot[], size_t n);
/** What there is instead of n tickets that nobody has: fewer, of several, of other offers, of a
 *  grab. `words` tells all of it with the other tiers, NULL: nothing. */
typedef struct pni_instead {
    int n, fewer; /* 0: not fewer either */
    bool several, offers, grab;
    const char *words;
} pni_instead;
PN_MUST int pni_suggest(pni_sale *s, const pni_offer *o, pni_instead *i);
/** Give back what the cart of a refused request had taken. */
void pni_unchoose(pni_cart *cart);
/** Numbered seats for a part: those named, or the best; taken in the lot's picture. */
PN_MUST int pni_seats_choose(pni_sale *s, const pni_deal *d, const pn_order_want *want,
                             pni_part *part);
/** Queue the seats taken of every lot, with the lots' new stamps. */
PN_MUST int pni_seats_write(pni_sale *s);
/** Limits of order, account, telephone and document; real names by the show's mode (I14, I35). */
PN_MUST int pni_buyer_may(pni_sale *s, const pni_deal *d);
/** What of it holds for whoever orders n seats. */
PN_MUST int pni_anybody_may(pn *p, const pni_offer *o, int n);
/** Count them for a request that was taken. */
PN_MUST int pni_buyer_count(pni_sale *s, const pni_deal *d);

/** An identity's purchases of a session. */
typedef struct pni_count {
    int64_t session_id;
    pn_bytes buyer;
    int qty, add, cap; /* cap 0: no limit */
    pn_time cool_until;
    bool kept; /* there is a row of it */
} pni_count;

extern const pn_sql pni_reseat_look_sql, pni_reseat_write_sql, pni_reseat_swap_sql,
    pni_reseat_stamp_sql, pni_sale_listings_sql, pni_sale_offers_sql, pni_sale_rules_sql,
    pni_sale_due_sql, pni_sale_lock_sql, pni_sale_lots_sql, pni_sale_look_sql,
    pni_sale_better_sql, pni_sale_own_sql, pni_suggest_tiers_sql, pni_sale_counts_sql,
    pni_sale_docs_sql, pni_put_orders_sql,
    pni_put_items_sql, pni_put_seats_sql, pni_new_counts_sql, pni_lock_seats_sql, pni_put_due_sql,
    pni_put_counts_sql, pni_put_docs_sql, pni_take_order_sql, pni_take_stock_sql,
    pni_known_ask_sql, pni_known_take_sql, pni_known_counts_sql;

#pragma GCC visibility pop
#endif
