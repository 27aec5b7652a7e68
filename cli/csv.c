/* SPDX-License-Identifier: Apache-2.0 */
/* csv.c — rows for other programs: RFC 4180 with CRLF, or tab-separated with backslash escapes. */
#include "cli.h"

#include <string.h>

static void cell(const char *text, bool tabs)
{
    if (!tabs) {
        if (!strpbrk(text, ",\"\r\n")) {
            fputs(text, stdout);
            return;
        }
        putchar('"');
        for (; *text; text++) {
            if (*text == '"')
                putchar('"');
            putchar(*text);
        }
        putchar('"');
        return;
    }
    for (; *text; text++) {
        static const char from[] = "\t\n\r\\", to[] = "tnr\\";
        const char *escape = strchr(from, *text);
        if (escape) {
            putchar('\\');
            putchar(to[escape - from]);
        } else {
            putchar(*text);
        }
    }
}

static void end(bool tabs)
{
    fputs(tabs ? "\n" : "\r\n", stdout);
}

void cli_csv_head(const pn_type *type, bool tabs)
{
    for (const pn_col *col = type->cols; col->name; col++) {
        if (col != type->cols)
            putchar(tabs ? '\t' : ',');
        fputs(col->name, stdout);
    }
    end(tabs);
}

void cli_csv_row(cli *c, const pn_type *type, const void *row, bool tabs)
{
    for (const pn_col *col = type->cols; col->name; col++) {
        if (col != type->cols)
            putchar(tabs ? '\t' : ',');
        cell(pn_plain(c->p, col, row), tabs);
    }
    end(tabs);
}
