/* SPDX-License-Identifier: Apache-2.0 */
/* live.c — news come by a connection that only listens; without one, screens ask from time to time.
 * Its end is known at once and is the end of everything: what is shown gets an age, new connections
 * are tried ever more seldom, and when one works the screen looks again. Nothing here touches what
 * somebody types. */
#include "config.h"
#include "app.h"

#include <stdlib.h>

enum { RETRY_FIRST = 250, RETRY_MOST = 5000, PATIENCE_MS = 800, QUIET_MS = 1000, POLL_MS = 10000,
       LISTEN_AGAIN_MS = 30000, LISTEN_SOON_MS = 30, SECOND = 1000 };

static int64_t sooner(int64_t a, int64_t b)
{
    return !a ? b : !b ? a : a < b ? a : b;
}

void live_listen(struct tui_app *app)
{
    struct tui_job *job = app->live.asking || app->plain ? NULL : job_new(NULL, 0, ASK_NEWS);
    if (!job)
        return;
    app->live.asking = true;
    app->live.retry_at = 0;
    worker_post(app->worker, job);
}

static void look_at(struct tui_app *app, int64_t when)
{
    app->live.fresh_at = sooner(app->live.fresh_at, when);
}

static void lost(struct tui_app *app)
{
    struct tui_live *live = &app->live;
    int64_t now = tui_clock();
    pn_news_close(live->news);
    live->news = NULL;
    live->silent = false;
    live->retry_ms = live->offline ? live->retry_ms * 2 : RETRY_FIRST;
    if (live->retry_ms > RETRY_MOST)
        live->retry_ms = RETRY_MOST;
    live->retry_at = now + live->retry_ms;
    live->age_at = now + SECOND;
    live->offline = true;
}

/* What was shown before may be old, wherever it stands on the stack. */
static void doubt(struct tui_app *app)
{
    for (int i = 0; i < app->depth; i++) {
        struct tui_view *view = app->stack[i];
        if (view->face->hear)
            (void)view->face->hear(view, "", 0);
        view->dirty = true;
    }
    look_at(app, tui_clock());
}

static void found(struct tui_app *app)
{
    bool was_offline = app->live.offline;
    app->live.offline = false;
    app->live.retry_at = 0;
    app->live.age_at = 0;
    if (!was_offline)
        return;
    app_say(app, LOOK_GOOD, "%s", pn_tr("The database answers again"));
    if (!app->who)
        app_hello(app);
    else
        doubt(app);
}

static void listening(struct tui_app *app, struct tui_job *job)
{
    struct tui_live *live = &app->live;
    live->asking = false;
    if (!job->code) {
        pn_news_close(live->news);
        live->news = job->news;
        live->heard_at = tui_clock();
        live->silent = false;
        job->news = NULL;
        found(app);
    } else if (job->code == PN_EDATABASE) {
        lost(app);
    } else { /* it answers, but does not let us listen */
        found(app);
        live->retry_at = tui_clock() + LISTEN_AGAIN_MS;
    }
}

bool live_answer(struct tui_app *app, struct tui_job *job)
{
    if (!job->op && !job->run && job->tag == ASK_NEWS) {
        listening(app, job);
        return false;
    }
    if (job->code == PN_EDATABASE || job->code == PN_EAMBIGUOUS) {
        lost(app);
    } else if (app->live.offline) {
        found(app);
        live_listen(app);
    } else if (!app->live.news && !app->live.asking && !app->live.retry_at && app->who &&
               app->who->signed_in) {
        app->live.retry_at = tui_clock() + LISTEN_SOON_MS; /* the first rows are drawn before */
    }
    return true;
}

void live_key(struct tui_app *app)
{
    struct tui_live *live = &app->live;
    int64_t now = tui_clock();
    if (!live->news || pn_news_asked(live->news) || now < live->heard_at + QUIET_MS)
        return;
    live->asked_at = now;
    if (!pn_news_ask(live->news))
        lost(app);
}

int live_fd(const struct tui_app *app)
{
    return app->live.news ? pn_news_fd(app->live.news) : -1;
}

