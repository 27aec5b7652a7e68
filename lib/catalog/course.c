/* SPDX-License-Identifier: Apache-2.0 */
/* The course of a session, as one table. Where an event leads depends on what came before (resume,
 * reschedule), it has a name of its own in the table and the operation picks it, so that the table
 * stays a plain function of state and event. */
#include "session_int.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { TICK_MAX = 1000, SHIFT_MAX_DAYS = 3650 };

#define EACH_SELLING(event, to, may, notice)                                                       \
    {"PRESALE", event, to, may, notice}, {"ON_SALE", event, to, may, notice},                      \
        {"TAIL", event, to, may, notice}
#define OPS (PN_ROLE_OPS)
#define OPS_CLOCK (PN_ROLE_OPS | PN_ROLE_SYSTEM)
#define OPS_ORGANISER (PN_ROLE_OPS | PN_ROLE_ORGANISER)
#define OPS_DESK (PN_ROLE_OPS | PN_ROLE_BOXOFFICE)

// clang-format off
static const pn_edge edges[] = {
    {"SCHEDULED", "open_presale", "PRESALE", OPS_CLOCK, "session.presale"},
    {"SCHEDULED", "open_sale", "ON_SALE", OPS_CLOCK, "session.on_sale"},
    {"PRESALE", "open_sale", "ON_SALE", OPS_CLOCK, "session.on_sale"},
    {"ON_SALE", "enter_tail", "TAIL", OPS_CLOCK, "session.tail"},
    EACH_SELLING("suspend", "SUSPENDED", OPS, "session.suspended"),
    {"SUSPENDED", "resume_presale", "PRESALE", OPS, "session.presale"},
    {"SUSPENDED", "resume_sale", "ON_SALE", OPS, "session.on_sale"},
    {"SUSPENDED", "resume_tail", "TAIL", OPS, "session.tail"},
    EACH_SELLING("stop_sale", "CLOSED", OPS_CLOCK, "session.closed"),
    {"SUSPENDED", "stop_sale", "CLOSED", OPS_CLOCK, "session.closed"},
    {"CLOSED", "doors_open", "RUNNING", OPS_CLOCK | PN_ROLE_BOXOFFICE, "session.running"},
    {"TAIL", "doors_open", "RUNNING", OPS_CLOCK | PN_ROLE_BOXOFFICE, "session.running"},
    {"RUNNING", "end", "ENDED", OPS_CLOCK, "session.ended"},
    EACH_SELLING("postpone", "POSTPONED", OPS_ORGANISER, "session.postponed"),
    {"SUSPENDED", "postpone", "POSTPONED", OPS_ORGANISER, "session.postponed"},
    {"CLOSED", "postpone", "POSTPONED", OPS_ORGANISER, "session.postponed"},
    {"PRESALE", "reschedule_presale", "PRESALE", OPS_ORGANISER, NULL},
    {"ON_SALE", "reschedule_sale", "ON_SALE", OPS_ORGANISER, NULL},
    {"TAIL", "reschedule_sale", "ON_SALE", OPS_ORGANISER, NULL},
    {"CLOSED", "reschedule_sale", "ON_SALE", OPS_ORGANISER, NULL},
    {"SUSPENDED", "reschedule_presale", "PRESALE", OPS_ORGANISER, NULL},
    {"SUSPENDED", "reschedule_sale", "ON_SALE", OPS_ORGANISER, NULL},
    {"POSTPONED", "reschedule_presale", "PRESALE", OPS_ORGANISER, NULL},
    {"POSTPONED", "reschedule_sale", "ON_SALE", OPS_ORGANISER, NULL},
    EACH_SELLING("cancel", "CANCELLED", OPS_ORGANISER, NULL),
    {"SUSPENDED", "cancel", "CANCELLED", OPS_ORGANISER, NULL},
    {"CLOSED", "cancel", "CANCELLED", OPS_ORGANISER, NULL},
    {"RUNNING", "cancel", "CANCELLED", OPS_ORGANISER, NULL},
    {"POSTPONED", "cancel", "CANCELLED", OPS_ORGANISER, NULL},
    {"RUNNING", "weather_interrupt", "INTERRUPTED", OPS_DESK, "session.interrupted"},
    {"INTERRUPTED", "resume_running", "RUNNING", OPS_DESK, "session.running"},
    {"INTERRUPTED", "abandon_cancel", "CANCELLED", OPS_ORGANISER, NULL},
    {"INTERRUPTED", "abandon_end", "ENDED", OPS_ORGANISER, "session.ended"},
    {"ENDED", "archive", "ARCHIVED", OPS_CLOCK, NULL},
    {0},
};
// clang-format on
const pn_fsm pni_session_fsm = {N_("session"), pn_session_states, edges, &pni_session_move};

