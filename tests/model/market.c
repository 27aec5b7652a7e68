/* SPDX-License-Identifier: Apache-2.0 */
/* market.c — the market of the model: small lots, so that they sell out and fill again, and one
 * large; a limit, a real-name rule, an end of sale and every rule of an offer in one session or
 * another. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypt_int.h"
#include "model_int.h"

market shop;

static void put(const char *fmt, ...) PN_PRINTF(1, 2);
static void put(const char *fmt, ...)
{
    char sql[2000];
    va_list args;
    va_start(args, fmt);
    vsnprintf(sql, sizeof sql, fmt, args);
    va_end(args);
    sql_run(sql);
}

static const struct {
    const char *realname;
    int limit_order, limit_user, sk, start_h;
    const char *status, *show_status;
    bool resold, numbered, plenty;
} kinds[] = {
    {"NONE", 20, 0, 1, 24 * 60, "ON_SALE", "PUBLISHED", true},
    {"NONE", 20, 0, 2, 24 * 60, "ON_SALE", "PUBLISHED", true},
    {"NONE", 4, 6, 1, 24 * 60, "ON_SALE", "PUBLISHED", true},
    {"STRICT", 6, 4, 3, 24 * 60, "ON_SALE", "PUBLISHED", false},
    {"TICKET", 6, 0, 2, 24 * 60, "PRESALE", "PUBLISHED", true},
    {"ORDER", 6, 4, 3, 24 * 60, "ON_SALE", "PUBLISHED", false},
    {"NONE", 20, 0, 4, 9, "TAIL", "PUBLISHED", false},       /* its sale stops on the way */
    {"NONE", 20, 0, 4, 24 * 60, "ON_SALE", "OFFLINE", false}, /* never sold */
    {"NONE", 20, 0, 1, 24 * 60, "CLOSED", "PUBLISHED", false},
    {"NONE", 20, 0, 5, 24 * 60, "ON_SALE", "PUBLISHED", false, true}, /* a large show, by seat */
    {"NONE", 20, 9, 6, 24 * 60, "ON_SALE", "PUBLISHED", false, false, true},
};
enum { KINDS = sizeof kinds / sizeof *kinds };
#define FAR INT64_C(1000000000) /* from the numbers that are given out */

static const char *at(int64_t us)
{
    static char text[4][80];
    static int turn;
    char *t = text[turn++ % 4];
    snprintf(t, sizeof text[0], "(timestamptz 'epoch' + interval '1 microsecond' * %" PRId64 ")",
             us);
    return t;
}

static void place_of(void)
{
    put("insert into city (id, code, name, created_at, updated_at)"
        " values (1, 'sh', '上海', now(), now())");
    put("insert into venue (id, code, city_id, name, created_at, updated_at)"
        " values (2, 'dgm', 1, '大剧院', now(), now())");
    put("insert into hall (id, code, venue_id, name, created_at, updated_at)"
        " values (3, 'dgm-1', 2, '大厅', now(), now())");
}

static void tier_of(market_session *s, int n, int64_t now)
{
    static const int64_t face[] = {58000, 28000, 10001};
    int64_t id = (FAR + 100 + shop.sessions * 10 + n) << 12 | (s->id & 4095);
    int stock = s->plenty ? 3000 : n == 2 ? 24 : 40;
    put("insert into tier (id, code, session_id, name, face_price_fen, combo_n, created_at,"
        " updated_at) values (%" PRId64 ", 't%d-%d', %" PRId64 ", 'T%d', %" PRId64 ", %d,"
        " now(), now())", id, shop.sessions, n, s->id, n, face[n], n == 2 ? 2 : 1);
    put("insert into stock (sk, lot_id, tier_id, session_id, qty_total) values (%" PRId64
        ", %" PRId64 ", %" PRId64 ", %" PRId64 ", %d)", s->id & 4095, id, id, s->id, stock);
    put("insert into stock_move (sk, id, lot_id, delta, reason, actor_id, at) values (%" PRId64
        ", %" PRId64 ", %" PRId64 ", %d, 'open', 1, %s)", s->id & 4095, id, id, stock, at(now));
    s->tier[s->tiers++] = id;
}

