/* SPDX-License-Identifier: Apache-2.0 */
/* pen_int.h — the drawing libraries, loaded when the first ticket is drawn. Loading them takes as
 * long as a whole command does otherwise, and nearly all commands draw nothing. The names below are
 * redirected, so that the code that draws reads as ever; pni_pen_open() comes before the first. */
#ifndef PNI_TICKET_PEN_H
#define PNI_TICKET_PEN_H

#include "base/op.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>

#undef g_object_unref
#undef g_utf8_next_char

struct pni_pen {
#define PEN(name) __typeof__(&name) name##_;
#include "ticket/pen.def"
#undef PEN
};

#pragma GCC visibility push(hidden)
extern struct pni_pen pni_pen;
/** Load them, once a process. Without a unit the caller finds the words. */
PN_MUST bool pni_pen_load(void);
/** Only what makes QR codes: the rest takes longer. */
PN_MUST bool pni_pen_load_codes(void);
QRecLevel pni_qr_level(char level);
PN_MUST int pni_pen_open(pn *p);
#pragma GCC visibility pop

#ifndef PNI_PEN_PLAIN
#define QRcode_encodeString (*pni_pen.QRcode_encodeString_)
#define QRcode_free (*pni_pen.QRcode_free_)
#define cairo_arc (*pni_pen.cairo_arc_)
#define cairo_close_path (*pni_pen.cairo_close_path_)
#define cairo_create (*pni_pen.cairo_create_)
#define cairo_destroy (*pni_pen.cairo_destroy_)
#define cairo_device_to_user (*pni_pen.cairo_device_to_user_)
#define cairo_fill (*pni_pen.cairo_fill_)
#define cairo_font_options_create (*pni_pen.cairo_font_options_create_)
#define cairo_font_options_destroy (*pni_pen.cairo_font_options_destroy_)
#define cairo_font_options_set_antialias (*pni_pen.cairo_font_options_set_antialias_)
#define cairo_font_options_set_hint_metrics (*pni_pen.cairo_font_options_set_hint_metrics_)
#define cairo_font_options_set_hint_style (*pni_pen.cairo_font_options_set_hint_style_)
#define cairo_image_surface_create (*pni_pen.cairo_image_surface_create_)
#define cairo_image_surface_create_from_png_stream \
    (*pni_pen.cairo_image_surface_create_from_png_stream_)
