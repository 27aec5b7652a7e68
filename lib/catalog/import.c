/* SPDX-License-Identifier: Apache-2.0 */
/* Importing files. Rows are independent: each is tried behind a savepoint, so that a bad one is
 * reported with its line and never stops the others; the file as a whole is one transaction. */
#include "import_int.h"
#include "base/call_int.h"
#include "base/csv_int.h"
#include "base/value_int.h"
#include "base/where_int.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

const pn_words pn_import_formats[] = {PN_IMPORT_FORMATS(PN_WORD_ROW) {0}};
const pn_words pn_import_done[] = {PN_IMPORT_DONE(PN_WORD_ROW) {0}};
const pn_words pn_import_reports[] = {PN_IMPORT_REPORTS(PN_WORD_ROW) {0}};

enum { FIELDS_MAX = 64, BATCH = 500, TEXTS_MAX = 100 };

PN_TYPE(pn_import_t, "import", struct pn_import,
    PN_COL(struct pn_import, file, N_("File"), .flags = PN_REQ | PN_ARG | PN_FILE,
           .max = PN_IMPORT_BYTES_MAX, .hint = N_("CSV with a header line, or YAML")),
    PN_COL(struct pn_import, format, N_("Format"), .words = pn_import_formats,
           .hint = N_("Absent: told by the content")),
    PN_COL(struct pn_import, report, N_("Report"), .words = pn_import_reports,
           .hint = N_("Rows to list in the result")));
PN_TYPE(pn_import_row_t, "import.row", pn_import_row,
    PN_COL(pn_import_row, line, N_("Line"), .flags = PN_BRIEF),
    PN_COL(pn_import_row, code, N_("Code"), .flags = PN_BRIEF),
    PN_COL(pn_import_row, result, N_("Result"), .flags = PN_BRIEF, .words = pn_import_done),
    PN_COL(pn_import_row, message, N_("Message"), .flags = PN_BRIEF));
PN_TYPE(pn_import_result_t, "import.result", pn_import_result,
    PN_COL(pn_import_result, rows_read, N_("Rows"), .flags = PN_BRIEF),
    PN_COL(pn_import_result, created, N_("Added"), .flags = PN_BRIEF),
    PN_COL(pn_import_result, updated, N_("Brought up to date"), .flags = PN_BRIEF),
    PN_COL(pn_import_result, revised, N_("Wait for approval"), .flags = PN_BRIEF),
    PN_COL(pn_import_result, unchanged, N_("Unchanged"), .flags = PN_BRIEF),
    PN_COL(pn_import_result, failed, N_("Failed"), .flags = PN_BRIEF),
    PN_COL(pn_import_result, rows, N_("Rows"), .of = &pn_import_row_t));

/* ---- reports ---- */

int pni_report(pni_sheet *s, int64_t line, const char *code, int result, const char *message)
{
    pn_import_result *r = &s->result;
    int64_t *counts[] = {NULL, &r->created, &r->updated, &r->unchanged, &r->failed,
                         &r->revised};
    r->rows_read++;
    ++*counts[result];
    if (s->in->report.v == PN_REPORT_FAILED && result != PN_IMPORTED_FAILED)
        return 0;
    if (r->rows.n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 256;
        pn_import_row *wide = pn_alloc(s->p, cap * sizeof *wide);
        if (!wide)
            return pni_mem(s->p);
        if (r->rows.n)
            memcpy(wide, r->rows.row, r->rows.n * sizeof *wide);
        r->rows.row = wide;
        s->cap = cap;
    }
    ((pn_import_row *)r->rows.row)[r->rows.n++] =
        (pn_import_row){line, code, {(int16_t)result}, message};
    return 0;
}

/* The column that is to be mended, unless the words begin with it. */
static const char *blamed(const pni_sheet *s, const pn_err *e)
{
    size_t n = e->field ? strlen(e->field) : 0;
    if (!n || !strncmp(e->message, e->field, n))
        return NULL;
    for (const pn_col *c = s->type->cols; c->name; c++)
        if (!strcmp(c->name, e->field))
            return c->name;
    return NULL;
}

int pni_report_error(pni_sheet *s, int64_t line, const char *code)
{
    const pn_err *e = pn_error(s->p);
    const char *message = e->message ? e->message : pn_code_text(e->code);
    const char *column = e->message ? blamed(s, e) : NULL;
    char *text = column ? pn_printf(s->p, "%s: %s", column, message) : pn_strdup(s->p, message);
    return text ? pni_report(s, line, code, PN_IMPORTED_FAILED, text) : pni_mem(s->p);
}

