/* SPDX-License-Identifier: Apache-2.0 */
/* scan.c — finds `:name` in SQL text, leaving quotes, comments, casts and := alone. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/composite_int.h"

typedef struct { char *at, *end; bool full; } sink;

static void put(sink *s, const char *text, size_t len)
{
    if ((size_t)(s->end - s->at) <= len) {
        s->full = true;
        return;
    }
    memcpy(s->at, text, len);
    s->at += len;
    *s->at = 0;
}

static bool ident(int c)
{
    return isalnum(c) || c == '_';
}

size_t pni_sql_opaque(const char *s)
{
    const char *end = NULL;
    if (*s == '\'' || *s == '"') {
        end = strchr(s + 1, *s);
        return end ? (size_t)(end - s) + 1 : strlen(s);
    }
    if (s[0] == '-' && s[1] == '-')
        return strcspn(s, "\n");
    if (s[0] == '/' && s[1] == '*') {
        end = strstr(s + 2, "*/");
        return end ? (size_t)(end - s) + 2 : strlen(s);
    }
    if (s[0] == ':' && (s[1] == ':' || s[1] == '='))
        return 2;
    if (s[0] == '$' && s[1] == '$') {
        end = strstr(s + 2, "$$");
        return end ? (size_t)(end - s) + 2 : strlen(s);
    }
    return 0;
}

static pni_special special_of(const char *name)
{
    static const struct { const char *name; pni_special is; } all[] = {
        {"now", PNI_NOW}, {"me", PNI_ME}, {"my_merchant", PNI_MY_MERCHANT},
        {"my_organiser", PNI_MY_ORGANISER}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!strcmp(all[i].name, name))
            return all[i].is;
    return PNI_UNKNOWN;
}

/* 0-based place of the parameter, made on first sight; -1: unknown or too many. */
static int param_of(pni_scan *scan, const char *name)
{
    for (int i = 0; i < scan->n; i++)
        if (!strcmp(scan->name[i], name))
            return i;
    pni_param param = {.col = pn_type_col(scan->in, name)};
    if (!param.col)
        param.special = special_of(name);
    param.array = scan->array && param.col;
    if (param.special == PNI_UNKNOWN || scan->n == PNI_PARAMS_MAX) {
        snprintf(scan->bad, sizeof scan->bad, "%s", name);
        return -1;
    }
    scan->param[scan->n] = param;
    snprintf(scan->name[scan->n], PNI_NAME_MAX, "%s", name);
    return scan->n++;
}

/* The columns of `:a, :b)` when there is nothing else; returns what comes after, or NULL. */
static const char *columns_of(const pni_scan *scan, const char *s, const pn_col *col[], int *n)
{
    *n = 0;
    for (bool more = true; more; ++*n) {
        char name[PNI_NAME_MAX];
        size_t len = 0;
        s += strspn(s, " \n");
        if (*s++ != ':')
            return NULL;
        while (ident((unsigned char)s[len]) && len < PNI_NAME_MAX - 1)
            len++;
        snprintf(name, sizeof name, "%.*s", (int)len, s);
        s += len;
        s += strspn(s, " \n");
        if (*n == PNI_PARAMS_MAX || !(col[*n] = pn_type_col(scan->in, name)) ||
            !pni_row_letter(col[*n]) || (*s != ',' && *s != ')'))
            return NULL;
        more = *s++ == ',';
    }
    return s;
}

/* The rows of an unnest() as one value. */
static bool all_rows(pni_scan *scan, const pn_col *const col[], int n, sink *to)
{
    enum { BEGIN = 4 }; /* row_ */
    char piece[PNI_ROW_NAME + 32];
    if (scan->row_n || scan->n == PNI_PARAMS_MAX || n < 2 || BEGIN + n + 1 > PNI_ROW_NAME)
        return false;
    memcpy(scan->row_name, "row_", BEGIN);
    for (int i = 0; i < n; i++) {
        scan->row[i] = col[i];
        scan->row_name[BEGIN + i] = pni_row_letter(col[i]);
    }
    scan->row_name[BEGIN + n] = 0;
    scan->row_n = n;
    scan->param[scan->n] = (pni_param){.row = true};
    *scan->name[scan->n++] = 0;
    snprintf(piece, sizeof piece, "unnest($%d::%s[])", scan->n, scan->row_name);
    put(to, piece, strlen(piece));
    return true;
}

/* Does ` u(a, b)` come next, with the names of the columns? */
static bool named(const char *s)
{
    size_t blanks = strspn(s, " \n"), len = 0;
    s += blanks;
    while (ident((unsigned char)s[len]))
        len++;
    return blanks && len && s[len] == '(';
}

/* The only row of an unnest(), value by value. */
static bool only_row(pni_scan *scan, const pn_col *const col[], int n, const char *after, sink *to)
{
    if (!named(after) || scan->n + n > PNI_PARAMS_MAX)
        return false;
    for (int i = 0; i < n; i++) {
        char piece[32];
        int at = 0;
        while (at < scan->n && !(scan->param[at].one && scan->param[at].col == col[i]))
            at++;
        if (at == scan->n) {
            scan->param[at] = (pni_param){.col = col[i], .one = true};
            *scan->name[scan->n++] = 0;
        }
        snprintf(piece, sizeof piece, "%s$%d", i ? ", " : "(select ", at + 1);
        put(to, piece, strlen(piece));
    }
    put(to, ")", 1);
    scan->row_n++;
    return true;
}

/* An unnest() that begins here in another form; returns what comes after, NULL: it stays. */
static const char *rows_at(pni_scan *scan, const char *text, const char *s, sink *to)
{
    static const char word[] = "unnest(";
    const pn_col *col[PNI_PARAMS_MAX];
    int n;
    if (scan->form == PNI_ARRAYS || !scan->array || strncasecmp(s, word, sizeof word - 1) ||
        (s > text && ident((unsigned char)s[-1])))
        return NULL;
    s = columns_of(scan, s + sizeof word - 1, col, &n);
    bool done = s && (scan->form == PNI_ROWS ? all_rows(scan, col, n, to)
                                             : only_row(scan, col, n, s, to));
    return done ? s : NULL;
}

int pni_scan_sql(pni_scan *scan, const char *text, char *out, size_t size)
{
    sink to = {out, out + size, false};
    *out = 0;
    for (const char *s = text; *s;) {
        size_t len = pni_sql_opaque(s);
        if (len) {
            put(&to, s, len);
            s += len;
            continue;
        }
        const char *after = rows_at(scan, text, s, &to);
        if (after) {
            s = after;
            continue;
        }
        if (*s != ':' || !(isalpha((unsigned char)s[1]) || s[1] == '_') ||
            (s > text && ident((unsigned char)s[-1]))) {
            put(&to, s++, 1);
            continue;
        }
        char name[PNI_NAME_MAX], piece[64];
        for (len = 1; ident((unsigned char)s[len]) && len < PNI_NAME_MAX; len++)
            name[len - 1] = s[len];
        name[len - 1] = 0;
        s += len;
        int n = param_of(scan, name);
        if (n < 0)
            return -1;
        if (*s == '#') {
            s++;
            snprintf(piece, sizeof piece, "(($%d::bigint & 4095)::int)", n + 1);
        } else {
            snprintf(piece, sizeof piece, "$%d", n + 1);
        }
        put(&to, piece, strlen(piece));
    }
    return to.full ? -1 : (int)(to.at - out);
}
