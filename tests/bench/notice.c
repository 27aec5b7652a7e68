/* SPDX-License-Identifier: Apache-2.0 */
/* notice.c — a provider's notice, verified and applied (payment hear: signature, ours, order,
 * seats, ticket, books, log, audit, answer), against a bare transaction of the same rows, statement
 * by statement as a program without a library would, plus one RSA verification. In turns; the
 * median of the rounds' ratios of the 99th percentiles counts. */
#include <inttypes.h>
#include <libpq-fe.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/unit_int.h"
#include "median_int.h"
#include "shop.h"

#include "link/rig.h"

enum { ROUNDS = 5, FULL = 400, QUICK = 150, USED = 3000, BODY = 1600 };

static EVP_PKEY *key, *public;
static PGconn *bare;
static int64_t turn;

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* ---- a notice as Alipay signs it ---- */

static void put_encoded(char *out, const char *base64)
{
    for (; *base64; base64++)
        if (strchr("+/=", *base64))
            out += snprintf(out, 4, "%%%02X", (unsigned char)*base64);
        else
            *out++ = *base64;
    *out = 0;
}

static void sign(const char *text, unsigned char out[256])
{
    size_t len = 256;
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    ck_assert(EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key) == 1 &&
              EVP_DigestSign(md, out, &len, (const unsigned char *)text, strlen(text)) == 1);
    EVP_MD_CTX_free(md);
}

static bool verified(const char *text, const unsigned char sig[256])
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    bool good = EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, public) == 1 &&
                EVP_DigestVerify(md, sig, 256, (const unsigned char *)text, strlen(text)) == 1;
    EVP_MD_CTX_free(md);
    return good;
}

/* What is signed, and the form that is sent. */
static void notice_of(int64_t payment, char text[BODY], char form[BODY])
{
    unsigned char sig[256], base64[360];
    snprintf(text, BODY, "app_id=2021000122671080&charset=utf-8&notify_id=%" PRId64
             "&notify_type=trade_status_sync&out_trade_no=P%06" PRId64 "&seller_id=2088000000000001"
             "&total_amount=580.00&trade_no=T%" PRId64 "&trade_status=TRADE_SUCCESS&version=1.0",
             payment, payment, payment);
    sign(text, sig);
    EVP_EncodeBlock(base64, sig, sizeof sig);
    int n = snprintf(form, BODY, "%s&sign_type=RSA2&sign=", text);
    put_encoded(form + n, (const char *)base64);
}

/* ---- orders that wait for one ---- */

/* A submitted order with a payment that Alipay has; by hand, so that it costs nothing. */
static int64_t ordered(void)
{
    pn *p = ops();
    pn_payment y;
    pn_order o;
    char phone[24], sql[120];
    snprintf(phone, sizeof phone, "139%08" PRId64, ++turn);
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1, .phone = phone}, &o));
    ok(pn_payment_create(p, &(struct pn_payment_create){.order = o.id,
                                                        .method = {PN_PAY_ALIPAY}}, &y));
    pn_end(p);
    snprintf(sql, sizeof sql, "update payment set state = 'PENDING' where id = %" PRId64, y.id);
    test_sql(sql);
    return y.id;
}

static double hear(const char *form)
{
    double began = now_us();
    pn *p = as(PN_ROLE_PUBLIC, 0);
    pn_payment_heard out;
    ok(pn_payment_hear(p, &(struct pn_payment_hear){.connector = "alipay", .body = form}, &out));
    ck_assert_str_eq(out.result, "APPLIED");
    pn_end(p);
    return now_us() - began;
}

