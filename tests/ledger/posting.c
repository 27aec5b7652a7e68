/* SPDX-License-Identifier: Apache-2.0 */
/* posting.c — documents through the table of postings: every rule adds up in every shard, the relay
 * may die anywhere and hand over twice, and the specification's examples come out to the fen. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/db_int.h"
#include "base/outbox_int.h"
#include "desk.h"

enum { MERCHANT = 4097, CHANNEL = 8194, SUPPLIER = 12291, ORGANISER = 16388, SALE = 7 };
#define YUAN(n) ((int64_t)(n) * 100)

static void setup(void)
{
    test_db_setup();
}
static void teardown(void)
{
    ledger_balances();
    test_db_teardown();
}

/* A document that has something for every rule, and everybody. */
static pni_doc full(const char *rule, int64_t biz_id)
{
    return (pni_doc){.rule = rule, .biz_kind = "TEST", .biz_id = biz_id, .sale = SALE,
        .merchant = MERCHANT, .channel = CHANNEL, .supplier = SUPPLIER, .organiser = ORGANISER,
        .method = "SIMULATED", .amount_fen = {100}, .subsidy_fen = {5}, .channel_fen = {6},
        .settle_fen = {70}, .commission_fen = {7}, .markup_fen = {-3}, .delivery_fen = {12},
        .fee_fen = {8}, .keep_fen = {9}, .penalty_fen = {4}, .points_fen = {2},
        .pending_fen = {11}, .frozen_fen = {13}, .available_fen = {14}, .guarantee_fen = {15},
        .debt_fen = {16}};
}

/* Balance of a kind over all shards, as its owner reads it. */
static int64_t sum(const char *kind)
{
    char sql[300];
    snprintf(sql, sizeof sql, "select coalesce(sum(case side when 'DEBIT' then debit_fen -"
             " credit_fen else credit_fen - debit_fen end), 0)::bigint from ledger_account"
             " where kind = '%s'", kind);
    return test_sql_int(sql);
}

static void post(const pni_doc *d)
{
    pn *p = desk();
    ok(desk_doc(p, d, 0));
    pn_end(p);
    desk_relay();
}

static const char *const names[] = {
#define RULE(posting, name, debit, credit, what) #name,
#include "ledger/rule.def"
#undef RULE
};
enum { NAMES = sizeof names / sizeof *names };

START_TEST(every_posting_adds_up_in_every_shard)
{
    pn *p = desk();
    pni_transfer *t;
    size_t n;
    for (int i = 0; i < NAMES; i++) {
        pni_doc d = full(names[i], i + 1);
        ok(pni_doc_lines(p, &d, &t, &n));
        ck_assert_msg(n > 0, "%s", names[i]);
        for (size_t k = 0; k < n; k++) {
            const pni_account *side[] = {&t[k].debit, &t[k].credit};
            ck_assert_int_gt(t[k].fen, 0);
            for (int s = 0; s < 2; s++) /* an owner's account is nowhere else */
                if (pni_kind_of(side[s]->kind)->whose != PNI_PLATFORM)
                    ck_assert_int_eq(pn_sk(side[s]->owner), t[k].sk);
        }
    }
    pni_doc bad = full("NOTHING", 1);
    fails(PN_EINTERNAL, pni_doc_lines(p, &bad, &t, &n));
    bad = full("RECHARGE", 1);
    bad.merchant = 0;
    fails(PN_EINTERNAL, pni_doc_lines(p, &bad, &t, &n));
    pn_end(p);
}
END_TEST

START_TEST(the_table_has_the_twenty_postings)
{
    static const char *const postings[] = {
#define RULE(posting, name, debit, credit, what) #posting,
#include "ledger/rule.def"
#undef RULE
    };
    for (int no = 1; no <= 20; no++) {
        char name[8];
        bool there = false;
        snprintf(name, sizeof name, "P%d", no);
        for (int i = 0; i < NAMES; i++)
            there |= !strcmp(postings[i], name);
        ck_assert_msg(there, "%s is missing", name);
    }
}
END_TEST

