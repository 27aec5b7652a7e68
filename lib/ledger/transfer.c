/* SPDX-License-Identifier: Apache-2.0 */
/* transfer.c — batches of transfers decided in memory, between one reading and one writing.
 *
 * The accounts are locked first, so what is decided here is what is true: requests are taken in
 * their order, each sees what those before it did, and a refused event leaves nothing. That is how
 * two hot accounts carry thousands of transfers: one lock, one sum, one update each. */
#include <stdlib.h>
#include <string.h>

#include "base/when_int.h"
#include "ledger/transfer_int.h"

static const char *const texts[] = {
#define PNI_STATUS(name, text) text,
    PNI_TRANSFER_STATUSES(PNI_STATUS)
#undef PNI_STATUS
};
static const char *const kind_names[] = {"PLAIN", "PENDING", "POST", "VOID"};

const char *pni_transfer_text(int status)
{
    return pn_tr(texts[status]);
}

/* ---- which accounts, which events ---- */

static const char *part_of(const pni_account *a)
{
    return a->part ? a->part : "";
}

typedef struct side { int sk; const pni_account *account; size_t *place; } side;

static int by_account(const void *a, const void *b)
{
    const side *x = a, *y = b;
    int c = x->sk - y->sk;
    c = c ? c : x->account->kind - y->account->kind;
    c = c ? c : (x->account->owner > y->account->owner) - (x->account->owner < y->account->owner);
    return c ? c : strcmp(part_of(x->account), part_of(y->account));
}

/* Every account once, in shard order; each transfer learns the places of its two. */
static int list_accounts(pni_work *w)
{
    side *s = pn_alloc(w->p, 2 * w->n * sizeof *s);
    w->acct = pn_alloc(w->p, 2 * w->n * sizeof *w->acct);
    w->debit = pn_alloc(w->p, w->n * sizeof *w->debit);
    w->credit = pn_alloc(w->p, w->n * sizeof *w->credit);
    if (!s || !w->acct || !w->debit || !w->credit)
        return pn_fail(w->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < w->n; i++) {
        s[2 * i] = (side){w->t[i].sk, &w->t[i].debit, &w->debit[i]};
        s[2 * i + 1] = (side){w->t[i].sk, &w->t[i].credit, &w->credit[i]};
    }
    qsort(s, 2 * w->n, sizeof *s, by_account);
    for (size_t i = 0; i < 2 * w->n; i++) {
        const pni_account *a = s[i].account;
        if (a->kind <= PNI_KIND_UNSET || a->kind >= PNI_KINDS)
            return pn_fail(w->p, PN_EINTERNAL, NULL, "there is no kind of account %d", a->kind);
        if (!i || by_account(&s[i - 1], &s[i])) {
            w->acct[w->accts_n] = (pni_acct){
                .sk = s[i].sk, .place = (int)w->accts_n, .owner = a->owner, .part = part_of(a),
                .kind = pni_kinds[a->kind - 1].name, .guard = pni_kind_of(a->kind)->guard,
                .side = pni_side_of(a->kind)};
            w->accts_n++;
        }
        *s[i].place = w->accts_n - 1;
    }
    return 0;
}

static int by_name(const pni_transfer *x, const pni_transfer *y)
{
    int c = x->sk - y->sk;
    c = c ? c : strcmp(x->biz_kind, y->biz_kind);
    c = c ? c : (x->biz_id > y->biz_id) - (x->biz_id < y->biz_id);
    return c ? c : strcmp(x->step, y->step);
}

typedef struct named { const pni_transfer *t; pni_bundle *event; } named;

static int by_event(const void *a, const void *b)
{
    const named *x = a, *y = b;
    int c = by_name(x->t, y->t);
    return c ? c : (x->event > y->event) - (x->event < y->event);
}

