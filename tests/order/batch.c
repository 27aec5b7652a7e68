/* SPDX-License-Identifier: Apache-2.0 */
/* Orders placed many at once: the order of arrival decides, everybody keeps an answer of their own,
 * and no request can hurt another. */
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/outbox_int.h"
#include "shop.h"

enum { MANY = 12 };

static struct pn_order_submit in[MANY];
static pn_order out[MANY];
static pn_request req[MANY];
static char phone[MANY][16];

static void fill(int n)
{
    memset(req, 0, sizeof req);
    memset(out, 0, sizeof out);
    for (int i = 0; i < n; i++) {
        snprintf(phone[i], sizeof phone[i], "1380000%04d", i);
        in[i] = (struct pn_order_submit){.tier = TIER, .qty = 1, .phone = phone[i],
                                         .channel = {PN_CHANNEL_OWN}};
        req[i] = (pn_request){.in = &in[i], .out = &out[i]};
    }
}

static void call(pn *p, int n)
{
    ok(pn_call_requests(p, pn_op_find("order", "submit"), req, (size_t)n));
}

START_TEST(the_first_come_are_served)
{
    make_shop(.stock = 10);
    fill(MANY);
    PN_AUTO_UNIT p = ops();
    call(p, MANY);
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(req[i].rc, i < 10 ? 0 : PN_ESTOCK);
    ck_assert_str_eq(req[11].err.field, "qty");
    ck_assert_str_eq(stock_now(), "10/10/0");
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(test_sql_int(pn_printf(p, "select count(*) from orders where id = %lld"
                                      " and phone_tail = '%s'", (long long)out[i].id,
                                      phone[i] + 7)), 1);
    books_balance();
}
END_TEST

START_TEST(a_bad_request_hurts_nobody)
{
    make_shop(.stock = 100, .limit_user = 3);
    fill(8);
    in[1].phone = "12";               /* no telephone number */
    in[2].tier = 999 * 4096 + 1;      /* no such tier */
    in[3].qty = 7;                    /* above the limit of an order */
    in[4].phone = in[0].phone;        /* two more for the first buyer … */
    in[4].qty = 2;
    in[5].phone = in[0].phone;        /* … and the one too many */
    in[6].expect_fen.fen = 1;
    PN_AUTO_UNIT p = ops();
    call(p, 8);
    static const int want[] = {0, PN_EARG, PN_ENONE, PN_ELIMIT, 0, PN_ELIMIT, PN_ECONFLICT, 0};
    for (int i = 0; i < 8; i++)
        ck_assert_msg(req[i].rc == want[i], "%d: %d", i, req[i].rc);
    ck_assert_str_eq(req[1].err.field, "phone");
    ck_assert_str_eq(req[6].err.field, "expect_fen");
    ck_assert_str_eq(stock_now(), "100/4/0");
    ck_assert_int_eq(count_of("state_log where noun = 'order'"), 3);
    ck_assert_int_eq(count_of("audit_log where op = 'order.submit'"), 3);
    ck_assert_int_eq(count_of("outbox where event = 'order.submitted' and cardinality(refs) = 3"),
                     1);
    books_balance();
}
END_TEST

/* One row tells of all of them; who cannot be told now waits for a turn of his own. */
START_TEST(one_row_tells_of_all)
{
    int64_t done;
    make_shop(.stock = 100);
    fill(5);
    PN_AUTO_UNIT p = ops();
    call(p, 5);
    ck_assert_int_eq(count_of("outbox"), 1);
    test_sql(pn_printf(p, "update orders set buyer_phone = '\\x00' where id = %lld",
                       (long long)out[2].id));
    pn_end(p);
    p = as(PN_ROLE_SYSTEM, OPS);
    ok(pni_outbox_relay(p, &done));
    ck_assert_int_ge((int)done, 5);
    ck_assert_int_eq(count_of("notice where kind = '01-submitted'"), 4);
    ck_assert_int_eq(count_of("outbox where event = 'order.submitted'"), 1);
    ck_assert_int_eq(test_sql_int("select ref from outbox where event = 'order.submitted'"
                                  " and refs is null and error <> '' and due_at > at"), out[2].id);
    test_sql(pn_printf(p, "update orders o set buyer_phone = null where id = %lld",
                       (long long)out[2].id));
    test_sql("update outbox set due_at = at");
    ok(pni_outbox_relay(p, &done));
    ck_assert_int_eq(count_of("outbox where event = 'order.submitted'"), 0);
    ck_assert_int_eq(count_of("notice where kind = '01-submitted'"), 4);
}
END_TEST

