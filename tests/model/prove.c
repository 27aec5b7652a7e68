/* SPDX-License-Identifier: Apache-2.0 */
/* prove.c — when all actors rest: the books, the invariants by name, the orders that exist against
 * the answers that were given. The product's own check derives its figures; the statements here
 * say the invariants again in other words, straight from the rows. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model_int.h"
#include "report/check.h"

/* Each selects the number of rows that break it. */
#define LIVE "e.state in ('HELD', 'SOLD', 'REFUNDING')"
#define SEATS                                                                                      \
    "order_seat e join orders o on o.sk = e.sk and o.id = e.order_id"                              \
    " join order_item i on i.sk = e.sk and i.order_id = e.order_id and i.no = e.item_no"
static const struct { const char *name, *sql; } invariants[] = {
    {"I01 no lot is oversold",
     "select count(*) from stock where qty_locked < 0 or qty_sold < 0 or qty_held < 0"
     " or qty_held + qty_locked + qty_sold > qty_total"},
    {"I01 a lot's live seats fit in it",
     "select count(*) from (select s.lot_id, s.qty_total, (select count(*) from " SEATS
     "  where i.sk = s.sk and i.lot_id = s.lot_id and " LIVE ") as n from stock s) x"
     " where n > qty_total"},
    {"I02 a seat has one live claim",
     "select count(*) from (select 1 from order_seat e join orders o on o.sk = e.sk"
     " and o.id = e.order_id where e.seat_block is not null and " LIVE
     " group by e.sk, e.seat_block, e.seat_bit having count(*) > 1) x"},
    {"I03 a numbered seat is offered once",
     "select count(*) from (select 1 from seat_claim group by sk, session_id, seat_key"
     " having count(*) > 1) x"},
    {"I04 no session above its capacity",
     "select count(*) from (select s.id from session s join stock k on k.session_id = s.id"
     "  and k.merchant_id is null where s.approved_capacity > 0 group by s.id"
     "  having sum(k.qty_total) > max(s.approved_capacity)) x"},
    {"I06 an order costs its seats, parcel and service",
     /* while the money of a grab is captured its order has the amounts of its wish */
     "select count(*) from orders o left join grab_capture c on c.sk = o.sk and c.order_id = o.id"
     " where (o.kind <> 'GRAB' or exists (select from order_item i"
     "  where i.sk = o.sk and i.order_id = o.id)) and coalesce(c.payable_fen - c.delivery_fen"
     "  - c.service_fen, o.payable_fen - o.delivery_fen - o.service_fen) <> (select"
     "  coalesce(sum(e.list_fen - e.disc_fen - e.points_fen), 0) from order_seat e"
     "  where e.sk = o.sk and e.order_id = o.id)"},
    {"I06 what was received is paid, returned or on its way back",
     "select count(*) from orders o where (select coalesce(sum(received_fen), 0) from payment y"
     "  where y.sk = o.sk and y.order_id = o.id) <> o.paid_fen"
     " + (select coalesce(sum(r.amount_fen), 0) from refund r where r.sk = o.sk"
     "  and r.order_id = o.id and r.reason in ('DUPLICATE', 'MISMATCH'))"},
    {"I07 a seat's list price is what bears it",
     "select count(*) from order_seat where list_fen <> paid_fen + points_fen + disc_fen"
     " or disc_fen < merch_fen + chan_fen or least(paid_fen, points_fen, merch_fen, chan_fen) < 0"},
    {"I08 no seat below what its seller gets",
     "select count(*) from " SEATS " where i.settle_fen > 0"
     " and e.paid_fen + e.points_fen + e.disc_fen - e.merch_fen < i.settle_fen - e.merch_fen"},
    {"a price is one that the offer had",
     "select count(*) from order_item i join listing l on l.sk = i.sk and l.id = i.lot_id"
     " where not exists (select from price_history h where h.sk = i.sk and h.listing_id = l.id"
     "  and h.sale_fen = i.unit_fen and h.settle_fen = i.settle_fen)"},
    {"I14 an order within the show's limit",
     "select count(*) from orders o join show h on h.id = o.show_id"
     " where o.qty > h.purchase_limit_order"},
    {"I14 a buyer within the session's limit, by account, telephone and document",
     "select count(*) from (select o.session_id, k.key from orders o"
     "  join order_seat e on e.sk = o.sk and e.order_id = o.id and " LIVE
     "  join show h on h.id = o.show_id and h.purchase_limit_user > 0"
     "  cross join unnest(o.limit_keys) k(key) group by o.session_id, k.key"
     "  having count(*) > max(h.purchase_limit_user)) x"},
    {"I14 a line within the offer's least and most",
     "select count(*) from order_item i join listing l on l.sk = i.sk and l.id = i.lot_id"
     " where i.qty < l.min_buy or (l.max_buy > 0 and i.qty > l.max_buy)"},
    {"I15 a whole lot goes whole",
     "select count(*) from order_item i join listing l on l.sk = i.sk and l.id = i.lot_id"
     " join stock k on k.sk = i.sk and k.lot_id = i.lot_id"
     " where l.split_policy = 'WHOLE' and i.qty <> k.qty_total"},
    {"I15 pairs go in pairs",
     "select count(*) from order_item i join listing l on l.sk = i.sk and l.id = i.lot_id"
     " where l.split_policy = 'MULTIPLE' and i.qty % l.split_multiple <> 0"},
    {"I16 nobody leaves one ticket",
     "select count(*) from stock k join listing l on l.sk = k.sk and l.id = k.lot_id"
     " where l.no_single_left and k.seat_stamp = 0"
     " and k.qty_total - k.qty_held - k.qty_locked - k.qty_sold = 1"},
    {"I18 nothing is sold after the end of the sale",
     "select count(*) from orders o join session s on s.id = o.session_id"
     " where o.created_at >= s.stop_sale_at"},
    {"I18 nothing is sold of a show offline or a session closed",
     "select count(*) from orders o join session s on s.id = o.session_id"
     " join show h on h.id = o.show_id where h.status <> 'PUBLISHED' or s.status = 'CLOSED'"},
    {"I18 nothing is sold of an offer that is always paused",
     "select count(*) from order_item i join listing l on l.sk = i.sk and l.id = i.lot_id"
     " where l.code like 'l5-%'"},
    {"I31 a channel's number stands for one order",
     "select count(*) from (select 1 from orders where ext_no is not null group by channel, ext_no"
     " having count(*) > 1) x"},
    {"I31 an order's number stands for one order",
     "select count(*) from (select 1 from orders group by no having count(*) > 1) x"},
    {"I35 a document holds one live ticket of a session",
     "select count(*) from (select 1 from " SEATS " where e.doc_hash is not null and " LIVE
     " group by o.session_id, e.doc_hash having count(*) > 1) x"},
    {"I35 every live ticket of a real-name show has a document",
     "select count(*) from " SEATS " join show h on h.id = o.show_id"
     " where h.realname_mode in ('TICKET', 'STRICT') and e.doc_hash is null"},
    /* … and so does a grab while the holder of its money is asked, whoever crashes meanwhile */
    {"an unpaid order holds, another does not",
     "select count(*) from orders o where (o.status in ('PENDING_PAY', 'DIST_LOCKED')"
     "  or (o.status = 'GRAB_WAITING' and exists (select from grab_request g"
     "   where g.sk = o.sk and g.order_id = o.id and g.open and not g.waiting)))"
     " <> exists (select"
     " from stock_lock l where l.sk = o.sk and l.order_id = o.id and l.state = 'ACTIVE')"},
};

