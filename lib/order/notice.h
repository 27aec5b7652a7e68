/* SPDX-License-Identifier: Apache-2.0 */
/* notice.h — the messages that orders send to their buyers. */
#ifndef PN_NOTICE_H
#define PN_NOTICE_H

#include "base/op.h"

PN_BEGIN

#define PN_NOTICE_STATES(W)                                                                        \
    W(NOTICE, QUEUED, N_("Queued"), 'w')                                                           \
    W(NOTICE, SENT, N_("Sent"), 'g')                                                               \
    W(NOTICE, FAILED, N_("Failed"), 'b')
enum { PN_NOTICE_UNSET, PN_NOTICE_STATES(PN_WORD_ENUM) };
extern const pn_words pn_notice_states[];

typedef struct pn_notice {
    int64_t id;
    const char *kind;  /* "04-paid_eticket" */
    int64_t ref;       /* the order */
    const char *target; /* masked telephone */
    const char *body;
    pn_word state;
    int tries;
    const char *transport;
    pn_time created_at, sent_at;
} pn_notice;
extern const pn_type pn_notice_t;

struct pn_notice_show { int64_t id; };
struct pn_notice_resend { int64_t id; };

int pn_notice_list(pn *p, const pn_list *in, pn_page *out);
int pn_notice_show(pn *p, const struct pn_notice_show *in, pn_notice *out);
/** Try a failed message again. */
int pn_notice_resend(pn *p, const struct pn_notice_resend *in, pn_notice *out);

PN_END
#endif
