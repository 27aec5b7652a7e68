/* SPDX-License-Identifier: Apache-2.0 */
/* Making and changing offers: the terms they stand under, the rules they must keep, their prices.
 * Everything is decided here before it is written, and written set-wise, so that one offer and a
 * file of thousands take the same path. */
#include "listing_int.h"
#include "rank_int.h"
#include "base/policy_int.h"

#include <inttypes.h>
#include <string.h>

// clang-format off
#define RULES(s)                                                                                   \
    PN_COL(s, min_buy, "", .flags = PN_OPT), PN_COL(s, max_buy, "", .flags = PN_OPT),              \
    PN_COL(s, split_policy, "", .words = pn_split_policies),                                       \
    PN_COL(s, split_multiple, "", .flags = PN_OPT),                                                \
    PN_COL(s, contiguous, "", .words = pni_yes_no),                                                \
    PN_COL(s, no_single_left, "", .words = pni_yes_no),                                            \
    PN_COL(s, soft_single, "", .words = pni_yes_no), PN_COL(s, seat_pick, "", .words = pni_yes_no),\
    PN_COL(s, grab_eligible, "", .words = pni_yes_no),                                             \
    PN_COL(s, special_kind, "", .words = pn_special_kinds),                                        \
    PN_COL(s, ship_by_kind, "", .words = pn_ship_kinds), PN_COL(s, ship_by_at, ""),                \
    PN_COL(s, ship_by_hours, "", .flags = PN_OPT), PN_COL(s, release_at, ""),                      \
    PN_COL(s, remark, "")
const pn_type pni_listing_t = {"listing.row", sizeof(pni_listing), (const pn_col[]){
    PN_COL(pni_listing, id, ""), PN_COL(pni_listing, version, ""),
    PN_COL(pni_listing, ask_fen, ""), PN_COL(pni_listing, qty, ""), RULES(pni_listing),
    PN_COL(pni_listing, merchant_id, ""), PN_COL(pni_listing, session_id, ""),
    PN_COL(pni_listing, tier_id, ""), PN_COL(pni_listing, code, ""),
    PN_COL(pni_listing, zone_name, ""), PN_COL(pni_listing, row_name, ""),
    PN_COL(pni_listing, seats, ""), PN_COL(pni_listing, delivery, ""),
    PN_COL(pni_listing, kind, "", .words = pn_listing_kinds),
    PN_COL(pni_listing, seat_mode, "", .words = pn_seat_modes),
    PN_COL(pni_listing, state, "", .words = pn_listing_states),
    PN_COL(pni_listing, sale_fen, ""), PN_COL(pni_listing, settle_fen, ""),
    PN_COL(pni_listing, rule_id, "", .flags = PN_OPT),
    PN_COL(pni_listing, price_kept, "", .words = pn_price_kept),
    PN_COL(pni_listing, frozen_for, "", .words = pn_frozen_for),
    PN_COL(pni_listing, level, "", .words = pn_merchant_levels), PN_COL(pni_listing, own, ""),
    PN_COL(pni_listing, reviewed, ""), PN_COL(pni_listing, was_paused, ""),
    PN_COL(pni_listing, sold_out, ""), PN_COL(pni_listing, service, ""),
    PN_COL(pni_listing, ship, ""), PN_COL(pni_listing, seat, ""),
    PN_COL(pni_listing, deposit_unit_fen, ""), PN_COL(pni_listing, deposit_need_fen, ""),
    PN_COL(pni_listing, deposit_quota_fen, ""), PN_COL(pni_listing, listed_at, ""),
    PN_COL(pni_listing, edit_from, ""), PN_COL(pni_listing, edits, ""),
    PN_COL(pni_listing, held, ""), PN_COL(pni_listing, locked, ""), PN_COL(pni_listing, sold, ""),
    PN_COL(pni_listing, sk, ""), PN_COL(pni_listing, move_id, ""),
    PN_COL(pni_listing, history_id, ""), PN_COL(pni_listing, stamp, ""),
    PN_COL(pni_listing, author_id, ""), {0}}};
// clang-format on

