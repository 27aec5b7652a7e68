/* SPDX-License-Identifier: Apache-2.0 */
/* channel.c — channels, the logins that act for them, and the money they pay ahead. */
#include "channel/channel.h"

#include "base/policy_int.h"
#include "catalog/row_int.h"
#include "channel/channel_int.h"
#include "ledger/ledger_int.h"
#include "merchant/wallet_int.h"

const pn_words pn_outlet_kinds[] = {PN_OUTLET_KINDS(PN_WORD_ROW){0}};
const pn_words pn_points_uses[] = {PN_POINTS_USES(PN_WORD_ROW){0}};
const pn_words pn_outlet_states[] = {PN_OUTLET_STATES(PN_WORD_ROW){0}};
const pn_words pn_channel_books[] = {PN_CHANNEL_BOOKS(PN_WORD_ROW){0}};
const pn_words pn_channel_moves_words[] = {PN_CHANNEL_MOVES(PN_WORD_ROW){0}};

#define C(f, label, ...) PN_COL(pn_channel, f, label, __VA_ARGS__)
PN_TYPE(pn_channel_t, "channel", pn_channel,
    C(id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "c.id", .ref = "channel"),
    C(code, N_("Code"), .flags = PN_BRIEF | PN_SORT, .sql = "c.code"),
    C(name, N_("Name"), .flags = PN_BRIEF, .sql = "c.name"),
    C(kind, N_("Kind"), .flags = PN_BRIEF, .words = pn_outlet_kinds, .sql = "c.kind"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_outlet_states, .sql = "c.state"),
    C(phone, N_("Telephone"), .flags = PN_PII, .sql = "c.phone"),
    C(balance_fen, N_("Prepaid"), .flags = PN_BRIEF,
      .sql = "coalesce(a.credit_fen - a.debit_fen, 0)"),
    C(credit_fen, N_("Credit"), .flags = PN_BRIEF, .sql = "coalesce(a.overdraft_fen, 0)"),
    C(receivable_fen, N_("Receivable"), .flags = PN_BRIEF,
      .sql = "coalesce(r.debit_fen - r.credit_fen, 0)"),
    C(commission_bp, N_("Its commission"), .sql = "c.commission_bp"),
    C(points_yuan, N_("Its points a yuan"), .flags = PN_OPT, .sql = "c.points_yuan"),
    C(points_fee_bp, N_("More points"), .flags = PN_OPT, .sql = "c.points_fee_bp"),
    C(points_use, N_("Its points pay"), .words = pn_points_uses, .sql = "c.points_use"),
    C(created_at, N_("Created"), .flags = PN_SORT, .sql = "c.created_at"));
#undef C

/* A channel's own logins see themselves alone. */
#define CONFINED                                                                                   \
    "not exists (select from channel_member n where n.staff_id = :me and n.channel_id <> c.id)"
#define ACCOUNT(t, kind)                                                                           \
    " left join ledger_account " t " on " t ".sk = (c.id & 4095)::int and " t ".kind = '" kind "'" \
    " and " t ".owner = c.id and " t ".part = ''"
#define FROM "channel c" ACCOUNT("a", "AGENT_PREPAID") ACCOUNT("r", "CHANNEL_RECEIVABLE")
static const pn_list_spec list_spec = {.row = &pn_channel_t, .from = FROM, .scope = CONFINED,
    .key = "c.id", .sort = "code",
    .search = "position(:q in c.name) > 0 or position(:q in c.code) > 0"};

#define M(f, label, ...) PN_COL(pn_channel_moves_row, f, label, __VA_ARGS__)
static PN_TYPE(moves_t, "channel.moves", pn_channel_moves_row,
    M(id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "m.id"),
    M(at, N_("Time"), .flags = PN_BRIEF | PN_SORT, .sql = "m.at"),
    M(channel_id, N_("Channel number"), .sql = "m.channel_id", .ref = "channel"),
    M(channel, N_("Channel"), .flags = PN_BRIEF, .sql = "c.code"),
    M(book, N_("Book"), .flags = PN_BRIEF, .words = pn_channel_books, .sql = "m.book"),
    M(kind, N_("Kind"), .flags = PN_BRIEF, .words = pn_channel_moves_words, .sql = "m.kind"),
    M(order_id, N_("Order"), .flags = PN_OPT, .sql = "m.order_id", .ref = "order"),
    M(channel_rebate_id, N_("Rebate"), .flags = PN_OPT, .ref = "channel_rebate",
      .sql = "(case when m.kind in ('REBATE', 'REBATE_DUE') then m.ref end)"),
    M(amount_fen, N_("Amount"), .flags = PN_BRIEF, .sql = "m.amount_fen"),
    M(left_fen, N_("Left"), .flags = PN_BRIEF, .sql = "m.left_fen"),
    M(reason, N_("Reason"), .sql = "m.reason"));
