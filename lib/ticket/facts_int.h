/* SPDX-License-Identifier: Apache-2.0 */
/* facts_int.h — what a ticket says, gathered from the catalogue, the order and the seat. */
#ifndef PNI_TICKET_FACTS_H
#define PNI_TICKET_FACTS_H

#include "ticket/layout.h"
#include "ticket/ticket_int.h"

#pragma GCC visibility push(hidden)

typedef struct pni_facts {
    int sk;
    int64_t id;
    const char *ticket_no;
    pn_word state;
    int issue_no, print_no;
    int64_t session_id, order_id;
    const char *order_no, *order_status, *show, *subtitle, *city, *venue, *hall, *address, *tier;
    const char *seat_key, *gate_group, *permit;
    pn_time start_at, doors_at;
    pn_money face_price_fen;
    pn_bytes holder_name;
    bool paper, electronic; /* what the session admits */
} pni_facts;

/** Which tickets: all live ones of an order, or some by id or number, all of one session. */
typedef struct pni_ticket_choice {
    int64_t order_id;
    pn_texts tickets;
} pni_ticket_choice;
PN_MUST int pni_facts_of(pn *p, const pni_ticket_choice *choice, pn_rows *out);
/** Those of a print job, in the order of its records. */
PN_MUST int pni_facts_of_job(pn *p, int64_t job, pn_rows *out);

/** The words of one ticket for a face. `print_no` is the print it will be; `paper` marks the code;
 *  `serial` may be NULL. */
struct pni_wording {
    const pn_layout *face;
    const pni_sign_key *key;
    int print_no;
    bool paper;
    const char *serial;
};
PN_MUST int pni_words_of(pn *p, const pni_facts *f, const struct pni_wording *w,
                         pn_face_data *out);

#pragma GCC visibility pop
#endif
