/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_demo_start.c — `pn demo start`: everything running, then the console; without a terminal the
 * tour. A running program holds a lock on its pid file, so that a stale number is never believed
 * and never killed. */
#include "cli.h"
#include "demo.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cluster.h"
#include "base/conf.h"
#include "base/migrate.h"

extern char **environ;

static const char *const servers[] = {"work", "piaoniud", NULL};

/* This program's file, and its companions beside it: installed, or in a build tree. */
static const char *program(cli *c, const char *name)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    self[n > 0 ? n : 0] = '\0';
    if (!name)
        return pn_strdup(c->p, n > 0 ? self : "pn");
    char *slash = strrchr(self, '/');
    if (slash)
        *slash = '\0';
    static const char *const places[] = {"%s/%s",           "%s/../sbin/%s", "%s/../bin/%s",
                                         "%s/../tui/%s",    "%s/../http/%s", "%s/../../tui/%s",
                                         "%s/../../http/%s"};
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        const char *gap = strchr(places[i] + 2, '%');
        const char *path =
            pn_printf(c->p, "%s%.*s%s", self, (int)(gap - places[i] - 2), places[i] + 2, name);
        struct stat st;
        if (path && !access(path, X_OK) && !stat(path, &st) && S_ISREG(st.st_mode))
            return path;
    }
    return NULL;
}

/* The pid of a running server, 0 when it does not run. *fd keeps the pid file open. */
static pid_t running(cli *c, const char *name, int *fd)
{
    char text[32] = "";
    *fd = open(cli_demo_path(c, pn_printf(c->p, "demo-%s.pid", name)), O_RDWR | O_CREAT, 0600);
    if (*fd < 0)
        return 0;
    if (!flock(*fd, LOCK_EX | LOCK_NB)) {
        flock(*fd, LOCK_UN);
        return 0;
    }
    return read(*fd, text, sizeof(text) - 1) > 0 ? (pid_t)strtol(text, NULL, 10) : 0;
}

/* In the child: its own session, its log, the lock that says it lives. */
static void become(cli *c, const char *name, int fd, char *const argv[])
{
    setsid();
    int log = open(cli_demo_path(c, pn_printf(c->p, "demo-%s.log", name)),
                   O_WRONLY | O_CREAT | O_APPEND, 0600);
    int nothing = open("/dev/null", O_RDONLY);
    if (log < 0 || nothing < 0 || flock(fd, LOCK_EX | LOCK_NB) || ftruncate(fd, 0) ||
        lseek(fd, 0, SEEK_SET) || dprintf(fd, "%ld\n", (long)getpid()) < 0)
        _exit(CLI_IO);
    dup2(nothing, STDIN_FILENO);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execv(argv[0], argv);
    _exit(127);
}

/* A server that cannot run ends at once (its port is taken): that is told, and is no reason not to
 * go on. */
static void watch_server(cli *c, const char *name)
{
    enum { LOOKS = 8, STEP_MS = 50 };
    bool lives = false;
    for (int i = 0; i < LOOKS; i++) {
        nanosleep(&(struct timespec){0, STEP_MS * 1000000L}, NULL);
        int fd;
        lives = running(c, name, &fd);
        if (fd >= 0)
            close(fd);
    }
    if (!lives)
        fprintf(stderr, _("pn: warning: %s ended at once, see %s\n"), name,
                cli_demo_path(c, pn_printf(c->p, "demo-%s.log", name)));
}

static int start_server(cli *c, const char *name)
{
    int fd;
    bool work = !strcmp(name, "work");
    if (running(c, name, &fd)) {
        close(fd);
        return 0;
    }
    const char *path = program(c, work ? NULL : name);
    if (fd < 0 || !path) {
        (void)pn_fail(c->p, PN_EIO, NULL, pn_tr("Cannot start '%s': %s"), name,
                      fd < 0 ? strerror(errno) : strerror(ENOENT));
        return cli_fail(c);
    }
    char *file = pn_strdup(c->p, path), word[] = "work";
    char *argv[] = {file, work ? word : NULL, NULL};
    fflush(NULL);
    pid_t pid = fork();
    if (!pid)
        become(c, name, fd, argv);
    close(fd);
    if (pid < 0) {
        (void)pn_fail(c->p, PN_EIO, NULL, pn_tr("Cannot start '%s': %s"), name, strerror(errno));
        return cli_fail(c);
    }
    if (!work)
        watch_server(c, name);
    return 0;
}

