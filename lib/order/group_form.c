/* SPDX-License-Identifier: Apache-2.0 */
/* group_form.c — a group from its first paid order to its end: it fills and all get their tickets
 * in one transaction, or it does not and all get their money back. The group's row is the lock of
 * its membership. */
#include <string.h>

#include "catalog/free_int.h"
#include "order/group_int.h"
#include "order/hook_int.h"
#include "order/refund_int.h"
#include "order/send_int.h"

static const pn_edge edges[] = {
    {"OPEN", "success", "SUCCESS", 0, NULL}, {"OPEN", "fail", "FAILED", 0, NULL}, {0}};
const pn_sql pni_group_move_sql = {"group_move", &pn_move_t, NULL,
    "update group_buy set state = :to, done_at = :now, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = :from", false};
const pn_fsm pni_group_fsm = {N_("group"), pn_group_states, edges, &pni_group_move_sql};

/* One struct for the steps: which order, which group. */
typedef struct step {
    int64_t order_id, activity_id, group_id;
    pn_word state, order_status;
    const char *to;
    pn_time expires_at;
    int twice;
    bool sent; /* to the leader, all of it */
} step;
#define S(f, ...) PN_COL(step, f, #f, __VA_ARGS__)
static PN_TYPE(step_t, "group.step", step, S(order_id), S(activity_id),
    S(group_id, .flags = PN_OPT), S(state, .words = pn_member_states),
    S(order_status, .words = pn_order_states), S(to), S(expires_at), S(twice), S(sent));
#undef S

const pn_sql pni_group_asked_sql = {"group_asked", &step_t, &step_t,
    "select m.order_id, m.activity_id, m.group_id, m.state, o.status as order_status,"
    " (select count(*) from group_member x where x.sk = :order_id# and x.group_id = m.group_id"
    "  and x.buyer = m.buyer and x.state = 'PAID')::int as twice from group_member m"
    " join orders o on o.sk = :order_id# and o.id = m.order_id"
    " where m.sk = :order_id# and m.order_id = :order_id", false};
const pn_sql pni_group_open_sql = {"group_open", &step_t, NULL,
    "with g as (insert into group_buy (sk, id, activity_id, session_id, size, leader_id, state,"
    "   opened_at, expires_at, updated_at) select :order_id#, :group_id, a.id, a.session_id,"
    "   a.size, :order_id, 'OPEN', :now, :expires_at, :now from group_activity a"
    "  where a.sk = :order_id# and a.id = :activity_id)"
    " update group_member set group_id = :group_id where sk = :order_id#"
    "  and order_id = :order_id", false};
const pn_sql pni_group_join_sql = {"group_join", &step_t, NULL,
    "with m as (update group_member set state = 'PAID', paid_at = :now where sk = :order_id#"
    "  and order_id = :order_id and state = 'ASKED')"
    " update group_buy set paid = paid + 1, updated_at = :now, version = version + 1"
    "  where sk = :order_id# and id = :group_id", false};
const pn_sql pni_group_refuse_sql = {"group_refuse", &step_t, NULL,
    "update group_member set state = 'LEFT' where sk = :order_id# and order_id = :order_id", false};
/* Whoever is left longest leads; where the parcels of all go to him, he has an address. */
const pn_sql pni_group_leave_sql = {"group_leave", &step_t, &step_t,
    "with m as (update group_member set state = 'LEFT' where sk = :order_id#"
    "  and order_id = :order_id and state <> 'LEFT')"
    " update group_buy g set paid = g.paid - 1, updated_at = :now, version = g.version + 1,"
    "  leader_id = (select m.order_id from group_member m where m.sk = :order_id#"
    "   and m.group_id = :group_id and m.state = 'PAID' and m.order_id <> :order_id"
    "   and (not :sent or exists (select from order_address a where a.sk = :order_id#"
    "    and a.order_id = m.order_id)) order by m.paid_at, m.order_id limit 1)"
    " where g.sk = :order_id# and g.id = :group_id returning g.leader_id as order_id",
    false};

