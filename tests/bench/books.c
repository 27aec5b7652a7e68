/* SPDX-License-Identifier: Apache-2.0 */
/* books.c — what the bookkeeping of a batch costs: 256 requests of as many callers, each with a
 * key, an audit row, a step in the state log and an event, and no effect besides. Our own
 * processor time a request, and the time all of it takes, beside the server inserting the same
 * rows from a query. In turns; the median of the rounds' ratios counts. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/call_int.h"
#include "db.h"
#include "main_int.h"
#include "median_int.h"

enum { ROUNDS = 7, WIDE = 256, FULL = 60, QUICK = 15 };

typedef struct pn_mark {
    int64_t id;
    const char *no, *name, *phone, *state;
    int64_t session_id, show_id, staff_id;
    int qty;
    pn_money payable_fen, paid_fen;
    pn_time created_at;
} pn_mark;
struct pn_mark_set { int64_t tier; int qty; const char *name, *phone; };
#define COL(field) PN_COL(pn_mark, field, "")
static PN_TYPE(set_t, "mark.set", struct pn_mark_set,
    PN_COL(struct pn_mark_set, tier, "Tier", .flags = PN_REQ),
    PN_COL(struct pn_mark_set, qty, "Quantity", .flags = PN_REQ),
    PN_COL(struct pn_mark_set, name, "Name"),
    PN_COL(struct pn_mark_set, phone, "Telephone", .flags = PN_PII));
static PN_TYPE(mark_t, "mark", pn_mark, PN_COL(pn_mark, id, "ID", .flags = PN_KEY), COL(no),
    COL(name), COL(phone), COL(state), COL(session_id), COL(show_id), COL(staff_id), COL(qty),
    COL(payable_fen), COL(paid_fen), COL(created_at));

static int set(pn *p, const pn_batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct pn_mark_set *in = b->req[i]->in;
        pn_mark *out = b->req[i]->out;
        pn_for(p, b, i);
        PN_TRY(pn_new_id(p, 1, &out->id));
        out->no = "PN2611230000012";
        out->name = in->name;
        out->phone = "138****8000";
        out->state = "PENDING_PAY";
        out->session_id = 40961;
        out->show_id = 4096;
        out->staff_id = pn_who(p)->id;
        out->qty = in->qty;
        out->payable_fen.fen = 58000;
        out->created_at = pn_now(p);
        PN_TRY(pni_state_log(p, "mark", out->id, NULL, "PENDING_PAY", "submit", NULL));
        PN_TRY(pn_audit(p, "mark", out->id, &mark_t, NULL, out, NULL));
        PN_TRY(pn_outbox(p, "mark.set", out->id, NULL, NULL, NULL));
    }
    return 0;
}

int pn_mark_set(pn *p, const struct pn_mark_set *in, pn_mark *out);
PN_OP_MANY(mark, set, pn_mark, .brief = "Set a mark", .in = &set_t, .out = &mark_t,
           .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE | PN_MANY)

static double clock_of(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double own_us; /* processor time of the last run, a request */

/* Microseconds a request. */
static double ours(int batches)
{
    static struct pn_mark_set in[WIDE];
    static pn_mark out[WIDE];
    static pn_request req[WIDE];
    static pn_actor actor[WIDE];
    static char key[WIDE][40];
    static int64_t asked;
    double began = clock_of(CLOCK_MONOTONIC), cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID);
    for (int k = 0; k < batches; k++) {
        for (int i = 0; i < WIDE; i++) {
            snprintf(key[i], sizeof key[i], "order-%" PRId64, ++asked);
            actor[i] = (pn_actor){.kind = 'U', .id = 4096 * (i + 1) + 1, .login = "buyer",
                                  .roles = PN_ROLE_OPS};
            in[i] = (struct pn_mark_set){61441, 1, "王小明", "13800138000"};
            req[i] = (pn_request){.actor = &actor[i], .key = key[i], .via = "http:127.0.0.1",
                                  .command = "POST /v1/marks/set", .in = &in[i], .out = &out[i]};
        }
        pn *p = pn_begin(test_ctx);
        ok(pn_call_requests(p, &mark_set_op, req, WIDE));
        for (int i = 0; i < WIDE; i++)
            ck_assert_int_eq(req[i].rc, 0);
        pn_end(p);
    }
    own_us = (clock_of(CLOCK_PROCESS_CPUTIME_ID) - cpu) / batches / WIDE;
    return (clock_of(CLOCK_MONOTONIC) - began) / batches / WIDE;
}

