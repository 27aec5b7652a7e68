/* SPDX-License-Identifier: Apache-2.0 */
/* entry.c — transfers as the entries of their two accounts, each with its document. */
#include "ledger/ledger.h"
#include "ledger/ledger_int.h"

#define C(f, label, ...) PN_COL(pn_entry, f, label, __VA_ARGS__)
/* The document, when it is one of these; of those that have no page of their own, whose it is. */
#define TO(f, label, noun, is)                                                                     \
    C(f, label, .flags = PN_OPT, .ref = noun, .sql = "(case when " is " then e.biz_id end)")
#define WHOSE(f, label, noun, kinds)                                                               \
    C(f, label, .flags = PN_OPT, .ref = noun, .sql = "(case when e.biz_kind in (" kinds ")"        \
      " then coalesce(nullif(a.owner, 0), nullif(b.owner, 0)) end)")
PN_TYPE(pn_entry_t, "entry", pn_entry,
    C(id, N_("Entry"), .flags = PN_KEY | PN_SORT, .sql = "e.id"),
    C(account_id, N_("Account no."), .sql = "e.account_id", .ref = "ledger"),
    C(account, N_("Account"), .flags = PN_BRIEF, .words = pni_kinds, .sql = "a.kind"),
    C(owner, N_("Owner"), .flags = PN_OPT, .sql = "a.owner"),
    C(debit_fen, N_("Dr"), .flags = PN_BRIEF, .sql = "e.debit_fen"),
    C(credit_fen, N_("Cr"), .flags = PN_BRIEF, .sql = "e.credit_fen"),
    C(other, N_("Counter-account"), .flags = PN_BRIEF, .words = pni_kinds, .sql = "b.kind"),
    C(other_id, N_("Counter-account no."), .sql = "e.other_id", .ref = "ledger"),
    C(day, N_("Day"), .flags = PN_BRIEF, .sql = "e.day"),
    C(at, N_("Time"), .flags = PN_BRIEF, .sql = "e.at"),
    C(rule, N_("Posting"), .flags = PN_BRIEF, .words = pni_postings, .sql = "e.rule"),
    C(biz_kind, N_("Document kind"), .flags = PN_BRIEF, .words = pni_documents,
      .sql = "e.biz_kind"),
    C(step, N_("Step"), .words = pni_posting_steps, .sql = PNI_STEP("e.step")),
    C(kind, N_("Transfer"), .words = pni_transfers, .sql = "e.kind"),
    C(biz_id, N_("Document no."), .sql = "e.biz_id"),
    TO(payment_id, N_("Payment"), "payment", "e.biz_kind = 'PAYMENT' or e.biz_kind = 'DIRECT'"
       " and e.step not like '%BACK-%'"),
    TO(refund_id, N_("Refund"), "refund", "e.biz_kind = 'REFUND' or e.biz_kind = 'DIRECT'"
       " and e.step like '%BACK-%'"),
    TO(order_id, N_("Order"), "order", "e.biz_kind = 'ORDER'"),
    TO(withdrawal_id, N_("Withdrawal"), "withdrawal", "e.biz_kind = 'WITHDRAWAL'"),
    TO(settlement_id, N_("Settlement sheet"), "settlement", "e.biz_kind = 'SETTLEMENT'"),
    TO(settle_line_id, N_("Settlement line"), "settle_line", "e.biz_kind = 'SETTLE_LINE'"),
    TO(penalty_id, N_("Penalty"), "penalty", "e.biz_kind = 'PENALTY'"),
    TO(rebate_id, N_("Rebate"), "rebate", "e.biz_kind = 'REBATE'"),
    TO(channel_rebate_id, N_("Rebate of a channel"), "channel_rebate",
       "e.biz_kind = 'CHANNEL_REBATE'"),
    TO(fee_invoice_id, N_("Invoice of fees"), "fee_invoice", "e.biz_kind = 'FEE_INVOICE'"),
    TO(guarantee_id, N_("Guarantee of a closed account"), "guarantee",
       "e.biz_kind = 'GUARANTEE'"),
    TO(shift_id, N_("Shift"), "shift", "e.biz_kind = 'SHIFT'"),
    TO(bill_id, N_("Bill of a provider"), "bill", "e.biz_kind = 'BILL'"),
    TO(recon_diff_id, N_("Difference"), "recon_diff", "e.biz_kind = 'RECON'"),
    TO(adjustment_id, N_("Correction"), "adjustment", "e.biz_kind = 'ADJUSTMENT'"),
    TO(compensation_id, N_("Compensation"), "compensation", "e.biz_kind = 'COMPENSATION'"),
    TO(coupon_id, N_("Coupon"), "coupon", "e.biz_kind = 'COUPON'"),
    TO(gift_card_id, N_("Gift card"), "gift_card", "e.biz_kind = 'GIFT_CARD'"),
    TO(gift_card_batch_id, N_("Batch of gift cards"), "gift_card_batch",
       "e.biz_kind = 'GIFT_CARD_BATCH'"),
    TO(offline_debt_id, N_("Collected, never handed in"), "offline_debt",
       "e.biz_kind = 'OFFLINE_DEBT'"),
    TO(recharge_id, N_("Recharge"), "recharge", "e.biz_kind = 'RECHARGE_ORDER'"),
    WHOSE(wallet_id, N_("Wallet"), "wallet", "'DEPOSIT', 'RECHARGE'"),
    WHOSE(channel_id, N_("Channel"), "channel", "'CHANNEL_MOVE'"),
    WHOSE(supplier_id, N_("Supplier"), "supplier", "'SUPPLIER_MOVE'"),
    WHOSE(organiser_id, N_("Organiser"), "organiser", "'ORGANISER_FEE'"),
    C(transfer_id, N_("Transfer no."), .sql = "e.transfer_id"),
    C(memo, N_("Note"), .sql = "e.memo"));
#undef C

#define HALF(mine, others, debit, credit, place)                                                   \
    "select t.id * 2 + " place " as id, t.id as transfer_id, t.sk, t." mine " as account_id, t."   \
    others " as other_id, " debit " as debit_fen, " credit " as credit_fen, t.day, t.at, t.rule,"  \
    " t.biz_kind, t.biz_id, t.step, t.kind, t.memo from ledger_transfer t"
static const pn_list_spec list_spec = {.row = &pn_entry_t,
    .from = "(" HALF("debit_id", "credit_id", "t.amount_fen", "0::bigint", "0") " union all "
            HALF("credit_id", "debit_id", "0::bigint", "t.amount_fen", "1") ") e"
            " join ledger_account a on a.sk = e.sk and a.id = e.account_id"
            " join ledger_account b on b.sk = e.sk and b.id = e.other_id",
    .scope = "(:my_merchant::bigint is null and :my_organiser::bigint is null)",
    .key = "e.id", .sort = "-id"};

PN_OP_LIST(entry, list, list_spec, .brief = N_("List entries of the ledger, newest first"),
           .help = N_("Every transfer is two of them: the debit of one account and the credit of "
                      "another. The kind of the transfer tells reservations (PENDING) and their "
                      "ends (POST, VOID) from the rest."),
           .out = &pn_entry_t, .may = PN_ROLE_FINANCE | PN_ROLE_OPS,
           .example = "pn entry list --where 'account=ESCROW day=2026-11-30'")

const pn_module pn_entry_module = {"entry", N_("Ledger entries"),
                                   .ops = PN_LIST(pn_op, &entry_list_op)};
