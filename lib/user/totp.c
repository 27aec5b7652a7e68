/* SPDX-License-Identifier: Apache-2.0 */
/* totp.c — enrolling a phone as second factor. The secret is sealed by the key of this
 * installation and bound to the person, so a copied row or a stolen dump opens nothing. */
#include "totp.h"

#include "base/crypt_int.h"
#include "guard_int.h"

#include <sodium.h>
#include <string.h>

static PN_TYPE(totp_t, "totp", pn_totp, PN_COL(pn_totp, id, N_("Staff ID"), .flags = PN_KEY),
    PN_COL(pn_totp, secret, N_("Secret"), .hint = N_("For typing into the phone")),
    PN_COL(pn_totp, uri, N_("Address"), .hint = N_("For a QR code")),
    PN_COL(pn_totp, confirmed, N_("Confirmed")));

static const pn_type enrol_t = {"totp.enrol", 1, (const pn_col[]){{0}}};
static PN_TYPE(confirm_t, "totp.confirm", struct pn_totp_confirm,
    PN_COL(struct pn_totp_confirm, code, N_("Code of the second factor"),
           .flags = PN_REQ | PN_SECRET, .max = 12));
static PN_TYPE(disable_t, "totp.disable", struct pn_totp_disable,
    PN_COL(struct pn_totp_disable, staff, N_("Staff"), .flags = PN_OPT | PN_ARG, .ref = "staff",
           .hint = N_("Oneself when absent")),
    PN_COL(struct pn_totp_disable, password, N_("Password"), .flags = PN_SECRET));

static const pn_sql set = {"totp_set", &pni_guard_t, NULL,
    "UPDATE staff SET totp = :totp, totp_confirmed = :totp_confirmed, updated_at = :now,"
    "  version = version + 1 WHERE id = :id"};

/* What the trail may know: never the secret. */
static int told(pn *p, const pni_guard *before, const pni_guard *after)
{
    pn_totp was = {.id = before->id, .confirmed = before->totp_confirmed};
    pn_totp is = {.id = after->id, .confirmed = after->totp_confirmed};
    return pn_audit(p, "staff", after->id, &totp_t, &was, &is, NULL);
}

static int me(pn *p, pni_guard *g)
{
    PN_TRY(pni_guard_signed_in(p));
    int rc = pni_guard_find(p, NULL, pn_who(p)->id, g);
    return rc == PN_ENONE ? pni_guard_no_staff(p, pn_who(p)->id) : rc;
}

static int enrol(pn *p, const struct pn_totp_enrol *in, pn_totp *out)
{
    unsigned char *secret = pn_alloc(p, PNI_TOTP_SECRET);
    pni_guard g, before;
    (void)in;
    PN_TRY(me(p, &g));
    before = g;
    if (g.totp_confirmed) {
        pn_fail(p, PN_ESTATE, NULL, "%s", pn_tr("A second factor is confirmed already"));
        return pn_hint(p, "%s", pn_tr("Disable it first: pn totp disable"));
    }
    if (!secret || sodium_init() < 0)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    randombytes_buf(secret, PNI_TOTP_SECRET);
    PN_TRY(pni_seal(p, "staff.totp", g.id, (pn_bytes){secret, PNI_TOTP_SECRET}, &g.totp));
    PN_TRY(pn_exec(p, &set, &g, NULL));
    char *text = pni_base32(p, secret, PNI_TOTP_SECRET);
    for (char *c = text; c && *c; c++) /* authenticators expect capitals */
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
    out->id = g.id;
    out->secret = text;
    out->uri = text ? pn_printf(p, "otpauth://totp/Piaoniu:%s?secret=%s&issuer=Piaoniu", g.login,
                                text) : NULL;
    return out->uri ? told(p, &before, &g)
                    : pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static int confirm(pn *p, const struct pn_totp_confirm *in, pn_totp *out)
{
    pni_guard g, before;
    PN_TRY(me(p, &g));
    before = g;
    if (!g.totp.len) {
        pn_fail(p, PN_ESTATE, NULL, "%s", pn_tr("No second factor is enrolled"));
        return pn_hint(p, "%s", pn_tr("Begin with pn totp enrol"));
    }
    PN_TRY(pni_guard_code(p, &g, in->code));
    g.totp_confirmed = true;
    PN_TRY(pn_exec(p, &set, &g, NULL));
    *out = (pn_totp){.id = g.id, .confirmed = true};
    return told(p, &before, &g);
}

static int disable(pn *p, const struct pn_totp_disable *in, pn_totp *out)
{
    const pn_actor *actor = pn_who(p);
    pni_guard g, before;
    PN_TRY(pni_guard_signed_in(p));
    int64_t id = in->staff ? in->staff : actor->id;
    if (id != actor->id && !(actor->roles & PN_ROLE_ADMIN))
        return pn_fail(p, PN_EPERM, "staff", "%s",
                       pn_tr("Only administrators disable others' second factor"));
    int rc = pni_guard_find(p, NULL, id, &g);
    if (rc)
        return rc == PN_ENONE ? pni_guard_no_staff(p, id) : rc;
    before = g;
    if (id == actor->id && !in->password)
        return pn_fail(p, PN_EARG, "password", "%s", pn_tr("The password is needed"));
    if (id == actor->id)
        PN_TRY(pni_guard_password(p, &g, in->password, "password"));
    g.totp = (pn_bytes){0};
    g.totp_confirmed = false;
    PN_TRY(pn_exec(p, &set, &g, NULL));
    *out = (pn_totp){.id = g.id};
    return told(p, &before, &g);
}

PN_OP(totp, enrol, pn_totp, .brief = N_("Make the secret of a second factor"), .in = &enrol_t,
      .out = &totp_t, .may = PN_ROLE_PUBLIC, .flags = PN_WRITE,
      .help = N_("Scan the address as a QR code or type the secret, then confirm with a code."),
      .example = "pn totp enrol")
PN_OP(totp, confirm, pn_totp, .brief = N_("Switch the second factor on"), .in = &confirm_t,
      .out = &totp_t, .may = PN_ROLE_PUBLIC, .flags = PN_WRITE, .example = "pn totp confirm")
PN_OP(totp, disable, pn_totp, .brief = N_("Switch the second factor off"), .in = &disable_t,
      .out = &totp_t, .may = PN_ROLE_PUBLIC, .flags = PN_WRITE | PN_DANGER,
      .example = "pn totp disable li")

const pn_module pn_totp_module = {"totp", N_("Second factor"),
    .ops = PN_LIST(pn_op, &totp_enrol_op, &totp_confirm_op, &totp_disable_op),
    .sql = PN_LIST(pn_sql, &set)};
