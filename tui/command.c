/* SPDX-License-Identifier: Apache-2.0 */
/* command.c — running the typed line. A list opens as a list, a record as a record, anything else
 * as its form, sent at once when nothing is missing. */
#include "config.h"
#include "grammar.h"

#include <stdlib.h>
#include <string.h>

static const char *past_pn(const char *line)
{
    line += strspn(line, " ");
    line += *line == ':';
    return strncmp(line, "pn ", 3) ? line : line + 3;
}

static struct tui_view *list_of(struct tui_app *app, const struct reading *r)
{
    char filter[256], sort[64], columns[256];
    grammar_list(r, filter, sort, columns);
    struct tui_view *list = list_new(app, r->op, "", view_list_title(r->op));
    if (list)
        list_preset(list, filter, sort, columns);
    return list;
}

struct tui_view *command_early(struct tui_app *app, const char *line, const pn_op **op)
{
    struct reading *r = malloc(sizeof *r);
    struct tui_view *list = NULL;
    char noun[32];
    line = past_pn(line);
    snprintf(noun, sizeof noun, "%.*s", (int)strcspn(line, " "), line);
    if (r && pn_module_find(noun)) { /* else names have to be known first */
        grammar_read(app, NULL, line, r);
        list = !*r->wrong && r->op && r->op->list ? list_of(app, r) : NULL;
        *op = r->op;
    }
    if (list)
        list->face->load(list);
    free(r);
    return list;
}

static void open_form(struct tui_app *app, const struct reading *r)
{
    struct tui_view *form = form_new(app, r->op, r->op->brief ? pn_tr(r->op->brief) : r->op->verb);
    char value[EDIT_MOST];
    if (!form)
        return;
    for (int i = 0; i < r->arguments; i++) {
        if (!r->argument[i].col)
            continue;
        grammar_values(r, i, value, sizeof value);
        form_preset(form, r->argument[i].col->name, value, false);
    }
    app_push(app, form);
    form_try(form);
}

/* What only the console knows. */
static bool own_word(struct tui_app *app, const char *line)
{
    char word[32], rest[300] = "";
    size_t n = strcspn(line, " ");
    snprintf(word, sizeof word, "%.*s", (int)n, line);
    snprintf(rest, sizeof rest, "%s", line + n + strspn(line + n, " "));
    if (!strcmp(word, "login")) {
        app_push(app, login_new(app, rest));
        return true;
    }
    if (!strcmp(word, "theme")) {
        app_theme(app, *rest ? rest : NULL);
        return true;
    }
    if (*rest)
        return false;
    if (!strcmp(word, "q") || !strcmp(word, "quit"))
        app->quit = true;
    else if (!strcmp(word, "help"))
        app_event(app, &(struct tui_event){.kind = IN_KEY, .key = TK_F1});
    else if (!strcmp(word, "counter") || !strcmp(word, "gate") || !strcmp(word, "settings"))
        view_face(app, word);
    else
        return false;
    return true;
}

bool command_check(struct tui_app *app, const pn_op *list, const char *line, char *words,
                   size_t size, int *at, int *len)
{
    static const char *const own[] = {"login", "q", "quit", "help", "theme", "counter", "gate",
                                      "settings"};
    struct reading *r = malloc(sizeof *r);
    size_t n = strcspn(line, " ");
    for (size_t i = 0; !list && i < sizeof own / sizeof *own; i++)
        if (strlen(own[i]) == n && !strncmp(line, own[i], n) && !pn_op_find(own[i], "list")) {
            free(r);
            return true;
        }
    if (!r)
        return true;
    const char *rest = list ? line : past_pn(line);
    grammar_read(app, list, rest, r);
    bool right = !*r->wrong;
    if (!right) {
        snprintf(words, size, "%s", r->wrong);
        *at = r->wrong_at + (int)(rest - line);
        *len = r->wrong_len;
    }
    free(r);
    return right;
}

void command_run(struct tui_app *app, void *who, const char *line)
{
    struct reading *r = malloc(sizeof *r);
    (void)who;
    line = past_pn(line);
    if (!r || own_word(app, line)) {
        free(r);
        return;
    }
    grammar_read(app, NULL, line, r);
    if (*r->wrong)
        app_say(app, LOOK_BAD, "! %s", r->wrong);
    else if (r->op && !strcmp(r->op->noun, "board") && !strcmp(r->op->verb, "today"))
        app_root(app, board_new(app)); /* more than its numbers: the first screen */
    else if (r->op && r->op->list)
        app_push(app, list_of(app, r));
    else if (r->op && !strcmp(r->op->verb, "show") && r->arguments == 1 && !*r->argument[0].op)
        app_push(app, detail_new(app, r->op, r->argument[0].value, r->argument[0].value));
    else if (r->op)
        open_form(app, r);
    free(r);
}

void command_open(struct tui_app *app, const char *line)
{
    app_root(app, board_new(app));
    command_run(app, NULL, line);
}