#undef M
static const pn_list_spec moves_spec = {.row = &moves_t,
    .from = "channel_move m join channel c on c.id = m.channel_id", .scope = CONFINED,
    .key = "m.id", .sort = "-id"};

#define STATEMENT_ID "(s.channel_id || '-' || s.book || '-' || s.day)"
#define S(f, label, ...) PN_COL(pn_channel_statement, f, label, __VA_ARGS__)
static PN_TYPE(statement_t, "channel.statement", pn_channel_statement,
    S(id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = STATEMENT_ID),
    S(day, N_("Day"), .flags = PN_BRIEF | PN_SORT, .sql = "s.day"),
    S(channel_id, N_("Channel number"), .sql = "s.channel_id", .ref = "channel"),
    S(channel, N_("Channel"), .flags = PN_BRIEF, .sql = "c.code"),
    S(book, N_("Book"), .flags = PN_BRIEF, .words = pn_channel_books, .sql = "s.book"),
    S(opening_fen, N_("Opening balance"), .flags = PN_BRIEF, .sql = "s.opening_fen"),
    S(topup_fen, N_("Paid ahead"), .flags = PN_BRIEF, .sql = "s.topup_fen"),
    S(payout_fen, N_("Paid out to it"), .sql = "s.payout_fen"),
    S(order_n, N_("Orders"), .flags = PN_BRIEF, .sql = "s.order_n"),
    S(order_fen, N_("For orders"), .flags = PN_BRIEF, .sql = "s.order_fen"),
    S(refund_n, N_("Refunds"), .sql = "s.refund_n"),
    S(refund_fen, N_("Refunded"), .flags = PN_BRIEF, .sql = "s.refund_fen"),
    S(share_fen, N_("Its commission"), .sql = "s.share_fen"),
    S(received_fen, N_("Paid by it"), .sql = "s.received_fen"),
    S(rebate_fen, N_("Rebate"), .sql = "s.rebate_fen"),
    S(closing_fen, N_("Closing balance"), .flags = PN_BRIEF, .sql = "s.closing_fen"),
    S(made_at, N_("Made at"), .sql = "s.made_at"));
#undef S
static const pn_list_spec statements_spec = {.row = &statement_t,
    .from = "channel_statement s join channel c on c.id = s.channel_id", .scope = CONFINED,
    .key = STATEMENT_ID, .sort = "-day,id"};

typedef struct put {
    int64_t id, staff;
    const char *code, *name, *phone;
    pn_word kind, state, points_use;
    int64_t points_yuan;
    int points_fee_bp, commission_bp;
    bool no_points_fee, no_commission;
} put;
static PN_TYPE(put_t, "channel.put", put, PN_COL(put, id, "id"), PN_COL(put, staff, "staff"),
    PN_COL(put, code, "code"), PN_COL(put, name, "name"), PN_COL(put, phone, "phone"),
    PN_COL(put, kind, "kind", .words = pn_outlet_kinds),
    PN_COL(put, state, "state", .words = pn_outlet_states),
    PN_COL(put, points_use, "points_use", .words = pn_points_uses),
    PN_COL(put, points_yuan, "points_yuan", .flags = PN_OPT),
    PN_COL(put, points_fee_bp, "points_fee_bp", .flags = PN_OPT),
    PN_COL(put, no_points_fee, "no_points_fee"),
    PN_COL(put, commission_bp, "commission_bp", .flags = PN_OPT),
    PN_COL(put, no_commission, "no_commission"));
static const pn_sql insert_sql = {"channel_insert", &put_t, &pni_one_id_t,
    "insert into channel (id, code, name, phone, kind, created_at, updated_at)"
    " values (:id, :code, :name, coalesce(:phone, ''), :kind, :now, :now)"
    " on conflict (code) do nothing returning id", false};
static const pn_sql update_sql = {"channel_update", &put_t, NULL,
    "update channel set name = coalesce(:name, name), phone = coalesce(:phone, phone),"
    " state = coalesce(:state, state), points_yuan = coalesce(:points_yuan, points_yuan),"
    " points_fee_bp = case when :no_points_fee then 0 else coalesce(:points_fee_bp, points_fee_bp)"
    "  end, commission_bp = case when :no_commission then 0 else coalesce(:commission_bp,"
    "  commission_bp) end, points_use = coalesce(:points_use, points_use), updated_at = :now,"
    " version = version + 1 where id = :id", false};
