/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox_news.c — news without a database: lines "noun id" in the pipe $PN_SANDBOX/news; "!" ends
 * the connection. */
#include "config.h"

#include "sandbox_int.h"

#include <base/news.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct pn_news { int fd; bool asked; };

int pn_news_tell(pn_ctx *ctx, bool at_once)
{
    (void)ctx;
    (void)at_once;
    return 0;
}

int pn_news_open(pn *p, pn_news **out)
{
    char path[512];
    const char *dir = getenv("PN_SANDBOX");
    while (sandbox_steered("stop"))
        usleep(10000);
    snprintf(path, sizeof path, "%s/news", dir ? dir : "/nonexistent");
    int fd = sandbox_steered("down") ? -1 : open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return pn_fail(p, sandbox_steered("down") ? PN_EDATABASE : PN_EIO, NULL, "No news");
    *out = calloc(1, sizeof **out);
    (*out)->fd = fd;
    return 0;
}

int pn_news_fd(const pn_news *news)
{
    return news->fd;
}

bool pn_news_hear(pn_news *news, pn_news_fn *heard, void *payload)
{
    char text[4096], noun[32];
    ssize_t n = read(news->fd, text, sizeof text - 1);
    text[n > 0 ? n : 0] = 0;
    for (char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n') {
        int64_t id;
        if (*at == '!')
            return false;
        news->asked &= *at != '?';
        if (sscanf(at, "%31s %" SCNd64, noun, &id) == 2)
            heard(payload, noun, id);
    }
    return true;
}

/* Asking puts its own answer into the pipe, unless the database sleeps: then it comes later. */
bool pn_news_ask(pn_news *news)
{
    news->asked = true;
    if (!sandbox_steered("stop"))
        news->asked = write(news->fd, "?\n", 2) == 2;
    return true;
}

bool pn_news_asked(const pn_news *news)
{
    return news->asked;
}

void pn_news_close(pn_news *news)
{
    if (news)
        close(news->fd);
    free(news);
}
