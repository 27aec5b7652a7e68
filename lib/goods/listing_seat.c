/* SPDX-License-Identifier: Apache-2.0 */
/* Numbered seats of offers. A run "A/5/1-4" is adjacent seats of one row; "1+3+5" names them one by
 * one, where numbers skip. A seat is claimed when its offer leaves the draft. */
#include "listing_int.h"
#include "base/unit_int.h"
#include "seating/claimed_int.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { RUN_MAX = 63, SEATS_MAX = 2000 };

typedef struct claim {
    int sk;
    int64_t session_id, listing_id, merchant_id, id, other_id;
    const char *seat_key, *floors; /* several: which of them is not said */
} claim;
static PN_TYPE(claim_t, "listing.claim", claim, PN_COL(claim, sk, ""),
    PN_COL(claim, session_id, ""), PN_COL(claim, listing_id, ""), PN_COL(claim, merchant_id, ""),
    PN_COL(claim, id, ""), PN_COL(claim, other_id, ""), PN_COL(claim, seat_key, ""),
    PN_COL(claim, floors, ""));

const pn_sql pni_claim_put = {"listing_claim_put", &claim_t, &claim_t,
    "insert into seat_claim (sk, session_id, seat_key, listing_id, merchant_id, at)"
    " select u.sk, u.session_id, u.seat_key, u.listing_id, u.merchant_id, :now"
    " from unnest(:sk, :session_id, :seat_key, :listing_id, :merchant_id)"
    "  u(sk, session_id, seat_key, listing_id, merchant_id)"
    " order by u.sk, u.session_id, u.seat_key"
    " on conflict (sk, session_id, seat_key) do nothing returning seat_key", .array = true};
const pn_sql pni_claim_find = {"listing_claim_find", &claim_t, &claim_t,
    "select c.sk, c.session_id, c.seat_key, c.listing_id, c.merchant_id"
    " from unnest(:sk, :session_id, :seat_key) u(sk, session_id, seat_key)"
    " join seat_claim c on c.sk = u.sk and c.session_id = u.session_id"
    "  and c.seat_key = u.seat_key", .array = true};
/* On which floors a seat is that is named without one: by the plan of which the session's seats are
 * sold, or the newest of its hall. Nothing for what is in no plan, or in one without floors. */
const pn_sql pni_claim_floors = {"listing_claim_floors", &claim_t, &claim_t,
    "with u as materialized (select distinct v.sk, v.session_id, v.seat_key"
    "  from unnest(:sk, :session_id, :seat_key) v(sk, session_id, seat_key)"
    "  where v.seat_key not like '%/%/%/%'),"
    " w as materialized (select x.session_id, coalesce(z.plan_id, (select a.id from session s"
    "   join seat_plan a on a.hall_id = s.hall_id where s.id = x.session_id"
    "   order by a.version desc limit 1)) as plan_id from (select distinct sk, session_id from u) x"
    "  left join zone_plan z on z.sk = x.sk and z.session_id = x.session_id and z.state = 'LIVE')"
    " select u.session_id, u.seat_key, string_agg(distinct r.floor, '|' order by r.floor) as floors"
    " from u join w on w.session_id = u.session_id join seat_plan_row r on r.plan_id = w.plan_id"
    "  and " PNI_KEY_ROW("u.seat_key", "r") " cross join generate_subscripts(r.labels, 1) i"
    " where " PNI_KEY_SEAT("u.seat_key", "r.labels[i]")
    " group by u.session_id, u.seat_key having min(r.floor) <> ''", .array = true};
/* Whoever cuts the seats anew, or places holds, waits, or is waited for. */
const pn_sql pni_claim_sessions = {"listing_claim_sessions", &claim_t, &claim_t,
    "select s.id as session_id from session s where s.id in"
    " (select u.session_id from unnest(:session_id) u(session_id)) order by s.id for share of s",
    .array = true};
