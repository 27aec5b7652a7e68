/* SPDX-License-Identifier: Apache-2.0 */
/* bill_list.c — a day that a vendor tells in lists, page by page, becomes the file that it would
 * hand out: the heading of the connector's bill, and under it every row of every list. What reads
 * files reads this too. A page is forgotten when it is written, so a day of any length fits. */
#include <stdio.h>
#include <string.h>

#include "base/unit_int.h"
#include "link/bill_file_int.h"
#include "link/engine_int.h"

enum { COLUMNS_MAX = 16 };

typedef struct list {
    const pni_link *link;
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

static int each(pn *own, const pni_answer *a, void *self)
{
    list *x = self;
    const char *lines = pni_answer_get(a, "lines");
    if (a->outcome != PN_LINK_OK)
        return pni_answer_fail(own, a->outcome == PN_LINK_NOT_FOUND ? PN_ENONE : PN_EPROVIDER,
                               "day", a);
    return lines ? page(own, x->link, x, lines) : 0;
}

/* The call turns the pages itself (its step page); one is forgotten when it is written. */
static int one_list(pn *p, pni_link *l, list *x, const char *day)
{
    pni_pairs in = {0};
    const char *compact = pn_printf(p, "%.4s%.2s%.2s", day, day + 5, day + 8);
    if (!compact || !pni_pairs_put(p, &in, "day", pni_span_of(day), true) ||
        !pni_pairs_put(p, &in, "day_compact", pni_span_of(compact), true))
        return none(p);
    pni_pages ask = {pni_tree_text(x->spec, "call", ""), &in, each, x};
    return pni_link_pages(p, l, &ask);
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
    list x = {.link = l, .bill = pni_tree_at(l->root, "bill", "columns")};
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
