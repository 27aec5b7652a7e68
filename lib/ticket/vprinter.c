/* SPDX-License-Identifier: Apache-2.0 */
/* vprinter.c — the strict printer. Real printers print garbage when they do not understand; this
 * one stops at the first byte it was not taught, which is what makes it a test. */
#include "ticket/vprinter.h"
#include "ticket/pen_int.h"

#include <string.h>

enum {
    HEAD = 640, HEIGHT_MAX = 8000, LINE_DOTS = 30, HEAD_BYTES_MAX = 512, QR_MAX = 4096,
    STATUS = 0x12, QR_SIZE_MAX = 16,
};

struct pn_vprinter {
    pn *p;
    pn_vprinter_opts o;
    pn_dots page;
    int y, x;             /* next free row, position on the line */
    int height_used;
    size_t offset;        /* of the first byte of the command being read */
    uint8_t cmd[8 + QR_MAX];
    size_t have;          /* bytes of the command */
    size_t raster_left;   /* bytes of raster data still to come */
    int raster_row_bytes, raster_at;
    uint8_t qr[QR_MAX + 1];
    size_t qr_len;
    int qr_module, printed;
    QRecLevel qr_level;
    bool dead, ready, jammed, paper_out;
};

static int refuse(pn_vprinter *v, const char *why)
{
    char hex[3 * 8 + 1] = "";
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < v->have && i < 8; i++) {
        hex[i * 3] = digits[v->cmd[i] >> 4];
        hex[i * 3 + 1] = digits[v->cmd[i] & 15];
        hex[i * 3 + 2] = i + 1 < v->have && i < 7 ? ' ' : 0;
        hex[i * 3 + 3] = 0;
    }
    v->dead = true;
    return pn_fail(v->p, PN_EPRINTER, NULL, pn_tr("Byte %zu: %s: %s"), v->offset, why, hex);
}

static bool stuck(const pn_vprinter *v)
{
    return v->jammed || v->paper_out;
}

pn_vprinter *pn_vprinter_new(pn *p, const pn_vprinter_opts *opts)
{
    pn_vprinter *v = pn_alloc(p, sizeof(*v));
    if (!v)
        return NULL;
    v->p = p;
    v->o = *opts;
    v->printed = opts->printed;
    v->qr_module = 3;
    v->qr_level = QR_ECLEVEL_L;
    v->paper_out = opts->paper_out_after && v->printed >= opts->paper_out_after;
    int head = opts->head ? opts->head : HEAD;
    v->page = (pn_dots){head, HEIGHT_MAX, (head + 7) / 8, NULL};
    if (v->page.stride > HEAD_BYTES_MAX)
        return NULL;
    v->page.bits = pn_alloc(p, (size_t)v->page.stride * HEIGHT_MAX);
    return v->page.bits ? v : NULL;
}

int pn_vprinter_printed(const pn_vprinter *v)
{
    return v->printed;
}

bool pn_vprinter_stopped(const pn_vprinter *v)
{
    return stuck(v);
}

static void blacken(pn_vprinter *v, int x, int y)
{
    if (x < v->page.width && y < HEIGHT_MAX && !stuck(v))
        v->page.bits[(size_t)y * (size_t)v->page.stride + (size_t)(x >> 3)] |=
            (uint8_t)(0x80 >> (x & 7));
}

static int advance(pn_vprinter *v, int dots)
{
    v->y += dots;
    v->x = 0;
    return v->y > HEIGHT_MAX ? refuse(v, pn_tr("the ticket is longer than any paper")) : 0;
}

/* ---- what commands do ---- */

static int cut(pn_vprinter *v)
{
    if (stuck(v)) { /* a stopped printer throws away what it receives */
        v->y = v->x = 0;
        return 0;
    }
    pn_dots page = v->page;
    v->printed++;
    v->jammed = v->o.jam_at && v->printed == v->o.jam_at;
    page.height = v->jammed ? v->y / 2 : v->y;
    int rc = page.height > 0 && v->o.page ? v->o.page(v->o.payload, &page, v->jammed) : 0;
    memset(v->page.bits, 0, (size_t)v->page.stride * HEIGHT_MAX);
    v->y = v->x = 0;
    v->paper_out = v->o.paper_out_after && v->printed >= v->o.paper_out_after;
    return rc;
}

