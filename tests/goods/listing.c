/* SPDX-License-Identifier: Apache-2.0 */
/* Offers: drafting, rules, states, who sees what. */
#include <stdio.h>
#include <string.h>

#include "market_int.h"
#include "merchant/merchant.h"

static pn_listing l;
static pn_listing_detail d;
static int64_t xl, dd;

static void setup(void)
{
    market_setup();
    xl = make_merchant("xl", "PRO");
    dd = make_merchant("dd", "PRO");
}

#define CREATE(...)                                                                                \
    pn_listing_create(p, &(struct pn_listing_create){.tier = tier_a, .merchant = xl,               \
                      .ask_fen = {90000}, __VA_ARGS__}, &l)
#define STEP(verb) pn_listing_##verb(p, &(struct pn_listing_##verb){.id = l.id, .reason = "x"}, &l)
#define CHANGE(...) pn_listing_change(p, &(struct pn_listing_change){.id = l.id, __VA_ARGS__}, &l)

static void counters(int locked, int sold)
{
    char sql[200];
    snprintf(sql, sizeof sql, "update stock set qty_locked = %d, qty_sold = %d"
             " where lot_id = %lld", locked, sold, (long long)l.id);
    test_sql(sql);
}

START_TEST(a_draft_becomes_an_offer)
{
    ok(CREATE(.qty = 5, .code = "A-1", .min_buy = 2, .max_buy = 4, .no_single_left = {1},
              .remark = "一层"));
    ck_assert_int_eq(l.state.v, PN_LISTING_DRAFT);
    ck_assert_int_eq(l.total, 5);
    ck_assert_int_eq(l.face_fen.fen, 98000);
    ck_assert_int_eq(pn_listing_show(p, &(struct pn_listing_show){l.id}, &d), 0);
    ck_assert_ptr_null(d.buyable);
    ok(STEP(submit));
    ck_assert_int_eq(l.state.v, PN_LISTING_LIVE);
    ck_assert_int_ne(l.listed_at.us, 0);
    ok(pn_listing_show(p, &(struct pn_listing_show){l.id}, &d));
    ck_assert_str_eq(d.buyable, "2, 3");
    ck_assert_uint_eq(d.prices.n, 1);
    ck_assert_str_eq(test_sql_text("select from_state || event || to_state from state_log"
                                   " where noun = 'listing' and from_state is not null"),
                     "DRAFTsubmitLIVE");
    fails(PN_ESTATE, STEP(submit));
    fails(PN_EEXISTS, CREATE(.qty = 5, .code = "A-1"));
    ck_assert_str_eq(pn_error(p)->field, "code");
    ok(CREATE(.qty = 5, .code = "A-2"));
}
END_TEST

START_TEST(the_seller_and_the_show_must_be_fit)
{
    static const struct { const char *sql, *undo, *field; int code; } cases[] = {
        {"update merchant set status = 'SUSPENDED', held_for = 'OPS'",
         "update merchant set status = 'ACTIVE', held_for = null", "merchant", PN_ESTATE},
        {"update session set status = 'CLOSED'", "update session set status = 'ON_SALE'", "tier",
         PN_ESTATE},
        {"update session set stop_sale_at = now() - interval '1 minute'",
         "update session set stop_sale_at = start_at", "tier", PN_ESTATE},
        {"update show set status = 'OFFLINE'", "update show set status = 'PUBLISHED'", "tier",
         PN_ESTATE},
        {"update tier set hidden = true", "update tier set hidden = false", "tier", PN_ESTATE},
        {"update show set resale_policy = 'FORBIDDEN'", "select 1", "tier", PN_EPERM},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        test_sql(cases[i].sql);
        fails(cases[i].code, CREATE(.qty = 5));
        ck_assert_str_eq(pn_error(p)->field, cases[i].field);
        ck_assert_ptr_nonnull(pn_error(p)->hint);
        test_sql(cases[i].undo);
    }
    int64_t house = make_merchant("house", "ORGANISER"); /* forbidden to others only */
    ok(pn_listing_create(p, &(struct pn_listing_create){.tier = tier_a, .merchant = house,
                         .ask_fen = {90000}, .qty = 2}, &l));
    fails(PN_ENONE, pn_listing_create(p, &(struct pn_listing_create){.tier = tier_a,
                    .merchant = 4096, .ask_fen = {90000}, .qty = 2}, &l));
}
END_TEST

