/* SPDX-License-Identifier: Apache-2.0 */
/* guard.c — the checks behind every sign-in, and the count of what went wrong.
 *
 * The password is verified before any row is locked, because it takes a tenth of a second. An
 * unknown login costs the same and is told in the same words. The counter is committed although
 * the operation refuses, so a guesser cannot have it rolled back. */
#include "base/ssl_int.h"
#include "guard_int.h"

#include "base/crypt_int.h"
#include "base/unit_int.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const pn_type pni_guard_t = {"guard", sizeof(pni_guard), (const pn_col[]){
    PN_COL(pni_guard, id, "", .flags = PN_OPT), PN_COL(pni_guard, login, ""),
    PN_COL(pni_guard, name, ""), PN_COL(pni_guard, password, ""), PN_COL(pni_guard, roles, ""),
    PN_COL(pni_guard, merchant, "", .flags = PN_OPT),
    PN_COL(pni_guard, organiser, "", .flags = PN_OPT), PN_COL(pni_guard, grants, ""),
    PN_COL(pni_guard, ip_list, ""), PN_COL(pni_guard, totp, ""),
    PN_COL(pni_guard, totp_confirmed, ""), PN_COL(pni_guard, active, ""),
    PN_COL(pni_guard, failures, ""), PN_COL(pni_guard, locked_until, ""),
    PN_COL(pni_guard, totp_step, ""), {0}}};

static const pn_sql find = {"guard_find", &pni_guard_t, &pni_guard_t,
    "SELECT id, login, name, password, roles, merchant_id AS merchant, organiser_id AS organiser,"
    "  grants, ip_list, totp, totp_confirmed, state = 'ACTIVE' AS active"
    " FROM staff WHERE login = :login OR id = :id"};

static const pn_sql state = {"guard_state", &pni_guard_t, &pni_guard_t,
    "SELECT failures, locked_until, totp_step FROM staff_login"
    " WHERE sk = :id# AND staff_id = :id"};

struct wrong { int64_t id; int most; pn_time until; int failures; pn_time locked_until; };
static PN_TYPE(wrong_t, "guard.wrong", struct wrong, PN_COL(struct wrong, id, ""),
    PN_COL(struct wrong, most, ""), PN_COL(struct wrong, until, ""),
    PN_COL(struct wrong, failures, ""), PN_COL(struct wrong, locked_until, ""));

static const pn_sql count_wrong = {"guard_wrong", &wrong_t, &wrong_t,
    "UPDATE staff_login"
    " SET failures = CASE WHEN failures + 1 >= :most THEN 0 ELSE failures + 1 END,"
    "  locked_until = CASE WHEN failures + 1 >= :most THEN :until ELSE locked_until END"
    " WHERE sk = :id# AND staff_id = :id RETURNING failures, locked_until"};

static const pn_sql use_step = {"guard_step", &pni_guard_t, NULL,
    "UPDATE staff_login SET totp_step = :totp_step"
    " WHERE sk = :id# AND staff_id = :id AND totp_step < :totp_step"};

int pni_guard_find(pn *p, const char *login, int64_t id, pni_guard *out)
{
    pni_guard by = {.login = login, .id = login ? 0 : id}, moving = {0};
    *out = (pni_guard){0};
    PN_TRY(pn_one(p, &find, &by, out));
    PN_TRY(pn_one(p, &state, out, &moving));
    out->failures = moving.failures;
    out->locked_until = moving.locked_until;
    out->totp_step = moving.totp_step;
    return PN_OK;
}

int pni_guard_no_staff(pn *p, int64_t id)
{
    return pn_fail(p, PN_ENONE, pni_field_of(p, "staff"), pn_tr("No staff has the number %lld"),
                   (long long)id);
}

/* ---- failures ---- */

static int locked(pn *p, pn_time until)
{
    int64_t left = (until.us - pn_now(p).us + 59999999) / 60000000;
    pn_fail(p, PN_ELOCKED, NULL, pn_tr("Too many wrong attempts: locked for %lld min"),
            (long long)left);
    return pn_hint(p, "%s", pn_tr("Wait, or ask an administrator: pn staff unlock"));
}

