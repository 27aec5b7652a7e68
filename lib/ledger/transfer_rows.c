/* SPDX-License-Identifier: Apache-2.0 */
/* transfer_rows.c — what a batch of transfers reads and writes. Accounts are locked in one order
 * everywhere: by shard, then by id; so batches that share accounts wait and never deadlock. What
 * was done before is read after the lock, by a statement of its own, so that it is seen. */
#include <stdlib.h>
#include <string.h>

#include "ledger/transfer_int.h"

#define A(f, ...) PN_COL(pni_acct, f, #f, __VA_ARGS__)
static PN_TYPE(acct_t, "ledger.acct", pni_acct, A(sk), A(place), A(kind), A(part), A(guard),
    A(side), A(state), A(owner), A(id), A(overdraft_fen), A(debit_fen), A(credit_fen),
    A(debit_held_fen), A(credit_held_fen));
#undef A
#define L(f, ...) PN_COL(pni_line, f, #f, __VA_ARGS__)
static PN_TYPE(line_t, "ledger.line", pni_line, L(sk), L(no), L(id), L(debit_id), L(credit_id),
    L(pending_id, .flags = PN_OPT), L(biz_id), L(kind), L(biz_kind), L(step), L(rule), L(memo),
    L(amount_fen), L(day), L(at));
#undef L
#define H(f, ...) PN_COL(pni_held, f, #f, __VA_ARGS__)
static PN_TYPE(held_t, "ledger.held", pni_held, H(sk), H(id), H(debit_id), H(credit_id),
    H(amount_fen), H(ended));
#undef H
typedef struct book { pn_date closed_through; } book;
static PN_TYPE(book_t, "ledger.book", book, PN_COL(book, closed_through, "closed_through"));

const pn_sql pni_book_share = {"ledger_book_share", NULL, &book_t,
    "select closed_through from ledger_book where id = 1 for share", false};
const pn_sql pni_acct_lock = {"ledger_acct_lock", &acct_t, &acct_t,
    "select a.id, u.place, a.guard, a.state, a.overdraft_fen, a.debit_fen, a.credit_fen,"
    " a.debit_held_fen, a.credit_held_fen"
    " from unnest(:place, :kind, :owner, :part) u(place, kind, owner, part)"
    " join ledger_account a on a.sk = (:sk)[1] and a.kind = u.kind and a.owner = u.owner"
    "  and a.part = u.part where a.sk = (:sk)[1] order by a.id for update of a", .array = true};
const pn_sql pni_acct_make = {"ledger_acct_make", &acct_t, NULL,
    "insert into ledger_account (sk, id, kind, owner, part, side, guard, at)"
    " select u.sk, u.id, u.kind, u.owner, u.part, u.side, u.guard, :now"
    " from unnest(:sk, :id, :kind, :owner, :part, :side, :guard)"
    "  u(sk, id, kind, owner, part, side, guard)"
    " on conflict (sk, kind, owner, part) do nothing", .array = true};
/* In: the difference. */
const pn_sql pni_acct_add = {"ledger_acct_add", &acct_t, NULL,
    "update ledger_account a set debit_fen = a.debit_fen + u.debit_fen,"
    " credit_fen = a.credit_fen + u.credit_fen,"
    " debit_held_fen = a.debit_held_fen + u.debit_held_fen,"
    " credit_held_fen = a.credit_held_fen + u.credit_held_fen"
    " from unnest(:sk, :id, :debit_fen, :credit_fen, :debit_held_fen, :credit_held_fen)"
    "  u(sk, id, debit_fen, credit_fen, debit_held_fen, credit_held_fen)"
    " where a.sk = u.sk and a.id = u.id", .array = true};
const pn_sql pni_line_find = {"ledger_line_find", &line_t, &line_t,
    "select t.sk, t.no, t.id, t.debit_id, t.credit_id, t.pending_id, t.biz_id, t.kind, t.biz_kind,"
    " t.step, t.amount_fen from unnest(:biz_kind, :biz_id, :step) u(biz_kind, biz_id, step)"
    " join ledger_transfer t on t.sk = (:sk)[1] and t.biz_kind = u.biz_kind"
    "  and t.biz_id = u.biz_id and t.step = u.step"
    " order by t.biz_kind, t.biz_id, t.step, t.no", .array = true};
