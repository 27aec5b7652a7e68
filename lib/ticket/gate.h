/* SPDX-License-Identifier: Apache-2.0 */
/* gate.h — gates, the devices at them, and the scan: may this person go in now?
 *
 * A refusal is a result, not an error: the call succeeds, the scan is recorded, `result` tells. */
#ifndef PN_GATE_H
#define PN_GATE_H

#include "base/op.h"

PN_BEGIN

// clang-format off
#define PN_GATE_DIRECTIONS(W)                                                                      \
    W(GATE, IN, N_("In"), 0) W(GATE, OUT, N_("Out"), 0) W(GATE, BOTH, N_("In and out"), 0)
#define PN_DEVICE_KINDS(W)                                                                         \
    W(DEVICE, POS, N_("Point of sale"), 0) W(DEVICE, SCANNER, N_("Scanner"), 0)                    \
    W(DEVICE, TURNSTILE, N_("Turnstile"), 0) W(DEVICE, PRINTER, N_("Printer"), 0)                  \
    W(DEVICE, NODE, N_("Venue node"), 0) W(DEVICE, DISPLAY, N_("Display"), 0)
#define PN_DEVICE_STATES(W)                                                                        \
    W(DEVICE, ENROLLED, N_("Enrolled"), 'g') W(DEVICE, REVOKED, N_("Revoked"), 'b')
/* Order of the checks: the first that fails wins. */
#define PN_SCAN_RESULTS(W)                                                                         \
    W(SCAN, OK, N_("Go in"), 'g') W(SCAN, OK_REENTRY, N_("Go in again"), 'g')                      \
    W(SCAN, OK_REPEAT, N_("Scanned a moment ago"), 'g') W(SCAN, OK_EXIT, N_("Goodbye"), 'g')       \
    W(SCAN, OVERRIDE, N_("Let in by a supervisor"), 'g')                                           \
    W(SCAN, REVERSED, N_("Entry undone"), 'd')                                                     \
    W(SCAN, DEVICE_REVOKED, N_("This device may not verify"), 'b')                                 \
    W(SCAN, UNKNOWN_CODE, N_("Not a ticket"), 'b')                                                 \
    W(SCAN, BAD_SIGNATURE, N_("Forged or damaged code"), 'b')                                      \
    W(SCAN, STALE_QR, N_("This kind of code is not admitted"), 'b')                                \
    W(SCAN, WRONG_SESSION, N_("Ticket of another session"), 'b')                                   \
    W(SCAN, SESSION_OFF, N_("The session does not take place"), 'b')                               \
    W(SCAN, TOO_EARLY, N_("Doors are not open yet"), 'w')                                          \
    W(SCAN, TOO_LATE, N_("The session is over"), 'b')                                              \
    W(SCAN, WRONG_GATE, N_("Other entrance"), 'w')                                                 \
    W(SCAN, SUPERSEDED, N_("Replaced by a newer ticket"), 'b')                                     \
    W(SCAN, VOIDED, N_("Voided"), 'b') W(SCAN, REFUNDED, N_("Refunded"), 'b')                      \
    W(SCAN, FROZEN, N_("Frozen: send to the box office"), 'b')                                     \
    W(SCAN, UNPAID, N_("Not paid"), 'b') W(SCAN, DUPLICATE, N_("Already inside"), 'b')             \
    W(SCAN, NOT_INSIDE, N_("Not inside"), 'b')                                                     \
    W(SCAN, NO_REENTRY, N_("Leaving is final"), 'w')                                               \
    W(SCAN, REENTRY_LIMIT, N_("No further re-entry"), 'b')                                         \
    W(SCAN, PASSBACK, N_("Left through another gate a moment ago"), 'b')                           \
    W(SCAN, ID_REQUIRED, N_("Check the identity document"), 'w')                                   \
    W(SCAN, ID_MISMATCH, N_("Document of another person"), 'b')
