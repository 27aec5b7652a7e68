/* SPDX-License-Identifier: Apache-2.0 */
/* counter.c — the till. The sessions on sale, then the tiers of one under digits and the basket
 * beside them, then the money: Enter, 1, 1, Enter, Enter sells and prints two tickets. */
#include "config.h"
#include "counter.h"

#include <string.h>

/* ---- the basket ---- */

/* The first of these columns that the table has. */
static const char *any(const struct tui_table *t, int row, bool plain, const char *const names[])
{
    for (; *names; names++)
        if (table_col(t, *names) >= 0)
            return plain ? table_plain(t, row, *names) : table_show(t, row, *names);
    return "";
}

const char *counter_price(const struct counter *c, int tier, bool plain)
{
    return any(c->tiers, tier, plain, (const char *const[]){"face_price", "price", NULL});
}

const char *counter_left(const struct counter *c, int tier)
{
    return any(c->tiers, tier, false, (const char *const[]){"available", "left", NULL});
}

/* Yuan as the library writes them for machines ("1280.00") to fen. */
static int64_t fen(const char *yuan)
{
    int64_t whole = 0, part = 0;
    int digits = 0;
    for (; *yuan >= '0' && *yuan <= '9' && whole < INT64_MAX / 1000; yuan++)
        whole = whole * 10 + (*yuan - '0');
    for (yuan += *yuan == '.'; *yuan >= '0' && *yuan <= '9' && digits < 2; yuan++, digits++)
        part = part * 10 + (*yuan - '0');
    return whole * 100 + (digits == 1 ? part * 10 : part);
}

static const char *id_of(const struct counter *c, int tier)
{
    int key = c->tiers ? type_key(c->tiers->type) : -1;
    return key < 0 ? "" : table_at(c->tiers, tier, key)->plain;
}

int counter_qty(const struct counter *c, int tier)
{
    int n = 0;
    for (int i = 0; i < c->tickets; i++)
        n += !strcmp(c->ticket[i].tier, id_of(c, tier));
    return n;
}

int64_t counter_amount(const struct counter *c, int tier)
{
    return counter_qty(c, tier) * fen(counter_price(c, tier, true));
}

int64_t counter_total(const struct counter *c)
{
    int64_t sum = 0;
    for (int i = 0; c->tiers && i < c->tiers->rows; i++)
        sum += counter_amount(c, i);
    return sum;
}

void counter_yuan(char out[32], int64_t amount)
{
    snprintf(out, 32, "%" PRId64 ".%02d", amount / 100, (int)(amount % 100));
}

void counter_money(char out[32], int64_t amount)
{
    char digits[32];
    size_t n = 0;
    int len = snprintf(digits, sizeof digits, "%" PRId64, amount / 100);
    n += (size_t)snprintf(out, 32, "¥");
    for (int i = 0; i < len && n < 26; i++) {
        if (i && (len - i) % 3 == 0)
            out[n++] = ',';
        out[n++] = digits[i];
    }
    snprintf(out + n, 32 - n, ".%02d", (int)(amount % 100));
}

void counter_show(char out[32], const char *yuan)
{
    counter_money(out, fen(yuan));
}

/* Tickets of one tier without seats are one item, those with seats another. */
static size_t put_item(const struct counter *c, int tier, bool seats, char *items, size_t size)
{
    size_t len = 0;
    int n = 0;
    for (int i = 0; i < c->tickets; i++)
        n += !strcmp(c->ticket[i].tier, id_of(c, tier)) && !*c->ticket[i].seat == !seats;
    if (!n)
        return 0;
    len += (size_t)snprintf(items, size, "{\"tier\":%.23s,\"qty\":%d", id_of(c, tier), n);
    for (int i = 0, k = 0; seats && i < c->tickets; i++)
        if (!strcmp(c->ticket[i].tier, id_of(c, tier)) && *c->ticket[i].seat)
            len += (size_t)snprintf(items + len, size - len, "%s\"%s\"", k++ ? "," : ",\"seats\":[",
                                    c->ticket[i].seat);
    return len + (size_t)snprintf(items + len, size - len, "%s}", seats ? "]" : "");
}

