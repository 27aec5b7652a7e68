/* SPDX-License-Identifier: Apache-2.0 */
/* zones.c — painting zones: seats are chosen as everywhere on the map and put into a zone, an old
 * one or a new one. Nothing is sold differently by that: what is painted is kept as a draft, the
 * draft's changes are shown, and only from there it goes live. */
#include "config.h"
#include "zones.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 4000 };

void zones_begin(struct seatmap *m, const char *plan)
{
    m->cut = calloc(1, sizeof *m->cut);
    if (!m->cut)
        return;
    snprintf(m->cut->plan, sizeof m->cut->plan, "%s", plan);
    app_key(m->view.app, m->cut->once);
}

static void forget_undo(struct cut *cut)
{
    while (cut->undos)
        free(cut->before[--cut->undos]);
}

void zones_free(struct seatmap *m)
{
    if (m->cut)
        forget_undo(m->cut);
    free(m->cut);
    m->cut = NULL;
}

static bool unkept(struct seatmap *m)
{
    if (!m->cut || !m->cut->painted || m->cut->warned)
        return false;
    m->cut->warned = true;
    app_say(m->view.app, LOOK_WAIT, "%s",
            pn_tr("Not kept yet: C-s keeps it as a draft; once more gives it up"));
    return true;
}

bool zones_unkept(const struct seatmap *m)
{
    return m->cut && m->cut->painted;
}

bool zones_back(struct seatmap *m)
{
    return unkept(m);
}

void zones_toggle(struct seatmap *m)
{
    struct tui_app *app = m->view.app;
    if (!m->cut && !app_op(app, "seat.zones")) {
        app_say(app, LOOK_WAIT, pn_tr("%s is not open to you"), pn_tr("Zone plans"));
        return;
    }
    if (unkept(m))
        return;
    seatmap_clear(m);
    if (m->cut)
        zones_free(m);
    else
        zones_begin(m, "");
    m->view.face->load(&m->view);
}

/* ---- loading ---- */

void zones_load(struct seatmap *m)
{
    const pn_op *op = app_op(m->view.app, "seat.zones");
    if (m->view.pending || m->cut->painted || !op)
        return;
    struct tui_job *job = job_new(op, m->view.id, ASK_ZONES);
    job_set(job, "session", m->session);
    job_set(job, "zone_plan", *m->cut->plan ? m->cut->plan : NULL);
    app_ask(&m->view, job);
}

void zones_put(char *to, size_t size, const char *text)
{
    snprintf(to, size, "%s", text);
}

/* The zones that seats are in; colours and gates come with their own list. */
static void take_zones(struct seatmap *m, struct tui_job *job)
{
    struct cut *cut = m->cut;
    const pn_op *list = app_op(m->view.app, "zone_plan.zones");
    zones_put(cut->version, sizeof cut->version, table_plain(job->table, 0, "version"));
    zones_put(cut->plan, sizeof cut->plan, table_plain(job->table, 0, "zone_plan_id"));
    seatmap_take(m, job->table);
    job->table = NULL;
    forget_undo(cut);
    memset(cut->zone, 0, sizeof cut->zone);
    cut->zones = m->seats ? m->seats->zones : 0;
    for (int i = 0; m->seats && i < m->seats->seats; i++) {
        const struct seat *seat = &m->seats->seat[i];
        struct cut_zone *z = &cut->zone[seat->zone];
        const struct tui_table *t = m->seats->piece;
        zones_put(z->name, sizeof z->name, table_plain(t, seat->piece, "zone"));
        zones_put(z->tier, sizeof z->tier, table_plain(t, seat->piece, "tier_id"));
        zones_put(z->tier_name, sizeof z->tier_name, table_plain(t, seat->piece, "tier"));
        zones_put(z->price, sizeof z->price, table_show(t, seat->piece, "face_price"));
    }
    if (!list || !*cut->plan)
        return;
    struct tui_job *more = job_new(list, m->view.id, ASK_DETAILS);
    if (more)
        job_setf(more, "where", "zone_plan_id=%s", cut->plan);
    job_set(more, "limit", "200");
    app_ask(&m->view, more);
}

static void take_details(struct cut *cut, const struct tui_table *t)
{
    for (int r = 0; t && r < t->rows; r++)
        for (int i = 0; i < cut->zones; i++) {
            struct cut_zone *z = &cut->zone[i];
            if (strcmp(z->name, table_plain(t, r, "name")) != 0)
                continue;
            zones_put(z->colour, sizeof z->colour, table_plain(t, r, "colour"));
            zones_put(z->gates, sizeof z->gates, table_plain(t, r, "gate_group"));
        }
}

/* ---- painting ---- */

