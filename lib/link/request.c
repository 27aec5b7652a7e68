/* SPDX-License-Identifier: Apache-2.0 */
/* request.c — a request from its template: inputs in, signature on, bytes out. The body is made
 * once; what is signed is what is sent. */
#include <string.h>

#include "link/engine_int.h"

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static int address(pni_scope *s, const pni_tree *req, pni_message *m)
{
    pni_span base = {NULL, 0}, path;
    const char *whole = pni_tree_text(req, "url", NULL);
    if (!whole)
        PN_TRY(pni_expand(s, pni_tree_text(s->link->root, "base_url", ""), &base));
    PN_TRY(pni_expand(s, whole ? whole : pni_tree_text(req, "path", ""), &path));
    const char *url = pn_printf(s->p, "%s%s", base.s ? base.s : "", path.s ? path.s : "");
    if (!url)
        return none(s->p);
    char *query = strchr(url, '?');
    m->url = query ? pn_printf(s->p, "%.*s", (int)(query - url), url) : url;
    if (!m->url)
        return none(s->p);
    if (query && !strchr(query, '=')) /* "?QuerySingleOrder": a name alone stays one */
        return pni_pairs_put(s->p, &m->query, query + 1, (pni_span){NULL, 0}, true) ? 0
                                                                                  : none(s->p);
    return query ? pni_pairs_decode(s->p, pni_span_of(query + 1), &m->query) : 0;
}

static const char *type_of(const char *encode)
{
    return !strcmp(encode, "xml")    ? "text/xml; charset=utf-8"
           : !strcmp(encode, "text") ? "text/plain; charset=utf-8"
           : !strcmp(encode, "form") ? "application/x-www-form-urlencoded;charset=utf-8"
                                     : "application/json; charset=utf-8";
}

static bool typed(pni_scope *s, pni_message *m, const char *encode)
{
    return pni_pairs_put(s->p, &m->header, "Content-Type", pni_span_of(type_of(encode)), true);
}

/* The text that is made of a template, as the body or, with `into`, as a field. */
static int text_part(pni_scope *s, const pni_tree *req, pni_message *m)
{
    const pni_tree *json = pni_tree_get(req, "json");
    const char *into = pni_tree_text(req, "into", NULL);
    const char *file = pni_tree_text(req, "template", NULL);
    pni_span text;
    if (!json && !file)
        return 0;
    if (file)
        PN_TRY(pni_template_fill(s, file, &text));
    else
        PN_TRY(pni_expand_json(s, json, &text));
    if (!into) {
        m->body = text;
        return typed(s, m, pni_tree_text(req, "encode", "json")) ? 0 : none(s->p);
    }
    pni_pairs *list = !strncmp(into, "query.", 6) ? &m->query : &m->form;
    return pni_pairs_put(s->p, list, strchr(into, '.') + 1, text, true) ? 0 : none(s->p);
}

/* The fields as elements of one document. */
static int xml_part(pni_scope *s, pni_message *m)
{
    pn_buf b = pn_buf_new(s->p);
    pn_buf_puts(&b, "<xml>");
    for (size_t i = 0; i < m->form.n; i++) {
        pni_span v;
        PN_TRY(pni_xml_escape(s->p, m->form.v[i].value, &v));
        pn_buf_putf(&b, "<%s>%s</%s>", m->form.v[i].name, v.s, m->form.v[i].name);
    }
    pn_buf_puts(&b, "</xml>");
    m->body = (pni_span){b.text, b.len};
    return !b.bad && typed(s, m, "xml") ? 0 : none(s->p);
}

/* Every recipe that the call names, in order; by default `sign`. */
static int sign(pni_scope *s, const pni_tree *call, const char *which, const char *standard)
{
    const pni_tree *t = pni_tree_get(call, which);
    if (!t)
        return standard ? pni_recipe(s, standard) : 0;
    if (t->kind == PNI_TREE_TEXT)
        return pni_recipe(s, t->text);
    for (size_t i = 0; i < t->n; i++)
        PN_TRY(pni_recipe(s, t->item[i]->text));
    return 0;
}

/* What makes a repetition harmless: without it nothing goes out. */
static int keyed(pni_scope *s, const pni_tree *call)
{
    const char *key = pni_tree_text(pni_tree_get(call, "idempotency"), "key", NULL);
    pni_span v;
    if (!key)
        return 0;
    const char *ref = pni_ref_known(key) ? key : pn_printf(s->p, "in.%s", key);
    if (!ref)
        return none(s->p);
    PN_TRY(pni_ref_may(s, ref, &v));
    return v.n ? 0 : pn_fail(s->p, PN_EARG, NULL, pn_tr("Connector %s: %s is not there"),
                             s->link->name, ref);
}

int pni_request_make(pni_scope *s, const pni_tree *call, pni_message *m)
{
    const pni_tree *req = pni_tree_get(call, "request");
    PN_TRY(keyed(s, call));
    const char *standard = pni_tree_get(s->link->root, "sign") ? "sign" : NULL;
    *m = (pni_message){.method = pni_tree_text(req, "method", "POST")};
    s->msg = m;
    PN_TRY(address(s, req, m));
    const pni_tree *common = pni_tree_get(s->link->root, "common");
    PN_TRY(pni_expand_pairs(s, pni_tree_get(common, "query"), &m->query));
    PN_TRY(pni_expand_pairs(s, pni_tree_get(common, "form"), &m->form));
    PN_TRY(pni_expand_pairs(s, pni_tree_get(common, "header"), &m->header));
    PN_TRY(pni_expand_pairs(s, pni_tree_get(req, "query"), &m->query));
    PN_TRY(pni_expand_pairs(s, pni_tree_get(req, "form"), &m->form));
    PN_TRY(text_part(s, req, m));
    PN_TRY(pni_expand_pairs(s, pni_tree_get(req, "header"), &m->header));
    PN_TRY(sign(s, call, "sign", standard));
    if (m->form.n && !strcmp(pni_tree_text(req, "encode", "form"), "xml")) {
        PN_TRY(xml_part(s, m));
    } else if (m->form.n) { /* a signature may be over JSON that travels in a field */
        PN_TRY(pni_pairs_encode(s->p, &m->form, "form", &m->body));
        if (!typed(s, m, "form"))
            return none(s->p);
    }
    if (!m->body.s)
        m->body = pni_span_of("");
    return 0;
}
