/* SPDX-License-Identifier: Apache-2.0 */
/* boarddraw.c — the first screen in cells: one column of areas where it is narrow, two where there
 * is room. Areas share the lines there are, and each scrolls by itself. */
#include "config.h"
#include "board.h"
#include "bulk.h"

#include <stdlib.h>
#include <string.h>

enum { WIDE = 110, TALL = 12, DEMO_LINES = 8, BAR_MOST = 30 };

/* A rectangle that areas are put into. */
struct frame { struct tui_canvas *canvas; int y, x, width, end; };

static void spot(struct board *b, int row, int col, int width, int area, int index)
{
    if (b->spots < SPOTS_MOST)
        b->spot[b->spots++] = (struct board_spot){row, col, width, area, index};
}

static bool is_at(const struct board *b, int area, int index)
{
    return b->area == area && b->at[area] == index;
}

/* The rooms that are open to whoever looks, and the way to the others. */
static int draw_rooms(const struct tui_app *app, struct tui_canvas *canvas, int y)
{
    int x = 1;
    for (char tab = '1'; tab <= '9' + 1; tab++) {
        char text[80];
        const char *title = tab > '9' ? pn_tr("All rooms") : view_room_title(app, tab);
        if (!title)
            continue;
        snprintf(text, sizeof text, "%c %s", tab > '9' ? '0' : tab, title);
        int width = tui_text_width(text);
        if (x + width >= canvas->cols) {
            x = 1;
            y++;
        }
        x += row_put(canvas, y, x, width, text, LOOK_LABEL) + 2;
    }
    return y + 1;
}

/* ---- figures ---- */

static const struct tui_value none = {.show = "", .plain = ""};

static const struct tui_value *figure_at(const struct board *b, int i, int row)
{
    const struct board_figure *f = &b->figure[i];
    return row < f->table->rows ? table_at(f->table, row, f->col) : &none;
}

const char *board_figure_label(const struct board *b, int i)
{
    return pn_tr(b->figure[i].table->type->cols[b->figure[i].col].label);
}

/* By how much today's figure differs from yesterday's; "" when yesterday had none. */
static void change_of(const struct board *b, int i, char out[24])
{
    const struct tui_value *now = figure_at(b, i, 0), *then = figure_at(b, i, 1);
    double was = strtod(then->plain, NULL), is = strtod(now->plain, NULL);
    *out = 0;
    if (was > 0)
        snprintf(out, 24, "%+.0f%%", (is - was) * 100 / was);
}

static int day_width(const struct board *b, int i, bool changes)
{
    int width = tui_text_width(board_figure_label(b, i));
    for (int r = 0; r < b->figure[i].table->rows; r++) {
        char change[24];
        change_of(b, i, change);
        int w = tui_text_width(figure_at(b, i, r)->show);
        w += changes && !r ? (int)strlen(change) + 1 : 0;
        width = w > width ? w : width;
    }
    return width;
}

/* One figure of a day: today's can be opened, and says how it stands to yesterday's. */
static void draw_day(struct board *b, struct tui_canvas *canvas, int y, int x, int i, int row,
                     bool changes)
{
    char text[120], change[24] = "";
    const struct tui_value *v = figure_at(b, i, row);
    int width = day_width(b, i, changes);
    if (!row && changes)
        change_of(b, i, change);
    snprintf(text, sizeof text, "%s%s%s", *change ? change : "", *change ? " " : "", v->show);
    row_put_right(canvas, y, x, width, text, row ? LOOK_DIM : LOOK_BOLD);
    if (row)
        return;
    spot(b, y, x, width, AREA_FIGURES, i);
    if (is_at(b, AREA_FIGURES, i))
        row_select(canvas, y, x, width);
}

static int label_width(const struct tui_table *days, int rows)
{
    int width = 0;
    for (int r = 0; r < rows; r++) {
        int w = tui_text_width(table_show(days, r, "which"));
        width = w > width ? w : width;
    }
    return width;
}

