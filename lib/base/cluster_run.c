/* SPDX-License-Identifier: Apache-2.0 */
/* cluster_run.c — starting, finding and stopping the server's processes.
 *
 * postmaster.pid is not believed. PostgreSQL asks only whether some process with that number lives,
 * and is fooled by a zombie nobody reaped and by a number that was given to another process, which
 * is normal after a container restart: it then refuses to start for ever. Here a process counts
 * only when its program is postgres and its working folder is our data. */
#include "cluster_int.h"
#include "pq_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    POLL_MS = 20,
    START_MS = 60 * 1000,     /* without a sign of life on the socket */
    RECOVERY_MS = 600 * 1000, /* while it says that it recovers */
    ORPHANS_MS = 5 * 1000,    /* backends that outlive a killed postmaster */
    STOP_MS = 60 * 1000,
    LOG_MAX = 16 << 20,       /* then pg.log becomes pg.log.1 */
    OUTPUT_MAX = 1400,        /* what a message keeps of a program's output */
};

static int64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void nap(int ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

/* ---- becoming the owner ---- */

/* What the child needs is looked up before the fork: afterwards only plain system calls are safe
 * in a process with threads. Environment: none of the caller's PG* variables may leak in. */
struct launch {
    char program[PNI_PATH + 64];
    char *argv[24];
    gid_t groups[64];
    int n_groups;
    int out;          /* becomes stdout and stderr */
    bool detach;
};

static char *const launch_env[] = {(char[]){"LC_ALL=C"}, (char[]){"PATH=/usr/bin:/bin"}, NULL};

static pn_code launch_fill(struct pni_place *at, const char *const argv[], struct launch *l)
{
    memset(l, 0, sizeof(*l));
    pni_fmt(l->program, sizeof(l->program), "%s/%s", at->bin, argv[0]);
    for (int i = 0; argv[i] && i < 23; i++) {
        l->argv[i] = strdup(i ? argv[i] : l->program); /* it looks for its files beside itself */
        if (!l->argv[i])
            return PN_EMEM;
    }
    l->n_groups = 64;
    if (at->drop && getgrouplist(at->owner, at->gid, l->groups, &l->n_groups) < 0) {
        l->groups[0] = at->gid; /* unknown to passwd, or in very many groups */
        l->n_groups = 1;
    }
    return PN_OK;
}

static void launch_free(struct launch *l)
{
    for (int i = 0; l->argv[i]; i++)
        free(l->argv[i]);
}

_Noreturn static void become(const struct pni_place *at, const struct launch *l)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int sig = 1; sig < 32; sig++)
        signal(sig, SIG_DFL);
    int null = open("/dev/null", O_RDONLY);
    bool ok = null >= 0 && dup2(null, 0) == 0 && dup2(l->out, 1) == 1 && dup2(l->out, 2) == 2;
    close_range(3, ~0U, 0);
    umask(077);
    if (l->detach)
        setsid();
    if (at->drop)
        ok = ok && !setgroups((size_t)l->n_groups, l->groups) && !setgid(at->gid) &&
             !setuid(at->uid);
    if (ok && !chdir("/"))
        execve(l->program, l->argv, launch_env);
    static const char words[] = "the program cannot be run\n";
    if (write(2, words, sizeof(words) - 1) < 0)
        _exit(126);
    _exit(127);
}

static pid_t launch_fork(const struct pni_place *at, const struct launch *l)
{
    pid_t pid = fork();
    if (!pid)
        become(at, l);
    return pid;
}

/* Keep the end of what a program says. */
static void drain(int fd, char *text, size_t size)
{
    size_t len = 0;
    char part[512];
    ssize_t got;
    while ((got = read(fd, part, sizeof(part))) > 0 || (got < 0 && errno == EINTR)) {
        if (got < 0)
            continue;
        size_t n = (size_t)got;
        if (len + n >= size) {
            size_t cut = len + n - size + 1;
            cut = cut < len ? cut : len;
            memmove(text, text + cut, len - cut);
            len -= cut;
        }
        memcpy(text + len, part, n);
        len += n;
    }
    text[len] = 0;
}

pn_code pni_pg_run(struct pni_place *at, const char *const argv[])
{
    struct launch l;
    int ends[2], status = -1;
    char text[OUTPUT_MAX];
    pn_code rc = launch_fill(at, argv, &l);
    if (!rc && pipe2(ends, O_CLOEXEC))
        rc = PN_EIO;
    if (!rc) {
        l.out = ends[1];
        pid_t pid = launch_fork(at, &l);
        close(ends[1]);
        drain(ends[0], text, sizeof(text));
        close(ends[0]);
        while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
            continue;
    }
    launch_free(&l);
    if (rc)
        return pni_pg_fail(at, rc, "%s", pn_code_text(rc));
    if (status)
        return pni_pg_fail(at, PN_EIO, pn_tr("%s failed:\n%s"), argv[0], text);
    return PN_OK;
}

