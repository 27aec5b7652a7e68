/* SPDX-License-Identifier: Apache-2.0 */
/* xlsx.c — rows as a spreadsheet. It is made in a file that has no name, and goes out when it is
 * whole: a spreadsheet cannot be read from its beginning. */
#include "cli.h"

#include <base/xlsx.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

struct cli_book {
    pn_xlsx *x;
    FILE *file;
    uint32_t rows;
};

static int refuse(cli *c, const char *why)
{
    return cli_fail_with(c, &(pn_err){.code = PN_EIO,
                                      .message = pn_printf(c->p, "-o xlsx: %s", why)});
}

int cli_xlsx_open(cli *c, cli_pages *s)
{
    char path[64];
    if (c->tty)
        return cli_usage(c, "%s", _("A spreadsheet is for a file: add > FILE.xlsx"));
    struct cli_book *b = s->book = pn_alloc(c->p, sizeof(*b));
    if (!b)
        return cli_fail(c);
    b->file = tmpfile();
    if (!b->file)
        return refuse(c, strerror(errno));
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(b->file));
    b->x = pn_xlsx_open(path);
    if (!b->x)
        return refuse(c, pn_xlsx_why());
    uint16_t at = 0;
    for (const pn_col *col = s->type->cols; col->name; col++)
        pn_xlsx_text(b->x, 0, at++, pn_tr(col->label && *col->label ? col->label : col->name));
    return 0;
}

int cli_xlsx_row(cli *c, cli_pages *s, const void *row)
{
    uint16_t at = 0;
    if (s->book->rows == PN_XLSX_ROWS)
        return refuse(c, _("a spreadsheet has no more than 1,048,576 rows"));
    s->book->rows++;
    for (const pn_col *col = s->type->cols; col->name; col++)
        pn_xlsx_value(s->book->x, s->book->rows, at++, col, pn_plain(c->p, col, row),
                      pn_show(c->p, col, row));
    return 0;
}

int cli_xlsx_end(cli *c, cli_pages *s, bool whole)
{
    struct cli_book *b = s->book;
    char part[8192];
    if (!b)
        return 0;
    int rc = b->x && pn_xlsx_close(b->x) && whole ? refuse(c, strerror(errno)) : 0;
    if (b->file) {
        rewind(b->file);
        for (size_t n; !rc && whole && (n = fread(part, 1, sizeof(part), b->file));)
            fwrite(part, 1, n, stdout);
        fclose(b->file);
    }
    s->book = NULL;
    return rc;
}
