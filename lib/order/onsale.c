/* SPDX-License-Identifier: Apache-2.0 */
/* onsale.c — what may be bought, told by the very rules that the sale asks: the same reading, the
 * same evaluator, without the locks. */
#include "order/onsale.h"

#include <string.h>

#include "base/policy_int.h"
#include "base/search_int.h"
#include "catalog/free_int.h"
#include "catalog/row_int.h"
#include "catalog/session.h"
#include "goods/listing.h"
#include "order/sale_int.h"

enum { SHOWN_MAX = 20 };

#define FLAG(free, total, any)                                                                     \
    "(case when " free " > " total " * " PNI_POLICY("stock.normal_bp") " / 10000 then 'ENOUGH'"    \
    " when " free " > " total " * " PNI_POLICY("stock.less_bp") " / 10000 then 'NORMAL'"           \
    " when " free " > 0" any " then 'LESS' else 'NONE' end)"

#define C(f, label, ...) PN_COL(pn_onsale_row, f, label, __VA_ARGS__)
PN_TYPE(pn_onsale_row_t, "onsale", pn_onsale_row,
    C(id, N_("Session"), .flags = PN_KEY | PN_SORT, .sql = "s.id", .ref = "session"),
    C(show_id, N_("Show number"), .sql = "s.show_id", .ref = "show"),
    C(show, N_("Show"), .flags = PN_BRIEF, .sql = "h.title"),
    C(city, N_("City"), .flags = PN_BRIEF, .sql = "c.name"),
    C(venue, N_("Venue"), .flags = PN_BRIEF, .sql = "v.name"),
    C(hall, N_("Hall"), .sql = "x.name"),
    C(start_at, N_("Start"), .flags = PN_BRIEF | PN_SORT, .sql = "s.start_at"),
    C(sale_at, N_("On sale from"), .sql = "s.sale_at"),
    C(stop_sale_at, N_("Sale stops"), .sql = "s.stop_sale_at"),
    C(status, N_("Status"), .flags = PN_BRIEF, .words = pn_session_states, .sql = "s.status"),
    C(stock_flag, N_("Stock"), .flags = PN_BRIEF, .words = pn_stock_flags,
      .sql = FLAG("k.free", "k.total", " or " PNI_ANY_FREED("s"))),
    C(price_from_fen, N_("Price from"), .flags = PN_BRIEF | PN_EACH, .sql = "k.price_from"));
#undef C

#define ONE_OF "(a.merchant_id is null or l.state = 'LIVE')"
/* Only what is published, and not over. */
static const pn_list_spec list_spec = {.row = &pn_onsale_row_t, .key = "s.id",
    .sort = "start_at,id",
    .from = "session s join show h on h.id = s.show_id join hall x on x.id = s.hall_id"
            " join venue v on v.id = x.venue_id join city c on c.id = v.city_id"
            " cross join lateral (select coalesce(sum(a.qty_total), 0)::bigint as total,"
            "  coalesce(sum(a.qty_total - a.qty_held - a.qty_locked - a.qty_sold), 0)::bigint"
            "   as free, min(coalesce(l.sale_fen, t.face_price_fen)) as price_from"
            "  from stock a join tier t on t.id = a.tier_id"
            "  left join lateral (select l.state, l.sale_fen from listing l" /* not for own lots */
            "   where a.merchant_id is not null and l.sk = a.sk and l.id = a.lot_id offset 0) l"
            "   on true"
            "  where a.sk = (s.id & 4095)::int and a.session_id = s.id and not t.hidden"
            "  and " ONE_OF ") k",
    .scope = "h.status = 'PUBLISHED' and s.stop_sale_at > :now and s.status in ('SCHEDULED',"
             " 'PRESALE', 'ON_SALE', 'TAIL', 'SUSPENDED')",
    .search = PNI_SEARCH("h")};

PN_OP_LIST(onsale, list, list_spec, .brief = N_("List and search sessions that are on sale"),
    .out = &pn_onsale_row_t, .may = PN_ROLE_PUBLIC, .flags = PN_SHARED,
    .example = "pn onsale list -q tianehu --where 'start_at=tomorrow'")

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "onsale.id", id_in, PN_COL(id_in, id, N_("Session")));

