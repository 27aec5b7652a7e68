/* SPDX-License-Identifier: Apache-2.0 */
/* list.c — pages by key: the next page begins behind the last row's sort values, so page 10,000
 * costs what page 1 costs. */
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#include "base/call_int.h"
#include "base/search_int.h"
#include "base/sql_check_int.h"
#include "base/where_int.h"

enum { LIMIT_DEFAULT = 50, LIMIT_MAX = 1000, SORTS_MAX = 6, CURSOR_MAX = 2000,
       HEADS = 256 };

PN_TYPE(pn_list_t, "list", pn_list,
    PN_COL(pn_list, where, N_("Filter"), .hint = N_("column=value, column>=value, column~text")),
    PN_COL(pn_list, q, N_("Search"), .max = 100),
    PN_COL(pn_list, sort, N_("Sort"),
           .hint = N_("columns; - before one reverses it, ~ before all: from the end")),
    PN_COL(pn_list, after, N_("Next page"), .hint = N_("cursor of the page before")),
    PN_COL(pn_list, limit, N_("Limit"), .flags = PN_OPT, .min = 1,
           .max = LIMIT_MAX, .hint = N_("rows of a page; 50 when it is left out")));

static const pn_col count_cols[] = {PN_COL(pn_count, value, N_("Value")),
    PN_COL(pn_count, rows, N_("Rows")), PN_COL(pn_count, money, N_("Amount")),
    PN_COL(pn_count, since, N_("Since")), {0}};
const pn_type pn_count_t = {"list.count", sizeof(pn_count), count_cols};

typedef struct search { const char *q; pn_texts grams; } search;
static PN_TYPE(search_t, "search", search, PN_COL(search, q, ""), PN_COL(search, grams, ""));

typedef struct order { const pn_col *col; bool down; } order;

static const pn_col *key_col(const pn_type *type)
{
    for (const pn_col *c = type->cols; c->name; c++)
        if (c->flags & PN_KEY)
            return c;
    return NULL;
}

static int bad_sort(pn *p, const pn_type *type, const char *name)
{
    pn_buf b = pn_buf_new(p);
    for (const pn_col *c = type->cols; c->name; c++)
        if (c->flags & PN_SORT)
            pn_buf_putf(&b, "%s%s", b.len ? ", " : "", c->name);
    pn_fail(p, PN_EARG, "sort", pn_tr("Cannot sort by \"%.60s\""), name);
    return pn_hint(p, pn_tr("Sortable: %s"), b.bad || !b.text ? "-" : b.text);
}

/* "-start_at,id" -> columns; the key is always last, so the order is total. */
static int read_sort(pn *p, const pn_list_spec *spec, const char *text, order *out, int *n)
{
    const pn_col *key = key_col(spec->row);
    if (!key)
        return pn_fail(p, PN_EINTERNAL, NULL, "%s: no key column", spec->row->name);
    *n = 0;
    for (const char *s = text; s && *s;) {
        char name[64];
        bool down = *s == '-';
        s += down;
        size_t len = strcspn(s, ", ");
        snprintf(name, sizeof name, "%.*s", (int)len, s);
        const pn_col *col = pni_col_said(spec->row, name);
        if (!col || !(col->flags & (PN_SORT | PN_KEY)) || *n == SORTS_MAX - 1)
            return bad_sort(p, spec->row, name);
        out[(*n)++] = (order){col, down};
        s += len;
        s += strspn(s, ", ");
        if (col == key)
            return 0;
    }
    out[*n] = (order){key, *n && out[0].down};
    (*n)++;
    return 0;
}

static const char *expr_of(const pni_query *q, const pn_col *col)
{
    return col->flags & PN_KEY ? q->spec->key : col->sql ? col->sql : col->name;
}

static int put_order(pni_query *q, const order *by, int n)
{
    pn_buf_puts(&q->sql, " ORDER BY ");
    for (int i = 0; i < n; i++) {
        pn_buf_puts(&q->sql, i ? ", " : "");
        PN_TRY(pni_query_put(q, expr_of(q, by[i].col)));
        pn_buf_puts(&q->sql, by[i].down ? " DESC" : "");
    }
    return 0;
}

