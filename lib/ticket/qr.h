/* SPDX-License-Identifier: Apache-2.0 */
/* qr.h — a QR code for a screen: its modules, without a quiet zone. */
#ifndef PN_TICKET_QR_H
#define PN_TICKET_QR_H

#include "base/unit.h"

PN_BEGIN

enum { PN_QR_SIDE_MAX = 177, PN_QR_QUIET = 4 }; /* the quiet zone on each side, in modules */
typedef struct pn_qr {
    int side;
    uint8_t dark[PN_QR_SIDE_MAX * PN_QR_SIDE_MAX]; /* row by row, 1 or 0 */
} pn_qr;

/** `level`: how much of it may be covered: 'L' 7 %, 'M' 15 %, 'Q', 'H' 30 %. False: the text is
 *  empty or too long, or there is no library that makes codes. */
PN_MUST bool pn_qr_make(const char *text, char level, pn_qr *out);

PN_END
#endif
