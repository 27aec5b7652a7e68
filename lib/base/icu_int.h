/* SPDX-License-Identifier: Apache-2.0 */
/* icu_int.h — the few things wanted of ICU, which is loaded when first needed: it is the largest
 * library of all and most commands never search. */
#ifndef PNI_ICU_H
#define PNI_ICU_H

#include "unit.h"

#pragma GCC visibility push(hidden)

typedef enum pni_icu_rule { PNI_ICU_FOLD, PNI_ICU_PINYIN, PNI_ICU_RULES } pni_icu_rule;

/** Transliterate UTF-8 text by one of the rules. */
PN_MUST int pni_icu(pn *p, pni_icu_rule rule, const char *text, const char **out);

#pragma GCC visibility pop
#endif
