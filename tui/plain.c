/* SPDX-License-Identifier: Apache-2.0 */
/* plain.c — the screen as text, one fact per line, or as JSON: for screen readers, pipes and tests.
 * The facts come from the same views as the picture. */
#include "config.h"
#include "app.h"

#include <poll.h>
#include <string.h>

int plain_run(struct tui_app *app, bool json, const char *keys);

enum { WAIT_MS = 20000, BUSY_MS = 50 };

/* Where we are, and as whom. */
static void place(const struct tui_app *app, struct tui_facts *facts)
{
    char crumbs[1024], role[64], status[128] = "";
    const struct tui_view *top = app_top(app);
    bool real;
    app_crumbs(app, VIEWS_MOST, crumbs, sizeof crumbs);
    if (facts->json)
        facts_say(facts, "screen", "", crumbs, crumbs);
    else if (app->depth)
        printf("%s\n", crumbs);
    if (app->display)
        return;
    app_role(app, role, sizeof role);
    facts_some(facts, "site", pn_tr("Site"), app_place(app, &real));
    if (app->who && app->who->signed_in)
        facts_some(facts, "who", pn_tr("Signed in"),
                   *app->who->name ? app->who->name : app->who->login);
    facts_some(facts, "role", pn_tr("Role"), role);
    if (top && top->face->status)
        top->face->status(top, status, sizeof status);
    facts_some(facts, "status", pn_tr("Status"), status);
}

/* The line below the view: what was said, and what was done or is seen, as a command. */
static void message(const struct tui_app *app, struct tui_facts *facts)
{
    if (app->display)
        return;
    facts_some(facts, "message", pn_tr("Message"), app->message);
    facts_some(facts, "as_command", pn_tr("As a command"), app->told);
}

/* What is being asked, and what has been typed so far. */
static void question(const struct tui_prompt *prompt, struct tui_facts *facts)
{
    if (!prompt->sign)
        return;
    facts_say(facts, "question", pn_tr("Question"), prompt->label, prompt->label);
    facts_say(facts, "typed", pn_tr("Typed"), prompt->edit.text, prompt->edit.text);
    facts_some(facts, "wrong", pn_tr("Error"), prompt->wrong);
    facts_open(facts, "may_be", pn_tr("Completion"));
    for (int i = 0; i < prompt->offers; i++) {
        facts_item(facts);
        facts_some(facts, "text", pn_tr("Choice"), prompt->offer[i].text);
        facts_some(facts, "note", pn_tr("Note"),
                   prompt->offer[i].note ? prompt->offer[i].note : "");
        facts_done(facts);
    }
    facts_close(facts);
}

static bool is_busy(const struct tui_app *app)
{
    const struct tui_view *top = app_top(app);
    return top && top->face->busy && top->face->busy(top);
}

/* Until everything that was asked for is there, and what was begun is done. */
static void settle(struct tui_app *app, int64_t end)
{
    struct pollfd fd = {.fd = worker_fd(app->worker), .events = POLLIN};
    while ((app->in_flight || is_busy(app)) && tui_clock() < end) {
        bool waits = !app->in_flight;
        if (poll(&fd, 1, waits ? BUSY_MS : 1000) <= 0 && !waits)
            continue;
        if (waits)
            app_tick(app);
        struct tui_job *job;
        while ((job = worker_take(app->worker))) {
            app_answer(app, job);
            job_free(job);
        }
        app_draw(app); /* lists ask for what a screen would show */
        if (app->live.offline)
            break;
    }
}

/* Keys by name, a blank between them; what has no name of its own is typed. Each is pressed when
 * the one before has been answered. */
static void press(struct tui_app *app, const char *keys, int64_t end)
{
    while (*keys && !app->quit && !app->live.offline) {
        size_t len = strcspn(keys, " ");
        uint32_t code = keys_code(keys, len);
        struct tui_event event = {.kind = IN_KEY, .key = code};
        if (code) {
            app_event(app, &event);
        } else {
            for (size_t used = 0; used < len; app_event(app, &event))
                used += tui_decode(keys + used, len - used, &event.key);
        }
        app_draw(app);
        settle(app, end);
        keys += len;
        keys += strspn(keys, " ");
    }
}

static void tell(const struct tui_app *app, struct tui_facts *facts)
{
    struct tui_view *top = app_top(app);
    if (app->lock) { /* nothing of what is below */
        facts_some(facts, "screen", pn_tr("Screen"), pn_tr("Locked"));
        return;
    }
    place(app, facts);
    if (top && top->face->tell)
        top->face->tell(top, facts);
    question(&app->prompt, facts);
    if (!app->prompt.sign)
        message(app, facts);
}

int plain_run(struct tui_app *app, bool json, const char *keys)
{
    int64_t end = tui_clock() + WAIT_MS;
    if (canvas_resize(&app->canvas, 24, 80))
        return 70;
    settle(app, end);
    press(app, keys, end);
    struct tui_facts facts;
    facts_begin(&facts, stdout, json);
    tell(app, &facts);
    facts_end(&facts);
    if (*app->message && app->message_look == LOOK_BAD)
        fprintf(stderr, "piaoniu: %s\n", app->message);
    return app->live.offline ? 7 : app->in_flight ? 6 : 0;
}
