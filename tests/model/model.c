/* SPDX-License-Identifier: Apache-2.0 */
/* model.c — rounds of the model test: a market, actors who do random things to it at once, proofs
 * when they rest. A round that fails is run again with half the operations, half the actors, as
 * long as it still fails, and the smallest command line that fails is printed.
 *
 *   tests/with-pg build/tests/model/model [--rounds=N] [--seed=N] [--ops=N] [--slices=N]
 *                                         [--processes=N] [--threads=N] [--fire] [--as-it-is]
 *
 * One process with one thread does the same things again; several meet by chance, so that a seed
 * of theirs says what each of them wants, not who comes first. */
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "model_int.h"

board *the;
plan run;
char model_dsn[1024];
static bool as_it_is;
static int64_t ops_done, calls_done, refusals_done, kills_done, crashes_done, did[64], granted[64];

/* ---- chance ---- */

uint64_t roll(dice *d)
{
    uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

int pick(dice *d, int n)
{
    return (int)(roll(d) % (uint64_t)n);
}

uint64_t mix(uint64_t a, uint64_t b)
{
    dice d = {a ^ (b + 1) * UINT64_C(0xd6e8feb86659fd93)};
    return roll(&d);
}

void blame(const char *fmt, ...)
{
    va_list args;
    int none = 0;
    if (!atomic_compare_exchange_strong(&the->failed, &none, 1))
        return;
    va_start(args, fmt);
    vsnprintf(the->words, WORDS_MAX, fmt, args);
    va_end(args);
}

/* ---- the database ---- */

static void die(const char *what, const char *why)
{
    printf("Bail out! %s: %s\n", what, why);
    exit(1);
}

static void silent(void *payload, const char *words)
{
    (void)payload;
    (void)words;
}

/* While servers die, patiently. */
static PGconn *connect_to(const char *dsn)
{
    for (int i = 0; i < 1200; i++) {
        PGconn *conn = PQconnectdb(dsn);
        PQsetNoticeProcessor(conn, silent, NULL);
        if (PQstatus(conn) == CONNECTION_OK)
            return conn;
        if (i == 1199 || !run.fire)
            die("connect", PQerrorMessage(conn));
        PQfinish(conn);
        usleep(50000);
    }
    return NULL;
}

static int64_t sql_on(const char *dsn, const char *sql)
{
    PGconn *conn = connect_to(dsn);
    PGresult *res = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(res);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        die(sql, PQerrorMessage(conn));
    int64_t n = PQntuples(res) ? strtoll(PQgetvalue(res, 0, 0), NULL, 10) : 0;
    PQclear(res);
    PQfinish(conn);
    return n;
}

void sql_run(const char *sql)
{
    (void)sql_on(model_dsn, sql);
}

int64_t sql_int(const char *sql)
{
    return sql_on(model_dsn, sql);
}

static void database(void)
{
    char sql[200];
    const char *server = getenv("PN_TEST_DSN"), *from = getenv("PN_TEST_TEMPLATE");
    if (!server || !from)
        die("model", "run this inside tests/with-pg");
    snprintf(sql, sizeof sql, "drop database if exists t_model_%d with (force)", (int)getpid());
    (void)sql_on(server, sql);
    snprintf(sql, sizeof sql, "create database t_model_%d template %s", (int)getpid(), from);
    (void)sql_on(server, sql);
    snprintf(model_dsn, sizeof model_dsn, "%s dbname=t_model_%d", server, (int)getpid());
    snprintf(sql, sizeof sql, "alter database t_model_%d set synchronous_commit = %s",
             (int)getpid(), run.fire ? "on" : "off");
    (void)sql_on(server, sql);
}

pn_ctx *model_ctx(int pool)
{
    pn_ctx *ctx;
    if (pn_ctx_open(&(pn_open_opts){.dsn = model_dsn, .pool_max = pool}, &ctx))
        die("open", pn_ctx_error(ctx)->message);
    return ctx;
}

/* ---- a round ---- */

static uint64_t slice_seed;

static void *thread(void *arg)
{
    act_slice(arg, slice_seed);
    return NULL;
}

static pid_t process(int i, int life)
{
    actor a[ACTORS_MAX] = {0};
    pthread_t id[ACTORS_MAX];
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0)
        die("fork", strerror(errno));
    if (pid)
        return pid;
    for (int k = 0; k < run.threads; k++) {
        a[k] = (actor){.no = i * run.threads + k, .life = life};
        if (pthread_create(&id[k], NULL, thread, &a[k]))
            _exit(2);
    }
    for (int k = 0; k < run.threads; k++)
        pthread_join(id[k], NULL);
    _exit(0);
}

