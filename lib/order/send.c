/* SPDX-License-Identifier: Apache-2.0 */
/* send.c — where an order is sent. An address of the buyer's book is copied into the order, so
 * that a later change of the book does not move a parcel; nothing is asked for, or kept, where
 * nothing is sent. */
#include "order/send_int.h"

#include <string.h>

#include "goods/blocked_region_int.h"

static int oom(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

#define S(f) PN_COL(pni_sent, f, #f)
PN_TYPE(pni_sent_t, "order.sent", pni_sent, S(order_id), S(receiver), S(phone), S(phone_hash),
    S(region), S(street), S(address_hash));
#undef S
/* The second time for a group that is sent together. */
const pn_sql pni_send_put_sql = {"send_put", &pni_sent_t, NULL,
    "insert into order_address (sk, order_id, receiver, phone, phone_hash, region, street,"
    "  address_hash, at) select (u.o & 4095)::int, u.o, u.receiver, u.phone, u.hash, u.region,"
    "  u.street, u.address, :now from unnest(:order_id, :receiver, :phone, :phone_hash, :region,"
    "  :street, :address_hash) u(o, receiver, phone, hash, region, street, address) order by u.o"
    " on conflict (sk, order_id) do update set receiver = excluded.receiver,"
    "  phone = excluded.phone, phone_hash = excluded.phone_hash, region = excluded.region,"
    "  street = excluded.street, address_hash = excluded.address_hash", .array = true};
const pn_sql pni_send_get_sql = {"send_get", &pni_sent_t, &pni_sent_t,
    "select order_id, receiver, phone, region, street from order_address"
    " where sk = :order_id# and order_id = :order_id", .by_key = true};

/* ---- as it is asked ---- */

static bool typed(const pni_to *to)
{
    return to->receiver || to->phone || to->region || to->street;
}

static int missing(pn *p, const char *field, const char *words)
{
    pn_fail(p, PN_EADDRESS, field, "%s", words);
    return pn_hint(p, "%s", pn_tr("Name an address of your book (address mine), or give receiver, "
                                  "region and street"));
}

/* Whoever buys gets it, unless somebody else is named. */
static int of_typed(pn *p, const pni_ask *ask, pni_target *out)
{
    const pni_to *to = &ask->to;
    const char *phone = to->phone ? to->phone : ask->phone;
    out->receiver = to->receiver ? to->receiver : ask->buyer_name;
    out->region = to->region;
    out->street = to->street;
    if (!out->street)
        return missing(p, "street", pn_tr("The street of the address is missing"));
    if (!out->region)
        return missing(p, "region", pn_tr("The region of the address is missing"));
    if (!out->receiver)
        return missing(p, "receiver", pn_tr("The receiver of the parcel is missing"));
    if (!phone)
        return missing(p, "receiver_phone", pn_tr("The telephone of the receiver is missing"));
    PN_TRY(pni_phone_check(p, phone, "receiver_phone", &out->phone));
    PN_TRY(pni_address_hash(p, out->region, out->street, &out->hash));
    out->given = true;
    return 0;
}

int pni_send_check(pn *p, const pni_ask *ask, pni_target *out)
{
    *out = (pni_target){0};
    if (!typed(&ask->to) || ask->order_id)
        return 0;
    if (ask->to.address)
        return pn_fail(p, PN_EARG, "address", "%s",
                       pn_tr("Name an address of the book or type one, not both"));
    return of_typed(p, ask, out);
}

/* ---- as it is known ---- */

static int from_book(pn *p, const pni_address *a, pni_target *t)
{
    if (!a->found)
        return 0;
    *t = (pni_target){.receiver = a->receiver, .phone = a->phone, .region = a->region,
                      .street = a->street, .given = true};
    return pni_address_hash(p, t->region, t->street, &t->hash);
}

static int books(pn *p, pni_deal *const d[], size_t n)
{
    pni_address *a = pn_alloc(p, (n + 1) * sizeof *a);
    size_t asked = 0;
    if (!a)
        return oom(p);
    for (size_t i = 0; i < n; i++)
        if (d[i]->ask->to.address)
            a[asked++] = (pni_address){.id = d[i]->ask->to.address,
                                       .buyer_id = d[i]->buyer.user_id};
    if (!asked)
        return 0;
    PN_TRY(pni_addresses(p, a, asked));
    asked = 0;
    for (size_t i = 0; i < n; i++)
        if (d[i]->ask->to.address)
            PN_TRY(from_book(p, &a[asked++], &d[i]->target));
    return 0;
}

/* Channels write an address in one line, which begins with it. */
static const char *region_of(const pni_target *t)
{
    return *t->region ? t->region : t->street;
}

static bool anything(pni_deal *const d[], size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (d[i]->ask->to.address || d[i]->target.given)
            return true;
    return false;
}

int pni_send_read(pn *p, pni_deal *const d[], size_t n)
{
    if (!anything(d, n))
        return 0;
    const char **region = pn_alloc(p, (n + 1) * sizeof *region);
    bool *blocked = pn_alloc(p, (n + 1) * sizeof *blocked);
    if (!region || !blocked)
        return oom(p);
    PN_TRY(books(p, d, n));
    for (size_t i = 0; i < n; i++)
        region[i] = d[i]->target.given ? region_of(&d[i]->target) : NULL;
    PN_TRY(pni_regions_blocked(p, region, n, blocked));
    for (size_t i = 0; i < n; i++)
        d[i]->target.blocked = blocked[i];
    return 0;
}

/* ---- as it is decided ---- */

static int unknown(pn *p, int64_t id)
{
    pn_fail(p, PN_ENONE, "address", pn_tr("There is no address %lld in your book"), (long long)id);
    return pn_hint(p, "%s", pn_tr("Look what is in it: address mine"));
}

int pni_send_may(pn *p, const pni_deal *d)
{
    const pni_to *to = &d->ask->to;
    bool sent = d->cart.delivery.v == PN_DELIVERY_EXPRESS;
    if (d->ask->order_id || to->elsewhere || (to->maybe && !sent))
        return 0;
    if (to->address && !d->target.given)
        return unknown(p, to->address);
    if (sent && !d->target.given)
        return missing(p, "address", pn_tr("Tickets that are sent need an address"));
    if (sent && d->target.blocked) { /* where no lot was asked before: a wish */
        const pni_wanted w = {.delivery = PNI_BY_EXPRESS, .blocked = true,
                              .session_delivery = pni_offer_ways(d->cart.offer)};
        return pni_cannot_buy(p, PN_EDELIVERY, &(pni_rules){0}, &w);
    }
    if (sent || !d->target.given)
        return 0;
    pn_fail(p, PN_EADDRESS, "delivery", pn_tr("Nothing is sent anywhere (%s)"),
            pn_word_label(pn_deliveries, d->cart.delivery));
    return pn_hint(p, "%s", pn_tr("Choose the delivery EXPRESS, or leave the address out"));
}

bool pni_send_keeps(const pni_deal *d)
{
    return d->target.given && d->cart.delivery.v == PN_DELIVERY_EXPRESS && !d->ask->order_id;
}

/* ---- as it is kept ---- */

int pni_send_seal(pn *p, int64_t order_id, const pni_target *t, pni_sent *out)
{
    *out = (pni_sent){.order_id = order_id, .region = t->region, .address_hash = t->hash};
    PN_TRY(pni_pii_hash(p, "phone", t->phone, &out->phone_hash));
    PN_TRY(pni_pii_seal(p, order_id, t->receiver, &out->receiver));
    PN_TRY(pni_pii_seal(p, order_id, t->phone, &out->phone));
    return pni_pii_seal(p, order_id, t->street, &out->street);
}

int pni_send_open(pn *p, const pni_sent *s, pni_target *out)
{
    *out = (pni_target){.region = s->region, .given = true};
    PN_TRY(pni_pii_open(p, s->order_id, s->receiver, &out->receiver));
    PN_TRY(pni_pii_open(p, s->order_id, s->phone, &out->phone));
    return pni_pii_open(p, s->order_id, s->street, &out->street);
}

int pni_send_get(pn *p, int64_t order_id, pni_target *out)
{
    pni_sent s;
    int rc = pn_one(p, &pni_send_get_sql, &(pni_sent){.order_id = order_id}, &s);
    *out = (pni_target){0};
    if (rc)
        return rc == PN_ENONE ? 0 : rc;
    return pni_send_open(p, &s, out);
}

int pni_send_together(pn *p, int64_t first, const int64_t orders[], size_t n)
{
    pni_target t;
    pni_sent *row = pn_alloc(p, (n + 1) * sizeof *row);
    if (!row)
        return oom(p);
    PN_TRY(pni_send_get(p, first, &t));
    if (!t.given || !n)
        return 0;
    PN_TRY(pni_address_hash(p, t.region, t.street, &t.hash));
    for (size_t i = 0; i < n; i++)
        PN_TRY(pni_send_seal(p, orders[i], &t, &row[i]));
    return pn_queue(p, &pni_send_put_sql, row, n, NULL, NULL);
}