/* Where a session stands: what the guards look at. */
typedef struct stand {
    int64_t id, hall_id, organiser;
    pn_word status, suspended_from, published;
    pn_time start_at, end_at, doors_at, stop_sale_at;
    bool outdoor, same_day;
} stand;
static PN_TYPE(stand_t, "session.stand", stand,
    PN_COL(stand, id, N_("Session")), PN_COL(stand, hall_id, N_("Hall")),
    PN_COL(stand, organiser, N_("Organiser"), .flags = PN_OPT),
    PN_COL(stand, status, N_("Status"), .words = pn_session_states),
    PN_COL(stand, suspended_from, N_("Status"), .words = pn_session_states),
    PN_COL(stand, published, N_("Published"), .words = pni_yes_no),
    PN_COL(stand, start_at, N_("Starts")), PN_COL(stand, end_at, N_("Ends")),
    PN_COL(stand, doors_at, N_("Doors")), PN_COL(stand, stop_sale_at, N_("Sale stops")),
    PN_COL(stand, outdoor, N_("Outdoor")), PN_COL(stand, same_day, N_("Today")));

typedef struct shift {
    int64_t id, change_id, hall_id;
    pn_time old_start_at, new_start_at, end_at;
    const char *kind, *reason, *state;
} shift;
static PN_TYPE(shift_t, "session.shift", shift,
    PN_COL(shift, id, N_("Session")), PN_COL(shift, change_id, N_("Id")),
    PN_COL(shift, hall_id, N_("Hall")), PN_COL(shift, old_start_at, N_("Starts")),
    PN_COL(shift, new_start_at, N_("New start")), PN_COL(shift, end_at, N_("Ends")),
    PN_COL(shift, kind, N_("Kind")), PN_COL(shift, reason, N_("Reason")),
    PN_COL(shift, state, N_("Status")));

typedef struct asked { int64_t id, actor_id; } asked;
static PN_TYPE(asked_t, "session.asked", asked, PN_COL(asked, id, N_("Id")),
    PN_COL(asked, actor_id, N_("Author")));

/* What handlers of session.cancelled and session.rescheduled read. */
typedef struct event {
    int64_t id;
    pn_time old_start_at, new_start_at;
    int refund_bp;
    const char *reason;
} event;
static PN_TYPE(event_t, "session.event", event, PN_COL(event, id, N_("Session")),
    PN_COL(event, old_start_at, N_("Starts")), PN_COL(event, new_start_at, N_("New start")),
    PN_COL(event, refund_bp, N_("Refund")), PN_COL(event, reason, N_("Reason")));

typedef struct due { int64_t id; pn_word status; const char *event; } due;
static PN_TYPE(due_t, "session.due", due, PN_COL(due, id, N_("Session")),
    PN_COL(due, status, N_("Status"), .words = pn_session_states), PN_COL(due, event, N_("Event")));

typedef struct rain { int64_t full_below, half_upto, half_bp; } rain;
static PN_TYPE(rain_t, "session.rain", rain, PN_COL(rain, full_below, ""),
    PN_COL(rain, half_upto, ""), PN_COL(rain, half_bp, ""));

const pn_sql pni_session_stand = {"session_stand", &pni_one_id_t, &stand_t,
    "select s.id, s.hall_id, h.organiser_id as organiser, s.status, s.suspended_from,"
    " case when h.status = 'PUBLISHED' then 'yes' else 'no' end as published, s.start_at,"
    " s.end_at, s.doors_at, s.stop_sale_at, s.outdoor,"
    " (s.start_at at time zone 'Asia/Shanghai')::date ="
    " (:now::timestamptz at time zone 'Asia/Shanghai')::date as same_day"
    " from session s join show h on h.id = s.show_id where s.id = :id for update of s"};
const pn_sql pni_session_move = {"session_move", &pn_move_t, NULL,
    "update session set status = :to, change_reason = coalesce(:reason, change_reason),"
    " suspended_from = case when :to not in ('SUSPENDED', 'POSTPONED') then null"
    "  when :from in ('PRESALE', 'ON_SALE', 'TAIL') then :from"
    "  else coalesce(suspended_from, 'ON_SALE') end,"
    " updated_at = :now where id = :id and status = :from"};
