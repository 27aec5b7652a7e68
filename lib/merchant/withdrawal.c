/* SPDX-License-Identifier: Apache-2.0 */
/* withdrawal.c — asking freezes the money at once, so that it cannot be drawn twice; it leaves the
 * wallet when the bank says that it paid. A transfer whose fate is unknown stays with the bank and
 * is asked about, never sent again by itself: its number is the bank's key, too. */
#include "merchant/withdrawal.h"

#include <string.h>

#include "base/policy_int.h"
#include "catalog/row_int.h"
#include "merchant/bank_card.h"
#include "merchant/merchant_int.h"
#include "merchant/wallet_int.h"
#include "merchant/withdrawal_int.h"

const pn_words pn_withdrawal_states[] = {PN_WITHDRAWAL_STATES(PN_WORD_ROW){0}};
// clang-format off
static const pn_edge edges[] = {
    {"REQUESTED", "approve", "APPROVED",  0, NULL},
    {"REQUESTED", "reject",  "REJECTED",  0, NULL},
    {"REQUESTED", "cancel",  "CANCELLED", 0, NULL},
    {"APPROVED",  "reject",  "REJECTED",  0, NULL},
    {"APPROVED",  "pay",     "PAYING",    0, NULL},
    {"PAYING",    "ok",      "PAID",      0, NULL},
    {"PAYING",    "fail",    "FAILED",    0, NULL},
    {0}};
// clang-format on
const pn_sql pni_withdrawal_move = {"withdrawal_move", &pn_move_t, NULL,
    "update withdrawal set state = :to, reason = coalesce(:reason, reason), updated_at = :now,"
    " version = version + 1 where sk = :id# and id = :id and state = :from", false};
const pn_fsm pni_withdrawal_fsm = {N_("withdrawal"), pn_withdrawal_states, edges,
                                   &pni_withdrawal_move};

#define C(f, label, ...) PN_COL(pn_withdrawal, f, label, __VA_ARGS__)
PN_TYPE(pn_withdrawal_t, "withdrawal", pn_withdrawal,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "w.id", .ref = "withdrawal"),
    C(no, N_("Withdrawal no."), .flags = PN_BRIEF, .sql = "w.no"),
    C(merchant_id, N_("Merchant no."), .sql = "w.merchant_id", .ref = "merchant"),
    C(merchant, N_("Merchant"), .flags = PN_BRIEF | PN_SORT, .sql = "m.name"),
    C(amount_fen, N_("Amount"), .flags = PN_BRIEF | PN_SORT, .sql = "w.amount_fen"),
    C(fee_fen, N_("Fee"), .sql = "w.fee_fen"),
    C(bank, N_("Bank name"), .flags = PN_BRIEF, .sql = "b.bank"),
    C(tail, N_("Ends in"), .flags = PN_BRIEF, .sql = "b.tail"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_withdrawal_states, .sql = "w.state"),
    C(requested_by, N_("Asked by"), .sql = "w.requested_by", .ref = "staff"),
    C(approved_by, N_("Approved by"), .flags = PN_OPT, .sql = "w.approved_by", .ref = "staff"),
    C(approved_by2, N_("Second approval"), .flags = PN_OPT, .sql = "w.approved_by2",
      .ref = "staff"),
    C(automatic, N_("Without approval"), .sql = "w.automatic"),
    C(bank_no, N_("Bank's number"), .sql = "w.bank_no"), C(reason, N_("Reason"), .sql = "w.reason"),
    C(created_at, N_("Created"), .flags = PN_BRIEF | PN_SORT, .sql = "w.created_at"),
    C(paid_at, N_("Paid at"), .sql = "w.paid_at"));
#undef C
static const pn_list_spec list_spec = {.row = &pn_withdrawal_t,
    .from = "withdrawal w join merchant m on m.id = w.merchant_id"
            " join bank_card b on b.sk = w.sk and b.id = w.card_id",
    .scope = "(:my_merchant::bigint is null or w.merchant_id = :my_merchant)"
             " and :my_organiser::bigint is null",
    .key = "w.id", .sort = "-id"};

