/* SPDX-License-Identifier: Apache-2.0 */
/* seatmap.c — the seats of a session: moving, choosing, finding seats together, holding and
 * releasing them. The map loads itself again every few seconds; what is chosen stays chosen as long
 * as nobody else takes it. */
#include "config.h"
#include "seatmap.h"
#include "zones.h"

#include <stdlib.h>
#include <string.h>

enum { ASK_MAP = 1, ASK_FIND, ASK_HOLDS, ASK_OWNERS, FRESH_MS = 5000, WORDS = 4000 };

static void load(struct tui_view *view)
{
    struct seatmap *m = (struct seatmap *)view;
    const pn_op *op = app_op(view->app, "seat.map");
    if (m->cut)
        zones_load(m);
    if (view->pending || m->cut || !op)
        return;
    struct tui_job *job = job_new(op, view->id, ASK_MAP);
    job_set(job, "session", m->session);
    app_ask(view, job);
}

/* ---- moving ---- */

static void to_line(struct seatmap *m, int line, int col)
{
    int last = m->seats->lines - 1;
    line = line > last ? last : line < 0 ? 0 : line;
    m->at = seats_near(m->seats, line, col);
}

static void along(struct seatmap *m, int by)
{
    const struct seat_line *l = &m->seats->line[seats_line(m->seats, m->at)];
    int to = m->at + by, end = l->first + l->seats - 1;
    m->at = to > end ? end : to < l->first ? l->first : to;
}

static void to_section(struct seatmap *m, int section)
{
    int n = m->seats->sections;
    const struct seat_section *c = &m->seats->section[(section % n + n) % n];
    to_line(m, c->line, c->cols / 2);
}

static void jump(struct tui_app *app, void *who, const char *text)
{
    struct seatmap *m = who;
    for (int i = 0; m->seats && i < m->seats->sections; i++) {
        if (!strstr(m->seats->section[i].name, text))
            continue;
        to_section(m, i);
        return;
    }
    app_say(app, LOOK_WAIT, pn_tr("There is no section “%s”"), text);
}

static void move(struct seatmap *m, tui_action action)
{
    int line = seats_line(m->seats, m->at), col = m->seats->seat[m->at].col;
    int section = m->seats->line[line].section, page = m->rows > 2 ? m->rows - 1 : 1;
    bool hall = m->zoom == ZOOM_HALL;
    if (action == DO_SECTION || (hall && (action == DO_DOWN || action == DO_RIGHT)))
        to_section(m, section + 1);
    else if (action == DO_SECTION_BACK || (hall && (action == DO_UP || action == DO_LEFT)))
        to_section(m, section - 1);
    else if (action == DO_UP || action == DO_DOWN)
        to_line(m, line + (action == DO_UP ? -1 : 1), col);
    else if (action == DO_PAGE_UP || action == DO_PAGE_DOWN)
        to_line(m, line + (action == DO_PAGE_UP ? -page : page), col);
    else if (action == DO_LEFT || action == DO_RIGHT)
        along(m, action == DO_LEFT ? -1 : 1);
    else if (action == DO_FIRST || action == DO_LAST)
        along(m, action == DO_FIRST ? -m->seats->seats : m->seats->seats);
}

/* ---- choosing ---- */

bool seatmap_takes(const struct seatmap *m, int seat)
{
    return m->cut || seats_open(&m->seats->seat[seat]);
}

void seatmap_clear(struct seatmap *m)
{
    for (int i = 0; m->seats && i < m->seats->seats; i++)
        m->seats->seat[i].chosen = false;
    m->anchor = -1;
}

static void choose(struct seatmap *m, int seat)
{
    struct seat *s = &m->seats->seat[seat];
    if (seatmap_takes(m, seat))
        s->chosen = !s->chosen;
    else
        app_say(m->view.app, LOOK_WAIT, "%s", pn_tr("This seat is sold or in an order"));
}

