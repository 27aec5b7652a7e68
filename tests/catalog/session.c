/* SPDX-License-Identifier: Apache-2.0 */
/* The course of a session: every event in every state, the clock, other times, calling it off. */
#include <stdio.h>
#include <string.h>

#include "season_int.h"
#include "base/job.h"
#include "catalog/session.h"
#include "catalog/session_int.h"
#include "catalog/show.h"

static pn *p, *second;
static pn_session session;
static int64_t id;

static void setup(void)
{
    test_db_setup();
    p = person(1);
    second = person(2);
    make_place(p);
    make_live_show(p, "s", "雷雨", 1, 1, 3);
    id = id_of("session", "s-1");
}

static void teardown(void)
{
    pn_end(p);
    pn_end(second);
    test_db_teardown();
}

/* ---- state × event, from the specification and not from the table under test ---- */

enum { SCHEDULED, PRESALE, ON_SALE, TAIL, SUSPENDED, CLOSED, RUNNING, INTERRUPTED, ENDED,
       POSTPONED, CANCELLED, ARCHIVED, STATES };
static const char *const names[STATES] = {"SCHEDULED", "PRESALE", "ON_SALE", "TAIL", "SUSPENDED",
    "CLOSED", "RUNNING", "INTERRUPTED", "ENDED", "POSTPONED", "CANCELLED", "ARCHIVED"};

#define NO -1
static const struct { const char *event; int to[STATES]; } course[] = {
    /*                        SCH      PRE        ONS      TAI      SUS      CLO      RUN      INT
       END  POS      CAN ARC */
    {"open_presale",         {PRESALE, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO}},
    {"open_sale",            {ON_SALE, ON_SALE, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO}},
    {"enter_tail",           {NO, NO, TAIL, NO, NO, NO, NO, NO, NO, NO, NO, NO}},
    {"suspend",              {NO, SUSPENDED, SUSPENDED, SUSPENDED, NO, NO, NO, NO, NO, NO, NO, NO}},
    {"resume_presale",       {NO, NO, NO, NO, PRESALE, NO, NO, NO, NO, NO, NO, NO}},
    {"resume_sale",          {NO, NO, NO, NO, ON_SALE, NO, NO, NO, NO, NO, NO, NO}},
    {"resume_tail",          {NO, NO, NO, NO, TAIL, NO, NO, NO, NO, NO, NO, NO}},
    {"stop_sale",            {NO, CLOSED, CLOSED, CLOSED, CLOSED, NO, NO, NO, NO, NO, NO, NO}},
    {"doors_open",           {NO, NO, NO, RUNNING, NO, RUNNING, NO, NO, NO, NO, NO, NO}},
    {"end",                  {NO, NO, NO, NO, NO, NO, ENDED, NO, NO, NO, NO, NO}},
    {"postpone",             {NO, POSTPONED, POSTPONED, POSTPONED, POSTPONED, POSTPONED, NO, NO,
                              NO, NO, NO, NO}},
    {"reschedule_presale",   {NO, PRESALE, NO, NO, PRESALE, NO, NO, NO, NO, PRESALE, NO, NO}},
    {"reschedule_sale",      {NO, NO, ON_SALE, ON_SALE, ON_SALE, ON_SALE, NO, NO, NO, ON_SALE, NO,
                              NO}},
    {"cancel",               {NO, CANCELLED, CANCELLED, CANCELLED, CANCELLED, CANCELLED,
                              CANCELLED, NO, NO, CANCELLED, NO, NO}},
    {"weather_interrupt",    {NO, NO, NO, NO, NO, NO, INTERRUPTED, NO, NO, NO, NO, NO}},
    {"resume_running",       {NO, NO, NO, NO, NO, NO, NO, RUNNING, NO, NO, NO, NO}},
    {"abandon_cancel",       {NO, NO, NO, NO, NO, NO, NO, CANCELLED, NO, NO, NO, NO}},
    {"abandon_end",          {NO, NO, NO, NO, NO, NO, NO, ENDED, NO, NO, NO, NO}},
    {"archive",              {NO, NO, NO, NO, NO, NO, NO, NO, ARCHIVED, NO, NO, NO}},
};
#define N(list) (int)(sizeof(list) / sizeof(list)[0])

