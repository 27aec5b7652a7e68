/* SPDX-License-Identifier: Apache-2.0 */
/* grab_own.c — nobody is matched with what he offers himself. A merchant is known by the telephone
 * number of its contact: an order with that number, or of an account with it, is its own, and so is
 * what its staff ask for. */
#include <string.h>

#include "base/crypt_int.h"
#include "catalog/row_int.h"
#include "order/grab_int.h"
#include "user/phone_int.h"

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "grab.of_session", id_in, PN_COL(id_in, id, N_("Session")));
static PN_TYPE(seller_t, "grab.seller", pni_grab_seller,
    PN_COL(pni_grab_seller, id, N_("Merchant")), PN_COL(pni_grab_seller, sealed, N_("Telephone")));
const pn_sql pni_grab_sellers_sql = {"grab_sellers", &by_id_t, &seller_t,
    "select m.id, m.phone as sealed from merchant m where m.id in (select k.merchant_id"
    "  from stock k where k.sk = :id# and k.session_id = :id and k.merchant_id is not null)"
    " order by m.id", false};

/* A number that cannot be a buyer's is as good as none. */
static int open_phone(pn *p, pni_grab_seller *m)
{
    pn_bytes clear;
    if (!m->sealed.len)
        return 0;
    PN_TRY(pni_unseal(p, "merchant.person", m->id, m->sealed, &clear));
    const char *text = pn_printf(p, "%.*s", (int)clear.len, (const char *)clear.data);
    if (!text)
        return pni_mem(p);
    if (pni_phone_check(p, text, "phone", &m->phone))
        m->phone = NULL;
    return 0;
}

int pni_grab_sellers(pn *p, int64_t session_id, pn_rows *out)
{
    PN_TRY(pn_all(p, &pni_grab_sellers_sql, &(id_in){session_id}, out));
    pni_grab_seller *m = out->n ? pn_alloc(p, out->n * sizeof *m) : NULL;
    if (out->n && !m)
        return pni_mem(p);
    for (size_t i = 0; i < out->n; i++) {
        m[i] = ((const pni_grab_seller *)out->row)[i];
        PN_TRY(open_phone(p, &m[i]));
    }
    out->row = m;
    return 0;
}

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

int pni_grab_own(pn *p, const pn_rows *sellers, int64_t employer, const char *phone,
                 const char *account_phone, pni_ask *io)
{
    int64_t *own = NULL;
    pn_each(pni_grab_seller, m, sellers)
    {
        if (m->id != employer && !same(m->phone, phone) && !same(m->phone, account_phone))
            continue;
        if (!own && !(own = pn_alloc(p, sellers->n * sizeof *own)))
            return pni_mem(p);
        own[io->owns++] = m->id;
    }
    io->own = own;
    return 0;
}
