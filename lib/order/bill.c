/* SPDX-License-Identifier: Apache-2.0 */
/* bill.c — bills as people meet them: one a method and day, with the numbers of both sides next to
 * each other. A day is reconciled when nothing about it is open any more. */
#include "order/bill.h"

#include <string.h>

#include "base/policy_int.h"
#include "catalog/row_int.h"
#include "ledger/ledger_int.h"
#include "merchant/wallet_int.h"
#include "order/bill_int.h"
#include "order/provider_int.h"
#include "order/order_int.h"
#include "order/payment.h"

const pn_words pn_bill_states[] = {PN_BILL_STATES(PN_WORD_ROW){0}};
const pn_words pn_bill_types[] = {PN_BILL_TYPES(PN_WORD_ROW){0}};
/* Of trades the first two, of movements the others. */
const pn_words pni_bill_kinds[] = {{"PAY", N_("Payment"), 0}, {"REFUND", N_("Refund"), 0},
    {"PAID_IN", N_("Payment came in"), 0}, {"PAID_OUT", N_("Refund went out"), 0},
    {"FEE", N_("Provider's fee"), 0}, {"OTHER", N_("Another movement"), 0}, {0}};
const pn_words pni_bill_verdicts[] = {
    {"MATCH", N_("Matches"), 'g'}, {"NEAR", N_("Matches one of another day"), 'g'},
    {"MISSING", N_("Missing here"), 'b'},
    {"AMOUNT", N_("Another amount"), 'b'}, {"STATE", N_("Another state"), 'b'},
    {"OTHER", N_("Neither payment nor refund"), 'b'},
    {"FEE", N_("Another fee"), 'w'}, {"DUPLICATE", N_("Twice"), 'b'}, {0}};
static const pn_words sources[] = {{"FILE", N_("Loaded from a file"), 0},
    {"FETCHED", N_("Fetched from the provider"), 0}, {"BANK", N_("Told by the bank"), 0}, {0}};
// clang-format off
static const pn_edge edges[] = {
    {"LOADING",    "read",      "LOADED",     0, NULL},
    {"LOADED",     "differ",    "DIFFERENT",  0, NULL},
    {"LOADED",     "reconcile", "RECONCILED", 0, NULL},
    {"DIFFERENT",  "reconcile", "RECONCILED", 0, NULL},
    {"RECONCILED", "differ",    "DIFFERENT",  0, NULL},
    {"LOADING",    "drop",      "DROPPED",    0, NULL},
    {"LOADED",     "drop",      "DROPPED",    0, NULL},
    {"DIFFERENT",  "drop",      "DROPPED",    0, NULL},
    {"RECONCILED", "drop",      "DROPPED",    0, NULL},
    {0}};
// clang-format on
const pn_sql pni_bill_move_sql = {"bill_move", &pn_move_t, NULL,
    "update bill set state = :to, reason = coalesce(:reason, reason), updated_at = :now,"
    " version = version + 1 where sk = :id# and id = :id and state = :from", false};
const pn_fsm pni_bill_fsm = {N_("bill"), pn_bill_states, edges, &pni_bill_move_sql};

