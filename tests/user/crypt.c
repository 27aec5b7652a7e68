/* SPDX-License-Identifier: Apache-2.0 */
/* crypt.c — sealing: what opens, what does not, and keys that are not as they should be. */
#include "user_int.h"

#include "base/crypt_int.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const pn_bytes text = {"330102199001011234", 18};

static const char *key_file(pn *p, const char *name)
{
    return pn_printf(p, "%s/keys/%s", pn_state_dir(test_ctx), name);
}

START_TEST(what_is_sealed_opens_in_its_place_only)
{
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    pn_bytes sealed, again, open;
    ok(pni_seal(p, "person.id_no", 4096, text, &sealed));
    ok(pni_seal(p, "person.id_no", 4096, text, &again));
    ck_assert_mem_ne(sealed.data, again.data, sealed.len);
    ck_assert_ptr_null(memmem(sealed.data, sealed.len, text.data, text.len));
    ok(pni_unseal(p, "person.id_no", 4096, sealed, &open));
    ck_assert_uint_eq(open.len, text.len);
    ck_assert_mem_eq(open.data, text.data, text.len);
    fails(PN_EINTERNAL, pni_unseal(p, "person.id_no", 8192, sealed, &open));
    fails(PN_EINTERNAL, pni_unseal(p, "person.phone", 4096, sealed, &open));
}
END_TEST

START_TEST(one_changed_bit_does_not_open)
{
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    pn_bytes sealed, open;
    ok(pni_seal(p, "x", 1, text, &sealed));
    for (size_t i = 0; i < sealed.len; i++) {
        unsigned char *copy = pn_alloc(p, sealed.len);
        memcpy(copy, sealed.data, sealed.len);
        copy[i] ^= 1;
        ck_assert_int_ne(pni_unseal(p, "x", 1, (pn_bytes){copy, sealed.len}, &open), 0);
    }
    for (size_t len = 0; len < sealed.len; len++)
        ck_assert_int_ne(pni_unseal(p, "x", 1, (pn_bytes){sealed.data, len}, &open), 0);
}
END_TEST

START_TEST(a_new_key_seals_and_old_ones_still_open)
{
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    pn_bytes old, new, opened;
    ok(pni_seal(p, "x", 1, text, &old));
    int fd = open(key_file(p, "seal-2.key"), O_WRONLY | O_CREAT, 0600);
    ck_assert_int_ge(fd, 0);
    for (int i = 0; i < 32; i++)
        ck_assert_int_eq(write(fd, "5a", 2), 2);
    close(fd);
    PN_AUTO_UNIT later = pn_begin(test_ctx); /* a unit keeps the keys it has read */
    ok(pni_seal(later, "x", 1, text, &new));
    ck_assert_int_eq(((const unsigned char *)old.data)[1], 1);
    ck_assert_int_eq(((const unsigned char *)new.data)[1], 2);
    ok(pni_unseal(later, "x", 1, old, &opened));
    ok(pni_unseal(later, "x", 1, new, &opened));
}
END_TEST

START_TEST(keys_are_made_once_and_kept_private)
{
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    struct stat st;
    pn_bytes sealed, open;
    const char *name = key_file(p, "seal-1.key");
    ck_assert_int_eq(stat(name, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
    ok(pni_seal(p, "x", 1, text, &sealed));
    ok(pni_crypt_init(p));
    ok(pni_unseal(p, "x", 1, sealed, &open));
    PN_AUTO_UNIT later = pn_begin(test_ctx); /* a unit keeps the keys it has read */
    ck_assert_int_eq(chmod(name, 0644), 0);
    ck_assert_int_eq(pni_seal(later, "x", 1, text, &sealed), PN_ECONF);
    ck_assert_int_eq(chmod(name, 0600), 0);
    ck_assert_int_eq(truncate(name, 10), 0);
    ck_assert_int_eq(pni_seal(later, "x", 1, text, &sealed), PN_ECONF);
    ck_assert_int_eq(unlink(name), 0);
    ck_assert_int_eq(pni_seal(later, "x", 1, text, &sealed), PN_ECONF);
    ck_assert_ptr_nonnull(strstr(pn_error(later)->hint, "pn init"));
}
END_TEST

START_TEST(equal_texts_have_equal_hashes_in_one_place)
{
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    pn_bytes a, b, c, d;
    ok(pni_keyed_hash(p, "phone", "13800138000", &a));
    ok(pni_keyed_hash(p, "phone", "13800138000", &b));
    ok(pni_keyed_hash(p, "phone", "13800138001", &c));
    ok(pni_keyed_hash(p, "id_no", "13800138000", &d));
    ck_assert_mem_eq(a.data, b.data, PNI_HASH);
    ck_assert_mem_ne(a.data, c.data, PNI_HASH);
    ck_assert_mem_ne(a.data, d.data, PNI_HASH);
}
END_TEST

START_TEST(base32_as_in_the_standard)
{
    static const struct { const char *plain, *coded; } rows[] = {
        {"", ""}, {"f", "my"}, {"fo", "mzxq"}, {"foo", "mzxw6"}, {"foob", "mzxw6yq"},
        {"fooba", "mzxw6ytb"}, {"foobar", "mzxw6ytboi"}};
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    for (int i = 0; i < 7; i++)
        ck_assert_str_eq(pni_base32(p, (const unsigned char *)rows[i].plain,
                                    strlen(rows[i].plain)), rows[i].coded);
}
END_TEST

void crypt_cases(TCase *tests)
{
    tcase_add_test(tests, what_is_sealed_opens_in_its_place_only);
    tcase_add_test(tests, one_changed_bit_does_not_open);
    tcase_add_test(tests, a_new_key_seals_and_old_ones_still_open);
    tcase_add_test(tests, keys_are_made_once_and_kept_private);
    tcase_add_test(tests, equal_texts_have_equal_hashes_in_one_place);
    tcase_add_test(tests, base32_as_in_the_standard);
}
