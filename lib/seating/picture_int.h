/* SPDX-License-Identifier: Apache-2.0 */
/* picture_int.h — the numbered seats of one lot in memory, and who gets which.
 *
 * The truth is seat_block: one row for each piece of a physical row, at most 63 seats as bits. A
 * picture is its copy: whoever holds the lock of the lot's stock row reads the picture, picks in
 * memory and writes what was picked by guarded statements, so that memory proposes and the database
 * decides. stock.seat_stamp tells whether a picture kept by the process is still true.
 *
 *   pni_picture_get(p, lot, stamp, &pic)        under the lock of the stock row
 *   pni_seats_best / pni_seats_take / …_give    as often as there are requests
 *   pni_picture_taken → pni_queue(pni_block_lock), stock.seat_stamp = fresh = pn_new_id()
 *   pni_picture_put(pic, fresh)                 or _drop when the transaction is given up
 *
 * A picture that was put for a commit that then fails is harmless: its stamp is never read. */
#ifndef PNI_PICTURE_H
#define PNI_PICTURE_H

#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

enum {
    PNI_BLOCK_SEATS = 63, /* seats of a block: the bits of a bigint that are not its sign */
    PNI_PICK_MAX = 100,   /* seats of one pick */
};

/** How seats may be picked. Absent flags: one run, no single seat left, no wheelchair place. */
enum {
    PNI_PICK_LOOSE = 1 << 0,      /* the lot does not mind single seats left over */
    PNI_PICK_SOFT = 1 << 1,       /* a single may be left when every choice of the lot does so */
    PNI_PICK_SPLIT = 1 << 2,      /* two runs of at least two when no single run is left */
    PNI_PICK_WHEELCHAIR = 1 << 3, /* a run with at least one wheelchair place */
};

/** One row of seat_block. Bits of all masks are places in `labels`. */
typedef struct pni_block_row {
    int64_t id, session_id, lot_id, zone_id, plan_row_id; /* the last two may be 0 */
    const char *floor, *section, *row_name;
    pn_texts labels;
    int64_t mask;      /* the seats there are */
    int64_t gap_after; /* bit i: an aisle, or nobody, between seats i and i + 1 */
    int64_t held, busy, sold, wheelchair, obstructed;
    int front;         /* 0..10000, 10000: nearest to the stage */
    int middle;        /* the zone's middle, in hundredths of a seat from bit 0; may be outside */
    int slope;         /* of 10000, what a seat loses for each place away from the middle */
} pni_block_row;
extern const pn_type pni_block_row_t;

/** A seat of a picture. */
typedef struct pni_seat { int64_t block; int bit; } pni_seat;
/** Some seats of one block, for set-wise statements. */
typedef struct pni_seat_set { int64_t block, seats; } pni_seat_set;
extern const pn_type pni_seat_set_t;

typedef struct pni_picture pni_picture;

/* ---- life ---- */

/** The picture of a lot as of `stamp`: from the process when it is the same; an older one is
 *  brought up to date by the masks alone; else read whole. A seat that goes from locked to sold
 *  is as taken as before and needs no new stamp. The caller holds the lot's stock row and owns the
 *  picture until it puts or drops it. */
PN_MUST int pni_picture_get(pn *p, int64_t lot, int64_t stamp, pni_picture **out);
/** Give it back, true as of `stamp`; what was taken since pni_picture_get() is part of it. */
void pni_picture_put(pn *p, pni_picture *pic, int64_t stamp);
/** Forget it: the transaction is rolled back, or the picture was only looked at for once. */
void pni_picture_drop(pni_picture *pic);
/** A picture of given rows, for tests and benches; NULL: out of memory. */
pni_picture *pni_picture_new(const pni_block_row *rows, size_t n);

/* ---- picking: pure functions over memory, without words ----
 * Seats picked are marked busy at once. A refusal marks nothing. */

/** The best k seats: the run with the highest sum of 0.6 · centre + 0.4 · front (even: the first
 *  block, then the leftmost), else by `flags` the best two runs. pick[] takes k seats in order.
 *  PN_ESTOCK: fewer than k free; PN_ENO_MATCH: not together; PN_ESINGLE: only by leaving one. */
