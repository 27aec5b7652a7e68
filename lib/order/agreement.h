/* SPDX-License-Identifier: Apache-2.0 */
/* agreement.h — agreements of buyers with a provider: signed once on its page, they make the next
 * payments shorter, and some are taken without the buyer. */
#ifndef PN_AGREEMENT_H
#define PN_AGREEMENT_H

#include "base/op.h"

PN_BEGIN

#define PN_AGREEMENT_STATES(W)                                                                     \
    W(AGREEMENT, PENDING, N_("Waiting for the signature"), 'w')                                    \
    W(AGREEMENT, SIGNED, N_("Signed"), 'g')                                                        \
    W(AGREEMENT, CANCELLING, N_("Being cancelled"), 'w')                                           \
    W(AGREEMENT, CANCELLED, N_("Cancelled"), 'd')                                                  \
    W(AGREEMENT, REFUSED, N_("Refused by the provider"), 'b')                                      \
    W(AGREEMENT, CLOSED, N_("Not signed in time"), 'd')
enum { PN_AGREEMENT_UNSET, PN_AGREEMENT_STATES(PN_WORD_ENUM) };
extern const pn_words pn_agreement_states[];

/** `tail`: the last letters of its number. `no_password`: money may be taken without the buyer. */
typedef struct pn_agreement {
    int64_t id, user_id;
    pn_word method;
    const char *tail;
    pn_word state;
    bool no_password;
    const char *reason;
    pn_time created_at, closes_at, signed_at, ended_at;
} pn_agreement;
extern const pn_type pn_agreement_t;

/** `user`: whose, as staff; a buyer signs his own. `later`: also for what is deducted later. */
struct pn_agreement_sign {
    pn_word method;
    int64_t user;
    bool later;
    const char *return_url;
};
struct pn_agreement_open { int64_t id; };
/** What his browser posts: `front`, as the field jsonRequestData, to `url`. */
typedef struct pn_agreement_page {
    int64_t id;
    pn_word state;
    const char *url, *front;
    pn_time closes_at;
} pn_agreement_page;
struct pn_agreement_show { int64_t id; };
struct pn_agreement_look { int64_t id; };
struct pn_agreement_cancel { int64_t id; const char *reason; };

/** One that waits for its signature already is given back instead of another. */
PN_MUST int pn_agreement_sign(pn *p, const struct pn_agreement_sign *in, pn_agreement *out);
/** The provider's page, made anew. PN_ESTATE: it waits for no signature. */
PN_MUST int pn_agreement_open(pn *p, const struct pn_agreement_open *in, pn_agreement_page *out);
PN_MUST int pn_agreement_show(pn *p, const struct pn_agreement_show *in, pn_agreement *out);
PN_MUST int pn_agreement_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_agreement_mine(pn *p, const pn_list *in, pn_page *out);
/** Ask the provider what it knows of it. */
PN_MUST int pn_agreement_look(pn *p, const struct pn_agreement_look *in, pn_agreement *out);
/** No payment uses it from now on, and the provider is told. PN_ESTATE: something is still to be
 *  deducted by it. */
PN_MUST int pn_agreement_cancel(pn *p, const struct pn_agreement_cancel *in, pn_agreement *out);

PN_END
#endif
