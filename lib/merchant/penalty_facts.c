/* SPDX-License-Identifier: Apache-2.0 */
/* penalty_facts.c — what a penalty is worked out from is the order's, not typed: what the merchant
 * would have been settled with, how many tickets, how long before the start, how late. Whoever
 * imposes it may give less, never more; and nobody is fined for what nobody could help. */
#include "merchant/penalty_int.h"

#include <string.h>

#include "base/policy_int.h"

#define F(f) PN_COL(pni_penalty_facts, f, "")
static PN_TYPE(facts_t, "penalty.facts", pni_penalty_facts, F(merchant_id), F(order_id),
    F(base_fen), F(tickets), F(start_at), F(ship_due_at), F(excuse));
#undef F
/* The merchant's tickets of the order, paid for. Who promised no time ships so long before it. */
const pn_sql pni_penalty_facts_sql = {"penalty_facts", &facts_t, &facts_t,
    "select count(*)::int as tickets, sum(i.settle_fen - e.merch_fen)::bigint as base_fen,"
    " s.start_at, min(coalesce(case l.ship_by_kind when 'FIXED' then l.ship_by_at"
    "   when 'PAID' then o.paid_at + interval '1 hour' * l.ship_by_hours"
    "   when 'RELEASE' then l.release_at + interval '1 hour' * l.ship_by_hours"
    "   when 'BEFORE' then s.start_at - interval '1 hour' * l.ship_by_hours end,"
    "  s.start_at - interval '1 hour' * " PNI_POLICY("deliver.lead_h") ")) as ship_due_at,"
    " case when s.status = 'CANCELLED' then 'cancelled' when s.status = 'POSTPONED'"
    "   or exists (select from session_change c where c.session_id = s.id"
    "   and c.kind = 'RESCHEDULE' and c.state = 'DONE' and c.at >= o.paid_at) then 'rescheduled'"
    "  when exists (select from force_majeure f where f.session_id = s.id) then 'excused'"
    "  else '' end as excuse"
    " from orders o join session s on s.id = o.session_id"
    " join order_item i on i.sk = o.sk and i.order_id = o.id"
    " join stock k on k.sk = i.sk and k.lot_id = i.lot_id and k.merchant_id = :merchant_id"
    " join order_seat e on e.sk = o.sk and e.order_id = o.id and e.item_no = i.no"
    " left join listing l on l.sk = i.sk and l.id = i.lot_id"
    " where o.sk = :order_id# and o.id = :order_id and o.paid_at is not null"
    " group by s.id, s.start_at, s.status, o.paid_at", false};

/* False tickets are nobody's force. */
static int excused(pn *p, const struct pn_penalty_impose *in, const char *excuse)
{
    static const struct { const char *name, *text; } texts[] = {
        {"cancelled", N_("Its session is cancelled: nobody is fined for it")},
        {"rescheduled", N_("Its session got another time: nobody is fined for it")},
        {"excused", N_("Its session is excused by force majeure: nobody is fined for it")}};
    if (in->kind.v == PN_PENALTY_FAKE)
        return 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!strcmp(excuse, texts[i].name)) {
            pn_fail(p, PN_ESTATE, "order", "%s", pn_tr(texts[i].text));
            return pn_hint(p, "%s", pn_tr("Only false tickets are still fined: FAKE"));
        }
    return 0;
}

/* What is given instead must be less: a fine follows from the order. */
static int too_much(pn *p)
{
    return pn_hint(p, "%s", pn_tr("Leave it out, or give less with the reason why"));
}

static int64_t hours_to(pn_time from, pn_time to)
{
    int64_t us = to.us - from.us, hour = INT64_C(3600000000);
    return us / hour - (us % hour < 0); /* rounded down: the last minutes of a day are within it */
}

static int base_of(pn *p, const struct pn_penalty_impose *in, const pni_penalty_facts *f,
                   pn_penalty *out)
{
    int64_t most = f->base_fen.fen;
    if (in->base_fen.fen > most) {
        pn_fail(p, PN_EARG, "base_fen", pn_tr("Its tickets are settled with %lld.%02d yuan"),
                (long long)(most / 100), (int)(most % 100));
        return too_much(p);
    }
    if (in->tickets > f->tickets) {
        pn_fail(p, PN_EARG, "tickets", pn_tr("It has %d tickets of this order"), f->tickets);
        return too_much(p);
    }
    out->base_fen.fen = in->base_fen.fen ? in->base_fen.fen : most;
    out->tickets = in->tickets ? in->tickets : f->tickets;
    return 0;
}

/* Before the start it is milder the earlier it was told; late, the later it is. */
static int hours_of(pn *p, const struct pn_penalty_impose *in, const pni_penalty_facts *f,
                    pn_penalty *out)
{
    bool late = in->kind.v == PN_PENALTY_SHIP_LATE;
    int64_t hours = late ? -hours_to(pn_now(p), f->ship_due_at) : hours_to(pn_now(p), f->start_at);
    if (late && hours <= 0) {
        pn_fail(p, PN_ESTATE, "order", "%s", pn_tr("It need not be shipped yet"));
        return pn_hint(p, "%s", pn_tr("The offer says by when: listing show"));
    }
    if (in->hours && (late ? in->hours > hours : in->hours < hours)) {
        pn_fail(p, PN_EARG, "hours",
                late ? pn_tr("It is %lld hours late") : pn_tr("It starts in %lld hours"),
                (long long)hours);
        return too_much(p);
    }
    out->hours = in->hours ? in->hours : (int)hours;
    return 0;
}

int pni_penalty_facts_of(pn *p, const struct pn_penalty_impose *in, unsigned needs, pn_penalty *out)
{
    pni_penalty_facts f;
    if (!in->order && !needs)
        return 0;
    if (!in->order) {
        pn_fail(p, PN_EARG, "order", pn_tr("%s: this is needed for it"),
                pn_word_label(pn_penalty_kinds, in->kind));
        return pn_hint(p, "%s", pn_tr("The amount follows from the tickets of an order"));
    }
    int rc = pn_one(p, &pni_penalty_facts_sql,
                    &(pni_penalty_facts){.merchant_id = in->merchant, .order_id = in->order}, &f);
    if (rc == PN_ENONE) {
        pn_fail(p, PN_EARG, "order", "%s", pn_tr("The merchant sold nothing of this order"));
        return pn_hint(p, "%s", pn_tr("See whose tickets it has: order show"));
    }
    PN_TRY(rc);
    PN_TRY(excused(p, in, f.excuse));
    PN_TRY(base_of(p, in, &f, out));
    return needs & PNI_PENALTY_HOURS ? hours_of(p, in, &f, out) : 0;
}
