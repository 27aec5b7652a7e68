/* SPDX-License-Identifier: Apache-2.0 */
/* redirect.c — an order that is sent goes elsewhere until it is on its way; what names somebody is
 * gone some months after the session. */
#include "shop.h"

#include <stdio.h>
#include <string.h>

#include "goods/blocked_region.h"
#include "order/group.h"
#include "order/rush.h"
#include "promo/groupbuy.h"
#include "promo/seckill.h"
#include "report/check.h"
#include "user/address.h"

static const char *const phones[] = {"13800000001", "13800000002", "13800000003"};
#define EXPRESS .delivery = {PN_DELIVERY_EXPRESS}
#define AT(street_) .receiver = "韩梅", .region = "上海市", .street = street_
#define REDIRECT(order_, ...)                                                                      \
    pn_order_redirect(p, &(struct pn_order_redirect){.id = (order_), __VA_ARGS__}, &t)
#define refused_at(name)                                                                           \
    do {                                                                                           \
        ck_assert_str_eq(pn_error(p)->field, name);                                                \
        ck_assert_ptr_nonnull(pn_error(p)->hint);                                                  \
    } while (0)

static pn *buyer(int64_t id)
{
    return as(PN_ROLE_BUYER, id);
}

static int64_t placed(int64_t user)
{
    PN_AUTO_UNIT p = buyer(user);
    pn_order o;
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1, .phone = phones[0],
        .attendees = {(pn_attendee[]){{.name = "李雷", .doc = "11010519491231002X"}}, 1}, SENT},
        &o));
    return o.id;
}

static void pay(int64_t order)
{
    PN_AUTO_UNIT p = ops();
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){order, {PN_PAY_SIMULATED}}, &y));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    relay();
}

/* In clear, as it would stand on the label. */
static const char *street_of(pn *p, int64_t order)
{
    PN_AUTO_UNIT desk = ops();
    pn_order_person who;
    ok(pn_order_reveal(desk, &(struct pn_order_reveal){order, "label"}, &who));
    return pn_strdup(p, who.street ? who.street : "");
}

START_TEST(an_order_goes_elsewhere_until_its_tickets_are_on_the_way)
{
    make_shop();
    int64_t order = placed(ANN);
    PN_AUTO_UNIT p = buyer(ANN);
    pn_order_target t;
    pn_order o;
    ok(REDIRECT(order, .street = "淮海路9号"));
    ck_assert_str_eq(t.receiver, "*梅");
    ck_assert_str_eq(t.sent_to, "上海市 黄浦区 ***");
    ck_assert_str_eq(street_of(p, order), "淮海路9号");
    pay(order);
    ok(REDIRECT(order, .receiver = "李雷", .receiver_phone = "13900005678", .region = "江苏省"));
    ck_assert_str_eq(t.receiver_phone, "139****5678");
    ck_assert_str_eq(street_of(p, order), "淮海路9号");
    PN_AUTO_UNIT desk = ops();
    ok(pn_order_handover(desk, &(struct pn_order_handover){order, NULL}, &o));
    fails(PN_ESTATE, REDIRECT(order, .street = "中山路5号"));
    refused_at("id");
    ck_assert_str_eq(street_of(p, order), "淮海路9号");
}
END_TEST

START_TEST(the_trail_has_it_masked)
{
    make_shop();
    int64_t order = placed(ANN);
    PN_AUTO_UNIT p = ops();
    pn_order_target t;
    ok(REDIRECT(order, AT("淮海路9号"), .reason = "he called"));
    ck_assert_int_eq(count_of("audit_log where op = 'order.redirect' and before::text like"
        " '%上海市 黄浦区 ***%' and after::text like '%上海市 ***%' and reason = 'he called'"), 1);
    ck_assert_int_eq(count_of("audit_log where coalesce(input::text, '') ||"
        " coalesce(before::text, '') || coalesce(after::text, '') like '%淮海路%'"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from order_address where position(convert_to("
        "'淮海路', 'UTF8') in receiver || phone || street || address_hash) > 0"), 0);
}
END_TEST

START_TEST(only_its_buyer_or_staff_and_only_where_something_is_sent)
{
    make_shop();
    int64_t order = placed(ANN);
    PN_AUTO_UNIT p = buyer(BOB);
    pn_order_target t;
    pn_order o;
    fails(PN_ENONE, REDIRECT(order, AT("中山路5号")));
    PN_AUTO_UNIT desk = ops();
    pn_blocked_region r;
    ok(pn_blocked_region_create(desk, &(struct pn_blocked_region_create){"西藏", "snow"}, &r));
    ok(pn_order_submit(desk, &(struct pn_order_submit){.tier = TIER, .qty = 1,
                                                       .phone = phones[1]}, &o));
    pn_end(p);
    p = ops();
    fails(PN_EADDRESS, REDIRECT(o.id, AT("中山路5号")));
    fails(PN_EARG, REDIRECT(order, .reason = "nothing said"));
    ck_assert_str_eq(pn_error(p)->field, "address");
    fails(PN_EDELIVERY, REDIRECT(order, .region = "西藏自治区"));
    refused_at("region");
    fails(PN_EARG, REDIRECT(order, .receiver_phone = "12"));
    fails(PN_ENONE, REDIRECT(order, .address = 4096 * 9 + 1));
    refused_at("address");
    fails(PN_EARG, REDIRECT(order, .address = 4096 * 9 + 1, .street = "中山路5号"));
    ck_assert_str_eq(street_of(p, order), "南京东路100号");
    shop_clock(16 * MINUTE); /* its hold is over, whether a job has seen it or not */
    pn_end(p);
    p = ops();
    fails(PN_ESTATE, REDIRECT(order, AT("中山路5号")));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "Closed"));
}
END_TEST

