/* SPDX-License-Identifier: Apache-2.0 */
/* torture_scenes.h — what must be there before a call, by name: the lines that `before` is made
 * of. */
#ifndef PN_TORTURE_SCENES_H
#define PN_TORTURE_SCENES_H

#define FIRST(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A show on sale: session 40961 and tier 61441 share bucket 1. */
#define SEASON                                                                                     \
    "insert into city (id, code, name, created_at, updated_at)"                                    \
    " values (1, 'sh', '上海', now(), now())",                                                     \
    "insert into venue (id, code, city_id, name, created_at, updated_at)"                          \
    " values (2, 'dgm', 1, '大剧院', now(), now())",                                               \
    "insert into hall (id, code, venue_id, name, created_at, updated_at)"                          \
    " values (3, 'dgm-1', 2, '大厅', now(), now())",                                               \
    "insert into show (id, code, city_id, venue_id, category, title, status, refund_policy,"       \
    "  created_at, updated_at)"                                                                    \
    " values (4, 'show', 1, 2, 'DRAMA', '雷雨', 'PUBLISHED', 'FREE', now(), now())",               \
    "insert into session (id, code, show_id, hall_id, start_at, doors_at, stop_sale_at, tail_from,"\
    "  status, delivery_types, created_at, updated_at)"                                            \
    " select 40961, 'se', 4, 3, t, t - interval '1 hour', t, t - interval '2 days', 'ON_SALE',"    \
    "  '{ETICKET,ONSITE}', now(), now() from (select now() + interval '60 days' as t) x",          \
    "insert into tier (id, code, session_id, name, face_price_fen, created_at, updated_at)"        \
    " values (61441, 't1', 40961, 'A', 58000, now(), now())",                                      \
    "insert into stock (sk, lot_id, tier_id, session_id, qty_total)"                               \
    " values (1, 61441, 61441, 40961, 10)",                                                        \
    "insert into stock_move (sk, id, lot_id, delta, reason, actor_id, at)"                        \
    " values (1, 1, 61441, 10, 'open', 1, now())"
#define TEN_SEATS                                                                                  \
    "insert into seat_block (sk, id, session_id, lot_id, section, row_name, labels, mask)"         \
    " values (1, 501 * 4096 + 1, 40961, 61441, 'A', '1', '{1,2,3,4,5,6,7,8,9,10}', 1023)",         \
    "update stock set seat_stamp = 1"
#define ORDERED SEASON, "@order.submit {\"tier\":61441,\"qty\":2,\"buyer_name\":\"李雷\","         \
                        "\"phone\":\"13800000000\",\"delivery\":\"ETICKET\"}"
/* The first code signed makes a key that stays whatever happens to the call: made before. */
#define PAID ORDERED, "@payment.cash {\"order\":$id(orders),\"tendered_fen\":\"2000\"}",           \
             "@key.rotate {\"reason\":\"first\"}"

#define EXPRESSED                                                                                  \
    "update session set delivery_types = '{EXPRESS}'",                                             \
    "@order.submit {\"tier\":61441,\"qty\":1,\"phone\":\"13800000000\",\"receiver\":\"李雷\"," \
    "\"region\":\"上海市\",\"street\":\"南京路1号\",\"delivery\":\"EXPRESS\"}"

/* A login of a fixed number, for the calls of one's own. */
#define ME                                                                                         \
    "insert into staff (id, login, name, password, created_at, updated_at)"                        \
    " values (4097, 'me', 'Me', '', now(), now())",                                                \
    "insert into staff_login (sk, staff_id) values (1, 4097)"

#define HELD ORDERED, "@payment.create {\"order\":$id(orders),\"method\":\"SIMULATED\"}"
#define NOT_YET "update session set status = 'SCHEDULED'"
#define DRAFT "update show set status = 'DRAFT', poster = 'p.jpg', author_id = 1,"                 \
              " notices = '{\"refund\":\"x\"}'"
#define REVISED SEASON, "update show set author_id = 1, poster = 'p.jpg',"                         \
                        " notices = '{\"refund\":\"x\"}'",                                         \
                "@show.edit {\"id\":4,\"title\":\"雷雨（新版）\"}"
#define STAFF "@staff.create {\"login\":\"ann\",\"name\":\"Ann\",\"password\":\"correct horse 1\","\
              "\"roles\":[\"OPS\"]}"

