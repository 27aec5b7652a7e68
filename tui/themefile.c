/* SPDX-License-Identifier: Apache-2.0 */
/* themefile.c — a person's own theme: a file of names and colours, "bar = black on cyan bold". What
 * it does not name is as in the theme it is based on. A mistake has a line and a column. */
#include "config.h"
#include "theme.h"

#include <base/unit.h>
#include <errno.h>
#include <ncurses.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MOST = 300 };

static const char *const look_names[LOOK_CODE] = {
    [LOOK_PLAIN] = "plain", [LOOK_DIM] = "dim",     [LOOK_BOLD] = "bold",   [LOOK_BAR] = "bar",
    [LOOK_ALARM] = "alarm", [LOOK_HEAD] = "head",   [LOOK_HINT] = "hint",   [LOOK_GOOD] = "good",
    [LOOK_WAIT] = "wait",   [LOOK_BAD] = "bad",     [LOOK_FIELD] = "field", [LOOK_LABEL] = "label",
    [LOOK_PASS] = "pass",   [LOOK_STOP] = "stop",   [LOOK_ZONE] = "zone1",
    [LOOK_ZONE + 1] = "zone2", [LOOK_ZONE + 2] = "zone3", [LOOK_ZONE + 3] = "zone4",
    [LOOK_ZONE + 4] = "zone5", [LOOK_ZONE + 5] = "zone6",
};

static const char *const colours[] = {
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
};

static const struct { const char *name; attr_t attr; } attributes[] = {
    {"bold", A_BOLD}, {"dim", A_DIM}, {"underline", A_UNDERLINE}, {"reverse", A_REVERSE},
};

struct reader {
    const char *file, *line;
    int number;
    char *why;
    size_t size;
};

static bool wrong(struct reader *r, const char *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static bool wrong(struct reader *r, const char *at, const char *fmt, ...)
{
    va_list args;
    int n = snprintf(r->why, r->size, "%s:%d:%d: ", r->file, r->number, (int)(at - r->line) + 1);
    va_start(args, fmt);
    if (n > 0 && (size_t)n < r->size)
        vsnprintf(r->why + n, r->size - (size_t)n, fmt, args);
    va_end(args);
    return false;
}

/* The next word, up to a blank; *at goes behind it. Its length, 0 at the end. */
static size_t word(const char **at, const char **begin)
{
    *at += strspn(*at, " \t");
    *begin = *at;
    *at += strcspn(*at, " \t");
    return (size_t)(*at - *begin);
}

static bool is(const char *text, size_t n, const char *name)
{
    return strlen(name) == n && !memcmp(text, name, n);
}

/* The nearest of the six by six by six that 256 colours have. */
static short cube(unsigned long rgb)
{
    short out = 16;
    static const short weight[] = {36, 6, 1};
    for (int i = 0; i < 3; i++) {
        int part = (int)(rgb >> (16 - 8 * i) & 0xff);
        out = (short)(out + weight[i] * (part < 48 ? 0 : part < 115 ? 1 : (part - 35) / 40));
    }
    return out;
}

/* "red", "bright-red", "default", "117", "#87d7ff". */
static bool colour(const char *text, size_t n, short *out)
{
    bool bright = n > 7 && !memcmp(text, "bright-", 7);
    size_t past = bright ? 7 : 0, digits = strspn(text, "0123456789");
    for (short i = 0; i < 8; i++)
        if (is(text + past, n - past, colours[i])) {
            *out = (short)(bright ? i + 8 : i);
            return true;
        }
    if (is(text, n, "default")) {
        *out = -1;
        return true;
    }
    if (n == 7 && *text == '#' && strspn(text + 1, "0123456789abcdefABCDEF") >= 6) {
        char hex[7] = "";
        memcpy(hex, text + 1, 6);
        *out = cube(strtoul(hex, NULL, 16));
        return true;
    }
    *out = digits == n && n && n < 4 ? (short)strtol(text, NULL, 10) : 256;
    return *out < 256;
}

static bool attribute(const char *text, size_t n, struct theme_look *look)
{
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        if (is(text, n, attributes[i].name)) {
            look->attr |= attributes[i].attr;
            return true;
        }
    return false;
}

/* FOREGROUND [on BACKGROUND] [bold] [dim] [underline] [reverse] */
static bool read_look(struct reader *r, const char *at, struct theme_look *out)
{
    struct theme_look look = {-1, -1, 0};
    const char *text;
    size_t n = word(&at, &text);
    if (!n)
        return wrong(r, text, pn_tr("a colour is missing: black, red … white, bright-red, 0 to 255,"
                                    " #rrggbb or default"));
    if (!colour(text, n, &look.fg))
        return wrong(r, text, pn_tr("there is no colour “%.*s”"), (int)n, text);
    while ((n = word(&at, &text))) {
        if (is(text, n, "on")) {
            n = word(&at, &text);
            if (!n || !colour(text, n, &look.bg))
                return wrong(r, text, pn_tr("there is no colour “%.*s”"), (int)n, text);
        } else if (!attribute(text, n, &look)) {
            return wrong(r, text,
                         pn_tr("“%.*s” is not bold, dim, underline, reverse or on COLOUR"), (int)n,
                         text);
        }
    }
    *out = look;
    return true;
}

static bool read_line(struct reader *r, struct theme_look looks[LOOK_COUNT], bool *any)
{
    const char *at = r->line, *name, *base;
    size_t n = word(&at, &name);
    if (!n || *name == '#')
        return true;
    at += strspn(at, " \t");
    if (*at++ != '=')
        return wrong(r, at - 1, pn_tr("“=” is missing: write NAME = COLOUR"));
    if (is(name, n, "base")) {
        size_t len = word(&at, &base);
        char text[32];
        snprintf(text, sizeof text, "%.*s", (int)len, base);
        int theme = theme_find(text);
        if (theme < 0 || theme == THEME_MONO)
            return wrong(r, base, pn_tr("there is no theme “%s” to begin with"), text);
        if (*any)
            return wrong(r, name, pn_tr("base must come first"));
        theme_copy((tui_theme)theme, looks);
        return true;
    }
    *any = true;
    for (int i = 0; i < LOOK_CODE; i++)
        if (is(name, n, look_names[i]))
            return read_look(r, at, &looks[i]);
    return wrong(r, name, pn_tr("nothing is called “%.*s”"), (int)n, name);
}

bool themefile_read(const char *path, struct theme_look looks[LOOK_COUNT], char *why, size_t size)
{
    char line[LINE_MOST];
    struct reader r = {.file = path, .line = line, .why = why, .size = size};
    bool any = false, right = true;
    FILE *in = fopen(path, "re");
    if (!in) {
        snprintf(why, size, "%s: %s", path, strerror(errno));
        return false;
    }
    theme_copy(THEME_DARK, looks);
    while (right && fgets(line, sizeof line, in)) {
        r.number++;
        size_t end = strcspn(line, "\r\n");
        if (!line[end] && !feof(in)) {
            right = wrong(&r, line + end, pn_tr("the line is too long"));
            break;
        }
        line[end] = 0;
        right = read_line(&r, looks, &any);
    }
    fclose(in);
    return right;
}

void themefile_names(FILE *out)
{
    for (int i = 0; i < LOOK_CODE; i++)
        fprintf(out, "%s%s", i ? ", " : "", look_names[i]);
}
