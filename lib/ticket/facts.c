/* SPDX-License-Identifier: Apache-2.0 */
/* facts.c — from rows to the words of a ticket. */
#include "ticket/facts_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/when_int.h"
#include "order/order_int.h"

enum { TICKETS_MAX = 100, TAIL = 6 };

static PN_TYPE(facts_t, "ticket.facts", pni_facts, PN_COL(pni_facts, sk, ""),
    PN_COL(pni_facts, id, ""), PN_COL(pni_facts, ticket_no, ""),
    PN_COL(pni_facts, state, "", .words = pn_ticket_states), PN_COL(pni_facts, issue_no, ""),
    PN_COL(pni_facts, print_no, ""), PN_COL(pni_facts, session_id, ""),
    PN_COL(pni_facts, order_id, "", .flags = PN_OPT), PN_COL(pni_facts, order_no, ""),
    PN_COL(pni_facts, order_status, ""), PN_COL(pni_facts, show, ""),
    PN_COL(pni_facts, subtitle, ""), PN_COL(pni_facts, city, ""), PN_COL(pni_facts, venue, ""),
    PN_COL(pni_facts, hall, ""), PN_COL(pni_facts, address, ""), PN_COL(pni_facts, tier, ""),
    PN_COL(pni_facts, seat_key, ""), PN_COL(pni_facts, gate_group, ""),
    PN_COL(pni_facts, permit, ""), PN_COL(pni_facts, start_at, ""),
    PN_COL(pni_facts, doors_at, ""), PN_COL(pni_facts, face_price_fen, ""),
    PN_COL(pni_facts, holder_name, ""), PN_COL(pni_facts, paper, ""),
    PN_COL(pni_facts, electronic, ""));

typedef struct ids_in {
    int64_t id;
    pn_texts ids;
} ids_in;
static PN_TYPE(ids_t, "ticket.ids", ids_in, PN_COL(ids_in, id, ""), PN_COL(ids_in, ids, ""));

#define FACTS                                                                                      \
    "SELECT t.sk, t.id, t.ticket_no, t.state, t.issue_no, t.print_no, t.session_id, t.order_id,"  \
    "  o.no AS order_no, o.status AS order_status, h.title AS show, h.subtitle, c.name AS city,"  \
    "  v.name AS venue, l.name AS hall, v.address, r.name AS tier, t.seat_key, t.gate_group,"     \
    "  h.permit_no AS permit, s.start_at, s.doors_at, t.face_price_fen, t.holder_name,"           \
    "  'paper' = ANY(s.ticket_modes) AS paper, 'static_qr' = ANY(s.ticket_modes) AS electronic"   \
    " FROM ticket t JOIN session s ON s.id = t.session_id JOIN show h ON h.id = s.show_id"        \
    " JOIN hall l ON l.id = s.hall_id JOIN venue v ON v.id = l.venue_id"                          \
    " JOIN city c ON c.id = h.city_id JOIN tier r ON r.id = t.tier_id"                            \
    " LEFT JOIN orders o ON o.sk = t.sk AND o.id = t.order_id"

static const pn_sql of_order = {"ticket_facts_order", &ids_t, &facts_t,
    FACTS " WHERE t.sk = :id# AND t.order_id = :id AND t.state <> 'VOIDED' ORDER BY t.seat_no"};
static const pn_sql of_tickets = {"ticket_facts", &ids_t, &facts_t,
    FACTS " WHERE t.sk = :id# AND t.id = ANY((:ids::text[])::bigint[]) ORDER BY t.seat_no, t.id"};
static const pn_sql of_job = {"ticket_facts_job", &ids_t, &facts_t,
    FACTS " JOIN print_record x ON x.sk = t.sk AND x.ticket_id = t.id"
    " WHERE t.sk = :id# AND x.sk = :id# AND x.job_id = :id ORDER BY x.id"};

static int choose(pn *p, const pn_texts *from, ids_in *out)
{
    const char **ids = pn_alloc(p, (from->n + 1) * sizeof(*ids));
    if (!ids)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    if (from->n > TICKETS_MAX)
        return pn_fail(p, PN_ETOO_BIG, "tickets", pn_tr("At most %d tickets at a time"),
                       TICKETS_MAX);
    for (size_t i = 0; i < from->n; i++) {
        int64_t id = 0;
        PN_TRY(pni_ticket_resolve(p, from->v[i], &id));
        if (i && pn_sk(id) != pn_sk(out->id))
            return pn_fail(p, PN_EARG, "tickets", pn_tr("The tickets are of different sessions"));
        out->id = id;
        ids[i] = pn_printf(p, "%" PRId64, id);
    }
    out->ids = (pn_texts){ids, from->n};
    return 0;
}

