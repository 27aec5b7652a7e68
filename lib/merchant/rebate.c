/* SPDX-License-Identifier: Apache-2.0 */
/* rebate.c — P11: a whole bracket of what was settled in a month, for merchants that deliver and
 * deliver in time; of suppliers it is owed to us. What is counted again later and comes to less is
 * taken back. */
#include "merchant/rebate.h"

#include "base/policy_int.h"
#include "base/when_int.h"
#include "catalog/row_int.h"
#include "merchant/merchant_int.h"
#include "merchant/rebate_int.h"
#include "merchant/supplier_int.h"
#include "merchant/wallet_int.h"

const pn_words pn_rebate_states[] = {PN_REBATE_STATES(PN_WORD_ROW){0}};
static const pn_edge edges[] = {{"CALCULATED", "post", "POSTED", 0, NULL}, {0}};
static const pn_sql move_sql = {"rebate_move", &pn_move_t, NULL,
    "update rebate set state = :to, posted_at = :now, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = :from", false};
static const pn_fsm flow = {N_("rebate"), pn_rebate_states, edges, &move_sql};

#define C(f, label, ...) PN_COL(pn_rebate, f, label, __VA_ARGS__)
PN_TYPE(pn_rebate_t, "rebate", pn_rebate,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "r.id", .ref = "rebate"),
    C(merchant_id, N_("Merchant no."), .sql = "r.merchant_id", .ref = "merchant"),
    C(merchant, N_("Merchant"), .flags = PN_BRIEF | PN_SORT, .sql = "m.name"),
    C(month, N_("Month"), .flags = PN_BRIEF | PN_SORT, .sql = "r.month"),
    C(no, N_("Count"), .sql = "r.no"),
    C(base_fen, N_("Settled"), .flags = PN_BRIEF | PN_SORT, .sql = "r.base_fen"),
    C(bp, N_("Rebate rate"), .flags = PN_BRIEF, .sql = "r.bp"),
    C(lines_n, N_("Lines"), .sql = "r.lines_n"),
    C(defaults_n, N_("Not delivered"), .flags = PN_BRIEF, .sql = "r.defaults_n"),
    C(late_n, N_("Shipped late"), .flags = PN_BRIEF, .sql = "r.late_n"),
    C(amount_fen, N_("Amount"), .flags = PN_BRIEF | PN_SORT, .sql = "r.amount_fen"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_rebate_states, .sql = "r.state"),
    C(created_at, N_("Created"), .flags = PN_SORT, .sql = "r.created_at"),
    C(posted_at, N_("Posted at"), .sql = "r.posted_at"));
#undef C
static const pn_list_spec list_spec = {.row = &pn_rebate_t,
    .from = "rebate r join merchant m on m.id = r.merchant_id",
    .scope = "(:my_merchant::bigint is null or r.merchant_id = :my_merchant)"
             " and :my_organiser::bigint is null",
    .key = "r.id", .sort = "-id"};
PN_OP_LIST(rebate, list, list_spec, .brief = N_("List rebates of merchants"),
           .out = &pn_rebate_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT,
           .example = "pn rebate list --where state=CALCULATED")

static PN_TYPE(calc_t, "rebate.calc", struct pn_rebate_calc,
    PN_COL(struct pn_rebate_calc, merchant, N_("Merchant"), .flags = PN_REQ | PN_ARG,
           .ref = "merchant"),
    PN_COL(struct pn_rebate_calc, month, N_("Month"), .flags = PN_REQ | PN_ARG,
           .hint = N_("Any day of it")));
