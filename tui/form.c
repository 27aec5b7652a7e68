/* SPDX-License-Identifier: Apache-2.0 */
/* form.c — a form is the input columns of an operation. The library checks what was typed; its
 * refusal is shown under the field it names. */
#include "config.h"
#include "bulk.h"
#include "draft.h"
#include "form.h"

#include <stdlib.h>
#include <string.h>

enum { BESIDE = 8 }; /* of an error below its field: the margin and its sign */

/* ---- what was typed ---- */

static bool is_typed(const struct form_field *field)
{
    return !field->locked && strcmp(field->edit.text, field->was ? field->was : "") != 0;
}

static int unsent(const struct tui_view *view)
{
    const struct form *f = (const struct form *)view;
    for (int i = 0; !f->finished && i < f->fields; i++)
        if (is_typed(&f->field[i]))
            return UNSENT_KEPT;
    return UNSENT_NOTHING;
}

/* The row it is about: what cannot be typed over. */
static void about(const struct form *f, char *out, size_t size)
{
    size_t len = 0;
    *out = 0;
    for (int i = 0; i < f->fields && len < size; i++)
        if (f->field[i].locked)
            len += (size_t)snprintf(out + len, size - len, "%s=%s ", f->field[i].col->name,
                                    f->field[i].edit.text);
}

/* It goes without having been sent, or nobody knows yet what became of it. */
static void keep(const struct form *f)
{
    struct tui_app *app = f->view.app;
    char row[200];
    if (!f->opened || unsent(&f->view) == UNSENT_NOTHING)
        return;
    about(f, row, sizeof row);
    struct tui_draft *draft = draft_new(app, f->op, row, f->key);
    for (int i = 0; i < f->fields; i++)
        if (is_typed(&f->field[i]) && !f->field[i].edit.secret)
            draft_add(draft, f->field[i].col->name, f->field[i].edit.text);
    app->drafted = true;
}

/* Known before it is sent. */
static void ask_meets(struct form *f)
{
    for (int i = 0; i < f->fields; i++)
        if (f->field[i].edit.len && f->field[i].col->flags & PN_KEY)
            meets_ask(&f->view, f->op, f->field[i].edit.text, FORM_MEETS);
}

/* Once, when it is shown: what was typed into it before is there again. */
static void load(struct tui_view *view)
{
    struct form *f = (struct form *)view;
    char row[200];
    about(f, row, sizeof row);
    if (!f->opened)
        ask_meets(f);
    struct tui_draft *draft = f->opened ? NULL : draft_find(view->app, f->op, row);
    f->opened = true;
    if (!draft)
        return;
    for (int i = 0; i < f->fields; i++) {
        const char *text = draft_text(draft, f->field[i].col->name);
        if (text && !f->field[i].locked)
            edit_set(&f->field[i].edit, text);
    }
    snprintf(f->key, sizeof f->key, "%s", draft_once(draft));
    draft_drop(view->app, draft);
    app_say(view->app, LOOK_WAIT, "%s",
            pn_tr("Typed before and not sent: it is here again, F8 empties the form"));
}

static void empty(struct form *f)
{
    for (int i = 0; i < f->fields; i++)
        if (is_typed(&f->field[i]))
            edit_set(&f->field[i].edit, f->field[i].was ? f->field[i].was : "");
    f->wrong = NULL;
    app_key(f->view.app, f->key);
    *f->view.app->message = 0;
}

static void free_form(struct tui_view *view)
{
    struct form *f = (struct form *)view;
    keep(f);
    for (int i = 0; i < f->fields; i++) {
        explicit_bzero(f->field[i].edit.text, EDIT_MOST); /* perhaps a password */
        edit_free(&f->field[i].edit);
        free(f->field[i].was);
        free(f->field[i].called);
        free(f->field[i].picked);
    }
    free(f->field);
    table_free(f->result);
    table_free(f->pick);
}

static int next_open(const struct form *f, int from, int step)
{
    for (int i = from + step; i >= 0 && i < f->fields; i += step)
        if (!f->field[i].locked)
            return i;
    return from;
}

bool form_changed(const struct form_field *field)
{
    return !field->stands || strcmp(field->was, field->edit.text) != 0;
}

/* Numbers typed under an input method arrive fullwidth. */
static const char *folded(const struct form_field *field, char *out, size_t size)
{
    bool text = field->col->kind == PN_K_TEXT || field->col->kind == PN_K_JSON ||
                field->col->flags & PN_FILE; /* its path */
    return text ? field->edit.text : edit_folded(&field->edit, out, size);
}

