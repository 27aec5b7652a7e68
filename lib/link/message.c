/* SPDX-License-Identifier: Apache-2.0 */
/* message.c — names and values as they travel: pairs, percent-encoding, what people may see. */
#include <ctype.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "link/engine_int.h"

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

pni_span pni_span_of(const char *text)
{
    return (pni_span){text, text ? strlen(text) : 0};
}

int pni_span_copy(pn *p, const char *data, size_t n, pni_span *out)
{
    char *text = pn_alloc(p, n + 1);
    if (!text)
        return none(p);
    if (n)
        memcpy(text, data, n);
    *out = (pni_span){text, n};
    return 0;
}

const pni_pair *pni_pairs_find(const pni_pairs *list, const char *name)
{
    for (size_t i = 0; list && i < list->n; i++)
        if (!strcasecmp(list->v[i].name, name))
            return &list->v[i];
    return NULL;
}

bool pni_pairs_put(pn *p, pni_pairs *list, const char *name, pni_span value, bool over)
{
    for (size_t i = 0; over && i < list->n; i++)
        if (!strcmp(list->v[i].name, name)) {
            list->v[i].value = value;
            return true;
        }
    if (list->n == list->cap) {
        size_t cap = list->cap ? 2 * list->cap : 16;
        pni_pair *v = pn_alloc(p, cap * sizeof *v);
        if (!v)
            return false;
        if (list->n)
            memcpy(v, list->v, list->n * sizeof *v);
        list->v = v;
        list->cap = cap;
    }
    char *copy = pn_strdup(p, name);
    if (!copy)
        return false;
    list->v[list->n++] = (pni_pair){copy, value};
    return true;
}

/* ---- percent-encoding ---- */

/* Java's URLEncoder keeps the star and turns the tilde; RFC 3986 does the opposite. */
static bool plain(unsigned char c, const char *how)
{
    if (isalnum(c) || strchr("-_.", c))
        return c != 0;
    if (!strcmp(how, "rfc3986"))
        return c == '~';
    return c == '*';
}

int pni_url_encode(pn *p, pni_span in, const char *how, pni_span *out)
{
    static const char digit[] = "0123456789ABCDEF";
    char *text = pn_alloc(p, 3 * in.n + 1);
    size_t n = 0;
    if (!text)
        return none(p);
    for (size_t i = 0; i < in.n; i++) {
        unsigned char c = (unsigned char)in.s[i];
        if (plain(c, how)) {
            text[n++] = (char)c;
        } else if (c == ' ' && strcmp(how, "rfc3986") != 0) {
            text[n++] = '+';
        } else {
            text[n++] = '%';
            text[n++] = digit[c >> 4];
            text[n++] = digit[c & 15];
        }
    }
    *out = (pni_span){text, n};
    return 0;
}

static int nibble(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : isxdigit((unsigned char)c) ? (c | 0x20) - 'a' + 10 : -1;
}

int pni_url_decode(pn *p, pni_span in, bool plus, pni_span *out)
{
    char *text = pn_alloc(p, in.n + 1);
    size_t n = 0;
    if (!text)
        return none(p);
    for (size_t i = 0; i < in.n; i++) {
        if (in.s[i] == '%' && (i + 2 >= in.n || nibble(in.s[i + 1]) < 0 || nibble(in.s[i + 2]) < 0))
            return pn_fail(p, PN_EARG, "body", "%s", pn_tr("The percent-encoding is broken"));
        if (in.s[i] == '%') {
            text[n++] = (char)(nibble(in.s[i + 1]) << 4 | nibble(in.s[i + 2]));
            i += 2;
        } else {
            text[n++] = plus && in.s[i] == '+' ? ' ' : in.s[i];
        }
    }
    *out = (pni_span){text, n};
    return 0;
}

int pni_pairs_encode(pn *p, const pni_pairs *list, const char *how, pni_span *out)
{
    pn_buf b = pn_buf_new(p);
    pn_buf_puts(&b, "");
    for (size_t i = 0; i < list->n; i++) {
        pni_span name, value;
        PN_TRY(pni_url_encode(p, pni_span_of(list->v[i].name), how, &name));
        PN_TRY(pni_url_encode(p, list->v[i].value, how, &value));
        pn_buf_puts(&b, i ? "&" : "");
        pn_buf_put(&b, name.s, name.n);
        if (!list->v[i].value.s)
            continue;
        pn_buf_puts(&b, "=");
        pn_buf_put(&b, value.s, value.n);
    }
    *out = (pni_span){b.text ? b.text : "", b.len};
    return b.bad ? none(p) : 0;
}

/* Cut at the first equals sign only: base64 ends in more of them. */
int pni_pairs_decode(pn *p, pni_span text, pni_pairs *out)
{
    const char *at = text.s, *end = text.s + text.n;
    while (at && at < end) {
        const char *next = memchr(at, '&', (size_t)(end - at));
        const char *stop = next ? next : end;
        const char *eq = memchr(at, '=', (size_t)(stop - at));
        const char *name_end = eq ? eq : stop, *value = eq ? eq + 1 : stop;
        pni_span n, v;
        PN_TRY(pni_url_decode(p, (pni_span){at, (size_t)(name_end - at)}, true, &n));
        PN_TRY(pni_url_decode(p, (pni_span){value, (size_t)(stop - value)}, true, &v));
        if (stop > at && !pni_pairs_put(p, out, n.s, v, false))
            return none(p);
        at = stop + 1;
    }
    return 0;
}

int pni_message_target(pn *p, const pni_message *m, pni_span *out)
{
    const char *path = strstr(m->url, "://");
    pni_span query;
    path = path ? strchr(path + 3, '/') : m->url;
    PN_TRY(pni_pairs_encode(p, &m->query, "rfc3986", &query));
    char *text = pn_printf(p, "%s%s%s", path ? path : "/", query.n ? "?" : "", query.s);
    *out = pni_span_of(text);
    return text ? 0 : none(p);
}

