/* SPDX-License-Identifier: Apache-2.0 */
/* col.c — looking things up in column and word tables. */
#include <string.h>
#include <strings.h>

#include "base/unit_int.h"

const pn_col *pn_type_col(const pn_type *type, const char *name)
{
    for (const pn_col *c = type ? type->cols : NULL; c && c->name; c++)
        if (!strcmp(c->name, name))
            return c;
    return NULL;
}

int pn_word_find(const pn_words *words, const char *text)
{
    for (int i = 0; words && words[i].name; i++) /* what is stored: no label is translated */
        if (!strcasecmp(words[i].name, text))
            return i + 1;
    for (int i = 0; words && words[i].name; i++)
        if (!strcmp(pn_tr(words[i].label), text))
            return i + 1;
    return 0;
}

static const pn_words *entry(const pn_words *words, pn_word w)
{
    for (int i = 0; words && words[i].name; i++)
        if (i + 1 == w.v)
            return &words[i];
    return NULL;
}

const char *pn_word_name(const pn_words *words, pn_word w)
{
    const pn_words *e = entry(words, w);
    return e ? e->name : "";
}

const char *pn_word_label(const pn_words *words, pn_word w)
{
    const pn_words *e = entry(words, w);
    return e ? pn_tr(e->label) : "";
}

void *pni_field(const pn_col *col, const void *row)
{
    return (char *)(uintptr_t)row + col->offset;
}