int pni_revised(pn *p, int64_t revision, const char **message)
{
    *message = pn_printf(p, pn_tr("Waits for approval as revision %lld"), (long long)revision);
    return *message ? 0 : pni_mem(p);
}

/* Rows are reported batch by batch, failed ones first; people read files from the top. */
static int by_line(const void *a, const void *b)
{
    const pn_import_row *x = a, *y = b;
    return (x->line > y->line) - (x->line < y->line);
}

/* ---- text ---- */

int pni_file_text(pn *p, const char *file, char **out, size_t *len)
{
    static const char mark[] = "\xef\xbb\xbf";
    if (!strncmp(file, mark, 3))
        file += 3;
    *len = strlen(file);
    if (pni_utf8(file, NULL)) {
        *out = pn_strdup(p, file);
        return *out ? 0 : pni_mem(p);
    }
    char *in = pn_strdup(p, file), *to = pn_alloc(p, *len * 2 + 1);
    if (!in || !to)
        return pni_mem(p);
    iconv_t conversion = iconv_open("UTF-8", "GB18030");
    if (conversion == (iconv_t)-1)
        return pn_fail(p, PN_EINTERNAL, "file", pn_tr("GB18030 cannot be read on this machine"));
    size_t left = *len, room = *len * 2;
    *out = to;
    size_t bad = iconv(conversion, &in, &left, &to, &room);
    iconv_close(conversion);
    if (bad == (size_t)-1)
        return pn_fail(p, PN_EARG, "file", pn_tr("The file is neither UTF-8 nor GB18030 text"));
    *len = (size_t)(to - *out);
    return 0;
}

/* ---- fields ---- */

static int cell_texts(pn *p, const char *text, pn_texts *out)
{
    const char *v[TEXTS_MAX];
    size_t n = 0;
    while (*text) {
        size_t len = strcspn(text, "|");
        if (n == TEXTS_MAX)
            return pn_fail(p, PN_ETOO_BIG, NULL, pn_tr("More than %d texts"), TEXTS_MAX);
        v[n] = pn_printf(p, "%.*s", (int)len, text);
        if (!v[n++])
            return pni_mem(p);
        text += len + (text[len] == '|');
    }
    out->v = pn_alloc(p, (n + 1) * sizeof *v);
    if (!out->v)
        return pni_mem(p);
    memcpy(out->v, v, n * sizeof *v);
    out->n = n;
    return 0;
}

static int cell_ref(pni_sheet *s, void *row, const pn_col *col, const char *text)
{
    char *key = pn_printf(s->p, "%s %s", col->ref, text);
    int64_t *known = key ? pni_map_get(&s->names, key) : NULL;
    int64_t *to = (int64_t *)((char *)row + col->offset);
    if (known) {
        *to = *known;
        return 0;
    }
    PN_TRY(pn_set(s->p, s->type, row, col, text));
    known = pn_alloc(s->p, sizeof *known);
    if (!key || !known)
        return pni_mem(s->p);
    *known = *to;
    return pni_map_put(&s->names, key, known);
}

static const char *yes_no(const char *text)
{
    static const char *const yes[] = {"true", "1", "y", "t", "是", "TRUE", "True", NULL};
    static const char *const no[] = {"false", "0", "n", "f", "否", "FALSE", "False", NULL};
    for (int i = 0; yes[i]; i++)
        if (!strcmp(text, yes[i]))
            return "yes";
    for (int i = 0; no[i]; i++)
        if (!strcmp(text, no[i]))
            return "no";
    return text;
}

int pni_sheet_cell(pni_sheet *s, void *row, const pn_col *col, const char *text)
{
    if (!*text)
        return 0;
    if (col->kind == PN_K_TEXTS)
        return cell_texts(s->p, text, (pn_texts *)((char *)row + col->offset));
    if (col->ref && col->kind == PN_K_INT)
        return cell_ref(s, row, col, text);
    if (col->words == pni_yes_no)
        text = yes_no(text);
    return pn_set(s->p, s->type, row, col, text);
}

/* ---- rows ---- */

static int flush(pni_sheet *s)
{
    size_t n = s->filled;
    s->filled = 0;
    return n ? s->take(s, s->rows, s->lines, n) : 0;
}

