/* SPDX-License-Identifier: Apache-2.0 */
/* printer.c — what a printer is, and how one ticket gets to it. */
#include "ticket/printer_int.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEND_MS = 20000, DPI = 203, HEAD = 640 };

const pn_words pn_printer_kinds[] = {PN_PRINTER_KINDS(PN_WORD_ROW){0}};
const pn_words pn_printer_languages[] = {PN_PRINTER_LANGUAGES(PN_WORD_ROW){0}};
const pn_words pn_printer_states[] = {PN_PRINTER_STATES(PN_WORD_ROW){0}};

PN_TYPE(pn_printer_t, "printer", pn_printer,
    PN_COL(pn_printer, id, N_("ID"), .flags = PN_KEY | PN_SORT, .sql = "x.id"),
    PN_COL(pn_printer, code, N_("Code"), .flags = PN_BRIEF | PN_SORT, .sql = "x.code"),
    PN_COL(pn_printer, name, N_("Name"), .flags = PN_BRIEF, .sql = "x.name"),
    PN_COL(pn_printer, kind, N_("Kind"), .flags = PN_BRIEF, .words = pn_printer_kinds,
           .sql = "x.kind"),
    PN_COL(pn_printer, target, N_("Target"), .flags = PN_BRIEF, .sql = "x.target"),
    PN_COL(pn_printer, language, N_("Language"), .words = pn_printer_languages,
           .sql = "x.language"),
    PN_COL(pn_printer, dpi, N_("Resolution"), .sql = "x.dpi"),
    PN_COL(pn_printer, head, N_("Dots of the head"), .sql = "x.head"),
    PN_COL(pn_printer, native_qr, N_("QR by the printer"), .sql = "x.native_qr"),
    PN_COL(pn_printer, venue_id, N_("Venue"), .flags = PN_OPT, .ref = "venue",
           .sql = "x.venue_id"),
    PN_COL(pn_printer, state, N_("State"), .flags = PN_BRIEF, .words = pn_printer_states,
           .sql = "x.state"),
    PN_COL(pn_printer, roll, N_("Roll"), .flags = PN_BRIEF, .sql = "k.roll"),
    PN_COL(pn_printer, next_serial, N_("Next serial"), .flags = PN_OPT, .sql = "k.next_serial"),
    PN_COL(pn_printer, left, N_("Blanks left"), .flags = PN_BRIEF | PN_OPT,
           .sql = "(k.serial_to - k.next_serial + 1)"),
    PN_COL(pn_printer, created_at, N_("Created"), .sql = "x.created_at"),
    PN_COL(pn_printer, updated_at, N_("Changed"), .sql = "x.updated_at"),
    PN_COL(pn_printer, version, N_("Version"), .sql = "x.version"));

static PN_TYPE(state_t, "printer.status", pn_printer_state,
    PN_COL(pn_printer_state, id, N_("ID"), .flags = PN_KEY),
    PN_COL(pn_printer_state, code, N_("Code"), .flags = PN_BRIEF),
    PN_COL(pn_printer_state, ready, N_("Ready"), .flags = PN_BRIEF),
    PN_COL(pn_printer_state, message, N_("Message"), .flags = PN_BRIEF),
    PN_COL(pn_printer_state, roll, N_("Roll"), .flags = PN_BRIEF),
    PN_COL(pn_printer_state, left, N_("Blanks left"), .flags = PN_BRIEF | PN_OPT));

