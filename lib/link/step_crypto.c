/* SPDX-License-Identifier: Apache-2.0 */
/* step_crypto.c — the steps that need OpenSSL: digests, signatures, ciphers, certificates. SHA-1
 * and MD5 are here because vendors' protocols ask for them; nothing else may. */
#include <stdlib.h>
#include <string.h>


#include "base/ssl_int.h"
#include "link/engine_int.h"
#include "link/key_int.h"

enum { GCM_TAG = 16, AES_BLOCK = 16 };

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static int digest_of(pni_scope *s, const pni_tree *step, const EVP_MD **md)
{
    const char *alg = pni_tree_text(step, "alg", "");
    *md = !strcmp(alg, "md5")      ? EVP_md5()
          : !strcmp(alg, "sha1")   ? EVP_sha1()
          : !strcmp(alg, "sha256") ? EVP_sha256()
          : !strcmp(alg, "sm3")    ? EVP_sm3()
                                   : NULL;
    return *md ? 0 : pni_step_fail(s, step, pn_tr("there is no algorithm '%s'"), alg);
}

int pni_step_digest(pni_scope *s, const pni_tree *step)
{
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    const EVP_MD *md;
    pni_span v;
    PN_TRY(pni_step_input(s, step, &v));
    PN_TRY(digest_of(s, step, &md));
    if (!EVP_Digest(v.s, v.n, out, &n, md, NULL))
        return none(s->p);
    PN_TRY(pni_span_copy(s->p, (const char *)out, n, &v));
    return pni_step_give(s, v);
}

static int hmac(pni_scope *s, const EVP_MD *md, pni_span key, pni_span text, pni_span *out)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (!HMAC(md, key.s, (int)key.n, (const unsigned char *)text.s, text.n, mac, &n))
        return none(s->p);
    return pni_span_copy(s->p, (const char *)mac, n, out);
}

int pni_step_hmac(pni_scope *s, const pni_tree *step)
{
    const EVP_MD *md;
    pni_span v, key;
    PN_TRY(pni_step_input(s, step, &v));
    PN_TRY(digest_of(s, step, &md));
    PN_TRY(pni_ref(s, pni_tree_text(step, "key", ""), &key));
    PN_TRY(hmac(s, md, key, v, &v));
    return pni_step_give(s, v);
}

/* A key made of a key: each part is the next message, each result the next key. */
int pni_step_derive(pni_scope *s, const pni_tree *step)
{
    const pni_tree *parts = pni_tree_get(step, "parts");
    const EVP_MD *md;
    pni_span key, v;
    PN_TRY(digest_of(s, step, &md));
    PN_TRY(pni_expand(s, pni_tree_text(step, "key", ""), &key));
    for (size_t i = 0; i < parts->n; i++) {
        PN_TRY(pni_expand(s, parts->item[i]->text, &v));
        PN_TRY(hmac(s, md, key, v, &key));
    }
    return pni_step_give(s, key);
}

/* ---- RSA, PKCS#1 v1.5 ---- */

static void drop_md(EVP_MD_CTX **c)
{
    EVP_MD_CTX_free(*c);
}

/* A key that is locked has its password beside it: secret.sand_key, secret.sand_key_password. */
static int own_key(pni_scope *s, const pni_tree *step, EVP_PKEY **key)
{
    const char *ref = pni_tree_text(step, "key", "");
    pni_span text, password = {NULL, 0};
    bool named = !strncmp(ref, "secret.", 7);
    const char *beside = named ? pn_printf(s->p, "%s_password?", ref) : NULL;
    if (named && !beside)
        return none(s->p);
    PN_TRY(pni_ref(s, ref, &text));
    if (named)
        PN_TRY(pni_ref(s, beside, &password));
    int why = pni_key_private(s->p, text, password, key);
    return why == PNI_KEY_GOOD ? 0 : pni_key_refused(s, ref, why, password.s != NULL);
}

int pni_step_sign(pni_scope *s, const pni_tree *step)
{
    const EVP_MD *md;
    pni_span v;
    PN_AUTO_KEY EVP_PKEY *key = NULL;
    PN_TRY(pni_step_input(s, step, &v));
    PN_TRY(digest_of(s, step, &md));
    PN_TRY(own_key(s, step, &key));
    __attribute__((cleanup(drop_md))) EVP_MD_CTX *c = EVP_MD_CTX_new();
    size_t n = (size_t)EVP_PKEY_get_size(key);
    unsigned char *sig = pn_alloc(s->p, n + 1);
    if (!c || !sig)
        return none(s->p);
    if (EVP_DigestSignInit(c, NULL, md, NULL, key) != 1 ||
        EVP_DigestSign(c, sig, &n, (const unsigned char *)v.s, v.n) != 1)
        return pn_fail(s->p, PN_ECONF, NULL, pn_tr("Connector %s: the key cannot sign"),
                       s->link->name);
    return pni_step_give(s, (pni_span){(char *)sig, n});
}

