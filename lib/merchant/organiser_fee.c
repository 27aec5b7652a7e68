/* SPDX-License-Identifier: Apache-2.0 */
/* organiser_fee.c — P20: what an organiser owes for what it collected itself, a row a sale and one
 * a refund of it, and what it paid. A sale keeps the terms it was made by. */
#include "merchant/organiser_fee.h"

#include "base/policy_int.h"
#include "merchant/fee_int.h"
#include "merchant/wallet_int.h"

const pn_words pn_fee_kinds[] = {PN_FEE_KINDS(PN_WORD_ROW){0}};
const pn_words pn_fee_ways[] = {PN_FEE_WAYS(PN_WORD_ROW){0}};

#define NAME                                                                                       \
    "coalesce((select m.name from organiser g join merchant m on m.id = g.merchant_id"             \
    "  where g.id = f.organiser_id), f.organiser_id::text)"
#define C(f, label, ...) PN_COL(pn_organiser_fee, f, label, __VA_ARGS__)
PN_TYPE(pn_organiser_fee_t, "organiser_fee", pn_organiser_fee,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "f.id"),
    C(at, N_("Time"), .flags = PN_BRIEF | PN_SORT, .sql = "f.at"),
    C(organiser_id, N_("Organiser no."), .sql = "f.organiser_id"),
    C(organiser, N_("Organiser"), .flags = PN_BRIEF | PN_NOFILTER, .sql = NAME),
    C(fee_invoice_id, N_("Invoice"), .flags = PN_OPT, .sql = "i.id", .ref = "fee_invoice"),
    C(kind, N_("Kind"), .flags = PN_BRIEF, .words = pn_fee_kinds, .sql = "f.kind"),
    C(order_no, N_("Order no."), .flags = PN_BRIEF, .sql = "o.no"),
    C(order_id, N_("Order"), .sql = "f.order_id", .ref = "order"),
    C(payment_id, N_("Payment"), .sql = "f.payment_id", .ref = "payment"),
    C(refund_id, N_("Refund"), .flags = PN_OPT, .ref = "refund",
      .sql = "(case f.kind when 'REFUND' then f.ref end)"),
    C(fee_fen, N_("Fee"), .flags = PN_BRIEF | PN_SORT, .sql = "f.fee_fen"),
    C(paid_fen, N_("Collected itself"), .flags = PN_BRIEF | PN_SORT, .sql = "f.paid_fen"),
    C(fee_bp, N_("Fee rate"), .flags = PN_BRIEF, .sql = "f.fee_bp"),
    C(fee_fixed_fen, N_("Fee a sale"), .flags = PN_EACH, .sql = "f.fee_fixed_fen"));
#undef C
#define OWN                                                                                        \
    ":my_merchant::bigint is null and (:my_organiser::bigint is null"                              \
    " or f.organiser_id = :my_organiser)"
static const pn_list_spec list_spec = {.row = &pn_organiser_fee_t,
    .from = "organiser_fee f join orders o on o.sk = f.sk and o.id = f.order_id"
            " left join fee_invoice i on i.sk = (f.organiser_id & 4095)::int"
            "  and i.organiser_id = f.organiser_id"
            "  and i.month = date_trunc('month', f.at at time zone 'Asia/Shanghai')::date",
    .scope = OWN, .key = "f.id", .sort = "-at,-id"};

#define Y(f, label, ...) PN_COL(pn_organiser_fee_payments_row, f, label, __VA_ARGS__)
static PN_TYPE(payments_t, "organiser_fee.payments", pn_organiser_fee_payments_row,
    Y(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "f.id"),
    Y(at, N_("Time"), .flags = PN_BRIEF | PN_SORT, .sql = "f.at"),
    Y(organiser_id, N_("Organiser no."), .sql = "f.organiser_id"),
    Y(organiser, N_("Organiser"), .flags = PN_BRIEF | PN_NOFILTER, .sql = NAME),
    Y(kind, N_("Paid how"), .flags = PN_BRIEF, .words = pn_fee_ways, .sql = "f.kind"),
    Y(amount_fen, N_("Amount"), .flags = PN_BRIEF | PN_SORT, .sql = "f.amount_fen"),
    Y(settlement_id, N_("Settlement sheet"), .flags = PN_OPT, .ref = "settlement",
      .sql = "(case f.kind when 'BATCH' then f.ref end)"),
    Y(fee_invoice_id, N_("Invoice"), .flags = PN_OPT, .ref = "fee_invoice",
      .sql = "(case f.kind when 'WALLET' then f.ref end)"),
    Y(reference, N_("Reference"), .flags = PN_BRIEF, .sql = "f.reference"));
#undef Y
static const pn_list_spec payments_spec = {.row = &payments_t, .from = "organiser_payment f",
    .scope = OWN, .key = "f.id", .sort = "-id"};

enum { READERS = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_ORGANISER };
PN_OP_LIST(organiser_fee, list, list_spec,
           .brief = N_("List what organisers owe for sales that they collected"),
           .help = N_("A refund takes back its part of the fee, in the month of the refund; the "
                      "fixed fee of a sale stays."),
           .out = &pn_organiser_fee_t, .may = READERS,
           .example = "pn organiser_fee list --where fee_invoice_id=4097 -o csv")
PN_OP_LIST(organiser_fee, payments, payments_spec, .brief = N_("List what organisers paid of fees"),
           .out = &payments_t, .may = READERS)

/* ---- sold, and paid back ---- */

#define S(f) PN_COL(pni_fee_sale, f, #f)
static PN_TYPE(sale_t, "organiser_fee.sale", pni_fee_sale, S(organiser_id), S(order_id),
    S(payment_id), S(paid_fen), S(fee_bp), S(fee_fixed_fen), S(fee_fen));