START_TEST(rules_that_nobody_could_buy_under_are_refused)
{
#define SEATS(...) {(const char *[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / 8}
    const struct { struct pn_listing_create in; const char *field; int code; } cases[] = {
        {{.qty = 0}, "qty", PN_EARG},
        {{.qty = 5, .min_buy = 3, .max_buy = 2}, "max_buy", PN_EARG},
        {{.qty = 5, .split_policy = {PN_SPLIT_WHOLE}, .max_buy = 4}, "max_buy", PN_EARG},
        {{.qty = 5, .split_policy = {PN_SPLIT_MULTIPLE}}, "split_multiple", PN_EARG},
        {{.qty = 5, .seat_mode = {PN_BY_AREA}}, "zone_name", PN_EARG},
        {{.qty = 5, .seat_mode = {PN_BY_ROW}, .zone_name = "A"}, "row_name", PN_EARG},
        {{.qty = 5, .seat_mode = {PN_BY_SEAT}}, "seats", PN_EARG},
        {{.qty = 5, .seat_mode = {PN_BY_NONE}, .seats = SEATS("A/1/1")}, "seats", PN_EARG},
        {{.qty = 5, .seat_pick = {1}}, "seat_pick", PN_EARG},
        {{.qty = 5, .seats = SEATS("A/1/1-4")}, "qty", PN_EARG},
        {{.seats = SEATS("A/1")}, "seats", PN_EARG},
        {{.seats = SEATS("A/1/4-1")}, "seats", PN_EARG},
        {{.seats = SEATS("A/1/1-99")}, "seats", PN_EARG},
        {{.seats = SEATS("A//1")}, "seats", PN_EARG},
        {{.seats = SEATS("A/1/1+")}, "seats", PN_EARG},
        {{.seats = SEATS("A/1/1-3", "A/1/3+5")}, "seats", PN_EARG},
        {{.qty = 5, .kind = {PN_OFFER_PRESALE}}, "ship_by_kind", PN_EARG},
        {{.qty = 5, .ship_by_kind = {PN_SHIP_FIXED}}, "ship_by_at", PN_EARG},
        {{.qty = 5, .ship_by_kind = {PN_SHIP_FIXED}, .ship_by_at = {pn_now(p).us + 99 * DAY}},
         "ship_by_at", PN_ESHIPTIME},
        {{.qty = 5, .delivery_limits = SEATS("PIGEON")}, "delivery_limits", PN_EARG},
        {{.qty = 5, .delivery_limits = SEATS("CODE")}, "delivery_limits", PN_EDELIVERY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pn_listing_create in = cases[i].in;
        in.tier = tier_a;
        in.merchant = xl;
        in.ask_fen.fen = 90000;
        int rc = pn_listing_create(p, &in, &l);
        ck_assert_msg(rc == cases[i].code, "case %d: %s %s", (int)i,
                      pn_code_name((pn_code)rc), rc ? pn_error(p)->message : "");
        ck_assert_str_eq(pn_error(p)->field, cases[i].field);
    }
    ck_assert_int_eq(test_sql_int("select count(*) from listing"), 0);
    ok(CREATE(.seats = SEATS("A区/5/1-4", "A区/6/1+3+5")));
    ck_assert_int_eq(l.total, 7);
    ck_assert_int_eq(l.seat_mode.v, PN_BY_SEAT);
    ck_assert_int_ne(test_sql_int("select seat_stamp from stock where merchant_id is not null"),
                     0);
    ok(CREATE(.qty = 5, .delivery_limits = SEATS("CODE", "ETICKET")));
}
END_TEST

/* Every state with every verb: what the table has goes through, all else is PN_ESTATE. */
START_TEST(only_the_steps_of_the_table_are_possible)
{
    static const char *const states[] = {"DRAFT", "PENDING_REVIEW", "PENDING_DEPOSIT", "LIVE",
        "PAUSED", "FROZEN", "SOLD_OUT", "EXPIRED", "WITHDRAWN"};
    static const char may[9][9] = { /* submit approve reject pause resume freeze unfreeze withdraw
                                       change */
        "s......wc", ".ar....w.", ".......w.", "...p.f.wc", "....rf.wc", "......u..", "...p.f.wc",
        ".........", "........."};
    ok(CREATE(.qty = 5));
    for (int s = 0; s < 9; s++)
        for (int v = 0; v < 9; v++) {
            char sql[400];
            bool out = !strcmp(states[s], "SOLD_OUT");
            snprintf(sql, sizeof sql, "update listing set state = '%s', edits = 0, frozen_for ="
                     " case when '%s' = 'FROZEN' then 'OPS' end", out ? "LIVE" : states[s],
                     states[s]);
            test_sql(sql);
            counters(0, out ? 5 : 0);
            int rc = v == 0 ? STEP(submit) : v == 1 ? STEP(approve) : v == 2 ? STEP(reject)
                     : v == 3 ? STEP(pause) : v == 4 ? STEP(resume) : v == 5 ? STEP(freeze)
                     : v == 6 ? STEP(unfreeze) : v == 7 ? STEP(withdraw)
                              : CHANGE(.remark = "y");
            ck_assert_msg(rc == (may[s][v] == '.' ? PN_ESTATE : 0), "%s, verb %d: %s", states[s],
                          v, pn_code_name((pn_code)rc));
        }
}
END_TEST

START_TEST(sold_out_is_what_the_counters_say)
{
    l = make_live(xl, 900, 5);
    counters(2, 3);
    ck_assert_int_eq(listing_of(l.id).state.v, PN_LISTING_SOLD_OUT);
    ck_assert_int_eq(test_sql_int("select version from listing"), l.version);
    run_job("listing_follow");
    run_job("listing_follow");
    ck_assert_int_eq(test_sql_int("select count(*) from outbox where event = 'listing.gone'"), 1);
    counters(0, 3);
    ck_assert_int_eq(listing_of(l.id).state.v, PN_LISTING_LIVE);
    run_job("listing_follow");
    ck_assert_str_eq(test_sql_text("select string_agg(event, ' ' order by id) from state_log"
                                   " where noun = 'listing'"),
                     "create submit sold_out stock_back");
    pn_page page;
    ok(pn_listing_list(p, &(pn_list){.where = "state=LIVE"}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ok(pn_listing_list(p, &(pn_list){.where = "state=SOLD_OUT"}, &page));
    ck_assert_uint_eq(page.rows.n, 0);
}
END_TEST

START_TEST(quantity_and_price_change_within_what_is_taken)
{
    l = make_live(xl, 900, 5);
    counters(1, 2);
    fails(PN_ESTOCK, CHANGE(.qty = 2));
    ck_assert_str_eq(pn_error(p)->field, "qty");
    ok(CHANGE(.qty = 3));
    ck_assert_int_eq(l.state.v, PN_LISTING_SOLD_OUT);
    ok(CHANGE(.qty = 8, .ask_fen = {88000}, .version = l.version));
    ck_assert_int_eq(l.state.v, PN_LISTING_LIVE);
    ck_assert_int_eq(l.sale_fen.fen, 88000);
    ck_assert_str_eq(test_sql_text("select string_agg(concat_ws(' ', reason, ask_before_fen,"
        " ask_fen, sale_before_fen, sale_fen, settle_before_fen, settle_fen), ', ' order by id)"
        " from price_history"), /* when it was listed, when it was changed; not for the quantity */
        "LISTED 90000 90000 85500, ASK 90000 88000 90000 88000 85500 83600");
    fails(PN_ECONFLICT, CHANGE(.qty = 9, .version = 1));
    ck_assert_int_eq(test_sql_int("select sum(delta) from stock_move m join listing l"
                                  " on l.id = m.lot_id"), 8);
    fails(PN_ECAP, CHANGE(.ask_fen = {300000}));
    fails(PN_ECAP, CHANGE(.ask_fen = {200000})); /* twice face: to be looked at first */
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "look at it"));
    fails(PN_ESTATE, CHANGE(.special_kind = {PN_SPECIAL_NO_REFUND}));
    ck_assert_str_eq(pn_error(p)->field, "special_kind");
    ok(CHANGE(.min_buy = 2, .special_kind = {PN_SPECIAL_OBSTRUCTED}));
    ck_assert_int_eq(l.special_kind.v, PN_SPECIAL_OBSTRUCTED);
    ok(CHANGE(.special_kind = {PN_SPECIAL_ORDINARY}));
    ck_assert_int_eq(l.special_kind.v, 0);
    ck_assert_int_eq(l.min_buy, 2);
    ck_assert_int_eq(l.ask_fen.fen, 88000);
}
END_TEST

START_TEST(what_an_offer_is_to_be_without_is_named)
{
    const char *ways[] = {"ONSITE", "EXPRESS"}, *all[] = {"max_buy", "delivery_limits", "ship_by"};
    const char *wrong[] = {"min_buy"}, *most[] = {"max_buy"};
    ok(CREATE(.qty = 5, .max_buy = 4, .delivery_limits = {ways, 2},
              .ship_by_kind = {PN_SHIP_PAID}, .ship_by_hours = 24));
    ok(CHANGE(.ask_fen = {91000})); /* what is left out stays */
    ck_assert_int_eq(l.max_buy, 4);
    ck_assert_uint_eq(l.delivery_limits.n, 2);
    ck_assert_int_eq(l.ship_by_hours, 24);
    fails(PN_EARG, CHANGE(.clear = {wrong, 1}));
    ck_assert_str_eq(pn_error(p)->field, "clear");
    fails(PN_EARG, CHANGE(.clear = {most, 1}, .max_buy = 3));
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    ok(CHANGE(.clear = {all, 3}));
    ck_assert_int_eq(l.max_buy, 0);
    ck_assert_uint_eq(l.delivery_limits.n, 0);
    ck_assert_int_eq(l.ship_by_kind.v, 0);
    ck_assert_int_eq(l.ship_by_hours, 0);
    ok(CHANGE(.delivery_limits = {ways, 1}));
    ck_assert_uint_eq(l.delivery_limits.n, 1);
    ok(CHANGE(.delivery_limits = {ways, 0})); /* none of them, as "" and [] say */
    ck_assert_uint_eq(l.delivery_limits.n, 0);
    ok(CREATE(.qty = 5, .kind = {PN_OFFER_PRESALE}, .ship_by_kind = {PN_SHIP_PAID},
              .ship_by_hours = 24));
    fails(PN_EARG, CHANGE(.clear = {all + 2, 1})); /* a presale says when it ships */
}
END_TEST

START_TEST(a_live_offer_is_changed_thirty_times_an_hour)
{
    l = make_live(xl, 900, 5);
    for (int i = 0; i < 30; i++)
        ok(CHANGE(.ask_fen = {80000 + i * 100}));
    fails(PN_ERATE, CHANGE(.ask_fen = {70000}));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "60 minutes"));
    later(HOUR);
    ok(CHANGE(.ask_fen = {70000}));
    ck_assert_int_eq(test_sql_int("select edits from listing"), 1);
}
END_TEST

