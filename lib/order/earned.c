/* SPDX-License-Identifier: Apache-2.0 */
/* earned.c — a completed order is earned: what its sellers get becomes lines of settlement. A
 * merchant sells at its price; an organiser's own tickets earn what they were sold for, less our
 * part by his contract. Without a contract they stay in escrow until there is one. */
#include <string.h>

#include "base/policy_int.h"
#include "channel/channel_int.h"
#include "ledger/ledger_int.h"
#include "merchant/settlement_int.h"
#include "order/book_int.h"

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "earned.id", id_in, PN_COL(id_in, id, N_("Number")));
typedef struct sum { pn_money fen; } sum;
static PN_TYPE(sum_t, "earned.sum", sum, PN_COL(sum, fen, "fen"));

/* The tickets that stay sold: a refund that takes them waits, or is waited for. */
#define SOLD                                                                                       \
    "with e as materialized (select item_no, list_fen, merch_fen from order_seat"                  \
    " where sk = :id# and order_id = :id and state = 'SOLD' for share) "

#define E(f) PN_COL(pni_earned, f, #f)
static PN_TYPE(earned_t, "earned.merchant", pni_earned, E(merchant_id), E(order_id), E(order_no),
    E(qty), E(settle_fen), E(commission_fen), E(markup_fen));
#undef E
/* Of every merchant: what it gets for its tickets, less its own discounts; what of the asking price
 * is ours; and what the buyer paid above it. */
const pn_sql pni_earned_sql = {"earned_merchants", &by_id_t, &earned_t,
    SOLD "select k.merchant_id, o.id as order_id, o.no as order_no, count(*)::int as qty,"
    " sum(i.settle_fen - e.merch_fen)::bigint as settle_fen,"
    " sum(i.ask_fen - i.settle_fen)::bigint as commission_fen,"
    " sum(e.list_fen - i.ask_fen)::bigint as markup_fen"
    " from orders o cross join e"
    " join order_item i on i.sk = :id# and i.order_id = o.id and i.no = e.item_no"
    " join stock k on k.sk = :id# and k.lot_id = i.lot_id and k.merchant_id is not null"
    " where o.sk = :id# and o.id = :id group by 1, 2, 3 order by 1", false};

typedef struct share {
    int64_t merchant_id, order_id;
    const char *order_no;
    int qty, fee_bp;
    pn_money sold_fen, fee_fixed_fen;
    pn_time end_at;
} share;
#define S(f) PN_COL(share, f, #f)
static PN_TYPE(share_t, "earned.share", share, S(merchant_id), S(order_id), S(order_no), S(qty),
    S(fee_bp), S(sold_fen), S(fee_fixed_fen), S(end_at));
#undef S
const pn_sql pni_earned_share_sql = {"earned_share", &by_id_t, &share_t,
    SOLD "select g.merchant_id, o.id as order_id, o.no as order_no, count(*)::int as qty,"
    " g.fee_bp, g.fee_fixed_fen, sum(e.list_fen - e.merch_fen)::bigint as sold_fen,"
    " coalesce(s.end_at, s.start_at) as end_at"
    " from orders o join session s on s.id = o.session_id join show h on h.id = o.show_id"
    " join organiser g on g.id = h.organiser_id and g.state = 'ACTIVE'"
    " cross join e join order_item i on i.sk = :id# and i.order_id = o.id and i.no = e.item_no"
    " join stock k on k.sk = :id# and k.lot_id = i.lot_id and k.merchant_id is null"
    " where o.sk = :id# and o.id = :id and not " PNI_DIRECT("o.id")
    " group by 1, 2, 3, 5, 6, 8", false};
const pn_sql pni_earned_fees_sql = {"earned_fees", &by_id_t, &sum_t,
    "select case when " PNI_DIRECT("o.id") " then 0 else o.delivery_fen + o.service_fen end as fen"
    " from orders o where o.sk = :id# and o.id = :id", false};

/* A ticket given away has no part of ours. */
static int put_share(pn *p, const share *s)
{
    int64_t fee = pni_bp(s->sold_fen.fen, s->fee_bp) + s->fee_fixed_fen.fen;
    if (fee > s->sold_fen.fen)
        fee = s->sold_fen.fen;
    pni_earned e = {.merchant_id = s->merchant_id, .order_id = s->order_id,
                    .order_no = s->order_no, .kind = "SHARE", .qty = s->qty, .end_at = s->end_at,
                    .settle_fen = {s->sold_fen.fen - fee}, .commission_fen = {fee}};
    return pni_settle_line_put(p, &e);
}

static int share_of(pn *p, int64_t order_id)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &pni_earned_share_sql, &(id_in){order_id}, &rows));
    pn_each(share, s, &rows)
        PN_TRY(put_share(p, s));
    return 0;
}

static int completed(pn *p, int64_t order_id, const char *payload)
{
    pni_doc d = {.rule = "READY", .biz_kind = "ORDER", .biz_id = order_id, .step = "REST",
                 .sale = pn_sk(order_id)};
    pn_rows rows = {0};
    sum fees;
    id_in id = {order_id};
    (void)payload;
    PN_TRY(pn_queue(p, &pni_earned_sql, &id, 0, &rows, NULL));
    PN_TRY(pn_one(p, &pni_earned_fees_sql, &id, &fees));
    pn_each(pni_earned, e, &rows)
        PN_TRY(pni_settle_line_put(p, e));
    PN_TRY(share_of(p, order_id));
    PN_TRY(pni_channel_sold(p, order_id));
    d.delivery_fen = fees.fen;
    return pni_post_later(p, &d);
}
const pn_event pni_earned_event = {"order.completed", completed};

