/* SPDX-License-Identifier: Apache-2.0 */
/* torture_cases.h — one line an operation: what it is called with, and what must be there before.
 * A line of `before` is SQL, or "@noun.verb {json}" to call an operation; $id(table) is the newest
 * id of that table. */
#ifndef PN_TORTURE_CASES_H
#define PN_TORTURE_CASES_H

#include <stdint.h>

typedef struct torture_case {
    const char *op, *input;
    const char *const *before; /* ended by NULL */
    int64_t actor;             /* of the call itself; 0 = 1, negative: a buyer */
} torture_case;

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
#define REFUND "@refund.apply {\"order\":$id(orders),\"reason\":\"BUYER\",\"forced\":true,"        \
               "\"note\":\"x\"}"
#define REFUNDING HELD, "@payment.apply {\"payment\":$id(payment),\"method\":\"SIMULATED\","       \
                        "\"provider_no\":\"S1\",\"amount_fen\":\"1160\"}",                         \
                  REFUND, "@refund.approve {" OF("refund") "}"
#define COLLECTED                                                                                  \
    SEASON, "@order.offline {\"tier\":61441,\"qty\":1,\"phone\":\"13800000000\"}",                 \
    "@order.collect {\"order\":$id(orders),\"method\":\"SLIP\",\"amount_fen\":\"580\","            \
    "\"slip\":\"S1\"}"
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
#define CARD_BATCH "@gift_card_batch.create {\"name\":\"x\",\"face_fen\":\"100\",\"count_n\":2}"
#define CARD                                                                                       \
    "insert into gift_card_batch (id, name, face_fen, price_fen, count_n, valid_months, state,"    \
    "  author_id, created_at, updated_at) values (4096, 'x', 10000, 10000, 1, 36, 'ACTIVE', 9,"    \
    "  now(), now())",                                                                             \
    "insert into gift_card (sk, id, batch_id, no, code_hash, tail, face_fen, balance_fen, state,"  \
    "  user_id, expires_at, created_at, updated_at) values (5, 4101, 4096, 1, '\\x00', '0000',"    \
    "  10000, 10000, 'BOUND', 12, now() + interval '1 year', now(), now())"
#define PAYEE "{\"organiser\":12289,\"sub_mchid\":\"1900000109\",\"fee_bp\":200}"
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
#define ADMITTED LICENSED, "@merchant.approve {" OF("merchant") "}"
#define HELD_UP(verb) ADMITTED, "@merchant." verb " {" OF("merchant") "," WHY "}"

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
#define FINED ADMITTED, "@penalty.impose " FINE("FALSE_SHIP", ",\"tickets\":1")
#define BIG_FINE ADMITTED, "@penalty.impose " FINE("FAKE", ",\"base_fen\":\"9000\"")
#define ANSWER "{" OF("penalty") ",\"answer\":\"x\"}"
#define APPEALED FINED, "@penalty.appeal " ANSWER
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
#define OPENED PUBLISHED, "update seckill set open_at = now() - interval '1 minute'"

#define TAKEN_OVER SEASON, CHANNEL,                                                                \
                   "@intake.import {\"channel\":$id(channel),\"file\":\"ext_no,item,start_at,qty," \
                   "unit_fen,phone\\nT1,x,2027-01-01 19:30,2,9,13800000001\"}"
#define MAPPED "@intake.map {" OF("intake_row") ",\"tier\":61441}"
#define BUDGET "{\"channel\":$id(channel),\"name\":\"x\",\"total_fen\":\"5000\"}"

/* Operations that write and have no case here, each with its reason. Those that act on this
 * machine (PN_LOCAL) need none. */
static const struct { const char *op, *why; } torture_exempt[] = {
    {"totp.confirm", "its code depends on the time; totp.enrol and .disable take the same path"},
    {"gift_card.bind", "its code and pin depend on the key of the run; the tests of order bind"},
    {"payment.link_pay", "its token depends on the key of the run; payment.create is its core"},
    {"payment.notify", "its signature depends on the key of the run; payment.apply is its core"},
    {0}};

/* A hall with one row, drafted by person 1 and sold by seat. */
#define ROWS_FILE "\"file\":\"section,row,from,to\\nA,1,1,10\\n\""
#define SEATED SEASON, "update hall set capacity = 100",                                           \
               "@seat_plan.import {\"hall\":3," ROWS_FILE "}"
#define ZONED "{\"session\":40961,\"zones\":[{\"name\":\"x\",\"tier\":61441,\"seats\":\"A\"}]}"
#define NUMBERED SEATED, "update show set status = 'DRAFT'", "@zone_plan.draft " ZONED,            \
                 "@zone_plan.live {\"id\":$id(zone_plan)}"
#define HOUSE "{\"session\":40961,\"kind\":\"HOUSE\",\"seats\":\"A/1/1..3\",\"reason\":\"x\"}"

