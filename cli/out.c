/* SPDX-License-Identifier: Apache-2.0 */
/* out.c — one result, six formats. The columns wanted become a type of their own, so that every
 * format prints exactly them without knowing that there was a choice. */
#include "cli.h"

#include <string.h>

int cli_format(const cli *c)
{
    return c->opts.output.v ? c->opts.output.v : CLI_TABLE;
}

static const pn_col *named(cli *c, const pn_type *type, const char *name)
{
    const pn_col *col = cli_col(type, name);
    if (col)
        return col;
    cli_near near = {.word = name};
    for (col = type->cols; col->name; col++) {
        if (!strcmp(pn_tr(col->label ? col->label : col->name), name))
            return col;
        cli_near_try(&near, col->name);
    }
    if (*near.best)
        cli_usage(c, _("No column is called '%s'; did you mean '%s'?"), name, near.best);
    else
        cli_usage(c, _("No column is called '%s'"), name);
    return NULL;
}

/* What a format shows when nobody chose: tables of lists only what matters, files everything. */
static bool wanted(const cli *c, const pn_type *type, const pn_col *col, bool list)
{
    if (cli_format(c) != CLI_TABLE || c->opts.wide || !list)
        return true;
    bool brief = false;
    for (const pn_col *i = type->cols; i->name; i++)
        brief |= (i->flags & PN_BRIEF) != 0;
    return brief ? (col->flags & (PN_BRIEF | PN_KEY)) != 0
                 : !(col->flags & PN_LONG) && col->kind != PN_K_ROWS;
}

const pn_type *cli_pick(cli *c, const pn_type *type, bool list)
{
    size_t n = 1, at = 0;
    for (const pn_col *col = type->cols; col->name; col++)
        n++;
    if (c->opts.columns)
        for (const char *s = c->opts.columns; *s; s++)
            n += *s == ',';
    pn_type *pick = pn_alloc(c->p, sizeof(*pick));
    pn_col *cols = pn_alloc(c->p, (n + 1) * sizeof(*cols));
    if (!pick || !cols)
        return cli_fail(c), NULL;
    *pick = (pn_type){type->name, type->size, cols};
    if (!c->opts.columns) {
        for (const pn_col *col = type->cols; col->name; col++)
            if (wanted(c, type, col, list))
                cols[at++] = *col;
        return pick;
    }
    char *names = pn_strdup(c->p, c->opts.columns), *rest = NULL;
    if (!names)
        return cli_fail(c), NULL;
    for (char *name = strtok_r(names, ", ", &rest); name; name = strtok_r(NULL, ", ", &rest)) {
        const pn_col *col = named(c, type, name);
        if (!col)
            return NULL;
        cols[at++] = *col;
    }
    return at ? pick : (cli_usage(c, _("--columns names no column")), NULL);
}

static int json(cli *c, const pn_type *type, const void *row, bool pretty, int depth)
{
    pn_buf b = pn_buf_new(c->p);
    pn_to_json(&b, type, row);
    if (b.bad)
        return cli_fail_with(c, &(pn_err){.code = PN_EMEM, .message = pn_code_text(PN_EMEM)});
    if (pretty)
        cli_json_pretty(stdout, b.text, b.len, depth);
    else
        fwrite(b.text, 1, b.len, stdout);
    return 0;
}

const pn_type *cli_rows_only(cli *c, const pn_type *type)
{
    const pn_col *only = type->cols;
    bool rows = only->name && only->kind == PN_K_ROWS && !only[1].name && only->of;
    return rows && cli_format(c) != CLI_JSON ? only->of : NULL;
}