#define cairo_image_surface_get_data (*pni_pen.cairo_image_surface_get_data_)
#define cairo_image_surface_get_height (*pni_pen.cairo_image_surface_get_height_)
#define cairo_image_surface_get_stride (*pni_pen.cairo_image_surface_get_stride_)
#define cairo_image_surface_get_width (*pni_pen.cairo_image_surface_get_width_)
#define cairo_line_to (*pni_pen.cairo_line_to_)
#define cairo_mask_surface (*pni_pen.cairo_mask_surface_)
#define cairo_move_to (*pni_pen.cairo_move_to_)
#define cairo_new_sub_path (*pni_pen.cairo_new_sub_path_)
#define cairo_paint (*pni_pen.cairo_paint_)
#define cairo_pdf_surface_create_for_stream (*pni_pen.cairo_pdf_surface_create_for_stream_)
#define cairo_pdf_surface_set_metadata (*pni_pen.cairo_pdf_surface_set_metadata_)
#define cairo_rectangle (*pni_pen.cairo_rectangle_)
#define cairo_restore (*pni_pen.cairo_restore_)
#define cairo_rotate (*pni_pen.cairo_rotate_)
#define cairo_save (*pni_pen.cairo_save_)
#define cairo_scale (*pni_pen.cairo_scale_)
#define cairo_set_antialias (*pni_pen.cairo_set_antialias_)
#define cairo_set_dash (*pni_pen.cairo_set_dash_)
#define cairo_set_font_options (*pni_pen.cairo_set_font_options_)
#define cairo_set_line_width (*pni_pen.cairo_set_line_width_)
#define cairo_set_operator (*pni_pen.cairo_set_operator_)
#define cairo_set_source_rgb (*pni_pen.cairo_set_source_rgb_)
#define cairo_set_source_rgba (*pni_pen.cairo_set_source_rgba_)
#define cairo_set_source_surface (*pni_pen.cairo_set_source_surface_)
#define cairo_show_page (*pni_pen.cairo_show_page_)
#define cairo_status (*pni_pen.cairo_status_)
#define cairo_status_to_string (*pni_pen.cairo_status_to_string_)
#define cairo_stroke (*pni_pen.cairo_stroke_)
#define cairo_surface_destroy (*pni_pen.cairo_surface_destroy_)
#define cairo_surface_finish (*pni_pen.cairo_surface_finish_)
#define cairo_surface_flush (*pni_pen.cairo_surface_flush_)
#define cairo_surface_mark_dirty (*pni_pen.cairo_surface_mark_dirty_)
#define cairo_surface_status (*pni_pen.cairo_surface_status_)
#define cairo_surface_write_to_png_stream (*pni_pen.cairo_surface_write_to_png_stream_)
#define cairo_translate (*pni_pen.cairo_translate_)
#define cairo_user_to_device (*pni_pen.cairo_user_to_device_)
#define g_object_unref (*pni_pen.g_object_unref_)
#define g_unichar_type (*pni_pen.g_unichar_type_)
#define g_utf8_get_char (*pni_pen.g_utf8_get_char_)
#define g_utf8_validate (*pni_pen.g_utf8_validate_)
#define pango_cairo_context_set_resolution (*pni_pen.pango_cairo_context_set_resolution_)
#define pango_cairo_create_layout (*pni_pen.pango_cairo_create_layout_)
#define pango_cairo_show_layout (*pni_pen.pango_cairo_show_layout_)
#define pango_context_set_language (*pni_pen.pango_context_set_language_)
#define pango_context_set_round_glyph_positions (*pni_pen.pango_context_set_round_glyph_positions_)
#define pango_font_description_free (*pni_pen.pango_font_description_free_)
#define pango_font_description_new (*pni_pen.pango_font_description_new_)
#define pango_font_description_set_absolute_size \
    (*pni_pen.pango_font_description_set_absolute_size_)
#define pango_font_description_set_family (*pni_pen.pango_font_description_set_family_)
#define pango_font_description_set_weight (*pni_pen.pango_font_description_set_weight_)
#define pango_language_from_string (*pni_pen.pango_language_from_string_)
#define pango_layout_context_changed (*pni_pen.pango_layout_context_changed_)
#define pango_layout_copy (*pni_pen.pango_layout_copy_)
#define pango_layout_get_context (*pni_pen.pango_layout_get_context_)
#define pango_layout_get_extents (*pni_pen.pango_layout_get_extents_)
#define pango_layout_get_line_count (*pni_pen.pango_layout_get_line_count_)
#define pango_layout_get_log_attrs_readonly (*pni_pen.pango_layout_get_log_attrs_readonly_)
#define pango_layout_get_size (*pni_pen.pango_layout_get_size_)
#define pango_layout_get_unknown_glyphs_count (*pni_pen.pango_layout_get_unknown_glyphs_count_)
#define pango_layout_get_width (*pni_pen.pango_layout_get_width_)
#define pango_layout_set_alignment (*pni_pen.pango_layout_set_alignment_)
#define pango_layout_set_ellipsize (*pni_pen.pango_layout_set_ellipsize_)
#define pango_layout_set_font_description (*pni_pen.pango_layout_set_font_description_)
#define pango_layout_set_height (*pni_pen.pango_layout_set_height_)
#define pango_layout_set_text (*pni_pen.pango_layout_set_text_)
#define pango_layout_set_width (*pni_pen.pango_layout_set_width_)
#define pango_layout_set_wrap (*pni_pen.pango_layout_set_wrap_)

/* A table in the library, reached without it: the length of a character is in its first byte. */
#define g_utf8_next_char(c) pni_utf8_next(c)
static inline const char *pni_utf8_next(const char *c)
{
    unsigned char lead = (unsigned char)*c;
    return c + (lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4);
}
#endif

#endif
