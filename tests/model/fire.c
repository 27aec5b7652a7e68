/* SPDX-License-Identifier: Apache-2.0 */
/* fire.c — clients, backends and the server are killed at moments of no choice while the actors go
 * on. tests/with-pg starts the server again. */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model_int.h"

static pid_t some_backend(dice *d)
{
    PGconn *conn = PQconnectdb(model_dsn);
    pid_t pid = 0;
    if (PQstatus(conn) == CONNECTION_OK) {
        PGresult *res = PQexec(conn, "select pid from pg_stat_activity where datname ="
                                     " current_database() and pid <> pg_backend_pid()");
        if (PQntuples(res) > 0)
            pid = (pid_t)strtol(PQgetvalue(res, pick(d, PQntuples(res)), 0), NULL, 10);
        PQclear(res);
    }
    PQfinish(conn);
    return pid;
}

/* The server's own process: the first line of a file in its folder. */
static pid_t server(void)
{
    PGconn *conn = PQconnectdb(model_dsn);
    char path[1024];
    int pid = 0;
    if (PQstatus(conn) == CONNECTION_OK) {
        PGresult *res = PQexec(conn, "show data_directory");
        snprintf(path, sizeof path, "%s/postmaster.pid", PQgetvalue(res, 0, 0));
        PQclear(res);
        FILE *f = fopen(path, "r");
        if (f && fscanf(f, "%d", &pid) != 1)
            pid = 0;
        if (f)
            fclose(f);
    }
    PQfinish(conn);
    return (pid_t)pid;
}

void fire_slice(pid_t child[], int n, pid_t (*again)(int i, int life))
{
    dice d = {mix(run.seed, (uint64_t)(the->kills + the->crashes + 77))};
    for (int life = 1; the->done < the->target && !the->failed; life++) {
        usleep((useconds_t)(150000 + pick(&d, 700000)));
        int what = pick(&d, 10), i = pick(&d, n);
        if (what < 6) {
            if (child[i] <= 1)
                continue;
            kill(child[i], SIGKILL);
            waitpid(child[i], NULL, 0);
            child[i] = again(i, life);
            the->kills++;
            continue;
        }
        pid_t pid = what < 9 ? some_backend(&d) : server();
        if (pid > 1 && !kill(pid, what < 9 ? SIGKILL : SIGQUIT))
            the->crashes++;
    }
}
