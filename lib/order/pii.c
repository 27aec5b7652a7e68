/* SPDX-License-Identifier: Apache-2.0 */
/* pii.c — personal data of orders at rest, and the signature of providers' notices. */
#include <stdio.h>
#include <string.h>

#include "base/crypt_int.h"
#include "order/payment_int.h"

int pni_pii_seal(pn *p, int64_t id, const char *text, pn_bytes *out)
{
    *out = (pn_bytes){0};
    if (!text || !*text)
        return 0;
    return pni_seal(p, "order.person", id, (pn_bytes){text, strlen(text)}, out);
}

int pni_pii_open(pn *p, int64_t id, pn_bytes sealed, const char **text)
{
    pn_bytes clear;
    *text = NULL;
    if (!sealed.len)
        return 0;
    PN_TRY(pni_unseal(p, "order.person", id, sealed, &clear));
    char *copy = pn_alloc(p, clear.len + 1);
    if (!copy)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    memcpy(copy, clear.data, clear.len);
    *text = copy;
    return 0;
}

int pni_pii_hash(pn *p, const char *kind, const char *text, pn_bytes *out)
{
    return pni_keyed_hash(p, kind, text, out);
}

static char *hex_of(pn *p, const char *prefix, pn_bytes b)
{
    static const char digit[] = "0123456789abcdef";
    size_t at = strlen(prefix);
    char *s = pn_alloc(p, at + b.len * 2 + 1);
    const unsigned char *data = b.data;
    if (!s)
        return NULL;
    memcpy(s, prefix, at);
    for (size_t i = 0; i < b.len; i++) {
        s[at + 2 * i] = digit[data[i] >> 4];
        s[at + 2 * i + 1] = digit[data[i] & 15];
    }
    return s;
}

const char *pni_hex(pn *p, pn_bytes b)
{
    return b.len ? hex_of(p, "\\x", b) : "";
}

int pni_notice_sign(pn *p, const struct pn_payment_notify *in, const char **signature)
{
    pn_bytes mac;
    const char *method = pn_word_name(pn_pay_methods, in->method);
    const char *key = pn_printf(p, "payment.notice.%s", method);
    const char *text = pn_printf(p, "%s|%s|%lld|%s|%lld", method, in->notice_id,
                                 (long long)in->payment, in->provider_no,
                                 (long long)in->amount_fen.fen);
    if (!key || !text)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(pni_keyed_hash(p, key, text, &mac));
    *signature = hex_of(p, "", mac);
    return *signature ? 0 : pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}