int pni_facts_of(pn *p, const pni_ticket_choice *choice, pn_rows *out)
{
    ids_in in = {.id = choice->order_id};
    if (!choice->order_id && !choice->tickets.n)
        return pn_fail(p, PN_EARG, "order", pn_tr("Name an order or some tickets"));
    if (choice->order_id && choice->tickets.n)
        return pn_fail(p, PN_EARG, "tickets", pn_tr("Name an order or tickets, not both"));
    if (choice->tickets.n)
        PN_TRY(choose(p, &choice->tickets, &in));
    PN_TRY(pn_all(p, choice->order_id ? &of_order : &of_tickets, &in, out));
    if (choice->tickets.n && out->n != choice->tickets.n)
        return pn_fail(p, PN_ENONE, "tickets", pn_tr("%zu of %zu tickets do not exist"),
                       choice->tickets.n - out->n, choice->tickets.n);
    if (!out->n)
        return pn_fail(p, PN_ENONE, "order", pn_tr("The order has no tickets"));
    return 0;
}

int pni_facts_of_job(pn *p, int64_t job, pn_rows *out)
{
    return pn_all(p, &of_job, &(ids_in){.id = job}, out);
}

/* ---- words ---- */

/* "¥1,280", "¥99.50": whole yuan without fen, as on every printed ticket. */
static const char *price_text(pn *p, int64_t fen)
{
    char digits[24], grouped[32];
    int n = snprintf(digits, sizeof(digits), "%" PRId64, fen / 100), at = 0;
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            grouped[at++] = ',';
        grouped[at++] = digits[i];
    }
    grouped[at] = 0;
    return fen % 100 ? pn_printf(p, "¥%s.%02d", grouped, (int)(fen % 100))
                     : pn_printf(p, "¥%s", grouped);
}

static void put_times(pn *p, const pni_facts *f, const pn_layout *face, pn_face_data *out)
{
    char start[40], doors[40];
    pni_when_text(f->start_at, false, start);
    pni_when_text(f->doors_at, false, doors);
    const char *time = strchr(start, ' '), *open = strchr(doors, ' ');
    out->v[PN_F_start] = pn_strdup(p, start);
    out->v[PN_F_date] = pn_printf(p, "%.10s", start);
    out->v[PN_F_time] = time ? pn_strdup(p, time + 1) : "";
    out->v[PN_F_doors] = open ? pn_strdup(p, open + 1) : "";
    out->v[PN_F_weekday] = face->weekdays[((pni_local_day(f->start_at) + 4) % 7 + 7) % 7];
}

static int put_codes(pn *p, const pni_facts *f, const struct pni_wording *w, pn_face_data *out)
{
    char code[PN_PN1_CHARS + 1], bar[PN_BARCODE_MAX];
    const pn_pn1 pn1 = {w->key->id, f->session_id, f->id, f->issue_no, w->print_no,
                        w->paper ? PN_PN1_PAPER : 0};
    if (pn_pn1_make(&pn1, w->key->secret, code) ||
        pn_barcode_make(f->id, w->print_no, w->key->secret, bar, sizeof(bar)))
        return pn_fail(p, PN_EINTERNAL, NULL, "ticket %" PRId64 " cannot be signed", f->id);
    out->v[PN_F_code] = pn_strdup(p, code);
    out->v[PN_F_barcode] = pn_strdup(p, bar);
    return 0;
}

int pni_words_of(pn *p, const pni_facts *f, const struct pni_wording *w, pn_face_data *out)
{
    *out = (pn_face_data){{NULL}};
    const char *holder = NULL;
    if (f->holder_name.len)
        PN_TRY(pni_pii_open(p, f->order_id, f->holder_name, &holder));
    size_t no = f->order_no ? strlen(f->order_no) : 0;
    put_times(p, f, w->face, out);
    out->v[PN_F_show] = f->show;
    out->v[PN_F_subtitle] = f->subtitle;
    out->v[PN_F_city] = f->city;
    out->v[PN_F_venue] = f->venue;
    out->v[PN_F_hall] = f->hall;
    out->v[PN_F_address] = f->address;
    out->v[PN_F_tier] = f->tier;
    out->v[PN_F_price] = price_text(p, f->face_price_fen.fen);
    out->v[PN_F_seat] = f->seat_key && *f->seat_key ? f->seat_key : w->face->unreserved;
    out->v[PN_F_gate] = f->gate_group;
    out->v[PN_F_holder] = holder ? pni_mask_name(p, holder) : NULL;
    out->v[PN_F_order_no] = f->order_no;
    out->v[PN_F_order_tail] = no > TAIL ? f->order_no + no - TAIL : f->order_no;
    out->v[PN_F_ticket_no] = f->ticket_no;
    out->v[PN_F_serial] = w->serial;
    out->v[PN_F_print_no] = pn_printf(p, "%d", w->print_no);
    if (w->print_no > 1)
        out->v[PN_F_reprint] = pn_printf(p, "%s %d", w->face->reprint, w->print_no);
    out->v[PN_F_permit] = f->permit;
    return put_codes(p, f, w, out);
}

const pn_module pn_facts_module = {"facts", N_("Ticket facts"), .ops = PN_LIST(pn_op, NULL),
    .sql = PN_LIST(pn_sql, &of_order, &of_tickets, &of_job)};
