/* SPDX-License-Identifier: Apache-2.0 */
/* admit.c — the scan. Read what is true, decide (decide.c), then change the ticket only if nothing
 * that was looked at has changed meanwhile: of two gates with copies of one code exactly one wins,
 * and the other decides again and sees a duplicate. */
#include "ticket/gate_int.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/policy_int.h"
#include "order/order_int.h"

enum { TRIES = 4, CODE_MAX = 512 };

static PN_TYPE(verify_t, "gate.verify", struct pn_gate_verify,
    PN_COL(struct pn_gate_verify, code, N_("Ticket code"), .flags = PN_REQ | PN_ARG | PN_PII,
           .max = 511),
    PN_COL(struct pn_gate_verify, session, N_("Session"), .flags = PN_OPT, .ref = "session",
           .hint = N_("refuse tickets of other sessions")),
    PN_COL(struct pn_gate_verify, gate, N_("Gate"), .flags = PN_OPT, .ref = "gate"),
    PN_COL(struct pn_gate_verify, device, N_("Device"), .flags = PN_OPT, .ref = "device"),
    PN_COL(struct pn_gate_verify, direction, N_("Direction"), .words = pn_gate_directions,
           .hint = N_("IN or OUT; default IN")),
    PN_COL(struct pn_gate_verify, doc, N_("Identity document"), .flags = PN_PII, .max = 40));
