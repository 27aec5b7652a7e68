/* SPDX-License-Identifier: Apache-2.0 */
/* vprinter.h — a printer made of software, for training, previews and tests. It understands the
 * part of ESC/POS that tickets use and refuses everything else, saying at which byte. */
#ifndef PN_TICKET_VPRINTER_H
#define PN_TICKET_VPRINTER_H

#include "ticket/render.h"

PN_BEGIN

typedef struct pn_vprinter pn_vprinter;

/** Faults to play and what to do with results. Counts are of tickets; 0 = never. */
typedef struct pn_vprinter_opts {
    int head;            /* dots of the head; default 640 */
    int paper_out_after; /* that many are printed, then the paper is out */
    int jam_at;          /* that one (from 1) jams: half of it is printed, a fault is reported */
    bool mute;           /* never answers status requests */
    /** A ticket was cut. `jammed` when the paper stuck. Non-zero stops with that code. */
    int (*page)(void *payload, const pn_dots *page, bool jammed);
    /** Bytes for the sender. */
    void (*reply)(void *payload, const uint8_t *data, size_t len);
    void *payload;
    int printed; /* tickets so far, so that counts go on over connections */
} pn_vprinter_opts;

/** A printer switched on; belongs to the unit. NULL: out of memory. */
pn_vprinter *pn_vprinter_new(pn *p, const pn_vprinter_opts *opts);
/** Take bytes as they come, in pieces of any size. PN_EPRINTER names offset and bytes of what it
 *  does not understand; after that it takes nothing more. */
PN_MUST int pn_vprinter_feed(pn_vprinter *v, const void *data, size_t len);
/** The sender has closed: PN_EPRINTER when a command is incomplete or ink was left uncut. */
PN_MUST int pn_vprinter_end(pn_vprinter *v);
/** Tickets cut so far, `opts->printed` included. */
int pn_vprinter_printed(const pn_vprinter *v);
/** A jam or missing paper stops it until it is switched on again. */
bool pn_vprinter_stopped(const pn_vprinter *v);

/** Serve one printer on TCP, one sender at a time, until *stop is set (a signal handler may). */
typedef struct pn_vserver {
    const char *bind;     /* default 127.0.0.1 */
    int port;             /* 0: any free one */
    const char *dir;      /* each cut ticket becomes ticket-NNNN.png here */
    int dpi;              /* only for the record in the PNG; default 203 */
    pn_vprinter_opts printer; /* page, reply and payload are the server's */
    const volatile int *stop;
    void (*listening)(void *payload, int port);
    void (*ticket)(void *payload, const char *path, bool jammed);
    void (*refused)(void *payload, const char *message);
    void *payload;
    int tickets_max;      /* stop after that many tickets; 0: never */
} pn_vserver;
PN_MUST int pn_vprinter_serve(pn *p, const pn_vserver *s);

PN_END
#endif
