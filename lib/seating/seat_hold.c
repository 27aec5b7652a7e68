/* SPDX-License-Identifier: Apache-2.0 */
/* Holds by owner. Placing and releasing lock the session, then its lots, as everybody does who
 * changes what can be sold; so the part of a large show that may be withheld (I05) is counted under
 * the lock under which it grows. */
#include "seating/hold_int.h"
#include "seating/claimed_int.h"
#include "seating/zone_int.h"
#include "base/job.h"
#include "base/policy_int.h"
#include "catalog/free_int.h"
#include "catalog/may_int.h"

#include <inttypes.h>
#include <string.h>

const pn_words pn_hold_kinds[] = {PN_HOLD_KINDS(PN_WORD_ROW) {0}};
const pn_words pn_hold_states[] = {PN_HOLD_STATES(PN_WORD_ROW) {0}};

#define C(field, text, ...) PN_COL(pn_seat_hold, field, text, __VA_ARGS__)
static PN_TYPE(hold_t, "seat_hold", pn_seat_hold,
    C(id, N_("Id"), .flags = PN_KEY | PN_BRIEF | PN_SORT, .sql = "x.id"),
    C(session_id, N_("Session number"), .ref = "session", .sql = "x.session_id"),
    C(session, N_("Session"), .flags = PN_BRIEF, .sql = "s.code"),
    C(show, N_("Show"), .sql = "h.title"),
    C(kind, N_("Owner"), .flags = PN_BRIEF, .words = pn_hold_kinds, .sql = "x.kind"),
    C(channel, N_("Channel"), .sql = "x.channel"),
    C(reason, N_("Reason"), .flags = PN_BRIEF, .sql = "x.reason"),
    C(qty, N_("Tickets"), .flags = PN_BRIEF, .sql = "x.qty"),
    C(seats, N_("Seats"), .flags = PN_NOFILTER,
      .sql = "array(select concat_ws('/', nullif(b.floor, ''), b.section, b.row_name,"
             " b.labels[i + 1]) from seat_hold_part q join seat_block b on b.sk = q.sk"
             " and b.id = q.block_id cross join generate_series(0, 62) i"
             " where q.sk = (x.id & 4095)::int and q.hold_id = x.id and q.seats >> i & 1 = 1"
             " order by b.id, i limit 500)"),
    C(expires_at, N_("Until"), .flags = PN_BRIEF, .sql = "x.expires_at"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_hold_states,
      .sql = "(case when x.state = 'ACTIVE' and x.expires_at <= :now::timestamptz then 'EXPIRED'"
             " else x.state end)"),
    C(by, N_("By"), .sql = "w.name"),
    C(created_at, N_("Created"), .flags = PN_SORT, .sql = "x.created_at"),
    C(released_at, N_("Released at"), .sql = "x.released_at"));
#undef C
#define I(field, text, ...) PN_COL(struct pn_seat_hold_place, field, text, __VA_ARGS__)
static PN_TYPE(place_t, "seat_hold.place", struct pn_seat_hold_place,
    I(session, N_("Session"), .flags = PN_REQ | PN_ARG, .ref = "session"),
    I(kind, N_("Owner"), .flags = PN_REQ | PN_ARG, .words = pn_hold_kinds),
    I(seats, N_("Seats"), .max = 4000,
      .hint = N_("Sections, rows or seats: A区/5; B区/1/3..8; - B区/1/5")),
    I(zone, N_("Zone"), .max = 60, .hint = N_("All its seats, or the best --qty of them")),
    I(tier, N_("Tier"), .flags = PN_OPT, .ref = "tier"),
    I(qty, N_("Quantity"), .flags = PN_OPT, .min = 1, .max = 500000),
    I(channel, N_("Channel"), .max = 40, .hint = N_("For owner CHANNEL: which one")),
    I(reason, N_("Reason"), .flags = PN_REQ, .max = 500),
    I(expires_at, N_("Until"), .hint = N_("Absent: until it is released")));
