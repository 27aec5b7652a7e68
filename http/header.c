/* SPDX-License-Identifier: Apache-2.0 */
/* header.c — headers of answers, for the transport and everything above it, and an answer as it
 * goes over the wire. */
#include "config.h"

#include "server.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

char *http_reply_raw(const http_request *r, const char *reason, size_t *len)
{
    char *text = NULL;
    bool body = r->out && strcmp(r->method, "HEAD");
    FILE *f = open_memstream(&text, len);
    if (!f)
        return NULL;
    fprintf(f, "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Length: %zu\r\n", r->status,
            reason, r->out_len);
    for (int i = 0; i < r->n_headers; i++)
        fprintf(f, "%s: %s\r\n", r->headers[i].name, r->headers[i].value);
    fputs("\r\n", f);
    fwrite(body ? r->out : "", 1, body ? r->out_len : 0, f);
    if (!fclose(f))
        return text;
    free(text);
    return NULL;
}
