/* SPDX-License-Identifier: Apache-2.0 */
/* outbox.c — events leave with the commit and are handled after it, at least once; the row in
 * outbox_done, written with the handler's effect, makes that exactly once. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#include "base/outbox_int.h"

enum { LEASE_S = 30, TRIES_MAX = 12 };

PN_TYPE(pni_outbox_t, "outbox", pni_outbox_row, PN_COL(pni_outbox_row, sk, ""),
    PN_COL(pni_outbox_row, id, N_("ID"), .flags = PN_KEY | PN_SORT),
    PN_COL(pni_outbox_row, event, N_("Event"), .flags = PN_BRIEF | PN_TITLED),
    PN_COL(pni_outbox_row, ref, N_("Object ID"), .flags = PN_BRIEF),
    PN_COL(pni_outbox_row, refs, N_("All objects"), .flags = PN_NOFILTER | PN_LONG,
           .sql = "array_to_string(refs, ' ')"),
    PN_COL(pni_outbox_row, key, N_("Key")),
    PN_COL(pni_outbox_row, payload, N_("Payload"), .flags = PN_NOFILTER),
    PN_COL(pni_outbox_row, at, N_("Time"), .flags = PN_BRIEF | PN_SORT),
    PN_COL(pni_outbox_row, due_at, N_("Due"), .flags = PN_BRIEF | PN_SORT),
    PN_COL(pni_outbox_row, lease_until, ""), PN_COL(pni_outbox_row, owner, ""),
    PN_COL(pni_outbox_row, error, N_("Error"), .flags = PN_BRIEF),
    PN_COL(pni_outbox_row, tries, N_("Tries"), .flags = PN_BRIEF | PN_SORT));

#define PUT                                                                                        \
    "INSERT INTO outbox (sk, id, event, ref, refs, key, payload, at, due_at, tries, error)"        \
    " SELECT u.sk, u.id, u.event, u.ref, u.refs::bigint[], u.key, u.payload, :now,"                \
    "  coalesce(u.due_at, :now), u.tries, u.error FROM unnest(:sk, :id, :event, :ref, :refs,"      \
    "  :key, :payload, :due_at, :tries, :error)"                                                   \
    " u(sk, id, event, ref, refs, key, payload, due_at, tries, error)"
const pn_sql pni_outbox_put = {"outbox_put", &pni_outbox_t, NULL, PUT, .array = true};
/* Of a key that was chosen there may be a row already. Looking costs as much as writing. */
static const pn_sql put_once = {"outbox_put_once", &pni_outbox_t, NULL,
    PUT " ON CONFLICT (sk, event, key) WHERE key IS NOT NULL DO NOTHING", .array = true};

/* An event without a chosen key is done under its own number. */
static const pn_sql due = {"outbox_due", &pni_outbox_t, &pni_outbox_t,
    "SELECT sk, id, event, ref, array_to_string(refs, ' ') AS refs,"
    "  coalesce(key, id::text) AS key, payload, tries, at FROM outbox"
    " WHERE due_at <= :now AND lease_until < :now ORDER BY due_at, id LIMIT 500"};

static const pn_sql claim = {"outbox_claim", &pni_outbox_t, NULL,
    "UPDATE outbox SET lease_until = :lease_until, owner = :owner, tries = tries + 1"
    " WHERE sk = :sk AND id = :id AND lease_until < :now"};

static const pn_sql mark = {"outbox_mark", &pni_outbox_t, NULL,
    "INSERT INTO outbox_done (sk, event, key, at) VALUES (:sk, :event, :key, :now)"
    " ON CONFLICT (sk, event, key) DO NOTHING"};

static const pn_sql drop_row = {"outbox_drop", &pni_outbox_t, NULL,
    "DELETE FROM outbox WHERE sk = :sk AND id = :id"};

/* The same for many of one shard. */
static const pn_sql claim_many = {"outbox_claim_many", &pni_outbox_t, &pni_outbox_t,
    /* several relays claim at once: none waits for another, so none waits in a ring */
    "WITH k AS MATERIALIZED (SELECT o.id FROM outbox o WHERE o.sk = (:sk)[1] AND o.id = any (:id)"
    "  AND o.lease_until < :now ORDER BY o.id FOR UPDATE SKIP LOCKED)"
    " UPDATE outbox o SET lease_until = (:lease_until)[1], owner = (:owner)[1],"
    "  tries = o.tries + 1 FROM k WHERE o.sk = (:sk)[1] AND o.id = k.id RETURNING o.id",
    .array = true};