#undef I
static PN_TYPE(show_t, "seat_hold.show", struct pn_seat_hold_show,
    PN_COL(struct pn_seat_hold_show, id, N_("Hold"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "seat_hold"));
static PN_TYPE(release_t, "seat_hold.release", struct pn_seat_hold_release,
    PN_COL(struct pn_seat_hold_release, id, N_("Hold"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "seat_hold"),
    PN_COL(struct pn_seat_hold_release, seats, N_("Seats"), .max = 4000,
           .hint = N_("Absent: all of them")),
    PN_COL(struct pn_seat_hold_release, reason, N_("Reason"), .max = 500));
static PN_TYPE(sweep_t, "seat_hold.sweep", struct pn_seat_hold_sweep,
    PN_COL(struct pn_seat_hold_sweep, sk, N_("Bucket"), .flags = PN_ARG, .max = 4095));
static PN_TYPE(swept_t, "seat_hold.swept", pn_seat_holds_swept,
    PN_COL(pn_seat_holds_swept, released, N_("Released"), .flags = PN_BRIEF));

/* ---- statements ---- */

typedef struct facts { int64_t session, organiser, capacity, withheld, max_bp; bool large; } facts;
static PN_TYPE(facts_t, "seat_hold.facts", facts, PN_COL(facts, session, "session"),
    PN_COL(facts, organiser, "organiser", .flags = PN_OPT), PN_COL(facts, capacity, "capacity"),
    PN_COL(facts, withheld, "withheld"), PN_COL(facts, max_bp, "max_bp"),
    PN_COL(facts, large, "large"));
static const pn_sql facts_sql = {"seat_hold_facts", &pni_one_id_t, &facts_t,
    "select s.id as session, h.organiser_id as organiser, h.is_large as large,"
    " coalesce(nullif(s.approved_capacity, 0), nullif(h.approved_capacity, 0), x.capacity)::bigint"
    "  as capacity, (select coalesce(sum(y.qty), 0)::bigint from seat_hold y where y.sk = :id#"
    "  and y.session_id = :id and y.state = 'ACTIVE' and (y.expires_at > :now"
    "   or y.expires_at is null) and y.kind in ('ORGANISER','HOUSE','GIFT','WORK')) as withheld,"
    " " PNI_POLICY("seating.hold_max_bp") " as max_bp from session s"
    " join show h on h.id = s.show_id join hall x on x.id = s.hall_id where s.id = :id"};
static const pn_sql lots_sql = {"seat_hold_lots", &pni_one_id_t, &pni_hold_lot_t,
    "select k.lot_id, (k.qty_total - k.qty_held - k.qty_locked - k.qty_sold)::bigint as free,"
    " k.seat_stamp from stock k where k.sk = :id# and k.session_id = :id and k.lot_id = k.tier_id"
    " order by k.lot_id for update"};

typedef struct hold {
    int64_t id, session;
    pn_word kind, state;
    const char *channel, *reason;
    int qty;
    pn_time expires_at;
} hold;
static PN_TYPE(row_t, "seat_hold.row", hold, PN_COL(hold, id, "id"),
    PN_COL(hold, session, "session"), PN_COL(hold, kind, "kind", .words = pn_hold_kinds),
    PN_COL(hold, state, "state", .words = pn_hold_states), PN_COL(hold, channel, "channel"),
    PN_COL(hold, reason, "reason"), PN_COL(hold, qty, "qty"),
    PN_COL(hold, expires_at, "expires_at"));
static const pn_sql insert = {"seat_hold_insert", &row_t, NULL,
    "insert into seat_hold (sk, id, session_id, kind, channel, reason, qty, expires_at, state,"
    " actor_id, created_at, updated_at) values (:id#, :id, :session, :kind,"
    " coalesce(:channel, ''), :reason, :qty, :expires_at, 'ACTIVE', :me, :now, :now)"};
static const pn_sql insert_due = {"seat_hold_insert_due", &row_t, NULL,
    "insert into seat_hold_due (sk, hold_id, due_at) values (:id#, :id, :expires_at)"};
static const pn_sql look = {"seat_hold_look", &pni_one_id_t, &row_t,
    "select x.id, x.session_id as session, x.kind, x.state, x.channel, x.reason, x.qty,"
    " x.expires_at from seat_hold x where x.sk = :id# and x.id = :id"};
static const pn_sql drop_due = {"seat_hold_drop_due", &pni_one_id_t, NULL,
    "delete from seat_hold_due where sk = :id# and hold_id = :id"};
static const pn_sql drop_parts = {"seat_hold_drop_parts", &pni_one_id_t, NULL,
    "delete from seat_hold_part where sk = :id# and hold_id = :id"};
static const pn_sql shrink = {"seat_hold_shrink", &row_t, NULL,
    "update seat_hold set qty = :qty, updated_at = :now where sk = :id# and id = :id"};
static const pn_sql parts_of = {"seat_hold_parts", &pni_one_id_t, &pni_hold_part_t,
    "select q.hold_id, q.lot_id, q.block_id, q.seats, q.qty from seat_hold_part q"
    " where q.sk = :id# and q.hold_id = :id order by q.lot_id, q.block_id"};
static const pn_sql move = {"seat_hold_move", &pn_move_t, NULL,
    "update seat_hold set state = :to, released_at = :now, updated_at = :now"
    " where sk = :id# and id = :id and state = :from"};

/* What is due in one bucket, and in which sessions. */
typedef struct due { int64_t sk, id, session; } due;
static PN_TYPE(due_t, "seat_hold.due", due, PN_COL(due, sk, "sk"), PN_COL(due, id, "id"),
    PN_COL(due, session, "session"));
static const pn_sql due_sessions = {"seat_hold_due_sessions", &due_t, &due_t,
    "select distinct x.session_id as session from seat_hold_due d join seat_hold x"
    " on x.sk = d.sk and x.id = d.hold_id where d.sk = :sk and d.due_at <= :now"
    " order by session limit 100"};
static const pn_sql due_holds = {"seat_hold_due_holds", &due_t, &due_t,
    "select x.id from seat_hold_due d join seat_hold x on x.sk = d.sk and x.id = d.hold_id"
    " where d.sk = :session# and d.due_at <= :now and x.session_id = :session"
    " order by x.id limit 500"};
/* Holds for merchants with a seat that no offer claims any more. */
#define UNCLAIMED                                                                                  \
    "seat_hold x where x.kind = 'MERCHANT' and x.state = 'ACTIVE' and exists (select"              \
    " from seat_hold_part q join seat_block b on b.sk = q.sk and b.id = q.block_id"                \
    " cross join generate_subscripts(b.labels, 1) i where q.sk = x.sk and q.hold_id = x.id"        \
    "  and q.seats >> (i - 1) & 1 = 1 and not exists (select from seat_claim c where c.sk = x.sk"  \
    "   and c.session_id = x.session_id and " PNI_KEY_ROW("c.seat_key", "b")                       \
    "   and " PNI_KEY_SEAT("c.seat_key", "b.labels[i]") " and " PNI_CLAIM_LIVES("c") "))"
static const pn_sql unclaimed = {"seat_hold_unclaimed", &due_t, &due_t,
    "select x.id, x.session_id as session from " UNCLAIMED " and x.sk = :sk order by x.session_id,"
    " x.id limit 500"};
static const pn_sql due_buckets = {"seat_hold_due_buckets", NULL, &due_t,
    "select sk::bigint from seat_hold_due where due_at <= :now union"
    " select x.sk::bigint from " UNCLAIMED " limit 500"};

static const pn_edge edges[] = {
    {"ACTIVE", "release", "RELEASED", 0, NULL},
    {"ACTIVE", "expire", "EXPIRED", 0, NULL},
    {"ACTIVE", "unclaim", "RELEASED", PN_ROLE_SYSTEM, NULL},
    {0},
};
static const pn_fsm hold_fsm = {N_("hold"), pn_hold_states, edges, &move};

static const pn_list_spec hold_list = {.row = &hold_t, .key = "x.id", .sort = "-id",
    .from = "seat_hold x join session s on s.id = x.session_id join show h on h.id = s.show_id"
            " left join staff w on w.id = x.actor_id",
    .scope = "(:my_organiser::bigint is null or h.organiser_id = :my_organiser)"};

#define HOLDERS (PN_ROLE_OPS | PN_ROLE_ORGANISER | PN_ROLE_BOXOFFICE)
PN_OP_LIST(seat_hold, list, hold_list, .brief = N_("List holds"), .out = &hold_t,
    .may = READERS, .example = "pn seat-hold list --where 'state=ACTIVE kind=HOUSE'")

static int show(pn *p, const struct pn_seat_hold_show *in, pn_seat_hold *out)
{
    return pni_row(p, &seat_hold_list_op, in->id, out);
}

/* ---- ending holds ---- */

/* What a merchant offers of them is not free. */
static int freed(pn *p, int64_t session, const pn_rows *parts, bool tell)
{
    pn_texts lots = {pn_alloc(p, (parts->n + 1) * sizeof *lots.v), 0};
    if (!lots.v)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(pni_hold_write(p, parts, false));
    pn_each(pni_hold_part, q, parts)
        if (!(lots.v[lots.n++] = pn_printf(p, "%" PRId64, q->lot_id)))
            return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    return pni_seats_keep(p, session, lots, tell);
}

/* The parts go and their tickets are free again; the lots are locked. */
static int end(pn *p, int64_t session, int64_t id, const char *event, const char *reason)
{
    pn_rows parts;
    PN_TRY(pn_outbox(p, PNI_STOCK_FREED, session, NULL, NULL, NULL));
    PN_TRY(pn_all(p, &parts_of, &(pni_one_id){id}, &parts));
    PN_TRY(pn_step(p, &hold_fsm, id, (pn_word){PN_HOLD_STATE_ACTIVE}, event, reason, NULL));
    PN_TRY(pn_queue(p, &drop_parts, &(pni_one_id){id}, 0, NULL, NULL));
    PN_TRY(pn_queue(p, &drop_due, &(pni_one_id){id}, 0, NULL, NULL));
    return freed(p, session, &parts, strcmp(event, "unclaim") != 0);
}

static int lock(pn *p, int64_t session, pn_rows *lots)
{
    pni_one_id there;
    int rc = pn_one(p, &pni_cut_lock_sql, &(pni_one_id){session}, &there);
    if (rc == PN_ENONE)
        return pn_fail(p, rc, "session", pn_tr("There is no %s %" PRId64),
                       pni_noun_word("session"), session);
    PN_TRY(rc);
    return pn_all(p, &lots_sql, &(pni_one_id){session}, lots);
}

/* Holds of one locked session whose time is over. */
static int expire(pn *p, int64_t session, int64_t *done)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &due_holds, &(due){.session = session}, &rows));
    pn_each(due, d, &rows)
        PN_TRY(end(p, session, d->id, "expire", NULL));
    *done += (int64_t)rows.n;
    return 0;
}