const pn_type pni_terms_t = {"listing.terms", sizeof(pni_terms), (const pn_col[]){
    PN_COL(pni_terms, id, ""), PN_COL(pni_terms, merchant_id, ""), PN_COL(pni_terms, tier_id, ""),
    PN_COL(pni_terms, session_id, ""), PN_COL(pni_terms, merchant, ""),
    PN_COL(pni_terms, tier, ""),
    PN_COL(pni_terms, merchant_status, "", .words = pn_merchant_states),
    PN_COL(pni_terms, merchant_kind, "", .words = pn_merchant_kinds),
    PN_COL(pni_terms, level, "", .words = pn_merchant_levels),
    PN_COL(pni_terms, contract_mode, "", .words = pn_contract_modes),
    PN_COL(pni_terms, commission_bp, ""), PN_COL(pni_terms, commission_min_fen, ""),
    PN_COL(pni_terms, face_fen, ""), PN_COL(pni_terms, hidden, ""), PN_COL(pni_terms, on_sale, ""),
    PN_COL(pni_terms, over, ""), PN_COL(pni_terms, published, ""),
    PN_COL(pni_terms, forbidden, ""), PN_COL(pni_terms, face_cap, ""),
    PN_COL(pni_terms, start_at, ""), PN_COL(pni_terms, delivery, ""),
    PN_COL(pni_terms, rule_id, "", .flags = PN_OPT), PN_COL(pni_terms, mb_bp, ""),
    PN_COL(pni_terms, mf_fen, ""), PN_COL(pni_terms, follow_fen, ""),
    PN_COL(pni_terms, default_bp, ""),
    PN_COL(pni_terms, on_time_bp, ""), PN_COL(pni_terms, accept_bp, ""),
    PN_COL(pni_terms, rating_bp, ""), {0}}};

/* The most specific rule in force; in it the higher priority, then the newer one. */
#define RULE                                                                                       \
    "(select a.id, a.mb_bp, a.mf_fen from price_adjust a where a.state = 'ACTIVE'"                 \
    " and a.from_at <= :now and (a.until_at is null or a.until_at > :now)"                         \
    " and (a.channels = '{}' or 'OWN' = any (a.channels)) and (a.scope = 'GLOBAL'"                 \
    "  or (a.scope = 'CATEGORY' and a.category = h.category)"                                      \
    "  or (a.scope = 'MERCHANT' and a.ref = m.id) or (a.scope = 'SHOW' and a.ref = h.id)"          \
    "  or (a.scope = 'SESSION' and a.ref = s.id) or (a.scope = 'LISTING' and a.ref = u.id))"       \
    " order by array_position(array['LISTING','SESSION','SHOW','MERCHANT','CATEGORY','GLOBAL'],"   \
    "  a.scope), a.priority desc, a.id desc limit 1)"
const pn_sql pni_terms_sql = {"listing_terms", &pni_terms_t, &pni_terms_t,
    "select u.id, m.id as merchant_id, t.id as tier_id, s.id as session_id, m.name as merchant,"
    " t.name as tier, m.status as merchant_status, m.kind as merchant_kind, m.level,"
    " m.contract_mode, m.commission_bp, m.commission_min_fen,"
    " (t.face_price_fen + t.combo_n - 1) / t.combo_n as face_fen, t.hidden,"
    " s.status in ('SCHEDULED', 'PRESALE', 'ON_SALE', 'TAIL') as on_sale,"
    " s.stop_sale_at <= :now as over, h.status = 'PUBLISHED' as published,"
    " h.resale_policy = 'FORBIDDEN' as forbidden, h.resale_policy = 'FACE_CAP' as face_cap,"
    " s.start_at, array_to_string(s.delivery_types, '|') as delivery,"
    " r.id as rule_id, coalesce(r.mb_bp, 0) as mb_bp, coalesce(r.mf_fen, 0) as mf_fen,"
    " coalesce(w.follow_fen, 0) as follow_fen,"
    " coalesce(g.default_bp, 0) as default_bp, coalesce(g.on_time_bp, 0) as on_time_bp,"
    " coalesce(g.accept_bp, 0) as accept_bp, coalesce(g.rating_bp, 0) as rating_bp"
    " from unnest(:id, :merchant_id, :tier_id) with ordinality u(id, merchant_id, tier_id, no)"
    " join merchant m on m.id = u.merchant_id join tier t on t.id = u.tier_id"
    " join session s on s.id = t.session_id join show h on h.id = s.show_id"
    " left join merchant_stand g on g.sk = (m.id & 4095)::int and g.merchant_id = m.id"
    " left join follow_rule w on w.sk = (u.id & 4095)::int and w.listing_id = u.id"
    " left join lateral " RULE " r on true order by u.no", .array = true};
const pn_sql pni_sellers_sql = {"listing_sellers", &pni_terms_t, &pni_terms_t,
    "select m.id as merchant_id from merchant m"
    " where m.id in (select u.merchant_id from unnest(:merchant_id) u(merchant_id))"
    " order by m.id for no key update", .array = true};

