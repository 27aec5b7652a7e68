/* SPDX-License-Identifier: Apache-2.0 */
/* unit.c — opening the process, beginning and ending units, the slot for error words. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cluster_int.h"
#include "base/conf_int.h"
#include "base/db_int.h"
#include "base/keep_int.h"
#include "base/news.h"

int (*pni_signin_hook)(pn *p, pn_caller callers[], size_t n);

int64_t pni_mono_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

pn_time pni_wall(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (pn_time){t.tv_sec * 1000000LL + t.tv_nsec / 1000};
}

/* ---- process ---- */

static char *keep(pn_ctx *ctx, const char *text)
{
    size_t len = strlen(text) + 1;
    char *copy = pni_arena_alloc(&ctx->arena, len);
    return copy ? memcpy(copy, text, len) : NULL;
}

static int ctx_fail(pn_ctx *ctx, pn_code code, char *message, char *hint)
{
    const char *words = message ? keep(ctx, message) : NULL;
    ctx->err = (pn_err){.code = code, .message = words ? words : pn_code_text(code),
                        .hint = hint ? keep(ctx, hint) : NULL, .where = __FILE__};
    free(message);
    free(hint);
    return code;
}

/* Explicit, then environment, then configuration; else the private cluster, when it is wanted. */
static int find_database(pn_ctx *ctx, const pn_open_opts *opts)
{
    const char *dsn = opts->dsn ? opts->dsn : pni_env("PN_DSN");
    if (!dsn || !*dsn)
        dsn = pni_conf_text(ctx->conf, "database");
    if (dsn && *dsn && !(ctx->dsn = keep(ctx, dsn)))
        return ctx_fail(ctx, PN_EMEM, NULL, NULL);
    return 0;
}

int pni_dsn(pn *p, const char **dsn)
{
    pn_ctx *ctx = p->ctx;
    pthread_mutex_lock(&ctx->lock);
    if (!ctx->dsn && ctx->state_dir) {
        char *own = pni_cluster_dsn(ctx->state_dir);
        ctx->dsn = own ? keep(ctx, own) : NULL;
        free(own);
    }
    if (ctx->dsn && !ctx->dsn_reads)
        ctx->dsn_reads = pni_dsn_reads(ctx->dsn);
    bool good = ctx->dsn_reads;
    *dsn = ctx->dsn;
    pthread_mutex_unlock(&ctx->lock);
    if (*dsn && good)
        return 0;
    if (*dsn) {
        pn_fail(p, PN_ECONF, NULL, "%s",
                pn_tr("The connection string of the database cannot be read"));
        return pn_hint(p, "%s", pn_tr("It is PN_DSN or \"database\" in piaoniu.yaml. In an address,"
                       " write what is special in a password as %40 (@), %2F (/), %25 (%)"));
    }
    pn_fail(p, PN_EDATABASE, NULL, pn_tr("There is no database yet"));
    return pn_hint(p, "%s", pn_tr("Run \"pn up\" for a private one, or set PN_DSN"));
}

int pn_ctx_open(const pn_open_opts *opts, pn_ctx **out)
{
    static const pn_open_opts none;
    char *message = NULL, *hint = NULL;
    pn_ctx *ctx = *out = pni_malloc(sizeof *ctx);
    if (!ctx)
        return PN_EMEM;
    opts = opts ? opts : &none;
    pthread_mutex_init(&ctx->lock, NULL);
    pthread_mutex_init(&ctx->lease_lock, NULL);
    pthread_mutex_init(&ctx->lease_turn, NULL);
    pthread_cond_init(&ctx->freed, NULL);
    ctx->log = opts->log;
    ctx->log_payload = opts->log_payload;
    pn_code rc = pni_conf_load(opts->conf, &ctx->conf, &message, &hint);
    if (rc)
        return ctx_fail(ctx, rc, message, hint);
    int64_t pool = opts->pool_max > 0 ? opts->pool_max : pni_conf_int(ctx->conf, "pool.max");
    ctx->max = pool > 0 && pool <= PNI_POOL_MAX ? (int)pool : 8;
    ctx->state_dir = keep(ctx, pni_conf_state_dir(ctx->conf));
    if (!ctx->state_dir)
        return ctx_fail(ctx, PN_EMEM, NULL, NULL);
    return opts->no_connect && !opts->dsn ? 0 : find_database(ctx, opts);
}

