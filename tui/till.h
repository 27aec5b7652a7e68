/* SPDX-License-Identifier: Apache-2.0 */
/* till.h — the counter tells what the customer is to see; his screen, on whatever machine, shows
 * it. */
#ifndef TUI_TILL_H
#define TUI_TILL_H

#include "app.h"

/** What is being sold, as numbers; without a session nothing is. */
struct tui_sale { char session[32], items[2400], tendered[32], order[32]; };
/** Let the display of this console's till show it; nothing happens without a till. */
void till_tell(struct tui_app *app, const struct tui_sale *sale);
/** The customer's screen of that till; NULL: that is no name. */
struct tui_view *display_new(struct tui_app *app, const char *till);

#endif
