/* SPDX-License-Identifier: Apache-2.0 */
/* draw.c — the elements of a face. Codes are snapped to whole dots of the head: a module of 3.7
 * dots is what scanners fail on. Text is laid out in points without hinted metrics, so that the
 * PDF and the printed paper break lines at the same places. */
#include "ticket/draw_int.h"

#include <math.h>
#include <string.h>

enum { QUIET_QR = 4, QUIET_128 = 10, MODULE_MIN = 2, WIDTHS_MAX = 900 };
static const double SIZE_MIN = 5.0, STEP = 0.94;

static void ink(const struct pni_canvas *c, bool white)
{
    double v = white && !c->mask ? 1 : 0;
    cairo_set_operator(c->cr, white && c->mask ? CAIRO_OPERATOR_DEST_OUT : CAIRO_OPERATOR_OVER);
    cairo_set_source_rgba(c->cr, v, v, v, 1);
}

/* ---- text ---- */

void pni_layout_free(PangoLayout **layout)
{
    if (*layout)
        g_object_unref(*layout);
}

static void set_font(PangoLayout *l, const pn_layout *face, const pn_element *e, double size)
{
    PangoFontDescription *d = pango_font_description_new();
    pango_font_description_set_family(d, e->font ? e->font : face->font);
    pango_font_description_set_weight(d, e->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(d, size * PANGO_SCALE);
    pango_layout_set_font_description(l, d);
    pango_font_description_free(d);
}

static bool fits(PangoLayout *l, const pn_element *e, int lines)
{
    int w, h;
    pango_layout_get_size(l, &w, &h);
    return w <= PNI_PT(e->w) * PANGO_SCALE + 1 && pango_layout_get_line_count(l) <= lines &&
           (e->h <= 0 || h <= PNI_PT(e->h) * PANGO_SCALE + 1 || lines == 1);
}

PangoLayout *pni_text_layout(cairo_t *cr, const pn_layout *face, const pn_element *e,
                             const char *text)
{
    static const PangoAlignment aligns[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER,
                                            PANGO_ALIGN_RIGHT};
    PangoLayout *l = pango_cairo_create_layout(cr);
    if (!l)
        return NULL;
    PangoContext *context = pango_layout_get_context(l);
    pango_cairo_context_set_resolution(context, 72);
    pango_context_set_language(context, pango_language_from_string("zh-cn"));
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_layout_context_changed(l);
    pango_layout_set_text(l, text, -1);
    pango_layout_set_alignment(l, aligns[e->align]);
    int lines = e->fit == PN_FIT_WRAP ? e->lines : 1;
    if (e->fit == PN_FIT_WRAP) {
        pango_layout_set_width(l, (int)(PNI_PT(e->w) * PANGO_SCALE));
        pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
    }
    double size = e->size;
    for (set_font(l, face, e, size); size > SIZE_MIN && !fits(l, e, lines);) {
        size = fmax(size * STEP, SIZE_MIN);
        set_font(l, face, e, size);
    }
    if (!fits(l, e, lines)) { /* the smallest readable size is not enough: end it visibly */
        pango_layout_set_width(l, (int)(PNI_PT(e->w) * PANGO_SCALE));
        pango_layout_set_height(l, -lines);
        pango_layout_set_ellipsize(l, PANGO_ELLIPSIZE_END);
    }
    return l;
}

static int draw_text(struct pni_canvas *c, const pn_element *e, const char *text)
{
    PNI_AUTO_LAYOUT l = pni_text_layout(c->cr, c->face, e, text);
    if (!l)
        return pn_fail(c->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PangoRectangle box;
    pango_layout_get_extents(l, NULL, &box);
    double w = PNI_PT(e->w), tw = (double)box.width / PANGO_SCALE;
    double th = (double)box.height / PANGO_SCALE, x = 0;
    if (pango_layout_get_width(l) < 0)
        x = e->align == PN_ALIGN_RIGHT ? w - tw : e->align == PN_ALIGN_CENTER ? (w - tw) / 2 : 0;
    double y = e->h > 0 ? (PNI_PT(e->h) - th) / 2 : 0;
    if (e->invert) {
        ink(c, false);
        cairo_rectangle(c->cr, 0, 0, w, e->h > 0 ? PNI_PT(e->h) : th);
        cairo_fill(c->cr);
    }
    ink(c, e->invert);
    cairo_move_to(c->cr, x, y);
    pango_cairo_show_layout(c->cr, l);
    return 0;
}

/* ---- lines, boxes, pictures ---- */

static void draw_line(struct pni_canvas *c, const pn_element *e)
{
    double dash = PNI_PT(e->dash);
    ink(c, false);
    cairo_set_line_width(c->cr, PNI_PT(e->stroke));
    if (dash > 0)
        cairo_set_dash(c->cr, &dash, 1, 0);
    cairo_move_to(c->cr, 0, 0);
    cairo_line_to(c->cr, PNI_PT(e->w - e->x), PNI_PT(e->h - e->y));
    cairo_stroke(c->cr);
}

static void draw_box(struct pni_canvas *c, const pn_element *e)
{
    double w = PNI_PT(e->w), h = PNI_PT(e->h), r = fmin(PNI_PT(e->radius), fmin(w, h) / 2);
    ink(c, false);
    cairo_set_line_width(c->cr, PNI_PT(e->stroke));
    cairo_new_sub_path(c->cr);
    cairo_arc(c->cr, w - r, r, r, -M_PI / 2, 0);
    cairo_arc(c->cr, w - r, h - r, r, 0, M_PI / 2);
    cairo_arc(c->cr, r, h - r, r, M_PI / 2, M_PI);
    cairo_arc(c->cr, r, r, r, M_PI, 3 * M_PI / 2);
    cairo_close_path(c->cr);
    if (e->fill)
        cairo_fill(c->cr);
    else
        cairo_stroke(c->cr);
}

struct source {
    const unsigned char *at;
    size_t left;
};

static cairo_status_t read_png(void *closure, unsigned char *data, unsigned int len)
{
    struct source *s = closure;
    if (len > s->left)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(data, s->at, len);
    s->at += len;
    s->left -= len;
    return CAIRO_STATUS_SUCCESS;
}

static void destroy_surface(cairo_surface_t **s)
{
    if (*s)
        cairo_surface_destroy(*s);
}
#define AUTO_SURFACE __attribute__((cleanup(destroy_surface))) cairo_surface_t *

/* Ink of a picture: what is dark and opaque. */
static cairo_surface_t *ink_of(cairo_surface_t *picture)
{
    int w = cairo_image_surface_get_width(picture), h = cairo_image_surface_get_height(picture);
    AUTO_SURFACE flat = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    cairo_t *cr = cairo_create(flat);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_set_source_surface(cr, picture, 0, 0);
    cairo_paint(cr);
    cairo_destroy(cr);
    cairo_surface_flush(flat);
    cairo_surface_t *mask = cairo_image_surface_create(CAIRO_FORMAT_A8, w, h);
    const unsigned char *from = cairo_image_surface_get_data(flat);
    unsigned char *to = cairo_image_surface_get_data(mask);
    if (!from || !to)
        return mask;
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            uint32_t px;
            memcpy(&px, from + (ptrdiff_t)y * cairo_image_surface_get_stride(flat) + x * 4, 4);
            unsigned lum = ((px >> 16 & 255) * 77 + (px >> 8 & 255) * 151 + (px & 255) * 28) >> 8;
            to[(ptrdiff_t)y * cairo_image_surface_get_stride(mask) + x] =
                (unsigned char)(255 - lum);
        }
    cairo_surface_mark_dirty(mask);
    return mask;
}

static int draw_image(struct pni_canvas *c, const pn_element *e)
{
    struct source s = {e->image.data, e->image.len};
    AUTO_SURFACE picture = cairo_image_surface_create_from_png_stream(read_png, &s);
    int w = cairo_image_surface_get_width(picture), h = cairo_image_surface_get_height(picture);
    if (cairo_surface_status(picture) || w < 1 || h < 1)
        return pn_fail(c->p, PN_EARG, "file", pn_tr("%s:%d: the PNG image cannot be read"),
                       c->face->file, e->line_no);
    AUTO_SURFACE mask = ink_of(picture);
    double scale = fmin(PNI_PT(e->w) / w, PNI_PT(e->h) / h);
    cairo_translate(c->cr, (PNI_PT(e->w) - w * scale) / 2, (PNI_PT(e->h) - h * scale) / 2);
    cairo_scale(c->cr, scale, scale);
    ink(c, false);
    cairo_mask_surface(c->cr, mask, 0, 0);
    return 0;
}

/* ---- codes ---- */

/* Points per module: a whole number of dots on a head, the exact share of the width on paper. */
static double module_size(const struct pni_canvas *c, const pn_element *e, int modules, int *dots)
{
    if (c->dpi <= 0)
        return PNI_PT(e->w) / modules;
    *dots = (int)(e->w / 25.4 * c->dpi / modules + 1e-6);
    return *dots * 72.0 / c->dpi;
}

static int refuse_small(const struct pni_canvas *c, const pn_element *e, int modules)
{
    return pn_fail(c->p, PN_EARG, "face",
                   pn_tr("%s:%d: the code needs a width of %.1f mm at %d dpi, not %.1f"),
                   c->face->file, e->line_no, modules * MODULE_MIN * 25.4 / c->dpi, c->dpi, e->w);
}

/* Move the origin to a dot's corner. */
static void snap(const struct pni_canvas *c, double *x, double *y)
{
    if (c->dpi <= 0)
        return;
    cairo_user_to_device(c->cr, x, y);
    *x = round(*x);
    *y = round(*y);
    cairo_device_to_user(c->cr, x, y);
}

static void free_qr(QRcode **qr)
{
    if (*qr)
        QRcode_free(*qr);
}

static int place_qr(struct pni_canvas *c, const pn_element *e, const pn_qr_place *place)
{
    if (c->places->n == PN_QR_PLACES)
        return pn_fail(c->p, PN_EARG, "face", pn_tr("%s:%d: more than %d QR codes"),
                       c->face->file, e->line_no, PN_QR_PLACES);
    c->places->at[c->places->n++] = *place;
    return 0;
}

static int draw_qr(struct pni_canvas *c, const pn_element *e, const char *text)
{
    QRcode *qr __attribute__((cleanup(free_qr))) =
        QRcode_encodeString(text, 0, pni_qr_level(e->level), QR_MODE_8, 1);
    if (!qr)
        return pn_fail(c->p, PN_EARG, "face", pn_tr("%s:%d: the text is too long for a QR code"),
                       c->face->file, e->line_no);
    int n = qr->width, all = n + 2 * QUIET_QR, dots = MODULE_MIN;
    double m = module_size(c, e, all, &dots);
    if (dots < MODULE_MIN)
        return refuse_small(c, e, all);
    double x = (PNI_PT(e->w) - n * m) / 2, y = x;
    snap(c, &x, &y);
    if (c->places) {
        double dx = x, dy = y;
        cairo_user_to_device(c->cr, &dx, &dy);
        return place_qr(c, e, &(pn_qr_place){(int)lround(dx), (int)lround(dy), dots, n, e->level,
                                           text});
    }
    ink(c, false);
    cairo_set_antialias(c->cr, CAIRO_ANTIALIAS_NONE);
    for (int row = 0; row < n; row++)
        for (int col = 0; col < n; col++) {
            int from = col; /* runs, so that a PDF viewer draws no hairlines between modules */
            while (col < n && qr->data[row * n + col] & 1)
                col++;
            if (col > from)
                cairo_rectangle(c->cr, x + from * m, y + row * m, (col - from) * m, m);
        }
    cairo_fill(c->cr);
    return 0;
}

static int draw_code128(struct pni_canvas *c, const pn_element *e, const char *text)
{
    uint8_t widths[WIDTHS_MAX];
    size_t n = pn_code128(text, widths, sizeof(widths));
    int modules = 2 * QUIET_128, dots = MODULE_MIN;
    if (!n)
        return pn_fail(c->p, PN_EARG, "face", pn_tr("%s:%d: '%s' cannot be a Code 128 barcode"),
                       c->face->file, e->line_no, text);
    for (size_t i = 0; i < n; i++)
        modules += widths[i];
    double m = module_size(c, e, modules, &dots), text_h = e->show_text ? 3.2 : 0;
    if (dots < MODULE_MIN)
        return refuse_small(c, e, modules);
    double used = modules * m, w = PNI_PT(e->w);
    double x = e->align == PN_ALIGN_RIGHT    ? w - used
               : e->align == PN_ALIGN_CENTER ? (w - used) / 2
                                             : 0;
    double y = 0, h = PNI_PT(e->h - text_h);
    x += QUIET_128 * m;
    snap(c, &x, &y);
    ink(c, false);
    cairo_save(c->cr);
    cairo_set_antialias(c->cr, CAIRO_ANTIALIAS_NONE);
    for (size_t i = 0; i < n; x += widths[i++] * m)
        if (i % 2 == 0)
            cairo_rectangle(c->cr, x, y, widths[i] * m, h);
    cairo_fill(c->cr);
    cairo_restore(c->cr);
    if (!e->show_text)
        return 0;
    const pn_element label = {.kind = PN_EL_TEXT, .w = e->w, .h = text_h, .size = 7,
                              .align = e->align, .lines = 1, .font = e->font};
    cairo_translate(c->cr, 0, h);
    return draw_text(c, &label, text);
}

/* ---- all of them ---- */

static int draw_element(struct pni_canvas *c, const pn_element *e)
{
    const char *text = e->text ? pn_layout_expand(c->p, e->text, c->data) : "";
    if (!text)
        return pn_fail(c->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    if (e->text && !*text)
        return 0;
    switch (e->kind) {
    case PN_EL_TEXT: return draw_text(c, e, text);
    case PN_EL_LINE: draw_line(c, e); return 0;
    case PN_EL_BOX: draw_box(c, e); return 0;
    case PN_EL_IMAGE: return draw_image(c, e);
    case PN_EL_QR: return draw_qr(c, e, text);
    case PN_EL_CODE128: return draw_code128(c, e, text);
    }
    return 0;
}

int pni_draw(struct pni_canvas *c)
{
    for (int i = 0; i < c->face->n; i++) {
        const pn_element *e = &c->face->elements[i];
        const char *when = e->when ? c->data->v[e->when_field] : "always";
        if (!when || !*when)
            continue;
        cairo_save(c->cr);
        cairo_translate(c->cr, PNI_PT(e->x), PNI_PT(e->y));
        cairo_rotate(c->cr, e->rotate * M_PI / 180);
        int rc = draw_element(c, e);
        cairo_restore(c->cr);
        PN_TRY(rc);
    }
    if (cairo_status(c->cr))
        return pn_fail(c->p, PN_EINTERNAL, NULL, "cairo: %s",
                       cairo_status_to_string(cairo_status(c->cr)));
    return 0;
}
