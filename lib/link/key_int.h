/* SPDX-License-Identifier: Apache-2.0 */
/* key_int.h — keys and certificates in every shape that vendors hand out. */
#ifndef PNI_KEY_H
#define PNI_KEY_H


#include "base/ssl_int.h"
#include "link/engine_int.h"

#pragma GCC visibility push(hidden)

void pni_key_drop(EVP_PKEY **key);
#define PN_AUTO_KEY __attribute__((cleanup(pni_key_drop)))

/** Why a key is none. */
enum { PNI_KEY_GOOD, PNI_KEY_NONE, PNI_KEY_LOCKED, PNI_KEY_STRANGE };
/** PEM (PKCS#1, PKCS#8), bare base64 of either, or PKCS#12; `password` of what is locked, s NULL:
 *  there is none. LOCKED: it does not open with that. STRANGE: the password is right, and still. */
int pni_key_private(pn *p, pni_span text, pni_span password, EVP_PKEY **out);
/** PEM of a key or a certificate, bare base64, or a certificate in DER. PN_ECONF. */
PN_MUST int pni_key_read(pn *p, pni_span text, EVP_PKEY **out);
/** The same, for keys that come again: whoever asked first had it read. */
PN_MUST int pni_key_public(pn *p, pni_span text, EVP_PKEY **out);
PN_MUST int pni_key_verify(pn *p, pni_span pem, const EVP_MD *md, pni_span text, pni_span sig,
                           bool *good);
/** Serial of a PEM certificate, upper hex. */
PN_MUST int pni_cert_serial(pn *p, pni_span pem, pni_span *out);
/** Alipay's number of a certificate; with `bundle`, those of every RSA-signed one, joined by _ . */
PN_MUST int pni_cert_alipay_sn(pn *p, pni_span pem, bool bundle, pni_span *out);
/** The time between which it is valid. */
PN_MUST int pni_cert_valid(pn *p, pni_span pem, int64_t now_s, bool *valid);

#pragma GCC visibility pop
#endif
