/* SPDX-License-Identifier: Apache-2.0 */
/* render.c — surfaces: one drawing, three kinds of paper. An A8 surface holds ink only; it is a
 * quarter of the memory of RGB and measurably faster, and a print head knows no colour anyway. */
#include "ticket/draw_int.h"

#include <stdlib.h>
#include <string.h>

enum { DPI_MIN = 72, DPI_MAX = 1200, PIXELS_MAX = 64 * 1000 * 1000, INK = 128 };

static void destroy_surface(cairo_surface_t **s)
{
    if (*s)
        cairo_surface_destroy(*s);
}
#define AUTO_SURFACE __attribute__((cleanup(destroy_surface))) cairo_surface_t *

static void destroy_cairo(cairo_t **cr)
{
    if (*cr)
        cairo_destroy(*cr);
}
#define AUTO_CAIRO __attribute__((cleanup(destroy_cairo))) cairo_t *

static int check_status(pn *p, cairo_status_t status)
{
    if (status == CAIRO_STATUS_NO_MEMORY)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    if (status)
        return pn_fail(p, PN_EINTERNAL, NULL, "cairo: %s", cairo_status_to_string(status));
    return 0;
}

static cairo_t *open_cairo(cairo_surface_t *surface, double scale)
{
    cairo_t *cr = cairo_create(surface);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_set_font_options(cr, options);
    cairo_font_options_destroy(options);
    cairo_scale(cr, scale, scale);
    return cr;
}

/* ---- glyphs ---- */

static const char *after(const char *c)
{
    return g_utf8_next_char(c);
}

static int refuse_glyph(pn *p, const char *at, const char *end, const char *text)
{
    pn_buf points = pn_buf_new(p);
    for (const char *c = at; c < end; c = after(c))
        pn_buf_putf(&points, "%sU+%04X", c > at ? " " : "", (unsigned)g_utf8_get_char(c));
    pn_fail(p, PN_EGLYPH, NULL, pn_tr("No font has the character '%.*s' (%s) of \"%s\""),
            (int)(end - at), at, points.bad ? "?" : points.text, text);
    return pn_hint(p, pn_tr("install a font that has it, or write the name another way"));
}

/* What a font may well have a picture for, but no reader could read. */
static bool never_printed(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);
    return type == G_UNICODE_CONTROL || type == G_UNICODE_PRIVATE_USE ||
           type == G_UNICODE_SURROGATE || type == G_UNICODE_LINE_SEPARATOR ||
           type == G_UNICODE_PARAGRAPH_SEPARATOR || c == 0xfffd;
}

static int find_glyph(pn *p, PangoLayout *l, const char *text)
{
    int n = 0;
    const PangoLogAttr *attr = pango_layout_get_log_attrs_readonly(l, &n);
    const char *start = text, *at = text;
    for (int i = 0; *at; i++) {
        at = after(at);
        if (i + 1 < n && *at && !attr[i + 1].is_cursor_position)
            continue;
        PNI_AUTO_LAYOUT one = pango_layout_copy(l);
        pango_layout_set_text(one, start, (int)(at - start));
        if (pango_layout_get_unknown_glyphs_count(one))
            return refuse_glyph(p, start, at, text);
        start = at;
    }
    return refuse_glyph(p, text, at, text);
}

static int check_text(pn *p, cairo_t *cr, const pn_layout *face, const pn_element *e,
                      const char *text)
{
    const char *bad = NULL;
    if (!g_utf8_validate(text, -1, &bad))
        return pn_fail(p, PN_EGLYPH, NULL, pn_tr("Byte %zu of the text for line %d is not UTF-8"),
                       (size_t)(bad - text) + 1, e->line_no);
    for (const char *c = text; *c; c = after(c))
        if (never_printed(g_utf8_get_char(c)))
            return refuse_glyph(p, c, after(c), text);
    PNI_AUTO_LAYOUT l = pni_text_layout(cr, face, e, text);
    if (!l)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    if (pango_layout_get_unknown_glyphs_count(l))
        return find_glyph(p, l, text);
    return 0;
}

int pn_render_check(pn *p, const pn_layout *face, const pn_face_data *data)
{
    PN_TRY(pni_pen_open(p));
    AUTO_SURFACE surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 8, 8);
    AUTO_CAIRO cr = open_cairo(surface, 1);
    for (int i = 0; i < face->n; i++) {
        const pn_element *e = &face->elements[i];
        if (e->kind != PN_EL_TEXT)
            continue;
        const char *text = pn_layout_expand(p, e->text, data);
        if (!text)
            return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
        PN_TRY(check_text(p, cr, face, e, text));
    }
    return check_status(p, cairo_status(cr));
}

/* ---- PDF ---- */

