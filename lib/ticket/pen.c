/* SPDX-License-Identifier: Apache-2.0 */
/* pen.c — loads the drawing libraries on first use. */
#define PNI_PEN_PLAIN
#include "ticket/pen_int.h"

#include <dlfcn.h>
#include <pthread.h>

struct pni_pen pni_pen;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool ready;

static void load(void)
{
    /* pangocairo brings cairo, pango and glib with it: a symbol is looked for in all of them */
    void *text = dlopen("libpangocairo-1.0.so.0", RTLD_NOW | RTLD_LOCAL);
    void *codes = dlopen("libqrencode.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!text || !codes)
        return;
    ready = true;
#define PEN(name)                                                                                  \
    pni_pen.name##_ = (__typeof__(&name))dlsym(#name[0] == 'Q' ? codes : text, #name);             \
    ready = ready && pni_pen.name##_;
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