/* Neighbours of one name and copy are one event; a later event of the same name is a repeat. */
static int list_events(pni_work *w)
{
    named *sorted = pn_alloc(w->p, w->n * sizeof *sorted);
    w->event = pn_alloc(w->p, w->n * sizeof *w->event);
    if (!sorted || !w->event)
        return pn_fail(w->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < w->n; i++) {
        if (!i || by_name(&w->t[i - 1], &w->t[i]) || w->t[i - 1].copy != w->t[i].copy) {
            w->event[w->events_n] = (pni_bundle){.from = i};
            sorted[w->events_n] = (named){&w->t[i], &w->event[w->events_n]};
            w->events_n++;
        }
        w->event[w->events_n - 1].to = i + 1;
    }
    qsort(sorted, w->events_n, sizeof *sorted, by_event);
    for (size_t i = 1; i < w->events_n; i++) {
        const pni_bundle *before = sorted[i - 1].event;
        if (!by_name(sorted[i - 1].t, sorted[i].t))
            sorted[i].event->same = before;
    }
    return 0;
}

/* ---- deciding ---- */

static pni_held *held_of(const pni_work *w, int64_t id)
{
    size_t low = 0, high = w->held_n;
    while (low < high) {
        size_t at = (low + high) / 2;
        if (w->held[at].id == id)
            return &w->held[at];
        if (w->held[at].id < id)
            low = at + 1;
        else
            high = at;
    }
    return NULL;
}

/* The amount it moves or reserves; VOID lets go of all. */
static int64_t amount_of(const pni_transfer *t, const pni_held *h)
{
    if (!h)
        return t->fen;
    return t->kind == PNI_VOID || t->fen == 0 ? h->amount_fen.fen : t->fen;
}

static int held_status(const pni_work *w, size_t i, const pni_held *h)
{
    const pni_transfer *t = &w->t[i];
    if (!h)
        return PNI_TRANSFER_HELD_MISSING;
    if (h->debit_id != w->acct[w->debit[i]].id || h->credit_id != w->acct[w->credit[i]].id)
        return PNI_TRANSFER_HELD_ACCOUNTS;
    if (h->ended)
        return strcmp(h->ended, "POST") ? PNI_TRANSFER_HELD_VOIDED : PNI_TRANSFER_HELD_POSTED;
    return amount_of(t, h) > h->amount_fen.fen ? PNI_TRANSFER_HELD_LESS : PNI_TRANSFER_OK;
}

static bool debit_fits(const pni_acct *a, int64_t fen)
{
    return strcmp(a->guard, "CREDIT") ||
           a->debit_fen.fen + a->debit_held_fen.fen + fen <= a->credit_fen.fen +
                                                                 a->overdraft_fen.fen;
}

static bool credit_fits(const pni_acct *a, int64_t fen)
{
    return strcmp(a->guard, "DEBIT") ||
           a->credit_fen.fen + a->credit_held_fen.fen + fen <= a->debit_fen.fen +
                                                                   a->overdraft_fen.fen;
}

/* The first thing that is wrong, in the order of the statuses. */
static int status_of(const pni_work *w, size_t i, const pni_held *h)
{
    const pni_transfer *t = &w->t[i];
    const pni_acct *debit = &w->acct[w->debit[i]], *credit = &w->acct[w->credit[i]];
    bool ends = t->kind == PNI_POST || t->kind == PNI_VOID;
    if (t->day && t->day <= w->closed.days)
        return PNI_TRANSFER_DAY_CLOSED;
    if (ends)
        return held_status(w, i, h);
    if (!strcmp(debit->state, "CLOSED"))
        return PNI_TRANSFER_DEBIT_CLOSED;
    if (!strcmp(credit->state, "CLOSED"))
        return PNI_TRANSFER_CREDIT_CLOSED;
    if (!debit_fits(debit, t->fen))
        return PNI_TRANSFER_DEBIT_LIMIT;
    return credit_fits(credit, t->fen) ? PNI_TRANSFER_OK : PNI_TRANSFER_CREDIT_LIMIT;
}

