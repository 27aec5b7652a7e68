/* SPDX-License-Identifier: Apache-2.0 */
/* hot-tier.c — everybody wants the same tier, or each another: complete orders (order, line, seat,
 * due time, purchase count, state log, audit, event, idempotency) through the library's
 * batch, beside what the database can do by itself: pgbench updating one hot row, one transaction
 * an order with the very same rows, one statement an order, and the server inserting the rows of
 * many at once. In turns, so that whatever else the machine does falls on all; commits are durable.
 * With PN_BENCH_ORDERS=N it tells instead how much slower it is with N orders in the tables. */
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/unit_int.h"
#include "order/order_int.h"
#include "shop.h"
#include "main_int.h"
#include "median_int.h"
#include "same_rows_int.h"

enum { ROUNDS_MAX = 9, WAITING = 256, DESKS = 2, SHARE = 8, SET = 20000, SAMPLES = 100000 };

static bool quick;
static int rounds;

/* Ten thousand other tiers, of five hundred sessions, a bucket each. */
enum { TIERS = 10000, SESSIONS = 500, BUCKET = 100, FIRST = 200000 };
#define UNIFORM                                                                                    \
    "\\set t random(0, 9999)\n"                                                                    \
    "update stock set qty_locked = qty_locked + 0 where sk = 100 + :t %% 500"                      \
    " and lot_id = (200000 + :t) * 4096 + 100 + :t %% 500;\n"

static int64_t tier_of(int64_t n)
{
    return (FIRST + n % TIERS) << 12 | (BUCKET + n % TIERS % SESSIONS);
}

static char files[5][200];
enum { HOT, LOOP, SINGLE, EVEN, FILES, EVEN_ROWS = FILES };
enum { EVEN_BATCH = 128 }; /* orders of even-rows.sql */

static void scripts(void)
{
    snprintf(files[EVEN_ROWS], sizeof files[EVEN_ROWS], "%s/tests/bench/even-rows.sql",
             getenv("PN_SRCDIR"));
    for (int i = 0; i < FILES; i++) {
        snprintf(files[i], sizeof files[i], "/tmp/pn-hot-tier-XXXXXX");
        int fd = mkstemp(files[i]);
        ck_assert_int_ge(fd, 0);
        FILE *f = fdopen(fd, "w");
        if (i == HOT)
            fprintf(f, TAKE ";\n", 0);
        else if (i == EVEN)
            fprintf(f, UNIFORM);
        else
            fputs("\\set n :base + :client_id * 10000000 + :i\n\\set i :i + 1\n", f);
        if (i == LOOP) {
            fputs("begin;\n", f);
            fprintf(f, TAKE ";\n", 1);
            for (int k = 0; k < ROWS; k++) {
                with_source(f, rows[k], "(select :n::bigint as n) g");
                fputs(";\n", f);
            }
            fputs("commit;\n", f);
        }
        if (i == SINGLE)
            one_statement(f, "select :n::bigint as n", 1);
        fclose(f);
    }
}

static void no_scripts(void)
{
    for (int i = 0; i < FILES; i++)
        unlink(files[i]);
}

static int64_t base = 1000000000;

