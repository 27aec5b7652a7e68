/* SPDX-License-Identifier: Apache-2.0 */
/* pq.c — loads libpq on first use. */
#define PNI_PQ_PLAIN
#include "pq_int.h"

#include "base/unit.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct pni_pq loaded;
static const struct pni_pq *table;

/* ---- without it: what libpq itself answers to a connection that there is not ---- */

static PGconn *no_connection(const char *dsn)
{
    (void)dsn;
    return NULL;
}

static PGconn *no_connection_params(const char *const *keys, const char *const *values, int expand)
{
    (void)keys, (void)values, (void)expand;
    return NULL;
}

static ConnStatusType bad(const PGconn *conn)
{
    (void)conn;
    return CONNECTION_BAD;
}

static char *why(const PGconn *conn)
{
    (void)conn;
    return (char *)(uintptr_t)pn_tr("libpq.so.5, the client library of PostgreSQL, cannot be"
                                    " loaded: install libpq5");
}

static PGPing no_ping(const char *dsn)
{
    (void)dsn;
    return PQPING_NO_ATTEMPT;
}

static PQconninfoOption *no_options(const char *dsn, char **words)
{
    (void)dsn;
    *words = NULL;
    return NULL;
}

static void no_finish(PGconn *conn)
{
    (void)conn;
}

static void no_result(PGresult *result)
{
    (void)result;
}

static void no_memory(void *memory)
{
    (void)memory;
}

static void no_free(PQconninfoOption *options)
{
    (void)options;
}

static PQnoticeProcessor no_notices(PGconn *conn, PQnoticeProcessor heard, void *whom)
{
    (void)conn, (void)heard, (void)whom;
    return NULL;
}

static const struct pni_pq missing = {
    .PQconnectdb_ = no_connection,
    .PQconnectdbParams_ = no_connection_params,
    .PQstatus_ = bad,
    .PQerrorMessage_ = why,
    .PQping_ = no_ping,
    .PQfinish_ = no_finish,
    .PQclear_ = no_result,
    .PQfreemem_ = no_memory,
    .PQconninfoParse_ = no_options,
    .PQconninfoFree_ = no_free,
    .PQsetNoticeProcessor_ = no_notices,
};

/* Lazily: of the thousands of functions of the libraries behind it, few are ever called. */
static void load(void)
{
    void *so = dlopen("libpq.so.5", RTLD_LAZY | RTLD_LOCAL);
    bool whole = so != NULL;
#define PQ(name)                                                                                   \
    loaded.name##_ = whole ? (__typeof__(&name))dlsym(so, #name) : NULL;                           \
    whole = whole && loaded.name##_;
#include "base/pq.def"
#undef PQ
    table = whole ? &loaded : &missing;
}

const struct pni_pq *pni_pq(void)
{
    pthread_once(&once, load);
    return table;
}
