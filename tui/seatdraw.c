/* SPDX-License-Identifier: Apache-2.0 */
/* seatdraw.c — the map in three zooms. What a seat is, its sign says; colour only repeats it: a
 * free seat is the letter of its zone, a taken one the sign of what took it. */
#include "config.h"
#include "plan.h"
#include "zones.h"

#include <stdlib.h>
#include <string.h>

enum { PANEL = 5, ROW_NAME = 8 };

unsigned seatmap_look(int zone)
{
    return LOOK_ZONE + (unsigned)(zone % LOOK_ZONES);
}

static const char *row_name(const struct seats *s, int line)
{
    const char *slash = strrchr(s->line[line].path, '/');
    return slash ? slash + 1 : s->line[line].path;
}

/* Fen of "1280.00", as the library writes money for machines. */
static int64_t fen(const char *yuan)
{
    int64_t sum = 0;
    for (; *yuan; yuan++)
        if (*yuan >= '0' && *yuan <= '9')
            sum = sum * 10 + (*yuan - '0');
    return sum;
}

bool seatmap_in_box(const struct seatmap *m, int seat)
{
    const struct seats *s = m->seats;
    if (m->anchor < 0)
        return false;
    int a = seats_line(s, m->anchor), b = seats_line(s, m->at), line = seats_line(s, seat);
    int from = s->seat[m->anchor].col, to = s->seat[m->at].col, col = s->seat[seat].col;
    return line >= (a < b ? a : b) && line <= (a < b ? b : a) && col >= (from < to ? from : to) &&
           col <= (from < to ? to : from);
}

int seatmap_row_of(const struct seatmap *m, int line)
{
    return line + m->seats->line[line].section + 1;
}

/* The line on a row of the map; -1: the heading of *section. */
static int line_on(const struct seats *s, int row, int *section)
{
    int low = 0, high = s->sections - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (s->section[middle].line + middle <= row)
            low = middle;
        else
            high = middle - 1;
    }
    *section = low;
    int line = row - low - 1;
    if (row >= s->lines + s->sections)
        return -2;
    return line < s->section[low].line ? -1 : line;
}

/* ---- seats ---- */

static char sign_of(const struct seatmap *m, int i)
{
    const struct seat *seat = &m->seats->seat[i];
    if (seat->chosen || (seatmap_in_box(m, i) && seatmap_takes(m, i)))
        return '*';
    if (m->cut)
        return zones_sign(m, i);
    switch (seat->status) {
    case '.': return (char)('A' + seat->zone);
    case 'w': return '&';
    case 'h': return '=';
    case 'l': return '/';
    default: return '#';
    }
}

static void draw_seat(const struct seatmap *m, struct tui_canvas *canvas, int y, int x, int i)
{
    const struct seat *seat = &m->seats->seat[i];
    char sign = sign_of(m, i), text[80] = {sign, 0};
    bool named = sign == '*' || sign == '&' || seat->status == '.' || m->cut;
    unsigned look = sign == '*' ? LOOK_BOLD | LOOK_SELECTED
                    : named     ? seatmap_look(seat->zone)
                                : LOOK_DIM;
    if (m->zoom == ZOOM_LABELS)
        snprintf(text, sizeof text, named ? "%c%.16s" : "%c", sign, seat->label);
    if (m->zoom == ZOOM_LABELS && !named)
        memset(text, sign, strlen(seat->label) < 8 ? strlen(seat->label) + 1 : 8);
    int width = m->cell > 1 ? m->cell - 1 : 1;
    row_put(canvas, y, x, width, text, look);
    if (i == m->at) {
        row_select(canvas, y, x, width);
        canvas_caret(canvas, y, x, true);
    }
}

static void draw_heading(const struct seatmap *m, struct tui_canvas *canvas, int y, int section)
{
    const struct seat_section *c = &m->seats->section[section];
    row_fill(canvas, y, 0, canvas->cols, LOOK_PLAIN);
    row_putf(canvas, y, 1, canvas->cols - 2, LOOK_HEAD, pn_tr("%s   %d of %d free"), c->name,
             c->free, c->seats);
}

