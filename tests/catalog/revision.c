/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions and tiers of a published show change only with a second person, from the screen and
 * from a file alike. */
#include <string.h>

#include "season_int.h"
#include "catalog/revision.h"
#include "catalog/session.h"
#include "catalog/show.h"
#include "catalog/tier.h"

static pn *p, *second;
static int64_t session_id, tier_id;
static pn_session session;
static pn_tier tier;
static pn_revision revision;
static pn_import_result result;

static void setup(void)
{
    test_db_setup();
    p = person(1);
    second = person(2);
    make_place(p);
    make_live_show(p, "s", "雷雨", 1, 1, 3);
    session_id = id_of("session", "s-1");
    tier_id = id_of("tier", "s-1-a");
}

static void teardown(void)
{
    pn_end(p);
    pn_end(second);
    test_db_teardown();
}

#define ok_by(unit, call) ck_assert_msg(!(call), "%s: %s", #call, pn_error(unit)->message)
#define fails_by(unit, code, call)                                                                 \
    ck_assert_msg((call) == (code), "%s: %s", #call, pn_error(unit)->message)

static int approve(pn *unit, int64_t id)
{
    return pn_revision_approve(unit, &(struct pn_revision_approve){.id = id}, &revision);
}

static int reject(pn *unit, int64_t id)
{
    return pn_revision_reject(unit, &(struct pn_revision_reject){id, "no"}, &revision);
}

static int64_t propose_price(int64_t fen)
{
    ok(pn_tier_edit(p, &(struct pn_tier_edit){.id = tier_id, .face_price = {fen}}, &tier));
    ck_assert_int_eq(tier.face_price.fen, 58000);
    return tier.revision;
}

START_TEST(a_tier_changes_when_a_second_person_agrees)
{
    int64_t id = propose_price(68000);
    ck_assert_int_gt(id, 0);
    ck_assert_int_eq(test_sql_int("select version from tier"), 1);
    ck_assert_int_eq(propose_price(68000), id); /* asked again: it waits already */
    ck_assert_int_eq(test_sql_int("select count(*) from show_revision"), 1);
    fails(PN_EARG, pn_tier_edit(p, &(struct pn_tier_edit){.id = tier_id, .sort = 0,
                                                          .name = "s-1-a"}, &tier));
    fails(PN_EDUAL, approve(p, id));
    ok_by(second, approve(second, id));
    ck_assert_int_eq(revision.state.v, PN_REVISION_APPROVED);
    ck_assert_str_eq(revision.noun, "tier");
    ck_assert_str_eq(revision.code, "s-1-a");
    ck_assert_int_eq(revision.ref, tier_id);
    ck_assert_str_eq(revision.diff.text, "{\"face_price\": [\"580.00\", \"680.00\"]}");
    ok(pn_tier_show(p, &(struct pn_tier_show){tier_id}, &tier));
    ck_assert_int_eq(tier.face_price.fen, 68000);
    ck_assert_int_eq(tier.version, 2);
    ck_assert_int_eq(tier.revision, 0);
    ck_assert_str_eq(test_sql_text("select (before->>'face_price') || '>' || (after->>'face_price')"
        " from audit_log where noun = 'tier' and op = 'revision.approve'"), "580.00>680.00");
    ck_assert_int_eq(test_sql_int("select count(*) from outbox where event = 'tier.changed'"
        " and payload->'diff'->'face_price'->>1 = '680.00'"), 1);
}
END_TEST

START_TEST(a_session_changes_when_a_second_person_agrees)
{
    pn_session before;
    ok(pn_session_show(p, &(struct pn_session_show){session_id}, &before));
    struct pn_session_edit in = {.id = session_id,
                                 .start_at = {before.start_at.us + 3600000000}};
    ok(pn_session_edit(p, &in, &session));
    ck_assert_int_eq(session.start_at.us, before.start_at.us);
    int64_t id = session.revision;
    ok_by(second, approve(second, id));
    ck_assert_str_eq(revision.noun, "session");
    /* the reviewer sees the times that move along */
    ck_assert_ptr_nonnull(strstr(revision.diff.text, "doors_at"));
    ok(pn_session_show(p, &(struct pn_session_show){session_id}, &session));
    ck_assert_int_eq(session.start_at.us, before.start_at.us + 3600000000);
    ck_assert_int_eq(session.doors_at.us, before.doors_at.us + 3600000000);
    ck_assert_int_eq(session.end_at.us, before.end_at.us + 3600000000);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where noun = 'session'"
        " and op = 'revision.approve' and before->>'start_at' <> after->>'start_at'"), 1);
    ck_assert_int_eq(test_sql_int("select count(*) from outbox where event = 'session.changed'"),
                     1);
}
END_TEST

