/* SPDX-License-Identifier: Apache-2.0 */
/* bind.c — binary in both directions: no text, no locale, no rounding on the way. */
#include <stdio.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/bind_int.h"
#include "base/composite_int.h"
#include "base/value_int.h"

#define PG_EPOCH_US 946684800000000LL /* 2000-01-01 */
#define PG_EPOCH_DAYS 10957

Oid pni_oid_of(const pn_col *col)
{
    switch ((pn_kind)col->kind) {
    case PN_K_INT: case PN_K_MONEY: return PNI_OID_INT8;
    case PN_K_INT4: return PNI_OID_INT4;
    case PN_K_BOOL: return PNI_OID_BOOL;
    case PN_K_REAL: return PNI_OID_FLOAT8;
    case PN_K_TEXT: case PN_K_WORD: return PNI_OID_TEXT;
    case PN_K_TIME: return PNI_OID_TIMESTAMPTZ;
    case PN_K_DATE: return PNI_OID_DATE;
    case PN_K_JSON: case PN_K_ROWS: return PNI_OID_JSONB;
    case PN_K_BYTES: return PNI_OID_BYTEA;
    case PN_K_TEXTS: return PNI_OID_TEXT_ARRAY;
    }
    return 0;
}

Oid pni_array_oid_of(const pn_col *col)
{
    return pni_array_oid(pni_oid_of(col));
}

Oid pni_array_oid(Oid oid)
{
    switch (oid) {
    case PNI_OID_INT8: return PNI_OID_INT8_ARRAY;
    case PNI_OID_INT4: return PNI_OID_INT4_ARRAY;
    case PNI_OID_BOOL: return 1000;
    case PNI_OID_FLOAT8: return 1022;
    case PNI_OID_TEXT: return PNI_OID_TEXT_ARRAY;
    case PNI_OID_TIMESTAMPTZ: return 1185;
    case PNI_OID_DATE: return 1182;
    case PNI_OID_JSONB: return 3807;
    case PNI_OID_BYTEA: return 1001;
    default: return 0; /* arrays of arrays do not unnest to rows */
    }
}

typedef struct { unsigned char fixed[8]; const char *data; int len; } wire;

static void be64(wire *w, int64_t v)
{
    uint64_t be = htobe64((uint64_t)v);
    memcpy(w->fixed, &be, 8);
    w->len = 8;
}

static void be32(wire *w, int32_t v)
{
    uint32_t be = htobe32((uint32_t)v);
    memcpy(w->fixed, &be, 4);
    w->len = 4;
}

static void put32(pn_buf *b, int32_t v)
{
    uint32_t be = htobe32((uint32_t)v);
    pn_buf_put(b, (const char *)&be, 4);
}

static int wire_texts(pn *p, const pn_texts *t, wire *w)
{
    pn_buf b = pn_buf_new(p);
    put32(&b, t->n ? 1 : 0);
    put32(&b, 0);
    put32(&b, PNI_OID_TEXT);
    if (t->n) {
        put32(&b, (int32_t)t->n);
        put32(&b, 1);
    }
    for (size_t i = 0; i < t->n; i++) {
        if (!t->v[i])
            return pni_oom(p); /* a text that could not be made */
        put32(&b, (int32_t)strlen(t->v[i]));
        pn_buf_puts(&b, t->v[i]);
    }
    w->data = b.text;
    w->len = (int)b.len;
    return b.bad ? pni_oom(p) : 0;
}

static int wire_json(pn *p, const pn_col *col, const void *f, wire *w)
{
    pn_buf b = pn_buf_new(p);
    pn_buf_put(&b, "\1", 1); /* jsonb version */
    if (col->kind == PN_K_JSON) {
        pn_buf_puts(&b, ((const pn_json *)f)->text);
    } else {
        const pn_rows *rows = f;
        for (size_t i = 0; i < rows->n; i++) {
            pn_buf_puts(&b, i ? "," : "[");
            pn_to_json(&b, col->of, (const char *)rows->row + i * col->of->size);
        }
        pn_buf_puts(&b, rows->n ? "]" : "[]");
    }
    w->data = b.text;
    w->len = (int)b.len;
    return b.bad ? pni_oom(p) : 0;
}

