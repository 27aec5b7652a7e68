/* SPDX-License-Identifier: Apache-2.0 */
/* admit.c — the gate: every result, in its order; copies of one code; undoing; the scan log. */
#include "shop.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "ticket/code.h"
#include "ticket/gate.h"
#include "ticket/ticket.h"

enum { GATE_A = 4096, GATE_B = 8192, THREADS = 32 };

static pn_order order;
static int64_t first, second; /* ticket ids */

static int64_t ticket_id(int seat)
{
    char sql[200];
    snprintf(sql, sizeof sql, "select id from ticket where order_id = %" PRId64 " and seat_no = %d",
             order.id, seat);
    return test_sql_int(sql);
}

static const char *code_of(int64_t ticket)
{
    pn *p = ops();
    pn_ticket_credential c;
    ok(pn_ticket_code(p, &(struct pn_ticket_code){ticket}, &c));
    return c.code;
}

/* A paid order of two, its gates, the clock half an hour before the start. */
static void doors_open(void)
{
    order = paid_n(2, "13800000001");
    first = ticket_id(1);
    second = ticket_id(2);
    test_sql("insert into gate (id, code, hall_id, name, groups, created_at, updated_at) values"
             " (4096, 'A', 3, '北一门', '{A}', now(), now()),"
             " (8192, 'B', 3, '南一门', '{}', now(), now())");
    test_sql("insert into device (id, sn, name, kind, venue_id, gate_id, state, created_at,"
             " updated_at) values (12288, 'S1', 'scanner 1', 'SCANNER', 2, 4096, 'ENROLLED', now(),"
             " now()), (16384, 'S2', 'lost', 'SCANNER', 2, null, 'REVOKED', now(), now()),"
             " (20480, 'P1', 'printer', 'PRINTER', 2, null, 'ENROLLED', now(), now())");
    shop_clock(60 * DAY - 30 * MINUTE);
}

static void setup(void)
{
    test_db_setup();
    make_shop();
    doors_open();
}

static pn *gateman(void)
{
    return as(PN_ROLE_GATE, 41);
}