static void draw_seats(struct seatmap *m, struct tui_canvas *canvas)
{
    const struct seats *s = m->seats;
    int columns = (canvas->cols - m->x) / m->cell, line = seats_line(s, m->at);
    int row = seatmap_row_of(m, line), col = s->seat[m->at].col;
    if (row - 1 < m->top)
        m->top = row - 1;
    if (row >= m->top + m->rows)
        m->top = row - m->rows + 1;
    if (col < m->left || s->section[s->line[line].section].cols <= columns)
        m->left = s->section[s->line[line].section].cols <= columns ? 0 : col;
    if (col >= m->left + columns)
        m->left = col - columns + 1;
    for (int y = 0; y < m->rows; y++) {
        int section, at = line_on(s, m->top + y, &section);
        if (at == -2)
            break;
        if (at == -1) {
            draw_heading(m, canvas, m->y + y, section);
            continue;
        }
        row_put_right(canvas, m->y + y, 0, ROW_NAME - 1, row_name(s, at),
                      at == line ? LOOK_BOLD : LOOK_DIM);
        for (int i = s->line[at].first; i < s->line[at].first + s->line[at].seats; i++)
            if (s->seat[i].col >= m->left && s->seat[i].col < m->left + columns)
                draw_seat(m, canvas, m->y + y, m->x + (s->seat[i].col - m->left) * m->cell, i);
    }
}

/* ---- the hall ---- */

static int scale(double at, double from, double to, int size)
{
    return to > from ? (int)((at - from) / (to - from) * (size - 1) + 0.5) : 0;
}

/* As many seats as fall on a cell are one letter: of a zone with free seats if there is one. */
static void draw_hall(const struct seatmap *m, struct tui_canvas *canvas)
{
    const struct seats *s = m->seats;
    int width = canvas->cols - 2, here = s->line[seats_line(s, m->at)].section;
    row_put_centre(canvas, m->y, 0, canvas->cols, pn_tr("Stage"), LOOK_DIM);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < s->seats; i++) {
            const struct seat *seat = &s->seat[i];
            bool is_free = seat->status == '.' || seat->status == 'w' || m->cut;
            int y = m->y + 1 + scale(seat->y, s->y0, s->y1, m->rows - 1);
            int x = 1 + scale(seat->x, s->x0, s->x1, width);
            char text[2] = {m->cut ? zones_sign(m, i) : (char)('A' + seat->zone), 0};
            if (is_free == (pass == 0))
                continue;
            row_put(canvas, y, x, 1, is_free ? text : "#",
                    is_free ? seatmap_look(seat->zone) : LOOK_DIM);
            if (s->line[seats_line(s, i)].section == here)
                row_select(canvas, y, x, 1);
        }
}

/* Without places: the sections, one a line. */
static void draw_sections(struct seatmap *m, struct tui_canvas *canvas)
{
    const struct seats *s = m->seats;
    int here = s->line[seats_line(s, m->at)].section, bar = canvas->cols / 3;
    if (here < m->top)
        m->top = here;
    if (here >= m->top + m->rows)
        m->top = here - m->rows + 1;
    if (m->top >= s->sections)
        m->top = 0;
    for (int y = 0; y < m->rows && m->top + y < s->sections; y++) {
        const struct seat_section *c = &s->section[m->top + y];
        row_put(canvas, m->y + y, 1, canvas->cols / 3, c->name, LOOK_PLAIN);
        row_putf(canvas, m->y + y, canvas->cols / 3 + 2, 14, LOOK_PLAIN, "%6d/%d", c->free,
                 c->seats);
        for (int i = 0; i < bar - 4; i++)
            row_put(canvas, m->y + y, canvas->cols / 3 + 18 + i, 1,
                    i * c->seats < (bar - 4) * c->free ? "=" : ".", LOOK_DIM);
        if (m->top + y == here)
            row_select(canvas, m->y + y, 0, canvas->cols);
    }
}

/* ---- below the map ---- */

static const char *status_word(char status)
{
    switch (status) {
    case '.': return pn_tr("free");
    case 'w': return pn_tr("free wheelchair place");
    case 'h': return pn_tr("held");
    case 'l': return pn_tr("in an unpaid order");
    case 's': return pn_tr("sold");
    default: return pn_tr("taken");
    }
}

/* What the letters mean; while zones are painted, the tier is told of the cursor's zone only. */
static void draw_zones(const struct seatmap *m, struct tui_canvas *canvas, int y)
{
    const struct seats *s = m->seats;
    char letter = 'A';
    for (int i = 0, x = 1; i < s->zones && x < canvas->cols - 8; i++) {
        const struct seat_zone *z = &s->zone[i];
        bool none = m->cut && !*m->cut->zone[i].name, same = m->cut || !strcmp(z->name, z->tier);
        x += row_putf(canvas, y, x, canvas->cols - x - 1, seatmap_look(i), "%c %s%s%s%s%s %d/%d",
                      none ? '.' : letter, none ? pn_tr("no zone") : z->name, same ? "" : " ",
                      same ? "" : z->tier, m->cut ? "" : " ", m->cut ? "" : z->price, z->free,
                      z->seats) + 3;
        letter = (char)(letter + !none);
    }
}

