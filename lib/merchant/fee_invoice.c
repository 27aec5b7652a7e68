/* SPDX-License-Identifier: Apache-2.0 */
/* fee_invoice.c — the fees of a month, invoiced on the first of the next: all sales that the
 * organiser collected itself, less what it paid back in that month, of whatever month the sale was.
 * Money pays the oldest invoice first. What is overdue comes out of the wallet of an organiser that
 * has one, the rest is a debt; for the others somebody has to call. */
#include "merchant/fee_invoice.h"

#include "base/policy_int.h"
#include "base/when_int.h"
#include "catalog/row_int.h"
#include "merchant/fee_int.h"
#include "merchant/wallet_int.h"

const pn_words pn_fee_invoice_states[] = {PN_FEE_INVOICE_STATES(PN_WORD_ROW){0}};
static const pn_edge edges[] = {{"ISSUED", "pay", "PAID", 0, NULL},
                                {"ISSUED", "overdue", "OVERDUE", 0, NULL},
                                {"OVERDUE", "pay", "PAID", 0, NULL}, {0}};
static const pn_sql move_sql = {"fee_invoice_move", &pn_move_t, NULL,
    "update fee_invoice set state = :to, paid_at = case when :to = 'PAID' then :now end,"
    " updated_at = :now, version = version + 1 where sk = :id# and id = :id and state = :from",
    false};
static const pn_fsm flow = {N_("invoice of fees"), pn_fee_invoice_states, edges, &move_sql};

#define C(f, label, ...) PN_COL(pn_fee_invoice, f, label, __VA_ARGS__)
PN_TYPE(pn_fee_invoice_t, "fee_invoice", pn_fee_invoice,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "f.id", .ref = "fee_invoice"),
    C(no, N_("Invoice no."), .flags = PN_BRIEF, .sql = "f.no"),
    C(organiser_id, N_("Organiser no."), .sql = "f.organiser_id"),
    C(organiser, N_("Organiser"), .flags = PN_BRIEF | PN_NOFILTER,
      .sql = "coalesce(m.name, f.organiser_id::text)"),
    C(month, N_("Month"), .flags = PN_BRIEF | PN_SORT, .sql = "f.month"),
    C(left_fen, N_("Left to pay"), .flags = PN_BRIEF | PN_SORT,
      .sql = "greatest(f.amount_fen, 0) - f.paid_fen"),
    C(amount_fen, N_("Amount"), .flags = PN_BRIEF | PN_SORT, .sql = "f.amount_fen"),
    C(paid_fen, N_("Paid"), .sql = "f.paid_fen"),
    C(sales_n, N_("Number of sales"), .sql = "f.sales_n"),
    C(sales_fen, N_("Collected itself"), .flags = PN_SORT, .sql = "f.sales_fen"),
    C(sales_fee_fen, N_("Fees of sales"), .sql = "f.sales_fee_fen"),
    C(refunds_n, N_("Number of refunds"), .sql = "f.refunds_n"),
    C(refunds_fen, N_("Paid back itself"), .sql = "f.refunds_fen"),
    C(refunds_fee_fen, N_("Fees of refunds"), .sql = "f.refunds_fee_fen"),
    C(earlier_fee_fen, N_("Of those, of earlier months"), .sql = "f.earlier_fee_fen"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_fee_invoice_states, .sql = "f.state"),
    C(due_on, N_("Due"), .flags = PN_BRIEF | PN_SORT, .sql = "f.due_on"),
    C(created_at, N_("Issued at"), .flags = PN_SORT, .sql = "f.created_at"),
    C(paid_at, N_("Paid at"), .sql = "f.paid_at"));
#undef C
static const pn_list_spec list_spec = {.row = &pn_fee_invoice_t,
    .from = "fee_invoice f left join organiser g on g.id = f.organiser_id"
            " left join merchant m on m.id = g.merchant_id",
    .scope = ":my_merchant::bigint is null and (:my_organiser::bigint is null"
             " or f.organiser_id = :my_organiser)",
    .key = "f.id", .sort = "-month,-id"};
