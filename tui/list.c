/* SPDX-License-Identifier: Apache-2.0 */
/* list.c — pages by key cursor, the next one asked for before the eye gets there. */
#include "config.h"
#include "bulk.h"
#include "grid.h"

#include <stdlib.h>
#include <string.h>

static void forget(struct tui_list *list)
{
    for (int i = 0; i < list->pages; i++) {
        free(list->page[i].after);
        free(list->page[i].fresh);
        table_free(list->page[i].table);
    }
    free(list->page);
    list->page = NULL;
    list->pages = list->rows = 0;
    list->end = false;
}

static void free_list(struct tui_view *view)
{
    forget((struct tui_list *)view);
    mark_clear((struct tui_list *)view);
    typed_free((struct tui_list *)view);
    pane_free((struct tui_list *)view);
    table_free(((struct tui_list *)view)->ranking);
}

/* One more page, beginning after a cursor. */
static bool add_page(struct tui_list *list, const char *after)
{
    struct tui_page *more =
        reallocarray(list->page, (size_t)list->pages + 1, sizeof *list->page);
    if (!more)
        return false;
    list->page = more;
    list->page[list->pages] = (struct tui_page){.after = after ? strdup(after) : NULL};
    list->pages++;
    return true;
}

void list_filter(const struct tui_list *list, struct tui_job *job)
{
    char where[600];
    bool terms = strpbrk(list->filter, "=~<>!") != NULL;
    snprintf(where, sizeof where, "%s%s%s", list->where, *list->where ? " " : "",
             terms ? list->filter : "");
    job_set(job, "where", *where ? where : NULL);
    if (!terms && *list->filter)
        job_set(job, "q", list->filter);
}

void list_ask(struct tui_list *list, int index, bool again)
{
    struct tui_page *page = &list->page[index];
    char sort[256];
    if (page->asked)
        return;
    struct tui_job *job = job_new(list->op, list->view.id,
                                  (int)(list->round << 16) | index | (again ? LIST_AGAIN : 0));
    list_filter(list, job);
    list_order(list, sort, sizeof sort);
    job_set(job, "sort", *sort ? sort : NULL);
    job_set(job, "after", page->after);
    job_setf(job, "limit", "%d", again ? 2 * PAGE_ROWS : PAGE_ROWS);
    page->asked = true;
    page->old = false;
    app_ask(&list->view, job);
}

static void ask_page(struct tui_list *list, int index)
{
    if (!list->page[index].table)
        list_ask(list, index, false);
}

/* Let go of pages far from the window. */
static void evict(struct tui_list *list)
{
    int at, here = list_page(list, list->top, &at);
    for (int i = 0; i < list->pages; i++) {
        int far = i > here ? i - here : here - i;
        if (far <= PAGES_KEPT / 2 || !list->page[i].table)
            continue;
        table_free(list->page[i].table);
        free(list->page[i].fresh);
        list->page[i].table = NULL;
        list->page[i].fresh = NULL;
    }
}

/* Ask for what is on the screen and a little more. */
static void ensure(struct tui_list *list)
{
    int first, last;
    list_near(list, &first, &last);
    for (int i = first; i <= last; i++) {
        ask_page(list, i);
        if (list->page[i].old && list->page[i].table)
            list_ask(list, i, true);
    }
    evict(list);
}

static void load(struct tui_view *view)
{
    struct tui_list *list = (struct tui_list *)view;
    view->app->in_flight -= worker_forget(view->app->worker, view->id);
    list->round = (list->round + 1) & 0x3fff;
    for (int i = 0; i < list->pages; i++) /* an answer that is under way is of another round */
        list->page[i].asked = false;
    rank_ask(list);
    int at, here = list_page(list, list->selected, &at);
    if (here > 0 && list->pages > 1) { /* far away: look again, stay here */
        (void)list_hear(view, "", 0);
        list_look(view);
        return;
    }
    if (list->pages && list->page[0].table && !list->page[0].asked) {
        /* keep what is shown until the answer is there */
        struct tui_table *shown = list->page[0].table;
        list->page[0].table = NULL;
        ask_page(list, 0);
        list->page[0].table = shown;
        return;
    }
    forget(list);
    if (add_page(list, NULL))
        ask_page(list, 0);
}

