/* SPDX-License-Identifier: Apache-2.0 */
/* meant.c — which seats a few words mean. */
#include "seating/meant_int.h"

#include <stdlib.h>
#include <string.h>

enum { PARTS_MAX = 4 };

typedef struct term {
    bool minus;
    const char *category; /* NULL: by path */
    char *part[PARTS_MAX];
    int parts;
} term;

static bool ranges(const char *part, const char *name)
{
    const char *dots = strstr(part, "..");
    char *end;
    if (!dots || dots == part)
        return false;
    long low = strtol(part, &end, 10);
    if (end != dots)
        return false;
    long high = strtol(dots + 2, &end, 10);
    if (*end || end == dots + 2)
        return false;
    long n = strtol(name, &end, 10);
    return end != name && !*end && n >= low && n <= high;
}

static bool means(const char *part, const char *name)
{
    return !strcmp(part, "*") || !strcmp(part, name) || ranges(part, name);
}

static int64_t by_path(const term *t, const pni_named_row *r)
{
    const char *names[] = {r->floor ? r->floor : "", r->section, r->row_name};
    int64_t out = 0;
    int at = 0;
    for (int i = *names[0] ? 0 : 1; i < 3 && at < t->parts; i++)
        if (!means(t->part[at++], names[i]))
            return 0;
    if (at == t->parts)
        return r->mask;
    for (size_t i = 0; at + 1 == t->parts && i < r->labels.n; i++)
        if (means(t->part[at], r->labels.v[i]))
            out |= INT64_C(1) << i;
    return out & r->mask;
}

static int64_t by_category(const term *t, const pni_named_row *r)
{
    int64_t out = 0;
    for (size_t i = 0; i < r->categories.n; i++)
        if (!strcmp(r->categories.v[i], t->category))
            out |= INT64_C(1) << i;
    return out & r->mask;
}

static bool read(term *t, char *text)
{
    *t = (term){.minus = *text == '-'};
    text += t->minus;
    if (*text == '@') {
        t->category = text + 1;
        return true;
    }
    while (t->parts < PARTS_MAX) {
        t->part[t->parts++] = text;
        text = strchr(text, '/');
        if (!text)
            return true;
        *text++ = '\0';
    }
    return false;
}

static char *trimmed(char *text)
{
    text += strspn(text, " \t\r\n");
    for (size_t n = strlen(text); n && strchr(" \t\r\n", text[n - 1]); n--)
        text[n - 1] = '\0';
    return text;
}

int pni_seats_meant(pn *p, const char *terms, const char *field, const pni_named_row *rows,
                    size_t n, int64_t chosen[])
{
    char *rest = pn_strdup(p, terms), *text;
    bool any = false;
    memset(chosen, 0, n * sizeof *chosen);
    if (!rest)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    while ((text = strsep(&rest, ";,")) != NULL) {
        term t;
        bool some = false;
        text = trimmed(text);
        if (!*text)
            continue;
        char *whole = pn_strdup(p, text);
        bool good = read(&t, text);
        for (size_t i = 0; good && i < n; i++) {
            int64_t seats = t.category ? by_category(&t, &rows[i]) : by_path(&t, &rows[i]);
            some |= seats != 0;
            chosen[i] = t.minus ? chosen[i] & ~seats : chosen[i] | seats;
        }
        if (!some) {
            (void)pn_fail(p, PN_EARG, field, pn_tr("“%s” names no seat here"), whole ? whole : "");
            return pn_hint(p, pn_tr("Write section, section/row or section/row/seat; 3..8 and *"
                                    " are understood"));
        }
        any = true;
    }
    return any ? 0 : pn_fail(p, PN_EARG, field, pn_tr("No seats are named"));
}

const char *pni_named_seat(pn *p, const pni_named_row *row, int bit)
{
    const char *floor = row->floor ? row->floor : "";
    const char *key = pn_printf(p, "%s%s%s/%s/%s", floor, *floor ? "/" : "", row->section,
                                row->row_name, row->labels.v[bit]);
    return key ? key : "";
}
