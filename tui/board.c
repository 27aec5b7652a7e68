/* SPDX-License-Identifier: Apache-2.0 */
/* board.c — the first screen: today beside other days, what waits for somebody, tonight's sessions,
 * what was done just now. Everything on it opens the list it was counted from. Whom the figures of
 * the house do not concern, sees how much there is of his own, by its state. */
#include "config.h"
#include "board.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ASK_TODAY, ASK_WAITS, ASK_FEED, ASK_OWN, FEED_ROWS = 40 };

const struct board_own board_owned[OWNED] = {
    {"listing.list", "state"},    {"settle_line.list", "state"}, {"withdrawal.list", "state"},
    {"penalty.list", "state"},    {"qualification.list", "state"}, {"revision.list", "state"}};

/* The list that a figure counts. */
static const struct behind { const char *figure, *list, *where; } behind[] = {
    {"orders", "order.list", "paid_at=today"},
    {"tickets", "order.list", "paid_at=today"},
    {"sales_fen", "order.list", "paid_at=today"},
    {"refunds_fen", "refund.list", "created_at=today"},
    {"unpaid", "order.list", "status=PENDING_PAY"},
    {"admitted", "scan.list", "at=today"},
    {"alarms", "alarm.list", "state!=CLOSED"},
    {"jobs_failed", "job.list", "state=FAILED started_at>1d"},
    {"events_late", "outbox.list", "due_at<1m"},
    {"offers", "listing.list", "state=LIVE"},
    {"offered", "listing.list", "state=LIVE"}};

static const struct tui_table *sub_of(const struct tui_table *t, int col)
{
    return t && t->rows && t->sub && col >= 0 ? t->sub[col] : NULL;
}

const struct tui_table *board_days(const struct board *b)
{
    return sub_of(b->table, table_col(b->table, "days"));
}

const struct tui_table *board_sessions(const struct board *b, const char **title)
{
    int col = table_col(b->table, "sessions");
    if (title)
        *title = col < 0 ? "" : pn_tr(b->table->type->cols[col].label);
    return sub_of(b->table, col);
}

const struct tui_table *board_waits(const struct board *b)
{
    return sub_of(b->waits, table_col(b->waits, "waits"));
}

const char *board_figure_name(const struct board *b, int figure)
{
    return b->figure[figure].table->type->cols[b->figure[figure].col].name;
}

const pn_op *board_behind(const struct board *b, int figure, const char **where)
{
    const char *name = board_figure_name(b, figure);
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
        if (strcmp(behind[i].figure, name) != 0)
            continue;
        *where = behind[i].where;
        return app_op(b->view.app, behind[i].list);
    }
    return NULL;
}

static bool is_figure(const pn_col *col)
{
    return col->kind != PN_K_ROWS && col->kind != PN_K_DATE && col->kind != PN_K_WORD;
}

/* Those of the days first, then what the days do not tell and can be looked at. */
static void find_figures(struct board *b)
{
    const struct tui_table *days = board_days(b);
    const char *where;
    b->figures = 0;
    for (int c = 0; days && c < days->cols && b->figures < FIGURES_MOST; c++)
        if (is_figure(&days->type->cols[c]))
            b->figure[b->figures++] = (struct board_figure){days, c, true};
    for (int c = 0; b->table && c < b->table->cols && b->figures < FIGURES_MOST; c++) {
        const pn_col *col = &b->table->type->cols[c];
        if (!is_figure(col) || (days && table_col(days, col->name) >= 0) ||
            table_at(b->table, 0, c)->absent)
            continue;
        b->figure[b->figures] = (struct board_figure){b->table, c, false};
        b->figures += board_behind(b, b->figures, &where) != NULL;
    }
}

bool board_own_at(const struct board *b, int n, int *list, int *row)
{
    for (int i = 0; i < OWNED; i++) {
        int rows = b->count[i] ? b->count[i]->rows : 0;
        if (n < rows) {
            *list = i;
            *row = n;
            return true;
        }
        n -= rows;
    }
    return false;
}

