/* SPDX-License-Identifier: Apache-2.0 */
/* guarantee.c — a guarantee is there for what may still come, so it goes back last: its account is
 * closed, nothing of it is open, its debts are paid out of what it has, and somebody else agrees.
 * What is left is available and is drawn like any other money, to an account that was verified. */
#include "merchant/guarantee_int.h"

#include "catalog/row_int.h"
#include "merchant/merchant_int.h"
#include "merchant/wallet_int.h"

const pn_words pn_guarantee_states[] = {PN_GUARANTEE_STATES(PN_WORD_ROW){0}};
static const pn_edge edges[] = {{"WAITING", "approve", "RETURNED", 0, NULL},
                                {"WAITING", "reject", "REJECTED", 0, NULL}, {0}};
static const pn_sql move_sql = {"guarantee_move", &pn_move_t, NULL,
    "update guarantee set state = :to, answer = coalesce(:reason, ''), decided_by = :me,"
    " decided_at = :now, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = :from", false};
static const pn_fsm flow = {N_("guarantee"), pn_guarantee_states, edges, &move_sql};

#define POCKET(t, kind)                                                                            \
    " left join ledger_account " t " on " t ".sk = g.sk and " t ".kind = '" kind "'"               \
    " and " t ".owner = g.merchant_id and " t ".part = ''"
#define C(f, label, ...) PN_COL(pn_guarantee, f, label, __VA_ARGS__)
PN_TYPE(pn_guarantee_t, "guarantee", pn_guarantee,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "g.id", .ref = "guarantee"),
    C(merchant_id, N_("Merchant no."), .sql = "g.merchant_id", .ref = "merchant"),
    C(merchant, N_("Merchant"), .flags = PN_BRIEF | PN_SORT, .sql = "m.name"),
    C(status, N_("Account"), .words = pn_merchant_states, .sql = "m.status"),
    C(held_fen, N_("Guarantee now"), .flags = PN_BRIEF,
      .sql = "coalesce(a.credit_fen - a.debit_fen, 0)"),
    C(owed_fen, N_("Owed now"), .flags = PN_BRIEF,
      .sql = "coalesce(d.debit_fen - d.credit_fen, 0)"),
    C(available_fen, N_("Debt paid of available"), .sql = "g.available_fen"),
    C(debt_fen, N_("Debt paid of the guarantee"), .sql = "g.debt_fen"),
    C(amount_fen, N_("Given back"), .flags = PN_BRIEF, .sql = "g.amount_fen"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_guarantee_states, .sql = "g.state"),
    C(reason, N_("Reason"), .sql = "g.reason"), C(answer, N_("Answer"), .sql = "g.answer"),
    C(asked_by, N_("Asked by"), .flags = PN_OPT, .sql = "g.asked_by", .ref = "staff"),
    C(decided_by, N_("Decided by"), .flags = PN_OPT, .sql = "g.decided_by", .ref = "staff"),
    C(created_at, N_("Created"), .flags = PN_BRIEF | PN_SORT, .sql = "g.created_at"),
    C(decided_at, N_("Decided at"), .sql = "g.decided_at"));
#undef C
static const pn_list_spec list_spec = {.row = &pn_guarantee_t,
    .from = "guarantee g join merchant m on m.id = g.merchant_id" POCKET("a", "GUARANTEE")
            POCKET("d", "DEBT"),
    .scope = "(:my_merchant::bigint is null or g.merchant_id = :my_merchant)"
             " and :my_organiser::bigint is null",
    .key = "g.id", .sort = "-id"};
PN_OP_LIST(guarantee, list, list_spec, .brief = N_("List guarantees of closed accounts"),
           .out = &pn_guarantee_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT,
           .example = "pn guarantee list --where state=WAITING")

