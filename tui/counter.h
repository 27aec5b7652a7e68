/* SPDX-License-Identifier: Apache-2.0 */
/* counter.h — a sale at the counter, for its keys, its questions and its drawing. */
#ifndef TUI_COUNTER_H
#define TUI_COUNTER_H

#include "till.h"

#include <inttypes.h>

enum { TIERS_MOST = 100, TICKETS_MOST = 40, DIGITS = 9, SESSION_ROWS = 100, SESSION_PAGES = 100 };
typedef enum { AT_SESSION, AT_TIERS, AT_CASH, AT_WORK, AT_WAIT, AT_DONE } counter_step;
/** How it is paid: in cash, by the payer's code, by a code that he is shown, by a bank's slip. */
typedef enum { BY_CASH, BY_CODE, BY_SHOWN, BY_SLIP } counter_by;
/** What is asked: from ASK_SUBMIT on it is done once, by a key of its own. */
enum {
    ASK_SESSIONS = 1, ASK_TIERS, ASK_SHIFT, ASK_NEED, ASK_METHODS, ASK_OPEN, ASK_STOP,
    ASK_SUBMIT, ASK_CASH, ASK_SLIP, ASK_COLLECT, ASK_PRINT, ASK_DROP, ASKS
};

/** One ticket of the basket: its tier, and its seat, "" for any. */
struct counter_ticket { char tier[24], seat[96]; };

/** The sessions on sale, of any number, as what was typed leaves them. */
struct counter_sessions {
    struct tui_table *page[SESSION_PAGES];
    int pages, rows, at, top, body;
    bool end, early; /* early: Enter came before the sessions did */
    unsigned round;  /* answers of an earlier round are dropped */
    struct tui_edit find;
};

struct counter {
    struct tui_view view;
    struct counter_sessions list;
    struct { char id[32], start[40], show[200], hall[120]; } session; /* that is sold */
    struct tui_table *tiers, *shift;
    int tier, tier_top, tier_rows; /* the cursor; the tiers under digits */
    struct counter_ticket ticket[TICKETS_MOST], dropped;
    int tickets, change; /* change: what the last character did to the basket */
    counter_step step;
    counter_by by;
    struct tui_edit cash;
    char code[140], method[40]; /* the payer's, as long as it was not sent */
    char order[64], order_no[64], until[40], due[32], payment[32], back[32], printed[120];
    char paid[80], key[ASKS][40], refused[300];
    bool stuck; /* the provider did not let us stop */
    bool bound; /* whoever works here sells within a shift only */
    int64_t asked_at;
};

/** Names of columns differ between lists: the price and what is left of a tier. */
const char *counter_price(const struct counter *c, int tier, bool plain);
const char *counter_left(const struct counter *c, int tier);
/** Tickets of a tier in the basket, what they come to, and all of them. */
int counter_qty(const struct counter *c, int tier);
int64_t counter_amount(const struct counter *c, int tier);
int64_t counter_total(const struct counter *c);
/** As machines have it, "1280.00", and as people do, "¥1,280.00". */
void counter_yuan(char out[32], int64_t fen);
void counter_money(char out[32], int64_t fen);
/** The same of what the library wrote. */
void counter_show(char out[32], const char *yuan);
/** What is in it as JSON, "[]" for nothing, with or without its seats. */
void counter_basket(const struct counter *c, bool seats, char *items, size_t size);
/** Begin a new sale of the same session. */
void counter_clear(struct counter *c);
void counter_enter(struct counter *c);
/** Sell these places of a session at the counter, which opens; nobody's sale is lost by that. */
void counter_sell(struct tui_app *app, const char *session, const char *title,
                  const struct counter_ticket *ticket, int tickets);

/* counterlist.c */
void counter_sessions_load(struct counter *c);
void counter_sessions_take(struct counter *c, struct tui_job *job);
/** Take the one under the cursor. */
void counter_sessions_choose(struct counter *c);
void counter_sessions_move(struct counter *c, int by);
bool counter_sessions_type(struct counter *c, uint32_t key);
void counter_sessions_draw(struct counter *c, struct tui_canvas *canvas, int top, int rows);
void counter_sessions_tell(const struct counter *c, struct tui_facts *facts);
void counter_sessions_free(struct counter *c);

/** A shift has to be opened before anything is sold. */
bool counter_unopened(const struct counter *c);
/** Open a shift, or, when one is, count its drawer. */
void counter_shift(struct counter *c);

/* counterask.c */
const pn_op *counter_need(struct counter *c, const char *name);
void counter_give(struct tui_job *job, const char *column, const char *value);
void counter_ask(struct counter *c, struct tui_job *job);
void counter_load(struct tui_view *view);
void counter_done(struct tui_view *view, struct tui_job *job);
void counter_ask_tiers(struct counter *c);
void counter_ask_print(struct counter *c);
void counter_refused(struct counter *c, const struct tui_job *job);

/* counterpay.c */
/** Place the order unless it is placed, and take the money. */
void counter_pay(struct counter *c, counter_by by);
/** … of an order that is placed. */
void counter_collect(struct counter *c);
void counter_pay_done(struct counter *c, struct tui_job *job);
/** Ask for the payer's code or a slip's number; offer whose code he may be shown. */
void counter_type_code(struct counter *c);
void counter_type_slip(struct counter *c);
void counter_ask_methods(struct counter *c);
/** What was scanned. */
void counter_scan(struct tui_view *view, const char *text, int leaked);
/** Ask once more what became of the payment, when it is time. */
void counter_look(struct counter *c);
/** The payer is not waited for any longer. */
void counter_stop(struct counter *c);
/** The order is not paid: what now? */
void counter_leave(struct counter *c);

/* counterdraw.c */
void counter_draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows);
void counter_tell(struct tui_view *view, struct tui_facts *facts);

#endif
