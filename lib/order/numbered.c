/* SPDX-License-Identifier: Apache-2.0 */
/* numbered.c — lots of numbered seats: which seats an order takes, and what is written of them.
 *
 * Under the lock of a lot its picture in memory is the truth, so seats are taken there first. The
 * statement that follows is guarded all the same: a seat that is not free gets a mask beyond its
 * row, which the table refuses (I02). */
#include <string.h>

#include "order/sale_int.h"

const pn_sql pni_lock_seats_sql = {"lock_seats", &pni_seat_set_t, NULL,
    "update seat_block b set busy = case when (b.held | b.busy | b.sold) & u.seats = 0"
    "  then b.busy | u.seats else -1::bigint end from unnest(:block, :seats) u(block, seats)"
    " where b.sk = (u.block & 4095)::int and b.id = u.block", .array = true};

static int oom(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static int flags_of(const pni_deal *d, const pni_rules *r)
{
    return (r->no_single_left ? 0 : PNI_PICK_LOOSE) | (r->soft_single ? PNI_PICK_SOFT : 0) |
           (r->contiguous || d->ask->together ? 0 : PNI_PICK_SPLIT) |
           (d->ask->wheelchair ? PNI_PICK_WHEELCHAIR : 0);
}

static int named(pni_sale *s, const pni_deal *d, const pn_order_want *want, pni_part *part)
{
    pni_picture *pic = part->lot->seats;
    const char *const *keys = want->seats.v;
    size_t bad = 0;
    if (want->seats.n != (size_t)part->seats) {
        pn_fail(s->p, PN_ECOUNT, "seats", pn_tr("%d seats are named for %d tickets"),
                (int)want->seats.n, part->seats);
        return pn_hint(s->p, "%s", pn_tr("Name a seat for each ticket, or none"));
    }
    int code = pni_seats_named(pic, keys, want->seats.n, part->pick, &bad);
    if (!code)
        code = pni_seats_take(pic, part->pick, want->seats.n, flags_of(d, &part->lot->rules), &bad);
    if (!code && part->lot->rules.contiguous &&
        pni_seats_runs(pic, part->pick, want->seats.n) > 1) {
        pni_seats_give(pic, part->pick, want->seats.n);
        return pn_fail(s->p, PN_ENO_MATCH, "seats", "%s",
                       pn_tr("These seats are sold side by side only"));
    }
    return code ? pni_pick_refuse(s->p, pic, code, part->seats, keys[bad], "seats") : 0;
}

int pni_seats_choose(pni_sale *s, const pni_deal *d, const pn_order_want *want, pni_part *part)
{
    pni_lot *l = part->lot;
    if (!l->seats)
        PN_TRY(pni_picture_get(s->p, l->lot_id, l->seat_stamp, &l->seats));
    part->pick = pn_alloc(s->p, (size_t)part->seats * sizeof *part->pick);
    if (!part->pick)
        return oom(s->p);
    if (want->seats.n)
        return named(s, d, want, part);
    int code = pni_seats_best(l->seats, part->seats, flags_of(d, &l->rules), part->pick);
    return code ? pni_pick_refuse(s->p, l->seats, code, part->seats, NULL, "qty") : 0;
}

int pni_seats_write(pni_sale *s)
{
    for (size_t i = 0; i < s->lots; i++) {
        pni_lot *l = &s->lot[i];
        pni_seat_set *sets;
        size_t n = 0;
        if (!l->seats)
            continue;
        PN_TRY(pni_picture_taken(s->p, l->seats, &sets, &n));
        if (n)
            PN_TRY(pn_queue(s->p, &pni_lock_seats_sql, sets, n, NULL, NULL));
        pni_picture_put(s->p, l->seats, l->taken ? l->new_stamp : l->seat_stamp);
        l->seats = NULL;
    }
    return 0;
}

void pni_sale_drop(pni_sale *s)
{
    for (size_t i = 0; i < s->lots; i++) {
        if (s->lot[i].seats)
            pni_picture_drop(s->lot[i].seats);
        s->lot[i].seats = NULL;
    }
}
