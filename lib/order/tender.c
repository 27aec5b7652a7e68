/* SPDX-License-Identifier: Apache-2.0 */
/* tender.c — a part of an order by another tender: asked for, frozen, given up again by the buyer.
 * A card of ours is set aside with it at once; a partner is asked when no transaction is open. */
#include <string.h>

#include "base/policy_int.h"
#include "order/later_int.h"
#include "order/pay_rule_int.h"
#include "order/provider_int.h"
#include "order/tender_int.h"
#include "promo/gift_card_int.h"

/* An order as whoever adds a tender finds it, its row locked. */
typedef struct facts {
    int64_t order_id;
    pn_word status;
    pn_time hold_expires_at;
    pn_money payable_fen, service_fen, held_fen, asked_fen, carded_fen; /* asked: not frozen yet */
    int outside;                                                        /* open at providers */
    const char *category;
} facts;
#define F(f, ...) PN_COL(facts, f, #f, __VA_ARGS__)
static PN_TYPE(facts_t, "tender.facts", facts, F(order_id), F(status, .words = pn_order_states),
    F(hold_expires_at), F(payable_fen), F(service_fen), F(held_fen), F(asked_fen), F(carded_fen),
    F(outside), F(category));
#undef F
#define FROZEN_FIRST "('DOULI_POINTS', 'GIFT_CARD', 'SFPL')"
const pn_sql pni_tender_facts_sql = {"tender_facts", &facts_t, &facts_t,
    "select o.id as order_id, o.status, o.hold_expires_at, o.payable_fen, o.service_fen,"
    " o.held_fen, h.category, coalesce(sum(y.amount_fen) filter (where y.method in " FROZEN_FIRST
    "  and y.state in ('CREATED', 'PENDING')), 0)::bigint as asked_fen,"
    " coalesce(sum(y.amount_fen) filter (where y.method = 'GIFT_CARD'"
    "  and y.state = 'AUTHORISED'), 0)::bigint as carded_fen,"
    " count(*) filter (where y.method not in " FROZEN_FIRST
    "  and y.state in ('CREATED', 'PENDING'))::int as outside"
    " from orders o join show h on h.id = o.show_id"
    " left join payment y on y.sk = :order_id# and y.order_id = o.id"
    " where o.sk = :order_id# and o.id = :order_id"
    " group by o.id, o.status, o.hold_expires_at, o.payable_fen, o.service_fen, o.held_fen,"
    "  h.category", false};

typedef struct make {
    int64_t order_id, id;
    pn_word method;
    pn_money amount_fen;
    bool frozen;
    const char *provider_no, *payer, *code;
    int64_t points_yuan;
    int points_fee_bp;
} make;
#define M(f, ...) PN_COL(make, f, #f, __VA_ARGS__)
static PN_TYPE(make_t, "tender.make", make, M(order_id), M(id),
    M(method, .words = pn_pay_methods), M(amount_fen), M(frozen), M(provider_no), M(payer),
    M(code), M(points_yuan, .flags = PN_OPT), M(points_fee_bp));
#undef M
/* One that is frozen with it is looked at when the hold ends, another at once. */
const pn_sql pni_tender_make_sql = {"tender_make", &make_t, NULL,
    "with o as (update orders set legs = legs + 1, held_fen = held_fen + case when :frozen"
    "   then :amount_fen else 0 end, updated_at = :now, version = version + 1"
    "  where sk = :order_id# and id = :order_id and status = 'PENDING_PAY'"
    "   and hold_expires_at > :now and payable_fen >= paid_fen + held_fen + :amount_fen"
    "  returning id, legs, hold_expires_at),"
    " y as (insert into payment (sk, id, order_id, leg_no, method, amount_fen, provider_no, state,"
    "   created_at, expires_at, updated_at) select :order_id#, :id, o.id, o.legs, :method,"
    "   :amount_fen, :provider_no, case when :frozen then 'AUTHORISED' else 'CREATED' end, :now,"
    "   o.hold_expires_at, :now from o),"
    " f as (insert into payment_front (sk, payment_id, payer, code, points_yuan, points_fee_bp,"
    "   updated_at) select :order_id#, :id, :payer, coalesce(:code, ''), :points_yuan,"
    "   :points_fee_bp, :now from o"
    "   where :payer is not null)"
    " insert into payment_due (sk, payment_id, due_at) select :order_id#, :id,"
    "  case when :frozen then o.hold_expires_at else :now end from o", false};

