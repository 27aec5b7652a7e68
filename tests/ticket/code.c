/* SPDX-License-Identifier: Apache-2.0 */
/* code.c — signed codes, printed barcodes, short codes: vectors, and every way to damage one. */
#include "main_int.h"
#include "ticket/code.h"

#include <sodium.h>
#include <string.h>

static unsigned char pub[PN_KEY_PUBLIC], secret[PN_KEY_SECRET];
static const pn_pn1 sample = {258, 40961, 5369733121, 3, 2, PN_PN1_PAPER};

static void setup(void)
{
    ck_assert_int_eq(pn_key_make(pub, secret), 0);
}

/* RFC 8032, 7.1, tests 1 to 3: our library's primitive is the published one. */
static const struct { const char *seed, *pub, *message, *sig; } rfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
     "b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
     "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
     "c6594a7c15e9716ed28dc027beceea1ec40a"},
};

static size_t hex(const char *text, unsigned char *out, size_t size)
{
    size_t len = 0;
    ck_assert_int_eq(sodium_hex2bin(out, size, text, strlen(text), NULL, &len, NULL), 0);
    return len;
}

START_TEST(ed25519_is_rfc_8032)
{
    unsigned char seed[32], want_pub[32], message[8], want[64], got[64];
    hex(rfc8032[_i].seed, seed, sizeof seed);
    hex(rfc8032[_i].pub, want_pub, sizeof want_pub);
    hex(rfc8032[_i].sig, want, sizeof want);
    size_t n = hex(rfc8032[_i].message, message, sizeof message);
    ck_assert_int_eq(crypto_sign_seed_keypair(pub, secret, seed), 0);
    ck_assert_mem_eq(pub, want_pub, 32);
    ck_assert_int_eq(crypto_sign_detached(got, NULL, message, n, secret), 0);
    ck_assert_mem_eq(got, want, 64);
}
END_TEST

