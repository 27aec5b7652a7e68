/* SPDX-License-Identifier: Apache-2.0 */
/* sql.c — statements: compiled once per process, prepared once per connection, bound by columns. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bind_int.h"
#include "base/sql_check_int.h"

enum { BUCKETS = 1024, DYNAMIC_MAX = 4000, ROWS_MAX = 100000 };

static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;
static pni_stmt *cache[BUCKETS];
static unsigned cache_n;

static unsigned hash_text(const char *s)
{
    unsigned h = 2166136261u;
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 16777619u;
    return h % BUCKETS;
}

static unsigned hash_ptr(const void *ptr)
{
    return (unsigned)(((uintptr_t)ptr >> 4) * 2654435761u) % BUCKETS;
}

/* Statements live as long as the process: their number is bounded by the sources (and by
 * DYNAMIC_MAX for shapes of lists). */
static pni_stmt *remember(const pni_stmt *made, unsigned bucket)
{
    pni_stmt *s = pni_malloc(sizeof *s);
    char *text = s ? pni_malloc(strlen(made->text) + 1) : NULL;
    if (!text) {
        free(s);
        return NULL;
    }
    *s = *made;
    memcpy(text, made->text, strlen(made->text));
    s->text = text;
    s->index = cache_n++;
    s->next = cache[bucket];
    cache[bucket] = s;
    return s;
}

int pni_stmt_compile(pn *p, const pn_sql *sql, pni_stmt *made)
{
    pni_scan scan = {.in = sql->in, .array = sql->array};
    size_t size = strlen(sql->text) * 4 + 64;
    char *text = pn_alloc(p, size);
    if (!text)
        return pni_oom(p);
    if (pni_scan_sql(&scan, sql->text, text, size) < 0)
        return pn_fail(p, PN_EINTERNAL, NULL, "%s: unknown parameter :%s", sql->name, scan.bad);
    *made = (pni_stmt){.sql = sql, .text = text, .n = scan.n};
    memcpy(made->param, scan.param, sizeof made->param);
    for (int i = 0; i < scan.n; i++) {
        const pni_param *param = &scan.param[i];
        made->oid[i] = param->array ? pni_array_oid_of(param->col)
                       : param->col ? pni_oid_of(param->col)
                       : param->special == PNI_NOW ? PNI_OID_TIMESTAMPTZ : PNI_OID_INT8;
        if (!made->oid[i])
            return pn_fail(p, PN_EINTERNAL, NULL, "%s: :%s cannot be an array", sql->name,
                           scan.name[i]);
    }
    return 0;
}

int pni_stmt_of(pn *p, const pn_sql *sql, pni_stmt **out)
{
    unsigned bucket = hash_ptr(sql);
    pthread_mutex_lock(&cache_lock);
    pni_stmt *s = cache[bucket];
    while (s && s->sql != sql)
        s = s->next;
    int rc = 0;
    if (!s) {
        pni_stmt made;
        rc = pni_stmt_compile(p, sql, &made);
        if (!rc && !(s = remember(&made, bucket)))
            rc = pni_oom(p);
    }
    pthread_mutex_unlock(&cache_lock);
    *out = s;
    return rc;
}

int pni_stmt_text(pn *p, const char *text, int n, const Oid *oid, pni_stmt **out)
{
    unsigned bucket = hash_text(text);
    pthread_mutex_lock(&cache_lock);
    pni_stmt *s = cache[bucket];
    while (s && (s->sql || strcmp(s->text, text)))
        s = s->next;
    int rc = 0;
    if (!s && cache_n >= DYNAMIC_MAX) {
        rc = pn_fail(p, PN_ELIMIT, NULL, pn_tr("Too many different filters; restart the program"));
    } else if (!s) {
        pni_stmt made = {.text = text, .n = n};
        memcpy(made.oid, oid, (size_t)n * sizeof *oid);
        if (!(s = remember(&made, bucket)))
            rc = pni_oom(p);
    }
    pthread_mutex_unlock(&cache_lock);
    *out = s;
    return rc;
}