unsigned board_own_words(const struct board *b, int list, int row, const char **title,
                         const char **label)
{
    const pn_op *op = app_op(b->view.app, board_owned[list].list);
    const pn_col *col = op ? pn_type_col(op->out, board_owned[list].by) : NULL;
    const pn_module *m = op ? pn_module_find(op->noun) : NULL;
    const char *value = table_plain(b->count[list], row, "value");
    *label = value;
    *title = m ? pn_tr(m->title) : "";
    for (const pn_words *w = col ? col->words : NULL; w && w->name; w++)
        if (!strcmp(w->name, value)) {
            *label = pn_tr(w->label);
            return theme_tone(w->tone);
        }
    return LOOK_PLAIN;
}

int board_rows(const struct board *b, int area)
{
    int own = 0;
    const struct tui_table *t = area == AREA_WAITS      ? board_waits(b)
                                : area == AREA_SESSIONS ? board_sessions(b, NULL)
                                : area == AREA_FEED     ? b->feed
                                                        : NULL;
    for (int i = 0; area == AREA_OWN && i < OWNED; i++)
        own += b->count[i] ? b->count[i]->rows : 0;
    return area == AREA_FIGURES ? b->figures : area == AREA_OWN ? own : t ? t->rows : 0;
}

/* ---- loading ---- */

static void ask(struct tui_view *view, const char *name, int tag)
{
    const pn_op *op = app_op(view->app, name);
    struct tui_job *job = op ? job_new(op, view->id, tag) : NULL;
    if (!job)
        return;
    if (tag == ASK_FEED) {
        /* who comes, what is handed on and rounds that found nothing are no work on anything */
        job_set(job, "where", "op!=auth.login noun!=outbox ref>0");
        job_set(job, "sort", "-at");
        job_setf(job, "limit", "%d", FEED_ROWS);
    } else if (tag >= ASK_OWN) {
        job->count = board_owned[tag - ASK_OWN].by;
    }
    app_ask(view, job);
}

static void load(struct tui_view *view)
{
    struct board *b = (struct board *)view;
    b->op = app_op(view->app, "board.today");
    ask(view, "board.today", ASK_TODAY);
    ask(view, "board.waits", ASK_WAITS);
    ask(view, "audit.list", ASK_FEED);
    for (int i = 0; i < OWNED && (!b->op || view->app->who->merchant); i++)
        ask(view, board_owned[i].list, ASK_OWN + i);
}

static struct tui_table **here(struct board *b, int tag)
{
    return tag == ASK_TODAY   ? &b->table
           : tag == ASK_WAITS ? &b->waits
           : tag == ASK_FEED  ? &b->feed
                              : &b->count[tag - ASK_OWN];
}

/* The first session that is not long over: tonight is looked at in the evening. */
static int coming(const struct board *b)
{
    enum { ZONE_S = 8 * 3600, OVER_S = 3 * 3600 };
    const struct tui_table *t = board_sessions(b, NULL);
    time_t at = time(NULL) + ZONE_S - OVER_S;
    char text[32] = "";
    struct tm tm;
    if (gmtime_r(&at, &tm))
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M", &tm);
    for (int i = 0; t && i < t->rows; i++)
        if (strcmp(table_plain(t, i, "start_at"), text) > 0)
            return i;
    return 0;
}

/* The cursor begins on what waits longest. */
static void settle(struct board *b)
{
    for (int a = 0; a < AREAS; a++) {
        int last = board_rows(b, a) - 1;
        b->at[a] = b->at[a] > last ? last : b->at[a];
        b->at[a] = b->at[a] < 0 ? 0 : b->at[a];
    }
    if (!b->moved)
        b->at[AREA_SESSIONS] = coming(b);
    if (!b->moved)
        b->area = board_rows(b, AREA_WAITS)      ? AREA_WAITS
                  : board_rows(b, AREA_SESSIONS) ? AREA_SESSIONS
                                                 : AREA_FIGURES;
    for (int a = 0; a < AREAS && !board_rows(b, b->area); a++)
        b->area = a;
}

