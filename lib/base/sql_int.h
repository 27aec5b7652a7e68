/* SPDX-License-Identifier: Apache-2.0 */
/* sql_int.h — statements beside their use: named parameters, checked, prepared lazily.
 *
 * `:name` is a column of the input struct, bound in binary with the type of its kind.
 * `:name#` is the shard key of that id: ((:name::bigint & 4095)::int).
 * Always there: `:now` (the unit's time), `:me` (actor id), `:my_merchant`, `:my_organiser`
 * (NULL unless confined). A `::cast` is not a parameter. Result columns are matched by name;
 * every one must be a column of the output struct. R9–R12 of the database rules hold. */
#ifndef PNI_SQL_H
#define PNI_SQL_H

#include "op.h"

#pragma GCC visibility push(hidden)

typedef struct pn_sql {
    const char *name;         /* noun_verb */
    const pn_type *in, *out;  /* either may be NULL */
    const char *text;
    bool array;               /* :name binds arrays, for pn_exec_many; :now, :me stay scalars */
    bool by_key;              /* a select that finds its rows by what is given alone, through an
                                 index, with no "or" around a sub-select: many who read together
                                 ask it as one (gather.c) */
} pn_sql;

/** Exactly one row, else PN_ENONE (words: the caller's to improve). out may be NULL. */
PN_MUST int pn_one(pn *p, const pn_sql *sql, const void *in, void *out);
/** All rows; at most PNI_ROWS_MAX (100,000). */
PN_MUST int pn_all(pn *p, const pn_sql *sql, const void *in, pn_rows *rows);
/** No rows wanted; *affected may be NULL. */
PN_MUST int pn_exec(pn *p, const pn_sql *sql, const void *in, int64_t *affected);
/** An `array` statement over n structs; rows (may be NULL) takes what it returns. */
PN_MUST int pn_exec_many(pn *p, const pn_sql *sql, const void *in, size_t n, pn_rows *rows);

/** Queue a statement to go out with the next one (or the commit): one round trip for all.
 *  Results: rows for `rows` (may be NULL) and the count for `affected` (may be NULL) are there
 * after the next pn_sync() / pn_one() / … returned 0. `in` is read at once. `n` = 0: a plain
 * statement. */
PN_MUST int pn_queue(pn *p, const pn_sql *sql, const void *in, size_t n, pn_rows *rows,
                     int64_t *affected);
PN_MUST int pn_sync(pn *p);

/** Fresh ids, sk being the shard key they carry (0..4095). */
PN_MUST int pn_new_id(pn *p, int sk, int64_t *id);
/** The next number of a named series (leased in blocks; gaps happen). */
PN_MUST int pn_series(pn *p, const char *name, int block, int64_t *out);
/** "PN" + yymmdd + 8 or 9 digits (bucket + 4096·k) + Luhn digit. */
PN_MUST int pn_new_no(pn *p, const char *prefix, int sk, const char **no);
/** Check prefix, date and Luhn digit of a printed number and tell its bucket. */
PN_MUST int pn_no_bucket(pn *p, const char *prefix, const char *no, int *sk);
static inline int pn_sk(int64_t id) { return (int)(id & 4095); }

/** A second unit for the same caller (actor, time, idempotency key, dry run), for work that must
 *  commit on its own between calls to the world outside. NULL: out of memory. pn_end() it. */
PN_MUST pn *pn_begin_like(const pn *p);
/** Tell whoever wants to know how far a long piece of work has come. */
void pn_progress(pn *p, int64_t done, int64_t all);
/** Is this a rehearsal? Then nothing may leave the machine. */
bool pn_rehearsing(const pn *p);
/** What a sentence calls one of these: the noun itself, in another language the module's title. */
const char *pni_noun_word(const char *noun);
/** What people call an operation ("order.cancel"), a noun or a job; in English they are words. */
const char *pni_title_of(const char *name);

/** Bookkeeping of the running write, all sent with the commit. `before` or `after` may be NULL. */
PN_MUST int pn_audit(pn *p, const char *noun, int64_t id, const pn_type *type, const void *before,
                     const void *after, const char *reason);
/** An event for the relay: `row` (of `type`) becomes its JSON payload. `key` dedupes, or NULL. */
PN_MUST int pn_outbox(pn *p, const char *event, int64_t id, const pn_type *type, const void *row,
                      const char *key);

/* ---- outbox events ---- */
/** Handles one event kind after commit, in a unit of its own as PN_ROLE_SYSTEM, in a transaction;
 *  may be called again after a crash. Several handlers may name the same event. */