enum { READERS = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_ORGANISER };
PN_OP_LIST(fee_invoice, list, list_spec, .brief = N_("List the invoices of organisers' fees"),
           .out = &pn_fee_invoice_t, .may = READERS,
           .example = "pn fee_invoice list --where state=OVERDUE")

#define ID(s)                                                                                      \
    PN_COL(s, id, N_("Invoice"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "fee_invoice")
static PN_TYPE(show_t, "fee_invoice.show", struct pn_fee_invoice_show,
    ID(struct pn_fee_invoice_show));
static PN_TYPE(issue_t, "fee_invoice.issue", struct pn_fee_invoice_issue,
    PN_COL(struct pn_fee_invoice_issue, organiser, N_("Organiser"), .flags = PN_REQ | PN_ARG,
           .min = 1, .max = INT64_MAX, .hint = N_("The number that its shows carry")),
    PN_COL(struct pn_fee_invoice_issue, month, N_("Month"), .flags = PN_REQ | PN_ARG,
           .hint = N_("Any day of it")));
static PN_TYPE(receive_t, "fee_invoice.receive", struct pn_fee_invoice_receive,
    ID(struct pn_fee_invoice_receive),
    PN_COL(struct pn_fee_invoice_receive, amount_fen, N_("Amount"), .flags = PN_REQ | PN_ARG,
           .min = 1, .max = INT64_C(100000000000)),
    PN_COL(struct pn_fee_invoice_receive, reference, N_("Reference"), .flags = PN_REQ, .max = 100,
           .hint = N_("Number of the line of the bank's statement")));

/* ---- paid, the oldest first ---- */

#define M(f) PN_COL(pni_fee_money, f, #f)
static PN_TYPE(money_t, "fee_invoice.money", pni_fee_money, M(id), M(organiser_id), M(ref), M(kind),
    M(reference), M(amount_fen));
#undef M
const pn_sql pni_fee_payment_sql = {"fee_invoice_payment", &money_t, NULL,
    "insert into organiser_payment (sk, id, organiser_id, kind, ref, amount_fen, reference,"
    " actor_id, at) values (:id#, :id, :organiser_id, :kind, :ref, :amount_fen,"
    " coalesce(:reference, ''), coalesce(:me, 0), :now)", false};

typedef struct open_ { int64_t id, organiser_id; pn_word state; pn_money left_fen; } open_;
static PN_TYPE(open_t, "fee_invoice.open", open_, PN_COL(open_, id, ""),
    PN_COL(open_, organiser_id, ""), PN_COL(open_, state, "", .words = pn_fee_invoice_states),
    PN_COL(open_, left_fen, ""));
/* All that was paid, and what months gave back, over all invoices in the order of their issue. */
const pn_sql pni_fee_clear_sql = {"fee_invoice_clear", &open_t, &open_t,
    "update fee_invoice i set paid_fen = d.fen, updated_at = :now, version = i.version + 1"
    " from (select f.id, greatest(least(f.amount_fen, m.fen - (sum(f.amount_fen) over (order by"
    "   f.created_at, f.id) - f.amount_fen)), 0)::bigint as fen from fee_invoice f"
    "  cross join (select coalesce(sum(x.fen), 0) as fen from (select amount_fen as fen"
    "    from organiser_payment where sk = :organiser_id# and organiser_id = :organiser_id"
    "   union all select -amount_fen from fee_invoice where sk = :organiser_id#"
    "    and organiser_id = :organiser_id and amount_fen < 0) x) m"
    "  where f.sk = :organiser_id# and f.organiser_id = :organiser_id and f.amount_fen > 0) d"
    " where i.sk = :organiser_id# and i.id = d.id and i.paid_fen < d.fen"
    " returning i.id, i.state, i.amount_fen - i.paid_fen as left_fen", false};

static int paid(pn *p, int64_t id, pn_word state)
{
    PN_TRY(pn_step(p, &flow, id, state, "pay", NULL, NULL));
    return state.v == PN_FEE_INVOICE_OVERDUE ? pn_outbox(p, PNI_FEE_PAID, id, NULL, NULL, NULL)
                                             : 0;
}

static int clear(pn *p, int64_t organiser)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &pni_fee_clear_sql, &(open_){.organiser_id = organiser}, &rows));
    pn_each(open_, i, &rows)
        if (!i->left_fen.fen)
            PN_TRY(paid(p, i->id, i->state));
    return 0;
}

