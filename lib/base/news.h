/* SPDX-License-Identifier: Apache-2.0 */
/* news.h — which objects have changed, told by those who changed them to those who look at them.
 * A hint, not a record: what is told may be old when it is heard, and what a crash kept from being
 * told is never told. Whoever listens looks again, by the same reading operations as ever. */
#ifndef PN_NEWS_H
#define PN_NEWS_H

#include "unit.h"

PN_BEGIN

/** Tell what this process has committed and not told yet, in one statement, at most ten times a
 *  second; `at_once` does not wait for its turn. Front ends call it between two pieces of work.
 *  Returns in how many milliseconds it wants to be called again; 0: nothing is left to tell. */
int pn_news_tell(pn_ctx *ctx, bool at_once);

/** A connection that listens. */
typedef struct pn_news pn_news;
/** Object `id` of a noun has changed; 0: some of them have. */
typedef void pn_news_fn(void *payload, const char *noun, int64_t id);

/** Waits while it connects, a few seconds at most. */
PN_MUST int pn_news_open(pn *p, pn_news **out);
/** Readable when there is something to hear, or when the connection is gone. */
int pn_news_fd(const pn_news *news);
/** Hear what has come, without waiting. False: the connection is gone. */
bool pn_news_hear(pn_news *news, pn_news_fn *heard, void *payload);
/** Ask the server whether it is there, without waiting: pn_news_hear() takes the answer. */
bool pn_news_ask(pn_news *news);
/** Is an answer outstanding? */
bool pn_news_asked(const pn_news *news);
void pn_news_close(pn_news *news); /* NULL is fine */

PN_END
#endif
