/* SPDX-License-Identifier: Apache-2.0 */
/* board.c — today, counted from the rows themselves: a few statements in one round trip, each over
 * an index on time, so that the screen may ask often. */
#include "board_int.h"

const pn_words pn_board_days[] = {PN_BOARD_DAYS(PN_WORD_ROW){0}};

static PN_TYPE(session_t, "board.session", pn_board_session,
    PN_COL(pn_board_session, session_id, N_("Session"), .flags = PN_KEY, .ref = "session"),
    PN_COL(pn_board_session, start_at, N_("Starts"), .flags = PN_BRIEF),
    PN_COL(pn_board_session, show, N_("Show"), .flags = PN_BRIEF),
    PN_COL(pn_board_session, venue, N_("Venue"), .flags = PN_BRIEF),
    PN_COL(pn_board_session, sold, N_("Sold"), .flags = PN_BRIEF),
    PN_COL(pn_board_session, total, N_("Total"), .flags = PN_BRIEF),
    PN_COL(pn_board_session, admitted, N_("Admitted"), .flags = PN_BRIEF),
    PN_COL(pn_board_session, refused, N_("Refused at the gates"), .flags = PN_BRIEF));

static PN_TYPE(day_t, "board.day", pn_board_day,
    PN_COL(pn_board_day, which, N_("Which day"), .flags = PN_BRIEF, .words = pn_board_days),
    PN_COL(pn_board_day, day, N_("Day")),
    PN_COL(pn_board_day, orders, N_("Orders paid"), .flags = PN_BRIEF),
    PN_COL(pn_board_day, tickets, N_("Tickets sold"), .flags = PN_BRIEF),
    PN_COL(pn_board_day, sales_fen, N_("Sales"), .flags = PN_BRIEF),
    PN_COL(pn_board_day, refunds_fen, N_("Refunded"), .flags = PN_BRIEF));

static PN_TYPE(board_t, "board", pn_board,
    PN_COL(pn_board, day, N_("Day"), .flags = PN_BRIEF),
    PN_COL(pn_board, orders, N_("Orders paid"), .flags = PN_BRIEF),
    PN_COL(pn_board, tickets, N_("Tickets sold"), .flags = PN_BRIEF),
    PN_COL(pn_board, sales_fen, N_("Sales"), .flags = PN_BRIEF),
    PN_COL(pn_board, refunds_fen, N_("Refunded"), .flags = PN_BRIEF),
    PN_COL(pn_board, unpaid, N_("Awaiting payment"), .flags = PN_BRIEF),
    PN_COL(pn_board, admitted, N_("Admitted"), .flags = PN_BRIEF),
    PN_COL(pn_board, alarms, N_("Alarms"), .flags = PN_BRIEF),
    PN_COL(pn_board, jobs_failed, N_("Jobs failed")),
    PN_COL(pn_board, events_late, N_("Events waiting")),
    PN_COL(pn_board, offers, N_("Live offers"), .flags = PN_OPT),
    PN_COL(pn_board, offered, N_("Tickets on offer"), .flags = PN_OPT),
    PN_COL(pn_board, days, N_("Beside other days"), .of = &day_t),
    PN_COL(pn_board, sessions, N_("Sessions of today"), .of = &session_t));

#define DAY "date_trunc('day', :now::timestamptz, 'Asia/Shanghai')"
#define TODAY(column) column " >= " DAY " and " column " < " DAY " + interval '1 day'"
#define MINE(show) "(:my_organiser::bigint is null or " show ".organiser_id = :my_organiser)"

/* An order is paid within its hold, so the submissions of the day before hold every payment of a
 * day. Other days end at today's time of day. */
#define AGO "w.n * interval '24 hours'"
#define DAYS                                                                                       \
    "select w.which, (:now::timestamptz at time zone 'Asia/Shanghai')::date - w.n as day, k.*"     \
    " from (values ('TODAY', 0), ('YESTERDAY', 1), ('WEEK', 7)) w (which, n)"                      \
    " cross join lateral "
