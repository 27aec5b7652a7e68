/* SPDX-License-Identifier: Apache-2.0 */
/* complete.c — what may stand where the cursor is, while one types: nouns, verbs, columns, values.
 * Values of a list's columns come with how many rows they would leave, counted by the database. */
#include "config.h"
#include "grammar.h"
#include "names.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What is being completed. */
struct spot {
    struct tui_prompt *prompt;
    struct reading *r;
    const char *start; /* the word so far */
    char base[EDIT_MOST]; /* of the word: stays in front of what is offered */
};

static void forget(struct tui_prompt *p)
{
    for (int i = 0; i < p->offers; i++) {
        free(p->offer[i].text);
        free(p->offer[i].note);
    }
    p->offers = 0;
    p->chosen = -1;
}

void complete_forget(struct tui_prompt *prompt)
{
    forget(prompt);
    table_free(prompt->counts);
    prompt->counts = NULL;
    *prompt->counted = 0;
}

static void offer(struct spot *s, const char *text, const char *note)
{
    struct tui_prompt *p = s->prompt;
    char whole[EDIT_MOST];
    snprintf(whole, sizeof whole, "%s%s", s->base, text);
    for (int i = 0; i < p->offers; i++)
        if (!strcmp(p->offer[i].text, whole))
            return;
    if (p->offers == OFFERS_MOST)
        return;
    char *copy = strdup(whole), *why = strdup(note);
    if (copy && why) {
        p->offer[p->offers++] = (struct tui_offer){copy, why};
        return;
    }
    free(copy);
    free(why);
}

static bool begins(const char *text, const char *start)
{
    return !strncasecmp(text, start, strlen(start));
}

static void offer_nouns(struct tui_app *app, struct spot *s)
{
    for (int pass = 0; pass < 2; pass++) { /* names first, then titles and their spellings */
        for (size_t i = 0; app->who && i < app->who->may_n; i++) {
            const char *noun = app->who->may[i]->noun;
            const pn_module *m = pn_module_find(noun);
            const char *title = m ? pn_tr(m->title) : "";
            if (pass ? *s->start && names_fit(app, title, s->start) >= 80
                     : begins(noun, s->start))
                offer(s, noun, strcasecmp(noun, title) ? title : "");
        }
    }
}

static void offer_verbs(struct tui_app *app, struct spot *s, const char *noun)
{
    for (size_t i = 0; app->who && i < app->who->may_n; i++) {
        const pn_op *op = app->who->may[i];
        if (!strcmp(op->noun, noun) && begins(op->verb, s->start))
            offer(s, op->verb, op->brief ? pn_tr(op->brief) : "");
    }
}

/* "--status": as the command line has it, with the options of every list. */
static void offer_flags(struct spot *s, const pn_type *type, const pn_op *op)
{
    const pn_col *option;
    char text[80];
    for (int i = 0; op->list && (option = grammar_option(i)); i++) {
        snprintf(text, sizeof text, "--%s", option->name);
        if (begins(text, s->start))
            offer(s, text, *option->label ? pn_tr(option->label) : "");
    }
    for (const pn_col *c = type ? type->cols : NULL; c && c->name; c++) {
        snprintf(text, sizeof text, "--%s", c->name);
        for (char *at = text; *at; at++)
            *at = *at == '_' ? '-' : *at;
        if (begins(text, s->start) && *c->label && c->kind != PN_K_ROWS &&
            !(op->list && c->flags & PN_NOFILTER))
            offer(s, text, strcasecmp(pn_tr(c->label), c->name) ? pn_tr(c->label) : "");
    }
}

static void offer_columns(struct spot *s, const pn_type *type, const pn_op *op)
{
    if (*s->start == '-' && !s->prompt->list) {
        offer_flags(s, type, op);
        return;
    }
    static const char *const more[] = {"sort=", "columns="};
    for (const pn_col *c = type ? type->cols : NULL; c && c->name; c++) {
        char text[80];
        snprintf(text, sizeof text, "%s=", c->name);
        bool fits = begins(text, s->start) || (*s->start && begins(pn_tr(c->label), s->start));
        if (fits && *c->label && c->kind != PN_K_ROWS && !(op->list && c->flags & PN_NOFILTER))
            offer(s, text, strcasecmp(pn_tr(c->label), c->name) ? pn_tr(c->label) : "");
    }
    for (size_t i = 0; op->list && !s->prompt->list && i < 2; i++)
        if (begins(more[i], s->start))
            offer(s, more[i], "");
}

