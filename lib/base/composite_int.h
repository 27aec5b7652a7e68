/* SPDX-License-Identifier: Apache-2.0 */
/* composite_int.h — the rows of a statement for many as one value: an array of a composite type.
 *
 * unnest() of many arrays keeps a store for each of them and reads a row from all: some 0.2 us a
 * value, more than it costs to write it. Of an array of rows it is 0.02. So in a statement with
 * `array`, the first `unnest(:a, :b, …)` of two columns or more becomes one `unnest($1::row_lt[])`.
 * The types are told by their columns (`row_lt`: bigint, text) and made by pn_migrate() for all
 * statements there are. A database that lacks one gets the arrays, as they were written.
 *
 * One row alone is most of what a statement for many ever gets. Its values need no array and no
 * function that reads one, and are known to be one row when the statement is planned: each
 * `unnest(:a, :b) u(a, b)` becomes `(select $1, $2) u(a, b)`, some five microseconds cheaper. */
#ifndef PNI_COMPOSITE_H
#define PNI_COMPOSITE_H

#include "base/db_int.h"

#pragma GCC visibility push(hidden)

/** The letter of a column's type in the name of a row's; 0: it cannot be in one. */
char pni_row_letter(const pn_col *col);
/** The type of this connection's database; *oid 0: it has none of that name, or nobody asked. */
PN_MUST int pni_row_type(pn *p, const char *name, Oid *oid);
/** What is lacking, in this database; a transaction is the caller's. */
PN_MUST int pni_row_types_make(pn *p, PGconn *pg);
/** n structs, `size` bytes apart, as an array of rows of that type. */
PN_MUST int pni_bind_rows(pn *p, const pni_stmt *stmt, Oid type, const void *rows, size_t n,
                          const char **value, int *len);

/** A connection's types, in the order of their names. */
typedef struct pni_row_types pni_row_types;

#pragma GCC visibility pop
#endif