START_TEST(an_address_of_the_buyers_book_will_do)
{
    make_shop();
    int64_t order = placed(ANN);
    PN_AUTO_UNIT p = buyer(ANN);
    PN_AUTO_UNIT other = buyer(BOB);
    pn_address mine, his;
    pn_order_target t;
    ok(pn_address_create(p, &(struct pn_address_create){"李雷", "13900005678", "上海市",
                                                            "福州路7号"}, &mine));
    ok(pn_address_create(other, &(struct pn_address_create){"王五", "13900005679", "上海市",
                                                            "北京路8号"}, &his));
    fails(PN_ENONE, REDIRECT(order, .address = his.id));
    ok(REDIRECT(order, .address = mine.id));
    ck_assert_str_eq(street_of(p, order), "福州路7号");
}
END_TEST

/* ---- a share of an activity, a parcel of a group ---- */

static int64_t take(int64_t activity, int n, const char *street)
{
    PN_AUTO_UNIT p = buyer(1000 + n);
    char phone[16];
    pn_order o;
    snprintf(phone, sizeof phone, "1391%07d", n);
    ok(pn_rush_take(p, &(struct pn_rush_take){.id = activity, .phone = phone, EXPRESS,
                                              AT(street)}, &o));
    return o.id;
}

START_TEST(I27_an_address_has_its_share_of_an_activity_wherever_it_was_ordered_to)
{
    make_shop(.stock = 20);
    PN_AUTO_UNIT p = ops();
    pn_seckill a;
    pn_order_target t;
    pn_order o;
    ok(pn_seckill_create(p, &(struct pn_seckill_create){.tier = TIER, .name = "开票",
        .kind = {PN_SECKILL_RUSH}, .price_fen = {YUAN(99)}, .stock = 9, .limit_qty = 1,
        .open_at = {shop_now + HOUR}, .close_at = {shop_now + 2 * HOUR}}, &a));
    ok(pn_seckill_publish(p, &(struct pn_seckill_publish){a.id}, &a));
    shop_clock(HOUR);
    job("seckill_step");
    pn_end(p);
    p = ops();
    int64_t first = take(a.id, 1, "南京路1号"), second = take(a.id, 2, "中山路5号");
    fails(PN_ELIMIT, REDIRECT(second, .street = "南京路 1号"));
    refused_at("street");
    ok(REDIRECT(first, .street = "淮海路9号"));
    ok(REDIRECT(first, .receiver = "李雷")); /* the same place */
    ok(REDIRECT(second, .street = "南京路1号"));
    fails(PN_ELIMIT, REDIRECT(first, .street = "南京路1号"));
    ok(pn_order_cancel(p, &(struct pn_order_cancel){.id = second}, &o));
    ok(REDIRECT(first, .street = "南京路1号"));
    ck_assert_int_eq(test_sql_int("select max(qty) from seckill_guest"), 1);
    ck_assert_int_eq(test_sql_int("select sum(g.qty) from seckill_guest g join order_reserve r"
                                  " on g.key = r.address and r.qty > 0"), 1);
}
END_TEST

static int64_t join(int64_t offer, int64_t group, const char *phone, const char *street)
{
    PN_AUTO_UNIT p = ops();
    pn_order o;
    struct pn_group_submit in = {.groupbuy = offer, .group = group, .phone = phone, EXPRESS};
    if (street)
        in = (struct pn_group_submit){.groupbuy = offer, .group = group, .phone = phone, EXPRESS,
                                      AT(street)};
    ok(pn_group_submit(p, &in, &o));
    pay(o.id);
    return o.id;
}

