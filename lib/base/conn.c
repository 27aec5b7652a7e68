/* SPDX-License-Identifier: Apache-2.0 */
/* conn.c — see conn_int.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/bind_int.h"
#include "base/conn_int.h"

enum { CONNECT_MS = 5000 };

/* What every session is set to, and its name. */
static const char *const settings[] = {
    "timezone", "UTC", "lock_timeout", "5000", "statement_timeout", "60000",
    "idle_in_transaction_session_timeout", "60000", "client_encoding", "UTF8",
    "application_name", "piaoniu", NULL};
enum { NAMED = 10 }; /* before the name */

void pni_conn_heard(void *ctx, const char *words)
{
    pni_log(ctx, PN_LOG_DEBUG, words, NULL);
}

static bool by_libpq(pn *p, struct pni_conn *c)
{
    static const char *const keys[] = {"dbname", "connect_timeout", "fallback_application_name",
                                       "options", "keepalives_idle", "tcp_user_timeout", NULL};
    char options[400] = "";
    size_t len = 0;
    for (int i = 0; i < NAMED; i += 2)
        len += (size_t)snprintf(options + len, sizeof options - len, " -c %s=%s", settings[i],
                                settings[i + 1]);
    const char *const values[] = {p->ctx->dsn, "5", settings[NAMED + 1], options, "5", "5000",
                                  NULL};
    c->pg = PQconnectdbParams(keys, values, 1);
    PQsetNoticeProcessor(c->pg, pni_conn_heard, p->ctx);
    return PQstatus(c->pg) == CONNECTION_OK && !PQsetnonblocking(c->pg, 1) &&
           PQenterPipelineMode(c->pg);
}

void pn_connect_ahead(pn_ctx *ctx)
{
    PN_AUTO_UNIT p = pn_begin(ctx);
    const char *dsn;
    if (!p || ctx->ahead || pni_dsn(p, &dsn))
        return;
    pni_wire *w = pni_wire_knock(dsn, settings);
    pthread_mutex_lock(&ctx->lock);
    ctx->ahead = w;
    pthread_mutex_unlock(&ctx->lock);
}

/* The one that was begun ahead, or a new one. */
static pni_wire_met by_wire(pn *p, struct pni_conn *c)
{
    pthread_mutex_lock(&p->ctx->lock);
    pni_wire *ahead = p->ctx->ahead;
    p->ctx->ahead = NULL;
    pthread_mutex_unlock(&p->ctx->lock);
    if (!ahead)
        return pni_wire_open(p->ctx->dsn, settings, CONNECT_MS, &c->wire);
    pni_wire_met met = pni_wire_enter(ahead, CONNECT_MS);
    c->wire = met == PNI_WIRE_OPEN ? ahead : NULL;
    return met;
}

struct pni_conn *pni_conn_open(pn *p)
{
    struct pni_conn *c = pni_malloc(sizeof *c);
    if (!c)
        return NULL;
    pni_wire_met met = by_wire(p, c);
    if (met == PNI_WIRE_OPEN)
        pni_wire_notices(c->wire, pni_conn_heard, p->ctx);
    if (met == PNI_WIRE_OPEN || (met == PNI_WIRE_NOT && by_libpq(p, c)))
        return c;
    pn_fail(p, PN_EDATABASE, NULL, pn_tr("The database cannot be reached: %.400s"),
            met == PNI_WIRE_NOT ? PQerrorMessage(c->pg) : pn_tr("it does not answer"));
    pn_hint(p, "%s", pn_tr("Start it with \"pn up\", look with \"pn doctor\", or set PN_DSN"));
    pni_conn_close(c);
    return NULL;
}

void pni_conn_close(struct pni_conn *c)
{
    if (!c)
        return;
    pni_wire_close(c->wire, !c->broken);
    /* PQfinish() would first send what is still queued: a commit in there must never go out */
    if (c->pg && c->broken && PQsocket(c->pg) >= 0)
        shutdown(PQsocket(c->pg), SHUT_RDWR);
    if (c->pg)
        PQfinish(c->pg);
    free(c->prepared);
    free(c);
}

bool pni_conn_good(const struct pni_conn *c)
{
    return c->wire ? !pni_wire_lost(c->wire) : PQstatus(c->pg) == CONNECTION_OK;
}

int pni_conn_fd(const struct pni_conn *c)
{
    return c->wire ? pni_wire_fd(c->wire) : PQsocket(c->pg);
}

const char *pni_conn_why(const struct pni_conn *c)
{
    return c->wire ? pni_wire_why(c->wire) : PQerrorMessage(c->pg);
}

bool pni_conn_prepare(struct pni_conn *c, const char *name, const char *text, int n,
                      const Oid oid[])
{
    return c->wire ? pni_wire_prepare(c->wire, name, text, n, oid)
                   : PQsendPrepare(c->pg, name, text, n, oid);
}

bool pni_conn_execute(struct pni_conn *c, const char *name, int n, const char *const value[],
                      const int len[])
{
    int format[PNI_PARAMS_MAX];
    if (c->wire)
        return pni_wire_execute(c->wire, name, n, value, len);
    for (int i = 0; i < n; i++)
        format[i] = 1;
    return PQsendQueryPrepared(c->pg, name, n, value, len, format, 1);
}

bool pni_conn_run(struct pni_conn *c, const char *text)
{
    return c->wire ? pni_wire_run(c->wire, text)
                   : PQsendQueryParams(c->pg, text, 0, NULL, NULL, NULL, NULL, 1);
}

bool pni_conn_sync(struct pni_conn *c)
{
    return c->wire ? pni_wire_sync(c->wire) : PQpipelineSync(c->pg);
}

int pni_conn_flush(struct pni_conn *c)
{
    return c->wire ? pni_wire_flush(c->wire) : PQflush(c->pg);
}

bool pni_conn_read(struct pni_conn *c)
{
    return c->wire ? pni_wire_read(c->wire) : PQconsumeInput(c->pg);
}

/* In libpq a NULL ends the results of a statement. */
bool pni_conn_ready(struct pni_conn *c)
{
    if (c->wire)
        return pni_wire_ready(c->wire);
    if (c->tail && !PQisBusy(c->pg)) {
        PQclear(PQgetResult(c->pg));
        c->tail = false;
    }
    return !c->tail && !PQisBusy(c->pg);
}

pni_reply *pni_conn_next(struct pni_conn *c)
{
    if (c->wire)
        return pni_wire_next(c->wire);
    pni_reply *r = pni_reply_of(PQgetResult(c->pg));
    c->tail = r && r->kind != PNI_REPLY_SYNC;
    return r;
}

void pni_conn_cancel(struct pni_conn *c)
{
    char why[256];
    if (c->wire) {
        pni_wire_cancel(c->wire);
        return;
    }
    PGcancel *cancel = PQgetCancel(c->pg);
    if (cancel)
        PQcancel(cancel, why, sizeof why);
    PQfreeCancel(cancel);
}
