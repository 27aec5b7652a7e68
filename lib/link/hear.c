/* SPDX-License-Identifier: Apache-2.0 */
/* hear.c — notices: raw bytes first, then the window, the signature, what is sealed inside, whose
 * it is, and only then what it says. */
#include <string.h>

#include "link/engine_int.h"

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static int take_in(pni_scope *s, const pni_tree *cb, const pni_inbound *msg, pni_message *m)
{
    const char *how = pni_tree_text(cb, "decode", "none");
    bool form = !strcmp(how, "form");
    pni_doc *d = NULL;
    *m = (pni_message){.method = msg->method, .url = msg->path ? msg->path : "",
                       .header = msg->header, .body = msg->body};
    PN_TRY(pni_pairs_decode(s->p, pni_span_of(msg->query ? msg->query : ""), &m->query));
    if (form)
        PN_TRY(pni_pairs_decode(s->p, msg->body, &m->form));
    if (strcmp(how, "none") != 0) /* none: all it says is in its address */
        PN_TRY(pni_doc_read(s->p, how, msg->body, &d));
    s->msg = m;
    s->doc = d;
    return 0;
}

/* One of the recipes must say yes; a probe is one for all of them. */
static int verify(pni_scope *s, const pni_tree *names)
{
    size_t n = names->kind == PNI_TREE_LIST ? names->n : 1;
    const pni_doc *d = s->doc;
    int rc = PN_EPERM;
    for (size_t i = 0; i < n && rc == PN_EPERM && s->verdict != PNI_NOTICE_PROBE; i++) {
        s->doc = d;
        rc = pni_recipe(s, names->kind == PNI_TREE_LIST ? names->item[i]->text : names->text);
    }
    return rc;
}

static int dedupe(pni_scope *s, const pni_tree *names, const char **out)
{
    pn_buf b = pn_buf_new(s->p);
    size_t n = names->kind == PNI_TREE_LIST ? names->n : 1;
    for (size_t i = 0; i < n; i++) {
        const char *name = names->kind == PNI_TREE_LIST ? names->item[i]->text : names->text;
        const char *ref = pn_printf(s->p, "%s?", name);
        pni_span v;
        if (!ref)
            return none(s->p);
        PN_TRY(pni_ref(s, ref, &v));
        pn_buf_puts(&b, i ? "|" : "");
        pn_buf_put(&b, v.s ? v.s : "", v.n);
    }
    *out = b.text ? b.text : "";
    return b.bad ? none(s->p) : 0;
}

/* Whose money it is, where that can be somebody's beside us: named, unless it is our own number. */
static int payee(pni_scope *s, const pni_tree *t, const char **out)
{
    pni_span named, own = {NULL, 0};
    if (!t)
        return 0;
    PN_TRY(pni_ref_may(s, pni_tree_text(t, "at", ""), &named));
    if (pni_tree_get(t, "own"))
        PN_TRY(pni_expand(s, pni_tree_text(t, "own", ""), &own));
    const char *name = named.s ? named.s : "";
    if (own.s && !strcmp(own.s, name))
        return 0;
    *out = pn_strdup(s->p, name);
    return *out ? 0 : none(s->p);
}

static int sort_out(pni_scope *s, const pni_tree *cb, pni_heard *out)
{
    const pni_tree *cases = pni_tree_get(cb, "cases");
    bool fits = false;
    PN_TRY(pni_holds(s, pni_tree_get(cb, "ours"), &fits));
    if (!fits) {
        s->verdict = PNI_NOTICE_BAD;
        return pn_fail(s->p, PN_EPERM, NULL, pn_tr("Connector %s: the notice is for somebody else"),
                       s->link->name);
    }
    fits = false;
    PN_TRY(payee(s, pni_tree_get(cb, "payee"), &out->payee));
    PN_TRY(pni_map(s, pni_tree_get(cb, "map"), &out->map));
    for (size_t i = 0; cases && i < cases->n && !fits; i++) {
        const pni_tree *c = cases->item[i];
        PN_TRY(pni_holds(s, pni_tree_get(c, "when"), &fits));
        if (!fits)
            continue;
        out->kind = pn_strdup(s->p, pni_tree_text(c, "kind", ""));
        if (!out->kind)
            return none(s->p);
        PN_TRY(pni_map(s, pni_tree_get(c, "map"), &out->map));
    }
    return dedupe(s, pni_tree_get(cb, "dedupe"), &out->dedupe);
}

