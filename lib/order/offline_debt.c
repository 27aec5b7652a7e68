/* SPDX-License-Identifier: Apache-2.0 */
/* offline_debt.c — tickets are out and their money is not in. The price is in escrow as if it had
 * been paid, owed by whoever collected it, so that those who sold are settled with like everybody;
 * who bears the loss is between us and him. It comes by bank, in parts if need be, or two people
 * write it off. */
#include "order/offline_debt.h"

#include "catalog/row_int.h"
#include "ledger/ledger_int.h"
#include "merchant/wallet_int.h"
#include "order/book_int.h"
#include "order/order_int.h"
#include "order/sale_int.h"

const pn_words pn_offline_debt_states[] = {PN_OFFLINE_DEBT_STATES(PN_WORD_ROW){0}};
const pn_words pn_debt_ages[] = {PN_DEBT_AGES(PN_WORD_ROW){0}};
static const pn_edge edges[] = {{"OPEN", "pay", "PAID", 0, NULL},
                                {"OPEN", "write_off", "WRITTEN_OFF", 0, NULL}, {0}};
static const pn_sql move_sql = {"offline_debt_move", &pn_move_t, NULL,
    "update offline_debt set state = :to,"
    " off_fen = case when :event = 'write_off' then amount_fen - paid_fen else off_fen end,"
    " paid_fen = case when :event = 'pay' then amount_fen else paid_fen end, updated_at = :now"
    " where sk = :id# and order_id = :id and state = :from", false};
static const pn_fsm flow = {N_("offline debt"), pn_offline_debt_states, edges, &move_sql};

#define DAYS "greatest(floor(extract(epoch from :now::timestamptz - d.at) / 86400), 0)::int"
#define C(f, label, ...) PN_COL(pn_offline_debt, f, label, __VA_ARGS__)
PN_TYPE(pn_offline_debt_t, "offline_debt", pn_offline_debt,
    C(id, N_("Order"), .flags = PN_KEY | PN_SORT, .sql = "d.order_id", .ref = "offline_debt"),
    C(order_no, N_("Order no."), .flags = PN_BRIEF, .sql = "o.no"),
    C(staff_id, N_("Owed by, no."), .sql = "d.staff_id", .ref = "staff"),
    C(staff, N_("Owed by"), .flags = PN_BRIEF, .sql = "coalesce(w.name, '')"),
    C(left_fen, N_("Still owed"), .flags = PN_BRIEF | PN_SORT,
      .sql = "(d.amount_fen - d.paid_fen - d.off_fen)"),
    C(amount_fen, N_("Collected"), .flags = PN_BRIEF, .sql = "d.amount_fen"),
    C(paid_fen, N_("Paid"), .flags = PN_BRIEF, .sql = "d.paid_fen"),
    C(off_fen, N_("Written off"), .sql = "d.off_fen"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_offline_debt_states, .sql = "d.state"),
    C(age, N_("Age"), .flags = PN_BRIEF, .words = pn_debt_ages,
      .sql = "(case when " DAYS " <= 30 then 'D30' when " DAYS " <= 60 then 'D60'"
             " when " DAYS " <= 90 then 'D90' else 'OLDER' end)"),
    C(days, N_("Days"), .sql = DAYS),
    C(approved_by, N_("Given up by"), .flags = PN_OPT, .sql = "d.approved_by", .ref = "staff"),
    C(since_at, N_("Since"), .flags = PN_BRIEF | PN_SORT, .sql = "d.at"));
static const pn_list_spec list_spec = {.row = &pn_offline_debt_t,
    .from = "offline_debt d join orders o on o.sk = d.sk and o.id = d.order_id"
            " left join staff w on w.id = d.staff_id",
    .scope = "(:my_merchant::bigint is null and :my_organiser::bigint is null)",
    .key = "d.order_id", .sort = "since_at,id"};
PN_OP_LIST(offline_debt, list, list_spec,
           .brief = N_("List what people owe who collected money and never handed it in"),
           .help = N_("The oldest first, each with its age: “--where age=OLDER” leaves those of "
                      "more than 90 days."),
           .out = &pn_offline_debt_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE,
           .example = "pn offline_debt list --where 'state=OPEN age=OLDER'")

#define ID(s) PN_COL(s, id, N_("Order"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "offline_debt")
static PN_TYPE(show_t, "offline_debt.show", struct pn_offline_debt_show,
    ID(struct pn_offline_debt_show));
