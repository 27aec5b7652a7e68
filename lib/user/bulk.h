/* SPDX-License-Identifier: Apache-2.0 */
/* bulk.h — one operation over many rows, done by the server for whoever asked: it goes on when his
 * console is closed, is watched and stopped, and taken back where something takes it back. */
#ifndef PN_BULK_H
#define PN_BULK_H

#include "base/op.h"

PN_BEGIN

#define PN_BULK_STATES(W)                                                                          \
    W(BULK, OPEN, N_("At work"), 'w')                                                              \
    W(BULK, DONE, N_("Finished"), 'g')                                                             \
    W(BULK, STOPPED, N_("Was stopped"), 'd')
enum { PN_BULK_UNSET, PN_BULK_STATES(PN_WORD_ENUM) };
#define PN_BULK_ROW_STATES(W)                                                                      \
    W(BULK_ROW, WAITING, N_("To do"), 'w')                                                         \
    W(BULK_ROW, DONE, N_("Done"), 'g')                                                             \
    W(BULK_ROW, REFUSED, N_("Was refused"), 'b')
enum { PN_BULK_ROW_UNSET, PN_BULK_ROW_STATES(PN_WORD_ENUM) };
extern const pn_words pn_bulk_states[], pn_bulk_row_states[];

typedef struct pn_bulk {
    int64_t id;
    const char *op, *reason, *staff; /* "order.cancel", who asked */
    bool mine;                       /* whoever looks has asked for it */
    pn_word state;
    int rows, done, refused;
    pn_money amount_fen, done_fen; /* of all rows; of those that are done */
    int64_t of;                    /* the work it takes back, 0: none */
    pn_time created_at, started_at, ended_at;
    pn_time undo_until;  /* `bulk undo` takes it back until then … */
    const char *lasting; /* … or why nothing does (bulk show) */
} pn_bulk;
extern const pn_type pn_bulk_t;

typedef struct pn_bulk_row {
    int64_t id, work;
    const char *key, *name;
    pn_money amount_fen;
    pn_word state;
    const char *code, *words, *command; /* what became of it */
    pn_time ended_at;
} pn_bulk_row;
extern const pn_type pn_bulk_row_t;

/** One row: its key as the operation takes it, what people call it, its money; what else it is
 *  given, and what those columns said before (then it can be taken back), as JSON objects. */
typedef struct pn_bulk_item {
    const char *key, *name;
    pn_money amount_fen;
    pn_json values, before;
    const char *command; /* for the audit trail */
} pn_bulk_item;
struct pn_bulk_begin {
    const char *noun, *verb;
    pn_rows rows; /* pn_bulk_item */
    const char *reason;
};
/** Let the server call an operation for every row, as whoever calls this. PN_EARG: it is none that
 *  can be done to many rows, or a row's input is wrong; PN_EPERM: not his; PN_ETOO_BIG. */
PN_MUST int pn_bulk_begin(pn *p, const struct pn_bulk_begin *in, pn_bulk *out);
struct pn_bulk_show { int64_t id; };
PN_MUST int pn_bulk_show(pn *p, const struct pn_bulk_show *in, pn_bulk *out);
struct pn_bulk_cancel { int64_t id; };
/** No row is begun any more. What is done stays done. */
PN_MUST int pn_bulk_cancel(pn *p, const struct pn_bulk_cancel *in, pn_bulk *out);
struct pn_bulk_undo { int64_t id; const char *reason; };
/** Take back what was done: work of its own. PN_ESTATE, with the reason, when that cannot be. */
PN_MUST int pn_bulk_undo(pn *p, const struct pn_bulk_undo *in, pn_bulk *out);
/** Of one's own house, newest first. */
PN_MUST int pn_bulk_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_bulk_rows(pn *p, const pn_list *in, pn_page *out);

PN_END
#endif
