/* SPDX-License-Identifier: Apache-2.0 */
/* scanlog.c — every scan that was ever made, the refused ones too. */
#include "base/sql_int.h"
#include "ticket/gate.h"

#include <inttypes.h>

const pn_words pn_scan_results[] = {PN_SCAN_RESULTS(PN_WORD_ROW){0}};

PN_TYPE(pn_scan_t, "scan", pn_scan,
    PN_COL(pn_scan, id, N_("Scan"), .flags = PN_KEY | PN_SORT, .sql = "v.id"),
    PN_COL(pn_scan, result, N_("Result"), .flags = PN_BRIEF, .words = pn_scan_results,
           .sql = "v.result"),
    PN_COL(pn_scan, message, N_("Message"), .flags = PN_NOFILTER, .sql = "NULL::text"),
    PN_COL(pn_scan, ticket_no, N_("Ticket number"), .flags = PN_BRIEF, .sql = "t.ticket_no"),
    PN_COL(pn_scan, show, N_("Show"), .flags = PN_BRIEF, .sql = "h.title"),
    PN_COL(pn_scan, tier, N_("Tier"), .flags = PN_BRIEF, .sql = "r.name"),
    PN_COL(pn_scan, seat_key, N_("Seat"), .sql = "t.seat_key"),
    PN_COL(pn_scan, holder, N_("Holder"), .flags = PN_NOFILTER | PN_PII, .sql = "NULL::text"),
    PN_COL(pn_scan, gate, N_("Gate"), .flags = PN_BRIEF, .sql = "g.name"),
    PN_COL(pn_scan, start_at, N_("Start"), .sql = "s.start_at"),
    PN_COL(pn_scan, first_at, N_("Entered first at"), .flags = PN_NOFILTER,
           .sql = "NULL::timestamptz"),
    PN_COL(pn_scan, first_gate, N_("First gate"), .flags = PN_NOFILTER, .sql = "NULL::text"),
    PN_COL(pn_scan, right_gate, N_("Right gate"), .flags = PN_NOFILTER, .sql = "NULL::text"),
    PN_COL(pn_scan, entry_count, N_("Entries"), .flags = PN_NOFILTER,
           .sql = "coalesce(t.entry_count, 0)"),
    PN_COL(pn_scan, direction, N_("Direction"), .words = pn_gate_directions,
           .sql = "v.direction"),
    PN_COL(pn_scan, ticket_id, N_("Ticket"), .flags = PN_OPT, .ref = "ticket",
           .sql = "v.ticket_id"),
    PN_COL(pn_scan, session_id, N_("Session"), .flags = PN_OPT, .ref = "session",
           .sql = "v.session_id"),
    PN_COL(pn_scan, gate_id, N_("Gate ID"), .flags = PN_OPT, .ref = "gate", .sql = "v.gate_id"),
    PN_COL(pn_scan, device_id, N_("Device"), .flags = PN_OPT, .ref = "device",
           .sql = "v.device_id"),
    PN_COL(pn_scan, staff_id, N_("Staff"), .flags = PN_OPT, .ref = "staff", .sql = "v.staff_id"),
    PN_COL(pn_scan, note, N_("Note"), .sql = "v.note"),
    PN_COL(pn_scan, at, N_("Time"), .flags = PN_BRIEF | PN_SORT, .sql = "v.at"));

static PN_TYPE(show_in_t, "scan.show", struct pn_scan_show,
    PN_COL(struct pn_scan_show, id, N_("Scan"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "scan"));

#define SCANS                                                                                      \
    "scan_event v LEFT JOIN ticket t ON t.sk = v.sk AND t.id = v.ticket_id"                       \
    " LEFT JOIN session s ON s.id = v.session_id LEFT JOIN show h ON h.id = s.show_id"            \
    " LEFT JOIN tier r ON r.id = t.tier_id LEFT JOIN gate g ON g.id = v.gate_id"

static const pn_sql by_id = {"scan_by_id", &show_in_t, &pn_scan_t,
    "SELECT v.id, v.result, t.ticket_no, h.title AS show, r.name AS tier, t.seat_key,"
    "  g.name AS gate, s.start_at, coalesce(t.entry_count, 0) AS entry_count, v.direction,"
    "  v.ticket_id, v.session_id, v.gate_id, v.device_id, v.staff_id, v.note, v.at"
    " FROM " SCANS " WHERE v.sk = :id# AND v.id = :id"};
static const pn_list_spec all = {.row = &pn_scan_t, .from = SCANS, .key = "v.id", .sort = "-at"};

static int show(pn *p, const struct pn_scan_show *in, pn_scan *out)
{
    int rc = pn_one(p, &by_id, in, out);
    if (rc)
        return rc == PN_ENONE ? pn_fail(p, rc, "id", pn_tr("There is no scan %" PRId64), in->id)
                              : rc;
    out->message = pn_word_label(pn_scan_results, out->result);
    return 0;
}

PN_OP_LIST(scan, list, all, .brief = N_("List scans, refused ones too"), .out = &pn_scan_t,
    .may = PN_ROLE_OPS | PN_ROLE_GATE | PN_ROLE_BOXOFFICE | PN_ROLE_SYSTEM,
    .example = "pn scan list --where 'result!=OK at>1h'")
PN_OP(scan, show, pn_scan, .brief = N_("Show a scan"), .in = &show_in_t, .out = &pn_scan_t,
    .may = PN_ROLE_OPS | PN_ROLE_GATE | PN_ROLE_BOXOFFICE | PN_ROLE_SYSTEM)

const pn_module pn_scan_module = {"scan", N_("Scans"),
    .ops = PN_LIST(pn_op, &scan_list_op, &scan_show_op), .sql = PN_LIST(pn_sql, &by_id)};
