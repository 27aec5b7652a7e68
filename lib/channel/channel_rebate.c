/* SPDX-License-Identifier: Apache-2.0 */
/* channel_rebate.c — P11: a whole bracket of what a channel's orders came to in the month in which
 * they completed. A distributor has it added to what it paid ahead, a shop owes so much less. What
 * is counted again later and comes to less is taken back. */
#include "channel/channel_rebate.h"

#include "base/policy_int.h"
#include "base/when_int.h"
#include "catalog/row_int.h"
#include "channel/channel.h"
#include "channel/channel_int.h"
#include "ledger/ledger_int.h"
#include "merchant/rebate_int.h"

static const pn_edge edges[] = {{"CALCULATED", "post", "POSTED", 0, NULL}, {0}};
static const pn_sql move_sql = {"channel_rebate_move", &pn_move_t, NULL,
    "update channel_rebate set state = :to, posted_at = :now, updated_at = :now,"
    " version = version + 1 where sk = :id# and id = :id and state = :from", false};
static const pn_fsm flow = {N_("channel rebate"), pn_rebate_states, edges, &move_sql};

#define C(f, label, ...) PN_COL(pn_channel_rebate, f, label, __VA_ARGS__)
PN_TYPE(pn_channel_rebate_t, "channel_rebate", pn_channel_rebate,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "r.id", .ref = "channel_rebate"),
    C(channel_id, N_("Channel number"), .sql = "r.channel_id", .ref = "channel"),
    C(channel, N_("Channel"), .flags = PN_BRIEF | PN_SORT, .sql = "c.name"),
    C(month, N_("Month"), .flags = PN_BRIEF | PN_SORT, .sql = "r.month"),
    C(no, N_("Count"), .sql = "r.no"),
    C(orders_n, N_("Orders"), .flags = PN_BRIEF, .sql = "r.orders_n"),
    C(base_fen, N_("Completed"), .flags = PN_BRIEF | PN_SORT, .sql = "r.base_fen"),
    C(bp, N_("Rebate rate"), .flags = PN_BRIEF, .sql = "r.bp"),
    C(amount_fen, N_("Amount"), .flags = PN_BRIEF | PN_SORT, .sql = "r.amount_fen"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_rebate_states, .sql = "r.state"),
    C(created_at, N_("Created"), .flags = PN_SORT, .sql = "r.created_at"),
    C(posted_at, N_("Posted at"), .sql = "r.posted_at"));
#undef C
static const pn_list_spec list_spec = {.row = &pn_channel_rebate_t,
    .from = "channel_rebate r join channel c on c.id = r.channel_id",
    .scope = "not exists (select from channel_member n where n.staff_id = :me"
             " and n.channel_id <> c.id)",
    .key = "r.id", .sort = "-id"};
enum { READERS = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_CHANNEL };
PN_OP_LIST(channel_rebate, list, list_spec, .brief = N_("List rebates of channels"),
           .out = &pn_channel_rebate_t, .may = READERS,
           .example = "pn channel_rebate list --where state=CALCULATED")