/* All of them; when all are chosen already, none. */
static void choose_all(struct seatmap *m, int from, int to, bool boxed)
{
    bool all = true;
    for (int pass = 0; pass < 2; pass++)
        for (int i = from; i < to; i++) {
            struct seat *s = &m->seats->seat[i];
            if (!seatmap_takes(m, i) || (boxed && !seatmap_in_box(m, i)))
                continue;
            if (pass)
                s->chosen = !all;
            else
                all &= s->chosen;
        }
}

static void choose_section(struct seatmap *m, int section)
{
    const struct seat_section *c = &m->seats->section[section];
    int first = m->seats->line[c->line].first;
    choose_all(m, first, first + c->seats, false);
}

static void box(struct seatmap *m)
{
    if (m->anchor < 0) {
        m->anchor = m->at;
        return;
    }
    choose_all(m, 0, m->seats->seats, true);
    m->anchor = -1;
}

/* ---- asking ---- */

static void find(struct tui_app *app, void *who, const char *text)
{
    struct seatmap *m = who;
    const pn_op *op = app_op(app, "seat.find");
    snprintf(m->together, sizeof m->together, "%s", m->seats ? "" : text);
    if (!op || !m->seats || !m->seats->seats)
        return;
    struct tui_job *job = job_new(op, m->view.id, ASK_FIND);
    job_set(job, "tier", table_plain(m->seats->piece, m->seats->seat[m->at].piece, "tier_id"));
    job_set(job, "qty", text);
    app_ask(&m->view, job);
}

static void found(struct seatmap *m, const struct tui_table *t)
{
    char key[400];
    const char *at = table_plain(t, 0, "seats");
    int first = -1;
    seatmap_clear(m);
    while (*at) {
        size_t n = strcspn(at, ",");
        snprintf(key, sizeof key, "%.*s", (int)n, at);
        int seat = seats_find(m->seats, key);
        if (seat >= 0)
            m->seats->seat[seat].chosen = true;
        first = first < 0 ? seat : first;
        at += n + (at[n] == ',');
    }
    m->at = first < 0 ? m->at : first;
    app_say(m->view.app, LOOK_GOOD, pn_tr("The best that are left: %s"),
            table_show(t, 0, "seats"));
}

/* The form of an operation for the chosen seats that are in these states. */
static struct tui_view *form_for(struct seatmap *m, const pn_op *op, const char *states)
{
    char words[WORDS];
    struct tui_app *app = m->view.app;
    if (!op) {
        app_say(app, LOOK_WAIT, pn_tr("%s is not open to you"), pn_tr("Seats withheld"));
        return NULL;
    }
    if (!seats_words(m->seats, (struct seats_wanted){states, 0}, words, sizeof words)) {
        app_say(app, LOOK_WAIT, "%s", pn_tr("Too many single seats: choose whole rows"));
        return NULL;
    }
    struct tui_view *form = form_new(app, op, pn_tr(op->brief));
    if (form)
        form_target(form, m->view.title);
    if (form && *words)
        form_preset(form, "seats", words, true);
    return form;
}

static void hold(struct seatmap *m)
{
    struct tui_app *app = m->view.app;
    bool any = false;
    for (int i = 0; i < m->seats->seats; i++)
        any |= m->seats->seat[i].chosen && m->seats->seat[i].status != 'h';
    if (!any) {
        app_say(app, LOOK_WAIT, "%s", pn_tr("Choose free seats first: Space, or a whole row"));
        return;
    }
    struct tui_view *form = form_for(m, app_op(app, "seat_hold.place"), ".w");
    if (!form)
        return;
    static const char *const others[] = {"zone", "tier", "qty"}; /* other ways to say which */
    for (size_t i = 0; i < 3; i++)
        form_preset(form, others[i], "", true);
    form_preset(form, "session", m->session, true);
    app_push(app, form);
}