START_TEST(a_refused_change_is_never_applied)
{
    int64_t id = propose_price(68000);
    fails(PN_EDUAL, reject(p, id));
    ok_by(second, reject(second, id));
    fails_by(second, PN_ESTATE, approve(second, id));
    ck_assert_int_eq(test_sql_int("select face_price_fen from tier"), 58000);
    ck_assert_int_eq(test_sql_int("select count(*) from outbox where event = 'tier.changed'"), 0);
}
END_TEST

START_TEST(two_changes_of_one_version_do_not_mix)
{
    int64_t price = propose_price(68000);
    ok(pn_tier_edit(p, &(struct pn_tier_edit){.id = tier_id, .name = "甲票"}, &tier));
    int64_t name = tier.revision;
    ck_assert_int_ne(price, name);
    ok_by(second, approve(second, name));
    fails_by(second, PN_ECONFLICT, approve(second, price));
    ck_assert_int_eq(test_sql_int("select face_price_fen from tier"), 58000);
    ck_assert_str_eq(test_sql_text("select state from show_revision order by id limit 1"),
                     "DRAFT");
    fails(PN_ECONFLICT, pn_tier_edit(p, &(struct pn_tier_edit){.id = tier_id, .version = 1,
                                                               .name = "乙票"}, &tier));
}
END_TEST

/* What was allowed when it was asked for is asked again when it is approved. */
static const char *const taken[] = {
    "update stock set qty_sold = 1", "update stock set qty_locked = 1",
};

START_TEST(a_sale_meanwhile_fixes_price_bundle_and_time)
{
    int64_t price = propose_price(68000);
    ok(pn_tier_edit(p, &(struct pn_tier_edit){.id = tier_id, .combo_n = 2}, &tier));
    int64_t combo = tier.revision;
    ok(pn_session_show(p, &(struct pn_session_show){session_id}, &session));
    struct pn_session_edit in = {.id = session_id,
                                 .start_at = {session.start_at.us + 3600000000}};
    ok(pn_session_edit(p, &in, &session));
    int64_t time = session.revision;
    test_sql(taken[_i]);
    fails_by(second, PN_ESTATE, approve(second, price));
    fails_by(second, PN_ESTATE, approve(second, combo));
    fails_by(second, PN_ESTATE, approve(second, time));
    ck_assert_int_eq(test_sql_int("select count(*) from tier where version = 1 and combo_n = 1"
                                  " and face_price_fen = 58000"), 1);
    ck_assert_int_eq(test_sql_int("select version from session"), 1);
    /* and who asks now is told at once */
    fails(PN_ESTATE, pn_tier_edit(p, &(struct pn_tier_edit){.id = tier_id,
                                                            .face_price = {70000}}, &tier));
}
END_TEST

START_TEST(a_removed_tier_leaves_a_revision_that_can_only_be_refused)
{
    int64_t id = propose_price(68000);
    pn_tier_removed gone;
    ok(pn_tier_remove(p, &(struct pn_tier_remove){tier_id, "x"}, &gone));
    fails_by(second, PN_ENONE, approve(second, id));
    ok_by(second, reject(second, id));
    ck_assert_str_eq(revision.noun, "tier");
}
END_TEST

START_TEST(a_draft_changes_at_once_and_a_live_show_grows_at_once)
{
    make_show(p, "d", "茶馆", 1, 1, 5);
    ok(pn_tier_edit(p, &(struct pn_tier_edit){.id = id_of("tier", "d-1-a"), .name = "A"}, &tier));
    ck_assert_str_eq(tier.name, "A");
    ok(pn_session_edit(p, &(struct pn_session_edit){.id = id_of("session", "d-1"),
                                                    .outdoor = {1}}, &session));
    ck_assert(session.outdoor);
    ok(pn_tier_create(p, &(struct pn_tier_create){.code = "s-1-z", .session = session_id,
                                                  .name = "Z", .qty = 5}, &tier));
    ck_assert_int_eq(test_sql_int("select count(*) from show_revision"), 0);
}
END_TEST

/* ---- files ---- */

static const pn_import_row *row_of(int64_t line)
{
    static const pn_import_row none;
    pn_each(pn_import_row, r, &result.rows)
        if (r->line == line)
            return r;
    ck_abort_msg("nothing about line %lld", (long long)line);
    return &none;
}