static PN_TYPE(post_t, "rebate.post", struct pn_rebate_post,
    PN_COL(struct pn_rebate_post, id, N_("Rebate"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "rebate"));
static PN_TYPE(show_t, "rebate.show", struct pn_rebate_show,
    PN_COL(struct pn_rebate_show, id, N_("Rebate"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "rebate"));

typedef struct sums {
    int64_t id, merchant_id, base_fen, lines_n, defaults_n, late_n, paid_fen, amount_fen, bp;
    pn_date month;
    pn_time from, to;
    int no;
} sums;
#define S(f) PN_COL(sums, f, #f)
static PN_TYPE(sums_t, "rebate.sums", sums, S(id), S(merchant_id), S(base_fen), S(lines_n),
    S(defaults_n), S(late_n), S(paid_fen), S(amount_fen), S(bp), S(month), S(from), S(to), S(no));
#undef S
/* What was refunded since was not sold: its part of what the merchant got is off. */
static const pn_sql sums_sql = {"rebate_sums", &sums_t, &sums_t,
    "select coalesce(sum(l.settle_fen - case when l.back_fen > 0 then l.settle_fen * l.back_fen"
    "  / (l.settle_fen + l.commission_fen + l.markup_fen) else 0 end), 0)::bigint as base_fen,"
    " count(*) filter (where l.kind = 'ORDER') as lines_n,"
    " (select count(*) from penalty x where x.sk = :merchant_id# and x.merchant_id = :merchant_id"
    "  and x.kind = 'DEFAULT' and x.state not in ('REVERSED', 'REJECTED')"
    "  and x.created_at >= :from and x.created_at < :to) as defaults_n,"
    " (select count(*) from penalty x where x.sk = :merchant_id# and x.merchant_id = :merchant_id"
    "  and x.kind = 'SHIP_LATE' and x.state not in ('REVERSED', 'REJECTED')"
    "  and x.created_at >= :from and x.created_at < :to) as late_n,"
    " (select coalesce(sum(r.amount_fen), 0)::bigint from rebate r where r.sk = :merchant_id#"
    "  and r.merchant_id = :merchant_id and r.month = :month) as paid_fen,"
    " (select coalesce(max(r.no), 0) + 1 from rebate r where r.sk = :merchant_id#"
    "  and r.merchant_id = :merchant_id and r.month = :month) as no"
    " from settlement s join settle_line l on l.sk = s.sk and l.settlement_id = s.id"
    "  and l.state = 'SETTLED' and l.kind = 'ORDER'"
    " where s.sk = :merchant_id# and s.merchant_id = :merchant_id and s.state = 'POSTED'"
    "  and s.posted_at >= :from and s.posted_at < :to", false};
static const pn_sql put_sql = {"rebate_put", &sums_t, NULL,
    "insert into rebate (sk, id, merchant_id, month, no, base_fen, bp, lines_n, defaults_n, late_n,"
    " amount_fen, state, created_at, updated_at) values (:id#, :id, :merchant_id, :month, :no,"
    " :base_fen, :bp::int, :lines_n, :defaults_n, :late_n, :amount_fen, 'CALCULATED', :now, :now)",
    false};
static const pn_sql due_sql = {"rebate_due", &sums_t, &pni_one_id_t,
    "select distinct s.merchant_id as id from settlement s where s.state = 'POSTED'"
    " and s.posted_at >= :from and s.posted_at < :to order by 1", false};
static const pn_sql open_sql = {"rebate_open", NULL, &pni_one_id_t,
    "select id from rebate where state = 'CALCULATED' order by created_at, id limit 500", false};

static void whole_month(sums *s, int64_t day)
{
    s->month.days = pni_month_of(day, 0);
    s->from.us = s->month.days * PNI_DAY_US - PNI_ZONE_US;
    s->to.us = pni_month_of(day, 1) * PNI_DAY_US - PNI_ZONE_US;
}

int pni_rebate_bracket(pn *p, int64_t fen, int64_t *bp)
{
    static const char *const from[] = {"rebate.tier3_fen", "rebate.tier2_fen", "rebate.tier1_fen"};
    static const char *const rate[] = {"rebate.tier3_bp", "rebate.tier2_bp", "rebate.tier1_bp"};
    *bp = 0;
    for (size_t i = 0; i < sizeof from / sizeof *from; i++) {
        int64_t least = 0;
        PN_TRY(pni_policy(p, from[i], &least));
        if (fen >= least)
            return pni_policy(p, rate[i], bp);
    }
    return 0;
}

/* Who did not deliver, or not in time, has none. */
static int bracket(pn *p, const sums *s, bool supplier, int64_t *bp)
{
    int64_t defaults = 0, on_time = 0;
    *bp = 0;
    PN_TRY(pni_policy(p, "rebate.default_max_bp", &defaults));
    PN_TRY(pni_policy(p, "rebate.on_time_min_bp", &on_time));
    if (!supplier && (s->defaults_n * 10000 > s->lines_n * defaults ||
                      (s->lines_n - s->late_n) * 10000 < s->lines_n * on_time))
        return 0;
    return pni_rebate_bracket(p, s->base_fen, bp);
}

static int show(pn *p, const struct pn_rebate_show *in, pn_rebate *out)
{
    return pni_row(p, &rebate_list_op, in->id, out);
}

static int calc(pn *p, const struct pn_rebate_calc *in, pn_rebate *out)
{
    sums which = {.merchant_id = in->merchant}, s;
    pni_merchant m;
    whole_month(&which, in->month.days);
    if (which.to.us > pn_now(p).us)
        return pn_fail(p, PN_ESTATE, "month", "%s", pn_tr("This month is not over"));
    PN_TRY(pni_merchant_look(p, in->merchant, &m)); /* nobody else counts meanwhile */
    PN_TRY(pn_one(p, &sums_sql, &which, &s));
    s.merchant_id = in->merchant;
    s.month = which.month;
    PN_TRY(bracket(p, &s, m.kind.v == PN_SELLER_SUPPLIER, &s.bp));
    s.amount_fen = pni_bp(s.base_fen, s.bp) - s.paid_fen;
    if (!s.amount_fen)
        return pn_fail(p, PN_ESTATE, "merchant", "%s",
                       pn_tr("Nothing is due for this month, or it was counted already"));
    PN_TRY(pn_new_id(p, pn_sk(in->merchant), &s.id));
    PN_TRY(pn_exec(p, &put_sql, &s, NULL));
    PN_TRY(pni_stepped(p, &flow, s.id, NULL, "calc", NULL));
    PN_TRY(pni_row(p, &rebate_list_op, s.id, out));
    return pn_audit(p, "rebate", s.id, &pn_rebate_t, NULL, out, NULL);
}

/* What is taken back comes out of what is available; what is not there is a debt. */
static int grant(pn *p, const pn_rebate *r)
{
    pni_balance has[PNI_KINDS];
    PN_TRY(pni_owner_balances(p, r->merchant_id, has));
    int64_t free = has[PNI_KIND_AVAILABLE].free_fen.fen, fen = r->amount_fen.fen;
    int64_t owed = fen < 0 && free < -fen ? -fen - free : 0;
    pni_doc d = {.rule = "REBATE", .biz_kind = "REBATE", .biz_id = r->id,
                 .amount_fen = {fen + owed}, .debt_fen = {-owed}};
    return pni_wallet_post(p, &d, r->merchant_id);
}

static int post(pn *p, const struct pn_rebate_post *in, pn_rebate *out)
{
    pn_rebate r;
    pni_merchant m;
    PN_TRY(pni_row(p, &rebate_list_op, in->id, &r));
    PN_TRY(pni_merchant_look(p, r.merchant_id, &m));
    PN_TRY(pn_step(p, &flow, in->id, r.state, "post", NULL, NULL));
    if (m.kind.v == PN_SELLER_SUPPLIER)
        PN_TRY(pni_supplier_rebate(p, r.merchant_id, r.id, r.amount_fen.fen));
    else
        PN_TRY(grant(p, &r));
    PN_TRY(pni_row(p, &rebate_list_op, in->id, out));
    return pn_audit(p, "rebate", in->id, &pn_rebate_t, &r, out, NULL);
}

PN_OP(rebate, show, pn_rebate, .brief = N_("Show a rebate"), .in = &show_t, .out = &pn_rebate_t,
      .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT)
PN_OP(rebate, calc, pn_rebate, .brief = N_("Count a merchant's rebate of a month"),
      .help = N_("Counting again later gives the difference, which may be to be paid back."),
      .in = &calc_t, .out = &pn_rebate_t, .may = PN_ROLE_FINANCE | PN_ROLE_SYSTEM,
      .flags = PN_WRITE | PN_ONCE, .example = "pn rebate calc xiaolong 2026-11-01")
PN_OP(rebate, post, pn_rebate, .brief = N_("Pay a rebate into the wallet"),
      .help = N_("A supplier's is owed to us instead: supplier list."), .in = &post_t,
      .out = &pn_rebate_t, .may = PN_ROLE_FINANCE | PN_ROLE_SYSTEM,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .lasting = N_("It is in the books: an adjustment puts it right"))

/* ---- by itself ---- */

/* Last month's, once its day has come; the months before are counted again with it. */
static int calc_all(pn *p, int64_t *done)
{
    int64_t today = pni_local_day(pn_now(p)), first = pni_month_of(today, 0), from_day = 0;
    PN_TRY(pni_policy(p, "rebate.calc_day", &from_day));
    if (today - first + 1 < from_day)
        return 0;
    for (int back = 0; back < 3; back++) {
        sums which = {0};
        pn_rows rows;
        whole_month(&which, first - 1);
        first = which.month.days;
        PN_TRY(pn_all(p, &due_sql, &which, &rows));
        pn_each(pni_one_id, m, &rows)
        {
            pn_rebate r;
            int rc = pn_rebate_calc(p, &(struct pn_rebate_calc){m->id, which.month}, &r);
            if (rc && rc != PN_ESTATE)
                return rc;
            *done += !rc;
        }
    }
    return 0;
}

static int post_all(pn *p, int64_t *done)
{
    int64_t today = pni_local_day(pn_now(p)), from_day = 0;
    pn_rows rows;
    PN_TRY(pni_policy(p, "rebate.post_day", &from_day));
    if (today - pni_month_of(today, 0) + 1 < from_day)
        return 0;
    PN_TRY(pn_all(p, &open_sql, NULL, &rows));
    pn_each(pni_one_id, r, &rows)
    {
        pn_rebate out;
        PN_TRY(pn_rebate_post(p, &(struct pn_rebate_post){r->id}, &out));
        ++*done;
    }
    return 0;
}
static const pn_job calc_job = {"rebate_calc", N_("Count the merchants' rebates of last month"),
                                86400, calc_all};
static const pn_job post_job = {"rebate_post", N_("Pay counted rebates into wallets"), 86400,
                                post_all};

const pn_module pn_rebate_module = {
    "rebate", N_("Rebates"),
    .ops = PN_LIST(pn_op, &rebate_list_op, &rebate_show_op, &rebate_calc_op, &rebate_post_op),
    .sql = PN_LIST(pn_sql, &move_sql, &sums_sql, &put_sql, &due_sql, &open_sql),
    .fsm = PN_LIST(pn_fsm, &flow), .jobs = PN_LIST(pn_job, &calc_job, &post_job),
};
