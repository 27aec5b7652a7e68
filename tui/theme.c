/* SPDX-License-Identifier: Apache-2.0 */
/* theme.c — the themes. No blue text anywhere: on most terminals it cannot be read. */
#include "config.h"
#include "theme.h"

#include <ncurses.h>
#include <stdlib.h>
#include <string.h>

struct look { short fg, bg; attr_t attr; };

static const char *const names[] = {
    "dark", "light", "high-contrast", "colour-blind", "night", "mono",
};

/* Colours as of 256; fit() finds the nearest of eight. A theme that gives LOOK_PLAIN a background
 * of its own fills the screen with it. */
static const struct look looks[THEME_MONO][LOOK_COUNT] = {
    [THEME_DARK] = {
        [LOOK_PLAIN] = {-1, -1, 0},
        [LOOK_DIM] = {-1, -1, A_DIM},
        [LOOK_BOLD] = {-1, -1, A_BOLD},
        [LOOK_BAR] = {COLOR_BLACK, COLOR_CYAN, 0},
        [LOOK_ALARM] = {COLOR_WHITE, COLOR_RED, A_BOLD},
        [LOOK_HEAD] = {COLOR_CYAN, -1, A_BOLD},
        [LOOK_HINT] = {COLOR_BLACK, COLOR_WHITE, 0},
        [LOOK_GOOD] = {COLOR_GREEN, -1, 0},
        [LOOK_WAIT] = {COLOR_YELLOW, -1, 0},
        [LOOK_BAD] = {COLOR_RED, -1, A_BOLD},
        [LOOK_FIELD] = {-1, -1, A_UNDERLINE},
        [LOOK_LABEL] = {COLOR_CYAN, -1, 0},
        [LOOK_PASS] = {COLOR_BLACK, COLOR_GREEN, A_BOLD},
        [LOOK_STOP] = {COLOR_WHITE, COLOR_RED, A_BOLD},
        [LOOK_ZONE] = {COLOR_GREEN, -1, 0},
        [LOOK_ZONE + 1] = {COLOR_YELLOW, -1, 0},
        [LOOK_ZONE + 2] = {COLOR_CYAN, -1, 0},
        [LOOK_ZONE + 3] = {COLOR_MAGENTA, -1, 0},
        [LOOK_ZONE + 4] = {COLOR_RED, -1, 0},
        [LOOK_ZONE + 5] = {COLOR_WHITE, -1, A_BOLD},
    },
    [THEME_LIGHT] = {
        [LOOK_PLAIN] = {-1, -1, 0},
        [LOOK_DIM] = {-1, -1, A_DIM},
        [LOOK_BOLD] = {-1, -1, A_BOLD},
        [LOOK_BAR] = {COLOR_WHITE, COLOR_BLACK, A_BOLD},
        [LOOK_ALARM] = {COLOR_WHITE, COLOR_RED, A_BOLD},
        [LOOK_HEAD] = {COLOR_MAGENTA, -1, A_BOLD},
        [LOOK_HINT] = {COLOR_WHITE, COLOR_BLACK, 0},
        [LOOK_GOOD] = {COLOR_GREEN, -1, A_BOLD},
        [LOOK_WAIT] = {COLOR_MAGENTA, -1, 0},
        [LOOK_BAD] = {COLOR_RED, -1, A_BOLD},
        [LOOK_FIELD] = {-1, -1, A_UNDERLINE},
        [LOOK_LABEL] = {COLOR_MAGENTA, -1, 0},
        [LOOK_PASS] = {COLOR_BLACK, COLOR_GREEN, A_BOLD},
        [LOOK_STOP] = {COLOR_WHITE, COLOR_RED, A_BOLD},
        [LOOK_ZONE] = {COLOR_GREEN, -1, A_BOLD},
        [LOOK_ZONE + 1] = {COLOR_MAGENTA, -1, 0},
        [LOOK_ZONE + 2] = {COLOR_RED, -1, 0},
        [LOOK_ZONE + 3] = {COLOR_CYAN, -1, A_BOLD},
        [LOOK_ZONE + 4] = {COLOR_BLACK, -1, 0},
        [LOOK_ZONE + 5] = {COLOR_BLACK, -1, A_BOLD},
    },
    [THEME_CONTRAST] = {
        [LOOK_PLAIN] = {15, 0, 0},
        [LOOK_DIM] = {15, 0, 0},
        [LOOK_BOLD] = {15, 0, A_BOLD},
        [LOOK_BAR] = {0, 15, A_BOLD},
        [LOOK_ALARM] = {0, 11, A_BOLD},
        [LOOK_HEAD] = {11, 0, A_BOLD},
        [LOOK_HINT] = {0, 15, 0},
        [LOOK_GOOD] = {10, 0, A_BOLD},
        [LOOK_WAIT] = {11, 0, 0},
        [LOOK_BAD] = {15, 1, A_BOLD},
        [LOOK_FIELD] = {15, 0, A_UNDERLINE},
        [LOOK_LABEL] = {14, 0, 0},
        [LOOK_PASS] = {0, 10, A_BOLD},
        [LOOK_STOP] = {15, 1, A_BOLD},
        [LOOK_ZONE] = {10, 0, 0},
        [LOOK_ZONE + 1] = {11, 0, 0},
        [LOOK_ZONE + 2] = {14, 0, 0},
        [LOOK_ZONE + 3] = {13, 0, 0},
        [LOOK_ZONE + 4] = {9, 0, A_BOLD},
        [LOOK_ZONE + 5] = {15, 0, A_BOLD},
    },
    /* sky blue, orange, yellow and purple are told apart by nearly everybody */
    [THEME_BLIND] = {
        [LOOK_PLAIN] = {-1, -1, 0},
        [LOOK_DIM] = {-1, -1, A_DIM},
        [LOOK_BOLD] = {-1, -1, A_BOLD},
        [LOOK_BAR] = {16, 117, 0},
        [LOOK_ALARM] = {16, 208, A_BOLD},
        [LOOK_HEAD] = {117, -1, A_BOLD},
        [LOOK_HINT] = {COLOR_BLACK, COLOR_WHITE, 0},
        [LOOK_GOOD] = {117, -1, 0},
        [LOOK_WAIT] = {227, -1, 0},
        [LOOK_BAD] = {208, -1, A_BOLD},
        [LOOK_FIELD] = {-1, -1, A_UNDERLINE},
        [LOOK_LABEL] = {117, -1, 0},
        [LOOK_PASS] = {16, 117, A_BOLD},
        [LOOK_STOP] = {16, 208, A_BOLD},
        [LOOK_ZONE] = {117, -1, 0},
        [LOOK_ZONE + 1] = {227, -1, 0},
        [LOOK_ZONE + 2] = {208, -1, 0},
        [LOOK_ZONE + 3] = {175, -1, 0},
        [LOOK_ZONE + 4] = {COLOR_WHITE, -1, 0},
        [LOOK_ZONE + 5] = {36, -1, A_BOLD},
    },
    /* shades of red: eyes stay used to the dark, words tell the difference */
    [THEME_NIGHT] = {
        [LOOK_PLAIN] = {131, 16, 0},
        [LOOK_DIM] = {88, 16, 0},
        [LOOK_BOLD] = {167, 16, A_BOLD},
        [LOOK_BAR] = {16, 131, 0},
        [LOOK_ALARM] = {16, 167, A_BOLD},
        [LOOK_HEAD] = {167, 16, 0},
        [LOOK_HINT] = {16, 88, 0},
        [LOOK_GOOD] = {173, 16, 0},
        [LOOK_WAIT] = {137, 16, 0},
        [LOOK_BAD] = {167, 16, A_BOLD | A_UNDERLINE},
        [LOOK_FIELD] = {131, 16, A_UNDERLINE},
        [LOOK_LABEL] = {131, 16, 0},
        [LOOK_PASS] = {16, 173, A_BOLD},
        [LOOK_STOP] = {173, 52, A_BOLD},
        [LOOK_ZONE] = {173, 16, 0},
        [LOOK_ZONE + 1] = {131, 16, 0},
        [LOOK_ZONE + 2] = {137, 16, 0},
        [LOOK_ZONE + 3] = {88, 16, A_BOLD},
        [LOOK_ZONE + 4] = {167, 16, 0},
        [LOOK_ZONE + 5] = {173, 16, A_BOLD},
    },
};

