/* SPDX-License-Identifier: Apache-2.0 */
/* batch.c — requests of several callers in one transaction, shown on an operation of the test's
 * own over the policy table: none hurts its neighbours, and each has exactly one effect. */
#include <sodium.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/audit_int.h"
#include "base/db_int.h"
#include "db.h"

enum { MANY = 16, WIDE = 256 };

typedef struct pn_mark { int64_t id; const char *key, *value; } pn_mark;
struct pn_mark_set { const char *key, *value; };
static const pn_type set_t = {"mark.set", sizeof(struct pn_mark_set), (const pn_col[]){
    PN_COL(struct pn_mark_set, key, "Key", .flags = PN_REQ, .max = 20),
    PN_COL(struct pn_mark_set, value, "Value", .flags = PN_REQ), {0}}};
static const pn_type mark_t = {"mark", sizeof(pn_mark), (const pn_col[]){
    PN_COL(pn_mark, id, "ID", .flags = PN_KEY), PN_COL(pn_mark, key, "Key"),
    PN_COL(pn_mark, value, "Value"), {0}}};
static const pn_sql put = {"mark_put", &mark_t, NULL,
    "INSERT INTO policy (id, key, scope, value, effective_from)"
    " SELECT u.id, u.key, 'test', CASE u.value WHEN 'poison' THEN (1 / (u.id - u.id))::text"
    "   ELSE u.value END, :now"
    " FROM unnest(:id, :key, :value) u(id, key, value)", .array = true};
static const pn_sql look = {"mark_look", NULL, &mark_t, "SELECT count(*) AS id FROM policy"};
static int runs;
static bool moody;

static int set(pn *p, const pn_batch *b)
{
    pn_mark *rows = pn_alloc(p, b->n * sizeof *rows);
    size_t n = 0;
    if (!rows)
        return pn_fail(p, PN_EMEM, NULL, "no memory");
    runs++;
    PN_TRY(pn_one(p, &look, NULL, NULL));
    for (size_t i = 0; i < b->n; i++) {
        const struct pn_mark_set *in = b->req[i]->in;
        pn_mark *out = b->req[i]->out;
        pn_for(p, b, i);
        if (!strcmp(in->value, "wordless"))
            b->req[i]->rc = PN_ESTOCK;
        else if (!strcmp(in->value, "refuse") || (moody && !strcmp(in->value, "mood")))
            b->req[i]->rc = pn_fail(p, PN_ESTATE, "value", "%s is refused", in->key);
        if (b->req[i]->rc)
            continue;
        PN_TRY(pn_new_id(p, 0, &out->id));
        out->key = in->key;
        out->value = in->value;
        rows[n++] = *out;
    }
    for (size_t i = b->n; i-- > 0;) {
        const pn_mark *out = b->req[i]->out;
        pn_for(p, b, i);
        if (b->req[i]->rc)
            continue;
        PN_TRY(pni_state_log(p, "mark", out->id, NULL, "NEW", "set", NULL));
        PN_TRY(pn_outbox(p, "mark.set", out->id, &mark_t, out, NULL));
        if (!strcmp(out->value, "told"))
            PN_TRY(pn_audit(p, "mark", out->id, &mark_t, NULL, out, "told by itself"));
    }
    return n ? pn_queue(p, &put, rows, n, NULL, NULL) : 0;
}

int pn_mark_set(pn *p, const struct pn_mark_set *in, pn_mark *out);
PN_OP_MANY(mark, set, pn_mark, .brief = "Set a mark", .in = &set_t, .out = &mark_t,
           .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE | PN_MANY)

static pn *p;
static pn_request req[WIDE];
static struct pn_mark_set in[WIDE];
static pn_mark out[WIDE];
static pn_actor actor[WIDE];
static char words[WIDE][2][24];

