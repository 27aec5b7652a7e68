/* SPDX-License-Identifier: Apache-2.0 */
/* model.c — results become text once, in the worker. */
#include "config.h"
#include "model.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 8192 };

struct tui_chunk { struct tui_chunk *next; size_t used, room; char data[]; };

static void *take(struct tui_chunk **memory, size_t size)
{
    size = (size + 7) & ~(size_t)7;
    struct tui_chunk *c = *memory;
    if (!c || c->room - c->used < size) {
        size_t room = size > CHUNK ? size : CHUNK;
        c = calloc(1, sizeof *c + room);
        if (!c)
            return NULL;
        c->room = room;
        c->next = *memory;
        *memory = c;
    }
    void *out = c->data + c->used;
    c->used += size;
    return out;
}

static void drop(struct tui_chunk *c)
{
    while (c) {
        struct tui_chunk *next = c->next;
        free(c);
        c = next;
    }
}

static char *keep(struct tui_chunk **memory, const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = take(memory, n);
    if (copy)
        memcpy(copy, text, n);
    return copy;
}

int type_cols(const pn_type *type)
{
    int n = 0;
    while (type->cols[n].name)
        n++;
    return n;
}

int type_key(const pn_type *type)
{
    for (int i = 0; type->cols[i].name; i++)
        if (type->cols[i].flags & PN_KEY)
            return i;
    return -1;
}

static char tone_of(const pn_col *col, const void *row)
{
    if (col->kind != PN_K_WORD || !col->words)
        return 0;
    pn_word w;
    memcpy(&w, (const char *)row + col->offset, sizeof w);
    for (int i = 0; col->words[i].name; i++)
        if (i + 1 == w.v)
            return col->words[i].tone;
    return 0;
}

static struct tui_table *build(pn *p, struct tui_chunk **memory, const pn_type *type,
                               const void *rows, size_t n);

static bool fill(pn *p, struct tui_chunk **memory, const pn_col *col, const void *row,
                 struct tui_value *value, struct tui_table **sub)
{
    value->absent = pn_absent(col, row);
    value->tone = tone_of(col, row);
    value->show = value->plain = "";
    if (col->kind == PN_K_ROWS) {
        pn_rows inner;
        memcpy(&inner, (const char *)row + col->offset, sizeof inner);
        *sub = build(p, memory, col->of, inner.row, inner.n);
        return *sub != NULL;
    }
    value->show = keep(memory, pn_show(p, col, row));
    value->plain = col->flags & PN_SECRET ? "" : keep(memory, pn_plain(p, col, row));
    value->away = !value->absent && !pn_leads(p, col, row);
    return value->show && value->plain;
}

static struct tui_table *build(pn *p, struct tui_chunk **memory, const pn_type *type,
                               const void *rows, size_t n)
{
    struct tui_table *t = take(memory, sizeof *t);
    if (!t)
        return NULL;
    t->type = type;
    t->cols = type_cols(type);
    t->rows = (int)n;
    size_t cells = n * (size_t)t->cols;
    t->value = take(memory, (cells ? cells : 1) * sizeof *t->value);
    bool nested = false;
    for (int i = 0; i < t->cols; i++)
        nested |= type->cols[i].kind == PN_K_ROWS;
    if (nested)
        t->sub = take(memory, (cells ? cells : 1) * sizeof(struct tui_table *));
    if (!t->value || (nested && !t->sub))
        return NULL;
    for (size_t r = 0; r < n; r++) {
        const char *row = (const char *)rows + r * type->size;
        for (int c = 0; c < t->cols; c++) {
            size_t at = r * (size_t)t->cols + (size_t)c;
            if (!fill(p, memory, &type->cols[c], row, &t->value[at], nested ? &t->sub[at] : NULL))
                return NULL;
        }
    }
    return t;
}

struct tui_table *table_new(pn *p, const pn_type *type, const void *rows, size_t n,
                            const char *next)
{
    struct tui_chunk *memory = NULL;
    pn_people(p, type, rows, n);
    struct tui_table *t = build(p, &memory, type, rows, n);
    if (t && next)
        t->next = keep(&memory, next);
    if (!t || (next && !t->next)) {
        drop(memory);
        return NULL;
    }
    t->memory = memory;
    return t;
}

void table_free(struct tui_table *table)
{
    if (table)
        drop(table->memory);
}

bool table_keep(struct tui_table *table, const struct tui_table *old, const int from[])
{
    size_t cells = (size_t)old->rows * (size_t)old->cols;
    struct tui_value *value = take(&table->memory, (cells ? cells : 1) * sizeof *value);
    bool whole = value != NULL;
    for (int r = 0; whole && r < old->rows; r++) {
        for (int c = 0; c < old->cols; c++) {
            struct tui_value *v = &value[r * old->cols + c];
            *v = *table_at(from[r] < 0 ? old : table, from[r] < 0 ? r : from[r], c);
            if (from[r] >= 0)
                continue;
            v->show = keep(&table->memory, v->show);
            v->plain = keep(&table->memory, v->plain);
            whole &= v->show && v->plain;
        }
    }
    if (!whole)
        return false;
    table->value = value;
    table->rows = old->rows;
    table->sub = NULL; /* rows of a list have none */
    return true;
}

bool table_same(const struct tui_table *a, int row_a, const struct tui_table *b, int row_b)
{
    for (int c = 0; c < a->cols; c++)
        if (strcmp(table_at(a, row_a, c)->show, table_at(b, row_b, c)->show) != 0)
            return false;
    return true;
}

int table_col(const struct tui_table *table, const char *name)
{
    for (int i = 0; table && i < table->cols; i++)
        if (!strcmp(table->type->cols[i].name, name))
            return i;
    return -1;
}

const struct tui_value *table_at(const struct tui_table *table, int row, int col)
{
    return &table->value[row * table->cols + col];
}

const char *table_plain(const struct tui_table *table, int row, const char *name)
{
    int col = table_col(table, name);
    return col < 0 || row >= table->rows ? "" : table_at(table, row, col)->plain;
}

const char *table_show(const struct tui_table *table, int row, const char *name)
{
    int col = table_col(table, name);
    return col < 0 || row >= table->rows ? "" : table_at(table, row, col)->show;
}
