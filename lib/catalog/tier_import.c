/* SPDX-License-Identifier: Apache-2.0 */
/* The fast import of tiers: thousands of rows a statement. Every rule is decided here before a
 * row is sent, so that a statement as a whole succeeds; if one fails all the same, it is tried
 * again by halves until the bad row stands alone. Rows that exist already are rare in large files
 * and go one by one through the ordinary edit, with its rules and its audit. */
#include "tier_int.h"
#include "base/call_int.h"

#include <inttypes.h>
#include <string.h>

enum { BATCH = 5000, ID_BLOCK = 20000 };

typedef struct line {
    const char *code, *session, *name;
    pn_money face_price;
    int qty, sort, combo_n;
    const char *gate_group;
    pn_word hidden, special_kind;
    pn_time sale_from, sale_to;
    /* found out here */
    int sk;
    int64_t id, session_id, move_id, line;
} line;

// clang-format off
#define FILE_COLS                                                                                  \
    PN_COL(line, code, N_("Code"), .flags = PN_REQ, .max = PNI_CODE_MAX),                          \
    PN_COL(line, session, N_("Session"), .max = PNI_CODE_MAX),                                     \
    PN_COL(line, name, N_("Name"), .max = PNI_TITLE_MAX),                                          \
    PN_COL(line, face_price, N_("Face price"), .flags = PN_OPT, .min = 0, .max = 10000000),        \
    PN_COL(line, qty, N_("Stock"), .flags = PN_OPT, .min = 0, .max = 500000),                      \
    PN_COL(line, sort, N_("Sort"), .flags = PN_OPT),                                               \
    PN_COL(line, combo_n, N_("Bundle of"), .flags = PN_OPT, .min = 1, .max = 20),                  \
    PN_COL(line, gate_group, N_("Gates"), .max = 40),                                              \
    PN_COL(line, hidden, N_("Hidden"), .words = pni_yes_no),                                       \
    PN_COL(line, special_kind, N_("Special goods"), .words = pn_special_kinds),                    \
    PN_COL(line, sale_from, N_("On sale from")), PN_COL(line, sale_to, N_("On sale until"))
// clang-format on
static PN_TYPE(file_t, "tier.line", line, FILE_COLS);
static PN_TYPE(line_t, "tier.line", line, FILE_COLS, PN_COL(line, sk, ""), PN_COL(line, id, ""),
    PN_COL(line, session_id, ""), PN_COL(line, move_id, ""));

typedef struct known {
    struct pn_tier_edit tier;
    int total;
} known;
// clang-format off
static const pn_type known_t = {"tier.known", sizeof(known), (const pn_col[]){
    PN_COL(struct pn_tier_edit, id, ""), PN_COL(struct pn_tier_edit, version, ""),
    PN_COL(struct pn_tier_edit, code, ""), PN_COL(struct pn_tier_edit, session, ""),
    PN_COL(struct pn_tier_edit, name, ""), PN_COL(struct pn_tier_edit, face_price, ""),
    PN_COL(struct pn_tier_edit, sort, ""), PN_COL(struct pn_tier_edit, combo_n, ""),
    PN_COL(struct pn_tier_edit, gate_group, ""),
    PN_COL(struct pn_tier_edit, hidden, "", .words = pni_yes_no),
    PN_COL(struct pn_tier_edit, special_kind, "", .words = pn_special_kinds),
    PN_COL(struct pn_tier_edit, sale_from, ""), PN_COL(struct pn_tier_edit, sale_to, ""),
    PN_COL(known, total, ""), {0}}};
// clang-format on

/* A session of the file: what it may hold and holds, the rows before included. */
typedef struct place { const char *code; int64_t id, organiser, capacity, used; } place;
static PN_TYPE(place_t, "tier.place", place, PN_COL(place, code, ""), PN_COL(place, id, ""),
    PN_COL(place, organiser, "", .flags = PN_OPT), PN_COL(place, capacity, ""),
    PN_COL(place, used, ""));

const pn_sql pni_tier_import_known = {"tier_import_known", &line_t, &known_t,
    "select t.id, t.version, t.code, t.session_id as session, t.name,"
    " t.face_price_fen as face_price, t.sort, t.combo_n, t.gate_group,"
    " case when t.hidden then 'yes' else 'no' end as hidden, t.special_kind, t.sale_from,"
    " t.sale_to, coalesce(a.qty_total, 0) as total"
    " from unnest(:code) u(code) join tier t on t.code = u.code"
    " left join stock a on a.sk = (t.id & 4095)::int and a.lot_id = t.id", .array = true};