static int stop_server(cli *c, const char *name)
{
    enum { TRIES = 100, STEP_MS = 100 };
    int fd;
    pid_t pid = running(c, name, &fd);
    if (pid > 1)
        kill(pid, SIGTERM);
    for (int i = 0; pid > 1 && i < TRIES; i++) {
        if (!flock(fd, LOCK_EX | LOCK_NB))
            break;
        nanosleep(&(struct timespec){0, STEP_MS * 1000000L}, NULL);
        if (i == TRIES - 1)
            kill(pid, SIGKILL);
    }
    if (fd >= 0)
        close(fd);
    return 0;
}

static int stop(cli *c)
{
    static pn_cluster k;
    for (size_t i = 0; servers[i]; i++)
        stop_server(c, servers[i]);
    const char *dsn = getenv("PN_DSN");
    if (c->opts.dsn || (dsn && *dsn) || *pn_conf(c->ctx, "database"))
        return 0;
    int rc = pn_cluster_down(c->ctx, false, &k);
    return rc ? cli_fail_with(c, &(pn_err){(pn_code)rc, k.message, k.hint}) : 0;
}

static int tour(cli *c)
{
    const char *self = program(c, NULL);
    char *script = pn_printf(c->p, "%s/demo/tour.sh", pn_data_dir()), shell[] = "/bin/sh";
    if (!self || !script)
        return cli_fail(c);
    if (access(script, R_OK)) {
        (void)pn_fail(c->p, PN_EIO, NULL, pn_tr("Cannot read '%s': %s"), script, strerror(errno));
        return cli_fail(c);
    }
    setenv("PN", self, 1);
    setenv("PN_DEMO_DIR", pn_state_dir(c->ctx), 1);
    setenv("PN_DATADIR", pn_data_dir(), 1);
    char *argv[] = {shell, script, NULL};
    fflush(NULL);
    execv(shell, argv);
    (void)pn_fail(c->p, PN_EIO, NULL, pn_tr("Cannot start '%s': %s"), shell, strerror(errno));
    return cli_fail(c);
}

static int prepare(cli *c)
{
    enum { PATIENCE_MS = 600000 };
    int rc = cli_database_up(c);
    if (rc || (rc = cli_owner(c)))
        return rc;
    pn_set_timeout(c->p, PATIENCE_MS);
    if (pn_migrate(c->p, NULL))
        return cli_fail(c);
    return (rc = cli_renew(c)) ? rc : cli_demo_load(c);
}

static int console(cli *c)
{
    const char *path = program(c, "piaoniu");
    int rc = cli_demo_sign_in(c, "ops");
    if (rc)
        return rc;
    if (!path) {
        (void)pn_fail(c->p, PN_EIO, NULL, pn_tr("Cannot start '%s': %s"), "piaoniu",
                      strerror(ENOENT));
        return cli_fail(c);
    }
    char *file = pn_strdup(c->p, path), flag[] = "--token-file";
    char *argv[] = {file, flag, pn_strdup(c->p, c->opts.token_file), NULL};
    fflush(NULL);
    execv(file, argv);
    (void)pn_fail(c->p, PN_EIO, NULL, pn_tr("Cannot start '%s': %s"), file, strerror(errno));
    return cli_fail(c);
}

static int start(cli *c)
{
    int rc = prepare(c);
    for (size_t i = 0; !rc && servers[i]; i++)
        rc = start_server(c, servers[i]);
    if (rc)
        return rc;
    return isatty(STDIN_FILENO) && c->tty ? console(c) : tour(c);
}

int cli_cmd_demo(cli *c)
{
    cli_args a = {0};
    int rc = cli_args_read(c, &a, 1);
    if (c->opts.conf) /* for the programs we start */
        setenv("PN_CONF", c->opts.conf, 1);
    if (c->opts.dsn)
        setenv("PN_DSN", c->opts.dsn, 1);
    const char *word = a.n_words ? a.words[0] : "";
    if (rc || (rc = cli_settings(c)))
        return rc;
    if (!strcmp(word, "load"))
        return (rc = cli_renew(c)) ? rc : cli_demo_load(c);
    if (!strcmp(word, "tour"))
        return tour(c);
    if (!strcmp(word, "start"))
        return start(c);
    if (!strcmp(word, "stop"))
        return stop(c);
    return cli_usage(c, _("Which: load, tour, start or stop?"));
}
