/* SPDX-License-Identifier: Apache-2.0 */
/* openapi.c — OpenAPI 3.1 from operations, columns and routes. A type that an operation takes or
 * gives becomes one schema; the schema's name is the type's. */
#include "openapi.h"
#include "writer.h"

#include <stdlib.h>
#include <string.h>

struct doc {
    http_writer w;
    struct seen {
        const pn_type *type;
        bool keyed; /* a body whose key column comes from the path */
        bool body;  /* or part of one */
    } * types;      /* to be described, each once */
    size_t n, max;
    bool body; /* what is being described goes in */
    bool bad;
};

static void remember(struct doc *d, const pn_type *type, bool keyed)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->types[i].type == type)
            return;
    if (d->n == d->max) {
        size_t max = d->max ? d->max * 2 : 64;
        struct seen *types = realloc(d->types, max * sizeof *types);
        if (!types) {
            d->bad = true;
            return;
        }
        d->types = types;
        d->max = max;
    }
    d->types[d->n++] = (struct seen){type, keyed, d->body};
}

static void put_ref(struct doc *d, const char *key, const char *group, const char *name)
{
    http_text ref = {0};
    http_putf(&ref, "#/components/%s/%s", group, name);
    http_open(&d->w, key, '{');
    http_str(&d->w, "$ref", ref.s);
    http_shut(&d->w, '}');
    d->bad |= ref.bad;
    http_text_free(&ref);
}

static void put_type(struct doc *d, const char *key, const pn_type *type)
{
    remember(d, type, false);
    put_ref(d, key, "schemas", type->name);
}

/* In a body an id may be whatever stands for it: a code, a printed number. */
static bool named(const struct doc *d, const pn_col *c)
{
    return d->body && c->kind == PN_K_INT && c->ref;
}

/* Absent is null, in answers and in bodies alike. */
static bool nullable(const pn_col *c)
{
    bool empty = c->kind == PN_K_TEXT || c->kind == PN_K_WORD || c->kind == PN_K_TIME ||
                 c->kind == PN_K_DATE || c->kind == PN_K_BYTES || (c->flags & PN_OPT);
    return empty && !(c->flags & (PN_REQ | PN_KEY));
}

static void put_words(http_writer *w, const pn_col *c)
{
    http_open(w, "enum", '[');
    for (const pn_words *word = c->words; word && word->name; word++)
        http_str(w, NULL, word->name);
    if (nullable(c))
        http_str(w, NULL, NULL);
    http_shut(w, ']');
}

static void put_kind(struct doc *d, const pn_col *c, const char *type)
{
    http_writer *w = &d->w;
    if (!nullable(c) && !named(d, c)) {
        http_str(w, "type", type);
        return;
    }
    http_open(w, "type", '[');
    http_str(w, NULL, type);
    if (named(d, c))
        http_str(w, NULL, "string");
    if (nullable(c))
        http_str(w, NULL, "null");
    http_shut(w, ']');
}

/* type, format and limits of one value */
static void put_value(struct doc *d, const pn_col *c)
{
    static const struct {
        const char *type, *format;
    } kinds[] = {
        [PN_K_INT] = {"integer", "int64"},     [PN_K_INT4] = {"integer", "int32"},
        [PN_K_BOOL] = {"boolean", NULL},       [PN_K_REAL] = {"number", "double"},
        [PN_K_TEXT] = {"string", NULL},        [PN_K_MONEY] = {"string", "decimal"},
        [PN_K_TIME] = {"string", "date-time"}, [PN_K_DATE] = {"string", "date"},
        [PN_K_WORD] = {"string", NULL},        [PN_K_JSON] = {NULL, NULL},
        [PN_K_BYTES] = {"string", "byte"},     [PN_K_TEXTS] = {"array", NULL},
        [PN_K_ROWS] = {"array", NULL},
    };
    http_writer *w = &d->w;
    if (kinds[c->kind].type)
        put_kind(d, c, kinds[c->kind].type);
    if (kinds[c->kind].format)
        http_str(w, "format", kinds[c->kind].format);
    if (c->kind == PN_K_WORD)
        put_words(w, c);
    if (c->kind == PN_K_TEXTS) {
        http_open(w, "items", '{');
        http_str(w, "type", "string");
        http_shut(w, '}');
    }
    if (c->kind == PN_K_ROWS && c->of)
        put_type(d, "items", c->of);
    if (c->max > c->min && (c->kind == PN_K_INT || c->kind == PN_K_INT4)) {
        http_num(w, "minimum", c->min);
        http_num(w, "maximum", c->max);
    }
    if (c->kind == PN_K_TEXT && c->max > 0)
        http_num(w, "maxLength", c->max);
}