typedef struct put {
    int64_t id, merchant_id, card_id;
    const char *no;
    pn_money amount_fen, fee_fen;
    bool automatic;
} put;
#define P(f) PN_COL(put, f, "")
static PN_TYPE(put_t, "withdrawal.put", put, P(id), P(merchant_id), P(card_id), P(no),
    P(amount_fen), P(fee_fen), P(automatic));
#undef P
static const pn_sql put_sql = {"withdrawal_put", &put_t, &pni_one_id_t,
    "insert into withdrawal (sk, id, no, merchant_id, card_id, amount_fen, fee_fen, state,"
    " requested_by, automatic, created_at, updated_at) values (:id#, :id, :no, :merchant_id,"
    " :card_id, :amount_fen, :fee_fen, 'REQUESTED', :me, :automatic, :now, :now)"
    " on conflict (sk, merchant_id) where state in ('REQUESTED', 'APPROVED', 'PAYING')"
    " do nothing returning id", false};
typedef struct sign { int64_t id; bool second; } sign;
static PN_TYPE(sign_t, "withdrawal.sign", sign, PN_COL(sign, id, ""), PN_COL(sign, second, ""));
static const pn_sql sign_sql = {"withdrawal_sign", &sign_t, NULL,
    "update withdrawal set approved_by = case when :second then approved_by else :me end,"
    " approved_by2 = case when :second then :me end, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = 'REQUESTED'"
    " and (approved_by is not null) = :second", false};
static const pn_sql by_no_sql = {"withdrawal_by_no", &pni_by_code_t, &pni_one_id_t,
    "select id from withdrawal where no = :code", false};

/* What waits for an approval that the reader may give. */
static const pn_list_spec queue_spec = {.row = &pn_withdrawal_t,
    .from = "withdrawal w join merchant m on m.id = w.merchant_id"
            " join bank_card b on b.sk = w.sk and b.id = w.card_id",
    .scope = "w.state = 'REQUESTED' and w.requested_by is distinct from :me"
             " and w.approved_by is distinct from :me"
             " and :my_merchant::bigint is null and :my_organiser::bigint is null",
    .key = "w.id", .sort = "id"};
PN_OP_LIST(withdrawal, queue, queue_spec, .brief = N_("List withdrawals that you may approve"),
           .out = &pn_withdrawal_t, .may = PN_ROLE_FINANCE)
PN_OP_LIST(withdrawal, list, list_spec, .brief = N_("List what merchants draw"),
           .out = &pn_withdrawal_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT,
           .example = "pn withdrawal list --where state=REQUESTED")

int pni_withdrawal_row(pn *p, int64_t id, pn_withdrawal *out)
{
    return pni_row(p, &withdrawal_list_op, id, out);
}

int pni_withdrawal_post(pn *p, const pn_withdrawal *w, const char *rule)
{
    bool paid = strcmp(rule, "WITHDRAW_PAID") == 0;
    pni_doc d = {.rule = rule, .biz_kind = "WITHDRAWAL", .biz_id = w->id, .memo = w->no,
                 .amount_fen = {w->amount_fen.fen - (paid ? w->fee_fen.fen : 0)}};
    if (paid)
        d.fee_fen = w->fee_fen;
    return pni_wallet_post(p, &d, w->merchant_id);
}

/* ---- asking ---- */

static int may_draw(pn *p, const pni_merchant *m, const pn_bank_card *card, int64_t fen)
{
    int64_t least = 0;
    pni_balance has[PNI_KINDS];
    PN_TRY(pni_policy(p, "withdraw.min_fen", &least));
    if (m->status.v != PN_MERCHANT_ACTIVE && m->status.v != PN_MERCHANT_RESTRICTED &&
        m->status.v != PN_MERCHANT_CLOSED)
        return pn_fail(p, PN_ESTATE, "card", pn_tr("%s may not draw money now (%s)"), m->name,
                       pn_word_label(pn_merchant_states, m->status));
    if (card->state.v != PN_BANK_CARD_VERIFIED) {
        pn_fail(p, PN_ESTATE, "card", "%s", pn_tr("The bank account is not verified"));
        return pn_hint(p, "%s", pn_tr("Finance verifies it: bank_card verify"));
    }
    PN_TRY(pni_owner_balances(p, m->id, has));
    bool last = m->status.v == PN_MERCHANT_CLOSED &&
                fen == has[PNI_KIND_AVAILABLE].free_fen.fen;
    if (fen < least && !last) /* the last of a closed account may be less */
        return pn_fail(p, PN_EARG, "amount_fen", pn_tr("At least %lld.%02d yuan are drawn"),
                       (long long)(least / 100), (int)(least % 100));
    if (has[PNI_KIND_DEBT].balance_fen.fen > 0)
        return pn_fail(p, PN_EBALANCE, "amount_fen", "%s",
                       pn_tr("The merchant owes us money, which comes first"));
    int64_t most = has[PNI_KIND_AVAILABLE].free_fen.fen;
    if (fen > most)
        return pn_fail(p, PN_EBALANCE, "amount_fen", pn_tr("Only %lld.%02d yuan are available"),
                       (long long)(most / 100), (int)(most % 100));
    return 0;
}