static void answer(pn_vprinter *v, int n)
{
    bool out = v->paper_out, jam = v->jammed;
    int st[] = {0, out || jam ? 0x08 : 0, (out ? 0x20 : 0) | (out || jam ? 0x40 : 0),
                jam ? 0x08 : 0, out ? 0x60 : 0};
    uint8_t byte = (uint8_t)(STATUS | st[n]);
    if (v->o.reply && !v->o.mute)
        v->o.reply(v->o.payload, &byte, 1);
}

static void free_qr(QRcode **qr)
{
    if (*qr)
        QRcode_free(*qr);
}

static int print_qr(pn_vprinter *v)
{
    QRcode *qr __attribute__((cleanup(free_qr))) = NULL;
    if (v->qr_len && pni_pen_load())
        qr = QRcode_encodeString((const char *)v->qr, 0, v->qr_level, QR_MODE_8, 1);
    if (!qr)
        return refuse(v, pn_tr("no QR code was stored, or it is too long"));
    int side = qr->width * v->qr_module;
    if (v->x + side > v->page.width)
        return refuse(v, pn_tr("the QR code does not fit on the head"));
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++)
            if (qr->data[y / v->qr_module * qr->width + x / v->qr_module] & 1)
                blacken(v, v->x + x, v->y + y);
    return advance(v, side);
}

static int qr_command(pn_vprinter *v)
{
    const uint8_t *c = v->cmd;
    size_t n = v->have - 5;
    switch (c[6]) {
    case 'A':
        return n == 4 && c[7] == '2' && !c[8] ? 0 : refuse(v, pn_tr("only QR model 2 is known"));
    case 'C':
        v->qr_module = c[7];
        return n == 3 && c[7] >= 1 && c[7] <= QR_SIZE_MAX
                   ? 0
                   : refuse(v, pn_tr("a QR module has 1 to 16 dots"));
    case 'E':
        v->qr_level = (QRecLevel)(c[7] - '0');
        return n == 3 && c[7] >= '0' && c[7] <= '3' ? 0
                                                    : refuse(v, pn_tr("unknown correction level"));
    case 'P':
        if (n < 4 || c[7] != '0')
            return refuse(v, pn_tr("no data to store"));
        v->qr_len = n - 3;
        memcpy(v->qr, c + 8, v->qr_len);
        v->qr[v->qr_len] = 0;
        return memchr(v->qr, 0, v->qr_len) ? refuse(v, pn_tr("the QR data holds a zero byte")) : 0;
    case 'Q':
        return n == 3 && c[7] == '0' ? print_qr(v) : refuse(v, pn_tr("unknown QR command"));
    default:
        return refuse(v, pn_tr("unknown QR command"));
    }
}

static int start_raster(pn_vprinter *v)
{
    const uint8_t *c = v->cmd;
    int bytes = c[4] | c[5] << 8, rows = c[6] | c[7] << 8;
    if (c[3])
        return refuse(v, pn_tr("only raster mode 0 is known"));
    if (!bytes || bytes > v->page.stride || !rows || v->y + rows > HEIGHT_MAX)
        return refuse(v, pn_tr("the raster does not fit on the head"));
    v->raster_row_bytes = bytes;
    v->raster_at = 0;
    v->raster_left = (size_t)bytes * (size_t)rows;
    return 0;
}

static int take_raster(pn_vprinter *v, uint8_t byte)
{
    int x = v->raster_at % v->raster_row_bytes * 8, y = v->y + v->raster_at / v->raster_row_bytes;
    for (int bit = 0; bit < 8; bit++)
        if (byte >> (7 - bit) & 1)
            blacken(v, x + bit, y);
    v->raster_at++;
    if (!--v->raster_left)
        return advance(v, v->raster_at / v->raster_row_bytes);
    return 0;
}

