/* SPDX-License-Identifier: Apache-2.0 */
/* term.h — the terminal: one write per frame, none when nothing changed, always given back. */
#ifndef TUI_TERM_H
#define TUI_TERM_H

#include "row.h"

/** Undoes everything the console may have switched on, for terminals left behind. */
#define TERM_RESET                                                                                 \
    "\033[?2026l\033[?1000l\033[?1002l\033[?1006l\033[?2004l\033[?25h\033[m\033[r\033[?1l\033>"    \
    "\033[?1049l"

/** Choose a UTF-8 locale whatever the environment says; the language of messages is kept. */
void term_locale(void);
/** What libraries are told by the environment: set while there is one thread. */
void term_environment(void);
/** Take the terminal on standard input and output. 0, or -1 with errno. */
int term_open(tui_theme theme);
/** Give it back. Safe to call twice. */
void term_close(void);
/** Give it back for a while (Ctrl-Z) and take it again. */
void term_pause(void);
void term_resume(void);
/** Ask the kernel for the size, at least 1×1, and tell ncurses. */
void term_measure(int *rows, int *cols);
/** Make the screen show the canvas: exactly one write, or none. -1 when the terminal is gone. */
int term_show(const struct tui_canvas *canvas);
/** Forget what the screen shows, so that the next frame draws everything. */
void term_forget(void);
/** The terminal told where its cursor is: was that the answer how wide ambiguous characters are? */
bool term_report(int row, int col);
/** With the next frame, sound the bell. */
void term_ring(void);
int term_input_fd(void);

#endif
