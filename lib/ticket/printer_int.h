/* SPDX-License-Identifier: Apache-2.0 */
/* printer_int.h — between printers, rolls and jobs. */
#ifndef PNI_PRINTER_H
#define PNI_PRINTER_H

#include "base/sql_int.h"
#include "ticket/escpos.h"
#include "ticket/printer.h"

#pragma GCC visibility push(hidden)

extern const pn_op pni_printer_test_op;

/** An active printer; with id 0 the only active one. */
PN_MUST int pni_printer_get(pn *p, int64_t id, pn_printer *out);

/** n blanks of the roll loaded in a printer, held for one job until `until`. stock_id is 0 when the
 *  printer has none and needs none (files). */
typedef struct pni_claim {
    int64_t stock_id, printer_id, job_id, first, count;
    pn_time until;
    const char *roll;
} pni_claim;
PN_MUST int pni_roll_claim(pn *p, const pn_printer *printer, pni_claim *claim);
/** Let other jobs use the printer. */
PN_MUST int pni_roll_release(pn *p, const pni_claim *claim);
/** Nothing was printed on the blanks from `first` on: they are next again. *done is false when
 *  somebody took blanks after them. */
PN_MUST int pni_roll_give_back(pn *p, const pni_claim *claim, int64_t first, bool *done);

/** Bytes of one ticket in the printer's language. */
PN_MUST int pni_printer_bytes(pn *p, const pn_printer *printer, const pn_layout *face,
                              const pn_face_data *data, pn_buf *out);
/** To the printer, with no transaction open. `name` is the file's in a folder. */
PN_MUST int pni_printer_send(pn *p, const pn_printer *printer, const char *name,
                             const pn_buf *data, pn_delivery *out);

#pragma GCC visibility pop
#endif
