/* SPDX-License-Identifier: Apache-2.0 */
/* progress.c — a bar for work that takes long: only on a terminal, only when there is something to
 * tell, and gone when the work is done. */
#include "cli.h"

#include <inttypes.h>
#include <time.h>
#include <unistd.h>

enum { CELLS = 40, PAUSE_MS = 100 };

static struct { int64_t shown_ms, began_ms; bool drawn; } bar;

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void draw(void *payload, int64_t done, int64_t all)
{
    int64_t now = now_ms();
    (void)payload;
    if (all <= 0 || now - bar.shown_ms < PAUSE_MS)
        return;
    int full = (int)(done >= all ? CELLS : done * CELLS / all);
    int64_t left = done > 0 && done < all ? (now - bar.began_ms) * (all - done) / done / 1000 : 0;
    fputs("\r[", stderr);
    for (int i = 0; i < CELLS; i++)
        fputc(i < full ? '#' : '.', stderr);
    fprintf(stderr, "] %3" PRId64 "%% ", done >= all ? 100 : done * 100 / all);
    if (left)
        fprintf(stderr, _("%" PRId64 " s left"), left);
    fputs("\033[K", stderr);
    fflush(stderr);
    bar.shown_ms = now;
    bar.drawn = true;
}

void cli_progress(cli *c)
{
    if (!isatty(STDERR_FILENO))
        return;
    bar.began_ms = bar.shown_ms = now_ms();
    bar.drawn = false;
    pn_on_progress(c->p, draw, NULL);
}

void cli_progress_end(void)
{
    if (bar.drawn)
        fputs("\r\033[K", stderr);
    bar.drawn = false;
}
