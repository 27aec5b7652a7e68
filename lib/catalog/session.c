/* SPDX-License-Identifier: Apache-2.0 */
/* The row of a session: making, changing and listing it. Its course is in course.c. The low bits
 * of its id are the shard of all its sales, so they are spread by its code. */
#include "show_int.h"
#include "session_int.h"
#include "free_int.h"
#include "import_int.h"
#include "may_int.h"
#include "quota_int.h"
#include "revision_int.h"
#include "base/search_int.h"

#include <string.h>

const pn_words pn_session_states[] = {PN_SESSION_STATES(PN_WORD_ROW) {0}};
const pn_words pn_stock_flags[] = {PN_STOCK_FLAGS(PN_WORD_ROW) {0}};

const pn_words pn_deliveries[] = {PN_DELIVERIES(PN_WORD_ROW){0}};
static const pn_words modes[] = {{"paper", N_("Paper ticket"), 0},
                                 {"static_qr", N_("E-ticket"), 0}, {0}};
PN_TYPE(pn_session_t, "session", pn_session,
    PN_COL(pn_session, id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "s.id"),
    PN_COL(pn_session, code, N_("Code"), .flags = PN_BRIEF | PN_SORT, .sql = "s.code"),
    PN_COL(pn_session, show_id, N_("Show number"), .ref = "show", .sql = "s.show_id"),
    PN_COL(pn_session, show, N_("Show"), .flags = PN_BRIEF, .sql = "h.title"),
    PN_COL(pn_session, hall_id, N_("Hall number"), .ref = "hall", .sql = "s.hall_id"),
    PN_COL(pn_session, city, N_("City"), .sql = "c.name"),
    PN_COL(pn_session, venue, N_("Venue"), .flags = PN_BRIEF, .sql = "v.name"),
    PN_COL(pn_session, hall, N_("Hall"), .sql = "x.name"),
    PN_COL(pn_session, start_at, N_("Starts"), .flags = PN_BRIEF | PN_SORT, .sql = "s.start_at"),
    PN_COL(pn_session, end_at, N_("Ends"), .sql = "s.end_at"),
    PN_COL(pn_session, doors_at, N_("Doors"), .sql = "s.doors_at"),
    PN_COL(pn_session, sale_at, N_("On sale from"), .sql = "s.sale_at"),
    PN_COL(pn_session, stop_sale_at, N_("Sale stops"), .sql = "s.stop_sale_at"),
    PN_COL(pn_session, tail_from, N_("Last tickets from"), .sql = "s.tail_from"),
    PN_COL(pn_session, status, N_("Status"), .flags = PN_BRIEF | PN_SORT,
           .words = pn_session_states, .sql = "s.status"),
    PN_COL(pn_session, stock_flag, N_("Stock"), .flags = PN_BRIEF, .words = pn_stock_flags,
           .sql = "(case when k.free > k.total * " PNI_POLICY("stock.normal_bp") " / 10000"
                  " then 'ENOUGH' when k.free > k.total * " PNI_POLICY("stock.less_bp") " / 10000"
                  " then 'NORMAL' when k.free > 0 or " PNI_ANY_FREED("s") " then 'LESS'"
                  " else 'NONE' end)"),
    PN_COL(pn_session, expired, N_("Over"),
           .sql = "(coalesce(s.end_at, s.start_at + interval '3 hours') <= :now::timestamptz)"),
    PN_COL(pn_session, total, N_("Total"), .flags = PN_BRIEF, .sql = "k.total"),
    PN_COL(pn_session, locked, N_("Held"), .flags = PN_BRIEF, .sql = "k.locked"),
    PN_COL(pn_session, sold, N_("Sold"), .flags = PN_BRIEF, .sql = "k.sold"),
    PN_COL(pn_session, approved_capacity, N_("Approved capacity"), .sql = "s.approved_capacity"),
    PN_COL(pn_session, ticket_modes, N_("Ticket modes"), .words = modes,
           .sql = "s.ticket_modes"),
    PN_COL(pn_session, delivery_types, N_("Delivery"), .words = pn_deliveries,
           .sql = "s.delivery_types"),
    PN_COL(pn_session, outdoor, N_("Outdoor"), .sql = "s.outdoor"),
    PN_COL(pn_session, reentry_allowed, N_("Re-entry"), .sql = "s.reentry_allowed"),
    PN_COL(pn_session, change_reason, N_("Reason"), .sql = "s.change_reason"),
    PN_COL(pn_session, cancel_asked, N_("Cancellation asked for"),
           .sql = "exists (select from session_change y where y.session_id = s.id"
                  " and y.state = 'REQUESTED')"),
    PN_COL(pn_session, revision, N_("Waiting revision"), .flags = PN_OPT, .ref = "revision",
           .sql = PNI_WAITING("session", "s.id")),
    PN_COL(pn_session, version, N_("Version"), .sql = "s.version"),
    PN_COL(pn_session, created_at, N_("Created"), .flags = PN_SORT, .sql = "s.created_at"),
    PN_COL(pn_session, updated_at, N_("Updated"), .flags = PN_SORT, .sql = "s.updated_at"));

