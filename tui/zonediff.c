/* SPDX-License-Identifier: Apache-2.0 */
/* zonediff.c — what a zone plan would change of what is sold by now, seat by seat added up, and the
 * way to sell by it: the reason, then the number of seats typed. Nothing goes live from anywhere
 * else in the console, so nobody sells by a cut he has not seen the consequences of. */
#include "config.h"
#include "app.h"

#include <stdlib.h>
#include <string.h>

enum { ASK_DIFF = 1, ASK_PLAN, ASK_TIERS, ASK_LIVE };

struct cut_diff {
    struct tui_view view;
    char plan[24], once[40], reason[500];
    struct tui_table *diff, *row, *tiers; /* row: of the zone plan */
    const struct tui_table *changes;
    int at, top, body;
    bool sent;
};

static int number(const struct tui_table *t, int row, const char *name)
{
    return (int)strtol(table_plain(t, row, name), NULL, 10);
}

static int sum(const struct cut_diff *d, const char *name)
{
    int n = 0;
    for (int r = 0; d->changes && r < d->changes->rows; r++)
        n += number(d->changes, r, name);
    return n;
}

/* Seats that would be sold at another price. */
static int other_tier(const struct cut_diff *d)
{
    int n = 0;
    for (int r = 0; d->changes && r < d->changes->rows; r++)
        if (strcmp(table_plain(d->changes, r, "from_tier"),
                   table_plain(d->changes, r, "to_tier")) != 0)
            n += number(d->changes, r, "seats");
    return n;
}

static bool is_draft(const struct cut_diff *d)
{
    return d->row && d->row->rows && !strcmp(table_plain(d->row, 0, "state"), "DRAFT");
}

/* ---- asking ---- */

static struct tui_job *job_of(struct cut_diff *d, const char *name, int what)
{
    const pn_op *op = app_op(d->view.app, name);
    struct tui_job *job = op ? job_new(op, d->view.id, what) : NULL;
    if (!op)
        app_say(d->view.app, LOOK_WAIT, pn_tr("%s is not open to you"), pn_tr("Zone plans"));
    return job;
}

static void load(struct tui_view *view)
{
    struct cut_diff *d = (struct cut_diff *)view;
    struct tui_job *job = view->pending ? NULL : job_of(d, "zone_plan.diff", ASK_DIFF);
    if (!job)
        return;
    job_set(job, "id", d->plan);
    app_ask(view, job);
    job = job_of(d, "zone_plan.show", ASK_PLAN);
    if (!job)
        return;
    job_set(job, "id", d->plan);
    app_ask(view, job);
}

/* Names of the tiers: the changes know their numbers only. */
static void ask_tiers(struct cut_diff *d)
{
    struct tui_job *job = job_of(d, "tier.list", ASK_TIERS);
    if (!job)
        return;
    job_setf(job, "where", "%s=%s",
             pn_type_col(job->op->out, "session_id") ? "session_id" : "session",
             table_plain(d->row, 0, "session_id"));
    job_set(job, "limit", "100");
    app_ask(&d->view, job);
}

static void take(struct tui_table **to, struct tui_job *job)
{
    table_free(*to);
    *to = job->table;
    job->table = NULL;
}

static void went_live(struct cut_diff *d, const struct tui_table *t)
{
    struct tui_app *app = d->view.app;
    char version[16];
    snprintf(version, sizeof version, "%s", table_plain(t, 0, "version"));
    app_pop(app);
    app_stale(app, NULL);
    app_say(app, LOOK_GOOD, pn_tr("Version %s is what is sold by now"), version);
}

static void done(struct tui_view *view, struct tui_job *job)
{
    struct cut_diff *d = (struct cut_diff *)view;
    d->sent = d->sent && job->tag != ASK_LIVE;
    if (job->code || !job->table) {
        app_fail(view->app, job);
        if (job->tag == ASK_LIVE && !pn_code_retry(job->code))
            app_key(view->app, d->once); /* the next attempt is another request */
    } else if (job->tag == ASK_DIFF) {
        take(&d->diff, job);
        int col = table_col(d->diff, "changes");
        d->changes = col >= 0 && d->diff->rows && d->diff->sub ? d->diff->sub[col] : NULL;
    } else if (job->tag == ASK_PLAN) {
        take(&d->row, job);
        ask_tiers(d);
    } else if (job->tag == ASK_TIERS) {
        take(&d->tiers, job);
    } else {
        went_live(d, job->table);
    }
}

/* ---- going live ---- */

static void go_live(struct cut_diff *d)
{
    struct tui_job *job = job_of(d, "zone_plan.live", ASK_LIVE);
    if (!job)
        return;
    job_set(job, "id", d->plan);
    job_set(job, "reason", d->reason);
    snprintf(job->key, sizeof job->key, "%s", d->once);
    d->sent = true;
    app_ask(&d->view, job);
}