/* The same rows, made by the server itself: k batches of WIDE, each with its commit. */
static const char script[] =
    "do $$ begin for k in %" PRId64 "..%" PRId64 " loop"
    " insert into idempotency (sk, actor, key, input_hash, audit_ref, audit_id, expires_at)"
    "  select (n & 4095)::int, 'U' || n, 'order-' || n, decode(repeat('ab', 16), 'hex'),"
    "  n * 4096 + 1, n * 4096 + 1, now() + interval '72 hours'"
    "  from generate_series(k * 256::bigint, k * 256 + 255) n;"
    " insert into state_log select 1, n * 4096 + 1, 'mark', n, null, 'PENDING_PAY', 'submit', 'U',"
    "  n, null, now() from generate_series(k * 256::bigint, k * 256 + 255) n;"
    " insert into audit_common values (1, k::bigint * 4096 + 1, '{\"tier\":61441,\"qty\":1,"
    "\"name\":\"王小明\",\"phone\":\"***\"}', '{\"no\":\"PN2611230000012\",\"name\":\"王小明\","
    "\"phone\":\"138****8000\",\"state\":\"PENDING_PAY\",\"session_id\":40961,\"show_id\":4096,"
    "\"qty\":1,\"payable_fen\":\"580.00\",\"paid_fen\":\"0.00\",\"created_at\":"
    "\"2026-11-28T12:25:56+08:00\"}');"
    " insert into audit_log (sk, id, at, actor_kind, actor_id, actor_name, via, op, noun, ref,"
    "  command, after, hash, common) select 1, n * 4096 + 1, now(), 'U', n, 'buyer',"
    "  'http:127.0.0.1', 'mark.set', 'mark', n, 'POST /v1/marks/set', ('{\"id\":' || n ||"
    "  ',\"staff_id\":4097}')::json, decode(repeat('ab', 32), 'hex'), k::bigint * 4096 + 1"
    "  from generate_series(k * 256::bigint, k * 256 + 255) n;"
    " insert into outbox (sk, id, event, ref, key, payload, at, due_at) select 1, n * 4096 + 1,"
    "  'mark.set', n, null, '{}', now(), now()"
    "  from generate_series(k * 256::bigint, k * 256 + 255) n;"
    " commit; end loop; end $$";

static double bare(int batches)
{
    static int64_t done = 4000000;
    char sql[sizeof script + 60];
    snprintf(sql, sizeof sql, script, done, done + batches - 1);
    done += batches;
    double began = clock_of(CLOCK_MONOTONIC);
    test_sql(sql);
    return (clock_of(CLOCK_MONOTONIC) - began) / batches / WIDE;
}

static int missed = 2;

START_TEST(books)
{
    double mine[ROUNDS], own[ROUNDS], base[ROUNDS], ratio[ROUNDS], share[ROUNDS];
    int batches = getenv("PN_BENCH_QUICK") ? QUICK : FULL;
    test_db_setup();
    ours(batches);
    bare(batches);
    test_sql("vacuum analyze");
    for (int i = 0; i < ROUNDS; i++) {
        mine[i] = ours(batches);
        own[i] = own_us;
        base[i] = bare(batches);
        ratio[i] = mine[i] / base[i];
        share[i] = own[i] / base[i];
    }
    test_db_teardown();
    double r = pn_median(ratio, ROUNDS), s = pn_median(share, ROUNDS);
    printf("{\"id\":\"books\",\"what\":\"bookkeeping of a request, 256 in a batch\",\"value\":%.2f,"
           "\"unit\":\"us\",\"baseline\":%.2f,\"baseline_what\":\"the server inserting the same"
           " rows from a query\",\"ratio\":%.2f,\"gate\":2.5,\"aim\":1.5,\"rounds\":%d}\n",
           pn_median(mine, ROUNDS), pn_median(base, ROUNDS), r, ROUNDS);
    printf("{\"id\":\"books.own\",\"what\":\"our own processor time of it\",\"value\":%.2f,"
           "\"unit\":\"us\",\"baseline\":%.2f,\"baseline_what\":\"the server inserting the same"
           " rows from a query\",\"ratio\":%.2f,\"gate\":0.6,\"aim\":0.25,\"rounds\":%d}\n",
           pn_median(own, ROUNDS), pn_median(base, ROUNDS), s, ROUNDS);
    missed = r > 2.5 || s > 0.6;
    fflush(stdout);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("books");
    TCase *c = tcase_create("books");
    tcase_add_test(c, books);
    suite_add_tcase(s, c);
    return pn_bench_run(s) ? missed : 2;
}
