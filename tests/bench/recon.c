/* SPDX-License-Identifier: Apache-2.0 */
/* recon.c — a bill of a million lines, read, held against a million payments and the ledger, beside
 * COPY of the same lines into a table without an index. Memory must not grow with the bill. In
 * turns; the median of the rounds' ratios counts. */
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "main_int.h"
#include "median_int.h"
#include "memory_int.h"
#include "order/bill.h"
#include "shop.h"

/* What is read at once is some ten thousand lines: the small bill is several of that, too. */
enum { FULL = 1000000, FEW = 100000, QUICK = 100000, QUICK_FEW = 50000, ROUNDS = 5,
       DAY_NO = 20783, COLUMNS = 27, PAYMENT0 = 100000, MEMORY_MB = 8, TIMES = 4 };
static char folder[] = "/tmp/pn-recon-XXXXXX", csv[64], small[64];

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void write_bill(const char *path, int n)
{
    FILE *f = fopen(path, "we");
    ck_assert_ptr_nonnull(f);
    fputs("\xef\xbb\xbf交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,"
          "交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,"
          "退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,"
          "申请退款金额,费率备注\r\n", f);
    for (int i = 1; i <= n; i++)
        fprintf(f, "`2026-11-26 11:59:58,`wx8888888888888888,`1234567891,`0,`,`4200001%021d,"
                "`P%06" PRId64 ",`oUpF8uMuAJO_M2pxb1Q9zNjWeS6o,`NATIVE,`SUCCESS,`CMB_DEBIT,`CNY,"
                "`580.00,`0.00,`0,`,`0.00,`0.00,`,`,`演唱会 二层,`,`3.48000,`0.60%%,`580.00,`0.00,`"
                "\r\n", i, ((int64_t)PAYMENT0 + i) << 12 | 1);
    fprintf(f, "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,"
            "申请退款总金额\r\n`%d,`0.00,`0.00,`0.00,`0.00000,`0.00,`0.00\r\n", n);
    ck_assert_int_eq(fclose(f), 0);
}

static void write_books(int n)
{
    char sql[1200];
    snprintf(sql, sizeof sql, "insert into payment (sk, id, order_id, leg_no, method, amount_fen,"
             " received_fen, provider_no, state, created_at, expires_at, paid_at, updated_at)"
             " select 1, (%d + n)::bigint << 12 | 1, (%d + n)::bigint << 12 | 1, 1, 'WECHAT',"
             " 58000, 58000, '4200001' || lpad(n::text, 21, '0'), 'SUCCESS', at, at, at, at"
             " from generate_series(1, %d) n,"
             " (select timestamptz '2026-11-26 12:00:00+08' as at) x",
             PAYMENT0, 2 * PAYMENT0, n);
    test_sql(sql);
    test_sql("insert into ledger_account (sk, id, kind, owner, part, side, guard, debit_fen, at)"
             " values (1, 4097, 'CLEARING', 0, 'WECHAT', 'DEBIT', 'NONE', 0, now()),"
             " (1, 8193, 'ESCROW', 0, '', 'CREDIT', 'CREDIT', 0, now())");
    test_sql("insert into ledger_transfer (sk, id, kind, debit_id, credit_id, amount_fen, biz_kind,"
             " biz_id, step, no, rule, day, at, booked_at, actor_id) select 1, id, 'PLAIN', 4097,"
             " 8193, received_fen, 'PAYMENT', id, 'CAPTURED', 1, 'P1', '2026-11-26', paid_at,"
             " paid_at, 0 from payment");
    test_sql("vacuum analyze");
}

/* ---- the two that are compared ---- */

static double reconcile(const char *path, int n)
{
    pn *p = as(PN_ROLE_FINANCE, FIN);
    pn_bill b;
    double began = seconds();
    ok(pn_bill_load(p, &(struct pn_bill_load){path, {PN_PAY_WECHAT}, {DAY_NO}}, &b));
    double took = seconds() - began;
    ck_assert_int_eq(b.lines_n, n);
    pn_end(p);
    return took;
}