/* ---- who runs ---- */

/* Is it a live postgres (not a zombie) whose working folder is our data? Of processes of other
 * users the kernel tells nothing; they cannot be running on a folder of ours. */
static bool serves(const char *data, pid_t pid)
{
    char name[64], text[PNI_PATH + 16];
    pni_fmt(name, sizeof(name), "/proc/%d/stat", (int)pid);
    FILE *file = fopen(name, "re");
    if (!file)
        return false;
    size_t len = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[len] = 0;
    const char *state = strrchr(text, ')');
    if (!state || strlen(state) < 3 || strchr("ZXx", state[2]))
        return false;
    pni_fmt(name, sizeof(name), "/proc/%d/exe", (int)pid);
    ssize_t n = readlink(name, text, sizeof(text) - 1);
    if (n <= 0)
        return false;
    text[n] = 0;
    const char *program = strrchr(text, '/');
    if (!program || strncmp(program, "/postgres", 9)) /* "/postgres (deleted)" after an upgrade */
        return false;
    pni_fmt(name, sizeof(name), "/proc/%d/cwd", (int)pid);
    n = readlink(name, text, sizeof(text) - 1);
    if (n <= 0)
        return false;
    text[n] = 0;
    return !strcmp(text, data);
}

/* The data folder as the kernel names it. */
static bool real_data(const struct pni_place *at, char *data)
{
    return realpath(at->data, data);
}

static pid_t noted_pid(const struct pni_place *at)
{
    char name[PNI_PATH], line[32] = "";
    pni_fmt(name, sizeof(name), "%s/postmaster.pid", at->data);
    FILE *file = fopen(name, "re");
    if (!file)
        return 0;
    if (!fgets(line, sizeof(line), file))
        *line = 0;
    fclose(file);
    long pid = strtol(line, NULL, 10);
    return pid > 1 && pid <= INT32_MAX ? (pid_t)pid : 0;
}

pid_t pni_pg_pid(const struct pni_place *at)
{
    char data[PNI_PATH];
    pid_t pid = noted_pid(at);
    if (!pid || !real_data(at, data))
        return 0;
    waitpid(pid, NULL, WNOHANG); /* ours, and dead: do not leave a zombie */
    return serves(data, pid) ? pid : 0;
}

/* Any process that still works in the data folder; 0: none. */
static pid_t straggler(const struct pni_place *at)
{
    char data[PNI_PATH];
    pid_t found = 0;
    DIR *dir = real_data(at, data) ? opendir("/proc") : NULL;
    const struct dirent *entry;
    while (dir && !found && (entry = readdir(dir))) {
        long pid = strtol(entry->d_name, NULL, 10);
        if (pid > 1 && serves(data, (pid_t)pid))
            found = (pid_t)pid;
    }
    if (dir)
        closedir(dir);
    return found;
}

pn_cluster_state pni_pg_state(const struct pni_place *at)
{
    char dsn[512], name[PNI_PATH];
    pni_fmt(name, sizeof(name), "%s/PG_VERSION", at->data);
    if (access(name, F_OK) && errno == ENOENT)
        return PN_CLUSTER_NONE;
    if (!pni_pg_dsn(at, "postgres", dsn, sizeof(dsn)))
        return PN_CLUSTER_DOWN;
    PGPing ping = PQping(dsn);
    if (ping == PQPING_OK)
        return PN_CLUSTER_UP;
    return ping == PQPING_REJECT || pni_pg_pid(at) ? PN_CLUSTER_STARTING : PN_CLUSTER_DOWN;
}

pn_code pni_pg_sweep(struct pni_place *at)
{
    char name[PNI_PATH];
    pid_t pid;
    for (int64_t until = clock_ms() + ORPHANS_MS; (pid = straggler(at)); nap(POLL_MS))
        if (clock_ms() > until)
            break;
    if (pid) {
        (void)pni_pg_hint(at, pn_tr("Wait, or end it: kill %d"), (int)pid);
        return pni_pg_fail(at, PN_EBUSY,
                           pn_tr("Process %d of an earlier server still uses %s"), (int)pid,
                           at->data);
    }
    pni_fmt(name, sizeof(name), "%s/postmaster.pid", at->data);
    if (unlink(name) && errno != ENOENT)
        return pni_pg_fail(at, PN_EIO, pn_tr("%s cannot be removed: %s"), name,
                           strerrordesc_np(errno));
    for (int i = 0; i < 2; i++) { /* the socket has a lock of its own, fooled in the same way */
        pni_fmt(name, sizeof(name), i ? "%s/.s.PGSQL.5432" : "%s/.s.PGSQL.5432.lock", at->socket);
        if (unlink(name) && errno != ENOENT)
            return pni_pg_fail(at, PN_EIO, pn_tr("%s cannot be removed: %s"), name,
                               strerrordesc_np(errno));
    }
    return PN_OK;
}

