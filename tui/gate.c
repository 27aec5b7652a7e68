/* SPDX-License-Identifier: Apache-2.0 */
/* gate.c — a scan or a typed code becomes a verdict that can be read from two metres: colour, shape
 * and words say the same, so neither bright sun nor colour blindness hides it. */
#include "config.h"
#include "app.h"

#include <stdlib.h>
#include <string.h>

enum { GLYPH_ROWS = 7, LOG = 4 };

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
    row_put(canvas, y++, x, canvas->cols - x - 1,
            g->refused ? g->words : table_show(t, 0, "result"), look);
    y++;
    for (int c = 0; !g->refused && t && c < t->cols && y < top + rows; c++) {
        const struct tui_value *v = table_at(t, 0, c);
        if (v->absent || !*v->show || !strcmp(t->type->cols[c].name, "result") ||
            t->type->cols[c].kind == PN_K_ROWS)
            continue;
        char text[300];
        snprintf(text, sizeof text, "%s  %s", pn_tr(t->type->cols[c].label), v->show);
        row_put(canvas, y++, x, canvas->cols - x - 1, text, look);
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
    int x = 1 + row_put(canvas, y, 1, 20, pn_tr("Code"), LOOK_LABEL) + 1;
    edit_draw(&g->edit, canvas, y, x, canvas->cols - x - 2, !view->app->prompt.sign);
}

static void verify(struct gate *g, const char *code)
{
    if (!g->op || !*code)
        return;
    struct tui_job *job = job_new(g->op, g->view.id, 0);
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

static void done(struct tui_view *view, struct tui_job *job)
{
    struct gate *g = (struct gate *)view;
    table_free(g->verdict);
    g->verdict = job->table;
    job->table = NULL;
    g->refused = job->code != 0;
    snprintf(g->words, sizeof g->words, "%s", job->message ? job->message : "");
    note(g, g->refused ? g->words : table_show(g->verdict, 0, "result"), is_good(g));
}

static void pick(struct tui_app *app, void *who, const char *text)
{
    struct gate *g = who;
    (void)app;
    snprintf(g->session, sizeof g->session, "%.60s", text);
    snprintf(g->session_name, sizeof g->session_name, "%s %.60s", pn_tr("Session"), text);
    if (!*text)
        *g->session_name = 0;
}

static void act(struct tui_view *view, tui_action action, uint32_t key)
{
    struct gate *g = (struct gate *)view;
    (void)key;
    if (action == DO_OPEN) {
        verify(g, g->edit.text);
        edit_set(&g->edit, "");
    } else if (action == DO_ROOM) {
        prompt_open(view->app, '=', pn_tr("Session"), g->session, pick, g);
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

static void plain(struct tui_view *view, FILE *out)
{
    struct gate *g = (struct gate *)view;
    fprintf(out, "%s: %s\n", pn_tr("Session"), g->session);
}

static void free_gate(struct tui_view *view)
{
    struct gate *g = (struct gate *)view;
    table_free(g->verdict);
    edit_free(&g->edit);
}

static const struct tui_face gate_face = {
    .scope = SCOPE_GATE, .size = sizeof(struct gate), .draw = draw, .act = act, .type = type,
    .paste = paste, .scan = scan, .done = done, .plain = plain, .free = free_gate,
};

struct tui_view *gate_new(struct tui_app *app)
{
    struct gate *g = (struct gate *)view_new(app, &gate_face, pn_tr("Gate"));
    if (!g)
        return NULL;
    g->op = app_op(app, "gate.verify");
    return &g->view;
}