static PN_TYPE(show_t, "channel_rebate.show", struct pn_channel_rebate_show,
    PN_COL(struct pn_channel_rebate_show, id, N_("Rebate"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "channel_rebate"));
static PN_TYPE(calc_t, "channel_rebate.calc", struct pn_channel_rebate_calc,
    PN_COL(struct pn_channel_rebate_calc, channel, N_("Channel"), .flags = PN_REQ | PN_ARG,
           .ref = "channel"),
    PN_COL(struct pn_channel_rebate_calc, month, N_("Month"), .flags = PN_REQ | PN_ARG,
           .hint = N_("Any day of it")));
static PN_TYPE(post_t, "channel_rebate.post", struct pn_channel_rebate_post,
    PN_COL(struct pn_channel_rebate_post, id, N_("Rebate"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "channel_rebate"));

/* ---- what was sold ---- */

typedef struct sold { int64_t order_id, channel_id; } sold;
static PN_TYPE(sold_t, "channel_rebate.sold", sold, PN_COL(sold, order_id, ""),
    PN_COL(sold, channel_id, ""));
static const pn_sql whose_sql = {"channel_rebate_whose", &sold_t, &sold_t,
    "select channel_id, order_id from channel_order where sk = :order_id#"
    " and order_id = :order_id", false};
static const pn_sql sold_sql = {"channel_rebate_sold", &sold_t, NULL,
    "insert into channel_sale (sk, channel_id, order_id, at) values (:channel_id#, :channel_id,"
    " :order_id, :now) on conflict do nothing", false};

int pni_channel_sold(pn *p, int64_t order_id)
{
    sold s;
    int rc = pn_one(p, &whose_sql, &(sold){.order_id = order_id}, &s);
    if (rc)
        return rc == PN_ENONE ? 0 : rc;
    return pn_exec(p, &sold_sql, &s, NULL);
}

/* ---- counted ---- */

typedef struct sums {
    int64_t id, channel_id, base_fen, orders_n, paid_fen, amount_fen, bp;
    pn_date month;
    pn_time from, to;
    int no;
} sums;
#define S(f) PN_COL(sums, f, #f)
static PN_TYPE(sums_t, "channel_rebate.sums", sums, S(id), S(channel_id), S(base_fen), S(orders_n),
    S(paid_fen), S(amount_fen), S(bp), S(month), S(from), S(to), S(no));
#undef S
typedef struct outlet { int64_t id; const char *name; pn_word kind; } outlet;
static PN_TYPE(outlet_t, "channel_rebate.outlet", outlet, PN_COL(outlet, id, ""),
    PN_COL(outlet, name, ""), PN_COL(outlet, kind, "", .words = pn_outlet_kinds));
/* Nobody else counts meanwhile. */
static const pn_sql outlet_sql = {"channel_rebate_outlet", &outlet_t, &outlet_t,
    "select id, name, kind from channel where id = :id for update", false};
/* What an order came to, less what was refunded of it since, whichever book it was paid from. */
static const pn_sql sums_sql = {"channel_rebate_sums", &sums_t, &sums_t,
    "select coalesce(sum(x.fen), 0)::bigint as base_fen, count(*) filter (where x.fen > 0)"
    "  as orders_n,"
    " (select coalesce(sum(r.amount_fen), 0)::bigint from channel_rebate r"
    "  where r.sk = :channel_id# and r.channel_id = :channel_id and r.month = :month) as paid_fen,"
    " (select coalesce(max(r.no), 0) + 1 from channel_rebate r where r.sk = :channel_id#"
    "  and r.channel_id = :channel_id and r.month = :month) as no"
    " from channel_sale s cross join lateral (select abs(coalesce(sum(m.amount_fen), 0))::bigint"
    "   as fen from channel_move m where m.sk = s.sk and m.order_id = s.order_id"
    "    and m.channel_id = s.channel_id and m.kind in ('ORDER', 'REFUND')) x"
    " where s.sk = :channel_id# and s.channel_id = :channel_id and s.at >= :from"
    "  and s.at < :to", false};
static const pn_sql put_sql = {"channel_rebate_put", &sums_t, NULL,
    "insert into channel_rebate (sk, id, channel_id, month, no, base_fen, bp, orders_n, amount_fen,"
    " state, created_at, updated_at) values (:id#, :id, :channel_id, :month, :no, :base_fen,"
    " :bp::int, :orders_n, :amount_fen, 'CALCULATED', :now, :now)", false};
static const pn_sql due_sql = {"channel_rebate_due", &sums_t, &pni_one_id_t,
    "select c.id from channel c where exists (select from channel_sale s"
    "  where s.sk = (c.id & 4095)::int and s.channel_id = c.id and s.at >= :from and s.at < :to)"
    " order by 1", false};
static const pn_sql open_sql = {"channel_rebate_open", NULL, &pni_one_id_t,
    "select id from channel_rebate where state = 'CALCULATED' order by created_at, id limit 500",
    false};

static void whole_month(sums *s, int64_t day)
{
    s->month.days = pni_month_of(day, 0);
    s->from.us = s->month.days * PNI_DAY_US - PNI_ZONE_US;
    s->to.us = pni_month_of(day, 1) * PNI_DAY_US - PNI_ZONE_US;
}

static int show(pn *p, const struct pn_channel_rebate_show *in, pn_channel_rebate *out)
{
    return pni_row(p, &channel_rebate_list_op, in->id, out);
}

static int calc(pn *p, const struct pn_channel_rebate_calc *in, pn_channel_rebate *out)
{
    sums which = {.channel_id = in->channel}, s;
    outlet c;
    whole_month(&which, in->month.days);
    if (which.to.us > pn_now(p).us)
        return pn_fail(p, PN_ESTATE, "month", "%s", pn_tr("This month is not over"));
    PN_TRY(pn_one(p, &outlet_sql, &(outlet){.id = in->channel}, &c));
    if (c.kind.v != PN_OUTLET_SALES && c.kind.v != PN_OUTLET_AGENT)
        return pn_fail(p, PN_ESTATE, "channel", pn_tr("%s does not sell for us"), c.name);
    PN_TRY(pn_one(p, &sums_sql, &which, &s));
    s.channel_id = in->channel;
    s.month = which.month;
    PN_TRY(pni_rebate_bracket(p, s.base_fen, &s.bp));
    s.amount_fen = pni_bp(s.base_fen, s.bp) - s.paid_fen;
    if (!s.amount_fen)
        return pn_fail(p, PN_ESTATE, "channel", "%s",
                       pn_tr("Nothing is due for this month, or it was counted already"));
    PN_TRY(pn_new_id(p, pn_sk(in->channel), &s.id));
    PN_TRY(pn_exec(p, &put_sql, &s, NULL));
    PN_TRY(pni_stepped(p, &flow, s.id, NULL, "calc", NULL));
    PN_TRY(pni_row(p, &channel_rebate_list_op, s.id, out));
    return pn_audit(p, "channel_rebate", s.id, &pn_channel_rebate_t, NULL, out, NULL);
}

/* ---- posted ---- */

static int book(pn *p, const pn_channel_rebate *r, bool ahead, int64_t fen)
{
    pni_channel_money m = {.channel_id = r->channel_id, .ref = r->id,
                           .book = ahead ? "PREPAID" : "RECEIVABLE",
                           .kind = ahead ? "REBATE" : "REBATE_DUE", .fen = ahead ? fen : -fen};
    return fen ? pni_channel_move(p, &m, NULL) : 0;
}

/* What a distributor has not ahead to be taken back, it owes. */
static int grant(pn *p, const pn_channel_rebate *r, bool agent)
{
    pni_balance has[PNI_KINDS];
    PN_TRY(pni_owner_balances(p, r->channel_id, has));
    int64_t fen = r->amount_fen.fen, free = has[PNI_KIND_AGENT_PREPAID].balance_fen.fen;
    int64_t ahead = !agent ? 0 : fen > -(free > 0 ? free : 0) ? fen : -(free > 0 ? free : 0);
    PN_TRY(book(p, r, true, ahead));
    return book(p, r, false, fen - ahead);
}

static int post(pn *p, const struct pn_channel_rebate_post *in, pn_channel_rebate *out)
{
    pn_channel_rebate r;
    outlet c;
    PN_TRY(pni_row(p, &channel_rebate_list_op, in->id, &r));
    PN_TRY(pn_step(p, &flow, in->id, r.state, "post", NULL, NULL));
    PN_TRY(pn_one(p, &outlet_sql, &(outlet){.id = r.channel_id}, &c));
    PN_TRY(grant(p, &r, c.kind.v == PN_OUTLET_AGENT));
    PN_TRY(pni_row(p, &channel_rebate_list_op, in->id, out));
    return pn_audit(p, "channel_rebate", in->id, &pn_channel_rebate_t, &r, out, NULL);
}

PN_OP(channel_rebate, show, pn_channel_rebate, .brief = N_("Show a rebate of a channel"),
      .in = &show_t, .out = &pn_channel_rebate_t, .may = READERS)
PN_OP(channel_rebate, calc, pn_channel_rebate, .brief = N_("Count a channel's rebate of a month"),
      .help = N_("Of its orders that completed in it, less what was refunded of them. Counting "
                 "again later gives the difference, which may be to be paid back."),
      .in = &calc_t, .out = &pn_channel_rebate_t, .may = PN_ROLE_FINANCE | PN_ROLE_SYSTEM,
      .flags = PN_WRITE | PN_ONCE, .example = "pn channel_rebate calc timemachine 2026-11-01",
      .lasting = N_("Counting again later gives the difference"))
PN_OP(channel_rebate, post, pn_channel_rebate, .brief = N_("Book a rebate of a channel"),
      .help = N_("A distributor has it added to what it paid ahead, a shop owes so much less."),
      .in = &post_t, .out = &pn_channel_rebate_t, .may = PN_ROLE_FINANCE | PN_ROLE_SYSTEM,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .lasting = N_("It is in the books: an adjustment puts it right"))

/* ---- by itself, on the days of the others ---- */

static int day_of(pn *p, const char *policy, bool *come)
{
    int64_t today = pni_local_day(pn_now(p)), day = 0;
    PN_TRY(pni_policy(p, policy, &day));
    *come = today - pni_month_of(today, 0) + 1 >= day;
    return 0;
}

/* Last month's; the months before are counted again with it. */
static int calc_all(pn *p, int64_t *done)
{
    int64_t first = pni_month_of(pni_local_day(pn_now(p)), 0);
    bool come = false;
    PN_TRY(day_of(p, "rebate.calc_day", &come));
    for (int back = 0; come && back < 3; back++) {
        sums which = {0};
        pn_rows rows;
        whole_month(&which, first - 1);
        first = which.month.days;
        PN_TRY(pn_all(p, &due_sql, &which, &rows));
        pn_each(pni_one_id, c, &rows)
        {
            pn_channel_rebate r;
            struct pn_channel_rebate_calc in = {c->id, which.month};
            int rc = pn_channel_rebate_calc(p, &in, &r);
            if (rc && rc != PN_ESTATE)
                return rc;
            *done += !rc;
        }
    }
    return 0;
}

static int post_all(pn *p, int64_t *done)
{
    pn_rows rows = {0};
    bool come = false;
    PN_TRY(day_of(p, "rebate.post_day", &come));
    if (come)
        PN_TRY(pn_all(p, &open_sql, NULL, &rows));
    pn_each(pni_one_id, r, &rows)
    {
        pn_channel_rebate out;
        PN_TRY(pn_channel_rebate_post(p, &(struct pn_channel_rebate_post){r->id}, &out));
        ++*done;
    }
    return 0;
}
static const pn_job calc_job = {"channel_rebate_calc",
    N_("Count the channels' rebates of last month"), 86400, calc_all};
static const pn_job post_job = {"channel_rebate_post", N_("Book counted rebates of channels"),
                                86400, post_all};

const pn_module pn_channel_rebate_module = {
    "channel_rebate", N_("Rebates of channels"),
    .ops = PN_LIST(pn_op, &channel_rebate_list_op, &channel_rebate_show_op,
                   &channel_rebate_calc_op, &channel_rebate_post_op),
    .sql = PN_LIST(pn_sql, &move_sql, &whose_sql, &sold_sql, &outlet_sql, &sums_sql, &put_sql,
                   &due_sql, &open_sql),
    .fsm = PN_LIST(pn_fsm, &flow), .jobs = PN_LIST(pn_job, &calc_job, &post_job),
};
