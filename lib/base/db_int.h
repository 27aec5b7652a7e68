/* SPDX-License-Identifier: Apache-2.0 */
/* db_int.h — connections, the pipeline, transactions. Only this and sql.c know libpq. */
#ifndef PNI_DB_H
#define PNI_DB_H

#include <stdatomic.h>

#include "base/pq_int.h"
#include "base/scan_int.h"
#include "base/unit_int.h"

#pragma GCC visibility push(hidden)

/** A statement as the server knows it: numbered text, types, a place in every connection's list. */
typedef struct pni_stmt {
    struct pni_stmt *next; /* same hash */
    const pn_sql *sql;     /* NULL: made by the list engine, found by text */
    const char *text;
    unsigned index;
    int n;
    pni_param param[PNI_PARAMS_MAX];
    Oid oid[PNI_PARAMS_MAX];
    struct pni_stmt *rows; /* the same with its rows as one value, see composite_int.h; or NULL */
    struct pni_stmt *one;  /* the same for one row alone; or NULL */
    int row_n;
    const pn_col *row[PNI_PARAMS_MAX];
    char row_name[PNI_ROW_NAME];
    bool by_key;                    /* rows found by what is asked for alone, see gather.c */
    struct pni_stmt *_Atomic each;  /* the same for many who ask; NULL: not made yet */
    atomic_bool no_each;            /* there can be none, or the server takes none */
} pni_stmt;

/** Some rows of a result that answers several; its first column is not theirs. */
typedef struct pni_slice {
    const int *row; /* which */
    int n;
    const pn_col **col; /* its columns, room for all; col[1] NULL: not looked for yet */
} pni_slice;

/** What to do with one statement's result. */
typedef struct pni_pending {
    struct pni_pending *next;
    pni_stmt *stmt;      /* NULL: control statement or prepare */
    bool prepare;
    const char *control; /* "begin" … */
    const pn_type *out;
    pn_rows *rows;
    int64_t *affected;
    const pni_slice *part; /* NULL: all of the result */
    PGresult **result;   /* wanted as it is, the caller's to clear; NULL: decode and drop it */
    bool is_key;         /* a unique violation here is a replay, not an error */
} pni_pending;

struct pni_conn {
    PGconn *pg;
    uint64_t *prepared;
    unsigned prepared_words;
    struct pni_row_types *types; /* NULL: not asked for yet */
    bool by_key; /* it plans for operations flagged PN_HOT */
    bool begun;  /* something went out since the last answer */
    bool broken;
};

/** Compiled form, from the process-wide cache. PN_EINTERNAL names a parameter that is no column. */
PN_MUST int pni_stmt_of(pn *p, const pn_sql *sql, pni_stmt **out);
/** pn_queue() with what the caller wants of the result. */
PN_MUST int pni_queue(pn *p, const pn_sql *sql, const void *in, size_t n, pni_pending want);
/** The same for text with $n, their types beside it. by_key: see pni_stmt. */
PN_MUST int pni_stmt_text(pn *p, const char *text, int n, const Oid *oid, bool by_key,
                          pni_stmt **out);
/** One of the few that begin, end and set; they are never too many. */
PN_MUST int pni_stmt_control(pn *p, const char *text, pni_stmt **out);

/** Queue a statement with bound values (binary). Begins the transaction first when one is due. */
PN_MUST int pni_send(pn *p, pni_stmt *stmt, const char *const *value, const int *len,
                     const pni_pending *want);
/** Have a connection. */
PN_MUST int pni_db_acquire(pn *p);
PN_MUST int pni_control(pn *p, const char *text);
/** Begin the transaction of a write. */
PN_MUST int pni_db_begin(pn *p);
PN_MUST int pni_db_sync(pn *p);
/** One statement's result, into whatever `item` wants. */
PN_MUST int pni_take(pn *p, const pni_pending *item, const PGresult *res);
/** Throw away what is queued and give the connection back (closed when it is in doubt). */
void pni_db_release(pn *p);
/** End a failed transaction; never fails. */
void pni_db_rollback(pn *p);
/** What is still on its way has nobody who waits for its rows. */
void pni_db_forget(pn *p);
struct pni_conn *pni_conn_open(pn *p);
/** What the server says beside its answers: to the log, not to standard error, which may be
 *  somebody's screen. */
void pni_db_heard(void *ctx, const char *words);
/** Connection string; the private cluster may have come up since the process began. */
PN_MUST int pni_dsn(pn *p, const char **dsn);
/** Can it be read as it was meant? One that cannot may tell its password by what is said of it. */
bool pni_dsn_reads(const char *dsn);
void pni_conn_close(struct pni_conn *c);

/** Tests make the nth statement fail: by a lost connection or by a serialisation failure. */
extern _Atomic int64_t pni_send_fail_in; /* > 0: counts down, the one that reaches 0 fails */
/** The connection dies at the commit: 1 before it was sent, 2 after, unanswered. */
extern _Atomic int pni_commit_cut;
void pni_db_cut(pn *p);
extern _Atomic bool pni_send_fail_soft;  /* 40001 instead of a lost connection */

/** Decode the rows of a result that are the item's into structs of its type. */
PN_MUST int pni_decode(pn *p, const PGresult *res, const pni_pending *item, pn_rows *rows);

#pragma GCC visibility pop
#endif
