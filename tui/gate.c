/* SPDX-License-Identifier: Apache-2.0 */
/* gate.c — a scan or a typed code becomes a verdict that can be read from ten metres. Which gate it
 * is and which way people go is told to the verification, so that it can refuse other entrances. */
#include "config.h"
#include "gate.h"

#include <stdlib.h>
#include <string.h>

enum { CHOICES_MOST = 60, MINUTE_MS = 60000, LOOK_MS = 15000 };
enum { ASK_VERDICT, ASK_SESSIONS, ASK_GATES, ASK_BOARD };

bool gate_is_good(const struct gate *g)
{
    int col = table_col(g->verdict, "result");
    return !g->refused && col >= 0 && table_at(g->verdict, 0, col)->tone == 'g';
}

int gate_rate(const struct gate *g)
{
    int64_t now = tui_clock();
    int n = 0;
    for (int i = 0; i < RATE_MOST; i++)
        n += g->scan[i] && now - g->scan[i] < MINUTE_MS;
    return n;
}

bool gate_inside(const struct gate *g, long long *inside, long long *sold)
{
    int col = table_col(g->board, "sessions");
    const struct tui_table *t = col < 0 || !g->board->sub ? NULL : g->board->sub[col];
    bool known = false;
    *inside = *sold = 0;
    for (int r = 0; t && r < t->rows; r++) {
        if (*g->session && strcmp(table_plain(t, r, "session_id"), g->session) != 0)
            continue;
        known = true;
        *inside += strtoll(table_plain(t, r, "admitted"), NULL, 10);
        *sold += strtoll(table_plain(t, r, "sold"), NULL, 10);
    }
    return known;
}

/* ---- asking ---- */

/* How many are inside, now and then: a scan never waits for it. */
static void look(struct gate *g)
{
    const pn_op *op = app_op(g->view.app, "board.today");
    int64_t now = tui_clock();
    if (!op || (g->asked_at && now - g->asked_at < LOOK_MS))
        return;
    g->asked_at = now;
    app_ask(&g->view, job_new(op, g->view.id, ASK_BOARD));
}

static void load(struct tui_view *view)
{
    look((struct gate *)view);
}

static void set(const struct gate *g, struct tui_job *job, const char *column, const char *value)
{
    if (*value && pn_type_col(g->op->in, column))
        job_set(job, column, value);
}

static void verify(struct gate *g, const char *code, const char *doc)
{
    if (!g->op || !*code)
        return;
    struct tui_job *job = job_new(g->op, g->view.id, ASK_VERDICT);
    job_set(job, "code", code);
    set(g, job, "session", g->session);
    set(g, job, "gate", g->gate);
    set(g, job, "direction", g->out ? "OUT" : "");
    set(g, job, "doc", doc);
    if (job && g->op->flags & PN_WRITE)
        app_key(g->view.app, job->key);
    if (code != g->code)
        snprintf(g->code, sizeof g->code, "%s", code);
    app_ask(&g->view, job);
}

static void count(struct gate *g, const char *words, bool good)
{
    int i = 0;
    g->scan[g->scans++ % RATE_MOST] = tui_clock();
    g->passed += good;
    g->stopped += !good;
    while (!good && i < WHY_MOST - 1 && g->why[i].n && strcmp(g->why[i].name, words) != 0)
        i++;
    if (good)
        return;
    snprintf(g->why[i].name, sizeof g->why[i].name, "%.56s", words);
    g->why[i].n++;
}

static void note(struct gate *g, const char *words, bool good)
{
    const char *seat = g->verdict && !g->refused ? table_show(g->verdict, 0, "seat") : "";
    memmove(g->log[1], g->log[0], sizeof g->log - sizeof g->log[0]);
    memmove(&g->log_good[1], &g->log_good[0], sizeof g->log_good - sizeof g->log_good[0]);
    snprintf(g->log[0], sizeof g->log[0], "%s  %.120s  %.8s…%s%.40s", good ? "+" : "!", words,
             g->code, *seat ? "  " : "", seat);
    g->log_good[0] = good;
}

/* ---- which session, which gate ---- */

struct choice {
    struct gate *gate;
    bool session; /* else a gate */
    char key[CHOICES_MOST][24], name[CHOICES_MOST][120];
};

