/* SPDX-License-Identifier: Apache-2.0 */
/* torture.c — for every operation with a case below: make the nth allocation fail, then the nth
 * statement (lost connection, serialisation failure). Each time: an error or a full success, a
 * database that is unchanged unless it was a success, and a retry that works.
 *
 * A case is one line: operation, input, and what prepares the rows it needs ($id(table) takes
 * the newest id of that table). The argument is a part of an operation's name; PN_TORTURE_STEP=k
 * tries only every kth place, PN_TORTURE_SLICE=k only every kth operation (the slice in CI). */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypt_int.h"
#include "base/db_int.h"
#include "base/unit_int.h"
#include "ticket/ticket.h"
#include "torture_cases.h"
#include "user/buyer_int.h"

enum { PLACES_MAX = 4000, INPUT_MAX = 4000 };
#define NEVER (1LL << 40)

static PGconn *server, *db;
static char dsn[1024];
static int cases, failed, step = 1;
static int64_t sent; /* statements of the last call */
static bool hit;     /* did memory fail in it? */

static void die(const char *what, const char *why)
{
    printf("Bail out! %s: %s\n", what, why);
    exit(1);
}

static const char *sql_text(PGconn *conn, const char *sql)
{
    static char out[INPUT_MAX];
    PGresult *res = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(res);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        die(sql, PQerrorMessage(conn));
    snprintf(out, sizeof out, "%s", PQntuples(res) > 0 ? PQgetvalue(res, 0, 0) : "");
    PQclear(res);
    return out;
}

static void fresh_database(void)
{
    char sql[200];
    const char *from = getenv("PN_TEST_TEMPLATE");
    if (db)
        PQfinish(db);
    sql_text(server, "drop database if exists t_torture with (force)");
    snprintf(sql, sizeof sql, "create database t_torture template %s", from ? from : "");
    sql_text(server, sql);
    snprintf(dsn, sizeof dsn, "%s dbname=t_torture", getenv("PN_TEST_DSN"));
    db = PQconnectdb(dsn);
    if (PQstatus(db) != CONNECTION_OK)
        die("torture", PQerrorMessage(db));
}

/* One number over every row of every table that is truth; leases and bookkeeping of failures of
 * the test itself (id_lease), and what is counted whatever becomes of a request (ask_rate), do
 * not count. */
static void fingerprint(char out[64])
{
    snprintf(out, 64, "%s", sql_text(db,
        "select coalesce(sum(('x' || substr(md5(query_to_xml("
        "'select md5(string_agg(t::text, chr(10) order by t::text)) from ' || quote_ident(relname)"
        " || ' t', true, true, '')::text), 1, 12))::bit(48)::bigint), 0)::text"
        " from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
        " and relname not in ('id_lease', 'ask_rate')"));
}

static pn_ctx *open_ctx(void)
{
    pn_ctx *ctx;
    if (pn_ctx_open(&(pn_open_opts){.dsn = dsn, .pool_max = 3}, &ctx))
        die("open", pn_ctx_error(ctx)->message);
    return ctx;
}

static void act(pn *p, const torture_case *c)
{
    if (c->actor < 0) {
        pn_act_as(p, &(pn_actor){.kind = 'U', .id = -c->actor, .login = "buyer",
                                 .roles = PN_ROLE_BUYER, .via = "test"});
        pn_set_timeout(p, 20000);
        return;
    }
    pn_act_as(p, &(pn_actor){.kind = 'O', .id = c->actor ? c->actor : 1, .login = "torture",
                             .roles = PN_ROLE_ADMIN | PN_ROLE_SYSTEM, .via = "test"});
    pn_set_timeout(p, 20000);
}

/* What the newest ticket shows at a gate. */
static size_t ticket_code(char *out, size_t size)
{
    pn_ctx *ctx = open_ctx();
    pn *p = pn_begin(ctx);
    pn_ticket_credential told;
    struct pn_ticket_code in = {strtoll(sql_text(db, "select max(id) from ticket"), NULL, 10)};
    act(p, &(torture_case){0});
    if (pn_ticket_code(p, &in, &told))
        die("ticket.code", pn_error(p)->message);
    size_t n = (size_t)snprintf(out, size, "%s", told.code);
    pn_end(p);
    pn_ctx_close(ctx);
    return n;
}

