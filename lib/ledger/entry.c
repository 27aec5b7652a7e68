/* SPDX-License-Identifier: Apache-2.0 */
/* entry.c — transfers as the entries of their two accounts, each with its document. */
#include "ledger/ledger.h"
#include "ledger/ledger_int.h"

#define C(f, label, ...) PN_COL(pn_entry, f, label, __VA_ARGS__)
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
    C(step, N_("Step"), .words = pni_posting_steps, .sql = "e.step"),
    C(kind, N_("Transfer"), .words = pni_transfers, .sql = "e.kind"),
    C(biz_id, N_("Document no."), .sql = "e.biz_id"),
    C(payment_id, N_("Payment"), .flags = PN_OPT, .ref = "payment",
      .sql = "(case e.biz_kind when 'PAYMENT' then e.biz_id end)"),
    C(refund_id, N_("Refund"), .flags = PN_OPT, .ref = "refund",
      .sql = "(case e.biz_kind when 'REFUND' then e.biz_id end)"),
    C(order_id, N_("Order"), .flags = PN_OPT, .ref = "order",
      .sql = "(case e.biz_kind when 'ORDER' then e.biz_id end)"),
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