static pn_scan scan_with(struct pn_gate_verify in)
{
    pn *p = gateman();
    pn_scan s;
    ok(pn_gate_verify(p, &in, &s));
    ck_assert_ptr_nonnull(s.message);
    return s; /* its texts live until the test's process ends */
}
#define scan(...) scan_with((struct pn_gate_verify){__VA_ARGS__})
#define result_is(s, word)                                                                         \
    ck_assert_str_eq(pn_word_name(pn_scan_results, (s).result), #word)

START_TEST(payment_issues_a_ticket_per_seat)
{
    ck_assert_int_eq(count_of("ticket where kind = 'SALE' and state = 'ISSUED'"), 2);
    ck_assert_int_eq(count_of("ticket_event where event = 'ISSUED'"), 2);
    ck_assert_int_eq(count_of("ticket where face_price_fen = 58000 and issue_no = 1"), 2);
    pn *p = ops();
    pn_ticket t;
    ok(pn_ticket_show(p, &(struct pn_ticket_show){first}, &t));
    ck_assert_str_eq(t.show, "雷雨");
    ck_assert_str_eq(t.order_no, order.no);
    ck_assert_uint_eq(t.events.n, 1);
    int64_t back = 0;
    ck_assert_int_eq(pn_ticket_no_read(t.ticket_no, &back), 0);
    ck_assert_int_eq(back, first);
}
END_TEST

START_TEST(tickets_of_a_bundle_add_up_to_its_price)
{
    test_sql("update tier set combo_n = 3, face_price_fen = 100000");
    shop_clock(-50 * DAY);
    pn_order bundle = paid_n(2, "13800000002");
    char sql[200];
    snprintf(sql, sizeof sql, "ticket where order_id = %" PRId64 " and face_price_fen = 33333",
             bundle.id);
    ck_assert_int_eq(count_of(sql), 4);
    snprintf(sql, sizeof sql, "select sum(face_price_fen)::bigint from ticket where order_id ="
             " %" PRId64, bundle.id);
    ck_assert_int_eq(test_sql_int(sql), 200000);
    snprintf(sql, sizeof sql, "ticket t join order_seat e on e.sk = t.sk and e.order_id ="
             " t.order_id and e.no = t.seat_no where t.face_price_fen = e.list_fen"
             " and t.order_id = %" PRId64, bundle.id);
    ck_assert_int_eq(count_of(sql), 6);
}
END_TEST

START_TEST(S37_valid_then_duplicate_with_first_time_and_gate)
{
    const char *code = code_of(first);
    pn_scan s = scan(.code = code, .gate = GATE_B);
    result_is(s, OK);
    ck_assert_int_eq(s.entry_count, 1);
    ck_assert_int_eq(s.ticket_id, first);
    int64_t at = shop_now;
    shop_clock(MINUTE);
    s = scan(.code = code, .gate = GATE_A);
    result_is(s, DUPLICATE);
    ck_assert_int_eq(s.first_at.us, at);
    ck_assert_str_eq(s.first_gate, "南一门");
    ck_assert_ptr_nonnull(strstr(s.message, "南一门"));
    ck_assert_int_eq(count_of("scan_event where result = 'DUPLICATE'"), 1);
    ck_assert_int_eq(count_of("ticket where state = 'VERIFIED' and entry_count = 1"), 1);
}
END_TEST

START_TEST(the_same_scanner_may_read_twice_in_five_seconds)
{
    const char *code = code_of(first);
    result_is(scan(.code = code, .device = 12288), OK);
    shop_clock(4000000);
    result_is(scan(.code = code, .device = 12288), OK_REPEAT);
    shop_clock(2000000);
    result_is(scan(.code = code, .device = 12288), DUPLICATE);
    ck_assert_int_eq(count_of("ticket where entry_count = 1"), 1);
}
END_TEST

START_TEST(codes_that_are_none)
{
    char code[PN_PN1_CHARS + 1], other[PN_PN1_CHARS + 1];
    unsigned char pub[PN_KEY_PUBLIC], secret[PN_KEY_SECRET];
    snprintf(code, sizeof code, "%s", code_of(first));
    result_is(scan(.code = "hello"), UNKNOWN_CODE);
    result_is(scan(.code = "中文"), UNKNOWN_CODE);
    code[60] = code[60] == 'Z' ? 'Y' : 'Z';
    result_is(scan(.code = code), BAD_SIGNATURE);
    ck_assert_int_eq(pn_key_make(pub, secret), 0);
    for (int key = 1; key <= 9; key += 8) { /* the number of our key, and of none */
        const pn_pn1 forged = {key, SESSION, first, 1, 0, 0};
        ck_assert_int_eq(pn_pn1_make(&forged, secret, other), 0);
        result_is(scan(.code = other), BAD_SIGNATURE);
    }
    ck_assert_int_eq(count_of("scan_event where ticket_id is null"), 5);
    ck_assert_int_eq(count_of("scan_event where code_hash is null"), 0);
}
END_TEST

/* The tier's gates are B; the zone of one seat is reached by A, that of the other says nothing. */
START_TEST(a_seats_zone_names_its_gates)
{
    make_tier(4, YUAN(380));
    test_sql("update tier set gate_group = 'B' where id = 65537");
    test_sql("insert into zone (sk, id, zone_plan_id, no, name, tier_id, gate_group, seats) values"
             " (1, 4096 * 701 + 1, 4097, 1, '池座', 65537, 'A', 2),"
             " (1, 4096 * 702 + 1, 4097, 2, '楼座', 65537, '', 2)");
    test_sql("insert into seat_block (sk, id, session_id, lot_id, zone_id, section, row_name,"
             " labels, mask) select 1, 4096 * (800 + n) + 1, 40961, 65537, 4096 * (700 + n) + 1,"
             " 'A', n::text, '{1,2}', 3 from generate_series(1, 2) n");
    test_sql("update stock set seat_stamp = 1 where lot_id = 65537");
    shop_clock(-HOUR);
    PN_AUTO_UNIT p = ops();
    PN_AUTO_UNIT till = clerk();
    pn_payment y;
    const char *seats[] = {"A/1/1", "A/1/2"}, *others[] = {"A/2/1", "A/2/2"};
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER2, .seats = {seats, 2},
                                                    .phone = "13800000002"}, &order));
    ok(pn_payment_cash(till, &(struct pn_payment_cash){.order = order.id}, &y));
    int64_t north = ticket_id(1);
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER2, .seats = {others, 2},
                                                    .phone = "13800000003"}, &order));
    ok(pn_payment_cash(till, &(struct pn_payment_cash){.order = order.id}, &y));
    int64_t south = ticket_id(1);
    shop_clock(HOUR);
    result_is(scan(.code = code_of(north), .gate = GATE_A), OK);
    result_is(scan(.code = code_of(south), .gate = GATE_A), WRONG_GATE);
    result_is(scan(.code = code_of(south), .gate = GATE_B), OK);
}
END_TEST

