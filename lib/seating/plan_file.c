/* SPDX-License-Identifier: Apache-2.0 */
/* plan_file.c — reading a file of a seat plan. A CSV of rows first becomes a document of the same
 * format, so that a plain hall is exported like any other. */
#include "seating/plan_int.h"
#include "base/csv_int.h"
#include "base/value_int.h"
#include "base/map_int.h"
#include "base/policy_int.h"
#include "catalog/import_int.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Pixels of the documents made here. */
enum { SEAT_W = 30, AISLE_W = 40, ROW_H = 36, SECTION_GAP = 60, FIELDS_MAX = 16, ROW_MAX = 1000 };

static int no_memory(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* ---- CSV ---- */

static const char *const columns[] = {"floor", "section", "row", "from", "to", "step", "category",
                                      "aisles"};
enum { FLOOR, SECTION, ROW, FROM, TO, STEP, CATEGORY, AISLES, COLUMNS };

typedef struct sheet {
    pn *p;
    json_t *root, *zone; /* borrowed: the zone of the line before */
    int at[COLUMNS];     /* place of a column in the file, -1: not there */
    const char *zone_name;
    int y, width;
    int64_t line;
    pni_map seats; /* seat → its line, as text */
} sheet;

static const char *field(const sheet *s, const char *const *fields, int column)
{
    return s->at[column] < 0 ? "" : fields[s->at[column]];
}

static int bad_line(const sheet *s, const char *what)
{
    return pn_fail(s->p, PN_EARG, "file", pn_tr("Line %" PRId64 ": %s"), s->line, what);
}

static int header(sheet *s, const char *const *fields, size_t n)
{
    for (int c = 0; c < COLUMNS; c++)
        s->at[c] = -1;
    for (size_t i = 0; i < n; i++) {
        int c = 0;
        while (c < COLUMNS && strcmp(columns[c], fields[i]))
            c++;
        if (c == COLUMNS || s->at[c] >= 0) {
            (void)pn_fail(s->p, PN_EARG, "file",
                          pn_tr("The header names an unknown column “%s”"), fields[i]);
            return pn_hint(s->p, pn_tr("Columns of a seat plan: floor, section, row, from, to,"
                                       " step, category, aisles"));
        }
        s->at[c] = (int)i;
    }
    if (s->at[SECTION] < 0 || s->at[ROW] < 0 || s->at[FROM] < 0 || s->at[TO] < 0)
        return bad_line(s, pn_tr("section, row, from and to are needed"));
    return 0;
}

static int number(const sheet *s, const char *text, int fallback, int *out)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (!*text && fallback) {
        *out = fallback;
        return 0;
    }
    if (end == text || *end || n < 1 || n > 100000)
        return bad_line(s, pn_tr("from, to and step are whole numbers above 0"));
    *out = (int)n;
    return 0;
}

/* "10|20": numbers, and nothing else. */
static int aisles_check(const sheet *s, const char *list)
{
    while (*list) {
        char *end;
        long no = strtol(list, &end, 10);
        if (end == list || no < 1 || (*end && *end != '|') || (*end && !end[1]))
            return bad_line(s, pn_tr("aisles are seat numbers with | between them: 10|20"));
        list = end + (*end == '|');
    }
    return 0;
}

/* Is seat `no` among "10|20", behind which aisles are? */
static bool listed(const char *list, int no)
{
    while (*list) {
        char *end;
        if (strtol(list, &end, 10) == no && end != list)
            return true;
        list = end + strcspn(end, "|");
        list += *list == '|';
    }
    return false;
}

static int category(sheet *s, const char *name)
{
    json_t *all = json_object_get(s->root, "categories"), *c;
    size_t i;
    json_array_foreach(all, i, c)
        if (!strcmp(json_string_value(json_object_get(c, "name")), name))
            return 0;
    return json_array_append_new(all, json_pack("{s:s}", "name", name)) ? no_memory(s->p) : 0;
}

static int zone(sheet *s, const char *name)
{
    if (s->zone && !strcmp(s->zone_name, name))
        return 0;
    s->y += s->zone ? SECTION_GAP : 0;
    s->zone_name = pn_strdup(s->p, name);
    json_t *z = json_pack("{s:s,s:{s:i,s:i},s:[]}", "name", name, "position", "x", 0, "y", s->y,
                          "rows");
    if (!z || !s->zone_name || json_array_append_new(json_object_get(s->root, "zones"), z))
        return no_memory(s->p);
    s->zone = z;
    s->y = 0;
    return 0;
}

/* A seat is named once, and two lines of one row are a usual slip. */
static int new_seat(sheet *s, const char *guid)
{
    const char *before = pni_map_get(&s->seats, guid);
    char *here = pn_printf(s->p, "%" PRId64, s->line);
    if (!here)
        return no_memory(s->p);
    if (before)
        return pn_fail(s->p, PN_EARG, "file", pn_tr("Line %s: seat %s is in line %s already"), here,
                       guid, before);
    return pni_map_put(&s->seats, guid, here);
}

static int add_seat(sheet *s, json_t *seats, const char *row, int no, int x, const char *cat)
{
    char *guid = pn_printf(s->p, "%s/%s/%d", s->zone_name, row, no);
    char *label = pn_printf(s->p, "%d", no);
    for (char *g = guid; g && *g; g++)
        *g = *g == ' ' ? '_' : *g;
    if (!guid || !label)
        return no_memory(s->p);
    PN_TRY(new_seat(s, guid));
    json_t *seat = json_pack("{s:s,s:s,s:{s:i,s:i},s:s}", "seat_guid", guid, "seat_number", label,
                             "position", "x", x, "y", 0, "category", cat);
    return json_array_append_new(seats, seat) ? no_memory(s->p) : 0;
}

