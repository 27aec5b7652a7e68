/* SPDX-License-Identifier: Apache-2.0 */
/* plan_check.c — the schema of seating plans as tables, and the walk over a document with them.
 * Every failure says where: $.zones[0].rows[2].seats[5].category. */
#include "seating/plan_int.h"
#include "base/map_int.h"

#include <stdio.h>
#include <string.h>

enum { PATH_MAX_LEN = 200 };

typedef enum sort { TEXT, TEXT_OR_NULL, NUMBER, WHOLE, OBJECT, LIST, WORD } sort;
typedef struct rule {
    const char *key;
    sort sort;
    bool required;
    const struct rule *of;     /* OBJECT, LIST */
    const char *const *among;  /* WORD; null is fine too */
} rule;

static const char *const ends[] = {"start", "end", "both", NULL};
static const char *const directions[] = {"<", ">", "<>", NULL};
static const char *const shapes[] = {"polygon", "rectangle", "ellipse", "circle", "text", NULL};

static const rule position[] = {{"x", NUMBER, true}, {"y", NUMBER, true}, {0}};
static const rule size[] = {{"width", WHOLE, true}, {"height", WHOLE, true}, {0}};
static const rule category[] = {{"name", TEXT, true}, {"color", TEXT}, {"uuid", TEXT}, {0}};
static const rule polygon[] = {{"points", LIST, true, position}, {0}};
static const rule rectangle[] = {{"width", NUMBER, true}, {"height", NUMBER, true}, {0}};
static const rule ellipse[] = {{"radius", OBJECT, true, position}, {0}};
static const rule circle[] = {{"radius", NUMBER, true}, {0}};
static const rule words[] = {
    {"text", TEXT, true}, {"position", OBJECT, false, position}, {"color", TEXT},
    {"size", NUMBER}, {0}};
static const rule area[] = {
    {"shape", WORD, true, NULL, shapes}, {"position", OBJECT, true, position},
    {"rotation", NUMBER}, {"color", TEXT}, {"border_color", TEXT},
    {"polygon", OBJECT, false, polygon}, {"rectangle", OBJECT, false, rectangle},
    {"ellipse", OBJECT, false, ellipse}, {"circle", OBJECT, false, circle},
    {"text", OBJECT, false, words}, {"uuid", TEXT}, {0}};
static const rule seat[] = {
    {"seat_guid", TEXT, true}, {"seat_number", TEXT, true},
    {"position", OBJECT, true, position}, {"category", TEXT, true},
    {"start_direction", WORD, false, NULL, directions}, {"radius", WHOLE}, {"uuid", TEXT}, {0}};
static const rule row[] = {
    {"row_number", TEXT, true}, {"seats", LIST, true, seat}, {"row_label", TEXT_OR_NULL},
    {"seat_label", TEXT_OR_NULL}, {"row_number_position", WORD, false, NULL, ends},
    {"position", OBJECT, false, position}, {"uuid", TEXT}, {0}};
static const rule zone[] = {
    {"position", OBJECT, true, position}, {"rows", LIST, true, row}, {"name", TEXT},
    {"zone_id", TEXT}, {"areas", LIST, false, area}, {"uuid", TEXT}, {0}};
static const rule plan[] = {
    {"name", TEXT, true}, {"categories", LIST, true, category}, {"zones", LIST, true, zone},
    {"size", OBJECT, false, size}, {0}};

typedef struct walk {
    pn *p;
    bool lax, *changed;
    pn_texts *dropped;
    char path[PATH_MAX_LEN];
    size_t len;
    pni_map categories, guids, uuids, keys;
} walk;

static int refuse(walk *w, const char *what)
{
    return pn_fail(w->p, PN_EARG, "file", "%s: %s", w->path, what);
}

/* Go down by a key or an index; returns where to come back to. */
static size_t down(walk *w, const char *key, size_t index)
{
    size_t back = w->len;
    int n = key ? snprintf(w->path + back, PATH_MAX_LEN - back, ".%s", key)
                : snprintf(w->path + back, PATH_MAX_LEN - back, "[%zu]", index);
    w->len = n > 0 && back + (size_t)n < PATH_MAX_LEN ? back + (size_t)n : PATH_MAX_LEN - 1;
    return back;
}

static void up(walk *w, size_t back)
{
    w->len = back;
    w->path[back] = '\0';
}

/* ---- the first form of the schema ---- */

static const char *const gone_of_zone[] = {"displayed", NULL};
static const char *const gone_of_row[] = {"number_of_seats", "seats_spacing", NULL};