/* Nothing is asked for that differs from what stands. */
static bool is_idle(const struct form *f)
{
    bool change = false, idle = true;
    for (int i = 0; i < f->fields; i++) {
        const struct form_field *field = &f->field[i];
        change |= field->stands;
        idle &= field->locked || (field->stands ? !form_changed(field) : !field->edit.len);
    }
    return change && idle;
}

static bool is_emptied(const struct form *f, const struct form_field *field)
{
    return field->stands && *field->was && !field->edit.len && meets_must(f->op, field->col);
}

/* false: something cannot be sent, and that is said under it. */
static bool check(struct form *f)
{
    f->wrong = NULL;
    for (int i = 0; i < f->fields && !f->wrong; i++)
        f->wrong = is_emptied(f, &f->field[i]) ? f->field[f->at = i].col : NULL;
    if (f->wrong)
        snprintf(f->error, sizeof f->error, "%s", pn_tr("This cannot be left empty"));
    return !f->wrong;
}

static void send(struct form *f, bool dry)
{
    struct tui_app *app = f->view.app;
    char text[EDIT_MOST];
    if (f->sent || !check(f))
        return;
    if (is_idle(f)) {
        app_say(app, LOOK_WAIT, "%s", pn_tr("Nothing is changed yet"));
        return;
    }
    struct tui_job *job = job_new(f->op, f->view.id, 0);
    for (int i = 0; job && i < f->fields; i++) { /* of a change, what it changes */
        const struct form_field *field = &f->field[i];
        bool emptied = field->stands && *field->was && !(field->col->flags & PN_REQ);
        if (field->locked ? field->edit.len : form_changed(field) && (field->edit.len || emptied))
            job_set(job, field->col->name, folded(field, text, sizeof text));
    }
    if (job)
        job->dry = dry;
    if (job && !dry && f->op->flags & PN_WRITE)
        snprintf(job->key, sizeof job->key, "%s", f->key);
    f->sent = job != NULL;
    if (f->op->flags & PN_WRITE)
        bulk_want(app);
    *app->message = 0;
    app_ask(&f->view, job);
}

static void confirmed(struct tui_app *app, void *who, const char *text)
{
    (void)app;
    (void)text;
    send(who, false);
}

/* What it is done to: never only the name of what is done. */
static void put_target(const struct form *f, char *out, size_t size)
{
    const char *brief = pn_tr(f->op->brief);
    snprintf(out, size, "%s", *f->target ? f->target : f->view.title);
    if (strcmp(out, brief) != 0)
        return;
    *out = 0;
    for (int i = 0; i < f->fields && !*out; i++)
        if (f->field[i].col->flags & (PN_KEY | PN_REQ) && f->field[i].edit.len &&
            !f->field[i].edit.secret)
            snprintf(out, size, "%s %.100s", pn_tr(f->field[i].col->label), f->field[i].edit.text);
}

static void ask(struct form *f, const struct tui_table *outcome)
{
    char target[220];
    put_target(f, target, sizeof target);
    prompt_ask(f->view.app, f->op, outcome, target, confirmed, f);
}

/* A password or a code is not spent on trying. */
static bool can_try(const struct form *f)
{
    for (int i = 0; i < f->fields; i++)
        if (f->field[i].edit.secret)
            return false;
    return f->op->flags & PN_WRITE && !(f->op->flags & PN_LOCAL);
}

static void submit(struct form *f)
{
    f->asking = f->op->flags & PN_DANGER && can_try(f);
    if (f->op->flags & PN_DANGER && !f->asking)
        ask(f, NULL);
    else
        send(f, f->asking);
}

/* For taking it back: which row it was done to. */
static void remember(const struct form *f)
{
    if (!(f->op->flags & PN_WRITE))
        return;
    undo_begin(f->view.app, f->op);
    int made = f->result && f->result->rows ? type_key(f->result->type) : -1;
    bool known = false;
    for (int i = 0; i < f->fields; i++) {
        if (!(f->field[i].col->flags & PN_KEY))
            continue;
        undo_add(f->view.app, f->field[i].edit.text, f->view.title);
        known = true;
    }
    if (!known && made >= 0) /* what was made has its key from there */
        undo_add(f->view.app, table_at(f->result, 0, made)->plain, f->view.title);
}

