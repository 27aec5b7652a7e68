/* SPDX-License-Identifier: Apache-2.0 */
/* organiser.c — an organiser is settled with as a merchant of that kind: its wallet, its batches,
 * its bank account. The contract says which merchant that is and what of a sale is ours. Who
 * collects himself (direct_payee) owes us fees: the next batch keeps them back, or they come by
 * bank. */
#include "merchant/organiser.h"

#include "catalog/row_int.h"
#include "merchant/fee_int.h"
#include "merchant/merchant_int.h"
#include "merchant/settlement_int.h"

const pn_words pn_organiser_states[] = {PN_ORGANISER_STATES(PN_WORD_ROW){0}};

#define C(f, label, ...) PN_COL(pn_organiser, f, label, __VA_ARGS__)
PN_TYPE(pn_organiser_t, "organiser", pn_organiser,
    C(id, N_("Organiser"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "g.id",
      .ref = "organiser"),
    C(merchant_id, N_("Merchant no."), .sql = "g.merchant_id", .ref = "merchant"),
    C(merchant, N_("Merchant"), .flags = PN_BRIEF | PN_SORT, .sql = "m.name"),
    C(fee_bp, N_("Fee rate"), .flags = PN_BRIEF, .sql = "g.fee_bp"),
    C(fee_fixed_fen, N_("Fee an order"), .flags = PN_BRIEF | PN_EACH, .sql = "g.fee_fixed_fen"),
    C(owed_fen, N_("Fees owed"), .flags = PN_BRIEF | PN_SORT,
      .sql = "coalesce(a.debit_fen - a.credit_fen, 0)"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_organiser_states, .sql = "g.state"),
    C(created_at, N_("Created"), .sql = "g.created_at"));
#undef C
static const pn_list_spec list_spec = {.row = &pn_organiser_t,
    .from = "organiser g join merchant m on m.id = g.merchant_id left join ledger_account a"
            " on a.sk = (g.id & 4095)::int and a.kind = 'FEE_RECEIVABLE' and a.owner = g.id"
            " and a.part = ''",
    .scope = "(:my_organiser::bigint is null or g.id = :my_organiser)"
             " and (:my_merchant::bigint is null or g.merchant_id = :my_merchant)",
    .key = "g.id", .sort = "merchant,id"};

static PN_TYPE(show_t, "organiser.show", struct pn_organiser_show,
    PN_COL(struct pn_organiser_show, id, N_("Organiser"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "organiser"));
#define S(f, label, ...) PN_COL(struct pn_organiser_set, f, label, __VA_ARGS__)
static PN_TYPE(set_t, "organiser.set", struct pn_organiser_set,
    S(id, N_("Organiser"), .flags = PN_KEY | PN_REQ | PN_ARG, .min = 1, .max = INT64_MAX,
      .hint = N_("The number that its shows carry")),
    S(merchant, N_("Merchant"), .flags = PN_REQ, .ref = "merchant",
      .hint = N_("Of the kind ORGANISER: its wallet and its bank account")),
    S(fee_bp, N_("Fee rate"), .flags = PN_OPT, .max = 10000,
      .hint = N_("In 1/10000 of what the tickets of an order cost")),
    S(fee_fixed_fen, N_("Fee an order"), .flags = PN_OPT, .max = 100000));
#undef S
static PN_TYPE(stop_t, "organiser.stop", struct pn_organiser_stop,
    PN_COL(struct pn_organiser_stop, id, N_("Organiser"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "organiser"),
    PN_COL(struct pn_organiser_stop, reason, N_("Reason"), .flags = PN_REQ, .max = 200));
static PN_TYPE(receive_t, "organiser.receive", struct pn_organiser_receive,
    PN_COL(struct pn_organiser_receive, id, N_("Organiser"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "organiser"),
    PN_COL(struct pn_organiser_receive, amount_fen, N_("Amount"), .flags = PN_REQ | PN_ARG,
           .min = 1, .max = INT64_C(100000000000)),
    PN_COL(struct pn_organiser_receive, reference, N_("Reference"), .flags = PN_REQ, .max = 100,
           .hint = N_("Number of the line of the bank's statement")));

typedef struct owner { int64_t id, merchant; } owner;
static PN_TYPE(owner_t, "organiser.owner", owner, PN_COL(owner, id, ""),
    PN_COL(owner, merchant, ""));
static const pn_sql other_sql = {"organiser_other", &set_t, &owner_t,
    "select id from organiser where merchant_id = :merchant and id <> :id", false};
static const pn_sql put_sql = {"organiser_put", &set_t, NULL,
    "insert into organiser as g (id, merchant_id, fee_bp, fee_fixed_fen, created_at, updated_at)"
    " values (:id, :merchant, coalesce(:fee_bp, 0), coalesce(:fee_fixed_fen, 0), :now, :now)"
    " on conflict (id) do update set merchant_id = excluded.merchant_id,"
    "  fee_bp = excluded.fee_bp, fee_fixed_fen = excluded.fee_fixed_fen, state = 'ACTIVE',"
    "  updated_at = excluded.updated_at, version = g.version + 1", false};
static const pn_sql stop_sql = {"organiser_stop", &stop_t, NULL,
    "update organiser set state = 'STOPPED', updated_at = :now, version = version + 1"
    " where id = :id and state = 'ACTIVE'", false};
static const pn_sql of_sql = {"organiser_of", &owner_t, &owner_t,
    "select id from organiser where merchant_id = :merchant", false};

enum { READERS = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_ORGANISER | PN_ROLE_MERCHANT };

PN_OP_LIST(organiser, list, list_spec, .brief = N_("List the contracts with organisers"),
           .out = &pn_organiser_t, .may = READERS,
           .example = "pn organiser list --where 'owed_fen>0'")

int pni_organiser_fees(pn *p, int64_t merchant, int64_t *organiser, int64_t *fen)
{
    owner g = {0};
    int64_t owed = 0;
    int rc = pn_one(p, &of_sql, &(owner){.merchant = merchant}, &g);
    *organiser = *fen = 0;
    if (rc)
        return rc == PN_ENONE ? 0 : rc;
    PN_TRY(pni_fee_owed(p, g.id, &owed));
    *organiser = g.id;
    *fen = owed > 0 ? owed : 0;
    return 0;
}

static int show(pn *p, const struct pn_organiser_show *in, pn_organiser *out)
{
    return pni_row(p, &organiser_list_op, in->id, out);
}

static int set(pn *p, const struct pn_organiser_set *in, pn_organiser *out)
{
    pn_organiser before = {0};
    pni_merchant m;
    owner other;
    PN_TRY(pni_merchant_look(p, in->merchant, &m));
    if (m.kind.v != PN_SELLER_ORGANISER) {
        pn_fail(p, PN_ESTATE, "merchant", pn_tr("%s is not an organiser"), m.name);
        return pn_hint(p, "%s", pn_tr("Enter it as a merchant of the kind ORGANISER first"));
    }
    int rc = pn_one(p, &other_sql, in, &other);
    if (!rc)
        return pn_fail(p, PN_EEXISTS, "merchant", pn_tr("%s is organiser %lld already"), m.name,
                       (long long)other.id);
    if (rc != PN_ENONE)
        return rc;
    rc = pni_row(p, &organiser_list_op, in->id, &before);
    if (rc && rc != PN_ENONE)
        return rc;
    if (!rc && before.merchant_id != in->merchant)
        return pn_fail(p, PN_ESTATE, "merchant", pn_tr("Organiser %lld is settled with as %s"),
                       (long long)in->id, before.merchant);
    PN_TRY(pn_exec(p, &put_sql, in, NULL));
    PN_TRY(pn_outbox(p, PNI_ORGANISER_SET, in->id, NULL, NULL, NULL));
    PN_TRY(pni_row(p, &organiser_list_op, in->id, out));
    return pn_audit(p, "organiser", in->id, &pn_organiser_t, rc ? NULL : &before, out, NULL);
}

static int stop(pn *p, const struct pn_organiser_stop *in, pn_organiser *out)
{
    pn_organiser before;
    int64_t done = 0;
    PN_TRY(pni_row(p, &organiser_list_op, in->id, &before));
    PN_TRY(pn_exec(p, &stop_sql, in, &done));
    if (!done)
        return pn_fail(p, PN_ESTATE, "id", "%s", pn_tr("It is stopped already"));
    PN_TRY(pni_row(p, &organiser_list_op, in->id, out));
    return pn_audit(p, "organiser", in->id, &pn_organiser_t, &before, out, in->reason);
}

static int receive(pn *p, const struct pn_organiser_receive *in, pn_organiser *out)
{
    pn_organiser before;
    int64_t owed = 0;
    PN_TRY(pni_row(p, &organiser_list_op, in->id, &before));
    PN_TRY(pni_fee_owed(p, in->id, &owed));
    if (in->amount_fen.fen > owed)
        return pn_fail(p, PN_EBALANCE, "amount_fen", pn_tr("It owes %lld.%02d yuan of fees"),
                       (long long)(owed > 0 ? owed / 100 : 0),
                       (int)(owed > 0 ? owed % 100 : 0));
    PN_TRY(pni_fee_by_bank(p, in->id, in->amount_fen, in->reference));
    PN_TRY(pni_row(p, &organiser_list_op, in->id, out));
    return pn_audit(p, "organiser", in->id, &pn_organiser_t, &before, out, in->reference);
}

PN_OP(organiser, show, pn_organiser, .brief = N_("Show the contract with an organiser"),
      .in = &show_t, .out = &pn_organiser_t, .may = READERS)
PN_OP(organiser, set, pn_organiser, .brief = N_("Settle with an organiser by a contract"),
      .help = N_("Its own tickets then earn what buyers paid less our fee, in batches like those "
                 "of merchants; what is approved is paid to its bank account by itself."),
      .in = &set_t, .out = &pn_organiser_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .example = "pn organiser set 4097 --merchant poly --fee-bp 300 --fee-fixed 1")
PN_OP(organiser, stop, pn_organiser, .brief = N_("End the contract with an organiser"),
      .help = N_("What it earned is settled; what completes afterwards waits in escrow for "
                 "another contract."),
      .in = &stop_t, .out = &pn_organiser_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("What has ended does not come back: set up a new one"))
PN_OP(organiser, receive, pn_organiser, .brief = N_("Book fees that an organiser paid by bank"),
      .in = &receive_t, .out = &pn_organiser_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .example = "pn organiser receive 4097 320 --reference 20261201-88")

const pn_module pn_organiser_module = {
    "organiser", N_("Organisers"),
    .ops = PN_LIST(pn_op, &organiser_list_op, &organiser_show_op, &organiser_set_op,
                   &organiser_stop_op, &organiser_receive_op),
    .sql = PN_LIST(pn_sql, &other_sql, &put_sql, &stop_sql, &of_sql),
};