static void wait_for(pid_t child[])
{
    for (int i = 0; i < run.processes; i++) {
        int status = 0;
        while (waitpid(child[i], &status, 0) < 0 && errno == EINTR)
            ;
        if (status)
            blame("process %d came to an end of its own: status %d", i, status);
    }
}

/* What was cut off gets its answer now; and some of what was answered is asked again. */
static void ask_all_again(uint64_t seed)
{
    pn_ctx *ctx = model_ctx(1);
    dice d = {seed};
    int64_t n = the->asks;
    for (int64_t i = 0; i < n && !the->failed; i++)
        if (the->ask[i].state == ASKED_SENT)
            ask_again(ctx, &the->ask[i], true);
    for (int i = 0; i < 200 && n && !the->failed; i++) {
        asked *a = &the->ask[roll(&d) % (uint64_t)n];
        if (a->state == ASKED_TOLD && a->keyed && the->now - a->at < 70 * HOUR)
            ask_again(ctx, a, false);
    }
    pn_ctx_close(ctx);
}

static void freeze(bool on)
{
    for (int i = 0; i < shop.sessions; i++) {
        char sql[200];
        if (!shop.session[i].frozen)
            continue;
        snprintf(sql, sizeof sql, "update session set status = '%s' where id = %lld",
                 on ? "SUSPENDED" : "ON_SALE", (long long)shop.session[i].id);
        sql_run(sql);
    }
}

static void slice(int i)
{
    pid_t child[ACTORS_MAX];
    slice_seed = mix(run.seed, (uint64_t)i);
    the->done = 0;
    the->target = run.ops / run.slices;
    freeze(i % 2 == 1);
    prove_begin();
    for (int k = 0; k < run.processes; k++)
        child[k] = process(k, 0);
    if (run.fire)
        fire_slice(child, run.processes, process);
    wait_for(child);
    if (run.fire || i == run.slices - 1)
        ask_all_again(slice_seed);
    if (!the->failed)
        prove();
    ops_done += the->done;
}

/* True when it holds. */
static bool round_holds(plan r)
{
    run = r;
    memset(the, 0, offsetof(board, ask) + sizeof the->ask[0] * (size_t)the->asks);
    the->now = (int64_t)time(NULL) * 1000000;
    database();
    market_make(the->now);
    for (int i = 0; i < run.slices && !the->failed; i++)
        slice(i);
    return !the->failed;
}

/* ---- shrinking ---- */

static void command(plan r, char *out, size_t size)
{
    snprintf(out, size, "model --seed=%llu --ops=%lld --slices=%d --processes=%d --threads=%d%s",
             (unsigned long long)r.seed, (long long)r.ops, r.slices, r.processes, r.threads,
             r.fire ? " --fire" : "");
}

/* Chance decides who comes first, so a smaller round has several tries to fail. */
static bool still_fails(plan r, int tries)
{
    for (int i = 0; i < tries; i++)
        if (!round_holds(r))
            return true;
    return false;
}

