/* SPDX-License-Identifier: Apache-2.0 */
/* listact.c — what is done with the row under the cursor, and what makes a new one. A list beside
 * the noun's own one ("price history") has rows of another kind: their keys are not the noun's. */
#include "config.h"
#include "grid.h"

#include <string.h>

bool list_loading(const struct tui_list *list)
{
    for (int i = 0; i < list->pages; i++)
        if (list->page[i].asked)
            return true;
    return false;
}

void list_with_row(struct tui_list *list, tui_action action)
{
    struct tui_app *app = list->view.app;
    int at;
    struct tui_table *t = list_row(list, list->selected, &at);
    int key = t ? type_key(t->type) : -1;
    if (!t) { /* typed ahead: when the rows are there */
        list->soon = list_loading(list) ? action : DO_NOTHING;
        return;
    }
    if (action == DO_ACTIONS && !view_own(list->op))
        app_say(app, LOOK_WAIT, "%s", pn_tr("These rows are only to be looked at"));
    else if (action == DO_ACTIONS)
        view_actions(app, list->op->noun, t, at);
    else if (action == DO_EDIT)
        grid_open(list);
    else if (action == DO_MAP)
        view_map(app, t, at);
    else if (action == DO_ZONES)
        view_zone_plans(app, t, at);
    else if (action == DO_AUDIT && key >= 0 && view_own(list->op))
        view_audit(app, list->op->noun, table_at(t, at, key)->plain);
    else if (action == DO_OPEN && view_own(list->op) && view_zone_plan(app, t, at))
        return;
    else if (action == DO_OPEN && view_own(list->op) && view_drills(app, list->op->noun))
        view_drill(app, list->op->noun, t, at);
    else if (key >= 0 && view_own(list->op))
        view_record(app, list->op->noun, table_at(t, at, key)->plain, "");
    else if (key >= 0)
        app_push(app, detail_new(app, list->op, table_at(t, at, key)->plain, view_name(t, at)));
}

/* Does it change a row that is there? Of stock there is one for each tier, from the start. */
static bool changes_one(const pn_op *op)
{
    int key = type_key(op->in);
    const char *ref = key < 0 ? NULL : op->in->cols[key].ref;
    return !strcmp(op->noun, "stock") || (ref && !strcmp(ref, op->noun));
}

/* What makes a new row of a noun is called as people call it there: from its own list, or another
 * that has the same rows ("shift mine"). */
const pn_op *list_new_op(const struct tui_list *list)
{
    static const char *const verbs[] = {"create", "open",    "add",    "apply", "adjust", "place",
                                        "propose", "request", "impose", "load",  "enrol",  "clear",
                                        "set"};
    const pn_op *own = pn_op_find(list->op->noun, "list");
    const struct tui_app *app = list->view.app;
    for (size_t i = 0; own && own->out == list->op->out && i < sizeof verbs / sizeof *verbs; i++) {
        const pn_op *op = app_op_of(app, list->op->noun, verbs[i]);
        if (op && op->in && !changes_one(op))
            return op;
    }
    return NULL;
}

/* The zones of one session, which are drawn and not typed. */
static bool is_cut(const struct tui_list *list)
{
    return !strcmp(list->op->noun, "zone_plan") && view_own(list->op);
}

bool list_makes(const struct tui_list *list)
{
    bool of_one = !strncmp(list->where, "session_id=", 11);
    return is_cut(list) ? of_one && app_op(list->view.app, "zone_plan.draft")
                        : list_new_op(list) != NULL;
}

/* Another version of a session's zones begins with those that are sold by. */
static bool create_cut(struct tui_list *list)
{
    int at;
    struct tui_table *t = list_row(list, list->selected, &at);
    bool of_one = !strncmp(list->where, "session_id=", 11);
    if (!is_cut(list))
        return false;
    if (of_one || t)
        seatmap_zones(list->view.app, of_one ? list->where + 11 : table_plain(t, at, "session_id"),
                      "", t ? table_show(t, at, "session") : "");
    else
        app_say(list->view.app, LOOK_WAIT, "%s", pn_tr("Choose a session first: z on its row"));
    return true;
}

void list_create(struct tui_list *list)
{
    struct tui_app *app = list->view.app;
    const pn_op *op = list_new_op(list);
    if (create_cut(list))
        return;
    if (!op) {
        app_say(app, LOOK_WAIT, "%s", pn_tr("Nothing can be created here"));
        return;
    }
    struct tui_view *form = form_new(app, op, pn_tr(op->brief));
    const char *equals = strchr(list->where, '=');
    if (form && equals && !strchr(equals, ' ')) { /* a session of the show we are in */
        char column[64];
        size_t n = (size_t)(equals - list->where);
        n -= n > 3 && !strncmp(equals - 3, "_id", 3) ? 3 : 0;
        snprintf(column, sizeof column, "%.*s", (int)n, list->where);
        form_preset(form, column, equals + 1, true);
    }
    app_push(app, form);
}