/* ---- alphabets ---- */

static void drop_iconv(iconv_t *cd)
{
    if (*cd != (iconv_t)-1) // NOLINT
        iconv_close(*cd);
}

int pni_iconv(pn *p, const char *from, const char *to, pni_span in, pni_span *out)
{
    __attribute__((cleanup(drop_iconv))) iconv_t cd = iconv_open(to, from);
    size_t left = in.n, room = 4 * in.n + 4;
    char *text = pn_alloc(p, room + 1), *at = text, *rest = pn_alloc(p, in.n + 1);
    if (!text || !rest)
        return none(p);
    if (in.n)
        memcpy(rest, in.s, in.n);
    if (cd == (iconv_t)-1)
        return pn_fail(p, PN_ECONF, NULL, pn_tr("There is no conversion from %s to %s"), from, to);
    if (iconv(cd, &rest, &left, &at, &room) == (size_t)-1)
        return pn_fail(p, PN_EARG, "body", pn_tr("The text is not in %s"), from);
    *out = (pni_span){text, (size_t)(at - text)};
    return 0;
}

/* ---- what people may see ---- */

enum { SHORTEST_SECRET = 6, STARS = 3 };

/* Blank every occurrence of a text. Lengths must not tell, so the tail is closed up. */
static void blank(char *text, size_t *n, pni_span what)
{
    if (what.n < SHORTEST_SECRET)
        return;
    for (char *at = text; (at = memmem(at, *n - (size_t)(at - text), what.s, what.n));) {
        size_t rest = *n - (size_t)(at - text) - what.n;
        memcpy(at, "***", STARS);
        memmove(at + STARS, at + what.n, rest + 1);
        *n -= what.n - STARS;
        at += STARS;
    }
}

/* A secret looks otherwise in JSON, in a form and in JSON inside a form, and otherwise again where
 * somebody sends back what he was sent. */
static int blank_secret(pn *p, char *text, size_t *n, pni_span secret)
{
    static const char *const ways[] = {"rfc3986", "form", "java"};
    pn_buf b = pn_buf_new(p);
    pni_span shape = secret, out;
    for (int deep = 0; deep < 3; deep++) {
        blank(text, n, shape);
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
            PN_TRY(pni_url_encode(p, shape, ways[i], &out));
            blank(text, n, out);
        }
        size_t before = b.len;
        pn_buf_json(&b, shape.s);
        if (b.bad)
            return none(p);
        PN_TRY(pni_span_copy(p, b.text + before + 1, b.len - before - 2, &shape));
    }
    return 0;
}

/* The end of a member's value, from behind its name: `":"value"`, `=value` or `: value`. */
static char *value_end(char *at, char **from)
{
    at += *at == '\\';
    bool json = *at == '"';
    at += json;
    at += strspn(at, " ");
    if (*at != ':' && *at != '=')
        return NULL;
    at += 1 + strspn(at + 1, " ");
    at += *at == '\\' && at[1] == '"';
    if (*at == '"') {
        *from = ++at;
        while (*at && *at != '"' && *at != '\\')
            at++;
        return at;
    }
    *from = at;
    return at + strcspn(at, json ? ",}] \r\n" : "&\r\n");
}

/* The same of JSON that travels in a field of a form: `%22%3A%22value%22`. */
static const char coded_quote[] = "%22", coded_colon[] = "%3A";
enum { CODED = sizeof coded_quote - 1 };

static char *coded_end(char *at, char **from)
{
    if (strncmp(at, coded_quote, CODED) != 0 || strncasecmp(at + CODED, coded_colon, CODED) != 0)
        return NULL;
    at += 2 * CODED;
    bool quoted = !strncmp(at, coded_quote, CODED);
    *from = at += quoted ? CODED : 0;
    char *end = quoted ? strstr(at, coded_quote) : NULL;
    return end ? end : at + strcspn(at, quoted ? "&\r\n" : "%&\r\n");
}

/* Does a name begin here, and not in the middle of another? */
static bool begins(const char *text, const char *at)
{
    return at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '_') ||
           (at - text >= CODED && !strncmp(at - CODED, coded_quote, CODED));
}

static void blank_member(char *text, const char *name)
{
    for (char *at = text; (at = strcasestr(at, name));) {
        char *from = NULL, *end = NULL, *behind = at + strlen(name);
        if (begins(text, at))
            end = *behind == '%' ? coded_end(behind, &from) : value_end(behind, &from);
        at = behind;
        if (!end || end - from < STARS)
            continue;
        memcpy(from, "***", STARS);
        memmove(from + STARS, end, strlen(end) + 1);
        at = from + STARS;
    }
}

int pni_redact(pn *p, const pni_link *l, const pni_pairs *secrets, pni_span in, const char **out)
{
    static const char *const always[] = {"authorization", "sign", "signature", "password", "pwd",
                                         "auth_code", NULL};
    const pni_tree *hide = l ? pni_tree_get(l->root, "redact") : NULL;
    size_t n = in.n;
    char *text = pn_alloc(p, n + 1);
    if (!text)
        return none(p);
    for (size_t i = 0; i < n; i++) /* binary answers are no text */
        text[i] = in.s[i] ? in.s[i] : '?';
    for (size_t i = 0; secrets && i < secrets->n; i++)
        PN_TRY(blank_secret(p, text, &n, secrets->v[i].value));
    for (const char *const *name = always; l && *name; name++)
        blank_member(text, *name);
    for (size_t i = 0; hide && i < hide->n; i++)
        blank_member(text, hide->item[i]->text);
    *out = text;
    return 0;
}
