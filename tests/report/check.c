/* SPDX-License-Identifier: Apache-2.0 */
/* check.c — a proof that cannot fail proves nothing: each is shown clean books, then books with one
 * planted error, and must find exactly that. */
#include <stdio.h>
#include <string.h>

#include "base/job.h"
#include "base/when_int.h"
#include "channel/agency.h"
#include "channel/channel.h"
#include "goods/listing.h"
#include "ledger/closing.h"
#include "merchant/wallet.h"
#include "order/dist.h"
#include "order/grab.h"
#include "order/group.h"
#include "order/offline.h"
#include "promo/groupbuy.h"
#include "report/check.h"
#include "shop.h"

static pn_check_report run(const char *name)
{
    pn *p = ops();
    pn_check_report r = {0};
    ok(pn_check_run(p, &(struct pn_check_run){name}, &r));
    return r;
}

/* A merchant with numbered seats on offer, and a presale whose deposit is frozen. */
static void offers(void)
{
    pn *p = as(PN_ROLE_OPS | PN_ROLE_FINANCE, 5);
    pn_listing l;
    pn_wallet w;
    const char *seats[] = {"A/5/1-3"};
    test_sql("insert into merchant (id, code, kind, name, status, commission_bp, created_at,"
             " updated_at) values (4096, 'xl', 'PRO', 'XL', 'ACTIVE', 500, now(), now())");
    ok(pn_listing_create(p, &(struct pn_listing_create){.tier = TIER, .merchant = 4096,
                         .ask_fen = {60000}, .seats = {seats, 1}}, &l));
    ok(pn_listing_submit(p, &(struct pn_listing_submit){.id = l.id}, &l));
    ok(pn_listing_create(p, &(struct pn_listing_create){.tier = TIER, .merchant = 4096,
                         .ask_fen = {60000}, .qty = 2, .kind = {PN_OFFER_PRESALE},
                         .ship_by_kind = {PN_SHIP_BEFORE}, .ship_by_hours = 48}, &l));
    ok(pn_listing_submit(p, &(struct pn_listing_submit){.id = l.id}, &l));
    ok(pn_wallet_recharge(p, &(struct pn_wallet_recharge){4096, {200000}, "line", NULL}, &w));
    ok(pn_listing_fund(p, &(struct pn_listing_fund){.id = l.id, .amount_fen = {100000},
                       .reason = "receipt"}, &l));
    ok(pn_listing_change(p, &(struct pn_listing_change){.id = l.id, .ask_fen = {61000}}, &l));
    pn_end(p);
}

/* Everybody of the tier sits in one row; two seats are held for the house. */
static void sit_down(void)
{
    test_sql("update order_seat s set seat_block = 409601, seat_bit = x.n from (select order_id,"
             " no, row_number() over (order by order_id, no) - 1 as n from order_seat"
             " where state in ('HELD', 'SOLD', 'REFUNDING')) x"
             " where x.order_id = s.order_id and x.no = s.no");
    test_sql("insert into seat_block (sk, id, session_id, lot_id, section, row_name, labels, mask,"
             " held, busy, sold) select 1, 409601, 40961, 61441, 'A', '1',"
             " array(select i::text from generate_series(1, 30) i), (1 << 30) - 1, 3 << 28,"
             " coalesce(bit_or(1::bigint << seat_bit::int) filter (where state = 'HELD'), 0),"
             " coalesce(bit_or(1::bigint << seat_bit::int) filter (where state <> 'HELD'), 0)"
             " from order_seat where seat_block = 409601");
    test_sql("insert into seat_hold (sk, id, session_id, kind, reason, qty, state, actor_id,"
             " created_at, updated_at) values (1, 8193, 40961, 'HOUSE', 'x', 2, 'ACTIVE', 1,"
             " now(), now())");
    test_sql("insert into seat_hold_part values (1, 8193, 61441, 409601, 3 << 28, 2)");
    test_sql("update stock set seat_stamp = 7, qty_held = 2 where lot_id = 61441");
}

