/* SPDX-License-Identifier: Apache-2.0 */
/* budget.c — keeping budgets. What draws on them is budget_draw.c. */
#include "promo/budget_int.h"

#include "base/policy_int.h"
#include "base/when_int.h"

const pn_words pn_budget_states[] = {PN_BUDGET_STATES(PN_WORD_ROW){0}};

static const pn_edge edges[] = {{"LIVE", "stop", "STOPPED", 0, NULL},
                                {"STOPPED", "resume", "LIVE", 0, NULL}, {0}};
static const pn_sql move_sql = {"budget_move", &pn_move_t, NULL,
    "update campaign_budget set state = :to, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = :from", false};
static const pn_fsm flow = {N_("budget"), pn_budget_states, edges, &move_sql};

#define TODAY "(:now::timestamptz at time zone 'Asia/Shanghai')::date"
#define LEFT "(b.total_fen - b.reserved_fen - b.spent_fen)"
#define USED "((b.reserved_fen + b.spent_fen)::numeric * 10000 / b.total_fen)::int"
#define DAY "(case when b.day = " TODAY " then b.day_fen else 0 end)"
#define COL(f, label, ...) PN_COL(pn_budget, f, label, __VA_ARGS__)
PN_TYPE(pn_budget_t, "budget", pn_budget,
    COL(id, N_("Number"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "b.id", .ref = "budget"),
    COL(name, N_("Name"), .flags = PN_BRIEF | PN_SORT, .sql = "b.name"),
    COL(total_fen, N_("Total"), .flags = PN_BRIEF | PN_SORT, .sql = "b.total_fen"),
    COL(daily_fen, N_("A day"), .sql = "coalesce(b.daily_fen, 0)"),
    COL(reserved_fen, N_("Reserved"), .flags = PN_BRIEF, .sql = "b.reserved_fen"),
    COL(spent_fen, N_("Spent"), .flags = PN_BRIEF, .sql = "b.spent_fen"),
    COL(left_fen, N_("Left"), .flags = PN_BRIEF, .sql = LEFT),
    COL(today_fen, N_("Today"), .sql = DAY),
    COL(used_bp, N_("Part used"), .flags = PN_SORT, .sql = USED),
    COL(state, N_("State"), .flags = PN_BRIEF, .words = pn_budget_states, .sql = "b.state"),
    COL(created_at, N_("Created"), .flags = PN_SORT, .sql = "b.created_at"));

#define SCOPE ":my_merchant::bigint is null and :my_organiser::bigint is null"
static const pn_list_spec list_spec = {&pn_budget_t, "campaign_budget b", SCOPE, "b.id", "-id",
                                       NULL};

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "budget.id", id_in, PN_COL(id_in, id, "id"));
static const pn_sql row_sql = {"budget_row", &by_id_t, &pn_budget_t,
    "select b.id, b.name, b.total_fen, coalesce(b.daily_fen, 0) as daily_fen, b.reserved_fen,"
    " b.spent_fen, " LEFT " as left_fen, " DAY " as today_fen, " USED " as used_bp, b.state,"
    " b.created_at from campaign_budget b where b.sk = :id# and b.id = :id", false};

static int row(pn *p, int64_t id, pn_budget *out)
{
    int rc = pn_one(p, &row_sql, &(id_in){id}, out);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no budget %lld"), (long long)id);
    return rc;
}

/* ---- creating, changing ---- */

#define MOST INT64_C(100000000000)
static const pn_sql put_sql = {"budget_put", &pn_budget_t, NULL,
    "insert into campaign_budget (sk, id, name, total_fen, daily_fen, state, created_at,"
    " updated_at) values (:id#, :id, :name, :total_fen, nullif(:daily_fen::bigint, 0), 'LIVE',"
    " :now, :now)", false};
static const pn_sql set_sql = {"budget_set", &pn_budget_t, NULL,
    "update campaign_budget set total_fen = :total_fen, daily_fen = nullif(:daily_fen::bigint, 0),"
    " reached_bp = case when total_fen = :total_fen then reached_bp else"
    "  ((reserved_fen + spent_fen) * 10000 / :total_fen::bigint)::int end,"
    " told_bp = case when total_fen = :total_fen then told_bp else"
    "  least(told_bp, (reserved_fen + spent_fen) * 10000 / :total_fen::bigint)::int end,"
    " updated_at = :now, version = version + 1 where sk = :id# and id = :id"
    " and reserved_fen + spent_fen <= :total_fen and (day <> " TODAY " or day_fen <= coalesce("
    "  nullif(:daily_fen::bigint, 0), day_fen))", false};

static PN_TYPE(create_in_t, "budget.create", struct pn_budget_create,
    PN_COL(struct pn_budget_create, name, N_("Name"), .flags = PN_REQ | PN_ARG, .max = 60),
    PN_COL(struct pn_budget_create, total_fen, N_("Total"), .flags = PN_REQ, .min = 1,
           .max = MOST, .hint = N_("What all orders together are reduced by at most")),
    PN_COL(struct pn_budget_create, daily_fen, N_("A day"), .flags = PN_OPT, .max = MOST,
           .hint = N_("The same for the orders of a day; default: no bound")));
