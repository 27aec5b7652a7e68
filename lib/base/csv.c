/* SPDX-License-Identifier: Apache-2.0 */
/* A CSV reader of our own: it reports the line of a bad row and goes on behind it, and cuts fields
 * out in place, so that reading is never what an import waits for. */
#include "csv_int.h"

#include <string.h>

void pni_csv_begin(pni_csv *c, char *text, size_t len)
{
    *c = (pni_csv){.at = text, .end = text + len, .sep = ',', .line = 1};
    *c->end = '\0';
    bool quoted = false;
    for (const char *s = text; s < c->end && (quoted || (*s != '\n' && *s != '\r')); s++) {
        if (*s == '"')
            quoted = !quoted;
        if (!quoted && (*s == ',' || *s == ';' || *s == '\t')) {
            c->sep = *s;
            return;
        }
    }
}

/* Behind the end of the line at `s`. */
static char *next_line(const pni_csv *c, char *s)
{
    while (s < c->end && *s != '\n' && *s != '\r')
        s++;
    if (s < c->end && *s == '\r' && s + 1 < c->end && s[1] == '\n')
        s++;
    return s < c->end ? s + 1 : s;
}

/* How a row is shaped, before a byte of it is changed: the byte behind it and its lines. */
static pni_csv_got measure(const pni_csv *c, size_t cap, size_t *n, int64_t *lines)
{
    const char *s = c->at;
    *n = 1;
    *lines = 0;
    while (s < c->end && *s != '\n' && *s != '\r') {
        if (*s == '"') {
            for (s++; s < c->end && (*s != '"' || (s + 1 < c->end && s[1] == '"')); s++) {
                *lines += *s == '\n' || (*s == '\r' && s[1] != '\n');
                s += *s == '"';
            }
            if (s++ >= c->end || (s < c->end && *s != c->sep && *s != '\n' && *s != '\r'))
                return PNI_CSV_OPEN;
        } else {
            while (s < c->end && *s != c->sep && *s != '\n' && *s != '\r')
                if (*s++ == '"')
                    return PNI_CSV_QUOTE;
        }
        if (s < c->end && *s == c->sep) {
            s++;
            if (++*n > cap)
                return PNI_CSV_WIDE;
        }
    }
    return PNI_CSV_ROW;
}

/* Cut one field out at c->at; leaves c->at on what follows it. */
static const char *cut(pni_csv *c, char *stop)
{
    char *field = c->at, *to = field, *s = field;
    if (*s != '"') {
        while (s < c->end && *s != c->sep && *s != '\n' && *s != '\r')
            s++;
        *stop = *s;
        *s = '\0';
        c->at = s;
        return field;
    }
    for (s++; *s != '"' || s[1] == '"'; s++) {
        s += *s == '"';
        *to++ = *s;
    }
    s++;
    *stop = s < c->end ? *s : '\0';
    *to = '\0';
    c->at = s;
    return field;
}

pni_csv_got pni_csv_next(pni_csv *c, const char **fields, size_t cap, size_t *n)
{
    while (c->at < c->end && (*c->at == '\n' || *c->at == '\r')) {
        c->at = next_line(c, c->at);
        c->line++;
    }
    if (c->at >= c->end)
        return PNI_CSV_END;
    int64_t lines;
    c->row = c->line;
    pni_csv_got got = measure(c, cap, n, &lines);
    if (got != PNI_CSV_ROW) {
        c->at = next_line(c, c->at);
        c->line++;
        return got;
    }
    c->line += lines + 1;
    char stop = c->sep;
    for (size_t i = 0; i < *n; i++) {
        fields[i] = cut(c, &stop);
        if (i + 1 < *n)
            c->at++;
    }
    if (c->at < c->end) {
        bool pair = stop == '\r' && c->at + 1 < c->end && c->at[1] == '\n';
        c->at += pair ? 2 : 1;
    }
    return PNI_CSV_ROW;
}
