/* SPDX-License-Identifier: Apache-2.0 */
/* crowd.c — documents made by the server itself, a statement a kind: $n stands for how many are
 * done with; those of number 1 to 3 wait. Only the first debt has its order. */
#include "crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 2026-11-23 19:00 in Shanghai */
static const pn_time now = {1795431600LL * 1000000};

/* One every so often through the year before, the last yesterday; those that wait, today. */
#define AT                                                                                         \
    "case when i < 4 then timestamptz '2026-11-23 09:00+08' + i * interval '1 minute'"             \
    " else timestamptz '2025-11-22 09:00+08' + i * interval '365 days' / $n end"
#define OPEN(waits, done) "case when i < 4 then '" waits "' else '" done "' end"
#define OF " from generate_series(1::bigint, $n + 3) i"
#define SK "77, i * 4096 + 77"

static const char *const fill[] = {
    "insert into city (id, code, name, created_at, updated_at) values (1, 'sh', '上海', now(),"
    " now())",
    "insert into venue (id, code, city_id, name, created_at, updated_at) values (1, 'v', 1,"
    " '上海文化广场', now(), now())",
    "insert into hall (id, code, venue_id, name, created_at, updated_at) values (1, 'h', 1,"
    " '大剧场', now(), now())",
    "insert into show (id, code, city_id, venue_id, category, title, status, created_at,"
    " updated_at) select i, 's' || i, 1, 1, 'DRAMA', '茶馆', " OPEN("REVIEWING", "ARCHIVED") ", "
    AT ", " AT OF,
    "insert into session (id, code, show_id, hall_id, start_at, doors_at, stop_sale_at, tail_from,"
    " created_at, updated_at) select 4096 + i, 's' || i, 1, 1, at, at, at, at, at, at from"
    " (values (timestamptz '2027-01-01 19:30+08')) v (at), generate_series(0, 4095) i",
    "insert into tier (id, session_id, code, name, face_price_fen, created_at, updated_at) values"
    " (8192 + 77, 4096 + 77, 'a', 'A', 38000, now(), now())",
    "insert into orders (sk, id, no, session_id, show_id, status, qty, delivery, goods_fen,"
    " payable_fen, paid_fen, hold_expires_at, created_at, updated_at) values (77, 4096 + 77,"
    " 'PN1', 4096 + 77, 1, 'PAID', 2, 'ONSITE', 76000, 76000, 76000, now(), now(), now())",
    "insert into show_revision (id, show_id, noun, ref, base_version, state, payload, diff,"
    " author_id, created_at, updated_at) select i, 1, 'show', 1, 1, " OPEN("DRAFT", "APPROVED")
    ", '{}', '{}', 1, " AT ", " AT OF,
    "insert into merchant (id, code, kind, name, status, created_at, updated_at) select"
    " i * 4096 + 76, 'm' || i, 'PRO', '票多多', " OPEN("APPLIED", "ACTIVE") ", " AT
    ", " AT OF,
    "insert into merchant (id, code, kind, name, status, created_at, updated_at) values (77,"
    " 'house', 'PRO', '小龙票务', 'ACTIVE', now(), now())",
    "insert into qualification (sk, id, merchant_id, kind, no, valid_to, state, created_at) select"
    " 76, i * 4096 + 76, i * 4096 + 76, 'BUSINESS_LICENCE', 'N' || i, '2030-01-01', "
    OPEN("PENDING", "VERIFIED") ", " AT OF,
    "insert into price_adjust (id, scope, from_at, state, reason, author_id, created_at,"
    " updated_at) select i, 'GLOBAL', " AT ", " OPEN("WAITING", "ENDED") ", 'x', 1, " AT ", " AT OF,
    /* offers: of the merchant and of others, three in each of the states that wait */
    "insert into listing (sk, id, code, merchant_id, session_id, tier_id, ask_fen, sale_fen,"
    " settle_fen, state, frozen_for, created_at, updated_at) select i & 4095,"
    " i * 4096 + (i & 4095), 'l' || i, case when i % 2 = 0 or i < 10 then 77 else i * 4096 + 77"
    " end, 4096 + (i & 4095), 8192 + 77, 40000, 41000, 38000, case when i < 4 then 'PENDING_REVIEW'"
    " when i < 7 then 'PENDING_DEPOSIT' when i < 10 then 'FROZEN' else 'EXPIRED' end, case"
    " when i between 7 and 9 then 'OPS' end, " AT ", " AT
    " from generate_series(1::bigint, $n + 9) i",
    "insert into stock (sk, lot_id, tier_id, session_id, merchant_id, qty_total) select sk, id,"
    " tier_id, session_id, merchant_id, 2 from listing",
    "insert into refund (sk, id, no, order_id, reason, amount_fen, state, from_status, applied_by,"
    " created_at, done_at, updated_at) select " SK ", 'R' || i, 4096 + 77, 'BUYER', 100, case when"
    " i < 3 then 'REVIEWING' when i = 3 then 'MANUAL' else 'DONE' end, 'PAID', 1, " AT ", "
    "case when i > 3 then " AT " end, " AT OF,
    "insert into compensation (sk, id, order_id, kind, form, seats, amount_fen, state, way, reason,"
    " proposed_by, created_at, updated_at) select " SK ", 4096 + 77, 'FAKE', 'MONEY', '{1}', 100,"
    " case when i < 3 then 'PROPOSED' when i = 3 then 'APPROVED' else 'PAID' end, case when i > 3"
    " then 'CASH' end, 'x', 1, " AT ", " AT OF,
    "insert into penalty (sk, id, merchant_id, kind, base_fen, tickets, hours, accepted,"
    " amount_fen, score, available_fen, state, reason, proposed_by, appeal_by, created_at,"
    " updated_at) select "
    SK ", 77, 'SHIP_LATE', 0, 1, 0, true, 5, 0, 5, case when i < 3 then 'APPEALED' else 'IMPOSED'"
    " end, 'x', 1, " AT " + interval '72 hours' - interval '1 hour' * ((i > 3)::int * 48), " AT
    ", " AT OF,
    "insert into settlement (sk, id, no, merchant_id, day, lines_n, net_fen, state, confirm_by,"
    " created_at, updated_at) select " SK ", 'S' || i, 77, date '1000-01-01' + i::int, 1, 100, case"
    " when i < 3 then 'CALCULATED' when i = 3 then 'CONFIRMED' else 'POSTED' end, " AT ", " AT
    ", " AT OF,
    "insert into settle_line (sk, id, merchant_id, order_id, order_no, qty, settle_fen,"
    " commission_fen, markup_fen, ready_at, state, settlement_id, created_at, updated_at) select "
    SK ", 77, i, 'x', 1, 100, 0, 0, " AT ", " OPEN("DISPUTED", "SETTLED") ", case when i > 3 then 1"
    " end, " AT ", " AT OF,
    "insert into guarantee (sk, id, merchant_id, state, asked_by, decided_by,"
    " created_at, updated_at) select 76, i * 4096 + 76, i * 4096 + 76, "
    OPEN("WAITING", "RETURNED") ", 1, case when i > 3 then 2 end, " AT ", " AT OF,
    "insert into channel (id, code, name, kind, created_at, updated_at) values (77, 'c', 'C',"
    " 'AGENT', now(), now())",
    "insert into channel_transfer (sk, id, channel_id, amount_fen, reference, reason, state,"
    " proposed_by, decided_by, created_at, updated_at) select " SK ", 77, 100, 'r' || i, 'x', "
    OPEN("PROPOSED", "DONE") ", 1, case when i > 3 then 2 end, " AT ", " AT OF,
    "insert into fee_invoice (sk, id, no, organiser_id, month, sales_n, sales_fen, sales_fee_fen,"
    " refunds_n, refunds_fen, refunds_fee_fen, earlier_fee_fen, amount_fen, paid_fen, state,"
    " due_on, created_at, paid_at, updated_at) select " SK ", 'ZD' || i, i * 4096 + 77,"
    " '2026-10-01', 1, 100, 5, 0, 0, 0, 0, 5, case when i < 4 then 0 else 5 end, "
    OPEN("OVERDUE", "PAID") ", '2026-11-15', " AT ", case when i > 3 then " AT " end, " AT OF,
    "insert into withdrawal (sk, id, no, merchant_id, card_id, amount_fen, fee_fen, state,"
    " requested_by, created_at, updated_at) select " SK ", 'W' || i, 77, 1, 100, 0, case when i = 1"
    " then 'REQUESTED' else 'PAID' end, 1, " AT ", " AT OF,
    "insert into recon_diff (sk, id, bill_id, method, day, kind, refers, ref, theirs_fen, ours_fen,"
    " state, reason, proposed_by, found_at, updated_at) select " SK ", 4096 + 77, 'ALIPAY',"
    " '2026-01-01', 'AMOUNT', 'PAY', 'r' || i, 100, 90, case when i = 1 then 'OPEN' when i < 4"
    " then 'PROPOSED' else 'EXPLAINED' end, 'x', 1, " AT ", " AT OF,
    "insert into ledger_adjustment (sk, id, debit_id, credit_id, amount_fen, reason, state,"
    " proposed_by, decided_by, created_at, updated_at) select " SK ", a.one, a.two, 100, 'x', "
    OPEN("PROPOSED", "APPROVED") ", 1, 2, " AT ", " AT OF ", (select"
    " min(id) as one, max(id) as two from ledger_account) a where a.one is not null",
    "insert into point_adjustment (sk, id, buyer_id, points, reason, state, proposed_by,"
    " created_at, updated_at) select " SK ", 77, 5, 'x',"
    OPEN("PROPOSED", "DONE") ", 1, " AT ", " AT OF,
    "insert into offline_debt (sk, order_id, staff_id, amount_fen, at, state, paid_fen) select "
    SK ", 1, 100, " AT ", " OPEN("OPEN", "PAID") ", case when i < 4 then 0 else 100 end" OF,
    "insert into printer (id, code, name, kind, target, created_at, updated_at) values (1, 'p',"
    " 'p', 'FILE', 'x', now(), now())",
    "insert into print_job (sk, id, printer_id, face_id, state, tickets, staff_id, created_at,"
    " updated_at) select " SK ", 1, 1, case when i = 1 then 'UNKNOWN' when i < 4 then 'FAILED' else"
    " 'CONFIRMED' end, 1, 1, " AT ", " AT OF,
    "insert into shift (id, no, till, operator_id, float_fen, state, opened_at, updated_at) select"
    " i, 'SH' || i, 't' || i, i, 0, " OPEN("CHECK", "CLOSED") ", " AT ", " AT OF,
    "insert into alarm (sk, id, kind, noun, ref, merchant_id, state, closed_at, at, updated_at)"
    " select " SK ", 'PAYMENT', 'payment', i, 77, " OPEN("OPEN", "CLOSED") ", case when i > 3 then "
    AT " end, " AT ", " AT OF,
    "insert into job_run (sk, id, name, slot, state, owner, lease_until, started_at) select " SK
    ", 'x', " AT " + i * interval '1 us', " OPEN("FAILED", "DONE") ", '', now(), " AT OF,
};

