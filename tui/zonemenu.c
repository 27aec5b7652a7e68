/* SPDX-License-Identifier: Apache-2.0 */
/* zonemenu.c — choosing among zones and tiers, and what a zone is called. */
#include "config.h"
#include "zones.h"

#include <stdio.h>
#include <string.h>

/* ---- which zone ---- */

struct paints { struct seatmap *map; int zone[ZONES_MOST], zones; };

static bool known(const struct cut *cut, const char *name)
{
    for (int i = 0; i < cut->zones; i++)
        if (!strcmp(cut->zone[i].name, name))
            return true;
    return false;
}

static void ask_tiers(struct seatmap *m, int what)
{
    const pn_op *op = app_op(m->view.app, "tier.list");
    struct tui_job *job = op ? job_new(op, m->view.id, what) : NULL;
    if (!op) {
        app_say(m->view.app, LOOK_WAIT, pn_tr("%s is not open to you"), pn_tr("Tiers"));
        return;
    }
    if (job)
        job_setf(job, "where", "%s=%s",
                 pn_type_col(op->out, "session_id") ? "session_id" : "session", m->session);
    job_set(job, "limit", "60");
    app_ask(&m->view, job);
}

static void named(struct tui_app *app, void *who, const char *text)
{
    struct seatmap *m = who;
    if (!*text || known(m->cut, text)) {
        app_say(app, LOOK_BAD, *text ? pn_tr("! There is a zone “%s” already") : "%s",
                *text ? text : pn_tr("! A zone needs a name"));
        return;
    }
    zones_put(m->cut->fresh, sizeof m->cut->fresh, text);
    ask_tiers(m, ASK_NEW_TIER);
}

static void zone_chosen(struct tui_view *menu, int index)
{
    struct paints *data = menu_data(menu, sizeof *data), p;
    struct tui_app *app = menu->app;
    if (!data)
        return;
    p = *data;
    app_pop(app);
    if (index < p.zones)
        zones_paint(p.map, p.zone[index]);
    else
        prompt_open(app, '>', pn_tr("Name of the new zone"), "", named, p.map);
}

void zones_offer(struct seatmap *m)
{
    struct cut *cut = m->cut;
    if (m->seats->crowded) {
        app_say(m->view.app, LOOK_WAIT,
                pn_tr("More than %d zones cannot be painted: pn zone-plan draft takes them"),
                ZONES_MOST);
        return;
    }
    if (!seats_chosen(m->seats)) {
        app_say(m->view.app, LOOK_WAIT, "%s",
                pn_tr("Choose seats first: Space, C-a a row, b a rectangle"));
        return;
    }
    struct tui_view *menu = menu_new(m->view.app, pn_tr("Into which zone?"), zone_chosen);
    struct paints *p = menu ? menu_data(menu, sizeof *p) : NULL;
    if (!p)
        return;
    p->map = m;
    for (int i = 0; i < cut->zones; i++) {
        const struct cut_zone *z = &cut->zone[i];
        char label[160], note[160];
        if (!*z->name)
            continue;
        snprintf(label, sizeof label, "%s", z->name);
        snprintf(note, sizeof note, "%s  %s  %s", z->tier_name, z->price, z->gates);
        menu_add(menu, label, note);
        p->zone[p->zones++] = i;
    }
    menu_add(menu, pn_tr("A new zone"), "");
    app_push(m->view.app, menu);
}

struct tiers { struct seatmap *map; bool fresh; struct cut_zone tier[60]; };

static int taken_in(const struct seatmap *m, int zone)
{
    int n = 0;
    for (int i = 0; i < m->seats->seats; i++)
        n += m->seats->seat[i].zone == zone && zones_taken(&m->seats->seat[i]);
    return n;
}

static void set_tier(struct seatmap *m, const struct cut_zone *tier)
{
    struct cut_zone *z = &m->cut->zone[m->cut->other];
    int taken = taken_in(m, m->cut->other);
    if (taken && strcmp(z->tier, tier->tier) != 0) {
        app_say(m->view.app, LOOK_BAD,
                pn_tr("! %d seats are sold or locked: the tier stays"), taken);
        return;
    }
    zones_put(z->tier, sizeof z->tier, tier->tier);
    zones_put(z->tier_name, sizeof z->tier_name, tier->tier_name);
    zones_put(z->price, sizeof z->price, tier->price);
    m->cut->painted = true;
}

