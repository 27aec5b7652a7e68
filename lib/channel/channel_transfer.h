/* SPDX-License-Identifier: Apache-2.0 */
/* channel_transfer.h — much money of a channel, in or out by bank: proposed by one person, booked
 * by another. */
#ifndef PN_CHANNEL_TRANSFER_H
#define PN_CHANNEL_TRANSFER_H

#include "base/op.h"

PN_BEGIN

#define PN_CHANNEL_TRANSFER_STATES(W)                                                              \
    W(CHANNEL_TRANSFER, PROPOSED, N_("Proposed"), 'w')                                             \
    W(CHANNEL_TRANSFER, DONE, N_("Done"), 'g')                                                     \
    W(CHANNEL_TRANSFER, REJECTED, N_("Rejected"), 'b')
enum { PN_CHANNEL_TRANSFER_UNSET, PN_CHANNEL_TRANSFER_STATES(PN_WORD_ENUM) };
extern const pn_words pn_channel_transfer_states[];

typedef struct pn_channel_transfer {
    int64_t id, channel_id;
    const char *channel;
    pn_money amount_fen; /* below zero: paid out */
    const char *reference, *reason;
    pn_word state;
    int64_t proposed_by, decided_by;
    pn_time created_at, decided_at;
    const char *answer;
} pn_channel_transfer;

struct pn_channel_transfer_show { int64_t id; };
struct pn_channel_transfer_create {
    int64_t channel;
    pn_money amount_fen;
    const char *reference, *reason;
};
struct pn_channel_transfer_approve { int64_t id; const char *answer; };
struct pn_channel_transfer_reject { int64_t id; const char *answer; };

PN_MUST int pn_channel_transfer_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_channel_transfer_show(pn *p, const struct pn_channel_transfer_show *in,
                                     pn_channel_transfer *out);
PN_MUST int pn_channel_transfer_create(pn *p, const struct pn_channel_transfer_create *in,
                                       pn_channel_transfer *out);
/** By another person than proposed it: now the line of the bank is booked. */
PN_MUST int pn_channel_transfer_approve(pn *p, const struct pn_channel_transfer_approve *in,
                                        pn_channel_transfer *out);
PN_MUST int pn_channel_transfer_reject(pn *p, const struct pn_channel_transfer_reject *in,
                                       pn_channel_transfer *out);

PN_END
#endif
