/* SPDX-License-Identifier: Apache-2.0 */
/* notice_text.c — the words of a message: a file of data/notice and the values for its places. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/when_int.h"
#include "order/notice_int.h"

enum { TEXT_MAX = 4096 };

static int load(pn *p, const char *kind, char text[TEXT_MAX])
{
    const char *path = pn_printf(p, "%s/notice/%s.txt", pn_data_dir(), kind);
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return pn_fail(p, PN_EIO, NULL, pn_tr("The message file %s cannot be read"),
                       path ? path : kind);
    ssize_t n = read(fd, text, TEXT_MAX - 1);
    close(fd);
    if (n <= 0)
        return pn_fail(p, PN_EIO, NULL, pn_tr("The message file %s cannot be read"), path);
    while (n > 0 && text[n - 1] == '\n')
        n--;
    text[n] = 0;
    return 0;
}

static const char *value_of(const pni_var *vars, const char *name, size_t len)
{
    for (; vars->name; vars++)
        if (strlen(vars->name) == len && !strncmp(vars->name, name, len))
            return vars->value;
    return NULL;
}

int pni_notice_text(pn *p, const char *kind, const pni_var *vars, const char **body)
{
    char text[TEXT_MAX];
    PN_TRY(load(p, kind, text));
    pn_buf b = pn_buf_new(p);
    for (const char *s = text; *s;) {
        size_t plain = strcspn(s, "{");
        pn_buf_put(&b, s, plain);
        s += plain;
        if (!*s)
            break;
        size_t len = strcspn(s + 1, "}");
        const char *value = s[1 + len] ? value_of(vars, s + 1, len) : NULL;
        if (!value)
            return pn_fail(p, PN_ECONF, NULL, pn_tr("Message %s: there is no value for {%.*s}"),
                           kind, (int)len, s + 1);
        pn_buf_puts(&b, value);
        s += len + 2;
    }
    if (b.bad || !b.text)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    *body = b.text;
    return 0;
}

const char *pni_clock(pn *p, pn_time t)
{
    int64_t minutes = (t.us + PNI_ZONE_US) % PNI_DAY_US / 60000000;
    return pn_printf(p, "%02d:%02d", (int)(minutes / 60), (int)(minutes % 60));
}

const char *pni_when_short(pn *p, pn_time t)
{
    int y, m, d;
    pni_civil(pni_local_day(t), &y, &m, &d);
    return pn_printf(p, "%d月%d日 %s", m, d, pni_clock(p, t));
}

const char *pni_yuan(pn *p, int64_t fen)
{
    if (fen % 100 == 0)
        return pn_printf(p, "%lld", (long long)(fen / 100));
    return pn_printf(p, "%lld.%02d", (long long)(fen / 100), (int)(fen % 100));
}
