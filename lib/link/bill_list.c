/* SPDX-License-Identifier: Apache-2.0 */
/* bill_list.c — a day that a vendor tells in lists, page by page, becomes the file that it would
 * hand out: the heading of the connector's bill, and under it every row of every list. What reads
 * files reads this too. A page is forgotten when it is written, so a day of any length fits. */
#include <stdio.h>
#include <string.h>

#include "base/unit_int.h"
#include "link/bill_file_int.h"
#include "link/engine_int.h"

enum { PAGES_MAX = 100000, COLUMNS_MAX = 16, KEY_MAX_BYTES = 200 };

typedef struct list {
    const pni_tree *spec, *bill; /* the list; the columns of the file */
    const char *kind;            /* its word for what the list is of */
    FILE *f;
    int at[COLUMNS_MAX]; /* where each column of the file is in a row; -1: nowhere */
} list;

bool pni_link_has_lists(const pni_link *l)
{
    return pni_tree_at(l->root, "bill", "lists") != NULL;
}

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static void drop_file(FILE **f)
{
    if (*f)
        fclose(*f);
}

static int heading(pn *p, const pni_link *l, list *x, char *field[], size_t n)
{
    const pni_tree *columns = pni_tree_get(x->spec, "columns");
    for (size_t i = 0; i < x->bill->n && i < COLUMNS_MAX; i++) {
        const char *name = pni_tree_text(columns, x->bill->name[i], NULL);
        x->at[i] = -1;
        for (size_t k = 0; name && k < n; k++)
            if (!strcmp(field[k], name))
                x->at[i] = (int)k;
        if (name && x->at[i] < 0)
            return pn_fail(p, PN_EPROVIDER, NULL, pn_tr("A list of %s has no column “%s”"), l->name,
                           name);
    }
    return 0;
}

static int put(pn *p, list *x, pn_buf *b)
{
    pn_buf_puts(b, "\r\n");
    if (b->bad)
        return none(p);
    return fwrite(b->text, 1, b->len, x->f) == b->len
               ? 0 : pn_fail(p, PN_EIO, NULL, "%s", pn_tr("The bill cannot be written"));
}

static int row(pn *p, const pni_link *l, list *x, char *field[], size_t n)
{
    pn_buf b = pn_buf_new(p);
    for (size_t i = 0; i < x->bill->n && i < COLUMNS_MAX; i++) {
        const char *v = !strcmp(x->bill->name[i], "kind") ? x->kind : "";
        if (x->at[i] >= (int)n)
            return pn_fail(p, PN_EPROVIDER, NULL, pn_tr("A row of a list of %s is cut off"),
                           l->name);
        if (x->at[i] >= 0)
            v = field[x->at[i]];
        if (strpbrk(v, ",\"\r\n"))
            return pn_fail(p, PN_EPROVIDER, NULL, pn_tr("“%s” in a list is no number or time"), v);
        pn_buf_putf(&b, "%s%s", i ? "," : "", v);
    }
    return put(p, x, &b);
}

/* The lines of a page: the names of its fields first. */
static int page(pn *p, const pni_link *l, list *x, const char *text)
{
    char *rest = pn_strdup(p, text), *line, *field[PNI_BILL_FIELDS];
    bool begun = false;
    if (!rest)
        return none(p);
    while ((line = strsep(&rest, "\n"))) {
        size_t n = strlen(line);
        if (n && line[n - 1] == '\r')
            line[n - 1] = 0;
        if (!*line)
            continue;
        n = pni_bill_cut(line, field);
        PN_TRY(begun ? row(p, l, x, field, n) : heading(p, l, x, field, n));
        begun = true;
    }
    return 0;
}

static int ask(pn *own, pni_link *l, list *x, const char *day, char key[KEY_MAX_BYTES])
{
    pni_pairs in = {0};
    pni_answer a;
    const char *compact = pn_printf(own, "%.4s%.2s%.2s", day, day + 5, day + 8);
    if (!compact || !pni_pairs_put(own, &in, "day", pni_span_of(day), true) ||
        !pni_pairs_put(own, &in, "day_compact", pni_span_of(compact), true) ||
        !pni_pairs_put(own, &in, "key", pni_span_of(key), true))
        return none(own);
    PN_TRY(pni_link_call(own, l, pni_tree_text(x->spec, "call", ""), &in, &a));
    if (a.outcome != PN_LINK_OK)
        return pn_fail(own, a.outcome == PN_LINK_NOT_FOUND ? PN_ENONE : PN_EPROVIDER, "day",
                       "%s: %s %s", pn_word_label(pni_outcomes, (pn_word){(int16_t)a.outcome}),
                       a.code, a.message);
    const char *lines = pni_answer_get(&a, "lines"), *next = pni_answer_get(&a, "next");
    if (next && *next && (!strcmp(next, key) || strlen(next) >= KEY_MAX_BYTES))
        return pn_fail(own, PN_EPROVIDER, NULL, pn_tr("A list of %s does not go on"), l->name);
    PN_TRY(lines ? page(own, l, x, lines) : 0);
    snprintf(key, KEY_MAX_BYTES, "%s", next ? next : "");
    return 0;
}

/* Each page in a unit of its own: what it needed is free again. */
static int one_list(pn *p, pni_link *l, list *x, const char *day)
{
    char key[KEY_MAX_BYTES] = "";
    for (int pages = 0; pages == 0 || *key; pages++) {
        PN_AUTO_UNIT own = pn_begin_like(p);
        int rc = own ? ask(own, l, x, day, key) : PN_EMEM;
        const pn_err *e = rc && own ? pn_error(own) : NULL;
        if (rc)
            return pn_fail(p, (pn_code)rc, e ? e->field : NULL, "%s",
                           e && e->message ? e->message : pn_code_text((pn_code)rc));
        if (pages >= PAGES_MAX)
            return pn_fail(p, PN_ETOO_BIG, NULL, pn_tr("A list of %s has no end"), l->name);
    }
    return 0;
}

/* The word of the file's column that means it. */
static const char *word_of(const pni_tree *columns, const char *kind)
{
    const pni_tree *words = pni_tree_get(pni_tree_get(columns, "kind"), "words");
    for (size_t i = 0; words && i < words->n; i++)
        if (!strcmp(words->item[i]->text, kind))
            return words->name[i];
    return kind;
}

int pni_link_lists(pn *p, pni_link *l, const char *day, const char *path)
{
    const pni_tree *lists = pni_tree_at(l->root, "bill", "lists");
    list x = {.bill = pni_tree_at(l->root, "bill", "columns")};
    __attribute__((cleanup(drop_file))) FILE *f = fopen(path, "we");
    if (!f)
        return pn_fail(p, PN_EIO, NULL, pn_tr("%s cannot be written"), path);
    pn_buf b = pn_buf_new(p);
    x.f = f;
    for (size_t i = 0; i < x.bill->n; i++) {
        const pni_tree *c = x.bill->item[i];
        pn_buf_putf(&b, "%s%s", i ? "," : "",
                    c->kind == PNI_TREE_TEXT ? c->text : pni_tree_text(c, "at", ""));
    }
    PN_TRY(put(p, &x, &b));
    for (size_t i = 0; i < lists->n; i++) {
        x.spec = lists->item[i];
        x.kind = word_of(x.bill, pni_tree_text(x.spec, "kind", "PAY"));
        PN_TRY(one_list(p, l, &x, day));
    }
    return fflush(f) ? pn_fail(p, PN_EIO, NULL, pn_tr("%s cannot be written"), path) : 0;
}
