/* SPDX-License-Identifier: Apache-2.0 */
/* composite.c — the types that carry many rows to a statement: their names, who makes them, and
 * which of them the database of a connection has. */
#include <stdlib.h>
#include <string.h>

#include "base/bind_int.h"
#include "base/composite_int.h"
#include "base/sql_check_int.h"

typedef struct row_type { const char *name; int64_t id; } row_type;
static PN_TYPE(row_type_t, "row.type", row_type, PN_COL(row_type, name, N_("Name")),
    PN_COL(row_type, id, N_("ID")));
static const pn_sql types_sql = {"row_types", NULL, &row_type_t,
    "select t.typname::text as name, t.oid::bigint as id from pg_type t"
    " where t.typname like 'row\\_%' and t.typtype = 'c' and pg_type_is_visible(t.oid)"
    " order by t.typname"};

typedef struct known { char name[PNI_ROW_NAME]; Oid oid; } known;
struct pni_row_types { size_t n; known type[]; };

static const struct { Oid oid; char letter; const char *sql; } letters[] = {
    {PNI_OID_INT8, 'l', "bigint"}, {PNI_OID_INT4, 'i', "int"}, {PNI_OID_BOOL, 'b', "boolean"},
    {PNI_OID_FLOAT8, 'f', "float8"}, {PNI_OID_TEXT, 't', "text"},
    {PNI_OID_TIMESTAMPTZ, 'z', "timestamptz"}, {PNI_OID_DATE, 'd', "date"},
    {PNI_OID_JSONB, 'j', "jsonb"}, {PNI_OID_BYTEA, 'y', "bytea"}};
enum { LETTERS = sizeof letters / sizeof *letters };

char pni_row_letter(const pn_col *col)
{
    Oid oid = pni_oid_of(col);
    for (int i = 0; i < LETTERS; i++)
        if (letters[i].oid == oid)
            return letters[i].letter;
    return 0;
}

/* ---- which there are ---- */

static int look(pn *p)
{
    pn_rows rows = {0};
    PN_TRY(pni_queue(p, &types_sql, NULL, 0, (pni_pending){.rows = &rows}));
    PN_TRY(pni_db_sync(p));
    pni_row_types *t = pni_malloc(sizeof *t + rows.n * sizeof *t->type);
    if (!t)
        return pni_oom(p);
    pn_each(const row_type, r, &rows) {
        if (strlen(r->name) >= PNI_ROW_NAME)
            continue; /* somebody else's */
        memcpy(t->type[t->n].name, r->name, strlen(r->name) + 1);
        t->type[t->n++].oid = (Oid)r->id;
    }
    p->conn->types = t;
    return 0;
}

static int by_name(const void *name, const void *type)
{
    return strcmp(name, ((const known *)type)->name);
}

int pni_row_type(pn *p, const char *name, Oid *oid)
{
    *oid = 0;
    if (p->plan) /* no connection yet */
        return 0;
    PN_TRY(pni_db_acquire(p));
    if (!p->conn->types)
        PN_TRY(look(p));
    const pni_row_types *t = p->conn->types;
    const known *found = bsearch(name, t->type, t->n, sizeof *t->type, by_name);
    *oid = found ? found->oid : 0;
    return 0;
}

/* ---- making them ---- */

static int execute(pn *p, PGconn *pg, const char *sql)
{
    PGresult *res = PQexec(pg, sql);
    bool done = PQresultStatus(res) == PGRES_COMMAND_OK;
    PQclear(res);
    return done ? 0 : pn_fail(p, PN_EDATABASE, NULL, "%.200s: %.400s", sql, PQerrorMessage(pg));
}

static int make(pn *p, PGconn *pg, const pni_stmt *stmt)
{
    const char *name[] = {stmt->row_name};
    PGresult *res = PQexecParams(pg, "select to_regtype($1) is not null", 1, NULL, name, NULL,
                                 NULL, 0);
    bool told = PQresultStatus(res) == PGRES_TUPLES_OK;
    bool there = told && *PQgetvalue(res, 0, 0) == 't';
    PQclear(res);
    if (!told)
        return pn_fail(p, PN_EDATABASE, NULL, "%s: %.400s", stmt->row_name, PQerrorMessage(pg));
    if (there)
        return 0;
    pn_buf b = pn_buf_new(p);
    pn_buf_putf(&b, "create type %s as (", stmt->row_name);
    for (int i = 0; i < stmt->row_n; i++)
        for (int k = 0; k < LETTERS; k++)
            if (letters[k].letter == pni_row_letter(stmt->row[i]))
                pn_buf_putf(&b, "%sc%d %s", i ? ", " : "", i + 1, letters[k].sql);
    pn_buf_puts(&b, ")");
    return b.bad ? pni_oom(p) : execute(p, pg, b.text);
}

int pni_row_types_make(pn *p, PGconn *pg)
{
    for (const pn_module *const *m = pn_modules(); *m; m++)
        for (const pn_sql *const *s = (*m)->sql; s && *s; s++) {
            pni_stmt made;
            if (!(*s)->array)
                continue;
            PN_TRY(pni_stmt_compile(p, *s, PNI_ROWS, &made));
            if (made.row_n)
                PN_TRY(make(p, pg, &made));
        }
    return 0;
}

const pn_module pn_composite_module = {"composite", N_("Types of rows"),
                                       .ops = PN_LIST(pn_op, NULL),
                                       .sql = PN_LIST(pn_sql, &types_sql)};