static const pn_sql done_many = {"outbox_done_many", &pni_outbox_t, &pni_outbox_t,
    "SELECT d.key FROM outbox_done d WHERE d.sk = (:sk)[1] AND d.event = (:event)[1]"
    " AND d.key = any(:key)", .array = true};
static const pn_sql mark_many = {"outbox_mark_many", &pni_outbox_t, NULL,
    "INSERT INTO outbox_done (sk, event, key, at) SELECT u.sk, u.event, u.key, :now"
    " FROM unnest(:sk, :event, :key) u(sk, event, key) ON CONFLICT (sk, event, key) DO NOTHING",
    .array = true};
static const pn_sql drop_many = {"outbox_drop_many", &pni_outbox_t, NULL,
    "DELETE FROM outbox WHERE sk = (:sk)[1] AND id = any(:id)", .array = true};

static const pn_sql later = {"outbox_later", &pni_outbox_t, NULL,
    "UPDATE outbox SET due_at = :due_at, lease_until = '-infinity', error = :error"
    " WHERE sk = :sk AND id = :id"};

static const pn_list_spec all = {
    .row = &pni_outbox_t, .from = "outbox", .key = "id", .sort = "due_at"};

int pn_outbox(pn *p, const char *event, int64_t id, const pn_type *type, const void *row,
              const char *key)
{
    pni_outbox_row *r = pn_alloc(p, sizeof *r);
    pn_buf b = pn_buf_new(p);
    if (type)
        pn_to_json(&b, type, row);
    else
        pn_buf_puts(&b, "{}");
    if (!r || b.bad)
        return pni_oom(p);
    *r = (pni_outbox_row){.sk = pn_sk(id), .event = event, .ref = id, .payload = {b.text},
                          .key = key ? pn_strdup(p, key) : NULL};
    if (key && !r->key)
        return pni_oom(p);
    PN_TRY(pn_new_id(p, r->sk, &r->id));
    *p->events_end = r;
    p->events_end = &r->next;
    p->event_n++;
    return 0;
}

static bool happened(const pn *p, const char *event)
{
    for (const pni_outbox_row *r = p->events; r; r = r->next)
        if (!strcmp(event, r->event))
            return true;
    return false;
}

/* Each kind of people once, however many events tell them. */
const char *pn_hearers(pn *p)
{
    enum { MOST = 16 };
    const char *told[MOST];
    int n = 0;
    pn_buf b = pn_buf_new(p);
    for (const pn_module *const *m = pn_modules(); p && *m; m++) {
        for (const pn_event *const *e = (*m)->events; e && *e; e++) {
            int i = 0;
            if (!(*e)->tells || n == MOST || !happened(p, (*e)->event))
                continue;
            while (i < n && strcmp(told[i], (*e)->tells) != 0)
                i++;
            if (i < n)
                continue;
            told[n++] = (*e)->tells;
            pn_buf_putf(&b, "%s%s", b.len ? "," : "", pn_tr((*e)->tells));
        }
    }
    return b.bad || !b.text ? "" : b.text;
}

static int by_key(const void *a, const void *b)
{
    const pni_outbox_row *x = a, *y = b;
    int order = x->sk != y->sk ? x->sk - y->sk : strcmp(x->event, y->event);
    return order ? order : strcmp(x->key, y->key);
}

int pni_outbox_flush(pn *p)
{
    if (!p->events)
        return 0;
    pni_outbox_row *rows = pn_alloc(p, p->event_n * sizeof *rows);
    if (!rows)
        return pni_oom(p);
    size_t n = 0, keyed = p->event_n;
    for (pni_outbox_row *r = p->events; r; r = r->next)
        rows[r->key ? --keyed : n++] = *r;
    PN_TRY(pni_bundle(p, rows, &n));
    size_t keys = p->event_n - keyed;
    qsort(rows + keyed, keys, sizeof *rows, by_key); /* who has the same ones waits one way only */
    if (n)
        PN_TRY(pn_queue(p, &pni_outbox_put, rows, n, NULL, NULL));
    return keys ? pn_queue(p, &put_once, rows + keyed, keys, NULL, NULL) : 0;
}

