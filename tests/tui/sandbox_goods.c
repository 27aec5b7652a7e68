/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox_goods.c — the sandbox's market: offers that can be typed over, priced and paused, and a
 * small hall whose seats can be found and held. State lives as long as the process. */
#include "config.h"
#include "sandbox_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- offers ---- */

#define OFFERS(W)                                                                                  \
    W(OFFER, LIVE, N_("On offer"), 'g')                                                            \
    W(OFFER, PAUSED, N_("Paused"), 'w')                                                            \
    W(OFFER, FROZEN, N_("Frozen"), 'b')
enum { OFFER_UNSET, OFFERS(PN_WORD_ENUM) };
static const pn_words offers[] = {OFFERS(PN_WORD_ROW){0}};

enum { LISTINGS = 12 };
static const pn_words splits[] = {{"FREE", N_("As one likes"), 0}, {"WHOLE", N_("As a whole"), 0},
                                  {0}};
static struct { int state, ask, qty, least, split; } market[LISTINGS];

typedef struct {
    int64_t id;
    const char *merchant, *show;
    int64_t session_id, tier_id;
    const char *tier;
    pn_word state;
    pn_money ask_fen, sale_fen, settle_fen;
    int total, sold, min_buy, version;
    pn_word split_policy;
} listing;
static PN_TYPE(listing_t, "listing", listing, PN_COL(listing, id, N_("Id"), .flags = PN_KEY),
               PN_COL(listing, merchant, N_("Merchant"), .flags = PN_BRIEF),
               PN_COL(listing, show, N_("Show"), .flags = PN_BRIEF),
               PN_COL(listing, session_id, N_("Session"), .ref = "session"),
               PN_COL(listing, tier_id, N_("Tier number"), .ref = "tier"),
               PN_COL(listing, tier, N_("Tier"), .flags = PN_BRIEF),
               PN_COL(listing, state, N_("State"), .flags = PN_BRIEF, .words = offers),
               PN_COL(listing, ask_fen, N_("Asked price"), .flags = PN_BRIEF),
               PN_COL(listing, sale_fen, N_("Sale price"), .flags = PN_BRIEF | PN_SORT),
               PN_COL(listing, settle_fen, N_("Settlement price")),
               PN_COL(listing, total, N_("Total"), .flags = PN_BRIEF),
               PN_COL(listing, sold, N_("Sold"), .flags = PN_BRIEF),
               PN_COL(listing, min_buy, N_("At least")),
               PN_COL(listing, split_policy, N_("Sold as"), .words = splits),
               PN_COL(listing, version, N_("Version")));

static void open_market(void)
{
    for (int i = 0; !market[LISTINGS - 1].ask && i < LISTINGS; i++) {
        market[i].state = i % 5 == 4 ? PN_OFFER_FROZEN : PN_OFFER_LIVE;
        market[i].ask = 61500 + (i * 7 % LISTINGS) * 1000;
        market[i].qty = 2 + i;
        market[i].least = market[i].split = 1;
    }
}

static void make_listing(pn *p, int64_t tier, int64_t i, void *row)
{
    static const char *const sellers[] = {"牛票", "票多多", "上海小龙票务有限公司"};
    (void)p;
    open_market();
    int ask = market[i].ask;
    *(listing *)row = (listing){.id = i + 1, .merchant = sellers[i % 3],
        .show = "开心麻花爆笑舞台剧《夏洛特烦恼》", .session_id = 20, .tier_id = tier ? tier : 200,
        .tier = "内场 A 区", .state = {(int16_t)market[i].state}, .ask_fen = {ask},
        .sale_fen = {(ask + ask / 10 + 99) / 100 * 100}, .settle_fen = {ask - ask / 20},
        .total = market[i].qty, .sold = (int)i % 2, .version = 1,
        .min_buy = market[i].least, .split_policy = {(int16_t)market[i].split}};
}

