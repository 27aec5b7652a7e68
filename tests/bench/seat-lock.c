/* SPDX-License-Identifier: Apache-2.0 */
/* seat-lock.c — seats locked for good: orders of four seats in batches through the picture and one
 * guarded statement, against pgbench locking a row a seat, one transaction for each order, eight
 * clients. Both commit to disk, both release what they locked. In turns, so that whatever else the
 * machine does falls on both; the median of the rounds' ratios counts. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "db.h"
#include "base/sql_int.h"
#include "seating/picture_int.h"
#include "main_int.h"
#include "median_int.h"

enum { ROUNDS = 5, ROWS = 2000, WIDE = 40, BATCH = 512, FOUR = 4, FULL = 150, QUICK = 40,
       LOT = 4097, CLIENTS = 8 };

static const char script[] = "\\set r random(1, 2000)\n\\set s random(0, 9) * 4\n"
    "begin;\nupdate one_seat set state = 1 where row = :r and seat between :s and :s + 3"
    " and state = 0;\ncommit;\n"
    "begin;\nupdate one_seat set state = 0 where row = :r and seat between :s and :s + 3"
    " and state = 1;\ncommit;\n";

/* ---- our side: an operation a batch ---- */

struct pn_locking { int64_t lot; bool off; };
typedef struct done { int64_t seats; } done;
static PN_TYPE(locking_t, "bench.batch", struct pn_locking, PN_COL(struct pn_locking, lot, "lot"),
    PN_COL(struct pn_locking, off, "off"));
static PN_TYPE(done_t, "bench.done", done, PN_COL(done, seats, "seats"));
typedef struct stamp { int64_t lot, stamp; int k; } stamp;
static PN_TYPE(stamp_t, "bench.stamp", stamp, PN_COL(stamp, lot, "lot"),
    PN_COL(stamp, stamp, "stamp"), PN_COL(stamp, k, "k"));
static const pn_sql lock_lot = {"bench_lock_lot", &stamp_t, &stamp_t,
    "select seat_stamp as stamp from stock where sk = :lot# and lot_id = :lot for update", false};
static const pn_sql count_lot = {"bench_count_lot", &stamp_t, NULL,
    "update stock set qty_locked = qty_locked + :k, seat_stamp = :stamp"
    " where sk = :lot# and lot_id = :lot", false};

static pni_seat_set *locked;
static size_t locked_n;

static int write_sets(pn *p, int64_t lot, const pn_sql *sql, const pni_seat_set *sets, size_t n,
                      int k, int64_t *fresh)
{
    int64_t did = 0;
    stamp s = {.lot = lot, .k = k};
    PN_TRY(pn_new_id(p, 0, &s.stamp));
    PN_TRY(pn_queue(p, sql, sets, n, NULL, &did));
    PN_TRY(pn_exec(p, &count_lot, &s, NULL));
    *fresh = s.stamp;
    return did == (int64_t)n ? 0 : pn_fail(p, PN_ECONFLICT, NULL, "somebody was faster");
}

/* A full batch of the order desk, four seats each: the best that are left, by one statement. */
static int lock_batch(pn *p, const struct pn_locking *in, pni_picture *pic, int64_t *fresh)
{
    pni_seat got[FOUR];
    pni_seat_set *sets;
    size_t n;
    for (int i = 0; i < BATCH; i++)
        if (pni_seats_best(pic, FOUR, 0, got))
            return pn_fail(p, PN_ENO_MATCH, NULL, "the house is full");
    PN_TRY(pni_picture_taken(p, pic, &sets, &n));
    memcpy(locked, sets, n * sizeof *sets);
    locked_n = n;
    return write_sets(p, in->lot, &pni_block_lock, sets, n, BATCH * FOUR, fresh);
}

/* And the same seats given back. */
static int free_batch(pn *p, const struct pn_locking *in, pni_picture *pic, int64_t *fresh)
{
    pni_seats_freed(pic, locked, locked_n);
    return write_sets(p, in->lot, &pni_block_free, locked, locked_n, -BATCH * FOUR, fresh);
}

static int run(pn *p, const void *ask, void *out)
{
    const struct pn_locking *in = ask;
    pni_picture *pic = NULL;
    int64_t fresh = 0;
    stamp s = {.lot = in->lot};
    ((done *)out)->seats = BATCH * FOUR;
    PN_TRY(pn_one(p, &lock_lot, &s, &s));
    PN_TRY(pni_picture_get(p, in->lot, s.stamp, &pic));
    int rc = in->off ? free_batch(p, in, pic, &fresh) : lock_batch(p, in, pic, &fresh);
    if (rc)
        pni_picture_drop(pic);
    else
        pni_picture_put(p, pic, fresh);
    return rc;
}
static const pn_op batch_op = {.noun = "bench", .verb = "batch", .brief = "batch",
    .in = &locking_t, .out = &done_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE, .run = run};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seats locked a second, the release counted in as with pgbench. */
