/* SPDX-License-Identifier: Apache-2.0 */
/* plain.c — the screen as text, one fact per line, or as JSON: for screen readers, pipes and tests.
 * The facts come from the same views as the picture. */
#include "config.h"
#include "app.h"

#include <poll.h>
#include <string.h>

int plain_run(struct tui_app *app, bool json, const char *keys);

enum { WAIT_MS = 20000 };

/* Where we are. */
static void place(const struct tui_app *app, struct tui_facts *facts)
{
    char crumbs[1024] = "";
    size_t len = 0;
    for (int i = 0; i < app->depth && len < sizeof crumbs; i++) {
        const struct tui_view *view = app->stack[i];
        char crumb[300];
        snprintf(crumb, sizeof crumb, "%s", view->title);
        if (view->face->crumb) /* with its filter, as the screen has it */
            view->face->crumb(view, crumb, sizeof crumb);
        len += (size_t)snprintf(crumbs + len, sizeof crumbs - len, "%s%s", i ? " > " : "", crumb);
    }
    if (facts->json)
        facts_say(facts, "screen", "", crumbs, crumbs);
    else if (app->depth)
        printf("%s\n", crumbs);
}

/* What is being asked, and what has been typed so far. */
static void question(const struct tui_prompt *prompt, struct tui_facts *facts)
{
    if (!prompt->sign)
        return;
    facts_say(facts, "question", pn_tr("Question"), prompt->label, prompt->label);
    facts_say(facts, "typed", pn_tr("Typed"), prompt->edit.text, prompt->edit.text);
    if (*prompt->wrong)
        facts_say(facts, "wrong", pn_tr("Error"), prompt->wrong, prompt->wrong);
}

/* Until everything that was asked for is there. */
static void settle(struct tui_app *app, int64_t end)
{
    struct pollfd fd = {.fd = worker_fd(app->worker), .events = POLLIN};
    while (app->in_flight && tui_clock() < end) {
        if (poll(&fd, 1, 1000) <= 0)
            continue;
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

int plain_run(struct tui_app *app, bool json, const char *keys)
{
    int64_t end = tui_clock() + WAIT_MS;
    if (canvas_resize(&app->canvas, 24, 80))
        return 70;
    settle(app, end);
    press(app, keys, end);
    struct tui_view *top = app_top(app);
    struct tui_facts facts;
    facts_begin(&facts, stdout, json);
    place(app, &facts);
    if (top && top->face->tell)
        top->face->tell(top, &facts);
    question(&app->prompt, &facts);
    facts_end(&facts);
    if (*app->message)
        fprintf(stderr, "piaoniu: %s\n", app->message);
    return app->live.offline ? 7 : app->in_flight ? 6 : 0;
}