const pn_sql pni_session_shift = {"session_shift", &shift_t, NULL,
    "update session set start_at = :new_start_at,"
    " end_at = coalesce(:end_at, end_at + (:new_start_at::timestamptz - start_at)),"
    " doors_at = doors_at + (:new_start_at::timestamptz - start_at),"
    " stop_sale_at = stop_sale_at + (:new_start_at::timestamptz - start_at),"
    " tail_from = tail_from + (:new_start_at::timestamptz - start_at),"
    " version = version + 1, updated_at = :now where id = :id"};
const pn_sql pni_session_taken = {"session_taken", &shift_t, &pni_one_id_t,
    "select id from session where hall_id = :hall_id and id <> :id"
    " and status not in ('CANCELLED', 'POSTPONED', 'ENDED', 'ARCHIVED')"
    " and start_at < :end_at and coalesce(end_at, start_at + interval '3 hours') > :new_start_at"
    " order by start_at limit 1"};
const pn_sql pni_session_asked = {"session_asked", &pni_one_id_t, &asked_t,
    "select id, actor_id from session_change where session_id = :id and kind = 'CANCEL'"
    " and state = 'REQUESTED' order by id desc limit 1 for update"};
const pn_sql pni_session_log = {"session_log", &shift_t, NULL,
    "insert into session_change (id, session_id, old_start_at, new_start_at, kind, reason,"
    " actor_id, state, at)"
    " values (:change_id, :id, :old_start_at, :new_start_at, :kind, :reason, :me, :state, :now)"};
const pn_sql pni_session_agreed = {"session_agreed", &pni_one_id_t, NULL,
    "update session_change set state = 'DONE', agreed_by = :me where session_id = :id"
    " and state = 'REQUESTED'"};
const pn_sql pni_session_due = {"session_due", &pni_one_id_t, &due_t,
    "select id, status, event from (select s.id, s.status, s.start_at, case"
    " when s.status in ('SCHEDULED', 'PRESALE') and s.sale_at <= :now and s.stop_sale_at > :now"
    "  and h.status = 'PUBLISHED' then 'open_sale'"
    " when s.status in ('PRESALE', 'ON_SALE', 'TAIL', 'SUSPENDED') and s.stop_sale_at <= :now"
    "  then 'stop_sale'"
    " when s.status = 'ON_SALE' and s.tail_from <= :now then 'enter_tail'"
    " when s.status = 'CLOSED' and s.doors_at <= :now then 'doors_open'"
    " when s.status = 'RUNNING' and coalesce(s.end_at, s.start_at + interval '3 hours')"
    "  + interval '1 minute' * " PNI_POLICY("session.end_after_min") " <= :now then 'end'"
    " when s.status = 'ENDED' and coalesce(s.end_at, s.start_at) + interval '1 day' *"
    "  " PNI_POLICY("session.archive_days") " <= :now and not exists (select from orders o"
    "  where o.sk = (s.id & 4095)::int and o.session_id = s.id"
    "  and o.status not in ('COMPLETED', 'REFUNDED', 'CLOSED')) then 'archive'"
    " end as event from session s join show h on h.id = s.show_id"
    " where s.status not in ('ARCHIVED', 'CANCELLED', 'POSTPONED', 'INTERRUPTED')) d"
    " where event is not null order by start_at, id limit :id"};
const pn_sql pni_session_rain = {"session_rain", NULL, &rain_t,
    "select " PNI_POLICY("rain.full_below_pct") " as full_below, " PNI_POLICY("rain.half_upto_pct")
    " as half_upto, " PNI_POLICY("rain.half_bp") " as half_bp"};

// clang-format off
#define STEP_COLS(req)                                                                             \
    PN_COL(struct pn_session_suspend, id, N_("Session"), .flags = PN_KEY | PN_REQ | PN_ARG,        \
           .ref = "session"),                                                                      \
    PN_COL(struct pn_session_suspend, reason, N_("Reason"), .flags = (req), .max = 500)
