/* SPDX-License-Identifier: Apache-2.0 */
/* group.c — group-buy orders up to their payment: an offer is answered, a group joined or opened.
 * What happens to the group then is group_form.c. */
#include <string.h>

#include "base/policy_int.h"
#include "order/group_int.h"
#include "order/mine_int.h"
#include "order/send_int.h"

const pn_words pn_group_states[] = {PN_GROUP_STATES(PN_WORD_ROW){0}};
const pn_words pn_member_states[] = {PN_MEMBER_STATES(PN_WORD_ROW){0}};

#define LEFT "(g.size - g.paid - g.vacant)"
#define COL(f, label, ...) PN_COL(pn_group, f, label, __VA_ARGS__)
PN_TYPE(pn_group_t, "group", pn_group,
    COL(id, N_("Number"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "g.id", .ref = "group"),
    COL(groupbuy_id, N_("Group-buy"), .sql = "g.activity_id", .ref = "groupbuy"),
    COL(session_id, N_("Session"), .sql = "g.session_id", .ref = "session"),
    COL(show, N_("Show"), .flags = PN_BRIEF, .sql = "h.title"),
    COL(tier, N_("Tier"), .flags = PN_BRIEF, .sql = "t.name"),
    COL(price_fen, N_("Group price"), .flags = PN_BRIEF | PN_EACH, .sql = "a.price_fen"),
    COL(size, N_("Group size"), .flags = PN_BRIEF, .sql = "g.size"),
    COL(paid, N_("Paid"), .flags = PN_BRIEF, .sql = "g.paid"),
    COL(left, N_("Still wanted"), .flags = PN_BRIEF, .sql = LEFT),
    COL(vacant, N_("Vacant places"), .sql = "g.vacant"),
    COL(fill_vacant, N_("Completes with vacant places"), .sql = "a.fill_vacant"),
    COL(state, N_("State"), .flags = PN_BRIEF, .words = pn_group_states, .sql = "g.state"),
    COL(opened_at, N_("Opened"), .flags = PN_SORT, .sql = "g.opened_at"),
    COL(expires_at, N_("Complete before"), .flags = PN_BRIEF | PN_SORT, .sql = "g.expires_at"),
    COL(done_at, N_("Done at"), .sql = "g.done_at"));

#define FROM                                                                                       \
    "group_buy g join group_activity a on a.sk = g.sk and a.id = g.activity_id"                    \
    " join tier t on t.id = a.tier_id join session s on s.id = g.session_id"                       \
    " join show h on h.id = s.show_id"
#define SCOPE                                                                                      \
    "(:my_organiser::bigint is null or h.organiser_id = :my_organiser)"                            \
    " and :my_merchant::bigint is null"
static const pn_list_spec list_spec = {&pn_group_t, FROM, SCOPE, "g.id", "-id", NULL};

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "group.id", id_in, PN_COL(id_in, id, N_("Number")));
static const pn_sql row_sql = {"group_row", &by_id_t, &pn_group_t,
    "select g.id, g.activity_id as groupbuy_id, g.session_id, h.title as show, t.name as tier,"
    " a.price_fen, g.size, g.paid, " LEFT " as left, g.vacant, a.fill_vacant, g.state, g.opened_at,"
    " g.expires_at, g.done_at from " FROM " where g.sk = :id# and g.id = :id and " SCOPE, false};

int pni_group_row(pn *p, int64_t id, pn_group *out)
{
    int rc = pn_one(p, &row_sql, &(id_in){id}, out);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no group %lld"), (long long)id);
    return rc;
}