static PN_TYPE(tender_t, "payment.tender", struct pn_payment_tender,
    PN_COL(struct pn_payment_tender, order, N_("Order"), .flags = PN_REQ | PN_ARG, .ref = "order"),
    PN_COL(struct pn_payment_tender, method, N_("Method"), .flags = PN_REQ | PN_ARG,
           .words = pn_pay_methods),
    PN_COL(struct pn_payment_tender, amount_fen, N_("Amount"), .flags = PN_OPT, .min = 1,
           .max = INT64_C(100000000000), .hint = N_("Default: as much as it can")),
    PN_COL(struct pn_payment_tender, card, N_("Card"), .flags = PN_OPT, .ref = "gift_card",
           .hint = N_("A gift card of the buyer's account")),
    PN_COL(struct pn_payment_tender, code, N_("Code"), .flags = PN_SECRET, .max = 16,
           .hint = N_("Of the gift card, or the one that the partner sent")),
    PN_COL(struct pn_payment_tender, pin, N_("Pin"), .flags = PN_SECRET, .max = 8),
    PN_COL(struct pn_payment_tender, phone, N_("Telephone"), .flags = PN_PII, .max = 20,
           .hint = N_("Of the partner's account")));

static int short_by(pn *p, int64_t fen)
{
    return pn_fail(p, PN_EBALANCE, "amount_fen", pn_tr("At most %lld.%02d yuan can be paid so"),
                   (long long)(fen / 100), (int)(fen % 100));
}

static int open_order(pn *p, int64_t order_id, facts *f)
{
    pni_order o;
    PN_TRY(pni_order_lock(p, order_id));
    PN_TRY(pni_order_get(p, order_id, &o));
    PN_TRY(pn_one(p, &pni_tender_facts_sql, &(facts){.order_id = order_id}, f));
    if (f->status.v == PN_ORDER_PENDING_PAY && f->hold_expires_at.us <= pn_now(p).us)
        return pn_fail(p, PN_EEXPIRED, "order", "%s", pn_tr("The hold of this order has ended"));
    if (f->status.v != PN_ORDER_PENDING_PAY)
        return pn_fail(p, PN_ESTATE, "order", pn_tr("Order %s is not to be paid (%s)"), o.no,
                       pn_word_label(pn_order_states, f->status));
    if (!f->outside)
        return 0;
    pn_fail(p, PN_ESTATE, "order", "%s", pn_tr("Another payment of this order is under way"));
    return pn_hint(p, "%s", pn_tr("Tenders come first, the provider's payment for the rest last"));
}

static int written(pn *p, make *m)
{
    int64_t done = 0;
    PN_TRY(pn_exec(p, &pni_tender_make_sql, m, &done));
    if (!done)
        return pn_fail(p, PN_ECONFLICT, "order", "%s",
                       pn_tr("The order was changed by someone else meanwhile"));
    PN_TRY(pni_state_log(p, "payment", m->id, NULL, "CREATED", "create", NULL));
    return m->frozen ? pni_stepped(p, &pni_payment_fsm, m->id, "CREATED", "frozen", NULL) : 0;
}