static void put_col(struct doc *d, const pn_col *c)
{
    http_writer *w = &d->w;
    http_open(w, c->name, '{');
    if (c->label)
        http_str(w, "title", c->label);
    if (c->hint)
        http_str(w, "description", c->hint);
    put_value(d, c);
    if (c->flags & PN_SECRET)
        http_yes(w, "writeOnly");
    if (c->flags & PN_PII)
        http_yes(w, "x-personal-data");
    if (c->ref)
        http_str(w, "x-ref", c->ref);
    http_shut(w, '}');
}

static void put_schema(struct doc *d, const pn_type *type, bool keyed)
{
    http_writer *w = &d->w;
    uint32_t hidden = keyed ? PN_KEY : 0;
    bool some = false;
    http_open(w, type->name, '{');
    http_str(w, "type", "object");
    http_open(w, "properties", '{');
    for (const pn_col *c = type->cols; c->name; c++) {
        if (c->flags & hidden)
            continue;
        put_col(d, c);
        some |= (c->flags & PN_REQ) != 0;
    }
    http_shut(w, '}');
    if (some) {
        http_open(w, "required", '[');
        for (const pn_col *c = type->cols; c->name; c++)
            if ((c->flags & PN_REQ) && !(c->flags & hidden))
                http_str(w, NULL, c->name);
        http_shut(w, ']');
    }
    http_shut(w, '}');
}

/* ---- operations ---- */

static void open_param(http_writer *w, const char *name, const char *where, bool required)
{
    http_open(w, NULL, '{');
    http_str(w, "name", name);
    http_str(w, "in", where);
    if (required)
        http_yes(w, "required");
}

static void put_param(struct doc *d, const pn_col *c, const char *where, bool required)
{
    open_param(&d->w, !strcmp(where, "path") ? "id" : c->name, where, required);
    if (c->hint || c->label)
        http_str(&d->w, "description", c->hint ? c->hint : c->label);
    http_open(&d->w, "schema", '{');
    if (!strcmp(where, "query") && !(c->flags & PN_KEY))
        put_value(d, c);
    else
        http_str(&d->w, "type", "string"); /* an id, or a number or name that stands for it */
    http_shut(&d->w, '}');
    http_shut(&d->w, '}');
}

/* Filters take lists and ranges, so whatever the column is they are text. */
static void put_filters(struct doc *d, const pn_type *rows)
{
    for (const pn_col *c = rows->cols; c->name; c++) {
        if (!http_filterable(c) || pn_type_col(&pn_list_t, c->name))
            continue;
        open_param(&d->w, c->name, "query", false);
        http_str(&d->w, "description", c->label ? c->label : c->name);
        http_open(&d->w, "schema", '{');
        http_str(&d->w, "type", "string");
        http_shut(&d->w, '}');
        http_shut(&d->w, '}');
    }
}