START_TEST(what_goes_between_shards_arrives_once)
{
    pni_doc in = full("CAPTURE", 1), ready = full("READY", 2);
    post(&in);
    ck_assert_int_eq(sum("ESCROW"), 100);
    ready.merchant = MERCHANT;
    pn *p = desk();
    ok(desk_doc(p, &ready, 0));
    pn_end(p);
    int64_t done;
    p = desk();
    ok(pni_outbox_relay(p, &done)); /* the sale's shard, and on its way */
    ck_assert_int_eq(done, 1);
    ck_assert_int_eq(sum("ESCROW"), 100 - 70 - 7 + 3 - 12);
    ck_assert_int_eq(sum("TRANSIT"), 70);
    ck_assert_int_eq(sum("PENDING"), 0);
    ok(pni_outbox_relay(p, &done));
    ck_assert_int_eq(done, 1);
    ck_assert_int_eq(sum("TRANSIT"), 0);
    ck_assert_int_eq(sum("PENDING"), 70);
    ck_assert_int_eq(sum("MARKUP_INCOME"), -3);
    pn_end(p);
    post(&ready); /* told again */
    ck_assert_int_eq(sum("PENDING"), 70);
    ck_assert_int_eq(test_sql_int("select count(*) from outbox"), 0);
}
END_TEST

/* Two copies of one document, side by side in one batch of the relay, and a third later. */
START_TEST(copies_side_by_side_are_posted_once)
{
    pni_doc in = full("CAPTURE", 1), ready = full("READY", 2);
    int64_t done;
    pn *p = desk();
    ok(desk_doc(p, &in, 0));
    ok(desk_doc(p, &in, 0));
    pn_end(p);
    ck_assert_int_eq(test_sql_int("select count(*) from outbox"), 2);
    p = desk();
    ok(pni_outbox_relay(p, &done));
    ck_assert_int_eq(done, 2);
    ck_assert_int_eq(sum("ESCROW"), 100);
    ok(desk_doc(p, &ready, 0));
    ok(desk_doc(p, &ready, 0));
    pn_end(p);
    desk_relay(); /* both are sent on, and meet in the other shard */
    ck_assert_int_eq(sum("PENDING"), 70);
    ck_assert_int_eq(sum("TRANSIT"), 0);
    post(&ready);
    ck_assert_int_eq(sum("PENDING"), 70);
    ck_assert_int_eq(sum("ESCROW"), 100 - 70 - 7 + 3 - 12);
    ck_assert_int_eq(test_sql_int("select count(*) from outbox"), 0);
}
END_TEST

START_TEST(one_that_cannot_be_posted_holds_up_nobody)
{
    pni_doc back = full("REFUND", 1), in = full("CAPTURE", 2);
    pn *p = desk();
    ok(desk_doc(p, &back, 0));
    ok(desk_doc(p, &in, 0));
    int64_t done;
    ok(pni_outbox_relay(p, &done));
    ck_assert_int_eq(done, 1);
    ck_assert_int_eq(sum("ESCROW"), 100);
    ck_assert_ptr_nonnull(strstr(test_sql_text("select error from outbox"), "not so much"));
    in = full("CAPTURE", 3);
    ok(desk_doc(p, &in, 0));
    pn_end(p);
    desk_relay();
    test_sql("update outbox set due_at = now()");
    desk_relay(); /* the money is there now */
    ck_assert_int_eq(test_sql_int("select count(*) from outbox"), 0);
    ck_assert_int_eq(sum("ESCROW"), 200 - 100 - 8 - 5 - 6 - 2);
}
END_TEST

