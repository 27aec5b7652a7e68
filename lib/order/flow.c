/* SPDX-License-Identifier: Apache-2.0 */
/* flow.c — the states of the ticket order, the only place that says how one follows another.
 *
 * An order of own stock needs no merchant: paying it issues its tickets in the same transaction,
 * so it passes PAID and DISPATCHED on the way and rests in ALLOCATED. Each step is logged. */
#include <string.h>

#include "order/hook_int.h"
#include "order/order_int.h"

const pn_words pn_order_kinds[] = {PN_ORDER_KINDS(PN_WORD_ROW){0}};
const pn_words pn_order_states[] = {PN_ORDER_STATES(PN_WORD_ROW){0}};
/* Why an order was closed, when nobody said it in words of his own. */
const pn_words pni_close_reasons[] = {
    {"EXPIRED", N_("Not paid in time"), 0}, {"CANCELLED", N_("Cancelled"), 0},
    {"SESSION_CANCELLED", N_("Session cancelled"), 0}, {"NOT_RECEIVED", N_("Money never came"), 0},
    {"DEBT", N_("Money never came, but tickets are out"), 0},
    {"UNLOCKED", N_("Let go by the distributor"), 0},
    {"UNPAID", N_("Not confirmed in time"), 0}, {"DEADLINE", N_("Deadline over"), 0}, {0}};
const pn_words pn_seat_states[] = {PN_SEAT_STATES(PN_WORD_ROW){0}};
const pn_words pn_order_channels[] = {PN_ORDER_CHANNELS(PN_WORD_ROW){0}};