/* The digits that were sent last. */
static size_t sms_code(char *out, size_t size)
{
    pn_ctx *ctx = open_ctx();
    pn *p = pn_begin(ctx);
    pni_code_sent c;
    int64_t id = strtoll(sql_text(db, "select ref from outbox where event = 'buyer.code'"), NULL,
                         10);
    if (pni_code_open(p, id, sql_text(db, "select payload from outbox"
                                          " where event = 'buyer.code'"), &c))
        die("buyer.code", pn_error(p)->message);
    size_t n = (size_t)snprintf(out, size, "%s", c.code);
    pn_end(p);
    pn_ctx_close(ctx);
    return n;
}

/* "{"order":$id(orders)}" -> the newest id of that table; $code -> the code of a ticket */
static void fill(const char *input, char out[INPUT_MAX])
{
    size_t n = 0;
    for (const char *s = input; *s && n + 400 < INPUT_MAX;) {
        if (!strncmp(s, "$code", 5)) {
            n += ticket_code(out + n, INPUT_MAX - n);
            s += 5;
            continue;
        }
        if (!strncmp(s, "$sms", 4)) {
            n += sms_code(out + n, INPUT_MAX - n);
            s += 4;
            continue;
        }
        const char *end = strncmp(s, "$id(", 4) ? NULL : strchr(s, ')');
        if (!end) {
            out[n++] = *s++;
            continue;
        }
        char sql[200];
        snprintf(sql, sizeof sql, "select coalesce(max(id), 0) from %.*s", (int)(end - s - 4),
                 s + 4);
        n += (size_t)snprintf(out + n, INPUT_MAX - n, "%s", sql_text(db, sql));
        s = end + 1;
    }
    out[n] = 0;
}

/* Sealed columns and signatures need keys; they live outside the database. */
static void make_keys(void)
{
    pn_ctx *ctx = open_ctx();
    pn *p = pn_begin(ctx);
    if (pni_crypt_init(p))
        die("keys", pn_error(p)->message);
    pn_end(p);
    pn_ctx_close(ctx);
}

/* Everything the call needs is allocated before the fault is armed. */
static int call(pn_ctx *ctx, const torture_case *c, const pn_op *op, const char *input,
                int64_t alloc_at, int64_t send_at, bool soft)
{
    pn *p = pn_begin(ctx);
    void *in = pn_alloc(p, op->in->size), *out = pn_alloc(p, op->out ? op->out->size : 1);
    act(p, c);
    int rc = pn_from_json(p, op->in, input, strlen(input), in);
    if (rc)
        die(c->op, pn_error(p)->message);
    pni_send_fail_soft = soft;
    pni_send_fail_in = send_at ? send_at : NEVER;
    pni_alloc_fail_in = alloc_at;
    rc = pn_call(p, op, in, out);
    sent = NEVER - pni_send_fail_in;
    hit = alloc_at && !pni_alloc_fail_in;
    pni_send_fail_in = pni_alloc_fail_in = 0;
    if (rc && !*pn_error(p)->message)
        die(c->op, "an error without words");
    if (rc && !alloc_at && !send_at)
        printf("# %s: %s\n", c->op, pn_error(p)->message);
    pn_end(p);
    return rc;
}

static bool prepare(const torture_case *c)
{
    pn_ctx *ctx = open_ctx();
    bool good = true;
    fresh_database();
    for (int i = 0; c->before[i] && good; i++) {
        if (*c->before[i] != '@') { /* SQL */
            sql_text(db, c->before[i]);
            continue;
        }
        char name[80], input[INPUT_MAX];
        size_t len = strcspn(c->before[i] + 1, " ");
        snprintf(name, sizeof name, "%.*s", (int)len, c->before[i] + 1);
        char *dot = strchr(name, '.');
        if (dot)
            *dot = 0;
        const pn_op *op = dot ? pn_op_find(name, dot + 1) : NULL;
        if (!op)
            die(c->before[i], "no such operation");
        fill(c->before[i] + 1 + len, input);
        torture_case as = *c;
        as.actor = 0;
        good = !call(ctx, &as, op, input, 0, 0, false);
    }
    pn_ctx_close(ctx);
    return good;
}

static bool report(bool good, const torture_case *c, const char *what, int64_t at)
{
    cases++;
    if (!good)
        failed++;
    printf("%s %d - %s: %s (%lld places)\n", good ? "ok" : "not ok", cases, c->op, what,
           (long long)at);
    fflush(stdout);
    return good;
}

static bool unchanged(const char *before, const torture_case *c, const char *what, int64_t at)
{
    char after[64];
    fingerprint(after);
    if (!strcmp(before, after))
        return true;
    printf("# %s: %s %lld failed, yet something changed\n", c->op, what, (long long)at);
    return false;
}

/* Failures leave the state alone, so one database serves until the call gets through. Where it
 * gets through although memory failed, as it may, the next place needs a new one. */