void list_refresh(struct tui_list *list, int row)
{
    int at, index = list_page(list, row, &at);
    if (index < 0 || index >= list->pages || list->page[index].asked || !list->page[index].table)
        return;
    struct tui_table *shown = list->page[index].table;
    list->page[index].table = NULL;
    list->only = true;
    ask_page(list, index);
    list->page[index].table = shown;
}

static void remember_key(struct tui_list *list)
{
    int at, key = type_key(list->op->out);
    struct tui_table *t = list_row(list, list->selected, &at);
    if (t && key >= 0)
        snprintf(list->key, sizeof list->key, "%s", table_at(t, at, key)->plain);
}

static void find_key(struct tui_list *list)
{
    int key = type_key(list->op->out);
    const struct tui_table *t = list->pages ? list->page[0].table : NULL;
    for (int r = 0; t && key >= 0 && *list->key && r < t->rows; r++) {
        if (!strcmp(table_at(t, r, key)->plain, list->key)) {
            list->selected = list_first_page_row(list, r);
            return;
        }
    }
}

static void set_filter(struct tui_app *app, void *who, const char *text);

/* The first word that a message has in quotes, as English or Chinese writes them. */
static void quoted(const char *message, char *word, size_t size)
{
    static const char *const quotes[][2] = {{"“", "”"}, {"\"", "\""}};
    *word = 0;
    for (int i = 0; i < 2 && !*word; i++) {
        const char *from = strstr(message, quotes[i][0]);
        const char *in = from ? from + strlen(quotes[i][0]) : "", *to = strstr(in, quotes[i][1]);
        if (to)
            snprintf(word, size, "%.*s", (int)(to - in), in);
    }
}

/* The database did not understand the filter: its line is open again, with what is wrong below the
 * word that the refusal names, and the list is what it was before. */
static bool filter_again(struct tui_list *list, const struct tui_job *job)
{
    struct tui_app *app = list->view.app;
    struct tui_prompt *p = &app->prompt;
    if (job->code != PN_EARG || !*list->filter || !job->message || p->sign ||
        app_top(app) != &list->view)
        return false;
    char word[100];
    quoted(job->message, word, sizeof word);
    prompt_open(app, '/', "", list->filter, set_filter, list);
    prompt_grammar(app, list->op);
    trail_drop(app, &list->view);
    snprintf(list->filter, sizeof list->filter, "%s",
             strcmp(list->filter, list->good) ? list->good : "");
    list_reload(list);
    told_say(app, &list->view);
    const char *at = *word ? strstr(p->edit.text, word) : NULL;
    p->wrong_at = at ? (int)(at - p->edit.text) : 0;
    snprintf(p->wrong, sizeof p->wrong, "%s%s%.100s", job->message, job->hint ? "  " : "",
             job->hint ? job->hint : "");
    return true;
}

static void done(struct tui_view *view, struct tui_job *job)
{
    struct tui_list *list = (struct tui_list *)view;
    int index = job->tag & 0x7fff;
    if (job->tag == RANK_TAG) {
        rank_done(list, job);
        return;
    }
    if ((unsigned)job->tag >> 16 != list->round || index >= list->pages)
        return;
    list->page[index].asked = false;
    if (job->tag & LIST_AGAIN) {
        list_again(list, index, job);
        return;
    }
    if (job->code || !job->table) {
        if (!filter_again(list, job))
            app_fail(view->app, job);
        return;
    }
    if (list->only && list->page[index].table) { /* the pages around it stay */
        list->only = false;
        if (job->table->rows < PAGE_ROWS && index + 1 < list->pages) {
            load(view); /* a row is no longer of this list: all after it move up */
            return;
        }
        table_free(list->page[index].table);
        list->page[index].table = NULL;
    } else if (list->page[index].table) { /* a reload: the old pages go now */
        list->only = false;
        remember_key(list);
        forget(list);
        if (!add_page(list, NULL))
            return;
    }
    struct tui_page *page = &list->page[index];
    page->table = job->table;
    page->rows = job->table->rows;
    job->table = NULL;
    snprintf(list->good, sizeof list->good, "%s", list->filter);
    if (index == list->pages - 1) {
        list->end = !page->table->next;
        if (!list->end && !add_page(list, page->table->next))
            list->end = true;
    }
    int before = list->rows;
    list->rows = 0;
    for (int i = 0; i < list->pages; i++)
        list->rows += list->page[i].rows;
    list_grown(list, before);
    rank_order(list);
    if (index == 0)
        find_key(list);
    if (list->selected >= list->rows)
        list->selected = list->rows ? list->rows - 1 : 0;
    ensure(list);
    if (list->ahead)
        list_go(list, list->selected + list->ahead);
    list->ahead = 0;
    tui_action soon = app_top(view->app) == view ? list->soon : DO_NOTHING;
    list->soon = DO_NOTHING;
    if (soon)
        list_with_row(list, soon);
}

