/* SPDX-License-Identifier: Apache-2.0 */
/* Offers from a file, thousands of rows a statement. Every rule is decided before a row is sent; a
 * statement that fails all the same (somebody was faster) is tried again by halves, until the bad
 * row stands alone. Rows of offers that exist are changed one by one, by the ordinary operation. */
#include "listing_int.h"
#include "base/call_int.h"
#include "catalog/import_int.h"

#include <inttypes.h>
#include <string.h>

enum { BATCH = 2000 };

typedef struct line {
    pni_listing l; /* first: its columns are the file's */
    const char *merchant, *tier;
    pn_texts seat_runs;
    pn_word submit;
    int64_t line;
    const struct pair *pair;
    pn_texts keys;
} line;

static PN_TYPE(file_t, "listing.line", line,
    PN_COL(pni_listing, code, N_("Code"), .flags = PN_REQ, .max = PNI_CODE_MAX),
    PN_COL(line, merchant, N_("Merchant"), .max = PNI_CODE_MAX),
    PN_COL(line, tier, N_("Tier"), .flags = PN_REQ, .max = PNI_CODE_MAX),
    PN_COL(pni_listing, ask_fen, N_("Asked price"), .flags = PN_REQ | PN_OPT, .min = 1,
           .max = 10000000),
    PN_COL(pni_listing, qty, N_("How many tickets"), .flags = PN_OPT, .min = 1, .max = 500000),
    PN_COL(pni_listing, kind, N_("Kind"), .words = pn_listing_kinds),
    PN_COL(pni_listing, seat_mode, N_("Seats by"), .words = pn_seat_modes),
    PN_COL(pni_listing, zone_name, N_("Area"), .max = 60),
    PN_COL(pni_listing, row_name, N_("Row"), .max = 20),
    {.name = "seats", .label = N_("Seats"), .offset = offsetof(line, seat_runs),
     .kind = PN_K_TEXTS},
    PN_COL(line, submit, N_("Put on offer"), .words = pni_yes_no),
    PNI_LISTING_RULE_COLS(pni_listing));

/* A merchant and a tier by their codes, with the terms between them. */
typedef struct pair {
    const char *merchant, *tier;
    int64_t merchant_id, tier_id;
    const pni_terms *terms;
} pair;
static PN_TYPE(pair_t, "listing.pair", pair, PN_COL(pair, merchant, ""), PN_COL(pair, tier, ""),
    PN_COL(pair, merchant_id, ""), PN_COL(pair, tier_id, ""));
const pn_sql pni_import_pairs = {"listing_import_pairs", &pair_t, &pair_t,
    "select u.merchant, u.tier, m.id as merchant_id, t.id as tier_id"
    " from unnest(:merchant, :tier) u(merchant, tier) join tier t on t.code = u.tier"
    " join merchant m on m.code = u.merchant or (u.merchant = '' and m.id = :my_merchant)",
    .array = true};
const pn_sql pni_import_known = {"listing_import_known", &pni_listing_t, &pni_listing_t,
    "select l.id, l.merchant_id, l.session_id, l.code"
    " from unnest(:sk, :merchant_id, :code) u(sk, merchant_id, code) join listing l"
    " on l.sk = u.sk and l.merchant_id = u.merchant_id and l.code = u.code", .array = true};

/* What a merchant may still offer, as the file goes on. */
typedef struct seller { int64_t room; bool risky; } seller;

typedef struct importer {
    pni_map pairs;   /* "merchant\ntier" → pair */
    pni_map sellers; /* merchant id → seller */
    pni_map seats;   /* seat → line that claims it in this file */
    pni_map taken;   /* seat → claim of an offer that exists */
    pni_map codes;   /* "merchant session code" → line */
} importer;

static const char *pair_key(pn *p, const line *r)
{
    return pn_printf(p, "%s\n%s", r->merchant ? r->merchant : "", r->tier);
}

/* ---- merchants, tiers and the terms between them ---- */

static int learn_terms(pni_sheet *s, pair *found, size_t n)
{
    pni_terms *ask = pn_alloc(s->p, (n + 1) * sizeof *ask);
    pn_rows terms;
    if (!ask)
        return pni_mem(s->p);
    for (size_t i = 0; i < n; i++)
        ask[i] = (pni_terms){.merchant_id = found[i].merchant_id, .tier_id = found[i].tier_id};
    PN_TRY(pni_sellers_lock(s->p, ask, n));
    PN_TRY(pni_terms_read(s->p, ask, n, &terms));
    for (size_t i = 0; i < n && i < terms.n; i++)
        found[i].terms = (const pni_terms *)terms.row + i;
    return 0;
}

