/* SPDX-License-Identifier: Apache-2.0 */
/* outbox_int.h — the relay that jobs and tests drive. */
#ifndef PNI_OUTBOX_H
#define PNI_OUTBOX_H

#include "base/call_int.h"

#pragma GCC visibility push(hidden)

/** Claim and handle what is due, at most 500 events; *done counts the handled ones. */
PN_MUST int pni_outbox_relay(pn *p, int64_t *done);

/** Of a row `v` of outbox: refused so often that somebody has to look (needs policy_int.h). */
#define PNI_STUCK(v) "(" v ".tries >= " PNI_POLICY("outbox.stuck_tries") ")"
extern const pn_op pni_outbox_retry_op;
extern const pn_sql pni_outbox_again;

/* ---- between outbox.c and bundle.c ---- */

typedef struct pni_outbox_row {
    struct pni_outbox_row *next;
    int sk;
    int64_t id;
    const char *event;
    int64_t ref;
    const char *refs; /* of each of these; NULL: of `ref` alone */
    const char *key;  /* NULL: none was chosen */
    pn_json payload;
    pn_time at, due_at, lease_until;
    const char *owner, *error;
    int tries;
    bool taken; /* by this round, with others of its kind */
} pni_outbox_row;
extern const pn_type pni_outbox_t;
extern const pn_sql pni_outbox_put;

/** Run every handler of the event for `ref`. */
PN_MUST int pni_outbox_handle(pn *p, const pni_outbox_row *row);
/** When it is tried again, and why it was not done. */
void pni_outbox_later(const pn *p, pni_outbox_row *row, const char *why);
/** Of the *n rows without a key: those whose handlers all are `light` become one row for each kind
 *  of a shard (at most 128 things in it). They move to the front, *n says how many there are. */
PN_MUST int pni_bundle(pn *p, pni_outbox_row rows[], size_t *n);
/** Of how many things the row tells. */
int64_t pni_bundle_count(const pni_outbox_row *row);
/** Handle each of a bundle, behind its own savepoint; one that fails gets a row of its own. */
PN_MUST int pni_bundle_handle(pn *p, const pni_outbox_row *row);

#pragma GCC visibility pop
#endif
