/* SPDX-License-Identifier: Apache-2.0 */
/* shop.c — see shop.h. */
#include "shop.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/crypt_int.h"
#include "base/job.h"
#include "base/outbox_int.h"
#include "ledger/ledger_int.h"
#include "order/later_int.h"
#include "report/check.h"

int64_t shop_now;
static int made; /* merchants' lots of this shop */

static void run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void run(const char *fmt, ...)
{
    char sql[2000];
    va_list args;
    va_start(args, fmt);
    vsnprintf(sql, sizeof sql, fmt, args);
    va_end(args);
    test_sql(sql);
}

static void make_place(void)
{
    run("insert into city (id, code, name, created_at, updated_at)"
        " values (1, 'sh', '上海', now(), now())");
    run("insert into venue (id, code, city_id, name, created_at, updated_at)"
        " values (2, 'dgm', 1, '大剧院', now(), now())");
    run("insert into hall (id, code, venue_id, name, created_at, updated_at)"
        " values (3, 'dgm-1', 2, '大厅', now(), now())");
}

int64_t make_tier(int stock, int64_t face_fen)
{
    run("insert into tier (id, code, session_id, name, face_price_fen, created_at, updated_at)"
        " values (%d, 't2', %d, 'B', %" PRId64 ", now(), now())", TIER2, SESSION, face_fen);
    run("insert into stock (sk, lot_id, tier_id, session_id, qty_total)"
        " values (1, %d, %d, %d, %d)", TIER2, TIER2, SESSION, stock);
    run("insert into stock_move (sk, id, lot_id, delta, reason, actor_id, at)"
        " values (1, 2, %d, %d, 'open', 1, now())", TIER2, stock);
    return TIER2;
}

int64_t make_shop_(shop s)
{
    int days = s.days ? s.days : 60, sale_days = s.sale_days ? s.sale_days : 1;
    int stock = s.stock ? s.stock : 10;
    made = 0;
    shop_now = (int64_t)time(NULL) * 1000000;
    make_place();
    run("insert into show (id, code, city_id, venue_id, category, title, status, realname_mode,"
        " purchase_limit_order, purchase_limit_user, refund_policy, created_at, updated_at)"
        " values (4, 'show', 1, 2, 'DRAMA', '雷雨', 'PUBLISHED', '%s', %d, %d, '%s', now(), now())",
        s.realname ? s.realname : "NONE", s.limit_order ? s.limit_order : 6, s.limit_user,
        s.policy ? s.policy : "FREE");
    run("insert into session (id, code, show_id, hall_id, start_at, doors_at, stop_sale_at,"
        " tail_from, sale_at, status, delivery_types, created_at, updated_at)"
        " select %d, 'se', 4, 3, t, t - interval '1 hour', t - interval '30 minutes',"
        "  t - interval '2 days', now() - interval '%d days', '%s',"
        "  '{ETICKET,ONSITE,EXPRESS}', now(), now()"
        " from (select now() + interval '%d days' as t) x",
        SESSION, sale_days, s.status ? s.status : "ON_SALE", days);
    run("insert into tier (id, code, session_id, name, face_price_fen, combo_n, created_at,"
        " updated_at) values (%d, 't1', %d, 'A', %" PRId64 ", %d, now(), now())", TIER, SESSION,
        s.face_fen ? s.face_fen : YUAN(580), s.combo_n ? s.combo_n : 1);
    run("insert into stock (sk, lot_id, tier_id, session_id, qty_total)"
        " values (1, %d, %d, %d, %d)", TIER, TIER, SESSION, stock);
    run("insert into stock_move (sk, id, lot_id, delta, reason, actor_id, at)"
        " values (1, 1, %d, %d, 'open', 1, now())", TIER, stock);
    pn *p = test_begin(PN_ROLE_SYSTEM);
    ok(pni_crypt_init(p));
    pn_end(p);
    return TIER;
}

/* ---- merchants ---- */