/* ---- values ---- */

static void number(int64_t n, char out[32])
{
    char digits[24];
    size_t to = 0;
    int len = snprintf(digits, sizeof digits, "%" PRId64, n);
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            out[to++] = ',';
        out[to++] = digits[i];
    }
    out[to] = 0;
}

/* How many rows have it, by what the database counted; -1: not known. */
static int64_t count_of(const struct tui_prompt *p, const char *value)
{
    for (int r = 0; p->counts && r < p->counts->rows; r++)
        if (!strcmp(table_plain(p->counts, r, "value"), value))
            return strtoll(table_plain(p->counts, r, "rows"), NULL, 10);
    return p->counts ? 0 : -1;
}

static void offer_words(struct spot *s, const pn_col *col, const char *start)
{
    for (const pn_words *w = col->words; w && w->name; w++) {
        char note[160], n[32] = "";
        const char *label = strcasecmp(w->name, pn_tr(w->label)) ? pn_tr(w->label) : "";
        int64_t rows = count_of(s->prompt, w->name);
        if (!begins(w->name, start) && !begins(pn_tr(w->label), start))
            continue;
        if (rows >= 0)
            number(rows, n);
        if (*s->start & 0x80) { /* who types Chinese goes on in it */
            offer(s, pn_tr(w->label), n);
            continue;
        }
        snprintf(note, sizeof note, "%.100s%s%s", label, *label && *n ? " " : "", n);
        offer(s, w->name, note);
    }
}

/* Values that are in the rows. */
static void offer_counted(struct spot *s, const char *start)
{
    const struct tui_table *t = s->prompt->counts;
    for (int r = 0; t && r < t->rows; r++) {
        const char *value = table_plain(t, r, "value");
        char text[256], n[32];
        if (!*value || !begins(value, start) || strchr(value, '"') || strchr(value, ','))
            continue;
        number(strtoll(table_plain(t, r, "rows"), NULL, 10), n);
        snprintf(text, sizeof text, strpbrk(value, " .") ? "\"%s\"" : "%s", value);
        offer(s, text, n);
    }
}

static void counted(struct tui_app *app, struct tui_job *job)
{
    struct tui_prompt *p = &app->prompt;
    const char *column = job->count;
    char key[sizeof p->counted];
    snprintf(key, sizeof key, "%s %s %s", job->op->noun, column, job->pairs ?
             job->pair[0].value : "");
    if (job->code || !p->sign || strcmp(key, p->counted) != 0)
        return;
    p->counts = job->table;
    job->table = NULL;
    complete_offer(app);
}

/* Count the rows by that column, under the other terms of the line. */
static void ask_counts(struct tui_app *app, struct spot *s, const pn_col *col, int but)
{
    struct tui_prompt *p = s->prompt;
    char filter[256], sort[64], columns[256], key[sizeof p->counted];
    struct reading *other = s->r;
    struct argument last = other->argument[but];
    if (!s->r->op->list || app->live.offline)
        return;
    other->argument[but] = (struct argument){.col = pn_type_col(&pn_list_t, "after"), .value = ""};
    int n = other->arguments;
    other->arguments = but;
    grammar_list(other, filter, sort, columns);
    other->arguments = n;
    other->argument[but] = last;
    snprintf(key, sizeof key, "%s %s %s", s->r->op->noun, col->name, filter);
    if (!strcmp(key, p->counted))
        return;
    table_free(p->counts);
    p->counts = NULL;
    snprintf(p->counted, sizeof p->counted, "%s", key);
    struct tui_job *job = job_new(s->r->op, 0, 0);
    if (!job)
        return;
    bool terms = strpbrk(filter, "=~<>!") != NULL;
    job_set(job, terms ? "where" : "q", *filter ? filter : NULL);
    job->count = col->name;
    job->answer = counted;
    app_post(app, job);
}

static void offer_sorts(struct spot *s, const pn_type *type, const char *start)
{
    bool down = *start == '-';
    for (const pn_col *c = type->cols; c->name; c++) {
        char text[80];
        if (!(c->flags & PN_SORT) || !begins(c->name, start + down))
            continue;
        snprintf(text, sizeof text, "%s%s", down ? "-" : "", c->name);
        offer(s, text, pn_tr(c->label));
    }
}