const pn_sql pni_tier_import_sessions = {"tier_import_sessions", &place_t, &place_t,
    "select s.code, s.id, h.organiser_id as organiser, coalesce(nullif(s.approved_capacity, 0),"
    " nullif(h.approved_capacity, 0), x.capacity)::bigint as capacity,"
    " coalesce(k.used, 0)::bigint as used"
    " from unnest(:code) u(code) join session s on s.code = u.code"
    " join show h on h.id = s.show_id join hall x on x.id = s.hall_id"
    " left join lateral (select sum(a.qty_total) as used from tier b join stock a"
    "  on a.sk = (b.id & 4095)::int and a.lot_id = b.id where b.session_id = s.id) k on true",
    .array = true};
const pn_sql pni_tier_import_lock = {"tier_import_lock", &place_t, &pni_one_id_t,
    "select s.id from session s where s.code in (select u.code from unnest(:code) u(code))"
    " order by s.id for no key update", .array = true};
const pn_sql pni_tier_import_insert = {"tier_import_insert", &line_t, NULL,
    "insert into tier (id, code, session_id, name, face_price_fen, sort, combo_n, gate_group,"
    " hidden, special_kind, sale_from, sale_to, created_at, updated_at)"
    " select u.id, u.code, u.session_id, u.name, coalesce(u.face_price, 0), coalesce(u.sort, 0),"
    " coalesce(u.combo_n, 1), coalesce(u.gate_group, ''), coalesce(u.hidden = 'yes', false),"
    " nullif(u.special_kind, 'ORDINARY'), u.sale_from, u.sale_to, :now, :now"
    " from unnest(:id, :code, :session_id, :name, :face_price, :sort, :combo_n, :gate_group,"
    " :hidden, :special_kind, :sale_from, :sale_to)"
    " u(id, code, session_id, name, face_price, sort, combo_n, gate_group, hidden,"
    " special_kind, sale_from, sale_to)", .array = true};
const pn_sql pni_tier_import_stock = {"tier_import_stock", &line_t, NULL,
    "insert into stock (sk, lot_id, tier_id, session_id, qty_total)"
    " select u.sk, u.id, u.id, u.session_id, coalesce(u.qty, 0)"
    " from unnest(:sk, :id, :session_id, :qty) u(sk, id, session_id, qty)", .array = true};
const pn_sql pni_tier_import_move = {"tier_import_move", &line_t, NULL,
    "insert into stock_move (sk, id, lot_id, delta, reason, actor_id, at)"
    " select u.sk, u.move_id, u.id, u.qty, 'first stock', :me, :now"
    " from unnest(:sk, :move_id, :id, :qty) u(sk, move_id, id, qty) where u.qty > 0",
    .array = true};

const pn_sql pni_tier_import_names = {"tier_import_names", &place_t, &line_t,
    "select t.session_id, t.name from unnest(:code) u(code) join session s on s.code = u.code"
    " join tier t on t.session_id = s.id", .array = true};

typedef struct importer {
    pni_map places; /* session code → place */
    pni_map names;  /* "session id name" of every tier of those sessions */
} importer;

static int new_id(pn *p, int sk, int64_t *id)
{
    int64_t n;
    PN_TRY(pn_series(p, "gid", ID_BLOCK, &n));
    *id = n << 12 | sk;
    return 0;
}

/* ---- sessions ---- */

/* A name is used once a session: *fresh tells whether it was free, and it is taken now. */
static int take_name(pni_sheet *s, importer *im, int64_t session, const char *name, bool *fresh)
{
    char *key = pn_printf(s->p, "%" PRIx64 " %s", session, name);
    if (!key)
        return pni_mem(s->p);
    *fresh = !pni_map_get(&im->names, key);
    return *fresh ? pni_map_put(&im->names, key, key) : 0;
}

