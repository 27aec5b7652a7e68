/* SPDX-License-Identifier: Apache-2.0 */
/* call.c — the engine's promises, shown on an operation of the test's own over the policy table. */
#include <pthread.h>
#include <string.h>

#include "base/audit_int.h"
#include "base/db_int.h"
#include "base/outbox_int.h"
#include "db.h"
#include "report/check.h"

typedef struct pn_rule { int64_t id; const char *key, *value; int n; } pn_rule;
struct pn_rule_set { const char *key, *value; int n; };
#define RULE_COLS(s)                                                                               \
    PN_COL(s, key, "Key", .flags = PN_REQ, .max = 20), PN_COL(s, value, "Value", .flags = PN_REQ), \
        PN_COL(s, n, "N", .flags = PN_OPT, .min = 1, .max = 9)
static const pn_type set_t = {"rule.set", sizeof(struct pn_rule_set),
                              (const pn_col[]){RULE_COLS(struct pn_rule_set), {0}}};
static const pn_type rule_t = {"rule", sizeof(pn_rule), (const pn_col[]){
    PN_COL(pn_rule, id, "ID", .flags = PN_KEY), RULE_COLS(pn_rule), {0}}};
static const pn_sql put = {"rule_put", &rule_t, NULL,
    "INSERT INTO policy (id, key, scope, value, effective_from)"
    " VALUES (:id, :key, 'test', :value, :now)"};
static int runs, conflicts;

static const pn_sql nap = {"rule_nap", NULL, NULL, "SELECT pg_sleep(5)"};

static int set(pn *p, const struct pn_rule_set *in, pn_rule *out)
{
    pn_rule row = {.key = in->key, .value = in->value, .n = in->n};
    runs++;
    PN_TRY(pn_new_id(p, 0, &row.id));
    PN_TRY(pn_exec(p, &put, &row, NULL));
    if (!strcmp(in->value, "refuse"))
        return pn_fail(p, PN_ESTATE, "value", "refused on purpose");
    if (!strcmp(in->value, "nap"))
        return pn_exec(p, &nap, NULL, NULL);
    if (!strcmp(in->value, "keep")) {
        pni_keep(p);
        return pn_fail(p, PN_ESTATE, "value", "refused, yet kept");
    }
    if (!strcmp(in->value, "conflict") && conflicts-- > 0) {
        snprintf(p->err.sqlstate, sizeof p->err.sqlstate, "40001");
        p->err.code = PN_EBUSY;
        return PN_EBUSY;
    }
    PN_TRY(pn_outbox(p, "rule.set", row.id, &rule_t, &row, NULL));
    *out = row;
    return 0;
}
int pn_rule_set(pn *p, const struct pn_rule_set *in, pn_rule *out);
PN_OP(rule, set, pn_rule, .brief = "Set a rule", .in = &set_t, .out = &rule_t,
      .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE)

/* How the server plans for whoever asks. */
typedef struct way { const char *plans, *scans; } way;
static const pn_type way_t = {"way", sizeof(way), (const pn_col[]){
    PN_COL(way, plans, "Plans"), PN_COL(way, scans, "Scans"), {0}}};
static const pn_sql way_sql = {"rule_way", NULL, &way_t,
    "SELECT current_setting('plan_cache_mode') AS plans, current_setting('enable_seqscan') AS"
    " scans"};
static int tell(pn *p, const void *in, void *out)
{
    (void)in;
    return pn_one(p, &way_sql, NULL, out);
}
static const pn_op free_op = {.noun = "rule", .verb = "way", .brief = "Tell the way",
                              .run = tell, .out = &way_t, .may = PN_ROLE_OPS};
static const pn_op hot_op = {.noun = "rule", .verb = "hot_way", .brief = "Tell the way",
                             .run = tell, .out = &way_t, .may = PN_ROLE_OPS, .flags = PN_HOT};

/* A step that applies what another form has said, and runs into a rule of that form. */
struct step { int64_t id; pn_rows parts; const char *says; };
static const pn_type part_t = {"part", sizeof(struct pn_rule_set),
                               (const pn_col[]){RULE_COLS(struct pn_rule_set), {0}}};
static const pn_type alone_t = {"step.alone", sizeof(struct step), (const pn_col[]){
    PN_COL(struct step, says, "Says"), {0}}};
static const pn_type step_t = {"step", sizeof(struct step), (const pn_col[]){
    PN_COL(struct step, id, "ID", .flags = PN_KEY), PN_COL(struct step, says, "Says"), {0}}};