static void offer_names(struct spot *s, const pn_type *type, const char *start)
{
    for (const pn_col *c = type->cols; c->name; c++)
        if (c->kind != PN_K_ROWS && *c->label && begins(c->name, start))
            offer(s, c->name, pn_tr(c->label));
}

/* Behind "column=": what the part after the last comma may become. */
static void offer_values(struct tui_app *app, struct spot *s, struct argument *a)
{
    const char *start = strrchr(a->value, ',');
    const pn_op *op = s->r->op;
    start = start && op->list ? start + 1 : a->value;
    size_t base = strlen(s->start) - strlen(start);
    snprintf(s->base, sizeof s->base, "%.*s", (int)base, s->start);
    if (*start == '"')
        start++;
    if (grammar_is_option(a->col)) {
        if (!strcmp(a->col->name, "sort"))
            offer_sorts(s, op->out, start);
        else if (!strcmp(a->col->name, "columns"))
            offer_names(s, op->out, start);
        return;
    }
    bool few = a->col->kind == PN_K_WORD || (a->col->kind == PN_K_TEXT && a->col->flags & PN_BRIEF);
    if (op->list && few && (!strcmp(a->op, "=") || !strcmp(a->op, "!=")))
        ask_counts(app, s, a->col, s->r->arguments - 1);
    offer_words(s, a->col, start);
    if (op->list && !a->col->words)
        offer_counted(s, start);
}

void complete_offer(struct tui_app *app)
{
    struct tui_prompt *p = &app->prompt;
    struct spot *s = calloc(1, sizeof *s);
    struct reading *r = malloc(sizeof *r);
    forget(p);
    if (s && r && p->edit.at == p->edit.len) {
        *s = (struct spot){.prompt = p, .r = r, .start = ""};
        grammar_read(app, p->list, p->edit.text, r);
        bool fresh = !p->edit.len || p->edit.text[p->edit.len - 1] == ' ';
        int at = fresh ? r->words.n : r->words.n - 1;
        s->start = fresh ? "" : r->words.word[at].text;
        p->from = fresh ? (int)p->edit.len : r->words.word[at].at;
        struct argument *last = r->arguments ? &r->argument[r->arguments - 1] : NULL;
        const char *noun = r->words.n && !p->list ? grammar_noun(app, r->words.word[0].text) : NULL;
        if (!p->list && at == 0)
            offer_nouns(app, s);
        if (!p->list && at == 1 && noun)
            offer_verbs(app, s, noun);
        bool behind = fresh && last && last->words == 1 && last->first + 1 == at &&
                      !*last->value && !strncmp(r->words.word[last->first].text, "--", 2);
        bool inside = r->op && last && *last->op && last->col &&
                      (behind || last->first + last->words - 1 == at);
        if (inside)
            offer_values(app, s, last);
        else if (r->op && at >= r->from)
            offer_columns(s, r->op->list ? r->op->out : r->op->in, r->op);
    }
    free(s);
    free(r);
}

/* ---- the last similar command ---- */

const char *complete_ghost(const struct tui_app *app)
{
    const struct tui_prompt *p = &app->prompt;
    for (int i = app->past_n - 1; p->sign == ':' && p->edit.len && i >= 0; i--)
        if (!strncmp(app->past[i], p->edit.text, p->edit.len) && app->past[i][p->edit.len])
            return app->past[i] + p->edit.len;
    return "";
}

void complete_past(struct tui_app *app, const char *line)
{
    for (int i = 0; i < app->past_n; i++) {
        if (strcmp(app->past[i], line) != 0)
            continue;
        char *same = app->past[i];
        memmove(app->past + i, app->past + i + 1,
                (size_t)(app->past_n - i - 1) * sizeof *app->past);
        app->past[app->past_n - 1] = same;
        return;
    }
    char *copy = *line ? strdup(line) : NULL;
    if (!copy)
        return;
    if (app->past_n == PAST_MOST) {
        free(app->past[0]);
        memmove(app->past, app->past + 1, (PAST_MOST - 1) * sizeof *app->past);
        app->past_n--;
    }
    app->past[app->past_n++] = copy;
}
