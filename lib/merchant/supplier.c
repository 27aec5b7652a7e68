/* SPDX-License-Identifier: Apache-2.0 */
/* supplier.c — what we paid ahead to suppliers, and what they owe us: two accounts of the ledger,
 * and the moves of each as their documents. What a supplier earns is a merchant's batch; of that we
 * pay only what was not paid ahead. */
#include "merchant/supplier.h"

#include "catalog/row_int.h"
#include "merchant/merchant_int.h"
#include "merchant/supplier_int.h"
#include "merchant/wallet_int.h"

const pn_words pn_supplier_moves_words[] = {PN_SUPPLIER_MOVES(PN_WORD_ROW){0}};

#define C(f, label, ...) PN_COL(pn_supplier, f, label, __VA_ARGS__)
PN_TYPE(pn_supplier_t, "supplier", pn_supplier,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "m.id", .ref = "supplier"),
    C(code, N_("Code"), .flags = PN_BRIEF | PN_SORT, .sql = "m.code"),
    C(name, N_("Name"), .flags = PN_BRIEF, .sql = "m.name"),
    C(prepaid_fen, N_("Left of what we paid ahead"), .flags = PN_BRIEF,
      .sql = "coalesce(a.debit_fen - a.credit_fen, 0)"),
    C(receivable_fen, N_("Owes us of rebates"), .flags = PN_BRIEF,
      .sql = "coalesce(r.debit_fen - r.credit_fen, 0)"));
#undef C
#define OURS "(:my_merchant::bigint is null and :my_organiser::bigint is null)"
#define ACCOUNT(t, kind)                                                                           \
    " left join ledger_account " t " on " t ".sk = (m.id & 4095)::int and " t ".kind = '" kind "'" \
    " and " t ".owner = m.id and " t ".part = ''"
static const pn_list_spec list_spec = {.row = &pn_supplier_t,
    .from = "merchant m" ACCOUNT("a", "SUPPLIER_PREPAID") ACCOUNT("r", "SUPPLIER_RECEIVABLE"),
    .scope = "m.kind = 'SUPPLIER' and " OURS, .key = "m.id", .sort = "code"};

#define M(f, label, ...) PN_COL(pn_supplier_moves_row, f, label, __VA_ARGS__)
static PN_TYPE(moves_t, "supplier.moves", pn_supplier_moves_row,
    M(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "v.id"),
    M(at, N_("Time"), .flags = PN_BRIEF | PN_SORT, .sql = "v.at"),
    M(supplier_id, N_("Supplier no."), .sql = "v.supplier_id", .ref = "supplier"),
    M(supplier, N_("Supplier"), .flags = PN_BRIEF, .sql = "m.name"),
    M(kind, N_("Kind"), .flags = PN_BRIEF, .words = pn_supplier_moves_words, .sql = "v.kind"),
    M(amount_fen, N_("Amount"), .flags = PN_BRIEF, .sql = "v.amount_fen"),
    M(settlement_id, N_("Settlement sheet"), .flags = PN_OPT, .ref = "settlement",
      .sql = "(case v.kind when 'BOUGHT' then v.ref end)"),
    M(rebate_id, N_("Rebate"), .flags = PN_OPT, .ref = "rebate",
      .sql = "(case v.kind when 'REBATE' then v.ref end)"),
    M(reference, N_("Reference"), .flags = PN_BRIEF, .sql = "v.reference"));
#undef M
static const pn_list_spec moves_spec = {.row = &moves_t,
    .from = "supplier_move v join merchant m on m.id = v.supplier_id", .scope = OURS,
    .key = "v.id", .sort = "-id"};

