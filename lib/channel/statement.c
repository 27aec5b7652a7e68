/* SPDX-License-Identifier: Apache-2.0 */
/* statement.c — what a channel had on a day: before, what came and went, after. Made when the day
 * is over, from the channel's moves; a day that was missed is made up for; what is made stays. */
#include "base/policy_int.h"
#include "base/when_int.h"
#include "channel/channel_int.h"

typedef struct until { pn_date day; } until;
static PN_TYPE(until_t, "channel.until", until, PN_COL(until, day, "day"));
/* The first of a book begins with its first move; a day on which nothing moved has one, too. */
const pn_sql pni_statement_make_sql = {"statement_make", &until_t, NULL,
    "insert into channel_statement (sk, channel_id, book, day, opening_fen, topup_fen, payout_fen,"
    " order_n, order_fen, refund_n, refund_fen, share_fen, received_fen, rebate_fen,"
    " closing_fen, made_at)"
    " select b.sk, b.channel_id, b.book, g.day::date, b.base + x.net - x.today, x.topup, x.payout,"
    "  x.order_n, x.orders, x.refund_n, x.refunds, x.shares, x.received, x.rebates, b.base + x.net,"
    "  :now"
    " from (select (c.id & 4095)::int as sk, c.id as channel_id, k.book,"
    "   coalesce(l.day + 1, (f.at at time zone 'Asia/Shanghai')::date) as since,"
    "   coalesce(l.closing_fen, 0) as base"
    "  from channel c cross join (values ('PREPAID'), ('RECEIVABLE')) k(book)"
    "  left join lateral (select s.day, s.closing_fen from channel_statement s"
    "   where s.sk = (c.id & 4095)::int and s.channel_id = c.id and s.book = k.book"
    "   order by s.day desc limit 1) l on true"
    "  left join lateral (select m.at from channel_move m where l.day is null"
    "   and m.sk = (c.id & 4095)::int and m.channel_id = c.id and m.book = k.book"
    "   order by m.at limit 1) f on true) b"
    " cross join lateral generate_series(b.since, :day::date, interval '1 day') g(day)"
    " cross join lateral (select coalesce(sum(m.amount_fen), 0)::bigint as net,"
    "   coalesce(sum(m.amount_fen) filter (where m.today), 0)::bigint as today,"
    "   coalesce(sum(m.amount_fen) filter (where m.today and m.kind = 'TOPUP'), 0)::bigint"
    "    as topup, coalesce(sum(m.amount_fen) filter (where m.today and m.kind = 'PAYOUT'), 0)"
    "    ::bigint as payout, count(*) filter (where m.today and m.kind = 'ORDER') as order_n,"
    "   coalesce(sum(m.amount_fen) filter (where m.today and m.kind = 'ORDER'), 0)::bigint"
    "    as orders, count(*) filter (where m.today and m.kind = 'REFUND') as refund_n,"
    "   coalesce(sum(m.amount_fen) filter (where m.today and m.kind = 'REFUND'), 0)::bigint"
    "    as refunds, coalesce(sum(m.amount_fen) filter (where m.today"
    "     and m.kind in ('SHARE', 'SHARE_BACK')), 0)::bigint as shares,"
    "   coalesce(sum(m.amount_fen) filter (where m.today and m.kind = 'RECEIVED'), 0)::bigint"
    "    as received, coalesce(sum(m.amount_fen) filter (where m.today"
    "     and m.kind in ('REBATE', 'REBATE_DUE')), 0)::bigint as rebates"
    "   from (select m.kind, m.amount_fen,"
    "    m.at >= g.day::date::timestamp at time zone 'Asia/Shanghai' as today"
    "    from channel_move m where m.sk = b.sk and m.channel_id = b.channel_id"
    "     and m.book = b.book and m.at >= b.since::timestamp at time zone 'Asia/Shanghai'"
    "     and m.at < (g.day::date + 1)::timestamp at time zone 'Asia/Shanghai') m) x"
    " on conflict do nothing", false};

/* What began before midnight is written by then, or never will be. */
#define LATEST_US (15 * INT64_C(60000000))

static int make(pn *p, int64_t *done)
{
    pn_time then = {pn_now(p).us - LATEST_US};
    until in = {.day = {(int32_t)pni_local_day(then) - 1}};
    return pn_exec(p, &pni_statement_make_sql, &in, done);
}

const pn_job pni_statement_job = {"statement_agent", N_("Make channels' statements of yesterday"),
                                  3600, make};