/* An open group with one member, a grab that waits, a slip that finance has not seen. */
static void kinds(void)
{
    pn *p = ops();
    pn_groupbuy g;
    pn_grab wish;
    pn_order o;
    pn_payment y;
    const char *tiers[] = {"61441"};
    ok(pn_groupbuy_create(p, &(struct pn_groupbuy_create){.tier = TIER, .size = 3,
                                                          .price_fen = {YUAN(100)}}, &g));
    ok(pn_group_submit(p, &(struct pn_group_submit){.groupbuy = g.id, .phone = "13800000006"},
                       &o));
    ok(pn_payment_create(p, &(struct pn_payment_create){o.id, {PN_PAY_SIMULATED}}, &y));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    ok(pn_grab_submit(p, &(struct pn_grab_submit){.session = SESSION, .tiers = {tiers, 1},
        .qty = 2, .cap_fen = {YUAN(500)}, .phone = "13800000007"}, &wish));
    ok(pn_payment_create(p, &(struct pn_payment_create){wish.order_id, {PN_PAY_SIMULATED}}, &y));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    ok(pn_order_offline(p, &(struct pn_order_offline){.tier = TIER, .qty = 1,
                                                      .phone = "13800000008"}, &o));
    ok(pn_order_collect(p, &(struct pn_order_collect){o.id, {PN_PAY_SLIP}, o.payable_fen, "S1",
                                                      NULL}, &o));
    pn_end(p);
    relay();
}

/* A distributor pays ahead and buys: its money goes from its shard to the session's. Yesterday's
 * books are closed. */
static void distributor(void)
{
    pn *p = as(PN_ROLE_OPS | PN_ROLE_FINANCE, FIN);
    pn_channel c;
    pn_agency g;
    pn_agency_quota_row q;
    pn_dist d;
    pn_closing day;
    ok(pn_channel_create(p, &(struct pn_channel_create){.code = "tm", .name = "TM",
        .phone = "13900000000", .kind = {PN_OUTLET_AGENT}}, &c));
    ok(pn_channel_topup(p, &(struct pn_channel_topup){c.id, {YUAN(1000)}, "transfer"}, &c));
    test_sql("update ledger_transfer set day = day - 1");
    ok(pn_closing_close(p, &(struct pn_closing_close){
        {(int32_t)pni_local_day(pn_now(p)) - 1}}, &day));
    ok(pn_agency_create(p, &(struct pn_agency_create){.code = "g", .channel = c.id,
        .price_mode = {PN_AGENCY_FACE}, .valid_to = {shop_now + 90 * DAY}}, &g));
    ok(pn_agency_quota(p, &(struct pn_agency_quota){.id = g.id, .tier = TIER, .total = 5}, &q));
    ok(pn_dist_lock(p, &(struct pn_dist_lock){.tier = TIER, .qty = 1, .third_order_no = "T1",
        .channel = c.id, .expect_fen = {YUAN(580)}}, &d));
    ok(pn_dist_confirm(p, &(struct pn_dist_confirm){.order = d.order_id, .channel = c.id,
                                                    .pay_status = {PN_DIST_PAID}}, &d));
    pn_end(p);
}

/* A day of business that touches every table. */
static void business(void)
{
    make_shop(.stock = 30, .realname = "TICKET", .limit_user = 9);
    test_sql("update show set realname_mode = 'NONE'");
    pn_order cash = paid_n(3, "13800000001"), late = order_n(1, "13800000002"),
             provider = order_n(2, "13800000003"), back = paid_n(2, "13800000004");
    pn *p = ops();
    pn_payment y;
    pn_refund r;
    const char *one[] = {"1"};
    ok(pn_payment_create(p, &(struct pn_payment_create){provider.id, {PN_PAY_SIMULATED}}, &y));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = cash.id, .seats = {one, 1}}, &r));
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = back.id}, &r));
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = provider.id, .seats = {one, 1}}, &r));
    kinds();
    distributor();
    test_sql("update show set realname_mode = 'TICKET'");
    pn_attendee who = {"张三", {PN_DOC_ID_CARD}, "11010519491231002X"};
    pn_order named;
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1, .attendees = {&who, 1},
                                                    .phone = "13800000005"}, &named));
    pn_end(p);
    job("refund_retry");
    relay();
    shop_clock(4 * MINUTE);
    (void)late;
    offers();
    sit_down();
    job("audit_seal");
}

static void done_business(void)
{
    test_db_setup();
    business();
    test_db_keep();
}

