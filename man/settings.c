/* SPDX-License-Identifier: Apache-2.0 */
/* settings.c — piaoniu.yaml(5) and the sample file, from the table that the parser obeys.
 *
 *   settings manual >man/piaoniu.yaml.5
 *   settings sample >data/piaoniu.yaml */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"

/* ---- the manual ---- */

/* A hyphen that is typed, a quote that does not begin a request. */
static void roff(const char *text)
{
    for (const char *s = text; *s; s++) {
        if (*s == '-' || *s == '\\')
            printf("\\%c", *s == '-' ? '-' : 'e');
        else
            printf("%s%c", s == text && (*s == '.' || *s == '\'') ? "\\&" : "", *s);
    }
}

static const char *const head =
    ".\\\" SPDX-License-Identifier: Apache-2.0\n"
    ".\\\" Written by make regen; do not edit.\n"
    ".TH PIAONIU.YAML 5 \"\" \"piaoniu\" \"Piaoniu\"\n"
    ".SH NAME\npiaoniu.yaml \\- settings of pn, piaoniu and piaoniud\n"
    ".SH DESCRIPTION\n"
    "One YAML document of nested keys; a key may also be written with dots\n"
    "(\\fBhttp.port: 8480\\fR). A key that is not listed here is an error, told with file,\n"
    "line and column. No file at all is fine: every key has a standard value.\n"
    ".PP\nThe file is the one named by \\fB\\-\\-conf\\fR or \\fBPN_CONF\\fR, else the first that\n"
    "exists of\n"
    ".IP \\(bu 2\n\\&./piaoniu.yaml\n"
    ".IP \\(bu 2\n$XDG_CONFIG_HOME/piaoniu/piaoniu.yaml, or ~/.config/piaoniu/piaoniu.yaml\n"
    ".IP \\(bu 2\npiaoniu/piaoniu.yaml in the system's configuration folder\n"
    ".PP\nRelative paths count from the folder of the file, \\(lq~/\\(rq is the home folder.\n"
    ".SH KEYS\n";

static const char *const tail =
    ".SH ENVIRONMENT\n"
    ".TP\n.B PN_CONF\nThe file to read.\n"
    ".TP\n.B PN_DSN\nConnection string of the database; wins over \\fBdatabase\\fR.\n"
    "What is special in a password within an address is written as %40 (@), %2F (/), %25 (%).\n"
    ".TP\n.B PN_STATE\nState folder; wins over \\fBstate_dir\\fR.\n"
    ".TP\n.B PN_DATADIR\nFolder of schema, notices and pages, when it is not the installed one.\n"
    ".TP\n.B PN_TOKEN\nToken that signs in, instead of the one kept by \\fBpn login\\fR.\n"
    ".SH FILES\n"
    ".TP\n.I /var/lib/piaoniu\nState folder of root. Others:\n"
    "$XDG_STATE_HOME/piaoniu or ~/.local/state/piaoniu.\n"
    ".TP\n.I pg.conf\nIn the state folder: settings of your own for the private database.\n"
    ".TP\n.I keys/\nIn the state folder: the secret keys made by \\fBpn init\\fR. Back them up:\n"
    "what they sealed does not open without them.\n"
    ".SH SEE ALSO\n.BR pn (1),\n.BR piaoniud (8)\n";

static void manual(void)
{
    fputs(head, stdout);
    for (const pn_conf_key *key = pn_conf_keys(); key->name; key++) {
        printf(".TP\n\\fB%s\\fR", key->name);
        if (key->kind == PN_CONF_INT)
            printf(" (%lld to %lld)", (long long)key->min, (long long)key->max);
        else if (key->kind == PN_CONF_WORD)
            printf(" (one of %s)", key->words);
        else
            printf(" (%s)", key->kind == PN_CONF_BOOL   ? "true or false"
                            : key->kind == PN_CONF_PATH ? "path"
                                                        : "text");
        printf("\n");
        roff(key->help);
        if (*key->standard) {
            printf(".\nStandard: \\fB");
            roff(key->standard);
            printf("\\fR");
        }
        printf(".\n");
    }
    fputs(tail, stdout);
}

/* ---- the sample ---- */

/* Open the groups of `name` that `last` had not opened; how deep it stands. */
static int open_groups(const char *name, const char *last)
{
    int depth = 0;
    bool same = true;
    for (const char *dot = strchr(name, '.'); dot; dot = strchr(dot + 1, '.'), depth++) {
        size_t len = (size_t)(dot - name);
        const char *part = name + len;
        while (part > name && part[-1] != '.')
            part--;
        same = same && !strncmp(name, last, len + 1);
        if (!same)
            printf("%s%*s%.*s:\n", depth ? "" : "\n", depth * 2, "", (int)(dot - part), part);
    }
    if (!depth)
        printf("\n");
    return depth;
}

static void sample(void)
{
    const char *last = "";
    printf("# SPDX-License-Identifier: Apache-2.0\n"
           "# piaoniu.yaml: every setting with its standard value; piaoniu.yaml(5) says where it\n"
           "# is looked for. A file of your own needs only what differs. Written by make regen.\n");
    for (const pn_conf_key *key = pn_conf_keys(); key->name; key++) {
        int indent = open_groups(key->name, last) * 2;
        const char *dot = strrchr(key->name, '.');
        printf("%*s# %s", indent, "", key->help);
        if (key->kind == PN_CONF_INT)
            printf(" (%lld to %lld)", (long long)key->min, (long long)key->max);
        else if (key->kind == PN_CONF_WORD)
            printf(" (%s)", key->words);
        printf("\n%*s%s:%s%s\n", indent, "", dot ? dot + 1 : key->name, *key->standard ? " " : "",
               key->standard);
        last = key->name;
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "manual"))
        manual();
    else if (argc == 2 && !strcmp(argv[1], "sample"))
        sample();
    else
        return fputs("usage: settings manual|sample\n", stderr), EXIT_FAILURE;
    return ferror(stdout) || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
