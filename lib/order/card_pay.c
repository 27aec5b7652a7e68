/* SPDX-License-Identifier: Apache-2.0 */
/* card_pay.c — gift cards as a provider of payments: set aside with the tender, used when the order
 * was paid, let go when it was not, given back to by refunds. The card's own shard keeps them. */
#include <stdlib.h>

#include "order/tender_int.h"
#include "promo/gift_card_int.h"

/* "C4097-8193": the card, and the payment that it was set aside for. */
static int card_of(pn *p, int64_t payment_id, int64_t *card)
{
    pn_payment y;
    PN_TRY(pni_payment_row(p, payment_id, &y));
    char *end = NULL;
    *card = y.provider_no && y.provider_no[0] == 'C' ? strtoll(y.provider_no + 1, &end, 10) : 0;
    return *card && *end == '-'
               ? 0 : pn_fail(p, PN_EINTERNAL, NULL, "payment %lld is of no card",
                             (long long)payment_id);
}

static int capture(pn *p, int64_t payment_id)
{
    int64_t card;
    PN_TRY(card_of(p, payment_id, &card));
    return pni_card_use(p, card, payment_id);
}

static int let_go(pn *p, int64_t payment_id)
{
    int64_t card;
    PN_TRY(card_of(p, payment_id, &card));
    return pni_card_free(p, card, payment_id);
}

static int give_back(pn *p, int64_t payment_id, const char *out_request_no, int64_t amount_fen,
                     const char **provider_no)
{
    int64_t card;
    PN_TRY(card_of(p, payment_id, &card));
    PN_TRY(pni_card_return(p, card, payment_id, out_request_no, amount_fen));
    *provider_no = out_request_no;
    return 0;
}

const pni_provider pni_carded = {.method = PN_PAY_GIFT_CARD, .close = let_go,
                                 .refund = give_back, .capture = capture};
