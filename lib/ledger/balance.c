/* SPDX-License-Identifier: Apache-2.0 */
/* balance.c — the kinds of accounts, what people call what is posted to them, and what a single
 * account has. */
#include <string.h>

#include "ledger/ledger_int.h"

const pn_words pni_kinds[] = {
#define KIND(name, class_, guard, whose, text) {#name, text, 0},
#include "kind.def"
#undef KIND
    {0}};
const pn_words pni_documents[] = {
    {"ADJUSTMENT", N_("Correction"), 0},     {"BILL", N_("Bill of a provider"), 0},
    {"COMPENSATION", N_("Compensation"), 0}, {"COUPON", N_("Coupon"), 0},
    {"CHANNEL_MOVE", N_("Channel's account"), 0}, {"CHANNEL_REBATE", N_("Rebate of a channel"), 0},
    {"DEPOSIT", N_("Deposit of an offer"), 0},
    {"DIRECT", N_("Organiser's own sale"), 0}, {"GIFT_CARD", N_("Gift card"), 0},
    {"FEE_INVOICE", N_("Invoice of fees"), 0}, {"GIFT_CARD_BATCH", N_("Batch of gift cards"), 0},
    {"GUARANTEE", N_("Guarantee of a closed account"), 0}, {"OPENING", N_("Opening"), 0},
    {"ORDER", N_("Order"), 0},               {"ORGANISER_FEE", N_("Organiser's fee"), 0},
    {"PAYMENT", N_("Payment"), 0},           {"PENALTY", N_("Penalty"), 0},
    {"REBATE", N_("Rebate"), 0},             {"RECHARGE", N_("Bank line"), 0},
    {"RECHARGE_ORDER", N_("Recharge"), 0},   {"RECON", N_("Difference"), 0},
    {"REFUND", N_("Refund"), 0},             {"SETTLEMENT", N_("Settlement sheet"), 0},
    {"SETTLE_LINE", N_("Settlement line"), 0}, {"SHIFT", N_("Shift"), 0},
    {"OFFLINE_DEBT", N_("Collected, never handed in"), 0}, {"POINTS", N_("Move of points"), 0},
    {"SUPPLIER_MOVE", N_("Supplier's account"), 0},
    {"WITHDRAWAL", N_("Withdrawal"), 0},     {0}};
#define TEXT_P1 N_("Money for an order")
#define TEXT_P2 N_("Sale earned")
#define TEXT_P3 N_("Refund")
#define TEXT_P4 N_("Settled to a wallet")
#define TEXT_P5 N_("Withdrawal")
#define TEXT_P6 N_("Recharge")
#define TEXT_P7 N_("Deposit of an offer")
#define TEXT_P8 N_("Penalty")
#define TEXT_P9 N_("Compensation paid")
#define TEXT_P10 N_("Bought elsewhere")
#define TEXT_P11 N_("Rebate")
#define TEXT_P12 N_("Gift card")
#define TEXT_P13 N_("Points of buyers")
#define TEXT_P14 N_("Attend first, pay later")
#define TEXT_P15 N_("Cash")
#define TEXT_P16 N_("Channel's account")
#define TEXT_P17 N_("Agent's prepaid account")
#define TEXT_P18 N_("Supplier")
#define TEXT_P19 N_("Provider's bill: payout or difference")
#define TEXT_P20 N_("Organiser's own sale")
#define NAMED(posting) TEXT_##posting
const pn_words pni_postings[] = {
    {"P1", TEXT_P1, 0}, {"P2", TEXT_P2, 0}, {"P3", TEXT_P3, 0}, {"P4", TEXT_P4, 0},
    {"P5", TEXT_P5, 0}, {"P6", TEXT_P6, 0}, {"P7", TEXT_P7, 0}, {"P8", TEXT_P8, 0},
    {"P9", TEXT_P9, 0}, {"P10", TEXT_P10, 0}, {"P11", TEXT_P11, 0}, {"P12", TEXT_P12, 0},
    {"P13", TEXT_P13, 0}, {"P14", TEXT_P14, 0}, {"P15", TEXT_P15, 0}, {"P16", TEXT_P16, 0},
    {"P17", TEXT_P17, 0}, {"P18", TEXT_P18, 0}, {"P19", TEXT_P19, 0}, {"P20", TEXT_P20, 0}, {0}};
/* What of a document was posted: mostly the rule by its name, which is called as its posting; a
 * part has its number behind it, which PNI_STEP leaves out. */
const pn_words pni_posting_steps[] = {
    {"CAPTURED", N_("Collected"), 0},        {"APPROVED", N_("Approved"), 0},
    {"OVER_SHORT", N_("Over or short"), 0},  {"REST", N_("The rest"), 0},
    {"SETTLED", N_("Settled"), 0},           {"IMPOSED", N_("Imposed"), 0},
    {"REVERSED", N_("Taken back"), 0},       {"WITHDRAW", N_("Withdrawal asked for"), 0},
    {"WITHDRAW_PAID", N_("Withdrawal paid"), 0},
    {"WITHDRAW_BACK", N_("Withdrawal given back"), 0},
    {"OWED", N_("Now owed"), 0},             {"PAID", N_("Money paid"), 0},
    {"FEE", N_("Fee kept"), 0},              {"FLOAT", N_("Float"), 0},
    {"ADDED", N_("Put in"), 0},              {"DROPPED", N_("To the safe"), 0},
    {"COUNTED", N_("Counted"), 0},           {"BACK", N_("Given back"), 0},
    {"FEE_BACK", N_("Fee given back"), 0},   {"OFF", N_("Written off"), 0},
    {"USED", N_("Used"), 0},                 {"EXPIRED", N_("Expired"), 0},
#define RULE(posting, name, debit, credit, what) {#name, NAMED(posting), 0},
#include "rule.def"
#undef RULE
    {0}};