const pn_sql pni_line_put = {"ledger_line_put", &line_t, NULL,
    "insert into ledger_transfer (sk, id, kind, debit_id, credit_id, amount_fen, pending_id,"
    " biz_kind, biz_id, step, no, rule, memo, day, at, booked_at, actor_id)"
    " select u.sk, u.id, u.kind, u.debit_id, u.credit_id, u.amount_fen, u.pending_id, u.biz_kind,"
    "  u.biz_id, u.step, u.no, u.rule, u.memo, u.day, u.at, :now, :me"
    " from unnest(:sk, :id, :kind, :debit_id, :credit_id, :amount_fen, :pending_id, :biz_kind,"
    "  :biz_id, :step, :no, :rule, :memo, :day, :at) u(sk, id, kind, debit_id, credit_id,"
    "  amount_fen, pending_id, biz_kind, biz_id, step, no, rule, memo, day, at)", .array = true};
const pn_sql pni_held_find = {"ledger_held_find", &held_t, &held_t,
    "select t.id, t.debit_id, t.credit_id, t.amount_fen, e.kind as ended from ledger_transfer t"
    " left join ledger_transfer e on e.sk = t.sk and e.pending_id = t.id"
    " where t.sk = (:sk)[1] and t.id = any(:id) and t.kind = 'PENDING' order by t.id",
    .array = true};

/* ---- reading ---- */

/* One shard's part of the work. */
typedef struct shard {
    int sk;
    size_t from, to; /* of the accounts */
    pn_rows accts, lines, held;
} shard;

static int by_event(const void *a, const void *b)
{
    const pni_line *x = a, *y = b;
    int c = x->sk - y->sk;
    c = c ? c : strcmp(x->biz_kind, y->biz_kind);
    c = c ? c : (x->biz_id > y->biz_id) - (x->biz_id < y->biz_id);
    c = c ? c : strcmp(x->step, y->step);
    return c ? c : x->no - y->no;
}