static void forget(walk *w, json_t *o, const char *const keys[])
{
    for (int i = 0; keys[i]; i++)
        *w->changed |= json_object_del(o, keys[i]) == 0;
}

/* A flat area was a rectangle, perhaps with words in it. */
static int upgrade_area(walk *w, json_t *a)
{
    json_t *width = json_object_get(a, "width"), *height = json_object_get(a, "height");
    json_t *text = json_object_get(a, "text");
    const char *shape = json_string_value(json_object_get(a, "shape"));
    if ((shape && strcmp(shape, "rectangle") != 0) || json_object_get(a, "rectangle") || !width ||
        !height)
        return 0;
    int bad = json_object_set_new(a, "shape", json_string("rectangle"));
    bad |= json_object_set_new(a, "rectangle", json_pack("{s:O,s:O}", "width", width, "height",
                                                         height));
    if (json_is_string(text))
        bad |= json_object_set_new(a, "text", json_pack("{s:O,s:{s:i,s:i}}", "text", text,
                                                        "position", "x", 0, "y", 0));
    bad |= json_object_del(a, "width") | json_object_del(a, "height");
    *w->changed = true;
    return bad ? pn_fail(w->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM)) : 0;
}

static int upgrade(walk *w, json_t *root)
{
    size_t i, j;
    json_t *z, *r, *a;
    json_array_foreach(json_object_get(root, "zones"), i, z)
    {
        forget(w, z, gone_of_zone);
        json_array_foreach(json_object_get(z, "rows"), j, r)
            forget(w, r, gone_of_row);
        json_array_foreach(json_object_get(z, "areas"), j, a)
            PN_TRY(upgrade_area(w, a));
    }
    return 0;
}

/* ---- the schema ---- */

static int check(walk *w, json_t *o, const rule *rules);

static int fits(walk *w, const rule *r, json_t *v)
{
    size_t i;
    json_t *item;
    bool found = json_is_null(v);
    switch (r->sort) {
    case TEXT:
        return json_is_string(v) ? 0 : refuse(w, pn_tr("a text is expected"));
    case TEXT_OR_NULL:
        return json_is_string(v) || found ? 0 : refuse(w, pn_tr("a text or null is expected"));
    case NUMBER:
        return json_is_number(v) ? 0 : refuse(w, pn_tr("a number is expected"));
    case WHOLE:
        return json_is_integer(v) ? 0 : refuse(w, pn_tr("a whole number is expected"));
    case OBJECT:
        return check(w, v, r->of);
    case LIST:
        if (!json_is_array(v))
            return refuse(w, pn_tr("a list is expected"));
        json_array_foreach(v, i, item)
        {
            size_t back = down(w, NULL, i);
            PN_TRY(check(w, item, r->of));
            up(w, back);
        }
        return 0;
    case WORD:
        for (int k = 0; !found && r->among[k]; k++)
            found = json_is_string(v) && !strcmp(json_string_value(v), r->among[k]);
        return found ? 0 : refuse(w, pn_tr("this word is not one of the format"));
    }
    return 0;
}

