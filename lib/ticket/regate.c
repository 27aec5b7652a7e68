/* SPDX-License-Identifier: Apache-2.0 */
/* regate.c — a session was cut anew: sold seats stay where they are, but the gates that lead to
 * them may be others. Their tickets follow, their history says so, and their holders are told. */
#include "ticket/ticket_int.h"

#include <string.h>

/* What lib/seating tells with "zone_plan.live". */
typedef struct cut { int64_t session; int version; } cut;
static PN_TYPE(cut_t, "ticket.cut", cut, PN_COL(cut, session, "session"),
    PN_COL(cut, version, "version"));

typedef struct moved {
    int64_t id, order_id, event_id;
    const char *was, *gate_group, *note;
} moved;
#define M(f, ...) PN_COL(moved, f, #f, __VA_ARGS__)
static PN_TYPE(moved_t, "ticket.regated", moved, M(id), M(order_id), M(event_id), M(was),
    M(gate_group), M(note));
#undef M

/* As issue.c chooses them; imported tickets brought their own. */
static const pn_sql regate = {"ticket_regate", &cut_t, &moved_t,
    "with g as materialized (select t.id, t.gate_group as was,"
    "   coalesce(nullif(z.gate_group, ''), r.gate_group) as gates"
    "  from ticket t join order_seat e on e.sk = :session# and e.order_id = t.order_id"
    "   and e.no = t.seat_no join tier r on r.id = t.tier_id"
    "  left join seat_block b on b.sk = :session# and b.id = e.seat_block"
    "  left join zone z on z.sk = :session# and z.id = b.zone_id"
    "  where t.sk = :session# and t.session_id = :session and t.kind <> 'IMPORT'"
    "   and t.state not in ('VOIDED', 'EXPIRED')),"
    " u as (update ticket t set gate_group = g.gates, updated_at = :now, version = t.version + 1"
    "  from g where t.sk = :session# and t.id = g.id and t.gate_group <> g.gates"
    "  returning t.id, t.order_id, t.gate_group)"
    " select u.id, u.order_id, g.was, u.gate_group from u join g on g.id = u.id"
    " order by u.order_id, u.id"};
static const pn_sql note_it = {"ticket_regate_note", &moved_t, NULL,
    "insert into ticket_event (sk, id, ticket_id, event, note, at)"
    " select (u.id & 4095)::int, u.event, u.id, 'GATES', u.note, :now"
    " from unnest(:id, :event_id, :note) u(id, event, note)", .array = true};

typedef struct told { int64_t id; int version, qty; const char *gates; } told;
static PN_TYPE(told_t, "ticket.gates_told", told, PN_COL(told, id, "id"),
    PN_COL(told, version, "version"), PN_COL(told, qty, "qty"), PN_COL(told, gates, "gates"));

static int oom(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* An order's tickets stand together: one message for it, each group of gates once. */
static int tell_orders(pn *p, const cut *c, const pn_rows *rows)
{
    const moved *m = rows->row;
    for (size_t i = 0, from = 0; i < rows->n; i++) {
        if (i + 1 < rows->n && m[i + 1].order_id == m[i].order_id)
            continue;
        pn_buf b = pn_buf_new(p);
        for (size_t k = from; k <= i; k++) {
            size_t before = from;
            while (before < k && strcmp(m[before].gate_group, m[k].gate_group) != 0)
                before++;
            if (before == k && *m[k].gate_group)
                pn_buf_putf(&b, "%s%s", b.len ? "、" : "", m[k].gate_group);
        }
        if (b.bad)
            return oom(p);
        told t = {m[i].order_id, c->version, (int)(i + 1 - from), b.len ? b.text : NULL};
        PN_TRY(pn_outbox(p, "order.regated", t.id, &told_t, &t, NULL));
        from = i + 1;
    }
    return 0;
}

static int cut_anew(pn *p, int64_t session, const char *payload)
{
    cut c = {0};
    pn_rows rows;
    PN_TRY(pn_from_json(p, &cut_t, payload, strlen(payload), &c));
    c.session = session;
    PN_TRY(pn_all(p, &regate, &c, &rows));
    if (!rows.n)
        return 0;
    pn_each(moved, m, &rows)
    {
        PN_TRY(pn_new_id(p, pn_sk(m->id), &m->event_id));
        m->note = pn_printf(p, "%s → %s", *m->was ? m->was : "*",
                            *m->gate_group ? m->gate_group : "*");
        if (!m->note)
            return oom(p);
    }
    PN_TRY(pn_queue(p, &note_it, rows.row, rows.n, NULL, NULL));
    return tell_orders(p, &c, &rows);
}
static const pn_event cut_event = {"zone_plan.live", cut_anew,
    .tells = N_("buyers whose gates change by SMS")};

const pn_module pn_regate_module = {"regate", N_("Gates of tickets"), .ops = PN_LIST(pn_op, NULL),
    .sql = PN_LIST(pn_sql, &regate, &note_it), .events = PN_LIST(pn_event, &cut_event)};
