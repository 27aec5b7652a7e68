/* SPDX-License-Identifier: Apache-2.0 */
/* route.h — which operation a method and a path mean. One rule, http_route_of(), serves routing,
 * the OpenAPI document and links; nothing is written by hand per operation. */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "base/op.h"

enum { HTTP_PATH_MAX = 96, HTTP_ALLOW_MAX = 64 };

typedef struct http_route {
    const pn_op *op;
    const pn_col *key;         /* input column that {id} sets; NULL: the path has none */
    const char *method;        /* "GET" "POST" "PATCH" */
    char path[HTTP_PATH_MAX];  /* "/v1/orders/{id}/cancel" */
    char plural[48], tail[48]; /* its parts: "orders", "cancel" ("" when there is none) */
    bool body;                 /* the input is a JSON body, else the query string */
} http_route;

/** The rule. A list is GET /v1/NOUNS, show GET /v1/NOUNS/{id}, create POST /v1/NOUNS, edit PATCH
 *  /v1/NOUNS/{id}; any other verb is POST /v1/NOUNS/{id}/VERB when its input names the row it is
 *  about (PN_KEY), else POST /v1/NOUNS/VERB (a show without such a row is one of these). A read
 * whose input fits a query string (no secret, no personal data, no nested rows) and any other list
 * answers GET instead of POST. NOUNS is the noun with s, es or ies; '_' becomes '-'. False: a local
 * operation, not served. */
bool http_route_of(const pn_op *op, http_route *route);

typedef struct http_routes {
    http_route *all;
    const http_route **named; /* all of them, by their plurals */
    size_t n;
} http_routes;

/** Every served operation of every module, in their order. False when memory ran out. */
bool http_routes_make(http_routes *routes);
void http_routes_free(http_routes *routes);

/** The route of a decoded, split path ("v1" "orders" "7" "cancel"), *id the part that is {id} or
 *  NULL. NULL: none; then `allow` lists the methods the path has ("" when it is unknown). HEAD is
 *  served as GET. */
const http_route *http_route_find(const http_routes *routes, const char *method,
                                  const char *const part[], int n, const char **id,
                                  char allow[HTTP_ALLOW_MAX]);
/** The route of an operation by name; NULL when it is not served. */
const http_route *http_route_by_name(const http_routes *routes, const char *noun, const char *verb);

#endif