int pni_fee_paid(pn *p, const pni_fee_money *m)
{
    pni_fee_money row = *m;
    if (!row.id)
        PN_TRY(pn_new_id(p, pn_sk(m->organiser_id), &row.id));
    PN_TRY(pn_exec(p, &pni_fee_payment_sql, &row, NULL));
    return clear(p, m->organiser_id);
}

/* ---- issued ---- */

typedef struct sums {
    int64_t id, organiser_id;
    const char *no;
    pn_date month, due_on;
    pn_time from, to;
    int64_t sales_n, refunds_n;
    pn_money sales_fen, sales_fee_fen, refunds_fen, refunds_fee_fen, earlier_fee_fen, amount_fen;
} sums;
#define S(f) PN_COL(sums, f, #f)
static PN_TYPE(sums_t, "fee_invoice.sums", sums, S(id), S(organiser_id), S(no), S(month), S(due_on),
    S(from), S(to), S(sales_n), S(refunds_n), S(sales_fen), S(sales_fee_fen), S(refunds_fen),
    S(refunds_fee_fen), S(earlier_fee_fen), S(amount_fen));
#undef S
#define SUM(f, of) "coalesce(sum(f." f ") filter (where " of "), 0)::bigint"
static const pn_sql sums_sql = {"fee_invoice_sums", &sums_t, &sums_t,
    "select count(*) filter (where f.kind = 'SALE') as sales_n,"
    " count(*) filter (where f.kind = 'REFUND') as refunds_n, "
    SUM("paid_fen", "f.kind = 'SALE'") " as sales_fen, "
    SUM("fee_fen", "f.kind = 'SALE'") " as sales_fee_fen, "
    SUM("paid_fen", "f.kind = 'REFUND'") " as refunds_fen, "
    SUM("fee_fen", "f.kind = 'REFUND'") " as refunds_fee_fen, "
    SUM("fee_fen", "f.kind = 'REFUND' and s.at < :from") " as earlier_fee_fen"
    " from organiser_fee f left join organiser_fee s on s.sk = f.sk and s.id = f.payment_id"
    " where f.organiser_id = :organiser_id and f.at >= :from and f.at < :to", false};
static const pn_sql put_sql = {"fee_invoice_put", &sums_t, &pni_one_id_t,
    "insert into fee_invoice (sk, id, no, organiser_id, month, sales_n, sales_fen, sales_fee_fen,"
    " refunds_n, refunds_fen, refunds_fee_fen, earlier_fee_fen, amount_fen, state, due_on,"
    " created_at, updated_at) values (:id#, :id, :no, :organiser_id, :month, :sales_n, :sales_fen,"
    " :sales_fee_fen, :refunds_n, :refunds_fen, :refunds_fee_fen, :earlier_fee_fen, :amount_fen,"
    " 'ISSUED', :due_on, :now, :now) on conflict (sk, organiser_id, month) do nothing"
    " returning id", false};
static const pn_sql missing_sql = {"fee_invoice_missing", &sums_t, &pni_one_id_t,
    "select d.organiser_id as id from direct_payee d where not exists (select from fee_invoice i"
    "  where i.sk = (d.organiser_id & 4095)::int and i.organiser_id = d.organiser_id"
    "  and i.month = :month) and exists (select from organiser_fee f"
    "  where f.organiser_id = d.organiser_id and f.at >= :from and f.at < :to) order by 1", false};
