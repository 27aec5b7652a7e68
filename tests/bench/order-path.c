/* SPDX-License-Identifier: Apache-2.0 */
/* order-path.c — one order submitted and paid in cash through the library, on an otherwise idle
 * database, against pgbench doing the bare inserts and updates of the very same rows. In turns, so
 * that whatever else the machine does falls on both; the median of the rounds' ratios counts. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/unit_int.h"
#include "shop.h"
#include "main_int.h"
#include "median_int.h"

enum { ROUNDS = 7, FULL = 400, QUICK = 120, FIRST_ID = 5000000 };

static const char script[] =
    "\\set n :n + 1\n"
    "\\set o :n * 4096 + 1\n"
    "\\set y :n * 4096 + 1 + 4096000000000\n"
    "\\set y2 :y + 4096000000000\n"
    "\\set y3 :y + 8192000000000\n"
    "\\set y4 :y + 12288000000000\n"
    "begin;\n"
    "update stock set qty_locked = qty_locked + 1 where sk = 1 and lot_id = 61441;\n"
    "insert into buyer_count (sk, session_id, buyer, qty) values (1, 40961,"
    " ('\\x' || lpad(to_hex(:n::bigint), 32, '0'))::bytea, 1);\n"
    "insert into orders (sk, id, no, session_id, show_id, staff_id, buyer, status, qty, delivery,"
    " buyer_phone, phone_hash, phone_tail, goods_fen, payable_fen, hold_expires_at, created_at,"
    " updated_at) values (1, :o, 'PN' || :n::text, 40961, 4, 31,"
    " ('\\x' || lpad(to_hex(:n::bigint), 64, '0'))::bytea, 'PENDING_PAY', 1, 'ETICKET',"
    " decode(repeat('ab', 44), 'hex'), ('\\x' ||"
    " lpad(to_hex(:n::bigint), 64, '0'))::bytea, '0001', 58000, 58000, now(), now(), now());\n"
    "insert into order_item values (1, :o, 1, 61441, 1, 58000, 58000, 61441);\n"
    "insert into order_seat (sk, order_id, no, item_no, tier_id, list_fen, paid_fen, state)"
    " values (1, :o, 1, 1, 61441, 58000, 58000, 'HELD');\n"
    "insert into order_due values (1, now(), :o, array[:o::bigint]);\n"
    "insert into state_log values (1, :y, 'order', :o, null, 'PENDING_PAY', 'submit', 'O', 31,"
    " null, now());\n"
    "insert into audit_log (sk, id, at, actor_kind, actor_id, actor_name, via, op, noun, ref,"
    " input, after, hash) values (1, :y, now(), 'O', 31, 'test', 'test', 'order.submit', 'order',"
    " :o, '{\"tier\":61441,\"qty\":1,\"phone\":\"***\"}', '{\"id\":20480004097,\"no\":"
    "\"PN2611230000012\",\"show\":\"x\",\"session_id\":40961,\"status\":\"PENDING_PAY\",\"qty\":1,"
    "\"payable_fen\":58000,\"paid_fen\":0,\"refunded_fen\":0,\"delivery\":\"ETICKET\","
    "\"channel\":\"OWN\",\"staff_id\":31}', decode(repeat('ab', 32), 'hex'));\n"
    "insert into outbox (sk, id, event, ref, key, payload, at, due_at) values (1, :y,"
    "'order.submitted', :o, null, '{}', now(), now());\n"
    "commit;\n"
    "begin;\n"
    "update orders set status = 'ALLOCATED', paid_fen = payable_fen, paid_at = now(), legs = 1,"
    " updated_at = now(), version = version + 1 where sk = 1 and id = :o;\n"
    "update stock set qty_locked = qty_locked - 1, qty_sold = qty_sold + 1 where sk = 1"
    " and lot_id = 61441;\n"
    "update order_seat set state = 'SOLD' where sk = 1 and order_id = :o;\n"
    "insert into payment (sk, id, order_id, leg_no, method, amount_fen, received_fen,"
    " tendered_fen, staff_id, state, created_at, expires_at, paid_at, updated_at) values (1, :o,"
    " :o, 1, 'CASH', 58000, 58000, 58000, 21, 'SUCCESS', now(), now(), now(), now());\n"
    "insert into ticket (sk, id, ticket_no, session_id, tier_id, order_id, seat_no, kind, state,"
    " face_price_fen, created_at, updated_at) values (1, :o, :n::text, 40961, 61441, :o, 1, 'SALE',"
    " 'ISSUED', 58000, now(), now());\n"
    "insert into ticket_event (sk, id, ticket_id, event, staff_id, at) values (1, :o, :o,"
    " 'ISSUED', 21, now());\n"
    "insert into state_log values (1, :y2, 'order', :o, 'PENDING_PAY', 'PAID', 'paid', 'O',"
    " 21, null, now()), (1, :y3, 'order', :o, 'PAID', 'DISPATCHED', 'dispatch_ok',"
    " 'O', 21, null, now()), (1, :y4, 'order', :o, 'DISPATCHED', 'ALLOCATED',"
    " 'allocated', 'O', 21, null, now());\n"
    "insert into audit_log (sk, id, at, actor_kind, actor_id, actor_name, via, op, noun, ref,"
    " input, after, hash) values (1, :y3, now(), 'O', 21, 'test', 'test',"
    " 'payment.cash', 'payment', :o, '{\"order\":20480004097,\"tendered_fen\":58000}',"
    " '{\"id\":20480004097,\"order_id\":20480004097,\"leg_no\":1,\"method\":\"CASH\","
    "\"amount_fen\":58000,\"received_fen\":58000,\"tendered_fen\":58000,\"change_fen\":0,"
    "\"state\":\"SUCCESS\"}', decode(repeat('ab', 32), 'hex'));\n"
    "insert into outbox (sk, id, event, ref, key, payload, at, due_at) values (1,"
    " :y3, 'order.paid', :o, null, '{}', now(), now()),"
    " (1, :y4, 'ledger.post', :o, 'b' || :n::text,"
    " '{\"rule\":\"CASH\",\"biz_kind\":\"PAYMENT\",\"step\":\"CAPTURED\","
    "\"biz_id\":20480004097,\"method\":\"CASH\",\"sale\":1,\"shard\":1,\"onward\": true,"
    "\"at\":\"2026-11-27T11:13:10+08:00\",\"amount_fen\":58000}', now(), now());\n"
    "commit;\n";

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int64_t submit_trips, pay_trips;

/* One unit an order, as a server would do it. */
static void sell(int i)
{
    char phone[16];
    pn_order o;
    pn_payment y;
    snprintf(phone, sizeof phone, "13%09d", i);
    pn *p = as(PN_ROLE_OPS | PN_ROLE_BOXOFFICE, OPS);
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1, .phone = phone,
                                                    .channel = {PN_CHANNEL_OWN}}, &o));
    submit_trips = pni_round_trips(p);
    ok(pn_payment_cash(p, &(struct pn_payment_cash){o.id, {YUAN(580)}, NULL}, &y));
    pay_trips = pni_round_trips(p) - submit_trips;
    pn_end(p);
}

