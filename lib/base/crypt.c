/* SPDX-License-Identifier: Apache-2.0 */
/* crypt.c — what must stay secret even from somebody who reads the database.
 *
 * Passwords are slow hashes. Secrets that must be read again (second factors, personal data) are
 * sealed by a key that is not in the database; a sealed value that is copied into another row or
 * column does not open, because its place is part of what is authenticated. */
#include "crypt_int.h"
#include "ssl_int.h"
#include "unit_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    KEY = 32,
    NONCE = 12,
    TAG = 16,
    HEAD = 2, /* version, key id */
    VERSION = 1,
    KEYS_MOST = 255,
};

/* ---- key files ---- */

static const char *folder(pn *p)
{
    const char *named = pn_conf(pn_unit_ctx(p), "keys.dir");
    return *named ? pn_strdup(p, named)
                  : pn_printf(p, "%s/keys", pn_state_dir(pn_unit_ctx(p)));
}

static int refuse(pn *p, const char *path, const char *why)
{
    return pn_fail(p, PN_ECONF, NULL, pn_tr("Key file %s: %s"), path, why);
}

static int read_key(pn *p, const char *path, unsigned char key[KEY])
{
    char text[KEY * 2 + 2] = "";
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT) {
        refuse(p, path, pn_tr("it does not exist"));
        return pn_hint(p, "%s", pn_tr("pn init makes the keys; a second machine needs copies"));
    }
    if (fd < 0)
        return refuse(p, path, strerrordesc_np(errno));
    bool open_to_all = fstat(fd, &st) || (st.st_mode & 077);
    ssize_t n = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (open_to_all)
        return refuse(p, path, pn_tr("others can read it; run chmod 600"));
    size_t len = 0;
    text[strcspn(text, "\n")] = 0;
    int bad = n < 0 || sodium_hex2bin(key, KEY, text, strlen(text), NULL, &len, NULL) || len != KEY;
    sodium_memzero(text, sizeof(text));
    return bad ? refuse(p, path, pn_tr("it is damaged")) : PN_OK;
}

/* A unit reads a key once, and forgets it with its end. */
static int key_of(pn *p, const char *path, const unsigned char **key)
{
    struct pni_secret *s = p->secrets;
    while (s && strcmp(s->path, path))
        s = s->next;
    if (!s) {
        s = pn_alloc(p, sizeof(*s));
        if (!s)
            return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
        PN_TRY(read_key(p, path, s->key));
        s->path = path;
        s->next = p->secrets;
        p->secrets = s;
    }
    *key = s->key;
    return PN_OK;
}

void pni_secrets_forget(pn *p)
{
    for (struct pni_secret *s = p->secrets; s; s = s->next)
        sodium_memzero(s->key, sizeof(s->key));
    p->secrets = NULL;
}

/* Written beside its place and linked into it: a crash leaves a whole key or none, and of two
 * makers one wins. */
static int make_key(pn *p, const char *path)
{
    unsigned char key[KEY];
    char text[KEY * 2 + 1];
    struct stat st;
    if (!stat(path, &st))
        return PN_OK;
    const char *part = pn_printf(p, "%s.%d", path, (int)getpid());
    int fd = part ? open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
    if (fd < 0)
        return part ? refuse(p, path, strerrordesc_np(errno)) : PN_EMEM;
    randombytes_buf(key, sizeof(key));
    sodium_bin2hex(text, sizeof(text), key, sizeof(key));
    bool ok = dprintf(fd, "%s\n", text) == KEY * 2 + 1 && !fsync(fd);
    ok = !close(fd) && ok && (!link(part, path) || errno == EEXIST);
    int error = errno;
    unlink(part);
    sodium_memzero(key, sizeof(key));
    sodium_memzero(text, sizeof(text));
    return ok ? PN_OK : refuse(p, path, strerrordesc_np(error));
}