/* Request i: actor 100 + i, key "k<i>", value "v". */
static void prepare(void)
{
    memset(out, 0, sizeof out);
    for (int i = 0; i < WIDE; i++) {
        snprintf(words[i][0], sizeof words[i][0], "m%d", i);
        snprintf(words[i][1], sizeof words[i][1], "k%d", i);
        actor[i] = (pn_actor){.kind = 'O', .id = 100 + i, .login = words[i][0],
                              .roles = PN_ROLE_OPS};
        in[i] = (struct pn_mark_set){.key = words[i][0], .value = "v"};
        req[i] = (pn_request){.actor = &actor[i], .key = words[i][1], .via = "desk",
                              .command = words[i][1], .in = &in[i], .out = &out[i]};
    }
}
static void setup(void)
{
    test_db_setup();
    p = test_begin(PN_ROLE_GATE);
    runs = 0;
    prepare();
}
static void teardown(void)
{
    pn_end(p);
    test_db_teardown();
}
static int64_t marks(void)
{
    return test_sql_int("select count(*) from policy where scope = 'test'");
}
/* What was accepted is there once, with all its bookkeeping, and nothing else is. */
static void all_is_told_once(int64_t n)
{
    ck_assert_int_eq(marks(), n);
    ck_assert_int_eq(test_sql_int("select count(distinct key) from policy where scope = 'test'"),
                     n);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where op = 'mark.set'"), n);
    ck_assert_int_eq(test_sql_int("select count(*) from outbox where event = 'mark.set'"), n);
    ck_assert_int_eq(test_sql_int("select count(*) from state_log where noun = 'mark'"), n);
}
static int64_t told(int i)
{
    char sql[200];
    snprintf(sql, sizeof sql, "select id from policy where scope = 'test' and key = 'm%d'", i);
    return test_sql_int(sql);
}

START_TEST(each_caller_gets_its_own_answer_and_its_own_trail)
{
    in[1].value = "refuse";
    in[2].value = "told";
    actor[3].roles = PN_ROLE_GATE;
    in[4].key = NULL;
    in[5].value = "wordless";
    ok(pn_call_requests(p, &mark_set_op, req, MANY));
    ck_assert_int_eq(runs, 1);
    ck_assert_int_eq(req[1].rc, PN_ESTATE);
    ck_assert_str_eq(req[1].err.message, "m1 is refused");
    ck_assert_str_eq(req[1].err.field, "value");
    ck_assert_int_eq(req[3].rc, PN_EPERM);
    ck_assert_int_eq(req[4].rc, PN_EARG);
    ck_assert_str_eq(req[4].err.field, "key");
    ck_assert_int_eq(req[5].rc, PN_ESTOCK);
    ck_assert_str_eq(req[5].err.message, pn_code_text(PN_ESTOCK));
    ck_assert_int_eq(out[1].id, 0);
    for (int i = 6; i < MANY; i++) {
        ck_assert_int_eq(req[i].rc, 0);
        ck_assert_int_eq(out[i].id, told(i));
    }
    all_is_told_once(MANY - 4);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where op = 'mark.set' and"
                                  " actor_id = 100 + substr(command, 2)::int and via = 'desk' and"
                                  " actor_name = 'm' || substr(command, 2) and input->>'key' ="
                                  " actor_name"), MANY - 4);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where reason = 'told by itself'"
                                  " and actor_id = 102 and \"after\" is not null"), 1);
    ck_assert_int_eq(test_sql_int("select count(distinct actor_id) from state_log"), MANY - 4);
    ck_assert_int_eq(test_sql_int("select count(*) from idempotency"), MANY - 4);
    /* the one that told it by itself told all of it: its answer is not kept twice */
    ck_assert_int_eq(test_sql_int("select count(*) from idempotency where result is null"), 1);
    ck_assert_int_eq(pn_who(p)->roles & PN_ROLE_OPS, 0);
}
END_TEST