START_TEST(honest_books_are_clean)
{
    business();
    pn_check_report r = run(NULL);
    pn_each(pn_check, c, &r.checks)
        ck_assert_msg(c->drift == 0, "%s: %d, first %s", c->name, (int)c->drift, c->sample);
    ck_assert_int_eq(r.failed, 0);
    ck_assert_int_ge((int64_t)r.checks.n, 22);
}
END_TEST

/* Two processes take ids from blocks of their own: what came later may have the lower id. */
START_TEST(ids_are_in_no_order)
{
    business();
    test_sql("update state_log set id = 9007199254740991 - id");
    pn_check_report r = run("order_states");
    ck_assert_msg(r.drift == 0, "%d of them", (int)r.drift);
}
END_TEST

/* An activity of five tickets, so many taken, that nothing was withheld for. */
#define SECKILL(taken)                                                                             \
    "insert into seckill (sk, id, session_id, tier_id, kind, name, price_fen, stock, limit_qty,"   \
    " taken, open_at, close_at, state, created_at, updated_at) values (1, 4097, 40961, 61441,"     \
    " 'RUSH', 'x', 1, 5, 1, " taken ", now(), now() + interval '1 day', 'RUNNING', now(), now())"
/* A channel that moved money which the ledger has not seen. */
#define MOVED(book)                                                                                \
    "insert into channel_move (sk, id, channel_id, book, kind, ref, amount_fen, left_fen,"         \
    " actor_id, at) values (1, 4097, 4097, '" book "', 'TOPUP', 1, 5, 5, 1, now())"
