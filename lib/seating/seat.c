/* SPDX-License-Identifier: Apache-2.0 */
/* The seats of a session, read. A hold that ran out counts as over here although the job that says
 * so may not have run. */
#include "seating/seat.h"
#include "seating/block_int.h"
#include "catalog/row_int.h"

#include <inttypes.h>

#define R(field, text, ...) PN_COL(pn_seat_row, field, text, __VA_ARGS__)
static PN_TYPE(row_t, "seat.row", pn_seat_row, R(id, N_("Id"), .flags = PN_KEY),
    R(zone_id, N_("Zone number")), R(tier_id, N_("Tier number"), .ref = "tier"),
    R(zone, N_("Zone"), .flags = PN_BRIEF), R(colour, N_("Colour")),
    R(tier, N_("Tier"), .flags = PN_BRIEF), R(face_price, N_("Face price"), .flags = PN_BRIEF),
    R(floor, N_("Floor")), R(section, N_("Section"), .flags = PN_BRIEF),
    R(row_name, N_("Row"), .flags = PN_BRIEF), R(labels, N_("Seats")),
    R(status, N_("Status"), .flags = PN_BRIEF), R(free, N_("Free"), .flags = PN_BRIEF),
    R(mask, N_("Seat bits")), R(taken, N_("Taken bits")), R(gap_after, N_("Aisle bits")),
    R(wheelchair, N_("Wheelchair bits")), R(obstructed, N_("Obstructed bits")),
    R(xs, N_("Places from the left")), R(ys, N_("Places from the stage")));
#undef R
static PN_TYPE(map_t, "seat.map", struct pn_seat_map,
    PN_COL(struct pn_seat_map, session, N_("Session"), .flags = PN_REQ | PN_ARG,
           .ref = "session"),
    PN_COL(struct pn_seat_map, zone, N_("Zone"), .max = 60));
static PN_TYPE(mapped_t, "seat.mapped", pn_seat_mapped,
    PN_COL(pn_seat_mapped, rows, N_("Rows"), .of = &row_t));
static PN_TYPE(zones_t, "seat.zones", struct pn_seat_zones,
    PN_COL(struct pn_seat_zones, session, N_("Session"), .flags = PN_REQ | PN_ARG,
           .ref = "session"),
    PN_COL(struct pn_seat_zones, zone_plan, N_("Zone plan"), .flags = PN_OPT, .ref = "zone_plan",
           .hint = N_("Absent: as the seats are sold")));
static PN_TYPE(zoned_t, "seat.zoned", pn_seat_zoned,
    PN_COL(pn_seat_zoned, zone_plan_id, N_("Zone plan"), .flags = PN_OPT, .ref = "zone_plan"),
    PN_COL(pn_seat_zoned, plan_id, N_("Seat plan"), .ref = "seat_plan"),
    PN_COL(pn_seat_zoned, version, N_("Version"), .flags = PN_BRIEF),
    PN_COL(pn_seat_zoned, rows, N_("Rows"), .of = &row_t));
static PN_TYPE(find_t, "seat.find", struct pn_seat_find,
    PN_COL(struct pn_seat_find, tier, N_("Tier"), .flags = PN_REQ | PN_ARG, .ref = "tier"),
    PN_COL(struct pn_seat_find, qty, N_("Quantity"), .flags = PN_OPT | PN_ARG, .min = 1,
           .max = PNI_PICK_MAX),
    PN_COL(struct pn_seat_find, seats, N_("Seats"), .hint = N_("Keys: section/row/seat")),
    PN_COL(struct pn_seat_find, split, N_("In two groups if need be")),
    PN_COL(struct pn_seat_find, wheelchair, N_("With a wheelchair place")),
    PN_COL(struct pn_seat_find, single, N_("A single seat may be left")));
static PN_TYPE(found_t, "seat.found", pn_seat_found,
    PN_COL(pn_seat_found, tier_id, N_("Tier"), .ref = "tier"),
    PN_COL(pn_seat_found, qty, N_("Quantity"), .flags = PN_BRIEF),
    PN_COL(pn_seat_found, runs, N_("Groups of seats"), .flags = PN_BRIEF),
    PN_COL(pn_seat_found, seats, N_("Seats"), .flags = PN_BRIEF),
    PN_COL(pn_seat_found, amount, N_("Amount"), .flags = PN_BRIEF));

typedef struct piece {
    pn_seat_row row;
    int64_t held, busy, sold;
} piece;
#define R(field, ...) {.name = #field, .label = #field, .offset = offsetof(piece, row.field),      \
                       .kind = PN_KIND(((piece *)0)->row.field), __VA_ARGS__}
