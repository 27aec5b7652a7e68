/* SPDX-License-Identifier: Apache-2.0 */
/* market_kind.c — what the market has beside stock and offers: a hall with numbered seats and its
 * cut, group-buy offers, a distributor with a contract and money. */
#include <stdlib.h>

#include "channel/agency.h"
#include "channel/channel.h"
#include "model_int.h"
#include "promo/groupbuy.h"
#include "seating/seat_plan.h"
#include "seating/zone_plan.h"

static void must(pn *p, int rc, const char *what)
{
    if (!rc)
        return;
    printf("Bail out! no %s: %s\n", what, pn_error(p)->message);
    exit(1);
}

static pn *ops(pn_ctx *ctx, int64_t now, int64_t id)
{
    pn *p = pn_begin(ctx);
    pn_act_as(p, &(pn_actor){.kind = 'O', .id = id, .login = "ops", .roles = PN_ROLE_OPS |
                             PN_ROLE_FINANCE, .via = "test"});
    pn_set_now(p, (pn_time){now});
    return p;
}

/* Two blocks of five rows of ten. */
static void hall(pn *p)
{
    pn_seat_plan_imported made;
    pn_buf b = pn_buf_new(p);
    pn_buf_puts(&b, "section,row,from,to\n");
    for (int row = 1; row <= 2 * HALL_ROWS; row++)
        pn_buf_putf(&b, "%s,%d,1,%d\n", row <= HALL_ROWS ? "A" : "B", (row - 1) % HALL_ROWS + 1,
                    ROW_SEATS);
    must(p, pn_seat_plan_import(p, &(struct pn_seat_plan_import){.hall = 3, .file = b.text}, &made),
         "seat plan");
}

static void cut(pn_ctx *ctx, int64_t now, const market_session *s)
{
    pn_zone_plan z;
    pn_zone_ask zone[] = {{"前", s->tier[0], "red", "N", "A"},
                          {"后", s->tier[1], "blue", "S", "B"}};
    pn *p = ops(ctx, now, 34), *q = ops(ctx, now, 35);
    must(p, pn_zone_plan_draft(p, &(struct pn_zone_plan_draft){.session = s->id,
                                                               .zones = {zone, 2}}, &z), "cut");
    must(q, pn_zone_plan_live(q, &(struct pn_zone_plan_live){.id = z.id}, &z), "live cut");
    pn_end(p);
    pn_end(q);
}

/* A merchant's seats, sold side by side only. */
static void beside(pn *p, market_session *s)
{
    const char *seats[] = {"C/1/1-8", "C/2/1-8", "C/3/1-8"};
    struct pn_listing_create in = {.code = "seats", .tier = s->tier[0],
        .merchant = shop.merchant[0], .ask_fen = {50000}, .seat_mode = {PN_BY_SEAT},
        .seats = {seats, 3}, .contiguous = {1}, .no_single_left = {1}};
    pn_listing l;
    must(p, pn_listing_create(p, &in, &l), "offer of seats");
    must(p, pn_listing_submit(p, &(struct pn_listing_submit){.id = l.id}, &l), "offer of seats");
    s->listing[s->listings++] = l.id;
}

static void groupbuys(pn *p)
{
    for (int i = 0; i < GROUPBUYS; i++) {
        pn_groupbuy g;
        must(p, pn_groupbuy_create(p, &(struct pn_groupbuy_create){.tier = shop.session[0].tier[i],
            .name = "model", .size = 2 + i, .price_fen = {20000}, .allow_quit = true,
            .fill_vacant = i % 2 == 1}, &g), "group-buy offer");
        shop.groupbuy[i] = g.id;
    }
}

static void distributor(pn *p, int64_t now)
{
    pn_channel c;
    pn_agency g;
    pn_agency_quota_row q;
    must(p, pn_channel_create(p, &(struct pn_channel_create){.code = "tm", .name = "model",
        .kind = {PN_OUTLET_AGENT}}, &c), "channel");
    sql_run("insert into channel_member (staff_id, channel_id) select 51, id from channel");
    for (int i = 0; i < 4; i++)
        must(p, pn_channel_topup(p, &(struct pn_channel_topup){c.id, {INT64_C(5000000)},
             pn_printf(p, "model %d", i), NULL}, &c), "money of the channel");
    must(p, pn_agency_create(p, &(struct pn_agency_create){.code = "tm", .channel = c.id,
        .price_mode = {PN_AGENCY_FACE}, .commission_bp = 500, .refund_fee_bp = 1000,
        .valid_to = {now + 60 * 24 * HOUR}}, &g), "contract");
    for (int i = 0; i < 2; i++)
        must(p, pn_agency_quota(p, &(struct pn_agency_quota){g.id, shop.session[0].tier[i],
                                                             12, i == 1, {0}}, &q), "quota");
}

void market_kinds(pn_ctx *ctx, int64_t now)
{
    pn *p = ops(ctx, now, 31);
    hall(p);
    for (int i = 0; i < shop.sessions; i++) {
        if (!shop.session[i].numbered)
            continue;
        cut(ctx, now, &shop.session[i]);
        beside(p, &shop.session[i]);
    }
    groupbuys(p);
    distributor(p, now);
    pn_end(p);
}