int pni_seat_holds_sweep(pn *p, int sk, int64_t *done)
{
    pn_rows sessions, lots;
    *done = 0;
    PN_TRY(pn_all(p, &due_sessions, &(due){.sk = sk}, &sessions));
    pn_each(due, d, &sessions)
    {
        PN_TRY(lock(p, d->session, &lots));
        PN_TRY(expire(p, d->session, done));
    }
    return 0;
}

/* Offers that are over. Seats that another offer claims go on being held. */
static int sweep_unclaimed(pn *p, int sk, int64_t *done)
{
    pn_rows rows, lots;
    PN_TRY(pn_all(p, &unclaimed, &(due){.sk = sk}, &rows));
    pn_each(due, d, &rows)
    {
        hold h;
        PN_TRY(lock(p, d->session, &lots));
        PN_TRY(pn_one(p, &look, &(pni_one_id){d->id}, &h));
        if (h.state.v != PN_HOLD_STATE_ACTIVE)
            continue; /* somebody was faster */
        PN_TRY(end(p, d->session, d->id, "unclaim", NULL));
        ++*done;
    }
    return 0;
}

/* Lots that somebody else works on are left alone, so that nobody waits for anybody out of turn. */
static const pn_sql near_lots = {"seat_hold_near_lots", &pni_one_id_t, &pni_hold_lot_t,
    "select k.lot_id, k.seat_stamp from stock k where k.sk = :id# and k.session_id = :id"
    " and k.lot_id = k.tier_id order by k.lot_id for update skip locked"};

