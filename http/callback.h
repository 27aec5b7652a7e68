/* SPDX-License-Identifier: Apache-2.0 */
/* callback.h — what providers send us in their own shape. */
#ifndef HTTP_CALLBACK_H
#define HTTP_CALLBACK_H

#include "site.h"

/** POST /v1/callback/simulated: {"notice_id","payment","provider_no","amount_fen","signature"}. */
void http_callback_simulated(http_site *site, http_exchange *x);

/** POST /v1/notify/CONNECTOR: whatever that provider sends; the answer is in its own words. */
void http_callback_provider(http_site *site, http_exchange *x);

#endif