int pni_hear_in(pni_scope *s, const pni_tree *cb, const pni_inbound *msg, pni_heard *out)
{
    const pni_tree *open = pni_tree_get(cb, "open");
    pni_message m;
    *out = (pni_heard){.kind = "", .dedupe = ""};
    int rc = take_in(s, cb, msg, &m);
    if (!rc)
        rc = verify(s, pni_tree_get(cb, "verify"));
    if (!rc && open)
        rc = pni_recipe(s, open->text);
    if (!rc)
        rc = sort_out(s, cb, out);
    s->msg = NULL;
    if (rc && rc != PN_EPERM && rc != PN_EARG)
        return rc;
    out->verdict = !rc ? PNI_NOTICE_GOOD : s->verdict ? s->verdict : PNI_NOTICE_BAD;
    return 0;
}

static int callback_of(pn *p, const pni_link *l, const char *name, const pni_tree **out)
{
    *out = pni_tree_at(l->root, "callbacks", name);
    return *out ? 0 : pn_fail(p, PN_ENONE, "callback", pn_tr("Connector %s takes no notices"),
                              l->name);
}

/* Is the connector set up at all? Asked first: what is missing is ours to know, not for whoever
 * posts to find out. */
static int set_up(pni_scope *s)
{
    const pni_tree *vars = pni_tree_get(s->link->root, "vars");
    for (size_t i = 0; vars && i < vars->n; i++) {
        const char *ref = pn_printf(s->p, "vars.%s?", vars->name[i]);
        pni_span v;
        if (!ref)
            return none(s->p);
        PN_TRY(pni_ref(s, ref, &v));
    }
    return 0;
}

/* A notice of which too little is signed says only that something happened: what is true is asked
 * for, with the names of its map, and what the answer says takes their place. */
static int then(pn *p, pni_link *l, const pni_tree *cb, pni_heard *out)
{
    const char *call = pni_tree_text(cb, "then", NULL);
    pni_answer a = {0};
    if (!call || out->verdict != PNI_NOTICE_GOOD)
        return 0;
    PN_TRY(pni_link_call(p, l, call, &out->map, &a));
    out->outcome = a.outcome;
    for (size_t i = 0; i < a.map.n; i++)
        if (!pni_pairs_put(p, &out->map, a.map.v[i].name, a.map.v[i].value, true))
            return none(p);
    return 0;
}

int pni_link_hear(pn *p, pni_link *l, const char *callback, const pni_inbound *msg, pni_heard *out)
{
    const pni_tree *cb;
    pni_scope s;
    pni_pairs in = {0};
    PN_TRY(callback_of(p, l, callback, &cb));
    PN_TRY(pni_scope_make(p, l, &in, &s));
    s.call = callback;
    PN_TRY(set_up(&s));
    PN_TRY(pni_hear_in(&s, cb, msg, out));
    return then(p, l, cb, out);
}

const char *pni_link_match(const pni_link *l, const pni_inbound *msg)
{
    const pni_tree *all = pni_tree_get(l->root, "callbacks");
    for (size_t i = 0; all && i < all->n; i++) {
        const pni_tree *match = pni_tree_get(all->item[i], "match");
        const char *method = pni_tree_text(match, "method", "POST");
        if (match && !strcmp(pni_tree_text(match, "path", ""), msg->path ? msg->path : "") &&
            !strcmp(method, msg->method))
            return all->name[i];
    }
    return NULL;
}

int pni_link_ack(pn *p, pni_link *l, const char *callback, const char *which, pni_ack *out)
{
    const pni_tree *cb;
    PN_TRY(callback_of(p, l, callback, &cb));
    const pni_tree *acks = pni_tree_get(cb, "ack"), *ack = pni_tree_get(acks, which);
    ack = ack ? ack : pni_tree_get(acks, "fail");
    *out = (pni_ack){(int)pni_tree_int(ack, "status", 500),
                     pn_strdup(p, pni_tree_text(ack, "type", "text/plain")),
                     pn_strdup(p, pni_tree_text(ack, "body", ""))};
    return out->type && out->body ? 0 : none(p);
}

int pni_pairs_json(pn *p, const char *json, pni_pairs *out)
{
    pni_doc *d;
    PN_TRY(pni_doc_json(p, pni_span_of(json), &d));
    for (const pni_doc *v = d->kind == PNI_DOC_MAP ? d->first : NULL; v; v = v->next)
        if (v->text.s && !pni_pairs_put(p, out, v->name, v->text, true))
            return none(p);
    return 0;
}

int pni_link_shown(pn *p, const pni_link *l, const char *text, const char **out)
{
    return pni_redact(p, l, NULL, pni_span_of(text), out);
}