#define ID(s) PN_COL(s, id, N_("Guarantee"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "guarantee")
static PN_TYPE(show_t, "guarantee.show", struct pn_guarantee_show, ID(struct pn_guarantee_show));
static PN_TYPE(ask_t, "guarantee.ask", struct pn_guarantee_ask,
    PN_COL(struct pn_guarantee_ask, merchant, N_("Merchant"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "merchant"),
    PN_COL(struct pn_guarantee_ask, reason, N_("Reason"), .flags = PN_REQ, .max = 500));
static PN_TYPE(approve_t, "guarantee.approve", struct pn_guarantee_approve,
    ID(struct pn_guarantee_approve),
    PN_COL(struct pn_guarantee_approve, answer, N_("Reason"), .max = 500));
static PN_TYPE(reject_t, "guarantee.reject", struct pn_guarantee_reject,
    ID(struct pn_guarantee_reject),
    PN_COL(struct pn_guarantee_reject, answer, N_("Reason"), .flags = PN_REQ, .max = 500));

typedef struct put {
    int64_t id, merchant_id;
    pn_money available_fen, debt_fen, amount_fen;
    const char *reason;
} put;
#define P(f) PN_COL(put, f, "")
static PN_TYPE(put_t, "guarantee.put", put, P(id), P(merchant_id), P(available_fen), P(debt_fen),
    P(amount_fen), P(reason));
#undef P
static const pn_sql put_sql = {"guarantee_put", &put_t, &pni_one_id_t,
    "insert into guarantee (sk, id, merchant_id, state, reason, asked_by, created_at, updated_at)"
    " values (:id#, :id, :merchant_id, 'WAITING', :reason, coalesce(:me, 0), :now, :now)"
    " on conflict (sk, merchant_id) where state = 'WAITING' do nothing returning id", false};
static const pn_sql paid_sql = {"guarantee_paid", &put_t, NULL,
    "update guarantee set available_fen = :available_fen, debt_fen = :debt_fen,"
    " amount_fen = :amount_fen where sk = :id# and id = :id", false};

/* ---- is anything open? ---- */

typedef struct open_ { int64_t id; const char *no; int64_t penalties, lines; } open_;
#define O(f) PN_COL(open_, f, "")
static PN_TYPE(open_t, "guarantee.open", open_, O(id), O(no), O(penalties), O(lines));
#undef O
/* An order with its tickets that has not come to its end. */
static const pn_sql order_sql = {"guarantee_order", &pni_one_id_t, &open_t,
    "select o.no from (select distinct sk, session_id from stock where merchant_id = :id) s"
    " join orders o on o.sk = s.sk and o.session_id = s.session_id and o.status not in"
    "  ('COMPLETED', 'CLOSED', 'REFUNDED', 'GRAB_FAILED', 'GRAB_CANCELLED', 'DIST_RELEASED',"
    "   'DIST_REFUNDED', 'CHANNEL_REJECTED')"
    " join order_item i on i.sk = o.sk and i.order_id = o.id"
    " join stock k on k.sk = i.sk and k.lot_id = i.lot_id and k.merchant_id = :id"
    " order by o.id limit 1", false};
static const pn_sql waits_sql = {"guarantee_waits", &pni_one_id_t, &open_t,
    "select (select count(*) from penalty where sk = :id# and merchant_id = :id"
    "  and state in ('PROPOSED', 'APPEALED')) as penalties,"
    " (select count(*) from settle_line where sk = :id# and merchant_id = :id"
    "  and state <> 'SETTLED' and settle_fen <> 0) as lines", false};

static int nothing_waits(pn *p, int64_t merchant)
{
    open_ o = {0};
    pni_one_id id = {merchant};
    int rc = pn_one(p, &order_sql, &id, &o);
    if (!rc) {
        pn_fail(p, PN_ESTATE, "id", pn_tr("Its order %s is not over"), o.no);
        return pn_hint(p, "%s", pn_tr("It is completed after its session, or give it back"));
    }
    if (rc != PN_ENONE)
        return rc;
    PN_TRY(pn_one(p, &waits_sql, &id, &o));
    if (o.penalties) {
        pn_fail(p, PN_ESTATE, "id", pn_tr("%lld of its penalties are not decided"),
                (long long)o.penalties);
        return pn_hint(p, "%s", pn_tr("Decide them first: penalty list"));
    }
    if (!o.lines)
        return 0;
    pn_fail(p, PN_ESTATE, "id", pn_tr("%lld lines are not settled with it"), (long long)o.lines);
    return pn_hint(p, "%s", pn_tr("Wait for its last batch: settlement list"));
}

/* Debts are paid of what is available, then of the guarantee; the rest of this goes back. */
static int netted(pn *p, const pni_balance has[PNI_KINDS], put *out)
{
    int64_t debt = has[PNI_KIND_DEBT].balance_fen.fen;
    int64_t available = has[PNI_KIND_AVAILABLE].free_fen.fen;
    int64_t held = has[PNI_KIND_GUARANTEE].free_fen.fen;
    out->available_fen.fen = debt < available ? debt : available;
    debt -= out->available_fen.fen;
    if (debt > held) {
        int64_t more = debt - held;
        pn_fail(p, PN_EBALANCE, "id", pn_tr("It owes %lld.%02d yuan more than it has"),
                (long long)(more / 100), (int)(more % 100));
        return pn_hint(p, "%s", pn_tr("It pays them in first: wallet recharge"));
    }
    out->debt_fen.fen = debt;
    out->amount_fen.fen = held - debt;
    return 0;
}

int pni_guarantee_clear(pn *p, int64_t merchant)
{
    pni_balance has[PNI_KINDS];
    put x = {0};
    PN_TRY(nothing_waits(p, merchant));
    PN_TRY(pni_owner_balances(p, merchant, has));
    return netted(p, has, &x);
}

/* ---- operations ---- */

static int row(pn *p, int64_t id, pn_guarantee *out)
{
    return pni_row(p, &guarantee_list_op, id, out);
}

static int show(pn *p, const struct pn_guarantee_show *in, pn_guarantee *out)
{
    return row(p, in->id, out);
}

static int make(pn *p, int64_t merchant, const char *reason, int64_t *id)
{
    put x = {.merchant_id = merchant, .reason = reason};
    pni_one_id made;
    PN_TRY(pn_new_id(p, pn_sk(merchant), &x.id));
    int rc = pn_one(p, &put_sql, &x, &made);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_EEXISTS, "merchant", "%s",
                       pn_tr("The return of its guarantee waits for approval already"));
    PN_TRY(rc);
    *id = x.id;
    return pni_state_log(p, flow.noun, x.id, NULL, "WAITING", "ask", reason);
}