const pn_sql pni_lot_sql = {"listing_lot", &pni_one_id_t, &pni_listing_t,
    "select qty_total as qty, qty_held as held, qty_locked as locked, qty_sold as sold from stock"
    " where sk = :id# and lot_id = :id for update"};
const pn_sql pni_listing_get = {"listing_get", &pni_one_id_t, &pni_listing_t,
    "select id, version, ask_fen, min_buy, max_buy, split_policy, split_multiple,"
    " case when contiguous then 'yes' else 'no' end as contiguous,"
    " case when no_single_left then 'yes' else 'no' end as no_single_left,"
    " case when soft_single then 'yes' else 'no' end as soft_single,"
    " case when seat_pick then 'yes' else 'no' end as seat_pick,"
    " case when grab_eligible then 'yes' else 'no' end as grab_eligible, special_kind,"
    " ship_by_kind, ship_by_at, ship_by_hours, release_at, remark, merchant_id, session_id,"
    " tier_id, code, zone_name, row_name, array_to_string(seats, '|') as seats,"
    " array_to_string(delivery_limits, '|') as delivery, kind, seat_mode, state, sale_fen,"
    " settle_fen, rule_id, price_kept, frozen_for, level, own, reviewed, was_paused, sold_out,"
    " service, ship, seat, deposit_unit_fen, deposit_need_fen, deposit_quota_fen, listed_at,"
    " edit_from, edits, author_id from listing where sk = :id# and id = :id"
    " and (:my_merchant::bigint is null or merchant_id = :my_merchant)"};

const pn_sql pni_listing_insert = {"listing_insert", &pni_listing_t, NULL,
    "insert into listing (sk, id, code, merchant_id, session_id, tier_id, kind, seat_mode,"
    " zone_name, row_name, seats, ask_fen, sale_fen, settle_fen, rule_id, min_buy, max_buy,"
    " split_policy, split_multiple, contiguous, no_single_left, soft_single, seat_pick,"
    " grab_eligible, special_kind, delivery_limits, ship_by_kind, ship_by_at, ship_by_hours,"
    " release_at, remark, state, level, own, service, ship, seat, deposit_unit_fen,"
    " deposit_need_fen, listed_at, author_id, created_at, updated_at)"
    " select u.sk, u.id, u.code, u.merchant_id, u.session_id, u.tier_id, u.kind, u.seat_mode,"
    " coalesce(u.zone_name, ''), coalesce(u.row_name, ''),"
    " coalesce(string_to_array(u.seats, '|'), '{}'), u.ask_fen, u.sale_fen, u.settle_fen,"
    " u.rule_id, coalesce(u.min_buy, 1), coalesce(u.max_buy, 0),"
    " coalesce(u.split_policy, 'FREE'), coalesce(u.split_multiple, 1),"
    " coalesce(u.contiguous = 'yes', false), coalesce(u.no_single_left = 'yes', false),"
    " coalesce(u.soft_single = 'yes', false), coalesce(u.seat_pick = 'yes', false),"
    " coalesce(u.grab_eligible = 'yes', true), nullif(u.special_kind, 'ORDINARY'),"
    " coalesce(string_to_array(u.delivery, '|'), '{}'), u.ship_by_kind, u.ship_by_at,"
    " coalesce(u.ship_by_hours, 0), u.release_at, coalesce(u.remark, ''), u.state, u.level,"
    " u.own, u.service, u.ship, u.seat, u.deposit_unit_fen, u.deposit_need_fen, u.listed_at,"
    " :me, :now, :now"
    " from unnest(:sk, :id, :code, :merchant_id, :session_id, :tier_id, :kind, :seat_mode,"
    " :zone_name, :row_name, :seats, :ask_fen, :sale_fen, :settle_fen, :rule_id, :min_buy,"
    " :max_buy, :split_policy, :split_multiple, :contiguous, :no_single_left, :soft_single,"
    " :seat_pick, :grab_eligible, :special_kind, :delivery, :ship_by_kind, :ship_by_at,"
    " :ship_by_hours, :release_at, :remark, :state, :level, :own, :service, :ship, :seat,"
    " :deposit_unit_fen, :deposit_need_fen, :listed_at)"
    " u(sk, id, code, merchant_id, session_id, tier_id, kind, seat_mode, zone_name, row_name,"
    " seats, ask_fen, sale_fen, settle_fen, rule_id, min_buy, max_buy, split_policy,"
    " split_multiple, contiguous, no_single_left, soft_single, seat_pick, grab_eligible,"
    " special_kind, delivery, ship_by_kind, ship_by_at, ship_by_hours, release_at, remark, state,"
    " level, own, service, ship, seat, deposit_unit_fen, deposit_need_fen, listed_at)",
    .array = true};
