/* SPDX-License-Identifier: Apache-2.0 */
/* order_int.h — what the files of the sale share. */
#ifndef PNI_ORDER_H
#define PNI_ORDER_H

#include "base/policy_int.h"
#include "base/sql_int.h"
#include "order/order.h"
#include "user/phone_int.h"

#pragma GCC visibility push(hidden)

/** Like PN_OP, for nouns whose operations live in several files: the constant is shared. */
#define PNI_OP(noun_, verb_, fn_, out_, ...)                                                       \
    static int noun_##_##verb_##_run(pn *p, const void *in, void *out)                             \
    {                                                                                              \
        return fn_(p, in, out);                                                                    \
    }                                                                                              \
    const pn_op pni_##noun_##_##verb_##_op = {                                                     \
        .noun = #noun_, .verb = #verb_, .run = noun_##_##verb_##_run, __VA_ARGS__};                \
    int pn_##noun_##_##verb_(pn *p, const struct pn_##noun_##_##verb_ *in, out_ *out)              \
    {                                                                                              \
        return pn_call(p, &pni_##noun_##_##verb_##_op, in, out);                                   \
    }

/** Whom the messages about an order go to. */
#define PNI_TO_BUYER N_("the buyer by SMS")

extern const pn_op pni_order_quote_op, pni_order_submit_op, pni_order_cancel_op,
    pni_order_extend_op, pni_order_reseat_op, pni_order_handover_op, pni_order_offline_op,
    pni_order_collect_op,
    pni_order_confirm_op, pni_order_reject_op, pni_order_show_op, pni_order_twice_op,
    pni_order_sweep_op,
    pni_order_complete_op, pni_order_redirect_op, pni_order_forget_op;
extern const pn_words pni_close_reasons[];
extern const pn_sql pni_redirect_look_sql, pni_redirect_group_sql, pni_redirect_share_sql,
    pni_redirect_guest_sql, pni_forget_orders_sql, pni_forget_done_sql, pni_forget_due_sql,
    pni_forget_rows_sql;
extern const pn_sql pni_hold_due_sql, pni_sweep_sql, pni_cancel_sql, pni_extend_sql,
    pni_order_move_sql, pni_hold_rules_sql, pni_order_head_sql, pni_order_lines_sql,
    pni_order_seats_sql, pni_order_pays_sql, pni_order_backs_sql, pni_order_tickets_sql,
    pni_order_log_sql, pni_order_done_sql, pni_order_undecided_sql, pni_offline_put_sql,
    pni_offline_slip_sql,
    pni_offline_collect_sql, pni_offline_get_sql, pni_offline_confirm_sql,
    pni_offline_release_sql, pni_offline_debt_sql, pni_offline_due_sql;
extern const pn_type pni_attendee_t, pni_want_t;
extern const pn_fsm pni_order_fsm;
/** The operations that are open now, from the state table; rows of pn_order_way. */
extern const pn_type pni_order_next_t;
PN_MUST int pni_order_next(pn *p, pn_word status, pn_rows *out);
extern const pn_type pni_order_ticket_t;
extern const pn_job pni_hold_expire_job, pni_order_complete_job, pni_offline_overdue_job,
    pni_purge_pii_job;
/** Collected money that was given up is owed: in the books with the commit. */
PN_MUST int pni_offline_debt_book(pn *p, int64_t order_id);

/* ---- money ---- */

/** Share `total` over n parts in proportion to `weight` (≥ 0), exactly: floors first, then one fen
 *  each to the largest fractions, the lower index first. */
void pni_apportion(int64_t total, const int64_t *weight, size_t n, int64_t *share);

/* ---- people ---- */

/** A document number in the form it is compared in (capitals, no blanks); PN_EREALNAME with words
 *  when it cannot be one. `field` names the input. */
PN_MUST int pni_doc_check(pn *p, pn_word type, const char *doc, const char *field,
                          const char **clean);
/** "110***********002X". */
const char *pni_mask_doc(pn *p, const char *doc);

/** Personal data at rest, bound to the order's id. NULL text seals to none. */
PN_MUST int pni_pii_seal(pn *p, int64_t id, const char *text, pn_bytes *out);
PN_MUST int pni_pii_open(pn *p, int64_t id, pn_bytes sealed, const char **text);
/** Keyed hash for equality; `kind` keeps phones and documents apart. */
PN_MUST int pni_pii_hash(pn *p, const char *kind, const char *text, pn_bytes *out);
/** "\x…" of bytes, for arrays; "" for none. */
const char *pni_hex(pn *p, pn_bytes b);

/* ---- orders ---- */

/** The state of an order `o` as of now: a hold that has run out is closed, job or no job. */
#define PNI_STATUS_NOW                                                                             \
    "case when o.hold_expires_at > :now then o.status when o.status = 'PENDING_PAY' then 'CLOSED'" \
    " when o.status = 'DIST_LOCKED' then 'DIST_RELEASED' else o.status end"

/** What most steps need to know of an order. */
typedef struct pni_order {
    int64_t id;
    const char *no;
    pn_word status;
    int64_t session_id, show_id, user_id;
    pn_bytes buyer;
    int qty;
    pn_word delivery;
    pn_money payable_fen, paid_fen, refunded_fen, held_fen;
    pn_time hold_expires_at, created_at, paid_at;
    bool extended;
    const char *close_reason;
    int64_t organiser;
} pni_order;

/** The order, or PN_ENONE when it does not exist or is not the actor's to see. */
PN_MUST int pni_order_get(pn *p, int64_t id, pni_order *out);
/** The public row, as lists have it. */
PN_MUST int pni_order_row(pn *p, int64_t id, pn_order *out);
/** Text of `status` as of now: an unpaid hold that has run out reads CLOSED. */
const char *pni_order_status(const pn *p, const pni_order *o);
/** Refuse a buyer another buyer's order. */
PN_MUST int pni_order_mine(pn *p, int64_t order_id, int64_t user_id, int64_t organiser);

/** An order that costs nothing is paid as it is placed. */
PN_MUST int pni_order_settle_free(pn *p, int64_t order_id);

/** States that hold tickets for money to come, as an SQL list. */
#define PNI_HELD "'PENDING_PAY', 'OFFLINE_DRAFT'"
/** What order `o` holds is sold; `l` are its active locks, their stock rows locked. */
#define PNI_SELL(sk)                                                                               \
    " ps as (update stock s set qty_locked = s.qty_locked - l.qty, qty_sold = s.qty_sold + l.qty," \
    "   " PNI_SEAT_STAMP("o.id", "1")                                                              \
    "  from l, o where s.sk = " sk " and s.lot_id = l.lot_id),"                                    \
    PNI_SEATS_SELL(sk)                                                                             \
    " pe as (update order_seat e set state = 'SOLD' from o"                                        \
    "  where e.sk = " sk " and e.order_id = o.id and e.state = 'HELD'),"
/** Queue the locks of an order's lots and of itself, in the product's order: they go out with the
 *  next statement. For transactions that touch an order or a payment more than once. */
PN_MUST int pni_order_lock(pn *p, int64_t order_id);
PN_MUST int pni_payment_lock(pn *p, int64_t payment_id);
/** The same inside an operation that has done it: asks for no lot that is not the order's, and
 *  waits for none that it got meanwhile. */
PN_MUST int pni_payment_lock_again(pn *p, int64_t payment_id);
extern const pn_sql pni_order_lock_sql, pni_order_lots_sql, pni_payment_lock_sql,
    pni_payment_again_sql;
/** In a statement: lock the counts of the identities in `from` (session_id, limit_keys) ascending.
 *  Their update asks for (select count(*) from n_) >= 0, so that it comes after. */
#define PNI_COUNTS_LOCK(sk, from)                                                                  \
    " n_ as materialized (select b.buyer from buyer_count b join (select distinct f.session_id,"   \
    "  i.key from " from " f cross join unnest(f.limit_keys) i(key)) y"                            \
    "  on b.session_id = y.session_id and b.buyer = y.key where b.sk = " sk                        \
    "  order by b.session_id, b.buyer for update of b),"

/** Release holds of one bucket that have run out, 2,000 at a time. `lots`: 200, and only orders
 *  that hold tickets of these, whose rows the caller has locked; such as hold others, too, on which
 *  somebody works just now, stay for the job. None: all. */
PN_MUST int pni_hold_sweep(pn *p, int sk, pn_texts lots, int64_t *done);
/** Close one unpaid order. PN_ESTATE when it is not (any more). `reason` is the close_reason. */
PN_MUST int pni_order_close(pn *p, int64_t id, const char *event, const char *reason);
/** Release the hold of an unpaid order of any kind along an edge of the order's states. */
PN_MUST int pni_order_release(pn *p, int64_t id, const char *from, const char *event,
                              const char *reason);
/** Parts of a statement in which `o` has the orders that move: their numbered seats, by row
 *  segment, and what becomes of them. A seat that is not as its order says breaks a check of the
 *  table. `state` is what order_seat has before. */
#define PNI_SEATS_OF(sk, state_)                                                                   \
    " ps_ as (select e.seat_block as id, bit_or(1::bigint << e.seat_bit::int) as seats"            \
    "  from order_seat e, o where e.sk = " sk " and e.order_id = o.id and e.state = '" state_ "'"  \
    "   and e.seat_block is not null group by e.seat_block),"
#define PNI_SEATS_MOVE(sk, change)                                                          \
    " pb_ as (update seat_block b set " change " from ps_"                                         \
    "  where b.sk = " sk " and b.id = ps_.id),"
#define PNI_SEATS_SELL(sk) PNI_SEATS_OF(sk, "HELD") PNI_SEATS_MOVE(sk,                     \
    "busy = b.busy & ~ps_.seats, sold = case when b.busy & ps_.seats = ps_.seats"                  \
    " then b.sold | ps_.seats else -1::bigint end")