/* Who decides sees whom it meets: holders, buyers about to pay, offers on sale of the tier. */
START_TEST(whom_a_change_meets_is_counted)
{
    pn_revision r;
    int64_t id = propose_price(68000);
    test_sql("update stock set qty_sold = 3, qty_locked = 2");
    test_sql("insert into listing (sk, id, code, merchant_id, session_id, tier_id, ask_fen,"
             " sale_fen, settle_fen, state, created_at, updated_at)"
             " select s.id & 4095, 4096 * n + (s.id & 4095), 'l' || n, 1, s.id, t.id, 1, 1, 1,"
             " case n when 3 then 'PAUSED' else 'LIVE' end, now(), now()"
             " from session s join tier t on t.session_id = s.id, generate_series(1, 3) n");
    ok(pn_revision_show(p, &(struct pn_revision_show){id}, &r));
    ck_assert_int_eq(r.sold, 3);
    ck_assert_int_eq(r.locked, 2);
    ck_assert_int_eq(r.offers, 2);
    ck_assert_int_eq(r.channels, 0);
}
END_TEST

/* Who asks for a change sees the same before, of each of the three and of nothing else. */
START_TEST(whom_a_change_would_meet_is_told_before)
{
    enum { SHOW = 1, SESSION, TIER, KINDS = TIER };
    const int64_t ref[KINDS] = {id_of("show", "s"), session_id, tier_id};
    pn_impact met;
    test_sql("update stock set qty_sold = 3, qty_locked = 2");
    for (int i = 0; i < KINDS; i++) {
        ok(pn_revision_impact(p, &(struct pn_revision_impact){{i + 1}, ref[i]}, &met));
        ck_assert_int_eq(met.sold, 3);
        ck_assert_int_eq(met.locked, 2);
        ck_assert_int_eq(met.offers, 0);
        ck_assert_int_eq(met.channels, 0);
        fails(PN_ENONE, pn_revision_impact(p, &(struct pn_revision_impact){
                                                  {i + 1}, ref[(i + 1) % KINDS]}, &met));
        ck_assert_str_eq(pn_error(p)->field, "ref");
    }
    ck_assert_int_eq(test_sql_int("select count(*) from show_revision"), 0);
    test_sql("update show set organiser_id = 7");
    pn_actor foreign = {.kind = 'O', .id = 9, .name = "o", .organiser = 8,
                        .roles = PN_ROLE_ORGANISER};
    pn *other = test_begin_as(&foreign);
    fails_by(other, PN_ENONE, pn_revision_impact(other, &(struct pn_revision_impact){
                                                            {SESSION}, session_id}, &met));
    pn_end(other);
}
END_TEST

/* Each once, however many products it has: those that still sell, of that tier and no other. */
START_TEST(channels_that_sell_it_are_counted)
{
    pn_revision r;
    int64_t id = propose_price(68000);
    test_sql("insert into channel (id, code, name, kind, state, created_at, updated_at) values"
             " (1, 'cat', '猫眼', 'SALES', 'ACTIVE', now(), now()),"
             " (2, 'old', '旧站', 'SALES', 'STOPPED', now(), now()),"
             " (3, 'else', '别处', 'SALES', 'ACTIVE', now(), now()),"
             " (4, 'agent', '代理', 'AGENT', 'ACTIVE', now(), now())");
    test_sql("insert into sku_map (sk, channel_id, item, sku, start_at, tier_id, at)"
             " select c.id, c.id, '雷雨', n::text, now(), case c.id when 3 then 1 else t.id end,"
             " now() from channel c, generate_series(1, 2) n, tier t where c.id < 4");
    test_sql("insert into agency (id, code, channel_id, price_mode, ttl_min, ttl_max_min,"
             " valid_from, valid_to, created_at, updated_at) select n, 'a' || n, 4, 'FACE', 15, 30,"
             " now() - interval '2 days', now() + interval '1 day', now(), now()"
             " from generate_series(1, 2) n");
    test_sql("insert into agency_quota (sk, agency_id, tier_id, dedicated, total)"
             " select id & 4095, 1, id, false, 5 from tier");
    ok(pn_revision_show(p, &(struct pn_revision_show){id}, &r));
    ck_assert_int_eq(r.channels, 2); /* the cat and the agent */
    test_sql("update agency set valid_to = now() - interval '1 day'");
    ok(pn_revision_show(p, &(struct pn_revision_show){id}, &r));
    ck_assert_int_eq(r.channels, 1);
}
END_TEST

