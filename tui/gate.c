/* SPDX-License-Identifier: Apache-2.0 */
/* gate.c — a scan or a typed code becomes a verdict that can be read from two metres: colour, shape
 * and words say the same, so neither bright sun nor colour blindness hides it. */
#include "config.h"
#include "app.h"

#include <stdlib.h>
#include <string.h>

enum { GLYPH_ROWS = 7, LOG = 4, SESSIONS_MOST = 60 };
enum { ASK_VERDICT, ASK_SESSIONS };

struct gate {
    struct tui_view view;
    const pn_op *op;
    struct tui_edit edit;
    struct tui_table *verdict;
    bool refused; /* the call itself failed; the words are the message */
    char words[200], code[64];
    char log[LOG][160];
    bool log_good[LOG];
    char session[64], session_name[120];
};

/* A tick and a cross, drawn with reversed blanks: every terminal has those. */
static const char *const pass_shape[GLYPH_ROWS] = {
    "            ##", "           ## ", "          ##  ", "##       ##   ",
    " ##     ##    ", "  ##   ##     ", "    ###       ",
};
static const char *const stop_shape[GLYPH_ROWS] = {
    "##         ## ", "  ##     ##   ", "    ## ##     ", "      #       ",
    "    ## ##     ", "  ##     ##   ", "##         ## ",
};

static bool is_good(const struct gate *g)
{
    int col = table_col(g->verdict, "result");
    return !g->refused && col >= 0 && table_at(g->verdict, 0, col)->tone == 'g';
}

static void draw_shape(const struct gate *g, struct tui_canvas *canvas, int y, unsigned look)
{
    const char *const *shape = is_good(g) ? pass_shape : stop_shape;
    for (int r = 0; r < GLYPH_ROWS; r++)
        for (int c = 0; shape[r][c]; c++)
            if (shape[r][c] == '#')
                row_fill(canvas, y + r, 4 + c * 2, 2, look ^ LOOK_SELECTED);
}

/* What the person at the gate needs; numbers of rows and devices are for the record. */
static bool is_told(const pn_col *col)
{
    static const char *const untold[] = {"result", "message", "direction", "at", "gate"};
    for (size_t i = 0; i < sizeof untold / sizeof *untold; i++)
        if (!strcmp(col->name, untold[i]))
            return false;
    return col->kind == PN_K_TEXT || col->kind == PN_K_TIME || col->kind == PN_K_WORD;
}

static void draw_verdict(struct gate *g, struct tui_canvas *canvas, int top, int rows)
{
    unsigned look = is_good(g) ? LOOK_PASS : LOOK_STOP;
    const struct tui_table *t = g->verdict;
    int x = 36, y = top + 1;
    for (int r = 0; r < rows; r++)
        row_fill(canvas, top + r, 0, canvas->cols, look);
    draw_shape(g, canvas, top + 1, look);
    if (canvas->cols < 60)
        x = 2, y = top + GLYPH_ROWS + 2;
    int width = canvas->cols - x - 1;
    const char *result = g->refused ? g->words : table_show(t, 0, "result");
    const char *message = g->refused ? "" : table_show(t, 0, "message");
    row_put(canvas, y++, x, width, result, look);
    if (*message && strcmp(result, message) != 0)
        row_put(canvas, y++, x, width, message, look);
    y++;
    for (int c = 0; !g->refused && t && c < t->cols && y < top + rows; c++) {
        const struct tui_value *v = table_at(t, 0, c);
        if (v->absent || !*v->show || !is_told(&t->type->cols[c]))
            continue;
        char text[300];
        snprintf(text, sizeof text, "%s  %s", pn_tr(t->type->cols[c].label), v->show);
        row_put(canvas, y++, x, width, text, look);
    }
}

static void draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct gate *g = (struct gate *)view;
    int big = rows - LOG - 3;
    if (*g->session_name)
        row_put(canvas, top, 1, canvas->cols - 2, g->session_name, LOOK_HEAD);
    if (g->verdict || g->refused)
        draw_verdict(g, canvas, top + 1, big);
    else
        row_put_centre(canvas, top + big / 2, 0, canvas->cols,
                       g->op ? pn_tr("Scan a ticket, or type its code and press Enter")
                             : pn_tr("Verifying is not open to you"),
                       LOOK_BOLD);
    int y = top + 1 + big;
    for (int i = 0; i < LOG; i++)
        if (*g->log[i])
            row_put(canvas, y + i, 1, canvas->cols - 2, g->log[i],
                    g->log_good[i] ? LOOK_GOOD : LOOK_BAD);
    y += LOG;
    int x = 1 + row_put(canvas, y, 1, 20, pn_tr("Ticket code"), LOOK_LABEL) + 1;
    edit_draw(&g->edit, canvas, y, x, canvas->cols - x - 2, !view->app->prompt.sign);
}

static void verify(struct gate *g, const char *code)
{
    if (!g->op || !*code)
        return;
    struct tui_job *job = job_new(g->op, g->view.id, ASK_VERDICT);
    job_set(job, "code", code);
    if (*g->session && pn_type_col(g->op->in, "session"))
        job_set(job, "session", g->session);
    if (job && g->op->flags & PN_WRITE)
        app_key(g->view.app, job->key);
    snprintf(g->code, sizeof g->code, "%.60s", code);
    app_ask(&g->view, job);
}

