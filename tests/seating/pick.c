/* SPDX-License-Identifier: Apache-2.0 */
/* The search for seats against the naive one: every small row there can be, and large houses sold
 * out at random. Nothing here needs a database. */
#include <stdio.h>
#include <string.h>

#include "main_int.h"
#include "naive_int.h"

enum { ROWS_MAX = 40 };

static naive_row rows[ROWS_MAX];
static pni_block_row blocks[ROWS_MAX];
static const char *labels[64];
static char label_text[64][4];
static uint64_t seed;

static uint32_t dice(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 33) % n;
}

static void setup(void)
{
    seed = 20261127;
    for (int i = 0; i < 64; i++) {
        snprintf(label_text[i], sizeof label_text[i], "%d", i + 1);
        labels[i] = label_text[i];
    }
}

/* Row `at` of n seats with these free ones and aisles. */
static void lay(size_t at, int n, uint64_t open, uint64_t gap, int front, int middle, int slope)
{
    naive_row *r = &rows[at];
    uint64_t all = n == 63 ? INT64_MAX : (UINT64_C(1) << n) - 1;
    *r = (naive_row){.n = n, .front = front, .middle = middle, .slope = slope};
    for (int i = 0; i < n; i++) {
        r->open[i] = open >> i & 1;
        r->cut[i] = gap >> i & 1;
    }
    blocks[at] = (pni_block_row){.id = (int64_t)(at + 1) * 4096, .section = "A", .row_name = "1",
        .labels = {labels, (size_t)n}, .mask = (int64_t)all, .gap_after = (int64_t)gap,
        .sold = (int64_t)(all & ~open), .front = front, .middle = middle, .slope = slope};
}

static bool blocked_single(const naive_row *r, int k)
{
    for (int i = 0; i + k <= r->n; i++)
        if (naive_fits(r, i, k, true))
            return true;
    return false;
}

/* One row, one size: the answer, or the right refusal. */
static void same_answer(int k, bool loose)
{
    pni_picture *pic = pni_picture_new(blocks, 1);
    naive_run want = {0};
    pni_seat got[PNI_PICK_MAX];
    int free_n = pni_seats_left(pic);
    bool there = naive_best(rows, 1, k, loose, &want);
    int rc = pni_seats_best(pic, k, loose ? PNI_PICK_LOOSE : 0, got);
    int expect = there                             ? 0
                 : free_n < k                      ? PN_ESTOCK
                 : blocked_single(&rows[0], k) && !loose ? PN_ESINGLE
                                                   : PN_ENO_MATCH;
    ck_assert_msg(rc == expect, "k %d loose %d mask %llx gap %llx: %d not %d", k, loose,
                  (unsigned long long)(blocks[0].mask & ~blocks[0].sold),
                  (unsigned long long)blocks[0].gap_after, rc, expect);
    for (int i = 0; !rc && i < k; i++) {
        ck_assert_int_eq(got[i].block, blocks[0].id);
        ck_assert_int_eq(got[i].bit, want.first + i);
    }
    ck_assert_int_eq(pni_seats_left(pic), rc ? free_n : free_n - k);
    pni_picture_drop(pic);
}

START_TEST(every_small_row)
{
    static const int middles[] = {-700, 0, 350, 400, 2100};
    for (int n = 1; n <= 9; n++)
        for (uint64_t open = 0; open < UINT64_C(1) << n; open++)
            for (int g = 0; g < 6; g++) {
                uint64_t gap = g ? dice(1u << n) : 0;
                int slope = g == 5 ? 0 : 700;
                lay(0, n, open, gap, 5000, middles[g % 5], slope);
                for (int k = 1; k <= n + 1; k++) {
                    same_answer(k, false);
                    same_answer(k, true);
                }
            }
}
END_TEST

