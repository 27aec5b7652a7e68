/* SPDX-License-Identifier: Apache-2.0 */
/* law.c — the laws of money by their numbers, where the database itself keeps them: whatever a
 * program does or forgets, the row that would break one is refused, by the constraint that is there
 * for it. What no constraint can say is proved by "check run" (report/check.c). */
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

#include "order/payment_int.h"
#include "promo/gift_card.h"
#include "shop.h"

static PGconn *conn;

static void told(int64_t payment, const char *trade)
{
    pn *p = as(PN_ROLE_PUBLIC, 0);
    pn_payment_result r;
    struct pn_payment_notify n = {{PN_PAY_SIMULATED}, trade, payment, trade, {YUAN(580)}, NULL};
    ok(pni_notice_sign(p, &n, &n.signature));
    ok(pn_payment_notify(p, &n, &r));
    ck_assert_str_eq(r.result, "APPLIED");
    pn_end(p);
}

/* Two orders paid by a provider, one of them given back; a card of which a part is held. */
static void sales(void)
{
    static const char *const phones[] = {"13800000001", "13800000002"};
    pn_order o = {0};
    for (int i = 0; i < 2; i++) {
        o = order_n(1, phones[i]);
        pn *p = ops();
        pn_payment y;
        ok(pn_payment_create(p, &(struct pn_payment_create){o.id, {PN_PAY_SIMULATED}}, &y));
        told(y.id, i ? "TR2" : "TR1");
    }
    pn *p = ops();
    pn_refund r;
    pn_gift_card_batch b;
    pn_gift_card_codes codes;
    pn_payment y;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id}, &r));
    ok(pn_gift_card_batch_create(
        p, &(struct pn_gift_card_batch_create){"x", {YUAN(100)}, {0}, 1, 0, NULL}, &b));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_gift_card_batch_activate(p, &(struct pn_gift_card_batch_activate){b.id, "b"}, &b));
    ok(pn_gift_card_batch_codes(p, &(struct pn_gift_card_batch_codes){b.id}, &codes));
    const pn_gift_card_code *card = codes.codes.row;
    o = order_n(1, "13800000003");
    p = ops();
    struct pn_payment_tender in = {.order = o.id, .method = {PN_PAY_GIFT_CARD},
                                   .amount_fen = {YUAN(30)}, .code = card->code, .pin = card->pin};
    ok(pn_payment_tender(p, &in, &y));
    relay();
}

/* What a merchant has: money under way, a line in a batch, a penalty, a correction proposed. */
static void wallets(void)
{
    test_sql("insert into ledger_account (sk, id, kind, owner, side, guard, credit_fen, at) values"
             " (0, 8192, 'AVAILABLE', 4096, 'CREDIT', 'CREDIT', 500, now()),"
             " (0, 12288, 'FROZEN', 4096, 'CREDIT', 'CREDIT', 100, now());"
             "insert into ledger_account (sk, id, kind, owner, side, guard, debit_fen, at) values"
             " (0, 16384, 'DEBT', 4096, 'DEBIT', 'DEBIT', 600, now());"
             "insert into withdrawal (sk, id, no, merchant_id, card_id, amount_fen, fee_fen, state,"
             " requested_by, created_at, updated_at) values (0, 4096, 'TX1', 4096, 1, 100, 1,"
             " 'REQUESTED', 7, now(), now());"
             "insert into settlement (sk, id, no, merchant_id, day, lines_n, net_fen, state,"
             " confirm_by, approved_by, created_at, updated_at) values (0, 8192, 'JS1', 4096,"
             " '2026-01-01', 1, 5, 'CONFIRMED', now(), 7, now(), now());"
             "insert into settle_line (sk, id, merchant_id, order_id, order_no, qty, settle_fen,"
             " commission_fen, markup_fen, ready_at, state, settlement_id, created_at, updated_at)"
             " values (0, 8192, 4096, 1, 'x', 1, 5, 0, 0, now(), 'BATCHED', 8192, now(), now());"
             "insert into penalty (sk, id, merchant_id, kind, order_id, base_fen, tickets, hours,"
             " accepted, amount_fen, score, debt_fen, state, reason, proposed_by, created_at,"
             " updated_at) values (0, 8192, 4096, 'FAKE', 1, 5, 1, 0, false, 5, 0, 5, 'IMPOSED',"
             " 'x', 1, now(), now());"
             "insert into ledger_adjustment (sk, id, debit_id, credit_id, amount_fen, reason,"
             " state, proposed_by, created_at, updated_at) values (0, 4096, 8192, 12288, 1, 'x',"
             " 'PROPOSED', 7, now(), now())");
}

