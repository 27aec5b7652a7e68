/* SPDX-License-Identifier: Apache-2.0 */
/* code.h — what a gate reads: the signed PN1 code, the printed barcode, short codes for wedges.
 *
 * Pure functions: no unit, no database. Keys are libsodium's Ed25519 keys. */
#ifndef PN_TICKET_CODE_H
#define PN_TICKET_CODE_H

#include "base/api.h"

PN_BEGIN

enum {
    PN_PN1_BYTES = 86,   /* 22 of payload, 64 of signature */
    PN_PN1_CHARS = 141,  /* "PN1" and 138 of base32: a version 6-M QR code in alphanumeric mode */
    PN_SHORT_CHARS = 17, /* 80 random bits and a check character */
    PN_BARCODE_MAX = 40,
    PN_KEY_PUBLIC = 32,
    PN_KEY_SECRET = 64,
    PN_PN1_PAPER = 1 << 0, /* flag: the code was printed */
};

typedef struct pn_pn1 {
    int key;              /* 1..65535 */
    int64_t session, ticket;
    int issue, print;     /* 0..255 */
    int flags;            /* 0..255 */
} pn_pn1;

/** What a scanned text is, the scanner's habits (AIM prefix, blanks, lower case) undone. */
typedef enum pn_code_kind {
    PN_CODE_NONE,    /* nothing we ever wrote */
    PN_CODE_PN1,
    PN_CODE_BARCODE, /* ticket number, print number, check */
    PN_CODE_SHORT,   /* our short code with a good check character */
    PN_CODE_FOREIGN, /* something printable: perhaps an imported code */
} pn_code_kind;

/** A fresh key pair. 0, or -1 when the random source failed. */
PN_MUST int pn_key_make(unsigned char pub[PN_KEY_PUBLIC], unsigned char secret[PN_KEY_SECRET]);
/** The public half of a secret key. */
void pn_key_public(const unsigned char secret[PN_KEY_SECRET], unsigned char pub[PN_KEY_PUBLIC]);

/** Sign. -1 when a number does not fit its field. `out` ends with NUL. */
PN_MUST int pn_pn1_make(const pn_pn1 *code, const unsigned char secret[PN_KEY_SECRET],
                        char out[PN_PN1_CHARS + 1]);
/** Undo the text. -1 when it is not the one spelling of 86 bytes; it may be forged all the same. */
PN_MUST int pn_pn1_read(const char *text, pn_pn1 *out, unsigned char raw[PN_PN1_BYTES]);
/** Is it version 1 and signed with this key? */
bool pn_pn1_good(const unsigned char raw[PN_PN1_BYTES], const unsigned char pub[PN_KEY_PUBLIC]);

/** "TP" + the ticket id in at least 12 digits + Luhn digit: routes without a look-up. */
PN_MUST int pn_ticket_no_make(int64_t ticket, char *out, size_t size);
PN_MUST int pn_ticket_no_read(const char *text, int64_t *ticket);
/** Ticket number + 3 digits of print number + 6 check digits keyed with the secret key, so that
 *  a paper cannot be made from a known ticket number. */
PN_MUST int pn_barcode_make(int64_t ticket, int print, const unsigned char secret[PN_KEY_SECRET],
                            char *out, size_t size);
/** Split it; the check digits are compared by pn_barcode_good(). */
PN_MUST int pn_barcode_read(const char *text, int64_t *ticket, int *print);
bool pn_barcode_good(const char *text, const unsigned char secret[PN_KEY_SECRET]);

/** 16 random characters and a check character (Luhn over base 32). */
void pn_short_make(char out[PN_SHORT_CHARS + 1]);
bool pn_short_good(const char *text);

/** Clean what a scanner sent into `out` (at most size - 1 characters) and tell what it is. */
pn_code_kind pn_code_kind_of(const char *scanned, char *out, size_t size);

/** Crockford base32, upper case, without padding. Returns the characters written, not counting NUL;
 *  0 when `size` is too small. */
size_t pn_base32_write(const unsigned char *data, size_t len, char *out, size_t size);
/** Lower case, O, I and L are understood. Exactly `len` bytes, spare bits zero, or -1. */
PN_MUST int pn_base32_read(const char *text, unsigned char *out, size_t len);

PN_END
#endif
