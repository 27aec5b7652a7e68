/* SPDX-License-Identifier: Apache-2.0 */
/* Publishing with four eyes, revisions, what is fixed by a sale, capacity, and being found. */
#include <stdio.h>
#include <string.h>

#include "season_int.h"
#include "catalog/revision.h"
#include "catalog/search.h"
#include "catalog/session.h"
#include "catalog/show.h"
#include "catalog/tier.h"
#include "catalog/venue.h"
#include "goods/stock.h"

static pn *p, *second, *third;
static pn_show_row show;

static void setup(void)
{
    test_db_setup();
    p = person(1);
    second = person(2);
    third = person(3);
    make_place(p);
}

static void teardown(void)
{
    pn_end(p);
    pn_end(second);
    pn_end(third);
    test_db_teardown();
}

/* As `ok` and `fails` for another unit than `p`. */
#define ok_by(unit, call) ck_assert_msg(!(call), "%s: %s", #call, pn_error(unit)->message)
#define fails_by(unit, code, call)                                                                 \
    ck_assert_msg((call) == (code), "%s: %s", #call, pn_error(unit)->message)

START_TEST(s01_publishing_takes_two_people_and_revisions_do_not_mix)
{
    int64_t id = make_show(p, "s", "雷雨", 2, 3, 5);
    ok(pn_show_submit(p, &(struct pn_show_submit){.id = id}, &show));
    ck_assert_int_eq(show.status.v, PN_SHOW_REVIEWING);
    fails(PN_EDUAL, pn_show_approve(p, &(struct pn_show_approve){.id = id}, &show));
    fails(PN_ESTATE, pn_show_edit(p, &(struct pn_show_edit){.id = id, .title = "x"}, &show));
    ok_by(second, pn_show_approve(second, &(struct pn_show_approve){.id = id}, &show));
    ck_assert_int_eq(show.status.v, PN_SHOW_PUBLISHED);
    ck_assert_int_eq(test_sql_int("select count(*) from outbox where event = 'show.published'"), 1);

    /* O1 and O3 both edit the same version; O3's is applied first */
    ok(pn_show_edit(p, &(struct pn_show_edit){.id = id, .subtitle = "一"}, &show));
    int64_t mine = show.revision;
    ck_assert_str_eq(show.subtitle, "");
    ok_by(third,
          pn_show_edit(third, &(struct pn_show_edit){.id = id, .title = "雷雨·全本"}, &show));
    int64_t theirs = show.revision;
    pn_revision r;
    fails(PN_EDUAL, pn_revision_approve(p, &(struct pn_revision_approve){.id = mine}, &r));
    ok_by(second, pn_revision_approve(second, &(struct pn_revision_approve){.id = theirs}, &r));
    ck_assert_int_eq(r.state.v, PN_REVISION_APPROVED);
    ck_assert_str_eq(r.diff.text, "{\"title\": [\"雷雨\", \"雷雨·全本\"]}");
    fails_by(second, PN_ECONFLICT,
             pn_revision_approve(second, &(struct pn_revision_approve){.id = mine}, &r));
    ok_by(second, pn_revision_reject(second, &(struct pn_revision_reject){.id = mine,
                                                                .reason = "stale"}, &r));
    ok(pn_show_show(p, &(struct pn_show_show){id}, &show));
    ck_assert_str_eq(show.title, "雷雨·全本");
    ck_assert_str_eq(show.subtitle, "");
    ck_assert_str_eq(test_sql_text("select before->>'title' || '>' || (after->>'title')"
        " from audit_log where op = 'revision.approve' and noun = 'show'"), "雷雨>雷雨·全本");

    /* the face price of a sold tier (I19) */
    pn_tier tier;
    int64_t t = id_of("tier", "s-1-a");
    ok(pn_tier_edit(p, &(struct pn_tier_edit){.id = t, .face_price = {58100}}, &tier));
    ok_by(second,
          pn_revision_approve(second, &(struct pn_revision_approve){.id = tier.revision}, &r));
    ck_assert_str_eq(test_sql_text("select (before->>'face_price') || '>' || (after->>'face_price')"
        " from audit_log where noun = 'tier' and before is not null"), "580.00>581.00");
    test_sql("update stock set qty_sold = 1 where tier_id in (select id from tier where code ="
             " 's-1-a')");
    fails(PN_ESTATE, pn_tier_edit(p, &(struct pn_tier_edit){.id = t, .face_price = {68000}},
                                  &tier));
    fails(PN_ESTATE, pn_tier_edit(p, &(struct pn_tier_edit){.id = t, .combo_n = 2}, &tier));
    ok(pn_tier_edit(p, &(struct pn_tier_edit){.id = t, .name = "甲票", .sort = 3}, &tier));
    ok_by(second,
          pn_revision_approve(second, &(struct pn_revision_approve){.id = tier.revision}, &r));
    ok(pn_tier_show(p, &(struct pn_tier_show){t}, &tier));
    ck_assert_str_eq(tier.name, "甲票");
    ck_assert_int_eq(tier.face_price.fen, 58100);
}
END_TEST

START_TEST(I19_what_was_sold_keeps_its_price_and_its_time)
{
    make_show(p, "s", "雷雨", 1, 1, 5);
    pn_tier tier;
    pn_session session;
    int64_t t = id_of("tier", "s-1-a"), at = id_of("session", "s-1");
    ok(pn_session_show(p, &(struct pn_session_show){at}, &session));
    pn_time later = {session.start_at.us + INT64_C(86400000000)};
    static const char *const taken[] = {"qty_locked = 1", "qty_locked = 0, qty_sold = 1"};
    for (int i = 0; i < 2; i++) { /* a lock is enough */
        char sql[200];
        ok(pn_tier_edit(p, &(struct pn_tier_edit){.id = t, .face_price = {58000 + i}}, &tier));
        ck_assert_int_eq(tier.face_price.fen, 58000 + i);
        snprintf(sql, sizeof sql, "update stock set %s where lot_id = %lld", taken[i],
                 (long long)t);
        test_sql(sql);
        fails(PN_ESTATE, pn_tier_edit(p, &(struct pn_tier_edit){.id = t, .face_price = {68000}},
                                      &tier));
        fails(PN_ESTATE, pn_session_edit(p, &(struct pn_session_edit){.id = at,
                                                                      .start_at = later},
                                         &session));
        ck_assert_ptr_nonnull(pn_error(p)->hint);
        test_sql("update stock set qty_locked = 0, qty_sold = 0");
    }
    ok(pn_session_edit(p, &(struct pn_session_edit){.id = at, .start_at = later}, &session));
    ck_assert_int_eq(session.start_at.us, later.us);
}
END_TEST

START_TEST(a_draft_is_not_ready_without_its_parts)
{
    struct pn_show_submit in = {.id = make_show(p, "a", "甲", 1, 0, 5)};
    fails(PN_ESTATE, pn_show_submit(p, &in, &show));
    in.id = make_show(p, "b", "乙", 1, 1, 6);
    test_sql("update show set poster = ''");
    fails(PN_EARG, pn_show_submit(p, &in, &show));
    ck_assert_str_eq(pn_error(p)->field, "id"); /* a step has no poster to give */
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "poster"));
    test_sql("update show set poster = 'x', notices = null");
    fails(PN_EARG, pn_show_submit(p, &in, &show));
    test_sql("update show set notices = '{\"a\":\"b\"}', is_large = true");
    fails(PN_EARG, pn_show_submit(p, &in, &show));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "permit number"));
    test_sql("update show set permit_no = '1'");
    ok(pn_show_submit(p, &in, &show));
    fails_by(second, PN_EREALNAME,
             pn_show_approve(second, &(struct pn_show_approve){.id = in.id}, &show));
    test_sql("update show set realname_mode = 'TICKET'");
    ok_by(second, pn_show_approve(second, &(struct pn_show_approve){.id = in.id}, &show));
    fails(PN_ESTATE, pn_show_archive(p, &(struct pn_show_archive){.id = in.id}, &show));
}
END_TEST