static const attr_t mono[LOOK_COUNT] = {
    [LOOK_DIM] = A_NORMAL,    [LOOK_BOLD] = A_BOLD,  [LOOK_BAR] = A_REVERSE,
    [LOOK_ALARM] = A_REVERSE | A_BOLD, [LOOK_HEAD] = A_BOLD, [LOOK_HINT] = A_REVERSE,
    [LOOK_GOOD] = A_NORMAL,   [LOOK_WAIT] = A_NORMAL, [LOOK_BAD] = A_BOLD,
    [LOOK_FIELD] = A_UNDERLINE, [LOOK_LABEL] = A_NORMAL, [LOOK_PASS] = A_NORMAL,
    [LOOK_STOP] = A_REVERSE,
};

static tui_theme current = THEME_MONO;
static short plain_pair; /* 0: the terminal's own colours */

int theme_find(const char *name)
{
    for (int i = 0; i <= THEME_MONO; i++)
        if (!strcmp(names[i], name))
            return i;
    return -1;
}

const char *theme_name(void)
{
    return names[current];
}

/* The nearest a terminal of few colours has. */
static short fit(short colour)
{
    static const struct { short from, to; } near[] = {
        {16, COLOR_BLACK}, {36, COLOR_GREEN}, {52, COLOR_BLACK}, {117, COLOR_CYAN},
        {175, COLOR_MAGENTA}, {227, COLOR_YELLOW},
    };
    if (colour < 8 || colour < COLORS)
        return colour;
    for (size_t i = 0; i < sizeof near / sizeof *near; i++)
        if (near[i].from == colour)
            return near[i].to;
    return colour < 16 ? colour - 8 : COLOR_RED; /* what is left are shades of red and orange */
}

