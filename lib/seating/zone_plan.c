/* SPDX-License-Identifier: Apache-2.0 */
/* Zone plans: drafting a cut of a hall for a session, comparing it with the live one. Going live is
 * in zone_live.c. */
#include "seating/zone_int.h"
#include "seating/plan_int.h"
#include "catalog/may_int.h"
#include "catalog/revision_int.h"

#include <inttypes.h>
#include <string.h>

const pn_words pn_zone_plan_states[] = {PN_ZONE_PLAN_STATES(PN_WORD_ROW) {0}};

enum { ZONES_MAX = 200, CHANGES_MAX = 5000 };

#define C(field, text, ...) PN_COL(pn_zone_plan, field, text, __VA_ARGS__)
static PN_TYPE(zone_plan_t, "zone_plan", pn_zone_plan,
    C(id, N_("Id"), .flags = PN_KEY | PN_BRIEF | PN_SORT, .sql = "z.id"),
    C(session_id, N_("Session number"), .ref = "session", .sql = "z.session_id"),
    C(session, N_("Session"), .flags = PN_BRIEF, .sql = "s.code"),
    C(show, N_("Show"), .flags = PN_BRIEF, .sql = "h.title"),
    C(plan_id, N_("Seat plan"), .ref = "seat_plan", .sql = "z.plan_id"),
    C(version, N_("Version"), .flags = PN_BRIEF | PN_SORT, .sql = "z.version"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_zone_plan_states, .sql = "z.state"),
    C(zones, N_("Zones"), .flags = PN_BRIEF, .sql = "k.zones"),
    C(seats, N_("Seats"), .flags = PN_BRIEF, .sql = "k.seats"),
    C(author_id, N_("Author number"), .sql = "z.author_id"),
    C(author, N_("By"), .sql = "w.name"), C(live_at, N_("Live since"), .sql = "z.live_at"),
    C(created_at, N_("Created"), .flags = PN_SORT, .sql = "z.created_at"));
#undef C
#define C(field, text, ...) PN_COL(pn_zone, field, text, __VA_ARGS__)
static PN_TYPE(zone_t, "zone", pn_zone, C(id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "o.id"),
    C(zone_plan_id, N_("Zone plan"), .flags = PN_SORT, .ref = "zone_plan",
      .sql = "o.zone_plan_id"),
    C(session_id, N_("Session number"), .ref = "session", .sql = "z.session_id"),
    C(no, N_("Order"), .flags = PN_SORT, .sql = "o.no"),
    C(name, N_("Name"), .flags = PN_BRIEF, .sql = "o.name"),
    C(tier_id, N_("Tier number"), .ref = "tier", .sql = "o.tier_id"),
    C(tier, N_("Tier"), .flags = PN_BRIEF, .sql = "t.name"),
    C(face_price, N_("Face price"), .flags = PN_BRIEF | PN_EACH, .sql = "t.face_price_fen"),
    C(colour, N_("Colour"), .flags = PN_BRIEF, .sql = "o.colour"),
    C(gate_group, N_("Gates"), .flags = PN_BRIEF, .sql = "o.gate_group"),
    C(seats, N_("Seats"), .flags = PN_BRIEF, .sql = "o.seats"));
#undef C
static PN_TYPE(ask_t, "zone.ask", pn_zone_ask,
    PN_COL(pn_zone_ask, name, N_("Name"), .flags = PN_REQ, .max = 60),
    PN_COL(pn_zone_ask, tier, N_("Tier"), .flags = PN_REQ, .ref = "tier"),
    PN_COL(pn_zone_ask, colour, N_("Colour"), .max = 20),
    PN_COL(pn_zone_ask, gate_group, N_("Gates"), .max = 40),
    PN_COL(pn_zone_ask, seats, N_("Seats"), .flags = PN_REQ, .max = 4000,
           .hint = N_("Sections, rows or seats: A区; B区/1..5; @VIP; - A区/1/8")));