/* Its effect, or (sign -1) its effect undone. */
static void apply(pni_work *w, size_t i, pni_held *h, int sign)
{
    const pni_transfer *t = &w->t[i];
    pni_acct *debit = &w->acct[w->debit[i]], *credit = &w->acct[w->credit[i]];
    int64_t fen = sign * amount_of(t, h);
    if (t->kind == PNI_PENDING) {
        debit->debit_held_fen.fen += fen;
        credit->credit_held_fen.fen += fen;
    }
    if (h) {
        debit->debit_held_fen.fen -= sign * h->amount_fen.fen;
        credit->credit_held_fen.fen -= sign * h->amount_fen.fen;
        h->ended = sign > 0 ? kind_names[t->kind] : NULL;
    }
    if (t->kind == PNI_PLAIN || t->kind == PNI_POST) {
        debit->debit_fen.fen += fen;
        credit->credit_fen.fen += fen;
    }
}

static int shape_of(const pni_work *w, size_t i)
{
    const pni_transfer *t = &w->t[i];
    if (t->kind == PNI_PLAIN || t->kind == PNI_PENDING ? t->fen <= 0 : t->fen < 0)
        return PNI_TRANSFER_AMOUNT;
    return w->debit[i] == w->credit[i] ? PNI_TRANSFER_SAME_ACCOUNT : PNI_TRANSFER_OK;
}

/* Is it the line that is stored? A POST of everything may have been said without the amount. */
static bool as_stored(const pni_work *w, size_t i, const pni_line *l)
{
    const pni_transfer *t = &w->t[i];
    bool any = t->kind == PNI_VOID || (t->kind == PNI_POST && t->fen == 0);
    return !strcmp(l->kind, kind_names[t->kind]) && l->debit_id == w->acct[w->debit[i]].id &&
           l->credit_id == w->acct[w->credit[i]].id && l->pending_id == t->pending &&
           (any || l->amount_fen.fen == t->fen);
}

static bool as_before(const pni_work *w, size_t i, size_t first)
{
    const pni_transfer *a = &w->t[i], *b = &w->t[first];
    return a->kind == b->kind && w->debit[i] == w->debit[first] &&
           w->credit[i] == w->credit[first] && a->pending == b->pending && a->fen == b->fen;
}

static bool done(const pni_transfer *t)
{
    return t->status == PNI_TRANSFER_OK || t->status == PNI_TRANSFER_REPEATED;
}

/* Asked before, in this batch or long ago? Then the first answer is the answer. */
static bool repeated(pni_work *w, const pni_bundle *e)
{
    const pni_bundle *first = e->same;
    size_t n = e->to - e->from;
    while (first && !done(&w->t[first->from]))
        first = first->same;
    if (!first && !e->stored_n)
        return false;
    bool equal = n == (first ? first->to - first->from : e->stored_n);
    for (size_t i = 0; equal && i < n; i++)
        equal = first ? as_before(w, e->from + i, first->from + i)
                      : as_stored(w, e->from + i, &e->stored[i]);
    for (size_t i = 0; i < n; i++) {
        pni_transfer *t = &w->t[e->from + i];
        t->status = equal ? PNI_TRANSFER_REPEATED : PNI_TRANSFER_DIFFERENT;
        t->id = !equal ? 0 : first ? w->t[first->from + i].id : e->stored[i].id;
    }
    return true;
}

static void refuse(pni_work *w, const pni_bundle *e, size_t bad, int status)
{
    for (size_t i = e->from; i < e->to; i++)
        w->t[i].status = i == bad ? status : PNI_TRANSFER_LINKED;
}

/* All of its lines or none. */
static bool decide(pni_work *w, const pni_bundle *e)
{
    for (size_t i = e->from; i < e->to; i++) {
        int status = shape_of(w, i);
        if (status) {
            refuse(w, e, i, status);
            return false;
        }
    }
    if (repeated(w, e))
        return false;
    for (size_t i = e->from; i < e->to; i++) {
        pni_held *h = w->t[i].pending ? held_of(w, w->t[i].pending) : NULL;
        int status = status_of(w, i, h);
        if (!status) {
            apply(w, i, h, 1);
            continue;
        }
        for (size_t k = i; k-- > e->from;)
            apply(w, k, w->t[k].pending ? held_of(w, w->t[k].pending) : NULL, -1);
        refuse(w, e, i, status);
        return false;
    }
    return true;
}