/* Today, and below it the other days as they stood at this time. */
static int draw_days(struct board *b, struct frame f, int rows)
{
    const struct tui_table *days = board_days(b);
    if (!days || f.y >= f.end)
        return f.y;
    rows = rows < days->rows ? rows : days->rows;
    int label = label_width(days, rows), x = f.x + label + 2;
    for (int r = 0; r < rows && f.y + 1 + r < f.end; r++)
        row_put(f.canvas, f.y + 1 + r, f.x, label, table_show(days, r, "which"),
                r ? LOOK_DIM : LOOK_LABEL);
    for (int i = 0; i < b->figures && b->figure[i].day; i++) {
        bool changes = f.width >= 100 || i == 2; /* where it is narrow, of the money */
        int width = day_width(b, i, changes);
        if (x + width > f.x + f.width)
            break;
        row_put_right(f.canvas, f.y, x, width, board_figure_label(b, i), LOOK_DIM);
        for (int r = 0; r < rows && f.y + 1 + r < f.end; r++)
            draw_day(b, f.canvas, f.y + 1 + r, x, i, r, changes);
        x += width + (f.width < 100 ? 2 : 4);
    }
    return f.y + 1 + rows;
}

/* What should be none stands out when there are some. */
static unsigned figure_look(const struct board *b, int i)
{
    static const char *const bad[] = {"alarms", "jobs_failed", "events_late"};
    bool some = strcmp(figure_at(b, i, 0)->plain, "0") != 0;
    for (size_t k = 0; some && k < sizeof bad / sizeof *bad; k++)
        if (!strcmp(board_figure_name(b, i), bad[k]))
            return LOOK_BAD;
    return LOOK_BOLD;
}

static int draw_counters(struct board *b, struct frame f)
{
    int x = f.x;
    bool any = false;
    for (int i = 0; i < b->figures && f.y < f.end; i++) {
        const char *label = board_figure_label(b, i), *show = figure_at(b, i, 0)->show;
        int name = tui_text_width(label), width = name + 1 + tui_text_width(show);
        if (b->figure[i].day)
            continue;
        if (any && x + width > f.x + f.width) {
            x = f.x;
            if (++f.y >= f.end)
                return f.y;
        }
        row_put(f.canvas, f.y, x, name, label, LOOK_DIM);
        row_put(f.canvas, f.y, x + name + 1, width - name - 1, show, figure_look(b, i));
        spot(b, f.y, x, width, AREA_FIGURES, i);
        if (is_at(b, AREA_FIGURES, i))
            row_select(f.canvas, f.y, x, width);
        x += width + 3;
        any = true;
    }
    return f.y + any;
}

/* ---- lines of the areas ---- */

/* A time of today without its day. */
static void moment(const struct board *b, const char *plain, const char *show, bool seconds,
                   char out[32])
{
    const char *day = b->table ? table_plain(b->table, 0, "day") : "";
    if (strlen(plain) < 19)
        snprintf(out, 32, "%.30s", show);
    else if (*day && !strncmp(plain, day, 10))
        snprintf(out, 32, "%.*s", seconds ? 8 : 5, plain + 11);
    else
        snprintf(out, 32, "%.5s %.5s", plain + 5, plain + 11);
}

static void draw_wait(struct board *b, struct frame f, int i)
{
    const struct tui_table *t = board_waits(b);
    char since[32];
    int what = table_col(t, "what"), amount = f.width >= 56 ? 15 : 0;
    const struct tui_value *w = table_at(t, i, what);
    moment(b, table_plain(t, i, "since"), table_show(t, i, "since"), false, since);
    int end = f.x + f.width - 12;
    row_put_right(f.canvas, f.y, end, 12, since, LOOK_DIM);
    if (amount)
        row_put_right(f.canvas, f.y, end -= amount, amount, table_show(t, i, "fen"), LOOK_PLAIN);
    row_put_right(f.canvas, f.y, end -= 6, 6, table_show(t, i, "rows"), LOOK_BOLD);
    row_put(f.canvas, f.y, f.x, 1, w->tone == 'b' ? "!" : "", LOOK_BAD);
    row_put(f.canvas, f.y, f.x + 2, end - f.x - 2, w->show, theme_tone(w->tone));
}

static void draw_own(struct board *b, struct frame f, int i)
{
    int list, row;
    if (!board_own_at(b, i, &list, &row))
        return;
    const struct tui_table *t = b->count[list];
    const char *title, *label;
    unsigned look = board_own_words(b, list, row, &title, &label);
    row_put(f.canvas, f.y, f.x + 2, 18, row ? "" : title, LOOK_LABEL);
    row_putf(f.canvas, f.y, f.x + 22, f.width - 22, look, "%s %s", label,
             table_show(t, row, "rows"));
}