/* Goods and sending, not the fees of our service. */
static int by_card(pn *p, const struct pn_payment_tender *in, const facts *f, make *m)
{
    pni_card c;
    int64_t most = f->payable_fen.fen - f->held_fen.fen - f->asked_fen.fen;
    int64_t goods = f->payable_fen.fen - f->service_fen.fen - f->carded_fen.fen;
    PN_TRY(pni_card_open(p, in->card, in->code, in->pin, &c));
    if (*c.category && strcmp(c.category, f->category) != 0)
        return pn_fail(p, PN_ESTATE, "card", pn_tr("The card is for shows of the category %s"),
                       c.category);
    most = goods < most ? goods : most;
    int64_t has = c.balance_fen.fen - c.held_fen.fen;
    most = has < most ? has : most;
    m->amount_fen.fen = in->amount_fen.fen ? in->amount_fen.fen : most;
    if (m->amount_fen.fen > most || most <= 0)
        return short_by(p, most > 0 ? most : 0);
    m->frozen = true;
    m->provider_no = pn_printf(p, "C%lld-%lld", (long long)c.id, (long long)m->id);
    PN_TRY(written(p, m));
    PN_TRY(pni_card_hold(p, c.id, m->id, m->amount_fen.fen));
    return pni_tender_settle(p, in->order);
}

/* What was agreed with the partner. */
typedef struct worth { const char *partner; int64_t yuan; int fee_bp; bool alone; } worth;
#define W(f) PN_COL(worth, f, #f)
static PN_TYPE(worth_t, "tender.worth", worth, W(partner), W(yuan), W(fee_bp), W(alone));
#undef W
const pn_sql pni_tender_worth_sql = {"tender_worth", &worth_t, &worth_t,
    "select coalesce(c.points_yuan, " PNI_POLICY("tender.douli_points_yuan") ") as yuan,"
    " coalesce(c.points_fee_bp, 0) as fee_bp, coalesce(c.points_use = 'ALONE', false) as alone"
    " from (select 1) x left join channel c on c.code = :partner and c.state = 'ACTIVE'", false};

static int by_points(pn *p, const struct pn_payment_tender *in, const facts *f, make *m)
{
    int64_t most = f->payable_fen.fen - f->held_fen.fen - f->asked_fen.fen;
    if (!in->phone || !in->code)
        return pn_fail(p, PN_EARG, in->phone ? "code" : "phone", "%s",
                       pn_tr("Give the telephone of the account and the code sent to it"));
    m->amount_fen.fen = in->amount_fen.fen ? in->amount_fen.fen : most;
    if (m->amount_fen.fen > most || most <= 0)
        return short_by(p, most > 0 ? most : 0);
    worth w = {.partner = pni_method_of(in->method.v)->connector};
    PN_TRY(pn_one(p, &pni_tender_worth_sql, &w, &w));
    if (w.alone && m->amount_fen.fen != f->payable_fen.fen) {
        pn_fail(p, PN_EARG, "amount_fen", "%s",
                pn_tr("These points pay a whole order, not a part of it"));
        return pn_hint(p, "%s", pn_tr("Pay all of it with them, or none"));
    }
    m->points_yuan = w.yuan;
    m->points_fee_bp = w.fee_bp;
    m->payer = in->phone;
    m->code = in->code;
    return written(p, m);
}

static int tender(pn *p, const struct pn_payment_tender *in, pn_payment *out)
{
    make m = {.order_id = in->order, .method = in->method};
    facts f;
    bool card = in->method.v == PN_PAY_GIFT_CARD;
    if (!card && in->method.v != PN_PAY_DOULI_POINTS)
        return pn_fail(p, PN_EARG, "method", pn_tr("%s is no tender for a part"),
                       pn_word_label(pn_pay_methods, in->method));
    PN_TRY(open_order(p, in->order, &f));
    PN_TRY(pni_pay_offered(p, &(pni_pay_facts){.order = in->order, .method = in->method}));
    PN_TRY(pn_new_id(p, pn_sk(in->order), &m.id));
    PN_TRY(card ? by_card(p, in, &f, &m) : by_points(p, in, &f, &m));
    PN_TRY(pni_payment_row(p, m.id, out));
    return pn_audit(p, "payment", m.id, &pn_payment_t, NULL, out, NULL);
}

