/* SPDX-License-Identifier: Apache-2.0 */
/* plan_rows.c — the rows of a checked document: cut into pieces, with aisles and attributes.
 *
 * Neighbours are those of the file. An aisle is where two of them stand much further apart than the
 * row's seats usually do. Positions add up: zone + row + seat. */
#include "seating/plan_int.h"
#include "seating/picture_int.h"
#include "base/policy_int.h"
#include "base/value_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *pni_plan_word(pn *p, const char *text)
{
    char *out = pn_strdup(p, text + strspn(text, " \t\r\n"));
    for (char *s = out; s && *s; s++)
        if (strchr("/,;", *s))
            *s = '-';
    for (size_t n = out ? strlen(out) : 0; n && strchr(" \t\r\n", out[n - 1]); n--)
        out[n - 1] = '\0';
    return out ? out : "";
}

typedef struct point { double x, y; } point;

static point place(const json_t *o)
{
    const json_t *at = json_object_get(o, "position");
    return (point){json_number_value(json_object_get(at, "x")),
                   json_number_value(json_object_get(at, "y"))};
}

static bool has_word(const char *text, const char *latin, const char *han)
{
    size_t n = strlen(latin);
    for (const char *s = text; *s; s++)
        if (!strncasecmp(s, latin, n) || !strncmp(s, han, strlen(han)))
            return true;
    return false;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Bit by bit: is there an aisle behind seat i? `gap` has a place for each seat. */
static int aisles(pn *p, const point *at, size_t n, int64_t pct, bool *gap)
{
    double *far = pn_alloc(p, (n + 1) * sizeof *far), *sorted = pn_alloc(p, (n + 1) * sizeof *far);
    if (!far || !sorted)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i + 1 < n; i++)
        sorted[i] = far[i] = hypot(at[i + 1].x - at[i].x, at[i + 1].y - at[i].y);
    if (n > 1)
        qsort(sorted, n - 1, sizeof *sorted, ascending);
    double usual = n > 1 ? sorted[(n - 1) / 2] : 0;
    for (size_t i = 0; i + 1 < n; i++)
        gap[i] = usual > 0 && far[i] * 100 > usual * (double)pct;
    return 0;
}

/* How many seats the piece that begins here has: up to the last aisle that fits, when there is one
 * in its second half; else even pieces. */
static size_t piece(const bool *gap, size_t left)
{
    if (left <= PNI_BLOCK_SEATS)
        return left;
    for (size_t n = PNI_BLOCK_SEATS; n > PNI_BLOCK_SEATS / 2; n--)
        if (gap[n - 1])
            return n;
    size_t pieces = (left + PNI_BLOCK_SEATS - 1) / PNI_BLOCK_SEATS;
    return (left + pieces - 1) / pieces;
}

typedef struct reader {
    pn *p;
    pni_plan_file *out;
    size_t cap;
    int64_t pct;
} reader;

/* The next row to fill; NULL: out of memory. */
static pni_plan_row *more(reader *r)
{
    pn_rows *rows = &r->out->rows;
    if (rows->n == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 64;
        pni_plan_row *wide = pn_alloc(r->p, cap * sizeof *wide);
        if (!wide)
            return NULL;
        if (rows->n)
            memcpy(wide, rows->row, rows->n * sizeof *wide);
        rows->row = wide;
        r->cap = cap;
    }
    pni_plan_row *row = (pni_plan_row *)rows->row + rows->n++;
    row->no = (int)rows->n;
    return row;
}

static const char *text_of(const json_t *o, const char *key)
{
    const char *t = json_string_value(json_object_get(o, key));
    return t ? t : "";
}