/* w->data NULL and w->len > 0: the value is in w->fixed; w->len -1: NULL. */
static int to_wire(pn *p, const pn_col *col, const void *row, wire *w)
{
    const void *f = pni_field(col, row);
    *w = (wire){.len = -1};
    if (pn_absent(col, row))
        return 0;
    switch ((pn_kind)col->kind) {
    case PN_K_INT: be64(w, *(const int64_t *)f); return 0;
    case PN_K_MONEY: be64(w, ((const pn_money *)f)->fen); return 0;
    case PN_K_INT4: be32(w, *(const int *)f); return 0;
    case PN_K_BOOL:
        w->fixed[0] = *(const bool *)f;
        w->len = 1;
        return 0;
    case PN_K_REAL: {
        int64_t bits;
        memcpy(&bits, f, 8);
        be64(w, bits);
        return 0;
    }
    case PN_K_TIME: be64(w, ((const pn_time *)f)->us - PG_EPOCH_US); return 0;
    case PN_K_DATE: be32(w, ((const pn_date *)f)->days - PG_EPOCH_DAYS); return 0;
    case PN_K_TEXT: w->data = *(const char *const *)f; break;
    case PN_K_WORD: w->data = pn_word_name(col->words, *(const pn_word *)f); break;
    case PN_K_BYTES:
        w->data = ((const pn_bytes *)f)->data;
        w->len = (int)((const pn_bytes *)f)->len;
        return 0;
    case PN_K_TEXTS: return wire_texts(p, f, w);
    case PN_K_JSON: case PN_K_ROWS: return wire_json(p, col, f, w);
    }
    w->len = (int)strlen(w->data);
    return 0;
}

int pni_bind(pn *p, const pn_col *col, const void *row, const char **value, int *len)
{
    wire w;
    PN_TRY(to_wire(p, col, row, &w));
    *value = NULL;
    *len = 0;
    if (w.len < 0)
        return 0;
    *len = w.len;
    *value = w.data;
    if (w.data)
        return 0;
    char *copy = pn_alloc(p, 8);
    *value = copy ? memcpy(copy, w.fixed, 8) : NULL;
    return copy ? 0 : pni_oom(p);
}

/* About what n values take, so that the buffer need not grow and be copied. */
static size_t wire_size(const pn_col *col, const void *rows, size_t size, size_t n)
{
    size_t all = 20 + n * 12;
    for (size_t i = 0; i < n && (col->kind == PN_K_TEXT || col->kind == PN_K_BYTES); i++) {
        const void *f = pni_field(col, (const char *)rows + i * size);
        const char *text = col->kind == PN_K_TEXT ? *(const char *const *)f : NULL;
        all += text ? strlen(text) : col->kind == PN_K_BYTES ? ((const pn_bytes *)f)->len : 0;
    }
    return all;
}

static void array_head(pn_buf *b, Oid elem, size_t n)
{
    put32(b, n ? 1 : 0);
    put32(b, 1);
    put32(b, (int32_t)elem);
    if (n) {
        put32(b, (int32_t)n);
        put32(b, 1);
    }
}

static int put_value(pn *p, pn_buf *b, const pn_col *col, const void *row)
{
    wire w;
    PN_TRY(to_wire(p, col, row, &w));
    put32(b, w.len);
    if (w.len > 0)
        pn_buf_put(b, w.data ? w.data : (const char *)w.fixed, (size_t)w.len);
    return 0;
}

int pni_bind_array(pn *p, const pn_col *col, const void *rows, size_t size, size_t n,
                   const char **value, int *len)
{
    Oid elem = pni_oid_of(col);
    pn_buf b = pn_buf_new(p);
    if (!pni_buf_room(&b, wire_size(col, rows, size, n)))
        return pni_oom(p);
    array_head(&b, elem, n);
    for (size_t i = 0; i < n; i++)
        PN_TRY(put_value(p, &b, col, (const char *)rows + i * size));
    *value = b.text;
    *len = (int)b.len;
    return b.bad ? pni_oom(p) : 0;
}

int pni_bind_values(pn *p, Oid elem, const char *const values[], const int lens[], size_t n,
                    const char **value, int *len)
{
    pn_buf b = pn_buf_new(p);
    size_t room = 20;
    for (size_t i = 0; i < n; i++)
        room += 4 + (size_t)lens[i];
    if (!pni_buf_room(&b, room))
        return pni_oom(p);
    array_head(&b, elem, n);
    for (size_t i = 0; i < n; i++) {
        put32(&b, values[i] ? lens[i] : -1);
        if (values[i])
            pn_buf_put(&b, values[i], (size_t)lens[i]);
    }
    *value = b.text;
    *len = (int)b.len;
    return 0;
}