/* A distributor with money and a contract. */
#define CHANNEL "@channel.create {\"code\":\"x\",\"name\":\"X\",\"kind\":\"AGENT\","              \
                "\"phone\":\"13900000000\",\"credit_fen\":\"9000\"}"
#define AGENCY SEASON, CHANNEL,                                                                    \
               "@agency.create {\"code\":\"g\",\"channel\":$id(channel),\"price_mode\":\"FACE\","  \
               "\"valid_to\":\"2099-01-01T00:00\"}",                                               \
               "@agency.quota {\"id\":$id(agency),\"tier\":61441,\"total\":5}"
#define LOCK "{\"tier\":61441,\"qty\":2,\"third_order_no\":\"T1\",\"expect_fen\":\"1160\","      \
             "\"channel\":$id(channel)}"
#define LOCKED AGENCY, "@dist.lock " LOCK
#define CONFIRM "{\"order\":$id(orders),\"channel\":$id(channel),\"pay_status\":\"PAID\"}"

#define ACCOUNTS                                                                                   \
    "insert into ledger_account (sk, id, kind, side, guard, at) values"                            \
    " (1, 4097, 'BANK', 'DEBIT', 'NONE', now()), (1, 8193, 'OPENING', 'CREDIT', 'NONE', now())"
#define ADJUST "{\"debit\":4097,\"credit\":8193,\"amount_fen\":\"12.50\"," WHY "}"

#define NONE FIRST(NULL)
#define IS(state) "update session set status = '" state "'"
/* All its times moved back: yesterday evening and 200 days ago. */
#define BACK(days) "update session set start_at = start_at - interval '" days " days', doors_at =" \
    " doors_at - interval '" days " days', tail_from = tail_from - interval '" days " days',"      \
    " stop_sale_at = stop_sale_at - interval '" days " days'"
#define WHY "\"reason\":\"x\""
#define OF(table) "\"id\":$id(" table ")"
#define BULK "{\"noun\":\"staff\",\"verb\":\"disable\",\"rows\":[{\"key\":\"4097\"}]}"
#define BULK_DONE                                                                                  \
    "@bulk.begin " BULK, "update bulk_row set state = 'DONE', ended_at = now()",                   \
    "update bulk_work set state = 'DONE', done = 1, ended_at = now()", "delete from bulk_due"
#define REFUND "@refund.apply {\"order\":$id(orders),\"reason\":\"BUYER\",\"forced\":true,"        \
               "\"note\":\"x\"}"
#define REFUNDING HELD, "@payment.apply {\"payment\":$id(payment),\"method\":\"SIMULATED\","       \
                        "\"provider_no\":\"S1\",\"amount_fen\":\"1160\"}",                         \
                  REFUND, "update refund set applied_by = 99", "@refund.approve {" OF("refund") "}"
#define COLLECTED                                                                                  \
    SEASON, "@order.offline {\"tier\":61441,\"qty\":1,\"phone\":\"13800000000\"}",                 \
    "@order.collect {\"order\":$id(orders),\"method\":\"SLIP\",\"amount_fen\":\"580\","            \
    "\"slip\":\"S1\"}"
/* Tickets that were not worth their money; what somebody owes who kept an order's money. */
#define FAKED "{\"order\":$id(orders),\"kind\":\"FAKE\",\"seats\":[\"1\"]," WHY "}"
#define TWO_DECIDE "update policy set value = '1' where key = 'compensation.dual_control_fen'"
#define CLAIMED PAID, TWO_DECIDE, "@compensation.propose " FAKED
#define GRANTED PAID, "@compensation.propose " FAKED
#define OWES                                                                                       \
    COLLECTED, "insert into offline_debt (sk, order_id, staff_id, amount_fen, at)"                 \
               " select sk, id, 9, 58000, now() from orders"
#define GROUPBUY                                                                                   \
    SEASON, "@groupbuy.create {\"tier\":61441,\"size\":3,\"price_fen\":\"260\","                   \
            "\"allow_quit\":true}"
#define MEMBER                                                                                     \
    GROUPBUY, "@group.submit {\"groupbuy\":$id(group_activity),\"phone\":\"13800000000\"}",        \
    "insert into group_buy (sk, id, activity_id, session_id, size, paid, leader_id, state,"        \
    " opened_at, expires_at, updated_at) select 1, 81921, activity_id, 40961, 3, 1, order_id,"     \
    " 'OPEN', now(), now() + interval '1 day', now() from group_member",                           \
    "@payment.create {\"order\":$id(orders),\"method\":\"SIMULATED\"}",                            \
    "@payment.apply {\"payment\":$id(payment),\"method\":\"SIMULATED\",\"provider_no\":\"S1\","    \
    "\"amount_fen\":\"260\"}",                                                                     \
    "update group_member set state = 'PAID', group_id = 81921, paid_at = now()"
