/* SPDX-License-Identifier: Apache-2.0 */
/* known_key.c — public keys that were read before. To make a key of its text costs OpenSSL ten
 * times what it costs to verify with it, and a provider's notices all come with the same few keys.
 * A key is found by its whole text, so that a file that changed is read anew. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "link/key_int.h"

enum { KEYS = 32 };

typedef struct known {
    char *text;
    size_t n;
    EVP_PKEY *key;
} known;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static known keys[KEYS];
static unsigned next; /* the place of the next, the oldest once all are taken */

static EVP_PKEY *held(pni_span text)
{
    EVP_PKEY *key = NULL;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < KEYS && !key; i++)
        if (keys[i].key && keys[i].n == text.n && !memcmp(keys[i].text, text.s, text.n))
            key = keys[i].key;
    if (key && EVP_PKEY_up_ref(key) != 1)
        key = NULL;
    pthread_mutex_unlock(&lock);
    return key;
}

/* Without memory it is read again the next time. */
static void hold(pni_span text, EVP_PKEY *key)
{
    char *copy = pni_malloc(text.n + 1);
    if (!copy)
        return;
    memcpy(copy, text.s, text.n);
    if (EVP_PKEY_up_ref(key) != 1) {
        free(copy);
        return;
    }
    pthread_mutex_lock(&lock);
    known *k = &keys[next++ % KEYS], old = *k;
    *k = (known){copy, text.n, key};
    pthread_mutex_unlock(&lock);
    free(old.text);
    EVP_PKEY_free(old.key);
}

int pni_key_public(pn *p, pni_span text, EVP_PKEY **out)
{
    *out = text.n ? held(text) : NULL;
    if (*out)
        return 0;
    PN_TRY(pni_key_read(p, text, out));
    hold(text, *out);
    return 0;
}
