/* SPDX-License-Identifier: Apache-2.0 */
/* tools.h — the standard face, outside decoders and a virtual printer, for tests of paper. */
#ifndef PN_TESTS_TICKET_TOOLS_H
#define PN_TESTS_TICKET_TOOLS_H

#include "db.h"
#include "ticket/code.h"
#include "ticket/render.h"
#include "ticket/vprinter.h"

/** A unit without any database. */
pn *bare_unit(void);
/** A file of the sources ("data/face/…"); *len may be NULL. */
char *source_file(const char *path, size_t *len);
pn_layout *standard_face(pn *p);
/** Sample words with a genuine code and barcode of fresh keys. */
void sample_words(pn_face_data *data, char code[PN_PN1_CHARS + 1], char bar[PN_BARCODE_MAX]);

/** A folder that goes away with the process. */
const char *scratch(void);
/** scratch()/name */
const char *scratch_file(const char *name);
void save(const char *path, const pn_buf *b);
/** Standard output of a shell command, trailing newline removed; fails the test when it fails. */
const char *output_of(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** A virtual printer on a free port, in a thread. */
typedef struct vprinter_run vprinter_run;
vprinter_run *printer_on(pn_ctx *ctx, pn_vprinter_opts opts);
int printer_port(const vprinter_run *r);
const char *printer_dir(const vprinter_run *r);
/** Wait until it has cut n tickets; fails after ten seconds. */
void printer_wait(vprinter_run *r, int n);
const char *printer_refusal(const vprinter_run *r); /* "" when none */
void printer_off(vprinter_run *r);

#endif
