/* SPDX-License-Identifier: Apache-2.0 */
/* buyer_code.c — signing in by telephone: a code that is good for minutes and a few tries, kept as
 * its keyed hash alone, sent by whoever sends messages.
 *
 * Whether a number has an account is told to nobody: the code is sent all the same, and the first
 * sign-in makes the account. What a try counts is committed although it is refused. */
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "base/crypt_int.h"
#include "base/policy_int.h"
#include "base/unit_int.h"
#include "base/when_int.h"
#include "user/buyer_int.h"
#include "user/guard_int.h"
#include "user/phone_int.h"

static const int64_t SECOND = 1000000, MINUTE = 60 * INT64_C(1000000),
                     HOUR = 3600 * INT64_C(1000000), DAY_S = 86400;

typedef struct code {
    int sk, tries, day_n, most;
    pn_bytes phone_hash, code_hash, source;
    pn_time sent_at, expires_at, before;
    pn_date day;
} code;
#define C(f) PN_COL(code, f, #f)
static PN_TYPE(code_t, "buyer.code_row", code, C(sk), C(tries), C(day_n), C(most), C(phone_hash),
    C(code_hash), C(source), C(sent_at), C(expires_at), C(before), C(day));
#undef C
const pn_sql pni_code_put_sql = {"buyer_code_put", &code_t, NULL,
    "insert into buyer_code as c (sk, phone_hash, code_hash, sent_at, expires_at, day, day_n)"
    " values (:sk, :phone_hash, :code_hash, :now, :expires_at, :day, 1)"
    " on conflict (sk, phone_hash) do update set code_hash = excluded.code_hash, tries = 0,"
    "  sent_at = excluded.sent_at, expires_at = excluded.expires_at, day = excluded.day,"
    "  day_n = case when c.day = excluded.day then c.day_n + 1 else 1 end"
    " where c.sent_at <= :before and (c.day <> excluded.day or c.day_n < :most)", false};
const pn_sql pni_code_look_sql = {"buyer_code_look", &code_t, &code_t,
    "select tries, day_n, code_hash, sent_at, expires_at, day from buyer_code"
    " where sk = :sk and phone_hash = :phone_hash", false};
const pn_sql pni_code_lock_sql = {"buyer_code_lock", &code_t, &code_t,
    "select tries, day_n, code_hash, sent_at, expires_at, day from buyer_code"
    " where sk = :sk and phone_hash = :phone_hash for update", false};
const pn_sql pni_code_source_sql = {"buyer_code_source", &code_t, NULL,
    "insert into buyer_source as b (sk, source, since, n) values (:sk, :source, :now, 1)"
    " on conflict (sk, source) do update set n = case when b.since > :before then b.n + 1 else 1"
    "  end, since = case when b.since > :before then b.since else excluded.since end"
    " where b.since <= :before or b.n < :most", false};
const pn_sql pni_code_wrong_sql = {"buyer_code_wrong", &code_t, NULL,
    "update buyer_code set tries = tries + 1, code_hash = case when tries + 1 < :most"
    "  then code_hash end where sk = :sk and phone_hash = :phone_hash", false};
const pn_sql pni_code_used_sql = {"buyer_code_used", &code_t, NULL,
    "update buyer_code set code_hash = null where sk = :sk and phone_hash = :phone_hash", false};

/* ---- asking for a code ---- */

static PN_TYPE(code_in_t, "buyer.code", struct pn_buyer_code,
    PN_COL(struct pn_buyer_code, phone, N_("Telephone"), .flags = PN_REQ | PN_PII | PN_ARG,
           .max = 20, .hint = N_("11 digits of a mobile, or + and the number with country")));
static PN_TYPE(sent_t, "buyer.sent", pn_buyer_sent,
    PN_COL(pn_buyer_sent, phone, N_("Telephone"), .flags = PN_BRIEF),
    PN_COL(pn_buyer_sent, expires_at, N_("Good until"), .flags = PN_BRIEF),
    PN_COL(pn_buyer_sent, again_at, N_("Another after"), .flags = PN_BRIEF));