// clang-format off
#define SESSION_COLS(s, req)                                                                       \
    PN_COL(s, code, N_("Code"), .flags = (req) | PN_ARG, .max = PNI_CODE_MAX,                      \
           .hint = N_("Short name for imports and commands")),                                     \
    PN_COL(s, show, N_("Show"), .flags = (req) | PN_OPT, .ref = "show"),                           \
    PN_COL(s, hall, N_("Hall"), .flags = (req) | PN_OPT, .ref = "hall"),                           \
    PN_COL(s, start_at, N_("Starts"), .flags = (req)),                                             \
    PN_COL(s, end_at, N_("Ends")),                                                                 \
    PN_COL(s, doors_at, N_("Doors"), .hint = N_("Absent: 45 minutes before the start")),           \
    PN_COL(s, sale_at, N_("On sale from"), .hint = N_("Absent: somebody opens the sale")),         \
    PN_COL(s, stop_sale_at, N_("Sale stops"), .hint = N_("Absent: at the start")),                 \
    PN_COL(s, tail_from, N_("Last tickets from"), .hint = N_("Absent: 48 hours before")),          \
    PN_COL(s, approved_capacity, N_("Approved capacity"), .flags = PN_OPT, .min = 0,               \
           .max = 500000, .hint = N_("0: the show's, else the hall's")),                           \
    PN_COL(s, ticket_modes, N_("Ticket modes")),                                                   \
    PN_COL(s, delivery_types, N_("Delivery")),                                                     \
    PN_COL(s, outdoor, N_("Outdoor"), .words = pni_yes_no),                                        \
    PN_COL(s, reentry_allowed, N_("Re-entry"), .words = pni_yes_no)
// clang-format on

static PN_TYPE(create_t, "session.create", struct pn_session_create,
    SESSION_COLS(struct pn_session_create, PN_REQ));
