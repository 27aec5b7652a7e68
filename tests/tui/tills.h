/* SPDX-License-Identifier: Apache-2.0 */
/* tills.h — a counter and the customer's screen, two consoles with nothing in common but a
 * database that has a show on sale. */
#ifndef TUI_TILLS_H
#define TUI_TILLS_H

#include "db.h"
#include "fixture.h"
#include "shop.h"

extern const char password[];
extern struct vth screen; /* the customer's; the counter is `t` */
extern char far_dsn[400]; /* of the screen, when it is not the counter's */
extern char setting[60];  /* one more of its environment */
extern pid_t wire;        /* ended with the test */

void till_setup(void);
void till_teardown(void);
/** A machine is a folder: token, state and configuration are its own. */
void machine(const char *name, const char *login);
/** The console on a machine, at a till (NULL: at none). */
void start(struct vth *v, const char *name, int rows, int cols, const char *till,
           const char *word);
void shows(struct vth *v, const char *text);
void shows_no(struct vth *v, const char *text);
/** The counter has a session open, and the screen shows it. */
void start_both(void);

#endif