/* Transactions a second of a script; *latency_ms (may be NULL) takes the average. */
static double pgbench(int which, int clients, double seconds, double *latency_ms)
{
    char cmd[1000], line[300];
    double tps = 0, ms = 0;
    base += 1000000000;
    snprintf(cmd, sizeof cmd,
             "PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1);"
             " pgbench -n -M prepared -c %d -j 2 -T %d -D base=%" PRId64 " -D i=0 -f '%s' \"%s\""
             " 2>&1", clients, (int)ceil(seconds), base, files[which], test_db_dsn());
    FILE *out = popen(cmd, "r");
    while (out && fgets(line, sizeof line, out)) {
        if (sscanf(line, "tps = %lf", &tps) != 1 &&
            sscanf(line, "latency average = %lf", &ms) != 1 && strstr(line, "ERROR"))
            fputs(line, stderr);
    }
    ck_assert(out && !pclose(out) && tps > 0);
    if (latency_ms)
        *latency_ms = ms;
    return tps;
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The server's own limit: the rows of many orders, made by itself. Orders a second. */
static double by_the_server(void)
{
    char *sql = NULL, source[80];
    size_t len;
    base += 1000000000;
    snprintf(source, sizeof source, "select generate_series(%" PRId64 "::bigint, %" PRId64 ") as n",
             base, base + SET - 1);
    FILE *f = open_memstream(&sql, &len);
    one_statement(f, source, SET);
    fclose(f);
    double began = now_s();
    test_sql(sql);
    double took = now_s() - began;
    free(sql);
    return SET / took;
}

/* ---- the library ---- */

static _Atomic int64_t buyers, times_n;
static double times[SAMPLES];
static bool even; /* each wants another tier */

/* One coordinator: whoever waits for it is decided together, each with a key of his own. */
typedef struct desk { int n; double seconds; int64_t done; } desk;

static void *decide(void *arg)
{
    desk *d = arg;
    struct pn_order_submit in[WAITING];
    pn_order out[WAITING];
    pn_request req[WAITING] = {0};
    char phone[WAITING][16], key[WAITING][40];
    const pn_op *op = pn_op_find("order", "submit");
    for (double end = now_s() + d->seconds; now_s() < end; d->done += d->n) {
        for (int i = 0; i < d->n; i++) {
            int64_t who = ++buyers;
            snprintf(phone[i], sizeof phone[i], "13%09d", (int)(who % 1000000000));
            snprintf(key[i], sizeof key[i], "k%" PRId64, who);
            in[i] = (struct pn_order_submit){.tier = even ? tier_of(who * 7919) : TIER, .qty = 1,
                                             .phone = phone[i], .channel = {PN_CHANNEL_OWN}};
            req[i] = (pn_request){.key = key[i], .in = &in[i], .out = &out[i]};
        }
        double asked = now_s();
        pn *p = as(PN_ROLE_OPS | PN_ROLE_BOXOFFICE, OPS);
        ok(pn_call_requests(p, op, req, (size_t)d->n));
        for (int i = 0; i < d->n; i++)
            if (req[i].rc) /* an assertion writes to a file each time */
                ck_abort_msg("%s", req[i].err.message);
        pn_end(p);
        int64_t at = times_n++;
        if (at < SAMPLES)
            times[at] = now_s() - asked;
    }
    return NULL;
}

/* Orders a second while n wait for `desks` coordinators: with two, one's work in the library falls
 * into the other's time in the database. */
static double library(double seconds, int n, int desks)
{
    pthread_t thread[2];
    desk d[2] = {{n / desks, seconds, 0}, {n / desks, seconds, 0}};
    double began = now_s();
    for (int i = 1; i < desks; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, decide, &d[i]), 0);
    decide(&d[0]);
    for (int i = 1; i < desks; i++)
        pthread_join(thread[i], NULL);
    return (double)(d[0].done + d[1].done) / (now_s() - began);
}

static int missed;

/* `most`: the ratio must not be above the gate, else not below. */
static void figure(const char *id, const char *what, const char *unit, const double *ours,
                   const char *baseline_what, const double *theirs, double gate, double aim,
                   bool most)
{
    double ratio[ROUNDS_MAX];
    for (int i = 0; i < rounds; i++)
        ratio[i] = ours[i] / theirs[i];
    double r = pn_median(ratio, rounds);
    printf("{\"id\":\"%s\",\"what\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"baseline\":%.3f,"
           "\"baseline_what\":\"%s\",\"ratio\":%.3f,\"gate\":%g,\"aim\":%g,\"rounds\":%d}\n", id,
           what, pn_median(ours, rounds), unit, pn_median(theirs, rounds), baseline_what, r, gate,
           aim, rounds);
    fflush(stdout);
    missed |= most ? r > gate : r < gate;
}

static double wal_bytes(void)
{
    return (double)test_sql_int("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint");
}

/* At least so many orders, however slow the machine: leaves of an index split in waves. */
static int64_t placed(void)
{
    int64_t from = atomic_load(&buyers), n = quick ? SET / 4 : SET;
    while (atomic_load(&buyers) < from + n)
        library(0.2, WAITING, DESKS);
    return atomic_load(&buyers) - from;
}

/* WAL of an order, line and seat alone, by the server itself, in tables of the same shape: among
 * ours they would lie where the next orders go. */
