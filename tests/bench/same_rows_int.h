/* SPDX-License-Identifier: Apache-2.0 */
/* same_rows_int.h — the rows of complete orders in SQL: of n from G. What the library writes is
 * held against the same rows written by a bare statement. */
#ifndef PN_BENCH_SAME_ROWS_H
#define PN_BENCH_SAME_ROWS_H

#include <stdio.h>
#include <string.h>

#define KEY "('\\x' || lpad(to_hex(n), 64, '0'))::bytea"
#define LIMIT "('\\x' || lpad(to_hex(n), 32, '0'))::bytea"
static const char *const rows[] = {
    "insert into orders (sk, id, no, session_id, show_id, staff_id, buyer, status, qty, delivery,"
    " buyer_phone, phone_hash, phone_tail, goods_fen, payable_fen, hold_expires_at, limit_keys,"
    " created_at, updated_at) select 1, n * 4096 + 1, 'PN' || n, 40961, 4, 31, " KEY ","
    " 'PENDING_PAY', 1, 'ETICKET', decode(repeat('ab', 44), 'hex'), " KEY ", right(n::text, 4),"
    " 58000, 58000, now() + interval '15 minutes', array[" LIMIT "], now(), now()"
    " from G",
    "insert into order_item (sk, order_id, no, tier_id, lot_id, qty, face_fen, unit_fen)"
    " select 1, n * 4096 + 1, 1, 61441, 61441, 1, 58000, 58000 from G",
    "insert into order_seat (sk, order_id, no, item_no, tier_id, list_fen, paid_fen, state)"
    " select 1, n * 4096 + 1, 1, 1, 61441, 58000, 58000, 'HELD' from G",
    "insert into order_due (sk, due_at, id, orders) select 1, now() + interval '15 minutes',"
    " n * 4096 + 1, array[n * 4096 + 1] from G",
    "insert into buyer_count (sk, session_id, buyer, qty) select 1, 40961, " LIMIT ", 1 from G",
    "insert into state_log select 1, n * 4096 + 1, 'order', n * 4096 + 1, null, 'PENDING_PAY',"
    " 'submit', 'O', 31, null, now() from G",
    "insert into audit_log (sk, id, at, actor_kind, actor_id, actor_name, via, op, noun, ref,"
    " input, after, hash) select 1, n * 4096 + 1, now(), 'O', 31, 'test', 'test', 'order.submit',"
    " 'order',"
    " n * 4096 + 1, '{\"tier\":61441,\"qty\":1,\"phone\":\"***\",\"channel\":\"OWN\"}',"
    " ('{\"id\":49090561,\"no\":\"PN261127122716173\",\"show\":\"雷雨\",\"session_id\":40961,"
    "\"start_at\":\"2027-01-26T20:54:55.763079+08:00\",\"status\":\"PENDING_PAY\",\"qty\":1,"
    "\"payable_fen\":\"580.00\",\"paid_fen\":\"0.00\",\"refunded_fen\":\"0.00\",\"delivery\":"
    "\"ETICKET\",\"channel\":\"OWN\",\"phone_tail\":\"2997\",\"staff_id\":31,\"hold_expires_at\":"
    "\"2026-11-27T21:09:55+08:00\",\"created_at\":\"2026-11-27T20:54:55+08:00\"}')::json,"
    " decode(repeat('ab', 32), 'hex') from G",
    "insert into outbox (sk, id, event, ref, key, payload, at, due_at) select 1, n * 4096 + 1,"
    " 'order.submitted', n * 4096 + 1, null, '{}', now(), now() from G",
    "insert into idempotency (sk, actor, key, input_hash, audit_ref, audit_id, expires_at)"
    " select (n & 4095)::int, 'O31', 'n' || n, decode(repeat('ab', 16), 'hex'), n * 4096 + 1,"
    " n * 4096 + 1, now() + interval '72 hours' from G",
};
enum { ROWS = sizeof rows / sizeof *rows };
#define TAKE "update stock set qty_locked = qty_locked + %d where sk = 1 and lot_id = 61441"

/* A statement with its G. */
static void with_source(FILE *f, const char *sql, const char *source)
{
    const char *g = strstr(sql, " from G");
    fprintf(f, "%.*s from %s", (int)(g - sql), sql, source);
}

/* Of a batch the event is one row, and the end of its holds; so is what its answers have in common,
 * and each has only its own of the trail. */
static const struct { const char *of, *sql; } batch_rows[] = {
    {"into outbox",
     "insert into outbox (sk, id, event, ref, refs, payload, at, due_at) select 1,"
     " min(n) * 4096 + 1, 'order.submitted', min(n) * 4096 + 1, array_agg(n * 4096 + 1), '{}',"
     " now(), now() from g group by n / 128"},
    {"into order_due",
     "insert into order_due (sk, due_at, id, orders) select 1, now() + interval '15 minutes',"
     " min(n) * 4096 + 1, array_agg(n * 4096 + 1) from g group by n / 128"},
    {"into audit_log",
     "insert into audit_log (sk, id, at, actor_kind, actor_id, actor_name, via, op, noun, ref,"
     " after, hash, common) select 1, n * 4096 + 1, now(), 'O', 31, 'test', 'test',"
     " 'order.submit', 'order', n * 4096 + 1, ('{\"id\":49090561,\"no\":\"PN261127122716173\","
     "\"phone_tail\":\"2997\"}')::json, decode(repeat('ab', 32), 'hex'), n / 128 from g"},
};
enum { BATCH_ROWS = sizeof batch_rows / sizeof *batch_rows };
static const char common[] =
    "insert into audit_common (sk, id, input, after) select 1, min(n) * 4096 + 1,"
    " '{\"tier\":61441,\"qty\":1,\"phone\":\"***\",\"channel\":\"OWN\"}', ('{\"show\":\"雷雨\","
    "\"session_id\":40961,\"start_at\":\"2027-01-26T20:54:55.763079+08:00\",\"status\":"
    "\"PENDING_PAY\",\"qty\":1,\"payable_fen\":\"580.00\",\"paid_fen\":\"0.00\","
    "\"refunded_fen\":\"0.00\",\"delivery\":\"ETICKET\",\"channel\":\"OWN\",\"staff_id\":31,"
    "\"hold_expires_at\":\"2026-11-27T21:09:55+08:00\",\"created_at\":"
    "\"2026-11-27T20:54:55+08:00\"}')::json from g group by n / 128";

/* All rows of `source` in one statement. */
static void one_statement(FILE *f, const char *source, int n)
{
    fprintf(f, "with g as materialized (%s), u as (" TAKE ")", source, n);
    for (int i = 0; i < ROWS; i++) {
        int k = n > 1 ? 0 : BATCH_ROWS;
        while (k < BATCH_ROWS && !strstr(rows[i], batch_rows[k].of))
            k++;
        fprintf(f, ", r%d as (", i);
        if (k < BATCH_ROWS)
            fputs(batch_rows[k].sql, f);
        else
            with_source(f, rows[i], "g");
        fputs(")", f);
    }
    if (n > 1)
        fprintf(f, ", common as (%s)", common);
    fputs(" select 1;\n", f);
}

#endif