static const struct { const char *check, *plant; } plants[] = {
    {"stock_total", "update stock set qty_total = qty_total + 1"},
    {"stock_total", "insert into stock_move (sk, id, lot_id, delta, reason, actor_id, at)"
                    " values (1, 9, 61441, -2, 'x', 1, now())"},
    {"stock_locked", "update stock set qty_locked = qty_locked - 1 where qty_locked > 0"},
    {"stock_sold", "update stock set qty_sold = qty_sold + 1"},
    {"stock_sold", "update order_seat set state = 'RELEASED' where state = 'SOLD' and no = 3"},
    {"capacity", "update session set approved_capacity = 29"},
    {"holds", "delete from order_due"},
    {"holds", "update order_due set due_at = due_at + interval '1 minute'"},
    {"holds", "update order_seat set state = 'RELEASED' where state = 'HELD'"},
    {"simulated", "update policy set value = '0' where key = 'payment.simulated'"},
    {"order_money", "update order_seat set list_fen = list_fen + 1, paid_fen = paid_fen + 1"
                    " where no = 1"},
    {"order_money", "update order_item set unit_fen = unit_fen - 1"},
    {"order_money", "update orders set qty = qty + 1 where qty = 3"},
    {"order_paid", "update orders set paid_fen = paid_fen + 1 where paid_fen > 0"},
    {"order_paid", "update payment set state = 'CLOSED' where method = 'SIMULATED'"},
    {"order_paid", "update orders set status = 'CLOSED' where paid_fen > 0"},
    {"order_refunded", "update orders set refunded_fen = refunded_fen - 1 where refunded_fen > 0"},
    {"order_refunded", "update order_seat set refund_fen = refund_fen - 1 where refund_fen > 0"},
    {"refund_legs", "update refund_leg set amount_fen = amount_fen + 1"},
    {"refund_legs", "update refund_leg set state = 'PENDING'"},
    {"payment_returns", "update payment set received_fen = 1"},
    {"payment_notices", "delete from payment_notice"},
    {"payment_notices", "insert into payment_notice select sk, method, notice_id || 'x',"
                        " payment_id, provider_no, amount_fen, verified, result, raw, at"
                        " from payment_notice"},
    {"tenders", "update orders set held_fen = 100 where status = 'PENDING_PAY'"},
    {"gift_cards", "insert into gift_card (sk, id, batch_id, no, code_hash, tail, face_fen,"
                   " balance_fen, state, created_at, updated_at) values (1, 4097, 4096, 1, '\\x00',"
                   " '0000', 10000, 5000, 'ACTIVE', now(), now())"},
    {"ledger_direct", "insert into payment (sk, id, order_id, leg_no, method, amount_fen,"
                      " received_fen, state, created_at, expires_at, updated_at) select sk,"
                      " 4096 * 999999::bigint + sk, id, 99, 'MINIAPP_DIRECT', 5, 5, 'CLOSED',"
                      " now(), now(), now() from orders order by id limit 1"},
    {"seat_tickets", "update ticket set state = 'VOIDED'"},
    {"seat_tickets", "update ticket set state = 'ISSUED'"},
    {"groups", "update group_buy set paid = paid + 1"},
    {"groups", "update group_buy set vacant = 1"},
    {"groups", "update orders set status = 'PAID' where status = 'GROUP_WAITING'"},
    {"grabs", "update grab_request set cap_fen = cap_fen + 1"},
    {"grabs", "update orders set status = 'GRAB_FAILED' where status = 'GRAB_WAITING'"},
    {"grab_limits", "update grab_buyer set open_n = open_n + 1"},
    {"collected", "update payment set state = 'CLOSED' where state = 'COLLECTED'"},
    {"ticket_entries", "update ticket set entry_count = 1 where state = 'ISSUED'"},
    {"real_names", "delete from session_doc"},
    {"buyer_counts", "update buyer_count set qty = qty + 1"},
    {"seat_counts", "update stock set qty_held = qty_held + 1"},
    {"seat_counts", "update seat_block set mask = mask & ~(1::bigint << 27)"},
    {"seat_orders", "update seat_block set sold = sold & (sold - 1)"},
    {"seat_orders", "update order_seat set seat_bit = seat_bit + 1 where state = 'SOLD'"},
    {"seat_orders", "update seat_block set busy = 0"},
    {"seat_holds", "delete from seat_hold_part"},
    {"seat_holds", "update seat_block set held = held | (1::bigint << 27)"
                   " where id = 409601"},
    {"withheld", "update seat_hold set qty = 1000; update show set is_large = true;"
                 " update hall set capacity = 6000"},
    {"order_states", "update orders set status = 'SIGNED' where status = 'ALLOCATED'"},
    {"order_states", "delete from state_log where event = 'allocated'"},
    {"order_states", "delete from state_log where event = 'submit'"},
    {"listings", "update listing set sale_fen = sale_fen + 100"},
    {"listings", "update stock set merchant_id = 8192 where merchant_id is not null"},
    {"listing_deposits", "update listing set deposit_quota_fen = deposit_quota_fen + 1"},
    {"seat_claims", "delete from seat_claim where seat_key = 'A/5/2'"},
    {"seat_claims", "update seat_block set plan_row_id = 1, row_name = '5排', labels[28] = '2座'"
                    " where id = 409601"},
    {"channel_accounts", MOVED("PREPAID")},
    {"channel_accounts", MOVED("RECEIVABLE")},
    {"events", "insert into outbox (sk, id, event, ref, payload, at, due_at, tries)"
               " values (0, 4096, 'x', 1, '{}', now(), now(), 8)"},
    {"events", "insert into outbox (sk, id, event, ref, payload, at, due_at) values (0, 4096, 'x',"
               " 1, '{}', now() - interval '400 days', now())"},
    {"ledger_accounts", "update ledger_account set debit_fen = debit_fen + 1"
                        " where kind = 'DRAWER'"},
    {"ledger_accounts", "update ledger_transfer set amount_fen = amount_fen + 1"
                        " where rule = 'P15'"},
    {"ledger_accounts", "update ledger_account set debit_held_fen = 1 where kind = 'BANK'"},
    {"ledger_accounts", "delete from ledger_transfer where rule = 'P3'"},
    {"ledger_shards", "update ledger_account set credit_fen = credit_fen + 1"
                      " where kind = 'ESCROW'"},
    {"ledger_transit", "delete from ledger_transfer t using ledger_account a"
                       " where a.id = t.debit_id and a.kind = 'TRANSIT'"},
    {"ledger_payments", "update payment set received_fen = received_fen + 1"
                        " where method = 'CASH' and state = 'SUCCESS'"},
    {"ledger_payments", "delete from ledger_transfer where step = 'CAPTURED'"},
    {"ledger_refunds", "update refund_leg set amount_fen = amount_fen - 1"},
    {"ledger_refunds", "delete from ledger_transfer where step = 'OWED'"},
    {"ledger_deposits", "update listing_deposit set delta_fen = delta_fen + 1"},
    {"ledger_deposits", "delete from ledger_transfer where biz_kind = 'DEPOSIT'"},
    {"settlements", "insert into settlement (sk, id, no, merchant_id, day, lines_n, net_fen, state,"
                    " confirm_by, created_at, updated_at) values (0, 8192, 'JS1', 4096,"
                    " '2026-01-01', 1, 5, 'CALCULATED', now(), now(), now())"},
    {"settlements", "insert into settle_line (sk, id, merchant_id, order_id, order_no, qty,"
                    " settle_fen, commission_fen, markup_fen, ready_at, state, created_at,"
                    " updated_at) values (0, 8192, 4096, 1, 'x', 1, 5, 0, 0, now(), 'READY',"
                    " now(), now())"},
    {"points", "insert into point_account (sk, buyer_id, points, created_at, updated_at)"
               " values (11, 11, 5, now(), now())"},
    {"points", "insert into order_draw (sk, order_id, source, source_id, fen, day, state)"
               " values (0, 4096, 'POINTS', 11, 5, '2026-01-01', 'RESERVED')"},
    {"point_moves", "insert into order_draw (sk, order_id, source, source_id, fen, day, state)"
                    " values (0, 4096, 'POINTS', 11, 5, '2026-01-01', 'SPENT')"},
    {"point_moves", "insert into point_move (sk, id, buyer_id, no, kind, points, balance,"
                    " value_fen, ref_id, expires_on, at) values (11, 4107, 11, 1, 'ADJUST', 5, 5,"
                    " 5, 1, '2027-12-31', now())"},
    {"point_moves", "update order_seat set points_fen = 5, paid_fen = paid_fen - 5"
                    " where state = 'SOLD'"},
    {"recharges", "insert into recharge_order (sk, id, merchant_id, method, scene, amount_fen,"
                  " received_fen, state, provider_no, created_at, expires_at, paid_at, actor_id,"
                  " updated_at) values (0, 8192, 4096, 'WECHAT', 'QR', 5, 5, 'SUCCESS', 'x', now(),"
                  " now(), now(), 1, now())"},
    {"guarantees", "insert into guarantee (sk, id, merchant_id, amount_fen, state, asked_by,"
                   " decided_by, created_at, updated_at) values (0, 8192, 4096, 5, 'RETURNED',"
                   " 1, 2, now(), now())"},
    {"compensations", "insert into compensation (sk, id, order_id, kind, form, seats, amount_fen,"
                      " state, reason, proposed_by, created_at, updated_at) values (0, 8192, 4096,"
                      " 'FAKE', 'MONEY', '{1}', 5, 'APPROVED', 'x', 1, now(), now())"},
    {"coupons", "insert into coupon (sk, id, buyer_id, compensation_id, amount_fen, valid_until,"
                " created_at, updated_at) values (0, 8192, 4096, 1, 5, now(), now(), now())"},
    {"offline_debts", "insert into offline_debt (sk, order_id, staff_id, amount_fen, paid_fen, at)"
                      " values (0, 4096, 1, 5, 2, now())"},
    {"withdrawals", "insert into withdrawal (sk, id, no, merchant_id, card_id, amount_fen, fee_fen,"
                    " state, requested_by, created_at, updated_at) values (0, 8192, 'TX1', 4096, 1,"
                    " 5, 0, 'REQUESTED', 1, now(), now())"},
    {"rebates", "insert into rebate (sk, id, merchant_id, month, no, base_fen, bp, lines_n,"
                " defaults_n, late_n, amount_fen, state, created_at, updated_at) values (0, 8192,"
                " 4096, '2026-01-01', 1, 5, 1, 1, 0, 0, 5, 'POSTED', now(), now())"},
    {"suppliers", "insert into supplier_move (sk, id, supplier_id, book, kind, ref, amount_fen,"
                  " actor_id, at) values (0, 8192, 4096, 'PREPAID', 'TOPUP', 1, 5, 1, now())"},
    {"bank_lines", "update recharge set amount_fen = amount_fen + 1"},
    {"bank_lines", "delete from bank_line"},
    {"settlement_books", "insert into settlement (sk, id, no, merchant_id, day, lines_n, net_fen,"
                         " state, confirm_by, created_at, updated_at) values (0, 8192, 'JS1', 4096,"
                         " '2026-01-01', 1, 5, 'POSTED', now(), now(), now())"},
    {"earned", "insert into settle_line (sk, id, merchant_id, order_id, order_no, qty, settle_fen,"
               " commission_fen, markup_fen, ready_at, state, created_at, updated_at) values (0,"
               " 8192, 4096, 1, 'x', 1, 0, 5, 0, now(), 'READY', now(), now())"},
    {"earned", "update orders set status = 'COMPLETED', delivery_fen = 1, payable_fen = payable_fen"
               " + 1 where status = 'ALLOCATED'"},
    {"shifts", "insert into shift (id, no, till, operator_id, float_fen, state, opened_at,"
               " updated_at) values (8192, 'BC1', 'x', 1, 5, 'OPEN', now(), now())"},
    {"drawers", "insert into shift (id, no, till, operator_id, float_fen, expected_fen, state,"
                " opened_at, updated_at) values (8192, 'BC1', 'x', 1, 5, 6, 'CLOSED', now(),"
                " now())"},
    {"drawers", "insert into shift_cash (sk, id, shift_id, kind, amount_fen, order_id, at) values"
                " (0, 8192, 1, 'SALE', 5, 4096, now())"},
    {"cards_sold", "insert into gift_card_batch (id, name, face_fen, price_fen, count_n,"
                   " valid_months, state, author_id, activated_at, created_at, updated_at) values"
                   " (4096, 'x', 5, 5, 1, 36, 'ACTIVE', 1, now(), now(), now());"
                   " insert into gift_card (sk, id, batch_id, no, code_hash, tail, face_fen,"
                   " balance_fen, state, created_at, updated_at) values (1, 4097, 4096, 1, '\\x00',"
                   " '0000', 5, 5, 'ACTIVE', now(), now())"},
    {"cards_owed", "update ledger_account set kind = 'CARD_LIABILITY' where kind = 'OPENING'"
                   " or kind = 'DRAWER'"},
    {"discounts", "update order_seat set disc_fen = disc_fen + 5, paid_fen = paid_fen - 5"
                  " where state = 'SOLD'"},
    {"discounts", "update order_seat set disc_fen = disc_fen + 5, paid_fen = paid_fen - 5,"
                  " refund_fen = least(refund_fen, paid_fen - 5) where state = 'REFUNDED'"},
    {"refund_fees", "update order_seat set refund_fen = refund_fen - 1 where state = 'REFUNDED';"
                    " update stock set merchant_id = 4096"},
    {"earned_back", "insert into settle_line (sk, id, merchant_id, order_id, order_no, qty,"
                    " settle_fen, commission_fen, markup_fen, ready_at, state, created_at,"
                    " updated_at, back_fen) values (0, 8192, 4096, 1, 'x', 1, 5, 0, 0, now(),"
                    " 'WAITING', now(), now(), 5)"},
    {"deductions", "insert into credit_due (sk, payment_id, order_id, user_id, session_end_at,"
                   " due_at, paid_fen) select sk, id, order_id, 1, now(), now(), 5 from payment"
                   " order by id limit 1"},
    {"channel_books", "update channel_move set amount_fen = amount_fen + 1 where kind = 'TOPUP'"},
    {"channel_books", "update channel_move set amount_fen = amount_fen + 1 where kind = 'ORDER'"},
    {"channel_rebates", "insert into channel_rebate (sk, id, channel_id, month, no, base_fen, bp,"
                        " orders_n, amount_fen, state, created_at, updated_at) values (0, 8192,"
                        " 4096, '2026-01-01', 1, 500, 100, 1, 5, 'POSTED', now(), now())"},
    {"channel_rebates", "insert into channel_rebate (sk, id, channel_id, month, no, base_fen, bp,"
                        " orders_n, amount_fen, state, created_at, updated_at) values (0, 8192,"
                        " 4096, '2026-01-01', 1, 500, 100, 1, 7, 'CALCULATED', now(), now())"},
    {"channel_rebates", "update channel_move set kind = 'REBATE' where kind = 'TOPUP'"},
    {"direct_books", "insert into direct_payee (organiser_id, sub_mchid, fee_bp, fee_fixed_fen,"
                     " created_at, updated_at) values (4096, 'x', 0, 5, now(), '-infinity');"
                     " update payment set method = 'MINIAPP_DIRECT', payee_id = 4096"
                     " where method = 'SIMULATED' and state = 'SUCCESS'"},
    {"direct_books", "update payment set method = 'ALIPAY_DIRECT', payee_id = 4096"
                     " where method = 'SIMULATED' and state = 'SUCCESS'"},
    {"direct_books", "insert into organiser_fee (sk, id, organiser_id, kind, order_id, payment_id,"
                     " ref, no, paid_fen, fee_bp, fee_fixed_fen, fee_fen, at) values (0, 4096, 9,"
                     " 'SALE', 1, 4096, 4096, 0, 5, 0, 0, 0, now())"},
    {"fee_payments", "insert into organiser_payment (sk, id, organiser_id, kind, ref, amount_fen,"
                     " actor_id, at) values (0, 4096, 4096, 'BANK', 4096, 5, 1, now())"},
    {"fee_payments", "insert into organiser_payment (sk, id, organiser_id, kind, ref, amount_fen,"
                     " actor_id, at) values (0, 4096, 4096, 'WALLET', 4096, 5, 1, now())"},
    {"fee_invoices", "insert into fee_invoice (sk, id, no, organiser_id, month, sales_n, sales_fen,"
                     " sales_fee_fen, refunds_n, refunds_fen, refunds_fee_fen, earlier_fee_fen,"
                     " amount_fen, state, due_on, created_at, updated_at) values (0, 4096, 'ZD1',"
                     " 4096, '2026-01-01', 1, 5, 5, 0, 0, 0, 0, 5, 'ISSUED', '2026-01-15', now(),"
                     " now())"},
    {"payouts", "insert into bill (sk, id, method, day, source, file, digest, state, pay_fen,"
                " payout_ref, loaded_by, created_at, updated_at) values (0, 8192, 'WECHAT',"
                " '2026-01-01', 'FILE', 'x', 'x', 'RECONCILED', 5, 'x', 1, now(), now())"},
    {"slips", "update payment_slip set bill_id = 4097"},
    {"slips", "insert into bill (sk, id, method, type, day, source, file, digest, state, lines_n,"
              " our_pay_fen, loaded_by, created_at, updated_at) values (0, 12288, 'SLIP', 'SLIP',"
              " '2026-01-01', 'BANK', 'x', 'x', 'LOADED', 1, 5, 1, now(), now())"},
    {"recon_books", "insert into recon_diff (sk, id, bill_id, method, day, kind, refers, ref,"
                    " theirs_fen, ours_fen, state, reason, adjust_rule, adjust_fen, proposed_by,"
                    " decided_by, found_at, updated_at) values (0, 8192, 4096, 'WECHAT',"
                    " '2026-01-01', 'AMOUNT', 'PAY', 'x', 5, 0, 'ADJUSTED', 'x', 'RECON', 5, 1, 2,"
                    " now(), now())"},
    {"adjustments", "insert into ledger_adjustment (sk, id, debit_id, credit_id, amount_fen,"
                    " reason, state, proposed_by, decided_by, created_at, updated_at) values (0,"
                    " 8192, 1, 2, 5, 'x', 'APPROVED', 1, 2, now(), now())"},
    {"documents", "update ledger_transfer set step = 'OTHER' where step = 'DEPOSIT'"},
    {"penalties", "insert into penalty (sk, id, merchant_id, kind, base_fen, tickets, hours,"
                  " accepted, amount_fen, score, debt_fen, state, reason, proposed_by, created_at,"
                  " updated_at) values (0, 8192, 4096, 'FAKE', 5, 1, 0, false, 5, 0, 5, 'IMPOSED',"
                  " 'x', 1, now(), now())"},
    {"wallets", "update ledger_account set credit_fen = credit_fen + 1 where kind = 'FROZEN'"},
    {"wallets", "update listing set deposit_quota_fen = deposit_quota_fen + 1"
                " where deposit_quota_fen > 0"},
    {"wallets", "insert into ledger_transfer (sk, id, kind, debit_id, credit_id, amount_fen,"
                " biz_kind, biz_id, step, no, rule, day, at, booked_at, actor_id) select f.sk, f.id"
                " + 4096000000, 'PLAIN', f.id, a.id, 5, 'PENALTY', 1, 'IMPOSED', 1, 'P8',"
                " current_date, now(), now(), 0 from ledger_account f join ledger_account a"
                " on a.sk = f.sk and a.owner = f.owner and a.kind = 'AVAILABLE'"
                " where f.kind = 'FROZEN';"
                "update ledger_account set debit_fen = debit_fen + 5 where kind = 'FROZEN';"
                "update ledger_account set credit_fen = credit_fen + 5 where kind = 'AVAILABLE'"},
    {"ledger_days", "update ledger_transfer t set memo = 'x' from ledger_book k"
                    " where t.day <= k.closed_through"},
    {"ledger_days", "update ledger_day set seal = repeat('0', 64)"},
    {"ledger_days", "update ledger_transfer t set day = k.closed_through from ledger_book k"
                    " where t.day > k.closed_through"},
    {"ledger_balances", "update ledger_day_balance set debit_fen = debit_fen + 1"},
    {"agency_quotas", "insert into agency_quota (sk, agency_id, tier_id, dedicated, total, used)"
                      " values (1, 4097, 61441, false, 5, 2)"},
    {"promised", "insert into agency_quota (sk, agency_id, tier_id, dedicated, total)"
                 " values (1, 4097, 61441, true, 5)"},
    {"promised", SECKILL("0")},
    {"channel_numbers", "insert into intake_row (sk, id, intake_id, channel_id, line, ext_no, item,"
                        " sku, start_at, qty, unit_fen, state, created_at, updated_at) values (1,"
                        " 8193, 1, 4097, 2, 'T1', 'x', '', now(), 1, 1, 'UNMAPPED', now(), now())"},
    {"activities", SECKILL("1")},
    {"budgets", "insert into campaign_budget (sk, id, name, total_fen, reserved_fen, state,"
                " created_at, updated_at) values (0, 4096, 'x', 9, 5, 'LIVE', now(), now())"},
    {"budgets", "insert into coupon_lock (sk, coupon_id, order_id, state, at)"
                " values (0, 4096, 1, 'LOCKED', now())"},
    {"orphans", "delete from orders where status = 'PENDING_PAY'"},
    {"audit", "update audit_log set reason = 'nothing happened' where op = 'payment.cash'"},
    {"audit", "delete from audit_log where op = 'refund.apply'"},
};