/* What other kinds of orders add; tables that are empty in a market without them break nothing. */
static const struct { const char *name, *sql; } kinds_too[] = {
    {"I02 the seats of a row are as their orders say",
     "select count(*) from seat_block b left join lateral (select"
     "  coalesce(bit_or(1::bigint << e.seat_bit::int) filter (where e.state = 'HELD'), 0) as busy,"
     "  coalesce(bit_or(1::bigint << e.seat_bit::int)"
     "   filter (where e.state in ('SOLD', 'REFUNDING')), 0) as sold"
     "  from order_seat e where e.sk = b.sk and e.seat_block = b.id) x on true"
     " where b.busy <> x.busy or b.sold <> x.sold"},
    {"I05 a large show withholds no more than it may",
     "select count(*) from session s join show h on h.id = s.show_id and h.is_large"
     " where (select coalesce(sum(y.qty), 0) from seat_hold y where y.session_id = s.id"
     "  and y.state = 'ACTIVE' and y.kind in ('ORGANISER', 'HOUSE', 'GIFT', 'WORK'))"
     "  > s.approved_capacity * 15 / 100"},
    {"I17 seats that are sold side by side are side by side",
     "select count(*) from (select from " SEATS " join listing l on l.sk = i.sk"
     "  and l.id = i.lot_id and l.contiguous where e.seat_block is not null"
     "  group by e.sk, e.order_id, e.item_no having count(distinct e.seat_block) > 1"
     "   or max(e.seat_bit) - min(e.seat_bit) + 1 <> count(*)) x"},
    {"I20 a seat lies in one zone of the live cut",
     "select count(*) from zone_row a join zone_row b on b.sk = a.sk"
     " and b.zone_plan_id = a.zone_plan_id and b.plan_row_id = a.plan_row_id"
     " and b.zone_id > a.zone_id join zone_plan z on z.sk = a.sk and z.id = a.zone_plan_id"
     " and z.state = 'LIVE' where a.seats & b.seats <> 0"},
    {"I20 a taken seat keeps its tier",
     "select count(*) from " SEATS " join seat_block b on b.sk = e.sk and b.id = e.seat_block"
     " where " LIVE " and b.lot_id <> i.lot_id"},
    {"I20 a taken seat is a seat of its row",
     "select count(*) from order_seat e left join seat_block b on b.sk = e.sk"
     " and b.id = e.seat_block where e.seat_block is not null and " LIVE
     " and coalesce(b.mask >> e.seat_bit::int & 1, 0) <> 1"},
    {"I27 an activity sells what it has",
     "select count(*) from seckill a where a.taken + a.offered > a.stock or a.taken <>"
     " (select coalesce(sum(r.qty), 0) from order_reserve r where r.sk = a.sk"
     "  and r.source = 'SECKILL' and r.source_id = a.id)"},
    {"I27 a person has his share of it",
     "select count(*) from (select from order_reserve r join seckill a on a.sk = r.sk"
     "  and a.id = r.source_id join orders o on o.sk = r.sk and o.id = r.order_id"
     "  where r.source = 'SECKILL' and r.qty > 0 group by a.id, o.user_id, a.limit_qty"
     "  having sum(r.qty) > a.limit_qty) x"},
    {"I27 its price is for its time",
     "select count(*) from order_reserve r join seckill a on a.sk = r.sk and a.id = r.source_id"
     " join orders o on o.sk = r.sk and o.id = r.order_id where r.source = 'SECKILL'"
     " and (o.created_at < a.open_at or o.created_at >= a.close_at"
     "  or o.goods_fen - o.discount_fen <> a.price_fen * o.qty)"},
    {"I28 a group is complete when so many have paid",
     "select count(*) from group_buy g where g.paid > g.size or (g.state = 'SUCCESS')"
     " <> (g.paid + g.vacant = g.size) or g.paid <> (select count(*) from group_member m"
     "  where m.sk = g.sk and m.group_id = g.id and m.state = 'PAID')"},
    {"I28 a person is once in a group",
     "select count(*) from (select from group_member m join orders o on o.sk = m.sk"
     "  and o.id = m.order_id where m.state = 'PAID' group by m.group_id, o.buyer"
     "  having count(*) > 1) x"},
    {"I31 a distributor's number stands for one order",
     "select count(*) from (select from channel_order group by channel_id, ext_no"
     "  having count(*) > 1) x"},
    {"a contract counts what is locked or sold under it",
     "select count(*) from agency_quota q where q.used > q.total or q.used <>"
     " (select coalesce(sum(r.qty), 0) from order_reserve r where r.sk = q.sk"
     "  and r.source = 'AGENCY' and r.source_id = q.agency_id and r.tier_id = q.tier_id)"},
    {"a channel's account is what was moved",
     "select count(*) from ledger_account a where a.kind = 'AGENT_PREPAID'"
     " and a.credit_fen - a.debit_fen <> (select coalesce(sum(m.amount_fen), 0)"
     "  from channel_move m where m.sk = a.sk and m.channel_id = a.owner"
     "  and m.book = 'PREPAID')"},
    {"I09 what the ledger has on one side it has on the other",
     "select count(*) from (select sk from ledger_account group by sk"
     " having sum(debit_fen) <> sum(credit_fen)) x"},
    {"a grab never costs more than its cap",
     "select count(*) from grab_request g join order_item i on i.sk = g.sk"
     " and i.order_id = g.order_id where i.unit_fen > g.cap_fen"},
};