const pn_sql pni_lot_put = {"listing_lot_put", &pni_listing_t, NULL,
    "insert into stock (sk, lot_id, tier_id, session_id, merchant_id, qty_total, seat_stamp)"
    " select u.sk, u.id, u.tier_id, u.session_id, u.merchant_id, u.qty, u.stamp"
    " from unnest(:sk, :id, :tier_id, :session_id, :merchant_id, :qty, :stamp)"
    "  u(sk, id, tier_id, session_id, merchant_id, qty, stamp)", .array = true};
const pn_sql pni_lot_moved = {"listing_lot_moved", &pni_listing_t, NULL,
    "insert into stock_move (sk, id, lot_id, delta, reason, actor_id, at)"
    " select u.sk, u.move_id, u.id, u.qty, 'listed', :me, :now"
    " from unnest(:sk, :move_id, :id, :qty) u(sk, move_id, id, qty)", .array = true};
const pn_sql pni_price_first = {"listing_price_first", &pni_listing_t, NULL,
    "insert into price_history (sk, id, listing_id, reason, rule_id, ask_fen, sale_fen,"
    "  settle_fen, actor_id, at)"
    " select u.sk, u.history_id, u.id, 'LISTED', u.rule_id, u.ask_fen, u.sale_fen, u.settle_fen,"
    "  :me, :now"
    " from unnest(:sk, :history_id, :id, :rule_id, :ask_fen, :sale_fen, :settle_fen)"
    "  u(sk, history_id, id, rule_id, ask_fen, sale_fen, settle_fen)", .array = true};

/* ---- terms ---- */

int pni_terms_read(pn *p, const pni_terms *asked, size_t n, pn_rows *out)
{
    return pn_exec_many(p, &pni_terms_sql, asked, n, out);
}

int pni_sellers_lock(pn *p, const pni_terms *asked, size_t n)
{
    return pn_exec_many(p, &pni_sellers_sql, asked, n, NULL);
}

static int no_listing(pn *p, int64_t id)
{
    return pn_fail(p, PN_ENONE, pni_field_of(p, "listing"), pn_tr("There is no %s %" PRId64),
                   pni_noun_word("listing"), id);
}

int pni_listing_look(pn *p, int64_t id, pni_listing *out)
{
    pni_listing lot = {0};
    int rc = pn_one(p, &pni_lot_sql, &(pni_one_id){id}, &lot);
    if (!rc)
        rc = pn_one(p, &pni_listing_get, &(pni_one_id){id}, out);
    if (rc == PN_ENONE)
        return no_listing(p, id);
    PN_TRY(rc);
    out->qty = lot.qty;
    out->held = lot.held;
    out->locked = lot.locked;
    out->sold = lot.sold;
    out->sk = pn_sk(id);
    return 0;
}

int pni_listing_terms(pn *p, int64_t id, pni_listing *out, pni_terms *terms)
{
    pn_rows rows;
    PN_TRY(pni_listing_look(p, id, out));
    pni_terms ask = {.id = id, .merchant_id = out->merchant_id, .tier_id = out->tier_id};
    PN_TRY(pni_sellers_lock(p, &ask, 1));
    PN_TRY(pni_terms_read(p, &ask, 1, &rows));
    if (!rows.n)
        return no_listing(p, id);
    *terms = *(const pni_terms *)rows.row;
    return 0;
}

pni_standing pni_standing_of(const pni_terms *t)
{
    return (pni_standing){t->level, t->merchant_status.v == PN_MERCHANT_RESTRICTED};
}

unsigned pni_ways(const char *joined)
{
    static const char *const names[] = {"EXPRESS", "ETICKET", "ONSITE", "CODE"};
    unsigned ways = 0;
    for (int i = 0; i < 4; i++)
        if (joined && strstr(joined, names[i]))
            ways |= 1u << i;
    return ways;
}

