/* SPDX-License-Identifier: Apache-2.0 */
/* Seat plans of halls. The document is kept as it came, so that an export is the import. */
#include "seating/seat_plan.h"
#include "seating/plan_int.h"
#include "catalog/import.h"
#include "catalog/may_int.h"
#include "catalog/row_int.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define C(field, text, ...) PN_COL(pn_seat_plan, field, text, __VA_ARGS__)
static PN_TYPE(seat_plan_t, "seat_plan", pn_seat_plan,
    C(id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "a.id"),
    C(hall_id, N_("Hall number"), .ref = "hall", .sql = "a.hall_id"),
    C(hall, N_("Hall"), .flags = PN_BRIEF, .sql = "x.name"),
    C(venue, N_("Venue"), .flags = PN_BRIEF, .sql = "v.name"),
    C(version, N_("Version"), .flags = PN_BRIEF | PN_SORT, .sql = "a.version"),
    C(name, N_("Name"), .flags = PN_BRIEF, .sql = "a.name"),
    C(seats, N_("Seats"), .flags = PN_BRIEF | PN_SORT, .sql = "a.seats"),
    C(author, N_("By"), .sql = "w.name"),
    C(created_at, N_("Created"), .flags = PN_BRIEF | PN_SORT, .sql = "a.created_at"));
#undef C
#define C(field, text, ...) PN_COL(pn_seat_plan_line, field, text, __VA_ARGS__)
#define BITS(mask) "length(replace(" mask "::bit(64)::text, '0', ''))"
static PN_TYPE(line_t, "seat_plan.line", pn_seat_plan_line,
    C(id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "r.id"),
    C(plan_id, N_("Plan"), .flags = PN_SORT, .ref = "seat_plan", .sql = "r.plan_id"),
    C(no, N_("Order"), .flags = PN_SORT, .sql = "r.no"),
    C(floor, N_("Floor"), .flags = PN_BRIEF, .sql = "r.floor"),
    C(section, N_("Section"), .flags = PN_BRIEF, .sql = "r.section"),
    C(row_name, N_("Row"), .flags = PN_BRIEF, .sql = "r.row_name"),
    C(seats, N_("Seats"), .flags = PN_BRIEF, .sql = "cardinality(r.labels)"),
    C(first, N_("First"), .flags = PN_BRIEF, .sql = "r.labels[1]"),
    C(last, N_("Last seat"), .flags = PN_BRIEF, .sql = "r.labels[cardinality(r.labels)]"),
    C(aisles, N_("Aisles"), .flags = PN_BRIEF, .sql = BITS("r.gap_after")),
    C(wheelchair, N_("Wheelchair"), .flags = PN_BRIEF, .sql = BITS("r.wheelchair")),
    C(obstructed, N_("Obstructed"), .flags = PN_BRIEF, .sql = BITS("r.obstructed")));
#undef C

static PN_TYPE(import_t, "seat_plan.import", struct pn_seat_plan_import,
    PN_COL(struct pn_seat_plan_import, hall, N_("Hall"), .flags = PN_REQ | PN_ARG, .ref = "hall"),
    PN_COL(struct pn_seat_plan_import, file, N_("File"), .flags = PN_REQ | PN_ARG | PN_FILE,
           .max = PN_IMPORT_BYTES_MAX,
           .hint = N_("Seating plan as JSON, or CSV: floor, section, row, from, to, step, category,"
                      " aisles")),
    PN_COL(struct pn_seat_plan_import, name, N_("Name"), .max = PNI_TITLE_MAX,
           .hint = N_("Absent: the plan's own")),
    PN_COL(struct pn_seat_plan_import, lax, N_("Drop what the format does not know")));
static PN_TYPE(imported_t, "seat_plan.imported", pn_seat_plan_imported,
    PN_COL(pn_seat_plan_imported, id, N_("Id"), .flags = PN_KEY | PN_BRIEF, .ref = "seat_plan"),
    PN_COL(pn_seat_plan_imported, hall_id, N_("Hall"), .ref = "hall"),
    PN_COL(pn_seat_plan_imported, version, N_("Version"), .flags = PN_BRIEF),
    PN_COL(pn_seat_plan_imported, name, N_("Name"), .flags = PN_BRIEF),
    PN_COL(pn_seat_plan_imported, seats, N_("Seats"), .flags = PN_BRIEF),
    PN_COL(pn_seat_plan_imported, rows, N_("Rows"), .flags = PN_BRIEF),
    PN_COL(pn_seat_plan_imported, dropped, N_("Dropped")));
