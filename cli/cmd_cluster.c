/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_cluster.c — `pn up`, `pn down`, `pn status`, `pn doctor`: the private cluster, seen. */
#include "cli.h"

#include "base/cluster.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const pn_words states[] = {
    {"NONE", N_("not made yet"), 'w'},
    {"DOWN", N_("not running"), 'b'},
    {"STARTING", N_("starting"), 'w'},
    {"UP", N_("running"), 'g'},
    {0},
};

typedef struct seen {
    pn_word state;
    int64_t pid;
    const char *version, *data_dir, *socket, *dsn, *log;
} seen;
static PN_TYPE(seen_t, "cluster", seen, PN_COL(seen, state, N_("State"), .words = states),
               PN_COL(seen, pid, N_("Process"), .flags = PN_OPT),
               PN_COL(seen, version, N_("PostgreSQL")), PN_COL(seen, data_dir, N_("Data folder")),
               PN_COL(seen, socket, N_("Socket folder")),
               PN_COL(seen, dsn, N_("Connection string")), PN_COL(seen, log, N_("Server log")));

static const char *or_none(const char *text)
{
    return *text ? text : NULL;
}

static int show(cli *c, const pn_cluster *k)
{
    seen row = {{(int16_t)(k->state + 1)}, k->pid, or_none(k->version), k->data_dir, k->socket,
                or_none(k->dsn),           k->log};
    return cli_print_one(c, &seen_t, &row);
}

static int failed(cli *c, const pn_cluster *k, int rc)
{
    const pn_err *e = pn_ctx_error(c->ctx);
    pn_err words = e ? *e : (pn_err){0};
    words.code = (pn_code)rc;
    if (*k->message)
        words.message = k->message;
    if (*k->hint)
        words.hint = k->hint;
    return cli_fail_with(c, &words);
}

int cli_cmd_up(cli *c)
{
    cli_args a = {0};
    static pn_cluster k; /* 12 KiB: too large for a stack that may be a thread's */
    int rc = cli_args_read(c, &a, 0);
    if (rc)
        return rc;
    if ((rc = pn_cluster_up(c->ctx, &k)))
        return failed(c, &k, rc);
    return show(c, &k);
}

typedef struct down_in {
    bool immediately;
} down_in;
PN_TYPE(cli_down_t, "down", down_in,
        PN_COL(down_in, immediately, N_("Immediately"), .hint = N_("Break off what is running")));

int cli_cmd_down(cli *c)
{
    down_in in = {0};
    cli_args a = {.in = &cli_down_t, .row = &in};
    static pn_cluster k;
    int rc = cli_args_read(c, &a, 0);
    if (rc)
        return rc;
    if ((rc = pn_cluster_down(c->ctx, in.immediately, &k)))
        return failed(c, &k, rc);
    return show(c, &k);
}

/* Exit status as init scripts expect it: 0 running, 3 not. */
int cli_cmd_status(cli *c)
{
    enum { NOT_RUNNING = 3 };
    cli_args a = {0};
    static pn_cluster k;
    int rc = cli_args_read(c, &a, 0);
    if (rc)
        return rc;
    if ((rc = pn_cluster_status(c->ctx, &k)))
        return failed(c, &k, rc);
    rc = show(c, &k);
    return rc ? rc : k.state == PN_CLUSTER_UP ? 0 : NOT_RUNNING;
}

/* ---- doctor ---- */

static const pn_words verdicts[] = {
    {"OK", N_("fine"), 'g'}, {"LOOK", N_("look at it"), 'w'}, {"BAD", N_("broken"), 'b'}, {0}};
enum { FINE = 1, LOOK, BROKEN };

typedef struct finding {
    const char *what;
    pn_word verdict;
    const char *found, *advice;
} finding;
static PN_TYPE(finding_t, "finding", finding,
               PN_COL(finding, what, N_("Subject"), .flags = PN_BRIEF),
               PN_COL(finding, verdict, N_("Verdict"), .words = verdicts, .flags = PN_BRIEF),
               PN_COL(finding, found, N_("Found"), .flags = PN_BRIEF),
               PN_COL(finding, advice, N_("What to do"), .flags = PN_BRIEF));

enum { FINDINGS = 16 };
typedef struct doctor {
    cli *c;
    finding rows[FINDINGS];
    size_t n;
    bool broken;
} doctor;

static void note(doctor *d, const char *what, int verdict, const char *found, const char *advice)
{
    if (d->n == FINDINGS)
        return;
    d->rows[d->n++] = (finding){what, {(int16_t)verdict}, found, advice};
    d->broken |= verdict == BROKEN;
}

static void see_folder(doctor *d)
{
    const char *dir = pn_state_dir(d->c->ctx);
    struct stat st;
    struct statvfs fs;
    if (stat(dir, &st)) {
        note(d, _("State folder"), LOOK, pn_printf(d->c->p, _("%s is not there yet"), dir),
             _("pn up makes it"));
        return;
    }
    bool ours = st.st_uid == geteuid() || !geteuid();
    note(d, _("State folder"), ours ? FINE : LOOK, dir,
         ours ? NULL : _("It belongs to another user: run as that user"));
    if (statvfs(dir, &fs))
        return;
    long long mib = (long long)fs.f_bavail * (long long)fs.f_frsize >> 20;
    note(d, _("Disk space"),
         mib < 256    ? BROKEN
         : mib < 2048 ? LOOK
                      : FINE,
         pn_printf(d->c->p, _("%lld MiB free"), mib), mib < 2048 ? _("Make room") : NULL);
}

static void see_database(doctor *d)
{
    static pn_cluster k;
    cli *c = d->c;
    const char *dsn = getenv("PN_DSN");
    bool private = !pn_cluster_status(c->ctx, &k) && !c->opts.dsn && !(dsn && *dsn) &&
                   !*pn_conf(c->ctx, "database");
    if (private)
        note(d, _("Private cluster"), k.state == PN_CLUSTER_UP ? FINE : BROKEN,
             pn_tr(states[k.state].label), k.state == PN_CLUSTER_UP ? NULL : _("Run: pn up"));
    const pn_op *op = pn_op_find("job", "list");
    pn_page page = {0};
    if (!op)
        return;
    cli_act_as_system(c);
    pn_set_timeout(c->p, 5000);
    int rc = pn_call(c->p, op, &(pn_list){.limit = 1}, &page);
    const pn_err *e = pn_error(c->p);
    if (!rc)
        note(d, _("Database"), FINE, _("answers"), NULL);
    else
        note(d, _("Database"), BROKEN, pn_strdup(c->p, e->message),
             e->hint   ? pn_strdup(c->p, e->hint)
             : private ? _("Run: pn up, pn migrate")
                       : _("Check the connection string"));
}

static void see_files(doctor *d)
{
    const char *path = cli_token_path(d->c);
    struct stat st;
    if (path && !stat(path, &st))
        note(d, _("Token"), st.st_mode & 077 ? LOOK : FINE, path,
             st.st_mode & 077 ? pn_printf(d->c->p, "chmod 600 %s", path) : NULL);
    else
        note(d, _("Token"), LOOK, _("nobody is signed in"), "pn login");
}

int cli_cmd_doctor(cli *c)
{
    cli_args a = {0};
    int rc = cli_args_read(c, &a, 0);
    if (rc)
        return rc;
    doctor d = {.c = c};
    see_folder(&d);
    see_database(&d);
    see_files(&d);
    cli_pages pages = {.whole = &finding_t};
    rc = cli_print_page(c, &pages, &(pn_page){.rows = {d.rows, d.n}}, true);
    return rc ? rc : d.broken;
}
