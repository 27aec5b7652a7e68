/* SPDX-License-Identifier: Apache-2.0 */
/* counterdraw.c — the counter's screen, for people and for programs. */
#include "config.h"
#include "counter.h"
#include "width.h"

#include <string.h>

/* Whose drawer it is; true: one is open. */
static bool shift_of(const struct counter *c, char *text, size_t size)
{
    const char *till = c->view.app->till ? c->view.app->till : "";
    bool open = c->shift && c->shift->rows;
    const char *own = open ? table_show(c->shift, 0, "till") : "";
    *text = 0;
    if (open)
        snprintf(text, size, strcmp(own, till) ? "%s %.30s (%.20s)" : "%s %.30s", pn_tr("Shift"),
                 table_show(c->shift, 0, "no"), own);
    else if (c->shift)
        snprintf(text, size, "%s",
                 c->bound ? pn_tr("no shift: F10 opens one") : pn_tr("no shift"));
    return open;
}

/* The till and the shift, on the right; returns where it begins. */
static int draw_shift(const struct counter *c, struct tui_canvas *canvas, int y)
{
    char text[160], shift[100];
    const char *till = c->view.app->till ? c->view.app->till : "";
    bool open = shift_of(c, shift, sizeof shift);
    snprintf(text, sizeof text, "%s%s%.40s%s%s", *till ? pn_tr("Till") : "", *till ? " " : "",
             till, *till ? "  " : "", shift);
    row_put_right(canvas, y, canvas->cols / 2, canvas->cols / 2 - 1, text,
                  open || !c->shift ? LOOK_DIM : LOOK_WAIT);
    return canvas->cols - 2 - tui_text_width(text);
}

static void draw_tiers(struct counter *c, struct tui_canvas *canvas, int y, int end)
{
    const struct tui_table *t = c->tiers;
    int half = canvas->cols / 2, rows = t ? t->rows : 0;
    c->tier_rows = end - y - 2 < DIGITS ? end - y - 2 : DIGITS;
    if (c->tier < c->tier_top)
        c->tier_top = c->tier;
    if (c->tier >= c->tier_top + c->tier_rows)
        c->tier_top = c->tier - c->tier_rows + 1;
    if (c->tier_top > rows - c->tier_rows)
        c->tier_top = rows > c->tier_rows ? rows - c->tier_rows : 0;
    int used = row_put(canvas, y, 1, half - 2, pn_tr("Tiers"), LOOK_HEAD);
    if (rows > c->tier_rows)
        row_putf(canvas, y, used + 3, half - used - 4, LOOK_DIM, "%d-%d/%d%s", c->tier_top + 1,
                 c->tier_top + c->tier_rows, rows, t->next ? "+" : "");
    for (int i = c->tier_top; i < rows && i < c->tier_top + c->tier_rows; i++) {
        const char *left = counter_left(c, i);
        bool none = !strcmp(left, "0");
        unsigned look = none ? LOOK_DIM : LOOK_PLAIN;
        char price[32];
        counter_show(price, counter_price(c, i, true));
        y++;
        if (i == c->tier && rows > 1 && c->step == AT_TIERS)
            row_put(canvas, y, 0, 1, ">", LOOK_BOLD);
        row_putf(canvas, y, 2, 2, LOOK_LABEL, "%d", i - c->tier_top + 1);
        row_put(canvas, y, 4, half - 26, table_show(t, i, "name"), look);
        row_put_right(canvas, y, half - 21, 12, price, look);
        row_put_right(canvas, y, half - 8, 6, none ? pn_tr("none") : left, look);
    }
}

/* What is in the basket of a tier: its tickets, and their seats below. */
static int draw_lines(struct counter *c, struct tui_canvas *canvas, int y, int x, int end)
{
    int width = canvas->cols - x - 1;
    char text[32];
    for (int i = 0; c->tiers && i < c->tiers->rows && y < end; i++) {
        int n = counter_qty(c, i), at = x + 2;
        if (!n)
            continue;
        row_put(canvas, y, x, width - 20, table_show(c->tiers, i, "name"), LOOK_PLAIN);
        snprintf(text, sizeof text, "x %d", n);
        row_put_right(canvas, y, x, width - 13, text, LOOK_PLAIN);
        counter_money(text, counter_amount(c, i));
        row_put_right(canvas, y++, x, width, text, LOOK_PLAIN);
        int key = type_key(c->tiers->type);
        for (int k = 0; k < c->tickets && y < end; k++) {
            const struct counter_ticket *one = &c->ticket[k];
            if (!*one->seat || strcmp(one->tier, table_at(c->tiers, i, key)->plain) != 0)
                continue;
            if (at > x + 2 && at + 1 + (int)strlen(one->seat) > x + width) {
                y++;
                at = x + 2;
            }
            if (y < end)
                at += row_put(canvas, y, at, x + width - at, one->seat, LOOK_DIM) + 1;
        }
        y += at > x + 2 && y < end;
    }
    return y;
}