/* ---- start and stop ---- */

static int log_open(struct pni_place *at, off_t *end)
{
    struct stat st;
    char old[PNI_PATH];
    if (!lstat(at->log, &st) && st.st_size > LOG_MAX &&
        pni_fmt(old, sizeof(old), "%s.1", at->log) && rename(at->log, old))
        return -1;
    int fd = open(at->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    *end = fd < 0 || fstat(fd, &st) ? 0 : st.st_size;
    if (fd >= 0 && at->drop && fchown(fd, at->uid, at->gid)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* What the server said since this start, at most `size` bytes of its end. */
static void log_tail(const struct pni_place *at, off_t from, char *text, size_t size)
{
    *text = 0;
    int fd = open(at->log, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (lseek(fd, from, SEEK_SET) >= 0)
        drain(fd, text, size);
    close(fd);
}

static pn_code start_failed(struct pni_place *at, const char *what, const char *tail)
{
    (void)pni_pg_hint(at, pn_tr("The whole log is in %s"), at->log);
    return pni_pg_fail(at, PN_EDATABASE, "%s\n%s", what, tail);
}

/* Wait until it answers. *exited: the child ended before it did. */
static pn_code await(struct pni_place *at, pid_t child, bool *exited)
{
    char dsn[512];
    int64_t begin = clock_ms();
    *exited = false;
    if (!pni_pg_dsn(at, "postgres", dsn, sizeof(dsn)))
        return pni_pg_fail(at, PN_ECONF, "%s", pn_tr("The socket path is too long"));
    for (;; nap(POLL_MS)) {
        PGPing ping = PQping(dsn);
        if (ping == PQPING_OK)
            return PN_OK;
        if (child ? waitpid(child, NULL, WNOHANG) != 0 : !pni_pg_pid(at)) {
            *exited = true;
            return PN_OK;
        }
        int64_t limit = ping == PQPING_REJECT ? RECOVERY_MS : START_MS;
        if (clock_ms() - begin > limit)
            return pni_pg_fail(at, PN_ETIMEOUT,
                               pn_tr("The database did not accept connections for %d s"),
                               (int)(limit / 1000));
    }
}

pn_code pni_pg_start(struct pni_place *at)
{
    const char *const argv[] = {"postgres", "-D", at->data, NULL};
    char tail[OUTPUT_MAX];
    bool exited = false;
    off_t from = 0;
    if (pni_pg_pid(at)) {
        pn_code rc = await(at, 0, &exited);
        if (rc || !exited)
            return rc;
    }
    for (int64_t until = clock_ms() + ORPHANS_MS;; nap(POLL_MS * 10)) {
        struct launch l;
        pn_code rc = pni_pg_sweep(at);
        if (!rc)
            rc = launch_fill(at, argv, &l);
        if (rc)
            return rc;
        l.detach = true;
        l.out = log_open(at, &from);
        pid_t child = l.out < 0 ? -1 : launch_fork(at, &l);
        launch_free(&l);
        if (l.out >= 0)
            close(l.out);
        if (child < 0)
            return pni_pg_fail(at, PN_EIO, pn_tr("The database cannot be started: %s"),
                               strerrordesc_np(errno));
        rc = await(at, child, &exited);
        log_tail(at, from, tail, sizeof(tail));
        if (rc || !exited)
            return rc;
        if (!strstr(tail, "pre-existing shared memory block") || clock_ms() > until)
            return start_failed(at, pn_tr("The database did not start:"), tail);
    }
}

pn_code pni_pg_stop(struct pni_place *at, bool now)
{
    pid_t pid = pni_pg_pid(at);
    if (!pid)
        return PN_OK;
    if (kill(pid, now ? SIGQUIT : SIGINT) && errno != ESRCH)
        return pni_pg_fail(at, PN_EPERM, pn_tr("The database (process %d) cannot be stopped: %s"),
                           (int)pid, strerrordesc_np(errno));
    for (int64_t until = clock_ms() + STOP_MS; pni_pg_pid(at); nap(POLL_MS)) {
        if (clock_ms() < until)
            continue;
        (void)pni_pg_hint(at, "%s", pn_tr("pn down --immediately ends it without waiting."));
        return pni_pg_fail(at, PN_ETIMEOUT,
                           pn_tr("The database (process %d) did not stop within %d s"), (int)pid,
                           STOP_MS / 1000);
    }
    return PN_OK;
}