static PN_TYPE(change_in_t, "budget.change", struct pn_budget_change,
    PN_COL(struct pn_budget_change, id, N_("Budget"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "budget"),
    PN_COL(struct pn_budget_change, total_fen, N_("Total"), .flags = PN_OPT, .min = 1,
           .max = MOST, .hint = N_("What all orders together are reduced by at most")),
    PN_COL(struct pn_budget_change, daily_fen, N_("A day"), .flags = PN_OPT, .max = MOST,
           .hint = N_("The same for the orders of a day; default: no bound")),
    PN_COL(struct pn_budget_change, reason, N_("Reason"), .flags = PN_REQ, .max = 200));

static int fits(pn *p, const pn_budget *b)
{
    if (b->daily_fen.fen <= b->total_fen.fen)
        return 0;
    return pn_fail(p, PN_EARG, "daily_fen", "%s", pn_tr("A day cannot have more than all days"));
}

static int create(pn *p, const struct pn_budget_create *in, pn_budget *out)
{
    pn_budget b = {.name = in->name, .total_fen = in->total_fen, .daily_fen = in->daily_fen};
    PN_TRY(fits(p, &b));
    PN_TRY(pn_new_id(p, 0, &b.id));
    PN_TRY(pn_exec(p, &put_sql, &b, NULL));
    PN_TRY(pni_state_log(p, flow.noun, b.id, NULL, "LIVE", "create", NULL));
    PN_TRY(row(p, b.id, out));
    return pn_audit(p, "budget", b.id, &pn_budget_t, NULL, out, NULL);
}

static int change(pn *p, const struct pn_budget_change *in, pn_budget *out)
{
    pn_budget before, b;
    int64_t done = 0;
    PN_TRY(row(p, in->id, &before));
    b = before;
    if (in->total_fen.fen)
        b.total_fen = in->total_fen;
    if (in->daily_fen.fen)
        b.daily_fen = in->daily_fen;
    PN_TRY(fits(p, &b));
    PN_TRY(pn_exec(p, &set_sql, &b, &done));
    if (!done) {
        int64_t used = before.reserved_fen.fen + before.spent_fen.fen;
        pn_fail(p, PN_ECONFLICT, "total_fen", pn_tr("%lld.%02d yuan of it are used already"),
                (long long)(used / 100), (int)(used % 100));
        return pn_hint(p, "%s", pn_tr("Stop it, so that no more is drawn"));
    }
    PN_TRY(row(p, in->id, out));
    return pn_audit(p, "budget", in->id, &pn_budget_t, &before, out, in->reason);
}

/* ---- told when it runs out ---- */

/* Orders that draw on a budget only note how far they brought it; who is to be told is told once of
 * each mark, though it may have been all but used up and free again between two looks. */
struct pn_budget_tell { int64_t id; };
typedef struct mark { int64_t id, low_bp; int was_bp, told_bp; } mark;
static PN_TYPE(mark_t, "budget.mark", mark, PN_COL(mark, id, N_("Budget")),
    PN_COL(mark, low_bp, "low_bp"), PN_COL(mark, was_bp, "was_bp"),
    PN_COL(mark, told_bp, "told_bp"));
#define UNTOLD                                                                                     \
    "((b.reached_bp >= :low_bp and b.told_bp < :low_bp)"                                           \
    " or (b.reached_bp >= 10000 and b.told_bp < 10000))"
static const pn_sql untold_sql = {"budget_untold", &mark_t, &mark_t,
    "select b.id from campaign_budget b where b.sk = 0 and " UNTOLD " order by b.id limit 200",
    false};
static const pn_sql told_sql = {"budget_told", &mark_t, &mark_t,
    "with b as materialized (select b.id, b.reached_bp, b.told_bp from campaign_budget b"
    "  where b.sk = :id# and b.id = :id and " UNTOLD " for update)"
    " update campaign_budget x set told_bp = case when b.reached_bp >= 10000 then 10000"
    "  else :low_bp end from b where x.sk = :id# and x.id = b.id"
    " returning x.id, b.told_bp as was_bp, x.told_bp", false};
static PN_TYPE(tell_in_t, "budget.tell", struct pn_budget_tell,
    PN_COL(struct pn_budget_tell, id, N_("Budget"), .flags = PN_KEY | PN_REQ, .ref = "budget"));

static int tell(pn *p, const struct pn_budget_tell *in, pn_budget *out)
{
    mark m = {.id = in->id};
    PN_TRY(pni_policy(p, "budget.alarm_bp", &m.low_bp));
    int64_t low = m.low_bp;
    int rc = pn_one(p, &told_sql, &m, &m);
    if (rc && rc != PN_ENONE)
        return rc;
    if (!rc && m.was_bp < low)
        PN_TRY(pn_outbox(p, PNI_BUDGET_LOW, in->id, NULL, NULL, NULL));
    if (!rc && m.told_bp == 10000)
        PN_TRY(pn_outbox(p, PNI_BUDGET_OUT, in->id, NULL, NULL, NULL));
    return row(p, in->id, out);
}
int pn_budget_tell(pn *p, const struct pn_budget_tell *in, pn_budget *out);
PN_OP(budget, tell, pn_budget, .brief = N_("Tell that a campaign budget runs out"),
      .in = &tell_in_t, .out = &pn_budget_t, .may = PN_ROLE_SYSTEM,
      .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

static int budget_watch(pn *p, int64_t *done)
{
    mark in = {0};
    pn_rows rows;
    pn_budget out;
    PN_TRY(pni_policy(p, "budget.alarm_bp", &in.low_bp));
    PN_TRY(pn_all(p, &untold_sql, &in, &rows));
    pn_each(mark, m, &rows)
    {
        PN_TRY(pn_budget_tell(p, &(struct pn_budget_tell){m->id}, &out));
        (*done)++;
    }
    return 0;
}
static const pn_job watch_job = {"budget_watch", N_("Tell of campaign budgets that run out"), 60,
                                 budget_watch};

/* ---- the rest ---- */

static PN_TYPE(show_in_t, "budget.show", struct pn_budget_show,
    PN_COL(struct pn_budget_show, id, N_("Budget"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "budget"));
static PN_TYPE(stop_in_t, "budget.stop", struct pn_budget_stop,
    PN_COL(struct pn_budget_stop, id, N_("Budget"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "budget"),
    PN_COL(struct pn_budget_stop, reason, N_("Reason"), .flags = PN_REQ, .max = 200));
static PN_TYPE(resume_in_t, "budget.resume", struct pn_budget_resume,
    PN_COL(struct pn_budget_resume, id, N_("Budget"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "budget"));

static int show(pn *p, const struct pn_budget_show *in, pn_budget *out)
{
    return row(p, in->id, out);
}

static int turn(pn *p, int64_t id, const char *event, const char *reason, pn_budget *out)
{
    pn_budget before;
    PN_TRY(row(p, id, &before));
    PN_TRY(pn_step(p, &flow, id, before.state, event, reason, NULL));
    PN_TRY(row(p, id, out));
    return pn_audit(p, "budget", id, &pn_budget_t, &before, out, reason);
}

static int stop(pn *p, const struct pn_budget_stop *in, pn_budget *out)
{
    return turn(p, in->id, "stop", in->reason, out);
}

static int resume(pn *p, const struct pn_budget_resume *in, pn_budget *out)
{
    return turn(p, in->id, "resume", NULL, out);
}

/* Whoever sells for the campaign does not set its money aside. */
enum { READERS = PN_ROLE_OPS | PN_ROLE_FINANCE, KEEPERS = PN_ROLE_FINANCE };

PN_OP_LIST(budget, list, list_spec, .brief = N_("List campaign budgets"), .out = &pn_budget_t,
           .may = READERS, .example = "pn budget list --where 'used_bp>=8000'")
PN_OP(budget, show, pn_budget, .brief = N_("Show a campaign budget"), .in = &show_in_t,
      .out = &pn_budget_t, .may = READERS)
PN_OP(budget, create, pn_budget, .brief = N_("Set money aside for the reductions of a campaign"),
      .help = N_("An order reserves what it is reduced by, paying it spends that, ending unpaid "
                 "returns it. When it is used up, orders cost what they cost without it."),
      .in = &create_in_t, .out = &pn_budget_t, .may = KEEPERS, .flags = PN_WRITE | PN_ONCE,
      .example = "pn budget create spring --total 1000 --daily 200")
PN_OP(budget, change, pn_budget, .brief = N_("Change the bounds of a campaign budget"),
      .in = &change_in_t, .out = &pn_budget_t, .may = KEEPERS, .flags = PN_WRITE | PN_ONCE)
PN_OP(budget, stop, pn_budget, .brief = N_("Let no more be drawn on a campaign budget"),
      .in = &stop_in_t, .out = &pn_budget_t, .may = READERS,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .undo = "resume")
PN_OP(budget, resume, pn_budget, .brief = N_("Let a stopped campaign budget be drawn on again"),
      .in = &resume_in_t, .out = &pn_budget_t, .may = KEEPERS, .flags = PN_WRITE | PN_ONCE,
      .undo = "stop")

const pn_module pn_budget_module = {
    "budget", N_("Campaign budgets"),
    .ops = PN_LIST(pn_op, &budget_list_op, &budget_show_op, &budget_create_op, &budget_change_op,
                   &budget_stop_op, &budget_resume_op, &budget_tell_op),
    .sql = PN_LIST(pn_sql, &row_sql, &put_sql, &set_sql, &move_sql, &pni_budget_left_sql,
                   &pni_coupon_free_sql, &pni_draw_put_sql, &pni_draw_budget_sql,
                   &pni_draw_coupon_sql, &pni_draw_points_sql,
                   &pni_draw_points_fen_sql, &pni_draw_back_sql, &pni_draw_spend_sql,
                   &pni_draw_again_sql, &pni_draw_gone_sql, &untold_sql, &told_sql),
    .jobs = PN_LIST(pn_job, &watch_job),
    .fsm = PN_LIST(pn_fsm, &flow),
};