static PN_TYPE(event_t, "buyer.code_event", pni_code_sent, PN_COL(pni_code_sent, phone, "phone"),
    PN_COL(pni_code_sent, code, "code"), PN_COL(pni_code_sent, expires_at, "expires_at"));

static int number_of(pn *p, const char *phone, code *c, const char **clean)
{
    PN_TRY(pni_phone_check(p, phone, "phone", clean));
    PN_TRY(pni_keyed_hash(p, "phone", *clean, &c->phone_hash));
    c->sk = pni_hash_sk(c->phone_hash);
    return 0;
}

/* Bound to the number, so that it is none for another. */
static int hash_of(pn *p, const char *phone, const char *text, pn_bytes *out)
{
    const char *both = pn_printf(p, "%s|%s", phone, text);
    return both ? pni_keyed_hash(p, "buyer.code", both, out) : pni_oom(p);
}

static int too_soon(pn *p, int64_t seconds)
{
    pn_fail(p, PN_ERATE, "phone", "%s", pn_tr("A code was sent to this number just now"));
    p->err.retry_s = (int)seconds;
    return pn_hint(p, pn_tr("Use it, or ask again in %lld seconds"), (long long)seconds);
}

static int refused(pn *p, const code *c, int64_t gap_s)
{
    code was;
    PN_TRY(pn_one(p, &pni_code_look_sql, c, &was));
    int64_t wait = was.sent_at.us + gap_s * SECOND - pn_now(p).us;
    if (wait > 0)
        return too_soon(p, (wait + SECOND - 1) / SECOND);
    pn_fail(p, PN_ERATE, "phone", pn_tr("No more than %d codes go to one number on a day"),
            c->most);
    p->err.retry_s = (int)(DAY_S - (pn_now(p).us + PNI_ZONE_US) / SECOND % DAY_S);
    return pn_hint(p, "%s", pn_tr("Ask again tomorrow"));
}

/* Whoever asks over the network is counted by the address he comes from. */
static int count_source(pn *p)
{
    const char *via = pn_who(p)->via, *from = via ? strchr(via, ':') : NULL;
    code c = {.before = {pn_now(p).us - HOUR}};
    int64_t most = 0, done = 0;
    if (!from)
        return 0;
    PN_TRY(pni_policy(p, "buyer.code_source_hour", &most));
    c.most = (int)most;
    PN_TRY(pni_keyed_hash(p, "buyer.source", from + 1, &c.source));
    c.sk = pni_hash_sk(c.source);
    PN_TRY(pn_exec(p, &pni_code_source_sql, &c, &done));
    if (done)
        return 0;
    pn_fail(p, PN_ERATE, NULL, "%s", pn_tr("Too many codes were asked for from this address"));
    p->err.retry_s = (int)(HOUR / SECOND);
    return pn_hint(p, "%s", pn_tr("Ask again in an hour"));
}

/* The event lies in a table until it is handled: sealed, as text. */
int pni_buyer_text(pn *p, int64_t id, const char *text, const char **out)
{
    pn_bytes sealed;
    PN_TRY(pni_buyer_seal(p, id, text, &sealed));
    size_t size = sodium_base64_encoded_len(sealed.len, sodium_base64_VARIANT_ORIGINAL);
    char *made = pn_alloc(p, size);
    if (!made)
        return pni_oom(p);
    *out = sodium_bin2base64(made, size, sealed.data, sealed.len, sodium_base64_VARIANT_ORIGINAL);
    return 0;
}

int pni_buyer_text_open(pn *p, int64_t id, const char *text, const char **out)
{
    size_t most = text ? strlen(text) : 0, n = 0;
    unsigned char *raw = pn_alloc(p, most + 1);
    pn_bytes clear;
    if (!raw)
        return pni_oom(p);
    if (!most || sodium_base642bin(raw, most, text, most, NULL, &n, NULL,
                                   sodium_base64_VARIANT_ORIGINAL))
        return pn_fail(p, PN_EINTERNAL, NULL, "%s: no sealed text", PNI_BUYER_CODE_EVENT);
    PN_TRY(pni_unseal(p, "buyer", id, (pn_bytes){raw, n}, &clear));
    *out = pn_printf(p, "%.*s", (int)clear.len, (const char *)clear.data);
    return *out ? 0 : pni_oom(p);
}