/* A row: its length, how many values, and each with its type. */
static int put_row(pn *p, pn_buf *b, const pni_stmt *stmt, const void *row)
{
    size_t at = b->len;
    put32(b, 0);
    put32(b, stmt->row_n);
    for (int i = 0; i < stmt->row_n; i++) {
        put32(b, (int32_t)pni_oid_of(stmt->row[i]));
        PN_TRY(put_value(p, b, stmt->row[i], row));
    }
    if (b->bad)
        return pni_oom(p);
    uint32_t len = htobe32((uint32_t)(b->len - at - 4));
    memcpy(b->text + at, &len, 4);
    return 0;
}

int pni_bind_rows(pn *p, const pni_stmt *stmt, Oid type, const void *rows, size_t n,
                  const char **value, int *len)
{
    size_t size = stmt->sql->in->size, room = 20 + n * 8;
    pn_buf b = pn_buf_new(p);
    for (int i = 0; i < stmt->row_n; i++)
        room += wire_size(stmt->row[i], rows, size, n) + n * 4;
    if (!pni_buf_room(&b, room))
        return pni_oom(p);
    array_head(&b, type, n);
    for (size_t i = 0; i < n; i++)
        PN_TRY(put_row(p, &b, stmt, (const char *)rows + i * size));
    *value = b.text;
    *len = (int)b.len;
    return b.bad ? pni_oom(p) : 0;
}

bool pni_fits(const pn_col *col, Oid oid)
{
    switch ((pn_kind)col->kind) {
    case PN_K_INT: case PN_K_MONEY:
        return oid == PNI_OID_INT8 || oid == PNI_OID_INT4 || oid == PNI_OID_INT2 ||
               oid == PNI_OID_NUMERIC;
    case PN_K_INT4: return oid == PNI_OID_INT4 || oid == PNI_OID_INT2;
    case PN_K_BOOL: return oid == PNI_OID_BOOL;
    case PN_K_REAL: return oid == PNI_OID_FLOAT8;
    case PN_K_TEXT:
        return oid == PNI_OID_TEXT || oid == PNI_OID_VARCHAR || oid == PNI_OID_BPCHAR ||
               oid == PNI_OID_NAME || oid == PNI_OID_JSON || oid == PNI_OID_JSONB;
    case PN_K_WORD: return oid == PNI_OID_TEXT || oid == PNI_OID_VARCHAR;
    case PN_K_TIME: return oid == PNI_OID_TIMESTAMPTZ;
    case PN_K_DATE: return oid == PNI_OID_DATE;
    case PN_K_JSON: case PN_K_ROWS: return oid == PNI_OID_JSON || oid == PNI_OID_JSONB;
    case PN_K_BYTES: return oid == PNI_OID_BYTEA;
    case PN_K_TEXTS: return oid == PNI_OID_TEXT_ARRAY || oid == PNI_OID_INT4_ARRAY;
    }
    return false;
}

static int64_t get_int(const char *v, int len)
{
    uint64_t b8;
    uint32_t b4;
    uint16_t b2;
    if (len == 8) {
        memcpy(&b8, v, 8);
        return (int64_t)be64toh(b8);
    }
    if (len == 4) {
        memcpy(&b4, v, 4);
        return (int32_t)be32toh(b4);
    }
    memcpy(&b2, v, 2);
    return (int16_t)be16toh(b2);
}

/* sum(bigint) is numeric: base-10000 digits, weight, sign. Fractions do not occur and are cut. */
static int64_t get_numeric(const char *v, int len)
{
    int digits = len < 8 ? 0 : (int)get_int(v, 2), weight = len < 8 ? 0 : (int)get_int(v + 2, 2);
    int64_t out = 0;
    for (int i = 0; i <= weight; i++)
        out = out * 10000 + (i < digits ? get_int(v + 8 + 2 * i, 2) : 0);
    return len >= 8 && (uint16_t)get_int(v + 4, 2) == 0x4000 ? -out : out;
}

static char *text_copy(pn *p, const char *v, int len)
{
    char *copy = pn_alloc(p, (size_t)len + 1);
    return copy ? memcpy(copy, v, (size_t)len) : NULL;
}

static int get_texts(pn *p, const char *v, int len, pn_texts *out)
{
    size_t n = len >= 20 ? (size_t)get_int(v + 12, 4) : 0;
    bool ints = len >= 12 && get_int(v + 8, 4) == PNI_OID_INT4;
    const char **t = pn_alloc(p, (n + 1) * sizeof *t), *s = v + 20;
    if (!t)
        return pni_oom(p);
    for (size_t i = 0; i < n; i++) {
        int l = (int)get_int(s, 4);
        t[i] = l < 0 ? "" : ints ? pn_printf(p, "%d", (int)get_int(s + 4, 4))
                                 : text_copy(p, s + 4, l);
        if (!t[i])
            return pni_oom(p);
        s += 4 + (l > 0 ? l : 0);
    }
    *out = (pn_texts){t, n};
    return 0;
}

