/* SPDX-License-Identifier: Apache-2.0 */
/* bind_int.h — fields to and from PostgreSQL's binary format. */
#ifndef PNI_BIND_H
#define PNI_BIND_H

#include "base/db_int.h"

#pragma GCC visibility push(hidden)

enum {
    PNI_OID_BOOL = 16, PNI_OID_BYTEA = 17, PNI_OID_NAME = 19, PNI_OID_INT8 = 20, PNI_OID_INT2 = 21,
    PNI_OID_INT4 = 23, PNI_OID_TEXT = 25, PNI_OID_OID = 26, PNI_OID_JSON = 114,
    PNI_OID_FLOAT8 = 701, PNI_OID_BPCHAR = 1042, PNI_OID_VARCHAR = 1043, PNI_OID_DATE = 1082,
    PNI_OID_TIMESTAMPTZ = 1184, PNI_OID_NUMERIC = 1700, PNI_OID_JSONB = 3802,
    PNI_OID_TEXT_ARRAY = 1009, PNI_OID_INT4_ARRAY = 1007, PNI_OID_INT8_ARRAY = 1016,
};

Oid pni_oid_of(const pn_col *col);       /* parameter type of a column */
Oid pni_array_oid_of(const pn_col *col); /* parameter type of an array of it; 0 = none */
Oid pni_array_oid(Oid oid);              /* the array of that type; 0 = none */
/** One field as a binary value; *value stays NULL for SQL NULL. */
PN_MUST int pni_bind(pn *p, const pn_col *col, const void *row, const char **value, int *len);
/** The same field of n rows (size bytes apart) as one array value. */
PN_MUST int pni_bind_array(pn *p, const pn_col *col, const void *rows, size_t size, size_t n,
                           const char **value, int *len);
/** n values that are bound already as one array value; NULL is NULL there, too. */
PN_MUST int pni_bind_values(pn *p, Oid elem, const char *const values[], const int lens[], size_t n,
                            const char **value, int *len);
/** Can a result of this type go into that column? */
bool pni_fits(const pn_col *col, Oid oid);
PN_MUST int pni_field_decode(pn *p, const pn_col *col, Oid oid, const char *value, int len,
                             void *row);

#pragma GCC visibility pop
#endif
