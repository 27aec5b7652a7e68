/* SPDX-License-Identifier: Apache-2.0 */
/* Moving in from pretix. The catalogue goes through the ordinary operations, with their rules; an
 * order is written as it stood, finished: paid elsewhere, its tickets issued, its secrets kept. */
#include "pretix_int.h"
#include "base/call_int.h"
#include "catalog/import_int.h"
#include "catalog/session.h"
#include "catalog/show.h"
#include "catalog/tier.h"
#include "order/book_int.h"
#include "order/order_int.h"
#include "ticket/ticket_int.h"

#include <string.h>

enum { SEATS_MAX = 100 }; /* of one order */

static PN_TYPE(pretix_t, "import.pretix", struct pn_import_pretix,
    PN_COL(struct pn_import_pretix, file, N_("File"), .flags = PN_REQ | PN_ARG | PN_FILE,
           .max = PN_IMPORT_BYTES_MAX, .hint = N_("pretix: event export (JSON) or order list")),
    PN_COL(struct pn_import_pretix, hall, N_("Hall"), .flags = PN_REQ, .ref = "hall"),
    PN_COL(struct pn_import_pretix, category, N_("Category"), .words = pn_show_categories),
    PN_COL(struct pn_import_pretix, start_at, N_("Starts"),
           .hint = N_("For an event without a date of its own")),
    PN_COL(struct pn_import_pretix, report, N_("Report"), .words = pn_import_reports,
           .hint = N_("Rows to list in the result")));

typedef struct place { int64_t id, city, venue; } place;
static PN_TYPE(place_t, "pretix.place", place, PN_COL(place, id, ""), PN_COL(place, city, ""),
    PN_COL(place, venue, ""));
static const pn_sql place_sql = {"pretix_place", &pni_one_id_t, &place_t,
    "select x.id, v.city_id as city, v.id as venue from hall x join venue v on v.id = x.venue_id"
    " where x.id = :id"};
static const pn_sql show_id = {"pretix_show", &pni_by_code_t, &pni_one_id_t,
    "select id from show where code = :code"};
static const pn_sql session_id = {"pretix_session", &pni_by_code_t, &pni_one_id_t,
    "select id from session where code = :code"};
static const pn_sql tier_id = {"pretix_tier", &pni_by_code_t, &pni_one_id_t,
    "select id from tier where code = :code"};

/* An order as it is written; lines and seats are arrays of the same struct. */
typedef struct row {
    int sk, no, item_no, qty;
    int64_t id, order_id, session_id, show_id, tier_id;
    const char *order_no, *ext_no, *seat_key;
    int64_t goods_fen, fees_fen, paid_fen, price_fen;
    pn_time at;
    pn_bytes attendee;
} row;
static PN_TYPE(row_t, "pretix.row", row, PN_COL(row, sk, ""), PN_COL(row, no, ""),
    PN_COL(row, item_no, ""), PN_COL(row, qty, ""), PN_COL(row, id, ""),
    PN_COL(row, order_id, ""), PN_COL(row, session_id, ""), PN_COL(row, show_id, ""),
    PN_COL(row, tier_id, ""), PN_COL(row, order_no, ""), PN_COL(row, ext_no, ""),
    PN_COL(row, seat_key, ""), PN_COL(row, goods_fen, ""), PN_COL(row, fees_fen, ""),
    PN_COL(row, paid_fen, ""), PN_COL(row, price_fen, ""), PN_COL(row, at, ""),
    PN_COL(row, attendee, ""));

static const pn_sql known_orders = {"pretix_known", &row_t, &row_t,
    "select id, ext_no from orders where sk = :session_id# and session_id = :session_id"
    " and ext_no = :ext_no limit 1"};