void counter_basket(const struct counter *c, bool seats, char *items, size_t size)
{
    size_t len = (size_t)snprintf(items, size, "[");
    for (int i = 0; c->tiers && i < c->tiers->rows; i++) {
        if (!seats && counter_qty(c, i))
            len += (size_t)snprintf(items + len, size - len, "%s{\"tier\":%.23s,\"qty\":%d}",
                                    len > 1 ? "," : "", id_of(c, i), counter_qty(c, i));
        for (int with = 0; seats && with < 2; with++) {
            char one[8000];
            if (put_item(c, i, with, one, sizeof one))
                len += (size_t)snprintf(items + len, size - len, "%s%s", len > 1 ? "," : "", one);
        }
    }
    snprintf(items + len, size - len, "]");
}

void counter_clear(struct counter *c)
{
    c->tickets = c->change = 0;
    edit_set(&c->cash, "");
    explicit_bzero(c->code, sizeof c->code);
    *c->order = *c->order_no = *c->until = *c->payment = *c->back = *c->printed = *c->paid = 0;
    *c->refused = *c->method = 0;
    c->stuck = false;
    for (int i = 0; i < ASKS; i++)
        app_key(c->view.app, c->key[i]);
}

static void one_more(struct counter *c, int tier)
{
    if (c->step == AT_DONE)
        counter_enter(c);
    if (c->step != AT_TIERS || !c->tiers || tier >= c->tiers->rows || c->tickets == TICKETS_MOST)
        return;
    struct counter_ticket *t = &c->ticket[c->tickets++];
    *t->seat = 0;
    snprintf(t->tier, sizeof t->tier, "%.23s", id_of(c, tier));
    c->change = 1;
}

static void one_less(struct counter *c)
{
    if (c->step != AT_TIERS || !c->tickets)
        return;
    c->dropped = c->ticket[--c->tickets];
    c->change = -1;
}

/* ---- steps ---- */

bool counter_unopened(const struct counter *c)
{
    return c->bound && c->shift && !c->shift->rows;
}

void counter_shift(struct counter *c)
{
    struct tui_app *app = c->view.app;
    bool open = c->shift && c->shift->rows;
    const pn_op *op = counter_need(c, open ? "shift.close" : "shift.open");
    struct tui_view *form = op ? form_new(app, op, pn_tr(op->brief)) : NULL;
    if (!form)
        return;
    if (!open && app->till)
        form_preset(form, "till", app->till, true);
    app_push(app, form);
    if (counter_unopened(c))
        app_say(app, LOOK_WAIT, "%s", pn_tr("The counter sells within a shift only: open yours"));
}

void counter_enter(struct counter *c)
{
    if (counter_unopened(c) && (c->step == AT_SESSION || c->step == AT_TIERS)) {
        counter_shift(c);
        return;
    }
    switch (c->step) {
    case AT_SESSION:
        counter_clear(c);
        counter_sessions_choose(c);
        break;
    case AT_TIERS:
        if (!c->tickets)
            break;
        counter_yuan(c->due, counter_total(c));
        *c->refused = 0;
        c->step = AT_CASH;
        break;
    case AT_CASH:
        counter_pay(c, BY_CASH);
        break;
    case AT_DONE:
        counter_clear(c);
        c->step = AT_TIERS;
        break;
    case AT_WORK:
    case AT_WAIT:
        break;
    }
}

/* Esc is a step back while there is one: session ← tiers ← cash. An order that is held is not left
 * without a word, and a payer who is being waited for neither. */
static bool back(struct tui_view *view)
{
    struct counter *c = (struct counter *)view;
    *c->refused = 0;
    if (c->step == AT_WAIT) {
        counter_stop(c);
    } else if (c->step == AT_CASH && *c->order) {
        counter_leave(c);
    } else if (c->step == AT_CASH) {
        c->step = AT_TIERS;
    } else if (c->step == AT_TIERS || c->step == AT_DONE) {
        c->step = AT_SESSION;
    } else if (c->step == AT_SESSION && c->list.find.len) {
        edit_set(&c->list.find, "");
        counter_sessions_load(c);
    } else {
        return c->step == AT_WORK;
    }
    return true;
}

/* ---- keys ---- */

static void move(struct counter *c, int by)
{
    int last = c->tiers ? c->tiers->rows - 1 : 0;
    if (c->step == AT_SESSION)
        counter_sessions_move(c, by);
    if (c->step != AT_TIERS)
        return;
    c->tier += by;
    c->tier = c->tier > last ? last : c->tier;
    c->tier = c->tier < 0 ? 0 : c->tier;
}