typedef struct member { int64_t id; const char *status, *delivery; } member;
static PN_TYPE(member_t, "group.formed", member, PN_COL(member, id, N_("Order")),
    PN_COL(member, status, N_("State")), PN_COL(member, delivery, "delivery"));
const pn_sql pni_group_form_sql = {"group_form", &step_t, &member_t,
    "with o as (update orders o set status = :to, updated_at = :now, version = o.version + 1"
    "  from group_member m where m.sk = :group_id# and m.group_id = :group_id"
    "   and m.state = 'PAID' and o.sk = :group_id# and o.id = m.order_id"
    "   and o.status = 'GROUP_WAITING' returning o.id, o.status, o.delivery)"
    " select id, status, delivery from o order by id", false};
const pn_sql pni_group_fail_sql = {"group_fail", &step_t, &member_t,
    "with g as (update group_buy set paid = 0, updated_at = :now, version = version + 1"
    "  where sk = :group_id# and id = :group_id),"
    " m as (update group_member set state = 'LEFT' where sk = :group_id#"
    "  and group_id = :group_id and state = 'PAID' returning order_id)"
    " select o.id, o.status from m join orders o on o.sk = :group_id# and o.id = m.order_id"
    " where o.status = 'GROUP_WAITING' order by o.id", false};

/* ---- paid ---- */

/* Where one address does for all, it is the leader's. */
static int send(pn *p, const pni_group *g, const pn_rows *rows)
{
    int64_t *order = pn_alloc(p, (rows->n + 1) * sizeof *order);
    pni_group_offer o;
    size_t n = 0;
    PN_TRY(pni_group_offer_get(p, g->activity_id, &o));
    if (!o.one_address || !g->sent)
        return 0;
    if (!order)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    pn_each(const member, m, rows)
        if (m->id != g->leader_id && strcmp(m->delivery, "EXPRESS") == 0)
            order[n++] = m->id;
    return pni_send_together(p, g->leader_id, order, n);
}

/* All who paid at once: no buyer of a complete group has tickets while another has none. */
static int form(pn *p, const pni_group *g)
{
    pn_rows rows;
    step s = {.group_id = g->id, .to = pni_order_paid_state()};
    PN_TRY(pn_all(p, &pni_group_form_sql, &s, &rows));
    if (rows.n != (size_t)g->paid)
        return pn_fail(p, PN_ECONFLICT, "group", "%s",
                       pn_tr("A member's order was changed by someone else meanwhile"));
    PN_TRY(send(p, g, &rows));
    pn_each(member, m, &rows)
    {
        if (pni_order_issue_hook)
            PN_TRY(pni_order_issue_hook(p, m->id));
        PN_TRY(pni_order_paid_steps(p, m->id, "GROUP_WAITING", "group_success", m->status));
        PN_TRY(pni_order_paid_event(p, m->id, m->status));
    }
    return pn_step(p, &pni_group_fsm, g->id, (pn_word){PN_GROUP_OPEN}, "success", NULL, NULL);
}

static int give_back(pn *p, int64_t order_id, const char *event)
{
    PN_TRY(pni_refund_whole(p, order_id, PN_REASON_GROUP, event, 0));
    if (strcmp(event, "quit") == 0)
        return 0;
    return pn_outbox(p, "group.failed", order_id, NULL, NULL, NULL);
}

static int open_group(pn *p, step *s, bool *live)
{
    pni_group_offer o;
    PN_TRY(pni_group_offer_get(p, s->activity_id, &o));
    *live = o.live;
    if (!o.live)
        return 0;
    s->expires_at.us = pn_now(p).us + o.expire_h * INT64_C(3600000000);
    PN_TRY(pn_new_id(p, pn_sk(s->order_id), &s->group_id));
    PN_TRY(pni_state_log(p, "group", s->group_id, NULL, "OPEN", "open", NULL));
    return pn_exec(p, &pni_group_open_sql, s, NULL);
}

