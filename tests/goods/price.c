/* SPDX-License-Identifier: Apache-2.0 */
/* The three prices: S05 with its numbers, rules, bounds, and every price again when one of its
 * causes changes. */
#include <string.h>

#include "catalog/show.h"
#include "goods/price.h"
#include "goods/price_int.h"
#include "market_int.h"
#include "merchant/merchant.h"

static pn_price_rule rule;
static pn_listing l;
static int64_t xl;

static void setup(void)
{
    market_setup();
    xl = make_merchant("xl", "PRO");
}

#define ADJUST(...) pn_price_adjust(p, &(struct pn_price_adjust){__VA_ARGS__, .reason = "x"}, &rule)
#define CREATE(ask) pn_listing_create(p, &(struct pn_listing_create){.tier = tier_a,               \
                                      .merchant = xl, .ask_fen = {(ask) * 100}, .qty = 5}, &l)

START_TEST(S05_three_prices_and_the_cap)
{
    ok(ADJUST(.mb_bp = 300));
    ok(CREATE(900));
    ck_assert_int_eq(l.sale_fen.fen, 92700);
    ck_assert_int_eq(l.settle_fen.fen, 85500);
    ck_assert_int_eq(l.rule_id, rule.id);
    ck_assert_int_eq(pni_channel_fen(l.sale_fen.fen, 200, 0), 94600);
    test_sql("update show set resale_policy = 'FACE_CAP'");
    ok(CREATE(951)); /* 979.53 up to 980, the face */
    ck_assert_int_eq(l.sale_fen.fen, 98000);
    fails(PN_ECAP, CREATE(980)); /* 1,009.40 up to 1,010 */
    ck_assert_str_eq(pn_error(p)->field, "ask_fen");
    ck_assert_str_eq(pn_error(p)->message, "Buyers would see 1010.00; at most 980.00 is permitted");
    ck_assert_str_eq(pn_error(p)->hint, "The show may not be resold above face, 980.00");
    test_sql("update show set resale_policy = 'OPEN'");
    ok(CREATE(2854));
    fails(PN_ECAP, CREATE(2855)); /* 2,940.65: three times face is 2,940 */
}
END_TEST

START_TEST(a_price_below_the_floor_is_refused)
{
    ok(pn_merchant_contract(p, &(struct pn_merchant_contract){.id = xl, .reason = "x",
        .contract_mode = {PN_CONTRACT_NET}}, &(pn_merchant){0}));
    fails(PN_EFLOOR, CREATE(900)); /* nothing is left for the payment fee */
    ck_assert_str_eq(pn_error(p)->field, "ask_fen");
    ck_assert_str_eq(pn_error(p)->message,
                     "Buyers would see 900.00; it cannot be sold below 905.40");
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    ok(ADJUST(.mb_bp = 100));
    ok(CREATE(900));
    ck_assert_int_eq(l.sale_fen.fen, 90900);
    ck_assert_int_eq(l.settle_fen.fen, 90000);
    ok(pn_merchant_contract(p, &(struct pn_merchant_contract){.id = xl, .reason = "x",
        .contract_mode = {PN_CONTRACT_COMMISSION}, .commission_bp = 500,
        .commission_min_fen = {5000}}, &(pn_merchant){0}));
    fails(PN_EFLOOR, CREATE(50));
    ck_assert_str_eq(pn_error(p)->message, "Nothing would be left after the commission");
}
END_TEST

