/* SPDX-License-Identifier: Apache-2.0 */
/* db.c — a small pool of connections, always in pipeline mode. Statements are sent as they are
 * queued; one sync collects all answers, so n statements cost one round trip. Every wait is a
 * poll() with the unit's deadline: a stopped server is never waited for blindly. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bind_int.h"
#include "base/together_int.h"

/* ---- connections ---- */

static const char *const defaults_k[] = {
    "dbname", "connect_timeout", "fallback_application_name", "options", "keepalives_idle",
    "tcp_user_timeout", NULL};

/* What a server says by the way (it is going down, an object is there) is for the log; libpq
 * itself would write it on the terminal. */
void pni_db_heard(void *ctx, const char *words)
{
    pni_log(ctx, PN_LOG_DEBUG, words, NULL);
}

#define OPTIONS                                                                                    \
    "-c timezone=UTC -c lock_timeout=5000 -c statement_timeout=60000"                              \
    " -c idle_in_transaction_session_timeout=60000 -c client_encoding=UTF8"
/* For few values the server likes to plan anew each time, which costs more than to run it; and a
 * plan made while a table is small reads all of it, also when it has grown. */
#define BY_KEY                                                                                     \
    " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off"          \
    " -c enable_mergejoin=off"
static const char plan_by_key[] = "select set_config('plan_cache_mode', 'force_generic_plan',"
    " false), set_config(n, 'off', false) from unnest(array['enable_seqscan', 'enable_hashjoin',"
    " 'enable_mergejoin']) n";
static const char plan_freely[] = "select set_config('plan_cache_mode', 'auto', false),"
    " set_config(n, 'on', false) from unnest(array['enable_seqscan', 'enable_hashjoin',"
    " 'enable_mergejoin']) n";

/* Does the unit want its statements planned by key, once for all values? */
static bool wants_keys(const pn *p)
{
    return p->op && p->op->flags & PN_HOT;
}

struct pni_conn *pni_conn_open(pn *p)
{
    const char *const v[] = {p->ctx->dsn, "5", "piaoniu", wants_keys(p) ? OPTIONS BY_KEY : OPTIONS,
                             "5", "5000", NULL};
    struct pni_conn *c = pni_malloc(sizeof *c);
    if (!c)
        return NULL;
    c->by_key = wants_keys(p);
    c->pg = PQconnectdbParams(defaults_k, v, 1);
    PQsetNoticeProcessor(c->pg, pni_db_heard, p->ctx);
    if (PQstatus(c->pg) == CONNECTION_OK && !PQsetnonblocking(c->pg, 1) &&
        PQenterPipelineMode(c->pg))
        return c;
    pn_fail(p, PN_EDATABASE, NULL, pn_tr("The database cannot be reached: %.400s"),
            PQerrorMessage(c->pg));
    pn_hint(p, "%s", pn_tr("Start it with \"pn up\", look with \"pn doctor\", or set PN_DSN"));
    pni_conn_close(c);
    return NULL;
}

void pni_conn_close(struct pni_conn *c)
{
    if (!c)
        return;
    /* PQfinish() would first send what is still queued: a commit in there must never go out */
    if (c->broken && PQsocket(c->pg) >= 0)
        shutdown(PQsocket(c->pg), SHUT_RDWR);
    PQfinish(c->pg);
    free(c->prepared);
    free(c->types);
    free(c);
}

static int64_t left_ms(const pn *p)
{
    int64_t left = p->deadline_ms - pni_mono_ms();
    return left < 0 ? 0 : left;
}

/* One that plans as we want, else the last one given back. */
static struct pni_conn *take_idle(pn_ctx *ctx, bool by_key)
{
    int at = ctx->idle_n - 1;
    for (int i = at; i >= 0; i--)
        if (ctx->idle[i]->by_key == by_key) {
            at = i;
            break;
        }
    struct pni_conn *c = ctx->idle[at];
    ctx->idle[at] = ctx->idle[--ctx->idle_n];
    return c;
}

/* In a round trip of its own, which a connection that goes on in the same way never needs. */
static int plan_as_wanted(pn *p)
{
    bool by_key = wants_keys(p);
    if (p->conn->by_key == by_key)
        return 0;
    PN_TRY(pni_control(p, by_key ? plan_by_key : plan_freely));
    PN_TRY(pni_db_sync(p));
    p->conn->by_key = by_key;
    return 0;
}

