/* SPDX-License-Identifier: Apache-2.0 */
/* settlement.c — batches. One a merchant and business day takes every line that is to be settled;
 * the merchant has its hours to dispute lines, then silence confirms; finance approves, large ones
 * by two people; posting moves the money from pending to available, what is owed to us first: a
 * debt, then an organiser's fees. */
#include "merchant/settlement.h"

#include <string.h>

#include "base/policy_int.h"
#include "base/when_int.h"
#include "catalog/row_int.h"
#include "merchant/fee_int.h"
#include "merchant/settlement_int.h"
#include "merchant/supplier_int.h"
#include "merchant/wallet_int.h"

const pn_words pn_settlement_states[] = {PN_SETTLEMENT_STATES(PN_WORD_ROW){0}};
// clang-format off
static const pn_edge edges[] = {
    {"CALCULATED", "confirm", "CONFIRMED", 0, NULL},
    {"CALCULATED", "empty",   "EMPTY",     0, NULL},
    {"CONFIRMED",  "approve", "APPROVED",  0, NULL},
    {"APPROVED",   "post",    "POSTED",    0, NULL},
    {0}};
// clang-format on
static const pn_sql move_sql = {"settlement_move", &pn_move_t, NULL,
    "update settlement set state = :to, confirmed_by = case when :to = 'CONFIRMED' then :me"
    " else confirmed_by end, posted_at = case when :to = 'POSTED' then :now end,"
    " updated_at = :now, version = version + 1 where sk = :id# and id = :id and state = :from",
    false};
static const pn_fsm flow = {N_("settlement"), pn_settlement_states, edges, &move_sql};

#define C(f, label, ...) PN_COL(pn_settlement, f, label, __VA_ARGS__)
PN_TYPE(pn_settlement_t, "settlement", pn_settlement,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "s.id", .ref = "settlement"),
    C(no, N_("Settlement no."), .flags = PN_BRIEF, .sql = "s.no"),
    C(merchant_id, N_("Merchant no."), .sql = "s.merchant_id", .ref = "merchant"),
    C(merchant, N_("Merchant"), .flags = PN_BRIEF | PN_SORT, .sql = "m.name"),
    C(day, N_("Day"), .flags = PN_BRIEF | PN_SORT, .sql = "s.day"),
    C(lines_n, N_("Lines"), .flags = PN_BRIEF, .sql = "s.lines_n"),
    C(net_fen, N_("Net"), .flags = PN_BRIEF | PN_SORT, .sql = "s.net_fen"),
    C(debt_fen, N_("Debt paid"), .sql = "s.debt_fen"),
    C(fee_fen, N_("Fees kept back"), .sql = "s.fee_fen"),
    C(bought_fen, N_("Paid ahead before"), .sql = "s.bought_fen"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_settlement_states, .sql = "s.state"),
    C(confirm_by, N_("Confirmed by itself at"), .sql = "s.confirm_by"),
    C(confirmed_by, N_("Confirmed by"), .flags = PN_OPT, .sql = "s.confirmed_by",
      .ref = "staff"),
    C(approved_by, N_("Approved by"), .flags = PN_OPT, .sql = "s.approved_by", .ref = "staff"),
    C(approved_by2, N_("Second approval"), .flags = PN_OPT, .sql = "s.approved_by2",
      .ref = "staff"),
    C(created_at, N_("Created"), .flags = PN_SORT, .sql = "s.created_at"),
    C(posted_at, N_("Posted at"), .sql = "s.posted_at"));
#undef C
static const pn_list_spec list_spec = {.row = &pn_settlement_t,
    .from = "settlement s join merchant m on m.id = s.merchant_id",
    .scope = PNI_SETTLED_WITH("s.merchant_id"), .key = "s.id", .sort = "-id"};
enum { READERS = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT | PN_ROLE_ORGANISER };
PN_OP_LIST(settlement, list, list_spec,
           .brief = N_("List settlements with merchants and organisers"),
           .out = &pn_settlement_t, .may = READERS,
           .example = "pn settlement list --where state=CONFIRMED")