static void ask_holds(struct seatmap *m, int what)
{
    const pn_op *op = app_op(m->view.app, "seat_hold.list");
    if (!op && what == ASK_OWNERS)
        return;
    if (!op) {
        app_say(m->view.app, LOOK_WAIT, pn_tr("%s is not open to you"), pn_tr("Seats withheld"));
        return;
    }
    struct tui_job *job = job_new(op, m->view.id, what);
    if (job)
        job_setf(job, "where", "session_id=%s state=ACTIVE", m->session);
    job_set(job, "limit", "60");
    app_ask(&m->view, job);
}

struct holds { struct seatmap *map; char id[64][24]; };

static void release(struct tui_view *menu, int index)
{
    struct holds *h = menu_data(menu, sizeof *h);
    if (!h)
        return;
    struct tui_app *app = menu->app;
    struct seatmap *m = h->map;
    char id[24];
    memcpy(id, h->id[index], sizeof id);
    app_pop(app);
    struct tui_view *form = form_for(m, app_op(app, "seat_hold.release"), "h");
    if (!form)
        return;
    form_preset(form, "id", id, true);
    app_push(app, form);
}

int seatmap_hold(const struct seatmap *m, int seat)
{
    char key[400];
    seats_key(m->seats, seat, key, sizeof key);
    size_t n = strlen(key);
    for (int r = 0; m->holds && r < m->holds->rows; r++) {
        const char *all = table_plain(m->holds, r, "seats");
        for (const char *at = strstr(all, key); at; at = strstr(at + 1, key))
            if ((at == all || at[-1] == ',') && (!at[n] || at[n] == ','))
                return r;
    }
    return -1;
}

/* Does the hold have one of the chosen seats? */
static bool has_chosen(const struct seatmap *m, const char *keys)
{
    char key[400];
    while (*keys) {
        size_t n = strcspn(keys, ",");
        snprintf(key, sizeof key, "%.*s", (int)n, keys);
        int seat = seats_find(m->seats, key);
        if (seat >= 0 && m->seats->seat[seat].chosen)
            return true;
        keys += n + (keys[n] == ',');
    }
    return false;
}

static void offer_holds(struct seatmap *m, const struct tui_table *t)
{
    struct tui_app *app = m->view.app;
    bool any = seats_chosen(m->seats) > 0;
    int n = 0, key = type_key(t->type);
    struct tui_view *menu = menu_new(app, pn_tr("Which hold?"), release);
    struct holds *h = menu ? menu_data(menu, sizeof *h) : NULL;
    if (!h)
        return;
    h->map = m;
    for (int r = 0; r < t->rows && n < 64; r++) {
        char label[160];
        if (any && !has_chosen(m, table_plain(t, r, "seats")))
            continue;
        snprintf(label, sizeof label, "%s  %s  %s", table_show(t, r, "kind"),
                 table_show(t, r, "qty"), table_show(t, r, "reason"));
        snprintf(h->id[n++], sizeof h->id[0], "%s", table_at(t, r, key)->plain);
        menu_add(menu, label, table_show(t, r, "seats"));
    }
    app_push(app, menu);
}

/* ---- answers ---- */

/* What is held may have been given to somebody: ask who has it. */
static void ask_owners(struct seatmap *m)
{
    bool any = false;
    for (int i = 0; i < m->seats->seats; i++)
        any |= m->seats->seat[i].status == 'h';
    if (any)
        ask_holds(m, ASK_OWNERS);
}

void seatmap_take(struct seatmap *m, struct tui_table *answer)
{
    struct seats *old = m->seats, *fresh = seats_new(answer);
    char key[400];
    int at = 0, anchor = -1;
    if (!fresh)
        return;
    for (int i = 0; old && i < old->seats; i++) {
        if (!old->seat[i].chosen && i != m->at && i != m->anchor)
            continue;
        seats_key(old, i, key, sizeof key);
        int seat = seats_find(fresh, key);
        if (seat >= 0 && old->seat[i].chosen)
            fresh->seat[seat].chosen = m->cut || seats_open(&fresh->seat[seat]);
        at = i == m->at && seat >= 0 ? seat : at;
        anchor = i == m->anchor ? seat : anchor;
    }
    m->at = at;
    m->anchor = anchor;
    seats_free(old);
    m->seats = fresh;
    ask_owners(m);
}

