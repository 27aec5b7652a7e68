/* SPDX-License-Identifier: Apache-2.0 */
/* When a rule, a contract, a level or an account changes, the offers it concerns are priced again
 * and frozen or thawed, one session a transaction. A price that would break a bound is not made:
 * the old three stand, and the offer is marked. */
#include "listing_int.h"

#include <string.h>

#define OPEN "('PENDING_REVIEW', 'PENDING_DEPOSIT', 'LIVE', 'PAUSED', 'FROZEN')"

typedef struct whose { int64_t id; const char *scope, *category; } whose;
static PN_TYPE(whose_t, "listing.whose", whose, PN_COL(whose, id, ""), PN_COL(whose, scope, ""),
    PN_COL(whose, category, ""));
const pn_sql pni_refresh_sessions = {"listing_refresh_sessions", &whose_t, &pni_one_id_t,
    "select distinct l.session_id as id from listing l join session s on s.id = l.session_id"
    " join show h on h.id = s.show_id where l.state in " OPEN " and case :scope"
    " when 'GLOBAL' then true when 'CATEGORY' then h.category = :category"
    " when 'MERCHANT' then l.merchant_id = :id when 'SHOW' then h.id = :id"
    " when 'SESSION' then s.id = :id else l.id = :id end order by 1"};

const pn_sql pni_refresh_lots = {"listing_refresh_lots", &pni_one_id_t, &pni_one_id_t,
    "select lot_id as id from stock where sk = :id# and session_id = :id"
    " and merchant_id is not null order by lot_id for update"};
const pn_sql pni_refresh_rows = {"listing_refresh_rows", &pni_one_id_t, &pni_listing_t,
    "select l.id, l.merchant_id, l.session_id, l.tier_id, l.kind, l.seat_mode, l.state, l.ask_fen,"
    " l.sale_fen, l.settle_fen, l.rule_id, l.price_kept, l.frozen_for, l.was_paused, l.level,"
    " l.own, l.service, l.ship, l.seat, l.deposit_unit_fen, l.deposit_need_fen,"
    " l.deposit_quota_fen, array_to_string(l.delivery_limits, '|') as delivery, k.qty_total as qty,"
    " k.qty_held as held, k.qty_locked as locked, k.qty_sold as sold"
    " from listing l join stock k on k.sk = l.sk and k.lot_id = l.id"
    " where l.sk = :id# and l.session_id = :id and l.state in " OPEN " order by l.id"};
const pn_sql pni_refresh_write = {"listing_refresh_write", &pni_listing_t, NULL,
    "update listing l set sale_fen = u.sale_fen, settle_fen = u.settle_fen, rule_id = u.rule_id,"
    " price_kept = u.price_kept, level = u.level, own = u.own, service = u.service,"
    " ship = u.ship, seat = u.seat, version = l.version + 1, updated_at = :now"
    " from unnest(:sk, :id, :sale_fen, :settle_fen, :rule_id, :price_kept, :level, :own,"
    "  :service, :ship, :seat) u(sk, id, sale_fen, settle_fen, rule_id, price_kept, level, own,"
    "  service, ship, seat) where l.sk = u.sk and l.id = u.id", .array = true};

int pni_refresh_ask(pn *p, const char *scope, int64_t ref, const char *category)
{
    pn_rows rows;
    whose w = {.id = ref, .scope = scope, .category = category};
    PN_TRY(pn_all(p, &pni_refresh_sessions, &w, &rows));
    pn_each(pni_one_id, s, &rows)
        PN_TRY(pn_outbox(p, PNI_LISTING_REFRESH, s->id, &pni_one_id_t, s, NULL));
    return 0;
}

static int merchant_changed(pn *p, int64_t id, const char *payload)
{
    (void)payload;
    return pni_refresh_ask(p, "MERCHANT", id, NULL);
}
const pn_event pni_merchant_changed_event = {PNI_MERCHANT_CHANGED, merchant_changed};

/* ---- one session ---- */