static PN_TYPE(pay_t, "offline_debt.pay", struct pn_offline_debt_pay,
    ID(struct pn_offline_debt_pay),
    PN_COL(struct pn_offline_debt_pay, amount_fen, N_("Amount"), .flags = PN_REQ | PN_ARG,
           .min = 1, .max = INT64_C(100000000000)),
    PN_COL(struct pn_offline_debt_pay, reference, N_("Reference"), .flags = PN_REQ, .max = 64,
           .hint = N_("Line of the bank statement")));
static PN_TYPE(off_t_, "offline_debt.write_off", struct pn_offline_debt_write_off,
    ID(struct pn_offline_debt_write_off),
    PN_COL(struct pn_offline_debt_write_off, reason, N_("Reason"), .flags = PN_REQ, .max = 500));

/* ---- rows ---- */

typedef struct debt {
    int64_t id, staff_id, approved_by;
    pn_money amount_fen, paid_fen, left_fen;
    int pays;
    pn_word state;
    bool booked, earned, over; /* over: the session, for a day */
} debt;
#define D(f, ...) PN_COL(debt, f, "", __VA_ARGS__)
static PN_TYPE(debt_t, "offline_debt.debt", debt, D(id), D(staff_id),
    D(approved_by, .flags = PN_OPT), D(amount_fen), D(paid_fen), D(left_fen), D(pays),
    D(state, .words = pn_offline_debt_states), D(booked), D(earned), D(over));
#undef D
#define OVER                                                                                       \
    "s.status in ('ENDED', 'ARCHIVED')"                                                            \
    " and coalesce(s.end_at, s.start_at) < :now::timestamptz - interval '24 hours'"
static const pn_sql debt_sql = {"offline_debt_look", &pni_one_id_t, &debt_t,
    "select d.order_id as id, d.staff_id, d.approved_by, d.amount_fen, d.paid_fen,"
    " d.amount_fen - d.paid_fen - d.off_fen as left_fen, d.pays, d.state, d.booked, d.earned,"
    " " OVER " as over from offline_debt d join orders o on o.sk = :id# and o.id = d.order_id"
    " join session s on s.id = o.session_id where d.sk = :id# and d.order_id = :id for update of d",
    false};
static const pn_sql booked_sql = {"offline_debt_booked", &debt_t, NULL,
    "update offline_debt set booked = true, earned = earned or :over, updated_at = :now"
    " where sk = :id# and order_id = :id", false};
static const pn_sql due_sql = {"offline_debt_due", NULL, &pni_one_id_t,
    "select d.order_id as id from offline_debt d join orders o on o.sk = d.sk"
    " and o.id = d.order_id join session s on s.id = o.session_id"
    " where not d.earned and (not d.booked or " OVER ")"
    " order by d.at, d.order_id limit 200", false};
typedef struct part { int64_t id; int no; int64_t fen; const char *reference; } part;
#define P(f) PN_COL(part, f, "")
static PN_TYPE(part_t, "offline_debt.part_in", part, P(id), P(no), P(fen), P(reference));
#undef P
static const pn_sql part_sql = {"offline_debt_part", &part_t, NULL,
    "with d as (update offline_debt set pays = :no, paid_fen = case when amount_fen - off_fen"
    "  = paid_fen + :fen then paid_fen else paid_fen + :fen end, updated_at = :now"
    "  where sk = :id# and order_id = :id)"
    " insert into offline_debt_pay (sk, order_id, no, amount_fen, reference, by, at) values"
    " (:id#, :id, :no, :fen, :reference, coalesce(:me, 0), :now)", false};
static const pn_sql sign_sql = {"offline_debt_sign", &pni_one_id_t, NULL,
    "update offline_debt set approved_by = :me, updated_at = :now where sk = :id#"
    " and order_id = :id", false};
#define L(f, label, ...) PN_COL(pn_offline_debt_part, f, label, __VA_ARGS__)
static PN_TYPE(pn_part_t, "offline_debt.part", pn_offline_debt_part,
    L(no, N_("Part"), .flags = PN_BRIEF), L(amount_fen, N_("Amount"), .flags = PN_BRIEF),
    L(reference, N_("Reference"), .flags = PN_BRIEF),
    L(by, N_("Entered by"), .ref = "staff"), L(at, N_("Time"), .flags = PN_BRIEF));
