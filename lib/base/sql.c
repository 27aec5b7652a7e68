/* SPDX-License-Identifier: Apache-2.0 */
/* sql.c — statements: compiled once per process, prepared once per connection, bound by columns. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bind_int.h"
#include "base/composite_int.h"
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
static pni_stmt *keep(const pni_stmt *made)
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
    return s;
}

static pni_stmt *remember(const pni_stmt *made, unsigned bucket)
{
    pni_stmt *s = keep(made);
    if (!s)
        return NULL;
    s->next = cache[bucket];
    cache[bucket] = s;
    return s;
}

int pni_stmt_compile(pn *p, const pn_sql *sql, pni_form form, pni_stmt *made)
{
    pni_scan scan = {.in = sql->in, .array = sql->array, .form = form};
    size_t size = strlen(sql->text) * 4 + 64;
    char *text = pn_alloc(p, size);
    if (!text)
        return pni_oom(p);
    if (pni_scan_sql(&scan, sql->text, text, size) < 0)
        return pn_fail(p, PN_EINTERNAL, NULL, "%s: unknown parameter :%s", sql->name, scan.bad);
    *made = (pni_stmt){.sql = sql, .text = text, .n = scan.n, .row_n = scan.row_n,
                       .by_key = sql->by_key};
    memcpy(made->param, scan.param, sizeof made->param);
    memcpy(made->row, scan.row, sizeof made->row);
    memcpy(made->row_name, scan.row_name, sizeof made->row_name);
    for (int i = 0; i < scan.n; i++) {
        const pni_param *param = &scan.param[i];
        if (param->row)
            continue; /* the cast beside it tells */
        made->oid[i] = param->array ? pni_array_oid_of(param->col)
                       : param->col ? pni_oid_of(param->col)
                       : param->special == PNI_NOW ? PNI_OID_TIMESTAMPTZ : PNI_OID_INT8;
        if (!made->oid[i])
            return pn_fail(p, PN_EINTERNAL, NULL, "%s: :%s cannot be an array", sql->name,
                           scan.name[i]);
    }
    return 0;
}

/* A statement for many in another of its forms, where it has that. */
static int compile_form(pn *p, const pn_sql *sql, pni_form form, pni_stmt **out)
{
    pni_stmt made;
    PN_TRY(pni_stmt_compile(p, sql, form, &made));
    return made.row_n && !(*out = keep(&made)) ? pni_oom(p) : 0;
}

static int compile(pn *p, const pn_sql *sql, unsigned bucket, pni_stmt **out)
{
    pni_stmt made;
    PN_TRY(pni_stmt_compile(p, sql, PNI_ARRAYS, &made));
    if (sql->array) {
        PN_TRY(compile_form(p, sql, PNI_ROWS, &made.rows));
        PN_TRY(compile_form(p, sql, PNI_ONE, &made.one));
    }
    *out = remember(&made, bucket);
    return *out ? 0 : pni_oom(p);
}

int pni_stmt_of(pn *p, const pn_sql *sql, pni_stmt **out)
{
    unsigned bucket = hash_ptr(sql);
    pthread_mutex_lock(&cache_lock);
    pni_stmt *s = cache[bucket];
    while (s && s->sql != sql)
        s = s->next;
    int rc = 0;
    if (!s)
        rc = compile(p, sql, bucket, &s);
    pthread_mutex_unlock(&cache_lock);
    *out = s;
    return rc;
}

static int by_text(pn *p, const pni_stmt *like, unsigned max, pni_stmt **out)
{
    unsigned bucket = hash_text(like->text);
    pthread_mutex_lock(&cache_lock);
    pni_stmt *s = cache[bucket];
    while (s && (s->sql || strcmp(s->text, like->text)))
        s = s->next;
    int rc = 0;
    if (!s && cache_n >= max) {
        rc = pn_fail(p, PN_ELIMIT, NULL, pn_tr("Too many different filters; restart the program"));
    } else if (!s) {
        pni_stmt made = *like;
        if (!(s = remember(&made, bucket)))
            rc = pni_oom(p);
    }
    pthread_mutex_unlock(&cache_lock);
    *out = s;
    return rc;
}

int pni_stmt_text(pn *p, const char *text, int n, const Oid *oid, bool by_key, pni_stmt **out)
{
    pni_stmt like = {.text = text, .n = n, .by_key = by_key};
    if (n)
        memcpy(like.oid, oid, (size_t)n * sizeof *oid);
    return by_text(p, &like, DYNAMIC_MAX, out);
}

int pni_stmt_control(pn *p, const char *text, pni_stmt **out)
{
    return by_text(p, &(pni_stmt){.text = text}, UINT_MAX, out);
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
    Oid type = 0;
    PN_TRY(pni_stmt_of(p, sql, &stmt));
    bool one = stmt->one && n == 1;
    if (!one && stmt->rows && n)
        PN_TRY(pni_row_type(p, stmt->rows->row_name, &type));
    stmt = one ? stmt->one : type ? stmt->rows : stmt;
    for (int i = 0; i < stmt->n; i++) {
        const pni_param *param = &stmt->param[i];
        if (param->row)
            PN_TRY(pni_bind_rows(p, stmt, type, in, n, &value[i], &len[i]));
        else if (!param->col)
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
