/* SPDX-License-Identifier: Apache-2.0 */
/* where_int.h — filter terms of lists: text to typed conditions. */
#ifndef PNI_WHERE_H
#define PNI_WHERE_H

#include "base/bind_int.h"

#pragma GCC visibility push(hidden)

/** A list statement while it is put together. Text is made of constants of the sources and $n
 *  only; everything a caller typed travels as a bound value. */
typedef struct pni_query {
    pn *p;
    const pn_list_spec *spec;
    pn_buf sql;
    pni_scan scan;
    bool constant; /* the filter is the program's own: pn_list */
    int n, scanned; /* parameters; how many of those of constant text are bound */
    Oid oid[PNI_PARAMS_MAX];
    const char *value[PNI_PARAMS_MAX];
    int len[PNI_PARAMS_MAX];
} pni_query;

/** Append constant text that may hold :now, :me … and :q, :grams. */
PN_MUST int pni_query_put(pni_query *q, const char *text);
/** SQL expression of a column. */
PN_MUST int pni_query_col(pni_query *q, const pn_col *col);
/** Append "$n" bound to that column of a row. */
PN_MUST int pni_query_bind(pni_query *q, const pn_col *col, const void *row);
/** The column a person calls that: by its name, that without its unit, or its label. */
const pn_col *pni_col_said(const pn_type *type, const char *name);
/** Append " AND (…)" for every term of the filter text. */
PN_MUST int pni_where(pni_query *q, const char *where);

#pragma GCC visibility pop
#endif