typedef struct pni_specials { pn_time now; int64_t me, merchant, organiser; } pni_specials;
static const pn_col special_cols[] = {
    [PNI_NOW] = PN_COL(pni_specials, now, ""),
    [PNI_ME] = PN_COL(pni_specials, me, ""),
    [PNI_MY_MERCHANT] = PN_COL(pni_specials, merchant, "", .flags = PN_OPT),
    [PNI_MY_ORGANISER] = PN_COL(pni_specials, organiser, "", .flags = PN_OPT),
};

int pni_bind_special(pn *p, pni_special which, const char **value, int *len)
{
    pni_specials s = {p->now, p->actor.id, p->actor.merchant, p->actor.organiser};
    return pni_bind(p, &special_cols[which], &s, value, len);
}

int pni_queue(pn *p, const pn_sql *sql, const void *in, size_t n, pni_pending want)
{
    pni_stmt *stmt;
    const char *value[PNI_PARAMS_MAX];
    int len[PNI_PARAMS_MAX];
    PN_TRY(pni_stmt_of(p, sql, &stmt));
    for (int i = 0; i < stmt->n; i++) {
        const pni_param *param = &stmt->param[i];
        if (!param->col)
            PN_TRY(pni_bind_special(p, param->special, &value[i], &len[i]));
        else if (param->array)
            PN_TRY(pni_bind_array(p, param->col, in, sql->in->size, n, &value[i], &len[i]));
        else
            PN_TRY(pni_bind(p, param->col, in, &value[i], &len[i]));
    }
    want.out = sql->out;
    return pni_send(p, stmt, value, len, &want);
}

int pn_queue(pn *p, const pn_sql *sql, const void *in, size_t n, pn_rows *rows, int64_t *affected)
{
    return pni_queue(p, sql, in, n, (pni_pending){.rows = rows, .affected = affected});
}

/* A read outside an operation's transaction must not keep the connection between calls. */
static int finish(pn *p, int rc)
{
    if (!p->depth)
        pni_db_release(p);
    return rc;
}

int pn_sync(pn *p)
{
    return finish(p, pni_db_sync(p));
}

int pn_all(pn *p, const pn_sql *sql, const void *in, pn_rows *rows)
{
    pn_rows got = {0};
    int rc = pn_queue(p, sql, in, 0, &got, NULL);
    rc = finish(p, rc ? rc : pni_db_sync(p));
    if (!rc && got.n > ROWS_MAX)
        return pn_fail(p, PN_ETOO_BIG, NULL, "%s: more than %d rows", sql->name, ROWS_MAX);
    if (!rc && rows)
        *rows = got;
    return rc;
}

int pn_one(pn *p, const pn_sql *sql, const void *in, void *out)
{
    pn_rows rows = {0};
    int64_t affected = 0;
    int rc = pn_queue(p, sql, in, 0, &rows, &affected);
    rc = finish(p, rc ? rc : pni_db_sync(p));
    if (rc)
        return rc;
    if ((sql->out ? (int64_t)rows.n : affected) == 0)
        return pn_fail(p, PN_ENONE, NULL, "%s", pn_code_text(PN_ENONE));
    if (rows.n > 1)
        return pn_fail(p, PN_EINTERNAL, NULL, "%s: more than one row", sql->name);
    if (out && sql->out)
        memcpy(out, rows.row, sql->out->size);
    return 0;
}

int pn_exec(pn *p, const pn_sql *sql, const void *in, int64_t *affected)
{
    int rc = pn_queue(p, sql, in, 0, NULL, affected);
    return finish(p, rc ? rc : pni_db_sync(p));
}

int pn_exec_many(pn *p, const pn_sql *sql, const void *in, size_t n, pn_rows *rows)
{
    int rc = pn_queue(p, sql, in, n, rows, NULL);
    return finish(p, rc ? rc : pni_db_sync(p));
}