#define T(f, label, ...) PN_COL(pn_onsale_tier, f, label, __VA_ARGS__)
static PN_TYPE(tier_t, "onsale.tier", pn_onsale_tier, T(tier_id, N_("Tier number"), .ref = "tier"),
    T(code, N_("Code")), T(tier, N_("Tier"), .flags = PN_BRIEF),
    T(face_price_fen, N_("Face price"), .flags = PN_BRIEF),
    T(price_from_fen, N_("Price from"), .flags = PN_BRIEF),
    T(stock_flag, N_("Stock"), .flags = PN_BRIEF, .words = pn_stock_flags),
    T(bundle, N_("Bundle of")));
#undef T
static const pn_sql tiers_sql = {"onsale_tiers", &by_id_t, &tier_t,
    "select t.id as tier_id, t.code, t.name as tier, t.face_price_fen, t.combo_n as bundle,"
    " " FLAG("k.free", "k.total", "") " as stock_flag from tier t cross join lateral"
    " (select coalesce(sum(a.qty_total), 0)::bigint as total, coalesce(sum(a.qty_total"
    "   - a.qty_held - a.qty_locked - a.qty_sold + " PNI_FREED("a") "), 0)::bigint as free"
    "  from stock a left join listing l on l.sk = a.sk and l.id = a.lot_id"
    "  where a.sk = :id# and a.tier_id = t.id and " ONE_OF ") k"
    " where t.session_id = :id and not t.hidden order by t.sort, t.id limit 100", false};

#define L(f, label, ...) PN_COL(pn_onsale_lot, f, label, __VA_ARGS__)
static PN_TYPE(lot_t, "onsale.lot", pn_onsale_lot, L(tier_id, N_("Tier number"), .ref = "tier"),
    L(listing_id, N_("Listing"), .flags = PN_OPT, .ref = "listing"),
    L(price_fen, N_("Price"), .flags = PN_BRIEF),
    L(buyable, N_("Can be bought"), .flags = PN_BRIEF),
    L(refused, N_("Refused"), .flags = PN_BRIEF), L(numbered, N_("Numbered seats")),
    L(together, N_("Side by side")), L(special_kind, N_("Special goods"),
    .words = pn_special_kinds), L(delivery, N_("Delivery"), .words = pn_deliveries));
#undef L
#define O(f, label, ...) PN_COL(pn_onsale, f, label, __VA_ARGS__)
static PN_TYPE(onsale_t, "onsale.detail", pn_onsale,
    O(id, N_("Session"), .flags = PN_KEY, .ref = "session"),
    O(show_id, N_("Show number"), .ref = "show"), O(show, N_("Show"), .flags = PN_BRIEF),
    O(city, N_("City")), O(venue, N_("Venue")), O(hall, N_("Hall")),
    O(start_at, N_("Start"), .flags = PN_BRIEF), O(sale_at, N_("On sale from")),
    O(stop_sale_at, N_("Sale stops")), O(status, N_("Status"), .words = pn_session_states),
    O(stock_flag, N_("Stock"), .flags = PN_BRIEF, .words = pn_stock_flags),
    O(limit_order, N_("Limit per order")), O(limit_user, N_("Limit per buyer")),
    O(realname, N_("Real name")), O(closed, N_("Not sold now")),
    O(tiers, N_("Tiers"), .of = &tier_t), O(lots, N_("Offers"), .of = &lot_t));
#undef O

