/* SPDX-License-Identifier: Apache-2.0 */
/* theme.c — the themes. No blue text anywhere: on most terminals it cannot be read. */
#include "config.h"
#include "theme.h"

#include <base/unit.h>
#include <ncurses.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
    N_("dark"), N_("light"), N_("high-contrast"), N_("colour-blind"), N_("night"), N_("mono"),
};

/* Colours as of 256; fit() finds the nearest of eight. A theme that gives LOOK_PLAIN a background
 * of its own fills the screen with it. */
static const struct theme_look looks[THEME_MONO][LOOK_COUNT] = {
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
    [LOOK_STOP] = A_REVERSE,  [LOOK_CODE] = A_REVERSE,
};

static tui_theme current = THEME_MONO;
static bool light; /* the terminal's own background, as far as we know */
static short plain_pair; /* 0: the terminal's own colours */
static struct theme_look own[LOOK_COUNT];
static char own_name[64]; /* "": there is none */

static const struct theme_look *look_of(tui_theme theme, unsigned which)
{
    static const struct theme_look code = {16, 231, 0};
    return which == LOOK_CODE ? &code : theme == THEME_OWN ? &own[which] : &looks[theme][which];
}

int theme_find(const char *name)
{
    for (int i = 0; i <= THEME_MONO; i++)
        if (!strcmp(names[i], name))
            return i;
    return -1;
}

const char *theme_name(void)
{
    return current == THEME_OWN ? own_name : names[current];
}

void theme_title(char out[120])
{
    const char *name = theme_name(), *title = pn_tr(name);
    snprintf(out, 120, title == name ? "%.50s" : "%.50s (%.50s)", title, name);
}

void theme_copy(tui_theme theme, struct theme_look copy[LOOK_COUNT])
{
    for (unsigned i = 0; i < LOOK_COUNT; i++)
        copy[i] = *look_of(theme, i);
}

int theme_choose(const char *name, char *why, size_t size)
{
    const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    char path[600];
    struct theme_look read[LOOK_COUNT];
    int found = theme_find(name);
    if (found >= 0)
        return found;
    if (strchr(name, '/'))
        snprintf(path, sizeof path, "%s", name);
    else if (base && *base)
        snprintf(path, sizeof path, "%s/piaoniu/themes/%s", base, name);
    else
        snprintf(path, sizeof path, "%s/.config/piaoniu/themes/%s", home ? home : "", name);
    if (!themefile_read(path, read, why, size))
        return -1;
    memcpy(own, read, sizeof own);
    const char *slash = strrchr(name, '/');
    snprintf(own_name, sizeof own_name, "%s", slash ? slash + 1 : name);
    return THEME_OWN;
}

tui_theme theme_next(void)
{
    tui_theme last = *own_name ? THEME_OWN : THEME_MONO;
    return current >= last ? THEME_DARK : current + 1;
}

bool theme_has_colours(void)
{
    const char *plain = getenv("NO_COLOR");
    return !(plain && *plain) && has_colors();
}

/* The nearest a terminal of few colours has. */
static short fit(short colour)
{
    if (colour < 8 || colour < COLORS)
        return colour;
    if (colour < 16)
        return colour - 8;
    if (colour >= 232)
        return colour < 244 ? COLOR_BLACK : COLOR_WHITE;
    int cell = colour - 16, most = cell / 36 == 2 && !(cell % 36) ? 1 : 2; /* dark red is red */
    return (short)((cell / 36 > most) | (cell / 6 % 6 > most) << 1 | (cell % 6 > most) << 2);
}

/* Terminals that take the question for text have no colours, or are Linux's own. */
bool theme_asks_ground(void)
{
    const char *name = getenv("TERM");
    return current == THEME_MONO && has_colors() && name && strncmp(name, "linux", 5) != 0;
}

bool theme_ground(bool now)
{
    bool new = now != light && current == THEME_MONO;
    light = now;
    return new;
}

/* "0;15": ink and paper of the sixteen, as some terminals tell whoever they start. */
static bool said_light(void)
{
    const char *said = getenv("COLORFGBG"), *last = said ? strrchr(said, ';') : NULL;
    return last && (!strcmp(last, ";7") || !strcmp(last, ";15"));
}

void theme_start(tui_theme theme)
{
    current = THEME_MONO;
    light = theme == THEME_LIGHT || said_light();
    if (theme == THEME_MONO || !theme_has_colours())
        return;
    start_color();
    if (COLORS < 8 || COLOR_PAIRS < LOOK_COUNT + 2)
        return;
    use_default_colors();
    current = theme;
    for (short i = 0; i < LOOK_COUNT; i++) {
        const struct theme_look *look = look_of(theme, (unsigned)i);
        init_pair(i ? i : LOOK_COUNT, fit(look->fg), fit(look->bg));
    }
    const struct theme_look *plain = look_of(theme, LOOK_PLAIN);
    plain_pair = plain->bg < 0 && plain->fg < 0 ? 0 : LOOK_COUNT;
}

void theme_attr(unsigned look, unsigned long *attr, short *pair)
{
    unsigned which = look & 0x1f;
    *pair = 0;
    if (current == THEME_MONO) {
        *attr = which == LOOK_CODE && light ? A_NORMAL : mono[which];
    } else {
        *attr = look_of(current, which)->attr;
        *pair = which == LOOK_PLAIN ? plain_pair : (short)which;
    }
    if (look & LOOK_SELECTED)
        *attr ^= A_REVERSE;
}

/* A colour of the 256 in red, green and blue; the first sixteen as terminals commonly have them. */
static unsigned rgb(int colour)
{
    static const unsigned first[] = {
        0x15181c, 0xd9544f, 0x6fb35f, 0xd6a541, 0x5f87c7, 0xb07cc6, 0x4fb3bf, 0xd8dbe0,
        0x6b7280, 0xef7b76, 0x93d083, 0xeec76e, 0x87aee6, 0xcf9fe2, 0x7cd3de, 0xffffff,
    };
    static const unsigned step[] = {0, 0x5f, 0x87, 0xaf, 0xd7, 0xff};
    if (colour < 16)
        return first[colour];
    if (colour >= 232)
        return (8 + 10 * ((unsigned)colour - 232)) * 0x010101u;
    int cell = colour - 16;
    return step[cell / 36] << 16 | step[cell / 6 % 6] << 8 | step[cell % 6];
}

void theme_paint(unsigned look, struct theme_paint *out)
{
    unsigned which = look & 0x1f;
    bool own_ground = current == THEME_LIGHT || current == THEME_MONO;
    unsigned ink = own_ground ? 0x15181c : 0xd8dbe0, paper = own_ground ? 0xffffff : 0x15181c;
    const struct theme_look *look_is = current == THEME_MONO ? NULL : look_of(current, which);
    attr_t attr = look_is ? look_is->attr : which == LOOK_CODE ? A_NORMAL : mono[which];
    if (look_is && look_is->fg >= 0)
        ink = rgb(look_is->fg);
    if (look_is && look_is->bg >= 0)
        paper = rgb(look_is->bg);
    if (attr & A_DIM)
        ink = (ink >> 1 & 0x7f7f7f) + (paper >> 1 & 0x7f7f7f);
    bool turned = !!(attr & A_REVERSE) != !!(look & LOOK_SELECTED);
    *out = (struct theme_paint){turned ? paper : ink, turned ? ink : paper, (attr & A_BOLD) != 0,
                                (attr & A_UNDERLINE) != 0};
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