/* What waits for an approval that the reader may give. */
static const pn_list_spec queue_spec = {.row = &pn_settlement_t,
    .from = "settlement s join merchant m on m.id = s.merchant_id",
    .scope = "s.state = 'CONFIRMED' and s.approved_by is distinct from :me"
             " and :my_merchant::bigint is null and :my_organiser::bigint is null",
    .key = "s.id", .sort = "id"};
PN_OP_LIST(settlement, queue, queue_spec, .brief = N_("List settlements that you may approve"),
           .out = &pn_settlement_t, .may = PN_ROLE_FINANCE)

/* ---- a batch is made ---- */

typedef struct put {
    int64_t id, merchant_id;
    const char *no;
    pn_date day;
    int lines_n;
    pn_money net_fen;
    pn_time confirm_by;
    int64_t second, debt_fen, fee_fen, bought_fen;
} put;
#define P(f, ...) PN_COL(put, f, "", __VA_ARGS__)
static PN_TYPE(put_t, "settlement.put", put, P(id), P(merchant_id), P(no), P(day), P(lines_n),
    P(net_fen), P(confirm_by), P(second), P(debt_fen),
    P(fee_fen), P(bought_fen));
#undef P
static const pn_sql sum_sql = {"settlement_sum", &put_t, &put_t,
    "select count(*)::int as lines_n, coalesce(sum(settle_fen), 0)::bigint as net_fen"
    " from settle_line where sk = :merchant_id# and merchant_id = :merchant_id"
    "  and state = 'READY'", false};
static const pn_sql put_sql = {"settlement_put", &put_t, &pni_one_id_t,
    "insert into settlement (sk, id, no, merchant_id, day, lines_n, net_fen, state, confirm_by,"
    " created_at, updated_at) values (:id#, :id, :no, :merchant_id, :day, :lines_n, :net_fen,"
    " 'CALCULATED', :confirm_by, :now, :now)"
    " on conflict (sk, merchant_id, day) do nothing returning id", false};
static const pn_sql take_sql = {"settlement_take", &put_t, &pni_one_id_t,
    "update settle_line set state = 'BATCHED', settlement_id = :id, updated_at = :now,"
    " version = version + 1 where sk = :id# and merchant_id = :merchant_id and state = 'READY'"
    " returning id", false};
static const pn_sql count_sql = {"settlement_count", &put_t, &put_t,
    "update settlement s set lines_n = x.n, net_fen = x.fen, updated_at = :now,"
    " version = version + 1 from (select count(*)::int as n,"
    "  coalesce(sum(settle_fen), 0)::bigint as fen from settle_line where sk = :id#"
    "  and settlement_id = :id) x where s.sk = :id# and s.id = :id"
    "  and s.state = 'CALCULATED' returning s.lines_n", false};
static const pn_sql sign_sql = {"settlement_sign", &put_t, NULL,
    "update settlement set approved_by = case when :second = 1 then approved_by else :me end,"
    " approved_by2 = case when :second = 1 then :me end, updated_at = :now,"
    " version = version + 1 where sk = :id# and id = :id and state = 'CONFIRMED'"
    " and (approved_by is not null) = (:second = 1)", false};
static const pn_sql lines_sql = {"settlement_lines", &put_t, &pni_one_id_t,
    "update settle_line set state = 'SETTLED', updated_at = :now, version = version + 1"
    " where sk = :id# and settlement_id = :id and state = 'BATCHED' returning id", false};
static const pn_sql owed_sql = {"settlement_owed", &put_t, NULL,
    "update settlement set debt_fen = :debt_fen, fee_fen = :fee_fen, bought_fen = :bought_fen"
    " where sk = :id# and id = :id", false};
static const pn_sql ready_sql = {"settlement_ready", NULL, &pni_one_id_t,
    "select distinct merchant_id as id from settle_line where state = 'READY' order by 1", false};
static const pn_sql silent_sql = {"settlement_silent", NULL, &pni_one_id_t,
    "select id from settlement where state = 'CALCULATED' and confirm_by <= :now"
    " order by confirm_by, id limit 500", false};
