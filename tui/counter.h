/* SPDX-License-Identifier: Apache-2.0 */
/* counter.h — one sale at the counter: what counter.c does step by step, counterpay.c does with the
 * customer's telephone, and counterdraw.c shows. */
#ifndef TUI_COUNTER_H
#define TUI_COUNTER_H

#include "app.h"

enum { TIERS_MOST = 9, TICKETS_MOST = 40 };
/* Jobs, by their tag; from ASK_SUBMIT on they belong to a sale, and to ASK_CODE they have keys. */
enum { ASK_SESSIONS = 1, ASK_TIERS, ASK_METHODS, ASK_SUBMIT, ASK_CASH, ASK_PRINT, ASK_CODE,
       ASK_OPEN, ASK_WATCH, KEYS = ASK_CODE - ASK_SUBMIT + 1 };
typedef enum { AT_SESSION, AT_TIERS, AT_CASH, AT_WORK, AT_PAYING, AT_DONE } step;

struct counter {
    struct tui_view view;
    struct tui_table *sessions, *tiers, *methods;
    int session, top, body;
    bool early; /* Enter came before the sessions did */
    int qty[TIERS_MOST], last[TICKETS_MOST], tickets;
    step step;
    struct tui_edit cash;
    char order[64], order_no[64], due[32], change[32], printed[120], key[KEYS][40];
    char refused[300];
    /* by the telephone: */
    char method[32], method_name[64], payer[40]; /* "": in cash; payer: his code, "" shows one */
    char payment[32];
};

/** The first of these columns that the table has: names differ between lists. */
const char *counter_any(const struct tui_table *t, int row, bool plain, const char *const names[]);
extern const char *const counter_prices[], *const counter_lefts[], *const counter_shows[],
    *const counter_halls[];
/** Yuan as the library writes them for machines ("1280.00") to fen. */
int64_t counter_fen(const char *yuan);
int64_t counter_total(const struct counter *c);
void counter_money(char out[32], int64_t amount);
void counter_draw(struct counter *c, struct tui_canvas *canvas, int top, int rows);

/** The operation, NULL with words for the screen when it is not open. */
const pn_op *counter_need(struct counter *c, const char *name);
void counter_give(struct tui_job *job, const char *column, const char *value);
/** Ask as a part of the sale; tags to ASK_CODE have a key of their own. */
void counter_ask(struct counter *c, struct tui_job *job);
/** The order, or if there is one already, its money. */
void counter_take(struct counter *c);
/** It is paid: print. */
void counter_paid(struct counter *c);

/* counterpay.c */
/** Let somebody choose how the customer's telephone pays. */
void counter_by_code(struct counter *c);
/** The code of his telephone was scanned. */
void counter_scanned(struct counter *c, const char *code);
void counter_ask_code(struct counter *c);
/** An answer to ASK_METHODS, ASK_CODE, ASK_OPEN or ASK_WATCH. */
void counter_code_done(struct counter *c, struct tui_job *job);
void counter_watch(struct counter *c);

#endif
