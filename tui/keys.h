/* SPDX-License-Identifier: Apache-2.0 */
/* keys.h — from keys to actions. */
#ifndef TUI_KEYS_H
#define TUI_KEYS_H

#include "input.h"

typedef enum {
    SCOPE_ALL,
    SCOPE_LIST,
    SCOPE_DETAIL,
    SCOPE_MENU,
    SCOPE_FORM,
    SCOPE_COUNTER,
    SCOPE_GATE,
    SCOPE_PLAN,
    SCOPE_GRID,
    SCOPE_MAP,
    SCOPE_PALETTE,
    SCOPE_DISPLAY,
    SCOPE_BOARD,
    SCOPES
} tui_scope;

typedef enum {
    DO_NOTHING,
    DO_HELP,
    DO_BACK,
    DO_COMMAND,
    DO_REFRESH,
    DO_ROOM,
    DO_ACCOUNT,
    DO_REDRAW,
    DO_SUSPEND,
    DO_PALETTE,
    DO_TRAIL_BACK,
    DO_TRAIL_AHEAD,
    DO_SCREEN,
    DO_THEME,
    DO_LOCK,
    DO_JOBS,
    DO_QUIT,
    DO_OPEN,
    DO_UP,
    DO_DOWN,
    DO_PAGE_UP,
    DO_PAGE_DOWN,
    DO_FIRST,
    DO_LAST,
    DO_FILTER,
    DO_SORT,
    DO_REVERSE,
    DO_DETAIL,
    DO_ACTIONS,
    DO_NEW,
    DO_SUBMIT,
    DO_CHOICE,
    DO_TIER,
    DO_LESS,
    DO_LEFT,
    DO_RIGHT,
    DO_ORDER,
    DO_COLUMNS,
    DO_VIEWS,
    DO_MARK,
    DO_MARK_ALL,
    DO_RANGE,
    DO_EDIT,
    DO_MAP,
    DO_ZOOM_IN,
    DO_ZOOM_OUT,
    DO_SECTION,
    DO_SECTION_BACK,
    DO_ROW,
    DO_FIND,
    DO_HOLD,
    DO_RELEASE,
    DO_CLEAR,
    DO_UNDO,
    DO_EXPORT,
    DO_PREVIEW,
    DO_AUDIT,
    DO_COPY,
    DO_LINK,
    DO_LINK_BACK,
    DO_ZONES,
    DO_PAINT,
    DO_DIFF,
    DO_PANE,
    DO_GATE,
    DO_WAY,
    DO_OVERRIDE,
    DO_DOC,
    DO_MORE,
    DO_CODE,
    DO_SLIP,
    DO_SELL,
    DO_SHIFT,
} tui_action;

struct tui_key {
    tui_action action;
    tui_scope scope;
    const char *keys, *hint, *help;
    const char *name, *where; /* what a keymap calls the action and the scope */
};

extern struct tui_key tui_keys[]; /* ended by keys == NULL; a keymap replaces `keys` */

/** Take one line of a keymap, "list sort = o F6": NULL, or what is wrong with it (translated, good
 *  until the next call). */
const char *keys_bind(const char *line);

/** The action of a key in a scope: the scope's own keys first, then everybody's. In the scopes
 * where text is typed (`typing`), keys that are characters are nobody's. */
tui_action keys_action(tui_scope scope, uint32_t key, bool typing);
/** Parse one name ("Enter", "C-s", "F4", "q"); 0 when unknown. */
uint32_t keys_code(const char *name, size_t len);
const char *keys_scope_title(tui_scope scope); /* msgid */

#endif
