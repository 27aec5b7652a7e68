/* SPDX-License-Identifier: Apache-2.0 */
/* vendor_key.c — keys and certificates in the shapes vendors hand out, and the numbers that name
 * certificates: the serial (WeChat), and Alipay's hash of issuer and serial. */
#include <string.h>


#include "base/ssl_int.h"
#include "link/key_int.h"

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

void pni_key_drop(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}
static void drop_bio(BIO **b)
{
    BIO_free(*b);
}
#define AUTO_BIO __attribute__((cleanup(drop_bio))) BIO *
static void drop_x509(X509 **x)
{
    X509_free(*x);
}
#define AUTO_X509 __attribute__((cleanup(drop_x509))) X509 *
static void drop_bn(BIGNUM **n)
{
    BN_free(*n);
}
#define AUTO_BN __attribute__((cleanup(drop_bn))) BIGNUM *

static BIO *bio_of(pni_span text)
{
    return BIO_new_mem_buf(text.s ? text.s : "", (int)text.n);
}

static bool is_pem(pni_span text)
{
    return text.n && memmem(text.s, text.n, "-----BEGIN", 10);
}

/* Not PEM: base64 without its frame, or the bytes themselves. */
static pni_span der_of(pn *p, pni_span text)
{
    pni_span der;
    if (text.n && text.s[0] == 0x30 && (text.s[1] & 0x80))
        return text;
    return pni_base64_read(p, text, &der) ? (pni_span){"", 0} : der;
}

/* ---- keys ---- */

/* How a password goes to whoever asks for it; without one nobody at a terminal is asked. */
static int give_password(char *buf, int size, int rwflag, void *u)
{
    const pni_span *password = u;
    (void)rwflag;
    if (!password->s || password->n > (size_t)size)
        return -1;
    memcpy(buf, password->s, password->n);
    return (int)password->n;
}

/* Files of older makers are locked in ways that OpenSSL keeps apart: those are there while one is
 * opened, and no longer. */
static EVP_PKEY *parsed(PKCS12 *pfx, const char *password)
{
    EVP_PKEY *key = NULL;
    X509 *cert = NULL;
    OSSL_PROVIDER *old = NULL;
    if (!PKCS12_parse(pfx, password, &key, &cert, NULL)) {
        old = OSSL_PROVIDER_try_load(NULL, "legacy", 1);
        if (old && !PKCS12_parse(pfx, password, &key, &cert, NULL))
            key = NULL;
    }
    if (old)
        OSSL_PROVIDER_unload(old);
    X509_free(cert);
    return key;
}

static int from_pfx(pni_span der, pni_span password, EVP_PKEY **key)
{
    AUTO_BIO b = bio_of(der);
    PKCS12 *pfx = b ? d2i_PKCS12_bio(b, NULL) : NULL;
    const char *with = password.s ? password.s : "";
    if (!pfx)
        return PNI_KEY_NONE;
    bool opens = PKCS12_verify_mac(pfx, with, -1) || (!*with && PKCS12_verify_mac(pfx, NULL, 0));
    if (opens)
        *key = parsed(pfx, with);
    PKCS12_free(pfx);
    return *key ? PNI_KEY_GOOD : opens ? PNI_KEY_STRANGE : PNI_KEY_LOCKED;
}

static int from_pem(pni_span text, pni_span password, EVP_PKEY **key)
{
    AUTO_BIO b = bio_of(text);
    *key = b ? PEM_read_bio_PrivateKey(b, NULL, give_password, &password) : NULL;
    bool locked = memmem(text.s, text.n, "ENCRYPTED", 9) != NULL;
    return *key ? PNI_KEY_GOOD : locked ? PNI_KEY_LOCKED : PNI_KEY_NONE;
}

int pni_key_private(pn *p, pni_span text, pni_span password, EVP_PKEY **out)
{
    int why = PNI_KEY_GOOD;
    *out = NULL;
    if (is_pem(text)) {
        why = from_pem(text, password, out);
    } else {
        pni_span der = der_of(p, text);
        const unsigned char *at = (const unsigned char *)der.s;
        *out = d2i_AutoPrivateKey(NULL, &at, (long)der.n);
        if (!*out)
            why = from_pfx(der, password, out);
    }
    ERR_clear_error();
    return why;
}