static void act(struct tui_view *view, tui_action action, uint32_t key);

/* Now that the seats are there: what was typed ahead of them. */
static void catch_up(struct seatmap *m)
{
    char together[sizeof m->together];
    tui_action soon = m->soon;
    snprintf(together, sizeof together, "%s", m->together);
    m->soon = DO_NOTHING;
    *m->together = 0;
    if (*together)
        find(m->view.app, m, together);
    else if (soon && app_top(m->view.app) == &m->view)
        act(&m->view, soon, 0);
}

static void done(struct tui_view *view, struct tui_job *job)
{
    struct seatmap *m = (struct seatmap *)view;
    if (job->tag >= ASK_ZONES) {
        zones_done(m, job);
    } else if (job->code || !job->table) {
        app_fail(view->app, job);
    } else if (job->tag == ASK_MAP && !m->cut) {
        seatmap_take(m, job->table);
        job->table = NULL;
        catch_up(m);
    } else if (job->tag == ASK_ORDER) {
        seatmap_order(m, job->table);
    } else if (job->tag == ASK_OWNERS) {
        table_free(m->holds);
        m->holds = job->table;
        job->table = NULL;
    } else if (m->seats && job->tag == ASK_FIND) {
        found(m, job->table);
    } else if (m->seats && job->tag == ASK_HOLDS && app_top(view->app) == view) {
        offer_holds(m, job->table);
    }
    view->still = !m->seats || !m->seats->seats;
}

/* ---- keys and mouse ---- */

static void zoom(struct seatmap *m, int by)
{
    int to = m->zoom + by;
    m->zoom = to < ZOOM_HALL ? ZOOM_HALL : to > ZOOM_LABELS ? ZOOM_LABELS : to;
    m->top = m->left = 0;
}

static void enter(struct seatmap *m)
{
    if (m->anchor >= 0)
        box(m);
    else if (m->zoom == ZOOM_HALL)
        zoom(m, 1);
    else if (seatmap_takes(m, m->at))
        choose(m, m->at);
    else
        seatmap_ask_order(m);
}

static void act(struct tui_view *view, tui_action action, uint32_t key)
{
    struct seatmap *m = (struct seatmap *)view;
    if (action == DO_ROOM) { /* it goes away with what is not kept */
        if (!zones_back(m))
            view_room(view->app, (char)tui_fold(key));
        return;
    }
    if (action == DO_ZONES)
        zones_toggle(m);
    m->soon = DO_NOTHING;
    if (!m->seats && !m->cut && action == DO_FIND) /* what follows is its number, and no room's */
        prompt_open(view->app, '>', pn_tr("How many together"), "", find, m);
    else if (!m->seats && !m->cut)
        m->soon = action;
    if (action == DO_ZONES || !m->seats || !m->seats->seats || zones_act(m, action))
        return;
    const struct seat_line *l = &m->seats->line[seats_line(m->seats, m->at)];
    if (action == DO_OPEN)
        enter(m);
    else if (action == DO_MARK)
        choose(m, m->at), along(m, 1);
    else if (action == DO_ROW)
        choose_all(m, l->first, l->first + l->seats, false);
    else if (action == DO_MARK_ALL)
        choose_section(m, m->seats->line[seats_line(m->seats, m->at)].section);
    else if (action == DO_RANGE)
        box(m);
    else if (action == DO_CLEAR)
        seatmap_clear(m);
    else if (action == DO_ZOOM_IN || action == DO_ZOOM_OUT)
        zoom(m, action == DO_ZOOM_IN ? 1 : -1);
    else if (action == DO_SELL)
        seatmap_sell(m);
    else if (action == DO_HOLD)
        hold(m);
    else if (action == DO_RELEASE)
        ask_holds(m, ASK_HOLDS);
    else if (action == DO_FILTER)
        prompt_open(view->app, '>', pn_tr("Go to section"), "", jump, m);
    else if (action == DO_FIND)
        prompt_open(view->app, '>', pn_tr("How many together"), "", find, m);
    else
        move(m, action);
}

