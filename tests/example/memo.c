/* SPDX-License-Identifier: Apache-2.0 */
/* memo.c — the worked example: a whole module, from migration to test, on one page.
 *
 * A memo is a note that staff pin to an order until it is done. In the product its first half would
 * be lib/order/memo.h and lib/order/memo.c, with MODULE(memo) in lib/modules.def; from then
 * on `pn memo create --order 12 --text …`, POST /v1/memos, the form in the console, the manual page
 * and the audit trail are there. */
#include <stdio.h>
#include <string.h>

#include "base/sql_int.h"
#include "db.h"

/* ---- memo.h: the row, the inputs, the typed functions ---- */

#define PN_MEMO_STATES(W) W(MEMO, OPEN, N_("Open"), 'w') W(MEMO, DONE, N_("Done"), 'g')
enum { PN_MEMO_UNSET, PN_MEMO_STATES(PN_WORD_ENUM) };

typedef struct pn_memo {
    int64_t id, order;
    const char *text;
    pn_word state;
    pn_time created_at;
} pn_memo;

struct pn_memo_create { int64_t order; const char *text; };
/** Pin a memo to an order. */
PN_MUST int pn_memo_create(pn *p, const struct pn_memo_create *in, pn_memo *out);
struct pn_memo_finish { int64_t id; };
/** Mark it done. PN_ESTATE when it is already. */
PN_MUST int pn_memo_finish(pn *p, const struct pn_memo_finish *in, pn_memo *out);
PN_MUST int pn_memo_list(pn *p, const pn_list *in, pn_page *out);

/* ---- memo.c: columns, SQL, operations, module ---- */

static const pn_words states[] = {PN_MEMO_STATES(PN_WORD_ROW){0}};

static PN_TYPE(memo_t, "memo", pn_memo,
    PN_COL(pn_memo, id, N_("ID"), .flags = PN_KEY | PN_SORT),
    PN_COL(pn_memo, order, N_("Order"), .flags = PN_BRIEF, .ref = "order", .sql = "order_id"),
    PN_COL(pn_memo, text, N_("Text"), .flags = PN_BRIEF),
    PN_COL(pn_memo, state, N_("State"), .flags = PN_BRIEF, .words = states),
    PN_COL(pn_memo, created_at, N_("Created"), .flags = PN_BRIEF | PN_SORT));
static PN_TYPE(create_t, "memo.create", struct pn_memo_create,
    PN_COL(struct pn_memo_create, order, N_("Order"), .flags = PN_REQ, .ref = "order"),
    PN_COL(struct pn_memo_create, text, N_("Text"), .flags = PN_REQ, .max = 200));
static PN_TYPE(finish_t, "memo.finish", struct pn_memo_finish,
    PN_COL(struct pn_memo_finish, id, N_("ID"), .flags = PN_KEY | PN_REQ));

static const pn_sql put = {"memo_put", &memo_t, NULL,
    "INSERT INTO memo (sk, id, order_id, text, state, author_id, created_at)"
    " VALUES (:id#, :id, :order, :text, 'OPEN', :me, :now)"};
static const pn_sql get = {"memo_get", &finish_t, &memo_t,
    "SELECT id, order_id AS \"order\", text, state, created_at FROM memo"
    " WHERE sk = :id# AND id = :id"};
static const pn_sql move = {"memo_move", &pn_move_t, NULL,
    "UPDATE memo SET state = :to WHERE sk = :id# AND id = :id AND state = :from"};

static const pn_edge edges[] = {{"OPEN", "finish", "DONE", 0, NULL}, {0}};
static const pn_fsm flow = {"memo", states, edges, &move};

static int create(pn *p, const struct pn_memo_create *in, pn_memo *out)
{
    pn_memo row = {.order = in->order, .text = in->text, .state = {PN_MEMO_OPEN},
                   .created_at = pn_now(p)};
    PN_TRY(pn_new_id(p, pn_sk(in->order), &row.id)); /* beside its order */
    PN_TRY(pn_exec(p, &put, &row, NULL));
    *out = row;
    return pn_audit(p, "memo", row.id, &memo_t, NULL, &row, NULL);
}

