/* SPDX-License-Identifier: Apache-2.0 */
/* face.c — versions of ticket faces. A live face is never edited: papers that are out refer to it,
 * so every import makes the next version and retires the one before. */
#include "ticket/face_int.h"

#include <inttypes.h>
#include <string.h>

#include "ticket/escpos.h"
#include "ticket/render.h"

enum { PREVIEW_DPI = 203 };

const pn_words pn_face_states[] = {PN_FACE_STATES(PN_WORD_ROW){0}};
const pn_words pn_face_formats[] = {PN_FACE_FORMATS(PN_WORD_ROW){0}};

PN_TYPE(pn_face_t, "face", pn_face,
    PN_COL(pn_face, id, N_("ID"), .flags = PN_KEY | PN_SORT),
    PN_COL(pn_face, code, N_("Code"), .flags = PN_BRIEF | PN_SORT),
    PN_COL(pn_face, version, N_("Version"), .flags = PN_BRIEF | PN_SORT),
    PN_COL(pn_face, name, N_("Name"), .flags = PN_BRIEF),
    PN_COL(pn_face, paper, N_("Paper"), .flags = PN_BRIEF, .hint = N_("width x height in mm")),
    PN_COL(pn_face, state, N_("State"), .flags = PN_BRIEF, .words = pn_face_states),
    PN_COL(pn_face, created_at, N_("Created")), PN_COL(pn_face, updated_at, N_("Changed")),
    PN_COL(pn_face, elements, N_("Elements"), .flags = PN_LONG | PN_NOFILTER, .max = 524288,
           .sql = "NULL::text"));

PN_TYPE(pn_face_file_t, "face.file", pn_face_file, PN_COL(pn_face_file, path, N_("File")),
    PN_COL(pn_face_file, bytes, N_("Bytes")), PN_COL(pn_face_file, pages, N_("Pages")));

static PN_TYPE(import_t, "face.import", struct pn_face_import,
    PN_COL(struct pn_face_import, file, N_("Face file"), .flags = PN_REQ | PN_FILE | PN_ARG,
           .max = 524288, .hint = N_("YAML, see data/face")),
    PN_COL(struct pn_face_import, file_name, N_("Name for messages"), .max = 400));