static int tell(pn *p, int sk, const char *phone, const char *text, pn_time expires_at)
{
    pni_code_sent row = {.expires_at = expires_at};
    int64_t id;
    PN_TRY(pn_new_id(p, sk, &id));
    PN_TRY(pni_buyer_text(p, id, phone, &row.phone));
    PN_TRY(pni_buyer_text(p, id, text, &row.code));
    return pn_outbox(p, PNI_BUYER_CODE_EVENT, id, &event_t, &row, NULL);
}

int pni_code_open(pn *p, int64_t id, const char *payload, pni_code_sent *out)
{
    pni_code_sent row = {0};
    PN_TRY(pn_from_json(p, &event_t, payload, strlen(payload), &row));
    *out = (pni_code_sent){.expires_at = row.expires_at};
    PN_TRY(pni_buyer_text_open(p, id, row.phone, &out->phone));
    return pni_buyer_text_open(p, id, row.code, &out->code);
}

static int send_code(pn *p, const void *in_, void *out_)
{
    const struct pn_buyer_code *in = in_;
    pn_buyer_sent *out = out_;
    code c = {.day = {(int32_t)pni_local_day(pn_now(p))}};
    const char *phone, *text = pn_printf(p, "%06u", (unsigned)randombytes_uniform(1000000));
    int64_t minutes, gap, most, done = 0;
    PN_TRY(number_of(p, in->phone, &c, &phone));
    PN_TRY(pni_policy(p, "buyer.code_min", &minutes));
    PN_TRY(pni_policy(p, "buyer.code_gap_s", &gap));
    PN_TRY(pni_policy(p, "buyer.code_day", &most));
    PN_TRY(count_source(p));
    PN_TRY(text ? hash_of(p, phone, text, &c.code_hash) : pni_oom(p));
    c.most = (int)most;
    c.before.us = pn_now(p).us - gap * SECOND;
    c.expires_at.us = pn_now(p).us + minutes * MINUTE;
    PN_TRY(pn_exec(p, &pni_code_put_sql, &c, &done));
    if (!done)
        return refused(p, &c, gap);
    *out = (pn_buyer_sent){pni_mask_phone(p, phone), c.expires_at,
                           {pn_now(p).us + gap * SECOND}};
    return tell(p, c.sk, phone, text, c.expires_at);
}

/* ---- signing in with it ---- */

static PN_TYPE(signin_in_t, "buyer.signin", struct pn_buyer_signin,
    PN_COL(struct pn_buyer_signin, phone, N_("Telephone"), .flags = PN_REQ | PN_PII | PN_ARG,
           .max = 20, .hint = N_("11 digits of a mobile, or + and the number with country")),
    PN_COL(struct pn_buyer_signin, code, N_("Code"), .flags = PN_REQ | PN_SECRET,
           .max = 12, .hint = N_("The six digits that were sent to it")),
    PN_COL(struct pn_buyer_signin, device, N_("Device"), .max = 100,
           .hint = N_("Name of this login in the list of logins")));
PN_TYPE(pni_signed_in_t, "buyer.signed_in", pn_buyer_signed_in,
    PN_COL(pn_buyer_signed_in, id, N_("Buyer"), .flags = PN_KEY | PN_BRIEF, .ref = "buyer"),
    PN_COL(pn_buyer_signed_in, phone, N_("Telephone"), .flags = PN_BRIEF),
    PN_COL(pn_buyer_signed_in, fresh, N_("New"), .flags = PN_BRIEF),
    PN_COL(pn_buyer_signed_in, expires_at, N_("Expires"), .flags = PN_BRIEF),
    PN_COL(pn_buyer_signed_in, token, N_("Token"), .hint = N_("Told once: keep it")));

