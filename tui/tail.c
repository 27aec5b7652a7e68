/* SPDX-License-Identifier: Apache-2.0 */
/* tail.c — where the rows of a list are. A list is known from its beginning, or, after End, from
 * its end: then its pages are those of the other direction, the last row is the first of page 0,
 * and going up asks for more of them. So the end of a million rows is one question away. */
#include "config.h"
#include "list.h"

#include <string.h>

enum { PREFETCH = 50 };

/* Where a row stands in the order of the pages; that way and back are the same. */
static int place(const struct tui_list *list, int row)
{
    return list->tail ? list->rows - 1 - row : row;
}

int list_page(const struct tui_list *list, int row, int *at)
{
    int there = place(list, row);
    *at = there % PAGE_ROWS;
    return row < 0 || there < 0 ? -1 : there / PAGE_ROWS;
}

struct tui_table *list_row(const struct tui_list *list, int row, int *at)
{
    int page = list_page(list, row, at);
    if (page < 0 || page >= list->pages || !list->page[page].table)
        return NULL;
    return *at < list->page[page].table->rows ? list->page[page].table : NULL;
}

int list_first_page_row(const struct tui_list *list, int at)
{
    return place(list, at);
}

void list_near(const struct tui_list *list, int *first, int *last)
{
    int from = list->top > PREFETCH ? list->top - PREFETCH : 0;
    int to = list->top + list->body + PREFETCH;
    if (list->tail) {
        int begin = list->rows - 1 - to;
        to = list->rows - 1 - (list->top - PREFETCH);
        from = begin > 0 ? begin : 0;
    }
    *first = from / PAGE_ROWS;
    *last = to / PAGE_ROWS;
    *last = *last < list->pages ? *last : list->pages - 1;
}

void list_order(const struct tui_list *list, char *out, size_t size)
{
    *out = '~';
    order_text(list, out + list->tail, size - list->tail);
}

/* More rows stand before those that are known: what is looked at stays where it is. */
void list_grown(struct tui_list *list, int before)
{
    if (!list->tail)
        return;
    if (!before) {
        list->selected = list->rows ? list->rows - 1 : 0;
        list->top = list->rows > list->body ? list->rows - list->body : 0;
        return;
    }
    list->selected += list->rows - before;
    list->top += list->rows - before;
    list->last_mark += list->rows - before;
}

static void turn(struct tui_list *list, bool tail)
{
    list->tail = tail;
    list->selected = list->top = list->last_mark = 0;
    *list->key = 0;
    list_reload(list);
}

void list_home(struct tui_list *list)
{
    if (list->tail && !list->end)
        turn(list, false);
    else
        list_go(list, 0);
}

void list_end(struct tui_list *list)
{
    if (!list->tail && !list->end && list->rows)
        turn(list, true);
    else
        list_go(list, list->rows - 1);
}

void list_where(const struct tui_list *list, char *text, size_t size)
{
    if (list->tail && !list->end)
        snprintf(text, size, "-%d/%d+", list->rows - list->selected, list->rows);
    else
        snprintf(text, size, "%d/%d%s", list->rows ? list->selected + 1 : 0, list->rows,
                 list->end ? "" : "+");
}
