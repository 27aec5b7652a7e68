/* SPDX-License-Identifier: Apache-2.0 */
/* call_int.h — the steps of pn_call that live in other files. */
#ifndef PNI_CALL_H
#define PNI_CALL_H

#include "base/db_int.h"

#pragma GCC visibility push(hidden)

/** Queue the bookkeeping rows collected so far; the caller syncs with the commit. */
PN_MUST int pni_audit_flush(pn *p);
PN_MUST int pni_outbox_flush(pn *p);
PN_MUST int pni_state_flush(pn *p);
PN_MUST int pni_permit(pn *p, const pn_op *op);
/** Flush the bookkeeping and end the transaction (a dry run rolls back). */
PN_MUST int pni_commit(pn *p);
/** The audit row of the call itself, when the operation wrote none. */
PN_MUST int pni_audit_call(pn *p, const pn_op *op, const void *in, const void *out, int code);
void pni_books_clear(pn *p);
PN_MUST int pni_state_log(pn *p, const char *noun, int64_t id, const char *from, const char *to,
                          const char *event, const char *reason);

PN_MUST int pni_list_run(pn *p, const pn_op *op, const pn_list *in, pn_page *out);

/** Inside an open transaction: run behind a savepoint. *rc is what it returned; when that is not 0
 *  its changes and bookkeeping are undone and the unit keeps the words. Not 0 only when the
 *  transaction is lost. */
PN_MUST int pni_attempt(pn *p, int (*run)(pn *p, void *arg), void *arg, int *rc);

/** Idempotency: queue the claim with the result; look up a stored answer. */
PN_MUST int pni_key_store(pn *p, const pn_op *op, const void *in, const void *out);
/** PN_ENONE: nothing stored; 0: out is filled; PN_EREPLAY: another request had this key. */
PN_MUST int pni_key_find(pn *p, const pn_op *op, const void *in, void *out);

#pragma GCC visibility pop
#endif
