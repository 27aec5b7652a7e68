/* SPDX-License-Identifier: Apache-2.0 */
/* input.c — paths, query strings and bodies become the structs of operations. */
#include "site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool split_query(http_exchange *x)
{
    char *at = x->query;
    while (at && *at) {
        char *next = strchr(at, '&');
        if (next)
            *next++ = 0;
        if (*at) {
            if (x->pairs == HTTP_PAIRS_MAX)
                return false;
            char *value = strchr(at, '=');
            if (value)
                *value++ = 0;
            else
                value = at + strlen(at);
            if (!http_unescape(at, true) || !http_unescape(value, true))
                return false;
            x->pair[x->pairs++] = (http_pair){at, value};
        }
        at = next;
    }
    return true;
}

bool http_split(http_exchange *x)
{
    x->path = strdup(x->r->target);
    if (!x->path || *x->path != '/')
        return false;
    x->query = strchr(x->path, '?');
    if (x->query)
        *x->query++ = 0;
    for (char *at = x->path + 1; at;) {
        char *next = strchr(at, '/');
        if (next)
            *next++ = 0;
        if (x->parts == HTTP_PARTS_MAX) /* deeper than any path: will not be found */
            break;
        if (!http_unescape(at, false))
            return false;
        x->part[x->parts++] = at;
        at = next;
    }
    return split_query(x);
}

static int unknown(pn *p, const char *name)
{
    return pn_fail(p, PN_EARG, name, pn_tr("There is no parameter %s"), name);
}

static int twice(pn *p, const http_exchange *x, int i)
{
    for (int k = 0; k < i; k++)
        if (!strcmp(x->pair[k].name, x->pair[i].name))
            return pn_fail(p, PN_EARG, x->pair[i].name, pn_tr("%s is given twice"),
                           x->pair[i].name);
    return 0;
}

int http_query(pn *p, const http_exchange *x, const pn_type *type, void *row)
{
    for (int i = 0; i < x->pairs; i++) {
        const pn_col *col = type ? pn_type_col(type, x->pair[i].name) : NULL;
        if (!col)
            return unknown(p, x->pair[i].name);
        PN_TRY(twice(p, x, i));
        PN_TRY(pn_set(p, type, row, col, x->pair[i].value));
    }
    return 0;
}

bool http_filterable(const pn_col *col)
{
    return col && col->label && *col->label && !(col->flags & (PN_NOFILTER | PN_SECRET)) &&
           col->kind != PN_K_ROWS && col->kind != PN_K_JSON && col->kind != PN_K_BYTES &&
           col->kind != PN_K_TEXTS;
}

/* `name=value` in the language of pn_list.where. Lists and ranges keep their meaning; what could be
 * read as anything else is quoted. */
static void put_term(pn_buf *b, const char *name, const char *value)
{
    pn_buf_putf(b, "%s%s=", b->len ? " " : "", name);
    const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.,:+";
    bool quote = !*value;
    for (const char *c = value; *c; c++)
        quote |= (unsigned char)*c < 0x80 && !strchr(plain, *c);
    if (!quote) {
        pn_buf_puts(b, value);
        return;
    }
    pn_buf_puts(b, "\"");
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            pn_buf_puts(b, "\\");
        pn_buf_put(b, value, 1);
    }
    pn_buf_puts(b, "\"");
}

int http_query_list(pn *p, const http_exchange *x, const pn_type *rows, pn_list *in)
{
    pn_buf where = pn_buf_new(p);
    for (int i = 0; i < x->pairs; i++) {
        const char *name = x->pair[i].name, *value = x->pair[i].value;
        const pn_col *own = pn_type_col(&pn_list_t, name), *col = pn_type_col(rows, name);
        PN_TRY(twice(p, x, i));
        if (own)
            PN_TRY(pn_set(p, &pn_list_t, in, own, value));
        else if (http_filterable(col))
            put_term(&where, name, value);
        else
            return unknown(p, name);
    }
    if (where.len && in->where && *in->where)
        pn_buf_putf(&where, " %s", in->where);
    if (where.bad)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    if (where.len)
        in->where = where.text;
    return 0;
}

/* Deepest nesting, strings left out. A cheap look before any parser recurses. */
static int depth(const char *s, size_t n)
{
    int now = 0, most = 0;
    bool text = false;
    for (size_t i = 0; i < n; i++) {
        if (text) {
            if (s[i] == '\\')
                i++;
            else if (s[i] == '"')
                text = false;
        } else if (s[i] == '"') {
            text = true;
        } else if (s[i] == '[' || s[i] == '{') {
            most = ++now > most ? now : most;
        } else if (s[i] == ']' || s[i] == '}') {
            now--;
        }
    }
    return most;
}

int http_body(pn *p, const http_exchange *x, const pn_type *type, void *row)
{
    const http_request *r = x->r;
    if (x->pairs)
        return unknown(p, x->pair[0].name);
    if (!r->len)
        return 0;
    if (depth(r->body, r->len) > HTTP_DEPTH_MAX)
        return pn_fail(p, PN_EARG, NULL, pn_tr("The body is nested deeper than %d levels"),
                       HTTP_DEPTH_MAX);
    if (!type)
        return pn_fail(p, PN_EARG, NULL, "%s", pn_tr("This takes no body"));
    return pn_from_json(p, type, r->body, r->len, row);
}