/* (a, b) > ($1, $2) when all run the same way, else a > $1 OR (a = $1 AND b < $2). */
static int put_after(pni_query *q, const order *by, int n, const void *row)
{
    bool same = true;
    for (int i = 1; i < n; i++)
        same &= by[i].down == by[0].down;
    pn_buf_puts(&q->sql, same ? " AND (" : " AND (false");
    for (int i = 0; same && i < n; i++) {
        pn_buf_puts(&q->sql, i ? ", " : "");
        PN_TRY(pni_query_put(q, expr_of(q, by[i].col)));
    }
    if (same)
        pn_buf_puts(&q->sql, by[0].down ? ") < (" : ") > (");
    for (int i = 0; i < n; i++) {
        if (same) {
            pn_buf_puts(&q->sql, i ? ", " : "");
            PN_TRY(pni_query_bind(q, by[i].col, row));
            continue;
        }
        pn_buf_puts(&q->sql, " OR (");
        for (int j = 0; j <= i; j++) {
            pn_buf_puts(&q->sql, j ? " AND " : "");
            PN_TRY(pni_query_put(q, expr_of(q, by[j].col)));
            pn_buf_puts(&q->sql, j < i ? " = " : by[j].down ? " < " : " > ");
            PN_TRY(pni_query_bind(q, by[j].col, row));
        }
        pn_buf_puts(&q->sql, ")");
    }
    pn_buf_puts(&q->sql, ")");
    return 0;
}