static cairo_status_t write_buf(void *closure, const unsigned char *data, unsigned int len)
{
    pn_buf *b = closure;
    pn_buf_put(b, (const char *)data, len);
    return b->bad ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

static int draw_pages(pn *p, cairo_surface_t *surface, const pn_layout *face,
                      const pn_face_data *data, size_t n)
{
    AUTO_CAIRO cr = open_cairo(surface, 1);
    for (size_t i = 0; i < n; i++) {
        struct pni_canvas c = {p, cr, face, &data[i], 0, false, NULL};
        PN_TRY(pni_draw(&c));
        cairo_show_page(cr);
    }
    return 0;
}

int pn_render_pdf(pn *p, const pn_layout *face, const pn_face_data *data, size_t n, pn_buf *out)
{
    PN_TRY(pni_pen_open(p));
    for (size_t i = 0; i < n; i++)
        PN_TRY(pn_render_check(p, face, &data[i]));
    pn_buf b = pn_buf_new(p);
    AUTO_SURFACE surface = cairo_pdf_surface_create_for_stream(
        write_buf, &b, PNI_PT(face->width), PNI_PT(face->height));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, face->name);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "piaoniu");
    int rc = draw_pages(p, surface, face, data, n);
    cairo_surface_finish(surface);
    PN_TRY(rc);
    PN_TRY(check_status(p, cairo_surface_status(surface)));
    *out = b;
    return 0;
}

/* ---- dots ---- */

static int dots_of(double mm, int dpi)
{
    return (int)(mm / 25.4 * dpi + 0.5);
}

/* The ink of a ticket at a resolution: A8, the caller's. */
static int draw_ink(pn *p, const pn_layout *face, const pn_face_data *data, int dpi,
                    pn_qr_places *places, cairo_surface_t **out)
{
    if (dpi < DPI_MIN || dpi > DPI_MAX)
        return pn_fail(p, PN_EARG, "dpi", pn_tr("A resolution is from %d to %d dpi"), DPI_MIN,
                       DPI_MAX);
    int w = dots_of(face->width, dpi), h = dots_of(face->height, dpi);
    if ((int64_t)w * h > PIXELS_MAX)
        return pn_fail(p, PN_ETOO_BIG, "dpi", pn_tr("%d x %d dots are too many"), w, h);
    PN_TRY(pn_render_check(p, face, data));
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, w, h);
    if (places)
        places->n = 0;
    AUTO_CAIRO cr = open_cairo(surface, dpi / 72.0);
    struct pni_canvas c = {p, cr, face, data, dpi, true, places};
    int rc = pni_draw(&c);
    cairo_surface_flush(surface);
    if (!rc)
        rc = check_status(p, cairo_surface_status(surface));
    if (rc)
        cairo_surface_destroy(surface);
    else
        *out = surface;
    return rc;
}

int pn_render_dots(pn *p, const pn_layout *face, const pn_face_data *data, int dpi,
                   pn_qr_places *places, pn_dots *out)
{
    AUTO_SURFACE surface = NULL;
    PN_TRY(draw_ink(p, face, data, dpi, places, &surface));
    int w = cairo_image_surface_get_width(surface), h = cairo_image_surface_get_height(surface);
    pn_dots d = {w, h, (w + 7) / 8, NULL};
    d.bits = pn_alloc(p, (size_t)d.stride * (size_t)h);
    if (!d.bits)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    const unsigned char *ink = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            if (ink[(size_t)y * (size_t)stride + (size_t)x] >= INK)
                d.bits[(size_t)y * (size_t)d.stride + (size_t)(x >> 3)] |=
                    (uint8_t)(0x80 >> (x & 7));
    *out = d;
    return 0;
}

/* ---- PNG ---- */

/* Black where the ink is; `ink_at` gives 0..255. */
static int write_png(pn *p, int w, int h, uint8_t (*ink_at)(const void *, int, int),
                     const void *from, pn_buf *out)
{
    PN_TRY(pni_pen_open(p));
    AUTO_SURFACE page = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    PN_TRY(check_status(p, cairo_surface_status(page)));
    unsigned char *to = cairo_image_surface_get_data(page);
    int stride = cairo_image_surface_get_stride(page);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            memset(to + (size_t)y * (size_t)stride + (size_t)x * 4, 255 - ink_at(from, x, y), 4);
    cairo_surface_mark_dirty(page);
    pn_buf b = pn_buf_new(p);
    PN_TRY(check_status(p, cairo_surface_write_to_png_stream(page, write_buf, &b)));
    *out = b;
    return 0;
}

static uint8_t surface_ink(const void *from, int x, int y)
{
    cairo_surface_t *s = *(cairo_surface_t *const *)from;
    return cairo_image_surface_get_data(s)[(size_t)y * (size_t)cairo_image_surface_get_stride(s) +
                                           (size_t)x];
}

static uint8_t dots_ink(const void *from, int x, int y)
{
    return pn_dot(from, x, y) ? 255 : 0;
}

int pn_render_png(pn *p, const pn_layout *face, const pn_face_data *data, int dpi, pn_buf *out)
{
    AUTO_SURFACE ink = NULL;
    PN_TRY(draw_ink(p, face, data, dpi, NULL, &ink));
    return write_png(p, cairo_image_surface_get_width(ink), cairo_image_surface_get_height(ink),
                     surface_ink, &ink, out);
}

int pn_dots_png(pn *p, const pn_dots *dots, pn_buf *out)
{
    return write_png(p, dots->width, dots->height, dots_ink, dots, out);
}
