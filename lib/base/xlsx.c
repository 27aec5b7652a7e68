/* SPDX-License-Identifier: Apache-2.0 */
/* xlsx.c — spreadsheets by libxlsxwriter, loaded when the first one is written. */
#include "xlsx.h"

#include "unit.h"
#include "value_int.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

struct pn_xlsx {
    lxw_workbook *book;
    lxw_worksheet *page;
    lxw_format *money, *share, *bold;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct {
    bool ready;
    __typeof__(&workbook_new_opt) open;
    __typeof__(&workbook_add_worksheet) page;
    __typeof__(&workbook_add_format) format;
    __typeof__(&format_set_num_format) number_format;
    __typeof__(&format_set_bold) bold;
    __typeof__(&worksheet_freeze_panes) freeze;
    __typeof__(&worksheet_write_number) number;
    __typeof__(&worksheet_write_string) text;
    __typeof__(&workbook_close) close;
} lib;

static void load(void)
{
    void *so = dlopen("libxlsxwriter.so." LXW_SOVERSION, RTLD_LAZY | RTLD_LOCAL);
    if (!so)
        return;
#define FIND(field, symbol) lib.field = (__typeof__(lib.field))dlsym(so, #symbol)
    FIND(open, workbook_new_opt);
    FIND(page, workbook_add_worksheet);
    FIND(format, workbook_add_format);
    FIND(number_format, format_set_num_format);
    FIND(bold, format_set_bold);
    FIND(freeze, worksheet_freeze_panes);
    FIND(number, worksheet_write_number);
    FIND(text, worksheet_write_string);
    FIND(close, workbook_close);
#undef FIND
    lib.ready = lib.open && lib.page && lib.format && lib.number_format && lib.bold &&
                lib.freeze && lib.number && lib.text && lib.close;
}

const char *pn_xlsx_why(void)
{
    return lib.ready ? strerrordesc_np(errno)
                     : pn_tr("libxlsxwriter, which writes spreadsheets, cannot be loaded:"
                             " install libxlsxwriter4");
}

static bool furnish(pn_xlsx *x)
{
    x->page = x->book ? lib.page(x->book, NULL) : NULL;
    x->money = x->book ? lib.format(x->book) : NULL;
    x->share = x->book ? lib.format(x->book) : NULL;
    x->bold = x->book ? lib.format(x->book) : NULL;
    if (!x->page || !x->money || !x->share || !x->bold)
        return false;
    lib.number_format(x->money, "#,##0.00");
    lib.number_format(x->share, "0.00%");
    lib.bold(x->bold);
    lib.freeze(x->page, 1, 0);
    return true;
}

pn_xlsx *pn_xlsx_open(const char *path)
{
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    pthread_once(&once, load);
    FILE *probe = lib.ready ? fopen(path, "we") : NULL; /* to learn whether one can */
    if (!probe || fclose(probe))
        return NULL;
    pn_xlsx *x = calloc(1, sizeof *x);
    if (!x)
        return NULL;
    x->book = lib.open(path, &options);
    if (furnish(x))
        return x;
    if (x->book)
        (void)lib.close(x->book);
    free(x);
    errno = ENOMEM;
    return NULL;
}

void pn_xlsx_text(pn_xlsx *x, uint32_t row, uint16_t col, const char *text)
{
    lib.text(x->page, row, col, text, row ? NULL : x->bold);
}

void pn_xlsx_number(pn_xlsx *x, uint32_t row, uint16_t col, double number, bool money)
{
    lib.number(x->page, row, col, number, money ? x->money : NULL);
}

void pn_xlsx_value(pn_xlsx *x, uint32_t row, uint16_t at, const pn_col *col, const char *plain,
                   const char *show)
{
    bool number = col->kind == PN_K_INT4 || col->kind == PN_K_REAL || col->kind == PN_K_MONEY ||
                  (col->kind == PN_K_INT && !col->ref && !(col->flags & PN_KEY));
    if (!*plain)
        return;
    if (pni_is_share(col))
        lib.number(x->page, row, at, strtod(plain, NULL) / 10000, x->share);
    else if (number)
        pn_xlsx_number(x, row, at, strtod(plain, NULL), col->kind == PN_K_MONEY);
    else
        pn_xlsx_text(x, row, at, show);
}

int pn_xlsx_close(pn_xlsx *x)
{
    int rc = lib.close(x->book) ? -1 : 0;
    free(x);
    return rc;
}