START_TEST(a_file_of_tiers_proposes_and_adds)
{
    const char *file = "code,session,name,face_price,qty\n"
                       "s-1-a,s-1,甲票,,140\n"
                       "s-1-b,s-1,乙票,380,10\n";
    ok(pn_tier_import(p, &(struct pn_import){.file = file}, &result));
    ck_assert_int_eq(result.revised, 1);
    ck_assert_int_eq(result.created, 1);
    ck_assert_int_eq(result.updated + result.failed, 0);
    ck_assert_int_eq(row_of(2)->result.v, PN_IMPORTED_REVISED);
    ck_assert_str_eq(test_sql_text("select name from tier order by code limit 1"), "s-1-a");
    /* stock is no part of the revision */
    ck_assert_int_eq(test_sql_int("select sum(qty_total) from stock"), 150);
    ok(pn_tier_import(p, &(struct pn_import){.file = file}, &result));
    ck_assert_int_eq(result.revised, 1);
    ck_assert_int_eq(result.unchanged, 1);
    ck_assert_int_eq(test_sql_int("select count(*) from show_revision"), 1);
    ok_by(second, approve(second, test_sql_int("select id from show_revision")));
    ok(pn_tier_import(p, &(struct pn_import){.file = file}, &result));
    ck_assert_int_eq(result.unchanged, 2);
    ck_assert_str_eq(test_sql_text("select name from tier order by code limit 1"), "甲票");
    ok(pn_tier_import(p, &(struct pn_import){.file = "code,qty\ns-1-a,120\n"}, &result));
    ck_assert_int_eq(result.updated, 1); /* stock alone is an update */
}
END_TEST

START_TEST(a_file_of_sessions_proposes_and_adds)
{
    const char *file = "code,show,hall,start_at,outdoor\n"
                       "s-1,s,h,,yes\n"
                       "s-2,s,h,D+30 19:30,yes\n";
    ok(pn_session_import(p, &(struct pn_import){.file = file}, &result));
    ck_assert_int_eq(result.revised, 1);
    ck_assert_int_eq(result.created, 1);
    ck_assert_int_eq(row_of(2)->result.v, PN_IMPORTED_REVISED);
    ck_assert_int_eq(test_sql_int("select count(*) from session where outdoor"), 1);
    ok_by(second, approve(second, test_sql_int("select id from show_revision")));
    ck_assert_int_eq(test_sql_int("select count(*) from session where outdoor"), 2);
    ok(pn_session_import(p, &(struct pn_import){.file = file}, &result));
    ck_assert_int_eq(result.unchanged, 2);
}
END_TEST

START_TEST(a_show_in_a_file_is_counted_as_waiting_too)
{
    const char *file = "code,title\ns,雷雨·全本\n";
    ok(pn_show_import(p, &(struct pn_import){.file = file}, &result));
    ck_assert_int_eq(result.revised, 1);
    ck_assert_str_eq(test_sql_text("select noun from show_revision"), "show");
    pn_page page;
    ok(pn_revision_list(p, &(pn_list){.where = "noun=show"}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ok(pn_revision_list(p, &(pn_list){.where = "noun=tier"}, &page));
    ck_assert_uint_eq(page.rows.n, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("revision");
    TCase *t = tcase_create("revision");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_tier_changes_when_a_second_person_agrees);
    tcase_add_test(t, a_session_changes_when_a_second_person_agrees);
    tcase_add_test(t, a_refused_change_is_never_applied);
    tcase_add_test(t, two_changes_of_one_version_do_not_mix);
    tcase_add_loop_test(t, a_sale_meanwhile_fixes_price_bundle_and_time, 0,
                        (int)(sizeof taken / sizeof taken[0]));
    tcase_add_test(t, a_removed_tier_leaves_a_revision_that_can_only_be_refused);
    tcase_add_test(t, a_draft_changes_at_once_and_a_live_show_grows_at_once);
    tcase_add_test(t, whom_a_change_meets_is_counted);
    tcase_add_test(t, channels_that_sell_it_are_counted);
    tcase_add_test(t, whom_a_change_would_meet_is_told_before);
    tcase_add_test(t, a_file_of_tiers_proposes_and_adds);
    tcase_add_test(t, a_file_of_sessions_proposes_and_adds);
    tcase_add_test(t, a_show_in_a_file_is_counted_as_waiting_too);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