static int fill(reader *r, pni_plan_row *row, const json_t *seats, const point *at,
                const bool *gap, size_t from, size_t n)
{
    pn_texts *lists[] = {&row->labels, &row->guids, &row->categories, &row->xs, &row->ys};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        lists[i]->v = pn_alloc(r->p, n * sizeof(char *));
        lists[i]->n = n;
        if (!lists[i]->v)
            return pn_fail(r->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *s = json_array_get(seats, from + i);
        const char *category = text_of(s, "category");
        int64_t bit = INT64_C(1) << i;
        row->labels.v[i] = pni_plan_word(r->p, text_of(s, "seat_number"));
        row->guids.v[i] = pn_strdup(r->p, text_of(s, "seat_guid"));
        row->categories.v[i] = pn_strdup(r->p, category);
        row->xs.v[i] = pn_printf(r->p, "%g", at[from + i].x);
        row->ys.v[i] = pn_printf(r->p, "%g", at[from + i].y);
        row->gap_after |= gap[from + i] ? bit : 0;
        row->wheelchair |= has_word(category, "wheelchair", "轮椅") ? bit : 0;
        row->obstructed |= has_word(category, "obstructed", "遮挡") ? bit : 0;
    }
    return 0;
}

static int one_row(reader *r, const pni_plan_row *names, point zone, const json_t *row)
{
    const json_t *seats = json_object_get(row, "seats");
    size_t n = json_array_size(seats);
    point *at = pn_alloc(r->p, (n + 1) * sizeof *at), of = place(row);
    bool *gap = pn_alloc(r->p, n + 1);
    if (!at || !gap)
        return pn_fail(r->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < n; i++) {
        point s = place(json_array_get(seats, i));
        at[i] = (point){zone.x + of.x + s.x, zone.y + of.y + s.y};
    }
    PN_TRY(aisles(r->p, at, n, r->pct, gap));
    for (size_t from = 0, len; from < n; from += len) {
        pni_plan_row *out = more(r);
        if (!out)
            return pn_fail(r->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
        len = piece(gap + from, n - from);
        out->floor = names->floor;
        out->section = names->section;
        out->row_name = pni_plan_word(r->p, text_of(row, "row_number"));
        PN_TRY(fill(r, out, seats, at, gap, from, len));
    }
    r->out->seats += (int)n;
    return 0;
}

static bool blank(const char *text)
{
    return !text[strspn(text, " \t\r\n")];
}

/* "1F/A区" is section A区 on floor 1F. */
int pni_plan_names(pn *p, const json_t *zone, size_t number, pni_plan_row *out)
{
    const char *name = text_of(zone, "name");
    if (blank(name))
        name = text_of(zone, "zone_id");
    const char *slash = strchr(name, '/');
    const char *floor = slash ? pn_printf(p, "%.*s", (int)(slash - name), name) : "";
    const char *section = slash ? slash + 1 : name;
    if (blank(section))
        section = pn_printf(p, "%zu", number + 1);
    if (!floor || !section)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    out->floor = pni_plan_word(p, floor);
    out->section = pni_plan_word(p, section);
    return 0;
}

int pni_plan_rows(pn *p, const json_t *root, int64_t aisle_pct, pni_plan_file *out)
{
    reader r = {.p = p, .out = out, .pct = aisle_pct};
    size_t i, j;
    const json_t *zone, *row;
    json_array_foreach(json_object_get(root, "zones"), i, zone)
    {
        pni_plan_row names = {0};
        PN_TRY(pni_plan_names(p, zone, i, &names));
        json_array_foreach(json_object_get(zone, "rows"), j, row)
            PN_TRY(one_row(&r, &names, place(zone), row));
        if (out->seats > PNI_PLAN_SEATS_MAX)
            return pn_fail(p, PN_ETOO_BIG, "file", pn_tr("A plan has at most %d seats"),
                           PNI_PLAN_SEATS_MAX);
    }
    out->name = pn_strdup(p, text_of(root, "name"));
    if (!out->seats)
        return pn_fail(p, PN_EARG, "file", pn_tr("The plan has no seats"));
    return out->name ? 0 : pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}