/* Small amounts of good merchants wait for nobody; nor does what an organiser's batches brought,
 * which were approved, below the limit of two. */
static int by_itself(pn *p, const pni_merchant *m, int64_t fen, bool *automatic)
{
    int64_t most = 0;
    *automatic = false;
    if (m->kind.v == PN_SELLER_ORGANISER && pn_who(p)->roles & PN_ROLE_SYSTEM) {
        PN_TRY(pni_policy(p, "withdraw.dual_control_fen", &most));
        *automatic = fen <= most;
        return 0;
    }
    if (m->status.v != PN_MERCHANT_ACTIVE ||
        (m->level.v != PN_LEVEL_A && m->level.v != PN_LEVEL_B))
        return 0;
    PN_TRY(pni_policy(p, m->level.v == PN_LEVEL_A ? "withdraw.auto_a_fen" : "withdraw.auto_b_fen",
                      &most));
    *automatic = fen <= most;
    return 0;
}

static PN_TYPE(request_t, "withdrawal.request", struct pn_withdrawal_request,
    PN_COL(struct pn_withdrawal_request, card, N_("Bank account"), .flags = PN_REQ | PN_ARG,
           .ref = "bank_card"),
    PN_COL(struct pn_withdrawal_request, amount_fen, N_("Amount"), .flags = PN_REQ | PN_ARG,
           .min = 1, .max = INT64_C(100000000000)));

static int request(pn *p, const struct pn_withdrawal_request *in, pn_withdrawal *out)
{
    pni_merchant m;
    pn_page page;
    pni_one_id made;
    put row = {.card_id = in->card, .amount_fen = in->amount_fen};
    pn_list one = {.where = pn_printf(p, "id=%lld", (long long)in->card)};
    PN_TRY(pn_bank_card_list(p, &one, &page));
    if (page.rows.n != 1)
        return pn_fail(p, PN_ENONE, "card", pn_tr("There is no %s %lld"),
                       pni_noun_word("bank_card"), (long long)in->card);
    const pn_bank_card *card = page.rows.row;
    row.merchant_id = card->merchant_id;
    PN_TRY(pni_merchant_look(p, row.merchant_id, &m));
    PN_TRY(may_draw(p, &m, card, in->amount_fen.fen));
    PN_TRY(by_itself(p, &m, in->amount_fen.fen, &row.automatic));
    PN_TRY(pni_policy(p, "withdraw.fee_fen", &row.fee_fen.fen));
    PN_TRY(pn_new_id(p, pn_sk(row.merchant_id), &row.id));
    PN_TRY(pn_new_no(p, "TX", pn_sk(row.merchant_id), &row.no));
    int rc = pn_one(p, &put_sql, &row, &made);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ESTATE, "amount_fen", "%s",
                       pn_tr("Another withdrawal is under way"));
    PN_TRY(rc);
    PN_TRY(pni_stepped(p, &pni_withdrawal_fsm, row.id, NULL, "request", NULL));
    PN_TRY(pni_withdrawal_row(p, row.id, out));
    PN_TRY(pni_withdrawal_post(p, out, "WITHDRAW"));
    if (row.automatic)
        PN_TRY(pn_step(p, &pni_withdrawal_fsm, row.id, out->state, "approve", NULL, &out->state));
    return pn_audit(p, "withdrawal", row.id, &pn_withdrawal_t, NULL, out, NULL);
}

/* ---- deciding ---- */

