/* SPDX-License-Identifier: Apache-2.0 */
/* slip.c — slips of the bank's terminal. The tickets were handed out for them at once; the money
 * is in clearing until the bank has paid: one line of its statement for many slips, less what it
 * keeps. The line is a bill of its own: the slips are its lines, it is paid out with the same
 * posting as a provider's day, and what does not come out even is a case like any other
 * (recon_diff). */
#include "order/slip.h"

#include <string.h>

#include "base/when_int.h"
#include "catalog/row_int.h"
#include "ledger/ledger_int.h"
#include "merchant/wallet_int.h"
#include "order/bill_int.h"
#include "order/order_int.h"
#include "order/payment_int.h"

const pn_words pn_slip_states[] = {PN_SLIP_STATES(PN_WORD_ROW){0}};
const pn_words pn_slip_ages[] = {PN_SLIP_AGES(PN_WORD_ROW){0}};

#define DAYS "greatest(floor(extract(epoch from :now::timestamptz - y.paid_at) / 86400), 0)::int"
#define C(f, label, ...) PN_COL(pn_slip, f, label, __VA_ARGS__)
PN_TYPE(pn_slip_t, "slip", pn_slip,
    C(id, N_("Payment"), .flags = PN_KEY | PN_SORT, .sql = "y.id", .ref = "payment"),
    C(slip, N_("Slip number"), .flags = PN_BRIEF, .sql = "s.slip"),
    C(order_no, N_("Order no."), .flags = PN_BRIEF, .sql = "o.no"),
    C(amount_fen, N_("Amount"), .flags = PN_BRIEF | PN_SORT, .sql = "y.received_fen"),
    C(till, N_("Till"), .sql = "y.till"),
    C(staff_id, N_("Taken by"), .flags = PN_OPT, .sql = "y.staff_id", .ref = "staff"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_slip_states,
      .sql = "(case when s.bill_id is null then 'WAITS' else 'CLEARED' end)"),
    C(age, N_("Age"), .flags = PN_BRIEF, .words = pn_slip_ages,
      .sql = "(case when " DAYS " <= 1 then 'D1' when " DAYS " <= 3 then 'D3'"
             " when " DAYS " <= 7 then 'D7' else 'LATE' end)"),
    C(days, N_("Days"), .sql = DAYS),
    C(bill_id, N_("Cleared by"), .flags = PN_OPT, .sql = "s.bill_id", .ref = "bill"),
    C(paid_at, N_("Paid at"), .flags = PN_BRIEF | PN_SORT, .sql = "y.paid_at"));
#undef C
#define SLIPS                                                                                      \
    "payment_slip s join payment y on y.sk = (s.payment_id & 4095)::int and y.id = s.payment_id"
static const pn_list_spec list_spec = {.row = &pn_slip_t,
    .from = SLIPS " join orders o on o.sk = y.sk and o.id = y.order_id",
    .scope = "(:my_merchant::bigint is null and :my_organiser::bigint is null)"
             " and s.method = 'SLIP' and y.paid_at is not null",
    .key = "y.id", .sort = "paid_at,id"};
PN_OP_LIST(slip, list, list_spec, .brief = N_("List slips of the bank's terminal"),
           .help = N_("The oldest first, each with its age: “--where state=WAITS age=LATE” leaves "
                      "those that the bank should have paid long ago."),
           .out = &pn_slip_t, .may = PN_ROLE_FINANCE | PN_ROLE_OPS,
           .example = "pn slip list --where 'state=WAITS age=LATE'")

/* ---- which ---- */

#define I(f, label, ...) PN_COL(struct pn_slip_clear, f, label, __VA_ARGS__)
static PN_TYPE(clear_t, "slip.clear", struct pn_slip_clear,
    I(reference, N_("Reference"), .flags = PN_REQ | PN_ARG, .max = 64,
      .hint = N_("Line of the bank statement")),
    I(amount_fen, N_("Amount"), .flags = PN_REQ | PN_ARG, .min = 1,
      .max = INT64_C(100000000000), .hint = N_("What arrived at the bank")),
    I(fee_fen, N_("Provider's fee"), .flags = PN_OPT, .max = INT64_C(1000000000),
      .hint = N_("What the bank kept, by its statement")),
    I(day, N_("Day"), .hint = N_("All slips of that day that wait")),
    I(slips, N_("Slips"), .hint = N_("Their numbers, instead of a day")));
#undef I