static void prepare(void)
{
    static const char *const sql[] = {
        "select k.lot_id from stock k where sk = 1 and lot_id = 61441 and $1::bigint > 0"
        " for update",
        "select o.id, o.status, o.payable_fen from orders o join payment y on y.sk = 1 and"
        " y.order_id = o.id where o.sk = 1 and y.id = $1::bigint for update",
        "update orders o set status = 'ALLOCATED', paid_fen = payable_fen, paid_at = now(),"
        " updated_at = now(), version = o.version + 1 from payment y where y.sk = 1 and"
        " y.id = $1::bigint and o.sk = 1 and o.id = y.order_id",
        "update payment set state = 'SUCCESS', received_fen = amount_fen, provider_no = 'T' || id,"
        " paid_at = now(), updated_at = now() where sk = 1 and id = $1::bigint",
        "update stock set qty_locked = qty_locked - 1, qty_sold = qty_sold + 1 where sk = 1 and"
        " lot_id = 61441 and $1::bigint > 0",
        "update order_seat e set state = 'SOLD' from payment y where y.sk = 1 and"
        " y.id = $1::bigint and e.sk = 1 and e.order_id = y.order_id",
        "delete from payment_due where sk = 1 and payment_id = $1::bigint",
        "insert into payment_notice (sk, method, notice_id, payment_id, provider_no, amount_fen,"
        " verified, result, raw, at) values (1, 'ALIPAY', 'b' || $1::bigint, $1::bigint, 'T',"
        " 58000, true, 'APPLIED', repeat('x', 400), now())",
        "with t as (insert into ticket (sk, id, ticket_no, session_id, tier_id, order_id, seat_no,"
        " kind, state, face_price_fen, created_at, updated_at) select 1, $1::bigint, 'B' ||"
        " $1::bigint, 40961, 61441, order_id, 1, 'SALE', 'ISSUED', 58000, now(), now() from payment"
        " where sk = 1 and id = $1::bigint returning id) insert into ticket_event (sk, id,"
        " ticket_id, event, staff_id, at) select 1, id, id, 'ISSUED', 0, now() from t",
        "insert into state_log select 1, $1::bigint * 8 + n, 'order', $1::bigint, 'A', 'B', 'c',"
        " 'S', 0, null, now() from generate_series(1, 4) n",
        "insert into outbox (sk, id, event, ref, key, payload, at, due_at) select 1, $1::bigint * 8"
        " + n, 'order.paid', $1::bigint, 'x' || $1::bigint || n, '{}', now(), now() +"
        " interval '1 day' from generate_series(1, 2) n"};
    char name[8];
    for (int i = 0; i < (int)(sizeof sql / sizeof *sql); i++) {
        snprintf(name, sizeof name, "s%d", i);
        PGresult *res = PQprepare(bare, name, sql[i], 1, NULL);
        ck_assert_msg(PQresultStatus(res) == PGRES_COMMAND_OK, "%s", PQerrorMessage(bare));
        PQclear(res);
    }
}

enum { STATEMENTS = 11 };

static void must(PGresult *res)
{
    ck_assert_msg(PQresultStatus(res) == PGRES_COMMAND_OK || PQresultStatus(res) == PGRES_TUPLES_OK,
                  "%s", PQerrorMessage(bare));
    PQclear(res);
}

static double by_hand(int64_t payment, const char *text, const unsigned char *sig)
{
    char id[24], name[8];
    const char *value[] = {id};
    double began = now_us();
    snprintf(id, sizeof id, "%" PRId64, payment);
    ck_assert(verified(text, sig));
    must(PQexec(bare, "begin"));
    for (int i = 0; i < STATEMENTS; i++) {
        snprintf(name, sizeof name, "s%d", i);
        must(PQexecPrepared(bare, name, 1, value, NULL, NULL, 0));
    }
    must(PQexec(bare, "commit"));
    return now_us() - began;
}

/* Tables as they are in use: found by key, not read whole. Two orders of three were told about. */
static void used(void)
{
    static char text[BODY], form[BODY];
    for (int i = 0; i < USED; i++) {
        notice_of(ordered(), text, form);
        if (i % 3)
            hear(form);
    }
    test_sql("vacuum analyze");
}

/* ---- rounds ---- */