#define ID(s)                                                                                      \
    PN_COL(s, id, N_("Withdrawal"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "withdrawal")
static PN_TYPE(cancel_t, "withdrawal.cancel", struct pn_withdrawal_cancel,
    ID(struct pn_withdrawal_cancel),
    PN_COL(struct pn_withdrawal_cancel, reason, N_("Reason"), .max = 200));
static PN_TYPE(approve_t, "withdrawal.approve", struct pn_withdrawal_approve,
    ID(struct pn_withdrawal_approve),
    PN_COL(struct pn_withdrawal_approve, reason, N_("Reason"), .max = 200));
static PN_TYPE(reject_t, "withdrawal.reject", struct pn_withdrawal_reject,
    ID(struct pn_withdrawal_reject),
    PN_COL(struct pn_withdrawal_reject, reason, N_("Reason"), .flags = PN_REQ, .max = 200));

static int show(pn *p, const struct pn_withdrawal_cancel *in, pn_withdrawal *out)
{
    return pni_withdrawal_row(p, in->id, out);
}

/* The money is free again. */
static int give_back(pn *p, int64_t id, const char *event, const char *reason, pn_withdrawal *out)
{
    pn_withdrawal before;
    PN_TRY(pni_withdrawal_row(p, id, &before));
    PN_TRY(pn_step(p, &pni_withdrawal_fsm, id, before.state, event, reason, NULL));
    PN_TRY(pni_withdrawal_post(p, &before, "WITHDRAW_BACK"));
    PN_TRY(pni_withdrawal_row(p, id, out));
    return pn_audit(p, "withdrawal", id, &pn_withdrawal_t, &before, out, reason);
}

static int cancel(pn *p, const struct pn_withdrawal_cancel *in, pn_withdrawal *out)
{
    return give_back(p, in->id, "cancel", in->reason, out);
}

static int reject(pn *p, const struct pn_withdrawal_reject *in, pn_withdrawal *out)
{
    return give_back(p, in->id, "reject", in->reason, out);
}

static int approve(pn *p, const struct pn_withdrawal_approve *in, pn_withdrawal *out)
{
    pn_withdrawal w;
    int64_t dual_fen = 0, signs = 0, me = pn_who(p)->id;
    PN_TRY(pni_withdrawal_row(p, in->id, &w));
    PN_TRY(pni_policy(p, "withdraw.dual_control_fen", &dual_fen));
    bool dual = w.amount_fen.fen > dual_fen, second = dual && w.approved_by != 0;
    if (w.state.v != PN_WITHDRAWAL_REQUESTED)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("%s does not wait for approval (%s)"), w.no,
                       pn_word_label(pn_withdrawal_states, w.state));
    if (me == w.requested_by || (second && me == w.approved_by))
        return pn_fail(p, PN_EDUAL, "id", pn_tr("%s needs another approver than you"), w.no);
    PN_TRY(pn_exec(p, &sign_sql, &(sign){in->id, second}, &signs));
    if (!signs)
        return pn_fail(p, PN_ECONFLICT, "id", "%s", pn_code_text(PN_ECONFLICT));
    if (!dual || second)
        PN_TRY(pn_step(p, &pni_withdrawal_fsm, in->id, w.state, "approve", in->reason, NULL));
    PN_TRY(pni_withdrawal_row(p, in->id, out));
    return pn_audit(p, "withdrawal", in->id, &pn_withdrawal_t, &w, out, in->reason);
}

static int resolve(pn *p, const char *text, int64_t *id)
{
    int sk;
    if (pn_no_bucket(p, "TX", text, &sk))
        return pni_resolve(p, &by_no_sql, "withdrawal", text, id);
    pni_one_id found;
    PN_TRY(pn_one(p, &by_no_sql, &(pni_by_code){text}, &found));
    *id = found.id;
    return 0;
}

PN_OP(withdrawal, request, pn_withdrawal, .brief = N_("Draw money from a wallet"),
      .help = N_("The money is frozen at once. One withdrawal at a time; small ones of merchants "
                 "of level A and B are approved by themselves."),
      .in = &request_t, .out = &pn_withdrawal_t,
      .may = PN_ROLE_MERCHANT | PN_ROLE_OPS | PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_ONCE,
      .example = "pn withdrawal request 12 3000")
