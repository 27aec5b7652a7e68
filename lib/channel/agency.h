/* SPDX-License-Identifier: Apache-2.0 */
/* agency.h — contracts of distributors: which tiers they sell, how many, and at which price. */
#ifndef PN_AGENCY_H
#define PN_AGENCY_H

#include "channel/channel.h"

PN_BEGIN

#define PN_AGENCY_PRICES(W)                                                                        \
    W(AGENCY, FACE, N_("Face price less commission"), 0)                                           \
    W(AGENCY, NET, N_("Net price of each tier"), 0)
enum { PN_AGENCY_UNSET, PN_AGENCY_PRICES(PN_WORD_ENUM) };
extern const pn_words pn_agency_prices[];

typedef struct pn_agency {
    int64_t id;
    const char *code;
    int64_t channel_id, organiser_id;
    const char *channel;
    pn_word price_mode;
    int commission_bp, refund_fee_bp;
    bool refundable;
    int ttl_min, ttl_max_min;
    pn_time valid_from, valid_to;
    pn_word state;
} pn_agency;
extern const pn_type pn_agency_t;

typedef struct pn_agency_quota_row {
    int64_t agency_id, tier_id;
    const char *agency, *tier;
    bool dedicated;
    int total, used;
    pn_money net_fen;
} pn_agency_quota_row;

struct pn_agency_create {
    const char *code;
    int64_t channel, organiser;
    pn_word price_mode;
    int commission_bp, refund_fee_bp;
    bool no_refund;
    int ttl_min, ttl_max_min;
    pn_time valid_from, valid_to;
};
struct pn_agency_show { int64_t id; };
struct pn_agency_stop { int64_t id; };
/** How many of a tier. Dedicated tickets are withheld from everybody else; only of tiers that are
 *  sold by quantity. Never below what was used (PN_ESTOCK). */
struct pn_agency_quota {
    int64_t id, tier;
    int total;
    bool dedicated;
    pn_money net_fen;
};

PN_MUST int pn_agency_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_agency_quotas(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_agency_show(pn *p, const struct pn_agency_show *in, pn_agency *out);
PN_MUST int pn_agency_create(pn *p, const struct pn_agency_create *in, pn_agency *out);
PN_MUST int pn_agency_stop(pn *p, const struct pn_agency_stop *in, pn_agency *out);
PN_MUST int pn_agency_quota(pn *p, const struct pn_agency_quota *in, pn_agency_quota_row *out);

PN_END
#endif