#define MEMBER(f, label, ...) PN_COL(pn_group_member, f, label, __VA_ARGS__)
static PN_TYPE(member_t, "group.member", pn_group_member,
    MEMBER(order_id, N_("Order"), .flags = PN_KEY | PN_SORT, .sql = "m.order_id", .ref = "order"),
    MEMBER(order_no, N_("Order no."), .flags = PN_BRIEF, .sql = "o.no"),
    MEMBER(group_id, N_("Group"), .flags = PN_BRIEF | PN_OPT, .sql = "m.group_id", .ref = "group"),
    MEMBER(leader, N_("Leader"), .flags = PN_BRIEF,
           .sql = "coalesce(g.leader_id = m.order_id, false)"),
    MEMBER(state, N_("State"), .flags = PN_BRIEF, .words = pn_member_states, .sql = "m.state"),
    MEMBER(order_status, N_("Order state"), .flags = PN_BRIEF, .words = pn_order_states,
           .sql = "o.status"),
    MEMBER(at, N_("Ordered"), .flags = PN_BRIEF | PN_SORT, .sql = "m.at"),
    MEMBER(paid_at, N_("Paid at"), .flags = PN_BRIEF, .sql = "m.paid_at"));
static const pn_list_spec members_spec = {&member_t,
    "group_member m join orders o on o.sk = m.sk and o.id = m.order_id"
    " join show h on h.id = o.show_id"
    " left join group_buy g on g.sk = m.sk and g.id = m.group_id", SCOPE, "m.order_id", "-order_id",
    NULL};

#define OFFER(f) PN_COL(pni_group_offer, f, #f)
static PN_TYPE(offer_t, "group.offer", pni_group_offer, OFFER(id), OFFER(session_id),
    OFFER(tier_id), OFFER(size), OFFER(price_fen), OFFER(starts_at), OFFER(ends_at), OFFER(live),
    OFFER(allow_quit), OFFER(one_address), OFFER(hold_min), OFFER(expire_h));
static const pn_sql offer_sql = {"group_offer", &by_id_t, &offer_t,
    "select a.id, a.session_id, a.tier_id, a.size, a.price_fen, a.starts_at, a.ends_at,"
    " a.state = 'LIVE' as live, a.allow_quit, a.one_address,"
    " " PNI_POLICY("group.hold_min") " as hold_min,"
    " " PNI_POLICY("group.expire_h") " as expire_h from group_activity a"
    " where a.sk = :id# and a.id = :id", false};

int pni_group_offer_get(pn *p, int64_t id, pni_group_offer *out)
{
    int rc = pn_one(p, &offer_sql, &(id_in){id}, out);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "groupbuy", pn_tr("There is no group-buy %lld"),
                       (long long)id);
    return rc;
}

#define GROUP(f, ...) PN_COL(pni_group, f, #f, __VA_ARGS__)
static PN_TYPE(group_t, "group.locked", pni_group, GROUP(id), GROUP(activity_id),
    GROUP(leader_id, .flags = PN_OPT), GROUP(size), GROUP(paid),
    GROUP(state, .words = pn_group_states), GROUP(expires_at), GROUP(sent));
static const pn_sql lock_sql = {"group_lock", &by_id_t, &group_t,
    "select g.id, g.activity_id, g.leader_id, g.size, g.paid, g.state, g.expires_at,"
    " exists (select from order_address a where a.sk = :id# and a.order_id = g.leader_id) as sent"
    " from group_buy g where g.sk = :id# and g.id = :id for update of g", false};

int pni_group_lock(pn *p, int64_t id, pni_group *out)
{
    int rc = pn_one(p, &lock_sql, &(id_in){id}, out);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "group", pn_tr("There is no group %lld"), (long long)id);
    return rc;
}

const char *pni_group_shut(const pn *p, const pni_group *g)
{
    if (g->state.v != PN_GROUP_OPEN)
        return pn_word_label(pn_group_states, g->state);
    if (g->expires_at.us <= pn_now(p).us)
        return pn_tr("its time is over");
    return g->paid >= g->size ? pn_tr("it is full") : NULL;
}

/* ---- ordering ---- */

typedef struct asked { int64_t order_id, activity_id, group_id; } asked;
static PN_TYPE(asked_t, "group.asked", asked, PN_COL(asked, order_id, N_("Order")),
    PN_COL(asked, activity_id, N_("Group-buy")),
    PN_COL(asked, group_id, N_("Group"), .flags = PN_OPT));