static int finish(pn *p, const struct pn_memo_finish *in, pn_memo *out)
{
    pn_memo before, after;
    PN_TRY(pn_one(p, &get, in, &before));
    after = before;
    PN_TRY(pn_step(p, &flow, in->id, before.state, "finish", NULL, &after.state));
    *out = after;
    return pn_audit(p, "memo", in->id, &memo_t, &before, &after, NULL);
}

static const pn_list_spec all = {.row = &memo_t, .from = "memo", .key = "id",
                                 .sort = "-created_at"};

PN_OP(memo, create, pn_memo, .brief = N_("Pin a memo to an order"), .in = &create_t,
      .out = &memo_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE)
PN_OP(memo, finish, pn_memo, .brief = N_("Mark a memo done"), .in = &finish_t, .out = &memo_t,
      .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE)
PN_OP_LIST(memo, list, all, .brief = N_("List memos"), .out = &memo_t, .may = PN_ROLE_OPS)

static const pn_module memo_module = {"memo", N_("Memos"),
    .ops = PN_LIST(pn_op, &memo_list_op, &memo_create_op, &memo_finish_op),
    .sql = PN_LIST(pn_sql, &put, &get, &move), .fsm = PN_LIST(pn_fsm, &flow)};

/* ---- tests/order/memo.c: every rule with a test that can fail ---- */

static pn *p;
static void setup(void)
{
    char text[4000] = "", path[1000];
    const char *src = getenv("PN_SRCDIR");
    test_db_setup();
    snprintf(path, sizeof path, "%s/tests/example/0999-example-memo.sql", src ? src : ".");
    FILE *f = fopen(path, "re");
    ck_assert_msg(f != NULL, "%s", path);
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, f), 0);
    fclose(f);
    test_sql(text);
    p = test_begin(PN_ROLE_OPS);
}
static void teardown(void)
{
    pn_end(p);
    test_db_teardown();
}

START_TEST(a_memo_is_pinned_listed_and_finished)
{
    pn_memo m = {0};
    pn_page page;
    ok(pn_memo_create(p, &(struct pn_memo_create){.order = 4097, .text = "回电"}, &m));
    ck_assert_int_eq(pn_sk(m.id), pn_sk(4097));
    ok(pn_memo_list(p, &(pn_list){.where = "state=OPEN order=4097"}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ok(pn_memo_finish(p, &(struct pn_memo_finish){.id = m.id}, &m));
    ck_assert_int_eq(m.state.v, PN_MEMO_DONE);
    ck_assert_int_eq(test_sql_int("select count(*) from state_log where noun = 'memo'"), 1);
    ck_assert_str_eq(test_sql_text("select before::text || after::text from audit_log"
                                   " where op = 'memo.finish'"),
                     "{\"state\":\"OPEN\"}{\"state\":\"DONE\"}");
}
END_TEST

START_TEST(a_finished_memo_stays_finished)
{
    pn_memo m;
    ok(pn_memo_create(p, &(struct pn_memo_create){.order = 4097, .text = "x"}, &m));
    ok(pn_memo_finish(p, &(struct pn_memo_finish){.id = m.id}, &m));
    fails(PN_ESTATE, pn_memo_finish(p, &(struct pn_memo_finish){.id = m.id}, &m));
    fails(PN_ENONE, pn_memo_finish(p, &(struct pn_memo_finish){.id = m.id + 4096}, &m));
}
END_TEST

START_TEST(a_memo_needs_words_and_the_right)
{
    fails(PN_EARG, pn_memo_create(p, &(struct pn_memo_create){.order = 4097}, NULL));
    ck_assert_str_eq(pn_error(p)->field, "text");
    pn_end(p);
    p = test_begin(PN_ROLE_GATE);
    fails(PN_EPERM, pn_memo_create(p, &(struct pn_memo_create){.order = 1, .text = "x"}, NULL));
}
END_TEST

START_TEST(the_module_tells_all_it_has)
{
    ck_assert_str_eq(memo_module.noun, "memo");
    for (const pn_op *const *op = memo_module.ops; *op; op++)
        ck_assert_str_eq((*op)->noun, memo_module.noun);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("example");
    TCase *t = tcase_create("memo");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_memo_is_pinned_listed_and_finished);
    tcase_add_test(t, a_finished_memo_stays_finished);
    tcase_add_test(t, a_memo_needs_words_and_the_right);
    tcase_add_test(t, the_module_tells_all_it_has);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
