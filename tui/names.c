/* SPDX-License-Identifier: Apache-2.0 */
/* names.c — titles and their spellings. The worker makes them, for the tables behind it are large;
 * until they are there, and in languages that are spelt anyway, the titles themselves do. */
#include "config.h"
#include "names.h"
#include "app.h"

#include <stdlib.h>
#include <string.h>

struct tui_names {
    struct { const char *text; char *pinyin, *initials; } *name; /* text: gettext's, or msgid */
    size_t n;
};

static void drop(void *what)
{
    struct tui_names *names = what;
    for (size_t i = 0; names && i < names->n; i++) {
        free(names->name[i].pinyin);
        free(names->name[i].initials);
    }
    if (names)
        free(names->name);
    free(names);
}

void names_free(struct tui_app *app)
{
    drop(app->names);
    app->names = NULL;
    app->names_asked = false;
}

static bool is_ascii(const char *text)
{
    while (*text && !(*text & 0x80))
        text++;
    return !*text;
}

static bool add(struct tui_names *names, const char *text)
{
    if (is_ascii(text))
        return true;
    for (size_t i = 0; i < names->n; i++)
        if (names->name[i].text == text)
            return true;
    void *more = reallocarray(names->name, names->n + 1, sizeof *names->name);
    if (!more)
        return false;
    names->name = more;
    names->name[names->n].pinyin = names->name[names->n].initials = NULL;
    names->name[names->n++].text = text;
    return true;
}

/* In the worker. */
static int spell(pn *p, struct tui_job *job)
{
    struct tui_names *names = job->extra;
    for (size_t i = 0; i < names->n; i++) {
        const char *pinyin, *initials;
        PN_TRY(pn_pinyin(p, names->name[i].text, &pinyin, &initials));
        names->name[i].pinyin = strdup(pinyin);
        names->name[i].initials = strdup(initials);
        if (!names->name[i].pinyin || !names->name[i].initials)
            return PN_EMEM;
    }
    return 0;
}

static void spelt(struct tui_app *app, struct tui_job *job)
{
    if (job->code)
        return; /* titles can still be typed as they are */
    drop(app->names);
    app->names = job->extra;
    job->extra = NULL;
    palette_refresh(app); /* what was typed meanwhile may mean more now */
    if (app->prompt.sign == ':')
        complete_offer(app);
}

void names_want(struct tui_app *app)
{
    if (app->names_asked || !app->who)
        return;
    app->names_asked = true;
    struct tui_names *names = calloc(1, sizeof *names);
    bool ok = names != NULL;
    for (const pn_module *const *m = pn_modules(); ok && *m; m++)
        ok = add(names, pn_tr((*m)->title));
    for (int i = 0; ok && view_title(i); i++)
        ok = add(names, pn_tr(view_title(i)));
    for (size_t i = 0; ok && i < app->who->may_n; i++)
        if (app->who->may[i]->brief)
            ok = add(names, pn_tr(app->who->may[i]->brief));
    struct tui_job *job = ok && names->n ? job_new(NULL, 0, 0) : NULL;
    if (!job) {
        drop(names);
        return;
    }
    job->run = spell;
    job->answer = spelt;
    job->extra = names;
    job->extra_free = drop;
    app_post(app, job);
}

static int find(const struct tui_app *app, const char *text)
{
    const struct tui_names *names = app->names;
    for (size_t i = 0; names && i < names->n; i++)
        if (names->name[i].text == text || !strcmp(names->name[i].text, text))
            return (int)i;
    return -1;
}

bool names_means(const struct tui_app *app, const char *title, const char *word)
{
    const char *text = pn_tr(title);
    int i = find(app, text);
    return !strcasecmp(title, word) || !strcasecmp(text, word) ||
           (i >= 0 && (!strcasecmp(app->names->name[i].pinyin, word) ||
                       !strcasecmp(app->names->name[i].initials, word)));
}

static bool starts(const char *text, const char *typed)
{
    return !strncasecmp(text, typed, strlen(typed));
}

/* The letters of `typed` stand in `text` in their order: the fewer in between, the better. */
static int scattered(const char *text, const char *typed)
{
    int gaps = 0;
    const char *at = text;
    for (; *typed; typed++) {
        const char *from = at;
        char one[2] = {*typed, 0};
        if (*typed == ' ')
            continue;
        at = strcasestr(at, one);
        if (!at)
            return 0;
        gaps += at > from && from > text;
        at++;
    }
    return gaps > 4 ? 0 : 20 - 4 * gaps;
}

int names_fit(const struct tui_app *app, const char *text, const char *typed)
{
    int i = find(app, text), best = 0;
    const char *pinyin = i < 0 ? "" : app->names->name[i].pinyin;
    const char *initials = i < 0 ? "" : app->names->name[i].initials;
    if (!*typed)
        return 1;
    if (!strcasecmp(text, typed) || !strcasecmp(initials, typed))
        best = 100;
    else if (starts(text, typed) || starts(initials, typed))
        best = 90;
    else if (starts(pinyin, typed))
        best = 80;
    else if (strcasestr(text, typed))
        best = 60;
    else if (strlen(typed) > 1 && (strcasestr(initials, typed) || strcasestr(pinyin, typed)))
        best = 50;
    else if (strlen(typed) > 2 && is_ascii(text))
        best = scattered(text, typed);
    return best;
}