static int draw_basket(struct counter *c, struct tui_canvas *canvas, int y, int end)
{
    int x = canvas->cols / 2 + 1, width = canvas->cols - x - 1;
    char text[32];
    row_put(canvas, y++, x, width, pn_tr("This sale"), LOOK_HEAD);
    y = draw_lines(c, canvas, y, x, end - 8);
    if (*c->order)
        counter_show(text, c->due);
    else
        counter_money(text, counter_total(c));
    row_put(canvas, y, x, width, pn_tr("To pay"), LOOK_BOLD);
    row_put_right(canvas, y, x, width, text, LOOK_BOLD);
    return y + 2;
}

static void draw_ways(struct counter *c, struct tui_canvas *canvas, int y, int x, int width)
{
    int used = row_put(canvas, y, x, 20, pn_tr("Cash"), LOOK_LABEL) + 1;
    edit_draw(&c->cash, canvas, y, x + used, width - used, true);
    row_put(canvas, y + 1, x, width, pn_tr("Empty: exact. Enter sells and prints"), LOOK_DIM);
    row_put(canvas, y + 2, x, width + 1, pn_tr("F2, or a scan of his code: by telephone"),
            LOOK_DIM);
}

static void draw_wait(struct counter *c, struct tui_canvas *canvas, int y, int x, int width)
{
    row_putf(canvas, y, x, width, LOOK_WAIT | LOOK_SELECTED, " %s ",
             pn_tr("Waiting for the payer"));
    row_putf(canvas, y + 1, x, width, LOOK_PLAIN, "%s: %s", c->method,
             c->by == BY_SHOWN ? pn_tr("he scans the code") : pn_tr("he confirms it"));
    row_put(canvas, y + 2, x, width,
            c->stuck ? pn_tr("Esc: take it otherwise") : pn_tr("Esc: stop waiting"), LOOK_DIM);
}

static void draw_sold(struct counter *c, struct tui_canvas *canvas, int y, int x, int width)
{
    char text[32];
    int used = row_putf(canvas, y, x, width, LOOK_GOOD | LOOK_SELECTED, " %s ", pn_tr("Sold"));
    row_put(canvas, y, x + used + 1, width - used - 1, c->paid, LOOK_PLAIN);
    counter_show(text, c->back);
    if (*c->back)
        row_putf(canvas, y + 1, x, width, LOOK_BOLD, "%s %s", pn_tr("Change"), text);
    row_put(canvas, y + 3, x, width, c->printed, LOOK_GOOD);
}

static void draw_pay(struct counter *c, struct tui_canvas *canvas, int y, int end)
{
    int x = canvas->cols / 2 + 1, width = canvas->cols - x - 1;
    if (c->step == AT_TIERS)
        row_put(canvas, y, x, width,
                c->tickets ? pn_tr("Enter: take the money") : pn_tr("A digit adds one ticket"),
                LOOK_DIM);
    else if (c->step == AT_CASH)
        draw_ways(c, canvas, y, x, width);
    else if (c->step == AT_WORK)
        row_put(canvas, y, x, width, pn_tr("Selling…"), LOOK_WAIT);
    else if (c->step == AT_WAIT)
        draw_wait(c, canvas, y, x, width);
    else if (c->step == AT_DONE)
        draw_sold(c, canvas, y, x, width);
    int at = c->step == AT_CASH || c->step == AT_WAIT ? y + 3 : y + 2;
    if (*c->order_no && at < end)
        row_putf(canvas, at, x, width, LOOK_PLAIN, "%s %s", pn_tr("Order"), c->order_no);
    if (*c->order_no && (c->step == AT_CASH || c->step == AT_WAIT) && at + 1 < end)
        row_putf(canvas, at + 1, x, width, LOOK_DIM, "%s %s", pn_tr("Held until"), c->until);
}

