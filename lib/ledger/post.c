/* SPDX-License-Identifier: Apache-2.0 */
/* post.c — the one table of postings, and how a document goes through it.
 *
 * An account belongs to a shard. Where debit and credit are in two, each shard has half of the line
 * and TRANSIT the other end; its sum over all shards is what is under way. The shard that posts
 * first sends the document on in the same transaction, the relay posts it there, and whatever is
 * handed over twice is done once. */
#include <stddef.h>
#include <string.h>

#include "ledger/ledger_int.h"

typedef struct rule { const char *posting, *name; int debit, credit; size_t amount; } rule;
static const rule rules[] = {
#define RULE(posting, name, debit, credit, what)                                                   \
    {#posting, #name, PNI_KIND_##debit, PNI_KIND_##credit, offsetof(pni_doc, what)},
#include "rule.def"
#undef RULE
    {0}};

#define D(f, ...) PN_COL(pni_doc, f, #f, __VA_ARGS__)
static PN_TYPE(doc_t, "ledger.doc", pni_doc, D(rule), D(biz_kind), D(step), D(biz_id),
    D(merchant, .flags = PN_OPT),
    D(channel, .flags = PN_OPT), D(supplier, .flags = PN_OPT),
    D(organiser, .flags = PN_OPT), D(method), D(memo), D(sale), D(shard), D(onward), D(at),
    D(amount_fen, .flags = PN_OPT), D(subsidy_fen, .flags = PN_OPT),
    D(channel_fen, .flags = PN_OPT), D(settle_fen, .flags = PN_OPT),
    D(commission_fen, .flags = PN_OPT), D(markup_fen, .flags = PN_OPT),
    D(delivery_fen, .flags = PN_OPT), D(fee_fen, .flags = PN_OPT), D(keep_fen, .flags = PN_OPT),
    D(penalty_fen, .flags = PN_OPT), D(points_fen, .flags = PN_OPT),
    D(pending_fen, .flags = PN_OPT),
    D(frozen_fen, .flags = PN_OPT), D(available_fen, .flags = PN_OPT),
    D(guarantee_fen, .flags = PN_OPT), D(debt_fen, .flags = PN_OPT));
#undef D

/* ---- the lines of a document ---- */

/* The account of a kind that the document means, and its shard. */
static int account_of(pn *p, const pni_doc *d, int kind, pni_account *out, int *sk)
{
    const int64_t owners[] = {[PNI_MERCHANT] = d->merchant, [PNI_CHANNEL] = d->channel,
                              [PNI_SUPPLIER] = d->supplier, [PNI_ORGANISER] = d->organiser};
    int whose = pni_kind_of(kind)->whose;
    *out = (pni_account){.kind = kind, .part = kind == PNI_KIND_CLEARING ? d->method : NULL};
    *sk = d->sale;
    if (whose == PNI_PLATFORM)
        return 0;
    out->owner = owners[whose];
    *sk = pn_sk(out->owner);
    return out->owner ? 0 : pn_fail(p, PN_EINTERNAL, NULL, "%s %lld: nobody's %s", d->rule,
                                    (long long)d->biz_id, pni_kinds[kind - 1].name);
}

static int put_line(pn *p, const pni_doc *d, const rule *r, pni_transfer *out, size_t *n)
{
    int64_t fen = ((const pn_money *)((const char *)d + r->amount))->fen;
    bool back = fen < 0;
    pni_transfer t = {.fen = back ? -fen : fen, .biz_kind = d->biz_kind, .biz_id = d->biz_id,
                      .step = d->step ? d->step : d->rule, .rule = r->posting, .memo = d->memo,
                      .at = d->at};
    int from, to;
    PN_TRY(account_of(p, d, back ? r->credit : r->debit, &t.debit, &from));
    PN_TRY(account_of(p, d, back ? r->debit : r->credit, &t.credit, &to));
    t.sk = from;
    if (from == to) {
        out[(*n)++] = t;
        return 0;
    }
    out[*n] = t;
    out[(*n)++].credit = (pni_account){.kind = PNI_KIND_TRANSIT};
    t.sk = to;
    t.debit = (pni_account){.kind = PNI_KIND_TRANSIT};
    out[(*n)++] = t;
    return 0;
}

int pni_doc_lines(pn *p, const pni_doc *d, pni_transfer **out, size_t *n)
{
    size_t most = 2 * sizeof rules / sizeof *rules;
    bool known = false;
    *n = 0;
    *out = pn_alloc(p, most * sizeof **out);
    if (!*out)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (const rule *r = rules; r->name; r++) {
        if (strcmp(r->name, d->rule))
            continue;
        known = true;
        if (((const pn_money *)((const char *)d + r->amount))->fen)
            PN_TRY(put_line(p, d, r, *out, n));
    }
    return known ? 0 : pn_fail(p, PN_EINTERNAL, NULL, "there is no posting %s", d->rule);
}

/* ---- shard by shard ---- */

/* An event's reference carries the shard it belongs to. */
static int send(pn *p, const pni_doc *d, int shard, bool onward)
{
    pni_doc copy = *d;
    copy.shard = shard;
    copy.onward = onward;
    if (!copy.at.us)
        copy.at = pn_now(p);
    return pn_outbox(p, PNI_LEDGER_POST, pn_sk(d->biz_id) == shard ? d->biz_id : shard, &doc_t,
                     &copy, NULL);
}

/* To every shard it touches but this one, once each. */
static int send_on(pn *p, const pni_doc *d, int but, const pni_transfer *t, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool sent = t[i].sk == but;
        for (size_t k = 0; k < i; k++)
            sent |= t[k].sk == t[i].sk;
        if (!sent)
            PN_TRY(send(p, d, t[i].sk, false));
    }
    return 0;
}