static const pn_sql late_sql = {"fee_invoice_late", &sums_t, &pni_one_id_t,
    "select id from fee_invoice where state = 'ISSUED' and due_on < :month"
    " order by due_on, id limit 500", false};

/* What began before midnight is written by then, or never will be. */
#define LATEST_US (15 * INT64_C(60000000))

static void whole_month(sums *s, int64_t day)
{
    s->month.days = pni_month_of(day, 0);
    s->from.us = s->month.days * PNI_DAY_US - PNI_ZONE_US;
    s->to.us = pni_month_of(day, 1) * PNI_DAY_US - PNI_ZONE_US;
}

static int show(pn *p, const struct pn_fee_invoice_show *in, pn_fee_invoice *out)
{
    return pni_row(p, &fee_invoice_list_op, in->id, out);
}

/* A month that comes to nothing, or less, is paid as it is issued. */
static int put(pn *p, sums *s)
{
    pni_one_id made;
    int64_t days = 0, owed = 0;
    PN_TRY(pni_policy(p, "organiser.fee_due_days", &days));
    s->due_on.days = (int32_t)(pni_local_day(pn_now(p)) + days);
    s->amount_fen.fen = s->sales_fee_fen.fen + s->refunds_fee_fen.fen;
    PN_TRY(pni_fee_owed(p, s->organiser_id, &owed)); /* nobody else pays meanwhile */
    PN_TRY(pn_new_id(p, pn_sk(s->organiser_id), &s->id));
    PN_TRY(pn_new_no(p, "ZD", pn_sk(s->organiser_id), &s->no));
    int rc = pn_one(p, &put_sql, s, &made);
    if (rc == PN_ENONE) {
        pn_fail(p, PN_EEXISTS, "month", pn_tr("Organiser %lld has its invoice of this month"),
                (long long)s->organiser_id);
        return pn_hint(p, "%s", pn_tr("What changes later comes with the invoice of its month"));
    }
    PN_TRY(rc);
    PN_TRY(pni_stepped(p, &flow, s->id, NULL, "issue", NULL));
    if (s->amount_fen.fen <= 0)
        PN_TRY(paid(p, s->id, (pn_word){PN_FEE_INVOICE_ISSUED}));
    return clear(p, s->organiser_id);
}

static int issue(pn *p, const struct pn_fee_invoice_issue *in, pn_fee_invoice *out)
{
    sums which = {.organiser_id = in->organiser}, s;
    whole_month(&which, in->month.days);
    if (which.to.us + LATEST_US > pn_now(p).us)
        return pn_fail(p, PN_ESTATE, "month", "%s", pn_tr("This month is not over"));
    PN_TRY(pn_one(p, &sums_sql, &which, &s));
    if (!s.sales_n && !s.refunds_n)
        return pn_fail(p, PN_ESTATE, "organiser",
                       pn_tr("Organiser %lld collected nothing itself in this month"),
                       (long long)in->organiser);
    s.organiser_id = in->organiser;
    s.month = which.month;
    PN_TRY(put(p, &s));
    PN_TRY(pni_row(p, &fee_invoice_list_op, s.id, out));
    return pn_audit(p, "fee_invoice", s.id, &pn_fee_invoice_t, NULL, out, NULL);
}

/* ---- by bank ---- */

static const pn_sql due_sql = {"fee_invoice_open", &open_t, &open_t,
    "select coalesce(sum(amount_fen - paid_fen), 0)::bigint as left_fen from fee_invoice"
    " where sk = :organiser_id# and organiser_id = :organiser_id and state <> 'PAID'", false};

