/* SPDX-License-Identifier: Apache-2.0 */
/* gift_card.h — stored value: issued in batches, bound by buyers, spent as a tender of orders. */
#ifndef PN_GIFT_CARD_H
#define PN_GIFT_CARD_H

#include "base/op.h"

PN_BEGIN

#define PN_CARD_STATES(W)                                                                          \
    W(CARD, INACTIVE, N_("Not active yet"), 'w')                                                   \
    W(CARD, ACTIVE, N_("Active"), 'g')                                                             \
    W(CARD, BOUND, N_("Bound"), 'g')                                                               \
    W(CARD, DEPLETED, N_("Used up"), 'd')                                                          \
    W(CARD, FROZEN, N_("Frozen"), 'b')                                                             \
    W(CARD, EXPIRED, N_("Expired"), 'd')                                                           \
    W(CARD, REFUNDED, N_("Paid back"), 'd')
enum { PN_CARD_UNSET, PN_CARD_STATES(PN_WORD_ENUM) };
extern const pn_words pn_card_states[];

#define PN_CARD_BATCH_STATES(W)                                                                    \
    W(CARD_BATCH, DRAFT, N_("Draft"), 'w')                                                         \
    W(CARD_BATCH, ACTIVE, N_("Active"), 'g')                                                       \
    W(CARD_BATCH, PAUSED, N_("Paused"), 'b')                                                       \
    W(CARD_BATCH, ENDED, N_("Ended"), 'd')
enum { PN_CARD_BATCH_UNSET, PN_CARD_BATCH_STATES(PN_WORD_ENUM) };
extern const pn_words pn_card_batch_states[];

typedef struct pn_gift_card {
    int64_t id, batch_id;
    int no;
    const char *tail; /* the last four digits of its code */
    pn_money face_fen, balance_fen, held_fen;
    pn_word state;
    int64_t user_id;
    pn_time expires_at, created_at;
} pn_gift_card;
extern const pn_type pn_gift_card_t;

typedef struct pn_gift_card_batch {
    int64_t id;
    const char *name;
    pn_money face_fen, price_fen;
    int cards, valid_months;
    const char *category, *reference;
    pn_word state;
    pn_time activated_at, created_at;
} pn_gift_card_batch;
extern const pn_type pn_gift_card_batch_t;

struct pn_gift_card_batch_create {
    const char *name;
    pn_money face_fen, price_fen;
    int cards, valid_months;
    const char *category; /* only for shows of this one */
};
struct pn_gift_card_batch_activate { int64_t id; const char *reference; };
struct pn_gift_card_batch_pause { int64_t id; const char *reason; };
struct pn_gift_card_batch_resume { int64_t id; };
struct pn_gift_card_batch_codes { int64_t id; };
typedef struct pn_gift_card_code { int no; const char *code, *pin; } pn_gift_card_code;
typedef struct pn_gift_card_codes { int64_t id; pn_rows codes; } pn_gift_card_codes;

struct pn_gift_card_show { int64_t id; };
struct pn_gift_card_bind { const char *code, *pin; };
struct pn_gift_card_unbind { int64_t id; };
struct pn_gift_card_freeze { int64_t id; const char *reason; };
struct pn_gift_card_unfreeze { int64_t id; };
struct pn_gift_card_extend { int64_t id; pn_time until; const char *reason; };
struct pn_gift_card_refund { int64_t id; const char *reference, *reason; };

/** Cards of one kind, not active yet. */
PN_MUST int pn_gift_card_batch_create(pn *p, const struct pn_gift_card_batch_create *in,
                                      pn_gift_card_batch *out);
/** The batch is paid: its cards can be used. By somebody else than who made it. */
PN_MUST int pn_gift_card_batch_activate(pn *p, const struct pn_gift_card_batch_activate *in,
                                        pn_gift_card_batch *out);
/** Freezes those of its cards that nobody used yet. */
PN_MUST int pn_gift_card_batch_pause(pn *p, const struct pn_gift_card_batch_pause *in,
                                     pn_gift_card_batch *out);
PN_MUST int pn_gift_card_batch_resume(pn *p, const struct pn_gift_card_batch_resume *in,
                                      pn_gift_card_batch *out);
/** The codes and pins, for whoever prints or sends them; each look is audited. */
PN_MUST int pn_gift_card_batch_codes(pn *p, const struct pn_gift_card_batch_codes *in,
                                     pn_gift_card_codes *out);
PN_MUST int pn_gift_card_batch_list(pn *p, const pn_list *in, pn_page *out);

PN_MUST int pn_gift_card_list(pn *p, const pn_list *in, pn_page *out);
/** Of the acting buyer. */
PN_MUST int pn_gift_card_mine(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_gift_card_show(pn *p, const struct pn_gift_card_show *in, pn_gift_card *out);
/** Into the account of the buyer who has code and pin. */
PN_MUST int pn_gift_card_bind(pn *p, const struct pn_gift_card_bind *in, pn_gift_card *out);
/** Out of it again, to be given away: only while nothing of it was used. */
PN_MUST int pn_gift_card_unbind(pn *p, const struct pn_gift_card_unbind *in, pn_gift_card *out);
PN_MUST int pn_gift_card_freeze(pn *p, const struct pn_gift_card_freeze *in, pn_gift_card *out);
PN_MUST int pn_gift_card_unfreeze(pn *p, const struct pn_gift_card_unfreeze *in,
                                  pn_gift_card *out);
/** What an expired card still has can be claimed. */
PN_MUST int pn_gift_card_extend(pn *p, const struct pn_gift_card_extend *in, pn_gift_card *out);
/** To whoever bought the card, while nothing of it was used. */
PN_MUST int pn_gift_card_refund(pn *p, const struct pn_gift_card_refund *in, pn_gift_card *out);

PN_END
#endif