static void put_params(struct doc *d, const http_route *r)
{
    http_writer *w = &d->w;
    http_open(w, "parameters", '[');
    if (r->key)
        put_param(d, r->key, "path", true);
    const pn_type *in = r->op->list ? &pn_list_t : r->op->in;
    for (const pn_col *c = in && !r->body ? in->cols : NULL; c && c->name; c++)
        if (c != r->key)
            put_param(d, c, "query", (c->flags & PN_REQ) != 0);
    if (r->op->list && r->op->out)
        put_filters(d, r->op->out);
    if (r->op->flags & PN_WRITE) {
        open_param(w, "Idempotency-Key", "header", false);
        http_str(w, "description", "The same key with the same request gives the stored answer");
        http_open(w, "schema", '{');
        http_str(w, "type", "string");
        http_num(w, "maxLength", HTTP_ID_MAX);
        http_shut(w, '}');
        http_shut(w, '}');
    }
    http_shut(w, ']');
}

static void open_json(http_writer *w)
{
    http_open(w, "content", '{');
    http_open(w, "application/json", '{');
}

static void shut_json(http_writer *w)
{
    http_shut(w, '}');
    http_shut(w, '}');
}

static void put_list_schema(struct doc *d, const pn_type *rows)
{
    http_writer *w = &d->w;
    http_open(w, "schema", '{');
    http_str(w, "type", "object");
    http_open(w, "properties", '{');
    http_open(w, "items", '{');
    http_str(w, "type", "array");
    put_type(d, "items", rows);
    http_shut(w, '}');
    http_open(w, "next", '{');
    http_open(w, "type", '[');
    http_str(w, NULL, "string");
    http_str(w, NULL, "null");
    http_shut(w, ']');
    http_str(w, "description", "The value of `after` for the next page; null at the end");
    http_shut(w, '}');
    http_shut(w, '}');
    http_shut(w, '}');
}

static void put_responses(struct doc *d, const http_route *r)
{
    http_writer *w = &d->w;
    const pn_op *op = r->op;
    http_open(w, "responses", '{');
    http_open(w, !op->out ? "204" : strcmp(op->verb, "create") ? "200" : "201", '{');
    http_str(w, "description", op->out ? "Done" : "Done, nothing to tell");
    if (op->out) {
        open_json(w);
        if (op->list)
            put_list_schema(d, op->out);
        else
            put_type(d, "schema", op->out);
        shut_json(w);
    }
    http_shut(w, '}');
    put_ref(d, "default", "responses", "problem");
    http_shut(w, '}');
}

static void put_operation(struct doc *d, const http_route *r)
{
    static const char *const keys[] = {"GET", "get", "POST", "post", "PATCH", "patch"};
    http_writer *w = &d->w;
    http_text name = {0};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i += 2)
        if (!strcmp(keys[i], r->method))
            http_open(w, keys[i + 1], '{');
    http_putf(&name, "%s.%s", r->op->noun, r->op->verb);
    http_str(w, "operationId", name.s);
    d->bad |= name.bad;
    http_text_free(&name);
    http_open(w, "tags", '[');
    http_str(w, NULL, r->op->noun);
    http_shut(w, ']');
    http_str(w, "summary", r->op->brief ? r->op->brief : r->op->verb);
    if (r->op->help)
        http_str(w, "description", r->op->help);
    put_params(d, r);
    if (r->body && r->op->in) {
        http_open(w, "requestBody", '{');
        open_json(w);
        d->body = true;
        remember(d, r->op->in, r->key != NULL);
        put_type(d, "schema", r->op->in);
        d->body = false;
        shut_json(w);
        http_shut(w, '}');
    }
    put_responses(d, r);
    if (r->op->may & PN_ROLE_PUBLIC) {
        http_open(w, "security", '[');
        http_shut(w, ']');
    }
    http_shut(w, '}');
}

