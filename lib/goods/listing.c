/* SPDX-License-Identifier: Apache-2.0 */
/* Offers as people see them: the list, one in detail, and the order in which they are shown. */
#include "listing_int.h"
#include "rank_int.h"
#include "price.h"
#include "base/policy_int.h"
#include "base/search_int.h"
#include "catalog/session.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const pn_words pn_listing_kinds[] = {PN_LISTING_KINDS(PN_WORD_ROW){0}};
const pn_words pn_seat_modes[] = {PN_SEAT_MODES(PN_WORD_ROW){0}};
const pn_words pn_split_policies[] = {PN_SPLIT_POLICIES(PN_WORD_ROW){0}};
const pn_words pn_ship_kinds[] = {PN_SHIP_KINDS(PN_WORD_ROW){0}};
const pn_words pn_price_kept[] = {PN_PRICE_KEPT(PN_WORD_ROW){0}};
const pn_words pn_frozen_for[] = {PN_FROZEN_FOR(PN_WORD_ROW){0}};

#define C(field, label, ...) PN_COL(pn_listing, field, label, __VA_ARGS__)
#define LISTING_COLS                                                                               \
    C(id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "l.id"),                                     \
    C(code, N_("Code"), .flags = PN_SORT, .sql = "l.code"),                                        \
    C(merchant_id, N_("Merchant number"), .ref = "merchant", .sql = "l.merchant_id"),              \
    C(merchant, N_("Merchant"), .flags = PN_BRIEF, .sql = "m.name"),                               \
    C(session_id, N_("Session number"), .ref = "session", .sql = "l.session_id"),                  \
    C(show, N_("Show"), .flags = PN_BRIEF, .sql = "h.title"),                                      \
    C(start_at, N_("Starts"), .flags = PN_BRIEF | PN_SORT, .sql = "s.start_at"),                   \
    C(tier_id, N_("Tier number"), .ref = "tier", .sql = "l.tier_id"),                              \
    C(tier, N_("Tier"), .flags = PN_BRIEF, .sql = "t.name"),                                       \
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_listing_states,                           \
      .sql = PNI_LISTING_STATE),                                                                   \
    C(kind, N_("Kind"), .words = pn_listing_kinds, .sql = "l.kind"),                               \
    C(seat_mode, N_("Seats by"), .words = pn_seat_modes, .sql = "l.seat_mode"),                    \
    C(zone_name, N_("Area"), .sql = "l.zone_name"),                                                \
    C(row_name, N_("Row"), .sql = "l.row_name"), C(seats, N_("Seats"), .sql = "l.seats"),          \
    C(face_fen, N_("Face price"),                                                                  \
      .sql = "((t.face_price_fen + t.combo_n - 1) / t.combo_n)"),                                  \
    C(ask_fen, N_("Asked price"), .flags = PN_BRIEF | PN_EACH, .sql = "l.ask_fen"),                \
    C(sale_fen, N_("Sale price"), .flags = PN_BRIEF | PN_EACH | PN_SORT, .sql = "l.sale_fen"),     \
    C(settle_fen, N_("Settlement price"), .sql = "l.settle_fen"),                                  \
    C(rule_id, N_("Price rule"), .flags = PN_OPT, .ref = "price", .sql = "l.rule_id"),             \
    C(price_kept, N_("Price kept"), .words = pn_price_kept, .sql = "l.price_kept"),                \
    C(total, N_("Total"), .flags = PN_BRIEF, .sql = "k.qty_total"),                                \
    C(locked, N_("Held"), .sql = "k.qty_locked"),                                                  \
    C(sold, N_("Sold"), .flags = PN_BRIEF, .sql = "k.qty_sold"),                                   \
    C(available, N_("Left"), .flags = PN_BRIEF, .sql = PNI_LISTING_LEFT),                          \
    C(over, N_("Out of time"), .sql = PNI_LISTING_OVER),                                           \
    C(min_buy, N_("At least"), .sql = "l.min_buy"), C(max_buy, N_("At most"), .flags = PN_OPT,     \
      .sql = "l.max_buy"),                                                                         \
    C(split_policy, N_("Sold as"), .words = pn_split_policies, .sql = "l.split_policy"),           \
    C(split_multiple, N_("Multiple of"), .sql = "l.split_multiple"),                               \
    C(contiguous, N_("Adjacent seats"), .sql = "l.contiguous"),                                    \
    C(no_single_left, N_("No single left over"), .sql = "l.no_single_left"),                       \
    C(soft_single, N_("Single left over if need be"), .sql = "l.soft_single"),                     \
    C(seat_pick, N_("Buyer picks seats"), .sql = "l.seat_pick"),                                   \
    C(grab_eligible, N_("Serves grab orders"), .sql = "l.grab_eligible"),                          \
    C(delivery_limits, N_("Delivered only"), .words = pn_deliveries,                               \
      .sql = "l.delivery_limits"),                                                                 \
    C(special_kind, N_("Special goods"), .words = pn_special_kinds, .sql = "l.special_kind"),      \
    C(ship_by_kind, N_("Ships by"), .words = pn_ship_kinds, .sql = "l.ship_by_kind"),              \
    C(ship_by_at, N_("Ships by time"), .sql = "l.ship_by_at"),                                     \
    C(ship_by_hours, N_("Ships by hours"), .flags = PN_OPT, .sql = "l.ship_by_hours"),             \
    C(release_at, N_("Tickets released"), .sql = "l.release_at"),                                  \
    C(boost, N_("Rank added"), .flags = PN_OPT, .sql = "l.boost"),                                 \
    C(boost_until, N_("Rank added until"), .sql = "l.boost_until"),                                \
    C(pin, N_("Pinned place"), .flags = PN_OPT, .sql = "l.pin"),                                   \
    C(risk, N_("Risk"), .flags = PN_OPT, .sql = "l.risk"),                                         \
    C(deposit_unit_fen, N_("Deposit a ticket"), .flags = PN_OPT, .sql = "l.deposit_unit_fen"),     \
    C(deposit_need_fen, N_("Deposit needed"), .flags = PN_OPT, .sql = "l.deposit_need_fen"),       \
    C(deposit_quota_fen, N_("Deposit frozen"), .flags = PN_OPT, .sql = "l.deposit_quota_fen"),     \
    C(frozen_for, N_("Frozen by"), .words = pn_frozen_for, .sql = "l.frozen_for"),                 \
    C(reason, N_("Reason"), .sql = "l.reason"), C(remark, N_("Remark"), .sql = "l.remark"),        \
    C(author_id, N_("Author"), .ref = "staff", .sql = "l.author_id"),                              \
    C(version, N_("Version"), .sql = "l.version"),                                                 \
    C(listed_at, N_("On offer since"), .sql = "l.listed_at"),                                      \
    C(created_at, N_("Created"), .flags = PN_SORT, .sql = "l.created_at"),                         \
    C(updated_at, N_("Changed"), .flags = PN_SORT, .sql = "l.updated_at"),                         \
    C(waits, N_("Waits for somebody"), .sql = PNI_LISTING_WAITS)

