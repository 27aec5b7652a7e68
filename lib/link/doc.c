/* SPDX-License-Identifier: Apache-2.0 */
/* doc.c — what vendors send, as a tree in which nothing is lost; xml.c makes the same of XML.
 *
 * A signature is over bytes, and numbers of vendors are larger than ours: so every value keeps the
 * bytes it came from, and a number stays the text it was. jansson judges whether a text is JSON at
 * all (and refuses repeated names); the walk below only finds where the values of a valid one
 * begin and end. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/value_int.h"
#include "link/engine_int.h"

typedef struct walk {
    pn *p;
    const char *at;
    bool bad; /* out of memory */
} walk;

static void blanks(walk *w)
{
    w->at += strspn(w->at, " \t\r\n");
}

static unsigned hex4(const char *at)
{
    char digits[5] = {at[0], at[1], at[2], at[3], 0};
    return (unsigned)strtoul(digits, NULL, 16);
}

static size_t utf8(unsigned code, char *out)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | code);
    return n;
}

/* One escape behind its backslash; returns how many bytes it has. */
static size_t escape(const char *at, char *out, size_t *n)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *simple = strchr(from, *at);
    if (simple) {
        out[(*n)++] = to[simple - from];
        return 1;
    }
    unsigned code = hex4(at + 1);
    size_t used = 5;
    if (code >= 0xd800 && code < 0xdc00 && at[5] == '\\' && at[6] == 'u') {
        code = 0x10000 + ((code - 0xd800) << 10) + (hex4(at + 7) - 0xdc00);
        used = 11;
    }
    *n += utf8(code, out + *n);
    return used;
}

static pni_span string(walk *w)
{
    const char *end = ++w->at;
    while (*end != '"')
        end += *end == '\\' ? 2 : 1;
    char *out = pn_alloc(w->p, (size_t)(end - w->at) + 1);
    size_t n = 0;
    w->bad |= !out;
    while (out && w->at < end) {
        if (*w->at == '\\') {
            w->at++;
            w->at += escape(w->at, out, &n);
        } else {
            out[n++] = *w->at++;
        }
    }
    w->at = end + 1;
    return (pni_span){out, n};
}

static pni_doc *value(walk *w);

static pni_doc *members(walk *w, pni_doc *d, char close)
{
    pni_doc **end = &d->first;
    w->at++;
    blanks(w);
    while (!w->bad && *w->at != close) {
        const char *name = NULL;
        if (d->kind == PNI_DOC_MAP) {
            name = string(w).s;
            blanks(w);
            w->at++; /* the colon */
        }
        pni_doc *v = value(w);
        if (!v)
            return NULL;
        v->name = name;
        *end = v;
        end = &v->next;
        blanks(w);
        if (*w->at == ',') {
            w->at++;
            blanks(w);
        }
    }
    w->at++;
    return w->bad ? NULL : d;
}

static pni_doc *value(walk *w)
{
    pni_doc *d = pn_alloc(w->p, sizeof *d);
    w->bad |= !d;
    if (w->bad)
        return NULL;
    blanks(w);
    d->raw.s = w->at;
    if (*w->at == '{' || *w->at == '[') {
        d->kind = *w->at == '{' ? PNI_DOC_MAP : PNI_DOC_LIST;
        if (!members(w, d, *w->at == '{' ? '}' : ']'))
            return NULL;
    } else if (*w->at == '"') {
        d->kind = PNI_DOC_TEXT;
        d->text = string(w);
    } else {
        size_t n = strcspn(w->at, ",]} \t\r\n");
        d->kind = n == 4 && !strncmp(w->at, "null", 4) ? PNI_DOC_NULL : PNI_DOC_BARE;
        if (d->kind == PNI_DOC_BARE && pni_span_copy(w->p, w->at, n, &d->text))
            w->bad = true;
        w->at += n;
    }
    d->raw.n = (size_t)(w->at - d->raw.s);
    return w->bad ? NULL : d;
}

int pni_doc_json(pn *p, pni_span body, pni_doc **out)
{
    json_t *j;
    enum { FLAGS = JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL };
    PN_TRY(pni_json_load(p, "body", body.s, body.n, FLAGS, &j));
    json_decref(j);
    walk w = {p, body.s, false};
    *out = value(&w);
    return *out ? 0 : pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

int pni_doc_form(pn *p, pni_span body, pni_doc **out)
{
    pni_pairs list = {0};
    PN_TRY(pni_pairs_decode(p, body, &list));
    pni_doc *d = pn_alloc(p, sizeof *d), **end = d ? &d->first : NULL;
    for (size_t i = 0; d && i < list.n; i++) {
        pni_doc *v = pn_alloc(p, sizeof *v);
        if (!v)
            return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
        *v = (pni_doc){PNI_DOC_TEXT, list.v[i].name, list.v[i].value, list.v[i].value, NULL, NULL};
        *end = v;
        end = &v->next;
    }
    if (!d)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    d->kind = PNI_DOC_MAP;
    d->raw = body;
    *out = d;
    return 0;
}

static const pni_doc *child(const pni_doc *d, const char *name, size_t n)
{
    char *end;
    if (d->kind == PNI_DOC_LIST) {
        unsigned long at = strtoul(name, &end, 10);
        if (end != name + n)
            return NULL;
        for (d = d->first; d && at; d = d->next)
            at--;
        return d;
    }
    bool tail = n > 1 && *name == '*';
    unsigned long nth = 1;
    const char *open = n > 3 && name[n - 1] == ']' ? memchr(name, '[', n) : NULL;
    if (open) { /* the second "ticket" is "ticket[2]" */
        nth = strtoul(open + 1, &end, 10);
        nth = end == name + n - 1 && nth ? nth : 1;
        n = (size_t)(open - name);
    }
    for (d = d->first; d; d = d->next) {
        size_t len = d->name ? strlen(d->name) : 0;
        bool fits = tail ? len >= n && !memcmp(d->name + len - (n - 1), name + 1, n - 1)
                         : d->name && len == n && !memcmp(d->name, name, n);
        if (fits && !--nth)
            return d;
    }
    return NULL;
}

int pni_doc_read(pn *p, const char *how, pni_span body, pni_doc **out)
{
    return !strcmp(how, "form")  ? pni_doc_form(p, body, out)
           : !strcmp(how, "xml") ? pni_doc_xml(p, body, out)
                                 : pni_doc_json(p, body, out);
}

const pni_doc *pni_doc_rows(const pni_doc *d)
{
    return d && d->kind == PNI_DOC_LIST ? d->first : d;
}

const pni_doc *pni_doc_next(const pni_doc *row)
{
    const char *name = row->name;
    do
        row = row->next;
    while (name && row && strcmp(row->name, name) != 0);
    return row;
}

/* A part "*_response" is the first member whose name ends so. */
const pni_doc *pni_doc_at(pn *p, const pni_doc *d, const char *path)
{
    char cut = *path == '/' ? '/' : '.';
    (void)p;
    path += *path == '/';
    while (d && *path) {
        const char *end = strchrnul(path, cut);
        d = child(d, path, (size_t)(end - path));
        path = end + (*end == cut);
    }
    return d;
}
