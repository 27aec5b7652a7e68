/* SPDX-License-Identifier: Apache-2.0 */
/* later.c — attend first, pay later: the account's credit, the promise of it, and what people do
 * about money that could not be deducted. Asking the provider is later_pay.c. */
#include "order/agreement_int.h"
#include "order/later_int.h"

#include <string.h>

#include "base/policy_int.h"
#include "ledger/ledger_int.h"
#include "merchant/wallet_int.h"
#include "order/pay_rule_int.h"

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "later.id", id_in, PN_COL(id_in, id, N_("Number")));

/* ---- who may ---- */

typedef struct room { int64_t user, level, score, most; } room;
static PN_TYPE(room_t, "later.room", room, PN_COL(room, user, "user"),
    PN_COL(room, level, "level"), PN_COL(room, score, "score"), PN_COL(room, most, "most"));
const pn_sql pni_later_take_sql = {"later_take", &room_t, NULL,
    "update credit_account set open_n = open_n + 1, updated_at = :now where sk = :user#"
    " and user_id = :user and not blocked and level >= :level and score >= :score"
    " and open_n < :most", false};
const pn_sql pni_later_give_sql = {"later_give", &by_id_t, NULL,
    "update credit_account set open_n = greatest(open_n - 1, 0), updated_at = :now"
    " where sk = :id# and user_id = :id", false};
const pn_sql pni_later_block_sql = {"later_block", &by_id_t, NULL,
    "update credit_account set blocked = true, updated_at = :now"
    " where sk = :id# and user_id = :id", false};

static int take_room(pn *p, int64_t user)
{
    room in = {.user = user};
    int64_t done = 0;
    PN_TRY(pni_policy(p, "sfpl.level", &in.level));
    PN_TRY(pni_policy(p, "sfpl.score", &in.score));
    PN_TRY(pni_policy(p, "sfpl.open_max", &in.most));
    PN_TRY(pn_exec(p, &pni_later_take_sql, &in, &done));
    if (done)
        return 0;
    pn_fail(p, PN_ECAP, "order", "%s", pn_tr("This account may not pay later now"));
    return pn_hint(p, "%s", pn_tr("It needs a level and a score, nothing overdue, and not too many"
                                  " orders that are open"));
}

typedef struct put {
    int64_t order_id, id, user;
    pn_money amount_fen;
    pn_word via, scene;
    const char *payer;
} put;
static PN_TYPE(put_t, "later.put", put, PN_COL(put, order_id, "order"), PN_COL(put, id, "id"),
    PN_COL(put, user, "user"), PN_COL(put, amount_fen, "amount"),
    PN_COL(put, via, "via", .words = pn_pay_methods),
    PN_COL(put, scene, "scene", .words = pni_scenes), PN_COL(put, payer, "payer"));
const pn_sql pni_later_put_sql = {"later_put", &put_t, NULL,
    "with o as (update orders set legs = legs + 1, updated_at = :now, version = version + 1"
    "  where sk = :order_id# and id = :order_id and status = 'PENDING_PAY'"
    "   and hold_expires_at > :now and payable_fen = :amount_fen and held_fen = 0"
    "   and kind = 'TICKET' returning id, legs, hold_expires_at, session_id),"
    " y as (insert into payment (sk, id, order_id, leg_no, method, amount_fen, state, created_at,"
    "   expires_at, updated_at) select :order_id#, :id, o.id, o.legs, 'SFPL', :amount_fen,"
    "   'CREATED', :now, o.hold_expires_at, :now from o),"
    " f as (insert into payment_front (sk, payment_id, scene, payer, updated_at)"
    "  select :order_id#, :id, :scene, coalesce(:payer, ''), :now from o),"
    " c as (insert into credit_due (sk, payment_id, order_id, user_id, session_end_at, due_at,"
    "   open, via) select :order_id#, :id, o.id, :user, coalesce(s.end_at, s.start_at), s.start_at,"
    "   false, :via from o join session s on s.id = o.session_id)"
    " insert into payment_due (sk, payment_id, due_at) select :order_id#, :id, :now from o", false};

