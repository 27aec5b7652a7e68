/* SPDX-License-Identifier: Apache-2.0 */
/* when.c — times as people write them, in the business zone. Asia/Shanghai has had one offset and
 * no summer time since 1992, so the zone is a constant and needs no zone database. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/when_int.h"

enum { YEAR_FIRST = 1900, YEAR_LAST = 9999 };

static int64_t days_of(int y, int m, int d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    unsigned yoe = (unsigned)(y - era * 400);
    unsigned doy = (153u * (unsigned)(m + (m > 2 ? -3 : 9)) + 2) / 5 + (unsigned)d - 1;
    unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + (int64_t)doe - 719468;
}

void pni_civil(int64_t days, int *y, int *m, int *d)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    unsigned doe = (unsigned)(days - era * 146097);
    unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    unsigned mp = (5 * doy + 2) / 153;
    *d = (int)(doy - (153 * mp + 2) / 5 + 1);
    *m = (int)(mp < 10 ? mp + 3 : mp - 9);
    *y = (int)((int64_t)yoe + era * 400) + (*m <= 2);
}

int32_t pni_month_of(int64_t days, int ahead)
{
    int y, m, d;
    pni_civil(days, &y, &m, &d);
    int64_t first = days - (d - 1);
    if (!ahead)
        return (int32_t)first;
    pni_civil(first + 31, &y, &m, &d);
    return (int32_t)(first + 31 - (d - 1));
}

int64_t pni_local_day(pn_time t)
{
    int64_t us = t.us + PNI_ZONE_US;
    return us >= 0 ? us / PNI_DAY_US : -((PNI_DAY_US - 1 - us) / PNI_DAY_US);
}

static bool number(const char **s, int digits_min, int digits_max, int *out)
{
    int n = 0, v = 0;
    while (n < digits_max && isdigit((unsigned char)(*s)[n]))
        v = v * 10 + ((*s)[n++] - '0');
    if (n < digits_min)
        return false;
    *s += n;
    *out = v;
    return true;
}

static bool date_part(const char **s, int64_t *days)
{
    int y, m, d;
    const char *t = *s;
    if (!number(&t, 4, 4, &y) || (*t != '-' && *t != '/') || (t++, !number(&t, 1, 2, &m)) ||
        (*t != '-' && *t != '/') || (t++, !number(&t, 1, 2, &d)))
        return false;
    int yy, mm, dd;
    *days = days_of(y, m, d);
    pni_civil(*days, &yy, &mm, &dd);
    if (yy != y || mm != m || dd != d || y < YEAR_FIRST)
        return false;
    *s = t;
    return true;
}

/* HH:MM[:SS[.ffffff]][Z|±HH[:]MM] -> microseconds of the day, minus the zone. */
static bool clock_part(const char **s, int64_t *us)
{
    int h, m, sec = 0;
    int64_t frac = 0, unit = 100000, zone = PNI_ZONE_US;
    if (!number(s, 1, 2, &h) || *(*s)++ != ':' || !number(s, 2, 2, &m) || h > 24 || m > 59)
        return false;
    if (**s == ':' && ((*s)++, !number(s, 2, 2, &sec) || sec > 59))
        return false;
    if (**s == '.')
        for ((*s)++; isdigit((unsigned char)**s); (*s)++, unit /= 10)
            frac += (**s - '0') * unit;
    if (**s == 'Z' || **s == 'z') {
        (*s)++;
        zone = 0;
    } else if (**s == '+' || **s == '-') {
        int sign = *(*s)++ == '-' ? -1 : 1, zh, zm = 0;
        if (!number(s, 2, 2, &zh))
            return false;
        if (**s == ':')
            (*s)++;
        number(s, 2, 2, &zm);
        zone = sign * (zh * 3600LL + zm * 60LL) * 1000000;
    }
    *us = ((h * 3600LL + m * 60LL + sec) * 1000000) + frac - zone;
    return true;
}

