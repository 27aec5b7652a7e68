/* SPDX-License-Identifier: Apache-2.0 */
/* scan_int.h — `:name` text to `$1` text. */
#ifndef PNI_SCAN_H
#define PNI_SCAN_H

#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

enum { PNI_PARAMS_MAX = 64, PNI_NAME_MAX = 48, PNI_ROW_NAME = 64 };

typedef enum pni_special {
    PNI_COLUMN, PNI_NOW, PNI_ME, PNI_MY_MERCHANT, PNI_MY_ORGANISER, PNI_UNKNOWN
} pni_special;

typedef struct pni_param {
    const pn_col *col; /* PNI_COLUMN */
    pni_special special;
    bool array;
    bool row; /* many columns of many rows, see composite_int.h */
    bool one; /* of the only row */
} pni_param;

/** How a statement for many gets its rows. */
typedef enum pni_form {
    PNI_ARRAYS, /* each column as an array, as it is written */
    PNI_ROWS,   /* the first unnest() of several arrays becomes one of rows */
    PNI_ONE     /* there is one: every `unnest(:a, :b) u(a, b)` becomes `(select $1, $2) u(a, b)` */
} pni_form;

/** Called with each piece of the output text. */
typedef struct pni_scan {
    const pn_type *in;
    bool array;
    pni_form form;
    int n;
    pni_param param[PNI_PARAMS_MAX];
    char name[PNI_PARAMS_MAX][PNI_NAME_MAX];
    int row_n; /* columns of the rows, or how many unnest() there were; 0: none */
    const pn_col *row[PNI_PARAMS_MAX];
    char row_name[PNI_ROW_NAME];
    char bad[PNI_NAME_MAX]; /* the first name that is no column; "" = fine */
} pni_scan;

/** Length of a piece that is copied as it is: quoted text, comment, cast; 0 when s is not one. */
size_t pni_sql_opaque(const char *s);
/** Write the numbered text into out (size as text + 64·parameters is enough); returns its length,
 *  or -1 when there are too many parameters or an unknown name (then scan->bad). */
int pni_scan_sql(pni_scan *scan, const char *text, char *out, size_t size);

#pragma GCC visibility pop
#endif
