/* SPDX-License-Identifier: Apache-2.0 */
/* send.c — orders that are sent: an address where one is needed and nowhere else, out of the
 * buyer's book or typed, sealed, one for a group; regions where no parcel goes. */
#include "shop.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "goods/blocked_region.h"
#include "order/group.h"
#include "order/grab.h"
#include "order/offline.h"
#include "order/rush.h"
#include "promo/groupbuy.h"
#include "promo/seckill.h"
#include "report/check.h"
#include "user/address.h"

static const char *const phones[] = {"13800000001", "13800000002", "13800000003"};

static pn *buyer(int64_t id)
{
    return as(PN_ROLE_BUYER, id);
}

static int64_t book(int64_t user, const char *street)
{
    PN_AUTO_UNIT p = buyer(user);
    pn_address a;
    ok(pn_address_create(p, &(struct pn_address_create){"李雷", "13900005678", "上海市 黄浦区",
                                                        street}, &a));
    return a.id;
}

#define ORDER(...)                                                                                 \
    pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1, .phone = phones[0],       \
                                                 __VA_ARGS__}, &o)
#define EXPRESS .delivery = {PN_DELIVERY_EXPRESS}

/* Refused at this field with words and a way on. */
#define refused_at(name)                                                                           \
    do {                                                                                           \
        ck_assert_str_eq(pn_error(p)->field, name);                                                \
        ck_assert_ptr_nonnull(pn_error(p)->hint);                                                  \
    } while (0)

START_TEST(what_is_sent_needs_an_address)
{
    make_shop();
    PN_AUTO_UNIT p = ops();
    pn_order o;
    pn_quote q;
    ok(pn_order_quote(p, &(struct pn_order_quote){.tier = TIER, .qty = 1, EXPRESS}, &q));
    ck_assert(q.needs_address);
    ok(pn_order_quote(p, &(struct pn_order_quote){.tier = TIER, .qty = 1}, &q));
    ck_assert(!q.needs_address);
    fails(PN_EADDRESS, ORDER(EXPRESS));
    refused_at("address");
    fails(PN_EADDRESS, ORDER(EXPRESS, .receiver = "韩梅", .region = "上海市"));
    refused_at("street");
    fails(PN_EADDRESS, ORDER(EXPRESS, .receiver = "韩梅", .street = "南京路1号"));
    refused_at("region");
    fails(PN_EADDRESS, ORDER(EXPRESS, .region = "上海市", .street = "南京路1号"));
    refused_at("receiver");
    fails(PN_EARG, ORDER(SENT, .receiver_phone = "12"));
    ck_assert_str_eq(pn_error(p)->field, "receiver_phone");
    fails(PN_EADDRESS, ORDER(.region = "上海市", .street = "南京路1号", .receiver = "韩梅",
                             .delivery = {PN_DELIVERY_ETICKET}));
    refused_at("delivery");
    ck_assert_str_eq(stock_now(), "10/0/0");
    ok(ORDER(EXPRESS, .buyer_name = "韩梅", .region = "上海市", .street = "南京路1号"));
    ok(ORDER(.delivery = {PN_DELIVERY_ONSITE}));
    ck_assert_int_eq(count_of("order_address"), 1);
}
END_TEST

START_TEST(it_is_sealed_masked_and_opened_with_a_reason)
{
    make_shop();
    PN_AUTO_UNIT p = ops();
    pn_order o;
    pn_order_detail d;
    pn_order_person who;
    ok(ORDER(SENT, .receiver_phone = "13900005678"));
    ok(pn_order_show(p, &(struct pn_order_show){o.id}, &d));
    ck_assert_str_eq(d.receiver, "*梅");
    ck_assert_str_eq(d.receiver_phone, "139****5678");
    ck_assert_str_eq(d.sent_to, "上海市 黄浦区 ***");
    ck_assert_int_eq(test_sql_int("select count(*) from order_address where position(convert_to("
        "'南京东路', 'UTF8') in receiver || phone || street || address_hash) > 0"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where coalesce(after::text, '')"
                                  " like '%南京东路%'"), 0);
    ok(pn_order_reveal(p, &(struct pn_order_reveal){o.id, "parcel came back"}, &who));
    ck_assert_str_eq(who.receiver, "韩梅");
    ck_assert_str_eq(who.receiver_phone, "13900005678");
    ck_assert_str_eq(who.region, "上海市 黄浦区");
    ck_assert_str_eq(who.street, "南京东路100号");
    ck_assert_int_eq(test_sql_int("select count(*) from order_address a join orders o"
        " on o.id = a.order_id where a.phone_hash <> o.phone_hash"), 1);
}
END_TEST

