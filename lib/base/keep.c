/* SPDX-License-Identifier: Apache-2.0 */
/* keep.c — small shelves of a context, one for each sort of things. What was put back longest ago
 * goes first. */
#include "base/keep_int.h"
#include "base/unit_int.h"

enum { BYTES_MAX = 256 << 20 }; /* enough for a season's on-sales, harmless on a small machine */

typedef pni_kept kept;

static void clear(kept *k)
{
    if (k->thing)
        k->drop(k->thing);
    *k = (kept){0};
}

void *pni_keep_take(pn_ctx *ctx, enum pni_keeps what, int64_t key, int64_t *stamp)
{
    void *out = NULL;
    pthread_mutex_lock(&ctx->lock);
    for (int i = 0; !out && i < PNI_KEPT_MAX; i++) {
        kept *k = &ctx->kept[what][i];
        if (!k->thing || k->key != key)
            continue;
        out = k->thing;
        *stamp = k->stamp;
        *k = (kept){0};
    }
    pthread_mutex_unlock(&ctx->lock);
    return out;
}

/* The place of the same key, else a free one, else the oldest; *all: what there is so far. */
static kept *place_for(kept of[], int64_t key, size_t *all)
{
    kept *out = of;
    *all = 0;
    for (int i = 0; i < PNI_KEPT_MAX; i++) {
        kept *k = &of[i];
        *all += k->size;
        if (k->thing && k->key == key)
            return k;
        if (out->thing && (!k->thing || k->turn < out->turn))
            out = k;
    }
    return out;
}

static void make_room(kept of[], const kept *except)
{
    for (;;) {
        kept *oldest = NULL;
        size_t all = 0;
        for (int i = 0; i < PNI_KEPT_MAX; i++) {
            kept *k = &of[i];
            all += k->size;
            if (k->thing && k != except && (!oldest || k->turn < oldest->turn))
                oldest = k;
        }
        if (all <= BYTES_MAX || !oldest)
            return;
        clear(oldest);
    }
}

void pni_keep_put(pn_ctx *ctx, enum pni_keeps what, int64_t key, int64_t stamp, void *thing,
                  size_t size, void (*drop)(void *thing))
{
    size_t all;
    pthread_mutex_lock(&ctx->lock);
    kept *k = place_for(ctx->kept[what], key, &all);
    clear(k);
    *k = (kept){key, stamp, ++ctx->kept_turn, thing, size, drop};
    if (all + size > BYTES_MAX)
        make_room(ctx->kept[what], k);
    pthread_mutex_unlock(&ctx->lock);
}

void pni_keep_clear(pn_ctx *ctx)
{
    for (int what = 0; what < PNI_KEEPS; what++)
        for (int i = 0; i < PNI_KEPT_MAX; i++)
            clear(&ctx->kept[what][i]);
}
