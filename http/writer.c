/* SPDX-License-Identifier: Apache-2.0 */
/* writer.c — JSON with indentation. */
#include "writer.h"

#include <inttypes.h>

static void start(http_writer *w, const char *key)
{
    http_puts(w->t, w->more ? ",\n" : w->depth ? "\n" : "");
    for (int i = 0; i < w->depth; i++)
        http_puts(w->t, " ");
    if (key) {
        http_put_json(w->t, key);
        http_puts(w->t, ": ");
    }
    w->more = true;
}

void http_open(http_writer *w, const char *key, char bracket)
{
    start(w, key);
    http_put(w->t, &bracket, 1);
    w->depth++;
    w->more = false;
}

void http_shut(http_writer *w, char bracket)
{
    w->depth--;
    if (w->more) {
        http_puts(w->t, "\n");
        for (int i = 0; i < w->depth; i++)
            http_puts(w->t, " ");
    }
    http_put(w->t, &bracket, 1);
    w->more = true;
}

void http_str(http_writer *w, const char *key, const char *text)
{
    start(w, key);
    http_put_json(w->t, text);
}

void http_num(http_writer *w, const char *key, int64_t n)
{
    start(w, key);
    http_putf(w->t, "%" PRId64, n);
}

void http_yes(http_writer *w, const char *key)
{
    start(w, key);
    http_puts(w->t, "true");
}
