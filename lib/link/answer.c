/* SPDX-License-Identifier: Apache-2.0 */
/* answer.c — what an answer means: conditions, mapped names, the closed set of outcomes. */
#include <stdlib.h>
#include <string.h>

#include "link/engine_int.h"

const pn_words pni_outcomes[] = {PNI_OUTCOMES(PN_WORD_ROW){0}};

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* Who was never reached has no code, and some say nothing else. */
int pni_answer_fail(pn *p, int code, const char *field, const pni_answer *a)
{
    return pn_fail(p, (pn_code)code, field, "%s%s%s%s%s",
                   pn_word_label(pni_outcomes, (pn_word){(int16_t)a->outcome}),
                   *a->code ? ": " : "", a->code, *a->message ? ": " : "", a->message);
}

const char *pni_answer_get(const pni_answer *a, const char *name)
{
    const pni_pair *v = pni_pairs_find(&a->map, name);
    return v ? v->value.s : NULL;
}

/* ---- conditions ---- */

enum { EQUALS, STARTS, MATCHES };

static bool fits(pni_span v, const char *want, int how)
{
    size_t n = strlen(want);
    if (how == EQUALS)
        return v.n == n && !memcmp(v.s, want, n);
    if (how == STARTS)
        return v.n >= n && !memcmp(v.s, want, n);
    return v.n && strstr(v.s, want);
}

/* Does one of the wanted texts fit? Nothing wanted: yes. */
static int any(pni_scope *s, const pni_tree *want, pni_span v, int how, bool *out)
{
    pni_span w;
    *out = !want;
    for (size_t i = 0; want && !*out && i < (want->kind == PNI_TREE_LIST ? want->n : 1); i++) {
        const pni_tree *t = want->kind == PNI_TREE_LIST ? want->item[i] : want;
        PN_TRY(pni_expand(s, t->text, &w));
        *out = v.s && w.s && fits(v, w.s, how);
    }
    return 0;
}

static int one(pni_scope *s, const pni_tree *c, bool *out)
{
    const char *at = pni_tree_text(c, "at", NULL), *ref = at;
    pni_span v = {NULL, 0}, status = {NULL, 0};
    bool ok[4];
    if (at && !strchr(at, '?')) /* what is not there does not fit, that is no mistake */
        ref = pn_printf(s->p, "%s?", at);
    if (at && !ref)
        return none(s->p);
    if (ref)
        PN_TRY(pni_ref(s, ref, &v));
    if (s->msg)
        PN_TRY(pni_ref(s, "status", &status));
    PN_TRY(any(s, pni_tree_get(c, "equals"), v, EQUALS, &ok[0]));
    PN_TRY(any(s, pni_tree_get(c, "starts"), v, STARTS, &ok[1]));
    PN_TRY(any(s, pni_tree_get(c, "matches"), v, MATCHES, &ok[2]));
    PN_TRY(any(s, pni_tree_get(c, "status"), status, STARTS, &ok[3])); /* "5" is every 5xx */
    *out = ok[0] && ok[1] && ok[2] && ok[3];
    return 0;
}

int pni_holds(pni_scope *s, const pni_tree *cond, bool *out)
{
    *out = true;
    if (!cond || cond->kind == PNI_TREE_MAP)
        return cond ? one(s, cond, out) : 0;
    for (size_t i = 0; *out && i < cond->n; i++)
        PN_TRY(one(s, cond->item[i], out));
    return 0;
}

/* ---- mapping ---- */

static int first_of(pni_scope *s, const pni_tree *at, pni_span *out)
{
    *out = (pni_span){NULL, 0};
    for (size_t i = 0; at && !out->s && i < (at->kind == PNI_TREE_LIST ? at->n : 1); i++) {
        const char *text = at->kind == PNI_TREE_LIST ? at->item[i]->text : at->text;
        const char *ref = strchr(text, '?') || strchr(text, '|') ? text
                                                                 : pn_printf(s->p, "%s?", text);
        if (!ref)
            return none(s->p);
        PN_TRY(pni_ref(s, ref, out));
    }
    return 0;
}

