/* SPDX-License-Identifier: Apache-2.0 */
/* draft.h — what was typed into a form that was left before it was sent. */
#ifndef TUI_DRAFT_H
#define TUI_DRAFT_H

#include "app.h"

/** A draft of that operation about that row ("" for none), in the place of an older one; NULL when
 *  memory ran out. `once` is the idempotency key: a request that went out is the same one still. */
struct tui_draft *draft_new(struct tui_app *app, const pn_op *op, const char *about,
                            const char *once);
void draft_add(struct tui_draft *draft, const char *column, const char *text);
/** The draft of that operation about that row, NULL: there is none. */
struct tui_draft *draft_find(const struct tui_app *app, const pn_op *op, const char *about);
/** What was typed there, NULL: nothing. */
const char *draft_text(const struct tui_draft *draft, const char *column);
const char *draft_once(const struct tui_draft *draft);
void draft_drop(struct tui_app *app, struct tui_draft *draft);
/** All of them go: somebody else sits there now. */
void draft_free(struct tui_app *app);

#endif
