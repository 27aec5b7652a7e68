/* SPDX-License-Identifier: Apache-2.0 */
/* wire_int.h — PostgreSQL's protocol over a socket of this machine, for a server that asks its own
 * people no password. Loading libpq, with Kerberos, LDAP and two kinds of TLS behind it, takes as
 * long as all the rest of a start; none of that is needed here. Everything else is libpq's: other
 * machines, passwords, TLS, whatever a DSN or the environment says beyond where the socket is. */
#ifndef PNI_WIRE_H
#define PNI_WIRE_H

#include <stdbool.h>
#include <sys/un.h>

#include "base/reply_int.h"

#pragma GCC visibility push(hidden)

typedef struct pni_wire pni_wire;
typedef void pni_wire_heard(void *whom, const char *words);

typedef enum {
    PNI_WIRE_OPEN,
    PNI_WIRE_NOT, /* a case for libpq */
    PNI_WIRE_LATE /* nobody answered in time */
} pni_wire_met;

/** Connect within `ms`; `settings` are names and values in turns, ended by NULL. */
pni_wire_met pni_wire_open(const char *dsn, const char *const settings[], int ms, pni_wire **out);
/** Knock, and do not wait for the door: the server prepares itself meanwhile. NULL: it is not a
 *  case for the wire, or nobody is there. */
pni_wire *pni_wire_knock(const char *dsn, const char *const settings[]);
/** Wait for the door; what is not let in is closed. */
pni_wire_met pni_wire_enter(pni_wire *w, int ms);
/** A socket connected to there, -1 when it is not to be had by then (errno EAGAIN: too late). */
int pni_dial(const struct sockaddr_un *at, int64_t until_ms);
/** On a connected socket; it is closed with it. */
pni_wire *pni_wire_new(int fd, const struct sockaddr_un *at);
/** The first words: names and values in turns. Answered like a sync. */
bool pni_wire_start(pni_wire *w, const char *const words[]);
/** With `politely` the server is told; without, what is still queued never goes out. */
void pni_wire_close(pni_wire *w, bool politely);
/** Whom to tell what the server says by the way: notices, or the payloads of NOTIFY. */
void pni_wire_notices(pni_wire *w, pni_wire_heard *heard, void *whom);
void pni_wire_notes(pni_wire *w, pni_wire_heard *heard, void *whom);

/* Queue; false: memory ran out. Each is answered by one reply, in this order. */
bool pni_wire_prepare(pni_wire *w, const char *name, const char *text, int n, const Oid oid[]);
bool pni_wire_execute(pni_wire *w, const char *name, int n, const char *const value[],
                      const int len[]);
/** A statement by its text, without values. */
bool pni_wire_run(pni_wire *w, const char *text);
bool pni_wire_sync(pni_wire *w);

/** Run one statement and wait for its end; false: refused, lost or late. */
bool pni_wire_do(pni_wire *w, const char *text, int ms);

/** Send what the socket takes: 0 all, 1 there is more, -1 the connection is lost. */
int pni_wire_flush(pni_wire *w);
/** Read what is there. False: the connection is lost. */
bool pni_wire_read(pni_wire *w);
/** The next reply, the caller's to free; NULL: not there yet, or never. */
pni_reply *pni_wire_next(pni_wire *w);
/** Has the next reply come, or will none ever? */
bool pni_wire_ready(pni_wire *w);
bool pni_wire_lost(const pni_wire *w);
/** Why it is lost. */
const char *pni_wire_why(const pni_wire *w);
int pni_wire_fd(const pni_wire *w);
/** Ask the server, on another connection, to stop what it does for this one. */
void pni_wire_cancel(const pni_wire *w);

#pragma GCC visibility pop
#endif
