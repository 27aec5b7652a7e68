/* SPDX-License-Identifier: Apache-2.0 */
/* address.h — a buyer's address book: who gets what he orders, and where. Nobody else reads it. */
#ifndef PN_ADDRESS_H
#define PN_ADDRESS_H

#include "base/op.h"

PN_BEGIN

typedef struct pn_address {
    int64_t id;
    const char *receiver, *phone; /* masked in the answers of what changes one */
    const char *region;           /* province, city, district */
    const char *street;           /* the rest, absent where it is masked */
    pn_time created_at;
} pn_address;
extern const pn_type pn_address_t;

typedef struct pn_address_book { pn_rows addresses; } pn_address_book;

struct pn_address_create { const char *receiver, *phone, *region, *street; };
/** What is not given stays. */
struct pn_address_edit { int64_t id; const char *receiver, *phone, *region, *street; };
struct pn_address_remove { int64_t id; };

/** One's own, in clear, the newest first. */
PN_MUST int pn_address_mine(pn *p, const void *none, pn_address_book *out);
/** PN_ELIMIT: the book is full. */
PN_MUST int pn_address_create(pn *p, const struct pn_address_create *in, pn_address *out);
PN_MUST int pn_address_edit(pn *p, const struct pn_address_edit *in, pn_address *out);
/** Orders that go there keep it. */
PN_MUST int pn_address_remove(pn *p, const struct pn_address_remove *in, pn_address *out);

PN_END
#endif
