/* SPDX-License-Identifier: Apache-2.0 */
/* op.h — operations: what can be done, written once, read by every front end.
 *
 * pn_call(): permission → validate columns → idempotency → transaction → run → bookkeeping →
 * commit. A nested pn_call joins the outer transaction. Reads run without a transaction. */
#ifndef PN_OP_H
#define PN_OP_H

#include "unit.h"

PN_BEGIN

enum {
    PN_WRITE = 1 << 0,  /* changes something: transaction, audit row */
    PN_ONCE = 1 << 1,   /* honours the idempotency key (all PN_WRITE operations should) */
    PN_MANY = 1 << 2,   /* has a batch form */
    PN_DANGER = 1 << 3, /* front ends ask before running it */
    PN_LOCAL = 1 << 4,  /* acts on this machine (files, printers, cluster): not served over HTTP */
    PN_HIDDEN = 1 << 5, /* not offered in consoles' action menus */
    PN_STREAM = 1 << 6, /* reserved for long results */
    PN_HOT = 1 << 7,    /* its statements find rows by key and are planned once for all values */
    PN_VERDICT = 1 << 8, /* its column `result` says yes, with a green word, or no */
    PN_SHARED = 1 << 9, /* everybody gets the same answer, and one of a moment ago is as good */
    PN_ALONE = 1 << 10, /* shows what is personal or secret of one row: never of many at once */
};

typedef struct pn_op pn_op;
typedef struct pn_list_spec pn_list_spec;

/** One caller's request among others. */
typedef struct pn_request {
    const pn_actor *actor;      /* NULL: whom the unit acts for */
    const char *key;            /* its idempotency key, may be NULL */
    const char *via, *command;  /* for the audit trail; NULL: the unit's */
    const char *language;       /* of its words, see pn_language(); NULL: the thread's */
    const void *in;             /* struct of op->in */
    void *out;                  /* struct of op->out; NULL: nobody wants it */
    int rc;                     /* the answer: 0 or a code … */
    pn_err err;                 /* … with its words, valid until the unit ends */
} pn_request;

/** The requests that are left to decide: allowed, valid, without a stored answer. `out` is zeroed
 *  and never NULL when the operation has one. */
typedef struct pn_batch {
    pn_request *const *req; /* in order of arrival */
    size_t n;
} pn_batch;

/** Decides every request of a batch in one transaction. A refused one gets its code in req[i]->rc
 *  and must leave nothing behind, so decide first and write (rows, audit, events, state log) for
 *  those that are accepted. Returns non-zero only when the whole batch failed: then nothing of it
 *  counts, and it is called again with fewer requests, so that one cannot spoil the others. */
typedef int pn_many_fn(pn *p, const pn_batch *b);
/** Inside it: act for request i. Its actor is pn_who() and :me, what is audited, logged and sent
 *  is attributed to it, and the words of pn_fail() are its words. Any order, as often as needed. */
void pn_for(pn *p, const pn_batch *b, size_t i);

struct pn_op {
    const char *noun, *verb; /* pn NOUN VERB */
    const char *brief;       /* msgid: one sentence without full stop */
    const char *help;        /* msgid: more, may be NULL */
    const pn_type *in, *out; /* out may be NULL */
    uint32_t may;            /* role bits; PN_ROLE_ADMIN may always */
    uint32_t flags;
    int (*run)(pn *p, const void *in, void *out);
    /** The batch form, in the place of `run`: decide every request, in order of arrival. */
    pn_many_fn *many;
    const pn_list_spec *list; /* a list operation: run is NULL, in is pn_list_t, out the row type */
    const char *example;      /* "pn coupon issue --batch 7 --user 42", may be NULL */
    const char *undo;         /* the verb of the same noun that takes it back, may be NULL … */
    const char *lasting;      /* … or, a msgid, why nothing does */
};

typedef struct pn_module {
    const char *noun;
    const char *title;            /* msgid */
    const pn_op *const *ops;      /* ended by NULL */
    const struct pn_sql *const *sql; /* every statement of the module, ended by NULL; may be NULL */
    const struct pn_fsm *const *fsm; /* may be NULL */
    const struct pn_job *const *jobs; /* may be NULL */
    const struct pn_event *const *events; /* outbox handlers, may be NULL */
    /** Turn what people type ("PN2611230000012", a code, a slug) into an id; PN_ENONE when unknown.
     *  May be NULL: then only the decimal id is understood. */
    int (*resolve)(pn *p, const char *text, int64_t *id);
} pn_module;

