/* SPDX-License-Identifier: Apache-2.0 */
/* address_int.h — addresses of buyers in clear, for what is sent to them. */
#ifndef PNI_ADDRESS_H
#define PNI_ADDRESS_H

#include "base/sql_int.h"
#include "user/address.h"

#pragma GCC visibility push(hidden)

enum { PNI_RECEIVER_MAX = 60, PNI_REGION_MAX = 60, PNI_STREET_MAX = 200 };

/** An address that account `buyer_id` asks for by its number; `found` when it is his. */
typedef struct pni_address {
    int64_t id, buyer_id;
    bool found;
    const char *receiver, *phone, *region, *street;
} pni_address;
/** n of them in one round trip. */
PN_MUST int pni_addresses(pn *p, pni_address a[], size_t n);

/** What makes two spellings of one address equal, as a keyed hash. */
PN_MUST int pni_address_hash(pn *p, const char *region, const char *street, pn_bytes *out);

/** The statement that empties the book of an account that is erased: its id. */
extern const pn_sql pni_address_forget_sql;

#pragma GCC visibility pop
#endif
