/* SPDX-License-Identifier: Apache-2.0 */
/* ticket.c — what a ticket is and what may happen to it. Issuing is
 * issue.c's, printing printjob.c's, the gate admit.c's. */
#include "order/order_int.h"
#include "ticket/ticket_int.h"

#include <inttypes.h>
#include <stdlib.h>

const pn_words pn_ticket_states[] = {PN_TICKET_STATES(PN_WORD_ROW){0}};
const pn_words pn_ticket_kinds[] = {PN_TICKET_KINDS(PN_WORD_ROW){0}};

static const pn_words happened[] = {
    {"ISSUED", N_("Issued"), 0},     {"PRINTED", N_("Printed"), 0},
    {"PRINT_SPOILED", N_("Print spoiled"), 0}, {"PRINT_UNKNOWN", N_("Print not known"), 0},
    {"REISSUED", N_("Issued anew"), 0},
    {"VERIFIED", N_("Let in"), 0},   {"EXITED", N_("Gone out"), 0},
    {"REVERSED", N_("Entry taken back"), 0}, {"CODE_SHOWN", N_("Code shown"), 0},
    {"GATES", N_("Other gates"), 0}, {"VOIDED", N_("Voided"), 0},
    {"OVERRIDE", N_("Let in by a supervisor"), 0}, {"EXPIRED", N_("Expired"), 0}, {0}};
PN_TYPE(pn_ticket_event_t, "ticket.event", pn_ticket_event,
    PN_COL(pn_ticket_event, id, N_("ID"), .flags = PN_KEY),
    PN_COL(pn_ticket_event, at, N_("Time"), .flags = PN_BRIEF),
    PN_COL(pn_ticket_event, event, N_("Event"), .flags = PN_BRIEF, .words = happened),
    PN_COL(pn_ticket_event, gate, N_("Gate"), .flags = PN_BRIEF),
    PN_COL(pn_ticket_event, staff, N_("Staff"), .flags = PN_BRIEF),
    PN_COL(pn_ticket_event, note, N_("Note"), .flags = PN_BRIEF));

PN_TYPE(pn_ticket_t, "ticket", pn_ticket,
    PN_COL(pn_ticket, id, N_("ID"), .flags = PN_KEY | PN_SORT, .sql = "t.id"),
    PN_COL(pn_ticket, ticket_no, N_("Ticket number"), .flags = PN_BRIEF, .sql = "t.ticket_no"),
    PN_COL(pn_ticket, show, N_("Show"), .flags = PN_BRIEF, .sql = "h.title"),
    PN_COL(pn_ticket, start_at, N_("Start"), .flags = PN_BRIEF | PN_SORT, .sql = "s.start_at"),
    PN_COL(pn_ticket, tier, N_("Tier"), .flags = PN_BRIEF, .sql = "r.name"),
    PN_COL(pn_ticket, seat_key, N_("Seat"), .sql = "t.seat_key"),
    PN_COL(pn_ticket, face_price_fen, N_("Face price"), .sql = "t.face_price_fen"),
    PN_COL(pn_ticket, state, N_("State"), .flags = PN_BRIEF, .words = pn_ticket_states,
           .sql = "t.state"),
    PN_COL(pn_ticket, kind, N_("Kind"), .words = pn_ticket_kinds, .sql = "t.kind"),
    PN_COL(pn_ticket, order_no, N_("Order number"), .flags = PN_BRIEF, .sql = "o.no"),
    PN_COL(pn_ticket, order_id, N_("Order"), .flags = PN_OPT, .ref = "order",
           .sql = "t.order_id"),
    PN_COL(pn_ticket, session_id, N_("Session"), .ref = "session", .sql = "t.session_id"),
    PN_COL(pn_ticket, tier_id, N_("Tier ID"), .ref = "tier", .sql = "t.tier_id"),
    PN_COL(pn_ticket, seat_no, N_("Seat of the order"), .flags = PN_OPT, .sql = "t.seat_no"),
    PN_COL(pn_ticket, issue_no, N_("Issue number"), .sql = "t.issue_no"),
    PN_COL(pn_ticket, print_no, N_("Print number"), .sql = "t.print_no"),
    PN_COL(pn_ticket, gate_group, N_("Gate group"), .sql = "t.gate_group"),
    PN_COL(pn_ticket, entry_count, N_("Entries"), .sql = "t.entry_count"),
    PN_COL(pn_ticket, last_at, N_("Last scan"), .sql = "t.last_at"),
    PN_COL(pn_ticket, last_gate_id, N_("Last gate"), .flags = PN_OPT, .ref = "gate",
           .sql = "t.last_gate_id"),
    PN_COL(pn_ticket, last_device_id, N_("Last device"), .flags = PN_OPT, .ref = "device",
           .sql = "t.last_device_id"),
    PN_COL(pn_ticket, created_at, N_("Created"), .flags = PN_SORT, .sql = "t.created_at"),
    PN_COL(pn_ticket, updated_at, N_("Changed"), .sql = "t.updated_at"),
    PN_COL(pn_ticket, version, N_("Version"), .sql = "t.version"),
    PN_COL(pn_ticket, events, N_("History"), .flags = PN_NOFILTER, .of = &pn_ticket_event_t,
           .sql = "NULL::jsonb"));