int pni_seat_holds_near(pn *p, int64_t session, int64_t *done)
{
    pn_rows lots, holds, parts;
    PN_TRY(pn_all(p, &near_lots, &(pni_one_id){session}, &lots));
    PN_TRY(pn_all(p, &due_holds, &(due){.session = session}, &holds));
    pn_each(due, d, &holds)
    {
        size_t ours = 0;
        PN_TRY(pn_all(p, &parts_of, &(pni_one_id){d->id}, &parts));
        pn_each(pni_hold_part, q, &parts)
            pn_each(pni_hold_lot, k, &lots)
                ours += k->lot_id == q->lot_id;
        if (ours != parts.n)
            continue;
        PN_TRY(end(p, session, d->id, "expire", NULL));
        ++*done;
    }
    return 0;
}

/* ---- placing ---- */

/* I05: what the public cannot buy of a large show. */
static int may_withhold(pn *p, const facts *f, pn_word kind, int n)
{
    bool counts = kind.v == PN_HOLD_ORGANISER || kind.v == PN_HOLD_HOUSE ||
                  kind.v == PN_HOLD_GIFT || kind.v == PN_HOLD_WORK;
    int64_t most = f->capacity * f->max_bp / 10000;
    if (!counts || !f->large || !f->capacity || f->withheld + n <= most)
        return 0;
    (void)pn_fail(p, PN_ECAP, "qty",
                  pn_tr("%" PRId64 " of %" PRId64 " tickets would be withheld from the public;"
                        " of a large show at most %" PRId64 " may be"), f->withheld + n,
                  f->capacity, most);
    return pn_hint(p, pn_tr("Release other holds first; %" PRId64 " more may be withheld now"),
                   most > f->withheld ? most - f->withheld : 0);
}

