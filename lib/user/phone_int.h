/* SPDX-License-Identifier: Apache-2.0 */
/* phone_int.h — telephone numbers: is it one, how is it masked. Names, too. */
#ifndef PNI_PHONE_H
#define PNI_PHONE_H

#include "base/unit.h"

#pragma GCC visibility push(hidden)

/** Mainland mobile, or + and 6 to 15 digits; the clean form. */
PN_MUST int pni_phone_check(pn *p, const char *phone, const char *field, const char **clean);
/** The last four digits. */
const char *pni_phone_tail(const char *phone);
/** "138****1234". */
const char *pni_mask_phone(pn *p, const char *phone);
/** "*三". */
const char *pni_mask_name(pn *p, const char *name);

/** Capitals without blanks and dashes, at most 32 characters; NULL when longer or empty. */
char *pni_tidy(pn *p, const char *text);
/** Are the first n all digits? */
bool pni_digits(const char *s, size_t n);

#pragma GCC visibility pop
#endif
