/* SPDX-License-Identifier: Apache-2.0 */
/* counterdraw.c — the counter on the screen: sessions, then its tiers on the left and the sale on
 * the right. */
#include "config.h"
#include "counter.h"

#include <inttypes.h>
#include <string.h>

const char *counter_any(const struct tui_table *t, int row, bool plain, const char *const names[])
{
    for (; *names; names++)
        if (table_col(t, *names) >= 0)
            return plain ? table_plain(t, row, *names) : table_show(t, row, *names);
    return "";
}

const char *const counter_prices[] = {"face_price", "price", NULL};
const char *const counter_lefts[] = {"available", "left", NULL};
const char *const counter_shows[] = {"show", "title", NULL};
const char *const counter_halls[] = {"venue", "hall", NULL};

int64_t counter_fen(const char *yuan)
{
    int64_t whole = 0, part = 0;
    int digits = 0;
    for (; *yuan >= '0' && *yuan <= '9' && whole < INT64_MAX / 1000; yuan++)
        whole = whole * 10 + (*yuan - '0');
    for (yuan += *yuan == '.'; *yuan >= '0' && *yuan <= '9' && digits < 2; yuan++, digits++)
        part = part * 10 + (*yuan - '0');
    return whole * 100 + (digits == 1 ? part * 10 : part);
}

int64_t counter_total(const struct counter *c)
{
    int64_t sum = 0;
    for (int i = 0; c->tiers && i < c->tiers->rows && i < TIERS_MOST; i++)
        sum += c->qty[i] * counter_fen(counter_any(c->tiers, i, true, counter_prices));
    return sum;
}

void counter_money(char out[32], int64_t amount)
{
    snprintf(out, 32, "%" PRId64 ".%02d", amount / 100, (int)(amount % 100));
}

static void draw_sessions(struct counter *c, struct tui_canvas *canvas, int top, int rows)
{
    const struct tui_table *t = c->sessions;
    c->body = rows - 1;
    if (c->session < c->top)
        c->top = c->session;
    if (c->session >= c->top + c->body)
        c->top = c->session - c->body + 1;
    row_put(canvas, top, 1, canvas->cols - 2, pn_tr("Sessions on sale"), LOOK_HEAD);
    for (int i = c->top; t && i < t->rows && i < c->top + c->body; i++) {
        int y = top + 1 + i - c->top, x = 2;
        x += row_put(canvas, y, x, 17, table_show(t, i, "start_at"), LOOK_PLAIN) + 2;
        int hall = canvas->cols / 4;
        row_put(canvas, y, x, canvas->cols - x - hall - 3, counter_any(t, i, false, counter_shows),
                LOOK_PLAIN);
        row_put(canvas, y, canvas->cols - hall - 1, hall,
                counter_any(t, i, false, counter_halls), LOOK_DIM);
        if (i == c->session) {
            row_select(canvas, y, 0, canvas->cols);
            canvas_caret(canvas, y, 0, false);
        }
    }
    if (!t || !t->rows)
        row_put(canvas, top + 2, 2, canvas->cols - 4,
                c->view.pending ? pn_tr("Loading…") : pn_tr("Nothing here"), LOOK_DIM);
}

static void draw_tiers(struct counter *c, struct tui_canvas *canvas, int y, int end)
{
    const struct tui_table *t = c->tiers;
    int half = canvas->cols / 2;
    row_put(canvas, y++, 1, half - 2, pn_tr("Tiers"), LOOK_HEAD);
    for (int i = 0; t && i < t->rows && i < TIERS_MOST && y < end; i++, y++) {
        const char *left = counter_any(t, i, false, counter_lefts);
        bool none = !strcmp(left, "0");
        unsigned look = none ? LOOK_DIM : LOOK_PLAIN;
        row_putf(canvas, y, 2, 2, LOOK_LABEL, "%d", i + 1);
        row_put(canvas, y, 4, half - 26, table_show(t, i, "name"), look);
        row_put_right(canvas, y, half - 21, 12, counter_any(t, i, false, counter_prices), look);
        row_put_right(canvas, y, half - 8, 6, none ? pn_tr("none") : left, look);
    }
}

