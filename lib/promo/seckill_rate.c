/* SPDX-License-Identifier: Apache-2.0 */
/* seckill_rate.c — how often somebody may ask for tickets of an activity: a token bucket of each
 * account and of each address that requests come from, in a table of fixed size for the whole
 * process. A bucket is the time at which it is full again, by the clock of the unit. */
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

static int allow(pn *p, const char *policy, const char *who, bool *may)
{
    pn_bytes hash;
    uint64_t n;
    int64_t rate;
    *may = true;
    PN_TRY(pni_policy(p, policy, &rate));
    if (!rate)
        return 0;
    PN_TRY(who ? pni_keyed_hash(p, policy, who, &hash) : pni_mem(p));
    memcpy(&n, hash.data, sizeof n);
    *may = take(n, rate, pn_now(p).us);
    return 0;
}

static int too_often(pn *p, const char *words)
{
    pn_fail(p, PN_ERATE, NULL, "%s", words);
    p->err.retry_s = 1;
    return pn_hint(p, "%s", pn_tr("Ask again in a second; nothing is queued"));
}

enum { MAY = 1, ACCOUNT, SOURCE }; /* what was found of a request */

static int ask(pn *p, signed char *found)
{
    const char *via = pn_who(p)->via, *from = via ? strchr(via, ':') : NULL;
    bool may;
    *found = ACCOUNT;
    PN_TRY(allow(p, "seckill.user_rate", pn_printf(p, "%lld", (long long)pn_who(p)->id), &may));
    if (!may)
        return 0;
    if (from)
        PN_TRY(allow(p, "seckill.source_rate", from + 1, &may));
    *found = may ? MAY : SOURCE;
    return 0;
}

int pni_seckill_rate(pn *p)
{
    signed char own = 0, *found = p->call ? &p->call->counted : &own;
    if (!*found)
        PN_TRY(ask(p, found));
    if (*found == MAY)
        return 0;
    return too_often(p, *found == ACCOUNT ? pn_tr("This account asks for tickets too often")
                                          : pn_tr("Too many ask for tickets from this address"));
}
