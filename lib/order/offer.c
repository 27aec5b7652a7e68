/* SPDX-License-Identifier: Apache-2.0 */
/* offer.c — may it be sold now, and for how much. Prices are always computed here, never taken
 * from the client. */
#include <stdlib.h>
#include <string.h>

#include "order/offer_int.h"
#include "base/policy_int.h"

int (*pni_cart_discount_hook)(pn *p, const pni_cart *cart, int64_t *discount_fen);

typedef struct offer_in { pn_texts tiers; int64_t tier; } offer_in;
static PN_TYPE(offer_in_t, "order.offer_in", offer_in, PN_COL(offer_in, tiers, N_("Tiers")),
    PN_COL(offer_in, tier, N_("Tier")));

static PN_TYPE(offer_t, "order.offer", pni_offer,
    PN_COL(pni_offer, tier_id, N_("Tier")), PN_COL(pni_offer, session_id, N_("Session")),
    PN_COL(pni_offer, show_id, N_("Show")), PN_COL(pni_offer, organiser, N_("Organiser")),
    PN_COL(pni_offer, tier, N_("Tier")), PN_COL(pni_offer, show, N_("Show")),
    PN_COL(pni_offer, face_price_fen, N_("Face price")), PN_COL(pni_offer, combo_n, N_("Seats")),
    PN_COL(pni_offer, free, N_("Free")), PN_COL(pni_offer, hidden, N_("Hidden")),
    PN_COL(pni_offer, takes_express, N_("Express")),
    PN_COL(pni_offer, takes_eticket, N_("E-ticket")),
    PN_COL(pni_offer, takes_onsite, N_("Pick up on site")),
    PN_COL(pni_offer, takes_code, N_("Pick-up code")), PN_COL(pni_offer, due, N_("Due")),
    PN_COL(pni_offer, sale_from, N_("Sale from")), PN_COL(pni_offer, sale_to, N_("Sale to")),
    PN_COL(pni_offer, sale_at, N_("Sale opens")), PN_COL(pni_offer, stop_sale_at, N_("Sale ends")),
    PN_COL(pni_offer, start_at, N_("Start")), PN_COL(pni_offer, session_status, N_("Status")),
    PN_COL(pni_offer, show_status, N_("Status")), PN_COL(pni_offer, realname, N_("Real name")),
    PN_COL(pni_offer, limit_order, N_("Limit per order")),
    PN_COL(pni_offer, limit_user, N_("Limit per buyer")), PN_COL(pni_offer, hold_min, N_("Hold")),
    PN_COL(pni_offer, hold_tail_min, N_("Hold")), PN_COL(pni_offer, hold_pos_min, N_("Hold")),
    PN_COL(pni_offer, express_fen, N_("Express fee")));

/* Everything a sale needs to know, in one round trip: it goes out with the BEGIN. */
const pn_sql pni_offer_sql = {"order_offer", &offer_in_t, &offer_t,
    "with g as (select " PNI_POLICY("order.hold_min") " as hold_min,"
    "  " PNI_POLICY("order.hold_tail_min") " as hold_tail_min,"
    "  " PNI_POLICY("order.hold_pos_min") " as hold_pos_min,"
    "  " PNI_POLICY("delivery.express_fen") " as express_fen)"
    " select t.id as tier_id, t.session_id, s.show_id, coalesce(h.organiser_id, 0) as organiser,"
    "  t.name as tier, h.title as show, t.face_price_fen, t.combo_n,"
    "  coalesce(k.qty_total - k.qty_held - k.qty_locked - k.qty_sold, 0) as free, t.hidden,"
    "  'EXPRESS' = any (s.delivery_types) as takes_express,"
    "  'ETICKET' = any (s.delivery_types) as takes_eticket,"
    "  'ONSITE' = any (s.delivery_types) as takes_onsite,"
    "  'CODE' = any (s.delivery_types) as takes_code,"
    "  exists (select from order_due d where d.sk = :tier# and d.due_at <= :now) as due,"
    "  t.sale_from, t.sale_to, s.sale_at, s.stop_sale_at, s.start_at,"
    "  s.status as session_status, h.status as show_status, h.realname_mode as realname,"
    "  h.purchase_limit_order as limit_order, h.purchase_limit_user as limit_user,"
    "  g.hold_min, g.hold_tail_min, g.hold_pos_min, g.express_fen"
    " from tier t join session s on s.id = t.session_id join show h on h.id = s.show_id"
    " cross join g left join stock k on k.sk = :tier# and k.lot_id = t.id"
    " where t.id = any ((:tiers)::bigint[]) order by t.id", false};