/* What became of it; of a held seat: who has it, why and how long. */
static void status_text(const struct seatmap *m, char *text, size_t size)
{
    char status = m->seats->seat[m->at].status;
    int row = status == 'h' ? seatmap_hold(m, m->at) : -1;
    const char *until = row < 0 ? "" : table_show(m->holds, row, "expires_at");
    if (row < 0)
        snprintf(text, size, "%s", status_word(status));
    else
        snprintf(text, size, *until ? pn_tr("held for %s: %s, until %s") : pn_tr("held for %s: %s"),
                 table_show(m->holds, row, "kind"), table_show(m->holds, row, "reason"), until);
}

/* What is chosen, or how a rectangle is. */
static bool sums_of(const struct seatmap *m, char *text, size_t size)
{
    const struct seats *s = m->seats;
    int64_t sum = 0;
    int chosen = 0, held = 0;
    char money[40];
    for (int i = 0; i < s->seats; i++) {
        if (!s->seat[i].chosen)
            continue;
        chosen++;
        held += s->seat[i].status == 'h';
        sum += fen(table_plain(s->piece, s->seat[i].piece, "face_price"));
    }
    if (m->anchor >= 0)
        snprintf(text, size, "%s", pn_tr("A rectangle: move to its other corner, then Enter"));
    plan_money(sum, money);
    if (m->anchor < 0)
        snprintf(text, size, pn_tr("%d chosen, %d of them held, ¥%s"), chosen, held, money);
    return chosen;
}

static void draw_sums(const struct seatmap *m, struct tui_canvas *canvas, int y)
{
    char text[200];
    bool any = sums_of(m, text, sizeof text);
    row_put(canvas, y, 1, canvas->cols - 2, text,
            m->anchor >= 0 ? LOOK_WAIT : any ? LOOK_BOLD : LOOK_DIM);
}

/* What the signs mean, or, of zones, the keys. */
static const char *legend(const struct seatmap *m)
{
    return m->cut ? pn_tr("p Paint  e Zone  C-s Keep  d Changes  U Undo  z Seats"
                          "   a-z sold or locked")
                  : pn_tr("A-Z free  & wheelchair  = held  / in an order  # sold  * chosen");
}

/* The seat under the cursor. */
static void here(const struct seatmap *m, char *text, size_t size)
{
    const struct seats *s = m->seats;
    const struct seat_zone *zone = &s->zone[s->seat[m->at].zone];
    const struct cut_zone *cut = m->cut ? zones_of(m, m->at) : NULL;
    char key[400], status[300];
    seats_key(s, m->at, key, sizeof key);
    status_text(m, status, sizeof status);
    if (m->cut)
        snprintf(text, size, "%s  %s  %s  %s %s  %s  %s", key, status,
                 cut ? cut->name : pn_tr("no zone"), cut ? cut->tier_name : "",
                 cut ? cut->price : "", cut ? cut->colour : "", cut ? cut->gates : "");
    else
        snprintf(text, size, "%s  %s  %s %s", key, status, zone->tier, zone->price);
}

static void draw_panel(const struct seatmap *m, struct tui_canvas *canvas, int y)
{
    char text[1000];
    here(m, text, sizeof text);
    row_fill(canvas, y, 0, canvas->cols, LOOK_HEAD);
    row_put(canvas, y, 1, canvas->cols - 2, text, LOOK_HEAD);
    draw_sums(m, canvas, y + 1);
    draw_zones(m, canvas, y + 2);
    row_put(canvas, y + 3, 1, canvas->cols - 2, legend(m), LOOK_DIM);
}

static const char *empty(const struct seatmap *m)
{
    return m->view.pending ? pn_tr("Loading…") : pn_tr("No numbered seats here");
}

void seatmap_draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct seatmap *m = (struct seatmap *)view;
    const struct seats *s = m->seats;
    m->y = top;
    m->rows = rows - PANEL + 1;
    m->x = ROW_NAME;
    m->cell = m->zoom == ZOOM_LABELS && s ? (s->label_width < 8 ? s->label_width : 8) + 2 : 1;
    if (!s || !s->seats) {
        row_put(canvas, top + 1, 2, canvas->cols - 4, empty(m), LOOK_DIM);
        return;
    }
    if (m->zoom != ZOOM_HALL)
        draw_seats(m, canvas);
    else if (s->placed)
        draw_hall(m, canvas);
    else
        draw_sections(m, canvas);
    draw_panel(m, canvas, top + rows - PANEL + 1);
}