int pni_outbox_handle(pn *p, const pni_outbox_row *row)
{
    for (const pn_module *const *m = pn_modules(); *m; m++)
        for (const pn_event *const *e = (*m)->events; e && *e; e++)
            if (!strcmp((*e)->event, row->event))
                PN_TRY((*e)->run(p, row->ref, row->payload.text));
    return 0;
}

/* All handlers and the mark are one transaction. */
static int handle(pn *p, const pni_outbox_row *row)
{
    int64_t fresh = 0;
    PN_TRY(pn_exec(p, &mark, row, &fresh));
    if (fresh)
        PN_TRY(row->refs ? pni_bundle_handle(p, row) : pni_outbox_handle(p, row));
    return pn_exec(p, &drop_row, row, NULL);
}

static int relay_run(pn *p, const void *in, void *out)
{
    (void)out;
    return handle(p, in);
}

static const pn_op relay_op = {.noun = "outbox", .verb = "relay", .in = &pni_outbox_t,
    .brief = N_("Hand one event to its handlers"), .may = PN_ROLE_SYSTEM,
    .flags = PN_WRITE | PN_LOCAL | PN_HIDDEN, .run = relay_run};

void pni_outbox_later(const pn *p, pni_outbox_row *row, const char *why)
{
    int64_t wait_s = row->tries < TRIES_MAX ? 1LL << row->tries : 4096;
    row->due_at.us = p->now.us + wait_s * 1000000;
    row->error = why;
}

static void put_off(pn *p, pni_outbox_row *row, const char *why)
{
    pni_outbox_later(p, row, why);
    if (pn_exec(p, &later, row, NULL))
        pni_log(p->ctx, PN_LOG_ERROR, "outbox row could not be put off", NULL);
}

static int relay_one(pn *p, pni_outbox_row *row, int64_t *done)
{
    int64_t mine = 0;
    row->lease_until.us = p->now.us + LEASE_S * 1000000LL;
    row->owner = "relay";
    PN_TRY(pn_exec(p, &claim, row, &mine));
    if (!mine)
        return 0;
    PN_AUTO_UNIT one = pn_begin(p->ctx);
    if (!one)
        return pni_oom(p);
    pn_set_now(one, p->now);
    pn_act_as(one, &p->actor);
    if (!pn_call(one, &relay_op, row, NULL)) {
        *done += pni_bundle_count(row);
        return 0;
    }
    const pn_err *e = pn_error(one);
    pn_buf fields = pn_buf_new(p);
    pn_buf_puts(&fields, "{\"event\":");
    pn_buf_json(&fields, row->event);
    pn_buf_putf(&fields, ",\"ref\":%" PRId64 ",\"code\":\"%s\"}", row->ref, pn_code_name(e->code));
    pni_log(p->ctx, PN_LOG_WARN, e->message, fields.bad ? NULL : fields.text);
    put_off(p, row, e->message);
    return 0;
}

/* ---- many at once ---- */

static const pn_event *many_of(const char *event)
{
    for (const pn_module *const *m = pn_modules(); *m; m++)
        for (const pn_event *const *e = (*m)->events; e && *e; e++)
            if ((*e)->many && !strcmp((*e)->event, event))
                return *e;
    return NULL;
}

/* Those that were not handled before, with the place of each among the requests. */
static int fresh_ones(pn *p, const pn_batch *b, const pni_outbox_row rows[], pn_told told[],
                      size_t at[], size_t *n)
{
    pn_rows done;
    *n = 0;
    PN_TRY(pn_exec_many(p, &done_many, rows, b->n, &done));
    for (size_t i = 0; i < b->n; i++) {
        bool was = false;
        pn_each(pni_outbox_row, d, &done)
            was |= !strcmp(d->key, rows[i].key);
        at[*n] = i;
        told[*n] = (pn_told){.id = rows[i].ref, .payload = rows[i].payload.text};
        *n += !was;
    }
    return 0;
}

