/* SPDX-License-Identifier: Apache-2.0 */
/* policy.c — the numbers of the business rules, and which of them exist. The defaults are rows of
 * the schema; this table says what may take their place. */
#include "base/policy.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf_int.h"
#include "base/policy_int.h"
#include "base/unit_int.h"

typedef struct rule {
    const char *key;
    int64_t min, max;
    const char *help;
    bool admin; /* guards people, so those it guards may not set it */
    int list;   /* several numbers, at most so many; 0: one */
} rule;
enum { LIST_MAX = 8 };

#define RULE(key, min, max, help, ...) {key, min, max, help, __VA_ARGS__},
static const rule rules[] = {
#include "base/policy.def"
};
#undef RULE
#define RULE(key, min, max, help, ...) {key, help, 0},
static const pn_words meanings[] = {
#include "base/policy.def"
    {0}};
#undef RULE
enum { RULES = sizeof rules / sizeof *rules };

const pn_words pn_policy_states[] = {PN_POLICY_STATES(PN_WORD_ROW){0}};

#define SINCE "nullif(p.effective_from, '-infinity'::timestamptz)"
/* What is there from the start says by its meaning what it is; a note is the reason of whoever set
 * another value. */
#define NOTE "(case when p.effective_from = '-infinity' then '' else coalesce(p.note, '') end)"
#define STATE "(case when p.effective_from > :now::timestamptz then 'COMING' else 'CURRENT' end)"

static PN_TYPE(policy_t, "policy", pn_policy,
    PN_COL(pn_policy, id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "p.id"),
    PN_COL(pn_policy, key, N_("Key"), .flags = PN_BRIEF | PN_SORT, .sql = "p.key"),
    PN_COL(pn_policy, value, N_("Value"), .flags = PN_BRIEF, .sql = "p.value"),
    PN_COL(pn_policy, state, N_("State"), .flags = PN_BRIEF, .words = pn_policy_states,
           .sql = STATE),
    PN_COL(pn_policy, effective_from, N_("In force from"), .flags = PN_BRIEF, .sql = SINCE),
    PN_COL(pn_policy, meaning, N_("Meaning"), .flags = PN_BRIEF | PN_NOFILTER, .words = meanings,
           .sql = "p.key"),
    PN_COL(pn_policy, note, N_("Note"), .flags = PN_BRIEF, .sql = NOTE));
static PN_TYPE(detail_t, "policy.detail", pn_policy_detail,
    PN_COL(pn_policy_detail, key, N_("Key")), PN_COL(pn_policy_detail, help, N_("Meaning")),
    PN_COL(pn_policy_detail, min, N_("Least")), PN_COL(pn_policy_detail, max, N_("Most")),
    PN_COL(pn_policy_detail, value, N_("Value")),
    PN_COL(pn_policy_detail, values, N_("Values"), .of = &policy_t));
static PN_TYPE(show_t, "policy.show", struct pn_policy_show,
    PN_COL(struct pn_policy_show, key, N_("Key"), .flags = PN_REQ | PN_ARG, .max = 60));
static PN_TYPE(set_t, "policy.set", struct pn_policy_set,
    PN_COL(struct pn_policy_set, key, N_("Key"), .flags = PN_REQ | PN_ARG, .max = 60),
    PN_COL(struct pn_policy_set, value, N_("Value"), .flags = PN_REQ | PN_ARG, .max = 80,
           .hint = N_("a whole number, in the unit of the key; of some keys several")),
    PN_COL(struct pn_policy_set, effective_from, N_("In force from"),
           .hint = N_("default: now")),
    PN_COL(struct pn_policy_set, reason, N_("Reason"), .flags = PN_REQ, .max = 200));

static PN_TYPE(bulk_t, "policy.bulk", pn_policy_bulk,
    PN_COL(pn_policy_bulk, rows_max, N_("Rows of one plan for many rows")),
    PN_COL(pn_policy_bulk, type_rows, N_("Rows of a plan above which their number is typed")),
    PN_COL(pn_policy_bulk, type_fen, N_("Money above which the sum is typed")),
    PN_COL(pn_policy_bulk, undo_min, N_("Minutes until it cannot be taken back")));

/* What is in force, and what will be. */
#define LIVING                                                                                     \
    "p.scope = '' and (p.effective_from > :now::timestamptz or p.effective_from ="                 \
    " (select max(q.effective_from) from policy q where q.key = p.key and q.scope = ''"            \
    "  and q.effective_from <= :now::timestamptz))"

static const pn_list_spec living = {.row = &policy_t, .from = "policy p", .scope = LIVING,
    .key = "p.id", .sort = "key,id", .search = "position(:q in p.key) > 0"};

