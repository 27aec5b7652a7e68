/* SPDX-License-Identifier: Apache-2.0 */
/* buyer.h — accounts of buyers. A telephone number and the code sent to it open one, there is no
 * password; the first sign-in makes it. The token acts with the role BUYER and sees what is its
 * own. */
#ifndef PN_BUYER_H
#define PN_BUYER_H

#include "base/op.h"

PN_BEGIN

#define PN_BUYER_STATES(W)                                                                         \
    W(BUYER, ACTIVE, N_("Active"), 'g')                                                            \
    W(BUYER, BLOCKED, N_("Blocked"), 'b')                                                          \
    W(BUYER, LEAVING, N_("To be erased"), 'w')                                                     \
    W(BUYER, ERASED, N_("Erased"), 'd')
enum { PN_BUYER_UNSET, PN_BUYER_STATES(PN_WORD_ENUM) };
extern const pn_words pn_buyer_states[];

typedef struct pn_buyer {
    int64_t id;
    const char *nick, *phone; /* masked */
    pn_word state;
    pn_time created_at, last_at, erase_at;
} pn_buyer;
extern const pn_type pn_buyer_t;

struct pn_buyer_code { const char *phone; };
/** Where the code went, and when another may be asked for. */
typedef struct pn_buyer_sent { const char *phone; pn_time expires_at, again_at; } pn_buyer_sent;
struct pn_buyer_signin { const char *phone, *code, *device; };
typedef struct pn_buyer_signed_in {
    int64_t id;
    const char *phone; /* masked */
    const char *token; /* "pnt_…", told once */
    bool fresh;        /* the account was made by this */
    pn_time expires_at;
} pn_buyer_signed_in;
/** `everywhere`: all of one's logins; `login`: one of them, by its number; neither: this one. */
struct pn_buyer_signout { bool everywhere; int64_t login; };
typedef struct pn_buyer_left { int64_t ended; } pn_buyer_left;
typedef struct pn_buyer_login {
    int64_t id;
    const char *device;
    pn_time created_at, seen_at, expires_at;
} pn_buyer_login;
struct pn_buyer_show { int64_t id; };
struct pn_buyer_edit { int64_t id; const char *nick; };
struct pn_buyer_erase { int64_t id; };
struct pn_buyer_block { int64_t id; const char *reason; };
struct pn_buyer_unblock { int64_t id; const char *reason; };

/** Send a code. PN_ERATE: too soon, too many to the number, too many from the address. */
PN_MUST int pn_buyer_code(pn *p, const struct pn_buyer_code *in, pn_buyer_sent *out);
/** PN_EAUTH: another code; PN_EEXPIRED: none that is good any more. The unit then acts for the
 *  buyer. Signing in takes the wish to be erased back. */
PN_MUST int pn_buyer_signin(pn *p, const struct pn_buyer_signin *in, pn_buyer_signed_in *out);
PN_MUST int pn_buyer_signout(pn *p, const struct pn_buyer_signout *in, pn_buyer_left *out);
PN_MUST int pn_buyer_logins(pn *p, const pn_list *in, pn_page *out);
/** One's own ("me"), or anybody's as staff. */
PN_MUST int pn_buyer_show(pn *p, const struct pn_buyer_show *in, pn_buyer *out);
PN_MUST int pn_buyer_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_buyer_edit(pn *p, const struct pn_buyer_edit *in, pn_buyer *out);
/** Leave: after some days nothing of the person is left. PN_ESTATE while an order is open. */
PN_MUST int pn_buyer_erase(pn *p, const struct pn_buyer_erase *in, pn_buyer *out);
/** No sign-in any more; logins end at once. */
PN_MUST int pn_buyer_block(pn *p, const struct pn_buyer_block *in, pn_buyer *out);
PN_MUST int pn_buyer_unblock(pn *p, const struct pn_buyer_unblock *in, pn_buyer *out);

PN_END
#endif
