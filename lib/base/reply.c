/* SPDX-License-Identifier: Apache-2.0 */
/* reply.c — see reply_int.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/reply_int.h"

pni_reply *pni_reply_new(pni_reply_kind kind)
{
    pni_reply *r = calloc(1, sizeof *r); /* the transport fails as a connection, not as memory */
    if (r)
        r->kind = kind;
    return r;
}

void pni_reply_free(pni_reply *r)
{
    if (!r)
        return;
    if (r->pg)
        PQclear(r->pg);
    free(r->head);
    free(r->cell);
    free(r->text);
    free(r);
}

bool pni_reply_keep(pni_reply *r, const char *bytes, size_t len, size_t *at)
{
    if (r->room - r->len <= len) {
        size_t room = (r->len + len + 1) * 2 + 200;
        char *more = realloc(r->text, room);
        if (!more)
            return false;
        r->text = more;
        r->room = room;
    }
    *at = r->len;
    if (len)
        memcpy(r->text + r->len, bytes, len);
    r->text[r->len + len] = 0;
    r->len += len + 1;
    return true;
}

static pni_reply_kind kind_of(ExecStatusType status)
{
    switch ((int)status) {
    case PGRES_TUPLES_OK: return PNI_REPLY_ROWS;
    case PGRES_FATAL_ERROR: return PNI_REPLY_REFUSED;
    case PGRES_PIPELINE_ABORTED: return PNI_REPLY_SKIPPED;
    case PGRES_PIPELINE_SYNC: return PNI_REPLY_SYNC;
    default: return PNI_REPLY_DONE;
    }
}

pni_reply *pni_reply_of(PGresult *res)
{
    pni_reply *r = res ? pni_reply_new(kind_of(PQresultStatus(res))) : NULL;
    if (!r) {
        PQclear(res);
        return NULL;
    }
    r->pg = res;
    r->affected = strtoll(PQcmdTuples(res), NULL, 10);
    if (r->kind == PNI_REPLY_ROWS) {
        r->rows = PQntuples(res);
        r->cols = PQnfields(res);
    } else if (r->kind == PNI_REPLY_REFUSED) {
        const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
        snprintf(r->state, sizeof r->state, "%s", state ? state : "");
    }
    return r;
}

const char *pni_reply_message(const pni_reply *r)
{
    const char *words = r->pg ? PQresultErrorField(r->pg, PG_DIAG_MESSAGE_PRIMARY)
                        : r->text ? r->text + r->message : NULL;
    return words ? words : "";
}

const char *pni_reply_name(const pni_reply *r, int col)
{
    return r->pg ? PQfname(r->pg, col) : r->text + r->head[col].name;
}

Oid pni_reply_type(const pni_reply *r, int col)
{
    return r->pg ? PQftype(r->pg, col) : r->head[col].type;
}

const char *pni_reply_value(const pni_reply *r, int row, int col, int *len)
{
    if (r->pg) {
        *len = PQgetlength(r->pg, row, col);
        return PQgetisnull(r->pg, row, col) ? NULL : PQgetvalue(r->pg, row, col);
    }
    const pni_reply_cell *cell = &r->cell[(size_t)row * (size_t)r->cols + (size_t)col];
    *len = cell->len;
    return cell->len < 0 ? NULL : r->text + cell->at;
}
