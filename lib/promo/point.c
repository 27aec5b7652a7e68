/* SPDX-License-Identifier: Apache-2.0 */
/* point.c — what an account has, and its statement. */
#include "promo/point_int.h"

#include "base/policy_int.h"
#include "catalog/row_int.h"

const pn_words pn_point_kinds[] = {PN_POINT_KINDS(PN_WORD_ROW){0}};

#define C(f, label, ...) PN_COL(pn_point, f, label, __VA_ARGS__)
PN_TYPE(pn_point_t, "point", pn_point,
    C(buyer_id, N_("Buyer"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "a.buyer_id",
      .ref = "buyer"),
    C(points, N_("Loyalty points"), .flags = PN_BRIEF | PN_SORT, .sql = "a.points"),
    C(held, N_("Set aside"), .flags = PN_BRIEF, .sql = "a.held"),
    C(free, N_("To be spent"), .flags = PN_BRIEF, .sql = "(a.points - a.held)"),
    C(worth_fen, N_("Worth"), .flags = PN_BRIEF,
      .sql = "((a.points - a.held) * 100 / " PNI_POLICY("points.yuan") ")"),
    C(expires_on, N_("Some end on"), .flags = PN_BRIEF | PN_SORT, .sql = "a.expires_on"),
    C(updated_at, N_("Changed"), .flags = PN_SORT, .sql = "a.updated_at"));
#undef C
#define OURS ":my_merchant::bigint is null and :my_organiser::bigint is null"
static const pn_list_spec list_spec = {&pn_point_t, "point_account a", OURS, "a.buyer_id",
                                       "-points", NULL};

#define M(f, label, ...) PN_COL(pn_point_move, f, label, .sql = "m." #f, __VA_ARGS__)
PN_TYPE(pn_point_move_t, "point.move", pn_point_move,
    M(id, N_("Number"), .flags = PN_KEY | PN_SORT),
    M(buyer_id, N_("Buyer"), .ref = "buyer"),
    M(no, N_("No."), .flags = PN_BRIEF | PN_SORT),
    M(kind, N_("Kind"), .flags = PN_BRIEF, .words = pn_point_kinds),
    M(points, N_("Loyalty points"), .flags = PN_BRIEF),
    M(balance, N_("Balance"), .flags = PN_BRIEF),
    M(value_fen, N_("Worth")),
    M(order_id, N_("Order"), .flags = PN_OPT | PN_BRIEF, .ref = "order"),
    M(ref_id, N_("Reference")),
    M(expires_on, N_("Good through"), .flags = PN_BRIEF),
    M(at, N_("At"), .flags = PN_BRIEF | PN_SORT),
#undef M
#define M(f, label, ...) PN_COL(pn_point_move, f, label, __VA_ARGS__)
    M(refund_id, N_("Refund"), .flags = PN_OPT, .ref = "refund",
      .sql = "(case when m.kind in ('RETURN', 'TAKE_BACK') then m.ref_id end)"),
    M(adjustment_id, N_("Adjustment"), .flags = PN_OPT, .ref = "point_adjustment",
      .sql = "(case when m.kind = 'ADJUST' then m.ref_id end)"));
#undef M
static const pn_list_spec moves_spec = {&pn_point_move_t, "point_move m", OURS, "m.id", "-id",
                                        NULL};
/* A statement, each line with the balance after it: by its own numbers, for ids of several programs
 * are not in the order of time. */
static const pn_list_spec mine_spec = {&pn_point_move_t, "point_move m", "m.buyer_id = :me",
                                       "m.id", "-no", NULL};

typedef struct of { int64_t buyer; } of;
static PN_TYPE(of_t, "point.of", of, PN_COL(of, buyer, N_("Buyer")));
static const pn_sql row_sql = {"point_row", &of_t, &pn_point_t,
    "select a.buyer_id, a.points, a.held, a.points - a.held as free,"
    " (a.points - a.held) * 100 / " PNI_POLICY("points.yuan") " as worth_fen, a.expires_on,"
    " a.updated_at from point_account a where a.sk = :buyer# and a.buyer_id = :buyer", false};

/* Who never had any has none. */
static int account(pn *p, int64_t buyer, pn_point *out)
{
    int rc = pn_one(p, &row_sql, &(of){buyer}, out);
    if (rc == PN_ENONE)
        *out = (pn_point){.buyer_id = buyer};
    return rc == PN_ENONE ? 0 : rc;
}

int pni_point_free(pn *p, int64_t buyer, int64_t *points)
{
    pn_point a;
    PN_TRY(account(p, buyer, &a));
    *points = a.free;
    return 0;
}

static PN_TYPE(show_t, "point.show", struct pn_point_show,
    PN_COL(struct pn_point_show, buyer, N_("Buyer"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "buyer", .hint = N_("A number, or me")));

static int show(pn *p, const struct pn_point_show *in, pn_point *out)
{
    if (pn_who(p)->kind == 'U' && pn_who(p)->id != in->buyer)
        return pn_fail(p, PN_ENONE, "buyer", pn_tr("There is no buyer %lld"),
                       (long long)in->buyer);
    return account(p, in->buyer, out);
}

enum { STAFF = PN_ROLE_OPS | PN_ROLE_FINANCE };

PN_OP_LIST(point, list, list_spec, .brief = N_("List the points of buyers"), .out = &pn_point_t,
           .may = STAFF, .example = "pn point list --where 'points>=10000'")
PN_OP(point, show, pn_point, .brief = N_("Show the points of a buyer"), .in = &show_t,
      .out = &pn_point_t, .may = STAFF | PN_ROLE_BUYER, .example = "pn point show me")
PN_OP_LIST(point, mine, mine_spec, .brief = N_("Tell what one's own points came from and went to"),
           .out = &pn_point_move_t, .may = PN_ROLE_BUYER)
PN_OP_LIST(point, moves, moves_spec, .brief = N_("Tell what points came from and went to"),
           .out = &pn_point_move_t, .may = STAFF,
           .example = "pn point moves --where buyer_id=8193")

const pn_module pn_point_module = {
    "point", N_("Loyalty points"),
    .ops = PN_LIST(pn_op, &point_list_op, &point_show_op, &point_mine_op, &point_moves_op,
                   &pni_point_sign_in_op, &pni_point_expire_op),
    .sql = PN_LIST(pn_sql, &row_sql, &pni_point_open_sql, &pni_point_move_sql,
                   &pni_point_due_sql, &pni_point_ending_sql, &pni_point_next_sql),
    .jobs = PN_LIST(pn_job, &pni_point_expire_job),
};