int pni_key_verify(pn *p, pni_span pem, const EVP_MD *md, pni_span text, pni_span sig, bool *good)
{
    PN_AUTO_KEY EVP_PKEY *key = NULL;
    PN_TRY(pni_key_public(p, pem, &key));
    __attribute__((cleanup(drop_md))) EVP_MD_CTX *c = EVP_MD_CTX_new();
    if (!c)
        return none(p);
    *good = EVP_DigestVerifyInit(c, NULL, md, NULL, key) == 1 &&
            EVP_DigestVerify(c, (const unsigned char *)sig.s, sig.n, (const unsigned char *)text.s,
                             text.n) == 1;
    ERR_clear_error();
    return 0;
}

static int wrong(pni_scope *s)
{
    s->verdict = PNI_NOTICE_BAD;
    return pn_fail(s->p, PN_EPERM, "signature", "%s", pn_tr("The signature is wrong"));
}

typedef struct signature { const EVP_MD *md; pni_span text, sig; } signature;

static int fits(pni_scope *s, pni_span pem, void *arg, bool *good)
{
    const signature *v = arg;
    return pni_key_verify(s->p, pem, v->md, v->text, v->sig, good);
}

/* The stack keeps the text, so that what follows may work on what was signed. */
int pni_step_verify(pni_scope *s, const pni_tree *step)
{
    const char *ring = pni_tree_text(step, "ring", NULL);
    signature v;
    pni_span pem = {NULL, 0}, id;
    bool good = false;
    PN_TRY(pni_step_input(s, step, &v.text));
    PN_TRY(digest_of(s, step, &v.md));
    PN_TRY(pni_ref(s, pni_tree_text(step, "signature", ""), &v.sig));
    if (!v.sig.s || !v.sig.n)
        return wrong(s);
    if (pni_base64_read(s->p, v.sig, &v.sig))
        return pn_error(s->p)->code == PN_EMEM ? PN_EMEM : wrong(s);
    if (pni_tree_is(step, "each")) {
        PN_TRY(pni_ring_any(s, fits, &v, &good));
        return good ? 0 : wrong(s);
    }
    if (ring) {
        PN_TRY(pni_ref(s, ring, &id));
        PN_TRY(pni_ring_key(s, id.s ? id.s : "", &pem));
    } else {
        PN_TRY(pni_ref(s, pni_tree_text(step, "key", ""), &pem));
    }
    PN_TRY(fits(s, pem, &v, &good));
    return good ? 0 : wrong(s);
}

/* ---- ciphers ---- */

static void drop_cipher(EVP_CIPHER_CTX **c)
{
    EVP_CIPHER_CTX_free(*c);
}
static void drop_pctx(EVP_PKEY_CTX **c)
{
    EVP_PKEY_CTX_free(*c);
}

typedef struct sealing {
    const EVP_CIPHER *cipher;
    pni_span key, nonce, aad;
    bool gcm, seal;
} sealing;

/* The ciphertext of GCM carries its tag at its end. */
static int run_cipher(pni_scope *s, const sealing *w, pni_span in, pni_span *out)
{
    static const unsigned char zero[AES_BLOCK];
    __attribute__((cleanup(drop_cipher))) EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    unsigned char *text = pn_alloc(s->p, in.n + 2 * AES_BLOCK + GCM_TAG);
    size_t body = w->gcm && !w->seal ? in.n - GCM_TAG : in.n;
    int n = 0, more = 0;
    if (!c || !text)
        return none(s->p);
    const unsigned char *iv = w->gcm ? (const unsigned char *)w->nonce.s : zero;
    const unsigned char *from = (const unsigned char *)in.s;
    unsigned char tag[GCM_TAG] = {0};
    if (w->gcm && !w->seal)
        memcpy(tag, in.s + body, GCM_TAG);
    bool good = EVP_CipherInit_ex(c, w->cipher, NULL, NULL, NULL, w->seal) &&
                (!w->gcm ||
                 EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_IVLEN, (int)w->nonce.n, NULL)) &&
                EVP_CipherInit_ex(c, NULL, NULL, (const unsigned char *)w->key.s, iv, w->seal) &&
                (!w->aad.n || EVP_CipherUpdate(c, NULL, &more, (const unsigned char *)w->aad.s,
                                               (int)w->aad.n)) &&
                EVP_CipherUpdate(c, text, &n, from, (int)body) &&
                (!w->gcm || w->seal ||
                 EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, GCM_TAG, tag)) &&
                EVP_CipherFinal_ex(c, text + n, &more);
    if (good && w->gcm && w->seal)
        good = EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, GCM_TAG, text + n + more);
    ERR_clear_error();
    if (!good) {
        s->verdict = PNI_NOTICE_BAD;
        return pn_fail(s->p, PN_EPERM, "body", pn_tr("Connector %s: the text cannot be opened"),
                       s->link->name);
    }
    *out = (pni_span){(char *)text, (size_t)(n + more) + (w->gcm && w->seal ? GCM_TAG : 0)};
    text[out->n] = 0;
    return 0;
}

