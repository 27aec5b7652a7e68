/* SPDX-License-Identifier: Apache-2.0 */
/* command.c — the typed line speaks the command line's language: NOUN VERB and columns, as
 * "status=PAID" or "--status PAID". A list opens as a list, a record as a record, anything else as
 * its form, sent at once when nothing is missing. */
#include "config.h"
#include "app.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MOST = 64 };

struct words {
    char line[EDIT_MOST];
    char *word[WORDS_MOST];
    int n;
};

/* Split at blanks; quotes protect them and stay, for the library reads them too. */
static void split(struct words *w, const char *line)
{
    snprintf(w->line, sizeof w->line, "%s", line);
    w->n = 0;
    char *at = w->line;
    while (*at && w->n < WORDS_MOST) {
        at += strspn(at, " ");
        if (!*at)
            break;
        w->word[w->n++] = at;
        for (bool quoted = false; *at && (quoted || *at != ' '); at++)
            quoted ^= *at == '"';
        if (*at)
            *at++ = 0;
    }
}

static void unquote(char *text)
{
    char *to = text;
    for (; *text; text++)
        if (*text != '"')
            *to++ = *text;
    *to = 0;
}

/* "--qty 2", "--qty=2" and "qty=2" alike. Returns the words used, 0: not a column. */
static int pair_of(const struct words *w, int i, const pn_type *type, const pn_col **col,
                   char **value)
{
    char name[64];
    bool flag = !strncmp(w->word[i], "--", 2);
    char *text = w->word[i] + (flag ? 2 : 0), *equals = strchr(text, '=');
    size_t len = equals ? (size_t)(equals - text) : strlen(text);
    if ((!flag && !equals) || len >= sizeof name)
        return 0;
    memcpy(name, text, len);
    name[len] = 0;
    for (char *c = name; *c; c++)
        *c = *c == '-' ? '_' : *c;
    *col = type ? pn_type_col(type, name) : NULL;
    if (!*col)
        return 0;
    if (!equals && i + 1 >= w->n)
        return 0;
    *value = equals ? equals + 1 : w->word[i + 1];
    return equals ? 1 : 2;
}

/* "--status PAID" and "--payable >=1000" as terms of a filter: the flags of the command line.
 * Returns the words used. */
static int flag_term(const struct words *w, int i, char *term, size_t size)
{
    const char *value = i + 1 < w->n ? w->word[i + 1] : NULL;
    char *name = w->word[i] + 2, *equals = strchr(name, '=');
    for (char *c = name; *c && c != equals; c++)
        *c = *c == '-' ? '_' : *c;
    if (equals || !value)
        snprintf(term, size, "%s%s", name, equals ? "" : "=yes");
    else
        snprintf(term, size, "%s%s%s", name, strchr("=!~<>", *value) ? "" : "=", value);
    return equals || !value ? 1 : 2;
}

static void open_list(struct tui_app *app, const pn_op *op, struct words *w)
{
    char filter[256] = "", sort[64] = "", term[256];
    size_t len = 0;
    for (int i = 2; i < w->n && len < sizeof filter;) {
        const pn_col *col = NULL;
        char *value = w->word[i];
        int used = pair_of(w, i, op->in, &col, &value);
        if (!used)
            col = NULL;
        if (!col && !strcmp(value, "-q") && i + 1 < w->n)
            unquote(value = w->word[i + 1]), used = 2;
        else if (!col && !strncmp(value, "--", 2) && value[2])
            used = flag_term(w, i, term, sizeof term), value = term;
        else if (col)
            unquote(value);
        i += used ? used : 1;
        if (col && !strcmp(col->name, "sort"))
            snprintf(sort, sizeof sort, "%s", value);
        else if (!col || !strcmp(col->name, "where") || !strcmp(col->name, "q"))
            len += (size_t)snprintf(filter + len, sizeof filter - len, "%s%s", len ? " " : "",
                                    value);
        /* limit and after: this list has no pages that anybody sees */
    }
    const pn_module *module = pn_module_find(op->noun);
    struct tui_view *list = list_new(app, op, "", pn_tr(module ? module->title : op->noun));
    if (list)
        list_preset(list, filter, sort);
    app_push(app, list);
}

/* The n-th column that may be given without its name. */
static const pn_col *positional(const pn_type *type, int n)
{
    for (const pn_col *c = type ? type->cols : NULL; c && c->name; c++)
        if (c->flags & (PN_ARG | PN_KEY) && n-- == 0)
            return c;
    return NULL;
}