static void heard(void *payload, const char *noun, int64_t id)
{
    struct tui_app *app = payload;
    for (int i = 0; i < app->depth; i++) {
        struct tui_view *view = app->stack[i];
        struct tui_view *pane = view->pane;
        if (pane && (!pane->face->hear || pane->face->hear(pane, noun, id))) {
            pane->dirty = true; /* it loads again when it is drawn */
            look_at(app, app->live.looked_at + HEAR_SOME);
        }
        int soon = view->face->hear ? view->face->hear(view, noun, id)
                   : view->face->fresh_ms || view->face->live ? HEAR_LATER : HEAR_NOTHING;
        if (!soon)
            continue;
        view->dirty = true;
        int64_t when = app->live.looked_at + soon, now = tui_clock();
        if (view == app_top(app))
            look_at(app, when < now ? now : when);
    }
}

void live_hear(struct tui_app *app)
{
    if (!app->live.news)
        return;
    if (!pn_news_hear(app->live.news, heard, app)) {
        lost(app);
        return;
    }
    app->live.heard_at = tui_clock();
    app->live.silent = false;
}

void live_look(struct tui_app *app)
{
    struct tui_view *top = app_top(app);
    app->live.fresh_at = 0;
    if (!top || !top->dirty || app->live.offline)
        return;
    if (top->pending) { /* its last question is not answered yet */
        look_at(app, tui_clock() + HEAR_SOME);
        return;
    }
    top->dirty = false;
    app->live.looked_at = tui_clock();
    if (top->face->look)
        top->face->look(top);
    else if (top->face->load)
        top->face->load(top);
}

/* When nobody tells us: as often as the view wants, lists and details now and then. */
static int64_t poll_at(const struct tui_app *app)
{
    const struct tui_view *top = app_top(app);
    if (!top || !top->answered || top->pending || app->live.offline)
        return 0;
    int every = top->face->fresh_ms ? top->face->fresh_ms : top->face->live ? POLL_MS : 0;
    return every && !app->live.news ? top->answered + every : 0;
}

int64_t live_due(const struct tui_app *app)
{
    const struct tui_live *live = &app->live;
    int64_t due = sooner(live->retry_at, live->fresh_at);
    if (app->in_flight && !live->waiting)
        due = sooner(due, app->asked_at + PATIENCE_MS);
    if (live->news && pn_news_asked(live->news) && !live->silent)
        due = sooner(due, live->asked_at + PATIENCE_MS);
    if (live->offline || live->silent || live->waiting)
        due = sooner(due, live->age_at);
    return sooner(due, poll_at(app));
}

void live_tick(struct tui_app *app, int64_t now)
{
    struct tui_live *live = &app->live;
    bool was_well = !live->waiting && !live->silent && !live->offline;
    if (app->in_flight && now >= app->asked_at + PATIENCE_MS)
        live->waiting = true;
    if (live->news && pn_news_asked(live->news) && now >= live->asked_at + PATIENCE_MS)
        live->silent = true;
    bool is_well = !live->waiting && !live->silent && !live->offline;
    if (!is_well && (was_well || now >= live->age_at))
        live->age_at = now + SECOND;
    if (live->retry_at && now >= live->retry_at) {
        live->retry_at = 0;
        live_listen(app);
    }
    if (live->fresh_at && now >= live->fresh_at)
        live_look(app);
    struct tui_view *top = app_top(app);
    if (poll_at(app) && now >= poll_at(app)) {
        if (top->face->hear)
            (void)top->face->hear(top, "", 0);
        top->dirty = true;
        live_look(app);
    }
}

void live_words(const struct tui_app *app, char *text, size_t size)
{
    const struct tui_live *live = &app->live;
    const struct tui_view *top = app_top(app);
    *text = 0;
    if (!live->offline && !live->waiting && !live->silent)
        return;
    int64_t age = top && top->answered ? (tui_clock() - top->answered) / SECOND : 0;
    const char *words = live->offline ? pn_tr("no database: trying again")
                                      : pn_tr("waiting for the database");
    char old[64] = "";
    if (age >= 60)
        snprintf(old, sizeof old, pn_tr(", data %d min old"), (int)(age / 60));
    else if (age)
        snprintf(old, sizeof old, pn_tr(", data %d s old"), (int)age);
    snprintf(text, size, "%s%s", words, old);
}
