/* SPDX-License-Identifier: Apache-2.0 */
/* key.c — idempotency. The stored answer is written in the transaction of the effect; the unique
 * key decides between two equal requests, and the loser reads the winner's answer. */
#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#include "base/audit_int.h"

#define KEEP_US (72LL * 3600 * 1000000)

typedef struct pni_key {
    int64_t no; /* place in the list */
    int sk;
    const char *actor, *key;
    pn_bytes input_hash;
    const char *result;
    int64_t audit_ref, audit_id; /* of the audit row that tells the result instead; 0: none */
    pn_time expires_at;
} pni_key;

static PN_TYPE(key_t_, "idempotency", pni_key, PN_COL(pni_key, no, ""), PN_COL(pni_key, sk, ""),
               PN_COL(pni_key, actor, ""), PN_COL(pni_key, key, ""),
               PN_COL(pni_key, input_hash, ""), PN_COL(pni_key, result, ""),
               PN_COL(pni_key, audit_ref, "", .flags = PN_OPT),
               PN_COL(pni_key, audit_id, "", .flags = PN_OPT),
               PN_COL(pni_key, expires_at, ""));

static const pn_sql store = {"idempotency_store", &key_t_, NULL,
    "INSERT INTO idempotency (sk, actor, key, input_hash, result, audit_ref, audit_id, expires_at)"
    " SELECT u.sk, u.actor, u.key, u.input_hash, u.result, u.ref, u.id, u.expires_at"
    " FROM unnest(:sk, :actor, :key, :input_hash, :result, :audit_ref, :audit_id,"
    "  :expires_at) u(sk, actor, key, input_hash, result, ref, id, expires_at)",
    .array = true};

static const pn_sql forget = {"idempotency_forget", &key_t_, NULL,
    "DELETE FROM idempotency i USING unnest(:sk, :actor, :key) u(sk, actor, key)"
    " WHERE i.sk = u.sk AND i.actor = u.actor AND i.key = u.key AND i.expires_at <= :now",
    .array = true};

static const pn_sql find = {"idempotency_find", &key_t_, &key_t_,
    "SELECT u.no, i.input_hash, i.result, i.audit_ref, i.audit_id"
    " FROM unnest(:no, :sk, :actor, :key) u(no, sk, actor, key)"
    " JOIN idempotency i ON i.sk = u.sk AND i.actor = u.actor AND i.key = u.key"
    " WHERE i.expires_at > :now", .array = true};

/* The audit row is in the shard of what it is about, the key in one of its own. */
static const pn_sql told = {"idempotency_told", &key_t_, &key_t_,
    "SELECT u.no, " PNI_AUDIT_TOLD("after") "::text AS result"
    " FROM unnest(:no, :audit_ref, :audit_id) u(no, ref, id)"
    " JOIN audit_log a ON a.sk = (u.id & 4095)::int AND a.ref = u.ref AND a.id = u.id"
    PNI_AUDIT_COMMON,
    .array = true};

static const pn_sql sweep = {"idempotency_sweep", NULL, NULL,
    "DELETE FROM idempotency WHERE expires_at <= :now"};