#define THAT_DAY                                                                                   \
    " where o.created_at >= " DAY " - (w.n + 1) * interval '24 hours'"                             \
    " and o.created_at <= :now::timestamptz - " AGO " and o.paid_at >= " DAY " - " AGO             \
    " and o.paid_at <= :now::timestamptz - " AGO
static const pn_sql days = {"board_days", NULL, &day_t,
    DAYS "(select y.orders, y.tickets, y.sales_fen, x.refunds_fen from"
    " (select count(*) as orders, coalesce(sum(o.qty), 0)::bigint as tickets,"
    " coalesce(sum(o.paid_fen), 0)::bigint as sales_fen from orders o" THAT_DAY
    " and (:my_organiser::bigint is null or exists (select from show h where h.id = o.show_id"
    " and h.organiser_id = :my_organiser))) y cross join"
    /* paid back on that day, whenever the order was paid; what only passed through was no sale */
    " (select coalesce(sum(r.amount_fen), 0)::bigint as refunds_fen from refund r"
    "  join orders o on o.sk = r.sk and o.id = r.order_id where r.state = 'DONE'"
    "  and r.reason not in ('DUPLICATE', 'MISMATCH') and r.done_at >= " DAY " - " AGO
    "  and r.done_at <= :now::timestamptz - " AGO " and (:my_organiser::bigint is null"
    "   or exists (select from show h where h.id = o.show_id"
    "    and h.organiser_id = :my_organiser))) x) k order by w.n"};
/* A merchant's part of the orders: his tickets, at the price the buyers paid, and what buyers had
 * back for them. */
static const pn_sql own_days = {"board_own_days", NULL, &day_t,
    DAYS "(select y.orders, y.tickets, y.sales_fen, x.refunds_fen from"
    " (select count(distinct o.id) as orders, coalesce(sum(i.qty), 0)::bigint as tickets,"
    " coalesce(sum(i.qty * i.unit_fen), 0)::bigint as sales_fen"
    " from orders o join order_item i on i.sk = o.sk and i.order_id = o.id"
    " join listing l on l.sk = i.sk and l.id = i.lot_id and l.merchant_id = :my_merchant" THAT_DAY
    ") y cross join (select coalesce(sum(e.refund_fen), 0)::bigint as refunds_fen from refund r"
    "  join order_seat e on e.sk = r.sk and e.order_id = r.order_id and e.no = any (r.seats)"
    "  join order_item i on i.sk = e.sk and i.order_id = e.order_id and i.no = e.item_no"
    "  join listing l on l.sk = i.sk and l.id = i.lot_id and l.merchant_id = :my_merchant"
    "  where r.state = 'DONE' and r.done_at >= " DAY " - " AGO
    "   and r.done_at <= :now::timestamptz - " AGO ") x) k order by w.n"};

static const pn_sql figures = {"board_figures", NULL, &board_t,
    "select (:now::timestamptz at time zone 'Asia/Shanghai')::date as day,"
    " (select count(*) from orders o where o.created_at >= " DAY " - interval '1 day'"
    "  and o.status = 'PENDING_PAY' and o.hold_expires_at > :now and (:my_organiser::bigint is null"
    "   or exists (select from show h where h.id = o.show_id"
    "    and h.organiser_id = :my_organiser))) as unpaid,"
    " (select count(*) from alarm a where a.state <> 'CLOSED' and :my_organiser::bigint is null)"
    "  as alarms,"
    " (select count(*) from job_run j where j.state = 'FAILED'"
    "  and j.started_at > :now::timestamptz - interval '1 day') as jobs_failed,"
    " (select coalesce(sum(coalesce(cardinality(e.refs), 1)), 0)::bigint from outbox e"
    /* by when it happened: each try that fails puts off when it is due */
    "  where e.at < :now::timestamptz - interval '1 minute')"
    " as events_late"};
