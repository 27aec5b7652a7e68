/* SPDX-License-Identifier: Apache-2.0 */
/* sso.h — signing in from inside another app, which tells who its user is: at once when he has come
 * before; the first time he proves his telephone number, so that he has one account whatever app he
 * comes from. */
#ifndef PN_SSO_H
#define PN_SSO_H

#include "user/buyer.h"

PN_BEGIN

#define PN_SSO_PROVIDERS(W) W(SSO, CMB_LIFE, N_("CMB Life"), 0)
enum { PN_SSO_UNSET, PN_SSO_PROVIDERS(PN_WORD_ENUM) };
extern const pn_words pn_sso_providers[];

/** `state`: a text of the page's own, which comes back with the code: the page compares it. */
struct pn_sso_start { pn_word provider; const char *return_url, *state; };
typedef struct pn_sso_link { const char *url; } pn_sso_link;
/** `code`: what the app added to return_url. It is good once. */
struct pn_sso_exchange { pn_word provider; const char *code, *device; };
/** Either a token, or a ticket for sso.bind: nobody knows him yet. */
typedef struct pn_sso_known {
    int64_t id; /* the buyer; 0: not known */
    const char *token, *ticket;
    pn_time expires_at;
} pn_sso_known;
/** `phone` and the `code` that was sent to it ("buyer code"). */
struct pn_sso_bind { const char *ticket, *phone, *code, *device; };
struct pn_sso_drop { pn_word provider; };
typedef struct pn_sso_dropped { int64_t ended; } pn_sso_dropped;

/** The link that opens the app and asks its user whether he agrees. */
PN_MUST int pn_sso_start(pn *p, const struct pn_sso_start *in, pn_sso_link *out);
/** PN_EAUTH: the app does not know the code (any more). */
PN_MUST int pn_sso_exchange(pn *p, const struct pn_sso_exchange *in, pn_sso_known *out);
/** As buyer.signin; from then on the app is enough. PN_EEXPIRED: the ticket is over. */
PN_MUST int pn_sso_bind(pn *p, const struct pn_sso_bind *in, pn_buyer_signed_in *out);
/** One's own account is reached from that app no more. */
PN_MUST int pn_sso_drop(pn *p, const struct pn_sso_drop *in, pn_sso_dropped *out);

PN_END
#endif
