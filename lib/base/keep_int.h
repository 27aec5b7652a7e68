/* SPDX-License-Identifier: Apache-2.0 */
/* keep_int.h — things that a process keeps from one unit to the next, each with a stamp that tells
 * whether it is still true. Who takes one owns it until it is put back. */
#ifndef PNI_KEEP_H
#define PNI_KEEP_H

#include "base/unit.h"

#pragma GCC visibility push(hidden)

/** Things of one sort make room for each other alone. */
enum pni_keeps { PNI_KEEP_LINKS, PNI_KEEP_PICTURES, PNI_KEEP_TIERS, PNI_KEEPS };

/** The thing kept under `key`, out of the keep; NULL when there is none. */
void *pni_keep_take(pn_ctx *ctx, enum pni_keeps what, int64_t key, int64_t *stamp);
/** Put it in; `drop` is called when it makes room for others or the process ends. */
void pni_keep_put(pn_ctx *ctx, enum pni_keeps what, int64_t key, int64_t stamp, void *thing,
                  size_t size, void (*drop)(void *thing));
void pni_keep_clear(pn_ctx *ctx);

#pragma GCC visibility pop
#endif
