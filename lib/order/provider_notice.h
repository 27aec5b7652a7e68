/* SPDX-License-Identifier: Apache-2.0 */
/* provider_notice.h — what payment providers told us, as it came in. */
#ifndef PN_PROVIDER_NOTICE_H
#define PN_PROVIDER_NOTICE_H

#include "base/op.h"

PN_BEGIN

#define PN_NOTICE_VERDICTS(W)                                                                      \
    W(NOTICE, GOOD, N_("Genuine"), 'g')                                                            \
    W(NOTICE, PROBE, N_("A test of our checking"), 'd')                                            \
    W(NOTICE, BAD, N_("Not believed"), 'b')
enum { PN_NOTICE_VERDICT_UNSET, PN_NOTICE_VERDICTS(PN_WORD_ENUM) };
extern const pn_words pn_notice_verdicts[];

/** What providers tell of. */
#define PN_NOTICE_SUBJECTS(W)                                                                      \
    W(ABOUT, PAYMENT, N_("Payment"), 0)                                                            \
    W(ABOUT, REFUND, N_("Refund"), 0)                                                              \
    W(ABOUT, AGREEMENT, N_("Agreement"), 0)                                                        \
    W(ABOUT, FROZEN, N_("Money frozen"), 0)                                                        \
    W(ABOUT, COLLECTED, N_("Collected later"), 0)                                                  \
    W(ABOUT, OTHER, N_("Something else"), 'd')
enum { PN_ABOUT_UNSET, PN_NOTICE_SUBJECTS(PN_WORD_ENUM) };
extern const pn_words pn_notice_subjects[];

/** What came of it. */
#define PN_NOTICE_ENDS(W)                                                                          \
    W(HEARD, APPLIED, N_("Acted on"), 'g')                                                         \
    W(HEARD, REPEAT, N_("Known before"), 'd')                                                      \
    W(HEARD, NOTED, N_("Noted only"), 'd')                                                         \
    W(HEARD, FROZEN, N_("Money frozen"), 'g')                                                      \
    W(HEARD, LATE_APPLIED, N_("Late, same tickets"), 'w')                                          \
    W(HEARD, LATE_REPLACED, N_("Late, other tickets"), 'w')                                        \
    W(HEARD, LATE_REFUND, N_("Late, goes back"), 'w')                                              \
    W(HEARD, DUPLICATE, N_("Paid twice, goes back"), 'w')                                          \
    W(HEARD, MISMATCH, N_("Wrong amount"), 'b')                                                    \
    W(HEARD, PROBE, N_("A test of our checking"), 'd')                                             \
    W(HEARD, REFUSED, N_("Refused"), 'b')
enum { PN_HEARD_UNSET, PN_NOTICE_ENDS(PN_WORD_ENUM) };
extern const pn_words pn_notice_ends[];

/** `came` is what came of it, `reason` why nothing did; `kind` and `result` as they are kept:
 *  whoever speaks of something else, and the code of what was refused. */
typedef struct pn_provider_notice {
    int64_t id;
    pn_word method;
    pn_word about;
    const char *kind;
    pn_word verdict, came;
    const char *result, *reason, *out_no, *provider_no;
    pn_money amount_fen;
    int64_t payment_id, refund_id;
    const char *body; /* without what nobody needs to see */
    pn_time at;
} pn_provider_notice;
extern const pn_type pn_provider_notice_t;

struct pn_provider_notice_show { int64_t id; };

PN_MUST int pn_provider_notice_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_provider_notice_show(pn *p, const struct pn_provider_notice_show *in,
                                    pn_provider_notice *out);

PN_END
#endif
