/* SPDX-License-Identifier: Apache-2.0 */
/* form.h — what form.c fills in and formdraw.c shows. */
#ifndef TUI_FORM_H
#define TUI_FORM_H

#include "app.h"

enum { FIELDS_MOST = 48, FORM_LABEL_MOST = 20, FORM_PICK = 1, FORM_MEETS };

struct form_field {
    const pn_col *col;
    struct tui_edit edit;
    char *was; /* what it said when the form was opened, NULL: nothing */
    char *called; /* … and what that number is called */
    char *picked; /* the number that `called` is about, NULL: the one of before */
    bool locked, stands; /* stands: `was` is what the row says now */
};

struct form {
    struct tui_view view;
    const pn_op *op;
    struct form_field *field;
    int fields, at, top;
    char error[300];
    const pn_col *wrong;
    char key[40];
    char meets[400];  /* whom a change of it meets, "": not known */
    char target[200]; /* what it is done to, in more words than the title */
    bool sent, opened;
    bool asking; /* a dry run is under way, so that the question can say what it comes to */
    bool finished; /* the answer is shown; any key but those that move in it goes back */
    int left; /* lines of the answer below the screen */
    struct tui_table *result;
    struct tui_table *pick; /* rows that a field may name, NULL: not asked for */
    int pick_at, pick_of;
};

/* pick.c */
/** The list whose rows a field names; NULL: none that is open. */
const pn_op *pick_list(const struct form *f, const pn_col *col);
void pick_next(struct form *f);
void pick_done(struct form *f, struct tui_job *job);
/** What the number in a field is called, NULL: nobody knows. */
const char *pick_called(const struct form_field *field);

/** Has somebody typed something else than what it said? */
bool form_changed(const struct form_field *field);

void form_draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows);
void form_tell(struct tui_view *view, struct tui_facts *facts);

#endif
