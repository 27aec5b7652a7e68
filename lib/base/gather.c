/* SPDX-License-Identifier: Apache-2.0 */
/* gather.c — rows by their keys, for many at once.
 *
 * To begin a statement and to end it costs the server several times what finding a row does. So a
 * statement whose rows are found by what is asked for alone gets a second form: every $n becomes an
 * array of what each asks, and the statement itself runs once for each of them,
 *
 *     select a.place, q.* from unnest($1) with ordinality a(v1, place), lateral (...) q
 *
 * so that it need not be written again. Each row says first whose it is. The arrays stand in
 * selects of their own lest their lengths be seen: a plan would be made for each length anew. */
#include <ctype.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/bind_int.h"
#include "base/gather_int.h"

#define ASKED "pni_asked" /* no table is called that */

/* Every $n becomes the column of whoever asks. */
static void put_inner(pn_buf *b, const char *text)
{
    for (const char *s = text; *s;) {
        size_t same = pni_sql_opaque(s);
        char *end;
        if (!same && *s == '$' && isdigit((unsigned char)s[1])) {
            pn_buf_putf(b, ASKED ".v%ld", strtol(s + 1, &end, 10));
            s = end;
            continue;
        }
        same = same ? same : 1;
        pn_buf_put(b, s, same);
        s += same;
    }
}

static int make(pn *p, const pni_stmt *stmt, pni_stmt **out)
{
    Oid oid[PNI_PARAMS_MAX];
    pn_buf b = pn_buf_new(p);
    pn_buf_puts(&b, "select " ASKED ".place as pni_place, q.* from unnest(");
    for (int i = 0; i < stmt->n; i++) {
        oid[i] = pni_array_oid(stmt->oid[i]);
        if (!oid[i])
            return PN_ELIMIT; /* of arrays there are no arrays */
        pn_buf_putf(&b, "%s(select $%d)", i ? ", " : "", i + 1);
    }
    pn_buf_puts(&b, ") with ordinality " ASKED "(");
    for (int i = 0; i < stmt->n; i++)
        pn_buf_putf(&b, "v%d, ", i + 1);
    pn_buf_puts(&b, "place), lateral (");
    put_inner(&b, stmt->text);
    pn_buf_puts(&b, ") q");
    return b.bad ? pni_oom(p) : pni_stmt_text(p, b.text, stmt->n, oid, false, out);
}

bool pni_gathers(pn *p, pni_stmt *stmt)
{
    pni_stmt *made = NULL;
    if (!stmt->by_key || !stmt->n || stmt->no_each)
        return false;
    if (stmt->each)
        return true;
    int rc = make(p, stmt, &made);
    if (!rc)
        stmt->each = made;
    else if (rc == PN_ELIMIT)
        stmt->no_each = true;
    return !rc;
}

void pni_gather_none(pni_gather *g)
{
    g->stmt->no_each = true;
}

int pni_gather_send(pn *p, pni_gather *g)
{
    const char *value[PNI_PARAMS_MAX], **each = pn_alloc(p, g->n * sizeof *each);
    int len[PNI_PARAMS_MAX], *each_len = pn_alloc(p, g->n * sizeof *each_len);
    if (!each || !each_len)
        return pni_oom(p);
    for (int i = 0; i < g->stmt->n; i++) {
        for (size_t k = 0; k < g->n; k++) {
            each[k] = g->asking[k]->value[i];
            each_len[k] = g->asking[k]->len[i];
        }
        PN_TRY(pni_bind_values(p, g->stmt->oid[i], each, each_len, g->n, &value[i], &len[i]));
    }
    return pni_send(p, g->stmt->each, value, len, &(pni_pending){.result = &g->result});
}

/* Whose row it is: the first column, counted from 1. */
static size_t place_of(const PGresult *res, int row)
{
    uint64_t be;
    memcpy(&be, PQgetvalue(res, row, 0), sizeof be);
    return (size_t)be64toh(be) - 1;
}

int pni_gather_part(pn *p, pni_gather *g)
{
    int rows = PQntuples(g->result), from = 0;
    int *row = pn_alloc(p, (size_t)rows * sizeof *row + 1);
    const pn_col **col = pn_alloc(p, PNI_PARAMS_MAX * sizeof *col);
    g->part = pn_alloc(p, g->n * sizeof *g->part);
    if (!row || !col || !g->part)
        return pni_oom(p);
    for (int r = 0; r < rows; r++) {
        if (place_of(g->result, r) >= g->n)
            return pn_fail(p, PN_EINTERNAL, NULL, "a row that nobody asked for");
        g->part[place_of(g->result, r)].n++;
    }
    for (size_t k = 0; k < g->n; k++) {
        g->part[k].row = row + from;
        g->part[k].col = col;
        from += g->part[k].n;
        g->part[k].n = 0;
    }
    for (int r = 0; r < rows; r++) {
        pni_slice *part = &g->part[place_of(g->result, r)];
        row[part->row - row + part->n++] = r;
    }
    return 0;
}
