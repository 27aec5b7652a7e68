/* SPDX-License-Identifier: Apache-2.0 */
/* grab_help.c — friends who move a grab ahead: each once a grab, a few times a day. */
#include "base/policy_int.h"
#include "base/when_int.h"
#include "order/grab_int.h"

static PN_TYPE(assist_in_t, "grab.assist", struct pn_grab_assist,
    PN_COL(struct pn_grab_assist, order, N_("Order"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "order"));
static PN_TYPE(help_t, "grab.help", pn_grab_help,
    PN_COL(pn_grab_help, order_id, N_("Order"), .ref = "order"),
    PN_COL(pn_grab_help, points, N_("Points"), .flags = PN_BRIEF),
    PN_COL(pn_grab_help, fresh, N_("New account"), .flags = PN_BRIEF),
    PN_COL(pn_grab_help, boost, N_("Boost"), .flags = PN_BRIEF));

typedef struct help {
    int64_t order_id, user_id, owner;
    int points, boost, most;
    bool fresh, waiting;
    pn_date day;
} help;
#define H(f, ...) PN_COL(help, f, #f, __VA_ARGS__)
static PN_TYPE(row_t, "grab.help_row", help, H(order_id), H(user_id), H(owner, .flags = PN_OPT),
    H(points), H(boost), H(most), H(fresh), H(waiting), H(day));
const pn_sql pni_grab_look_sql = {"grab_look", &row_t, &row_t,
    "select g.order_id, o.user_id as owner, g.boost, g.waiting from grab_request g"
    " join orders o on o.sk = :order_id# and o.id = g.order_id"
    " where g.sk = :order_id# and g.order_id = :order_id", false};
const pn_sql pni_grab_help_sql = {"grab_help", &row_t, NULL,
    "insert into grab_assist (sk, order_id, user_id, fresh, points, at)"
    " values (:order_id#, :order_id, :user_id, :fresh, :points, :now) on conflict do nothing",
    false};
const pn_sql pni_grab_boost_sql = {"grab_boost", &row_t, &row_t,
    "update grab_request g set boost = least(g.boost + :points,"
    "  greatest(:most + g.speed + g.level, g.boost))"
    " where g.sk = :order_id# and g.order_id = :order_id and g.waiting returning g.boost", false};
/* New: an account that never helped anybody before. */
const pn_sql pni_grab_known_sql = {"grab_known", &row_t, &row_t,
    "select not exists (select from grab_helper x where x.sk = :user_id#"
    " and x.user_id = :user_id) as fresh", false};
const pn_sql pni_grab_day_sql = {"grab_day", &row_t, NULL,
    "insert into grab_helper as x (sk, user_id, day, qty) values (:user_id#, :user_id, :day, 1)"
    " on conflict (sk, user_id, day) do update set qty = x.qty + 1 where x.qty < :most", false};

static int count_day(pn *p, help *h)
{
    int64_t most = 0, done = 0;
    PN_TRY(pni_policy(p, "grab.helps_day", &most));
    h->most = (int)most;
    h->day.days = (int32_t)pni_local_day(pn_now(p));
    if (most > 0)
        PN_TRY(pn_exec(p, &pni_grab_day_sql, h, &done));
    if (done)
        return 0;
    pn_fail(p, PN_ELIMIT, "order", pn_tr("One account helps at most %d grabs a day"), h->most);
    return pn_hint(p, "%s", pn_tr("Help again tomorrow"));
}

static int assist(pn *p, const struct pn_grab_assist *in, pn_grab_help *out)
{
    help h = {.order_id = in->order, .user_id = pn_who(p)->id}, g;
    int64_t points = 1, most = 0, fresh = 0;
    int rc = pn_one(p, &pni_grab_look_sql, &h, &g);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "order", pn_tr("Order %lld is not a grab"),
                       (long long)in->order);
    PN_TRY(rc);
    if (!g.waiting) {
        pn_fail(p, PN_ESTATE, "order", "%s", pn_tr("This grab does not wait for help"));
        return pn_hint(p, "%s", pn_tr("Only a grab that is paid and has no tickets yet is helped"));
    }
    if (g.owner == h.user_id) {
        pn_fail(p, PN_EPERM, "order", "%s", pn_tr("Nobody helps his own grab"));
        return pn_hint(p, "%s", pn_tr("Ask friends to help it"));
    }
    PN_TRY(pn_one(p, &pni_grab_known_sql, &h, &g));
    h.fresh = g.fresh;
    if (h.fresh)
        PN_TRY(pni_policy(p, "grab.new_points", &points));
    PN_TRY(pni_policy(p, "grab.boost_max", &most));
    h.points = (int)points;
    h.most = (int)most;
    PN_TRY(pn_exec(p, &pni_grab_help_sql, &h, &fresh));
    if (!fresh) {
        pn_fail(p, PN_EEXISTS, "order", "%s", pn_tr("You helped this grab already"));
        return pn_hint(p, "%s", pn_tr("Others may help it, too"));
    }
    rc = pn_one(p, &pni_grab_boost_sql, &h, &g);
    if (rc == PN_ENONE) {
        pn_fail(p, PN_ESTATE, "order", "%s", pn_tr("This grab does not wait for help"));
        return pn_hint(p, "%s", pn_tr("Only a grab that is paid and has no tickets yet is helped"));
    }
    PN_TRY(rc);
    PN_TRY(count_day(p, &h));
    *out = (pn_grab_help){in->order, h.points, g.boost, h.fresh};
    return pn_audit(p, "grab", in->order, &help_t, NULL, out, NULL);
}

PNI_OP(grab, assist, assist, pn_grab_help, .brief = N_("Help somebody's grab ahead in the queue"),
       .help = N_("Once a grab, three times a day; the first help of an account counts double."),
       .in = &assist_in_t, .out = &help_t, .may = PN_ROLE_BUYER, .flags = PN_WRITE | PN_ONCE,
       .example = "pn grab assist PN261123000001234",
       .lasting = N_("A place in the line cannot be given back"))