START_TEST(a_parcel_of_a_group_moves_with_its_leader)
{
    make_shop(.face_fen = YUAN(320));
    PN_AUTO_UNIT p = ops();
    pn_groupbuy g;
    pn_order_target t;
    ok(pn_groupbuy_create(p, &(struct pn_groupbuy_create){.tier = TIER, .size = 3,
        .price_fen = {YUAN(260)}, .one_address = true}, &g));
    int64_t leader = join(g.id, 0, phones[0], "南京路1号");
    int64_t group = test_sql_int("select id from group_buy");
    ok(REDIRECT(leader, .street = "淮海路9号")); /* before it is complete */
    int64_t second = join(g.id, group, phones[1], NULL);
    int64_t third = join(g.id, group, phones[2], "中山路5号");
    ck_assert_str_eq(street_of(p, third), "淮海路9号");
    pn_end(p);
    p = ops();
    fails(PN_EADDRESS, REDIRECT(second, AT("中山路5号")));
    refused_at("id");
    ok(REDIRECT(leader, .street = "福州路7号"));
    ck_assert_str_eq(street_of(p, second), "福州路7号");
    ck_assert_str_eq(street_of(p, third), "福州路7号");
    ck_assert_int_eq(test_sql_int("select count(distinct (address_hash, phone_hash))"
                                  " from order_address"), 1);
}
END_TEST

/* ---- forgotten ---- */

static int64_t named(void)
{
    return test_sql_int("select (select count(*) from orders where buyer_name is not null"
        "  or buyer_phone is not null or phone_tail <> '') + (select count(*) from order_seat"
        "  where attendee_name is not null or doc is not null) + (select count(*) from ticket"
        "  where holder_name is not null) + (select count(*) from order_address)");
}

START_TEST(nobody_is_named_half_a_year_after_a_session)
{
    make_shop(.days = 20, .realname = "TICKET");
    int64_t order = placed(ANN);
    pay(order);
    int64_t before = named();
    ck_assert_int_ge(before, 4);
    shop_clock(20 * DAY + 179 * DAY);
    job("purge_pii");
    ck_assert_int_eq(named(), before);
    ck_assert_int_eq(count_of("session_forgotten"), 0);
    shop_clock(2 * DAY);
    job("purge_pii");
    ck_assert_int_eq(named(), 0);
    ck_assert_int_eq(count_of("session_forgotten"), 1);
    ck_assert_int_eq(count_of("order_seat where doc_hash is not null"), 1);
    PN_AUTO_UNIT p = ops();
    pn_order_detail d;
    ok(pn_order_show(p, &(struct pn_order_show){order}, &d));
    ck_assert_ptr_null(d.receiver);
    pn_check_report r;
    ok(pn_check_run(p, &(struct pn_check_run){0}, &r));
    pn_each(pn_check, c, &r.checks)
        ck_assert_msg(c->drift == 0, "check %s drifts at %s", c->name, c->sample);
}
END_TEST

START_TEST(what_is_still_to_be_paid_back_keeps_its_names)
{
    make_shop(.days = 20);
    int64_t order = placed(ANN), other = placed(ANN);
    test_sql("update orders set status = 'REFUNDING' where id = (select max(id) from orders)");
    test_sql("update policy set value = '1' where key = 'order.pii_days'");
    shop_clock(22 * DAY);
    job("purge_pii");
    ck_assert_int_eq(count_of("orders where buyer_phone is null"), 1);
    ck_assert_int_eq(count_of("orders where buyer_phone is not null and status = 'REFUNDING'"), 1);
    ck_assert_int_eq(count_of("session_forgotten"), 0);
    test_sql("update orders set status = 'CLOSED' where status = 'REFUNDING'");
    shop_clock(DAY);
    job("purge_pii");
    ck_assert_int_eq(named(), 0);
    ck_assert_int_eq(count_of("session_forgotten"), 1);
    ck_assert_int_ne(order, other);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("redirect");
    TCase *c = tcase_create("redirect");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, an_order_goes_elsewhere_until_its_tickets_are_on_the_way);
    tcase_add_test(c, the_trail_has_it_masked);
    tcase_add_test(c, only_its_buyer_or_staff_and_only_where_something_is_sent);
    tcase_add_test(c, an_address_of_the_buyers_book_will_do);
    tcase_add_test(c, I27_an_address_has_its_share_of_an_activity_wherever_it_was_ordered_to);
    tcase_add_test(c, a_parcel_of_a_group_moves_with_its_leader);
    tcase_add_test(c, nobody_is_named_half_a_year_after_a_session);
    tcase_add_test(c, what_is_still_to_be_paid_back_keeps_its_names);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
