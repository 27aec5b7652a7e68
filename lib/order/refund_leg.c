/* SPDX-License-Identifier: Apache-2.0 */
/* refund_leg.c — the job that makes providers pay back, and what a cancelled session sets off. */
#include <string.h>

#include "base/policy_int.h"
#include "order/book_int.h"
#include "order/refund_int.h"

#define D(f, ...) PN_COL(pni_unpaid, f, #f, __VA_ARGS__)
static PN_TYPE(due_t, "refund.due", pni_unpaid, D(id), D(payment_id), D(no), D(out_request_no),
    D(method, .words = pn_pay_methods), D(amount_fen), D(failed));
#undef D
const pn_sql pni_refund_due_sql = {"refund_due", NULL, &due_t,
    "select d.refund_id as id, g.payment_id, g.no, g.out_request_no, y.method, g.amount_fen,"
    " g.state = 'FAILED' as failed from refund_due d join refund_leg g on g.sk = d.sk"
    "  and g.refund_id = d.refund_id and g.state in ('PENDING', 'FAILED')"
    " join payment y on y.sk = g.sk and y.id = g.payment_id and y.method <> 'CASH'"
    " where d.due_at <= :now order by d.due_at, d.refund_id, g.no limit 200", false};

struct pn_refund_leg_ok { int64_t id; int no; const char *provider_no; };
struct pn_refund_leg_fail { int64_t id; int no; const char *error; };
static PN_TYPE(ok_in_t, "refund.leg_ok", struct pn_refund_leg_ok,
    PN_COL(struct pn_refund_leg_ok, id, N_("Refund"), .flags = PN_KEY | PN_REQ, .ref = "refund"),
    PN_COL(struct pn_refund_leg_ok, no, N_("Leg"), .flags = PN_REQ),
    PN_COL(struct pn_refund_leg_ok, provider_no, N_("Provider no.")));
static PN_TYPE(fail_in_t, "refund.leg_fail", struct pn_refund_leg_fail,
    PN_COL(struct pn_refund_leg_fail, id, N_("Refund"), .flags = PN_KEY | PN_REQ,
           .ref = "refund"),
    PN_COL(struct pn_refund_leg_fail, no, N_("Leg"), .flags = PN_REQ),
    PN_COL(struct pn_refund_leg_fail, error, N_("Error")));

/* Lock the refund first: two legs that end together must see each other. */
typedef struct open_legs { int64_t id; int no, unpaid, tries; } open_legs;
static PN_TYPE(open_legs_t, "refund.open_legs", open_legs, PN_COL(open_legs, id, N_("Refund")),
    PN_COL(open_legs, no, N_("Leg")), PN_COL(open_legs, unpaid, N_("Open")),
    PN_COL(open_legs, tries, N_("Tries")));
typedef struct locked { int64_t id; pn_word state; } locked;
static PN_TYPE(locked_t, "refund.locked", locked, PN_COL(locked, id, N_("Refund")),
    PN_COL(locked, state, N_("State"), .words = pn_refund_states));
const pn_sql pni_refund_lock_sql = {"refund_lock", &locked_t, &locked_t,
    "select id, state from refund where sk = :id# and id = :id and state in"
    " ('PROCESSING', 'MANUAL', 'DONE') for update", false};
const pn_sql pni_legs_open_sql = {"refund_legs_open", &open_legs_t, &open_legs_t,
    "select count(*) filter (where state in ('PENDING', 'FAILED'))::int as unpaid,"
    " coalesce(max(tries) filter (where no = :no), 0)::int as tries"
    " from refund_leg where sk = :id# and refund_id = :id", false};
/* A provider may say yes after we gave it up. */
const pn_sql pni_leg_ok_sql = {"refund_leg_ok", &ok_in_t, NULL,
    "update refund_leg set state = 'DONE', provider_no = :provider_no, tries = tries + 1,"
    " error = null, updated_at = :now where sk = :id# and refund_id = :id and no = :no"
    " and state in ('PENDING', 'FAILED')", false};
const pn_sql pni_leg_twice_sql = {"refund_leg_twice", &ok_in_t, NULL,
    "update refund_leg set provider_no = :provider_no, updated_at = :now where sk = :id#"
    " and refund_id = :id and no = :no and state = 'BANK' and provider_no is null", false};