static PN_TYPE(create_t, "printer.create", struct pn_printer_create,
    PN_COL(struct pn_printer_create, code, N_("Code"), .flags = PN_REQ | PN_ARG, .max = 40),
    PN_COL(struct pn_printer_create, name, N_("Name"), .flags = PN_REQ, .max = 100),
    PN_COL(struct pn_printer_create, kind, N_("Kind"), .flags = PN_REQ,
           .words = pn_printer_kinds),
    PN_COL(struct pn_printer_create, target, N_("Target"), .flags = PN_REQ, .max = 1000,
           .hint = N_("HOST[:9100], /dev/usb/lp0, a file or a folder")),
    PN_COL(struct pn_printer_create, language, N_("Language"), .words = pn_printer_languages,
           .hint = N_("default ESCPOS")),
    PN_COL(struct pn_printer_create, dpi, N_("Resolution"), .flags = PN_OPT, .min = 100,
           .max = 600, .hint = N_("dots per inch, default 203")),
    PN_COL(struct pn_printer_create, head, N_("Dots of the head"), .flags = PN_OPT, .min = 64,
           .max = 4096, .hint = N_("default 640 (80 mm)")),
    PN_COL(struct pn_printer_create, native_qr, N_("QR by the printer")),
    PN_COL(struct pn_printer_create, venue, N_("Venue"), .flags = PN_OPT, .ref = "venue"));

