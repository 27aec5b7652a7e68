/* SPDX-License-Identifier: Apache-2.0 */
/* paging.c — answers that are lists: their rows by name, and the pages that a list comes in. A call
 * with `page` is made again until its step page says that this was the last. */
#include <stdlib.h>
#include <string.h>

#include "link/engine_int.h"

enum { PAGES_MAX = 1000 };

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* The step page of a call; NULL when it has none. */
static const pni_tree *step_of(const pni_tree *steps)
{
    for (size_t i = 0; steps && i < steps->n; i++)
        if (!strcmp(pni_tree_text(steps->item[i], "op", ""), "page"))
            return steps->item[i];
    return NULL;
}

int pni_page_ref(const pni_scope *s, const char *name, pni_span *out)
{
    const pni_tree *call = pni_tree_at(s->link->root, "calls", s->call);
    const pni_tree *step = step_of(pni_tree_get(call, "page"));
    int64_t first = pni_tree_int(step, "first", 1), no = s->page ? s->page->number : 0;
    *out = (pni_span){NULL, 0};
    if (!strcmp(name, "next")) /* empty on the first page */
        *out = s->page && s->page->next.s ? s->page->next : pni_span_of("");
    else if (!strcmp(name, "size"))
        *out = pni_span_of(pni_tree_text(step, "size", "0"));
    else if (!strcmp(name, "number"))
        *out = pni_span_of(pn_printf(s->p, "%lld", (long long)(first + no)));
    return out->s || strcmp(name, "number") != 0 ? 0 : none(s->p);
}

static int64_t length(const pni_doc *row)
{
    int64_t n = 0;
    for (; row; row = pni_doc_next(row))
        n++;
    return n;
}

/* A list that is not there has no rows. */
static int rows_of(pni_scope *s, const char *ref, const pni_doc **out)
{
    const char *may = strchr(ref, '?') ? ref : pn_printf(s->p, "%s?", ref);
    return may ? pni_ref_rows(s, may, out) : none(s->p);
}

/* Is this the last page? It has no key to the next, or fewer rows than fit on one. */
int pni_step_page(pni_scope *s, const pni_tree *step)
{
    const char *next = pni_tree_text(step, "next", NULL), *list = pni_tree_text(step, "list", NULL);
    int64_t size = pni_tree_int(step, "size", 1), most = pni_tree_int(step, "most", PAGES_MAX);
    const pni_doc *row = NULL;
    pni_span key = {NULL, 0};
    if (!next && !list)
        return pni_step_fail(s, step, "%s", pn_tr("step 'page' needs 'next' or 'list'"));
    if (!s->page)
        return 0;
    if (list)
        PN_TRY(rows_of(s, list, &row));
    if (next)
        PN_TRY(pni_ref_may(s, next, &key));
    bool more = (!next || key.n) && (!list || length(row) >= size);
    bool same = more && next && s->page->next.n == key.n && s->page->next.s &&
                !memcmp(s->page->next.s, key.s, key.n);
    if (same || (more && s->page->number + 1 >= most))
        return pn_fail(s->p, PN_EPROVIDER, NULL, pn_tr("Connector %s: %s has pages without end"),
                       s->link->name, s->call);
    if (key.s)
        PN_TRY(pni_span_copy(s->p, key.s, key.n, &s->page->next));
    s->page->more = more;
    return 0;
}

static int take_row(pni_scope *s, const pni_doc *row, const pni_tree *map, pni_answer *out)
{
    const pni_doc *outer = s->line;
    if (out->rows_n == out->rows_cap) {
        size_t cap = out->rows_cap ? 2 * out->rows_cap : 16;
        pni_pairs *more = pn_alloc(s->p, cap * sizeof *more);
        if (!more)
            return none(s->p);
        if (out->rows_n)
            memcpy(more, out->rows, out->rows_n * sizeof *more);
        out->rows = more;
        out->rows_cap = cap;
    }
    out->rows[out->rows_n] = (pni_pairs){0};
    s->line = row;
    int rc = pni_map(s, map, &out->rows[out->rows_n]);
    s->line = outer;
    out->rows_n += !rc;
    return rc;
}

int pni_rows_take(pni_scope *s, const pni_tree *call, pni_answer *out)
{
    const pni_tree *rows = pni_tree_at(call, "response", "rows");
    const pni_doc *row = NULL;
    if (!rows)
        return 0;
    PN_TRY(rows_of(s, pni_tree_text(rows, "at", ""), &row));
    for (; row; row = pni_doc_next(row))
        PN_TRY(take_row(s, row, pni_tree_get(rows, "map"), out));
    return 0;
}

int pni_page_turn(pni_scope *s, const pni_tree *call)
{
    const pni_tree *steps = pni_tree_get(call, "page");
    if (!steps || !s->page)
        return 0;
    s->page->more = false;
    PN_TRY(pni_steps(s, steps));
    s->page->number++;
    return 0;
}
