/* SPDX-License-Identifier: Apache-2.0 */
/* writer.h — JSON with indentation, for a document that people compare line by line. */
#ifndef HTTP_WRITER_H
#define HTTP_WRITER_H

#include "text.h"

typedef struct http_writer {
    http_text *t;
    int depth;
    bool more; /* something precedes on this level */
} http_writer;

/* `key` is NULL inside an array and at the top. `bracket` is '{' or '['. */
void http_open(http_writer *w, const char *key, char bracket);
void http_shut(http_writer *w, char bracket);
void http_str(http_writer *w, const char *key, const char *text);
void http_num(http_writer *w, const char *key, int64_t n);
void http_yes(http_writer *w, const char *key);

#endif