static int64_t deadlocks_before, frozen_before[SESSIONS_MAX];

static int64_t deadlocks(void)
{
    return sql_int("select deadlocks from pg_stat_database where datname = current_database()");
}

static int64_t orders_of(const market_session *s)
{
    char sql[200];
    snprintf(sql, sizeof sql, "select count(*) from orders where kind <> 'GRAB' and"
             " session_id = %" PRId64, s->id);
    return sql_int(sql);
}

void prove_begin(void)
{
    deadlocks_before = deadlocks();
    for (int i = 0; i < shop.sessions; i++)
        frozen_before[i] = orders_of(&shop.session[i]);
}

static void prove_check(void)
{
    pn_check_report r = {0};
    pn_ctx *ctx = model_ctx(3);
    pn *p = pn_begin(ctx);
    pn_act_as(p, &(pn_actor){.kind = 'O', .id = 1, .login = "model", .roles = PN_ROLE_ADMIN,
                             .via = "test"});
    pn_set_now(p, (pn_time){the->now});
    pn_set_timeout(p, 600000);
    if (pn_check_run(p, &(struct pn_check_run){0}, &r))
        blame("check run: %s", pn_error(p)->message);
    pn_each(pn_check, c, &r.checks)
    {
        if (c->drift)
            blame("check %s: %lld of %lld rows do not add up, one is %s", c->name,
                  (long long)c->drift, (long long)c->seen, c->sample ? c->sample : "?");
    }
    pn_end(p);
    pn_ctx_close(ctx);
}