START_TEST(the_wrong_place_and_time)
{
    const char *code = code_of(first);
    result_is(scan(.code = code, .session = 45057), WRONG_SESSION);
    test_sql("insert into hall (id, code, venue_id, name, created_at, updated_at)"
             " values (7, 'other', 2, '小厅', now(), now())");
    test_sql("insert into gate (id, code, hall_id, name, created_at, updated_at)"
             " values (24576, 'C', 7, '小厅门', now(), now())");
    result_is(scan(.code = code, .gate = 24576), WRONG_SESSION);
    test_sql("update ticket set gate_group = 'B'");
    pn_scan s = scan(.code = code, .gate = GATE_A);
    result_is(s, WRONG_GATE);
    ck_assert_str_eq(s.right_gate, "南一门");
    ck_assert_ptr_nonnull(strstr(s.message, "南一门"));
    shop_clock(-60 * MINUTE);
    result_is(scan(.code = code, .gate = GATE_B), TOO_EARLY);
    shop_clock(5 * HOUR);
    result_is(scan(.code = code, .gate = GATE_B), TOO_LATE);
    shop_clock(-5 * HOUR + 60 * MINUTE);
    test_sql("update session set status = 'CANCELLED'");
    result_is(scan(.code = code), SESSION_OFF);
    ck_assert_int_eq(count_of("ticket where state <> 'ISSUED'"), 0);
}
END_TEST

START_TEST(dead_tickets_stay_out)
{
    static const struct { const char *sql, *result; } dead[] = {
        {"update ticket set state = 'FROZEN'", "FROZEN"},
        {"update ticket set state = 'GIFTING'", "FROZEN"},
        {"update ticket set state = 'VOIDED'", "VOIDED"},
        {"update ticket set state = 'EXPIRED'", "TOO_LATE"},
        {"update ticket set state = 'ISSUED'; update order_seat set state = 'REFUNDING'",
         "REFUNDED"},
        {"update order_seat set state = 'REFUNDED'", "REFUNDED"},
        {"update order_seat set state = 'SOLD'; update orders set status = 'PENDING_PAY'",
         "UNPAID"},
        {"update orders set status = 'ALLOCATED'; update session set ticket_modes = '{paper}'",
         "STALE_QR"},
    };
    const char *code = code_of(first);
    for (size_t i = 0; i < sizeof dead / sizeof *dead; i++) {
        test_sql(dead[i].sql);
        pn_scan s = scan(.code = code);
        ck_assert_str_eq(pn_word_name(pn_scan_results, s.result), dead[i].result);
    }
    test_sql("update session set ticket_modes = '{paper,static_qr}'");
    result_is(scan(.code = code), OK);
}
END_TEST

START_TEST(a_reissued_ticket_supersedes_the_old_code)
{
    const char *old = code_of(first);
    pn *p = clerk();
    pn_ticket t;
    ok(pn_ticket_reissue(p, &(struct pn_ticket_reissue){first, "leaked"}, &t));
    ck_assert_int_eq(t.issue_no, 2);
    result_is(scan(.code = old), SUPERSEDED);
    result_is(scan(.code = code_of(first)), OK);
    fails(PN_ESTATE, pn_ticket_reissue(p, &(struct pn_ticket_reissue){first, "again"}, &t));
    ck_assert_int_eq(count_of("audit_log where noun = 'ticket' and reason = 'leaked'"), 1);
}
END_TEST

START_TEST(devices_must_be_ours_and_at_their_gate)
{
    const char *code = code_of(first);
    result_is(scan(.code = code, .device = 16384), DEVICE_REVOKED);
    result_is(scan(.code = code, .device = 20480), DEVICE_REVOKED);
    result_is(scan(.code = code, .device = 999424), DEVICE_REVOKED);
    result_is(scan(.code = code, .device = 12288, .gate = GATE_B), DEVICE_REVOKED);
    test_sql("insert into venue (id, code, city_id, name, created_at, updated_at)"
             " values (99, 'far', 1, '别处', now(), now());"
             "update device set venue_id = 99, gate_id = null where id = 12288");
    result_is(scan(.code = code, .device = 12288), DEVICE_REVOKED);
    test_sql("update device set venue_id = 2, gate_id = 4096 where id = 12288");
    pn_scan s = scan(.code = code, .device = 12288);
    result_is(s, OK);
    ck_assert_int_eq(s.gate_id, GATE_A); /* its own */
}
END_TEST