PN_MUST int pni_seats_best(pni_picture *pic, int k, int flags, pni_seat pick[]);
/** These seats, all or nothing. PN_ENONE: no such seat in the lot; PN_ESEAT_TAKEN: held, sold or in
 *  somebody's order; PN_EARG: named twice; PN_ESINGLE: a seat would be left alone that was not
 *  before. *bad (may be NULL) is the first seat that is the reason. */
PN_MUST int pni_seats_take(pni_picture *pic, const pni_seat seats[], size_t n, int flags,
                           size_t *bad);
/** Undo a pick of this picture. */
void pni_seats_give(pni_picture *pic, const pni_seat seats[], size_t n);
/** Seats that other orders gave back in this same transaction (run out, cancelled, returned): free
 *  in the picture too, so that it stays true. Those are not in pni_picture_taken(). */
void pni_seats_freed(pni_picture *pic, const pni_seat_set sets[], size_t n);
/** Find seats by their keys ("1F/A区/5/12"); PN_ENONE and *bad (may be NULL) for one that is
 *  not in the lot. */
PN_MUST int pni_seats_named(pni_picture *pic, const char *const keys[], size_t n, pni_seat out[],
                            size_t *bad);
/** The key of a seat, in the unit; NULL when out of memory. "" for a seat not in the lot. */
const char *pni_seat_key(pn *p, const pni_picture *pic, pni_seat seat);
/** How many separate runs these seats are, 1 being together. They may be in any order. */
int pni_seats_runs(const pni_picture *pic, const pni_seat seats[], size_t n);
int pni_seats_left(const pni_picture *pic);
/** Fail with the words for a refusal of the functions above: what, which seats, what next. */
int pni_pick_refuse(pn *p, const pni_picture *pic, int code, int k, const char *key,
                     const char *field);

/* ---- what to write ---- */

/** What was taken since pni_picture_get() and not given back: one set a block, ascending. */
PN_MUST int pni_picture_taken(pn *p, const pni_picture *pic, pni_seat_set **out, size_t *n);
/** The same sets from single seats (of order_seat), ascending by block. */
PN_MUST int pni_seat_sets(pn *p, const pni_seat seats[], size_t n, pni_seat_set **out,
                          size_t *sets);

/** Array statements over pni_seat_set_t. Each changes only sets that are wholly in the state it
 *  starts from: affected < n means that somebody was faster, and the transaction must be undone.
 *  The caller holds the stock rows of the lots, moves their counters and sets their stamps. */
extern const pn_sql pni_block_lock; /* free → busy (an unpaid order) */
extern const pn_sql pni_block_sell; /* busy → sold (paid) */
extern const pn_sql pni_block_free; /* busy → free (cancelled, run out) */
extern const pn_sql pni_block_back; /* sold → free (refunded) */

/** The same steps for whole orders of one bucket, by their rows of order_seat in state HELD: run
 *  them before those rows move. They set the stamps of the lots to `stamp`, a fresh number; done <
 *  wanted (blocks): a seat was not as its order says, the transaction must be undone. */
typedef struct pni_seat_orders { int64_t sk, stamp; pn_texts orders; } pni_seat_orders;
extern const pn_type pni_seat_orders_t;
typedef struct pni_seats_moved { int wanted, done; } pni_seats_moved;
extern const pn_type pni_seats_moved_t;
extern const pn_sql pni_orders_seats_sell, pni_orders_seats_free;

/** Release what ran out: holds by owner whose time is over, of one bucket. Locks the lots itself,
 *  so it comes first in a transaction. *done counts holds. */
PN_MUST int pni_seat_holds_sweep(pn *p, int sk, int64_t *done);
/** The same for one session by a sale, which has locked some lots of it already: it waits for no
 *  others, and holds that have tickets of those stay for the job. */
PN_MUST int pni_seat_holds_near(pn *p, int64_t session, int64_t *done);

#pragma GCC visibility pop
#endif