// clang-format on
static PN_TYPE(step_t, "session.step", struct pn_session_suspend, STEP_COLS(0));
static PN_TYPE(why_t, "session.why", struct pn_session_suspend, STEP_COLS(PN_REQ));
static PN_TYPE(reschedule_t, "session.reschedule", struct pn_session_reschedule,
    PN_COL(struct pn_session_reschedule, id, N_("Session"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "session"),
    PN_COL(struct pn_session_reschedule, start_at, N_("New start"), .flags = PN_REQ | PN_ARG),
    PN_COL(struct pn_session_reschedule, end_at, N_("New end"),
           .hint = N_("Absent: as long as before")),
    PN_COL(struct pn_session_reschedule, reason, N_("Reason"), .flags = PN_REQ, .max = 500));
static PN_TYPE(abandon_t, "session.abandon", struct pn_session_abandon,
    PN_COL(struct pn_session_abandon, id, N_("Session"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "session"),
    PN_COL(struct pn_session_abandon, played_pct, N_("Played percent"), .flags = PN_ARG, .min = 0,
           .max = 100, .hint = N_("How much of the performance took place")),
    PN_COL(struct pn_session_abandon, reason, N_("Reason"), .flags = PN_REQ, .max = 500));
static PN_TYPE(tick_t, "session.tick", struct pn_session_tick,
    PN_COL(struct pn_session_tick, limit, N_("Limit"), .flags = PN_OPT, .min = 1, .max = TICK_MAX));
static PN_TYPE(ticked_t, "session.ticked", pn_session_ticked,
    PN_COL(pn_session_ticked, done, N_("Sessions moved"), .flags = PN_BRIEF));

static int look(pn *p, int64_t id, stand *s)
{
    int64_t mine = pn_who(p)->organiser;
    int rc = pn_one(p, &pni_session_stand, &(pni_one_id){id}, s);
    if (rc == PN_ENONE)
        return pn_fail(p, rc, "id", pn_tr("There is no %s %" PRId64),
                       pni_noun_word("session"), id);
    PN_TRY(rc);
    if (mine && mine != s->organiser)
        return pn_fail(p, PN_EPERM, NULL, pn_tr("The show belongs to another organiser"));
    return 0;
}

static int step(pn *p, const stand *s, const char *name, const char *reason, pn_session *out)
{
    PN_TRY(pn_step(p, &pni_session_fsm, s->id, s->status, name, reason, NULL));
    return out ? pni_session_row(p, s->id, out) : 0;
}

static bool is(const stand *s, int state)
{
    return s->status.v == state;
}

static int plain(pn *p, const struct pn_session_suspend *in, const char *name, pn_session *out)
{
    stand s = {0};
    PN_TRY(look(p, in->id, &s));
    return step(p, &s, name, in->reason, out);
}

static int opening(pn *p, const struct pn_session_suspend *in, const char *name, pn_session *out)
{
    stand s = {0};
    PN_TRY(look(p, in->id, &s));
    if (pn_edge_find(&pni_session_fsm, s.status, name)) {
        if (!pn_word_is(pni_yes_no, s.published, "yes"))
            return pn_fail(p, PN_ESTATE, "id", pn_tr("The show is not published"));
        if (s.stop_sale_at.us <= pn_now(p).us)
            return pn_fail(p, PN_EEXPIRED, "id", pn_tr("The time to sell it is over"));
    }
    return step(p, &s, name, in->reason, out);
}

static int open_presale(pn *p, const struct pn_session_suspend *in, pn_session *out)
{
    return opening(p, in, "open_presale", out);
}

static int open_sale(pn *p, const struct pn_session_suspend *in, pn_session *out)
{
    return opening(p, in, "open_sale", out);
}

static int suspend(pn *p, const struct pn_session_suspend *in, pn_session *out)
{
    return plain(p, in, "suspend", out);
}

static int resume(pn *p, const struct pn_session_suspend *in, pn_session *out)
{
    stand s = {0};
    PN_TRY(look(p, in->id, &s));
    if (is(&s, PN_SESSION_INTERRUPTED)) {
        if (!s.same_day)
            return pn_fail(p, PN_EEXPIRED, "id", pn_tr("It was interrupted on another day"));
        return step(p, &s, "resume_running", in->reason, out);
    }
    if (is(&s, PN_SESSION_SUSPENDED) && s.stop_sale_at.us <= pn_now(p).us)
        return pn_fail(p, PN_EEXPIRED, "id", pn_tr("The time to sell it is over"));
    return step(p, &s,
                s.suspended_from.v == PN_SESSION_PRESALE ? "resume_presale"
                : s.suspended_from.v == PN_SESSION_TAIL  ? "resume_tail"
                                                         : "resume_sale",
                in->reason, out);
}

static int stop_sale(pn *p, const struct pn_session_suspend *in, pn_session *out)
{
    return plain(p, in, "stop_sale", out);
}

static int doors_open(pn *p, const struct pn_session_suspend *in, pn_session *out)
{
    stand s = {0};
    PN_TRY(look(p, in->id, &s));
    if (pn_edge_find(&pni_session_fsm, s.status, "doors_open") && s.doors_at.us > pn_now(p).us)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("The doors open later than now"));
    return step(p, &s, "doors_open", in->reason, out);
}

static int end(pn *p, const struct pn_session_suspend *in, pn_session *out)
{
    return plain(p, in, "end", out);
}

static int postpone(pn *p, const struct pn_session_suspend *in, pn_session *out)
{
    return plain(p, in, "postpone", out);
}

static int weather_interrupt(pn *p, const struct pn_session_suspend *in, pn_session *out)
{
    stand s = {0};
    PN_TRY(look(p, in->id, &s));
    if (is(&s, PN_SESSION_RUNNING) && !s.outdoor)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("The session is not outdoors"));
    return step(p, &s, "weather_interrupt", in->reason, out);
}

