/* SPDX-License-Identifier: Apache-2.0 */
/* where.c — `status=PAID payable>=1000 start_at=today..D+7` to conditions with bound values. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/unit_int.h"
#include "base/when_int.h"
#include "base/where_int.h"

enum { TERMS_MAX = 20, VALUES_MAX = 30, TERM_MAX = 1000 };

typedef struct term { char name[64]; const char *op; char value[TERM_MAX]; bool quoted; } term;

static const char *const ops[] = {"!~", "!=", ">=", "<=", "=", "~", ">", "<", "：", "＝", NULL};

const pn_col *pni_col_said(const pn_type *type, const char *name)
{
    static const char *const units[] = {"_fen", "_id"}; /* payable_fen is payable everywhere else */
    const pn_col *col = pn_type_col(type, name);
    char whole[80];
    for (size_t i = 0; !col && i < sizeof units / sizeof *units; i++) {
        snprintf(whole, sizeof whole, "%.64s%s", name, units[i]);
        col = pn_type_col(type, whole);
    }
    for (const pn_col *c = type->cols; !col && c->name; c++)
        if (*c->label && (!strcmp(pn_tr(c->label), name) || !strcasecmp(c->label, name)))
            col = c;
    return col;
}

static bool can_filter(const pn_col *col)
{
    return !(col->flags & PN_NOFILTER) && *col->label && col->kind != PN_K_JSON &&
           col->kind != PN_K_ROWS && col->kind != PN_K_BYTES;
}

static int no_filter(pn *p, const pn_type *type, const char *name)
{
    pn_buf b = pn_buf_new(p);
    for (const pn_col *c = type->cols; c->name; c++)
        if (can_filter(c))
            pn_buf_putf(&b, "%s%s", b.len ? ", " : "", c->name);
    pn_fail(p, PN_EARG, "where", pn_tr("There is no column \"%s\" to filter by"), name);
    return pn_hint(p, pn_tr("Columns: %s"), b.bad || !b.text ? "-" : b.text);
}

static const char *op_at(const char *s)
{
    for (int i = 0; ops[i]; i++)
        if (!strncmp(s, ops[i], strlen(ops[i])))
            return ops[i];
    return NULL;
}

/* Reads one term, moving *s behind it. */
static int read_term(pn *p, const char **s, term *t)
{
    const char *from = *s;
    size_t len = 0;
    while (from[len] && from[len] != ' ' && !op_at(from + len))
        len++;
    t->op = op_at(from + len);
    if (!len || !t->op || len >= sizeof t->name) {
        pn_fail(p, PN_EARG, "where", pn_tr("\"%.60s\" is not a filter"), from);
        return pn_hint(p, "%s", pn_tr("Write column=value, column>=value, column~text"));
    }
    snprintf(t->name, sizeof t->name, "%.*s", (int)len, from);
    from += len + strlen(t->op);
    t->quoted = *from == '"';
    size_t n = 0;
    for (from += t->quoted; *from && (t->quoted ? *from != '"' : *from != ' '); from++) {
        if (t->quoted && *from == '\\' && from[1])
            from++;
        if (n + 1 == sizeof t->value)
            return pn_fail(p, PN_ETOO_BIG, "where", pn_tr("The filter for %s is too long"),
                           t->name);
        t->value[n++] = *from;
    }
    t->value[n] = 0;
    if (t->quoted && *from++ != '"')
        return pn_fail(p, PN_EARG, "where", pn_tr("The quotation mark of %s is not closed"),
                       t->name);
    *s = from + strspn(from, " ");
    return 0;
}

int pni_query_put(pni_query *q, const char *text)
{
    size_t size = strlen(text) * 4 + 64;
    char *out = pn_alloc(q->p, size);
    if (!out)
        return pni_oom(q->p);
    int before = q->scan.n;
    if (pni_scan_sql(&q->scan, text, out, size) < 0)
        return pn_fail(q->p, PN_EINTERNAL, NULL, "%s: unknown parameter :%s", q->spec->row->name,
                       q->scan.bad);
    if (q->scan.n > before && q->n > before)
        return pn_fail(q->p, PN_EINTERNAL, NULL, "%s: late parameter", q->spec->row->name);
    q->n = q->scan.n > q->n ? q->scan.n : q->n;
    pn_buf_puts(&q->sql, out);
    return 0;
}