/* One wrong attempt more. The words are the same for password, code and unknown login. */
static int wrong(pn *p, const pni_guard *g, const char *field)
{
    pn_ctx *ctx = pn_unit_ctx(p);
    pni_keep(p);
    if (g) {
        struct wrong w = {
            .id = g->id, .most = (int)pn_conf_int(ctx, "staff.lock_after"),
            .until = {pn_now(p).us + pn_conf_int(ctx, "staff.lock_minutes") * 60000000}};
        PN_TRY(pn_one(p, &count_wrong, &w, &w));
        if (w.locked_until.us > pn_now(p).us)
            return locked(p, w.locked_until);
    }
    if (field && !strcmp(field, "code"))
        return pn_fail(p, PN_EAUTH, field, "%s", pn_tr("Wrong code"));
    return pn_fail(p, PN_EAUTH, field, "%s", pn_tr("Wrong login or password"));
}

int pni_guard_no_dry_run(pn *p)
{
    return p->dry_run ? pn_fail(p, PN_EARG, NULL, "%s", pn_tr("This cannot be tried dry")) : PN_OK;
}

int pni_guard_password(pn *p, const pni_guard *g, const char *password, const char *field)
{
    PN_TRY(pni_guard_no_dry_run(p));
    if (g && g->locked_until.us > pn_now(p).us) {
        pni_keep(p);
        return locked(p, g->locked_until);
    }
    if (strlen(password) > PNI_PASSWORD_MOST || !pni_password_check(p, g ? g->password : NULL,
                                                                    password))
        return wrong(p, g, field);
    if (!g->active) {
        pni_keep(p);
        return pn_fail(p, PN_EAUTH, NULL, "%s", pn_tr("This account is disabled"));
    }
    return PN_OK;
}

int pni_guard_new_password(pn *p, const char *login, const char *password, const char *field)
{
    size_t len = strlen(password);
    if (len < PNI_PASSWORD_LEAST || len > PNI_PASSWORD_MOST)
        return pn_fail(p, PN_EARG, field, pn_tr("A password has %d to %d characters"),
                       PNI_PASSWORD_LEAST, PNI_PASSWORD_MOST);
    if (login && !strcasecmp(login, password))
        return pn_fail(p, PN_EARG, field, "%s", pn_tr("The password must not be the login"));
    return PN_OK;
}

/* ---- second factor ---- */

