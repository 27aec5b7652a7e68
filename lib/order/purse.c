/* SPDX-License-Identifier: Apache-2.0 */
/* purse.c — see purse_int.h. A budget is read when the first cart asks for it and counted down in
 * memory; that it was not overtaken is for the constraint to say, when the sale is written. */
#include "order/purse_int.h"

#include "promo/coupon_int.h"
#include "promo/point_int.h"

/* What is left of a budget, or in an account of points; of a coupon 1 or 0. */
typedef struct purse { int64_t left; } purse;

static int purse_of(pni_sale *s, const char *source, int64_t id, purse **out)
{
    const char *key = pn_printf(s->p, "%s%lld", source, (long long)id);
    bool yes = false;
    if (!key)
        return pn_fail(s->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    if ((*out = pni_map_get(&s->purses, key)))
        return 0;
    if (!(*out = pn_alloc(s->p, sizeof **out)))
        return pn_fail(s->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    if (*source == *PNI_DRAW_BUDGET) {
        PN_TRY(pni_budget_left(s->p, id, &(*out)->left));
    } else if (*source == *PNI_DRAW_POINTS) {
        PN_TRY(pni_point_free(s->p, id, &(*out)->left));
    } else {
        PN_TRY(pni_coupon_free(s->p, id, &yes));
        (*out)->left = yes;
    }
    return pni_map_put(&s->purses, key, *out);
}

static int covered(pni_sale *s, const pni_reduction *r, int64_t most, bool *yes)
{
    purse *b;
    *yes = true;
    if (!r->budget || r->fen <= 0)
        return 0;
    PN_TRY(purse_of(s, PNI_DRAW_BUDGET, r->budget, &b));
    *yes = b->left >= (r->fen < most ? r->fen : most);
    return 0;
}

static int coupon(pni_sale *s, pni_reduction *r, int64_t most)
{
    purse *c;
    bool yes = true;
    if (r->fen > 0 && r->once) {
        PN_TRY(purse_of(s, PNI_DRAW_COUPON, r->id, &c));
        if (c->left < 1) {
            pn_fail(s->p, PN_ECONFLICT, "coupon", pn_tr("Coupon %lld is in another order"),
                    (long long)r->id);
            return pn_hint(s->p, "%s", pn_tr("Pay or cancel that order, or take another coupon"));
        }
    }
    PN_TRY(covered(s, r, most, &yes));
    if (!yes)
        *r = (pni_reduction){0};
    return 0;
}

int pni_draws_within(pni_sale *s, pni_stack *st)
{
    pni_reduction *kept = pn_alloc(s->p, (st->instants + 1) * sizeof *kept);
    size_t n = 0;
    if (!kept)
        return pn_fail(s->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < st->instants; i++) {
        bool yes;
        PN_TRY(covered(s, &st->instant[i], st->list_fen, &yes));
        if (yes)
            kept[n++] = st->instant[i];
    }
    st->instant = kept;
    st->instants = n;
    PN_TRY(coupon(s, &st->coupon, st->list_fen));
    return coupon(s, &st->delivery_coupon, st->delivery_fen);
}

int pni_draws_coupon(pn *p, const pni_ask *ask, int64_t buyer, pni_stack *st)
{
    int64_t fen;
    PN_TRY(pni_coupon_worth(p, ask->coupon, buyer, &fen));
    if (ask->fixed || (st->activity.fen > 0 && !st->with_coupon)) {
        pn_fail(p, PN_EARG, "coupon", "%s", pn_tr("Coupons do not go with this price"));
        return pn_hint(p, "%s", pn_tr("Order without it"));
    }
    st->coupon = (pni_reduction){.id = ask->coupon, .fen = fen, .once = true};
    return 0;
}

int pni_draws_points(pni_sale *s, int64_t points, int64_t buyer, pni_stack *st)
{
    purse *of;
    if (!buyer) {
        pn_fail(s->p, PN_EARG, "points", "%s", pn_tr("Points are spent from an account"));
        return pn_hint(s->p, "%s", pn_tr("Sign in as a buyer, or order without points"));
    }
    PN_TRY(purse_of(s, PNI_DRAW_POINTS, buyer, &of));
    if (points > of->left) {
        pn_fail(s->p, PN_EBALANCE, "points", pn_tr("The account has only %lld points to spend"),
                (long long)of->left);
        return pn_hint(s->p, "%s", pn_tr("Spend fewer, or none"));
    }
    if (st->activity.fen > 0 && !st->with_points) {
        pn_fail(s->p, PN_EARG, "points", "%s", pn_tr("Points do not go with this price"));
        return pn_hint(s->p, "%s", pn_tr("Order without points"));
    }
    st->points = points;
    st->points_of = buyer;
    return 0;
}

/* A budget that two steps draw on is drawn on once. */
static void note(pni_cart *c, const char *source, int64_t id, int64_t fen)
{
    if (!id || fen <= 0)
        return;
    for (size_t i = 0; i < c->draws; i++)
        if (c->draw[i].source == source && c->draw[i].source_id == id) {
            c->draw[i].fen += fen;
            return;
        }
    if (c->draws < PNI_DRAWS_MAX)
        c->draw[c->draws++] = (pni_draw){.source = source, .source_id = id, .fen = fen};
}

void pni_draws_of(const pni_stack *st, const pni_stacked *sum, pni_cart *cart)
{
    static const char budget[] = PNI_DRAW_BUDGET, once[] = PNI_DRAW_COUPON,
                      points[] = PNI_DRAW_POINTS;
    cart->draws = 0;
    for (size_t i = 0; i < st->instants; i++)
        if (st->instant[i].id == sum->instant_id)
            note(cart, budget, st->instant[i].budget, sum->instant_fen);
    note(cart, budget, st->coupon.budget, sum->coupon_fen);
    note(cart, budget, st->delivery_coupon.budget, sum->sending_fen);
    if (st->coupon.once)
        note(cart, once, st->coupon.id, sum->coupon_fen);
    if (st->delivery_coupon.once)
        note(cart, once, st->delivery_coupon.id, sum->sending_fen);
    note(cart, points, st->points_of, sum->points);
}

int pni_draws_taken(pni_sale *s, const pni_cart *cart)
{
    for (size_t i = 0; i < cart->draws; i++) {
        const pni_draw *d = &cart->draw[i];
        purse *of;
        PN_TRY(purse_of(s, d->source, d->source_id, &of));
        of->left -= *d->source == *PNI_DRAW_COUPON ? 1 : d->fen;
    }
    return 0;
}

/* ---- paid ---- */

static int paid(pn *p, int64_t order_id, const char *payload)
{
    (void)payload;
    return pni_draw_spend(p, order_id);
}

const pn_event pni_draw_paid_event = {"order.paid", paid};
const pn_event pni_draw_group_event = {"order.group_paid", paid};
