/* SPDX-License-Identifier: Apache-2.0 */
/* quota.c — what a permit allows, asked again when the permit changes: no session has more tickets
 * than approved (I04), and of a large show no more is withheld from the public than may be (I05).
 * The sessions are locked first, as by everybody who adds to their stock or to their holds. */
#include "quota_int.h"
#include "row_int.h"
#include "base/policy_int.h"

#include <inttypes.h>

typedef struct of { int64_t show, session; } of;
static PN_TYPE(of_t, "quota.of", of, PN_COL(of, show, N_("Show"), .flags = PN_OPT),
    PN_COL(of, session, N_("Session"), .flags = PN_OPT));
typedef struct over { const char *code; int64_t total, capacity, withheld, most; } over;
static PN_TYPE(over_t, "quota.over", over, PN_COL(over, code, N_("Code")),
    PN_COL(over, total, N_("Total")), PN_COL(over, capacity, N_("Capacity")),
    PN_COL(over, withheld, N_("Held")), PN_COL(over, most, N_("Most")));

#define OF "(s.show_id = :show or s.id = :session)"
const pn_sql pni_quota_lock = {"quota_lock", &of_t, &pni_one_id_t,
    "select s.id from session s where " OF " order by s.id for no key update"};
const pn_sql pni_quota_over = {"quota_over", &of_t, &over_t,
    "select x.code, x.total, x.capacity, x.withheld, x.most from (select s.id, s.code,"
    "  coalesce(nullif(s.approved_capacity, 0), h.approved_capacity)::bigint as capacity,"
    "  coalesce(nullif(s.approved_capacity, 0), nullif(h.approved_capacity, 0),"
    "    nullif(r.capacity, 0))"
    "   * " PNI_POLICY("seating.hold_max_bp") " / 10000 as most, h.is_large as large,"
    "  (select coalesce(sum(k.qty_total), 0)::bigint from stock k where k.sk = (s.id & 4095)::int"
    "   and k.session_id = s.id and k.lot_id = k.tier_id) as total,"
    "  (select coalesce(sum(y.qty), 0)::bigint from seat_hold y where y.sk = (s.id & 4095)::int"
    "   and y.session_id = s.id and y.state = 'ACTIVE' and (y.expires_at > :now"
    "    or y.expires_at is null) and y.kind in ('ORGANISER','HOUSE','GIFT','WORK')) as withheld"
    "  from session s join show h on h.id = s.show_id join hall r on r.id = s.hall_id where " OF
    " ) x where (x.capacity > 0 and x.total > x.capacity) or (x.large and x.withheld > x.most)"
    " order by x.id limit 1"};

static int check(pn *p, of which)
{
    pn_rows rows;
    PN_TRY(pn_queue(p, &pni_quota_lock, &which, 0, NULL, NULL));
    PN_TRY(pn_all(p, &pni_quota_over, &which, &rows));
    if (!rows.n)
        return 0;
    const over *o = rows.row;
    if (o->capacity && o->total > o->capacity) {
        (void)pn_fail(p, PN_ECAP, "approved_capacity",
                      pn_tr("Session %s has %" PRId64 " tickets already"), o->code, o->total);
        return pn_hint(p, pn_tr("Lower the stock of its tiers first"));
    }
    (void)pn_fail(p, PN_ECAP, "approved_capacity",
                  pn_tr("Of session %s %" PRId64 " tickets are withheld from the public, of a"
                        " large show of this size at most %" PRId64 " may be"), o->code,
                  o->withheld, o->most);
    return pn_hint(p, pn_tr("Release holds of the session first"));
}

int pni_quota_of_show(pn *p, int64_t show)
{
    return check(p, (of){.show = show});
}

int pni_quota_of_session(pn *p, int64_t session)
{
    return check(p, (of){.session = session});
}