START_TEST(every_event_in_every_state)
{
    int edges = 0, wanted = 0;
    for (int e = 0; e < N(course); e++)
        for (int s = 0; s < STATES; s++) {
            const pn_edge *edge = pn_edge_find(&pni_session_fsm, (pn_word){(int16_t)(s + 1)},
                                               course[e].event);
            const char *to = course[e].to[s] == NO ? "-" : names[course[e].to[s]];
            ck_assert_msg(!strcmp(edge ? edge->to : "-", to), "%s in %s: %s, not %s",
                          course[e].event, names[s], edge ? edge->to : "-", to);
            wanted += course[e].to[s] != NO;
        }
    for (const pn_edge *e = pni_session_fsm.edges; e->from; e++)
        edges++;
    ck_assert_int_eq(edges, wanted); /* no event that the specification does not have */
}
END_TEST

/* The operations themselves, with their guards met. */
#define VERB(verb_)                                                                                \
    static int do_##verb_(pn *u, int64_t session_id, pn_session *out)                              \
    {                                                                                              \
        return pn_session_##verb_(u, &(struct pn_session_##verb_){.id = session_id,                \
                                                                  .reason = "test"}, out);         \
    }
VERB(open_presale) VERB(open_sale) VERB(suspend) VERB(resume) VERB(stop_sale) VERB(doors_open)
VERB(end) VERB(postpone) VERB(weather_interrupt) VERB(archive)

static int do_reschedule(pn *u, int64_t session_id, pn_session *out)
{
    return pn_session_reschedule(u, &(struct pn_session_reschedule){.id = session_id,
        .start_at = {pn_now(u).us + 9 * INT64_C(86400000000)}, .reason = "test"}, out);
}

static int do_abandon(pn *u, int64_t session_id, pn_session *out)
{
    return pn_session_abandon(u, &(struct pn_session_abandon){session_id, 40, "test"}, out);
}

static const struct {
    const char *verb;
    int (*call)(pn *p, int64_t id, pn_session *out);
    int to[STATES];
} verbs[] = {
    {"open_presale", do_open_presale, {PRESALE, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO}},
    {"open_sale", do_open_sale, {ON_SALE, ON_SALE, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO}},
    {"suspend", do_suspend, {NO, SUSPENDED, SUSPENDED, SUSPENDED, NO, NO, NO, NO, NO, NO, NO, NO}},
    {"resume", do_resume, {NO, NO, NO, NO, ON_SALE, NO, NO, RUNNING, NO, NO, NO, NO}},
    {"stop_sale", do_stop_sale, {NO, CLOSED, CLOSED, CLOSED, CLOSED, NO, NO, NO, NO, NO, NO, NO}},
    {"doors_open", do_doors_open, {NO, NO, NO, RUNNING, NO, RUNNING, NO, NO, NO, NO, NO, NO}},
    {"end", do_end, {NO, NO, NO, NO, NO, NO, ENDED, NO, NO, NO, NO, NO}},
    {"postpone", do_postpone, {NO, POSTPONED, POSTPONED, POSTPONED, POSTPONED, POSTPONED, NO, NO,
                               NO, NO, NO, NO}},
    {"weather_interrupt", do_weather_interrupt, {NO, NO, NO, NO, NO, NO, INTERRUPTED, NO, NO, NO,
                                                 NO, NO}},
    {"archive", do_archive, {NO, NO, NO, NO, NO, NO, NO, NO, ARCHIVED, NO, NO, NO}},
    {"reschedule", do_reschedule, {NO, PRESALE, ON_SALE, ON_SALE, ON_SALE, ON_SALE, NO, NO, NO,
                                   ON_SALE, NO, NO}},
    {"abandon", do_abandon, {NO, NO, NO, NO, NO, NO, NO, CANCELLED, NO, NO, NO, NO}},
};

