/* SPDX-License-Identifier: Apache-2.0 */
/* outbox_int.h — the relay that jobs and tests drive. */
#ifndef PNI_OUTBOX_H
#define PNI_OUTBOX_H

#include "base/call_int.h"

#pragma GCC visibility push(hidden)

/** Claim and handle what is due, at most 500 events; *done counts the handled ones. */
PN_MUST int pni_outbox_relay(pn *p, int64_t *done);

#pragma GCC visibility pop
#endif