static int by_id(const void *a, const void *b)
{
    const pni_held *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

/* What is asked of one shard, all in one go. */
static int ask(pni_work *w, shard *s, pni_line *events, pni_held *held)
{
    size_t events_n = 0, held_n = 0;
    for (size_t i = 0; i < w->events_n; i++) {
        const pni_transfer *t = &w->t[w->event[i].from];
        if (t->sk == s->sk)
            events[events_n++] = (pni_line){.sk = t->sk, .biz_kind = t->biz_kind,
                                            .biz_id = t->biz_id, .step = t->step};
    }
    for (size_t i = 0; i < w->n; i++)
        if (w->t[i].sk == s->sk && w->t[i].pending)
            held[held_n++] = (pni_held){.sk = s->sk, .id = w->t[i].pending};
    PN_TRY(pn_queue(w->p, &pni_acct_lock, w->acct + s->from, s->to - s->from, &s->accts, NULL));
    PN_TRY(pn_queue(w->p, &pni_line_find, events, events_n, &s->lines, NULL));
    return held_n ? pn_queue(w->p, &pni_held_find, held, held_n, &s->held, NULL) : 0;
}

static void found(pni_work *w, const pn_rows *rows)
{
    pn_each(pni_acct, r, rows)
    {
        pni_acct *a = &w->acct[r->place];
        pni_acct key = *a;
        *a = *r;
        a->sk = key.sk;
        a->kind = key.kind;
        a->owner = key.owner;
        a->part = key.part;
    }
}

/* Accounts that are used for the first time; somebody else may make them at the same moment. */
static int make_missing(pni_work *w, shard *s)
{
    size_t n = 0;
    pni_acct *fresh = pn_alloc(w->p, (s->to - s->from) * sizeof *fresh);
    if (!fresh)
        return pn_fail(w->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = s->from; i < s->to; i++) {
        if (w->acct[i].id)
            continue;
        fresh[n] = w->acct[i];
        PN_TRY(pn_new_id(w->p, s->sk, &fresh[n++].id));
    }
    if (!n)
        return 0;
    PN_TRY(pn_queue(w->p, &pni_acct_make, fresh, n, NULL, NULL));
    return pn_queue(w->p, &pni_acct_lock, w->acct + s->from, s->to - s->from, &s->accts, NULL);
}

/* The stored lines of each event. */
static int match(pni_work *w, shard *s, size_t n)
{
    size_t lines_n = 0;
    for (size_t i = 0; i < n; i++)
        lines_n += s[i].lines.n;
    pni_line *lines = pn_alloc(w->p, (lines_n + 1) * sizeof *lines);
    if (!lines)
        return pn_fail(w->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    lines_n = 0;
    for (size_t i = 0; i < n; i++)
        pn_each(pni_line, l, &s[i].lines)
            lines[lines_n++] = *l;
    qsort(lines, lines_n, sizeof *lines, by_event);
    for (size_t i = 0; lines_n && i < w->events_n; i++) {
        pni_bundle *e = &w->event[i];
        const pni_transfer *t = &w->t[e->from];
        pni_line key = {.sk = t->sk, .biz_kind = t->biz_kind, .biz_id = t->biz_id,
                        .step = t->step, .no = 1};
        e->stored = bsearch(&key, lines, lines_n, sizeof *lines, by_event);
        while (e->stored && e->stored + e->stored_n < lines + lines_n) {
            key.no = (int)e->stored_n + 1;
            if (by_event(&key, e->stored + e->stored_n))
                break;
            e->stored_n++;
        }
    }
    return 0;
}

static int keep_held(pni_work *w, const shard *s, size_t n)
{
    size_t held_n = 0;
    for (size_t i = 0; i < n; i++)
        held_n += s[i].held.n;
    w->held = pn_alloc(w->p, (held_n + 1) * sizeof *w->held);
    if (!w->held)
        return pn_fail(w->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < n; i++)
        pn_each(pni_held, h, &s[i].held)
            w->held[w->held_n++] = *h;
    qsort(w->held, w->held_n, sizeof *w->held, by_id);
    return 0;
}

static size_t shards_of(const pni_work *w, shard *s)
{
    size_t n = 0;
    for (size_t i = 0; i < w->accts_n; i++) {
        if (!n || s[n - 1].sk != w->acct[i].sk)
            s[n++] = (shard){.sk = w->acct[i].sk, .from = i};
        s[n - 1].to = i + 1;
    }
    return n;
}

int pni_work_read(pni_work *w)
{
    shard *s = pn_alloc(w->p, w->accts_n * sizeof *s);
    pni_line *events = pn_alloc(w->p, w->events_n * sizeof *events);
    pni_held *held = pn_alloc(w->p, w->n * sizeof *held);
    pn_rows books = {0};
    bool missing = false;
    if (!s || !events || !held)
        return pn_fail(w->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    size_t n = shards_of(w, s);
    PN_TRY(pn_queue(w->p, &pni_book_share, NULL, 0, &books, NULL));
    for (size_t i = 0; i < n; i++)
        PN_TRY(ask(w, &s[i], events, held));
    PN_TRY(pn_sync(w->p));
    for (size_t i = 0; i < n; i++) {
        found(w, &s[i].accts);
        missing |= s[i].accts.n < s[i].to - s[i].from;
    }
    for (size_t i = 0; missing && i < n; i++)
        PN_TRY(make_missing(w, &s[i]));
    if (missing)
        PN_TRY(pn_sync(w->p));
    for (size_t i = 0; missing && i < n; i++)
        found(w, &s[i].accts);
    for (size_t i = 0; i < w->accts_n; i++)
        if (!w->acct[i].id)
            return pn_fail(w->p, PN_EINTERNAL, NULL, "account %s/%lld was not made",
                           w->acct[i].kind, (long long)w->acct[i].owner);
    w->closed = books.n ? ((const book *)books.row)->closed_through : (pn_date){0};
    PN_TRY(keep_held(w, s, n));
    return match(w, s, n);
}

/* ---- writing ---- */

int pni_work_write(pni_work *w, const pni_line *lines, size_t n)
{
    pni_acct *moved = pn_alloc(w->p, w->accts_n * sizeof *moved);
    size_t m = 0;
    if (!moved)
        return pn_fail(w->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < w->accts_n; i++) {
        pni_acct d = w->acct[i];
        const pni_acct *a = &w->was[i];
        d.debit_fen.fen -= a->debit_fen.fen;
        d.credit_fen.fen -= a->credit_fen.fen;
        d.debit_held_fen.fen -= a->debit_held_fen.fen;
        d.credit_held_fen.fen -= a->credit_held_fen.fen;
        if (d.debit_fen.fen || d.credit_fen.fen || d.debit_held_fen.fen || d.credit_held_fen.fen)
            moved[m++] = d;
    }
    PN_TRY(pn_queue(w->p, &pni_line_put, lines, n, NULL, NULL));
    return pn_queue(w->p, &pni_acct_add, moved, m, NULL, NULL);
}