struct listing_change {
    int64_t id;
    int version;
    pn_money ask_fen;
    int qty, min_buy;
    pn_word split_policy;
};
struct listing_step { int64_t id; const char *reason; };
struct listing_answer { int64_t id; const char *answer; pn_date until; };
struct listing_rank { int64_t session, tier; };
#define CHANGE(f, label, ...) PN_COL(struct listing_change, f, label, __VA_ARGS__)
static PN_TYPE(change_t, "listing.change", struct listing_change,
               CHANGE(id, N_("Listing"), .flags = PN_KEY | PN_REQ | PN_ARG),
               CHANGE(version, N_("Version"), .flags = PN_OPT), CHANGE(ask_fen, N_("Asked price")),
               CHANGE(qty, N_("Tickets"), .flags = PN_OPT, .min = 1, .max = 1000),
               CHANGE(min_buy, N_("At least"), .flags = PN_OPT, .min = 1, .max = 1000),
               CHANGE(split_policy, N_("Sold as"), .words = splits));
static PN_TYPE(step_t, "listing.step", struct listing_step,
               PN_COL(struct listing_step, id, N_("Listing"), .flags = PN_KEY | PN_REQ | PN_ARG),
               PN_COL(struct listing_step, reason, N_("Reason")));
static PN_TYPE(answer_t, "listing.answer", struct listing_answer,
               PN_COL(struct listing_answer, id, N_("Listing"), .flags = PN_KEY | PN_REQ | PN_ARG),
               PN_COL(struct listing_answer, answer, N_("Answer"), .flags = PN_REQ),
               PN_COL(struct listing_answer, until, N_("Until")));
static PN_TYPE(rank_t, "listing.rank", struct listing_rank,
               PN_COL(struct listing_rank, session, N_("Session"), .flags = PN_OPT),
               PN_COL(struct listing_rank, tier, N_("Tier"), .flags = PN_OPT));
typedef struct { int place; int64_t id; } ranked;
static PN_TYPE(ranked_t, "listing.place", ranked, PN_COL(ranked, place, N_("Place")),
               PN_COL(ranked, id, N_("Id")));
typedef struct { pn_rows places; } ranking;
static PN_TYPE(ranking_t, "listing.ranking", ranking,
               PN_COL(ranking, places, N_("Offers"), .of = &ranked_t));

static int change(pn *p, const void *in, void *out)
{
    const struct listing_change *c = in;
    int i = (int)c->id - 1, was[4] = {market[i].ask, market[i].qty, market[i].least,
                                      market[i].split};
    if (c->ask_fen.fen && c->ask_fen.fen < 30000) {
        (void)pn_fail(p, PN_EFLOOR, "ask_fen", "The price is below the floor");
        return pn_hint(p, "At least 300.00");
    }
    market[i].ask = c->ask_fen.fen ? (int)c->ask_fen.fen : was[0];
    market[i].qty = c->qty ? c->qty : was[1];
    market[i].least = c->min_buy ? c->min_buy : was[2];
    market[i].split = c->split_policy.v ? c->split_policy.v : was[3];
    make_listing(p, 0, i, out);
    if (sandbox_dry()) {
        market[i].ask = was[0];
        market[i].qty = was[1];
        market[i].least = was[2];
        market[i].split = was[3];
    }
    return 0;
}

static int pause_it(pn *p, const void *in, void *out)
{
    const struct listing_step *s = in;
    int i = (int)s->id - 1, state = market[i].state;
    if (state != PN_OFFER_LIVE) {
        (void)pn_fail(p, PN_ESTATE, "id", "The offer is %s", offers[state - 1].label);
        return pn_hint(p, "Only what is on offer can be paused");
    }
    market[i].state = PN_OFFER_PAUSED;
    make_listing(p, 0, i, out);
    if (sandbox_dry())
        market[i].state = state;
    return 0;
}