START_TEST(offline_and_back_and_reject)
{
    int64_t id = make_live_show(p, "s", "雷雨", 1, 1, 5);
    fails(PN_EARG, pn_show_offline(p, &(struct pn_show_offline){.id = id}, &show));
    ok(pn_show_offline(p, &(struct pn_show_offline){.id = id, .reason = "dispute"}, &show));
    fails(PN_EDUAL, pn_show_republish(p, &(struct pn_show_republish){.id = id}, &show));
    ok_by(second, pn_show_republish(second, &(struct pn_show_republish){.id = id}, &show));
    ck_assert_int_eq(show.status.v, PN_SHOW_PUBLISHED);
    id = make_show(p, "r", "茶馆", 1, 1, 6);
    ok(pn_show_submit(p, &(struct pn_show_submit){.id = id}, &show));
    fails_by(second, PN_EARG, pn_show_reject(second, &(struct pn_show_reject){.id = id}, &show));
    ok_by(second, pn_show_reject(second, &(struct pn_show_reject){.id = id, .reason = "no"},
                                 &show));
    ck_assert_int_eq(show.status.v, PN_SHOW_DRAFT);
    ck_assert_str_eq(test_sql_text("select string_agg(event, ' ' order by id) from state_log"
                                   " where noun = 'show' and ref = "
                                   "(select id from show where code = 'r')"), "submit reject");
}
END_TEST

