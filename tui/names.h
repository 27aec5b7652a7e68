/* SPDX-License-Identifier: Apache-2.0 */
/* names.h — what things are called, and how people type that who are too quick to spell it:
 * "订单" is also "dingdan" and "dd". */
#ifndef TUI_NAMES_H
#define TUI_NAMES_H

#include "worker.h"

struct tui_app;

/** Have the spellings made, once for each sign-in; they come later. */
void names_want(struct tui_app *app);
void names_free(struct tui_app *app);
/** Is that word the title (a msgid), its translation, or one of the spellings of that? */
bool names_means(const struct tui_app *app, const char *title, const char *word);
/** How well typed text fits a text that is shown: 0 not at all, more is better. Initials and
 *  spellings count when they are there, and so do letters in their order. */
int names_fit(const struct tui_app *app, const char *text, const char *typed);

#endif