static const torture_case torture_cases[] = {
    {"auth.login", "{\"login\":\"ann\",\"password\":\"correct horse 1\"}", FIRST(STAFF), 0},
    {"auth.logout", "{\"everywhere\":true}", FIRST(ME), 4097},
    {"view.save", "{\"noun\":\"order\",\"name\":\"x\"}", FIRST(ME), 4097},
    {"view.forget", "{\"id\":4097}",
     FIRST(ME, "insert into staff_view (sk, id, staff_id, noun, name, filter, sort, columns, slot,"
               " shared, created_at, updated_at) values (1, 4097, 4097, 'order', 'x', '', '', '',"
               " 0, false, now(), now())"), 4097},
    {"totp.enrol", "{}", FIRST(ME), 4097},
    {"totp.disable", "{\"staff\":$id(staff)}", FIRST(STAFF), 0},
    {"staff.init", "{\"login\":\"root\",\"password\":\"correct horse\"}", NONE, 0},
    {"staff.enable", "{" OF("staff") "}", FIRST(STAFF, "update staff set state = 'DISABLED'"), 0},
    {"staff.unlock", "{" OF("staff") "}", FIRST(STAFF, "update staff_login set failures = 3"), 0},
    {"staff.passwd", "{" OF("staff") ",\"new_password\":\"battery staple\"}", FIRST(STAFF), 0},
    {"staff.grant", "{" OF("staff") ",\"grants\":\"order.refund\"}", FIRST(STAFF), 0},
    {"token.revoke", "{" OF("token") "}",
     FIRST(STAFF, "@token.create {\"name\":\"gate\",\"staff\":$id(staff)}"), 0},
    {"view.save", "{\"noun\":\"city\",\"name\":\"x\",\"slot\":1}", FIRST(ME), 4097},
    {"view.forget", "{\"id\":8193}",
     FIRST(ME, "insert into staff_view values (1, 8193, 4097, 'city', 'x', '', '', '', 0, false,"
               " null, null, now(), now())"), 4097},
    {"venue.import", "{\"file\":\"code,name,city\\nv2,小剧场,sh\\n,x,sh\\nv3,大棚,sh\\n\"}",
     FIRST(SEASON), 0},
    {"hall.import", "{\"file\":\"code,name,venue\\nh2,小厅,dgm\\n,x,dgm\\nh3,中厅,dgm\\n\"}",
     FIRST(SEASON), 0},
    {"show.import", "{\"file\":\"code,title,city,venue,category\\ns2,茶馆,sh,dgm,DRAMA\\n"
                    "s3,x,sh,nowhere,DRAMA\\ns4,日出,sh,dgm,DRAMA\\n\"}", FIRST(SEASON), 0},
    {"show.republish", "{\"id\":4}", FIRST(REVISED, "@show.offline {\"id\":4," WHY "}"), 2},
    {"show.archive", "{\"id\":4}", FIRST(SEASON, IS("ENDED"), BACK("200")), 0},
    {"session.import", "{\"file\":\"code,show,hall,start_at\\nse2,show,dgm-1,D+20 19:30\\n"
                       "se3,show,dgm-1,never\\nse4,show,dgm-1,D+21 19:30\\n\"}",
     FIRST(SEASON), 0},
    {"session.open_presale", "{\"id\":40961}", FIRST(SEASON, NOT_YET), 0},
    {"session.resume", "{\"id\":40961}",
     FIRST(SEASON, "@session.suspend {\"id\":40961," WHY "}"), 0},
    {"session.stop_sale", "{\"id\":40961}", FIRST(SEASON), 0},
    {"session.doors_open", "{\"id\":40961}", FIRST(PAID, IS("CLOSED"), BACK("60")), 0},
    {"session.end", "{\"id\":40961}", FIRST(PAID, DOORS), 0},
    {"session.agree_cancel", "{\"id\":40961}",
     FIRST(PAID, "@session.cancel {\"id\":40961," WHY "}"), 2},
    {"session.weather_interrupt", "{\"id\":40961," WHY "}",
     FIRST(PAID, DOORS, "update session set outdoor = true"), 0},
    {"session.abandon", "{\"id\":40961,\"played_pct\":20," WHY "}",
     FIRST(PAID, IS("INTERRUPTED"), "update session set outdoor = true"), 0},
    {"session.archive", "{\"id\":40961}", FIRST(SEASON, IS("ENDED"), BACK("200")), 0},
    {"session.tick", "{}", FIRST(PAID, IS("TAIL"), BACK("60")), 0},
    {"tier.remove", "{\"id\":61441," WHY "}", FIRST(SEASON), 0},
    {"tier.import", "{\"file\":\"code,session,name,face_price,qty\\nt2,se,B,380,5\\n"
                    "t3,se,C,cheap,5\\nt4,se,D,180,5\\n\"}", FIRST(SEASON), 0},
    {"import.pretix", "{\"hall\":3,\"file\":\"Event slug,Order code,Position ID,Status,Start date,"
                      "Product,Price\\nw,AAAAA,1,Paid,2027-01-09 19:30,Steh,12.00\\n"
                      "w,AAAAA,2,Paid,2027-01-09 19:30,Steh,12.00\\n\"}", FIRST(SEASON), 0},
    {"search.reindex", "{}", FIRST(SEASON), 0},
    {"order.handover", "{" OF("orders") "}",
     FIRST(PAID, "update orders set status = 'ALLOCATED'"), 0},
    {"order.offline", "{\"tier\":61441,\"qty\":1,\"phone\":\"13800000000\"}", FIRST(SEASON), 0},
    {"order.collect", "{\"order\":$id(orders),\"method\":\"SLIP\",\"amount_fen\":\"580\","
                      "\"slip\":\"S1\"}",
     FIRST(SEASON, "@order.offline {\"tier\":61441,\"qty\":1,\"phone\":\"13800000000\"}"), 0},
    {"order.confirm", "{\"order\":$id(orders)}", FIRST(COLLECTED, "@key.rotate {" WHY "}"), 2},
    {"order.reject", "{\"order\":$id(orders)," WHY "}",
     FIRST(COLLECTED, "update offline_order set confirm_by = now() - interval '1 hour'"), 0},
    {"budget.create", "{\"name\":\"x\",\"total_fen\":\"1000\"}", NONE, 0},
    {"budget.change", "{" OF("campaign_budget") ",\"total_fen\":\"2000\"," WHY "}", FIRST(CAMPAIGN),
     0},
    {"budget.stop", "{" OF("campaign_budget") "," WHY "}", FIRST(CAMPAIGN), 0},
    {"budget.resume", "{" OF("campaign_budget") "}",
     FIRST(CAMPAIGN, "@budget.stop {" OF("campaign_budget") "," WHY "}"), 0},
    {"groupbuy.create", "{\"tier\":61441,\"size\":3,\"price_fen\":\"260\"}", FIRST(SEASON), 0},
    {"groupbuy.stop", "{" OF("group_activity") "," WHY "}", FIRST(GROUPBUY), 0},
    {"groupbuy.resume", "{" OF("group_activity") "}",
     FIRST(GROUPBUY, "@groupbuy.stop {" OF("group_activity") "," WHY "}"), 0},
    {"group.submit", "{\"groupbuy\":$id(group_activity),\"phone\":\"13800000000\"}",
     FIRST(GROUPBUY), 0},
    {"group.quit", "{\"order\":$id(orders)}", FIRST(MEMBER), 0},
    {"group.fail", "{\"id\":81921}", FIRST(MEMBER), 0},
    {"grab.submit", WISH, FIRST(SEASON), 0},
    {"grab.assist", "{\"order\":$id(orders)}", FIRST(GRABBING), 0},
    {"grab.raise", "{\"order\":$id(orders),\"cap_fen\":\"600\"}", FIRST(GRABBING), 0},
    {"grab.cancel", "{\"order\":$id(orders)}", FIRST(GRABBING), 0},
    {"grab.expire", "{\"order\":$id(orders)}", FIRST(GRABBING), 0},
    {"grab.take", "{\"order\":$id(orders)}",
     FIRST(GRABBING, "update grab_request set cap_fen = 60000", "update orders set goods_fen ="
           " 60000, payable_fen = 60000, paid_fen = 60000", "update payment set amount_fen ="
           " 60000, received_fen = 60000", "@key.rotate {" WHY "}"), 0},
    {"grab.capture_failed", "{\"order\":$id(orders)}", FIRST(GRABBING), 0},
    {"order.reveal", "{" OF("orders") "," WHY "}", FIRST(ORDERED), 0},
    {"order.sweep", "{\"sk\":1}",
     FIRST(ORDERED, "update order_due set due_at = now() - interval '1 minute'"), 0},
    {"order.complete", "{" OF("orders") "}",
     FIRST(PAID, "update orders set status = 'SIGNED'"), 0},
    {"payment.sent", "{" OF("payment") "}", FIRST(HELD), 0},
    {"payment.closed", "{" OF("payment") "}",
     FIRST(HELD, "@payment.sent {" OF("payment") "}"), 0},
    {"refund.approve", "{" OF("refund") "}", FIRST(PAID, REFUND), 2},
    {"refund.reject", "{" OF("refund") "," WHY "}", FIRST(PAID, REFUND), 2},
    {"refund.leg_ok", "{" OF("refund") ",\"no\":1,\"provider_no\":\"B1\"}", FIRST(REFUNDING), 0},
    {"refund.leg_fail", "{" OF("refund") ",\"no\":1,\"error\":\"x\"}", FIRST(REFUNDING), 0},
    {"refund.transfer", "{" OF("refund") "," WHY "}",
     FIRST(REFUNDING, "update refund set state = 'MANUAL'",
           "update refund_leg set state = 'FAILED'"), 2},
    {"notice.remind", "{\"order\":$id(orders)}", FIRST(ORDERED), 0},
    {"notice.resend", "{" OF("notice") "}",
     FIRST(ORDERED, "@notice.remind {\"order\":$id(orders)}",
           "update notice set state = 'FAILED'"), 0},
    {"ticket.code", "{" OF("ticket") "}", FIRST(PAID), 0},
    {"ticket.reissue", "{" OF("ticket") "," WHY "}", FIRST(PAID), 0},
    {"ticket.freeze", "{" OF("ticket") "," WHY "}", FIRST(PAID), 0},
    {"ticket.unfreeze", "{" OF("ticket") "," WHY "}",
     FIRST(PAID, "@ticket.freeze {" OF("ticket") "," WHY "}"), 0},
    {"ticket.void", "{" OF("ticket") "," WHY "}", FIRST(PAID), 0},
    {"face.import", FACE_FILE, NONE, 0},
    {"face.retire", "{" OF("ticket_face") "," WHY "}", FIRST(FACE), 0},
    {"printer.create", "{\"code\":\"p2\",\"name\":\"P2\",\"kind\":\"TCP\","
                       "\"target\":\"127.0.0.1:9\"}", NONE, 0},
    {"printer.edit", "{" OF("printer") ",\"name\":\"P9\"}", FIRST(PRINTER), 0},
    {"roll.load", "{\"printer\":$id(printer),\"roll\":\"R1\",\"serial_from\":1,\"serial_to\":9}",
     FIRST(PRINTER), 0},
    {"roll.close", "{" OF("ticket_stock") ",\"next_serial\":9," WHY "}", FIRST(PRINTER, ROLL), 0},
    {"print.prepare", PREPARE, FIRST(DESK), 0},
    {"print.start", "{" OF("print_job") "}", FIRST(DESK, "@print.prepare " PREPARE), 0},
    {"print.finish", FINISH("OK", "UNSENT"), FIRST(DESK, "@print.prepare " PREPARE, START), 0},
    {"print.settle", "{" OF("print_job") ",\"result\":\"OK\"," WHY "}",
     FIRST(DESK, "@print.prepare " PREPARE, START, "@print.finish " FINISH("OK", "PENDING")), 0},
    {"device.enrol", "{\"sn\":\"s-2\",\"name\":\"S2\",\"kind\":\"SCANNER\"}", NONE, 0},
    {"device.revoke", "{" OF("device") "," WHY "}", FIRST(DEVICE), 0},
    {"gate.create", "{\"code\":\"A2\",\"name\":\"A2\",\"hall\":3}", FIRST(SEASON), 0},
    {"gate.verify", "{\"code\":\"$code\",\"gate\":$id(gate)}", FIRST(PAID, DOORS, GATE), 0},
    {"gate.verify", "{\"code\":\"nothing of ours\"}", FIRST(PAID), 0},
    {"gate.reverse", "{" OF("scan_event") "," WHY "}", FIRST(SCANNED), 0},
    {"gate.override", "{\"code\":\"$code\",\"gate\":$id(gate)," WHY "}",
     FIRST(PAID, DOORS, GATE), 0},
    {"merchant.apply", "{\"code\":\"m2\",\"name\":\"M\",\"kind\":\"PRO\","
                       "\"phone\":\"13800000000\"}", FIRST(MERCHANT), 0},
    {"merchant.edit", "{" OF("merchant") ",\"name\":\"Y\"}", FIRST(MERCHANT), 0},
    {"merchant.contract", "{" OF("merchant") ",\"contract_mode\":\"NET\",\"commission_bp\":0,"
                          WHY "}", FIRST(ADMITTED), 0},
    {"merchant.approve", "{" OF("merchant") "}", FIRST(LICENSED), 0},
    {"merchant.reject", "{" OF("merchant") "," WHY "}", FIRST(MERCHANT), 0},
    {"merchant.restrict", "{" OF("merchant") "," WHY "}", FIRST(ADMITTED), 0},
    {"merchant.lift", "{" OF("merchant") "}", FIRST(HELD_UP("restrict")), 0},
    {"merchant.suspend", "{" OF("merchant") "," WHY "}", FIRST(ADMITTED), 0},
    {"merchant.resume", "{" OF("merchant") "}", FIRST(HELD_UP("suspend")), 0},
    {"merchant.close", "{" OF("merchant") "," WHY "}", FIRST(ADMITTED), 0},
    {"merchant.score", "{" OF("merchant") ",\"delta\":-5," WHY "}", FIRST(ADMITTED), 0},
    {"merchant.reveal", "{" OF("merchant") "," WHY "}", FIRST(MERCHANT), 0},
    {"merchant.grade", "{" OF("merchant") "}",
     FIRST(ADMITTED, "update merchant_stand set score = 30"), 0},
    {"merchant.check", "{" OF("merchant") "}",
     FIRST(ADMITTED, "update qualification set valid_to = '2000-01-01'"), 0},
    {"listing.create", "{\"tier\":61441,\"merchant\":$id(merchant),\"ask_fen\":\"600\","
                       "\"qty\":5}", FIRST(SELLING), 0},
    {"listing.change", "{" OF("listing") ",\"ask_fen\":\"580\",\"min_buy\":2}",
     FIRST(ON_OFFER), 0},
    {"follow_price.set", FOLLOW, FIRST(ON_OFFER), 0},
    {"follow_price.stop", "{\"listing\":$id(listing)}",
     FIRST(ON_OFFER, "@follow_price.set " FOLLOW), 0},
    {"follow_price.resume", "{\"listing\":$id(listing)}",
     FIRST(ON_OFFER, "@follow_price.set " FOLLOW, "@follow_price.stop {\"listing\":$id(listing)}"),
     0},
    {"follow_price.feed", "{\"tier\":61441,\"source\":\"MAOYAN\",\"price_fen\":\"560\"}",
     FIRST(SEASON), 0},
    {"listing.submit", "{" OF("listing") "}", FIRST(OFFERED), 0},
    {"listing.approve", "{" OF("listing") "}", FIRST(DEAR), 0},
    {"listing.reject", "{" OF("listing") "," WHY "}", FIRST(DEAR), 0},
    {"listing.pause", "{" OF("listing") "}", FIRST(ON_OFFER), 0},
    {"listing.resume", "{" OF("listing") "}", FIRST(LISTED("pause")), 0},
    {"listing.freeze", "{" OF("listing") "," WHY "}", FIRST(ON_OFFER), 0},
    {"listing.unfreeze", "{" OF("listing") "}", FIRST(LISTED("freeze")), 0},
    {"listing.withdraw", "{" OF("listing") "}", FIRST(ON_OFFER), 0},
    {"listing.expire", "{" OF("listing") "}", FIRST(ON_OFFER, BACK("61")), 0},
    {"listing.follow", "{" OF("listing") "}",
     FIRST(ON_OFFER, "update stock set qty_sold = qty_total where merchant_id is not null"), 0},
    {"listing.fund", "{" OF("listing") ",\"amount_fen\":\"900\"," WHY "}", FIRST(OWED), 0},
    {"listing.boost", "{" OF("listing") ",\"points\":50," WHY "}", FIRST(ON_OFFER), 0},
    {"listing.pin", "{" OF("listing") ",\"place\":1," WHY "}", FIRST(ON_OFFER), 0},
    {"listing.import", "{\"file\":\"code,merchant,tier,ask_fen,qty,seats,submit\\n"
                       "A1,xl,t1,600,,B/1/1-3,yes\\nA2,xl,t1,cheap,2,,\\n"
                       "A3,xl,t1,590,4,,yes\\n\"}", FIRST(ON_OFFER), 0},
    {"price.adjust", "{\"mb_bp\":300," WHY "}", FIRST(ON_OFFER), 0},
    {"price.approve", "{" OF("price_adjust") "}", FIRST(ON_OFFER, RULE("1600")), 2},
    {"price.reject", "{" OF("price_adjust") "}", FIRST(ON_OFFER, RULE("1600")), 0},
    {"price.end", "{" OF("price_adjust") "}", FIRST(ON_OFFER, RULE("300")), 0},
    {"price.turn", "{}",
     FIRST(ON_OFFER, RULE("300"), "update price_adjust set applied = false"), 0},
    {"qualification.add", "{\"merchant\":$id(merchant),\"kind\":\"AUTHORISATION\","
                          "\"no\":\"A1\",\"valid_to\":\"2099-12-31\"}", FIRST(MERCHANT), 0},
    {"qualification.verify", "{" OF("qualification") "}", FIRST(MERCHANT, LICENCE), 0},
    {"qualification.reject", "{" OF("qualification") "," WHY "}", FIRST(MERCHANT, LICENCE), 0},
    {"policy.set", "{\"key\":\"order.hold_min\",\"value\":\"20\"," WHY "}", NONE, 0},
    {"city.create", "{\"code\":\"bj\",\"name\":\"北京\"}", FIRST(NULL), 0},
    {"city.edit", "{\"id\":1,\"name\":\"沪\"}", FIRST(SEASON), 0},
    {"city.import", "{\"file\":\"code,name\\nbj,北京\\n,x\\nsz,深圳\\n\"}", FIRST(SEASON), 0},
    {"venue.create", "{\"code\":\"v2\",\"name\":\"小剧场\",\"city\":1}", FIRST(SEASON), 0},
    {"venue.edit", "{\"id\":2,\"capacity\":900}", FIRST(SEASON), 0},
    {"hall.create", "{\"code\":\"h2\",\"name\":\"小厅\",\"venue\":2}", FIRST(SEASON), 0},
    {"hall.edit", "{\"id\":3,\"name\":\"一厅\"}", FIRST(SEASON), 0},
    {"show.create", "{\"code\":\"s2\",\"title\":\"茶馆\",\"city\":1,\"venue\":2,"
                    "\"category\":\"DRAMA\"}", FIRST(SEASON), 0},
    {"show.edit", "{\"id\":4,\"title\":\"雷雨（新版）\"}", FIRST(SEASON), 0},
    {"show.submit", "{\"id\":4}", FIRST(SEASON, DRAFT), 0},
    {"show.approve", "{\"id\":4}", FIRST(SEASON, DRAFT, "@show.submit {\"id\":4}"), 2},
    {"show.reject", "{\"id\":4,\"reason\":\"x\"}", FIRST(SEASON, DRAFT,
                                                         "@show.submit {\"id\":4}"), 2},
    {"show.offline", "{\"id\":4,\"reason\":\"x\"}", FIRST(SEASON), 0},
    {"revision.approve", "{\"id\":$id(show_revision)}", FIRST(REVISED), 2},
    {"revision.reject", "{\"id\":$id(show_revision),\"reason\":\"x\"}", FIRST(REVISED), 2},
    {"session.create", "{\"code\":\"se2\",\"show\":4,\"hall\":3,\"start_at\":\"D+20 19:30\"}",
     FIRST(SEASON), 0},
    {"session.edit", "{\"id\":40961,\"outdoor\":\"yes\"}", FIRST(SEASON), 0},
    {"session.open_sale", "{\"id\":40961}", FIRST(SEASON, NOT_YET), 0},
    {"session.suspend", "{\"id\":40961,\"reason\":\"x\"}", FIRST(SEASON), 0},
    {"session.postpone", "{\"id\":40961,\"reason\":\"x\"}", FIRST(PAID), 0},
    {"session.reschedule", "{\"id\":40961,\"start_at\":\"D+90 19:30\",\"reason\":\"x\"}",
     FIRST(PAID), 0},
    {"session.cancel", "{\"id\":40961,\"reason\":\"x\"}", FIRST(PAID), 0},
    {"tier.create", "{\"code\":\"t9\",\"session\":40961,\"name\":\"B\",\"face_price\":\"380\","
                    "\"qty\":5}", FIRST(SEASON), 0},
    {"tier.edit", "{\"id\":61441,\"name\":\"A1\"}", FIRST(SEASON), 0},
    {"stock.set", "{\"tier\":61441,\"qty\":20,\"reason\":\"x\"}", FIRST(SEASON), 0},
    {"stock.add", "{\"tier\":61441,\"qty\":-3,\"reason\":\"x\"}", FIRST(SEASON), 0},
    {"staff.create", "{\"login\":\"ann\",\"name\":\"Ann\",\"password\":\"correct horse 1\","
                     "\"roles\":[\"OPS\"]}", FIRST(NULL), 0},
    {"staff.role", "{\"id\":$id(staff),\"roles\":[\"FINANCE\"]}", FIRST(STAFF), 0},
    {"staff.disable", "{\"id\":$id(staff),\"reason\":\"x\"}", FIRST(STAFF), 0},
    {"buyer.code", CODE, NONE, 0},
    {"buyer.signin", "{\"phone\":\"13800001234\",\"code\":\"$sms\"}", FIRST("@buyer.code " CODE),
     0},
    {"buyer.signout", "{\"everywhere\":true}", FIRST(BUYER), -4097},
    {"buyer.edit", "{\"id\":4097,\"nick\":\"x\"}", FIRST(BUYER), -4097},
    {"buyer.erase", "{\"id\":4097}", FIRST(BUYER), -4097},
    {"buyer.block", "{\"id\":4097," WHY "}", FIRST(BUYER), 0},
    {"buyer.unblock", "{\"id\":4097," WHY "}",
     FIRST(BUYER, "@buyer.block {\"id\":4097," WHY "}"), 0},
    {"token.create", "{\"name\":\"cron\",\"staff\":$id(staff)}", FIRST(STAFF), 0},
    {"order.quote", "{\"tier\":61441,\"qty\":2}", FIRST(SEASON), 0},
    {"order.submit", "{\"tier\":61441,\"qty\":2,\"buyer_name\":\"李雷\",\"phone\":\"13800000000\","
                     "\"delivery\":\"ETICKET\"}", FIRST(SEASON), 0},
    {"order.show", "{\"id\":$id(orders)}", FIRST(PAID), 0},
    {"order.extend", "{\"id\":$id(orders)}", FIRST(HELD), 0},
    {"order.reseat", "{\"id\":$id(orders),\"from\":[\"A/1/1\"],\"to\":[\"A/1/7\"],"
                     "\"reason\":\"test\"}", FIRST(SEASON, TEN_SEATS,
     "@order.submit {\"tier\":61441,\"qty\":2,\"phone\":\"13800000000\","
     "\"seats\":[\"A/1/1\",\"A/1/2\"]}"), 0},
    {"order.cancel", "{\"id\":$id(orders),\"reason\":\"test\"}", FIRST(ORDERED), 0},
    {"payment.cash", "{\"order\":$id(orders),\"tendered_fen\":\"2000\"}", FIRST(ORDERED), 0},
    {"payment.create", "{\"order\":$id(orders),\"method\":\"SIMULATED\"}", FIRST(ORDERED), 0},
    {"payment.tender", BY_CARD, FIRST(ORDERED, HIS, CARD), -12},
    {"payment.authorised", "{" OF("payment") ",\"provider_no\":\"D1\",\"fen\":\"80\"}",
     FIRST(ORDERED, BY_POINTS), 0},
    {"credit.set", RATED, NONE, 0},
    {"credit.block", "{\"id\":12,\"on\":true," WHY "}", FIRST("@credit.set " RATED), 0},
    {"payment.later", "{\"order\":$id(orders)}", FIRST(ORDERED, HIS, "@credit.set " RATED), 0},
    {"payment.deduct", "{" OF("payment") ",\"what\":\"FAILED\"}", FIRST(ATTENDED, BEGUN), 0},
    {"payment.repaid", "{" OF("payment") ",\"reference\":\"b\"}",
     FIRST(ATTENDED, "update payment set state = 'OVERDUE'"), 0},
    {"payment.write_off", "{" OF("payment") "," WHY "}",
     FIRST(ATTENDED, "update payment set state = 'OVERDUE'",
           "update credit_due set session_end_at = now() - interval '91 days'"), 0},
    {"direct_payee.set", PAYEE, NONE, 0},
    {"direct_payee.stop", "{\"id\":12289," WHY "}", FIRST("@direct_payee.set " PAYEE), 0},
    {"payment.slip", "{\"order\":$id(orders),\"slip\":\"000123\"}", FIRST(ORDERED), 0},
    {"payment.proxy", "{\"order\":$id(orders),\"channel\":$id(channel)}",
     FIRST(ORDERED, CHANNEL), 0},
    {"payment.link", "{\"order\":$id(orders)}", FIRST(ORDERED), 0},
    {"payment.release", "{" OF("payment") "}", FIRST(FROZEN), 0},
    {"payment.followed", "{" OF("payment") ",\"done\":true}", FIRST(FROZEN), 0},
    {"gift_card_batch.create", "{\"name\":\"x\",\"face_fen\":\"100\",\"count_n\":2}", NONE, 0},
    {"gift_card_batch.activate", "{" OF("gift_card_batch") ",\"reference\":\"b\"}",
     FIRST(CARD_BATCH), 2},
    {"gift_card_batch.pause", "{" OF("gift_card_batch") "," WHY "}", FIRST(CARD), 0},
    {"gift_card_batch.resume", "{" OF("gift_card_batch") "}",
     FIRST(CARD, "@gift_card_batch.pause {" OF("gift_card_batch") "," WHY "}"), 0},
    {"gift_card_batch.codes", "{" OF("gift_card_batch") "}", FIRST(CARD_BATCH), 0},
    {"gift_card.unbind", "{" OF("gift_card") "}", FIRST(CARD), -12},
    {"gift_card.freeze", "{" OF("gift_card") "," WHY "}", FIRST(CARD), 0},
    {"gift_card.unfreeze", "{" OF("gift_card") "}",
     FIRST(CARD, "@gift_card.freeze {" OF("gift_card") "," WHY "}"), 0},
    {"gift_card.extend", "{" OF("gift_card") ",\"until\":\"D+90 10:00\"," WHY "}",
     FIRST(CARD, "update gift_card set state = 'EXPIRED'"), 0},
    {"gift_card.refund", "{" OF("gift_card") "," WHY "}", FIRST(LOOSE), 0},
    {"gift_card.moved", "{" OF("gift_card") ",\"event\":\"expire\"}", FIRST(CARD), 0},
    {"gift_card.settle", "{" OF("gift_card") ",\"payment\":1,\"what\":\"use\"}",
     FIRST(CARD, "insert into gift_card_hold (sk, card_id, payment_id, fen, state, at)"
                 " values (5, 4101, 1, 100, 'HELD', now())",
           "update gift_card set held_fen = 100"), 0},
    {"payment.simulate", "{\"payment\":$id(payment)}", FIRST(HELD), 0},
    {"payment.apply", "{\"payment\":$id(payment),\"method\":\"SIMULATED\",\"provider_no\":\"S1\","
                      "\"amount_fen\":\"1160\"}", FIRST(HELD), 0},
    {"refund.quote", "{\"order\":$id(orders)}", FIRST(PAID), 0},
    {"refund.apply", "{\"order\":$id(orders),\"reason\":\"BUYER\"}", FIRST(PAID), 0},
    {"seat_plan.import", "{\"hall\":3," ROWS_FILE "}", FIRST(SEASON), 0},
    {"seat_plan.show", "{" OF("seat_plan") "}", FIRST(SEATED), 0},
    {"seat_plan.export", "{" OF("seat_plan") "}", FIRST(SEATED), 0},
    {"zone_plan.draft", ZONED, FIRST(SEATED), 0},
    {"zone_plan.show", "{" OF("zone_plan") "}", FIRST(SEATED, "@zone_plan.draft " ZONED), 0},
    {"zone_plan.diff", "{" OF("zone_plan") "}", FIRST(SEATED, "@zone_plan.draft " ZONED), 0},
    {"zone_plan.live", "{" OF("zone_plan") "}", FIRST(SEATED, "@zone_plan.draft " ZONED), 2},
    {"zone_plan.withdraw", "{" OF("zone_plan") "}", FIRST(SEATED, "@zone_plan.draft " ZONED), 0},
    {"seat_hold.place", HOUSE, FIRST(NUMBERED), 0},
    {"seat_hold.show", "{" OF("seat_hold") "}", FIRST(NUMBERED, "@seat_hold.place " HOUSE), 0},
    {"seat_hold.release", "{" OF("seat_hold") ",\"seats\":\"A/1/2\"}",
     FIRST(NUMBERED, "@seat_hold.place " HOUSE), 0},
    {"seat.map", "{\"session\":40961}", FIRST(NUMBERED), 0},
    {"seat.find", "{\"tier\":61441,\"qty\":2}", FIRST(NUMBERED), 0},
    {"settlement.open", BATCH, FIRST(EARNED), 0},
    {"settlement.confirm", "{" OF("settlement") "}", FIRST(BATCHED), 0},
    {"settlement.approve", "{" OF("settlement") "}", FIRST(SEEN), 0},
    {"settlement.post", "{" OF("settlement") "}", FIRST(PASSED), 0},
    {"settle_line.dispute", "{" OF("settle_line") "," WHY "}", FIRST(BATCHED), 0},
    {"settle_line.resolve", "{" OF("settle_line") "," WHY "}",
     FIRST(BATCHED, "@settle_line.dispute {" OF("settle_line") "," WHY "}"), 0},
    {"penalty.impose", FINE("FALSE_SHIP", ",\"tickets\":1"), FIRST(ADMITTED), 0},
    {"penalty.approve", ANSWER, FIRST(BIG_FINE), 2},
    {"penalty.reject", ANSWER, FIRST(BIG_FINE), 2},
    {"penalty.appeal", ANSWER, FIRST(FINED), 0},
    {"penalty.uphold", ANSWER, FIRST(APPEALED), 0},
    {"penalty.reverse", ANSWER, FIRST(APPEALED), 0},
    {"rebate.calc", JANUARY, FIRST(GOOD_MONTH), 0},
    {"rebate.post", "{" OF("rebate") "}", FIRST(GOOD_MONTH, "@rebate.calc " JANUARY), 0},
    {"bill.compare", "{" OF("bill") "}", FIRST(DIFFERS), 0},
    {"bill.drop", "{" OF("bill") "," WHY "}", FIRST(DIFFERS), 0},
    {"bill.payout", "{" OF("bill") ",\"amount_fen\":\"10\",\"reference\":\"b9\"}",
     FIRST(BILLED("RECONCILED")), 0},
    {"recon_diff.explain", CASE, FIRST(DIFFERS), 0},
    {"recon_diff.reopen", CASE, FIRST(DIFFERS, "@recon_diff.explain " CASE), 0},
    {"recon_diff.adjust", CASE, FIRST(DIFFERS), 0},
    {"recon_diff.approve", CASE, FIRST(DIFFERS, "@recon_diff.adjust " CASE), 2},
    {"recon_diff.reject", CASE, FIRST(DIFFERS, "@recon_diff.adjust " CASE), 2},
    {"wallet.recharge", "{" OF("merchant") ",\"amount_fen\":\"50\",\"reference\":\"b2\"}",
     FIRST(ADMITTED), 0},
    {"bank_card.add", "{\"merchant\":$id(merchant),\"bank\":\"B\",\"holder\":\"H\","
                      "\"number\":\"6225881234567890\"}", FIRST(ADMITTED), 0},
    {"bank_card.verify", "{" OF("bank_card") "," WHY "}", FIRST(CARDED), 2},
    {"bank_card.reject", "{" OF("bank_card") "," WHY "}", FIRST(CARDED), 2},
    {"withdrawal.request", DRAW, FIRST(RICH), 0},
    {"withdrawal.cancel", "{" OF("withdrawal") "}", FIRST(DRAWN), 0},
    {"withdrawal.approve", "{" OF("withdrawal") "}", FIRST(DRAWN), 2},
    {"withdrawal.reject", "{" OF("withdrawal") "," WHY "}", FIRST(DRAWN), 2},
    {"withdrawal.export", "{}", FIRST(DRAWN, SIGNED), 2},
    {"withdrawal.import", "{\"file\":\"no,result,bank_no,reason\\nTX1,OK,B1,\\n\"}",
     FIRST(DRAWN, AT_BANK), 2},
    {"closing.close", "{\"day\":\"yesterday\"}", FIRST(CHANNEL), 0},
    {"adjustment.propose", ADJUST, FIRST(ACCOUNTS), 0},
    {"adjustment.approve", "{" OF("ledger_adjustment") "}",
     FIRST(ACCOUNTS, "@adjustment.propose " ADJUST), 2},
    {"adjustment.reject", "{" OF("ledger_adjustment") ",\"answer\":\"x\"}",
     FIRST(ACCOUNTS, "@adjustment.propose " ADJUST), 2},
    {"channel.create", "{\"code\":\"tm\",\"name\":\"时光机\",\"kind\":\"AGENT\"}", NONE, 0},
    {"channel.edit", "{\"id\":$id(channel),\"state\":\"STOPPED\",\"credit_fen\":\"10\"}",
     FIRST(CHANNEL), 0},
    {"channel.join", "{\"id\":$id(channel),\"staff\":$id(staff)}",
     FIRST(CHANNEL, STAFF, "update staff set roles = '{CHANNEL}'"), 0},
    {"channel.topup", "{\"id\":$id(channel),\"amount_fen\":\"500\",\"reason\":\"x\"}",
     FIRST(CHANNEL), 0},
    {"agency.create", "{\"code\":\"g2\",\"channel\":$id(channel),\"price_mode\":\"FACE\","
                      "\"valid_to\":\"D+30 00:00\"}", FIRST(CHANNEL), 0},
    {"agency.quota", "{\"id\":$id(agency),\"tier\":61441,\"total\":4,\"dedicated\":true}",
     FIRST(AGENCY), 0},
    {"agency.stop", "{\"id\":$id(agency)}", FIRST(AGENCY), 0},
    {"dist.lock", LOCK, FIRST(AGENCY), 0},
    {"dist.unlock", "{\"order\":$id(orders),\"channel\":$id(channel)}", FIRST(LOCKED), 0},
    {"dist.query", "{\"order\":$id(orders),\"channel\":$id(channel)}", FIRST(LOCKED), 0},
    {"dist.confirm", CONFIRM, FIRST(LOCKED), 0},
    {"dist.refund", "{\"order\":$id(orders),\"channel\":$id(channel),\"seats\":[\"1\"]}",
     FIRST(LOCKED, "@dist.confirm " CONFIRM), 0},
    {"seckill.create", "{\"tier\":61441,\"kind\":\"RUSH\",\"name\":\"x\",\"price_fen\":\"9\","
                       "\"stock\":5,\"open_at\":\"D+1 10:00\",\"close_at\":\"D+2 10:00\"}",
     FIRST(SEASON), 0},
    {"seckill.publish", "{" OF("seckill") "}", FIRST(ACTIVITY), 0},
    {"seckill.end", "{" OF("seckill") "," WHY "}", FIRST(PUBLISHED), 0},
    {"seckill.register", "{" OF("seckill") "}", FIRST(PUBLISHED), -12},
    {"seckill.wait", "{" OF("seckill") "}", FIRST(OPENED), -12},
    {"rush.take", "{" OF("seckill") ",\"qty\":2,\"phone\":\"13800000000\"}", FIRST(OPENED), -12},
    {"intake.import", "{\"channel\":$id(channel),\"file\":\"ext_no,item,sku,start_at,qty,unit_fen,"
                      "buyer,phone\\nT9,x,A,2027-01-01 19:30,1,580,李雷,13800000001"
                      "\\nT8,x,,soon,1,1,,\\n\"}", FIRST(CHANNEL), 0},
    {"intake.map", "{" OF("intake_row") ",\"tier\":61441}", FIRST(TAKEN_OVER), 0},
    {"intake.accept", "{" OF("intake_row") ",\"loss_budget\":$id(loss_budget)}",
     FIRST(TAKEN_OVER, MAPPED, "@intake.budget " BUDGET), 0},
    {"intake.reject", "{" OF("intake_row") "," WHY "}", FIRST(TAKEN_OVER), 0},
    {"intake.budget", BUDGET, FIRST(CHANNEL), 0},
    {0}};

#endif
