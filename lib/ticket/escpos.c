/* SPDX-License-Identifier: Apache-2.0 */
/* escpos.c — the bytes. Device fonts differ from maker to maker and lack rare characters, so all
 * text goes as raster, in bands that small receive buffers can take; only QR codes may be left to
 * the printer. */
#include "ticket/escpos.h"

#include <string.h>

enum { BAND = 128, MODULE_MAX = 16, QR_TEXT_MAX = 4000 };

static void put(pn_buf *b, const uint8_t *bytes, size_t n)
{
    pn_buf_put(b, (const char *)bytes, n);
}

#define PUT(b, ...) put(b, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))
#define LO(v) (uint8_t)((v) & 255)
#define HI(v) (uint8_t)((v) >> 8 & 255)

static void raster(pn_buf *b, const pn_dots *d, int from, int to)
{
    for (int y = from; y < to; y += BAND) {
        int rows = to - y < BAND ? to - y : BAND;
        PUT(b, 0x1d, 'v', '0', 0, LO(d->stride), HI(d->stride), LO(rows), HI(rows));
        put(b, d->bits + (size_t)y * (size_t)d->stride, (size_t)rows * (size_t)d->stride);
    }
}

static bool blank(const pn_dots *d, int from, int to)
{
    const uint8_t *at = d->bits + (size_t)from * (size_t)d->stride;
    for (size_t n = (size_t)(to - from) * (size_t)d->stride; n--;)
        if (*at++)
            return false;
    return true;
}

static void native_qr(pn_buf *b, const pn_qr_place *q)
{
    size_t n = strlen(q->text) + 3;
    int step = q->level == 'L' ? 0 : q->level == 'M' ? 1 : q->level == 'Q' ? 2 : 3;
    uint8_t level = (uint8_t)('0' + step);
    PUT(b, 0x1b, '$', LO(q->x), HI(q->x));
    PUT(b, 0x1d, '(', 'k', 4, 0, '1', 'A', '2', 0);
    PUT(b, 0x1d, '(', 'k', 3, 0, '1', 'C', (uint8_t)q->module);
    PUT(b, 0x1d, '(', 'k', 3, 0, '1', 'E', level);
    PUT(b, 0x1d, '(', 'k', LO(n), HI(n), '1', 'P', '0');
    pn_buf_puts(b, q->text);
    PUT(b, 0x1d, '(', 'k', 3, 0, '1', 'Q', '0');
}

/* Rows of the next QR code below `y`; they must be free of other ink. */
static int next_qr(pn *p, const pn_dots *d, const pn_qr_places *places, int y,
                   const pn_qr_place **out)
{
    *out = NULL;
    for (int i = 0; places && i < places->n; i++)
        if (places->at[i].y >= y && (!*out || places->at[i].y < (*out)->y))
            *out = &places->at[i];
    if (!*out)
        return 0;
    int end = (*out)->y + (*out)->modules * (*out)->module;
    if (end > d->height || (*out)->module > MODULE_MAX || strlen((*out)->text) > QR_TEXT_MAX ||
        !blank(d, (*out)->y, end))
        return pn_fail(p, PN_EARG, "native_qr",
                       pn_tr("The printer cannot make this QR code itself: other ink stands beside "
                             "it, or it is too large"));
    return 0;
}

int pn_escpos_ticket(pn *p, const pn_dots *dots, const pn_qr_places *places, pn_buf *out)
{
    int y = 0, seen = 0;
    PUT(out, 0x1b, '@');
    for (const pn_qr_place *q = NULL;; y = q->y + q->modules * q->module, seen++) {
        PN_TRY(next_qr(p, dots, places, y, &q));
        if (!q)
            break;
        raster(out, dots, y, q->y);
        native_qr(out, q);
    }
    if (places && seen != places->n)
        return pn_fail(p, PN_EARG, "native_qr", pn_tr("Two QR codes stand beside each other"));
    raster(out, dots, y, dots->height);
    PUT(out, 0x1d, 'V', 'A', 0);
    return out->bad ? pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM)) : 0;
}

int pn_dots_fit(pn *p, const pn_dots *dots, int head, pn_qr_places *places, pn_dots *out)
{
    int left = dots->width, right = -1;
    for (int y = 0; y < dots->height; y++)
        for (int x = 0; x < dots->width; x++)
            if (pn_dot(dots, x, y)) {
                left = x < left ? x : left;
                right = x > right ? x : right;
            }
    int shift = (head - dots->width) / 2; /* negative: margins are cut off */
    if (right >= left && (left + shift < 0 || right + shift >= head))
        return pn_fail(p, PN_EARG, "printer",
                       pn_tr("The face has ink on %d dots, the print head has %d"),
                       right - left + 1, head);
    pn_dots d = {head, dots->height, (head + 7) / 8, NULL};
    d.bits = pn_alloc(p, (size_t)d.stride * (size_t)d.height);
    if (!d.bits)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (int y = 0; y < d.height; y++)
        for (int x = left; x <= right; x++)
            if (pn_dot(dots, x, y))
                d.bits[(size_t)y * (size_t)d.stride + (size_t)((x + shift) >> 3)] |=
                    (uint8_t)(0x80 >> ((x + shift) & 7));
    for (int i = 0; places && i < places->n; i++)
        places->at[i].x += shift;
    *out = d;
    return 0;
}