static const pn_sql approved_sql = {"settlement_approved", NULL, &pni_one_id_t,
    "select id from settlement where state = 'APPROVED' order by confirm_by, id limit 500", false};

static int log_lines(pn *p, const pn_rows *ids, const char *from, const char *event)
{
    pn_each(pni_one_id, l, ids)
        PN_TRY(pni_stepped(p, &pni_settle_line_fsm, l->id, from, event, NULL));
    return 0;
}

static PN_TYPE(open_t, "settlement.open", struct pn_settlement_open,
    PN_COL(struct pn_settlement_open, merchant, N_("Merchant"), .flags = PN_REQ | PN_ARG,
           .ref = "merchant"));

static int open(pn *p, const struct pn_settlement_open *in, pn_settlement *out)
{
    put row = {.merchant_id = in->merchant}, sum;
    pni_one_id made;
    pn_rows lines;
    int64_t least = 0, hours = 0;
    PN_TRY(pni_policy(p, "settle.min_fen", &least));
    PN_TRY(pni_policy(p, "settle.confirm_h", &hours));
    PN_TRY(pn_one(p, &sum_sql, &row, &sum));
    if (sum.net_fen.fen < least)
        return pn_fail(p, PN_ESTATE, "merchant", pn_tr("Only %lld.%02d yuan are to be settled"),
                       (long long)(sum.net_fen.fen / 100), (int)(sum.net_fen.fen % 100));
    row.day.days = (int32_t)pni_local_day(pn_now(p));
    row.confirm_by.us = pn_now(p).us + hours * INT64_C(3600000000);
    PN_TRY(pn_new_id(p, pn_sk(in->merchant), &row.id));
    PN_TRY(pn_new_no(p, "JS", pn_sk(in->merchant), &row.no));
    int rc = pn_one(p, &put_sql, &row, &made);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ESTATE, "merchant", "%s", pn_tr("This day has its batch already"));
    PN_TRY(rc);
    PN_TRY(pn_all(p, &take_sql, &row, &lines));
    PN_TRY(log_lines(p, &lines, "READY", "batch"));
    PN_TRY(pn_exec(p, &count_sql, &row, NULL)); /* of those that were taken */
    PN_TRY(pni_stepped(p, &flow, row.id, NULL, "open", NULL));
    PN_TRY(pni_row(p, &settlement_list_op, row.id, out));
    return pn_audit(p, "settlement", row.id, &pn_settlement_t, NULL, out, NULL);
}

int pni_settlement_less(pn *p, int64_t settlement_id)
{
    put left, row = {.id = settlement_id};
    int rc = pn_one(p, &count_sql, &row, &left);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ESTATE, "id", "%s",
                       pn_tr("The batch is confirmed: its lines are not disputed any more"));
    PN_TRY(rc);
    pn_word state = {PN_SETTLEMENT_CALCULATED};
    return left.lines_n ? 0 : pn_step(p, &flow, settlement_id, state, "empty", NULL, NULL);
}

/* ---- and goes its way ---- */