static int sensible(pn *p, const struct pn_seat_hold_place *in)
{
    if (in->kind.v == PN_HOLD_CHANNEL && !in->channel)
        return pn_fail(p, PN_EARG, "channel", pn_tr("For which channel are they held?"));
    if (in->kind.v != PN_HOLD_CHANNEL && in->channel)
        return pn_fail(p, PN_EARG, "channel", pn_tr("A channel belongs to owner CHANNEL"));
    if (in->kind.v == PN_HOLD_MERCHANT) {
        (void)pn_fail(p, PN_EARG, "kind", pn_tr("Merchants' seats are held by themselves, when"
                                                " they come free while on offer"));
        return pn_hint(p, pn_tr("Name another owner"));
    }
    if (in->expires_at.us && in->expires_at.us <= pn_now(p).us)
        return pn_fail(p, PN_EARG, "expires_at", pn_tr("This time has passed"));
    return 0;
}

static int store(pn *p, const hold *h, const pn_rows *parts)
{
    pn_each(pni_hold_part, q, parts)
        q->hold_id = h->id;
    PN_TRY(pn_queue(p, &insert, h, 0, NULL, NULL));
    if (h->expires_at.us)
        PN_TRY(pn_queue(p, &insert_due, h, 0, NULL, NULL));
    PN_TRY(pn_queue(p, &pni_live_part_add, parts->row, parts->n, NULL, NULL));
    PN_TRY(pni_hold_write(p, parts, true));
    return pni_state_log(p, "seat_hold", h->id, NULL, "ACTIVE", "place", h->reason);
}

