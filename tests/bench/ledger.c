/* SPDX-License-Identifier: Apache-2.0 */
/* ledger.c — transfers posted in batches of 1,000, beside the loop that posts each in a transaction
 * of its own: one statement, one round trip, nothing checked but the limits of the table. On one
 * pair of accounts that everything goes through, and spread over 10,000. In turns; the median of
 * the rounds' ratios counts. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ledger/desk.h"
#include "main_int.h"
#include "median_int.h"

enum { ROUNDS = 7, WIDE = 1000, FULL_BATCHES = 6, QUICK_BATCHES = 2, FULL_LOOP = 300,
       QUICK_LOOP = 100, SPREAD = 10000 };

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int64_t biz_id;
static unsigned at;

static int64_t wallet(bool hot, int side)
{
    at = at * 1103515245u + 12345u;
    return ((hot ? side : (int64_t)((at >> 8) % SPREAD)) + 1) * 4096 + 1;
}

static pni_transfer any(bool hot)
{
    int64_t from = wallet(hot, 0), to = wallet(hot, 1);
    if (from == to)
        to += 4096;
    return move(from, to, 1, ++biz_id);
}

/* Transfers a second. */
static double batches(bool hot, int n)
{
    static pni_transfer t[WIDE];
    double began = seconds();
    for (int k = 0; k < n; k++) {
        pn *p = desk();
        for (int i = 0; i < WIDE; i++)
            t[i] = any(hot);
        ok(desk_post(p, t, WIDE));
        for (int i = 0; i < WIDE; i++)
            ck_assert_int_eq(t[i].status, PNI_TRANSFER_OK);
        pn_end(p);
    }
    return n * (double)WIDE / (seconds() - began);
}

typedef struct bare { int64_t id, from, to, biz_id; } bare;
static PN_TYPE(bare_t, "bench.bare", bare, PN_COL(bare, id, ""), PN_COL(bare, from, ""),
    PN_COL(bare, to, ""), PN_COL(bare, biz_id, ""));
static const pn_sql bare_sql = {"bench_bare", &bare_t, NULL,
    "with a as (update ledger_account set debit_fen = debit_fen + 1 where sk = 1"
    "  and kind = 'AVAILABLE' and owner = :from and part = '' returning id),"
    " b as (update ledger_account set credit_fen = credit_fen + 1 where sk = 1"
    "  and kind = 'AVAILABLE' and owner = :to and part = '' returning id)"
    " insert into ledger_transfer (sk, id, kind, debit_id, credit_id, amount_fen, biz_kind, biz_id,"
    "  step, no, rule, day, at, booked_at, actor_id) select 1, :id, 'PLAIN', a.id, b.id, 1, 'TEST',"
    "  :biz_id, 'MOVE', 1, 'TEST', :now::date, :now, :now, 0 from a, b", false};

static double loop(bool hot, int n)
{
    pn *p = desk();
    double began = seconds();
    for (int k = 0; k < n; k++) {
        pni_transfer t = any(hot);
        bare in = {.from = t.debit.owner, .to = t.credit.owner, .biz_id = t.biz_id};
        int64_t done = 0;
        ok(pn_new_id(p, 1, &in.id));
        ok(pn_exec(p, &bare_sql, &in, &done));
        ck_assert_int_eq(done, 1);
    }
    double took = seconds() - began;
    pn_end(p);
    return n / took;
}

/* Everybody has enough to give. */
static void endow(void)
{
    static pni_transfer t[SPREAD + 1];
    pn *p = desk();
    for (int i = 0; i <= SPREAD; i++) {
        t[i] = move(0, (i + 1) * INT64_C(4096) + 1, INT64_C(1000000000), ++biz_id);
        t[i].debit = (pni_account){.kind = PNI_KIND_BANK};
    }
    ok(desk_post(p, t, SPREAD + 1));
    pn_end(p);
    test_sql("vacuum analyze");
}

static int missed = 2;

static bool figure(const char *id, const char *what, bool hot, double gate, double aim)
{
    bool quick = getenv("PN_BENCH_QUICK");
    double ours[ROUNDS], base[ROUNDS], ratio[ROUNDS];
    batches(hot, 1);
    loop(hot, 20);
    for (int i = 0; i < ROUNDS; i++) {
        ours[i] = batches(hot, quick ? QUICK_BATCHES : FULL_BATCHES);
        base[i] = loop(hot, quick ? QUICK_LOOP : FULL_LOOP);
        ratio[i] = ours[i] / base[i];
    }
    double r = pn_median(ratio, ROUNDS);
    printf("{\"id\":\"%s\",\"what\":\"%s\",\"value\":%.0f,\"unit\":\"transfers/s\","
           "\"baseline\":%.0f,\"baseline_what\":\"each in a transaction of its own\","
           "\"ratio\":%.2f,\"gate\":%.0f,\"aim\":%.0f,\"rounds\":%d}\n", id, what,
           pn_median(ours, ROUNDS), pn_median(base, ROUNDS), r, gate, aim, ROUNDS);
    fflush(stdout);
    return r < gate;
}

START_TEST(ledger)
{
    test_db_setup();
    endow();
    bool hot = figure("ledger.hot", "transfers of one pair of accounts, 1,000 in a batch", true,
                      10, 30);
    bool cold = figure("ledger.spread", "transfers over 10,000 accounts, 1,000 in a batch", false,
                       5, 15);
    ledger_balances();
    test_db_teardown();
    missed = hot || cold;
}
END_TEST

int main(void)
{
    Suite *s = suite_create("ledger");
    TCase *c = tcase_create("ledger");
    tcase_add_test(c, ledger);
    suite_add_tcase(s, c);
    return pn_bench_run(s) ? missed : 2;
}
