/* SPDX-License-Identifier: Apache-2.0 */
/* reseat.c — an order moves to other seats of its lot, as long as it has no tickets. What it gives
 * up and what it takes changes hands in one transaction under the lot's lock: two clerks who move
 * orders to and fro never take a seat from each other, and none is lost between them. */
#include <string.h>

#include "order/sale_int.h"
#include "seating/claimed_int.h"

typedef struct asked { int64_t order; pn_texts from; } asked;
static PN_TYPE(asked_t, "order.reseat_asked", asked, PN_COL(asked, order, N_("Order")),
    PN_COL(asked, from, N_("Seats")));
typedef struct seat_row {
    int64_t order_id, lot_id, seat_stamp, seat_block;
    int no, seat_bit;
    const char *state, *seat_key;
    bool no_single_left, soft_single, contiguous;
} seat_row;
#define S(f, ...) PN_COL(seat_row, f, #f, __VA_ARGS__)
static PN_TYPE(seat_t, "order.reseat_seat", seat_row, S(order_id), S(lot_id), S(seat_stamp),
    S(seat_block), S(no), S(seat_bit), S(state), S(seat_key), S(no_single_left), S(soft_single),
    S(contiguous));
#undef S
const pn_sql pni_reseat_look_sql = {"order_reseat_look", &asked_t, &seat_t,
    "select e.order_id, i.lot_id, k.seat_stamp, e.no, e.seat_block, e.seat_bit, e.state,"
    " e.seat_key, coalesce(l.no_single_left, true) as no_single_left,"
    " coalesce(l.soft_single, s.status = 'TAIL') as soft_single,"
    " coalesce(l.contiguous, false) as contiguous"
    " from orders o join session s on s.id = o.session_id"
    " join order_seat e on e.sk = :order# and e.order_id = o.id"
    " join order_item i on i.sk = :order# and i.order_id = o.id and i.no = e.item_no"
    " join stock k on k.sk = :order# and k.lot_id = i.lot_id"
    " left join listing l on l.sk = :order# and l.id = i.lot_id"
    " where o.sk = :order# and o.id = :order and e.seat_key = any (:from)"
    "  and ((o.status = 'PENDING_PAY' and o.hold_expires_at > :now and e.state = 'HELD')"
    "   or (o.status = 'PAID' and e.state = 'SOLD')) order by e.no", false};
const pn_sql pni_reseat_write_sql = {"order_reseat_write", &seat_t, NULL,
    "update order_seat e set seat_block = u.block, seat_bit = u.bit, seat_key = u.key"
    " from unnest(:order_id, :no, :seat_block, :seat_bit, :seat_key) u(o, no, block, bit, key)"
    " where e.sk = (u.o & 4095)::int and e.order_id = u.o and e.no = u.no", .array = true};

/* What a row's segment gives and takes; in which mask, its order says. */
typedef struct swap { int64_t block, gone, taken; bool held; } swap;
static PN_TYPE(swap_t, "order.reseat_swap", swap, PN_COL(swap, block, "block"),
    PN_COL(swap, gone, "gone"), PN_COL(swap, taken, "taken"), PN_COL(swap, held, "held"));
/* A seat that is not as it was thought breaks a check of the table (I02). */
const pn_sql pni_reseat_swap_sql = {"order_reseat_swap", &swap_t, NULL,
    "update seat_block b set"
    " busy = case when not u.held then b.busy when b.busy & u.gone = u.gone"
    "  and ((b.held | b.busy | b.sold) & ~u.gone) & u.taken = 0"
    "  then b.busy & ~u.gone | u.taken else -1::bigint end,"
    " sold = case when u.held then b.sold when b.sold & u.gone = u.gone"
    "  and ((b.held | b.busy | b.sold) & ~u.gone) & u.taken = 0"
    "  then b.sold & ~u.gone | u.taken else -1::bigint end"
    " from unnest(:block, :gone, :taken, :held) u(block, gone, taken, held)"
    " where b.sk = (u.block & 4095)::int and b.id = u.block", .array = true};
typedef struct stamp { int64_t lot, stamp; } stamp;
static PN_TYPE(stamp_t, "order.reseat_stamp", stamp, PN_COL(stamp, lot, "lot"),
    PN_COL(stamp, stamp, "stamp"));
const pn_sql pni_reseat_stamp_sql = {"order_reseat_stamp", &stamp_t, NULL,
    "update stock set seat_stamp = :stamp where sk = :lot# and lot_id = :lot", false};

static PN_TYPE(reseat_in_t, "order.reseat", struct pn_order_reseat,
    PN_COL(struct pn_order_reseat, id, N_("Order"), .flags = PN_KEY | PN_REQ, .ref = "order"),
    PN_COL(struct pn_order_reseat, from, N_("Seats"), .flags = PN_REQ,
           .hint = N_("Those that it gives up")),
    PN_COL(struct pn_order_reseat, to, N_("New seats"), .flags = PN_REQ,
           .hint = N_("As many of the same tier and seller")),
    PN_COL(struct pn_order_reseat, reason, N_("Reason"), .max = 200));

