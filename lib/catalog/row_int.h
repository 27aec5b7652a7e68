/* SPDX-License-Identifier: Apache-2.0 */
/* row_int.h — what all nouns of the catalogue do alike: find the row, compare, copy, audit.
 *
 * Each noun has an edit struct: id, version and every field a person may set. `now` statements read
 * a row in that form and lock it, so one struct serves the change, the audit's before and after,
 * the difference of a revision and the comparison of an imported row. */
#ifndef PNI_CATALOG_ROW_H
#define PNI_CATALOG_ROW_H

#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

enum { PNI_CODE_MAX = 64, PNI_TITLE_MAX = 200 };

extern const pn_words pni_yes_no[];

/** Input of statements that name one row. */
typedef struct pni_one_id { int64_t id; } pni_one_id;
extern const pn_type pni_one_id_t;
/** Input of statements that look one row up by its code. */
typedef struct pni_by_code { const char *code; } pni_by_code;
extern const pn_type pni_by_code_t;

/** One row of a list operation by its id, with all joined columns. PN_ENONE names the noun. */
PN_MUST int pni_row(pn *p, const pn_op *list, int64_t id, void *out);
/** Copy the columns of `from` that `to` has too, by name; the rest of `dst` stays. With `given`
 *  only those present. */
void pni_copy(const pn_type *to, void *dst, const pn_type *from, const void *src, bool given);
/** Is every column present in `change` (key and version aside) the same in `now`? */
bool pni_same(pn *p, const pn_type *type, const void *change, const void *now);
/** {"title":["old","new"], …} of the columns that `change` would alter. */
PN_MUST int pni_diff(pn *p, const pn_type *type, const void *change, const void *now,
                     const char **json);
/** Turn a code or a decimal id into an id with the statement `by_code` (in pni_by_code_t, out a
 *  type with `id` first). */
PN_MUST int pni_resolve(pn *p, const pn_sql *by_code, const char *noun, const char *text,
                        int64_t *id);
/** A noun of the catalogue. Every edit struct opens with `int64_t id; int version;`. */
typedef struct pni_noun {
    const char *noun;
    const pn_type *create_t, *edit_t;
    const pn_sql *now;     /* pni_one_id → edit_t, locks the row */
    const pn_sql *by_code; /* pni_by_code → edit_t */
    const pn_sql *insert;  /* edit_t → id; no row when the code is taken */
    const pn_sql *update;  /* edit_t; touches no row when the version is stale */
    const pn_op *list, *create, *edit;
    /** Derived columns and rules over several rows, after each insert or update; may be NULL. */
    int (*settle)(pn *p, const void *after);
    /** Apply an edit to the live row with all rules of the noun; NULL: pni_noun_update. */
    int (*change)(pn *p, const void *asked);
} pni_noun;

typedef struct pni_head { int64_t id; int version; } pni_head;

/** PN_ECONFLICT when `asked` was made for another version than the one that stands. */
PN_MUST int pni_fresh(pn *p, const void *asked, const void *now);
/** Read and lock one row in its edit form; PN_ENONE names the noun. */
PN_MUST int pni_now(pn *p, const pni_noun *noun, int64_t id, void *row);
/** Insert with audit; `row` (of edit_t) gets its id from the shard `sk`. */
PN_MUST int pni_noun_insert(pn *p, const pni_noun *noun, int sk, void *row, void *out);
/** The ordinary create: copy, insert, read back. */
PN_MUST int pni_noun_create(pn *p, const pni_noun *noun, const void *in, void *out);
/** Update with audit; `before` (of edit_t) was read by `now`, NULL reads it here. */
PN_MUST int pni_noun_update(pn *p, const pni_noun *noun, const void *before, const void *in);
PN_MUST int pni_noun_edit(pn *p, const pni_noun *noun, const void *in, void *out);
/** The shard key of a new row, spread evenly and the same for the same code everywhere. */
int pni_code_sk(const char *code);
/** Out of memory as a failure. */
int pni_mem(pn *p);

#pragma GCC visibility pop
#endif