int pni_query_col(pni_query *q, const pn_col *col)
{
    return pni_query_put(q, col->sql ? col->sql : col->name);
}

int pni_query_bind(pni_query *q, const pn_col *col, const void *row)
{
    if (q->n == PNI_PARAMS_MAX)
        return pn_fail(q->p, PN_ETOO_BIG, "where", pn_tr("Too many filter values"));
    q->oid[q->n] = pni_oid_of(col);
    PN_TRY(pni_bind(q->p, col, row, &q->value[q->n], &q->len[q->n]));
    pn_buf_putf(&q->sql, "$%d", ++q->n);
    return 0;
}

/* A value typed by a person becomes a field of a scratch row. */
static int parse(pni_query *q, const pn_col *col, const char *text, void *row)
{
    memset(row, 0, q->spec->row->size);
    PN_TRY(pn_set(q->p, q->spec->row, row, col, text));
    return 0;
}

static bool whole_day(const pn_col *col, const char *text)
{
    return col->kind == PN_K_TIME && !strchr(text, ':') && strcmp(text, "now") &&
           (strchr(text, '-') || text[0] == 'D' || (unsigned char)text[0] >= 0x80 ||
            !strncmp(text, "today", 5) || !strncmp(text, "yesterday", 9) ||
            !strncmp(text, "tomorrow", 8));
}

static int compare(pni_query *q, const pn_col *col, const char *op, const void *row)
{
    pn_col given = *col;
    const void *value = pni_field(col, row);
    given.flags = 0; /* in a filter 0 is a number, not an absence */
    PN_TRY(pni_query_col(q, col));
    pn_buf_putf(&q->sql, " %s ", op);
    if (q->constant && col->kind == PN_K_BOOL)
        pn_buf_puts(&q->sql, *(const bool *)value ? "true" : "false");
    else if (q->constant && col->kind == PN_K_WORD) /* one of the program's own: letters only */
        pn_buf_putf(&q->sql, "'%s'", pn_word_name(col->words, *(const pn_word *)value));
    else
        return pni_query_bind(q, &given, row);
    return 0;
}

/* [from, to]; a day as the upper end means the whole day */
static int range(pni_query *q, const pn_col *col, const char *from, const char *to, void *row)
{
    PN_TRY(parse(q, col, from, row));
    PN_TRY(compare(q, col, ">=", row));
    pn_buf_puts(&q->sql, " AND ");
    PN_TRY(parse(q, col, to, row));
    if (!whole_day(col, to))
        return compare(q, col, "<=", row);
    ((pn_time *)pni_field(col, row))->us += PNI_DAY_US;
    return compare(q, col, "<", row);
}

static const pn_col as_text = {.name = "text", .kind = PN_K_TEXT};

/* The table whose spellings the list is searched by (PNI_SEARCH), when the column is the title that
 * they are of; its name's length, 0: none. */
static int spelt_by(const pni_query *q, const pn_col *col, const char **table)
{
    static const char *const titles[] = {"title", "show", "show_title"};
    const char *end = q->spec->search ? strstr(q->spec->search, ".initials") : NULL;
    bool title = false;
    int len = 0;
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        title |= !strcmp(col->name, titles[i]);
    while (end && title && end - len > q->spec->search && isalnum((unsigned char)end[-len - 1]))
        len++;
    *table = len ? end - len : NULL;
    return len;
}

