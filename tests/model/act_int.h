/* SPDX-License-Identifier: Apache-2.0 */
/* act_int.h — what actors do beside ordinary orders; see act_kind.c. Each returns what the product
 * answered. */
#ifndef PN_TESTS_ACT_H
#define PN_TESTS_ACT_H

#include "ask_int.h"

/** A unit of somebody, at the board's clock. */
pn *act_as(actor *a, char kind, uint32_t roles, int64_t id);
/** End it and keep the words of what it refused. */
int act_end(pn *p, int rc);
pn *act_ops(actor *a);
pn *act_worker(actor *a);

int grab_wish(actor *a);
int grab_raise(actor *a);
int grab_cancel(actor *a);
int grab_assist(actor *a);
int group_join(actor *a);
int group_quit(actor *a);
int activity_make(actor *a);
int activity_take(actor *a);
int activity_wait(actor *a);
int activity_end(actor *a);
int dist_lock(actor *a);
int dist_confirm(actor *a);
int dist_unlock(actor *a);
int dist_refund(actor *a);
int hold_place(actor *a);
int hold_release(actor *a);
int zones_again(actor *a);

#endif