/* All methods of one path stand together, at the first of them. */
static void put_paths(struct doc *d, const http_routes *routes)
{
    const http_route *end = routes->all + routes->n;
    http_open(&d->w, "paths", '{');
    for (const http_route *r = routes->all; r < end; r++) {
        const http_route *first = routes->all;
        while (strcmp(first->path, r->path))
            first++;
        if (first != r)
            continue;
        http_open(&d->w, r->path, '{');
        for (const http_route *s = r; s < end; s++)
            if (!strcmp(s->path, r->path))
                put_operation(d, s);
        http_shut(&d->w, '}');
    }
    for (const http_page *g = http_pages; g->path; g++) {
        http_open(&d->w, g->path, '{');
        http_open(&d->w, strcmp(g->method, "GET") ? "post" : "get", '{');
        http_str(&d->w, "summary", g->brief);
        http_open(&d->w, "security", '[');
        http_shut(&d->w, ']');
        http_open(&d->w, "responses", '{');
        http_open(&d->w, "200", '{');
        http_str(&d->w, "description", "Done");
        http_shut(&d->w, '}');
        put_ref(d, "default", "responses", "problem");
        http_shut(&d->w, '}');
        http_shut(&d->w, '}');
        http_shut(&d->w, '}');
    }
    http_shut(&d->w, '}');
}

static void put_problem(http_writer *w)
{
    static const char *const texts[] = {"type", "code", "title", "detail", "field", "hint"};
    http_open(w, "problem", '{');
    http_str(w, "type", "object");
    http_open(w, "properties", '{');
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        http_open(w, texts[i], '{');
        http_str(w, "type", "string");
        http_shut(w, '}');
    }
    http_open(w, "status", '{');
    http_str(w, "type", "integer");
    http_shut(w, '}');
    http_shut(w, '}');
    http_open(w, "required", '[');
    http_str(w, NULL, "type");
    http_str(w, NULL, "status");
    http_str(w, NULL, "code");
    http_shut(w, ']');
    http_shut(w, '}');
}

static void put_components(struct doc *d)
{
    http_writer *w = &d->w;
    http_open(w, "components", '{');
    http_open(w, "securitySchemes", '{');
    http_open(w, "token", '{');
    http_str(w, "type", "http");
    http_str(w, "scheme", "bearer");
    http_shut(w, '}');
    http_shut(w, '}');
    http_open(w, "responses", '{');
    http_open(w, "problem", '{');
    http_str(w, "description", "Refused: what happened, the field, what to do next");
    http_open(w, "content", '{');
    http_open(w, "application/problem+json", '{');
    put_ref(d, "schema", "schemas", "problem");
    http_shut(w, '}');
    http_shut(w, '}');
    http_shut(w, '}');
    http_shut(w, '}');
    http_open(w, "schemas", '{');
    put_problem(w);
    for (size_t i = 0; i < d->n; i++) { /* grows while it is read: rows within rows */
        d->body = d->types[i].body;
        put_schema(d, d->types[i].type, d->types[i].keyed);
    }
    http_shut(w, '}');
    http_shut(w, '}');
}

/* Modules whose operations all stay on the machine have no place in the document. */
static bool served(const pn_module *m)
{
    http_route route;
    for (const pn_op *const *op = m->ops; op && *op; op++)
        if (http_route_of(*op, &route))
            return true;
    return false;
}

void http_openapi(const http_routes *routes, http_text *t)
{
    struct doc d = {.w = {.t = t}};
    http_writer *w = &d.w;
    http_open(w, NULL, '{');
    http_str(w, "openapi", "3.1.0");
    http_open(w, "info", '{');
    http_str(w, "title", "Piaoniu");
    http_str(w, "version", PN_VERSION);
    http_shut(w, '}');
    http_open(w, "security", '[');
    http_open(w, NULL, '{');
    http_open(w, "token", '[');
    http_shut(w, ']');
    http_shut(w, '}');
    http_shut(w, ']');
    http_open(w, "tags", '[');
    for (const pn_module *const *m = pn_modules(); *m; m++) {
        if (!served(*m))
            continue;
        http_open(w, NULL, '{');
        http_str(w, "name", (*m)->noun);
        if ((*m)->title)
            http_str(w, "description", (*m)->title);
        http_shut(w, '}');
    }
    http_shut(w, ']');
    put_paths(&d, routes);
    put_components(&d);
    http_shut(w, '}');
    http_puts(t, "\n");
    t->bad |= d.bad;
    free(d.types);
}