START_TEST(each_key_has_its_own_answer)
{
    make_shop(.stock = 100);
    fill(4);
    req[0].key = "a";
    req[1].key = "b";
    PN_AUTO_UNIT p = ops();
    call(p, 4);
    int64_t first = out[0].id, second = out[1].id;
    pn_buf told = pn_buf_new(p), again;
    pn_to_json(&told, pn_op_find("order", "submit")->out, &out[0]);
    char *as_told = strdup(told.text);
    /* the trail has told it: nothing is kept twice */
    ck_assert_int_eq(count_of("idempotency i join audit_log a on a.ref = i.audit_ref and"
                              " a.id = i.audit_id where i.result is null"), 2);
    pn_end(p);
    p = ops();
    fill(4);
    req[0].key = "c";
    req[1].key = "a";                 /* the same request again */
    in[1] = in[0];
    in[0].phone = phone[3];
    req[2].key = "b";                 /* another request under a used key */
    call(p, 4);
    ck_assert_int_eq(req[0].rc, 0);
    ck_assert_int_eq(out[1].id, first);
    again = pn_buf_new(p);
    pn_to_json(&again, pn_op_find("order", "submit")->out, &out[1]);
    ck_assert_str_eq(again.text, as_told);
    free(as_told);
    ck_assert_int_eq(req[2].rc, PN_EREPLAY);
    ck_assert_int_ne(out[3].id, second);
    ck_assert_int_eq(count_of("orders"), 6);
    books_balance();
}
END_TEST

/* What they have in common the trail tells once; each is answered again to the last byte. */
START_TEST(many_answers_are_alike)
{
    const pn_type *type = pn_op_find("order", "submit")->out;
    char key[MANY][8];
    make_shop(.stock = 100);
    fill(MANY);
    in[4].qty = 2;
    for (int i = 0; i < MANY; i++) {
        snprintf(key[i], sizeof key[i], "k%d", i);
        req[i].key = key[i];
    }
    PN_AUTO_UNIT p = ops();
    call(p, MANY);
    pn_buf first = pn_buf_new(p), again = pn_buf_new(p);
    for (int i = 0; i < MANY; i++)
        pn_to_json(&first, type, &out[i]);
    ck_assert_int_eq(count_of("audit_common where \"after\"->>'show' <> '' and \"after\"->>'qty' is"
                              " null and input->>'phone' = '***'"), 1);
    ck_assert_int_eq(count_of("audit_log where op = 'order.submit' and \"after\"->>'no' <> '' and"
                              " \"after\"->>'show' is null and common is not null"), MANY);
    ck_assert_int_eq(count_of("idempotency where result is null and audit_id > 0"), MANY);
    memset(out, 0, sizeof out);
    call(p, MANY);
    for (int i = 0; i < MANY; i++)
        pn_to_json(&again, type, &out[i]);
    ck_assert_str_eq(again.text, first.text);
    ck_assert_int_eq(count_of("orders"), MANY);
    books_balance();
}
END_TEST

START_TEST(I35_a_document_twice_in_one_batch)
{
    make_shop(.stock = 100, .realname = "STRICT");
    fill(3);
    static pn_attendee a[] = {{"李雷", {PN_DOC_ID_CARD}, "11010519491231002X"},
                              {"韩梅", {PN_DOC_ID_CARD}, "440524188001010014"}};
    in[0].attendees = (pn_rows){&a[0], 1};
    in[1].attendees = (pn_rows){&a[0], 1};
    in[2].attendees = (pn_rows){&a[1], 1};
    PN_AUTO_UNIT p = ops();
    call(p, 3);
    ck_assert_int_eq(req[0].rc, 0);
    ck_assert_int_eq(req[1].rc, PN_EREALNAME_DUP);
    ck_assert_int_eq(req[2].rc, 0);
    ck_assert_int_eq(count_of("session_doc"), 2);
    books_balance();
}
END_TEST

START_TEST(I14_the_limit_is_a_constraint)
{
    make_shop(.stock = 100, .limit_user = 2);
    order_n(2, "13800000001");
    /* whoever counts more than the cap, by whatever way, is refused by the table itself */
    test_sql("do $$ begin update buyer_count set qty = qty + 1; raise exception 'accepted';"
             " exception when check_violation then null; end $$");
    books_balance();
}
END_TEST