static PN_TYPE(piece_t, "seat.piece", piece, R(id), R(zone_id, .flags = PN_OPT), R(tier_id),
    R(zone), R(colour), R(tier), R(face_price), R(floor), R(section), R(row_name), R(labels),
    R(mask), R(gap_after), R(wheelchair), R(obstructed), R(xs), R(ys),
    PN_COL(piece, held, "held"), PN_COL(piece, busy, "busy"), PN_COL(piece, sold, "sold"));
#undef R
static const pn_sql pieces = {"seat_map", &map_t, &piece_t,
    "select b.id, b.zone_id, b.lot_id as tier_id, coalesce(o.name, '') as zone,"
    " coalesce(o.colour, '') as colour, t.name as tier, t.face_price_fen as face_price, b.floor,"
    " b.section, b.row_name, b.labels, b.mask, b.gap_after, b.wheelchair, b.obstructed,"
    " coalesce(r.xs, '{}') as xs, coalesce(r.ys, '{}') as ys, b.busy, b.sold,"
    " b.held & ~coalesce((select bit_or(q.seats) from seat_hold_part q join seat_hold x"
    "   on x.sk = q.sk and x.id = q.hold_id where q.sk = :session# and q.block_id = b.id"
    "   and x.state = 'ACTIVE' and x.expires_at <= :now), 0) as held"
    " from seat_block b join tier t on t.id = b.lot_id"
    " left join zone o on o.sk = :session# and o.id = b.zone_id"
    " left join seat_plan_row r on r.id = b.plan_row_id"
    " where b.sk = :session# and b.session_id = :session"
    " and (:zone::text is null or o.name = :zone)"
    " order by t.sort, b.lot_id, r.no, b.id", false};
/* Which cut of which plan is looked at, and its seats with what became of them. */
typedef struct cut { int64_t session, zone_plan, plan; int version; } cut;
static PN_TYPE(cut_t, "seat.cut", cut, PN_COL(cut, session, "session"),
    PN_COL(cut, zone_plan, "zone_plan", .flags = PN_OPT),
    PN_COL(cut, plan, "plan", .flags = PN_OPT), PN_COL(cut, version, "version"));
static const pn_sql cut_sql = {"seat_cut", &zones_t, &cut_t,
    "select s.id as session, z.id as zone_plan, coalesce(z.version, 0) as version,"
    " coalesce(z.plan_id, (select a.id from seat_plan a where a.hall_id = s.hall_id"
    "  order by a.version desc limit 1)) as plan from session s left join lateral"
    " (select y.id, y.version, y.plan_id from zone_plan y where y.sk = :session#"
    "  and y.session_id = s.id and case when :zone_plan::bigint is null then y.state = 'LIVE'"
    "  else y.id = :zone_plan end limit 1) z on true where s.id = :session", false};
static const pn_sql cut_pieces = {"seat_zones", &cut_t, &piece_t,
    "select r.id, o.id as zone_id, coalesce(o.tier_id, 0) as tier_id, coalesce(o.name, '') as zone,"
    " coalesce(o.colour, '') as colour, coalesce(t.name, '') as tier,"
    " coalesce(t.face_price_fen, 0) as face_price, r.floor, r.section, r.row_name, r.labels,"
    " coalesce(w.seats, ~((-1)::bigint << cardinality(r.labels))) as mask, r.gap_after,"
    " r.wheelchair, r.obstructed, r.xs, r.ys, coalesce(k.busy, 0) as busy,"
    " coalesce(k.sold, 0) as sold, coalesce(k.held, 0) as held from seat_plan_row r"
    " left join zone_row w on w.sk = :session# and w.zone_plan_id = :zone_plan"
    "  and w.plan_row_id = r.id"
    " left join zone o on o.sk = :session# and o.id = w.zone_id"
    " left join tier t on t.id = o.tier_id left join"
    "  (select b.plan_row_id, bit_or(b.busy) as busy, bit_or(b.sold) as sold,"
    "   bit_or(b.held & ~coalesce((select bit_or(q.seats) from seat_hold_part q join seat_hold x"
    "    on x.sk = q.sk and x.id = q.hold_id where q.sk = :session# and q.block_id = b.id"
    "    and x.state = 'ACTIVE' and x.expires_at <= :now), 0)) as held"
    "  from seat_block b where b.sk = :session# and b.session_id = :session"
    "  and b.plan_row_id is not null group by b.plan_row_id) k on k.plan_row_id = r.id"
    " where r.plan_id = :plan order by r.no, r.id, o.no", false};
typedef struct seen { int64_t id, organiser; bool published; } seen;
static PN_TYPE(seen_t, "seat.seen", seen, PN_COL(seen, id, "id"),
    PN_COL(seen, organiser, "organiser", .flags = PN_OPT), PN_COL(seen, published, "published"));
static const pn_sql seen_sql = {"seat_seen", &pni_one_id_t, &seen_t,
    "select s.id, h.organiser_id as organiser, h.status = 'PUBLISHED' as published from session s"
    " join show h on h.id = s.show_id where s.id = :id", false};
