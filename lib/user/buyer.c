/* SPDX-License-Identifier: Apache-2.0 */
/* buyer.c — accounts of buyers once they are there: their logins, their names, their end. Whoever
 * leaves is erased after some days; until then signing in keeps the account. */
#include <string.h>

#include "base/crypt_int.h"
#include "base/policy_int.h"
#include "base/unit_int.h"
#include "user/address_int.h"
#include "user/buyer_int.h"
#include "user/guard_int.h"
#include "user/phone_int.h"

static const int64_t DAY_US = 86400LL * 1000000;
int (*pni_buyer_open_hook)(pn *p, int64_t buyer, int *open);

const pn_words pn_buyer_states[] = {PN_BUYER_STATES(PN_WORD_ROW){0}};

// clang-format off
static const pn_edge edges[] = {
    {"ACTIVE",  "block",   "BLOCKED", 0, NULL},
    {"BLOCKED", "unblock", "ACTIVE",  0, NULL},
    {"ACTIVE",  "leave",   "LEAVING", 0, NULL},
    {"LEAVING", "stay",    "ACTIVE",  0, NULL},
    {"LEAVING", "block",   "BLOCKED", 0, NULL},
    {"LEAVING", "erase",   "ERASED",  0, NULL},
    {0}};
// clang-format on
static const pn_sql move_sql = {"buyer_move", &pn_move_t, NULL,
    "update buyer set state = :to, erase_at = null, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = :from", false};
const pn_fsm pni_buyer_fsm = {N_("buyer"), pn_buyer_states, edges, &move_sql};

#define COL(f, label, ...) PN_COL(pn_buyer, f, label, __VA_ARGS__)
PN_TYPE(pn_buyer_t, "buyer", pn_buyer,
    COL(id, N_("Number"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "b.id", .ref = "buyer"),
    COL(nick, N_("Nickname"), .flags = PN_BRIEF, .sql = "b.nick"),
    COL(phone, N_("Telephone"), .flags = PN_BRIEF, .sql = "b.phone_mask"),
    COL(state, N_("State"), .flags = PN_BRIEF, .words = pn_buyer_states, .sql = "b.state"),
    COL(created_at, N_("Created"), .flags = PN_BRIEF | PN_SORT, .sql = "b.created_at"),
    COL(last_at, N_("Last sign-in"), .flags = PN_BRIEF | PN_SORT, .sql = "b.last_at"),
    COL(erase_at, N_("To be erased at"), .sql = "b.erase_at"));
#undef COL
static const pn_list_spec list_spec = {&pn_buyer_t, "buyer b",
    ":my_merchant::bigint is null and :my_organiser::bigint is null", "b.id", "-id", NULL};

typedef struct row {
    int64_t id, no;
    pn_bytes phone, phone_hash;
    const char *nick;
    pn_time at;
    pn_word state;
    int sk;
} row;
#define R(f, ...) PN_COL(row, f, #f, __VA_ARGS__)
static PN_TYPE(row_t, "buyer.row", row, R(id), R(no), R(phone), R(phone_hash), R(nick), R(at),
    R(state, .words = pn_buyer_states), R(sk));
#undef R
static const pn_sql row_sql = {"buyer_row", &row_t, &pn_buyer_t,
    "select b.id, b.nick, b.phone_mask as phone, b.state, b.created_at, b.last_at, b.erase_at"
    " from buyer b where b.sk = :id# and b.id = :id", false};

int pni_buyer_row(pn *p, int64_t id, pn_buyer *out)
{
    int rc = pn_one(p, &row_sql, &(row){.id = id}, out);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, pni_field_of(p, "buyer"), pn_tr("There is no buyer %lld"),
                       (long long)id);
    return rc;
}

int pni_buyer_seal(pn *p, int64_t id, const char *text, pn_bytes *out)
{
    return pni_seal(p, "buyer", id, (pn_bytes){text, strlen(text)}, out);
}