const pn_sql pni_leg_fail_sql = {"refund_leg_fail", &fail_in_t, NULL,
    "update refund_leg set tries = tries + 1, error = :error, updated_at = :now"
    " where sk = :id# and refund_id = :id and no = :no and state = 'PENDING'", false};
typedef struct later { int64_t id; pn_time due_at; } later;
static PN_TYPE(later_t, "refund.later", later, PN_COL(later, id, N_("Refund")),
    PN_COL(later, due_at, N_("Due")));
const pn_sql pni_refund_later_sql = {"refund_later", &later_t, NULL,
    "update refund_due set due_at = :due_at where sk = :id# and refund_id = :id", false};
/* One that its provider does not pay; the others are still asked for, and it is asked at once
 * whether it did. */
const pn_sql pni_refund_give_up_sql = {"refund_give_up", &fail_in_t, NULL,
    "with q as (update refund_due set due_at = :now where sk = :id# and refund_id = :id)"
    " update refund_leg set state = 'FAILED', updated_at = :now where sk = :id#"
    " and refund_id = :id and no = :no and state = 'PENDING'", false};

/* It had been transferred by hand when the provider paid, too: that money has to come back. */
static int twice(pn *p, const struct pn_refund_leg_ok *in, pn_refund *out)
{
    struct pn_refund_leg_ok told = *in;
    int64_t news = 0;
    told.provider_no = in->provider_no && *in->provider_no ? in->provider_no : "?";
    PN_TRY(pn_exec(p, &pni_leg_twice_sql, &told, &news));
    if (news)
        PN_TRY(pn_outbox(p, "refund.twice", in->id, NULL, NULL, NULL));
    return pni_refund_row(p, in->id, out);
}

/* Several workers ask for one leg, each with the same number, and each is told yes: only the first
 * of them ends it, whatever else of the refund is still open. */
static int leg_ok(pn *p, const struct pn_refund_leg_ok *in, pn_refund *out)
{
    open_legs left = {.id = in->id, .no = in->no};
    int64_t ended = 0;
    locked r = {.id = in->id};
    int rc = pn_one(p, &pni_refund_lock_sql, &r, &r);
    if (rc == PN_ENONE)
        return pni_refund_row(p, in->id, out);
    PN_TRY(rc);
    if (r.state.v == PN_REFUND_DONE)
        return twice(p, in, out);
    PN_TRY(pn_exec(p, &pni_leg_ok_sql, in, &ended));
    if (!ended)
        return pni_refund_row(p, in->id, out);
    PN_TRY(pni_book_leg(p, in->id, in->no));
    PN_TRY(pn_one(p, &pni_legs_open_sql, &left, &left));
    if (left.unpaid == 0)
        PN_TRY(pni_refund_finish(p, in->id, pn_word_name(pn_refund_states, r.state), "leg_ok",
                                 NULL));
    return pni_refund_row(p, in->id, out);
}

int pni_refund_leg_over(pn *p, int64_t refund_id, int no, pn_refund *out)
{
    return leg_ok(p, &(struct pn_refund_leg_ok){refund_id, no, NULL}, out);
}

/* Again time by time as refund.retry_s says; then somebody has to transfer it by hand. */
static int leg_fail(pn *p, const struct pn_refund_leg_fail *in, pn_refund *out)
{
    open_legs left = {.id = in->id, .no = in->no};
    int64_t tried = 0, seconds = 0;
    locked r = {.id = in->id};
    int rc = pn_one(p, &pni_refund_lock_sql, &r, &r);
    if (rc == PN_ENONE || (!rc && r.state.v == PN_REFUND_DONE))
        return pni_refund_row(p, in->id, out);
    PN_TRY(rc);
    PN_TRY(pn_exec(p, &pni_leg_fail_sql, in, &tried));
    if (!tried)
        return pni_refund_row(p, in->id, out);
    PN_TRY(pn_one(p, &pni_legs_open_sql, &left, &left));
    rc = pni_policy_at(p, "refund.retry_s", left.tries - 1, &seconds);
    if (rc && rc != PN_ENONE)
        return rc;
    if (!rc) {
        later l = {in->id, {pn_now(p).us + seconds * 1000000}};
        PN_TRY(pn_exec(p, &pni_refund_later_sql, &l, NULL));
        return pni_refund_row(p, in->id, out);
    }
    PN_TRY(pn_exec(p, &pni_refund_give_up_sql, in, NULL));
    if (r.state.v == PN_REFUND_PROCESSING)
        PN_TRY(pn_step(p, &pni_refund_fsm, in->id, r.state, "leg_fail", in->error, NULL));
    return pni_refund_row(p, in->id, out);
}

