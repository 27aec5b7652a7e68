/* SPDX-License-Identifier: Apache-2.0 */
/* width.h — how many columns a character takes, and which ones never reach a terminal. */
#ifndef TUI_WIDTH_H
#define TUI_WIDTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What is drawn in place of a character on which terminals disagree (emoji and the like). */
#define TUI_SUBSTITUTE '?'

/** Decode one character of `text` (at most `left` bytes); returns the bytes used, ≥ 1 while left >
 * 0. Anything that is not UTF-8 becomes U+FFFD, one byte at a time. */
size_t tui_decode(const char *text, size_t left, uint32_t *cp);
/** Encode; returns the bytes written (1 to 4), no terminator. */
size_t tui_encode(uint32_t cp, char out[4]);

/** -1: must not be drawn (control, bidi, zero-width format); 0: combines with the one before;
 *  1 or 2 columns otherwise. */
int tui_width(uint32_t cp);
/** The character to draw for cp: itself, or TUI_SUBSTITUTE where emulators disagree. */
uint32_t tui_drawable(uint32_t cp);
/** Does this terminal draw ambiguous characters (… — │ ①) in two columns? Then they are drawn as
 * ASCII: nothing else is sure to keep the columns where they are. */
void tui_ambiguous(bool is_wide);
bool tui_ambiguous_wide(void);
/** Columns of a whole text, as row.c will draw it. */
int tui_text_width(const char *text);
/** Fullwidth forms typed under an input method, as the ASCII key they stand for. */
uint32_t tui_fold(uint32_t cp);

#endif
