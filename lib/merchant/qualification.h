/* SPDX-License-Identifier: Apache-2.0 */
/* qualification.h — the licences a merchant shows, with how long they are valid. A renewal is
 * another row; the latest verified one of a kind counts. */
#ifndef PN_QUALIFICATION_H
#define PN_QUALIFICATION_H

#include "base/op.h"

PN_BEGIN

#define PN_QUALIFICATION_KINDS(W)                                                                  \
    W(LICENCE, BUSINESS_LICENCE, N_("Business licence"), 0)                                        \
    W(LICENCE, PERFORMANCE_PERMIT, N_("Performance permit"), 0)                                    \
    W(LICENCE, AUTHORISATION, N_("Authorisation letter"), 0)
enum { PN_LICENCE_UNSET, PN_QUALIFICATION_KINDS(PN_WORD_ENUM) };
#define PN_QUALIFICATION_STATES(W)                                                                 \
    W(QUALIFICATION, PENDING, N_("To be verified"), 'w')                                           \
    W(QUALIFICATION, VERIFIED, N_("Verified"), 'g')                                                \
    W(QUALIFICATION, REJECTED, N_("Rejected"), 'b')
enum { PN_QUALIFICATION_UNSET, PN_QUALIFICATION_STATES(PN_WORD_ENUM) };
extern const pn_words pn_qualification_kinds[], pn_qualification_states[];

#define PN_PAPER_FORMATS(W)                                                                        \
    W(PAPER, PDF, "PDF", 0) W(PAPER, PNG, "PNG", 0) W(PAPER, JPEG, "JPEG", 0)
enum { PN_PAPER_UNSET, PN_PAPER_FORMATS(PN_WORD_ENUM) };
extern const pn_words pn_paper_formats[];

typedef struct pn_qualification {
    int64_t id, merchant_id;
    const char *merchant;
    pn_word kind;
    const char *no, *file;
    pn_word scan; /* what kind of file it is; none: none was handed in */
    int64_t scan_bytes;
    const char *scan_sha256;
    pn_date valid_to;
    int days_left; /* of the one that counts */
    bool ends;     /* soon, or has, and nothing takes its place */
    pn_time renew_since;
    pn_word state;
    const char *reason;
    int64_t reviewer_id;
    pn_time created_at;
} pn_qualification;

struct pn_qualification_add {
    int64_t merchant;
    pn_word kind;
    const char *no;
    pn_date valid_to;
    pn_bytes scan;    /* the paper itself: PDF, PNG or JPEG */
    const char *file; /* where the paper lies */
};
/** Compared with the paper: authentic, and valid. */
struct pn_qualification_verify { int64_t id; const char *reason; };
struct pn_qualification_save { int64_t id; const char *to; };
typedef struct pn_qualification_saved {
    const char *path;
    pn_word format;
    int64_t bytes;
    const char *sha256;
} pn_qualification_saved;
struct pn_qualification_reject { int64_t id; const char *reason; };

PN_MUST int pn_qualification_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_qualification_add(pn *p, const struct pn_qualification_add *in,
                                 pn_qualification *out);
PN_MUST int pn_qualification_verify(pn *p, const struct pn_qualification_verify *in,
                                    pn_qualification *out);
PN_MUST int pn_qualification_reject(pn *p, const struct pn_qualification_reject *in,
                                    pn_qualification *out);

/** Write the scan into a new file. PN_ENONE: there is none. */
PN_MUST int pn_qualification_save(pn *p, const struct pn_qualification_save *in,
                                  pn_qualification_saved *out);

extern const pn_module pn_qualification_module;

PN_END
#endif
