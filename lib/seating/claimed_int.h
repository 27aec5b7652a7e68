/* SPDX-License-Identifier: Apache-2.0 */
/* claimed_int.h — seats of the organiser's that a merchant has on offer. He may offer what is sold
 * or held there, for he may have the ticket. When such a seat comes free again, it is not sold a
 * second time (I02): it stays held until no offer claims it any more. */
#ifndef PNI_SEAT_CLAIMED_H
#define PNI_SEAT_CLAIMED_H

#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

/** Event: seats that listing `ref` claims are given back at the organiser's, and held there. */
#define PNI_SEATS_KEPT "seat.kept"
/** Event: that listing is not sold until somebody looked at its tickets. */
#define PNI_LISTING_DOUBTED "listing.doubted"

/** Hold what is free and claimed in these lots (numbers as text). Their rows are locked, and what
 *  freed the seats is a statement before: so that a claim, which locks the rows of seats it looks
 *  at, is either seen here or sees the free seat. `tell` whoever offers them. */
PN_MUST int pni_seats_keep(pn *p, int64_t session, pn_texts lots, bool tell);
extern const pn_sql pni_seats_keep_sql;

/** SQL: a name without 排, 座 or 号 behind it, as claims are spelled. */
#define PNI_TIDY(name) "regexp_replace(" name ", '(.)[排座号]+$', '\\1')"
#define PNI_KEY_PART(key, no) "split_part(" key ", '/', " no ")"
/** SQL: is row `b` of the organiser's the one that `key` names? The floor may be left out. */
#define PNI_KEY_ROW(key, b)                                                                        \
    "(" b ".section = " PNI_KEY_PART(key, "-3") " and " PNI_TIDY(b ".row_name") " = "              \
    PNI_KEY_PART(key, "-2") " and " PNI_KEY_PART(key, "-4") " in ('', " b ".floor))"
#define PNI_KEY_SEAT(key, label) "(" PNI_TIDY(label) " = " PNI_KEY_PART(key, "-1") ")"
/** SQL: is seat `i` of a merchant's own row `m` the one that `key` names? */
#define PNI_KEY_OWN(key, m, i)                                                                     \
    "(" m ".section = " PNI_KEY_PART(key, "-3") " and " m ".row_name = " PNI_KEY_PART(key, "-2")   \
    " and " m ".labels[" i "] = " PNI_KEY_PART(key, "-1")                                          \
    " and " m ".floor in ('', " PNI_KEY_PART(key, "-4") "))"
/** SQL: does the offer of claim `c` go on, or did it sell the seat? */
#define PNI_CLAIM_LIVES(c)                                                                         \
    "exists (select from listing l_ where l_.sk = " c ".sk and l_.id = " c ".listing_id"           \
    " and (l_.state not in ('EXPIRED', 'WITHDRAWN') or exists (select from seat_block m_"          \
    "  cross join generate_subscripts(m_.labels, 1) j_ where m_.sk = " c ".sk"                     \
    "  and m_.lot_id = " c ".listing_id and (m_.sold | m_.busy) >> (j_ - 1) & 1 = 1"               \
    "  and " PNI_KEY_OWN(c ".seat_key", "m_", "j_") ")))"

#pragma GCC visibility pop
#endif
