/* SPDX-License-Identifier: Apache-2.0 */
/* seckill_rate.c — how often somebody may ask for tickets of an activity: a token bucket of each
 * account and of each address that requests come from. A bucket is the time at which it is full
 * again, by the clock of the unit.
 *
 * Twice: in memory, in a table of fixed size, which costs a crowd that only knocks nothing; and
 * whoever gets past it is counted in the database, for all processes together, one statement for a
 * batch and before its transaction, so that nobody waits for a row of it. */
#include <pthread.h>
#include <string.h>

#include "base/call_int.h"
#include "base/crypt_int.h"
#include "base/policy_int.h"
#include "catalog/row_int.h"
#include "promo/seckill_int.h"

enum { SLOTS = 16384, PROBES = 8, SECOND_US = 1000000 }; /* SLOTS: a power of two */

typedef struct slot { uint64_t who; int64_t full_us; } slot;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static slot slots[SLOTS];

/* His bucket, or the one of its places that has been full for longest. */
static slot *find(uint64_t who)
{
    slot *oldest = &slots[who & (SLOTS - 1)];
    for (unsigned i = 0; i < PROBES; i++) {
        slot *s = &slots[(who + i) & (SLOTS - 1)];
        if (s->who == who)
            return s;
        if (s->full_us < oldest->full_us)
            oldest = s;
    }
    *oldest = (slot){.who = who};
    return oldest;
}

/* Take one of `rate` tokens that grow a second; the bucket holds as many. */
static bool take(uint64_t who, int64_t rate, int64_t now)
{
    int64_t each = SECOND_US / rate;
    pthread_mutex_lock(&lock);
    slot *s = find(who);
    if (s->full_us < now || s->full_us > now + each * rate) /* full, or the clock was set back */
        s->full_us = now;
    bool may = s->full_us <= now + each * (rate - 1);
    if (may)
        s->full_us += each;
    pthread_mutex_unlock(&lock);
    return may;
}

static const char user_rate[] = "seckill.user_rate", source_rate[] = "seckill.source_rate";

/* Rate 0: nobody counts. */
static int bucket_of(pn *p, const char *policy, const char *who, pn_bytes *hash, int64_t *rate)
{
    *hash = (pn_bytes){0};
    PN_TRY(pni_policy(p, policy, rate));
    if (!*rate)
        return 0;
    return who ? pni_keyed_hash(p, policy, who, hash) : pni_mem(p);
}

static const char *account(pn *p)
{
    return pn_printf(p, "%lld", (long long)pn_who(p)->id);
}

/* Where a request comes from, NULL: nobody knows. */
static const char *source(const pn *p)
{
    const char *via = pn_who(p)->via, *from = via ? strchr(via, ':') : NULL;
    return from ? from + 1 : NULL;
}

static int allow(pn *p, const char *policy, const char *who, bool *may)
{
    pn_bytes hash;
    uint64_t n;
    int64_t rate;
    *may = true;
    PN_TRY(bucket_of(p, policy, who, &hash, &rate));
    if (!rate)
        return 0;
    memcpy(&n, hash.data, sizeof n);
    *may = take(n ^ (uintptr_t)p->ctx, rate, pn_now(p).us);
    return 0;
}

static int too_often(pn *p, const char *words)
{
    pn_fail(p, PN_ERATE, NULL, "%s", words);
    p->err.retry_s = 1;
    return pn_hint(p, "%s", pn_tr("Ask again in a second; nothing is queued"));
}

/* What was found of a request; COUNTED: for all processes. */
enum { MAY = 1, ACCOUNT, SOURCE, COUNTED };

static int ask(pn *p, signed char *found)
{
    const char *from = source(p);
    bool may;
    *found = ACCOUNT;
    PN_TRY(allow(p, user_rate, account(p), &may));
    if (!may)
        return 0;
    if (from)
        PN_TRY(allow(p, source_rate, from, &may));
    *found = may ? MAY : SOURCE;
    return 0;
}

static int verdict(pn *p, int found)
{
    if (found == MAY || found == COUNTED)
        return 0;
    return too_often(p, found == ACCOUNT ? pn_tr("This account asks for tickets too often")
                                         : pn_tr("Too many ask for tickets from this address"));
}

int pni_seckill_rate(pn *p)
{
    signed char own = 0, *found = p->call ? &p->call->counted : &own;
    if (!*found)
        PN_TRY(ask(p, found));
    return verdict(p, *found);
}

/* ---- for all processes ---- */

