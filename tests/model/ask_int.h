/* SPDX-License-Identifier: Apache-2.0 */
/* ask_int.h — see ask.c. */
#ifndef PN_TESTS_ASK_H
#define PN_TESTS_ASK_H

#include "model_int.h"

enum { ASK_NAMES = 8, ASK_SEATS = 4 };

typedef struct order_ask {
    pn_actor who;
    struct pn_order_submit in;
    pn_order_want want[3];
    pn_attendee named[ASK_NAMES];
    const char *seats[ASK_SEATS];
    char seat[ASK_SEATS][32];
    char phone[16], login[16], name[ASK_NAMES][24], doc[ASK_NAMES][40], key[40];
    bool keyed, parts; /* parts: single tickets of it may be refunded */
} order_ask;

/** The whole request of a seed. */
uint64_t ask_series(uint64_t seed, int i);
void ask_make(uint64_t seed, order_ask *k);
/** Put it on the board before it is asked … */
asked *ask_note(uint64_t seed, const order_ask *k);
/** … and what was answered. */
void ask_told(asked *a, const order_ask *k, int rc, const pn_order *o);
/** Ask; where servers die, until there is an answer. */
int ask_until_told(pn_ctx *ctx, const order_ask *k, pn_order *o, char *words, size_t size);
/** Is this the answer of a server that died or is busy? */
bool cut_off(int rc);

void ring_put(ring *r, int64_t id);
int64_t ring_pick(ring *r, dice *d); /* 0: nothing there */

#endif