START_TEST(a_planted_error_is_found)
{
    ck_assert_int_eq(run(plants[_i].check).drift, 0);
    test_sql(plants[_i].plant);
    pn_check_report r = run(plants[_i].check);
    const pn_check *c = r.checks.row;
    ck_assert_msg(c->drift > 0, "%s overlooks: %s", plants[_i].check, plants[_i].plant);
    ck_assert_ptr_nonnull(c->sample);
    ck_assert_int_eq(r.failed, 1);
}
END_TEST

/* Every hour they are proved, and what is wrong is an alarm: one, until somebody has closed it. */
START_TEST(what_does_not_add_up_is_told)
{
    job("ledger_check");
    relay();
    ck_assert_int_eq(test_sql_int("select count(*) from alarm"), 0);
    test_sql("delete from ledger_transfer where step = 'CAPTURED'");
    for (int i = 0; i < 2; i++) {
        shop_clock(2 * HOUR);
        job("ledger_check");
        relay();
    }
    ck_assert_int_eq(test_sql_int("select count(*) from alarm where kind = 'BOOKS' and times = 2"
                                  " and noun = 'check' and about like 'ledger_payments · %'"), 1);
}
END_TEST

START_TEST(every_proof_is_shown_an_error)
{
    make_shop();
    pn *p = ops();
    pn_check_report r;
    ok(pn_check_names(p, NULL, &r));
    pn_each(pn_check, c, &r.checks)
    {
        size_t i = 0;
        while (i < sizeof plants / sizeof *plants && strcmp(plants[i].check, c->name))
            i++;
        ck_assert_msg(i < sizeof plants / sizeof *plants, "%s has no plant", c->name);
    }
    fails(PN_ENONE, pn_check_run(p, &(struct pn_check_run){"nothing"}, &r));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("check");
    TCase *c = tcase_create("check");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, honest_books_are_clean);
    tcase_add_test(c, ids_are_in_no_order);
    tcase_add_test(c, every_proof_is_shown_an_error);
    suite_add_tcase(s, c);
    TCase *planted = tcase_create("planted");
    tcase_set_timeout(planted, 60);
    tcase_add_unchecked_fixture(planted, done_business, test_db_forget);
    tcase_add_checked_fixture(planted, test_db_copy, test_db_teardown);
    tcase_add_test(planted, what_does_not_add_up_is_told);
    tcase_add_loop_test(planted, a_planted_error_is_found, 0, sizeof plants / sizeof *plants);
    suite_add_tcase(s, planted);
    return pn_test_main(s);
}
