/* SPDX-License-Identifier: Apache-2.0 */
/* prompt.c — the one line that is typed at the bottom: a command, a filter, an answer. Below it
 * stands what may come next or, under the word it is about, what is wrong. */
#include "config.h"
#include "app.h"
#include "names.h"

#include <stdlib.h>
#include <string.h>

enum { ANSWER_COLS = 24 }; /* for the two keys beside a question */

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
    p->recalled = app->past_n;
    if (sign == ':') {
        names_want(app);
        complete_offer(app);
    }
}

/* "Apply for a refund, Amount ¥880.00, PRODUCTION: PN…?" What may be cut off stands last. */
void prompt_ask(struct tui_app *app, const pn_op *op, const struct tui_table *outcome,
                const char *target, void (*enter)(struct tui_app *, void *, const char *),
                void *who)
{
    char question[400], money[80] = "";
    bool real;
    const char *place = app_place(app, &real);
    for (int i = 0; outcome && outcome->rows && i < outcome->cols && !*money; i++) {
        const pn_col *col = &outcome->type->cols[i];
        if (col->kind == PN_K_MONEY && (col->flags & (PN_BRIEF | PN_EACH)) == PN_BRIEF &&
            !table_at(outcome, 0, i)->absent)
            snprintf(money, sizeof money, ", %.40s %.30s", pn_tr(col->label),
                     table_at(outcome, 0, i)->show);
    }
    snprintf(question, sizeof question, "%.90s%s%s%s%s%s?", pn_tr(op->brief), money,
             *place ? ", " : "", place, *target ? ": " : "", target);
    prompt_open(app, '?', question, "", enter, who);
}

void prompt_strict(struct tui_app *app)
{
    app->prompt.strict = true;
}

void prompt_grammar(struct tui_app *app, const pn_op *list)
{
    app->prompt.list = list;
    complete_offer(app);
}

void prompt_close(struct tui_app *app)
{
    struct tui_prompt *p = &app->prompt;
    complete_forget(p);
    edit_free(&p->edit);
    p->sign = 0;
    p->list = NULL;
    p->strict = false;
    *p->wrong = 0;
    *p->edit.text = 0;
}

static bool has_grammar(const struct tui_prompt *p)
{
    return p->sign == ':' || p->list;
}

/* What is wrong is said, and the cursor goes to it; the line stays open. */
static bool is_right(struct tui_app *app)
{
    struct tui_prompt *p = &app->prompt;
    int at = 0, len = 0;
    if (!has_grammar(p) || command_check(app, p->list, p->edit.text, p->wrong, sizeof p->wrong,
                                         &at, &len))
        return true;
    p->wrong_at = at;
    p->edit.at = (size_t)(at + len);
    return false;
}

static void answer(struct tui_app *app)
{
    struct tui_prompt *p = &app->prompt;
    if (!is_right(app))
        return;
    char *text = strdup(p->edit.text);
    void (*enter)(struct tui_app *, void *, const char *) = p->enter;
    void *who = p->who;
    if (p->sign == ':' && text)
        complete_past(app, text);
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
    if (!has_grammar(p) || !p->offers)
        return;
    p->chosen = (p->chosen + 1) % p->offers;
    char line[EDIT_MOST];
    snprintf(line, sizeof line, "%.*s%s", p->from, p->edit.text, p->offer[p->chosen].text);
    bool only = p->offers == 1;
    edit_set(&p->edit, line);
    if (!only)
        return;
    if (line[strlen(line) - 1] != '=')
        edit_key(&p->edit, ' ');
    complete_offer(app);
}

/* Commands of before that begin as this one does. */
static void recall(struct tui_app *app, int by)
{
    struct tui_prompt *p = &app->prompt;
    int to = p->recalled + by;
    if (to < 0 || to > app->past_n)
        return;
    p->recalled = to;
    edit_set(&p->edit, to < app->past_n ? app->past[to] : "");
    complete_offer(app);
}

/* Signs typed under an input method, but not inside quotes. */
static uint32_t folded(const struct tui_prompt *p, uint32_t key)
{
    bool quoted = false;
    for (size_t i = 0; i < p->edit.at; i++)
        quoted ^= p->edit.text[i] == '"';
    return has_grammar(p) && (!quoted || tui_fold(key) == '"') ? tui_fold(key) : key;
}

static void question_key(struct tui_app *app, uint32_t key)
{
    if (key == TK_ENTER || tui_fold(key) == 'y')
        answer(app);
    else if (tui_fold(key) == 'n' || tui_fold(key) == 'q')
        prompt_close(app);
}

void prompt_key(struct tui_app *app, uint32_t key)
{
    struct tui_prompt *p = &app->prompt;
    if (key == TK_ESC || key == 3) {
        prompt_close(app);
    } else if (p->sign == '?') { /* a question: only two keys say yes */
        question_key(app, key);
    } else if (key == TK_ENTER) {
        answer(app);
    } else if (key == TK_TAB) {
        complete(app);
    } else if (key == TK_BACKSPACE && !p->edit.len) {
        prompt_close(app);
    } else if (p->sign == ':' && (key == TK_UP || key == TK_DOWN)) {
        recall(app, key == TK_UP ? -1 : 1);
    } else {
        const char *ghost = complete_ghost(app);
        *p->wrong = 0;
        if (*ghost && (key == TK_RIGHT || key == TK_END) && p->edit.at == p->edit.len)
            edit_insert(&p->edit, ghost);
        else
            edit_key(&p->edit, folded(p, key));
        if (has_grammar(p))
            complete_offer(app);
    }
}

