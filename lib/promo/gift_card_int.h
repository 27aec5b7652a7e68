/* SPDX-License-Identifier: Apache-2.0 */
/* gift_card_int.h — what the files of gift cards share, and what orders need of them. */
#ifndef PNI_GIFT_CARD_H
#define PNI_GIFT_CARD_H

#include "base/sql_int.h"
#include "promo/gift_card.h"

#pragma GCC visibility push(hidden)

enum { PNI_CARD_DIGITS = 16, PNI_CARD_PIN_DIGITS = 8 };

/** Code and pin of the n-th card of a batch: always the same, and nowhere kept. */
PN_MUST int pni_card_code(pn *p, int64_t batch_id, int no, const char **code);
PN_MUST int pni_card_pin(pn *p, const char *code, const char **pin);
/** The hash that finds it, and the shard it is in. */
PN_MUST int pni_card_hash(pn *p, const char *code, pn_bytes *hash, int *sk);

typedef struct pni_card {
    int64_t id, batch_id, user_id;
    pn_money face_fen, balance_fen, held_fen;
    pn_word state;
    const char *category;
    int tries;
    pn_date tries_on;
    pn_time expires_at;
} pni_card;
/** The card that the actor may spend: by code and pin, or one bound to his account. Words when it
 *  is not to be used; a wrong pin is counted whatever becomes of the operation. */
PN_MUST int pni_card_open(pn *p, int64_t id, const char *code, const char *pin, pni_card *out);
PN_MUST int pni_card_row(pn *p, int64_t id, pn_gift_card *out);
/** Set so much of it aside for a payment. PN_EBALANCE: it has not so much. */
PN_MUST int pni_card_hold(pn *p, int64_t id, int64_t payment_id, int64_t fen);
/** Each as a transaction of its own, and done once however often it is asked. */
PN_MUST int pni_card_use(pn *p, int64_t id, int64_t payment_id);
PN_MUST int pni_card_free(pn *p, int64_t id, int64_t payment_id);
PN_MUST int pni_card_return(pn *p, int64_t id, int64_t payment_id, const char *ref, int64_t fen);

extern const pn_fsm pni_gift_card_fsm;
extern const pn_op pni_gift_card_settle_op;
extern const pn_sql pni_card_find_sql, pni_card_by_id_sql, pni_card_wrong_sql, pni_card_hold_sql,
    pni_card_use_sql, pni_card_free_sql, pni_card_return_sql, pni_card_move_sql;

#pragma GCC visibility pop
#endif
