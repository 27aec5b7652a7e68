/* SPDX-License-Identifier: Apache-2.0 */
/* revision.h — a proposed change of a published show, of its sessions or its tiers,
 * waiting for a second person. */
#ifndef PN_REVISION_H
#define PN_REVISION_H

#include "base/op.h"

PN_BEGIN

// clang-format off
#define PN_REVISION_STATES(W)                                                                      \
    W(REVISION, DRAFT, N_("Waiting"), 'w') W(REVISION, APPROVED, N_("Approved"), 'g')              \
    W(REVISION, REJECTED, N_("Rejected"), 'd')
enum { PN_REVISION_UNSET, PN_REVISION_STATES(PN_WORD_ENUM) };
// clang-format on
extern const pn_words pn_revision_states[];

typedef struct pn_revision {
    int64_t id, show_id;
    const char *show, *noun; /* noun: show, session or tier */
    int64_t ref;             /* the row of that noun */
    const char *code;
    int64_t sold; /* tickets of it that somebody holds */
    int base_version;
    pn_word state;
    pn_json diff, payload; /* diff: {"column": ["before", "after"]} */
    int64_t author_id, reviewer_id;
    const char *author, *reviewer, *reason;
    pn_time created_at, updated_at;
    int64_t locked, offers; /* tickets of it in orders not paid yet; offers of it on sale */
    int64_t channels;       /* that sell it as a product of theirs or by contract */
} pn_revision;

/** Whom a change of a show, a session or a tier meets now: as in a revision of it. */
typedef struct pn_impact { int64_t sold, locked, offers, channels; } pn_impact;

struct pn_revision_show { int64_t id; };
struct pn_revision_impact { pn_word noun; int64_t ref; }; /* noun: show, session or tier */
struct pn_revision_approve { int64_t id; const char *reason; };
struct pn_revision_reject { int64_t id; const char *reason; };

PN_MUST int pn_revision_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_revision_show(pn *p, const struct pn_revision_show *in, pn_revision *out);
PN_MUST int pn_revision_impact(pn *p, const struct pn_revision_impact *in, pn_impact *out);
/** PN_EDUAL for the author, PN_ECONFLICT when the row changed since the revision was made; every
 *  rule of its edit is asked again. Event show.changed, session.changed or tier.changed. */
PN_MUST int pn_revision_approve(pn *p, const struct pn_revision_approve *in, pn_revision *out);
PN_MUST int pn_revision_reject(pn *p, const struct pn_revision_reject *in, pn_revision *out);

extern const pn_module pn_revision_module;

PN_END
#endif
