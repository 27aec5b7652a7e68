/* SPDX-License-Identifier: Apache-2.0 */
/* tender_int.h — several tenders for one order: points, cards and credit are frozen first, and
 * taken by the payment that completes the order. What became of a frozen one is told to its holder
 * by the job that follows up payments; until then its row of payment_due stays, whatever
 * crashes. */
#ifndef PNI_TENDER_H
#define PNI_TENDER_H

#include "order/payment_int.h"

#pragma GCC visibility push(hidden)

/** In a statement in which `o` is the order that was paid: what is frozen for it is taken, unless
 *  o.held_fen says that it was not needed. `h_` tells how much and how many. */
#define PNI_TENDERS_TAKE(sk)                                                                       \
    " tp_ as (update payment t set state = case t.method when 'SFPL' then 'CREDIT_OPEN'"           \
    "   else 'CAPTURED' end, received_fen = t.amount_fen,"                                         \
    "   paid_at = :now, updated_at = :now, version = t.version + 1 from o"                         \
    "  where t.sk = " sk " and t.order_id = o.id and t.state = 'AUTHORISED' and o.held_fen = 0"    \
    "  returning t.id, t.amount_fen),"                                                             \
    " td_ as (update payment_due q set due_at = :now from tp_ where q.sk = " sk                    \
    "   and q.payment_id = tp_.id),"                                                               \
    " h_ as (select coalesce(sum(tp_.amount_fen), 0)::bigint as fen, count(*)::int as tenders"     \
    "  from tp_),"
/** Log and book what that took. */
PN_MUST int pni_tenders_taken(pn *p, int64_t order_id);
/** An order of which everything is frozen is paid by that. */
PN_MUST int pni_tender_settle(pn *p, int64_t order_id);

/** Is it a payment of a kind that is frozen first, and is it frozen, taken or let go? */
bool pni_tender_settled(int state);
/** It is frozen at its holder: as a transaction of its own. An order that does not wait for it any
 *  more has it let go. */
PN_MUST int pni_tender_frozen(pn *p, int64_t payment_id, const char *provider_no, pn_money fen);
/** The same in the unit of whoever has locked the payment. */
PN_MUST int pni_tender_authorise(pn *p, int64_t payment_id, const char *provider_no, pn_money fen,
                                 pn_payment *out);
/** Its holder gave no answer but `rc`, which is returned; people are told once of many. */
PN_MUST int pni_tender_unanswered(pn *p, int64_t payment_id, int polls, int rc);
/** The job's look at one that is frozen, taken or let go. `over`: nobody waits for the order. */
PN_MUST int pni_tender_look(pn *p, const pni_provider *v, int64_t payment_id, int state, int polls,
                            bool over);

extern const pni_provider pni_carded, pni_frozen_linked;
extern const pn_op pni_payment_tender_op, pni_payment_release_op, pni_payment_authorised_op,
    pni_payment_followed_op;
extern const pn_sql pni_tender_taken_sql, pni_tender_facts_sql, pni_tender_make_sql,
    pni_tender_worth_sql,
    pni_tender_settle_sql, pni_tender_freeze_sql, pni_tender_late_sql, pni_tender_release_sql,
    pni_tender_done_sql, pni_tender_row_sql;

#pragma GCC visibility pop
#endif