/* The library names the column; people see its label. */
static void complain(struct form *f, const struct tui_job *job)
{
    const char *words = job->message ? job->message : "", *name = f->wrong->name;
    size_t n = strlen(name);
    bool named = !strncmp(words, name, n) && (words[n] == ' ' || words[n] == ':');
    snprintf(f->error, sizeof f->error, "%s%s%s%s", named ? pn_tr(f->wrong->label) : "",
             words + (named ? n : 0), job->hint ? "  " : "", job->hint ? job->hint : "");
    if (tui_text_width(f->error) > f->view.app->canvas.cols - FORM_LABEL_MOST - BESIDE)
        app_say(f->view.app, LOOK_BAD, "! %s", f->error); /* whole, where there is more room */
}

static void done(struct tui_view *view, struct tui_job *job)
{
    struct form *f = (struct form *)view;
    struct tui_app *app = view->app;
    if (job->tag == FORM_PICK) {
        pick_done(f, job);
        return;
    }
    if (job->tag == FORM_MEETS) {
        meets_put(job, f->meets, sizeof f->meets);
        return;
    }
    bool asking = f->asking && job->dry;
    f->sent = f->asking = false;
    if (asking && (!job->code || (job->code == PN_EARG && !job->field))) {
        if (app->prompt.sign || app_top(app) != view) /* somebody is at something else by now */
            app_say(app, LOOK_WAIT, "%s", pn_tr("It can be done: send it again"));
        else
            ask(f, job->code ? NULL : job->table); /* what cannot be tried is asked all the same */
        return;
    }
    if (job->code) {
        for (int i = 0; job->field && i < f->fields; i++) {
            if (strcmp(f->field[i].col->name, job->field) != 0)
                continue;
            f->wrong = f->field[i].col;
            f->at = f->field[i].locked ? f->at : i;
            complain(f, job);
        }
        if (!f->wrong)
            app_fail(app, job);
        if (!pn_code_retry(job->code))
            app_key(app, f->key); /* the next attempt is another request */
        return;
    }
    if (job->dry) {
        app_say(app, LOOK_GOOD, pn_tr("It can be done. Who hears of it: %s"),
                job->hearers ? job->hearers : pn_tr("nobody"));
        return;
    }
    if (!strcmp(f->op->verb, "login")) {
        app_hello(app);
        return;
    }
    f->finished = view->still = true;
    f->top = 0;
    f->result = job->table;
    job->table = NULL;
    remember(f);
    app_say(app, LOOK_GOOD, pn_tr("Done: %s"), pn_tr(f->op->brief));
    app_stale(app, view);
}

static void choice(struct form *f)
{
    struct form_field *field = &f->field[f->at];
    const pn_words *words = field->col->words;
    if (field->col->kind == PN_K_BOOL) {
        bool yes = !strcmp(field->edit.text, "yes");
        edit_set(&field->edit, yes ? "no" : "yes");
        return;
    }
    if (!words && pick_list(f, field->col) && !field->locked)
        pick_next(f);
    if (!words)
        return;
    int now = pn_word_find(words, field->edit.text); /* 0: none, then the first */
    edit_set(&field->edit, words[now].name ? pn_tr(words[now].label) : "");
}

/* How far a key moves in an answer that is longer than the screen; 0: it does not. */
static int scroll_of(tui_action action)
{
    return action == DO_DOWN ? 1 : action == DO_UP ? -1 : action == DO_PAGE_DOWN ? 10
           : action == DO_PAGE_UP ? -10 : 0;
}

static void act(struct tui_view *view, tui_action action, uint32_t key)
{
    struct form *f = (struct form *)view;
    (void)key;
    if (f->finished) {
        int step = scroll_of(action);
        if (!step || (step > 0 && f->left <= 0) || (step < 0 && !f->top))
            app_pop(view->app);
        else
            f->top = f->top + step < 0 ? 0 : f->top + (step < f->left ? step : f->left);
        return;
    }
    if (!f->fields && (action == DO_OPEN || action == DO_SUBMIT)) {
        submit(f);
        return;
    }
    if (action == DO_SUBMIT)
        submit(f);
    else if (action == DO_PREVIEW && f->op->flags & PN_WRITE)
        send(f, true);
    else if (action == DO_OPEN && next_open(f, f->at, 1) == f->at)
        submit(f);
    else if (action == DO_OPEN || action == DO_DOWN)
        f->at = next_open(f, f->at, 1);
    else if (action == DO_UP)
        f->at = next_open(f, f->at, -1);
    else if (action == DO_CHOICE && f->fields)
        choice(f);
    else if (action == DO_CLEAR)
        empty(f);
}

