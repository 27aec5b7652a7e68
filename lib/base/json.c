/* SPDX-License-Identifier: Apache-2.0 */
/* json.c — structs from and to JSON. Reading uses jansson (requests are small); writing appends
 * straight to a buffer, because lists are not. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/unit_int.h"
#include "base/value_int.h"
#include "base/when_int.h"

static void drop(json_t **j)
{
    json_decref(*j);
}

/* In our words: the parser's are English only. */
static const char *why_not(const json_error_t *err)
{
    switch ((int)json_error_code(err)) {
    case json_error_premature_end_of_input:
        return pn_tr("it ends too early, a bracket or a quote is still open");
    case json_error_end_of_input_expected:
        return pn_tr("more text follows after its end");
    case json_error_invalid_utf8:
        return pn_tr("this is no UTF-8");
    case json_error_null_character: case json_error_null_byte_in_key:
        return pn_tr("the character of number 0 is in a text");
    case json_error_duplicate_key:
        return pn_tr("the same key is there twice");
    case json_error_numeric_overflow:
        return pn_tr("the number is too large");
    case json_error_stack_overflow:
        return pn_tr("it is nested too deep");
    default:
        return pn_tr("something else is expected here");
    }
}

/* What stands there, as far as the parser quotes it: "… near '"a"'". */
static const char *near(pn *p, const json_error_t *err)
{
    const char *at = strstr(err->text, " near '"), *end = at ? strrchr(at, '\'') : NULL;
    size_t len = end && end > at + 7 ? (size_t)(end - at - 7) : 0;
    return len ? pn_printf(p, pn_tr(" (at %.*s)"), (int)len, at + 7) : "";
}

int pni_json_load(pn *p, const char *field, const char *json, size_t len, size_t flags,
                  json_t **out)
{
    json_error_t err = {0};
    json = json ? json : "";
    *out = json_loadb(json, len, JSON_REJECT_DUPLICATES | flags, &err);
    if (*out)
        return 0;
    bool bytes = json_error_code(&err) == json_error_invalid_utf8; /* not to be quoted */
    const char *quoted = bytes ? "" : near(p, &err);
    if (!*err.text || json_error_code(&err) == json_error_out_of_memory || !quoted)
        return pni_oom(p);
    if (!memchr(json, '\n', len)) /* of a flag, of a line of a batch */
        return pn_fail(p, PN_EARG, field, pn_tr("Column %d: not valid JSON, %s%s"), err.column,
                       why_not(&err), quoted);
    return pn_fail(p, PN_EARG, field, pn_tr("Line %d, column %d: not valid JSON, %s%s"), err.line,
                   err.column, why_not(&err), quoted);
}

int pni_json_hint(pn *p)
{
    if (p->err.code != PN_EARG)
        return (int)p->err.code;
    return pn_hint(p, "%s", pn_tr("Keys and texts stand in \"double quotes\", one comma stands"
                   " between two values and none after the last"));
}

static int load(pn *p, const char *field, const char *json, size_t len, json_t **out)
{
    return pni_json_load(p, field, json, len, JSON_DECODE_ANY, out) ? pni_json_hint(p) : 0;
}

int pni_json_check(pn *p, const char *field, const char *text)
{
    __attribute__((cleanup(drop))) json_t *j = NULL;
    return load(p, field, text, strlen(text), &j);
}

static int fill(pn *p, const pn_type *type, const json_t *j, void *row);

static int fill_rows(pn *p, const pn_col *col, const json_t *j, pn_rows *out)
{
    if (!json_is_array(j))
        return pn_fail(p, PN_EARG, col->name, pn_tr("%s: expected a JSON array"), col->name);
    size_t n = json_array_size(j);
    char *rows = pn_alloc(p, n * col->of->size + 1);
    if (!rows)
        return pni_oom(p);
    for (size_t i = 0; i < n; i++)
        PN_TRY(fill(p, col->of, json_array_get(j, i), rows + i * col->of->size));
    *out = (pn_rows){rows, n};
    return 0;
}

int pni_rows_from_json(pn *p, const pn_col *col, const char *json, size_t len, pn_rows *out)
{
    __attribute__((cleanup(drop))) json_t *j = NULL;
    PN_TRY(load(p, col->name, json, len, &j));
    return fill_rows(p, col, j, out);
}

