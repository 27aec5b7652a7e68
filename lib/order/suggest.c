/* SPDX-License-Identifier: Apache-2.0 */
/* suggest.c — what a buyer could have in the place of what nobody can give him. */
#include "catalog/free_int.h"
#include "order/sale_int.h"

typedef struct wish { int64_t tier; int qty; } wish;
static PN_TYPE(wish_t, "order.wish", wish, PN_COL(wish, tier, N_("Tier")),
    PN_COL(wish, qty, N_("Quantity")));
typedef struct name { const char *tier; } name;
static PN_TYPE(name_t, "order.tier_name", name, PN_COL(name, tier, N_("Tier")));

/* The nearest in price that has so many; whether its sellers part with them is asked there. */
const pn_sql pni_suggest_tiers_sql = {"suggest_tiers", &wish_t, &name_t,
    "select t.name as tier from tier m join tier t on t.session_id = m.session_id"
    " where m.id = :tier and t.id <> m.id and not t.hidden"
    "  and (t.sale_from is null or t.sale_from <= :now)"
    "  and (t.sale_to is null or t.sale_to > :now)"
    "  and exists (select from stock k left join listing l on l.sk = :tier# and l.id = k.lot_id"
    "   where k.sk = :tier# and k.tier_id = t.id and (k.merchant_id is null or l.state = 'LIVE')"
    "    and k.qty_total - k.qty_held - k.qty_locked - k.qty_sold + " PNI_FREED("k") " >= :qty)"
    " order by abs(t.face_price_fen - m.face_price_fen), t.id limit 3", false};

static void add(pn_buf *b, const char *words)
{
    pn_buf_putf(b, b->len ? "; %s" : "%s", words ? words : "?");
}

int pni_suggest(pni_sale *s, const pni_offer *o, pni_instead *i)
{
    pn_buf b = pn_buf_new(s->p), tiers = pn_buf_new(s->p);
    pn_rows rows = {0};
    if (s->alone) /* not while others wait for the lot */
        PN_TRY(pn_all(s->p, &pni_suggest_tiers_sql, &(wish){o->tier_id, i->n}, &rows));
    pn_each(name, t, &rows)
        pn_buf_putf(&tiers, tiers.len ? ", %s" : "%s", t->tier);
    if (i->fewer)
        add(&b, pn_printf(s->p, pn_tr("%d together"), i->fewer));
    if (i->several)
        add(&b, pn_tr("of several sellers (accept_split)"));
    if (i->offers)
        add(&b, pn_tr("another offer of the tier (onsale show)"));
    if (tiers.len)
        add(&b, pn_printf(s->p, pn_tr("another tier: %s"), tiers.text));
    if (i->grab)
        add(&b, pn_tr("a grab, which waits for them (grab submit)"));
    i->words = b.bad || !b.len ? NULL : b.text;
    return 0;
}
