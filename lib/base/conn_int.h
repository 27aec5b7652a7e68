/* SPDX-License-Identifier: Apache-2.0 */
/* conn_int.h — one connection in pipeline mode, by libpq or by the wire: whoever uses it cannot
 * tell. Nothing here waits, except to connect. */
#ifndef PNI_CONN_H
#define PNI_CONN_H

#include "base/unit_int.h"
#include "base/wire_int.h"

#pragma GCC visibility push(hidden)

struct pni_conn {
    PGconn *pg; /* one of the two */
    pni_wire *wire;
    bool tail; /* of libpq's last result its end is still to come */
    uint64_t *prepared;
    unsigned prepared_words;
    bool broken;
};

struct pni_conn *pni_conn_open(pn *p);
/** What the server says beside its answers: to the log, not to standard error, which may be
 *  somebody's screen. */
void pni_conn_heard(void *ctx, const char *words);
/** Closes it; what a broken one has queued never goes out. */
void pni_conn_close(struct pni_conn *c);
bool pni_conn_good(const struct pni_conn *c);
int pni_conn_fd(const struct pni_conn *c);
/** What is wrong with it. */
const char *pni_conn_why(const struct pni_conn *c);

/* Queue: false when it cannot be done. Each is answered by one reply. */
bool pni_conn_prepare(struct pni_conn *c, const char *name, const char *text, int n,
                      const Oid oid[]);
bool pni_conn_execute(struct pni_conn *c, const char *name, int n, const char *const value[],
                      const int len[]);
bool pni_conn_run(struct pni_conn *c, const char *text);
bool pni_conn_sync(struct pni_conn *c);

/** 0 all is sent, 1 there is more, -1 it is lost. */
int pni_conn_flush(struct pni_conn *c);
bool pni_conn_read(struct pni_conn *c);
/** Is there a reply, or will none ever be? */
bool pni_conn_ready(struct pni_conn *c);
/** The next reply, the caller's to free; NULL: none will ever be. */
pni_reply *pni_conn_next(struct pni_conn *c);
/** Ask the server to stop what it does for this one. */
void pni_conn_cancel(struct pni_conn *c);

#pragma GCC visibility pop
#endif