static PN_TYPE(draft_t, "zone_plan.draft", struct pn_zone_plan_draft,
    PN_COL(struct pn_zone_plan_draft, session, N_("Session"), .flags = PN_REQ | PN_ARG,
           .ref = "session"),
    PN_COL(struct pn_zone_plan_draft, plan, N_("Seat plan"), .flags = PN_OPT, .ref = "seat_plan",
           .hint = N_("Absent: that of the live version, else the newest of the hall")),
    PN_COL(struct pn_zone_plan_draft, zones, N_("Zones"), .flags = PN_REQ, .of = &ask_t,
           .hint = N_("Name, tier, seats, colour and gates of each")));
static PN_TYPE(show_t, "zone_plan.show", struct pn_zone_plan_show,
    PN_COL(struct pn_zone_plan_show, id, N_("Zone plan"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "zone_plan"));
static PN_TYPE(diff_t, "zone_plan.diff", struct pn_zone_plan_diff,
    PN_COL(struct pn_zone_plan_diff, id, N_("Zone plan"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "zone_plan"));
static PN_TYPE(live_t, "zone_plan.live", struct pn_zone_plan_live,
    PN_COL(struct pn_zone_plan_live, id, N_("Zone plan"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "zone_plan"),
    PN_COL(struct pn_zone_plan_live, reason, N_("Reason"), .max = 500));
static PN_TYPE(withdraw_t, "zone_plan.withdraw", struct pn_zone_plan_withdraw,
    PN_COL(struct pn_zone_plan_withdraw, id, N_("Zone plan"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "zone_plan"),
    PN_COL(struct pn_zone_plan_withdraw, reason, N_("Reason"), .max = 500));
static PN_TYPE(change_t, "zone.change", pn_zone_change,
    PN_COL(pn_zone_change, from_zone, N_("From zone"), .flags = PN_BRIEF),
    PN_COL(pn_zone_change, to_zone, N_("To zone"), .flags = PN_BRIEF),
    PN_COL(pn_zone_change, from_tier, N_("From tier"), .flags = PN_OPT, .ref = "tier"),
    PN_COL(pn_zone_change, to_tier, N_("To tier"), .flags = PN_OPT, .ref = "tier"),
    PN_COL(pn_zone_change, seats, N_("Seats"), .flags = PN_BRIEF),
    PN_COL(pn_zone_change, taken, N_("Sold or locked"), .flags = PN_BRIEF),
    PN_COL(pn_zone_change, kept, N_("Sold, tier kept"), .flags = PN_BRIEF),
    PN_COL(pn_zone_change, first, N_("First"), .flags = PN_BRIEF));
static PN_TYPE(changes_t, "zone.changes", pn_zone_changes,
    PN_COL(pn_zone_changes, changes, N_("Changes"), .of = &change_t));

static PN_TYPE(cut_t, "zone.cut", pni_cut, PN_COL(pni_cut, id, N_("Id")),
    PN_COL(pni_cut, session_id, N_("Session")), PN_COL(pni_cut, plan_id, N_("Seat plan")),
    PN_COL(pni_cut, author_id, N_("Author")),
    PN_COL(pni_cut, organiser, N_("Organiser"), .flags = PN_OPT),
    PN_COL(pni_cut, capacity, N_("Capacity")), PN_COL(pni_cut, version, N_("Version")),
    PN_COL(pni_cut, live_id, N_("Live"), .flags = PN_OPT),
    PN_COL(pni_cut, state, N_("State"), .words = pn_zone_plan_states),
    PN_COL(pni_cut, published, N_("Published")));
#define R(field, ...) PN_COL(pni_cut_row, field, #field, __VA_ARGS__)
static PN_TYPE(cut_row_t, "zone.cut_row", pni_cut_row, R(zone_id), R(tier_id), R(plan_row_id),
    R(seats), R(zone), R(floor), R(section), R(row_name), R(labels), R(xs), R(ys), R(gap_after),
    R(wheelchair), R(obstructed));
#undef R
#define R(field, ...) PN_COL(pni_old_block, field, #field, __VA_ARGS__)
static PN_TYPE(old_block_t, "zone.old_block", pni_old_block, R(id), R(lot_id), R(plan_row_id),
    R(mask), R(held), R(busy), R(sold), R(zone), R(floor), R(section), R(row_name), R(labels));
#undef R

/* The session's row orders those who change its capacity, its cut or its holds. */
const pn_sql pni_cut_lock_sql = {"zone_plan_lock", &pni_one_id_t, &pni_one_id_t,
    "select s.id from session s where s.id = :id for no key update"};
const pn_sql pni_cut_look_sql = {"zone_plan_look", &pni_one_id_t, &cut_t,
    "select z.id, z.session_id, z.plan_id, z.author_id, z.version, z.state,"
    " h.organiser_id as organiser, " PNI_LIVE("h") " as published,"
    " coalesce(nullif(s.approved_capacity, 0), nullif(h.approved_capacity, 0), x.capacity)::bigint"
    "  as capacity, (select y.id from zone_plan y where y.sk = :id# and y.state = 'LIVE'"
    "  and y.session_id = z.session_id) as live_id"
    " from zone_plan z join session s on s.id = z.session_id join show h on h.id = s.show_id"
    " join hall x on x.id = s.hall_id where z.sk = :id# and z.id = :id"};
const pn_sql pni_cut_rows_sql = {"zone_plan_cut_rows", &pni_one_id_t, &cut_row_t,
    "select o.id as zone_id, o.tier_id, w.plan_row_id, w.seats, o.name as zone, r.floor,"
    " r.section, r.row_name, r.labels, r.xs, r.ys, r.gap_after, r.wheelchair, r.obstructed"
    " from zone_row w join zone o on o.sk = :id# and o.id = w.zone_id"
    " join seat_plan_row r on r.id = w.plan_row_id where w.sk = :id# and w.zone_plan_id = :id"
    " order by o.tier_id, r.no, w.plan_row_id, o.no"};
#define OLD_BLOCKS                                                                                 \
    "select b.id, b.lot_id, b.plan_row_id, b.mask, b.held, b.busy, b.sold,"                        \
    " coalesce(o.name, '') as zone, b.floor, b.section, b.row_name, b.labels from seat_block b"    \
    " left join zone o on o.sk = :id# and o.id = b.zone_id"                                        \
    " where b.sk = :id# and b.session_id = :id and b.plan_row_id is not null"                      \
    " order by b.lot_id, b.plan_row_id, b.id"
const pn_sql pni_old_blocks_sql = {"zone_plan_old_blocks", &pni_one_id_t, &old_block_t,
                                   OLD_BLOCKS};
const pn_sql pni_old_blocks_lock_sql = {"zone_plan_lock_blocks", &pni_one_id_t, &old_block_t,
                                        OLD_BLOCKS " for update of b"};

typedef struct drafted {
    int64_t id, session, plan, organiser, hall, live_plan;
    int version;
} drafted;
static PN_TYPE(drafted_t, "zone_plan.drafted", drafted, PN_COL(drafted, id, N_("Id")),
    PN_COL(drafted, session, N_("Session")), PN_COL(drafted, plan, N_("Plan"), .flags = PN_OPT),
    PN_COL(drafted, organiser, N_("Organiser"), .flags = PN_OPT),
    PN_COL(drafted, version, N_("Version")));
static const pn_sql place = {"zone_plan_place", &drafted_t, &drafted_t,
    "select s.id as session, h.organiser_id as organiser,"
    " coalesce((select a.id from seat_plan a where a.id = :plan and a.hall_id = s.hall_id),"
    "  (select y.plan_id from zone_plan y where y.sk = :session# and y.session_id = s.id"
    "   and y.state = 'LIVE' and :plan::bigint is null),"
    "  (select a.id from seat_plan a where a.hall_id = s.hall_id and :plan::bigint is null"
    "   order by a.version desc limit 1)) as plan,"
    " (select coalesce(max(y.version), 0) + 1 from zone_plan y where y.sk = :session#"
    "  and y.session_id = s.id) as version"
    " from session s join show h on h.id = s.show_id where s.id = :session"};
static const pn_sql insert = {"zone_plan_insert", &drafted_t, NULL,
    "insert into zone_plan (sk, id, session_id, plan_id, version, state, author_id, created_at,"
    " updated_at) values (:id#, :id, :session, :plan, :version, 'DRAFT', :me, :now, :now)"};

typedef struct plan_row {
    int64_t id, session;
    const char *floor, *section, *row_name;
    pn_texts labels, categories;
} plan_row;
static PN_TYPE(plan_row_t, "zone_plan.plan_row", plan_row, PN_COL(plan_row, id, N_("Id")),
    PN_COL(plan_row, floor, N_("Floor")), PN_COL(plan_row, section, N_("Section")),
    PN_COL(plan_row, row_name, N_("Row")), PN_COL(plan_row, labels, N_("Seats")),
    PN_COL(plan_row, categories, N_("Categories")));
static const pn_sql plan_rows = {"zone_plan_plan_rows", &pni_one_id_t, &plan_row_t,
    "select id, floor, section, row_name, labels, categories from seat_plan_row"
    " where plan_id = :id order by no"};
static const pn_sql tiers = {"zone_plan_tiers", &pni_one_id_t, &pni_one_id_t,
    "select t.id from tier t where t.session_id = :id"};

typedef struct new_zone {
    int64_t id, zone_plan_id, tier_id;
    int no, seats;
    const char *name, *colour, *gate_group;
} new_zone;
#define Z(field) PN_COL(new_zone, field, #field)
static PN_TYPE(new_zone_t, "zone.new", new_zone, Z(id), Z(zone_plan_id), Z(tier_id), Z(no),
    Z(seats), Z(name), Z(colour), Z(gate_group));
#undef Z
static const pn_sql insert_zone = {"zone_plan_insert_zone", &new_zone_t, NULL,
    "insert into zone (sk, id, zone_plan_id, no, name, tier_id, colour, gate_group, seats)"
    " values (:id#, :id, :zone_plan_id, :no, :name, :tier_id, coalesce(:colour, ''),"
    " coalesce(:gate_group, ''), :seats)"};
typedef struct new_row { int64_t zone_id, plan_row_id, zone_plan_id, seats; } new_row;
static PN_TYPE(new_row_t, "zone.new_row", new_row, PN_COL(new_row, zone_id, N_("Zone")),
    PN_COL(new_row, plan_row_id, N_("Row")), PN_COL(new_row, zone_plan_id, N_("Zone plan")),
    PN_COL(new_row, seats, N_("Seats")));
static const pn_sql insert_rows = {"zone_plan_insert_rows", &new_row_t, NULL,
    "insert into zone_row (sk, zone_id, plan_row_id, zone_plan_id, seats)"
    " select (u.zone_id & 4095)::int, u.zone_id, u.plan_row_id, u.zone_plan_id, u.seats"
    " from unnest(:zone_id, :plan_row_id, :zone_plan_id, :seats)"
    "  u(zone_id, plan_row_id, zone_plan_id, seats)", .array = true};
static const pn_sql move = {"zone_plan_move", &pn_move_t, NULL,
    "update zone_plan set state = :to, updated_at = :now,"
    " live_at = case when :to = 'LIVE' then :now else live_at end,"
    " live_by = case when :to = 'LIVE' then :me::bigint else live_by end,"
    " retired_at = case when :to = 'RETIRED' then :now else retired_at end"
    " where sk = :id# and id = :id and state = :from"};

static const pn_edge edges[] = {
    {"DRAFT", "live", "LIVE", 0, NULL}, /* zone_live.c tells, with what listeners need */
    {"DRAFT", "withdraw", "RETIRED", 0, NULL},
    {"LIVE", "retire", "RETIRED", 0, NULL},
    {0},
};
static const pn_fsm zone_plan_fsm = {N_("zone plan"), pn_zone_plan_states, edges, &move};

#define MINE "(:my_organiser::bigint is null or h.organiser_id = :my_organiser)"
static const pn_list_spec plan_list = {.row = &zone_plan_t, .key = "z.id", .sort = "-id",
    .from = "zone_plan z join session s on s.id = z.session_id join show h on h.id = s.show_id"
            " left join staff w on w.id = z.author_id cross join lateral"
            " (select count(*)::int as zones, coalesce(sum(o.seats), 0)::int as seats from zone o"
            "  where o.sk = (z.id & 4095)::int and o.zone_plan_id = z.id) k",
    .scope = MINE};
static const pn_list_spec zone_list = {.row = &zone_t, .key = "o.id", .sort = "zone_plan_id,no,id",
    .from = "zone o join zone_plan z on z.sk = o.sk and z.id = o.zone_plan_id"
            " join session s on s.id = z.session_id join show h on h.id = s.show_id"
            " join tier t on t.id = o.tier_id",
    .scope = MINE};

PN_OP_LIST(zone_plan, list, plan_list, .brief = N_("List zone plans"), .out = &zone_plan_t,
    .may = READERS, .example = "pn zone-plan list --where 'state=LIVE'")
PN_OP_LIST(zone_plan, zones, zone_list, .brief = N_("List the zones of zone plans"),
    .out = &zone_t, .may = READERS, .example = "pn zone-plan zones --where 'zone_plan_id=12289'")

/* ---- drafting ---- */

int pni_cut_look(pn *p, int64_t id, pni_cut *out)
{
    int64_t mine = pn_who(p)->organiser;
    pni_one_id session;
    int rc = pn_one(p, &pni_cut_look_sql, &(pni_one_id){id}, out);
    if (rc == PN_ENONE)
        return pn_fail(p, rc, "id", pn_tr("There is no %s %" PRId64),
                       pni_noun_word("zone_plan"), id);
    PN_TRY(rc);
    if (mine && mine != out->organiser)
        return pn_fail(p, PN_EPERM, NULL, pn_tr("The show belongs to another organiser"));
    PN_TRY(pn_one(p, &pni_cut_lock_sql, &(pni_one_id){out->session_id}, &session));
    return pn_one(p, &pni_cut_look_sql, &(pni_one_id){id}, out); /* as it is under the lock */
}

int pni_cut_rows(pn *p, int64_t cut, pn_rows *out)
{
    return pn_all(p, &pni_cut_rows_sql, &(pni_one_id){cut}, out);
}

int pni_old_blocks(pn *p, const pni_cut *cut, pn_rows *out)
{
    return pn_all(p, &pni_old_blocks_sql, &(pni_one_id){cut->session_id}, out);
}

int pni_old_blocks_lock(pn *p, const pni_cut *cut, pn_rows *out)
{
    return pn_all(p, &pni_old_blocks_lock_sql, &(pni_one_id){cut->session_id}, out);
}

static int no_memory(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* The rows of the plan as they are chosen from; `free` loses what a zone takes. */
typedef struct board {
    size_t n;
    const plan_row *rows;
    pni_named_row *names;
    int64_t *free, *chosen;
} board;

static int lay_out(pn *p, int64_t plan, board *b)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &plan_rows, &(pni_one_id){plan}, &rows));
    b->n = rows.n;
    b->rows = rows.row;
    b->names = pn_alloc(p, (b->n + 1) * sizeof *b->names);
    b->free = pn_alloc(p, (b->n + 1) * sizeof *b->free);
    b->chosen = pn_alloc(p, (b->n + 1) * sizeof *b->chosen);
    if (!b->names || !b->free || !b->chosen)
        return no_memory(p);
    for (size_t i = 0; i < b->n; i++) {
        const plan_row *r = &b->rows[i];
        b->free[i] = (int64_t)((UINT64_C(1) << r->labels.n) - 1);
        b->names[i] = (pni_named_row){r->floor, r->section, r->row_name, r->labels,
                                      r->categories, b->free[i]};
    }
    return 0;
}

static int take(pn *p, board *b, const pn_zone_ask *ask, int64_t cut, int64_t zone, int *seats)
{
    new_row *rows = pn_alloc(p, (b->n + 1) * sizeof *rows);
    size_t n = 0;
    if (!rows)
        return no_memory(p);
    PN_TRY(pni_seats_meant(p, ask->seats, "zones", b->names, b->n, b->chosen));
    *seats = 0;
    for (size_t i = 0; i < b->n; i++) {
        int64_t twice = b->chosen[i] & ~b->free[i];
        if (twice)
            return pn_fail(p, PN_EARG, "zones",
                           pn_tr("Seat %s is in zone “%s” and in another one"),
                           pni_named_seat(p, &b->names[i], __builtin_ctzll((uint64_t)twice)),
                           ask->name);
        b->free[i] &= ~b->chosen[i];
        if (b->chosen[i])
            rows[n++] = (new_row){zone, b->rows[i].id, cut, b->chosen[i]};
        *seats += __builtin_popcountll((uint64_t)b->chosen[i]);
    }
    return pn_exec_many(p, &insert_rows, rows, n, NULL);
}

static int own_tier(pn *p, const pn_rows *known, const pn_zone_ask *ask)
{
    pn_each(pni_one_id, t, known)
        if (t->id == ask->tier)
            return 0;
    return pn_fail(p, PN_EARG, "zones", pn_tr("The tier of zone “%s” is not one of the session"),
                   ask->name);
}

static int add_zones(pn *p, const struct pn_zone_plan_draft *in, const drafted *d)
{
    board b = {0};
    pn_rows known;
    int no = 0;
    PN_TRY(lay_out(p, d->plan, &b));
    PN_TRY(pn_all(p, &tiers, &(pni_one_id){in->session}, &known));
    pn_each(pn_zone_ask, ask, &in->zones)
    {
        new_zone z = {.zone_plan_id = d->id, .tier_id = ask->tier, .no = ++no, .name = ask->name,
                      .colour = ask->colour, .gate_group = ask->gate_group};
        PN_TRY(pn_validate(p, &ask_t, ask));
        PN_TRY(own_tier(p, &known, ask));
        pn_each(pn_zone_ask, other, &in->zones)
            if (other < ask && !strcmp(other->name, ask->name))
                return pn_fail(p, PN_EARG, "zones", pn_tr("Zone “%s” is named twice"), ask->name);
        PN_TRY(pn_new_id(p, pn_sk(d->id), &z.id));
        PN_TRY(take(p, &b, ask, d->id, z.id, &z.seats));
        if (!z.seats)
            return pn_fail(p, PN_EARG, "zones", pn_tr("Zone “%s” has no seats"), ask->name);
        PN_TRY(pn_exec(p, &insert_zone, &z, NULL));
    }
    int left = 0;
    const char *first = NULL;
    for (size_t i = 0; i < b.n; i++) {
        left += __builtin_popcountll((uint64_t)b.free[i]);
        if (b.free[i] && !first)
            first = pni_named_seat(p, &b.names[i], __builtin_ctzll((uint64_t)b.free[i]));
    }
    if (!left)
        return 0;
    (void)pn_fail(p, PN_EARG, "zones", pn_tr("%d seats are in no zone, the first is %s"), left,
                  first);
    return pn_hint(p, pn_tr("Put every seat into a zone; seats that are not sold are held there"));
}

static int draft(pn *p, const struct pn_zone_plan_draft *in, pn_zone_plan *out)
{
    drafted d = {0}, ask = {.session = in->session, .plan = in->plan};
    pni_one_id locked;
    int64_t mine = pn_who(p)->organiser;
    int rc = pn_one(p, &pni_cut_lock_sql, &(pni_one_id){in->session}, &locked);
    if (rc == PN_ENONE)
        return pn_fail(p, rc, "session", pn_tr("There is no %s %" PRId64),
                       pni_noun_word("session"), in->session);
    PN_TRY(rc);
    PN_TRY(pn_one(p, &place, &ask, &d));
    if (mine && mine != d.organiser)
        return pn_fail(p, PN_EPERM, NULL, pn_tr("The show belongs to another organiser"));
    if (!d.plan) {
        (void)pn_fail(p, PN_ENONE, "plan", pn_tr("The hall of the session has no such seat plan"));
        return pn_hint(p, pn_tr("Import one with “seat-plan import”"));
    }
    if (in->zones.n > ZONES_MAX)
        return pn_fail(p, PN_ETOO_BIG, "zones", pn_tr("A zone plan has at most %d zones"),
                       ZONES_MAX);
    PN_TRY(pn_new_id(p, pn_sk(in->session), &d.id));
    PN_TRY(pn_exec(p, &insert, &d, NULL));
    PN_TRY(add_zones(p, in, &d));
    PN_TRY(pni_state_log(p, "zone_plan", d.id, NULL, "DRAFT", "draft", NULL));
    PN_TRY(pni_row(p, &zone_plan_list_op, d.id, out));
    return pn_audit(p, "zone_plan", d.id, &zone_plan_t, NULL, out, NULL);
}

/* ---- comparing ---- */

static int add_change(pn *p, pn_rows *list, const pn_zone_change *c)
{
    pn_zone_change *all = list->row;
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(all[i].from_zone, c->from_zone) || strcmp(all[i].to_zone, c->to_zone) ||
            all[i].from_tier != c->from_tier || all[i].to_tier != c->to_tier)
            continue;
        all[i].seats += c->seats;
        all[i].taken += c->taken;
        all[i].kept += c->kept;
        return 0;
    }
    if (list->n == CHANGES_MAX)
        return pn_fail(p, PN_ETOO_BIG, NULL, pn_tr("More than %d kinds of change"), CHANGES_MAX);
    all[list->n++] = *c;
    return 0;
}

