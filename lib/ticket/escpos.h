/* SPDX-License-Identifier: Apache-2.0 */
/* escpos.h — tickets as bytes for ESC/POS printers, and the ways the bytes get there. */
#ifndef PN_TICKET_ESCPOS_H
#define PN_TICKET_ESCPOS_H

#include "ticket/render.h"

PN_BEGIN

/** Append one ticket: initialise, raster in bands, QR codes of `places` (or NULL) by the printer
 *  itself, feed, cut. PN_EARG when something else stands in the rows of a QR code. */
PN_MUST int pn_escpos_ticket(pn *p, const pn_dots *dots, const pn_qr_places *places, pn_buf *out);
/** Centre the ticket on a head of `head` dots; PN_EARG when ink would be lost. Moves `places`. */
PN_MUST int pn_dots_fit(pn *p, const pn_dots *dots, int head, pn_qr_places *places, pn_dots *out);

typedef enum pn_sent {
    PN_SENT_CONFIRMED = 1, /* the printer says that all is well after the last byte */
    PN_SENT_UNKNOWN,       /* bytes left, nothing came back: somebody must look at the paper */
    PN_SENT_FAILED,        /* the printer reports a fault after bytes left: paper may be spoiled */
    PN_SENT_NOTHING,       /* refused before the first byte: no paper was touched */
} pn_sent;

typedef struct pn_delivery {
    pn_sent outcome;
    const char *message; /* translated; what the printer or the system said; "" when confirmed */
    bool broken;         /* the connection broke: do not go on with further tickets */
} pn_delivery;

/** Write to host:port (default 9100), ask for the status before and after. */
PN_MUST int pn_send_tcp(pn *p, const char *target, const void *data, size_t len, int timeout_ms,
                        pn_delivery *out);
/** Write to a printer device and read its status by ioctl where it has one. */
PN_MUST int pn_send_device(pn *p, const char *path, const void *data, size_t len, int timeout_ms,
                           pn_delivery *out);
/** Write a file: `path`, or `path/name` when `path` is a folder; an existing file is appended to
 *  when `append`, else replaced. Confirmed when it is on disk. */
PN_MUST int pn_send_file(pn *p, const char *path, const char *name, bool append, const void *data,
                         size_t len, pn_delivery *out);

PN_END
#endif