static void tier_chosen(struct tui_view *menu, int index)
{
    struct tiers *data = menu_data(menu, sizeof *data);
    if (!data)
        return;
    struct seatmap *m = data->map;
    struct cut_zone zone = data->tier[index];
    bool fresh = data->fresh;
    app_pop(menu->app);
    if (!fresh) {
        set_tier(m, &zone);
        return;
    }
    zones_put(zone.name, sizeof zone.name, m->cut->fresh);
    int to = zones_add(m, &zone);
    if (to >= 0)
        zones_paint(m, to);
}

void zones_tiers(struct seatmap *m, const struct tui_table *t, bool fresh)
{
    struct tui_view *menu = menu_new(m->view.app, pn_tr("Sold as which tier?"), tier_chosen);
    struct tiers *p = menu ? menu_data(menu, sizeof *p) : NULL;
    int key = type_key(t->type);
    if (!p || key < 0)
        return;
    p->map = m;
    p->fresh = fresh;
    for (int r = 0; r < t->rows && r < 60; r++) {
        struct cut_zone *z = &p->tier[r];
        const char *price = table_show(t, r, "face_price");
        zones_put(z->tier, sizeof z->tier, table_at(t, r, key)->plain);
        zones_put(z->tier_name, sizeof z->tier_name, table_show(t, r, "name"));
        zones_put(z->price, sizeof z->price, *price ? price : table_show(t, r, "price"));
        menu_add(menu, z->tier_name, z->price);
    }
    app_push(m->view.app, menu);
}

/* ---- what a zone is called ---- */

enum { EDIT_NAME, EDIT_TIER, EDIT_COLOUR, EDIT_GATES };

static void renamed(struct tui_app *app, void *who, const char *text)
{
    struct seatmap *m = who;
    struct cut_zone *z = &m->cut->zone[m->cut->other];
    if (!*text || (known(m->cut, text) && strcmp(z->name, text) != 0)) {
        app_say(app, LOOK_BAD, *text ? pn_tr("! There is a zone “%s” already") : "%s",
                *text ? text : pn_tr("! A zone needs a name"));
        return;
    }
    zones_put(z->name, sizeof z->name, text);
    m->seats->zone[m->cut->other].name = z->name;
    m->cut->painted = true;
}

static void coloured(struct tui_app *app, void *who, const char *text)
{
    struct seatmap *m = who;
    (void)app;
    zones_put(m->cut->zone[m->cut->other].colour, sizeof m->cut->zone->colour, text);
    m->cut->painted = true;
}

static void gated(struct tui_app *app, void *who, const char *text)
{
    struct seatmap *m = who;
    (void)app;
    zones_put(m->cut->zone[m->cut->other].gates, sizeof m->cut->zone->gates, text);
    m->cut->painted = true;
}

static void edit_chosen(struct tui_view *menu, int index)
{
    struct paints *data = menu_data(menu, sizeof *data);
    struct tui_app *app = menu->app;
    struct seatmap *m = data ? data->map : NULL;
    if (!m)
        return;
    const struct cut_zone *z = &m->cut->zone[m->cut->other];
    app_pop(app);
    if (index == EDIT_NAME)
        prompt_open(app, '>', pn_tr("Name"), z->name, renamed, m);
    else if (index == EDIT_TIER)
        ask_tiers(m, ASK_OTHER_TIER);
    else if (index == EDIT_COLOUR)
        prompt_open(app, '>', pn_tr("Colour"), z->colour, coloured, m);
    else
        prompt_open(app, '>', pn_tr("Gates"), z->gates, gated, m);
}

void zones_edit(struct seatmap *m)
{
    const struct cut_zone *z = zones_of(m, m->at);
    if (!z) {
        app_say(m->view.app, LOOK_WAIT, "%s", pn_tr("This seat is in no zone"));
        return;
    }
    m->cut->other = m->seats->seat[m->at].zone;
    struct tui_view *menu = menu_new(m->view.app, z->name, edit_chosen);
    struct paints *p = menu ? menu_data(menu, sizeof *p) : NULL;
    if (!p)
        return;
    p->map = m;
    menu_add(menu, pn_tr("Name"), z->name);
    menu_add(menu, pn_tr("Tier"), z->tier_name);
    menu_add(menu, pn_tr("Colour"), z->colour);
    menu_add(menu, pn_tr("Gates"), z->gates);
    app_push(m->view.app, menu);
}
