/* SPDX-License-Identifier: Apache-2.0 */
/* import.h — files of rows: what went in, and what became of every row. */
#ifndef PN_IMPORT_H
#define PN_IMPORT_H

#include "base/op.h"

PN_BEGIN

// clang-format off
#define PN_IMPORT_FORMATS(W) W(IMPORT, CSV, "CSV", 0) W(IMPORT, YAML, "YAML", 0)
enum { PN_IMPORT_ANY, PN_IMPORT_FORMATS(PN_WORD_ENUM) };
#define PN_IMPORT_DONE(W)                                                                          \
    W(IMPORTED, CREATED, N_("Added"), 'g') W(IMPORTED, UPDATED, N_("Brought up to date"), 'w')     \
    W(IMPORTED, UNCHANGED, N_("Unchanged"), 'd') W(IMPORTED, FAILED, N_("Failed"), 'b')            \
    W(IMPORTED, REVISED, N_("Waits for approval"), 'w')
enum { PN_IMPORTED_UNSET, PN_IMPORT_DONE(PN_WORD_ENUM) };
#define PN_IMPORT_REPORTS(W)                                                                       \
    W(REPORT, ALL, N_("Every row"), 0) W(REPORT, FAILED, N_("Failed rows"), 0)
enum { PN_REPORT_UNSET, PN_IMPORT_REPORTS(PN_WORD_ENUM) };
// clang-format on
extern const pn_words pn_import_formats[], pn_import_done[], pn_import_reports[];

/** `format` absent: told by the content. A file is UTF-8, with or without a mark, or GB18030. An
 *  empty field means “not given”: it takes the default of a new row and leaves an old one alone. A
 *  change of a published show, of its sessions or its tiers waits as a revision (REVISED). */
struct pn_import {
    const char *file; /* the content */
    pn_word format, report;
};

typedef struct pn_import_row {
    int64_t line;
    const char *code;
    pn_word result;
    const char *message;
} pn_import_row;

typedef struct pn_import_result {
    int64_t rows_read, created, updated, revised, unchanged, failed;
    pn_rows rows; /* of pn_import_row, in the order of the file */
} pn_import_result;

extern const pn_type pn_import_t, pn_import_row_t, pn_import_result_t;

enum {
    PN_IMPORT_BYTES_MAX = 64 << 20, /* beyond it a file is somebody's mistake */
    PN_IMPORT_ROWS_MAX = 500000,
};

PN_END
#endif
