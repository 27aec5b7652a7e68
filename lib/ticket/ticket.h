/* SPDX-License-Identifier: Apache-2.0 */
/* ticket.h — the right of one person to one seat, from issue to the gate.
 *
 * A ticket has exactly one valid credential, its current (issue_no, print_no): reissuing or
 * printing makes every older code SUPERSEDED. */
#ifndef PN_TICKET_H
#define PN_TICKET_H

#include "order/order.h"

PN_BEGIN

// clang-format off
#define PN_TICKET_KINDS(W)                                                                         \
    W(TICKET_KIND, SALE, N_("Sold"), 0) W(TICKET_KIND, GIFT, N_("Complimentary"), 0)               \
    W(TICKET_KIND, WORK, N_("Work pass"), 0) W(TICKET_KIND, IMPORT, N_("Imported"), 0)
// clang-format on
enum { PN_TICKET_UNSET, PN_TICKET_STATES(PN_WORD_ENUM) };
enum { PN_TICKET_KIND_UNSET, PN_TICKET_KINDS(PN_WORD_ENUM) };
extern const pn_words pn_ticket_states[], pn_ticket_kinds[];

typedef struct pn_ticket {
    int64_t id;
    const char *ticket_no, *show;
    pn_time start_at;
    const char *tier, *seat_key;
    pn_money face_price_fen;
    pn_word state, kind;
    const char *order_no;
    int64_t order_id, session_id, tier_id;
    int seat_no, issue_no, print_no;
    const char *gate_group;
    int entry_count;
    pn_time last_at;
    int64_t last_gate_id, last_device_id;
    pn_time created_at, updated_at;
    int version;
    pn_rows events; /* pn_ticket_event; only `ticket show` fills it */
} pn_ticket;
extern const pn_type pn_ticket_t;

typedef struct pn_ticket_event {
    int64_t id;
    pn_time at;
    const char *event, *gate, *staff, *note;
} pn_ticket_event;
extern const pn_type pn_ticket_event_t;

typedef struct pn_ticket_credential {
    int64_t id;
    const char *ticket_no, *code, *barcode;
    int issue_no, print_no;
} pn_ticket_credential;

struct pn_ticket_show { int64_t id; };
struct pn_ticket_code { int64_t id; };
struct pn_ticket_freeze { int64_t id; const char *reason; };
struct pn_ticket_unfreeze { int64_t id; const char *reason; };
struct pn_ticket_void { int64_t id; const char *reason; };
struct pn_ticket_reissue { int64_t id; const char *reason; };

PN_MUST int pn_ticket_list(pn *p, const pn_list *in, pn_page *out);
/** A buyer's own. */
PN_MUST int pn_ticket_mine(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_ticket_show(pn *p, const struct pn_ticket_show *in, pn_ticket *out);
/** The current credential of an unprinted ticket: for its holder and the people who serve them. */
PN_MUST int pn_ticket_code(pn *p, const struct pn_ticket_code *in, pn_ticket_credential *out);
PN_MUST int pn_ticket_freeze(pn *p, const struct pn_ticket_freeze *in, pn_ticket *out);
PN_MUST int pn_ticket_unfreeze(pn *p, const struct pn_ticket_unfreeze *in, pn_ticket *out);
PN_MUST int pn_ticket_void(pn *p, const struct pn_ticket_void *in, pn_ticket *out);
/** Lost, damaged or leaked: a new issue number, all older codes and papers become SUPERSEDED. */
PN_MUST int pn_ticket_reissue(pn *p, const struct pn_ticket_reissue *in, pn_ticket *out);

PN_END
#endif
