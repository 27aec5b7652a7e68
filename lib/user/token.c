/* SPDX-License-Identifier: Apache-2.0 */
/* token.c — bearer tokens. 256 random bits need no salt and no slow hash: the table holds their
 * SHA-256, and the shard is taken from it, so a token is looked up in one place. */
#include "token.h"

#include "base/crypt_int.h"
#include "guard_int.h"

#include <string.h>

enum { RANDOM = 32, DAYS_STANDARD = 90, DAYS_MOST = 3650, KEEP_DAYS = 30 };
static const int64_t DAY_US = 86400LL * 1000000;

const pn_words pn_token_kinds[] = {PN_TOKEN_KINDS(PN_WORD_ROW){0}};

const pn_type pn_token_t = {"token", sizeof(pn_token), (const pn_col[]){
    PN_COL(pn_token, id, N_("ID"), .flags = PN_KEY | PN_SORT, .sql = "t.id"),
    PN_COL(pn_token, staff, N_("Staff ID"), .ref = "staff", .sql = "t.staff_id"),
    PN_COL(pn_token, login, N_("Login"), .flags = PN_BRIEF, .sql = "s.login"),
    PN_COL(pn_token, name, N_("Name"), .flags = PN_BRIEF, .sql = "t.name"),
    PN_COL(pn_token, kind, N_("Kind"), .flags = PN_BRIEF, .words = pn_token_kinds,
           .sql = "t.kind"),
    PN_COL(pn_token, created_at, N_("Created"), .flags = PN_SORT, .sql = "t.created_at"),
    PN_COL(pn_token, seen_at, N_("Last used"), .flags = PN_BRIEF | PN_SORT, .sql = "t.seen_at"),
    PN_COL(pn_token, expires_at, N_("Expires"), .flags = PN_BRIEF | PN_SORT,
           .sql = "t.expires_at"),
    PN_COL(pn_token, revoked_at, N_("Revoked at"), .flags = PN_BRIEF, .sql = "t.revoked_at"),
    {0}}};

static PN_TYPE(new_t, "token.new", pn_token_new,
    PN_COL(pn_token_new, id, N_("ID"), .flags = PN_KEY),
    PN_COL(pn_token_new, token, N_("Token"), .hint = N_("Told once: keep it")),
    PN_COL(pn_token_new, name, N_("Name")), PN_COL(pn_token_new, expires_at, N_("Expires")));

static PN_TYPE(create_t, "token.create", struct pn_token_create,
    PN_COL(struct pn_token_create, name, N_("Name"), .flags = PN_REQ | PN_ARG, .max = 100,
           .hint = N_("What it is for")),
    PN_COL(struct pn_token_create, days, N_("Days"), .flags = PN_OPT, .min = 1, .max = DAYS_MOST,
           .hint = N_("How long it is good; 90 when absent")),
    PN_COL(struct pn_token_create, staff, N_("Staff"), .flags = PN_OPT, .ref = "staff",
           .hint = N_("Oneself when absent")));