static bool among(const char *word, const char *list)
{
    size_t n = strlen(word);
    for (const char *s = list; (s = strstr(s, word)) != NULL; s += n)
        if ((s == list || s[-1] == ' ') && (s[n] == ' ' || s[n] == 0))
            return true;
    return false;
}

/* I18 and the tier's own window. A session whose opening time has come is open although the job
 * that says so has not run yet. */
static int sale_open(pn *p, const pni_offer *o)
{
    int64_t now = pn_now(p).us;
    if (strcmp(o->show_status, "PUBLISHED") != 0)
        return pn_fail(p, PN_ESTATE, "tier", pn_tr("“%s” is not published"), o->show);
    bool opened = among(o->session_status, "PRESALE ON_SALE TAIL") ||
                  (among(o->session_status, "SCHEDULED") && o->sale_at.us && o->sale_at.us <= now);
    if (!opened)
        return pn_fail(p, PN_ESTATE, "session", pn_tr("The session is not on sale (%s)"),
                       o->session_status);
    if (now >= o->stop_sale_at.us)
        return pn_fail(p, PN_ESTATE, "session", "%s", pn_tr("The sale of this session has ended"));
    if (o->hidden)
        return pn_fail(p, PN_ESTATE, "tier", pn_tr("Tier “%s” is not for sale"), o->tier);
    if (o->sale_from.us && now < o->sale_from.us)
        return pn_fail(p, PN_ESTATE, "tier", pn_tr("The sale of tier “%s” has not begun"), o->tier);
    if (o->sale_to.us && now >= o->sale_to.us)
        return pn_fail(p, PN_ESTATE, "tier", pn_tr("The sale of tier “%s” has ended"), o->tier);
    return 0;
}

static int by_tier(const void *a, const void *b)
{
    const pn_order_want *x = a, *y = b;
    return (x->tier > y->tier) - (x->tier < y->tier);
}

/* The lines in tier order, those of one tier made one (two lines must not each see all stock). */
static int merge(pn *p, int64_t tier, int qty, const pn_rows *items, pn_order_want *want, size_t *n)
{
    size_t given = items->n;
    if ((given > 0) == (tier != 0))
        return pn_fail(p, PN_EARG, "tier", "%s", pn_tr("Give a tier, or items, not both"));
    if (given > PNI_ITEMS_MAX)
        return pn_fail(p, PN_EARG, "items", pn_tr("At most %d items in one order"), PNI_ITEMS_MAX);
    if (tier)
        want[given++] = (pn_order_want){tier, qty};
    else
        memcpy(want, items->row, given * sizeof *want);
    qsort(want, given, sizeof *want, by_tier);
    *n = 0;
    for (size_t i = 0; i < given; i++) {
        if (want[i].qty < 1 || want[i].qty > PNI_SEATS_MAX)
            return pn_fail(p, PN_ECOUNT, tier ? "qty" : "items",
                           pn_tr("A quantity is between 1 and %d"), PNI_SEATS_MAX);
        if (*n && want[*n - 1].tier == want[i].tier)
            want[*n - 1].qty += want[i].qty;
        else
            want[(*n)++] = want[i];
    }
    return 0;
}

static int find(pn *p, const pn_order_want *want, size_t n, pni_cart *cart)
{
    offer_in in = {.tiers = {pn_alloc(p, n * sizeof(char *)), n}, .tier = want[0].tier};
    pn_rows rows;
    for (size_t i = 0; i < n; i++) {
        if (!in.tiers.v || !(in.tiers.v[i] = pn_printf(p, "%lld", (long long)want[i].tier)))
            return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
        if (pn_sk(want[i].tier) != pn_sk(want[0].tier))
            return pn_fail(p, PN_EARG, "items", "%s", pn_tr("One order is for one session"));
    }
    PN_TRY(pn_all(p, &pni_offer_sql, &in, &rows));
    cart->offer = rows.row;
    cart->n = n;
    cart->units = pn_alloc(p, n * sizeof *cart->units);
    if (!cart->units)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < n; i++) {
        if (i >= rows.n || cart->offer[i].tier_id != want[i].tier)
            return pn_fail(p, PN_ENONE, "tier", pn_tr("There is no tier %lld"),
                           (long long)want[i].tier);
        if (cart->offer[i].session_id != cart->offer[0].session_id)
            return pn_fail(p, PN_EARG, "items", "%s", pn_tr("One order is for one session"));
        cart->units[i] = want[i].qty;
    }
    return 0;
}