/* ---- writing ---- */

static int line_of(pni_work *w, size_t i, int no, pni_line *out)
{
    pni_transfer *t = &w->t[i];
    const pni_held *h = t->pending ? held_of(w, t->pending) : NULL;
    pn_time at = t->at.us ? t->at : pn_now(w->p);
    int32_t day = t->day ? t->day : (int32_t)pni_local_day(at);
    PN_TRY(pn_new_id(w->p, t->sk, &t->id));
    *out = (pni_line){.sk = t->sk, .id = t->id, .no = no, .kind = kind_names[t->kind],
        .debit_id = w->acct[w->debit[i]].id, .credit_id = w->acct[w->credit[i]].id,
        .pending_id = t->pending, .biz_kind = t->biz_kind, .biz_id = t->biz_id, .step = t->step,
        .rule = t->rule ? t->rule : "", .memo = t->memo ? t->memo : "",
        .amount_fen = {amount_of(t, h)}, .at = at,
        .day = {day > w->closed.days ? day : w->closed.days + 1}};
    t->status = PNI_TRANSFER_OK;
    return 0;
}

int pni_transfer_all(pn *p, pni_transfer *t, size_t n)
{
    pni_work w = {.p = p, .t = t, .n = n};
    pni_line *lines = pn_alloc(p, n * sizeof *lines + 1);
    size_t lines_n = 0;
    if (!lines)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    if (!n)
        return 0;
    PN_TRY(list_accounts(&w));
    PN_TRY(list_events(&w));
    PN_TRY(pni_work_read(&w));
    w.was = pn_alloc(p, w.accts_n * sizeof *w.was);
    if (!w.was)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    memcpy(w.was, w.acct, w.accts_n * sizeof *w.was);
    for (size_t k = 0; k < w.events_n; k++) {
        const pni_bundle *e = &w.event[k];
        for (size_t i = e->from; i < e->to; i++) {
            t[i].status = PNI_TRANSFER_LINKED;
            t[i].id = 0;
        }
        for (size_t i = decide(&w, e) ? e->from : e->to; i < e->to; i++)
            PN_TRY(line_of(&w, i, (int)(i - e->from) + 1, &lines[lines_n++]));
    }
    return lines_n ? pni_work_write(&w, lines, lines_n) : 0;
}

/* ---- refusals with words ---- */

static pn_code code_of(int status)
{
    switch (status) {
    case PNI_TRANSFER_AMOUNT: case PNI_TRANSFER_SAME_ACCOUNT: return PN_EARG;
    case PNI_TRANSFER_DIFFERENT: return PN_ECONFLICT;
    case PNI_TRANSFER_HELD_MISSING: return PN_ENONE;
    case PNI_TRANSFER_HELD_LESS: case PNI_TRANSFER_DEBIT_LIMIT: case PNI_TRANSFER_CREDIT_LIMIT:
        return PN_EBALANCE;
    default: return PN_ESTATE;
    }
}

int pni_transfer_refuse(pn *p, const pni_transfer *t)
{
    const pni_account *a = t->status == PNI_TRANSFER_CREDIT_LIMIT ? &t->credit : &t->debit;
    pn_fail(p, code_of(t->status), NULL, pn_tr("%s: %s, %lld.%02d yuan"),
            pni_transfer_text(t->status), pn_tr(pni_kinds[a->kind - 1].label),
            (long long)(t->fen / 100), (int)(t->fen % 100));
    return pn_hint(p, pn_tr("Look at the account: pn ledger list --where 'kind=%s owner=%lld'"),
                   pni_kinds[a->kind - 1].name, (long long)a->owner);
}

int pni_transfer_must(pn *p, pni_transfer *t, size_t n)
{
    PN_TRY(pni_transfer_all(p, t, n));
    for (size_t i = 0; i < n; i++)
        if (!done(&t[i]) && t[i].status != PNI_TRANSFER_LINKED)
            return pni_transfer_refuse(p, &t[i]);
    return 0;
}
