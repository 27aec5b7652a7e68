/* SPDX-License-Identifier: Apache-2.0 */
/* migrate.c — plain SQL files, in the order of their names, once each, remembered with checksum. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#include "base/conf_int.h"
#include "base/db_int.h"
#include "base/migrate.h"
#include "base/composite_int.h"

enum { FILES_MAX = 1000, SIZE_MAX_BYTES = 4 << 20, LOCK_KEY = 0x706e };

static void close_conn(PGconn **pg)
{
    PQfinish(*pg);
}

static void free_text(char **text)
{
    free(*text);
}

static int refused(pn *p, const char *what, PGconn *pg, PGresult *res)
{
    const char *text = res ? PQresultErrorMessage(res) : PQerrorMessage(pg);
    int rc = pn_fail(p, PN_EDATABASE, NULL, "%s: %.600s", what, text);
    PQclear(res);
    return rc;
}

static int command(pn *p, PGconn *pg, const char *what, const char *sql)
{
    PGresult *res = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(res);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        return refused(p, what, pg, res);
    PQclear(res);
    return 0;
}

/* The database of the DSN may not exist yet: make it from template0, with Chinese-safe locale as
 * the cluster has it. */
static int create_database(pn *p)
{
    const char *dsn = p->ctx->dsn;
    char *err = NULL;
    PQconninfoOption *opts = PQconninfoParse(dsn, &err), *o;
    PQfreemem(err);
    char name[64] = "", sql[200];
    for (o = opts; o && o->keyword; o++)
        if (!strcmp(o->keyword, "dbname") && o->val)
            snprintf(name, sizeof name, "%s", o->val);
    PQconninfoFree(opts);
    const char *const k[] = {"dbname", "dbname", NULL};
    const char *const v[] = {dsn, "postgres", NULL};
    __attribute__((cleanup(close_conn))) PGconn *pg = PQconnectdbParams(k, v, 1);
    if (!*name || PQstatus(pg) != CONNECTION_OK)
        return refused(p, pn_tr("The database cannot be reached"), pg, NULL);
    char *quoted = PQescapeIdentifier(pg, name, strlen(name));
    snprintf(sql, sizeof sql, "create database %s template template0", quoted ? quoted : "");
    PQfreemem(quoted);
    return command(p, pg, "create database", sql);
}

static int connect_to(pn *p, PGconn **out)
{
    const char *dsn;
    PN_TRY(pni_dsn(p, &dsn));
    for (int tries = 0; tries < 2; tries++) {
        *out = PQconnectdb(dsn);
        if (PQstatus(*out) == CONNECTION_OK)
            return 0;
        const char *text = PQerrorMessage(*out);
        bool missing = strstr(text, "does not exist") && strstr(text, "database");
        if (!missing || tries) {
            int rc = refused(p, pn_tr("The database cannot be reached"), *out, NULL);
            pn_hint(p, "%s",
                    pn_tr("Start it with \"pn up\", look with \"pn doctor\", or set PN_DSN"));
            return rc;
        }
        PQfinish(*out);
        *out = NULL;
        PN_TRY(create_database(p));
    }
    return 0;
}