static void map(struct counter *c)
{
    struct tui_app *app = c->view.app;
    if (c->step == AT_DONE)
        counter_enter(c);
    if (c->step == AT_TIERS)
        seatmap_open(app, c->session.id, c->session.show);
    else
        app_say(app, LOOK_WAIT, "%s", pn_tr("Choose a session first: Enter"));
}

static void pay_by(struct counter *c, tui_action action)
{
    if (c->step == AT_TIERS)
        counter_enter(c);
    if (c->step != AT_CASH)
        return;
    *c->refused = 0;
    if (action == DO_CODE)
        counter_type_code(c);
    else if (action == DO_SLIP)
        counter_type_slip(c);
    else if (action == DO_CHOICE)
        counter_ask_methods(c);
}

static void act(struct tui_view *view, tui_action action, uint32_t key)
{
    struct counter *c = (struct counter *)view;
    int page = c->step == AT_SESSION ? c->list.body : DIGITS;
    c->change = 0;
    if (action == DO_OPEN)
        counter_enter(c);
    else if (action == DO_UP || action == DO_DOWN)
        move(c, action == DO_UP ? -1 : 1);
    else if (action == DO_PAGE_UP || action == DO_PAGE_DOWN)
        move(c, action == DO_PAGE_UP ? -page : page);
    else if (action == DO_TIER && c->step != AT_CASH)
        one_more(c, c->tier_top + (int)(tui_fold(key) - '1'));
    else if (action == DO_MORE)
        one_more(c, c->tier);
    else if (action == DO_LESS)
        one_less(c);
    else if (action == DO_MAP)
        map(c);
    else if (action == DO_SHIFT)
        counter_shift(c);
    else
        pay_by(c, action);
}

/* Keys of another step stay out of the footer. */
static bool idle(const struct tui_view *view, tui_action action)
{
    const struct counter *c = (const struct counter *)view;
    bool tiers = c->step == AT_TIERS, some = tiers && c->tickets;
    bool waits = c->step == AT_WORK || c->step == AT_WAIT;
    if (action == DO_TIER || action == DO_MAP)
        return !tiers && c->step != AT_DONE;
    if (action == DO_LESS)
        return !some;
    if (action == DO_CODE || action == DO_SLIP || action == DO_CHOICE)
        return c->step != AT_CASH && !some;
    if (action == DO_SHIFT)
        return c->step != AT_SESSION;
    return action == DO_OPEN && (waits || (tiers && !some));
}

/* What is typed filters the sessions, is a ticket of a tier, or cash. */
static bool type(struct tui_view *view, uint32_t key)
{
    struct counter *c = (struct counter *)view;
    uint32_t k = tui_fold(key);
    c->change = 0;
    if (c->step == AT_SESSION)
        return counter_sessions_type(c, key);
    if (c->step == AT_CASH) {
        bool money_key = (k >= '0' && k <= '9') || k == '.' || k >= TK_UP || k < ' ';
        return money_key && edit_key(&c->cash, k);
    }
    if (k >= '1' && k <= '9' && (int)(k - '0') <= c->tier_rows)
        one_more(c, c->tier_top + (int)(k - '1'));
    else if (k == '+' || k == ' ')
        one_more(c, c->tier);
    else if (k == TK_BACKSPACE || k == '-')
        one_less(c);
    return true;
}

static void mouse(struct tui_view *view, const struct tui_event *event, int top)
{
    struct counter *c = (struct counter *)view;
    if (event->mouse == MOUSE_WHEEL_UP || event->mouse == MOUSE_WHEEL_DOWN) {
        move(c, event->mouse == MOUSE_WHEEL_UP ? -1 : 1);
    } else if (event->mouse == MOUSE_PRESS && c->step == AT_SESSION && event->row > top + 1) {
        int row = c->list.top + event->row - top - 2, was = c->list.at;
        move(c, row - was);
        if (row == was)
            counter_enter(c);
    } else if (event->mouse == MOUSE_PRESS && event->row > top + 2 &&
               event->row - top - 3 < c->tier_rows) {
        one_more(c, c->tier_top + event->row - top - 3);
    }
}

/* Somebody has told of the payment that is waited for. */
static int hear(struct tui_view *view, const char *noun, int64_t id)
{
    const struct counter *c = (const struct counter *)view;
    (void)id;
    return c->step == AT_WAIT && !strcmp(noun, "payment") ? HEAR_SOON : HEAR_NOTHING;
}