static const pn_sql join_sql = {"channel_join", &put_t, &pni_one_id_t,
    "insert into channel_member (staff_id, channel_id) select s.id, :id from staff s"
    " where s.id = :staff and 'CHANNEL' = any (s.roles)"
    " on conflict (staff_id) do update set channel_id = excluded.channel_id"
    " returning staff_id as id", false};
static const pn_sql by_code_sql = {"channel_by_code", &pni_by_code_t, &pni_one_id_t,
    "select id from channel where code = :code", false};

// clang-format off
static PN_TYPE(create_t, "channel.create", struct pn_channel_create,
    PN_COL(struct pn_channel_create, code, N_("Code"), .flags = PN_REQ | PN_ARG,
           .max = PNI_CODE_MAX, .hint = N_("Short name for imports and commands")),
    PN_COL(struct pn_channel_create, name, N_("Name"), .flags = PN_REQ, .max = PNI_TITLE_MAX),
    PN_COL(struct pn_channel_create, kind, N_("Kind"), .flags = PN_REQ, .words = pn_outlet_kinds),
    PN_COL(struct pn_channel_create, phone, N_("Telephone"), .flags = PN_PII, .max = 20,
           .hint = N_("Stands for buyers that the channel does not name")),
    PN_COL(struct pn_channel_create, credit_fen, N_("Credit"), .flags = PN_OPT, .min = 0,
           .max = INT64_C(100000000000), .hint = N_("How far the account may be overdrawn")));