START_TEST(an_address_of_the_book_is_copied)
{
    make_shop();
    int64_t home = book(ANN, "南京东路100号"), other = book(BOB, "中山路5号");
    PN_AUTO_UNIT p = buyer(ANN);
    pn_order o;
    pn_address a;
    fails(PN_ENONE, ORDER(EXPRESS, .address = other));
    refused_at("address");
    fails(PN_EARG, ORDER(EXPRESS, .address = home, .region = "上海市", .street = "x",
                         .receiver = "y"));
    ck_assert_str_eq(pn_error(p)->field, "address");
    ok(ORDER(EXPRESS, .address = home));
    ok(pn_address_edit(p, &(struct pn_address_edit){.id = home, .street = "淮海路9号"}, &a));
    pn_order_person who;
    PN_AUTO_UNIT staff = ops();
    ck_assert_int_eq(pn_order_reveal(staff, &(struct pn_order_reveal){o.id, "look"}, &who), 0);
    ck_assert_str_eq(who.street, "南京东路100号");
    ck_assert_str_eq(who.receiver, "李雷");
    ck_assert_str_eq(who.receiver_phone, "13900005678");
}
END_TEST

/* Among others in a batch: one bad address hurts nobody else. */
START_TEST(many_are_sent_at_once)
{
    enum { N = 12 };
    make_shop(.stock = 200, .limit_order = 6);
    int64_t home = book(ANN, "南京东路100号");
    pn_actor ann = {.kind = 'U', .id = ANN, .login = "u", .name = "U", .roles = PN_ROLE_BUYER};
    struct pn_order_submit in[N];
    pn_order out[N];
    pn_request req[N];
    char phone[N][16];
    for (int i = 0; i < N; i++) {
        snprintf(phone[i], sizeof phone[i], "1391%07d", i);
        in[i] = (struct pn_order_submit){.tier = TIER, .qty = 1, .phone = phone[i],
            .address = i % 3 == 2 ? home + 4096 : home, .delivery = {PN_DELIVERY_EXPRESS}};
        req[i] = (pn_request){.actor = &ann, .in = &in[i], .out = &out[i]};
    }
    PN_AUTO_UNIT p = worker();
    ok(pn_call_requests(p, pn_op_find("order", "submit"), req, N));
    for (int i = 0; i < N; i++)
        ck_assert_int_eq(req[i].rc, i % 3 == 2 ? PN_ENONE : PN_OK);
    ck_assert_int_eq(count_of("order_address"), 8);
    ck_assert_int_eq(test_sql_int("select count(distinct address_hash) from order_address"), 1);
}
END_TEST

START_TEST(no_parcel_goes_to_a_blocked_region)
{
    make_shop();
    PN_AUTO_UNIT p = ops();
    pn_order o;
    pn_blocked_region r;
    ok(pn_blocked_region_create(p, &(struct pn_blocked_region_create){"上海 市", "storm"}, &r));
    ck_assert_str_eq(r.region, "上海市");
    fails(PN_EEXISTS, pn_blocked_region_create(
                          p, &(struct pn_blocked_region_create){"上海市", "x"}, &r));
    fails(PN_EDELIVERY, ORDER(SENT));
    refused_at("delivery");
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "region"));
    ck_assert_ptr_null(strstr(pn_error(p)->hint, "Express"));
    const char *tiers[] = {"61441"};
    struct pn_grab_submit wish = {.session = SESSION, .tiers = {tiers, 1}, .qty = 1,
        .cap_fen = {YUAN(600)}, .phone = phones[1], SENT};
    pn_grab g;
    fails(PN_EDELIVERY, pn_grab_submit(p, &wish, &g));
    ok(ORDER(EXPRESS, .receiver = "韩梅", .region = "江苏省苏州市", .street = "上海市场1号"));
    ok(pn_blocked_region_remove(p, &(struct pn_blocked_region_remove){r.id, "over"}, &r));
    ok(ORDER(SENT));
}
END_TEST

