/* SPDX-License-Identifier: Apache-2.0 */
/* reply_int.h — what the server answers to one statement, whoever has fetched it. */
#ifndef PNI_REPLY_H
#define PNI_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pq_int.h"

#pragma GCC visibility push(hidden)

typedef enum {
    PNI_REPLY_DONE,
    PNI_REPLY_ROWS,
    PNI_REPLY_REFUSED,
    PNI_REPLY_SKIPPED, /* a statement before it was refused */
    PNI_REPLY_SYNC
} pni_reply_kind;

/** A column; its name begins there in the text. */
typedef struct pni_reply_head { size_t name; Oid type; } pni_reply_head;
/** A value, likewise; length -1: NULL. */
typedef struct pni_reply_cell { size_t at; int len; } pni_reply_cell;

typedef struct pni_reply {
    pni_reply_kind kind;
    int cols, rows;
    int64_t affected;
    char state[6];   /* of a refusal; "" when the connection was lost */
    size_t message;  /* of a refusal: offset in text */
    PGresult *pg;    /* libpq has the rows; NULL: they are here */
    pni_reply_head *head;
    pni_reply_cell *cell;  /* row by row */
    size_t cell_room;
    char *text;      /* values and names, each with a NUL behind it */
    size_t len, room;
} pni_reply;

pni_reply *pni_reply_new(pni_reply_kind kind);
/** Takes the result over; NULL, and the result is gone, when memory ran out. */
pni_reply *pni_reply_of(PGresult *res);
void pni_reply_free(pni_reply *r);
/** Keep bytes and a NUL; their offset in *at. */
bool pni_reply_keep(pni_reply *r, const char *bytes, size_t len, size_t *at);
const char *pni_reply_message(const pni_reply *r);
const char *pni_reply_name(const pni_reply *r, int col);
Oid pni_reply_type(const pni_reply *r, int col);
/** A value in the server's binary form, NULL for SQL NULL. */
const char *pni_reply_value(const pni_reply *r, int row, int col, int *len);

#pragma GCC visibility pop
#endif