static PN_TYPE(credential_t, "ticket.credential", pn_ticket_credential,
    PN_COL(pn_ticket_credential, id, N_("ID"), .flags = PN_KEY),
    PN_COL(pn_ticket_credential, ticket_no, N_("Ticket number")),
    PN_COL(pn_ticket_credential, code, N_("Ticket code"), .flags = PN_PII),
    PN_COL(pn_ticket_credential, barcode, N_("Barcode"), .flags = PN_PII),
    PN_COL(pn_ticket_credential, issue_no, N_("Issue number")),
    PN_COL(pn_ticket_credential, print_no, N_("Print number")));

static PN_TYPE(show_in_t, "ticket.show", struct pn_ticket_show,
    PN_COL(struct pn_ticket_show, id, N_("Ticket"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "ticket"));

/* All steps with a reason have this shape; their structs are the same. */
typedef struct pn_ticket_freeze step_in;
static PN_TYPE(step_t, "ticket.step", step_in,
    PN_COL(step_in, id, N_("Ticket"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "ticket"),
    PN_COL(step_in, reason, N_("Reason"), .flags = PN_REQ, .max = 200));

/* ---- SQL ---- */

#define TICKET_ROW                                                                                 \
    "SELECT t.id, t.ticket_no, h.title AS show, s.start_at, r.name AS tier, t.seat_key,"          \
    "  t.face_price_fen, t.state, t.kind, o.no AS order_no, t.order_id, t.session_id, t.tier_id," \
    "  t.seat_no, t.issue_no, t.print_no, t.gate_group, t.entry_count, t.last_at,"                \
    "  t.last_gate_id, t.last_device_id, t.created_at, t.updated_at, t.version"                   \
    " FROM ticket t JOIN session s ON s.id = t.session_id JOIN show h ON h.id = s.show_id"        \
    " JOIN tier r ON r.id = t.tier_id"                                                            \
    " LEFT JOIN orders o ON o.sk = t.sk AND o.id = t.order_id"
#define MINE                                                                                       \
    "(:my_organiser::bigint IS NULL OR h.organiser_id = :my_organiser) AND"                       \
    " (:my_merchant::bigint IS NULL)"

static const pn_sql get = {"ticket_get", &show_in_t, &pn_ticket_t,
    TICKET_ROW " WHERE t.sk = :id# AND t.id = :id AND " MINE};

static const pn_sql events = {"ticket_events", &show_in_t, &pn_ticket_event_t,
    "SELECT e.id, e.at, e.event, g.name AS gate, f.name AS staff, e.note"
    " FROM ticket_event e LEFT JOIN gate g ON g.id = e.gate_id LEFT JOIN staff f ON f.id ="
    "  e.staff_id"
    " WHERE e.sk = :id# AND e.ticket_id = :id ORDER BY e.at, e.id"};

static const pn_list_spec all = {
    .row = &pn_ticket_t,
    .from = "ticket t JOIN session s ON s.id = t.session_id JOIN show h ON h.id = s.show_id"
            " JOIN tier r ON r.id = t.tier_id"
            " LEFT JOIN orders o ON o.sk = t.sk AND o.id = t.order_id",
    .scope = MINE, .key = "t.id", .sort = "-id"};
static const pn_list_spec own = {
    .row = &pn_ticket_t,
    .from = "orders o JOIN ticket t ON t.sk = o.sk AND t.order_id = o.id"
            " JOIN session s ON s.id = t.session_id JOIN show h ON h.id = s.show_id"
            " JOIN tier r ON r.id = t.tier_id",
    .scope = "o.user_id = :me", .key = "t.id", .sort = "-id"};

typedef struct event_row {
    int64_t id, ticket_id, gate_id, device_id;
    const char *event, *note;
} event_row;
static PN_TYPE(event_t, "ticket.event_row", event_row, PN_COL(event_row, id, ""),
    PN_COL(event_row, ticket_id, ""), PN_COL(event_row, gate_id, "", .flags = PN_OPT),
    PN_COL(event_row, device_id, "", .flags = PN_OPT), PN_COL(event_row, event, ""),
    PN_COL(event_row, note, ""));

static const pn_sql put_event = {"ticket_event_put", &event_t, NULL,
    "INSERT INTO ticket_event (sk, id, ticket_id, event, gate_id, device_id, staff_id, note, at)"
    " VALUES (:ticket_id#, :id, :ticket_id, :event, :gate_id, :device_id, :me, :note, :now)"};

static const pn_sql move = {"ticket_move", &pn_move_t, NULL,
    "UPDATE ticket SET state = :to, updated_at = :now, version = version + 1"
    " WHERE sk = :id# AND id = :id AND state = :from"};

static const pn_sql next_issue = {"ticket_next_issue", &show_in_t, NULL,
    "UPDATE ticket SET issue_no = issue_no + 1, updated_at = :now, version = version + 1"
    " WHERE sk = :id# AND id = :id AND state = 'ISSUED' AND issue_no < 255"};

/* Whose code it is, and whether a valid paper is out. */
typedef struct holder_row {
    int64_t user_id;
    int papers;
    const char *status;
    bool electronic;
} holder_row;
static PN_TYPE(holder_t, "ticket.holder", holder_row, PN_COL(holder_row, user_id, ""),
    PN_COL(holder_row, papers, ""), PN_COL(holder_row, status, ""),
    PN_COL(holder_row, electronic, ""));

static const pn_sql holder = {"ticket_holder", &show_in_t, &holder_t,
    "SELECT o.user_id, o.status, 'static_qr' = ANY(s.ticket_modes) AS electronic,"
    "  (SELECT count(*)::int FROM print_record x WHERE x.sk = t.sk AND x.ticket_id = t.id"
    "    AND x.print_no = t.print_no AND x.issue_no = t.issue_no AND x.result <>"
    "  'SPOILED') AS papers"
    " FROM ticket t JOIN session s ON s.id = t.session_id"
    " LEFT JOIN orders o ON o.sk = t.sk AND o.id = t.order_id"
    " WHERE t.sk = :id# AND t.id = :id"};

/* ---- states ---- */

static const pn_edge edges[] = {
    {"ISSUED", "gift", "GIFTING", PN_ROLE_BUYER | PN_ROLE_OPS, NULL},
    {"GIFTING", "accept", "ISSUED", PN_ROLE_BUYER | PN_ROLE_OPS, NULL},
    {"GIFTING", "revoke", "ISSUED", PN_ROLE_BUYER | PN_ROLE_OPS | PN_ROLE_SYSTEM, NULL},
    {"ISSUED", "freeze", "FROZEN", PN_ROLE_OPS, NULL},
    {"FROZEN", "unfreeze", "ISSUED", PN_ROLE_OPS, NULL},
    {"ISSUED", "reissue", "ISSUED", PN_ROLE_OPS | PN_ROLE_BOXOFFICE, NULL},
    {"ISSUED", "void", "VOIDED", 0, NULL},
    {"GIFTING", "void", "VOIDED", 0, NULL},
    {"FROZEN", "void", "VOIDED", 0, NULL},
    {"ISSUED", "verify", "VERIFIED", 0, NULL},
    {"EXITED", "verify", "VERIFIED", 0, NULL},
    {"VERIFIED", "exit", "EXITED", 0, NULL},
    {"VERIFIED", "reverse", "ISSUED", 0, NULL},
    {"ISSUED", "expire", "EXPIRED", PN_ROLE_SYSTEM, NULL},
    {0}};
const pn_fsm pni_ticket_fsm = {N_("ticket"), pn_ticket_states, edges, &move};

/* ---- helpers ---- */

int pni_ticket_log(pn *p, int64_t ticket, const char *event, int64_t gate, int64_t device,
                   const char *note)
{
    event_row row = {0, ticket, gate, device, event, note};
    PN_TRY(pn_new_id(p, pn_sk(ticket), &row.id));
    return pn_queue(p, &put_event, &row, 0, NULL, NULL);
}

int pni_ticket_resolve(pn *p, const char *text, int64_t *id)
{
    char clean[256], *end = NULL;
    pn_pn1 code;
    unsigned char raw[PN_PN1_BYTES];
    int print = 0;
    int64_t v = strtoll(text, &end, 10);
    if (end != text && !*end && v > 0) {
        *id = v;
        return 0;
    }
    pn_code_kind kind = pn_code_kind_of(text, clean, sizeof(clean));
    if (kind == PN_CODE_PN1 && !pn_pn1_read(clean, &code, raw)) {
        *id = code.ticket;
        return 0;
    }
    if (!pn_barcode_read(clean, id, &print) || !pn_ticket_no_read(clean, id))
        return 0;
    return pn_fail(p, PN_ENONE, "id", pn_tr("'%s' is no ticket number"), text);
}

static int fetch(pn *p, int64_t id, pn_ticket *out)
{
    int rc = pn_one(p, &get, &(struct pn_ticket_show){id}, out);
    return rc == PN_ENONE ? pn_fail(p, PN_ENONE, "id", pn_tr("There is no ticket %" PRId64), id)
                          : rc;
}

/* One step along the table, told in the history, the audit trail and the answer. */
static int step(pn *p, const step_in *in, const char *event, const char *word, pn_ticket *out)
{
    pn_ticket before, after;
    PN_TRY(fetch(p, in->id, &before));
    PN_TRY(pn_step(p, &pni_ticket_fsm, in->id, before.state, event, in->reason, NULL));
    PN_TRY(pni_ticket_log(p, in->id, word, 0, 0, in->reason));
    PN_TRY(fetch(p, in->id, &after));
    *out = after;
    return pn_audit(p, "ticket", in->id, &pn_ticket_t, &before, &after, in->reason);
}

/* ---- operations ---- */

static int show(pn *p, const struct pn_ticket_show *in, pn_ticket *out)
{
    pn_ticket t;
    PN_TRY(fetch(p, in->id, &t));
    PN_TRY(pn_all(p, &events, in, &t.events));
    *out = t;
    return 0;
}

static int freeze(pn *p, const struct pn_ticket_freeze *in, pn_ticket *out)
{
    return step(p, in, "freeze", "FROZEN", out);
}

static int unfreeze(pn *p, const struct pn_ticket_unfreeze *in, pn_ticket *out)
{
    return step(p, &(step_in){in->id, in->reason}, "unfreeze", "UNFROZEN", out);
}

static int ticket_void_run(pn *p, const void *data, void *out)
{
    const struct pn_ticket_void *in = data;
    return step(p, &(step_in){in->id, in->reason}, "void", "VOIDED", out);
}

static int reissue(pn *p, const struct pn_ticket_reissue *in, pn_ticket *out)
{
    pn_ticket before, after;
    int64_t changed = 0;
    PN_TRY(fetch(p, in->id, &before));
    PN_TRY(pn_step(p, &pni_ticket_fsm, in->id, before.state, "reissue", in->reason, NULL));
    PN_TRY(pn_exec(p, &next_issue, &(struct pn_ticket_show){in->id}, &changed));
    if (!changed)
        return pn_fail(p, PN_ELIMIT, "id", pn_tr("Ticket %s was reissued too often"),
                       before.ticket_no);
    PN_TRY(pni_ticket_log(p, in->id, "REISSUED", 0, 0, in->reason));
    PN_TRY(fetch(p, in->id, &after));
    *out = after;
    return pn_audit(p, "ticket", in->id, &pn_ticket_t, &before, &after, in->reason);
}

/* Its buyer's, or the channel's that sold it: a distributor hands it on to its own buyer. */
static bool theirs(pn *p, const pn_ticket *t, const holder_row *h)
{
    if (pn_who(p)->roles & PN_ROLE_CHANNEL)
        return t->order_id && !pni_order_mine(p, t->order_id, h->user_id, 0);
    return h->user_id == pn_who(p)->id;
}

static int check_holder(pn *p, const pn_ticket *t)
{
    const uint32_t staff = PN_ROLE_ADMIN | PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_SYSTEM;
    holder_row h;
    PN_TRY(pn_one(p, &holder, &(struct pn_ticket_show){t->id}, &h));
    if (!(pn_who(p)->roles & staff) && !theirs(p, t, &h))
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no ticket %" PRId64), t->id);
    if (!h.electronic)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("This session admits paper tickets only"));
    if (t->state.v != PN_TICKET_ISSUED)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("Ticket %s is %s and has no code"), t->ticket_no,
                       pn_word_label(pn_ticket_states, t->state));
    if (!h.papers)
        return 0;
    pn_fail(p, PN_ESTATE, "id", pn_tr("Ticket %s was printed: the paper is its code"),
            t->ticket_no);
    return pn_hint(p, pn_tr("a lost paper is reissued: pn ticket reissue %s --reason …"),
                   t->ticket_no);
}