static double bare_bytes(void)
{
    static const char into[] = "insert into ";
    char sql[2000];
    test_sql("create schema bare; create table bare.orders (like orders including all);"
             " create table bare.order_item (like order_item including all);"
             " create table bare.order_seat (like order_seat including all)");
    double at = wal_bytes();
    for (int k = 0; k < 3; k++) {
        const char *g = strstr(rows[k], " from G"), *row = rows[k] + strlen(into);
        snprintf(sql, sizeof sql, "%sbare.%.*s from (select generate_series(1::bigint, %d) as n)"
                 " g", into, (int)(g - row), row, SET);
        test_sql(sql);
    }
    double out = (wal_bytes() - at) / SET;
    test_sql("drop table bare.orders, bare.order_item, bare.order_seat; drop schema bare");
    return out;
}

static void wal(void)
{
    double ours[ROUNDS_MAX], theirs[ROUNDS_MAX];
    for (int i = 0; i < rounds; i++) {
        test_sql("checkpoint"); /* first touches of pages count for neither */
        placed();
        double at = wal_bytes();
        double n = (double)placed();
        ours[i] = (wal_bytes() - at) / n;
        theirs[i] = bare_bytes();
    }
    figure("P12", "WAL of a complete order placed in a batch", "bytes", ours,
           "the bare three rows by the server", theirs, 2, 1.5, true);
}

typedef struct moved { int64_t id; } moved;
static PN_TYPE(moved_t, "bench.moved", moved, PN_COL(moved, id, "id"));
static const pn_sql some_sql = {"bench_some", &moved_t, &moved_t,
    "select id from orders where status = 'PENDING_PAY' order by id limit :id"};

/* What a session of the server has counted is seen by others after a while, or now. */
static const pn_sql counted_sql = {"bench_counted", NULL, NULL,
    "select pg_stat_force_next_flush()"};

static double count(const char *column)
{
    char sql[100];
    snprintf(sql, sizeof sql, "select %s from pg_stat_user_tables where relname = 'orders'",
             column);
    return (double)test_sql_int(sql);
}

/* An order moved on: its row stays where it is, and no index hears of it. */
static void moves(void)
{
    static const char *const state[] = {"PENDING_PAY", "CLOSED"};
    double bytes[ROUNDS_MAX], most[ROUNDS_MAX], hot[ROUNDS_MAX], all[ROUNDS_MAX];
    pn *p = ops();
    pn_rows some;
    ok(pn_all(p, &some_sql, &(moved){quick ? 500 : 2000}, &some));
    double hot_before = count("n_tup_hot_upd"), all_before = count("n_tup_upd");
    test_sql("checkpoint");
    for (int i = -1; i < rounds; i++) { /* the first touch of a page after a checkpoint is dear */
        double at = wal_bytes();
        pn_each(moved, o, &some)
            ok(pn_exec(p, &pni_order_move_sql, &(pn_move){.id = o->id, .from = state[(i + 1) % 2],
                                                          .to = state[(i + 2) % 2]}, NULL));
        if (i < 0)
            continue;
        bytes[i] = (wal_bytes() - at) / (double)some.n;
        most[i] = 450;
    }
    ok(pn_exec(p, &counted_sql, NULL, NULL));
    pn_end(p);
    for (int i = 0; i < rounds; i++) {
        hot[i] = count("n_tup_hot_upd") - hot_before;
        all[i] = count("n_tup_upd") - all_before;
    }
    ck_assert_int_ge((int)all[0], rounds * (int)some.n);
    figure("P11", "WAL of an order moved on", "bytes", bytes, "what is allowed", most, 1, 0.77,
           true);
    figure("P11.hot", "orders moved on within their page", "rows", hot, "all that moved", all, 0.95,
           1, false);
}

/* A server in use has written its log's files before and writes them again, and has touched all of
 * its memory; making a new file, or a page of memory, is slow, and is not what is measured. */
static void used(void)
{
    enum { SEGMENTS = 150 };
    for (int i = 0; i < SEGMENTS; i++)
        test_sql("select pg_logical_emit_message(false, 'used', ''), pg_switch_wal()");
    test_sql("create unlogged table filler (t text); alter table filler alter t set storage plain");
    test_sql("insert into filler select repeat('x', 7900) from generate_series(1,"
             " pg_size_bytes(current_setting('shared_buffers')) / 8192)");
    test_sql("drop table filler");
    test_sql("checkpoint");
}