START_TEST(an_edit_against_an_old_version_is_refused)
{
    int64_t id = make_show(p, "s", "雷雨", 1, 1, 5);
    ok(pn_show_edit(p, &(struct pn_show_edit){.id = id, .version = 1, .title = "a"}, &show));
    ck_assert_int_eq(show.version, 2);
    fails(PN_ECONFLICT, pn_show_edit(p, &(struct pn_show_edit){.id = id, .version = 1,
                                                               .title = "b"}, &show));
    fails(PN_ENONE, pn_show_edit(p, &(struct pn_show_edit){.id = 99, .title = "b"}, &show));
    fails(PN_EEXISTS, pn_show_create(p, &(struct pn_show_create){.code = "s", .title = "c",
          .city = id_of("city", "sh"), .venue = id_of("venue", "v"), .category = {1}}, &show));
}
END_TEST

START_TEST(an_organiser_sees_and_changes_only_his_shows)
{
    pn *guest = test_begin_as(&(pn_actor){.kind = 'G', .id = 9, .login = "g", .organiser = 77,
                                          .roles = PN_ROLE_ORGANISER});
    int64_t other = make_show(p, "s", "雷雨", 1, 1, 5);
    pn_page page;
    ok_by(guest, pn_show_create(guest, &(struct pn_show_create){.code = "g", .title = "茶馆",
          .city = id_of("city", "sh"), .venue = id_of("venue", "v"), .category = {1}}, &show));
    ck_assert_int_eq(show.organiser_id, 77);
    ok_by(guest, pn_show_list(guest, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    fails_by(guest, PN_EPERM, pn_show_edit(guest, &(struct pn_show_edit){.id = other,
                                                                  .title = "x"}, &show));
    fails_by(guest, PN_ENONE, pn_show_show(guest, &(struct pn_show_show){other}, &show));
    pn_end(guest);
}
END_TEST

/* ---- capacity and stock ---- */

START_TEST(seats_never_exceed_the_approved_capacity)
{
    int64_t id = make_show(p, "s", "雷雨", 1, 2, 5); /* 200 of the hall's 1,000 */
    int64_t t = id_of("tier", "s-1-a");
    pn_stock stock;
    pn_tier tier;
    ok(pn_stock_set(p, &(struct pn_stock_set){t, 900, "all"}, &stock));
    ck_assert_int_eq(stock.total, 900);
    fails(PN_ECAP, pn_stock_add(p, &(struct pn_stock_add){t, 1, "more"}, &stock));
    test_sql("update show set approved_capacity = 500");
    fails(PN_ECAP, pn_tier_create(p, &(struct pn_tier_create){.code = "x", .name = "x", .qty = 1,
          .session = id_of("session", "s-1")}, &tier));
    ok(pn_stock_set(p, &(struct pn_stock_set){t, 400, "fewer"}, &stock));
    test_sql("update session set approved_capacity = 502");
    fails(PN_ECAP, pn_tier_create(p, &(struct pn_tier_create){.code = "x", .name = "x", .qty = 3,
          .combo_n = 2, .session = id_of("session", "s-1")}, &tier));
    ok(pn_tier_create(p, &(struct pn_tier_create){.code = "x", .name = "x", .qty = 2,
          .combo_n = 2, .session = id_of("session", "s-1")}, &tier));
    test_sql("update stock set qty_locked = 30, qty_sold = 10 where qty_total = 400");
    fails(PN_ESTOCK, pn_stock_set(p, &(struct pn_stock_set){t, 39, "fewer"}, &stock));
    fails(PN_ESTOCK, pn_stock_add(p, &(struct pn_stock_add){t, -361, "fewer"}, &stock));
    ok(pn_stock_add(p, &(struct pn_stock_add){t, -360, "fewer"}, &stock));
    ck_assert_int_eq(stock.available, 0);
    ck_assert_int_eq(test_sql_int("select count(*) from stock k where qty_total <> (select"
        " sum(delta) from stock_move m where m.lot_id = k.lot_id)"), 0);
    ck_assert_int_gt(id, 0);
}
END_TEST

START_TEST(a_sold_tier_is_hidden_an_unsold_one_deleted)
{
    make_show(p, "s", "雷雨", 1, 2, 5);
    pn_tier_removed gone;
    test_sql("update stock set qty_sold = 1 where tier_id in (select id from tier where code ="
             " 's-1-a')");
    ok(pn_tier_remove(p, &(struct pn_tier_remove){id_of("tier", "s-1-a"), "x"}, &gone));
    ck_assert(gone.hidden);
    ok(pn_tier_remove(p, &(struct pn_tier_remove){id_of("tier", "s-1-b"), "x"}, &gone));
    ck_assert(!gone.hidden);
    ck_assert_int_eq(test_sql_int("select count(*) from tier where hidden"), 1);
    ck_assert_int_eq(test_sql_int("select count(*) from tier"), 1);
    ck_assert_int_eq(test_sql_int("select count(*) from stock"), 1);
}
END_TEST

/* ---- what is derived ---- */

static void stage_is(int stage)
{
    ok(pn_show_show(p, &(struct pn_show_show){id_of("show", "s")}, &show));
    ck_assert_int_eq(show.sale_stage.v, stage);
}

START_TEST(the_sale_stage_follows_sessions_stock_and_clock)
{
    make_live_show(p, "s", "雷雨", 2, 1, 1);
    stage_is(PN_STAGE_COMING);
    test_sql("update session set status = 'PRESALE' where code = 's-2'");
    stage_is(PN_STAGE_PRESALE);
    test_sql("update session set status = 'TAIL' where code = 's-2'");
    stage_is(PN_STAGE_TAIL);
    test_sql("update session set status = 'ON_SALE' where code = 's-1'");
    stage_is(PN_STAGE_ONSALE);
    test_sql("update stock set qty_sold = qty_total");
    stage_is(PN_STAGE_LACK);
    pn_set_now(p, (pn_time){pn_now(p).us + INT64_C(40) * 86400000000});
    stage_is(PN_STAGE_ENDED);
    pn_session session;
    ok(pn_session_show(p, &(struct pn_session_show){id_of("session", "s-1")}, &session));
    ck_assert(session.expired);
    /* no job came, it is over all the same */
    ck_assert_int_eq(session.status.v, PN_SESSION_ON_SALE);
    ck_assert_int_eq(session.stock_flag.v, PN_FLAG_NONE);
    ck_assert_int_eq(session.sold, 100);
}
END_TEST

static const struct { int sold, flag; } flags[] = {
    {0, PN_FLAG_ENOUGH}, {69, PN_FLAG_ENOUGH}, {70, PN_FLAG_NORMAL}, {89, PN_FLAG_NORMAL},
    {90, PN_FLAG_LESS}, {99, PN_FLAG_LESS}, {100, PN_FLAG_NONE},
};

START_TEST(the_stock_flag_tells_how_much_is_left)
{
    make_show(p, "s", "雷雨", 1, 1, 5);
    char sql[80];
    snprintf(sql, sizeof sql, "update stock set qty_sold = %d", flags[_i].sold);
    test_sql(sql);
    pn_session session;
    pn_tier tier;
    ok(pn_session_show(p, &(struct pn_session_show){id_of("session", "s-1")}, &session));
    ok(pn_tier_show(p, &(struct pn_tier_show){id_of("tier", "s-1-a")}, &tier));
    ck_assert_int_eq(session.stock_flag.v, flags[_i].flag);
    ck_assert_int_eq(tier.stock_flag.v, flags[_i].flag);
}
END_TEST

/* ---- being found ---- */

static const struct { const char *q; int n; } questions[] = {
    {"周杰", 1}, {"周杰仑", 1}, {"zhoujielun", 1}, {"zjl", 1}, {"ZJL", 1}, {"zj", 1},
    {"杰", 1}, {"周杰仑 演唱会", 1}, {"时光列车 周杰仑", 1}, {"周杰 茶馆", 0}, {"伦杰", 0},
    {"時光列車", 1}, {"ｔｉｍｅ　ｔｒａｉｎ", 1}, {"time", 1}, {"train time", 1}, {"kxmh", 1},
    {"麻花", 1}, {"yinyuehui", 1}, {"龘", 1}, {"龘䶮㛃𫖯", 1}, {"大剧院", 4}, {"djy", 4},
    {"《茶馆》", 1}, {"chaguan", 1}, {"zzzz", 0}, {"，。！", 4}, {"%", 4}, {"'; drop table x", 0},
};

START_TEST(shows_are_found_by_any_spelling)
{
    struct pn_show_create in = {.code = "1", .title = "周杰仑「时光列车」演唱会", .category = {1},
        .city = id_of("city", "sh"), .venue = id_of("venue", "v"),
        .aliases = {(const char *[]){"Time Train"}, 1}};
    ok(pn_show_create(p, &in, &show));
    in = (struct pn_show_create){.code = "2", .title = "话剧《茶馆》", .category = {2},
        .city = in.city, .venue = in.venue};
    ok(pn_show_create(p, &in, &show));
    in.code = "3";
    in.title = "开心麻花爆笑夜";
    ok(pn_show_create(p, &in, &show));
    in.code = "4";
    in.title = "龘䶮㛃𫖯 音乐会";
    ok(pn_show_create(p, &in, &show));
    pn_page page;
    ok(pn_show_list(p, &(pn_list){.q = questions[_i].q}, &page));
    ck_assert_msg((int)page.rows.n == questions[_i].n, "%s: %zu found, not %d", questions[_i].q,
                  page.rows.n, questions[_i].n);
    /* a title is found by its initials in a filter, too, beside other terms */
    ok(pn_show_list(p, &(pn_list){.where = "title~zjl status=DRAFT"}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ok(pn_show_list(p, &(pn_list){.where = "title!~zjl"}, &page));
    ck_assert_uint_eq(page.rows.n, 3);
    ok(pn_show_list(p, &(pn_list){.where = "title~爆笑"}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
}
END_TEST

/* A show with one session in `days`, on sale with its stock unless told otherwise. */
static void on_sale(const char *code, const char *title, int days)
{
    make_live_show(p, code, title, 1, 1, days);
    force_state(id_of("session", pn_printf(p, "%s-1", code)), "ON_SALE");
}

/* The codes of all pages, `limit` rows a page. */
static const char *found(const char *q, int limit)
{
    pn_buf codes = pn_buf_new(p);
    pn_list in = {.q = q, .limit = limit};
    pn_page page;
    do {
        ok(pn_show_list(p, &in, &page));
        pn_each(pn_show_row, one, &page.rows)
            pn_buf_putf(&codes, "%s%s", codes.len ? " " : "", one->code);
        in.after = page.next;
    } while (page.next);
    return codes.text ? codes.text : "";
}

START_TEST(the_best_answer_comes_first_and_pages_miss_none)
{
    on_sale("spelt", "理查", 5);              /* licha: only by its spelling */
    on_sale("alias", "丁", 5);
    test_sql("update show set aliases = '{LiCha}' where code = 'alias'");
    on_sale("sold", "LiCha", 5);
    test_sql("update stock set qty_sold = qty_total where tier_id ="
             " (select id from tier where code = 'sold-1-a')");
    on_sale("over", "LiCha", 5);
    force_state(id_of("session", "over-1"), "ENDED");
    on_sale("begins", "LiCha 演唱会", 5);
    on_sale("late", "LiCha", 9);
    on_sale("soon", "LiCha", 7);
    on_sale("tail", "LiCha", 6);
    force_state(id_of("session", "tail-1"), "TAIL");
    pn_search_done done;
    ok(pn_search_reindex(p, &(struct pn_search_reindex){{0}}, &done));
    const char *order = "soon late tail begins alias spelt sold over";
    for (int limit = 1; limit <= 9; limit++)
        ck_assert_str_eq(found("LICHA", limit), order);
    /* another order on request, and without a question */
    pn_page page;
    ok(pn_show_list(p, &(pn_list){.q = "licha", .sort = "-code", .limit = 1}, &page));
    ck_assert_str_eq(((pn_show_row *)page.rows.row)->code, "tail");
    fails(PN_EARG, pn_show_list(p, &(pn_list){.q = "licha", .after = page.next}, &page));
    ok(pn_show_list(p, &(pn_list){.limit = 1}, &page));
    ck_assert_str_eq(((pn_show_row *)page.rows.row)->code, "spelt");
    ck_assert_int_eq(((pn_show_row *)page.rows.row)->rank, 0);
}
END_TEST

START_TEST(a_renamed_venue_and_a_reindex_keep_shows_found)
{
    make_show(p, "s", "雷雨", 1, 1, 5);
    pn_venue venue;
    pn_page page;
    ok(pn_venue_edit(p, &(struct pn_venue_edit){.id = id_of("venue", "v"), .name = "兰心"},
                     &venue));
    ok(pn_show_list(p, &(pn_list){.q = "lanxin"}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    test_sql("update show set folded = '', pinyin = '', initials = '', grams = '{}'");
    ok(pn_show_list(p, &(pn_list){.q = "leiyu"}, &page));
    ck_assert_uint_eq(page.rows.n, 0);
    pn_search_done done;
    ok(pn_search_reindex(p, &(struct pn_search_reindex){{0}}, &done));
    ck_assert_int_eq(done.shows, 1);
    ck_assert_int_eq(done.venues, 1);
    ok(pn_show_list(p, &(pn_list){.q = "leiyu"}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
}
END_TEST

#define N(list) (int)(sizeof(list) / sizeof(list)[0])

int main(void)
{
    Suite *s = suite_create("show");
    TCase *t = tcase_create("show");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, s01_publishing_takes_two_people_and_revisions_do_not_mix);
    tcase_add_test(t, I19_what_was_sold_keeps_its_price_and_its_time);
    tcase_add_test(t, a_draft_is_not_ready_without_its_parts);
    tcase_add_test(t, offline_and_back_and_reject);
    tcase_add_test(t, an_edit_against_an_old_version_is_refused);
    tcase_add_test(t, an_organiser_sees_and_changes_only_his_shows);
    tcase_add_test(t, seats_never_exceed_the_approved_capacity);
    tcase_add_test(t, a_sold_tier_is_hidden_an_unsold_one_deleted);
    tcase_add_test(t, the_sale_stage_follows_sessions_stock_and_clock);
    tcase_add_loop_test(t, the_stock_flag_tells_how_much_is_left, 0, N(flags));
    tcase_add_loop_test(t, shows_are_found_by_any_spelling, 0, N(questions));
    tcase_add_test(t, the_best_answer_comes_first_and_pages_miss_none);
    tcase_add_test(t, a_renamed_venue_and_a_reindex_keep_shows_found);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
