/* SPDX-License-Identifier: Apache-2.0 */
/* refund_cash.c — cash goes back over a counter. Whoever gives a refund there hands it over with
 * it; where drawers are counted, it comes out of his. Nobody there, or no drawer: it waits until
 * the buyer comes for it, and until then it is in the books as owed. */
#include "order/hook_int.h"
#include "order/payment_int.h"
#include "order/refund_int.h"
#include "order/shift_int.h"

int pni_refund_cash(pn *p, int64_t order_id, int64_t fen, bool *given)
{
    pn_rows rows = {0};
    PN_TRY(pni_shift_ask(p, &rows));
    PN_TRY(pn_sync(p));
    const pni_shift *s = rows.row;
    *given = s->id || !s->required;
    return *given ? pni_shift_cash(p, &rows, "REFUND", order_id, -fen) : 0;
}

typedef struct part { int64_t id; int no; pn_money amount_fen; } part;
static PN_TYPE(part_t, "refund.cash_part", part, PN_COL(part, id, N_("Refund")),
    PN_COL(part, no, N_("Leg")), PN_COL(part, amount_fen, N_("Amount")));
/* Whoever else hands it over at this moment is waited for. */
const pn_sql pni_refund_cash_sql = {"refund_cash", &part_t, &part_t,
    "select g.refund_id as id, g.no, g.amount_fen from refund_leg g join payment y on y.sk = :id#"
    " and y.id = g.payment_id and y.method = 'CASH' where g.sk = :id# and g.refund_id = :id"
    " and g.state = 'PENDING' order by g.no for update of g", false};

static PN_TYPE(handover_in_t, "refund.handover", struct pn_refund_handover,
    PN_COL(struct pn_refund_handover, id, N_("Refund"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "refund"));

static int handover(pn *p, const struct pn_refund_handover *in, pn_refund *out)
{
    pn_refund before;
    pni_order o;
    pn_rows parts;
    bool given;
    PN_TRY(pni_refund_row(p, in->id, &before));
    PN_TRY(pni_order_get(p, before.order_id, &o)); /* his to see */
    PN_TRY(pn_all(p, &pni_refund_cash_sql, &(part){.id = in->id}, &parts));
    if (!parts.n)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("No cash of refund %s waits at the counter (%s)"),
                       before.no, pn_word_label(pn_refund_states, before.state));
    pn_each(part, x, &parts)
    {
        PN_TRY(pni_refund_cash(p, before.order_id, x->amount_fen.fen, &given));
        if (!given) {
            pn_fail(p, PN_ESTATE, NULL, "%s",
                    pn_tr("Cash is handed over out of the drawer of a shift"));
            return pn_hint(p, "%s", pn_tr("Open one: shift open"));
        }
        PN_TRY(pni_refund_leg_over(p, in->id, x->no, out));
    }
    return pn_audit(p, "refund", in->id, &pn_refund_t, &before, out, NULL);
}

PNI_OP(refund, handover, handover, pn_refund,
       .brief = N_("Hand the cash of a refund over at the counter"),
       .help = N_("Where the counter works within shifts, cash that nobody could hand over with "
                  "the refund waits for its\nbuyer: of a session that was cancelled, or approved "
                  "where there is no drawer. It comes out of the drawer\nof your shift. A buyer "
                  "who does not come has it by bank (refund transfer)."),
       .in = &handover_in_t, .out = &pn_refund_t,
       .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_FINANCE,
       .flags = PN_WRITE | PN_ONCE | PN_DANGER,
       .lasting = N_("The money is out of the drawer: only a new payment brings it back"),
       .example = "pn refund handover TK261123000001234")
