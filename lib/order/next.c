/* SPDX-License-Identifier: Apache-2.0 */
/* next.c — what whoever looks at an order may do with it now: the events that the state table has
 * from its state, as the operations that bring them about and that are open to him. */
#include "order/order_int.h"
#include "order/payment.h"
#include "order/refund.h"

// clang-format off
static const struct { const char *from, *event, *noun, *verb; } ways[] = { /* from NULL: any */
    {"PENDING_PAY",       "paid",            "payment", "cash"},
    {"PENDING_PAY",       "paid",            "payment", "create"},
    {"PENDING_PAY",       "cancel",          "order",   "extend"},
    {"PENDING_PAY",       "cancel",          "order",   "cancel"},
    {"OFFLINE_DRAFT",     "collect",         "order",   "collect"},
    {"OFFLINE_DRAFT",     "cancel",          "order",   "cancel"},
    {"OFFLINE_COLLECTED", "finance_confirm", "order",   "confirm"},
    {"OFFLINE_COLLECTED", "finance_reject",  "order",   "reject"},
    {"GRAB_WAITING",      "raise_cap",       "grab",    "raise"},
    {"GRAB_PENDING_AUTH", "cancel",          "grab",    "cancel"},
    {"GRAB_WAITING",      "cancel",          "grab",    "cancel"},
    {"GROUP_WAITING",     "quit",            "group",   "quit"},
    {"ALLOCATED",         "shipped",         "ticket",  "print"},
    {"PART_SHIPPED",      "shipped",         "ticket",  "print"},
    {NULL,                "shipped",         "order",   "handover"},
    {NULL,                "refund_apply",    "refund",  "quote"},
    {NULL,                "refund_apply",    "refund",  "apply"},
};
// clang-format on
enum { WAYS = sizeof ways / sizeof *ways };

#define NEXT(f, label, ...) PN_COL(pn_order_way, f, label, __VA_ARGS__)
const pn_type pni_order_next_t = {"order.next", sizeof(pn_order_way), (const pn_col[]){
    NEXT(what, N_("Action"), .flags = PN_BRIEF), NEXT(noun, N_("Noun")),
    NEXT(verb, N_("Verb")), {0}}}; /* whoever reads has the words, programs the names */

int pni_order_next(pn *p, pn_word status, pn_rows *out)
{
    pn_order_way *way = pn_alloc(p, WAYS * sizeof *way);
    if (!way)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    *out = (pn_rows){way, 0};
    for (size_t i = 0; i < WAYS; i++) {
        const pn_op *op = pn_op_find(ways[i].noun, ways[i].verb);
        const pn_edge *edge = pn_edge_find(&pni_order_fsm, status, ways[i].event);
        bool here = !ways[i].from || pn_word_is(pn_order_states, status, ways[i].from);
        if (op && edge && here && pn_may(p, op))
            way[out->n++] = (pn_order_way){pn_tr(op->brief), op->noun, op->verb};
    }
    return 0;
}
