/* SPDX-License-Identifier: Apache-2.0 */
/* golden.c — the proof inside a connector file: given inputs, a fixed clock and a fixed nonce, the
 * exact bytes that must come out; given an answer, a notice or a bill, what it must mean. Its keys
 * are test keys, named as "@file". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link/bill_file_int.h"
#include "link/engine_int.h"

static void drop_bill(pni_bill_file **b)
{
    pni_bill_close(*b);
}

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* "@file" is the content of a file beside the keys, byte for byte. */
static int content(pni_scope *s, const char *text, pni_span *out)
{
    if (*text != '@') {
        *out = pni_span_of(text);
        return 0;
    }
    char piece[4096];
    size_t n;
    pn_buf b = pn_buf_new(s->p);
    const char *path = pn_printf(s->p, "%s/%s", s->golden, text + 1);
    FILE *f = path ? fopen(path, "re") : NULL;
    if (!f)
        return pn_fail(s->p, PN_ECONF, NULL, pn_tr("Golden key %s does not exist"),
                       path ? path : text);
    pn_buf_puts(&b, "");
    while ((n = fread(piece, 1, sizeof piece, f)))
        pn_buf_put(&b, piece, n);
    fclose(f);
    *out = (pni_span){b.text, b.len};
    return b.bad ? none(s->p) : 0;
}

static int put_all(pni_scope *s, const pni_tree *map, pni_pairs *out)
{
    for (size_t i = 0; map && i < map->n; i++) {
        pni_span v;
        PN_TRY(content(s, map->item[i]->text, &v));
        if (!pni_pairs_put(s->p, out, map->name[i], v, true))
            return none(s->p);
    }
    return 0;
}

/* `given` is looked up by scope.c, which reads the keys itself. */
static int put_given(pni_scope *s, const pni_tree *map, pni_pairs *out)
{
    for (size_t i = 0; map && i < map->n; i++)
        if (!pni_pairs_put(s->p, out, map->name[i], pni_span_of(map->item[i]->text), true))
            return none(s->p);
    return 0;
}

static int differs(pni_scope *s, const char *name, const char *want, pni_span got, const char **out)
{
    if (got.s && strlen(want) == got.n && !memcmp(want, got.s, got.n))
        return 0;
    *out = pn_printf(s->p, pn_tr("%s is\n%s\nnot\n%s"), name, got.s ? got.s : pn_tr("(absent)"),
                     want);
    return *out ? 0 : none(s->p);
}

/* Names of the map first, then anything a reference can name. */
static int expect(pni_scope *s, const pni_tree *c, const pni_pairs *map, const char **problem)
{
    const pni_tree *want = pni_tree_get(c, "expect");
    for (size_t i = 0; want && i < want->n && !*problem; i++) {
        const char *name = want->name[i];
        const pni_pair *v = pni_pairs_find(map, name);
        pni_span got = v ? v->value : (pni_span){NULL, 0}, text;
        PN_TRY(content(s, want->item[i]->text, &text));
        if (!v && pni_ref_known(name)) {
            const char *ref = pn_printf(s->p, "%s?", name);
            if (!ref)
                return none(s->p);
            PN_TRY(pni_ref(s, ref, &got));
        }
        PN_TRY(differs(s, name, text.s, got, problem));
    }
    return 0;
}

static int of_call(pni_scope *s, const pni_tree *c, const char **problem)
{
    const pni_tree *call = pni_tree_at(s->link->root, "calls", s->call);
    const char *body = pni_tree_text(c, "body", NULL);
    pni_answer a = {0};
    pni_message m;
    if (!body) {
        PN_TRY(pni_request_make(s, call, &m));
        PN_TRY(put_all(s, pni_tree_get(c, "answer"), &a.map)); /* as if it had been given */
        PN_TRY(pni_finish(s, call, &m, &a));
        return expect(s, c, &a.map, problem);
    }
    m = (pni_message){.status = (int)pni_tree_int(c, "status", 200)};
    PN_TRY(put_all(s, pni_tree_get(c, "header"), &m.header));
    PN_TRY(content(s, body, &m.body));
    PN_TRY(pni_receive(s, call, &m, &a));
    pni_span outcome = pni_span_of(pn_word_name(pni_outcomes, (pn_word){(int16_t)a.outcome}));
    if (!pni_pairs_put(s->p, &a.map, "outcome", outcome, true))
        return none(s->p);
    return expect(s, c, &a.map, problem);
}

