/* SPDX-License-Identifier: Apache-2.0 */
/* point_bonus.c — points for coming by: once a day, by the buyer himself. */
#include "promo/point_int.h"

#include "base/policy_int.h"
#include "base/when_int.h"

static PN_TYPE(sign_in_t, "point.sign_in", struct pn_point_sign_in,
    PN_COL(struct pn_point_sign_in, note, N_("Note"), .max = 100));

static int sign_in(pn *p, const struct pn_point_sign_in *in, pn_point *out)
{
    int64_t points = 0, me = pn_who(p)->id;
    bool moved = false;
    (void)in;
    if (pn_who(p)->kind != 'U') /* whoever else may everything has no account of points */
        return pn_fail(p, PN_EPERM, NULL, "%s", pn_tr("Only buyers sign in for points"));
    PN_TRY(pni_policy(p, "points.sign_in", &points));
    pni_point_change c = {.buyer = me, .points = points, .kind = PN_POINT_SIGN_IN,
                          .ref = pni_local_day(pn_now(p))};
    if (points)
        PN_TRY(pni_point_move(p, &c, &moved));
    if (!moved) {
        pn_fail(p, PN_EEXISTS, NULL, "%s", pn_tr("You have signed in today already"));
        return pn_hint(p, "%s", pn_tr("Come again tomorrow"));
    }
    return pn_point_show(p, &(struct pn_point_show){me}, out);
}

static int sign_in_run(pn *p, const void *in, void *out)
{
    return sign_in(p, in, out);
}
const pn_op pni_point_sign_in_op = {.noun = "point", .verb = "sign_in", .run = sign_in_run,
    .brief = N_("Get the points of today"), .in = &sign_in_t, .out = &pn_point_t,
    .may = PN_ROLE_BUYER, .flags = PN_WRITE | PN_ONCE};

int pn_point_sign_in(pn *p, const struct pn_point_sign_in *in, pn_point *out)
{
    return pn_call(p, &pni_point_sign_in_op, in, out);
}