int pni_hold_put(pn *p, int64_t session, int kind, const char *reason, const pn_rows *parts)
{
    hold h = {.session = session, .kind = {(int16_t)kind}, .reason = reason,
              .state = {PN_HOLD_STATE_ACTIVE}};
    pn_each(pni_hold_part, q, parts)
        h.qty += q->qty;
    PN_TRY(pn_new_id(p, pn_sk(session), &h.id));
    PN_TRY(store(p, &h, parts));
    return pn_audit(p, "seat_hold", h.id, &row_t, NULL, &h, reason);
}

static int place(pn *p, const struct pn_seat_hold_place *in, pn_seat_hold *out)
{
    pn_rows lots, parts = {0};
    facts f = {0};
    int64_t over = 0;
    hold h = {.session = in->session, .kind = in->kind, .channel = in->channel,
              .reason = in->reason, .expires_at = in->expires_at};
    PN_TRY(sensible(p, in));
    PN_TRY(lock(p, in->session, &lots));
    PN_TRY(pn_one(p, &facts_sql, &(pni_one_id){in->session}, &f));
    if (pn_who(p)->organiser && pn_who(p)->organiser != f.organiser)
        return pn_fail(p, PN_EPERM, NULL, pn_tr("The show belongs to another organiser"));
    PN_TRY(expire(p, in->session, &over));
    if (over)
        PN_TRY(pn_all(p, &lots_sql, &(pni_one_id){in->session}, &lots));
    PN_TRY(pni_hold_choose(p, in, &lots, &parts, &h.qty));
    PN_TRY(may_withhold(p, &f, in->kind, h.qty));
    PN_TRY(pn_new_id(p, pn_sk(in->session), &h.id));
    PN_TRY(store(p, &h, &parts));
    PN_TRY(show(p, &(struct pn_seat_hold_show){h.id}, out));
    return pn_audit(p, "seat_hold", h.id, &hold_t, NULL, out, in->reason);
}

/* ---- releasing ---- */

static int release_some(pn *p, const hold *h, const char *words)
{
    pn_rows parts, named, rest;
    hold left = *h;
    PN_TRY(pn_all(p, &parts_of, &(pni_one_id){h->id}, &parts));
    PN_TRY(pni_hold_cut(p, words, h->session, &parts, &named, &rest));
    left.qty = 0;
    pn_each(pni_hold_part, q, &rest)
    {
        q->hold_id = h->id;
        left.qty += q->qty;
    }
    if (!left.qty)
        return pn_fail(p, PN_EARG, "seats", pn_tr("These are all its seats"));
    PN_TRY(pn_queue(p, &drop_parts, &(pni_one_id){h->id}, 0, NULL, NULL));
    PN_TRY(pn_queue(p, &pni_live_part_add, rest.row, rest.n, NULL, NULL));
    PN_TRY(pn_queue(p, &shrink, &left, 0, NULL, NULL));
    PN_TRY(pn_outbox(p, PNI_STOCK_FREED, h->session, NULL, NULL, NULL));
    return freed(p, h->session, &named, true);
}