static PN_TYPE(reverse_t, "gate.reverse", struct pn_gate_reverse,
    PN_COL(struct pn_gate_reverse, id, N_("Scan"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "scan"),
    PN_COL(struct pn_gate_reverse, reason, N_("Reason"), .flags = PN_REQ, .max = 200));
static PN_TYPE(override_t, "gate.override", struct pn_gate_override,
    PN_COL(struct pn_gate_override, code, N_("Ticket code"), .flags = PN_REQ | PN_ARG | PN_PII,
           .max = 511),
    PN_COL(struct pn_gate_override, session, N_("Session"), .flags = PN_OPT,
           .ref = "session"),
    PN_COL(struct pn_gate_override, gate, N_("Gate"), .flags = PN_OPT, .ref = "gate"),
    PN_COL(struct pn_gate_override, device, N_("Device"), .flags = PN_OPT, .ref = "device"),
    PN_COL(struct pn_gate_override, reason, N_("Reason"), .flags = PN_REQ, .max = 200));

static PN_TYPE(pass_t, "gate.pass", pni_pass, PN_COL(pni_pass, id, ""),
    PN_COL(pni_pass, session_id, ""), PN_COL(pni_pass, order_id, "", .flags = PN_OPT),
    PN_COL(pni_pass, hall_id, ""), PN_COL(pni_pass, venue_id, ""),
    PN_COL(pni_pass, ticket_no, ""), PN_COL(pni_pass, show, ""), PN_COL(pni_pass, tier, ""),
    PN_COL(pni_pass, seat_key, ""), PN_COL(pni_pass, gate_group, ""),
    PN_COL(pni_pass, state, "", .words = pn_ticket_states), PN_COL(pni_pass, issue_no, ""),
    PN_COL(pni_pass, print_no, ""), PN_COL(pni_pass, entry_count, ""),
    PN_COL(pni_pass, start_at, ""), PN_COL(pni_pass, doors_at, ""), PN_COL(pni_pass, end_at, ""),
    PN_COL(pni_pass, last_at, ""), PN_COL(pni_pass, last_gate_id, "", .flags = PN_OPT),
    PN_COL(pni_pass, last_device_id, "", .flags = PN_OPT), PN_COL(pni_pass, last_gate, ""),
    PN_COL(pni_pass, session_status, ""), PN_COL(pni_pass, order_status, ""),
    PN_COL(pni_pass, seat_state, ""), PN_COL(pni_pass, realname_mode, ""),
    PN_COL(pni_pass, holder_name, ""), PN_COL(pni_pass, holder_doc_hash, ""),
    PN_COL(pni_pass, reentry_allowed, ""), PN_COL(pni_pass, electronic, ""),
    PN_COL(pni_pass, reentries, ""), PN_COL(pni_pass, repeat_s, ""),
    PN_COL(pni_pass, passback_min, ""), PN_COL(pni_pass, no_end_min, ""));

typedef struct find_in {
    int64_t id, session_id;
    pn_bytes code_hash;
} find_in;
static PN_TYPE(find_t, "gate.find", find_in, PN_COL(find_in, id, ""),
    PN_COL(find_in, session_id, "", .flags = PN_OPT), PN_COL(find_in, code_hash, ""));

static const pn_sql pass_of = {"gate_pass", &find_t, &pass_t,
    "SELECT t.id, t.session_id, t.order_id, s.hall_id, l.venue_id, t.ticket_no, h.title AS show,"
    "  r.name AS tier, t.seat_key, t.gate_group, t.state, t.issue_no, t.print_no, t.entry_count,"
    "  s.start_at, s.doors_at, s.end_at, t.last_at, t.last_gate_id, t.last_device_id,"
    "  g.name AS last_gate, s.status AS session_status, o.status AS order_status,"
    "  e.state AS seat_state, h.realname_mode, t.holder_name, t.holder_doc_hash,"
    "  s.reentry_allowed, 'static_qr' = ANY(s.ticket_modes) AS electronic,"
    "  " PNI_POLICY("gate.reentries") " AS reentries,"
    "  " PNI_POLICY("gate.repeat_s") " AS repeat_s,"
    "  " PNI_POLICY("gate.passback_min") " AS passback_min,"
    "  " PNI_POLICY("gate.no_end_min") " AS no_end_min"
    " FROM ticket t JOIN session s ON s.id = t.session_id JOIN show h ON h.id = s.show_id"
    " JOIN hall l ON l.id = s.hall_id JOIN tier r ON r.id = t.tier_id"
    " LEFT JOIN gate g ON g.id = t.last_gate_id"
    " LEFT JOIN orders o ON o.sk = t.sk AND o.id = t.order_id"
    " LEFT JOIN order_seat e ON e.sk = t.sk AND e.order_id = t.order_id AND e.no = t.seat_no"
    " WHERE t.sk = :id# AND t.id = :id"};

static const pn_sql by_code = {"gate_by_foreign_code", &find_t, &find_t,
    "SELECT c.ticket_id AS id, t.session_id FROM ticket_code c"
    " JOIN ticket t ON t.sk = c.sk AND t.id = c.ticket_id JOIN session s ON s.id = t.session_id"
    " WHERE c.code_hash = :code_hash"
    "  AND (:session_id::bigint IS NULL OR c.sk = (:session_id::bigint & 4095)::int)"
    " ORDER BY (t.session_id = coalesce(:session_id::bigint, 0)) DESC, (s.start_at >= :now) DESC,"
    "  s.start_at LIMIT 1"};

typedef struct change_in {
    int64_t id, gate_id, device_id;
    const char *from, *to;
    int issue_no, print_no, entry_count, add;
    pn_time last_at;
} change_in;
static PN_TYPE(change_t, "gate.change", change_in, PN_COL(change_in, id, ""),
    PN_COL(change_in, gate_id, "", .flags = PN_OPT),
    PN_COL(change_in, device_id, "", .flags = PN_OPT), PN_COL(change_in, from, ""),
    PN_COL(change_in, to, ""), PN_COL(change_in, issue_no, ""), PN_COL(change_in, print_no, ""),
    PN_COL(change_in, entry_count, ""), PN_COL(change_in, add, ""), PN_COL(change_in, last_at, ""));

/* The compare-and-swap of the gate. */
static const pn_sql change = {"gate_change", &change_t, NULL,
    "UPDATE ticket SET state = :to, entry_count = entry_count + :add, last_gate_id = :gate_id,"
    "  last_device_id = :device_id, last_at = :now, updated_at = :now, version = version + 1"
    " WHERE sk = :id# AND id = :id AND state = :from AND issue_no = :issue_no"
    "  AND print_no = :print_no AND entry_count = :entry_count"};

static const pn_sql undo = {"gate_undo", &change_t, NULL,
    "UPDATE ticket SET state = 'ISSUED', entry_count = entry_count - 1, updated_at = :now,"
    "  version = version + 1"
    " WHERE sk = :id# AND id = :id AND state = 'VERIFIED' AND entry_count > 0"
    "  AND last_at = :last_at"};

typedef struct right_in {
    int64_t hall_id;
    const char *gate_group, *name;
} right_in;
static PN_TYPE(right_t, "gate.right", right_in, PN_COL(right_in, hall_id, ""),
    PN_COL(right_in, gate_group, ""), PN_COL(right_in, name, ""));
static const pn_sql right_gates = {"gate_right", &right_t, &right_t,
    "SELECT coalesce(string_agg(name, ', ' ORDER BY code), '') AS name FROM gate"
    " WHERE hall_id = :hall_id AND (groups = '{}' OR :gate_group = ANY(groups))"
    "  AND direction <> 'OUT'"};

typedef struct scan_row {
    int64_t id, session_id, device_id, gate_id, ticket_id;
    pn_bytes code_hash;
    const char *direction, *result, *note;
} scan_row;
static PN_TYPE(scan_row_t, "gate.scan", scan_row, PN_COL(scan_row, id, ""),
    PN_COL(scan_row, session_id, "", .flags = PN_OPT),
    PN_COL(scan_row, device_id, "", .flags = PN_OPT),
    PN_COL(scan_row, gate_id, "", .flags = PN_OPT),
    PN_COL(scan_row, ticket_id, "", .flags = PN_OPT), PN_COL(scan_row, code_hash, ""),
    PN_COL(scan_row, direction, ""), PN_COL(scan_row, result, ""), PN_COL(scan_row, note, ""));
static const pn_sql put_scan = {"gate_scan_put", &scan_row_t, NULL,
    "INSERT INTO scan_event (sk, id, session_id, device_id, gate_id, staff_id, code_hash,"
    "  ticket_id,"
    "  direction, result, note, at)"
    " VALUES (:id#, :id, :session_id, :device_id, :gate_id, :me, :code_hash, :ticket_id,"
    "  :direction,"
    "  :result, :note, :now)"};

/* ---- recognising the code ---- */

struct scan {
    pn *p;
    struct pni_asked ask;
    const char *code, *note;
    pn_bytes code_hash;
    int64_t ticket_id;
    pni_pass pass; /* id 0: not known */
};

/* The ticket a signed code names; PN_SCAN_BAD_SIGNATURE when it is not ours. */
static int read_pn1(struct scan *s, const char *code, int *result)
{
    pn_pn1 pn1 = {0};
    unsigned char raw[PN_PN1_BYTES], pub[PN_KEY_PUBLIC];
    bool known = false;
    *result = PN_SCAN_BAD_SIGNATURE;
    if (pn_pn1_read(code, &pn1, raw))
        return 0;
    PN_TRY(pni_sign_key_public(s->p, pn1.key, pub, &known));
    if (!known || !pn_pn1_good(raw, pub))
        return 0;
    *result = 0;
    s->ticket_id = pn1.ticket;
    s->ask.issue = pn1.issue;
    s->ask.print = pn1.print;
    s->ask.electronic = !(pn1.flags & PN_PN1_PAPER);
    return 0;
}

static int read_barcode(struct scan *s, const char *code, int *result)
{
    bool good = false;
    PN_TRY(pni_barcode_known(s->p, code, &good));
    *result = good && !pn_barcode_read(code, &s->ticket_id, &s->ask.print)
                  ? 0
                  : PN_SCAN_BAD_SIGNATURE;
    return 0;
}

static int read_foreign(struct scan *s, int *result)
{
    find_in in = {.session_id = s->ask.session_id, .code_hash = s->code_hash}, got;
    int rc = pn_one(s->p, &by_code, &in, &got);
    if (rc && rc != PN_ENONE)
        return rc;
    *result = rc ? PN_SCAN_UNKNOWN_CODE : 0;
    s->ticket_id = rc ? 0 : got.id;
    return 0;
}

static int recognise(struct scan *s, int *result)
{
    char *clean = pn_alloc(s->p, CODE_MAX);
    if (!clean)
        return pn_fail(s->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    pn_code_kind kind = pn_code_kind_of(s->code, clean, CODE_MAX);
    PN_TRY(pni_code_hash(s->p, clean, &s->code_hash));
    s->ask.issue = s->ask.print = -1;
    if (kind == PN_CODE_PN1)
        PN_TRY(read_pn1(s, clean, result));
    else if (kind == PN_CODE_BARCODE)
        PN_TRY(read_barcode(s, clean, result));
    else if (kind != PN_CODE_NONE)
        PN_TRY(read_foreign(s, result));
    else
        *result = PN_SCAN_UNKNOWN_CODE;
    if (*result)
        return 0;
    int rc = pn_one(s->p, &pass_of, &(find_in){.id = s->ticket_id}, &s->pass);
    if (rc == PN_ENONE)
        *result = PN_SCAN_UNKNOWN_CODE;
    return rc == PN_ENONE ? 0 : rc;
}

/* ---- the device ---- */

/* Enrolled, of a kind that verifies, at its own gate. */
static int check_device(struct scan *s, pn_device *d, int *result)
{
    if (!s->ask.device_id)
        return 0;
    int rc = pn_device_show(s->p, &(struct pn_device_show){s->ask.device_id}, d);
    if (rc && rc != PN_ENONE)
        return rc;
    bool good = !rc && d->state.v == PN_DEVICE_ENROLLED && d->kind.v != PN_DEVICE_PRINTER &&
                d->kind.v != PN_DEVICE_DISPLAY &&
                (!d->gate_id || !s->ask.gate_id || d->gate_id == s->ask.gate_id);
    if (!good)
        *result = PN_SCAN_DEVICE_REVOKED;
    else if (!s->ask.gate_id)
        s->ask.gate_id = d->gate_id;
    return 0;
}

static int hash_doc(struct scan *s, const char *doc)
{
    char *clean = doc ? pn_alloc(s->p, strlen(doc) + 1) : NULL;
    size_t n = 0;
    if (!clean)
        return 0;
    for (; *doc; doc++)
        if (!isspace((unsigned char)*doc) && *doc != '-')
            clean[n++] = (char)toupper((unsigned char)*doc);
    return n ? pni_pii_hash(s->p, "doc", clean, &s->ask.doc_hash) : 0;
}

/* ---- the change ---- */

static int apply(struct scan *s, int result, bool *lost)
{
    const pni_pass *t = &s->pass;
    const char *event = s->ask.out ? "exit" : "verify";
    int64_t changed = 0;
    *lost = false;
    if (result != PN_SCAN_OK && result != PN_SCAN_OK_REENTRY && result != PN_SCAN_OK_EXIT &&
        result != PN_SCAN_OVERRIDE)
        return 0;
    const pn_edge *edge = pn_edge_find(&pni_ticket_fsm, t->state, event);
    if (!edge)
        return pn_fail(s->p, PN_EINTERNAL, NULL, "no way to %s from %s", event,
                       pn_word_name(pn_ticket_states, t->state));
    const change_in in = {.id = t->id, .gate_id = s->ask.gate_id, .device_id = s->ask.device_id,
                          .from = edge->from, .to = edge->to, .issue_no = t->issue_no,
                          .print_no = t->print_no, .entry_count = t->entry_count,
                          .add = s->ask.out ? 0 : 1};
    PN_TRY(pn_exec(s->p, &change, &in, &changed));
    *lost = changed == 0;
    if (*lost)
        return 0;
    const char *word = s->ask.out ? "EXITED" : s->ask.override ? "OVERRIDE" : "VERIFIED";
    return pni_ticket_log(s->p, t->id, word, s->ask.gate_id, s->ask.device_id, s->note);
}

static int decide(struct scan *s, const pn_device *device, int *result)
{
    for (int tries = 0; tries < TRIES; tries++) {
        bool lost = false;
        if (tries)
            PN_TRY(pn_one(s->p, &pass_of, &(find_in){.id = s->ticket_id}, &s->pass));
        *result = s->ask.device_id && device->venue_id && device->venue_id != s->pass.venue_id
                      ? PN_SCAN_DEVICE_REVOKED
                      : pni_gate_decide(&s->pass, &s->ask);
        PN_TRY(apply(s, *result, &lost));
        if (!lost)
            return 0;
    }
    return pn_fail(s->p, PN_ECONFLICT, "code", pn_tr("The ticket is being changed; scan again"));
}

/* ---- the answer ---- */

static int tell(struct scan *s, pn_scan *out)
{
    pn *p = s->p;
    const char *label = pn_word_label(pn_scan_results, out->result);
    char first[64] = "";
    if (out->first_at.us) {
        const pn_col at = PN_COL(pn_scan, first_at, "");
        snprintf(first, sizeof(first), "%s", pn_show(p, &at, out));
    }
    if (out->result.v == PN_SCAN_WRONG_GATE && out->right_gate && *out->right_gate)
        out->message = pn_printf(p, pn_tr("%s: go to %s"), label, out->right_gate);
    else if (out->result.v == PN_SCAN_DUPLICATE)
        out->message = out->first_gate
                           ? pn_printf(p, pn_tr("%s since %s, %s"), label, first, out->first_gate)
                           : pn_printf(p, pn_tr("%s since %s"), label, first);
    else
        out->message = label;
    return out->message ? 0 : pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static int answer(struct scan *s, int result, pn_scan *out)
{
    const pni_pass *t = &s->pass;
    const char *name = NULL;
    *out = (pn_scan){.result = {(int16_t)result}, .ticket_no = t->ticket_no, .show = t->show,
                     .tier = t->tier, .seat_key = t->seat_key, .gate = s->ask.gate.name,
                     .start_at = t->start_at, .ticket_id = t->id,
                     .session_id = t->id ? t->session_id : s->ask.session_id,
                     .gate_id = s->ask.gate_id, .device_id = s->ask.device_id,
                     .staff_id = pn_who(s->p)->id, .note = s->note, .at = s->ask.now,
                     .direction = {s->ask.out ? PN_GATE_OUT : PN_GATE_IN}};
    bool in = result == PN_SCAN_OK || result == PN_SCAN_OK_REENTRY || result == PN_SCAN_OVERRIDE;
    out->entry_count = t->entry_count + (in ? 1 : 0);
    if (result == PN_SCAN_DUPLICATE || result == PN_SCAN_OK_REPEAT) {
        out->first_at = t->last_at;
        out->first_gate = t->last_gate;
    }
    if (t->holder_name.len) {
        PN_TRY(pni_pii_open(s->p, t->order_id, t->holder_name, &name));
        out->holder = name ? pni_mask_name(s->p, name) : NULL;
    }
    if (result == PN_SCAN_WRONG_GATE) {
        right_in right = {.hall_id = t->hall_id, .gate_group = t->gate_group};
        PN_TRY(pn_one(s->p, &right_gates, &right, &right));
        out->right_gate = right.name;
    }
    return tell(s, out);
}

static int record(struct scan *s, pn_scan *out)
{
    scan_row row = {.session_id = out->session_id, .device_id = out->device_id,
                    .gate_id = out->gate_id, .ticket_id = out->ticket_id,
                    .code_hash = s->code_hash,
                    .direction = pn_word_name(pn_gate_directions, out->direction),
                    .result = pn_word_name(pn_scan_results, out->result), .note = s->note};
    PN_TRY(pn_new_id(s->p, pn_sk(out->session_id), &row.id));
    out->id = row.id;
    return pn_queue(s->p, &put_scan, &row, 0, NULL, NULL);
}

static int scan(struct scan *s, const char *doc, pn_scan *out)
{
    int result = 0;
    pn_device device = {0};
    s->ask.now = pn_now(s->p);
    if (!s->ask.device_id)
        s->ask.device_id = pn_who(s->p)->device;
    PN_TRY(check_device(s, &device, &result));
    if (s->ask.gate_id)
        PN_TRY(pn_gate_show(s->p, &(struct pn_gate_show){s->ask.gate_id}, &s->ask.gate));
    PN_TRY(hash_doc(s, doc));
    int recognised = 0;
    PN_TRY(recognise(s, &recognised));
    result = result ? result : recognised;
    if (!result)
        PN_TRY(decide(s, &device, &result));
    PN_TRY(answer(s, result, out));
    return record(s, out);
}

/* ---- operations ---- */

static int verify(pn *p, const struct pn_gate_verify *in, pn_scan *out)
{
    struct scan s = {.p = p, .code = in->code};
    if (in->direction.v == PN_GATE_BOTH)
        return pn_fail(p, PN_EARG, "direction", pn_tr("A scan is IN or OUT"));
    s.ask = (struct pni_asked){.session_id = in->session, .gate_id = in->gate,
                               .device_id = in->device, .out = in->direction.v == PN_GATE_OUT};
    return scan(&s, in->doc, out);
}

static int override(pn *p, const struct pn_gate_override *in, pn_scan *out)
{
    struct scan s = {.p = p, .code = in->code, .note = in->reason};
    s.ask = (struct pni_asked){.session_id = in->session, .gate_id = in->gate,
                               .device_id = in->device, .override = true};
    PN_TRY(scan(&s, NULL, out));
    return pn_audit(p, "ticket", out->ticket_id, &pn_scan_t, NULL, out, in->reason);
}

static int reverse(pn *p, const struct pn_gate_reverse *in, pn_scan *out)
{
    pn_scan old;
    int64_t changed = 0, minutes = 0;
    PN_TRY(pn_scan_show(p, &(struct pn_scan_show){in->id}, &old));
    bool entry = old.result.v == PN_SCAN_OK || old.result.v == PN_SCAN_OK_REENTRY ||
                 old.result.v == PN_SCAN_OVERRIDE;
    if (!entry)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("Scan %" PRId64 " let nobody in"), in->id);
    PN_TRY(pni_policy(p, "gate.reverse_min", &minutes));
    if (pn_now(p).us - old.at.us > minutes * INT64_C(60000000) &&
        !(pn_who(p)->roles & (PN_ROLE_OPS | PN_ROLE_ADMIN))) {
        pn_fail(p, PN_EPERM, "id", pn_tr("The entry is more than %lld minutes old"),
                (long long)minutes);
        return pn_hint(p, pn_tr("a supervisor can still undo it"));
    }
    PN_TRY(pn_exec(p, &undo, &(change_in){.id = old.ticket_id, .last_at = old.at}, &changed));
    if (!changed)
        return pn_fail(p, PN_ESTATE, "id",
                       pn_tr("Scan %" PRId64 " is not the entry by which ticket %s is inside"),
                       in->id, old.ticket_no);
    struct scan s = {.p = p, .note = in->reason, .code_hash = {"", 1}};
    PN_TRY(pni_ticket_log(p, old.ticket_id, "REVERSED", old.gate_id, old.device_id, in->reason));
    *out = old;
    out->result.v = PN_SCAN_REVERSED;
    out->message = pn_word_label(pn_scan_results, out->result);
    out->note = in->reason;
    out->at = pn_now(p);
    out->entry_count--;
    PN_TRY(record(&s, out));
    return pn_audit(p, "ticket", old.ticket_id, &pn_scan_t, &old, out, in->reason);
}

#define GATE_OP(verb_, fn_, in_type, ...)                                                          \
    static int verb_##_run(pn *p, const void *in, void *out)                                       \
    {                                                                                              \
        return fn_(p, in, out);                                                                    \
    }                                                                                              \
    const pn_op pni_gate_##verb_##_op = {.noun = "gate", .verb = #verb_, .in = &(in_type),         \
        .out = &pn_scan_t, .run = verb_##_run, __VA_ARGS__};                                       \
    int pn_gate_##verb_(pn *p, const struct pn_gate_##verb_ *in, pn_scan *out)                     \
    {                                                                                              \
        return pn_call(p, &pni_gate_##verb_##_op, in, out);                                        \
    }

GATE_OP(verify, verify, verify_t, .brief = N_("Verify a code at a gate"),
    .help = N_("A refusal is a result, not an error; \"pn gate verify\" then ends with status 8. "
               "Understood are the signed code, the printed barcode and\nimported codes. Every "
               "scan is recorded."),
    .may = PN_ROLE_GATE | PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_SYSTEM,
    .flags = PN_WRITE | PN_ONCE | PN_VERDICT, .example = "pn gate verify PN1… --gate A1")
GATE_OP(reverse, reverse, reverse_t, .brief = N_("Undo an entry"),
    .help = N_("By the number of its scan: soon after it (rule gate.reverse_min), later only by a "
               "supervisor."),
    .may = PN_ROLE_BOXOFFICE | PN_ROLE_GATE | PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .lasting = N_("Admit the ticket once more at the gate"))
GATE_OP(override, override, override_t, .brief = N_("Let a genuine ticket in against the rules"),
    .help = N_("Skips time, gate, older prints and the document; never a forged, dead or used "
               "ticket."),
    .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE | PN_DANGER)

const pn_module pn_admit_module = {"admit", N_("Admission"), .ops = PN_LIST(pn_op, NULL),
    .sql = PN_LIST(pn_sql, &pass_of, &by_code, &change, &undo, &right_gates, &put_scan)};