typedef struct bucket { int sk, rate, granted; pn_bytes key; int64_t full_us; } bucket;
#define B(f) PN_COL(bucket, f, #f)
static PN_TYPE(bucket_t, "seckill.bucket", bucket, B(sk), B(key), B(full_us), B(rate), B(granted));
#undef B
/* What is asked comes in `granted`, the clock in `full_us`. A bucket that is full in more than a
 * second is one whose clock was set back. */
#define EACH(of) "(1000000 / " of ".rate)::bigint"
#define NOW "(excluded.full_us - excluded.granted * " EACH("excluded") ")"
#define SINCE                                                                                      \
    "(case when r.full_us > " NOW " + 1000000 then " NOW " else greatest(r.full_us, " NOW ") end)"
#define GRANT                                                                                      \
    "least(excluded.granted, (" NOW " + " EACH("excluded") " * excluded.rate - " SINCE ")"         \
    " / " EACH("excluded") ")"
const pn_sql pni_seckill_count_sql = {"seckill_count", &bucket_t, &bucket_t,
    "insert into ask_rate as r (sk, key, full_us, rate, granted)"
    " select u.sk, u.key, u.now + u.n * " EACH("u") ", u.rate, u.n"
    " from unnest(:sk, :key, :full_us, :rate, :granted) u(sk, key, now, rate, n)"
    " order by u.sk, u.key"
    " on conflict (sk, key) do update set rate = excluded.rate, granted = " GRANT ","
    "  full_us = " SINCE " + " EACH("excluded") " * " GRANT " returning key, granted",
    .array = true};
#undef EACH
#undef NOW
#undef SINCE
#undef GRANT
const pn_sql pni_seckill_uncount_sql = {"seckill_uncount", &bucket_t, NULL,
    "delete from ask_rate where full_us < :full_us", false};

static bucket *bucket_in(const pn_rows *rows, pn_bytes key)
{
    bucket *b = rows->row;
    for (size_t i = 0; key.len && i < rows->n; i++)
        if (!memcmp(b[i].key.data, key.data, key.len))
            return &b[i];
    return NULL;
}

/* One more request of this bucket. */
static void add(pn *p, bucket *b, size_t *n, pn_bytes key, int64_t rate)
{
    const unsigned char *at = key.data;
    pn_rows have = {b, *n};
    bucket *found = bucket_in(&have, key);
    if (!key.len)
        return;
    if (!found) {
        found = &b[(*n)++];
        *found = (bucket){.sk = (at[0] << 8 | at[1]) & 4095, .key = key, .rate = (int)rate,
                          .full_us = pn_now(p).us};
    }
    found->granted += found->granted < rate;
}

/* What a request counts in, none of it twice. */
typedef struct counted { pn_bytes user, source; bool asked; } counted;

static int collect(pn *p, const pn_batch *batch, counted *c, bucket *b, size_t *n)
{
    for (size_t i = 0; i < batch->n; i++) {
        int64_t rate;
        if (batch->req[i]->rc)
            continue;
        pn_for(p, batch, i);
        if (p->call && p->call->counted == COUNTED)
            continue; /* tried again */
        c[i].asked = true;
        PN_TRY(bucket_of(p, user_rate, account(p), &c[i].user, &rate));
        add(p, b, n, c[i].user, rate);
        if (!source(p))
            continue;
        PN_TRY(bucket_of(p, source_rate, source(p), &c[i].source, &rate));
        add(p, b, n, c[i].source, rate);
    }
    return 0;
}

static bool spend(bucket *b)
{
    return !b || b->granted-- > 0;
}

int pni_seckill_rates(pn *p, const pn_batch *batch)
{
    counted *c = pn_alloc(p, (batch->n + 1) * sizeof *c);
    bucket *b = pn_alloc(p, (2 * batch->n + 1) * sizeof *b);
    pn_rows rows = {0};
    size_t n = 0;
    PN_TRY(c && b ? collect(p, batch, c, b, &n) : pni_mem(p));
    if (n)
        PN_TRY(pn_exec_many(p, &pni_seckill_count_sql, b, n, &rows));
    for (size_t i = 0; i < batch->n; i++) {
        if (!c[i].asked)
            continue;
        int found = !spend(bucket_in(&rows, c[i].user))     ? ACCOUNT
                    : !spend(bucket_in(&rows, c[i].source)) ? SOURCE
                                                            : COUNTED;
        pn_for(p, batch, i);
        if (p->call)
            p->call->counted = (signed char)found;
        batch->req[i]->rc = verdict(p, found);
    }
    return 0;
}

int pni_seckill_forget(pn *p)
{
    const int64_t minute = 60 * INT64_C(1000000);
    return pn_exec(p, &pni_seckill_uncount_sql, &(bucket){.full_us = pn_now(p).us - minute}, NULL);
}