static int learn(pni_sheet *s, importer *im, line *const *rows, size_t n)
{
    pair *asked = pn_alloc(s->p, (n + 1) * sizeof *asked);
    pn_rows found;
    size_t m = 0;
    if (!asked)
        return pni_mem(s->p);
    for (size_t i = 0; i < n; i++) {
        const char *key = pair_key(s->p, rows[i]);
        if (!key)
            return pni_mem(s->p);
        if (pni_map_get(&im->pairs, key))
            continue;
        asked[m] = (pair){.merchant = rows[i]->merchant ? rows[i]->merchant : "",
                          .tier = rows[i]->tier};
        PN_TRY(pni_map_put(&im->pairs, key, &asked[m++]));
    }
    if (!m)
        return 0;
    PN_TRY(pn_exec_many(s->p, &pni_import_pairs, asked, m, &found));
    if (found.n)
        PN_TRY(learn_terms(s, found.row, found.n));
    pn_each(pair, one, &found)
    {
        const char *key = pn_printf(s->p, "%s\n%s", one->merchant, one->tier);
        if (!key)
            return pni_mem(s->p);
        PN_TRY(pni_map_put(&im->pairs, key, one));
    }
    return 0;
}

static int seller_of(pni_sheet *s, importer *im, const pni_terms *t, seller **out)
{
    const char *key = pn_printf(s->p, "%" PRIx64, t->merchant_id);
    int64_t most, open;
    if (!key)
        return pni_mem(s->p);
    *out = pni_map_get(&im->sellers, key);
    if (*out)
        return 0;
    *out = pn_alloc(s->p, sizeof **out);
    if (!*out)
        return pni_mem(s->p);
    PN_TRY(pni_listings_max(s->p, pni_standing_of(t), &most));
    PN_TRY(pni_listings_open(s->p, t->merchant_id, &open));
    PN_TRY(pni_merchant_risky(s->p, t->merchant_id, &(*out)->risky));
    (*out)->room = most < 0 ? INT64_MAX : most - open;
    return pni_map_put(&im->sellers, key, *out);
}

/* ---- one row ---- */

static int refuse(pni_sheet *s, const line *r, const char *message)
{
    return message ? pni_report(s, r->line, r->l.code, PN_IMPORTED_FAILED, message)
                   : pni_mem(s->p);
}

/* A refusal is the row's, anything else the file's. */
static int or_report(pni_sheet *s, const line *r, int rc, bool *ok)
{
    if (rc == PN_EMEM || rc == PN_EDATABASE || rc == PN_EINTERNAL)
        return rc;
    *ok = !rc;
    return rc ? pni_report_error(s, r->line, r->l.code) : 0;
}

static int judge(pn *p, line *r)
{
    const pni_terms *t = r->pair->terms;
    int64_t mine = pn_who(p)->merchant;
    if (mine && mine != t->merchant_id)
        return pn_fail(p, PN_EPERM, "merchant", "%s", pn_tr("Offers are made for oneself only"));
    r->l.merchant_id = t->merchant_id;
    r->l.tier_id = t->tier_id;
    r->l.session_id = t->session_id;
    r->l.sk = pn_sk(t->session_id);
    return 0;
}

static int judge_new(pn *p, line *r)
{
    const pni_terms *t = r->pair->terms;
    PN_TRY(pni_listing_fill(p, &r->l, &r->seat_runs));
    PN_TRY(pni_seller_check(p, t));
    PN_TRY(pni_rules_check(p, &r->l, t));
    PN_TRY(pni_listing_price(p, &r->l, t));
    if (r->l.seat_mode.v == PN_BY_SEAT)
        PN_TRY(pni_seat_keys(p, r->l.seats, &r->keys));
    return 0;
}

