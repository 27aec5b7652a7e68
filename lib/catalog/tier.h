/* SPDX-License-Identifier: Apache-2.0 */
/* tier.h — a price level of a session, as printed on the ticket; its stock is sold. */
#ifndef PN_TIER_H
#define PN_TIER_H

#include "import.h"

PN_BEGIN

/** What a buyer has to confirm or to know before he buys: of a tier, or of one offer of it. */
#define PN_SPECIAL_KINDS(W)                                                                        \
    W(SPECIAL, STUDENT, N_("Student ticket"), 0) W(SPECIAL, CHILD, N_("Child ticket"), 0)          \
    W(SPECIAL, WHEELCHAIR, N_("Wheelchair place"), 0) W(SPECIAL, COMBO, N_("Bundle"), 0)           \
    W(SPECIAL, OBSTRUCTED, N_("Obstructed view"), 0)                                               \
    W(SPECIAL, NO_REFUND, N_("Not refundable"), 0) W(SPECIAL, ORDINARY, N_("Ordinary"), 0)
enum { PN_SPECIAL_UNSET, PN_SPECIAL_KINDS(PN_WORD_ENUM) };
extern const pn_words pn_special_kinds[];

typedef struct pn_tier {
    int64_t id;
    const char *code;
    int64_t session_id, show_id;
    const char *show, *venue;
    pn_time start_at;
    pn_word session_status;
    const char *name;
    pn_money face_price;
    int sort, combo_n;
    const char *gate_group;
    bool hidden;
    pn_word special_kind; /* none: ordinary */
    pn_time sale_from, sale_to;
    int total, locked, sold, available;
    pn_word stock_flag;
    int64_t revision; /* a change that waits for a second person */
    int version;
    pn_time created_at, updated_at;
} pn_tier;
extern const pn_type pn_tier_t;

#define PN_TIER_FIELDS                                                                             \
    const char *code;                                                                              \
    int64_t session;                                                                               \
    const char *name;                                                                              \
    pn_money face_price;                                                                           \
    int sort, combo_n;                                                                             \
    const char *gate_group;                                                                        \
    pn_word hidden, special_kind;                                                                  \
    pn_time sale_from, sale_to;
/** `qty` is the first stock; above the approved capacity PN_ECAP. */
struct pn_tier_create { PN_TIER_FIELDS int qty; };
/** The face price, the size of a bundle and the condition stay once a ticket is sold or held
 *  (PN_ESTATE). Under a published show the change waits as a revision. */
struct pn_tier_edit { int64_t id; int version; PN_TIER_FIELDS };
struct pn_tier_show { int64_t id; };
/** Hidden when it has sales, deleted when it has none. */
struct pn_tier_remove { int64_t id; const char *reason; };
typedef struct pn_tier_removed { int64_t id; bool hidden; } pn_tier_removed;

PN_MUST int pn_tier_create(pn *p, const struct pn_tier_create *in, pn_tier *out);
PN_MUST int pn_tier_edit(pn *p, const struct pn_tier_edit *in, pn_tier *out);
PN_MUST int pn_tier_show(pn *p, const struct pn_tier_show *in, pn_tier *out);
PN_MUST int pn_tier_remove(pn *p, const struct pn_tier_remove *in, pn_tier_removed *out);
PN_MUST int pn_tier_list(pn *p, const pn_list *in, pn_page *out);
/** Thousands of rows a statement; a row's `qty` sets the stock of its tier. */
PN_MUST int pn_tier_import(pn *p, const struct pn_import *in, pn_import_result *out);

extern const pn_module pn_tier_module;

PN_END
#endif
