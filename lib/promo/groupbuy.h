/* SPDX-License-Identifier: Apache-2.0 */
/* groupbuy.h — what is offered to groups: a tier at a lower price when so many buyers join in time.
 * The orders that come of it are group.h's. */
#ifndef PN_GROUPBUY_H
#define PN_GROUPBUY_H

#include "base/op.h"

PN_BEGIN

#define PN_GROUPBUY_STATES(W)                                                                      \
    W(GROUPBUY, LIVE, N_("Live"), 'g') W(GROUPBUY, STOPPED, N_("Stopped"), 'd')
enum { PN_GROUPBUY_UNSET, PN_GROUPBUY_STATES(PN_WORD_ENUM) };
extern const pn_words pn_groupbuy_states[];

typedef struct pn_groupbuy {
    int64_t id, session_id, tier_id;
    const char *show, *tier, *name;
    int size;
    pn_money face_fen, price_fen;
    pn_time starts_at, ends_at;
    bool allow_quit, one_address, fill_vacant;
    pn_word state;
    int open, formed; /* groups waiting for members; groups complete */
    pn_time created_at;
} pn_groupbuy;
extern const pn_type pn_groupbuy_t;

struct pn_groupbuy_create {
    int64_t tier;
    const char *name;
    int size;
    pn_money price_fen;
    pn_time starts_at, ends_at; /* default: now, the end of the sale */
    bool allow_quit;
    bool one_address; /* a group's parcels go to its leader */
    /** When its time is over it is complete with whoever paid, while the others could be bought. */
    bool fill_vacant;
};
struct pn_groupbuy_show { int64_t id; };
struct pn_groupbuy_stop { int64_t id; const char *reason; };
struct pn_groupbuy_resume { int64_t id; };

/** PN_ECAP when the price is not below the tier's. */
PN_MUST int pn_groupbuy_create(pn *p, const struct pn_groupbuy_create *in, pn_groupbuy *out);
PN_MUST int pn_groupbuy_show(pn *p, const struct pn_groupbuy_show *in, pn_groupbuy *out);
/** No new groups; those that are open fail, their money goes back. */
PN_MUST int pn_groupbuy_stop(pn *p, const struct pn_groupbuy_stop *in, pn_groupbuy *out);
PN_MUST int pn_groupbuy_resume(pn *p, const struct pn_groupbuy_resume *in, pn_groupbuy *out);
PN_MUST int pn_groupbuy_list(pn *p, const pn_list *in, pn_page *out);

extern const pn_module pn_groupbuy_module;

PN_END
#endif