static PN_TYPE(show_t, "seat_plan.show", struct pn_seat_plan_show,
    PN_COL(struct pn_seat_plan_show, id, N_("Plan"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "seat_plan"));
static PN_TYPE(export_t, "seat_plan.export", struct pn_seat_plan_export,
    PN_COL(struct pn_seat_plan_export, id, N_("Plan"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "seat_plan"));
static PN_TYPE(exported_t, "seat_plan.exported", pn_seat_plan_exported,
    PN_COL(pn_seat_plan_exported, plan, N_("Plan"), .flags = PN_BRIEF));

const pn_type pni_plan_row_t = {"seat_plan.row", sizeof(pni_plan_row), (const pn_col[]){
    PN_COL(pni_plan_row, id, N_("Id")), PN_COL(pni_plan_row, plan_id, N_("Plan")),
    PN_COL(pni_plan_row, no, N_("Order")), PN_COL(pni_plan_row, floor, N_("Floor")),
    PN_COL(pni_plan_row, section, N_("Section")), PN_COL(pni_plan_row, row_name, N_("Row")),
    PN_COL(pni_plan_row, labels, N_("Seats")), PN_COL(pni_plan_row, guids, N_("Seats")),
    PN_COL(pni_plan_row, categories, N_("Categories")), PN_COL(pni_plan_row, xs, N_("Places")),
    PN_COL(pni_plan_row, ys, N_("Places")), PN_COL(pni_plan_row, gap_after, N_("Aisles")),
    PN_COL(pni_plan_row, wheelchair, N_("Wheelchair")),
    PN_COL(pni_plan_row, obstructed, N_("Obstructed")), {0}}};

typedef struct stored { int64_t id, hall; int version, seats; const char *name, *document; } stored;
static PN_TYPE(stored_t, "seat_plan.stored", stored, PN_COL(stored, id, N_("Id")),
    PN_COL(stored, hall, N_("Hall")), PN_COL(stored, version, N_("Version")),
    PN_COL(stored, seats, N_("Seats")), PN_COL(stored, name, N_("Name")),
    PN_COL(stored, document, N_("Plan")));
static PN_TYPE(document_t, "seat_plan.document", stored, PN_COL(stored, document, N_("Plan")));

/* The hall's row keeps two people from making the same version. */
static const pn_sql lock = {"seat_plan_lock", &stored_t, &pni_one_id_t,
    "select id from hall where id = :hall for no key update"};
static const pn_sql next = {"seat_plan_next", &stored_t, &stored_t,
    "select coalesce(max(a.version), 0) + 1 as version, (select x.name from hall x"
    " where x.id = :hall) as name from seat_plan a where a.hall_id = :hall"};
static const pn_sql insert = {"seat_plan_insert", &stored_t, NULL,
    "insert into seat_plan (id, hall_id, version, name, seats, document, author_id, created_at)"
    " values (:id, :hall, :version, :name, :seats, :document, :me, :now)"};
static const pn_sql insert_row = {"seat_plan_insert_row", &pni_plan_row_t, NULL,
    "insert into seat_plan_row (id, plan_id, no, floor, section, row_name, labels, guids,"
    " categories, xs, ys, gap_after, wheelchair, obstructed) values (:id, :plan_id, :no,"
    " coalesce(:floor, ''), :section, :row_name, :labels, :guids, :categories, :xs, :ys,"
    " :gap_after, :wheelchair, :obstructed)"};
static const pn_sql document = {"seat_plan_document", &pni_one_id_t, &document_t,
    "select document from seat_plan where id = :id"};
/* "hall" is its newest version, "hall:2" its second. */
static const pn_sql by_code = {"seat_plan_by_code", &pni_by_code_t, &pni_one_id_t,
    "select a.id from seat_plan a join hall x on x.id = a.hall_id"
    " where x.code = split_part(:code, ':', 1) and (position(':' in :code) = 0"
    "  or a.version::text = split_part(:code, ':', 2)) order by a.version desc limit 1"};

static const pn_list_spec plan_list = {.row = &seat_plan_t, .key = "a.id", .sort = "-id",
    .from = "seat_plan a join hall x on x.id = a.hall_id join venue v on v.id = x.venue_id"
            " left join staff w on w.id = a.author_id"};
static const pn_list_spec row_list = {.row = &line_t, .key = "r.id", .sort = "plan_id,no,id",
    .from = "seat_plan_row r"};

PN_OP_LIST(seat_plan, list, plan_list, .brief = N_("List seat plans"), .out = &seat_plan_t,
    .may = READERS, .example = "pn seat-plan list --where 'hall_id=soac-opera'")
PN_OP_LIST(seat_plan, rows, row_list, .brief = N_("List the rows of seat plans"), .out = &line_t,
    .may = READERS, .example = "pn seat-plan rows --where 'plan_id=soac-opera'")

static int show(pn *p, const struct pn_seat_plan_show *in, pn_seat_plan *out)
{
    return pni_row(p, &seat_plan_list_op, in->id, out);
}

static int store_rows(pn *p, int64_t plan, const pn_rows *rows)
{
    pn_each(pni_plan_row, r, rows)
    {
        r->plan_id = plan;
        PN_TRY(pn_new_id(p, 0, &r->id));
        PN_TRY(pn_queue(p, &insert_row, r, 0, NULL, NULL));
    }
    return pn_sync(p);
}

static int import(pn *p, const struct pn_seat_plan_import *in, pn_seat_plan_imported *out)
{
    pni_plan_file f = {0};
    pni_one_id hall;
    stored s = {.hall = in->hall}, newest = {0};
    PN_TRY(pni_plan_parse(p, in->file, in->name ? in->name : "", in->lax, &f));
    int rc = pn_one(p, &lock, &s, &hall);
    if (rc == PN_ENONE)
        return pn_fail(p, rc, "hall", pn_tr("There is no %s %" PRId64),
                       pni_noun_word("hall"), in->hall);
    PN_TRY(rc);
    PN_TRY(pn_one(p, &next, &s, &newest));
    PN_TRY(pn_new_id(p, 0, &s.id));
    s.version = newest.version;
    s.name = in->name ? in->name : *f.name ? f.name : newest.name;
    s.seats = f.seats;
    s.document = f.document;
    PN_TRY(pn_exec(p, &insert, &s, NULL));
    PN_TRY(store_rows(p, s.id, &f.rows));
    *out = (pn_seat_plan_imported){.id = s.id, .hall_id = in->hall, .version = s.version,
                                   .seats = f.seats, .rows = (int)f.rows.n, .name = s.name,
                                   .dropped = f.dropped};
    return pn_audit(p, "seat_plan", s.id, &imported_t, NULL, out, NULL);
}

static int export(pn *p, const struct pn_seat_plan_export *in, pn_seat_plan_exported *out)
{
    stored s = {0};
    int rc = pn_one(p, &document, &(pni_one_id){in->id}, &s);
    if (rc == PN_ENONE)
        return pn_fail(p, rc, "id", pn_tr("There is no %s %" PRId64),
                       pni_noun_word("seat_plan"), in->id);
    out->plan = (pn_json){s.document};
    return rc;
}

PN_OP(seat_plan, import, pn_seat_plan_imported,
    .brief = N_("Import a seat plan of a hall as its next version"), .in = &import_t,
    .out = &imported_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .help = N_("A seating plan as JSON, or CSV with a line a row: floor, section, row, from, to,"
               " step, category, aisles (10|20: behind seats 10 and 20). Categories named"
               " wheelchair or obstructed mark such seats."),
    .example = "pn seat-plan import soac-opera opera.json")
PN_OP(seat_plan, show, pn_seat_plan, .brief = N_("Show one seat plan"), .in = &show_t,
    .out = &seat_plan_t, .may = READERS, .example = "pn seat-plan show soac-opera")
PN_OP(seat_plan, export, pn_seat_plan_exported,
    .brief = N_("Give a seat plan as JSON, with everything its import had"), .in = &export_t,
    .out = &exported_t, .may = READERS, .example = "pn seat-plan export soac-opera:1")

static int resolve(pn *p, const char *text, int64_t *id)
{
    return pni_resolve(p, &by_code, "seat_plan", text, id);
}

const pn_module pn_seat_plan_module = {
    .noun = "seat_plan",
    .title = N_("Seat plans"),
    .ops = PN_LIST(pn_op, &seat_plan_list_op, &seat_plan_rows_op, &seat_plan_show_op,
                   &seat_plan_import_op, &seat_plan_export_op),
    .sql = PN_LIST(pn_sql, &lock, &next, &insert, &insert_row, &document, &by_code),
    .resolve = resolve,
};
