/* SPDX-License-Identifier: Apache-2.0 */
/* db.c — databases for tests: copied from the template, which takes a tenth of a second.
 *
 * A test that fails leaves its database behind: the cluster around it is thrown away, and until
 * then somebody may want to look. */
#include "db.h"

#include "base/sql_int.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

pn_ctx *test_ctx;
static char dsn[1024], name[64], whole[64];

static PGconn *connect_to(const char *conninfo)
{
    PGconn *conn = PQconnectdb(conninfo);
    ck_assert_msg(PQstatus(conn) == CONNECTION_OK, "%s", PQerrorMessage(conn));
    return conn;
}

static PGresult *run(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);
    ck_assert_msg(status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK, "%s\n%s", sql,
                  PQerrorMessage(conn));
    return result;
}

/* Create and drop happen on the maintenance database of the throw-away server. */
static void maintain(const char *sql)
{
    const char *server = getenv("PN_TEST_DSN");
    ck_assert_msg(server && getenv("PN_TEST_TEMPLATE"), "run this inside tests/with-pg");
    PGconn *conn = connect_to(server);
    PQclear(run(conn, sql));
    PQfinish(conn);
}

const char *test_db_dsn(void)
{
    return dsn;
}

void test_db_open(void)
{
    pn_open_opts opts = {.dsn = dsn, .pool_max = 4};
    int rc = pn_ctx_open(&opts, &test_ctx);
    ck_assert_msg(!rc, "%s", rc ? pn_ctx_error(test_ctx)->message : "");
}

void test_db_close(void)
{
    pn_ctx_close(test_ctx);
    test_ctx = NULL;
}

static void copy(const char *of)
{
    static int count;
    char sql[256];
    struct timespec now; /* a process number may come again on the same server */
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(name, sizeof(name), "t_%d_%d_%ld", (int)getpid(), ++count,
             (long)now.tv_sec % 1000000);
    snprintf(sql, sizeof(sql), "create database %s template %s", name, of);
    maintain(sql);
    snprintf(dsn, sizeof(dsn), "%s dbname=%s", getenv("PN_TEST_DSN"), name);
    test_db_open();
}

void test_db_setup(void)
{
    const char *template = getenv("PN_TEST_TEMPLATE");
    copy(template ? template : "");
}

void test_db_keep(void)
{
    test_db_close();
    snprintf(whole, sizeof whole, "%s", name);
}

void test_db_copy(void)
{
    copy(whole);
}

void test_db_forget(void)
{
    char sql[256];
    snprintf(sql, sizeof(sql), "drop database if exists %s with (force)", whole);
    maintain(sql);
}

void test_db_teardown(void)
{
    char sql[256];
    test_db_close();
    snprintf(sql, sizeof(sql), "drop database if exists %s with (force)", name);
    maintain(sql);
}

static char kind_of(uint32_t roles)
{
    return roles & PN_ROLE_SYSTEM      ? 'S'
           : roles & PN_ROLE_MERCHANT  ? 'M'
           : roles & PN_ROLE_FINANCE   ? 'F'
           : roles & PN_ROLE_BOXOFFICE ? 'B'
           : roles & PN_ROLE_GATE      ? 'D'
           : roles & PN_ROLE_ORGANISER ? 'G'
           : roles & PN_ROLE_CHANNEL   ? 'C'
           : roles & PN_ROLE_BUYER     ? 'U'
                                       : 'O';
}

/* Tests read what a unit told until they end; still known here, it is no leak. */
static pn *begun[8192];
static _Atomic unsigned begun_n;

pn *test_begin_as(const pn_actor *actor)
{
    pn *p = pn_begin(test_ctx);
    ck_assert_ptr_nonnull(p);
    begun[begun_n++ % (sizeof begun / sizeof *begun)] = p;
    pn_act_as(p, actor);
    return p;
}

pn *test_begin(uint32_t roles)
{
    pn_actor actor = {.kind = kind_of(roles), .id = 1, .login = "test", .name = "Test",
                      .roles = roles, .via = "test"};
    return test_begin_as(&actor);
}

const char *test_sql_text(const char *sql)
{
    static char text[4096];
    PGconn *conn = connect_to(dsn);
    PGresult *result = run(conn, sql);
    snprintf(text, sizeof(text), "%s",
             PQntuples(result) && PQnfields(result) ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    PQfinish(conn);
    return text;
}

int64_t test_sql_int(const char *sql)
{
    return strtoll(test_sql_text(sql), NULL, 10);
}

struct pg_conn *somebody_did(const char *sql)
{
    PGconn *who = PQconnectdb(test_db_dsn());
    PQclear(PQexec(who, "begin"));
    PGresult *res = PQexec(who, sql);
    ck_assert_msg(PQresultStatus(res) == PGRES_COMMAND_OK || PQresultStatus(res) == PGRES_TUPLES_OK,
                  "%s", PQerrorMessage(who));
    PQclear(res);
    return who;
}

void test_sql(const char *sql)
{
    (void)test_sql_text(sql);
}

/* Of the six kinds of order, and of what the tickets are held for. */
void test_way_on(pn *p, const char *call)
{
    static const char *const nouns[] = {"order", "grab", "group", "groupbuy", "dist", "intake",
                                        "rush", "seckill"};
    static const pn_code rules[] = {
        PN_ESTATE, PN_ECONFLICT, PN_EDUAL, PN_ESTOCK, PN_ECOUNT, PN_ESPLIT, PN_ESINGLE, PN_ELIMIT,
        PN_EDELIVERY, PN_ESPECIAL, PN_ESHIPTIME, PN_ECAP, PN_ESEAT_TAKEN, PN_ENO_MATCH,
        PN_EDEPOSIT, PN_EBALANCE, PN_EBUDGET, PN_EREALNAME, PN_EREALNAME_DUP, PN_EQUOTA,
        PN_EEXPIRED, PN_EEXISTS};
    const pn_op *op = pni_outer_op(p);
    const pn_err *e = pn_error(p);
    bool front = false, rule = false;
    for (size_t i = 0; op && i < sizeof nouns / sizeof *nouns; i++)
        front |= !strcmp(op->noun, nouns[i]);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        rule |= e->code == rules[i];
    ck_assert_msg(!front || !rule || (e->hint && *e->hint), "%s: “%s” says not what to do instead",
                  call, e->message);
}