/* Killed at its nth statement, for every n: what is there after the next one is the same. */
START_TEST(the_relay_may_die_anywhere)
{
    for (int at = 1; at < 60; at++) {
        pni_doc in = full("CAPTURE", 2 * at), ready = full("READY", 2 * at + 1);
        ready.markup_fen.fen = 11; /* all of it is shared out */
        pn *p = desk();
        ok(desk_doc(p, &in, 0));
        ok(desk_doc(p, &ready, 0));
        pn_end(p);
        fflush(stdout);
        test_db_close(); /* a connection is not shared with a child */
        pid_t child = fork();
        if (child == 0) {
            int64_t done = 1;
            test_db_open();
            pn *q = desk();
            pni_send_fail_in = at;
            while (!pni_outbox_relay(q, &done) && done && pni_send_fail_in > 0)
                ;
            _exit(0);
        }
        ck_assert_int_eq(waitpid(child, NULL, 0), child);
        test_db_open();
        test_sql("update outbox set due_at = now(), lease_until = '-infinity'");
        desk_relay();
        ck_assert_int_eq(test_sql_int("select count(*) from outbox"), 0);
        ck_assert_int_eq(sum("TRANSIT"), 0);
        ck_assert_int_eq(sum("PENDING"), 70 * at);
        ck_assert_int_eq(sum("ESCROW"), 0);
        ledger_balances();
    }
}
END_TEST

/* The specification's examples, by their numbers. */

START_TEST(S21_a_settlement_and_its_rebate)
{
    pni_doc in = full("CAPTURE", 1);
    in.amount_fen.fen = YUAN(12000);
    post(&in);
    pni_doc ready = {.rule = "READY", .biz_kind = "ORDER", .biz_id = 2, .sale = SALE,
                     .merchant = MERCHANT, .settle_fen = {YUAN(9800)}};
    post(&ready);
    /* a penalty of 50 on the way, one line of 900 disputed: 8,850 now, 900 with the next batch */
    pni_doc fine = {.rule = "PENALTY", .biz_kind = "PENALTY", .biz_id = 3, .merchant = MERCHANT,
                    .sale = MERCHANT & 4095, .pending_fen = {YUAN(50)}};
    post(&fine);
    pni_doc now = {.rule = "SETTLE", .biz_kind = "SETTLEMENT", .biz_id = 4, .merchant = MERCHANT,
                   .sale = MERCHANT & 4095, .amount_fen = {YUAN(8850)}};
    post(&now);
    post(&now);
    ck_assert_int_eq(has(MERCHANT), YUAN(8850));
    ck_assert_int_eq(sum("PENDING"), YUAN(900));
    now.biz_id = 5;
    now.amount_fen.fen = YUAN(900);
    post(&now);
    pni_doc rebate = {.rule = "REBATE", .biz_kind = "REBATE", .biz_id = 6, .merchant = MERCHANT,
                      .sale = MERCHANT & 4095, .amount_fen = {YUAN(320000) / 100}};
    post(&rebate);
    ck_assert_int_eq(has(MERCHANT), YUAN(9750) + YUAN(3200));
    ck_assert_int_eq(sum("PENDING"), 0);
    ck_assert_int_eq(sum("PENALTY_INCOME"), YUAN(50));
}
END_TEST

START_TEST(S22_a_wallet_pays_out_no_more_than_it_has)
{
    give(MERCHANT, YUAN(3000));
    pni_doc in = {.rule = "RECHARGE", .biz_kind = "RECHARGE", .biz_id = 4097, .method = "SIMULATED",
                  .merchant = MERCHANT, .sale = 1, .amount_fen = {YUAN(2000)}};
    post(&in);
    ck_assert_int_eq(has(MERCHANT), YUAN(5000));
    pni_doc out = {.rule = "WITHDRAW", .biz_kind = "WITHDRAWAL", .biz_id = 8193, .sale = 1,
                   .merchant = MERCHANT, .amount_fen = {YUAN(5500)}};
    pn *p = desk();
    fails(PN_EBALANCE, desk_doc(p, &out, 1 + 1));
    out.amount_fen.fen = YUAN(3000);
    ok(desk_doc(p, &out, 1 + 1));
    ck_assert_int_eq(has(MERCHANT), YUAN(2000));
    ck_assert_int_eq(sum("FROZEN"), YUAN(3000));
    out.rule = "WITHDRAW_PAID";
    ok(desk_doc(p, &out, 1 + 1));
    ok(desk_doc(p, &out, 1 + 1));
    pn_end(p);
    ck_assert_int_eq(sum("FROZEN"), 0);
    ck_assert_int_eq(sum("BANK"), YUAN(3000) - YUAN(3000));
}
END_TEST