static int receive(pn *p, const struct pn_fee_invoice_receive *in, pn_fee_invoice *out)
{
    pn_fee_invoice i;
    open_ o;
    int64_t owed = 0;
    PN_TRY(pni_row(p, &fee_invoice_list_op, in->id, &i));
    PN_TRY(pni_fee_owed(p, i.organiser_id, &owed)); /* nobody else pays meanwhile */
    PN_TRY(pn_one(p, &due_sql, &(open_){.organiser_id = i.organiser_id}, &o));
    if (in->amount_fen.fen > o.left_fen.fen) {
        pn_fail(p, PN_EBALANCE, "amount_fen",
                pn_tr("%lld.%02d yuan of its invoices are to be paid"),
                (long long)(o.left_fen.fen / 100), (int)(o.left_fen.fen % 100));
        return pn_hint(p, "%s", pn_tr("What it paid beyond that goes back to it by bank"));
    }
    PN_TRY(pni_fee_by_bank(p, i.organiser_id, in->amount_fen, in->reference));
    PN_TRY(pni_row(p, &fee_invoice_list_op, in->id, out));
    return pn_audit(p, "fee_invoice", in->id, &pn_fee_invoice_t, &i, out, in->reference);
}

/* ---- overdue ---- */

static const pn_sql wallet_sql = {"fee_invoice_wallet", &pni_one_id_t, &pni_one_id_t,
    "select merchant_id as id from organiser where id = :id", false};

/* Out of what is available; what is not there is a debt, as every other of the account. */
static int collect(pn *p, int64_t merchant, const pn_fee_invoice *i)
{
    pni_balance has[PNI_KINDS];
    PN_TRY(pni_owner_balances(p, merchant, has));
    int64_t free = has[PNI_KIND_AVAILABLE].free_fen.fen, left = i->left_fen.fen;
    int64_t take = free < left ? free : left;
    take = take > 0 ? take : 0;
    pni_doc d = {.rule = "FEE_OVERDUE", .biz_kind = "FEE_INVOICE", .biz_id = i->id, .memo = i->no,
                 .organiser = i->organiser_id, .available_fen = {take},
                 .debt_fen = {left - take}};
    PN_TRY(pni_wallet_post(p, &d, merchant));
    pni_fee_money m = {.organiser_id = i->organiser_id, .ref = i->id, .kind = "WALLET",
                       .reference = i->no, .amount_fen = i->left_fen};
    return pni_fee_paid(p, &m);
}

struct pn_fee_invoice_overdue { int64_t id; };
static PN_TYPE(overdue_t, "fee_invoice.overdue", struct pn_fee_invoice_overdue,
    ID(struct pn_fee_invoice_overdue));
static int overdue(pn *p, const struct pn_fee_invoice_overdue *in, pn_fee_invoice *out);
int pn_fee_invoice_overdue(pn *p, const struct pn_fee_invoice_overdue *in, pn_fee_invoice *out);

static int overdue(pn *p, const struct pn_fee_invoice_overdue *in, pn_fee_invoice *out)
{
    pn_fee_invoice i;
    pni_one_id wallet = {0};
    pni_balance has[PNI_KINDS];
    int64_t owed = 0;
    PN_TRY(pni_row(p, &fee_invoice_list_op, in->id, &i));
    int rc = pn_one(p, &wallet_sql, &(pni_one_id){i.organiser_id}, &wallet);
    if (rc && rc != PN_ENONE)
        return rc;
    if (wallet.id)
        PN_TRY(pni_owner_balances(p, wallet.id, has)); /* before the organiser's, as batches do */
    PN_TRY(pni_fee_owed(p, i.organiser_id, &owed));
    PN_TRY(pni_row(p, &fee_invoice_list_op, in->id, &i));
    PN_TRY(pn_step(p, &flow, in->id, i.state, "overdue", NULL, NULL));
    PN_TRY(wallet.id ? collect(p, wallet.id, &i)
                     : pn_outbox(p, PNI_FEE_OVERDUE, in->id, NULL, NULL, NULL));
    PN_TRY(pni_row(p, &fee_invoice_list_op, in->id, out));
    return pn_audit(p, "fee_invoice", in->id, &pn_fee_invoice_t, &i, out, NULL);
}