static void mouse(struct tui_view *view, const struct tui_event *event, int top)
{
    struct seatmap *m = (struct seatmap *)view;
    (void)top;
    if (!m->seats || !m->seats->seats)
        return;
    if (event->mouse == MOUSE_WHEEL_UP || event->mouse == MOUSE_WHEEL_DOWN) {
        for (int i = 0; i < 3; i++)
            move(m, event->mouse == MOUSE_WHEEL_UP ? DO_UP : DO_DOWN);
        return;
    }
    int seat = seatmap_seat_at(m, event->row, event->col);
    if (seat >= 0)
        m->at = seat;
    if (m->zoom == ZOOM_HALL) {
        if (event->mouse == MOUSE_RELEASE && seat >= 0)
            zoom(m, 1);
    } else if (event->mouse == MOUSE_PRESS && seat >= 0) {
        m->anchor = seat;
        m->dragged = false;
    } else if (event->mouse == MOUSE_DRAG) {
        m->dragged = true;
    } else if (event->mouse == MOUSE_RELEASE && m->anchor >= 0) {
        if (m->dragged)
            box(m);
        else
            choose(m, m->at);
        m->anchor = -1;
    }
}

static bool back(struct tui_view *view)
{
    struct seatmap *m = (struct seatmap *)view;
    bool boxing = m->anchor >= 0;
    m->anchor = -1;
    return boxing || zones_back(m);
}

static void status(const struct tui_view *view, char *text, size_t size)
{
    zones_status((const struct seatmap *)view, text, size);
}

static void free_map(struct tui_view *view)
{
    struct seatmap *m = (struct seatmap *)view;
    zones_free(m);
    table_free(m->holds);
    seats_free(m->seats);
}

static int unsent(const struct tui_view *view)
{
    return zones_unkept((const struct seatmap *)view) ? UNSENT_LOST : UNSENT_NOTHING;
}

static const struct tui_face map_face = {
    .scope = SCOPE_MAP, .size = sizeof(struct seatmap), .fresh_ms = FRESH_MS,
    .draw = seatmap_draw, .act = act, .mouse = mouse, .back = back, .load = load, .done = done,
    .status = status, .tell = seatmap_tell, .unsent = unsent, .free = free_map,
};

static void push(struct tui_app *app, const char *session, const char *title, const char *plan)
{
    const char *needs = plan ? "seat.zones" : "seat.map";
    if (!app_op(app, needs)) {
        app_say(app, LOOK_WAIT, pn_tr("%s is not open to you"),
                plan ? pn_tr("Zone plans") : pn_tr("Seat map"));
        return;
    }
    char name[160];
    snprintf(name, sizeof name, "%s%s%s", plan ? pn_tr("Zones") : pn_tr("Seats"),
             *title ? " " : "", title);
    struct seatmap *m = (struct seatmap *)view_new(app, &map_face, name);
    if (m) {
        m->zoom = ZOOM_SEATS;
        m->anchor = -1;
        snprintf(m->session, sizeof m->session, "%s", session);
        if (plan)
            zones_begin(m, plan);
    }
    app_push(app, m ? &m->view : NULL);
}

void seatmap_open(struct tui_app *app, const char *session, const char *title)
{
    push(app, session, title, NULL);
}

void seatmap_zones(struct tui_app *app, const char *session, const char *plan, const char *title)
{
    push(app, session, title, plan);
}
