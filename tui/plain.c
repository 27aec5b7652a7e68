/* SPDX-License-Identifier: Apache-2.0 */
/* plain.c — the screen as text, one fact per line: for screen readers, pipes and tests. The facts
 * come from the same views as the picture. */
#include "config.h"
#include "app.h"

#include <poll.h>

int plain_run(struct tui_app *app);

enum { WAIT_MS = 20000 };

int plain_run(struct tui_app *app)
{
    struct pollfd fd = {.fd = worker_fd(app->worker), .events = POLLIN};
    int64_t end = tui_clock() + WAIT_MS;
    if (canvas_resize(&app->canvas, 24, 80))
        return 70;
    while (app->in_flight && tui_clock() < end) {
        if (poll(&fd, 1, 1000) <= 0)
            continue;
        struct tui_job *job;
        while ((job = worker_take(app->worker))) {
            app_answer(app, job);
            job_free(job);
        }
        app_draw(app); /* lists ask for what a screen would show */
        if (app->offline)
            break;
    }
    struct tui_view *top = app_top(app);
    for (int i = 0; i < app->depth; i++)
        printf("%s%s", i ? " > " : "", app->stack[i]->title);
    if (app->depth)
        putchar('\n');
    if (top && top->face->plain)
        top->face->plain(top, stdout);
    if (*app->message)
        fprintf(stderr, "piaoniu: %s\n", app->message);
    return app->offline ? 7 : app->in_flight ? 6 : 0;
}
