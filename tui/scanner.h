/* SPDX-License-Identifier: Apache-2.0 */
/* scanner.h — a scanner that is a device of its own, so that no input method eats what it reads. */
#ifndef TUI_SCANNER_H
#define TUI_SCANNER_H

#include "input.h"

/** Read that device from now on: a serial line, or /dev/input/event… */
void scanner_start(const char *path);
/** To be polled; -1: there is none, or it is gone. */
int scanner_fd(void);
/** What can be read now. NULL, or what happened to the device, to be told (translated). */
const char *scanner_read(void (*handle)(void *, const struct tui_event *), void *who);
/** One was asked for and is not there. */
bool scanner_gone(void);
/** When it is to be looked for again; 0: it is there, or none was asked for. */
int64_t scanner_due(void);
/** Look for it. NULL, or what to tell. */
const char *scanner_tick(int64_t now);

#endif
