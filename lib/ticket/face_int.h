/* SPDX-License-Identifier: Apache-2.0 */
/* face_int.h — faces for the files that print. */
#ifndef PNI_FACE_H
#define PNI_FACE_H

#include "base/sql_int.h"
#include "ticket/face.h"
#include "ticket/layout.h"

#pragma GCC visibility push(hidden)

/** The face by id; with id 0 the newest live one. `face` gets the row, `layout` the model. */
PN_MUST int pni_face_get(pn *p, int64_t id, pn_face *face, pn_layout **layout);
/** Write bytes to a file that did not exist or may be replaced. */
PN_MUST int pni_face_write(pn *p, const char *path, const pn_buf *data, int pages,
                           pn_face_file *out);

#pragma GCC visibility pop
#endif