int pni_sheet_next(pni_sheet *s, void **row)
{
    if (!s->filled) {
        s->rows = pn_alloc(s->p, s->batch * s->type->size);
        s->lines = pn_alloc(s->p, s->batch * sizeof *s->lines);
        if (!s->rows || !s->lines)
            return pni_mem(s->p);
    }
    *row = s->rows + s->filled * s->type->size;
    memset(*row, 0, s->type->size);
    return 0;
}

int pni_sheet_done(pni_sheet *s, int64_t line)
{
    if (s->result.rows_read + (int64_t)s->filled > PN_IMPORT_ROWS_MAX)
        return pn_fail(s->p, PN_ETOO_BIG, "file", pn_tr("The file has more than %d rows"),
                       PN_IMPORT_ROWS_MAX);
    if (!line)
        return 0;
    s->lines[s->filled++] = line;
    return s->filled == s->batch ? flush(s) : 0;
}

static int header(pni_sheet *s, const char *const *fields, size_t n, const pn_col **cols)
{
    const char *key = s->key ? s->key : "code";
    bool code = false;
    for (size_t i = 0; i < n; i++) {
        cols[i] = pni_col_said(s->type, fields[i]);
        if (!cols[i] || !strcmp(cols[i]->name, "id") || !strcmp(cols[i]->name, "version")) {
            pn_buf known = pn_buf_new(s->p);
            for (const pn_col *c = s->type->cols; c->name; c++)
                if (strcmp(c->name, "id") && strcmp(c->name, "version"))
                    pn_buf_putf(&known, " %s", c->name);
            (void)pn_fail(s->p, PN_EARG, "file", pn_tr("The header names an unknown column “%s”"),
                          fields[i]);
            return pn_hint(s->p, pn_tr("Known columns:%s"), known.text ? known.text : "");
        }
        for (size_t k = 0; k < i; k++)
            if (cols[k] == cols[i])
                return pn_fail(s->p, PN_EARG, "file", pn_tr("The header has “%s” twice"),
                               fields[i]);
        code |= !strcmp(cols[i]->name, key);
    }
    return code ? 0 : pn_fail(s->p, PN_EARG, "file", pn_tr("The header has no column “%s”"), key);
}

static const char *bad_row(pn *p, pni_csv_got got, size_t have, size_t want)
{
    switch (got) {
    case PNI_CSV_OPEN:
        return pn_tr("A quote is not closed properly");
    case PNI_CSV_QUOTE:
        return pn_tr("A quote inside a field that is not quoted");
    case PNI_CSV_ROW:
        return pn_printf(p, pn_tr("%zu fields, the header has %zu"), have, want);
    case PNI_CSV_WIDE:
    case PNI_CSV_END:
        break;
    }
    return pn_tr("Too many fields");
}

static int csv_row(pni_sheet *s, const pni_csv *c, const pn_col *const *cols,
                   const char *const *fields, size_t n)
{
    void *row;
    const char *code = NULL;
    PN_TRY(pni_sheet_next(s, &row));
    for (size_t i = 0; i < n; i++)
        if (!strcmp(cols[i]->name, s->key ? s->key : "code"))
            code = fields[i];
    for (size_t i = 0; i < n; i++) {
        int rc = pni_sheet_cell(s, row, cols[i], fields[i]);
        if (rc == PN_EMEM || rc == PN_EDATABASE)
            return rc;
        if (rc) {
            PN_TRY(pni_report_error(s, c->row, code));
            return pni_sheet_done(s, 0);
        }
    }
    return pni_sheet_done(s, c->row);
}

static int csv(pni_sheet *s, char *text, size_t len)
{
    const char *fields[FIELDS_MAX];
    const pn_col *cols[FIELDS_MAX];
    size_t n = 0, width = 0;
    pni_csv c;
    pni_csv_begin(&c, text, len);
    pni_csv_got got = pni_csv_next(&c, fields, FIELDS_MAX, &width);
    if (got == PNI_CSV_END)
        return pn_fail(s->p, PN_EARG, "file", pn_tr("The file is empty"));
    if (got != PNI_CSV_ROW)
        return pn_fail(s->p, PN_EARG, "file", pn_tr("The header cannot be read: %s"),
                       bad_row(s->p, got, 0, 0));
    PN_TRY(header(s, fields, width, cols));
    while ((got = pni_csv_next(&c, fields, FIELDS_MAX, &n)) != PNI_CSV_END) {
        if (got == PNI_CSV_ROW && n == width) {
            PN_TRY(csv_row(s, &c, cols, fields, n));
            continue;
        }
        const char *why = bad_row(s->p, got, n, width);
        PN_TRY(pni_report(s, c.row, NULL, PN_IMPORTED_FAILED, why));
        PN_TRY(pni_sheet_done(s, 0));
    }
    return 0;
}