/* What becomes of the seats of one old block. */
static int compare(pn *p, const pni_old_block *o, const pn_rows *now, pn_rows *list)
{
    const pni_named_row name = {o->floor, o->section, o->row_name, o->labels, {0}, o->mask};
    int64_t left = o->mask, taken = o->busy | o->sold;
    pn_each(pni_cut_row, r, now)
    {
        int64_t both = r->plan_row_id == o->plan_row_id ? r->seats & o->mask : 0;
        left &= ~both;
        if (!both || (r->tier_id == o->lot_id && !strcmp(r->zone, o->zone)))
            continue;
        bool moves = r->tier_id != o->lot_id;
        int sold = __builtin_popcountll((uint64_t)(both & taken));
        PN_TRY(add_change(p, list, &(pn_zone_change){o->zone, r->zone, o->lot_id, r->tier_id,
            __builtin_popcountll((uint64_t)both), moves ? sold : 0, moves ? 0 : sold,
            pni_named_seat(p, &name, __builtin_ctzll((uint64_t)both))}));
    }
    if (!left)
        return 0;
    return add_change(p, list, &(pn_zone_change){o->zone, "", o->lot_id, 0,
        __builtin_popcountll((uint64_t)left), __builtin_popcountll((uint64_t)(left & taken)), 0,
        pni_named_seat(p, &name, __builtin_ctzll((uint64_t)left))});
}

