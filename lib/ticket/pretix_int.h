/* SPDX-License-Identifier: Apache-2.0 */
/* pretix_int.h — a pretix event, whichever file it came from. */
#ifndef PNI_PRETIX_H
#define PNI_PRETIX_H

#include "pretix.h"

#pragma GCC visibility push(hidden)

typedef struct pni_pretix_date {
    const char *key; /* of the subevent; "0" for an event without */
    pn_time start_at, end_at, doors_at;
    int64_t id;
} pni_pretix_date;

/** A product on a date. */
typedef struct pni_pretix_tier {
    size_t date;
    const char *item, *variation, *name; /* variation "" = none */
    int64_t price_fen;
    int sold, spare; /* positions of the file; what its quotas leave beyond them */
    bool limited;    /* some quota spoke of it, spare is meant */
    int64_t id;
} pni_pretix_tier;

typedef struct pni_pretix_seat {
    size_t tier;
    int64_t price_fen;
    const char *secret, *seat, *attendee;
} pni_pretix_seat;

typedef struct pni_pretix_order {
    const char *code, *why_not; /* why it is not imported; NULL = it is */
    int64_t line, fees_fen;
    pn_time at;
    pni_pretix_seat *seats;
    size_t n;
} pni_pretix_order;

typedef struct pni_pretix {
    pn *p;
    const char *slug, *title;
    pni_pretix_date *dates;
    pni_pretix_tier *tiers;
    pni_pretix_order *orders;
    size_t n_dates, n_tiers, n_orders;
} pni_pretix;

/** Read a file into the model. PN_EARG tells what is missing. */
PN_MUST int pni_pretix_json(pni_pretix *x, const char *text);
PN_MUST int pni_pretix_csv(pni_pretix *x, char *text, size_t len);
/** Room for one more in a list of the model: a zeroed element, NULL without memory. */
void *pni_pretix_more(pn *p, void *list, size_t *n, size_t size);

#pragma GCC visibility pop
#endif
