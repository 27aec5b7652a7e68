/* SPDX-License-Identifier: Apache-2.0 */
/* meant_int.h — naming seats in words.
 *
 * Terms are separated by ";" or ",", each a path like the keys of seats, as long as needed:
 * "1F/A区" a section, "A区/5" a row, "A区/5/12" a seat. A part may be "*" or "3..8". "@VIP" are the
 * seats of a category, "-A区/1" takes away again. What is called so is meant first: where there is
 * a section "-1F", "-1F/5" is its row, and "- 1F/5", with a blank, takes away in any case. */
#ifndef PNI_MEANT_H
#define PNI_MEANT_H

#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

/** A row to choose from; categories may be empty. */
typedef struct pni_named_row {
    const char *floor, *section, *row_name;
    pn_texts labels, categories;
    int64_t mask; /* the seats that may be chosen */
} pni_named_row;

/** Set chosen[i] to the seats of rows[i] that the terms name. PN_EARG for a term without seats. */
PN_MUST int pni_seats_meant(pn *p, const char *terms, const char *field,
                            const pni_named_row *rows, size_t n, int64_t chosen[]);
/** The key of a seat of a row, in the unit; "" when out of memory. */
const char *pni_named_seat(pn *p, const pni_named_row *row, int bit);

#pragma GCC visibility pop
#endif