const struct cut_zone *zones_of(const struct seatmap *m, int seat)
{
    const struct cut_zone *z = &m->cut->zone[m->seats->seat[seat].zone];
    return *z->name ? z : NULL;
}

bool zones_taken(const struct seat *seat)
{
    return seat->status == 's' || seat->status == 'l';
}

char zones_sign(const struct seatmap *m, int i)
{
    const struct seat *seat = &m->seats->seat[i];
    if (!zones_of(m, i))
        return '.';
    int letter = 0;
    for (int z = 0; z < seat->zone; z++)
        letter += *m->cut->zone[z].name != 0;
    return (char)((zones_taken(seat) ? 'a' : 'A') + letter);
}

static void remember(struct seatmap *m)
{
    struct cut *cut = m->cut;
    unsigned char *zones = malloc((size_t)m->seats->seats + 1);
    if (!zones)
        return;
    for (int i = 0; i < m->seats->seats; i++)
        zones[i] = (unsigned char)m->seats->seat[i].zone;
    if (cut->undos == UNDO_MOST) {
        free(cut->before[0]);
        memmove(cut->before, cut->before + 1, (UNDO_MOST - 1) * sizeof *cut->before);
        cut->undos--;
    }
    cut->before[cut->undos++] = zones;
}

static void unpaint(struct seatmap *m)
{
    struct cut *cut = m->cut;
    if (!cut->undos) {
        app_say(m->view.app, LOOK_WAIT, "%s", pn_tr("Nothing has been painted"));
        return;
    }
    unsigned char *zones = cut->before[--cut->undos];
    for (int i = 0; i < m->seats->seats; i++)
        m->seats->seat[i].zone = zones[i];
    free(zones);
    seats_count(m->seats);
}

/* Whoever has a seat keeps it at its price, so such seats only move within their tier. */
void zones_paint(struct seatmap *m, int to)
{
    struct cut *cut = m->cut;
    int done = 0, left = 0;
    remember(m);
    for (int i = 0; i < m->seats->seats; i++) {
        struct seat *seat = &m->seats->seat[i];
        const struct cut_zone *from = zones_of(m, i);
        if (!seat->chosen)
            continue;
        if (zones_taken(seat) && from && strcmp(from->tier, cut->zone[to].tier) != 0) {
            left++;
            continue;
        }
        seat->zone = to;
        done++;
    }
    seatmap_clear(m);
    seats_count(m->seats);
    cut->painted |= done > 0;
    cut->warned = false;
    if (left)
        app_say(m->view.app, LOOK_WAIT,
                pn_tr("%d seats are in %s now; %d sold ones stay"), done,
                cut->zone[to].name, left);
    else
        app_say(m->view.app, LOOK_GOOD, pn_tr("%d seats are in %s now"), done,
                cut->zone[to].name);
}

int zones_add(struct seatmap *m, const struct cut_zone *zone)
{
    struct cut *cut = m->cut;
    if (cut->zones == ZONES_MOST) {
        app_say(m->view.app, LOOK_WAIT, pn_tr("There are %d zones already: rename one"),
                ZONES_MOST);
        return -1;
    }
    struct cut_zone *z = &cut->zone[cut->zones];
    *z = *zone;
    m->seats->zone[cut->zones] =
        (struct seat_zone){.name = z->name, .tier = z->tier_name, .price = z->price};
    m->seats->zones = ++cut->zones;
    return cut->zones - 1;
}

/* ---- keeping it ---- */

/* The cursor goes to the first seat without a zone. */
static bool all_in_zones(struct seatmap *m)
{
    int none = 0, first = -1;
    for (int i = m->seats->seats; i--;)
        if (!zones_of(m, i)) {
            none++;
            first = i;
        }
    if (!none)
        return true;
    m->at = first;
    app_say(m->view.app, LOOK_BAD, pn_tr("! %d seats are in no zone yet; the cursor is on one"),
            none);
    return false;
}

static bool write_zone(const struct seatmap *m, FILE *out, int i, bool first)
{
    const struct cut_zone *z = &m->cut->zone[i];
    char words[WORDS];
    if (!seats_words(m->seats, (struct seats_wanted){NULL, i}, words, sizeof words))
        return false;
    fputs(first ? "{\"name\":" : ",{\"name\":", out);
    facts_quote(out, z->name);
    fprintf(out, ",\"tier\":%s,\"seats\":", z->tier);
    facts_quote(out, words);
    fputs(",\"colour\":", out);
    facts_quote(out, z->colour);
    fputs(",\"gate_group\":", out);
    facts_quote(out, z->gates);
    putc('}', out);
    return true;
}

