/* SPDX-License-Identifier: Apache-2.0 */
/* header.c — headers of answers, for the transport and everything above it. */
#include "config.h"

#include "server.h"

#include <stdarg.h>
#include <stdio.h>

void http_reply_header(http_request *r, const char *name, const char *fmt, ...)
{
    va_list args;
    char *made = NULL;
    if (r->n_headers == HTTP_HEADERS_MAX)
        return;
    va_start(args, fmt);
    int n = vasprintf(&made, fmt, args);
    va_end(args);
    if (n < 0)
        return;
    r->headers[r->n_headers].made = made;
    http_reply_constant(r, name, made);
}

void http_reply_constant(http_request *r, const char *name, const char *value)
{
    if (r->n_headers == HTTP_HEADERS_MAX)
        return;
    r->headers[r->n_headers].name = name;
    r->headers[r->n_headers++].value = value;
}