#define C(f, label, ...) PN_COL(pn_bill, f, label, __VA_ARGS__)
PN_TYPE(pn_bill_t, "bill", pn_bill,
    C(id, N_("Bill"), .flags = PN_KEY | PN_SORT, .sql = "b.id", .ref = "bill"),
    C(method, N_("Method"), .flags = PN_BRIEF, .words = pn_pay_methods, .sql = "b.method"),
    C(type, N_("Bill of"), .flags = PN_BRIEF, .words = pn_bill_types, .sql = "b.type"),
    C(payee_id, N_("Payee"), .flags = PN_BRIEF | PN_OPT, .sql = "nullif(b.payee_id, 0)",
      .ref = "direct_payee"),
    C(day, N_("Day"), .flags = PN_BRIEF | PN_SORT, .sql = "b.day"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_bill_states, .sql = "b.state"),
    C(lines_n, N_("Lines"), .flags = PN_BRIEF, .sql = "b.lines_n"),
    C(matched_n, N_("Matching"), .flags = PN_BRIEF, .sql = "b.matched_n"),
    C(diff_n, N_("Differences"), .sql = "b.diff_n::bigint"),
    C(open_n, N_("Differences open"), .flags = PN_BRIEF, .sql = "b.open_n::bigint"),
    C(pay_n, N_("Payments"), .sql = "b.pay_n"),
    C(pay_fen, N_("Paid"), .flags = PN_BRIEF, .sql = "b.pay_fen"),
    C(our_pay_n, N_("Our payments"), .sql = "b.our_pay_n"),
    C(our_pay_fen, N_("Paid by our count"), .flags = PN_BRIEF, .sql = "b.our_pay_fen"),
    C(book_pay_fen, N_("Paid by the ledger"), .sql = "b.book_pay_fen"),
    C(refund_n, N_("Refunds"), .sql = "b.refund_n"),
    C(refund_fen, N_("Refunded"), .flags = PN_BRIEF, .sql = "b.refund_fen"),
    C(our_refund_n, N_("Our refunds"), .sql = "b.our_refund_n"),
    C(our_refund_fen, N_("Refunded by our count"), .sql = "b.our_refund_fen"),
    C(book_refund_fen, N_("Refunded by the ledger"), .sql = "b.book_refund_fen"),
    C(fee_fen, N_("Provider's fee"), .flags = PN_BRIEF, .sql = "b.fee_fen"),
    C(source, N_("Source"), .words = sources, .sql = "b.source"),
    C(file, N_("File"), .sql = "b.file"),
    C(payout_ref, N_("Paid out by"), .sql = "b.payout_ref"),
    C(reason, N_("Reason"), .sql = "b.reason"),
    C(loaded_by, N_("Loaded by"), .flags = PN_OPT, .sql = "b.loaded_by", .ref = "staff"),
    C(created_at, N_("Loaded at"), .flags = PN_SORT, .sql = "b.created_at"),
    C(compared_at, N_("Compared at"), .sql = "b.compared_at"));
#undef C
#define NOBODY "(:my_merchant::bigint is null and :my_organiser::bigint is null)"
static const pn_list_spec list_spec = {.row = &pn_bill_t, .from = "bill b", .scope = NOBODY,
                                       .key = "b.id", .sort = "-day,-id"};

#define LINE_ID "(l.bill_id || '-' || l.no)"
#define C(f, label, ...) PN_COL(pn_bill_line, f, label, __VA_ARGS__)
static PN_TYPE(line_t, "bill.line", pn_bill_line,
    C(id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = LINE_ID),
    C(no, N_("Line"), .flags = PN_BRIEF | PN_SORT, .sql = "l.no"),
    C(bill_id, N_("Bill"), .sql = "l.bill_id", .ref = "bill"),
    C(kind, N_("Kind"), .flags = PN_BRIEF, .words = pni_bill_kinds, .sql = "l.kind"),
    C(verdict, N_("Verdict"), .flags = PN_BRIEF, .words = pni_bill_verdicts,
      .sql = "l.verdict"),
    C(at, N_("Time"), .flags = PN_BRIEF, .sql = "l.at"),
    C(amount_fen, N_("Amount"), .flags = PN_BRIEF, .sql = "l.amount_fen"),
    C(fee_fen, N_("Fee"), .flags = PN_BRIEF, .sql = "l.fee_fen"),
    C(provider_no, N_("Provider's no."), .flags = PN_BRIEF,
      .sql = "(case l.kind when 'PAY' then l.ref else l.provider_no end)"),
    C(out_no, N_("Our no."), .flags = PN_BRIEF,
      .sql = "(case when l.out_no = '' and l.kind = 'PAY' and l.target_id <> 0"
             " then 'P' || lpad(l.target_id::text, 6, '0') else l.out_no end)"),
    C(ref, N_("Found by"), .sql = "l.ref"),
    C(payment_id, N_("Payment"), .flags = PN_OPT, .ref = "payment",
      .sql = "case when l.kind = 'PAY' and l.target_id <> 0 then l.target_id end"),
    C(refund_id, N_("Refund"), .flags = PN_OPT, .ref = "refund",
      .sql = "case when l.kind = 'REFUND' and l.target_id <> 0 then l.target_id end"));