int pni_db_acquire(pn *p)
{
    pn_ctx *ctx = p->ctx;
    if (p->conn)
        return 0;
    const char *dsn;
    PN_TRY(pni_dsn(p, &dsn));
    pthread_mutex_lock(&ctx->lock);
    while (!ctx->idle_n && ctx->open_n >= ctx->max + p->beyond) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        int64_t ms = left_ms(p);
        until.tv_sec += ms / 1000 + (until.tv_nsec + ms % 1000 * 1000000) / 1000000000;
        until.tv_nsec = (until.tv_nsec + ms % 1000 * 1000000) % 1000000000;
        if (pthread_cond_timedwait(&ctx->freed, &ctx->lock, &until)) {
            pthread_mutex_unlock(&ctx->lock);
            return pn_fail(p, PN_EBUSY, NULL, pn_tr("All database connections are in use"));
        }
    }
    if (ctx->idle_n)
        p->conn = take_idle(ctx, wants_keys(p));
    else
        ctx->open_n++;
    pthread_mutex_unlock(&ctx->lock);
    if (p->conn)
        return plan_as_wanted(p);
    p->conn = pni_conn_open(p);
    if (p->conn)
        return 0;
    pthread_mutex_lock(&ctx->lock);
    ctx->open_n--;
    pthread_cond_signal(&ctx->freed);
    pthread_mutex_unlock(&ctx->lock);
    return p->err.code ? (int)p->err.code : pni_oom(p);
}

void pni_db_release(pn *p)
{
    struct pni_conn *c = p->conn;
    pn_ctx *ctx = p->ctx;
    bool doubt = p->pending || p->tx_open || !c || c->broken;
    p->conn = NULL;
    p->pending = p->pending_end = NULL;
    p->tx_open = p->tx_failed = false;
    if (!c)
        return;
    pthread_mutex_lock(&ctx->lock);
    if (doubt || ctx->open_n > ctx->max || PQstatus(c->pg) != CONNECTION_OK) {
        c->broken = true;
        pni_conn_close(c);
        ctx->open_n--;
    } else {
        ctx->idle[ctx->idle_n++] = c;
    }
    pthread_cond_signal(&ctx->freed);
    pthread_mutex_unlock(&ctx->lock);
}

/* ---- sending ---- */

static int lost(pn *p)
{
    const char *why = p->conn ? PQerrorMessage(p->conn->pg) : "";
    p->lost = true;
    if (p->conn)
        p->conn->broken = true;
    return pn_fail(p, PN_EDATABASE, NULL, pn_tr("The connection to the database was lost: %.300s"),
                   why);
}

static int append(pn *p, const pni_pending *want)
{
    pni_pending *item = pn_alloc(p, sizeof *item);
    if (!item) {
        p->conn->broken = true;
        return pni_oom(p);
    }
    *item = *want;
    item->next = NULL;
    if (p->pending)
        p->pending_end->next = item;
    else
        p->pending = item;
    p->pending_end = item;
    return 0;
}

static int prepare(pn *p, pni_stmt *stmt)
{
    struct pni_conn *c = p->conn;
    unsigned word = stmt->index / 64;
    if (word >= c->prepared_words) {
        unsigned words = word + 8;
        uint64_t *more = pni_malloc(words * sizeof *more);
        if (!more)
            return pni_oom(p);
        if (c->prepared)
            memcpy(more, c->prepared, c->prepared_words * sizeof *more);
        free(c->prepared);
        c->prepared = more;
        c->prepared_words = words;
    }
    if (c->prepared[word] >> (stmt->index % 64) & 1)
        return 0;
    char name[24];
    snprintf(name, sizeof name, "s%u", stmt->index);
    if (!PQsendPrepare(c->pg, name, stmt->text, stmt->n, stmt->oid))
        return lost(p);
    c->prepared[word] |= 1ULL << (stmt->index % 64);
    return append(p, &(pni_pending){.stmt = stmt, .prepare = true});
}

int pni_control(pn *p, const char *text)
{
    pni_stmt *stmt;
    char name[24];
    if (p->plan)
        return pni_plan_refuse(p);
    PN_TRY(pni_db_acquire(p));
    PN_TRY(pni_stmt_control(p, text, &stmt));
    PN_TRY(prepare(p, stmt));
    snprintf(name, sizeof name, "s%u", stmt->index);
    if (!PQsendQueryPrepared(p->conn->pg, name, 0, NULL, NULL, NULL, 1))
        return lost(p);
    return append(p, &(pni_pending){.control = text});
}

