/* SPDX-License-Identifier: Apache-2.0 */
/* redirect.c — an order is sent somewhere else, as long as none of its tickets is on the way. The
 * same rules hold as when it was placed; a group that shares a parcel moves with its leader. */
#include "order/send_int.h"

typedef struct order_in { int64_t id; pn_bytes address_hash; } order_in;
static PN_TYPE(order_in_t, "order.redirect_id", order_in, PN_COL(order_in, id, N_("Order")),
    PN_COL(order_in, address_hash, "hash"));

/* Nothing of it has left the house, and it is not over. */
#define STAYS                                                                                      \
    "o.status in ('GROUP_WAITING', 'GRAB_PENDING_AUTH', 'GRAB_WAITING', 'OFFLINE_DRAFT',"          \
    " 'OFFLINE_COLLECTED', 'PAID', 'DISPATCHED', 'ALLOCATED')"                                     \
    " or (o.status = 'PENDING_PAY' and o.hold_expires_at > :now)"
typedef struct parcel { bool stays; int64_t leader_id, group_id; } parcel;
static PN_TYPE(parcel_t, "order.parcel", parcel, PN_COL(parcel, stays, "stays"),
    PN_COL(parcel, leader_id, "leader", .flags = PN_OPT),
    PN_COL(parcel, group_id, "group", .flags = PN_OPT));
const pn_sql pni_redirect_look_sql = {"redirect_look", &order_in_t, &parcel_t,
    "select (" STAYS ") as stays, g.leader_id, g.id as group_id from orders o"
    " left join group_member m on m.sk = :id# and m.order_id = o.id and m.state = 'PAID'"
    " left join group_activity a on a.sk = :id# and a.id = m.activity_id and a.one_address"
    " left join group_buy g on g.sk = :id# and g.id = m.group_id and g.activity_id = a.id"
    "  and g.state = 'SUCCESS' and exists (select from order_address x where x.sk = :id#"
    "   and x.order_id = g.leader_id)"
    " where o.sk = :id# and o.id = :id", false};
const pn_sql pni_redirect_group_sql = {"redirect_group", &order_in_t, &order_in_t,
    "select o.id from group_member m join orders o on o.sk = :id# and o.id = m.order_id"
    " where m.sk = :id# and m.group_id = :id and m.state = 'PAID' and o.delivery = 'EXPRESS'"
    "  and (" STAYS ") order by o.id for update of o", false};

/* An activity's share that counts for an address goes with it; the tier's lot is locked. */
#define SHARE                                                                                      \
    "r as materialized (select r.source_id, r.qty, r.address from order_reserve r"                 \
    "  where r.sk = :id# and r.order_id = :id and r.source = 'SECKILL' and r.qty > 0"              \
    "   and r.address is not null and r.address <> :address_hash for update)"
typedef struct share { int limit; bool over; } share;
static PN_TYPE(share_t, "order.redirect_share", share, PN_COL(share, limit, "limit"),
    PN_COL(share, over, "over"));
const pn_sql pni_redirect_share_sql = {"redirect_share", &order_in_t, &share_t,
    "with " SHARE " select x.limit_qty as limit, coalesce(g.qty, 0) + r.qty > x.limit_qty as over"
    " from r join seckill x on x.sk = :id# and x.id = r.source_id"
    " left join seckill_guest g on g.sk = :id# and g.seckill_id = r.source_id"
    "  and g.key = :address_hash", false};
const pn_sql pni_redirect_guest_sql = {"redirect_guest", &order_in_t, NULL,
    "with " SHARE ","
    " b as (update seckill_guest g set qty = g.qty - r.qty from r where g.sk = :id#"
    "  and g.seckill_id = r.source_id and g.key = r.address),"
    " a as (insert into seckill_guest as g (sk, seckill_id, key, qty, cap)"
    "  select :id#, r.source_id, :address_hash, r.qty, x.limit_qty from r"
    "  join seckill x on x.sk = :id# and x.id = r.source_id"
    "  on conflict (sk, seckill_id, key) do update set qty = g.qty + excluded.qty,"
    "   cap = excluded.cap)"
    " update order_reserve o set address = :address_hash from r"
    " where o.sk = :id# and o.order_id = :id", false};