static const pn_sql own_figures = {"board_own_figures", NULL, &board_t,
    "select (:now::timestamptz at time zone 'Asia/Shanghai')::date as day,"
    " (select count(*) from alarm a where a.state <> 'CLOSED' and a.merchant_id = :my_merchant)"
    "  as alarms, k.* from (select count(*) as offers,"
    "  coalesce(sum(a.qty_total - a.qty_held - a.qty_locked - a.qty_sold), 0)::bigint as offered"
    "  from listing l join stock a on a.sk = l.sk and a.lot_id = l.id"
    "  where l.merchant_id = :my_merchant and l.state = 'LIVE') k"};

/* Merchants see how their own tickets go; who was let in is not theirs to know. */
static const pn_sql sessions = {"board_sessions", NULL, &session_t,
    "select s.id as session_id, s.start_at, h.title as show, v.name as venue,"
    " k.sold, k.total, (select count(*) from ticket t where t.sk = (s.id & 4095)::int"
    "  and t.session_id = s.id and t.state in ('VERIFIED', 'EXITED')"
    "  and :my_merchant::bigint is null) as admitted,"
    " coalesce(r.refused, 0) as refused"
    " from session s join show h on h.id = s.show_id join hall x on x.id = s.hall_id"
    " join venue v on v.id = x.venue_id"
    " left join (select e.session_id, count(*) as refused from scan_event e"
    "  where e.at >= " DAY " and e.result not like 'OK%' and e.result <> 'OVERRIDE'"
    "  and e.result <> 'REVERSED' and :my_merchant::bigint is null group by e.session_id) r"
    "  on r.session_id = s.id"
    " cross join lateral (select coalesce(sum(a.qty_sold), 0)::bigint as sold,"
    " coalesce(sum(a.qty_total), 0)::bigint as total from stock a"
    " where a.sk = (s.id & 4095)::int and a.session_id = s.id"
    " and (:my_merchant::bigint is null or a.merchant_id = :my_merchant)) k"
    " where " TODAY("s.start_at") " and " MINE("h")
    " and (:my_merchant::bigint is null or k.total > 0) order by s.start_at, s.id limit 200"};

static int today(pn *p, const struct pn_board_today *in, pn_board *out)
{
    bool own = pn_who(p)->merchant != 0;
    pn_rows rows = {0}, beside = {0};
    (void)in;
    PN_TRY(pn_queue(p, &sessions, NULL, 0, &rows, NULL));
    PN_TRY(pn_queue(p, own ? &own_days : &days, NULL, 0, &beside, NULL));
    PN_TRY(pn_one(p, own ? &own_figures : &figures, NULL, out));
    out->admitted = 0;
    pn_each(pn_board_session, s, &rows)
        out->admitted += s->admitted;
    out->sessions = rows;
    out->days = beside;
    pn_each(pn_board_day, d, &beside)
    {
        if (d->which.v != PN_BOARD_TODAY)
            continue;
        out->orders = d->orders;
        out->tickets = d->tickets;
        out->sales_fen = d->sales_fen;
        out->refunds_fen = d->refunds_fen;
    }
    return 0;
}

enum { READERS = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_BOXOFFICE | PN_ROLE_GATE |
                 PN_ROLE_ORGANISER | PN_ROLE_MERCHANT | PN_ROLE_SYSTEM };
PN_OP(board, today, pn_board, .brief = N_("Show the business day in figures"), .out = &board_t,
    .help = N_("Beside yesterday and the day a week ago as they stood at this time of day."),
    .may = READERS, .example = "pn board today")
static int waits(pn *p, const struct pn_board_waits *in, pn_board_waiting *out)
{
    (void)in;
    return pni_board_waits(p, out);
}
PN_OP(board, waits, pn_board_waiting, .brief = N_("Show what waits for somebody"),
    .out = &pni_board_waiting_t,
    .help = N_("What waits longest stands first; each line is a list with a filter."),
    .may = READERS, .example = "pn board waits")

const pn_module pn_board_module = {
    .noun = "board",
    .title = N_("Board"),
    .ops = PN_LIST(pn_op, &board_today_op, &board_waits_op),
    .sql = PN_LIST(pn_sql, &figures, &own_figures, &days, &own_days, &sessions),
};