PN_TYPE(pn_listing_t, "listing", pn_listing, LISTING_COLS);

static PN_TYPE(change_t, "listing.price", pn_price_change,
    PN_COL(pn_price_change, at, N_("Time"), .flags = PN_BRIEF),
    PN_COL(pn_price_change, reason, N_("Because of"), .flags = PN_BRIEF,
           .words = pn_price_causes),
    PN_COL(pn_price_change, rule_id, N_("Price rule"), .flags = PN_OPT, .ref = "price"),
    PN_COL(pn_price_change, ask_before_fen, N_("Asked before"), .flags = PN_OPT),
    PN_COL(pn_price_change, ask_fen, N_("Asked price"), .flags = PN_BRIEF),
    PN_COL(pn_price_change, sale_before_fen, N_("Sold before at"), .flags = PN_OPT),
    PN_COL(pn_price_change, sale_fen, N_("Sale price"), .flags = PN_BRIEF),
    PN_COL(pn_price_change, settle_before_fen, N_("Settled before at"), .flags = PN_OPT),
    PN_COL(pn_price_change, settle_fen, N_("Settlement price"), .flags = PN_BRIEF),
    PN_COL(pn_price_change, by, N_("By"), .flags = PN_BRIEF));
static PN_TYPE(deposit_t, "listing.deposit", pn_deposit_move,
    PN_COL(pn_deposit_move, at, N_("Time"), .flags = PN_BRIEF),
    PN_COL(pn_deposit_move, delta_fen, N_("Amount"), .flags = PN_BRIEF),
    PN_COL(pn_deposit_move, reason, N_("Reason"), .flags = PN_BRIEF),
    PN_COL(pn_deposit_move, by, N_("By"), .flags = PN_BRIEF));