static const pn_sql ask_sql = {"group_ask", &asked_t, NULL,
    "insert into group_member (sk, order_id, activity_id, group_id, buyer, state, at)"
    " select :order_id#, o.id, :activity_id, :group_id, o.buyer, 'ASKED', :now from orders o"
    " where o.sk = :order_id# and o.id = :order_id", false};
typedef struct times { int n; } times;
static PN_TYPE(times_t, "group.times", times, PN_COL(times, n, N_("Orders")));
static const pn_sql twice_sql = {"group_twice", &asked_t, &times_t,
    "select count(*)::int as n from group_member me join group_member m on m.sk = :order_id#"
    "  and m.group_id = me.group_id and m.buyer = me.buyer and m.order_id <> me.order_id"
    " join orders o on o.sk = :order_id# and o.id = m.order_id"
    " where me.sk = :order_id# and me.order_id = :order_id and (m.state = 'PAID'"
    "  or (m.state = 'ASKED' and o.status = 'PENDING_PAY' and o.hold_expires_at > :now))", false};

#define IN(f, label, ...) PN_COL(struct pn_group_submit, f, label, __VA_ARGS__)
static PN_TYPE(submit_in_t, "group.submit", struct pn_group_submit,
    IN(groupbuy, N_("Group-buy"), .flags = PN_REQ | PN_ARG, .ref = "groupbuy"),
    IN(group, N_("Group"), .flags = PN_OPT, .ref = "group",
       .hint = N_("The group to join; without it a new one is opened")),
    IN(qty, N_("Quantity"), .flags = PN_OPT, .min = 1, .max = 100),
    IN(buyer_name, N_("Buyer"), .flags = PN_PII, .max = 60),
    IN(phone, N_("Telephone"), .flags = PN_PII, .max = 20,
       .hint = N_("11 digits of a mobile, or + and the number with country")),
    IN(delivery, N_("Delivery"), .words = pn_deliveries),
    IN(attendees, N_("Attendees"), .of = &pni_attendee_t,
       .hint = N_("Name, document type and number of each person")),
    IN(expect_fen, N_("Expected price"), .flags = PN_OPT,
       .hint = N_("Refuse when the order costs something else")),
    PNI_SEND_TO(struct pn_group_submit));

static int open_now(pn *p, const pni_group_offer *o)
{
    if (!o->live) {
        pn_fail(p, PN_ESTATE, "groupbuy", "%s", pn_tr("This group-buy is stopped"));
        return pn_hint(p, "%s", pn_tr("Order at the ordinary price: order submit"));
    }
    if (pn_now(p).us < o->starts_at.us) {
        pn_fail(p, PN_ESTATE, "groupbuy", "%s", pn_tr("This group-buy has not begun"));
        return pn_hint(p, "%s", pn_tr("See when it begins: groupbuy show"));
    }
    if (pn_now(p).us >= o->ends_at.us) {
        pn_fail(p, PN_EEXPIRED, "groupbuy", "%s", pn_tr("This group-buy has ended"));
        return pn_hint(p, "%s", pn_tr("Order at the ordinary price: order submit"));
    }
    return 0;
}

static int joinable(pn *p, const struct pn_group_submit *in, bool *sent)
{
    pni_group g;
    PN_TRY(pni_group_lock(p, in->group, &g));
    *sent = g.sent;
    if (g.activity_id != in->groupbuy)
        return pn_fail(p, PN_EARG, "group", "%s", pn_tr("The group is of another group-buy"));
    const char *why = pni_group_shut(p, &g);
    if (!why)
        return 0;
    pn_fail(p, PN_ESTATE, "group", pn_tr("Nobody can join this group (%s)"), why);
    return pn_hint(p, "%s", pn_tr("Join another group, or open one by leaving “group” out"));
}

