/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox_board.c — the sandbox's first screen: a day that never ends, and what was done on it. */
#include "config.h"
#include "sandbox_int.h"

#include <stdlib.h>
#include <string.h>

enum { SESSIONS = 9, EVENTS = 30, MINUTE = 60, TODAY = 20780 };

static const pn_words which[] = {{"TODAY", N_("Today"), 0},
                                 {"YESTERDAY", N_("Yesterday by now"), 0},
                                 {"WEEK", N_("A week ago by now"), 0}, {0}};
typedef struct {
    pn_word which;
    pn_date day;
    int64_t orders, tickets;
    pn_money sales_fen, refunds_fen;
} day;
static PN_TYPE(day_t, "board.day", day, PN_COL(day, which, N_("Which day"), .words = which),
               PN_COL(day, day, N_("Day")), PN_COL(day, orders, N_("Orders paid")),
               PN_COL(day, tickets, N_("Tickets sold")), PN_COL(day, sales_fen, N_("Sales")),
               PN_COL(day, refunds_fen, N_("Refunded")));
typedef struct {
    int64_t session_id;
    pn_time start_at;
    const char *show, *venue;
    int64_t sold, total, admitted, refused;
} tonight;
static PN_TYPE(tonight_t, "board.session", tonight,
               PN_COL(tonight, session_id, N_("Session"), .flags = PN_KEY),
               PN_COL(tonight, start_at, N_("Start"), .flags = PN_BRIEF),
               PN_COL(tonight, show, N_("Show"), .flags = PN_BRIEF),
               PN_COL(tonight, venue, N_("Venue"), .flags = PN_BRIEF),
               PN_COL(tonight, sold, N_("Sold"), .flags = PN_BRIEF),
               PN_COL(tonight, total, N_("Total"), .flags = PN_BRIEF),
               PN_COL(tonight, admitted, N_("Admitted"), .flags = PN_BRIEF),
               PN_COL(tonight, refused, N_("Refused"), .flags = PN_BRIEF));
typedef struct {
    pn_date day;
    int64_t orders, unpaid, admitted, alarms;
    pn_rows days, sessions;
} board;
static PN_TYPE(board_t, "board", board, PN_COL(board, day, N_("Day")),
               PN_COL(board, orders, N_("Orders paid")),
               PN_COL(board, unpaid, N_("Awaiting payment")),
               PN_COL(board, admitted, N_("Admitted")), PN_COL(board, alarms, N_("Alarms")),
               PN_COL(board, days, N_("Beside other days"), .of = &day_t),
               PN_COL(board, sessions, N_("Tonight"), .of = &tonight_t));

static const pn_words waits[] = {{"REFUND", N_("Refunds to decide"), 'w'},
                                 {"FROZEN", N_("Frozen offers"), 'b'},
                                 {"SHOW", N_("Shows to publish"), 'w'}, {0}};
typedef struct {
    pn_word what;
    const char *list, *filter;
    int64_t rows;
    pn_money fen;
    pn_time since;
} wait;
static PN_TYPE(wait_t, "board.wait", wait,
               PN_COL(wait, what, N_("What waits"), .flags = PN_BRIEF, .words = waits),
               PN_COL(wait, rows, N_("Rows"), .flags = PN_BRIEF),
               PN_COL(wait, fen, N_("Amount"), .flags = PN_BRIEF | PN_OPT),
               PN_COL(wait, since, N_("Since"), .flags = PN_BRIEF),
               PN_COL(wait, list, N_("List")), PN_COL(wait, filter, N_("Filter")));
typedef struct { pn_rows waits; } waiting;
static PN_TYPE(waiting_t, "board.waiting", waiting,
               PN_COL(waiting, waits, N_("What waits"), .of = &wait_t));

static const char *const titles[] = {"周杰伦嘉年华世界巡回演唱会·上海站",
                                     "开心麻花爆笑舞台剧《夏洛特烦恼》", "德云社北京相声大会"};