const pn_words pni_transfers[] = {
    {"PLAIN", N_("Done at once"), 0}, {"PENDING", N_("Reserved"), 0},
    {"POST", N_("Reserved, now done"), 0}, {"VOID", N_("Reserved, let go"), 0}, {0}};
static const pni_kind kinds[] = {
    {0},
#define KIND(name, class_, guard, whose, text) {PNI_##class_, PNI_##whose, #guard},
#include "kind.def"
#undef KIND
};

const pni_kind *pni_kind_of(int kind)
{
    return &kinds[kind];
}

const char *pni_side_of(int kind)
{
    int c = kinds[kind].class_;
    return c == PNI_ASSET || c == PNI_EXPENSE || kind == PNI_KIND_DIRECT_CASH ? "DEBIT" : "CREDIT";
}

typedef struct which {
    const char *kind, *part, *guard, *side;
    int64_t owner, id, overdraft_fen;
} which;
#define W(f) PN_COL(which, f, #f)
static PN_TYPE(which_t, "ledger.which", which, W(kind), W(part), W(guard), W(side), W(owner), W(id),
    W(overdraft_fen));
#undef W
typedef struct sums {
    int64_t id;
    const char *kind;
    pn_money overdraft_fen, debit_fen, credit_fen, debit_held_fen, credit_held_fen;
} sums;
#define S(f) PN_COL(sums, f, #f)
static PN_TYPE(sums_t, "ledger.sums", sums, S(id), S(kind), S(overdraft_fen),
    S(debit_fen), S(credit_fen), S(debit_held_fen), S(credit_held_fen));
#undef S

const pn_sql pni_balance_read = {"ledger_balance_read", &which_t, &sums_t,
    "select id, kind, overdraft_fen, debit_fen, credit_fen, debit_held_fen, credit_held_fen"
    " from ledger_account where sk = :owner# and kind = :kind and owner = :owner"
    " and part = :part", false};
const pn_sql pni_balance_lock = {"ledger_balance_lock", &which_t, &sums_t,
    "select id, kind, overdraft_fen, debit_fen, credit_fen, debit_held_fen, credit_held_fen"
    " from ledger_account where sk = :owner# and owner = :owner order by id for update", false};
const pn_sql pni_overdraft_set = {"ledger_overdraft_set", &which_t, &sums_t,
    "insert into ledger_account as a (sk, id, kind, owner, part, side, guard, overdraft_fen, at)"
    " select :owner#, :id, :kind, :owner, :part, :side, :guard, :overdraft_fen, :now"
    " on conflict (sk, kind, owner, part) do update set overdraft_fen = excluded.overdraft_fen"
    "  where a.debit_fen + a.debit_held_fen <= a.credit_fen + excluded.overdraft_fen"
    " returning id", false};

static which which_of(pni_account a)
{
    return (which){.kind = pni_kinds[a.kind - 1].name, .part = a.part ? a.part : "",
                   .guard = kinds[a.kind].guard, .side = pni_side_of(a.kind),
                   .owner = a.owner};
}

static void balance_of(int kind, const sums *s, pni_balance *out)
{
    bool debit = !strcmp(pni_side_of(kind), "DEBIT");
    out->id = s->id;
    out->balance_fen.fen = debit ? s->debit_fen.fen - s->credit_fen.fen
                                 : s->credit_fen.fen - s->debit_fen.fen;
    out->held_fen = debit ? s->credit_held_fen : s->debit_held_fen;
    out->free_fen.fen = out->balance_fen.fen - out->held_fen.fen + s->overdraft_fen.fen;
}

int pni_account_balance(pn *p, pni_account a, pni_balance *out)
{
    which in = which_of(a);
    sums s = {0};
    *out = (pni_balance){0};
    int rc = pn_one(p, &pni_balance_read, &in, &s);
    if (rc == PN_ENONE)
        return 0;
    PN_TRY(rc);
    balance_of(a.kind, &s, out);
    return 0;
}

int pni_owner_balances(pn *p, int64_t owner, pni_balance out[PNI_KINDS])
{
    pn_rows rows;
    memset(out, 0, PNI_KINDS * sizeof *out);
    PN_TRY(pn_all(p, &pni_balance_lock, &(which){.owner = owner}, &rows));
    pn_each(sums, s, &rows)
    {
        int kind = pn_word_find(pni_kinds, s->kind);
        if (kind)
            balance_of(kind, s, &out[kind]);
    }
    return 0;
}

int pni_account_overdraft(pn *p, pni_account a, int64_t fen)
{
    which in = which_of(a);
    sums s;
    in.overdraft_fen = fen;
    PN_TRY(pn_new_id(p, pn_sk(a.owner), &in.id));
    int rc = pn_one(p, &pni_overdraft_set, &in, &s);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_EBALANCE, "credit_fen", "%s",
                       pn_tr("The account is overdrawn further than this credit"));
    return rc;
}