/* The rule of the specification, run by run: l and r are what is left of the free run. */
START_TEST(every_choice_in_every_small_row)
{
    for (int n = 1; n <= 8; n++)
        for (uint64_t open = 0; open < UINT64_C(1) << n; open++)
            for (int first = 0; first < n; first++)
                for (int k = 1; first + k <= n; k++) {
                    uint64_t gap = dice(3) ? 0 : dice(1u << n);
                    pni_seat seats[8];
                    size_t bad = 99;
                    bool taken = false;
                    lay(0, n, open, gap, 5000, 350, 700);
                    for (int i = 0; i < k; i++) {
                        seats[i] = (pni_seat){4096, first + i};
                        taken |= !rows[0].open[first + i];
                    }
                    pni_picture *pic = pni_picture_new(blocks, 1);
                    int rc = pni_seats_take(pic, seats, (size_t)k, 0, &bad);
                    if (taken) {
                        ck_assert_int_eq(rc, PN_ESEAT_TAKEN);
                    } else {
                        /* one run, or pieces of several when an aisle lies between them */
                        bool single = false;
                        for (int i = 0; i < k; i++) {
                            bool head = i == 0 || gap >> (first + i - 1) & 1;
                            bool tail = i == k - 1 || gap >> (first + i) & 1;
                            single |= head && naive_before(&rows[0], first + i) == 1;
                            single |= tail && naive_behind(&rows[0], first + i) == 1;
                        }
                        ck_assert_msg(rc == (single ? PN_ESINGLE : 0), "%llx %d+%d: %d",
                                      (unsigned long long)open, first, k, rc);
                        int loose = pni_seats_take(pic, seats, (size_t)k, PNI_PICK_LOOSE, NULL);
                        ck_assert_int_eq(loose, rc ? 0 : PN_ESEAT_TAKEN);
                    }
                    pni_picture_drop(pic);
                }
}
END_TEST

/* A house sold out by groups: each answer is the naive one, ladders and all, until nothing fits. */
START_TEST(a_house_sold_out_like_the_naive_search)
{
    for (int house = 0; house < 30; house++) {
        size_t n = 1 + dice(ROWS_MAX);
        int sold = 0, all = 0, misses = 0;
        for (size_t at = 0; at < n; at++) {
            int seats = 2 + (int)dice(62);
            uint64_t most = ((uint64_t)dice(1u << 31) << 32 | dice(1u << 31)) | INT64_MAX / 3;
            uint64_t open = house % 3 ? INT64_MAX : most;
            open &= seats == 63 ? INT64_MAX : (UINT64_C(1) << seats) - 1;
            lay(at, seats, open, house % 2 ? UINT64_C(1) << dice(60) : 0, (int)dice(10001),
                (int)dice(6000), house % 5 ? (int)dice(400) : 0);
            all += __builtin_popcountll(open);
        }
        pni_picture *pic = pni_picture_new(blocks, n);
        ck_assert_int_eq(pni_seats_left(pic), all);
        while (misses < 30) {
            int k = 1 + (int)dice(10);
            bool loose = house % 4 == 0;
            naive_run want;
            pni_seat got[PNI_PICK_MAX];
            bool there = naive_best(rows, n, k, loose, &want);
            int rc = pni_seats_best(pic, k, loose ? PNI_PICK_LOOSE : 0, got);
            ck_assert_int_eq(there, !rc);
            misses += !there;
            for (int i = 0; there && i < k; i++) {
                ck_assert_int_eq(got[i].block, blocks[want.row].id);
                ck_assert_int_eq(got[i].bit, want.first + i);
                rows[want.row].open[want.first + i] = false;
                sold++;
            }
            if (there && dice(5) == 0) { /* somebody gives them back */
                pni_seats_give(pic, got, (size_t)k);
                for (int i = 0; i < k; i++)
                    rows[want.row].open[want.first + i] = true;
                sold -= k;
            }
            ck_assert_int_eq(pni_seats_left(pic), all - sold);
        }
        pni_picture_drop(pic);
    }
}
END_TEST

/* S12 without its race: a row of ten. */
START_TEST(s12_seat_picking)
{
    pni_seat two[] = {{4096, 1}, {4096, 2}}, next[] = {{4096, 2}, {4096, 3}};
    pni_seat a[] = {{4096, 4}, {4096, 5}}, b[] = {{4096, 4}, {4096, 5}, {4096, 6}};
    size_t bad;
    lay(0, 10, 1023, 0, 5000, 450, 700);
    pni_picture *pic = pni_picture_new(blocks, 1);
    ck_assert_int_eq(pni_seats_take(pic, two, 2, 0, &bad), PN_ESINGLE);
    ck_assert_int_eq(pni_seats_left(pic), 10);
    ck_assert_int_eq(pni_seats_take(pic, next, 2, 0, &bad), 0);
    ck_assert_int_eq(pni_seats_take(pic, a, 2, 0, &bad), 0);
    ck_assert_int_eq(pni_seats_take(pic, b, 3, 0, &bad), PN_ESEAT_TAKEN);
    ck_assert_uint_eq(bad, 0);
    ck_assert_int_eq(pni_seats_left(pic), 6); /* no partial lock */
    pni_picture_drop(pic);
}
END_TEST

