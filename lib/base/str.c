/* SPDX-License-Identifier: Apache-2.0 */
/* str.c — strings that belong to a unit. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/unit_int.h"

void *pn_alloc(pn *p, size_t size)
{
    return pni_arena_alloc(&p->arena, size);
}

char *pn_strdup(pn *p, const char *text)
{
    if (!text)
        return NULL;
    size_t len = strlen(text) + 1;
    char *copy = pn_alloc(p, len);
    return copy ? memcpy(copy, text, len) : NULL;
}

PN_PRINTF(2, 0) static char *vprintf_new(pn *p, const char *fmt, va_list ap)
{
    char small[256];
    va_list again;
    va_copy(again, ap);
    int len = vsnprintf(small, sizeof small, fmt, again);
    va_end(again);
    char *text = len < 0 ? NULL : pn_alloc(p, (size_t)len + 1);
    if (text && (size_t)len < sizeof small)
        memcpy(text, small, (size_t)len);
    else if (text)
        vsnprintf(text, (size_t)len + 1, fmt, ap);
    return text;
}

char *pn_printf(pn *p, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = vprintf_new(p, fmt, ap);
    va_end(ap);
    return text;
}

const char *pni_letter(pn *p, char letter)
{
    char *text = pn_alloc(p, 2);
    if (text)
        text[0] = letter;
    return text;
}

const char *pni_op_name(pn *p, const pn_op *op)
{
    if (p->named != op) {
        p->name = pn_printf(p, "%s.%s", op->noun, op->verb);
        p->named = p->name ? op : NULL;
    }
    return p->name;
}

pn_buf pn_buf_new(pn *p)
{
    return (pn_buf){.p = p};
}

static bool reserve(pn_buf *b, size_t more)
{
    if (b->bad)
        return false;
    if (b->cap - b->len > more)
        return true;
    size_t cap = b->cap ? b->cap * 2 : 256;
    while (cap - b->len <= more)
        cap *= 2;
    char *text = pn_alloc(b->p, cap);
    if (!text) {
        b->bad = true;
        return false;
    }
    if (b->len)
        memcpy(text, b->text, b->len);
    b->text = text;
    b->cap = cap;
    return true;
}

void pn_buf_put(pn_buf *b, const char *data, size_t len)
{
    if (!reserve(b, len))
        return;
    memcpy(b->text + b->len, data, len);
    b->len += len;
    b->text[b->len] = 0;
}

void pn_buf_puts(pn_buf *b, const char *text)
{
    pn_buf_put(b, text, strlen(text));
}

void pn_buf_putf(pn_buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char small[256];
    va_list again;
    va_copy(again, ap);
    int len = vsnprintf(small, sizeof small, fmt, again);
    va_end(again);
    if (len >= 0 && (size_t)len < sizeof small) {
        pn_buf_put(b, small, (size_t)len);
    } else if (len >= 0 && reserve(b, (size_t)len)) {
        vsnprintf(b->text + b->len, (size_t)len + 1, fmt, ap);
        b->len += (size_t)len;
    }
    va_end(ap);
}

void pni_buf_int(pn_buf *b, int64_t v)
{
    char text[24], *at = text + sizeof text;
    uint64_t left = v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v;
    do
        *--at = (char)('0' + left % 10);
    while (left /= 10);
    if (v < 0)
        *--at = '-';
    pn_buf_put(b, at, (size_t)(text + sizeof text - at));
}

void pni_buf_name(pn_buf *b, const char *name, bool first)
{
    size_t n = strlen(name);
    if (!reserve(b, n + 4))
        return;
    char *at = b->text + b->len;
    if (!first)
        *at++ = ',';
    *at++ = '"';
    memcpy(at, name, n);
    at += n;
    *at++ = '"';
    *at++ = ':';
    *at = 0;
    b->len = (size_t)(at - b->text);
}

bool pni_buf_room(pn_buf *b, size_t more)
{
    return reserve(b, more);
}

static bool needs_escape(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

void pn_buf_json(pn_buf *b, const char *text)
{
    if (!text) {
        pn_buf_put(b, "null", 4);
        return;
    }
    size_t plain = 0;
    while (text[plain] && !needs_escape((unsigned char)text[plain]))
        plain++;
    if (!reserve(b, plain + 2))
        return;
    b->text[b->len++] = '"';
    memcpy(b->text + b->len, text, plain);
    b->len += plain;
    const char *from = text + plain;
    for (const char *s = from; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (!needs_escape(c))
            continue;
        pn_buf_put(b, from, (size_t)(s - from));
        from = s + 1;
        if (c == '"' || c == '\\')
            pn_buf_putf(b, "\\%c", c);
        else if (c == '\n')
            pn_buf_put(b, "\\n", 2);
        else if (c == '\t')
            pn_buf_put(b, "\\t", 2);
        else if (c == '\r')
            pn_buf_put(b, "\\r", 2);
        else
            pn_buf_putf(b, "\\u%04x", c);
    }
    if (*from)
        pn_buf_puts(b, from);
    pn_buf_put(b, "\"", 1);
}