int64_t lot_of_(lot l)
{
    int64_t id = (int64_t)(1000 + ++made) * 4096 + 1, tier = l.tier ? l.tier : TIER;
    int64_t sale = l.sale_fen ? l.sale_fen : YUAN(560);
    run("insert into listing (sk, id, code, merchant_id, session_id, tier_id, ask_fen,"
        " sale_fen, settle_fen, min_buy, max_buy, split_policy, split_multiple,"
        " no_single_left, grab_eligible, contiguous, special_kind, delivery_limits, state,"
        " listed_at, deposit_unit_fen, deposit_quota_fen, created_at, updated_at)"
        " values (1, %" PRId64 ", 'l%d', %d, %d, %" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64
        ", %d, %d, '%s', %d, %s, %s, %s, %s%s%s, '{%s}', '%s', now() + interval '%d seconds',"
        " %" PRId64 ", %" PRId64 ", now(), now())", id, made, 100 + made, SESSION, tier, sale,
        sale, sale * 95 / 100, l.min_buy ? l.min_buy : 1, l.max_buy, l.split ? l.split : "FREE",
        l.multiple ? l.multiple : 1, l.no_single_left ? "true" : "false",
        l.no_grab ? "false" : "true", l.contiguous ? "true" : "false", l.special ? "'" : "",
        l.special ? l.special : "null", l.special ? "'" : "", l.delivery ? l.delivery : "",
        l.state ? l.state : "LIVE", made, l.deposit_unit_fen, l.deposit_quota_fen);
    run("insert into stock (sk, lot_id, tier_id, session_id, merchant_id, qty_total)"
        " values (1, %" PRId64 ", %" PRId64 ", %d, %d, %d)", id, tier, SESSION, 100 + made, l.qty);
    run("insert into stock_move (sk, id, lot_id, delta, reason, actor_id, at)"
        " values (1, %d, %" PRId64 ", %d, 'listed', 1, now())", 1000 + made, id, l.qty);
    return id;
}

void market(void)
{
    make_shop(.stock = 1);
    test_sql("update stock set qty_total = 0 where merchant_id is null");
    test_sql("update stock_move set delta = 0");
}

const char *items(int64_t order)
{
    static char sql[300];
    snprintf(sql, sizeof sql, "select string_agg(case when lot_id = tier_id then 0 else"
             " lot_id / 4096 - 1000 end || 'x' || qty, '+' order by lot_id) from order_item"
             " where order_id = %" PRId64, order);
    return test_sql_text(sql);
}

pn *as(uint32_t roles, int64_t id)
{
    pn *p = test_begin_as(&(pn_actor){.kind = roles & PN_ROLE_BUYER    ? 'U'
                                              : roles & PN_ROLE_SYSTEM ? 'S'
                                                                       : 'O',
                                      .id = id, .login = "test", .name = "test", .roles = roles,
                                      .via = "test"});
    pn_set_now(p, (pn_time){shop_now});
    return p;
}

pn *clerk(void)
{
    return as(PN_ROLE_BOXOFFICE, CLERK);
}

pn *ops(void)
{
    return as(PN_ROLE_OPS, OPS);
}

pn *worker(void)
{
    return as(PN_ROLE_SYSTEM, 0);
}

void shop_clock(int64_t us)
{
    shop_now += us;
}

void shop_hour(int utc)
{
    shop_now = (shop_now - utc * HOUR) / DAY * DAY + utc * HOUR;
}

pn_order order_n(int n, const char *phone)
{
    pn *p = ops();
    pn_order o;
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = n, .phone = phone}, &o));
    return o;
}

pn_order paid_n(int n, const char *phone)
{
    pn_order o = order_n(n, phone);
    pn_payment paid;
    pn *p = clerk();
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = o.id}, &paid));
    pn_end(p);
    return o;
}

void job(const char *name)
{
    pn *p = worker();
    pn_job_result r;
    ok(pn_job_run(p, &(struct pn_job_run){.name = name, .force = true}, &r));
    pn_end(p);
}

void shop_conf(const char *yaml)
{
    char path[] = "/tmp/pn-conf-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, yaml, strlen(yaml)), (ssize_t)strlen(yaml));
    close(fd);
    test_db_close();
    ck_assert_int_eq(pn_ctx_open(&(pn_open_opts){.conf = path, .dsn = test_db_dsn(),
                                                 .pool_max = 4}, &test_ctx), 0);
    unlink(path);
}

void relay(void)
{
    int64_t done = 0;
    do {
        pn *p = worker();
        ok(pni_outbox_relay(p, &done));
        pn_end(p);
    } while (done);
}

const char *stock_now(void)
{
    return test_sql_text("select qty_total || '/' || qty_locked || '/' || qty_sold from stock"
                         " where tier_id = 61441");
}

const char *order_state(int64_t id)
{
    char sql[100];
    snprintf(sql, sizeof sql, "select status from orders where id = %" PRId64, id);
    return test_sql_text(sql);
}

int64_t count_of(const char *from_where)
{
    char sql[500];
    snprintf(sql, sizeof sql, "select count(*) from %s", from_where);
    return test_sql_int(sql);
}

