/* SPDX-License-Identifier: Apache-2.0 */
/* bank_card.c — bank accounts of merchants. The number is sealed and leaves only in the file for
 * the bank; somebody else than who entered it has seen the proof. */
#include "merchant/bank_card.h"

#include <string.h>

#include "base/crypt_int.h"
#include "catalog/row_int.h"
#include "merchant/merchant_int.h"
#include "merchant/wallet_int.h"

const pn_words pn_bank_card_states[] = {PN_BANK_CARD_STATES(PN_WORD_ROW){0}};
static const pn_edge edges[] = {{"PENDING", "verify", "VERIFIED", 0, NULL},
                                {"PENDING", "reject", "REJECTED", 0, NULL},
                                {"VERIFIED", "reject", "REJECTED", 0, NULL}, {0}};
static const pn_sql move_sql = {"bank_card_move", &pn_move_t, NULL,
    "update bank_card set state = :to, decided_by = :me, reason = :reason, updated_at = :now,"
    " version = version + 1 where sk = :id# and id = :id and state = :from", false};
static const pn_fsm flow = {N_("bank account"), pn_bank_card_states, edges, &move_sql};

#define C(f, label, ...) PN_COL(pn_bank_card, f, label, __VA_ARGS__)
PN_TYPE(pn_bank_card_t, "bank_card", pn_bank_card,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "b.id", .ref = "bank_card"),
    C(merchant_id, N_("Merchant no."), .sql = "b.merchant_id", .ref = "merchant"),
    C(merchant, N_("Merchant"), .flags = PN_BRIEF | PN_SORT, .sql = "m.name"),
    C(bank, N_("Bank name"), .flags = PN_BRIEF, .sql = "b.bank"),
    C(holder, N_("Account holder"), .flags = PN_BRIEF, .sql = "b.holder"),
    C(tail, N_("Ends in"), .flags = PN_BRIEF, .sql = "b.tail"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_bank_card_states, .sql = "b.state"),
    C(author_id, N_("Added by"), .sql = "b.author_id", .ref = "staff"),
    C(decided_by, N_("Decided by"), .flags = PN_OPT, .sql = "b.decided_by", .ref = "staff"),
    C(reason, N_("Reason"), .sql = "b.reason"),
    C(created_at, N_("Created"), .flags = PN_SORT, .sql = "b.created_at"));
#undef C
static const pn_list_spec list_spec = {.row = &pn_bank_card_t,
    .from = "bank_card b join merchant m on m.id = b.merchant_id",
    .scope = "(:my_merchant::bigint is null or b.merchant_id = :my_merchant)"
             " and :my_organiser::bigint is null",
    .key = "b.id", .sort = "-id"};

typedef struct put {
    int64_t id, merchant_id;
    const char *bank, *holder, *tail;
    pn_bytes number;
} put;
static PN_TYPE(put_t, "bank_card.put", put, PN_COL(put, id, ""), PN_COL(put, merchant_id, ""),
    PN_COL(put, bank, ""), PN_COL(put, holder, ""), PN_COL(put, tail, ""),
    PN_COL(put, number, ""));
static const pn_sql put_sql = {"bank_card_put", &put_t, NULL,
    "insert into bank_card (sk, id, merchant_id, bank, holder, number, tail, state, author_id,"
    " created_at, updated_at) values (:id#, :id, :merchant_id, :bank, :holder, :number, :tail,"
    " 'PENDING', :me, :now, :now)", false};

static PN_TYPE(add_t, "bank_card.add", struct pn_bank_card_add,
    PN_COL(struct pn_bank_card_add, merchant, N_("Merchant"), .flags = PN_OPT | PN_ARG,
           .ref = "merchant", .hint = N_("Default: your own merchant")),
    PN_COL(struct pn_bank_card_add, bank, N_("Bank name"), .flags = PN_REQ, .max = 60),
    PN_COL(struct pn_bank_card_add, holder, N_("Account holder"), .flags = PN_REQ, .max = 80),
    PN_COL(struct pn_bank_card_add, number, N_("Account number"), .flags = PN_REQ | PN_PII,
           .max = 32));