static int open_phone(pn *p, int64_t id, pn_bytes sealed, const char **phone)
{
    pn_bytes clear;
    *phone = NULL;
    if (!sealed.len)
        return 0;
    PN_TRY(pni_unseal(p, "buyer", id, sealed, &clear));
    *phone = pn_printf(p, "%.*s", (int)clear.len, (const char *)clear.data);
    return *phone ? 0 : pni_oom(p);
}

static const pn_sql phones_sql = {"buyer_phones", &row_t, &row_t,
    "select u.no, b.id, b.phone from unnest(:no, :id) u(no, id) join buyer b"
    " on b.sk = (u.id & 4095)::int and b.id = u.id", .array = true};

int pni_buyer_phones(pn *p, const int64_t *ids, size_t n, const char **phones)
{
    row *in = pn_alloc(p, (n + 1) * sizeof *in);
    pn_rows rows = {0};
    if (!in)
        return pni_oom(p);
    for (size_t i = 0; i < n; i++) {
        in[i] = (row){.no = (int64_t)i, .id = ids[i]};
        phones[i] = NULL;
    }
    if (n)
        PN_TRY(pn_exec_many(p, &phones_sql, in, n, &rows));
    pn_each(row, r, &rows)
        PN_TRY(open_phone(p, r->id, r->phone, &phones[r->no]));
    return 0;
}

/* Buyers are nobody to each other; "me" is oneself. */
static int mine(pn *p, int64_t id)
{
    const pn_actor *me = pn_who(p);
    PN_TRY(pni_guard_signed_in(p));
    if (me->kind == 'U' && me->id != id)
        return pn_fail(p, PN_ENONE, pni_field_of(p, "buyer"), pn_tr("There is no buyer %lld"),
                       (long long)id);
    return 0;
}

static int resolve(pn *p, const char *text, int64_t *id)
{
    if (strcmp(text, "me") != 0 || pn_who(p)->kind != 'U')
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no buyer \"%s\""), text);
    *id = pn_who(p)->id;
    return 0;
}

/* ---- logins ---- */

