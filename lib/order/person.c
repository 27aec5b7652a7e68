/* SPDX-License-Identifier: Apache-2.0 */
/* person.c — identity documents: is it one, how is it masked.
 *
 * A right check digit proves nothing about the person; it only catches typing errors before a
 * ticket is bound to a number that no gate will ever see. */
#include <ctype.h>
#include <string.h>

#include "order/order_int.h"

const pn_words pn_doc_types[] = {PN_DOC_TYPES(PN_WORD_ROW){0}};

static int number(const char *s, size_t n)
{
    int v = 0;
    for (size_t i = 0; i < n; i++)
        v = v * 10 + (s[i] - '0');
    return v;
}

static bool real_date(const char *s)
{
    static const int last[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int y = number(s, 4), m = number(s + 4, 2), d = number(s + 6, 2);
    if (y < 1880 || m < 1 || m > 12 || d < 1)
        return false;
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return d <= last[m - 1] + (m == 2 && leap);
}

/* Days since 1970 of a yyyymmdd, to keep birthdays out of the future. */
static int64_t day_number(const char *s)
{
    int64_t y = number(s, 4), m = number(s + 4, 2), d = number(s + 6, 2);
    y -= m <= 2;
    int64_t era = y / 400, yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static bool province(const char *s)
{
    static const char codes[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 "
                                "51 52 53 54 61 62 63 64 65 71 81 82 83 ";
    char two[] = {s[0], s[1], ' ', 0};
    return s[0] == '9' || strstr(codes, two) != NULL;
}

/* GB 11643-1999: 17 digits and a check character, mod 11. */
static const char *id_card_fault(const char *s, int64_t today)
{
    static const int weight[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    if (strlen(s) != 18 || !pni_digits(s, 17))
        return pn_tr("An identity card number has 17 digits and a digit or X");
    if (!province(s))
        return pn_tr("The identity card number names no province");
    if (!real_date(s + 6) || day_number(s + 6) > today)
        return pn_tr("The birthday in the identity card number is no date");
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += (s[i] - '0') * weight[i];
    if ("10X98765432"[sum % 11] == s[17])
        return NULL;
    return pn_tr("The check digit of the identity card is wrong");
}

static const char *doc_fault(const char *s, pn_word type, int64_t today)
{
    size_t n = strlen(s);
    if (type.v == PN_DOC_ID_CARD)
        return id_card_fault(s, today);
    if (type.v == PN_DOC_HK_MACAU)
        return (s[0] == 'H' || s[0] == 'M') && n >= 9 && n <= 11 && pni_digits(s + 1, n - 1)
                   ? NULL
                   : pn_tr("A Hong Kong and Macau permit is H or M and 8 to 10 digits");
    if (type.v == PN_DOC_TAIWAN)
        return n == 8 && pni_digits(s, n) ? NULL : pn_tr("A Taiwan travel permit has 8 digits");
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)s[i]))
            return pn_tr("A passport number has letters and digits only");
    return n >= 5 && n <= 15 ? NULL : pn_tr("A passport number has 5 to 15 characters");
}

int pni_doc_check(pn *p, pn_word type, const char *doc, const char *field, const char **clean)
{
    if (!doc)
        return pn_fail(p, PN_EREALNAME, field, "%s", pn_tr("A document number is required"));
    char *s = pni_tidy(p, doc);
    if (!s)
        return pn_fail(p, PN_EREALNAME, field, "%s", pn_tr("This is no document number"));
    if (!type.v)
        type.v = PN_DOC_ID_CARD;
    const int64_t day = INT64_C(86400000000), zone = INT64_C(28800000000);
    const char *fault = doc_fault(s, type, (pn_now(p).us + zone) / day);
    if (fault) {
        pn_fail(p, PN_EREALNAME, field, "%s", fault);
        return pn_hint(p, "%s", pn_tr("Compare it with the document, digit by digit"));
    }
    *clean = s;
    return 0;
}

const char *pni_mask_doc(pn *p, const char *doc)
{
    size_t n = doc ? strlen(doc) : 0;
    if (n == 0)
        return NULL;
    size_t head = n > 8 ? 3 : 1, tail = n > 8 ? 4 : 1;
    char *s = pn_strdup(p, doc);
    for (size_t i = head; s && i + tail < n; i++)
        s[i] = '*';
    return s;
}