static int code(pn *p, const struct pn_ticket_code *in, pn_ticket_credential *out)
{
    pn_ticket t;
    pni_sign_key key;
    char text[PN_PN1_CHARS + 1], bar[PN_BARCODE_MAX];
    PN_TRY(fetch(p, in->id, &t));
    PN_TRY(check_holder(p, &t));
    PN_TRY(pni_sign_key_current(p, &key));
    const pn_pn1 pn1 = {key.id, t.session_id, t.id, t.issue_no, t.print_no, 0};
    if (pn_pn1_make(&pn1, key.secret, text) ||
        pn_barcode_make(t.id, t.print_no, key.secret, bar, sizeof(bar)))
        return pn_fail(p, PN_EINTERNAL, NULL, "ticket %" PRId64 " cannot be signed", t.id);
    *out = (pn_ticket_credential){t.id, t.ticket_no, pn_strdup(p, text), pn_strdup(p, bar),
                                  t.issue_no, t.print_no};
    return pni_ticket_log(p, t.id, "CODE_SHOWN", 0, 0, NULL);
}

PN_OP_LIST(ticket, list, all, .brief = N_("List tickets"), .out = &pn_ticket_t,
    .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_FINANCE | PN_ROLE_GATE | PN_ROLE_ORGANISER |
           PN_ROLE_SYSTEM,
    .example = "pn ticket list --where 'state=ISSUED order_no=PN261123000001234'")
