/* SPDX-License-Identifier: Apache-2.0 */
/* key.c — idempotency. The stored answer is written in the transaction of the effect; the unique
 * key decides between two equal requests, and the loser reads the winner's answer. */
#include <string.h>
#include <sodium.h>

#include "base/call_int.h"

#define KEEP_US (72LL * 3600 * 1000000)

typedef struct pni_key {
    int sk;
    const char *actor, *key, *op;
    pn_bytes input_hash;
    const char *result;
    pn_time expires_at;
} pni_key;

static PN_TYPE(key_t_, "idempotency", pni_key, PN_COL(pni_key, sk, ""), PN_COL(pni_key, actor, ""),
               PN_COL(pni_key, key, ""), PN_COL(pni_key, op, ""), PN_COL(pni_key, input_hash, ""),
               PN_COL(pni_key, result, ""), PN_COL(pni_key, expires_at, ""));

static const pn_sql store = {"idempotency_store", &key_t_, NULL,
    "INSERT INTO idempotency (sk, actor, key, op, input_hash, result, at, expires_at)"
    " VALUES (:sk, :actor, :key, :op, :input_hash, :result, :now, :expires_at)"};

static const pn_sql forget = {"idempotency_forget", &key_t_, NULL,
    "DELETE FROM idempotency WHERE sk = :sk AND actor = :actor AND key = :key"
    " AND expires_at <= :now"};

static const pn_sql find = {"idempotency_find", &key_t_, &key_t_,
    "SELECT op, input_hash, result FROM idempotency"
    " WHERE sk = :sk AND actor = :actor AND key = :key AND expires_at > :now"};

static const pn_sql sweep = {"idempotency_sweep", NULL, NULL,
    "DELETE FROM idempotency WHERE expires_at <= :now"};

static int describe(pn *p, const pn_op *op, const void *in, pni_key *k)
{
    pn_buf b = pn_buf_new(p);
    unsigned char *hash = pn_alloc(p, 32);
    k->op = pn_printf(p, "%s.%s", op->noun, op->verb);
    k->actor = pn_printf(p, "%c%lld", p->actor.kind, (long long)p->actor.id);
    k->key = p->key;
    pn_to_json(&b, op->in, in);
    if (b.bad || !hash || !k->op || !k->actor)
        return pni_oom(p);
    crypto_generichash(hash, 32, (const unsigned char *)b.text, b.len, NULL, 0);
    k->input_hash = (pn_bytes){hash, 32};
    k->sk = 0;
    for (const char *s = p->key; *s; s++)
        k->sk = (int)((unsigned)k->sk * 31u + (unsigned char)*s) & 4095;
    return 0;
}

int pni_key_store(pn *p, const pn_op *op, const void *in, const void *out)
{
    pni_key k = {.expires_at = {p->now.us + KEEP_US}};
    PN_TRY(describe(p, op, in, &k));
    if (op->out) {
        pn_buf b = pn_buf_new(p);
        pn_to_json(&b, op->out, out);
        if (b.bad)
            return pni_oom(p);
        k.result = b.text;
    }
    PN_TRY(pn_queue(p, &forget, &k, 0, NULL, NULL));
    PN_TRY(pn_queue(p, &store, &k, 0, NULL, NULL));
    p->pending_end->is_key = true;
    return 0;
}

int pni_key_find(pn *p, const pn_op *op, const void *in, void *out)
{
    pni_key k = {0}, got = {0};
    PN_TRY(describe(p, op, in, &k));
    PN_TRY(pn_one(p, &find, &k, &got));
    if (!got.op || strcmp(got.op, k.op) || got.input_hash.len != 32 ||
        memcmp(got.input_hash.data, k.input_hash.data, 32)) {
        pn_fail(p, PN_EREPLAY, "idempotency_key",
                pn_tr("The idempotency key \"%s\" was already used for another request"), p->key);
        return pn_hint(p, "%s", pn_tr("Use a new key for a new request"));
    }
    pni_err_clear(p);
    return op->out && got.result && out
               ? pn_from_json(p, op->out, got.result, strlen(got.result), out) : 0;
}

static int sweep_run(pn *p, int64_t *done)
{
    return pn_exec(p, &sweep, NULL, done);
}

static const pn_job sweep_job = {"idempotency_sweep", N_("Forget idempotency keys after 72 hours"),
                                 3600, sweep_run};

const pn_module pn_idempotency_module = {"idempotency", N_("Idempotency keys"),
    .ops = PN_LIST(pn_op, NULL),
    .sql = PN_LIST(pn_sql, &store, &forget, &find, &sweep),
    .jobs = PN_LIST(pn_job, &sweep_job)};