START_TEST(every_kind_that_is_sent_asks_for_it)
{
    make_shop();
    PN_AUTO_UNIT p = ops();
    const char *tiers[] = {"61441"};
    struct pn_grab_submit wish = {.session = SESSION, .tiers = {tiers, 1}, .qty = 1,
        .cap_fen = {YUAN(600)}, .phone = phones[0], EXPRESS};
    struct pn_order_offline desk = {.tier = TIER, .qty = 1, .phone = phones[1], EXPRESS};
    pn_grab g;
    pn_order o;
    fails(PN_EADDRESS, pn_grab_submit(p, &wish, &g));
    refused_at("address");
    fails(PN_EADDRESS, pn_order_offline(p, &desk, &o));
    wish = (struct pn_grab_submit){.session = SESSION, .tiers = {tiers, 1}, .qty = 1,
        .cap_fen = {YUAN(600)}, .phone = phones[0], SENT};
    ok(pn_grab_submit(p, &wish, &g));
    desk = (struct pn_order_offline){.tier = TIER, .qty = 1, .phone = phones[1], SENT};
    ok(pn_order_offline(p, &desk, &o));
    ck_assert_int_eq(count_of("order_address"), 2);
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){g.order_id, {PN_PAY_SIMULATED}}, &y));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    relay();
    job("grab_match");
    ck_assert_str_eq(order_state(g.order_id), "ALLOCATED"); /* its address is known */
    ck_assert_int_eq(count_of("order_address"), 2);
}
END_TEST

/* ---- activities ---- */

/* What a buyer of that number gets of it when it is sent there; NULL: nothing is sent. */
static int take(int64_t activity, int n, const char *region, const char *street)
{
    PN_AUTO_UNIT p = buyer(1000 + n);
    char phone[16];
    pn_order o;
    snprintf(phone, sizeof phone, "1391%07d", n);
    struct pn_rush_take in = {.id = activity, .phone = phone, .receiver = "韩梅",
                              .region = region, .street = street, EXPRESS};
    if (!street)
        in = (struct pn_rush_take){.id = activity, .phone = phone};
    int rc = pn_rush_take(p, &in, &o);
    if (rc == PN_ELIMIT)
        ck_assert_str_eq(pn_error(p)->field, "street");
    return rc;
}

START_TEST(I27_one_an_address_however_it_is_written)
{
    make_shop(.stock = 20);
    PN_AUTO_UNIT p = ops();
    pn_seckill a;
    pn_order o;
    ok(pn_seckill_create(p, &(struct pn_seckill_create){.tier = TIER, .name = "开票",
        .kind = {PN_SECKILL_RUSH}, .price_fen = {YUAN(99)}, .stock = 9, .limit_qty = 1,
        .open_at = {shop_now + HOUR}, .close_at = {shop_now + 2 * HOUR}}, &a));
    ok(pn_seckill_publish(p, &(struct pn_seckill_publish){a.id}, &a));
    shop_clock(HOUR);
    job("seckill_step");
    ck_assert_int_eq(take(a.id, 1, "上海市黄浦区", "南京东路100号2-301"), 0);
    ck_assert_int_eq(take(a.id, 2, "上海市 黄浦区", "南京东路 100号，2－301"), PN_ELIMIT);
    ck_assert_int_eq(take(a.id, 3, "上海市黄浦区", "南京东路100号2-302"), 0);
    ck_assert_int_eq(take(a.id, 4, NULL, NULL), 0);
    int64_t first = test_sql_int("select min(order_id) from order_reserve");
    ok(pn_order_cancel(p, &(struct pn_order_cancel){.id = first}, &o));
    shop_clock(2000000); /* what it gave back another may take */
    ck_assert_int_eq(take(a.id, 5, "上海市黄浦区", "南京东路100号2-301"), 0);
}
END_TEST

/* ---- groups ---- */

static int64_t offer(bool one_address)
{
    PN_AUTO_UNIT p = ops();
    pn_groupbuy g;
    ok(pn_groupbuy_create(p, &(struct pn_groupbuy_create){.tier = TIER, .size = 3,
        .price_fen = {YUAN(260)}, .allow_quit = true, .one_address = one_address}, &g));
    return g.id;
}

static int64_t the_group(void)
{
    return test_sql_int("select coalesce(max(id), 0) from group_buy where state = 'OPEN'");
}

static int64_t join(struct pn_group_submit in, int64_t offered, int64_t group)
{
    PN_AUTO_UNIT p = ops();
    pn_order o;
    pn_payment y;
    in.groupbuy = offered;
    in.group = group;
    in.delivery.v = PN_DELIVERY_EXPRESS;
    ok(pn_group_submit(p, &in, &o));
    ok(pn_payment_create(p, &(struct pn_payment_create){o.id, {PN_PAY_SIMULATED}}, &y));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    relay();
    return o.id;
}

#define AT(street_) .receiver = "韩梅", .region = "上海市", .street = street_