int pni_crypt_init(pn *p)
{
    const char *dir = folder(p);
    const char *seal = pn_printf(p, "%s/seal-1.key", dir ? dir : "");
    const char *hash = pn_printf(p, "%s/hash.key", dir ? dir : "");
    if (!dir || !seal || !hash || sodium_init() < 0)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (char *slash = strchr(dir + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        const char *part = pn_printf(p, "%.*s", (int)(slash - dir), dir);
        if (part && mkdir(part, 0755) && errno != EEXIST)
            return refuse(p, part, strerrordesc_np(errno));
    }
    if (mkdir(dir, 0700) && errno != EEXIST)
        return refuse(p, dir, strerrordesc_np(errno));
    PN_TRY(make_key(p, seal));
    return make_key(p, hash);
}

/* The highest number is the key in use; older ones only open. */
static int newest(pn *p, const char *dir, int *id)
{
    *id = p->seal_key;
    if (*id)
        return PN_OK;
    DIR *files = opendir(dir);
    const struct dirent *entry;
    *id = 1;
    while (files && (entry = readdir(files))) {
        long n = strncmp(entry->d_name, "seal-", 5) ? 0 : strtol(entry->d_name + 5, NULL, 10);
        const char *name = pn_printf(p, "seal-%ld.key", n);
        if (n > *id && n <= KEYS_MOST && name && !strcmp(name, entry->d_name))
            *id = (int)n;
    }
    if (files)
        closedir(files);
    p->seal_key = *id;
    return PN_OK;
}

/* ---- sealing ---- */

/* What is authenticated besides the text: version, key, place. */
static char *place(pn *p, int key_id, const char *what, int64_t id)
{
    return pn_printf(p, "%d.%d.%s.%lld", VERSION, key_id, what, (long long)id);
}

static bool gcm_seal(const unsigned char *key, const char *aad, pn_bytes text, unsigned char *out)
{
    unsigned char *nonce = out + HEAD, *body = nonce + NONCE, *tag = body + text.len;
    int n = 0;
    EVP_CIPHER_CTX *gcm = EVP_CIPHER_CTX_new();
    randombytes_buf(nonce, NONCE);
    bool ok = gcm && EVP_EncryptInit_ex(gcm, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
              EVP_EncryptUpdate(gcm, NULL, &n, (const unsigned char *)aad,
                                (int)strlen(aad)) == 1 &&
              EVP_EncryptUpdate(gcm, body, &n, text.data, (int)text.len) == 1 &&
              EVP_EncryptFinal_ex(gcm, body + n, &n) == 1 &&
              EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_GCM_GET_TAG, TAG, tag) == 1;
    EVP_CIPHER_CTX_free(gcm);
    return ok;
}

static bool gcm_open(const unsigned char *key, const char *aad, const unsigned char *sealed,
                     size_t len, unsigned char *out)
{
    unsigned char tag[TAG];
    const unsigned char *nonce = sealed + HEAD, *body = nonce + NONCE;
    int n = 0;
    EVP_CIPHER_CTX *gcm = EVP_CIPHER_CTX_new();
    memcpy(tag, body + len, TAG);
    bool ok = gcm && EVP_DecryptInit_ex(gcm, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
              EVP_DecryptUpdate(gcm, NULL, &n, (const unsigned char *)aad,
                                (int)strlen(aad)) == 1 &&
              EVP_DecryptUpdate(gcm, out, &n, body, (int)len) == 1 &&
              EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1 &&
              EVP_DecryptFinal_ex(gcm, out + n, &n) == 1;
    EVP_CIPHER_CTX_free(gcm);
    return ok;
}

int pni_seal(pn *p, const char *what, int64_t id, pn_bytes text, pn_bytes *sealed)
{
    const unsigned char *key;
    const char *dir = folder(p);
    int key_id = 1;
    if (!dir || sodium_init() < 0)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(newest(p, dir, &key_id));
    const char *path = pn_printf(p, "%s/seal-%d.key", dir, key_id);
    const char *aad = place(p, key_id, what, id);
    unsigned char *out = pn_alloc(p, HEAD + NONCE + text.len + TAG);
    if (!path || !aad || !out)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(key_of(p, path, &key));
    out[0] = VERSION;
    out[1] = (unsigned char)key_id;
    bool ok = gcm_seal(key, aad, text, out);
    if (!ok)
        return pn_fail(p, PN_EINTERNAL, NULL, "%s: cannot be sealed", what);
    *sealed = (pn_bytes){out, HEAD + NONCE + text.len + TAG};
    return PN_OK;
}

int pni_unseal(pn *p, const char *what, int64_t id, pn_bytes sealed, pn_bytes *text)
{
    const unsigned char *key, *in = sealed.data;
    const char *dir = folder(p);
    if (sealed.len < HEAD + NONCE + TAG || in[0] != VERSION)
        return pn_fail(p, PN_EINTERNAL, NULL, pn_tr("%s: the sealed value is damaged"), what);
    const char *path = pn_printf(p, "%s/seal-%d.key", dir ? dir : "", in[1]);
    const char *aad = place(p, in[1], what, id);
    size_t len = sealed.len - HEAD - NONCE - TAG;
    unsigned char *out = pn_alloc(p, len + 1);
    if (!dir || !path || !aad || !out)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(key_of(p, path, &key));
    bool ok = gcm_open(key, aad, in, len, out);
    if (!ok) {
        pn_fail(p, PN_EINTERNAL, NULL, pn_tr("%s: the sealed value does not open with key %d"),
                what, in[1]);
        return pn_hint(p, pn_tr("Is %s the key of this database?"), path);
    }
    *text = (pn_bytes){out, len};
    return PN_OK;
}

int pni_keyed_hash(pn *p, const char *what, const char *text, pn_bytes *hash)
{
    const unsigned char *key;
    const char *dir = folder(p), *path = pn_printf(p, "%s/hash.key", dir ? dir : "");
    const char *whole = pn_printf(p, "%s\x1f%s", what, text);
    unsigned char *out = pn_alloc(p, PNI_HASH);
    if (!dir || !path || !whole || !out || sodium_init() < 0)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(key_of(p, path, &key));
    crypto_generichash(out, PNI_HASH, (const unsigned char *)whole, strlen(whole), key, KEY);
    *hash = (pn_bytes){out, PNI_HASH};
    return PN_OK;
}

/* ---- passwords ---- */

static void cost(pn *p, unsigned long long *ops, size_t *memory)
{
    const char *effort = pn_conf(pn_unit_ctx(p), "staff.password_effort");
    bool low = !strcmp(effort, "low"), high = !strcmp(effort, "high");
    *ops = low    ? crypto_pwhash_OPSLIMIT_MIN
           : high ? crypto_pwhash_OPSLIMIT_MODERATE
                  : crypto_pwhash_OPSLIMIT_INTERACTIVE;
    *memory = low    ? crypto_pwhash_MEMLIMIT_MIN
              : high ? crypto_pwhash_MEMLIMIT_MODERATE
                     : crypto_pwhash_MEMLIMIT_INTERACTIVE;
}

int pni_password_hash(pn *p, const char *password, const char **hash)
{
    unsigned long long ops;
    size_t memory;
    char *out = pn_alloc(p, crypto_pwhash_STRBYTES);
    cost(p, &ops, &memory);
    if (!out || sodium_init() < 0 ||
        crypto_pwhash_str_alg(out, password, strlen(password), ops, memory,
                              crypto_pwhash_ALG_ARGON2ID13))
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    *hash = out;
    return PN_OK;
}

bool pni_password_check(pn *p, const char *hash, const char *password)
{
    const char *spent;
    if (hash)
        return sodium_init() >= 0 && !crypto_pwhash_str_verify(hash, password, strlen(password));
    if (pni_password_hash(p, password, &spent)) /* the time is all that is wanted */
        return false;
    return false;
}

bool pni_password_stale(pn *p, const char *hash)
{
    unsigned long long ops;
    size_t memory;
    cost(p, &ops, &memory);
    return crypto_pwhash_str_needs_rehash(hash, ops, memory) != 0;
}

/* ---- small things ---- */

char *pni_base32(pn *p, const unsigned char *data, size_t len)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    size_t n = (len * 8 + 4) / 5;
    char *out = pn_alloc(p, n + 1);
    for (size_t i = 0; out && i < n; i++) {
        size_t bit = i * 5, at = bit / 8;
        unsigned pair = (unsigned)data[at] << 8 | (at + 1 < len ? data[at + 1] : 0u);
        out[i] = letters[pair >> (11 - bit % 8) & 31];
    }
    return out;
}

char *pni_random_text(pn *p, size_t bytes)
{
    unsigned char data[64];
    bytes = bytes < sizeof(data) ? bytes : sizeof(data);
    if (sodium_init() < 0)
        return NULL;
    randombytes_buf(data, bytes);
    char *text = pni_base32(p, data, bytes);
    sodium_memzero(data, sizeof(data));
    return text;
}

void pni_sha256(const char *text, unsigned char hash[PNI_HASH])
{
    crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
}
