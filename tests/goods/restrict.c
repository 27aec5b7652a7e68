/* SPDX-License-Identifier: Apache-2.0 */
/* What a listing allows: S06 with its numbers, and every rule against a slow, plain definition. */
#include <string.h>

#include "db.h"
#include "goods/restrict_int.h"

#define HOUR INT64_C(3600000000)

static pn *p;

static void setup(void)
{
    ck_assert_int_eq(pn_ctx_open(&(pn_open_opts){.no_connect = true}, &test_ctx), 0);
    p = test_begin(PN_ROLE_OPS);
}

static void teardown(void)
{
    pn_end(p);
    pn_ctx_close(test_ctx);
    test_ctx = NULL;
}

/* A wish that fails nothing: tickets plenty, the start in ten days, any way of delivery. */
static pni_wanted wish(int n, int q)
{
    return (pni_wanted){.n = n, .free = q, .limit_left = -1, .session_delivery = PNI_BY_ANY,
                        .now = {1000 * HOUR}, .start_at = {1240 * HOUR}, .handling_h = 24,
                        .eta_h = 48, .express_h = 24};
}

START_TEST(S06_restrictions)
{
    pni_rules r = {.min_buy = 2, .max_buy = 4, .split_policy = PNI_SPLIT_FREE,
                   .no_single_left = true};
    pni_wanted w = wish(2, 5);
    ck_assert_int_eq(pni_sellable(&r, 4, 5), PN_ESINGLE);
    ck_assert_int_eq(pni_sellable(&r, 3, 5), 0);
    ck_assert_int_eq(pni_sellable(&r, 1, 2), PN_ECOUNT);
    ck_assert_int_eq(pni_sellable(&r, 2, 2), 0);
    r = (pni_rules){.split_policy = PNI_SPLIT_WHOLE};
    ck_assert_int_eq(pni_sellable(&r, 2, 4), PN_ESPLIT);
    ck_assert_int_eq(pni_sellable(&r, 4, 4), 0);
    w.start_at.us = w.now.us + 20 * HOUR;
    w.delivery = PNI_BY_EXPRESS;
    ck_assert_int_eq(pni_may_buy(&(pni_rules){0}, &w), PN_EDELIVERY);
    w.delivery = PNI_BY_ETICKET;
    ck_assert_int_eq(pni_may_buy(&(pni_rules){0}, &w), 0);
}
END_TEST

/* ---- against the plain definition ---- */

/* The quantities that each rule by itself strikes out, as sets of numbers. */
static pn_code plain(const pni_rules *r, int n, int q)
{
    bool in_stock = false, in_count = false, in_split = false;
    for (int k = 1; k <= q; k++)
        in_stock |= k == n;
    for (int k = r->min_buy > 1 ? r->min_buy : 1; k <= (r->max_buy ? r->max_buy : 1000); k++)
        in_count |= k == n;
    if (q < r->min_buy)
        in_count |= n == q;
    if (r->split_policy == PNI_SPLIT_MULTIPLE && r->split_multiple)
        for (int k = r->split_multiple; k <= q; k += r->split_multiple)
            in_split |= k == n;
    else
        in_split = r->split_policy != PNI_SPLIT_WHOLE;
    in_split |= n == q;
    if (!in_stock)
        return PN_ESTOCK;
    if (!in_count)
        return PN_ECOUNT;
    if (!in_split)
        return PN_ESPLIT;
    return r->no_single_left && !r->by_seat && n + 1 == q ? PN_ESINGLE : PN_OK;
}

static void each_rule(void (*ask)(const pni_rules *r))
{
    for (int min = 0; min <= 4; min++)
        for (int max = 0; max <= 7; max++)
            for (int split = 0; split <= PNI_SPLIT_FREE; split++)
                for (int m = 0; m <= 4; m++)
                    for (int flags = 0; flags < 4; flags++)
                        if (!max || max >= min)
                            ask(&(pni_rules){.min_buy = min, .max_buy = max,
                                .split_policy = split, .split_multiple = m,
                                .no_single_left = flags & 1, .by_seat = flags & 2});
}

static void same_as_plain(const pni_rules *r)
{
    for (int q = 0; q <= 13; q++) {
        uint64_t mask;
        int count = pni_buyable(r, q, 70, &mask);
        for (int n = -1; n <= 15; n++) {
            pn_code code = pni_sellable(r, n, q);
            ck_assert_msg(code == plain(r, n, q), "min %d max %d split %d/%d single %d: %d of %d"
                          " gives %s", r->min_buy, r->max_buy, r->split_policy, r->split_multiple,
                          r->no_single_left, n, q, pn_code_name(code));
            if (n > 0)
                ck_assert_int_eq(mask >> (n - 1) & 1, !code);
        }
        ck_assert_int_eq(count, __builtin_popcountll(mask));
    }
}

