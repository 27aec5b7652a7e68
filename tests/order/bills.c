/* SPDX-License-Identifier: Apache-2.0 */
#include "bills.h"

#include <archive.h>
#include <archive_entry.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ledger/desk.h"

enum { TEXT_MAX = 1 << 20 };
char bill_text[TEXT_MAX];
static size_t used;
static int lines;
static char folder[] = "/tmp/pn-bills-XXXXXX";
enum { FILES = 20 };
static char kept[FILES][200];
static int kept_n;
static bool there;
#define NOON ((int64_t)BILL_DAY * DAY + 4 * HOUR) /* µs, in the business zone */

void bills_setup(void)
{
    test_db_setup();
    make_shop();
    shop_now = ((int64_t)BILL_DAY + 1) * DAY + 2 * HOUR;
    if (!there)
        ck_assert_ptr_nonnull(mkdtemp(folder));
    there = true;
}
void bills_teardown(void)
{
    for (; kept_n; kept_n--)
        unlink(kept[kept_n - 1]);
    ck_assert_int_eq(rmdir(folder), 0);
    memcpy(strrchr(folder, '-') + 1, "XXXXXX", 6);
    there = false;
    test_db_teardown();
}

int64_t payment_of(int n)
{
    return (INT64_C(100000) + n) << 12 | 1;
}

void paid_by_wechat(int first, int last, int64_t fen)
{
    char sql[900];
    pni_transfer t[100];
    snprintf(sql, sizeof sql, "insert into payment (sk, id, order_id, leg_no, method, amount_fen,"
             " received_fen, provider_no, state, created_at, expires_at, paid_at, updated_at)"
             " select 1, (100000 + n)::bigint << 12 | 1, (200000 + n)::bigint << 12 | 1, 1,"
             " 'WECHAT', %" PRId64 ", %" PRId64 ", '4200001' || lpad(n::text, 21, '0'),"
             " 'SUCCESS', at, at, at, at from generate_series(%d, %d) n,"
             " (select timestamptz '2026-11-26 12:00:00+08' as at) x", fen, fen, first, last);
    test_sql(sql);
    for (int n = first; n <= last;) {
        size_t k = 0;
        for (; k < 100 && n <= last; k++, n++)
            t[k] = (pni_transfer){.sk = 1, .debit = {PNI_KIND_CLEARING, 0, "WECHAT"},
                .credit = {PNI_KIND_ESCROW, 0, NULL}, .fen = fen, .biz_kind = "PAYMENT",
                .biz_id = payment_of(n), .step = "CAPTURED", .rule = "P1", .at = {NOON}};
        pn *p = worker();
        ok(desk_post(p, t, k));
        for (size_t i = 0; i < k; i++)
            ck_assert_int_eq(t[i].status, PNI_TRANSFER_OK);
        pn_end(p);
    }
}

/* The number of a refund is printed with its bucket. */
static const char *refund_no(int n)
{
    static char text[40];
    char key[80];
    snprintf(key, sizeof key, "select no from refund where id = %" PRId64,
             (INT64_C(300000) + n) << 12 | 1);
    snprintf(text, sizeof text, "%s-1", test_sql_text(key));
    return text;
}

void paid_back(int n, int64_t fen)
{
    char sql[900];
    const char *no;
    pn *p = worker();
    pni_transfer t = {.sk = 1, .debit = {PNI_KIND_REFUND_PAYABLE, 0, NULL},
        .credit = {PNI_KIND_CLEARING, 0, "WECHAT"}, .fen = fen, .biz_kind = "REFUND",
        .biz_id = (INT64_C(300000) + n) << 12 | 1, .step = "LEG1", .rule = "P3",
        .at = {NOON + HOUR}};
    pni_transfer owed = {.sk = 1, .debit = {PNI_KIND_ESCROW, 0, NULL},
        .credit = {PNI_KIND_REFUND_PAYABLE, 0, NULL}, .fen = fen, .biz_kind = "REFUND",
        .biz_id = t.biz_id, .step = "REFUND", .rule = "P3", .at = {NOON + HOUR}};
    ok(pn_new_no(p, "TK", 1, &no));
    snprintf(sql, sizeof sql, "insert into refund (sk, id, no, order_id, reason, amount_fen, state,"
             " from_status, applied_by, created_at, updated_at) values (1, %" PRId64 ", '%s', %"
             PRId64 ", 'BUYER', %" PRId64 ", 'DONE', 'PAID', 0, '2026-11-26 12:30:00+08',"
             " '2026-11-26 13:00:00+08')", t.biz_id, no, (INT64_C(200000) + n) << 12 | 1, fen);
    test_sql(sql);
    snprintf(sql, sizeof sql, "insert into refund_leg (sk, refund_id, no, payment_id,"
             " out_request_no, amount_fen, state, updated_at) values (1, %" PRId64 ", 1, %" PRId64
             ", '%s-1', %" PRId64 ", 'DONE', '2026-11-26 13:00:00+08')", t.biz_id, payment_of(n),
             no, fen);
    test_sql(sql);
    ok(desk_post(p, &owed, 1));
    ok(desk_post(p, &t, 1));
    pn_end(p);
}