static PN_TYPE(edit_t, "printer.edit", struct pn_printer_edit,
    PN_COL(struct pn_printer_edit, id, N_("Printer"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "printer"),
    PN_COL(struct pn_printer_edit, name, N_("Name"), .max = 100),
    PN_COL(struct pn_printer_edit, target, N_("Target"), .max = 1000),
    PN_COL(struct pn_printer_edit, dpi, N_("Resolution"), .flags = PN_OPT, .min = 100,
           .max = 600),
    PN_COL(struct pn_printer_edit, head, N_("Dots of the head"), .flags = PN_OPT, .min = 64,
           .max = 4096),
    PN_COL(struct pn_printer_edit, state, N_("State"), .words = pn_printer_states));

static PN_TYPE(show_in_t, "printer.show", struct pn_printer_show,
    PN_COL(struct pn_printer_show, id, N_("Printer"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "printer"));

#define PRINTER                                                                                    \
    "SELECT x.id, x.code, x.name, x.kind, x.target, x.language, x.dpi, x.head, x.native_qr,"      \
    "  x.venue_id, x.state, k.roll, k.next_serial, (k.serial_to - k.next_serial + 1) AS left,"    \
    "  x.created_at, x.updated_at, x.version FROM printer x"                                      \
    " LEFT JOIN ticket_stock k ON k.sk = 0 AND k.printer_id = x.id AND k.state = 'LOADED'"

static const pn_sql by_id = {"printer_by_id", &show_in_t, &pn_printer_t,
    PRINTER " WHERE x.id = :id"};
static const pn_sql by_code = {"printer_by_code", &pn_printer_t, &pn_printer_t,
    PRINTER " WHERE x.code = :code"};
static const pn_sql active = {"printer_active", NULL, &pn_printer_t,
    PRINTER " WHERE x.state = 'ACTIVE' ORDER BY x.id LIMIT 2"};
typedef struct new_printer {
    int64_t id;
    struct pn_printer_create in;
} new_printer;
static PN_TYPE(new_t, "printer.new", new_printer, PN_COL(new_printer, id, ""),
    {.name = "code", .offset = offsetof(new_printer, in.code), .kind = PN_K_TEXT},
    {.name = "name", .offset = offsetof(new_printer, in.name), .kind = PN_K_TEXT},
    {.name = "kind", .offset = offsetof(new_printer, in.kind), .kind = PN_K_WORD,
     .words = pn_printer_kinds},
    {.name = "target", .offset = offsetof(new_printer, in.target), .kind = PN_K_TEXT},
    {.name = "language", .offset = offsetof(new_printer, in.language), .kind = PN_K_WORD,
     .words = pn_printer_languages},
    {.name = "dpi", .offset = offsetof(new_printer, in.dpi), .kind = PN_K_INT4},
    {.name = "head", .offset = offsetof(new_printer, in.head), .kind = PN_K_INT4},
    {.name = "native_qr", .offset = offsetof(new_printer, in.native_qr), .kind = PN_K_BOOL},
    {.name = "venue_id", .offset = offsetof(new_printer, in.venue), .kind = PN_K_INT,
     .flags = PN_OPT});
static const pn_sql put = {"printer_put", &new_t, NULL,
    "INSERT INTO printer (id, code, name, kind, target, language, dpi, head, native_qr, venue_id,"
    "  created_at, updated_at) VALUES (:id, :code, :name, :kind, :target, :language, :dpi, :head,"
    "  :native_qr, :venue_id, :now, :now) ON CONFLICT (code) DO NOTHING"};
static const pn_sql change = {"printer_change", &edit_t, NULL,
    "UPDATE printer SET name = coalesce(:name, name), target = coalesce(:target, target),"
    "  dpi = coalesce(:dpi, dpi), head = coalesce(:head, head), state = coalesce(:state, state),"
    "  updated_at = :now, version = version + 1 WHERE id = :id"};
static const pn_list_spec all = {.row = &pn_printer_t,
    .from = "printer x LEFT JOIN ticket_stock k ON k.sk = 0 AND k.printer_id = x.id"
            " AND k.state = 'LOADED'",
    .key = "x.id", .sort = "code"};

static int printer_resolve(pn *p, const char *text, int64_t *id)
{
    pn_printer x;
    int rc = pn_one(p, &by_code, &(pn_printer){.code = text}, &x);
    if (rc)
        return rc == PN_ENONE ? pn_fail(p, rc, "printer", pn_tr("There is no printer '%s'"), text)
                              : rc;
    *id = x.id;
    return 0;
}

static int fetch(pn *p, int64_t id, pn_printer *out)
{
    int rc = pn_one(p, &by_id, &(struct pn_printer_show){id}, out);
    return rc == PN_ENONE
               ? pn_fail(p, PN_ENONE, "printer", pn_tr("There is no printer %" PRId64), id)
               : rc;
}

int pni_printer_get(pn *p, int64_t id, pn_printer *out)
{
    pn_rows rows;
    if (id)
        PN_TRY(fetch(p, id, out));
    if (id && out->state.v != PN_PRINTER_ACTIVE)
        return pn_fail(p, PN_ESTATE, "printer", pn_tr("Printer %s is off"), out->code);
    if (id)
        return 0;
    PN_TRY(pn_all(p, &active, NULL, &rows));
    if (rows.n != 1) {
        pn_fail(p, PN_EARG, "printer",
                rows.n ? pn_tr("There are several printers; name one")
                       : pn_tr("There is no printer yet"));
        return pn_hint(p, rows.n ? "pn printer list" : "pn printer create");
    }
    *out = *(const pn_printer *)rows.row;
    return 0;
}

/* ---- bytes on their way ---- */

int pni_printer_bytes(pn *p, const pn_printer *printer, const pn_layout *face,
                      const pn_face_data *data, pn_buf *out)
{
    pn_dots dots, fitted;
    pn_qr_places places = {0}, *native = printer->native_qr ? &places : NULL;
    if (printer->language.v == PN_PRINTER_PDF)
        return pn_render_pdf(p, face, data, 1, out);
    if (printer->language.v == PN_PRINTER_PNG)
        return pn_render_png(p, face, data, printer->dpi, out);
    PN_TRY(pn_render_dots(p, face, data, printer->dpi, native, &dots));
    PN_TRY(pn_dots_fit(p, &dots, printer->head, native, &fitted));
    *out = pn_buf_new(p);
    return pn_escpos_ticket(p, &fitted, native, out);
}

int pni_printer_send(pn *p, const pn_printer *printer, const char *name, const pn_buf *data,
                     pn_delivery *out)
{
    if (printer->kind.v == PN_PRINTER_TCP)
        return pn_send_tcp(p, printer->target, data->text, data->len, SEND_MS, out);
    if (printer->kind.v == PN_PRINTER_USB)
        return pn_send_device(p, printer->target, data->text, data->len, SEND_MS, out);
    return pn_send_file(p, printer->target, name, printer->language.v == PN_PRINTER_ESCPOS,
                        data->text, data->len, out);
}

/* ---- operations ---- */

static int check_target(pn *p, pn_word kind, pn_word language, const char *target)
{
    if (kind.v == PN_PRINTER_USB && strncmp(target, "/dev/", 5))
        return pn_fail(p, PN_EARG, "target", pn_tr("A device is a file of /dev, like %s"),
                       "/dev/usb/lp0");
    if (kind.v != PN_PRINTER_FILE && language.v && language.v != PN_PRINTER_ESCPOS)
        return pn_fail(p, PN_EARG, "language", pn_tr("Only files are written as PDF or PNG"));
    return 0;
}

static int create(pn *p, const struct pn_printer_create *in, pn_printer *out)
{
    new_printer row = {.in = *in};
    int64_t made = 0;
    PN_TRY(check_target(p, in->kind, in->language, in->target));
    row.in.language.v = in->language.v ? in->language.v : PN_PRINTER_ESCPOS;
    row.in.dpi = in->dpi ? in->dpi : DPI;
    row.in.head = in->head ? in->head : HEAD;
    PN_TRY(pn_new_id(p, 0, &row.id));
    PN_TRY(pn_exec(p, &put, &row, &made));
    if (!made)
        return pn_fail(p, PN_EEXISTS, "code", pn_tr("There is a printer '%s' already"), in->code);
    PN_TRY(fetch(p, row.id, out));
    return pn_audit(p, "printer", out->id, &pn_printer_t, NULL, out, NULL);
}

static int edit(pn *p, const struct pn_printer_edit *in, pn_printer *out)
{
    pn_printer before;
    PN_TRY(fetch(p, in->id, &before));
    if (in->target)
        PN_TRY(check_target(p, before.kind, before.language, in->target));
    PN_TRY(pn_exec(p, &change, in, NULL));
    PN_TRY(fetch(p, in->id, out));
    return pn_audit(p, "printer", out->id, &pn_printer_t, &before, out, NULL);
}

static int show(pn *p, const struct pn_printer_show *in, pn_printer *out)
{
    return fetch(p, in->id, out);
}

static int status(pn *p, const struct pn_printer_status *in, pn_printer_state *out)
{
    pn_printer x;
    pn_delivery d = {.outcome = PN_SENT_CONFIRMED, .message = ""};
    PN_TRY(fetch(p, in->id, &x));
    struct stat st;
    if (x.kind.v == PN_PRINTER_TCP)
        PN_TRY(pn_send_tcp(p, x.target, "", 0, SEND_MS, &d));
    else if (x.kind.v == PN_PRINTER_USB)
        PN_TRY(pn_send_device(p, x.target, "", 0, SEND_MS, &d));
    else if (!stat(x.target, &st) && access(x.target, W_OK))
        d = (pn_delivery){.outcome = PN_SENT_NOTHING,
                          .message = pn_tr("the file cannot be written")};
    bool ready = d.outcome == PN_SENT_CONFIRMED;
    const char *words = ready ? pn_tr("ready") : d.message;
    *out = (pn_printer_state){x.id, x.code, ready, words, x.roll, x.left};
    return 0;
}

PN_OP_LIST(printer, list, all, .brief = N_("List printers"), .out = &pn_printer_t,
    .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_SYSTEM)
PN_OP(printer, show, pn_printer, .brief = N_("Show a printer"), .in = &show_in_t,
    .out = &pn_printer_t, .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_SYSTEM)
PN_OP(printer, create, pn_printer, .brief = N_("Add a printer"), .in = &create_t,
    .out = &pn_printer_t, .may = PN_ROLE_OPS | PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_ONCE,
    .example = "pn printer create hall-1 --name 'Hall 1' --kind TCP --target 192.168.1.50")
PN_OP(printer, edit, pn_printer, .brief = N_("Change a printer or switch it off"), .in = &edit_t,
    .out = &pn_printer_t, .may = PN_ROLE_OPS | PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_ONCE)
PN_OP(printer, status, pn_printer_state, .brief = N_("Ask a printer how it is"),
    .in = &show_in_t, .out = &state_t, .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_SYSTEM,
    .flags = PN_LOCAL)

const pn_module pn_printer_module = {"printer", N_("Printers"),
    .ops = PN_LIST(pn_op, &printer_list_op, &printer_show_op, &printer_create_op,
                   &printer_edit_op, &printer_status_op, &pni_printer_test_op),
    .sql = PN_LIST(pn_sql, &by_id, &by_code, &active, &put, &change),
    .resolve = printer_resolve};
