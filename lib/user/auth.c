/* SPDX-License-Identifier: Apache-2.0 */
/* auth.c — signing in gives a token, the token signs in.
 *
 * A login slides: every use within its days moves its end, written at most once an hour, so that
 * reading with a token stays a read. */
#include "auth.h"

#include "base/crypt_int.h"
#include "base/unit_int.h"
#include "guard_int.h"

#include <string.h>

enum { TOKEN_LENGTH = 56 }; /* "pnt_" and 32 bytes in base32 */
static const int64_t DAY_US = 86400LL * 1000000, TOUCH_US = 3600LL * 1000000;

static PN_TYPE(signed_in_t, "signed_in", pn_signed_in,
    PN_COL(pn_signed_in, id, N_("Staff ID"), .flags = PN_KEY | PN_BRIEF),
    PN_COL(pn_signed_in, login, N_("Login"), .flags = PN_BRIEF),
    PN_COL(pn_signed_in, name, N_("Name"), .flags = PN_BRIEF),
    PN_COL(pn_signed_in, roles, N_("Roles"), .flags = PN_BRIEF),
    PN_COL(pn_signed_in, merchant, N_("Merchant"), .flags = PN_OPT, .ref = "merchant"),
    PN_COL(pn_signed_in, organiser, N_("Organiser"), .flags = PN_OPT, .ref = "organiser"),
    PN_COL(pn_signed_in, expires_at, N_("Expires"), .flags = PN_BRIEF),
    PN_COL(pn_signed_in, token, N_("Token")));

static PN_TYPE(login_t, "auth.login", struct pn_auth_login,
    PN_COL(struct pn_auth_login, login, N_("Login"), .flags = PN_REQ | PN_ARG, .max = 64),
    PN_COL(struct pn_auth_login, password, N_("Password"), .flags = PN_REQ | PN_SECRET),
    PN_COL(struct pn_auth_login, code, N_("Code of the second factor"), .flags = PN_SECRET,
           .max = 12),
    PN_COL(struct pn_auth_login, device, N_("Device"), .max = 100,
           .hint = N_("Name of this login in the list of tokens")));

static PN_TYPE(logout_t, "auth.logout", struct pn_auth_logout,
    PN_COL(struct pn_auth_logout, everywhere, N_("Everywhere"),
           .hint = N_("End all one's logins")));

static const pn_type whoami_t = {"auth.whoami", 1, (const pn_col[]){{0}}};

/* A token as it is presented. */
struct holder {
    int64_t no; /* place in the list */
    int sk;
    pn_bytes hash;
    int64_t token;
    const char *kind;
    pn_time expires_at, seen_at, revoked_at, until;
    int64_t id;
    const char *login, *name;
    pn_texts roles;
    int64_t merchant, organiser;
    const char *grants, *ip_list;
    bool active;
};
static PN_TYPE(holder_t, "auth.holder", struct holder, PN_COL(struct holder, no, ""),
    PN_COL(struct holder, sk, ""),
    PN_COL(struct holder, hash, ""), PN_COL(struct holder, token, ""),
    PN_COL(struct holder, kind, ""), PN_COL(struct holder, expires_at, ""),
    PN_COL(struct holder, seen_at, ""), PN_COL(struct holder, revoked_at, ""),
    PN_COL(struct holder, until, ""), PN_COL(struct holder, id, ""),
    PN_COL(struct holder, login, ""), PN_COL(struct holder, name, ""),
    PN_COL(struct holder, roles, ""), PN_COL(struct holder, merchant, "", .flags = PN_OPT),
    PN_COL(struct holder, organiser, "", .flags = PN_OPT), PN_COL(struct holder, grants, ""),
    PN_COL(struct holder, ip_list, ""), PN_COL(struct holder, active, ""));

#define HOLDER                                                                                     \
    "t.id AS token, t.kind, t.expires_at, t.seen_at, t.revoked_at,"                                \
    "  coalesce(s.id, t.buyer_id) AS id, coalesce(s.login, 'buyer') AS login,"                     \
    "  coalesce(s.name, '') AS name, coalesce(s.roles, '{BUYER}') AS roles,"                       \
    "  s.merchant_id AS merchant, s.organiser_id AS organiser, coalesce(s.grants, '') AS grants,"  \
    "  coalesce(s.ip_list, '') AS ip_list, coalesce(s.state, 'ACTIVE') = 'ACTIVE' AS active"

/* Programs for one person begin with this one, on a fresh connection: nothing in it that the server
 * would have to look up beyond the two tables. */
static const pn_sql find_holder = {"auth_holder", &holder_t, &holder_t,
    "SELECT " HOLDER " FROM token t LEFT JOIN staff s ON s.id = t.staff_id"
    " WHERE t.sk = :sk AND t.hash = :hash", .by_key = true};
static const pn_sql find_holders = {"auth_holders", &holder_t, &holder_t,
    "SELECT u.no, " HOLDER " FROM unnest(:no, :sk, :hash) u(no, sk, hash)"
    " JOIN token t ON t.sk = u.sk AND t.hash = u.hash LEFT JOIN staff s ON s.id = t.staff_id",
    .array = true};

