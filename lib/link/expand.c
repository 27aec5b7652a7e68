/* SPDX-License-Identifier: Apache-2.0 */
/* expand.c — texts with references and templates of JSON. A member whose value is one optional
 * reference to nothing is left out, and so is a mapping of which nothing is left. */
#include <stdio.h>
#include <string.h>

#include "link/engine_int.h"

enum { REF_MAX = 120 };

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* The reference that begins at `at`, without its brackets; NULL: none. */
static const char *reference(const char *at, char *name)
{
    char close = at[1] == '(' ? ')' : '}';
    const char *end = at[1] == '(' || at[1] == '{' ? strchr(at + 2, close) : NULL;
    if (!end || end - at - 2 >= REF_MAX || end == at + 2)
        return NULL;
    memcpy(name, at + 2, (size_t)(end - at - 2));
    name[end - at - 2] = 0;
    return end + 1;
}

int pni_expand(pni_scope *s, const char *text, pni_span *out)
{
    char name[REF_MAX];
    const char *end = *text == '$' ? reference(text, name) : NULL;
    if (end && !*end)
        return pni_ref(s, name, out);
    pn_buf b = pn_buf_new(s->p);
    pn_buf_puts(&b, "");
    for (const char *at = text; *at;) {
        const char *next = strchrnul(at, '$');
        pni_span v = {NULL, 0};
        pn_buf_put(&b, at, (size_t)(next - at));
        if (!*next)
            break;
        end = reference(next, name);
        if (end)
            PN_TRY(pni_ref(s, name, &v));
        pn_buf_put(&b, end ? (v.s ? v.s : "") : "$", end ? v.n : 1);
        at = end ? end : next + 1;
    }
    *out = (pni_span){b.text ? b.text : "", b.len};
    return b.bad ? none(s->p) : 0;
}

static int scalar(pni_scope *s, const pni_tree *t, pn_buf *b, bool *there)
{
    pni_span v;
    PN_TRY(pni_expand(s, t->text, &v));
    *there = v.s != NULL;
    if (!*there)
        return 0;
    if (!strcmp(t->tag, "!int") || !strcmp(t->tag, "!bool") || !strcmp(t->tag, "!json")) {
        if (*t->tag == '!' && t->tag[1] == 'i' && (!v.n || strspn(v.s, "-0123456789") != v.n))
            return pn_fail(s->p, PN_EARG, NULL, pn_tr("“%s” is no whole number"), v.s);
        pn_buf_put(b, v.s, v.n);
    } else {
        pn_buf_json(b, v.s);
    }
    return 0;
}

static int json(pni_scope *s, const pni_tree *t, pn_buf *b, bool *there);

/* `!each {of: LIST, give: …}`: what is given, for every line of the list. */
static int each(pni_scope *s, const pni_tree *t, pn_buf *b, bool *there)
{
    const pni_doc *row, *outer = s->line;
    size_t kept = 0;
    int rc = pni_ref_rows(s, pni_tree_text(t, "of", ""), &row);
    pn_buf_puts(b, "[");
    for (; !rc && row; row = pni_doc_next(row)) {
        bool has = false;
        size_t before = b->len;
        pn_buf_puts(b, kept ? "," : "");
        s->line = row;
        rc = json(s, pni_tree_get(t, "give"), b, &has);
        s->line = outer;
        kept += has;
        if (!has && !b->bad)
            b->text[b->len = before] = 0;
    }
    pn_buf_puts(b, "]");
    *there = true;
    return rc;
}

static int json(pni_scope *s, const pni_tree *t, pn_buf *b, bool *there)
{
    size_t kept = 0, start = b->len;
    if (t->kind == PNI_TREE_TEXT)
        return scalar(s, t, b, there);
    if (!strcmp(t->tag, "!each"))
        return each(s, t, b, there);
    pn_buf_puts(b, t->kind == PNI_TREE_MAP ? "{" : "[");
    for (size_t i = 0; i < t->n; i++) {
        size_t before = b->len;
        bool has = false;
        pn_buf_puts(b, kept ? "," : "");
        if (t->kind == PNI_TREE_MAP) {
            pn_buf_json(b, t->name[i]);
            pn_buf_puts(b, ":");
        }
        PN_TRY(json(s, t->item[i], b, &has));
        kept += has;
        if (!has && !b->bad)
            b->text[b->len = before] = 0;
    }
    *there = kept || !t->n;
    if (*there)
        pn_buf_puts(b, t->kind == PNI_TREE_MAP ? "}" : "]");
    else if (!b->bad)
        b->text[b->len = start] = 0;
    return 0;
}

int pni_expand_json(pni_scope *s, const pni_tree *t, pni_span *out)
{
    pn_buf b = pn_buf_new(s->p);
    bool there = false;
    pn_buf_puts(&b, "");
    PN_TRY(json(s, t, &b, &there));
    *out = there ? (pni_span){b.text, b.len} : pni_span_of("{}");
    return b.bad ? none(s->p) : 0;
}

int pni_expand_pairs(pni_scope *s, const pni_tree *map, pni_pairs *out)
{
    for (size_t i = 0; map && i < map->n; i++) {
        pni_span v;
        PN_TRY(pni_expand(s, map->item[i]->text, &v));
        if (v.s && !pni_pairs_put(s->p, out, map->name[i], v, true))
            return none(s->p);
    }
    return 0;
}