/* What the trail shows of request i. */
static const char *trail_of(pn *ops, int i)
{
    const pn_op *op = pn_op_find("audit", "show");
    char sql[100];
    snprintf(sql, sizeof sql, "select id from audit_log where noun = 'mark' and ref = %lld",
             (long long)out[i].id);
    int64_t id = test_sql_int(sql);
    void *row = pn_alloc(ops, op->out->size);
    ok(pn_call(ops, op, &id, row));
    pn_buf b = pn_buf_new(ops);
    pn_to_json(&b, op->out, row);
    return b.text;
}

static int64_t touched(void)
{
    int64_t seen, drift, sample;
    ok(pni_audit_verify(p, &seen, &drift, &sample));
    return drift;
}

/* Answers that are alike are one row; each is shown, given again and proved as a whole. */
START_TEST(what_a_batch_says_alike_is_told_once)
{
    pn_mark first[WIDE];
    for (int i = 0; i < MANY; i++)
        in[i].value = "told";
    in[3].value = "refuse";
    ok(pn_call_requests(p, &mark_set_op, req, MANY));
    ck_assert_int_eq(test_sql_int("select count(*) from audit_common where input::text ="
                                  " '{\"value\":\"told\"}' and \"after\"::text = input::text"), 1);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where input::text = '{\"key\":'"
                                  " || to_json(actor_name) || '}' and \"after\"->>'value' is null"),
                     MANY - 1);
    PN_AUTO_UNIT ops = test_begin(PN_ROLE_OPS);
    const char *shown = trail_of(ops, 5);
    ck_assert_ptr_nonnull(strstr(shown, "\"input\":{\"key\":\"m5\",\"value\":\"told\"}"));
    ck_assert_ptr_nonnull(strstr(shown, pn_printf(ops, "\"after\":{\"id\":%lld,\"key\":"
                                 "\"m5\",\"value\":\"told\"}", (long long)out[5].id)));
    memcpy(first, out, sizeof first);
    memset(out, 0, sizeof out);
    ok(pn_call_requests(p, &mark_set_op, req, MANY)); /* the same again */
    for (int i = 0; i < MANY; i++) {
        ck_assert_int_eq(out[i].id, first[i].id);
        ck_assert_str_eq(out[i].value ? out[i].value : "-", i == 3 ? "-" : "told");
    }
    all_is_told_once(MANY - 1);
    ck_assert_int_eq(touched(), 0);
    test_sql("update audit_common set \"after\" = '{\"value\":\"sold\"}'");
    ck_assert_int_eq(touched(), MANY - 1);
    test_sql("update audit_common set \"after\" = input");
    ck_assert_int_eq(touched(), 0);
    test_sql("delete from audit_common");
    ck_assert_int_eq(touched(), MANY - 1);
}
END_TEST

/* A few are told by themselves, in full. */
START_TEST(what_few_say_alike_is_told_by_each)
{
    for (int i = 0; i < 7; i++)
        in[i].value = "told";
    ok(pn_call_requests(p, &mark_set_op, req, MANY));
    ck_assert_int_eq(test_sql_int("select count(*) from audit_common"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where common is null and"
                                  " \"after\"->>'value' = 'told' and input->>'value' = 'told'"), 7);
    ck_assert_int_eq(touched(), 0);
}
END_TEST

START_TEST(a_batch_of_any_width_costs_two_round_trips)
{
    ok(pn_call_requests(p, &mark_set_op, req, 2)); /* the first of several asks for their types */
    int64_t before = pni_round_trips(p);
    ok(pn_call_requests(p, &mark_set_op, req + 2, 1));
    ck_assert_int_eq(pni_round_trips(p) - before, 2);
    before = pni_round_trips(p);
    ok(pn_call_requests(p, &mark_set_op, req + 3, WIDE - 3));
    ck_assert_int_eq(pni_round_trips(p) - before, 2);
    all_is_told_once(WIDE);
}
END_TEST