/* Its state when it is put on offer at once. */
static int submitted(pni_sheet *s, importer *im, line *r, bool *ok)
{
    const pni_terms *t = r->pair->terms;
    seller *who = NULL;
    bool dear = false;
    PN_TRY(seller_of(s, im, t, &who));
    PN_TRY(pni_listing_dear(s->p, &r->l, t, &dear));
    *ok = who->room > 0;
    if (!*ok)
        return refuse(s, r, pn_printf(s->p, pn_tr("%s may have no more offers"), t->merchant));
    who->room--;
    r->l.state.v = (int16_t)pni_submit_state(&r->l, dear, who->risky);
    if (r->l.state.v == PN_LISTING_LIVE)
        r->l.listed_at = pn_now(s->p);
    return 0;
}

static int seats_of_others(pni_sheet *s, importer *im, line *r, bool *ok)
{
    *ok = true;
    for (size_t i = 0; i < r->keys.n; i++) {
        const char *key = pni_seat_name(s->p, r->l.session_id, r->keys.v[i]);
        const void *taken = key ? pni_map_get(&im->taken, key) : NULL;
        if (taken)
            return or_report(s, r, pni_claims_refuse(s->p, &r->l, taken), ok);
    }
    return 0;
}

/* A seat is put on offer once a session in the file, whoever offers it. */
static int seats_of_file(pni_sheet *s, importer *im, line *r, bool *ok)
{
    *ok = true;
    for (size_t i = 0; i < r->keys.n && r->submit.v == 1; i++) {
        const char *key = pni_seat_name(s->p, r->l.session_id, r->keys.v[i]);
        if (!key)
            return pni_mem(s->p);
        const line *other = pni_map_get(&im->seats, key);
        if (other) {
            *ok = false;
            return refuse(s, r, pn_printf(s->p, pn_tr("Seat %s is in line %lld already"),
                                          r->keys.v[i], (long long)other->line));
        }
        PN_TRY(pni_map_put(&im->seats, key, r));
    }
    return 0;
}

static int admit(pni_sheet *s, importer *im, line *r, bool *ok)
{
    PN_TRY(seats_of_others(s, im, r, ok));
    if (*ok)
        PN_TRY(seats_of_file(s, im, r, ok));
    if (*ok && r->submit.v == 1)
        PN_TRY(submitted(s, im, r, ok));
    return *ok ? pni_listing_new_ids(s->p, &r->l) : 0;
}

/* ---- inserting ---- */

typedef struct chunk { line *const *rows; size_t n; } chunk;

static int put(pn *p, void *arg)
{
    const chunk *c = arg;
    pni_listing *l = pn_alloc(p, (c->n + 1) * sizeof *l);
    pni_seated *claims = pn_alloc(p, (c->n + 1) * sizeof *claims);
    size_t m = 0;
    if (!l || !claims)
        return pni_mem(p);
    for (size_t i = 0; i < c->n; i++) {
        l[i] = c->rows[i]->l;
        if (l[i].state.v != PN_LISTING_DRAFT && c->rows[i]->keys.n)
            claims[m++] = (pni_seated){&l[i], c->rows[i]->keys};
    }
    PN_TRY(pni_listing_put(p, l, c->n));
    PN_TRY(pni_seats_claim_all(p, claims, m));
    for (size_t i = 0; i < c->n; i++)
        if (l[i].state.v != PN_LISTING_DRAFT)
            PN_TRY(pni_stepped(p, &pni_listing_fsm, l[i].id, "DRAFT",
                               pni_submit_event(l[i].state.v), NULL));
    return 0;
}

static int insert(pni_sheet *s, line *const *rows, size_t n)
{
    chunk c = {rows, n};
    int rc = 0;
    if (!n)
        return 0;
    PN_TRY(pni_attempt(s->p, put, &c, &rc));
    if (rc && n == 1)
        return pni_report_error(s, rows[0]->line, rows[0]->l.code);
    if (rc) {
        PN_TRY(insert(s, rows, n / 2));
        return insert(s, rows + n / 2, n - n / 2);
    }
    for (size_t i = 0; i < n; i++)
        PN_TRY(pni_report(s, rows[i]->line, rows[i]->l.code, PN_IMPORTED_CREATED, NULL));
    return 0;
}

/* ---- rows of offers that exist ---- */

typedef struct change { const line *r; int64_t id; bool same, put; } change;

static bool other(const char *given, const char *stands)
{
    return given && *given && strcmp(given, stands ? stands : "") != 0;
}