static int archive(pn *p, const struct pn_session_suspend *in, pn_session *out)
{
    return plain(p, in, "archive", out);
}

/* ---- other times ---- */

static int log_change(pn *p, shift *m)
{
    PN_TRY(pn_new_id(p, pn_sk(m->id), &m->change_id));
    return pn_exec(p, &pni_session_log, m, NULL);
}

static int hall_is_free(pn *p, const stand *s, const shift *m)
{
    const int64_t hours3 = 3 * INT64_C(3600000000);
    int64_t length = s->end_at.us ? s->end_at.us - s->start_at.us : hours3;
    shift probe = *m;
    pni_one_id other = {0};
    if (!probe.end_at.us)
        probe.end_at.us = m->new_start_at.us + length;
    int rc = pn_one(p, &pni_session_taken, &probe, &other);
    if (rc == PN_ENONE)
        return 0;
    PN_TRY(rc);
    return pn_fail(p, PN_ECONFLICT, "start_at", pn_tr("Session %" PRId64 " is in the hall then"),
                   other.id);
}

static int reschedule(pn *p, const struct pn_session_reschedule *in, pn_session *out)
{
    stand s = {0};
    PN_TRY(look(p, in->id, &s));
    bool presale = is(&s, PN_SESSION_PRESALE) || ((is(&s, PN_SESSION_SUSPENDED) ||
                   is(&s, PN_SESSION_POSTPONED)) && s.suspended_from.v == PN_SESSION_PRESALE);
    if (in->start_at.us <= pn_now(p).us)
        return pn_fail(p, PN_EARG, "start_at", pn_tr("The new start is in the past"));
    if (in->end_at.us && in->end_at.us <= in->start_at.us)
        return pn_fail(p, PN_EARG, "end_at", pn_tr("The end is not after the start"));
    shift m = {.id = s.id, .hall_id = s.hall_id, .old_start_at = s.start_at, .kind = "RESCHEDULE",
               .new_start_at = in->start_at, .end_at = in->end_at, .reason = in->reason,
               .state = "DONE"};
    pn_session before, after;
    PN_TRY(hall_is_free(p, &s, &m));
    PN_TRY(pni_session_row(p, s.id, &before));
    PN_TRY(step(p, &s, presale ? "reschedule_presale" : "reschedule_sale", in->reason, NULL));
    PN_TRY(pn_exec(p, &pni_session_shift, &m, NULL));
    PN_TRY(log_change(p, &m));
    event told = {s.id, s.start_at, in->start_at, 0, in->reason};
    PN_TRY(pn_outbox(p, "session.rescheduled", s.id, &event_t, &told, NULL));
    PN_TRY(pni_session_row(p, s.id, &after));
    PN_TRY(pn_audit(p, "session", s.id, &pn_session_t, &before, &after, in->reason));
    *out = after;
    return 0;
}

/* ---- calling it off ---- */

