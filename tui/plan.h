/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h — one operation over many rows: what plan.c does and plandraw.c shows. */
#ifndef TUI_PLAN_H
#define TUI_PLAN_H

#include "list.h"

typedef enum { GATHERING, PLANNING, PLANNED, RUNNING, FINISHED } plan_phase;
typedef enum { ITEM_OPEN, ITEM_CAN, ITEM_CANNOT, ITEM_GOOD, ITEM_BAD } plan_fate;
enum { HEARERS_MOST = 12, GIVEN_MOST = 8 };
enum { PLAN_AFAR = 1 << 26 }; /* tags of what a plan asks of the server's work: this and above */

struct plan_item {
    char key[64], name[200], once[40], words[240];
    int64_t fen;
    plan_fate fate;
    char *values, *before; /* of the columns that are given, a line each; NULL: none are */
};

/** A column that every row is given a value of, and how it was typed. */
struct plan_given { char column[40], shown[40], text[100]; bool number; };

/** Somebody who hears of it, and of how many rows. */
struct plan_hearer { char title[80]; int rows; };

struct plan {
    struct tui_view view;
    struct tui_list *list; /* below us on the stack, so it lives longer; NULL: taking back */
    const pn_op *op;
    struct plan_item *item;
    int items, room, next, at, top, body;
    plan_phase phase;
    bool stop, money; /* money: the rows have some */
    const pn_col *row; /* the column that the row's key goes into */
    struct tui_same same[SAME_MOST];
    int sames;
    char reason[200];
    struct plan_hearer hearer[HEARERS_MOST];
    int hearers;
    struct plan_given given[GIVEN_MOST];
    int givens;
    struct tui_list *back; /* whose rows were typed over and are put back; NULL: none */
    bool afar;             /* the server does it … */
    char once[40], work[24]; /* … under this key, and calls it this once it has it */
    int done, refused;
    int64_t done_fen, asked_at;
    bool nobody; /* no worker has begun */
    bool leaving; /* it was left before the server had it */
};

/** The request for one row, to be freed or sent. */
struct tui_job *plan_job(struct plan *n, const struct plan_item *item, int tag);
/** Every row has its answer, or none will have one any more. */
void plan_over(struct plan *n);

/** Back to the rows, wherever the work is done. */
void plan_leave(struct plan *n);

/* afar.c */
/** Can the server do it? */
bool afar_can(const struct plan *n);
void afar_begin(struct plan *n);
/** How far is it? */
void afar_look(struct plan *n);
void afar_stop(struct plan *n);
void afar_done(struct plan *n, struct tui_job *job);
int afar_hear(struct tui_view *view, const char *noun, int64_t id);

/** Let it go on. */
void plan_step(struct tui_view *view);
int plan_count(const struct plan *n, plan_fate of);
int64_t plan_fen(const struct plan *n, plan_fate of);
void plan_draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows);
void plan_tell(struct tui_view *view, struct tui_facts *facts);
/** "94,720.00" */
void plan_money(int64_t fen, char out[40]);

#endif
