/* SPDX-License-Identifier: Apache-2.0 */
/* counterlist.c — the sessions on sale. What is typed filters them in the database, initials too;
 * the next page is asked for before the cursor is there. */
#include "config.h"
#include "counter.h"

#include <string.h>

enum { AHEAD = 20 };

/* The page and its row; NULL: there is none. */
static struct tui_table *row_at(const struct counter_sessions *l, int i, int *row)
{
    for (int p = 0; i >= 0 && p < l->pages; i -= l->page[p++]->rows)
        if (i < l->page[p]->rows) {
            *row = i;
            return l->page[p];
        }
    return NULL;
}

static void ask(struct counter *c)
{
    struct counter_sessions *l = &c->list;
    const pn_op *op = counter_need(c, "session.list");
    if (!op)
        return;
    struct tui_job *job = job_new(op, c->view.id, ASK_SESSIONS | (int)(l->round << 8));
    job_setf(job, "limit", "%d", SESSION_ROWS);
    job_set(job, "where", "status=ON_SALE,TAIL,PRESALE,RUNNING start_at>=today");
    job_set(job, "sort", "start_at");
    if (l->find.len)
        job_set(job, "q", l->find.text);
    if (l->pages)
        job_set(job, "after", l->page[l->pages - 1]->next);
    counter_ask(c, job);
}

static void forget(struct counter_sessions *l)
{
    while (l->pages)
        table_free(l->page[--l->pages]);
    l->rows = 0;
    l->end = false;
}

/* What is on the screen stays until there is something else. */
void counter_sessions_load(struct counter *c)
{
    struct counter_sessions *l = &c->list, fresh = {.round = (l->round + 1) & 0xffff};
    struct counter_sessions old = *l;
    l->round = fresh.round;
    l->pages = 0;
    ask(c);
    l->pages = old.pages;
}

static void more(struct counter *c)
{
    struct counter_sessions *l = &c->list;
    if (!l->end && l->pages && l->pages < SESSION_PAGES && !c->view.pending &&
        l->at + AHEAD + l->body >= l->rows)
        ask(c);
}

void counter_sessions_take(struct counter *c, struct tui_job *job)
{
    struct counter_sessions *l = &c->list;
    bool first = true;
    if ((unsigned)job->tag >> 8 != l->round || !job->table)
        return;
    for (int i = 0; i < job->pairs; i++)
        first &= strcmp(job->pair[i].name, "after") != 0;
    if (first)
        forget(l);
    l->page[l->pages++] = job->table;
    l->rows += job->table->rows;
    l->end = !job->table->next;
    job->table = NULL;
    counter_sessions_move(c, 0);
    if (l->early)
        counter_enter(c);
}

void counter_sessions_choose(struct counter *c)
{
    struct counter_sessions *l = &c->list;
    int row = 0, key;
    const struct tui_table *t = row_at(l, l->at, &row);
    l->early = !l->pages;
    key = t ? type_key(t->type) : -1;
    if (key < 0)
        return;
    snprintf(c->session.id, sizeof c->session.id, "%.31s", table_at(t, row, key)->plain);
    snprintf(c->session.start, sizeof c->session.start, "%.39s", table_show(t, row, "start_at"));
    snprintf(c->session.show, sizeof c->session.show, "%.199s", table_show(t, row, "show"));
    snprintf(c->session.hall, sizeof c->session.hall, "%.119s", table_show(t, row, "venue"));
    counter_ask_tiers(c);
}

void counter_sessions_move(struct counter *c, int by)
{
    struct counter_sessions *l = &c->list;
    l->at += by;
    l->at = l->at >= l->rows ? l->rows - 1 : l->at;
    l->at = l->at < 0 ? 0 : l->at;
    more(c);
}

bool counter_sessions_type(struct counter *c, uint32_t key)
{
    char was[64];
    struct tui_edit *e = &c->list.find;
    snprintf(was, sizeof was, "%.63s", e->text);
    if (e->len > 60 && key >= ' ' && key < TK_UP)
        return true;
    bool taken = edit_key(e, key);
    if (strcmp(was, e->text) != 0) {
        c->list.at = 0;
        counter_sessions_load(c);
    }
    return taken;
}

static void draw_head(struct counter *c, struct tui_canvas *canvas, int y)
{
    struct counter_sessions *l = &c->list;
    int x = 1 + row_put(canvas, y, 1, canvas->cols / 2, pn_tr("Sessions on sale"), LOOK_HEAD);
    row_putf(canvas, y, x + 1, 16, LOOK_DIM, "%d/%d%s", l->rows ? l->at + 1 : 0, l->rows,
             l->end ? "" : "+");
    x += 13;
    if (!l->find.len)
        row_put(canvas, y, x, canvas->cols - x - 1, pn_tr("Type to find a show, initials too"),
                LOOK_DIM);
    edit_draw(&l->find, canvas, y, x + (l->find.len ? 0 : canvas->cols), 24, l->find.len > 0);
}

void counter_sessions_draw(struct counter *c, struct tui_canvas *canvas, int top, int rows)
{
    struct counter_sessions *l = &c->list;
    int row = 0, hall = canvas->cols / 4;
    const struct tui_table *t;
    l->body = rows - 2;
    if (l->at < l->top)
        l->top = l->at;
    if (l->at >= l->top + l->body)
        l->top = l->at - l->body + 1;
    draw_head(c, canvas, top + 1);
    for (int i = l->top; i < l->top + l->body && (t = row_at(l, i, &row)); i++) {
        int y = top + 2 + i - l->top, x = 2;
        x += row_put(canvas, y, x, 17, table_show(t, row, "start_at"), LOOK_PLAIN) + 2;
        row_put(canvas, y, x, canvas->cols - x - hall - 3, table_show(t, row, "show"),
                LOOK_PLAIN);
        row_put(canvas, y, canvas->cols - hall - 1, hall, table_show(t, row, "venue"), LOOK_DIM);
        if (i == l->at)
            row_select(canvas, y, 0, canvas->cols);
        if (i == l->at && !l->find.len)
            canvas_caret(canvas, y, 0, false);
    }
    if (!l->rows)
        row_put(canvas, top + 3, 2, canvas->cols - 4,
                c->view.pending ? pn_tr("Loading…") : pn_tr("Nothing here"), LOOK_DIM);
}

void counter_sessions_tell(const struct counter *c, struct tui_facts *facts)
{
    const struct counter_sessions *l = &c->list;
    facts_say(facts, "find", pn_tr("Find"), l->find.text, l->find.text);
    facts_open(facts, "sessions", pn_tr("Sessions on sale"));
    for (int p = 0; p < l->pages; p++)
        for (int i = 0; i < l->page[p]->rows; i++) {
            facts_item(facts);
            facts_row(facts, l->page[p], i, true);
            facts_done(facts);
        }
    facts_close(facts);
}

void counter_sessions_free(struct counter *c)
{
    forget(&c->list);
    edit_free(&c->list.find);
}
