/* SPDX-License-Identifier: Apache-2.0 */
/* outbox_retry.c — an event that was refused waits longer each time. Whoever put right what it says
 * need not wait with it. */
#include "base/outbox_int.h"

struct pn_outbox_retry { int64_t id; };
static PN_TYPE(retry_t, "outbox.retry", struct pn_outbox_retry,
    PN_COL(struct pn_outbox_retry, id, N_("ID"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "outbox", .hint = N_("Of \"outbox list\"")));
/* Not while a relay has it. */
const pn_sql pni_outbox_again = {"outbox_again", &retry_t, &pni_outbox_t,
    "UPDATE outbox SET due_at = :now, lease_until = '-infinity' WHERE sk = :id# AND id = :id"
    " AND lease_until < :now"
    " RETURNING sk, id, event, ref, at, due_at, error, tries", false};

static int retry(pn *p, const struct pn_outbox_retry *in, pni_outbox_row *out)
{
    int rc = pn_one(p, &pni_outbox_again, in, out);
    if (rc == PN_ENONE) {
        pn_fail(p, rc, "id", "%s", pn_tr("There is no such event waiting"));
        return pn_hint(p, "%s", pn_tr("It is through, or being handled: pn outbox list"));
    }
    return rc ? rc : pn_audit(p, "outbox", in->id, NULL, NULL, NULL, out->event);
}

static int retry_run(pn *p, const void *in, void *out)
{
    return retry(p, in, out);
}
const pn_op pni_outbox_retry_op = {.noun = "outbox", .verb = "retry", .in = &retry_t,
    .out = &pni_outbox_t, .brief = N_("Hand an event that was refused to its handlers again"),
    .help = N_("At once instead of at its due time; for whoever put right what its error says."),
    .may = PN_ROLE_OPS | PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE, .run = retry_run,
    .example = "pn outbox retry 40961",
    .lasting = N_("It is handled once, now or later")};
