/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and comparing rows of the catalogue through their column tables. */
#include "row_int.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

const pn_words pni_yes_no[] = {{"yes", N_("yes"), 0}, {"no", N_("no"), 0}, {0}};

const pn_type pni_one_id_t = {"catalog.id", sizeof(pni_one_id),
                              (const pn_col[]){PN_COL(pni_one_id, id, N_("Id")), {0}}};
const pn_type pni_by_code_t = {"catalog.code", sizeof(pni_by_code),
                               (const pn_col[]){PN_COL(pni_by_code, code, N_("Code")), {0}}};

int pni_mem(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

int pni_row(pn *p, const pn_op *list, int64_t id, void *out)
{
    pn_page page = {0};
    if (id)
        PN_TRY(pn_call(p, list, &(pn_list){.key = id}, &page));
    if (!page.rows.n)
        return pn_fail(p, PN_ENONE, pni_field_of(p, list->noun), pn_tr("There is no %s %s"),
                       pni_noun_word(list->noun), pni_called(p, list->noun, id));
    memcpy(out, page.rows.row, list->list->row->size);
    return 0;
}

static size_t width(const pn_col *c)
{
    switch ((pn_kind)c->kind) {
    case PN_K_INT:
    case PN_K_MONEY:
    case PN_K_TIME:
    case PN_K_REAL:
        return sizeof(int64_t);
    case PN_K_INT4:
    case PN_K_DATE:
        return sizeof(int32_t);
    case PN_K_BOOL:
        return sizeof(bool);
    case PN_K_WORD:
        return sizeof(pn_word);
    case PN_K_TEXT:
    case PN_K_JSON:
        return sizeof(const char *);
    case PN_K_BYTES:
    case PN_K_TEXTS:
    case PN_K_ROWS:
        return sizeof(pn_texts);
    }
    return 0;
}

void pni_copy(const pn_type *to, void *dst, const pn_type *from, const void *src, bool given)
{
    for (const pn_col *c = from->cols; c->name; c++) {
        const pn_col *d = pn_type_col(to, c->name);
        if (!d || d->kind != c->kind || (given && pn_absent(c, src)))
            continue;
        memcpy((char *)dst + d->offset, (const char *)src + c->offset, width(c));
    }
}

static bool settable(const pn_col *c)
{
    return strcmp(c->name, "id") && strcmp(c->name, "version");
}

static void drop(json_t **j)
{
    json_decref(*j);
}

/* By value, not by blanks or the order of keys. */
static bool same_json(const char *x, const char *y)
{
    __attribute__((cleanup(drop))) json_t *a = json_loads(x, JSON_DECODE_ANY, NULL);
    __attribute__((cleanup(drop))) json_t *b = json_loads(y, JSON_DECODE_ANY, NULL);
    return a && b && json_equal(a, b);
}

static bool equal(pn *p, const pn_col *c, const void *a, const void *b)
{
    const char *x = pn_plain(p, c, a), *y = pn_plain(p, c, b);
    return !strcmp(x, y) || (c->kind == PN_K_JSON && same_json(x, y));
}

bool pni_same(pn *p, const pn_type *type, const void *change, const void *now)
{
    for (const pn_col *c = type->cols; c->name; c++)
        if (settable(c) && !pn_absent(c, change) && !equal(p, c, change, now))
            return false;
    return true;
}

int pni_diff(pn *p, const pn_type *type, const void *change, const void *now, const char **json)
{
    pn_buf b = pn_buf_new(p);
    const char *gap = "{";
    for (const pn_col *c = type->cols; c->name; c++) {
        if (!settable(c) || pn_absent(c, change) || equal(p, c, change, now))
            continue;
        pn_buf_puts(&b, gap);
        pn_buf_json(&b, c->name);
        pn_buf_puts(&b, ":[");
        pn_buf_json(&b, pn_plain(p, c, now));
        pn_buf_puts(&b, ",");
        pn_buf_json(&b, pn_plain(p, c, change));
        pn_buf_puts(&b, "]");
        gap = ",";
    }
    pn_buf_puts(&b, *gap == '{' ? "{}" : "}");
    if (b.bad)
        return pni_mem(p);
    *json = b.text;
    return 0;
}

int pni_resolve(pn *p, const pn_sql *by_code, const char *noun, const char *text, int64_t *id)
{
    char *row = pn_alloc(p, by_code->out->size), *end;
    if (!row)
        return pni_mem(p);
    int rc = pn_one(p, by_code, &(pni_by_code){text}, row);
    if (!rc) {
        memcpy(id, row + pn_type_col(by_code->out, "id")->offset, sizeof *id);
        return 0;
    }
    if (rc != PN_ENONE)
        return rc;
    long long n = strtoll(text, &end, 10);
    if (n <= 0 || *end)
        return pn_fail(p, PN_ENONE, NULL, pn_tr("There is no %s “%s”"), pni_noun_word(noun), text);
    *id = n;
    return 0;
}

int pni_code_sk(const char *code)
{
    uint64_t h = 14695981039346656037u; /* FNV-1a: short, and stable across builds */
    for (; *code; code++)
        h = (h ^ (unsigned char)*code) * 1099511628211u;
    return (int)((h ^ h >> 32) & 4095);
}

/* ---- writing ---- */

int pni_now(pn *p, const pni_noun *noun, int64_t id, void *row)
{
    int rc = pn_one(p, noun->now, &(pni_one_id){id}, row);
    if (rc == PN_ENONE)
        return pn_fail(p, rc, pni_field_of(p, noun->noun), pn_tr("There is no %s %s"),
                       pni_noun_word(noun->noun), pni_called(p, noun->noun, id));
    return rc;
}

int pni_fresh(pn *p, const void *asked, const void *now)
{
    const pni_head *a = asked, *stands = now;
    if (!a->version || a->version == stands->version)
        return 0;
    return pn_fail(p, PN_ECONFLICT, "version", pn_tr("It is at version %d by now"),
                   stands->version);
}

int pni_noun_insert(pn *p, const pni_noun *noun, int sk, void *row, void *out)
{
    pni_head *head = row;
    void *after = pn_alloc(p, noun->edit_t->size);
    if (!after)
        return pni_mem(p);
    PN_TRY(pn_new_id(p, sk, &head->id));
    int rc = pn_one(p, noun->insert, row, &(pni_one_id){0});
    if (rc == PN_ENONE)
        return pn_fail(p, PN_EEXISTS, "code", pn_tr("There already is a %s with this code"),
                       pni_noun_word(noun->noun));
    PN_TRY(rc);
    PN_TRY(pn_one(p, noun->now, &(pni_one_id){head->id}, after));
    if (noun->settle)
        PN_TRY(noun->settle(p, after));
    PN_TRY(pn_audit(p, noun->noun, head->id, noun->edit_t, NULL, after, NULL));
    return pni_row(p, noun->list, head->id, out);
}

int pni_noun_create(pn *p, const pni_noun *noun, const void *in, void *out)
{
    const pn_col *code = pn_type_col(noun->create_t, "code");
    const char *text;
    void *row = pn_alloc(p, noun->edit_t->size);
    if (!row)
        return pni_mem(p);
    memcpy(&text, (const char *)in + code->offset, sizeof text);
    pni_copy(noun->edit_t, row, noun->create_t, in, false);
    return pni_noun_insert(p, noun, pni_code_sk(text), row, out);
}

int pni_noun_update(pn *p, const pni_noun *noun, const void *before, const void *in)
{
    const pni_head *head = in;
    pni_head *old = pn_alloc(p, noun->edit_t->size), *after = pn_alloc(p, noun->edit_t->size);
    int64_t n;
    if (!old || !after)
        return pni_mem(p);
    if (before)
        memcpy(old, before, noun->edit_t->size);
    else
        PN_TRY(pni_now(p, noun, head->id, old));
    PN_TRY(pni_fresh(p, in, old));
    PN_TRY(pn_exec(p, noun->update, in, &n));
    if (!n)
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no %s %" PRId64),
                       pni_noun_word(noun->noun), head->id);
    PN_TRY(pn_one(p, noun->now, &(pni_one_id){head->id}, after));
    if (noun->settle)
        PN_TRY(noun->settle(p, after));
    return pn_audit(p, noun->noun, head->id, noun->edit_t, old, after, NULL);
}

int pni_noun_edit(pn *p, const pni_noun *noun, const void *in, void *out)
{
    PN_TRY(pni_noun_update(p, noun, NULL, in));
    return pni_row(p, noun->list, ((const pni_head *)in)->id, out);
}
