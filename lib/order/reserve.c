/* SPDX-License-Identifier: Apache-2.0 */
/* reserve.c — see reserve_int.h. Whether returned tickets are withheld again is asked of the quota
 * as it is now: it may have been changed since the order was placed. */
#include "order/reserve_int.h"

#include <string.h>

#define R(f, ...) PN_COL(pni_reserve, f, #f, __VA_ARGS__)
static PN_TYPE(reserve_t, "order.reserve", pni_reserve, R(order_id), R(source_id), R(tier_id),
    R(source), R(qty), R(device), R(address));
#undef R
const pn_sql pni_reserve_put_sql = {"reserve_put", &reserve_t, NULL,
    "insert into order_reserve (sk, order_id, source, source_id, tier_id, qty, device,"
    "  address) select (u.o & 4095)::int, u.o, u.source, u.id, u.tier, u.qty, u.device, u.address"
    " from unnest(:order_id, :source, :source_id, :tier_id, :qty, :device, :address)"
    "  u(o, source, id, tier, qty, device, address)",
    .array = true};
const pn_sql pni_reserve_agency_sql = {"reserve_agency", &reserve_t, NULL,
    "update agency_quota q set used = q.used + x.n from (select u.id, u.tier, sum(u.qty)::int as n"
    "  from unnest(:source, :source_id, :tier_id, :qty) u(source, id, tier, qty)"
    "  where u.source = 'AGENCY' group by u.id, u.tier) x"
    " where q.sk = (x.tier & 4095)::int and q.agency_id = x.id and q.tier_id = x.tier",
    .array = true};

const pn_sql pni_reserve_seckill_sql = {"reserve_seckill", &reserve_t, NULL,
    "update seckill a set taken = a.taken + x.n from (select u.id, sum(u.qty)::int as n"
    "  from unnest(:source_id, :qty) u(id, qty) group by u.id) x"
    " where a.sk = (x.id & 4095)::int and a.id = x.id", .array = true};

int pni_reserve_put(pn *p, const pni_reserve *r, size_t n)
{
    if (!n)
        return 0;
    PN_TRY(pn_queue(p, &pni_reserve_put_sql, r, n, NULL, NULL));
    return pn_queue(p, strcmp(r->source, "AGENCY") == 0 ? &pni_reserve_agency_sql
                                                        : &pni_reserve_seckill_sql, r, n, NULL,
                    NULL);
}

typedef struct back_in { int64_t sk; pn_texts ids; } back_in;
static PN_TYPE(back_t, "order.reserve_back", back_in, PN_COL(back_in, sk, N_("Bucket")),
    PN_COL(back_in, ids, N_("Orders")));

/* `r` are rows (source_id, tier_id, qty) that a quota gets back. */
#define QUOTA_BACK(sk)                                                                             \
    " x as (select r.source_id, r.tier_id, sum(r.qty)::int as n from r where r.source = 'AGENCY'"  \
    "  group by r.source_id, r.tier_id),"                                                          \
    " q as (update agency_quota q set used = q.used - x.n from x where q.sk = " sk                 \
    "  and q.agency_id = x.source_id and q.tier_id = x.tier_id),"                                  \
    " d as (select x.tier_id, x.n from x join agency_quota q on q.sk = " sk                        \
    "  and q.agency_id = x.source_id and q.tier_id = x.tier_id and q.dedicated)"
/* `from` are rows (tier_id, n) that are withheld again. */
#define HELD_AGAIN(sk, from)                                                                       \
    " update stock k set qty_held = k.qty_held + y.n from (select z.tier_id, sum(z.n)::int as n"   \
    "  from (" from ") z group by z.tier_id) y where k.sk = " sk " and k.lot_id = y.tier_id"

const pn_sql pni_reserve_back_sql = {"reserve_back", &back_t, NULL,
    "with r as materialized (select r.order_id, r.source, r.source_id, r.tier_id, r.qty,"
    "   r.device, r.address from order_reserve r where r.sk = :sk"
    "   and r.order_id = any ((:ids)::bigint[]) and r.qty > 0 order by r.order_id for update),"
    " f as (update order_reserve f set qty = 0 from r where f.sk = :sk"
    "  and f.order_id = r.order_id),"
    QUOTA_BACK(":sk") ","
    " s as (select r.source_id, r.tier_id, sum(r.qty)::int as n from r where r.source = 'SECKILL'"
    "  group by r.source_id, r.tier_id),"
    " a as (update seckill a set taken = a.taken - s.n from s where a.sk = :sk"
    "  and a.id = s.source_id),"
    " g as (update seckill_guest g set qty = g.qty - v.n from (select r.source_id, i.key,"
    "   sum(r.qty)::int as n from r join orders o on o.sk = :sk and o.id = r.order_id"
    "   cross join unnest(o.limit_keys || array[r.device, r.address]) i(key)"
    "   where r.source = 'SECKILL'"
    "   group by r.source_id, i.key) v"
    "  where g.sk = :sk and g.seckill_id = v.source_id and g.key = v.key)"
    HELD_AGAIN(":sk", "select d.tier_id, d.n from d union all select s.tier_id, s.n from s"
               " join seckill a on a.sk = :sk and a.id = s.source_id and a.state <> 'ENDED'"),
    false};

int pni_reserve_back(pn *p, int sk, const void *ids, size_t stride, size_t n)
{
    back_in in = {sk, {pn_alloc(p, (n + 1) * sizeof *in.ids.v), n}};
    for (size_t i = 0; in.ids.v && i < n; i++) {
        const int64_t *id = (const void *)((const char *)ids + i * stride);
        if (!(in.ids.v[i] = pn_printf(p, "%lld", (long long)*id)))
            in.ids.v = NULL;
    }
    if (!in.ids.v)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    return pn_queue(p, &pni_reserve_back_sql, &in, 0, NULL, NULL);
}

typedef struct less_in { int64_t order_id; int qty; } less_in;
static PN_TYPE(less_t, "order.reserve_less", less_in, PN_COL(less_in, order_id, N_("Order")),
    PN_COL(less_in, qty, N_("Quantity")));
const pn_sql pni_reserve_less_sql = {"reserve_less", &less_t, NULL,
    "with o as (update order_reserve r set qty = r.qty - :qty where r.sk = :order_id#"
    "  and r.order_id = :order_id and r.source = 'AGENCY'"
    "  returning r.source, r.source_id, r.tier_id),"
    " r as (select o.source, o.source_id, o.tier_id, :qty as qty from o),"
    QUOTA_BACK(":order_id#") HELD_AGAIN(":order_id#", "select d.tier_id, d.n from d"), false};

int pni_reserve_less(pn *p, int64_t order_id, int n)
{
    return pn_queue(p, &pni_reserve_less_sql, &(less_in){order_id, n}, 0, NULL, NULL);
}