static int by_id(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The orders that exist, sorted; those of other kinds are not asked for by a seed. */
static int64_t *existing(PGconn *conn, size_t *n)
{
    PGresult *res = PQexec(conn, "select id from orders o where kind = 'TICKET' and not exists"
                            " (select from order_reserve r where r.sk = o.sk and r.order_id = o.id)"
                            " order by id");
    *n = (size_t)PQntuples(res);
    int64_t *id = calloc(*n + 1, sizeof *id);
    for (size_t i = 0; id && i < *n; i++)
        id[i] = strtoll(PQgetvalue(res, (int)i, 0), NULL, 10);
    PQclear(res);
    return id;
}

/* Nobody was told of an order that is not there, and none is there that nobody was told of. */
static void prove_answers(void)
{
    PGconn *conn = PQconnectdb(model_dsn);
    size_t n = 0, told = 0;
    int64_t *there = existing(conn, &n), asks = the->asks;
    int64_t *known = calloc((size_t)asks + 1, sizeof *known);
    PQfinish(conn);
    if (!there || !known) {
        blame("out of memory");
        return;
    }
    for (int64_t i = 0; i < asks; i++)
        if (the->ask[i].state == ASKED_TOLD)
            known[told++] = the->ask[i].order;
        else if (the->ask[i].state == ASKED_SENT)
            blame("request %016llx was never answered", (unsigned long long)the->ask[i].seed);
    qsort(known, told, sizeof *known, by_id);
    for (size_t i = 0; i < told && i < n && !the->failed; i++)
        if (known[i] != there[i])
            blame("order %lld exists, but somebody was told of %lld", (long long)there[i],
                  (long long)known[i]);
    if (told != n)
        blame("%zu orders exist, %zu were answered", n, told);
    free(there);
    free(known);
}

void prove(void)
{
    if (the->calls != the->answers && !run.fire)
        blame("%lld calls, %lld answers", (long long)the->calls, (long long)the->answers);
    prove_answers();
    for (size_t i = 0; i < sizeof invariants / sizeof *invariants; i++) {
        int64_t n = sql_int(invariants[i].sql);
        if (n)
            blame("%s: %lld rows break it", invariants[i].name, (long long)n);
    }
    for (size_t i = 0; i < sizeof kinds_too / sizeof *kinds_too; i++) {
        int64_t n = sql_int(kinds_too[i].sql);
        if (n)
            blame("%s: %lld rows break it", kinds_too[i].name, (long long)n);
    }
    for (int i = 0; i < shop.sessions; i++)
        if (shop.session[i].frozen && orders_of(&shop.session[i]) != frozen_before[i] &&
            sql_int("select count(*) from session where status = 'SUSPENDED' and code = 'se1'"))
            blame("I18 a suspended session sold");
    prove_check();
    if (!run.fire && deadlocks() != deadlocks_before)
        blame("%lld deadlocks", (long long)(deadlocks() - deadlocks_before));
}
