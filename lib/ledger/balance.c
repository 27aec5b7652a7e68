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
    {"CHANNEL_MOVE", N_("Channel's account"), 0}, {"DEPOSIT", N_("Deposit of an offer"), 0},
    {"DIRECT", N_("Organiser's own sale"), 0}, {"GIFT_CARD", N_("Gift card"), 0},
    {"GIFT_CARD_BATCH", N_("Batch of gift cards"), 0},
    {"GUARANTEE", N_("Guarantee of a closed account"), 0}, {"OPENING", N_("Opening"), 0},
    {"ORDER", N_("Order"), 0},               {"ORGANISER_FEE", N_("Organiser's fee"), 0},
    {"PAYMENT", N_("Payment"), 0},           {"PENALTY", N_("Penalty"), 0},
    {"REBATE", N_("Rebate"), 0},             {"RECHARGE", N_("Bank line"), 0},
    {"RECHARGE_ORDER", N_("Recharge"), 0},   {"RECON", N_("Difference"), 0},
    {"REFUND", N_("Refund"), 0},             {"SETTLEMENT", N_("Settlement sheet"), 0},
    {"SETTLE_LINE", N_("Settlement line"), 0}, {"SHIFT", N_("Shift"), 0},
    {"WITHDRAWAL", N_("Withdrawal"), 0},     {0}};
const pn_words pni_postings[] = {
    {"P1", N_("Money for an order"), 0},     {"P2", N_("Sale earned"), 0},
    {"P3", N_("Refund"), 0},                 {"P4", N_("Settled to a wallet"), 0},
    {"P5", N_("Withdrawal"), 0},             {"P6", N_("Recharge"), 0},
    {"P7", N_("Deposit of an offer"), 0},    {"P8", N_("Penalty"), 0},
    {"P9", N_("Compensation paid"), 0},           {"P10", N_("Bought elsewhere"), 0},
    {"P11", N_("Rebate"), 0},                {"P12", N_("Gift card"), 0},
    {"P13", N_("Points"), 0},                {"P14", N_("Attend first, pay later"), 0},
    {"P15", N_("Cash"), 0},                  {"P16", N_("Channel's account"), 0},
    {"P17", N_("Agent's prepaid account"), 0}, {"P18", N_("Supplier"), 0},
    {"P19", N_("Difference with a bill"), 0}, {"P20", N_("Organiser's own sale"), 0}, {0}};
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
