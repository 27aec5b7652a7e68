/* SPDX-License-Identifier: Apache-2.0 */
/* point_adjustment.c — points that people give or take, with a reason; many of them only when
 * another person agrees. */
#include "base/policy_int.h"
#include "promo/point_int.h"
#include "user/buyer_int.h"

const pn_words pn_point_adjustment_states[] = {PN_POINT_ADJUSTMENT_STATES(PN_WORD_ROW){0}};
static const pn_edge edges[] = {{"PROPOSED", "carry_out", "DONE", 0, NULL},
                                {"PROPOSED", "reject", "REJECTED", 0, NULL}, {0}};
static const pn_sql move_sql = {"point_adjustment_move", &pn_move_t, NULL,
    "update point_adjustment set state = :to, decided_by = :me, decided_at = :now,"
    " answer = coalesce(:reason, ''), updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = :from", false};
static const pn_fsm flow = {N_("point adjustment"), pn_point_adjustment_states, edges, &move_sql};

#define C(f, label, ...) PN_COL(pn_point_adjustment, f, label, .sql = "j." #f, __VA_ARGS__)
PN_TYPE(pn_point_adjustment_t, "point_adjustment", pn_point_adjustment,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .ref = "point_adjustment"),
    C(buyer_id, N_("Buyer"), .flags = PN_BRIEF, .ref = "buyer"),
    C(points, N_("Loyalty points"), .flags = PN_BRIEF | PN_SORT),
    C(reason, N_("Reason"), .flags = PN_BRIEF),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_point_adjustment_states),
    C(proposed_by, N_("Proposed by"), .flags = PN_BRIEF, .ref = "staff"),
    C(decided_by, N_("Decided by"), .flags = PN_OPT, .ref = "staff"),
    C(created_at, N_("Created"), .flags = PN_BRIEF | PN_SORT),
    C(decided_at, N_("Decided at")), C(answer, N_("Answer")));
#undef C
static const pn_list_spec list_spec = {&pn_point_adjustment_t, "point_adjustment j",
    ":my_merchant::bigint is null and :my_organiser::bigint is null", "j.id", "-id", NULL};

static const pn_sql put_sql = {"point_adjustment_put", &pn_point_adjustment_t, NULL,
    "insert into point_adjustment (sk, id, buyer_id, points, reason, state, proposed_by,"
    " created_at, updated_at) values (:buyer_id#, :id, :buyer_id, :points, :reason, 'PROPOSED',"
    " :me, :now, :now)", false};
static const pn_sql row_sql = {"point_adjustment_row", &pn_point_adjustment_t,
    &pn_point_adjustment_t,
    "select j.id, j.buyer_id, j.points, j.reason, j.state, j.proposed_by, j.decided_by,"
    " j.created_at, j.decided_at, j.answer from point_adjustment j"
    " where j.sk = :id# and j.id = :id", false};

static int row(pn *p, int64_t id, pn_point_adjustment *out)
{
    int rc = pn_one(p, &row_sql, &(pn_point_adjustment){.id = id}, out);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no adjustment %lld"), (long long)id);
    return rc;
}

#define ID(verb_)                                                                                  \
    PN_COL(struct pn_point_adjustment_##verb_, id, N_("Adjustment"),                               \
           .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "point_adjustment")
static PN_TYPE(show_t, "point_adjustment.show", struct pn_point_adjustment_show, ID(show));
static PN_TYPE(create_t, "point_adjustment.create", struct pn_point_adjustment_create,
    PN_COL(struct pn_point_adjustment_create, buyer, N_("Buyer"), .flags = PN_REQ | PN_ARG,
           .ref = "buyer"),
    PN_COL(struct pn_point_adjustment_create, points, N_("Loyalty points"),
           .flags = PN_REQ | PN_ARG, .hint = N_("Below zero they are taken")),
    PN_COL(struct pn_point_adjustment_create, reason, N_("Reason"), .flags = PN_REQ, .max = 500));
static PN_TYPE(approve_t, "point_adjustment.approve", struct pn_point_adjustment_approve,
    ID(approve), PN_COL(struct pn_point_adjustment_approve, answer, N_("Answer"), .max = 500));
static PN_TYPE(reject_t, "point_adjustment.reject", struct pn_point_adjustment_reject,
    ID(reject), PN_COL(struct pn_point_adjustment_reject, answer, N_("Answer"),
                       .flags = PN_REQ, .max = 500));

static int show(pn *p, const struct pn_point_adjustment_show *in, pn_point_adjustment *out)
{
    return row(p, in->id, out);
}

static int too_few(pn *p, int64_t buyer)
{
    int64_t points = 0;
    PN_TRY(pni_point_free(p, buyer, &points));
    pn_fail(p, PN_EBALANCE, "points", pn_tr("The account has only %lld points to spend"),
            (long long)points);
    return pn_hint(p, "%s", pn_tr("Take no more than that; point show tells it"));
}