static void done(struct tui_view *view, struct tui_job *job)
{
    struct board *b = (struct board *)view;
    if (job->code) {
        app_fail(view->app, job);
        return;
    }
    struct tui_table **table = here(b, job->tag);
    table_free(*table);
    *table = job->table;
    job->table = NULL;
    if (job->tag == ASK_TODAY)
        find_figures(b);
    settle(b);
}

/* ---- keys ---- */

static void open_own(struct board *b)
{
    int list, row;
    char where[200], noun[40], title[130];
    const char *noun_title, *label;
    if (!board_own_at(b, b->at[AREA_OWN], &list, &row))
        return;
    snprintf(noun, sizeof noun, "%.*s", (int)strcspn(board_owned[list].list, "."),
             board_owned[list].list);
    snprintf(where, sizeof where, "%s=%s", board_owned[list].by,
             table_plain(b->count[list], row, "value"));
    (void)board_own_words(b, list, row, &noun_title, &label);
    snprintf(title, sizeof title, "%.60s %.60s", noun_title, label);
    (void)view_noun(b->view.app, noun, where, title);
}

static void open_figure(struct board *b)
{
    const char *where = "";
    const pn_op *op = board_behind(b, b->at[AREA_FIGURES], &where);
    if (op)
        (void)view_noun(b->view.app, op->noun, where,
                        board_figure_label(b, b->at[AREA_FIGURES]));
    else
        app_say(b->view.app, LOOK_WAIT, "%s", pn_tr("The list behind this is not open to you"));
}

static void open_wait(struct board *b)
{
    const struct tui_table *t = board_waits(b);
    int at = b->at[AREA_WAITS];
    char name[80];
    snprintf(name, sizeof name, "%s", table_plain(t, at, "list"));
    char *verb = strstr(name, " list"); /* the room of a noun is its list */
    if (verb && !verb[5])
        *verb = 0;
    if (!view_noun(b->view.app, name, table_plain(t, at, "filter"), table_show(t, at, "what")))
        app_say(b->view.app, LOOK_WAIT, "%s", pn_tr("The list behind this is not open to you"));
}

static void open_session(struct board *b)
{
    const struct tui_table *t = board_sessions(b, NULL);
    int key = t ? type_key(t->type) : -1, at = b->at[AREA_SESSIONS];
    if (t && view_drills(b->view.app, "session"))
        view_drill(b->view.app, "session", t, at);
    else if (key >= 0)
        view_record(b->view.app, "session", table_at(t, at, key)->plain,
                    table_show(t, at, "show"));
}

/* What it was done to; without such a thing, the entry. */
static void open_event(struct board *b)
{
    const struct tui_table *t = b->feed;
    int at = b->at[AREA_FEED], key = type_key(t->type);
    const char *noun = table_plain(t, at, "noun"), *ref = table_plain(t, at, "ref");
    if (strtoll(ref, NULL, 10) > 0 && view_opens(b->view.app, noun))
        view_record(b->view.app, noun, ref, "");
    else if (key >= 0)
        view_record(b->view.app, "audit", table_at(t, at, key)->plain, "");
}

static void open(struct board *b)
{
    if (!board_rows(b, b->area))
        return;
    if (b->area == AREA_FIGURES)
        open_figure(b);
    else if (b->area == AREA_OWN)
        open_own(b);
    else if (b->area == AREA_WAITS)
        open_wait(b);
    else if (b->area == AREA_SESSIONS)
        open_session(b);
    else
        open_event(b);
}

/* The next area that has anything; it stays when there is none. */
static bool turn(struct board *b, int by, bool round)
{
    int to = b->area;
    for (int i = 0; i < AREAS; i++) {
        to += by;
        if (!round && (to < 0 || to >= AREAS))
            return false;
        to = (to + AREAS) % AREAS;
        if (!board_rows(b, to))
            continue;
        b->area = to;
        return true;
    }
    return false;
}