static int contains(pni_query *q, const pn_col *col, const char *text, void *row)
{
    static const char *const spellings[] = {"pinyin", "initials"};
    const char *table, *value = pn_strdup(q->p, text); /* the term is read over by the next one */
    int len = spelt_by(q, col, &table);
    (void)row;
    if (!value)
        return pni_oom(q->p);
    pn_buf_puts(&q->sql, "(position(lower(");
    PN_TRY(pni_query_bind(q, &as_text, &value));
    pn_buf_puts(&q->sql, ") in lower(");
    PN_TRY(pni_query_col(q, col));
    pn_buf_puts(&q->sql, col->kind == PN_K_TEXTS ? "::text)) > 0" : ")) > 0");
    for (size_t i = 0; len && i < sizeof spellings / sizeof *spellings; i++) {
        pn_buf_puts(&q->sql, " or position(lower(");
        PN_TRY(pni_query_bind(q, &as_text, &value));
        pn_buf_putf(&q->sql, ") in %.*s.%s) > 0", len, table, spellings[i]);
    }
    pn_buf_puts(&q->sql, ")");
    return 0;
}

/* A quoted value is one value, whatever is in it. */
static int equals(pni_query *q, const pn_col *col, char *text, bool quoted, void *row)
{
    int n = 0;
    if (!*text) {
        PN_TRY(pni_query_col(q, col));
        pn_buf_puts(&q->sql, " IS NULL");
        return 0;
    }
    for (char *next; text; text = next) {
        next = quoted || col->kind == PN_K_MONEY ? NULL : strchr(text, ',');
        if (next)
            *next++ = 0;
        if (n++)
            pn_buf_puts(&q->sql, " OR ");
        if (n > VALUES_MAX)
            return pn_fail(q->p, PN_ETOO_BIG, "where", pn_tr("Too many filter values"));
        char *dots = quoted ? NULL : strstr(text, "..");
        if (dots) {
            *dots = 0;
            PN_TRY(range(q, col, text, dots + 2, row));
        } else if (whole_day(col, text)) {
            PN_TRY(range(q, col, text, text, row));
        } else if (col->kind == PN_K_TEXTS) {
            const char *value = pn_strdup(q->p, text); /* the term is read over */
            PN_TRY(pni_query_bind(q, &as_text, &value));
            pn_buf_puts(&q->sql, " = ANY(");
            PN_TRY(pni_query_col(q, col));
            pn_buf_puts(&q->sql, ")");
        } else {
            PN_TRY(parse(q, col, text, row));
            PN_TRY(compare(q, col, "=", row));
        }
    }
    return 0;
}

static int add_term(pni_query *q, term *t, void *row)
{
    const pn_col *col = pni_col_said(q->spec->row, t->name);
    bool ordered = *t->op == '<' || *t->op == '>';
    if (!col || !can_filter(col))
        return no_filter(q->p, q->spec->row, t->name);
    bool text = col->kind == PN_K_TEXT || col->kind == PN_K_TEXTS;
    pn_buf_puts(&q->sql, *t->op == '!' ? " AND NOT coalesce((" : " AND (");
    if (ordered) {
        PN_TRY(parse(q, col, t->value, row));
        PN_TRY(compare(q, col, t->op, row));
    } else if (strchr(t->op, '~') && text) {
        PN_TRY(contains(q, col, t->value, row));
    } else {
        PN_TRY(equals(q, col, t->value, t->quoted, row));
    }
    pn_buf_puts(&q->sql, *t->op == '!' ? "), false)" : ")");
    return 0;
}

int pni_where(pni_query *q, const char *where)
{
    term *t = pn_alloc(q->p, sizeof *t);
    void *row = pn_alloc(q->p, q->spec->row->size);
    int n = 0;
    if (!t || !row)
        return pni_oom(q->p);
    for (const char *s = where + strspn(where, " "); *s;) {
        if (++n > TERMS_MAX)
            return pn_fail(q->p, PN_ETOO_BIG, "where", pn_tr("At most %d filter terms"), TERMS_MAX);
        PN_TRY(read_term(q->p, &s, t));
        PN_TRY(add_term(q, t, row));
    }
    return 0;
}