START_TEST(S24_many_tenders_come_back_as_they_came)
{
    /* cards and points are there before */
    pni_doc card = {.rule = "CARD_SOLD", .biz_kind = "CARD", .biz_id = 1, .sale = SALE,
                    .method = "SIMULATED", .amount_fen = {YUAN(500)}};
    pni_doc points = {.rule = "POINTS", .biz_kind = "POINTS", .biz_id = 1, .sale = SALE,
                      .amount_fen = {YUAN(30)}};
    post(&card);
    post(&points);
    /* 2 × 600, instant −50 (half the merchant's), coupon −100, points −30, delivery 15: 1,035 */
    pni_doc paid = {.rule = "CAPTURE", .biz_kind = "PAYMENT", .biz_id = 2, .sale = SALE,
                    .method = "WECHAT", .amount_fen = {YUAN(535)}};
    pni_doc by_card = {.rule = "CARD_USED", .biz_kind = "PAYMENT", .biz_id = 3, .sale = SALE,
                       .amount_fen = {YUAN(500)}};
    pni_doc less = {.rule = "DISCOUNT", .biz_kind = "ORDER", .biz_id = 4, .sale = SALE,
                    .subsidy_fen = {YUAN(25) + YUAN(100)}, .points_fen = {YUAN(30)}};
    post(&paid);
    post(&by_card);
    post(&less);
    ck_assert_int_eq(sum("ESCROW"), YUAN(1200) - YUAN(25) + YUAN(15));
    /* all of it back, by our fault */
    pni_doc owed = {.rule = "REFUND", .biz_kind = "REFUND", .biz_id = 5, .sale = SALE,
                    .amount_fen = {YUAN(1035)}, .subsidy_fen = {YUAN(125)},
                    .points_fen = {YUAN(30)}};
    pni_doc to_card = {.rule = "CARD_BACK", .biz_kind = "REFUND", .biz_id = 5, .sale = SALE,
                       .step = "PAID-2", .amount_fen = {YUAN(500)}};
    pni_doc back = {.rule = "PAID_BACK", .biz_kind = "REFUND", .biz_id = 5, .sale = SALE,
                    .step = "PAID-1", .method = "WECHAT", .amount_fen = {YUAN(535)}};
    post(&owed);
    post(&back);
    post(&to_card);
    ck_assert_int_eq(sum("ESCROW"), 0);
    ck_assert_int_eq(sum("REFUND_PAYABLE"), 0);
    ck_assert_int_eq(sum("CARD_LIABILITY"), YUAN(500));
    ck_assert_int_eq(sum("POINTS_LIABILITY"), YUAN(30));
    ck_assert_int_eq(sum("SUBSIDY_EXPENSE"), 0);
    ck_assert_int_eq(test_sql_int("select debit_fen - credit_fen from ledger_account"
                                  " where kind = 'CLEARING' and part = 'WECHAT'"), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("posting");
    TCase *c = tcase_create("posting");
    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, every_posting_adds_up_in_every_shard);
    tcase_add_test(c, the_table_has_the_twenty_postings);
    tcase_add_test(c, what_goes_between_shards_arrives_once);
    tcase_add_test(c, copies_side_by_side_are_posted_once);
    tcase_add_test(c, one_that_cannot_be_posted_holds_up_nobody);
    tcase_add_test(c, the_relay_may_die_anywhere);
    tcase_add_test(c, S21_a_settlement_and_its_rebate);
    tcase_add_test(c, S22_a_wallet_pays_out_no_more_than_it_has);
    tcase_add_test(c, S24_many_tenders_come_back_as_they_came);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