/* YAML lists begin with "- " or "noun:"; a CSV header is one line of names and separators. */
static bool looks_like_yaml(const char *text)
{
    for (;;) {
        text += strspn(text, " \t\r\n");
        if (*text != '#')
            break;
        text += strcspn(text, "\n");
    }
    if (!strncmp(text, "---", 3) || !strncmp(text, "- ", 2))
        return true;
    size_t word = strspn(text, "abcdefghijklmnopqrstuvwxyz_");
    return word && text[word] == ':' && strchr(" \r\n", text[word + 1]);
}

int pni_sheet_read(pni_sheet *s, pn_import_result *out)
{
    char *text = NULL;
    size_t len = 0;
    s->names.p = s->p;
    PN_TRY(pni_file_text(s->p, s->in->file, &text, &len));
    bool yaml = s->in->format.v ? s->in->format.v == PN_IMPORT_YAML : looks_like_yaml(text);
    PN_TRY(yaml ? pni_sheet_yaml(s, text) : csv(s, text, len));
    PN_TRY(flush(s));
    if (s->result.rows.n)
        qsort(s->result.rows.row, s->result.rows.n, sizeof(pn_import_row), by_line);
    *out = s->result;
    return 0;
}

/* ---- one noun through its own operations ---- */

typedef struct attempt {
    const pni_noun *noun;
    void *row; /* of edit_t */
    int result;
    const char *message;
} attempt;

static int create_or_edit(pn *p, void *arg)
{
    attempt *a = arg;
    const pn_type *type = a->noun->edit_t;
    const char *code = *(const char **)((char *)a->row + pn_type_col(type, "code")->offset);
    void *now = pn_alloc(p, type->size), *fresh = pn_alloc(p, a->noun->create_t->size);
    void *out = pn_alloc(p, a->noun->list->list->row->size);
    if (!now || !fresh || !out)
        return pni_mem(p);
    int rc = code ? pn_one(p, a->noun->by_code, &(pni_by_code){code}, now) : PN_ENONE;
    if (rc && rc != PN_ENONE)
        return rc;
    if (rc) {
        pni_copy(a->noun->create_t, fresh, type, a->row, false);
        a->result = PN_IMPORTED_CREATED;
        return pn_call(p, a->noun->create, fresh, out);
    }
    if (pni_same(p, type, a->row, now)) {
        a->result = PN_IMPORTED_UNCHANGED;
        return 0;
    }
    ((pni_head *)a->row)->id = ((pni_head *)now)->id;
    a->result = PN_IMPORTED_UPDATED;
    PN_TRY(pn_call(p, a->noun->edit, a->row, out));
    const pn_col *waits = pn_type_col(a->noun->list->list->row, "revision");
    int64_t revision = waits ? *(int64_t *)((char *)out + waits->offset) : 0;
    if (!revision)
        return 0;
    a->result = PN_IMPORTED_REVISED;
    return pni_revised(p, revision, &a->message);
}

static int take(pni_sheet *s, void *rows, const int64_t *lines, size_t n)
{
    const pni_noun *noun = s->state;
    const pn_col *code = pn_type_col(s->type, "code");
    for (size_t i = 0; i < n; i++) {
        attempt a = {.noun = noun, .row = (char *)rows + i * s->type->size};
        const char *name = *(const char **)((char *)a.row + code->offset);
        int rc = 0;
        PN_TRY(pni_attempt(s->p, create_or_edit, &a, &rc));
        if (rc)
            PN_TRY(pni_report_error(s, lines[i], name));
        else
            PN_TRY(pni_report(s, lines[i], name, a.result, a.message));
    }
    return 0;
}

int pni_import(pn *p, const pni_noun *noun, const struct pn_import *in, pn_import_result *out)
{
    pni_sheet s = {.p = p, .noun = noun->noun, .type = noun->edit_t, .in = in, .take = take,
                   .batch = BATCH};
    memcpy(&s.state, &noun, sizeof noun);
    return pni_sheet_read(&s, out);
}