#define CAMPAIGN "@budget.create {\"name\":\"x\",\"total_fen\":\"1000\"}"
#define CODE "{\"phone\":\"13800001234\"}"
#define TRANSFER                                                                                   \
    "{\"channel\":$id(channel),\"amount_fen\":\"9000000\",\"reference\":\"b7\"," WHY "}"
#define POINTS(n) "{\"buyer\":4097,\"points\":" n "," WHY "}"
#define HOME "{\"receiver\":\"李雷\",\"phone\":\"13800000000\","                                  \
             "\"region\":\"上海市\",\"street\":\"南京路1号\"}"
#define AT_HOME "@address.create " HOME, "update buyer_address set buyer_id = 4097"
#define BUYER                                                                                      \
    "insert into buyer (sk, id, phone, phone_mask, state, created_at, last_at, updated_at)"        \
    " values (1, 4097, 'x', '138****1234', 'ACTIVE', now(), now(), now())",                        \
    "insert into token (sk, hash, id, buyer_id, kind, created_at, seen_at, expires_at)"            \
    " values (1, 'x', 4097, 4097, 'BUYER', now(), now(), now() + interval '1 day')"
#define FOLLOW                                                                                     \
    "{\"listing\":$id(listing),\"target\":\"FACE\",\"face_bp\":12000,\"direction\":\"BOTH\"}"
#define WISH                                                                                       \
    "{\"session\":40961,\"tiers\":[\"61441\"],\"qty\":1,\"cap_fen\":\"500\","                      \
    "\"phone\":\"13800000000\"}"
#define GRABBING                                                                                   \
    SEASON, "@grab.submit " WISH, "@payment.create {\"order\":$id(orders),"                        \
    "\"method\":\"SIMULATED\"}",                                                                   \
    "@payment.apply {\"payment\":$id(payment),\"method\":\"SIMULATED\",\"provider_no\":\"S1\","    \
    "\"amount_fen\":\"500\"}"
#define DOORS IS("RUNNING"), BACK("60")
/* A gift card of 100 yuan in the account of the buyer 12, by hand: its code depends on a key. */
#define CARD_BATCH "@gift_card_batch.create {\"name\":\"x\",\"face_fen\":\"100\",\"cards\":2}"
#define CARD                                                                                       \
    "insert into gift_card_batch (id, name, face_fen, price_fen, count_n, valid_months, state,"    \
    "  author_id, created_at, updated_at) values (4096, 'x', 10000, 10000, 1, 36, 'ACTIVE', 9,"    \
    "  now(), now())",                                                                             \
    "insert into gift_card (sk, id, batch_id, no, code_hash, tail, face_fen, balance_fen, state,"  \
    "  user_id, expires_at, created_at, updated_at) values (5, 4101, 4096, 1, '\\x00', '0000',"    \
    "  10000, 10000, 'BOUND', 12, now() + interval '1 year', now(), now())"
#define PAYEE "{\"organiser\":12289,\"sub_mchid\":\"1900000109\",\"fee_bp\":200}"
#define AGREEMENT "{\"method\":\"CMB_NETPAY\",\"user\":12}"
#define RATED "{\"user\":12,\"level\":1,\"score\":650}"
/* Attended first: 1,160 yuan, frozen, and the order has its tickets. */
#define ATTENDED ORDERED, HIS, "@credit.set " RATED,                                               \
             "@payment.later {\"order\":$id(orders)}",         \
             "@payment.authorised {" OF("payment")                                                 \
             ",\"provider_no\":\"A1\",\"fen\":\"1160\"}",                                          \
             "@key.rotate {\"reason\":\"first\"}"
#define BEGUN "@payment.deduct {" OF("payment") ",\"what\":\"BEGUN\"}"
#define LOOSE CARD, "update gift_card set state = 'ACTIVE', user_id = null"
#define BY_CARD "{\"order\":$id(orders),\"method\":\"GIFT_CARD\",\"card\":$id(gift_card)}"
#define HIS "update orders set user_id = 12"
#define BY_POINTS "@payment.tender {\"order\":$id(orders),\"method\":\"DOULI_POINTS\","           \
                  "\"amount_fen\":\"80\",\"phone\":\"13800000000\",\"code\":\"123456\"}"