START_TEST(a_level_has_so_many_offers)
{
    test_sql("update merchant set status = 'RESTRICTED', held_for = 'OPS'");
    for (int i = 0; i < 20; i++)
        l = make_live(xl, 900, 5);
    ok(CREATE(.qty = 5));
    fails(PN_ELIMIT, STEP(submit));
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    int64_t waits = l.id;
    l = make_live(dd, 900, 5); /* another one is not concerned */
    char sql[200];
    snprintf(sql, sizeof sql, "update listing set state = 'WITHDRAWN' where id = (select min(id)"
             " from listing where merchant_id = %lld)", (long long)xl);
    test_sql(sql);
    l.id = waits;
    ok(STEP(submit));
}
END_TEST

START_TEST(a_suspended_merchants_offers_freeze_and_thaw)
{
    pn_merchant m;
    pn_listing live = make_live(xl, 900, 5), paused = make_live(xl, 900, 5),
               ours = make_live(xl, 900, 5), other = make_live(dd, 900, 5);
    ok(pn_listing_pause(p, &(struct pn_listing_pause){.id = paused.id}, &l));
    ok(pn_listing_freeze(p, &(struct pn_listing_freeze){.id = ours.id, .reason = "x"}, &l));
    ok(pn_merchant_suspend(p, &(struct pn_merchant_suspend){xl, "fraud"}, &m));
    relay();
    ck_assert_int_eq(listing_of(live.id).frozen_for.v, PN_FROZEN_MERCHANT);
    ck_assert_int_eq(listing_of(paused.id).state.v, PN_LISTING_FROZEN);
    ck_assert_int_eq(listing_of(other.id).state.v, PN_LISTING_LIVE);
    l = listing_of(live.id);
    fails(PN_ESTATE, STEP(unfreeze)); /* not while the merchant may not sell */
    ok(pn_merchant_resume(p, &(struct pn_merchant_resume){.id = xl}, &m));
    relay();
    ck_assert_int_eq(listing_of(live.id).state.v, PN_LISTING_LIVE);
    ck_assert_int_eq(listing_of(paused.id).state.v, PN_LISTING_PAUSED);
    ck_assert_int_eq(listing_of(ours.id).state.v, PN_LISTING_FROZEN); /* what we froze stays */
}
END_TEST

