/* SPDX-License-Identifier: Apache-2.0 */
/* issue.c — how tickets come to be and end without anybody touching them: the sale's hooks, the
 * import, the end of the session. All set-wise: an order of six seats is two statements. */
#include "ticket/ticket_int.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "order/hook_int.h"

/* A ticket about to be written. */
typedef struct new_row {
    int sk;
    int64_t id, session_id, tier_id, order_id;
    const char *ticket_no, *kind;
    int seat_no;
    const char *seat_key, *gate_group;
    pn_bytes holder_name, holder_doc_hash;
    pn_money face_price_fen;
    int64_t event_id;
    const char *event;
} new_row;
static PN_TYPE(new_t, "ticket.new", new_row, PN_COL(new_row, sk, ""), PN_COL(new_row, id, ""),
    PN_COL(new_row, session_id, ""), PN_COL(new_row, tier_id, ""),
    PN_COL(new_row, order_id, "", .flags = PN_OPT), PN_COL(new_row, ticket_no, ""),
    PN_COL(new_row, kind, ""), PN_COL(new_row, seat_no, "", .flags = PN_OPT),
    PN_COL(new_row, seat_key, ""), PN_COL(new_row, gate_group, ""),
    PN_COL(new_row, holder_name, ""), PN_COL(new_row, holder_doc_hash, ""),
    PN_COL(new_row, face_price_fen, ""), PN_COL(new_row, event_id, ""),
    PN_COL(new_row, event, ""));

typedef struct order_in {
    int64_t order_id;
    pn_texts seats;
} order_in;
static PN_TYPE(order_t, "ticket.order", order_in, PN_COL(order_in, order_id, ""),
    PN_COL(order_in, seats, ""));

/* Sold seats of the order that have no ticket yet. The price is the seat's own: of a bundle it is
 * the share, so that the tickets of a bundle add up to what was asked for it. The gates are those
 * that lead to the seat, by its zone; without any, those of the tier. */
static const pn_sql seats_to_issue = {"ticket_seats_to_issue", &order_t, &new_t,
    "SELECT e.sk, e.order_id, e.no AS seat_no, e.tier_id, e.seat_key, o.session_id,"
    "  e.attendee_name AS holder_name, e.doc_hash AS holder_doc_hash,"
    "  coalesce(nullif(z.gate_group, ''), r.gate_group) AS gate_group,"
    "  e.list_fen AS face_price_fen"
    " FROM order_seat e JOIN orders o ON o.sk = e.sk AND o.id = e.order_id"
    " JOIN tier r ON r.id = e.tier_id"
    " LEFT JOIN seat_block b ON b.sk = e.sk AND b.id = e.seat_block"
    " LEFT JOIN zone z ON z.sk = b.sk AND z.id = b.zone_id"
    " WHERE e.sk = :order_id# AND e.order_id = :order_id AND e.state = 'SOLD'"
    "  AND o.status NOT IN ('PAID', 'GROUP_WAITING') AND NOT EXISTS (SELECT FROM ticket t"
    "    WHERE t.sk = e.sk AND t.order_id = e.order_id AND t.seat_no = e.no) ORDER BY e.no"};

static const pn_sql put_tickets = {"ticket_put", &new_t, NULL,
    "INSERT INTO ticket (sk, id, ticket_no, session_id, tier_id, order_id, seat_no, seat_key, kind,"
    "  holder_name, holder_doc_hash, state, gate_group, face_price_fen, created_at, updated_at)"
    " SELECT u.sk, u.id, u.ticket_no, u.session_id, u.tier_id, u.order_id, u.seat_no, u.seat_key,"
    "  u.kind, u.holder_name, u.holder_doc_hash, 'ISSUED', coalesce(u.gate_group, ''),"
    "  u.face_price_fen, :now, :now"
    " FROM unnest(:sk, :id, :ticket_no, :session_id, :tier_id, :order_id, :seat_no,"
    "  :seat_key, :kind,"
    "  :holder_name, :holder_doc_hash, :gate_group, :face_price_fen) u(sk, id, ticket_no,"
    "  session_id,"
    "  tier_id, order_id, seat_no, seat_key, kind, holder_name, holder_doc_hash, gate_group,"
    "  face_price_fen)",
    .array = true};

static const pn_sql put_events = {"ticket_events_put", &new_t, NULL,
    "INSERT INTO ticket_event (sk, id, ticket_id, event, staff_id, at)"
    " SELECT u.sk, u.event_id, u.id, u.event, :me, :now"
    " FROM unnest(:sk, :event_id, :id, :event) u(sk, event_id, id, event)", .array = true};

typedef struct code_row {
    int sk;
    pn_bytes code_hash;
    int64_t ticket_id;
    const char *issuer;
} code_row;
static PN_TYPE(code_t, "ticket.code_row", code_row, PN_COL(code_row, sk, ""),
    PN_COL(code_row, code_hash, ""), PN_COL(code_row, ticket_id, ""), PN_COL(code_row, issuer, ""));