static int learn_sessions(pni_sheet *s, importer *im, line *const *rows, size_t n)
{
    place *asked = pn_alloc(s->p, n * sizeof *asked);
    pn_rows found = {0}, names = {0};
    size_t m = 0;
    bool fresh;
    if (!asked)
        return pni_mem(s->p);
    for (size_t i = 0; i < n; i++) {
        const char *code = rows[i]->session;
        if (!code || pni_map_get(&im->places, code))
            continue;
        asked[m].code = code;
        PN_TRY(pni_map_put(&im->places, code, &asked[m++]));
    }
    if (!m)
        return 0;
    PN_TRY(pn_exec_many(s->p, &pni_tier_import_lock, asked, m, NULL));
    PN_TRY(pn_exec_many(s->p, &pni_tier_import_sessions, asked, m, &found));
    PN_TRY(pn_exec_many(s->p, &pni_tier_import_names, asked, m, &names));
    pn_each(line, l, &names)
        PN_TRY(take_name(s, im, l->session_id, l->name, &fresh));
    pn_each(place, one, &found)
        PN_TRY(pni_map_put(&im->places, one->code, one));
    return 0;
}

static int refuse(pni_sheet *s, const line *l, const char *message)
{
    return pni_report(s, l->line, l->code, PN_IMPORTED_FAILED, message);
}

/* Every rule a new row must keep; *ok when it may go in, else it was reported. */
static int admit(pni_sheet *s, importer *im, line *l, bool *ok)
{
    place *at = l->session ? pni_map_get(&im->places, l->session) : NULL;
    int64_t mine = pn_who(s->p)->organiser;
    int64_t seats = l->qty;
    bool fresh = false;
    *ok = false;
    if (!l->name || !*l->name)
        return refuse(s, l, pn_tr("A new tier needs a name"));
    if (!at || !at->id)
        return refuse(s, l, pn_printf(s->p, pn_tr("There is no session “%s”"),
                                      l->session ? l->session : ""));
    if (mine && mine != at->organiser)
        return refuse(s, l, pn_tr("The show belongs to another organiser"));
    if (at->capacity && at->used + seats > at->capacity)
        return refuse(s, l, pn_printf(s->p,
                      pn_tr("%lld seats in all, %lld are approved for the session"),
                      (long long)(at->used + seats), (long long)at->capacity));
    PN_TRY(take_name(s, im, at->id, l->name, &fresh));
    if (!fresh)
        return refuse(s, l, pn_tr("The session has a tier of this name"));
    at->used += seats;
    l->session_id = at->id;
    l->sk = pn_sk(at->id);
    PN_TRY(new_id(s->p, l->sk, &l->id));
    if (l->qty)
        PN_TRY(new_id(s->p, l->sk, &l->move_id));
    *ok = true;
    return 0;
}

/* ---- inserting ---- */

typedef struct chunk { line *rows; size_t n; } chunk;

static int put(pn *p, void *arg)
{
    const chunk *c = arg;
    bool any = false;
    for (size_t i = 0; i < c->n; i++)
        any |= c->rows[i].qty > 0;
    PN_TRY(pn_queue(p, &pni_tier_import_insert, c->rows, c->n, NULL, NULL));
    PN_TRY(pn_queue(p, &pni_tier_import_stock, c->rows, c->n, NULL, NULL));
    if (any)
        PN_TRY(pn_queue(p, &pni_tier_import_move, c->rows, c->n, NULL, NULL));
    return pn_sync(p);
}

/* No ON CONFLICT: codes and names were looked at, so only a race can clash, and looking again in
 * every index would cost each file a quarter of its time. */
static int insert(pni_sheet *s, line *rows, size_t n)
{
    chunk c = {rows, n};
    int rc = 0;
    if (!n)
        return 0;
    PN_TRY(pni_attempt(s->p, put, &c, &rc));
    if (rc == PN_EEXISTS && n == 1)
        return refuse(s, rows, pn_tr("Its code or name was taken meanwhile"));
    if (rc && n == 1)
        return pni_report_error(s, rows->line, rows->code);
    if (rc) {
        PN_TRY(insert(s, rows, n / 2));
        return insert(s, rows + n / 2, n - n / 2);
    }
    for (size_t i = 0; i < n; i++)
        PN_TRY(pni_report(s, rows[i].line, rows[i].code, PN_IMPORTED_CREATED, NULL));
    return 0;
}

/* ---- rows that are there already ---- */

typedef struct change {
    const line *l;
    const known *k;
    struct pn_tier_edit edit;
    int64_t revision; /* the change waits, its show is published */
} change;