void pni_rules_of(const pni_listing *l, pni_rules *out)
{
    const int16_t yes = 1;
    *out = (pni_rules){.min_buy = l->min_buy, .max_buy = l->max_buy,
        .split_policy = l->split_policy.v, .split_multiple = l->split_multiple,
        .contiguous = l->contiguous.v == yes, .no_single_left = l->no_single_left.v == yes,
        .soft_single = l->soft_single.v == yes, .seat_pick = l->seat_pick.v == yes,
        .grab_eligible = l->grab_eligible.v == yes, .by_seat = l->seat_mode.v == PN_BY_SEAT,
        .special_kind = l->special_kind.v == PN_SPECIAL_ORDINARY ? 0 : l->special_kind.v,
        .delivery = pni_ways(l->delivery), .ship_kind = l->ship_by_kind.v,
        .ship_hours = l->ship_by_hours, .ship_at = l->ship_by_at, .release_at = l->release_at};
}

/* ---- rules ---- */

int pni_seller_check(pn *p, const pni_terms *t)
{
    if (t->merchant_status.v != PN_MERCHANT_ACTIVE &&
        t->merchant_status.v != PN_MERCHANT_RESTRICTED) {
        pn_fail(p, PN_ESTATE, "merchant", pn_tr("%s may not offer tickets (%s)"), t->merchant,
                pn_word_label(pn_merchant_states, t->merchant_status));
        return pn_hint(p, "%s", pn_tr("Operations admit and resume merchants"));
    }
    if (!t->published || !t->on_sale || t->over || t->hidden) {
        pn_fail(p, PN_ESTATE, "tier", "%s",
                pn_tr("Nothing can be offered for this tier any more or yet"));
        return pn_hint(p, "%s", pn_tr("The show must be published and the session before its end"
                                      " of sale"));
    }
    if (t->forbidden && t->merchant_kind.v != PN_SELLER_ORGANISER) {
        pn_fail(p, PN_EPERM, "tier", "%s", pn_tr("Tickets of this show may not be resold"));
        return pn_hint(p, "%s", pn_tr("Only the organiser sells them"));
    }
    return 0;
}

static int place_check(pn *p, const pni_listing *l)
{
    bool zone = l->zone_name && *l->zone_name, row = l->row_name && *l->row_name;
    if (l->seat_mode.v == PN_BY_AREA && !zone)
        return pn_fail(p, PN_EARG, "zone_name", "%s", pn_tr("An offer by area names the area"));
    if (l->seat_mode.v == PN_BY_ROW && !(zone && row))
        return pn_fail(p, PN_EARG, "row_name", "%s",
                       pn_tr("An offer by row names the area and the row"));
    if (l->seat_mode.v != PN_BY_SEAT && l->seats && *l->seats)
        return pn_fail(p, PN_EARG, "seats", "%s",
                       pn_tr("Seats are named only with seat mode SEAT"));
    if (l->seat_mode.v == PN_BY_SEAT && !(l->seats && *l->seats))
        return pn_fail(p, PN_EARG, "seats", "%s", pn_tr("Numbered seats must be named"));
    if (l->seat_mode.v != PN_BY_SEAT && l->seat_pick.v == 1)
        return pn_fail(p, PN_EARG, "seat_pick", "%s",
                       pn_tr("Buyers can pick only seats with numbers"));
    return 0;
}

static int ship_check(pn *p, const pni_listing *l, const pni_terms *t)
{
    if ((l->ship_by_kind.v == PN_SHIP_FIXED) != (l->ship_by_at.us != 0))
        return pn_fail(p, PN_EARG, "ship_by_at", "%s",
                       pn_tr("A time to ship by belongs to FIXED, and only to it"));
    if (l->kind.v == PN_OFFER_PRESALE && !l->ship_by_kind.v)
        return pn_fail(p, PN_EARG, "ship_by_kind", "%s", pn_tr("A presale says when it ships"));
    if (l->ship_by_at.us > t->start_at.us)
        return pn_fail(p, PN_ESHIPTIME, "ship_by_at", "%s",
                       pn_tr("It would ship after the start"));
    if (l->delivery && *l->delivery && !(pni_ways(l->delivery) & pni_ways(t->delivery))) {
        pn_fail(p, PN_EDELIVERY, "delivery_limits", "%s",
                pn_tr("The session has none of these ways of delivery"));
        return pn_hint(p, pn_tr("Possible: %s"), t->delivery);
    }
    return 0;
}

