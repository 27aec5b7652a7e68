/* SPDX-License-Identifier: Apache-2.0 */
/* theme.h — the looks a cell may have. Meaning never hangs on colour alone: every look also has an
 * attribute or a word beside it, so monochrome terminals lose nothing. */
#ifndef TUI_THEME_H
#define TUI_THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { LOOK_ZONES = 6 };
enum {
    LOOK_PLAIN,
    LOOK_DIM,
    LOOK_BOLD,
    LOOK_BAR,   /* the line on top */
    LOOK_ALARM, /* the line on top where mistakes are expensive */
    LOOK_HEAD,  /* column headings */
    LOOK_HINT,  /* keys in the footer */
    LOOK_GOOD,
    LOOK_WAIT,
    LOOK_BAD,
    LOOK_FIELD, /* something can be typed here */
    LOOK_LABEL,
    LOOK_PASS, /* the whole screen of a gate says yes */
    LOOK_STOP, /* … or no */
    LOOK_ZONE, /* the first of the colours that tell zones of a hall apart */
    LOOK_CODE = LOOK_ZONE + LOOK_ZONES, /* black on white, whatever the theme: for telephones */
    LOOK_COUNT,
    LOOK_SELECTED = 0x20, /* added to any look */
};

typedef enum {
    THEME_DARK,
    THEME_LIGHT,
    THEME_CONTRAST,
    THEME_BLIND,
    THEME_NIGHT,
    THEME_MONO,
    THEME_OWN, /* read from a file */
} tui_theme;

/** Colours as of 256 (-1: the terminal's own) and ncurses' attributes. */
struct theme_look { short fg, bg; unsigned attr; };

/** "dark", "light", "high-contrast", "colour-blind", "night", "mono"; -1 when unknown. */
int theme_find(const char *name);
/** After newterm(). Falls back to mono without colours or with NO_COLOR set. */
void theme_start(tui_theme theme);
/** A built-in theme, or the file of that name (a path, or in ~/.config/piaoniu/themes). -1: `why`
 *  says what is wrong with it, and where. */
int theme_choose(const char *name, char *why, size_t size);
/** The next one; the own one, when there is one, comes last. */
tui_theme theme_next(void);
/** Is there colour here at all? */
bool theme_has_colours(void);
void theme_copy(tui_theme theme, struct theme_look looks[LOOK_COUNT]);
bool themefile_read(const char *path, struct theme_look looks[LOOK_COUNT], char *why, size_t size);
void themefile_names(FILE *out);
void theme_attr(unsigned look, unsigned long *attr, short *pair); /* as ncurses knows them */
/** How a look is painted where there is no terminal: red, green and blue. */
struct theme_paint { unsigned ink, paper; bool bold, underline; };
void theme_paint(unsigned look, struct theme_paint *out);
/** The look of a word's tone ('g', 'w', 'b', 'd', 0). */
/** Whether the terminal's own background is light, as it says. True: what was drawn in it looks
 *  different now. */
bool theme_ground(bool light);
/** Is that worth asking? */
bool theme_asks_ground(void);
unsigned theme_tone(char tone);
const char *theme_name(void);
/** … and what people call it, with the name in brackets where that is another. */
void theme_title(char out[120]);

#endif