static void setup(void)
{
    test_db_setup();
    make_shop();
    sales();
    wallets();
    conn = PQconnectdb(test_db_dsn());
    ck_assert_int_eq(PQstatus(conn), CONNECTION_OK);
}
static void teardown(void)
{
    PQfinish(conn);
    test_db_teardown();
}

#define FAR "4096 * 1000000000::bigint"
static const struct { const char *law, *by, *sql; } laws[] = {
    {"I09: a step of a document is posted once", "ledger_transfer_sk_biz_kind_biz_id_step_no_key",
     "insert into ledger_transfer (sk, id, kind, debit_id, credit_id, amount_fen, biz_kind, biz_id,"
     " step, no, rule, day, at, booked_at, actor_id) select sk, id + " FAR ", kind, debit_id,"
     " credit_id, amount_fen, biz_kind, biz_id, step, no, rule, day, at, booked_at, actor_id"
     " from ledger_transfer limit 1"},
    {"I09: money has two sides", "ledger_transfer_check",
     "update ledger_transfer set credit_id = debit_id"},
    {"I09: nothing is posted in the other direction", "ledger_transfer_amount_fen_check",
     "update ledger_transfer set amount_fen = -amount_fen"},
    {"I09: both sides are in one shard", "ledger_transfer_check",
     "update ledger_transfer set credit_id = credit_id + 1"},
    {"I10: what is available", "ledger_account_credit",
     "update ledger_account set debit_fen = credit_fen + overdraft_fen + 1"
     " where kind = 'AVAILABLE'"},
    {"I10: what is reserved counts", "ledger_account_credit",
     "update ledger_account set debit_held_fen = credit_fen - debit_fen + 1 where kind = 'FROZEN'"},
    {"I10: buyers' escrow", "ledger_account_credit",
     "update ledger_account set debit_fen = credit_fen + overdraft_fen + 1 where kind = 'ESCROW'"},
    {"I10: a debt is no credit", "ledger_account_debit",
     "update ledger_account set credit_fen = debit_fen + 1 where kind = 'DEBT'"},
    {"I10: a card below nothing", "gift_card_balance",
     "update gift_card set balance_fen = -1, held_fen = 0"},
    {"I10: a card that is held beyond its balance", "gift_card_held",
     "update gift_card set held_fen = balance_fen + 1"},
    {"I11: a request for a refund is made once", "refund_leg_sk_out_request_no_key",
     "insert into refund_leg (sk, refund_id, no, payment_id, out_request_no, amount_fen, state,"
     " updated_at) select sk, refund_id + " FAR ", no, payment_id, out_request_no, amount_fen,"
     " state, updated_at from refund_leg"},
    {"I11: a refund gives back something", "refund_leg_amount_fen_check",
     "update refund_leg set amount_fen = 0"},
    {"I12: a trade is of one payment", "payment_sk_method_provider_no_key",
     "update payment set provider_no = 'TR1' where provider_no = 'TR2'"},
    {"I12: a notice is kept once", "payment_notice_pkey",
     "insert into payment_notice select * from payment_notice"},
    {"I23: a penalty of a kind is imposed once on an order", "penalty_once",
     "insert into penalty (sk, id, merchant_id, kind, order_id, base_fen, tickets, hours, accepted,"
     " amount_fen, score, debt_fen, state, reason, proposed_by, created_at, updated_at) select sk,"
     " id + 4096, merchant_id, kind, order_id, base_fen, tickets, hours, accepted, amount_fen,"
     " score, debt_fen, state, reason, proposed_by, created_at, updated_at from penalty"},
    {"I23: a penalty is taken from somewhere, all of it", "penalty_check",
     "update penalty set debt_fen = debt_fen + 1"},
    {"I24: an order is settled once", "settle_line_sk_order_id_merchant_id_kind_biz_id_key",
     "insert into settle_line (sk, id, merchant_id, order_id, order_no, qty, settle_fen,"
     " commission_fen, markup_fen, ready_at, state, created_at, updated_at) select sk, id + 4096,"
     " merchant_id, order_id, order_no, qty, settle_fen, commission_fen, markup_fen, ready_at,"
     " 'READY', created_at, updated_at from settle_line"},
    {"I24: what is disputed is in no batch", "settle_line_check",
     "update settle_line set state = 'DISPUTED'"},
    {"I24: what is settled was in one", "settle_line_check",
     "update settle_line set state = 'SETTLED', settlement_id = null"},
    {"I25: one withdrawal is under way", "withdrawal_one",
     "insert into withdrawal (sk, id, no, merchant_id, card_id, amount_fen, fee_fen, state,"
     " requested_by, created_at, updated_at) select sk, id + 4096, 'TX2', merchant_id, card_id,"
     " 1000, 1, 'APPROVED', 7, now(), now() from withdrawal"},
    {"I30: a card has no more than its face", "gift_card_balance",
     "update gift_card set balance_fen = face_fen + 1"},
    {"I30: a card is used once for a payment", "gift_card_hold_pkey",
     "insert into gift_card_hold select * from gift_card_hold"},
    {"I45: nobody approves his own withdrawal", "withdrawal_check",
     "update withdrawal set approved_by = requested_by"},
    {"I45: nor twice the same one", "withdrawal_check",
     "update withdrawal set approved_by = 8, approved_by2 = 8"},
    {"I45: nor a batch", "settlement_check",
     "update settlement set approved_by2 = approved_by"},
    {"I45: nor his own correction", "ledger_adjustment_check",
     "update ledger_adjustment set state = 'APPROVED', decided_by = proposed_by"},
};

