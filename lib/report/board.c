/* SPDX-License-Identifier: Apache-2.0 */
/* board.c — today, counted from the rows themselves: two statements in one round trip, both over an
 * index on time, so that the screen may ask often. */
#include "board.h"
#include "base/sql_int.h"

static PN_TYPE(session_t, "board.session", pn_board_session,
    PN_COL(pn_board_session, session_id, N_("Session"), .flags = PN_KEY, .ref = "session"),
    PN_COL(pn_board_session, start_at, N_("Starts"), .flags = PN_BRIEF),
    PN_COL(pn_board_session, show, N_("Show"), .flags = PN_BRIEF),
    PN_COL(pn_board_session, venue, N_("Venue"), .flags = PN_BRIEF),
    PN_COL(pn_board_session, sold, N_("Sold"), .flags = PN_BRIEF),
    PN_COL(pn_board_session, total, N_("Total"), .flags = PN_BRIEF),
    PN_COL(pn_board_session, admitted, N_("Admitted"), .flags = PN_BRIEF));

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
    PN_COL(pn_board, sessions, N_("Sessions of today"), .of = &session_t));

#define DAY "date_trunc('day', :now::timestamptz, 'Asia/Shanghai')"
#define TODAY(column) column " >= " DAY " and " column " < " DAY " + interval '1 day'"
#define MINE(show) "(:my_organiser::bigint is null or " show ".organiser_id = :my_organiser)"

/* An order is paid within its hold, so yesterday's submissions hold every payment of today. */
static const pn_sql figures = {"board_figures", NULL, &board_t,
    "select (:now::timestamptz at time zone 'Asia/Shanghai')::date as day,"
    " count(*) filter (where " TODAY("o.paid_at") ") as orders,"
    " coalesce(sum(o.qty) filter (where " TODAY("o.paid_at") "), 0)::bigint as tickets,"
    " coalesce(sum(o.paid_fen) filter (where " TODAY("o.paid_at") "), 0)::bigint as sales_fen,"
    " coalesce(sum(o.refunded_fen) filter (where " TODAY("o.paid_at") "), 0)::bigint"
    " as refunds_fen,"
    " count(*) filter (where o.status = 'PENDING_PAY' and o.hold_expires_at > :now) as unpaid,"
    " (select count(*) from alarm a where a.state <> 'CLOSED' and :my_organiser::bigint is null"
    "  and :my_merchant::bigint is null) as alarms,"
    " (select count(*) from job_run j where j.state = 'FAILED'"
    "  and j.started_at > :now::timestamptz - interval '1 day') as jobs_failed,"
    " (select coalesce(sum(coalesce(cardinality(e.refs), 1)), 0)::bigint from outbox e"
    "  where e.due_at < :now::timestamptz - interval '1 minute')"
    " as events_late"
    " from orders o where o.created_at >= " DAY " - interval '1 day'"
    " and (:my_organiser::bigint is null or exists (select from show h where h.id = o.show_id"
    " and h.organiser_id = :my_organiser))"};

static const pn_sql sessions = {"board_sessions", NULL, &session_t,
    "select s.id as session_id, s.start_at, h.title as show, v.name as venue,"
    " k.sold, k.total, (select count(*) from ticket t where t.sk = (s.id & 4095)::int"
    " and t.session_id = s.id and t.state in ('VERIFIED', 'EXITED')) as admitted"
    " from session s join show h on h.id = s.show_id join hall x on x.id = s.hall_id"
    " join venue v on v.id = x.venue_id"
    " cross join lateral (select coalesce(sum(a.qty_sold), 0)::bigint as sold,"
    " coalesce(sum(a.qty_total), 0)::bigint as total from stock a"
    " where a.sk = (s.id & 4095)::int and a.session_id = s.id) k"
    " where " TODAY("s.start_at") " and " MINE("h") " order by s.start_at, s.id limit 200"};

static int today(pn *p, const struct pn_board_today *in, pn_board *out)
{
    pn_rows rows = {0};
    (void)in;
    PN_TRY(pn_queue(p, &sessions, NULL, 0, &rows, NULL));
    PN_TRY(pn_one(p, &figures, NULL, out));
    out->admitted = 0;
    pn_each(pn_board_session, s, &rows)
        out->admitted += s->admitted;
    out->sessions = rows;
    return 0;
}

PN_OP(board, today, pn_board, .brief = N_("Show the business day in figures"), .out = &board_t,
    .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_BOXOFFICE | PN_ROLE_GATE | PN_ROLE_ORGANISER |
           PN_ROLE_SYSTEM,
    .example = "pn board today")

const pn_module pn_board_module = {
    .noun = "board",
    .title = N_("Board"),
    .ops = PN_LIST(pn_op, &board_today_op),
    .sql = PN_LIST(pn_sql, &figures, &sessions),
};