START_TEST(a_code_is_141_characters_of_the_qr_alphabet)
{
    char code[PN_PN1_CHARS + 1];
    ck_assert_int_eq(pn_pn1_make(&sample, secret, code), 0);
    ck_assert_uint_eq(strlen(code), 141);
    ck_assert_uint_eq(strspn(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"), 141);
    ck_assert_int_eq(strncmp(code, "PN1", 3), 0);
}
END_TEST

/* The published layout, byte by byte, so that another implementation can be written from it. */
START_TEST(the_layout_is_the_published_one)
{
    char code[PN_PN1_CHARS + 1];
    unsigned char raw[PN_PN1_BYTES];
    static const unsigned char head[22] = {1, 1, 2, 0, 0, 0, 0, 0, 0, 0xa0, 1,
                                           0, 0, 0, 1, 0x40, 0x0f, 0xa0, 1, 3, 2, 1};
    pn_pn1 back;
    ck_assert_int_eq(pn_pn1_make(&sample, secret, code), 0);
    ck_assert_int_eq(pn_pn1_read(code, &back, raw), 0);
    ck_assert_mem_eq(raw, head, sizeof head);
    ck_assert_int_eq(crypto_sign_verify_detached(raw + 22, raw, 22, pub), 0);
}
END_TEST

START_TEST(what_is_written_is_read)
{
    char code[PN_PN1_CHARS + 1];
    unsigned char raw[PN_PN1_BYTES];
    pn_pn1 back;
    ck_assert_int_eq(pn_pn1_make(&sample, secret, code), 0);
    ck_assert_int_eq(pn_pn1_read(code, &back, raw), 0);
    ck_assert(back.key == sample.key && back.session == sample.session &&
              back.ticket == sample.ticket && back.issue == sample.issue &&
              back.print == sample.print && back.flags == sample.flags);
    ck_assert(pn_pn1_good(raw, pub));
    for (char *c = code; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 32); /* a wedge with caps lock */
    ck_assert_int_eq(pn_pn1_read(code, &back, raw), 0);
    ck_assert(pn_pn1_good(raw, pub));
}
END_TEST

START_TEST(numbers_that_do_not_fit_are_not_signed)
{
    char code[PN_PN1_CHARS + 1];
    const pn_pn1 bad[] = {{0, 1, 1, 1, 1, 0},   {65536, 1, 1, 1, 1, 0}, {1, -1, 1, 1, 1, 0},
                          {1, 1, -1, 1, 1, 0},  {1, 1, 1, 256, 1, 0},   {1, 1, 1, 1, 256, 0},
                          {1, 1, 1, -1, 1, 0},  {1, 1, 1, 1, 1, 256}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_int_ne(pn_pn1_make(&bad[i], secret, code), 0);
}
END_TEST

/* All 86 bytes, all 8 bits: nothing in a code is decoration. */
START_TEST(any_changed_bit_spoils_the_signature)
{
    char code[PN_PN1_CHARS + 1], text[PN_PN1_CHARS + 1];
    unsigned char raw[PN_PN1_BYTES], again[PN_PN1_BYTES];
    pn_pn1 back;
    ck_assert_int_eq(pn_pn1_make(&sample, secret, code), 0);
    ck_assert_int_eq(pn_pn1_read(code, &back, raw), 0);
    for (int bit = 0; bit < 8 * PN_PN1_BYTES; bit++) {
        raw[bit / 8] ^= (unsigned char)(1 << bit % 8);
        memcpy(text, "PN1", 3);
        ck_assert_uint_eq(pn_base32_write(raw, sizeof raw, text + 3, sizeof text - 3), 138);
        ck_assert_int_eq(pn_pn1_read(text, &back, again), 0);
        ck_assert_msg(!pn_pn1_good(again, pub), "bit %d", bit);
        raw[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    ck_assert(pn_pn1_good(raw, pub));
}
END_TEST

START_TEST(another_key_does_not_verify)
{
    char code[PN_PN1_CHARS + 1];
    unsigned char raw[PN_PN1_BYTES], other[PN_KEY_PUBLIC], other_secret[PN_KEY_SECRET];
    pn_pn1 back;
    ck_assert_int_eq(pn_key_make(other, other_secret), 0);
    ck_assert_int_eq(pn_pn1_make(&sample, secret, code), 0);
    ck_assert_int_eq(pn_pn1_read(code, &back, raw), 0);
    ck_assert(!pn_pn1_good(raw, other));
}
END_TEST

/* Two spare bits at the end: were they ignored, every code would have four spellings. */
START_TEST(only_one_spelling_is_read)
{
    char code[PN_PN1_CHARS + 1];
    unsigned char raw[PN_PN1_BYTES];
    pn_pn1 back;
    int read = 0;
    ck_assert_int_eq(pn_pn1_make(&sample, secret, code), 0);
    for (const char *c = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; *c; c++) {
        code[PN_PN1_CHARS - 1] = *c;
        read += !pn_pn1_read(code, &back, raw);
    }
    ck_assert_int_eq(read, 8);
    ck_assert_int_ne(pn_pn1_read("PN1", &back, raw), 0);
    code[50] = 'U';
    ck_assert_int_ne(pn_pn1_read(code, &back, raw), 0);
}
END_TEST

static const struct { const char *data, *text; } base32[] = {
    {"", ""}, {"f", "CR"}, {"fo", "CSQG"}, {"foo", "CSQPY"}, {"foob", "CSQPYRG"},
    {"fooba", "CSQPYRK1"}, {"foobar", "CSQPYRK1E8"},
};

START_TEST(base32_is_crockfords)
{
    char out[20];
    unsigned char back[20];
    size_t n = strlen(base32[_i].data);
    ck_assert_uint_eq(pn_base32_write((const unsigned char *)base32[_i].data, n, out, sizeof out),
                      strlen(base32[_i].text));
    ck_assert_str_eq(out, base32[_i].text);
    ck_assert_int_eq(pn_base32_read(base32[_i].text, back, n), 0);
    ck_assert_mem_eq(back, base32[_i].data, n);
}
END_TEST

START_TEST(a_ticket_number_catches_typing_errors)
{
    char no[PN_BARCODE_MAX];
    int64_t back;
    ck_assert_int_eq(pn_ticket_no_make(5369733121, no, sizeof no), 0);
    ck_assert_uint_eq(strlen(no), 15);
    ck_assert_int_eq(pn_ticket_no_read(no, &back), 0);
    ck_assert_int_eq(back, 5369733121);
    for (size_t i = 2; no[i]; i++) {
        char kept = no[i];
        for (char c = '0'; c <= '9'; c++) {
            no[i] = c;
            ck_assert_msg(c == kept || pn_ticket_no_read(no, &back), "%s", no);
        }
        no[i] = kept;
    }
    ck_assert_int_ne(pn_ticket_no_make(0, no, sizeof no), 0);
}
END_TEST

START_TEST(a_barcode_cannot_be_made_from_a_known_number)
{
    char bar[PN_BARCODE_MAX], other[PN_BARCODE_MAX];
    int64_t ticket;
    int print;
    ck_assert_int_eq(pn_barcode_make(5369733121, 7, secret, bar, sizeof bar), 0);
    ck_assert_int_eq(pn_barcode_read(bar, &ticket, &print), 0);
    ck_assert_int_eq(ticket, 5369733121);
    ck_assert_int_eq(print, 7);
    ck_assert(pn_barcode_good(bar, secret));
    memcpy(other, bar, sizeof bar);
    other[strlen(other) - 1] = other[strlen(other) - 1] == '9' ? '0' : '9';
    ck_assert(!pn_barcode_good(other, secret));
    ck_assert_int_eq(pn_barcode_make(5369733121, 8, secret, other, sizeof other), 0);
    ck_assert_int_ne(strcmp(bar + 18, other + 18), 0);
}
END_TEST

START_TEST(short_codes_catch_typing_errors)
{
    char code[PN_SHORT_CHARS + 1], other[PN_SHORT_CHARS + 1];
    pn_short_make(code);
    pn_short_make(other);
    ck_assert_str_ne(code, other);
    ck_assert(pn_short_good(code));
    for (int i = 0; i < PN_SHORT_CHARS; i++) {
        char kept = code[i];
        code[i] = kept == 'Z' ? 'Y' : 'Z';
        ck_assert_msg(!pn_short_good(code), "%s", code);
        code[i] = kept;
        if (i && code[i - 1] != kept && strspn((char[]){kept, code[i - 1], 0}, "0Z") < 2) {
            code[i] = code[i - 1];
            code[i - 1] = kept;
            ck_assert_msg(!pn_short_good(code), "swapped: %s", code);
            code[i - 1] = code[i];
            code[i] = kept;
        }
    }
    ck_assert(pn_short_good(code));
}
END_TEST

START_TEST(scanners_habits_are_undone)
{
    char code[PN_PN1_CHARS + 1], scanned[300], clean[200];
    ck_assert_int_eq(pn_pn1_make(&sample, secret, code), 0);
    snprintf(scanned, sizeof scanned, "]Q1%s\r\n", code);
    ck_assert_int_eq(pn_code_kind_of(scanned, clean, sizeof clean), PN_CODE_PN1);
    ck_assert_str_eq(clean, code);
    ck_assert_int_eq(pn_code_kind_of("  abc-DEF ", clean, sizeof clean), PN_CODE_FOREIGN);
    ck_assert_str_eq(clean, "abc-DEF");
    ck_assert_int_eq(pn_code_kind_of("", clean, sizeof clean), PN_CODE_NONE);
    ck_assert_int_eq(pn_code_kind_of("a\tb", clean, sizeof clean), PN_CODE_NONE);
    ck_assert_int_eq(pn_code_kind_of("abcdefgh", clean, 5), PN_CODE_NONE);
    pn_short_make(scanned);
    ck_assert_int_eq(pn_code_kind_of(scanned, clean, sizeof clean), PN_CODE_SHORT);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("ticket/code");
    TCase *c = tcase_create("code");
    tcase_add_checked_fixture(c, setup, NULL);
    tcase_add_loop_test(c, ed25519_is_rfc_8032, 0, 3);
    tcase_add_test(c, a_code_is_141_characters_of_the_qr_alphabet);
    tcase_add_test(c, the_layout_is_the_published_one);
    tcase_add_test(c, what_is_written_is_read);
    tcase_add_test(c, numbers_that_do_not_fit_are_not_signed);
    tcase_add_test(c, any_changed_bit_spoils_the_signature);
    tcase_add_test(c, another_key_does_not_verify);
    tcase_add_test(c, only_one_spelling_is_read);
    tcase_add_loop_test(c, base32_is_crockfords, 0, 7);
    tcase_add_test(c, a_ticket_number_catches_typing_errors);
    tcase_add_test(c, a_barcode_cannot_be_made_from_a_known_number);
    tcase_add_test(c, short_codes_catch_typing_errors);
    tcase_add_test(c, scanners_habits_are_undone);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