int pni_key_read(pn *p, pni_span text, EVP_PKEY **out)
{
    *out = NULL;
    if (is_pem(text) && memmem(text.s, text.n, "BEGIN CERT", 10)) {
        AUTO_BIO b = bio_of(text);
        AUTO_X509 x = b ? PEM_read_bio_X509(b, NULL, NULL, NULL) : NULL;
        *out = x ? X509_get_pubkey(x) : NULL;
    } else if (is_pem(text)) {
        AUTO_BIO b = bio_of(text);
        *out = b ? PEM_read_bio_PUBKEY(b, NULL, NULL, NULL) : NULL;
    } else {
        pni_span der = der_of(p, text);
        const unsigned char *at = (const unsigned char *)der.s;
        *out = d2i_PUBKEY(NULL, &at, (long)der.n);
        at = (const unsigned char *)der.s;
        AUTO_X509 x = *out ? NULL : d2i_X509(NULL, &at, (long)der.n);
        if (x)
            *out = X509_get_pubkey(x);
    }
    ERR_clear_error();
    return *out ? 0 : pn_fail(p, PN_ECONF, NULL, "%s", pn_tr("A public key is not readable"));
}

/* ---- certificates ---- */

static int unreadable(pn *p)
{
    ERR_clear_error();
    return pn_fail(p, PN_ECONF, NULL, "%s", pn_tr("A certificate is not readable"));
}

int pni_cert_serial(pn *p, pni_span pem, pni_span *out)
{
    AUTO_BIO b = bio_of(pem);
    AUTO_X509 x = b ? PEM_read_bio_X509(b, NULL, NULL, NULL) : NULL;
    AUTO_BN n = x ? ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL) : NULL;
    char *hex = n ? BN_bn2hex(n) : NULL;
    if (!hex)
        return unreadable(p);
    int rc = pni_span_copy(p, hex, strlen(hex), out);
    OPENSSL_free(hex);
    return rc;
}

int pni_cert_valid(pn *p, pni_span pem, int64_t now_s, bool *valid)
{
    time_t now = (time_t)now_s;
    AUTO_BIO b = bio_of(pem);
    AUTO_X509 x = b ? PEM_read_bio_X509(b, NULL, NULL, NULL) : NULL;
    if (!x)
        return unreadable(p);
    *valid = X509_cmp_time(X509_get0_notBefore(x), &now) < 0 &&
             X509_cmp_time(X509_get0_notAfter(x), &now) > 0;
    return 0;
}

/* md5(issuer in reverse order, serial in decimal): OpenSSL's RFC 2253 order is that reverse. */
static int alipay_sn(pn *p, X509 *x, pn_buf *out)
{
    AUTO_BIO b = BIO_new(BIO_s_mem());
    AUTO_BN n = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
    char *decimal = n ? BN_bn2dec(n) : NULL, *issuer = NULL;
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    enum { HOW = XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB };
    if (b && decimal)
        X509_NAME_print_ex(b, X509_get_issuer_name(x), 0, HOW);
    long size = b ? BIO_get_mem_data(b, &issuer) : 0;
    const char *text = decimal ? pn_printf(p, "%.*s%s", (int)size, issuer, decimal) : NULL;
    OPENSSL_free(decimal);
    if (!text || !EVP_Digest(text, strlen(text), hash, &len, EVP_md5(), NULL))
        return none(p);
    pn_buf_puts(out, out->len ? "_" : "");
    for (unsigned i = 0; i < len; i++)
        pn_buf_putf(out, "%02x", hash[i]);
    return out->bad ? none(p) : 0;
}

/* The bundle also holds certificates of other algorithms; those do not count. */
static bool rsa_signed(const X509 *x)
{
    char oid[80];
    const ASN1_OBJECT *alg = NULL;
    const X509_ALGOR *how = NULL;
    X509_get0_signature(NULL, &how, x);
    X509_ALGOR_get0(&alg, NULL, NULL, how);
    OBJ_obj2txt(oid, sizeof oid, alg, 1);
    return !strncmp(oid, "1.2.840.113549.1.1.", 19);
}

int pni_cert_alipay_sn(pn *p, pni_span pem, bool bundle, pni_span *out)
{
    AUTO_BIO b = bio_of(pem);
    pn_buf text = pn_buf_new(p);
    int found = 0;
    while (b) {
        AUTO_X509 x = PEM_read_bio_X509(b, NULL, NULL, NULL);
        if (!x)
            break;
        if (!bundle || rsa_signed(x))
            PN_TRY(alipay_sn(p, x, &text));
        found++;
        if (!bundle)
            break;
    }
    ERR_clear_error();
    if (!found || !text.len)
        return unreadable(p);
    *out = (pni_span){text.text, text.len};
    return 0;
}