static const pn_sql put_order = {"pretix_order", &row_t, NULL,
    "insert into orders (sk, id, no, kind, session_id, show_id, staff_id, ext_no, status, qty,"
    " delivery, goods_fen, service_fen, payable_fen, paid_fen, hold_expires_at, legs, created_at,"
    " paid_at, updated_at)"
    " values (:sk, :order_id, :order_no, 'CHANNEL', :session_id, :show_id, :me, :ext_no,"
    " 'ALLOCATED', :qty, 'ETICKET', :goods_fen, :fees_fen, :paid_fen, :paid_fen, :at, :no, :at,"
    " :at, :now)"};
static const pn_sql put_items = {"pretix_items", &row_t, NULL,
    "insert into order_item (sk, order_id, no, tier_id, lot_id, qty, face_fen, unit_fen)"
    " select u.sk, u.order_id, u.no, u.tier_id, u.tier_id, u.qty, u.price_fen, u.price_fen"
    " from unnest(:sk, :order_id, :no, :tier_id, :qty, :price_fen)"
    " u(sk, order_id, no, tier_id, qty, price_fen)", .array = true};
static const pn_sql put_seats = {"pretix_seats", &row_t, NULL,
    "insert into order_seat (sk, order_id, no, item_no, tier_id, seat_key, attendee_name,"
    " list_fen, paid_fen, state)"
    " select u.sk, u.order_id, u.no, u.item_no, u.tier_id, u.seat_key, u.attendee, u.price_fen,"
    " u.price_fen, 'SOLD' from unnest(:sk, :order_id, :no, :item_no, :tier_id, :seat_key,"
    " :attendee, :price_fen) u(sk, order_id, no, item_no, tier_id, seat_key, attendee, price_fen)",
    .array = true};
static const pn_sql put_payment = {"pretix_payment", &row_t, NULL,
    "insert into payment (sk, id, order_id, leg_no, method, amount_fen, received_fen,"
    " tendered_fen, till, state, created_at, expires_at, paid_at, updated_at)"
    " values (:sk, :id, :order_id, 1, 'CASH', :paid_fen, :paid_fen, :paid_fen, 'pretix',"
    " 'SUCCESS', :at, :at, :at, :now)"};
static const pn_sql sell = {"pretix_sell", &row_t, NULL,
    "update stock k set qty_sold = qty_sold + u.qty from unnest(:sk, :tier_id, :qty)"
    " u(sk, tier_id, qty) where k.sk = u.sk and k.lot_id = u.tier_id"
    " and k.qty_total - k.qty_held - k.qty_locked - k.qty_sold >= u.qty", .array = true};

typedef struct importer {
    pn *p;
    const struct pn_import_pretix *in;
    pni_pretix x;
    pni_sheet sheet; /* for its reports */
    place at;
    int64_t show;
} importer;

/* ---- the catalogue ---- */

/* *id of a code, 0 when there is none yet. */
static int find(pn *p, const pn_sql *sql, const char *code, int64_t *id)
{
    pni_one_id got = {0};
    int rc = code ? pn_one(p, sql, &(pni_by_code){code}, &got) : pni_mem(p);
    *id = rc ? 0 : got.id;
    return rc == PN_ENONE ? 0 : rc;
}

static int report(importer *m, int64_t line, const char *what, int result, const char *message)
{
    return pni_report(&m->sheet, line, what, result, message);
}

static int make_show(pn *p, void *arg)
{
    importer *m = arg;
    pn_show_row out;
    struct pn_show_create in = {.code = pn_printf(p, "pretix-%s", m->x.slug),
        .title = m->x.title, .city = m->at.city, .venue = m->at.venue,
        .category = m->in->category.v ? m->in->category : (pn_word){PN_CATEGORY_CONCERT}};
    PN_TRY(pn_show_create(p, &in, &out));
    m->show = out.id;
    return 0;
}

typedef struct step { importer *m; size_t n; const char *code; } step;