#undef L
static PN_TYPE(detail_t, "offline_debt.detail", pn_offline_debt_detail,
    C(id, N_("Order"), .flags = PN_KEY, .ref = "offline_debt"),
    C(order_no, N_("Order no."), .flags = PN_BRIEF),
    C(staff_id, N_("Owed by, no."), .ref = "staff"),
    C(staff, N_("Owed by"), .flags = PN_BRIEF), C(left_fen, N_("Still owed"), .flags = PN_BRIEF),
    C(amount_fen, N_("Collected"), .flags = PN_BRIEF), C(paid_fen, N_("Paid")),
    C(off_fen, N_("Written off")),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_offline_debt_states),
    C(age, N_("Age"), .words = pn_debt_ages), C(days, N_("Days"), .flags = PN_BRIEF),
    C(approved_by, N_("Given up by"), .flags = PN_OPT, .ref = "staff"), C(since_at, N_("Since")),
    PN_COL(pn_offline_debt_detail, parts, N_("Parts"), .of = &pn_part_t));
#undef C
static const pn_sql parts_sql = {"offline_debt_parts", &pni_one_id_t, &pn_part_t,
    "select no, amount_fen, reference, by, at from offline_debt_pay where sk = :id#"
    " and order_id = :id order by no", false};

static int row(pn *p, int64_t id, pn_offline_debt *out)
{
    return pni_row(p, &offline_debt_list_op, id, out);
}

static int look(pn *p, int64_t id, debt *out)
{
    int rc = pn_one(p, &debt_sql, &(pni_one_id){id}, out);
    return rc == PN_ENONE ? pn_fail(p, PN_ENONE, "id", pn_tr("Nothing is owed for order %lld"),
                                    (long long)id)
                          : rc;
}

/* ---- the books ---- */

static int post(pn *p, const debt *d, const char *rule, const char *step, int64_t fen)
{
    pni_doc doc = {.rule = rule, .biz_kind = "OFFLINE_DEBT", .biz_id = d->id, .step = step,
                   .sale = pn_sk(d->id), .amount_fen = {fen}};
    return pni_post_later(p, &doc);
}

/* Owed, with what was given away on it; earned once the session is over. */
static int enter(pn *p, const debt *d)
{
    debt done = {.id = d->id, .over = d->over && !d->earned};
    if (d->booked && !done.over)
        return 0;
    if (!d->booked) {
        PN_TRY(post(p, d, "OFFLINE_DEBT", "OWED", d->amount_fen.fen));
        PN_TRY(pni_book_paid_event.run(p, d->id, NULL));
    }
    if (done.over)
        PN_TRY(pni_earned_event.run(p, d->id, NULL));
    return pn_exec(p, &booked_sql, &done, NULL);
}

int pni_offline_debt_book(pn *p, int64_t order_id)
{
    debt d;
    PN_TRY(look(p, order_id, &d));
    return enter(p, &d);
}

/* ---- operations ---- */

static int show(pn *p, const struct pn_offline_debt_show *in, pn_offline_debt_detail *out)
{
    PN_TRY(row(p, in->id, &out->head));
    return pn_all(p, &parts_sql, &(pni_one_id){in->id}, &out->parts);
}

static int open_debt(pn *p, int64_t id, debt *d, pn_offline_debt *before)
{
    PN_TRY(look(p, id, d));
    PN_TRY(row(p, id, before));
    if (d->state.v != PN_OFFLINE_DEBT_OPEN)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("Nothing more is owed for order %s (%s)"),
                       before->order_no, pn_word_label(pn_offline_debt_states, d->state));
    if (d->staff_id == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, "id", "%s", pn_tr("Whoever owes it cannot say it is settled"));
    return enter(p, d);
}

static int pay(pn *p, const struct pn_offline_debt_pay *in, pn_offline_debt *out)
{
    debt d;
    pn_offline_debt before;
    int64_t slip = 0;
    PN_TRY(open_debt(p, in->id, &d, &before));
    if (in->amount_fen.fen > d.left_fen.fen) {
        pn_fail(p, PN_EBALANCE, "amount_fen", "%s", pn_tr("This is more than is still owed"));
        return pn_hint(p, pn_tr("%lld.%02d yuan are"), (long long)(d.left_fen.fen / 100),
                       (int)(d.left_fen.fen % 100));
    }
    PN_TRY(pn_new_id(p, pn_sk(in->id), &slip));
    PN_TRY(pni_slip_claim(p, PN_PAY_TRANSFER, in->reference, slip));
    PN_TRY(pni_bank_line(p, in->reference, "DEBT", in->id));
    part row_in = {in->id, d.pays + 1, in->amount_fen.fen, in->reference};
    PN_TRY(pn_exec(p, &part_sql, &row_in, NULL));
    if (in->amount_fen.fen == d.left_fen.fen)
        PN_TRY(pn_step(p, &flow, in->id, d.state, "pay", in->reference, NULL));
    PN_TRY(post(p, &d, "DEBT_BANK", pn_printf(p, "PAID-%d", row_in.no), in->amount_fen.fen));
    PN_TRY(row(p, in->id, out));
    return pn_audit(p, "offline_debt", in->id, &pn_offline_debt_t, &before, out, in->reference);
}

