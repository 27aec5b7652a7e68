/* SPDX-License-Identifier: Apache-2.0 */
/* code.c — codes that people carry. A code must survive a keyboard-wedge scanner with caps lock on
 * and a bad print, so everything is upper-case base32 and only one spelling is right: a second
 * spelling of the same signature would be a second ticket to anything that compares text. */
#include "ticket/code.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sodium.h>

static const char digits32[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum { PAYLOAD = 22, NO_DIGITS = 12, CHECK_DIGITS = 6, CHECK_RANGE = 1000000 };

static int digit_of(char c)
{
    int up = toupper((unsigned char)c);
    if (up == 'O')
        return 0;
    if (up == 'I' || up == 'L')
        return 1;
    const char *at = up ? strchr(digits32, up) : NULL;
    return at ? (int)(at - digits32) : -1;
}

size_t pn_base32_write(const unsigned char *data, size_t len, char *out, size_t size)
{
    size_t need = (len * 8 + 4) / 5;
    if (size <= need)
        return 0;
    uint32_t hold = 0;
    int bits = 0;
    size_t at = 0;
    for (size_t i = 0; i < len; i++) {
        hold = (hold << 8 | data[i]) & 0xfff;
        for (bits += 8; bits >= 5; bits -= 5)
            out[at++] = digits32[hold >> (bits - 5) & 31];
    }
    if (bits)
        out[at++] = digits32[hold << (5 - bits) & 31];
    out[at] = 0;
    return at;
}

int pn_base32_read(const char *text, unsigned char *out, size_t len)
{
    uint32_t hold = 0;
    int bits = 0;
    size_t at = 0, chars = strlen(text);
    if (chars != (len * 8 + 4) / 5)
        return -1;
    for (size_t i = 0; i < chars; i++) {
        int d = digit_of(text[i]);
        if (d < 0)
            return -1;
        hold = (hold << 5 | (uint32_t)d) & 0xfff;
        bits += 5;
        if (bits >= 8 && at < len) {
            bits -= 8;
            out[at++] = (unsigned char)(hold >> bits & 0xff);
        }
    }
    return hold & ((1u << bits) - 1) ? -1 : 0;
}

int pn_key_make(unsigned char pub[PN_KEY_PUBLIC], unsigned char secret[PN_KEY_SECRET])
{
    if (sodium_init() < 0)
        return -1;
    return crypto_sign_keypair(pub, secret);
}

void pn_key_public(const unsigned char secret[PN_KEY_SECRET], unsigned char pub[PN_KEY_PUBLIC])
{
    memcpy(pub, secret + crypto_sign_SEEDBYTES, PN_KEY_PUBLIC);
}

/* ---- PN1 ---- */

static void put(unsigned char **at, uint64_t v, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        *(*at)++ = (unsigned char)(v >> (8 * i));
}

static uint64_t take(const unsigned char **at, int bytes)
{
    uint64_t v = 0;
    while (bytes--)
        v = v << 8 | *(*at)++;
    return v;
}

static bool fits(int v, int max)
{
    return v >= 0 && v <= max;
}

int pn_pn1_make(const pn_pn1 *code, const unsigned char secret[PN_KEY_SECRET],
                char out[PN_PN1_CHARS + 1])
{
    unsigned char raw[PN_PN1_BYTES], *at = raw;
    if (!fits(code->key, 65535) || !code->key || !fits(code->issue, 255) ||
        !fits(code->print, 255) || !fits(code->flags, 255) || code->session < 0 ||
        code->ticket < 0)
        return -1;
    put(&at, 1, 1);
    put(&at, (uint64_t)code->key, 2);
    put(&at, (uint64_t)code->session, 8);
    put(&at, (uint64_t)code->ticket, 8);
    put(&at, (uint64_t)code->issue, 1);
    put(&at, (uint64_t)code->print, 1);
    put(&at, (uint64_t)code->flags, 1);
    if (crypto_sign_detached(at, NULL, raw, PAYLOAD, secret))
        return -1;
    memcpy(out, "PN1", 3);
    return pn_base32_write(raw, sizeof(raw), out + 3, PN_PN1_CHARS - 2) ? 0 : -1;
}

int pn_pn1_read(const char *text, pn_pn1 *out, unsigned char raw[PN_PN1_BYTES])
{
    if (strlen(text) != PN_PN1_CHARS || toupper((unsigned char)text[0]) != 'P' ||
        toupper((unsigned char)text[1]) != 'N' || digit_of(text[2]) != 1)
        return -1;
    if (pn_base32_read(text + 3, raw, PN_PN1_BYTES))
        return -1;
    const unsigned char *at = raw + 1;
    out->key = (int)take(&at, 2);
    out->session = (int64_t)take(&at, 8);
    out->ticket = (int64_t)take(&at, 8);
    out->issue = (int)take(&at, 1);
    out->print = (int)take(&at, 1);
    out->flags = (int)take(&at, 1);
    return 0;
}

bool pn_pn1_good(const unsigned char raw[PN_PN1_BYTES], const unsigned char pub[PN_KEY_PUBLIC])
{
    return raw[0] == 1 && !crypto_sign_verify_detached(raw + PAYLOAD, raw, PAYLOAD, pub);
}

/* ---- the printed barcode ---- */

/* Luhn over any base: 10 for numbers, 32 for short codes. */
static int luhn(const char *text, size_t len, int base, bool with_check)
{
    int sum = 0;
    bool twice = !with_check;
    for (size_t i = len; i-- > 0; twice = !twice) {
        int v = digit_of(text[i]) * (twice ? 2 : 1);
        sum += v / base + v % base;
    }
    return sum % base;
}

int pn_ticket_no_make(int64_t ticket, char *out, size_t size)
{
    char body[24];
    if (ticket <= 0)
        return -1;
    int n = snprintf(body, sizeof(body), "%0*" PRId64, NO_DIGITS, ticket);
    int check = (10 - luhn(body, (size_t)n, 10, false)) % 10;
    int wrote = snprintf(out, size, "TP%s%d", body, check);
    return wrote > 0 && (size_t)wrote < size ? 0 : -1;
}

/* Ticket number of exactly `len` characters. */
static int no_read(const char *text, size_t len, int64_t *ticket)
{
    if (len < 2 + NO_DIGITS + 1 || len > 2 + 18 + 1 || toupper((unsigned char)text[0]) != 'T' ||
        toupper((unsigned char)text[1]) != 'P')
        return -1;
    int64_t v = 0;
    for (size_t i = 2; i < len; i++)
        if (text[i] < '0' || text[i] > '9')
            return -1;
    if (luhn(text + 2, len - 2, 10, true))
        return -1;
    for (size_t i = 2; i < len - 1; i++)
        v = v * 10 + (text[i] - '0');
    char again[PN_BARCODE_MAX];
    if (pn_ticket_no_make(v, again, sizeof(again)) || strlen(again) != len)
        return -1; /* padded beyond twelve digits: not our spelling */
    *ticket = v;
    return 0;
}

int pn_ticket_no_read(const char *text, int64_t *ticket)
{
    return no_read(text, strlen(text), ticket);
}

static int barcode_check(const char *body, size_t len, const unsigned char secret[PN_KEY_SECRET])
{
    static const char use[] = "piaoniu printed barcode 1";
    unsigned char key[crypto_generichash_BYTES], mac[crypto_generichash_BYTES];
    crypto_generichash(key, sizeof(key), (const unsigned char *)use, sizeof(use) - 1, secret,
                       crypto_sign_SEEDBYTES);
    crypto_generichash(mac, sizeof(mac), (const unsigned char *)body, len, key, sizeof(key));
    sodium_memzero(key, sizeof(key));
    const unsigned char *at = mac;
    return (int)(take(&at, 7) % CHECK_RANGE);
}

int pn_barcode_make(int64_t ticket, int print, const unsigned char secret[PN_KEY_SECRET],
                    char *out, size_t size)
{
    char no[PN_BARCODE_MAX], body[PN_BARCODE_MAX + 4];
    if (!fits(print, 255) || pn_ticket_no_make(ticket, no, sizeof(no)))
        return -1;
    int n = snprintf(body, sizeof(body), "%s%03d", no, print);
    int wrote = snprintf(out, size, "%s%06d", body, barcode_check(body, (size_t)n, secret));
    return wrote > 0 && (size_t)wrote < size ? 0 : -1;
}

int pn_barcode_read(const char *text, int64_t *ticket, int *print)
{
    size_t len = strlen(text);
    if (len < 2 + NO_DIGITS + 1 + 3 + CHECK_DIGITS || len >= PN_BARCODE_MAX)
        return -1;
    for (size_t i = 2; i < len; i++)
        if (text[i] < '0' || text[i] > '9')
            return -1;
    size_t no = len - CHECK_DIGITS - 3;
    int n = (text[no] - '0') * 100 + (text[no + 1] - '0') * 10 + (text[no + 2] - '0');
    if (n > 255 || no_read(text, no, ticket))
        return -1;
    *print = n;
    return 0;
}

bool pn_barcode_good(const char *text, const unsigned char secret[PN_KEY_SECRET])
{
    int64_t ticket;
    int print;
    char want[PN_BARCODE_MAX];
    if (pn_barcode_read(text, &ticket, &print) ||
        pn_barcode_make(ticket, print, secret, want, sizeof(want)))
        return false;
    size_t n = strlen(want);
    return strlen(text) == n &&
           !sodium_memcmp(text + n - CHECK_DIGITS, want + n - CHECK_DIGITS, CHECK_DIGITS);
}

/* ---- short codes ---- */

void pn_short_make(char out[PN_SHORT_CHARS + 1])
{
    for (int i = 0; i < PN_SHORT_CHARS - 1; i++)
        out[i] = digits32[randombytes_uniform(32)];
    out[PN_SHORT_CHARS - 1] = digits32[(32 - luhn(out, PN_SHORT_CHARS - 1, 32, false)) % 32];
    out[PN_SHORT_CHARS] = 0;
}

bool pn_short_good(const char *text)
{
    if (strlen(text) != PN_SHORT_CHARS)
        return false;
    for (const char *c = text; *c; c++)
        if (digit_of(*c) < 0)
            return false;
    return !luhn(text, PN_SHORT_CHARS, 32, true);
}

/* ---- recognition ---- */

/* Scanners in AIM mode put "]Q1" (QR), "]C0" (Code 128) … before the data. */
static const char *after_prefix(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    if (text[0] == ']' && isalpha((unsigned char)text[1]) && isalnum((unsigned char)text[2]))
        return text + 3;
    return text;
}

static void upper(char *text)
{
    for (; *text; text++)
        *text = (char)toupper((unsigned char)*text);
}

pn_code_kind pn_code_kind_of(const char *scanned, char *out, size_t size)
{
    const char *from = after_prefix(scanned);
    size_t len = strlen(from);
    while (len && isspace((unsigned char)from[len - 1]))
        len--;
    out[0] = 0;
    if (!len || len >= size)
        return PN_CODE_NONE;
    for (size_t i = 0; i < len; i++)
        if (iscntrl((unsigned char)from[i]))
            return PN_CODE_NONE;
    memcpy(out, from, len);
    out[len] = 0;

    pn_pn1 pn1;
    unsigned char raw[PN_PN1_BYTES];
    int64_t ticket;
    int print;
    pn_code_kind kind = !pn_pn1_read(out, &pn1, raw)              ? PN_CODE_PN1
                        : !pn_barcode_read(out, &ticket, &print) ? PN_CODE_BARCODE
                        : pn_short_good(out)                     ? PN_CODE_SHORT
                                                                 : PN_CODE_FOREIGN;
    if (kind != PN_CODE_FOREIGN)
        upper(out);
    return kind;
}