static PN_TYPE(later_t, "payment.later", struct pn_payment_later,
    PN_COL(struct pn_payment_later, order, N_("Order"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "order"),
    PN_COL(struct pn_payment_later, method, N_("Method"), .flags = PN_OPT,
           .words = pn_pay_methods,
           .hint = N_("Who deducts it: ALIPAY (default), WECHAT, or CMB_NETPAY by agreement")),
    PN_COL(struct pn_payment_later, payer, N_("Payer"), .flags = PN_OPT, .max = 128,
           .hint = N_("For WECHAT: his openid in our mini program")));

/* Alipay's app freezes it; WeChat asks in the mini program; with the bank he agreed before. */
static int by(pn *p, const struct pn_payment_later *in, put *y)
{
    y->via.v = in->method.v ? in->method.v : PN_PAY_ALIPAY;
    y->scene.v = y->via.v == PN_PAY_WECHAT ? PN_SCENE_JS : PN_SCENE_APP;
    if (y->via.v == PN_PAY_CMB_NETPAY)
        y->scene.v = PN_SCENE_WAP;
    y->payer = in->payer;
    const pni_method *m = pni_method_of(y->via.v);
    if (!m || !(m->can & PNI_CAN_DEDUCT) || m->can & PNI_IS_CARRIED)
        return pn_fail(p, PN_EARG, "method", pn_tr("%s deducts nothing later"),
                       pn_word_label(pn_pay_methods, y->via));
    return y->via.v != PN_PAY_WECHAT || (in->payer && *in->payer)
               ? 0 : pn_fail(p, PN_EARG, "payer", "%s", pn_tr("The payer's openid is needed"));
}

/* Who takes it by agreement has one that is signed, and for that. */
static int agreed(pn *p, int64_t user, pn_word via)
{
    pni_agreed a;
    if (!(pni_method_of(via.v)->can & PNI_IS_AGREED))
        return 0;
    PN_TRY(pni_agreed_of(p, user, via.v, &a));
    if (a.id && a.state.v == PN_AGREEMENT_SIGNED && a.no_password)
        return 0;
    pn_fail(p, PN_ESTATE, "method", "%s",
            pn_tr("This account has no agreement by which it could be deducted"));
    return pn_hint(p, pn_tr("Sign one first: pn agreement sign %s --later"),
                   pn_word_name(pn_pay_methods, via));
}

static int later(pn *p, const struct pn_payment_later *in, pn_payment *out)
{
    put y = {.order_id = in->order};
    pni_order o;
    int64_t most, done = 0;
    PN_TRY(by(p, in, &y));
    PN_TRY(pni_order_lock(p, in->order));
    PN_TRY(pni_order_get(p, in->order, &o));
    PN_TRY(pni_pay_offered(p, &(pni_pay_facts){.order = in->order, .method = {PN_PAY_SFPL},
                                                .scene = y.scene}));
    PN_TRY(pni_policy(p, "sfpl.most_fen", &most));
    if (!o.user_id)
        return pn_fail(p, PN_EARG, "order", "%s", pn_tr("Only an account's order is paid later"));
    if (o.payable_fen.fen > most)
        return pn_fail(p, PN_ECAP, "order", pn_tr("At most %lld.%02d yuan are paid later"),
                       (long long)(most / 100), (int)(most % 100));
    PN_TRY(agreed(p, o.user_id, y.via));
    y.user = o.user_id;
    y.amount_fen = o.payable_fen;
    PN_TRY(pn_new_id(p, pn_sk(in->order), &y.id));
    PN_TRY(pn_exec(p, &pni_later_put_sql, &y, &done));
    if (!done)
        return pn_fail(p, PN_ESTATE, "order", "%s", pn_tr("The order cannot be paid later"));
    PN_TRY(take_room(p, o.user_id));
    PN_TRY(pni_state_log(p, "payment", y.id, NULL, "CREATED", "create", NULL));
    PN_TRY(pni_payment_row(p, y.id, out));
    return pn_audit(p, "payment", y.id, &pn_payment_t, NULL, out, NULL);
}

/* ---- it is owed ---- */

typedef struct begin { int64_t id; pn_time due_at; } begin;
static PN_TYPE(begin_t, "later.begin", begin, PN_COL(begin, id, "id"),
    PN_COL(begin, due_at, "due_at"));
const pn_sql pni_later_auth_sql = {"later_auth", &by_id_t, &begin_t,
    "select payment_id as id, session_end_at as due_at from credit_due where sk = :id#"
    " and payment_id = :id", false};
const pn_sql pni_later_begin_sql = {"later_begin", &begin_t, NULL,
    "with c as (update credit_due c set open = true, due_at = :due_at, auth_no = y.provider_no"
    "  from payment y where c.sk = :id# and c.payment_id = :id and y.sk = :id# and y.id = :id"
    "  returning c.payment_id)"
    " delete from payment_due q using c where q.sk = :id# and q.payment_id = c.payment_id", false};

int pni_later_begin(pn *p, int64_t payment_id)
{
    begin b;
    int64_t hours;
    PN_TRY(pn_one(p, &pni_later_auth_sql, &(id_in){payment_id}, &b));
    PN_TRY(pni_policy(p, "sfpl.after_h", &hours));
    b.due_at.us += hours * INT64_C(3600000000);
    return pn_exec(p, &pni_later_begin_sql, &b, NULL);
}

typedef struct owner { int64_t id, user; bool open; } owner;
static PN_TYPE(owner_t, "later.owner", owner, PN_COL(owner, id, "id"), PN_COL(owner, user, "user"),
    PN_COL(owner, open, "open"));
const pn_sql pni_later_user_sql = {"later_user", &by_id_t, &owner_t,
    "select payment_id as id, user_id as user, open from credit_due where sk = :id#"
    " and payment_id = :id", false};
const pn_sql pni_later_over_sql = {"later_over", &by_id_t, NULL,
    "update credit_due set open = false where sk = :id# and payment_id = :id", false};

int pni_later_end(pn *p, int64_t payment_id)
{
    owner o;
    PN_TRY(pn_one(p, &pni_later_user_sql, &(id_in){payment_id}, &o));
    PN_TRY(pn_exec(p, &pni_later_over_sql, &(id_in){payment_id}, NULL));
    return pn_exec(p, &pni_later_give_sql, &(id_in){o.user}, NULL);
}

/* ---- by people ---- */

static PN_TYPE(repaid_t, "payment.repaid", struct pn_payment_repaid,
    PN_COL(struct pn_payment_repaid, id, N_("Payment"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "payment"),
    PN_COL(struct pn_payment_repaid, reference, N_("Reference"), .flags = PN_REQ, .max = 100,
           .hint = N_("Line of the bank statement")));
static PN_TYPE(off_t_, "payment.write_off", struct pn_payment_write_off,
    PN_COL(struct pn_payment_write_off, id, N_("Payment"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "payment"),
    PN_COL(struct pn_payment_write_off, reason, N_("Reason"), .flags = PN_REQ, .max = 200));

typedef struct owed {
    int64_t id, user, approved_by, approved_by2;
    pn_word via;
    pn_money owed_fen;
    pn_time first_at;
} owed;
#define O(f, ...) PN_COL(owed, f, #f, __VA_ARGS__)
static PN_TYPE(owed_t, "later.owed", owed, O(id), O(user), O(approved_by, .flags = PN_OPT),
    O(approved_by2, .flags = PN_OPT), O(via, .words = pn_pay_methods), O(owed_fen), O(first_at));
#undef O
const pn_sql pni_later_owed_sql = {"later_owed", &by_id_t, &owed_t,
    "select c.payment_id as id, c.user_id as user, c.approved_by, c.approved_by2, c.via,"
    " c.session_end_at as first_at, (y.amount_fen - coalesce((select sum(g.amount_fen)"
    "  from refund_leg g where g.sk = :id# and g.payment_id = y.id), 0))::bigint as owed_fen"
    " from credit_due c join payment y on y.sk = :id# and y.id = c.payment_id"
    " where c.sk = :id# and c.payment_id = :id", false};

static int overdue(pn *p, int64_t id, owed *o, pn_payment *y)
{
    PN_TRY(pni_payment_lock(p, id));
    PN_TRY(pni_payment_row(p, id, y));
    if (y->state.v != PN_PAYMENT_OVERDUE)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("Payment %lld is not overdue (%s)"),
                       (long long)id, pn_word_label(pn_payment_states, y->state));
    return pn_one(p, &pni_later_owed_sql, &(id_in){id}, o);
}

static int post(pn *p, const char *rule, const owed *o, const char *memo)
{
    pni_doc d = {.rule = rule, .biz_kind = "PAYMENT", .biz_id = o->id, .sale = pn_sk(o->id),
                 .amount_fen = o->owed_fen, .memo = memo,
                 .method = pn_word_name(pn_pay_methods, o->via)};
    return pni_post_later(p, &d);
}

/* A provider that collects by itself is told to do so no more. */
const pn_sql pni_later_tell_sql = {"later_tell", &by_id_t, NULL,
    "update credit_due set open = true, due_at = :now where sk = :id# and payment_id = :id"
    " and told", false};

static int repaid(pn *p, const struct pn_payment_repaid *in, pn_payment *out)
{
    owed o;
    pn_payment before;
    PN_TRY(overdue(p, in->id, &o, &before));
    PN_TRY(pni_bank_line(p, in->reference, "PAYMENT", in->id));
    PN_TRY(pn_step(p, &pni_payment_fsm, in->id, before.state, "paid_manually", in->reference,
                   NULL));
    PN_TRY(pni_later_end(p, in->id));
    PN_TRY(pn_exec(p, &pni_later_tell_sql, &(id_in){in->id}, NULL));
    PN_TRY(post(p, "SFPL_BANK", &o, in->reference));
    PN_TRY(pni_payment_row(p, in->id, out));
    return pn_audit(p, "payment", in->id, &pn_payment_t, &before, out, in->reference);
}

const pn_sql pni_later_sign_sql = {"later_sign", &owed_t, NULL,
    "update credit_due set approved_by = coalesce(approved_by, :me),"
    " approved_by2 = case when approved_by is null then null else :me end"
    " where sk = :id# and payment_id = :id and approved_by is distinct from :me", false};

static int write_off(pn *p, const struct pn_payment_write_off *in, pn_payment *out)
{
    owed o;
    pn_payment before;
    int64_t days, signs = 0;
    PN_TRY(overdue(p, in->id, &o, &before));
    PN_TRY(pni_policy(p, "sfpl.write_off_days", &days));
    if (pn_now(p).us < o.first_at.us + days * INT64_C(86400000000))
        return pn_fail(p, PN_ESTATE, "id", pn_tr("It is written off after %lld days"),
                       (long long)days);
    PN_TRY(pn_exec(p, &pni_later_sign_sql, &o, &signs));
    if (!signs)
        return pn_fail(p, PN_EDUAL, "id", "%s", pn_tr("Another approver beside you is needed"));
    if (o.approved_by) {
        PN_TRY(pn_step(p, &pni_payment_fsm, in->id, before.state, "write_off", in->reason, NULL));
        PN_TRY(pni_later_end(p, in->id));
        PN_TRY(post(p, "SFPL_BAD", &o, in->reason));
    }
    PN_TRY(pni_payment_row(p, in->id, out));
    return pn_audit(p, "payment", in->id, &pn_payment_t, &before, out, in->reason);
}

PNI_OP(payment, later, later, pn_payment, .brief = N_("Attend first, pay later"),
       .help = N_("The payer agrees at the provider (“payment open”), and the price is deducted "
                  "after the show: by Alipay from what it froze, by WeChat as its payscore, by CMB "
                  "as its agreement says. Needs credit: a level, a score, nothing overdue."),
       .in = &later_t, .out = &pn_payment_t, .may = PN_ROLE_BUYER | PN_ROLE_OPS,
       .flags = PN_WRITE | PN_ONCE,
       .example = "pn payment later PN261123000001234 --method WECHAT --payer oUpF8uMuAJO_M2pxb1Q9")
PNI_OP(payment, repaid, repaid, pn_payment,
       .brief = N_("Record that an overdue payment was paid by bank"), .in = &repaid_t,
       .out = &pn_payment_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE)
PNI_OP(payment, write_off, write_off, pn_payment,
       .brief = N_("Write an overdue payment off"),
       .help = N_("Two people have to say so, 90 days after the show."), .in = &off_t_,
       .out = &pn_payment_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE | PN_DANGER,
       .lasting = N_("It was given up in the books; what is paid later is still taken"))