START_TEST(S37_out_and_in_again)
{
    const char *code = code_of(first);
    const pn_word out = {PN_GATE_OUT};
    result_is(scan(.code = code, .direction = out), NOT_INSIDE);
    result_is(scan(.code = code, .gate = GATE_B), OK);
    result_is(scan(.code = code, .direction = out), NO_REENTRY);
    test_sql("update session set reentry_allowed = true");
    for (int entry = 2; entry <= 4; entry++) {
        shop_clock(MINUTE);
        result_is(scan(.code = code, .gate = GATE_B, .direction = out), OK_EXIT);
        shop_clock(MINUTE);
        result_is(scan(.code = code, .gate = GATE_A), PASSBACK);
        pn_scan s = scan(.code = code, .gate = GATE_B);
        result_is(s, OK_REENTRY);
        ck_assert_int_eq(s.entry_count, entry);
        result_is(scan(.code = code, .gate = GATE_B), DUPLICATE);
    }
    result_is(scan(.code = code, .gate = GATE_B, .direction = out), OK_EXIT);
    result_is(scan(.code = code, .gate = GATE_B), REENTRY_LIMIT);
}
END_TEST

START_TEST(S37_an_entry_is_undone_within_ten_minutes)
{
    const char *code = code_of(first);
    pn_scan s = scan(.code = code), undone;
    pn *p = clerk();
    ok(pn_gate_reverse(p, &(struct pn_gate_reverse){s.id, "wrong door"}, &undone));
    ck_assert_int_eq(undone.entry_count, 0);
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED' and entry_count = 0"), 2);
    fails(PN_ESTATE, pn_gate_reverse(p, &(struct pn_gate_reverse){s.id, "twice"}, &undone));
    s = scan(.code = code);
    result_is(s, OK);
    shop_clock(11 * MINUTE);
    p = clerk();
    fails(PN_EPERM, pn_gate_reverse(p, &(struct pn_gate_reverse){s.id, "late"}, &undone));
    p = ops();
    ok(pn_gate_reverse(p, &(struct pn_gate_reverse){s.id, "late"}, &undone));
    ck_assert_int_eq(count_of("ticket_event where event = 'REVERSED'"), 2);
    pn_scan refused = scan(.code = "nothing");
    fails(PN_ESTATE, pn_gate_reverse(p, &(struct pn_gate_reverse){refused.id, "x"}, &undone));
}
END_TEST

START_TEST(a_supervisor_overrides_rules_but_not_death)
{
    const char *code = code_of(first), *other = code_of(second);
    pn_scan s;
    pn *p = gateman();
    fails(PN_EPERM,
          pn_gate_override(p, &(struct pn_gate_override){.code = code, .reason = "x"}, &s));
    shop_clock(-2 * HOUR);
    p = ops();
    ok(pn_gate_override(p, &(struct pn_gate_override){.code = code, .reason = "crew"}, &s));
    result_is(s, OVERRIDE);
    ck_assert_int_eq(count_of("ticket_event where event = 'OVERRIDE' and note = 'crew'"), 1);
    ok(pn_gate_override(p, &(struct pn_gate_override){.code = code, .reason = "crew"}, &s));
    result_is(s, DUPLICATE);
    test_sql("update ticket set state = 'VOIDED' where state = 'ISSUED'");
    ok(pn_gate_override(p, &(struct pn_gate_override){.code = other, .reason = "crew"}, &s));
    result_is(s, VOIDED);
}
END_TEST

START_TEST(real_names_are_checked_at_the_gate)
{
    test_sql("update show set realname_mode = 'STRICT';"
             "update ticket set holder_doc_hash = '\\x00'");
    const char *code = code_of(first);
    result_is(scan(.code = code), ID_REQUIRED);
    result_is(scan(.code = code, .doc = "11010519491231002X"), ID_MISMATCH);
    ck_assert_int_eq(count_of("ticket where state <> 'ISSUED'"), 0);
    ck_assert_int_eq(count_of("audit_log where input::text like '%1231002X%'"), 0);
}
END_TEST

