/* SPDX-License-Identifier: Apache-2.0 */
/* compensation.c — what is owed to a buyer beside his money. Its amount follows from the rules, by
 * what went wrong and when it was known. Penalties of the order that a merchant has paid are used
 * first, what they do not cover is our expense; then it is owed like a refund and paid by bank or
 * in cash, since no provider gives back more than it took. A coupon is issued to the buyer, and a
 * memo until he uses it: it is not money before that. */
#include "order/compensation.h"

#include "base/policy_int.h"
#include "catalog/row_int.h"
#include "ledger/ledger_int.h"
#include "merchant/merchant_int.h"
#include "order/order_int.h"
#include "order/shift_int.h"
#include "promo/coupon_int.h"
#include "user/buyer_int.h"

const pn_words pn_compensation_kinds[] = {PN_COMPENSATION_KINDS(PN_WORD_ROW){0}};
const pn_words pn_compensation_states[] = {PN_COMPENSATION_STATES(PN_WORD_ROW){0}};
const pn_words pn_compensation_forms[] = {PN_COMPENSATION_FORMS(PN_WORD_ROW){0}};
const pn_words pn_compensation_ways[] = {PN_COMPENSATION_WAYS(PN_WORD_ROW){0}};
static const pn_edge edges[] = {{"PROPOSED", "approve", "APPROVED", 0, NULL},
                                {"PROPOSED", "reject", "REJECTED", 0, NULL},
                                {"APPROVED", "pay", "PAID", 0, NULL}, {0}};
static const pn_sql move_sql = {"compensation_move", &pn_move_t, NULL,
    "update compensation set state = :to,"
    " answer = case when :event = 'pay' then answer else coalesce(:reason, answer) end,"
    " decided_by = case when :event = 'pay' then decided_by else coalesce(:me, 0) end,"
    " decided_at = case when :event = 'pay' then decided_at else :now end,"
    " way = case when :event = 'pay' then :reason end,"
    " paid_by = case when :event = 'pay' then :me end,"
    " paid_at = case when :event = 'pay' then :now end,"
    " updated_at = :now, version = version + 1 where sk = :id# and id = :id and state = :from",
    false};
static const pn_fsm flow = {N_("compensation"), pn_compensation_states, edges, &move_sql};

#define C(f, label, ...) PN_COL(pn_compensation, f, label, __VA_ARGS__)
PN_TYPE(pn_compensation_t, "compensation", pn_compensation,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "x.id", .ref = "compensation"),
    C(order_id, N_("Order"), .sql = "x.order_id", .ref = "order"),
    C(order_no, N_("Order no."), .flags = PN_BRIEF, .sql = "o.no"),
    C(buyer_id, N_("Buyer no."), .flags = PN_OPT, .sql = "o.user_id", .ref = "buyer"),
    C(kind, N_("Kind"), .flags = PN_BRIEF, .words = pn_compensation_kinds, .sql = "x.kind"),
    C(form, N_("Form"), .words = pn_compensation_forms, .sql = "x.form"),
    C(seats, N_("Seats"), .sql = "array_to_string(x.seats, ',')"),
    C(tickets, N_("Tickets"), .flags = PN_BRIEF, .sql = "cardinality(x.seats)"),
    C(hours, N_("Hours"), .sql = "x.hours"),
    C(merchant_id, N_("Merchant no."), .flags = PN_OPT, .sql = "nullif(x.merchant_id, 0)",
      .ref = "merchant"),
    C(merchant, N_("Merchant"), .flags = PN_BRIEF, .sql = "coalesce(m.name, '')"),
    C(amount_fen, N_("Amount"), .flags = PN_BRIEF | PN_SORT, .sql = "x.amount_fen"),
    C(penalty_fen, N_("Out of penalties"), .flags = PN_BRIEF, .sql = "x.penalty_fen"),
    C(platform_fen, N_("Ours"), .sql = "(x.amount_fen - x.penalty_fen)"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_compensation_states, .sql = "x.state"),
    C(way, N_("Paid by"), .flags = PN_OPT, .words = pn_compensation_ways, .sql = "x.way"),
    C(reference, N_("Reference"), .sql = "x.reference"), C(reason, N_("Reason"), .sql = "x.reason"),
    C(answer, N_("Answer"), .sql = "x.answer"),
    C(proposed_by, N_("Proposed by"), .flags = PN_OPT, .sql = "x.proposed_by", .ref = "staff"),
    C(decided_by, N_("Decided by"), .flags = PN_OPT, .sql = "x.decided_by", .ref = "staff"),
    C(paid_by, N_("Paid out by"), .flags = PN_OPT, .sql = "x.paid_by", .ref = "staff"),
    C(created_at, N_("Created"), .flags = PN_BRIEF | PN_SORT, .sql = "x.created_at"),
    C(decided_at, N_("Decided at"), .sql = "x.decided_at"),
    C(paid_at, N_("Paid at"), .sql = "x.paid_at"));