static int make_session(pn *p, void *arg)
{
    step *s = arg;
    pni_pretix_date *d = &s->m->x.dates[s->n];
    pn_session out;
    struct pn_session_create in = {.code = s->code, .show = s->m->show, .hall = s->m->at.id,
        .start_at = d->start_at.us ? d->start_at : s->m->in->start_at, .end_at = d->end_at,
        .doors_at = d->doors_at};
    if (!in.start_at.us) {
        (void)pn_fail(p, PN_EARG, "start_at", pn_tr("The file has no date for this event"));
        return pn_hint(p, pn_tr("Name it: --start-at '2026-12-24 19:30'"));
    }
    PN_TRY(pn_session_create(p, &in, &out));
    d->id = out.id;
    return 0;
}

static int make_tier(pn *p, void *arg)
{
    step *s = arg;
    pni_pretix_tier *t = &s->m->x.tiers[s->n];
    pn_tier out;
    struct pn_tier_create in = {.code = s->code, .session = s->m->x.dates[t->date].id,
        .name = t->name, .face_price = {t->price_fen}, .sort = (int)s->n,
        .qty = t->sold + t->spare};
    PN_TRY(pn_tier_create(p, &in, &out));
    t->id = out.id;
    return 0;
}

/* Find or make one thing of the catalogue; a failed one leaves its id 0 and is reported. */
static int provide(importer *m, const pn_sql *by_code, const char *code,
                   int (*make)(pn *p, void *arg), void *arg, int64_t *id)
{
    int rc = 0;
    PN_TRY(find(m->p, by_code, code, id));
    if (*id)
        return report(m, 0, code, PN_IMPORTED_UNCHANGED, NULL);
    PN_TRY(pni_attempt(m->p, make, arg, &rc));
    return rc ? pni_report_error(&m->sheet, 0, code)
              : report(m, 0, code, PN_IMPORTED_CREATED, NULL);
}

static int catalogue(importer *m)
{
    pni_pretix *x = &m->x;
    PN_TRY(provide(m, &show_id, pn_printf(m->p, "pretix-%s", x->slug), make_show, m, &m->show));
    if (!m->show)
        return 0;
    for (size_t d = 0; d < x->n_dates; d++) {
        step s = {m, d, pn_printf(m->p, "pretix-%s-%zu", x->slug, d)};
        if (strlen(x->dates[d].key) < 12) /* an id of theirs; a CSV has only dates */
            s.code = pn_printf(m->p, "pretix-%s-%s", x->slug, x->dates[d].key);
        PN_TRY(provide(m, &session_id, s.code, make_session, &s, &x->dates[d].id));
    }
    for (size_t t = 0; t < x->n_tiers; t++) {
        const pni_pretix_tier *one = &x->tiers[t];
        const pni_pretix_date *d = &x->dates[one->date];
        step s = {m, t, pn_printf(m->p, "pretix-%s-%zu-%zu", x->slug, one->date, t)};
        if (strlen(d->key) < 12 && strlen(one->item) < 12 && strlen(one->variation) < 12)
            s.code = pn_printf(m->p, "pretix-%s-%s-%s%s%s", x->slug, d->key, one->item,
                               *one->variation ? "-" : "", one->variation);
        if (d->id)
            PN_TRY(provide(m, &tier_id, s.code, make_tier, &s, &x->tiers[t].id));
    }
    return 0;
}

/* ---- orders ---- */

/* The part of an order that is of one date, which is what an order of ours can hold. */
typedef struct part { importer *m; const pni_pretix_order *o; size_t date; row head; } part;

