/* SPDX-License-Identifier: Apache-2.0 */
/* alike.c — the trail of a batch: what was asked and answered alike in a bucket is one row for all
 * of it, and the row of each holds what is its own. */
#include <stdlib.h>
#include <string.h>

#include "base/audit_int.h"

enum { WORTH = 8 }; /* so many, else each is told by itself */

typedef struct alike { int64_t id; const char *input, *after; } alike;
static PN_TYPE(alike_t, "audit.alike", alike, PN_COL(alike, id, ""), PN_COL(alike, input, ""),
               PN_COL(alike, after, ""));
const pn_sql pni_audit_alike_sql = {"audit_alike", &alike_t, NULL,
    "INSERT INTO audit_common (sk, id, input, after)"
    " SELECT (u.id & 4095)::int, u.id, u.input::json, u.after::json"
    " FROM unnest(:id, :input, :after) u(id, input, after)", .array = true};

/* Would the trail say the same of both? */
static bool same(const pn_col *c, const void *a, const void *b)
{
    if (pn_absent(c, a) || pn_absent(c, b))
        return pn_absent(c, a) && pn_absent(c, b);
    if (c->flags & (PN_SECRET | PN_PII))
        return true;
    const void *x = pni_field(c, a), *y = pni_field(c, b);
    switch ((pn_kind)c->kind) {
    case PN_K_INT: case PN_K_MONEY: case PN_K_TIME:
        return *(const int64_t *)x == *(const int64_t *)y;
    case PN_K_INT4: case PN_K_DATE:
        return *(const int32_t *)x == *(const int32_t *)y;
    case PN_K_WORD:
        return ((const pn_word *)x)->v == ((const pn_word *)y)->v;
    case PN_K_BOOL:
        return *(const bool *)x == *(const bool *)y;
    case PN_K_TEXT:
        return !strcmp(*(const char *const *)x, *(const char *const *)y);
    case PN_K_REAL: case PN_K_JSON: case PN_K_BYTES: case PN_K_TEXTS: case PN_K_ROWS:
        return false;
    }
    return false;
}

/* Of a batch either what they were asked or what they answered. */
typedef struct side {
    const pn_type *type;
    const void *(*of)(const pni_audit_row *row);
} side;

static const void *asked(const pni_audit_row *row)
{
    return row->asked;
}

static const void *answered(const pni_audit_row *row)
{
    return row->answer;
}

static int text(pn *p, const pn_type *type, const pn_col *cols, const void *row, const char **out)
{
    const pn_type some = {type->name, type->size, cols};
    pn_buf b = pn_buf_new(p);
    *out = NULL;
    if (!cols->name)
        return 0;
    pni_to_json_redacted(&b, &some, row);
    if (b.bad)
        return pni_oom(p);
    if (b.len > 2) /* {} */
        *out = b.text;
    return 0;
}

/* The columns of all in which they agree, and the others. */
static int part(pn *p, side s, pni_audit_row *const row[], size_t n, pn_col **shared, pn_col **own)
{
    size_t cols = 0, k = 0, m = 0;
    while (s.type->cols[cols].name)
        cols++;
    *shared = pn_alloc(p, (cols + 1) * sizeof **shared);
    *own = pn_alloc(p, (cols + 1) * sizeof **own);
    if (!*shared || !*own)
        return pni_oom(p);
    for (const pn_col *c = s.type->cols; c->name; c++) {
        size_t i = 1;
        while (i < n && same(c, s.of(row[0]), s.of(row[i])))
            i++;
        if (i == n)
            (*shared)[k++] = *c;
        else
            (*own)[m++] = *c;
    }
    return 0;
}

static int tell(pn *p, side s, pni_audit_row *const row[], size_t n, const char **common)
{
    pn_col *shared, *own;
    PN_TRY(part(p, s, row, n, &shared, &own));
    PN_TRY(text(p, s.type, shared, s.of(row[0]), common));
    for (size_t i = 0; i < n; i++)
        PN_TRY(text(p, s.type, own, s.of(row[i]),
                    s.of == asked ? &row[i]->input : &row[i]->after));
    return 0;
}

static int by_bucket(const void *a, const void *b)
{
    const pni_audit_row *x = *(pni_audit_row *const *)a, *y = *(pni_audit_row *const *)b;
    return x->sk != y->sk ? x->sk - y->sk : (x->id > y->id) - (x->id < y->id);
}

static int together(pn *p, side in, side out, pni_audit_row *const row[], size_t n, alike *common)
{
    PN_TRY(pn_new_id(p, row[0]->sk, &common->id));
    PN_TRY(tell(p, in, row, n, &common->input));
    PN_TRY(tell(p, out, row, n, &common->after));
    for (size_t i = 0; i < n; i++) {
        row[i]->common = common->id;
        row[i]->common_input = common->input;
        row[i]->common_after = common->after;
    }
    return 0;
}

/* Each by itself, and in full. */
static int apart(pn *p, side in, side out, pni_audit_row *row)
{
    PN_TRY(text(p, in.type, in.type->cols, row->asked, &row->input));
    return text(p, out.type, out.type->cols, row->answer, &row->after);
}

int pni_audit_alike(pn *p)
{
    size_t n = 0, made = 0, end;
    for (const pni_audit_row *r = p->audits; r; r = r->next)
        n += r->answer != NULL;
    if (!n)
        return 0;
    const side in = {p->op->in, asked}, out = {p->op->out, answered};
    pni_audit_row **row = pn_alloc(p, n * sizeof(*row));
    alike *common = pn_alloc(p, (n / WORTH + 1) * sizeof *common);
    if (!row || !common)
        return pni_oom(p);
    n = 0;
    for (pni_audit_row *r = p->audits; r; r = r->next)
        if (r->answer)
            row[n++] = r;
    qsort(row, n, sizeof(*row), by_bucket);
    for (size_t i = 0; i < n; i = end) {
        for (end = i + 1; end < n && row[end]->sk == row[i]->sk;)
            end++;
        if (end - i >= WORTH)
            PN_TRY(together(p, in, out, row + i, end - i, &common[made++]));
        else
            for (size_t k = i; k < end; k++)
                PN_TRY(apart(p, in, out, row[k]));
    }
    return made ? pn_queue(p, &pni_audit_alike_sql, common, made, NULL, NULL) : 0;
}
