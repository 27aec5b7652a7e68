/* SPDX-License-Identifier: Apache-2.0 */
/* till.h — a shop whose payments go to fakes: asked for, opened, told. */
#ifndef PN_TESTS_LINK_TILL_H
#define PN_TESTS_LINK_TILL_H

#include "shop.h"

#include "fakes.h"
#include "order/provider_int.h"

/** A new database and these fakes (ended by NULL) without memory. */
void fresh(const char *const *vendors);
/** The payment's number at its provider. */
const char *number(int64_t payment);
pn_payment create(int64_t order, int method, int scene, const char *payer);
pn_payment_front opened(int64_t payment);
/** Run a job in its next slot. */
void tick(const char *name);
/** State of a payment. */
const char *state(int64_t payment);
/** What the fake said, given to the operation that HTTP gives it to. */
pn_payment_heard hear(const char *connector, const pni_doc *d);
const pni_doc *notice(const char *vendor, int64_t payment, const char *how);
void payer_pays(const char *vendor, int64_t payment);

#endif
