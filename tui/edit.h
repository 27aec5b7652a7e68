/* SPDX-License-Identifier: Apache-2.0 */
/* edit.h — one line of text being typed. */
#ifndef TUI_EDIT_H
#define TUI_EDIT_H

#include "input.h"
#include "row.h"

enum { EDIT_MOST = 4096 };

struct tui_edit {
    char text[EDIT_MOST];
    size_t len, at; /* bytes; `at` stands on a character */
    char *undo;     /* the text before the last change of many characters */
    int scroll;     /* first column shown */
    bool secret;    /* draw stars */
};

void edit_set(struct tui_edit *edit, const char *text);
void edit_free(struct tui_edit *edit);
/** true when the key was one of the editor's. */
bool edit_key(struct tui_edit *edit, uint32_t key);
/** Put text in as one step that Ctrl-_ takes back; line ends become blanks, controls vanish. */
void edit_insert(struct tui_edit *edit, const char *text);
/** Remove the n characters before the cursor (what a scanner leaked). */
void edit_unleak(struct tui_edit *edit, int n);
/** The text with fullwidth forms as their plain ones, in `out`. */
const char *edit_folded(const struct tui_edit *edit, char *out, size_t size);
/** Draw in `width` columns and leave the caret at the cursor. */
void edit_draw(struct tui_edit *edit, struct tui_canvas *canvas, int row, int col, int width,
               bool focus);

#endif