void pn_ctx_close(pn_ctx *ctx)
{
    if (!ctx)
        return;
    if (ctx->idle_n)
        pn_news_tell(ctx, true);
    while (ctx->idle_n)
        pni_conn_close(ctx->idle[--ctx->idle_n]);
    pni_conn_close(ctx->lease_conn);
    pni_keep_clear(ctx);
    pni_conf_free(ctx->conf);
    pthread_mutex_destroy(&ctx->lock);
    pthread_mutex_destroy(&ctx->lease_lock);
    pthread_mutex_destroy(&ctx->lease_turn);
    pthread_cond_destroy(&ctx->freed);
    pni_arena_free(&ctx->arena);
    free(ctx);
}

const pn_err *pn_ctx_error(const pn_ctx *ctx)
{
    static const pn_err no_memory = {.code = PN_EMEM, .message = "Out of memory"};
    return ctx ? &ctx->err : &no_memory;
}

const char *pn_conf(const pn_ctx *ctx, const char *key)
{
    return ctx && ctx->conf ? pni_conf_text(ctx->conf, key) : "";
}

int64_t pn_conf_int(const pn_ctx *ctx, const char *key)
{
    return ctx && ctx->conf ? pni_conf_int(ctx->conf, key) : 0;
}

const char *pn_state_dir(const pn_ctx *ctx)
{
    return ctx && ctx->state_dir ? ctx->state_dir : "";
}

void pni_log(pn_ctx *ctx, pn_level level, const char *message, const char *fields)
{
    if (ctx && ctx->log)
        ctx->log(ctx->log_payload, level, message, fields);
}

/* ---- unit ---- */

pn *pn_begin(pn_ctx *ctx)
{
    pn *p = pni_malloc(sizeof *p);
    if (!p)
        return NULL;
    p->ctx = ctx;
    p->now = pni_wall();
    p->actor = (pn_actor){.kind = 'N', .login = "", .name = "", .via = ""};
    p->audits_end = &p->audits;
    p->events_end = &p->events;
    p->states_end = &p->states;
    pn_set_timeout(p, PNI_TIMEOUT_MS);
    return p;
}

void pn_end(pn *p)
{
    if (!p)
        return;
    pni_db_rollback(p);
    pni_db_release(p);
    pni_secrets_forget(p);
    pni_arena_free(&p->arena);
    free(p);
}

void pn_auto_end(pn **p)
{
    pn_end(*p);
    *p = NULL;
}

static int sign_in(pn *p, pn_caller callers[], size_t n)
{
    if (!pni_signin_hook)
        return pn_fail(p, PN_EAUTH, NULL, pn_tr("Signing in is not available"));
    return pni_signin_hook(p, callers, n);
}

int pn_signin(pn *p, const char *token)
{
    if (!p)
        return PN_EMEM;
    pn_caller c = {.token = token};
    PN_TRY(sign_in(p, &c, 1));
    p->err = c.err;
    if (!c.rc)
        p->actor = c.actor;
    return c.rc;
}

void pn_signin_many(pn *p, pn_caller callers[], size_t n)
{
    int rc = p ? sign_in(p, callers, n) : PN_EMEM;
    for (size_t i = 0; rc && i < n; i++) {
        callers[i].rc = rc;
        callers[i].err = *pn_error(p);
    }
}

static const char *copy_or(pn *p, const char *text, const char *other)
{
    const char *copy = text ? pn_strdup(p, text) : NULL;
    return copy ? copy : other;
}

