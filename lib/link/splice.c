/* SPDX-License-Identifier: Apache-2.0 */
/* splice.c — a value put into a body that is made already, by the step emit: a JSON pointer names a
 * member, the same kind of path an XML element. Every other byte stays what it was, because a
 * signature may be over it. */
#include <string.h>

#include "link/engine_int.h"

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* Body with [from, to) replaced. */
static int put(pni_scope *s, const char *from, const char *to, pni_span what)
{
    pni_span *body = &s->msg->body;
    pn_buf b = pn_buf_new(s->p);
    pn_buf_put(&b, body->s, (size_t)(from - body->s));
    pn_buf_put(&b, what.s, what.n);
    pn_buf_put(&b, to, (size_t)(body->s + body->n - to));
    *body = (pni_span){b.text, b.len};
    return b.bad ? none(s->p) : 0;
}

static int into_json(pni_scope *s, const pni_doc *d, const pni_doc *parent, const char *name,
                     pni_span v)
{
    pn_buf b = pn_buf_new(s->p);
    const char *end = parent->raw.s + parent->raw.n - 1; /* its closing brace */
    if (!d) {
        pn_buf_puts(&b, parent->first ? "," : "");
        pn_buf_json(&b, name);
        pn_buf_puts(&b, ":");
    }
    pn_buf_json(&b, v.s);
    if (b.bad)
        return none(s->p);
    return d ? put(s, d->raw.s, d->raw.s + d->raw.n, (pni_span){b.text, b.len})
             : put(s, end, end, (pni_span){b.text, b.len});
}

static int into_xml(pni_scope *s, const pni_doc *d, const pni_doc *parent, const char *name,
                    pni_span v)
{
    pn_buf b = pn_buf_new(s->p);
    const pni_doc *of = d ? d : parent;
    const char *last = of->raw.s + of->raw.n;
    bool closed = of->raw.n > 2 && last[-2] == '/'; /* <a/> opens here */
    const char *begin = closed ? last - 2 : memchr(of->raw.s, '>', of->raw.n);
    const char *end = closed ? last : memrchr(of->raw.s, '<', of->raw.n);
    if (!begin || !end)
        return pn_fail(s->p, PN_EARG, "body", pn_tr("Connector %s: there is no element %s"),
                       s->link->name, name);
    begin += !closed;
    PN_TRY(pni_xml_escape(s->p, v, &v));
    pn_buf_puts(&b, closed ? ">" : "");
    if (!d)
        pn_buf_putf(&b, "<%s>", name);
    pn_buf_put(&b, v.s, v.n);
    if (!d)
        pn_buf_putf(&b, "</%s>", name);
    if (closed) /* and is given the end it had none of */
        pn_buf_putf(&b, "</%.*s>", (int)strcspn(of->raw.s + 1, " \t\r\n/>"), of->raw.s + 1);
    if (b.bad)
        return none(s->p);
    return put(s, d || closed ? begin : end, end, (pni_span){b.text, b.len});
}

int pni_splice(pni_scope *s, const char *path, pni_span v)
{
    size_t cut = strlen(path);
    while (cut > 1 && path[cut - 1] != '/')
        cut--; /* behind the last slash; it begins with one */
    const char *above = pn_printf(s->p, "%.*s", (int)cut - 1, path);
    pni_span *body = &s->msg->body;
    pni_doc *root = NULL;
    if (!above)
        return none(s->p);
    if (!body->s)
        *body = pni_span_of("{}");
    bool xml = body->s[strspn(body->s, " \t\r\n")] == '<';
    PN_TRY(pni_doc_read(s->p, xml ? "xml" : "json", *body, &root));
    const pni_doc *parent = *above ? pni_doc_at(s->p, root, above) : root;
    const pni_doc *d = pni_doc_at(s->p, root, path);
    /* An element without content is no text and no mapping: it may become either. */
    bool fits = parent && (parent->kind == PNI_DOC_MAP || (xml && !parent->text.n));
    if (!fits || (xml && parent == root))
        return pn_fail(s->p, PN_EARG, "body", pn_tr("Connector %s: the body has no place for %s"),
                       s->link->name, path);
    return (xml ? into_xml : into_json)(s, d, parent, path + cut, v);
}