void books_balance(void)
{
    static const struct { const char *what, *from; } books[] = {
        {"stock locked", "stock s where qty_locked <> (select count(*) from order_seat e"
                         " join order_item i on i.sk = e.sk and i.order_id = e.order_id"
                         "  and i.no = e.item_no where i.lot_id = s.lot_id and e.state = 'HELD')"},
        {"stock sold", "stock s where qty_sold <> (select count(*) from order_seat e"
                       " join order_item i on i.sk = e.sk and i.order_id = e.order_id"
                       "  and i.no = e.item_no where i.lot_id = s.lot_id"
                       "  and e.state in ('SOLD', 'REFUNDING'))"},
        {"paid", "orders o where paid_fen <> coalesce((select sum(amount_fen) from payment y"
                 " where y.sk = o.sk and y.order_id = o.id"
                 " and y.state in (" PNI_PAID_STATES ")), 0)"},
        {"held", "orders o where held_fen <> coalesce((select sum(amount_fen) from payment y"
                 " where y.sk = o.sk and y.order_id = o.id and y.state = 'AUTHORISED'), 0)"},
        {"cards", "gift_card c where balance_fen <> face_fen - coalesce((select sum(case kind"
                  " when 'RETURN' then -fen else fen end) from gift_card_txn t where t.sk = c.sk"
                  " and t.card_id = c.id), 0)"},
        {"seats", "orders o where goods_fen - discount_fen <> (select sum(paid_fen)"
                  " from order_seat e where e.sk = o.sk and e.order_id = o.id)"
                  " and o.status <> 'GRAB_WAITING'"}, /* that has the amounts of its wish */
        {"refunded", "orders o where refunded_fen <> coalesce((select sum(amount_fen) from refund r"
                     " where r.sk = o.sk and r.order_id = o.id and r.state = 'DONE'"
                     " and r.reason not in ('DUPLICATE', 'MISMATCH')), 0)"},
        {"captured", "payment y where (select coalesce(sum(amount_fen), 0) from refund_leg g"
                     " where g.sk = y.sk and g.payment_id = y.id) > greatest(received_fen, 0)"},
        {"due", "orders o where status in ('PENDING_PAY', 'OFFLINE_DRAFT', 'DIST_LOCKED')"
                " and not exists (select from order_due d where d.sk = o.sk"
                " and d.due_at = o.hold_expires_at and o.id = any (d.orders))"},
    };
    for (size_t i = 0; i < sizeof books / sizeof *books; i++)
        ck_assert_msg(count_of(books[i].from) == 0, "books: %s does not balance", books[i].what);
}

/* People read what was posted in words. */
static void steps_have_words(void)
{
    char sql[4000];
    size_t n = (size_t)snprintf(sql, sizeof sql,
                                "select coalesce(string_agg(distinct step, ' '), '')"
                                " from ledger_transfer where split_part(step, '-', 1) <> all ('{");
    for (const pn_words *w = pni_posting_steps; w->name; w++)
        n += (size_t)snprintf(sql + n, sizeof sql - n, "%s,", w->name);
    snprintf(sql + n, sizeof sql - n, "}')");
    sql[n - 1] = ' ';
    ck_assert_str_eq(test_sql_text(sql), "");
}

void books_proven(void)
{
    pn *p = ops();
    pn_check_report r;
    books_balance();
    relay();
    steps_have_words();
    ok(pn_check_run(p, &(struct pn_check_run){0}, &r));
    pn_each(pn_check, c, &r.checks)
        ck_assert_msg(!c->drift, "check %s: %s", c->name, c->sample ? c->sample : "");
    pn_end(p);
}

int64_t books_sum(const char *kind)
{
    char sql[300];
    snprintf(sql, sizeof sql, "select coalesce(sum(case side when 'DEBIT' then debit_fen -"
             " credit_fen else credit_fen - debit_fen end), 0)::bigint from ledger_account"
             " where kind = '%s'", kind);
    return test_sql_int(sql);
}

void points_for(int64_t buyer, int64_t points)
{
    run("insert into point_account (sk, buyer_id, points, moves, created_at, updated_at)"
        " values (%d, %" PRId64 ", %" PRId64 ", 1, now(), now())", pn_sk(buyer), buyer, points);
    run("insert into point_move (sk, id, buyer_id, no, kind, points, balance, value_fen, ref_id,"
        " expires_on, at) values (%d, %" PRId64 ", %" PRId64 ", 1, 'ADJUST', %" PRId64 ", %" PRId64
        ", 0, 1, '2099-12-31', now())", pn_sk(buyer), buyer + 4096 * 77, buyer, points, points);
}

void so_many_wait(int n)
{
    while (test_sql_int("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                        " and datname = current_database()") < n)
        usleep(2000);
}

void somebody_waits(void)
{
    so_many_wait(1);
}

void somebody_waits_for(struct pg_conn *who)
{
    char sql[200];
    snprintf(sql, sizeof sql, "select count(*) from pg_stat_activity"
             " where %d = any (pg_blocking_pids(pid))", PQbackendPID(who));
    while (!test_sql_int(sql))
        usleep(2000);
}

void somebody_commits_at_last(struct pg_conn *who)
{
    somebody_waits();
    PQclear(PQexec(who, "commit"));
    PQfinish(who);
}