static const pn_sql touch = {"auth_touch", &holder_t, NULL,
    "UPDATE token t SET seen_at = :now, expires_at = u.until"
    " FROM unnest(:sk, :hash, :until) u(sk, hash, until) WHERE t.sk = u.sk AND t.hash = u.hash",
    .array = true};

static const pn_sql signed_in = {"auth_signed_in", &pni_guard_t, NULL,
    "UPDATE staff_login SET failures = 0, locked_until = NULL, last_at = :now"
    " WHERE sk = :id# AND staff_id = :id"};

static const pn_sql renew_hash = {"auth_rehash", &pni_guard_t, NULL,
    "UPDATE staff SET password = :password WHERE id = :id"};

struct ends { int64_t id; pn_time expires_at; };
static PN_TYPE(ends_t, "auth.ends", struct ends, PN_COL(struct ends, id, ""),
    PN_COL(struct ends, expires_at, ""));
static const pn_sql token_ends = {"auth_token_ends", &ends_t, &ends_t,
    "SELECT expires_at FROM token WHERE sk = :id# AND id = :id"};
static const pn_sql end_token = {"auth_end_token", &ends_t, NULL,
    "UPDATE token SET revoked_at = :now WHERE sk = :id# AND id = :id AND revoked_at IS NULL"};

static pn_time session_end(pn *p)
{
    int64_t days = pn_conf_int(pn_unit_ctx(p), "staff.session_days");
    return (pn_time){pn_now(p).us + days * DAY_US};
}

/* ---- the token signs in ---- */

static int refuse(pn *p, const char *why)
{
    pn_fail(p, PN_EAUTH, NULL, "%s", why);
    return pn_hint(p, "%s", pn_tr("Sign in again: pn login"));
}

/* Whoever only reads must not fail because the use could not be noted (a standby, a full disk). */
static void note_use(pn *p, const struct holder used[], size_t n)
{
    if (n && pn_exec_many(p, &touch, used, n, NULL))
        pni_err_clear(p);
}

static int check(pn *p, const struct holder *h)
{
    if (!h->token)
        return refuse(p, pn_tr("The token is unknown"));
    if (h->revoked_at.us)
        return refuse(p, pn_tr("The token was revoked"));
    if (h->expires_at.us <= pn_now(p).us)
        return refuse(p, pn_tr("The token has expired"));
    if (!h->active)
        return refuse(p, pn_tr("This account is disabled"));
    PN_TRY(pni_guard_address(p, h->ip_list));
    pni_guard g = {.id = h->id, .login = h->login, .name = h->name, .roles = h->roles,
                   .merchant = h->merchant, .organiser = h->organiser, .grants = h->grants};
    pni_guard_act(p, &g, h->token);
    return 0;
}

/* Each as if the unit were his: his address, his words, his actor. */
static void judge(pn *p, pn_caller *c, const struct holder *h)
{
    pn_actor unit = *pn_who(p);
    if (c->via)
        p->actor.via = c->via;
    if (c->language)
        pn_language(c->language);
    pni_err_clear(p);
    if (!c->rc)
        c->rc = check(p, h);
    else
        refuse(p, pn_tr("This is no token"));
    c->err = p->err;
    c->actor = p->actor;
    p->actor = unit;
}

/* Buyers' logins slide by the days they were given, staff's by the days of the day. */
static pn_time until(pn *p, const struct holder *h)
{
    if (!strcmp(h->kind, "BUYER"))
        return (pn_time){pn_now(p).us + h->expires_at.us - h->seen_at.us};
    return !strcmp(h->kind, "LOGIN") ? session_end(p) : h->expires_at;
}

/* Different callers may come with one token: it is noted once. */
static size_t to_note(pn *p, const struct holder found[], const pn_caller callers[], size_t n,
                      struct holder used[])
{
    size_t many = 0;
    for (size_t i = 0; i < n; i++) {
        const struct holder *h = &found[i];
        if (callers[i].rc || pn_now(p).us - h->seen_at.us < TOUCH_US)
            continue;
        size_t k = 0;
        while (k < many && used[k].token != h->token)
            k++;
        if (k < many)
            continue;
        used[many] = *h;
        used[many++].until = until(p, h);
    }
    return many;
}

static int sign_in(pn *p, pn_caller callers[], size_t n)
{
    struct holder *asked = pn_alloc(p, n * sizeof *asked + 1);
    struct holder *found = pn_alloc(p, n * sizeof *found + 1);
    struct holder *used = pn_alloc(p, n * sizeof *used + 1);
    unsigned char(*hash)[PNI_HASH] = pn_alloc(p, n * sizeof *hash + 1);
    pn_rows rows = {0};
    size_t many = 0;
    if (!asked || !found || !used || !hash)
        return pni_oom(p);
    for (size_t i = 0; i < n; i++) {
        const char *token = callers[i].token;
        callers[i].rc = 0;
        if (!token || strlen(token) != TOKEN_LENGTH || strncmp(token, "pnt_", 4)) {
            callers[i].rc = PN_EAUTH;
            continue;
        }
        pni_sha256(token, hash[i]);
        asked[many++] = (struct holder){.no = (int64_t)i, .sk = pni_token_sk(hash[i]),
                                        .hash = {hash[i], PNI_HASH}};
    }
    if (many == 1)
        PN_TRY(pn_all(p, &find_holder, asked, &rows));
    else if (many)
        PN_TRY(pn_exec_many(p, &find_holders, asked, many, &rows));
    pn_each(const struct holder, h, &rows)
        found[many == 1 ? asked->no : h->no] = *h;
    for (size_t i = 0; i < n; i++)
        judge(p, &callers[i], &found[i]);
    for (size_t i = 0; i < many; i++) {
        found[asked[i].no].sk = asked[i].sk;
        found[asked[i].no].hash = asked[i].hash;
    }
    note_use(p, used, to_note(p, found, callers, n, used));
    return 0;
}