typedef struct lot { int64_t id, session; pn_money face_price; } lot;
static PN_TYPE(lot_t, "seat.find_lot", lot, PN_COL(lot, id, "id"), PN_COL(lot, session, "session"),
    PN_COL(lot, face_price, "face_price"));
static const pn_sql lot_sql = {"seat_find_lot", &pni_one_id_t, &lot_t,
    "select t.id, t.session_id as session, t.face_price_fen as face_price from tier t"
    " where t.id = :id", false};
typedef struct of_lot { int64_t lot; } of_lot;
static PN_TYPE(of_lot_t, "seat.of_lot", of_lot, PN_COL(of_lot, lot, "lot"));
/* As the sale will see them once it has released what ran out. */
static const pn_sql find_blocks = {"seat_find_blocks", &of_lot_t, &pni_block_row_t,
    "select b.id, b.session_id, b.lot_id, b.zone_id, b.plan_row_id, b.floor, b.section,"
    " b.row_name, b.labels, b.mask, b.gap_after, b.busy, b.sold, b.wheelchair, b.obstructed,"
    " b.front, b.middle, b.slope,"
    " b.held & ~coalesce((select bit_or(q.seats) from seat_hold_part q join seat_hold x"
    "   on x.sk = q.sk and x.id = q.hold_id where q.sk = :lot# and q.block_id = b.id"
    "   and x.state = 'ACTIVE' and x.expires_at <= :now), 0) as held"
    " from seat_block b where b.sk = :lot# and b.lot_id = :lot order by b.id", false};

#define INSIDERS                                                                                   \
    (PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_BOXOFFICE | PN_ROLE_ORGANISER | PN_ROLE_SYSTEM |      \
     PN_ROLE_ADMIN)

/* May this caller look at the session, and how closely? */
static int may_see(pn *p, int64_t session, bool *inside)
{
    seen s = {0};
    int64_t mine = pn_who(p)->organiser;
    int rc = pn_one(p, &seen_sql, &(pni_one_id){session}, &s);
    *inside = pn_who(p)->roles & INSIDERS;
    if (rc == PN_ENONE || (!rc && ((mine && mine != s.organiser) || (!*inside && !s.published))))
        return pn_fail(p, PN_ENONE, "session", pn_tr("There is no %s %" PRId64),
                       pni_noun_word("session"),
                       session);
    return rc;
}

static const char *letters(pn *p, const piece *b, bool inside)
{
    size_t n = b->row.labels.n;
    char *out = pn_alloc(p, n + 1);
    for (size_t i = 0; out && i < n; i++) {
        int64_t bit = INT64_C(1) << i;
        char taken = b->sold & bit ? 's' : b->busy & bit ? 'l' : b->held & bit ? 'h' : 0;
        out[i] = (char)(!(b->row.mask & bit)         ? '_'
                        : taken                      ? inside ? taken : 'x'
                        : b->row.wheelchair & bit    ? 'w'
                                                     : '.');
    }
    return out;
}

static int rows_of(pn *p, const pn_rows *rows, bool inside, pn_rows *out)
{
    pn_seat_row *all = pn_alloc(p, (rows->n + 1) * sizeof *all);
    if (!all)
        return pni_mem(p);
    pn_each(piece, b, rows)
    {
        pn_seat_row *r = &all[b - (piece *)rows->row];
        *r = b->row;
        r->taken = (b->held | b->busy | b->sold) & r->mask;
        r->free = __builtin_popcountll((uint64_t)(r->mask & ~r->taken));
        r->status = letters(p, b, inside);
        if (!r->status)
            return pni_mem(p);
    }
    *out = (pn_rows){all, rows->n};
    return 0;
}

static int map(pn *p, const struct pn_seat_map *in, pn_seat_mapped *out)
{
    pn_rows rows;
    bool inside;
    PN_TRY(may_see(p, in->session, &inside));
    PN_TRY(pn_all(p, &pieces, in, &rows));
    return rows_of(p, &rows, inside, &out->rows);
}

static int zones(pn *p, const struct pn_seat_zones *in, pn_seat_zoned *out)
{
    pn_rows rows;
    bool inside;
    cut c = {0};
    PN_TRY(may_see(p, in->session, &inside));
    PN_TRY(pn_one(p, &cut_sql, in, &c));
    if (in->zone_plan && !c.zone_plan)
        return pn_fail(p, PN_ENONE, "zone_plan", pn_tr("There is no %s %" PRId64),
                       pni_noun_word("zone_plan"), in->zone_plan);
    if (!c.plan) {
        (void)pn_fail(p, PN_ENONE, "session", pn_tr("The hall of the session has no seat plan"));
        return pn_hint(p, pn_tr("Import one with “seat-plan import”"));
    }
    *out = (pn_seat_zoned){c.zone_plan, c.plan, c.version, {0}};
    PN_TRY(pn_all(p, &cut_pieces, &c, &rows));
    return rows_of(p, &rows, true, &out->rows);
}

