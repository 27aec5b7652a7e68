/* SPDX-License-Identifier: Apache-2.0 */
/* text.c — growable text, JSON and URL escapes. Units have their own (pn_buf); this one serves
 * what happens before there is a unit and what is sent after it ended. */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool room(http_text *t, size_t more)
{
    if (t->bad)
        return false;
    if (more < t->cap - t->len)
        return true;
    size_t cap = t->cap ? t->cap : 256;
    while (cap <= t->len + more)
        cap *= 2;
    char *s = realloc(t->s, cap);
    if (!s) {
        t->bad = true;
        return false;
    }
    t->s = s;
    t->cap = cap;
    return true;
}

void http_put(http_text *t, const char *data, size_t len)
{
    if (!room(t, len))
        return;
    if (len)
        memcpy(t->s + t->len, data, len);
    t->len += len;
    t->s[t->len] = 0;
}

void http_puts(http_text *t, const char *text)
{
    http_put(t, text, strlen(text));
}

void http_putf(http_text *t, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n >= 0 && room(t, (size_t)n + 1)) {
        vsnprintf(t->s + t->len, (size_t)n + 1, fmt, again);
        t->len += (size_t)n;
    }
    va_end(again);
}

int http_utf8(const char *s, size_t n)
{
    const unsigned char *u = (const unsigned char *)s;
    if (!n || u[0] < 0x80)
        return n ? 1 : 0;
    int len = u[0] >= 0xf0 ? 4 : u[0] >= 0xe0 ? 3 : 2;
    if (u[0] < 0xc2 || u[0] > 0xf4 || (size_t)len > n)
        return 0;
    for (int i = 1; i < len; i++)
        if ((u[i] & 0xc0) != 0x80)
            return 0;
    if ((u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] > 0x9f) ||
        (u[0] == 0xf0 && u[1] < 0x90) || (u[0] == 0xf4 && u[1] > 0x8f))
        return 0;
    return len;
}

void http_put_json(http_text *t, const char *text)
{
    if (!text) {
        http_puts(t, "null");
        return;
    }
    http_put(t, "\"", 1);
    for (size_t left = strlen(text); left;) {
        unsigned char c = (unsigned char)*text;
        int n = http_utf8(text, left);
        if (!n)
            http_puts(t, "\xef\xbf\xbd");
        else if (c == '"' || c == '\\')
            http_putf(t, "\\%c", c);
        else if (c == '\n')
            http_puts(t, "\\n");
        else if (c < 0x20 || c == 0x7f)
            http_putf(t, "\\u%04x", c);
        else
            http_put(t, text, (size_t)n);
        text += n ? n : 1;
        left -= (size_t)(n ? n : 1);
    }
    http_put(t, "\"", 1);
}

void http_put_member(http_text *t, const char *key, const char *text)
{
    if (!text)
        return;
    http_putf(t, ",\"%s\":", key);
    http_put_json(t, text);
}

void http_put_url(http_text *t, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            strchr("-._~", c))
            http_put(t, text, 1);
        else
            http_putf(t, "%%%02X", c);
    }
}

void http_hex(char *out, const unsigned char *bytes, size_t n)
{
    static const char digit[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        *out++ = digit[bytes[i] >> 4];
        *out++ = digit[bytes[i] & 15];
    }
    *out = 0;
}

char *http_take(http_text *t, size_t *len)
{
    if (!t->bad && !t->s)
        http_put(t, "", 0);
    char *s = t->bad ? NULL : t->s;
    if (t->bad)
        free(t->s);
    *len = s ? t->len : 0;
    *t = (http_text){0};
    return s;
}

void http_text_free(http_text *t)
{
    free(t->s);
    *t = (http_text){0};
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool http_unescape(char *s, bool query)
{
    char *to = s, *start = s;
    for (; *s; s++) {
        if (*s == '%') {
            int high = hex(s[1]), low = high < 0 ? -1 : hex(s[2]);
            if (low < 0 || (!high && !low))
                return false;
            *to++ = (char)(high << 4 | low);
            s += 2;
        } else {
            *to++ = *s == '+' && query ? ' ' : *s;
        }
    }
    *to = 0;
    for (size_t left = (size_t)(to - start); left;) {
        int n = http_utf8(start, left);
        if (!n)
            return false;
        start += n;
        left -= (size_t)n;
    }
    return true;
}