static double p99(double *us, int n)
{
    qsort(us, (size_t)n, sizeof *us, pn_ascending);
    return us[n * 99 / 100];
}

/* [0] the 99th percentile, [1] the median. */
static void round_of(int n, double ours[2], double theirs[2])
{
    double *a = calloc((size_t)n, sizeof *a), *b = calloc((size_t)n, sizeof *b);
    for (int i = 0; i < n; i++) { /* in turns, one by one */
        static char text[BODY], form[BODY];
        unsigned char sig[256];
        int64_t y = ordered();
        notice_of(y, text, form);
        a[i] = hear(form);
        y = ordered();
        notice_of(y, text, form);
        sign(text, sig);
        b[i] = by_hand(y, text, sig);
    }
    ours[0] = p99(a, n);
    theirs[0] = p99(b, n);
    ours[1] = a[n / 2]; /* sorted by now */
    theirs[1] = b[n / 2];
    free(a);
    free(b);
}

static EVP_PKEY *load(const char *vector, bool private)
{
    FILE *f = fopen(rig_vector(vector), "re");
    ck_assert_ptr_nonnull(f);
    EVP_PKEY *k = private ? PEM_read_PrivateKey(f, NULL, NULL, NULL)
                          : PEM_read_PUBKEY(f, NULL, NULL, NULL);
    fclose(f);
    ck_assert_ptr_nonnull(k);
    return k;
}

static void open_all(void)
{
    char conf[300];
    rig_setup();
    rig_secret("alipay_app_key", "alipay_app_private_key.pem");
    rig_secret("alipay_public_key", "alipay_app_public_key.pem");
    setenv("ALIPAY_APP_ID", "2021000122671080", 1);
    setenv("ALIPAY_SELLER_ID", "2088000000000001", 1);
    key = load("alipay_app_private_key.pem", true);
    public = load("alipay_app_public_key.pem", false);
    snprintf(conf, sizeof conf, "keys:\n  dir: %s\nhttp:\n  public_url: http://127.0.0.1:1\n",
             rig_folder);
    test_db_setup();
    shop_conf(conf);
    make_shop(.stock = 100000);
    bare = PQconnectdb(test_db_dsn());
    ck_assert_int_eq(PQstatus(bare), CONNECTION_OK);
    prepare();
}

static int missed = 2;

START_TEST(notices)
{
    double ours[2][ROUNDS], theirs[2][ROUNDS], ratio[2][ROUNDS], a[2], b[2];
    int n = getenv("PN_BENCH_QUICK") ? QUICK : FULL;
    open_all();
    used();
    round_of(30, a, b); /* warm */
    for (int i = 0; i < ROUNDS; i++) {
        round_of(n, a, b);
        for (int k = 0; k < 2; k++) {
            ours[k][i] = a[k];
            theirs[k][i] = b[k];
            ratio[k][i] = a[k] / b[k];
        }
    }
    PQfinish(bare);
    test_db_teardown();
    rig_teardown();
    static const char *const what[] = {"p99", "p50"};
    double r[2];
    for (int k = 0; k < 2; k++) {
        r[k] = pn_median(ratio[k], ROUNDS);
        printf("{\"id\":\"notice.%s\",\"what\":\"a notice verified and applied, %s\",\"value\":"
               "%.0f,\"unit\":\"us\",\"baseline\":%.0f,\"baseline_what\":\"the same rows in a bare"
               " transaction, and one RSA verification\",\"ratio\":%.2f,\"gate\":1.5,\"aim\":1.0,"
               "\"rounds\":%d}\n", what[k], what[k], pn_median(ours[k], ROUNDS),
               pn_median(theirs[k], ROUNDS), r[k], ROUNDS);
    }
    missed = r[0] > 1.5;
    fflush(stdout);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("notice");
    TCase *t = tcase_create("notice");
    tcase_add_test(t, notices);
    suite_add_tcase(s, t);
    return pn_bench_run(s) ? missed : 2;
}
