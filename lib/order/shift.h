/* SPDX-License-Identifier: Apache-2.0 */
/* shift.h — drawers of the box office: opened with a float, counted at the end. */
#ifndef PN_SHIFT_H
#define PN_SHIFT_H

#include "base/op.h"

PN_BEGIN

#define PN_SHIFT_STATES(W)                                                                         \
    W(SHIFT, OPEN, N_("On duty"), 'g')                                                             \
    W(SHIFT, CHECK, N_("To be looked at"), 'b')                                                    \
    W(SHIFT, CLOSED, N_("Closed"), 'd')
enum { PN_SHIFT_UNSET, PN_SHIFT_STATES(PN_WORD_ENUM) };
extern const pn_words pn_shift_states[];

/** What should be there is told when it was counted, not before. */
typedef struct pn_shift {
    int64_t id;
    const char *no, *till;
    int64_t operator_id, from_id;
    const char *operator_name;
    pn_money float_fen, sales_fen, refunds_fen, added_fen, dropped_fen, expected_fen, counted_fen,
        over_fen; /* negative: short */
    pn_word state;
    const char *note, *found; /* whoever counted says; whoever looked */
    int64_t closed_by, checked_by;
    pn_time opened_at, closed_at;
} pn_shift;
extern const pn_type pn_shift_t;

typedef struct pn_shift_move {
    int64_t id, shift_id;
    const char *shift_no;
    pn_word kind;
    pn_money amount_fen;
    int64_t order_id;
    const char *note;
    pn_time at;
} pn_shift_move;

/** What a shift took and gave back by one method; there once it was counted. */
typedef struct pn_shift_total {
    const char *id;
    int64_t shift_id;
    const char *shift_no, *till;
    pn_word method;
    int64_t pay_n, refund_n;
    pn_money pay_fen, refund_fen, left_fen;
} pn_shift_total;

/** So many notes or coins of one value. */
typedef struct pn_shift_piece { pn_money value_fen; int n; } pn_shift_piece;

struct pn_shift_open { const char *till; pn_money float_fen; int64_t from; };
struct pn_shift_add { pn_money amount_fen; const char *note; };
struct pn_shift_drop { pn_money amount_fen; const char *note; };
struct pn_shift_close {
    int64_t id;            /* 0: one's own */
    pn_money counted_fen;  /* or … */
    pn_rows pieces;        /* pn_shift_piece, or … */
    bool empty;            /* nothing is in it */
    const char *note;
};
struct pn_shift_check { int64_t id; const char *note; };
struct pn_shift_show { int64_t id; };

/** Whether the counter sells within a shift only, and the one that is open, 0: none. */
typedef struct pn_shift_need { bool required; int64_t id; } pn_shift_need;

/** May whoever asks sell at the counter now? */
PN_MUST int pn_shift_needed(pn *p, const void *none, pn_shift_need *out);
PN_MUST int pn_shift_list(pn *p, const pn_list *in, pn_page *out);
/** One's own. */
PN_MUST int pn_shift_mine(pn *p, const pn_list *in, pn_page *out);
/** What went in and out of drawers. */
PN_MUST int pn_shift_moves(pn *p, const pn_list *in, pn_page *out);
/** What they took, by method. */
PN_MUST int pn_shift_totals(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_shift_mine_totals(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_shift_show(pn *p, const struct pn_shift_show *in, pn_shift *out);
/** PN_EEXISTS: one is open, of this person or till. PN_EBALANCE: what is taken over is not there.
 */
PN_MUST int pn_shift_open(pn *p, const struct pn_shift_open *in, pn_shift *out);
PN_MUST int pn_shift_add(pn *p, const struct pn_shift_add *in, pn_shift *out);
PN_MUST int pn_shift_drop(pn *p, const struct pn_shift_drop *in, pn_shift *out);
/** CHECK when more is over or short than may be: then somebody else looks at it. */
PN_MUST int pn_shift_close(pn *p, const struct pn_shift_close *in, pn_shift *out);
/** PN_EDUAL: by whoever had it, or counted it. */
PN_MUST int pn_shift_check(pn *p, const struct pn_shift_check *in, pn_shift *out);

PN_END
#endif