static bool same(const pni_listing *a, const pni_listing *b)
{
    return a->sale_fen.fen == b->sale_fen.fen && a->settle_fen.fen == b->settle_fen.fen &&
           a->rule_id == b->rule_id && a->price_kept.v == b->price_kept.v &&
           a->level.v == b->level.v && a->own == b->own && a->service == b->service &&
           a->ship == b->ship && a->seat == b->seat;
}

static int again(pn *p, pni_listing *l, const pni_terms *t)
{
    pni_price_facts f;
    pni_prices o;
    pn_code code;
    pni_listing fresh = *l;
    PN_TRY(pni_listing_reckon(p, &fresh, t, &code, &f, &o));
    if (code) {
        l->price_kept.v = code == PN_ECAP ? PN_KEPT_CAP : PN_KEPT_FLOOR;
        return 0;
    }
    PN_TRY(pni_listing_price(p, &fresh, t));
    fresh.deposit_unit_fen = l->deposit_unit_fen; /* what was agreed when it went on offer */
    fresh.deposit_need_fen = l->deposit_need_fen;
    *l = fresh;
    return 0;
}

/* Frozen with its merchant, and only then thawed with it. */
static int follow(pn *p, pni_listing *l, const pni_terms *t)
{
    int status = t->merchant_status.v;
    bool sells = status == PN_MERCHANT_ACTIVE || status == PN_MERCHANT_RESTRICTED;
    bool offered = l->state.v == PN_LISTING_LIVE || l->state.v == PN_LISTING_PAUSED;
    bool covered = l->was_paused || l->deposit_quota_fen.fen >= l->deposit_need_fen.fen;
    if (!sells && offered) {
        PN_TRY(pni_listing_step(p, l, "freeze", pn_tr("the merchant may not sell")));
        return pni_listing_freeze_for(p, l->id, PN_FROZEN_MERCHANT);
    }
    if (sells && l->state.v == PN_LISTING_FROZEN && l->frozen_for.v == PN_FROZEN_MERCHANT &&
        covered)
        return pni_listing_step(p, l, l->was_paused ? "unfreeze_paused" : "unfreeze",
                                pn_tr("the merchant may sell again"));
    return 0;
}

static int refresh(pn *p, int64_t session, const char *payload)
{
    pn_rows rows, terms;
    size_t m = 0;
    (void)payload;
    PN_TRY(pn_exec(p, &pni_refresh_lots, &(pni_one_id){session}, NULL));
    PN_TRY(pn_all(p, &pni_refresh_rows, &(pni_one_id){session}, &rows));
    pni_listing *now = rows.row, *was = pn_alloc(p, (rows.n + 1) * sizeof *was),
                *changed = pn_alloc(p, (rows.n + 1) * sizeof *changed);
    pni_terms *ask = pn_alloc(p, (rows.n + 1) * sizeof *ask);
    if (!was || !changed || !ask)
        return pni_mem(p);
    for (size_t i = 0; i < rows.n; i++)
        ask[i] = (pni_terms){.id = now[i].id, .merchant_id = now[i].merchant_id,
                             .tier_id = now[i].tier_id};
    if (!rows.n)
        return 0;
    PN_TRY(pni_terms_read(p, ask, rows.n, &terms));
    const pni_terms *t = terms.row;
    for (size_t i = 0, k = 0; i < rows.n && k < terms.n; i++) {
        if (t[k].id != now[i].id)
            continue;
        was[m] = now[i];
        changed[m] = now[i];
        changed[m].sk = pn_sk(session);
        PN_TRY(again(p, &changed[m], &t[k]));
        m += !same(&was[m], &changed[m]);
        PN_TRY(follow(p, &now[i], &t[k++]));
    }
    if (!m)
        return 0;
    PN_TRY(pn_exec_many(p, &pni_refresh_write, changed, m, NULL));
    for (size_t i = 0; i < m; i++)
        PN_TRY(pn_outbox(p, "listing.changed", changed[i].id, &pni_one_id_t,
                         &(pni_one_id){changed[i].id}, NULL));
    return pni_price_notes(p, was, changed, m, NULL);
}
const pn_event pni_listing_refresh_event = {PNI_LISTING_REFRESH, refresh};
