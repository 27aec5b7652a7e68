/* SPDX-License-Identifier: Apache-2.0 */
/* channel_rebate.h — what a channel or a distributor gets back for a good month. */
#ifndef PN_CHANNEL_REBATE_H
#define PN_CHANNEL_REBATE_H

#include "merchant/rebate.h"

PN_BEGIN

/** A channel's month: its orders that completed, less what was refunded of them, and the bracket.
 *  A later count that differs has a row of its own (no > 1) with the difference. */
typedef struct pn_channel_rebate {
    int64_t id, channel_id;
    const char *channel;
    pn_date month;
    int no;
    int64_t orders_n;
    pn_money base_fen;
    int bp;
    pn_money amount_fen;
    pn_word state; /* PN_REBATE_… */
    pn_time created_at, posted_at;
} pn_channel_rebate;
extern const pn_type pn_channel_rebate_t;

struct pn_channel_rebate_show { int64_t id; };
/** Any day of the month. */
struct pn_channel_rebate_calc { int64_t channel; pn_date month; };
struct pn_channel_rebate_post { int64_t id; };

PN_MUST int pn_channel_rebate_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_channel_rebate_show(pn *p, const struct pn_channel_rebate_show *in,
                                   pn_channel_rebate *out);
/** PN_ESTATE: the month is not over, or nothing has changed since it was counted. */
PN_MUST int pn_channel_rebate_calc(pn *p, const struct pn_channel_rebate_calc *in,
                                   pn_channel_rebate *out);
PN_MUST int pn_channel_rebate_post(pn *p, const struct pn_channel_rebate_post *in,
                                   pn_channel_rebate *out);

PN_END
#endif