static PN_TYPE(show_in_t, "face.show", struct pn_face_show,
    PN_COL(struct pn_face_show, id, N_("Face"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "face"));
static PN_TYPE(retire_t, "face.retire", struct pn_face_retire,
    PN_COL(struct pn_face_retire, id, N_("Face"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "face"),
    PN_COL(struct pn_face_retire, reason, N_("Reason"), .flags = PN_REQ, .max = 200));
static PN_TYPE(preview_t, "face.preview", struct pn_face_preview,
    PN_COL(struct pn_face_preview, id, N_("Face"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "face"),
    PN_COL(struct pn_face_preview, format, N_("Format"), .words = pn_face_formats,
           .hint = N_("default: by the name of the file, else PNG")),
    PN_COL(struct pn_face_preview, dpi, N_("Resolution"), .flags = PN_OPT, .min = 72,
           .max = 1200, .hint = N_("dots per inch, default 203")),
    PN_COL(struct pn_face_preview, to, N_("Write to"), .flags = PN_REQ, .max = 4000));

static const pn_sql newest = {"face_newest", &pn_face_t, &pn_face_t,
    "SELECT id, code, version, name, paper, state, created_at, updated_at, elements"
    " FROM ticket_face WHERE code = :code ORDER BY version DESC LIMIT 1"};
static const pn_sql by_id = {"face_by_id", &show_in_t, &pn_face_t,
    "SELECT id, code, version, name, paper, state, created_at, updated_at, elements"
    " FROM ticket_face WHERE id = :id"};
static const pn_sql live = {"face_live", NULL, &pn_face_t,
    "SELECT id, code, version, name, paper, state, created_at, updated_at, elements"
    " FROM ticket_face WHERE state = 'LIVE' ORDER BY created_at DESC, id DESC LIMIT 1"};
static const pn_sql put = {"face_put", &pn_face_t, NULL,
    "INSERT INTO ticket_face (id, code, version, name, paper, elements, state, created_at,"
    "  updated_at) VALUES (:id, :code, :version, :name, :paper, :elements, 'LIVE', :now, :now)"};
static const pn_sql retire_older = {"face_retire_older", &pn_face_t, NULL,
    "UPDATE ticket_face SET state = 'RETIRED', updated_at = :now"
    " WHERE code = :code AND version < :version AND state <> 'RETIRED'"};
static const pn_sql retire_one = {"face_retire", &retire_t, NULL,
    "UPDATE ticket_face SET state = 'RETIRED', updated_at = :now"
    " WHERE id = :id AND state <> 'RETIRED'"};
static const pn_list_spec all = {.row = &pn_face_t, .from = "ticket_face", .key = "id",
                                 .sort = "-id"};

static int face_resolve(pn *p, const char *text, int64_t *id)
{
    pn_face face;
    int rc = pn_one(p, &newest, &(pn_face){.code = text}, &face);
    if (rc)
        return rc == PN_ENONE ? pn_fail(p, rc, "face", pn_tr("There is no face '%s'"), text) : rc;
    *id = face.id;
    return 0;
}

int pni_face_get(pn *p, int64_t id, pn_face *face, pn_layout **layout)
{
    int rc = id ? pn_one(p, &by_id, &(struct pn_face_show){id}, face)
                : pn_one(p, &live, NULL, face);
    if (rc == PN_ENONE && !id) {
        pn_fail(p, PN_ENONE, "face", pn_tr("No ticket face was imported yet"));
        return pn_hint(p, "pn face import data/face/standard-80x180.yaml");
    }
    if (rc)
        return rc == PN_ENONE ? pn_fail(p, rc, "face", pn_tr("There is no face %" PRId64), id) : rc;
    const char *name = pn_printf(p, "%s@%d", face->code, face->version);
    if (!name)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    return pn_layout_read(p, name, face->elements, strlen(face->elements), layout);
}

int pni_face_write(pn *p, const char *path, const pn_buf *data, int pages, pn_face_file *out)
{
    pn_delivery done;
    PN_TRY(pn_send_file(p, path, "ticket", false, data->text, data->len, &done));
    if (done.outcome != PN_SENT_CONFIRMED)
        return pn_fail(p, PN_EIO, "to", "%s", done.message);
    *out = (pn_face_file){path, (int64_t)data->len, pages};
    return 0;
}

/* ---- operations ---- */

static int import(pn *p, const struct pn_face_import *in, pn_face *out)
{
    pn_layout *layout;
    pn_face_data sample;
    pn_buf png;
    pn_face before = {0}, face = {0};
    const char *name = in->file_name ? in->file_name : "face.yaml";
    PN_TRY(pn_layout_read(p, name, in->file, strlen(in->file), &layout));
    pn_face_sample(&sample);
    PN_TRY(pn_render_png(p, layout, &sample, PREVIEW_DPI, &png)); /* it can be drawn at all */
    face = (pn_face){.code = layout->code, .name = layout->name, .elements = in->file,
                     .paper = pn_printf(p, "%gx%g", layout->width, layout->height)};
    int rc = pn_one(p, &newest, &face, &before);
    if (rc && rc != PN_ENONE)
        return rc;
    if (!rc && !strcmp(before.elements, in->file) && before.state.v == PN_FACE_LIVE) {
        *out = before;
        out->elements = NULL;
        return 0;
    }
    face.version = before.version + 1;
    PN_TRY(pn_new_id(p, 0, &face.id));
    PN_TRY(pn_exec(p, &put, &face, NULL));
    PN_TRY(pn_exec(p, &retire_older, &face, NULL));
    PN_TRY(pn_one(p, &by_id, &(struct pn_face_show){face.id}, out));
    out->elements = NULL;
    return pn_audit(p, "face", out->id, &pn_face_t, before.id ? &before : NULL, out, NULL);
}

static int show(pn *p, const struct pn_face_show *in, pn_face *out)
{
    return pn_one(p, &by_id, in, out);
}

static int retire(pn *p, const struct pn_face_retire *in, pn_face *out)
{
    int64_t changed = 0;
    PN_TRY(pn_exec(p, &retire_one, in, &changed));
    PN_TRY(pn_one(p, &by_id, &(struct pn_face_show){in->id}, out));
    out->elements = NULL;
    return changed ? 0 : pn_fail(p, PN_ESTATE, "id", pn_tr("The face is retired already"));
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && !strcmp(text + n - m, end);
}

static int preview(pn *p, const struct pn_face_preview *in, pn_face_file *out)
{
    pn_face face;
    pn_layout *layout;
    pn_face_data sample;
    pn_buf data;
    PN_TRY(pni_face_get(p, in->id, &face, &layout));
    pn_face_sample(&sample);
    bool pdf = in->format.v ? in->format.v == PN_FACE_PDF : ends_with(in->to, ".pdf");
    if (pdf)
        PN_TRY(pn_render_pdf(p, layout, &sample, 1, &data));
    else
        PN_TRY(pn_render_png(p, layout, &sample, in->dpi ? in->dpi : PREVIEW_DPI, &data));
    return pni_face_write(p, in->to, &data, 1, out);
}

PN_OP_LIST(face, list, all, .brief = N_("List ticket faces"), .out = &pn_face_t,
    .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_SYSTEM)
PN_OP(face, show, pn_face, .brief = N_("Show a ticket face"), .in = &show_in_t, .out = &pn_face_t,
    .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_SYSTEM)
PN_OP(face, import, pn_face, .brief = N_("Import a face file as the next version"),
    .help = N_("The file is checked and drawn once; errors name file, line and column. The new "
               "version is live at once, the one before is retired."),
    .in = &import_t, .out = &pn_face_t, .may = PN_ROLE_OPS | PN_ROLE_SYSTEM,
    .flags = PN_WRITE | PN_ONCE, .example = "pn face import data/face/standard-80x180.yaml")
PN_OP(face, retire, pn_face, .brief = N_("Stop printing with a face"), .in = &retire_t,
    .out = &pn_face_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .lasting = N_("What has ended does not come back: set up a new one"))
PN_OP(face, preview, pn_face_file, .brief = N_("Draw a face with sample data into a file"),
    .in = &preview_t, .out = &pn_face_file_t,
    .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_SYSTEM, .flags = PN_LOCAL,
    .example = "pn face preview standard-80x180 --to ticket.pdf")

const pn_module pn_face_module = {"face", N_("Ticket faces"),
    .ops = PN_LIST(pn_op, &face_list_op, &face_show_op, &face_import_op, &face_preview_op,
                   &face_retire_op),
    .sql = PN_LIST(pn_sql, &newest, &by_id, &live, &put, &retire_older, &retire_one),
    .resolve = face_resolve};
