/* SPDX-License-Identifier: Apache-2.0 */
/* address.c — a buyer's address book: read by its owner alone, sealed in the database, masked in
 * every answer that is stored. */
#include "user_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "user/address_int.h"

static const struct pn_address_create home = {
    .receiver = "李雷", .phone = "13800001234", .region = "上海市 黄浦区",
    .street = "南京东路100号2-301"};

static pn *buyer(int64_t id)
{
    return test_begin_as(&(pn_actor){.kind = 'U', .id = id, .login = "u", .name = "U",
                                     .roles = PN_ROLE_BUYER, .via = "test"});
}

START_TEST(an_address_is_put_read_changed_and_removed)
{
    pn *p = buyer(4097);
    pn_address a, b;
    pn_address_book book;
    ok(pn_address_create(p, &home, &a));
    ck_assert_str_eq(a.receiver, "*雷");
    ck_assert_str_eq(a.phone, "138****1234");
    ck_assert_str_eq(a.region, "上海市 黄浦区");
    ck_assert_ptr_null(a.street);
    ok(pn_address_mine(p, NULL, &book));
    ck_assert_uint_eq(book.addresses.n, 1);
    const pn_address *in = book.addresses.row;
    ck_assert_str_eq(in->receiver, "李雷");
    ck_assert_str_eq(in->phone, "13800001234");
    ck_assert_str_eq(in->street, "南京东路100号2-301");
    ok(pn_address_edit(p, &(struct pn_address_edit){.id = a.id, .phone = "13900005678"}, &b));
    ck_assert_str_eq(b.phone, "139****5678");
    ok(pn_address_mine(p, NULL, &book));
    in = book.addresses.row;
    ck_assert_str_eq(in->phone, "13900005678");
    ck_assert_str_eq(in->street, "南京东路100号2-301");
    ok(pn_address_remove(p, &(struct pn_address_remove){a.id}, &b));
    ok(pn_address_mine(p, NULL, &book));
    ck_assert_uint_eq(book.addresses.n, 0);
    fails(PN_ENONE, pn_address_remove(p, &(struct pn_address_remove){a.id}, &b));
    pn_end(p);
}
END_TEST

START_TEST(nobody_else_reads_or_changes_it)
{
    pn *p = buyer(4097);
    pn_address a, b;
    pn_address_book book;
    ok(pn_address_create(p, &home, &a));
    pn_end(p);
    p = buyer(8193);
    fails(PN_ENONE, pn_address_edit(p, &(struct pn_address_edit){.id = a.id, .region = "x"}, &b));
    ck_assert_str_eq(pn_error(p)->field, "id");
    fails(PN_ENONE, pn_address_remove(p, &(struct pn_address_remove){a.id}, &b));
    ok(pn_address_mine(p, NULL, &book));
    ck_assert_uint_eq(book.addresses.n, 0);
    pni_address asked = {.id = a.id, .buyer_id = 8193};
    ok(pni_addresses(p, &asked, 1));
    ck_assert(!asked.found);
    pn_end(p);
    p = test_begin(PN_ROLE_OPS);
    fails(PN_EPERM, pn_address_mine(p, NULL, &book));
    pn_end(p);
}
END_TEST

/* Not in a column, not in the trail, not in a stored answer. */
START_TEST(nothing_of_it_lies_in_clear)
{
    pn *p = buyer(4097);
    pn_address a;
    pn_key(p, "home-1");
    ok(pn_address_create(p, &home, &a));
    static const char *const secret[] = {"李雷", "13800001234", "南京东路"};
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++) {
        char sql[900];
        snprintf(sql, sizeof sql, "select count(*) from (select receiver || phone || street"
                 "  || convert_to(region || receiver_mask || phone_mask, 'UTF8') as t"
                 "  from buyer_address union all"
                 "  select convert_to(coalesce(after::text, ''), 'UTF8') from audit_log union all"
                 "  select convert_to(coalesce(result, ''), 'UTF8') from idempotency) x"
                 " where position(convert_to('%s', 'UTF8') in t) > 0", secret[i]);
        ck_assert_msg(test_sql_int(sql) == 0, "%s lies in clear", secret[i]);
    }
    ck_assert_int_eq(test_sql_int("select count(*) from idempotency"), 1);
    pn_end(p);
}
END_TEST

START_TEST(a_book_has_a_last_page)
{
    pn *p = buyer(4097);
    pn_address a;
    test_sql("update policy set value = '2' where key = 'buyer.addresses'");
    ok(pn_address_create(p, &home, &a));
    ok(pn_address_create(p, &home, &a));
    fails(PN_ELIMIT, pn_address_create(p, &home, &a));
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    struct pn_address_create odd = home;
    odd.phone = "12";
    ok(pn_address_remove(p, &(struct pn_address_remove){a.id}, &a));
    fails(PN_EARG, pn_address_create(p, &odd, &a));
    ck_assert_str_eq(pn_error(p)->field, "phone");
    odd = home;
    odd.street = NULL;
    fails(PN_EARG, pn_address_create(p, &odd, &a));
    ck_assert_str_eq(pn_error(p)->field, "street");
    pn_end(p);
}
END_TEST

static bool alike(pn *p, const char *region, const char *street)
{
    pn_bytes one, other;
    ok(pni_address_hash(p, home.region, home.street, &one));
    ok(pni_address_hash(p, region, street, &other));
    return one.len == other.len && memcmp(one.data, other.data, one.len) == 0;
}

START_TEST(spellings_of_one_address_are_one)
{
    pn *p = buyer(4097);
    ck_assert(alike(p, "上海市黄浦区", "南京东路 100 号 2-301"));
    ck_assert(alike(p, "上海市黄浦区", "南京东路１００号，2－301"));
    ck_assert(!alike(p, "上海市黄浦区", "南京东路100号2-302"));
    ck_assert(!alike(p, "北京市东城区", "南京东路100号2-301"));
    pn_end(p);
}
END_TEST

void address_cases(TCase *tests)
{
    tcase_add_test(tests, an_address_is_put_read_changed_and_removed);
    tcase_add_test(tests, nobody_else_reads_or_changes_it);
    tcase_add_test(tests, nothing_of_it_lies_in_clear);
    tcase_add_test(tests, a_book_has_a_last_page);
    tcase_add_test(tests, spellings_of_one_address_are_one);
}
