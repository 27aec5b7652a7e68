/* SPDX-License-Identifier: Apache-2.0 */
/* mark.c — marked rows: keys, so that they outlive sorting, filtering and loading again, or all
 * that the filter leaves, however many that are. What is done with them is named row by row before
 * it happens. */
#include "config.h"
#include "bulk.h"

#include <stdlib.h>
#include <string.h>

enum { MARKS_MOST = 1000 };

static int find(const struct tui_list *list, const char *key)
{
    for (int i = 0; i < list->marks; i++)
        if (!strcmp(list->mark[i].key, key))
            return i;
    return -1;
}

bool mark_has(const struct tui_list *list, const char *key)
{
    return list->all ? find(list, key) < 0 : find(list, key) >= 0;
}

bool mark_any(const struct tui_list *list)
{
    return list->all || list->marks;
}

void mark_clear(struct tui_list *list)
{
    free(list->mark);
    list->mark = NULL;
    list->marks = 0;
    list->all = false;
}

static void drop(struct tui_list *list, int i)
{
    memmove(&list->mark[i], &list->mark[i + 1],
            (size_t)(--list->marks - i) * sizeof *list->mark);
}

void mark_status(const struct tui_list *list, char *text, size_t size)
{
    int64_t rows = list->all ? list->all_rows - list->marks : list->marks, fen = 0;
    char sum[40];
    *text = 0;
    for (int i = 0; i < list->marks; i++)
        fen += list->mark[i].fen;
    if (list->all && list->all_rows < 0)
        snprintf(text, size, "%s", pn_tr("all marked"));
    else if (mark_any(list))
        snprintf(text, size, pn_tr("%d marked"), (int)rows);
    if (!*text || (list->all && list->all_rows < 0) || !pn_count_money(list->op))
        return;
    plan_money(list->all ? bulk_fen(list->all_money) - fen : fen, sum);
    snprintf(text + strlen(text), size - strlen(text), " ¥%s", sum);
}

bool mark_own(const struct tui_who *who, const pn_col *col)
{
    return who && ((who->merchant && !strcmp(col->name, "merchant")) ||
                   (who->organiser && !strcmp(col->name, "organiser")));
}

void mark_name(char *name, size_t size, const struct tui_who *who, const struct tui_table *table,
               int row)
{
    size_t len = 0;
    int used = 0;
    *name = 0;
    for (int c = 0; c < table->cols && used < 4 && len < size; c++) {
        const pn_col *col = &table->type->cols[c];
        if (!(col->flags & PN_BRIEF) || col->words || mark_own(who, col) ||
            !*table_at(table, row, c)->show)
            continue;
        len += (size_t)snprintf(name + len, size - len, "%s%s", used++ ? "  " : "",
                                table_at(table, row, c)->show);
    }
}

static bool put(struct tui_list *list, const char *key, const char *name, int64_t fen)
{
    if (list->marks == MARKS_MOST) {
        app_say(list->view.app, LOOK_WAIT, pn_tr("No more than %d rows can be marked"),
                MARKS_MOST);
        return false;
    }
    struct tui_mark *more =
        reallocarray(list->mark, (size_t)list->marks + 1, sizeof *list->mark);
    if (!more)
        return false;
    list->mark = more;
    struct tui_mark *m = &list->mark[list->marks++];
    m->fen = fen;
    snprintf(m->key, sizeof m->key, "%s", key);
    snprintf(m->name, sizeof m->name, "%s", name);
    return true;
}

void mark_add(struct tui_list *list, const char *key, const char *name, int64_t fen)
{
    if (find(list, key) < 0)
        (void)put(list, key, name, fen);
}

static bool add(struct tui_list *list, int row)
{
    int at;
    struct tui_table *t = list_row(list, row, &at);
    int key = t ? type_key(t->type) : -1;
    const pn_col *money = pn_count_money(list->op);
    char name[200];
    if (key < 0 || find(list, table_at(t, at, key)->plain) >= 0)
        return true;
    mark_name(name, sizeof name, list->view.app->who, t, at);
    return put(list, table_at(t, at, key)->plain, name,
               bulk_fen(money ? table_plain(t, at, money->name) : ""));
}