static int get_text(pn *p, const pn_col *col, Oid oid, const char *v, int len, void *f)
{
    if (oid == PNI_OID_JSONB) {
        v++;
        len--;
    }
    char *copy = text_copy(p, v, len);
    if (!copy)
        return pni_oom(p);
    if (col->kind == PN_K_TEXT)
        *(const char **)f = copy;
    else if (col->kind == PN_K_JSON)
        ((pn_json *)f)->text = copy;
    else if (col->kind == PN_K_BYTES)
        *(pn_bytes *)f = (pn_bytes){copy, (size_t)len};
    else if (col->kind == PN_K_ROWS)
        return strcmp(copy, "null") ? pni_rows_from_json(p, col, copy, (size_t)len, f) : 0;
    else if (!(((pn_word *)f)->v = (int16_t)pn_word_find(col->words, copy)))
        return pn_fail(p, PN_EINTERNAL, col->name, "unknown word \"%s\"", copy);
    return 0;
}

int pni_field_decode(pn *p, const pn_col *col, Oid oid, const char *v, int len, void *row)
{
    void *f = pni_field(col, row);
    switch ((pn_kind)col->kind) {
    case PN_K_INT: case PN_K_MONEY:
        *(int64_t *)f = oid == PNI_OID_NUMERIC ? get_numeric(v, len) : get_int(v, len);
        return 0;
    case PN_K_INT4: *(int *)f = (int)get_int(v, len); return 0;
    case PN_K_BOOL: *(bool *)f = *v; return 0;
    case PN_K_REAL: {
        int64_t bits = get_int(v, 8);
        memcpy(f, &bits, 8);
        return 0;
    }
    case PN_K_TIME: {
        int64_t us = get_int(v, 8);
        bool endless = us == INT64_MAX || us == INT64_MIN;
        ((pn_time *)f)->us = endless ? us : us + PG_EPOCH_US;
        return 0;
    }
    case PN_K_DATE: ((pn_date *)f)->days = (int32_t)get_int(v, 4) + PG_EPOCH_DAYS; return 0;
    case PN_K_TEXTS: return get_texts(p, v, len, f);
    case PN_K_TEXT: case PN_K_JSON: case PN_K_BYTES: case PN_K_WORD: case PN_K_ROWS:
        return get_text(p, col, oid, v, len, f);
    }
    return 0;
}

static int find_columns(pn *p, const PGresult *res, const pni_pending *item, int from,
                        const pn_col **col)
{
    int n = PQnfields(res);
    const char *name = item->stmt && item->stmt->sql ? item->stmt->sql->name : "list";
    if (n > PNI_PARAMS_MAX)
        return pn_fail(p, PN_EINTERNAL, NULL, "%s: too many columns", name);
    const pn_col *next = item->out->cols; /* mostly they come in the order of the struct's */
    for (int c = from; c < n; c++) {
        bool as_told = next->name && !strcmp(next->name, PQfname(res, c));
        col[c] = as_told ? next : pn_type_col(item->out, PQfname(res, c));
        next = col[c] ? col[c] + 1 : next;
        if (!col[c] || !pni_fits(col[c], PQftype(res, c)))
            return pn_fail(p, PN_EINTERNAL, NULL, "%s: result column %s does not fit", name,
                           PQfname(res, c));
    }
    return 0;
}

static int decode_row(pn *p, const PGresult *res, int r, int from, const pn_col *const *col,
                      void *row)
{
    for (int c = from; c < PQnfields(res); c++)
        if (!PQgetisnull(res, r, c))
            PN_TRY(pni_field_decode(p, col[c], PQftype(res, c), PQgetvalue(res, r, c),
                                    PQgetlength(res, r, c), row));
    return 0;
}

int pni_decode(pn *p, const PGresult *res, const pni_pending *item, pn_rows *rows)
{
    const pni_slice *part = item->part;
    int n = part ? part->n : PQntuples(res), from = part ? 1 : 0;
    const pn_col *own[PNI_PARAMS_MAX], **col = part ? part->col : own;
    size_t size = item->out->size;
    if (!part || !col[from])
        PN_TRY(find_columns(p, res, item, from, col));
    char *row = pn_alloc(p, (size_t)n * size + 1);
    if (!row)
        return pni_oom(p);
    *rows = (pn_rows){row, (size_t)n};
    for (int r = 0; r < n; r++)
        PN_TRY(decode_row(p, res, part ? part->row[r] : r, from, col, row + (size_t)r * size));
    return 0;
}