static PN_TYPE(revoke_t, "token.revoke", struct pn_token_revoke,
    PN_COL(struct pn_token_revoke, id, N_("ID"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "token"));

struct row {
    int64_t id, staff;
    int sk;
    pn_bytes hash;
    const char *kind, *name;
    pn_time expires_at, before;
    bool all;
};
static PN_TYPE(row_t, "token.row", struct row, PN_COL(struct row, id, ""),
    PN_COL(struct row, staff, ""), PN_COL(struct row, sk, ""), PN_COL(struct row, hash, ""),
    PN_COL(struct row, kind, ""), PN_COL(struct row, name, ""),
    PN_COL(struct row, expires_at, ""), PN_COL(struct row, before, ""),
    PN_COL(struct row, all, ""));

static const pn_sql add = {"token_add", &row_t, NULL,
    "INSERT INTO token (sk, hash, id, staff_id, buyer_id, name, kind, created_at, seen_at,"
    "  expires_at) VALUES (:sk, :hash, :id, CASE WHEN :kind <> 'BUYER' THEN :staff END,"
    "  CASE WHEN :kind = 'BUYER' THEN :staff END, coalesce(:name, ''), :kind, :now, :now,"
    "  :expires_at)"};

static const pn_sql load = {"token_load", &revoke_t, &pn_token_t,
    "SELECT t.id, t.staff_id AS staff, s.login, t.name, t.kind, t.created_at, t.seen_at,"
    "  t.expires_at, t.revoked_at FROM token t JOIN staff s ON s.id = t.staff_id"
    " WHERE t.sk = :id# AND t.id = :id"};

static const pn_sql end_one = {"token_end", &revoke_t, NULL,
    "UPDATE token SET revoked_at = :now WHERE sk = :id# AND id = :id AND revoked_at IS NULL"};

static const pn_sql end_staff = {"token_end_staff", &row_t, NULL,
    "UPDATE token SET revoked_at = :now WHERE staff_id = :staff AND id <> :id"
    " AND (:all OR kind = 'LOGIN') AND revoked_at IS NULL"};

static const pn_sql sweep = {"token_sweep", &row_t, NULL,
    "DELETE FROM token WHERE expires_at < :before OR revoked_at < :before"};

static const pn_list_spec mine = {.row = &pn_token_t,
    .from = "token t JOIN staff s ON s.id = t.staff_id", .scope = "t.staff_id = :me",
    .key = "t.id", .sort = "-created_at"};
static const pn_list_spec everybody = {.row = &pn_token_t,
    .from = "token t JOIN staff s ON s.id = t.staff_id", .key = "t.id", .sort = "-created_at"};

int pni_token_add(pn *p, int64_t staff, const char *kind, const char *name, pn_time expires_at,
                  int64_t *id, const char **text)
{
    unsigned char *hash = pn_alloc(p, PNI_HASH);
    const char *random = pni_random_text(p, RANDOM);
    *text = random ? pn_printf(p, "pnt_%s", random) : NULL;
    if (!hash || !*text)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    pni_sha256(*text, hash);
    struct row row = {.staff = staff, .sk = pni_token_sk(hash), .hash = {hash, PNI_HASH},
                      .kind = kind, .name = name, .expires_at = expires_at};
    PN_TRY(pn_new_id(p, row.sk, &row.id));
    *id = row.id;
    return pn_exec(p, &add, &row, NULL);
}

int pni_token_end(pn *p, int64_t staff, int64_t keep, bool all)
{
    struct row row = {.staff = staff, .id = keep, .all = all};
    return pn_exec(p, &end_staff, &row, NULL);
}

/* ---- operations ---- */

static int create(pn *p, const struct pn_token_create *in, pn_token_new *out)
{
    const pn_actor *me = pn_who(p);
    int64_t days = in->days ? in->days : DAYS_STANDARD;
    pni_guard g;
    PN_TRY(pni_guard_signed_in(p));
    if (in->staff && in->staff != me->id && !(me->roles & PN_ROLE_ADMIN))
        return pn_fail(p, PN_EPERM, "staff", "%s",
                       pn_tr("Only administrators make tokens for others"));
    int rc = pni_guard_find(p, NULL, in->staff ? in->staff : me->id, &g);
    if (rc == PN_ENONE || (!rc && !g.active))
        return pn_fail(p, PN_ENONE, "staff", "%s", pn_tr("There is no such active account"));
    PN_TRY(rc);
    out->name = in->name;
    out->expires_at = (pn_time){pn_now(p).us + days * DAY_US};
    PN_TRY(pni_token_add(p, g.id, "API", in->name, out->expires_at, &out->id, &out->token));
    pn_token told;
    PN_TRY(pn_one(p, &load, &(struct pn_token_revoke){out->id}, &told));
    return pn_audit(p, "token", out->id, &pn_token_t, NULL, &told, NULL);
}

static int revoke(pn *p, const struct pn_token_revoke *in, pn_token *out)
{
    const pn_actor *me = pn_who(p);
    pn_token before;
    PN_TRY(pni_guard_signed_in(p));
    int rc = pn_one(p, &load, in, &before);
    if (rc == PN_ENONE || (!rc && before.staff != me->id && !(me->roles & PN_ROLE_ADMIN)))
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no token %lld"), (long long)in->id);
    PN_TRY(rc);
    PN_TRY(pn_exec(p, &end_one, in, NULL));
    PN_TRY(pn_one(p, &load, in, out));
    return pn_audit(p, "token", in->id, &pn_token_t, &before, out, NULL);
}

static int sweep_run(pn *p, int64_t *done)
{
    struct row row = {.before = {pn_now(p).us - KEEP_DAYS * DAY_US}};
    return pn_exec(p, &sweep, &row, done);
}

PN_OP(token, create, pn_token_new, .brief = N_("Make a named API token"), .in = &create_t,
      .out = &new_t, .may = PN_ROLE_PUBLIC, .flags = PN_WRITE,
      .help = N_("The token is printed once and not stored; whoever has it acts for you."),
      .example = "pn token create gate-3 --days 30")
PN_OP(token, revoke, pn_token, .brief = N_("End a token at once"), .in = &revoke_t,
      .out = &pn_token_t, .may = PN_ROLE_PUBLIC, .flags = PN_WRITE | PN_ONCE,
      .example = "pn token revoke 8193",
      .lasting = N_("What has ended does not come back: set up a new one"))
PN_OP_LIST(token, list, mine, .brief = N_("List one's own tokens and logins"),
           .out = &pn_token_t, .may = PN_ROLE_PUBLIC, .example = "pn token list")
PN_OP_LIST(token, all, everybody, .brief = N_("List everybody's tokens and logins"),
           .out = &pn_token_t, .may = PN_ROLE_ADMIN, .example = "pn token all --login li")

static const pn_job sweep_job = {"token_sweep", N_("Forget tokens that ended 30 days ago"), 86400,
                                 sweep_run};

const pn_module pn_token_module = {"token", N_("Tokens"),
    .ops = PN_LIST(pn_op, &token_list_op, &token_all_op, &token_create_op, &token_revoke_op),
    .sql = PN_LIST(pn_sql, &add, &load, &end_one, &end_staff, &sweep),
    .jobs = PN_LIST(pn_job, &sweep_job)};