/* How much of it is sold: '#' and '.', so that every terminal has it. */
static void draw_bar(struct frame f, int x, int width, long long part, long long whole)
{
    int full = whole > 0 ? (int)((part * width + whole / 2) / whole) : 0;
    for (int i = 0; i < width; i++)
        row_put(f.canvas, f.y, x + i, 1, i < full ? "#" : ".",
                i >= full ? LOOK_DIM : part >= whole ? LOOK_GOOD : LOOK_LABEL);
}

/* From the right: refused, admitted, sold in words and as a bar; what is left is the title's. */
static void draw_session(struct board *b, struct frame f, int i)
{
    const struct tui_table *t = board_sessions(b, NULL);
    long long sold = strtoll(table_plain(t, i, "sold"), NULL, 10);
    long long total = strtoll(table_plain(t, i, "total"), NULL, 10);
    int end = f.x + f.width, bar = f.width >= 100 ? BAR_MOST : f.width >= 76 ? 12 : 6;
    char text[80], at[32];
    if (f.width >= 60) {
        const char *refused = table_show(t, i, "refused");
        int width = f.width >= 76 ? 11 : 5;
        if (*refused && strcmp(refused, "0") != 0) { /* where it is narrow, only the number */
            snprintf(text, sizeof text, width > 5 ? pn_tr("%.8s refused") : "!%.4s", refused);
            row_put_right(f.canvas, f.y, end - width, width, text, LOOK_BAD);
        }
        end -= width + 12;
        snprintf(text, sizeof text, pn_tr("%.8s inside"), table_show(t, i, "admitted"));
        row_put_right(f.canvas, f.y, end, 12, text, LOOK_PLAIN);
    }
    end -= 12;
    snprintf(text, sizeof text, "%.8s/%.8s", table_show(t, i, "sold"), table_show(t, i, "total"));
    row_put_right(f.canvas, f.y, end, 12, text, LOOK_PLAIN);
    end -= bar + 1;
    draw_bar(f, end, bar, sold, total);
    end -= 5;
    if (total > 0) {
        snprintf(text, sizeof text, "%lld%%", sold * 100 / total);
        row_put_right(f.canvas, f.y, end, 4, text, sold >= total ? LOOK_GOOD : LOOK_BOLD);
    }
    moment(b, table_plain(t, i, "start_at"), table_show(t, i, "start_at"), false, at);
    int used = row_put(f.canvas, f.y, f.x + 2, 11, at, LOOK_DIM) + 4, rest = end - f.x - used - 1;
    if (rest > 50) {
        row_put(f.canvas, f.y, f.x + used + rest - 22, 22, table_show(t, i, "venue"), LOOK_DIM);
        rest -= 24;
    }
    row_put(f.canvas, f.y, f.x + used, rest, table_show(t, i, "show"), LOOK_PLAIN);
}

/* A text of the row as it was left: {"no":"PN…"}. */
static bool left_as(const char *json, const char *name, char *out, size_t size)
{
    char key[40];
    int length = snprintf(key, sizeof key, "\"%s\":", name);
    const char *at = strstr(json, key);
    at = at ? at + length + strspn(at + length, " ") : "";
    if (*at != '"')
        return false;
    snprintf(out, size, "%.*s", (int)strcspn(at + 1, "\""), at + 1);
    return *out;
}

/* What it was done to, as people call it, and the money it moved. */
static void object_of(const struct tui_table *t, int i, char *out, size_t size)
{
    static const char *const names[] = {"order_no", "no", "ticket_no", "title", "name", "code"};
    const char *json = table_plain(t, i, "after");
    char fen[40], sum[40];
    bool found = false;
    *out = 0;
    for (size_t k = 0; !found && k < sizeof names / sizeof *names; k++)
        found = left_as(json, names[k], out, size);
    size_t len = strlen(out);
    if (!left_as(json, "amount_fen", fen, sizeof fen) || len >= size)
        return;
    plan_money(bulk_fen(fen), sum);
    snprintf(out + len, size - len, "%s¥%s", found ? " " : "", sum);
}