START_TEST(dear_offers_are_looked_at)
{
    ok(pn_listing_create(p, &(struct pn_listing_create){.tier = tier_a, .merchant = xl,
                         .ask_fen = {196100}, .qty = 2}, &l));
    ok(STEP(submit));
    ck_assert_int_eq(l.state.v, PN_LISTING_PENDING_REVIEW);
    ok(STEP(reject));
    ck_assert_int_eq(l.state.v, PN_LISTING_DRAFT);
    ck_assert_str_eq(l.reason, "x");
    ok(STEP(submit));
    ok(STEP(approve));
    ck_assert_int_eq(l.state.v, PN_LISTING_LIVE);
    ok(CHANGE(.ask_fen = {197000})); /* looked at, so trusted */
}
END_TEST

START_TEST(an_offer_ends_in_time_whether_the_job_ran_or_not)
{
    l = make_live(xl, 900, 5);
    ok(CREATE(.qty = 5, .delivery_limits = SEATS("EXPRESS")));
    ok(STEP(submit));
    int64_t express = l.id;
    fails(PN_EPERM, STEP(expire));
    test_sql("update session set start_at = now() + interval '83:59', doors_at = now(),"
             " stop_sale_at = now() + interval '83 hours'");
    ck_assert_int_eq(listing_of(express).state.v, PN_LISTING_EXPIRED); /* 12+48+24 hours */
    pn_page page;
    ok(pn_listing_list(p, &(pn_list){.where = "state=EXPIRED"}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    run_job("listing_expire");
    ck_assert_int_eq(test_sql_int("select count(*) from listing where state = 'EXPIRED'"), 1);
    test_sql("update session set stop_sale_at = now() - interval '1 second'");
    run_job("listing_expire");
    run_job("listing_expire");
    ck_assert_int_eq(test_sql_int("select count(*) from listing where state = 'EXPIRED'"), 2);
    ck_assert_int_eq(test_sql_int("select count(*) from state_log where event = 'expire'"), 2);
}
END_TEST

START_TEST(an_offer_with_held_tickets_is_not_withdrawn)
{
    l = make_live(xl, 900, 5);
    counters(2, 1);
    fails(PN_ESTATE, STEP(withdraw));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "2 tickets are held"));
    counters(0, 1);
    ok(STEP(withdraw));
    ck_assert_int_eq(l.state.v, PN_LISTING_WITHDRAWN);
}
END_TEST