#undef C
static const pn_list_spec list_spec = {.row = &pn_compensation_t,
    .from = "compensation x join orders o on o.sk = x.sk and o.id = x.order_id"
            " left join merchant m on m.id = x.merchant_id",
    .scope = "(:my_merchant::bigint is null and :my_organiser::bigint is null)",
    .key = "x.id", .sort = "-id"};
enum { STAFF = PN_ROLE_OPS | PN_ROLE_FINANCE, DO = PN_WRITE | PN_ONCE };
PN_OP_LIST(compensation, list, list_spec, .brief = N_("List compensations of buyers"),
           .out = &pn_compensation_t, .may = STAFF | PN_ROLE_BOXOFFICE,
           .example = "pn compensation list --where state=APPROVED")

#define P(f, label, ...) PN_COL(struct pn_compensation_propose, f, label, __VA_ARGS__)
static PN_TYPE(propose_t, "compensation.propose", struct pn_compensation_propose,
    P(order, N_("Order"), .flags = PN_REQ | PN_ARG, .ref = "order"),
    P(kind, N_("Kind"), .flags = PN_REQ | PN_ARG, .words = pn_compensation_kinds),
    P(seats, N_("Seats"), .hint = N_("Seat numbers; default: all")),
    P(hours, N_("Hours"), .flags = PN_OPT, .min = -10000, .max = 10000,
      .hint = N_("Before the start, when the buyer was told (negative: after it); default: now")),
    P(merchant, N_("Merchant"), .flags = PN_OPT, .ref = "merchant",
      .hint = N_("Its penalties of the order pay first; default: all of it is ours")),
    P(reason, N_("Reason"), .flags = PN_REQ, .max = 500));