#define FROZEN ORDERED, BY_POINTS,                                                                 \
               "@payment.authorised {" OF("payment") ",\"provider_no\":\"D1\",\"fen\":\"80\"}"
#define GATE "@gate.create {\"code\":\"A1\",\"name\":\"A1\",\"hall\":3}"
#define SCANNED PAID, DOORS, GATE, "@gate.verify {\"code\":\"$code\",\"gate\":$id(gate)}"
#define FACE_FILE "{\"file\":\"code: f\\nname: F\\npaper: {width: 80, height: 90}\\n"              \
             "font: Noto Sans CJK SC\\nelements:\\n  - {text: \\\"{show}\\\", at: [4, 4], w: 70,"  \
             " h: 9, size: 12}\\n\"}"
#define FACE "@face.import " FACE_FILE
#define PRINTER "@printer.create {\"code\":\"p1\",\"name\":\"P1\",\"kind\":\"TCP\","               \
                "\"target\":\"127.0.0.1:9\"}"
#define ROLL "@roll.load {\"printer\":$id(printer),\"roll\":\"R1\",\"serial_from\":1,"             \
             "\"serial_to\":50}"
#define DESK PAID, FACE, PRINTER, ROLL
#define PREPARE "{\"order\":$id(orders),\"printer\":$id(printer),\"face\":$id(ticket_face)}"
#define DEVICE "@device.enrol {\"sn\":\"s-1\",\"name\":\"S1\",\"kind\":\"SCANNER\"}"
#define START "@print.start {\"id\":$id(print_job)}"
#define FINISH(a, b) "{\"id\":$id(print_job),\"fates\":[\"" a "\",\"" b "\"],\"error\":\"jam\"}"

#define MERCHANT "@merchant.apply {\"code\":\"xl\",\"name\":\"X\",\"kind\":\"SUPPLIER\"," \
                 "\"phone\":\"13800000000\"}"
#define LICENCE "@qualification.add {\"merchant\":$id(merchant)," \
                "\"kind\":\"BUSINESS_LICENCE\",\"no\":\"B1\",\"valid_to\":\"2099-12-31\"}"
#define LICENSED MERCHANT, LICENCE, "@qualification.verify {" OF("qualification") "}"
#define ADMITTED LICENSED, "@wallet.recharge {" OF("merchant") ",\"amount_fen\":\"1000\"," \
    "\"reference\":\"g0\",\"guarantee\":true}", "@merchant.approve {" OF("merchant") "}"
#define HELD_UP(verb) ADMITTED, "@merchant." verb " {" OF("merchant") "," WHY "}"

/* An organiser is settled with as this merchant; so much it owes us. */
#define PAYEE_OF                                                                                   \
    "insert into merchant (id, code, kind, name, status, level, commission_bp, created_at,"        \
    " updated_at) values (4099, 'poly', 'ORGANISER', 'Poly', 'ACTIVE', 'B', 500, now(), now())",   \
    "insert into merchant_stand (sk, merchant_id) values (3, 4099)"
#define CONTRACT "{\"id\":77,\"merchant\":4099,\"fee_bp\":300}"
#define CONTRACTED PAYEE_OF, "@organiser.set " CONTRACT
#define FEES_OWED CONTRACTED,                                                                      \
    "insert into ledger_account (sk, id, kind, owner, side, guard, debit_fen, at)"                 \
    " values (77, 4096 * 9 + 77, 'FEE_RECEIVABLE', 77, 'DEBIT', 'NONE', 5000, now())"
#define FEES FEES_OWED,                                                                            \
    "insert into organiser_fee select 77, 4096 * 5 + 77, 77, 'SALE', 1, 4096 * 5 + 77,"            \
    " 4096 * 5 + 77, 0, 250000, 200, 0, 5000, '2026-01-05'"
#define JANUARY_FEES "{\"organiser\":77,\"month\":\"2026-01-05\"}"
#define SHIFT "@shift.open {\"till\":\"01\",\"float_fen\":\"100\"}"
#define SHORT SHIFT, "@shift.close {\"empty\":true}", "update shift set state = 'CHECK'"
#define ALARM                                                                                      \
    "insert into alarm (sk, id, kind, noun, ref, state, at, updated_at)"                           \
    " values (1, 4097, 'PAYMENT', 'payment', 1, 'OPEN', now(), now())"

#define CARDED ADMITTED, "@bank_card.add {\"merchant\":$id(merchant),\"bank\":\"B\","            \
               "\"holder\":\"H\",\"number\":\"6225881234567890\"}"