// clang-format on
enum { PN_GATE_DIRECTION_UNSET, PN_GATE_DIRECTIONS(PN_WORD_ENUM) };
enum { PN_DEVICE_KIND_UNSET, PN_DEVICE_KINDS(PN_WORD_ENUM) };
enum { PN_DEVICE_STATE_UNSET, PN_DEVICE_STATES(PN_WORD_ENUM) };
enum { PN_SCAN_UNSET, PN_SCAN_RESULTS(PN_WORD_ENUM) };
extern const pn_words pn_gate_directions[], pn_device_kinds[], pn_device_states[],
    pn_scan_results[];

typedef struct pn_gate {
    int64_t id;
    const char *code, *name, *hall;
    int64_t hall_id;
    pn_texts groups; /* empty: every group */
    pn_word direction;
    pn_time created_at, updated_at;
    int version;
} pn_gate;
extern const pn_type pn_gate_t;

struct pn_gate_create {
    const char *code, *name;
    int64_t hall;
    pn_texts groups;
    pn_word direction;
};
struct pn_gate_show { int64_t id; };

typedef struct pn_device {
    int64_t id;
    const char *sn, *name;
    pn_word kind;
    int64_t venue_id, gate_id;
    const char *gate;
    pn_word state;
    pn_time created_at, updated_at;
    int version;
} pn_device;
extern const pn_type pn_device_t;

struct pn_device_enrol {
    const char *sn, *name;
    pn_word kind;
    int64_t venue, gate;
};
struct pn_device_revoke { int64_t id; const char *reason; };
struct pn_device_show { int64_t id; };

/** One scan. `at` of a DUPLICATE is now; `first_at` and `first_gate` tell of the entry before. */
typedef struct pn_scan {
    int64_t id;
    pn_word result;
    const char *message; /* one sentence for the screen of the gate */
    const char *ticket_no, *show, *tier, *seat_key, *holder, *gate;
    pn_time start_at, first_at;
    const char *first_gate, *right_gate;
    int entry_count;
    pn_word direction;
    int64_t ticket_id, session_id, gate_id, device_id, staff_id;
    const char *note;
    pn_time at;
} pn_scan;
extern const pn_type pn_scan_t;

struct pn_gate_verify {
    const char *code;
    int64_t session, gate, device;
    pn_word direction;
    const char *doc; /* number of the identity document, for real-name sessions */
};
struct pn_gate_reverse { int64_t id; const char *reason; };
struct pn_gate_override {
    const char *code;
    int64_t session, gate, device;
    const char *reason;
};
struct pn_scan_show { int64_t id; };

PN_MUST int pn_gate_create(pn *p, const struct pn_gate_create *in, pn_gate *out);
PN_MUST int pn_gate_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_gate_show(pn *p, const struct pn_gate_show *in, pn_gate *out);
/** Verify a code at a gate. Never lets a ticket in twice, whoever asks at the same moment. */
PN_MUST int pn_gate_verify(pn *p, const struct pn_gate_verify *in, pn_scan *out);
/** Undo an entry by the number of its scan: within ten minutes, later only by a supervisor. */
PN_MUST int pn_gate_reverse(pn *p, const struct pn_gate_reverse *in, pn_scan *out);
/** Let a genuine, live ticket in against time, gate, session window, older print or document. */
PN_MUST int pn_gate_override(pn *p, const struct pn_gate_override *in, pn_scan *out);

PN_MUST int pn_device_enrol(pn *p, const struct pn_device_enrol *in, pn_device *out);
PN_MUST int pn_device_revoke(pn *p, const struct pn_device_revoke *in, pn_device *out);
PN_MUST int pn_device_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_device_show(pn *p, const struct pn_device_show *in, pn_device *out);

PN_MUST int pn_scan_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_scan_show(pn *p, const struct pn_scan_show *in, pn_scan *out);

PN_END
#endif