/* Free or in an unpaid order at the organiser: no merchant has the ticket, and two buyers would get
 * one seat (I02). What is sold or held there may be a merchant's. He may leave the floor out. The
 * rows stay locked: who gives a seat back at the same time either is seen here, or sees the claim
 * when the row is his. */
const pn_sql pni_claim_own = {"listing_claim_own", &claim_t, &claim_t,
    "with u as materialized (select distinct v.sk, v.session_id, v.seat_key"
    "  from unnest(:sk, :session_id, :seat_key) v(sk, session_id, seat_key)),"
    " b as materialized (select b.sk, b.session_id, b.floor, b.section, b.row_name, b.labels,"
    "   b.mask & ~(b.held | b.sold) as free from seat_block b where b.plan_row_id is not null"
    "  and exists (select from u where u.sk = b.sk and u.session_id = b.session_id"
    "   and " PNI_KEY_ROW("u.seat_key", "b") ") order by b.sk, b.id for share of b)"
    " select distinct u.sk, u.session_id, u.seat_key from u join b on b.sk = u.sk"
    "  and b.session_id = u.session_id and " PNI_KEY_ROW("u.seat_key", "b")
    " cross join generate_subscripts(b.labels, 1) i"
    " where " PNI_KEY_SEAT("u.seat_key", "b.labels[i]")
    " and b.free >> (i - 1) & 1 = 1 order by u.seat_key", .array = true};
/* All but those that are sold or in an order. */
const pn_sql pni_claim_drop = {"listing_claim_drop", &claim_t, NULL,
    "delete from seat_claim c where c.sk = :listing_id# and c.listing_id = :listing_id"
    " and not exists (select from seat_block b cross join generate_subscripts(b.labels, 1) i"
    "  where b.sk = :listing_id# and b.lot_id = :listing_id"
    "  and (b.sold | b.busy) >> (i - 1) & 1 = 1 and " PNI_KEY_OWN("c.seat_key", "b", "i") ")"};
const pn_sql pni_clash_put = {"listing_clash_put", &claim_t, NULL,
    "insert into seat_clash (sk, id, session_id, seat_key, merchant_id, listing_id,"
    "  other_merchant_id, actor_id, at)"
    " values (:session_id#, :id, :session_id, :seat_key, :merchant_id, :listing_id, :other_id,"
    "  :me, :now)"};

/* ---- reading runs ---- */

/* Adjacent seats of one row, as the merchant named them. */
typedef struct run { const char *path, *floor, *section, *row, *labels[RUN_MAX]; int n; } run;

static int bad_run(pn *p, const char *text)
{
    pn_fail(p, PN_EARG, "seats", pn_tr("“%s” names no seats"), text);
    return pn_hint(p, "%s", pn_tr("Section/row/seats, for instance A/5/1-4 or A/5/1+3+5"));
}

/* One spelling for all: no blanks around it, no 排, 座 or 号 behind it. */
static const char *tidy(pn *p, const char *text, size_t len)
{
    static const char *const units[] = {"排", "座", "号", NULL};
    while (len && *text == ' ')
        text++, len--;
    while (len && text[len - 1] == ' ')
        len--;
    for (int i = 0; units[i]; i++) {
        size_t n = strlen(units[i]);
        if (len > n && !memcmp(text + len - n, units[i], n))
            len -= n;
    }
    return pn_printf(p, "%.*s", (int)len, text);
}

static int add_label(pn *p, run *r, const char *text, const char *label)
{
    if (!label)
        return pni_mem(p);
    if (!*label || r->n == RUN_MAX)
        return bad_run(p, text);
    r->labels[r->n++] = label;
    return 0;
}

/* "1-4": every number of it. */
static int add_range(pn *p, run *r, const char *text, const char *seats)
{
    char *end;
    long a = strtol(seats, &end, 10), b = *end == '-' ? strtol(end + 1, &end, 10) : 0;
    if (*end || a < 1 || b < a || b - a >= RUN_MAX)
        return bad_run(p, text);
    for (long n = a; n <= b; n++)
        PN_TRY(add_label(p, r, text, pn_printf(p, "%ld", n)));
    return 0;
}