static int mapped(pni_scope *s, const pni_tree *t, pni_span *out)
{
    const char *as = pni_tree_text(t, "as", NULL), *standard = pni_tree_text(t, "standard", NULL);
    const pni_tree *words = pni_tree_get(t, "words");
    PN_TRY(first_of(s, t->kind == PNI_TREE_MAP ? pni_tree_get(t, "at") : t, out));
    if (!out->s || !out->n)
        *out = pni_span_of(standard);
    if (out->s && words)
        *out = pni_span_of(pni_tree_text(words, out->s, standard));
    if (out->s) /* words belong to the file, which may go before the answer does */
        PN_TRY(pni_span_copy(s->p, out->s, out->n, out));
    if (out->s && as) { /* a filter, through a name of its own */
        const char *ref = pn_printf(s->p, "let.mapped|%s", as);
        if (!ref || !pni_pairs_put(s->p, &s->let, "mapped", *out, true))
            return none(s->p);
        PN_TRY(pni_ref(s, ref, out));
    }
    return 0;
}

int pni_map(pni_scope *s, const pni_tree *map, pni_pairs *out)
{
    for (size_t i = 0; map && i < map->n; i++) {
        pni_span v;
        PN_TRY(mapped(s, map->item[i], &v));
        if (v.s && !pni_pairs_put(s->p, out, map->name[i], v, true))
            return none(s->p);
    }
    return 0;
}

/* ---- outcomes ---- */

/* What the status says when the file does not. A server that failed may have done it. */
static int by_status(const pni_tree *call, int status)
{
    bool reads = pni_tree_is(call, "reads");
    if (status >= 200 && status < 300)
        return PN_LINK_DECLINED;
    if (status == 429)
        return PN_LINK_RATE_LIMITED;
    if (status == 401 || status == 403)
        return PN_LINK_AUTH;
    if (status == 404)
        return PN_LINK_NOT_FOUND;
    if (status >= 500)
        return reads ? PN_LINK_RETRYABLE : PN_LINK_UNKNOWN;
    return PN_LINK_BAD_REQUEST;
}

/* The call's own errors first, then those of all calls. */
static int by_errors(pni_scope *s, const pni_tree *call, int *outcome)
{
    const pni_tree *lists[] = {pni_tree_at(call, "response", "errors"),
                               pni_tree_get(pni_tree_at(s->link->root, "common", "response"),
                                            "errors")};
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; lists[k] && !*outcome && i < lists[k]->n; i++) {
            const pni_tree *e = lists[k]->item[i];
            bool fits = false;
            PN_TRY(pni_holds(s, e, &fits));
            if (fits)
                *outcome = pn_word_find(pni_outcomes, pni_tree_text(e, "as", ""));
        }
    return 0;
}

int pni_judge(pni_scope *s, const pni_tree *call, pni_answer *out)
{
    const pni_tree *ok = pni_response(s->link, call, "ok");
    bool good = s->msg->status >= 200 && s->msg->status < 300;
    pni_span v;
    out->status = s->msg->status;
    out->outcome = 0;
    PN_TRY(by_errors(s, call, &out->outcome));
    if (!out->outcome && ok)
        PN_TRY(pni_holds(s, ok, &good));
    if (!out->outcome)
        out->outcome = good ? PN_LINK_OK : by_status(call, s->msg->status);
    if (out->outcome == PN_LINK_UNKNOWN && pni_tree_is(call, "reads"))
        out->outcome = PN_LINK_RETRYABLE; /* whatever became of a question: it can be asked again */
    PN_TRY(first_of(s, pni_response(s->link, call, "code"), &v));
    out->code = v.s ? v.s : "";
    PN_TRY(first_of(s, pni_response(s->link, call, "message"), &v));
    out->message = "";
    if (v.s) /* whoever was asked may repeat what he was sent */
        PN_TRY(pni_redact(s->p, NULL, &s->secrets, v, &out->message));
    return pni_map(s, pni_tree_at(call, "response", "map"), &out->map);
}

bool pni_is_yuan(const char *currency)
{
    return !currency || !*currency || !strcmp(currency, "CNY");
}
