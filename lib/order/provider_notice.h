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

/** `result` is what came of it, `reason` why nothing did. */
typedef struct pn_provider_notice {
    int64_t id;
    pn_word method;
    const char *kind;
    pn_word verdict;
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
