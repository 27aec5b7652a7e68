/* SPDX-License-Identifier: Apache-2.0 */
/* staff.h — people who work with the product: who they are, what they may do, whose rows they
 * see.
 *
 * Roles are those of role.def; `grants` adds or takes away single operations. Staff of a merchant
 * or an organiser are confined to its rows. */
#ifndef PN_STAFF_H
#define PN_STAFF_H

#include "base/op.h"

PN_BEGIN

#define PN_STAFF_STATES(W)                                                                         \
    W(STAFF, ACTIVE, N_("Active"), 'g')                                                            \
    W(STAFF, DISABLED, N_("Disabled"), 'd')
enum { PN_STAFF_UNSET, PN_STAFF_STATES(PN_WORD_ENUM) };
extern const pn_words pn_staff_states[];

typedef struct pn_staff {
    int64_t id;
    const char *login, *name;
    pn_texts roles;
    int64_t merchant, organiser;
    pn_word state;
    const char *grants;  /* "show.* -order.refund" */
    const char *ip_list; /* "10.0.0.0/8 2001:db8::/32"; "" = from anywhere */
    bool totp;           /* a second factor is needed */
    pn_time created_at, updated_at;
    pn_time last_at, locked_until; /* only in show */
    int failures;
} pn_staff;
extern const pn_type pn_staff_t;

struct pn_staff_init { const char *login, *name, *password; };
/** The first administrator, and the secret keys. PN_ESTATE as soon as there is any staff. */
PN_MUST int pn_staff_init(pn *p, const struct pn_staff_init *in, pn_staff *out);

struct pn_staff_create {
    const char *login, *name, *password;
    pn_texts roles;
    int64_t merchant, organiser;
    const char *grants, *ip_list;
};
PN_MUST int pn_staff_create(pn *p, const struct pn_staff_create *in, pn_staff *out);

struct pn_staff_show { int64_t id; };
PN_MUST int pn_staff_show(pn *p, const struct pn_staff_show *in, pn_staff *out);
PN_MUST int pn_staff_list(pn *p, const pn_list *in, pn_page *out);

struct pn_staff_disable { int64_t id; const char *reason; };
/** Its tokens end at once. Nobody disables himself. */
PN_MUST int pn_staff_disable(pn *p, const struct pn_staff_disable *in, pn_staff *out);
struct pn_staff_enable { int64_t id; };
PN_MUST int pn_staff_enable(pn *p, const struct pn_staff_enable *in, pn_staff *out);
struct pn_staff_unlock { int64_t id; };
/** Forget wrong passwords. */
PN_MUST int pn_staff_unlock(pn *p, const struct pn_staff_unlock *in, pn_staff *out);

struct pn_staff_passwd { int64_t id; const char *old_password, *new_password; };
/** One's own with the old password, anybody's as administrator. Other logins end. */
PN_MUST int pn_staff_passwd(pn *p, const struct pn_staff_passwd *in, pn_staff *out);

struct pn_staff_role { int64_t id; pn_texts roles; int64_t merchant, organiser; };
PN_MUST int pn_staff_role(pn *p, const struct pn_staff_role *in, pn_staff *out);
struct pn_staff_grant { int64_t id; const char *grants, *ip_list; };
/** Replace single permissions and the addresses that may sign in. */
PN_MUST int pn_staff_grant(pn *p, const struct pn_staff_grant *in, pn_staff *out);

PN_END
#endif