static const pn_sql put_codes = {"ticket_codes_put", &code_t, &code_t,
    "INSERT INTO ticket_code (sk, code_hash, ticket_id, issuer)"
    " SELECT u.sk, u.code_hash, u.ticket_id, u.issuer"
    " FROM unnest(:sk, :code_hash, :ticket_id, :issuer) u(sk, code_hash, ticket_id, issuer)"
    " ON CONFLICT (sk, code_hash) DO NOTHING RETURNING sk, code_hash, ticket_id, issuer",
    .array = true};

/* State and number of the tickets of an order's seats. */
typedef struct seat_row {
    int sk;
    int64_t id, event_id;
    const char *ticket_no, *event;
    int seat_no;
    pn_word state;
} seat_row;
static PN_TYPE(seat_t, "ticket.seat", seat_row, PN_COL(seat_row, sk, ""), PN_COL(seat_row, id, ""),
    PN_COL(seat_row, event_id, ""), PN_COL(seat_row, ticket_no, ""), PN_COL(seat_row, event, ""),
    PN_COL(seat_row, seat_no, ""), PN_COL(seat_row, state, "", .words = pn_ticket_states));

static const pn_sql seats_locked = {"ticket_seats_locked", &order_t, &seat_t,
    "SELECT t.sk, t.id, t.ticket_no, t.seat_no, t.state FROM ticket t"
    " WHERE t.sk = :order_id# AND t.order_id = :order_id"
    "  AND t.seat_no = ANY((:seats::text[])::int[]) AND t.state <> 'VOIDED'"
    " ORDER BY t.id FOR UPDATE"};

static const pn_sql void_seats = {"ticket_void_seats", &order_t, NULL,
    "UPDATE ticket SET state = 'VOIDED', updated_at = :now, version = version + 1"
    " WHERE sk = :order_id# AND order_id = :order_id"
    "  AND seat_no = ANY((:seats::text[])::int[]) AND state IN ('ISSUED', 'GIFTING', 'FROZEN')"};

/* Tickets of sessions that are over: no-shows. */
static const pn_sql no_shows = {"ticket_no_shows", NULL, &seat_t,
    "SELECT t.sk, t.id, t.ticket_no, t.state FROM ticket t JOIN session s ON s.id = t.session_id"
    " WHERE t.state = 'ISSUED' AND s.status IN ('ENDED', 'ARCHIVED')"
    "  AND coalesce(s.end_at, s.start_at) < :now ORDER BY t.id LIMIT 500"};

/* ---- writing ---- */

static int complete(pn *p, new_row *t, const char *kind, const char *event)
{
    char no[PN_BARCODE_MAX];
    t->sk = pn_sk(t->session_id);
    PN_TRY(pn_new_id(p, t->sk, &t->id));
    PN_TRY(pn_new_id(p, t->sk, &t->event_id));
    if (pn_ticket_no_make(t->id, no, sizeof(no)))
        return pn_fail(p, PN_EINTERNAL, NULL, "ticket id %" PRId64, t->id);
    t->ticket_no = pn_strdup(p, no);
    t->kind = kind;
    t->event = event;
    return t->ticket_no ? 0 : pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static int issue(pn *p, int64_t order_id)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &seats_to_issue, &(order_in){.order_id = order_id}, &rows));
    if (!rows.n)
        return 0; /* the payment was refused, or every seat has its ticket */
    pn_each(new_row, t, &rows)
        PN_TRY(complete(p, t, "SALE", "ISSUED"));
    PN_TRY(pn_queue(p, &put_tickets, rows.row, rows.n, NULL, NULL));
    return pn_queue(p, &put_events, rows.row, rows.n, NULL, NULL);
}

int pni_code_hash(pn *p, const char *code, pn_bytes *out)
{
    static const char key[] = "piaoniu ticket code 1";
    unsigned char *hash = pn_alloc(p, crypto_generichash_BYTES);
    if (!hash)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    crypto_generichash(hash, crypto_generichash_BYTES, (const unsigned char *)code, strlen(code),
                       (const unsigned char *)key, sizeof(key) - 1);
    *out = (pn_bytes){hash, crypto_generichash_BYTES};
    return 0;
}

static int import_codes(pn *p, const pni_ticket_import_row *rows, const new_row *made, size_t n)
{
    code_row *codes = pn_alloc(p, n * sizeof(*codes));
    size_t used = 0;
    pn_rows put = {0};
    if (!codes)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < n; i++) {
        if (!rows[i].code || !*rows[i].code)
            continue;
        code_row *c = &codes[used++];
        *c = (code_row){made[i].sk, {0}, made[i].id, rows[i].issuer ? rows[i].issuer : ""};
        PN_TRY(pni_code_hash(p, rows[i].code, &c->code_hash));
    }
    if (!used)
        return 0;
    PN_TRY(pn_exec_many(p, &put_codes, codes, used, &put));
    if (put.n == used)
        return 0;
    return pn_fail(p, PN_EEXISTS, "code", pn_tr("%zu of %zu codes are known already"),
                   used - put.n, used);
}