// clang-format off
static const pn_edge edges[] = {
    {"PENDING_PAY", "paid",            "PAID",         0, NULL},
    {"PENDING_PAY", "expire",          "CLOSED",       0, NULL},
    {"PENDING_PAY", "cancel",          "CLOSED",       0, NULL},
    {"CLOSED",      "late_paid",       "PAID",         0, NULL},
    {"PENDING_PAY", "group_paid",      "GROUP_WAITING", 0, NULL},
    {"CLOSED",      "group_paid",      "GROUP_WAITING", 0, NULL},
    {"GROUP_WAITING", "group_success", "PAID",       0, NULL},
    {"GROUP_WAITING", "quit",          "REFUNDING",  0, NULL},
    {"GROUP_WAITING", "group_fail",    "REFUNDING",  0, NULL},
    {"GRAB_PENDING_AUTH", "authorised", "GRAB_WAITING",   0, NULL},
    {"GRAB_PENDING_AUTH", "expire",    "GRAB_CANCELLED", 0, NULL},
    {"GRAB_PENDING_AUTH", "cancel",    "GRAB_CANCELLED", 0, NULL},
    {"GRAB_WAITING", "raise_cap",      "GRAB_WAITING",   0, NULL},
    {"GRAB_WAITING", "match",          "PAID",           0, NULL},
    {"GRAB_WAITING", "capture_failed", "GRAB_WAITING",   0, NULL},
    {"GRAB_WAITING", "capture_given_up", "GRAB_FAILED",  0, NULL},
    {"GRAB_WAITING", "cancel",         "GRAB_CANCELLED", 0, NULL},
    {"GRAB_WAITING", "deadline",       "GRAB_FAILED",    0, NULL},
    {"OFFLINE_DRAFT", "collect",       "OFFLINE_COLLECTED", 0, NULL},
    {"OFFLINE_DRAFT", "expire",        "CLOSED",         0, NULL},
    {"OFFLINE_DRAFT", "cancel",        "CLOSED",         0, NULL},
    {"OFFLINE_COLLECTED", "finance_confirm", "PAID",     0, NULL},
    {"OFFLINE_COLLECTED", "finance_reject",  "CLOSED",   0, NULL},
    {"CLOSED",      "late_refund",     "REFUNDING",    0, NULL},
    {"PAID",        "dispatch_ok",     "DISPATCHED",   0, NULL},
    {"DISPATCHED",  "allocated",       "ALLOCATED",    0, NULL},
    {"DISPATCHED",  "shipped_part",    "PART_SHIPPED", 0, NULL},
    {"DISPATCHED",  "shipped",         "SHIPPED",      0, NULL},
    {"ALLOCATED",   "shipped_part",    "PART_SHIPPED", 0, NULL},
    {"ALLOCATED",   "shipped",         "SHIPPED",      0, NULL},
    {"PART_SHIPPED","shipped",         "SHIPPED",      0, NULL},
    {"SHIPPED",     "signed",          "SIGNED",       0, NULL},
    {"SIGNED",      "complete",        "COMPLETED",    0, NULL},
    {"PAID",        "refund_apply",    "REFUNDING",    0, NULL},
    {"DISPATCHED",  "refund_apply",    "REFUNDING",    0, NULL},
    {"ALLOCATED",   "refund_apply",    "REFUNDING",    0, NULL},
    {"PART_SHIPPED","refund_apply",    "REFUNDING",    0, NULL},
    {"SHIPPED",     "refund_apply",    "REFUNDING",    0, NULL},
    {"SIGNED",      "refund_apply",    "REFUNDING",    0, NULL},
    {"COMPLETED",   "refund_apply",    "REFUNDING",    0, NULL}, /* and settled: only forced */
    {"PAID",        "unfulfillable",   "REFUNDING",    0, NULL},
    {"DISPATCHED",  "unfulfillable",   "REFUNDING",    0, NULL},
    {"ALLOCATED",   "unfulfillable",   "REFUNDING",    0, NULL},
    {"REFUNDING",   "refund_done",     "REFUNDED",     0, NULL},
    /* A rejected refund goes back where it came from; the refund remembers the state. */
    {"REFUNDING",   "back_PAID",         "PAID",         0, NULL},
    {"REFUNDING",   "back_DISPATCHED",   "DISPATCHED",   0, NULL},
    {"REFUNDING",   "back_ALLOCATED",    "ALLOCATED",    0, NULL},
    {"REFUNDING",   "back_PART_SHIPPED", "PART_SHIPPED", 0, NULL},
    {"REFUNDING",   "back_SHIPPED",      "SHIPPED",      0, NULL},
    {"REFUNDING",   "back_SIGNED",       "SIGNED",       0, NULL},
    {"REFUNDING",   "back_COMPLETED",    "COMPLETED",    0, NULL},
    /* Distribution: locked by contract, confirmed out of the account, issued at once. */
    {"DIST_LOCKED", "unlock",          "DIST_RELEASED", 0, NULL},
    {"DIST_LOCKED", "ttl",             "DIST_RELEASED", 0, NULL},
    {"DIST_LOCKED", "confirm",         "DIST_CONFIRMED", 0, NULL},
    {"DIST_CONFIRMED", "issue",        "ISSUED",       0, NULL},
    {"ISSUED",      "direct_refund",   "DIST_REFUNDED", 0, NULL},
    {"ISSUED",      "complete",        "COMPLETED",    0, NULL},
    /* An order of a channel was paid there. */
    {"MAPPED",      "accept",          "PAID",         0, NULL},
    {0}};
// clang-format on

const pn_sql pni_order_move_sql = {"order_move", &pn_move_t, NULL,
    "update orders set status = :to, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and status = :from", false};

const pn_fsm pni_order_fsm = {N_("order"), pn_order_states, edges, &pni_order_move_sql};

const char *pni_order_paid_state(void)
{
    return pni_order_issue_hook ? "ALLOCATED" : "PAID";
}

int pni_order_paid_event(pn *p, int64_t order_id, const char *to)
{
    bool group = strcmp(to, "GROUP_WAITING") == 0;
    return pn_outbox(p, group ? "order.group_paid" : "order.paid", order_id, NULL, NULL, NULL);
}

int pni_order_paid_steps(pn *p, int64_t order_id, const char *from, const char *event,
                         const char *to)
{
    if (strcmp(to, "GROUP_WAITING") == 0)
        return pni_stepped(p, &pni_order_fsm, order_id, from, "group_paid", NULL);
    PN_TRY(pni_stepped(p, &pni_order_fsm, order_id, from, event, NULL));
    if (strcmp(to, "ALLOCATED") != 0)
        return 0;
    PN_TRY(pni_stepped(p, &pni_order_fsm, order_id, "PAID", "dispatch_ok", NULL));
    return pni_stepped(p, &pni_order_fsm, order_id, "DISPATCHED", "allocated", NULL);
}