static int diff(pn *p, const struct pn_zone_plan_diff *in, pn_zone_changes *out)
{
    pni_cut cut = {0};
    pn_rows now, old;
    int rc = pn_one(p, &pni_cut_look_sql, &(pni_one_id){in->id}, &cut);
    if (rc == PN_ENONE || (!rc && pn_who(p)->organiser && pn_who(p)->organiser != cut.organiser))
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no %s %" PRId64),
                       pni_noun_word("zone_plan"), in->id);
    PN_TRY(rc);
    PN_TRY(pni_cut_rows(p, in->id, &now));
    PN_TRY(pni_old_blocks(p, &cut, &old));
    out->changes = (pn_rows){pn_alloc(p, CHANGES_MAX * sizeof(pn_zone_change)), 0};
    if (!out->changes.row)
        return no_memory(p);
    pn_each(pni_old_block, o, &old)
        PN_TRY(compare(p, o, &now, &out->changes));
    pn_each(pni_cut_row, r, &now)
    {
        const pni_named_row name = {r->floor, r->section, r->row_name, r->labels, {0}, r->seats};
        int64_t fresh = r->seats;
        pn_each(pni_old_block, o, &old)
            fresh &= o->plan_row_id == r->plan_row_id ? ~o->mask : -1;
        if (fresh)
            PN_TRY(add_change(p, &out->changes, &(pn_zone_change){"", r->zone, 0, r->tier_id,
                __builtin_popcountll((uint64_t)fresh), 0, 0,
                pni_named_seat(p, &name, __builtin_ctzll((uint64_t)fresh))}));
    }
    return 0;
}