static int release(pn *p, const struct pn_seat_hold_release *in, pn_seat_hold *out)
{
    pn_seat_hold before;
    pn_rows lots;
    hold h = {0};
    PN_TRY(show(p, &(struct pn_seat_hold_show){in->id}, &before));
    PN_TRY(lock(p, before.session_id, &lots));
    PN_TRY(pn_one(p, &look, &(pni_one_id){in->id}, &h));
    if (h.kind.v == PN_HOLD_MERCHANT && h.state.v == PN_HOLD_STATE_ACTIVE) {
        (void)pn_fail(p, PN_ESTATE, "id", pn_tr("A merchant has these seats on offer"));
        return pn_hint(p, pn_tr("They are released by themselves when the offer is over that its"
                                " reason names"));
    }
    if (in->seats && h.state.v == PN_HOLD_STATE_ACTIVE)
        PN_TRY(release_some(p, &h, in->seats));
    else if (h.state.v == PN_HOLD_STATE_ACTIVE)
        PN_TRY(end(p, before.session_id, in->id, "release", in->reason));
    else
        return pn_fail(p, PN_ESTATE, "id", pn_tr("The hold is over already"));
    PN_TRY(show(p, &(struct pn_seat_hold_show){in->id}, out));
    return pn_audit(p, "seat_hold", in->id, &hold_t, &before, out, in->reason);
}

static int sweep(pn *p, const struct pn_seat_hold_sweep *in, pn_seat_holds_swept *out)
{
    PN_TRY(pni_seat_holds_sweep(p, (int)in->sk, &out->released));
    return sweep_unclaimed(p, (int)in->sk, &out->released);
}

PN_OP(seat_hold, place, pn_seat_hold, .brief = N_("Withhold tickets from sale for an owner"),
    .in = &place_t, .out = &hold_t, .may = HOLDERS, .flags = PN_WRITE | PN_ONCE,
    .help = N_("By seats in words, by zone, or by quantity of a tier or zone: the best that are"
               " left. Of a large show at most 15 percent may be withheld."),
    .example = "pn seat-hold place hamlet-01 HOUSE --seats A区/1/5..8 --reason 'press'",
    .undo = "release")
PN_OP(seat_hold, show, pn_seat_hold, .brief = N_("Show one hold with its seats"), .in = &show_t,
    .out = &hold_t, .may = READERS, .example = "pn seat-hold show 12289")
PN_OP(seat_hold, release, pn_seat_hold, .brief = N_("Give held tickets back to the sale"),
    .in = &release_t, .out = &hold_t, .may = HOLDERS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn seat-hold release 12289 --reason 'press list closed'")
PN_OP(seat_hold, sweep, pn_seat_holds_swept,
    .brief = N_("Release the holds of one bucket that ran out"), .in = &sweep_t, .out = &swept_t,
    .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

static int hold_job(pn *p, int64_t *done)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &due_buckets, NULL, &rows));
    pn_each(due, d, &rows)
    {
        pn_seat_holds_swept out = {0};
        PN_TRY(pn_seat_hold_sweep(p, &(struct pn_seat_hold_sweep){d->sk}, &out));
        *done += out.released;
    }
    return 0;
}
static const pn_job seat_hold_expire_job = {"seat_hold_expire",
    N_("Release holds by owner that ran out"), 30, hold_job};

const pn_module pn_seat_hold_module = {
    .noun = "seat_hold",
    .title = N_("Holds"),
    .ops = PN_LIST(pn_op, &seat_hold_list_op, &seat_hold_show_op, &seat_hold_place_op,
                   &seat_hold_release_op, &seat_hold_sweep_op),
    .sql = PN_LIST(pn_sql, &facts_sql, &lots_sql, &insert, &insert_due, &look, &drop_due,
                   &drop_parts, &shrink, &parts_of, &move, &due_sessions, &due_holds,
                   &due_buckets, &unclaimed, &near_lots, &pni_hold_blocks, &pni_hold_mark,
                   &pni_hold_clear, &pni_hold_count, &pni_seats_keep_sql),
    .fsm = PN_LIST(pn_fsm, &hold_fsm),
    .jobs = PN_LIST(pn_job, &seat_hold_expire_job),
};