static double ours(int batches)
{
    double began = now_s();
    for (int i = 0; i < batches; i++)
        for (int off = 0; off < 2; off++) {
            done d;
            pn *p = test_begin(PN_ROLE_SYSTEM);
            ok(pn_call(p, &batch_op, &(struct pn_locking){LOT, off}, &d));
            pn_end(p);
        }
    return batches * (double)(BATCH * FOUR) / (now_s() - began);
}

static double rows(const char *file, int seconds)
{
    char cmd[2000], line[300];
    double tps = 0;
    snprintf(cmd, sizeof cmd,
             "PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1);"
             " pgbench -n -M prepared -c %d -j 1 -T %d -f '%s' \"%s\" 2>&1", CLIENTS, seconds,
             file, test_db_dsn());
    FILE *out = popen(cmd, "r");
    while (out && fgets(line, sizeof line, out))
        if (sscanf(line, "tps = %lf", &tps) != 1 && strstr(line, "ERROR"))
            fputs(line, stderr);
    if (!out || pclose(out) || tps <= 0) {
        fprintf(stderr, "seat-lock: pgbench failed\n");
        exit(2);
    }
    return tps * FOUR;
}

static void house(void)
{
    test_sql("insert into stock (sk, lot_id, tier_id, session_id, qty_total, seat_stamp)"
             " values (1, 4097, 4097, 4097, 80000, 1)");
    test_sql("insert into seat_block (sk, id, session_id, lot_id, section, row_name, labels, mask,"
             " front, middle, slope) select 1, r * 4096 + 1, 4097, 4097, 'A', r::text,"
             " array(select i::text from generate_series(1, 40) i), (1::bigint << 40) - 1,"
             " 10000 - r % 40 * 250, 1950, 200 from generate_series(1, 2000) r");
    test_sql("create table one_seat (row int, seat int, state smallint not null, order_id bigint,"
             " primary key (row, seat)) with (fillfactor = 50)");
    test_sql("insert into one_seat select r, s, 0, null from generate_series(1, 2000) r,"
             " generate_series(0, 39) s");
    test_sql("vacuum analyze");
}

/* Durable: every commit is on the disk before it is told. Tests run without. */
static void durable(bool on)
{
    test_sql(on ? "alter system set fsync = on" : "alter system reset fsync");
    test_sql(on ? "alter system set synchronous_commit = on"
                : "alter system reset synchronous_commit");
    test_sql("select pg_reload_conf()");
    sleep(1);
}

static int missed = 2;

START_TEST(seat_lock)
{
    double mine[ROUNDS], base[ROUNDS], ratio[ROUNDS];
    bool quick = getenv("PN_BENCH_QUICK");
    char file[] = "/tmp/pn-seat-lock-XXXXXX";
    int fd = mkstemp(file);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, script, strlen(script)), (ssize_t)strlen(script));
    close(fd);
    locked = calloc(ROWS, sizeof *locked);
    test_db_setup();
    house();
    durable(true);
    ours(20);
    for (int i = 0; i < ROUNDS; i++) {
        mine[i] = ours(quick ? QUICK : FULL);
        base[i] = rows(file, quick ? 1 : 3);
        ratio[i] = mine[i] / base[i];
    }
    ck_assert_int_eq(test_sql_int("select qty_locked from stock"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from seat_block where busy <> 0"), 0);
    ck_assert_int_eq(test_sql_int("select deadlocks from pg_stat_database where datname ="
                                  " current_database()"), 0);
    unlink(file);
    durable(false);
    test_db_teardown();
    free(locked);
    double r = pn_median(ratio, ROUNDS);
    printf("{\"id\":\"P8\",\"what\":\"seats locked and released, 512 orders of 4 in a batch\","
           "\"value\":%.0f,\"unit\":\"seats/s\",\"baseline\":%.0f,"
           "\"baseline_what\":\"pgbench, a row a seat, an order a transaction, 8 clients\","
           "\"ratio\":%.1f,\"gate\":6,\"aim\":15,\"rounds\":%d}\n", pn_median(mine, ROUNDS),
           pn_median(base, ROUNDS), r, ROUNDS);
    fflush(stdout);
    missed = r < 6;
}
END_TEST

int main(void)
{
    Suite *s = suite_create("seat-lock");
    TCase *c = tcase_create("seat-lock");
    tcase_add_test(c, seat_lock);
    suite_add_tcase(s, c);
    return pn_bench_run(s) ? missed : 2;
}