PN_OP_LIST(ticket, mine, own, .brief = N_("List one's own tickets as a buyer"),
    .out = &pn_ticket_t, .may = PN_ROLE_BUYER)
PN_OP(ticket, show, pn_ticket, .brief = N_("Show a ticket and its history"), .in = &show_in_t,
    .out = &pn_ticket_t,
    .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_FINANCE | PN_ROLE_GATE | PN_ROLE_ORGANISER |
           PN_ROLE_SYSTEM)
PN_OP(ticket, code, pn_ticket_credential,
    .brief = N_("Show the signed code of an electronic ticket"),
    .help = N_("Every showing is recorded. A printed ticket has no code to show: its paper is it."),
    .in = &show_in_t, .out = &credential_t,
    .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_BUYER | PN_ROLE_CHANNEL | PN_ROLE_SYSTEM,
    .flags = PN_WRITE | PN_ALONE,
    .lasting = N_("What was seen stays seen; the audit trail knows by whom"))
PN_OP(ticket, freeze, pn_ticket, .brief = N_("Stop a ticket while a complaint is looked into"),
    .in = &step_t, .out = &pn_ticket_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .undo = "unfreeze")
PN_OP(ticket, unfreeze, pn_ticket, .brief = N_("Make a frozen ticket valid again"), .in = &step_t,
    .out = &pn_ticket_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .undo = "freeze")