START_TEST(a_single_is_left_only_when_all_choices_leave_one)
{
    pni_seat got[3], first[] = {{4096, 0}, {4096, 1}};
    lay(0, 3, 7, 0, 5000, 100, 700);
    lay(1, 4, 15, 0, 1000, 150, 700);
    pni_picture *pic = pni_picture_new(blocks, 2);
    /* the row of four has a better choice, so the row of three stays whole */
    ck_assert_int_eq(pni_seats_take(pic, first, 2, PNI_PICK_SOFT, NULL), PN_ESINGLE);
    ck_assert_int_eq(pni_seats_best(pic, 2, PNI_PICK_SOFT, got), 0);
    ck_assert_int_eq(got[0].block, 8192);
    ck_assert_int_eq(pni_seats_best(pic, 2, PNI_PICK_SOFT, got), 0);
    ck_assert_int_eq(got[0].block, 8192);
    ck_assert_int_eq(pni_seats_best(pic, 2, 0, got), PN_ESINGLE);
    ck_assert_int_eq(pni_seats_take(pic, first, 2, 0, NULL), PN_ESINGLE);
    ck_assert_int_eq(pni_seats_take(pic, first, 2, PNI_PICK_SOFT, NULL), 0);
    ck_assert_int_eq(pni_seats_best(pic, 2, 0, got), PN_ESTOCK);
    pni_picture_drop(pic);
}
END_TEST

/* Every way to cut k in two, the dearest pair by the naive search. */
static bool naive_pair_of_runs(size_t n, int k, naive_run *x, naive_run *y, int *cut)
{
    int64_t dearest = INT64_MIN;
    for (int a = k - 2; a >= 2 && a >= k - a; a--) {
        naive_run one, two;
        if (!naive_best(rows, n, a, false, &one))
            continue;
        for (int i = 0; i < a; i++)
            rows[one.row].open[one.first + i] = false;
        bool both = naive_best(rows, n, k - a, false, &two);
        for (int i = 0; i < a; i++)
            rows[one.row].open[one.first + i] = true;
        if (!both || one.worth + two.worth <= dearest)
            continue;
        dearest = one.worth + two.worth;
        *x = one, *y = two, *cut = a;
    }
    return dearest != INT64_MIN;
}

START_TEST(else_the_best_two_runs)
{
    int pairs = 0;
    for (int house = 0; house < 3000; house++) {
        size_t n = 1 + dice(5);
        for (size_t at = 0; at < n; at++)
            lay(at, 8, dice(256), dice(4) ? 0 : dice(256), (int)dice(10001), (int)dice(800), 700);
        int k = 2 + (int)dice(6), cut = 0;
        naive_run x, y;
        pni_seat got[8];
        pni_picture *pic = pni_picture_new(blocks, n);
        bool one = naive_best(rows, n, k, false, &x);
        bool two = !one && naive_pair_of_runs(n, k, &x, &y, &cut);
        int free_n = pni_seats_left(pic), rc = pni_seats_best(pic, k, PNI_PICK_SPLIT, got);
        ck_assert_int_eq(one || two, !rc);
        ck_assert_int_eq(pni_seats_left(pic), rc ? free_n : free_n - k);
        for (int i = 0; two && i < k; i++) {
            const naive_run *r = i < cut ? &x : &y;
            ck_assert_int_eq(got[i].block, blocks[r->row].id);
            ck_assert_int_eq(got[i].bit, r->first + (i < cut ? i : i - cut));
        }
        if (two)
            ck_assert_int_le(pni_seats_runs(pic, got, (size_t)k), 2);
        pairs += two;
        pni_picture_drop(pic);
    }
    ck_assert_int_gt(pairs, 100);
}
END_TEST