void list_go(struct tui_list *list, int row)
{
    int last = list->rows - 1;
    list->selected = row > last ? last : row;
    if (list->selected < 0)
        list->selected = 0;
    if (list->selected < list->top)
        list->top = list->selected;
    if (list->body && list->selected >= list->top + list->body)
        list->top = list->selected - list->body + 1;
    ensure(list);
    remember_key(list);
}

void list_reload(struct tui_list *list)
{
    forget(list);
    load(&list->view);
}

void list_restart(struct tui_list *list)
{
    list->selected = list->top = 0;
    list->tail = false;
    *list->key = 0;
    list_reload(list);
    told_say(list->view.app, &list->view);
    trail_note(list->view.app, &list->view);
}

static void set_filter(struct tui_app *app, void *who, const char *text)
{
    struct tui_list *list = who;
    (void)app;
    snprintf(list->filter, sizeof list->filter, "%s", text);
    if (list->all) /* it was another set */
        mark_clear(list);
    list_restart(list);
}

static void jump(struct tui_list *list, tui_action action)
{
    int page = list->body > 1 ? list->body - 1 : 1;
    bool step = action == DO_UP || action == DO_DOWN;
    if (step && !list->rows && list_loading(list)) { /* typed ahead: from the first row on */
        list->ahead += action == DO_DOWN ? 1 : list->ahead ? -1 : 0;
        return;
    }
    list->ahead = 0;
    if (action == DO_UP)
        list_go(list, list->selected - 1);
    else if (action == DO_DOWN)
        list_go(list, list->selected + 1);
    else if (action == DO_PAGE_UP)
        list_go(list, list->selected - page);
    else if (action == DO_PAGE_DOWN)
        list_go(list, list->selected + page);
    else if (action == DO_FIRST)
        list_home(list);
    else if (action == DO_LAST)
        list_end(list);
}

/* The columns that are seen, with tabs between. */
static void copy_row(struct tui_list *list)
{
    char text[4000] = "";
    size_t len = 0;
    int at;
    struct tui_table *t = list_row(list, list->selected, &at);
    for (int i = 0; t && i < list->cols && len < sizeof text; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", i ? "\t" : "",
                                table_at(t, at, list->col[i])->show);
    export_copy(list->view.app, text);
}

static void filter(struct tui_list *list)
{
    prompt_open(list->view.app, '/', "", list->filter, set_filter, list);
    prompt_grammar(list->view.app, list->op);
}

static void act(struct tui_view *view, tui_action action, uint32_t key)
{
    struct tui_list *list = (struct tui_list *)view;
    list->soon = DO_NOTHING;
    (void)key;
    if (action == DO_FILTER)
        filter(list);
    else if (action == DO_SORT)
        order_next(list);
    else if (action == DO_REVERSE)
        order_reverse(list);
    else if (action == DO_ORDER)
        order_menu(list);
    else if (action == DO_COLUMNS)
        columns_menu(list);
    else if (action == DO_PANE)
        pane_toggle(list);
    else if (action == DO_VIEWS)
        saved_menu(list);
    else if (action == DO_NEW)
        list_create(list);
    else if (action >= DO_UP && action <= DO_LAST)
        jump(list, action);
    else if (action == DO_MARK || action == DO_RANGE || action == DO_MARK_ALL)
        mark_act(list, action);
    else if (action == DO_ACTIONS && mark_any(list))
        mark_menu(list);
    else if (action == DO_UNDO && typed_undo(list))
        return;
    else if (action == DO_UNDO)
        undo_do(view->app);
    else if (action == DO_EXPORT)
        export_menu(list);
    else if (action == DO_COPY)
        copy_row(list);
    else
        list_with_row(list, action);
}

