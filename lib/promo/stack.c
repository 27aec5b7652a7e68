/* SPDX-License-Identifier: Apache-2.0 */
/* stack.c — see stack_int.h. */
#include "promo/stack_int.h"

static int64_t bp(int64_t amount, int64_t part)
{
    return (int64_t)(((__int128)amount * part + 5000) / 10000); /* half up */
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Take it off what is left; what others bear of it is rounded, the platform has the rest. */
static int64_t apply(pni_stacked *out, int64_t *left, const pni_reduction *r)
{
    int64_t fen = least(r->fen, *left);
    if (fen <= 0)
        return 0;
    int64_t merch = bp(fen, r->merchant_bp), chan = least(bp(fen, r->channel_bp), fen - merch);
    *left -= fen;
    out->total_fen += fen;
    out->merch_fen += merch;
    out->chan_fen += chan;
    return fen;
}

/* The largest; of equal ones that of which others bear more, then the older. */
static bool better(const pni_reduction *a, const pni_reduction *b, int64_t left)
{
    int64_t x = least(a->fen, left), y = least(b->fen, left);
    int others = a->merchant_bp + a->channel_bp, theirs = b->merchant_bp + b->channel_bp;
    if (x != y)
        return x > y;
    return others != theirs ? others > theirs : a->id < b->id;
}

static const pni_reduction *best(const pni_stack *in, int64_t left)
{
    const pni_reduction *r = NULL;
    for (size_t i = 0; i < in->instants; i++)
        if (in->instant[i].fen > 0 && (!r || better(&in->instant[i], r, left)))
            r = &in->instant[i];
    return r;
}

static void spend_points(const pni_stack *in, pni_stacked *out, int64_t *left)
{
    if (in->points_yuan <= 0 || in->points <= 0)
        return;
    int64_t most = least(bp(in->list_fen, in->points_max_bp), *left);
    int64_t yuan = least(in->points / in->points_yuan, most / 100);
    out->points_fen = yuan * 100;
    out->points = yuan * in->points_yuan;
    *left -= out->points_fen;
}

void pni_stack_up(const pni_stack *in, pni_stacked *out)
{
    bool free = in->activity.fen <= 0;
    int64_t left = in->list_fen;
    const pni_reduction *instant;
    *out = (pni_stacked){.delivery_fen = in->delivery_fen};
    if (free || in->with_coupon)
        out->sending_fen = least(in->delivery_coupon.fen, in->delivery_fen);
    out->delivery_fen -= out->sending_fen;
    int64_t fees = out->delivery_fen + in->service_fen;
    apply(out, &left, &in->activity);
    int64_t keep = fees || !left ? 0 : 1; /* nobody pays nothing by discounts alone */
    left -= keep;
    if ((free || in->with_instant) && (instant = best(in, left))) {
        out->instant_fen = apply(out, &left, instant);
        out->instant_id = instant->id;
    }
    if (free || in->with_coupon)
        out->coupon_fen = apply(out, &left, &in->coupon);
    left += keep;
    if (free || in->with_points)
        spend_points(in, out, &left);
    out->payable_fen = left + fees;
}
