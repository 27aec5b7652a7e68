/* SPDX-License-Identifier: Apache-2.0 */
/* bill_fetch.c — yesterday's bills are fetched by themselves, from every provider that carried a
 * payment lately, until they are there; and what is not reconciled is looked at again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/policy_int.h"
#include "base/when_int.h"
#include "catalog/row_int.h"
#include "link/bill_file_int.h"
#include "order/bill_int.h"
#include "order/direct_int.h"
#include "order/order_int.h"
#include "order/provider_int.h"

static PN_TYPE(fetch_t, "bill.fetch", struct pn_bill_fetch,
    PN_COL(struct pn_bill_fetch, method, N_("Method"), .flags = PN_REQ | PN_ARG,
           .words = pn_pay_methods),
    PN_COL(struct pn_bill_fetch, day, N_("Day"), .flags = PN_ARG,
           .hint = N_("Default: yesterday")),
    PN_COL(struct pn_bill_fetch, payee, N_("Payee"), .flags = PN_OPT, .ref = "direct_payee",
           .hint = N_("The organiser that collected itself")),
    PN_COL(struct pn_bill_fetch, type, N_("Bill of"), .words = pn_bill_types,
           .hint = N_("Trades, or all that moved on the account; default: trades")));

/* A name of its own below the state directory. NULL: it cannot be made. */
static char *place(pn *p)
{
    const char *dir = pn_state_dir(pn_unit_ctx(p));
    char *path = pn_printf(p, "%s/bill-XXXXXX", dir);
    (void)mkdir(dir, 0700);
    int fd = path ? mkstemp(path) : -1;
    if (fd < 0)
        return NULL;
    close(fd);
    return path;
}