#undef P
#define ID(s)                                                                                      \
    PN_COL(s, id, N_("Compensation"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "compensation")
static PN_TYPE(show_t, "compensation.show", struct pn_compensation_show,
    ID(struct pn_compensation_show));
static PN_TYPE(approve_t, "compensation.approve", struct pn_compensation_approve,
    ID(struct pn_compensation_approve),
    PN_COL(struct pn_compensation_approve, answer, N_("Reason"), .max = 500));
static PN_TYPE(reject_t, "compensation.reject", struct pn_compensation_reject,
    ID(struct pn_compensation_reject),
    PN_COL(struct pn_compensation_reject, answer, N_("Reason"), .flags = PN_REQ, .max = 500));
static PN_TYPE(pay_t, "compensation.pay", struct pn_compensation_pay,
    ID(struct pn_compensation_pay),
    PN_COL(struct pn_compensation_pay, way, N_("Paid by"), .flags = PN_REQ | PN_ARG,
           .words = pn_compensation_ways),
    PN_COL(struct pn_compensation_pay, reference, N_("Reference"), .max = 100,
           .hint = N_("Line of the bank statement")),
    PN_COL(struct pn_compensation_pay, buyer, N_("Buyer"), .flags = PN_OPT, .ref = "buyer",
           .hint = N_("Who gets the coupon; default: the account that ordered")));

/* ---- how much ---- */

typedef struct seat { int no; int64_t paid_fen; bool taken; pn_time start_at; } seat;
#define S(f) PN_COL(seat, f, "")
static PN_TYPE(seat_t, "compensation.seat", seat, S(no), S(paid_fen), S(taken), S(start_at));
#undef S
static const pn_sql seats_sql = {"compensation_seats", &propose_t, &seat_t,
    "select e.no, e.paid_fen, exists (select from compensation x where x.sk = :order#"
    "  and x.order_id = :order and x.state <> 'REJECTED' and e.no = any (x.seats)) as taken,"
    " s.start_at from orders o join session s on s.id = o.session_id"
    " join order_seat e on e.sk = :order# and e.order_id = o.id"
    "  and e.state in ('SOLD', 'REFUNDING', 'REFUNDED')"
    "  and (coalesce(cardinality((:seats)::text[]), 0) = 0 or e.no::text = any (:seats))"
    " where o.sk = :order# and o.id = :order and o.paid_at is not null order by e.no", false};

typedef struct rate { int form; int64_t bp, least, most; } rate;

/* What went wrong, and how long before the start it was known. */
static int rate_of(pn *p, int kind, int hours, rate *out)
{
    static const struct { int kind, from_h, form; const char *bp, *least, *most; } rates[] = {
        {PN_COMPENSATION_NO_TICKET, 168, PN_COMPENSATION_IN_COUPON, "compensation.coupon_bp",
         NULL, NULL},
        {PN_COMPENSATION_NO_TICKET, 24, PN_COMPENSATION_IN_MONEY, "compensation.late_bp", NULL,
         "compensation.late_most_fen"},
        {PN_COMPENSATION_NO_TICKET, INT32_MIN, PN_COMPENSATION_IN_MONEY, "compensation.last_bp",
         NULL, "compensation.last_most_fen"},
        {PN_COMPENSATION_FAKE, INT32_MIN, PN_COMPENSATION_IN_MONEY, "compensation.fake_bp", NULL,
         "compensation.fake_most_fen"},
        {PN_COMPENSATION_WRONG_TIER, INT32_MIN, PN_COMPENSATION_IN_MONEY, "compensation.tier_bp",
         NULL, "compensation.tier_most_fen"},
        {PN_COMPENSATION_EXTRA_CHARGE, INT32_MIN, PN_COMPENSATION_IN_MONEY,
         "compensation.extra_bp", "compensation.extra_least_fen", "compensation.extra_most_fen"}};
    size_t i = 0;
    while (rates[i].kind != kind || hours < rates[i].from_h)
        i++;
    *out = (rate){.form = rates[i].form, .most = INT64_MAX};
    PN_TRY(pni_policy(p, rates[i].bp, &out->bp));
    if (rates[i].least)
        PN_TRY(pni_policy(p, rates[i].least, &out->least));
    return rates[i].most ? pni_policy(p, rates[i].most, &out->most) : 0;
}

static int64_t of_ticket(const rate *r, int64_t paid_fen)
{
    int64_t fen = pni_bp(paid_fen, r->bp);
    fen = fen < r->least ? r->least : fen;
    return fen > r->most ? r->most : fen;
}

typedef struct put {
    int64_t id, order_id, merchant_id;
    pn_word kind, form;
    pn_texts seats;
    int hours;
    pn_money amount_fen;
    const char *reason;
} put;
#define W(f, ...) PN_COL(put, f, "", __VA_ARGS__)
static PN_TYPE(put_t, "compensation.put", put, W(id), W(order_id), W(merchant_id),
    W(kind, .words = pn_compensation_kinds), W(form, .words = pn_compensation_forms), W(seats),
    W(hours), W(amount_fen), W(reason));
#undef W
static const pn_sql put_sql = {"compensation_put", &put_t, NULL,
    "insert into compensation (sk, id, order_id, kind, form, seats, hours, merchant_id,"
    " amount_fen, state, reason, proposed_by, created_at, updated_at) values (:order_id#, :id,"
    " :order_id, :kind, :form, (:seats)::int[], :hours, :merchant_id, :amount_fen, 'PROPOSED',"
    " :reason, coalesce(:me, 0), :now, :now)", false};

static int price(pn *p, const struct pn_compensation_propose *in, put *out)
{
    pn_rows rows;
    rate r;
    PN_TRY(pn_all(p, &seats_sql, in, &rows));
    if (!rows.n || (in->seats.n && rows.n != in->seats.n))
        return pn_fail(p, PN_EARG, "seats", "%s",
                       rows.n ? pn_tr("Not all of these are paid tickets of the order")
                              : pn_tr("The order has no paid tickets"));
    const seat *first = rows.row;
    out->hours = in->hours;
    if (!out->hours) /* rounded down: the last minutes of a day are within it */
        out->hours = (int)((first->start_at.us - pn_now(p).us) / INT64_C(3600000000));
    PN_TRY(rate_of(p, in->kind.v, out->hours, &r));
    out->form.v = (int16_t)r.form;
    out->seats.v = pn_alloc(p, rows.n * sizeof *out->seats.v);
    if (!out->seats.v)
        return pni_mem(p);
    pn_each(seat, s, &rows)
    {
        if (s->taken)
            return pn_fail(p, PN_EEXISTS, "seats",
                           pn_tr("Ticket %d of the order has its compensation already"), s->no);
        out->seats.v[out->seats.n++] = pn_printf(p, "%d", s->no);
        out->amount_fen.fen += of_ticket(&r, s->paid_fen);
    }
    return out->amount_fen.fen ? 0 : pn_fail(p, PN_EARG, "seats", "%s",
                                             pn_tr("Nothing was paid for these tickets"));
}

/* ---- who bears it ---- */

typedef struct borne { int64_t id, order_id, merchant_id, fen; const char *reference; } borne;
#define B(f) PN_COL(borne, f, "")
static PN_TYPE(borne_t, "compensation.borne", borne, B(id), B(order_id), B(merchant_id), B(fen),
    B(reference));
#undef B
/* Fined for the order; nobody takes it back until this is written. */
static const pn_sql fined_sql = {"compensation_fined", &borne_t, &borne_t,
    "select coalesce(sum(x.amount_fen), 0)::bigint as fen from (select amount_fen from penalty"
    "  where sk = :merchant_id# and merchant_id = :merchant_id and order_id = :order_id"
    "  and kind <> 'REPROCURE_DIFF' and state in ('IMPOSED', 'APPEALED', 'UPHELD') for share) x",
    false};
static const pn_sql used_sql = {"compensation_used", &borne_t, &borne_t,
    "select coalesce(sum(penalty_fen), 0)::bigint as fen from compensation where sk = :order_id#"
    " and order_id = :order_id and merchant_id = :merchant_id", false};
static const pn_sql split_sql = {"compensation_split", &borne_t, NULL,
    "update compensation set penalty_fen = :fen where sk = :id# and id = :id", false};
static const pn_sql paid_sql = {"compensation_paid", &borne_t, NULL,
    "update compensation set reference = coalesce(:reference, '') where sk = :id# and id = :id",
    false};

static int from_penalties(pn *p, const pn_compensation *x, int64_t *fen)
{
    borne in = {.order_id = x->order_id, .merchant_id = x->merchant_id}, fined, used;
    *fen = 0;
    if (!x->merchant_id || x->form.v != PN_COMPENSATION_IN_MONEY)
        return 0;
    PN_TRY(pn_one(p, &fined_sql, &in, &fined));
    PN_TRY(pn_one(p, &used_sql, &in, &used));
    *fen = fined.fen - used.fen;
    if (*fen <= 0) {
        pn_fail(p, PN_EBALANCE, "merchant", pn_tr("%s was not fined for this order"), x->merchant);
        return pn_hint(p, "%s", pn_tr("Impose the penalty first, or leave the merchant out: then "
                                      "all of it is ours"));
    }
    *fen = *fen < x->amount_fen.fen ? *fen : x->amount_fen.fen;
    return 0;
}

static pni_doc doc(const pn_compensation *x, const char *rule, const char *step)
{
    return (pni_doc){.rule = rule, .biz_kind = "COMPENSATION", .biz_id = x->id, .step = step,
                     .memo = pn_word_name(pn_compensation_kinds, x->kind), .sale = pn_sk(x->id)};
}

/* From here on it is owed. */
static int grant(pn *p, const pn_compensation *x, const char *answer)
{
    int64_t fen;
    bool coupon = x->form.v == PN_COMPENSATION_IN_COUPON;
    PN_TRY(from_penalties(p, x, &fen));
    PN_TRY(pn_exec(p, &split_sql, &(borne){.id = x->id, .fen = fen}, NULL));
    PN_TRY(pn_step(p, &flow, x->id, x->state, "approve", answer, NULL));
    pni_doc d = doc(x, coupon ? "COUPON" : "COMPENSATE", "OWED");
    d.penalty_fen.fen = fen;
    d.amount_fen.fen = x->amount_fen.fen - fen;
    return pni_post_later(p, &d);
}

/* ---- operations ---- */

static int row(pn *p, int64_t id, pn_compensation *out)
{
    return pni_row(p, &compensation_list_op, id, out);
}

static int show(pn *p, const struct pn_compensation_show *in, pn_compensation *out)
{
    return row(p, in->id, out);
}

static int propose(pn *p, const struct pn_compensation_propose *in, pn_compensation *out)
{
    put c = {.order_id = in->order, .merchant_id = in->merchant, .kind = in->kind,
             .reason = in->reason};
    pni_merchant m;
    int64_t dual_fen = 0;
    if (in->merchant)
        PN_TRY(pni_merchant_look(p, in->merchant, &m));
    PN_TRY(pni_order_lock(p, in->order));
    PN_TRY(price(p, in, &c));
    PN_TRY(pni_policy(p, "compensation.dual_control_fen", &dual_fen));
    PN_TRY(pn_new_id(p, pn_sk(in->order), &c.id));
    PN_TRY(pn_exec(p, &put_sql, &c, NULL));
    PN_TRY(pni_state_log(p, flow.noun, c.id, NULL, "PROPOSED", "propose", in->reason));
    PN_TRY(row(p, c.id, out));
    if (c.amount_fen.fen <= dual_fen) {
        PN_TRY(grant(p, out, NULL));
        PN_TRY(row(p, c.id, out));
    }
    return pn_audit(p, "compensation", c.id, &pn_compensation_t, NULL, out, in->reason);
}

static int approve(pn *p, const struct pn_compensation_approve *in, pn_compensation *out)
{
    pn_compensation x;
    PN_TRY(row(p, in->id, &x));
    if (x.state.v == PN_COMPENSATION_IS_PROPOSED && x.proposed_by == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, "id", "%s",
                       pn_tr("Whoever proposed a compensation cannot approve it"));
    PN_TRY(pni_order_lock(p, x.order_id));
    PN_TRY(grant(p, &x, in->answer));
    PN_TRY(row(p, in->id, out));
    return pn_audit(p, "compensation", in->id, &pn_compensation_t, &x, out, in->answer);
}

static int reject(pn *p, const struct pn_compensation_reject *in, pn_compensation *out)
{
    pn_compensation x;
    PN_TRY(row(p, in->id, &x));
    PN_TRY(pn_step(p, &flow, in->id, x.state, "reject", in->answer, NULL));
    PN_TRY(row(p, in->id, out));
    return pn_audit(p, "compensation", in->id, &pn_compensation_t, &x, out, in->answer);
}

/* Who may hand it over, and is it what was granted? */
static int payable(pn *p, const struct pn_compensation_pay *in, const pn_compensation *x)
{
    const pn_actor *me = pn_who(p);
    bool cash = in->way.v == PN_COMPENSATION_BY_CASH;
    if (x->state.v != PN_COMPENSATION_IS_APPROVED)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("The compensation is not to be paid (%s)"),
                       pn_word_label(pn_compensation_states, x->state));
    if (me->id == x->proposed_by || me->id == x->decided_by)
        return pn_fail(p, PN_EDUAL, "id", "%s", pn_tr("Whoever proposed or approved a "
                                                      "compensation may not pay it out"));
    if (!cash && !(me->roles & (STAFF | PN_ROLE_ADMIN)))
        return pn_fail(p, PN_EPERM, "way", "%s", pn_tr("The box office pays in cash only"));
    if ((x->form.v == PN_COMPENSATION_IN_COUPON) != (in->way.v == PN_COMPENSATION_BY_COUPON))
        return pn_fail(p, PN_EARG, "way", pn_tr("This compensation is granted as: %s"),
                       pn_word_label(pn_compensation_forms, x->form));
    if (in->way.v == PN_COMPENSATION_BY_BANK && (!in->reference || !*in->reference))
        return pn_fail(p, PN_EARG, "reference", "%s",
                       pn_tr("Give the line of the bank statement"));
    return 0;
}