START_TEST(every_verb_in_every_state)
{
    test_sql("update session set outdoor = true, doors_at = now() - interval '1 hour',"
             " start_at = greatest(now(), (date_trunc('day', now() at time zone 'Asia/Shanghai'))"
             " at time zone 'Asia/Shanghai') , end_at = now() + interval '5 hours',"
             " stop_sale_at = now() + interval '1 hour'");
    for (int s = 0; s < STATES; s++) {
        pn *u = person(1);
        force_state(id, names[s]);
        int rc = verbs[_i].call(u, id, &session);
        int to = verbs[_i].to[s];
        ck_assert_msg(to == NO ? rc == PN_ESTATE : !rc, "%s in %s: %s", verbs[_i].verb, names[s],
                      rc ? pn_error(u)->message : "done");
        ck_assert_str_eq(test_sql_text("select status from session"), names[to == NO ? s : to]);
        pn_end(u);
    }
}
END_TEST

/* ---- the clock ---- */

static void at(const char *when, const char *state, int moved)
{
    char sql[200];
    pn *clock = test_begin_as(&(pn_actor){.kind = 'S', .login = "job", .roles = PN_ROLE_SYSTEM});
    pn_session_ticked done;
    snprintf(sql, sizeof sql, "select (extract(epoch from %s) * 1000000)::bigint from session",
             when);
    pn_set_now(clock, (pn_time){test_sql_int(sql)});
    ck_assert_msg(!pn_session_tick(clock, &(struct pn_session_tick){0}, &done), "%s",
                  pn_error(clock)->message);
    ck_assert_str_eq(test_sql_text("select status from session"), state);
    ck_assert_int_eq(done.done, moved);
    pn_end(clock);
}

START_TEST(s03_the_clock_moves_a_session_and_a_rerun_changes_nothing)
{
    at("sale_at - interval '1 second'", "SCHEDULED", 0);
    at("sale_at", "ON_SALE", 1);
    at("sale_at", "ON_SALE", 0);
    at("tail_from - interval '1 second'", "ON_SALE", 0);
    at("tail_from", "TAIL", 1);
    at("doors_at", "TAIL", 0); /* still sold at the door */
    at("stop_sale_at", "RUNNING", 2);
    at("end_at + interval '29 minutes'", "RUNNING", 0);
    at("end_at + interval '30 minutes'", "ENDED", 1);
    at("end_at + interval '30 minutes'", "ENDED", 0);
    at("end_at + interval '31 days'", "ARCHIVED", 1);
}
END_TEST

START_TEST(a_late_clock_catches_up_in_one_run)
{
    at("sale_at", "ON_SALE", 1);
    at("end_at + interval '1 hour'", "ENDED", 3); /* closed, doors, end */
    ck_assert_str_eq(test_sql_text("select string_agg(event, ' ' order by id) from state_log"
        " where noun = 'session'"), "open_sale stop_sale doors_open end");
    ck_assert_int_eq(test_sql_int("select count(*) from outbox where event = 'session.ended'"), 1);
}
END_TEST

START_TEST(an_unpublished_show_is_never_opened)
{
    test_sql("update show set status = 'OFFLINE'");
    at("sale_at", "SCHEDULED", 0);
    fails(PN_ESTATE, do_open_sale(p, id, &session));
    fails(PN_ESTATE, do_open_presale(p, id, &session));
}
END_TEST

START_TEST(the_job_runs_the_clock)
{
    pn *clock = test_begin_as(&(pn_actor){.kind = 'S', .login = "job", .roles = PN_ROLE_SYSTEM});
    pn_job_result done;
    ck_assert_msg(!pn_job_run(clock, &(struct pn_job_run){.name = "session_tick"}, &done), "%s",
                  pn_error(clock)->message);
    ck_assert_int_eq(done.done, 1);
    ck_assert_str_eq(test_sql_text("select status from session"), "ON_SALE");
    pn_end(clock);
}
END_TEST

/* ---- resume, other times, calling off ---- */