/* ---- and goes back ---- */

#define U(f) PN_COL(pni_unearned, f, #f)
static PN_TYPE(unearned_t, "earned.back", pni_unearned, U(merchant_id), U(order_id), U(refund_id),
    U(kind), U(order_no), U(refund_no), U(qty), U(settle_fen), U(commission_fen), U(markup_fen));
#undef U
#define OF(own, merchants)                                                                         \
    "sum(case when k.merchant_id is null then " own " else " merchants " end)"
const pn_sql pni_earned_back_sql = {"earned_back", &by_id_t, &unearned_t,
    "select coalesce(k.merchant_id, g.merchant_id) as merchant_id, r.order_id, r.id as refund_id,"
    " case when k.merchant_id is null then 'SHARE' else 'ORDER' end as kind, o.no as order_no,"
    " r.no as refund_no, count(*)::int as qty, "
    OF("e.list_fen - e.merch_fen", "i.settle_fen - e.merch_fen") "::bigint as settle_fen, "
    OF("0", "i.ask_fen - i.settle_fen") "::bigint as commission_fen, "
    OF("0", "e.list_fen - i.ask_fen") "::bigint as markup_fen"
    " from refund r join orders o on o.sk = :id# and o.id = r.order_id"
    " join show h on h.id = o.show_id left join organiser g on g.id = h.organiser_id"
    " join order_seat e on e.sk = :id# and e.order_id = r.order_id and e.no = any (r.seats)"
    " join order_item i on i.sk = :id# and i.order_id = r.order_id and i.no = e.item_no"
    " join stock k on k.sk = :id# and k.lot_id = i.lot_id"
    " where r.sk = :id# and r.id = :id and coalesce(k.merchant_id, g.merchant_id) is not null"
    " group by 1, 2, 3, 4, 5, 6 order by 1, 4", false};
const pn_sql pni_earned_sent_sql = {"earned_sent", &by_id_t, &sum_t,
    "select (r.amount_fen - (select coalesce(sum(e.refund_fen), 0) from order_seat e"
    "  where e.sk = :id# and e.order_id = r.order_id and e.no = any (r.seats)))::bigint as fen"
    " from refund r where r.sk = :id# and r.id = :id", false};

int pni_earned_back(pn *p, int64_t refund_id)
{
    pni_doc d = {.rule = "REFUND_SETTLED", .biz_kind = "REFUND", .biz_id = refund_id,
                 .step = "SETTLED", .sale = pn_sk(refund_id)};
    pn_rows rows = {0};
    sum sent;
    id_in id = {refund_id};
    PN_TRY(pn_queue(p, &pni_earned_back_sql, &id, 0, &rows, NULL));
    PN_TRY(pn_one(p, &pni_earned_sent_sql, &id, &sent));
    pn_each(pni_unearned, u, &rows)
        PN_TRY(pni_settle_back(p, u));
    d.delivery_fen = sent.fen;
    return sent.fen.fen ? pni_post_later(p, &d) : 0;
}

#define K(f) PN_COL(pni_kept_fee, f, #f)
static PN_TYPE(kept_t, "earned.kept", pni_kept_fee, K(merchant), K(order_id), K(order_no),
    K(keep_fen));
#undef K
#define KEPT "refund.kept"

int pni_earned_kept(pn *p, const pni_kept_fee *k, int64_t refund_id)
{
    return pn_outbox(p, KEPT, refund_id, &kept_t, k, NULL);
}

static int kept(pn *p, int64_t refund_id, const char *payload)
{
    pni_kept_fee k;
    PN_TRY(pn_from_json(p, &kept_t, payload, strlen(payload), &k));
    pni_adjust a = {.merchant_id = k.merchant, .order_id = k.order_id, .kind = "REFUND_FEE",
                    .biz_id = refund_id, .fen = k.keep_fen.fen, .note = k.order_no};
    return pni_settle_adjust(p, &a);
}
const pn_event pni_earned_kept_event = {KEPT, kept};

/* ---- a contract that came late ---- */

enum { PAGE = 200 };
typedef struct after { int64_t organiser, after; } after;
static PN_TYPE(after_t, "earned.after", after, PN_COL(after, organiser, "organiser"),
    PN_COL(after, after, "after"));
const pn_sql pni_earned_unshared_sql = {"earned_unshared", &after_t, &by_id_t,
    "select o.id from show h join session s on s.show_id = h.id"
    " join orders o on o.sk = (s.id & 4095)::int and o.session_id = s.id"
    "  and o.status = 'COMPLETED' and o.id > :after"
    " where h.organiser_id = :organiser order by o.id limit 200", false};

/* What is settled with already is met again and left. */
static int contract(pn *p, int64_t organiser, const char *payload)
{
    after at = {0};
    pn_rows rows;
    if (payload && *payload)
        PN_TRY(pn_from_json(p, &after_t, payload, strlen(payload), &at));
    at.organiser = organiser;
    PN_TRY(pn_all(p, &pni_earned_unshared_sql, &at, &rows));
    pn_each(id_in, o, &rows)
    {
        PN_TRY(share_of(p, o->id));
        at.after = o->id;
    }
    return rows.n < PAGE ? 0
                         : pn_outbox(p, PNI_ORGANISER_SET, organiser, &after_t, &at, NULL);
}
const pn_event pni_earned_contract_event = {PNI_ORGANISER_SET, contract};