/* ---- given up ---- */

static PN_TYPE(release_t, "payment.release", struct pn_payment_release,
    PN_COL(struct pn_payment_release, id, N_("Payment"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "payment"));
/* Its holder is told by the job; until then the row of payment_due says that it is to be told. */
const pn_sql pni_tender_release_sql = {"tender_release", &release_t, NULL,
    "with y as (update payment set state = 'RELEASED', updated_at = :now, version = version + 1"
    "  where sk = :id# and id = :id and state = 'AUTHORISED' returning id, order_id, amount_fen),"
    " o as (update orders o set held_fen = o.held_fen - y.amount_fen, updated_at = :now,"
    "   version = o.version + 1 from y where o.sk = :id# and o.id = y.order_id)"
    " update payment_due q set due_at = :now from y where q.sk = :id# and q.payment_id = y.id",
    false};

static int let_go(pn *p, int64_t payment_id)
{
    int64_t done = 0;
    PN_TRY(pn_exec(p, &pni_tender_release_sql, &(struct pn_payment_release){payment_id}, &done));
    return done ? pni_stepped(p, &pni_payment_fsm, payment_id, "AUTHORISED", "release", NULL) : 0;
}

static int release(pn *p, const struct pn_payment_release *in, pn_payment *out)
{
    pni_order o;
    pn_payment before;
    facts f;
    PN_TRY(pni_payment_lock(p, in->id));
    PN_TRY(pni_payment_row(p, in->id, &before));
    PN_TRY(pni_order_get(p, before.order_id, &o));
    PN_TRY(pn_one(p, &pni_tender_facts_sql, &(facts){.order_id = before.order_id}, &f));
    bool grab = f.status.v == PN_ORDER_GRAB_WAITING;
    bool waits = grab ||
                 (f.status.v == PN_ORDER_PENDING_PAY && f.hold_expires_at.us > pn_now(p).us);
    if (before.state.v != PN_PAYMENT_AUTHORISED)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("Payment %lld is not frozen (%s)"),
                       (long long)in->id, pn_word_label(pn_payment_states, before.state));
    if (waits && pn_who(p)->roles & PN_ROLE_SYSTEM) { /* the hold was extended */
        *out = before;
        return 0;
    }
    if (grab)
        return pn_fail(p, PN_ESTATE, "id", "%s",
                       pn_tr("The grab waits with it: cancel the grab instead"));
    if (waits && f.outside) /* its amount was made for what this leaves */
        return pn_fail(p, PN_ESTATE, "id", "%s",
                       pn_tr("Another payment of this order is under way"));
    PN_TRY(let_go(p, in->id));
    if (before.method.v == PN_PAY_SFPL)
        PN_TRY(pni_later_end(p, in->id));
    PN_TRY(pni_payment_row(p, in->id, out));
    return pn_audit(p, "payment", in->id, &pn_payment_t, &before, out, NULL);
}

enum { WHO = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_BUYER };

PNI_OP(payment, tender, tender, pn_payment,
       .brief = N_("Pay a part of an order by gift card or a partner's points"),
       .help = N_("It is frozen until the rest is paid, and goes back when the order is not. What "
                  "covers all of it completes the order. Points are asked for by “payment open”."),
       .in = &tender_t, .out = &pn_payment_t, .may = WHO, .flags = PN_WRITE | PN_ONCE,
       .example = "pn payment tender PN261123000001234 GIFT_CARD --code-file code --pin-file pin")
PNI_OP(payment, release, release, pn_payment,
       .brief = N_("Let a frozen part of an unpaid order go again"), .in = &release_t,
       .out = &pn_payment_t, .may = WHO | PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_ONCE,
       .lasting = N_("What was set aside is free again: set it aside anew"))