PN_OP(fee_invoice, show, pn_fee_invoice, .brief = N_("Show an invoice of an organiser's fees"),
      .help = N_("Its sales and refunds: organiser_fee list --where fee_invoice_id=…, with -o xlsx "
                 "as a file for the organiser."),
      .in = &show_t, .out = &pn_fee_invoice_t, .may = READERS)
PN_OP(fee_invoice, issue, pn_fee_invoice, .brief = N_("Issue an organiser's invoice of a month"),
      .help = N_("Fees of all sales that it collected itself, less those of what it paid back in "
                 "this month. The job organiser_fee does it on the first of the next."),
      .in = &issue_t, .out = &pn_fee_invoice_t, .may = PN_ROLE_FINANCE | PN_ROLE_SYSTEM,
      .flags = PN_WRITE | PN_ONCE, .example = "pn fee_invoice issue 4097 2026-11-01",
      .lasting = N_("What changes later comes with the invoice of its month"))
PN_OP(fee_invoice, receive, pn_fee_invoice, .brief = N_("Book fees that an organiser paid by bank"),
      .help = N_("They pay the organiser's oldest invoice first."), .in = &receive_t,
      .out = &pn_fee_invoice_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .example = "pn fee_invoice receive 4097 16.20 --reference 20261201-88",
      .lasting = N_("It is in the books: an adjustment puts it right"))
PN_OP(fee_invoice, overdue, pn_fee_invoice, .brief = N_("Collect an invoice that is overdue"),
      .in = &overdue_t, .out = &pn_fee_invoice_t, .may = PN_ROLE_SYSTEM,
      .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

/* ---- by itself ---- */

/* Last month's; those of the months before that are missing with it. */
static int issue_all(pn *p, int64_t *done)
{
    int64_t first = pni_month_of(pni_local_day(pn_now(p)), 0);
    for (int back = 0; back < 3; back++) {
        sums which = {0};
        pn_rows rows;
        pn_fee_invoice i;
        whole_month(&which, first - 1);
        first = which.month.days;
        PN_TRY(pn_all(p, &missing_sql, &which, &rows));
        pn_each(pni_one_id, g, &rows)
        {
            int rc = pn_fee_invoice_issue(p, &(struct pn_fee_invoice_issue){g->id, which.month},
                                          &i);
            if (rc && rc != PN_ESTATE && rc != PN_EEXISTS)
                return rc;
            *done += !rc;
        }
    }
    return 0;
}

static int late_all(pn *p, int64_t *done)
{
    sums today = {.month = {(int32_t)pni_local_day(pn_now(p))}};
    pn_rows rows;
    pn_fee_invoice i;
    PN_TRY(pn_all(p, &late_sql, &today, &rows));
    pn_each(pni_one_id, r, &rows)
    {
        int rc = pn_fee_invoice_overdue(p, &(struct pn_fee_invoice_overdue){r->id}, &i);
        if (rc && rc != PN_ESTATE && rc != PN_ECONFLICT)
            return rc;
        *done += !rc;
    }
    return 0;
}
static const pn_job issue_job = {"organiser_fee", N_("Issue organisers' invoices of last month"),
                                 86400, issue_all};
static const pn_job late_job = {"fee_overdue", N_("Collect organisers' fees that are overdue"),
                                86400, late_all};

const pn_module pn_fee_invoice_module = {
    "fee_invoice", N_("Invoices of organisers' fees"),
    .ops = PN_LIST(pn_op, &fee_invoice_list_op, &fee_invoice_show_op, &fee_invoice_issue_op,
                   &fee_invoice_receive_op, &fee_invoice_overdue_op),
    .sql = PN_LIST(pn_sql, &move_sql, &pni_fee_payment_sql, &pni_fee_clear_sql, &sums_sql,
                   &put_sql, &missing_sql, &late_sql, &due_sql, &wallet_sql),
    .fsm = PN_LIST(pn_fsm, &flow), .jobs = PN_LIST(pn_job, &issue_job, &late_job),
};
