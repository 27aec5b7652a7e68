/* SPDX-License-Identifier: Apache-2.0 */
/* shift_int.h — cash of sales and refunds in the drawer of whoever handles it. */
#ifndef PNI_SHIFT_H
#define PNI_SHIFT_H

#include "base/sql_int.h"
#include "order/shift.h"

#pragma GCC visibility push(hidden)

/** The open shift of whoever acts; 0: none. Closing it waits for the running write. */
typedef struct pni_shift { int64_t id; bool required; const char *till; } pni_shift;
/** Queued: it is there after the next round trip (rows of pni_shift). */
PN_MUST int pni_shift_ask(pn *p, pn_rows *out);
/** PN_ESTATE: the box office takes cash only within a shift. */
PN_MUST int pni_shift_needed(pn *p, const pn_rows *asked);
/** PN_ECONFLICT: whoever acts has an open shift, and it is at another till than was typed. */
PN_MUST int pni_shift_at(pn *p, const pn_rows *asked, const char *till);
/** What goes in (or, negative, out) for an order; nothing without a shift. */
PN_MUST int pni_shift_cash(pn *p, const pn_rows *asked, const char *kind, int64_t order_id,
                           int64_t fen);

/** PN_ESTATE: whoever acts sells at a counter, has no open shift, and needs one. */
PN_MUST int pni_shift_must(pn *p);
PN_MUST int pni_shift_row(pn *p, int64_t id, pn_shift *out);
/** Write down what it took, by method. */
PN_MUST int pni_shift_totals(pn *p, int64_t shift_id);

#define PNI_SHIFT_LONG "shift.long" /* open for too long */
#define PNI_SHIFT_ODD "shift.odd"   /* over or short, and nobody has looked */

extern const pn_event pni_shift_closed_event;
extern const pn_op pni_shift_tell_op;
extern const pn_job pni_shift_watch_job;
extern const pn_sql pni_shift_totals_sql, pni_shift_untold_sql, pni_shift_told_sql;

#pragma GCC visibility pop
#endif