/* ---- states ---- */

static int show(pn *p, const struct pn_zone_plan_show *in, pn_zone_plan *out)
{
    return pni_row(p, &zone_plan_list_op, in->id, out);
}

static int live(pn *p, const struct pn_zone_plan_live *in, pn_zone_plan *out)
{
    pni_cut cut = {0};
    pn_zone_plan before;
    PN_TRY(pni_cut_look(p, in->id, &cut));
    PN_TRY(show(p, &(struct pn_zone_plan_show){in->id}, &before));
    if (cut.published && pn_who(p)->id == cut.author_id) {
        (void)pn_fail(p, PN_EDUAL, NULL, pn_tr("The show is published: who drafted the zone plan"
                                               " cannot put it live"));
        return pn_hint(p, pn_tr("Ask a colleague; “zone-plan diff” shows what would change"));
    }
    if (cut.live_id && cut.state.v == PN_ZONE_PLAN_DRAFT)
        PN_TRY(pn_step(p, &zone_plan_fsm, cut.live_id, (pn_word){PN_ZONE_PLAN_LIVE}, "retire",
                       in->reason, NULL));
    PN_TRY(pn_step(p, &zone_plan_fsm, in->id, cut.state, "live", in->reason, NULL));
    PN_TRY(pni_cut_apply(p, &cut, in->reason));
    PN_TRY(show(p, &(struct pn_zone_plan_show){in->id}, out));
    return pn_audit(p, "zone_plan", in->id, &zone_plan_t, &before, out, in->reason);
}