/* A slip that waits, and its row among the lines of the bill. */
typedef struct one {
    int64_t bill_id, no, payment_id;
    int sk, pay_sk;
    const char *slip;
    pn_money amount_fen;
    pn_time paid_at, from, to;
} one;
#define O(f) PN_COL(one, f, #f)
static PN_TYPE(one_t, "slip.one", one, O(bill_id), O(no), O(payment_id), O(sk), O(pay_sk), O(slip),
    O(amount_fen), O(paid_at), O(from), O(to));
#undef O
enum { SLIPS_MAX = 5000 }; /* of a day: more than all tills of a house can take */
#define ONE                                                                                        \
    "select s.sk, s.slip, s.payment_id, y.sk as pay_sk, y.received_fen as amount_fen, y.paid_at,"  \
    " coalesce(s.bill_id, 0) as bill_id from " SLIPS " where s.method = 'SLIP'"
static const pn_sql day_sql = {"slip_of_day", &one_t, &one_t,
    ONE " and s.bill_id is null and y.paid_at >= :from and y.paid_at < :to"
    " order by y.paid_at, s.slip limit 5001", false};
static const pn_sql named_sql = {"slip_named", &one_t, &one_t,
    ONE " and s.sk = :sk and s.slip = :slip and y.paid_at is not null", false};

static int of_day(pn *p, pn_date day, pn_rows *out)
{
    one in = {.from = {day.days * PNI_DAY_US - PNI_ZONE_US}};
    in.to.us = in.from.us + PNI_DAY_US;
    PN_TRY(pn_all(p, &day_sql, &in, out));
    if (!out->n)
        return pn_fail(p, PN_ENONE, "day", "%s", pn_tr("No slip of that day waits for the bank"));
    if (out->n > SLIPS_MAX)
        return pn_fail(p, PN_ETOO_BIG, "day", pn_tr("More than %d slips: name them"), SLIPS_MAX);
    return 0;
}

static int by_name(pn *p, const pn_texts *slips, pn_rows *out)
{
    one *all = pn_alloc(p, (slips->n + 1) * sizeof *all);
    if (!all)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < slips->n; i++) {
        one in = {.slip = slips->v[i], .sk = pni_slip_sk(slips->v[i])};
        int rc = pn_one(p, &named_sql, &in, &all[i]);
        if (rc == PN_ENONE)
            return pn_fail(p, PN_ENONE, "slips", pn_tr("No slip %s was taken"), in.slip);
        PN_TRY(rc);
        if (all[i].bill_id)
            return pn_fail(p, PN_ESTATE, "slips", pn_tr("Slip %s is cleared already (bill %lld)"),
                           in.slip, (long long)all[i].bill_id);
        for (size_t k = 0; k < i; k++)
            if (all[k].payment_id == all[i].payment_id)
                return pn_fail(p, PN_EARG, "slips", pn_tr("Slip %s is named twice"), in.slip);
    }
    *out = (pn_rows){all, slips->n};
    return 0;
}

/* ---- cleared ---- */

typedef struct claimed { int64_t payment_id; } claimed;
static PN_TYPE(claimed_t, "slip.claimed", claimed, PN_COL(claimed, payment_id, ""));
static const pn_sql claim_sql = {"slip_claim", &one_t, &claimed_t,
    "update payment_slip s set bill_id = u.bill from unnest(:sk, :slip, :bill_id) u(sk, slip, bill)"
    " where s.sk = u.sk and s.method = 'SLIP' and s.slip = u.slip and s.bill_id is null"
    " returning s.payment_id", .array = true};
static const pn_sql line_sql = {"slip_line", &one_t, NULL,
    "insert into bill_line (sk, ref, kind, bill_id, no, out_no, provider_no, amount_fen, fee_fen,"
    " at, target_id, verdict) select u.sk, u.slip, 'PAY', u.bill, u.no, '', '', u.fen, 0, u.at,"
    " u.payment, 'MATCH' from unnest(:pay_sk, :slip, :bill_id, :no, :amount_fen, :paid_at,"
    " :payment_id) u(sk, slip, bill, no, fen, at, payment)", .array = true};
typedef struct batch {
    int64_t id, n;
    const char *reference;
    pn_date day;
    pn_money bank_fen, fee_fen, slips_fen;
} batch;
#define B(f) PN_COL(batch, f, #f)
static PN_TYPE(batch_t, "slip.batch", batch, B(id), B(n), B(reference), B(day), B(bank_fen),
    B(fee_fen), B(slips_fen));