#define COL(f, label, ...) PN_COL(pn_buyer_login, f, label, __VA_ARGS__)
static PN_TYPE(login_t, "buyer.login", pn_buyer_login,
    COL(id, N_("Number"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "t.id"),
    COL(device, N_("Device"), .flags = PN_BRIEF, .sql = "t.name"),
    COL(created_at, N_("Created"), .flags = PN_SORT, .sql = "t.created_at"),
    COL(seen_at, N_("Last used"), .flags = PN_BRIEF | PN_SORT, .sql = "t.seen_at"),
    COL(expires_at, N_("Expires"), .flags = PN_BRIEF, .sql = "t.expires_at"));
#undef COL
static const pn_list_spec logins_spec = {&login_t, "token t",
    "t.buyer_id = :me and t.revoked_at is null", "t.id", "-created_at", NULL};

static const pn_sql end_one_sql = {"buyer_end_login", &row_t, NULL,
    "update token set revoked_at = :now where sk = :id# and id = :id and buyer_id = :no"
    " and revoked_at is null", false};
static const pn_sql end_all_sql = {"buyer_end_logins", &row_t, NULL,
    "update token set revoked_at = :now where buyer_id = :id and revoked_at is null", false};

int pni_buyer_logins_end(pn *p, int64_t buyer, int64_t *ended)
{
    return pn_exec(p, &end_all_sql, &(row){.id = buyer}, ended);
}

static PN_TYPE(signout_in_t, "buyer.signout", struct pn_buyer_signout,
    PN_COL(struct pn_buyer_signout, everywhere, N_("Everywhere"), .flags = PN_OPT,
           .hint = N_("End all one's logins")),
    PN_COL(struct pn_buyer_signout, login, N_("Login"), .flags = PN_OPT,
           .hint = N_("Number of one of them (buyer logins); default: this one")));
static PN_TYPE(left_t, "buyer.left", pn_buyer_left,
    PN_COL(pn_buyer_left, ended, N_("Logins ended"), .flags = PN_BRIEF));

static int signout(pn *p, const struct pn_buyer_signout *in, pn_buyer_left *out)
{
    const pn_actor *me = pn_who(p);
    row one = {.id = in->login ? in->login : me->token, .no = me->id};
    if (in->everywhere)
        return pni_buyer_logins_end(p, me->id, &out->ended);
    PN_TRY(pn_exec(p, &end_one_sql, &one, &out->ended));
    if (out->ended || !in->login)
        return 0;
    return pn_fail(p, PN_ENONE, "login", pn_tr("There is no login %lld"), (long long)in->login);
}

/* ---- showing, naming ---- */

#define ID_IN(verb_)                                                                               \
    PN_COL(struct pn_buyer_##verb_, id, N_("Buyer"), .flags = PN_KEY | PN_REQ | PN_ARG,            \
           .ref = "buyer", .hint = N_("A number, or me"))
static PN_TYPE(show_in_t, "buyer.show", struct pn_buyer_show, ID_IN(show));
static PN_TYPE(edit_in_t, "buyer.edit", struct pn_buyer_edit, ID_IN(edit),
    PN_COL(struct pn_buyer_edit, nick, N_("Nickname"), .flags = PN_REQ, .max = 40));
static PN_TYPE(erase_in_t, "buyer.erase", struct pn_buyer_erase, ID_IN(erase));
static PN_TYPE(block_in_t, "buyer.block", struct pn_buyer_block, ID_IN(block),
    PN_COL(struct pn_buyer_block, reason, N_("Reason"), .flags = PN_REQ, .max = 200));
static PN_TYPE(unblock_in_t, "buyer.unblock", struct pn_buyer_unblock, ID_IN(unblock),
    PN_COL(struct pn_buyer_unblock, reason, N_("Reason"), .flags = PN_REQ, .max = 200));

static int show(pn *p, const struct pn_buyer_show *in, pn_buyer *out)
{
    PN_TRY(mine(p, in->id));
    return pni_buyer_row(p, in->id, out);
}

static const pn_sql nick_sql = {"buyer_nick", &row_t, NULL,
    "update buyer set nick = :nick, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id", false};

static int edit(pn *p, const struct pn_buyer_edit *in, pn_buyer *out)
{
    pn_buyer before;
    PN_TRY(mine(p, in->id));
    PN_TRY(pni_buyer_row(p, in->id, &before));
    PN_TRY(pn_exec(p, &nick_sql, &(row){.id = in->id, .nick = in->nick}, NULL));
    PN_TRY(pni_buyer_row(p, in->id, out));
    return pn_audit(p, "buyer", in->id, &pn_buyer_t, &before, out, NULL);
}

static int turn(pn *p, int64_t id, const char *event, const char *reason, pn_buyer *out)
{
    pn_buyer before;
    int64_t ended;
    PN_TRY(pni_buyer_row(p, id, &before));
    PN_TRY(pn_step(p, &pni_buyer_fsm, id, before.state, event, reason, NULL));
    PN_TRY(pni_buyer_logins_end(p, id, &ended));
    PN_TRY(pni_buyer_row(p, id, out));
    return pn_audit(p, "buyer", id, &pn_buyer_t, &before, out, reason);
}

static int block(pn *p, const struct pn_buyer_block *in, pn_buyer *out)
{
    return turn(p, in->id, "block", in->reason, out);
}

static int unblock(pn *p, const struct pn_buyer_unblock *in, pn_buyer *out)
{
    return turn(p, in->id, "unblock", in->reason, out);
}

/* ---- leaving ---- */

static const pn_sql leave_sql = {"buyer_leave", &row_t, NULL,
    "update buyer set state = 'LEAVING', erase_at = :at, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = 'ACTIVE'", false};
static const pn_sql sealed_sql = {"buyer_sealed", &row_t, &row_t,
    "select b.id, b.phone, b.state from buyer b where b.sk = :id# and b.id = :id for update",
    false};
static const pn_sql forget_sql = {"buyer_forget", &row_t, NULL,
    "update buyer set state = 'ERASED', erase_at = null, phone = null, phone_mask = '', nick = '',"
    " updated_at = :now, version = version + 1 where sk = :id# and id = :id", false};
static const pn_sql unlist_sql = {"buyer_unlist", &row_t, NULL,
    "with c as (delete from buyer_code where sk = :sk and phone_hash = :phone_hash)"
    " delete from buyer_phone where sk = :sk and phone_hash = :phone_hash and buyer_id = :id",
    false};
static const pn_sql due_sql = {"buyer_due", NULL, &row_t,
    "select id from buyer where state = 'LEAVING' and erase_at <= :now order by erase_at limit 200",
    false};

static int open_orders(pn *p, int64_t id)
{
    int open = 0;
    if (pni_buyer_open_hook)
        PN_TRY(pni_buyer_open_hook(p, id, &open));
    if (!open)
        return 0;
    pn_fail(p, PN_ESTATE, "id", pn_tr("%d orders of this account are not over"), open);
    return pn_hint(p, "%s", pn_tr("Cancel them, or wait until their shows are over"));
}

static int erase(pn *p, const struct pn_buyer_erase *in, pn_buyer *out)
{
    pn_buyer before;
    int64_t days, done = 0, ended;
    PN_TRY(mine(p, in->id));
    PN_TRY(pni_buyer_row(p, in->id, &before));
    PN_TRY(open_orders(p, in->id));
    PN_TRY(pni_policy(p, "buyer.erase_days", &days));
    PN_TRY(pn_exec(p, &leave_sql, &(row){.id = in->id, .at = {pn_now(p).us + days * DAY_US}},
                   &done));
    if (!done)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("This account cannot be erased (%s)"),
                       pn_word_label(pn_buyer_states, before.state));
    PN_TRY(pni_stepped(p, &pni_buyer_fsm, in->id, "ACTIVE", "leave", NULL));
    PN_TRY(pni_buyer_logins_end(p, in->id, &ended));
    PN_TRY(pni_buyer_row(p, in->id, out));
    return pn_audit(p, "buyer", in->id, &pn_buyer_t, &before, out, NULL);
}

