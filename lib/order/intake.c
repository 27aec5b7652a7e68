/* SPDX-License-Identifier: Apache-2.0 */
/* intake.c — rows of channels' files: looked at, mapped by hand, refused; the money set aside for
 * selling below the floor. */
#include "order/intake.h"

#include "catalog/row_int.h"
#include "channel/channel_int.h"
#include "order/intake_int.h"

// clang-format off
static const pn_edge edges[] = {
    {"IMPORTED", "map_ok",     "MAPPED",           0, NULL},
    {"IMPORTED", "map_fail",   "UNMAPPED",         0, NULL},
    {"UNMAPPED", "map_manual", "MAPPED",           0, NULL},
    {"MAPPED",   "accept",     "PAID",             0, NULL},
    {"MAPPED",   "reject",     "CHANNEL_REJECTED", 0, NULL},
    {"UNMAPPED", "reject",     "CHANNEL_REJECTED", 0, NULL},
    {0}};
// clang-format on
static const pn_sql move_sql = {"intake_move", &pn_move_t, NULL,
    "update intake_row set state = :to, note = coalesce(:reason, note), updated_at = :now,"
    " version = version + 1 where sk = :id# and id = :id and state = :from", false};
const pn_fsm pni_intake_fsm = {"intake", pn_order_states, edges, &move_sql};

#define I(f, label, ...) PN_COL(pn_intake, f, label, __VA_ARGS__)
PN_TYPE(pn_intake_t, "intake", pn_intake,
    I(id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "r.id", .ref = "intake"),
    I(channel_id, N_("Channel number"), .sql = "r.channel_id", .ref = "channel"),
    I(channel, N_("Channel"), .flags = PN_BRIEF, .sql = "c.code"),
    I(ext_no, N_("Channel's order no."), .flags = PN_BRIEF, .sql = "r.ext_no"),
    I(item, N_("Item"), .flags = PN_BRIEF, .sql = "r.item"),
    I(sku, N_("Kind of item"), .sql = "r.sku"),
    I(start_at, N_("Start"), .flags = PN_BRIEF, .sql = "r.start_at"),
    I(line, N_("Line"), .sql = "r.line"),
    I(qty, N_("Tickets"), .flags = PN_BRIEF, .sql = "r.qty"),
    I(unit_fen, N_("Unit price"), .flags = PN_BRIEF | PN_EACH, .sql = "r.unit_fen"),
    I(loss_fen, N_("Loss"), .sql = "r.loss_fen"),
    I(state, N_("State"), .flags = PN_BRIEF, .words = pn_order_states, .sql = "r.state"),
    I(short_of, N_("No tickets"), .sql = "r.short"),
    I(tier_id, N_("Tier"), .flags = PN_OPT, .sql = "r.tier_id", .ref = "tier"),
    I(order_id, N_("Order"), .flags = PN_OPT, .sql = "r.order_id", .ref = "order"),
    I(remark, N_("Remark"), .sql = "r.remark"),
    I(note, N_("Note"), .flags = PN_BRIEF, .sql = "r.note"),
    I(created_at, N_("Imported at"), .flags = PN_SORT, .sql = "r.created_at"));
#undef I
#define CONFINED                                                                                   \
    "not exists (select from channel_member n where n.staff_id = :me and n.channel_id <> c.id)"
static const pn_list_spec list_spec = {.row = &pn_intake_t,
    .from = "intake_row r join channel c on c.id = r.channel_id", .scope = CONFINED, .key = "r.id",
    .sort = "-id", .search = "r.ext_no = :q or position(:q in r.item) > 0"};