typedef struct account {
    int64_t id;
    int sk;
    pn_bytes phone_hash, phone;
    const char *mask, *from;
    pn_word state;
} account;
#define A(f, ...) PN_COL(account, f, #f, __VA_ARGS__)
static PN_TYPE(account_t, "buyer.account", account, A(id, .flags = PN_OPT), A(sk), A(phone_hash),
    A(phone), A(mask), A(from), A(state, .words = pn_buyer_states));
#undef A
const pn_sql pni_buyer_of_phone_sql = {"buyer_of_phone", &account_t, &account_t,
    "select buyer_id as id from buyer_phone where sk = :sk and phone_hash = :phone_hash", false};
const pn_sql pni_buyer_claim_sql = {"buyer_claim", &account_t, NULL,
    "insert into buyer_phone (sk, phone_hash, buyer_id) values (:sk, :phone_hash, :id)", false};
const pn_sql pni_buyer_put_sql = {"buyer_put", &account_t, NULL,
    "insert into buyer (sk, id, phone, phone_mask, state, created_at, last_at, updated_at)"
    " values (:id#, :id, :phone, :mask, 'ACTIVE', :now, :now, :now)", false};
const pn_sql pni_buyer_seen_sql = {"buyer_seen", &account_t, &account_t,
    "update buyer set last_at = :now, updated_at = :now where sk = :id# and id = :id"
    " returning state", false};

static int none_good(pn *p)
{
    pni_keep(p);
    pn_fail(p, PN_EEXPIRED, "code", "%s", pn_tr("There is no code for this number that is good"));
    return pn_hint(p, "%s", pn_tr("Ask for a new one: pn buyer code"));
}

static int wrong(pn *p, code *c)
{
    int64_t most;
    PN_TRY(pni_policy(p, "buyer.code_tries", &most));
    c->most = (int)most;
    pni_keep(p);
    PN_TRY(pn_exec(p, &pni_code_wrong_sql, c, NULL));
    pn_fail(p, PN_EAUTH, "code", "%s", pn_tr("Wrong code"));
    if (c->tries + 1 >= c->most)
        return pn_hint(p, "%s", pn_tr("That was the last try: ask for a new one"));
    return pn_hint(p, pn_tr("%d tries are left"), c->most - c->tries - 1);
}

/* Is it the code? Whoever asks at the same time waits for this one's turn to end. */
static int prove(pn *p, const struct pn_buyer_signin *in, const char *phone, code *c)
{
    pn_bytes given;
    code was;
    int rc = pn_one(p, &pni_code_lock_sql, c, &was);
    if (rc && rc != PN_ENONE)
        return rc;
    if (rc || !was.code_hash.len || was.expires_at.us <= pn_now(p).us)
        return none_good(p);
    c->tries = was.tries;
    PN_TRY(hash_of(p, phone, in->code, &given));
    if (given.len != was.code_hash.len ||
        sodium_memcmp(given.data, was.code_hash.data, given.len) != 0)
        return wrong(p, c);
    return pn_exec(p, &pni_code_used_sql, c, NULL);
}

/* The number's account, made when it has none. */
static int account_of(pn *p, const char *phone, account *a, bool *fresh)
{
    int rc = pn_one(p, &pni_buyer_of_phone_sql, a, a);
    *fresh = rc == PN_ENONE;
    if (!*fresh)
        return rc;
    PN_TRY(pn_new_id(p, a->sk, &a->id));
    PN_TRY(pni_buyer_seal(p, a->id, phone, &a->phone));
    a->mask = pni_mask_phone(p, phone);
    PN_TRY(pn_exec(p, &pni_buyer_claim_sql, a, NULL));
    PN_TRY(pn_exec(p, &pni_buyer_put_sql, a, NULL));
    return pni_state_log(p, "buyer", a->id, NULL, "ACTIVE", "signin", NULL);
}