/** All modules, ended by NULL, in the order of lib/modules.def. */
const pn_module *const *pn_modules(void);
const pn_module *pn_module_find(const char *noun);
const pn_op *pn_op_find(const char *noun, const char *verb); /* NULL when there is none */
/** Can it be done in a state of that name? Only where the module's states know its verb and their
 *  words are the ones given can the answer be no. */
bool pn_op_fits(const pn_op *op, const pn_words *words, const char *state);
/** May this unit's actor call it at all? (Row scoping is inside the operation.) */
bool pn_may(const pn *p, const pn_op *op);

/** Which people hear of the last call, or would have had it not been a dry run, and how ("the buyer
 *  by SMS"), translated, with commas between; "" for nobody. */
const char *pn_hearers(pn *p);

/** Run one operation. `in` is a struct of op->in (NULL: an empty one), `out` of op->out (or NULL to
 *  ignore); a list takes `const pn_list *` and fills a `pn_page`. `out` is untouched on failure. */
PN_MUST int pn_call(pn *p, const pn_op *op, const void *in, void *out);
/** n requests of any callers in one transaction, each with its own actor, idempotency key and
 *  answer (rc, err, out). Without a batch form they run one after another in savepoints. What fails
 *  together is taken apart until only the request that is to blame fails; a commit that was not
 *  answered is resolved by each request's key. Two requests with one key: the second waits for the
 *  answer of the first. Non-zero: nothing could be done, for the reason in the unit; every request
 *  that was not refused by itself has it, too. */
PN_MUST int pn_call_requests(pn *p, const pn_op *op, pn_request *r, size_t n);
/** The same for n inputs of one caller, without keys; words of failures in errs[i] or nowhere. */
PN_MUST int pn_call_many(pn *p, const pn_op *op, const void *in, size_t n, void *out, int rc[],
                         pn_err errs[]);

/** One piece of reading, with what it needs; returns 0 or a code with words in the unit. */
typedef int pn_read_fn(pn *p, void *arg);
/** n pieces of reading, each in a unit of its own and with its own result code, in common round
 *  trips: what all of them ask next goes out together. `read` is called several times for one
 *  piece, only its last call counts: it may sign in, look up and call reading operations, and it
 *  must start anew each time. A piece that fails does not touch the others. */
void pn_read_together(pn *const units[], size_t n, pn_read_fn *read, void *const args[], int rc[]);

/* ---- lists ---- */

/** What a caller asks of any list. All may be zero; a limit of 0 that somebody wrote (in a flag, a
 *  query, JSON) is refused by pn_set().
 *  `where`: terms `column op value` joined by blanks; op = != ~ !~ > >= < <= ; value: word, text,
 *  "quoted text", number, yuan, 30m 2h 3d (ago), today yesterday, 2026-11-23, 2026-11-23T19:30,
 *  a..b (range), a,b,c (one of). Columns by name or translated label. `q`: text search where the
 *  list has one. `sort`: "-start_at,id". `after`: the cursor of the page before.
 *  `count` asks for numbers in the place of rows: the page then holds pn_count, for "" one of them
 *  over all rows that fit, else one per value of that column, the most frequent first; `since`
 *  names a time whose earliest is told with them. `constant`: nobody typed the filter, so its words
 *  stand in the statement, where a plan that is kept can see which index holds them. `key`: the row
 *  with that id alone, whatever else is given. */
typedef struct pn_list {
    const char *where, *q, *sort, *after;
    int64_t limit; /* default 50, at most 1000 */
    const char *count, *since;
    bool constant;
    int64_t key;
} pn_list;
extern const pn_type pn_list_t;

/** How many rows, and what the first sum of money that the list shows comes to over them. */
typedef struct pn_count {
    const char *value;
    int64_t rows;
    pn_money money;
    pn_time since;
} pn_count;
extern const pn_type pn_count_t;
/** The column `money` adds up; NULL when the list shows none. */
const pn_col *pn_count_money(const pn_op *list);