static const pn_type rows_t = {"step.rows", sizeof(struct step), (const pn_col[]){
    PN_COL(struct step, says, "Says"), PN_COL(struct step, parts, "Parts", .of = &part_t), {0}}};

static int stumble(pn *p, const void *in, void *out)
{
    const struct step *s = in;
    (void)out;
    ck_assert_ptr_eq(pni_field_or(p, "nowhere", NULL), NULL);
    ck_assert_str_eq(pni_field_or(p, "nowhere", "says"), "says");
    return pn_fail(p, PN_ESTATE, s->says, "said of %s", s->says);
}

static pn *p;
static void setup(void)
{
    test_db_setup();
    p = test_begin(PN_ROLE_OPS);
    runs = conflicts = 0;
}
static void teardown(void)
{
    pn_end(p);
    test_db_teardown();
}
static int64_t rules(void)
{
    return test_sql_int("select count(*) from policy where scope = 'test'");
}

START_TEST(a_write_leaves_row_audit_and_event_together)
{
    pn_rule out = {0};
    ok(pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "1"}, &out));
    ck_assert_int_eq(rules(), 1);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where op = 'rule.set'"), 1);
    ck_assert_int_eq(test_sql_int("select count(*) from outbox where event = 'rule.set'"), 1);
    ck_assert_int_ne(out.id, 0);
}
END_TEST

START_TEST(a_warm_write_costs_two_round_trips)
{
    pn_rule out;
    ok(pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "1"}, &out));
    int64_t before = pni_round_trips(p);
    ok(pn_rule_set(p, &(struct pn_rule_set){.key = "b", .value = "1"}, &out));
    ck_assert_int_eq(pni_round_trips(p) - before, 2);
}
END_TEST

START_TEST(a_refused_write_leaves_nothing_and_out_untouched)
{
    pn_rule out = {.id = 77};
    fails(PN_ESTATE, pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "refuse"}, &out));
    ck_assert_str_eq(pn_error(p)->field, "value");
    ck_assert_int_eq(rules(), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log"), 0);
    ck_assert_int_eq(out.id, 77);
    ok(pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "1"}, &out));
}
END_TEST

START_TEST(a_refusal_stands_at_an_input_of_what_was_called)
{
    static const pn_type *const types[] = {&alone_t, &step_t, &rows_t};
    static const char *const value[] = {NULL, "id", "value"}, *const other[] = {NULL, "id", NULL};
    pn_op op = {.noun = "rule", .verb = "step", .run = stumble, .in = types[_i],
                .may = PN_ROLE_OPS, .flags = _i ? PN_WRITE : 0};
    struct step in = {.id = 7, .says = "value"};
    fails(PN_ESTATE, pn_call(p, &op, &in, NULL));
    ck_assert_pstr_eq(pn_error(p)->field, value[_i]);
    ck_assert_str_eq(pn_error(p)->message, "said of value");
    in.says = "elsewhere";
    fails(PN_ESTATE, pn_call(p, &op, &in, NULL));
    ck_assert_pstr_eq(pn_error(p)->field, other[_i]);
    in.says = "says";
    fails(PN_ESTATE, pn_call(p, &op, &in, NULL));
    ck_assert_str_eq(pn_error(p)->field, "says");
    int rc;
    pn_err err;
    in.says = "value";
    op.flags = PN_WRITE;
    ok(pn_call_many(p, &op, &in, 1, NULL, &rc, &err));
    ck_assert_pstr_eq(err.field, value[_i]);
}
END_TEST

START_TEST(no_input_is_an_empty_one)
{
    fails(PN_EARG, pn_rule_set(p, NULL, NULL));
    ck_assert_str_eq(pn_error(p)->field, "key");
    ck_assert_int_eq(rules(), 0);
    pn_check_report out;
    ok(pn_check_run(p, NULL, &out));
}
END_TEST

START_TEST(a_kept_refusal_commits_and_is_audited)
{
    fails(PN_ESTATE, pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "keep"}, NULL));
    ck_assert_int_eq(rules(), 1);
    ck_assert_int_eq(test_sql_int("select code from audit_log"), PN_ESTATE);
}
END_TEST

