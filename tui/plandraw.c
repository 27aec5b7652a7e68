/* SPDX-License-Identifier: Apache-2.0 */
/* plandraw.c — a plan on the screen: how many rows and how much money, who hears of it, how far it
 * is, and every row with what would become of it. */
#include "config.h"
#include "plan.h"

#include <inttypes.h>
#include <string.h>

int plan_count(const struct plan *n, plan_fate of)
{
    int sum = 0;
    for (int i = 0; i < n->items; i++)
        sum += n->item[i].fate == of;
    return sum;
}

int64_t plan_fen(const struct plan *n, plan_fate of)
{
    int64_t sum = 0;
    for (int i = 0; i < n->items; i++)
        sum += n->item[i].fate == of ? n->item[i].fen : 0;
    return sum;
}

void plan_money(int64_t fen, char out[40])
{
    char digits[32];
    size_t to = 0;
    int len = snprintf(digits, sizeof digits, "%" PRId64, fen / 100);
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            out[to++] = ',';
        out[to++] = digits[i];
    }
    snprintf(out + to, 40 - to, ".%02d", (int)(fen % 100));
}

static const char *const phases[] = {
    N_("Looking for the rows…"), N_("Looking at each row…"), N_("Enter does it, Esc does not"),
    N_("At work: Esc stops after this row"), N_("Finished")};

static const char *phase(const struct plan *n)
{
    if (n->phase == RUNNING && n->afar && n->nobody)
        return pn_tr("It waits: nobody works for the server (\"pn work\")");
    if (n->phase == RUNNING && n->afar)
        return pn_tr("The server is at work: c stops it, Esc leaves it to it");
    return pn_tr(phases[n->phase]);
}

static void draw_item(const struct plan *n, struct tui_canvas *canvas, int y, int i, int name)
{
    static const struct { const char *sign; unsigned look; } signs[] = {
        [ITEM_OPEN] = {" ", LOOK_DIM}, [ITEM_CAN] = {">", LOOK_PLAIN},
        [ITEM_CANNOT] = {"!", LOOK_WAIT}, [ITEM_GOOD] = {"+", LOOK_GOOD},
        [ITEM_BAD] = {"!", LOOK_BAD},
    };
    const struct plan_item *item = &n->item[i];
    row_put(canvas, y, 1, 1, signs[item->fate].sign, signs[item->fate].look);
    row_put(canvas, y, 3, name, item->name, LOOK_PLAIN);
    row_put(canvas, y, 5 + name, canvas->cols - name - 6, item->words, signs[item->fate].look);
    if (i == n->at) {
        row_select(canvas, y, 0, canvas->cols);
        canvas_caret(canvas, y, 0, false);
    }
}

/* Rows, and what they come to. */
struct sums { bool after; int can, good, bad; int64_t fen; };

static struct sums sums_of(const struct plan *n)
{
    struct sums s = {.after = n->phase == RUNNING || n->phase == FINISHED};
    s.can = plan_count(n, ITEM_CAN);
    s.good = s.after ? plan_count(n, ITEM_GOOD) : s.can;
    s.bad = plan_count(n, ITEM_CANNOT) + (s.after ? plan_count(n, ITEM_BAD) : 0);
    s.fen = plan_fen(n, s.after ? ITEM_GOOD : ITEM_CAN);
    if (n->phase == RUNNING && n->afar) { /* what became of each row is asked for at the end */
        s.good = n->done;
        s.bad = n->refused + plan_count(n, ITEM_CANNOT);
        s.can -= n->done + n->refused;
        s.fen = n->done_fen;
    }
    return s;
}

static void draw_sums(const struct plan *n, struct tui_canvas *canvas, int y)
{
    char sum[40];
    struct sums s = sums_of(n);
    int x = 1;
    x += row_putf(canvas, y, x, canvas->cols - 2, LOOK_BOLD,
                  s.after ? pn_tr("%d rows: %d done, %d refused, %d to do")
                          : pn_tr("%d rows: %d can be done, %d cannot"),
                  n->items, s.good, s.bad, s.can);
    if (!n->money)
        return;
    plan_money(s.fen, sum);
    row_putf(canvas, y, x + 2, canvas->cols - x - 3, LOOK_BOLD, "¥%s", sum);
}

static void draw_hearers(const struct plan *n, struct tui_canvas *canvas, int y)
{
    int x = 1;
    x += row_put(canvas, y, x, canvas->cols - 2, pn_tr("Who hears of it:"), LOOK_DIM) + 1;
    for (int i = 0; i < n->hearers && x < canvas->cols - 2; i++)
        x += row_putf(canvas, y, x, canvas->cols - x - 1, LOOK_PLAIN, "%s %d",
                      n->hearer[i].title, n->hearer[i].rows) + 2;
    if (!n->hearers)
        row_put(canvas, y, x, canvas->cols - x - 1, pn_tr("nobody"), LOOK_PLAIN);
}

static void progress(const struct plan *n, int *done, int *all)
{
    bool afar = n->phase == RUNNING && n->afar;
    *done = afar ? n->done + n->refused : n->next;
    *all = afar ? plan_count(n, ITEM_CAN) : n->items;
}

/* [####......] 41/64 */
static void draw_progress(const struct plan *n, struct tui_canvas *canvas, int y)
{
    int width = canvas->cols > 60 ? 40 : canvas->cols - 20, done, all;
    progress(n, &done, &all);
    char bar[64];
    width = width > 60 ? 60 : width < 4 ? 4 : width;
    for (int i = 0; i < width; i++)
        bar[i] = all && i * all < done * width ? '#' : '.';
    bar[width] = 0;
    row_putf(canvas, y, 1, canvas->cols - 2, LOOK_PLAIN, "[%s] %d/%d", bar, done, all);
}