static int resume_it(pn *p, const void *in, void *out)
{
    int i = (int)((const struct listing_step *)in)->id - 1, state = market[i].state;
    if (state != PN_OFFER_PAUSED)
        return pn_fail(p, PN_ESTATE, "id", "The offer is not paused");
    market[i].state = sandbox_dry() ? state : PN_OFFER_LIVE;
    make_listing(p, 0, i, out);
    return 0;
}

/* The last answer is written down, so that a test sees it has come. */
static int answer_it(pn *p, const void *in, void *out)
{
    const struct listing_answer *a = in;
    const char *dir = getenv("PN_SANDBOX");
    char path[512];
    snprintf(path, sizeof path, "%s/answer", dir ? dir : "/nonexistent");
    FILE *f = sandbox_dry() ? NULL : fopen(path, "we");
    if (f) {
        fprintf(f, "%s %d", a->answer, (int)a->until.days);
        fclose(f);
    }
    make_listing(p, 0, a->id - 1, out);
    return 0;
}

/* The cheapest first. */
static int rank(pn *p, const void *in, void *out)
{
    ranked *r = pn_alloc(p, LISTINGS * sizeof *r);
    size_t n = 0;
    (void)in;
    open_market();
    for (int i = 0; i < LISTINGS; i++) {
        int place = 1;
        for (int k = 0; k < LISTINGS; k++)
            place += market[k].state == PN_OFFER_LIVE && market[k].ask < market[i].ask;
        if (market[i].state == PN_OFFER_LIVE)
            r[n++] = (ranked){place, i + 1};
    }
    ((ranking *)out)->places = (pn_rows){r, n};
    return 0;
}

static const pn_list_spec listings = {LISTINGS, make_listing, "tier_id"};
OP(op_listings, "listing", "list", N_("List offers"), .in = &pn_list_t, .out = &listing_t,
   .list = &listings);
OP(op_change, "listing", "change", N_("Change an offer"), .in = &change_t, .out = &listing_t,
   .run = change, .flags = PN_WRITE | PN_ONCE);
OP(op_pause, "listing", "pause", N_("Pause an offer"), .in = &step_t, .out = &listing_t,
   .run = pause_it, .flags = PN_WRITE | PN_ONCE, .undo = "resume");
OP(op_resume, "listing", "resume", N_("Put a paused offer on sale again"), .in = &step_t,
   .out = &listing_t, .run = resume_it, .flags = PN_WRITE | PN_ONCE);
OP(op_answer, "listing", "answer", N_("Answer for an offer"), .in = &answer_t, .out = &listing_t,
   .run = answer_it, .flags = PN_WRITE | PN_ONCE);
OP(op_rank, "listing", "rank", N_("Rank offers"), .in = &rank_t, .out = &ranking_t, .run = rank);
const pn_module sandbox_listing = {"listing", N_("Offers"),
    PN_LIST(pn_op, &op_listings, &op_change, &op_pause, &op_resume, &op_answer, &op_rank)};

/* ---- prices ---- */

typedef struct {
    int64_t id;
    pn_time at;
    int64_t listing_id;
    const char *reason;
    pn_money ask_fen, sale_fen;
} price;
static PN_TYPE(price_t, "price.history", price, PN_COL(price, id, N_("Id"), .flags = PN_KEY),
               PN_COL(price, at, N_("Time"), .flags = PN_BRIEF),
               PN_COL(price, listing_id, N_("Listing"), .flags = PN_BRIEF, .ref = "listing"),
               PN_COL(price, reason, N_("Because of"), .flags = PN_BRIEF),
               PN_COL(price, ask_fen, N_("Asked price"), .flags = PN_BRIEF),
               PN_COL(price, sale_fen, N_("Sale price"), .flags = PN_BRIEF));