static int add_seats(pn *p, run *r, const char *text, const char *seats)
{
    if (strchr(seats, '-') && !strchr(seats, '+'))
        return add_range(p, r, text, seats);
    for (const char *s = seats; s;) {
        size_t n = strcspn(s, "+");
        PN_TRY(add_label(p, r, text, tidy(p, s, n)));
        s = s[n] ? s + n + 1 : NULL;
    }
    return 0;
}

/* [floor/]section/row/seats */
static int read_run(pn *p, const char *text, run *r)
{
    const char *part[4] = {"", "", "", ""}, *s = text;
    int n = 0;
    while (s && n < 4) {
        size_t len = strcspn(s, "/");
        part[n] = tidy(p, s, len);
        if (!part[n])
            return pni_mem(p);
        if (!*part[n++])
            return bad_run(p, text);
        s = s[len] ? s + len + 1 : NULL;
    }
    if (s || n < 3 || strlen(text) > 300)
        return bad_run(p, text);
    *r = (run){.floor = n == 4 ? part[0] : "", .section = part[n - 3], .row = part[n - 2]};
    r->path = pn_printf(p, "%s%s%s/%s", r->floor, n == 4 ? "/" : "", r->section, r->row);
    return r->path ? add_seats(p, r, text, part[n - 1]) : pni_mem(p);
}

static int read_runs(pn *p, const char *joined, run **out, size_t *n)
{
    size_t most = 1;
    for (const char *s = joined; s && *s; s++)
        most += *s == '|';
    *n = 0;
    *out = pn_alloc(p, most * sizeof **out);
    if (!*out)
        return pni_mem(p);
    for (const char *s = joined; s && *s;) {
        size_t len = strcspn(s, "|");
        char *text = pn_printf(p, "%.*s", (int)len, s);
        if (!text)
            return pni_mem(p);
        PN_TRY(read_run(p, text, &(*out)[(*n)++]));
        s += len + (s[len] == '|');
    }
    return 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int once(pn *p, const pn_texts *keys)
{
    const char **sorted = pn_alloc(p, (keys->n + 1) * sizeof *sorted);
    if (!sorted)
        return pni_mem(p);
    memcpy(sorted, keys->v, keys->n * sizeof *sorted);
    qsort(sorted, keys->n, sizeof *sorted, by_text);
    for (size_t i = 1; i < keys->n; i++)
        if (!strcmp(sorted[i], sorted[i - 1]))
            return pn_fail(p, PN_EARG, "seats", pn_tr("Seat %s is named twice"), sorted[i]);
    return 0;
}

int pni_seat_keys(pn *p, const char *joined, pn_texts *out)
{
    run *runs;
    size_t n, seats = 0;
    PN_TRY(read_runs(p, joined, &runs, &n));
    for (size_t i = 0; i < n; i++)
        seats += (size_t)runs[i].n;
    if (seats > SEATS_MAX)
        return pn_fail(p, PN_ETOO_BIG, "seats", pn_tr("More than %d seats"), SEATS_MAX);
    *out = (pn_texts){pn_alloc(p, (seats + 1) * sizeof *out->v), 0};
    if (!out->v)
        return pni_mem(p);
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < runs[i].n; k++) {
            const char *key = pn_printf(p, "%s/%s", runs[i].path, runs[i].labels[k]);
            if (!key)
                return pni_mem(p);
            out->v[out->n++] = key;
        }
    return once(p, out);
}

/* ---- the seats of the lot ---- */