static int write_off(pn *p, const struct pn_offline_debt_write_off *in, pn_offline_debt *out)
{
    debt d;
    pn_offline_debt before;
    PN_TRY(open_debt(p, in->id, &d, &before));
    if (d.approved_by == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, "id", "%s", pn_tr("Another approver beside you is needed"));
    if (d.approved_by) {
        PN_TRY(pn_step(p, &flow, in->id, d.state, "write_off", in->reason, NULL));
        PN_TRY(post(p, &d, "DEBT_BAD", "OFF", d.left_fen.fen));
    } else {
        PN_TRY(pn_exec(p, &sign_sql, &(pni_one_id){in->id}, NULL));
    }
    PN_TRY(row(p, in->id, out));
    return pn_audit(p, "offline_debt", in->id, &pn_offline_debt_t, &before, out, in->reason);
}

struct pn_offline_debt_book { int64_t id; };
static PN_TYPE(book_t, "offline_debt.book", struct pn_offline_debt_book,
    PN_COL(struct pn_offline_debt_book, id, N_("Order"), .flags = PN_KEY | PN_REQ,
           .ref = "offline_debt"));
static int book(pn *p, const struct pn_offline_debt_book *in, pn_offline_debt *out)
{
    PN_TRY(pni_offline_debt_book(p, in->id));
    return row(p, in->id, out);
}
int pn_offline_debt_book(pn *p, const struct pn_offline_debt_book *in, pn_offline_debt *out);

enum { DO = PN_WRITE | PN_ONCE };
PN_OP(offline_debt, show, pn_offline_debt_detail,
      .brief = N_("Show what is owed for an order, and what came of it"), .in = &show_t,
      .out = &detail_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE)
PN_OP(offline_debt, pay, pn_offline_debt,
      .brief = N_("Book what came by bank of collected money that is owed"),
      .help = N_("All of it or a part. A line of the bank statement stands for one payment."),
      .in = &pay_t, .out = &pn_offline_debt_t, .may = PN_ROLE_FINANCE, .flags = DO,
      .example = "pn offline_debt pay PN261123000001234 580 --reference ICBC-20261123-78")
PN_OP(offline_debt, write_off, pn_offline_debt,
      .brief = N_("Write off what is owed of collected money"),
      .help = N_("Two people have to say so; what is left becomes bad debt."), .in = &off_t_,
      .out = &pn_offline_debt_t, .may = PN_ROLE_FINANCE, .flags = DO | PN_DANGER,
      .lasting = N_("It was given up in the books; what is paid later is still taken"))
PN_OP(offline_debt, book, pn_offline_debt,
      .brief = N_("Enter what is owed of collected money into the books"), .in = &book_t,
      .out = &pn_offline_debt_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

static int book_all(pn *p, int64_t *done)
{
    pn_rows rows;
    pn_offline_debt out;
    PN_TRY(pn_all(p, &due_sql, NULL, &rows));
    pn_each(pni_one_id, d, &rows)
    {
        PN_TRY(pn_offline_debt_book(p, &(struct pn_offline_debt_book){d->id}, &out));
        (*done)++;
    }
    return 0;
}
static const pn_job book_job = {"offline_debts",
    N_("Settle with the sellers of tickets whose money never came"), 3600, book_all};

const pn_module pn_offline_debt_module = {
    "offline_debt", N_("Collected and owed"),
    .ops = PN_LIST(pn_op, &offline_debt_list_op, &offline_debt_show_op, &offline_debt_pay_op,
                   &offline_debt_write_off_op, &offline_debt_book_op),
    .sql = PN_LIST(pn_sql, &move_sql, &debt_sql, &booked_sql, &due_sql, &part_sql, &sign_sql,
                   &parts_sql),
    .fsm = PN_LIST(pn_fsm, &flow),
    .jobs = PN_LIST(pn_job, &book_job),
    .resolve = pni_order_resolve,
};