/** One event among others. A refusal is its rc and why: only it is tried again later. */
typedef struct pn_told {
    int64_t id;
    const char *payload;
    int rc;
    const char *why;
} pn_told;
typedef struct pn_event {
    const char *event; /* "order.paid" */
    int (*run)(pn *p, int64_t id, const char *payload);
    /** In the place of `run`: events of one kind and one shard, as many as are due, together. Not
     *  0: all of them failed together, and fewer are tried. The only handler of its event. */
    int (*many)(pn *p, pn_told told[], size_t n);
    /** It writes a few rows and calls nobody outside: many may share a transaction. */
    bool light;
    const char *tells; /* msgid: which people hear of it by this, and how; NULL: none do */
} pn_event;

/* ---- states ---- */
/** One row of a transition table. */
typedef struct pn_edge {
    const char *from, *event, *to;
    uint32_t may;   /* role bits; 0 = whoever may call the operation */
    const char *notice; /* outbox event sent on this step, NULL = none */
} pn_edge;
typedef struct pn_fsm {
    const char *noun;
    const pn_words *words;
    const pn_edge *edges;  /* ended by {0} */
    const pn_sql *move;    /* in: pn_move_t; UPDATE … SET state = :to WHERE … state = :from */
} pn_fsm;
typedef struct pn_move { int64_t id; const char *from, *to, *event, *reason; } pn_move;
extern const pn_type pn_move_t;
/** Compare-and-swap along the edge (from, event). PN_ESTATE when the table has no such edge, the
 *  actor may not, or the row is no longer in `from`. Writes the state log. *to may be NULL. */
PN_MUST int pn_step(pn *p, const pn_fsm *fsm, int64_t id, pn_word from, const char *event,
                    const char *reason, pn_word *to);
/** The same step when a larger guarded statement already moved the row: checks the edge, writes the
 *  log, sends the notice. `from` NULL: the row was made by this event, in its first state. */
PN_MUST int pni_stepped(pn *p, const pn_fsm *fsm, int64_t id, const char *from, const char *event,
                        const char *reason);
/** A row of the state log alone, for things born in a state. */
PN_MUST int pni_state_log(pn *p, const char *noun, int64_t id, const char *from, const char *to,
                          const char *event, const char *reason);

/** The operation that was called from outside; others run inside it, in its transaction. */
const pn_op *pni_outer_op(const pn *p);
/** The input of that operation which names a row of `noun`: where a refusal of it belongs. */
const char *pni_field_of(const pn *p, const char *noun);
/** The row of `noun` as whoever asks has called it, "PN2611230000012" or its id: never more than he
 *  has told himself. */
const char *pni_called(pn *p, const char *noun, int64_t id);
/** `field`, when it is an input of that operation, else `other`, when that is one, else NULL. */
const char *pni_field_or(const pn *p, const char *field, const char *other);

/* ---- writes that let others in as long as they can ---- */
/** Statements of a write before its transaction: until it is switched off again each stands by
 *  itself, holds nothing afterwards and stays done whatever becomes of the write. False, and
 *  nothing is changed: the transaction is open already, or all this is a rehearsal. */
bool pni_apart(pn *p, bool on);
/** How often the running write failed and began again: a way that counts on nobody coming in
 *  between is for the first try. */
int pni_tries(const pn *p);
/** Queue the statements that touch what everybody wants after all others of this write, right
 *  before its stored answers and its commit: `last` does it, once. */
void pni_at_last(pn *p, int (*last)(pn *p, void *of), void *of);

/** The events possible from a state, for greying actions and documents. */
const pn_edge *pn_edge_find(const pn_fsm *fsm, pn_word from, const char *event);

/* ---- jobs ---- */
typedef struct pn_job {
    const char *name;
    const char *brief;   /* msgid */
    int every_s;         /* slot length */
    int (*run)(pn *p, int64_t *done); /* *done: how many things it did */
} pn_job;
/** Let the supervisor of this process run a job as soon as it can, beside its slots. */
void pni_job_wake(pn *p, const pn_job *job);

/* ---- lists ---- */
/** A key-paged list. `from` holds FROM and joins, `scope` a condition that always applies (may use
 *  :now :me :my_merchant :my_organiser). Columns come from the row type (`sql` expression or name).
 */
struct pn_list_spec {
    const pn_type *row;
    const char *from;    /* "show s join city c on c.id = s.city_id" */
    const char *scope;   /* may be NULL */
    const char *key;     /* unique tie-breaker expression, e.g. "s.id"; column flagged PN_KEY */
    const char *sort;    /* default order, e.g. "-start_at" */
    const char *search;  /* condition over :q (folded text) and :grams (text[]), NULL = no search */
    const char *search_sort; /* order of a search, NULL: as `sort`; columns may use :q (or NULL) */
};

#pragma GCC visibility pop
#endif
