/* SPDX-License-Identifier: Apache-2.0 */
/* till.c — the customer's screen at the counter, `piaoniu display --till 03` on the second terminal
 * of the same person: it shows what the counter of that till puts into a file, whole or not at all,
 * and asks the database nothing. */
#include "config.h"
#include "till.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { TEXT_MOST = 4000, FRESH_MS = 250 };

struct display { struct tui_view view; char path[600], text[TEXT_MOST]; };

bool till_path(const char *till, char path[600])
{
    const char *run = getenv("XDG_RUNTIME_DIR"), *base = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    char name[32];
    size_t n = 0;
    for (; *till && n + 1 < sizeof name; till++) /* no way out of the folder */
        if ((*till >= '0' && *till <= '9') || ((*till | 32) >= 'a' && (*till | 32) <= 'z'))
            name[n++] = *till;
    name[n] = 0;
    if (!n)
        return false;
    if (run && *run)
        snprintf(path, 600, "%s/piaoniu-till-%s", run, name);
    else if (base && *base)
        snprintf(path, 600, "%s/piaoniu/till-%s", base, name);
    else if (home && *home)
        snprintf(path, 600, "%s/.config/piaoniu/till-%s", home, name);
    else
        return false;
    return true;
}

void till_show(struct tui_app *app, const char *text)
{
    static char last[TEXT_MOST];
    char path[600], part[620];
    if (!app->till || !strcmp(last, text) || !till_path(app->till, path))
        return;
    snprintf(last, sizeof last, "%s", text);
    snprintf(part, sizeof part, "%s.part", path);
    FILE *out = fopen(part, "we");
    if (!out)
        return;
    fputs(text, out);
    if (fclose(out) || rename(part, path))
        app_say(app, LOOK_BAD, "! %s", path);
}

/* ---- the screen ---- */

static void load(struct tui_view *view)
{
    struct display *d = (struct display *)view;
    FILE *in = fopen(d->path, "re");
    size_t n = in ? fread(d->text, 1, sizeof d->text - 1, in) : 0;
    if (in)
        fclose(in);
    d->text[n] = 0;
    view->answered = tui_clock(); /* and again when that is old */
}

static void draw_item(struct tui_canvas *canvas, int y, char *line)
{
    char *number = strchr(line, '\t'), *amount = number ? strchr(number + 1, '\t') : NULL;
    int left = canvas->cols / 8, width = canvas->cols - 2 * left;
    if (!amount)
        return;
    *number++ = *amount++ = 0;
    row_put(canvas, y, left, width - 24, line, LOOK_PLAIN);
    row_put_right(canvas, y, left, width - 14, number, LOOK_PLAIN);
    row_put_right(canvas, y, left, width, amount, LOOK_PLAIN);
}

static void draw_sum(struct tui_canvas *canvas, int y, const char *label, const char *text,
                     unsigned look)
{
    int left = canvas->cols / 8, width = canvas->cols - 2 * left;
    row_fill(canvas, y, left, width, look);
    row_put(canvas, y, left, width - 16, label, look);
    row_put_right(canvas, y, left, width, text, look);
}

static void draw_line(struct tui_canvas *canvas, int *y, char *line)
{
    char *text = line + 1;
    if (*line == 'T')
        row_put_centre(canvas, (*y)++, 0, canvas->cols, text, LOOK_BOLD);
    else if (*line == 'I')
        draw_item(canvas, (*y)++, text);
    else if (*line == 'P')
        draw_sum(canvas, ++*y, pn_tr("To pay"), text, LOOK_BOLD | LOOK_SELECTED), *y += 2;
    else if (*line == 'G')
        draw_sum(canvas, (*y)++, pn_tr("Given"), text, LOOK_PLAIN);
    else if (*line == 'C')
        draw_sum(canvas, (*y)++, pn_tr("Change"), text, LOOK_GOOD);
    else if (*line == 'N')
        row_put_centre(canvas, ++*y, 0, canvas->cols, text, LOOK_GOOD);
}

static void draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct display *d = (struct display *)view;
    char text[TEXT_MOST];
    int y = top + 2;
    snprintf(text, sizeof text, "%s", d->text);
    if (!*text)
        row_put_centre(canvas, top + rows / 2, 0, canvas->cols, pn_tr("Welcome"), LOOK_BOLD);
    for (char *at = text; *at && y < top + rows;) {
        size_t n = strcspn(at, "\n");
        char *next = at + n + (at[n] == '\n');
        at[n] = 0;
        draw_line(canvas, &y, at);
        at = next;
    }
}

/* No key of the customer's does anything. */
static bool type(struct tui_view *view, uint32_t key)
{
    (void)view;
    (void)key;
    return true;
}

static void tell(struct tui_view *view, struct tui_facts *facts)
{
    const char *text = ((struct display *)view)->text;
    facts_say(facts, "sale", pn_tr("Sale"), text, text);
}

static const struct tui_face display_face = {
    .scope = SCOPE_DISPLAY, .size = sizeof(struct display), .fresh_ms = FRESH_MS, .draw = draw,
    .type = type, .load = load, .tell = tell,
};

struct tui_view *display_new(struct tui_app *app, const char *till)
{
    struct display *d = (struct display *)view_new(app, &display_face, "");
    if (d && !till_path(till ? till : "", d->path)) {
        free(d);
        return NULL;
    }
    return d ? &d->view : NULL;
}
