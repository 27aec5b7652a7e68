/* SPDX-License-Identifier: Apache-2.0 */
/* gate_int.h — between the gate's operations and the check itself. */
#ifndef PNI_GATE_H
#define PNI_GATE_H

#include "ticket/gate.h"
#include "ticket/ticket_int.h"

#pragma GCC visibility push(hidden)

extern const pn_op pni_gate_verify_op, pni_gate_reverse_op, pni_gate_override_op;

/** What the check looks at. Times and numbers of the ticket as they are in the database now. */
typedef struct pni_pass {
    int64_t id, session_id, order_id, hall_id, venue_id;
    const char *ticket_no, *show, *tier, *seat_key, *gate_group;
    pn_word state;
    int issue_no, print_no, entry_count;
    pn_time start_at, doors_at, end_at, last_at;
    int64_t last_gate_id, last_device_id;
    const char *last_gate, *session_status, *order_status, *seat_state, *realname_mode;
    pn_bytes holder_name, holder_doc_hash;
    bool reentry_allowed, electronic, seat_refunded;
    int64_t reentries, repeat_s, passback_min, no_end_min; /* the rules in force */
} pni_pass;

/** Where and how it is asked. */
struct pni_asked {
    int64_t session_id, gate_id, device_id;
    pn_gate gate;         /* id 0: none */
    pn_bytes doc_hash;    /* len 0: no document was shown */
    bool out, override;
    pn_time now;
    int issue, print;     /* of the code; -1: the code carries none */
    bool electronic;      /* a PN1 code that was not printed */
};

/** The first check that fails, else OK, OK_REENTRY, OK_REPEAT or OK_EXIT. Pure. */
int pni_gate_decide(const pni_pass *t, const struct pni_asked *ask);

#pragma GCC visibility pop
#endif
