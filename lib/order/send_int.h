/* SPDX-License-Identifier: Apache-2.0 */
/* send_int.h — where orders are sent: asked for with an order that goes by express, kept sealed
 * beside it, in the row that parcels are made of. */
#ifndef PNI_ORDER_SEND_H
#define PNI_ORDER_SEND_H

#include "order/sale_int.h"
#include "user/address_int.h"

#pragma GCC visibility push(hidden)

/** The columns of PN_SEND_TO in the input `s`. */
#define PNI_SEND_TO(s)                                                                             \
    PN_COL(s, address, N_("Address"), .flags = PN_OPT, .ref = "address",                           \
           .hint = N_("Of one's book (address mine), for an order that is sent; or typed:")),      \
        PN_COL(s, receiver, N_("Receiver"), .flags = PN_PII, .max = PNI_RECEIVER_MAX,              \
               .hint = N_("Default: the buyer")),                                                  \
        PN_COL(s, receiver_phone, N_("Receiver's telephone"), .flags = PN_PII, .max = 20,          \
               .hint = N_("Default: the buyer's")),                                                \
        PN_COL(s, region, N_("Region"), .flags = PN_PII, .max = PNI_REGION_MAX,                    \
               .hint = N_("Province, city, district")),                                            \
        PN_COL(s, street, N_("Street"), .flags = PN_PII, .max = PNI_STREET_MAX,                    \
               .hint = N_("Street, number, floor, door"))
/** What an input says of it. */
#define PNI_TO_OF(in)                                                                              \
    ((pni_to){(in)->address, (in)->receiver, (in)->receiver_phone, (in)->region, (in)->street,     \
              false, false})

/** What is typed, as far as the database need not be asked. */
PN_MUST int pni_send_check(pn *p, const pni_ask *ask, pni_target *out);
/** Addresses out of books, and whether anything is sent there; a round trip or two, none where
 *  nobody is sent anything. */
PN_MUST int pni_send_read(pn *p, pni_deal *const d[], size_t n);
/** PN_EADDRESS: its delivery needs an address, and none was given. */
PN_MUST int pni_send_may(pn *p, const pni_deal *d);
/** Does this order bring a row for order_address? */
bool pni_send_keeps(const pni_deal *d);

/** An order's row, sealed. */
typedef struct pni_sent {
    int64_t order_id;
    pn_bytes receiver, phone, phone_hash, street, address_hash;
    const char *region;
} pni_sent;
PN_MUST int pni_send_seal(pn *p, int64_t order_id, const pni_target *t, pni_sent *out);
/** In clear; `given` false: the order is not sent anywhere. */
PN_MUST int pni_send_open(pn *p, const pni_sent *s, pni_target *out);
PN_MUST int pni_send_get(pn *p, int64_t order_id, pni_target *out);
/** These orders go where the first goes, if they are sent at all: one parcel. */
PN_MUST int pni_send_together(pn *p, int64_t first, const int64_t orders[], size_t n);

extern const pn_type pni_sent_t;
extern const pn_sql pni_send_put_sql, pni_send_get_sql;

#pragma GCC visibility pop
#endif