#define RICH CARDED, "update bank_card set state = 'VERIFIED', decided_by = 9",                    \
             "@wallet.recharge {" OF("merchant") ",\"amount_fen\":\"900000\",\"reference\":\"b1\"}"
#define DRAW "{\"card\":$id(bank_card),\"amount_fen\":\"6000\"}"
#define DRAWN RICH, "@withdrawal.request " DRAW
#define SIGNED "update withdrawal set state = 'APPROVED'"
#define AT_BANK "update withdrawal set state = 'PAYING', no = 'TX1'"

/* A merchant's part of an order, due, and its batch. */
#define EARNED ADMITTED,                                                                           \
    "insert into settle_line (sk, id, merchant_id, order_id, order_no, qty, settle_fen,"           \
    " commission_fen, markup_fen, ready_at, state, created_at, updated_at) select id & 4095,"      \
    " id + 4096 * 77, id, 1, 'x', 1, 500, 0, 0, now(), 'READY', now(), now() from merchant"
#define BATCH "{\"merchant\":$id(merchant)}"
#define BATCHED EARNED, "@settlement.open " BATCH
#define SEEN BATCHED, "@settlement.confirm {" OF("settlement") "}"
#define PASSED SEEN, "@settlement.approve {" OF("settlement") "}",                                 \
    "insert into ledger_account (sk, id, kind, owner, side, guard, credit_fen, at) select"         \
    " id & 4095, id + 4096 * 78, 'PENDING', id, 'CREDIT', 'CREDIT', 500, now() from merchant"

#define FINE(kind, more)                                                                           \
    "{\"merchant\":$id(merchant),\"kind\":\"" kind "\"" more "," WHY "}"
#define GUARANTEED ADMITTED, "@wallet.recharge {" OF("merchant") ",\"amount_fen\":\"9000\"," \
    "\"reference\":\"g1\",\"guarantee\":true}"
#define LEFT GUARANTEED, "@merchant.close {" OF("merchant") "," WHY "}"
/* An order of the merchant's tickets, settled with 9,000. */
#define ITS_ORDER PAID, ADMITTED, "update stock set merchant_id = m.id from merchant m",           \
    "update order_item set settle_fen = 900000 / qty"
#define OF_ORDER ",\"order\":$id(orders)"
#define FINED ITS_ORDER, "@penalty.impose " FINE("FALSE_SHIP", OF_ORDER)
#define BIG_FINE ITS_ORDER, "@penalty.impose " FINE("FAKE", OF_ORDER)
#define ANSWER "{" OF("penalty") ",\"answer\":\"x\"}"
#define APPEALED FINED, "@penalty.appeal " ANSWER
/* Suppliers, and what is owed to us by one of them or by a channel. */
#define SUPPLIER ADMITTED, "update merchant set kind = 'SUPPLIER'"
#define BY_BANK(of) "{" OF(of) ",\"amount_fen\":\"500\",\"reference\":\"b8\"}"
#define RECEIVABLE(of, kind)                                                                       \
    "insert into ledger_account (sk, id, kind, owner, side, guard, debit_fen, credit_fen, at)"     \
    " select m.id & 4095, m.id + 4096 * (900 + x.n), x.kind, case x.n when 1 then m.id else 0"     \
    "  end, 'DEBIT', 'NONE', 50000 * x.n, 50000 * (1 - x.n), now() from " of " m cross join"       \
    " (values (1, '" kind "_RECEIVABLE'), (0, 'OPENING')) x(n, kind)"
/* A month in which much was settled. */
#define GOOD_MONTH ADMITTED,                                                                       \
    "insert into settlement (sk, id, no, merchant_id, day, lines_n, net_fen, state, confirm_by,"   \
    " created_at, posted_at, updated_at) select id & 4095, id + 4096 * 79, 'JS1', id,"             \
    " '2026-01-10', 1, 20000000, 'POSTED', now(), now(), '2026-01-12', now() from merchant",       \
    "insert into settle_line (sk, id, merchant_id, order_id, order_no, qty, settle_fen,"           \
    " commission_fen, markup_fen, ready_at, state, settlement_id, created_at, updated_at)"         \
    " select id & 4095, id + 4096 * 80, id, 1, 'x', 1, 20000000, 0, 0, now(), 'SETTLED',"          \
    " id + 4096 * 79, now(), now() from merchant"
