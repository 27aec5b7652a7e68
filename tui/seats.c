/* SPDX-License-Identifier: Apache-2.0 */
/* seats.c — pieces of rows become lines of seats: pieces of one physical row are one line whatever
 * tier they belong to, and where the plan has places, a seat's column follows from its place. */
#include "config.h"
#include "seats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *field(const struct seats *s, int piece, const char *name)
{
    return table_plain(s->piece, piece, name);
}

/* ---- the order of the pieces ---- */

/* Sections from the stage backwards and from left to right; without places as they come. */
struct place { const char *floor, *section; double x, y; int rank; };
struct order { struct place *of; const char *floor, *section, *row; int piece; };

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->y < y->y || x->y > y->y)
        return x->y < y->y ? -1 : 1;
    if (x->x < y->x || x->x > y->x)
        return x->x < y->x ? -1 : 1;
    return x->rank - y->rank;
}

static int by_row(const void *a, const void *b)
{
    const struct order *x = a, *y = b;
    int d = x->of != y->of ? x->of < y->of ? -1 : 1 : strverscmp(x->row, y->row);
    return d ? d : x->piece - y->piece;
}

static struct place *place_of(struct place *places, int n, const struct order *o)
{
    for (int i = n; i--;)
        if (!strcmp(places[i].section, o->section) && !strcmp(places[i].floor, o->floor))
            return &places[i];
    return NULL;
}

/* Fills out[], and places[] of the sections in their order. */
static void arrange(const struct seats *s, struct order *out, struct place *places)
{
    int n = 0, pieces = s->piece->rows;
    for (int i = 0; i < pieces; i++) {
        out[i] = (struct order){NULL, field(s, i, "floor"), field(s, i, "section"),
                                field(s, i, "row_name"), i};
        const char *xs = field(s, i, "xs"), *ys = field(s, i, "ys");
        double x = strtod(xs, NULL), y = strtod(ys, NULL);
        struct place *p = place_of(places, n, &out[i]);
        if (!p)
            places[n] = (struct place){out[i].floor, out[i].section, x, y, n}, p = &places[n++];
        p->x = fmin(p->x, x);
        p->y = fmin(p->y, y);
    }
    qsort(places, (size_t)n, sizeof *places, by_place);
    for (int i = 0; i < pieces; i++)
        out[i].of = place_of(places, n, &out[i]);
    qsort(out, (size_t)pieces, sizeof *out, by_row);
}

/* ---- zones ---- */

static int zone_of(struct seats *s, int piece)
{
    const char *name = field(s, piece, "zone"), *tier = field(s, piece, "tier");
    for (int i = 0; i < s->zones; i++)
        if (!strcmp(s->zone[i].name, *name ? name : tier) && !strcmp(s->zone[i].tier, tier))
            return i;
    s->crowded |= s->zones == ZONES_MOST;
    if (s->crowded)
        return ZONES_MOST - 1;
    s->zone[s->zones] = (struct seat_zone){.name = *name ? name : tier, .tier = tier,
                                           .price = table_show(s->piece, piece, "face_price")};
    return s->zones++;
}

/* ---- seats ---- */

static int from_left(const void *a, const void *b)
{
    const struct seat *x = a, *y = b;
    if (x->x < y->x || x->x > y->x)
        return x->x < y->x ? -1 : 1;
    return strverscmp(x->label, y->label);
}

/* The next of texts joined by commas. */
static const char *next_text(const char **at, char **pool)
{
    char *start = *pool;
    size_t n = strcspn(*at, ",");
    memcpy(start, *at, n);
    start[n] = 0;
    *pool += n + 1;
    *at += n + ((*at)[n] == ',');
    return start;
}

