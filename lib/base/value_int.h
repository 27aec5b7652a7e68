/* SPDX-License-Identifier: Apache-2.0 */
/* value_int.h — pieces of value handling that lib/base shares. */
#ifndef PNI_VALUE_H
#define PNI_VALUE_H

#include "base/op.h"

#pragma GCC visibility push(hidden)

bool pni_money_parse(const char *text, int64_t *fen);         /* "1280", "19.9", "¥1,280.00" */
const char *pni_money_text(pn *p, int64_t fen);               /* "1280.00" */
bool pni_utf8(const char *s, size_t *chars);                  /* valid? how many characters? */
bool pni_is_share(const pn_col *col);                         /* basis points: people read % */
/** Read JSON; keys that are there twice are refused. What is wrong is told in our words, with its
 *  place; `flags` are jansson's, `json_t` is its type. */
struct json_t;
PN_MUST int pni_json_load(pn *p, const char *field, const char *json, size_t len, size_t flags,
                          struct json_t **out);
/** After it failed on what somebody wrote by hand: how JSON is written. Returns the code. */
PN_MUST int pni_json_hint(pn *p);
PN_MUST int pni_json_check(pn *p, const char *field, const char *text);
PN_MUST int pni_rows_from_json(pn *p, const pn_col *col, const char *json, size_t len,
                               pn_rows *out);

#pragma GCC visibility pop
#endif
