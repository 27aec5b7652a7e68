/* SPDX-License-Identifier: Apache-2.0 */
/* prompt.c — the one line that is typed at the bottom: a command, a filter, an answer. */
#include "config.h"
#include "app.h"

#include <stdlib.h>
#include <string.h>

static void forget_names(struct tui_prompt *prompt)
{
    for (int i = 0; i < prompt->names_n; i++)
        free(prompt->names[i]);
    prompt->names_n = 0;
    prompt->chosen = -1;
}

void prompt_open(struct tui_app *app, char sign, const char *label, const char *text,
                 void (*enter)(struct tui_app *, void *, const char *), void *who)
{
    struct tui_prompt *p = &app->prompt;
    prompt_close(app);
    p->sign = sign;
    snprintf(p->label, sizeof p->label, "%s", label);
    edit_set(&p->edit, text);
    p->enter = enter;
    p->who = who;
    p->chosen = -1;
}

void prompt_close(struct tui_app *app)
{
    forget_names(&app->prompt);
    edit_free(&app->prompt.edit);
    app->prompt.sign = 0;
    *app->prompt.edit.text = 0;
}

static void answer(struct tui_app *app)
{
    struct tui_prompt *p = &app->prompt;
    char *text = strdup(p->edit.text);
    void (*enter)(struct tui_app *, void *, const char *) = p->enter;
    void *who = p->who;
    prompt_close(app);
    *app->message = 0;
    if (text)
        enter(app, who, text);
    free(text);
}

/* Put the chosen completion in place of the word before the cursor. */
static void complete(struct tui_app *app)
{
    struct tui_prompt *p = &app->prompt;
    if (p->sign != ':')
        return;
    if (!p->names_n)
        command_complete(app);
    if (!p->names_n)
        return;
    p->chosen = (p->chosen + 1) % p->names_n;
    size_t from = p->edit.at;
    while (from && p->edit.text[from - 1] != ' ')
        from--;
    char line[EDIT_MOST];
    snprintf(line, sizeof line, "%.*s%s", (int)from, p->edit.text, p->names[p->chosen]);
    bool only = p->names_n == 1;
    edit_set(&p->edit, line);
    if (only) {
        forget_names(p);
        if (line[strlen(line) - 1] != '=')
            edit_key(&p->edit, ' ');
    }
}

void prompt_key(struct tui_app *app, uint32_t key)
{
    struct tui_prompt *p = &app->prompt;
    if (key == TK_ESC || key == 3) {
        prompt_close(app);
        return;
    }
    if (p->sign == '?') { /* a question: only these two say yes */
        if (key == TK_ENTER || tui_fold(key) == 'y')
            answer(app);
        else if (tui_fold(key) == 'n' || tui_fold(key) == 'q')
            prompt_close(app);
        return;
    }
    if (key == TK_ENTER) {
        answer(app);
        return;
    }
    if (key == TK_TAB) {
        complete(app);
        return;
    }
    if (key == TK_BACKSPACE && !p->edit.len) {
        prompt_close(app);
        return;
    }
    forget_names(p);
    edit_key(&p->edit, p->sign == ':' && p->edit.len == 0 ? tui_fold(key) : key);
}

void prompt_draw(struct tui_app *app)
{
    struct tui_canvas *c = &app->canvas;
    struct tui_prompt *p = &app->prompt;
    int row = c->rows - 2, at = 1;
    char sign[2] = {p->sign, 0};
    row_fill(c, row, 0, c->cols, LOOK_PLAIN);
    if (p->sign == '?') {
        at += row_put(c, row, at, c->cols - 16, p->label, LOOK_WAIT | LOOK_SELECTED);
        row_put(c, row, at + 1, c->cols, pn_tr("Enter yes, Esc no"), LOOK_BOLD);
        canvas_caret(c, row, at, true);
        return;
    }
    at += row_put(c, row, at, c->cols / 2, p->label, LOOK_LABEL);
    at += row_put(c, row, at, c->cols, sign, LOOK_BOLD);
    edit_draw(&p->edit, c, row, at, c->cols - at - 1, true);
    if (!p->names_n)
        return;
    row_fill(c, row - 1, 0, c->cols, LOOK_PLAIN);
    for (int i = 0, x = 1; i < p->names_n && x < c->cols - 1; i++)
        x += 2 + row_put(c, row - 1, x, c->cols - x - 1, p->names[i],
                         i == p->chosen ? LOOK_LABEL | LOOK_SELECTED : LOOK_LABEL);
}