START_TEST(hot_tier)
{
    double batch[ROUNDS_MAX], hot[ROUNDS_MAX], loop[ROUNDS_MAX], set[ROUNDS_MAX], p99[ROUNDS_MAX],
        slow[ROUNDS_MAX];
    double seconds = quick ? 1 : 3;
    test_db_setup();
    make_shop(.stock = 200000000);
    used();
    library(1, WAITING, DESKS);
    pgbench(LOOP, SHARE, 1, NULL);
    test_sql("vacuum analyze");
    for (int i = 0; i < rounds; i++) {
        times_n = 0;
        batch[i] = library(seconds, WAITING, DESKS);
        qsort(times, (size_t)atomic_load(&times_n), sizeof *times, pn_ascending);
        p99[i] = times[atomic_load(&times_n) * 99 / 100] * 1e3;
        hot[i] = pgbench(HOT, SHARE, seconds, NULL);
        loop[i] = pgbench(LOOP, SHARE, seconds, &slow[i]);
        slow[i] *= (double)WAITING / SHARE; /* the others wait for their turn */
        set[i] = by_the_server();
    }
    figure("P1", "complete orders of one hot tier, 256 waiting", "orders/s", batch,
           "pgbench updating one hot row, 8 clients", hot, 8, 20, false);
    figure("P2", "complete orders of one hot tier, 256 waiting", "orders/s", batch,
           "a transaction an order with the same rows, 8 connections", loop, 20, 50, false);
    figure("P3", "complete orders of one hot tier, 256 waiting", "orders/s", batch,
           "the server inserting the same rows by itself", set, 0.4, 0.8, false);
    figure("P4", "slowest hundredth of 256 waiting buyers", "ms", p99,
           "average of 256 waiting for 8 connections", slow, 0.1, 0.034, true);
    books_balance();
    test_db_teardown();
}
END_TEST

START_TEST(one_by_one)
{
    double one[ROUNDS_MAX], single[ROUNDS_MAX], seconds = quick ? 1 : 3;
    test_db_setup();
    make_shop(.stock = 200000000);
    used();
    library(1, 1, 1);
    pgbench(SINGLE, 1, 1, NULL);
    test_sql("vacuum analyze");
    for (int i = 0; i < rounds; i++) {
        one[i] = 1e3 / library(seconds, 1, 1);
        single[i] = 1e3 / pgbench(SINGLE, 1, seconds, NULL);
    }
    figure("P6", "one order at a time through the library", "ms", one,
           "one statement an order with the same rows", single, 1.5, 1.15, true);
    books_balance();
    test_db_teardown();
}
END_TEST

/* In tables where nothing lies that was not placed: an index grows at its end. */
START_TEST(bytes)
{
    test_db_setup();
    make_shop(.stock = 200000000);
    wal();
    books_balance();
    moves();
    test_db_teardown();
}
END_TEST

static void tiers(void)
{
    test_sql("insert into session select (jsonb_populate_record(s, jsonb_build_object('id',"
             " (200000 + i) * 4096 + 100 + i, 'code', 'even' || i, 'start_at', s.start_at"
             " + i * interval '1 minute'))).* from session s, generate_series(0, 499) i");
    test_sql("insert into tier select (jsonb_populate_record(t, jsonb_build_object('id', (200000"
             " + i) * 4096 + 100 + i % 500, 'code', 'even' || i, 'name', 'A' || i, 'session_id',"
             " (200000 + i % 500) * 4096 + 100 + i % 500))).* from tier t,"
             " generate_series(0, 9999) i");
    test_sql("insert into stock (sk, lot_id, tier_id, session_id, qty_total) select id & 4095, id,"
             " id, session_id, 1000000 from tier where id <> 61441");
    test_sql("insert into stock_move (sk, id, lot_id, delta, reason, actor_id, at)"
             " select id & 4095, id, id, 1000000, 'open', 1, now() from tier where id <> 61441");
}

START_TEST(even_tiers)
{
    double batch[ROUNDS_MAX], update[ROUNDS_MAX], alone[ROUNDS_MAX];
    double seconds = quick ? 1 : 3;
    test_db_setup();
    make_shop(.stock = 10);
    tiers();
    used();
    even = true;
    library(6, WAITING, DESKS); /* until each bucket has its block of numbers */
    test_sql("vacuum analyze");
    for (int i = 0; i < rounds; i++) {
        batch[i] = library(seconds, WAITING, DESKS);
        update[i] = pgbench(EVEN, 32, seconds, NULL);
        alone[i] = EVEN_BATCH * pgbench(EVEN_ROWS, DESKS, seconds, NULL);
    }
    figure("P5", "complete orders of 10,000 tiers, 256 waiting", "orders/s", batch,
           "pgbench updating 10,000 rows, 32 clients", update, 2, 4, false);
    figure("P5.rows", "their rows written by the server itself, 2 connections", "orders/s", alone,
           "pgbench updating 10,000 rows, 32 clients", update, 0, 0, false);
    ck_assert_int_eq(test_sql_int("select deadlocks from pg_stat_database where datname ="
                                  " current_database()"), 0);
    books_balance();
    test_db_teardown();
}
END_TEST