/* today, D+14, … -> day; false when it is no such word */
static bool day_word(const char **s, pn_time now, int64_t *days)
{
    static const struct { const char *word; int off; } words[] = {
        {"today", 0}, {"今天", 0}, {"yesterday", -1}, {"昨天", -1}, {"tomorrow", 1}, {"明天", 1}};
    int64_t today = pni_local_day(now);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i].word);
        if (!strncmp(*s, words[i].word, len)) {
            *s += len;
            *days = today + words[i].off;
            return true;
        }
    }
    if (!strncmp(*s, "本周", 6) || !strncmp(*s, "thisweek", 8)) {
        *s += **s == 't' ? 8 : 6;
        *days = today - (today + 3) % 7; /* 1970-01-01 was a Thursday; weeks begin on Monday */
        return true;
    }
    if (((*s)[0] == 'D' || (*s)[0] == 'd') && ((*s)[1] == '+' || (*s)[1] == '-')) {
        const char *t = *s + 2;
        int off;
        if (!number(&t, 1, 4, &off))
            return false;
        *days = today + ((*s)[1] == '-' ? -off : off);
        *s = t;
        return true;
    }
    return false;
}

/* 30m 2h 3d ago, +30m from now */
static bool relative(const char *s, pn_time now, pn_time *out)
{
    int sign = -1, n;
    if (*s == '+' || *s == '-')
        sign = *s++ == '+' ? 1 : -1;
    if (!number(&s, 1, 6, &n) || !*s || s[1])
        return false;
    int64_t unit = *s == 's' ? 1 : *s == 'm' ? 60 : *s == 'h' ? 3600 : *s == 'd' ? 86400 : 0;
    out->us = now.us + sign * n * unit * 1000000;
    return unit != 0;
}

/* A year is four digits, whichever way a time was said. */
static bool has_a_year(pn_time t)
{
    int64_t day = pni_local_day(t);
    return day >= days_of(YEAR_FIRST, 1, 1) && day <= days_of(YEAR_LAST, 12, 31);
}

bool pni_when_parse(const char *text, pn_time now, pn_time *out)
{
    const char *s = text;
    int64_t days, us = -PNI_ZONE_US;
    if (!strcmp(s, "now") || !strcmp(s, "现在")) {
        *out = now;
        return true;
    }
    if (relative(s, now, out))
        return has_a_year(*out);
    if (!day_word(&s, now, &days) && !date_part(&s, &days))
        return false;
    if (*s == 'T' || *s == ' ') {
        s++;
        if (!clock_part(&s, &us))
            return false;
    }
    if (*s)
        return false;
    out->us = days * PNI_DAY_US + us;
    return has_a_year(*out);
}

bool pni_date_parse(const char *text, pn_time now, pn_date *out)
{
    const char *s = text;
    int64_t days;
    if ((!day_word(&s, now, &days) && !date_part(&s, &days)) || *s)
        return false;
    out->days = (int32_t)days;
    return true;
}

static char *digits(char *at, int64_t v, int n)
{
    for (int i = n; i-- > 0; v /= 10)
        at[i] = (char)('0' + v % 10);
    return at + n;
}

void pni_when_text(pn_time t, bool machine, char out[40])
{
    int64_t us = t.us + PNI_ZONE_US, day = pni_local_day(t), rest = us - day * PNI_DAY_US;
    int y, m, d, sec = (int)(rest / 1000000), micro = (int)(rest % 1000000);
    char *at = out;
    pni_civil(day, &y, &m, &d);
    if (y < 0 || y > 9999) /* out of what people write */
        at += snprintf(at, 16, "%04d", y);
    else
        at = digits(at, y, 4);
    *at++ = '-';
    at = digits(at, m, 2);
    *at++ = '-';
    at = digits(at, d, 2);
    *at++ = machine ? 'T' : ' ';
    at = digits(at, sec / 3600, 2);
    *at++ = ':';
    at = digits(at, sec / 60 % 60, 2);
    if (machine) {
        *at++ = ':';
        at = digits(at, sec % 60, 2);
    }
    if (machine && micro) {
        *at++ = '.';
        at = digits(at, micro, 6);
    }
    memcpy(at, machine ? "+08:00" : "", machine ? 7 : 1);
}

void pni_date_text(pn_date t, char out[16])
{
    int y, m, d;
    pni_civil(t.days, &y, &m, &d);
    snprintf(out, 16, "%04d-%02d-%02d", (short)y, (unsigned char)m, (unsigned char)d);
}