void prompt_paste(struct tui_app *app, const char *text)
{
    edit_insert(&app->prompt.edit, text);
    *app->prompt.wrong = 0;
    if (has_grammar(&app->prompt))
        complete_offer(app);
}

/* A scanner presses Enter after what it has read, and it knows of no question: it may fill in
 * what is typed and run a filter, which only reads, but it never answers. */
void prompt_scan(struct tui_app *app, const char *text, int leaked)
{
    struct tui_prompt *p = &app->prompt;
    if (has_grammar(p)) {
        edit_insert(&p->edit, text + leaked);
        *p->wrong = 0;
        complete_offer(app);
        if (p->sign == '/')
            answer(app);
        return;
    }
    if (p->sign == '>' && !p->strict) {
        edit_insert(&p->edit, text + leaked);
        return;
    }
    edit_unleak(&p->edit, leaked);
    snprintf(p->wrong, sizeof p->wrong, pn_tr("A scan answers nothing, %.60s is dropped"), text);
}

/* ---- the screen ---- */

static void draw_offers(const struct tui_prompt *p, struct tui_canvas *c, int row)
{
    int x = 1, first = p->chosen > 0 ? p->chosen : 0;
    for (int i = first; i < p->offers && x < c->cols - 1; i++) {
        unsigned look = i == p->chosen ? LOOK_LABEL | LOOK_SELECTED : LOOK_LABEL;
        x += row_put(c, row, x, c->cols - x - 1, p->offer[i].text, look);
        if (*p->offer[i].note && x + 4 < c->cols)
            x += 1 + row_put(c, row, x + 1, c->cols - x - 2, p->offer[i].note, LOOK_DIM);
        x += 2;
    }
}

static int columns_before(const char *text, int bytes)
{
    char part[EDIT_MOST];
    snprintf(part, sizeof part, "%.*s", bytes, text);
    return tui_text_width(part);
}

/* The mark stands under the word whatever the length of the words: they go where there is room. */
static void draw_wrong(struct tui_canvas *c, const struct tui_prompt *p, int row, int x)
{
    int width = tui_text_width(p->wrong), right = c->cols - x - 3;
    x = x < 1 ? 1 : x > c->cols - 2 ? c->cols - 2 : x;
    row_put(c, row, x, 1, "^", LOOK_BAD);
    if (width <= right || right >= x - 2)
        row_put(c, row, x + 2, c->cols - x - 3, p->wrong, LOOK_BAD);
    else
        row_put(c, row, x - 1 - width < 1 ? 1 : x - 1 - width, x - 2, p->wrong, LOOK_BAD);
}

/* What yes means stands there whole: when it is long, the keys go below it. */
static void question_draw(struct tui_canvas *c, const struct tui_prompt *p, int row, bool wide)
{
    int at = 1 + row_put(c, row, 1, c->cols - 2, p->label, LOOK_WAIT | LOOK_SELECTED);
    int y = wide ? row + 1 : row, x = wide ? 1 : at + 1;
    x += row_put(c, y, x, c->cols - x, pn_tr("Enter yes, Esc no"), LOOK_BOLD) + 2;
    if (*p->wrong)
        row_putf(c, row + 1, wide ? x : 1, c->cols - 2, LOOK_BAD, "! %s", p->wrong);
    canvas_caret(c, row, at < c->cols ? at : c->cols - 1, true);
}

void prompt_draw(struct tui_app *app)
{
    struct tui_canvas *c = &app->canvas;
    struct tui_prompt *p = &app->prompt;
    bool wide = p->sign == '?' && tui_text_width(p->label) > c->cols - ANSWER_COLS;
    bool below = has_grammar(p) || *p->wrong || wide;
    int row = c->rows - (below ? 3 : 2), at = 1;
    char sign[2] = {p->sign, 0};
    row_fill(c, row, 0, c->cols, LOOK_PLAIN);
    if (below)
        row_fill(c, row + 1, 0, c->cols, LOOK_PLAIN);
    if (p->sign == '?') {
        question_draw(c, p, row, wide);
        return;
    }
    if (*p->wrong && !has_grammar(p))
        row_putf(c, row + 1, 1, c->cols - 2, LOOK_BAD, "! %s", p->wrong);
    at += row_put(c, row, at, c->cols / 2, p->label, LOOK_LABEL);
    at += row_put(c, row, at, c->cols, sign, LOOK_BOLD);
    edit_draw(&p->edit, c, row, at, c->cols - at - 1, true);
    if (!has_grammar(p))
        return;
    if (*p->wrong) {
        draw_wrong(c, p, row + 1, at + columns_before(p->edit.text, p->wrong_at) - p->edit.scroll);
        return;
    }
    const char *ghost = complete_ghost(app);
    int x = at + tui_text_width(p->edit.text);
    if (*ghost && p->edit.at == p->edit.len && !p->edit.scroll && x < c->cols - 2)
        row_put(c, row, x, c->cols - x - 1, ghost, LOOK_DIM);
    draw_offers(p, c, row + 1);
}