/* Three callers in one transaction: each row says who did it. */
START_TEST(rows_name_their_caller)
{
    make_shop(.stock = 100);
    fill(3);
    pn_actor ann = {.kind = 'U', .id = ANN, .login = "ann", .name = "Ann",
                    .roles = PN_ROLE_BUYER, .via = "http"};
    pn_actor bob = {.kind = 'U', .id = BOB, .login = "bob", .name = "Bob",
                    .roles = PN_ROLE_BUYER, .via = "http"};
    pn_actor gate = {.kind = 'D', .id = 77, .login = "gate", .name = "Gate",
                     .roles = PN_ROLE_GATE, .via = "http"};
    req[0].actor = &ann;
    req[1].actor = &gate; /* gates sell nothing */
    req[2].actor = &bob;
    PN_AUTO_UNIT p = ops();
    call(p, 3);
    ck_assert_int_eq(req[1].rc, PN_EPERM);
    ck_assert_int_eq(count_of("orders where user_id = 11"), 1);
    ck_assert_int_eq(count_of("orders where user_id = 12"), 1);
    ck_assert_int_eq(count_of("audit_log where actor_id = 12 and op = 'order.submit'"), 1);
    ck_assert_int_eq(count_of("state_log where actor_id = 11 and noun = 'order'"), 1);
    ck_assert_int_eq(pn_who(p)->id, OPS);
}
END_TEST

static void *a_desk(void *none)
{
    PN_AUTO_UNIT p = ops();
    call(p, MANY);
    return none;
}

/* Many decide without the lots' locks while there is plenty; `sql` comes in between. */
static void many_meet(const char *sql)
{
    pthread_t id;
    make_shop(.stock = 100);
    fill(MANY);
    struct pg_conn *who = somebody_did(sql);
    ck_assert_int_eq(pthread_create(&id, NULL, a_desk, NULL), 0);
    somebody_commits_at_last(who);
    pthread_join(id, NULL);
    books_balance();
}

START_TEST(plenty_that_was_sold_meanwhile)
{
    many_meet("update stock set qty_total = 5 where lot_id = 61441;"
              "update stock_move set delta = 5 where lot_id = 61441");
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(req[i].rc, i < 5 ? 0 : PN_ESTOCK);
    ck_assert_str_eq(stock_now(), "5/5/0");
}
END_TEST

/* A lot that was counted gets seats: the tickets are numbered ones of it. */
START_TEST(plenty_that_was_numbered_meanwhile)
{
    many_meet("update stock set seat_stamp = 1 where lot_id = 61441;"
              "insert into seat_block (sk, id, session_id, lot_id, section, row_name, labels, mask,"
              " gap_after, front, middle, slope) select 1, 4096 * (9000 + r) + 1, 40961, 61441, '',"
              " r::text, array(select generate_series(1, 50)::text), (1::bigint << 50) - 1,"
              " 1::bigint << 49, 0, 2450, 1000 from generate_series(1, 2) r");
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(req[i].rc, 0);
    ck_assert_int_eq(count_of("order_seat where seat_block is not null"), MANY);
    ck_assert_str_eq(stock_now(), "100/12/0");
}
END_TEST

/* Nobody had bought before, but one of them has by now: he is counted as often as he bought. */
START_TEST(I14_a_new_buyer_who_bought_meanwhile)
{
    make_shop(.stock = 100, .limit_user = 1);
    order_n(1, "13800000003");
    test_sql("create table other as select * from buyer_count; delete from buyer_count");
    fill(MANY);
    pthread_t id;
    PGconn *who = somebody_did("insert into buyer_count select * from other");
    ck_assert_int_eq(pthread_create(&id, NULL, a_desk, NULL), 0);
    somebody_commits_at_last(who);
    pthread_join(id, NULL);
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(req[i].rc, i == 3 ? PN_ELIMIT : 0);
    ck_assert_int_eq(test_sql_int("select max(qty) from buyer_count"), 1);
    books_balance();
}
END_TEST

/* Of several lots the first is waited for before another is taken, whatever the planner makes of
 * the table: who waits the other way round would wait for ever. */