int pni_ticket_import(pn *p, const pni_ticket_import_row *rows, size_t n, int64_t *ids)
{
    new_row *made = pn_alloc(p, n * sizeof(*made));
    if (!n)
        return 0;
    if (!made)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < n; i++) {
        made[i] = (new_row){.session_id = rows[i].session_id, .tier_id = rows[i].tier_id,
                            .order_id = rows[i].order_id, .seat_no = rows[i].seat_no,
                            .seat_key = rows[i].seat_key, .gate_group = rows[i].gate_group,
                            .face_price_fen = rows[i].face_price_fen};
        PN_TRY(complete(p, &made[i], "IMPORT", "IMPORTED"));
        ids[i] = made[i].id;
    }
    PN_TRY(pn_queue(p, &put_tickets, made, n, NULL, NULL));
    PN_TRY(pn_queue(p, &put_events, made, n, NULL, NULL));
    return import_codes(p, rows, made, n);
}

/* ---- voiding ---- */

static int seats_in(pn *p, int64_t order_id, const int *seats, size_t n, order_in *out)
{
    const char **text = pn_alloc(p, (n + 1) * sizeof(*text));
    for (size_t i = 0; text && i < n; i++)
        if (!(text[i] = pn_printf(p, "%d", seats[i])))
            text = NULL;
    *out = (order_in){order_id, {text, n}};
    return text ? 0 : pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static int check_refundable(pn *p, const seat_row *t)
{
    if (t->state.v == PN_TICKET_ISSUED || t->state.v == PN_TICKET_FROZEN ||
        t->state.v == PN_TICKET_EXPIRED) /* nobody came in with it */
        return 0;
    pn_fail(p, PN_ESTATE, "seats", pn_tr("Ticket %s is %s and cannot be refunded"),
            t->ticket_no, pn_word_label(pn_ticket_states, t->state));
    return pn_hint(p, "%s", pn_tr("Give back the seats of the others"));
}

static int refundable(pn *p, int64_t order_id, const int *seats, size_t n)
{
    order_in in;
    pn_rows rows;
    PN_TRY(seats_in(p, order_id, seats, n, &in));
    PN_TRY(pn_all(p, &seats_locked, &in, &rows));
    pn_each(seat_row, t, &rows)
        PN_TRY(check_refundable(p, t));
    return 0;
}

static int void_tickets(pn *p, int64_t order_id, const int *seats, size_t n)
{
    order_in in;
    pn_rows rows;
    PN_TRY(seats_in(p, order_id, seats, n, &in));
    PN_TRY(pn_all(p, &seats_locked, &in, &rows));
    new_row *events = pn_alloc(p, (rows.n + 1) * sizeof(*events)), *e = events;
    if (!events)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    pn_each(seat_row, t, &rows) {
        if (t->state.v == PN_TICKET_VERIFIED || t->state.v == PN_TICKET_EXITED)
            return check_refundable(p, t); /* it was used meanwhile: the refund must not go on */
        if (t->state.v == PN_TICKET_EXPIRED)
            continue;
        *e = (new_row){.sk = t->sk, .id = t->id, .event = "VOIDED"};
        PN_TRY(pn_new_id(p, t->sk, &e->event_id));
        e++;
    }
    if (e == events)
        return 0;
    PN_TRY(pn_queue(p, &void_seats, &in, 0, NULL, NULL));
    return pn_queue(p, &put_events, events, (size_t)(e - events), NULL, NULL);
}

/* The sale stands to the left and knows tickets only through its hooks. */
__attribute__((constructor)) static void install(void)
{
    pni_order_issue_hook = issue;
    pni_ticket_void_hook = void_tickets;
    pni_ticket_refundable_hook = refundable;
}

/* ---- the end of the session ---- */

/* One ticket, one transaction: a session's tickets share a shard, but a night has many sessions. */
static int expire_one(pn *p, const void *in, void *out)
{
    const seat_row *t = in;
    (void)out;
    PN_TRY(pn_step(p, &pni_ticket_fsm, t->id, t->state, "expire", NULL, NULL));
    return pni_ticket_log(p, t->id, "EXPIRED", 0, 0, NULL);
}

static const pn_op expire_op = {.noun = "ticket", .verb = "expire", .in = &seat_t,
    .brief = N_("Mark an unused ticket of a past session"), .may = PN_ROLE_SYSTEM,
    .flags = PN_WRITE | PN_LOCAL | PN_HIDDEN, .run = expire_one};

static int expire(pn *p, int64_t *done)
{
    pn_rows rows;
    *done = 0;
    PN_TRY(pn_all(p, &no_shows, NULL, &rows));
    pn_each(seat_row, t, &rows) {
        int rc = pn_call(p, &expire_op, t, NULL);
        if (rc == PN_ECONFLICT)
            continue; /* verified at the last moment */
        PN_TRY(rc);
        (*done)++;
    }
    return 0;
}

const pn_job pni_ticket_expire_job = {"ticket_expire", N_("Mark unused tickets of past sessions"),
                                      300, expire};

const pn_module pn_issue_module = {"issue", N_("Ticket issue"), .ops = PN_LIST(pn_op, NULL),
    .sql = PN_LIST(pn_sql, &seats_to_issue, &put_tickets, &put_events, &put_codes, &seats_locked,
                   &void_seats, &no_shows)};