static PN_TYPE(show_t, "supplier.show", struct pn_supplier_show,
    PN_COL(struct pn_supplier_show, id, N_("Supplier"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "supplier"));
#define BY_BANK(s, least, ...)                                                                     \
    PN_COL(s, id, N_("Supplier"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "supplier"),           \
    PN_COL(s, amount_fen, N_("Amount"), .flags = PN_REQ | PN_ARG, .min = least,                    \
           .max = INT64_C(100000000000), __VA_ARGS__),                                             \
    PN_COL(s, reference, N_("Reference"), .flags = PN_REQ, .max = 100,                             \
           .hint = N_("Number of the line of the bank's statement"))
static PN_TYPE(topup_t, "supplier.topup", struct pn_supplier_topup,
    BY_BANK(struct pn_supplier_topup, -INT64_C(100000000000), .hint = N_("Negative: paid back")));
static PN_TYPE(receive_t, "supplier.receive", struct pn_supplier_receive,
    BY_BANK(struct pn_supplier_receive, 1));

enum { READERS = PN_ROLE_OPS | PN_ROLE_FINANCE };
PN_OP_LIST(supplier, list, list_spec,
           .brief = N_("List suppliers, what we paid ahead and what they owe"),
           .out = &pn_supplier_t, .may = READERS,
           .example = "pn supplier list --where 'prepaid_fen>0'")
PN_OP_LIST(supplier, moves, moves_spec, .brief = N_("List moves of suppliers' accounts"),
           .out = &moves_t, .may = READERS, .example = "pn supplier moves --where 'at=today'")

/* ---- the books ---- */

typedef struct move {
    int64_t id, supplier_id, ref;
    const char *book, *kind, *reference;
    pn_money amount_fen;
} move;
#define V(f) PN_COL(move, f, #f)
static PN_TYPE(move_t, "supplier.move", move, V(id), V(supplier_id), V(ref), V(book), V(kind),
    V(reference), V(amount_fen));
#undef V
static const pn_sql move_sql = {"supplier_move", &move_t, NULL,
    "insert into supplier_move (sk, id, supplier_id, book, kind, ref, amount_fen, reference,"
    " actor_id, at) values (:supplier_id#, :id, :supplier_id, :book, :kind, :ref, :amount_fen,"
    " coalesce(:reference, ''), coalesce(:me, 0), :now)", false};

/* `fen` is what the document moves; of it the book has more, or (sign -1) less. */
static int book(pn *p, move *m, pni_doc *d, int64_t fen, int sign)
{
    if (!fen)
        return 0;
    PN_TRY(pn_new_id(p, pn_sk(m->supplier_id), &m->id));
    m->amount_fen.fen = sign * fen;
    m->ref = m->ref ? m->ref : m->id;
    d->biz_id = m->ref;
    d->supplier = m->supplier_id;
    d->amount_fen.fen = fen;
    d->memo = m->reference;
    PN_TRY(pni_wallet_post(p, d, m->supplier_id));
    return pn_exec(p, &move_sql, m, NULL);
}

int pni_supplier_bought(pn *p, int64_t supplier, int64_t settlement, int64_t fen)
{
    move m = {.supplier_id = supplier, .ref = settlement, .book = "PREPAID", .kind = "BOUGHT"};
    pni_doc d = {.rule = "CODE_BOUGHT", .biz_kind = "SETTLEMENT"};
    return book(p, &m, &d, fen, -1);
}

int pni_supplier_rebate(pn *p, int64_t supplier, int64_t rebate, int64_t fen)
{
    move m = {.supplier_id = supplier, .ref = rebate, .book = "RECEIVABLE", .kind = "REBATE"};
    pni_doc d = {.rule = "REBATE_IN", .biz_kind = "REBATE"};
    return book(p, &m, &d, fen, 1);
}

/* ---- by bank ---- */

static int show(pn *p, const struct pn_supplier_show *in, pn_supplier *out)
{
    return pni_row(p, &supplier_list_op, in->id, out);
}

/* Of a merchant that is none there is no row. */
static int before_it(pn *p, int64_t id, pn_supplier *out)
{
    pni_merchant m;
    PN_TRY(pni_merchant_look(p, id, &m)); /* nobody else moves its money meanwhile */
    if (m.kind.v == PN_SELLER_SUPPLIER)
        return pni_row(p, &supplier_list_op, id, out);
    pn_fail(p, PN_ESTATE, "id", pn_tr("%s is not a supplier"), m.name);
    return pn_hint(p, "%s", pn_tr("supplier list shows them; merchants have wallets"));
}

static int topup(pn *p, const struct pn_supplier_topup *in, pn_supplier *out)
{
    pn_supplier was;
    move m = {.supplier_id = in->id, .book = "PREPAID", .kind = "TOPUP",
              .reference = in->reference};
    pni_doc d = {.rule = "SUPPLIER_TOPUP", .biz_kind = "SUPPLIER_MOVE"};
    PN_TRY(before_it(p, in->id, &was));
    if (!in->amount_fen.fen)
        return pn_fail(p, PN_EARG, "amount_fen", "%s", pn_tr("Nothing was paid"));
    if (in->amount_fen.fen < 0 && was.prepaid_fen.fen < -in->amount_fen.fen)
        return pn_fail(p, PN_EBALANCE, "amount_fen", pn_tr("Only %lld.%02d yuan are left"),
                       (long long)(was.prepaid_fen.fen / 100), (int)(was.prepaid_fen.fen % 100));
    PN_TRY(book(p, &m, &d, in->amount_fen.fen, 1));
    PN_TRY(pni_bank_line(p, in->reference, "SUPPLIER_MOVE", m.ref));
    PN_TRY(pni_row(p, &supplier_list_op, in->id, out));
    return pn_audit(p, "supplier", in->id, &pn_supplier_t, &was, out, in->reference);
}

static int receive(pn *p, const struct pn_supplier_receive *in, pn_supplier *out)
{
    pn_supplier was;
    move m = {.supplier_id = in->id, .book = "RECEIVABLE", .kind = "RECEIVED",
              .reference = in->reference};
    pni_doc d = {.rule = "SUPPLIER_PAID", .biz_kind = "SUPPLIER_MOVE"};
    PN_TRY(before_it(p, in->id, &was));
    if (in->amount_fen.fen > was.receivable_fen.fen) {
        pn_fail(p, PN_EBALANCE, "amount_fen", pn_tr("It owes %lld.%02d yuan"),
                (long long)(was.receivable_fen.fen / 100),
                (int)(was.receivable_fen.fen < 0 ? 0 : was.receivable_fen.fen % 100));
        return pn_hint(p, "%s", pn_tr("What it paid beyond that goes back to it by bank"));
    }
    PN_TRY(book(p, &m, &d, in->amount_fen.fen, -1));
    PN_TRY(pni_bank_line(p, in->reference, "SUPPLIER_MOVE", m.ref));
    PN_TRY(pni_row(p, &supplier_list_op, in->id, out));
    return pn_audit(p, "supplier", in->id, &pn_supplier_t, &was, out, in->reference);
}

PN_OP(supplier, show, pn_supplier, .brief = N_("Show a supplier's accounts"), .in = &show_t,
      .out = &pn_supplier_t, .may = READERS)
PN_OP(supplier, topup, pn_supplier, .brief = N_("Book what we paid ahead to a supplier"),
      .help = N_("Its batches are settled from it first: only what is more is paid."),
      .in = &topup_t, .out = &pn_supplier_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .example = "pn supplier topup zizai 50000 --reference 20261123-4412")
PN_OP(supplier, receive, pn_supplier, .brief = N_("Book a rebate that a supplier paid"),
      .in = &receive_t, .out = &pn_supplier_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .example = "pn supplier receive zizai 3200 --reference 20261205-0071",
      .lasting = N_("It is in the books: an adjustment puts it right"))

static const pn_sql by_code_sql = {"supplier_by_code", &pni_by_code_t, &pni_one_id_t,
    "select id from merchant where code = :code and kind = 'SUPPLIER'", false};

static int resolve(pn *p, const char *text, int64_t *id)
{
    return pni_resolve(p, &by_code_sql, "supplier", text, id);
}

const pn_module pn_supplier_module = {
    "supplier", N_("Suppliers"),
    .ops = PN_LIST(pn_op, &supplier_list_op, &supplier_show_op, &supplier_moves_op,
                   &supplier_topup_op, &supplier_receive_op),
    .sql = PN_LIST(pn_sql, &move_sql, &by_code_sql),
    .resolve = resolve,
};
