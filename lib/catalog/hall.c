/* SPDX-License-Identifier: Apache-2.0 */
/* Halls. Their capacity is the last resort of the capacity rule when no permit says less. */
#include "hall.h"
#include "import_int.h"

static PN_TYPE(hall_t, "hall", pn_hall,
    PN_COL(pn_hall, id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "x.id"),
    PN_COL(pn_hall, code, N_("Code"), .flags = PN_BRIEF | PN_SORT, .sql = "x.code"),
    PN_COL(pn_hall, name, N_("Name"), .flags = PN_BRIEF | PN_SORT, .sql = "x.name"),
    PN_COL(pn_hall, venue_id, N_("Venue number"), .ref = "venue", .sql = "x.venue_id"),
    PN_COL(pn_hall, venue, N_("Venue"), .flags = PN_BRIEF | PN_SORT, .sql = "v.name"),
    PN_COL(pn_hall, city, N_("City"), .flags = PN_BRIEF, .sql = "c.name"),
    PN_COL(pn_hall, capacity, N_("Capacity"), .flags = PN_BRIEF | PN_SORT, .sql = "x.capacity"),
    PN_COL(pn_hall, version, N_("Version"), .sql = "x.version"),
    PN_COL(pn_hall, created_at, N_("Created"), .flags = PN_SORT, .sql = "x.created_at"),
    PN_COL(pn_hall, updated_at, N_("Updated"), .flags = PN_SORT, .sql = "x.updated_at"));

// clang-format off
#define HALL_COLS(s, req)                                                                          \
    PN_COL(s, code, N_("Code"), .flags = (req) | PN_ARG, .max = PNI_CODE_MAX,                      \
           .hint = N_("Short name for imports and commands")),                                     \
    PN_COL(s, name, N_("Name"), .flags = (req), .max = PNI_TITLE_MAX),                             \
    PN_COL(s, venue, N_("Venue"), .flags = (req) | PN_OPT, .ref = "venue"),                        \
    PN_COL(s, capacity, N_("Capacity"), .flags = PN_OPT, .min = 0, .max = 500000)
// clang-format on

static PN_TYPE(create_t, "hall.create", struct pn_hall_create,
    HALL_COLS(struct pn_hall_create, PN_REQ));
static PN_TYPE(edit_t, "hall.edit", struct pn_hall_edit,
    PN_COL(struct pn_hall_edit, id, N_("Hall"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "hall"),
    PN_COL(struct pn_hall_edit, version, N_("Version"), .flags = PN_OPT),
    HALL_COLS(struct pn_hall_edit, 0));
static PN_TYPE(show_t, "hall.show", struct pn_hall_show,
    PN_COL(struct pn_hall_show, id, N_("Hall"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "hall"));

#define NOW "select id, version, code, name, venue_id as venue, capacity from hall"
static const pn_sql now_sql = {"hall_now", &pni_one_id_t, &edit_t,
    NOW " where id = :id for update"};
static const pn_sql by_code = {"hall_by_code", &pni_by_code_t, &edit_t, NOW " where code = :code"};
static const pn_sql insert = {"hall_insert", &edit_t, &pni_one_id_t,
    "insert into hall (id, code, venue_id, name, capacity, created_at, updated_at)"
    " values (:id, :code, :venue, :name, coalesce(:capacity, 0), :now, :now)"
    " on conflict (code) do nothing returning id"};
static const pn_sql update = {"hall_update", &edit_t, NULL,
    "update hall set code = coalesce(:code, code), name = coalesce(:name, name),"
    " venue_id = coalesce(:venue, venue_id), capacity = coalesce(:capacity, capacity),"
    " version = version + 1, updated_at = :now where id = :id"};

static const pn_list_spec hall_list = {.row = &hall_t,
    .from = "hall x join venue v on v.id = x.venue_id join city c on c.id = v.city_id",
    .key = "x.id", .sort = "id",
    .search = "position(:q in lower(x.name)) > 0 or position(:q in v.folded) > 0"
              " or position(:q in v.pinyin) > 0 or position(:q in v.initials) > 0"};

PN_OP_LIST(hall, list, hall_list, .brief = N_("List halls"), .out = &hall_t,
    .may = PN_ROLE_PUBLIC, .example = "pn hall list -q dongyi")

static const pni_noun noun;

static int show(pn *p, const struct pn_hall_show *in, pn_hall *out)
{
    return pni_row(p, &hall_list_op, in->id, out);
}

static int create(pn *p, const struct pn_hall_create *in, pn_hall *out)
{
    return pni_noun_create(p, &noun, in, out);
}

static int edit(pn *p, const struct pn_hall_edit *in, pn_hall *out)
{
    return pni_noun_edit(p, &noun, in, out);
}

static int import(pn *p, const struct pn_import *in, pn_import_result *out)
{
    return pni_import(p, &noun, in, out);
}

PN_OP(hall, create, pn_hall, .brief = N_("Add a hall to a venue"), .in = &create_t,
    .out = &hall_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn hall create soac-opera --name 歌剧厅 --venue soac --capacity 1015")
PN_OP(hall, edit, pn_hall, .brief = N_("Change a hall"), .in = &edit_t, .out = &hall_t,
    .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn hall edit soac-opera --capacity 1020")
PN_OP(hall, show, pn_hall, .brief = N_("Show one hall"), .in = &show_t, .out = &hall_t,
    .may = PN_ROLE_PUBLIC, .example = "pn hall show soac-opera")
PNI_IMPORT_OP(hall, .brief = N_("Import halls from CSV or YAML"), .may = PN_ROLE_OPS,
    .example = "pn hall import hall.csv")

static const pni_noun noun = {"hall", &create_t, &edit_t, &now_sql, &by_code, &insert, &update,
                              &hall_list_op, &hall_create_op, &hall_edit_op, NULL, NULL};

static int resolve(pn *p, const char *text, int64_t *id)
{
    return pni_resolve(p, &by_code, "hall", text, id);
}

const pn_module pn_hall_module = {
    .noun = "hall",
    .title = N_("Halls"),
    .ops = PN_LIST(pn_op, &hall_list_op, &hall_show_op, &hall_create_op, &hall_edit_op,
                   &hall_import_op),
    .sql = PN_LIST(pn_sql, &now_sql, &by_code, &insert, &update),
    .resolve = resolve,
};