static int draw_basket(struct counter *c, struct tui_canvas *canvas, int y, int end)
{
    int x = canvas->cols / 2 + 1, width = canvas->cols - x - 1;
    char text[32];
    row_put(canvas, y++, x, width, pn_tr("This sale"), LOOK_HEAD);
    for (int i = 0; c->tiers && i < c->tiers->rows && i < TIERS_MOST && y < end - 6; i++) {
        if (!c->qty[i])
            continue;
        row_put(canvas, y, x, width - 16, table_show(c->tiers, i, "name"), LOOK_PLAIN);
        snprintf(text, sizeof text, "x %d", c->qty[i]);
        row_put_right(canvas, y, x, width - 10, text, LOOK_PLAIN);
        counter_money(text, c->qty[i] *
                                counter_fen(counter_any(c->tiers, i, true, counter_prices)));
        row_put_right(canvas, y++, x, width, text, LOOK_PLAIN);
    }
    counter_money(text, counter_total(c));
    row_put(canvas, y, x, width, pn_tr("To pay"), LOOK_BOLD);
    row_put_right(canvas, y, x, width, text, LOOK_BOLD);
    return y + 2;
}

static void draw_pay(struct counter *c, struct tui_canvas *canvas, int y, int end)
{
    int x = canvas->cols / 2 + 1, width = canvas->cols - x - 1;
    if (c->step == AT_TIERS)
        row_put(canvas, y, x, width,
                c->tickets ? pn_tr("Enter: take the cash") : pn_tr("A digit adds one ticket"),
                LOOK_DIM);
    if (c->step == AT_CASH) {
        int used = row_put(canvas, y, x, 20, pn_tr("Cash"), LOOK_LABEL) + 1;
        edit_draw(&c->cash, canvas, y, x + used, width - used, true);
        row_put(canvas, y + 1, x, width, pn_tr("Empty: exact. Enter sells and prints"),
                LOOK_DIM);
        row_put(canvas, y + 2, x, width, pn_tr("F2, or a scan of his code: by telephone"),
                LOOK_DIM);
        y++;
    }
    if (c->step == AT_PAYING)
        row_putf(canvas, y, x, width, LOOK_WAIT, "%s  %s", pn_tr("Waiting for the payer"),
                 c->method_name);
    if (c->step == AT_WORK)
        row_put(canvas, y, x, width, pn_tr("Selling…"), LOOK_WAIT);
    if (*c->order_no && y < end)
        row_putf(canvas, y + 2, x, width, LOOK_PLAIN, "%s %s", pn_tr("Order"), c->order_no);
    if (c->step != AT_DONE)
        return;
    row_putf(canvas, y, x, width, LOOK_GOOD | LOOK_SELECTED, " %s ", pn_tr("Sold"));
    if (*c->method)
        row_put(canvas, y + 1, x, width, c->method_name, LOOK_BOLD);
    else
        row_putf(canvas, y + 1, x, width, LOOK_BOLD, "%s %s", pn_tr("Change"), c->change);
    row_put(canvas, y + 3, x, width, c->printed, LOOK_GOOD);
}

void counter_draw(struct counter *c, struct tui_canvas *canvas, int top, int rows)
{
    int end = top + rows;
    if (c->step == AT_SESSION) {
        draw_sessions(c, canvas, top, rows);
    } else {
        row_putf(canvas, top, 1, canvas->cols - 2, LOOK_BOLD, "%s  %s",
                 table_show(c->sessions, c->session, "start_at"),
                 counter_any(c->sessions, c->session, false, counter_shows));
        draw_tiers(c, canvas, top + 2, end);
        int y = draw_basket(c, canvas, top + 2, end);
        draw_pay(c, canvas, y, end);
    }
    if (*c->refused)
        row_putf(canvas, end - 1, 1, canvas->cols - 2, LOOK_BAD, "! %s", c->refused);
}