static int line(sheet *s, const char *const *fields)
{
    const char *floor = field(s, fields, FLOOR), *row_name = field(s, fields, ROW);
    const char *cat = *field(s, fields, CATEGORY) ? field(s, fields, CATEGORY) : "Seat";
    int from, to, step;
    PN_TRY(number(s, field(s, fields, FROM), 0, &from));
    PN_TRY(number(s, field(s, fields, TO), 0, &to));
    PN_TRY(number(s, field(s, fields, STEP), 1, &step));
    if (!*field(s, fields, SECTION) || !*row_name)
        return bad_line(s, pn_tr("section, row, from and to are needed"));
    PN_TRY(aisles_check(s, field(s, fields, AISLES)));
    if (abs(to - from) / step >= ROW_MAX)
        return bad_line(s, pn_tr("A row has at most 1000 seats"));
    char *name = pn_printf(s->p, "%s%s%s", floor, *floor ? "/" : "", field(s, fields, SECTION));
    if (!name)
        return no_memory(s->p);
    PN_TRY(zone(s, name));
    PN_TRY(category(s, cat));
    json_t *seats = json_array();
    json_t *row = json_pack("{s:s,s:{s:i,s:i},s:o}", "row_number", row_name, "position", "x", 0,
                            "y", s->y, "seats", seats);
    if (!row || json_array_append_new(json_object_get(s->zone, "rows"), row))
        return no_memory(s->p);
    int x = 0, by = to >= from ? step : -step;
    for (int no = from; by > 0 ? no <= to : no >= to; no += by) {
        PN_TRY(add_seat(s, seats, row_name, no, x, cat));
        x += SEAT_W + (listed(field(s, fields, AISLES), no) ? AISLE_W : 0);
    }
    s->width = x > s->width ? x : s->width;
    s->y += ROW_H;
    return 0;
}

/* Rows are centred on the widest, and the zones stand below each other. */
static int arrange(sheet *s)
{
    size_t i, j;
    json_t *z, *r;
    int y = 0;
    json_array_foreach(json_object_get(s->root, "zones"), i, z)
    {
        (void)json_object_set_new(json_object_get(z, "position"), "y", json_integer(y));
        json_array_foreach(json_object_get(z, "rows"), j, r)
        {
            json_t *seats = json_object_get(r, "seats");
            json_t *last = json_array_get(seats, json_array_size(seats) - 1);
            json_int_t w =
                json_integer_value(json_object_get(json_object_get(last, "position"), "x"));
            json_int_t x = (s->width - SEAT_W - w) / 2;
            (void)json_object_set_new(json_object_get(r, "position"), "x",
                                      json_integer(x > 0 ? x : 0));
            y += ROW_H;
        }
        y += SECTION_GAP;
    }
    json_t *size = json_pack("{s:i,s:i}", "width", s->width + SEAT_W, "height", y);
    return json_object_set_new(s->root, "size", size) ? no_memory(s->p) : 0;
}

int pni_plan_of_csv(pn *p, const char *text, const char *name, json_t **out)
{
    const char *fields[FIELDS_MAX];
    size_t n = 0, width = 0;
    pni_csv c;
    sheet s = {.p = p, .line = 1, .seats = {.p = p}};
    char *copy = pn_strdup(p, text);
    s.root = *out = json_pack("{s:s,s:[],s:[]}", "name", name, "categories", "zones");
    if (!copy || !*out)
        return no_memory(p);
    pni_csv_begin(&c, copy, strlen(copy));
    if (pni_csv_next(&c, fields, FIELDS_MAX, &width) != PNI_CSV_ROW)
        return pn_fail(p, PN_EARG, "file", pn_tr("The file is empty"));
    PN_TRY(header(&s, fields, width));
    for (pni_csv_got got; (got = pni_csv_next(&c, fields, FIELDS_MAX, &n)) != PNI_CSV_END;) {
        s.line = c.row;
        if (got != PNI_CSV_ROW || n != width)
            return bad_line(&s, pn_tr("its fields do not fit the header"));
        PN_TRY(line(&s, fields));
    }
    return arrange(&s);
}

/* ---- the file ---- */

static int load(pn *p, const char *text, json_t **out)
{
    return pni_json_load(p, "file", text, strlen(text), 0, out) ? pni_json_hint(p) : 0;
}

static int written(pn *p, const json_t *root, const char **out)
{
    size_t n = json_dumpb(root, NULL, 0, JSON_INDENT(1));
    char *text = pn_alloc(p, n + 1);
    if (!text || !n)
        return no_memory(p);
    (void)json_dumpb(root, text, n, JSON_INDENT(1));
    *out = text;
    return 0;
}

int pni_plan_parse(pn *p, const char *file, const char *name, bool lax, pni_plan_file *out)
{
    PNI_AUTO_JSON root = NULL;
    bool changed = false;
    char *text = NULL;
    size_t len;
    int64_t aisle_pct;
    PN_TRY(pni_file_text(p, file, &text, &len));
    bool json = text[strspn(text, " \t\r\n")] == '{';
    PN_TRY(pni_policy(p, "seating.aisle_pct", &aisle_pct));
    PN_TRY(json ? load(p, text, &root) : pni_plan_of_csv(p, text, name, &root));
    PN_TRY(pni_plan_check(p, root, lax, &out->dropped, &changed));
    PN_TRY(pni_plan_rows(p, root, aisle_pct, out));
    out->document = text;
    return json && !changed ? 0 : written(p, root, &out->document);
}
