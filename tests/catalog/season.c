/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the catalogue start from. */
#include "season_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/city.h"
#include "catalog/hall.h"
#include "catalog/session.h"
#include "catalog/show.h"
#include "catalog/tier.h"
#include "catalog/venue.h"

pn *person(int64_t id)
{
    return test_begin_as(&(pn_actor){.kind = 'O', .id = id, .login = "ops", .name = "Ops",
                                     .roles = PN_ROLE_OPS, .via = "test"});
}

char *file_of(const char *folder, const char *name)
{
    char path[4096];
    const char *root = getenv("PN_SRCDIR");
    snprintf(path, sizeof path, "%s/%s/%s", root ? root : ".", folder, name);
    FILE *f = fopen(path, "re");
    ck_assert_msg(f != NULL, "%s", path);
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    rewind(f);
    char *text = malloc((size_t)size + 1);
    ck_assert(text != NULL && fread(text, 1, (size_t)size, f) == (size_t)size);
    text[size] = '\0';
    fclose(f);
    return text;
}

void make_place(pn *p)
{
    pn_city city;
    pn_venue venue;
    pn_hall hall;
    ok(pn_city_create(p, &(struct pn_city_create){.code = "sh", .name = "上海"}, &city));
    ok(pn_venue_create(p, &(struct pn_venue_create){.code = "v", .name = "大剧院",
                                                    .city = city.id, .capacity = 1000}, &venue));
    ok(pn_hall_create(p, &(struct pn_hall_create){.code = "h", .name = "大厅", .venue = venue.id,
                                                  .capacity = 1000}, &hall));
}

int64_t id_of(const char *table, const char *code)
{
    char sql[200];
    snprintf(sql, sizeof sql, "select id from %s where code = '%s'", table, code);
    return test_sql_int(sql);
}

static void make_tiers(pn *p, int64_t session, const char *code, int tiers)
{
    for (int t = 0; t < tiers; t++) {
        char name[80];
        pn_tier out;
        snprintf(name, sizeof name, "%s-%c", code, 'a' + t);
        ok(pn_tier_create(p, &(struct pn_tier_create){.code = name, .session = session,
                          .name = name, .face_price = {(58000 - t * 10000)}, .qty = 100}, &out));
    }
}

int64_t make_show(pn *p, const char *code, const char *title, int sessions, int tiers, int days)
{
    pn_show_row show;
    struct pn_show_create in = {.code = code, .title = title, .city = id_of("city", "sh"),
        .venue = id_of("venue", "v"), .category = {PN_CATEGORY_DRAMA}, .poster = "p.jpg",
        .notices = {"{\"refund\":\"none\"}"}};
    ok(pn_show_create(p, &in, &show));
    for (int s = 1; s <= sessions; s++) {
        char name[64];
        pn_session out;
        snprintf(name, sizeof name, "%s-%d", code, s);
        pn_time start = {pn_now(p).us + ((int64_t)days + s - 1) * 86400000000};
        ok(pn_session_create(p, &(struct pn_session_create){.code = name, .show = show.id,
                             .hall = id_of("hall", "h"), .start_at = start,
                             .end_at = {start.us + 7200000000},
                             .sale_at = {pn_now(p).us - 60000000}}, &out));
        make_tiers(p, out.id, name, tiers);
    }
    return show.id;
}

int64_t make_live_show(pn *p, const char *code, const char *title, int sessions, int tiers,
                       int days)
{
    int64_t id = make_show(p, code, title, sessions, tiers, days);
    pn_show_row show;
    ok(pn_show_submit(p, &(struct pn_show_submit){.id = id}, &show));
    pn *second = person(pn_who(p)->id + 1000);
    ck_assert_int_eq(pn_show_approve(second, &(struct pn_show_approve){.id = id}, &show), 0);
    pn_end(second);
    return id;
}

void force_state(int64_t session, const char *state)
{
    char sql[200];
    snprintf(sql, sizeof sql, "update session set status = '%s', suspended_from = null"
             " where id = %lld", state, (long long)session);
    test_sql(sql);
}