static double copy(const char *path)
{
    static char block[64 << 10];
    PGconn *pg = PQconnectdb(test_db_dsn());
    FILE *f = fopen(path, "re");
    ck_assert_int_eq(PQstatus(pg), CONNECTION_OK);
    double began = seconds();
    PQclear(PQexec(pg, "copy copied from stdin (format csv, encoding 'UTF8')"));
    while (fgets(block, sizeof block, f)) /* the lines alone, without heading and totals */
        if (*block == '`' && block[1] == '2')
            ck_assert_int_eq(PQputCopyData(pg, block, (int)strlen(block)), 1);
    ck_assert_int_eq(PQputCopyEnd(pg, NULL), 1);
    PGresult *r = PQgetResult(pg);
    ck_assert_msg(PQresultStatus(r) == PGRES_COMMAND_OK, "%s", PQerrorMessage(pg));
    double took = seconds() - began;
    PQclear(r);
    fclose(f);
    PQfinish(pg);
    return took;
}

static void forget(void)
{
    test_sql("truncate bill, bill_line, recon_diff");
    test_sql("truncate copied");
    test_sql("checkpoint");
}

static void make_copied(void)
{
    char table[700] = "create table copied (";
    for (int i = 0; i < COLUMNS; i++)
        snprintf(table + strlen(table), sizeof table - strlen(table), "c%d text%s", i,
                 i < COLUMNS - 1 ? ", " : ")");
    test_sql(table);
}

/* kB for the small bill; so few were paid that day. */
static long memory_for_few(int few)
{
    char sql[200];
    snprintf(sql, sizeof sql, "update payment set paid_at = paid_at - interval '3 days'"
             " where id >> 12 > %d", PAYMENT0 + few);
    test_sql(sql);
    (void)pn_peak_kb(); /* writing the bills is not what is measured */
    reconcile(small, few);
    long kb = pn_peak_kb();
    test_sql("update payment set paid_at = created_at");
    test_sql("vacuum analyze payment");
    return kb;
}

static int missed = 2;

START_TEST(recon)
{
    bool quick = getenv("PN_BENCH_QUICK");
    int n = quick ? QUICK : FULL, few = quick ? QUICK_FEW : FEW;
    double ours[ROUNDS], base[ROUNDS], ratio[ROUNDS];
    test_db_setup();
    make_shop();
    shop_now = ((int64_t)DAY_NO + 1) * DAY + 2 * HOUR;
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(csv, sizeof csv, "%s/bill.csv", folder);
    snprintf(small, sizeof small, "%s/small.csv", folder);
    write_bill(csv, n);
    write_bill(small, few);
    write_books(n);
    make_copied();
    test_sql("update policy set value = '100000' where key = 'recon.diff_max'");
    long before = memory_for_few(few);
    for (int i = 0; i < ROUNDS; i++) {
        forget();
        base[i] = copy(csv);
        ours[i] = reconcile(csv, n);
        ratio[i] = ours[i] / base[i];
    }
    ck_assert_int_eq(test_sql_int("select count(*) from bill where state = 'RECONCILED'"), 1);
    long after = pn_peak_kb();
    double r = pn_median(ratio, ROUNDS);
    printf("{\"id\":\"recon.bill\",\"what\":\"a bill of %d lines, loaded and compared\","
           "\"value\":%.0f,\"unit\":\"lines/s\",\"baseline\":%.0f,"
           "\"baseline_what\":\"COPY of its lines\",\"ratio\":%.2f,\"gate\":%d,\"aim\":2,"
           "\"rounds\":%d}\n", n, n / pn_median(ours, ROUNDS), n / pn_median(base, ROUNDS), r,
           TIMES, ROUNDS);
    double more = after > before ? (double)(after - before) / 1024 : 0;
    printf("{\"id\":\"recon.memory\",\"what\":\"memory for it beyond that for %d lines\","
           "\"value\":%.1f,\"unit\":\"MB\",\"baseline\":%d,\"baseline_what\":\"what is allowed\","
           "\"ratio\":%.2f,\"gate\":1,\"aim\":0,\"rounds\":1}\n", few, more, MEMORY_MB,
           more / MEMORY_MB);
    missed = r > TIMES || more > MEMORY_MB;
    unlink(csv);
    unlink(small);
    rmdir(folder);
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("recon");
    TCase *c = tcase_create("recon");
    tcase_add_test(c, recon);
    suite_add_tcase(s, c);
    return pn_bench_run(s) ? missed : 2;
}
