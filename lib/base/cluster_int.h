/* SPDX-License-Identifier: Apache-2.0 */
/* cluster_int.h — the private cluster by state folder, and the process side of it. */
#ifndef PNI_CLUSTER_H
#define PNI_CLUSTER_H

#include "cluster.h"

#include <sys/types.h>

#pragma GCC visibility push(hidden)

enum { PNI_PATH = 4096 };

/* Where everything of one cluster is, and who owns it. */
struct pni_place {
    char state[PNI_PATH]; /* absolute, without trailing slash */
    char data[PNI_PATH];
    char log[PNI_PATH];
    char socket[108];     /* short enough for the kernel, free of characters libpq splits at */
    char bin[PNI_PATH];   /* folder of initdb and postgres; "" until pni_pg_find() */
    int major;            /* of bin */
    char owner[64];       /* runs the server */
    uid_t uid;
    gid_t gid;
    bool drop;            /* we are root and must become the owner */
    pn_cluster *out;      /* takes words */
};

/* By state folder: what pn_cluster_* do for a context. */
PN_MUST pn_code pni_cluster_up(const char *state, pn_cluster *out);
PN_MUST pn_code pni_cluster_down(const char *state, bool now, pn_cluster *out);
PN_MUST pn_code pni_cluster_status(const char *state, pn_cluster *out);
/** Connection string of the cluster in `state`, malloc'd; NULL when none was made there. */
char *pni_cluster_dsn(const char *state);

/* cluster_place.c: where, who, which programs; cluster_run.c: processes */
PN_MUST pn_code pni_place(const char *state, pn_cluster *out, struct pni_place *at);
/* Make the state folder and see that the owner can reach it. */
PN_MUST pn_code pni_place_make(struct pni_place *at);
/* Make the socket's folder, or see that the one in its place is ours; the lock is held. */
PN_MUST pn_code pni_place_socket(struct pni_place *at);
/* Find the programs: of `major`, or the newest when 0. */
PN_MUST pn_code pni_pg_find(struct pni_place *at, int major);
/* Run bin/argv[0] as the owner to its end; on failure its output is in the message. */
PN_MUST pn_code pni_pg_run(struct pni_place *at, const char *const argv[]);
/* Pid of the server that runs on this data folder; 0: none. */
pid_t pni_pg_pid(const struct pni_place *at);
/* Clear away what a dead server left behind. */
PN_MUST pn_code pni_pg_sweep(struct pni_place *at);
/* Start it, or wait for one that starts, until it accepts connections. */
PN_MUST pn_code pni_pg_start(struct pni_place *at);
PN_MUST pn_code pni_pg_stop(struct pni_place *at, bool now);
/* State by asking the socket, then the pid file. */
pn_cluster_state pni_pg_state(const struct pni_place *at);
/* Connection string for one of its databases; false: it does not fit. */
bool pni_pg_dsn(const struct pni_place *at, const char *database, char *dsn, size_t size);
PN_PRINTF(3, 4) pn_code pni_pg_fail(struct pni_place *at, pn_code code, const char *fmt, ...);
PN_PRINTF(2, 3) pn_code pni_pg_hint(struct pni_place *at, const char *fmt, ...);
/* snprintf that tells whether it fitted. */
PN_PRINTF(3, 4) bool pni_fmt(char *out, size_t size, const char *fmt, ...);

#pragma GCC visibility pop
#endif
