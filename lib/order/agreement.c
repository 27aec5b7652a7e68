/* SPDX-License-Identifier: Apache-2.0 */
/* agreement.c — agreements as people make and end them: signed on the provider's page, shown by
 * their last letters, cancelled. Asking the provider is agreement_ask.c. */
#include "order/agreement_int.h"

#include <inttypes.h>
#include <string.h>

#include "base/crypt_int.h"
#include "base/policy_int.h"
#include "catalog/row_int.h"

const pn_words pn_agreement_states[] = {PN_AGREEMENT_STATES(PN_WORD_ROW){0}};

/* A page that was opened can be signed late: that counts, unless somebody cancelled it or signed
 * another; then it is cancelled again. */
// clang-format off
static const pn_edge edges[] = {
    {"PENDING",    "signed",    "SIGNED",     0, NULL},
    {"PENDING",    "refused",   "REFUSED",    0, NULL},
    {"PENDING",    "ran_out",   "CLOSED",     0, NULL},
    {"PENDING",    "cancel",    "CANCELLING", 0, NULL},
    {"SIGNED",     "cancel",    "CANCELLING", 0, NULL},
    {"SIGNED",     "gone",      "CANCELLED",  0, NULL},
    {"CANCELLING", "cancelled", "CANCELLED",  0, NULL},
    {"REFUSED",    "signed",    "SIGNED",     0, NULL},
    {"CLOSED",     "signed",    "SIGNED",     0, NULL},
    {"REFUSED",    "unwanted",  "CANCELLING", 0, NULL},
    {"CLOSED",     "unwanted",  "CANCELLING", 0, NULL},
    {"CANCELLED",  "unwanted",  "CANCELLING", 0, NULL},
    {0}};
// clang-format on
static const pn_sql move_sql = {"agreement_move", &pn_move_t, NULL,
    "update pay_agreement set state = :to, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = :from", false};
const pn_fsm pni_agreement_fsm = {N_("agreement"), pn_agreement_states, edges, &move_sql};

#define C(f, label, ...) PN_COL(pn_agreement, f, label, __VA_ARGS__)
PN_TYPE(pn_agreement_t, "agreement", pn_agreement,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "a.id", .ref = "agreement"),
    C(user_id, N_("User"), .flags = PN_BRIEF, .sql = "a.user_id", .ref = "buyer"),
    C(method, N_("Method"), .flags = PN_BRIEF, .words = pn_pay_methods, .sql = "a.method"),
    C(tail, N_("Ends in"), .flags = PN_BRIEF, .sql = "a.tail"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_agreement_states, .sql = "a.state"),
    C(no_password, N_("Without the buyer"), .flags = PN_BRIEF, .sql = "a.no_password"),
    C(reason, N_("Reason"), .sql = "a.reason"),
    C(created_at, N_("Created"), .flags = PN_SORT, .sql = "a.created_at"),
    C(closes_at, N_("Sign before"), .sql = "a.closes_at"),
    C(signed_at, N_("Signed at"), .flags = PN_OPT, .sql = "a.signed_at"),
    C(ended_at, N_("Ended at"), .flags = PN_OPT, .sql = "a.ended_at"));
#undef C
static const pn_list_spec list_spec = {.row = &pn_agreement_t, .from = "pay_agreement a",
    .scope = ":my_merchant::bigint is null and :my_organiser::bigint is null", .key = "a.id",
    .sort = "-id"};
static const pn_list_spec mine_spec = {.row = &pn_agreement_t, .from = "pay_agreement a",
    .scope = "a.user_id = :me", .key = "a.id", .sort = "-id"};

enum { STAFF = PN_ROLE_OPS | PN_ROLE_FINANCE };

PN_OP_LIST(agreement, list, list_spec,
           .brief = N_("List agreements of accounts with providers"), .out = &pn_agreement_t,
           .may = STAFF, .example = "pn agreement list --where 'state=SIGNED'")
PN_OP_LIST(agreement, mine, mine_spec, .brief = N_("List one's own agreements with providers"),
           .out = &pn_agreement_t, .may = PN_ROLE_BUYER)

int pni_agreement_row(pn *p, int64_t id, pn_agreement *out)
{
    return pni_row(p, &agreement_list_op, id, out);
}

