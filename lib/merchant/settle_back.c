/* SPDX-License-Identifier: Apache-2.0 */
/* settle_back.c — a refund of what was settled with its seller. The line that earned it says how
 * far it came: before its day it is less; afterwards the seller gives back, out of its pockets in
 * their order, and the rest is a debt. */
#include <string.h>

#include "base/policy_int.h"
#include "merchant/pockets_int.h"
#include "merchant/settlement_int.h"

#define U(f) PN_COL(pni_unearned, f, #f)
static PN_TYPE(unearned_t, "settle_line.unearned", pni_unearned, U(merchant_id), U(order_id),
    U(refund_id), U(kind), U(order_no), U(refund_no), U(qty), U(settle_fen), U(commission_fen),
    U(markup_fen));
#undef U
typedef struct found {
    int64_t id, merchant_id;
    pn_word state;
    int qty;
    pn_money settle_fen, commission_fen, markup_fen, back_fen;
} found;
#define F(f, ...) PN_COL(found, f, #f, __VA_ARGS__)
static PN_TYPE(found_t, "settle_line.found", found, F(id), F(merchant_id),
    F(state, .words = pn_settle_line_states), F(qty), F(settle_fen), F(commission_fen),
    F(markup_fen), F(back_fen));
#undef F
const pn_sql pni_settle_found = {"settle_line_found", &unearned_t, &found_t,
    "select id, state, qty, settle_fen, commission_fen, markup_fen, back_fen from settle_line"
    " where sk = :merchant_id# and order_id = :order_id and merchant_id = :merchant_id"
    " and kind = :kind and biz_id = 0 for update", false};
const pn_sql pni_settle_less = {"settle_line_less", &found_t, NULL,
    "update settle_line set qty = qty - :qty, settle_fen = settle_fen - :settle_fen,"
    " commission_fen = commission_fen - :commission_fen, markup_fen = markup_fen - :markup_fen,"
    " updated_at = :now, version = version + 1 where sk = :id# and id = :id and state = 'WAITING'",
    false};
const pn_sql pni_settle_gone = {"settle_line_gone", &found_t, NULL,
    "update settle_line set back_fen = back_fen + :back_fen, updated_at = :now,"
    " version = version + 1 where sk = :id# and id = :id", false};

static int64_t part(int64_t of, int64_t fen, int64_t all)
{
    return (int64_t)((__int128)of * fen / all);
}

/* Our part of a share, in the proportion of the line: of all refunds together, to the fen. */
static void apart(const found *l, found *less)
{
    int64_t ours = l->commission_fen.fen, sold = l->settle_fen.fen + ours;
    int64_t before = l->back_fen.fen, back = less->settle_fen.fen;
    if (sold <= 0)
        return;
    less->commission_fen.fen = part(ours, before + back, sold) - part(ours, before, sold);
    less->settle_fen.fen = back - less->commission_fen.fen;
}

static int take_back(pn *p, const pni_unearned *u, const found *less)
{
    pni_doc d = {.rule = "REFUND_SETTLED", .biz_kind = "REFUND", .biz_id = u->refund_id,
                 .sale = pn_sk(u->order_id), .memo = u->refund_no,
                 .step = pn_printf(p, "SETTLED-%lld", (long long)u->merchant_id),
                 .commission_fen = less->commission_fen, .markup_fen = less->markup_fen};
    pni_dues x = {.merchant = u->merchant_id, .order = u->order_id, .fen = less->settle_fen.fen,
                  .biz_kind = d.biz_kind, .biz_id = d.biz_id, .memo = d.memo,
                  .into = PNI_INTO_ESCROW, .sale = d.sale};
    int64_t deposits_fen;
    PN_TRY(pni_pockets_take(p, &x, &d, &deposits_fen));
    PN_TRY(pni_post_now(p, &d, pn_sk(u->merchant_id)));
    pni_adjust a = {.merchant_id = u->merchant_id, .order_id = u->order_id, .kind = "REFUND",
                    .biz_id = u->refund_id, .fen = -d.pending_fen.fen, .note = u->refund_no,
                    .order_no = u->order_no};
    return a.fen ? pni_settle_adjust(p, &a) : 0;
}

int pni_settle_back(pn *p, const pni_unearned *u)
{
    found l, less = {.merchant_id = u->merchant_id, .qty = u->qty, .settle_fen = u->settle_fen,
                     .commission_fen = u->commission_fen, .markup_fen = u->markup_fen};
    int rc = pn_one(p, &pni_settle_found, u, &l);
    if (rc)
        return rc == PN_ENONE ? 0 : rc;
    if (strcmp(u->kind, "SHARE") == 0)
        apart(&l, &less);
    less.id = l.id;
    if (l.state.v == PN_SETTLE_LINE_WAITING)
        return pn_exec(p, &pni_settle_less, &less, NULL);
    less.back_fen.fen = less.settle_fen.fen + less.commission_fen.fen + less.markup_fen.fen;
    PN_TRY(pn_exec(p, &pni_settle_gone, &less, NULL));
    return take_back(p, u, &less);
}
