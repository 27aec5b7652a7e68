/* SPDX-License-Identifier: Apache-2.0 */
/* pen.c — loads the drawing libraries on first use. */
#define PNI_PEN_PLAIN
#include "ticket/pen_int.h"

#include <dlfcn.h>
#include <pthread.h>

struct pni_pen pni_pen;

static pthread_once_t once = PTHREAD_ONCE_INIT, once_codes = PTHREAD_ONCE_INIT;
static bool ready, ready_codes;

static void load_codes(void)
{
    void *codes = dlopen("libqrencode.so.4", RTLD_NOW | RTLD_LOCAL);
    ready_codes = codes != NULL;
#define PEN(name)                                                                                  \
    if (codes && #name[0] == 'Q') {                                                                \
        pni_pen.name##_ = (__typeof__(&name))dlsym(codes, #name);                                  \
        ready_codes = ready_codes && pni_pen.name##_;                                              \
    }
#include "ticket/pen.def"
#undef PEN
}

bool pni_pen_load_codes(void)
{
    return !pthread_once(&once_codes, load_codes) && ready_codes;
}

static void load(void)
{
    /* pangocairo brings cairo, pango and glib with it: a symbol is looked for in all of them */
    void *text = dlopen("libpangocairo-1.0.so.0", RTLD_NOW | RTLD_LOCAL);
    ready = text && pni_pen_load_codes();
#define PEN(name)                                                                                  \
    if (text && #name[0] != 'Q') {                                                                 \
        pni_pen.name##_ = (__typeof__(&name))dlsym(text, #name);                                   \
        ready = ready && pni_pen.name##_;                                                          \
    }
#include "ticket/pen.def"
#undef PEN
}

bool pni_pen_load(void)
{
    return !pthread_once(&once, load) && ready;
}

int pni_pen_open(pn *p)
{
    if (pni_pen_load())
        return 0;
    return pn_fail(p, PN_EINTERNAL, NULL, "%s",
                   pn_tr("The libraries that draw tickets (pango, libqrencode) cannot be loaded"));
}