int pni_rules_check(pn *p, const pni_listing *l, const pni_terms *t)
{
    pni_rules r;
    uint64_t mask;
    PN_TRY(place_check(p, l));
    PN_TRY(ship_check(p, l, t));
    if (l->max_buy && l->min_buy > l->max_buy)
        return pn_fail(p, PN_EARG, "max_buy", pn_tr("At least %d and at most %d cannot both be"),
                       l->min_buy, l->max_buy);
    if (l->split_policy.v == PN_SPLIT_MULTIPLE && l->split_multiple < 2)
        return pn_fail(p, PN_EARG, "split_multiple", "%s",
                       pn_tr("Say in multiples of how many it is sold"));
    pni_rules_of(l, &r);
    if (pni_sellable(&r, l->qty, l->qty) && !pni_buyable(&r, l->qty, PNI_BUYABLE_MAX, &mask)) {
        pn_fail(p, PN_EARG, "max_buy", "%s", pn_tr("Under these rules nobody could buy anything"));
        return pn_hint(p, "%s", pn_tr("Look at least and most, split and single tickets together"));
    }
    return 0;
}

/* ---- prices ---- */

int pni_listing_reckon(pn *p, pni_listing *l, const pni_terms *t, pn_code *code,
                       pni_price_facts *f, pni_prices *prices)
{
    *f = (pni_price_facts){.ask_fen = l->ask_fen.fen, .face_fen = t->face_fen.fen,
        .mb_bp = t->mb_bp, .mf_fen = t->mf_fen.fen, .net = t->contract_mode.v == PN_CONTRACT_NET,
        .commission_min_fen = t->commission_min_fen.fen, .face_cap = t->face_cap,
        .follow_fen = t->follow_fen.fen};
    PN_TRY(pni_commission(p, t->level, t->commission_bp, &f->commission_bp));
    PN_TRY(pni_policy(p, "price.max_multiple_bp", &f->max_multiple_bp));
    PN_TRY(pni_policy(p, "price.pay_fee_bp", &f->pay_fee_bp));
    PN_TRY(pni_policy(p, "price.min_margin_fen", &f->min_margin_fen));
    *code = pni_price(f, prices);
    return 0;
}

int pni_listing_price(pn *p, pni_listing *l, const pni_terms *t)
{
    pni_price_facts f;
    pni_prices o;
    pn_code code;
    unsigned ways = pni_ways(t->delivery) & (pni_ways(l->delivery) ? pni_ways(l->delivery)
                                                                   : PNI_BY_ANY);
    PN_TRY(pni_listing_reckon(p, l, t, &code, &f, &o));
    if (code)
        return pni_cannot_price(p, code, &f, &o);
    l->sale_fen.fen = o.sale_fen;
    l->settle_fen.fen = o.settle_fen;
    l->rule_id = t->rule_id;
    l->price_kept.v = 0;
    l->level = t->level;
    l->own = t->merchant_kind.v == PN_SELLER_ORGANISER && ways & PNI_BY_ETICKET;
    l->service = pni_service_part(t->default_bp, t->on_time_bp, t->accept_bp, t->rating_bp);
    l->ship = pni_ship_part(l->kind.v == PN_OFFER_PRESALE, ways);
    l->seat = pni_seat_part(l->seat_mode.v);
    return pni_deposit_terms(p, l->kind.v, pni_standing_of(t), t->face_fen.fen, l->qty,
                             &l->deposit_unit_fen.fen, &l->deposit_need_fen.fen);
}

/* ---- writing ---- */

int pni_listing_new_ids(pn *p, pni_listing *l)
{
    l->sk = pn_sk(l->session_id);
    PN_TRY(pn_new_id(p, l->sk, &l->id));
    PN_TRY(pn_new_id(p, l->sk, &l->move_id));
    PN_TRY(pn_new_id(p, l->sk, &l->history_id));
    if (l->seat_mode.v == PN_BY_SEAT)
        PN_TRY(pn_new_id(p, l->sk, &l->stamp));
    if (!l->code)
        l->code = pn_printf(p, "L%" PRId64, l->id);
    return l->code ? 0 : pni_mem(p);
}

int pni_listing_put(pn *p, pni_listing *rows, size_t n)
{
    PN_TRY(pn_queue(p, &pni_lot_put, rows, n, NULL, NULL));
    PN_TRY(pn_queue(p, &pni_lot_moved, rows, n, NULL, NULL));
    PN_TRY(pni_listing_blocks(p, rows, n));
    PN_TRY(pn_queue(p, &pni_listing_insert, rows, n, NULL, NULL));
    PN_TRY(pn_queue(p, &pni_price_first, rows, n, NULL, NULL));
    PN_TRY(pn_sync(p));
    for (size_t i = 0; i < n; i++)
        PN_TRY(pni_stepped(p, &pni_listing_fsm, rows[i].id, NULL, "create", NULL));
    return 0;
}
