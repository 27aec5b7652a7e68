/* SPDX-License-Identifier: Apache-2.0 */
/* prepaid.c — the channel pays: its account is the purse, so paying and paying back are done at
 * once and no provider is asked. */
#include "order/prepaid_int.h"

#include "channel/channel_int.h"
#include "order/hook_int.h"
#include "order/payment.h"

typedef struct pay_in { int64_t order_id, id; const char *from, *to; pn_word method; } pay_in;
static PN_TYPE(pay_in_t, "payment.prepay_in", pay_in, PN_COL(pay_in, order_id, N_("Order")),
    PN_COL(pay_in, id, N_("Number")), PN_COL(pay_in, from, N_("From")),
    PN_COL(pay_in, to, N_("To")), PN_COL(pay_in, method, N_("Method"), .words = pn_pay_methods));
typedef struct paid { int64_t id; pn_money payable_fen; pn_word status; } paid;
static PN_TYPE(paid_t, "payment.prepaid", paid, PN_COL(paid, id, N_("Order")),
    PN_COL(paid, payable_fen, N_("Payable")),
    PN_COL(paid, status, N_("State"), .words = pn_order_states));

/* Stock first, then the order, then the payment: the product's lock order. */
const pn_sql pni_prepay_sql = {"payment_prepay", &pay_in_t, &paid_t,
    "with l as materialized (select lot_id, qty from stock_lock where sk = :order_id#"
    "  and order_id = :order_id and state = 'ACTIVE'),"
    " k as materialized (select k.lot_id from stock k where k.sk = :order_id#"
    "  and k.lot_id in (select l.lot_id from l) order by k.lot_id for update),"
    " o as (update orders o set status = case when :method = 'PREPAID' then :to else "
    PNI_PAID_STATE(":order_id#") " end, paid_fen = o.payable_fen, paid_at = :now,"
    "   legs = o.legs + 1, updated_at = :now, version = o.version + 1"
    "  where o.sk = :order_id# and o.id = :order_id and o.status = :from"
    "   and o.hold_expires_at > :now and (select count(*) from k) > 0"
    "  returning o.id, o.legs, o.payable_fen, o.status),"
    PNI_SELL(":order_id#")
    " py as (insert into payment (sk, id, order_id, leg_no, method, amount_fen, received_fen,"
    "   staff_id, state, created_at, expires_at, paid_at, updated_at)"
    "  select :order_id#, :id, o.id, o.legs, :method, o.payable_fen, o.payable_fen, :me,"
    "   'SUCCESS', :now, :now, :now, :now from o where o.payable_fen > 0)"
    " select id, payable_fen, status from o", false};

int pni_prepay(pn *p, const pni_prepay_how *how, pn_word *status)
{
    pay_in in = {.order_id = how->order_id, .from = how->from, .to = how->to,
                 .method = {(int16_t)how->method}};
    pn_rows rows = {0};
    int64_t affected = -1;
    PN_TRY(pn_new_id(p, pn_sk(how->order_id), &in.id));
    PN_TRY(pn_queue(p, &pni_prepay_sql, &in, 0, &rows, &affected));
    if (pni_order_issue_hook)
        PN_TRY(pni_order_issue_hook(p, how->order_id));
    if (affected < 0)
        PN_TRY(pn_sync(p));
    if (rows.n != 1)
        return pn_fail(p, PN_ESTATE, "order", "%s", pn_tr("The order cannot be paid"));
    const paid *o = rows.row;
    bool prepaid = how->method == PN_PAY_PREPAID;
    *status = o->status;
    if (!o->payable_fen.fen)
        return 0;
    pni_channel_money m = {.channel_id = how->channel_id, .order_id = o->id, .ref = o->id,
                           .kind = "ORDER", .book = prepaid ? "PREPAID" : "RECEIVABLE",
                           .fen = prepaid ? -o->payable_fen.fen : o->payable_fen.fen};
    return pni_channel_move(p, &m, NULL);
}

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "payment.order", id_in, PN_COL(id_in, id, N_("Order")));
const pn_sql pni_prepay_channel_sql = {"payment_channel", &by_id_t, &by_id_t,
    "select channel_id as id from channel_order where sk = :id# and order_id = :id"
    " union all select payee_id from payment where sk = :id# and order_id = :id"
    "  and method = 'PROXY_PAY' and payee_id is not null limit 1", false};

int pni_prepay_back(pn *p, int64_t order_id, int64_t refund_id, int method, int64_t fen)
{
    id_in channel;
    bool prepaid = method == PN_PAY_PREPAID || method == PN_PAY_PROXY_PAY;
    PN_TRY(pn_one(p, &pni_prepay_channel_sql, &(id_in){order_id}, &channel));
    pni_channel_money m = {.channel_id = channel.id, .order_id = order_id, .ref = refund_id,
                           .kind = "REFUND", .book = prepaid ? "PREPAID" : "RECEIVABLE",
                           .fen = prepaid ? fen : -fen};
    return pni_channel_move(p, &m, NULL);
}