/* Out of the drawer of whoever hands it over, if he has one. */
static int in_cash(pn *p, const pn_compensation *x)
{
    pn_rows shift = {0};
    PN_TRY(pni_shift_ask(p, &shift));
    PN_TRY(pn_sync(p));
    PN_TRY(pni_shift_needed(p, &shift));
    return pni_shift_cash(p, &shift, "REFUND", x->order_id, -x->amount_fen.fen);
}

/* A coupon of the buyer's account; its number is the reference. */
static int in_coupon(pn *p, const struct pn_compensation_pay *in, const pn_compensation *x,
                     const char **reference)
{
    int64_t buyer = x->buyer_id ? x->buyer_id : in->buyer, coupon;
    pn_buyer b;
    if (in->buyer && in->buyer != buyer)
        return pn_fail(p, PN_EARG, "buyer", "%s", pn_tr("Another account bought these tickets"));
    if (!buyer) {
        pn_fail(p, PN_EARG, "buyer", "%s", pn_tr("The order was bought without an account"));
        return pn_hint(p, "%s", pn_tr("Name the buyer's account: --buyer"));
    }
    PN_TRY(pni_buyer_row(p, buyer, &b));
    PN_TRY(pni_coupon_issue(p, buyer, x->id, x->amount_fen.fen, &coupon));
    *reference = pn_printf(p, "%lld", (long long)coupon);
    return *reference ? 0 : pni_mem(p);
}