/* What was handled, now or before, goes; what was refused stays and is put off. */
static int relay_all(pn *p, const pn_batch *b)
{
    pni_outbox_row *rows = pn_alloc(p, b->n * sizeof *rows);
    pn_told *told = pn_alloc(p, b->n * sizeof *told);
    size_t *at = pn_alloc(p, b->n * sizeof *at), n = 0, gone = 0;
    if (!rows || !told || !at)
        return pni_oom(p);
    for (size_t i = 0; i < b->n; i++)
        rows[i] = *(const pni_outbox_row *)b->req[i]->in;
    PN_TRY(fresh_ones(p, b, rows, told, at, &n));
    if (n)
        PN_TRY(many_of(rows[0].event)->many(p, told, n));
    for (size_t i = 0; i < n; i++) {
        if (!told[i].rc)
            continue;
        pn_for(p, b, at[i]);
        b->req[at[i]]->rc = pn_fail(p, (pn_code)told[i].rc, NULL, "%s", told[i].why);
    }
    for (size_t i = 0; i < b->n; i++)
        if (!b->req[i]->rc)
            rows[gone++] = rows[i];
    if (!gone)
        return 0;
    PN_TRY(pn_queue(p, &mark_many, rows, gone, NULL, NULL));
    return pn_queue(p, &drop_many, rows, gone, NULL, NULL);
}

static const pn_op relay_all_op = {.noun = "outbox", .verb = "relay_all", .in = &pni_outbox_t,
    .brief = N_("Hand events of one kind to their handler"), .may = PN_ROLE_SYSTEM,
    .flags = PN_WRITE | PN_LOCAL | PN_HIDDEN | PN_MANY, .many = relay_all};

/* Ours to handle, of n rows of one shard; they move to the front. */
static int claim_all(pn *p, pni_outbox_row rows[], size_t n, size_t *mine)
{
    pn_rows got;
    *mine = 0;
    for (size_t i = 0; i < n; i++) {
        rows[i].lease_until.us = p->now.us + LEASE_S * 1000000LL;
        rows[i].owner = "relay";
    }
    PN_TRY(pn_exec_many(p, &claim_many, rows, n, &got));
    for (size_t i = 0; i < n; i++)
        pn_each(pni_outbox_row, g, &got)
            if (g->id == rows[i].id)
                rows[(*mine)++] = rows[i];
    return 0;
}

static int hand_over(pn *p, pni_outbox_row rows[], size_t n, int64_t *done)
{
    pn_request *req = pn_alloc(p, n * sizeof *req + 1);
    PN_AUTO_UNIT one = pn_begin(p->ctx);
    if (!one || !req)
        return pni_oom(p);
    pn_set_now(one, p->now);
    pn_act_as(one, &p->actor);
    for (size_t i = 0; i < n; i++)
        req[i].in = &rows[i];
    int rc = pn_call_requests(one, &relay_all_op, req, n);
    for (size_t i = 0; i < n; i++) {
        const pn_err *e = req[i].rc ? &req[i].err : rc ? pn_error(one) : NULL;
        *done += !e;
        if (!e)
            continue;
        pni_log(p->ctx, PN_LOG_WARN, e->message, NULL);
        put_off(p, &rows[i], e->message);
    }
    return 0;
}

/* Everything due of the kind and the shard of `first`. */
static int relay_kind(pn *p, pn_rows *due_rows, const pni_outbox_row *first, int64_t *done)
{
    pni_outbox_row *rows = pn_alloc(p, due_rows->n * sizeof *rows);
    size_t n = 0;
    if (!rows)
        return pni_oom(p);
    pn_each(pni_outbox_row, r, due_rows)
    {
        if (r->taken || r->sk != first->sk || strcmp(r->event, first->event))
            continue;
        r->taken = true;
        rows[n++] = *r;
    }
    PN_TRY(claim_all(p, rows, n, &n));
    return n ? hand_over(p, rows, n, done) : 0;
}

int pni_outbox_relay(pn *p, int64_t *done)
{
    pn_rows rows;
    *done = 0;
    PN_TRY(pn_all(p, &due, NULL, &rows));
    pn_each(pni_outbox_row, row, &rows)
    {
        if (row->taken)
            continue;
        if (many_of(row->event))
            PN_TRY(relay_kind(p, &rows, row, done));
        else
            PN_TRY(relay_one(p, row, done));
    }
    return 0;
}

int pn_outbox_list(pn *p, const pn_list *in, pn_page *out);
PN_OP_LIST(outbox, list, all, .brief = N_("Events waiting for their handlers"),
           .out = &pni_outbox_t, .may = PN_ROLE_OPS)

const pn_module pn_outbox_module = {"outbox", N_("Events"),
    .ops = PN_LIST(pn_op, &outbox_list_op, &pni_outbox_retry_op),
    .sql = PN_LIST(pn_sql, &pni_outbox_put, &put_once, &due, &claim, &mark, &drop_row, &later,
                   &claim_many, &done_many, &mark_many, &drop_many,
                   &pni_outbox_again)};