void counter_draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct counter *c = (struct counter *)view;
    int end = top + rows, right = draw_shift(c, canvas, top);
    if (c->step == AT_SESSION) {
        counter_sessions_draw(c, canvas, top, rows);
    } else {
        row_putf(canvas, top, 1, right - 2, LOOK_BOLD, "%s  %s", c->session.start,
                 c->session.show);
        draw_tiers(c, canvas, top + 2, end);
        int y = draw_basket(c, canvas, top + 2, end);
        draw_pay(c, canvas, y, end);
    }
    if (*c->refused)
        row_putf(canvas, end - 1, 1, canvas->cols - 2, LOOK_BAD, "! %s", c->refused);
}

/* ---- for programs ---- */

/* For programs, and for people. */
static const struct { const char *name, *words; } steps[] = {
    [AT_SESSION] = {"session", N_("Choose a session")},
    [AT_TIERS] = {"tiers", N_("Choose tickets")},
    [AT_CASH] = {"pay", N_("Take the money")},
    [AT_WORK] = {"working", N_("Working…")},
    [AT_WAIT] = {"waiting", N_("Waiting for the payer")},
    [AT_DONE] = {"sold", N_("Sold")}};

static void tell_tiers(const struct counter *c, struct tui_facts *facts)
{
    facts_open(facts, "tiers", pn_tr("Tiers"));
    for (int i = 0; c->tiers && i < c->tiers->rows; i++) {
        facts_item(facts);
        facts_row(facts, c->tiers, i, true);
        facts_done(facts);
    }
    facts_close(facts);
    facts_open(facts, "basket", pn_tr("This sale"));
    for (int i = 0; c->tiers && i < c->tiers->rows; i++) {
        int n = counter_qty(c, i), key = type_key(c->tiers->type);
        char yuan[32], money[32], text[32];
        if (!n)
            continue;
        facts_item(facts);
        facts_some(facts, "tier", pn_tr("Tier"), table_show(c->tiers, i, "name"));
        snprintf(text, sizeof text, "x %d", n);
        snprintf(yuan, sizeof yuan, "%d", n);
        facts_say(facts, "qty", pn_tr("Tickets"), yuan, text);
        counter_yuan(yuan, counter_amount(c, i));
        counter_money(money, counter_amount(c, i));
        facts_say(facts, "amount", pn_tr("Amount"), yuan, money);
        for (int k = 0; k < c->tickets; k++)
            if (*c->ticket[k].seat && !strcmp(c->ticket[k].tier,
                                              table_at(c->tiers, i, key)->plain))
                facts_some(facts, "seat", pn_tr("Seat"), c->ticket[k].seat);
        facts_done(facts);
    }
    facts_close(facts);
}

void counter_tell(struct tui_view *view, struct tui_facts *facts)
{
    const struct counter *c = (const struct counter *)view;
    char yuan[32], money[32];
    facts_say(facts, "step", pn_tr("Step"), steps[c->step].name, pn_tr(steps[c->step].words));
    facts_some(facts, "till", pn_tr("Till"), view->app->till ? view->app->till : "");
    char shift[100];
    bool open = shift_of(c, shift, sizeof shift);
    facts_say(facts, "shift", pn_tr("Shift"), open ? table_show(c->shift, 0, "no") : "", shift);
    if (c->step == AT_SESSION) {
        counter_sessions_tell(c, facts);
    } else {
        facts_some(facts, "session", pn_tr("Session"), c->session.id);
        facts_some(facts, "start_at", pn_tr("Start"), c->session.start);
        facts_some(facts, "show", pn_tr("Show"), c->session.show);
        tell_tiers(c, facts);
        counter_yuan(yuan, counter_total(c));
        counter_show(money, *c->order ? c->due : yuan);
        facts_say(facts, "payable", pn_tr("To pay"), *c->order ? c->due : yuan, money);
        if (c->step == AT_CASH)
            facts_say(facts, "tendered", pn_tr("Cash"), c->cash.text, c->cash.text);
        facts_some(facts, "order", pn_tr("Order"), c->order_no);
        facts_some(facts, "held_until", pn_tr("Held until"), *c->order ? c->until : "");
        facts_some(facts, "method", pn_tr("Method"), *c->paid ? c->paid : c->method);
        if (c->step == AT_WAIT)
            facts_some(facts, "waits", pn_tr("Waiting for the payer"),
                       c->by == BY_SHOWN ? pn_tr("he scans the code") : pn_tr("he confirms it"));
        counter_show(money, c->back);
        if (*c->back)
            facts_say(facts, "change", pn_tr("Change"), c->back, money);
        facts_some(facts, "printed", pn_tr("Printed"), c->printed);
    }
    facts_some(facts, "refused", pn_tr("Refused"), c->refused);
}