START_TEST(the_holder_enters_with_the_document_of_the_order)
{
    static const char *const docs[] = {"11010519491231002X", "440524188001010014"};
    pn_attendee who[] = {{"李雷", {PN_DOC_ID_CARD}, docs[0]},
                         {"韩梅梅", {PN_DOC_ID_CARD}, docs[1]}};
    test_sql("update show set realname_mode = 'STRICT'");
    shop_clock(-50 * DAY);
    pn *p = ops();
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 2,
                       .phone = "13800000003", .attendees = {who, 2}}, &order));
    pn_payment paid;
    pn *till = clerk();
    ck_assert_int_eq(pn_payment_cash(till, &(struct pn_payment_cash){.order = order.id}, &paid), 0);
    shop_clock(50 * DAY);
    const char *one = code_of(ticket_id(1)), *two = code_of(ticket_id(2));
    result_is(scan(.code = one), ID_REQUIRED);
    result_is(scan(.code = one, .doc = docs[1]), ID_MISMATCH);
    pn_scan s = scan(.code = one, .doc = "110105 19491231-002x"); /* as people type it */
    result_is(s, OK);
    ck_assert_ptr_nonnull(s.holder);
    ck_assert_str_ne(s.holder, "李雷"); /* the gate sees it masked */
    result_is(scan(.code = two, .doc = docs[1]), OK);
    ck_assert_int_eq(count_of("ticket where state = 'VERIFIED'"), 2);
}
END_TEST

START_TEST(codes_never_reach_the_trail)
{
    const char *code = code_of(first);
    scan(.code = code);
    char sql[400];
    snprintf(sql, sizeof sql, "audit_log a where a::text like '%%%.40s%%'", code + 40);
    ck_assert_int_eq(count_of(sql), 0);
    ck_assert_int_eq(count_of("audit_log where op = 'gate.verify'"), 1);
}
END_TEST

START_TEST(a_barcode_admits_like_the_code)
{
    pn *p = ops();
    pn_ticket_credential c;
    char forged[PN_BARCODE_MAX];
    ok(pn_ticket_code(p, &(struct pn_ticket_code){first}, &c));
    snprintf(forged, sizeof forged, "%s", c.barcode);
    forged[strlen(forged) - 1] = forged[strlen(forged) - 1] == '0' ? '1' : '0';
    result_is(scan(.code = forged), BAD_SIGNATURE);
    result_is(scan(.code = c.barcode), OK);
    result_is(scan(.code = code_of(second)), OK);
    result_is(scan(.code = c.ticket_no), UNKNOWN_CODE); /* a number is no credential */
}
END_TEST

START_TEST(S16_a_refund_voids_and_a_used_ticket_is_not_refunded)
{
    const char *used = code_of(first), *unused = code_of(second);
    result_is(scan(.code = used), OK);
    extern int (*pni_ticket_void_hook)(pn *, int64_t, const int *, size_t);
    extern int (*pni_ticket_refundable_hook)(pn *, int64_t, const int *, size_t);
    ck_assert_ptr_nonnull(pni_ticket_void_hook);
    pn *p = ops();
    fails(PN_ESTATE, pni_ticket_refundable_hook(p, order.id, (const int[]){1, 2}, 2));
    ok(pni_ticket_refundable_hook(p, order.id, (const int[]){2}, 1));
    pn_ticket t;
    ok(pn_ticket_void(p, &(struct pn_ticket_void){second, "refund"}, &t));
    result_is(scan(.code = unused), VOIDED);
    fails(PN_ESTATE, pn_ticket_void(p, &(struct pn_ticket_void){second, "again"}, &t));
}
END_TEST

START_TEST(no_shows_expire_once)
{
    test_sql("update session set status = 'ENDED'");
    shop_clock(6 * HOUR);
    job("ticket_expire");
    ck_assert_int_eq(count_of("ticket where state = 'EXPIRED'"), 2);
    job("ticket_expire");
    ck_assert_int_eq(count_of("ticket_event where event = 'EXPIRED'"), 2);
}
END_TEST

/* ---- copies of one code ---- */

struct rival {
    pthread_t thread;
    pn_ctx *ctx;
    const char *code;
    pthread_barrier_t *start;
    int result;
};

