/* SPDX-License-Identifier: Apache-2.0 */
/* till.h — what the counter tells the customer: lines of a file that the second screen reads. */
#ifndef TUI_TILL_H
#define TUI_TILL_H

#include "app.h"

/** The file of a till; false: there is no place for it. */
bool till_path(const char *till, char path[600]);
/** Let the display of this console's till show this; nothing happens without one. Each line begins
 *  with its kind: T title, I item (name, number and amount with tabs between), P to pay, G given,
 *  C change, N a note. */
void till_show(struct tui_app *app, const char *text);
/** The customer's screen. */
struct tui_view *display_new(struct tui_app *app, const char *till);

#endif