static void make_price(pn *p, int64_t parent, int64_t i, void *row)
{
    (void)p;
    (void)parent;
    *(price *)row = (price){i + 1, {(evening - i * 600) * 1000000}, i % LISTINGS + 1,
                            i % 2 ? "rule" : "ask", {61500 + (int)i * 100}, {67700 + (int)i * 100}};
}
static const pn_list_spec prices = {30, make_price, NULL};
OP(op_prices, "price", "history", N_("List price changes"), .in = &pn_list_t, .out = &price_t,
   .list = &prices);
const pn_module sandbox_price = {"price", N_("Prices"), PN_LIST(pn_op, &op_prices)};

/* ---- seats ---- */

enum { SECTIONS = 3, ROWS = 6, SEATS = 20, PIECES = SECTIONS * ROWS };
static const char *const sections[] = {"池座左", "池座中", "楼座"};
static char hall[PIECES][SEATS + 1];

typedef struct {
    int64_t id, tier_id;
    const char *zone, *tier;
    pn_money face_price;
    const char *floor, *section, *row_name;
    pn_texts labels;
    const char *status;
    int64_t gap_after;
    pn_texts xs, ys;
} piece;
#define P(f, label, ...) PN_COL(piece, f, label, __VA_ARGS__)
static PN_TYPE(piece_t, "seat.row", piece, P(id, N_("Id"), .flags = PN_KEY),
               P(tier_id, N_("Tier number")), P(zone, N_("Zone")), P(tier, N_("Tier")),
               P(face_price, N_("Face price")), P(floor, N_("Floor")), P(section, N_("Section")),
               P(row_name, N_("Row")), P(labels, N_("Seats")), P(status, N_("Status")),
               P(gap_after, N_("Aisles")), P(xs, N_("From the left")), P(ys, N_("From the stage")));
typedef struct { pn_rows rows; } mapped;
static PN_TYPE(mapped_t, "seat.mapped", mapped, PN_COL(mapped, rows, N_("Rows"), .of = &piece_t));
struct map_in { int64_t session; };
static PN_TYPE(map_t, "seat.map", struct map_in,
               PN_COL(struct map_in, session, N_("Session"), .flags = PN_REQ | PN_ARG));

static void open_hall(void)
{
    for (int r = 0; !*hall[PIECES - 1] && r < PIECES; r++)
        for (int i = 0; i < SEATS; i++)
            hall[r][i] = r == 5 && i < 4                      ? 'w'
                         : (r * 7 + i * 3) % 17 < 3 && r < 12 ? 's'
                         : (r + i) % 13 == 0                  ? 'l'
                                                              : '.';
}

/* Sections side by side, the last behind them; an aisle after the tenth seat. */
static void make_piece(pn *p, int r, piece *out)
{
    static const char *const zones[] = {"前区", "后区", "楼座"};
    const char **labels = pn_alloc(p, 3 * SEATS * sizeof *labels), **xs = labels + SEATS,
               **ys = xs + SEATS;
    int section = r / ROWS, row = r % ROWS, zone = section == 2 ? 2 : row > 2;
    for (int i = 0; i < SEATS; i++) {
        labels[i] = pn_printf(p, "%d", i + 1);
        xs[i] = pn_printf(p, "%d", (section % 2) * 24 + i + (i > 9) + (section == 2) * 12);
        ys[i] = pn_printf(p, "%d", row * 2 + (section == 2) * 14);
    }
    *out = (piece){.id = r + 1, .tier_id = 200 + zone, .zone = zones[zone], .tier = zones[zone],
        .face_price = {128000 - zone * 40000}, .floor = "", .section = sections[section],
        .row_name = pn_printf(p, "%d", row + 1), .labels = {labels, SEATS},
        .status = pn_strdup(p, hall[r]), .gap_after = 1 << 9, .xs = {xs, SEATS},
        .ys = {ys, SEATS}};
}