static plan shrink(plan r)
{
    char line[200];
    enum { TRIES = 3, FEW = 50 };
    for (bool smaller = true; smaller;) {
        plan half[] = {r, r, r, r};
        half[0].ops /= 2;
        half[1].slices = 1;
        half[1].ops = r.ops / r.slices;
        half[2].processes = (r.processes + 1) / 2;
        half[3].threads = (r.threads + 1) / 2;
        const bool use[] = {r.ops / 2 >= FEW, r.slices > 1, r.processes > 1, r.threads > 1};
        smaller = false;
        for (int i = 0; i < 4 && !smaller; i++) {
            if (!use[i] || !still_fails(half[i], TRIES))
                continue;
            r = half[i];
            smaller = true;
            command(r, line, sizeof line);
            printf("# still fails: %s: %s\n", line, the->words);
            fflush(stdout);
        }
    }
    return r;
}

static bool round_of(int no, plan r)
{
    char line[200];
    command(r, line, sizeof line);
    time_t start = time(NULL);
    int64_t before = ops_done;
    bool good = round_holds(r);
    calls_done += the->answers;
    refusals_done += the->refusals;
    kills_done += the->kills;
    crashes_done += the->crashes;
    for (int i = 0; act_name(i); i++) {
        did[i] += the->did[i];
        granted[i] += the->granted[i];
    }
    /* the incidents that it is for: counters that drift, and a server that dies in the rush */
    printf("%s %d - %s %s: %lld operations in %lld s\n", good ? "ok" : "not ok", no,
           r.fire ? "T4 T17" : "T4", line,
           (long long)(ops_done - before), (long long)(time(NULL) - start));
    fflush(stdout);
    if (good)
        return true;
    printf("# %s\n", the->words);
    if (!as_it_is) {
        command(shrink(r), line, sizeof line);
        printf("# smallest: tests/with-pg tests/model/%s\n# %s\n", line, the->words);
    }
    return false;
}

static void tell_figures(void)
{
    printf("# %lld operations, %lld answers, %lld of them refusals", (long long)ops_done,
           (long long)calls_done, (long long)refusals_done);
    if (kills_done || crashes_done)
        printf("; %lld clients and %lld times a server killed", (long long)kills_done,
               (long long)crashes_done);
    printf("\n#");
    for (int i = 0; act_name(i); i++)
        printf(" %s %lld/%lld", act_name(i), (long long)granted[i], (long long)did[i]);
    printf("\n");
}

static int64_t option(int argc, char **argv, const char *name, int64_t otherwise)
{
    size_t n = strlen(name);
    for (int i = 1; i < argc; i++)
        if (!strncmp(argv[i], "--", 2) && !strncmp(argv[i] + 2, name, n))
            return argv[i][2 + n] == '=' ? strtoll(argv[i] + 3 + n, NULL, 10) : 1;
    return otherwise;
}

int main(int argc, char **argv)
{
    plan r = {.seed = (uint64_t)option(argc, argv, "seed", (int64_t)time(NULL)),
              .ops = option(argc, argv, "ops", 50000),
              .slices = (int)option(argc, argv, "slices", 2),
              .processes = (int)option(argc, argv, "processes", 3),
              .threads = (int)option(argc, argv, "threads", 4),
              .fire = option(argc, argv, "fire", 0) != 0};
    int rounds = (int)option(argc, argv, "rounds", 20);
    int failed = 0;
    as_it_is = option(argc, argv, "as-it-is", 0) != 0;
    if (r.processes * r.threads > ACTORS_MAX || r.processes < 1 || r.threads < 1 || r.slices < 1)
        die("model", "between 1 and 64 actors, please");
    the = mmap(NULL, sizeof *the, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (the == MAP_FAILED)
        die("model", "no memory to share");
    for (int i = 0; i < rounds; i++) {
        plan one = r;
        one.seed += (uint64_t)i;
        failed += !round_of(i + 1, one);
    }
    tell_figures();
    printf("1..%d\n", rounds);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
