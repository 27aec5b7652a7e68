/* SPDX-License-Identifier: Apache-2.0 */
/* id.c — ids and printed numbers from leased blocks: one row update per block, gaps are fine. A
 * block is a durable commit that its taker waits for, so blocks grow while they are used up fast.
 * id = n << 12 | sk, so an id alone finds its shard. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/call_int.h"
#include "base/when_int.h"

enum { ID_BLOCK = 1000, NO_BLOCK = 20, FAST_MS = 10000, GROW = 4, GROWN_MAX = 256,
       BLOCK_MAX = 1 << 18, NO_DIGITS_MAX = 18 };

struct pni_lease {
    struct pni_lease *next;
    int64_t at, end, taken_ms; /* when it was taken, CLOCK_MONOTONIC */
    int times;                 /* the ordinary block */
    char name[];
};

typedef struct pni_lease_in { const char *name; int64_t block, next; } pni_lease_in;
static PN_TYPE(lease_t, "lease", pni_lease_in, PN_COL(pni_lease_in, name, ""),
               PN_COL(pni_lease_in, block, ""), PN_COL(pni_lease_in, next, ""));

static const pn_sql take = {"id_lease_take", &lease_t, &lease_t,
    "INSERT INTO id_lease (sk, name, next) VALUES (0, :name, 1 + :block)"
    " ON CONFLICT (sk, name) DO UPDATE SET next = id_lease.next + :block RETURNING next"};

/* In a short transaction of its own: a unit that already has one open borrows a second unit. That
 * one may go beyond the pool, else units that fill the pool would wait for each other for ever;
 * leases take turns, so it is one connection more at most. */
static int lease(pn *p, const char *name, int block, int64_t *end)
{
    pni_lease_in in = {.name = name, .block = block}, out;
    if (p->conn && !p->tx_open) {
        bool write = p->in_write;
        p->in_write = false;
        int rc = pn_one(p, &take, &in, &out);
        p->in_write = write;
        if (!rc)
            *end = out.next;
        return rc;
    }
    PN_AUTO_UNIT side = pn_begin(p->ctx);
    if (side)
        side->beyond = true;
    int rc = side ? pn_one(side, &take, &in, &out) : pni_oom(p);
    if (rc && side) {
        rc = pn_fail(p, side->err.code, NULL, "%s", side->err.message);
        return side->err.hint ? pn_hint(p, "%s", side->err.hint) : rc;
    }
    if (!rc)
        *end = out.next;
    return rc;
}

static struct pni_lease *lease_find(pn_ctx *ctx, const char *name)
{
    for (struct pni_lease **at = &ctx->leases; *at; at = &(*at)->next) {
        struct pni_lease *found = *at;
        if (strcmp(found->name, name))
            continue;
        *at = found->next; /* to the front: what was used last is used next */
        found->next = ctx->leases;
        return ctx->leases = found;
    }
    struct pni_lease *l = pni_arena_alloc(&ctx->arena, sizeof *l + strlen(name) + 1);
    if (!l)
        return NULL;
    memcpy(l->name, name, strlen(name));
    l->next = ctx->leases;
    ctx->leases = l;
    return l;
}

/* Our turn: whoever had it before may have left a block for all who waited. */
static int refill(pn *p, struct pni_lease *l, const char *name, int block, int64_t *out)
{
    int64_t end = 0;
    pthread_mutex_lock(&p->ctx->lease_lock);
    bool left = l->at < l->end;
    if (left)
        *out = l->at++;
    pthread_mutex_unlock(&p->ctx->lease_lock);
    if (left)
        return 0;
    int64_t now = pni_mono_ms(); /* only the one whose turn it is looks at these */
    bool fast = l->times && now - l->taken_ms < FAST_MS;
    l->times = !fast ? 1 : l->times < GROWN_MAX ? l->times * GROW : GROWN_MAX;
    l->taken_ms = now;
    if (block * l->times <= BLOCK_MAX)
        block *= l->times;
    PN_TRY(lease(p, name, block, &end));
    pthread_mutex_lock(&p->ctx->lease_lock);
    l->at = end - block;
    l->end = end;
    *out = l->at++;
    pthread_mutex_unlock(&p->ctx->lease_lock);
    return 0;
}

int pn_series(pn *p, const char *name, int block, int64_t *out)
{
    pn_ctx *ctx = p->ctx;
    pthread_mutex_lock(&ctx->lease_lock);
    struct pni_lease *l = lease_find(ctx, name);
    if (l && l->at < l->end) {
        *out = l->at++;
        pthread_mutex_unlock(&ctx->lease_lock);
        return 0;
    }
    pthread_mutex_unlock(&ctx->lease_lock);
    if (!l)
        return pni_oom(p);
    pthread_mutex_lock(&ctx->lease_turn); /* series with a block left go on meanwhile */
    int rc = refill(p, l, name, block, out);
    pthread_mutex_unlock(&ctx->lease_turn);
    return rc;
}

int pn_new_id(pn *p, int sk, int64_t *id)
{
    int64_t n;
    PN_TRY(pn_series(p, "gid", ID_BLOCK, &n));
    *id = n << 12 | (sk & 4095);
    return 0;
}

static int luhn(const char *digits)
{
    int sum = 0, twice = 1;
    for (size_t i = strlen(digits); i-- > 0; twice = !twice) {
        int d = digits[i] - '0';
        if (twice)
            d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        sum += d;
    }
    return (10 - sum % 10) % 10;
}

int pn_new_no(pn *p, const char *prefix, int sk, const char **no)
{
    char name[64], digits[40];
    int y, m, d;
    int64_t k;
    pni_civil(pni_local_day(p->now), &y, &m, &d);
    snprintf(name, sizeof name, "%s%02d%02d%02d:%d", prefix, y % 100, m, d, sk);
    PN_TRY(pn_series(p, name, NO_BLOCK, &k));
    int64_t n = sk + 4096 * (k - 1);
    snprintf(digits, sizeof digits, "%02d%02d%02d%08" PRId64, y % 100, m, d, n);
    *no = pn_printf(p, "%s%s%d", prefix, digits, luhn(digits));
    return *no ? 0 : pni_oom(p);
}

int pn_no_bucket(pn *p, const char *prefix, const char *no, int *sk)
{
    size_t skip = strlen(prefix), len = strlen(no);
    char digits[24];
    if (len < skip + 15 || len > skip + NO_DIGITS_MAX || strncmp(no, prefix, skip) ||
        strspn(no + skip, "0123456789") != len - skip)
        return pn_fail(p, PN_EARG, NULL, pn_tr("\"%.40s\" is not a number of the form %sYYMMDD…"),
                       no, prefix);
    snprintf(digits, sizeof digits, "%.*s", (int)(len - skip - 1), no + skip);
    if (luhn(digits) != no[len - 1] - '0')
        return pn_fail(p, PN_EARG, NULL, pn_tr("\"%.40s\": the check digit is wrong, look again"),
                       no);
    *sk = (int)(strtoll(digits + 6, NULL, 10) & 4095);
    return 0;
}

const pn_module pn_lease_module = {"lease", N_("Leased numbers"), .ops = PN_LIST(pn_op, NULL),
                                   .sql = PN_LIST(pn_sql, &take)};