/* The money is there: a place in the group, or the money back. */
static int paid(pn *p, int64_t order_id, const char *payload)
{
    step s = {.order_id = order_id};
    pni_group g = {0};
    bool live = true;
    (void)payload;
    PN_TRY(pn_one(p, &pni_group_asked_sql, &s, &s));
    if (s.group_id) { /* whoever else pays for it waits here */
        PN_TRY(pni_group_lock(p, s.group_id, &g));
        PN_TRY(pn_one(p, &pni_group_asked_sql, &s, &s));
    }
    if (s.state.v != PN_MEMBER_ASKED || s.order_status.v != PN_ORDER_GROUP_WAITING)
        return 0; /* told twice */
    if (!s.group_id) {
        PN_TRY(open_group(p, &s, &live));
        if (live)
            PN_TRY(pni_group_lock(p, s.group_id, &g));
    }
    if (!live || s.twice || pni_group_shut(p, &g)) {
        PN_TRY(pn_exec(p, &pni_group_refuse_sql, &s, NULL));
        return give_back(p, order_id, "group_fail");
    }
    PN_TRY(pn_exec(p, &pni_group_join_sql, &s, NULL));
    if (++g.paid == g.size)
        return form(p, &g);
    return pn_outbox(p, "group.joined", order_id, NULL, NULL, NULL);
}
const pn_event pni_group_paid_event = {"order.group_paid", paid, .tells = PNI_TO_BUYER};

/* ---- leaving ---- */

static PN_TYPE(quit_in_t, "group.quit", struct pn_group_quit,
    PN_COL(struct pn_group_quit, order, N_("Order"), .flags = PN_REQ | PN_ARG, .ref = "order"),
    PN_COL(struct pn_group_quit, reason, N_("Reason"), .max = 200));

/* Whoever leads a group that is sent to one address hands it to somebody who has one. */
static int leave(pn *p, step *s, const pni_group *g, bool one_address)
{
    step next;
    s->sent = one_address && g->sent && g->leader_id == s->order_id;
    PN_TRY(pn_one(p, &pni_group_leave_sql, s, &next));
    if (next.order_id || g->paid == 1)
        return 0;
    pn_fail(p, PN_EADDRESS, "order", "%s",
            pn_tr("The tickets of this group are sent to your address"));
    return pn_hint(p, "%s", pn_tr("You can leave once a member with an address has joined"));
}

static int quit(pn *p, const struct pn_group_quit *in, pn_order *out)
{
    step s = {.order_id = in->order};
    pni_group g;
    pni_group_offer offer;
    pni_order o;
    pn_order before;
    PN_TRY(pni_order_get(p, in->order, &o));
    PN_TRY(pni_order_row(p, in->order, &before));
    int rc = pn_one(p, &pni_group_asked_sql, &s, &s);
    if (rc && rc != PN_ENONE)
        return rc;
    if (rc || s.state.v != PN_MEMBER_PAID) {
        pn_fail(p, PN_ESTATE, "order", pn_tr("Order %s is not in a group (%s)"), o.no,
                pn_word_label(pn_order_states, o.status));
        return pn_hint(p, "%s", pn_tr("See what it is now: order show"));
    }
    PN_TRY(pni_group_offer_get(p, s.activity_id, &offer));
    if (!offer.allow_quit) {
        pn_fail(p, PN_ESTATE, "order", "%s", pn_tr("Members of this group-buy cannot leave"));
        return pn_hint(p, "%s", pn_tr("The money comes back when the group is not complete"));
    }
    PN_TRY(pni_group_lock(p, s.group_id, &g));
    if (g.state.v != PN_GROUP_OPEN) {
        pn_fail(p, PN_ESTATE, "order", pn_tr("The group has ended already (%s)"),
                pn_word_label(pn_group_states, g.state));
        return pn_hint(p, "%s", pn_tr("See what it is now: order show"));
    }
    PN_TRY(leave(p, &s, &g, offer.one_address));
    PN_TRY(give_back(p, in->order, "quit"));
    if (g.paid == 1)
        PN_TRY(pn_step(p, &pni_group_fsm, g.id, g.state, "fail", in->reason, NULL));
    PN_TRY(pni_order_row(p, in->order, out));
    return pn_audit(p, "order", in->order, &pn_order_t, &before, out, in->reason);
}

/* ---- its time is over ---- */