static void look(struct tui_view *view)
{
    struct counter *c = (struct counter *)view;
    c->asked_at = 0;
    counter_look(c);
}

/* ---- the customer's screen ---- */

/* Not half typed. */
static bool whole_money(const char *text)
{
    static const char digits[] = "0123456789";
    size_t n = strspn(text, digits);
    const char *part = text + n + (text[n] == '.');
    size_t cents = strspn(part, digits);
    return n && n < 9 && cents <= 2 && !part[cents] && (text[n] != '.' || cents);
}

static void tell_customer(struct counter *c)
{
    struct tui_sale sale = {0};
    if (c->step != AT_SESSION && *c->session.id && c->tiers) {
        snprintf(sale.session, sizeof sale.session, "%.30s", c->session.id);
        counter_basket(c, false, sale.items, sizeof sale.items);
        if (c->cash.len && whole_money(c->cash.text))
            snprintf(sale.tendered, sizeof sale.tendered, "%.30s", c->cash.text);
        snprintf(sale.order, sizeof sale.order, "%.30s", c->order);
    }
    till_tell(c->view.app, &sale);
}

static void draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct counter *c = (struct counter *)view;
    tell_customer(c);
    counter_look(c);
    counter_draw(view, canvas, top, rows);
}

static void command(const struct tui_view *view, char *text, size_t size)
{
    (void)view;
    snprintf(text, size, "counter");
}

static void free_counter(struct tui_view *view)
{
    struct counter *c = (struct counter *)view;
    if (*c->order && c->step != AT_DONE) /* whoever leaves by a command is told all the same */
        app_say(view->app, LOOK_WAIT, pn_tr("%s is held until %s: it waits among the orders"),
                c->order_no, c->until);
    counter_sessions_free(c);
    table_free(c->tiers);
    table_free(c->shift);
    edit_free(&c->cash);
    explicit_bzero(c->code, sizeof c->code);
    till_tell(view->app, &(struct tui_sale){0});
}

static const struct tui_face counter_face = {
    .scope = SCOPE_COUNTER,
    .size = sizeof(struct counter),
    .draw = draw,
    .act = act,
    .idle = idle,
    .type = type,
    .scan = counter_scan,
    .mouse = mouse,
    .back = back,
    .load = counter_load,
    .done = counter_done,
    .hear = hear,
    .look = look,
    .tell = counter_tell,
    .command = command,
    .free = free_counter,
};

struct tui_view *counter_new(struct tui_app *app)
{
    struct counter *c = (struct counter *)view_new(app, &counter_face, pn_tr("Counter"));
    if (c)
        counter_clear(c);
    return c ? &c->view : NULL;
}

/* The counter below whatever is open, or a new one; NULL: it is not open to whoever looks. */
static struct counter *find_counter(struct tui_app *app)
{
    int at = app->depth - 1;
    while (at >= 0 && app->stack[at]->face != &counter_face)
        at--;
    while (at >= 0 && app->depth > at + 1)
        app_pop(app);
    if (at < 0)
        view_face(app, "counter");
    struct tui_view *top = app_top(app);
    return top && top->face == &counter_face ? (struct counter *)top : NULL;
}

void counter_sell(struct tui_app *app, const char *session, const char *title,
                  const struct counter_ticket *ticket, int tickets)
{
    struct counter *c = find_counter(app);
    if (!c)
        return;
    if (c->step == AT_WORK || c->step == AT_WAIT || (*c->order && c->step != AT_DONE)) {
        app_say(app, LOOK_WAIT, "%s", pn_tr("Another sale is under way: finish it first"));
        return;
    }
    if (c->step != AT_TIERS || strcmp(c->session.id, session) != 0) {
        counter_clear(c);
        snprintf(c->session.id, sizeof c->session.id, "%.31s", session);
        snprintf(c->session.show, sizeof c->session.show, "%.199s", title);
        *c->session.start = *c->session.hall = 0;
        c->step = AT_SESSION; /* its tiers come */
    }
    for (int i = 0; i < tickets && c->tickets < TICKETS_MOST; i++) {
        bool there = false;
        for (int k = 0; k < c->tickets; k++)
            there |= !strcmp(c->ticket[k].seat, ticket[i].seat);
        if (!there)
            c->ticket[c->tickets++] = ticket[i];
    }
    counter_ask_tiers(c);
}