#undef S
static const pn_sql sold_sql = {"organiser_fee_sold", &sale_t, NULL,
    "insert into organiser_fee (sk, id, organiser_id, kind, order_id, payment_id, ref, no,"
    " paid_fen, fee_bp, fee_fixed_fen, fee_fen, at) values (:payment_id#, :payment_id,"
    " :organiser_id, 'SALE', :order_id, :payment_id, :payment_id, 0, :paid_fen, :fee_bp,"
    " :fee_fixed_fen, :fee_fen, :now) on conflict do nothing", false};

typedef struct back {
    int64_t id, payment_id, refund_id;
    int no, fee_bp;
    pn_money paid_fen, stays_fen, fee_fen;
} back;
#define B(f) PN_COL(back, f, #f)
static PN_TYPE(back_t, "organiser_fee.back", back, B(id), B(payment_id), B(refund_id), B(no),
    B(fee_bp), B(paid_fen), B(stays_fen), B(fee_fen));
#undef B
static const pn_sql stays_sql = {"organiser_fee_stays", &back_t, &back_t,
    "select max(fee_bp) filter (where kind = 'SALE') as fee_bp, sum(paid_fen)::bigint as stays_fen"
    " from organiser_fee where sk = :payment_id# and payment_id = :payment_id"
    " having count(*) > 0", false};
static const pn_sql back_sql = {"organiser_fee_back", &back_t, NULL,
    "insert into organiser_fee (sk, id, organiser_id, kind, order_id, payment_id, ref, no,"
    " paid_fen, fee_bp, fee_fixed_fen, fee_fen, at) select sk, :id, organiser_id, 'REFUND',"
    " order_id, payment_id, :refund_id, :no, :paid_fen, fee_bp, fee_fixed_fen, :fee_fen, :now"
    " from organiser_fee where sk = :payment_id# and id = :payment_id on conflict do nothing",
    false};

int pni_fee_sold(pn *p, pni_fee_sale *s)
{
    s->fee_fen.fen = pni_bp(s->paid_fen.fen, s->fee_bp) + s->fee_fixed_fen.fen;
    return pn_exec(p, &sold_sql, s, NULL);
}

int pni_fee_back(pn *p, int64_t payment_id, int64_t refund_id, int no, int64_t fen,
                 int64_t *fee_fen)
{
    back b = {.payment_id = payment_id, .refund_id = refund_id, .no = no}, sale;
    int64_t fresh = 0;
    *fee_fen = 0;
    int rc = pn_one(p, &stays_sql, &b, &sale);
    if (rc)
        return rc == PN_ENONE ? 0 : rc;
    b.paid_fen.fen = -fen;
    b.fee_fen.fen = pni_bp(sale.stays_fen.fen - fen, sale.fee_bp) -
                    pni_bp(sale.stays_fen.fen, sale.fee_bp);
    PN_TRY(pn_new_id(p, pn_sk(payment_id), &b.id));
    PN_TRY(pn_exec(p, &back_sql, &b, &fresh));
    *fee_fen = fresh ? b.fee_fen.fen : 0; /* else told twice */
    return 0;
}

/* ---- paid ---- */

typedef struct sum { int64_t id; pn_money fen; } sum;
static PN_TYPE(sum_t, "organiser_fee.sum", sum, PN_COL(sum, id, ""), PN_COL(sum, fen, ""));
const pn_sql pni_fee_owed_sql = {"organiser_fee_owed", &sum_t, &sum_t,
    "select coalesce(sum(x.amount_fen), 0)::bigint as fen from organiser_payment x"
    " where x.sk = :id# and x.organiser_id = :id and x.kind <> 'BANK' and not exists (select"
    "  from ledger_transfer t join ledger_account a on a.sk = t.sk and a.id = t.credit_id"
    "   and a.kind = 'FEE_RECEIVABLE' where t.sk = x.sk and t.biz_id = x.ref and t.biz_kind ="
    "   case x.kind when 'BATCH' then 'SETTLEMENT' else 'FEE_INVOICE' end)", false};

int pni_fee_owed(pn *p, int64_t organiser, int64_t *fen)
{
    pni_balance has[PNI_KINDS];
    sum way;
    PN_TRY(pni_owner_balances(p, organiser, has)); /* nobody else pays meanwhile */
    PN_TRY(pn_one(p, &pni_fee_owed_sql, &(sum){.id = organiser}, &way));
    *fen = has[PNI_KIND_FEE_RECEIVABLE].balance_fen.fen - way.fen.fen;
    return 0;
}

int pni_fee_by_bank(pn *p, int64_t organiser, pn_money fen, const char *reference)
{
    pni_fee_money m = {.organiser_id = organiser, .kind = "BANK", .reference = reference,
                       .amount_fen = fen};
    PN_TRY(pn_new_id(p, pn_sk(organiser), &m.id));
    m.ref = m.id;
    PN_TRY(pni_bank_line(p, reference, "ORGANISER_FEE", m.id));
    pni_doc d = {.rule = "DIRECT_FEE_PAID", .biz_kind = "ORGANISER_FEE", .biz_id = m.id,
                 .organiser = organiser, .sale = pn_sk(organiser), .amount_fen = fen,
                 .memo = reference};
    PN_TRY(pni_post_now(p, &d, d.sale));
    return pni_fee_paid(p, &m);
}

const pn_module pn_organiser_fee_module = {
    "organiser_fee", N_("Fees of organisers"),
    .ops = PN_LIST(pn_op, &organiser_fee_list_op, &organiser_fee_payments_op),
    .sql = PN_LIST(pn_sql, &sold_sql, &stays_sql, &back_sql, &pni_fee_owed_sql),
};