int pni_agreement_own(pn *p, int64_t id, pn_agreement *out)
{
    PN_TRY(pni_agreement_row(p, id, out));
    if (pn_who(p)->kind != 'U' || pn_who(p)->id == out->user_id)
        return 0;
    return pn_fail(p, PN_ENONE, "id", pn_tr("There is no agreement %lld"), (long long)id);
}

/* ---- as its provider is told ---- */

#define A(f, ...) PN_COL(pni_agreed, f, #f, __VA_ARGS__)
PN_TYPE(pni_agreed_t, "agreement.agreed", pni_agreed, A(id), A(user_id),
    A(method, .words = pn_pay_methods), A(state, .words = pn_agreement_states), A(later),
    A(no_password), A(sealed), A(return_url), A(closes_at), A(looks));
#undef A
#define AGREED                                                                                     \
    "select a.id, a.user_id, a.method, a.state, a.later, a.no_password, a.number as sealed,"       \
    " a.return_url, a.closes_at, a.looks from pay_agreement a"
const pn_sql pni_agreed_get_sql = {"agreed_get", &pni_agreed_t, &pni_agreed_t,
    AGREED " where a.sk = :id# and a.id = :id", false};
const pn_sql pni_agreed_of_sql = {"agreed_of", &pni_agreed_t, &pni_agreed_t,
    AGREED " where a.sk = :user_id# and a.user_id = :user_id and a.method = :method"
    " and a.state in ('PENDING', 'SIGNED')", false};
const pn_sql pni_agreement_due_sql = {"agreement_due", NULL, &pni_agreed_t,
    AGREED " where a.due_at <= :now order by a.due_at limit 200", false};

