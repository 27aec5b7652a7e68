/* SPDX-License-Identifier: Apache-2.0 */
/* csv_int.h — reading CSV (RFC 4180) row by row, in place. */
#ifndef PNI_CSV_H
#define PNI_CSV_H

#include "unit.h"

#pragma GCC visibility push(hidden)

typedef struct pni_csv {
    char *at, *end; /* the text, which is cut up while reading */
    char sep;
    int64_t line; /* where the reader stands */
    int64_t row;  /* where the row just read began */
} pni_csv;

typedef enum pni_csv_got {
    PNI_CSV_END,
    PNI_CSV_ROW,
    PNI_CSV_OPEN,  /* a quote is not closed, or text follows a closed one */
    PNI_CSV_QUOTE, /* a quote inside a field that does not begin with one */
    PNI_CSV_WIDE,  /* more fields than `cap` */
} pni_csv_got;

/** Begin. `text` of `len` bytes is written to, and text[len] too. The separator is the first of
 *  , ; tab that the first line has outside quotes. */
void pni_csv_begin(pni_csv *c, char *text, size_t len);
/** The next row that is not blank: its n fields, ended by NUL, inside the text. After a bad row
 *  the reader stands at the line after the bad row's first one, so that one forgotten quote costs
 *  one row and not the file. */
pni_csv_got pni_csv_next(pni_csv *c, const char **fields, size_t cap, size_t *n);

#pragma GCC visibility pop
#endif