static int pay(pn *p, const struct pn_compensation_pay *in, pn_compensation *out)
{
    pn_compensation x;
    const char *way = pn_word_name(pn_compensation_ways, in->way), *reference = in->reference;
    bool cash = in->way.v == PN_COMPENSATION_BY_CASH;
    PN_TRY(row(p, in->id, &x));
    PN_TRY(payable(p, in, &x));
    PN_TRY(pn_step(p, &flow, in->id, x.state, "pay", way, NULL));
    if (x.form.v == PN_COMPENSATION_IN_COUPON)
        PN_TRY(in_coupon(p, in, &x, &reference));
    PN_TRY(pn_exec(p, &paid_sql, &(borne){.id = x.id, .reference = reference}, NULL));
    if (cash)
        PN_TRY(in_cash(p, &x));
    if (x.form.v == PN_COMPENSATION_IN_MONEY) {
        pni_doc d = doc(&x, cash ? "CASH_BACK" : "PAID_BY_BANK", "PAID");
        d.amount_fen = x.amount_fen;
        PN_TRY(pni_post_later(p, &d));
    }
    PN_TRY(row(p, in->id, out));
    return pn_audit(p, "compensation", in->id, &pn_compensation_t, &x, out, reference);
}

PN_OP(compensation, show, pn_compensation, .brief = N_("Show a compensation"), .in = &show_t,
      .out = &pn_compensation_t, .may = STAFF | PN_ROLE_BOXOFFICE)
