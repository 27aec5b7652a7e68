/* SPDX-License-Identifier: Apache-2.0 */
/* ticket_int.h — what the files of the ticket context share. */
#ifndef PNI_TICKET_H
#define PNI_TICKET_H

#include "base/sql_int.h"
#include "ticket/code.h"
#include "ticket/ticket.h"

#pragma GCC visibility push(hidden)

extern const pn_fsm pni_ticket_fsm;
extern const pn_op pni_ticket_print_op, pni_ticket_export_op;
extern const pn_job pni_ticket_expire_job;

/** Append to the ticket's history; goes out with the next statement. Text may be NULL. */
PN_MUST int pni_ticket_log(pn *p, int64_t ticket, const char *event, int64_t gate, int64_t device,
                           const char *note);
/** A ticket by id, number, barcode or PN1 code. */
int pni_ticket_resolve(pn *p, const char *text, int64_t *id);

/** The signing key: made on first use, kept in the state directory (mode 0600). */
typedef struct pni_sign_key {
    int id;
    unsigned char secret[PN_KEY_SECRET];
} pni_sign_key;
PN_MUST int pni_sign_key_current(pn *p, pni_sign_key *out);
/** *known is false when there is no such key. */
PN_MUST int pni_sign_key_public(pn *p, int id, unsigned char pub[PN_KEY_PUBLIC], bool *known);
/** Is this barcode signed by any of our keys that are on this machine? */
PN_MUST int pni_barcode_known(pn *p, const char *barcode, bool *good);
/** Hash under which a foreign code is stored: of issuer-independent, exact text. */
PN_MUST int pni_code_hash(pn *p, const char *code, pn_bytes *out);

/** An imported ticket and the code that admits it; `code` may be NULL. */
typedef struct pni_ticket_import_row {
    int64_t session_id, tier_id, order_id;
    int seat_no;             /* 1.. within the order */
    const char *seat_key, *gate_group, *code, *issuer;
    pn_money face_price_fen;
} pni_ticket_import_row;
/** Make tickets of kind IMPORT, all of one session; joins the caller's transaction. ids[i] is the
 *  ticket of rows[i]. A code that is known already is PN_EEXISTS naming it. */
PN_MUST int pni_ticket_import(pn *p, const pni_ticket_import_row *rows, size_t n, int64_t *ids);

#pragma GCC visibility pop
#endif