/* "order.submit" is called what its operation is called. */
static void event_of(const struct tui_table *t, int i, char *out, size_t size)
{
    char noun[40], object[160];
    const char *op = table_plain(t, i, "op"), *dot = strchr(op, '.');
    snprintf(noun, sizeof noun, "%.*s", dot ? (int)(dot - op) : 0, op);
    const pn_op *done = dot ? pn_op_find(noun, dot + 1) : NULL;
    object_of(t, i, object, sizeof object);
    snprintf(out, size, "%s%s%s%s%s", done && done->brief ? pn_tr(done->brief) : op,
             *object ? "  " : "", object, *table_plain(t, i, "reason") ? "  " : "",
             table_show(t, i, "reason"));
}

static void draw_event(struct board *b, struct frame f, int i)
{
    const struct tui_table *t = b->feed;
    char at[32], name[400];
    bool failed = strcmp(table_plain(t, i, "code"), "0") != 0 && *table_plain(t, i, "code");
    moment(b, table_plain(t, i, "at"), table_show(t, i, "at"), true, at);
    row_put(f.canvas, f.y, f.x + 2, 11, at, LOOK_DIM);
    event_of(t, i, name, sizeof name);
    int who = f.width >= 60 ? 14 : 0, x = f.x + 14;
    row_put(f.canvas, f.y, x, f.width - 14 - who - 1, name, failed ? LOOK_BAD : LOOK_PLAIN);
    if (who)
        row_put_right(f.canvas, f.y, f.x + f.width - who, who, table_show(t, i, "actor_name"),
                      LOOK_LABEL);
}

static void (*const draw_line[AREAS])(struct board *, struct frame, int) = {
    [AREA_OWN] = draw_own, [AREA_WAITS] = draw_wait, [AREA_SESSIONS] = draw_session,
    [AREA_FEED] = draw_event};

/* ---- areas ---- */

static const char *area_title(const struct board *b, int area)
{
    const char *title = "";
    if (area == AREA_SESSIONS)
        (void)board_sessions(b, &title);
    return area == AREA_OWN     ? pn_tr("Yours")
           : area == AREA_WAITS ? pn_tr("What waits, longest first")
           : area == AREA_FEED  ? pn_tr("Just now")
                                : title;
}

static bool is_shown(const struct board *b, int area)
{
    return area == AREA_OWN        ? board_rows(b, area) > 0
           : area == AREA_WAITS    ? b->waits != NULL
           : area == AREA_SESSIONS ? b->table != NULL
           : area == AREA_FEED     ? b->feed != NULL
                                   : false;
}

static void draw_area(struct board *b, struct frame f, int area, int lines)
{
    int rows = board_rows(b, area), body = lines - 1;
    char place[40] = "";
    if (lines < 1)
        return;
    b->shown[area] = body;
    if (b->at[area] < b->top[area])
        b->top[area] = b->at[area];
    if (body > 0 && b->at[area] >= b->top[area] + body)
        b->top[area] = b->at[area] - body + 1;
    if (b->top[area] > rows - body)
        b->top[area] = rows > body ? rows - body : 0;
    if (rows > body)
        snprintf(place, sizeof place, "%d-%d/%d", b->top[area] + (body > 0), b->top[area] + body,
                 rows);
    int width = tui_text_width(place);
    row_put(f.canvas, f.y, f.x, f.width - width - 1, area_title(b, area), LOOK_HEAD);
    row_put(f.canvas, f.y, f.x + f.width - width, width, place, LOOK_DIM);
    for (int i = b->top[area]; i < rows && i < b->top[area] + body; i++) {
        f.y++;
        draw_line[area](b, f, i);
        spot(b, f.y, f.x, f.width, area, i);
        if (!is_at(b, area, i))
            continue;
        row_select(f.canvas, f.y, f.x, f.width);
        canvas_caret(f.canvas, f.y, f.x, false);
    }
    if (!rows && body > 0)
        row_put(f.canvas, f.y + 1, f.x + 2, f.width - 2,
                area == AREA_WAITS ? pn_tr("Nothing waits for you") : pn_tr("Nothing here"),
                LOOK_DIM);
}