static int withdraw(pn *p, const struct pn_zone_plan_withdraw *in, pn_zone_plan *out)
{
    pni_cut cut = {0};
    pn_zone_plan before;
    PN_TRY(pni_cut_look(p, in->id, &cut));
    PN_TRY(show(p, &(struct pn_zone_plan_show){in->id}, &before));
    PN_TRY(pn_step(p, &zone_plan_fsm, in->id, cut.state, "withdraw", in->reason, NULL));
    PN_TRY(show(p, &(struct pn_zone_plan_show){in->id}, out));
    return pn_audit(p, "zone_plan", in->id, &zone_plan_t, &before, out, in->reason);
}

PN_OP(zone_plan, draft, pn_zone_plan, .brief = N_("Draft the zones of a session"),
    .in = &draft_t, .out = &zone_plan_t, .may = AUTHORS, .flags = PN_WRITE | PN_ONCE,
    .help = N_("Every seat of the plan goes into exactly one zone; nothing is sold by it until it"
               " goes live."),
    .example = "pn zone-plan draft hamlet-01 --zones name=池座,tier=hamlet-01-a,seats=A区")
PN_OP(zone_plan, show, pn_zone_plan, .brief = N_("Show one zone plan"), .in = &show_t,
    .out = &zone_plan_t, .may = READERS, .example = "pn zone-plan show 12289")