static int of_callback(pni_scope *s, const pni_tree *c, const char **problem)
{
    static const char *const verdicts[] = {"", "GOOD", "PROBE", "BAD"};
    const pni_tree *cb = pni_tree_at(s->link->root, "callbacks", pni_tree_text(c, "callback", ""));
    pni_inbound in = {.method = "POST", .path = "/"};
    pni_pairs query = {0};
    pni_span text;
    pni_heard h;
    if (!cb)
        return pni_tree_fail(s->p, s->link->file, c->line, c->col, "%s",
                             pn_tr("there is no such callback"));
    in.method = pni_tree_text(pni_tree_get(cb, "match"), "method", in.method);
    in.path = pni_tree_text(pni_tree_get(cb, "match"), "path", in.path);
    PN_TRY(put_all(s, pni_tree_get(c, "query"), &query));
    PN_TRY(pni_pairs_encode(s->p, &query, "form", &text));
    in.query = text.s;
    PN_TRY(put_all(s, pni_tree_get(c, "header"), &in.header));
    PN_TRY(content(s, pni_tree_text(c, "body", ""), &in.body));
    PN_TRY(pni_hear_in(s, cb, &in, &h));
    if (!pni_pairs_put(s->p, &h.map, "verdict", pni_span_of(verdicts[h.verdict]), true) ||
        !pni_pairs_put(s->p, &h.map, "kind", pni_span_of(h.kind), true) ||
        !pni_pairs_put(s->p, &h.map, "dedupe", pni_span_of(h.dedupe), true) ||
        (h.payee && !pni_pairs_put(s->p, &h.map, "payee", pni_span_of(h.payee), true)))
        return none(s->p);
    return expect(s, c, &h.map, problem);
}

static int of_recipe(pni_scope *s, const pni_tree *c, const char **problem)
{
    pni_message m = {.method = "POST", .url = "/"};
    pni_pairs map = {0};
    pni_doc *d = NULL;
    PN_TRY(put_all(s, pni_tree_get(c, "form"), &m.form));
    PN_TRY(put_all(s, pni_tree_get(c, "query"), &m.query));
    PN_TRY(put_all(s, pni_tree_get(c, "header"), &m.header));
    PN_TRY(content(s, pni_tree_text(c, "body", ""), &m.body));
    if (m.body.n && strchr("{[<", m.body.s[0]))
        PN_TRY(pni_doc_read(s->p, m.body.s[0] == '<' ? "xml" : "json", m.body, &d));
    s->msg = &m;
    s->doc = d;
    PN_TRY(pni_recipe(s, pni_tree_text(c, "recipe", "")));
    return expect(s, c, &map, problem);
}

/* One line of a bill: kind, our number, theirs, of a refund ours again; amount, fee. */
static int put_line(pn *p, const pni_bill_entry *e, const char *name, pni_pairs *out)
{
    const char *text = pn_printf(p, "%s %s %s %s%s%lld %lld",
                                 e->fund ? e->fund : e->refund ? "REFUND" : "PAY",
                                 e->out_no, e->provider_no, e->refund ? e->request_no : "",
                                 e->refund ? " " : "", (long long)e->amount_fen,
                                 (long long)e->fee_fen);
    return text && pni_pairs_put(p, out, name, pni_span_of(text), true) ? 0 : none(p);
}