typedef struct pn_page {
    pn_rows rows;
    const char *next; /* cursor of the next page; NULL at the end */
} pn_page;

/* ---- structs as text and JSON: what front ends use ---- */

/** Set one column from text a person typed. Understands words by name or label, yuan ("1280",
 *  "19.9"), times (local business zone), @ids. PN_EARG with the field and what was expected. */
PN_MUST int pn_set(pn *p, const pn_type *type, void *row, const pn_col *col, const char *text);
/** Text of one column for people ("¥1,280.00", "2026-12-01 19:30", translated word); never NULL. */
const char *pn_show(pn *p, const pn_col *col, const void *row);
/** The same for machines (CSV, scripts): plain fen as yuan with two decimals, RFC 3339 times, word
 *  names; "" when absent. */
const char *pn_plain(pn *p, const pn_col *col, const void *row);
bool pn_absent(const pn_col *col, const void *row);
/** Before the rows of a page are shown: ask at once for the names of all who work here and stand in
 *  them by number, instead of for each when it is shown. */
void pn_people(pn *p, const pn_type *type, const void *rows, size_t n);
/** Does a column name a row that the caller may see? Of people who work here it is known once they
 *  were shown; of everything else it is not, and true. */
bool pn_leads(pn *p, const pn_col *col, const void *row);
/** Fill a struct from a JSON object; unknown keys are errors naming the key. */
PN_MUST int pn_from_json(pn *p, const pn_type *type, const char *json, size_t len, void *row);
void pn_to_json(pn_buf *b, const pn_type *type, const void *row);
/** Check required columns, ranges and lengths (pn_call does it too). */
PN_MUST int pn_validate(pn *p, const pn_type *type, const void *row);

/** How people type Chinese they are too quick to spell: "周杰伦" is "zhoujielun" and "zjl". */
PN_MUST int pn_pinyin(pn *p, const char *text, const char **pinyin, const char **initials);

/** for (each row of rows): pn_each(pn_order, o, &rows) … */
#define pn_each(t, var, rows)                                                                      \
    for (t *var = (t *)(rows)->row, *var##_end_ = var + (rows)->n; var < var##_end_; var++)

/* ---- defining operations (library only, but harmless to see) ---- */

/** PN_OP(coupon, issue, pn_coupon, .brief = …) defines pn_coupon_issue() and coupon_issue_op from a
 *  static `issue(pn *, const struct pn_coupon_issue *, pn_coupon *)` above it. */
#define PN_OP(noun_, verb_, out_, ...)                                                             \
    static int noun_##_##verb_##_run(pn *p, const void *in, void *out)                             \
    {                                                                                              \
        return verb_(p, in, out);                                                                  \
    }                                                                                              \
    static const pn_op noun_##_##verb_##_op = {                                                    \
        .noun = #noun_, .verb = #verb_, .run = noun_##_##verb_##_run, __VA_ARGS__};                \
    int pn_##noun_##_##verb_(pn *p, const struct pn_##noun_##_##verb_ *in, out_ *out)              \
    {                                                                                              \
        return pn_call(p, &noun_##_##verb_##_op, in, out);                                         \
    }
/** The same for an operation that is its batch form: a static `submit(pn *, const pn_batch *)`. */
#define PN_OP_MANY(noun_, verb_, out_, ...)                                                        \
    static const pn_op noun_##_##verb_##_op = {                                                    \
        .noun = #noun_, .verb = #verb_, .many = verb_, __VA_ARGS__};                               \
    int pn_##noun_##_##verb_(pn *p, const struct pn_##noun_##_##verb_ *in, out_ *out)              \
    {                                                                                              \
        return pn_call(p, &noun_##_##verb_##_op, in, out);                                         \
    }
/** A list over `spec`: pn_coupon_list(p, &(pn_list){…}, &page). */
#define PN_OP_LIST(noun_, verb_, spec_, ...)                                                       \
    static const pn_op noun_##_##verb_##_op = {                                                    \
        .noun = #noun_, .verb = #verb_, .in = &pn_list_t, .list = &(spec_), __VA_ARGS__};          \
    int pn_##noun_##_##verb_(pn *p, const pn_list *in, pn_page *out)                               \
    {                                                                                              \
        return pn_call(p, &noun_##_##verb_##_op, in, out);                                         \
    }

PN_END
#endif