static void toggle(struct tui_list *list)
{
    int at;
    struct tui_table *t = list_row(list, list->selected, &at);
    int key = t ? type_key(t->type) : -1;
    if (key < 0)
        return;
    list->last_mark = list->selected;
    int known = find(list, table_at(t, at, key)->plain);
    if (known >= 0)
        drop(list, known);
    else
        add(list, list->selected);
    list_go(list, list->selected + 1);
}

static void counted(struct tui_app *app, struct tui_job *job)
{
    for (int i = 0; !job->code && i < app->depth; i++) {
        struct tui_list *list = (struct tui_list *)app->stack[i];
        if (app->stack[i]->id != (unsigned)job->tag)
            continue;
        list->all_rows = strtoll(table_plain(job->table, 0, "rows"), NULL, 10);
        snprintf(list->all_money, sizeof list->all_money, "%s",
                 table_plain(job->table, 0, "money"));
    }
}

/* Every row of the filter, loaded or not: the database knows which they are. */
static void mark_all(struct tui_list *list)
{
    struct tui_job *job = job_new(list->op, 0, (int)list->view.id);
    list->all = true;
    list->all_rows = -1;
    if (!job)
        return;
    list_filter(list, job);
    job->count = "";
    job->answer = counted;
    app_post(list->view.app, job);
}

void mark_act(struct tui_list *list, tui_action action)
{
    bulk_want(list->view.app);
    if (action == DO_MARK) {
        toggle(list);
    } else if (action == DO_MARK_ALL && mark_any(list)) {
        mark_clear(list);
    } else if (action == DO_MARK_ALL) {
        mark_all(list);
    } else {
        int to = list->selected, from = list->last_mark;
        for (int row = from < to ? from : to; row <= (from < to ? to : from); row++)
            if (!add(list, row))
                return;
        list->last_mark = to;
    }
}

/* ---- what can be done with all of them ---- */

static bool is_reason(const pn_col *c)
{
    return !strcmp(c->name, "reason");
}

/* Asked for once, for all of them. Of an operation on the rows themselves that is all it takes
 * besides the row; of others only what cannot be left out: one of few words, or a thing with a
 * name. */
static bool is_same(const pn_op *op, const char *noun, const pn_col *c)
{
    if (c == view_names(op, noun) || is_reason(c))
        return false;
    return !strcmp(op->noun, noun) ||
           (c->flags & PN_REQ && strcmp(c->name, "note") != 0 && (c->words || c->ref));
}

/* A line can say it, and it may be said of many rows: neither a secret nor a paper of one row. */
static bool is_common(const pn_col *c)
{
    static const char *const of_one[] = {"version", "reference"};
    bool line = c->kind != PN_K_JSON && c->kind != PN_K_BYTES && c->kind != PN_K_TEXTS &&
                c->kind != PN_K_ROWS;
    for (size_t i = 0; i < sizeof of_one / sizeof *of_one; i++)
        line &= strcmp(c->name, of_one[i]) != 0;
    return line && !(c->flags & (PN_SECRET | PN_PII | PN_FILE));
}

/* Operations that need no more than the row and what is the same for all. Not what makes a row
 * anew: cells of many rows are typed over in the list. */
static bool fits(const pn_op *op, const char *noun)
{
    const pn_col *row = op->in && !op->list ? view_names(op, noun) : NULL;
    bool own = !strcmp(op->noun, noun), prints = op->flags & PN_LOCAL && op->flags & PN_ONCE;
    int same = 0;
    if (!row || op->flags & (PN_HIDDEN | PN_ALONE) || !(op->flags & PN_WRITE || (prints && !own)))
        return false;
    if (own ? !strcmp(op->verb, "edit") : !(row->flags & (PN_KEY | PN_REQ)) && !prints)
        return false;
    for (const pn_col *c = op->in->cols; c->name; c++) {
        bool is = is_same(op, noun, c), must = c->flags & PN_REQ && c != row && !is_reason(c);
        if (is ? !is_common(c) : !own && must && strcmp(c->name, "note") != 0)
            return false;
        same += is;
    }
    return same <= SAME_MOST;
}

