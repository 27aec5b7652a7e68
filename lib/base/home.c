/* SPDX-License-Identifier: Apache-2.0 */
/* home.c — where the data and the translations lie: named by the environment, installed, or in the
 * tree that the running program was built in, so that a build works before it is installed; and
 * what a program owes to those whose keys it holds. */
#include <libintl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/conf_int.h"

enum { LEVELS = 4 };
#define CATALOGUE "/zh_CN/LC_MESSAGES/piaoniu.mo"

/* The nearest folder above the program in which part/proof exists; its part goes to out. */
static bool find_above(const char *part, const char *proof, char out[PATH_MAX])
{
    char at[PATH_MAX / 2], probe[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", at, sizeof at - 1);
    at[n > 0 ? n : 0] = 0;
    for (int i = 0; i < LEVELS; i++) {
        char *slash = strrchr(at, '/');
        if (!slash)
            return false;
        *slash = 0;
        snprintf(out, PATH_MAX, "%s%s", at, part);
        snprintf(probe, sizeof probe, "%s%s%s", at, part, proof);
        if (!access(probe, R_OK))
            return true;
    }
    return false;
}

const char *pn_data_dir(void)
{
    static _Thread_local char found[PATH_MAX];
    const char *named = pni_env("PN_DATADIR");
    if (named)
        return named;
    return access(PN_DATADIR "/schema", R_OK) && find_above("/data", "/schema", found)
               ? found : PN_DATADIR;
}

void pn_speak(void)
{
    char found[PATH_MAX];
    const char *dir = pni_env("PN_LOCALEDIR");
    if (!dir)
        dir = access(PN_LOCALEDIR CATALOGUE, R_OK) &&
                      find_above("/data/po/locale", CATALOGUE, found) ? found : PN_LOCALEDIR;
    bindtextdomain("piaoniu", dir);
    bind_textdomain_codeset("piaoniu", "UTF-8");
}

void pn_no_core(void)
{
    struct rlimit now;
    if (!getrlimit(RLIMIT_CORE, &now))
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, now.rlim_max});
}