static PN_TYPE(show_in_t, "onsale.show", struct pn_onsale_show,
    PN_COL(struct pn_onsale_show, id, N_("Session"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "session"));

static int oom(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* ---- which quantities, and why not ---- */

static int quantities(pn *p, const pni_sale *s, const pni_offer *o, const pni_lot *l,
                      pn_onsale_lot *out)
{
    pn_buf yes = pn_buf_new(p), no = pn_buf_new(p);
    int most = o->limit_order ? o->limit_order : SHOWN_MAX;
    for (int units = 1; units * o->combo_n <= most; units++) {
        int n = units * o->combo_n;
        pn_code code = pni_lot_may(s, o, l, n);
        if (code)
            pn_buf_putf(&no, no.len ? ", %d %s" : "%d %s", units, pn_code_name(code));
        else
            pn_buf_putf(&yes, yes.len ? ", %d" : "%d", units);
    }
    out->buyable = yes.text;
    out->refused = no.text;
    return yes.bad || no.bad ? oom(p) : 0;
}

static int ways(pn *p, const pni_sale *s, const pni_offer *o, const pni_lot *l, const char **out)
{
    pn_buf b = pn_buf_new(p);
    unsigned can = pni_lot_ways(s, o, l);
    for (int i = 0; pn_deliveries[i].name; i++)
        if (can >> i & 1)
            pn_buf_putf(&b, b.len ? ", %s" : "%s", pn_deliveries[i].name);
    *out = b.text;
    return b.bad ? oom(p) : 0;
}

static int lots(pn *p, const pni_sale *s, pn_rows *tiers, pn_rows *out)
{
    pn_onsale_lot *row = pn_alloc(p, (s->lots + 1) * sizeof *row);
    if (!row)
        return oom(p);
    *out = (pn_rows){row, 0};
    for (size_t i = 0; i < s->lots; i++) {
        const pni_lot *l = &s->lot[i];
        const pni_offer *o = pni_sale_offer(s, l->tier_id);
        if (!l->live || l->free < 1 || !o || pni_offer_open(p, o))
            continue;
        pn_onsale_lot *x = &row[out->n++];
        *x = (pn_onsale_lot){.tier_id = l->tier_id, .price_fen = l->sale_fen,
            .listing_id = l->merchant_id ? l->lot_id : 0, .numbered = l->rules.by_seat,
            .together = l->rules.contiguous, .special_kind = {(int16_t)l->rules.special_kind}};
        PN_TRY(quantities(p, s, o, l, x));
        PN_TRY(ways(p, s, o, l, &x->delivery));
        pn_each(pn_onsale_tier, t, tiers)
            if (t->tier_id == l->tier_id &&
                (!t->price_from_fen.fen || l->sale_fen.fen < t->price_from_fen.fen))
                t->price_from_fen = l->sale_fen;
    }
    return 0;
}

/* ---- one session ---- */

static int read_sale(pn *p, const pn_rows *tiers, pni_sale *s)
{
    pn_order_want *w = pn_alloc(p, (tiers->n + 1) * sizeof *w);
    pni_deal *d = pn_alloc(p, (tiers->n + 1) * sizeof *d), **all;
    pni_ask ask = {0};
    size_t n = 0;
    if (!w || !d || !(all = pn_alloc(p, (tiers->n + 1) * sizeof(pni_deal *))))
        return oom(p);
    pn_each(pn_onsale_tier, t, tiers)
    {
        d[n] = (pni_deal){.ask = &ask, .wants = 1, .want = {{.tier = t->tier_id, .qty = 1}}};
        all[n] = &d[n];
        n++;
    }
    PN_TRY(pni_sale_read(p, s, all, n, false));
    for (size_t i = 0; i < n; i++)
        d[i].ask = NULL; /* they were for the reading alone */
    return 0;
}

static int show(pn *p, const struct pn_onsale_show *in, pn_onsale *out)
{
    pn_onsale_row r;
    pni_sale s;
    int rc = pni_row(p, &onsale_list_op, in->id, &r);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "id", pn_tr("Session %lld is not on sale"),
                       (long long)in->id);
    PN_TRY(rc);
    *out = (pn_onsale){.id = r.id, .show_id = r.show_id, .show = r.show, .city = r.city,
        .venue = r.venue, .hall = r.hall, .start_at = r.start_at, .sale_at = r.sale_at,
        .stop_sale_at = r.stop_sale_at, .status = r.status, .stock_flag = r.stock_flag};
    PN_TRY(pn_all(p, &tiers_sql, &(id_in){in->id}, &out->tiers));
    if (!out->tiers.n)
        return 0;
    PN_TRY(read_sale(p, &out->tiers, &s));
    const pni_offer *o = s.offer;
    if (!s.offers)
        return 0;
    out->limit_order = o->limit_order;
    out->limit_user = o->limit_user;
    out->realname = o->realname;
    for (size_t i = 0; i < s.offers; i++)
        if (!pni_offer_open(p, &s.offer[i]))
            return lots(p, &s, &out->tiers, &out->lots);
    out->closed = pn_strdup(p, pn_error(p)->message);
    return lots(p, &s, &out->tiers, &out->lots);
}

PN_OP(onsale, show, pn_onsale,
    .brief = N_("Tell what of a session may be bought, in which quantities, and why not in others"),
    .in = &show_in_t, .out = &onsale_t, .may = PN_ROLE_PUBLIC, .flags = PN_SHARED,
    .example = "pn onsale show hamlet-01")

const pn_module pn_onsale_module = {"onsale", N_("On sale"),
    .ops = PN_LIST(pn_op, &onsale_list_op, &onsale_show_op),
    .sql = PN_LIST(pn_sql, &tiers_sql)};
