/* SPDX-License-Identifier: Apache-2.0 */
/* ssl.c — loads libcrypto. */
#define PNI_SSL_PLAIN
#include "ssl_int.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct pni_ssl loaded;
static bool ready;

static void load(void)
{
    void *so = dlopen("libcrypto.so.3", RTLD_LAZY | RTLD_LOCAL);
    ready = so != NULL;
#define SSL(name)                                                                                  \
    loaded.name##_ = ready ? (__typeof__(&name))dlsym(so, #name) : NULL;                           \
    ready = ready && loaded.name##_;
#include "base/ssl.def"
#undef SSL
}

const struct pni_ssl *pni_ssl(void)
{
    pthread_once(&once, load);
    return &loaded;
}

int pni_ssl_need(pn *p)
{
    (void)pni_ssl();
    if (ready)
        return 0;
    pn_fail(p, PN_ECONF, NULL, "%s", pn_tr("The library that signs and seals (libcrypto.so.3)"
                                           " cannot be loaded"));
    return pn_hint(p, "%s", pn_tr("Install libssl3."));
}
