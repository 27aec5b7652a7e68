/* SPDX-License-Identifier: Apache-2.0 */
/* draw_int.h — between render.c (surfaces) and draw.c (elements). */
#ifndef PNI_TICKET_DRAW_H
#define PNI_TICKET_DRAW_H

#include "ticket/pen_int.h"
#include "ticket/render.h"

#pragma GCC visibility push(hidden)

#define PNI_PT(mm) ((mm) * 72 / 25.4)

/** Where to draw. The unit of `cr` is the point. `dpi` > 0: dots, codes are snapped to them. */
struct pni_canvas {
    pn *p;
    cairo_t *cr;
    const pn_layout *face;
    const pn_face_data *data;
    int dpi;
    bool mask;            /* the surface holds ink only (A8) */
    pn_qr_places *places; /* leave QR codes out and describe them here */
};

PN_MUST int pni_draw(struct pni_canvas *c);
/** A pango layout for the element's text, fitted into its box. NULL: out of memory. */
PangoLayout *pni_text_layout(cairo_t *cr, const pn_layout *face, const pn_element *e,
                             const char *text);
void pni_layout_free(PangoLayout **layout);
#define PNI_AUTO_LAYOUT __attribute__((cleanup(pni_layout_free))) PangoLayout *

#pragma GCC visibility pop
#endif