static void *scan_copy(void *data)
{
    struct rival *r = data;
    pn *p = pn_begin(r->ctx);
    pn_scan s;
    pn_act_as(p, &(pn_actor){.kind = 'G', .id = 41, .login = "g", .roles = PN_ROLE_GATE});
    pn_set_now(p, (pn_time){shop_now});
    pthread_barrier_wait(r->start);
    r->result = pn_gate_verify(p, &(struct pn_gate_verify){.code = r->code}, &s)
                    ? -1 : s.result.v;
    pn_end(p);
    return NULL;
}

START_TEST(of_thirty_two_copies_one_enters)
{
    struct rival rivals[THREADS];
    pthread_barrier_t start;
    const char *code = code_of(first);
    int in = 0, out = 0;
    pthread_barrier_init(&start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) {
        rivals[i] = (struct rival){.ctx = test_ctx, .code = code, .start = &start};
        ck_assert_int_eq(pthread_create(&rivals[i].thread, NULL, scan_copy, &rivals[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(rivals[i].thread, NULL);
        in += rivals[i].result == PN_SCAN_OK;
        out += rivals[i].result == PN_SCAN_DUPLICATE;
    }
    ck_assert_int_eq(in, 1);
    ck_assert_int_eq(out, THREADS - 1);
    ck_assert_int_eq(count_of("scan_event where result = 'OK'"), 1);
    ck_assert_int_eq(count_of("scan_event"), THREADS);
    ck_assert_int_eq(count_of("ticket where entry_count = 1"), 1);
}
END_TEST

START_TEST(scans_are_listed)
{
    scan(.code = code_of(first), .gate = GATE_B);
    scan(.code = "nothing");
    pn *p = gateman();
    pn_page page;
    ok(pn_scan_list(p, &(pn_list){.where = "result=OK"}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ck_assert_str_eq(((pn_scan *)page.rows.row)->gate, "南一门");
    ok(pn_scan_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 2);
    p = as(PN_ROLE_BUYER, ANN);
    fails(PN_EPERM, pn_scan_list(p, &(pn_list){0}, &page));
}
END_TEST

START_TEST(a_code_is_shown_to_its_holder_only)
{
    pn_ticket_credential c;
    test_sql("update orders set user_id = 11");
    pn *p = as(PN_ROLE_BUYER, BOB);
    fails(PN_ENONE, pn_ticket_code(p, &(struct pn_ticket_code){first}, &c));
    p = as(PN_ROLE_GATE, 41);
    fails(PN_EPERM, pn_ticket_code(p, &(struct pn_ticket_code){first}, &c));
    p = as(PN_ROLE_BUYER, ANN);
    ok(pn_ticket_code(p, &(struct pn_ticket_code){first}, &c));
    ck_assert_int_eq(count_of("ticket_event where event = 'CODE_SHOWN'"), 1);
    ck_assert_int_eq(count_of("audit_log where op = 'ticket.code'"), 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("ticket/admit");
    TCase *c = tcase_create("admit");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, test_db_teardown);
    tcase_add_test(c, payment_issues_a_ticket_per_seat);
    tcase_add_test(c, tickets_of_a_bundle_add_up_to_its_price);
    tcase_add_test(c, S37_valid_then_duplicate_with_first_time_and_gate);
    tcase_add_test(c, the_same_scanner_may_read_twice_in_five_seconds);
    tcase_add_test(c, codes_that_are_none);
    tcase_add_test(c, a_seats_zone_names_its_gates);
    tcase_add_test(c, the_wrong_place_and_time);
    tcase_add_test(c, dead_tickets_stay_out);
    tcase_add_test(c, a_reissued_ticket_supersedes_the_old_code);
    tcase_add_test(c, devices_must_be_ours_and_at_their_gate);
    tcase_add_test(c, S37_out_and_in_again);
    tcase_add_test(c, S37_an_entry_is_undone_within_ten_minutes);
    tcase_add_test(c, a_supervisor_overrides_rules_but_not_death);
    tcase_add_test(c, real_names_are_checked_at_the_gate);
    tcase_add_test(c, the_holder_enters_with_the_document_of_the_order);
    tcase_add_test(c, codes_never_reach_the_trail);
    tcase_add_test(c, a_barcode_admits_like_the_code);
    tcase_add_test(c, S16_a_refund_voids_and_a_used_ticket_is_not_refunded);
    tcase_add_test(c, no_shows_expire_once);
    tcase_add_test(c, of_thirty_two_copies_one_enters);
    tcase_add_test(c, scans_are_listed);
    tcase_add_test(c, a_code_is_shown_to_its_holder_only);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
