/* SPDX-License-Identifier: Apache-2.0 */
/* render.h — a face and its data become paper: vector PDF, PNG preview, printer dots.
 *
 * Every function first checks that each character has a glyph; a missing one is PN_EGLYPH naming
 * the character and its code point, and nothing is made. Results belong to the unit. */
#ifndef PN_TICKET_RENDER_H
#define PN_TICKET_RENDER_H

#include "ticket/layout.h"

PN_BEGIN

/** Dots of a print head: rows of `stride` bytes, left dot in the highest bit, 1 is black. */
typedef struct pn_dots {
    int width, height, stride;
    uint8_t *bits;
} pn_dots;

/** A QR code that was left out for the printer to make itself. All in dots; text is its payload. */
typedef struct pn_qr_place {
    int x, y, module, modules; /* top left of the first module; modules per side, no quiet zone */
    char level;
    const char *text;
} pn_qr_place;

enum { PN_QR_PLACES = 4 };
typedef struct pn_qr_places {
    int n;
    pn_qr_place at[PN_QR_PLACES];
} pn_qr_places;

/** Can every character of this ticket be drawn? */
PN_MUST int pn_render_check(pn *p, const pn_layout *face, const pn_face_data *data);
/** One page a ticket, text as text with embedded fonts. */
PN_MUST int pn_render_pdf(pn *p, const pn_layout *face, const pn_face_data *data, size_t n,
                          pn_buf *out);
PN_MUST int pn_render_png(pn *p, const pn_layout *face, const pn_face_data *data, int dpi,
                          pn_buf *out);
/** With `places`, QR codes are left out of the dots and described there instead. */
PN_MUST int pn_render_dots(pn *p, const pn_layout *face, const pn_face_data *data, int dpi,
                           pn_qr_places *places, pn_dots *out);
/** Dots as a PNG picture, one pixel a dot. */
PN_MUST int pn_dots_png(pn *p, const pn_dots *dots, pn_buf *out);

static inline bool pn_dot(const pn_dots *d, int x, int y)
{
    return d->bits[(size_t)y * (size_t)d->stride + (size_t)(x >> 3)] >> (7 - (x & 7)) & 1;
}

/** Bars and spaces of Code 128 (sets B and C), as widths starting with a bar. Printable ASCII only.
 *  Returns how many widths, 0 when the text cannot be written or `size` is too small. */
size_t pn_code128(const char *text, uint8_t *widths, size_t size);

PN_END
#endif