static void chosen(struct tui_view *menu, int index)
{
    struct tui_app *app = menu->app;
    struct choice *c = menu_data(menu, sizeof *c);
    struct gate *g = c->gate;
    if (c->session) {
        snprintf(g->session, sizeof g->session, "%s", c->key[index]);
        snprintf(g->session_name, sizeof g->session_name, "%s", c->name[index]);
    } else {
        snprintf(g->gate, sizeof g->gate, "%s", c->key[index]);
        snprintf(g->gate_name, sizeof g->gate_name, "%.78s", c->name[index]);
    }
    g->asked_at = 0;
    app_pop(app);
    look(g);
}

/* The sessions of today, or the gates there are; and that it is none of them alone. */
static void offer(struct gate *g, const struct tui_table *t, bool session)
{
    struct tui_view *menu = menu_new(
        g->view.app, session ? pn_tr("Session of this gate") : pn_tr("Which gate this is"), chosen);
    struct choice *c = menu ? menu_data(menu, sizeof *c) : NULL;
    int key = type_key(t->type), n = 0;
    if (!c || key < 0)
        return;
    c->gate = g;
    c->session = session;
    menu_add(menu, session ? pn_tr("Every session") : pn_tr("No gate in particular"), "");
    for (int r = 0; r < t->rows && ++n < CHOICES_MOST; r++) {
        snprintf(c->key[n], sizeof c->key[n], "%.20s", table_at(t, r, key)->plain);
        if (session)
            snprintf(c->name[n], sizeof c->name[n], "%.20s %.80s", table_show(t, r, "start_at"),
                     table_show(t, r, "show"));
        else
            snprintf(c->name[n], sizeof c->name[n], "%.20s %.80s", table_show(t, r, "code"),
                     table_show(t, r, "name"));
        menu_add(menu, c->name[n], table_show(t, r, session ? "venue" : "hall"));
    }
    app_push(g->view.app, menu);
}

static void ask_choice(struct gate *g, const char *list, int tag)
{
    const pn_op *op = app_op(g->view.app, list);
    if (!op) {
        app_say(g->view.app, LOOK_WAIT, "%s", pn_tr("That list is not open to you"));
        return;
    }
    struct tui_job *job = job_new(op, g->view.id, tag);
    const pn_col *start = tag == ASK_SESSIONS ? pn_type_col(op->out, "start_at") : NULL;
    if (start && start->sql)
        job_set(job, "where", "start_at=today");
    app_ask(&g->view, job);
}

static void done(struct tui_view *view, struct tui_job *job)
{
    struct gate *g = (struct gate *)view;
    if (job->tag == ASK_BOARD) {
        if (job->code || !job->table)
            return;
        table_free(g->board);
        g->board = job->table;
        job->table = NULL;
        return;
    }
    if (job->tag != ASK_VERDICT) {
        if (job->code || !job->table)
            app_fail(view->app, job);
        else if (app_top(view->app) == view)
            offer(g, job->table, job->tag == ASK_SESSIONS);
        return;
    }
    table_free(g->verdict);
    g->verdict = job->table;
    job->table = NULL;
    g->refused = job->code != 0;
    snprintf(g->words, sizeof g->words, "%s", job->message ? job->message : "");
    const char *words = g->refused ? g->words : table_show(g->verdict, 0, "result");
    bool good = gate_is_good(g);
    note(g, words, good);
    count(g, words, good);
    if (!good) /* who looks at the people hears it */
        term_ring();
    look(g);
}

/* ---- keys ---- */

static void with_document(struct tui_app *app, void *who, const char *text)
{
    struct gate *g = who;
    (void)app;
    verify(g, g->code, text);
}

static void ask_document(struct gate *g)
{
    if (!g->op || !pn_type_col(g->op->in, "doc") || !*g->code)
        app_say(g->view.app, LOOK_WAIT, "%s", pn_tr("Scan the ticket first"));
    else
        prompt_open(g->view.app, '>', pn_tr("Identity document"), "", with_document, g);
}

