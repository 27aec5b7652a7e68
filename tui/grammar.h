/* SPDX-License-Identifier: Apache-2.0 */
/* grammar.h — the typed line: NOUN [VERB] and columns, as the command line takes them. One reader
 * for running it, for completing it and for saying what is wrong, and at which word. */
#ifndef TUI_GRAMMAR_H
#define TUI_GRAMMAR_H

#include "app.h"

enum { WORDS_MOST = 64 };

/** `at` and `len` are bytes of the line; the text is without single quotes. */
struct word { int at, len; const char *text; };

struct words {
    char line[EDIT_MOST * 2];
    struct word word[WORDS_MOST];
    int n;
};

/** One column of the command: "status=PAID", "--status PAID", "payable>=1000", or a bare value. */
struct argument {
    const pn_col *col;  /* NULL: text to search for */
    char op[3];         /* "=", ">=", …; "" for bare values */
    const char *value;  /* as typed: may be in double quotes */
    int first, words;   /* of the line */
    int value_at;       /* where the value begins in the line */
};

/** A line that was read. `wrong` is what is to be said, "" when nothing is. */
struct reading {
    struct words words;
    const pn_op *op;
    int from; /* the first word behind noun and verb */
    struct argument argument[WORDS_MOST];
    int arguments;
    char wrong[240];
    int wrong_at, wrong_len;
};

/** Read a command; `list` is set: read terms of that list's filter, nothing in front. */
void grammar_read(const struct tui_app *app, const pn_op *list, const char *line,
                  struct reading *out);
/** The noun people mean: its name, its title, or the initials of that; NULL: none or several. */
const char *grammar_noun(const struct tui_app *app, const char *word);
/** The column a list's filter may call so: by name, with its unit left out, or by label. */
const pn_col *grammar_col(const pn_type *type, const char *name);
/** What a list's terms and orders are made of: filter, sort, columns. */
void grammar_list(const struct reading *r, char filter[256], char sort[64], char columns[256]);
/** The value without its double quotes. */
void grammar_value(const struct argument *a, char *out, size_t size);
/** What is typed for the column of argument `last` up to there: what may be said several times (a
 *  list of names, of rows) all of it. */
void grammar_values(const struct reading *r, int last, char *out, size_t size);
/** Is that an option of every list ("sort", "columns", …), not a column of this one? */
bool grammar_is_option(const pn_col *col);
/** The n-th of them, from 0; NULL behind the last. */
const pn_col *grammar_option(int n);

#endif
