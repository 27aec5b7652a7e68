/* SPDX-License-Identifier: Apache-2.0 */
/* gate.h — what the two files of the gate share. */
#ifndef TUI_GATE_H
#define TUI_GATE_H

#include "app.h"

enum { GATE_LOG = 4, RATE_MOST = 512, WHY_MOST = 8 };

/** How often there was that refusal here. */
struct gate_why { char name[60]; int n; };

struct gate {
    struct tui_view view;
    const pn_op *op;
    struct tui_edit edit;
    struct tui_table *verdict, *board;
    bool refused; /* the call itself failed; the words are the message */
    bool out;     /* people leave here */
    char words[200], code[EDIT_MOST];
    char log[GATE_LOG][200];
    bool log_good[GATE_LOG];
    char session[64], session_name[120], gate[64], gate_name[80];
    int passed, stopped;
    struct gate_why why[WHY_MOST];
    int64_t scan[RATE_MOST], asked_at; /* when the last ones were; when the board was asked */
    int scans;
};

bool gate_is_good(const struct gate *g);
/** Scans of the last minute. */
int gate_rate(const struct gate *g);
/** Who is inside, of how many: of the session of this gate, else of today. false: not known. */
bool gate_inside(const struct gate *g, long long *inside, long long *sold);

/* gatedraw.c */
/** What is to be done before there is a verdict. */
const char *gate_asks(const struct gate *g);
void gate_draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows);

#endif