static void session_of(int k, int64_t now)
{
    market_session *s = &shop.session[shop.sessions];
    int64_t show = 10 + k, start = now + kinds[k].start_h * HOUR;
    *s = (market_session){.id = (FAR + k) << 12 | kinds[k].sk, .show = k,
        .limit_order = kinds[k].limit_order, .realname = kinds[k].realname,
        .resold = kinds[k].resold, .numbered = kinds[k].numbered, .plenty = kinds[k].plenty,
        .frozen = k == 1 || kinds[k].plenty};
    s->open = strcmp(kinds[k].status, "CLOSED") && strcmp(kinds[k].show_status, "OFFLINE");
    put("insert into show (id, code, city_id, venue_id, category, title, status, realname_mode,"
        " purchase_limit_order, purchase_limit_user, refund_policy, is_large, created_at,"
        " updated_at) values (%" PRId64 ", 'show%d', 1, 2, 'DRAMA', '雷雨', '%s', '%s', %d, %d,"
        " 'FREE', %s, now(), now())", show, k, kinds[k].show_status, kinds[k].realname,
        kinds[k].limit_order, kinds[k].limit_user, kinds[k].numbered ? "true" : "false");
    put("insert into session (id, code, show_id, hall_id, start_at, doors_at, stop_sale_at,"
        " tail_from, sale_at, status, delivery_types, approved_capacity, created_at, updated_at)"
        " values (%" PRId64 ", 'se%d', %" PRId64 ", 3, %s, %s, %s, %s, %s, '%s',"
        " '{ETICKET,ONSITE,EXPRESS}', %d, now(), now())", s->id, k, show, at(start),
        at(start - HOUR), at(start - 30 * MINUTE), at(start - 20 * MINUTE), at(now - 24 * HOUR),
        kinds[k].status, kinds[k].numbered ? 130 : 0);
    for (int n = 0; n < 3; n++)
        tier_of(s, n, now);
    shop.sessions++;
}

static void merchants(void)
{
    for (int i = 0; i < MERCHANTS; i++) {
        int64_t id = shop.merchant[i] = (FAR + 1000 + i) << 12 | 7;
        put("insert into merchant (id, code, kind, name, status, commission_bp, created_at,"
            " updated_at) values (%" PRId64 ", 'm%d', 'AGENCY', 'm%d', 'ACTIVE', 500, now(),"
            " now())",
            id, i, i);
        put("insert into merchant_stand (sk, merchant_id) values (7, %" PRId64 ")", id);
        put("insert into qualification (sk, id, merchant_id, kind, no, valid_to, state,"
            " created_at) select 7, %" PRId64 " + 4096 * 1000 * i, %" PRId64 ", k, '1',"
            " '2099-12-31', 'VERIFIED', now() from unnest(array['BUSINESS_LICENCE',"
            " 'PERFORMANCE_PERMIT']) with ordinality u(k, i)", id, id);
    }
}

/* Quantities that stay what they are in lots whose rule is told by its rows: a whole lot is four,
 * a lot in pairs is even, and where none may be left over nobody buys fewer than two. */
static const struct pn_listing_create offers[] = {
    {.ask_fen = {50000}, .qty = 30},
    {.ask_fen = {51000}, .qty = 4, .split_policy = {PN_SPLIT_WHOLE}},
    {.ask_fen = {52000}, .qty = 20, .split_policy = {PN_SPLIT_MULTIPLE}, .split_multiple = 2},
    {.ask_fen = {53000}, .qty = 15, .min_buy = 2, .max_buy = 4, .no_single_left = {1}},
    {.ask_fen = {20000}, .qty = 25, .special_kind = {PN_SPECIAL_STUDENT}},
    {.ask_fen = {54000}, .qty = 12}, /* paused while the others are on offer */
};
enum { OFFERS = sizeof offers / sizeof *offers };

static void offers_of(pn *p, market_session *s)
{
    for (int i = 0; i < OFFERS; i++) {
        struct pn_listing_create in = offers[i];
        pn_listing l;
        char code[40];
        snprintf(code, sizeof code, "l%d-%d", i, s->show);
        in.code = code;
        in.tier = s->tier[i == 4 ? 1 : 0];
        in.merchant = shop.merchant[i % MERCHANTS];
        if (pn_listing_create(p, &in, &l) ||
            pn_listing_submit(p, &(struct pn_listing_submit){.id = l.id}, &l) ||
            (i == 5 && pn_listing_pause(p, &(struct pn_listing_pause){.id = l.id}, &l))) {
            printf("Bail out! an offer cannot be made: %s\n", pn_error(p)->message);
            exit(1);
        }
        s->listing[s->listings++] = l.id;
    }
}

void market_make(int64_t now)
{
    shop.sessions = 0;
    place_of();
    for (int k = 0; k < KINDS; k++)
        session_of(k, now);
    merchants();
    pn_ctx *ctx = model_ctx(1);
    pn *p = pn_begin(ctx);
    pn_act_as(p, &(pn_actor){.kind = 'S', .login = "model", .roles = PN_ROLE_SYSTEM,
                             .via = "test"});
    pn_set_now(p, (pn_time){now});
    if (pni_crypt_init(p)) {
        printf("Bail out! no keys: %s\n", pn_error(p)->message);
        exit(1);
    }
    pn_end(p);
    p = pn_begin(ctx);
    pn_act_as(p, &(pn_actor){.kind = 'O', .id = 31, .login = "ops", .roles = PN_ROLE_OPS,
                             .via = "test"});
    pn_set_now(p, (pn_time){now});
    for (int i = 0; i < shop.sessions; i++)
        if (shop.session[i].resold)
            offers_of(p, &shop.session[i]);
    pn_end(p);
    market_kinds(ctx, now);
    pn_ctx_close(ctx);
}