struct pn_buyer_forget { int64_t id; };
static PN_TYPE(forget_in_t, "buyer.forget", struct pn_buyer_forget,
    PN_COL(struct pn_buyer_forget, id, N_("Buyer"), .flags = PN_KEY | PN_REQ, .ref = "buyer"));

/* Nothing of the person stays: not the number, not its hash, not the name. */
static int forget(pn *p, const struct pn_buyer_forget *in, pn_buyer *out)
{
    const char *phone;
    row r;
    PN_TRY(open_orders(p, in->id));
    PN_TRY(pn_one(p, &sealed_sql, &(row){.id = in->id}, &r));
    if (r.state.v != PN_BUYER_LEAVING)
        return pni_buyer_row(p, in->id, out);
    PN_TRY(open_phone(p, r.id, r.phone, &phone));
    PN_TRY(pni_keyed_hash(p, "phone", phone ? phone : "", &r.phone_hash));
    r.sk = pni_hash_sk(r.phone_hash);
    PN_TRY(pn_exec(p, &unlist_sql, &r, NULL));
    PN_TRY(pn_exec(p, &pni_address_forget_sql, &(row){.id = r.id}, NULL));
    PN_TRY(pni_sso_forget(p, r.id));
    PN_TRY(pn_exec(p, &forget_sql, &r, NULL));
    PN_TRY(pni_stepped(p, &pni_buyer_fsm, r.id, "LEAVING", "erase", NULL));
    PN_TRY(pn_outbox(p, PNI_BUYER_ERASED_EVENT, r.id, NULL, NULL, NULL));
    return pni_buyer_row(p, r.id, out);
}
int pn_buyer_forget(pn *p, const struct pn_buyer_forget *in, pn_buyer *out);

