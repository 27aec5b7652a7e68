/* SPDX-License-Identifier: Apache-2.0 */
/* theme.c — three themes. No blue text anywhere: on most terminals it cannot be read. */
#include "config.h"
#include "theme.h"

#include <ncurses.h>
#include <stdlib.h>
#include <string.h>

struct look { short fg, bg; attr_t attr; };

static const char *const names[] = {"dark", "light", "mono"};

static const struct look looks[2][LOOK_COUNT] = {
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
};

static const attr_t mono[LOOK_COUNT] = {
    [LOOK_DIM] = A_NORMAL,    [LOOK_BOLD] = A_BOLD,  [LOOK_BAR] = A_REVERSE,
    [LOOK_ALARM] = A_REVERSE | A_BOLD, [LOOK_HEAD] = A_BOLD, [LOOK_HINT] = A_REVERSE,
    [LOOK_GOOD] = A_NORMAL,   [LOOK_WAIT] = A_NORMAL, [LOOK_BAD] = A_BOLD,
    [LOOK_FIELD] = A_UNDERLINE, [LOOK_LABEL] = A_NORMAL, [LOOK_PASS] = A_NORMAL,
    [LOOK_STOP] = A_REVERSE,
};

static tui_theme current = THEME_MONO;

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

void theme_start(tui_theme theme)
{
    const char *plain = getenv("NO_COLOR");
    current = THEME_MONO;
    if ((plain && *plain) || theme == THEME_MONO || !has_colors())
        return;
    start_color();
    if (COLORS < 8 || COLOR_PAIRS < LOOK_COUNT + 1)
        return;
    use_default_colors();
    current = theme;
    for (short i = 1; i < LOOK_COUNT; i++)
        init_pair(i, looks[theme][i].fg, looks[theme][i].bg);
}

void theme_attr(unsigned look, unsigned long *attr, short *pair)
{
    unsigned which = look & 0x1f;
    *pair = 0;
    if (current == THEME_MONO) {
        *attr = mono[which];
    } else {
        *attr = looks[current][which].attr;
        *pair = (short)which;
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
