/* SPDX-License-Identifier: Apache-2.0 */
/* Reading pretix's exports. Money is decimal text there, dates are ISO 8601, names are texts or
 * texts by language. Only admission products become tickets. */
#include "pretix_int.h"
#include "base/csv_int.h"
#include "base/value_int.h"
#include "base/when_int.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <strings.h>

enum { FIELDS_MAX = 200, MANY = 200000 };

static int no_memory(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

void *pni_pretix_more(pn *p, void *list, size_t *n, size_t size)
{
    char **items = list;
    if (*n >= MANY)
        return NULL;
    if (!(*n & (*n - 1))) { /* room doubles at 0, 1, 2, 4 … */
        char *wide = pn_alloc(p, (*n ? *n * 2 : 1) * size);
        if (!wide)
            return NULL;
        if (*n)
            memcpy(wide, *items, *n * size);
        *items = wide;
    }
    return *items + (*n)++ * size;
}

/* ---- JSON ---- */

static void drop(json_t **j)
{
    json_decref(*j);
}

static const char *text_of(pni_pretix *x, const json_t *j)
{
    static const char *const languages[] = {"zh-hans", "zh", "zh-hant", "en", NULL};
    if (json_is_object(j)) {
        const json_t *by = NULL;
        for (int i = 0; languages[i] && !by; i++)
            by = json_object_get(j, languages[i]);
        j = by ? by : json_object_iter_value(json_object_iter((json_t *)(uintptr_t)j));
    }
    if (json_is_integer(j))
        return pn_printf(x->p, "%" JSON_INTEGER_FORMAT, json_integer_value(j));
    const char *text = json_string_value(j);
    return text ? pn_strdup(x->p, text) : "";
}

static const char *field(pni_pretix *x, const json_t *j, const char *name)
{
    return text_of(x, json_object_get(j, name));
}

static int64_t money(pni_pretix *x, const json_t *j, const char *name)
{
    int64_t fen = 0;
    const json_t *v = json_object_get(j, name);
    if (json_is_number(v))
        return (int64_t)json_integer_value(v) * 100;
    return pni_money_parse(field(x, j, name), &fen) ? fen : 0;
}

static pn_time moment(pni_pretix *x, const char *text)
{
    pn_time t = {0};
    if (!*text || !pni_when_parse(text, pn_now(x->p), &t))
        t.us = 0;
    return t;
}

static int read_dates(pni_pretix *x, const json_t *event)
{
    const json_t *list = json_object_get(event, "subevents"), *one;
    size_t i;
    bool plain = !json_array_size(list);
    for (i = 0; i < (plain ? 1 : json_array_size(list)); i++) {
        one = plain ? event : json_array_get(list, i);
        pni_pretix_date *d = pni_pretix_more(x->p, &x->dates, &x->n_dates, sizeof *d);
        if (!d)
            return no_memory(x->p);
        *d = (pni_pretix_date){.key = plain ? "0" : field(x, one, "id"),
                               .start_at = moment(x, field(x, one, "date_from")),
                               .end_at = moment(x, field(x, one, "date_to")),
                               .doors_at = moment(x, field(x, one, "date_admission"))};
    }
    return 0;
}

static int add_tier(pni_pretix *x, size_t date, const json_t *item, const json_t *variation)
{
    pni_pretix_tier *t = pni_pretix_more(x->p, &x->tiers, &x->n_tiers, sizeof *t);
    if (!t)
        return no_memory(x->p);
    *t = (pni_pretix_tier){.date = date, .item = field(x, item, "id"), .variation = "",
                           .name = field(x, item, "name"),
                           .price_fen = money(x, item, json_object_get(item, "default_price")
                                                           ? "default_price" : "price")};
    if (!variation)
        return 0;
    const char *own = field(x, variation, *field(x, variation, "value") ? "value" : "name");
    t->variation = field(x, variation, "id");
    t->name = pn_printf(x->p, "%s %s", t->name, own);
    const char *price = json_object_get(variation, "price") ? "price" : "default_price";
    if (json_is_string(json_object_get(variation, price)))
        t->price_fen = money(x, variation, price);
    return t->name ? 0 : no_memory(x->p);
}

static int read_tiers(pni_pretix *x, const json_t *event)
{
    const json_t *item, *variation;
    size_t i, v;
    for (size_t d = 0; d < x->n_dates; d++)
        json_array_foreach(json_object_get(event, "items"), i, item) {
            const json_t *list = json_object_get(item, "variations");
            if (json_is_false(json_object_get(item, "admission")))
                continue; /* a programme or a shirt */
            if (!json_array_size(list))
                PN_TRY(add_tier(x, d, item, NULL));
            json_array_foreach(list, v, variation)
                PN_TRY(add_tier(x, d, item, variation));
        }
    return 0;
}

static size_t date_of(const pni_pretix *x, const char *key)
{
    for (size_t d = 0; d < x->n_dates; d++)
        if (!strcmp(x->dates[d].key, key))
            return d;
    return *key ? x->n_dates : 0;
}

static size_t tier_of(const pni_pretix *x, size_t date, const char *item, const char *variation)
{
    for (size_t t = 0; t < x->n_tiers; t++)
        if (x->tiers[t].date == date && !strcmp(x->tiers[t].item, item) &&
            !strcmp(x->tiers[t].variation, variation))
            return t;
    return x->n_tiers;
}

static bool lists(pni_pretix *x, const json_t *list, const char *id)
{
    const json_t *one;
    size_t i;
    json_array_foreach(list, i, one)
        if (!strcmp(text_of(x, json_is_object(one) ? json_object_get(one, "id") : one), id))
            return true;
    return false;
}

/* A quota is a pool; what it has beyond the sold goes to the first of its products, from where an
 * operator moves it. A product in several pools gets what the smallest leaves. */
static void read_quota(pni_pretix *x, const json_t *quota)
{
    const json_t *size = json_object_get(quota, "size");
    const char *sub = field(x, quota, "subevent");
    const json_t *variations = json_object_get(quota, "variations");
    if (!json_is_integer(size))
        return; /* unlimited */
    for (size_t d = 0; d < x->n_dates; d++) {
        int64_t left = json_integer_value(size);
        size_t first = x->n_tiers;
        if (*sub && date_of(x, sub) != d)
            continue;
        for (int pass = 0; pass < 2; pass++)
            for (size_t t = 0; t < x->n_tiers; t++) {
                pni_pretix_tier *tier = &x->tiers[t];
                if (tier->date != d || !lists(x, json_object_get(quota, "items"), tier->item) ||
                    (*tier->variation && !lists(x, variations, tier->variation)))
                    continue;
                if (!pass) {
                    left -= tier->sold;
                    first = first == x->n_tiers ? t : first;
                    continue;
                }
                int share = t == first && left > 0 ? (int)left : 0;
                tier->spare = tier->limited && tier->spare < share ? tier->spare : share;
                tier->limited = true;
            }
    }
}

static const char *order_refused(const json_t *o, const char *status)
{
    if (json_is_true(json_object_get(o, "testmode")))
        return pn_tr("A test order");
    if (!strcmp(status, "n"))
        return pn_tr("Not paid");
    if (!strcmp(status, "e"))
        return pn_tr("Expired");
    return strcmp(status, "p") ? pn_tr("Cancelled") : NULL;
}

static int read_seats(pni_pretix *x, pni_pretix_order *o, const json_t *positions)
{
    const json_t *one;
    size_t i;
    json_array_foreach(positions, i, one) {
        size_t date = date_of(x, field(x, one, "subevent"));
        size_t t = tier_of(x, date, field(x, one, "item"), field(x, one, "variation"));
        if (json_is_true(json_object_get(one, "canceled")))
            continue;
        if (t == x->n_tiers) { /* not a ticket: its money stays with the order */
            o->fees_fen += money(x, one, "price");
            continue;
        }
        pni_pretix_seat *s = pni_pretix_more(x->p, &o->seats, &o->n, sizeof *s);
        if (!s)
            return no_memory(x->p);
        *s = (pni_pretix_seat){t, money(x, one, "price"), field(x, one, "secret"),
                               field(x, one, "seat"), field(x, one, "attendee_name")};
        x->tiers[t].sold += !o->why_not;
    }
    return 0;
}

static int read_orders(pni_pretix *x, const json_t *event)
{
    const json_t *one, *fee;
    size_t i, f;
    json_array_foreach(json_object_get(event, "orders"), i, one) {
        pni_pretix_order *o = pni_pretix_more(x->p, &x->orders, &x->n_orders, sizeof *o);
        if (!o)
            return no_memory(x->p);
        *o = (pni_pretix_order){.code = field(x, one, "code"),
                                .why_not = order_refused(one, field(x, one, "status")),
                                .at = moment(x, field(x, one, "datetime"))};
        json_array_foreach(json_object_get(one, "fees"), f, fee)
            o->fees_fen += money(x, fee, json_object_get(fee, "value") ? "value" : "price");
        PN_TRY(read_seats(x, o, json_object_get(one, "positions")));
    }
    return 0;
}

int pni_pretix_json(pni_pretix *x, const char *text)
{
    __attribute__((cleanup(drop))) json_t *j = NULL;
    PN_TRY(pni_json_load(x->p, "file", text, strlen(text), 0, &j));
    const json_t *event = json_object_get(j, "event"), *quota;
    size_t i;
    if (!json_is_object(event) || !json_is_array(json_object_get(event, "items")))
        return pn_fail(x->p, PN_EARG, "file", pn_tr("This is no event export of pretix"));
    x->slug = field(x, event, "slug");
    x->title = field(x, event, "name");
    if (!*x->slug || !*x->title)
        return pn_fail(x->p, PN_EARG, "file", pn_tr("The event has no name or short form"));
    PN_TRY(read_dates(x, event));
    PN_TRY(read_tiers(x, event));
    PN_TRY(read_orders(x, event));
    json_array_foreach(json_object_get(event, "quotas"), i, quota)
        read_quota(x, quota);
    return 0;
}

/* ---- the order list, sheet of positions ---- */

enum { SLUG, CODE, STATUS, DATE, TIME, START, PRODUCT, VARIATION, PRICE, NAME, SEAT, LABELS };
static const struct { const char *label; bool needed; } labels[LABELS] = {
    [SLUG] = {"Event slug", true}, [CODE] = {"Order code", true}, [STATUS] = {"Status", true},
    [DATE] = {"Order date", false}, [TIME] = {"Order time", false}, [START] = {"Start date", false},
    [PRODUCT] = {"Product", true}, [VARIATION] = {"Variation", false}, [PRICE] = {"Price", true},
    [NAME] = {"Attendee name", false}, [SEAT] = {"Seat ID", false},
};

static int csv_header(pni_pretix *x, const char *const *fields, size_t n, size_t at[LABELS])
{
    for (int l = 0; l < LABELS; l++) {
        at[l] = n;
        for (size_t i = 0; i < n; i++)
            if (!strcmp(fields[i], labels[l].label))
                at[l] = i;
        if (at[l] == n && labels[l].needed) {
            (void)pn_fail(x->p, PN_EARG, "file", pn_tr("The header has no column “%s”"),
                          labels[l].label);
            return pn_hint(x->p, pn_tr("Export the positions sheet with English labels"));
        }
    }
    return 0;
}

static int csv_date(pni_pretix *x, const char *text, size_t *date)
{
    *date = *text ? date_of(x, text) : 0;
    if (*date < x->n_dates)
        return 0;
    pni_pretix_date *d = pni_pretix_more(x->p, &x->dates, &x->n_dates, sizeof *d);
    if (!d)
        return no_memory(x->p);
    *d = (pni_pretix_date){.key = *text ? pn_strdup(x->p, text) : "0",
                           .start_at = moment(x, text)};
    *date = x->n_dates - 1;
    return d->key ? 0 : no_memory(x->p);
}

static int csv_tier(pni_pretix *x, size_t date, const char *product, const char *variation,
                    int64_t price, size_t *tier)
{
    *tier = tier_of(x, date, product, variation);
    if (*tier < x->n_tiers)
        return 0;
    pni_pretix_tier *t = pni_pretix_more(x->p, &x->tiers, &x->n_tiers, sizeof *t);
    if (!t)
        return no_memory(x->p);
    *t = (pni_pretix_tier){.date = date, .item = product, .variation = variation,
                           .price_fen = price,
                           .name = pn_printf(x->p, "%s%s%s", product, *variation ? " " : "",
                                             variation)};
    return t->name ? 0 : no_memory(x->p);
}

static int csv_position(pni_pretix *x, const char *const cell[LABELS], int64_t line)
{
    pni_pretix_order *o = x->n_orders ? &x->orders[x->n_orders - 1] : NULL;
    size_t date, t;
    int64_t price;
    bool paid = !strcasecmp(cell[STATUS], "paid") || !strcasecmp(cell[STATUS], "p");
    if (!o || strcmp(o->code, cell[CODE])) { /* the list is sorted by order */
        o = pni_pretix_more(x->p, &x->orders, &x->n_orders, sizeof *o);
        if (!o)
            return no_memory(x->p);
        const char *at = pn_printf(x->p, "%s %s", cell[DATE], cell[TIME]);
        *o = (pni_pretix_order){.code = cell[CODE], .line = line, .at = moment(x, at ? at : "")};
    }
    if (!pni_money_parse(cell[PRICE], &price)) {
        o->why_not = pn_printf(x->p, pn_tr("“%s” is no price"), cell[PRICE]);
        return 0;
    }
    if (!paid)
        o->why_not = o->n ? o->why_not : pn_tr("Not paid");
    PN_TRY(csv_date(x, cell[START], &date));
    PN_TRY(csv_tier(x, date, cell[PRODUCT], cell[VARIATION], price, &t));
    if (!paid)
        return 0; /* one position of a paid order may be cancelled */
    pni_pretix_seat *s = pni_pretix_more(x->p, &o->seats, &o->n, sizeof *s);
    if (!s)
        return no_memory(x->p);
    *s = (pni_pretix_seat){t, price, "", cell[SEAT], cell[NAME]};
    o->why_not = o->n == 1 ? NULL : o->why_not;
    x->tiers[t].sold++;
    return 0;
}

int pni_pretix_csv(pni_pretix *x, char *text, size_t len)
{
    const char *fields[FIELDS_MAX], *cell[LABELS];
    size_t at[LABELS], n, width;
    pni_csv_got got;
    pni_csv c;
    pni_csv_begin(&c, text, len);
    if (pni_csv_next(&c, fields, FIELDS_MAX, &width) != PNI_CSV_ROW)
        return pn_fail(x->p, PN_EARG, "file", pn_tr("The file has no readable header"));
    PN_TRY(csv_header(x, fields, width, at));
    while ((got = pni_csv_next(&c, fields, FIELDS_MAX, &n)) != PNI_CSV_END) {
        pni_pretix_order *o;
        if (got == PNI_CSV_ROW && n == width) {
            for (int l = 0; l < LABELS; l++)
                cell[l] = at[l] < n ? fields[at[l]] : "";
            if (!x->slug)
                x->slug = x->title = cell[SLUG];
            PN_TRY(csv_position(x, cell, c.row));
            continue;
        }
        o = pni_pretix_more(x->p, &x->orders, &x->n_orders, sizeof *o);
        if (!o)
            return no_memory(x->p);
        *o = (pni_pretix_order){.code = "", .line = c.row,
                                .why_not = pn_tr("The row cannot be read")};
    }
    if (!x->slug || !*x->slug)
        return pn_fail(x->p, PN_EARG, "file", pn_tr("The file has no orders"));
    return 0;
}