/* Every area gets a heading and a line, then they take turns until nobody wants more. Where not
 * even that fits, the one with the cursor stays. */
static void draw_areas(struct board *b, struct frame f, const int area[], int n)
{
    int lines[AREAS] = {0}, left = f.end - f.y, here[AREAS], shown = 0;
    for (int i = 0; i < n; i++)
        if (is_shown(b, area[i]))
            here[shown++] = area[i];
    for (int i = 0; i < shown && left < 2 * shown; i++)
        if (here[i] == b->area) {
            here[0] = here[i];
            shown = 1;
        }
    shown = left < 2 * shown ? left / 2 : shown;
    left -= shown > 1 ? shown - 1 : 0; /* a blank line between them */
    bool gap = left >= 2 * shown;
    left += !gap && shown > 1 ? shown - 1 : 0;
    for (bool more = true; more && left > 0;) {
        more = false;
        for (int i = 0; i < shown && left > 0; i++) {
            int rows = board_rows(b, here[i]), want = 1 + (rows ? rows : 1);
            if (lines[i] >= want)
                continue;
            lines[i]++;
            left--;
            more = true;
        }
    }
    for (int i = 0; i < shown; i++) {
        draw_area(b, f, here[i], lines[i]);
        f.y += lines[i] + gap;
    }
}

/* ---- the whole ---- */

/* The accounts of a demo, where there is room for them; else how to change over. */
static int draw_demo(const char *demo, struct tui_canvas *canvas, int top, int end)
{
    int lines = 0, y = end;
    for (const char *c = demo; c && *c; c++)
        lines += *c == '\n';
    if (!demo || end - top < TALL)
        return end;
    lines = lines < DEMO_LINES && end - top >= 3 * TALL ? lines : 0;
    y -= lines + 1;
    row_put(canvas, y, 1, canvas->cols - 2,
            lines ? pn_tr("This is a demo. Change over with :login NAME; the accounts are:")
                  : pn_tr("This is a demo. Change over with :login NAME"), LOOK_HEAD);
    for (int i = 0; i < lines && *demo; i++) {
        char line[256];
        size_t n = strcspn(demo, "\n");
        snprintf(line, sizeof line, "%.*s", (int)n, demo);
        row_put(canvas, y + 1 + i, 3, canvas->cols - 4, line, LOOK_PLAIN);
        demo += n + (demo[n] == '\n');
    }
    return y - (end - top >= 2 * TALL);
}

static void draw_columns(struct board *b, struct frame f)
{
    static const int all[] = {AREA_OWN, AREA_WAITS, AREA_SESSIONS, AREA_FEED};
    static const int left[] = {AREA_SESSIONS}, right[] = {AREA_OWN, AREA_WAITS, AREA_FEED};
    if (f.width < WIDE) {
        draw_areas(b, f, all, 4);
        return;
    }
    struct frame l = f, r = f;
    l.width = f.width * 58 / 100;
    r.x = f.x + l.width + 3;
    r.width = f.width - l.width - 3;
    draw_areas(b, l, left, 1);
    draw_areas(b, r, right, 3);
}

void board_draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct board *b = (struct board *)view;
    const char *demo = view->app->who ? view->app->who->demo : NULL;
    struct frame f = {canvas, top, 1, canvas->cols - 2, draw_demo(demo, canvas, top, top + rows)};
    bool small = rows < TALL;
    b->spots = 0;
    if (!small)
        f.y = draw_rooms(view->app, canvas, f.y);
    f.y += rows > 2 * TALL;
    if (!b->table && !b->waits && !board_rows(b, AREA_OWN)) {
        row_put(canvas, f.y + 1, 2, canvas->cols - 4,
                view->pending ? pn_tr("Loading…")
                              : pn_tr("Nothing of yours here yet: the numbers above open your"
                                      " rooms"), LOOK_DIM);
        return;
    }
    if (b->table && b->table->rows) {
        f.y = draw_days(b, f, small ? 1 : 3);
        f.y = draw_counters(b, f);
    }
    f.y += f.end - f.y > 9;
    draw_columns(b, f);
}

/* ---- without a screen ---- */

