/* SPDX-License-Identifier: Apache-2.0 */
/* crowd.c — two thousand buyers at once, each wanting two to four seats side by side, for ten
 * thousand numbered ones of several sellers. All of them are waiting in batches of several
 * processes at the same time. Nothing is sold twice, nobody gets a part of what he asked for, no
 * seat is stranded, nobody waits beyond his deadline. */
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "report/check.h"
#include "shop.h"

enum { DEADLINE_MS = 30000 };
enum { BUYERS = 2000, PROCESSES = 4, THREADS = 2, EACH = BUYERS / PROCESSES / THREADS, ROUNDS = 3 };
enum { TIER3 = 18 << 12 | 1, TIER4 = 19 << 12 | 1, LISTING = 1001 << 12 | 1, ROW = 50, ROW_N = 50 };
static const int64_t tiers[] = {TIER, TIER2, TIER3, TIER4};

/* What the processes tell. */
static struct tally {
    _Atomic int answered, sold, wrong, code;
    _Atomic int64_t slowest_ms;
    char words[200];
} *tally;

static void run(const char *fmt, ...) PN_PRINTF(1, 2);
static void run(const char *fmt, ...)
{
    char sql[1500];
    va_list args;
    va_start(args, fmt);
    vsnprintf(sql, sizeof sql, fmt, args);
    va_end(args);
    test_sql(sql);
}

/* Rows of fifty of a lot. */
static void rows(int tier, int64_t of, int first, int n)
{
    run("insert into seat_block (sk, id, session_id, lot_id, section, row_name, labels,"
        " mask, gap_after, front, middle, slope) select 1, (%d + r) * 4096 + 1, %d,"
        " %" PRId64 ", 'N%d', r::text, array(select generate_series(1, %d)::text),"
        " (1::bigint << %d) - 1, 1::bigint << %d, 10000 - r * 100, 2450, 1000"
        " from generate_series(%d, %d) r", 5000 + 100 * tier, SESSION, of, tier, ROW, ROW,
        ROW - 1, first, first + n - 1);
    run("update stock set seat_stamp = 1 where lot_id = %" PRId64, of);
}

/* Seats of the first tier that a merchant has, sold side by side only. */
static void offer(int i, int first, int n)
{
    int64_t mine = (int64_t)LISTING + i * 4096;
    run("insert into listing (sk, id, code, merchant_id, session_id, tier_id, ask_fen, sale_fen,"
        " settle_fen, min_buy, split_policy, seat_mode, seats, contiguous, no_single_left,"
        " state, listed_at, created_at, updated_at) values (1, %" PRId64 ", 'l%d', %d, %d, %d,"
        " 55000, 55000, 52000, 1, 'FREE', 'SEAT', '{N0}', true, true, 'LIVE', now(), now(), now());"
        "insert into stock (sk, lot_id, tier_id, session_id, merchant_id, qty_total)"
        " values (1, %" PRId64 ", %d, %d, %d, %d);"
        "insert into stock_move (sk, id, lot_id, delta, reason, actor_id, at)"
        " values (1, %d, %" PRId64 ", %d, 'listed', 1, now());"
        "insert into price_history (sk, id, listing_id, reason, ask_fen, sale_fen, settle_fen,"
        " actor_id, at) values (1, %d, %" PRId64 ", 'LISTED', 55000, 55000, 52000, 1, now())",
        mine, i, 101 + i, SESSION, TIER, mine, TIER, SESSION, 101 + i, n * ROW, 20 + i, mine,
        n * ROW, 30 + i, mine);
    run("insert into seat_claim (sk, session_id, seat_key, listing_id, merchant_id, at)"
        " select 1, %d, 'N0/' || r || '/' || s, %" PRId64 ", %d, now()"
        " from generate_series(%d, %d) r, generate_series(1, %d) s", SESSION, mine, 101 + i, first,
        first + n - 1, ROW);
    rows(0, mine, first, n);
}