/* ---- reading ---- */

/* Bytes the command needs in all, as far as its beginning tells; 0 = unknown command. */
static size_t needs(const pn_vprinter *v)
{
    const uint8_t *c = v->cmd;
    if (c[0] == 0x0a)
        return 1;
    if (c[0] != 0x1b && c[0] != 0x1d && c[0] != 0x10)
        return 0;
    if (v->have < 2)
        return 2;
    if (c[0] == 0x10)
        return c[1] == 4 ? 3 : 0;
    if (c[0] == 0x1b)
        return c[1] == '@'                                ? 2
               : c[1] == 'a' || c[1] == 'J' || c[1] == 'd' ? 3
               : c[1] == '$'                              ? 4
                                                          : 0;
    if (c[1] == 'v')
        return v->have >= 3 && c[2] != '0' ? 0 : 8;
    if (c[1] == 'V')
        return v->have < 3 ? 3 : c[2] <= 1 || c[2] == '0' || c[2] == '1' ? 3
               : c[2] == 'A' || c[2] == 'B'                              ? 4
                                                                         : 0;
    if (c[1] != '(' || (v->have >= 3 && c[2] != 'k') || (v->have >= 6 && c[5] != '1'))
        return 0;
    if (v->have < 5)
        return 5;
    size_t len = (size_t)c[3] | (size_t)c[4] << 8;
    return len < 3 || len + 5 > sizeof(v->cmd) ? 0 : len + 5;
}

static int escape(pn_vprinter *v)
{
    const uint8_t *c = v->cmd;
    switch (c[1]) {
    case '@': v->x = 0; v->qr_len = 0; v->ready = true; return 0;
    case 'a': return c[2] ? refuse(v, pn_tr("only left alignment is known")) : 0;
    case 'J': return advance(v, c[2]);
    case 'd': return advance(v, c[2] * LINE_DOTS);
    default: v->x = c[2] | c[3] << 8; return 0;
    }
}

static int run(pn_vprinter *v)
{
    const uint8_t *c = v->cmd;
    if (c[0] == 0x10) {
        if (c[2] < 1 || c[2] > 4)
            return refuse(v, pn_tr("unknown status request"));
        answer(v, c[2]);
        return 0;
    }
    if (!v->ready && !(c[0] == 0x1b && c[1] == '@'))
        return refuse(v, pn_tr("the job does not start with ESC @"));
    if (c[0] == 0x0a)
        return advance(v, LINE_DOTS);
    if (c[0] == 0x1b)
        return escape(v);
    return c[1] == 'v' ? start_raster(v) : c[1] == 'V' ? cut(v) : qr_command(v);
}

static int take(pn_vprinter *v, uint8_t byte)
{
    if (v->raster_left)
        return take_raster(v, byte);
    v->cmd[v->have++] = byte;
    size_t need = needs(v);
    if (!need)
        return refuse(v, pn_tr("not understood"));
    return v->have == need && needs(v) == v->have ? run(v) : 0;
}

int pn_vprinter_feed(pn_vprinter *v, const void *data, size_t len)
{
    const uint8_t *at = data;
    if (v->dead)
        return refuse(v, pn_tr("switched off after an error"));
    for (size_t i = 0; i < len; i++) {
        bool raster = v->raster_left > 0;
        PN_TRY(take(v, at[i]));
        size_t need = raster ? 0 : needs(v);
        if (raster || v->have == need) {
            v->offset += raster ? 1 : v->have;
            v->have = 0;
        }
    }
    return 0;
}

int pn_vprinter_end(pn_vprinter *v)
{
    if (v->dead)
        return refuse(v, pn_tr("switched off after an error"));
    if (v->have || v->raster_left)
        return refuse(v, pn_tr("the data ends within a command"));
    if (v->y && !stuck(v))
        return refuse(v, pn_tr("the last ticket was not cut"));
    return 0;
}
