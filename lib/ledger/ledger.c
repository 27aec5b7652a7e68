/* SPDX-License-Identifier: Apache-2.0 */
/* ledger.c — accounts as people read them: now, on a day, from day to day. What one had on a day is
 * what it had when the last day up to then was closed, and what moved since. */
#include "ledger/ledger.h"

#include <stdlib.h>

#include "ledger/transfer_int.h"

const pn_words pn_ledger_states[] = {PN_LEDGER_STATES(PN_WORD_ROW){0}};

#define BALANCE                                                                                    \
    "(case a.side when 'DEBIT' then a.debit_fen - a.credit_fen"                                    \
    " else a.credit_fen - a.debit_fen end)"
#define HELD "(case a.side when 'DEBIT' then a.credit_held_fen else a.debit_held_fen end)"

const pn_words pni_classes[] = {
    {"ASSET", N_("Asset"), 0},     {"LIABILITY", N_("Liability"), 0}, {"INCOME", N_("Income"), 0},
    {"EXPENSE", N_("Expense"), 0}, {"TRANSIT", N_("On its way"), 0},
    {"MEMO", N_("Outside the balance"), 0}, {0}};
static const pn_words holders[] = {
    {"PLATFORM", N_("The platform"), 0},        {"MERCHANT", N_("A merchant"), 0},
    {"CHANNEL", N_("A channel"), 0},            {"SUPPLIER", N_("A supplier"), 0},
    {"ORGANISER", N_("An organiser"), 0},       {0}};
/* The platform has one of a kind in every shard; of the others, who has it. */
#define HOLDER                                                                                     \
    "coalesce(case a.whose when 'PLATFORM' then null"                                              \
    " when 'CHANNEL' then (select c.name from channel c where c.id = a.owner)"                     \
    " when 'ORGANISER' then (select m.name from organiser o"                                       \
    "  join merchant m on m.id = o.merchant_id where o.id = a.owner)"                              \
    " else (select m.name from merchant m where m.id = a.owner) end, '')"

#define C(f, label, ...) PN_COL(pn_ledger, f, label, __VA_ARGS__)
PN_TYPE(pn_ledger_t, "ledger", pn_ledger,
    C(id, N_("Account"), .flags = PN_KEY | PN_SORT, .sql = "a.id", .ref = "ledger"),
    C(kind, N_("Kind"), .flags = PN_BRIEF | PN_SORT, .words = pni_kinds, .sql = "a.kind",
      .ref = "trial"),
    C(nature, N_("Class"), .flags = PN_BRIEF, .words = pni_classes, .sql = "a.nature"),
    C(whose, N_("Belongs to"), .words = holders, .sql = "a.whose"),
    C(holder, N_("Held by"), .flags = PN_BRIEF, .sql = HOLDER),
    C(shard, N_("Shard"), .flags = PN_BRIEF | PN_SORT, .sql = "a.sk"),
    C(part, N_("Part"), .flags = PN_BRIEF, .sql = "a.part"),
    C(owner, N_("Owner"), .flags = PN_OPT | PN_SORT, .sql = "a.owner"),
    C(balance_fen, N_("Balance"), .flags = PN_BRIEF | PN_SORT, .sql = BALANCE),
    C(held_fen, N_("Reserved"), .flags = PN_BRIEF, .sql = HELD),
    C(overdraft_fen, N_("Credit"), .sql = "a.overdraft_fen"),
    C(debit_fen, N_("Debits"), .sql = "a.debit_fen"),
    C(credit_fen, N_("Credits"), .sql = "a.credit_fen"),
    C(state, N_("State"), .words = pn_ledger_states, .sql = "a.state"));
#undef C
/* Merchants and organisers have their wallets, the books are the platform's. */
#define NOBODY "(:my_merchant::bigint is null and :my_organiser::bigint is null)"
static const char from[] =
#include "ledger/account.def"
    ;
static const pn_list_spec list_spec = {.row = &pn_ledger_t, .from = from,
    .scope = NOBODY, .key = "a.id", .sort = "kind,id"};

