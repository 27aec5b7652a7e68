/* SPDX-License-Identifier: Apache-2.0 */
/* phone.c — see phone_int.h. */
#include "user/phone_int.h"

#include <ctype.h>
#include <string.h>

char *pni_tidy(pn *p, const char *doc)
{
    char *clean = pn_alloc(p, 34);
    size_t n = 0;
    for (const char *s = doc; clean && *s; s++) {
        if (*s == ' ' || *s == '-')
            continue;
        if (n == 32)
            return NULL;
        clean[n++] = (char)toupper((unsigned char)*s);
    }
    return n ? clean : NULL;
}

bool pni_digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isdigit((unsigned char)s[i]))
            return false;
    return true;
}

const char *pni_mask_phone(pn *p, const char *phone)
{
    size_t n = phone ? strlen(phone) : 0;
    if (n == 0)
        return NULL;
    if (n < 8)
        return "****";
    return pn_printf(p, "%.3s****%s", phone, phone + n - 4);
}

/* Characters of UTF-8 text: where the last one starts. */
static const char *last_char(const char *s)
{
    const char *last = s;
    for (; *s; s++)
        if (((unsigned char)*s & 0xc0) != 0x80)
            last = s;
    return last;
}

const char *pni_mask_name(pn *p, const char *name)
{
    return name && *name ? pn_printf(p, "*%s", last_char(name)) : NULL;
}

const char *pni_phone_tail(const char *phone)
{
    size_t n = strlen(phone);
    return phone + (n > 4 ? n - 4 : 0);
}

int pni_phone_check(pn *p, const char *phone, const char *field, const char **clean)
{
    char *s = pni_tidy(p, phone);
    size_t n = s ? strlen(s) : 0;
    if (n > 3 && strncmp(s, "+86", 3) == 0) {
        s += 3;
        n -= 3;
    }
    bool mainland = n == 11 && s[0] == '1' && s[1] >= '3' && pni_digits(s, 11);
    bool abroad = n >= 7 && n <= 16 && s[0] == '+' && pni_digits(s + 1, n - 1);
    if (!mainland && !abroad) {
        pn_fail(p, PN_EARG, field, pn_tr("“%s” is no telephone number"), pni_mask_phone(p, phone));
        return pn_hint(p, "%s", pn_tr("11 digits of a mobile, or + and the number with country"));
    }
    *clean = s;
    return 0;
}