#define ID(s)                                                                                      \
    PN_COL(s, id, N_("Settlement sheet"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "settlement")
static PN_TYPE(show_t, "settlement.show", struct pn_settlement_show,
    ID(struct pn_settlement_show));
static PN_TYPE(confirm_t, "settlement.confirm", struct pn_settlement_confirm,
    ID(struct pn_settlement_confirm));
static PN_TYPE(approve_t, "settlement.approve", struct pn_settlement_approve,
    ID(struct pn_settlement_approve),
    PN_COL(struct pn_settlement_approve, reason, N_("Reason"), .max = 200));
static PN_TYPE(post_t, "settlement.post", struct pn_settlement_post,
    ID(struct pn_settlement_post));

static int show(pn *p, const struct pn_settlement_show *in, pn_settlement *out)
{
    return pni_row(p, &settlement_list_op, in->id, out);
}

static int confirm(pn *p, const struct pn_settlement_confirm *in, pn_settlement *out)
{
    pn_settlement s;
    PN_TRY(pni_row(p, &settlement_list_op, in->id, &s));
    PN_TRY(pn_step(p, &flow, in->id, s.state, "confirm", NULL, NULL));
    PN_TRY(pni_row(p, &settlement_list_op, in->id, out));
    return pn_audit(p, "settlement", in->id, &pn_settlement_t, &s, out, NULL);
}

static int approve(pn *p, const struct pn_settlement_approve *in, pn_settlement *out)
{
    pn_settlement s;
    int64_t dual_fen = 0, signs = 0;
    PN_TRY(pni_row(p, &settlement_list_op, in->id, &s));
    PN_TRY(pni_policy(p, "settle.dual_control_fen", &dual_fen));
    bool dual = s.net_fen.fen > dual_fen, second = dual && s.approved_by != 0;
    if (s.state.v != PN_SETTLEMENT_CONFIRMED)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("%s does not wait for approval (%s)"), s.no,
                       pn_word_label(pn_settlement_states, s.state));
    if (second && s.approved_by == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, "id", pn_tr("%s needs another approver than you"), s.no);
    PN_TRY(pn_exec(p, &sign_sql, &(put){.id = in->id, .second = second}, &signs));
    if (!signs)
        return pn_fail(p, PN_ECONFLICT, "id", "%s", pn_code_text(PN_ECONFLICT));
    if (!dual || second)
        PN_TRY(pn_step(p, &flow, in->id, s.state, "approve", in->reason, NULL));
    PN_TRY(pni_row(p, &settlement_list_op, in->id, out));
    return pn_audit(p, "settlement", in->id, &pn_settlement_t, &s, out, in->reason);
}

static int post(pn *p, const struct pn_settlement_post *in, pn_settlement *out)
{
    pn_settlement s;
    pn_rows lines;
    pni_balance has[PNI_KINDS], ahead;
    PN_TRY(pni_row(p, &settlement_list_op, in->id, &s));
    PN_TRY(pn_step(p, &flow, in->id, s.state, "post", NULL, NULL));
    PN_TRY(pn_all(p, &lines_sql, &(put){.id = in->id}, &lines));
    PN_TRY(log_lines(p, &lines, "BATCHED", "settle"));
    PN_TRY(pni_owner_balances(p, s.merchant_id, has));
    int64_t debt = has[PNI_KIND_DEBT].balance_fen.fen, fee = 0;
    debt = debt < s.net_fen.fen ? debt : s.net_fen.fen;
    pni_doc d = {.rule = "SETTLE", .biz_kind = "SETTLEMENT", .biz_id = in->id, .memo = s.no,
                 .debt_fen = {debt}};
    PN_TRY(pni_organiser_fees(p, s.merchant_id, &d.organiser, &fee));
    fee = fee < s.net_fen.fen - debt ? fee : s.net_fen.fen - debt;
    /* a supplier's: what was paid ahead is not paid again */
    PN_TRY(pni_account_balance(p, (pni_account){PNI_KIND_SUPPLIER_PREPAID, s.merchant_id, NULL},
                               &ahead));
    int64_t bought = ahead.free_fen.fen, rest = s.net_fen.fen - debt - fee;
    bought = bought < rest ? bought : rest;
    d.fee_fen.fen = fee;
    d.amount_fen.fen = rest - bought;
    put split = {.id = in->id, .debt_fen = debt, .fee_fen = fee, .bought_fen = bought};
    PN_TRY(pn_exec(p, &owed_sql, &split, NULL));
    int rc = pni_wallet_post(p, &d, s.merchant_id);
    rc = rc ? rc : pni_supplier_bought(p, s.merchant_id, in->id, bought);
    pni_fee_money kept = {.organiser_id = d.organiser, .ref = in->id, .kind = "BATCH",
                          .reference = s.no, .amount_fen = {fee}};
    rc = rc || !fee ? rc : pni_fee_paid(p, &kept);
    if (rc == PN_EBALANCE) {
        pn_fail(p, PN_EBALANCE, "id", "%s", pn_tr("What its lines earned is still on its way"));
        return pn_hint(p, "%s", pn_tr("It is posted by itself when it has arrived"));
    }
    PN_TRY(rc);
    PN_TRY(pni_row(p, &settlement_list_op, in->id, out));
    return pn_audit(p, "settlement", in->id, &pn_settlement_t, &s, out, NULL);
}

