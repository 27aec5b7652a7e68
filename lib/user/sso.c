/* SPDX-License-Identifier: Apache-2.0 */
/* sso.c — signing in from another app. What the app tells is asked for at the app itself, while no
 * transaction is open; who is new gets a sealed ticket that says who he is there, and proves his
 * telephone with it. Kept is a keyed hash: nobody can read from it who somebody is in that app. */
#include "user/sso.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypt_int.h"
#include "base/policy_int.h"
#include "base/unit_int.h"
#include "link/link_int.h"
#include "user/buyer_int.h"
#include "user/guard_int.h"

const pn_words pn_sso_providers[] = {PN_SSO_PROVIDERS(PN_WORD_ROW){0}};

/* Which connector asks each. */
static const char *const connectors[] = {NULL, "cmb_life"};

typedef struct row { int sk; int64_t id; pn_word provider; pn_bytes hash; } row;
#define R(f, ...) PN_COL(row, f, #f, __VA_ARGS__)
static PN_TYPE(row_t, "sso.row", row, R(sk), R(id), R(provider, .words = pn_sso_providers),
    R(hash));
#undef R
static const pn_sql find_sql = {"sso_find", &row_t, &row_t,
    "select buyer_id as id from buyer_sso where sk = :sk and provider = :provider"
    " and openid_hash = :hash", false};
static const pn_sql put_sql = {"sso_put", &row_t, NULL,
    "insert into buyer_sso (sk, provider, openid_hash, buyer_id, created_at)"
    " values (:sk, :provider, :hash, :id, :now) on conflict do nothing", false};
static const pn_sql drop_sql = {"sso_drop", &row_t, NULL,
    "delete from buyer_sso where buyer_id = :id and provider = :provider", false};
static const pn_sql forget_sql = {"sso_forget", &row_t, NULL,
    "delete from buyer_sso where buyer_id = :id", false};

int pni_sso_forget(pn *p, int64_t buyer)
{
    return pn_exec(p, &forget_sql, &(row){.id = buyer}, NULL);
}

static int hash_of(pn *p, pn_word provider, const char *openid, row *out)
{
    const char *text = pn_printf(p, "%s|%s", pn_word_name(pn_sso_providers, provider), openid);
    *out = (row){.provider = provider};
    PN_TRY(text ? pni_keyed_hash(p, "sso.openid", text, &out->hash) : pni_oom(p));
    out->sk = pni_hash_sk(out->hash);
    return 0;
}

/* ---- the link, and what comes back ---- */

static bool put(pn *p, pni_pairs *list, const char *name, const char *value)
{
    return !value || pni_pairs_put(p, list, name, pni_span_of(value), true);
}

static int call(pn *p, pn_word provider, const char *name, const pni_pairs *in, pni_answer *out)
{
    pni_link *l = NULL;
    PN_TRY(pni_link_open(p, connectors[provider.v], &l));
    int rc = pni_link_call(p, l, name, in, out);
    pni_link_close(p, l);
    return rc;
}

static int start(pn *p, const struct pn_sso_start *in, pn_sso_link *out)
{
    pni_pairs list = {0};
    pni_answer a;
    bool web = !strncmp(in->return_url, "https://", 8) || !strncmp(in->return_url, "http://", 7);
    if (!web)
        return pn_fail(p, PN_EARG, "return_url", "%s", pn_tr("It begins with https://"));
    if (!put(p, &list, "return_url", in->return_url) || !put(p, &list, "state", in->state))
        return pni_oom(p);
    PN_TRY(call(p, in->provider, "sso_open", &list, &a));
    out->url = pni_answer_get(&a, "url");
    return out->url ? 0 : pn_fail(p, PN_EPROVIDER, NULL, "%s", a.message);
}

/* Who it is there. Only a refusal is his fault. */
static int asked(pn *p, const struct pn_sso_exchange *in, const char **openid)
{
    pni_pairs list = {0};
    pni_answer a;
    if (!put(p, &list, "code", in->code))
        return pni_oom(p);
    PN_TRY(call(p, in->provider, "sso_token", &list, &a));
    *openid = pni_answer_get(&a, "openid");
    if (a.outcome == PN_LINK_OK && *openid && **openid)
        return 0;
    if (a.outcome != PN_LINK_DECLINED && a.outcome != PN_LINK_NOT_FOUND)
        return pn_fail(p, PN_EPROVIDER, NULL, "%s: %s %s",
                       pn_word_label(pn_sso_providers, in->provider), a.code, a.message);
    pn_fail(p, PN_EAUTH, "code", pn_tr("%s does not know this code"),
            pn_word_label(pn_sso_providers, in->provider));
    return pn_hint(p, "%s", pn_tr("It is good once: open the link again"));
}

/* ---- the ticket ---- */

