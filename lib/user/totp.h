/* SPDX-License-Identifier: Apache-2.0 */
/* totp.h — the second factor: six digits of a phone that change every 30 seconds (RFC 6238). */
#ifndef PN_TOTP_H
#define PN_TOTP_H

#include "base/op.h"

PN_BEGIN

typedef struct pn_totp {
    int64_t id; /* the staff's */
    const char *secret, *uri; /* only from enrol: for typing, and for a QR code */
    bool confirmed;
} pn_totp;

struct pn_totp_enrol; /* takes nothing: pass NULL */
/** Make a secret. It counts only after confirm. */
PN_MUST int pn_totp_enrol(pn *p, const struct pn_totp_enrol *in, pn_totp *out);
struct pn_totp_confirm { const char *code; };
PN_MUST int pn_totp_confirm(pn *p, const struct pn_totp_confirm *in, pn_totp *out);
struct pn_totp_disable { int64_t staff; const char *password; };
/** One's own with the password; anybody's as administrator (a lost phone). */
PN_MUST int pn_totp_disable(pn *p, const struct pn_totp_disable *in, pn_totp *out);

PN_END
#endif
