/* SPDX-License-Identifier: Apache-2.0 */
/* table.c — aligned text for people. On a terminal it is fitted and may be coloured; elsewhere it
 * is whole and plain. Control characters never reach a terminal: a title could move the cursor. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

enum { GAP = 2, NARROWEST = 6 };

static bool right(const pn_col *col)
{
    return col->kind == PN_K_INT || col->kind == PN_K_INT4 || col->kind == PN_K_REAL ||
           col->kind == PN_K_MONEY;
}

static const char *label(const pn_col *col)
{
    return col->label ? pn_tr(col->label) : col->name;
}

/* The cell's text in one line. */
static const char *cell(cli *c, const pn_col *col, const void *row)
{
    const char *text = pn_show(c->p, col, row);
    bool clean = true;
    for (const char *s = text; *s; s++)
        clean &= (unsigned char)*s >= ' ' && *s != 0x7f;
    if (clean)
        return text;
    char *copy = pn_strdup(c->p, text);
    for (char *s = copy; s && *s; s++)
        if ((unsigned char)*s < ' ' || *s == 0x7f)
            *s = ' ';
    return copy ? copy : "";
}

static const char *tone(const cli *c, const pn_col *col, const void *row)
{
    if (!c->colour || col->kind != PN_K_WORD || !col->words)
        return "";
    int at = ((const pn_word *)(const void *)((const char *)row + col->offset))->v;
    int n = 0;
    while (col->words[n].name)
        n++;
    switch (at >= 1 && at <= n ? col->words[at - 1].tone : 0) {
    case 'g':
        return "\033[32m";
    case 'w':
        return "\033[33m";
    case 'b':
        return "\033[31m";
    case 'd':
        return "\033[2m";
    default:
        return "";
    }
}

/* Blanks owed: they are paid when text follows, so that no line ends in blanks. */
static int owed;

static void text_out(const char *text, size_t n)
{
    if (!n)
        return;
    printf("%*s", owed, "");
    owed = 0;
    fwrite(text, 1, n, stdout);
}

static void line_out(void)
{
    owed = 0;
    putchar('\n');
}

/* Text of `width` columns; what is longer stays whole unless `cut`. */
static void put(const char *text, int width, bool to_right, bool cut)
{
    int w = cli_width(text);
    size_t n = strlen(text);
    if (cut && w > width) {
        char *head = strndup(text, cli_fit(text, width - 1));
        text_out(head ? head : "", head ? strlen(head) : 0);
        text_out("…", strlen("…"));
        w = head ? cli_width(head) + 1 : 1;
        free(head);
        n = 0;
        to_right = false;
    }
    int pad = width > w ? width - w : 0;
    if (to_right)
        owed += pad;
    text_out(text, n);
    if (!to_right)
        owed += pad;
}

static size_t count(const pn_type *type)
{
    size_t n = 0;
    while (type->cols[n].name)
        n++;
    return n;
}

/* Half a title still names it; half a time or a state says nothing. */
static bool yields(const pn_col *col)
{
    return col->kind == PN_K_TEXT || col->kind == PN_K_TEXTS;
}

/* Make the widths fit the terminal: the widest text gives way first, other columns last. */
static void fit(const cli *c, const pn_type *type, int *widths, size_t n)
{
    if (!c->width || c->opts.wide)
        return;
    for (;;) {
        int sum = -GAP, widest = -1, other = -1;
        for (size_t i = 0; i < n; i++) {
            sum += widths[i] + GAP;
            if (right(&type->cols[i]) || widths[i] <= NARROWEST)
                continue;
            int *best = yields(&type->cols[i]) ? &widest : &other;
            if (*best < 0 || widths[i] > widths[*best])
                *best = (int)i;
        }
        if (widest < 0)
            widest = other;
        if (sum <= c->width || widest < 0)
            return;
        widths[widest]--;
    }
}

static int *measure(cli *c, const pn_type *type, const pn_rows *rows)
{
    size_t n = count(type);
    int *widths = pn_alloc(c->p, (n + 1) * sizeof(*widths));
    if (!widths)
        return NULL;
    for (size_t i = 0; i < n; i++)
        widths[i] = cli_width(label(&type->cols[i]));
    const char *row = rows->row;
    for (size_t r = 0; r < rows->n; r++, row += type->size)
        for (size_t i = 0; i < n; i++) {
            int w = cli_width(cell(c, &type->cols[i], row));
            if (w > widths[i])
                widths[i] = w;
        }
    return widths;
}

static void head(cli *c, const pn_type *type, const int *widths, int indent)
{
    owed = indent;
    fputs(c->colour ? "\033[1m" : "", stdout);
    for (size_t i = 0; type->cols[i].name; i++) {
        owed += i ? GAP : 0;
        put(label(&type->cols[i]), widths ? widths[i] : 0, right(&type->cols[i]),
            widths && c->width > 0 && !c->opts.wide);
    }
    fputs(c->colour ? "\033[0m" : "", stdout);
    line_out();
}

void cli_table_head(cli *c, const pn_type *type, const pn_rows *rows, int **widths)
{
    *widths = measure(c, type, rows);
    if (*widths)
        fit(c, type, *widths, count(type));
    head(c, type, *widths, 0);
}

void cli_table_rows(cli *c, const pn_type *type, const pn_rows *rows, const int *widths, int indent)
{
    const char *row = rows->row;
    bool cut = widths && c->width > 0 && !c->opts.wide;
    for (size_t r = 0; r < rows->n; r++, row += type->size) {
        owed = indent;
        for (size_t i = 0; type->cols[i].name; i++) {
            const pn_col *col = &type->cols[i];
            const char *colour = tone(c, col, row);
            owed += i ? GAP : 0;
            fputs(colour, stdout);
            put(cell(c, col, row), widths ? widths[i] : 0, right(col), cut && !right(col));
            fputs(*colour ? "\033[0m" : "", stdout);
        }
        line_out();
    }
}

/* Several lines: each after the first under the first. */
static void lines(const char *text, int indent)
{
    for (; *text; text++) {
        if (*text == '\n') {
            if (text[1])
                printf("\n%*s", indent, "");
        } else if ((unsigned char)*text >= ' ' && *text != 0x7f) {
            putchar(*text);
        } else {
            putchar(' ');
        }
    }
    putchar('\n');
}

static void nested(cli *c, const pn_col *col, const void *row)
{
    const pn_rows *rows = (const void *)((const char *)row + col->offset);
    if (!rows->n || !col->of)
        return;
    printf("\n%s\n", label(col));
    int *widths = measure(c, col->of, rows);
    head(c, col->of, widths, 2);
    cli_table_rows(c, col->of, rows, widths, 2);
}

void cli_table_one(cli *c, const pn_type *type, const void *row)
{
    int width = 0;
    for (const pn_col *col = type->cols; col->name; col++)
        if (col->kind != PN_K_ROWS && !pn_absent(col, row) && cli_width(label(col)) > width)
            width = cli_width(label(col));
    for (const pn_col *col = type->cols; col->name; col++) {
        if (col->kind == PN_K_ROWS || (pn_absent(col, row) && !c->opts.wide && !c->opts.columns))
            continue;
        const char *colour = tone(c, col, row);
        const char *text = pn_show(c->p, col, row);
        put(label(col), width + GAP, false, false);
        printf("%*s%s", *text ? owed : 0, "", colour);
        owed = 0;
        if (*colour)
            printf("%s\033[0m\n", text);
        else
            lines(text, width + GAP);
    }
    for (const pn_col *col = type->cols; col->name; col++)
        if (col->kind == PN_K_ROWS)
            nested(c, col, row);
}
