/* SPDX-License-Identifier: Apache-2.0 */
/* bill_file_int.h — a provider's bill, one line after the other, in our words. */
#ifndef PNI_BILL_FILE_H
#define PNI_BILL_FILE_H

#include "link/link_int.h"

#pragma GCC visibility push(hidden)

/** A movement. Texts are valid until the next one is read. Amounts are positive; a fee that the
 *  provider gives back is negative. */
typedef struct pni_bill_entry {
    int64_t line;
    bool refund;
    const char *fund; /* of a movement: PAID_IN, PAID_OUT, FEE, OTHER; its amount is negative when
                         it went the other way */
    const char *provider_no, *out_no, *request_no; /* request_no: of a refund, ours */
    int64_t amount_fen, fee_fen, at_us;
} pni_bill_entry;

typedef struct pni_bill_file pni_bill_file;

bool pni_link_has_bill(const pni_link *l);
/** Are the movements of its account in a bill of their own? */
bool pni_link_has_fund(const pni_link *l);
/** A file as the provider hands it out, packed or not. `fund`: of the account's movements. */
PN_MUST int pni_bill_open(pn *p, const pni_link *l, bool fund, const char *path,
                          pni_bill_file **out);
/** *more is false behind the last line. A bill that is not whole is refused, in the end or before:
 *  nothing of it may be believed until then. */
PN_MUST int pni_bill_next(pn *p, pni_bill_file *b, pni_bill_entry *out, bool *more);
/** How much of the file was read, in 1/10000. */
int pni_bill_done(const pni_bill_file *b);
void pni_bill_close(pni_bill_file *b); /* NULL is fine */

/** Fields of a line, cut in place; without the marks around them. */
enum { PNI_BILL_FIELDS = 100 };
size_t pni_bill_cut(char *line, char *field[PNI_BILL_FIELDS]);

/** Does the vendor tell a day line by line instead of in a file? */
bool pni_link_has_lists(const pni_link *l);
/** Ask for all of its lists of that day and write them to `path` as the vendor's file would have
 *  them. `day` is "2026-11-26". PN_ENONE: it has nothing of that day. */
PN_MUST int pni_link_lists(pn *p, pni_link *l, const char *day, const char *path);

/** Which bill: of trades or of the account's movements, of a day, with other inputs of the call
 *  (NULL: none). */
typedef struct pni_bill_ask { const char *day; bool fund; const pni_pairs *more; } pni_bill_ask;
/** Ask for a bill and write it to `path`; checked against the hash that the provider told.
 *  PN_ENONE: it has none of that day (yet). */
PN_MUST int pni_link_bill(pn *p, pni_link *l, const pni_bill_ask *which, const char *path);

#pragma GCC visibility pop
#endif