const char *const crowd_tables[] = {"show", "show_revision", "merchant", "qualification",
    "price_adjust", "listing", "refund", "compensation", "penalty", "settlement", "settle_line",
    "guarantee", "channel_transfer", "fee_invoice", "withdrawal", "recon_diff",
    "ledger_adjustment", "point_adjustment", "offline_debt", "print_job", "shift", "alarm",
    "job_run", NULL};

static void say(const char *text, int n)
{
    char sql[2000], *to = sql;
    for (const char *from = text; *from; from++) {
        ck_assert_int_lt(to - sql, (int)sizeof sql - 20);
        if (!strncmp(from, "$n", 2)) {
            to += snprintf(to, 12, "%d", n);
            from++;
        } else {
            *to++ = *from;
        }
    }
    *to = 0;
    test_sql(sql);
}

void crowd_of(int n)
{
    for (size_t i = 0; i < sizeof fill / sizeof *fill; i++)
        say(fill[i], n);
    test_sql("vacuum analyze");
}

pn *crowd_staff(uint32_t roles)
{
    pn *p = test_begin(roles);
    pn_set_now(p, now);
    return p;
}

pn *crowd_merchant(void)
{
    const pn_actor who = {.kind = 'M', .id = 9, .login = "m", .name = "m",
                          .roles = PN_ROLE_MERCHANT, .merchant = CROWD_MERCHANT};
    pn *p = test_begin_as(&who);
    pn_set_now(p, now);
    return p;
}
