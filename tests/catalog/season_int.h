/* SPDX-License-Identifier: Apache-2.0 */
/* season_int.h — people and rows for the tests of the catalogue. */
#ifndef PN_TESTS_SEASON_H
#define PN_TESTS_SEASON_H

#include "base/op.h"
#include "db.h"

/** A unit of the operations person number `id`. */
pn *person(int64_t id);
/** The content of a file of data/demo (or of `folder`); fails the test when it cannot be read. */
char *file_of(const char *folder, const char *name);
/** A city, a venue and a hall of 1,000, once a database. */
void make_place(pn *p);
/** A show with `sessions` × `tiers` (stock 100 each), a poster, notices: ready to be submitted.
 *  Codes: CODE, CODE-1, CODE-1-a … Sessions start `days` days from now. */
int64_t make_show(pn *p, const char *code, const char *title, int sessions, int tiers, int days);
/** The same, published by a second person. */
int64_t make_live_show(pn *p, const char *code, const char *title, int sessions, int tiers,
                       int days);
/** Id of a row of a noun by its code. */
int64_t id_of(const char *table, const char *code);
/** Put a session into a state, whatever led there. */
void force_state(int64_t session, const char *state);

#endif