static int map(pn *p, const void *in, void *out)
{
    piece *rows = pn_alloc(p, PIECES * sizeof *rows);
    (void)in;
    open_hall();
    for (int r = 0; r < PIECES; r++)
        make_piece(p, r, &rows[r]);
    ((mapped *)out)->rows = (pn_rows){rows, PIECES};
    return 0;
}

typedef struct { int64_t zone_plan_id, plan_id; int version; pn_rows rows; } zoned;
static PN_TYPE(zoned_t, "seat.zoned", zoned,
               PN_COL(zoned, zone_plan_id, N_("Zone plan"), .flags = PN_OPT),
               PN_COL(zoned, plan_id, N_("Seat plan")), PN_COL(zoned, version, N_("Version")),
               PN_COL(zoned, rows, N_("Rows"), .of = &piece_t));
struct zones_in { int64_t session, zone_plan; };
static PN_TYPE(zones_t, "seat.zones", struct zones_in,
               PN_COL(struct zones_in, session, N_("Session"), .flags = PN_REQ | PN_ARG),
               PN_COL(struct zones_in, zone_plan, N_("Zone plan"), .flags = PN_OPT));

/* The live version has the number one. */
static int zones(pn *p, const void *in, void *out)
{
    const struct zones_in *z = in;
    mapped m;
    PN_TRY(map(p, in, &m));
    *(zoned *)out = (zoned){z->zone_plan ? z->zone_plan : 1, 7,
                            z->zone_plan ? (int)z->zone_plan : 1, m.rows};
    return 0;
}

struct find_in { int64_t tier; int qty; };
static PN_TYPE(find_t, "seat.find", struct find_in,
               PN_COL(struct find_in, tier, N_("Tier"), .flags = PN_REQ | PN_ARG),
               PN_COL(struct find_in, qty, N_("Quantity"), .flags = PN_ARG));
typedef struct { pn_texts seats; } found;
static PN_TYPE(found_t, "seat.found", found, PN_COL(found, seats, N_("Seats")));

/* The first that are free side by side in the middle. */
static int find(pn *p, const void *in, void *out)
{
    const struct find_in *f = in;
    const char **keys = pn_alloc(p, SEATS * sizeof *keys);
    for (int r = ROWS; r < 2 * ROWS; r++)
        for (int i = 0; f->qty > 0 && i + f->qty <= SEATS; i++) {
            if ((int)strspn(hall[r] + i, ".") < f->qty)
                continue;
            for (int k = 0; k < f->qty; k++)
                keys[k] = pn_printf(p, "池座中/%d/%d", r - ROWS + 1, i + k + 1);
            ((found *)out)->seats = (pn_texts){keys, (size_t)f->qty};
            return 0;
        }
    return pn_fail(p, PN_ENO_MATCH, "qty", "There are no %d seats together", f->qty);
}

OP(op_map, "seat", "map", N_("Show the seats"), .in = &map_t, .out = &mapped_t, .run = map);
OP(op_zoned, "seat", "zones", N_("Show the zones"), .in = &zones_t, .out = &zoned_t, .run = zones);
OP(op_find, "seat", "find", N_("Find seats"), .in = &find_t, .out = &found_t, .run = find);
const pn_module sandbox_seat = {"seat", N_("Seats"), PN_LIST(pn_op, &op_map, &op_zoned, &op_find)};

/* ---- holds: the one of the house ---- */

typedef struct {
    int64_t id, session_id;
    const char *kind, *reason;
    int qty;
    pn_texts seats;
    pn_time expires_at;
} hold;
static PN_TYPE(hold_t, "seat_hold", hold, PN_COL(hold, id, N_("Id"), .flags = PN_KEY),
               PN_COL(hold, session_id, N_("Session"), .ref = "session"),
               PN_COL(hold, kind, N_("Owner"), .flags = PN_BRIEF),
               PN_COL(hold, reason, N_("Reason"), .flags = PN_BRIEF),
               PN_COL(hold, qty, N_("Tickets"), .flags = PN_BRIEF),
               PN_COL(hold, seats, N_("Seats")), PN_COL(hold, expires_at, N_("Until")));