int cli_print_one(cli *c, const pn_type *type, const void *row)
{
    int rc = 0;
    const pn_col *only = type->cols;
    if (cli_rows_only(c, type)) {
        cli_pages pages = {.whole = only->of};
        const pn_rows *in = (const void *)((const char *)row + only->offset);
        return cli_print_page(c, &pages, &(pn_page){.rows = *in}, true);
    }
    if (only->name && only->kind == PN_K_JSON && !only[1].name) { /* a document: as it is */
        const pn_json *in = (const void *)((const char *)row + only->offset);
        const char *text = in->text ? in->text : "null";
        size_t n = strlen(text);
        printf("%s%s", text, n && text[n - 1] == '\n' ? "" : "\n");
        return 0;
    }
    type = cli_pick(c, type, false);
    if (!type)
        return CLI_USAGE;
    switch (cli_format(c)) {
    case CLI_JSON:
    case CLI_JSONL:
        rc = json(c, type, row, cli_format(c) == CLI_JSON, 0);
        putchar('\n');
        break;
    case CLI_CSV:
    case CLI_TSV:
        if (c->opts.bom)
            fputs("\xef\xbb\xbf", stdout);
        cli_csv_head(type, cli_format(c) == CLI_TSV);
        cli_csv_row(c, type, row, cli_format(c) == CLI_TSV);
        break;
    case CLI_XLSX: {
        cli_pages book = {.type = type};
        rc = cli_xlsx_open(c, &book);
        rc = rc ? rc : cli_xlsx_row(c, &book, row);
        int end = cli_xlsx_end(c, &book, !rc);
        rc = rc ? rc : end;
        break;
    }
    default:
        cli_table_one(c, type, row);
    }
    return rc;
}

static int open_list(cli *c, cli_pages *s, const pn_page *page)
{
    switch (cli_format(c)) {
    case CLI_JSON:
        fputs("{\n  \"rows\": [", stdout);
        break;
    case CLI_CSV:
    case CLI_TSV:
        if (c->opts.bom)
            fputs("\xef\xbb\xbf", stdout);
        cli_csv_head(s->type, cli_format(c) == CLI_TSV);
        break;
    case CLI_TABLE:
        cli_table_head(c, s->type, &page->rows, &s->widths);
        break;
    case CLI_XLSX:
        return cli_xlsx_open(c, s);
    default:
        break;
    }
    return 0;
}

static int json_rows(cli *c, cli_pages *s, const pn_page *page, bool last)
{
    const char *row = page->rows.row;
    bool pretty = cli_format(c) == CLI_JSON;
    for (size_t i = 0; i < page->rows.n; i++, row += s->type->size) {
        if (pretty)
            fputs(s->n++ ? ",\n    " : "\n    ", stdout);
        int rc = json(c, s->type, row, pretty, 2);
        if (rc)
            return rc;
        if (!pretty)
            putchar('\n');
    }
    if (pretty && last) {
        pn_buf b = pn_buf_new(c->p);
        pn_buf_json(&b, page->next);
        printf("%s],\n  \"next\": %s\n}\n", s->n ? "\n  " : "", b.bad ? "null" : b.text);
    }
    return 0;
}

int cli_print_page(cli *c, cli_pages *s, const pn_page *page, bool last)
{
    if (!s->open && !(s->type = cli_pick(c, s->whole, true)))
        return CLI_USAGE;
    if (cli_format(c) == CLI_TABLE || cli_format(c) == CLI_XLSX)
        pn_people(c->p, s->type, page->rows.row, page->rows.n);
    if (!s->open) {
        s->open = true;
        int opened = open_list(c, s, page);
        if (opened)
            return opened;
    }
    const char *row = page->rows.row;
    int rc = 0;
    switch (cli_format(c)) {
    case CLI_JSON: /* names the next page itself */
        return json_rows(c, s, page, last);
    case CLI_JSONL:
        rc = json_rows(c, s, page, last);
        break;
    case CLI_CSV:
    case CLI_TSV:
        for (size_t i = 0; i < page->rows.n; i++, row += s->type->size)
            cli_csv_row(c, s->type, row, cli_format(c) == CLI_TSV);
        break;
    case CLI_XLSX:
        for (size_t i = 0; !rc && i < page->rows.n; i++, row += s->type->size)
            rc = cli_xlsx_row(c, s, row);
        if (!rc && last)
            rc = cli_xlsx_end(c, s, true);
        break;
    default:
        cli_table_rows(c, s->type, &page->rows, s->widths, 0);
    }
    if (last && page->next && (c->tty || !s->limited)) { /* never cut off in silence */
        fflush(stdout);
        fprintf(stderr, _("More: --after %s, or --all\n"), page->next);
    }
    return rc;
}