static int clear(pn *p, pni_agreed *a)
{
    pn_bytes text;
    PN_TRY(pni_unseal(p, "agreement", a->id, a->sealed, &text));
    a->number = pn_printf(p, "%.*s", (int)text.len, (const char *)text.data);
    return a->number ? 0 : pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

int pni_agreed_get(pn *p, int64_t id, pni_agreed *out)
{
    int rc = pn_one(p, &pni_agreed_get_sql, &(pni_agreed){.id = id}, out);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no agreement %lld"), (long long)id);
    return rc ? rc : clear(p, out);
}

int pni_agreed_of(pn *p, int64_t user, int method, pni_agreed *out)
{
    pni_agreed in = {.user_id = user, .method = {(int16_t)method}};
    int rc = pn_one(p, &pni_agreed_of_sql, &in, out);
    if (rc == PN_ENONE)
        *out = (pni_agreed){0};
    return rc == PN_ENONE ? 0 : rc ? rc : clear(p, out);
}

/* ---- signing ---- */

#define IN(f, label, ...) PN_COL(struct pn_agreement_sign, f, label, __VA_ARGS__)
static PN_TYPE(sign_in_t, "agreement.sign", struct pn_agreement_sign,
    IN(method, N_("Method"), .flags = PN_REQ | PN_ARG, .words = pn_pay_methods),
    IN(user, N_("User"), .flags = PN_OPT, .ref = "buyer", .hint = N_("As staff: whose it is")),
    IN(later, N_("Also without me"), .flags = PN_OPT,
       .hint = N_("What is paid later may be deducted by it")),
    IN(return_url, N_("Page to return to"), .flags = PN_OPT, .max = 500));
#undef IN

typedef struct put {
    int64_t id, user_id;
    pn_word method;
    pn_bytes number;
    const char *tail, *return_url;
    bool later;
    pn_time due_at, closes_at;
} put;
#define P(f, ...) PN_COL(put, f, #f, __VA_ARGS__)
static PN_TYPE(put_t, "agreement.put", put, P(id), P(user_id), P(method, .words = pn_pay_methods),
    P(number), P(tail), P(return_url), P(later), P(due_at), P(closes_at));
#undef P
static const pn_sql put_sql = {"agreement_put", &put_t, NULL,
    "insert into pay_agreement (sk, id, user_id, method, number, tail, later, return_url, state,"
    " due_at, closes_at, created_at, updated_at) values (:id#, :id, :user_id, :method, :number,"
    " :tail, :later, coalesce(:return_url, ''), 'PENDING', :due_at, :closes_at, :now, :now)"
    " on conflict do nothing", false};

enum { RANDOM = 5, TAIL = 4 };

/* It says which row it is, and a part of it can only be known from us: "A4099R7K2Q4M5X". */
static int number(pn *p, put *row)
{
    const char *dice = pni_random_text(p, RANDOM);
    const char *text = dice ? pn_printf(p, "A%" PRId64 "R%s", row->id, dice) : NULL;
    if (!text)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    row->tail = text + strlen(text) - TAIL;
    return pni_seal(p, "agreement", row->id, (pn_bytes){text, strlen(text)}, &row->number);
}

static int whose(pn *p, const struct pn_agreement_sign *in, int64_t *user)
{
    const pni_method *m = pni_method_of(in->method.v);
    bool own = pn_who(p)->kind == 'U';
    *user = own ? pn_who(p)->id : in->user;
    if (!m || !(m->can & PNI_IS_AGREED))
        return pn_fail(p, PN_EARG, "method", pn_tr("%s has no agreements"),
                       pn_word_label(pn_pay_methods, in->method));
    if (!*user)
        return pn_fail(p, PN_EARG, "user", "%s", pn_tr("Say whose agreement it is"));
    return own && in->user && in->user != *user
               ? pn_fail(p, PN_EPERM, "user", "%s", pn_tr("A buyer signs for himself")) : 0;
}

/* There is a live one already. */
static int again(pn *p, const put *row, pn_agreement *out)
{
    pni_agreed a;
    PN_TRY(pni_agreed_of(p, row->user_id, row->method.v, &a));
    if (!a.id)
        return pn_fail(p, PN_EBUSY, NULL, "%s",
                       pn_tr("The agreement is being changed, try again"));
    if (a.state.v == PN_AGREEMENT_PENDING && a.later == row->later)
        return pni_agreement_row(p, a.id, out);
    pn_fail(p, PN_ESTATE, "method", pn_tr("Agreement %lld is there already (%s)"),
            (long long)a.id, pn_word_label(pn_agreement_states, a.state));
    return pn_hint(p, pn_tr("To sign another one, cancel it first: pn agreement cancel %lld"),
                   (long long)a.id);
}

static int sign(pn *p, const struct pn_agreement_sign *in, pn_agreement *out)
{
    put row = {.method = in->method, .later = in->later, .return_url = in->return_url};
    int64_t minutes, seconds, done = 0;
    PN_TRY(whose(p, in, &row.user_id));
    PN_TRY(pni_policy(p, "agreement.sign_min", &minutes));
    PN_TRY(pni_policy(p, "agreement.look_s", &seconds));
    row.closes_at.us = pn_now(p).us + minutes * INT64_C(60000000);
    row.due_at.us = pn_now(p).us + seconds * INT64_C(1000000);
    PN_TRY(pn_new_id(p, pn_sk(row.user_id), &row.id));
    PN_TRY(number(p, &row));
    PN_TRY(pn_exec(p, &put_sql, &row, &done));
    if (!done)
        return again(p, &row, out);
    PN_TRY(pni_stepped(p, &pni_agreement_fsm, row.id, NULL, "sign", NULL));
    PN_TRY(pni_agreement_row(p, row.id, out));
    return pn_audit(p, "agreement", row.id, &pn_agreement_t, NULL, out, NULL);
}

/* ---- ending ---- */

static PN_TYPE(cancel_in_t, "agreement.cancel", struct pn_agreement_cancel,
    PN_COL(struct pn_agreement_cancel, id, N_("Agreement"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "agreement"),
    PN_COL(struct pn_agreement_cancel, reason, N_("Reason"), .flags = PN_OPT, .max = 200));
typedef struct needed { int64_t user, n; pn_word via; } needed;
static PN_TYPE(needed_t, "agreement.needed", needed, PN_COL(needed, user, "user"),
    PN_COL(needed, n, "n"), PN_COL(needed, via, "via", .words = pn_pay_methods));
static const pn_sql needed_sql = {"agreement_needed", &needed_t, &needed_t,
    "select count(*) as n from credit_due c join payment y on y.sk = c.sk and y.id = c.payment_id"
    " where c.user_id = :user and c.via = :via and y.state in ('CREATED', 'PENDING', 'AUTHORISED',"
    "  'CREDIT_OPEN', 'DEDUCTING', 'OVERDUE')", false};
const pn_sql pni_agreement_lock_sql = {"agreement_lock", &pni_agreed_t, &pni_agreed_t,
    AGREED " where a.sk = :id# and a.id = :id for update", false};

static int cancel(pn *p, const struct pn_agreement_cancel *in, pn_agreement *out)
{
    pn_agreement before;
    pni_agreed a;
    needed n;
    PN_TRY(pni_agreement_own(p, in->id, &before));
    PN_TRY(pn_one(p, &pni_agreement_lock_sql, &(pni_agreed){.id = in->id}, &a));
    if (a.state.v != PN_AGREEMENT_PENDING && a.state.v != PN_AGREEMENT_SIGNED)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("Agreement %lld is over (%s)"),
                       (long long)in->id, pn_word_label(pn_agreement_states, a.state));
    PN_TRY(pn_one(p, &needed_sql, &(needed){.user = a.user_id, .via = a.method}, &n));
    if (n.n && a.no_password) {
        pn_fail(p, PN_ESTATE, "id", pn_tr("%lld payments are still to be deducted by it"),
                (long long)n.n);
        return pn_hint(p, "%s", pn_tr("It can be cancelled when they are paid"));
    }
    PN_TRY(pn_step(p, &pni_agreement_fsm, in->id, a.state, "cancel", in->reason, NULL));
    struct pn_agreement_settle due = {.id = in->id, .what = "NOW", .reason = in->reason};
    PN_TRY(pn_exec(p, &pni_agreement_settle_sql, &due, NULL));
    PN_TRY(pni_agreement_row(p, in->id, out));
    return pn_audit(p, "agreement", in->id, &pn_agreement_t, &before, out, in->reason);
}

int pni_agreed_end(pn *p, int64_t user)
{
    pni_agreed a;
    for (int i = 1; pn_pay_methods[i - 1].name; i++) {
        if (!(pni_method_of(i)->can & PNI_IS_AGREED))
            continue;
        PN_TRY(pni_agreed_of(p, user, i, &a));
        if (!a.id)
            continue;
        struct pn_agreement_settle due = {.id = a.id, .what = "NOW"};
        PN_TRY(pn_step(p, &pni_agreement_fsm, a.id, a.state, "cancel", "erased", NULL));
        PN_TRY(pn_exec(p, &pni_agreement_settle_sql, &due, NULL));
    }
    return 0;
}

static PN_TYPE(show_in_t, "agreement.show", struct pn_agreement_show,
    PN_COL(struct pn_agreement_show, id, N_("Agreement"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "agreement"));
static int show(pn *p, const struct pn_agreement_show *in, pn_agreement *out)
{
    return pni_agreement_own(p, in->id, out);
}

PN_OP(agreement, show, pn_agreement, .brief = N_("Show an agreement with a provider"),
      .in = &show_in_t, .out = &pn_agreement_t, .may = STAFF | PN_ROLE_BUYER)
PN_OP(agreement, sign, pn_agreement, .brief = N_("Make an agreement with a payment provider"),
      .help = N_("The buyer signs it on the provider's page (“agreement open”), or while he pays; "
                 "his later payments know him by it. With --later what is attended first may be "
                 "deducted by it, without him."),
      .in = &sign_in_t, .out = &pn_agreement_t, .may = PN_ROLE_BUYER | PN_ROLE_OPS,
      .flags = PN_WRITE | PN_ONCE, .undo = "cancel",
      .example = "pn agreement sign CMB_NETPAY --user 4108 --later")
PN_OP(agreement, cancel, pn_agreement, .brief = N_("Cancel an agreement with a provider"),
      .help = N_("No payment uses it from now on; the provider is told until it knows. Not while "
                 "something is to be deducted by it."),
      .in = &cancel_in_t, .out = &pn_agreement_t, .may = PN_ROLE_BUYER | PN_ROLE_OPS,
      .flags = PN_WRITE | PN_ONCE, .lasting = N_("The buyer can sign another one"))

const pn_module pn_agreement_module = {
    "agreement", N_("Agreements with providers"),
    .ops = PN_LIST(pn_op, &agreement_list_op, &agreement_mine_op, &agreement_show_op,
                   &agreement_sign_op, &agreement_cancel_op, &pni_agreement_open_op,
                   &pni_agreement_look_op, &pni_agreement_settle_op),
    .sql = PN_LIST(pn_sql, &move_sql, &pni_agreed_get_sql, &pni_agreed_of_sql, &put_sql,
                   &needed_sql, &pni_agreement_lock_sql, &pni_agreement_settle_sql,
                   &pni_agreement_again_sql, &pni_agreement_due_sql),
    .fsm = PN_LIST(pn_fsm, &pni_agreement_fsm), .jobs = PN_LIST(pn_job, &pni_agreement_job),
};