static PN_TYPE(detail_t, "listing.detail", pn_listing_detail, LISTING_COLS,
    PN_COL(pn_listing_detail, buyable, N_("Can be bought")),
    PN_COL(pn_listing_detail, prices, N_("Prices"), .of = &change_t),
    PN_COL(pn_listing_detail, deposits, N_("Deposit"), .of = &deposit_t));

#define WHO(s)                                                                                     \
    PN_COL(s, id, N_("Listing"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "listing")
static PN_TYPE(show_t, "listing.show", struct pn_listing_show, WHO(struct pn_listing_show));
static PN_TYPE(boost_t, "listing.boost", struct pn_listing_boost, WHO(struct pn_listing_boost),
    PN_COL(struct pn_listing_boost, points, N_("Rank added"), .flags = PN_ARG, .min = -200,
           .max = 200, .hint = N_("Of some 1000; 0 takes it away")),
    PN_COL(struct pn_listing_boost, until, N_("Until"), .hint = N_("Absent: for good")),
    PN_COL(struct pn_listing_boost, reason, N_("Reason"), .flags = PN_REQ, .max = 200));
static PN_TYPE(pin_t, "listing.pin", struct pn_listing_pin, WHO(struct pn_listing_pin),
    PN_COL(struct pn_listing_pin, place, N_("Place"), .flags = PN_ARG, .min = 0, .max = 1000,
           .hint = N_("1 is the first; 0 takes it away")),
    PN_COL(struct pn_listing_pin, reason, N_("Reason"), .flags = PN_REQ, .max = 200));
static PN_TYPE(rank_t, "listing.rank", struct pn_listing_rank,
    PN_COL(struct pn_listing_rank, session, N_("Session"), .flags = PN_OPT | PN_ARG,
           .ref = "session"),
    PN_COL(struct pn_listing_rank, tier, N_("Tier"), .flags = PN_OPT, .ref = "tier"));
static PN_TYPE(place_t, "listing.place", pn_listing_place,
    PN_COL(pn_listing_place, place, N_("Place"), .flags = PN_BRIEF),
    PN_COL(pn_listing_place, id, N_("Id"), .flags = PN_BRIEF, .ref = "listing"),
    PN_COL(pn_listing_place, merchant, N_("Merchant"), .flags = PN_BRIEF),
    PN_COL(pn_listing_place, tier, N_("Tier"), .flags = PN_BRIEF),
    PN_COL(pn_listing_place, sale_fen, N_("Sale price"), .flags = PN_BRIEF),
    PN_COL(pn_listing_place, available, N_("Left"), .flags = PN_BRIEF),
    PN_COL(pn_listing_place, rank, N_("Rank"), .flags = PN_BRIEF),
    PN_COL(pn_listing_place, boost, N_("Rank added"), .flags = PN_OPT),
    PN_COL(pn_listing_place, pin, N_("Pinned place"), .flags = PN_OPT),
    PN_COL(pn_listing_place, level, N_("Level"), .words = pn_merchant_levels));
static PN_TYPE(ranking_t, "listing.ranking", pn_listing_ranking,
    PN_COL(pn_listing_ranking, session, N_("Session"), .ref = "session"),
    PN_COL(pn_listing_ranking, places, N_("Offers"), .of = &place_t));

/* ---- statements ---- */

static const pn_sql prices = {"listing_prices", &pni_one_id_t, &change_t,
    "select x.at, x.reason, x.rule_id, x.ask_before_fen, x.ask_fen, x.sale_before_fen, x.sale_fen,"
    " x.settle_before_fen, x.settle_fen, w.name as by from price_history x"
    " left join staff w on w.id = x.actor_id where x.sk = :id# and x.listing_id = :id"
    " order by x.at desc, x.id desc limit 100"};
static const pn_sql deposits = {"listing_deposits", &pni_one_id_t, &deposit_t,
    "select d.at, d.delta_fen, d.reason, w.name as by from listing_deposit d"
    " left join staff w on w.id = d.actor_id where d.sk = :id# and d.listing_id = :id"
    " order by d.at desc, d.id desc limit 100"};
typedef struct candidate {
    int64_t session, tier, id;
    const char *merchant, *tier_name;
    pn_money sale_fen;
    int available, service, ship, seat, boost, risk, pin;
    bool own;
    pn_word level;
    pn_time listed_at;
} candidate;
static PN_TYPE(candidate_t, "listing.candidate", candidate, PN_COL(candidate, session, ""),
    PN_COL(candidate, tier, "", .flags = PN_OPT), PN_COL(candidate, id, ""),
    PN_COL(candidate, merchant, ""), PN_COL(candidate, tier_name, ""),
    PN_COL(candidate, sale_fen, ""), PN_COL(candidate, available, ""),
    PN_COL(candidate, service, ""), PN_COL(candidate, ship, ""), PN_COL(candidate, seat, ""),
    PN_COL(candidate, boost, ""), PN_COL(candidate, risk, ""), PN_COL(candidate, pin, ""),
    PN_COL(candidate, own, ""), PN_COL(candidate, level, "", .words = pn_merchant_levels),
    PN_COL(candidate, listed_at, ""));
static const pn_sql candidates = {"listing_candidates", &candidate_t, &candidate_t,
    "select l.id, m.name as merchant, t.name as tier_name, l.sale_fen,"
    " " PNI_LISTING_LEFT " as available, l.service, l.ship, l.seat,"
    " case when l.boost_until is null or l.boost_until > :now then l.boost else 0 end as boost,"
    " l.risk, l.pin, l.own, l.level, l.listed_at from listing l"
    " join stock k on k.sk = l.sk and k.lot_id = l.id join session s on s.id = l.session_id"
    " join tier t on t.id = l.tier_id join merchant m on m.id = l.merchant_id"
    " where l.sk = :session# and l.session_id = :session"
    " and (:tier::bigint is null or l.tier_id = :tier) and l.state = 'LIVE'"
    " and " PNI_LISTING_LEFT " > 0 and not " PNI_LISTING_OVER};
static const pn_sql of_tier = {"listing_of_tier", &candidate_t, &candidate_t,
    "select session_id as session from tier where id = :tier"};
static const pn_sql set_boost = {"listing_boost", &boost_t, NULL,
    "update listing set boost = :points, boost_until = :until, version = version + 1,"
    " updated_at = :now where sk = :id# and id = :id"};
static const pn_sql set_pin = {"listing_pin", &pin_t, NULL,
    "update listing set pin = :place, version = version + 1, updated_at = :now"
    " where sk = :id# and id = :id"};

static const pn_list_spec all = {.row = &pn_listing_t, .key = "l.id", .sort = "-id",
    .from = "listing l join stock k on k.sk = l.sk and k.lot_id = l.id"
            " join merchant m on m.id = l.merchant_id join tier t on t.id = l.tier_id"
            " join session s on s.id = l.session_id join show h on h.id = s.show_id",
    .scope = "(:my_merchant::bigint is null or l.merchant_id = :my_merchant)"
             " and (:my_organiser::bigint is null or h.organiser_id = :my_organiser)",
    .search = PNI_SEARCH("h")};

#define READERS                                                                                    \
    (PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT | PN_ROLE_ORGANISER | PN_ROLE_SYSTEM)

PN_OP_LIST(listing, list, all, .brief = N_("List offers"), .out = &pn_listing_t, .may = READERS,
    .example = "pn listing list --where 'state=LIVE sale_fen<500'")

int pni_listing_row(pn *p, int64_t id, pn_listing *out)
{
    return pni_row(p, &listing_list_op, id, out);
}

/* ---- one ---- */

static int buyable(pn *p, const pn_listing *row, const char **out)
{
    const int16_t yes[] = {0, 1};
    pni_listing l = {.min_buy = row->min_buy, .max_buy = row->max_buy,
                     .split_policy = row->split_policy, .split_multiple = row->split_multiple,
                     .no_single_left = {yes[row->no_single_left]}, .seat_mode = row->seat_mode};
    pni_rules r;
    uint64_t mask = 0;
    pn_buf b = pn_buf_new(p);
    pni_rules_of(&l, &r);
    if (row->state.v == PN_LISTING_LIVE)
        (void)pni_buyable(&r, row->available, PNI_BUYABLE_MAX, &mask);
    for (int n = 1; n <= PNI_BUYABLE_MAX; n++)
        if (mask >> (n - 1) & 1)
            pn_buf_putf(&b, b.len ? ", %d" : "%d", n);
    *out = b.text;
    return b.bad ? pni_mem(p) : 0;
}

static int show(pn *p, const struct pn_listing_show *in, pn_listing_detail *out)
{
    PN_TRY(pni_listing_row(p, in->id, &out->row));
    PN_TRY(buyable(p, &out->row, &out->buyable));
    PN_TRY(pn_queue(p, &prices, &(pni_one_id){in->id}, 0, &out->prices, NULL));
    return pn_all(p, &deposits, &(pni_one_id){in->id}, &out->deposits);
}

/* ---- rank ---- */

static int read_ranked(pn *p, const pn_rows *rows, pni_ranked **out)
{
    pni_ranked *r = pn_alloc(p, (rows->n + 1) * sizeof *r);
    *out = r;
    if (!r)
        return pni_mem(p);
    pn_each(candidate, c, rows)
    {
        int64_t points;
        PN_TRY(pni_level_rank(p, c->level, &points));
        *r++ = (pni_ranked){.id = c->id, .sale_fen = c->sale_fen.fen, .service = c->service,
            .ship = c->ship, .seat = c->seat, .boost = c->boost, .level_rank = (int)points,
            .risk = c->risk, .level = c->level.v, .pin = c->pin, .own = c->own,
            .listed_at = c->listed_at, .of = c};
    }
    return 0;
}

static int rank(pn *p, const struct pn_listing_rank *in, pn_listing_ranking *out)
{
    candidate ask = {.session = in->session, .tier = in->tier}, found = {0};
    pni_rank_weights w;
    pni_ranked *r;
    pn_rows rows;
    if (!in->session && !in->tier)
        return pn_fail(p, PN_EARG, "session", "%s", pn_tr("Of which session or tier?"));
    if (in->tier) {
        int rc = pn_one(p, &of_tier, &ask, &found);
        if (rc == PN_ENONE || (!rc && in->session && in->session != found.session))
            return pn_fail(p, PN_ENONE, "tier", pn_tr("There is no %s %" PRId64),
                           pni_noun_word("tier"), in->tier);
        PN_TRY(rc);
        ask.session = found.session;
    }
    PN_TRY(pni_rank_weights_read(p, &w));
    PN_TRY(pn_all(p, &candidates, &ask, &rows));
    PN_TRY(read_ranked(p, &rows, &r));
    pni_rank(&w, r, rows.n);
    pn_listing_place *place = pn_alloc(p, (rows.n + 1) * sizeof *place);
    if (!place)
        return pni_mem(p);
    for (size_t i = 0; i < rows.n; i++) {
        const candidate *c = r[i].of;
        place[i] = (pn_listing_place){(int)i + 1, c->id, c->merchant, c->tier_name, c->sale_fen,
                                      c->available, r[i].rank / 1000.0, c->boost, c->pin,
                                      c->level};
    }
    *out = (pn_listing_ranking){ask.session, {place, rows.n}};
    return 0;
}

static int order(pn *p, const pn_sql *sql, const void *in, int64_t id, const char *reason,
                 pn_listing *out)
{
    pni_listing l;
    pn_listing before;
    PN_TRY(pni_listing_look(p, id, &l));
    PN_TRY(pni_listing_row(p, id, &before));
    PN_TRY(pn_exec(p, sql, in, NULL));
    PN_TRY(pni_listing_row(p, id, out));
    return pn_audit(p, "listing", id, &pn_listing_t, &before, out, reason);
}

static int boost(pn *p, const struct pn_listing_boost *in, pn_listing *out)
{
    if (in->until.us && in->until.us <= pn_now(p).us)
        return pn_fail(p, PN_EARG, "until", "%s", pn_tr("That time is over"));
    return order(p, &set_boost, in, in->id, in->reason, out);
}

static int pin(pn *p, const struct pn_listing_pin *in, pn_listing *out)
{
    return order(p, &set_pin, in, in->id, in->reason, out);
}

PN_OP(listing, show, pn_listing_detail,
    .brief = N_("Show an offer with its prices and its deposit"), .in = &show_t,
    .out = &detail_t, .may = READERS, .example = "pn listing show 53248")
PN_OP(listing, rank, pn_listing_ranking,
    .brief = N_("Show in which order the offers of a session or tier stand"), .in = &rank_t,
    .out = &ranking_t, .may = PN_ROLE_OPS, .example = "pn listing rank hamlet-01")
PN_OP(listing, boost, pn_listing, .brief = N_("Move an offer up or down in the rank"),
    .in = &boost_t, .out = &pn_listing_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn listing boost 53248 100 --until D+2 --reason 'best view'")
PN_OP(listing, pin, pn_listing, .brief = N_("Pin an offer to a place in front of the others"),
    .in = &pin_t, .out = &pn_listing_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn listing pin 53248 1 --reason campaign")

const pn_module pn_listing_module = {
    .noun = "listing",
    .title = N_("Offers of merchants"),
    .ops = PN_LIST(pn_op, &listing_list_op, &listing_show_op, &pni_listing_create_op,
                   &pni_listing_change_op, &pni_listing_submit_op, &pni_listing_approve_op,
                   &pni_listing_reject_op, &pni_listing_pause_op, &pni_listing_resume_op,
                   &pni_listing_freeze_op, &pni_listing_unfreeze_op, &pni_listing_withdraw_op,
                   &pni_listing_expire_op, &pni_listing_follow_op,
                   &pni_listing_fund_op,
                   &pni_listing_release_op, &listing_boost_op, &listing_pin_op, &listing_rank_op,
                   &pni_listing_import_op),
    .sql = PN_LIST(pn_sql, &pni_terms_sql, &pni_sellers_sql, &pni_lot_sql, &pni_listing_get,
                   &pni_listing_insert, &pni_lot_put, &pni_lot_moved, &pni_price_first,
                   &pni_lot_blocks, &pni_claim_put, &pni_claim_find, &pni_claim_own,
                   &pni_claim_drop, &pni_claim_floors, &pni_claim_sessions,
                   &pni_clash_put,
                   &pni_listing_update, &pni_lot_total, &pni_listing_edited, &pni_price_changed,
                   &pni_listing_submitted, &pni_listing_mark, &pni_listing_count,
                   &pni_listing_clashes, &pni_listing_due, &pni_listing_follow,
                   &pni_refresh_sessions, &pni_refresh_lots, &pni_refresh_rows,
                   &pni_refresh_write, &pni_import_pairs, &pni_import_known, &pni_deposit_add,
                   &pni_deposit_log, &pni_forfeit_own, &pni_forfeit_others, &pni_forfeit_lost,
                   &pni_release_due, &pni_release_cases, &pni_release_done,
                   &prices, &deposits,
                   &candidates, &of_tier, &set_boost, &set_pin),
    .fsm = PN_LIST(pn_fsm, &pni_listing_fsm),
    .jobs = PN_LIST(pn_job, &pni_listing_expire_job, &pni_listing_follow_job,
                    &pni_deposit_release_job),
    .events = PN_LIST(pn_event, &pni_merchant_changed_event, &pni_listing_refresh_event,
                      &pni_seats_kept_event),
};
