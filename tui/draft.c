/* SPDX-License-Identifier: Apache-2.0 */
/* draft.c — nothing typed is lost because somebody went elsewhere: a form that is left with text
 * in it leaves a draft, and the same form about the same row begins with it. What is secret is not
 * kept, and a draft is its author's alone. */
#include "config.h"
#include "draft.h"

#include <stdlib.h>
#include <string.h>

enum { DRAFTS_MOST = 24 };

struct typed { char *column, *text; };

struct tui_draft {
    struct tui_draft *next;
    const pn_op *op;
    char about[200], once[40];
    struct typed *typed;
    int n;
};

static void release(struct tui_draft *draft)
{
    for (int i = 0; i < draft->n; i++) {
        explicit_bzero(draft->typed[i].text, strlen(draft->typed[i].text)); /* perhaps personal */
        free(draft->typed[i].text);
        free(draft->typed[i].column);
    }
    free(draft->typed);
    free(draft);
}

void draft_drop(struct tui_app *app, struct tui_draft *draft)
{
    for (struct tui_draft **at = &app->drafts; *at; at = &(*at)->next) {
        if (*at != draft)
            continue;
        *at = draft->next;
        release(draft);
        return;
    }
}

struct tui_draft *draft_find(const struct tui_app *app, const pn_op *op, const char *about)
{
    for (struct tui_draft *d = app->drafts; d; d = d->next)
        if (d->op == op && !strcmp(d->about, about))
            return d;
    return NULL;
}

/* The newest stands first; the oldest goes when there are too many. */
struct tui_draft *draft_new(struct tui_app *app, const pn_op *op, const char *about,
                            const char *once)
{
    struct tui_draft *draft = calloc(1, sizeof *draft), *last = NULL;
    int n = 0;
    draft_drop(app, draft_find(app, op, about));
    if (!draft)
        return NULL;
    draft->op = op;
    snprintf(draft->about, sizeof draft->about, "%s", about);
    snprintf(draft->once, sizeof draft->once, "%s", once);
    draft->next = app->drafts;
    app->drafts = draft;
    for (struct tui_draft *d = draft; d; d = d->next, n++)
        last = d;
    if (n > DRAFTS_MOST)
        draft_drop(app, last);
    return draft;
}

void draft_add(struct tui_draft *draft, const char *column, const char *text)
{
    struct typed *more =
        draft ? reallocarray(draft->typed, (size_t)draft->n + 1, sizeof *more) : NULL;
    if (!more)
        return;
    draft->typed = more;
    struct typed typed = {strdup(column), strdup(text)};
    if (typed.column && typed.text) {
        more[draft->n++] = typed;
        return;
    }
    free(typed.column);
    free(typed.text);
}

const char *draft_text(const struct tui_draft *draft, const char *column)
{
    for (int i = 0; draft && i < draft->n; i++)
        if (!strcmp(draft->typed[i].column, column))
            return draft->typed[i].text;
    return NULL;
}

const char *draft_once(const struct tui_draft *draft)
{
    return draft->once;
}

void draft_free(struct tui_app *app)
{
    while (app->drafts)
        draft_drop(app, app->drafts);
}
