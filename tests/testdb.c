/* SPDX-License-Identifier: Apache-2.0 */
/* testdb.c — databases for tests written in shell, and the template for all of them.
 *
 *   testdb template    make and migrate the template on PN_TEST_DSN, print its name
 *   testdb new         copy it, print the connection string of the copy
 *   testdb drop DSN    drop a copy */
#include "base/migrate.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEMPLATE "pn_template"


static bool run(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return true;
    fprintf(stderr, "testdb: %s: %s", sql, PQerrorMessage(conn));
    return false;
}

static PGconn *connect_to(const char *dsn)
{
    PGconn *conn = PQconnectdb(dsn);
    if (PQstatus(conn) == CONNECTION_OK)
        return conn;
    fprintf(stderr, "testdb: %s", PQerrorMessage(conn));
    exit(1);
}

static bool migrate(const char *dsn)
{
    pn_ctx *ctx = NULL;
    pn_open_opts opts = {.dsn = dsn, .pool_max = 1};
    if (pn_ctx_open(&opts, &ctx)) {
        fprintf(stderr, "testdb: %s\n", pn_ctx_error(ctx)->message);
        pn_ctx_close(ctx);
        return false;
    }
    pn *p = pn_begin(ctx);
    int applied, rc = pn_migrate(p, &applied);
    if (rc)
        fprintf(stderr, "testdb: %s\n", pn_error(p)->message);
    pn_end(p);
    pn_ctx_close(ctx);
    return !rc;
}

/* Tests pay with the simulated provider. */
static bool simulate(const char *dsn)
{
    PGconn *conn = connect_to(dsn);
    bool ok = run(conn, "update policy set value = '1' where key = 'payment.simulated'");
    PQfinish(conn);
    return ok;
}

/* As `pn up` leaves a database: the extensions, then the schema. */
static bool make_template(const char *server)
{
    char dsn[1024];
    PGconn *conn = connect_to(server);
    bool ok = run(conn, "set client_min_messages = warning") &&
              run(conn, "update pg_database set datistemplate = false where datname = '" TEMPLATE
                        "'") &&
              run(conn, "drop database if exists " TEMPLATE) &&
              run(conn, "create database " TEMPLATE " template template0");
    snprintf(dsn, sizeof(dsn), "%s dbname=" TEMPLATE, server);
    if (ok) {
        PGconn *inside = connect_to(dsn);
        ok = run(inside, "create extension if not exists pg_trgm") &&
             run(inside, "create extension if not exists btree_gin") &&
             run(inside, "create extension if not exists pgcrypto");
        PQfinish(inside);
    }
    ok = ok && migrate(dsn) && simulate(dsn) &&
         run(conn, "alter database " TEMPLATE " is_template true allow_connections false");
    PQfinish(conn);
    if (ok)
        puts(TEMPLATE);
    return ok;
}

static bool make_copy(const char *server)
{
    char name[64], sql[256];
    const char *template = getenv("PN_TEST_TEMPLATE");
    if (!template) {
        fputs("testdb: run this inside tests/with-pg\n", stderr);
        return false;
    }
    snprintf(name, sizeof(name), "t_%d", (int)getpid());
    snprintf(sql, sizeof(sql), "create database %s template %s", name, template);
    PGconn *conn = connect_to(server);
    bool ok = run(conn, sql);
    PQfinish(conn);
    if (ok)
        printf("%s dbname=%s\n", server, name);
    return ok;
}

static bool drop_copy(const char *server, const char *dsn)
{
    char sql[256];
    const char *name = strstr(dsn, " dbname=t_");
    if (!name)
        return false;
    snprintf(sql, sizeof(sql), "drop database if exists %.60s with (force)", name + 8);
    PGconn *conn = connect_to(server);
    bool ok = run(conn, sql);
    PQfinish(conn);
    return ok;
}

int main(int argc, char **argv)
{
    const char *server = getenv("PN_TEST_DSN"), *verb = argc > 1 ? argv[1] : "";
    bool ok = false;
    if (!server)
        fputs("testdb: run this inside tests/with-pg\n", stderr);
    else if (!strcmp(verb, "template"))
        ok = make_template(server);
    else if (!strcmp(verb, "new"))
        ok = make_copy(server);
    else if (!strcmp(verb, "drop") && argc > 2)
        ok = drop_copy(server, argv[2]);
    else
        fputs("usage: testdb template|new|drop DSN\n", stderr);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