/* The zones as JSON; NULL: one of them takes too many words. The caller frees it. */
static char *zones_text(const struct seatmap *m)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    bool ok = out != NULL, first = true;
    if (out)
        putc('[', out);
    for (int i = 0; ok && i < m->cut->zones; i++) {
        if (!*m->cut->zone[i].name || !m->seats->zone[i].seats)
            continue;
        ok = write_zone(m, out, i, first);
        first = false;
    }
    if (out)
        putc(']', out);
    if (out && fclose(out))
        ok = false;
    if (ok)
        return text;
    free(text);
    return NULL;
}

static void keep(struct seatmap *m)
{
    struct tui_app *app = m->view.app;
    const pn_op *op = app_op(app, "zone_plan.draft");
    if (!op) {
        app_say(app, LOOK_WAIT, pn_tr("%s is not open to you"), pn_tr("Zone plans"));
        return;
    }
    if (!m->cut->painted) {
        app_say(app, LOOK_WAIT, "%s", pn_tr("Nothing has been painted"));
        return;
    }
    if (!all_in_zones(m))
        return;
    char *text = zones_text(m);
    if (!text) {
        app_say(app, LOOK_WAIT, "%s", pn_tr("Too many single seats: choose whole rows"));
        return;
    }
    struct tui_job *job = job_new(op, m->view.id, ASK_DRAFT);
    job_set(job, "session", m->session);
    job_set(job, "plan", table_plain(m->seats->table, 0, "plan_id"));
    job_set(job, "zones", text);
    if (job)
        snprintf(job->key, sizeof job->key, "%s", m->cut->once);
    free(text);
    app_ask(&m->view, job);
}

static void kept(struct seatmap *m, const struct tui_table *t)
{
    int key = type_key(t->type);
    m->cut->painted = false;
    forget_undo(m->cut);
    app_key(m->view.app, m->cut->once);
    zones_put(m->cut->plan, sizeof m->cut->plan, key < 0 ? "" : table_at(t, 0, key)->plain);
    zones_put(m->cut->version, sizeof m->cut->version, table_plain(t, 0, "version"));
    app_stale(m->view.app, &m->view); /* a list below has one more */
    cut_diff_open(m->view.app, m->cut->plan, m->view.title);
    app_say(m->view.app, LOOK_GOOD, pn_tr("Version %s is drafted; nothing is sold by it yet"),
            m->cut->version);
}

void zones_done(struct seatmap *m, struct tui_job *job)
{
    if (!m->cut)
        return;
    if (job->code || !job->table) {
        app_fail(m->view.app, job);
        if (job->tag == ASK_DRAFT && !pn_code_retry(job->code))
            app_key(m->view.app, m->cut->once); /* the next attempt is another request */
    } else if (job->tag == ASK_ZONES) {
        take_zones(m, job);
    } else if (job->tag == ASK_DETAILS) {
        take_details(m->cut, job->table);
    } else if (job->tag == ASK_DRAFT) {
        kept(m, job->table);
    } else if (app_top(m->view.app) == &m->view) {
        zones_tiers(m, job->table, job->tag == ASK_NEW_TIER);
    }
}

/* ---- keys ---- */

static void show_diff(struct seatmap *m)
{
    if (!*m->cut->plan)
        app_say(m->view.app, LOOK_WAIT, "%s", pn_tr("There is no version yet: paint, then C-s"));
    else if (m->cut->painted)
        app_say(m->view.app, LOOK_WAIT, "%s", pn_tr("Keep it first: C-s"));
    else
        cut_diff_open(m->view.app, m->cut->plan, m->view.title);
}

bool zones_act(struct seatmap *m, tui_action action)
{
    bool ours = action == DO_PAINT || action == DO_EDIT || action == DO_SUBMIT ||
                action == DO_DIFF || action == DO_UNDO;
    if (!ours)
        return false;
    if (!m->cut)
        app_say(m->view.app, LOOK_WAIT, "%s", pn_tr("That is done to zones: z shows them"));
    else if (action == DO_PAINT)
        zones_offer(m);
    else if (action == DO_EDIT)
        zones_edit(m);
    else if (action == DO_SUBMIT)
        keep(m);
    else if (action == DO_DIFF)
        show_diff(m);
    else
        unpaint(m);
    return true;
}

void zones_status(const struct seatmap *m, char *text, size_t size)
{
    const struct cut *cut = m->cut;
    if (!cut)
        return;
    if (!*cut->plan)
        snprintf(text, size, "%s", cut->painted ? pn_tr("No version yet, not kept")
                                                : pn_tr("No version yet"));
    else
        snprintf(text, size, cut->painted ? pn_tr("From version %s, not kept")
                                          : pn_tr("Version %s"), cut->version);
}