static const pn_sql of_key = {"policy_of_key", &show_t, &policy_t,
    "select p.id, p.key, p.value, " STATE " as state, " SINCE " as effective_from,"
    " " NOTE " as note from policy p where p.key = :key and " LIVING
    " order by p.effective_from"};

typedef struct number { const char *key, *value; pn_time effective_from; } number;
PN_TYPE(pni_policy_row_t, "policy.number", number, PN_COL(number, key, ""),
    PN_COL(number, value, ""), PN_COL(number, effective_from, ""));
static const pn_sql in_force = {"policy_in_force", NULL, &pni_policy_row_t,
    "select distinct on (key) key, value from policy where scope = ''"
    " and effective_from <= :now order by key, effective_from desc"};

/* The value that the new one takes over from. */
static const pn_sql replaced = {"policy_replaced", &policy_t, &policy_t,
    "select id, key, value, note, nullif(effective_from, '-infinity'::timestamptz)"
    "  as effective_from from policy"
    " where key = :key and scope = '' and effective_from <= :effective_from"
    " order by policy.effective_from desc limit 1"};
static const pn_sql put = {"policy_put", &policy_t, NULL,
    "insert into policy (id, key, value, effective_from, note)"
    " values (:id, :key, :value, :effective_from, :note)"
    " on conflict (key, scope, effective_from) do nothing"};

/* ---- reading ---- */

static int in_force_now(pn *p, const char *key, const char **out)
{
    if (!p->policy.n || p->policy_at.us != p->now.us) {
        PN_TRY(pn_all(p, &in_force, NULL, &p->policy));
        p->policy_at = p->now;
    }
    pn_each(number, n, &p->policy)
        if (!strcmp(n->key, key)) {
            *out = n->value;
            return 0;
        }
    return pn_fail(p, PN_EINTERNAL, NULL, "policy %s has no value", key);
}

int pni_policy(pn *p, const char *key, int64_t *out)
{
    const char *text = NULL;
    PN_TRY(in_force_now(p, key, &text));
    *out = strtoll(text, NULL, 10);
    return 0;
}

int64_t pni_policy_of(const pn_rows *rows, const char *key)
{
    const number *last = NULL;
    pn_each(const number, n, rows)
        if (!strcmp(n->key, key) && (!last || n->effective_from.us > last->effective_from.us))
            last = n;
    return last ? strtoll(last->value, NULL, 10) : 0;
}

int pni_policy_at(pn *p, const char *key, int64_t i, int64_t *out)
{
    const char *text = NULL;
    char *end = NULL;
    PN_TRY(in_force_now(p, key, &text));
    *out = strtoll(text, &end, 10);
    for (; i > 0 && *end; i--)
        *out = strtoll(end, &end, 10);
    return i > 0 ? PN_ENONE : 0;
}

static int find(pn *p, const char *key, const rule **out)
{
    const rule *near = NULL;
    int least = (int)strlen(key) / 2 + 1;
    for (int i = 0; i < RULES; i++) {
        int far = pni_text_distance(key, rules[i].key);
        if (!far) {
            *out = &rules[i];
            return 0;
        }
        if (far < least) {
            least = far;
            near = &rules[i];
        }
    }
    pn_fail(p, PN_EARG, "key", pn_tr("There is no rule “%s”"), key);
    return near ? pn_hint(p, pn_tr("Did you mean '%s'?"), near->key)
                : pn_hint(p, pn_tr("policy list shows all of them"));
}

PN_OP_LIST(policy, list, living, .brief = N_("List the numbers of the business rules"),
    .help = N_("What is in force and what will be."), .out = &policy_t,
    .may = PN_ROLE_OPS | PN_ROLE_FINANCE, .example = "pn policy list --where key~order")

static int show(pn *p, const struct pn_policy_show *in, pn_policy_detail *out)
{
    const rule *r = NULL;
    PN_TRY(find(p, in->key, &r));
    *out = (pn_policy_detail){.key = r->key, .help = pn_tr(r->help), .min = r->min, .max = r->max};
    PN_TRY(pn_all(p, &of_key, in, &out->values));
    pn_each(pn_policy, v, &out->values)
        if (v->state.v == PN_POLICY_CURRENT)
            out->value = v->value;
    return 0;
}

/* ---- setting ---- */

/* The next number of a text, as its rule has it: digits alone. */
static bool number_of(const rule *r, const char **at, int64_t *value)
{
    size_t n = strspn(*at, "0123456789");
    errno = 0;
    *value = strtoll(*at, NULL, 10);
    *at += n;
    return n && !errno && *value >= r->min && *value <= r->max;
}