/* The move is refused rather than cut short: what people decided is done as it is, or not. */
static int carry_out(pn *p, const pn_point_adjustment *a, const char *answer)
{
    bool moved = false;
    pni_point_change c = {.buyer = a->buyer_id, .points = a->points, .kind = PN_POINT_ADJUST,
                          .ref = a->id};
    PN_TRY(pn_step(p, &flow, a->id, a->state, "carry_out", answer, NULL));
    PN_TRY(pni_point_move(p, &c, &moved));
    return moved ? 0 : too_few(p, a->buyer_id);
}

static int create(pn *p, const struct pn_point_adjustment_create *in, pn_point_adjustment *out)
{
    pn_point_adjustment a = {.buyer_id = in->buyer, .points = in->points, .reason = in->reason};
    int64_t most, alone, n = in->points < 0 ? -in->points : in->points;
    pn_buyer who;
    PN_TRY(pni_policy(p, "points.adjust_max", &most));
    PN_TRY(pni_policy(p, "points.dual_over", &alone));
    if (!n || n > most)
        return pn_fail(p, PN_EARG, "points", pn_tr("Give between 1 and %lld points, or take them"),
                       (long long)most);
    PN_TRY(pni_buyer_row(p, in->buyer, &who));
    if (who.state.v == PN_BUYER_ERASED)
        return pn_fail(p, PN_ESTATE, "buyer", "%s", pn_tr("This account is erased"));
    PN_TRY(pn_new_id(p, pn_sk(in->buyer), &a.id));
    PN_TRY(pn_exec(p, &put_sql, &a, NULL));
    PN_TRY(pni_stepped(p, &flow, a.id, NULL, "propose", in->reason));
    PN_TRY(row(p, a.id, &a));
    if (n <= alone)
        PN_TRY(carry_out(p, &a, NULL));
    PN_TRY(row(p, a.id, out));
    return pn_audit(p, "point_adjustment", a.id, &pn_point_adjustment_t, NULL, out, in->reason);
}

static int approve(pn *p, const struct pn_point_adjustment_approve *in, pn_point_adjustment *out)
{
    pn_point_adjustment before;
    PN_TRY(row(p, in->id, &before));
    if (before.proposed_by == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, "id", "%s",
                       pn_tr("Whoever proposed an adjustment cannot approve it"));
    PN_TRY(carry_out(p, &before, in->answer));
    PN_TRY(row(p, in->id, out));
    return pn_audit(p, "point_adjustment", in->id, &pn_point_adjustment_t, &before, out,
                    in->answer);
}

static int reject(pn *p, const struct pn_point_adjustment_reject *in, pn_point_adjustment *out)
{
    pn_point_adjustment before;
    PN_TRY(row(p, in->id, &before));
    PN_TRY(pn_step(p, &flow, in->id, before.state, "reject", in->answer, NULL));
    PN_TRY(row(p, in->id, out));
    return pn_audit(p, "point_adjustment", in->id, &pn_point_adjustment_t, &before, out,
                    in->answer);
}

enum { STAFF = PN_ROLE_OPS | PN_ROLE_FINANCE };

PN_OP_LIST(point_adjustment, list, list_spec, .brief = N_("List points given or taken by people"),
           .out = &pn_point_adjustment_t, .may = STAFF,
           .example = "pn point_adjustment list --where state=PROPOSED")
PN_OP(point_adjustment, show, pn_point_adjustment,
      .brief = N_("Show an adjustment of points"), .in = &show_t, .out = &pn_point_adjustment_t,
      .may = STAFF)
PN_OP(point_adjustment, create, pn_point_adjustment,
      .brief = N_("Give points to a buyer, or take them"),
      .help = N_("Done at once up to the number of the rule points.dual_over; above it another "
                 "person approves first."),
      .in = &create_t, .out = &pn_point_adjustment_t, .may = STAFF, .flags = PN_WRITE | PN_ONCE,
      .example = "pn point_adjustment create 8193 200 --reason 'waited an hour at the gate'")
PN_OP(point_adjustment, approve, pn_point_adjustment,
      .brief = N_("Approve an adjustment of points"), .in = &approve_t,
      .out = &pn_point_adjustment_t, .may = STAFF, .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .lasting = N_("It is in the books: an adjustment puts it right"))
PN_OP(point_adjustment, reject, pn_point_adjustment,
      .brief = N_("Reject an adjustment of points"), .in = &reject_t,
      .out = &pn_point_adjustment_t, .may = STAFF, .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("It was decided: whoever asked may ask anew"))

const pn_module pn_point_adjustment_module = {
    "point_adjustment", N_("Adjustments of points"),
    .ops = PN_LIST(pn_op, &point_adjustment_list_op, &point_adjustment_show_op,
                   &point_adjustment_create_op, &point_adjustment_approve_op,
                   &point_adjustment_reject_op),
    .sql = PN_LIST(pn_sql, &move_sql, &put_sql, &row_sql),
    .fsm = PN_LIST(pn_fsm, &flow),
};