static void counted(struct tui_app *app, void *who, const char *text)
{
    struct cut_diff *d = who;
    if (*text && (int)strtol(text, NULL, 10) == sum(d, "seats"))
        go_live(d);
    else
        app_say(app, LOOK_BAD, "%s", pn_tr("! That is not the number of seats: nothing was done"));
}

static void reasoned(struct tui_app *app, void *who, const char *text)
{
    struct cut_diff *d = who;
    char label[200];
    bool real;
    if (!*text) {
        app_say(app, LOOK_BAD, "%s", pn_tr("! Without a reason nothing goes live"));
        return;
    }
    snprintf(d->reason, sizeof d->reason, "%s", text);
    snprintf(label, sizeof label, pn_tr("%s %s: type %d, the seats that change"),
             app_place(app, &real), table_show(d->row, 0, "session"), sum(d, "seats"));
    prompt_open(app, '>', label, "", counted, d);
    prompt_strict(app);
}

static void confirm(struct cut_diff *d)
{
    struct tui_app *app = d->view.app;
    int taken = sum(d, "taken");
    if (!d->row || !d->changes || d->sent)
        return;
    if (!is_draft(d))
        app_say(app, LOOK_WAIT, pn_tr("This version is %s: only a draft goes live"),
                table_show(d->row, 0, "state"));
    else if (taken)
        app_say(app, LOOK_BAD, pn_tr("! %d sold or locked seats would lose their tier: paint "
                                     "them back, or return the tickets first"), taken);
    else
        prompt_open(app, '>', pn_tr("Why it is sold so from now on"), "", reasoned, d);
}

static void act(struct tui_view *view, tui_action action, uint32_t key)
{
    struct cut_diff *d = (struct cut_diff *)view;
    int last = d->changes ? d->changes->rows - 1 : 0;
    (void)key;
    if (action == DO_OPEN)
        confirm(d);
    d->at += action == DO_UP          ? -1
             : action == DO_DOWN      ? 1
             : action == DO_PAGE_UP   ? -d->body
             : action == DO_PAGE_DOWN ? d->body
                                      : 0;
    d->at = d->at > last ? last : d->at;
    d->at = d->at < 0 ? 0 : d->at;
}

/* ---- the screen ---- */

static const char *tier_name(const struct cut_diff *d, const char *id)
{
    int key = d->tiers ? type_key(d->tiers->type) : -1;
    for (int r = 0; key >= 0 && r < d->tiers->rows; r++)
        if (!strcmp(table_at(d->tiers, r, key)->plain, id))
            return table_show(d->tiers, r, "name");
    return *id && strcmp(id, "0") ? id : "-";
}

static void draw_change(const struct cut_diff *d, struct tui_canvas *canvas, int y, int r)
{
    const struct tui_table *t = d->changes;
    const char *from = table_show(t, r, "from_zone"), *to = table_show(t, r, "to_zone");
    const char *tier = table_plain(t, r, "from_tier"), *then = table_plain(t, r, "to_tier");
    int taken = number(t, r, "taken"), part = (canvas->cols - 32) / 2;
    char text[200];
    snprintf(text, sizeof text, "%s (%s)", *from ? from : "-", tier_name(d, tier));
    row_put(canvas, y, 2, part, text, LOOK_PLAIN);
    row_put(canvas, y, 3 + part, 2, "->", LOOK_DIM);
    snprintf(text, sizeof text, "%s (%s)", *to ? to : "-", tier_name(d, then));
    row_put(canvas, y, 6 + part, part, text, strcmp(tier, then) ? LOOK_BOLD : LOOK_PLAIN);
    int x = 7 + 2 * part;
    row_put_right(canvas, y, x, 6, table_show(t, r, "seats"), LOOK_PLAIN);
    row_put_right(canvas, y, x + 7, 5, taken ? table_show(t, r, "taken") : "-",
                  taken ? LOOK_BAD : LOOK_DIM);
    row_put(canvas, y, x + 13, canvas->cols - x - 14, table_show(t, r, "first"), LOOK_DIM);
    if (r == d->at) {
        row_select(canvas, y, 0, canvas->cols);
        canvas_caret(canvas, y, 0, false);
    }
}

static void draw_heads(struct tui_canvas *canvas, int y)
{
    int part = (canvas->cols - 32) / 2, x = 7 + 2 * part;
    row_fill(canvas, y, 0, canvas->cols, LOOK_HEAD);
    row_put(canvas, y, 2, part, pn_tr("Zone (tier) now"), LOOK_HEAD);
    row_put(canvas, y, 6 + part, part, pn_tr("Then"), LOOK_HEAD);
    row_put_right(canvas, y, x, 6, pn_tr("Seats"), LOOK_HEAD);
    row_put_right(canvas, y, x + 7, 5, pn_tr("Sold"), LOOK_HEAD);
    row_put(canvas, y, x + 13, canvas->cols - x - 14, pn_tr("From seat"), LOOK_HEAD);
}