static int apply(pn *p, void *arg)
{
    change *c = arg;
    pn_tier out = {0};
    pni_tier_stock stock = {0};
    if (!pni_same(p, &pni_tier_edit_t, &c->edit, &c->k->tier))
        PN_TRY(pn_call(p, pni_tier_noun.edit, &c->edit, &out));
    c->revision = out.revision;
    if (!c->l->qty || c->l->qty == c->k->total)
        return 0;
    PN_TRY(pni_tier_stock_look(p, c->k->tier.id, &stock));
    return pni_tier_stock_move(p, &stock, c->l->qty - stock.total, "import");
}

static int renew(pni_sheet *s, const importer *im, const line *l, const known *k)
{
    change c = {.l = l, .k = k};
    const place *at = l->session ? pni_map_get(&im->places, l->session) : NULL;
    const char *message = NULL;
    int rc = 0;
    pni_copy(&pni_tier_edit_t, &c.edit, &file_t, l, true);
    c.edit.id = k->tier.id;
    c.edit.session = 0;
    if (l->session && (!at || at->id != k->tier.session))
        return refuse(s, l, pn_tr("A tier stays with its session"));
    if (pni_same(s->p, &pni_tier_edit_t, &c.edit, &k->tier) && (!l->qty || l->qty == k->total))
        return pni_report(s, l->line, l->code, PN_IMPORTED_UNCHANGED, NULL);
    PN_TRY(pni_attempt(s->p, apply, &c, &rc));
    if (rc)
        return pni_report_error(s, l->line, l->code);
    if (!c.revision)
        return pni_report(s, l->line, l->code, PN_IMPORTED_UPDATED, NULL);
    PN_TRY(pni_revised(s->p, c.revision, &message));
    return pni_report(s, l->line, l->code, PN_IMPORTED_REVISED, message);
}

/* ---- a batch ---- */

/* Rows that are valid by themselves; a code twice in a batch would be an insert of both. */
static int screen(pni_sheet *s, line *rows, const int64_t *lines, size_t n, line **good,
                  size_t *m)
{
    pni_map seen = {.p = s->p};
    *m = 0;
    for (size_t i = 0; i < n; i++) {
        line *l = &rows[i], *before;
        l->line = lines[i];
        if (pn_validate(s->p, &file_t, l)) {
            PN_TRY(pni_report_error(s, l->line, l->code));
            continue;
        }
        before = pni_map_get(&seen, l->code);
        if (before) {
            PN_TRY(refuse(s, l, pn_printf(s->p, pn_tr("Line %lld has the same code"),
                                          (long long)before->line)));
            continue;
        }
        PN_TRY(pni_map_put(&seen, l->code, l));
        good[(*m)++] = l;
    }
    return 0;
}

static int take(pni_sheet *s, void *rows, const int64_t *lines, size_t n)
{
    importer *im = s->state;
    line **good = pn_alloc(s->p, n * sizeof *good), *fresh = pn_alloc(s->p, n * sizeof *fresh);
    pni_map old = {.p = s->p};
    pn_rows there = {0};
    size_t m = 0, adds = 0;
    if (!good || !fresh)
        return pni_mem(s->p);
    PN_TRY(screen(s, rows, lines, n, good, &m));
    for (size_t i = 0; i < m; i++)
        fresh[i] = *good[i];
    if (m)
        PN_TRY(pn_exec_many(s->p, &pni_tier_import_known, fresh, m, &there));
    PN_TRY(learn_sessions(s, im, good, m));
    pn_each(known, k, &there)
        PN_TRY(pni_map_put(&old, k->tier.code, k));
    for (size_t i = 0; i < m; i++) {
        const known *k = pni_map_get(&old, good[i]->code);
        bool ok = false;
        if (k) {
            PN_TRY(renew(s, im, good[i], k));
            continue;
        }
        PN_TRY(admit(s, im, good[i], &ok));
        if (ok)
            fresh[adds++] = *good[i];
    }
    return insert(s, fresh, adds);
}

int pni_tier_import(pn *p, const struct pn_import *in, pn_import_result *out)
{
    importer im = {.places = {.p = p}, .names = {.p = p}};
    pni_sheet s = {.p = p, .noun = "tier", .type = &file_t, .in = in, .take = take,
                   .batch = BATCH, .state = &im};
    return pni_sheet_read(&s, out);
}