/* 2,500 numbered seats of each tier, in fifty rows of fifty; of the first the organiser has thirty
 * rows and two merchants ten each. */
static void house(void)
{
    make_shop(.stock = 30 * ROW);
    make_tier(ROW * ROW_N, YUAN(280));
    for (int t = 2; t < 4; t++)
        run("insert into tier (id, code, session_id, name, face_price_fen, created_at, updated_at)"
            " values (%" PRId64 ", 'n%d', %d, 'N%d', 38000, now(), now());"
            "insert into stock (sk, lot_id, tier_id, session_id, qty_total)"
            " values (1, %" PRId64 ", %" PRId64 ", %d, %d);"
            "insert into stock_move (sk, id, lot_id, delta, reason, actor_id, at)"
            " values (1, %d, %" PRId64 ", %d, 'open', 1, now())", tiers[t], t, SESSION, t, tiers[t],
            tiers[t], SESSION, ROW * ROW_N, 10 + t, tiers[t], ROW * ROW_N);
    for (int t = 0; t < 4; t++)
        rows(t, tiers[t], 1, t ? ROW_N : 30);
    offer(0, 31, 10);
    offer(1, 41, 10);
}

static int64_t mono_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void note(const pn_request *r)
{
    tally->answered++;
    tally->sold += !r->rc;
    if (!r->rc || r->rc == PN_ESTOCK || r->rc == PN_ENO_MATCH || r->rc == PN_ESINGLE)
        return;
    tally->code = r->rc;
    if (!tally->wrong++)
        snprintf(tally->words, sizeof tally->words, "%s", r->err.message);
}

/* One process's share of the crowd: they all wait in one batch, then those again who want more. */
static void *share(void *arg)
{
    int first = (int)(intptr_t)arg;
    static _Thread_local struct pn_order_submit in[EACH];
    static _Thread_local pn_order out[EACH];
    static _Thread_local char phone[EACH][16];
    pn_request r[EACH];
    for (int round = 0; round < ROUNDS; round++) {
        memset(r, 0, sizeof r);
        for (int i = 0; i < EACH; i++) {
            snprintf(phone[i], sizeof phone[i], "139%04d%04d", round, first + i);
            in[i] = (struct pn_order_submit){.tier = tiers[(first + i + round * 7) % 4],
                .qty = 2 + (first * 31 + i * 17 + round) % 3, .phone = phone[i],
                .channel = {PN_CHANNEL_OWN}};
            r[i] = (pn_request){.in = &in[i], .out = &out[i]};
        }
        pn *p = ops();
        pn_set_timeout(p, DEADLINE_MS);
        int64_t start = mono_ms(), took;
        int rc = pn_call_requests(p, pn_op_find("order", "submit"), r, EACH);
        took = mono_ms() - start;
        tally->wrong += rc != 0;
        for (int i = 0; i < EACH; i++)
            note(&r[i]);
        if (took > tally->slowest_ms)
            tally->slowest_ms = took;
        pn_end(p);
    }
    return NULL;
}

static pid_t process(int n)
{
    pthread_t id[THREADS];
    fflush(stdout);
    pid_t pid = fork();
    if (pid)
        return pid;
    test_ctx = NULL;
    if (pn_ctx_open(&(pn_open_opts){.dsn = test_db_dsn(), .pool_max = THREADS + 1}, &test_ctx))
        _exit(2);
    for (intptr_t i = 0; i < THREADS; i++)
        pthread_create(&id[i], NULL, share, (void *)((n * THREADS + i) * EACH));
    for (int i = 0; i < THREADS; i++)
        pthread_join(id[i], NULL);
    _exit(0);
}