START_TEST(merchants_see_and_touch_their_own_offers_only)
{
    pn_page page;
    pn_listing mine = make_live(xl, 900, 5), theirs = make_live(dd, 900, 5);
    as_merchant(xl);
    ok(pn_listing_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ck_assert_int_eq(((pn_listing *)page.rows.row)->id, mine.id);
    l = theirs;
    fails(PN_ENONE, pn_listing_show(p, &(struct pn_listing_show){l.id}, &d));
    fails(PN_ENONE, STEP(pause));
    fails(PN_ENONE, CHANGE(.qty = 9));
    fails(PN_EPERM, pn_listing_create(p, &(struct pn_listing_create){.tier = tier_a,
                    .merchant = dd, .ask_fen = {90000}, .qty = 2}, &l));
    ok(pn_listing_create(p, &(struct pn_listing_create){.tier = tier_a, .ask_fen = {90000},
                         .qty = 2}, &l)); /* its own by itself */
    ck_assert_int_eq(l.merchant_id, xl);
    fails(PN_EPERM, pn_listing_boost(p, &(struct pn_listing_boost){.id = l.id, .points = 9,
                    .reason = "x"}, &l));
    ok(pn_listing_fund(p, &(struct pn_listing_fund){.id = l.id, .amount_fen = {100}}, &l));
    fails(PN_ENONE, pn_listing_fund(p, &(struct pn_listing_fund){.id = theirs.id,
                    .amount_fen = {100}, .reason = "x"}, &l));
    as_ops(1);
    fails(PN_EARG, pn_listing_create(p, &(struct pn_listing_create){.tier = tier_a,
                   .ask_fen = {90000}, .qty = 2}, &l));
    ck_assert_str_eq(pn_error(p)->field, "merchant");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("goods");
    TCase *t = tcase_create("listing");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, market_teardown);
    tcase_add_test(t, a_draft_becomes_an_offer);
    tcase_add_test(t, the_seller_and_the_show_must_be_fit);
    tcase_add_test(t, rules_that_nobody_could_buy_under_are_refused);
    tcase_add_test(t, only_the_steps_of_the_table_are_possible);
    tcase_add_test(t, sold_out_is_what_the_counters_say);
    tcase_add_test(t, quantity_and_price_change_within_what_is_taken);
    tcase_add_test(t, what_an_offer_is_to_be_without_is_named);
    tcase_add_test(t, a_live_offer_is_changed_thirty_times_an_hour);
    tcase_add_test(t, a_level_has_so_many_offers);
    tcase_add_test(t, a_suspended_merchants_offers_freeze_and_thaw);
    tcase_add_test(t, dear_offers_are_looked_at);
    tcase_add_test(t, an_offer_ends_in_time_whether_the_job_ran_or_not);
    tcase_add_test(t, an_offer_with_held_tickets_is_not_withdrawn);
    tcase_add_test(t, merchants_see_and_touch_their_own_offers_only);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