typedef struct block {
    int sk;
    int64_t id, session_id, lot_id, mask;
    const char *floor, *section, *row_name, *labels;
    int middle;
} block;
static PN_TYPE(block_t, "listing.block", block, PN_COL(block, sk, ""), PN_COL(block, id, ""),
    PN_COL(block, session_id, ""), PN_COL(block, lot_id, ""), PN_COL(block, mask, ""),
    PN_COL(block, floor, ""), PN_COL(block, section, ""), PN_COL(block, row_name, ""),
    PN_COL(block, labels, ""), PN_COL(block, middle, ""));
/* A merchant's own list: no plan, so nothing is known of the stage. */
const pn_sql pni_lot_blocks = {"listing_lot_blocks", &block_t, NULL,
    "insert into seat_block (sk, id, session_id, lot_id, floor, section, row_name, labels, mask,"
    "  middle)"
    " select u.sk, u.id, u.session_id, u.lot_id, coalesce(u.floor, ''), u.section, u.row_name,"
    "  string_to_array(u.labels, '|'), u.mask, u.middle"
    " from unnest(:sk, :id, :session_id, :lot_id, :floor, :section, :row_name, :labels, :mask,"
    "  :middle) u(sk, id, session_id, lot_id, floor, section, row_name, labels, mask, middle)",
    .array = true};

static int block_of(pn *p, const pni_listing *l, const run *r, block *out)
{
    pn_texts labels = {(const char **)(uintptr_t)r->labels, (size_t)r->n};
    *out = (block){.sk = pn_sk(l->session_id), .session_id = l->session_id, .lot_id = l->id,
                   .mask = (int64_t)(~UINT64_C(0) >> (64 - r->n)), .floor = r->floor,
                   .section = r->section, .row_name = r->row, .middle = 50 * (r->n - 1)};
    PN_TRY(pni_join(p, &labels, &out->labels));
    return pn_new_id(p, out->sk, &out->id);
}

int pni_listing_blocks(pn *p, const pni_listing *rows, size_t n)
{
    size_t all = 0, most = 0;
    for (size_t i = 0; i < n; i++)
        for (const char *s = rows[i].seats; s && *s; s = strchr(s, '|') ? strchr(s, '|') + 1 : "")
            most++;
    block *blocks = pn_alloc(p, (most + 1) * sizeof *blocks);
    if (!blocks)
        return pni_mem(p);
    for (size_t i = 0; i < n; i++) {
        run *runs;
        size_t m;
        PN_TRY(read_runs(p, rows[i].seats, &runs, &m));
        for (size_t k = 0; k < m; k++)
            PN_TRY(block_of(p, &rows[i], &runs[k], &blocks[all++]));
    }
    return all ? pn_queue(p, &pni_lot_blocks, blocks, all, NULL, NULL) : 0;
}

/* ---- one spelling of a seat ---- */

const char *pni_seat_name(pn *p, int64_t session, const char *seat)
{
    return pn_printf(p, "%" PRIx64 " %s", session, seat);
}

static int which_floor(pn *p, const claim *c)
{
    pn_buf ways = pn_buf_new(p);
    const char *s = c->floors;
    while (*s) {
        size_t n = strcspn(s, "|");
        pn_buf_putf(&ways, "%s%.*s/%s", ways.len ? ", " : "", (int)n, s, c->seat_key);
        s += n + (s[n] == '|');
    }
    if (ways.bad)
        return pni_mem(p);
    pn_fail(p, PN_EARG, "seats", pn_tr("Seat %s is on more than one floor"), c->seat_key);
    return pn_hint(p, pn_tr("Write which one: %s"), ways.text);
}

/* Seats by their floor where the plan has one, so that one seat is one claim however it is written.
 * *unclear: those on several floors, as pni_seat_name() → claim. */