static bool takes(const pni_offer *o, int delivery)
{
    const bool can[] = {[PN_DELIVERY_EXPRESS] = o->takes_express,
                        [PN_DELIVERY_ETICKET] = o->takes_eticket,
                        [PN_DELIVERY_ONSITE] = o->takes_onsite, [PN_DELIVERY_CODE] = o->takes_code};
    return delivery > 0 && delivery <= PN_DELIVERY_CODE && can[delivery];
}

/* The delivery asked for, or the first that the session offers. */
static int choose_delivery(pn *p, pn_word asked, pni_cart *cart)
{
    static const int order[] = {PN_DELIVERY_ETICKET, PN_DELIVERY_ONSITE, PN_DELIVERY_CODE,
                                PN_DELIVERY_EXPRESS};
    if (!asked.v && cart->channel.v == PN_CHANNEL_POS && takes(cart->offer, PN_DELIVERY_ONSITE))
        asked.v = PN_DELIVERY_ONSITE;
    for (size_t i = 0; !asked.v && i < sizeof order / sizeof *order; i++)
        if (takes(cart->offer, order[i]))
            asked.v = (int16_t)order[i];
    if (!takes(cart->offer, asked.v))
        return pn_fail(p, PN_EARG, "delivery", pn_tr("This session is not delivered that way (%s)"),
                       pn_word_label(pn_deliveries, asked));
    cart->delivery = asked;
    return 0;
}

static int choose_channel(pn *p, pn_word asked, pni_cart *cart)
{
    uint32_t roles = pn_who(p)->roles;
    if (!asked.v)
        asked.v = roles & PN_ROLE_BOXOFFICE ? PN_CHANNEL_POS : PN_CHANNEL_OWN;
    if (asked.v == PN_CHANNEL_POS && !(roles & (PN_ROLE_BOXOFFICE | PN_ROLE_ADMIN)))
        return pn_fail(p, PN_EPERM, "channel", "%s", pn_tr("Only the box office sells there"));
    cart->channel = asked;
    return 0;
}

static int price(pn *p, pni_cart *cart)
{
    for (size_t i = 0; i < cart->n; i++) {
        const pni_offer *o = &cart->offer[i];
        cart->seats += cart->units[i] * o->combo_n;
        cart->goods_fen += cart->units[i] * o->face_price_fen.fen;
    }
    if (pni_cart_discount_hook)
        PN_TRY(pni_cart_discount_hook(p, cart, &cart->discount_fen));
    if (cart->discount_fen < 0 || cart->discount_fen > cart->goods_fen)
        return pn_fail(p, PN_ECAP, NULL, "%s", pn_tr("The discount is above the price"));
    if (cart->delivery.v == PN_DELIVERY_EXPRESS)
        cart->delivery_fen = cart->offer[0].express_fen;
    cart->payable_fen =
        cart->goods_fen - cart->discount_fen + cart->delivery_fen + cart->service_fen;
    return 0;
}

int pni_cart_fill(pn *p, int64_t session, int64_t tier, int qty, const pn_rows *items,
                  pn_word delivery, pn_word channel, pni_cart *cart)
{
    pn_order_want want[PNI_ITEMS_MAX + 1];
    size_t n = 0;
    *cart = (pni_cart){0};
    PN_TRY(merge(p, tier, qty, items, want, &n));
    PN_TRY(find(p, want, n, cart));
    const pni_offer *o = cart->offer;
    if (session && session != o->session_id)
        return pn_fail(p, PN_EARG, "session", "%s", pn_tr("The tier is of another session"));
    if (pn_who(p)->organiser && pn_who(p)->organiser != o->organiser)
        return pn_fail(p, PN_ENONE, "tier", pn_tr("There is no tier %lld"), (long long)o->tier_id);
    for (size_t i = 0; i < n; i++)
        PN_TRY(sale_open(p, &o[i]));
    PN_TRY(choose_channel(p, channel, cart));
    PN_TRY(choose_delivery(p, delivery, cart));
    PN_TRY(price(p, cart));
    cart->hold_min = cart->channel.v == PN_CHANNEL_POS      ? o->hold_pos_min
                     : strcmp(o->session_status, "TAIL") == 0 ? o->hold_tail_min
                                                              : o->hold_min;
    return 0;
}
