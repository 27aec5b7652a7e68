/* SPDX-License-Identifier: Apache-2.0 */
/* Cities: few rows, read everywhere. Pinyin is made from the name unless somebody knows better. */
#include "city.h"
#include "import_int.h"
#include "row_int.h"
#include "base/search_int.h"

static PN_TYPE(city_t, "city", pn_city,
    PN_COL(pn_city, id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "c.id"),
    PN_COL(pn_city, code, N_("Code"), .flags = PN_BRIEF | PN_SORT, .sql = "c.code"),
    PN_COL(pn_city, name, N_("Name"), .flags = PN_BRIEF, .sql = "c.name"),
    PN_COL(pn_city, pinyin, N_("Pinyin"), .flags = PN_BRIEF | PN_SORT, .sql = "c.pinyin"),
    PN_COL(pn_city, lng, N_("Longitude"), .flags = PN_OPT, .sql = "c.lng"),
    PN_COL(pn_city, lat, N_("Latitude"), .flags = PN_OPT, .sql = "c.lat"),
    PN_COL(pn_city, hot, N_("Hot"), .flags = PN_BRIEF, .sql = "c.hot"),
    PN_COL(pn_city, sort, N_("Sort"), .flags = PN_SORT, .sql = "c.sort"),
    PN_COL(pn_city, venues, N_("Venues"), .flags = PN_BRIEF,
           .sql = "(select count(*) from venue v where v.city_id = c.id)"),
    PN_COL(pn_city, shows, N_("Shows"), .flags = PN_BRIEF,
           .sql = "(select count(*) from show h where h.city_id = c.id)"),
    PN_COL(pn_city, version, N_("Version"), .sql = "c.version"),
    PN_COL(pn_city, created_at, N_("Created"), .flags = PN_SORT, .sql = "c.created_at"),
    PN_COL(pn_city, updated_at, N_("Updated"), .flags = PN_SORT, .sql = "c.updated_at"));

// clang-format off
#define CITY_COLS(s, req)                                                                          \
    PN_COL(s, code, N_("Code"), .flags = (req) | PN_ARG, .max = PNI_CODE_MAX,                      \
           .hint = N_("Short name for imports and commands")),                                     \
    PN_COL(s, name, N_("Name"), .flags = (req), .max = PNI_TITLE_MAX),                             \
    PN_COL(s, pinyin, N_("Pinyin"), .max = PNI_TITLE_MAX),                                         \
    PN_COL(s, lng, N_("Longitude"), .flags = PN_OPT, .min = -180, .max = 180),                     \
    PN_COL(s, lat, N_("Latitude"), .flags = PN_OPT, .min = -90, .max = 90),                        \
    PN_COL(s, hot, N_("Hot"), .words = pni_yes_no),                                                \
    PN_COL(s, sort, N_("Sort"), .flags = PN_OPT)
// clang-format on

static PN_TYPE(create_t, "city.create", struct pn_city_create,
    CITY_COLS(struct pn_city_create, PN_REQ));
static PN_TYPE(edit_t, "city.edit", struct pn_city_edit,
    PN_COL(struct pn_city_edit, id, N_("City"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "city"),
    PN_COL(struct pn_city_edit, version, N_("Version"), .flags = PN_OPT),
    CITY_COLS(struct pn_city_edit, 0));
static PN_TYPE(show_t, "city.show", struct pn_city_show,
    PN_COL(struct pn_city_show, id, N_("City"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "city"));

#define NOW                                                                                        \
    "select id, version, code, name, pinyin, lng, lat, sort,"                                      \
    " case when hot then 'yes' else 'no' end as hot from city"
static const pn_sql now_sql = {"city_now", &pni_one_id_t, &edit_t,
    NOW " where id = :id for update"};
static const pn_sql by_code = {"city_by_code", &pni_by_code_t, &edit_t, NOW " where code = :code"};
static const pn_sql insert = {"city_insert", &edit_t, &pni_one_id_t,
    "insert into city (id, code, name, pinyin, lng, lat, hot, sort, created_at, updated_at)"
    " values (:id, :code, :name, coalesce(:pinyin, ''), :lng, :lat, coalesce(:hot = 'yes', false),"
    " coalesce(:sort, 0), :now, :now) on conflict (code) do nothing returning id"};
static const pn_sql update = {"city_update", &edit_t, NULL,
    "update city set code = coalesce(:code, code), name = coalesce(:name, name),"
    " pinyin = coalesce(:pinyin, pinyin), lng = coalesce(:lng, lng), lat = coalesce(:lat, lat),"
    " hot = coalesce(:hot = 'yes', hot), sort = coalesce(:sort, sort), version = version + 1,"
    " updated_at = :now where id = :id and version = coalesce(:version, version)"};

static const pn_list_spec city_list = {.row = &city_t, .from = "city c", .key = "c.id",
    .sort = "sort,id",
    .search = "position(:q in c.name) > 0 or position(:q in c.pinyin) > 0"
              " or position(:q in c.code) > 0"};

PN_OP_LIST(city, list, city_list, .brief = N_("List cities"), .out = &city_t,
    .may = PN_ROLE_PUBLIC, .example = "pn city list -q shang")

static const pni_noun noun;

static int show(pn *p, const struct pn_city_show *in, pn_city *out)
{
    return pni_row(p, &city_list_op, in->id, out);
}

static int create(pn *p, const struct pn_city_create *in, pn_city *out)
{
    struct pn_city_create row = *in;
    const char *initials;
    if (!row.pinyin)
        PN_TRY(pni_pinyin(p, row.name, &row.pinyin, &initials));
    return pni_noun_create(p, &noun, &row, out);
}

static int edit(pn *p, const struct pn_city_edit *in, pn_city *out)
{
    return pni_noun_edit(p, &noun, in, out);
}

static int import(pn *p, const struct pn_import *in, pn_import_result *out)
{
    return pni_import(p, &noun, in, out);
}

PN_OP(city, create, pn_city, .brief = N_("Add a city"), .in = &create_t, .out = &city_t,
    .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn city create shanghai --name 上海 --hot yes")
PN_OP(city, edit, pn_city, .brief = N_("Change a city"), .in = &edit_t, .out = &city_t,
    .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE, .example = "pn city edit shanghai --sort 1")
PN_OP(city, show, pn_city, .brief = N_("Show one city"), .in = &show_t, .out = &city_t,
    .may = PN_ROLE_PUBLIC, .example = "pn city show shanghai")
PNI_IMPORT_OP(city, .brief = N_("Import cities from CSV or YAML"), .may = PN_ROLE_OPS,
    .example = "pn city import city.csv")

static const pni_noun noun = {"city", &create_t, &edit_t, &now_sql, &by_code, &insert, &update,
                              &city_list_op, &city_create_op, &city_edit_op, NULL, NULL};

static int resolve(pn *p, const char *text, int64_t *id)
{
    return pni_resolve(p, &by_code, "city", text, id);
}

const pn_module pn_city_module = {
    .noun = "city",
    .title = N_("Cities"),
    .ops = PN_LIST(pn_op, &city_list_op, &city_show_op, &city_create_op, &city_edit_op,
                   &city_import_op),
    .sql = PN_LIST(pn_sql, &now_sql, &by_code, &insert, &update),
    .resolve = resolve,
};
