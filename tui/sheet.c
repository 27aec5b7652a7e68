/* SPDX-License-Identifier: Apache-2.0 */
/* sheet.c — the writers. CSV and JSON have what the command line prints, and so has XLSX. */
#include "config.h"
#include "sheet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sheet {
    sheet_kind kind;
    const pn_type *type;
    int col[SHEET_COLS], n;
    char path[600], part[620];
    FILE *out;
    pn_xlsx *book;
    uint32_t rows;
};

static void put_csv(FILE *out, const char *text, bool first)
{
    if (!first)
        fputc(',', out);
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static void put_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < ' ')
            fprintf(out, "\\u%04x", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

/* Words of a column that has several. */
static void put_texts(FILE *out, const char *text)
{
    char word[256];
    fputc('[', out);
    for (int n = 0; *text; n++) {
        size_t len = strcspn(text, ",");
        snprintf(word, sizeof word, "%.*s", (int)len, text);
        fputs(n ? ", " : "", out);
        put_string(out, word);
        text += len;
        text += *text == ',';
    }
    fputc(']', out);
}

/* As pn_to_json() has it: yuan are text with two decimals, numbers and documents are themselves. */
static void put_json(FILE *out, const pn_col *col, const struct tui_value *value)
{
    bool bare = col->kind == PN_K_INT || col->kind == PN_K_INT4 || col->kind == PN_K_REAL ||
                col->kind == PN_K_BOOL || col->kind == PN_K_JSON;
    if (col->kind == PN_K_TEXTS)
        put_texts(out, value->plain);
    else if (value->absent || (bare && !*value->plain))
        fputs("null", out);
    else if (bare)
        fputs(value->plain, out);
    else
        put_string(out, value->plain);
}

static void put_object(FILE *out, const struct tui_table *table, int row, const int *cols, int n);

/* Rows inside a row, with all they have. */
static void put_rows(FILE *out, const struct tui_table *table)
{
    int cols[SHEET_COLS], n = 0;
    for (; table && n < table->cols && n < SHEET_COLS; n++)
        cols[n] = n;
    fputc('[', out);
    for (int r = 0; table && r < table->rows; r++) {
        fputs(r ? ", " : "", out);
        put_object(out, table, r, cols, n);
    }
    fputc(']', out);
}

static void put_object(FILE *out, const struct tui_table *table, int row, const int *cols, int n)
{
    fputc('{', out);
    for (int i = 0; i < n; i++) {
        const pn_col *col = &table->type->cols[cols[i]];
        fprintf(out, "%s\"%s\": ", i ? ", " : "", col->name);
        if (col->kind == PN_K_ROWS)
            put_rows(out, table->sub ? table->sub[row * table->cols + cols[i]] : NULL);
        else
            put_json(out, col, table_at(table, row, cols[i]));
    }
    fputc('}', out);
}

static void put_head(struct sheet *s)
{
    for (int i = 0; i < s->n; i++) {
        const pn_col *col = &s->type->cols[s->col[i]];
        if (s->kind == SHEET_CSV)
            put_csv(s->out, col->name, i == 0);
        else if (s->kind == SHEET_XLSX)
            pn_xlsx_text(s->book, 0, (uint16_t)i, pn_tr(col->label));
    }
    if (s->kind == SHEET_CSV)
        fputs("\r\n", s->out);
    else if (s->kind == SHEET_JSON)
        fputs("{\"rows\": [", s->out);
    s->rows = s->kind == SHEET_XLSX;
}

struct sheet *sheet_open(const char *path, sheet_kind kind, const pn_type *type, const int *cols,
                         int n, const char **why)
{
    struct sheet *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    *s = (struct sheet){.kind = kind, .type = type};
    for (; s->n < n && s->n < SHEET_COLS; s->n++)
        s->col[s->n] = cols[s->n];
    snprintf(s->path, sizeof s->path, "%s", path);
    snprintf(s->part, sizeof s->part, "%s.part", path);
    if (kind == SHEET_XLSX)
        s->book = pn_xlsx_open(s->part);
    else
        s->out = fopen(s->part, "we");
    if (!s->out && !s->book) {
        *why = kind == SHEET_XLSX ? pn_xlsx_why() : strerror(errno);
        free(s);
        return NULL;
    }
    put_head(s);
    return s;
}

void sheet_row(struct sheet *s, const struct tui_table *table, int row)
{
    if (s->kind == SHEET_JSON) {
        fputs(s->rows++ ? ",\n" : "\n", s->out);
        put_object(s->out, table, row, s->col, s->n);
        return;
    }
    for (int i = 0; i < s->n; i++) {
        const pn_col *col = &s->type->cols[s->col[i]];
        const struct tui_value *value = table_at(table, row, s->col[i]);
        const char *plain = value->absent ? "" : value->plain;
        if (s->kind == SHEET_CSV)
            put_csv(s->out, plain, i == 0);
        else
            pn_xlsx_value(s->book, s->rows, (uint16_t)i, col, plain, value->show);
    }
    if (s->kind == SHEET_CSV)
        fputs("\r\n", s->out);
    s->rows++;
}

int sheet_close(struct sheet *s, bool whole)
{
    int rc = 0;
    if (s->kind == SHEET_JSON)
        fputs(s->rows ? "\n],\n\"next\": null}\n" : "],\n\"next\": null}\n", s->out);
    if (s->out)
        rc = ferror(s->out) ? -1 : 0, rc = fclose(s->out) ? -1 : rc;
    if (s->book && pn_xlsx_close(s->book))
        rc = -1;
    if (rc || !whole)
        unlink(s->part);
    else
        rc = rename(s->part, s->path);
    free(s);
    return rc;
}