/* Whose bill it is, as the connector needs it. */
static int payee_of(pn *p, const struct pn_bill_load *ask, pni_pairs *out)
{
    bool alipay = ask->method.v == PN_PAY_ALIPAY_DIRECT;
    pn_direct_payee d;
    if (!ask->payee)
        return 0;
    PN_TRY(pni_direct_row(p, ask->payee, &d));
    if (alipay ? !*d.alipay_seller : !*d.sub_mchid)
        return pn_fail(p, PN_EARG, "payee", pn_tr("Organiser %lld does not collect by %s"),
                       (long long)ask->payee, pn_word_label(pn_pay_methods, ask->method));
    return pni_input(p, out, alipay ? "payee_token" : "sub_mchid",
                     alipay ? d.alipay_token : d.sub_mchid)
               ? 0 : pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static int get(pn *p, const char *connector, const struct pn_bill_load *ask, const char *day,
               pn_bill *out)
{
    pni_link *l = NULL;
    pni_pairs of = {0};
    const char *name = pn_printf(p, "%s %s", connector, day);
    PN_TRY(payee_of(p, ask, &of));
    PN_TRY(pni_link_open(p, connector, &l));
    pni_bill_ask which = {day, ask->type.v == PN_BILL_FUND, &of};
    int rc = pni_link_bill(p, l, &which, ask->file);
    pni_link_close(p, l);
    PN_TRY(rc);
    return pni_bill_take(p, ask, "FETCHED", name ? name : connector, out);
}

static int fetch(pn *p, const struct pn_bill_fetch *in, pn_bill *out)
{
    const char *connector;
    struct pn_bill_load ask = {.method = in->method, .day = in->day, .payee = in->payee,
                               .type = in->type};
    char day[16], *path;
    PN_TRY(pni_bill_connector(p, in->method, &connector));
    PN_TRY(pni_bill_told(p, &ask));
    if (pn_rehearsing(p))
        return pn_fail(p, PN_ESTATE, NULL, "%s", pn_tr("A rehearsal calls nobody"));
    if (!ask.day.days)
        ask.day.days = (int32_t)pni_local_day(pn_now(p)) - 1;
    if (ask.day.days >= pni_local_day(pn_now(p)))
        return pn_fail(p, PN_EARG, "day", "%s", pn_tr("This day is not over"));
    pni_date_text(ask.day, day);
    ask.file = path = place(p);
    if (!path)
        return pn_fail(p, PN_EIO, NULL, pn_tr("%s cannot be written"),
                       pn_state_dir(pn_unit_ctx(p)));
    int rc = get(p, connector, &ask, day, out);
    unlink(path);
    return rc;
}

PNI_OP(bill, fetch, fetch, pn_bill, .brief = N_("Fetch a provider's bill and compare it"),
       .help = N_("The job recon_fetch does it for yesterday."), .in = &fetch_t,
       .out = &pn_bill_t, .may = PN_ROLE_FINANCE | PN_ROLE_SYSTEM, .flags = PN_LOCAL,
       .example = "pn bill fetch WECHAT 2026-11-26")

/* ---- by itself ---- */

typedef struct due { pn_word method, type; pn_date day; int64_t id, payee; pn_time from; } due;
static PN_TYPE(due_t, "bill.due", due,
    PN_COL(due, method, "method", .words = pn_pay_methods), PN_COL(due, day, "day"),
    PN_COL(due, type, "type", .words = pn_bill_types), PN_COL(due, id, "id"),
    PN_COL(due, payee, "payee", .flags = PN_OPT), PN_COL(due, from, "from"));
const pn_sql pni_bill_due_sql = {"bill_due", &due_t, &due_t,
    "select x.method, k.type, :day::date as day, x.payee from (select y.method,"
    "   case when y.method in " PNI_THEIRS " then y.payee_id end as payee"
    "   from payment y where y.created_at >= :from"
    "  union select t.via, null from credit_trade t where t.at >= :from"
    "  union select r.method, null from recharge_order r where r.paid_at >= :from) x"
    " cross join (values ('TRADE'), ('FUND')) k(type) where not exists (select from bill b"
    "  where b.method = x.method and b.day = :day::date and b.type = k.type"
    "   and b.payee_id in (0, coalesce(x.payee, 0)) and b.state <> 'DROPPED')"
    " order by 1, 4, 2 desc",
    false};
const pn_sql pni_bill_open_sql = {"bill_open", NULL, &due_t,
    "select id, method, day from bill where state in ('LOADED', 'DIFFERENT')"
    " and type <> 'SLIP' order by day, id"
    " limit 200", false};

/* One provider's trouble is not the next one's. A bill that is not there yet is asked for again. */
static int fetch_all(pn *p, int64_t *done)
{
    int64_t day = pni_local_day(pn_now(p)) - 1, minute = 0;
    int64_t today_us = (day + 1) * PNI_DAY_US - PNI_ZONE_US;
    due in = {.day = {(int32_t)day}, .from = {today_us - 2 * PNI_DAY_US}};
    pn_rows rows;
    int worst = 0;
    PN_TRY(pni_policy(p, "recon.fetch_min", &minute));
    if (pn_now(p).us < today_us + minute * INT64_C(60000000))
        return 0;
    PN_TRY(pn_all(p, &pni_bill_due_sql, &in, &rows));
    pn_each(due, d, &rows)
    {
        const pni_method *m = pni_method_of(d->method.v);
        pn_bill b;
        if (!pni_method_has_bill(m) || (d->type.v == PN_BILL_FUND && !(m->can & PNI_HAS_FUND)))
            continue;
        int rc = pn_bill_fetch(p, &(struct pn_bill_fetch){d->method, d->day, d->payee, d->type},
                               &b);
        if (rc && rc != PN_ENONE && !worst)
            worst = rc;
        *done += !rc;
    }
    return worst;
}

static int compare_all(pn *p, int64_t *done)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &pni_bill_open_sql, NULL, &rows));
    pn_each(due, d, &rows)
    {
        pn_bill b;
        PN_TRY(pn_bill_compare(p, &(struct pn_bill_compare){d->id}, &b));
        *done += b.state.v == PN_BILL_RECONCILED;
    }
    return 0;
}

const pn_sql pni_bill_purge_sql = {"bill_purge", NULL, NULL,
    "with b as materialized (select sk, id from bill where state = 'RECONCILED'"
    "  and purged_at is null and day < (:now::timestamptz at time zone 'Asia/Shanghai')::date - "
    PNI_POLICY("recon.line_days") "::int order by day, id limit 31),"
    " u as (update bill x set purged_at = :now from b where x.sk = b.sk and x.id = b.id"
    "  returning x.id) delete from bill_line where bill_id in (select id from u)", false};
static int purge(pn *p, int64_t *done)
{
    return pn_exec(p, &pni_bill_purge_sql, NULL, done);
}

const pn_job pni_recon_fetch_job = {"recon_fetch", N_("Fetch yesterday's bills from providers"),
                                    1800, fetch_all};
const pn_job pni_recon_compare_job = {"recon_compare",
    N_("Look again at bills that are not reconciled"), 3600, compare_all};
const pn_job pni_bill_purge_job = {"bill_purge",
    N_("Drop the lines of bills reconciled long ago"), 86400, purge};