START_TEST(a_stored_answer_is_given_and_another_request_with_its_key_refused)
{
    ok(pn_call_requests(p, &mark_set_op, req, 2));
    int64_t id = out[0].id;
    memset(out, 0, sizeof out);
    in[1].value = "other";
    ok(pn_call_requests(p, &mark_set_op, req, MANY));
    ck_assert_int_eq(req[0].rc, 0);
    ck_assert_int_eq(out[0].id, id);
    ck_assert_str_eq(out[0].key, "m0");
    ck_assert_int_eq(req[1].rc, PN_EREPLAY);
    ck_assert_str_eq(req[1].err.field, "idempotency_key");
    for (int i = 2; i < MANY; i++)
        ck_assert_int_eq(out[i].id, told(i));
    all_is_told_once(MANY);
    actor[0].id = 999; /* somebody else's key of the same name is another key */
    in[0].key = "new";
    ok(pn_call_requests(p, &mark_set_op, req, 1));
    ck_assert_int_ne(out[0].id, id);
}
END_TEST

/* A migration gave the keys that were there before what they would have now. */
START_TEST(a_key_is_kept_with_a_hash_of_operation_and_input)
{
    unsigned char of[32];
    char hex[65];
    pn_buf b = pn_buf_new(p);
    ok(pn_call_requests(p, &mark_set_op, req, 1));
    pn_to_json(&b, &set_t, &in[0]);
    crypto_generichash(of, sizeof of, (const unsigned char *)b.text, b.len, NULL, 0);
    ck_assert_int_eq(test_sql_int(pn_printf(p, "select count(*) from idempotency where input_hash ="
        " substr(sha256('\\x%s' || convert_to('mark.set', 'UTF8')), 1, 16)",
        sodium_bin2hex(hex, sizeof hex, of, sizeof of))), 1);
}
END_TEST

/* What it would be told today does not matter: it has its answer. */
START_TEST(a_stored_answer_wins_over_a_refusal)
{
    moody = false;
    in[0].value = "mood";
    ok(pn_call_requests(p, &mark_set_op, req, 1));
    int64_t id = out[0].id;
    moody = true;
    memset(out, 0, sizeof out);
    actor[1] = actor[0];
    in[1].value = "mood";
    ok(pn_call_requests(p, &mark_set_op, req, 3));
    ck_assert_int_eq(req[0].rc, 0);
    ck_assert_int_eq(out[0].id, id);
    ck_assert_int_eq(req[1].rc, PN_ESTATE);
    ck_assert_int_eq(req[2].rc, 0);
    in[0].key = "other";
    ok(pn_call_requests(p, &mark_set_op, req, 1));
    ck_assert_int_eq(req[0].rc, PN_EREPLAY);
    all_is_told_once(2);
}
END_TEST

START_TEST(an_old_key_is_forgotten)
{
    ok(pn_call_requests(p, &mark_set_op, req, 2));
    test_sql("update idempotency set expires_at = now() - interval '1 second' where key = 'k0'");
    test_sql("update policy set key = 'old' where key = 'm0'");
    int64_t id[2] = {out[0].id, out[1].id};
    ok(pn_call_requests(p, &mark_set_op, req, 3));
    ck_assert_int_ne(out[0].id, id[0]);
    ck_assert_int_eq(out[0].id, told(0));
    ck_assert_int_eq(out[1].id, id[1]);
    ck_assert_int_eq(out[2].id, told(2));
    ck_assert_int_eq(test_sql_int("select count(*) from idempotency"), 3);
    all_is_told_once(4);
}
END_TEST