START_TEST(wheelchair_places_only_when_asked)
{
    pni_seat got[4];
    lay(0, 6, 63, 0, 9000, 250, 700);
    blocks[0].wheelchair = 1 << 2;
    pni_picture *pic = pni_picture_new(blocks, 1);
    ck_assert_int_eq(pni_seats_best(pic, 4, 0, got), PN_ENO_MATCH); /* it stands between them */
    ck_assert_int_eq(pni_seats_best(pic, 2, PNI_PICK_WHEELCHAIR, got), 0);
    ck_assert(got[0].bit == 2 || got[1].bit == 2);
    ck_assert_int_eq(pni_seats_best(pic, 1, PNI_PICK_WHEELCHAIR, got), PN_ENO_MATCH);
    pni_picture_drop(pic);
    pic = pni_picture_new(blocks, 1);
    ck_assert_int_eq(pni_seats_take(pic, (pni_seat[]){{4096, 2}}, 1, 0, NULL), 0); /* by name */
    ck_assert_int_eq(pni_seats_left(pic), 5);
    pni_seats_give(pic, (pni_seat[]){{4096, 2}}, 1);
    ck_assert_int_eq(pni_seats_best(pic, 1, PNI_PICK_WHEELCHAIR, got), 0);
    ck_assert_int_eq(got[0].bit, 2);
    pni_picture_drop(pic);
    blocks[0].wheelchair = 1 << 5; /* where nobody would sit who is not asked to */
    for (int k = 1; k <= 4; k++) {
        pic = pni_picture_new(blocks, 1);
        ck_assert_int_eq(pni_seats_best(pic, k, PNI_PICK_WHEELCHAIR, got), 0);
        ck_assert_int_eq(got[k - 1].bit, 5);
        pni_picture_drop(pic);
    }
}
END_TEST

START_TEST(seats_that_are_not_there)
{
    size_t bad = 9;
    pni_seat out[2];
    const char *good[] = {"1F/A/1/5", "1F/A/1/1"}, *wrong[] = {"1F/A/1/5", "1F/A/1/9"};
    lay(0, 6, 63, 0, 9000, 250, 700);
    lay(1, 6, 63, 0, 9000, 250, 700);
    blocks[0].floor = blocks[1].floor = "1F";
    blocks[1].row_name = "2";
    pni_picture *pic = pni_picture_new(blocks, 2);
    ck_assert_int_eq(pni_seats_take(pic, (pni_seat[]){{4096, 0}, {4096, 6}}, 2, 0, &bad), PN_ENONE);
    ck_assert_uint_eq(bad, 1);
    ck_assert_int_eq(pni_seats_take(pic, (pni_seat[]){{777, 0}}, 1, 0, &bad), PN_ENONE);
    ck_assert_int_eq(pni_seats_take(pic, (pni_seat[]){{4096, 3}, {4096, 3}}, 2, 0, &bad), PN_EARG);
    ck_assert_int_eq(pni_seats_named(pic, good, 2, out, &bad), 0);
    ck_assert(out[0].block == 4096 && out[0].bit == 4 && out[1].bit == 0);
    ck_assert_int_eq(pni_seats_named(pic, wrong, 2, out, &bad), PN_ENONE);
    ck_assert_int_eq(pni_seats_named(pic, wrong, 2, out, NULL), PN_ENONE);
    ck_assert_uint_eq(bad, 1);
    ck_assert_int_eq(pni_seats_named(pic, (const char *[]){"A/1/5"}, 1, out, &bad), PN_ENONE);
    ck_assert_int_eq(pni_seats_named(pic, (const char *[]){"5"}, 1, out, &bad), PN_ENONE);
    ck_assert_int_eq(pni_seats_left(pic), 12);
    ck_assert_int_eq(pni_seats_best(pic, 0, 0, out), PN_ECOUNT);
    pni_picture_drop(pic);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pick");
    TCase *c = tcase_create("pick");
    suite_add_tcase(s, c);
    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, setup, NULL);
    tcase_add_test(c, every_small_row);
    tcase_add_test(c, every_choice_in_every_small_row);
    tcase_add_test(c, a_house_sold_out_like_the_naive_search);
    tcase_add_test(c, s12_seat_picking);
    tcase_add_test(c, a_single_is_left_only_when_all_choices_leave_one);
    tcase_add_test(c, else_the_best_two_runs);
    tcase_add_test(c, wheelchair_places_only_when_asked);
    tcase_add_test(c, seats_that_are_not_there);
    return pn_test_main(s);
}