START_TEST(plenty_of_two_lots_is_taken_in_order)
{
    pthread_t id;
    make_shop(.stock = 100);
    make_tier(100, YUAN(100));
    test_sql("update stock set qty_held = qty_held where lot_id = 61441"); /* behind the other */
    test_sql("insert into stock (sk, lot_id, tier_id, session_id, qty_total)"
             " select 1, i * 4096 + 1, i * 4096 + 1, 40961, 1 from generate_series(900, 990) i");
    test_sql("analyze stock"); /* so many that it is read through */
    test_sql("delete from stock where lot_id > 900 * 4096");
    fill(MANY);
    for (int i = 0; i < MANY; i += 2)
        in[i].tier = TIER2;
    PGconn *who = somebody_did("select from stock where lot_id = 61441 for update");
    ck_assert_int_eq(pthread_create(&id, NULL, a_desk, NULL), 0);
    somebody_waits();
    PGresult *res = PQexec(who, "select from stock where lot_id <> 61441 for update nowait");
    ck_assert_msg(PQresultStatus(res) == PGRES_TUPLES_OK, "%s", PQerrorMessage(who));
    PQclear(res);
    somebody_commits_at_last(who);
    pthread_join(id, NULL);
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(req[i].rc, 0);
    books_balance();
}
END_TEST

/* What costs nothing is settled as it is placed, which needs the lot at once. */
START_TEST(an_order_for_nothing_among_many)
{
    make_shop(.stock = 100);
    test_sql("insert into tier (id, code, session_id, name, face_price_fen, created_at, updated_at)"
             " values (65537, 'free', 40961, '赠票', 0, now(), now());"
             "insert into stock (sk, lot_id, tier_id, session_id, qty_total)"
             " values (1, 65537, 65537, 40961, 100)");
    test_sql("insert into stock_move (sk, id, lot_id, delta, reason, actor_id, at)"
             " values (1, 77, 65537, 100, 'open', 1, now())");
    fill(MANY);
    in[4].tier = 65537;
    PN_AUTO_UNIT p = ops();
    call(p, MANY);
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(req[i].rc, 0);
    ck_assert_int_eq(out[4].status.v, PN_ORDER_ALLOCATED);
    ck_assert_int_eq(out[5].status.v, PN_ORDER_PENDING_PAY);
    ck_assert_str_eq(stock_now(), "100/11/0");
    books_balance();
}
END_TEST

static void *one_desk(void *none)
{
    PN_AUTO_UNIT p = ops();
    call(p, 1);
    return none;
}

/* Whoever comes alone where there was plenty waits for the lot in the end, too: not when it is
 * read, but when all that is his own is written. */
START_TEST(plenty_is_remembered_for_one_alone)
{
    pthread_t id;
    make_shop(.stock = 100);
    order_n(1, "13900000000");
    fill(1);
    in[0].qty = 2;
    PGconn *who = somebody_did("update stock set qty_total = 2 where lot_id = 61441;"
                               "update stock_move set delta = 2 where lot_id = 61441");
    ck_assert_int_eq(pthread_create(&id, NULL, one_desk, NULL), 0);
    somebody_waits();
    ck_assert_int_eq(count_of("pg_stat_activity where datname = current_database() and"
                              " wait_event_type = 'Lock' and query like 'update stock k%'"), 1);
    somebody_commits_at_last(who);
    pthread_join(id, NULL);
    ck_assert_int_eq(req[0].rc, PN_ESTOCK); /* one was left, which is said under the lock */
    ck_assert_str_eq(stock_now(), "2/1/0");
    fill(1);
    PN_AUTO_UNIT p = ops();
    call(p, 1);
    ck_assert_int_eq(req[0].rc, 0);
    ck_assert_str_eq(stock_now(), "2/2/0");
    books_balance();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("batch");
    TCase *c = tcase_create("batch");
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, the_first_come_are_served);
    tcase_add_test(c, a_bad_request_hurts_nobody);
    tcase_add_test(c, one_row_tells_of_all);
    tcase_add_test(c, each_key_has_its_own_answer);
    tcase_add_test(c, many_answers_are_alike);
    tcase_add_test(c, I35_a_document_twice_in_one_batch);
    tcase_add_test(c, I14_the_limit_is_a_constraint);
    tcase_add_test(c, rows_name_their_caller);
    tcase_add_test(c, plenty_that_was_sold_meanwhile);
    tcase_add_test(c, plenty_that_was_numbered_meanwhile);
    tcase_add_test(c, I14_a_new_buyer_who_bought_meanwhile);
    tcase_add_test(c, plenty_of_two_lots_is_taken_in_order);
    tcase_add_test(c, an_order_for_nothing_among_many);
    tcase_add_test(c, plenty_is_remembered_for_one_alone);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