static PN_TYPE(show_t, "ledger.show", struct pn_ledger_show,
    PN_COL(struct pn_ledger_show, id, N_("Account"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "ledger"),
    PN_COL(struct pn_ledger_show, on, N_("Day"),
           .hint = N_("At the end of this day; default: now")));
static PN_TYPE(trial_in_t, "ledger.trial", struct pn_ledger_trial,
    PN_COL(struct pn_ledger_trial, on, N_("Day"), .flags = PN_ARG,
           .hint = N_("At the end of this day; default: now")));
static PN_TYPE(statement_in_t, "ledger.statement", struct pn_ledger_statement,
    PN_COL(struct pn_ledger_statement, id, N_("Account"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "ledger"),
    PN_COL(struct pn_ledger_statement, from, N_("First day"), .flags = PN_REQ | PN_ARG),
    PN_COL(struct pn_ledger_statement, to, N_("Last day"), .flags = PN_ARG,
           .hint = N_("Default: today")));

/* The last day up to one that is closed. */
#define CLOSED(on)                                                                                 \
    "l as materialized (select coalesce(max(d.day), date '1970-01-01') as day from ledger_day d"   \
    " where d.day <= " on ")"
/* What an account a had by then, and what it moved afterwards, up to the day itself. */
#define HAD(sk, id)                                                                                \
    "(select coalesce(max(b.debit_fen), 0) as debit, coalesce(max(b.credit_fen), 0) as credit"     \
    " from ledger_day_balance b where b.sk = " sk " and b.account_id = " id                        \
    "  and b.day <= (select day from l))"
#define SINCE(sk, id, on)                                                                          \
    "(select coalesce(sum(t.amount_fen) filter (where t.debit_id = " id "), 0)::bigint as debit,"  \
    "  coalesce(sum(t.amount_fen) filter (where t.credit_id = " id "), 0)::bigint as credit"       \
    " from ledger_transfer t where t.sk = " sk " and t.kind in ('PLAIN', 'POST')"                  \
    "  and (t.debit_id = " id " or t.credit_id = " id ")"                                          \
    "  and t.day > (select day from l) and t.day <= " on ")"
static const char show_text[] =
    "with " CLOSED(":on::date") " select a.id, a.kind, a.nature, a.whose, " HOLDER " as holder,"
    " a.sk as shard, a.owner, a.part, a.overdraft_fen, a.state,"
    " x.debit as debit_fen, x.credit as credit_fen, case a.side when 'DEBIT'"
    "  then x.debit - x.credit else x.credit - x.debit end as balance_fen,"
    " case when :on::date is null then " HELD " else 0 end as held_fen"
    " from "
#include "ledger/account.def"
    ", lateral (select"
    "  case when :on::date is null then a.debit_fen else h.debit + m.debit end as debit,"
    "  case when :on::date is null then a.credit_fen else h.credit + m.credit end as credit from "
    HAD(":id#", ":id") " h, " SINCE(":id#", ":id", ":on::date") " m) x"
    " where a.sk = :id# and a.id = :id";
static const pn_sql show_sql = {"ledger_show", &show_t, &pn_ledger_t, show_text, false};

static const pn_type trial_row_t = {"ledger.kind", sizeof(pn_trial_row), (const pn_col[]){
    PN_COL(pn_trial_row, kind, N_("Kind"), .flags = PN_BRIEF, .words = pni_kinds),
    PN_COL(pn_trial_row, nature, N_("Class"), .flags = PN_BRIEF, .words = pni_classes),
    PN_COL(pn_trial_row, accounts, N_("Accounts")),
    PN_COL(pn_trial_row, debit_fen, N_("Debits"), .flags = PN_BRIEF),
    PN_COL(pn_trial_row, credit_fen, N_("Credits"), .flags = PN_BRIEF),
    PN_COL(pn_trial_row, balance_fen, N_("Balance"), .flags = PN_BRIEF), {0}}};
static PN_TYPE(trial_t, "ledger.trial_balance", pn_trial,
    PN_COL(pn_trial, on, N_("Day")), PN_COL(pn_trial, debit_fen, N_("Debits")),
    PN_COL(pn_trial, credit_fen, N_("Credits")), PN_COL(pn_trial, balanced, N_("Balanced")),
    PN_COL(pn_trial, kinds, N_("Kinds"), .of = &trial_row_t, .flags = PN_BRIEF));
static const pn_sql trial_sql = {"ledger_trial", &trial_in_t, &trial_row_t,
    "with " CLOSED(":on::date") ", m as (select y.sk, y.id, sum(y.debit) as debit,"
    "  sum(y.credit) as credit from (select sk, debit_id as id, amount_fen as debit, 0 as credit"
    "   from ledger_transfer where kind in ('PLAIN', 'POST') and day > (select day from l)"
    "   and day <= :on::date union all select sk, credit_id, 0, amount_fen from ledger_transfer"
    "   where kind in ('PLAIN', 'POST') and day > (select day from l) and day <= :on::date) y"
    "  group by y.sk, y.id)"
    " select x.kind, count(*) as accounts, sum(x.debit)::bigint as debit_fen,"
    "  sum(x.credit)::bigint as credit_fen, sum(case x.side when 'DEBIT' then x.debit - x.credit"
    "   else x.credit - x.debit end)::bigint as balance_fen from ("
    "  select a.kind, a.side, case when :on::date is null then a.debit_fen"
    "    else coalesce(h.debit, 0) + coalesce(m.debit, 0) end as debit,"
    "   case when :on::date is null then a.credit_fen"
    "    else coalesce(h.credit, 0) + coalesce(m.credit, 0) end as credit from ledger_account a"
    "   left join m on m.sk = a.sk and m.id = a.id left join lateral (select b.debit_fen as debit,"
    "    b.credit_fen as credit from ledger_day_balance b where b.sk = a.sk and b.account_id = a.id"
    "    and b.day <= (select day from l) order by b.day desc limit 1) h on true) x"
    " group by x.kind order by x.kind", false};

static PN_TYPE(statement_row_t, "ledger.entry", pn_statement_row,
    PN_COL(pn_statement_row, day, N_("Day"), .flags = PN_BRIEF),
    PN_COL(pn_statement_row, at, N_("Time"), .flags = PN_BRIEF),
    PN_COL(pn_statement_row, rule, N_("Posting"), .flags = PN_BRIEF,
           .words = pni_postings),
    PN_COL(pn_statement_row, biz_kind, N_("Document kind"), .flags = PN_BRIEF,
           .words = pni_documents),
    PN_COL(pn_statement_row, biz_id, N_("Document no."), .flags = PN_BRIEF),
    PN_COL(pn_statement_row, step, N_("Step"), .words = pni_posting_steps),
    PN_COL(pn_statement_row, other, N_("Counter-account"), .flags = PN_BRIEF,
           .words = pni_kinds),
    PN_COL(pn_statement_row, debit_fen, N_("Dr"), .flags = PN_BRIEF),
    PN_COL(pn_statement_row, credit_fen, N_("Cr"), .flags = PN_BRIEF),
    PN_COL(pn_statement_row, balance_fen, N_("Balance"), .flags = PN_BRIEF),
    PN_COL(pn_statement_row, memo, N_("Note")));
#define T(f, label, ...) PN_COL(pn_statement, f, label, __VA_ARGS__)
static PN_TYPE(statement_t, "ledger.account_statement", pn_statement,
    T(id, N_("Account"), .flags = PN_KEY, .ref = "ledger"),
    T(kind, N_("Kind"), .words = pni_kinds), T(owner, N_("Owner"), .flags = PN_OPT),
    T(from, N_("First day")), T(to, N_("Last day")), T(opening_fen, N_("Opening balance")),
    T(debit_fen, N_("Debits")), T(credit_fen, N_("Credits")),
    T(closing_fen, N_("Closing balance")),
    T(entries, N_("Ledger entries"), .of = &statement_row_t, .flags = PN_BRIEF));
#undef T
static const pn_sql head_sql = {"ledger_statement_head", &statement_in_t, &statement_t,
    "with " CLOSED(":from::date - 1") " select a.id, a.kind, a.owner,"
    " case a.side when 'DEBIT' then h.debit + m.debit - h.credit - m.credit"
    "  else h.credit + m.credit - h.debit - m.debit end as opening_fen"
    " from ledger_account a, " HAD(":id#", ":id") " h, "
    SINCE(":id#", ":id", ":from::date - 1") " m where a.sk = :id# and a.id = :id", false};
static const pn_sql rows_sql = {"ledger_statement_rows", &statement_in_t, &statement_row_t,
    "select t.day, t.at, t.rule, t.biz_kind, t.biz_id, " PNI_STEP("t.step")
    " as step, t.memo, b.kind as other,"
    " case when t.debit_id = :id then t.amount_fen else 0 end as debit_fen,"
    " case when t.credit_id = :id then t.amount_fen else 0 end as credit_fen,"
    " sum(case when (t.debit_id = :id) = (a.side = 'DEBIT') then t.amount_fen"
    "  else -t.amount_fen end) over (order by t.day, t.at, t.id)::bigint as balance_fen"
    " from ledger_account a join ledger_transfer t on t.sk = :id#"
    "  and (t.debit_id = :id or t.credit_id = :id)"
    " join ledger_account b on b.sk = :id#"
    "  and b.id = case when t.debit_id = :id then t.credit_id else t.debit_id end"
    " where a.sk = :id# and a.id = :id and t.kind in ('PLAIN', 'POST')"
    "  and t.day between :from::date and coalesce(:to::date, t.day)"
    " order by t.day, t.at, t.id",
    false};

static int not_there(pn *p, int64_t id)
{
    pn_fail(p, PN_ENONE, "id", pn_tr("There is no account %lld"), (long long)id);
    return pn_hint(p, "%s", pn_tr("ledger list shows them"));
}

static int show(pn *p, const struct pn_ledger_show *in, pn_ledger *out)
{
    int rc = pn_one(p, &show_sql, in, out);
    return rc == PN_ENONE ? not_there(p, in->id) : rc;
}

static int by_place(const void *a, const void *b)
{
    const pn_trial_row *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

static int trial(pn *p, const struct pn_ledger_trial *in, pn_trial *out)
{
    PN_TRY(pn_all(p, &trial_sql, in, &out->kinds));
    out->on = in->on;
    pn_each(pn_trial_row, k, &out->kinds)
    {
        out->debit_fen.fen += k->debit_fen.fen;
        out->credit_fen.fen += k->credit_fen.fen;
        k->nature.v = (int16_t)pni_kind_of(k->kind.v)->class_ + 1;
        k->place = k->nature.v * INT64_C(100) + k->kind.v;
    }
    if (out->kinds.n)
        qsort(out->kinds.row, out->kinds.n, sizeof(pn_trial_row), by_place);
    out->balanced = out->debit_fen.fen == out->credit_fen.fen;
    return 0;
}

static int statement(pn *p, const struct pn_ledger_statement *in, pn_statement *out)
{
    pn_statement s = {0};
    pn_rows rows = {0};
    if (in->to.days && in->to.days < in->from.days)
        return pn_fail(p, PN_EARG, "to", "%s", pn_tr("The last day is before the first"));
    PN_TRY(pn_queue(p, &rows_sql, in, 0, &rows, NULL));
    int rc = pn_one(p, &head_sql, in, &s);
    if (rc == PN_ENONE)
        return not_there(p, in->id);
    PN_TRY(rc);
    s.from = in->from;
    s.to = in->to;
    s.entries = rows;
    s.closing_fen = s.opening_fen;
    pn_each(pn_statement_row, r, &rows)
    {
        s.debit_fen.fen += r->debit_fen.fen;
        s.credit_fen.fen += r->credit_fen.fen;
        r->balance_fen.fen += s.opening_fen.fen;
        s.closing_fen = r->balance_fen;
    }
    *out = s;
    return 0;
}

enum { READERS = PN_ROLE_FINANCE | PN_ROLE_OPS };

PN_OP_LIST(ledger, list, list_spec, .brief = N_("List the accounts of the ledger"),
           .out = &pn_ledger_t, .may = READERS,
           .example = "pn ledger list --where 'kind=ESCROW balance_fen>0'")
PN_OP(ledger, show, pn_ledger, .brief = N_("Show one account, now or at the end of a day"),
      .in = &show_t, .out = &pn_ledger_t, .may = READERS,
      .example = "pn ledger show 4097 --on 2026-11-30")
PN_OP(ledger, trial, pn_trial, .brief = N_("Show the trial balance"),
      .help = N_("Debits and credits of every kind of account, now or at the end of a day. Both "
                 "sums are equal, always."),
      .in = &trial_in_t, .out = &trial_t, .may = READERS, .example = "pn ledger trial 2026-11-30")
PN_OP(ledger, statement, pn_statement, .brief = N_("Show what moved on an account"),
      .in = &statement_in_t, .out = &statement_t, .may = READERS,
      .example = "pn ledger statement 4097 2026-11-01 2026-11-30")

const pn_module pn_ledger_module = {
    "ledger", N_("Ledger"),
    .ops = PN_LIST(pn_op, &ledger_list_op, &ledger_show_op, &ledger_trial_op,
                   &ledger_statement_op),
    .sql = PN_LIST(pn_sql, &show_sql, &trial_sql, &head_sql, &rows_sql, &pni_balance_read,
                   &pni_balance_lock, &pni_overdraft_set, &pni_book_share, &pni_acct_lock,
                   &pni_acct_make, &pni_acct_add, &pni_line_find, &pni_line_put,
                   &pni_held_find),
    .events = pni_ledger_events,
};