PN_OP(compensation, propose, pn_compensation, .brief = N_("Compensate a buyer"),
      .help = N_("On top of the refund. The amount follows from the rules: without a ticket a "
                 "coupon a week before the start, a part of the price until the day before, all "
                 "of it later; for false tickets, a worse tier and extra charges others. What the "
                 "merchant was fined for the order pays first. Large ones are approved by "
                 "somebody else."),
      .in = &propose_t, .out = &pn_compensation_t, .may = PN_ROLE_OPS | PN_ROLE_SYSTEM,
      .flags = DO | PN_DANGER, .example = "pn compensation propose PN261123000001234 NO_TICKET"
      " --hours 3 --merchant xiaolong --reason 'no replacement found'")
PN_OP(compensation, approve, pn_compensation,
      .brief = N_("Approve a compensation that was proposed"), .in = &approve_t,
      .out = &pn_compensation_t, .may = STAFF, .flags = DO | PN_DANGER,
      .lasting = N_("It is in the books: an adjustment puts it right"))
PN_OP(compensation, reject, pn_compensation, .brief = N_("Turn a proposed compensation down"),
      .in = &reject_t, .out = &pn_compensation_t, .may = STAFF, .flags = DO,
      .lasting = N_("It was decided: whoever asked may ask anew"))
PN_OP(compensation, pay, pn_compensation, .brief = N_("Pay a compensation out"),
      .help = N_("By bank with the line of its statement, in cash out of your drawer, or by "
                 "issuing the coupon to the buyer's account; never by whoever proposed or approved "
                 "it."),
      .in = &pay_t, .out = &pn_compensation_t, .may = STAFF | PN_ROLE_BOXOFFICE,
      .flags = DO | PN_DANGER,
      .example = "pn compensation pay 40961 BANK --reference ICBC-20261123-77")

const pn_module pn_compensation_module = {
    "compensation", N_("Compensations"),
    .ops = PN_LIST(pn_op, &compensation_list_op, &compensation_show_op, &compensation_propose_op,
                   &compensation_approve_op, &compensation_reject_op, &compensation_pay_op),
    .sql = PN_LIST(pn_sql, &move_sql, &seats_sql, &put_sql, &fined_sql, &used_sql, &split_sql,
                   &paid_sql),
    .fsm = PN_LIST(pn_fsm, &flow),
};
