/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_db.c — `pn init`, `pn migrate`, `pn work`: what whoever owns the database does to it. */
#include "cli.h"

#include "base/cluster.h"
#include "base/job.h"
#include "base/migrate.h"

#include <signal.h>
#include <stdlib.h>

typedef struct migrated {
    int64_t applied;
} migrated;
static PN_TYPE(migrated_t, "migrate", migrated, PN_COL(migrated, applied, N_("Steps applied")));

/* The private database is started when it is the one that is meant. */
int cli_database_up(cli *c)
{
    static pn_cluster k;
    const char *dsn = getenv("PN_DSN");
    if (c->opts.dsn || (dsn && *dsn) || *pn_conf(c->ctx, "database"))
        return 0;
    int rc = pn_cluster_up(c->ctx, &k);
    if (!rc)
        return 0;
    pn_err words = {.code = (pn_code)rc, .message = k.message, .hint = k.hint};
    return cli_fail_with(c, &words);
}

static int migrate(cli *c, int *applied)
{
    enum { PATIENCE_MS = 600000 }; /* a large table may take its time */
    int rc = cli_owner(c);
    if (rc)
        return rc;
    if (!c->opts.timeout)
        pn_set_timeout(c->p, PATIENCE_MS);
    return pn_migrate(c->p, applied) ? cli_fail(c) : 0;
}

/* The books proved; drift makes the exit status 1, so that cron tells somebody. */
int cli_cmd_verify(cli *c)
{
    return cli_run_op(c, pn_op_find("check", "run"));
}

int cli_cmd_migrate(cli *c)
{
    cli_args a = {0};
    int applied = 0, rc = cli_args_read(c, &a, 0);
    if (rc || (rc = cli_settings(c)) || (rc = migrate(c, &applied)))
        return rc;
    return cli_print_one(c, &migrated_t, &(migrated){applied});
}

int cli_cmd_init(cli *c)
{
    const pn_op *op = pn_op_find("staff", "init");
    int applied = 0;
    if (!op)
        return cli_usage(c, _("Unknown command '%s'"), "init");
    cli_args a = {.op = op, .in = op->in, .row = pn_alloc(c->p, op->in->size)};
    if (!a.row)
        return cli_fail(c);
    int rc = cli_args_read(c, &a, 0);
    if (rc || (rc = cli_ask_secrets(c, op, a.row)))
        return rc;
    if (pn_validate(c->p, op->in, a.row))
        return cli_fail(c);
    if ((rc = cli_database_up(c)) || (rc = migrate(c, &applied)) || (rc = cli_settings(c)))
        return rc;
    return cli_call(c, op, a.row);
}

static volatile int stop;

static void on_signal(int sig)
{
    (void)sig;
    stop = 1;
}

typedef struct work_in {
    bool once;
} work_in;
PN_TYPE(cli_work_t, "work", work_in,
        PN_COL(work_in, once, N_("Once"), .hint = N_("Do what is due, then end")));
typedef struct worked {
    int64_t done;
} worked;
static PN_TYPE(worked_t, "work", worked, PN_COL(worked, done, N_("Things done")));

int cli_cmd_work(cli *c)
{
    work_in in = {0};
    cli_args a = {.in = &cli_work_t, .row = &in};
    int rc = cli_args_read(c, &a, 0);
    if (rc || (rc = cli_settings(c)) || (rc = cli_owner(c)))
        return rc;
    if (in.once) {
        worked out = {0};
        return pn_work_once(c->p, &out.done) ? cli_fail(c) : cli_print_one(c, &worked_t, &out);
    }
    struct sigaction act = {.sa_handler = on_signal};
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGINT, &act, NULL);
    return pn_work(c->ctx, &stop) ? cli_fail_with(c, &(pn_err){.code = PN_EINTERNAL}) : 0;
}