static void open_form(struct tui_app *app, const pn_op *op, struct words *w)
{
    struct tui_view *form = form_new(app, op, op->brief ? pn_tr(op->brief) : op->verb);
    int bare = 0;
    if (!form)
        return;
    for (int i = 2; i < w->n;) {
        const pn_col *col;
        char *value;
        int used = pair_of(w, i, op->in, &col, &value);
        if (!used) {
            col = positional(op->in, bare++);
            value = w->word[i];
            used = 1;
        }
        if (!col) {
            app_push(app, form);
            app_say(app, LOOK_BAD, pn_tr("! “%s” is no column of %s %s"), w->word[i], op->noun,
                    op->verb);
            return;
        }
        unquote(value);
        form_preset(form, col->name, value, false);
        i += used;
    }
    app_push(app, form);
    form_try(form);
}

static bool own_word(struct tui_app *app, const struct words *w)
{
    const char *word = w->word[0];
    if (!strcmp(word, "login")) {
        app_push(app, login_new(app, w->n > 1 ? w->word[1] : ""));
        return true;
    }
    if (w->n > 1)
        return false;
    if (!strcmp(word, "q") || !strcmp(word, "quit"))
        app->quit = true;
    else if (!strcmp(word, "help"))
        app_event(app, &(struct tui_event){.kind = IN_KEY, .key = TK_F1});
    else if (!strcmp(word, "counter"))
        view_room(app, '4');
    else if (!strcmp(word, "gate"))
        view_room(app, '5');
    else
        return false;
    return true;
}

void command_run(struct tui_app *app, void *who, const char *line)
{
    struct words w;
    (void)who;
    split(&w, line + (*line == ':'));
    if (!w.n || own_word(app, &w))
        return;
    const char *verb = w.n > 1 ? w.word[1] : "list";
    const pn_op *op = pn_op_find(w.word[0], verb);
    if (!op && !pn_module_find(w.word[0])) {
        app_say(app, LOOK_BAD, pn_tr("! Unknown word “%s”: Tab shows what there is"), w.word[0]);
    } else if (!op) {
        app_say(app, LOOK_BAD, pn_tr("! %s cannot “%s”: Tab shows what it can"), w.word[0], verb);
    } else if (!app_may(app, op)) {
        app_say(app, LOOK_BAD, "! %s: %s %s", pn_code_text(PN_EPERM), op->noun, op->verb);
    } else if (op->list) {
        open_list(app, op, &w);
    } else if (!strcmp(op->verb, "show") && w.n == 3 && !strchr(w.word[2], '=')) {
        unquote(w.word[2]);
        app_push(app, detail_new(app, op, w.word[2], w.word[2]));
    } else {
        open_form(app, op, &w);
    }
}

/* ---- completion ---- */

static void offer(struct tui_prompt *p, const char *word, const char *start, const char *tail)
{
    char text[128];
    size_t n = strlen(start);
    if (strncmp(word, start, n) != 0 || p->names_n == 64)
        return;
    snprintf(text, sizeof text, "%s%s", word, tail);
    for (int i = 0; i < p->names_n; i++)
        if (!strcmp(p->names[i], text))
            return;
    char *copy = strdup(text);
    if (copy)
        p->names[p->names_n++] = copy;
}

static void offer_columns(struct tui_prompt *p, const pn_type *type, const char *start)
{
    const char *equals = strchr(start, '=');
    for (const pn_col *c = type ? type->cols : NULL; c && c->name; c++) {
        if (!equals && c->kind != PN_K_ROWS) {
            offer(p, c->name, start, "=");
            continue;
        }
        if (!equals || strncmp(c->name, start, (size_t)(equals - start)) || !c->words ||
            c->name[equals - start])
            continue;
        for (const pn_words *word = c->words; word->name; word++) {
            char text[128];
            snprintf(text, sizeof text, "%s=%s", c->name, word->name);
            offer(p, text, start, "");
        }
    }
}

void command_complete(struct tui_app *app)
{
    struct tui_prompt *p = &app->prompt;
    struct words w;
    split(&w, p->edit.text);
    bool fresh = !p->edit.len || p->edit.text[p->edit.len - 1] == ' ';
    int at = fresh ? w.n : w.n - 1;
    const char *start = fresh ? "" : w.word[at];
    for (size_t i = 0; app->who && i < app->who->may_n; i++) {
        const pn_op *op = app->who->may[i];
        if (at == 0)
            offer(p, op->noun, start, "");
        else if (!strcmp(op->noun, w.word[0]) && at == 1)
            offer(p, op->verb, start, "");
        else if (at > 1 && !strcmp(op->noun, w.word[0]) && !strcmp(op->verb, w.word[1]))
            offer_columns(p, op->list ? op->out : op->in, start);
    }
}