int seatmap_seat_at(const struct seatmap *m, int row, int col)
{
    const struct seats *s = m->seats;
    int y = row - m->y, section, best = -1;
    if (!s || !s->seats || y < 0 || y >= m->rows)
        return -1;
    if (m->zoom == ZOOM_HALL && !s->placed)
        return m->top + y < s->sections ? s->line[s->section[m->top + y].line].first : -1;
    if (m->zoom == ZOOM_HALL) {
        double d, least = 0;
        for (int i = 0; i < s->seats; i++) {
            int dy = m->y + 1 + scale(s->seat[i].y, s->y0, s->y1, m->rows - 1) - row;
            int dx = 1 + scale(s->seat[i].x, s->x0, s->x1, m->view.app->canvas.cols - 2) - col;
            d = dx * dx + 4.0 * dy * dy;
            if (best < 0 || d < least)
                best = i, least = d;
        }
        return best;
    }
    int line = line_on(s, m->top + y, &section);
    if (line < 0 || col < m->x)
        return -1;
    best = seats_near(s, line, m->left + (col - m->x) / m->cell);
    return s->seat[best].col == m->left + (col - m->x) / m->cell ? best : -1;
}

/* ---- without a screen ---- */

static void tell_zones(const struct seatmap *m, struct tui_facts *facts)
{
    char letter[2] = "A";
    facts_open(facts, "zones", pn_tr("Zone"));
    for (int i = 0; i < m->seats->zones; i++) {
        const struct seat_zone *z = &m->seats->zone[i];
        bool none = m->cut && !*m->cut->zone[i].name;
        facts_item(facts);
        facts_some(facts, "sign", pn_tr("Sign"), none ? "." : letter);
        facts_some(facts, "name", pn_tr("Name"), none ? pn_tr("no zone") : z->name);
        facts_some(facts, "tier", pn_tr("Tier"), z->tier);
        facts_some(facts, "price", pn_tr("Price"), z->price);
        facts_number(facts, "free", pn_tr("free"), z->free);
        facts_number(facts, "seats", pn_tr("Seats"), z->seats);
        facts_done(facts);
        *letter = (char)(*letter + !none);
    }
    facts_close(facts);
}

/* A row: each seat with its sign, which the legend explains. */
static void tell_line(const struct seatmap *m, int l, struct tui_facts *facts)
{
    const struct seat_line *line = &m->seats->line[l];
    facts_say(facts, "row", pn_tr("Row"), line->path, line->path);
    facts_open(facts, "seats", pn_tr("Seat"));
    for (int i = line->first; i < line->first + line->seats; i++) {
        const struct seat *seat = &m->seats->seat[i];
        char state[2] = {seat->status, 0}, sign[2] = {sign_of(m, i), 0};
        facts_item(facts);
        facts_say(facts, "seat", pn_tr("Seat"), seat->label, seat->label);
        facts_say(facts, "state", pn_tr("State"), state, status_word(seat->status));
        facts_say(facts, "sign", pn_tr("Sign"), sign, sign);
        facts_done(facts);
    }
    facts_close(facts);
}

static void tell_sections(const struct seats *s, struct tui_facts *facts)
{
    facts_open(facts, "sections", pn_tr("Section"));
    for (int i = 0; i < s->sections; i++) {
        char share[260];
        snprintf(share, sizeof share, pn_tr("%s   %d of %d free"), s->section[i].name,
                 s->section[i].free, s->section[i].seats);
        facts_item(facts);
        facts_say(facts, "name", pn_tr("Name"), s->section[i].name, share);
        facts_number(facts, "free", pn_tr("free"), s->section[i].free);
        facts_number(facts, "seats", pn_tr("Seats"), s->section[i].seats);
        facts_done(facts);
    }
    facts_close(facts);
}

void seatmap_tell(struct tui_view *view, struct tui_facts *facts)
{
    const struct seatmap *m = (const struct seatmap *)view;
    const struct seats *s = m->seats;
    char text[1000];
    if (!s || !s->seats) {
        facts_some(facts, "nothing", pn_tr("Seats"), empty(m));
        return;
    }
    here(m, text, sizeof text);
    facts_some(facts, "here", pn_tr("Cursor"), text);
    (void)sums_of(m, text, sizeof text);
    facts_some(facts, "chosen", pn_tr("Chosen"), text);
    facts_some(facts, "legend", pn_tr("Signs"), legend(m));
    tell_zones(m, facts);
    tell_sections(s, facts);
    facts_open(facts, "lines", pn_tr("Row"));
    for (int l = 0; l < s->lines; l++) {
        facts_item(facts);
        tell_line(m, l, facts);
        facts_done(facts);
    }
    facts_close(facts);
}
