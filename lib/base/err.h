/* SPDX-License-Identifier: Apache-2.0 */
/* err.h — one table of codes, one slot of words per unit. */
#ifndef PN_ERR_H
#define PN_ERR_H

#include "api.h"

PN_BEGIN

typedef enum pn_code {
    PN_OK = 0,
#define ERR(name, exit_code, http, retry, text) PN_E##name,
#include "err.def"
#undef ERR
    PN_CODES
} pn_code;

/** What went wrong. Text belongs to the unit (or the context, while opening it) and lives until
 *  its next call. `message` says what happened with the values in it, already translated; `hint`
 *  what to do next (may be NULL); `field` names an input of the operation that was called (may be
 *  NULL); `where` is file:line of the refusal, for logs; `sqlstate` is "" unless the database
 *  spoke; `retry_s` says in how many seconds it is worth another try, 0: not told. */
typedef struct pn_err {
    pn_code code;
    const char *message, *hint, *field, *where;
    char sqlstate[6];
    int retry_s;
} pn_err;

const char *pn_code_name(pn_code code);  /* "STOCK"; "OK" for 0; never NULL */
const char *pn_code_text(pn_code code);  /* the general sentence, translated */
int pn_code_exit(pn_code code);          /* process exit status */
int pn_code_http(pn_code code);          /* HTTP status */
bool pn_code_retry(pn_code code);        /* may the same request be sent again as it is */

PN_END
#endif