static int ticket(pn *p, pn_word provider, const char *openid, pn_sso_known *out)
{
    int64_t minutes;
    PN_TRY(pni_policy(p, "sso.ticket_min", &minutes));
    out->expires_at.us = pn_now(p).us + minutes * INT64_C(60000000);
    const char *text = pn_printf(p, "sso|%d|%" PRId64 "|%s", provider.v, out->expires_at.us,
                                 openid);
    return text ? pni_buyer_text(p, 0, text, &out->ticket) : pni_oom(p);
}

static int no_ticket(pn *p)
{
    pn_fail(p, PN_EEXPIRED, "ticket", "%s", pn_tr("The ticket is not good any more"));
    return pn_hint(p, "%s", pn_tr("Open the link of the app again"));
}

static int of_ticket(pn *p, const char *sealed, pn_word *provider, const char **openid)
{
    const char *text;
    char *end = NULL;
    if (pni_buyer_text_open(p, 0, sealed, &text))
        return pn_error(p)->code == PN_EMEM ? PN_EMEM : no_ticket(p);
    if (strncmp(text, "sso|", 4) != 0)
        return no_ticket(p);
    provider->v = (int16_t)strtol(text + 4, &end, 10);
    int64_t until = *end == '|' ? strtoll(end + 1, &end, 10) : 0;
    *openid = end + 1;
    return *end == '|' && until > pn_now(p).us && provider->v == PN_SSO_CMB_LIFE ? 0 : no_ticket(p);
}

/* ---- coming in ---- */

struct pn_sso_enter { int64_t buyer; const char *device; };
static PN_TYPE(enter_in_t, "sso.enter", struct pn_sso_enter,
    PN_COL(struct pn_sso_enter, buyer, N_("Buyer"), .flags = PN_REQ, .ref = "buyer"),
    PN_COL(struct pn_sso_enter, device, N_("Device")));

static int enter(pn *p, const struct pn_sso_enter *in, pn_buyer_signed_in *out)
{
    return pni_buyer_enter(p, in->buyer, in->device, out);
}
int pn_sso_enter(pn *p, const struct pn_sso_enter *in, pn_buyer_signed_in *out);

static const pn_actor self = {.kind = 'S', .login = "system", .name = "system",
                              .roles = PN_ROLE_SYSTEM, .via = "sso"};

/* Words of the unit within as this one's own. */
static int as_own(pn *p, const pn *own, int rc)
{
    const pn_err *e = pn_error(own);
    pn_fail(p, (pn_code)rc, e->field, "%s", e->message);
    return e->hint ? pn_hint(p, "%s", e->hint) : rc;
}

static int exchange(pn *p, const struct pn_sso_exchange *in, pn_sso_known *out)
{
    const char *openid = NULL;
    pn_buyer_signed_in in_;
    row r, found;
    PN_TRY(pni_guard_no_dry_run(p));
    PN_TRY(asked(p, in, &openid));
    PN_TRY(hash_of(p, in->provider, openid, &r));
    int rc = pn_one(p, &find_sql, &r, &found);
    if (rc == PN_ENONE)
        return ticket(p, in->provider, openid, out);
    PN_TRY(rc);
    PN_AUTO_UNIT own = pn_begin_like(p);
    if (!own)
        return pni_oom(p);
    pn_act_as(own, &self);
    pn_key(own, NULL);
    rc = pn_sso_enter(own, &(struct pn_sso_enter){found.id, in->device}, &in_);
    if (rc)
        return as_own(p, own, rc);
    *out = (pn_sso_known){in_.id, pn_strdup(p, in_.token), NULL, in_.expires_at};
    return out->token ? 0 : pni_oom(p);
}

/* The telephone first: whose account that is decides. */
static int bind(pn *p, const struct pn_sso_bind *in, pn_buyer_signed_in *out)
{
    const char *openid = NULL;
    pn_word provider;
    row r, found = {0};
    int64_t done = 0;
    PN_TRY(of_ticket(p, in->ticket, &provider, &openid));
    PN_TRY(hash_of(p, provider, openid, &r));
    struct pn_buyer_signin proof = {in->phone, in->code, in->device};
    PN_TRY(pn_buyer_signin(p, &proof, out));
    r.id = out->id;
    PN_TRY(pn_exec(p, &put_sql, &r, &done));
    if (!done)
        PN_TRY(pn_one(p, &find_sql, &r, &found));
    if (!done && found.id != r.id) {
        pn_fail(p, PN_EEXISTS, "ticket", "%s",
                pn_tr("That user of the app has another account already"));
        return pn_hint(p, "%s", pn_tr("Open the link of the app again: it signs in to that one"));
    }
    return 0;
}

static int drop(pn *p, const struct pn_sso_drop *in, pn_sso_dropped *out)
{
    row r = {.id = pn_who(p)->id, .provider = in->provider};
    return pn_exec(p, &drop_sql, &r, &out->ended);
}

