/* SPDX-License-Identifier: Apache-2.0 */
/* print.c — columns to text, for people and for machines. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/unit_int.h"
#include "base/value_int.h"
#include "base/when_int.h"

const char *pni_money_text(pn *p, int64_t fen)
{
    uint64_t v = fen < 0 ? (uint64_t)0 - (uint64_t)fen : (uint64_t)fen;
    const char *text =
        pn_printf(p, "%s%" PRIu64 ".%02" PRIu64, fen < 0 ? "-" : "", v / 100, v % 100);
    return text ? text : "";
}

/* ¥1,284,560.00 */
static const char *money_pretty(pn *p, int64_t fen)
{
    const char *plain = pni_money_text(p, fen < 0 ? -fen : fen);
    size_t whole = strcspn(plain, ".");
    pn_buf b = pn_buf_new(p);
    pn_buf_puts(&b, fen < 0 ? "-¥" : "¥");
    for (size_t i = 0; i < whole; i++) {
        if (i && (whole - i) % 3 == 0)
            pn_buf_put(&b, ",", 1);
        pn_buf_put(&b, plain + i, 1);
    }
    pn_buf_puts(&b, plain + whole);
    return b.bad ? "" : b.text;
}

/* What people call that value, where its column knows it. */
static const char *called(const pn_col *col, const char *text)
{
    if (col->flags & PN_TITLED)
        return pni_title_of(text);
    for (const pn_words *w = col->words; w && w->name; w++)
        if (!strcmp(w->name, text))
            return pn_tr(w->label);
    return text;
}

/* One value, or several with commas between. */
static const char *called_all(pn *p, const pn_col *col, const char *text)
{
    if (!col->words || !strstr(text, ", "))
        return called(col, text);
    pn_buf b = pn_buf_new(p);
    for (const char *at = text; *at;) {
        size_t n = strcspn(at, ",");
        const char *one = pn_printf(p, "%.*s", (int)n, at);
        pn_buf_putf(&b, "%s%s", b.len ? ", " : "", one ? called(col, one) : "");
        at += n + strspn(at + n, ", ");
    }
    return b.bad ? text : b.text;
}

static const char *join(pn *p, const pn_col *col, const pn_texts *t, bool machine)
{
    pn_buf b = pn_buf_new(p);
    for (size_t i = 0; i < t->n; i++)
        pn_buf_putf(&b, "%s%s", !i ? "" : machine ? "," : " ",
                    machine ? t->v[i] : called(col, t->v[i]));
    return b.bad || !b.text ? "" : b.text;
}

static const char *moment(pn *p, const pn_col *col, const void *f, bool machine)
{
    char text[40] = "";
    if (col->kind == PN_K_TIME)
        pni_when_text(*(const pn_time *)f, machine, text);
    else
        pni_date_text(*(const pn_date *)f, text);
    const char *copy = pn_strdup(p, text);
    return copy ? copy : "";
}

static const char *number(pn *p, const pn_col *col, const void *f)
{
    const char *text;
    if (col->kind == PN_K_INT)
        text = pn_printf(p, "%" PRId64, *(const int64_t *)f);
    else if (col->kind == PN_K_INT4)
        text = pn_printf(p, "%d", *(const int *)f);
    else
        text = pn_printf(p, "%.10g", *(const double *)f);
    return text ? text : "";
}

/* 500 of 10,000 is 5%. */
static const char *share(pn *p, const pn_col *col, const void *f)
{
    double v = col->kind == PN_K_INT ? (double)*(const int64_t *)f : *(const int *)f;
    const char *text = pn_printf(p, "%.10g%%", v / 100);
    return text ? text : "";
}

static bool names_share(const char *name)
{
    size_t n = strlen(name);
    return !strcmp(name, "bp") || (n > 3 && !strcmp(name + n - 3, "_bp"));
}

bool pni_is_share(const pn_col *col)
{
    return (col->kind == PN_K_INT || col->kind == PN_K_INT4) && names_share(col->name);
}

