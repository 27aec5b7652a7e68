/* SPDX-License-Identifier: Apache-2.0 */
/* wallet.c — a merchant's pockets are accounts of the ledger; here they are read side by side, and
 * money that came by bank is booked in. */
#include "merchant/wallet.h"

#include "catalog/row_int.h"
#include "merchant/merchant_int.h"
#include "merchant/wallet_int.h"

#define POCKET(t, kind)                                                                            \
    " left join ledger_account " t " on " t ".sk = (m.id & 4095)::int and " t ".kind = '" kind "'" \
    " and " t ".owner = m.id and " t ".part = ''"
#define HAS(t) "coalesce(" t ".credit_fen - " t ".debit_fen, 0)"
PN_TYPE(pn_wallet_t, "wallet", pn_wallet,
    PN_COL(pn_wallet, id, N_("Merchant no."), .flags = PN_KEY | PN_SORT, .sql = "m.id",
           .ref = "merchant"),
    PN_COL(pn_wallet, merchant, N_("Merchant"), .flags = PN_BRIEF | PN_SORT, .sql = "m.name"),
    PN_COL(pn_wallet, available_fen, N_("Available"), .flags = PN_BRIEF | PN_SORT,
           .sql = HAS("a")),
    PN_COL(pn_wallet, pending_fen, N_("To be settled"), .flags = PN_BRIEF | PN_SORT,
           .sql = HAS("w")),
    PN_COL(pn_wallet, frozen_fen, N_("Frozen"), .flags = PN_BRIEF, .sql = HAS("f")),
    PN_COL(pn_wallet, guarantee_fen, N_("Guarantee"), .flags = PN_BRIEF, .sql = HAS("g")),
    PN_COL(pn_wallet, debt_fen, N_("Debt"), .flags = PN_BRIEF | PN_SORT,
           .sql = "coalesce(d.debit_fen - d.credit_fen, 0)"));
static const pn_list_spec list_spec = {.row = &pn_wallet_t,
    .from = "merchant m" POCKET("a", "AVAILABLE") POCKET("w", "PENDING") POCKET("f", "FROZEN")
            POCKET("g", "GUARANTEE") POCKET("d", "DEBT"),
    .scope = "(:my_merchant::bigint is null or m.id = :my_merchant)"
             " and :my_organiser::bigint is null",
    .key = "m.id", .sort = "merchant,id",
    .search = "position(:q in lower(m.name)) > 0 or m.code = :q"};

#define M(f, label, ...) PN_COL(pn_wallet_move, f, label, __VA_ARGS__)
static PN_TYPE(move_t, "wallet.move", pn_wallet_move,
    M(id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "e.id"),
    M(merchant_id, N_("Merchant"), .sql = "e.owner", .ref = "wallet"),
    M(at, N_("Time"), .flags = PN_BRIEF, .sql = "e.at"),
    M(day, N_("Day"), .sql = "e.day"),
    M(pocket, N_("Pocket"), .flags = PN_BRIEF, .words = pni_kinds, .sql = "e.kind"),
    M(in_fen, N_("Money in"), .flags = PN_BRIEF, .sql = "e.in_fen"),
    M(out_fen, N_("Money out"), .flags = PN_BRIEF, .sql = "e.out_fen"),
    M(step, N_("Step"), .flags = PN_BRIEF, .words = pni_posting_steps,
      .sql = PNI_STEP("e.step")),
    M(rule, N_("Posting"), .words = pni_postings, .sql = "e.rule"),
    M(document, N_("Document kind"), .flags = PN_BRIEF, .words = pni_documents,
      .sql = "e.biz_kind"),
    M(document_id, N_("Document no."), .sql = "e.biz_id"),
    M(memo, N_("Note"), .flags = PN_BRIEF, .sql = "e.memo"));
#undef M
#define SIDE(mine, in, out, place)                                                                 \
    "select t.id * 2 + " place " as id, a.owner, a.kind, t.at, t.day, t.step, t.rule, t.biz_kind," \
    " t.biz_id, t.memo, " in " as in_fen, " out " as out_fen from ledger_account a"                \
    " join ledger_transfer t on t.sk = a.sk and t." mine " = a.id"                                 \
    " where a.kind in ('PENDING', 'AVAILABLE', 'FROZEN', 'GUARANTEE', 'DEBT')"                     \
    " and t.kind in ('PLAIN', 'POST')"
static const pn_list_spec moves_spec = {.row = &move_t,
    .from = "(" SIDE("debit_id", "0::bigint", "t.amount_fen", "0") " union all "
            SIDE("credit_id", "t.amount_fen", "0::bigint", "1") ") e",
    .scope = "(:my_merchant::bigint is null or e.owner = :my_merchant)"
             " and :my_organiser::bigint is null",
    .key = "e.id", .sort = "-id"};

typedef struct line { int sk; const char *reference, *target; int64_t target_id; } line;
static PN_TYPE(line_t, "wallet.line", line, PN_COL(line, sk, ""), PN_COL(line, reference, ""),
    PN_COL(line, target, ""), PN_COL(line, target_id, ""));
static const pn_sql line_sql = {"wallet_line", &line_t, NULL,
    "insert into bank_line (sk, reference, target, target_id) values (:sk, :reference, :target,"
    " :target_id) on conflict (sk, reference) do nothing", false};
