/* SPDX-License-Identifier: Apache-2.0 */
/* decide.c — the order of checks at a gate. Pure, so that every result can be tested by itself. */
#include "ticket/gate_int.h"

#include <string.h>

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)

static bool is(const char *text, const char *word)
{
    return text && !strcmp(text, word);
}

static bool group_admitted(const pn_gate *gate, const char *group)
{
    if (!gate->id || !gate->groups.n || !group || !*group)
        return true;
    for (size_t i = 0; i < gate->groups.n; i++)
        if (!strcmp(gate->groups.v[i], group))
            return true;
    return false;
}

/* Session, time and gate; somebody who leaves is not asked for the time. */
static int check_place(const pni_pass *t, const struct pni_asked *ask)
{
    if ((ask->session_id && ask->session_id != t->session_id) ||
        (ask->gate.id && ask->gate.hall_id != t->hall_id))
        return PN_SCAN_WRONG_SESSION;
    if (is(t->session_status, "CANCELLED") || is(t->session_status, "POSTPONED"))
        return PN_SCAN_SESSION_OFF;
    if (ask->out || ask->override)
        return 0;
    int64_t end = t->end_at.us ? t->end_at.us : t->start_at.us + t->no_end_min * MINUTE;
    if (ask->now.us < t->doors_at.us)
        return PN_SCAN_TOO_EARLY;
    if (ask->now.us > end)
        return PN_SCAN_TOO_LATE;
    return group_admitted(&ask->gate, t->gate_group) ? 0 : PN_SCAN_WRONG_GATE;
}

/* Is the code the current one, is the ticket alive? */
static int check_ticket(const pni_pass *t, const struct pni_asked *ask)
{
    bool older = (ask->issue >= 0 && ask->issue != t->issue_no) ||
                 (ask->print >= 0 && ask->print != t->print_no);
    if (older && !ask->override)
        return PN_SCAN_SUPERSEDED;
    if (is(t->seat_state, "REFUNDED") || is(t->seat_state, "REFUNDING") ||
        is(t->order_status, "REFUNDED"))
        return PN_SCAN_REFUNDED;
    if (t->state.v == PN_TICKET_VOIDED)
        return PN_SCAN_VOIDED;
    if (t->state.v == PN_TICKET_FROZEN || t->state.v == PN_TICKET_GIFTING)
        return PN_SCAN_FROZEN;
    if (t->state.v == PN_TICKET_EXPIRED)
        return PN_SCAN_TOO_LATE;
    return is(t->order_status, "PENDING_PAY") ? PN_SCAN_UNPAID : 0;
}

static int leave(const pni_pass *t)
{
    if (t->state.v != PN_TICKET_VERIFIED)
        return PN_SCAN_NOT_INSIDE;
    return t->reentry_allowed ? PN_SCAN_OK_EXIT : PN_SCAN_NO_REENTRY;
}

static int check_inside(const pni_pass *t, const struct pni_asked *ask)
{
    int64_t ago = ask->now.us - t->last_at.us;
    if (t->state.v == PN_TICKET_VERIFIED)
        return ask->device_id && ask->device_id == t->last_device_id && ago <= t->repeat_s * SECOND
                   ? PN_SCAN_OK_REPEAT
                   : PN_SCAN_DUPLICATE;
    if (t->state.v != PN_TICKET_EXITED)
        return 0;
    if (!t->reentry_allowed || t->entry_count > t->reentries)
        return PN_SCAN_REENTRY_LIMIT;
    if (ago < t->passback_min * MINUTE && t->last_gate_id && ask->gate_id &&
        ask->gate_id != t->last_gate_id)
        return PN_SCAN_PASSBACK;
    return 0;
}

static int check_person(const pni_pass *t, const struct pni_asked *ask)
{
    if (!t->holder_doc_hash.len || ask->override)
        return 0;
    if (!ask->doc_hash.len)
        return is(t->realname_mode, "STRICT") ? PN_SCAN_ID_REQUIRED : 0;
    return ask->doc_hash.len == t->holder_doc_hash.len &&
                   !memcmp(ask->doc_hash.data, t->holder_doc_hash.data, ask->doc_hash.len)
               ? 0
               : PN_SCAN_ID_MISMATCH;
}

int pni_gate_decide(const pni_pass *t, const struct pni_asked *ask)
{
    int no = ask->electronic && !t->electronic ? PN_SCAN_STALE_QR : check_place(t, ask);
    no = no ? no : check_ticket(t, ask);
    if (no)
        return no;
    if (ask->out)
        return leave(t);
    no = check_inside(t, ask);
    no = no ? no : check_person(t, ask);
    if (no)
        return no;
    if (ask->override)
        return PN_SCAN_OVERRIDE;
    return t->state.v == PN_TICKET_EXITED ? PN_SCAN_OK_REENTRY : PN_SCAN_OK;
}
