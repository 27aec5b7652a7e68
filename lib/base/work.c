/* SPDX-License-Identifier: Apache-2.0 */
/* work.c — the supervisor: events at once, jobs when their slot begins. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/job.h"
#include "base/news.h"
#include "base/outbox_int.h"

enum { TICK_MS = 250, DOWN_MS = 2000, JOBS_MAX = 200 };

static const pn_actor system_actor = {.kind = 'S', .login = "system", .name = "system",
                                      .roles = PN_ROLE_SYSTEM, .via = "job"};

static void complain(pn *p, const char *what)
{
    const pn_err *e = pn_error(p);
    char text[512];
    snprintf(text, sizeof text, "%s: %s", what, e->message ? e->message : "");
    pni_log(pn_unit_ctx(p), PN_LOG_ERROR, text, NULL);
}

void pni_job_wake(pn *p, const pn_job *job)
{
    pn_ctx *ctx = p->ctx;
    pthread_mutex_lock(&ctx->lock);
    for (int i = 0; i < PNI_WOKEN_MAX; i++)
        if (!ctx->woken[i] || ctx->woken[i] == job) {
            ctx->woken[i] = job;
            break;
        }
    pthread_mutex_unlock(&ctx->lock);
}

/* Was it woken? Told once. */
static bool woken(pn_ctx *ctx, const char *name)
{
    bool found = false;
    pthread_mutex_lock(&ctx->lock);
    for (int i = 0; i < PNI_WOKEN_MAX; i++)
        if (ctx->woken[i] && !strcmp(ctx->woken[i]->name, name)) {
            ctx->woken[i] = NULL;
            found = true;
        }
    pthread_mutex_unlock(&ctx->lock);
    return found;
}

/* Failures of one job must not stop the others; only a lost database ends the round. */
static int due_jobs(pn *p, int64_t last_slot[], bool all, int64_t *done)
{
    size_t n;
    const pn_job_info *jobs = pn_jobs(&n);
    for (size_t i = 0; i < n && i < JOBS_MAX; i++) {
        int64_t slot = p->now.us / (jobs[i].every_s * 1000000LL);
        bool now = woken(p->ctx, jobs[i].name) || all;
        if (!now && slot == last_slot[i])
            continue;
        struct pn_job_run in = {.name = jobs[i].name, .force = now};
        pn_job_result out;
        int rc = pn_job_run(p, &in, &out);
        if (rc == PN_EDATABASE || rc == PN_EMEM)
            return rc;
        if (rc)
            complain(p, jobs[i].name);
        else
            *done += out.done;
        last_slot[i] = slot;
    }
    return 0;
}

int pn_work_once(pn *p, int64_t *done)
{
    int64_t slots[JOBS_MAX], some = 0, rounds = 0;
    *done = 0;
    memset(slots, 0, sizeof slots);
    do {
        PN_TRY(pni_outbox_relay(p, &some));
        *done += some;
    } while (some && ++rounds < 100);
    PN_TRY(due_jobs(p, slots, true, done));
    do {
        PN_TRY(pni_outbox_relay(p, &some));
        *done += some;
    } while (some && ++rounds < 200);
    return 0;
}

static int round_of(pn_ctx *ctx, int64_t slots[])
{
    int64_t some = 0;
    PN_AUTO_UNIT p = pn_begin(ctx);
    pn_act_as(p, &system_actor);
    if (!p)
        return PN_EMEM;
    int rc = pni_outbox_relay(p, &some);
    if (!rc)
        rc = due_jobs(p, slots, false, &some);
    if (rc)
        complain(p, "work");
    return rc;
}

int pn_work(pn_ctx *ctx, volatile int *stop)
{
    int64_t slots[JOBS_MAX];
    memset(slots, 0, sizeof slots);
    while (!*stop) {
        int wait = round_of(ctx, slots) ? DOWN_MS : TICK_MS;
        pn_news_tell(ctx, true);
        for (int slept = 0; slept < wait && !*stop; slept += TICK_MS)
            nanosleep(&(struct timespec){0, TICK_MS * 1000000L}, NULL);
    }
    return 0;
}

const pn_module pn_work_module = {"work", N_("Work"), .ops = PN_LIST(pn_op, NULL)};
