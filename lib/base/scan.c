/* SPDX-License-Identifier: Apache-2.0 */
/* scan.c — finds `:name` in SQL text, leaving quotes, comments, casts and := alone. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

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

/* The columns of `:a, :b)`, when there are several and nothing else; returns what comes after, or
 * NULL. */
static const char *row_of(pni_scan *scan, const char *s)
{
    enum { BEGIN = 4 }; /* row_ */
    int n = 0;
    for (bool more = true; more; n++) {
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
        const pn_col *col = pn_type_col(scan->in, name);
        char letter = col ? pni_row_letter(col) : 0;
        if (!letter || n + BEGIN + 1 >= PNI_ROW_NAME || (*s != ',' && *s != ')'))
            return NULL;
        scan->row[n] = col;
        scan->row_name[BEGIN + n] = letter;
        more = *s++ == ',';
    }
    if (n < 2)
        return NULL;
    memcpy(scan->row_name, "row_", BEGIN);
    scan->row_name[BEGIN + n] = 0;
    scan->row_n = n;
    return s;
}

/* The same for an unnest() that begins here, with its place in the output. */
static const char *rows_at(pni_scan *scan, const char *text, const char *s, sink *to)
{
    static const char word[] = "unnest(";
    char piece[PNI_ROW_NAME + 32];
    if (!scan->rows || !scan->array || scan->row_n || scan->n == PNI_PARAMS_MAX ||
        strncmp(s, word, sizeof word - 1) || (s > text && ident((unsigned char)s[-1])))
        return NULL;
    s = row_of(scan, s + sizeof word - 1);
    if (!s)
        return NULL;
    scan->param[scan->n] = (pni_param){.row = true};
    *scan->name[scan->n++] = 0;
    snprintf(piece, sizeof piece, "unnest($%d::%s[])", scan->n, scan->row_name);
    put(to, piece, strlen(piece));
    return s;
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