static PN_TYPE(verify_t, "bank_card.verify", struct pn_bank_card_verify,
    PN_COL(struct pn_bank_card_verify, id, N_("Bank account"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "bank_card"),
    PN_COL(struct pn_bank_card_verify, reason, N_("Reason"), .max = 200,
           .hint = N_("The proof that was seen")));
static PN_TYPE(reject_t, "bank_card.reject", struct pn_bank_card_reject,
    PN_COL(struct pn_bank_card_reject, id, N_("Bank account"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "bank_card"),
    PN_COL(struct pn_bank_card_reject, reason, N_("Reason"), .flags = PN_REQ, .max = 200));

PN_OP_LIST(bank_card, list, list_spec, .brief = N_("List the bank accounts of merchants"),
           .out = &pn_bank_card_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT)

static int add(pn *p, const struct pn_bank_card_add *in, pn_bank_card *out)
{
    size_t n = strlen(in->number);
    put row = {.merchant_id = in->merchant ? in->merchant : pn_who(p)->merchant,
               .bank = in->bank, .holder = in->holder};
    pni_merchant m;
    if (!row.merchant_id)
        return pn_fail(p, PN_EARG, "merchant", "%s", pn_tr("Name the merchant"));
    if (n < 8 || strspn(in->number, "0123456789") != n)
        return pn_fail(p, PN_EARG, "number", "%s", pn_tr("An account number has 8 to 32 digits"));
    PN_TRY(pni_merchant_look(p, row.merchant_id, &m));
    row.tail = in->number + n - 4;
    PN_TRY(pn_new_id(p, pn_sk(row.merchant_id), &row.id));
    PN_TRY(pni_seal(p, "bank_card.number", row.id, (pn_bytes){in->number, n}, &row.number));
    PN_TRY(pn_exec(p, &put_sql, &row, NULL));
    PN_TRY(pni_stepped(p, &flow, row.id, NULL, "add", NULL));
    PN_TRY(pni_row(p, &bank_card_list_op, row.id, out));
    return pn_audit(p, "bank_card", row.id, &pn_bank_card_t, NULL, out, NULL);
}

static int step(pn *p, int64_t id, const char *event, const char *reason, pn_bank_card *out)
{
    pn_bank_card before;
    PN_TRY(pni_row(p, &bank_card_list_op, id, &before));
    if (*event == 'v' && before.author_id == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, "id", "%s",
                       pn_tr("Whoever entered a bank account cannot verify it"));
    PN_TRY(pn_step(p, &flow, id, before.state, event, reason, NULL));
    PN_TRY(pni_row(p, &bank_card_list_op, id, out));
    return pn_audit(p, "bank_card", id, &pn_bank_card_t, &before, out, reason);
}

static int verify(pn *p, const struct pn_bank_card_verify *in, pn_bank_card *out)
{
    return step(p, in->id, "verify", in->reason, out);
}

static int reject(pn *p, const struct pn_bank_card_reject *in, pn_bank_card *out)
{
    return step(p, in->id, "reject", in->reason, out);
}

PN_OP(bank_card, add, pn_bank_card, .brief = N_("Enter a bank account of a merchant"),
      .in = &add_t, .out = &pn_bank_card_t, .may = PN_ROLE_MERCHANT | PN_ROLE_OPS,
      .flags = PN_WRITE | PN_ONCE,
      .example = "pn bank_card add xiaolong --bank 招商银行 --holder 小龙 --number 62258812345678")
PN_OP(bank_card, verify, pn_bank_card, .brief = N_("Verify a bank account"), .in = &verify_t,
      .out = &pn_bank_card_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE,
      .example = "pn bank_card verify 12 --reason 'bank letter seen'",
      .lasting = N_("It was decided and is in force: end or suspend it instead"))
PN_OP(bank_card, reject, pn_bank_card, .brief = N_("Reject a bank account"), .in = &reject_t,
      .out = &pn_bank_card_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE,
      .example = "pn bank_card reject 12 --reason 'another holder'",
      .lasting = N_("It was decided: whoever asked may ask anew"))

const pn_module pn_bank_card_module = {
    "bank_card", N_("Bank accounts"),
    .ops = PN_LIST(pn_op, &bank_card_list_op, &bank_card_add_op, &bank_card_verify_op,
                   &bank_card_reject_op),
    .sql = PN_LIST(pn_sql, &put_sql, &move_sql),
    .fsm = PN_LIST(pn_fsm, &flow),
};
