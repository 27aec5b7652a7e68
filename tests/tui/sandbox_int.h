/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox_int.h — what the files of the console's sandbox share. */
#ifndef TUI_SANDBOX_H
#define TUI_SANDBOX_H

#include <base/op.h>

struct pn_list_spec {
    int64_t count;
    void (*make)(pn *p, int64_t parent, int64_t i, void *row);
    const char *by;
    int64_t (*rows)(void); /* in the place of count: it changes */
};

#define OP(var, noun_, verb_, text, ...)                                                           \
    static const pn_op var = {.noun = noun_, .verb = verb_, .brief = text, __VA_ARGS__}

/* 2026-11-23 19:30 in Shanghai */
static const int64_t evening = 1795433400;
/** Is this call to be forgotten? */
bool sandbox_dry(void);
/** Is there a file of that name in $PN_SANDBOX? */
bool sandbox_steered(const char *what);
/** The number in it, 0 without. */
int64_t sandbox_steered_to(const char *what);

extern const pn_module sandbox_claim;
extern const pn_module sandbox_listing, sandbox_price, sandbox_seat, sandbox_hold,
    sandbox_view, sandbox_policy, sandbox_zone_plan, sandbox_wallet, sandbox_bulk, sandbox_board,
    sandbox_audit, sandbox_gate;
/** The value of "name=value" in a filter, "" without. */
const char *sandbox_term(pn *p, const char *where, const char *name);

#endif