static PN_TYPE(edit_t, "channel.edit", struct pn_channel_edit,
    PN_COL(struct pn_channel_edit, id, N_("Channel"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "channel"),
    PN_COL(struct pn_channel_edit, name, N_("Name"), .max = PNI_TITLE_MAX),
    PN_COL(struct pn_channel_edit, phone, N_("Telephone"), .flags = PN_PII, .max = 20),
    PN_COL(struct pn_channel_edit, state, N_("State"), .words = pn_outlet_states),
    PN_COL(struct pn_channel_edit, credit_fen, N_("Credit"), .flags = PN_OPT, .min = 0,
           .max = INT64_C(100000000000)),
    PN_COL(struct pn_channel_edit, no_credit, N_("No credit")),
    PN_COL(struct pn_channel_edit, points_yuan, N_("Its points a yuan"), .flags = PN_OPT, .min = 1,
           .max = 100000, .hint = N_("For orders that are paid with the partner's points")),
    PN_COL(struct pn_channel_edit, points_fee_bp, N_("More points"), .flags = PN_OPT,
           .min = 1, .max = 10000, .hint = N_("For paying with them; 300 is three percent")),
    PN_COL(struct pn_channel_edit, no_points_fee, N_("No more points")),
    PN_COL(struct pn_channel_edit, points_use, N_("Its points pay"), .words = pn_points_uses),
    PN_COL(struct pn_channel_edit, commission_bp, N_("Its commission"), .flags = PN_OPT,
           .min = 1, .max = 10000, .hint = N_("In 1/10000 of what it sells and collects for us")),
    PN_COL(struct pn_channel_edit, no_commission, N_("No commission")));
static PN_TYPE(show_t, "channel.show", struct pn_channel_show,
    PN_COL(struct pn_channel_show, id, N_("Channel"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "channel"));
static PN_TYPE(join_t, "channel.join", struct pn_channel_join,
    PN_COL(struct pn_channel_join, id, N_("Channel"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "channel"),
    PN_COL(struct pn_channel_join, staff, N_("Staff"), .flags = PN_REQ | PN_ARG,
           .ref = "staff"));
static PN_TYPE(topup_t, "channel.topup", struct pn_channel_topup,
    PN_COL(struct pn_channel_topup, id, N_("Channel"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "channel"),
    PN_COL(struct pn_channel_topup, amount_fen, N_("Amount"), .flags = PN_REQ | PN_ARG,
           .min = -INT64_C(100000000000), .max = INT64_C(100000000000),
           .hint = N_("Negative: paid back")),
    PN_COL(struct pn_channel_topup, reference, N_("Reference"), .flags = PN_REQ, .max = 100,
           .hint = N_("Line of the bank statement")),
    PN_COL(struct pn_channel_topup, reason, N_("Reason"), .max = 200));
static PN_TYPE(receive_t, "channel.receive", struct pn_channel_receive,
    PN_COL(struct pn_channel_receive, id, N_("Channel"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "channel"),
    PN_COL(struct pn_channel_receive, amount_fen, N_("Amount"), .flags = PN_REQ | PN_ARG,
           .min = 1, .max = INT64_C(100000000000)),
    PN_COL(struct pn_channel_receive, reference, N_("Reference"), .flags = PN_REQ, .max = 100,
           .hint = N_("Number of the line of the bank's statement")));
// clang-format on

PN_OP_LIST(channel, list, list_spec, .brief = N_("List channels and their accounts"),
           .out = &pn_channel_t,
           .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_CHANNEL | PN_ROLE_SYSTEM,
           .example = "pn channel list --where kind=AGENT")
PN_OP_LIST(channel, moves, moves_spec, .brief = N_("List moves of channels' accounts"),
           .out = &moves_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_CHANNEL,
           .example = "pn channel moves --where 'at=today'")

PN_OP_LIST(channel, statements, statements_spec,
           .brief = N_("List what channels had on each day"),
           .help = N_("Made when the day is over: what was there, what came and went, what is "
                      "left. The moves of a day: channel moves. For a file: -o csv, -o xlsx."),
           .out = &statement_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_CHANNEL,
           .example = "pn channel statements --where 'channel=timemachine day=2026-11-26' -o csv")

static int show(pn *p, const struct pn_channel_show *in, pn_channel *out)
{
    return pni_row(p, &channel_list_op, in->id, out);
}

static pni_account prepaid(int64_t channel)
{
    return (pni_account){PNI_KIND_AGENT_PREPAID, channel, NULL};
}

static int create(pn *p, const struct pn_channel_create *in, pn_channel *out)
{
    put row = {.code = in->code, .name = in->name, .phone = in->phone, .kind = in->kind};
    pni_one_id made;
    PN_TRY(pn_new_id(p, pni_code_sk(in->code), &row.id));
    int rc = pn_one(p, &insert_sql, &row, &made);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_EEXISTS, "code", pn_tr("There is a channel “%s” already"), in->code);
    PN_TRY(rc);
    PN_TRY(pni_account_overdraft(p, prepaid(row.id), in->credit_fen.fen));
    PN_TRY(pni_row(p, &channel_list_op, row.id, out));
    return pn_audit(p, "channel", row.id, &pn_channel_t, NULL, out, NULL);
}

static int edit(pn *p, const struct pn_channel_edit *in, pn_channel *out)
{
    put row = {.id = in->id, .name = in->name, .phone = in->phone, .state = in->state,
               .points_use = in->points_use, .points_yuan = in->points_yuan,
               .points_fee_bp = in->points_fee_bp, .no_points_fee = in->no_points_fee,
               .commission_bp = in->commission_bp, .no_commission = in->no_commission};
    pn_channel before;
    PN_TRY(pni_row(p, &channel_list_op, in->id, &before));
    PN_TRY(pn_exec(p, &update_sql, &row, NULL));
    if (in->credit_fen.fen || in->no_credit)
        PN_TRY(pni_account_overdraft(p, prepaid(in->id), in->no_credit ? 0 : in->credit_fen.fen));
    PN_TRY(pni_row(p, &channel_list_op, in->id, out));
    return pn_audit(p, "channel", in->id, &pn_channel_t, &before, out, NULL);
}

static int join(pn *p, const struct pn_channel_join *in, pn_channel *out)
{
    put row = {.id = in->id, .staff = in->staff};
    pni_one_id made;
    PN_TRY(pni_row(p, &channel_list_op, in->id, out));
    int rc = pn_one(p, &join_sql, &row, &made);
    if (rc == PN_ENONE) {
        pn_fail(p, PN_EARG, "staff", "%s", pn_tr("This login has not the role CHANNEL"));
        return pn_hint(p, "%s", pn_tr("Give it with staff role"));
    }
    PN_TRY(rc);
    return pn_audit(p, "channel", in->id, NULL, NULL, NULL,
                    pn_printf(p, "staff %lld", (long long)in->staff));
}

static int topup(pn *p, const struct pn_channel_topup *in, pn_channel *out)
{
    pn_channel before;
    int64_t alone, fen = in->amount_fen.fen;
    PN_TRY(pni_policy(p, "channel.dual_control_fen", &alone));
    PN_TRY(pni_row(p, &channel_list_op, in->id, &before));
    if (!fen)
        return pn_fail(p, PN_EARG, "amount_fen", "%s", pn_tr("An amount is above or below zero"));
    if ((fen < 0 ? -fen : fen) > alone) {
        pn_fail(p, PN_EDUAL, "amount_fen", pn_tr("Above %lld yuan two people book it"),
                (long long)(alone / 100));
        return pn_hint(p, "%s", pn_tr("Propose it with “channel_transfer create”; somebody else "
                                      "approves it"));
    }
    PN_TRY(pni_channel_booked(p, &(pni_channel_transfer){in->id, 0, fen, in->reference}));
    PN_TRY(pni_row(p, &channel_list_op, in->id, out));
    return pn_audit(p, "channel", in->id, &pn_channel_t, &before, out,
                    in->reason ? in->reason : in->reference);
}

/* P16: what it collected for us, less its commission. */
static int receive(pn *p, const struct pn_channel_receive *in, pn_channel *out)
{
    pn_channel before;
    int64_t left = 0;
    pni_channel_money m = {.channel_id = in->id, .book = "RECEIVABLE", .kind = "RECEIVED",
                           .fen = -in->amount_fen.fen, .reason = in->reference};
    PN_TRY(pni_row(p, &channel_list_op, in->id, &before));
    PN_TRY(pn_new_id(p, pn_sk(in->id), &m.ref));
    PN_TRY(pni_bank_line(p, in->reference, "CHANNEL_MOVE", m.ref));
    PN_TRY(pni_channel_move(p, &m, &left));
    if (left < 0) {
        int64_t owed = left + in->amount_fen.fen;
        pn_fail(p, PN_EBALANCE, "amount_fen", pn_tr("It owes %lld.%02d yuan"),
                (long long)(owed / 100), (int)(owed < 0 ? 0 : owed % 100));
        return pn_hint(p, "%s", pn_tr("What it paid beyond that goes back to it by bank"));
    }
    PN_TRY(pni_row(p, &channel_list_op, in->id, out));
    return pn_audit(p, "channel", in->id, &pn_channel_t, &before, out, in->reference);
}

static int resolve(pn *p, const char *text, int64_t *id)
{
    return pni_resolve(p, &by_code_sql, "channel", text, id);
}

PN_OP(channel, show, pn_channel, .brief = N_("Show one channel and its account"), .in = &show_t,
      .out = &pn_channel_t,
      .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_CHANNEL | PN_ROLE_SYSTEM,
      .example = "pn channel show timemachine")
PN_OP(channel, create, pn_channel, .brief = N_("Add a channel"), .in = &create_t,
      .out = &pn_channel_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
      .example = "pn channel create timemachine --name 时光机 --kind AGENT")
PN_OP(channel, edit, pn_channel, .brief = N_("Change a channel, its credit or its state"),
      .help = N_("What its points are worth holds for orders that are paid with them from now on; "
                 "the channel of Douli has the code douli."),
      .in = &edit_t, .out = &pn_channel_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE, .example = "pn channel edit timemachine --state STOPPED")
PN_OP(channel, join, pn_channel, .brief = N_("Let a login act for a channel"), .in = &join_t,
      .out = &pn_channel_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
      .help = N_("Logins of the role CHANNEL act for one channel and see nothing of the others."),
      .example = "pn channel join timemachine agent1")
PN_OP(channel, topup, pn_channel, .brief = N_("Book money that a channel paid ahead"),
      .help = N_("Or, below zero, money that was paid back to it. A line of the bank's statement "
                 "stands for one booking; much\nmoney (channel.dual_control_fen) is booked by two "
                 "people: channel_transfer."),
      .in = &topup_t, .out = &pn_channel_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .example = "pn channel topup timemachine 10000 --reference 20261123-8812")

PN_OP(channel, receive, pn_channel, .brief = N_("Book what a channel paid of what it collected"),
      .help = N_("Its commission was taken off with each order; what it owes: channel show."),
      .in = &receive_t, .out = &pn_channel_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .example = "pn channel receive maoyan 118000 --reference 20261201-0093",
      .lasting = N_("It is in the books: an adjustment puts it right"))

const pn_module pn_channel_module = {
    "channel", N_("Channels"),
    .ops = PN_LIST(pn_op, &channel_list_op, &channel_show_op, &channel_create_op,
                   &channel_edit_op, &channel_join_op, &channel_topup_op, &channel_receive_op,
                   &channel_moves_op, &channel_statements_op),
    .sql = PN_LIST(pn_sql, &insert_sql, &update_sql, &join_sql, &by_code_sql,
                   &pni_channel_move_sql, &pni_channel_share_sql, &pni_channel_mine_sql,
                   &pni_statement_make_sql),
    .jobs = PN_LIST(pn_job, &pni_statement_job),
    .resolve = resolve,
};