struct choice { struct tui_list *list; const pn_op *op[64]; int ops; };

static void ask(struct tui_list *list, const pn_col *col,
                void (*answered)(struct tui_app *, void *, const char *));

/* One of the words, and something where something must be said; else it is asked for again, with
 * what was wrong. */
static bool is_right(struct tui_list *list, const pn_col *col, const char *text,
                     void (*again)(struct tui_app *, void *, const char *))
{
    struct tui_prompt *p = &list->view.app->prompt;
    bool missing = col && col->flags & PN_REQ && !*text;
    if (!missing && (!col || !col->words || !*text || pn_word_find(col->words, text)))
        return true;
    ask(list, col, again);
    if (missing)
        snprintf(p->wrong, sizeof p->wrong, pn_tr("%s is required"), pn_tr(col->label));
    else
        snprintf(p->wrong, sizeof p->wrong, pn_tr("“%.40s” is none of these words"), text);
    return false;
}

static void go_on(struct tui_app *app, void *who, const char *reason)
{
    struct tui_list *list = who;
    if (!is_right(list, pn_type_col(list->many->in, "reason"), reason, go_on))
        return;
    app_push(app, plan_new(app, list->many, reason, list));
}

/* What is asked for, and the words it may be. */
static void ask(struct tui_list *list, const pn_col *col,
                void (*answered)(struct tui_app *, void *, const char *))
{
    char label[200];
    size_t len = (size_t)snprintf(label, sizeof label, "%.60s", pn_tr(col->label));
    for (int i = 0; col->words && col->words[i].name && len + 40 < sizeof label; i++)
        len += (size_t)snprintf(label + len, sizeof label - len, "%s%.30s", i ? " | " : ": ",
                                pn_tr(col->words[i].label));
    prompt_open(list->view.app, '>', label, "", answered, list);
}

static void answered(struct tui_app *app, void *who, const char *text)
{
    struct tui_list *list = who;
    const pn_col *reason = pn_type_col(list->many->in, "reason");
    bool more = list->asked_same < list->sames;
    if (text && more && !is_right(list, list->same[list->asked_same].col, text, answered))
        return;
    if (text && more)
        snprintf(list->same[list->asked_same++].text, sizeof list->same->text, "%s", text);
    if (list->asked_same < list->sames)
        ask(list, list->same[list->asked_same].col, answered);
    else if (reason)
        ask(list, reason, go_on);
    else
        go_on(app, list, "");
}

static void chosen(struct tui_view *menu, int index)
{
    struct tui_app *app = menu->app;
    struct choice *c = menu_data(menu, sizeof *c);
    if (!c)
        return;
    struct tui_list *list = c->list;
    const pn_op *op = list->many = c->op[index];
    list->sames = list->asked_same = 0;
    for (const pn_col *col = op->in->cols; col->name; col++)
        if (is_same(op, list->op->noun, col))
            list->same[list->sames++].col = col;
    app_pop(app);
    answered(app, list, NULL);
}

void mark_menu(struct tui_list *list)
{
    struct tui_app *app = list->view.app;
    char title[128];
    mark_status(list, title, sizeof title);
    struct tui_view *menu = menu_new(app, title, chosen);
    struct choice *c = menu ? menu_data(menu, sizeof *c) : NULL;
    if (!c)
        return;
    c->list = list;
    for (size_t i = 0; app->who && i < 2 * app->who->may_n; i++) { /* its own ones first */
        const pn_op *op = app->who->may[i % app->who->may_n];
        bool own = !strcmp(op->noun, list->op->noun), first = i < app->who->may_n;
        if (own != first || !fits(op, list->op->noun) || c->ops == 64)
            continue;
        char command[120];
        snprintf(command, sizeof command, "pn %s %s …", op->noun, op->verb);
        menu_add(menu, op->brief ? pn_tr(op->brief) : op->verb, command);
        c->op[c->ops++] = op;
    }
    app_push(app, menu);
}