int pni_buyer_enter(pn *p, int64_t id, const char *device, pn_buyer_signed_in *out)
{
    static const char *roles[] = {"BUYER"};
    account a = {.id = id}, seen;
    int64_t days, token;
    PN_TRY(pni_policy(p, "buyer.session_days", &days));
    PN_TRY(pn_one(p, &pni_buyer_seen_sql, &a, &seen));
    if (seen.state.v == PN_BUYER_BLOCKED)
        return pn_fail(p, PN_EAUTH, NULL, "%s", pn_tr("This account is disabled"));
    if (seen.state.v == PN_BUYER_LEAVING)
        PN_TRY(pn_step(p, &pni_buyer_fsm, id, seen.state, "stay", NULL, NULL));
    out->id = id;
    out->expires_at.us = pn_now(p).us + days * 24 * HOUR;
    PN_TRY(pni_token_add(p, id, "BUYER", device, out->expires_at, &token, &out->token));
    pni_guard g = {.id = id, .login = "buyer", .name = "", .roles = {roles, 1}, .grants = ""};
    pni_guard_act(p, &g, token);
    return 0;
}

static int signin(pn *p, const void *in_, void *out_)
{
    const struct pn_buyer_signin *in = in_;
    pn_buyer_signed_in *out = out_;
    const char *phone;
    code c = {0};
    PN_TRY(pni_guard_no_dry_run(p));
    PN_TRY(number_of(p, in->phone, &c, &phone));
    PN_TRY(prove(p, in, phone, &c));
    account a = {.sk = c.sk, .phone_hash = c.phone_hash};
    PN_TRY(account_of(p, phone, &a, &out->fresh));
    out->phone = pni_mask_phone(p, phone);
    int rc = pni_buyer_enter(p, a.id, in->device, out);
    if (rc == PN_EAUTH)
        pni_keep(p); /* the code is used up */
    return rc;
}

/* ---- what is over ---- */

typedef struct older { pn_time before; } older;
static PN_TYPE(older_t, "buyer.older", older, PN_COL(older, before, "before"));
const pn_sql pni_code_sweep_sql = {"buyer_code_sweep", &older_t, NULL,
    "delete from buyer_code where sent_at < :before", false};
const pn_sql pni_source_sweep_sql = {"buyer_source_sweep", &older_t, NULL,
    "delete from buyer_source where since < :before", false};

static int sweep(pn *p, int64_t *done)
{
    int64_t more = 0;
    older in = {{pn_now(p).us - 48 * HOUR}};
    PN_TRY(pn_exec(p, &pni_code_sweep_sql, &in, done));
    PN_TRY(pn_exec(p, &pni_source_sweep_sql, &in, &more));
    *done += more;
    return 0;
}
const pn_job pni_buyer_sweep_job = {"buyer_sweep", N_("Forget codes that were sent two days ago"),
                                    86400, sweep};

const pn_op pni_buyer_code_op = {
    .noun = "buyer", .verb = "code", .brief = N_("Send a buyer a code to sign in with"),
    .help = N_("The code is good for five minutes and five tries. One is sent a minute, ten a day, "
               "to a number; an address asks for no more than so many an hour."),
    .in = &code_in_t, .out = &sent_t, .may = PN_ROLE_PUBLIC, .flags = PN_WRITE | PN_HIDDEN,
    .run = send_code,
    .example = "pn buyer code 13800001234"};
const pn_op pni_buyer_signin_op = {
    .noun = "buyer", .verb = "signin",
    .brief = N_("Sign in as a buyer with the code that was sent, and get a token"),
    .help = N_("The first sign-in of a number makes its account. The token lasts 30 days after its "
               "last use, and sees its own orders and tickets."),
    .in = &signin_in_t, .out = &pni_signed_in_t, .may = PN_ROLE_PUBLIC,
    .flags = PN_WRITE | PN_HIDDEN,
    .run = signin,
    .example = "pn buyer signin 13800001234"};

int pn_buyer_code(pn *p, const struct pn_buyer_code *in, pn_buyer_sent *out)
{
    return pn_call(p, &pni_buyer_code_op, in, out);
}

int pn_buyer_signin(pn *p, const struct pn_buyer_signin *in, pn_buyer_signed_in *out)
{
    return pn_call(p, &pni_buyer_signin_op, in, out);
}