/* What all rows are given, and why. */
static void draw_common(const struct plan *n, struct tui_canvas *canvas, int y)
{
    int x = 1;
    for (int i = 0; i < n->sames && x < canvas->cols - 2; i++)
        if (*n->same[i].text)
            x += row_putf(canvas, y, x, canvas->cols - x - 1, LOOK_DIM, "%s: %s",
                          pn_tr(n->same[i].col->label), n->same[i].text) + 2;
    if (*n->reason && x < canvas->cols - 2)
        row_putf(canvas, y, x, canvas->cols - x - 1, LOOK_DIM, "%s: %s", pn_tr("Reason"),
                 n->reason);
}

void plan_draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct plan *n = (struct plan *)view;
    int name = 12, words = 8, y = top;
    for (int i = n->top; i < n->items && i < n->top + rows; i++) {
        int w = tui_text_width(n->item[i].name), said = tui_text_width(n->item[i].words);
        name = w > name ? w : name;
        words = said > words ? said : words;
    }
    int room = canvas->cols - 6 - words;
    room = room > canvas->cols / 2 ? room : canvas->cols / 2;
    name = name > room ? room : name;
    row_put(canvas, y++, 1, canvas->cols - 2, pn_tr(n->op->brief), LOOK_HEAD);
    draw_sums(n, canvas, y++);
    draw_common(n, canvas, y++);
    if (n->phase == PLANNED)
        draw_hearers(n, canvas, y);
    else
        draw_progress(n, canvas, y);
    y++;
    n->body = rows - 5;
    if (n->at < n->top)
        n->top = n->at;
    if (n->at >= n->top + n->body)
        n->top = n->at - n->body + 1;
    for (int i = n->top; i < n->items && i < n->top + n->body; i++)
        draw_item(n, canvas, y + i - n->top, i, name);
    row_put(canvas, top + rows - 1, 1, canvas->cols - 2, phase(n),
            n->phase == PLANNED && n->op->flags & PN_DANGER ? LOOK_BAD : LOOK_WAIT);
}

/* ---- without a screen ---- */

static void tell_sums(const struct plan *n, struct tui_facts *facts)
{
    struct sums s = sums_of(n);
    char sum[40], yuan[48];
    facts_number(facts, "rows_all", pn_tr("Rows"), n->items);
    facts_number(facts, s.after ? "rows_done" : "rows_can",
                 s.after ? pn_tr("Done") : pn_tr("Can be done"), s.good);
    facts_number(facts, s.after ? "rows_refused" : "rows_cannot",
                 s.after ? pn_tr("Rejected") : pn_tr("Cannot be done"), s.bad);
    if (s.after)
        facts_number(facts, "rows_to_do", pn_tr("To do"), s.can);
    if (!n->money)
        return;
    plan_money(s.fen, sum);
    snprintf(yuan, sizeof yuan, "%" PRId64 ".%02d", s.fen / 100, (int)(s.fen % 100));
    char show[48];
    snprintf(show, sizeof show, "¥%s", sum);
    facts_say(facts, "amount", pn_tr("Amount"), yuan, show);
}

static void tell_hearers(const struct plan *n, struct tui_facts *facts)
{
    facts_open(facts, "hearers", pn_tr("Who hears of it"));
    for (int i = 0; i < n->hearers; i++) {
        facts_item(facts);
        facts_some(facts, "who", pn_tr("Name"), n->hearer[i].title);
        facts_number(facts, "rows", pn_tr("Rows"), n->hearer[i].rows);
        facts_done(facts);
    }
    facts_close(facts);
    if (!n->hearers)
        facts_some(facts, "hears", pn_tr("Who hears of it"), pn_tr("nobody"));
}

void plan_tell(struct tui_view *view, struct tui_facts *facts)
{
    static const char *const fates[] = {[ITEM_OPEN] = "OPEN", [ITEM_CAN] = "CAN",
                                        [ITEM_CANNOT] = "CANNOT", [ITEM_GOOD] = "DONE",
                                        [ITEM_BAD] = "REFUSED"};
    struct plan *n = (struct plan *)view;
    char text[40];
    int done, all;
    facts_some(facts, "operation", pn_tr("Operation"), pn_tr(n->op->brief));
    tell_sums(n, facts);
    for (int i = 0; i < n->sames; i++)
        facts_some(facts, n->same[i].col->name, pn_tr(n->same[i].col->label), n->same[i].text);
    facts_some(facts, "reason", pn_tr("Reason"), n->reason);
    progress(n, &done, &all);
    snprintf(text, sizeof text, "%d/%d", done, all);
    if (n->phase == PLANNED)
        tell_hearers(n, facts);
    else
        facts_some(facts, "progress", pn_tr("Progress"), text);
    facts_some(facts, "phase", pn_tr("Step"), phase(n));
    facts_open(facts, "rows", "");
    for (int i = 0; i < n->items; i++) {
        facts_item(facts);
        facts_say(facts, "name", pn_tr("Name"), n->item[i].name, n->item[i].name);
        facts_say(facts, "fate", pn_tr("State"), fates[n->item[i].fate], fates[n->item[i].fate]);
        facts_say(facts, "result", pn_tr("Result"), n->item[i].words, n->item[i].words);
        facts_done(facts);
    }
    facts_close(facts);
}
