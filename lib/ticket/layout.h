/* SPDX-License-Identifier: Apache-2.0 */
/* layout.h — a ticket face as a model: what stands where on the paper, in millimetres.
 *
 * One YAML file is one face. Every error names file:line:column, what is wrong and what was
 * expected. The same model is drawn as PDF, PNG and printer dots by render.h. */
#ifndef PN_TICKET_LAYOUT_H
#define PN_TICKET_LAYOUT_H

#include "base/unit.h"

PN_BEGIN

/** What a face can show: FIELD(name, "what it is", "sample for previews"). */
#define PN_FACE_FIELDS(FIELD)                                                                      \
    FIELD(show, N_("Show title"), "歌剧《魅影》中文版 上海站")                                     \
    FIELD(subtitle, N_("Subtitle"), "二十周年纪念演出")                                            \
    FIELD(city, N_("City"), "上海")                                                                \
    FIELD(venue, N_("Venue"), "上海大剧院")                                                        \
    FIELD(hall, N_("Hall"), "大剧场")                                                              \
    FIELD(address, N_("Address"), "黄浦区人民大道300号")                                           \
    FIELD(start, N_("Date and time"), "2026-12-01 19:30")                                          \
    FIELD(date, N_("Date"), "2026-12-01")                                                          \
    FIELD(weekday, N_("Weekday"), "星期二")                                                        \
    FIELD(time, N_("Time"), "19:30")                                                               \
    FIELD(doors, N_("Doors open"), "18:45")                                                        \
    FIELD(tier, N_("Tier"), "VIP 区")                                                              \
    FIELD(price, N_("Face price"), "¥1,280")                                                       \
    FIELD(seat, N_("Seat"), "一楼 A区 12排 8座")                                                   \
    FIELD(gate, N_("Gate group"), "A")                                                             \
    FIELD(holder, N_("Holder"), "张*丰")                                                           \
    FIELD(order_no, N_("Order number"), "PN2611230000012")                                         \
    FIELD(order_tail, N_("Last digits of the order number"), "00012")                              \
    FIELD(ticket_no, N_("Ticket number"), "TP0000001310729")                                       \
    FIELD(serial, N_("Paper serial"), "A1-000042")                                                 \
    FIELD(print_no, N_("Print number"), "1")                                                       \
    FIELD(reprint, N_("Reprint mark"), "")                                                         \
    FIELD(permit, N_("Permit number"), "沪文演〔2026〕0001")                                       \
    FIELD(organiser, N_("Organiser"), "上海大剧院")                                                \
    FIELD(code, N_("Signed code"),                                                                 \
          "PN1041061050R3GG28A1C60T3GF208H44RM2MB1E60S38DHR78Y3WFZQ0KXDTYPZ5JW1M8B6NVH9S3CT4EQ2G7" \
          "A0XKPRZ5D1WMYBVF6NHJ38ST4CEQ27GA9XKPRZ5D1WMYBVF6NHJ380")                                \
    FIELD(barcode, N_("Printed barcode"), "TP0000001310729001123456")

enum pn_face_field_no {
#define PN_FACE_FIELD_ENUM(name, text, sample) PN_F_##name,
    PN_FACE_FIELDS(PN_FACE_FIELD_ENUM)
#undef PN_FACE_FIELD_ENUM
    PN_F_COUNT
};

typedef struct pn_face_field {
    const char *name, *label, *sample;
} pn_face_field;
extern const pn_face_field pn_face_fields[]; /* PN_F_COUNT rows and {0} */

/** The words of one ticket; NULL is the same as "". */
typedef struct pn_face_data {
    const char *v[PN_F_COUNT];
} pn_face_data;

typedef enum pn_element_kind {
    PN_EL_TEXT = 1,
    PN_EL_LINE,
    PN_EL_BOX,
    PN_EL_IMAGE,
    PN_EL_QR,
    PN_EL_CODE128,
} pn_element_kind;

typedef enum pn_align { PN_ALIGN_LEFT, PN_ALIGN_CENTER, PN_ALIGN_RIGHT } pn_align;
typedef enum pn_fit { PN_FIT_SHRINK, PN_FIT_WRAP } pn_fit;

typedef struct pn_element {
    pn_element_kind kind;
    const char *text;      /* with {field}; text, QR, Code 128 */
    double x, y, w, h;     /* mm, of the unrotated box; of a line: its second end in w, h */
    int rotate;            /* degrees clockwise about x, y: 0 90 180 270 */
    pn_align align;
    pn_fit fit;
    double size;           /* pt */
    bool bold, invert, fill, show_text;
    const char *font;      /* NULL: the face's */
    int lines;             /* wrapped lines at most */
    double stroke, dash, radius; /* mm */
    char level;            /* QR: L M Q H */
    pn_bytes image;        /* PNG */
    const char *when;      /* drawn only when this field has a value; NULL = always */
    int when_field;        /* its number, -1 without `when` */
    int line_no;           /* in the file */
} pn_element;

typedef struct pn_layout {
    const char *file;      /* for messages */
    const char *code, *name, *font;
    double width, height;  /* mm */
    const char *weekdays[7]; /* Sunday first: words that data brings are in the face's language */
    const char *unreserved;  /* shown as the seat of a ticket without one */
    const char *reprint;     /* mark of the second and later prints; the number follows */
    int n;
    pn_element *elements;
} pn_layout;

/** Read a face. `file` is only for messages. PN_EARG with file:line:col. Belongs to the unit. */
PN_MUST int pn_layout_read(pn *p, const char *file, const char *text, size_t len, pn_layout **out);
/** Number of a field by its name, -1 when there is none. */
int pn_face_field_find(const char *name, size_t len);
/** Put the data into "{field}" text; NULL when memory ran out. "{{" is one brace. */
const char *pn_layout_expand(pn *p, const char *text, const pn_face_data *data);
/** Sample data for previews. */
void pn_face_sample(pn_face_data *data);

PN_END
#endif
