/* SPDX-License-Identifier: Apache-2.0 */
/* download.c — a provider's bill of a day: told in lists (bill_list.c), or asked for by the call
 * `bill` (`fund_bill`), whose answer says where it is, then fetched into a file by the call
 * `bill_file` where that must be signed too. An answer can be gone half a minute later, so both are
 * done at once. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "link/bill_file_int.h"
#include "link/engine_int.h"
#include "link/unpack_int.h"

enum { TIMEOUT_MS = 600000 };

static void drop_file(FILE **f)
{
    if (*f)
        fclose(*f);
}

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* An address that a signed answer named lies outside, unless the provider itself is here. */
static int request(pn *p, pni_link *l, const char *url, pni_scope *s, pni_pairs *in,
                   pni_message *out, pni_wire *w)
{
    const pni_tree *call = pni_tree_at(l->root, "calls", "bill_file");
    pni_span base, target = {NULL, 0};
    if (!pni_pairs_put(p, in, "url", pni_span_of(url), true))
        return none(p);
    PN_TRY(pni_scope_make(p, l, in, s));
    s->call = "bill_file";
    const pni_tree *asked = pni_tree_get(pni_tree_at(l->root, "calls", "bill"), "request");
    PN_TRY(pni_expand(s, pni_tree_text(asked, "url", pni_tree_text(l->root, "base_url", "")),
                      &base));
    *w = (pni_wire){.url = url, .timeout_ms = TIMEOUT_MS, .foreign = !pni_url_here(base.s)};
    *out = (pni_message){.method = "GET", .url = url, .body = pni_span_of("")};
    if (!call)
        return 0;
    PN_TRY(pni_request_make(s, call, out));
    PN_TRY(pni_message_target(p, out, &target));
    const char *query = strchr(target.s, '?');
    w->url = pn_printf(p, "%s%s", out->url, query ? query : "");
    return w->url ? 0 : none(p);
}

static int save(pn *p, pni_link *l, const char *url, const char *path)
{
    __attribute__((cleanup(drop_file))) FILE *f = fopen(path, "we");
    pni_scope s = {.p = p};
    pni_pairs in = {0};
    pni_message req, res;
    pni_wire w;
    const char *why = "";
    int how = 0;
    if (!f)
        return pn_fail(p, PN_EIO, NULL, pn_tr("%s cannot be written"), path);
    PN_TRY(request(p, l, url, &s, &in, &req, &w));
    w.save = f;
    PN_TRY(pni_wire_send(p, &w, &req, &res, &how, &why));
    if (how != PNI_WIRE_OK || res.status != 200)
        return pn_fail(p, PN_EPROVIDER, NULL, pn_tr("The bill cannot be fetched: %s %d"), why,
                       res.status);
    return fflush(f) ? pn_fail(p, PN_EIO, NULL, pn_tr("%s cannot be written"), path) : 0;
}

static const char *call_of(const pni_bill_ask *which)
{
    return which->fund ? "fund_bill" : "bill";
}

static int ask(pn *p, pni_link *l, const pni_bill_ask *which, pni_answer *a)
{
    const pni_pairs *more = which->more;
    const char *day = which->day;
    pni_pairs in = {0};
    for (size_t i = 0; more && i < more->n; i++)
        if (!pni_pairs_put(p, &in, more->v[i].name, more->v[i].value, true))
            return none(p);
    const char *compact = pn_printf(p, "%.4s%.2s%.2s", day, day + 5, day + 8);
    if (!compact || !pni_pairs_put(p, &in, "day", pni_span_of(day), true) ||
        !pni_pairs_put(p, &in, "day_compact", pni_span_of(compact), true))
        return none(p);
    PN_TRY(pni_link_call(p, l, call_of(which), &in, a));
    if (a->outcome == PN_LINK_OK && pni_answer_get(a, "url"))
        return 0;
    return pni_answer_fail(p, a->outcome == PN_LINK_NOT_FOUND ? PN_ENONE : PN_EPROVIDER, "day", a);
}

int pni_link_bill(pn *p, pni_link *l, const pni_bill_ask *which, const char *path)
{
    pni_answer a;
    const char *sum = NULL;
    if (!(which->fund ? pni_link_has_fund : pni_link_has_bill)(l))
        return pn_fail(p, PN_ENONE, "method", pn_tr("Connector %s has no bills"), l->name);
    if (!which->fund && pni_link_has_lists(l))
        return pni_link_lists(p, l, which->day, path);
    if (!pni_link_has(l, call_of(which))) {
        pn_fail(p, PN_ENONE, "method", pn_tr("Connector %s cannot fetch bills"), l->name);
        return pn_hint(p, "%s", pn_tr("Get the file of the day from the provider and load it: pn "
                                      "bill load"));
    }
    PN_TRY(ask(p, l, which, &a));
    PN_TRY(save(p, l, pni_answer_get(&a, "url"), path));
    const char *hash = pni_answer_get(&a, "hash");
    if (!hash)
        return 0;
    PN_TRY(pni_unpack_digest(p, path, strlen(hash) == 40 ? "sha1" : "sha256", &sum));
    return strcasecmp(sum, hash) == 0 ? 0
               : pn_fail(p, PN_EPROVIDER, NULL, "%s",
                         pn_tr("The bill that arrived is not the one that was promised"));
}
