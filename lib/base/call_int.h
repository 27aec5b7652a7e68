/* SPDX-License-Identifier: Apache-2.0 */
/* call_int.h — the steps of pn_call that live in other files. */
#ifndef PNI_CALL_H
#define PNI_CALL_H

#include "base/db_int.h"

#pragma GCC visibility push(hidden)

/** A request on its way through a call. What the operation sees comes first. */
typedef struct pni_call {
    pn_request r;        /* its own copy; `out` is a struct of ours until it is answered */
    pn_request *asked;   /* the caller's */
    pn_actor actor;
    const char *holder;  /* the actor as a key names it; NULL: no key */
    unsigned char hash[16]; /* of operation and input */
    int sk;              /* of the key */
    bool single;         /* pn_call: the unit itself is the caller, whoever it becomes */
    bool nested;         /* inside another call, which keeps its own name on everything */
    bool audited;        /* an audit row was written for it */
    bool kept;           /* refused, but what it did counts */
    bool look;           /* its key was probably used: look first */
    bool forget;         /* … but that was long ago */
    signed char counted; /* by who counts requests, however often it is tried: see there */
    bool done;
    void *told;          /* its answer as the audit row (ref, id) tells it in full; NULL: none */
    int64_t told_ref, told_id;
} pni_call;

/** Make it the current one: its actor, its key, its words. */
void pni_turn(pn *p, pni_call *c);
/** Run the operation over all of them in the open try of a transaction. */
PN_MUST int pni_run(pn *p, const pn_op *op, pni_call *const calls[], size_t n);
PN_MUST int pni_run_nested(pn *p, const pn_op *op, const void *in, void *out);
/** Try, book, commit, and when that fails do what is to be done, until each has its answer. Not 0
 *  (and nobody has one): there is no database, or no time. The list is reordered. */
PN_MUST int pni_settle(pn *p, const pn_op *op, pni_call *calls[], size_t n, int tries);
/** Rules are shared: what refuses a form refuses the step that applies it later, too, where nobody
 *  can type into that column. A field that is no input of the operation becomes the row that it is
 *  about, or none; nothing else of the words changes. */
void pni_point(const pn_op *op, pn_err *err);
/** Its answer: the result in r.out, or a code with the unit's words. */
void pni_answer_call(pn *p, const pn_op *op, pni_call *c, int rc);

/** Queue the bookkeeping rows collected so far; the caller syncs with the commit. */
PN_MUST int pni_audit_flush(pn *p);
PN_MUST int pni_outbox_flush(pn *p);
PN_MUST int pni_state_flush(pn *p);
PN_MUST int pni_permit(pn *p, const pn_op *op);
/** The audit row of the current call itself, when the operation wrote none. */
PN_MUST int pni_audit_call(pn *p, const pn_op *op, const pni_call *c);
void pni_books_clear(pn *p);
PN_MUST int pni_state_log(pn *p, const char *noun, int64_t id, const char *from, const char *to,
                          const char *event, const char *reason);

PN_MUST int pni_list_run(pn *p, const pn_op *op, const pn_list *in, pn_page *out);

/** Inside an open transaction: run behind a savepoint. *rc is what it returned; when that is not 0
 *  its changes and bookkeeping are undone and the unit keeps the words. Not 0 only when the
 *  transaction is lost. */
PN_MUST int pni_attempt(pn *p, int (*run)(pn *p, void *arg), void *arg, int *rc);

/** Idempotency. What the key and the input are, once for a call. */
PN_MUST int pni_key_describe(pn *p, const pn_op *op, pni_call *c);
/** Queue the claims of all that were accepted, with their results. */
PN_MUST int pni_key_store(pn *p, const pn_op *op, pni_call *const calls[], size_t n);
/** Queue the question for stored answers, one more row each; *found is the caller's to clear. */
PN_MUST int pni_key_ask(pn *p, pni_call *const calls[], size_t n, PGresult **found);
/** Answer those that have one: PN_EREPLAY when another request had the key. */
PN_MUST int pni_key_answer(pn *p, const pn_op *op, pni_call *const calls[], const PGresult *found);
/** Both, in a round trip of their own. */
PN_MUST int pni_key_find(pn *p, const pn_op *op, pni_call *const calls[], size_t n);

#pragma GCC visibility pop
#endif
