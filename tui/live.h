/* SPDX-License-Identifier: Apache-2.0 */
/* live.h — the link to the database as people see it: is it there, how old is what they look at,
 * what has changed under their eyes. */
#ifndef TUI_LIVE_H
#define TUI_LIVE_H

#include "worker.h"

struct tui_app;
struct tui_view;

/** How soon a view wants to look again after it heard that something has changed. */
enum { HEAR_NOTHING = 0, HEAR_SOON = 250, HEAR_SOME = 500, HEAR_LATER = 2000 };

struct tui_live {
    pn_news *news;     /* NULL: nobody tells us, so we ask from time to time */
    bool asking;       /* for a connection that listens */
    bool offline;      /* the database cannot be reached */
    bool waiting;      /* it takes long to answer */
    bool silent;       /* … or does not answer at all */
    int retry_ms;
    int64_t retry_at;  /* when to try again to listen; 0: never */
    int64_t heard_at, asked_at; /* of the connection that listens */
    int64_t fresh_at;  /* when the view on top looks again; 0: nothing has changed */
    int64_t looked_at; /* when it last did */
    int64_t age_at;    /* when the age on the screen is out of date */
};

/** Ask for a connection that listens. */
void live_listen(struct tui_app *app);
/** What an answer says about the link. False: it was about nothing else. */
bool live_answer(struct tui_app *app, struct tui_job *job);
/** Somebody is there: find out whether the database is. */
void live_key(struct tui_app *app);
int live_fd(const struct tui_app *app); /* -1: nothing to poll */
void live_hear(struct tui_app *app);
int64_t live_due(const struct tui_app *app);
void live_tick(struct tui_app *app, int64_t now);
/** Let the view on top look again when what it shows may be old. */
void live_look(struct tui_app *app);
/** What the bar says of it; "" when all is well. */
void live_words(const struct tui_app *app, char *text, size_t size);

#endif
