/* SPDX-License-Identifier: Apache-2.0 */
/* keymap.c — the file of a person's own keys: one line for each action, "list sort = o F6". A line
 * that cannot be taken is named on the first screen; the others count. */
#include "config.h"
#include "app.h"

#include <stdlib.h>
#include <string.h>

static void path_of(char out[512])
{
    const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    *out = 0;
    if (base && *base)
        snprintf(out, 512, "%s/piaoniu/keymap", base);
    else if (home && *home)
        snprintf(out, 512, "%s/.config/piaoniu/keymap", home);
}

void keymap_start(struct tui_app *app, const char *file)
{
    char path[512], line[300];
    int number = 0;
    path_of(path);
    FILE *in = fopen(file ? file : path, "re");
    if (!in && file)
        snprintf(app->keymap_wrong, sizeof app->keymap_wrong, pn_tr("Cannot read %.200s"), file);
    while (in && fgets(line, sizeof line, in)) {
        number++;
        line[strcspn(line, "\r\n")] = 0;
        if (!line[strspn(line, " \t")] || line[strspn(line, " \t")] == '#')
            continue;
        const char *why = keys_bind(line);
        if (why && !*app->keymap_wrong)
            snprintf(app->keymap_wrong, sizeof app->keymap_wrong, pn_tr("keymap line %d: %s"),
                     number, why);
    }
    if (in)
        fclose(in);
}