static void mouse(struct tui_view *view, const struct tui_event *event, int top)
{
    struct tui_list *list = (struct tui_list *)view;
    if (event->mouse == MOUSE_WHEEL_UP || event->mouse == MOUSE_WHEEL_DOWN) {
        list_go(list, list->selected + (event->mouse == MOUSE_WHEEL_UP ? -3 : 3));
        return;
    }
    int high = list->high ? list->high : 1, row = list->top + (event->row - top - 1) / high;
    if (event->mouse != MOUSE_PRESS || event->row <= top || row >= list->rows ||
        event->row > top + list->body * high)
        return;
    if (row == list->selected)
        list_with_row(list, DO_OPEN);
    else
        list_go(list, row);
}

/* Esc takes the marks away first. */
static bool back(struct tui_view *view)
{
    struct tui_list *list = (struct tui_list *)view;
    bool any = mark_any(list);
    mark_clear(list);
    return any;
}

/* An order that no head of the screen tells is told beside the filter. */
static void status(const struct tui_view *view, char *text, size_t size)
{
    const struct tui_list *list = (const struct tui_list *)view;
    char filter[128] = "", sort[128] = "", marks[128], more[64] = "", where[48];
    size_t len = 0;
    int at;
    mark_status(list, marks, sizeof marks);
    if (list_more(list))
        snprintf(more, sizeof more,
                 list_page(list, list->selected, &at) ? pn_tr("%d new  ")
                                                      : pn_tr("%d new: r loads them  "),
                 list_more(list));
    if (*list->filter)
        snprintf(filter, sizeof filter, "/%.100s  ", list->filter);
    for (int i = 0; i < list->orders && len < sizeof sort; i++) {
        char sign[8];
        if (list_shows(list, list->order[i].col))
            continue;
        order_sign(list, list->order[i].col, sign, sizeof sign);
        len += (size_t)snprintf(sort + len, sizeof sort - len, "%.40s%s  ",
                                pn_tr(list->op->out->cols[list->order[i].col].label), sign);
    }
    list_where(list, where, sizeof where);
    snprintf(text, size, "%s%s%s%s%s%s", more, marks, *marks ? "  " : "", filter, sort, where);
}

static void command(const struct tui_view *view, char *text, size_t size)
{
    const struct tui_list *list = (const struct tui_list *)view;
    char filter[520], sort[256], columns[256];
    bool terms = !*list->filter || strpbrk(list->filter, "=~<>!");
    order_text(list, sort, sizeof sort);
    columns_text(list, columns, sizeof columns);
    if (*list->where && terms)
        snprintf(filter, sizeof filter, "%s%s%s", list->where, *list->filter ? " " : "",
                 list->filter);
    else
        snprintf(filter, sizeof filter, "%s", list->filter);
    told_list(list->op, filter, sort, columns, text, size);
}

static void crumb(const struct tui_view *view, char *text, size_t size)
{
    const struct tui_list *list = (const struct tui_list *)view;
    snprintf(text, size, *list->filter ? "%s /%s" : "%s", view->title, list->filter);
}

static const struct tui_face list_face = {
    .scope = SCOPE_LIST, .size = sizeof(struct tui_list), .draw = pane_draw, .act = act,
    .mouse = mouse, .idle = list_idle, .back = back, .load = load, .done = done,
    .status = status, .tell = list_tell, .hear = list_hear, .look = list_look, .live = true,
    .command = command, .crumb = crumb, .free = free_list,
};

void list_here(const struct tui_view *view, char noun[32], char key[64], char *name, size_t size)
{
    const struct tui_list *list = (const struct tui_list *)view;
    int at, column;
    *noun = *key = *name = 0;
    if (view->face != &list_face || !view_own(list->op))
        return;
    struct tui_table *t = list_row(list, list->selected, &at);
    column = t ? type_key(t->type) : -1;
    if (column < 0)
        return;
    snprintf(noun, 32, "%s", list->op->noun);
    snprintf(key, 64, "%s", table_at(t, at, column)->plain);
    snprintf(name, size, "%s", view_name(t, at));
}

struct tui_view *list_new(struct tui_app *app, const pn_op *op, const char *where,
                          const char *title)
{
    struct tui_list *list = (struct tui_list *)view_new(app, &list_face, title);
    if (!list)
        return NULL;
    list->op = op;
    snprintf(list->where, sizeof list->where, "%s", where ? where : "");
    return &list->view;
}

void list_preset(struct tui_view *view, const char *filter, const char *sort,
                 const char *columns)
{
    struct tui_list *list = (struct tui_list *)view;
    snprintf(list->filter, sizeof list->filter, "%s", filter);
    order_set(list, sort);
    columns_set(list, columns);
}