static int tell_floors(pn *p, claim *all, size_t n, pni_map *unclear)
{
    pn_rows rows;
    pni_map floors = {.p = p};
    PN_TRY(pn_exec_many(p, &pni_claim_floors, all, n, &rows));
    pn_each(claim, f, &rows)
    {
        const char *name = pni_seat_name(p, f->session_id, f->seat_key);
        if (!name)
            return pni_mem(p);
        PN_TRY(pni_map_put(strchr(f->floors, '|') ? unclear : &floors, name, f));
    }
    for (size_t i = 0; rows.n && i < n; i++) {
        const char *name = pni_seat_name(p, all[i].session_id, all[i].seat_key);
        const claim *f = name ? pni_map_get(&floors, name) : NULL;
        if (f)
            all[i].seat_key = pn_printf(p, "%s/%s", f->floors, f->seat_key);
        if (!name || !all[i].seat_key)
            return pni_mem(p);
    }
    return 0;
}

/* ---- claims ---- */

static int claims_of(pn *p, const pni_listing *l, claim **out, size_t *n)
{
    pn_texts keys;
    PN_TRY(pni_seat_keys(p, l->seats, &keys));
    *n = keys.n;
    *out = pn_alloc(p, (keys.n + 1) * sizeof **out);
    if (!*out)
        return pni_mem(p);
    for (size_t i = 0; i < keys.n; i++)
        (*out)[i] = (claim){.sk = pn_sk(l->session_id), .session_id = l->session_id,
                            .listing_id = l->id, .merchant_id = l->merchant_id,
                            .seat_key = keys.v[i]};
    pni_map unclear = {.p = p};
    PN_TRY(keys.n ? tell_floors(p, *out, keys.n, &unclear) : 0);
    for (size_t i = 0; i < keys.n; i++) {
        const char *name = pni_seat_name(p, l->session_id, (*out)[i].seat_key);
        const claim *f = name ? pni_map_get(&unclear, name) : NULL;
        if (f)
            return which_floor(p, f);
        keys.v[i] = (*out)[i].seat_key;
    }
    return once(p, &keys);
}

/* Who offers a seat of another is remembered. */
static int remember(pn *p, const pni_listing *l, const claim *other)
{
    claim c = {.session_id = l->session_id, .listing_id = other->listing_id,
               .merchant_id = l->merchant_id, .other_id = other->merchant_id,
               .seat_key = other->seat_key};
    if (other->merchant_id == l->merchant_id)
        return 0;
    PN_TRY(pn_new_id(p, pn_sk(l->session_id), &c.id));
    return pn_exec(p, &pni_clash_put, &c, NULL);
}

static int listed(pn *p, const pni_listing *l, const claim *other)
{
    if (!other->listing_id) {
        pn_fail(p, PN_ESEAT_LISTED, "seats", pn_tr("Seat %s is on sale at the organiser's"),
                other->seat_key);
        return pn_hint(p, "%s", pn_tr("Check section, row and seat; who has the ticket asks the"
                                      " organiser to hold it"));
    }
    pn_fail(p, PN_ESEAT_LISTED, "seats", pn_tr("Seat %s is offered already"), other->seat_key);
    return pn_hint(p, other->merchant_id == l->merchant_id
                          ? pn_tr("By listing %lld of your own")
                          : pn_tr("Check the seat; if it is yours, tell operations (%lld)"),
                   (long long)other->listing_id);
}

/* Does another offer one of the seats? *mine: how many are claimed by this one already. A refusal
 * that comes first, before anything was written, counts: the attempt stays. */
static int ask(pn *p, const pni_listing *l, claim *c, size_t n, size_t *mine, bool first)
{
    pn_rows rows;
    *mine = 0;
    PN_TRY(pn_exec_many(p, &pni_claim_find, c, n, &rows));
    pn_each(claim, other, &rows)
    {
        if (other->listing_id != l->id) {
            if (first)
                PN_TRY(remember(p, l, other));
            if (first)
                pni_keep(p);
            return listed(p, l, other);
        }
        ++*mine;
    }
    PN_TRY(pn_exec_many(p, &pni_claim_sessions, c, n, &rows));
    PN_TRY(pn_exec_many(p, &pni_claim_own, c, n, &rows));
    return rows.n ? listed(p, l, rows.row) : 0;
}