static void add_piece(struct seats *s, int piece, char **pool)
{
    const char *labels = field(s, piece, "labels"), *status = field(s, piece, "status");
    const char *xs = field(s, piece, "xs"), *ys = field(s, piece, "ys");
    int zone = zone_of(s, piece);
    s->placed &= *xs && *ys;
    for (; *status; status++) {
        struct seat seat = {.label = next_text(&labels, pool), .status = *status, .zone = zone,
                            .piece = piece, .x = strtod(xs, NULL), .y = strtod(ys, NULL)};
        xs += strcspn(xs, ",");
        xs += *xs == ',';
        ys += strcspn(ys, ",");
        ys += *ys == ',';
        if (*status == '_')
            continue;
        int width = (int)strlen(seat.label);
        s->label_width = width > s->label_width ? width : s->label_width;
        s->seat[s->seats++] = seat;
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* How far apart neighbours sit: the middle of all distances of the section. */
static double pitch_of(const struct seats *s, const struct seat_section *section)
{
    double *gap = calloc((size_t)section->seats + 1, sizeof *gap), pitch = 0;
    int n = 0;
    for (int l = section->line; gap && l < section->line + section->lines; l++) {
        const struct seat *seat = s->seat + s->line[l].first;
        for (int i = 1; i < s->line[l].seats; i++)
            if (seat[i].x > seat[i - 1].x)
                gap[n++] = seat[i].x - seat[i - 1].x;
    }
    if (n) {
        qsort(gap, (size_t)n, sizeof *gap, by_value);
        pitch = gap[n / 2];
    }
    free(gap);
    return pitch;
}

static void put_columns(struct seats *s, struct seat_section *section)
{
    double pitch = s->placed ? pitch_of(s, section) : 0, x0 = INFINITY;
    for (int l = section->line; l < section->line + section->lines; l++)
        if (s->line[l].seats && s->seat[s->line[l].first].x < x0)
            x0 = s->seat[s->line[l].first].x;
    for (int l = section->line; l < section->line + section->lines; l++) {
        struct seat *seat = s->seat + s->line[l].first;
        for (int i = 0, last = -1; i < s->line[l].seats; last = seat[i++].col) {
            long at = pitch > 0 ? lround((seat[i].x - x0) / pitch) : last + 1;
            seat[i].col = at <= last || at > last + 200 ? last + 1 : (int)at;
            section->cols = seat[i].col >= section->cols ? seat[i].col + 1 : section->cols;
        }
    }
}

void seats_count(struct seats *s)
{
    s->x0 = s->y0 = INFINITY;
    s->x1 = s->y1 = -INFINITY;
    for (int i = 0; i < s->zones; i++)
        s->zone[i].seats = s->zone[i].free = 0;
    for (int i = 0; i < s->sections; i++)
        s->section[i].free = 0;
    for (int i = 0; i < s->seats; i++) {
        const struct seat *seat = &s->seat[i];
        struct seat_section *section = &s->section[s->line[seats_line(s, i)].section];
        bool is_free = seat->status == '.' || seat->status == 'w';
        s->zone[seat->zone].seats++;
        s->zone[seat->zone].free += is_free;
        section->free += is_free;
        s->x0 = fmin(s->x0, seat->x);
        s->x1 = fmax(s->x1, seat->x);
        s->y0 = fmin(s->y0, seat->y);
        s->y1 = fmax(s->y1, seat->y);
    }
}

static bool is_new(const struct order *a, const struct order *b, bool row)
{
    return a->of != b->of || (row && strcmp(a->row, b->row) != 0);
}

static void add_line(struct seats *s, const struct order *o, int i, char **pool)
{
    if (!i || is_new(&o[i - 1], &o[i], false)) {
        struct seat_section *section = &s->section[s->sections++];
        snprintf(section->name, sizeof section->name, "%s%s%s", o[i].floor,
                 *o[i].floor ? "/" : "", o[i].section);
        section->line = s->lines;
    }
    s->section[s->sections - 1].lines++;
    size_t name = strlen(s->section[s->sections - 1].name), row = strlen(o[i].row);
    s->line[s->lines++] = (struct seat_line){.path = *pool, .first = s->seats,
                                             .section = s->sections - 1};
    memcpy(*pool, s->section[s->sections - 1].name, name);
    (*pool)[name] = '/';
    memcpy(*pool + name + 1, o[i].row, row + 1);
    *pool += name + row + 2;
}

static void build(struct seats *s, const struct order *o)
{
    char *pool = s->text;
    for (int i = 0; i < s->piece->rows; i++)
        zone_of(s, i); /* letters in the order of the tiers */
    for (int i = 0; i < s->piece->rows; i++) {
        if (!i || is_new(&o[i - 1], &o[i], true))
            add_line(s, o, i, &pool);
        add_piece(s, o[i].piece, &pool);
        s->line[s->lines - 1].seats = s->seats - s->line[s->lines - 1].first;
    }
    for (int l = 0; l < s->lines; l++) {
        s->section[s->line[l].section].seats += s->line[l].seats;
        qsort(s->seat + s->line[l].first, (size_t)s->line[l].seats, sizeof *s->seat, from_left);
    }
    for (int i = 0; i < s->sections; i++)
        put_columns(s, &s->section[i]);
    seats_count(s);
}

struct seats *seats_new(struct tui_table *answer)
{
    int col = table_col(answer, "rows");
    struct seats *s = calloc(1, sizeof *s);
    if (!s || col < 0 || !answer->sub || !answer->rows) {
        free(s);
        table_free(answer);
        return NULL;
    }
    s->table = answer;
    s->piece = answer->sub[col];
    s->placed = true;
    s->label_width = 1;
    size_t seats = 0, room = 0, pieces = (size_t)s->piece->rows + 1;
    for (int i = 0; i < s->piece->rows; i++) {
        seats += strlen(field(s, i, "status"));
        room += strlen(field(s, i, "labels")) + strlen(field(s, i, "row_name")) +
                sizeof s->section->name + strlen(field(s, i, "status")) + 4;
    }
    s->seat = calloc(seats + 1, sizeof *s->seat);
    s->line = calloc(pieces, sizeof *s->line);
    s->section = calloc(pieces, sizeof *s->section);
    s->text = calloc(1, room + 1);
    struct order *order = calloc(pieces, sizeof *order);
    struct place *places = calloc(pieces, sizeof *places);
    bool ok = s->seat && s->line && s->section && s->text && order && places;
    if (ok) {
        arrange(s, order, places);
        build(s, order);
    }
    free(order);
    free(places);
    if (ok)
        return s;
    seats_free(s);
    return NULL;
}

void seats_free(struct seats *s)
{
    if (!s)
        return;
    table_free(s->table);
    free(s->seat);
    free(s->line);
    free(s->section);
    free(s->text);
    free(s);
}

/* ---- asking ---- */

int seats_line(const struct seats *s, int seat)
{
    int low = 0, high = s->lines - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (s->line[middle].first <= seat)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

void seats_key(const struct seats *s, int seat, char *key, size_t size)
{
    snprintf(key, size, "%s/%s", s->line[seats_line(s, seat)].path, s->seat[seat].label);
}

int seats_find(const struct seats *s, const char *key)
{
    const char *slash = strrchr(key, '/');
    size_t n = slash ? (size_t)(slash - key) : 0;
    for (int l = 0; slash && l < s->lines; l++) {
        const struct seat_line *line = &s->line[l];
        if (strncmp(line->path, key, n) != 0 || line->path[n])
            continue;
        for (int i = line->first; i < line->first + line->seats; i++)
            if (!strcmp(s->seat[i].label, slash + 1))
                return i;
    }
    return -1;
}

int seats_near(const struct seats *s, int line, int col)
{
    const struct seat_line *l = &s->line[line];
    int best = l->first;
    for (int i = l->first; i < l->first + l->seats; i++)
        if (abs(s->seat[i].col - col) < abs(s->seat[best].col - col))
            best = i;
    return best;
}

bool seats_open(const struct seat *seat)
{
    return strchr(".wh", seat->status) != NULL;
}

int seats_chosen(const struct seats *s)
{
    int n = 0;
    for (int i = 0; i < s->seats; i++)
        n += s->seat[i].chosen;
    return n;
}

/* ---- in words ---- */

static bool is_wanted(const struct seat *seat, struct seats_wanted w)
{
    return w.states ? seat->chosen && strchr(w.states, seat->status) : seat->zone == w.zone;
}

static bool number(const char *text, long *out)
{
    char *end;
    *out = strtol(text, &end, 10);
    return end != text && !*end && *text != '-';
}

/* Seats from i on that one range names, and no others of the line. */
static int run(const struct seats *s, const struct seat_line *l, int i, struct seats_wanted w)
{
    long low, high, at;
    int n = 1, best = 1;
    if (!number(s->seat[i].label, &low))
        return 1;
    for (high = low; i + n < l->first + l->seats && is_wanted(&s->seat[i + n], w); n++) {
        if (!number(s->seat[i + n].label, &at) || at <= high)
            break;
        high = at;
        bool others = false;
        for (int k = l->first; k < l->first + l->seats; k++)
            others |= number(s->seat[k].label, &at) && at >= low && at <= high &&
                      (k < i || k > i + n);
        best = others ? best : n + 1;
    }
    return best > 2 ? best : 1;
}

static bool all_wanted(const struct seats *s, int from, int to, struct seats_wanted w)
{
    while (from < to && is_wanted(&s->seat[from], w))
        from++;
    return from == to;
}

/* The next term; len is moved on, and beyond size when it does not fit. */
static void add_term(char *words, size_t size, size_t *len, const char *path, const char *from,
                     const char *to)
{
    if (*len < size)
        *len += (size_t)snprintf(words + *len, size - *len, "%s%s%s%s%s%s", *len ? "; " : "",
                                 path, from ? "/" : "", from ? from : "", to ? ".." : "",
                                 to ? to : "");
}

static void add_row(const struct seats *s, const struct seat_line *line, struct seats_wanted w,
                    char *words, size_t size, size_t *len)
{
    int end = line->first + line->seats;
    if (all_wanted(s, line->first, end, w)) {
        add_term(words, size, len, line->path, NULL, NULL);
        return;
    }
    for (int i = line->first, n = 1; i < end; i += n) {
        n = 1;
        if (!is_wanted(&s->seat[i], w))
            continue;
        n = run(s, line, i, w);
        add_term(words, size, len, line->path, s->seat[i].label,
                 n > 1 ? s->seat[i + n - 1].label : NULL);
    }
}

bool seats_words(const struct seats *s, struct seats_wanted w, char *words, size_t size)
{
    size_t len = 0;
    *words = 0;
    for (int c = 0; c < s->sections; c++) {
        const struct seat_section *section = &s->section[c];
        int first = s->line[section->line].first;
        if (all_wanted(s, first, first + section->seats, w)) {
            add_term(words, size, &len, section->name, NULL, NULL);
            continue;
        }
        for (int l = section->line; l < section->line + section->lines; l++)
            add_row(s, &s->line[l], w, words, size, &len);
    }
    return len < size;
}
