/* SPDX-License-Identifier: Apache-2.0 */
/* text.h — growable text that outlives units: what a reply, a log line or a document is made in. */
#ifndef HTTP_TEXT_H
#define HTTP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Starts as {0}. A failed append sticks: `bad` is set and later appends do nothing. */
typedef struct http_text {
    char *s; /* NUL-terminated once anything was put */
    size_t len, cap;
    bool bad;
} http_text;

void http_put(http_text *t, const char *data, size_t len);
void http_puts(http_text *t, const char *text);
void http_putf(http_text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** A JSON string, quoted and escaped; null for NULL. Bytes that are not UTF-8 become U+FFFD. */
void http_put_json(http_text *t, const char *text);
/** `,"key":"text"`; nothing at all when text is NULL. */
void http_put_member(http_text *t, const char *key, const char *text);
/** Percent-encoded for one path segment or query value. */
void http_put_url(http_text *t, const char *text);
/** n bytes as 2n digits, with the end of the text behind them. */
void http_hex(char *out, const unsigned char *bytes, size_t n);
/** The text, to be freed by the caller, NULL when memory ran out; *t is empty again. */
char *http_take(http_text *t, size_t *len);
void http_text_free(http_text *t);

/** Length of the valid UTF-8 character at s (1..4), 0 when there is none within n bytes. */
int http_utf8(const char *s, size_t n);
/** Decode %XX in place ('+' is a blank when `query`). False: malformed, NUL, or not UTF-8. */
bool http_unescape(char *s, bool query);

#endif