/* Past the end of an area the next one begins. */
static void step(struct board *b, int by)
{
    int to = b->at[b->area] + by, last = board_rows(b, b->area) - 1;
    bool far = by > 1 || by < -1;
    if (to >= 0 && to <= last)
        b->at[b->area] = to;
    else if (far)
        b->at[b->area] = to < 0 ? 0 : last < 0 ? 0 : last;
    else if (turn(b, by, false))
        b->at[b->area] = by > 0 ? 0 : board_rows(b, b->area) - 1;
}

static void act(struct tui_view *view, tui_action action, uint32_t key)
{
    struct board *b = (struct board *)view;
    int page = b->shown[b->area] > 2 ? b->shown[b->area] - 1 : 2;
    bool figures = b->area == AREA_FIGURES;
    (void)key;
    b->moved = true;
    if (action == DO_OPEN)
        open(b);
    else if ((action == DO_UP || action == DO_DOWN) && figures)
        (void)turn(b, action == DO_UP ? -1 : 1, false);
    else if (action == DO_UP || action == DO_LEFT)
        step(b, -1);
    else if (action == DO_DOWN || action == DO_RIGHT)
        step(b, 1);
    else if (action == DO_PAGE_UP || action == DO_PAGE_DOWN)
        step(b, action == DO_PAGE_UP ? -page : page);
    else if (action == DO_FIRST)
        b->at[b->area] = 0;
    else if (action == DO_LAST && board_rows(b, b->area))
        b->at[b->area] = board_rows(b, b->area) - 1;
    else if (action == DO_SECTION || action == DO_SECTION_BACK)
        (void)turn(b, action == DO_SECTION ? 1 : -1, true);
}

static void mouse(struct tui_view *view, const struct tui_event *event, int top)
{
    struct board *b = (struct board *)view;
    (void)top;
    if (event->mouse == MOUSE_WHEEL_UP || event->mouse == MOUSE_WHEEL_DOWN) {
        act(view, event->mouse == MOUSE_WHEEL_UP ? DO_UP : DO_DOWN, 0);
        return;
    }
    for (int i = 0; event->mouse == MOUSE_PRESS && i < b->spots; i++) {
        const struct board_spot *s = &b->spot[i];
        if (event->row != s->row || event->col < s->col || event->col >= s->col + s->width)
            continue;
        bool again = b->area == s->area && b->at[s->area] == s->index;
        b->moved = true;
        b->area = s->area;
        b->at[s->area] = s->index;
        if (again)
            open(b);
        return;
    }
}

static void command(const struct tui_view *view, char *text, size_t size)
{
    snprintf(text, size, "%s", ((const struct board *)view)->op ? "pn board today" : "");
}

/* Which line of which area, for whoever cannot see the cursor. */
static void status(const struct tui_view *view, char *text, size_t size)
{
    const struct board *b = (const struct board *)view;
    int rows = board_rows(b, b->area);
    if (rows && b->area != AREA_FIGURES)
        snprintf(text, size, pn_tr("%d of %d"), b->at[b->area] + 1, rows);
}

static void free_board(struct tui_view *view)
{
    struct board *b = (struct board *)view;
    table_free(b->table);
    table_free(b->waits);
    table_free(b->feed);
    for (int i = 0; i < OWNED; i++)
        table_free(b->count[i]);
}

static const struct tui_face board_face = {
    .scope = SCOPE_BOARD, .size = sizeof(struct board), .live = true, .draw = board_draw,
    .act = act, .mouse = mouse, .load = load, .done = done, .status = status, .tell = board_tell,
    .command = command, .free = free_board,
};

struct tui_view *board_new(struct tui_app *app)
{
    struct tui_view *view = view_new(app, &board_face, pn_tr("Today"));
    if (view)
        view->tab = '1';
    return view;
}