START_TEST(a_suspended_session_resumes_what_it_was)
{
    static const char *const was[] = {"PRESALE", "ON_SALE", "TAIL"};
    for (int i = 0; i < N(was); i++) {
        force_state(id, was[i]);
        ok(do_suspend(p, id, &session));
        ok(do_resume(p, id, &session));
        ck_assert_str_eq(test_sql_text("select status from session"), was[i]);
    }
    ok(do_suspend(p, id, &session));
    test_sql("update session set stop_sale_at = now() - interval '1 hour'");
    fails(PN_EEXPIRED, do_resume(p, id, &session));
}
END_TEST

START_TEST(s04_all_times_move_with_a_new_start)
{
    force_state(id, "PRESALE");
    test_sql("update stock set qty_sold = 10");
    struct pn_session_edit edit = {.id = id, .start_at = {pn_now(p).us + 86400000000}};
    fails(PN_ESTATE, pn_session_edit(p, &edit, &session));
    ok(do_postpone(p, id, &session));
    pn_time doors = session.doors_at, stop = session.stop_sale_at, tail = session.tail_from,
            start = session.start_at, end = session.end_at;
    int64_t week = 7 * INT64_C(86400000000);
    struct pn_session_reschedule in = {.id = id, .start_at = {start.us + week}, .reason = "ill"};
    struct pn_session_reschedule past = {.id = id, .start_at = {pn_now(p).us}, .reason = "x"};
    fails(PN_EARG, pn_session_reschedule(p, &past, &session));
    ok(pn_session_reschedule(p, &in, &session));
    ck_assert_int_eq(session.status.v, PN_SESSION_PRESALE);
    ck_assert_int_eq(session.start_at.us - start.us, week);
    ck_assert_int_eq(session.end_at.us - end.us, week);
    ck_assert_int_eq(session.doors_at.us - doors.us, week);
    ck_assert_int_eq(session.stop_sale_at.us - stop.us, week);
    ck_assert_int_eq(session.tail_from.us - tail.us, week);
    ck_assert_int_eq(test_sql_int("select count(*) from outbox where event = 'session.rescheduled'"
        " and (payload->>'new_start_at')::timestamptz = (select start_at from session)"), 1);
    ck_assert_int_eq(test_sql_int("select count(*) from session_change where kind = 'RESCHEDULE'"
        " and state = 'DONE' and new_start_at = (select start_at from session)"), 1);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where noun = 'session'"
        " and reason = 'ill' and before->>'start_at' <> after->>'start_at'"), 1);
}
END_TEST

START_TEST(a_hall_is_not_taken_twice)
{
    make_show(p, "t", "茶馆", 1, 1, 12);
    force_state(id, "ON_SALE");
    pn_session other;
    ok(pn_session_show(p, &(struct pn_session_show){id_of("session", "t-1")}, &other));
    struct pn_session_reschedule in = {.id = id, .start_at = {other.start_at.us + 3600000000},
                                       .reason = "x"};
    fails(PN_ECONFLICT, pn_session_reschedule(p, &in, &session));
    in.start_at.us = other.end_at.us;
    ok(pn_session_reschedule(p, &in, &session));
}
END_TEST

START_TEST(s04_cancelling_takes_two_people)
{
    struct pn_session_cancel ask = {id, "typhoon"};
    struct pn_session_agree_cancel agree = {id, "typhoon"};
    fails(PN_ESTATE, pn_session_cancel(p, &ask, &session)); /* nothing is on sale yet */
    force_state(id, "ON_SALE");
    fails(PN_EDUAL, pn_session_agree_cancel(p, &agree, &session));
    ok(pn_session_cancel(p, &ask, &session));
    ck_assert(session.cancel_asked);
    ck_assert_int_eq(session.status.v, PN_SESSION_ON_SALE);
    fails(PN_EDUAL, pn_session_agree_cancel(p, &agree, &session));
    ck_assert_int_eq(pn_session_cancel(second, &ask, &session), PN_EEXISTS);
    ck_assert_msg(!pn_session_agree_cancel(second, &agree, &session), "%s",
                  pn_error(second)->message);
    ck_assert_int_eq(session.status.v, PN_SESSION_CANCELLED);
    ck_assert(!session.cancel_asked);
    ck_assert_int_eq(test_sql_int("select count(*) from outbox where event = 'session.cancelled'"
                                  " and payload->>'refund_bp' = '10000'"), 1);
}
END_TEST