START_TEST(one_key_twice_in_a_batch_has_one_effect)
{
    for (int i = 1; i < 4; i++) {
        actor[i] = actor[0];
        req[i].key = req[0].key;
        in[i] = in[0];
    }
    in[3].value = "other";
    ok(pn_call_requests(p, &mark_set_op, req, 5));
    ck_assert_int_eq(req[0].rc, 0);
    ck_assert_int_eq(out[1].id, out[0].id);
    ck_assert_int_eq(out[2].id, out[0].id);
    ck_assert_int_eq(req[3].rc, PN_EREPLAY);
    ck_assert_int_eq(out[4].id, told(4));
    all_is_told_once(2);
    in[0].value = "refuse"; /* a refusal uses no key up */
    for (int i = 0; i < 4; i++)
        req[i].key = "again";
    in[1].key = in[2].key = "second";
    ok(pn_call_requests(p, &mark_set_op, req, 3));
    ck_assert_int_eq(req[0].rc, PN_ESTATE);
    ck_assert_int_eq(req[1].rc, 0);
    ck_assert_int_eq(out[2].id, out[1].id);
    all_is_told_once(3);
}
END_TEST

START_TEST(a_poisoned_request_dies_alone)
{
    in[11].value = in[200].value = "poison";
    ok(pn_call_requests(p, &mark_set_op, req, WIDE));
    for (int i = 0; i < WIDE; i++)
        if (i == 11 || i == 200)
            ck_assert_int_eq(req[i].rc, PN_EINTERNAL);
        else
            ck_assert_msg(!req[i].rc && out[i].id == told(i), "request %d", i);
    all_is_told_once(WIDE - 2);
    ck_assert_int_lt(runs, 40);
}
END_TEST

/* Two processes, the same keys in another order: each request happened once, both know it. */
START_TEST(a_race_for_keys_has_one_winner_each)
{
    int fd[2];
    ck_assert_int_eq(pipe(fd), 0);
    for (int child = 0; child < 2; child++) {
        if (fork())
            continue;
        pn_ctx *ctx;
        int rc = pn_ctx_open(&(pn_open_opts){.dsn = test_db_dsn(), .pool_max = 2}, &ctx);
        for (int round = 0; !rc && round < 8; round++) {
            pn_request mine[MANY];
            for (int i = 0; i < MANY; i++)
                mine[i] = req[round * MANY + (child ? MANY - 1 - i : i)];
            pn *u = pn_begin(ctx);
            rc = pn_call_requests(u, &mark_set_op, mine, MANY);
            for (int i = 0; i < MANY; i++)
                rc |= mine[i].rc;
            for (int i = 0; i < MANY; i++)
                out[round * MANY + i].key = out[round * MANY + i].value = NULL;
            pn_end(u);
        }
        rc |= write(fd[1], out, 8 * MANY * sizeof *out) != (ssize_t)(8 * MANY * sizeof *out);
        _exit(rc ? 1 : 0);
    }
    static pn_mark got[2][8 * MANY];
    for (int child = 0; child < 2; child++) {
        size_t n = 0;
        while (n < sizeof got[0]) {
            ssize_t some = read(fd[0], (char *)got[child] + n, sizeof got[0] - n);
            ck_assert_int_gt(some, 0);
            n += (size_t)some;
        }
    }
    for (int child = 0; child < 2; child++) {
        int status;
        wait(&status);
        ck_assert_int_eq(status, 0);
    }
    for (int i = 0; i < 8 * MANY; i++) {
        ck_assert_int_eq(got[0][i].id, got[1][i].id);
        ck_assert_int_eq(got[0][i].id, told(i));
    }
    all_is_told_once(8 * MANY);
}
END_TEST

/* The connection, or the transaction, dies at every single statement of the batch. Once the commit
 * is on its way only a key can tell; before that everything is done again. */