struct pn_group_fail { int64_t id; };
static PN_TYPE(fail_in_t, "group.fail", struct pn_group_fail,
    PN_COL(struct pn_group_fail, id, N_("Group"), .flags = PN_KEY | PN_REQ, .ref = "group"));

/* Whoever is missing could have come until now: the tickets are there, the sale is open. They stay
 * in the sale, so nothing is locked. */
const pn_sql pni_group_fill_sql = {"group_fill", &step_t, NULL,
    "update group_buy g set vacant = g.size - g.paid, updated_at = :now, version = g.version + 1"
    " from group_activity a join session s on s.id = a.session_id"
    "  join tier t on t.id = a.tier_id"
    "  join stock k on k.sk = :group_id# and k.lot_id = a.tier_id"
    " where g.sk = :group_id# and g.id = :group_id and g.expires_at <= :now"
    "  and a.sk = :group_id# and a.id = g.activity_id and a.fill_vacant and a.state = 'LIVE'"
    "  and s.status in ('PRESALE', 'ON_SALE', 'TAIL') and s.stop_sale_at > :now"
    "  and k.qty_total - k.qty_held - k.qty_locked - k.qty_sold + " PNI_FREED("k")
    "   >= (g.size - g.paid) * t.combo_n", false};

static int give_all_back(pn *p, const pni_group *g)
{
    step s = {.group_id = g->id};
    pn_rows rows;
    PN_TRY(pn_all(p, &pni_group_fail_sql, &s, &rows));
    pn_each(member, m, &rows)
        PN_TRY(give_back(p, m->id, "group_fail"));
    return pn_step(p, &pni_group_fsm, g->id, g->state, "fail", NULL, NULL);
}

static int fail(pn *p, const struct pn_group_fail *in, pn_group *out)
{
    pni_group g;
    int64_t filled = 0;
    PN_TRY(pni_group_lock(p, in->id, &g));
    if (g.state.v == PN_GROUP_OPEN) {
        if (g.paid)
            PN_TRY(pn_exec(p, &pni_group_fill_sql, &(step){.group_id = g.id}, &filled));
        PN_TRY(filled ? form(p, &g) : give_all_back(p, &g));
    }
    return pni_group_row(p, in->id, out);
}

int pn_group_fail(pn *p, const struct pn_group_fail *in, pn_group *out);
PNI_OP(group, quit, quit, pn_order, .brief = N_("Leave a group and get the money back"),
       .in = &quit_in_t, .out = &pn_order_t,
       .may = PN_ROLE_BUYER | PN_ROLE_OPS | PN_ROLE_BOXOFFICE,
       .flags = PN_WRITE | PN_ONCE | PN_DANGER, .example = "pn group quit PN261123000001234")
PNI_OP(group, fail, fail, pn_group, .brief = N_("End a group whose time is over"),
       .in = &fail_in_t, .out = &pn_group_t, .may = PN_ROLE_SYSTEM,
       .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

/* Its time is over, its offer was stopped, or its session is not sold any more. */
typedef struct over { int64_t id; } over;
static PN_TYPE(over_t, "group.over", over, PN_COL(over, id, N_("Group")));
const pn_sql pni_group_over_sql = {"group_over", NULL, &over_t,
    "select g.id from group_buy g"
    " join group_activity a on a.sk = g.sk and a.id = g.activity_id"
    " join session s on s.id = g.session_id where g.state = 'OPEN' and (g.expires_at <= :now"
    "  or a.state = 'STOPPED' or s.stop_sale_at <= :now"
    "  or s.status not in ('SCHEDULED', 'PRESALE', 'ON_SALE', 'TAIL', 'SUSPENDED', 'POSTPONED'))"
    " order by g.id limit 200", false};

static int group_expire(pn *p, int64_t *done)
{
    pn_rows rows;
    pn_group out;
    PN_TRY(pn_all(p, &pni_group_over_sql, NULL, &rows));
    pn_each(over, g, &rows)
    {
        PN_TRY(pn_group_fail(p, &(struct pn_group_fail){g->id}, &out));
        (*done)++;
    }
    return 0;
}
const pn_job pni_group_expire_job = {"group_expire", N_("End groups that are not complete in time"),
                                     60, group_expire};