PN_OP(ticket, reissue, pn_ticket,
    .brief = N_("Replace a lost, damaged or leaked ticket"),
    .help = N_("The issue number goes up: every older code and paper of the ticket scans as "
               "SUPERSEDED."),
    .in = &step_t, .out = &pn_ticket_t, .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE,
    .flags = PN_WRITE | PN_ONCE | PN_DANGER,
    .lasting = N_("The old ticket is void for good: reissue it once more"))

/* By hand: the verb is a word of C. */
static const pn_op ticket_void_op = {.noun = "ticket", .verb = "void", .run = ticket_void_run,
    .brief = N_("Make a ticket invalid for good"), .in = &step_t, .out = &pn_ticket_t,
    .may = PN_ROLE_OPS | PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_ONCE | PN_DANGER,
    .lasting = N_("A void ticket may be in somebody's hands: reissue it")};
int pn_ticket_void(pn *p, const struct pn_ticket_void *in, pn_ticket *out)
{
    return pn_call(p, &ticket_void_op, in, out);
}

const pn_module pn_ticket_module = {"ticket", N_("Tickets"),
    .ops = PN_LIST(pn_op, &ticket_list_op, &ticket_mine_op, &ticket_show_op, &pni_ticket_print_op,
                   &pni_ticket_export_op, &ticket_code_op, &ticket_reissue_op, &ticket_freeze_op,
                   &ticket_unfreeze_op, &ticket_void_op),
    .sql = PN_LIST(pn_sql, &get, &events, &put_event, &move, &next_issue, &holder),
    .fsm = PN_LIST(pn_fsm, &pni_ticket_fsm), .jobs = PN_LIST(pn_job, &pni_ticket_expire_job),
    .resolve = pni_ticket_resolve};