#undef B
static const pn_sql bill_sql = {"slip_bill", &batch_t, NULL,
    "insert into bill (sk, id, method, type, day, source, file, digest, state, lines_n, matched_n,"
    " pay_n, pay_fen, our_pay_n, our_pay_fen, book_pay_fen, fee_fen, payout_ref, loaded_by,"
    " created_at, compared_at, updated_at) values (:id#, :id, 'SLIP', 'SLIP', :day, 'BANK',"
    " :reference, :reference, 'LOADED', :n, :n, :n, :bank_fen::bigint + :fee_fen, :n, :slips_fen,"
    " :slips_fen, :fee_fen, :reference, coalesce(:me, 0), :now, :now, :now)", false};

/* More, or less, than the slips come to. */
static int differ(pn *p, const batch *b)
{
    int64_t told = b->bank_fen.fen + b->fee_fen.fen;
    pni_seen d = {.bill_id = b->id, .method = {PN_PAY_SLIP}, .day = b->day, .kind = "AMOUNT",
                  .refers = "DAY", .ref = b->reference, .theirs_fen = {told},
                  .ours_fen = b->slips_fen};
    return told == b->slips_fen.fen ? 0 : pni_seen_put(p, b->id, &d, 1);
}

static int book(pn *p, const batch *b)
{
    pni_doc d = {.rule = "PROVIDER_PAID", .biz_kind = "BILL", .biz_id = b->id,
                 .memo = b->reference, .sale = pn_sk(b->id), .amount_fen = b->bank_fen,
                 .fee_fen = b->fee_fen, .method = "SLIP"};
    PN_TRY(pni_bank_line(p, b->reference, "BILL", b->id));
    return pni_post_later(p, &d);
}

static int put(pn *p, batch *b, one *all, size_t n)
{
    pn_rows done;
    PN_TRY(pn_new_id(p, pni_code_sk(b->reference), &b->id));
    for (size_t i = 0; i < n; i++) {
        all[i].bill_id = b->id;
        all[i].no = (int64_t)i + 1;
        b->slips_fen.fen += all[i].amount_fen.fen;
    }
    b->n = (int64_t)n;
    PN_TRY(pn_exec_many(p, &claim_sql, all, n, &done));
    if (done.n != n)
        return pn_fail(p, PN_ECONFLICT, "slips", "%s",
                       pn_tr("Some of them were cleared by somebody else meanwhile"));
    PN_TRY(pn_exec(p, &bill_sql, b, NULL));
    PN_TRY(pn_exec_many(p, &line_sql, all, n, NULL));
    PN_TRY(pni_stepped(p, &pni_bill_fsm, b->id, NULL, "load", b->reference));
    PN_TRY(book(p, b));
    PN_TRY(differ(p, b));
    return pni_bill_count(p, b->id, true);
}

static int clear(pn *p, const struct pn_slip_clear *in, pn_bill *out)
{
    pn_rows all;
    batch b = {.reference = in->reference, .bank_fen = in->amount_fen, .fee_fen = in->fee_fen,
               .day = in->day};
    if ((in->slips.n > 0) == (in->day.days > 0))
        return pn_fail(p, PN_EARG, "slips", "%s", pn_tr("Give a day, or numbers of slips"));
    if (in->slips.n > SLIPS_MAX)
        return pn_fail(p, PN_ETOO_BIG, "slips", pn_tr("At most %d at once"), SLIPS_MAX);
    PN_TRY(in->slips.n ? by_name(p, &in->slips, &all) : of_day(p, in->day, &all));
    if (!b.day.days)
        b.day.days = (int32_t)pni_local_day(pn_now(p));
    PN_TRY(put(p, &b, (one *)(uintptr_t)all.row, all.n));
    PN_TRY(pni_bill_row(p, b.id, out));
    return pn_audit(p, "bill", b.id, &pn_bill_t, NULL, out, in->reference);
}

PN_OP(slip, clear, pn_bill, .brief = N_("Claim a line of the bank for slips of its terminal"),
      .help = N_("One line for many slips: those of a day, or those that are named. It goes from "
                 "clearing to the bank, less what the bank kept. What the line lacks, or has too "
                 "much, is a difference (“recon_diff”) of the bill that comes of it."),
      .in = &clear_t, .out = &pn_bill_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE,
      .example = "pn slip clear 20261128-0042 11563.20 --fee 36.80 --day 2026-11-27",
      .lasting = N_("It is in the books: an adjustment puts it right"))

const pn_module pn_slip_module = {
    "slip", N_("Slips of the bank's terminal"),
    .ops = PN_LIST(pn_op, &slip_list_op, &slip_clear_op),
    .sql = PN_LIST(pn_sql, &day_sql, &named_sql, &claim_sql, &line_sql, &bill_sql)};
