/* SPDX-License-Identifier: Apache-2.0 */
/* preset.h — with what a form of a change begins. */
#ifndef TUI_PRESET_H
#define TUI_PRESET_H

#include <base/op.h>

/** The column of a row that says what that input column wants; -1: none does. */
int preset_from(const pn_type *row, const pn_col *into);
/** The column with the name of what it refers to, for people; -1: none. */
int preset_called(const pn_type *row, const pn_col *into);
/** What the row says, as pn_set() takes it. False: the form begins empty there, because what is
 *  shown is not all there is (masked, or longer than a field). */
bool preset_text(const pn_col *into, const char *plain, char *out, size_t size);

#endif
