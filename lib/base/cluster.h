/* SPDX-License-Identifier: Apache-2.0 */
/* cluster.h — the private PostgreSQL cluster: pn up, pn down, pn status.
 *
 * It lives in the state folder and listens on a unix socket only. It is meant for one machine that
 * wants to sell tickets now; a server named by PN_DSN or `database:` replaces it altogether. */
#ifndef PN_CLUSTER_H
#define PN_CLUSTER_H

#include "unit.h"

PN_BEGIN

typedef enum pn_cluster_state {
    PN_CLUSTER_NONE,     /* never made */
    PN_CLUSTER_DOWN,     /* made, not running */
    PN_CLUSTER_STARTING, /* runs, does not accept connections yet (recovery, shutdown) */
    PN_CLUSTER_UP,
} pn_cluster_state;

/** What is known of the cluster. Plain data: copy it, no one frees it. */
typedef struct pn_cluster {
    pn_cluster_state state;
    int64_t pid;         /* 0: not running */
    bool fresh;          /* this `up` made it */
    char version[32];    /* "15.20" when it answers, "15" otherwise, "" when there is none */
    char data_dir[4096];
    char socket[128];    /* folder of the socket */
    char dsn[512];       /* libpq connection string of the database; "" when there is none */
    char log[4096];      /* the server's log */
    char message[2048];  /* after a failure: what happened, then the last lines of the log */
    char hint[512];      /* what to do next, or "" */
} pn_cluster;

/** Make the cluster if there is none, start it if it does not run, wait until it answers, make the
 *  database. Safe to call by several processes at once and after a crash of everything. */
PN_MUST int pn_cluster_up(pn_ctx *ctx, pn_cluster *out);
/** Stop it. `now` breaks off sessions without a checkpoint; the next start then takes longer. */
PN_MUST int pn_cluster_down(pn_ctx *ctx, bool now, pn_cluster *out);
PN_MUST int pn_cluster_status(pn_ctx *ctx, pn_cluster *out);

PN_END
#endif