PN_OP(settlement, show, pn_settlement, .brief = N_("Show a settlement"), .in = &show_t,
      .out = &pn_settlement_t, .may = READERS,
      .help = N_("Its lines: settle_line list --where settlement_id=…"))
PN_OP(settlement, open, pn_settlement, .brief = N_("Make a merchant's batch of the day"),
      .in = &open_t, .out = &pn_settlement_t, .may = PN_ROLE_FINANCE | PN_ROLE_SYSTEM,
      .flags = PN_WRITE | PN_ONCE, .example = "pn settlement open xiaolong")
PN_OP(settlement, confirm, pn_settlement, .brief = N_("Confirm a settlement as the merchant"),
      .help = N_("When its time is over, silence confirms it."), .in = &confirm_t,
      .out = &pn_settlement_t, .may = PN_ROLE_MERCHANT | PN_ROLE_ORGANISER | PN_ROLE_SYSTEM,
      .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("It is in the books: an adjustment puts it right"))
PN_OP(settlement, approve, pn_settlement, .brief = N_("Approve a settlement"),
      .help = N_("Large ones by two different people."), .in = &approve_t,
      .out = &pn_settlement_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .lasting = N_("It is in the books: an adjustment puts it right"))
PN_OP(settlement, post, pn_settlement, .brief = N_("Make what was approved available"),
      .in = &post_t, .out = &pn_settlement_t, .may = PN_ROLE_SYSTEM | PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("It is in the books: an adjustment puts it right"))

/* ---- by itself ---- */

/* One merchant's trouble is not the next one's. */
static int each(pn *p, const pn_sql *sql, int (*one)(pn *p, int64_t id), int64_t *done)
{
    pn_rows rows;
    PN_TRY(pn_all(p, sql, NULL, &rows));
    pn_each(pni_one_id, r, &rows)
    {
        int rc = one(p, r->id);
        if (rc && rc != PN_ESTATE && rc != PN_EBALANCE && rc != PN_ECONFLICT)
            return rc;
        *done += !rc;
    }
    return 0;
}

static int open_one(pn *p, int64_t id)
{
    return pn_settlement_open(p, &(struct pn_settlement_open){id}, &(pn_settlement){0});
}

static int confirm_one(pn *p, int64_t id)
{
    return pn_settlement_confirm(p, &(struct pn_settlement_confirm){id}, &(pn_settlement){0});
}

static int post_one(pn *p, int64_t id)
{
    return pn_settlement_post(p, &(struct pn_settlement_post){id}, &(pn_settlement){0});
}

static int open_all(pn *p, int64_t *done)
{
    return each(p, &ready_sql, open_one, done);
}
static int confirm_all(pn *p, int64_t *done)
{
    return each(p, &silent_sql, confirm_one, done);
}
static int post_all(pn *p, int64_t *done)
{
    return each(p, &approved_sql, post_one, done);
}
static const pn_job open_job = {"settle_open", N_("Make the merchants' batches of the day"), 86400,
                                open_all};
static const pn_job confirm_job = {"settle_autoconfirm",
    N_("Confirm settlements that nobody disputed"), 3600, confirm_all};
static const pn_job post_job = {"settle_post", N_("Make approved settlements available"), 3600,
                                post_all};

const pn_module pn_settlement_module = {
    "settlement", N_("Settlements"),
    .ops = PN_LIST(pn_op, &settlement_list_op, &settlement_queue_op,
                   &settlement_show_op, &settlement_open_op,
                   &settlement_confirm_op, &settlement_approve_op, &settlement_post_op),
    .sql = PN_LIST(pn_sql, &move_sql, &sum_sql, &put_sql, &take_sql, &count_sql, &sign_sql,
                   &lines_sql, &owed_sql, &ready_sql, &silent_sql, &approved_sql),
    .fsm = PN_LIST(pn_fsm, &flow),
    .jobs = PN_LIST(pn_job, &open_job, &confirm_job, &post_job),
};