/* Only the organiser's own tickets: a merchant is owed his price whatever a group pays. */
static int submit(pn *p, const struct pn_group_submit *in, pn_order *out)
{
    pni_group_offer o;
    times other;
    bool sent = false; /* where its leader says */
    PN_TRY(pni_group_offer_get(p, in->groupbuy, &o));
    PN_TRY(open_now(p, &o));
    if (in->group)
        PN_TRY(joinable(p, in, &sent));
    pn_order_want want = {.tier = o.tier_id, .qty = in->qty ? in->qty : 1, .listing = o.tier_id};
    pni_ask ask = {.kind = "GROUP", .want = &want, .wants = 1, .delivery = in->delivery,
                   .channel = {PN_CHANNEL_OWN}, .buyer_name = in->buyer_name,
                   .attendees = in->attendees, .expect_fen = in->expect_fen,
                   .activity_fen = o.price_fen, .hold_min = o.hold_min, .to = PNI_TO_OF(in)};
    ask.to.elsewhere = sent && o.one_address && !in->address && !in->street;
    PN_TRY(pni_account_phone(p, in->phone, &ask.phone));
    PN_TRY(pni_sale_one(p, &ask, out));
    asked a = {out->id, o.id, in->group};
    PN_TRY(pn_exec(p, &ask_sql, &a, NULL));
    if (!in->group)
        return 0;
    PN_TRY(pn_one(p, &twice_sql, &a, &other));
    if (other.n) {
        pn_fail(p, PN_EEXISTS, "group", "%s",
                pn_tr("This buyer is in the group already, or about to pay"));
        return pn_hint(p, "%s", pn_tr("One buyer is once in a group: join another, or open one"));
    }
    return 0;
}

static PN_TYPE(show_in_t, "group.show", struct pn_group_show,
    PN_COL(struct pn_group_show, id, N_("Group"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "group"));
static int show(pn *p, const struct pn_group_show *in, pn_group *out)
{
    return pni_group_row(p, in->id, out);
}

enum {
    SELLERS = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_BUYER | PN_ROLE_SYSTEM,
    DESK = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_ORGANISER
};

PN_OP_LIST(group, list, list_spec, .brief = N_("List groups"), .out = &pn_group_t, .may = DESK)
PN_OP_LIST(group, members, members_spec, .brief = N_("List the orders of groups"),
           .out = &member_t, .may = DESK, .example = "pn group members --where 'group_id=8193'")
PN_OP(group, show, pn_group, .brief = N_("Show a group"), .in = &show_in_t, .out = &pn_group_t,
      .may = PN_ROLE_PUBLIC)
PN_OP(group, submit, pn_order, .brief = N_("Order at a group's price: join a group or open one"),
      .help = N_("The tickets are issued to all members when the last one has paid. A group that "
                 "is not complete after 24 hours is refunded in full, or complete without the "
                 "others where the offer says that it completes with vacant places."),
      .in = &submit_in_t, .out = &pn_order_t, .may = SELLERS, .flags = PN_WRITE | PN_ONCE,
      .example = "pn group submit 4097 --phone 13800001234")

const pn_module pn_group_module = {
    "group", N_("Groups"),
    .ops = PN_LIST(pn_op, &group_list_op, &group_members_op, &group_show_op, &group_submit_op,
                   &pni_group_quit_op, &pni_group_fail_op),
    .sql = PN_LIST(pn_sql, &row_sql, &offer_sql, &lock_sql, &ask_sql, &twice_sql,
                   &pni_group_asked_sql, &pni_group_open_sql, &pni_group_join_sql,
                   &pni_group_leave_sql, &pni_group_refuse_sql, &pni_group_form_sql,
                   &pni_group_fail_sql, &pni_group_fill_sql, &pni_group_over_sql,
                   &pni_group_move_sql),
    .fsm = PN_LIST(pn_fsm, &pni_group_fsm),
    .jobs = PN_LIST(pn_job, &pni_group_expire_job),
    .events = PN_LIST(pn_event, &pni_group_paid_event),
};
