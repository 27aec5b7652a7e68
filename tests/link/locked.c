/* SPDX-License-Identifier: Apache-2.0 */
/* locked.c — a vendor's key as the vendor hands it out: a PKCS#12 file, or PEM, locked with a
 * password that lies beside it. Each gives the signature that the bare key gives; what does not
 * open says which file, and never the password. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "link/key_int.h"
#include "rig.h"

static pn *p;
#define PASSWORD "hush-hush-12"

static pni_link *sand;

static void setup(void)
{
    rig_setup();
    p = rig_p;
    setenv("SAND_MID", "100211701160001", 1);
    ok(pni_link_open(p, "sandpay", &sand));
}
static void teardown(void)
{
    pni_link_close(p, sand);
    rig_teardown();
}

/* The request that asks for a notice again, signed. */
static int made(pni_message *m)
{
    pni_pairs in = PAIRS("out_trade_no", "P1970241");
    pni_scope s = {.p = p};
    ok(pni_scope_make(p, sand, &in, &s));
    s.now = (pn_time){INT64_C(1700000000000000)};
    return pni_request_make(&s, pni_tree_at(sand->root, "calls", "notice_again"), m);
}

static const char *signature(void)
{
    pni_message m;
    ok(made(&m));
    return pni_pairs_find(&m.form, "sign")->value.s;
}

static const struct { const char *vector; bool locked; } keys[] = {
    {"merchant.p12", true}, {"merchant_old.p12", true}, {"merchant_open.p12", false},
    {"merchant_locked.pem", true}};

START_TEST(a_key_is_taken_as_it_was_handed_out)
{
    rig_secret("sand_key", "alipay_app_private_key.pem");
    const char *bare = signature();
    rig_secret("sand_key", keys[_i].vector);
    if (keys[_i].locked)
        rig_file("link/sand_key_password", PASSWORD "\n");
    ck_assert_str_eq(signature(), bare);
}
END_TEST

static void tells(const char *file, const char *to_do)
{
    const char *said = pn_error(p)->message, *hint = pn_error(p)->hint;
    ck_assert_msg(strstr(said, file) != NULL, "%s", said);
    ck_assert_msg(hint && strstr(hint, to_do), "%s: %s", said, hint ? hint : "");
    ck_assert_ptr_null(strstr(said, "hush"));
    ck_assert_ptr_null(strstr(hint, "hush"));
}

START_TEST(what_does_not_open_says_which_file)
{
    pni_message m;
    rig_secret("sand_key", keys[_i].vector);
    if (keys[_i].locked) {
        fails(PN_ECONF, made(&m));
        tells("/link/sand_key is locked", "/link/sand_key_password");
    }
    rig_file("link/sand_key_password", "hush-hush-13\n");
    fails(PN_ECONF, made(&m));
    tells("/link/sand_key_password", "came with the file");
    /* the password is as secret as the key */
    rig_file("link/sand_key_password", PASSWORD "\n");
    char path[200];
    snprintf(path, sizeof path, "%s/link/sand_key_password", rig_folder);
    ck_assert_int_eq(chmod(path, 0644), 0);
    fails(PN_ECONF, made(&m));
    tells("/link/sand_key_password", "chmod 600");
}
END_TEST

START_TEST(what_is_no_key_says_so)
{
    pni_message m;
    static const char *const bad[] = {"", "hush", "-----BEGIN PRIVATE KEY-----\nhush\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rig_file("link/sand_key", bad[i]);
        fails(PN_ECONF, made(&m));
        tells("/link/sand_key", "PKCS#12");
    }
    rig_secret("sand_key", "alipay_app_public_key.pem"); /* theirs, not ours */
    fails(PN_ECONF, made(&m));
    tells("/link/sand_key", "PKCS#12");
}
END_TEST

/* The last byte of what is coded may be that of a newline: it stays. */
START_TEST(a_coded_file_keeps_its_last_byte)
{
    static const unsigned char coded[] = {0x30, 0x82, 0x00, 0x03, 'a', 'b', '\n'};
    pni_pairs in = {0};
    pni_scope s = {.p = p};
    pni_span out;
    char path[200];
    snprintf(path, sizeof path, "%s", rig_file("link/sand_cert", ""));
    FILE *f = fopen(path, "w");
    ck_assert_int_eq((int)fwrite(coded, 1, sizeof coded, f), (int)sizeof coded);
    fclose(f);
    ok(pni_scope_make(p, sand, &in, &s));
    ok(pni_ref(&s, "secret.sand_cert", &out));
    ck_assert_int_eq((int)out.n, (int)sizeof coded);
}
END_TEST

static EVP_PKEY *public(pni_span text)
{
    EVP_PKEY *key = NULL;
    ok(pni_key_public(p, text, &key));
    return key;
}

/* Theirs is read once, however many others come between; one byte more is another. */
START_TEST(a_public_key_is_read_once)
{
    enum { OTHERS = 30, MANY = 100 };
    EVP_PKEY *first, *again, *other, *none = NULL;
    pni_span text = rig_slurp(rig_vector("alipay_app_public_key.pem"));
    first = public(text);
    for (int i = 0; i < OTHERS; i++) {
        other = public(pni_span_of(pn_printf(p, "%d\n%s", i, text.s)));
        ck_assert_ptr_ne(other, first);
        EVP_PKEY_free(other);
    }
    again = public(text);
    ck_assert_ptr_eq(again, first);
    EVP_PKEY_free(again);
    for (int i = 0; i < MANY; i++) /* it has to go, and is not gone for who has it */
        EVP_PKEY_free(public(pni_span_of(pn_printf(p, "%d\n%s", i, text.s))));
    again = public(text);
    ck_assert_ptr_ne(again, first);
    ck_assert_int_eq(EVP_PKEY_get_size(first), EVP_PKEY_get_size(again));
    EVP_PKEY_free(first);
    EVP_PKEY_free(again);
    for (int i = 0; i < 2; i++)
        fails(PN_ECONF, pni_key_public(p, pni_span_of("hush"), &none));
    ck_assert_ptr_null(none);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("locked");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, a_key_is_taken_as_it_was_handed_out, 0, 4);
    tcase_add_loop_test(t, what_does_not_open_says_which_file, 0, 4);
    tcase_add_test(t, what_is_no_key_says_so);
    tcase_add_test(t, a_coded_file_keeps_its_last_byte);
    tcase_add_test(t, a_public_key_is_read_once);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
