/* SPDX-License-Identifier: Apache-2.0 */
/* sql_check_int.h — what the SQL walk and the list engine need of statements. */
#ifndef PNI_SQL_CHECK_H
#define PNI_SQL_CHECK_H

#include "base/db_int.h"

#pragma GCC visibility push(hidden)

/** made->row_n 0: a statement for many has nothing that could have this form. */
PN_MUST int pni_stmt_compile(pn *p, const pn_sql *sql, pni_form form, pni_stmt *made);
PN_MUST int pni_bind_special(pn *p, pni_special which, const char **value, int *len);

#pragma GCC visibility pop
#endif