static void tell_rooms(const struct tui_app *app, struct tui_facts *facts)
{
    facts_open(facts, "rooms", pn_tr("Rooms"));
    for (char tab = '1'; tab <= '9' + 1; tab++) {
        char key[2] = {tab > '9' ? '0' : tab, 0};
        const char *title = tab > '9' ? pn_tr("All rooms") : view_room_title(app, tab);
        if (!title)
            continue;
        facts_item(facts);
        facts_some(facts, "key", pn_tr("Key"), key);
        facts_some(facts, "title", pn_tr("Title"), title);
        facts_done(facts);
    }
    facts_close(facts);
}

/* How today's figures stand to yesterday's. */
static void tell_changes(const struct board *b, struct tui_facts *facts)
{
    facts_open(facts, "changes", pn_tr("Change"));
    for (int i = 0; i < b->figures; i++) {
        char change[24];
        change_of(b, i, change);
        if (!b->figure[i].day || !*change)
            continue;
        facts_item(facts);
        facts_some(facts, board_figure_name(b, i), board_figure_label(b, i), change);
        facts_done(facts);
    }
    facts_close(facts);
}

static void tell_own(const struct board *b, int i, struct tui_facts *facts)
{
    int list, row;
    const char *title, *label;
    if (!board_own_at(b, i, &list, &row))
        return;
    (void)board_own_words(b, list, row, &title, &label);
    const struct tui_table *t = b->count[list];
    facts_say(facts, "list", pn_tr("List"), board_owned[list].list, title);
    facts_say(facts, "state", pn_tr("State"), table_plain(t, row, "value"), label);
    facts_say(facts, "rows", pn_tr("Rows"), table_plain(t, row, "rows"),
              table_show(t, row, "rows"));
}

static void tell_session(const struct tui_table *t, int i, struct tui_facts *facts)
{
    long long sold = strtoll(table_plain(t, i, "sold"), NULL, 10);
    long long total = strtoll(table_plain(t, i, "total"), NULL, 10);
    char share[24];
    facts_row(facts, t, i, false);
    snprintf(share, sizeof share, "%lld%%", total > 0 ? sold * 100 / total : 0);
    facts_some(facts, ".share", pn_tr("Share sold"), share);
}

static void tell_event(const struct tui_table *t, int i, struct tui_facts *facts)
{
    char name[400];
    event_of(t, i, name, sizeof name);
    facts_say(facts, "at", pn_tr("Time"), table_plain(t, i, "at"), table_plain(t, i, "at"));
    facts_say(facts, "op", pn_tr("Operation"), table_plain(t, i, "op"), name);
    facts_say(facts, "who", pn_tr("By"), table_plain(t, i, "actor_name"),
              table_show(t, i, "actor_name"));
}

static void tell_area(const struct board *b, int area, const char *name, struct tui_facts *facts)
{
    facts_open(facts, name, area_title(b, area));
    for (int i = 0; i < board_rows(b, area); i++) {
        facts_item(facts);
        if (area == AREA_OWN)
            tell_own(b, i, facts);
        else if (area == AREA_WAITS)
            facts_row(facts, board_waits(b), i, true);
        else if (area == AREA_SESSIONS)
            tell_session(board_sessions(b, NULL), i, facts);
        else
            tell_event(b->feed, i, facts);
        facts_done(facts);
    }
    facts_close(facts);
}

void board_tell(struct tui_view *view, struct tui_facts *facts)
{
    static const char *const names[AREAS] = {[AREA_OWN] = "own", [AREA_WAITS] = "waits",
                                             [AREA_SESSIONS] = "sessions", [AREA_FEED] = "done"};
    struct board *b = (struct board *)view;
    const char *demo = view->app->who ? view->app->who->demo : NULL;
    tell_rooms(view->app, facts);
    for (int c = 0; b->table && b->table->rows && c < b->table->cols; c++)
        if (strcmp(b->table->type->cols[c].name, names[AREA_SESSIONS]) != 0)
            facts_value(facts, b->table, 0, c);
    tell_changes(b, facts);
    for (int area = AREA_OWN; area < AREAS; area++)
        if (is_shown(b, area))
            tell_area(b, area, names[area], facts);
    if (demo)
        facts_say(facts, "demo", pn_tr("This is a demo. Change over with :login NAME"), demo,
                  demo);
}
