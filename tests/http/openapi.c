/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenAPI document is well-formed: every reference resolves, names are unique, what a path has
 * in braces is a parameter, and it says what the routes say. */
#include "config.h"

#include "../../http/openapi.h"
#include "../main_int.h"

#include <jansson.h>
#include <string.h>

static http_routes routes;
static json_t *doc;

static void load(void)
{
    http_text t = {0};
    json_error_t err;
    ck_assert(http_routes_make(&routes));
    http_openapi(&routes, &t);
    ck_assert(!t.bad);
    doc = json_loadb(t.s, t.len, JSON_REJECT_DUPLICATES, &err);
    ck_assert_msg(doc != NULL, "line %d: %s", err.line, err.text);
    http_text_free(&t);
}

static void unload(void)
{
    json_decref(doc);
    http_routes_free(&routes);
}

static const char *text(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

/* "#/components/schemas/show" */
static json_t *resolve(const char *ref)
{
    char path[200], *save = NULL;
    json_t *at = doc;
    ck_assert_int_eq(ref[0], '#');
    snprintf(path, sizeof path, "%s", ref + 1);
    for (char *part = strtok_r(path, "/", &save); part; part = strtok_r(NULL, "/", &save))
        at = json_object_get(at, part);
    return at;
}

static void check_refs(json_t *at)
{
    const char *key;
    json_t *value;
    size_t i;
    if (json_is_array(at))
        json_array_foreach(at, i, value) check_refs(value);
    json_object_foreach(at, key, value)
    {
        if (!strcmp(key, "$ref"))
            ck_assert_msg(resolve(json_string_value(value)) != NULL, "%s leads nowhere",
                          json_string_value(value));
        else
            check_refs(value);
    }
}

START_TEST(every_reference_resolves)
{
    check_refs(doc);
}
END_TEST

START_TEST(it_is_openapi_3_1)
{
    ck_assert_str_eq(text(doc, "openapi"), "3.1.0");
    ck_assert_str_ne(text(json_object_get(doc, "info"), "title"), "");
    ck_assert_str_eq(text(json_object_get(doc, "info"), "version"), PN_VERSION);
}
END_TEST

START_TEST(every_route_is_described)
{
    json_t *paths = json_object_get(doc, "paths");
    for (const http_route *r = routes.all; r < routes.all + routes.n; r++) {
        const char *method = !strcmp(r->method, "GET")    ? "get"
                             : !strcmp(r->method, "POST") ? "post"
                                                          : "patch";
        char name[100];
        snprintf(name, sizeof name, "%s.%s", r->op->noun, r->op->verb);
        json_t *op = json_object_get(json_object_get(paths, r->path), method);
        ck_assert_str_eq(text(op, "operationId"), name);
        ck_assert_str_ne(text(op, "summary"), "");
        ck_assert_uint_ge(json_object_size(json_object_get(op, "responses")), 2);
        ck_assert_int_eq(json_object_get(op, "requestBody") != NULL, r->body && r->op->in);
        json_t *param, *params = json_object_get(op, "parameters");
        size_t i, k;
        bool id = false;
        json_array_foreach(params, i, param)
        {
            id |= !strcmp(text(param, "in"), "path");
            if (!strcmp(text(param, "in"), "path"))
                ck_assert(json_is_true(json_object_get(param, "required")));
            ck_assert_ptr_nonnull(json_object_get(param, "schema"));
            for (k = 0; k < i; k++)
                ck_assert_msg(strcmp(text(json_array_get(params, k), "name"), text(param, "name")),
                              "%s: parameter %s twice", name, text(param, "name"));
        }
        ck_assert_int_eq(id, strstr(r->path, "{id}") != NULL);
    }
}
END_TEST

START_TEST(what_is_required_is_there)
{
    const char *name;
    json_t *schema, *word;
    size_t i;
    json_object_foreach(resolve("#/components/schemas"), name, schema)
    {
        ck_assert_uint_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-"), strlen(name));
        ck_assert_str_eq(text(schema, "type"), "object");
        json_array_foreach(json_object_get(schema, "required"), i, word) ck_assert_ptr_nonnull(
            json_object_get(json_object_get(schema, "properties"), json_string_value(word)));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http openapi");
    TCase *c = tcase_create("openapi");
    tcase_add_checked_fixture(c, load, unload);
    tcase_add_test(c, it_is_openapi_3_1);
    tcase_add_test(c, every_reference_resolves);
    tcase_add_test(c, every_route_is_described);
    tcase_add_test(c, what_is_required_is_there);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