START_TEST(a_failure_before_the_commit_is_survived)
{
    ok(pn_call_requests(p, &mark_set_op, req, 1));
    int64_t done = 1, asked = 1;
    for (int n = 1; n < 12; n++, asked += MANY) {
        pni_send_fail_in = n;
        pni_send_fail_soft = _i;
        for (int i = 0; i < MANY; i++)
            req[asked + i].key = i % 2 ? req[asked + i].key : NULL;
        ok(pn_call_requests(p, &mark_set_op, req + asked, MANY));
        bool reached = pni_send_fail_in <= 0;
        pni_send_fail_in = 0;
        for (int i = 0; i < MANY; i++) {
            const pn_request *r = &req[asked + i];
            bool unknown = !_i && n > 1 && !r->key && r->rc == PN_EAMBIGUOUS;
            ck_assert_msg(!r->rc || unknown, "%d: %s", n, r->err.message);
            done += !r->rc;
        }
        all_is_told_once(done);
        if (!reached)
            break;
        ck_assert_int_lt(n, 11);
    }
    pni_send_fail_soft = false;
}
END_TEST

START_TEST(a_commit_without_answer_is_resolved_by_each_key)
{
    in[0].value = "refuse";
    req[1].key = req[2].key = NULL;
    in[2].value = "refuse";
    pni_commit_cut = _i;
    ok(pn_call_requests(p, &mark_set_op, req, MANY));
    ck_assert_int_eq(req[0].rc, PN_ESTATE);
    ck_assert_int_eq(req[1].rc, PN_EAMBIGUOUS);
    ck_assert_ptr_nonnull(req[1].err.hint);
    ck_assert_int_eq(req[2].rc, PN_ESTATE);
    for (int i = 3; i < MANY; i++) {
        ck_assert_int_eq(req[i].rc, 0);
        ck_assert_int_eq(out[i].id, told(i));
    }
    all_is_told_once(MANY - (_i == 1 ? 3 : 2));
}
END_TEST

START_TEST(without_a_database_everybody_is_told_at_once)
{
    pn_ctx *ctx;
    ck_assert_int_eq(pn_ctx_open(&(pn_open_opts){.dsn = "host=/nonexistent dbname=x"}, &ctx), 0);
    pn *u = pn_begin(ctx);
    actor[1].roles = 0;
    ck_assert_int_eq(pn_call_requests(u, &mark_set_op, req, WIDE), PN_EDATABASE);
    ck_assert_int_le(runs, 1);
    for (int i = 0; i < WIDE; i++) {
        ck_assert_int_eq(req[i].rc, i == 1 ? PN_EAUTH : PN_EDATABASE);
        ck_assert_int_gt(strlen(req[i].err.message), 0);
    }
    pn_end(u);
    pn_ctx_close(ctx);
}
END_TEST

START_TEST(one_call_is_a_batch_of_one)
{
    pn_end(p);
    p = test_begin(PN_ROLE_OPS);
    pn_mark one = {0}, two = {0};
    ok(pn_mark_set(p, &in[0], NULL));
    int64_t before = pni_round_trips(p);
    pn_key(p, "once");
    ok(pn_mark_set(p, &in[1], &one));
    ck_assert_int_eq(pni_round_trips(p) - before, 2);
    ok(pn_mark_set(p, &in[1], &two));
    ck_assert_int_eq(one.id, two.id);
    fails(PN_EREPLAY, pn_mark_set(p, &in[2], &two));
    in[3].value = "refuse";
    pn_key(p, "refused");
    fails(PN_ESTATE, pn_mark_set(p, &in[3], &two));
    ck_assert_str_eq(pn_error(p)->field, "value");
    pn_key(p, "cut");
    pni_commit_cut = 2;
    ok(pn_mark_set(p, &in[4], &two));
    ck_assert_int_eq(two.id, told(4));
    pn_key(p, NULL);
    pni_commit_cut = 2;
    fails(PN_EAMBIGUOUS, pn_mark_set(p, &in[5], &two));
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where actor_id = 1"), 4);
    pn_dry_run(p, true);
    ok(pn_mark_set(p, &in[6], &two));
    all_is_told_once(4);
}
END_TEST

