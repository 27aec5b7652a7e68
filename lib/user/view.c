/* SPDX-License-Identifier: Apache-2.0 */
/* view.c — views that people keep. A view is only words; what its reader may see is decided by the
 * list each time it is asked. */
#include "view.h"

#include "base/sql_int.h"
#include "guard_int.h"

#include <stdio.h>
#include <string.h>

const pn_type pn_view_t = {"view", sizeof(pn_view), (const pn_col[]){
    PN_COL(pn_view, id, N_("ID"), .flags = PN_KEY | PN_SORT, .sql = "v.id"),
    PN_COL(pn_view, noun, N_("List"), .flags = PN_BRIEF | PN_SORT | PN_TITLED, .sql = "v.noun"),
    PN_COL(pn_view, name, N_("Name"), .flags = PN_BRIEF | PN_SORT, .sql = "v.name"),
    PN_COL(pn_view, filter, N_("Filter"), .flags = PN_BRIEF, .sql = "v.filter"),
    PN_COL(pn_view, sort, N_("Sort"), .flags = PN_BRIEF, .sql = "v.sort"),
    PN_COL(pn_view, columns, N_("Columns"), .sql = "v.columns"),
    PN_COL(pn_view, slot, N_("Digit"), .flags = PN_BRIEF | PN_SORT, .sql = "v.slot"),
    PN_COL(pn_view, shared, N_("Shared"), .flags = PN_BRIEF, .sql = "v.shared"),
    PN_COL(pn_view, mine, N_("Mine"), .flags = PN_NOFILTER, .sql = "(v.staff_id = :me)"),
    PN_COL(pn_view, updated_at, N_("Changed"), .flags = PN_SORT, .sql = "v.updated_at"),
    {0}}};

static PN_TYPE(save_t, "view.save", struct pn_view_save,
    PN_COL(struct pn_view_save, noun, N_("List"), .flags = PN_REQ | PN_ARG, .max = 40,
           .hint = N_("A list: \"order\", \"price history\"")),
    PN_COL(struct pn_view_save, name, N_("Name"), .flags = PN_REQ | PN_ARG, .max = 40),
    PN_COL(struct pn_view_save, filter, N_("Filter"), .max = 250,
           .hint = N_("Words, or column=value terms")),
    PN_COL(struct pn_view_save, sort, N_("Sort"), .max = 60,
           .hint = N_("columns; - before one reverses it, ~ before all: from the end")),
    PN_COL(struct pn_view_save, columns, N_("Columns"), .max = 400,
           .hint = N_("Names with commas between; all usual ones when empty")),
    PN_COL(struct pn_view_save, slot, N_("Digit"), .flags = PN_OPT, .min = 0, .max = 9),
    PN_COL(struct pn_view_save, shared, N_("Shared"),
           .hint = N_("Colleagues of the same house see it, too")));
static PN_TYPE(forget_t, "view.forget", struct pn_view_forget,
    PN_COL(struct pn_view_forget, id, N_("ID"), .flags = PN_KEY | PN_REQ | PN_ARG));

struct row {
    int64_t id, merchant_id, organiser_id;
    const char *noun, *name, *filter, *sort, *columns;
    int slot;
    bool shared;
};
static PN_TYPE(row_t, "view.row", struct row, PN_COL(struct row, id, ""),
    PN_COL(struct row, merchant_id, "", .flags = PN_OPT),
    PN_COL(struct row, organiser_id, "", .flags = PN_OPT), PN_COL(struct row, noun, ""),
    PN_COL(struct row, name, ""), PN_COL(struct row, filter, ""), PN_COL(struct row, sort, ""),
    PN_COL(struct row, columns, ""), PN_COL(struct row, slot, ""), PN_COL(struct row, shared, ""));

#define COLUMNS                                                                                    \
    "v.id, v.noun, v.name, v.filter, v.sort, v.columns, v.slot, v.shared,"                         \
    " (v.staff_id = :me) as mine, v.updated_at"

static const pn_sql free_slot = {"view_free_slot", &row_t, NULL,
    "update staff_view set slot = 0 where sk = :id# and staff_id = :me and noun = :noun"
    " and slot = :slot and name <> :name"};
static const pn_sql put = {"view_put", &row_t, &pn_view_t,
    "insert into staff_view as v (sk, id, staff_id, noun, name, filter, sort, columns, slot,"
    " shared, merchant_id, organiser_id, created_at, updated_at)"
    " values (:id#, :id, :me, :noun, :name, coalesce(:filter, ''), coalesce(:sort, ''),"
    " coalesce(:columns, ''), :slot, :shared, :merchant_id, :organiser_id, :now, :now)"
    " on conflict (sk, staff_id, noun, name) do update set filter = excluded.filter,"
    " sort = excluded.sort, columns = excluded.columns, slot = excluded.slot,"
    " shared = excluded.shared, updated_at = :now returning " COLUMNS};
static const pn_sql end = {"view_end", &forget_t, &pn_view_t,
    "delete from staff_view v where sk = :id# and id = :id and staff_id = :me returning " COLUMNS};

