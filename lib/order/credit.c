/* SPDX-License-Identifier: Apache-2.0 */
/* credit.c — the accounts that may pay later, as people and raters see them. */
#include "order/credit.h"

#include "base/sql_int.h"

#define C(f, label, ...) PN_COL(pn_credit, f, label, __VA_ARGS__)
PN_TYPE(pn_credit_t, "credit", pn_credit,
    C(id, N_("User"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "c.user_id"),
    C(level, N_("Level"), .flags = PN_BRIEF, .sql = "c.level"),
    C(score, N_("Score"), .flags = PN_BRIEF, .sql = "c.score"),
    C(open_n, N_("Open orders"), .flags = PN_BRIEF, .sql = "c.open_n"),
    C(blocked, N_("Blocked"), .flags = PN_BRIEF, .sql = "c.blocked"),
    C(updated_at, N_("Changed"), .sql = "c.updated_at"));
#undef C
static const pn_list_spec list_spec = {&pn_credit_t, "credit_account c",
    ":my_merchant::bigint is null and :my_organiser::bigint is null", "c.user_id", "-id", NULL};

static PN_TYPE(set_t, "credit.set", struct pn_credit_set,
    PN_COL(struct pn_credit_set, user, N_("User"), .flags = PN_REQ | PN_ARG),
    PN_COL(struct pn_credit_set, level, N_("Level"), .flags = PN_OPT, .max = 10),
    PN_COL(struct pn_credit_set, score, N_("Score"), .flags = PN_OPT, .max = 1000));
static PN_TYPE(block_t, "credit.block", struct pn_credit_block,
    PN_COL(struct pn_credit_block, id, N_("User"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "credit"),
    PN_COL(struct pn_credit_block, on, N_("Block"), .hint = N_("Absent: may pay later again")),
    PN_COL(struct pn_credit_block, reason, N_("Reason"), .flags = PN_REQ, .max = 200));

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "credit.id", id_in, PN_COL(id_in, id, N_("Number")));
static const pn_sql row_sql = {"credit_row", &by_id_t, &pn_credit_t,
    "select c.user_id as id, c.level, c.score, c.open_n, c.blocked, c.updated_at"
    " from credit_account c where c.sk = :id# and c.user_id = :id", false};
static const pn_sql set_sql = {"credit_set", &set_t, NULL,
    "insert into credit_account (sk, user_id, level, score, updated_at) values (:user#, :user,"
    " coalesce(:level, 0), coalesce(:score, 0), :now) on conflict (sk, user_id) do update"
    " set level = excluded.level, score = excluded.score, updated_at = excluded.updated_at",
    false};
static const pn_sql block_sql = {"credit_block", &block_t, NULL,
    "update credit_account set blocked = :on, updated_at = :now"
    " where sk = :id# and user_id = :id", false};

static int row(pn *p, int64_t id, pn_credit *out)
{
    int rc = pn_one(p, &row_sql, &(id_in){id}, out);
    return rc == PN_ENONE ? pn_fail(p, PN_ENONE, "id", pn_tr("Account %lld has no credit"),
                                    (long long)id)
                          : rc;
}

static int set(pn *p, const struct pn_credit_set *in, pn_credit *out)
{
    PN_TRY(pn_exec(p, &set_sql, in, NULL));
    PN_TRY(row(p, in->user, out));
    return pn_audit(p, "credit", in->user, &pn_credit_t, NULL, out, NULL);
}

static int block(pn *p, const struct pn_credit_block *in, pn_credit *out)
{
    pn_credit before;
    PN_TRY(row(p, in->id, &before));
    PN_TRY(pn_exec(p, &block_sql, in, NULL));
    PN_TRY(row(p, in->id, out));
    return pn_audit(p, "credit", in->id, &pn_credit_t, &before, out, in->reason);
}

PN_OP_LIST(credit, list, list_spec, .brief = N_("List accounts that may pay later"),
           .out = &pn_credit_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE)
PN_OP(credit, set, pn_credit, .brief = N_("Say what is known of an account's credit"),
      .in = &set_t, .out = &pn_credit_t, .may = PN_ROLE_OPS | PN_ROLE_SYSTEM,
      .flags = PN_WRITE | PN_ONCE, .example = "pn credit set 4108 --level 1 --score 650")
PN_OP(credit, block, pn_credit, .brief = N_("Let an account pay later no more, or again"),
      .in = &block_t, .out = &pn_credit_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE)

const pn_module pn_credit_module = {
    "credit", N_("Credit of accounts"),
    .ops = PN_LIST(pn_op, &credit_list_op, &credit_set_op, &credit_block_op),
    .sql = PN_LIST(pn_sql, &row_sql, &set_sql, &block_sql)};