/* ---- finding ---- */

static int pick(pn *p, pni_picture *pic, const struct pn_seat_find *in, pni_seat got[])
{
    int flags = (in->split ? PNI_PICK_SPLIT : 0) | (in->wheelchair ? PNI_PICK_WHEELCHAIR : 0) |
                (in->single ? PNI_PICK_LOOSE : 0);
    size_t bad = 0;
    if (!in->seats.n) {
        int rc = pni_seats_best(pic, in->qty, flags, got);
        return rc ? pni_pick_refuse(p, pic, rc, in->qty, NULL, "qty") : 0;
    }
    int rc = pni_seats_named(pic, in->seats.v, in->seats.n, got, &bad);
    if (!rc)
        rc = pni_seats_take(pic, got, in->seats.n, flags, &bad);
    return rc ? pni_pick_refuse(p, pic, rc, in->qty, in->seats.v[bad], "seats") : 0;
}

static int found(pn *p, const pni_picture *pic, const pni_seat got[], size_t n, pn_seat_found *out)
{
    out->qty = (int)n;
    out->runs = pni_seats_runs(pic, got, n);
    out->seats = (pn_texts){pn_alloc(p, n * sizeof(char *)), n};
    for (size_t i = 0; i < n; i++)
        if (!out->seats.v || !(out->seats.v[i] = pni_seat_key(p, pic, got[i])))
            return pni_mem(p);
    return 0;
}

static int find(pn *p, const struct pn_seat_find *in, pn_seat_found *out)
{
    pni_seat got[PNI_PICK_MAX];
    pn_rows rows;
    lot l = {0};
    bool inside;
    size_t n = in->seats.n ? in->seats.n : (size_t)in->qty;
    if ((in->qty != 0) == (in->seats.n != 0))
        return pn_fail(p, PN_EARG, "qty", pn_tr("Give a quantity, or seats, not both"));
    if (n > PNI_PICK_MAX)
        return pn_fail(p, PN_ECOUNT, "seats", pn_tr("A quantity is between 1 and %d"),
                       PNI_PICK_MAX);
    int rc = pn_one(p, &lot_sql, &(pni_one_id){in->tier}, &l);
    if (rc == PN_ENONE)
        return pn_fail(p, rc, "tier", pn_tr("There is no %s %" PRId64),
                       pni_noun_word("tier"), in->tier);
    PN_TRY(rc);
    PN_TRY(may_see(p, l.session, &inside));
    PN_TRY(pn_all(p, &find_blocks, &(of_lot){in->tier}, &rows));
    if (!rows.n)
        return pn_fail(p, PN_ENONE, "tier", pn_tr("This tier has no numbered seats"));
    pni_picture *pic = pni_picture_new(rows.row, rows.n);
    if (!pic)
        return pni_mem(p);
    rc = pick(p, pic, in, got);
    if (!rc)
        rc = found(p, pic, got, n, out);
    pni_picture_drop(pic);
    PN_TRY(rc);
    out->tier_id = in->tier;
    out->amount.fen = (int64_t)n * l.face_price.fen;
    return 0;
}

PN_OP(seat, map, pn_seat_mapped, .brief = N_("Show the seats of a session row by row"),
    .in = &map_t, .out = &mapped_t, .may = PN_ROLE_PUBLIC,
    .help = N_("A letter a seat: . free, w wheelchair place, x taken, _ no seat of the tier;"
               " for staff h held, l in an unpaid order, s sold."),
    .example = "pn seat map hamlet-01 --zone 池座")
PN_OP(seat, zones, pn_seat_zoned,
    .brief = N_("Show the zones of a session seat by seat, as sold or as a version has them"),
    .in = &zones_t, .out = &zoned_t, .may = INSIDERS,
    .help = N_("Letters as in “seat map”; before the first version all seats are in no zone."),
    .example = "pn seat zones hamlet-01 --zone-plan 12289")
PN_OP(seat, find, pn_seat_found, .brief = N_("Tell the best seats of a tier that are left"),
    .in = &find_t, .out = &found_t, .may = PN_ROLE_PUBLIC,
    .help = N_("Together, and without leaving a single seat. Nothing is locked by asking."),
    .example = "pn seat find hamlet-01-a 3")

const pn_module pn_seat_module = {
    .noun = "seat",
    .title = N_("Seats"),
    .ops = PN_LIST(pn_op, &seat_map_op, &seat_zones_op, &seat_find_op),
    .sql = PN_LIST(pn_sql, &pieces, &cut_sql, &cut_pieces, &seen_sql, &lot_sql, &find_blocks,
                   PNI_BLOCK_SQL),
};