/* Operation and input; half of a hash tells them apart. */
static void hash_of(const char *name, const pn_buf *input, unsigned char *out, size_t len)
{
    unsigned char hash[32], whole[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state st;
    crypto_generichash(hash, sizeof hash, (const unsigned char *)input->text, input->len, NULL, 0);
    crypto_hash_sha256_init(&st);
    crypto_hash_sha256_update(&st, hash, sizeof hash);
    crypto_hash_sha256_update(&st, (const unsigned char *)name, strlen(name));
    crypto_hash_sha256_final(&st, whole);
    memcpy(out, whole, len);
}

int pni_key_describe(pn *p, const pn_op *op, pni_call *c)
{
    const char *key = c->r.key, *name;
    if (!key)
        return 0;
    if (strlen(key) > PNI_KEY_MAX)
        return pn_fail(p, PN_EARG, NULL, pn_tr("The idempotency key is longer than %d characters"),
                       PNI_KEY_MAX);
    pn_buf b = pn_buf_new(p);
    c->holder = pn_printf(p, "%c%lld", c->actor.kind, (long long)c->actor.id);
    pn_to_json(&b, op->in, c->r.in);
    if (b.bad || !c->holder || !(name = pni_op_name(p, op)))
        return pni_oom(p);
    hash_of(name, &b, c->hash, sizeof c->hash);
    for (const char *s = key; *s; s++)
        c->sk = (int)((unsigned)c->sk * 31u + (unsigned char)*s) & 4095;
    return 0;
}

static pni_key key_of(const pn *p, const pni_call *c)
{
    return (pni_key){.sk = c->sk, .actor = c->holder, .key = c->r.key,
                     .input_hash = {c->hash, sizeof c->hash},
                     .expires_at = {p->now.us + KEEP_US}};
}

static int result_of(pn *p, const pn_op *op, const pni_call *c, pni_key *k)
{
    if (!op->out)
        return 0;
    if (c->told && !memcmp(c->told, c->r.out, op->out->size)) {
        k->audit_ref = c->told_ref;
        k->audit_id = c->told_id;
        return 0;
    }
    pn_buf b = pn_buf_new(p);
    pn_to_json(&b, op->out, c->r.out);
    k->result = b.text;
    return b.bad ? pni_oom(p) : 0;
}

/* Two batches that share keys wait for one another in one direction only. */
static int by_name(const void *a, const void *b)
{
    const pni_key *x = a, *y = b;
    int order = x->sk != y->sk ? x->sk - y->sk : strcmp(x->actor, y->actor);
    return order ? order : strcmp(x->key, y->key);
}

int pni_key_store(pn *p, const pn_op *op, pni_call *const calls[], size_t n)
{
    pni_key *keys = pn_alloc(p, n * sizeof *keys + 1), *old = pn_alloc(p, n * sizeof *old + 1);
    size_t stored = 0, expired = 0;
    if (!keys || !old)
        return pni_oom(p);
    for (size_t i = 0; i < n; i++) {
        const pni_call *c = calls[i];
        if (!c->r.key || c->r.rc)
            continue;
        pni_key *k = &keys[stored++];
        *k = key_of(p, c);
        if (c->forget)
            old[expired++] = *k;
        PN_TRY(result_of(p, op, c, k));
    }
    qsort(keys, stored, sizeof *keys, by_name);
    qsort(old, expired, sizeof *old, by_name);
    if (expired)
        PN_TRY(pn_queue(p, &forget, old, expired, NULL, NULL));
    if (!stored)
        return 0;
    PN_TRY(pn_queue(p, &store, keys, stored, NULL, NULL));
    p->pending_end->is_key = true;
    return 0;
}

int pni_key_ask(pn *p, pni_call *const calls[], size_t n, PGresult **found)
{
    pni_key *keys = pn_alloc(p, n * sizeof *keys + 1);
    size_t asked = 0;
    if (!keys)
        return pni_oom(p);
    for (size_t i = 0; i < n; i++)
        if (calls[i]->r.key) {
            keys[asked] = key_of(p, calls[i]);
            keys[asked++].no = (int64_t)i;
        }
    return asked ? pni_queue(p, &find, keys, asked, (pni_pending){.result = found}) : 0;
}

static int answer(pn *p, const pn_op *op, pni_call *c, const pni_key *got)
{
    if (got->input_hash.len != sizeof c->hash ||
        memcmp(got->input_hash.data, c->hash, sizeof c->hash)) {
        pn_fail(p, PN_EREPLAY, "idempotency_key",
                pn_tr("The idempotency key \"%s\" was already used for another request"), c->r.key);
        return pn_hint(p, "%s", pn_tr("Use a new key for a new request"));
    }
    if (!op->out || (!got->result && !got->audit_id))
        return 0;
    if (!got->result)
        return pn_fail(p, PN_EINTERNAL, NULL, "the audit row %lld with the answer is gone",
                       (long long)got->audit_id);
    memset(c->r.out, 0, op->out->size);
    return pn_from_json(p, op->out, got->result, strlen(got->result), c->r.out);
}

/* What the trail keeps for us. No transaction is open. */
static int ask_trail(pn *p, const pn_rows *rows)
{
    pni_key *ask = rows->n ? pn_alloc(p, rows->n * sizeof *ask) : NULL;
    pn_rows found = {0};
    size_t n = 0;
    bool write = p->in_write;
    if (!ask)
        return rows->n ? pni_oom(p) : 0;
    pn_each(const pni_key, got, rows)
        if (got->audit_id)
            ask[n++] = *got;
    p->in_write = false;
    int rc = n ? pn_exec_many(p, &told, ask, n, &found) : 0;
    p->in_write = write;
    pn_each(const pni_key, f, &found)
        pn_each(pni_key, got, rows)
            if (got->no == f->no)
                got->result = f->result;
    return rc;
}

int pni_key_answer(pn *p, const pn_op *op, pni_call *const calls[], const PGresult *found)
{
    pn_rows rows = {0};
    if (found)
        PN_TRY(pni_decode(p, found, &(pni_pending){.out = find.out}, &rows));
    PN_TRY(ask_trail(p, &rows));
    pn_each(const pni_key, got, &rows) {
        pni_call *c = calls[got->no];
        pni_turn(p, c);
        pni_answer_call(p, op, c, answer(p, op, c, got));
    }
    return 0;
}

static void clear(PGresult **found)
{
    PQclear(*found);
}

int pni_key_find(pn *p, const pn_op *op, pni_call *const calls[], size_t n)
{
    __attribute__((cleanup(clear))) PGresult *found = NULL;
    PN_TRY(pni_key_ask(p, calls, n, &found));
    PN_TRY(pni_db_sync(p));
    return pni_key_answer(p, op, calls, found);
}

static int sweep_run(pn *p, int64_t *done)
{
    return pn_exec(p, &sweep, NULL, done);
}

static const pn_job sweep_job = {"idempotency_sweep", N_("Forget idempotency keys after 72 hours"),
                                 3600, sweep_run};

const pn_module pn_idempotency_module = {"idempotency", N_("Idempotency keys"),
    .ops = PN_LIST(pn_op, NULL),
    .sql = PN_LIST(pn_sql, &store, &forget, &find, &told, &sweep),
    .jobs = PN_LIST(pn_job, &sweep_job)};
