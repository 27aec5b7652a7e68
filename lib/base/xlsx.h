/* SPDX-License-Identifier: Apache-2.0 */
/* xlsx.h — rows into a spreadsheet, one after the other: a million of them need no more memory than
 * ten. */
#ifndef PN_XLSX_H
#define PN_XLSX_H

#include "base/col.h"

#include <stdbool.h>
#include <stdint.h>

PN_BEGIN

enum { PN_XLSX_ROWS = 1048575 }; /* a sheet has no more, its head not counted */

typedef struct pn_xlsx pn_xlsx;

/** A new file of that name. NULL when it cannot be made; pn_xlsx_why() says why. */
pn_xlsx *pn_xlsx_open(const char *path);
const char *pn_xlsx_why(void);
/** Cells of row 0 are the head: bold, and always to be seen. Rows must come in their order. */
void pn_xlsx_text(pn_xlsx *book, uint32_t row, uint16_t col, const char *text);
void pn_xlsx_number(pn_xlsx *book, uint32_t row, uint16_t col, double number, bool money);
/** A value of a column: numbers as numbers, yuan as money, ids as the text that people read: a
 *  spreadsheet would round them. `plain` is it for machines, `show` for people; "": no cell. */
void pn_xlsx_value(pn_xlsx *book, uint32_t row, uint16_t at, const pn_col *col, const char *plain,
                   const char *show);
/** Write and free it. 0, or -1: it could not be written whole. */
int pn_xlsx_close(pn_xlsx *book);

PN_END
#endif