static int gather(part *a, row *seats, row *items, size_t *n, size_t *lines)
{
    importer *m = a->m;
    for (size_t i = 0; i < a->o->n; i++) {
        const pni_pretix_seat *from = &a->o->seats[i];
        const pni_pretix_tier *tier = &m->x.tiers[from->tier];
        size_t l = 0;
        if (tier->date != a->date)
            continue;
        if (!tier->id)
            return pn_fail(m->p, PN_ENONE, NULL, pn_tr("Its tier “%s” could not be made"),
                           tier->name);
        while (l < *lines && (items[l].tier_id != tier->id || items[l].price_fen !=
                              from->price_fen))
            l++;
        if (l == *lines)
            items[(*lines)++] = (row){.sk = a->head.sk, .order_id = a->head.order_id,
                .no = (int)l + 1, .tier_id = tier->id, .price_fen = from->price_fen};
        items[l].qty++;
        seats[*n] = (row){.sk = a->head.sk, .order_id = a->head.order_id, .no = (int)*n + 1,
            .item_no = (int)l + 1, .tier_id = tier->id, .price_fen = from->price_fen,
            .seat_key = from->seat && *from->seat ? from->seat : NULL};
        if (from->attendee && *from->attendee)
            PN_TRY(pni_pii_seal(m->p, a->head.order_id, from->attendee, &seats[*n].attendee));
        a->head.goods_fen += from->price_fen;
        ++*n;
    }
    return *n <= SEATS_MAX ? 0 : pn_fail(m->p, PN_ECOUNT, NULL, pn_tr("More than %d seats"),
                                         SEATS_MAX);
}

/* Prices of one tier may differ (vouchers); the stock row is touched once. */
static int take_stock(pn *p, const row *items, size_t lines)
{
    row *sold = pn_alloc(p, lines * sizeof *sold);
    size_t n = 0;
    int64_t moved = 0;
    if (!sold)
        return pni_mem(p);
    for (size_t i = 0; i < lines; i++) {
        size_t k = 0;
        while (k < n && sold[k].tier_id != items[i].tier_id)
            k++;
        if (k == n)
            sold[n++] = (row){.sk = items[i].sk, .tier_id = items[i].tier_id};
        sold[k].qty += items[i].qty;
    }
    PN_TRY(pn_queue(p, &sell, sold, n, NULL, &moved));
    PN_TRY(pn_sync(p));
    if (moved != (int64_t)n)
        return pn_fail(p, PN_ESTOCK, NULL, pn_tr("More are sold than the stock of their tier"));
    return 0;
}

static int make_tickets(part *a, const row *seats, size_t n)
{
    pn *p = a->m->p;
    pni_ticket_import_row *rows = pn_alloc(p, n * sizeof *rows);
    int64_t *ids = pn_alloc(p, n * sizeof *ids);
    size_t k = 0;
    if (!rows || !ids)
        return pni_mem(p);
    for (size_t i = 0; i < a->o->n; i++) {
        const pni_pretix_seat *from = &a->o->seats[i];
        if (a->m->x.tiers[from->tier].date != a->date)
            continue;
        rows[k] = (pni_ticket_import_row){.session_id = a->head.session_id,
            .tier_id = seats[k].tier_id, .order_id = a->head.order_id, .seat_no = seats[k].no,
            .seat_key = seats[k].seat_key, .gate_group = "", .code = from->secret,
            .issuer = "pretix", .face_price_fen = {from->price_fen}};
        k++;
    }
    return pni_ticket_import(p, rows, n, ids);
}

static int write_part(pn *p, void *arg)
{
    part *a = arg;
    size_t n = 0, lines = 0;
    row *seats = pn_alloc(p, a->o->n * sizeof *seats);
    row *items = pn_alloc(p, a->o->n * sizeof *items);
    if (!seats || !items)
        return pni_mem(p);
    PN_TRY(pn_new_id(p, a->head.sk, &a->head.order_id));
    PN_TRY(pn_new_no(p, "PN", a->head.sk, &a->head.order_no));
    PN_TRY(gather(a, seats, items, &n, &lines));
    a->head.qty = (int)n;
    a->head.paid_fen = a->head.goods_fen + a->head.fees_fen;
    a->head.no = a->head.paid_fen > 0; /* payment legs */
    PN_TRY(take_stock(p, items, lines));
    PN_TRY(pn_exec(p, &put_order, &a->head, NULL));
    PN_TRY(pn_exec_many(p, &put_items, items, lines, NULL));
    PN_TRY(pn_exec_many(p, &put_seats, seats, n, NULL));
    if (a->head.paid_fen > 0) {
        PN_TRY(pn_new_id(p, a->head.sk, &a->head.id));
        PN_TRY(pn_exec(p, &put_payment, &a->head, NULL));
        PN_TRY(pni_book_imported(p, a->head.id, a->head.paid_fen));
    }
    PN_TRY(pni_state_log(p, "order", a->head.order_id, NULL, "ALLOCATED", "import", NULL));
    return make_tickets(a, seats, n);
}

