/* SPDX-License-Identifier: Apache-2.0 */
/* route.c — from operations to paths and back. */
#include "route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool ends(const char *text, const char *tail)
{
    size_t n = strlen(text), k = strlen(tail);
    return n >= k && !strcmp(text + n - k, tail);
}

static void plural(const char *noun, char *out, size_t size)
{
    size_t n = strlen(noun);
    bool y = n > 1 && noun[n - 1] == 'y' && !strchr("aeiou", noun[n - 2]);
    bool hiss = ends(noun, "s") || ends(noun, "x") || ends(noun, "z") || ends(noun, "ch") ||
                ends(noun, "sh");
    snprintf(out, size, "%.*s%s", (int)(y ? n - 1 : n), noun, y ? "ies" : hiss ? "es" : "s");
    for (; *out; out++)
        if (*out == '_')
            *out = '-';
}

static const pn_col *key_of(const pn_type *type)
{
    for (const pn_col *c = type ? type->cols : NULL; c && c->name; c++)
        if (c->flags & PN_KEY)
            return c;
    return NULL;
}

static bool fits_query(const pn_type *type)
{
    for (const pn_col *c = type ? type->cols : NULL; c && c->name; c++) {
        bool plain = c->kind != PN_K_JSON && c->kind != PN_K_BYTES && c->kind != PN_K_TEXTS &&
                     c->kind != PN_K_ROWS;
        if (!plain || (c->flags & (PN_SECRET | PN_PII | PN_LONG | PN_FILE)))
            return false;
    }
    return true;
}

bool http_route_of(const pn_op *op, http_route *route)
{
    if (op->flags & PN_LOCAL)
        return false;
    const pn_col *key = op->list ? NULL : key_of(op->in);
    bool show = key && !strcmp(op->verb, "show"), create = !strcmp(op->verb, "create");
    bool edit = !strcmp(op->verb, "edit"), list = op->list && !strcmp(op->verb, "list");
    bool get = op->list || show || (!(op->flags & PN_WRITE) && fits_query(op->in));
    *route = (http_route){.op = op,
                          .key = create ? NULL : key,
                          .method = get    ? "GET"
                                    : edit ? "PATCH"
                                           : "POST",
                          .body = !get};
    plural(op->noun, route->plural, sizeof route->plural);
    if (!show && !create && !edit && !list)
        snprintf(route->tail, sizeof route->tail, "%s", op->verb);
    for (char *c = route->tail; *c; c++)
        if (*c == '_')
            *c = '-';
    int n = snprintf(route->path, sizeof route->path, "/v1/%s%s%s%s", route->plural,
                     route->key ? "/{id}" : "", *route->tail ? "/" : "", route->tail);
    return n > 0 && (size_t)n < sizeof route->path;
}

static int by_plural(const void *a, const void *b)
{
    const http_route *const *x = a, *const *y = b;
    int order = strcmp((*x)->plural, (*y)->plural);
    return order ? order : (*x > *y) - (*x < *y);
}

bool http_routes_make(http_routes *routes)
{
    size_t max = 0;
    for (const pn_module *const *m = pn_modules(); *m; m++)
        for (const pn_op *const *op = (*m)->ops; op && *op; op++)
            max++;
    *routes = (http_routes){calloc(max + 1, sizeof *routes->all),
                            calloc(max + 1, sizeof(*routes->named)), 0};
    if (!routes->all || !routes->named)
        return false;
    for (const pn_module *const *m = pn_modules(); *m; m++)
        for (const pn_op *const *op = (*m)->ops; op && *op; op++)
            routes->n += http_route_of(*op, &routes->all[routes->n]);
    for (size_t i = 0; i < routes->n; i++)
        routes->named[i] = &routes->all[i];
    qsort(routes->named, routes->n, sizeof(*routes->named), by_plural);
    return true;
}

void http_routes_free(http_routes *routes)
{
    free(routes->all);
    free(routes->named);
    *routes = (http_routes){0};
}

/* How well the rest of the path fits: 0 not, 1 through {id}, 2 by its own words. */
static int fit(const http_route *r, const char *const part[], int n)
{
    int tail = r->key ? 3 : 2;
    if (n != tail + (*r->tail != 0) || (*r->tail && strcmp(part[tail], r->tail)))
        return 0;
    return r->key ? 1 : 2;
}

static void allow_more(char allow[HTTP_ALLOW_MAX], const char *method)
{
    size_t n = strlen(allow);
    if (!strstr(allow, method))
        snprintf(allow + n, HTTP_ALLOW_MAX - n, "%s%s%s", n ? ", " : "", method,
                 strcmp(method, "GET") ? "" : ", HEAD");
}

/* The first of the routes that a plural has, in the order of `named`. */
static size_t first_of(const http_routes *routes, const char *plural)
{
    size_t low = 0, high = routes->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(routes->named[middle]->plural, plural) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const http_route *http_route_find(const http_routes *routes, const char *method,
                                  const char *const part[], int n, const char **id,
                                  char allow[HTTP_ALLOW_MAX])
{
    const http_route *found = NULL;
    int best = 0;
    if (!strcmp(method, "HEAD"))
        method = "GET";
    allow[0] = 0;
    *id = NULL;
    if (n < 2 || strcmp(part[0], "v1"))
        return NULL;
    const size_t first = first_of(routes, part[1]);
    size_t end = first;
    for (; end < routes->n && !strcmp(part[1], routes->named[end]->plural); end++) {
        const http_route *r = routes->named[end];
        int f = fit(r, part, n);
        if (f > best && !strcmp(method, r->method)) {
            found = r;
            best = f;
        }
    }
    for (size_t i = first; i < end && !found; i++)
        if (fit(routes->named[i], part, n))
            allow_more(allow, routes->named[i]->method);
    *id = found && found->key ? part[2] : NULL;
    return found;
}

const http_route *http_route_by_name(const http_routes *routes, const char *noun, const char *verb)
{
    for (const http_route *r = routes->all; r < routes->all + routes->n; r++)
        if (!strcmp(r->op->noun, noun) && !strcmp(r->op->verb, verb))
            return r;
    return NULL;
}
