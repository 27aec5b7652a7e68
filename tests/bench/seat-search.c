/* SPDX-License-Identifier: Apache-2.0 */
/* seat-search.c — a hall of 80,000 seats sold out by groups of one to four, each getting the best
 * seats that are left: the picture's search against one that walks a byte a seat. Both must give
 * the same seats, or the figure is void. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "seating/picture_int.h"
#include "median_int.h"

enum { ROWS = 2000, WIDE = 40, ROUNDS = 5 };

static unsigned char taken[ROWS][WIDE];
static int64_t upto[ROWS][WIDE + 1]; /* worth of the seats before */
static pni_block_row blocks[ROWS];
static const char *labels[WIDE];
static uint64_t seed;

static uint32_t dice(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 33) % n;
}

static void house(void)
{
    seed = 80000;
    memset(taken, 0, sizeof taken);
    for (int i = 0; i < WIDE; i++)
        labels[i] = "x";
    for (int r = 0; r < ROWS; r++) {
        /* fifty blocks of forty rows, side by side; hundredths of a seat from the middle */
        int front = 10000 - r % 40 * 250, middle = 100 * (25 - r / 40) * WIDE + WIDE * 50;
        blocks[r] = (pni_block_row){.id = (int64_t)(r + 1) << 12, .section = "A", .row_name = "1",
            .labels = {labels, WIDE}, .mask = (INT64_C(1) << WIDE) - 1, .front = front,
            .middle = middle, .slope = 9};
        for (int i = 0; i < WIDE; i++)
            upto[r][i + 1] =
                upto[r][i] + 400 * front + 6 * (1000000 - 9 * labs(100L * i - middle));
    }
}

/* The best start of a run of k in one row; walks the row once. */
static void walk(int r, int k, int64_t *best, int *row, int *seat)
{
    for (int from = 0, to; from < WIDE; from = to + 1) {
        for (to = from; to < WIDE && !taken[r][to]; to++)
            ;
        for (int i = from; i + k <= to; i++) {
            if (i - from == 1 || to - i - k == 1)
                continue;
            int64_t worth = upto[r][i + k] - upto[r][i];
            if (worth > *best)
                *best = worth, *row = r, *seat = i;
        }
    }
}

static bool naive(int k, int *row, int *seat)
{
    int64_t best = INT64_MIN;
    for (int r = 0; r < ROWS; r++)
        walk(r, k, &best, row, seat);
    return best != INT64_MIN;
}

static double cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The groups of a sell-out: sizes until the house is empty, decided by the fast search. */
static int plan(signed char size[], int most)
{
    pni_seat got[4];
    pni_picture *pic = pni_picture_new(blocks, ROWS);
    int n = 0;
    for (int misses = 0; n < most && misses < 200; n++) {
        size[n] = (signed char)(1 + dice(4));
        misses += pni_seats_best(pic, size[n], 0, got) != 0;
    }
    pni_picture_drop(pic);
    return n;
}

static void same(int k, int rc, const pni_seat got[], bool there, int row, int seat)
{
    bool even = there == !rc && (rc || (got[0].block == blocks[row].id && got[0].bit == seat));
    if (!even && !rc && there) { /* two of the same worth: the nearer to the middle is as good */
        int r = (int)(got[0].block >> 12) - 1, i = got[0].bit;
        even = upto[r][i + k] - upto[r][i] == upto[row][seat + k] - upto[row][seat];
    }
    if (even)
        return;
    fprintf(stderr, "seat-search: the answers differ\n");
    exit(2);
}

int main(void)
{
    static signed char size[120000];
    double fast[ROUNDS], slow[ROUNDS], ratio[ROUNDS];
    int each = getenv("PN_BENCH_QUICK") ? 64 : 4; /* the naive one is asked every so often */
    house();
    int n = plan(size, (int)sizeof size), sold = 0;
    for (int round = 0; round < ROUNDS; round++) {
        pni_seat got[4];
        pni_picture *pic = pni_picture_new(blocks, ROWS);
        double began = cpu_ns(), spent = 0;
        int asked = 0;
        for (int i = 0; i < n; i++)
            (void)!pni_seats_best(pic, size[i], 0, got);
        fast[round] = (cpu_ns() - began) / n;
        sold = ROWS * WIDE - pni_seats_left(pic);
        pni_picture_drop(pic);
        pic = pni_picture_new(blocks, ROWS);
        memset(taken, 0, sizeof taken);
        for (int i = 0; i < n; i++) {
            int row = 0, seat = 0;
            int rc = pni_seats_best(pic, size[i], 0, got);
            if (i % each == round % each) {
                double from = cpu_ns();
                bool there = naive(size[i], &row, &seat);
                spent += cpu_ns() - from;
                asked++;
                same(size[i], rc, got, there, row, seat);
            }
            for (int k = 0; !rc && k < size[i]; k++)
                taken[(got[k].block >> 12) - 1][got[k].bit] = 1;
        }
        pni_picture_drop(pic);
        slow[round] = spent / asked;
        ratio[round] = slow[round] / fast[round];
    }
    double r = pn_median(ratio, ROUNDS);
    printf("{\"id\":\"P9\",\"what\":\"best seats, %d of 80,000 sold in %d groups of 1 to 4\","
           "\"value\":%.1f,\"unit\":\"ns\",\"baseline\":%.1f,"
           "\"baseline_what\":\"a walk over a byte a seat with the same answers\","
           "\"ratio\":%.0f,\"gate\":100,\"aim\":1000,\"rounds\":%d}\n", sold, n,
           pn_median(fast, ROUNDS), pn_median(slow, ROUNDS), r, ROUNDS);
    return r < 100;
}
