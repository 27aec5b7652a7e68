/* SPDX-License-Identifier: Apache-2.0 */
/* ssl.c — loads libcrypto. */
#define PNI_SSL_PLAIN
#include "ssl_int.h"

#include <dlfcn.h>
#include <pthread.h>

struct pni_ssl pni_ssl;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool ready;

static void load(void)
{
    void *so = dlopen("libcrypto.so.3", RTLD_LAZY | RTLD_LOCAL);
    ready = so != NULL;
#define SSL(name)                                                                                  \
    pni_ssl.name##_ = ready ? (__typeof__(&name))dlsym(so, #name) : NULL;                          \
    ready = ready && pni_ssl.name##_;
#include "base/ssl.def"
#undef SSL
}

bool pni_ssl_load(void)
{
    pthread_once(&once, load);
    return ready;
}