/* Against the verdict, by whoever may: with a reason, in the audit trail. */
static void let_in(struct gate *g)
{
    const pn_op *op = app_op(g->view.app, "gate.override");
    if (!op || !*g->code) {
        app_say(g->view.app, LOOK_WAIT, "%s",
                op ? pn_tr("Scan the ticket first") : pn_tr("Letting in is a supervisor's"));
        return;
    }
    struct tui_view *form = form_new(g->view.app, op, pn_tr(op->brief));
    if (!form)
        return;
    form_preset(form, "code", g->code, true);
    if (*g->session)
        form_preset(form, "session", g->session, true);
    if (*g->gate)
        form_preset(form, "gate", g->gate, true);
    app_push(g->view.app, form);
}

static void act(struct tui_view *view, tui_action action, uint32_t key)
{
    struct gate *g = (struct gate *)view;
    (void)key;
    if (action == DO_OPEN) {
        verify(g, g->edit.text, "");
        edit_set(&g->edit, "");
    } else if (action == DO_ROOM) {
        ask_choice(g, "session.list", ASK_SESSIONS);
    } else if (action == DO_GATE) {
        ask_choice(g, "gate.list", ASK_GATES);
    } else if (action == DO_WAY) {
        g->out = !g->out;
    } else if (action == DO_OVERRIDE) {
        let_in(g);
    } else if (action == DO_DOC) {
        ask_document(g);
    }
}

/* Before there is a ticket, nobody is let in and no document belongs to one. */
static bool idle(const struct tui_view *view, tui_action action)
{
    const struct gate *g = (const struct gate *)view;
    return (action == DO_OVERRIDE && (!*g->code || !app_op(view->app, "gate.override"))) ||
           (action == DO_DOC && !*g->code);
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
    verify(g, text, "");
}

/* ---- without a screen ---- */

static void tell(struct tui_view *view, struct tui_facts *facts)
{
    struct gate *g = (struct gate *)view;
    const char *way = g->out ? pn_tr("Way out") : pn_tr("Way in");
    long long inside, sold;
    facts_say(facts, "session", pn_tr("Session"), g->session,
              *g->session_name ? g->session_name : pn_tr("Every session"));
    facts_say(facts, "gate", pn_tr("Gate"), g->gate, g->gate_name);
    facts_say(facts, "direction", pn_tr("Direction"), g->out ? "OUT" : "IN", way);
    if (gate_inside(g, &inside, &sold) && sold > 0) {
        char number[24], share[80];
        snprintf(number, sizeof number, "%lld", inside);
        snprintf(share, sizeof share, pn_tr("inside %lld/%lld  %lld%%"), inside, sold,
                 inside * 100 / sold);
        facts_say(facts, "inside", pn_tr("Admitted"), number, share);
        facts_number(facts, "sold", pn_tr("Sold"), sold);
    }
    if (g->refused)
        facts_say(facts, "refusal", pn_tr("Refused"), g->words, g->words);
    else if (g->verdict && g->verdict->rows)
        facts_row(facts, g->verdict, 0, false);
    if (!g->verdict && !g->refused)
        facts_some(facts, "step", pn_tr("Step"), gate_asks(g));
    facts_say(facts, "typed", pn_tr("Ticket code"), g->edit.text, g->edit.text);
    facts_open(facts, "before", pn_tr("Just now"));
    for (int i = 0; i < GATE_LOG && *g->log[i]; i++) {
        facts_item(facts);
        facts_say(facts, "verdict", pn_tr("Result"), g->log[i], g->log[i]);
        facts_done(facts);
    }
    facts_close(facts);
    facts_number(facts, "a_minute", pn_tr("Scans a minute"), gate_rate(g));
    facts_number(facts, "passed", pn_tr("Passed here"), g->passed);
    facts_number(facts, "stopped", pn_tr("Refused here"), g->stopped);
    facts_open(facts, "why", pn_tr("Refusal"));
    for (int i = 0; i < WHY_MOST && g->why[i].n; i++) {
        facts_item(facts);
        facts_say(facts, "reason", pn_tr("Reason"), g->why[i].name, g->why[i].name);
        facts_number(facts, "times", pn_tr("Times"), g->why[i].n);
        facts_done(facts);
    }
    facts_close(facts);
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
    table_free(g->board);
    edit_free(&g->edit);
}

static const struct tui_face gate_face = {
    .scope = SCOPE_GATE,
    .size = sizeof(struct gate),
    .draw = gate_draw,
    .load = load,
    .act = act,
    .idle = idle,
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