#define JANUARY "{\"merchant\":$id(merchant),\"month\":\"2026-01-05\"}"

#define GOOD_SALES                                                                                 \
    "insert into channel_sale select id & 4095, id, 1, '2026-01-05' from channel",                 \
    "insert into channel_move (sk, id, channel_id, book, kind, ref, order_id, amount_fen,"         \
    " left_fen, actor_id, at) select id & 4095, id + 4096 * 91, id, 'PREPAID', 'ORDER', 1, 1,"     \
    " -20000000, 0, 1, '2026-01-04' from channel"
#define MONTH_OF_CHANNEL "{\"channel\":$id(channel),\"month\":\"2026-01-05\"}"

#define BILLED(state)                                                                              \
    "insert into bill (sk, id, method, day, source, file, digest, state, pay_fen, loaded_by,"      \
    " created_at, updated_at) values (1, 4097, 'WECHAT', '2026-01-01', 'FILE', 'x', 'x', '" state  \
    "', 1000, 1, now(), now())"
#define DIFFERS BILLED("DIFFERENT"),                                                               \
    "insert into recon_diff (sk, id, bill_id, method, day, kind, refers, ref, theirs_fen,"         \
    " ours_fen, state, found_at, updated_at) values (1, 8193, 4097, 'WECHAT', '2026-01-01',"       \
    " 'MISSING_HERE', 'PAY', 'x', 1000, 0, 'OPEN', now(), now())"
#define CASE "{" OF("recon_diff") "," WHY "}"

#define SELLING SEASON, ADMITTED
#define OFFER(more) "@listing.create {\"tier\":61441,\"merchant\":$id(merchant)," \
                    "\"ask_fen\":\"600\"" more "}"
#define OFFERED SELLING, OFFER(",\"seats\":[\"A/5/1-4\"]")
#define ON_OFFER OFFERED, "@listing.submit {" OF("listing") "}"
#define LISTED(verb) ON_OFFER, "@listing." verb " {" OF("listing") "," WHY "}"
#define DEAR SELLING, OFFER(",\"qty\":3"), "update listing set state = 'PENDING_REVIEW'"
#define OWED SELLING, OFFER(",\"qty\":3,\"kind\":\"TAIL\""), \
             "@listing.submit {" OF("listing") "}", \
             "@wallet.recharge {" OF("merchant") ",\"amount_fen\":\"9000\",\"reference\":\"b1\"}"
#define RULE(bp) "@price.adjust {\"mb_bp\":" bp "," WHY "}"

#define ACTIVITY SEASON,                                                                           \
                 "@seckill.create {\"tier\":61441,\"kind\":\"RUSH\",\"name\":\"x\","               \
                 "\"limit_qty\":3,\"price_fen\":\"9\",\"stock\":5,"                                \
                 "\"open_at\":\"D+1 10:00\",\"close_at\":\"D+2 10:00\"}"
#define PUBLISHED ACTIVITY, "@seckill.publish {" OF("seckill") "}"
/* Faults are tried faster than anybody may ask. */
#define OPENED PUBLISHED, "update seckill set open_at = now() - interval '1 minute'",       \
               "update policy set value = '1000' where key = 'seckill.user_rate'"

#define TAKEN_OVER SEASON, CHANNEL,                                                                \
                   "@intake.import {\"channel\":$id(channel),\"file\":\"ext_no,item,start_at,qty," \
                   "unit_fen,phone\\nT1,x,2027-01-01 19:30,2,9,13800000001\"}"
#define MAPPED "@intake.map {" OF("intake_row") ",\"tier\":61441}"
#define BUDGET "{\"channel\":$id(channel),\"name\":\"x\",\"total_fen\":\"5000\"}"

/* A hall with one row, drafted by person 1 and sold by seat. */
#define ROWS_FILE "\"file\":\"section,row,from,to\\nA,1,1,10\\n\""
#define SEATED SEASON, "update hall set capacity = 100",                                           \
               "@seat_plan.import {\"hall\":3," ROWS_FILE "}"
#define ZONED "{\"session\":40961,\"zones\":[{\"name\":\"x\",\"tier\":61441,\"seats\":\"A\"}]}"
#define NUMBERED SEATED, "update show set status = 'DRAFT'", "@zone_plan.draft " ZONED,            \
                 "@zone_plan.live {\"id\":$id(zone_plan)}"
#define HOUSE "{\"session\":40961,\"kind\":\"HOUSE\",\"seats\":\"A/1/1..3\",\"reason\":\"x\"}"

#endif