/* ---- operations ---- */

#define PROVIDER(verb_)                                                                            \
    PN_COL(struct pn_sso_##verb_, provider, N_("Other app"), .flags = PN_REQ | PN_ARG,             \
           .words = pn_sso_providers)
static PN_TYPE(start_in_t, "sso.start", struct pn_sso_start, PROVIDER(start),
    PN_COL(struct pn_sso_start, return_url, N_("Page to return to"), .flags = PN_REQ, .max = 500),
    PN_COL(struct pn_sso_start, state, N_("State"), .flags = PN_OPT, .max = 64,
           .hint = N_("Comes back with the code: the page compares it")));
static PN_TYPE(link_t, "sso.link", pn_sso_link,
    PN_COL(pn_sso_link, url, N_("Address to go to"), .flags = PN_BRIEF));
static PN_TYPE(exchange_in_t, "sso.exchange", struct pn_sso_exchange, PROVIDER(exchange),
    PN_COL(struct pn_sso_exchange, code, N_("Code"), .flags = PN_REQ | PN_SECRET, .max = 200,
           .hint = N_("What the app added to the page's address")),
    PN_COL(struct pn_sso_exchange, device, N_("Device"), .max = 100,
           .hint = N_("Name of this login in the list of logins")));
static PN_TYPE(known_t, "sso.known", pn_sso_known,
    PN_COL(pn_sso_known, id, N_("Buyer"), .flags = PN_BRIEF | PN_OPT, .ref = "buyer"),
    PN_COL(pn_sso_known, expires_at, N_("Expires"), .flags = PN_BRIEF),
    PN_COL(pn_sso_known, token, N_("Token"), .hint = N_("Told once: keep it")),
    PN_COL(pn_sso_known, ticket, N_("Sealed ticket"),
           .hint = N_("For “sso bind”: nobody knows him yet")));
static PN_TYPE(bind_in_t, "sso.bind", struct pn_sso_bind,
    PN_COL(struct pn_sso_bind, ticket, N_("Sealed ticket"), .flags = PN_REQ | PN_SECRET,
           .max = 1000),
    PN_COL(struct pn_sso_bind, phone, N_("Telephone"), .flags = PN_REQ | PN_PII, .max = 20),
    PN_COL(struct pn_sso_bind, code, N_("Code"), .flags = PN_REQ | PN_SECRET, .max = 12,
           .hint = N_("The six digits that were sent to it")),
    PN_COL(struct pn_sso_bind, device, N_("Device"), .max = 100,
           .hint = N_("Name of this login in the list of logins")));
static PN_TYPE(drop_in_t, "sso.drop", struct pn_sso_drop, PROVIDER(drop));
static PN_TYPE(dropped_t, "sso.dropped", pn_sso_dropped,
    PN_COL(pn_sso_dropped, ended, N_("Ended"), .flags = PN_BRIEF));

PN_OP(sso, start, pn_sso_link,
      .brief = N_("Get the link by which another app tells who its user is"),
      .help = N_("The app asks its user, and opens the page with a code for “sso exchange”."),
      .in = &start_in_t, .out = &link_t, .may = PN_ROLE_PUBLIC,
      .example = "pn sso start CMB_LIFE --return-url https://piaoniu.example/in --state 7f3a")
PN_OP(sso, exchange, pn_sso_known, .brief = N_("Sign in with the code of another app"),
      .help = N_("Who came before gets a token; who is new gets a ticket, and proves his telephone "
                 "with it: “buyer code”, “sso bind”."),
      .in = &exchange_in_t, .out = &known_t, .may = PN_ROLE_PUBLIC, .flags = PN_HIDDEN)
PN_OP(sso, bind, pn_buyer_signed_in,
      .brief = N_("Sign in, and let another app be enough from now on"),
      .in = &bind_in_t, .out = &pni_signed_in_t, .may = PN_ROLE_PUBLIC,
      .flags = PN_WRITE | PN_HIDDEN)
PN_OP(sso, drop, pn_sso_dropped, .brief = N_("Let another app sign in to one's account no more"),
      .in = &drop_in_t, .out = &dropped_t, .may = PN_ROLE_BUYER, .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("Signing in from the app binds it again"))
PN_OP(sso, enter, pn_buyer_signed_in, .brief = N_("Sign in whom another app knows"),
      .in = &enter_in_t, .out = &pni_signed_in_t, .may = PN_ROLE_SYSTEM,
      .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

const pn_module pn_sso_module = {
    "sso", N_("Signing in from other apps"),
    .ops = PN_LIST(pn_op, &sso_start_op, &sso_exchange_op, &sso_bind_op, &sso_drop_op,
                   &sso_enter_op),
    .sql = PN_LIST(pn_sql, &find_sql, &put_sql, &drop_sql, &forget_sql),
};