#define IN(f, label, ...) PN_COL(struct pn_order_redirect, f, label, __VA_ARGS__)
static PN_TYPE(redirect_in_t, "order.redirect", struct pn_order_redirect,
    IN(id, N_("Order"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "order"),
    PNI_SEND_TO(struct pn_order_redirect), IN(reason, N_("Reason"), .max = 200));
#define OUT(f, label, ...) PN_COL(pn_order_target, f, label, __VA_ARGS__)
static PN_TYPE(target_t, "order.target", pn_order_target,
    OUT(id, N_("Order"), .flags = PN_KEY, .ref = "order"),
    OUT(receiver, N_("Receiver"), .flags = PN_BRIEF),
    OUT(receiver_phone, N_("Receiver's telephone"), .flags = PN_BRIEF),
    OUT(sent_to, N_("Sent to"), .flags = PN_BRIEF));

/* What the trail keeps, and what is answered: nobody's name. */
static int masked(pn *p, int64_t order, const pni_target *t, pn_order_target *out)
{
    *out = (pn_order_target){order, pni_mask_name(p, t->receiver), pni_mask_phone(p, t->phone),
                             pn_printf(p, *t->region ? "%s ***" : "%s***", t->region)};
    return out->receiver && out->receiver_phone && out->sent_to
               ? 0
               : pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static int may_move(pn *p, const pni_order *o, const pni_target *old, const parcel *at)
{
    if (!at->stays) {
        int now = pn_word_find(pn_order_states, pni_order_status(p, o));
        pn_fail(p, PN_ESTATE, "id", pn_tr("Order %s cannot be sent elsewhere any more (%s)"), o->no,
                pn_word_label(pn_order_states, (pn_word){now}));
        return pn_hint(p, "%s", pn_tr("Until its tickets are on the way it can"));
    }
    if (!old->given && o->delivery.v != PN_DELIVERY_EXPRESS)
        return pn_fail(p, PN_EADDRESS, "id", pn_tr("Nothing is sent anywhere (%s)"),
                       pn_word_label(pn_deliveries, o->delivery));
    if (!at->group_id || at->leader_id == o->id)
        return 0;
    pn_fail(p, PN_EADDRESS, "id", "%s",
            pn_tr("The tickets of this group are sent to its leader's address"));
    return pn_hint(p, "%s", pn_tr("The leader of the group can have them sent elsewhere"));
}

/* Of what is typed the rest stays as it was. */
static int wanted(pn *p, const struct pn_order_redirect *in, const pni_order *o,
                  const pni_target *old, pni_target *out)
{
    pni_ask ask = {.to = PNI_TO_OF(in)};
    pni_deal d = {.ask = &ask, .buyer.user_id = o->user_id, .cart.delivery = o->delivery};
    pni_to *to = &ask.to;
    if (!to->address && !to->receiver && !to->phone && !to->region && !to->street)
        return pn_fail(p, PN_EARG, "address", "%s", pn_tr("Say where it is to be sent"));
    if (!to->address && old->given) {
        to->receiver = to->receiver ? to->receiver : old->receiver;
        to->phone = to->phone ? to->phone : old->phone;
        to->region = to->region ? to->region : old->region;
        to->street = to->street ? to->street : old->street;
    }
    PN_TRY(pni_send_check(p, &ask, &d.target));
    PN_TRY(pni_send_read(p, (pni_deal *[]){&d}, 1));
    if (d.target.blocked) {
        pn_fail(p, PN_EDELIVERY, in->address ? "address" : "region", "%s",
                pn_tr("No parcel goes to the region of the address"));
        return pn_hint(p, "%s", pn_tr("Name an address in another region"));
    }
    PN_TRY(pni_send_may(p, &d));
    *out = d.target;
    return 0;
}

static int move_share(pn *p, const struct pn_order_redirect *in, const pni_target *t)
{
    order_in o = {in->id, t->hash};
    share s = {0};
    int rc = pn_one(p, &pni_redirect_share_sql, &o, &s);
    if (rc)
        return rc == PN_ENONE ? 0 : rc;
    if (s.over) {
        pn_fail(p, PN_ELIMIT, in->address ? "address" : "street",
                pn_tr("At most %d of this activity for one address"), s.limit);
        return pn_hint(p, "%s", pn_tr("Name an address that none of its tickets goes to"));
    }
    return pn_exec(p, &pni_redirect_guest_sql, &o, NULL);
}

/* One parcel: whoever else is in it. */
static int others(pn *p, int64_t group, int64_t leader)
{
    pn_rows rows;
    size_t n = 0;
    PN_TRY(pn_all(p, &pni_redirect_group_sql, &(order_in){.id = group}, &rows));
    int64_t *order = pn_alloc(p, (rows.n + 1) * sizeof *order);
    if (!order)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    pn_each(const order_in, o, &rows)
        if (o->id != leader)
            order[n++] = o->id;
    return pni_send_together(p, leader, order, n);
}

static int redirect(pn *p, const struct pn_order_redirect *in, pn_order_target *out)
{
    pni_order o;
    pni_target old, t;
    pni_sent row;
    parcel at;
    pn_order_target before;
    PN_TRY(pni_order_lock(p, in->id));
    PN_TRY(pni_order_get(p, in->id, &o));
    PN_TRY(pn_one(p, &pni_redirect_look_sql, &(order_in){.id = in->id}, &at));
    PN_TRY(pni_send_get(p, in->id, &old));
    PN_TRY(may_move(p, &o, &old, &at));
    PN_TRY(wanted(p, in, &o, &old, &t));
    PN_TRY(move_share(p, in, &t));
    PN_TRY(pni_send_seal(p, in->id, &t, &row));
    PN_TRY(pn_queue(p, &pni_send_put_sql, &row, 1, NULL, NULL));
    if (at.group_id)
        PN_TRY(others(p, at.group_id, in->id));
    if (old.given)
        PN_TRY(masked(p, in->id, &old, &before));
    PN_TRY(masked(p, in->id, &t, out));
    return pn_audit(p, "order", in->id, &target_t, old.given ? &before : NULL, out, in->reason);
}

PNI_OP(order, redirect, redirect, pn_order_target,
       .brief = N_("Have an order sent to another address"),
       .help = N_("Until its tickets are on the way. What is not typed stays as it was; the "
                  "address is kept sealed, the audit trail has it masked."),
       .in = &redirect_in_t, .out = &target_t,
       .may = PN_ROLE_BUYER | PN_ROLE_OPS | PN_ROLE_BOXOFFICE, .flags = PN_WRITE | PN_ONCE,
       .lasting = N_("The address before is not kept: name it again"),
       .example = "pn order redirect PN261123000001234 --region 上海市 --street 南京东路100号")
