/* SPDX-License-Identifier: Apache-2.0 */
/* transfer_int.h — a batch of transfers between reading and writing. */
#ifndef PNI_TRANSFER_H
#define PNI_TRANSFER_H

#include "ledger/ledger_int.h"

#pragma GCC visibility push(hidden)

/** An account as the batch finds it, locked, and what the batch does to it. */
typedef struct pni_acct {
    int sk, place; /* place in the batch's list */
    const char *kind, *part, *guard, *side, *state;
    int64_t owner, id;
    pn_money overdraft_fen, debit_fen, credit_fen, debit_held_fen, credit_held_fen;
} pni_acct;

/** A transfer as it is stored. */
typedef struct pni_line {
    int sk, no;
    int64_t id, debit_id, credit_id, pending_id, biz_id;
    const char *kind, *biz_kind, *step, *rule, *memo;
    pn_money amount_fen;
    pn_date day;
    pn_time at;
} pni_line;

/** A reservation, and what ended it. */
typedef struct pni_held {
    int sk;
    int64_t id, debit_id, credit_id;
    pn_money amount_fen;
    const char *ended;
} pni_held;

/** An event: its lines are t[from] … t[to - 1]. */
typedef struct pni_bundle {
    size_t from, to;
    const struct pni_bundle *same; /* the last one before it of its name */
    const pni_line *stored;       /* or stored already … */
    size_t stored_n;              /* … so many lines of it */
} pni_bundle;

typedef struct pni_work {
    pn *p;
    pni_transfer *t;
    size_t n, accts_n, events_n, held_n;
    pni_acct *acct, *was;  /* by shard; as they are now and as they were */
    size_t *debit, *credit; /* of t[i]: its place in acct */
    pni_bundle *event;       /* in the order asked */
    pni_held *held;         /* by id */
    pn_date closed;
} pni_work;

/** Lock the accounts (the missing are made), read what was done before. */
PN_MUST int pni_work_read(pni_work *w);
/** Queue what was accepted. */
PN_MUST int pni_work_write(pni_work *w, const pni_line *lines, size_t n);

extern const pn_sql pni_book_share, pni_acct_lock, pni_acct_make, pni_acct_add, pni_line_find,
    pni_line_put, pni_held_find;

#pragma GCC visibility pop
#endif
