/* SPDX-License-Identifier: Apache-2.0 */
/* job.c — a job's slot is a row with a unique key: whoever inserts it runs, whoever finds its lease
 * run out takes over. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/job.h"
#include "base/outbox_int.h"

enum { LEASE_S = 600, TRIES_MAX = 5 };

#define JOB_STATES(W) W(JOB, RUNNING, N_("Running"), 'w') W(JOB, DONE, N_("Done"), 'g') \
    W(JOB, FAILED, N_("Failed"), 'b')
enum { PN_JOB_UNSET, JOB_STATES(PN_WORD_ENUM) };
static const pn_words states[] = {JOB_STATES(PN_WORD_ROW){0}};

typedef struct pn_job_row {
    int sk;
    int64_t id;
    const char *name;
    pn_time slot;
    pn_word state;
    const char *owner;
    pn_time lease_until;
    int tries;
    pn_time started_at, ended_at;
    int64_t done;
    const char *error;
} pn_job_row;

static PN_TYPE(row_t, "job", pn_job_row,
    PN_COL(pn_job_row, id, N_("ID"), .flags = PN_KEY | PN_SORT),
    PN_COL(pn_job_row, sk, ""),
    PN_COL(pn_job_row, name, N_("Job"), .flags = PN_BRIEF | PN_TITLED),
    PN_COL(pn_job_row, slot, N_("Slot"), .flags = PN_BRIEF),
    PN_COL(pn_job_row, state, N_("State"), .flags = PN_BRIEF, .words = states),
    PN_COL(pn_job_row, owner, N_("Owner")),
    PN_COL(pn_job_row, lease_until, N_("Lease until")),
    PN_COL(pn_job_row, tries, N_("Tries")),
    PN_COL(pn_job_row, started_at, N_("Started"), .flags = PN_BRIEF | PN_SORT),
    PN_COL(pn_job_row, ended_at, N_("Ended at")),
    PN_COL(pn_job_row, done, N_("Done"), .flags = PN_BRIEF),
    PN_COL(pn_job_row, error, N_("Error"), .flags = PN_BRIEF));

static const pn_sql open_slot = {"job_open", &row_t, &row_t,
    "INSERT INTO job_run (sk, id, name, slot, state, owner, lease_until, started_at)"
    " VALUES (:sk, :id, :name, :slot, 'RUNNING', :owner, :lease_until, :now)"
    " ON CONFLICT (sk, name, slot) DO UPDATE SET state = 'RUNNING', owner = excluded.owner,"
    "  lease_until = excluded.lease_until, tries = job_run.tries + 1, error = NULL"
    "  WHERE job_run.tries < 5 AND (job_run.state = 'FAILED'"
    "   OR (job_run.state = 'RUNNING' AND job_run.lease_until < excluded.started_at))"
    " RETURNING id, tries"};

static const pn_sql look = {"job_look", &row_t, &row_t,
    "SELECT id, state, done, error FROM job_run WHERE sk = :sk AND name = :name AND slot = :slot"};

static const pn_sql close_slot = {"job_close", &row_t, NULL,
    "UPDATE job_run SET state = :state, done = :done, error = :error, ended_at = :ended_at"
    " WHERE sk = :sk AND id = :id AND owner = :owner"};

static const pn_sql sweep = {"job_sweep", &row_t, NULL,
    "DELETE FROM job_run WHERE started_at < :slot AND state <> 'RUNNING'"};

static const pn_list_spec all = {.row = &row_t, .from = "job_run", .key = "id",
                                 .sort = "-started_at"};

static const pn_job *job_find(const char *name)
{
    for (const pn_module *const *m = pn_modules(); *m; m++)
        for (const pn_job *const *j = (*m)->jobs; j && *j; j++)
            if (!strcmp((*j)->name, name))
                return *j;
    return NULL;
}

const pn_job_info *pn_jobs(size_t *n)
{
    static pn_job_info info[200];
    static size_t count;
    if (!count)
        for (const pn_module *const *m = pn_modules(); *m; m++)
            for (const pn_job *const *j = (*m)->jobs; j && *j && count < 200; j++)
                info[count++] = (pn_job_info){(*j)->name, (*j)->brief, (*j)->every_s};
    *n = count;
    return info;
}

static int bucket(const char *name)
{
    unsigned h = 0;
    while (*name)
        h = h * 31u + (unsigned char)*name++;
    return (int)(h & 4095);
}

/* 0: ours to run; PN_ESTATE: taken (row tells by whom) */
static int take_slot(pn *p, pn_job_row *row)
{
    pn_job_row got = {0};
    PN_TRY(pn_new_id(p, row->sk, &row->id));
    int rc = pn_one(p, &open_slot, row, &got);
    if (!rc) {
        row->id = got.id;
        row->tries = got.tries;
        return 0;
    }
    if (rc != PN_ENONE)
        return rc;
    PN_TRY(pn_one(p, &look, row, &got));
    row->state = got.state;
    row->done = got.done;
    row->error = got.error;
    pni_err_clear(p);
    return PN_ESTATE;
}