static int unknown(walk *w, json_t *o, const char *key)
{
    size_t back = down(w, key, 0);
    if (!w->lax) {
        (void)refuse(w, pn_tr("the format has no such key"));
        return pn_hint(w->p, pn_tr("Import with --lax to drop what the format does not know"));
    }
    if (w->dropped->n < PNI_DROPPED_MAX) {
        const char *at = pn_strdup(w->p, w->path);
        if (!at)
            return pn_fail(w->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
        w->dropped->v[w->dropped->n++] = at;
    }
    up(w, back);
    *w->changed = true;
    (void)json_object_del(o, key);
    return 0;
}

static int check(walk *w, json_t *o, const rule *rules)
{
    const char *key;
    json_t *v;
    void *next;
    if (!json_is_object(o))
        return refuse(w, pn_tr("an object is expected"));
    json_object_foreach_safe(o, next, key, v)
    {
        const rule *r = rules;
        while (r->key && strcmp(r->key, key))
            r++;
        if (!r->key) {
            PN_TRY(unknown(w, o, key));
            continue;
        }
        size_t back = down(w, key, 0);
        PN_TRY(fits(w, r, v));
        up(w, back);
    }
    for (const rule *r = rules; r->key; r++) {
        if (!r->required || json_object_get(o, r->key))
            continue;
        (void)down(w, r->key, 0);
        return refuse(w, pn_tr("it is missing"));
    }
    return 0;
}

/* ---- what a schema cannot say ---- */

static int once(walk *w, pni_map *seen, const char *key, const char *text)
{
    const char *before = pni_map_get(seen, text);
    if (before) {
        (void)down(w, key, 0);
        return pn_fail(w->p, PN_EARG, "file", pn_tr("%s: “%s” is at %s already"), w->path, text,
                       before);
    }
    char *here = pn_strdup(w->p, w->path);
    if (!here)
        return pn_fail(w->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    return pni_map_put(seen, text, here);
}

/* Every uuid of the document, of whatever object. */
static int uuids(walk *w, json_t *v)
{
    const char *key;
    json_t *item;
    size_t i;
    if (json_is_array(v))
        json_array_foreach(v, i, item)
        {
            size_t back = down(w, NULL, i);
            PN_TRY(uuids(w, item));
            up(w, back);
        }
    if (!json_is_object(v))
        return 0;
    const char *uuid = json_string_value(json_object_get(v, "uuid"));
    if (uuid)
        PN_TRY(once(w, &w->uuids, "uuid", uuid));
    json_object_foreach(v, key, item)
    {
        size_t back = down(w, key, 0);
        if (json_is_array(item) || json_is_object(item))
            PN_TRY(uuids(w, item));
        up(w, back);
    }
    return 0;
}

static int seat_rules(walk *w, const char *of, json_t *s)
{
    const char *guid = json_string_value(json_object_get(s, "seat_guid"));
    const char *cat = json_string_value(json_object_get(s, "category"));
    const char *number = pni_plan_word(w->p, json_string_value(json_object_get(s, "seat_number")));
    char *key = pn_printf(w->p, "%s/%s", of, number);
    if (!key)
        return pn_fail(w->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    if (!*number) {
        (void)down(w, "seat_number", 0);
        return refuse(w, pn_tr("a seat without a number cannot be named"));
    }
    if (!*guid || strpbrk(guid, " \t\r\n")) {
        (void)down(w, "seat_guid", 0);
        return refuse(w, pn_tr("an identifier has no blanks and is not empty"));
    }
    if (!pni_map_get(&w->categories, cat)) {
        (void)down(w, "category", 0);
        return pn_fail(w->p, PN_EARG, "file", pn_tr("%s: there is no category “%s”"), w->path, cat);
    }
    PN_TRY(once(w, &w->guids, "seat_guid", guid));
    return once(w, &w->keys, "seat_number", key);
}

/* Two zones may have one name, or what is left of it in the keys of their seats. */
static int zone_rules(walk *w, size_t number, json_t *z)
{
    size_t j, k;
    json_t *r, *s;
    pni_plan_row names = {0};
    PN_TRY(pni_plan_names(w->p, z, number, &names));
    size_t rows_back = down(w, "rows", 0);
    json_array_foreach(json_object_get(z, "rows"), j, r)
    {
        size_t row_back = down(w, NULL, j);
        const char *row_name = json_string_value(json_object_get(r, "row_number"));
        char *of = pn_printf(w->p, "%s%s%s/%s", names.floor, *names.floor ? "/" : "",
                             names.section, pni_plan_word(w->p, row_name));
        if (!of)
            return pn_fail(w->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
        (void)down(w, "seats", 0);
        json_array_foreach(json_object_get(r, "seats"), k, s)
        {
            size_t back = down(w, NULL, k);
            PN_TRY(seat_rules(w, of, s));
            up(w, back);
        }
        up(w, row_back);
    }
    up(w, rows_back);
    return 0;
}

int pni_plan_check(pn *p, json_t *root, bool lax, pn_texts *dropped, bool *changed)
{
    walk w = {.p = p, .lax = lax, .changed = changed, .dropped = dropped, .path = "$", .len = 1,
              .categories = {.p = p}, .guids = {.p = p}, .uuids = {.p = p}, .keys = {.p = p}};
    size_t i;
    json_t *item;
    dropped->v = pn_alloc(p, PNI_DROPPED_MAX * sizeof *dropped->v);
    if (!dropped->v)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(upgrade(&w, root));
    PN_TRY(check(&w, root, plan));
    PN_TRY(uuids(&w, root));
    (void)down(&w, "categories", 0);
    json_array_foreach(json_object_get(root, "categories"), i, item)
    {
        size_t back = down(&w, NULL, i);
        PN_TRY(once(&w, &w.categories, "name", json_string_value(json_object_get(item, "name"))));
        up(&w, back);
    }
    up(&w, 1);
    (void)down(&w, "zones", 0);
    json_array_foreach(json_object_get(root, "zones"), i, item)
    {
        size_t back = down(&w, NULL, i);
        PN_TRY(zone_rules(&w, i, item));
        up(&w, back);
    }
    return 0;
}
