/* SPDX-License-Identifier: Apache-2.0 */
/* token.c — who sits at this command line: the stored token, passwords typed without echo, and the
 * owner of the database acting as the system. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

const char *cli_token_path(cli *c)
{
    if (c->opts.token_file)
        return c->opts.token_file;
    const char *dir = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (dir && *dir == '/')
        return pn_printf(c->base, "%s/piaoniu/token", dir);
    if (!home || *home != '/') {
        const struct passwd *pw = getpwuid(geteuid());
        home = pw ? pw->pw_dir : "/";
    }
    return pn_printf(c->base, "%s/.config/piaoniu/token", home);
}

static int io_fail(cli *c, const char *what, const char *path)
{
    (void)pn_fail(c->p, PN_EIO, NULL, "%s '%s': %s", what, path, strerror(errno));
    return cli_fail(c);
}

/* Each missing folder of the path, for us alone. */
int cli_make_parents(cli *c, const char *path)
{
    char *dir = pn_strdup(c->p, path);
    for (char *slash = dir ? strchr(dir + 1, '/') : NULL; slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(dir, 0700) && errno != EEXIST)
            return io_fail(c, _("Cannot create"), dir);
        *slash = '/';
    }
    return dir ? 0 : cli_fail(c);
}

int cli_token_store(cli *c, const char *token)
{
    const char *path = cli_token_path(c);
    char *fresh = path ? pn_printf(c->p, "%s.%ld", path, (long)getpid()) : NULL;
    if (!fresh)
        return cli_fail(c);
    int rc = cli_make_parents(c, path);
    if (rc)
        return rc;
    int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return io_fail(c, _("Cannot write"), fresh);
    bool bad = dprintf(fd, "%s\n", token) < 0 || fsync(fd);
    if (close(fd) || bad || rename(fresh, path)) {
        unlink(fresh);
        return io_fail(c, _("Cannot write"), path);
    }
    return 0;
}

/* "" when there is none; a token others can read is used, but said. */
static int token_read(cli *c, const char **token)
{
    *token = "";
    const char *env = getenv("PN_TOKEN");
    if (env && *env && !c->opts.token_file) {
        *token = env;
        return 0;
    }
    const char *path = cli_token_path(c);
    if (!path)
        return cli_fail(c);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT && !c->opts.token_file ? 0 : io_fail(c, _("Cannot read"), path);
    char text[512];
    struct stat st;
    ssize_t n = read(fd, text, sizeof(text) - 1);
    if (!fstat(fd, &st) && (st.st_mode & 077))
        fprintf(stderr, _("pn: warning: others can read %s; run: chmod 600 %s\n"), path, path);
    close(fd);
    if (n < 0)
        return io_fail(c, _("Cannot read"), path);
    text[n] = '\0';
    text[strcspn(text, " \r\n")] = '\0';
    *token = pn_strdup(c->p, text);
    return *token ? 0 : cli_fail(c);
}

void cli_act_as_system(cli *c)
{
    pn_act_as(c->p, &(pn_actor){.kind = 'S',
                                .login = "system",
                                .name = "System",
                                .roles = PN_ROLE_SYSTEM,
                                .via = "cli"});
}

/* Whoever owns the cluster's folder, or holds the database's address and password, could do it all
 * in SQL: for them --as-system only adds the audit trail. Others need an account. */
static bool owns_database(cli *c)
{
    struct stat st;
    const char *dsn = getenv("PN_DSN"), *dir = pn_state_dir(c->ctx);
    if (c->opts.dsn || (dsn && *dsn) || !geteuid())
        return true;
    return dir && !stat(dir, &st) && st.st_uid == geteuid();
}

int cli_owner(cli *c)
{
    if (!owns_database(c)) {
        (void)pn_fail(c->p, PN_EPERM, c->opts.as_system ? "as_system" : NULL, "%s",
                      pn_tr("Only the owner of the database may act as the system"));
        return cli_fail(c);
    }
    cli_act_as_system(c);
    return 0;
}

/* Cron runs jobs and proves the books without anybody signed in. */
static bool is_job(const cli *c)
{
    return c->what && (!strncmp(c->what, "job ", 4) || !strcmp(c->what, "verify"));
}

int cli_sign_in(cli *c)
{
    if (c->opts.as_system)
        return cli_owner(c);
    const char *token;
    int rc = token_read(c, &token);
    if (rc)
        return rc;
    if (!*token)
        return is_job(c) && owns_database(c) ? cli_owner(c) : 0;
    return pn_signin(c->p, token) ? cli_fail(c) : 0;
}

static struct termios before;
static volatile sig_atomic_t hidden;

static void restore(int sig)
{
    if (hidden)
        tcsetattr(STDIN_FILENO, TCSANOW, &before);
    signal(sig, SIG_DFL);
    raise(sig);
}

static int ask(cli *c, const char *prompt, char *line, int size)
{
    if (tcgetattr(STDIN_FILENO, &before))
        return io_fail(c, _("Cannot read"), "stdin");
    struct termios quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    hidden = 1;
    void (*old_int)(int) = signal(SIGINT, restore), (*old_term)(int) = signal(SIGTERM, restore);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    fprintf(stderr, "%s: ", prompt); /* who sees it may type: nothing is shown or lost any more */
    fflush(stderr);
    bool got = fgets(line, size, stdin) != NULL;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    hidden = 0;
    signal(SIGINT, old_int);
    signal(SIGTERM, old_term);
    fputc('\n', stderr);
    if (!got)
        return cli_usage(c, _("%s: nothing was typed"), prompt);
    line[strcspn(line, "\r\n")] = '\0';
    return 0;
}

int cli_secret(cli *c, const char *prompt, bool twice, const char **out)
{
    enum { SECRET_MAX = 1024 };
    char one[SECRET_MAX], two[SECRET_MAX];
    int rc = ask(c, prompt, one, sizeof(one));
    if (!rc && twice) {
        rc = ask(c, _("Once more"), two, sizeof(two));
        if (!rc && strcmp(one, two) != 0)
            rc = cli_usage(c, _("%s: the two were not the same"), prompt);
        explicit_bzero(two, sizeof(two));
    }
    if (!rc && !(*out = pn_strdup(c->p, one)))
        rc = cli_fail(c);
    explicit_bzero(one, sizeof(one));
    return rc;
}

int cli_ask_secrets(cli *c, const pn_op *op, void *in)
{
    for (const pn_col *col = op->in ? op->in->cols : NULL; col && col->name; col++) {
        if (!(col->flags & PN_SECRET) || !(col->flags & PN_REQ) || !pn_absent(col, in))
            continue;
        if (!isatty(STDIN_FILENO))
            return cli_usage(c, _("--%s is missing: give --%s-file FILE, or run at a terminal"),
                             cli_flag(col->name), cli_flag(col->name));
        bool fresh = !strncmp(col->name, "new", 3) ||
                     (!strcmp(col->name, "password") && strcmp(op->noun, "auth") != 0);
        const char *text;
        int rc = cli_secret(c, pn_tr(col->label ? col->label : col->name), fresh, &text);
        if (rc || (rc = cli_bind(c, op->in, in, col, text, false)))
            return rc;
    }
    return 0;
}