static int call_off(pn *p, const stand *s, const char *name, int refund_bp, const char *reason)
{
    PN_TRY(step(p, s, name, reason, NULL));
    shift m = {.id = s->id, .old_start_at = s->start_at, .kind = "CANCELLED", .reason = reason,
               .state = "DONE"};
    PN_TRY(log_change(p, &m));
    event told = {s->id, s->start_at, {0}, refund_bp, reason};
    return pn_outbox(p, "session.cancelled", s->id, &event_t, &told, NULL);
}

static int cancel(pn *p, const struct pn_session_suspend *in, pn_session *out)
{
    stand s = {0};
    asked before = {0};
    PN_TRY(look(p, in->id, &s));
    if (!pn_edge_find(&pni_session_fsm, s.status, "cancel"))
        return step(p, &s, "cancel", in->reason, out);
    int rc = pn_one(p, &pni_session_asked, &(pni_one_id){s.id}, &before);
    if (!rc)
        return pn_fail(p, PN_EEXISTS, "id", pn_tr("The cancellation is asked for already"));
    if (rc != PN_ENONE)
        return rc;
    shift m = {.id = s.id, .old_start_at = s.start_at, .kind = "CANCEL", .reason = in->reason,
               .state = "REQUESTED"};
    PN_TRY(log_change(p, &m));
    return pni_session_row(p, s.id, out);
}

static int agree_cancel(pn *p, const struct pn_session_suspend *in, pn_session *out)
{
    stand s = {0};
    asked before = {0};
    PN_TRY(look(p, in->id, &s));
    int rc = pn_one(p, &pni_session_asked, &(pni_one_id){s.id}, &before);
    if (rc == PN_ENONE) {
        (void)pn_fail(p, PN_EDUAL, "id", pn_tr("Nobody asked to cancel this session"));
        return pn_hint(p, pn_tr("One person asks with “session cancel”, another agrees"));
    }
    PN_TRY(rc);
    if (before.actor_id == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, NULL, pn_tr("Who asked to cancel cannot agree as well"));
    PN_TRY(pn_exec(p, &pni_session_agreed, &(pni_one_id){s.id}, NULL));
    PN_TRY(call_off(p, &s, "cancel", 10000, in->reason));
    return pni_session_row(p, s.id, out);
}

static int abandon(pn *p, const struct pn_session_abandon *in, pn_session *out)
{
    stand s = {0};
    rain r = {0};
    PN_TRY(look(p, in->id, &s));
    PN_TRY(pn_one(p, &pni_session_rain, NULL, &r));
    int64_t bp = in->played_pct < r.full_below  ? 10000
                 : in->played_pct <= r.half_upto ? r.half_bp
                                                 : 0;
    if (bp)
        PN_TRY(call_off(p, &s, "abandon_cancel", (int)bp, in->reason));
    else
        PN_TRY(step(p, &s, "abandon_end", in->reason, NULL));
    return pni_session_row(p, s.id, out);
}

/* ---- the clock ---- */

static int tick(pn *p, const struct pn_session_tick *in, pn_session_ticked *out)
{
    pn_rows rows = {0};
    int64_t limit = in->limit ? in->limit : TICK_MAX;
    out->done = 0;
    do { /* what was closed may open its doors in the same run */
        PN_TRY(pn_all(p, &pni_session_due, &(pni_one_id){limit - out->done}, &rows));
        pn_each(due, d, &rows) {
            PN_TRY(pn_step(p, &pni_session_fsm, d->id, d->status, d->event, NULL, NULL));
            out->done++;
        }
    } while (rows.n && out->done < limit);
    return 0;
}

static int tick_job(pn *p, int64_t *done)
{
    pn_session_ticked ticked = {0};
    PN_TRY(pn_session_tick(p, &(struct pn_session_tick){0}, &ticked));
    *done = ticked.done;
    return 0;
}
const pn_job pni_session_tick_job = {"session_tick", N_("Open, close and end sessions on time"), 60,
                                     tick_job};