#undef C
static const pn_list_spec lines_spec = {.row = &line_t, .from = "bill_line l", .scope = NOBODY,
                                        .key = LINE_ID, .sort = "no"};

static PN_TYPE(show_t, "bill.show", struct pn_bill_show,
    PN_COL(struct pn_bill_show, id, N_("Bill"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "bill"));
static PN_TYPE(drop_t, "bill.drop", struct pn_bill_drop,
    PN_COL(struct pn_bill_drop, id, N_("Bill"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "bill"),
    PN_COL(struct pn_bill_drop, reason, N_("Reason"), .flags = PN_REQ, .max = 200));
static PN_TYPE(payout_t, "bill.payout", struct pn_bill_payout,
    PN_COL(struct pn_bill_payout, id, N_("Bill"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "bill"),
    PN_COL(struct pn_bill_payout, amount_fen, N_("Amount"), .flags = PN_REQ | PN_ARG,
           .hint = N_("What arrived at the bank")),
    PN_COL(struct pn_bill_payout, reference, N_("Reference"), .flags = PN_REQ, .max = 100,
           .hint = N_("Number of the line of the bank's statement")));
typedef struct sums { int64_t id, diff_n, open_n, booked_n; } sums;
#define S(f) PN_COL(sums, f, #f)
static PN_TYPE(sums_t, "bill.sums", sums, S(id), S(diff_n), S(open_n), S(booked_n));
#undef S
static const pn_sql sums_sql = {"bill_sums", &sums_t, &sums_t,
    "select count(*) as diff_n, count(*) filter (where state in ('OPEN', 'PROPOSED')) as open_n,"
    " count(*) filter (where state = 'ADJUSTED') as booked_n from recon_diff"
    " where sk = :id# and bill_id = :id", false};
static const pn_sql count_sql = {"bill_count", &sums_t, NULL,
    "update bill set diff_n = :diff_n::int, open_n = :open_n::int, updated_at = :now,"
    " version = version + 1 where sk = :id# and id = :id", false};
static const pn_sql drop_diffs_sql = {"bill_drop_diffs", &show_t, NULL,
    "delete from recon_diff where sk = :id# and bill_id = :id", false};
static const pn_sql drop_lines_sql = {"bill_drop_lines", &show_t, NULL,
    "delete from bill_line where bill_id = :id", false};
static const pn_sql paid_sql = {"bill_paid", &payout_t, NULL,
    "update bill set payout_ref = :reference, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = 'RECONCILED' and payout_ref is null", false};

PN_OP_LIST(bill, list, list_spec, .brief = N_("List the bills of payment providers"),
           .help = N_("One a day and method, with the numbers of both sides: what the bill says, "
                      "what our payments and refunds come to, what the ledger has."),
           .out = &pn_bill_t, .may = PN_ROLE_FINANCE | PN_ROLE_OPS,
           .example = "pn bill list --where 'state=DIFFERENT'")
PN_OP_LIST(bill, lines, lines_spec, .brief = N_("List lines of bills"), .out = &line_t,
           .may = PN_ROLE_FINANCE | PN_ROLE_OPS,
           .example = "pn bill lines --where 'bill_id=4097 verdict!=MATCH'")

int pni_bill_row(pn *p, int64_t id, pn_bill *out)
{
    return pni_row(p, &bill_list_op, id, out);
}

static int show(pn *p, const struct pn_bill_show *in, pn_bill *out)
{
    return pni_bill_row(p, in->id, out);
}

int pni_bill_count(pn *p, int64_t id, bool settled)
{
    pn_bill b;
    sums n, in = {.id = id};
    PN_TRY(pni_bill_row(p, id, &b));
    PN_TRY(pn_one(p, &sums_sql, &in, &n));
    n.id = id;
    PN_TRY(pn_exec(p, &count_sql, &n, NULL));
    bool done = !n.open_n && (settled || b.state.v == PN_BILL_DIFFERENT);
    const char *event = done ? "reconcile" : n.open_n ? "differ" : NULL;
    if (!event || (done ? b.state.v == PN_BILL_RECONCILED : b.state.v == PN_BILL_DIFFERENT))
        return 0;
    return pn_step(p, &pni_bill_fsm, id, b.state, event, NULL, NULL);
}

int pni_bill_connector(pn *p, pn_word method, const char **out)
{
    const pni_method *m = pni_method_of(method.v);
    if (pni_method_has_bill(m)) {
        *out = m->connector;
        return 0;
    }
    if (!m || !m->connector)
        return pn_fail(p, PN_EARG, "method", "%s", pn_tr("This method has no provider"));
    pn_fail(p, PN_EARG, "method", "%s", pn_tr("This method has no bills of its own"));
    return method.v == PN_PAY_SFPL ? pn_hint(p, "%s", pn_tr("What is deducted later is in the "
                                                            "bills of whoever deducts it"))
                                   : PN_EARG;
}

static int of_fund(pn *p, const struct pn_bill_load *in)
{
    if (pni_method_of(in->method.v)->can & PNI_HAS_FUND && !in->payee)
        return 0;
    pn_fail(p, PN_EARG, "type", "%s", pn_tr("Nobody tells the movements of this account"));
    return pn_hint(p, "%s", pn_tr("WeChat Pay does, of our own account"));
}

/* Ours has one bill a day; money that is others' one for each of them. */
int pni_bill_told(pn *p, const struct pn_bill_load *in)
{
    bool theirs = pni_method_of(in->method.v)->can & PNI_IS_THEIRS;
    if (in->type.v == PN_BILL_SLIP)
        return pn_fail(p, PN_EARG, "type", "%s", pn_tr("Slips are cleared by “slip clear”"));
    if (in->type.v == PN_BILL_FUND)
        return of_fund(p, in);
    if (in->payee && !theirs)
        return pn_fail(p, PN_EARG, "payee", "%s", pn_tr("What is paid so is paid to us"));
    if (in->payee || in->method.v != PN_PAY_ALIPAY_DIRECT)
        return 0;
    pn_fail(p, PN_EARG, "payee", "%s", pn_tr("Each organiser has a bill of its own: say whose"));
    return pn_hint(p, "%s", pn_tr("Who collects: pn direct_payee list"));
}

static int drop(pn *p, const struct pn_bill_drop *in, pn_bill *out)
{
    pn_bill before;
    sums n, of = {.id = in->id};
    struct pn_bill_show which = {in->id};
    PN_TRY(pni_bill_row(p, in->id, &before));
    PN_TRY(pn_one(p, &sums_sql, &of, &n));
    if (n.booked_n || before.payout_ref) {
        pn_fail(p, PN_ESTATE, "id", "%s", pn_tr("Something of this bill was booked: it stays"));
        return pn_hint(p, "%s", pn_tr("Corrections of the books are adjustments"));
    }
    PN_TRY(pn_step(p, &pni_bill_fsm, in->id, before.state, "drop", in->reason, NULL));
    PN_TRY(pn_exec(p, &drop_diffs_sql, &which, NULL));
    PN_TRY(pn_exec(p, &drop_lines_sql, &which, NULL));
    PN_TRY(pni_bill_row(p, in->id, out));
    return pn_audit(p, "bill", in->id, &pn_bill_t, &before, out, in->reason);
}

/* P19: what is left of the day's money after the provider's fee moves from it to the bank. */
static int payout(pn *p, const struct pn_bill_payout *in, pn_bill *out)
{
    pn_bill b;
    int64_t done = 0;
    PN_TRY(pni_bill_row(p, in->id, &b));
    int64_t net = b.pay_fen.fen - b.refund_fen.fen - b.fee_fen.fen;
    if (b.type.v == PN_BILL_FUND)
        return pn_fail(p, PN_ESTATE, "id", "%s",
                       pn_tr("What is paid out for a day is told by its bill of trades"));
    if (b.state.v != PN_BILL_RECONCILED)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("The day is not reconciled (%s)"),
                       pn_word_label(pn_bill_states, b.state));
    if (pni_method_of(b.method.v)->can & PNI_IS_THEIRS)
        return pn_fail(p, PN_ESTATE, "id", "%s",
                       pn_tr("The provider pays this out to whoever collected it"));
    if (b.payout_ref)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("It was paid out by line %s"), b.payout_ref);
    if (in->amount_fen.fen != net)
        return pn_fail(p, PN_EBALANCE, "amount_fen", pn_tr("The bill comes to %lld.%02d"),
                       (long long)(net / 100), (int)(net < 0 ? -net % 100 : net % 100));
    PN_TRY(pni_bank_line(p, in->reference, "BILL", in->id));
    PN_TRY(pn_exec(p, &paid_sql, in, &done));
    if (!done)
        return pn_fail(p, PN_ECONFLICT, "id", "%s", pn_code_text(PN_ECONFLICT));
    pni_doc d = {.rule = "PROVIDER_PAID", .biz_kind = "BILL", .biz_id = in->id,
                 .memo = in->reference, .sale = pn_sk(in->id), .amount_fen = {net},
                 .fee_fen = b.fee_fen, .method = pn_word_name(pn_pay_methods, b.method)};
    PN_TRY(pni_post_later(p, &d));
    PN_TRY(pni_bill_row(p, in->id, out));
    return pn_audit(p, "bill", in->id, &pn_bill_t, &b, out, in->reference);
}

PN_OP(bill, show, pn_bill, .brief = N_("Show a bill with the numbers of both sides"),
      .in = &show_t, .out = &pn_bill_t, .may = PN_ROLE_FINANCE | PN_ROLE_OPS,
      .help = N_("Its differences: recon_diff list --where bill_id=…"))
PN_OP(bill, drop, pn_bill, .brief = N_("Take back a bill that was loaded by mistake"),
      .in = &drop_t, .out = &pn_bill_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .example = "pn bill drop 4097 --reason 'the file of another merchant number'",
      .lasting = N_("What has ended does not come back: set up a new one"))
PN_OP(bill, payout, pn_bill, .brief = N_("Book what a provider paid out for a day"),
      .help = N_("Only for a reconciled day, and only what its bill comes to: payments less "
                 "refunds less the provider's fee."),
      .in = &payout_t, .out = &pn_bill_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .example = "pn bill payout 4097 118420.66 --reference 20261127-0081")

const pn_module pn_bill_module = {
    "bill", N_("Providers' bills"),
    .ops = PN_LIST(pn_op, &bill_list_op, &bill_show_op, &bill_lines_op, &pni_bill_load_op,
                   &pni_bill_fetch_op, &pni_bill_compare_op, &bill_drop_op, &bill_payout_op,
                   &pni_bill_begin_op, &pni_bill_put_op, &pni_bill_read_op),
    .sql = PN_LIST(pn_sql, &pni_bill_move_sql, &sums_sql, &count_sql, &drop_diffs_sql,
                   &drop_lines_sql, &paid_sql, &pni_bill_find_sql, &pni_bill_begin_sql,
                   &pni_bill_put_sql, &pni_fund_put_sql, &pni_fund_again_sql, &pni_fund_trade_sql,
                   &pni_fund_judge_sql, &pni_fund_odd_sql, &pni_fund_gone_sql, &pni_fund_free_sql,
                   &pni_bill_rest_sql, &pni_bill_again_sql, &pni_bill_read_sql,
                   &pni_bill_due_sql, &pni_bill_fees_sql, &pni_bill_open_sql,
                   &pni_recon_judge_sql, &pni_recon_odd_sql, &pni_recon_both_sql,
                   &pni_recon_ours_sql,
                   &pni_recon_back_sql, &pni_recon_gone_sql, &pni_recon_kept_sql,
                   &pni_recon_book_sql, &pni_recon_waiting_sql, &pni_recon_put_sql,
                   &pni_recon_come_sql, &pni_recon_told_sql, &pni_recon_filled_sql,
                   &pni_recon_wallets_sql, &pni_recon_unfilled_sql, &pni_bill_purge_sql,
                   &pni_recon_later_sql, &pni_recon_deducted_sql, &pni_recon_undeducted_sql),
    .fsm = PN_LIST(pn_fsm, &pni_bill_fsm),
    .jobs = PN_LIST(pn_job, &pni_recon_fetch_job, &pni_recon_compare_job, &pni_bill_purge_job),
};