void pn_act_as(pn *p, const pn_actor *actor)
{
    if (!p)
        return;
    const char *via = p->actor.via;
    p->actor = *actor;
    p->actor.login = copy_or(p, actor->login, "");
    p->actor.name = copy_or(p, actor->name, "");
    p->actor.grants = copy_or(p, actor->grants, NULL);
    p->actor.via = copy_or(p, actor->via, via ? via : "");
    p->actor.roles |= PN_ROLE_PUBLIC;
}

const pn_actor *pn_who(const pn *p)
{
    static const pn_actor nobody = {.kind = 'N', .login = "", .name = "", .via = ""};
    return p ? &p->actor : &nobody;
}

pn *pn_begin_like(const pn *p)
{
    pn *other = p ? pn_begin(p->ctx) : NULL;
    if (!other)
        return NULL;
    pn_act_as(other, &p->actor);
    pn_key(other, p->key);
    other->command = copy_or(other, p->command, NULL);
    other->dry_run = p->dry_run;
    other->now = p->now;
    pn_set_timeout(other, p->timeout_ms);
    return other;
}

bool pn_rehearsing(const pn *p)
{
    return p && p->dry_run;
}

void pn_key(pn *p, const char *key)
{
    if (p)
        p->key = key && *key ? pn_strdup(p, key) : NULL;
}

void pn_dry_run(pn *p, bool on)
{
    if (p)
        p->dry_run = on;
}

void pn_set_now(pn *p, pn_time now)
{
    if (p)
        p->now = now;
}

void pn_set_via(pn *p, const char *via, const char *command)
{
    if (!p)
        return;
    p->actor.via = copy_or(p, via, "");
    p->command = copy_or(p, command, NULL);
}

void pn_on_progress(pn *p, pn_progress_fn *fn, void *payload)
{
    if (!p)
        return;
    p->progress = fn;
    p->progress_payload = payload;
}

void pn_progress(pn *p, int64_t done, int64_t all)
{
    if (p->progress)
        p->progress(p->progress_payload, done, all);
}

void pn_set_timeout(pn *p, int ms)
{
    if (!p)
        return;
    p->timeout_ms = ms;
    p->deadline_ms = pni_mono_ms() + ms;
}

pn_time pn_now(const pn *p)
{
    return p ? p->now : (pn_time){0};
}

pn_ctx *pn_unit_ctx(const pn *p)
{
    return p ? p->ctx : NULL;
}

int64_t pni_round_trips(const pn *p)
{
    return p->trips;
}

void pni_keep(pn *p)
{
    p->keep = true;
}

/* ---- words ---- */

const pn_err *pn_error(const pn *p)
{
    static const pn_err no_memory = {
        .code = PN_EMEM, .message = "Out of memory", .where = __FILE__};
    return p ? &p->err : &no_memory;
}

void pni_err_clear(pn *p)
{
    p->err = (pn_err){0};
}

int pni_oom(pn *p)
{
    p->err = (pn_err){.code = PN_EMEM, .message = pn_code_text(PN_EMEM), .where = __FILE__};
    return PN_EMEM;
}

int pn_fail_at(pn *p, pn_code code, const char *field, const char *file, int line, const char *fmt,
               ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    size_t len = strlen(text);
    if (len == sizeof text - 1) /* cut on a character, never inside one */
        while (len && ((unsigned char)text[len - 1] & 0xc0) == 0x80)
            len--;
    while (len && text[len - 1] == '\n')
        len--;
    text[len] = 0;
    if (!p)
        return PN_EMEM;
    p->err = (pn_err){.code = code, .field = field};
    p->err.message = pn_strdup(p, text);
    p->err.where = pn_printf(p, "%s:%d", file, line);
    return p->err.message && p->err.where ? (int)code : pni_oom(p);
}

int pn_hint(pn *p, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    p->err.hint = pn_strdup(p, text);
    return (int)p->err.code;
}