PN_OP(zone_plan, diff, pn_zone_changes,
    .brief = N_("What a zone plan would change, and which taken seats forbid it"), .in = &diff_t,
    .out = &changes_t, .may = READERS, .example = "pn zone-plan diff 12289")
PN_OP(zone_plan, live, pn_zone_plan, .brief = N_("Sell a session by this zone plan"),
    .in = &live_t, .out = &zone_plan_t, .may = AUTHORS, .flags = PN_WRITE | PN_ONCE | PN_DANGER,
    .help = N_("Makes the seats of each tier and its stock. Sold and locked seats keep their tier,"
               " or nothing changes; within it they go along into the zone that takes them."
               " Under a published show by a second person."),
    .example = "pn zone-plan live 12289 --reason 'seats of the pit'",
    .lasting = N_("Sold seats follow it: put another version live instead"))
PN_OP(zone_plan, withdraw, pn_zone_plan, .brief = N_("Give up a draft"), .in = &withdraw_t,
    .out = &zone_plan_t, .may = AUTHORS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn zone-plan withdraw 12289",
    .lasting = N_("What has ended does not come back: set up a new one"))

const pn_module pn_zone_plan_module = {
    .noun = "zone_plan",
    .title = N_("Zone plans"),
    .ops = PN_LIST(pn_op, &zone_plan_list_op, &zone_plan_zones_op, &zone_plan_show_op,
                   &zone_plan_draft_op, &zone_plan_diff_op, &zone_plan_live_op,
                   &zone_plan_withdraw_op),
    .sql = PN_LIST(pn_sql, &pni_cut_look_sql, &pni_cut_lock_sql, &pni_cut_rows_sql,
                   &pni_old_blocks_sql, &place, &insert, &plan_rows, &tiers, &insert_zone,
                   &insert_rows, &move, &pni_live_lots, &pni_live_parts, &pni_live_insert,
                   &pni_live_update, &pni_live_delete, &pni_live_stock, &pni_live_moves,
                   &pni_live_part_drop, &pni_live_part_add, &pni_live_follow,
                   &pni_old_blocks_lock_sql),
    .fsm = PN_LIST(pn_fsm, &zone_plan_fsm),
};