START_TEST(every_quantity_is_judged_as_the_plain_definition_does)
{
    each_rule(same_as_plain);
}
END_TEST

/* Every lot that can come to be by legal sales from `q`. */
static void reach(const pni_rules *r, int q, bool *seen)
{
    if (seen[q])
        return;
    seen[q] = true;
    for (int n = 1; n <= q; n++)
        if (!pni_sellable(r, n, q))
            reach(r, q - n, seen);
}

static void invariants(const pni_rules *r)
{
    for (int start = 2; start <= 13; start++) {
        bool seen[14] = {false};
        reach(r, start, seen);
        if (r->no_single_left && !r->by_seat)
            ck_assert_msg(!seen[1], "a single ticket is left of %d", start); /* I16 */
        for (int q = 1; q < start; q++) { /* I15 */
            if (r->split_policy == PNI_SPLIT_WHOLE)
                ck_assert_msg(!seen[q], "a whole lot of %d was broken", start);
            if (r->split_policy == PNI_SPLIT_MULTIPLE && r->split_multiple > 1 && seen[q])
                ck_assert_int_eq((start - q) % r->split_multiple, 0);
        }
    }
}

START_TEST(I15_I16_no_chain_of_sales_breaks_them)
{
    each_rule(invariants);
}
END_TEST

START_TEST(the_mask_ends_where_it_is_told)
{
    uint64_t mask;
    ck_assert_int_eq(pni_buyable(&(pni_rules){0}, 500, 6, &mask), 6);
    ck_assert_uint_eq(mask, 0x3f);
    ck_assert_int_eq(pni_buyable(&(pni_rules){0}, 500, 500, &mask), 64);
    ck_assert_uint_eq(mask, UINT64_MAX);
    ck_assert_int_eq(pni_buyable(&(pni_rules){0}, 0, 6, &mask), 0);
}
END_TEST

/* ---- the other questions ---- */

START_TEST(the_first_failing_rule_speaks)
{
    pni_rules r = {.special_kind = PNI_SPECIAL_CHILD, .delivery = PNI_BY_ONSITE};
    pni_wanted w = wish(2, 5);
    w.grab = true;
    w.limit_left = 1;
    w.delivery = PNI_BY_EXPRESS;
    ck_assert_int_eq(pni_may_buy(&r, &w), PN_ELIMIT);
    w.limit_left = 2;
    ck_assert_int_eq(pni_may_buy(&r, &w), PN_EDELIVERY);
    w.delivery = PNI_BY_ONSITE;
    ck_assert_int_eq(pni_may_buy(&r, &w), PN_ESPECIAL);
    w.special_ok = 1u << PNI_SPECIAL_STUDENT;
    ck_assert_int_eq(pni_may_buy(&r, &w), PN_ESPECIAL);
    w.special_ok |= 1u << PNI_SPECIAL_CHILD;
    ck_assert_int_eq(pni_may_buy(&r, &w), PN_ESHIPTIME);
    r.grab_eligible = true;
    ck_assert_int_eq(pni_may_buy(&r, &w), 0);
    w.n = 6;
    ck_assert_int_eq(pni_may_buy(&r, &w), PN_ESTOCK);
}
END_TEST

START_TEST(express_must_arrive_a_day_before)
{
    pni_rules r = {0};
    pni_wanted w = wish(1, 1);
    w.delivery = PNI_BY_EXPRESS;
    w.start_at.us = w.now.us + (24 + 48 + 24) * HOUR;
    ck_assert_int_eq(pni_may_buy(&r, &w), 0);
    w.start_at.us--;
    ck_assert_int_eq(pni_may_buy(&r, &w), PN_EDELIVERY);
    w.delivery = 0; /* any other way will do */
    ck_assert_int_eq(pni_may_buy(&r, &w), 0);
    ck_assert_uint_eq(pni_deliverable(&r, &w), PNI_BY_ANY & ~PNI_BY_EXPRESS);
    w.session_delivery = PNI_BY_EXPRESS;
    ck_assert_int_eq(pni_may_buy(&r, &w), PN_EDELIVERY);
    w.start_at.us++;
    w.blocked = true;
    ck_assert_int_eq(pni_may_buy(&r, &w), PN_EDELIVERY);
    w.blocked = false;
    r.delivery = PNI_BY_ETICKET | PNI_BY_ONSITE; /* of the listing, none of them the session's */
    ck_assert_int_eq(pni_may_buy(&r, &w), PN_EDELIVERY);
}
END_TEST

