/* SPDX-License-Identifier: Apache-2.0 */
/* view.h — views that people keep: a list with its filter, order and columns, under a name. */
#ifndef PN_VIEW_H
#define PN_VIEW_H

#include "base/op.h"

PN_BEGIN

typedef struct pn_view {
    int64_t id;
    const char *noun, *name, *filter, *sort, *columns;
    int slot; /* 1 to 9: its digit; 0: none */
    bool shared, mine;
    pn_time updated_at;
} pn_view;
extern const pn_type pn_view_t;

/** `noun` is a list, "order" or "price history". */
struct pn_view_save {
    const char *noun, *name, *filter, *sort, *columns;
    int slot;
    bool shared;
};
/** Keep a view, or replace one's own of that name. The list is asked once with it, so that what
 *  cannot be shown cannot be kept; PN_EARG names the part. A digit moves to the view that got it
 *  last. */
PN_MUST int pn_view_save(pn *p, const struct pn_view_save *in, pn_view *out);
struct pn_view_forget { int64_t id; };
PN_MUST int pn_view_forget(pn *p, const struct pn_view_forget *in, pn_view *out);
/** One's own, and those that colleagues of the same house share. */
PN_MUST int pn_view_list(pn *p, const pn_list *in, pn_page *out);

PN_END
#endif