START_TEST(the_database_keeps_the_law)
{
    PGresult *res = PQexec(conn, laws[_i].sql);
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *by = PQresultErrorField(res, PG_DIAG_CONSTRAINT_NAME);
    ck_assert_msg(state && !strncmp(state, "23", 2), "%s: %s%s", laws[_i].law,
                  state ? PQresultErrorMessage(res) : "done, rows: ",
                  state ? "" : PQcmdTuples(res));
    ck_assert_msg(by && !strncmp(by, laws[_i].by, strlen(laws[_i].by)), "%s: kept by %s",
                  laws[_i].law, by ? by : "?");
    PQclear(res);
}
END_TEST

/* Which balances may never fall below nothing: those that somebody else's money is in. */
START_TEST(I10_accounts_of_others_are_guarded)
{
    static const char *const kinds[] = {"ESCROW", "REFUND_PAYABLE", "SUSPENSE"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char from[200];
        snprintf(from, sizeof from, "ledger_account where kind = '%s' and guard <> 'CREDIT'",
                 kinds[i]);
        ck_assert_int_eq(count_of(from), 0);
    }
    ck_assert_int_gt(count_of("ledger_account where kind = 'ESCROW'"), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("order");
    TCase *t = tcase_create("law");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, the_database_keeps_the_law, 0, (int)(sizeof laws / sizeof *laws));
    tcase_add_test(t, I10_accounts_of_others_are_guarded);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