static size_t of_shard(const pni_transfer *t, size_t n, int shard, pni_transfer *out)
{
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (t[i].sk == shard)
            out[m++] = t[i];
    return m;
}

int pni_post_later(pn *p, const pni_doc *d)
{
    pni_transfer *t;
    size_t n;
    PN_TRY(pni_doc_lines(p, d, &t, &n));
    return n ? send(p, d, t[0].sk, true) : 0;
}

int pni_post_now(pn *p, const pni_doc *d, int home)
{
    pni_transfer *t, *here;
    size_t n;
    PN_TRY(pni_doc_lines(p, d, &t, &n));
    here = pn_alloc(p, n * sizeof *here + 1);
    if (!here)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(pni_transfer_must(p, here, of_shard(t, n, home, here)));
    return send_on(p, d, home, t, n);
}

/* ---- the relay ---- */

typedef struct item { pni_doc doc; pni_transfer *all; size_t all_n, from, to; } item;

static int read_item(pn *p, const pn_told *told, item *out)
{
    PN_TRY(pn_from_json(p, &doc_t, told->payload, strlen(told->payload), &out->doc));
    return pni_doc_lines(p, &out->doc, &out->all, &out->all_n);
}

/* The first line that was refused; NULL: all is done. */
static const pni_transfer *refused(const item *i, const pni_transfer *t)
{
    for (size_t k = i->from; k < i->to; k++)
        if (t[k].status != PNI_TRANSFER_OK && t[k].status != PNI_TRANSFER_REPEATED &&
            t[k].status != PNI_TRANSFER_LINKED)
            return &t[k];
    return NULL;
}

static int post(pn *p, pn_told told[], size_t n)
{
    item *items = pn_alloc(p, n * sizeof *items + 1);
    size_t all = 0, m = 0;
    if (!items)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < n; i++) {
        PN_TRY(read_item(p, &told[i], &items[i]));
        all += items[i].all_n;
    }
    pni_transfer *t = pn_alloc(p, all * sizeof *t + 1);
    if (!t)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < n; i++) {
        items[i].from = m;
        m += of_shard(items[i].all, items[i].all_n, items[i].doc.shard, t + m);
        items[i].to = m;
        for (size_t k = items[i].from; k < m; k++)
            t[k].copy = (int)i; /* what was handed over twice may be its own neighbour */
    }
    PN_TRY(pni_transfer_all(p, t, m));
    for (size_t i = 0; i < n; i++) {
        const pni_transfer *bad = refused(&items[i], t);
        if (bad) {
            told[i].rc = pni_transfer_refuse(p, bad);
            told[i].why = pn_error(p)->message;
        } else if (items[i].doc.onward) {
            PN_TRY(send_on(p, &items[i].doc, items[i].doc.shard, items[i].all, items[i].all_n));
        }
    }
    return 0;
}

static const pn_event post_event = {PNI_LEDGER_POST, NULL, post};
const pn_event *const pni_ledger_events[] = {&post_event, NULL};
