/* SPDX-License-Identifier: Apache-2.0 */
/* preset.c — with what a form of a change begins: what the row says now, as the form takes it.
 * A row tells people the name of its city, and programs its number; a form wants the number. */
#include "config.h"
#include "preset.h"

#include <stdio.h>
#include <string.h>

/* "city_id" for "city" */
static bool is_id_of(const char *name, const char *of)
{
    size_t n = strlen(of);
    return !strncmp(name, of, n) && !strcmp(name + n, "_id");
}

int preset_from(const pn_type *row, const pn_col *into)
{
    int same = -1, other = -1;
    for (int c = 0; row->cols[c].name; c++) {
        const pn_col *from = &row->cols[c];
        bool named = !strcmp(from->name, into->name);
        if (is_id_of(from->name, into->name) || (named && into->ref && from->ref))
            return c;
        if (into->ref && from->ref && !strcmp(from->ref, into->ref) && other < 0)
            other = c;
        if (named && !into->ref)
            same = c;
    }
    return same >= 0 ? same : other;
}

int preset_called(const pn_type *row, const pn_col *into)
{
    for (int c = 0; into->ref && row->cols[c].name; c++)
        if (!strcmp(row->cols[c].name, into->name) && !row->cols[c].ref)
            return c;
    return -1;
}

/* "2026-12-08T19:30:00+08:00": as people type it, seconds when they say something. */
static void moment(const char *plain, char *out, size_t size)
{
    char clock[24] = "";
    if (sscanf(plain, "%*10[0-9-]T%23[0-9:.]", clock) != 1) {
        snprintf(out, size, "%s", plain);
        return;
    }
    if (!strcmp(clock + 5, ":00"))
        clock[5] = 0;
    snprintf(out, size, "%.10s %s", plain, clock);
}

static void word(const pn_words *words, const char *plain, char *out, size_t size)
{
    const char *name = !strcmp(plain, "true") ? "yes" : !strcmp(plain, "false") ? "no" : plain;
    int at = pn_word_find(words, plain);
    at = at ? at : pn_word_find(words, name);
    snprintf(out, size, "%s", at ? pn_tr(words[at - 1].label) : "");
}

bool preset_text(const pn_col *into, const char *plain, char *out, size_t size)
{
    *out = 0;
    if (into->flags & (PN_SECRET | PN_PII) || strlen(plain) >= size)
        return false;
    if (into->kind == PN_K_WORD)
        word(into->words, plain, out, size);
    else if (into->kind == PN_K_TIME)
        moment(plain, out, size);
    else if (into->kind == PN_K_BOOL)
        snprintf(out, size, "%s", !strcmp(plain, "true") ? "yes" : "no");
    else
        snprintf(out, size, "%s", plain);
    return true;
}