START_TEST(sums_are_exact_to_the_fen)
{
    static const struct { int64_t ask, mb, mf, cb, cmin, sale, settle; } cases[] = {
        {90000, 0, 0, 500, 0, 90000, 85500},      {90001, 0, 0, 500, 0, 90100, 85501},
        {90000, 300, 1, 500, 0, 92800, 85500},    {100, 0, 0, 500, 0, 100, 95},
        {110, 0, 0, 500, 0, 200, 104},            {110, 0, -10, 450, 0, 100, 105},
        {1000000, 1, 0, 0, 100, 1000100, 999900}, {90000, -300, 0, 500, 6000, 87300, 84000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pni_prices o;
        pni_price_facts f = {.ask_fen = cases[i].ask, .face_fen = 2000000, .mb_bp = cases[i].mb,
            .mf_fen = cases[i].mf, .commission_bp = cases[i].cb,
            .commission_min_fen = cases[i].cmin, .max_multiple_bp = 30000};
        (void)pni_price(&f, &o);
        ck_assert_int_eq(o.sale_fen, cases[i].sale);
        ck_assert_int_eq(o.settle_fen, cases[i].settle);
    }
    for (int64_t ask = 1; ask < 300000; ask += 37) /* no cent is lost, none is invented */
        for (int64_t mb = -400; mb <= 900; mb += 130) {
            pni_prices o;
            pni_price_facts f = {.ask_fen = ask, .face_fen = 1000000, .mb_bp = mb,
                                 .max_multiple_bp = 30000, .commission_bp = 500};
            (void)pni_price(&f, &o);
            ck_assert_int_eq(o.sale_fen % 100, 0);
            ck_assert_int_ge(o.sale_fen * 10000, ask * (10000 + mb));
            ck_assert_int_lt((o.sale_fen - 100) * 10000, ask * (10000 + mb));
        }
}
END_TEST

START_TEST(the_most_specific_rule_in_force_wins)
{
    ok(ADJUST(.mb_bp = 100));
    ok(CREATE(900));
    ck_assert_int_eq(l.sale_fen.fen, 90900);
    int64_t first = l.id;
    ok(ADJUST(.mb_bp = 200, .category = {PN_CATEGORY_DRAMA}));
    ok(CREATE(900));
    ck_assert_int_eq(l.sale_fen.fen, 91800);
    ok(ADJUST(.mb_bp = 300, .merchant = xl));
    ok(CREATE(900));
    ck_assert_int_eq(l.sale_fen.fen, 92700);
    ok(ADJUST(.mb_bp = 400, .show = id_of("show", "h")));
    ok(CREATE(900));
    ck_assert_int_eq(l.sale_fen.fen, 93600);
    ok(ADJUST(.mb_bp = 500, .session = session));
    ok(CREATE(900));
    ck_assert_int_eq(l.sale_fen.fen, 94500);
    ok(ADJUST(.mb_bp = 600, .session = session, .priority = -1)); /* same scope, lower priority */
    ok(CREATE(900));
    ck_assert_int_eq(l.sale_fen.fen, 94500);
    ok(ADJUST(.mb_bp = 700, .session = session, .channels = {(const char *[]){"TMALL"}, 1}));
    ok(CREATE(900)); /* of another channel */
    ck_assert_int_eq(l.sale_fen.fen, 94500);
    ok(ADJUST(.mb_bp = 600, .session = session)); /* same priority: the newer one */
    ok(CREATE(900));
    ck_assert_int_eq(l.sale_fen.fen, 95400);
    ok(ADJUST(.mb_bp = 800, .listing = first));
    ok(pn_listing_change(p, &(struct pn_listing_change){.id = first, .ask_fen = {100000}}, &l));
    ck_assert_int_eq(l.sale_fen.fen, 108000);
    fails(PN_EARG, ADJUST(.mb_bp = 1, .session = session, .merchant = xl));
}
END_TEST

START_TEST(a_steep_rule_waits_for_a_second_person)
{
    l = make_live(xl, 900, 5);
    ok(ADJUST(.mb_bp = 1500));
    ck_assert_int_eq(rule.state.v, PN_PRICE_ACTIVE);
    ok(pn_price_end(p, &(struct pn_price_end){.id = rule.id}, &rule));
    ok(ADJUST(.mb_bp = -1501));
    ck_assert_int_eq(rule.state.v, PN_PRICE_WAITING);
    ok(pn_price_reject(p, &(struct pn_price_reject){.id = rule.id}, &rule));
    ok(ADJUST(.mb_bp = 1501));
    ck_assert_int_eq(rule.state.v, PN_PRICE_WAITING);
    ck_assert(!rule.applied);
    int64_t id = rule.id;
    fails(PN_EDUAL, pn_price_approve(p, &(struct pn_price_approve){.id = id}, &rule));
    as_ops(2);
    ok(pn_price_approve(p, &(struct pn_price_approve){.id = id}, &rule));
    ck_assert_int_eq(rule.state.v, PN_PRICE_ACTIVE);
    ck_assert_int_eq(rule.approver_id, 2);
    fails(PN_ESTATE, pn_price_approve(p, &(struct pn_price_approve){.id = id}, &rule));
    relay();
    ck_assert_int_eq(listing_of(l.id).sale_fen.fen, 103600);
}
END_TEST

START_TEST(offers_follow_rule_contract_and_level)
{
    l = make_live(xl, 900, 5);
    ok(ADJUST(.mb_bp = 300, .merchant = xl));
    relay();
    ck_assert_int_eq(listing_of(l.id).sale_fen.fen, 92700);
    ok(pn_merchant_contract(p, &(struct pn_merchant_contract){.id = xl, .reason = "x",
        .contract_mode = {PN_CONTRACT_COMMISSION}, .commission_bp = 600}, &(pn_merchant){0}));
    relay();
    ck_assert_int_eq(listing_of(l.id).settle_fen.fen, 84600);
    test_sql("update merchant_stand set score = 158, rise_level = 'A',"
             " rise_since = now() - interval '8 days'");
    run_job("merchant_level"); /* S23: commission 5 % → 4 %, here 6 → 5 */
    relay();
    ck_assert_int_eq(listing_of(l.id).settle_fen.fen, 85500);
    ok(pn_price_end(p, &(struct pn_price_end){.id = rule.id}, &rule));
    relay();
    ck_assert_int_eq(listing_of(l.id).sale_fen.fen, 90000);
    ck_assert_str_eq(test_sql_text("select string_agg(reason || ' ' || sale_fen || ' ' ||"
        " settle_fen, ', ' order by id) from price_history"),
        "LISTED 90000 85500, RULE 92700 85500, CONTRACT 92700 84600, CONTRACT 92700 85500,"
        " RULE 90000 85500");
    pn_page page;
    ok(pn_price_history_list(p, &(pn_list){.where = "reason=RULE"}, &page));
    ck_assert_uint_eq(page.rows.n, 2);
}
END_TEST

START_TEST(a_rule_that_would_break_a_bound_leaves_the_old_price)
{
    test_sql("update show set resale_policy = 'FACE_CAP'");
    l = make_live(xl, 960, 5);
    ok(ADJUST(.mb_bp = 300));
    relay();
    l = listing_of(l.id);
    ck_assert_int_eq(l.sale_fen.fen, 96000);
    ck_assert_int_eq(l.price_kept.v, PN_KEPT_CAP);
    ck_assert_int_eq(l.state.v, PN_LISTING_LIVE);
    ok(pn_price_end(p, &(struct pn_price_end){.id = rule.id}, &rule));
    relay();
    ck_assert_int_eq(listing_of(l.id).price_kept.v, 0);
    ok(ADJUST(.mb_bp = -600));
    relay();
    ck_assert_int_eq(listing_of(l.id).price_kept.v, PN_KEPT_FLOOR);
    ck_assert_int_eq(test_sql_int("select count(*) from price_history"), 1);
}
END_TEST

START_TEST(a_rule_comes_and_goes_with_its_window)
{
    l = make_live(xl, 900, 5);
    fails(PN_EARG, ADJUST(.mb_bp = 300, .until_at = {pn_now(p).us - 1}));
    ck_assert_str_eq(pn_error(p)->field, "until_at");
    ok(ADJUST(.mb_bp = 300, .from_at = {pn_now(p).us + HOUR},
              .until_at = {pn_now(p).us + 2 * HOUR}));
    relay();
    ck_assert_int_eq(listing_of(l.id).sale_fen.fen, 90000);
    later(HOUR);
    run_job("price_tick");
    relay();
    ck_assert_int_eq(listing_of(l.id).sale_fen.fen, 92700);
    run_job("price_tick"); /* again: nothing new */
    ck_assert_int_eq(test_sql_int("select count(*) from outbox"), 0);
    later(HOUR);
    run_job("price_tick");
    relay();
    ck_assert_int_eq(listing_of(l.id).sale_fen.fen, 90000);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("goods");
    TCase *t = tcase_create("price");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, market_teardown);
    tcase_add_test(t, S05_three_prices_and_the_cap);
    tcase_add_test(t, a_price_below_the_floor_is_refused);
    tcase_add_test(t, sums_are_exact_to_the_fen);
    tcase_add_test(t, the_most_specific_rule_in_force_wins);
    tcase_add_test(t, a_steep_rule_waits_for_a_second_person);
    tcase_add_test(t, offers_follow_rule_contract_and_level);
    tcase_add_test(t, a_rule_that_would_break_a_bound_leaves_the_old_price);
    tcase_add_test(t, a_rule_comes_and_goes_with_its_window);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