#define PNI_SEATS_FREE(sk) PNI_SEATS_OF(sk, "HELD") PNI_SEATS_MOVE(sk,                     \
    "busy = case when b.busy & ps_.seats = ps_.seats then b.busy & ~ps_.seats"                     \
    " else -1::bigint end")
/** The stamp of a lot of seats after one order's step: a number that no other step of any order
 *  gives it. Batches of orders take fresh ids, which are positive. */
#define PNI_SEAT_STAMP(id, step)                                                                   \
    "seat_stamp = case when s.seat_stamp = 0 then 0 else -(" id " * 8 + " step ") end"
/** Where an order `o` arrives when it is paid, in a statement that has :to (pni_order_paid_state):
 *  a group waits for its members, a merchant's tickets have still to be procured, own ones are
 *  issued. */
#define PNI_PAID_STATE(sk)                                                                         \
    "case when o.kind = 'GROUP' then 'GROUP_WAITING' when exists (select from order_item i"        \
    " where i.sk = " sk " and i.order_id = o.id and i.lot_id <> i.tier_id) then 'PAID'"            \
    " else :to end"
/** Log the steps of an order that was paid and is in state `to` now. */
PN_MUST int pni_order_paid_steps(pn *p, int64_t order_id, const char *from, const char *event,
                                 const char *to);
/** Tell that it was paid, so that it is dispatched, or joins its group. */
PN_MUST int pni_order_paid_event(pn *p, int64_t order_id, const char *to);
/** The state a paid order of own stock arrives at: ALLOCATED when tickets can be issued. */
const char *pni_order_paid_state(void);

/** Order operations that people call by number. */
int pni_order_resolve(pn *p, const char *text, int64_t *id);

#pragma GCC visibility pop
#endif
