/* SPDX-License-Identifier: Apache-2.0 */
/* force_majeure.h — sessions that nobody is fined for, because nobody could help it. */
#ifndef PN_FORCE_MAJEURE_H
#define PN_FORCE_MAJEURE_H

#include "base/op.h"

PN_BEGIN

typedef struct pn_force_majeure {
    int64_t id; /* the session */
    const char *show;
    pn_time start_at;
    const char *reason;
    int64_t declared_by;
    pn_time at;
} pn_force_majeure;
extern const pn_type pn_force_majeure_t;

struct pn_force_majeure_declare { int64_t session; const char *reason; };
struct pn_force_majeure_lift { int64_t id; const char *reason; };

PN_MUST int pn_force_majeure_list(pn *p, const pn_list *in, pn_page *out);
/** Penalties for orders of this session are refused from now on. PN_EEXISTS: they are already. */
PN_MUST int pn_force_majeure_declare(pn *p, const struct pn_force_majeure_declare *in,
                                     pn_force_majeure *out);
/** And again not. */
PN_MUST int pn_force_majeure_lift(pn *p, const struct pn_force_majeure_lift *in,
                                  pn_force_majeure *out);

PN_END
#endif
