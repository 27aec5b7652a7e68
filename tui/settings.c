/* SPDX-License-Identifier: Apache-2.0 */
/* settings.c — a screen of what can be liked otherwise. Enter takes the next value of a line, and
 * it is kept at once: lines "theme = night" beside the keymap of the same person. */
#include "config.h"
#include "settings.h"
#include "app.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { THEME, LANGUAGE, FIRST_ROOM, SIDE, DENSITY, LINES };

static const struct { const char *code, *name; } languages[] = {
    {"", N_("As the system")}, {"zh_CN", "中文"}, {"en", "English"}};
enum { LANGUAGES = sizeof languages / sizeof *languages };

/* The folder of one's own settings, and the file in it; false without a home. */
static bool places(char folder[512], char file[560])
{
    const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    bool own = base && *base;
    if (!own && !(home && *home))
        return false;
    snprintf(folder, 512, "%s%s/piaoniu", own ? base : home, own ? "" : "/.config");
    snprintf(file, 560, "%s/console", folder);
    return true;
}

static void take(struct tui_settings *s, const char *name, const char *value)
{
    if (!strcmp(name, "theme"))
        snprintf(s->theme, sizeof s->theme, "%s", value);
    else if (!strcmp(name, "language"))
        snprintf(s->language, sizeof s->language, "%.15s", value);
    else if (!strcmp(name, "room") && *value >= '1' && *value <= '9' && !value[1])
        s->room = *value;
    else if (!strcmp(name, "pane"))
        s->pane = !strcmp(value, "yes");
    else if (!strcmp(name, "density"))
        s->roomy = !strcmp(value, "comfortable");
}

void settings_read(struct tui_settings *settings)
{
    char folder[512], file[560], line[300], name[24], value[200];
    *settings = (struct tui_settings){0};
    FILE *in = places(folder, file) ? fopen(file, "re") : NULL;
    while (in && fgets(line, sizeof line, in))
        if (sscanf(line, " %23[a-z] = %199[^\r\n]", name, value) == 2)
            take(settings, name, value);
    if (in)
        fclose(in);
}

bool settings_keep(struct tui_app *app)
{
    const struct tui_settings *s = &app->settings;
    char folder[512], file[560];
    FILE *out = NULL;
    if (places(folder, file) && (!mkdir(folder, 0700) || errno == EEXIST))
        out = fopen(file, "we");
    if (out && *s->theme)
        fprintf(out, "theme = %s\n", s->theme);
    if (out && *s->language)
        fprintf(out, "language = %s\n", s->language);
    if (out && s->room)
        fprintf(out, "room = %c\n", s->room);
    if (out && s->pane)
        fputs("pane = yes\n", out);
    if (out && s->roomy)
        fputs("density = comfortable\n", out);
    if (out && !fclose(out))
        return true;
    app_say(app, LOOK_BAD, "! %s: %s", pn_tr("The settings cannot be kept"), strerror(errno));
    return false;
}

static const char *language_name(const struct tui_settings *s)
{
    for (int i = 1; i < LANGUAGES; i++)
        if (!strcmp(languages[i].code, s->language))
            return languages[i].name;
    return pn_tr(languages[0].name);
}

static const char *room_name(const struct tui_app *app)
{
    char tab = app->settings.room ? app->settings.room : '1';
    const char *title = view_room_title(app, tab);
    return title ? title : "1";
}

static void show(struct tui_view *menu)
{
    const struct tui_app *app = menu->app;
    char theme[120];
    theme_title(theme);
    menu_set(menu, THEME, pn_tr("Theme"), theme);
    menu_set(menu, LANGUAGE, pn_tr("Language"), language_name(&app->settings));
    menu_set(menu, FIRST_ROOM, pn_tr("Room to begin with"), room_name(app));
    menu_set(menu, SIDE, pn_tr("Beside lists, what Enter would show"),
             app->settings.pane ? pn_tr("yes") : pn_tr("no"));
    menu_set(menu, DENSITY, pn_tr("Rows of lists"),
             app->settings.roomy ? pn_tr("with a blank line between") : pn_tr("close together"));
}

static void next_language(struct tui_settings *s)
{
    int at = 0;
    for (int i = 0; i < LANGUAGES; i++)
        at = strcmp(languages[i].code, s->language) ? at : i;
    snprintf(s->language, sizeof s->language, "%s", languages[(at + 1) % LANGUAGES].code);
}

static void next_room(struct tui_app *app)
{
    char tab = app->settings.room ? app->settings.room : '1';
    do {
        tab = tab == '9' ? '1' : (char)(tab + 1);
    } while (tab != '1' && !view_room_title(app, tab));
    app->settings.room = tab == '1' ? 0 : tab;
}

static void chosen(struct tui_view *menu, int line)
{
    struct tui_app *app = menu->app;
    if (line == THEME) {
        app_theme(app, NULL); /* keeps itself */
    } else {
        if (line == LANGUAGE)
            next_language(&app->settings);
        else if (line == FIRST_ROOM)
            next_room(app);
        else if (line == SIDE)
            app->pane = app->settings.pane = !app->settings.pane;
        else
            app->settings.roomy = !app->settings.roomy;
        if (settings_keep(app))
            app_say(app, LOOK_GOOD, "%s",
                    line == LANGUAGE ? pn_tr("Kept: it speaks so when it is started again")
                                     : pn_tr("It is kept"));
    }
    show(menu);
}

struct tui_view *settings_new(struct tui_app *app)
{
    struct tui_view *menu = menu_new(app, pn_tr("Settings"), chosen);
    for (int i = 0; menu && i < LINES; i++)
        menu_add(menu, "", "");
    if (menu)
        show(menu);
    return menu;
}