void theme_start(tui_theme theme)
{
    const char *plain = getenv("NO_COLOR");
    current = THEME_MONO;
    if ((plain && *plain) || theme == THEME_MONO || !has_colors())
        return;
    start_color();
    if (COLORS < 8 || COLOR_PAIRS < LOOK_COUNT + 2)
        return;
    use_default_colors();
    current = theme;
    for (short i = 0; i < LOOK_COUNT; i++)
        init_pair(i ? i : LOOK_COUNT, fit(looks[theme][i].fg), fit(looks[theme][i].bg));
    plain_pair = looks[theme][LOOK_PLAIN].bg < 0 ? 0 : LOOK_COUNT;
}

void theme_attr(unsigned look, unsigned long *attr, short *pair)
{
    unsigned which = look & 0x1f;
    *pair = 0;
    if (current == THEME_MONO) {
        *attr = mono[which];
    } else {
        *attr = looks[current][which].attr;
        *pair = which == LOOK_PLAIN ? plain_pair : (short)which;
    }
    if (look & LOOK_SELECTED)
        *attr ^= A_REVERSE;
}

unsigned theme_tone(char tone)
{
    switch (tone) {
    case 'g':
        return LOOK_GOOD;
    case 'w':
        return LOOK_WAIT;
    case 'b':
        return LOOK_BAD;
    case 'd':
        return LOOK_DIM;
    default:
        return LOOK_PLAIN;
    }
}