int pni_guarantee_closed(pn *p, int64_t merchant, const char *reason)
{
    pni_balance has[PNI_KINDS];
    pn_guarantee g;
    int64_t id;
    PN_TRY(pni_owner_balances(p, merchant, has));
    if (!has[PNI_KIND_GUARANTEE].balance_fen.fen && !has[PNI_KIND_DEBT].balance_fen.fen)
        return 0;
    PN_TRY(make(p, merchant, reason, &id));
    PN_TRY(row(p, id, &g));
    return pn_audit(p, "guarantee", id, &pn_guarantee_t, NULL, &g, reason);
}

static int ask(pn *p, const struct pn_guarantee_ask *in, pn_guarantee *out)
{
    pni_merchant m;
    pni_balance has[PNI_KINDS];
    int64_t id;
    PN_TRY(pni_merchant_look(p, in->merchant, &m));
    if (m.status.v != PN_MERCHANT_CLOSED) {
        pn_fail(p, PN_ESTATE, "merchant", pn_tr("The account of %s is not closed (%s)"), m.name,
                pn_word_label(pn_merchant_states, m.status));
        return pn_hint(p, "%s", pn_tr("Close it first: merchant close asks for the return, too"));
    }
    PN_TRY(pni_owner_balances(p, in->merchant, has));
    if (!has[PNI_KIND_GUARANTEE].balance_fen.fen && !has[PNI_KIND_DEBT].balance_fen.fen)
        return pn_fail(p, PN_EBALANCE, "merchant", "%s", pn_tr("There is nothing to give back"));
    PN_TRY(make(p, in->merchant, in->reason, &id));
    PN_TRY(row(p, id, out));
    return pn_audit(p, "guarantee", id, &pn_guarantee_t, NULL, out, in->reason);
}

static int post(pn *p, const put *x)
{
    pni_doc d = {.rule = "GUARANTEE_BACK", .biz_kind = "GUARANTEE", .biz_id = x->id,
                 .available_fen = x->available_fen, .debt_fen = x->debt_fen,
                 .amount_fen = x->amount_fen};
    return pni_wallet_post(p, &d, x->merchant_id);
}