int pni_db_begin(pn *p)
{
    PN_TRY(pni_control(p, "begin"));
    p->tx_open = true;
    return 0;
}

_Atomic int64_t pni_send_fail_in;
_Atomic bool pni_send_fail_soft;
_Atomic int pni_commit_cut;

void pni_db_cut(pn *p)
{
    if (!pni_commit_cut)
        return;
    if (pni_commit_cut == 2) {
        PQpipelineSync(p->conn->pg); /* out it goes; nobody waits for the answer */
        while (PQflush(p->conn->pg) > 0)
            ;
        poll(NULL, 0, 100);
    }
    pni_commit_cut = 0;
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(nothing, PQsocket(p->conn->pg)); /* an answer that came already is not to be read */
    close(nothing);
}

static int fail_on_purpose(pn *p)
{
    if (pni_send_fail_in <= 0 || --pni_send_fail_in)
        return 0;
    if (pni_send_fail_soft)
        return pni_control(p, "do $$begin raise exception using errcode = '40001'; end$$");
    shutdown(PQsocket(p->conn->pg), SHUT_RDWR);
    return 0;
}

/* With much to do the server may begin while we go on preparing what follows; and with the first
 * of several, which an operation that is planned by key has. */
static int start(pn *p, const pni_stmt *stmt, const int *len)
{
    enum { MUCH = 4096 };
    int all = 0;
    bool first = p->conn->by_key && !p->conn->begun;
    for (int i = 0; i < stmt->n; i++)
        all += len[i];
    p->conn->begun = true;
    return (first || all >= MUCH) && PQflush(p->conn->pg) < 0 ? lost(p) : 0;
}

int pni_send(pn *p, pni_stmt *stmt, const char *const *value, const int *len,
             const pni_pending *want)
{
    char name[24];
    int format[PNI_PARAMS_MAX];
    if (p->plan)
        return pni_plan_send(p, stmt, value, len, want);
    PN_TRY(pni_db_acquire(p));
    if (p->in_write && !p->tx_open)
        PN_TRY(pni_db_begin(p));
    PN_TRY(fail_on_purpose(p));
    PN_TRY(prepare(p, stmt));
    for (int i = 0; i < stmt->n; i++)
        format[i] = 1;
    snprintf(name, sizeof name, "s%u", stmt->index);
    if (!PQsendQueryPrepared(p->conn->pg, name, stmt->n, value, len, format, 1))
        return lost(p);
    pni_pending item = *want;
    item.stmt = stmt;
    PN_TRY(append(p, &item));
    return start(p, stmt, len);
}

/* ---- collecting ---- */

/* Wait until libpq has a result or the deadline passes. */
static int wait_result(pn *p)
{
    PGconn *pg = p->conn->pg;
    for (;;) {
        int flush = PQflush(pg);
        if (flush < 0)
            return lost(p);
        if (!flush && !PQisBusy(pg))
            return 0;
        struct pollfd fd = {PQsocket(pg), (short)(POLLIN | (flush ? POLLOUT : 0)), 0};
        int64_t ms = left_ms(p);
        int got = poll(&fd, 1, ms > 60000 ? 60000 : (int)ms);
        if (!got && !left_ms(p)) {
            PGcancel *cancel = PQgetCancel(pg);
            char why[256];
            if (cancel)
                PQcancel(cancel, why, sizeof why);
            PQfreeCancel(cancel);
            p->conn->broken = p->lost = true;
            return pn_fail(p, PN_ETIMEOUT, NULL, pn_tr("The database did not answer in %d ms"),
                           p->timeout_ms);
        }
        if (got > 0 && !PQconsumeInput(pg))
            return lost(p);
    }
}

static pn_code code_of(const char *state)
{
    static const struct { const char *prefix; pn_code code; } map[] = {
        {"23505", PN_EEXISTS}, {"23", PN_ECONFLICT}, {"57014", PN_ETIMEOUT}, {"55P03", PN_EBUSY},
        {"40", PN_EBUSY}, {"53", PN_EBUSY}, {"57P", PN_EDATABASE}, {"08", PN_EDATABASE},
        {"25006", PN_EDATABASE}, {"3D000", PN_EDATABASE}, {"22021", PN_EARG}};
    for (size_t i = 0; i < sizeof map / sizeof *map; i++)
        if (!strncmp(state, map[i].prefix, strlen(map[i].prefix)))
            return map[i].code;
    return PN_EINTERNAL;
}