/* Whoever is left takes what is left, four, three or two together. */
static void take_the_rest(void)
{
    pn_order o;
    char phone[16];
    for (int i = 0, lost = 0; i < 20000 && lost < 12; i++) {
        PN_AUTO_UNIT p = ops();
        snprintf(phone, sizeof phone, "137%08d", i);
        int rc = pn_order_submit(p, &(struct pn_order_submit){
            .tier = tiers[i % 4], .qty = 4 - i / 4 % 3, .phone = phone,
            .channel = {PN_CHANNEL_OWN}}, &o);
        lost = rc ? lost + 1 : 0;
    }
}

static void all_is_well(void)
{
    PN_AUTO_UNIT p = as(PN_ROLE_ADMIN, OPS);
    pn_check_report r = {0};
    ok(pn_check_run(p, &(struct pn_check_run){0}, &r));
    pn_each(pn_check, c, &r.checks)
        ck_assert_msg(!c->drift, "%s: %s", c->name, c->sample ? c->sample : "");
    books_balance();
    /* an order of seats is one run, or two where there was no other way; nobody sits alone (I17) */
    ck_assert_int_eq(count_of("(select 1 from (select order_id, item_no, count(*) as n from"
        " (select order_id, item_no, seat_block, seat_bit - row_number() over (partition by"
        "   order_id, item_no, seat_block order by seat_bit) as run from order_seat"
        "   where seat_block is not null) x group by order_id, item_no, seat_block, run) y"
        " group by order_id, item_no having count(*) > 2 or min(n) < 2) z"), 0);
    ck_assert_int_eq(count_of("(select 1 from (select e.order_id, e.item_no, e.seat_block,"
        "   e.seat_bit - row_number() over (partition by e.order_id, e.item_no, e.seat_block"
        "   order by e.seat_bit) as run from order_seat e join order_item i"
        "   on i.order_id = e.order_id and i.no = e.item_no and i.lot_id <> i.tier_id) x"
        " group by order_id, item_no having count(distinct (seat_block, run)) > 1) y"), 0);
    /* all that was asked for, each a seat */
    ck_assert_int_eq(count_of("orders o where o.qty <> (select count(*) from order_seat e"
        " where e.order_id = o.id and e.seat_block is not null and e.state = 'HELD')"), 0);
    ck_assert_int_eq(count_of("order_seat e join stock_lock l on l.order_id = e.order_id"
                              " and l.state <> 'ACTIVE'"), 0);
    ck_assert_int_eq(count_of("(select 1 from order_seat where seat_block is not null"
                              " group by seat_block, seat_bit having count(*) > 1) x"), 0);
    ck_assert_int_eq(test_sql_int("select deadlocks from pg_stat_database"
                                  " where datname = current_database()"), 0);
}

START_TEST(I02_I17_two_thousand_buyers_for_ten_thousand_seats)
{
    pid_t child[PROCESSES];
    int status = 0;
    tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(tally, MAP_FAILED);
    house();
    ck_assert_int_eq(test_sql_int("select sum(qty_total) from stock"), 10000);
    for (int i = 0; i < PROCESSES; i++)
        child[i] = process(i);
    for (int i = 0; i < PROCESSES; i++) {
        ck_assert_int_eq(waitpid(child[i], &status, 0), child[i]);
        ck_assert_int_eq(status, 0);
    }
    ck_assert_int_eq(tally->answered, BUYERS * ROUNDS);
    ck_assert_msg(!tally->wrong, "%d wrong answers, like %s: %s", tally->wrong,
                  pn_code_name((pn_code)tally->code), tally->words);
    ck_assert_int_le(tally->slowest_ms, DEADLINE_MS);
    all_is_well();
    ck_assert_int_eq(count_of("orders"), tally->sold);
    take_the_rest();
    all_is_well();
    ck_assert_int_eq(test_sql_int("select sum(qty_total - qty_locked) from stock"), 0);
    munmap(tally, sizeof *tally);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("crowd");
    TCase *c = tcase_create("crowd");
    tcase_set_timeout(c, 600);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, I02_I17_two_thousand_buyers_for_ten_thousand_seats);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
