/* SPDX-License-Identifier: Apache-2.0 */
/* signkey.h — the keys that sign ticket codes. Secret halves are files of the state directory,
 * readable by their owner only; the database knows the public halves. */
#ifndef PN_TICKET_SIGNKEY_H
#define PN_TICKET_SIGNKEY_H

#include "base/op.h"

PN_BEGIN

// clang-format off
#define PN_SIGNKEY_STATES(W)                                                                       \
    W(SIGNKEY, CURRENT, N_("Signing"), 'g') W(SIGNKEY, RETIRED, N_("Verifying only"), 'd')
// clang-format on
enum { PN_SIGNKEY_UNSET, PN_SIGNKEY_STATES(PN_WORD_ENUM) };
extern const pn_words pn_signkey_states[];

typedef struct pn_key_row {
    int64_t id;
    const char *public_hex;
    pn_word state;
    pn_time created_at, retired_at;
} pn_key_row;

struct pn_key_rotate { const char *reason; };

PN_MUST int pn_key_list(pn *p, const pn_list *in, pn_page *out);
/** Sign with a new key from now on; codes of older keys stay valid. */
PN_MUST int pn_key_rotate(pn *p, const struct pn_key_rotate *in, pn_key_row *out);

PN_END
#endif
