/* SPDX-License-Identifier: Apache-2.0 */
/* meant.c — which seats a few words mean. */
#include "seating/meant_int.h"

#include <stdlib.h>
#include <string.h>

enum { PARTS_MAX = 4 };

typedef struct term {
    bool minus, name; /* name: "-" and "@" begin the name of its floor or section */
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
        if (t->name && !at ? strcmp(t->part[at++], names[i]) : !means(t->part[at++], names[i]))
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

/* A sign may as well begin a name: first all of it is one, then what is behind the minus. */
enum { NAME, MINUS_NAME, SIGNS, READINGS };

static bool read(term *t, char *text, int reading)
{
    *t = (term){.minus = reading != NAME && *text == '-', .name = reading != SIGNS};
    text += t->minus;
    text += t->minus ? strspn(text, " \t") : 0;
    if (t->name && *text != '-' && *text != '@')
        return false;
    if (!t->name && *text == '@') {
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

static int nothing(pn *p, const char *field, const char *words)
{
    pn_fail(p, PN_EARG, field, pn_tr("“%s” names no seat here"), words);
    return pn_hint(p, pn_tr("Write section, section/row or section/row/seat; 3..8 and *"
                            " are understood"));
}

/* Set found[i] to the seats that it names; true: there are some. */
static bool look(const term *t, const pni_named_row *rows, size_t n, int64_t found[])
{
    bool some = false;
    for (size_t i = 0; i < n; i++) {
        found[i] = t->category ? by_category(t, &rows[i]) : by_path(t, &rows[i]);
        some |= found[i] != 0;
    }
    return some;
}

int pni_seats_meant(pn *p, const char *terms, const char *field, const pni_named_row *rows,
                    size_t n, int64_t chosen[])
{
    char *rest = pn_strdup(p, terms), *text;
    int64_t *found = pn_alloc(p, (n + 1) * sizeof *found);
    bool any = false;
    memset(chosen, 0, n * sizeof *chosen);
    if (!rest || !found)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    while ((text = strsep(&rest, ";,")) != NULL) {
        term t;
        text = trimmed(text);
        if (!*text)
            continue;
        bool some = false;
        for (int reading = NAME; !some && reading < READINGS; reading++) {
            char *copy = pn_strdup(p, text);
            if (!copy)
                return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
            some = read(&t, copy, reading) && look(&t, rows, n, found);
        }
        if (!some)
            return nothing(p, field, text);
        for (size_t i = 0; i < n; i++)
            chosen[i] = t.minus ? chosen[i] & ~found[i] : chosen[i] | found[i];
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
