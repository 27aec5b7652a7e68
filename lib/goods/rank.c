/* SPDX-License-Identifier: Apache-2.0 */
/* The rank of offers: cheap, well served, quickly shipped, known seat. */
#include "rank_int.h"
#include "restrict_int.h"
#include "base/policy_int.h"

#include <stdlib.h>

int pni_rank_weights_read(pn *p, pni_rank_weights *out)
{
    PN_TRY(pni_policy(p, "rank.price", &out->price));
    PN_TRY(pni_policy(p, "rank.service", &out->service));
    PN_TRY(pni_policy(p, "rank.ship", &out->ship));
    return pni_policy(p, "rank.seat", &out->seat);
}

/* 1 − (S − least) / max(least, 1 yuan), in 1/1000, never below 0. */
static int64_t price_part(int64_t sale, int64_t least)
{
    int64_t over = (sale - least) * 1000 / (least > 100 ? least : 100);
    return over < 1000 ? 1000 - over : 0;
}

/* Pinned ones first by their place, then by rank; ties: own e-tickets, level, age, id. */
static int better(const void *a, const void *b)
{
    const pni_ranked *x = a, *y = b;
    if (x->pin != y->pin && x->pin && y->pin)
        return x->pin - y->pin;
    if (!x->pin != !y->pin)
        return x->pin ? -1 : 1;
    if (x->rank != y->rank)
        return y->rank - x->rank;
    if (x->own != y->own)
        return x->own ? -1 : 1;
    if (x->level != y->level)
        return x->level - y->level;
    if (x->listed_at.us != y->listed_at.us)
        return x->listed_at.us < y->listed_at.us ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

void pni_rank(const pni_rank_weights *w, pni_ranked *row, size_t n)
{
    int64_t least = 0;
    for (size_t i = 0; i < n; i++)
        if (!i || row[i].sale_fen < least)
            least = row[i].sale_fen;
    for (size_t i = 0; i < n; i++) {
        pni_ranked *r = &row[i];
        r->rank = (int)(w->price * price_part(r->sale_fen, least) + w->service * r->service +
                        w->ship * r->ship + w->seat * r->seat) +
                  1000 * (r->boost + r->level_rank - r->risk);
    }
    if (n)
        qsort(row, n, sizeof *row, better);
}

/* 0.4·(1 − defaults / 5 %) + 0.3·on time + 0.2·quick answers + 0.1·rating */
int pni_service_part(int default_bp, int on_time_bp, int accept_bp, int rating_bp)
{
    int kept = default_bp < 500 ? 10000 - default_bp * 20 : 0;
    return (4 * kept + 3 * on_time_bp + 2 * accept_bp + rating_bp) / 100;
}

int pni_ship_part(bool presale, unsigned delivery)
{
    if (presale)
        return 200;
    if (!delivery || delivery & PNI_BY_EXPRESS) /* paper in hand, unless all of it is electronic */
        return 800;
    return delivery & PNI_BY_ONSITE ? 500 : 1000;
}

int pni_seat_part(int seat_mode)
{
    return seat_mode < 1 ? 0 : 250 * seat_mode;
}
