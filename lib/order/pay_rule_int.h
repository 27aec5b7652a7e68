/* SPDX-License-Identifier: Apache-2.0 */
/* pay_rule_int.h — what is offered, for whoever shows it or takes it. */
#ifndef PNI_PAY_RULE_H
#define PNI_PAY_RULE_H

#include "base/sql_int.h"
#include "order/pay_rule.h"

#pragma GCC visibility push(hidden)

/** What is known of a payment that somebody wants to make; unset: not known, anything fits. */
typedef struct pni_pay_facts {
    int64_t order; /* its own facts come first; 0: none yet */
    pn_word method, scene, device, payee, delivery;
    const char *channel;
    pn_money amount_fen;
} pni_pay_facts;
/** A method and a way that are offered; scene unset: the method has none. */
typedef struct pni_pay_way { pn_word method, scene; } pni_pay_way;
PN_MUST int pni_pay_offers(pn *p, const pni_pay_facts *f, pn_rows *out);
/** May this order be paid so? PN_EARG, with what is to be done, when no rule offers it. A device
 *  that is not said is where such a way is met: over HTTP that of the scene, at a box office the
 *  till. Whoever takes money, by whatever operation, asks this. */
PN_MUST int pni_pay_offered(pn *p, const pni_pay_facts *f);
/** The same in two steps: what is asked goes out with the next statement. */
PN_MUST int pni_pay_ask(pn *p, const pni_pay_facts *f, pn_rows *said);
PN_MUST int pni_pay_said(pn *p, const pni_pay_facts *f, const pn_rows *said);

#pragma GCC visibility pop
#endif