/* The rows that make a table grow: orders, lines, seats, purchase counts, state log, audit. */
static void fill(int64_t n)
{
    static const int grows[] = {0, 1, 2, 4, 5, 6};
    enum { AT_ONCE = 500000 };
    for (int64_t done = 0; done < n; done += AT_ONCE)
        for (size_t k = 0; k < sizeof grows / sizeof *grows; k++) {
            char source[120];
            char *sql = NULL;
            size_t len;
            snprintf(source, sizeof source, "(select generate_series(%" PRId64 "::bigint, %" PRId64
                     ") as n) g", base + done, base + done + AT_ONCE - 1);
            FILE *f = open_memstream(&sql, &len);
            with_source(f, rows[grows[k]], source);
            fclose(f);
            test_sql(sql);
            free(sql);
        }
    base += n;
    test_sql("vacuum analyze");
    test_sql("checkpoint");
}

/* To fill takes long and may be done beside other work: the figures wait for this file. */
static void wait_for_quiet(void)
{
    const char *go = getenv("PN_BENCH_GO");
    while (go && access(go, F_OK))
        sleep(1);
}

/* Both beside the hot row in the same minute, because the tables cannot be emptied in turns. */
static void measured(double *share, double seconds)
{
    for (int i = 0; i < rounds; i++)
        share[i] = library(seconds, WAITING, DESKS) / pgbench(HOT, SHARE, seconds, NULL);
}

START_TEST(many_orders)
{
    double small[ROUNDS_MAX], large[ROUNDS_MAX], seconds = quick ? 1 : 3;
    int64_t n = strtoll(getenv("PN_BENCH_ORDERS"), NULL, 10);
    char what[100];
    test_db_setup();
    make_shop(.stock = 200000000);
    fill(n);
    wait_for_quiet();
    library(1, WAITING, DESKS);
    measured(large, seconds);
    test_db_close();
    test_db_setup();
    make_shop(.stock = 200000000);
    library(1, WAITING, DESKS);
    test_sql("vacuum analyze");
    measured(small, seconds);
    snprintf(what, sizeof what, "orders placed per hot row updated, with %" PRId64 " orders", n);
    figure("large", what, "orders/update", large, "the same with empty tables", small, 0.7, 0.9,
           false);
    test_db_teardown();
}
END_TEST

/* A server of our own: the tests' one lives in memory, where a commit costs nothing. */
static void durable(char *self)
{
    if (getenv("PN_PG_DURABLE"))
        return;
    char with_pg[1000];
    snprintf(with_pg, sizeof with_pg, "%s/tests/with-pg", getenv("PN_SRCDIR"));
    unsetenv("PN_TEST_DSN");
    unsetenv("PN_TEST_TEMPLATE");
    setenv("PN_PG_DURABLE", "1", 1);
    execl("/bin/sh", "sh", with_pg, self, (char *)NULL);
    perror(with_pg);
    exit(2);
}

/* $CK_RUN_CASE names one of them: the others are left out. */
static void part(Suite *s, const char *name, const TTest *test)
{
    TCase *c = tcase_create(name);
    tcase_add_unchecked_fixture(c, scripts, no_scripts);
    tcase_add_test(c, test);
    tcase_set_timeout(c, 7200);
    suite_add_tcase(s, c);
}

int main(int argc, char **argv)
{
    (void)argc;
    durable(argv[0]);
    quick = getenv("PN_BENCH_QUICK");
    rounds = quick ? 3 : 5;
    Suite *s = suite_create("hot-tier");
    if (getenv("PN_BENCH_ORDERS")) {
        part(s, "large", many_orders);
    } else {
        part(s, "hot", hot_tier);
        part(s, "one", one_by_one);
        part(s, "bytes", bytes);
        part(s, "even", even_tiers);
    }
    return pn_bench_run(s) ? missed : 2;
}