static int oom(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static int old_seats(pn *p, const struct pn_order_reseat *in, pn_rows *out)
{
    if (in->from.n != in->to.n || in->to.n > PNI_PICK_MAX) {
        pn_fail(p, PN_ECOUNT, "to", pn_tr("%d seats are named for %d tickets"),
                (int)in->to.n, (int)in->from.n);
        return pn_hint(p, "%s", pn_tr("Name the new seat of each, in the same order"));
    }
    PN_TRY(pn_all(p, &pni_reseat_look_sql, &(asked){in->id, in->from}, out));
    const seat_row *first = out->row;
    bool one_lot = out->n == in->from.n;
    pn_each(seat_row, e, out)
        one_lot &= e->lot_id == first->lot_id && e->seat_stamp != 0;
    if (one_lot)
        return 0;
    pn_fail(p, PN_ESTATE, "from", "%s",
            pn_tr("The order does not hold these seats without tickets"));
    return pn_hint(p, "%s", pn_tr("Seats of one tier and seller, before the tickets are issued"));
}

/* The new seats, picked as if the old ones were free. */
static int pick(pn *p, const struct pn_order_reseat *in, const pn_rows *old, pni_picture *pic,
                pni_seat fresh[])
{
    const seat_row *first = old->row;
    int flags = (first->no_single_left ? 0 : PNI_PICK_LOOSE) |
                (first->soft_single ? PNI_PICK_SOFT : 0);
    pni_seat *gone = pn_alloc(p, (old->n + 1) * sizeof *gone);
    pni_seat_set *sets;
    size_t n = 0, bad = 0;
    if (!gone)
        return oom(p);
    for (size_t i = 0; i < old->n; i++)
        gone[i] = (pni_seat){first[i].seat_block, first[i].seat_bit};
    PN_TRY(pni_seat_sets(p, gone, old->n, &sets, &n));
    pni_seats_freed(pic, sets, n);
    int code = pni_seats_named(pic, in->to.v, in->to.n, fresh, &bad);
    if (!code)
        code = pni_seats_take(pic, fresh, in->to.n, flags, &bad);
    if (code)
        return pni_pick_refuse(p, pic, code, (int)in->to.n, in->to.v[bad], "to");
    if (first->contiguous && pni_seats_runs(pic, fresh, in->to.n) > 1)
        return pn_fail(p, PN_ENO_MATCH, "to", "%s",
                       pn_tr("These seats are sold side by side only"));
    return 0;
}

static void note(swap *all, size_t *n, int64_t block, int bit, bool taken, bool held)
{
    size_t i = 0;
    while (i < *n && all[i].block != block)
        i++;
    if (i == *n)
        all[(*n)++] = (swap){.block = block, .held = held};
    *(taken ? &all[i].taken : &all[i].gone) |= INT64_C(1) << bit;
}

static int write(pn *p, pn_rows *rows, const pni_picture *pic, const pni_seat fresh[],
                 const stamp *lot)
{
    seat_row *e = rows->row;
    swap *all = pn_alloc(p, (2 * rows->n + 1) * sizeof *all);
    size_t n = 0;
    if (!all)
        return oom(p);
    for (size_t i = 0; i < rows->n; i++) {
        bool held = strcmp(e[i].state, "HELD") == 0;
        note(all, &n, e[i].seat_block, e[i].seat_bit, false, held);
        note(all, &n, fresh[i].block, fresh[i].bit, true, held);
        e[i].seat_block = fresh[i].block;
        e[i].seat_bit = fresh[i].bit;
        if (!(e[i].seat_key = pni_seat_key(p, pic, fresh[i])))
            return oom(p);
    }
    PN_TRY(pn_queue(p, &pni_reseat_swap_sql, all, n, NULL, NULL));
    PN_TRY(pn_queue(p, &pni_reseat_write_sql, e, rows->n, NULL, NULL));
    return pn_queue(p, &pni_reseat_stamp_sql, lot, 0, NULL, NULL);
}

static int reseat(pn *p, const struct pn_order_reseat *in, pn_order *out)
{
    pni_order o;
    pn_rows rows;
    pni_picture *pic;
    pni_seat fresh[PNI_PICK_MAX];
    stamp lot;
    PN_TRY(pni_order_get(p, in->id, &o));
    PN_TRY(pni_order_lock(p, in->id));
    PN_TRY(old_seats(p, in, &rows));
    const seat_row *first = rows.row;
    lot.lot = first->lot_id;
    PN_TRY(pn_new_id(p, pn_sk(lot.lot), &lot.stamp));
    const char *name = pn_printf(p, "%lld", (long long)lot.lot);
    if (!name)
        return oom(p);
    PN_TRY(pni_picture_get(p, lot.lot, first->seat_stamp, &pic));
    int rc = pick(p, in, &rows, pic, fresh);
    if (!rc)
        rc = write(p, &rows, pic, fresh, &lot);
    if (rc) {
        pni_picture_drop(pic);
        return rc;
    }
    pni_picture_put(p, pic, lot.stamp);
    PN_TRY(pni_seats_keep(p, o.session_id, (pn_texts){&name, 1}, true));
    PN_TRY(pni_order_row(p, in->id, out));
    return pn_audit(p, "order", in->id, &reseat_in_t, NULL, in, in->reason);
}

PNI_OP(order, reseat, reseat, pn_order, .brief = N_("Move an order to other seats of its tier"),
       .help = N_("As long as it has no tickets: unpaid, or not allocated yet. All seats or none."),
       .in = &reseat_in_t, .out = &pn_order_t, .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS,
       .flags = PN_WRITE | PN_ONCE,
       .example = "pn order reseat PN261123000001234 --from A/1/1 --to A/1/7")
