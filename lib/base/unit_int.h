/* SPDX-License-Identifier: Apache-2.0 */
/* unit_int.h — the inside of a unit and of the process. Only lib/base looks in here. */
#ifndef PNI_UNIT_H
#define PNI_UNIT_H

#include <pthread.h>

#include "base/arena_int.h"
#include "base/keep_int.h"
#include "base/op.h"
#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

struct pni_conf;
struct pni_conn;
struct pni_audit_row;
struct pni_outbox_row;
struct pni_state_row;
struct pni_lease;

/** One thing that a context keeps from unit to unit (keep.c). */
typedef struct pni_kept {
    int64_t key, stamp, turn;
    void *thing;
    size_t size;
    void (*drop)(void *thing);
} pni_kept;
struct pni_call;

enum { PNI_POOL_MAX = 64, PNI_KEY_MAX = 64, PNI_RETRY_MAX = 5, PNI_TIMEOUT_MS = 30000,
       PNI_KEPT_MAX = 64, PNI_WOKEN_MAX = 4 };

enum { PNI_UNTOLD_MAX = 64, PNI_NOUN_MAX = 32 };

/** What this process has changed and not told yet (news.c). */
typedef struct pni_untold {
    struct { int64_t id; char noun[PNI_NOUN_MAX]; } item[PNI_UNTOLD_MAX];
    int n;
    int64_t told_ms; /* when it last told something */
} pni_untold;

struct pn_ctx {
    struct pni_conf *conf;
    char *dsn, *state_dir;
    bool dsn_reads; /* looked at, and good */
    pn_log_fn *log;
    void *log_payload;
    pni_arena arena;
    pn_err err;
    pthread_mutex_t lock;
    pthread_cond_t freed;
    struct pni_conn *idle[PNI_POOL_MAX];
    int idle_n, open_n, max;
    pthread_mutex_t lease_lock, lease_turn;
    struct pni_conn *lease_conn;
    struct pni_lease *leases;
    pni_kept kept[PNI_KEEPS][PNI_KEPT_MAX];
    int64_t kept_turn;
    pni_untold untold;
    const struct pn_job *woken[PNI_WOKEN_MAX]; /* jobs that do not wait for their slot (work.c) */
};

struct pn {
    pn_ctx *ctx;
    pni_arena arena;
    pn_err err;
    pn_actor actor;
    pn_time now;
    int64_t deadline_ms; /* CLOCK_MONOTONIC */
    int timeout_ms;
    const char *key, *command;
    bool dry_run;
    pn_progress_fn *progress;
    void *progress_payload;
    bool beyond; /* may take the one connection beyond the pool */

    struct pni_conn *conn; /* held from the first statement to the end of the call */
    int depth;             /* nested pn_call */
    bool in_write, tx_open, tx_failed, keep, commit_sent, lost;
    bool key_clash;        /* the idempotency insert met its like */
    int tries;             /* how often this write has failed */
    int (*last)(pn *p, void *of); /* what else is to be queued before the commit */
    void *last_of;
    struct pni_secret *secrets; /* keys it has read (crypt.c) */
    int seal_key;          /* number of the key it seals with, 0: not looked up */
    const pn_op *op;       /* outermost operation */
    const pn_op *named;    /* the one whose name is … */
    const char *name;
    const void *op_in;
    struct pni_call *call; /* whose turn it is */
    pn_rows policy;        /* business rules in force at policy_at, once they were asked for */
    pn_time policy_at;
    struct pni_said *said; /* what rows were called by whoever asks (value.c) */
    int said_n;
    struct pni_named *people; /* whom it has named (print.c) */
    size_t people_n, people_room;
    int64_t trips;         /* database round trips so far */
    struct pni_pending *pending, *pending_end;
    struct pni_plan *plan; /* its statements are combined with other units' (together.c) */

    struct pni_audit_row *audits, **audits_end;
    struct pni_outbox_row *events, **events_end;
    struct pni_state_row *states, **states_end;
    size_t audit_n, event_n, state_n;
};

struct pni_secret {
    struct pni_secret *next;
    const char *path;
    unsigned char key[32];
};
void pni_secrets_forget(pn *p);

/** Set by lib/user: turns tokens into actors. Not 0: none of them could be looked up. */
extern int (*pni_signin_hook)(pn *p, pn_caller callers[], size_t n);

/** away: of a house whose people the caller may not look at; `name` is what kind of house. */
typedef struct pni_named { int64_t id; const char *name; bool away; } pni_named;
/** Set by lib/user: names of people who work here, left NULL where nobody is known. */
extern void (*pni_people_hook)(pn *p, pni_named *who, size_t n);

void pni_err_clear(pn *p);
int pni_oom(pn *p); /* PN_EMEM with words that need no memory */
void pni_log(pn_ctx *ctx, pn_level level, const char *message, const char *fields);
/** Round trips so far, for tests and benches. */
int64_t pni_round_trips(const pn *p);
/** Commit what was done although the operation refuses (failure counters, lock-outs). */
void pni_keep(pn *p);
int64_t pni_mono_ms(void);
pn_time pni_wall(void);

/** Append a number. */
void pni_buf_int(pn_buf *b, int64_t v);
/** `"name":`, after a comma unless it is the first. A name of ours: nothing in it is escaped. */
void pni_buf_name(pn_buf *b, const char *name, bool first);
/** Make room at once for what is going to be appended. */
bool pni_buf_room(pn_buf *b, size_t more);
/** One letter as a text of the unit. */
const char *pni_letter(pn *p, char letter);
/** "order.submit", once for a unit as long as it stays with one operation. */
const char *pni_op_name(pn *p, const pn_op *op);

/** Like pn_to_json, leaving out secrets and files, masking personal data. */
void pni_to_json_redacted(pn_buf *b, const pn_type *type, const void *row);
/** Does the redacted text leave nothing out? */
bool pni_json_tells_all(const pn_type *type, const void *row);
/** Copy of a row and everything it points to, into the unit. */
void *pni_field(const pn_col *col, const void *row);

#pragma GCC visibility pop
#endif
