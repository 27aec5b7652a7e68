/* SPDX-License-Identifier: Apache-2.0 */
/* shift_watch.c — what a shift took, by method, written down when its drawer is counted; and shifts
 * that somebody should look at: open for too long, or over or short. */
#include "base/policy_int.h"
#include "catalog/row_int.h"
#include "order/order_int.h"
#include "order/payment.h"
#include "order/shift.h"
#include "order/shift_int.h"

/* ---- what it took ---- */

/* Cash as it went through the drawer; of the rest, what the operator was there for. */
const pn_sql pni_shift_totals_sql = {"shift_totals", &pni_one_id_t, NULL,
    "insert into shift_total (shift_id, method, pay_n, pay_fen, refund_n, refund_fen)"
    " select :id, x.method, sum(x.pay_n), sum(x.pay_fen), sum(x.refund_n), sum(x.refund_fen) from ("
    "  select 'CASH' as method, count(*) filter (where kind <> 'REFUND') as pay_n,"
    "   coalesce(sum(amount_fen) filter (where kind <> 'REFUND'), 0) as pay_fen,"
    "   count(*) filter (where kind = 'REFUND') as refund_n,"
    "   coalesce(-sum(amount_fen) filter (where kind = 'REFUND'), 0) as refund_fen"
    "  from shift_cash where shift_id = :id and kind in ('SALE', 'COLLECTED', 'REFUND')"
    "  union all select y.method, 1, case y.state when 'COLLECTED' then y.amount_fen"
    "   else y.received_fen end, 0, 0 from shift s join payment y on y.staff_id = s.operator_id"
    "   and y.created_at >= s.opened_at and y.method <> 'CASH' where s.id = :id"
    "   and (y.received_fen > 0 or y.state = 'COLLECTED')"
    "  union all select y.method, 0, 0, 1, g.amount_fen from shift s join refund r"
    "   on r.applied_by = s.operator_id and r.created_at >= s.opened_at"
    "   join refund_leg g on g.sk = r.sk and g.refund_id = r.id"
    "   join payment y on y.sk = g.sk and y.id = g.payment_id and y.method <> 'CASH'"
    "   where s.id = :id and r.state <> 'REJECTED') x"
    " group by x.method having sum(x.pay_n) + sum(x.refund_n) > 0", false};

int pni_shift_totals(pn *p, int64_t shift_id)
{
    return pn_exec(p, &pni_shift_totals_sql, &(pni_one_id){shift_id}, NULL);
}

/* ---- who should look ---- */

typedef struct seen { int64_t id; bool odd; } seen;
static PN_TYPE(seen_t, "shift.seen", seen, PN_COL(seen, id, "id"), PN_COL(seen, odd, "odd"));
#define UNTOLD                                                                                     \
    "(s.state = 'CHECK' and s.told <> 'ODD' or s.state = 'OPEN' and s.told = ''"                   \
    " and s.opened_at <= :now::timestamptz - " PNI_POLICY("shift.open_h") " * interval '1 hour')"
const pn_sql pni_shift_untold_sql = {"shift_untold", NULL, &seen_t,
    "select s.id, s.state = 'CHECK' as odd from shift s where s.state <> 'CLOSED' and " UNTOLD
    " order by s.opened_at, s.id limit 1000", false};
const pn_sql pni_shift_told_sql = {"shift_told", &pni_one_id_t, &seen_t,
    "update shift s set told = case s.state when 'CHECK' then 'ODD' else 'LONG' end,"
    " updated_at = :now, version = s.version + 1 where s.id = :id and s.state <> 'CLOSED' and "
    UNTOLD " returning s.id, s.state = 'CHECK' as odd", false};

struct pn_shift_tell { int64_t id; };
static PN_TYPE(tell_t, "shift.tell", struct pn_shift_tell,
    PN_COL(struct pn_shift_tell, id, N_("Shift"), .flags = PN_KEY | PN_REQ, .ref = "shift"));

static int tell(pn *p, const struct pn_shift_tell *in, pn_shift *out)
{
    seen s;
    int rc = pn_one(p, &pni_shift_told_sql, &(pni_one_id){in->id}, &s);
    if (rc && rc != PN_ENONE)
        return rc;
    if (!rc)
        PN_TRY(pn_outbox(p, s.odd ? PNI_SHIFT_ODD : PNI_SHIFT_LONG, in->id, NULL, NULL, NULL));
    return pni_shift_row(p, in->id, out);
}
int pn_shift_tell(pn *p, const struct pn_shift_tell *in, pn_shift *out);
PNI_OP(shift, tell, tell, pn_shift, .brief = N_("Tell of a shift that somebody should look at"),
      .in = &tell_t, .out = &pn_shift_t, .may = PN_ROLE_SYSTEM,
      .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

static int watch(pn *p, int64_t *done)
{
    pn_rows rows;
    pn_shift out;
    PN_TRY(pn_all(p, &pni_shift_untold_sql, NULL, &rows));
    pn_each(seen, s, &rows)
    {
        PN_TRY(pn_shift_tell(p, &(struct pn_shift_tell){s->id}, &out));
        (*done)++;
    }
    return 0;
}
const pn_job pni_shift_watch_job = {"shift_watch",
    N_("Tell of shifts that are open for long, over or short"), 1800, watch};