/* As PN_OP, but the module constant is in the other file. */
#define COURSE_OP(verb_, out_, ...)                                                                \
    static int verb_##_run(pn *p, const void *in, void *out)                                       \
    {                                                                                              \
        return verb_(p, in, out);                                                                  \
    }                                                                                              \
    const pn_op pni_session_##verb_##_op = {                                                       \
        .noun = "session", .verb = #verb_, .run = verb_##_run, __VA_ARGS__};                       \
    int pn_session_##verb_(pn *p, const struct pn_session_##verb_ *in, out_ *out)                  \
    {                                                                                              \
        return pn_call(p, &pni_session_##verb_##_op, in, out);                                     \
    }
#define DOES .out = &pn_session_t, .flags = PN_WRITE | PN_ONCE
#define DARES .out = &pn_session_t, .flags = PN_WRITE | PN_ONCE | PN_DANGER

COURSE_OP(open_presale, pn_session, .brief = N_("Open the presale"), .in = &step_t, DOES,
    .may = OPS_CLOCK, .example = "pn session open_presale hamlet-01",
    .lasting = N_("It is on sale: suspend or stop the sale instead"))
COURSE_OP(open_sale, pn_session, .brief = N_("Open the sale"), .in = &step_t, DOES,
    .may = OPS_CLOCK, .example = "pn session open_sale hamlet-01",
    .lasting = N_("It is on sale: suspend or stop the sale instead"))
COURSE_OP(suspend, pn_session, .brief = N_("Stop selling for a while"), .in = &why_t, DOES,
    .may = OPS, .example = "pn session suspend hamlet-01 --reason 'wrong price'",
    .undo = "resume")
COURSE_OP(resume, pn_session, .brief = N_("Go on after a suspension or an interruption"),
    .in = &step_t, DOES, .may = OPS_DESK, .example = "pn session resume hamlet-01",
    .undo = "suspend")
COURSE_OP(stop_sale, pn_session, .brief = N_("Close the sale for good"), .in = &step_t, DARES,
    .may = OPS_CLOCK, .example = "pn session stop_sale hamlet-01",
    .lasting = N_("What has ended does not come back: set up a new one"))
COURSE_OP(doors_open, pn_session, .brief = N_("Open the doors"), .in = &step_t, DOES,
    .may = OPS_CLOCK | PN_ROLE_BOXOFFICE, .example = "pn session doors_open hamlet-01",
    .lasting = N_("People may be inside already"))
COURSE_OP(end, pn_session, .brief = N_("End the session"), .in = &step_t, DARES,
    .may = OPS_CLOCK, .example = "pn session end hamlet-01",
    .lasting = N_("What has ended does not come back: set up a new one"))
COURSE_OP(postpone, pn_session, .brief = N_("Put it off, the new time is not known yet"),
    .in = &why_t, DARES, .may = OPS_ORGANISER,
    .example = "pn session postpone hamlet-01 --reason 'the lead is ill'",
    .lasting = N_("Buyers were told of it: what was wrong is told anew"))
COURSE_OP(reschedule, pn_session, .brief = N_("Move it to another time; buyers are told"),
    .in = &reschedule_t, DARES, .may = OPS_ORGANISER,
    .example = "pn session reschedule hamlet-01 '2026-12-15 19:30' --reason 'the lead is ill'")
COURSE_OP(cancel, pn_session, .brief = N_("Ask to cancel; a second person must agree"),
    .in = &why_t, DARES, .may = OPS_ORGANISER,
    .example = "pn session cancel hamlet-01 --reason typhoon",
    .lasting = N_("Buyers were told of it: what was wrong is told anew"))
COURSE_OP(agree_cancel, pn_session, .brief = N_("Agree to cancel; every buyer is refunded"),
    .in = &step_t, DARES, .may = OPS_ORGANISER, .example = "pn session agree_cancel hamlet-01",
    .lasting = N_("Buyers were told of it: what was wrong is told anew"))
COURSE_OP(weather_interrupt, pn_session, .brief = N_("Interrupt an outdoor session"),
    .in = &why_t, DARES, .may = OPS_DESK,
    .example = "pn session weather_interrupt festival-01 --reason thunderstorm",
    .lasting = N_("Buyers were told of it: what was wrong is told anew"))
COURSE_OP(abandon, pn_session, .brief = N_("Give up an interrupted session"), .in = &abandon_t,
    DARES, .may = OPS_ORGANISER, .example = "pn session abandon festival-01 25 --reason rain")
COURSE_OP(archive, pn_session, .brief = N_("Put an ended session away"), .in = &step_t, DOES,
    .may = OPS_CLOCK, .example = "pn session archive hamlet-01",
    .lasting = N_("What has ended does not come back: set up a new one"))
COURSE_OP(tick, pn_session_ticked, .brief = N_("Move sessions as the clock asks"), .in = &tick_t,
    .out = &ticked_t, .flags = PN_WRITE | PN_HIDDEN, .may = OPS_CLOCK,
    .example = "pn session tick")
