/* SPDX-License-Identifier: Apache-2.0 */
/* trial.c — the trial balance of this moment as a list, for the console and for filters. Of a past
 * day it is "ledger trial". */
#include "ledger/ledger.h"
#include "ledger/ledger_int.h"

#define C(f, label, ...) PN_COL(pn_trial_row, f, label, __VA_ARGS__)
static PN_TYPE(row_t, "trial", pn_trial_row,
    C(kind, N_("Kind"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .words = pni_kinds,
      .sql = "k.kind"),
    C(nature, N_("Class"), .flags = PN_BRIEF, .words = pni_classes, .sql = "k.nature"),
    C(accounts, N_("Accounts"), .flags = PN_BRIEF | PN_SORT, .sql = "k.accounts"),
    C(debit_fen, N_("Debits"), .flags = PN_BRIEF | PN_SORT, .sql = "k.debit_fen"),
    C(credit_fen, N_("Credits"), .flags = PN_BRIEF | PN_SORT, .sql = "k.credit_fen"),
    C(balance_fen, N_("Balance"), .flags = PN_BRIEF | PN_SORT, .sql = "k.balance_fen"),
    C(place, N_("No."), .flags = PN_SORT, .sql = "k.place"));
#undef C
static const char from[] =
    "(select a.kind, a.nature, count(*) as accounts, sum(a.debit_fen)::bigint as debit_fen,"
    " sum(a.credit_fen)::bigint as credit_fen, sum(case a.side when 'DEBIT'"
    " then a.debit_fen - a.credit_fen else a.credit_fen - a.debit_fen end)::bigint as balance_fen,"
    " (array_position(array['ASSET', 'LIABILITY', 'INCOME', 'EXPENSE', 'TRANSIT', 'MEMO'],"
    "   a.nature) * 100 + array_position(array["
#define KIND(name, class_, guard, whose, text) "'" #name "', "
#include "ledger/kind.def"
#undef KIND
    "''], a.kind))::bigint as place from "
#include "ledger/account.def"
    " group by a.kind, a.nature) k";
static const pn_list_spec list_spec = {.row = &row_t, .from = from,
    .scope = "(:my_merchant::bigint is null and :my_organiser::bigint is null)",
    .key = "k.kind", .sort = "place"};

PN_OP_LIST(trial, list, list_spec, .brief = N_("List the sums of each kind of account"),
           .out = &row_t, .may = PN_ROLE_FINANCE | PN_ROLE_OPS,
           .example = "pn trial list --where 'balance_fen>0'")

const pn_module pn_trial_module = {"trial", N_("Trial balance"),
                                   .ops = PN_LIST(pn_op, &trial_list_op)};
