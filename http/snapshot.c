/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot.c — a table of answers by their target and language; the one asked for longest ago goes
 * first. */
#include "config.h"

#include "snapshot.h"
#include "language.h"
#include "reply.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 4096, RENEW_US = 1000000 };

typedef struct kept {
    struct kept *next;            /* of the bucket */
    struct kept *older, *younger; /* by when it was asked for */
    int64_t asked_us;             /* what it says was so then */
    int64_t renew_us;             /* somebody is renewing it; not waited for beyond this */
    size_t size, body_len;
    const char *language;         /* one of the few there are */
    char *target, *body, *link, *tag; /* in `text`; no link: NULL */
    char text[];
} kept;

struct http_snapshots {
    pthread_mutex_t lock;
    int64_t keep_us;
    size_t bytes, bytes_max;
    kept *bucket[BUCKETS], *oldest, *youngest;
};

http_snapshots *http_snapshots_new(int64_t keep_ms, size_t bytes_max)
{
    http_snapshots *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    pthread_mutex_init(&s->lock, NULL);
    s->keep_us = keep_ms * 1000;
    s->bytes_max = bytes_max;
    return s;
}

/* Where the answer for the target is, or would be. */
static kept **place(http_snapshots *s, const char *target, const char *language)
{
    unsigned h = 2166136261u;
    for (const char *c = target; *c; c++)
        h = (h ^ (unsigned char)*c) * 16777619u;
    kept **at = &s->bucket[h % BUCKETS];
    while (*at && (strcmp((*at)->target, target) || strcmp((*at)->language, language)))
        at = &(*at)->next;
    return at;
}

static void unchain(http_snapshots *s, kept *k)
{
    *(k->older ? &k->older->younger : &s->oldest) = k->younger;
    *(k->younger ? &k->younger->older : &s->youngest) = k->older;
}

static void chain(http_snapshots *s, kept *k)
{
    k->younger = NULL;
    k->older = s->youngest;
    *(k->older ? &k->older->younger : &s->oldest) = k;
    s->youngest = k;
}

static void forget(http_snapshots *s, kept *k)
{
    kept **at = place(s, k->target, k->language);
    *at = k->next;
    unchain(s, k);
    s->bytes -= k->size;
    free(k);
}

void http_snapshots_free(http_snapshots *s)
{
    if (!s)
        return;
    while (s->oldest)
        forget(s, s->oldest);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

/* Fresh, or old while somebody else renews it. */
static bool counts(const http_snapshots *s, kept *k, int64_t now_us)
{
    int64_t age = now_us - k->asked_us;
    if (age < s->keep_us)
        return true;
    if (age < 2 * s->keep_us && now_us < k->renew_us)
        return true;
    k->renew_us = now_us + RENEW_US;
    return false;
}

bool http_snapshot_answer(http_snapshots *s, http_request *r, int64_t now_us)
{
    pthread_mutex_lock(&s->lock);
    kept *k = *place(s, r->target, http_language_of(r));
    bool found = k && counts(s, k, now_us);
    if (found) {
        unchain(s, k);
        chain(s, k);
        http_reply_json(r, 200, k->body, k->body_len);
        if (k->link)
            http_reply_header(r, "Link", "%s", k->link);
        http_reply_tag(r, k->tag);
    }
    pthread_mutex_unlock(&s->lock);
    return found;
}

static const char *header_of(const http_request *r, const char *name)
{
    for (int i = 0; i < r->n_headers; i++)
        if (!strcmp(r->headers[i].name, name))
            return r->headers[i].value;
    return NULL;
}

static kept *make(const http_request *r, int64_t asked_us, const char *body, size_t len)
{
    const char *link = header_of(r, "Link"), *tag = header_of(r, "ETag");
    size_t target_n = strlen(r->target) + 1, link_n = link ? strlen(link) + 1 : 0;
    size_t tag_n = tag ? strlen(tag) + 1 : 0, size = sizeof(kept) + target_n + link_n + tag_n + len;
    kept *k = tag ? malloc(size) : NULL;
    if (!k)
        return NULL;
    *k = (kept){.asked_us = asked_us, .size = size, .body_len = len,
                .language = http_language_of(r), .target = k->text,
                .tag = k->text + target_n, .link = link ? k->text + target_n + tag_n : NULL,
                .body = k->text + target_n + tag_n + link_n};
    memcpy(k->target, r->target, target_n);
    memcpy(k->tag, tag, tag_n);
    if (link)
        memcpy(k->link, link, link_n);
    memcpy(k->body, body, len);
    return k;
}

void http_snapshot_keep(http_snapshots *s, const http_request *r, int64_t asked_us,
                        const char *body, size_t len)
{
    kept *k = s->keep_us ? make(r, asked_us, body, len) : NULL;
    if (!k || k->size > s->bytes_max / 16) { /* one must not push out all the others */
        free(k);
        return;
    }
    pthread_mutex_lock(&s->lock);
    kept **at = place(s, r->target, k->language);
    bool newer = !*at || (*at)->asked_us <= asked_us;
    if (newer && *at)
        forget(s, *at);
    if (newer) {
        k->next = *at;
        *at = k;
        chain(s, k);
        s->bytes += k->size;
    }
    while (s->bytes > s->bytes_max)
        forget(s, s->oldest);
    pthread_mutex_unlock(&s->lock);
    if (!newer)
        free(k);
}
