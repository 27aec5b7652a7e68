/* SPDX-License-Identifier: Apache-2.0 */
/* err.c — the table of codes as functions. */
#include <libintl.h>
#include <string.h>

#include "base/unit.h"

static const struct {
    const char *name;
    short exit, http;
    bool retry;
    const char *text;
} codes[] = {
    {"OK", 0, 200, false, N_("Done")},
#define ERR(name, exit_code, http, retry, text) {#name, exit_code, http, retry, text},
#include "base/err.def"
#undef ERR
};

static pn_code known(pn_code code)
{
    return (unsigned)code < PN_CODES ? code : PN_EINTERNAL;
}

const char *pn_code_name(pn_code code)
{
    return codes[known(code)].name;
}

const char *pn_code_text(pn_code code)
{
    return pn_tr(codes[known(code)].text);
}

int pn_code_exit(pn_code code)
{
    return codes[known(code)].exit;
}

int pn_code_http(pn_code code)
{
    return codes[known(code)].http;
}

bool pn_code_retry(pn_code code)
{
    return codes[known(code)].retry;
}

static _Thread_local bool english;

void pn_language(const char *language)
{
    english = language && !strncmp(language, "en", 2);
}

const char *pn_tr(const char *msgid)
{
    if (!msgid || !*msgid)
        return "";
    return english ? msgid : dgettext("piaoniu", msgid);
}
