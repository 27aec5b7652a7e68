/* SPDX-License-Identifier: Apache-2.0 */
/* language.c — see language.h. The source is English, the only other catalogue is Chinese: so the
 * process has the Chinese one, and whoever wants English gets what stands in the source. */
#include "language.h"

#include "base/unit.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

extern int _nl_msg_cat_cntr;
static const char *const languages[] = {"zh-CN", "en"};
static const char *own = "en";

/* As far as it decides: "zh_CN.UTF-8" is Chinese, whatever there is no catalogue for is English. */
static const char *language(const char *tag, size_t n)
{
    return n >= 2 && !strncasecmp(tag, "zh", 2) ? languages[0] : languages[1];
}

void http_language_open(void)
{
    static const char *const names[] = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *v = getenv(names[i]);
        if (!v || !*v)
            continue;
        own = language(v, strlen(v));
        break;
    }
    setenv("LANGUAGE", "zh_CN", 1);
    setlocale(LC_ALL, "C.UTF-8");
    _nl_msg_cat_cntr++; /* the way to tell gettext that LANGUAGE changed, see its manual */
    pn_language(own);
}

/* "q=0.8" of a preference in thousandths; 1000 when it has none. */
static int weight(const char *part, size_t n)
{
    const char *q = memchr(part, ';', n);
    while (q && (size_t)(q - part) < n && (*q == ';' || *q == ' '))
        q++;
    if (!q || (size_t)(q - part) + 2 >= n || strncasecmp(q, "q=", 2))
        return 1000;
    double v = strtod(q + 2, NULL);
    return v >= 1 ? 1000 : v > 0 ? (int)(v * 1000) : 0;
}

const char *http_language_pick(const char *accept)
{
    const char *best = NULL;
    int most = 0;
    for (const char *at = accept ? accept : ""; *at;) {
        at += strspn(at, " ,\t");
        size_t n = strcspn(at, ","), tag = strcspn(at, ",; \t");
        int q = weight(at, n);
        bool any = tag == 1 && *at == '*';
        bool ours = tag >= 2 && (!strncasecmp(at, "zh", 2) || !strncasecmp(at, "en", 2));
        if ((any || (ours && (tag == 2 || at[2] == '-'))) && q > most) {
            best = any ? own : language(at, tag);
            most = q;
        }
        at += n;
    }
    return best ? best : own;
}

const char *http_language_of(const http_request *r)
{
    return r->language ? r->language : http_language_pick(http_header(r, "Accept-Language"));
}

void http_speak(const http_request *r)
{
    pn_language(http_language_of(r));
}