START_TEST(permission_and_columns_are_checked_first)
{
    pn_end(p);
    p = test_begin(PN_ROLE_GATE);
    fails(PN_EPERM, pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "1"}, NULL));
    pn_end(p);
    p = pn_begin(test_ctx);
    fails(PN_EAUTH, pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "1"}, NULL));
    pn_act_as(p, &(pn_actor){.kind = 'O', .login = "x", .grants = "rule.*"});
    fails(PN_EARG, pn_rule_set(p, &(struct pn_rule_set){.value = "1"}, NULL));
    ck_assert_str_eq(pn_error(p)->field, "key");
    fails(PN_EARG, pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "1", .n = 10}, NULL));
    ck_assert_str_eq(pn_error(p)->field, "n");
    fails(PN_ETOO_BIG, pn_rule_set(p, &(struct pn_rule_set){.key = "aaaaaaaaaaaaaaaaaaaaaa",
                                   .value = "1"}, NULL));
    ck_assert_int_eq(runs, 0);
    ok(pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "1"}, NULL));
}
END_TEST

START_TEST(the_same_key_answers_the_same_and_another_body_is_refused)
{
    pn_rule one = {0}, two = {0};
    pn_key(p, "k-1");
    ok(pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "1"}, &one));
    ok(pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "1"}, &two));
    ck_assert_int_eq(one.id, two.id);
    ck_assert_str_eq(two.key, "a");
    ck_assert_int_eq(rules(), 1);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log"), 1);
    fails(PN_EREPLAY, pn_rule_set(p, &(struct pn_rule_set){.key = "b", .value = "1"}, &two));
    ck_assert_int_eq(rules(), 1);
    pn_key(p, "k-2");
    ok(pn_rule_set(p, &(struct pn_rule_set){.key = "b", .value = "1"}, &two));
    ck_assert_int_eq(rules(), 2);
}
END_TEST

static void *same_key(void *result)
{
    pn *mine = test_begin(PN_ROLE_OPS);
    pn_rule out = {0};
    pn_key(mine, "race");
    *(int64_t *)result = pn_rule_set(mine, &(struct pn_rule_set){.key = "r", .value = "1"}, &out)
                             ? -1 : out.id;
    pn_end(mine);
    return NULL;
}

START_TEST(eight_at_once_with_one_key_have_one_effect)
{
    pthread_t thread[8];
    int64_t id[8];
    for (int i = 0; i < 8; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, same_key, &id[i]), 0);
    for (int i = 0; i < 8; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < 8; i++)
        ck_assert_int_eq(id[i], id[0]);
    ck_assert_int_gt(id[0], 0);
    ck_assert_int_eq(rules(), 1);
}
END_TEST

START_TEST(conflicts_are_retried_and_bounded)
{
    conflicts = 2;
    ok(pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "conflict"}, NULL));
    ck_assert_int_eq(runs, 3);
    ck_assert_int_eq(rules(), 1);
    conflicts = 100;
    fails(PN_EBUSY, pn_rule_set(p, &(struct pn_rule_set){.key = "b", .value = "conflict"}, NULL));
    ck_assert_int_eq(runs, 3 + 1 + PNI_RETRY_MAX);
    ck_assert_int_eq(rules(), 1);
}
END_TEST

START_TEST(a_dry_run_changes_nothing)
{
    pn_rule out = {0};
    pn_dry_run(p, true);
    ok(pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "1"}, &out));
    ck_assert_int_gt(out.id, 0);
    ck_assert_int_eq(rules(), 0);
    pn_dry_run(p, false);
    ok(pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "1"}, &out));
    ck_assert_int_eq(rules(), 1);
}
END_TEST

START_TEST(a_batch_decides_each_request_alone)
{
    const struct pn_rule_set in[] = {{.key = "a", .value = "1"}, {.key = "b", .value = "refuse"},
                                     {.value = "1"}, {.key = "d", .value = "1"}};
    pn_rule out[4];
    int rc[4];
    pn_err errs[4];
    ok(pn_call_many(p, &rule_set_op, in, 4, out, rc, errs));
    ck_assert_int_eq(rc[0], 0);
    ck_assert_int_eq(rc[1], PN_ESTATE);
    ck_assert_int_eq(rc[2], PN_EARG);
    ck_assert_int_eq(rc[3], 0);
    ck_assert_str_eq(errs[1].message, "refused on purpose");
    ck_assert_str_eq(errs[2].field, "key");
    ck_assert_str_eq(out[3].key, "d");
    ck_assert_int_eq(rules(), 2);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log"), 2);
    ck_assert_int_eq(test_sql_int("select count(*) from outbox"), 2);
}
END_TEST