static int one_part(importer *m, const pni_pretix_order *o, size_t date, bool with_fees)
{
    const pni_pretix_date *d = &m->x.dates[date];
    part a = {m, o, date, {.sk = pn_sk(d->id), .session_id = d->id, .show_id = m->show,
              .ext_no = pn_printf(m->p, "%s-%s", m->x.slug, o->code),
              .at = o->at.us ? o->at : pn_now(m->p), .fees_fen = with_fees ? o->fees_fen : 0}};
    int rc = 0;
    if (!d->id)
        return report(m, o->line, o->code, PN_IMPORTED_FAILED,
                      pn_tr("Its session could not be made"));
    rc = pn_one(m->p, &known_orders, &a.head, &(row){0});
    if (!rc)
        return report(m, o->line, o->code, PN_IMPORTED_UNCHANGED, NULL);
    if (rc != PN_ENONE)
        return rc;
    PN_TRY(pni_attempt(m->p, write_part, &a, &rc));
    return rc ? pni_report_error(&m->sheet, o->line, o->code)
              : report(m, o->line, o->code, PN_IMPORTED_CREATED, NULL);
}

static int one_order(importer *m, const pni_pretix_order *o)
{
    bool first = true;
    if (o->why_not)
        return report(m, o->line, o->code, *o->code ? PN_IMPORTED_UNCHANGED : PN_IMPORTED_FAILED,
                      o->why_not);
    for (size_t d = 0; d < m->x.n_dates; d++)
        for (size_t i = 0; i < o->n; i++)
            if (m->x.tiers[o->seats[i].tier].date == d) {
                PN_TRY(one_part(m, o, d, first));
                first = false;
                break;
            }
    if (first)
        return report(m, o->line, o->code, PN_IMPORTED_UNCHANGED, pn_tr("It has no ticket"));
    return 0;
}

static int pretix(pn *p, const struct pn_import_pretix *in, pn_import_result *out)
{
    struct pn_import how = {.file = in->file, .report = in->report};
    importer m = {.p = p, .in = in, .x = {.p = p}, .sheet = {.p = p, .in = &how}};
    char *text = NULL;
    size_t len = 0;
    int rc = pn_one(p, &place_sql, &(pni_one_id){in->hall}, &m.at);
    if (rc == PN_ENONE)
        return pn_fail(p, rc, "hall", pn_tr("There is no %s %lld"),
                       pni_noun_word("hall"), (long long)in->hall);
    PN_TRY(rc);
    PN_TRY(pni_file_text(p, in->file, &text, &len));
    PN_TRY(text[strspn(text, " \t\r\n")] == '{' ? pni_pretix_json(&m.x, text)
                                                : pni_pretix_csv(&m.x, text, len));
    PN_TRY(catalogue(&m));
    for (size_t i = 0; m.show && i < m.x.n_orders; i++)
        PN_TRY(one_order(&m, &m.x.orders[i]));
    *out = m.sheet.result;
    return 0;
}

PN_OP(import, pretix, pn_import_result, .brief = N_("Move an event in from pretix"),
    .help = N_("Reads the event export (JSON) with its tickets' secrets, or the positions sheet of"
               " the order list (CSV, English labels). The event becomes a draft show."),
    .in = &pretix_t, .out = &pn_import_result_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn import pretix summer_pretixdata.json --hall soac-concert")

const pn_module pn_import_module = {
    .noun = "import",
    .title = N_("Moving in"),
    .ops = PN_LIST(pn_op, &import_pretix_op),
    .sql = PN_LIST(pn_sql, &place_sql, &show_id, &session_id, &tier_id, &known_orders, &put_order,
                   &put_items, &put_seats, &put_payment, &sell),
};
