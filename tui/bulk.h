/* SPDX-License-Identifier: Apache-2.0 */
/* bulk.h — the limits of work on many rows, and taking it back. */
#ifndef TUI_BULK_H
#define TUI_BULK_H

#include "plan.h"

/** Ask for the limits, once for each sign-in. */
void bulk_want(struct tui_app *app);
/** Go on when they are known. */
void bulk_limited(struct tui_app *app, void (*then)(struct tui_app *app));
/** Yuan as machines or people write them ("1280.00", "1,280") as fen. */
int64_t bulk_fen(const char *yuan);
/** A plan is through: what was done can be taken back for a while. */
void bulk_done(const struct plan *n);

/** Begin to remember what was done by that operation. */
void undo_begin(struct tui_app *app, const pn_op *op);
void undo_add(struct tui_app *app, const char *key, const char *name);
/** The server does it, under that number. */
void undo_work(struct tui_app *app, const pn_op *op, const char *id);
/** Take it back by a plan of its own, or say why that cannot be. */
void undo_do(struct tui_app *app);
void undo_free(struct tui_app *app);

#endif