START_TEST(a_killed_backend_is_survived)
{
    ok(pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "1"}, NULL));
    test_sql("select pg_terminate_backend(pid) from pg_stat_activity"
             " where datname = current_database() and pid <> pg_backend_pid()");
    ok(pn_rule_set(p, &(struct pn_rule_set){.key = "b", .value = "1"}, NULL));
    ck_assert_int_eq(rules(), 2);
}
END_TEST

START_TEST(a_slow_statement_ends_at_the_deadline)
{
    int64_t began = pni_mono_ms();
    pn_set_timeout(p, 300);
    fails(PN_ETIMEOUT, pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "nap"}, NULL));
    ck_assert_int_lt(pni_mono_ms() - began, 3000);
    ck_assert_int_eq(rules(), 0);
    pn_set_timeout(p, 20000);
    ok(pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "1"}, NULL));
}
END_TEST

START_TEST(a_commit_without_answer_is_told_as_unknown)
{
    pni_commit_cut = 2;
    fails(PN_EAMBIGUOUS, pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "1"}, NULL));
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    ck_assert_int_eq(rules(), 1);
    pni_commit_cut = 1;
    fails(PN_EAMBIGUOUS, pn_rule_set(p, &(struct pn_rule_set){.key = "b", .value = "1"}, NULL));
    ck_assert_int_eq(rules(), 1);
}
END_TEST

START_TEST(a_key_resolves_a_commit_without_answer)
{
    pn_rule one = {0}, two = {0};
    pn_key(p, "cut");
    pni_commit_cut = 2;
    ok(pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "1"}, &one));
    ok(pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "1"}, &two));
    ck_assert_int_eq(one.id, two.id);
    ck_assert_int_eq(rules(), 1);
    pn_key(p, "cut before it was sent");
    pni_commit_cut = 1;
    ok(pn_rule_set(p, &(struct pn_rule_set){.key = "b", .value = "1"}, &one));
    ck_assert_int_eq(rules(), 2);
}
END_TEST

START_TEST(no_memory_is_an_error_with_words)
{
    for (int i = 1; i < 4; i++) {
        pni_alloc_fail_in = i;
        fails(PN_EMEM, pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "1"}, NULL));
        ck_assert_int_gt(strlen(pn_error(p)->message), 0);
    }
    pni_alloc_fail_in = 0;
    ck_assert_int_eq(rules(), 0);
    ck_assert_int_eq(pn_call(NULL, &rule_set_op, NULL, NULL), PN_EMEM);
}
END_TEST

START_TEST(the_trail_is_chained_and_shows_every_touch)
{
    int64_t seen, drift, sample, done;
    for (int i = 0; i < 5; i++)
        ok(pn_rule_set(p, &(struct pn_rule_set){.key = pn_printf(p, "k%d", i), .value = "1"},
                       NULL));
    pn_set_now(p, (pn_time){pn_now(p).us + 10 * 1000000LL});
    ok(pni_audit_seal(p, &done));
    ck_assert_int_eq(done, 5);
    ok(pni_audit_verify(p, &seen, &drift, &sample));
    ck_assert_int_eq(seen, 5);
    ck_assert_int_eq(drift, 0);
    test_sql(
        "update audit_log set actor_name = 'nobody' where id = (select max(id) from audit_log)");
    ok(pni_audit_verify(p, &seen, &drift, &sample));
    ck_assert_int_eq(drift, 1);
    test_sql("update audit_log set actor_name = 'test' where actor_name = 'nobody'");
    ok(pni_audit_verify(p, &seen, &drift, &sample));
    ck_assert_int_eq(drift, 0);
    test_sql("delete from audit_log where id = (select min(id) from audit_log)");
    ok(pni_audit_verify(p, &seen, &drift, &sample));
    ck_assert_int_eq(drift, 1);
}
END_TEST

START_TEST(numbers_carry_their_bucket_and_a_check_digit)
{
    const char *no;
    int sk;
    for (int i = 0; i < 50; i++) {
        ok(pn_new_no(p, "PN", 1234, &no));
        ok(pn_no_bucket(p, "PN", no, &sk));
        ck_assert_int_eq(sk, 1234);
        ck_assert_uint_eq(strlen(no), 17);
        char *bad = pn_strdup(p, no);
        bad[9] = bad[9] == '9' ? '0' : (char)(bad[9] + 1);
        fails(PN_EARG, pn_no_bucket(p, "PN", bad, &sk));
    }
    fails(PN_EARG, pn_no_bucket(p, "PN", "PN12", &sk));
}
END_TEST