static int read_file(pn *p, const char *path, char **out, size_t *len)
{
    FILE *f = fopen(path, "re");
    char *text = f ? pni_malloc(SIZE_MAX_BYTES + 1) : NULL;
    if (!text) {
        if (f)
            fclose(f);
        return pn_fail(p, PN_EIO, NULL, pn_tr("%s cannot be read: %s"), path, strerror(errno));
    }
    *len = fread(text, 1, SIZE_MAX_BYTES, f);
    bool ok = !ferror(f) && feof(f);
    fclose(f);
    *out = text;
    return ok ? 0 : pn_fail(p, PN_EIO, NULL, pn_tr("%s cannot be read: %s"), path, strerror(errno));
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int files_of(pn *p, const char *dir, const char **names, int *n)
{
    DIR *d = opendir(dir);
    if (!d)
        return pn_fail(p, PN_EIO, NULL, pn_tr("%s cannot be read: %s"), dir, strerror(errno));
    *n = 0;
    for (struct dirent *e; (e = readdir(d)) && *n < FILES_MAX;) {
        size_t len = strlen(e->d_name);
        if (len > 9 && !strcmp(e->d_name + len - 4, ".sql") && e->d_name[4] == '-')
            names[(*n)++] = pn_strdup(p, e->d_name);
    }
    closedir(d);
    qsort(names, (size_t)*n, sizeof *names, by_name);
    return 0;
}

/* 1: already applied, 0: to do */
static int known(pn *p, PGconn *pg, const char *name, const char *sum, bool *done)
{
    const char *v[] = {name};
    PGresult *res = PQexecParams(pg, "select checksum from migration where name = $1", 1, NULL, v,
                                 NULL, NULL, 0);
    if (PQresultStatus(res) != PGRES_TUPLES_OK)
        return refused(p, "migration", pg, res);
    *done = PQntuples(res) == 1;
    bool same = *done && !strcmp(PQgetvalue(res, 0, 0), sum);
    PQclear(res);
    if (!*done || same)
        return 0;
    pn_fail(p, PN_ECONFLICT, NULL, pn_tr("%s was changed after it had been applied"), name);
    return pn_hint(p, "%s", pn_tr("Restore the file, and put the change into a new one"));
}

static int apply(pn *p, PGconn *pg, const char *dir, const char *name, int *applied)
{
    unsigned char hash[32];
    char sum[65], path[4200];
    __attribute__((cleanup(free_text))) char *text = NULL;
    size_t len = 0;
    bool done = false;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    PN_TRY(read_file(p, path, &text, &len));
    crypto_generichash(hash, sizeof hash, (const unsigned char *)text, len, NULL, 0);
    sodium_bin2hex(sum, sizeof sum, hash, sizeof hash);
    PN_TRY(known(p, pg, name, sum, &done));
    if (done)
        return 0;
    PN_TRY(command(p, pg, name, "begin"));
    int rc = command(p, pg, name, "set local citus.multi_shard_modify_mode to 'sequential';"
                     "set local citus.enable_local_reference_table_foreign_keys to off");
    if (!rc)
        rc = command(p, pg, name, text);
    if (!rc) {
        const char *v[] = {name, sum, pn_printf(p, "%" PRId64, pn_now(p).us)};
        PGresult *res = PQexecParams(pg, "insert into migration (name, checksum, at) values"
                                     " ($1, $2, to_timestamp($3::bigint / 1000000.0))", 3, NULL,
                                     v, NULL, NULL, 0);
        rc = PQresultStatus(res) == PGRES_COMMAND_OK ? 0 : refused(p, name, pg, res);
        if (!rc)
            PQclear(res);
    }
    pn_err kept = p->err;
    int end = command(p, pg, name, rc ? "rollback" : "commit");
    if (rc)
        p->err = kept;
    *applied += !rc && !end;
    return rc ? rc : end;
}

/* A database that has migrations this build does not know belongs to a newer build. */
static int newer(pn *p, PGconn *pg, const char **names, int n)
{
    PGresult *res = PQexec(pg, "select name from migration order by name");
    if (PQresultStatus(res) != PGRES_TUPLES_OK)
        return refused(p, "migration", pg, res);
    int rc = 0;
    for (int i = 0; i < PQntuples(res) && !rc; i++) {
        const char *name = PQgetvalue(res, i, 0);
        if (!bsearch(&name, names, (size_t)n, sizeof *names, by_name))
            rc = pn_fail(p, PN_ECONFLICT, NULL, pn_tr("The database is newer than this program: it"
                         " has %s"), name);
    }
    PQclear(res);
    return rc;
}

int pn_migrate(pn *p, int *applied)
{
    char dir[4096], lock[80];
    const char **names = p ? pn_alloc(p, FILES_MAX * sizeof *names) : NULL;
    __attribute__((cleanup(close_conn))) PGconn *pg = NULL;
    int n, count = 0;
    if (!names)
        return p ? pni_oom(p) : PN_EMEM;
    snprintf(dir, sizeof dir, "%s/schema", pni_data_dir());
    PN_TRY(files_of(p, dir, names, &n));
    PN_TRY(connect_to(p, &pg));
    snprintf(lock, sizeof lock, "select pg_advisory_lock(%d)", LOCK_KEY);
    PN_TRY(command(p, pg, "lock", lock));
    PN_TRY(command(p, pg, "migration",
                   "set client_min_messages = warning; create table if not exists"
                   " migration (name text primary key, checksum text not null,"
                   " at timestamptz not null)"));
    PN_TRY(newer(p, pg, names, n));
    for (int i = 0; i < n; i++)
        PN_TRY(apply(p, pg, dir, names[i], &count));
    PN_TRY(command(p, pg, "row types", "begin"));
    PN_TRY(pni_row_types_make(p, pg));
    PN_TRY(command(p, pg, "row types", "commit"));
    if (applied)
        *applied = count;
    return 0;
}