static int make_cursor(pn *p, const order *by, int n, const char *sort, const void *row,
                       const char **out)
{
    pn_buf b = pn_buf_new(p);
    pn_buf_put(&b, "[", 1);
    pn_buf_json(&b, sort ? sort : "");
    for (int i = 0; i < n; i++) {
        pn_buf_put(&b, ",", 1);
        pn_buf_json(&b, pn_plain(p, by[i].col, row));
    }
    pn_buf_put(&b, "]", 1);
    size_t size = sodium_base64_encoded_len(b.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = pn_alloc(p, size);
    if (b.bad || !text)
        return pni_oom(p);
    *out = sodium_bin2base64(text, size, (const unsigned char *)b.text, b.len,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return 0;
}

static void drop(json_t **j)
{
    json_decref(*j);
}

static int read_cursor(pn *p, const pn_list_spec *spec, const order *by, int n, const char *sort,
                       const char *cursor, void *row)
{
    unsigned char raw[CURSOR_MAX];
    size_t len = 0;
    __attribute__((cleanup(drop))) json_t *j = NULL;
    if (!sodium_base642bin(raw, sizeof raw, cursor, strlen(cursor), NULL, &len, NULL,
                           sodium_base64_VARIANT_URLSAFE_NO_PADDING))
        j = json_loadb((const char *)raw, len, 0, NULL);
    const char *made_for = json_string_value(json_array_get(j, 0));
    if (!made_for || json_array_size(j) != (size_t)n + 1 || strcmp(made_for, sort ? sort : "")) {
        pn_fail(p, PN_EARG, "after", pn_tr("This cursor belongs to another list or sort order"));
        return pn_hint(p, "%s", pn_tr("Begin again without --after"));
    }
    for (int i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(j, (size_t)i + 1));
        if (!text)
            return pn_fail(p, PN_EARG, "after", pn_tr("The cursor is damaged"));
        PN_TRY(pn_set(p, spec->row, row, by[i].col, text));
    }
    return 0;
}

static int put_from(pni_query *q)
{
    pn_buf_puts(&q->sql, " FROM ");
    PN_TRY(pni_query_put(q, q->spec->from));
    pn_buf_puts(&q->sql, " WHERE (");
    PN_TRY(pni_query_put(q, q->spec->scope ? q->spec->scope : "true"));
    pn_buf_puts(&q->sql, ")");
    return 0;
}

static int put_select(pni_query *q)
{
    const pn_list_spec *spec = q->spec;
    pn_buf_puts(&q->sql, "SELECT ");
    for (const pn_col *c = spec->row->cols; c->name; c++) {
        if (!*c->label && !c->sql)
            continue; /* inner columns of the row that lists do not fetch */
        pn_buf_puts(&q->sql, c == spec->row->cols ? "" : q->sql.len > 7 ? ", " : "");
        PN_TRY(pni_query_col(q, c));
        pn_buf_putf(&q->sql, " AS %s", c->name);
    }
    return put_from(q);
}

/* The beginning of each list's statement is the same whoever asks: made once a process. So is the
 * whole statement for one row by its key, which is asked most of all. */
typedef struct head {
    struct head *next;
    const pn_list_spec *spec;
    pni_stmt *_Atomic by_key; /* NULL: not asked for yet */
    pni_scan scan;
    char text[];
} head;
static pthread_mutex_t heads_lock = PTHREAD_MUTEX_INITIALIZER;
static head *heads[HEADS];

static head **head_place(const pn_list_spec *spec)
{
    head **at = &heads[((uintptr_t)spec >> 4) % HEADS];
    while (*at && (*at)->spec != spec)
        at = &(*at)->next;
    return at;
}

/* Never changed but for `by_key`, never freed; NULL: nobody made it yet. */
static head *head_of(const pn_list_spec *spec)
{
    pthread_mutex_lock(&heads_lock);
    head *known = *head_place(spec);
    pthread_mutex_unlock(&heads_lock);
    return known;
}

static int put_head(pni_query *q)
{
    const head *known = head_of(q->spec);
    if (known) {
        q->scan = known->scan;
        q->n = known->scan.n;
        pn_buf_put(&q->sql, known->text, strlen(known->text));
        return 0;
    }
    PN_TRY(put_select(q));
    head *made = q->sql.bad ? NULL : pni_malloc(sizeof *made + q->sql.len + 1);
    if (!made)
        return 0; /* it goes without */
    made->spec = q->spec;
    made->scan = q->scan;
    memcpy(made->text, q->sql.text, q->sql.len + 1);
    pthread_mutex_lock(&heads_lock);
    head **at = head_place(q->spec);
    if (*at)
        free(made); /* somebody was faster */
    else
        *at = made;
    pthread_mutex_unlock(&heads_lock);
    return 0;
}

static int put_search(pni_query *q, const char *text, search *s)
{
    if (!text || !*text)
        return 0;
    if (!q->spec->search)
        return pn_fail(q->p, PN_EARG, "q", pn_tr("This list has no text search"));
    PN_TRY(pni_fold(q->p, text, &s->q));
    PN_TRY(pni_grams(q->p, s->q, &s->grams));
    pn_buf_puts(&q->sql, " AND (");
    PN_TRY(pni_query_put(q, q->spec->search));
    pn_buf_puts(&q->sql, ")");
    return 0;
}

/* Values of the parameters that came from constant text. */
static int bind_scan(pn *p, const pni_scan *scan, const search *s, const char **value, int *len)
{
    for (int i = 0; i < scan->n; i++) {
        const pni_param *param = &scan->param[i];
        if (param->col)
            PN_TRY(pni_bind(p, param->col, s, &value[i], &len[i]));
        else
            PN_TRY(pni_bind_special(p, param->special, &value[i], &len[i]));
    }
    return 0;
}

static void type_scan(const pni_scan *scan, Oid *oid)
{
    for (int i = 0; i < scan->n; i++)
        oid[i] = scan->param[i].col                  ? pni_oid_of(scan->param[i].col)
                 : scan->param[i].special == PNI_NOW ? PNI_OID_TIMESTAMPTZ
                                                     : PNI_OID_INT8;
}

static int bind_scanned(pni_query *q, const search *s)
{
    type_scan(&q->scan, q->oid);
    q->scanned = q->scan.n;
    return bind_scan(q->p, &q->scan, s, q->value, q->len);
}

static int fetch(pni_query *q, const pn_type *out, pn_rows *rows)
{
    pni_stmt *stmt;
    if (q->sql.bad)
        return pni_oom(q->p);
    if (q->scanned != q->scan.n)
        return pn_fail(q->p, PN_EINTERNAL, NULL, "%s: late parameter", q->spec->row->name);
    PN_TRY(pni_stmt_text(q->p, q->sql.text, q->n, q->oid, false, &stmt));
    PN_TRY(pni_send(q->p, stmt, q->value, q->len, &(pni_pending){.out = out, .rows = rows}));
    return pni_db_sync(q->p);
}

/* ---- numbers in the place of rows ---- */

static const pn_col *money_of(const pn_type *type)
{
    for (const pn_col *c = type->cols; c->name; c++)
        if (c->kind == PN_K_MONEY && c->flags & PN_BRIEF && !(c->flags & (PN_NOFILTER | PN_EACH)))
            return c;
    return NULL;
}

const pn_col *pn_count_money(const pn_op *list)
{
    return money_of(list->out);
}

/* Few values, told to whoever reads the list anyway: not names, not personal data. */
static bool can_count(const pn_col *col)
{
    return (col->kind == PN_K_WORD || col->kind == PN_K_BOOL || col->kind == PN_K_TEXT) &&
           *col->label && !(col->flags & (PN_NOFILTER | PN_PII | PN_SECRET));
}

/* A filter may ask for any column: the parameters of their texts come before what is typed. */
static int foresee_filter(pni_query *q)
{
    size_t len = q->sql.len;
    for (const pn_col *c = q->spec->row->cols; c->name; c++)
        if (!(c->flags & PN_NOFILTER) && (*c->label || c->sql))
            PN_TRY(pni_query_col(q, c));
    if (!q->sql.bad)
        q->sql.text[q->sql.len = len] = 0; /* only their names were wanted */
    return 0;
}

static int count_rows(pni_query *q, const pn_list *in, search *s, pn_page *out)
{
    const pn_type *type = q->spec->row;
    const pn_col *by = *in->count ? pni_col_said(type, in->count) : NULL;
    const pn_col *money = money_of(type);
    if (*in->count && (!by || !can_count(by)))
        return pn_fail(q->p, PN_EARG, "count", pn_tr("Cannot count by \"%.60s\""), in->count);
    const pn_col *since = in->since ? pni_col_said(type, in->since) : NULL;
    if (in->since && (!since || since->kind != PN_K_TIME))
        return pn_fail(q->p, PN_EARG, "since", pn_tr("\"%.60s\" is not a time of this list"),
                       in->since);
    pn_buf_puts(&q->sql, "SELECT (");
    PN_TRY(by ? pni_query_col(q, by) : pni_query_put(q, "''"));
    pn_buf_puts(&q->sql, ")::text AS value, count(*) AS rows, coalesce(sum(");
    PN_TRY(money ? pni_query_col(q, money) : pni_query_put(q, "0"));
    pn_buf_puts(&q->sql, "), 0)::bigint AS money, min(");
    PN_TRY(since ? pni_query_col(q, since) : pni_query_put(q, "null::timestamptz"));
    pn_buf_puts(&q->sql, ") AS since");
    PN_TRY(put_from(q));
    PN_TRY(put_search(q, in->q, s));
    PN_TRY(in->where ? foresee_filter(q) : 0);
    PN_TRY(bind_scanned(q, s));
    if (in->where)
        PN_TRY(pni_where(q, in->where));
    pn_buf_puts(&q->sql, by ? " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50" : "");
    pn_page page = {0};
    PN_TRY(fetch(q, &pn_count_t, &page.rows));
    *out = page;
    return 0;
}

/* ---- one row ---- */

static int make_by_key(pn *p, const pn_list_spec *spec, head **out)
{
    pni_query *q = pn_alloc(p, sizeof *q);
    Oid oid[PNI_PARAMS_MAX];
    pni_stmt *stmt;
    if (!q)
        return pni_oom(p);
    *q = (pni_query){.p = p, .spec = spec, .sql = pn_buf_new(p), .scan = {.in = &search_t}};
    PN_TRY(put_head(q));
    if (!(*out = head_of(spec)))
        return pni_oom(p);
    if (q->scan.n == PNI_PARAMS_MAX)
        return pn_fail(p, PN_EINTERNAL, NULL, "%s: too many parameters", spec->row->name);
    type_scan(&q->scan, oid);
    oid[q->scan.n] = PNI_OID_INT8;
    pn_buf_putf(&q->sql, " AND %s = $%d LIMIT 1", spec->key, q->scan.n + 1);
    if (q->sql.bad)
        return pni_oom(p);
    PN_TRY(pni_stmt_text(p, q->sql.text, q->scan.n + 1, oid, true, &stmt));
    (*out)->by_key = stmt;
    return 0;
}

static int read_row(pn *p, const pn_list_spec *spec, int64_t key, pn_page *out)
{
    static const search nothing;
    const char *value[PNI_PARAMS_MAX];
    int len[PNI_PARAMS_MAX];
    const pn_col id = PN_COL(pn_list, key, ""), *col = key_col(spec->row);
    head *h = head_of(spec);
    pn_page page = {0};
    if (!col || col->kind != PN_K_INT)
        return pn_fail(p, PN_EINTERNAL, NULL, "%s: the key is no number", spec->row->name);
    if (!h || !h->by_key)
        PN_TRY(make_by_key(p, spec, &h));
    PN_TRY(bind_scan(p, &h->scan, &nothing, value, len));
    PN_TRY(pni_bind(p, &id, &(pn_list){.key = key}, &value[h->scan.n], &len[h->scan.n]));
    PN_TRY(pni_send(p, h->by_key, value, len,
                    &(pni_pending){.out = spec->row, .rows = &page.rows}));
    PN_TRY(pni_db_sync(p));
    *out = page;
    return 0;
}

/* ---- many ---- */

int pni_list_run(pn *p, const pn_op *op, const pn_list *in, pn_page *out)
{
    static const pn_col limit_col = PN_COL(pn_list, limit, "");
    const pn_list_spec *spec = op->list;
    order by[SORTS_MAX];
    search s = {0};
    int n = 0;
    if (in->key)
        return read_row(p, spec, in->key, out);
    pni_query *q = pn_alloc(p, sizeof *q);
    void *row = pn_alloc(p, spec->row->size);
    if (!q || !row)
        return pni_oom(p);
    *q = (pni_query){.p = p, .spec = spec, .sql = pn_buf_new(p), .scan = {.in = &search_t},
                     .constant = in->constant};
    if (in->count)
        return count_rows(q, in, &s, out);
    bool back = in->sort && *in->sort == '~'; /* the whole order, from its end */
    const char *sort = in->sort && in->sort[back] ? in->sort + back
                       : in->q && *in->q ? spec->search_sort : NULL;
    PN_TRY(read_sort(p, spec, sort ? sort : spec->sort, by, &n));
    for (int i = 0; back && i < n; i++)
        by[i].down = !by[i].down;
    sort = back ? in->sort : sort; /* as a cursor has it */
    PN_TRY(put_head(q));
    PN_TRY(put_search(q, in->q, &s));
    PN_TRY(bind_scanned(q, &s));
    if (in->where)
        PN_TRY(pni_where(q, in->where));
    if (in->after && *in->after) {
        PN_TRY(read_cursor(p, spec, by, n, sort, in->after, row));
        PN_TRY(put_after(q, by, n, row));
    }
    PN_TRY(put_order(q, by, n));
    pn_list more = {.limit = (in->limit ? in->limit : LIMIT_DEFAULT) + 1};
    pn_buf_puts(&q->sql, " LIMIT ");
    PN_TRY(pni_query_bind(q, &limit_col, &more));
    pn_page page = {0};
    PN_TRY(fetch(q, q->spec->row, &page.rows));
    if ((int64_t)page.rows.n == more.limit) {
        page.rows.n--;
        const char *last = (const char *)page.rows.row + (page.rows.n - 1) * spec->row->size;
        PN_TRY(make_cursor(p, by, n, sort, last, &page.next));
    }
    *out = page;
    return 0;
}