/* What an offer is cannot be changed: a row that says something else is no row of it. */
static int stays(pn *p, const line *r, const pni_listing *now)
{
    const char *seats;
    PN_TRY(pni_join(p, &r->seat_runs, &seats));
    const char *field = r->l.tier_id != now->tier_id                             ? "tier"
                        : r->l.kind.v && r->l.kind.v != now->kind.v              ? "kind"
                        : r->l.seat_mode.v && r->l.seat_mode.v != now->seat_mode.v ? "seat_mode"
                        : other(r->l.zone_name, now->zone_name)                  ? "zone_name"
                        : other(r->l.row_name, now->row_name)                    ? "row_name"
                        : other(seats, now->seats)                               ? "seats"
                                                                                 : NULL;
    return field ? pn_fail(p, PN_ESTATE, field, pn_tr("Offer %s exists and keeps its tier, kind and"
                                                      " seats; another one has another code"),
                           r->l.code) : 0;
}

/* What is absent in the row stays; a row that says what stands changes nothing. A draft is put on
 * offer when the row says so; one that cannot be stays as it was, its price too. */
static int apply(pn *p, void *arg)
{
    change *c = arg;
    struct pn_listing_change in = {0}, stands = {0};
    pni_listing now;
    pn_listing after;
    const char *ways;
    PN_TRY(pni_listing_look(p, c->id, &now));
    PN_TRY(stays(p, c->r, &now));
    pni_copy(&pni_listing_change_t, &in, &pni_listing_t, &c->r->l, true);
    pni_copy(&pni_listing_change_t, &stands, &pni_listing_t, &now, false);
    in.id = c->id;
    in.version = 0;
    PN_TRY(pni_join(p, &c->r->l.delivery_limits, &ways));
    c->same = pni_same(p, &pni_listing_change_t, &in, &stands) &&
              (!ways || (now.delivery && !strcmp(ways, now.delivery)));
    in.delivery_limits = c->r->l.delivery_limits;
    in.reason = "import";
    if (!c->same)
        PN_TRY(pn_listing_change(p, &in, &after));
    c->put = c->r->submit.v == 1 && now.state.v == PN_LISTING_DRAFT;
    const struct pn_listing_submit submit = {.id = c->id, .reason = in.reason};
    return c->put ? pn_listing_submit(p, &submit, &after) : 0;
}

static int renew(pni_sheet *s, importer *im, const line *r, int64_t id)
{
    change c = {.r = r, .id = id};
    int rc = 0;
    PN_TRY(pni_attempt(s->p, apply, &c, &rc));
    if (rc)
        return pni_report_error(s, r->line, r->l.code);
    const char *key = pn_printf(s->p, "%" PRIx64, r->l.merchant_id);
    seller *who = key ? pni_map_get(&im->sellers, key) : NULL;
    if (who && c.put) /* one more of what he may offer; not known yet: it is counted there */
        who->room--;
    return pni_report(s, r->line, r->l.code,
                      c.same && !c.put ? PN_IMPORTED_UNCHANGED : PN_IMPORTED_UPDATED, NULL);
}

/* ---- a batch ---- */

/* A merchant need not say who he is. */
static const char *no_tier(pn *p, const line *r)
{
    if (!r->merchant || !*r->merchant)
        return pn_printf(p, pn_tr("There is no tier “%s”"), r->tier);
    return pn_printf(p, pn_tr("There is no merchant “%s” or tier “%s”"), r->merchant, r->tier);
}

/* Rows that are valid by themselves, with their merchant and tier. */
static int screen(pni_sheet *s, importer *im, line *rows, const int64_t *lines, size_t n,
                  line **good, size_t *m)
{
    size_t valid = 0;
    bool ok;
    for (size_t i = 0; i < n; i++) {
        rows[i].line = lines[i];
        if (!lines[i])
            continue;
        PN_TRY(or_report(s, &rows[i], pn_validate(s->p, &file_t, &rows[i]), &ok));
        if (ok)
            good[valid++] = &rows[i];
    }
    PN_TRY(learn(s, im, good, valid));
    *m = 0;
    for (size_t i = 0; i < valid; i++) {
        line *r = good[i], *before;
        const char *key = pair_key(s->p, r);
        r->pair = key ? pni_map_get(&im->pairs, key) : NULL;
        if (!r->pair || !r->pair->terms) {
            PN_TRY(refuse(s, r, no_tier(s->p, r)));
            continue;
        }
        PN_TRY(or_report(s, r, judge(s->p, r), &ok));
        if (!ok)
            continue;
        key = pn_printf(s->p, "%" PRIx64 " %" PRIx64 " %s", r->l.merchant_id, r->l.session_id,
                        r->l.code);
        before = key ? pni_map_get(&im->codes, key) : NULL;
        if (before) {
            PN_TRY(refuse(s, r, pn_printf(s->p, pn_tr("Line %lld has the same code"),
                                          (long long)before->line)));
            continue;
        }
        if (!key)
            return pni_mem(s->p);
        PN_TRY(pni_map_put(&im->codes, key, r));
        good[(*m)++] = r;
    }
    return 0;
}

