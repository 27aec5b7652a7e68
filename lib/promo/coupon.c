/* SPDX-License-Identifier: Apache-2.0 */
/* coupon.c — a coupon is a promise, not money: the books have a memo of it until it is used or its
 * time is over. Its expiry is computed from its last day; the job only ends the memo. */
#include "promo/coupon_int.h"

#include "base/policy_int.h"
#include "catalog/row_int.h"
#include "ledger/ledger_int.h"

const pn_words pn_coupon_states[] = {PN_COUPON_STATES(PN_WORD_ROW){0}};

#define C(f, label, ...) PN_COL(pn_coupon, f, label, __VA_ARGS__)
PN_TYPE(pn_coupon_t, "coupon", pn_coupon,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "c.id", .ref = "coupon"),
    C(buyer_id, N_("Buyer"), .flags = PN_BRIEF, .sql = "c.buyer_id", .ref = "buyer"),
    C(amount_fen, N_("Amount"), .flags = PN_BRIEF | PN_SORT, .sql = "c.amount_fen"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_coupon_states,
      .sql = "case when l.state is not null then l.state when c.valid_until <= :now then 'EXPIRED'"
             " else 'ISSUED' end"),
    C(order_id, N_("Order"), .flags = PN_OPT | PN_BRIEF, .sql = "l.order_id", .ref = "order"),
    C(compensation_id, N_("Compensation"), .flags = PN_OPT, .sql = "c.compensation_id",
      .ref = "compensation"),
    C(valid_until, N_("Valid until"), .flags = PN_BRIEF | PN_SORT, .sql = "c.valid_until"),
    C(created_at, N_("Created"), .flags = PN_SORT, .sql = "c.created_at"));
#undef C
#define FROM                                                                                       \
    "coupon c left join coupon_lock l on l.sk = c.sk and l.coupon_id = c.id"
static const pn_list_spec list_spec = {.row = &pn_coupon_t, .from = FROM,
    .scope = ":my_merchant::bigint is null and :my_organiser::bigint is null",
    .key = "c.id", .sort = "-id"};
static const pn_list_spec mine_spec = {.row = &pn_coupon_t, .from = FROM,
    .scope = "c.buyer_id = :me", .key = "c.id", .sort = "-id"};
enum { STAFF = PN_ROLE_OPS | PN_ROLE_FINANCE };
PN_OP_LIST(coupon, list, list_spec, .brief = N_("List coupons of buyers"), .out = &pn_coupon_t,
           .may = STAFF, .example = "pn coupon list --where state=ISSUED")
PN_OP_LIST(coupon, mine, mine_spec, .brief = N_("List one's own coupons"), .out = &pn_coupon_t,
           .may = PN_ROLE_BUYER)

/* ---- issued ---- */

typedef struct put {
    int64_t id, buyer, compensation, days, order_id;
    int version;
    pn_money amount_fen;
    pn_time valid_until;
} put;
#define P(f) PN_COL(put, f, "")
static PN_TYPE(put_t, "coupon.put", put, P(id), P(buyer), P(compensation), P(days), P(order_id),
    P(version), P(amount_fen), P(valid_until));
#undef P
static const pn_sql put_sql = {"coupon_put", &put_t, &pni_one_id_t,
    "insert into coupon (sk, id, buyer_id, compensation_id, amount_fen, valid_until, created_at,"
    " updated_at) values (:id#, :id, :buyer, :compensation, :amount_fen, :now::timestamptz +"
    "  make_interval(days => :days::int), :now, :now)"
    " on conflict (sk, buyer_id, compensation_id) do nothing returning id", false};

int pni_coupon_issue(pn *p, int64_t buyer, int64_t compensation, int64_t fen, int64_t *id)
{
    put c = {.buyer = buyer, .compensation = compensation, .amount_fen = {fen}};
    pni_one_id made;
    PN_TRY(pni_policy(p, "coupon.compensation_days", &c.days));
    PN_TRY(pn_new_id(p, pn_sk(buyer), &c.id));
    int rc = pn_one(p, &put_sql, &c, &made);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_EEXISTS, "id", "%s", pn_tr("Its coupon is issued already"));
    *id = c.id;
    return rc;
}

/* ---- used ---- */

static const pn_sql look_sql = {"coupon_look", &pni_one_id_t, &put_t,
    "select id, buyer_id as buyer, amount_fen, valid_until from coupon where sk = :id#"
    " and id = :id", false};

int pni_coupon_worth(pn *p, int64_t id, int64_t buyer, int64_t *fen)
{
    put c = {0};
    int rc = pn_one(p, &look_sql, &(pni_one_id){id}, &c);
    if (rc && rc != PN_ENONE)
        return rc;
    if (rc || !buyer || c.buyer != buyer) {
        pn_fail(p, PN_ENONE, "coupon", pn_tr("You have no coupon %lld"), (long long)id);
        return pn_hint(p, "%s", pn_tr("Sign in as the buyer who has it, or leave it out"));
    }
    if (c.valid_until.us <= pn_now(p).us) {
        pn_fail(p, PN_EEXPIRED, "coupon", pn_tr("Coupon %lld has expired"), (long long)id);
        return pn_hint(p, "%s", pn_tr("Order without it"));
    }
    *fen = c.amount_fen.fen;
    return 0;
}

/* ---- its memo ---- */

/* The books have it or not, once each way; the version of the row names the step. */
static const pn_sql gone_sql = {"coupon_gone", &put_t, &put_t,
    "update coupon set booked = false, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and booked returning id, amount_fen, version", false};
