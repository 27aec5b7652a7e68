/* SPDX-License-Identifier: Apache-2.0 */
/* trail.c — where one has been, as commands: [ goes back there, ] forward again. */
#include "config.h"
#include "app.h"

#include <stdlib.h>
#include <string.h>

void trail_note(struct tui_app *app, const struct tui_view *view)
{
    struct tui_trail *t = &app->trail;
    char text[400] = "";
    if (!view || !view->face->command || t->moving)
        return;
    view->face->command(view, text, sizeof text);
    if (!*text || (t->n && !strcmp(t->place[t->at], text)))
        return;
    char *copy = strdup(text);
    if (!copy)
        return;
    while (t->n > (t->n ? t->at + 1 : 0)) /* another way from here: what was ahead is gone */
        free(t->place[--t->n]);
    if (t->n == TRAIL_MOST) {
        free(t->place[0]);
        memmove(t->place, t->place + 1, (TRAIL_MOST - 1) * sizeof *t->place);
        t->n--;
    }
    t->place[t->n] = copy;
    t->at = t->n++;
}

void trail_drop(struct tui_app *app, const struct tui_view *view)
{
    struct tui_trail *t = &app->trail;
    char text[400] = "";
    view->face->command(view, text, sizeof text);
    if (t->n < 2 || t->at != t->n - 1 || strcmp(t->place[t->at], text) != 0)
        return;
    free(t->place[--t->n]);
    t->at = t->n - 1;
}

void trail_go(struct tui_app *app, int by)
{
    struct tui_trail *t = &app->trail;
    int to = t->at + by;
    if (to < 0 || to >= t->n) {
        app_say(app, LOOK_WAIT, "%s",
                by < 0 ? pn_tr("That is where you began") : pn_tr("Nothing is ahead"));
        return;
    }
    t->at = to;
    t->moving = true;
    command_open(app, t->place[to]);
    t->moving = false;
}

void trail_free(struct tui_app *app)
{
    struct tui_trail *t = &app->trail;
    while (t->n)
        free(t->place[--t->n]);
    t->at = 0;
}