static int known_ids(pni_sheet *s, line *const *good, size_t m, pni_map *out)
{
    pni_listing *ask = pn_alloc(s->p, (m + 1) * sizeof *ask);
    pn_rows there = {0};
    if (!ask)
        return pni_mem(s->p);
    for (size_t i = 0; i < m; i++)
        ask[i] = good[i]->l;
    if (m)
        PN_TRY(pn_exec_many(s->p, &pni_import_known, ask, m, &there));
    pn_each(pni_listing, l, &there)
    {
        const char *key = pn_printf(s->p, "%" PRIx64 " %" PRIx64 " %s", l->merchant_id,
                                    l->session_id, l->code);
        if (!key)
            return pni_mem(s->p);
        PN_TRY(pni_map_put(out, key, l));
    }
    return 0;
}

/* New rows that keep every rule by themselves, and which of their seats others have. */
static int judge_all(pni_sheet *s, importer *im, line **rows, size_t *n)
{
    pni_seated *seated = pn_alloc(s->p, (*n + 1) * sizeof *seated);
    size_t kept = 0, m = 0;
    bool ok;
    if (!seated)
        return pni_mem(s->p);
    for (size_t i = 0; i < *n; i++) {
        PN_TRY(or_report(s, rows[i], judge_new(s->p, rows[i]), &ok));
        if (!ok)
            continue;
        rows[kept++] = rows[i];
        if (rows[i]->keys.n)
            seated[m++] = (pni_seated){&rows[i]->l, rows[i]->keys};
    }
    *n = kept;
    return pni_seats_taken(s->p, seated, m, &im->taken);
}

static int take(pni_sheet *s, void *rows, const int64_t *lines, size_t n)
{
    importer *im = s->state;
    line **good = pn_alloc(s->p, (n + 1) * sizeof *good);
    pni_map known = {.p = s->p};
    size_t m = 0, fresh = 0, adds = 0;
    if (!good)
        return pni_mem(s->p);
    PN_TRY(screen(s, im, rows, lines, n, good, &m));
    PN_TRY(known_ids(s, good, m, &known));
    for (size_t i = 0; i < m; i++) {
        line *r = good[i];
        const char *key = pn_printf(s->p, "%" PRIx64 " %" PRIx64 " %s", r->l.merchant_id,
                                    r->l.session_id, r->l.code);
        const pni_listing *there = key ? pni_map_get(&known, key) : NULL;
        if (there)
            PN_TRY(renew(s, im, r, there->id));
        else
            good[fresh++] = r;
    }
    PN_TRY(judge_all(s, im, good, &fresh));
    for (size_t i = 0; i < fresh; i++) {
        bool ok = false;
        PN_TRY(admit(s, im, good[i], &ok));
        if (ok)
            good[adds++] = good[i];
    }
    return insert(s, good, adds);
}

static int import(pn *p, const struct pn_import *in, pn_import_result *out)
{
    importer im = {{.p = p}, {.p = p}, {.p = p}, {.p = p}, {.p = p}};
    pni_sheet s = {.p = p, .noun = "listing", .type = &file_t, .in = in, .take = take,
                   .batch = BATCH, .state = &im};
    return pni_sheet_read(&s, out);
}

static int import_run(pn *p, const void *in, void *out)
{
    return import(p, in, out);
}
const pn_op pni_listing_import_op = {.noun = "listing", .verb = "import", .run = import_run,
    .in = &pn_import_t, .out = &pn_import_result_t, .flags = PN_WRITE | PN_ONCE,
    .brief = N_("Import offers from CSV or YAML"), .may = PN_ROLE_OPS | PN_ROLE_MERCHANT,
    .example = "pn listing import offers.csv --report FAILED"};
int pn_listing_import(pn *p, const struct pn_import *in, pn_import_result *out)
{
    return pn_call(p, &pni_listing_import_op, in, out);
}