static void torture_allocs(const torture_case *c, const pn_op *op, char *input)
{
    char before[64];
    int64_t at = 1;
    bool good = true;
    fingerprint(before);
    for (; good && at < PLACES_MAX; at += step) {
        pn_ctx *ctx = open_ctx();
        int rc = call(ctx, c, op, input, at, 0, false);
        pn_ctx_close(ctx);
        if (!rc && !hit)
            break;
        if (rc) {
            good = unchanged(before, c, "allocation", at);
            continue;
        }
        if (!prepare(c))
            die(c->op, "its case does not prepare");
        fill(c->input, input);
        fingerprint(before);
    }
    report(good && at < PLACES_MAX, c, "allocations", at);
}

/* A success moves the state, so every place gets a database of its own. */
static void torture_sends(const torture_case *c, const pn_op *op, int64_t places, bool soft)
{
    char before[64], input[INPUT_MAX];
    bool good = true;
    for (int64_t at = 1; good && at <= places; at += step) {
        if (!prepare(c))
            die(c->op, "its case does not prepare");
        fill(c->input, input);
        fingerprint(before);
        pn_ctx *ctx = open_ctx();
        int rc = call(ctx, c, op, input, 0, at, soft);
        if (rc) {
            good = unchanged(before, c, "statement", at);
            good = good && !call(ctx, c, op, input, 0, 0, false);
        }
        pn_ctx_close(ctx);
    }
    report(good, c, soft ? "serialisation failures" : "lost connections", places);
}

static void torture(const torture_case *c)
{
    char name[80], input[INPUT_MAX];
    snprintf(name, sizeof name, "%s", c->op);
    char *dot = strchr(name, '.');
    *dot = 0;
    const pn_op *op = pn_op_find(name, dot + 1);
    if (!op)
        die(c->op, "no such operation");
    if (!prepare(c)) {
        report(false, c, "preparing its case", 0);
        return;
    }
    fill(c->input, input);
    torture_allocs(c, op, input);
    int64_t places = sent; /* the last call of torture_allocs() got through */
    if (op->flags & PN_WRITE) {
        torture_sends(c, op, places, false);
        torture_sends(c, op, places, true);
    }
}

static bool has_case(const char *name)
{
    for (const torture_case *c = torture_cases; c->op; c++)
        if (!strcmp(c->op, name))
            return true;
    for (size_t i = 0; torture_exempt[i].op; i++)
        if (!strcmp(torture_exempt[i].op, name))
            return true;
    return false;
}

/* Whoever adds an operation that writes adds its case. */
static void every_write_has_a_case(void)
{
    bool good = true;
    for (const pn_module *const *m = pn_modules(); *m; m++) {
        for (const pn_op *const *op = (*m)->ops; op && *op; op++) {
            char name[80];
            snprintf(name, sizeof name, "%s.%s", (*op)->noun, (*op)->verb);
            if (!((*op)->flags & PN_WRITE) || (*op)->flags & PN_LOCAL || has_case(name))
                continue;
            printf("# %s writes and has no case in torture_cases.h\n", name);
            good = false;
        }
    }
    report(good, &(torture_case){.op = "torture"}, "every operation that writes has a case", 0);
}

int main(int argc, char **argv)
{
    char conf[1024]; /* hundreds of password hashes: cheap ones */
    const char *k = getenv("PN_TORTURE_STEP"), *src = getenv("PN_SRCDIR");
    if (!getenv("PN_TEST_DSN"))
        die("torture", "run this inside tests/with-pg");
    snprintf(conf, sizeof conf, "%s/tests/quick.yaml", src ? src : ".");
    setenv("PN_CONF", conf, 1);
    step = k ? (int)strtol(k, NULL, 10) : 1;
    step = step > 0 ? step : 1;
    const char *s = getenv("PN_TORTURE_SLICE");
    long slice = s ? strtol(s, NULL, 10) : 1;
    slice = slice > 0 ? slice : 1;
    server = PQconnectdb(getenv("PN_TEST_DSN"));
    if (PQstatus(server) != CONNECTION_OK)
        die("torture", PQerrorMessage(server));
    PQsetNoticeProcessor(server, NULL, NULL);
    fresh_database();
    make_keys();
    if (argc < 2)
        every_write_has_a_case();
    int n = 0;
    for (const torture_case *c = torture_cases; c->op; c++, n++)
        if (argc > 1 ? strstr(c->op, argv[1]) != NULL : n % slice == 0)
            torture(c);
    printf("1..%d\n", cases);
    PQfinish(db);
    PQfinish(server);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
