/* SPDX-License-Identifier: Apache-2.0 */
/* listlive.c — a list under the eyes of somebody who works with it. What changed is shown in its
 * place, with a mark for a moment; what no longer belongs to the list stays, dimmed; what is new is
 * only counted. So no row moves until somebody asks for it. */
#include "config.h"
#include "list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MARKED_MS = 2000 };

static int key_row(const struct tui_table *t, int key, const char *value)
{
    for (int r = 0; t && r < t->rows; r++)
        if (!strcmp(table_at(t, r, key)->plain, value))
            return r;
    return -1;
}

/* The loaded page that has the row of that key; -1: none. */
static int page_of(const struct tui_list *list, int key, const char *value)
{
    for (int i = 0; i < list->pages; i++)
        if (key_row(list->page[i].table, key, value) >= 0)
            return i;
    return -1;
}

static void all_old(struct tui_list *list)
{
    for (int i = 0; i < list->pages; i++)
        list->page[i].old = list->page[i].table != NULL;
}

int list_hear(struct tui_view *view, const char *noun, int64_t id)
{
    struct tui_list *list = (struct tui_list *)view;
    int first, last, key = type_key(list->op->out);
    char value[32];
    if (strcmp(noun, list->op->noun) != 0 || !id || key < 0) {
        all_old(list);
        return strcmp(noun, list->op->noun) ? HEAR_LATER : HEAR_SOME;
    }
    snprintf(value, sizeof value, "%" PRId64, id);
    int at = page_of(list, key, value);
    if (at < 0) { /* a new one, or one that is far away */
        if (list->pages)
            list->page[0].old = list->page[0].table != NULL;
        return HEAR_SOME;
    }
    list_near(list, &first, &last);
    list->page[at].old = true;
    return at >= first && at <= last ? HEAR_SOON : HEAR_NOTHING;
}

void list_look(struct tui_view *view)
{
    struct tui_list *list = (struct tui_list *)view;
    int first, last;
    if (!list->rows) { /* nothing that could jump */
        if (view->face->load)
            view->face->load(view);
        return;
    }
    list_near(list, &first, &last);
    for (int i = 0; i < list->pages; i++)
        if (list->page[i].old && list->page[i].table && (!i || (i >= first && i <= last)))
            list_ask(list, i, true);
}

static struct tui_fresh *fresh_of(struct tui_page *page)
{
    if (!page->fresh)
        page->fresh = calloc(1, sizeof *page->fresh);
    return page->fresh;
}

/* Rows of the answer that the list does not have: those between the page's own, and at the end of
 * the list those behind them. */
static int count_new(const struct tui_list *list, int key, const struct tui_table *now, int last,
                     bool whole)
{
    int n = 0;
    for (int r = 0; r < now->rows && (r < last || whole); r++)
        n += page_of(list, key, table_at(now, r, key)->plain) < 0;
    return n;
}

void list_again(struct tui_list *list, int index, struct tui_job *job)
{
    struct tui_page *page = &list->page[index];
    struct tui_table *now = job->table;
    int key = type_key(list->op->out), from[PAGE_ROWS], last = 0;
    struct tui_fresh *fresh = now && page->table && key >= 0 ? fresh_of(page) : NULL;
    if (job->code)
        app_fail(list->view.app, job);
    if (!fresh || job->code || page->table->rows > PAGE_ROWS)
        return;
    int64_t until = tui_clock() + MARKED_MS;
    for (int r = 0; r < page->table->rows; r++) {
        from[r] = key_row(now, key, table_at(page->table, r, key)->plain);
        fresh->gone[r] = from[r] < 0;
        last = from[r] > last ? from[r] : last;
        if (from[r] < 0 || table_same(page->table, r, now, from[r]))
            continue;
        fresh->until[r] = until;
        list->view.due = until;
    }
    page->more = count_new(list, key, now, last, !now->next && index == list->pages - 1);
    char *next = now->next;
    if (!table_keep(now, page->table, from))
        return;
    now->next = next;
    table_free(page->table);
    page->table = now;
    job->table = NULL;
}

int list_more(const struct tui_list *list)
{
    int n = 0;
    for (int i = 0; i < list->pages; i++)
        n += list->page[i].more;
    return n;
}

char list_fresh(const struct tui_list *list, int row)
{
    int at, page = list_page(list, row, &at);
    const struct tui_fresh *fresh = page < 0 ? NULL : list->page[page].fresh;
    if (!fresh)
        return 0;
    return fresh->gone[at] ? '-' : fresh->until[at] > tui_clock() ? '~' : 0;
}
