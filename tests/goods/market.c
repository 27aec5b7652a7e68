/* SPDX-License-Identifier: Apache-2.0 */
#include "market_int.h"

#include <stdio.h>

#include "base/job.h"
#include "merchant/wallet.h"

pn *p;
int64_t session, tier_a, tier_b;
static int64_t ahead; /* how far the clock of new units was moved */

void market_setup(void)
{
    test_db_setup();
    ahead = 0;
    p = person(1);
    make_place(p);
    make_live_show(p, "h", "哈姆雷特", 1, 2, 30);
    test_sql("update tier set face_price_fen = 98000");
    session = id_of("session", "h-1");
    tier_a = id_of("tier", "h-1-a");
    tier_b = id_of("tier", "h-1-b");
    test_sql("update session set delivery_types = '{EXPRESS,ETICKET,ONSITE}',"
             " status = 'ON_SALE'");
}

void market_teardown(void)
{
    pn_end(p);
    test_db_teardown();
}

void pay_in(int64_t merchant, int64_t fen)
{
    static int n;
    pn *f = test_begin(PN_ROLE_FINANCE);
    pn_wallet w;
    char line[20];
    snprintf(line, sizeof line, "line-%d", ++n);
    int rc = pn_wallet_recharge(f, &(struct pn_wallet_recharge){merchant, {fen}, line, NULL}, &w);
    ck_assert_msg(!rc, "%s", pn_error(f)->message);
    pn_end(f);
}

int64_t make_merchant(const char *code, const char *kind)
{
    static int64_t n = 900;
    char sql[1000];
    int64_t id = ++n << 12 | 7;
    snprintf(sql, sizeof sql,
             "insert into merchant (id, code, kind, name, status, commission_bp, created_at,"
             " updated_at) values (%lld, '%s', '%s', '%s', 'ACTIVE', 500, now(), now());"
             "insert into merchant_stand (sk, merchant_id) values (7, %lld);"
             "insert into qualification (sk, id, merchant_id, kind, no, valid_to, state,"
             " created_at) select 7, %lld + 4096 * 1000 * i, %lld, k, '1', '2099-12-31',"
             " 'VERIFIED', now() from unnest(array['BUSINESS_LICENCE', 'PERFORMANCE_PERMIT'])"
             " with ordinality u(k, i)",
             (long long)id, code, kind, code, (long long)id, (long long)id, (long long)id);
    test_sql(sql);
    pay_in(id, INT64_C(100000000));
    return id;
}

static void go_on(const pn_actor *actor)
{
    pn_time now = pn_now(p);
    pn_end(p);
    p = test_begin_as(actor);
    if (ahead)
        pn_set_now(p, now);
}

void as_merchant(int64_t merchant)
{
    go_on(&(pn_actor){.kind = 'M', .id = 77, .login = "m", .name = "M", .via = "test",
                      .roles = PN_ROLE_MERCHANT, .merchant = merchant});
}

void as_finance(void)
{
    go_on(&(pn_actor){.kind = 'F', .id = 88, .login = "f", .name = "F", .via = "test",
                      .roles = PN_ROLE_FINANCE});
}

void as_ops(int64_t id)
{
    go_on(&(pn_actor){.kind = 'O', .id = id, .login = "ops", .name = "Ops", .via = "test",
                      .roles = PN_ROLE_OPS});
}

void later(int64_t us)
{
    ahead += us;
    pn_set_now(p, (pn_time){pn_now(p).us + us});
}

pn_listing make_live(int64_t merchant, int64_t ask_yuan, int qty)
{
    pn_listing l;
    ok(pn_listing_create(p, &(struct pn_listing_create){.tier = tier_a, .merchant = merchant,
                         .ask_fen = {ask_yuan * 100}, .qty = qty}, &l));
    ok(pn_listing_submit(p, &(struct pn_listing_submit){.id = l.id}, &l));
    ck_assert_int_eq(l.state.v, PN_LISTING_LIVE);
    return l;
}

pn_listing listing_of(int64_t id)
{
    pn_listing_detail d;
    ok(pn_listing_show(p, &(struct pn_listing_show){id}, &d));
    return d.row;
}

static pn *runner(void)
{
    pn *r = test_begin(PN_ROLE_SYSTEM);
    if (ahead)
        pn_set_now(r, pn_now(p));
    return r;
}

void relay(void)
{
    for (int round = 0; round < 4; round++) {
        int64_t done;
        pn *r = runner();
        pn_set_now(r, (pn_time){pn_now(r).us + 1000000});
        ck_assert_int_eq(pn_work_once(r, &done), 0);
        pn_end(r);
    }
    ck_assert_str_eq(test_sql_text("select coalesce(string_agg(event || ': ' || error, ', '), '')"
                                   " from outbox where error is not null"), "");
}

void run_job(const char *name)
{
    pn_job_result result;
    pn *r = runner();
    int rc = pn_job_run(r, &(struct pn_job_run){.name = name, .force = true}, &result);
    ck_assert_msg(!rc && !result.error, "%s: %s", name, rc ? pn_error(r)->message : result.error);
    pn_end(r);
}