struct place_in { int64_t session; const char *seats, *reason; };
static PN_TYPE(place_t, "seat_hold.place", struct place_in,
               PN_COL(struct place_in, session, N_("Session"), .flags = PN_REQ | PN_ARG),
               PN_COL(struct place_in, seats, N_("Seats")),
               PN_COL(struct place_in, reason, N_("Reason"), .flags = PN_REQ));
struct release_in { int64_t id; const char *seats, *reason; };
static PN_TYPE(release_t, "seat_hold.release", struct release_in,
               PN_COL(struct release_in, id, N_("Hold"), .flags = PN_KEY | PN_REQ | PN_ARG),
               PN_COL(struct release_in, seats, N_("Seats")),
               PN_COL(struct release_in, reason, N_("Reason")));

static char held_words[400], held_why[100];

/* Set the seats of "section/row/a..b; section/row/c" to a state. */
static int mark(const char *words, char state)
{
    int n = 0;
    for (const char *at = words; *at; at += strcspn(at, ";"), at += strspn(at, "; "))
        for (int r = 0; r < PIECES; r++) {
            size_t len = strlen(sections[r / ROWS]);
            char *end;
            if (strncmp(at, sections[r / ROWS], len) != 0 || at[len] != '/' ||
                strtol(at + len + 1, &end, 10) != r % ROWS + 1)
                continue;
            long low = *end == '/' ? strtol(end + 1, &end, 10) : 1;
            long high = !strncmp(end, "..", 2) ? strtol(end + 2, NULL, 10) : low;
            for (long i = low; i <= high; i++, n++)
                hall[r][i - 1] = state;
        }
    return n;
}

static int place(pn *p, const void *in, void *out)
{
    const struct place_in *h = in;
    if (!h->seats || strchr(h->seats, '*'))
        return pn_fail(p, PN_EARG, "seats", "Which seats?");
    snprintf(held_words, sizeof held_words, "%s", h->seats);
    snprintf(held_why, sizeof held_why, "%s", h->reason);
    *(hold *)out = (hold){.id = 1, .session_id = h->session, .kind = "House", .reason = held_why,
                          .qty = mark(held_words, 'h')};
    return 0;
}

static int release(pn *p, const void *in, void *out)
{
    const struct release_in *h = in;
    (void)p;
    *(hold *)out = (hold){.id = h->id, .kind = "House", .reason = held_why,
                          .qty = mark(h->seats ? h->seats : held_words, '.')};
    return 0;
}

static void make_hold(pn *p, int64_t parent, int64_t i, void *row)
{
    const char **keys = pn_alloc(p, PIECES * SEATS * sizeof *keys);
    size_t n = 0;
    for (int r = 0; r < PIECES; r++)
        for (int k = 0; k < SEATS; k++)
            if (hall[r][k] == 'h')
                keys[n++] = pn_printf(p, "%s/%d/%d", sections[r / ROWS], r % ROWS + 1, k + 1);
    *(hold *)row = (hold){i + 1, parent, "House", held_why, (int)n, {keys, n},
                           {(evening - 86400) * 1000000}};
}
static const pn_list_spec holds = {1, make_hold, "session_id"};
OP(op_holds, "seat_hold", "list", N_("List holds"), .in = &pn_list_t, .out = &hold_t,
   .list = &holds);
OP(op_place, "seat_hold", "place", N_("Withhold seats"), .in = &place_t, .out = &hold_t,
   .run = place, .flags = PN_WRITE);
OP(op_release, "seat_hold", "release", N_("Release seats"), .in = &release_t, .out = &hold_t,
   .run = release, .flags = PN_WRITE);
const pn_module sandbox_hold = {"seat_hold", N_("Seats withheld"),
    PN_LIST(pn_op, &op_holds, &op_place, &op_release)};
