/* SPDX-License-Identifier: Apache-2.0 */
/* settings.h — what somebody likes the console to be, kept in a file of his own. */
#ifndef TUI_SETTINGS_H
#define TUI_SETTINGS_H

#include <stdbool.h>

/** "" and 0: as it comes. */
struct tui_settings {
    char theme[200], language[16];
    char room; /* its digit */
    bool pane; /* lists begin with what Enter would show beside them */
    bool roomy; /* a blank line below each row */
};

struct tui_app;

/** From ~/.config/piaoniu/console; a line that says nothing known is left alone. */
void settings_read(struct tui_settings *settings);
/** Keep them; false: the file cannot be written, and the screen says so. */
bool settings_keep(struct tui_app *app);
struct tui_view *settings_new(struct tui_app *app);

#endif