int pni_totp_code(const unsigned char *secret, size_t len, int64_t step, int digits)
{
    unsigned char message[8], mac[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    uint32_t modulus = 1;
    for (int i = 0; i < 8; i++)
        message[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
    if (!HMAC(EVP_sha1(), secret, (int)len, message, sizeof(message), mac, &n) || n < 20)
        return -1;
    const unsigned char *at = mac + (mac[19] & 15);
    uint32_t code = (uint32_t)(at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 |
                    at[3];
    for (int i = 0; i < digits; i++)
        modulus *= 10;
    return (int)(code % modulus);
}

/* The step whose code it is, one before or after now counting too; 0: none. */
static int64_t step_of(pn *p, pn_bytes secret, const char *code)
{
    int64_t now = pn_now(p).us / 1000000 / PNI_TOTP_STEP_S, found = 0;
    if (strlen(code) != 6 || strspn(code, "0123456789") != 6)
        return 0;
    long typed = strtol(code, NULL, 10);
    for (int64_t step = now - 1; step <= now + 1; step++)
        if (pni_totp_code(secret.data, secret.len, step, 6) == typed)
            found = step;
    return found;
}

int pni_guard_code(pn *p, const pni_guard *g, const char *code)
{
    pni_guard used = *g;
    pn_bytes secret;
    int64_t affected = 0;
    PN_TRY(pni_guard_no_dry_run(p));
    PN_TRY(pni_unseal(p, "staff.totp", g->id, g->totp, &secret));
    used.totp_step = step_of(p, secret, code);
    if (used.totp_step <= g->totp_step)
        return wrong(p, g, "code");
    PN_TRY(pn_exec(p, &use_step, &used, &affected));
    return affected ? PN_OK : wrong(p, g, "code");
}

/* ---- addresses ---- */

/* "10.0.0.0/8", "2001:db8::1": family, bytes and length of the prefix. */
static bool network(const char *text, size_t len, int *family, unsigned char bytes[16], int *bits)
{
    char copy[64];
    if (!len || len >= sizeof(copy))
        return false;
    memcpy(copy, text, len);
    copy[len] = 0;
    char *slash = strchr(copy, '/'), *end = NULL;
    if (slash)
        *slash = 0;
    *family = strchr(copy, ':') ? AF_INET6 : AF_INET;
    int most = *family == AF_INET6 ? 128 : 32;
    long n = slash ? strtol(slash + 1, &end, 10) : most;
    *bits = (int)n;
    if (inet_pton(*family, copy, bytes) != 1 || n < 0 || n > most ||
        (slash && (end == slash + 1 || *end)))
        return false;
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (*family == AF_INET6 && !slash && !memcmp(bytes, mapped, 12)) { /* ::ffff:10.0.0.1 */
        *family = AF_INET;
        *bits = 32;
        memmove(bytes, bytes + 12, 4);
    }
    return true;
}

static bool inside(const unsigned char *address, const unsigned char *net, int bits)
{
    int whole = bits / 8, rest = bits % 8;
    return !memcmp(address, net, (size_t)whole) &&
           (!rest || !((address[whole] ^ net[whole]) >> (8 - rest)));
}

int pni_guard_ip_list(pn *p, const char *ip_list)
{
    unsigned char net[16];
    int family, bits;
    for (const char *at = ip_list ? ip_list : ""; *at; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");
        if (!network(at, len, &family, net, &bits))
            return pn_fail(p, PN_EARG, "ip_list", pn_tr("'%.*s' is not an address or network"),
                           (int)(len < 64 ? len : 64), at);
        at += len;
    }
    return PN_OK;
}

int pni_guard_address(pn *p, const char *ip_list)
{
    unsigned char address[16], net[16];
    int family, of, bits;
    const char *via = pn_who(p)->via, *from = via ? strchr(via, ':') : NULL;
    if (!ip_list || !*ip_list || !from) /* no address: somebody on this machine */
        return PN_OK;
    if (network(from + 1, strlen(from + 1), &family, address, &bits))
        for (const char *at = ip_list; *at; at += strspn(at, " ")) {
            size_t len = strcspn(at, " ");
            if (network(at, len, &of, net, &bits) && of == family && inside(address, net, bits))
                return PN_OK;
            at += len;
        }
    return pn_fail(p, PN_EAUTH, NULL, "%s", pn_tr("Not allowed from this address"));
}

/* ---- acting ---- */

int pni_guard_signed_in(pn *p)
{
    if (pn_who(p)->id)
        return PN_OK;
    pn_fail(p, PN_EAUTH, NULL, "%s", pn_code_text(PN_EAUTH));
    return pn_hint(p, "%s", pn_tr("pn login, or pass a token"));
}

uint32_t pni_role_bits(const pn_texts *roles)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < roles->n; i++) {
        int at = pn_word_find(pn_role_words, roles->v[i]);
        bits |= at ? 1u << (at - 1) : 0;
    }
    return bits;
}

void pni_guard_act(pn *p, const pni_guard *g, int64_t token)
{
    uint32_t roles = pni_role_bits(&g->roles);
    char kind = roles & PN_ROLE_MERCHANT                     ? 'M'
                : roles & PN_ROLE_ORGANISER                  ? 'G'
                : roles & PN_ROLE_CHANNEL                    ? 'C'
                : roles & PN_ROLE_BUYER                      ? 'U'
                : roles & (PN_ROLE_ADMIN | PN_ROLE_OPS)      ? 'O'
                : roles & PN_ROLE_FINANCE                    ? 'F'
                                                             : 'B';
    pn_actor actor = {.kind = kind, .id = g->id, .login = g->login, .name = g->name,
                      .roles = roles, .merchant = g->merchant, .organiser = g->organiser,
                      .token = token, .grants = g->grants};
    pn_act_as(p, &actor);
}

const pn_module pn_guard_module = {"guard", N_("Sign-in checks"), .ops = PN_LIST(pn_op, NULL),
                                   .sql = PN_LIST(pn_sql, &find, &state, &count_wrong, &use_step)};