START_TEST(a_promise_to_ship_is_kept_in_time_or_not_sold)
{
    pni_wanted w = wish(1, 1);
    pni_rules r = {.ship_kind = PNI_SHIP_BEFORE, .ship_hours = 12};
    w.delivery = PNI_BY_ONSITE;
    w.lead_h = 12;
    ck_assert_int_eq(pni_may_buy(&r, &w), 0);
    w.lead_h = 13;
    ck_assert_int_eq(pni_may_buy(&r, &w), PN_ESHIPTIME);
    w.delivery = PNI_BY_EXPRESS;
    ck_assert_int_eq(pni_may_buy(&r, &w), PN_ESHIPTIME);
    r.ship_hours = 24;
    ck_assert_int_eq(pni_may_buy(&r, &w), 0);
    w.delivery = PNI_BY_ETICKET;
    w.lead_h = 0;
    r = (pni_rules){.ship_kind = PNI_SHIP_PAID, .ship_hours = 240};
    ck_assert_int_eq(pni_may_buy(&r, &w), 0);
    r.ship_hours = 241;
    ck_assert_int_eq(pni_may_buy(&r, &w), PN_ESHIPTIME);
    r = (pni_rules){.ship_kind = PNI_SHIP_FIXED, .ship_at = w.start_at};
    ck_assert_int_eq(pni_may_buy(&r, &w), 0);
    r.ship_at.us++;
    ck_assert_int_eq(pni_may_buy(&r, &w), PN_ESHIPTIME);
    r = (pni_rules){.ship_kind = PNI_SHIP_RELEASE, .ship_hours = 48};
    ck_assert_int_eq(pni_may_buy(&r, &w), 0); /* no date yet: nothing to be late for */
    r.release_at.us = w.start_at.us - 47 * HOUR;
    ck_assert_int_eq(pni_may_buy(&r, &w), PN_ESHIPTIME);
    r.release_at.us -= HOUR;
    ck_assert_int_eq(pni_may_buy(&r, &w), 0);
}
END_TEST

START_TEST(every_refusal_has_words_a_field_and_a_way_on)
{
    static const struct {
        pn_code code;
        pni_rules r;
        int n, q;
        const char *field, *hint;
    } cases[] = {
        {PN_ESTOCK, {0}, 3, 2, "qty", "Can be bought: 1, 2"},
        {PN_ESTOCK, {0}, 1, 0, "qty", "No quantity of it can be bought now; look at other offers"},
        {PN_ECOUNT, {.min_buy = 2, .max_buy = 3}, 1, 9, "qty", "Can be bought: 2, 3"},
        {PN_ESPLIT, {.split_policy = PNI_SPLIT_WHOLE}, 1, 4, "qty", "Can be bought: 4"},
        {PN_ESPLIT, {.split_policy = PNI_SPLIT_MULTIPLE, .split_multiple = 2}, 1, 5, "qty",
            "Can be bought: 2, 4, 5"},
        {PN_ESINGLE, {.no_single_left = true}, 4, 5, "qty", "Can be bought: 1, 2, 3, 5"},
        {PN_EDELIVERY, {.delivery = PNI_BY_CODE}, 1, 5, "delivery", "Possible: Pick-up code"},
        {PN_ESPECIAL, {.special_kind = PNI_SPECIAL_NO_REFUND}, 1, 5, "confirm",
            "Confirm the condition with the order"},
        {PN_ESHIPTIME, {.ship_kind = PNI_SHIP_PAID, .ship_hours = 1000}, 1, 5, "delivery",
            "Choose another offer or another delivery"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pni_wanted w = wish(cases[i].n, cases[i].q);
        w.delivery = PNI_BY_ETICKET;
        ck_assert_int_eq(pni_may_buy(&cases[i].r, &w), cases[i].code);
        ck_assert_int_eq(pni_cannot_buy(p, cases[i].code, &cases[i].r, &w), cases[i].code);
        ck_assert_str_eq(pn_error(p)->field, cases[i].field);
        ck_assert_str_eq(pn_error(p)->hint, cases[i].hint);
        ck_assert_int_gt(strlen(pn_error(p)->message), 5);
    }
    pni_wanted w = wish(3, 5);
    w.limit_left = 2;
    ck_assert_int_eq(pni_cannot_buy(p, PN_ELIMIT, &(pni_rules){0}, &w), PN_ELIMIT);
    ck_assert_str_eq(pn_error(p)->message, "This buyer may take 2 more");
    ck_assert_str_eq(pn_error(p)->hint, "Take fewer; unpaid orders count until they run out");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("goods");
    TCase *t = tcase_create("restrict");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, S06_restrictions);
    tcase_add_test(t, every_quantity_is_judged_as_the_plain_definition_does);
    tcase_add_test(t, I15_I16_no_chain_of_sales_breaks_them);
    tcase_add_test(t, the_mask_ends_where_it_is_told);
    tcase_add_test(t, the_first_failing_rule_speaks);
    tcase_add_test(t, express_must_arrive_a_day_before);
    tcase_add_test(t, a_promise_to_ship_is_kept_in_time_or_not_sold);
    tcase_add_test(t, every_refusal_has_words_a_field_and_a_way_on);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