PN_OP(withdrawal, cancel, pn_withdrawal, .brief = N_("Take back a withdrawal nobody approved"),
      .in = &cancel_t, .out = &pn_withdrawal_t, .may = PN_ROLE_MERCHANT | PN_ROLE_OPS,
      .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("What has ended does not come back: set up a new one"))
PN_OP(withdrawal, approve, pn_withdrawal, .brief = N_("Approve a withdrawal"),
      .help = N_("Not by whoever asked for it; large ones by two people."), .in = &approve_t,
      .out = &pn_withdrawal_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .lasting = N_("It is in the books: an adjustment puts it right"))
PN_OP(withdrawal, reject, pn_withdrawal, .brief = N_("Reject a withdrawal"), .in = &reject_t,
      .out = &pn_withdrawal_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("It was decided: whoever asked may ask anew"))
static int withdrawal_show_run(pn *p, const void *in, void *out)
{
    return show(p, in, out);
}
static const pn_op withdrawal_show_op = {.noun = "withdrawal", .verb = "show",
    .brief = N_("Show a withdrawal"), .in = &cancel_t, .out = &pn_withdrawal_t,
    .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT, .run = withdrawal_show_run};
int pn_withdrawal_show(pn *p, const struct pn_withdrawal_cancel *in, pn_withdrawal *out)
{
    return pn_call(p, &withdrawal_show_op, in, out);
}

/* ---- organisers are paid without asking ---- */

typedef struct payable { int64_t merchant_id, card_id; pn_money amount_fen; } payable;
static PN_TYPE(payable_t, "withdrawal.payable", payable, PN_COL(payable, merchant_id, ""),
    PN_COL(payable, card_id, ""), PN_COL(payable, amount_fen, ""));
/* To the account that was verified last. */
static const pn_sql payable_sql = {"withdrawal_payable", NULL, &payable_t,
    "select g.merchant_id, b.id as card_id, a.credit_fen - a.debit_fen as amount_fen"
    " from organiser g join ledger_account a on a.sk = (g.merchant_id & 4095)::int"
    "  and a.kind = 'AVAILABLE' and a.owner = g.merchant_id and a.part = ''"
    " join bank_card b on b.sk = (g.merchant_id & 4095)::int and b.merchant_id = g.merchant_id"
    "  and b.state = 'VERIFIED' and not exists (select from bank_card c where c.sk = b.sk"
    "   and c.merchant_id = b.merchant_id and c.state = 'VERIFIED' and c.id > b.id)"
    " where a.credit_fen - a.debit_fen >= " PNI_POLICY("withdraw.min_fen")
    " order by g.merchant_id", false};

/* One organiser's trouble (a debt, a withdrawal that is under way) is not the next one's. */
static int pay_organisers(pn *p, int64_t *done)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &payable_sql, NULL, &rows));
    pn_each(payable, w, &rows)
    {
        pn_withdrawal out;
        int rc = pn_withdrawal_request(
            p, &(struct pn_withdrawal_request){w->card_id, w->amount_fen}, &out);
        if (rc && rc != PN_ESTATE && rc != PN_EBALANCE && rc != PN_ECONFLICT)
            return rc;
        *done += !rc;
    }
    return 0;
}
static const pn_job pay_job = {"organiser_pay",
    N_("Draw what organisers were settled, for the file of the bank"), 3600, pay_organisers};

const pn_module pn_withdrawal_module = {
    "withdrawal", N_("Withdrawals"),
    .ops = PN_LIST(pn_op, &withdrawal_list_op, &withdrawal_queue_op,
                   &withdrawal_show_op, &withdrawal_request_op,
                   &withdrawal_cancel_op, &withdrawal_approve_op, &withdrawal_reject_op,
                   &pni_withdrawal_export_op, &pni_withdrawal_import_op),
    .sql = PN_LIST(pn_sql, &put_sql, &sign_sql, &by_no_sql, &pni_withdrawal_move,
                   &pni_withdrawal_due, &pni_withdrawal_told, &payable_sql),
    .fsm = PN_LIST(pn_fsm, &pni_withdrawal_fsm), .jobs = PN_LIST(pn_job, &pay_job),
    .resolve = resolve,
};