typedef struct put { int64_t id, merchant_id; pn_money amount_fen; const char *reference, *note; }
    put;
static PN_TYPE(put_t, "wallet.put", put, PN_COL(put, id, ""), PN_COL(put, merchant_id, ""),
    PN_COL(put, amount_fen, ""), PN_COL(put, reference, ""), PN_COL(put, note, ""));
static const pn_sql put_sql = {"wallet_recharge", &put_t, NULL,
    "insert into recharge (sk, id, merchant_id, amount_fen, reference, note, actor_id, at)"
    " values (:id#, :id, :merchant_id, :amount_fen, :reference, coalesce(:note, ''), :me, :now)",
    false};

static PN_TYPE(show_t, "wallet.show", struct pn_wallet_show,
    PN_COL(struct pn_wallet_show, id, N_("Merchant"), .flags = PN_KEY | PN_OPT | PN_ARG,
           .ref = "merchant", .hint = N_("Default: your own merchant")));
static PN_TYPE(recharge_t, "wallet.recharge", struct pn_wallet_recharge,
    PN_COL(struct pn_wallet_recharge, id, N_("Merchant"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "merchant"),
    PN_COL(struct pn_wallet_recharge, amount_fen, N_("Amount"), .flags = PN_REQ | PN_ARG,
           .min = 1, .max = INT64_C(100000000000)),
    PN_COL(struct pn_wallet_recharge, reference, N_("Reference"), .flags = PN_REQ, .max = 100,
           .hint = N_("Number of the line of the bank's statement")),
    PN_COL(struct pn_wallet_recharge, guarantee, N_("For the guarantee"),
           .hint = N_("Instead of what is available")),
    PN_COL(struct pn_wallet_recharge, note, N_("Note"), .max = 200));

enum { READERS = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT };

PN_OP_LIST(wallet, list, list_spec, .brief = N_("List the wallets of merchants"),
           .out = &pn_wallet_t, .may = READERS, .example = "pn wallet list --where 'debt_fen>0'")
PN_OP_LIST(wallet, moves, moves_spec, .brief = N_("List what moved in wallets, newest first"),
           .out = &move_t, .may = READERS,
           .example = "pn wallet moves --where 'pocket=AVAILABLE day=today'")

int pni_bank_line(pn *p, const char *reference, const char *target, int64_t id)
{
    line in = {pni_code_sk(reference), reference, target, id};
    int64_t fresh = 0;
    PN_TRY(pn_exec(p, &line_sql, &in, &fresh));
    if (fresh)
        return 0;
    return pn_fail(p, PN_EEXISTS, "reference",
                   pn_tr("Line %s of the bank's statement is booked already"), reference);
}

int pni_wallet_post(pn *p, const pni_doc *d, int64_t merchant)
{
    pni_doc own = *d;
    own.merchant = merchant;
    own.sale = pn_sk(merchant);
    return pni_post_now(p, &own, own.sale);
}

static int show(pn *p, const struct pn_wallet_show *in, pn_wallet *out)
{
    int64_t id = in->id ? in->id : pn_who(p)->merchant;
    if (!id)
        return pn_fail(p, PN_EARG, "id", "%s", pn_tr("Name the merchant"));
    return pni_row(p, &wallet_list_op, id, out);
}

static int recharge(pn *p, const struct pn_wallet_recharge *in, pn_wallet *out)
{
    put row = {.merchant_id = in->id, .amount_fen = in->amount_fen, .reference = in->reference,
               .note = in->note};
    pn_wallet before;
    PN_TRY(pni_row(p, &wallet_list_op, in->id, &before));
    PN_TRY(pn_new_id(p, pn_sk(in->id), &row.id));
    PN_TRY(pni_bank_line(p, in->reference, "RECHARGE", row.id));
    PN_TRY(pn_exec(p, &put_sql, &row, NULL));
    pni_doc d = {.rule = in->guarantee ? "GUARANTEE_BANK" : "RECHARGE_BANK",
                 .biz_kind = "RECHARGE", .biz_id = row.id, .memo = in->reference,
                 .amount_fen = in->amount_fen};
    PN_TRY(pni_wallet_post(p, &d, in->id));
    PN_TRY(pni_row(p, &wallet_list_op, in->id, out));
    return pn_audit(p, "wallet", in->id, &pn_wallet_t, &before, out, in->reference);
}

PN_OP(wallet, show, pn_wallet, .brief = N_("Show the wallet of a merchant"), .in = &show_t,
      .out = &pn_wallet_t, .may = READERS, .example = "pn wallet show xiaolong")
PN_OP(wallet, recharge, pn_wallet, .brief = N_("Book money that a merchant paid in by bank"),
      .in = &recharge_t, .out = &pn_wallet_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .example = "pn wallet recharge xiaolong 5000 --reference 20261123-4411")

const pn_module pn_wallet_module = {
    "wallet", N_("Wallets"),
    .ops = PN_LIST(pn_op, &wallet_list_op, &wallet_show_op, &wallet_recharge_op,
                   &wallet_moves_op),
    .sql = PN_LIST(pn_sql, &line_sql, &put_sql),
    .resolve = pni_merchant_resolve, /* it has one */
};