static int fill_texts(pn *p, const pn_col *col, const json_t *j, pn_texts *out)
{
    size_t n = json_array_size(j);
    const char **v = pn_alloc(p, (n + 1) * sizeof *v);
    if (!v)
        return pni_oom(p);
    for (size_t i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(j, i));
        if (!text)
            return pn_fail(p, PN_EARG, col->name, pn_tr("%s: expected texts"), col->name);
        if (!(v[i] = pn_strdup(p, text)))
            return pni_oom(p);
    }
    *out = (pn_texts){v, n};
    return 0;
}

static int fill_dump(pn *p, const pn_type *type, const pn_col *col, const json_t *j, void *row)
{
    char *text = json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY);
    if (!text)
        return pni_oom(p);
    int rc = pn_set(p, type, row, col, text);
    free(text);
    return rc;
}

/* Money in JSON is a decimal string or a whole number of yuan; never a fraction in binary. */
static int fill_scalar(pn *p, const pn_type *type, const pn_col *col, const json_t *j, void *row)
{
    char text[32];
    if (json_is_string(j))
        return pn_set(p, type, row, col, json_string_value(j));
    if (json_is_boolean(j) && col->kind == PN_K_BOOL) {
        *(bool *)pni_field(col, row) = json_is_true(j);
        return 0;
    }
    if (json_is_integer(j) && (col->kind == PN_K_INT || col->kind == PN_K_INT4 ||
                               col->kind == PN_K_MONEY || col->kind == PN_K_REAL)) {
        snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(j));
        return pn_set(p, type, row, col, text);
    }
    if (json_is_real(j) && col->kind == PN_K_REAL) {
        *(double *)pni_field(col, row) = json_real_value(j);
        return 0;
    }
    return pn_fail(p, PN_EARG, col->name, pn_tr("%s: wrong type of JSON value"), col->name);
}

static int fill_col(pn *p, const pn_type *type, const pn_col *col, const json_t *j, void *row)
{
    if (json_is_null(j))
        return 0;
    if (col->kind == PN_K_ROWS)
        return fill_rows(p, col, j, pni_field(col, row));
    if (col->kind == PN_K_TEXTS && json_is_array(j))
        return fill_texts(p, col, j, pni_field(col, row));
    if (col->kind == PN_K_JSON)
        return fill_dump(p, type, col, j, row);
    return fill_scalar(p, type, col, j, row);
}

static int fill(pn *p, const pn_type *type, const json_t *j, void *row)
{
    if (!json_is_object(j))
        return pn_fail(p, PN_EARG, NULL, pn_tr("Expected a JSON object"));
    const char *key;
    json_t *value, *obj = (json_t *)(uintptr_t)j;
    json_object_foreach(obj, key, value) {
        const pn_col *col = pn_type_col(type, key);
        if (!col)
            return pn_fail(p, PN_EARG, pn_strdup(p, key), pn_tr("Unknown key \"%.60s\""), key);
        PN_TRY(fill_col(p, type, col, value, row));
    }
    return 0;
}

int pn_from_json(pn *p, const pn_type *type, const char *json, size_t len, void *row)
{
    if (!p)
        return PN_EMEM;
    __attribute__((cleanup(drop))) json_t *j = NULL;
    PN_TRY(load(p, NULL, json, len, &j));
    void *fresh = pn_alloc(p, type->size);
    if (!fresh)
        return pni_oom(p);
    PN_TRY(fill(p, type, j, fresh));
    memcpy(row, fresh, type->size);
    return 0;
}