int pn_refund_leg_ok(pn *p, const struct pn_refund_leg_ok *in, pn_refund *out);
int pn_refund_leg_fail(pn *p, const struct pn_refund_leg_fail *in, pn_refund *out);
PNI_OP(refund, leg_ok, leg_ok, pn_refund, .brief = N_("Record that a provider paid a leg back"),
       .in = &ok_in_t, .out = &pn_refund_t, .may = PN_ROLE_SYSTEM,
       .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)
PNI_OP(refund, leg_fail, leg_fail, pn_refund,
       .brief = N_("Record that a provider did not pay a leg back"), .in = &fail_in_t,
       .out = &pn_refund_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

int pni_refund_leg_done(pn *p, int64_t refund_id, int no, const char *provider_no, pn_refund *out)
{
    return pn_refund_leg_ok(p, &(struct pn_refund_leg_ok){refund_id, no, provider_no}, out);
}

int pni_refund_leg_failed(pn *p, int64_t refund_id, int no, const char *error, pn_refund *out)
{
    return pn_refund_leg_fail(p, &(struct pn_refund_leg_fail){refund_id, no, error}, out);
}

/* Under way is no failure and takes no try: look again later. */
static int look_later(pn *p, const pni_unpaid *d)
{
    int64_t seconds;
    PN_TRY(pni_policy(p, "payment.refund_look_s", &seconds));
    later l = {d->id, {pn_now(p).us + seconds * 1000000}};
    return pn_exec(p, &pni_refund_later_sql, &l, NULL);
}

static int pay_back(pn *p, const pni_unpaid *d)
{
    const pni_provider *v = pni_provider_of(d->method.v);
    const char *provider_no = NULL;
    pn_refund out;
    int rc = v ? v->refund(p, d->payment_id, d->out_request_no, d->amount_fen.fen, &provider_no)
               : pn_fail(p, PN_EPROVIDER, NULL, "%s", pn_code_text(PN_EPROVIDER));
    if (rc == PN_EPROVIDER || rc == PN_EUNKNOWN_RESULT) {
        const char *why = pn_strdup(p, pn_error(p)->message);
        return pn_refund_leg_fail(p, &(struct pn_refund_leg_fail){d->id, d->no, why}, &out);
    }
    if (rc == PN_EBUSY)
        return look_later(p, d);
    PN_TRY(rc);
    return pn_refund_leg_ok(p, &(struct pn_refund_leg_ok){d->id, d->no, provider_no}, &out);
}

static int refund_retry(pn *p, int64_t *done)
{
    pn_rows rows;
    int worst = 0;
    PN_TRY(pn_all(p, &pni_refund_due_sql, NULL, &rows));
    pn_each(pni_unpaid, d, &rows)
    {
        int rc = d->failed ? pni_refund_ask_leg(p, d) : pay_back(p, d);
        if (rc && !worst)
            worst = rc;
        *done += !rc;
    }
    return worst;
}

const pn_job pni_refund_retry_job = {"refund_retry", N_("Let providers pay refunds back"), 5,
                                     refund_retry};

/* ---- a cancelled session ---- */

typedef struct alive { int64_t id; } alive;
static PN_TYPE(alive_t, "refund.alive", alive, PN_COL(alive, id, N_("Order")));
typedef struct session_in { int64_t session_id; } session_in;
static PN_TYPE(session_t, "refund.session", session_in,
    PN_COL(session_in, session_id, N_("Session")));
const pn_sql pni_session_orders_sql = {"refund_session_orders", &session_t, &alive_t,
    "select id from orders where sk = :session_id# and session_id = :session_id"
    " and status not in ('CLOSED', 'REFUNDED', 'COMPLETED', 'DIST_RELEASED',"
    "  'DIST_REFUNDED') order by id", false};

/* What lib/catalog tells of a session; the same goes on to each of its orders. */
typedef struct told {
    int64_t id;
    pn_time old_start_at, new_start_at;
    int refund_bp;
    const char *reason;
} told;
static PN_TYPE(told_t, "refund.told", told, PN_COL(told, id, N_("Session")),
    PN_COL(told, old_start_at, N_("Start")), PN_COL(told, new_start_at, N_("New start")),
    PN_COL(told, refund_bp, N_("Refund")), PN_COL(told, reason, N_("Reason")));

/* One event an order: each is handled in a transaction of its own, and a crash resumes. */
static int to_each_order(pn *p, int64_t session_id, const char *payload, const char *event)
{
    pn_rows rows;
    told t = {0};
    PN_TRY(pn_from_json(p, &told_t, payload, strlen(payload), &t));
    PN_TRY(pn_all(p, &pni_session_orders_sql, &(session_in){session_id}, &rows));
    pn_each(alive, o, &rows)
        PN_TRY(pn_outbox(p, event, o->id, &told_t, &t, NULL));
    return 0;
}

static int session_cancelled(pn *p, int64_t session_id, const char *payload)
{
    return to_each_order(p, session_id, payload, "order.void");
}

static int session_rescheduled(pn *p, int64_t session_id, const char *payload)
{
    return to_each_order(p, session_id, payload, "order.rescheduled");
}

/* What a buyer asked for before and nobody has decided yet: all of it comes back now, without the
 * fee. Of what was settled with its seller somebody still decides. */
static const pn_type asked_t = {"refund.under_review", sizeof(pn_refund), (const pn_col[]){
    PN_COL(pn_refund, id, N_("Refund")), PN_COL(pn_refund, order_id, N_("Order")),
    PN_COL(pn_refund, state, N_("State"), .words = pn_refund_states), {0}}};
const pn_sql pni_refund_asked_sql = {"refund_under_review", &alive_t, &asked_t,
    "select id, order_id, state from refund where sk = :id# and order_id = :id"
    " and state = 'REVIEWING' and from_status <> 'COMPLETED' order by id", false};

static int instead_of_asked(pn *p, int64_t order_id)
{
    pn_rows rows;
    PN_TRY(pni_order_lock(p, order_id));
    PN_TRY(pn_all(p, &pni_refund_asked_sql, &(alive){order_id}, &rows));
    pn_each(pn_refund, r, &rows)
        PN_TRY(pni_refund_turn_down(p, r, "SESSION_CANCELLED"));
    return 0;
}

static int order_void(pn *p, int64_t order_id, const char *payload)
{
    pni_order o;
    told t = {0};
    PN_TRY(pn_from_json(p, &told_t, payload, strlen(payload), &t));
    PN_TRY(instead_of_asked(p, order_id));
    PN_TRY(pni_order_get(p, order_id, &o));
    if (o.status.v == PN_ORDER_PENDING_PAY) {
        PN_TRY(pni_order_close(p, order_id, "cancel", "SESSION_CANCELLED"));
        return pn_outbox(p, "order.cancelled", order_id, NULL, NULL, NULL);
    }
    if (o.status.v == PN_ORDER_DIST_LOCKED)
        return pni_order_release(p, order_id, "DIST_LOCKED", "unlock", "SESSION_CANCELLED");
    if ((o.status.v < PN_ORDER_PAID || o.status.v > PN_ORDER_SIGNED) &&
        o.status.v != PN_ORDER_ISSUED)
        return 0; /* on its way back already */
    return pni_refund_void(p, order_id, t.refund_bp ? 10000 - t.refund_bp : 0);
}

const pn_event pni_session_cancelled_event = {"session.cancelled", session_cancelled,
    .tells = N_("every buyer of the session by SMS")};
const pn_event pni_session_rescheduled_event = {"session.rescheduled", session_rescheduled,
    .tells = N_("every buyer of the session by SMS")};
const pn_event pni_order_void_event = {"order.void", order_void, .tells = PNI_TO_BUYER};