START_TEST(one_caller_may_ask_for_many)
{
    pn_end(p);
    p = test_begin(PN_ROLE_OPS);
    int rc[MANY];
    pn_err errs[MANY];
    in[2].value = "refuse";
    ok(pn_call_many(p, &mark_set_op, in, MANY, out, rc, errs));
    ck_assert_int_eq(rc[2], PN_ESTATE);
    ck_assert_str_eq(errs[2].message, "m2 is refused");
    ck_assert_int_eq(out[3].id, told(3));
    all_is_told_once(MANY - 1);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where actor_id = 1"), MANY - 1);
    pn_key(p, "shared");
    fails(PN_EARG, pn_call_many(p, &mark_set_op, in, MANY, out, rc, errs));
}
END_TEST

START_TEST(no_memory_is_an_error_and_half_nothing)
{
    int64_t done = 0;
    ok(pn_call_requests(p, &mark_set_op, req + WIDE - 1, 1));
    for (int n = 1; n < 400; n += 3) {
        pn_end(p);
        p = test_begin(PN_ROLE_GATE);
        pni_alloc_fail_in = n;
        int rc = pn_call_requests(p, &mark_set_op, req, 4);
        bool reached = pni_alloc_fail_in <= 0;
        pni_alloc_fail_in = 0;
        for (int i = 0; i < 4 && !rc; i++)
            ck_assert_msg(!req[i].rc || req[i].rc == PN_EMEM, "%d: %d", n, req[i].rc);
        done = marks();
        all_is_told_once(done);
        if (!reached)
            break;
    }
    ck_assert_int_eq(done, 5);
}
END_TEST

/* Two are refused, and whether they had an answer once comes with the commit of the third. */
START_TEST(what_is_committed_is_not_told_as_failed)
{
    int64_t before = marks();
    req[0].key = NULL;
    in[1].value = in[2].value = "refuse";
    for (int n = 1; n < 400; n++) {
        pn_end(p);
        p = test_begin(PN_ROLE_GATE);
        pni_alloc_fail_in = n;
        int rc = pn_call_requests(p, &mark_set_op, req, 3);
        bool reached = pni_alloc_fail_in <= 0;
        pni_alloc_fail_in = 0;
        int64_t now = marks();
        ck_assert_int_le(now, before + 1);
        ck_assert_msg((now > before) == (!rc && !req[0].rc), "%d: %d %d", n, rc, req[0].rc);
        before = now;
        if (!reached)
            break;
    }
    ck_assert_int_gt(before, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("batch");
    TCase *t = tcase_create("requests");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, each_caller_gets_its_own_answer_and_its_own_trail);
    tcase_add_test(t, what_a_batch_says_alike_is_told_once);
    tcase_add_test(t, what_few_say_alike_is_told_by_each);
    tcase_add_test(t, a_batch_of_any_width_costs_two_round_trips);
    tcase_add_test(t, a_stored_answer_is_given_and_another_request_with_its_key_refused);
    tcase_add_test(t, a_key_is_kept_with_a_hash_of_operation_and_input);
    tcase_add_test(t, a_stored_answer_wins_over_a_refusal);
    tcase_add_test(t, an_old_key_is_forgotten);
    tcase_add_test(t, one_key_twice_in_a_batch_has_one_effect);
    tcase_add_test(t, a_poisoned_request_dies_alone);
    tcase_add_test(t, a_race_for_keys_has_one_winner_each);
    tcase_add_loop_test(t, a_failure_before_the_commit_is_survived, 0, 2);
    tcase_add_loop_test(t, a_commit_without_answer_is_resolved_by_each_key, 1, 3);
    tcase_add_test(t, without_a_database_everybody_is_told_at_once);
    tcase_add_test(t, one_call_is_a_batch_of_one);
    tcase_add_test(t, one_caller_may_ask_for_many);
    tcase_add_test(t, no_memory_is_an_error_and_half_nothing);
    tcase_add_test(t, what_is_committed_is_not_told_as_failed);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
