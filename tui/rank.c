/* SPDX-License-Identifier: Apache-2.0 */
/* rank.c — offers of one tier, or of one session, in the order in which buyers see them. The place
 * is the library's; what is not on offer has none and stands behind. */
#include "config.h"
#include "list.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

void rank_ask(struct tui_list *list)
{
    static const char *const by[] = {"tier", "session"};
    const pn_op *op = app_op(list->view.app, "listing.rank");
    const char *equals = strchr(list->where, '=');
    if (!op || strcmp(list->op->noun, "listing") != 0 || !equals || strchr(equals, ' '))
        return;
    for (size_t i = 0; i < 2; i++) {
        if (strncmp(list->where, by[i], strlen(by[i])) != 0)
            continue;
        struct tui_job *job = job_new(op, list->view.id, RANK_TAG);
        job_set(job, by[i], equals + 1);
        app_ask(&list->view, job);
        return;
    }
}

static const struct tui_table *places(const struct tui_list *list)
{
    int col = table_col(list->ranking, "places");
    return col < 0 || !list->ranking->sub ? NULL : list->ranking->sub[col];
}

int rank_place(const struct tui_list *list, const char *key)
{
    const struct tui_table *t = places(list);
    for (int r = 0; t && r < t->rows; r++)
        if (!strcmp(table_plain(t, r, "id"), key))
            return (int)strtol(table_plain(t, r, "place"), NULL, 10);
    return 0;
}

void rank_done(struct tui_list *list, struct tui_job *job)
{
    if (job->code)
        return; /* the list says what is wrong */
    table_free(list->ranking);
    list->ranking = job->table;
    job->table = NULL;
    rank_order(list);
}

/* Insertion: a page, and the order is mostly there. */
void rank_order(struct tui_list *list)
{
    struct tui_table *t = list->pages == 1 && list->end ? list->page[0].table : NULL;
    int key = t ? type_key(t->type) : -1, place[PAGE_ROWS];
    if (!list->ranking || key < 0 || list->orders || t->sub ||
        t->rows > PAGE_ROWS)
        return;
    size_t width = (size_t)t->cols * sizeof *t->value;
    struct tui_value *row = malloc(width);
    for (int r = 0; row && r < t->rows; r++) {
        struct tui_value *from = t->value + r * t->cols;
        int n = rank_place(list, from[key].plain), to = r;
        n = n ? n : INT_MAX;
        while (to > 0 && place[to - 1] > n) {
            place[to] = place[to - 1];
            to--;
        }
        place[to] = n;
        memcpy(row, from, width);
        memmove(t->value + (to + 1) * t->cols, t->value + to * t->cols, (size_t)(r - to) * width);
        memcpy(t->value + to * t->cols, row, width);
    }
    free(row);
}
