/* SPDX-License-Identifier: Apache-2.0 */
/* lock.c — the screen of somebody who went away for a moment: nothing of what he does is shown and
 * no key, click or scan does anything, until his password is typed. His work stays as it is. */
#include "config.h"
#include "app.h"

#include <stdlib.h>
#include <string.h>

/* password: until the code of the second factor is there, too */
struct tui_lock { struct tui_edit edit; bool asking; char password[256], wrong[240]; };

void lock_set(struct tui_app *app)
{
    if (app->lock || !app->who || !app->who->signed_in || app->display)
        return;
    app->lock = calloc(1, sizeof *app->lock);
    if (app->lock)
        app->lock->edit.secret = true;
}

void lock_end(struct tui_app *app)
{
    if (!app->lock)
        return;
    explicit_bzero(app->lock->edit.text, EDIT_MOST);
    explicit_bzero(app->lock->password, sizeof app->lock->password);
    edit_free(&app->lock->edit);
    free(app->lock);
    app->lock = NULL;
}

static void answered(struct tui_app *app, struct tui_job *job)
{
    struct tui_lock *l = app->lock;
    if (!l)
        return;
    l->asking = false;
    if (!job->code) {
        lock_end(app);
        told_say(app, app_top(app));
        return;
    }
    snprintf(l->wrong, sizeof l->wrong, "%.120s  %.100s",
             job->message ? job->message : pn_code_text(job->code), job->hint ? job->hint : "");
    if (!job->field || strcmp(job->field, "code") != 0) /* from the password on */
        explicit_bzero(l->password, sizeof l->password);
}

static void ask(struct tui_app *app)
{
    struct tui_lock *l = app->lock;
    const pn_op *op = pn_op_find("auth", "login");
    struct tui_job *job = op && !l->asking && l->edit.len ? job_new(op, 0, 0) : NULL;
    if (!job)
        return;
    job_set(job, "login", app->who->login);
    if (*l->password)
        job_set(job, "code", l->edit.text);
    else
        snprintf(l->password, sizeof l->password, "%.255s", l->edit.text);
    job_set(job, "password", l->password);
    job_set(job, "device", "console");
    job->answer = answered;
    explicit_bzero(l->edit.text, EDIT_MOST);
    edit_set(&l->edit, "");
    *l->wrong = 0;
    l->asking = true;
    app_post(app, job);
}

void lock_event(struct tui_app *app, const struct tui_event *event)
{
    struct tui_lock *l = app->lock;
    if (event->kind == IN_REPORT)
        (void)term_report(event->row, event->col);
    if (event->kind != IN_KEY)
        return;
    live_key(app);
    if (event->key == TK_ENTER)
        ask(app);
    else if (event->key == TK_ESC)
        explicit_bzero(l->password, sizeof l->password), edit_set(&l->edit, "");
    else if (event->key == ('l' & 0x1f))
        term_forget();
    else if (event->key != TK_TAB)
        (void)edit_key(&l->edit, event->key);
}

void lock_draw(struct tui_app *app)
{
    struct tui_canvas *c = &app->canvas;
    struct tui_lock *l = app->lock;
    const char *name = *app->who->name ? app->who->name : app->who->login;
    int y = c->rows / 2 - 2, x = c->cols / 2 - 15;
    row_fill(c, 0, 0, c->cols, LOOK_BAR);
    row_put(c, 0, 1, c->cols - 2, pn_tr("Piaoniu"), LOOK_BAR);
    row_put_centre(c, y, 0, c->cols, pn_tr("Locked"), LOOK_BOLD);
    row_put_centre(c, y + 1, 0, c->cols, name, LOOK_PLAIN);
    bool second = *l->password && !l->asking;
    x = x > 1 ? x : 1;
    x += row_put(c, y + 3, x, 26, second ? pn_tr("Code of the second factor") : pn_tr("Password"),
                 LOOK_LABEL) + 1;
    edit_draw(&l->edit, c, y + 3, x, 20, true);
    row_put_centre(c, y + 5, 0, c->cols,
                   l->asking   ? pn_tr("Loading…")
                   : *l->wrong ? l->wrong
                               : pn_tr("Enter: go on where you were"),
                   *l->wrong ? LOOK_BAD : LOOK_DIM);
}