static int approve(pn *p, const struct pn_guarantee_approve *in, pn_guarantee *out)
{
    pn_guarantee g;
    pni_merchant m;
    pni_balance has[PNI_KINDS];
    PN_TRY(row(p, in->id, &g));
    if (g.state.v == PN_GUARANTEE_WAITING && g.asked_by == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, "id", "%s",
                       pn_tr("Whoever closed the account cannot give its guarantee back"));
    PN_TRY(pni_merchant_look(p, g.merchant_id, &m));
    PN_TRY(pn_step(p, &flow, in->id, g.state, "approve", in->answer, NULL));
    PN_TRY(nothing_waits(p, g.merchant_id));
    PN_TRY(pni_owner_balances(p, g.merchant_id, has));
    int64_t frozen = has[PNI_KIND_FROZEN].balance_fen.fen;
    if (frozen) {
        pn_fail(p, PN_ESTATE, "id", pn_tr("%lld.%02d yuan of its wallet are frozen"),
                (long long)(frozen / 100), (int)(frozen % 100));
        return pn_hint(p, "%s", pn_tr("Deposits come back and withdrawals end first"));
    }
    put x = {.id = g.id, .merchant_id = g.merchant_id};
    PN_TRY(netted(p, has, &x));
    PN_TRY(pn_exec(p, &paid_sql, &x, NULL));
    PN_TRY(post(p, &x));
    PN_TRY(row(p, in->id, out));
    return pn_audit(p, "guarantee", in->id, &pn_guarantee_t, &g, out, in->answer);
}

static int reject(pn *p, const struct pn_guarantee_reject *in, pn_guarantee *out)
{
    pn_guarantee g;
    PN_TRY(row(p, in->id, &g));
    PN_TRY(pn_step(p, &flow, in->id, g.state, "reject", in->answer, NULL));
    PN_TRY(row(p, in->id, out));
    return pn_audit(p, "guarantee", in->id, &pn_guarantee_t, &g, out, in->answer);
}

enum { DO = PN_WRITE | PN_ONCE };
PN_OP(guarantee, show, pn_guarantee, .brief = N_("Show the return of a guarantee"),
      .in = &show_t, .out = &pn_guarantee_t,
      .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT)
PN_OP(guarantee, ask, pn_guarantee, .brief = N_("Ask for the guarantee of a closed account"),
      .help = N_("Closing an account asks by itself; this is for one that was kept."),
      .in = &ask_t, .out = &pn_guarantee_t, .may = PN_ROLE_OPS | PN_ROLE_MERCHANT, .flags = DO,
      .example = "pn guarantee ask xiaolong --reason 'the complaint is settled'",
      .lasting = N_("It waits for a decision now: reject it there"))
PN_OP(guarantee, approve, pn_guarantee, .brief = N_("Give the guarantee of a closed account back"),
      .help = N_("By somebody else than who closed it, once its orders, penalties, settlements and "
                 "withdrawals are over. What it owes is paid first, of what is available, then of "
                 "the guarantee; the rest can be drawn."),
      .in = &approve_t, .out = &pn_guarantee_t, .may = PN_ROLE_FINANCE, .flags = DO | PN_DANGER,
      .example = "pn guarantee approve 40961",
      .lasting = N_("It is in the books: an adjustment puts it right"))
PN_OP(guarantee, reject, pn_guarantee, .brief = N_("Keep the guarantee of a closed account"),
      .in = &reject_t, .out = &pn_guarantee_t, .may = PN_ROLE_FINANCE, .flags = DO,
      .example = "pn guarantee reject 40961 --answer 'a complaint is open'",
      .lasting = N_("It was decided: whoever asked may ask anew"))

const pn_module pn_guarantee_module = {
    "guarantee", N_("Guarantees of closed accounts"),
    .ops = PN_LIST(pn_op, &guarantee_list_op, &guarantee_show_op, &guarantee_ask_op,
                   &guarantee_approve_op, &guarantee_reject_op),
    .sql = PN_LIST(pn_sql, &move_sql, &put_sql, &paid_sql, &order_sql, &waits_sql),
    .fsm = PN_LIST(pn_fsm, &flow),
};