static void put_base64(pn_buf *b, const pn_bytes *bytes)
{
    static const char abc[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *d = bytes->data;
    pn_buf_put(b, "\"", 1);
    for (size_t i = 0; i < bytes->len; i += 3) {
        size_t left = bytes->len - i;
        unsigned v = d[i] << 16 | (left > 1 ? d[i + 1] << 8 : 0) | (left > 2 ? d[i + 2] : 0);
        char out[4] = {abc[v >> 18], abc[v >> 12 & 63], left > 1 ? abc[v >> 6 & 63] : '=',
                       left > 2 ? abc[v & 63] : '='};
        pn_buf_put(b, out, 4);
    }
    pn_buf_put(b, "\"", 1);
}

static void put_rows(pn_buf *b, const pn_col *col, const pn_rows *rows)
{
    pn_buf_put(b, "[", 1);
    for (size_t i = 0; i < rows->n; i++) {
        if (i)
            pn_buf_put(b, ",", 1);
        pn_to_json(b, col->of, (const char *)rows->row + i * col->of->size);
    }
    pn_buf_put(b, "]", 1);
}

static void put_texts(pn_buf *b, const pn_texts *t)
{
    pn_buf_put(b, "[", 1);
    for (size_t i = 0; i < t->n; i++) {
        if (i)
            pn_buf_put(b, ",", 1);
        pn_buf_json(b, t->v[i]);
    }
    pn_buf_put(b, "]", 1);
}

static void put_money(pn_buf *b, int64_t fen)
{
    uint64_t v = fen < 0 ? (uint64_t)0 - (uint64_t)fen : (uint64_t)fen;
    char tail[4] = {'.', (char)('0' + v % 100 / 10), (char)('0' + v % 10), '"'};
    pn_buf_puts(b, fen < 0 ? "\"-" : "\"");
    pni_buf_int(b, (int64_t)(v / 100));
    pn_buf_put(b, tail, sizeof tail);
}

static void put_value(pn_buf *b, const pn_col *col, const void *row)
{
    const void *f = pni_field(col, row);
    if (pn_absent(col, row) && col->kind != PN_K_ROWS && col->kind != PN_K_TEXTS) {
        pn_buf_put(b, "null", 4);
        return;
    }
    switch ((pn_kind)col->kind) {
    case PN_K_INT:
        pni_buf_int(b, *(const int64_t *)f);
        return;
    case PN_K_INT4:
        pni_buf_int(b, *(const int *)f);
        return;
    case PN_K_MONEY:
        put_money(b, ((const pn_money *)f)->fen);
        return;
    case PN_K_REAL: case PN_K_BOOL:
        pn_buf_puts(b, pn_plain(b->p, col, row));
        return;
    case PN_K_TEXT: case PN_K_TIME: case PN_K_DATE: case PN_K_WORD:
        pn_buf_json(b, pn_plain(b->p, col, row));
        return;
    case PN_K_JSON:
        pn_buf_puts(b, ((const pn_json *)f)->text);
        return;
    case PN_K_BYTES:
        put_base64(b, f);
        return;
    case PN_K_TEXTS:
        put_texts(b, f);
        return;
    case PN_K_ROWS:
        put_rows(b, col, f);
        return;
    }
}

void pn_to_json(pn_buf *b, const pn_type *type, const void *row)
{
    pn_buf_put(b, "{", 1);
    for (const pn_col *c = type->cols; c->name; c++) {
        pni_buf_name(b, c->name, c == type->cols);
        put_value(b, c, row);
    }
    pn_buf_put(b, "}", 1);
}

enum { LONG = 2000 }; /* longer texts are told by their size */

void pni_to_json_redacted(pn_buf *b, const pn_type *type, const void *row)
{
    bool first = true;
    pn_buf_put(b, "{", 1);
    for (const pn_col *c = type ? type->cols : NULL; c && c->name; c++) {
        if (pn_absent(c, row))
            continue;
        if (!first)
            pn_buf_put(b, ",", 1);
        first = false;
        pn_buf_json(b, c->name);
        if (c->flags & (PN_SECRET | PN_PII)) {
            pn_buf_puts(b, ":\"***\"");
        } else if (c->kind == PN_K_BYTES) {
            pn_buf_putf(b, ":\"(%zu bytes)\"", ((const pn_bytes *)pni_field(c, row))->len);
        } else if (c->kind == PN_K_TEXT &&
                   (c->flags & PN_FILE ||
                    strlen(*(const char *const *)pni_field(c, row)) > LONG)) {
            pn_buf_putf(b, ":\"(%zu bytes)\"", strlen(*(const char *const *)pni_field(c, row)));
        } else if (c->kind == PN_K_ROWS) {
            pn_rows *rows = pni_field(c, row);
            pn_buf_put(b, ":[", 2);
            for (size_t i = 0; i < rows->n && i < 100; i++) {
                pn_buf_puts(b, i ? "," : "");
                pni_to_json_redacted(b, c->of, (const char *)rows->row + i * c->of->size);
            }
            pn_buf_put(b, "]", 1);
        } else {
            pn_buf_put(b, ":", 1);
            put_value(b, c, row);
        }
    }
    pn_buf_put(b, "}", 1);
}

bool pni_json_tells_all(const pn_type *type, const void *row)
{
    for (const pn_col *c = type->cols; c->name; c++) {
        if (c->flags & (PN_SECRET | PN_PII | PN_FILE) || c->kind == PN_K_ROWS)
            return false;
        const char *text = c->kind == PN_K_TEXT ? *(const char *const *)pni_field(c, row) : NULL;
        if (text && strlen(text) > LONG)
            return false;
    }
    return true;
}