/* lib/base declares pn_signin() but may not know staff: it calls through this. */
__attribute__((constructor)) static void hook(void)
{
    pni_signin_hook = sign_in;
}

/* ---- operations ---- */

static int login(pn *p, const struct pn_auth_login *in, pn_signed_in *out)
{
    pni_guard g;
    int64_t token;
    int rc = pni_guard_find(p, in->login, 0, &g);
    if (rc && rc != PN_ENONE)
        return rc;
    PN_TRY(pni_guard_password(p, rc ? NULL : &g, in->password, "password"));
    rc = pni_guard_address(p, g.ip_list);
    if (rc) {
        pni_keep(p);
        return rc;
    }
    if (g.totp_confirmed && !in->code) {
        pni_keep(p);
        return pn_fail(p, PN_EAUTH, "code", "%s", pn_tr("The code of the second factor is needed"));
    }
    if (g.totp_confirmed)
        PN_TRY(pni_guard_code(p, &g, in->code));
    if (pni_password_stale(p, g.password)) {
        PN_TRY(pni_password_hash(p, in->password, &g.password));
        PN_TRY(pn_exec(p, &renew_hash, &g, NULL));
    }
    PN_TRY(pn_exec(p, &signed_in, &g, NULL));
    *out = (pn_signed_in){.id = g.id, .login = g.login, .name = g.name, .roles = g.roles,
                        .merchant = g.merchant, .organiser = g.organiser,
                        .expires_at = session_end(p)};
    PN_TRY(pni_token_add(p, g.id, "LOGIN", in->device, out->expires_at, &token, &out->token));
    pni_guard_act(p, &g, token);
    return PN_OK;
}

/* The actor as a session, without the token. */
static int told(pn *p, pn_signed_in *out)
{
    const pn_actor *me = pn_who(p);
    const char **names = pn_alloc(p, 32 * sizeof(*names));
    if (!names)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    *out = (pn_signed_in){.id = me->id, .login = me->login, .name = me->name,
                        .roles = {names, 0}, .merchant = me->merchant,
                        .organiser = me->organiser};
    for (int i = 0; pn_role_words[i].name; i++)
        if (me->roles & 1u << i && 1u << i != PN_ROLE_PUBLIC)
            names[out->roles.n++] = pn_role_words[i].name;
    return PN_OK;
}

static int logout(pn *p, const struct pn_auth_logout *in, pn_signed_in *out)
{
    struct ends by = {.id = pn_who(p)->token};
    PN_TRY(pni_guard_signed_in(p));
    if (by.id)
        PN_TRY(pn_exec(p, &end_token, &by, NULL));
    if (in->everywhere)
        PN_TRY(pni_token_end(p, pn_who(p)->id, 0, false));
    return told(p, out);
}

static int whoami(pn *p, const struct pn_auth_whoami *in, pn_signed_in *out)
{
    struct ends by = {.id = pn_who(p)->token}, found = {0};
    (void)in;
    PN_TRY(pni_guard_signed_in(p));
    PN_TRY(told(p, out));
    if (!by.id)
        return PN_OK;
    int rc = pn_one(p, &token_ends, &by, &found);
    out->expires_at = found.expires_at;
    return rc == PN_ENONE ? PN_OK : rc;
}

PN_OP(auth, login, pn_signed_in, .brief = N_("Sign in and get a token"), .in = &login_t,
      .out = &signed_in_t, .may = PN_ROLE_PUBLIC, .flags = PN_WRITE | PN_HIDDEN,
      .example = "pn auth login admin")
PN_OP(auth, logout, pn_signed_in, .brief = N_("End this login"), .in = &logout_t,
      .out = &signed_in_t, .may = PN_ROLE_PUBLIC, .flags = PN_WRITE,
      .example = "pn auth logout --everywhere")
PN_OP(auth, whoami, pn_signed_in, .brief = N_("Show who is signed in"), .in = &whoami_t,
      .out = &signed_in_t, .may = PN_ROLE_PUBLIC, .example = "pn auth whoami")

const pn_module pn_auth_module = {"auth", N_("Signing in"),
    .ops = PN_LIST(pn_op, &auth_login_op, &auth_logout_op, &auth_whoami_op),
    .sql = PN_LIST(pn_sql, &find_holder, &find_holders, &touch, &signed_in, &renew_hash,
                   &token_ends, &end_token)};
