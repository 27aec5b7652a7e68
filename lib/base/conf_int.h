/* SPDX-License-Identifier: Apache-2.0 */
/* conf_int.h — reading piaoniu.yaml. It happens before there is a unit, so text is malloc'd. */
#ifndef PNI_CONF_H
#define PNI_CONF_H

#include "conf.h"
#include "err.h"

#pragma GCC visibility push(hidden)

struct pni_conf;

/** Read `path`, else PN_CONF, else the first of the usual places that exists, else only defaults.
 *  On failure *out is NULL, *message says file:line:col, key and what was expected, *hint what to
 *  do (or NULL); free() both. Both are NULL when memory ran out. */
PN_MUST pn_code pni_conf_load(const char *path, struct pni_conf **out, char **message, char **hint);
void pni_conf_free(struct pni_conf *conf); /* NULL is fine */

/** Value or default; "" when the key is unknown. Lives as long as `conf`. */
const char *pni_conf_text(const struct pni_conf *conf, const char *key);
int64_t pni_conf_int(const struct pni_conf *conf, const char *key); /* 0 when it is not a number */
/** The file that was read; "" when none was. */
const char *pni_conf_file(const struct pni_conf *conf);
/** PN_STATE, else `state_dir`, else the system's or the user's state folder. Always absolute. */
const char *pni_conf_state_dir(const struct pni_conf *conf);

/** How many letters must change to make one name the other (64 letters at most). */
int pni_text_distance(const char *a, const char *b);

/** The environment, for the whole library: NULL when unset or empty. */
const char *pni_env(const char *name);
static inline const char *pni_data_dir(void) { return pn_data_dir(); }

#pragma GCC visibility pop
#endif