static int today(pn *p, const void *in, void *out)
{
    static const day days[] = {{{1}, {TODAY}, 3412, 5210, {128456000}, {3124000}},
                               {{2}, {TODAY - 1}, 3046, 4802, {114693000}, {2010000}},
                               {{3}, {TODAY - 7}, 0, 0, {0}, {0}}};
    tonight *s = pn_alloc(p, SESSIONS * sizeof *s);
    day *d = pn_alloc(p, sizeof days);
    (void)in;
    memcpy(d, days, sizeof days);
    for (int i = 0; i < SESSIONS; i++)
        s[i] = (tonight){i + 1, {(evening + i / 3 * 30 * MINUTE) * 1000000},
                         titles[i % 3], "上海文化广场", 1180 - i * 130, 1180, 1022 - i * 120,
                         i % 4 ? 0 : 3};
    *(board *)out = (board){{TODAY}, 3412, 12, 9236, 2, {d, 3}, {s, SESSIONS}};
    return 0;
}

static int what_waits(pn *p, const void *in, void *out)
{
    static const wait rows[] = {
        {{2}, "listing list", "state=FROZEN", 2, {181000}, {(evening - 1500 * MINUTE) * 1000000}},
        {{1}, "order list", "state=ENDED", 9, {3124000}, {(evening - 95 * MINUTE) * 1000000}},
        {{3}, "show list", "state=ENDED", 1, {0}, {(evening - 20 * MINUTE) * 1000000}}};
    wait *w = pn_alloc(p, sizeof rows);
    (void)in;
    memcpy(w, rows, sizeof rows);
    *(waiting *)out = (waiting){{w, 3}};
    return 0;
}

OP(op_today, "board", "today", N_("Today"), .out = &board_t, .run = today);
OP(op_waits, "board", "waits", N_("What waits"), .out = &waiting_t, .run = what_waits);
const pn_module sandbox_board = {"board", N_("Today"), PN_LIST(pn_op, &op_today, &op_waits)};

typedef struct {
    int64_t id;
    pn_time at;
    const char *actor_name, *op, *noun;
    int64_t ref;
    const char *reason;
    int code;
} audit;
static PN_TYPE(audit_t, "audit", audit, PN_COL(audit, id, N_("ID"), .flags = PN_KEY),
               PN_COL(audit, at, N_("Time"), .flags = PN_BRIEF | PN_SORT),
               PN_COL(audit, actor_name, N_("Actor"), .flags = PN_BRIEF),
               PN_COL(audit, op, N_("Operation"), .flags = PN_BRIEF),
               PN_COL(audit, noun, N_("Object"), .flags = PN_BRIEF),
               PN_COL(audit, ref, N_("Object ID"), .flags = PN_BRIEF),
               PN_COL(audit, reason, N_("Reason"), .flags = PN_BRIEF),
               PN_COL(audit, code, N_("Result code")));

/* The newest has the greatest number; lists begin with it when they are sorted downwards. */
static void make_event(pn *p, int64_t parent, int64_t i, void *row)
{
    static const char *const ops[] = {"order.cancel", "show.publish", "show.edit"};
    int64_t seconds = (EVENTS - i) * 47;
    (void)p;
    (void)parent;
    *(audit *)row = (audit){i + 1, {(evening - seconds) * 1000000}, i % 2 ? "王敏" : "赵兰",
                            ops[i % 3], i % 3 ? "show" : "order", i + 1,
                            i % 3 ? NULL : "顾客来电", i % 5 ? 0 : 3};
}

static const pn_list_spec events = {EVENTS, make_event, NULL, NULL};
OP(op_events, "audit", "list", N_("List the audit trail"), .in = &pn_list_t, .out = &audit_t,
   .list = &events);
const pn_module sandbox_audit = {"audit", N_("Audit trail"), PN_LIST(pn_op, &op_events)};
