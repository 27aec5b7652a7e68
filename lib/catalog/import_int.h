/* SPDX-License-Identifier: Apache-2.0 */
/* import_int.h — one importer for every noun: a row is a create or an edit of the row whose code
 * it carries. */
#ifndef PNI_IMPORT_H
#define PNI_IMPORT_H

#include "import.h"
#include "row_int.h"
#include "base/map_int.h"

#pragma GCC visibility push(hidden)

/** Import a file of one noun, each row in a savepoint of its own. */
PN_MUST int pni_import(pn *p, const pni_noun *noun, const struct pn_import *in,
                       pn_import_result *out);

/* The pieces, for importers of their own. */

/** A file being read. Set the first five, the rest is the reader's. */
typedef struct pni_sheet {
    pn *p;
    const char *noun;          /* key of the list in a YAML file of several nouns */
    const pn_type *type;       /* of the structs to fill */
    const struct pn_import *in;
    /** Takes n filled rows; lines[i] is 0 for those that failed already. Reports each other. */
    int (*take)(struct pni_sheet *s, void *rows, const int64_t *lines, size_t n);
    size_t batch;              /* rows a call of take */
    void *state;               /* of whoever takes */
    const char *key;           /* the column that names a row; NULL: code */

    pn_import_result result;
    size_t cap, filled;
    char *rows;
    int64_t *lines;
    pni_map names;             /* "show hamlet" → id of a row that was referred to */
} pni_sheet;

/** Read the file, convert, fill and hand over batches of rows, then copy the result to *out. */
PN_MUST int pni_sheet_read(pni_sheet *s, pn_import_result *out);
/** What became of a row (PN_IMPORTED_…). */
PN_MUST int pni_report(pni_sheet *s, int64_t line, const char *code, int result,
                       const char *message);
/** A failed row with the words of the unit's last failure. */
PN_MUST int pni_report_error(pni_sheet *s, int64_t line, const char *code);
/** The words of a row that became a revision. */
PN_MUST int pni_revised(pn *p, int64_t revision, const char **message);
/** Set one column of a row from a field of a file. */
PN_MUST int pni_sheet_cell(pni_sheet *s, void *row, const pn_col *col, const char *text);
/** A blank row to fill, then tell its line; 0 when it failed and was reported. */
PN_MUST int pni_sheet_next(pni_sheet *s, void **row);
PN_MUST int pni_sheet_done(pni_sheet *s, int64_t line);
/** A copy of a file's text as UTF-8 without a mark; PN_EARG when it is neither that nor GB18030. */
PN_MUST int pni_file_text(pn *p, const char *file, char **out, size_t *len);
/** The rows of a YAML text. */
PN_MUST int pni_sheet_yaml(pni_sheet *s, const char *text);

/** In the file of a noun: its import operation. `import` is the static function above it. */
#define PNI_IMPORT_OP(noun_, ...)                                                                  \
    static int noun_##_import_run(pn *p, const void *in, void *out)                                \
    {                                                                                              \
        return import(p, in, out);                                                                 \
    }                                                                                              \
    static const pn_op noun_##_import_op = {.noun = #noun_, .verb = "import",                      \
        .run = noun_##_import_run, .in = &pn_import_t, .out = &pn_import_result_t,                 \
        .flags = PN_WRITE | PN_ONCE, __VA_ARGS__};                                                 \
    int pn_##noun_##_import(pn *p, const struct pn_import *in, pn_import_result *out)              \
    {                                                                                              \
        return pn_call(p, &noun_##_import_op, in, out);                                            \
    }

#pragma GCC visibility pop
#endif
