/* SPDX-License-Identifier: Apache-2.0 */
/* wire.h — a wire to the database that a test can cut: a process that carries bytes between a
 * socket of its own and the server's. SIGUSR1 drops everything from then on without closing, as a
 * network that is gone; SIGUSR2 carries again; SIGKILL closes all connections. */
#ifndef TUI_WIRE_H
#define TUI_WIRE_H

#include <sys/types.h>

/** Listens as dir/.s.PGSQL.5432. -1 when it could not be laid. */
pid_t wire_start(const char *dir, const char *server);

#endif