static int erase_due(pn *p, int64_t *done)
{
    pn_rows rows;
    pn_buyer out;
    PN_TRY(pn_all(p, &due_sql, NULL, &rows));
    pn_each(row, r, &rows)
    {
        int rc = pn_buyer_forget(p, &(struct pn_buyer_forget){r->id}, &out);
        if (rc && rc != PN_ESTATE) /* an order is open again: another day */
            return rc;
        *done += !rc;
    }
    return 0;
}
static const pn_job erase_job = {"buyer_erase", N_("Erase accounts whose days are over"), 3600,
                                 erase_due};

enum { STAFF = PN_ROLE_OPS | PN_ROLE_BOXOFFICE };

PN_OP_LIST(buyer, list, list_spec, .brief = N_("List accounts of buyers"), .out = &pn_buyer_t,
           .may = STAFF, .example = "pn buyer list --where 'state=BLOCKED'")
PN_OP_LIST(buyer, logins, logins_spec, .brief = N_("List one's own logins as a buyer"),
           .out = &login_t, .may = PN_ROLE_BUYER)
PN_OP(buyer, show, pn_buyer, .brief = N_("Show an account of a buyer"), .in = &show_in_t,
      .out = &pn_buyer_t, .may = STAFF | PN_ROLE_BUYER, .example = "pn buyer show me")
PN_OP(buyer, edit, pn_buyer, .brief = N_("Change the nickname of an account"), .in = &edit_in_t,
      .out = &pn_buyer_t, .may = PN_ROLE_BUYER, .flags = PN_WRITE | PN_ONCE)
PN_OP(buyer, signout, pn_buyer_left, .brief = N_("End a login of a buyer"), .in = &signout_in_t,
      .out = &left_t, .may = PN_ROLE_BUYER, .flags = PN_WRITE)
PN_OP(buyer, erase, pn_buyer, .brief = N_("Leave: have an account of a buyer erased"),
      .help = N_("All logins end at once. After 15 days nothing of the person is left; signing in "
                 "before that keeps the account. Not while an order is open."),
      .in = &erase_in_t, .out = &pn_buyer_t, .may = PN_ROLE_BUYER | PN_ROLE_OPS,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .lasting = N_("What was erased is gone for good"))
PN_OP(buyer, block, pn_buyer, .brief = N_("Keep a buyer from signing in"), .in = &block_in_t,
      .out = &pn_buyer_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .undo = "unblock")
PN_OP(buyer, unblock, pn_buyer, .brief = N_("Let a blocked buyer sign in again"),
      .in = &unblock_in_t, .out = &pn_buyer_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
      .undo = "block")
PN_OP(buyer, forget, pn_buyer, .brief = N_("Erase one account that leaves"), .in = &forget_in_t,
      .out = &pn_buyer_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

const pn_module pn_buyer_module = {
    "buyer", N_("Buyers"),
    .ops = PN_LIST(pn_op, &pni_buyer_code_op, &pni_buyer_signin_op, &buyer_signout_op,
                   &buyer_logins_op, &buyer_list_op, &buyer_show_op, &buyer_edit_op,
                   &buyer_erase_op, &buyer_block_op, &buyer_unblock_op, &buyer_forget_op),
    .sql = PN_LIST(pn_sql, &move_sql, &row_sql, &phones_sql, &end_one_sql, &end_all_sql, &nick_sql,
                   &leave_sql, &sealed_sql, &forget_sql, &unlist_sql, &due_sql,
                   &pni_code_put_sql, &pni_code_look_sql, &pni_code_source_sql,
                   &pni_code_lock_sql, &pni_code_wrong_sql, &pni_code_used_sql,
                   &pni_buyer_of_phone_sql, &pni_buyer_put_sql, &pni_buyer_claim_sql,
                   &pni_buyer_seen_sql, &pni_code_sweep_sql, &pni_source_sweep_sql),
    .fsm = PN_LIST(pn_fsm, &pni_buyer_fsm),
    .jobs = PN_LIST(pn_job, &pni_buyer_sweep_job, &erase_job),
    .resolve = resolve,
};
