/* SPDX-License-Identifier: Apache-2.0 */
/* terse.h — what a frame says twice. */
#ifndef TUI_TERSE_H
#define TUI_TERSE_H

#include <stddef.h>

/** Take out of a frame, in place, what changes nothing: the choice of the ordinary character set
 * where no other is in use, and attributes that the next sequence resets before anything is drawn
 * in them. The terminal must be in the ordinary set when the frame begins.
 * @return its length now */
size_t frame_terse(char *frame, size_t len);

#endif