/* As it is kept: its numbers, one blank between two. */
static int check_value(pn *p, const rule *r, const char *text, const char **out)
{
    int64_t value;
    int n = 0;
    const char *at = text;
    *out = "";
    while (number_of(r, &at, &value)) {
        *out = pn_printf(p, "%s%s%" PRId64, *out, n++ ? " " : "", value);
        if (!*out)
            return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
        if (!*at && n <= (r->list ? r->list : 1))
            return 0;
        at += strspn(at, " ");
    }
    if (r->list)
        pn_fail(p, PN_EARG, "value", pn_tr("%s is at most %d whole numbers from %lld to %lld"),
                r->key, r->list, (long long)r->min, (long long)r->max);
    else
        pn_fail(p, PN_EARG, "value", pn_tr("%s is a whole number from %lld to %lld"), r->key,
                (long long)r->min, (long long)r->max);
    return pn_hint(p, "%s", pn_tr(r->help));
}

static int set(pn *p, const struct pn_policy_set *in, pn_policy *out)
{
    const rule *r = NULL;
    pn_policy before = {0};
    pn_policy row = {.note = in->reason, .effective_from = in->effective_from};
    PN_TRY(find(p, in->key, &r));
    if (r->admin && !(pn_who(p)->roles & PN_ROLE_ADMIN))
        return pn_fail(p, PN_EPERM, "key", pn_tr("Only an administrator sets %s"), r->key);
    PN_TRY(check_value(p, r, in->value, &row.value));
    if (in->effective_from.us && in->effective_from.us < pn_now(p).us)
        return pn_fail(p, PN_EARG, "effective_from",
                       pn_tr("A rule changes now or later, never in the past"));
    row.key = row.meaning = r->key;
    if (!row.effective_from.us)
        row.effective_from = pn_now(p);
    row.state.v = row.effective_from.us > pn_now(p).us ? PN_POLICY_COMING : PN_POLICY_CURRENT;
    int rc = pn_one(p, &replaced, &row, &before);
    if (rc && rc != PN_ENONE)
        return rc;
    PN_TRY(pn_new_id(p, 0, &row.id));
    int64_t made = 0;
    PN_TRY(pn_exec(p, &put, &row, &made));
    if (!made)
        return pn_fail(p, PN_EEXISTS, "effective_from",
                       pn_tr("%s has a value for that time already"), r->key);
    p->policy = (pn_rows){0};
    *out = row;
    return pn_audit(p, "policy", row.id, &policy_t, rc ? NULL : &before, out, in->reason);
}

static int limits(pn *p, const void *none, pn_policy_bulk *out)
{
    (void)none;
    PN_TRY(pni_policy(p, "bulk.rows_max", &out->rows_max));
    PN_TRY(pni_policy(p, "bulk.type_rows", &out->type_rows));
    PN_TRY(pni_policy(p, "bulk.type_fen", &out->type_fen.fen));
    return pni_policy(p, "bulk.undo_min", &out->undo_min);
}

#define STAFF                                                                                      \
    (PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT | PN_ROLE_BOXOFFICE | PN_ROLE_GATE |         \
     PN_ROLE_ORGANISER)
static int policy_limits_run(pn *p, const void *in, void *out)
{
    return limits(p, in, out);
}
static const pn_op policy_limits_op = {.noun = "policy", .verb = "limits",
    .run = policy_limits_run, .brief = N_("Show what bounds work on many rows at once"),
    .out = &bulk_t, .may = STAFF};
int pn_policy_limits(pn *p, const void *none, pn_policy_bulk *out)
{
    return pn_call(p, &policy_limits_op, none, out);
}

PN_OP(policy, show, pn_policy_detail, .brief = N_("Show one number of the business rules"),
    .in = &show_t, .out = &detail_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE,
    .example = "pn policy show order.hold_min")
PN_OP(policy, set, pn_policy, .brief = N_("Set a number of the business rules"),
    .help = N_("From now or from a later time; older values stay on record and orders keep what "
               "was valid\nwhen they were placed."),
    .in = &set_t, .out = &policy_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE | PN_DANGER,
    .example = "pn policy set order.hold_min 20 --reason 'holiday season'")

const pn_module pn_policy_module = {"policy", N_("Business rules"),
    .ops = PN_LIST(pn_op, &policy_list_op, &policy_show_op, &policy_limits_op, &policy_set_op),
    .sql = PN_LIST(pn_sql, &of_key, &in_force, &replaced, &put)};
