/* SPDX-License-Identifier: Apache-2.0 */
/* bundle.c — one event of many things in one row. A batch of orders tells the same of each: one by
 * one it would be a tenth of its work, and two transactions each to hand them over. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/outbox_int.h"

enum { BUNDLE_MAX = 128 };

static bool light(const char *event)
{
    for (const pn_module *const *m = pn_modules(); *m; m++)
        for (const pn_event *const *e = (*m)->events; e && *e; e++)
            if (!strcmp((*e)->event, event) && !(*e)->light)
                return false;
    return true;
}

static int by_kind(const void *a, const void *b)
{
    const pni_outbox_row *x = a, *y = b;
    int order = x->sk != y->sk ? x->sk - y->sk : strcmp(x->event, y->event);
    return order ? order : (x->ref > y->ref) - (x->ref < y->ref);
}

static bool alike(const pni_outbox_row *x, const pni_outbox_row *y)
{
    return x->sk == y->sk && !strcmp(x->event, y->event);
}

/* The light ones to some[]; the others close up and stay in their order. */
static size_t part(pni_outbox_row rows[], size_t *n, pni_outbox_row some[])
{
    size_t light_n = 0, left = 0;
    const char *last = NULL;
    bool is_light = false;
    for (size_t i = 0; i < *n; i++) {
        if (rows[i].event != last)
            is_light = light(last = rows[i].event);
        if (is_light && !strcmp(rows[i].payload.text, "{}"))
            some[light_n++] = rows[i];
        else
            rows[left++] = rows[i];
    }
    *n = left;
    return light_n;
}

int pni_bundle(pn *p, pni_outbox_row rows[], size_t *n)
{
    pni_outbox_row *some = *n > 1 ? pn_alloc(p, *n * sizeof *some) : NULL;
    if (!some)
        return *n > 1 ? pni_oom(p) : 0;
    size_t count = part(rows, n, some), to;
    qsort(some, count, sizeof *some, by_kind);
    for (size_t from = 0; from < count; from = to) {
        pn_buf b = pn_buf_new(p);
        for (to = from; to < count && to - from < BUNDLE_MAX && alike(&some[from], &some[to]); to++)
            pn_buf_putf(&b, "%s%" PRId64, to > from ? "," : "{", some[to].ref);
        pn_buf_puts(&b, "}");
        if (b.bad)
            return pni_oom(p);
        some[from].refs = to - from > 1 ? b.text : NULL;
        rows[(*n)++] = some[from];
    }
    return 0;
}

int64_t pni_bundle_count(const pni_outbox_row *row)
{
    int64_t n = 1;
    for (const char *at = row->refs; at && (at = strchr(at, ' ')); at++)
        n++;
    return n;
}

static int one_of(pn *p, void *row)
{
    return pni_outbox_handle(p, row);
}

int pni_bundle_handle(pn *p, const pni_outbox_row *row)
{
    pni_outbox_row one = *row;
    char *list = pn_strdup(p, row->refs), *end = list;
    one.refs = one.key = NULL;
    if (!list)
        return pni_oom(p);
    for (char *at = list; *at; at = end) {
        int rc = 0;
        one.ref = strtoll(at, &end, 10);
        PN_TRY(pni_attempt(p, one_of, &one, &rc));
        if (!rc)
            continue;
        pni_log(p->ctx, PN_LOG_WARN, p->err.message, NULL);
        pni_outbox_later(p, &one, p->err.message);
        PN_TRY(pn_new_id(p, one.sk, &one.id));
        PN_TRY(pn_exec_many(p, &pni_outbox_put, &one, 1, NULL));
    }
    return 0;
}
