/* SPDX-License-Identifier: Apache-2.0 */
/* blocked_region.c — regions to which nothing is sent. A name stands for all that begin with it:
 * "新疆" for every prefecture there. Blanks do not count. */
#include "goods/blocked_region.h"

#include <string.h>

#include "base/unit_int.h"
#include "catalog/row_int.h"
#include "goods/blocked_region_int.h"

#define C(f, label, ...) PN_COL(pn_blocked_region, f, label, __VA_ARGS__)
PN_TYPE(pn_blocked_region_t, "blocked_region", pn_blocked_region,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT, .ref = "blocked_region", .sql = "b.id"),
    C(region, N_("Region"), .flags = PN_BRIEF | PN_SORT, .sql = "b.region"),
    C(reason, N_("Reason"), .flags = PN_BRIEF, .sql = "b.reason"),
    C(created_at, N_("Created"), .flags = PN_BRIEF | PN_SORT, .sql = "b.created_at"));
#undef C
static const pn_list_spec list_spec = {.row = &pn_blocked_region_t, .from = "blocked_region b",
    .key = "b.id", .sort = "region"};

typedef struct row { int64_t id; int no; const char *region, *reason; } row;
static PN_TYPE(row_t, "blocked_region.row", row, PN_COL(row, id, "id"), PN_COL(row, no, "no"),
    PN_COL(row, region, "region"), PN_COL(row, reason, "reason"));
static const pn_sql put_sql = {"blocked_region_put", &row_t, &pni_one_id_t,
    "insert into blocked_region (id, region, reason, created_at)"
    " values (:id, :region, :reason, :now) on conflict (region) do nothing returning id", false};
static const pn_sql remove_sql = {"blocked_region_remove", &row_t, NULL,
    "delete from blocked_region where id = :id", false};
static const pn_sql blocked_sql = {"region_blocked", &row_t, &row_t,
    "select distinct u.no from unnest(:no, :region) u(no, region)"
    " join blocked_region b on starts_with(replace(u.region, ' ', ''), b.region)", .array = true};

int pni_regions_blocked(pn *p, const char *const regions[], size_t n, bool blocked[])
{
    row *in = pn_alloc(p, (n + 1) * sizeof *in);
    pn_rows rows = {0};
    size_t asked = 0;
    if (!in)
        return pni_oom(p);
    for (size_t i = 0; i < n; i++) {
        blocked[i] = false;
        if (regions[i])
            in[asked++] = (row){.no = (int)i, .region = regions[i]};
    }
    if (asked)
        PN_TRY(pn_exec_many(p, &blocked_sql, in, asked, &rows));
    pn_each(row, r, &rows)
        blocked[r->no] = true;
    return 0;
}

enum { REGION_MAX = 60 };
static PN_TYPE(create_in_t, "blocked_region.create", struct pn_blocked_region_create,
    PN_COL(struct pn_blocked_region_create, region, N_("Region"), .flags = PN_REQ | PN_ARG,
           .max = REGION_MAX, .hint = N_("As addresses begin: 新疆 stands for all of it")),
    PN_COL(struct pn_blocked_region_create, reason, N_("Reason"), .flags = PN_REQ, .max = 200));
static PN_TYPE(remove_in_t, "blocked_region.remove", struct pn_blocked_region_remove,
    PN_COL(struct pn_blocked_region_remove, id, N_("Region"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "blocked_region"),
    PN_COL(struct pn_blocked_region_remove, reason, N_("Reason"), .flags = PN_REQ, .max = 200));

PN_OP_LIST(blocked_region, list, list_spec, .brief = N_("List regions where no parcel goes"),
           .out = &pn_blocked_region_t, .may = PN_ROLE_PUBLIC)

static int create(pn *p, const struct pn_blocked_region_create *in, pn_blocked_region *out)
{
    pn_buf name = pn_buf_new(p);
    row r = {.reason = in->reason};
    pni_one_id found;
    for (const char *s = in->region; *s; s++)
        if (*s != ' ')
            pn_buf_put(&name, s, 1);
    if (name.bad)
        return pni_oom(p);
    if (!name.len)
        return pn_fail(p, PN_EARG, "region", "%s", pn_tr("Name a region"));
    r.region = name.text;
    PN_TRY(pn_new_id(p, 0, &r.id));
    int rc = pn_one(p, &put_sql, &r, &found);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_EEXISTS, "region", pn_tr("“%s” is blocked already"), r.region);
    PN_TRY(rc);
    PN_TRY(pni_row(p, &blocked_region_list_op, r.id, out));
    return pn_audit(p, "blocked_region", r.id, &pn_blocked_region_t, NULL, out, in->reason);
}

static int remove(pn *p, const struct pn_blocked_region_remove *in, pn_blocked_region *out)
{
    int rc = pni_row(p, &blocked_region_list_op, in->id, out);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "id", pn_tr("Region %lld is not blocked"),
                       (long long)in->id);
    PN_TRY(rc);
    PN_TRY(pn_exec(p, &remove_sql, &(row){.id = in->id}, NULL));
    return pn_audit(p, "blocked_region", in->id, &pn_blocked_region_t, out, NULL, in->reason);
}

PN_OP(blocked_region, create, pn_blocked_region, .brief = N_("Send nothing to a region"),
      .help = N_("New orders that go there are refused by their delivery; e-tickets and what is "
                 "picked up are not. Orders that were placed keep their way."),
      .in = &create_in_t, .out = &pn_blocked_region_t, .may = PN_ROLE_OPS,
      .flags = PN_WRITE | PN_ONCE,
      .example = "pn blocked_region create 新疆 --reason 'carrier stopped'")
PN_OP(blocked_region, remove, pn_blocked_region, .brief = N_("Send to a region again"),
      .in = &remove_in_t, .out = &pn_blocked_region_t, .may = PN_ROLE_OPS,
      .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("What has ended does not come back: set up a new one"))

const pn_module pn_blocked_region_module = {
    "blocked_region", N_("Blocked regions"),
    .ops = PN_LIST(pn_op, &blocked_region_list_op, &blocked_region_create_op,
                   &blocked_region_remove_op),
    .sql = PN_LIST(pn_sql, &put_sql, &remove_sql, &blocked_sql),
};
