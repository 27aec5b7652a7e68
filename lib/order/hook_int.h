/* SPDX-License-Identifier: Apache-2.0 */
/* hook_int.h — what the sale asks of contexts to its right, which it must not include.
 *
 * lib/ticket sets these in its modules; while one is NULL the sale goes on without it. All run
 * inside the transaction that pays or refunds, hold no lock the sale does not hold already, and
 * return 0 or a code with words, which undoes the payment or refund. */
#ifndef PNI_ORDER_HOOK_H
#define PNI_ORDER_HOOK_H

#include "base/unit.h"

#pragma GCC visibility push(hidden)

/** Make the tickets of an order. Called right after the statement that marks the order paid was
 *  queued: the hook's first read goes out with it and already sees the seats as SOLD; if it sees
 *  none, the payment was refused and the hook must return 0 without doing anything. Queue the
 *  inserts, they go out with the commit. */
extern int (*pni_order_issue_hook)(pn *p, int64_t order_id);
/** Void the tickets of these seats (order_seat.no); seats without a ticket are no error. */
extern int (*pni_ticket_void_hook)(pn *p, int64_t order_id, const int *seats, size_t n);
/** PN_ESTATE, naming the ticket, when one of these seats may not be refunded (verified, gifted). */
extern int (*pni_ticket_refundable_hook)(pn *p, int64_t order_id, const int *seats, size_t n);

#pragma GCC visibility pop
#endif