/* ---- bills ---- */

void bill_line(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    used += (size_t)vsnprintf(bill_text + used, TEXT_MAX - used, fmt, args);
    va_end(args);
    ck_assert_uint_lt(used, TEXT_MAX - 2);
    memcpy(bill_text + used, "\r\n", 3);
    used += 2;
    lines++;
}

void bill_begin(void)
{
    used = 0;
    bill_line("\xef\xbb\xbf%s", "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,"
              "商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,"
              "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,"
              "商户数据包,手续费,费率,订单金额,申请退款金额,费率备注");
    lines = 0;
}

static const char *yuan(int64_t fen)
{
    static char text[6][32];
    static int turn;
    char *out = text[turn++ % 6];
    snprintf(out, sizeof text[0], "%s%" PRId64 ".%02d", fen < 0 ? "-" : "",
             (fen < 0 ? -fen : fen) / 100, (int)((fen < 0 ? -fen : fen) % 100));
    return out;
}

/* The fee has three decimals more. */
static void row(const char *at, int n, const char *state, int64_t fen, const char *refund,
                int64_t back, int64_t fee)
{
    bill_line("`%s,`wx8888888888888888,`1234567891,`0,`,`4200001%021d,`P%06" PRId64 ",`oUpF8uMu,"
              "`NATIVE,`%s,`CMB_DEBIT,`CNY,`%s,`0.00,`%s,`%s,`%s,`0.00,`%s,`%s,`演唱会, 二层,`,"
              "`%s000,`0.60%%,`%s,`%s,`", at, n, payment_of(n), state, yuan(fen),
              *refund ? "5030000000" : "0", refund, yuan(back), *refund ? "ORIGINAL" : "",
              *refund ? "SUCCESS" : "", yuan(fee), yuan(fen), yuan(back));
}

void bill_pays(int first, int last, int64_t fen)
{
    for (int n = first; n <= last; n++)
        row("2026-11-26 11:59:58", n, "SUCCESS", fen, "", 0, fen * 60 / 10000);
}

void bill_refund(int n, int64_t fen)
{
    row("2026-11-26 13:00:00", n, "REFUND", 0, refund_no(n), fen, -fen * 60 / 10000);
}

void bill_end(int n)
{
    int have = lines;
    bill_line("总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,"
              "申请退款总金额");
    bill_line("`%d,`0.00,`0.00,`0.00,`0.00000,`0.00,`0.00", n < 0 ? have : n);
}

const char *bill_file(const char *name, const char *how, const char *text, size_t len)
{
    struct archive *a = archive_write_new();
    struct archive_entry *e = archive_entry_new();
    char *made = kept[kept_n];
    ck_assert_int_lt(kept_n++, FILES);
    snprintf(made, sizeof kept[0], "%s/%s", folder, name);
    if (!strcmp(how, "zip"))
        archive_write_set_format_zip(a);
    else
        archive_write_set_format_raw(a);
    if (!strcmp(how, "gzip"))
        archive_write_add_filter_gzip(a);
    ck_assert_int_eq(archive_write_open_filename(a, made), ARCHIVE_OK);
    archive_entry_set_pathname(e, "bill.csv");
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_perm(e, 0600);
    archive_entry_set_size(e, (la_int64_t)len);
    ck_assert_int_eq(archive_write_header(a, e), ARCHIVE_OK);
    ck_assert_int_eq(archive_write_data(a, text, len), (la_ssize_t)len);
    archive_entry_free(e);
    ck_assert_int_eq(archive_write_close(a), ARCHIVE_OK);
    archive_write_free(a);
    return made;
}

const char *bill_done(void)
{
    static int turn;
    char name[40];
    bill_end(-1);
    snprintf(name, sizeof name, "wechat-%d.csv.gz", ++turn);
    return bill_file(name, "gzip", bill_text, used);
}

pn *finance(void)
{
    return as(PN_ROLE_FINANCE, FIN);
}
pn *finance2(void)
{
    return as(PN_ROLE_FINANCE, FIN + 1);
}

pn_bill bill_load(const char *path)
{
    pn *p = finance();
    pn_bill b;
    ok(pn_bill_load(p, &(struct pn_bill_load){path, {PN_PAY_WECHAT}, {BILL_DAY}}, &b));
    pn_end(p);
    return b;
}

pn_bill bill_now(int64_t id)
{
    pn *p = finance();
    pn_bill b;
    ok(pn_bill_show(p, &(struct pn_bill_show){id}, &b));
    return b; /* its texts live as long as the test's memory: the unit is not ended */
}

pn_recon_diff case_of(int64_t bill, const char *kind)
{
    pn *p = finance();
    pn_page page;
    const char *where = pn_printf(p, "bill_id=%" PRId64 " kind=%s", bill, kind);
    ok(pn_recon_diff_list(p, &(pn_list){.where = where}, &page));
    ck_assert_msg(page.rows.n == 1, "%zu cases of %s", page.rows.n, kind);
    return *(pn_recon_diff *)page.rows.row;
}