/* What plan it is, how much changes, and what Enter does: a line each, "" for none. */
enum { SUMS = 3 };
static void sums_of(const struct cut_diff *d, char line[SUMS][300])
{
    int taken = sum(d, "taken");
    snprintf(line[0], sizeof *line, pn_tr("Version %s of %s, %s: %s"),
             table_show(d->row, 0, "version"), table_show(d->row, 0, "session"),
             table_show(d->row, 0, "show"), table_show(d->row, 0, "state"));
    snprintf(line[1], sizeof *line, pn_tr("%d seats change, %d of them their tier"),
             sum(d, "seats"), other_tier(d));
    *line[2] = 0;
    if (taken)
        snprintf(line[2], sizeof *line,
                 pn_tr("! %d of them are sold or locked: this cannot go live"), taken);
    else if (is_draft(d))
        snprintf(line[2], sizeof *line, "%s", pn_tr("Enter sells by it, Esc does not"));
}

static void draw_sums(const struct cut_diff *d, struct tui_canvas *canvas, int y)
{
    char line[SUMS][300];
    const unsigned look[SUMS] = {LOOK_BOLD, LOOK_PLAIN, sum(d, "taken") ? LOOK_BAD : LOOK_WAIT};
    sums_of(d, line);
    for (int i = 0; i < SUMS; i++)
        row_put(canvas, y + i, 1, canvas->cols - 2, line[i], look[i]);
}

static void draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct cut_diff *d = (struct cut_diff *)view;
    if (!d->row || !d->changes) {
        if (view->pending)
            row_put(canvas, top + 1, 2, canvas->cols - 4, pn_tr("Loading…"), LOOK_DIM);
        return;
    }
    draw_sums(d, canvas, top);
    draw_heads(canvas, top + 4);
    d->body = rows - 5;
    if (d->at < d->top)
        d->top = d->at;
    if (d->at >= d->top + d->body)
        d->top = d->at - d->body + 1;
    for (int i = 0; i < d->body && d->top + i < d->changes->rows; i++)
        draw_change(d, canvas, top + 5 + i, d->top + i);
    if (!d->changes->rows)
        row_put(canvas, top + 5, 2, canvas->cols - 4, pn_tr("Nothing would change"), LOOK_DIM);
}

static void tell(struct tui_view *view, struct tui_facts *facts)
{
    struct cut_diff *d = (struct cut_diff *)view;
    char line[SUMS][300];
    if (d->row && d->row->rows)
        facts_row(facts, d->row, 0, true);
    if (d->row && d->changes) {
        sums_of(d, line);
        facts_some(facts, ".plan", pn_tr("Plan"), line[0]);
        facts_some(facts, ".change", pn_tr("Change"), line[1]);
        facts_some(facts, ".step", pn_tr("Step"), line[2]);
    }
    facts_open(facts, "changes", pn_tr("Changes"));
    for (int r = 0; d->changes && r < d->changes->rows; r++) {
        facts_item(facts);
        facts_row(facts, d->changes, r, false);
        facts_some(facts, ".now", pn_tr("Zone (tier) now"),
                   tier_name(d, table_plain(d->changes, r, "from_tier")));
        facts_some(facts, ".then", pn_tr("Then"),
                   tier_name(d, table_plain(d->changes, r, "to_tier")));
        facts_done(facts);
    }
    facts_close(facts);
}

static void command(const struct tui_view *view, char *text, size_t size)
{
    snprintf(text, size, "pn zone-plan diff %s", ((const struct cut_diff *)view)->plan);
}

static void free_diff(struct tui_view *view)
{
    struct cut_diff *d = (struct cut_diff *)view;
    table_free(d->diff);
    table_free(d->row);
    table_free(d->tiers);
}

static const struct tui_face diff_face = {
    .scope = SCOPE_PLAN, .size = sizeof(struct cut_diff), .draw = draw, .act = act, .load = load,
    .done = done, .tell = tell, .command = command, .free = free_diff,
};

void cut_diff_open(struct tui_app *app, const char *plan, const char *title)
{
    char name[200];
    snprintf(name, sizeof name, "%s %s", pn_tr("Changes"), title);
    struct cut_diff *d = (struct cut_diff *)view_new(app, &diff_face, name);
    if (d) {
        snprintf(d->plan, sizeof d->plan, "%s", plan);
        app_key(app, d->once);
    }
    app_push(app, d ? &d->view : NULL);
}
