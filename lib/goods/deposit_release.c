/* SPDX-License-Identifier: Apache-2.0 */
/* deposit_release.c — an offer that is over keeps what its sold tickets bind. They let go one by
 * one: a presale ticket when its buyer has it, last tickets some hours after the session; none
 * while a penalty or a compensation of its order waits for a decision. */
#include "listing_int.h"
#include "base/policy_int.h"

/* Of order o and its session s: has the ticket of an offer l done its part? */
#define THROUGH                                                                                    \
    "(case l.kind when 'TAIL' then s.status in ('ENDED', 'ARCHIVED') and"                          \
    "  coalesce(s.end_at, s.start_at) <= :now::timestamptz - interval '1 hour' * "                 \
    PNI_POLICY("deposit.tail_release_h") " else o.status in ('SIGNED', 'COMPLETED') end"           \
    " and not exists (select from compensation c where c.sk = o.sk and c.order_id = o.id"          \
    "  and c.state = 'PROPOSED'))"
/* How many of the sold ones have. */
#define DONE                                                                                       \
    "(select count(*) from orders o join order_item i on i.sk = o.sk and i.order_id = o.id"        \
    "  and i.lot_id = l.id join order_seat e on e.sk = o.sk and e.order_id = o.id"                 \
    "  and e.item_no = i.no and e.state = 'SOLD' where o.sk = l.sk and o.session_id = l.session_id"

typedef struct due { int64_t id, merchant_id; pn_texts cases; int done; } due;
static PN_TYPE(due_t, "deposit.due", due, PN_COL(due, id, ""), PN_COL(due, merchant_id, ""),
    PN_COL(due, cases, ""), PN_COL(due, done, ""));
const pn_sql pni_release_due = {"deposit_due", NULL, &due_t,
    "select l.id from listing l join session s on s.id = l.session_id"
    " join stock k on k.sk = l.sk and k.lot_id = l.id"
    " where l.deposit_quota_fen > 0 and l.state in ('EXPIRED', 'WITHDRAWN')"
    " and l.deposit_quota_fen > l.deposit_unit_fen * (k.qty_locked + k.qty_sold - "
    DONE " and " THROUGH ")) order by l.id limit 1000", false};
const pn_sql pni_release_cases = {"deposit_cases", &due_t, &due_t,
    "select coalesce(array_agg(distinct order_id::text), '{}') as cases from penalty"
    " where sk = :merchant_id# and merchant_id = :merchant_id and order_id <> 0"
    " and state in ('PROPOSED', 'APPEALED')", false};
const pn_sql pni_release_done = {"deposit_done", &due_t, &due_t,
    "select " DONE " and not o.id = any ((:cases)::bigint[]) and " THROUGH ")::int as done"
    " from listing l join session s on s.id = l.session_id where l.sk = :id# and l.id = :id",
    false};

static int release(pn *p, const struct pn_listing_release *in, pn_listing *out)
{
    pni_listing l;
    due cases, now;
    PN_TRY(pni_listing_look(p, in->id, &l));
    if (l.state.v != PN_LISTING_EXPIRED && l.state.v != PN_LISTING_WITHDRAWN) {
        pn_fail(p, PN_ESTATE, "id", pn_tr("It is not over (%s)"),
                pn_word_label(pn_listing_states, l.state));
        return pn_hint(p, "%s", pn_tr("Withdraw it: what no ticket binds is released then"));
    }
    PN_TRY(pn_one(p, &pni_release_cases, &(due){.merchant_id = l.merchant_id}, &cases));
    PN_TRY(pn_one(p, &pni_release_done, &(due){.id = l.id, .cases = cases.cases}, &now));
    int64_t bound = l.deposit_unit_fen.fen * (l.locked + l.sold - now.done);
    int64_t over = l.deposit_quota_fen.fen - bound;
    if (over <= 0) {
        pn_fail(p, PN_ESTATE, "id", pn_tr("%d of its tickets bind all of its deposit"),
                l.locked + l.sold - now.done);
        return pn_hint(p, "%s", pn_tr("It is released by itself when they are delivered, and "
                                      "penalties and compensations of their orders are decided"));
    }
    PN_TRY(pni_deposit_move(p, l.id, l.merchant_id, -over,
                            in->reason ? in->reason : "tickets delivered"));
    return pni_listing_row(p, in->id, out);
}

static PN_TYPE(release_t, "listing.release", struct pn_listing_release,
    PN_COL(struct pn_listing_release, id, N_("Listing"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "listing"),
    PN_COL(struct pn_listing_release, reason, N_("Reason"), .max = 200));
PNI_LISTING_OP(release, pn_listing_release, pn_listing, release(p, in, out),
    .brief = N_("Release the deposit of tickets that are delivered"), .in = &release_t,
    .out = &pn_listing_t, .may = PN_ROLE_FINANCE | PN_ROLE_OPS | PN_ROLE_SYSTEM,
    .flags = PN_WRITE | PN_ONCE, .example = "pn listing release 53248",
    .help = N_("Of an offer that is over, as every ten minutes: presale tickets when the buyer has "
               "them, last tickets a day after the session."),
    .lasting = N_("It was only worked out anew: once more gives the same"))

/* One offer's trouble is not the next one's. */
static int release_all(pn *p, int64_t *done)
{
    pn_rows rows;
    pn_listing out;
    PN_TRY(pn_all(p, &pni_release_due, NULL, &rows));
    pn_each(due, d, &rows)
    {
        int rc = pn_call(p, &pni_listing_release_op, &(struct pn_listing_release){.id = d->id},
                         &out);
        if (rc && rc != PN_ESTATE && rc != PN_ECONFLICT)
            return rc;
        *done += !rc;
    }
    return 0;
}
const pn_job pni_deposit_release_job = {"deposit_release",
    N_("Release the deposits of tickets that are delivered"), 600, release_all};
