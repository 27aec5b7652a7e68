/* SPDX-License-Identifier: Apache-2.0 */
/* Venues. Their names and aliases are searched, and are part of what their shows are found by. */
#include "venue.h"
#include "import_int.h"
#include "index_int.h"
#include "base/search_int.h"

static PN_TYPE(venue_t, "venue", pn_venue,
    PN_COL(pn_venue, id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "v.id"),
    PN_COL(pn_venue, code, N_("Code"), .flags = PN_BRIEF | PN_SORT, .sql = "v.code"),
    PN_COL(pn_venue, name, N_("Name"), .flags = PN_BRIEF | PN_SORT, .sql = "v.name"),
    PN_COL(pn_venue, city_id, N_("City number"), .ref = "city", .sql = "v.city_id"),
    PN_COL(pn_venue, city, N_("City"), .flags = PN_BRIEF | PN_SORT, .sql = "c.name"),
    PN_COL(pn_venue, address, N_("Address"), .flags = PN_BRIEF, .sql = "v.address"),
    PN_COL(pn_venue, lng, N_("Longitude"), .flags = PN_OPT, .sql = "v.lng"),
    PN_COL(pn_venue, lat, N_("Latitude"), .flags = PN_OPT, .sql = "v.lat"),
    PN_COL(pn_venue, capacity, N_("Capacity"), .flags = PN_BRIEF | PN_SORT, .sql = "v.capacity"),
    PN_COL(pn_venue, transit, N_("Transit"), .sql = "v.transit"),
    PN_COL(pn_venue, aliases, N_("Other names"), .sql = "v.aliases"),
    PN_COL(pn_venue, halls, N_("Halls"), .flags = PN_BRIEF,
           .sql = "(select count(*) from hall x where x.venue_id = v.id)"),
    PN_COL(pn_venue, shows, N_("Shows"), .flags = PN_BRIEF,
           .sql = "(select count(*) from show x where x.venue_id = v.id)"),
    PN_COL(pn_venue, version, N_("Version"), .sql = "v.version"),
    PN_COL(pn_venue, created_at, N_("Created"), .flags = PN_SORT, .sql = "v.created_at"),
    PN_COL(pn_venue, updated_at, N_("Updated"), .flags = PN_SORT, .sql = "v.updated_at"));

// clang-format off
#define VENUE_COLS(s, req)                                                                         \
    PN_COL(s, code, N_("Code"), .flags = (req) | PN_ARG, .max = PNI_CODE_MAX,                      \
           .hint = N_("Short name for imports and commands")),                                     \
    PN_COL(s, name, N_("Name"), .flags = (req), .max = PNI_TITLE_MAX),                             \
    PN_COL(s, city, N_("City"), .flags = (req) | PN_OPT, .ref = "city"),                           \
    PN_COL(s, address, N_("Address"), .max = 500),                                                 \
    PN_COL(s, lng, N_("Longitude"), .flags = PN_OPT, .min = -180, .max = 180),                     \
    PN_COL(s, lat, N_("Latitude"), .flags = PN_OPT, .min = -90, .max = 90),                        \
    PN_COL(s, capacity, N_("Capacity"), .flags = PN_OPT, .min = 0, .max = 500000),                 \
    PN_COL(s, transit, N_("Transit"), .max = 500),                                                 \
    PN_COL(s, aliases, N_("Other names"), .hint = N_("Other spellings to be found by"))
// clang-format on

static PN_TYPE(create_t, "venue.create", struct pn_venue_create,
    VENUE_COLS(struct pn_venue_create, PN_REQ));