static PN_TYPE(edit_t, "session.edit", struct pn_session_edit,
    PN_COL(struct pn_session_edit, id, N_("Session"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "session"),
    PN_COL(struct pn_session_edit, version, N_("Version"), .flags = PN_OPT),
    SESSION_COLS(struct pn_session_edit, 0));
static PN_TYPE(show_t, "session.show", struct pn_session_show,
    PN_COL(struct pn_session_show, id, N_("Session"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "session"));

typedef struct used { int64_t id, organiser; bool sold, live; } used;
static PN_TYPE(used_t, "session.used", used, PN_COL(used, id, N_("Session")),
    PN_COL(used, organiser, N_("Organiser"), .flags = PN_OPT), PN_COL(used, sold, N_("Sold")),
    PN_COL(used, live, N_("Published")));

#define NOW                                                                                        \
    "select id, version, code, show_id as show, hall_id as hall, start_at, end_at, doors_at,"      \
    " sale_at, stop_sale_at, tail_from, approved_capacity, ticket_modes, delivery_types,"          \
    " case when outdoor then 'yes' else 'no' end as outdoor,"                                      \
    " case when reentry_allowed then 'yes' else 'no' end as reentry_allowed from session"
static const pn_sql now_sql = {"session_now", &pni_one_id_t, &edit_t,
    NOW " where id = :id for update"};
static const pn_sql by_code = {"session_by_code", &pni_by_code_t, &edit_t,
    NOW " where code = :code"};
static const pn_sql insert = {"session_insert", &edit_t, &pni_one_id_t,
    "insert into session (id, code, show_id, hall_id, start_at, end_at, doors_at, sale_at,"
    " stop_sale_at, tail_from, approved_capacity, ticket_modes, delivery_types, outdoor,"
    " reentry_allowed, created_at, updated_at)"
    " select :id, :code, :show, :hall, :start_at, :end_at,"
    " coalesce(:doors_at, :start_at::timestamptz - interval '1 minute' *"
    "  " PNI_POLICY("session.doors_min") "), :sale_at, coalesce(:stop_sale_at, :start_at),"
    " coalesce(:tail_from, :start_at::timestamptz - interval '1 hour' *"
    "  " PNI_POLICY("session.tail_hours") "), coalesce(:approved_capacity, 0),"
    " coalesce(:ticket_modes, '{paper,static_qr}'), coalesce(:delivery_types, '{ETICKET,ONSITE}'),"
    " coalesce(:outdoor = 'yes', false), coalesce(:reentry_allowed = 'yes', false), :now, :now"
    " on conflict (code) do nothing returning id"};
static const pn_sql update = {"session_update", &edit_t, NULL,
    "update session set code = coalesce(:code, code), show_id = coalesce(:show, show_id),"
    " hall_id = coalesce(:hall, hall_id), start_at = coalesce(:start_at, start_at),"
    " end_at = coalesce(:end_at, end_at), doors_at = coalesce(:doors_at, doors_at),"
    " sale_at = coalesce(:sale_at, sale_at), stop_sale_at = coalesce(:stop_sale_at, stop_sale_at),"
    " tail_from = coalesce(:tail_from, tail_from),"
    " approved_capacity = coalesce(:approved_capacity, approved_capacity),"
    " ticket_modes = coalesce(:ticket_modes, ticket_modes),"
    " delivery_types = coalesce(:delivery_types, delivery_types),"
    " outdoor = coalesce(:outdoor = 'yes', outdoor),"
    " reentry_allowed = coalesce(:reentry_allowed = 'yes', reentry_allowed),"
    " version = version + 1, updated_at = :now where id = :id"};
static const pn_sql used_sql = {"session_used", &pni_one_id_t, &used_t,
    "select coalesce(max(k.session_id), 0) as id, coalesce(sum(k.qty_locked + k.qty_sold), 0) > 0"
    " as sold from stock k where k.sk = :id# and k.session_id = :id"};
static const pn_sql owner = {"session_owner", &pni_one_id_t, &used_t,
    "select h.id, h.organiser_id as organiser, " PNI_LIVE("h") " as live from show h"
    " where h.id = :id"};

static const pn_list_spec session_list = {.row = &pn_session_t, .key = "s.id",
    .sort = "start_at,id",
    .from = "session s join show h on h.id = s.show_id join hall x on x.id = s.hall_id"
            " join venue v on v.id = x.venue_id join city c on c.id = v.city_id"
            " cross join lateral (select coalesce(sum(a.qty_total), 0)::bigint as total,"
            " coalesce(sum(a.qty_locked), 0)::bigint as locked,"
            " coalesce(sum(a.qty_sold), 0)::bigint as sold,"
            " coalesce(sum(a.qty_total - a.qty_held - a.qty_locked - a.qty_sold), 0)::bigint"
            "  as free"
            " from stock a where a.sk = (s.id & 4095)::int and a.session_id = s.id"
            " and (a.merchant_id is null or exists (select from listing l where l.sk = a.sk"
            "  and l.id = a.lot_id and l.state = 'LIVE'))) k",
    .scope = "(:my_organiser::bigint is null or h.organiser_id = :my_organiser)" PNI_TOLD_SELLERS,
    .search = PNI_SEARCH("h")};

PN_OP_LIST(session, list, session_list, .brief = N_("List sessions"), .out = &pn_session_t,
    .may = READERS, .example = "pn session list -q tianehu --where 'start_at=today'")

int pni_session_row(pn *p, int64_t id, pn_session *out)
{
    return pni_row(p, &session_list_op, id, out);
}

static int show(pn *p, const struct pn_session_show *in, pn_session *out)
{
    return pni_session_row(p, in->id, out);
}

/* The show of a session, when it is one of the actor's; *live: its edits need a second person. */
static int mine(pn *p, int64_t show, bool *live)
{
    used row = {0};
    int rc = pn_one(p, &owner, &(pni_one_id){show}, &row);
    if (rc == PN_ENONE)
        return pn_fail(p, rc, "show", pn_tr("There is no %s %lld"), pni_noun_word("show"),
                       (long long)show);
    PN_TRY(rc);
    if (pn_who(p)->organiser && pn_who(p)->organiser != row.organiser)
        return pn_fail(p, PN_EPERM, "show", pn_tr("The show belongs to another organiser"));
    *live = row.live;
    return 0;
}

static int in_order(pn *p, const struct pn_session_edit *s)
{
    const int64_t hour = 3600000000;
    pn_time over = s->end_at.us ? s->end_at : (pn_time){s->start_at.us + 3 * hour};
    if (s->end_at.us && s->end_at.us <= s->start_at.us)
        return pn_fail(p, PN_EARG, "end_at", pn_tr("The end is not after the start"));
    if (s->doors_at.us > s->start_at.us)
        return pn_fail(p, PN_EARG, "doors_at", pn_tr("The doors would open after the start"));
    if (s->stop_sale_at.us > over.us)
        return pn_fail(p, PN_EARG, "stop_sale_at", pn_tr("The sale would stop after the end"));
    return 0;
}

static int create(pn *p, const struct pn_session_create *in, pn_session *out)
{
    struct pn_session_edit row = {0};
    bool live;
    pni_copy(&edit_t, &row, &create_t, in, false);
    PN_TRY(in_order(p, &row));
    PN_TRY(mine(p, in->show, &live));
    return pni_noun_create(p, &pni_session_noun, in, out);
}

/* A time that is given and differs from what stands. */
static bool moves(pn_time asked, pn_time stands)
{
    return asked.us && asked.us != stands.us;
}

/* What hangs on the start moves with it, unless it is given too. */
static void follow(struct pn_session_edit *asked, const struct pn_session_edit *now)
{
    int64_t by = asked->start_at.us - now->start_at.us;
    if (!moves(asked->start_at, now->start_at))
        return;
    if (!asked->end_at.us && now->end_at.us)
        asked->end_at.us = now->end_at.us + by;
    if (!asked->doors_at.us)
        asked->doors_at.us = now->doors_at.us + by;
    if (!asked->stop_sale_at.us)
        asked->stop_sale_at.us = now->stop_sale_at.us + by;
    if (!asked->tail_from.us)
        asked->tail_from.us = now->tail_from.us + by;
}

/* Lock the session and ask every rule; `asked` gets the times that move along. */
static int may_change(pn *p, struct pn_session_edit *asked, struct pn_session_edit *now,
                      bool *live)
{
    const struct pn_session_edit *in = asked;
    struct pn_session_edit then;
    used u = {0};
    PN_TRY(pni_now(p, &pni_session_noun, in->id, now));
    PN_TRY(mine(p, now->show, live));
    PN_TRY(pni_fresh(p, in, now));
    if (in->show && in->show != now->show)
        return pn_fail(p, PN_EARG, "show", pn_tr("A session stays with its show"));
    PN_TRY(pn_one(p, &used_sql, &(pni_one_id){in->id}, &u));
    if (u.sold && (moves(in->start_at, now->start_at) || moves(in->end_at, now->end_at) ||
                   (in->hall && in->hall != now->hall))) {
        (void)pn_fail(p, PN_ESTATE, "start_at", pn_tr("Tickets are sold or held for this session"));
        return pn_hint(p, pn_tr("Use “session reschedule”: buyers are told and may return them"));
    }
    follow(asked, now);
    then = *now;
    pni_copy(&edit_t, &then, &edit_t, asked, true);
    return in_order(p, &then);
}

static int change(pn *p, const void *in)
{
    struct pn_session_edit now, asked;
    bool live;
    memcpy(&asked, in, sizeof asked);
    PN_TRY(may_change(p, &asked, &now, &live));
    return pni_noun_update(p, &pni_session_noun, &now, &asked);
}

static int edit(pn *p, const struct pn_session_edit *in, pn_session *out)
{
    struct pn_session_edit now, asked = *in;
    bool live;
    PN_TRY(may_change(p, &asked, &now, &live));
    if (live)
        PN_TRY(pni_revision_open(p, &pni_session_noun, now.show, &now, &asked));
    else
        PN_TRY(pni_noun_update(p, &pni_session_noun, &now, &asked));
    return pni_session_row(p, in->id, out);
}

static int settle(pn *p, const void *after)
{
    return pni_quota_of_session(p, ((const struct pn_session_edit *)after)->id);
}

static int import(pn *p, const struct pn_import *in, pn_import_result *out)
{
    return pni_import(p, &pni_session_noun, in, out);
}

PN_OP(session, create, pn_session, .brief = N_("Add a session to a show"), .in = &create_t,
    .out = &pn_session_t, .may = AUTHORS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn session create hamlet-01 --show hamlet --hall majestic-main"
               " --start-at '2026-12-08 19:30'")
PN_OP(session, edit, pn_session,
    .brief = N_("Change a session, or propose a change when its show is live"), .in = &edit_t,
    .out = &pn_session_t, .may = AUTHORS, .flags = PN_WRITE | PN_ONCE,
    .help = N_("Under a published show it stays as it is until a second person approves the"
               " revision."),
    .example = "pn session edit hamlet-01 --doors-at '2026-12-08 18:30'")
PN_OP(session, show, pn_session, .brief = N_("Show one session"), .in = &show_t,
    .out = &pn_session_t, .may = READERS, .example = "pn session show hamlet-01")
PNI_IMPORT_OP(session, .brief = N_("Import sessions from CSV or YAML"), .may = AUTHORS,
    .help = N_("Times may be relative to the day of import: D+14 19:30."),
    .example = "pn session import session.csv")

const pni_noun pni_session_noun = {"session", &create_t, &edit_t, &now_sql, &by_code, &insert,
                                   &update, &session_list_op, &session_create_op,
                                   &session_edit_op, settle, change};

static int resolve(pn *p, const char *text, int64_t *id)
{
    return pni_resolve(p, &by_code, "session", text, id);
}

const pn_module pn_session_module = {
    .noun = "session",
    .title = N_("Sessions"),
    .ops = PN_LIST(pn_op, &session_list_op, &session_show_op, &session_create_op,
                   &session_edit_op, &session_import_op, PNI_SESSION_COURSE_OPS),
    .sql = PN_LIST(pn_sql, &now_sql, &by_code, &insert, &update, &used_sql, &owner,
                   &pni_quota_lock, &pni_quota_over,
                   PNI_SESSION_COURSE_SQL),
    .fsm = PN_LIST(pn_fsm, &pni_session_fsm),
    .jobs = PN_LIST(pn_job, &pni_session_tick_job),
    .resolve = resolve,
};