static bool type(struct tui_view *view, uint32_t key)
{
    struct form *f = (struct form *)view;
    if (f->finished) {
        app_pop(view->app);
        return true;
    }
    if (!f->fields || f->field[f->at].locked)
        return false;
    f->wrong = f->wrong == f->field[f->at].col ? NULL : f->wrong;
    return edit_key(&f->field[f->at].edit, key);
}

static void paste(struct tui_view *view, const char *text)
{
    struct form *f = (struct form *)view;
    if (!f->finished && f->fields && !f->field[f->at].locked)
        edit_insert(&f->field[f->at].edit, text);
}

static void mouse(struct tui_view *view, const struct tui_event *event, int top)
{
    struct form *f = (struct form *)view;
    int i = f->top + (event->row - top - 2) / 2;
    if (event->mouse == MOUSE_PRESS && event->row >= top + 2 && i < f->fields &&
        !f->field[i].locked)
        f->at = i;
}

static const struct tui_face form_face = {
    .scope = SCOPE_FORM, .size = sizeof(struct form), .draw = form_draw, .act = act, .type = type,
    .paste = paste, .mouse = mouse, .load = load, .done = done, .tell = form_tell, .unsent = unsent,
    .free = free_form,
};

/* Whom one acts for needs no typing, and nobody acts for others. */
static void own(struct form *f, const pn_col *col)
{
    const struct tui_who *who = f->view.app->who;
    int64_t id = !who || col->flags & PN_KEY            ? 0
                 : !strcmp(col->name, "merchant")       ? who->merchant
                 : !strcmp(col->name, "organiser")      ? who->organiser
                                                        : 0;
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)id);
    if (id)
        form_preset(&f->view, col->name, text, true);
}

struct tui_view *form_new(struct tui_app *app, const pn_op *op, const char *title)
{
    struct form *f = (struct form *)view_new(app, &form_face, title);
    int n = op->in ? type_cols(op->in) : 0;
    if (!f)
        return NULL;
    f->op = op;
    f->field = calloc((size_t)n + 1, sizeof *f->field);
    if (!f->field) {
        free(f);
        return NULL;
    }
    for (int i = 0; i < n && f->fields < FIELDS_MOST; i++) {
        if (op->in->cols[i].kind == PN_K_BYTES && !(op->in->cols[i].flags & PN_FILE))
            continue;
        struct form_field *field = &f->field[f->fields++];
        field->col = &op->in->cols[i];
        field->edit.secret = (field->col->flags & PN_SECRET) != 0;
    }
    app_key(app, f->key);
    for (int i = 0; i < f->fields; i++)
        own(f, f->field[i].col);
    return &f->view;
}

static struct form_field *field_of(struct form *f, const char *column)
{
    for (int i = 0; i < f->fields; i++)
        if (!strcmp(f->field[i].col->name, column))
            return &f->field[i];
    return NULL;
}

void form_preset(struct tui_view *view, const char *column, const char *value, bool locked)
{
    struct form *f = (struct form *)view;
    struct form_field *field = field_of(f, column);
    if (field) {
        edit_set(&field->edit, value);
        field->locked = locked;
        free(field->was);
        field->was = locked || field->edit.secret ? NULL : strdup(value);
    }
    if (f->fields && f->field[f->at].locked)
        f->at = next_open(f, f->at, 1);
}

void form_target(struct tui_view *view, const char *text)
{
    struct form *f = (struct form *)view;
    snprintf(f->target, sizeof f->target, "%s", text);
}

void form_begin(struct tui_view *view, const char *column, const char *value, const char *called)
{
    struct form_field *field = field_of((struct form *)view, column);
    form_preset(view, column, value, false);
    if (field)
        field->stands = field->was != NULL;
    if (*called)
        form_called(view, column, called);
}

void form_called(struct tui_view *view, const char *column, const char *words)
{
    struct form_field *field = field_of((struct form *)view, column);
    if (!field)
        return;
    free(field->called);
    field->called = strdup(words);
}

void form_try(struct tui_view *view)
{
    struct form *f = (struct form *)view;
    for (int i = 0; i < f->fields; i++)
        if (f->field[i].col->flags & (PN_REQ | PN_KEY) && !f->field[i].edit.len)
            return;
    submit(f);
}