static const struct { int played, refund; const char *state; } rain[] = {
    {0, 10000, "CANCELLED"}, {25, 10000, "CANCELLED"}, {29, 10000, "CANCELLED"},
    {30, 5000, "CANCELLED"}, {40, 5000, "CANCELLED"}, {50, 5000, "CANCELLED"},
    {51, 0, "ENDED"}, {100, 0, "ENDED"},
};

START_TEST(s04_rain_refunds_by_what_was_played)
{
    force_state(id, "RUNNING");
    fails(PN_ESTATE, do_weather_interrupt(p, id, &session)); /* indoors */
    test_sql("update session set outdoor = true");
    ok(do_weather_interrupt(p, id, &session));
    ok(pn_session_abandon(p, &(struct pn_session_abandon){id, rain[_i].played, "rain"}, &session));
    ck_assert_str_eq(test_sql_text("select status from session"), rain[_i].state);
    ck_assert_int_eq(test_sql_int("select coalesce(max((payload->>'refund_bp')::int), 0)"
        " from outbox where event = 'session.cancelled'"), rain[_i].refund);
}
END_TEST

START_TEST(times_that_make_no_sense_are_refused)
{
    pn_time start = {pn_now(p).us + 86400000000};
    struct pn_session_create in = {.code = "x", .show = id_of("show", "s"),
        .hall = id_of("hall", "h"), .start_at = start};
    struct pn_session_create bad[] = {in, in, in};
    bad[0].end_at = start;
    bad[1].doors_at.us = start.us + 1;
    bad[2].stop_sale_at.us = start.us + 4 * INT64_C(3600000000);
    const char *field[] = {"end_at", "doors_at", "stop_sale_at"};
    for (int i = 0; i < N(bad); i++) {
        fails(PN_EARG, pn_session_create(p, &bad[i], &session));
        ck_assert_str_eq(pn_error(p)->field, field[i]);
    }
    ok(pn_session_create(p, &in, &session));
    ck_assert_int_eq(start.us - session.doors_at.us, 45 * INT64_C(60000000));
    ck_assert_int_eq(start.us - session.tail_from.us, 48 * INT64_C(3600000000));
    ck_assert_int_eq(session.stop_sale_at.us, start.us);
}
END_TEST

START_TEST(an_unsold_session_moves_by_an_edit_with_all_its_times)
{
    pn_session before;
    test_sql("update show set status = 'DRAFT'");
    ok(pn_session_show(p, &(struct pn_session_show){id}, &before));
    struct pn_session_edit edit = {.id = id, .start_at = {before.start_at.us + 3600000000}};
    ok(pn_session_edit(p, &edit, &session));
    ck_assert_int_eq(session.doors_at.us, before.doors_at.us + 3600000000);
    ck_assert_int_eq(session.stop_sale_at.us, before.stop_sale_at.us + 3600000000);
    ck_assert_int_eq(session.end_at.us, before.end_at.us + 3600000000);
    ck_assert_int_eq(session.version, 2);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("session");
    TCase *t = tcase_create("session");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, every_event_in_every_state);
    tcase_add_loop_test(t, every_verb_in_every_state, 0, N(verbs));
    tcase_add_test(t, s03_the_clock_moves_a_session_and_a_rerun_changes_nothing);
    tcase_add_test(t, a_late_clock_catches_up_in_one_run);
    tcase_add_test(t, an_unpublished_show_is_never_opened);
    tcase_add_test(t, the_job_runs_the_clock);
    tcase_add_test(t, a_suspended_session_resumes_what_it_was);
    tcase_add_test(t, s04_all_times_move_with_a_new_start);
    tcase_add_test(t, a_hall_is_not_taken_twice);
    tcase_add_test(t, s04_cancelling_takes_two_people);
    tcase_add_loop_test(t, s04_rain_refunds_by_what_was_played, 0, N(rain));
    tcase_add_test(t, an_unsold_session_moves_by_an_edit_with_all_its_times);
    tcase_add_test(t, times_that_make_no_sense_are_refused);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