static const char *label_in(const pn_type *type, const char *key)
{
    const pn_col *col = type ? pn_type_col(type, key) : NULL;
    return col && col->label && *col->label ? pn_tr(col->label) : NULL;
}

/* What people call a member of an object: the column tells, or it is a column of a change of
 * something, or of anything. */
static const char *member(const pn_col *col, const char *key)
{
    const char *label = strcmp(key, "id") ? NULL : pn_tr(N_("ID")); /* of whatever it is */
    for (const pn_words *w = col->words; w && w->name; w++)
        if (!strcmp(w->name, key))
            return pn_tr(w->label);
    for (int pass = 0; !label && pass < 2; pass++)
        for (const pn_module *const *m = pn_modules(); !label && *m; m++)
            for (const pn_op *const *op = (*m)->ops; !label && *op; op++)
                label = pass                         ? label_in((*op)->out, key)
                        : !strcmp((*op)->verb, "edit") ? label_in((*op)->in, key)
                                                       : NULL;
    return label ? label : key;
}

static void put_scalar(pn_buf *b, const char *key, const json_t *v)
{
    if (json_is_integer(v) && names_share(key))
        pn_buf_putf(b, "%.10g%%", (double)json_integer_value(v) / 100);
    else if (json_is_string(v))
        pn_buf_puts(b, json_string_value(v));
    else if (json_is_boolean(v))
        pn_buf_puts(b, json_is_true(v) ? pn_tr(N_("yes")) : pn_tr(N_("no")));
    else if (json_is_integer(v))
        pn_buf_putf(b, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
    else if (json_is_real(v))
        pn_buf_putf(b, "%.10g", json_real_value(v));
    else
        pn_buf_puts(b, "-");
}

static bool is_scalar(const json_t *v)
{
    return v && !json_is_array(v) && !json_is_object(v);
}

/* What was asked for leaves out what was not. */
static bool is_asked(const pn_col *col)
{
    return !strcmp(col->name, "payload") || !strcmp(col->name, "input");
}

/* An object of texts is told as such; a pair in a difference is what was and what will be. */
static const char *object(pn *p, const pn_col *col, const char *text)
{
    json_t *all = json_loads(text, 0, NULL), *v;
    pn_buf b = pn_buf_new(p);
    const char *key;
    bool plain = json_is_object(all) && json_object_size(all);
    json_object_foreach(all, key, v)
    {
        bool pair = !strcmp(col->name, "diff") && json_array_size(v) == 2 &&
                    is_scalar(json_array_get(v, 0)) && is_scalar(json_array_get(v, 1));
        plain &= pair || is_scalar(v);
        if (json_is_null(v) && is_asked(col))
            continue;
        pn_buf_putf(&b, "%s%s%s", b.len ? "; " : "", member(col, key), pair ? " " : ": ");
        put_scalar(&b, key, pair ? json_array_get(v, 0) : v);
        if (!pair)
            continue;
        pn_buf_puts(&b, " → ");
        put_scalar(&b, key, json_array_get(v, 1));
    }
    json_decref(all);
    return plain && !b.bad && b.text ? b.text : text;
}

static const char *as_json(pn *p, const pn_col *col, const void *row)
{
    pn_buf b = pn_buf_new(p);
    const pn_type one = {"", 0, (const pn_col[]){*col, {0}}};
    pn_to_json(&b, &one, row);
    const char *colon = b.bad || !b.text ? NULL : strchr(b.text, ':');
    if (!colon)
        return "";
    b.text[b.len - 1] = 0; /* {"name":value} -> value */
    return colon + 1;
}

/* ---- those who work here, by name ---- */

void (*pni_people_hook)(pn *p, pni_named *who, size_t n);

enum { PEOPLE_FIRST = 32, PEOPLE_MOST = 4096 };

static bool of_staff(const pn_col *col)
{
    return col->kind == PN_K_INT && col->ref && strcmp(col->ref, "staff") == 0 && pni_people_hook;
}

/* Where he stands among those who were asked for, or the place after them. */
static pni_named *place_of(const pn *p, int64_t id)
{
    size_t i = 0;
    while (i < p->people_n && p->people[i].id != id)
        i++;
    return p->people + i;
}

/* To be asked for; without room he keeps his number. */
static bool meet(pn *p, int64_t id)
{
    if (p->people_n == p->people_room) {
        size_t room = p->people_room ? 2 * p->people_room : PEOPLE_FIRST;
        pni_named *more = room <= PEOPLE_MOST ? pn_alloc(p, room * sizeof *more) : NULL;
        if (!more)
            return false;
        if (p->people_n)
            memcpy(more, p->people, p->people_n * sizeof *more);
        p->people = more;
        p->people_room = room;
    }
    p->people[p->people_n++] = (pni_named){.id = id};
    return true;
}

/* Not while the unit has a connection: another would be waited for. */
static bool may_ask(const pn *p)
{
    return !p->conn && !p->depth;
}

void pn_people(pn *p, const pn_type *type, const void *rows, size_t n)
{
    size_t before = p->people_n;
    if (!may_ask(p))
        return;
    for (const pn_col *col = type->cols; col->name; col++) {
        const char *row = rows;
        for (size_t i = 0; i < n && of_staff(col); i++, row += type->size) {
            int64_t id = *(const int64_t *)pni_field(col, row);
            if (!pn_absent(col, row) && place_of(p, id) == p->people + p->people_n && !meet(p, id))
                break;
        }
    }
    if (p->people_n > before)
        pni_people_hook(p, p->people + before, p->people_n - before);
}

/* NULL: by his number. */
static const char *person(pn *p, const pn_col *col, const void *f)
{
    if (!of_staff(col))
        return NULL;
    int64_t id = *(const int64_t *)f;
    pni_named *who = place_of(p, id);
    if (who < p->people + p->people_n)
        return who->name;
    if (!may_ask(p) || !meet(p, id))
        return NULL;
    who = p->people + p->people_n - 1;
    pni_people_hook(p, who, 1);
    return who->name;
}

bool pn_leads(pn *p, const pn_col *col, const void *row)
{
    if (!of_staff(col))
        return true;
    const pni_named *who = place_of(p, *(const int64_t *)pni_field(col, row));
    return who == p->people + p->people_n || (who->name && !who->away);
}

static const char *text_of(pn *p, const pn_col *col, const void *row, bool machine)
{
    const void *f = pni_field(col, row);
    if (pn_absent(col, row))
        return "";
    const char *name = machine ? NULL : person(p, col, f);
    switch ((pn_kind)col->kind) {
    case PN_K_INT: case PN_K_INT4: case PN_K_REAL:
        return name ? name : !machine && pni_is_share(col) ? share(p, col, f) : number(p, col, f);
    case PN_K_BOOL:
        return *(const bool *)f ? machine ? "true" : pn_tr(N_("yes"))
                                : machine ? "false" : pn_tr(N_("no"));
    case PN_K_TEXT:
        return machine ? *(const char *const *)f
                       : called_all(p, col, *(const char *const *)f);
    case PN_K_MONEY:
        return machine ? pni_money_text(p, ((const pn_money *)f)->fen)
                       : money_pretty(p, ((const pn_money *)f)->fen);
    case PN_K_TIME: case PN_K_DATE:
        return moment(p, col, f, machine);
    case PN_K_WORD:
        return machine ? pn_word_name(col->words, *(const pn_word *)f)
                       : pn_word_label(col->words, *(const pn_word *)f);
    case PN_K_JSON:
        return machine ? ((const pn_json *)f)->text : object(p, col, ((const pn_json *)f)->text);
    case PN_K_TEXTS:
        return join(p, col, f, machine);
    case PN_K_BYTES: case PN_K_ROWS:
        return as_json(p, col, row);
    }
    return "";
}

const char *pn_show(pn *p, const pn_col *col, const void *row)
{
    const char *text = text_of(p, col, row, false);
    return text ? text : "";
}

const char *pn_plain(pn *p, const pn_col *col, const void *row)
{
    const char *text = text_of(p, col, row, true);
    return text ? text : "";
}