static double ours(int times)
{
    static int sold;
    double began = now_ms();
    for (int i = 0; i < times; i++)
        sell(++sold);
    return (now_ms() - began) / times;
}

static double bare(int times, const char *file)
{
    static int64_t done;
    char cmd[2000], line[300];
    double ms = 0;
    snprintf(cmd, sizeof cmd,
             "PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1);"
             " pgbench -n -M prepared -c 1 -t %d -D n=%" PRId64 " -f '%s' \"%s\" 2>&1", times,
             FIRST_ID + done, file, test_db_dsn());
    done += times;
    FILE *out = popen(cmd, "r");
    while (out && fgets(line, sizeof line, out))
        if (sscanf(line, "latency average = %lf ms", &ms) != 1 && strstr(line, "ERROR"))
            fputs(line, stderr);
    if (!out || pclose(out) || ms <= 0) {
        fprintf(stderr, "order-path: pgbench failed\n");
        exit(2);
    }
    return ms;
}

static int trips(const char *id, const char *what, int64_t n)
{
    printf("{\"id\":\"%s\",\"what\":\"%s\",\"value\":%d,\"unit\":\"round trips\",\"baseline\":3,"
           "\"baseline_what\":\"begin with the first read, the statement, books with commit\","
           "\"ratio\":%.2f,\"gate\":1,\"aim\":1,\"rounds\":1}\n", id, what, (int)n,
           (double)n / 3);
    return n > 3;
}

static int missed = 2;

/* A test, because the shop's helpers are made for tests; it prints figures instead of a verdict. */
START_TEST(order_path)
{
    double mine[ROUNDS], base[ROUNDS], ratio[ROUNDS];
    int times = getenv("PN_BENCH_QUICK") ? QUICK : FULL;
    char file[] = "/tmp/pn-order-path-XXXXXX";
    int fd = mkstemp(file);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, script, strlen(script)), (ssize_t)strlen(script));
    close(fd);
    test_db_setup();
    make_shop(.stock = 1000000);
    ours(300);
    bare(300, file);
    test_sql("vacuum analyze"); /* what autovacuum does to a table in use; it is off here */
    ours(50);
    for (int i = 0; i < ROUNDS; i++) {
        mine[i] = ours(times);
        base[i] = bare(times, file);
        ratio[i] = mine[i] / base[i];
    }
    unlink(file);
    test_db_teardown();
    double r = pn_median(ratio, ROUNDS);
    printf("{\"id\":\"order.path\",\"what\":\"one order submitted and paid through the library\","
           "\"value\":%.3f,\"unit\":\"ms\",\"baseline\":%.3f,\"baseline_what\":\"pgbench, the bare"
           " inserts and updates of the same rows\",\"ratio\":%.2f,\"gate\":1.5,\"aim\":1.0,"
           "\"rounds\":%d}\n", pn_median(mine, ROUNDS), pn_median(base, ROUNDS), r, ROUNDS);
    missed = r > 1.5;
    missed |= trips("order.submit.trips", "round trips of order submit", submit_trips);
    missed |= trips("order.pay.trips", "round trips of payment cash", pay_trips);
    fflush(stdout);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("order-path");
    TCase *c = tcase_create("order-path");
    tcase_add_test(c, order_path);
    suite_add_tcase(s, c);
    return pn_bench_run(s) ? missed : 2;
}