#define B(f, label, ...) PN_COL(pn_intake_money, f, label, __VA_ARGS__)
static PN_TYPE(money_t, "intake.money", pn_intake_money,
    B(id, N_("Id"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "b.id"),
    B(channel_id, N_("Channel"), .flags = PN_BRIEF, .sql = "b.channel_id", .ref = "channel"),
    B(name, N_("Name"), .flags = PN_BRIEF, .sql = "b.name"),
    B(total_fen, N_("Total"), .flags = PN_BRIEF, .sql = "b.total_fen"),
    B(used_fen, N_("Used"), .flags = PN_BRIEF, .sql = "b.used_fen"));
#undef B
static const pn_list_spec budget_spec = {.row = &money_t,
    .from = "loss_budget b join channel c on c.id = b.channel_id", .scope = CONFINED,
    .key = "b.id", .sort = "-id"};

PN_OP_LIST(intake, list, list_spec, .brief = N_("List rows of channels' files"),
           .out = &pn_intake_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_CHANNEL,
           .example = "pn intake list --where state=UNMAPPED")
PN_OP_LIST(intake, budgets, budget_spec, .brief = N_("List budgets for sales below the floor"),
           .out = &money_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE,
           .example = "pn intake budgets")

// clang-format off
#define ID(s) PN_COL(s, id, N_("Row"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "intake")
static PN_TYPE(show_t, "intake.show", struct pn_intake_show, ID(struct pn_intake_show));
static PN_TYPE(map_t, "intake.map", struct pn_intake_map, ID(struct pn_intake_map),
    PN_COL(struct pn_intake_map, tier, N_("Tier"), .flags = PN_REQ | PN_ARG, .ref = "tier"));
static PN_TYPE(reject_t, "intake.reject", struct pn_intake_reject, ID(struct pn_intake_reject),
    PN_COL(struct pn_intake_reject, reason, N_("Reason"), .flags = PN_REQ, .max = 200,
           .hint = N_("What the channel is told")));
static PN_TYPE(budget_t, "intake.budget", struct pn_intake_budget,
    PN_COL(struct pn_intake_budget, channel, N_("Channel"), .flags = PN_REQ | PN_ARG,
           .ref = "channel"),
    PN_COL(struct pn_intake_budget, name, N_("Name"), .flags = PN_REQ, .max = PNI_TITLE_MAX),
    PN_COL(struct pn_intake_budget, total_fen, N_("Total"), .flags = PN_REQ, .min = 1,
           .max = INT64_C(100000000000)));
// clang-format on

typedef struct map_in { int64_t id, tier; } map_in;
static PN_TYPE(map_in_t, "intake.map_in", map_in, PN_COL(map_in, id, N_("Row")),
    PN_COL(map_in, tier, N_("Tier")));
static const pn_sql learn_sql = {"intake_learn", &map_in_t, NULL,
    "insert into sku_map (sk, channel_id, item, sku, start_at, tier_id, at)"
    " select r.sk, r.channel_id, r.item, r.sku, r.start_at, :tier, :now from intake_row r"
    " where r.sk = :id# and r.id = :id on conflict (sk, channel_id, item, sku, start_at)"
    " do update set tier_id = excluded.tier_id, at = excluded.at", false};
/* Every row of the same item, this one included. */
static const pn_sql map_sql = {"intake_map", &map_in_t, &pni_one_id_t,
    "update intake_row x set state = 'MAPPED', tier_id = :tier, note = '', updated_at = :now,"
    " version = x.version + 1 from intake_row r where r.sk = :id# and r.id = :id and x.sk = :id#"
    " and x.channel_id = r.channel_id and x.item = r.item and x.sku = r.sku"
    " and x.start_at = r.start_at and x.state = 'UNMAPPED' returning x.id", false};
static const pn_sql sold_sql = {"intake_sold", &pni_one_id_t, &pni_one_id_t,
    "select t.id from tier t join session s on s.id = t.session_id join show h on h.id = s.show_id"
    " where t.id = :id and h.status = 'PUBLISHED' and s.stop_sale_at > :now"
    " and s.status in ('SCHEDULED', 'PRESALE', 'ON_SALE', 'TAIL')", false};
static const pn_sql budget_sql = {"intake_budget", &money_t, NULL,
    "insert into loss_budget (sk, id, channel_id, name, total_fen, created_at)"
    " values (:channel_id#, :id, :channel_id, :name, :total_fen, :now)", false};

int pni_intake_row(pn *p, int64_t id, pn_intake *out)
{
    return pni_row(p, &intake_list_op, id, out);
}

static int show(pn *p, const struct pn_intake_show *in, pn_intake *out)
{
    return pni_intake_row(p, in->id, out);
}

static int map(pn *p, const struct pn_intake_map *in, pn_intake *out)
{
    pn_intake before;
    pni_one_id tier;
    pn_rows rows;
    PN_TRY(pni_intake_row(p, in->id, &before));
    if (before.state.v != PN_ORDER_UNMAPPED) {
        pn_fail(p, PN_ESTATE, "id", pn_tr("The row is not to be mapped (%s)"),
                pn_word_label(pn_order_states, before.state));
        return pn_hint(p, "%s", pn_tr("See what became of it: intake show"));
    }
    int rc = pn_one(p, &sold_sql, &(pni_one_id){in->tier}, &tier);
    if (rc == PN_ENONE) {
        pn_fail(p, PN_ESTATE, "tier", "%s", pn_tr("The session of this tier is not sold"));
        return pn_hint(p, "%s", pn_tr("Name a tier that is on sale"));
    }
    PN_TRY(rc);
    PN_TRY(pn_exec(p, &learn_sql, &(map_in){in->id, in->tier}, NULL));
    PN_TRY(pn_all(p, &map_sql, &(map_in){in->id, in->tier}, &rows));
    pn_each(pni_one_id, r, &rows)
        PN_TRY(pni_stepped(p, &pni_intake_fsm, r->id, "UNMAPPED", "map_manual", NULL));
    PN_TRY(pni_intake_row(p, in->id, out));
    return pn_audit(p, "intake", in->id, &pn_intake_t, &before, out, NULL);
}

static int reject(pn *p, const struct pn_intake_reject *in, pn_intake *out)
{
    pn_intake before;
    PN_TRY(pni_intake_row(p, in->id, &before));
    if (before.state.v != PN_ORDER_MAPPED && before.state.v != PN_ORDER_UNMAPPED) {
        pn_fail(p, PN_ESTATE, "id", pn_tr("The row is not to be refused (%s)"),
                pn_word_label(pn_order_states, before.state));
        return pn_hint(p, "%s", pn_tr("An order is given back with refund apply"));
    }
    PN_TRY(pn_step(p, &pni_intake_fsm, in->id, before.state, "reject", in->reason, NULL));
    PN_TRY(pni_intake_row(p, in->id, out));
    PN_TRY(pn_outbox(p, "intake.rejected", in->id, &pn_intake_t, out, NULL));
    return pn_audit(p, "intake", in->id, &pn_intake_t, &before, out, in->reason);
}

static int budget(pn *p, const struct pn_intake_budget *in, pn_intake_money *out)
{
    pn_intake_money row = {.channel_id = in->channel, .name = in->name,
                           .total_fen = in->total_fen};
    PN_TRY(pn_new_id(p, pn_sk(in->channel), &row.id));
    PN_TRY(pn_exec(p, &budget_sql, &row, NULL));
    *out = row;
    return pn_audit(p, "loss_budget", row.id, &money_t, NULL, out, NULL);
}

PN_OP(intake, show, pn_intake, .brief = N_("Show a row of a channel's file"), .in = &show_t,
      .out = &pn_intake_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_CHANNEL,
      .example = "pn intake show 61441")
PN_OP(intake, map, pn_intake, .brief = N_("Say which tier a channel's item is"),
      .help = N_("All rows of the item are mapped, and those of later files."), .in = &map_t,
      .out = &pn_intake_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
      .example = "pn intake map 61441 hamlet-01-a")
PN_OP(intake, reject, pn_intake, .brief = N_("Refuse a channel's row"), .in = &reject_t,
      .out = &pn_intake_t, .may = PN_ROLE_OPS | PN_ROLE_SYSTEM,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .example = "pn intake reject 61441 --reason 'out of stock'",
      .lasting = N_("It was decided: whoever asked may ask anew"))
PN_OP(intake, budget, pn_intake_money,
      .brief = N_("Set money aside for a channel's sales below the floor"), .in = &budget_t,
      .out = &money_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE,
      .example = "pn intake budget tmall --name 双11 --total-fen 5000")

const pn_module pn_intake_module = {
    "intake", N_("Orders taken over from channels"),
    .ops = PN_LIST(pn_op, &intake_list_op, &intake_show_op, &pni_intake_import_op, &intake_map_op,
                   &pni_intake_accept_op, &intake_reject_op, &intake_budget_op,
                   &intake_budgets_op, &pni_intake_fail_op),
    .sql = PN_LIST(pn_sql, &move_sql, &learn_sql, &map_sql, &sold_sql, &budget_sql,
                   &pni_intake_file_sql, &pni_intake_seen_sql, &pni_intake_rows_sql,
                   &pni_intake_claim_sql,
                   &pni_intake_sku_sql, &pni_intake_put_sql, &pni_intake_sealed_sql,
                   &pni_intake_done_sql, &pni_intake_loss_sql, &pni_intake_fail_sql,
                   &pni_intake_due_sql),
    .fsm = PN_LIST(pn_fsm, &pni_intake_fsm),
    .jobs = PN_LIST(pn_job, &pni_intake_accept_job),
};