static PN_TYPE(edit_t, "venue.edit", struct pn_venue_edit,
    PN_COL(struct pn_venue_edit, id, N_("Venue"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "venue"),
    PN_COL(struct pn_venue_edit, version, N_("Version"), .flags = PN_OPT),
    VENUE_COLS(struct pn_venue_edit, 0));
static PN_TYPE(show_t, "venue.show", struct pn_venue_show,
    PN_COL(struct pn_venue_show, id, N_("Venue"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "venue"));

#define NOW                                                                                        \
    "select id, version, code, name, city_id as city, address, lng, lat, capacity, transit,"       \
    " aliases from venue"
static const pn_sql now_sql = {"venue_now", &pni_one_id_t, &edit_t,
    NOW " where id = :id for update"};
static const pn_sql by_code = {"venue_by_code", &pni_by_code_t, &edit_t, NOW " where code = :code"};
static const pn_sql insert = {"venue_insert", &edit_t, &pni_one_id_t,
    "insert into venue (id, code, city_id, name, address, lng, lat, capacity, transit, aliases,"
    " created_at, updated_at)"
    " values (:id, :code, :city, :name, coalesce(:address, ''), :lng, :lat,"
    " coalesce(:capacity, 0), coalesce(:transit, ''), coalesce(:aliases, '{}'), :now, :now)"
    " on conflict (code) do nothing returning id"};
static const pn_sql update = {"venue_update", &edit_t, NULL,
    "update venue set code = coalesce(:code, code), name = coalesce(:name, name),"
    " city_id = coalesce(:city, city_id), address = coalesce(:address, address),"
    " lng = coalesce(:lng, lng), lat = coalesce(:lat, lat),"
    " capacity = coalesce(:capacity, capacity), transit = coalesce(:transit, transit),"
    " aliases = coalesce(:aliases, aliases), version = version + 1, updated_at = :now"
    " where id = :id"};

static const pn_list_spec venue_list = {.row = &venue_t,
    .from = "venue v join city c on c.id = v.city_id", .key = "v.id", .sort = "id",
    .search = PNI_SEARCH("v")};

PN_OP_LIST(venue, list, venue_list, .brief = N_("List venues"), .out = &venue_t,
    .may = PN_ROLE_PUBLIC, .example = "pn venue list -q dongyi")

static const pni_noun noun;

static int settle(pn *p, const void *after)
{
    return pni_index_venue(p, ((const struct pn_venue_edit *)after)->id);
}

static int show(pn *p, const struct pn_venue_show *in, pn_venue *out)
{
    return pni_row(p, &venue_list_op, in->id, out);
}

static int create(pn *p, const struct pn_venue_create *in, pn_venue *out)
{
    return pni_noun_create(p, &noun, in, out);
}

static int edit(pn *p, const struct pn_venue_edit *in, pn_venue *out)
{
    return pni_noun_edit(p, &noun, in, out);
}

static int import(pn *p, const struct pn_import *in, pn_import_result *out)
{
    return pni_import(p, &noun, in, out);
}

PN_OP(venue, create, pn_venue, .brief = N_("Add a venue"), .in = &create_t, .out = &venue_t,
    .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn venue create soac --name 上海东方艺术中心 --city shanghai")
PN_OP(venue, edit, pn_venue, .brief = N_("Change a venue"), .in = &edit_t, .out = &venue_t,
    .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn venue edit soac --capacity 3300")
PN_OP(venue, show, pn_venue, .brief = N_("Show one venue"), .in = &show_t, .out = &venue_t,
    .may = PN_ROLE_PUBLIC, .example = "pn venue show soac")
PNI_IMPORT_OP(venue, .brief = N_("Import venues from CSV or YAML"), .may = PN_ROLE_OPS,
    .example = "pn venue import venue.csv")

static const pni_noun noun = {"venue", &create_t, &edit_t, &now_sql, &by_code, &insert, &update,
                              &venue_list_op, &venue_create_op, &venue_edit_op, settle, NULL};

static int resolve(pn *p, const char *text, int64_t *id)
{
    return pni_resolve(p, &by_code, "venue", text, id);
}

const pn_module pn_venue_module = {
    .noun = "venue",
    .title = N_("Venues"),
    .ops = PN_LIST(pn_op, &venue_list_op, &venue_show_op, &venue_create_op, &venue_edit_op,
                   &venue_import_op),
    .sql = PN_LIST(pn_sql, &now_sql, &by_code, &insert, &update),
    .resolve = resolve,
};