static int refuse(pn *p, const pni_pending *item, const PGresult *res)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    const char *what = item->stmt && item->stmt->sql ? item->stmt->sql->name
                       : item->control ? item->control : "list";
    if (!state)
        return lost(p);
    if (item->is_key && !strcmp(state, "23505"))
        p->key_clash = true;
    /* a table or column that is not there: the schema is not this program's */
    bool strange = !strcmp(state, "42P01") || !strcmp(state, "42703");
    int rc = pn_fail(p, code_of(state), NULL,
                     strange ? pn_tr("The database lacks what this program needs (%s: %s)")
                             : "%s: %s", what, text ? text : "");
    snprintf(p->err.sqlstate, sizeof p->err.sqlstate, "%s", state);
    if (!strncmp(state, "57P", 3) || !strncmp(state, "08", 2))
        p->lost = p->conn->broken = true;
    return strange ? pn_hint(p, "%s", pn_tr("Its schema is missing or older than this program;"
                                            " run: pn migrate"))
                   : rc;
}

int pni_take(pn *p, const pni_pending *item, const PGresult *res)
{
    ExecStatusType status = PQresultStatus(res);
    if (status == PGRES_FATAL_ERROR)
        return refuse(p, item, res);
    if (status == PGRES_PIPELINE_ABORTED)
        return p->err.code ? (int)p->err.code : PN_EINTERNAL;
    if (item->affected)
        *item->affected =
            item->part ? item->part->n
                       : strtoll(PQcmdTuples((PGresult *)(uintptr_t)res), NULL, 10);
    if (status == PGRES_TUPLES_OK && item->rows && item->out)
        return pni_decode(p, res, item, item->rows);
    return 0;
}

static int collect_one(pn *p, const pni_pending *item, int rc)
{
    int wait = wait_result(p);
    if (wait)
        return wait;
    PGresult *res = PQgetResult(p->conn->pg);
    if (!res)
        return lost(p);
    int one = rc ? rc : pni_take(p, item, res);
    if (item->prepare && PQresultStatus(res) != PGRES_COMMAND_OK)
        p->conn->prepared[item->stmt->index / 64] &= ~(1ULL << (item->stmt->index % 64));
    if (item->result && !one)
        *item->result = res;
    else
        PQclear(res);
    if (p->lost)
        return one;
    if ((wait = wait_result(p)))
        return wait;
    PQclear(PQgetResult(p->conn->pg)); /* the NULL that ends this statement's results */
    return one;
}

int pni_db_sync(pn *p)
{
    int rc = 0;
    if (p->plan)
        return pni_plan_sync(p);
    if (!p->pending)
        return 0;
    if (!PQpipelineSync(p->conn->pg))
        return lost(p);
    p->trips++;
    p->conn->begun = false;
    for (pni_pending *item = p->pending; item; item = p->pending = item->next) {
        rc = collect_one(p, item, rc);
        if (p->lost)
            break;
    }
    if (p->lost)
        return rc ? rc : lost(p);
    p->pending = p->pending_end = NULL;
    int wait = wait_result(p);
    if (wait)
        return wait;
    PGresult *res = PQgetResult(p->conn->pg);
    bool synced = PQresultStatus(res) == PGRES_PIPELINE_SYNC;
    PQclear(res);
    if (!synced)
        return lost(p);
    if (rc && p->tx_open)
        p->tx_failed = true;
    return rc;
}

/* Whoever queued statements and failed afterwards is gone, and with it the places for their
 * results. */
void pni_db_forget(pn *p)
{
    for (pni_pending *item = p->pending; item; item = item->next) {
        item->rows = NULL;
        item->affected = NULL;
    }
}

void pni_db_rollback(pn *p)
{
    pn_err kept = p->err;
    pni_db_forget(p);
    if (p->conn && p->tx_open && !p->lost && !p->conn->broken) {
        /* what was queued before may fail and take the first rollback along: then a second one */
        int rc = pni_control(p, "rollback");
        if (!rc)
            rc = pni_db_sync(p);
        if (rc && !p->lost && !pni_control(p, "rollback"))
            rc = pni_db_sync(p);
        if (!rc)
            p->tx_open = p->tx_failed = false;
    }
    p->err = kept;
}