static int with_rsa(pni_scope *s, const pni_tree *step, bool seal, int padding, pni_span in,
                    pni_span *out)
{
    pni_span pem;
    PN_AUTO_KEY EVP_PKEY *key = NULL;
    if (seal) {
        PN_TRY(pni_ref(s, pni_tree_text(step, "key", ""), &pem));
        PN_TRY(pni_key_public(s->p, pem, &key));
    } else {
        PN_TRY(own_key(s, step, &key));
    }
    __attribute__((cleanup(drop_pctx))) EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(key, NULL);
    size_t n = (size_t)EVP_PKEY_get_size(key);
    unsigned char *text = pn_alloc(s->p, n + 1);
    if (!c || !text)
        return none(s->p);
    bool good = (seal ? EVP_PKEY_encrypt_init(c) : EVP_PKEY_decrypt_init(c)) == 1 &&
                EVP_PKEY_CTX_set_rsa_padding(c, padding) == 1 &&
                (seal ? EVP_PKEY_encrypt(c, text, &n, (const unsigned char *)in.s, in.n)
                      : EVP_PKEY_decrypt(c, text, &n, (const unsigned char *)in.s, in.n)) == 1;
    ERR_clear_error();
    *out = (pni_span){(char *)text, n};
    return good ? 0
                : pn_fail(s->p, PN_EPERM, "body", pn_tr("Connector %s: the text cannot be opened"),
                          s->link->name);
}

static int crypt(pni_scope *s, const pni_tree *step, bool seal)
{
    const char *alg = pni_tree_text(step, "alg", ""), *ref = pni_tree_text(step, "nonce", NULL);
    sealing w = {.seal = seal, .gcm = !strcmp(alg, "aes-256-gcm")};
    pni_span v;
    PN_TRY(pni_step_input(s, step, &v));
    if (!strcmp(alg, "rsa-oaep-sha1") || !strcmp(alg, "rsa-pkcs1")) {
        int padding = alg[4] == 'o' ? RSA_PKCS1_OAEP_PADDING : RSA_PKCS1_PADDING;
        PN_TRY(with_rsa(s, step, seal, padding, v, &v));
        return pni_step_give(s, v);
    }
    PN_TRY(pni_ref(s, pni_tree_text(step, "key", ""), &w.key));
    if (!strcmp(alg, "aes-ecb")) /* its key says which */
        alg = w.key.n == 16 ? "aes-128-ecb" : "aes-256-ecb";
    w.cipher = w.gcm                            ? EVP_aes_256_gcm()
               : !strcmp(alg, "aes-128-cbc")    ? EVP_aes_128_cbc()
               : !strcmp(alg, "aes-128-ecb")    ? EVP_aes_128_ecb()
               : !strcmp(alg, "aes-256-ecb")    ? EVP_aes_256_ecb()
                                                : NULL;
    if (!w.cipher)
        return pni_step_fail(s, step, pn_tr("there is no algorithm '%s'"), alg);
    if (ref)
        PN_TRY(pni_ref(s, ref, &w.nonce));
    if ((ref = pni_tree_text(step, "aad", NULL)))
        PN_TRY(pni_ref(s, ref, &w.aad));
    if (w.key.n != (size_t)EVP_CIPHER_get_key_length(w.cipher))
        return pn_fail(s->p, PN_ECONF, NULL, pn_tr("Connector %s: the key for %s has %d bytes"),
                       s->link->name, alg, EVP_CIPHER_get_key_length(w.cipher));
    if (w.gcm && (!w.nonce.n || w.nonce.n > AES_BLOCK || (!seal && v.n < GCM_TAG))) {
        s->verdict = PNI_NOTICE_BAD;
        return pn_fail(s->p, PN_EPERM, "body", pn_tr("Connector %s: the text cannot be opened"),
                       s->link->name);
    }
    PN_TRY(run_cipher(s, &w, v, &v));
    return pni_step_give(s, v);
}

int pni_step_encrypt(pni_scope *s, const pni_tree *step)
{
    return crypt(s, step, true);
}

int pni_step_decrypt(pni_scope *s, const pni_tree *step)
{
    return crypt(s, step, false);
}

/* ---- certificates ---- */

int pni_step_cert(pni_scope *s, const pni_tree *step)
{
    const char *as = pni_tree_text(step, "as", "");
    pni_span v;
    PN_TRY(pni_step_input(s, step, &v));
    if (!strcmp(as, "serial"))
        PN_TRY(pni_cert_serial(s->p, v, &v));
    else if (!strcmp(as, "alipay_sn"))
        PN_TRY(pni_cert_alipay_sn(s->p, v, false, &v));
    else if (!strcmp(as, "alipay_root_sn"))
        PN_TRY(pni_cert_alipay_sn(s->p, v, true, &v));
    else
        return pni_step_fail(s, step, pn_tr("there is nothing '%s' of a certificate"), as);
    return pni_step_give(s, v);
}