static const pn_list_spec all = {.row = &pn_view_t, .from = "staff_view v",
    .scope = "v.staff_id = :me or (v.shared"
             " and v.merchant_id is not distinct from :my_merchant"
             " and v.organiser_id is not distinct from :my_organiser)",
    .key = "v.id", .sort = "noun,name", .search = "position(lower(:q) in lower(v.name)) > 0"};

static const pn_op *list_of(const char *words)
{
    char noun[41];
    const char *blank = strchr(words, ' ');
    snprintf(noun, sizeof noun, "%.*s", (int)strcspn(words, " "), words);
    const pn_op *op = pn_op_find(noun, blank ? blank + 1 : "list");
    return op && op->list ? op : NULL;
}

static int check_columns(pn *p, const pn_op *op, const char *names)
{
    for (const char *s = names; s && *s; s += *s == ',') {
        char name[64];
        size_t n = strcspn(s, ",");
        snprintf(name, sizeof name, "%.*s", (int)n, s);
        if (n >= sizeof name || !pn_type_col(op->out, name))
            return pn_fail(p, PN_EARG, "columns", pn_tr("%s has no column \"%.60s\""), op->noun,
                           name);
        s += n;
    }
    return 0;
}

/* Ask the list once: its refusal is about our `filter` or `sort`. */
static int try_list(pn *p, const pn_op *op, const struct pn_view_save *in)
{
    bool terms = in->filter && strpbrk(in->filter, "=~<>!");
    pn_page page;
    int rc = pn_call(p, op, &(pn_list){.where = terms ? in->filter : NULL,
                                       .q = terms ? NULL : in->filter, .sort = in->sort,
                                       .limit = 1}, &page);
    const pn_err *err = pn_error(p);
    if (!rc || pn_code_retry((pn_code)rc) || !err->field)
        return rc;
    const char *why = pn_strdup(p, err->message);
    const char *hint = err->hint ? pn_strdup(p, err->hint) : NULL;
    (void)pn_fail(p, (pn_code)rc, strcmp(err->field, "sort") ? "filter" : "sort", "%s",
                  why ? why : "");
    return hint ? pn_hint(p, "%s", hint) : rc;
}

static int save(pn *p, const struct pn_view_save *in, pn_view *out)
{
    const pn_actor *me = pn_who(p);
    const pn_op *op = list_of(in->noun);
    struct row row = {.merchant_id = me->merchant, .organiser_id = me->organiser,
                      .noun = in->noun, .name = in->name, .filter = in->filter, .sort = in->sort,
                      .columns = in->columns, .slot = in->slot, .shared = in->shared};
    PN_TRY(pni_guard_signed_in(p));
    if (!op || !pn_may(p, op))
        return pn_fail(p, PN_EARG, "noun", pn_tr("There is no list \"%.40s\" that is open to you"),
                       in->noun);
    PN_TRY(check_columns(p, op, in->columns));
    PN_TRY(try_list(p, op, in));
    PN_TRY(pn_new_id(p, pn_sk(me->id), &row.id)); /* beside its owner's others */
    if (in->slot)
        PN_TRY(pn_exec(p, &free_slot, &row, NULL));
    PN_TRY(pn_one(p, &put, &row, out));
    return pn_audit(p, "view", out->id, &pn_view_t, NULL, out, NULL);
}

static int forget(pn *p, const struct pn_view_forget *in, pn_view *out)
{
    int rc = pn_one(p, &end, in, out);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "id", pn_tr("You have no view %lld"), (long long)in->id);
    PN_TRY(rc);
    return pn_audit(p, "view", in->id, &pn_view_t, out, NULL, NULL);
}

#define STAFF                                                                                      \
    (PN_ROLE_ADMIN | PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT | PN_ROLE_BOXOFFICE |        \
     PN_ROLE_GATE | PN_ROLE_ORGANISER)

PN_OP_LIST(view, list, all, .brief = N_("List the views one has kept"), .out = &pn_view_t,
           .may = STAFF, .example = "pn view list --noun order")
PN_OP(view, save, pn_view, .brief = N_("Keep a list with its filter, order and columns"),
      .help = N_("A view of that name is replaced. It keeps words, not rows: each reader sees\n"
                 "what the list shows him."),
      .in = &save_t, .out = &pn_view_t, .may = STAFF, .flags = PN_WRITE | PN_ONCE,
      .example = "pn view save order 早班发货 --filter status=PAID --sort -payable_fen --slot 1")
PN_OP(view, forget, pn_view, .brief = N_("Forget a view"), .in = &forget_t, .out = &pn_view_t,
      .may = STAFF, .flags = PN_WRITE | PN_ONCE, .example = "pn view forget 8193",
      .lasting = N_("What has ended does not come back: set up a new one"))

const pn_module pn_view_module = {"view", N_("Views"),
    .ops = PN_LIST(pn_op, &view_list_op, &view_save_op, &view_forget_op),
    .sql = PN_LIST(pn_sql, &free_slot, &put, &end)};
