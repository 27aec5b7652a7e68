/* SPDX-License-Identifier: Apache-2.0 */
/* sheet.h — rows into a file: CSV, JSON or XLSX. It gets its name when it is whole. */
#ifndef TUI_SHEET_H
#define TUI_SHEET_H

#include "model.h"

#include <base/xlsx.h>

typedef enum { SHEET_CSV, SHEET_JSON, SHEET_XLSX } sheet_kind;
enum { SHEET_COLS = 64, SHEET_XLSX_ROWS = PN_XLSX_ROWS };

struct sheet;

/** A file of these columns of a type; NULL: *why says why not. */
struct sheet *sheet_open(const char *path, sheet_kind kind, const pn_type *type, const int *cols,
                         int n, const char **why);
void sheet_row(struct sheet *sheet, const struct tui_table *table, int row);
/** `whole`: it gets its name; else it goes. 0, or -1 with errno when it could not be written. */
int sheet_close(struct sheet *sheet, bool whole);

#endif