static const pn_sql back_sql = {"coupon_back", &put_t, &put_t,
    "update coupon set booked = true, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and not booked"
    " and not exists (select from coupon_lock l where l.sk = :id# and l.coupon_id = :id)"
    " returning id, amount_fen, version", false};
static const pn_sql longer_sql = {"coupon_longer", &put_t, NULL,
    "update coupon set valid_until = greatest(valid_until, :now::timestamptz +"
    "  make_interval(days => :days::int)), updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id", false};

/* Of a rule's coupon, which is none of these, there is no row. */
static int turn(pn *p, const pn_sql *sql, const put *in, const char *what)
{
    put c;
    int rc = pn_one(p, sql, in, &c);
    if (rc)
        return rc == PN_ENONE ? 0 : rc;
    pni_doc d = {.rule = sql == &back_sql ? "COUPON" : "COUPON_GONE", .biz_kind = "COUPON",
                 .biz_id = c.id, .step = pn_printf(p, "%s-%d", what, c.version),
                 .sale = pn_sk(c.id), .amount_fen = c.amount_fen};
    return d.step ? pni_post_later(p, &d) : pni_mem(p);
}

int pni_coupon_used(pn *p, int64_t id)
{
    return turn(p, &gone_sql, &(put){.id = id}, "USED");
}

static const pn_sql used_sql = {"coupon_used", &put_t, &pni_one_id_t,
    "select source_id as id from order_draw where sk = :order_id# and order_id = :order_id"
    " and source = 'COUPON' and state = 'BACK' order by source_id", false};

int pni_coupons_back(pn *p, int64_t order_id, bool fault)
{
    put in = {.order_id = order_id};
    pn_rows rows;
    PN_TRY(pni_policy(p, "coupon.return_days", &in.days));
    PN_TRY(pn_all(p, &used_sql, &in, &rows));
    pn_each(pni_one_id, u, &rows)
    {
        in.id = u->id;
        if (fault) /* whether anybody had heard yet that it was used or not */
            PN_TRY(pn_exec(p, &longer_sql, &in, NULL));
        PN_TRY(turn(p, &back_sql, &in, "BACK"));
    }
    return 0;
}

/* ---- its end ---- */

struct pn_coupon_expire { int64_t id; };
static PN_TYPE(expire_t, "coupon.expire", struct pn_coupon_expire,
    PN_COL(struct pn_coupon_expire, id, N_("Coupon"), .flags = PN_KEY | PN_REQ,
           .ref = "coupon"));
static PN_TYPE(show_t, "coupon.show", struct pn_coupon_show,
    PN_COL(struct pn_coupon_show, id, N_("Coupon"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "coupon"));
enum { PAGE = 500 };
#define OVER                                                                                       \
    "c.booked and c.valid_until <= :now and not exists (select from coupon_lock l"                 \
    " where l.sk = c.sk and l.coupon_id = c.id)"
static const pn_sql due_sql = {"coupon_due", &pni_one_id_t, &pni_one_id_t,
    "select c.id from coupon c where " OVER " and c.id > :id order by c.id limit 500", false};
static const pn_sql over_sql = {"coupon_over", &pni_one_id_t, &pni_one_id_t,
    "select c.id from coupon c where c.sk = :id# and c.id = :id and " OVER " for update", false};

static int show(pn *p, const struct pn_coupon_show *in, pn_coupon *out)
{
    bool own = pn_who(p)->kind == 'U';
    return pni_row(p, own ? &coupon_mine_op : &coupon_list_op, in->id, out);
}

static int expire(pn *p, const struct pn_coupon_expire *in, pn_coupon *out)
{
    pni_one_id c = {in->id};
    int rc = pn_one(p, &over_sql, &c, &c);
    if (!rc)
        rc = turn(p, &gone_sql, &(put){.id = in->id}, "EXPIRED");
    if (rc && rc != PN_ENONE)
        return rc;
    return pni_row(p, &coupon_list_op, in->id, out);
}

PN_OP(coupon, show, pn_coupon, .brief = N_("Show a coupon"), .in = &show_t, .out = &pn_coupon_t,
      .may = STAFF | PN_ROLE_BUYER, .example = "pn coupon show 40971")
static int coupon_expire_run(pn *p, const void *in, void *out)
{
    return expire(p, in, out);
}
static const pn_op coupon_expire_op = {.noun = "coupon", .verb = "expire",
    .brief = N_("End a coupon whose time is over"), .in = &expire_t, .out = &pn_coupon_t,
    .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL, .run = coupon_expire_run};

static int expire_all(pn *p, int64_t *done)
{
    pni_one_id at = {0};
    pn_rows rows;
    pn_coupon out;
    do {
        PN_TRY(pn_all(p, &due_sql, &at, &rows));
        pn_each(pni_one_id, c, &rows)
        {
            PN_TRY(pn_call(p, &coupon_expire_op, &(struct pn_coupon_expire){c->id}, &out));
            at.id = c->id;
            ++*done;
        }
    } while (rows.n == PAGE);
    return 0;
}
static const pn_job expire_job = {"coupon_expire", N_("End coupons whose time is over"), 3600,
                                  expire_all};

const pn_module pn_coupon_module = {
    "coupon", N_("Coupons"),
    .ops = PN_LIST(pn_op, &coupon_list_op, &coupon_show_op, &coupon_mine_op, &coupon_expire_op),
    .sql = PN_LIST(pn_sql, &put_sql, &look_sql, &gone_sql, &back_sql, &longer_sql, &used_sql,
                   &due_sql, &over_sql),
    .jobs = PN_LIST(pn_job, &expire_job),
};