static int put_number(pn *p, const char *name, int64_t n, pni_pairs *out)
{
    const char *text = pn_printf(p, "%lld", (long long)n);
    return text && pni_pairs_put(p, out, name, pni_span_of(text), true) ? 0 : none(p);
}

/* A bill beside the keys; what is expected: its sums, and lines of it by their number. */
static int of_bill(pni_scope *s, const pni_tree *c, const char **problem)
{
    __attribute__((cleanup(drop_bill))) pni_bill_file *b = NULL;
    const pni_tree *want = pni_tree_get(c, "expect");
    bool fund = pni_tree_get(c, "fund") != NULL;
    const char *file = pni_tree_text(c, fund ? "fund" : "bill", "");
    const char *path = pn_printf(s->p, "%s/%s", s->golden, file + (*file == '@'));
    int64_t n = 0, fen[2] = {0}, fee = 0, other = 0;
    pni_bill_entry e;
    pni_pairs map = {0};
    bool more;
    if (!path)
        return none(s->p);
    PN_TRY(pni_bill_open(s->p, s->link, fund, path, &b));
    PN_TRY(pni_bill_next(s->p, b, &e, &more));
    while (more) {
        const char *name = pn_printf(s->p, "line_%lld", (long long)e.line);
        if (!name)
            return none(s->p);
        if (pni_tree_get(want, name))
            PN_TRY(put_line(s->p, &e, name, &map));
        if (e.fund && !strcmp(e.fund, "OTHER"))
            other += e.amount_fen;
        else if (e.fund && !strcmp(e.fund, "FEE"))
            fee += e.amount_fen;
        else
            fen[e.refund] += e.amount_fen;
        fee += e.fee_fen;
        n++;
        PN_TRY(pni_bill_next(s->p, b, &e, &more));
    }
    PN_TRY(put_number(s->p, "lines", n, &map));
    PN_TRY(put_number(s->p, "paid_fen", fen[0], &map));
    PN_TRY(put_number(s->p, "refunded_fen", fen[1], &map));
    PN_TRY(put_number(s->p, "fee_fen", fee, &map));
    PN_TRY(put_number(s->p, "other_fen", other, &map));
    return expect(s, c, &map, problem);
}

static int run(pn *p, pni_link *l, const char *folder, const pni_tree *c, pni_golden *out)
{
    pni_pairs given = {0}, in = {0};
    pni_scope s;
    PN_TRY(pni_scope_make(p, l, &in, &s));
    s.golden = folder;
    s.given = &given;
    s.call = pni_tree_text(c, "call", "");
    s.nonce = pni_tree_text(c, "nonce", s.nonce);
    if (pni_tree_get(c, "clock"))
        s.now.us = pni_tree_int(c, "clock", 0) * 1000000;
    PN_TRY(put_given(&s, pni_tree_get(c, "given"), &given));
    PN_TRY(put_all(&s, pni_tree_get(c, "in"), &in));
    if (pni_tree_get(c, "recipe"))
        return of_recipe(&s, c, &out->problem);
    if (pni_tree_get(c, "bill") || pni_tree_get(c, "fund"))
        return of_bill(&s, c, &out->problem);
    return pni_tree_get(c, "callback") ? of_callback(&s, c, &out->problem)
                                       : of_call(&s, c, &out->problem);
}

int pni_golden_run(pn *p, pni_link *l, const char *folder, pni_golden **out, size_t *n)
{
    const pni_tree *list = pni_tree_get(l->root, "golden");
    *n = list ? list->n : 0;
    *out = pn_alloc(p, (*n + 1) * sizeof **out);
    if (!*out)
        return none(p);
    for (size_t i = 0; i < *n; i++) {
        pni_golden *g = &(*out)[i];
        g->name = pni_tree_text(list->item[i], "name", "");
        int rc = run(p, l, folder, list->item[i], g);
        if (rc == PN_EMEM)
            return rc;
        if (rc)
            g->problem = pn_strdup(p, pn_error(p)->message);
    }
    return 0;
}
