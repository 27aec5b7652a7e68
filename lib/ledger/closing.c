/* SPDX-License-Identifier: Apache-2.0 */
/* closing.c — a day is closed once it is over and everything of it has arrived. From then on
 * nothing is booked into it: what comes late counts for the next open day, what a person dates back
 * is refused. Each seal covers the one before it, so a changed past shows. What accounts had then
 * is kept, so that nobody has to add up the past again. */
#include "ledger/closing.h"

#include "base/outbox_int.h"
#include "base/policy_int.h"
#include "base/when_int.h"
#include "ledger/closing_int.h"
#include "ledger/ledger_int.h"

#define C(f, label, ...) PN_COL(pn_closing, f, label, __VA_ARGS__)
static PN_TYPE(closing_t, "closing", pn_closing,
    C(day, N_("Day"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "d.day"),
    C(transfers_n, N_("Transfers"), .flags = PN_BRIEF, .sql = "d.transfers_n"),
    C(amount_fen, N_("Turnover"), .flags = PN_BRIEF, .sql = "d.amount_fen"),
    C(seal, N_("Seal"), .sql = "d.seal"),
    C(closed_by, N_("By"), .flags = PN_BRIEF, .sql = "d.closed_by", .ref = "staff"),
    C(closed_at, N_("Closed at"), .flags = PN_BRIEF, .sql = "d.closed_at"));
#undef C
static const pn_list_spec list_spec = {.row = &closing_t, .from = "ledger_day d",
    .scope = "(:my_merchant::bigint is null and :my_organiser::bigint is null)",
    .key = "d.day", .sort = "-day"};

typedef struct closed {
    pn_date day, before;
    pn_time end;
    int64_t waiting;
    const char *stuck, *error;
} closed;
#define D(f) PN_COL(closed, f, #f)
static PN_TYPE(closed_t, "closing.closed", closed, D(day), D(before), D(end), D(waiting),
    D(stuck), D(error));
#undef D
/* Waits for everybody who is posting, and everybody who will waits for it. */
static const pn_sql lock_sql = {"closing_lock", NULL, &closed_t,
    "select closed_through as before from ledger_book where id = 1 for update", false};
static const pn_sql shut_sql = {"closing_shut", &closed_t, NULL,
    "update ledger_book set closed_through = :day where id = 1", false};
static const pn_sql waiting_sql = {"closing_waiting", &closed_t, &closed_t,
    /* with the one that was refused most often */
    "select count(*) as waiting, (array_agg(concat_ws(' ', v.payload->>'biz_kind',"
    "  v.payload->>'biz_id') order by v.tries desc, v.id) filter (where " PNI_STUCK("v") "))[1]"
    "  as stuck, (array_agg(v.error order by v.tries desc, v.id) filter (where "
    PNI_STUCK("v") "))[1] as error from outbox v where v.event = '" PNI_LEDGER_POST "'"
    " and (v.payload->>'at')::timestamptz < :end", false};
static const pn_sql seal_sql = {"closing_seal", &closed_t, &closing_t,
    "with t as (select count(*) as n, coalesce(sum(t.amount_fen), 0)::bigint as fen,"
    "  " PNI_DAY_DIGEST " as digest from ledger_transfer t"
    "  where t.day > coalesce(:before, date '1970-01-01') and t.day <= :day),"
    " z as (select coalesce((select d.seal from ledger_day d order by d.day desc limit 1), '')"
    "  as seal)"
    " select :day::date as day, t.n as transfers_n, t.fen as amount_fen, "
    PNI_DAY_SEAL("z.seal", ":day::date", "t.n", "t.fen", "t.digest") " as seal,"
    " :me::bigint as closed_by, :now::timestamptz as closed_at from t, z", false};
static const pn_sql put_sql = {"closing_put", &closing_t, NULL,
    "insert into ledger_day (day, transfers_n, amount_fen, seal, closed_by, closed_at)"
    " values (:day, :transfers_n, :amount_fen, :seal, :me, :now)", false};

static const pn_sql keep_sql = {"closing_keep", &closed_t, NULL,
    "insert into ledger_day_balance as d (sk, account_id, day, debit_fen, credit_fen)"
    " select m.sk, m.id, :day, m.debit + coalesce(b.debit_fen, 0),"
    "  m.credit + coalesce(b.credit_fen, 0) from (select y.sk, y.id, sum(y.debit) as debit,"
    "   sum(y.credit) as credit from (select sk, debit_id as id, amount_fen as debit, 0 as credit"
    "     from ledger_transfer where kind in ('PLAIN', 'POST') and day <= :day"
    "      and day > coalesce(:before, date '1970-01-01')"
    "    union all select sk, credit_id, 0, amount_fen from ledger_transfer"
    "     where kind in ('PLAIN', 'POST') and day <= :day"
    "      and day > coalesce(:before, date '1970-01-01')) y group by y.sk, y.id) m"
    " left join lateral (select x.debit_fen, x.credit_fen from ledger_day_balance x"
    "   where x.sk = m.sk and x.account_id = m.id and x.day <= :before"
    "   order by x.day desc limit 1) b on true"
    " on conflict (sk, account_id, day) do update set debit_fen = excluded.debit_fen,"
    "  credit_fen = excluded.credit_fen", false};

static PN_TYPE(close_t, "closing.close", struct pn_closing_close,
    PN_COL(struct pn_closing_close, day, N_("Day"), .flags = PN_REQ | PN_ARG,
           .hint = N_("Every earlier day that is open is closed with it")));

static int close_day(pn *p, const struct pn_closing_close *in, pn_closing *out)
{
    closed c = {.day = in->day, .end = {(in->day.days + 1) * PNI_DAY_US - PNI_ZONE_US}}, got;
    if (in->day.days >= pni_local_day(pn_now(p)))
        return pn_fail(p, PN_ESTATE, "day", "%s", pn_tr("This day is not over"));
    PN_TRY(pn_one(p, &lock_sql, NULL, &got));
    if (got.before.days >= in->day.days)
        return pn_fail(p, PN_ESTATE, "day", "%s", pn_tr("This day is closed already"));
    PN_TRY(pn_exec(p, &shut_sql, &c, NULL));
    c.before = got.before;
    PN_TRY(pn_one(p, &waiting_sql, &c, &got));
    if (got.waiting && got.stuck) {
        pn_fail(p, PN_ESTATE, "day",
                pn_tr("%lld postings of it are on their way; %s is refused again and again: %s"),
                (long long)got.waiting, got.stuck, got.error ? got.error : "");
        return pn_hint(p, "%s",
                       pn_tr("Put that right, then: pn outbox retry (see pn outbox list)"));
    }
    if (got.waiting) {
        pn_fail(p, PN_ESTATE, "day", pn_tr("%lld postings of it are still on their way"),
                (long long)got.waiting);
        return pn_hint(p, "%s", pn_tr("pn outbox list shows them; pn work delivers them"));
    }
    PN_TRY(pn_one(p, &seal_sql, &c, out));
    PN_TRY(pn_exec(p, &keep_sql, &c, NULL));
    return pn_exec(p, &put_sql, out, NULL);
}

static int close(pn *p, const struct pn_closing_close *in, pn_closing *out)
{
    PN_TRY(close_day(p, in, out));
    return pn_audit(p, "closing", in->day.days, &closing_t, NULL, out, NULL);
}

PN_OP_LIST(closing, list, list_spec, .brief = N_("List the days whose books are closed"),
           .out = &closing_t, .may = PN_ROLE_FINANCE | PN_ROLE_OPS)
PN_OP(closing, close, pn_closing, .brief = N_("Close the books of a day"),
      .help = N_("Nothing can be booked into it afterwards. What arrives late counts for the next "
                 "open day; corrections are adjustments of an open day."),
      .in = &close_t, .out = &closing_t, .may = PN_ROLE_FINANCE | PN_ROLE_SYSTEM,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER, .example = "pn closing close 2026-11-30")

/* A day that waits for something is closed with a later one. */
static int close_due(pn *p, int64_t *done)
{
    int64_t days = 0;
    pn_closing out;
    PN_TRY(pni_policy(p, "ledger.close_days", &days));
    if (!days)
        return 0;
    struct pn_closing_close in = {{(int32_t)(pni_local_day(pn_now(p)) - days)}};
    int rc = pn_closing_close(p, &in, &out);
    *done = !rc;
    return rc == PN_ESTATE ? 0 : rc;
}
static const pn_job close_job = {"ledger_close", N_("Close the books of the day that is due"), 3600,
                                 close_due};

const pn_module pn_closing_module = {
    "closing", N_("Closed days"),
    .ops = PN_LIST(pn_op, &closing_list_op, &closing_close_op),
    .sql = PN_LIST(pn_sql, &lock_sql, &shut_sql, &waiting_sql, &seal_sql, &keep_sql,
                   &put_sql),
    .jobs = PN_LIST(pn_job, &close_job),
};