START_TEST(one_address_does_for_a_group)
{
    make_shop(.face_fen = YUAN(320));
    int64_t g = offer(true);
    int64_t leader = join((struct pn_group_submit){.phone = phones[0], AT("南京路1号")}, g, 0);
    join((struct pn_group_submit){.phone = phones[1]}, g, the_group());
    ck_assert_int_eq(count_of("order_address"), 1);
    int64_t own = join((struct pn_group_submit){.phone = phones[2], AT("中山路5号")}, g,
                       the_group());
    ck_assert_int_eq(count_of("group_buy where state = 'SUCCESS'"), 1);
    ck_assert_int_eq(test_sql_int("select count(distinct (address_hash, phone_hash))"
                                  " from order_address"), 1);
    ck_assert_int_eq(count_of("order_address"), 3);
    PN_AUTO_UNIT p = ops();
    pn_order_person who;
    ok(pn_order_reveal(p, &(struct pn_order_reveal){own, "parcel"}, &who));
    ck_assert_str_eq(who.street, "南京路1号");
    ok(pn_order_reveal(p, &(struct pn_order_reveal){leader, "parcel"}, &who));
    ck_assert_str_eq(who.street, "南京路1号");
}
END_TEST

START_TEST(each_member_has_his_own_address)
{
    make_shop(.face_fen = YUAN(320));
    int64_t g = offer(false);
    join((struct pn_group_submit){.phone = phones[0], AT("南京路1号")}, g, 0);
    PN_AUTO_UNIT p = ops();
    pn_order o;
    fails(PN_EADDRESS, pn_group_submit(p, &(struct pn_group_submit){.groupbuy = g,
        .group = the_group(), .phone = phones[1], EXPRESS}, &o));
    refused_at("address");
    join((struct pn_group_submit){.phone = phones[1], AT("中山路5号")}, g, the_group());
    join((struct pn_group_submit){.phone = phones[2], AT("淮海路9号")}, g, the_group());
    ck_assert_int_eq(test_sql_int("select count(distinct address_hash) from order_address"), 3);
}
END_TEST

START_TEST(a_leader_hands_the_group_to_somebody_with_an_address)
{
    make_shop(.face_fen = YUAN(320));
    int64_t g = offer(true);
    int64_t leader = join((struct pn_group_submit){.phone = phones[0], AT("南京路1号")}, g, 0);
    int64_t group = the_group();
    join((struct pn_group_submit){.phone = phones[1]}, g, group);
    PN_AUTO_UNIT p = ops();
    pn_order o;
    fails(PN_EADDRESS, pn_group_quit(p, &(struct pn_group_quit){leader, "x"}, &o));
    refused_at("order");
    ck_assert_str_eq(order_state(leader), "GROUP_WAITING");
    test_sql("update group_activity set size = 4");
    test_sql("update group_buy set size = 4");
    int64_t next = join((struct pn_group_submit){.phone = phones[2], AT("中山路5号")}, g, group);
    ok(pn_group_quit(p, &(struct pn_group_quit){leader, "x"}, &o));
    ck_assert_int_eq(test_sql_int("select leader_id from group_buy"), next);
}
END_TEST

/* What names somebody goes with the account. */
START_TEST(an_erased_account_leaves_no_address)
{
    make_shop();
    PN_AUTO_UNIT p = buyer(ANN);
    pn_order o;
    ok(ORDER(SENT));
    test_sql("insert into outbox (sk, id, event, ref, payload, at, due_at) values (11, 1,"
             " 'buyer.erased', 11, '{}', now() - interval '1 minute', '-infinity')");
    relay();
    ck_assert_int_eq(count_of("order_address"), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("send");
    TCase *c = tcase_create("send");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, what_is_sent_needs_an_address);
    tcase_add_test(c, it_is_sealed_masked_and_opened_with_a_reason);
    tcase_add_test(c, an_address_of_the_book_is_copied);
    tcase_add_test(c, many_are_sent_at_once);
    tcase_add_test(c, no_parcel_goes_to_a_blocked_region);
    tcase_add_test(c, every_kind_that_is_sent_asks_for_it);
    tcase_add_test(c, I27_one_an_address_however_it_is_written);
    tcase_add_test(c, one_address_does_for_a_group);
    tcase_add_test(c, each_member_has_his_own_address);
    tcase_add_test(c, a_leader_hands_the_group_to_somebody_with_an_address);
    tcase_add_test(c, an_erased_account_leaves_no_address);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