static int run_job(pn *p, const pn_job *job, pn_job_row *row)
{
    PN_AUTO_UNIT own = pn_begin(p->ctx);
    if (!own)
        return pni_oom(p);
    pn_set_timeout(own, LEASE_S * 500);
    pn_set_now(own, p->now);
    pn_act_as(own, &(pn_actor){.kind = 'S', .login = "system", .name = "system",
                               .roles = PN_ROLE_SYSTEM, .via = "job"});
    int rc = job->run(own, &row->done);
    row->state.v = rc ? PN_JOB_FAILED : PN_JOB_DONE;
    row->error = rc ? pn_strdup(p, pn_error(own)->message) : NULL;
    row->ended_at = pni_wall();
    PN_TRY(pn_exec(p, &close_slot, row, NULL));
    if (rc)
        return pn_fail(p, (pn_code)rc, NULL, "%s: %s", job->name, row->error ? row->error : "");
    return 0;
}

static int run(pn *p, const struct pn_job_run *in, pn_job_result *out)
{
    const pn_job *job = job_find(in->name);
    if (!job) {
        pn_fail(p, PN_ENONE, "name", pn_tr("There is no job \"%s\""), in->name);
        return pn_hint(p, "%s", pn_tr("See \"pn job names\""));
    }
    int64_t slot = (int64_t)job->every_s * 1000000;
    pn_job_row row = {.sk = bucket(job->name), .name = job->name,
                      .lease_until = {p->now.us + LEASE_S * 1000000LL},
                      .slot = {in->force ? p->now.us : p->now.us - p->now.us % slot},
                      .owner = pn_printf(p, "%d", (int)getpid())};
    int rc = take_slot(p, &row);
    if (!rc)
        rc = run_job(p, job, &row);
    else if (rc == PN_ESTATE)
        rc = 0;
    if (!rc)
        *out = (pn_job_result){job->name, row.state, row.done, row.slot, row.error};
    return rc;
}

static int names(pn *p, const void *in, pn_rows *out);

static PN_TYPE(run_in_t, "job.run", struct pn_job_run,
    PN_COL(struct pn_job_run, name, N_("Job"), .flags = PN_REQ | PN_ARG),
    PN_COL(struct pn_job_run, force, N_("Run even if this slot is done")));
static PN_TYPE(result_t, "job.result", pn_job_result,
    PN_COL(pn_job_result, name, N_("Job"), .flags = PN_BRIEF),
    PN_COL(pn_job_result, state, N_("State"), .flags = PN_BRIEF, .words = states),
    PN_COL(pn_job_result, done, N_("Done"), .flags = PN_BRIEF),
    PN_COL(pn_job_result, slot, N_("Slot"), .flags = PN_BRIEF),
    PN_COL(pn_job_result, error, N_("Error")));
static PN_TYPE(info_t, "job.info", pn_job_info,
    PN_COL(pn_job_info, name, N_("Job"), .flags = PN_BRIEF),
    PN_COL(pn_job_info, brief, N_("What it does"), .flags = PN_BRIEF),
    PN_COL(pn_job_info, every_s, N_("Every (seconds)"), .flags = PN_BRIEF));
typedef struct pn_job_names_out { pn_rows jobs; } pn_job_names_out;
static PN_TYPE(names_t, "job.names", pn_job_names_out,
    PN_COL(pn_job_names_out, jobs, N_("Jobs"), .of = &info_t, .flags = PN_BRIEF));
struct pn_job_names { int unused; };
static const pn_type nothing_t = {"job.names", sizeof(struct pn_job_names), (const pn_col[]){{0}}};

static int names(pn *p, const void *in, pn_rows *out)
{
    size_t n;
    const pn_job_info *all_jobs = pn_jobs(&n);
    (void)in;
    pn_job_info *rows = pn_alloc(p, n * sizeof *rows + 1);
    if (!rows)
        return pni_oom(p);
    for (size_t i = 0; i < n; i++) {
        rows[i] = all_jobs[i];
        rows[i].brief = pn_tr(rows[i].brief);
    }
    *out = (pn_rows){rows, n};
    return 0;
}

static int names_run(pn *p, const void *in, void *out)
{
    return names(p, in, &((pn_job_names_out *)out)->jobs);
}

static int sweep_run(pn *p, int64_t *done)
{
    return pn_exec(p, &sweep, &(pn_job_row){.slot = {p->now.us - 30LL * 86400 * 1000000}}, done);
}

int pn_job_list(pn *p, const pn_list *in, pn_page *out);
PN_OP(job, run, pn_job_result, .brief = N_("Run one job now"), .in = &run_in_t, .out = &result_t,
      .may = PN_ROLE_SYSTEM | PN_ROLE_OPS, .flags = PN_LOCAL, .example = "pn job run hold_expire")
PN_OP_LIST(job, list, all, .brief = N_("List job runs, newest first"), .out = &row_t,
           .may = PN_ROLE_OPS | PN_ROLE_SYSTEM)
static const pn_op job_names_op = {.noun = "job",
                                   .verb = "names",
                                   .in = &nothing_t,
                                   .out = &names_t,
                                   .brief = N_("List the jobs there are"),
                                   .may = PN_ROLE_PUBLIC,
                                   .run = names_run};

static const pn_job sweep_job = {"job_sweep", N_("Forget job runs after 30 days"), 86400,
                                 sweep_run};

const pn_module pn_job_module = {"job", N_("Jobs"),
    .ops = PN_LIST(pn_op, &job_list_op, &job_run_op, &job_names_op),
    .sql = PN_LIST(pn_sql, &open_slot, &look, &close_slot, &sweep),
    .jobs = PN_LIST(pn_job, &sweep_job)};
