/* SPDX-License-Identifier: Apache-2.0 */
/* facts.h — what a screen says, said once by its view: as lines for people (--plain) or as JSON for
 * programs (--json). */
#ifndef TUI_FACTS_H
#define TUI_FACTS_H

#include "model.h"

#include <stdio.h>

enum { FACTS_DEEP = 8 };

struct tui_facts {
    FILE *out;
    bool json;
    int depth; /* open items and lists of items */
    struct { const char *label; int items, facts; } level[FACTS_DEEP];
};

void facts_begin(struct tui_facts *facts, FILE *out, bool json);
void facts_end(struct tui_facts *facts);
/** One fact: `name` for programs, `label` for people; either text may be NULL: there is none. */
void facts_say(struct tui_facts *facts, const char *name, const char *label, const char *plain,
               const char *show);
/** A column of a row, its inner rows included. */
void facts_value(struct tui_facts *facts, const struct tui_table *table, int row, int col);
/** What there is of it: an empty text says nothing. */
void facts_some(struct tui_facts *facts, const char *name, const char *label, const char *text);
void facts_number(struct tui_facts *facts, const char *name, const char *label, long long n);
/** Every column of a row that says something; with `brief` only those lists show. */
void facts_row(struct tui_facts *facts, const struct tui_table *table, int row, bool brief);
/** Several things of one kind: open, then for each item facts between item and done, then close. */
void facts_open(struct tui_facts *facts, const char *name, const char *label);
void facts_item(struct tui_facts *facts);
void facts_done(struct tui_facts *facts);
void facts_close(struct tui_facts *facts);

/** A string of JSON, whatever the bytes are. */
void facts_quote(FILE *out, const char *text);

#endif