int pni_claims_ask(pn *p, const pni_listing *l)
{
    claim *c;
    size_t n, mine;
    PN_TRY(claims_of(p, l, &c, &n));
    return n ? ask(p, l, c, n, &mine, true) : 0;
}

int pni_claims_make(pn *p, const pni_listing *l)
{
    claim *c;
    size_t n, mine;
    pn_rows made = {0};
    PN_TRY(claims_of(p, l, &c, &n));
    if (!n)
        return 0;
    PN_TRY(ask(p, l, c, n, &mine, true));
    PN_TRY(pn_exec_many(p, &pni_claim_put, c, n, &made));
    if (made.n + mine == n)
        return 0;
    PN_TRY(ask(p, l, c, n, &mine, false)); /* somebody was faster: say which seat */
    return pn_fail(p, PN_ECONFLICT, "seats", "%s", pn_tr("Seats changed meanwhile, try again"));
}

int pni_claims_free(pn *p, const pni_listing *l)
{
    if (l->seat_mode.v != PN_BY_SEAT)
        return 0;
    return pn_exec(p, &pni_claim_drop, &(claim){.listing_id = l->id}, NULL);
}

/* ---- the seats of many ---- */

static int claims_of_all(pn *p, const pni_seated *s, size_t n, claim **out, size_t *count)
{
    size_t all = 0;
    *count = 0;
    for (size_t i = 0; i < n; i++)
        all += s[i].keys.n;
    *out = pn_alloc(p, (all + 1) * sizeof **out);
    if (!*out)
        return pni_mem(p);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < s[i].keys.n; k++)
            (*out)[(*count)++] = (claim){.sk = pn_sk(s[i].l->session_id),
                .session_id = s[i].l->session_id, .listing_id = s[i].l->id,
                .merchant_id = s[i].l->merchant_id, .seat_key = s[i].keys.v[k]};
    return 0;
}

static int note_taken(pn *p, const pn_sql *sql, const claim *c, size_t n, pni_map *out)
{
    pn_rows rows;
    PN_TRY(pn_exec_many(p, sql, c, n, &rows));
    pn_each(claim, other, &rows)
    {
        const char *key = pni_seat_name(p, other->session_id, other->seat_key);
        if (!key)
            return pni_mem(p);
        PN_TRY(pni_map_put(out, key, other));
    }
    return 0;
}

int pni_seats_taken(pn *p, const pni_seated *s, size_t n, pni_map *out)
{
    claim *c;
    size_t count;
    pn_rows sessions;
    PN_TRY(claims_of_all(p, s, n, &c, &count));
    if (!count)
        return 0;
    PN_TRY(tell_floors(p, c, count, out));
    for (size_t i = 0, at = 0; i < n; i++)
        for (size_t k = 0; k < s[i].keys.n; k++)
            s[i].keys.v[k] = c[at++].seat_key;
    PN_TRY(pn_exec_many(p, &pni_claim_sessions, c, count, &sessions));
    PN_TRY(note_taken(p, &pni_claim_own, c, count, out));
    return note_taken(p, &pni_claim_find, c, count, out);
}

int pni_claims_refuse(pn *p, const pni_listing *l, const void *taken)
{
    if (((const claim *)taken)->floors)
        return which_floor(p, taken);
    if (((const claim *)taken)->listing_id)
        PN_TRY(remember(p, l, taken));
    return listed(p, l, taken);
}

int pni_seats_claim_all(pn *p, const pni_seated *s, size_t n)
{
    claim *c;
    size_t count;
    pn_rows made = {0};
    PN_TRY(claims_of_all(p, s, n, &c, &count));
    if (!count)
        return 0;
    PN_TRY(pn_exec_many(p, &pni_claim_put, c, count, &made));
    return made.n == count ? 0
                           : pn_fail(p, PN_ESEAT_LISTED, "seats", "%s",
                                     pn_tr("One of its seats was offered by another meanwhile"));
}