static void note(struct gate *g, const char *words, bool good)
{
    memmove(g->log[1], g->log[0], sizeof g->log - sizeof g->log[0]);
    memmove(&g->log_good[1], &g->log_good[0], sizeof g->log_good - sizeof g->log_good[0]);
    snprintf(g->log[0], sizeof g->log[0], "%s  %.120s  %.8s…", good ? "+" : "!", words, g->code);
    g->log_good[0] = good;
}

struct choice {
    struct gate *gate;
    char key[SESSIONS_MOST][24], name[SESSIONS_MOST][120];
};

static void chosen(struct tui_view *menu, int index)
{
    struct tui_app *app = menu->app;
    struct choice *c = menu_data(menu, sizeof *c);
    struct gate *g = c->gate;
    snprintf(g->session, sizeof g->session, "%s", c->key[index]);
    snprintf(g->session_name, sizeof g->session_name, "%s", c->name[index]);
    app_pop(app);
}

/* The sessions of today, and the choice that every session is admitted. */
static void offer(struct gate *g, const struct tui_table *t)
{
    struct tui_view *menu = menu_new(g->view.app, pn_tr("Session of this gate"), chosen);
    struct choice *c = menu ? menu_data(menu, sizeof *c) : NULL;
    int key = type_key(t->type), n = 0;
    if (!c || key < 0)
        return;
    c->gate = g;
    menu_add(menu, pn_tr("Every session"), "");
    for (int r = 0; r < t->rows && ++n < SESSIONS_MOST; r++) {
        snprintf(c->key[n], sizeof c->key[n], "%.20s", table_at(t, r, key)->plain);
        snprintf(c->name[n], sizeof c->name[n], "%.20s %.80s", table_show(t, r, "start_at"),
                 table_show(t, r, "show"));
        menu_add(menu, c->name[n], table_show(t, r, "venue"));
    }
    app_push(g->view.app, menu);
}

static void ask_sessions(struct gate *g)
{
    const pn_op *op = app_op(g->view.app, "session.list");
    if (!op)
        return;
    struct tui_job *job = job_new(op, g->view.id, ASK_SESSIONS);
    const pn_col *start = pn_type_col(op->out, "start_at");
    if (start && start->sql)
        job_set(job, "where", "start_at=today");
    app_ask(&g->view, job);
}

static void done(struct tui_view *view, struct tui_job *job)
{
    struct gate *g = (struct gate *)view;
    if (job->tag == ASK_SESSIONS) {
        if (job->code || !job->table)
            app_fail(view->app, job);
        else if (app_top(view->app) == view)
            offer(g, job->table);
        return;
    }
    table_free(g->verdict);
    g->verdict = job->table;
    job->table = NULL;
    g->refused = job->code != 0;
    snprintf(g->words, sizeof g->words, "%s", job->message ? job->message : "");
    note(g, g->refused ? g->words : table_show(g->verdict, 0, "result"), is_good(g));
}

static void act(struct tui_view *view, tui_action action, uint32_t key)
{
    struct gate *g = (struct gate *)view;
    (void)key;
    if (action == DO_OPEN) {
        verify(g, g->edit.text);
        edit_set(&g->edit, "");
    } else if (action == DO_ROOM) {
        ask_sessions(g);
    }
}

static bool type(struct tui_view *view, uint32_t key)
{
    return edit_key(&((struct gate *)view)->edit, tui_fold(key));
}

static void paste(struct tui_view *view, const char *text)
{
    edit_insert(&((struct gate *)view)->edit, text);
}

static void scan(struct tui_view *view, const char *text, int leaked)
{
    struct gate *g = (struct gate *)view;
    edit_unleak(&g->edit, leaked);
    verify(g, text);
}

static void tell(struct tui_view *view, struct tui_facts *facts)
{
    struct gate *g = (struct gate *)view;
    facts_say(facts, "session", pn_tr("Session"), g->session, g->session);
    if (g->verdict && g->verdict->rows && !g->refused)
        facts_row(facts, g->verdict, 0, false);
}

static void command(const struct tui_view *view, char *text, size_t size)
{
    (void)view;
    snprintf(text, size, "gate");
}

static void free_gate(struct tui_view *view)
{
    struct gate *g = (struct gate *)view;
    table_free(g->verdict);
    edit_free(&g->edit);
}

static const struct tui_face gate_face = {
    .scope = SCOPE_GATE,
    .size = sizeof(struct gate),
    .draw = draw,
    .act = act,
    .type = type,
    .paste = paste,
    .scan = scan,
    .done = done,
    .tell = tell,
    .command = command,
    .free = free_gate,
};

struct tui_view *gate_new(struct tui_app *app)
{
    struct gate *g = (struct gate *)view_new(app, &gate_face, pn_tr("Gate"));
    if (!g)
        return NULL;
    g->op = app_op(app, "gate.verify");
    return &g->view;
}