/* A block of ids is a commit that somebody waits for: whoever takes many waits a few times. */
START_TEST(many_ids_are_few_blocks)
{
    enum { MANY = 100000, GLANCE = 500 }; /* no block is as small as from one look to the next */
    static const char end[] = "select next from id_lease where name = 'gid'";
    int64_t first, id, last = 0, blocks = 0;
    ok(pn_new_id(p, 7, &first));
    int64_t seen = test_sql_int(end);
    for (int i = 0; i < MANY; i++) {
        ok(pn_new_id(p, 7, &id));
        ck_assert_int_gt(id, last);
        last = id;
        int64_t next = i % GLANCE ? seen : test_sql_int(end);
        blocks += next != seen;
        seen = next;
    }
    ck_assert_int_eq(last & 4095, 7);
    ck_assert_int_ge((last - first) >> 12, MANY);
    ck_assert_int_ge(blocks, 2);
    ck_assert_int_le(blocks, 6);
}
END_TEST

START_TEST(an_event_without_handler_is_done_once)
{
    int64_t done;
    ok(pn_rule_set(p, &(struct pn_rule_set){.key = "a", .value = "1"}, NULL));
    pn_act_as(p, &(pn_actor){.kind = 'S', .login = "system", .roles = PN_ROLE_SYSTEM});
    ok(pni_outbox_relay(p, &done));
    ck_assert_int_eq(done, 1);
    ck_assert_int_eq(test_sql_int("select count(*) from outbox"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from outbox_done"), 1);
    ok(pni_outbox_relay(p, &done));
    ck_assert_int_eq(done, 0);
}
END_TEST

static int64_t way_of(const pn_op *op, const char *plans, const char *scans)
{
    way w;
    int64_t before = pni_round_trips(p);
    ck_assert_int_eq(pn_call(p, op, NULL, &w), 0);
    ck_assert_str_eq(w.plans, plans);
    ck_assert_str_eq(w.scans, scans);
    return pni_round_trips(p) - before;
}

/* A connection is told once how to plan, and whoever wants it otherwise is never planned for so. */
START_TEST(what_finds_rows_by_key_is_planned_for_all_values)
{
    for (int i = 0; i < 3; i++) {
        way_of(&free_op, "auto", "on");
        way_of(&hot_op, "force_generic_plan", "off");
        ck_assert_int_eq(way_of(&hot_op, "force_generic_plan", "off"), 1);
    }
    pn *other = test_begin(PN_ROLE_OPS); /* with a connection of its own */
    ck_assert_int_eq(pni_db_acquire(other), 0);
    way_of(&free_op, "auto", "on");
    pn_end(other);
    way_of(&hot_op, "force_generic_plan", "off");
    ck_assert_int_eq(way_of(&free_op, "auto", "on"), 1); /* each has one now */
    ck_assert_int_eq(way_of(&hot_op, "force_generic_plan", "off"), 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("call");
    TCase *t = tcase_create("engine");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_write_leaves_row_audit_and_event_together);
    tcase_add_test(t, a_warm_write_costs_two_round_trips);
    tcase_add_test(t, a_refused_write_leaves_nothing_and_out_untouched);
    tcase_add_loop_test(t, a_refusal_stands_at_an_input_of_what_was_called, 0, 3);
    tcase_add_test(t, no_input_is_an_empty_one);
    tcase_add_test(t, a_kept_refusal_commits_and_is_audited);
    tcase_add_test(t, permission_and_columns_are_checked_first);
    tcase_add_test(t, the_same_key_answers_the_same_and_another_body_is_refused);
    tcase_add_test(t, eight_at_once_with_one_key_have_one_effect);
    tcase_add_test(t, conflicts_are_retried_and_bounded);
    tcase_add_test(t, a_dry_run_changes_nothing);
    tcase_add_test(t, a_batch_decides_each_request_alone);
    tcase_add_test(t, a_killed_backend_is_survived);
    tcase_add_test(t, a_slow_statement_ends_at_the_deadline);
    tcase_add_test(t, a_commit_without_answer_is_told_as_unknown);
    tcase_add_test(t, a_key_resolves_a_commit_without_answer);
    tcase_add_test(t, no_memory_is_an_error_with_words);
    tcase_add_test(t, the_trail_is_chained_and_shows_every_touch);
    tcase_add_test(t, numbers_carry_their_bucket_and_a_check_digit);
    tcase_add_test(t, many_ids_are_few_blocks);
    tcase_add_test(t, an_event_without_handler_is_done_once);
    tcase_add_test(t, what_finds_rows_by_key_is_planned_for_all_values);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
