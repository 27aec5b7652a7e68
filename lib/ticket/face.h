/* SPDX-License-Identifier: Apache-2.0 */
/* face.h — ticket faces: a YAML file imported as a numbered version; the newest live one prints. */
#ifndef PN_FACE_H
#define PN_FACE_H

#include "base/op.h"

PN_BEGIN

// clang-format off
#define PN_FACE_STATES(W)                                                                          \
    W(FACE, DRAFT, N_("Draft"), 'w') W(FACE, LIVE, N_("Live"), 'g')                                \
    W(FACE, RETIRED, N_("Retired"), 'd')
#define PN_FACE_FORMATS(W) W(FACE, PDF, "PDF", 0) W(FACE, PNG, "PNG", 0)
// clang-format on
enum { PN_FACE_UNSET, PN_FACE_STATES(PN_WORD_ENUM) };
enum { PN_FACE_FORMAT_UNSET, PN_FACE_FORMATS(PN_WORD_ENUM) };
extern const pn_words pn_face_states[], pn_face_formats[];

typedef struct pn_face {
    int64_t id;
    const char *code;
    int version;
    const char *name, *paper;
    pn_word state;
    pn_time created_at, updated_at;
    const char *elements; /* the YAML text; only `face show` fills it */
} pn_face;
extern const pn_type pn_face_t;

typedef struct pn_face_file {
    const char *path;
    int64_t bytes;
    int pages;
} pn_face_file;
extern const pn_type pn_face_file_t;

struct pn_face_import { const char *file, *file_name; };
struct pn_face_show { int64_t id; };
struct pn_face_retire { int64_t id; const char *reason; };
struct pn_face_preview { int64_t id; pn_word format; int dpi; const char *to; };

/** Read, draw once with sample data, store as the next version and make it live. Importing the same
 *  text again changes nothing. */
PN_MUST int pn_face_import(pn *p, const struct pn_face_import *in, pn_face *out);
PN_MUST int pn_face_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_face_show(pn *p, const struct pn_face_show *in, pn_face *out);
PN_MUST int pn_face_retire(pn *p, const struct pn_face_retire *in, pn_face *out);
/** A picture of the face with sample data, written to the file `to`. */
PN_MUST int pn_face_preview(pn *p, const struct pn_face_preview *in, pn_face_file *out);

PN_END
#endif
