/* SPDX-License-Identifier: Apache-2.0 */
/* alarm.c — events that no rule can answer, kept until somebody has seen to them. Whoever finds one
 * sends an event with the number of what it is about; here its name is looked up, and whom it
 * concerns. */
#include "report/alarm.h"

#include <string.h>

#include "base/outbox_int.h"
#include "base/policy_int.h"
#include "catalog/row_int.h"
#include "goods/deposit_int.h"
#include "goods/follow_int.h"
#include "merchant/fee_int.h"
#include "merchant/licence_int.h"
#include "order/order_int.h"
#include "order/shift_int.h"
#include "promo/budget_int.h"
#include "report/check.h"
#include "report/check_int.h"
#include "seating/claimed_int.h"

const pn_words pn_alarm_kinds[] = {PN_ALARM_KINDS(PN_WORD_ROW){0}};
const pn_words pn_alarm_states[] = {PN_ALARM_STATES(PN_WORD_ROW){0}};

const pn_words pn_alarm_advice[] = {
    {"FOLLOW_LOOP", N_("Withdraw one of the offers or end its price rule"), 0},
    {"FOLLOW_STALE", N_("See why no prices of it come in, or end the rule"), 0},
    {"BUDGET_LOW", N_("Raise the budget or let the campaign end"), 0},
    {"BUDGET_OUT", N_("Raise the budget or end the campaign"), 0},
    {"PAYMENT", N_("Look at the payment and ask its provider"), 0},
    {"REFUND", N_("Look at the refund: retry it, or transfer the money"), 0},
    {"SHIFT_LONG", N_("Ask whose drawer it is to count and close it"), 0},
    {"SHIFT_ODD", N_("Count again, then accept the difference with its reason"), 0},
    {"REFUND_TWICE", N_("Get back from the buyer what he has twice"), 0},
    {"DEPOSIT_LOST", N_("Fund it again and resume it: listing fund, listing resume"), 0},
    {"EVENT_STUCK", N_("Put right what its error says, then: outbox retry"), 0},
    {"BOOKS", N_("See which rows: check run, then the entries of the document"), 0},
    {"FEE_OVERDUE", N_("Call the organiser; end its collecting: direct_payee stop"), 0},
    {"REFUND_OPEN", N_("Decide it: refund approve or reject; pay what is stuck by hand"), 0},
    {"LICENCE_ENDS", N_("Hand in the renewed one: qualification add; then it is verified"), 0},
    {"SEATS_BACK", N_("See the tickets; then listing unfreeze, and withdraw what is void"), 0},
    {0}};

static const pn_edge edges[] = {{"OPEN", "take", "TAKEN", 0, NULL},
                                {"OPEN", "close", "CLOSED", 0, NULL},
                                {"TAKEN", "close", "CLOSED", 0, NULL}, {0}};
static const pn_sql move_sql = {"alarm_move", &pn_move_t, NULL,
    "update alarm set state = :to, reason = coalesce(:reason, reason),"
    " taken_by = case when :event = 'take' then :me else taken_by end,"
    " taken_at = case when :event = 'take' then :now else taken_at end,"
    " closed_by = case when :event = 'close' then :me end,"
    " closed_at = case when :event = 'close' then :now end,"
    " updated_at = :now, version = version + 1 where sk = :id# and id = :id and state = :from",
    false};
static const pn_fsm flow = {N_("alarm"), pn_alarm_states, edges, &move_sql};

#define NAME(column) "(select f.name from staff f where f.id = " column ")"
#define C(f, label, ...) PN_COL(pn_alarm, f, label, __VA_ARGS__)
PN_TYPE(pn_alarm_t, "alarm", pn_alarm,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "a.id", .ref = "alarm"),
    C(kind, N_("What"), .flags = PN_BRIEF, .words = pn_alarm_kinds, .sql = "a.kind"),
    C(noun, N_("Of"), .sql = "a.noun"),
    C(ref, N_("Its number"), .flags = PN_BRIEF, .sql = "a.ref"),
    C(about, N_("About"), .flags = PN_BRIEF, .sql = "a.about"),
    C(merchant_id, N_("Merchant"), .flags = PN_OPT, .sql = "a.merchant_id", .ref = "merchant"),
    C(times, N_("Times"), .flags = PN_BRIEF, .sql = "a.times"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_alarm_states, .sql = "a.state"),
    C(advice, N_("What to do"), .flags = PN_NOFILTER, .words = pn_alarm_advice, .sql = "a.kind"),
    C(taken_by, N_("Taken by"), .flags = PN_BRIEF | PN_NOFILTER, .sql = NAME("a.taken_by")),
    C(closed_by, N_("Closed by"), .flags = PN_NOFILTER, .sql = NAME("a.closed_by")),
    C(reason, N_("Reason"), .sql = "a.reason"),
    C(at, N_("At"), .flags = PN_BRIEF | PN_SORT, .sql = "a.at"),
    C(taken_at, N_("Taken at"), .sql = "a.taken_at"),
    C(closed_at, N_("Closed at"), .sql = "a.closed_at"));
static const pn_list_spec list_spec = {&pn_alarm_t, "alarm a",
    "(:my_merchant::bigint is null or a.merchant_id = :my_merchant)"
    " and :my_organiser::bigint is null", "a.id", "-at,-id", NULL};

enum { READERS = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT };
PN_OP_LIST(alarm, list, list_spec, .brief = N_("List what somebody has to look at"),
           .out = &pn_alarm_t, .may = READERS, .example = "pn alarm list --where state=OPEN")

/* ---- raised ---- */

typedef struct raise { int64_t id, ref, merchant_id; const char *kind, *noun, *about; } raise;
static PN_TYPE(raise_t, "alarm.raise", raise, PN_COL(raise, id, "id"), PN_COL(raise, ref, "ref"),
    PN_COL(raise, merchant_id, "merchant_id", .flags = PN_OPT), PN_COL(raise, kind, "kind"),
    PN_COL(raise, noun, "noun"), PN_COL(raise, about, "about"));
static const pn_sql raise_sql = {"alarm_raise", &raise_t, &raise_t,
    "insert into alarm as a (sk, id, kind, noun, ref, about, merchant_id, state, at, updated_at)"
    " values (:ref#, :id, :kind, :noun, :ref, coalesce(:about, ''), :merchant_id, 'OPEN', :now,"
    "  :now)"
    " on conflict (sk, noun, ref, kind) where state <> 'CLOSED' do update set times = a.times + 1,"
    "  at = excluded.at, about = excluded.about, updated_at = excluded.updated_at,"
    "  version = a.version + 1 returning a.id", false};

/* Names of what events speak of. */
static const pn_sql listing_sql = {"alarm_listing", &raise_t, &raise_t,
    "select l.merchant_id, h.title || ' · ' || t.name as about from listing l"
    " join tier t on t.id = l.tier_id join session s on s.id = l.session_id"
    " join show h on h.id = s.show_id where l.sk = :ref# and l.id = :ref", false};
static const pn_sql budget_sql = {"alarm_budget", &raise_t, &raise_t,
    "select name as about from campaign_budget where sk = :ref# and id = :ref", false};
static const pn_sql payment_sql = {"alarm_payment", &raise_t, &raise_t,
    "select o.no as about from payment y join orders o on o.sk = :ref#"
    " and o.id = y.order_id where y.sk = :ref# and y.id = :ref", false};
static const pn_sql refund_sql = {"alarm_refund", &raise_t, &raise_t,
    "select o.no || ' · ' || r.no as about from refund r join orders o on o.sk = :ref#"
    " and o.id = r.order_id where r.sk = :ref# and r.id = :ref", false};

static const pn_sql shift_sql = {"alarm_shift", &raise_t, &raise_t,
    "select s.no || ' · ' || s.till || coalesce(' · ' || w.name, '') as about from shift s"
    " left join staff w on w.id = s.operator_id where s.id = :ref", false};

static const pn_sql fee_sql = {"alarm_fee", &raise_t, &raise_t,
    "select i.no || ' · ' || coalesce(m.name, i.organiser_id::text) as about from fee_invoice i"
    " left join organiser g on g.id = i.organiser_id left join merchant m on m.id = g.merchant_id"
    " where i.sk = :ref# and i.id = :ref", false};

/* The document of a posting is what people know it by. */
static const pn_sql event_sql = {"alarm_event", &raise_t, &raise_t,
    "select concat_ws(' · ', v.event, v.payload->>'biz_kind', v.payload->>'biz_id', v.error)"
    " as about from outbox v where v.sk = :ref# and v.id = :ref", false};

static int raise_as(pn *p, int kind, raise *in)
{
    raise row;
    pn_alarm now;
    in->kind = pn_word_name(pn_alarm_kinds, (pn_word){(int16_t)kind});
    PN_TRY(pn_new_id(p, pn_sk(in->ref), &in->id));
    PN_TRY(pn_one(p, &raise_sql, in, &row));
    if (row.id == in->id)
        PN_TRY(pni_state_log(p, flow.noun, row.id, NULL, "OPEN", "raise", NULL));
    PN_TRY(pni_row(p, &alarm_list_op, row.id, &now));
    return pn_audit(p, "alarm", row.id, &pn_alarm_t, NULL, &now, NULL);
}

static int raise_one(pn *p, int kind, const pn_sql *name, const char *noun, int64_t ref)
{
    raise in = {.ref = ref};
    int rc = pn_one(p, name, &in, &in);
    if (rc == PN_ENONE)
        return 0; /* gone: nothing to look at */
    PN_TRY(rc);
    in.ref = ref;
    in.noun = noun;
    return raise_as(p, kind, &in);
}

static int follow_alarm(pn *p, int64_t listing, const char *payload)
{
    pni_follow_alarm f;
    PN_TRY(pn_from_json(p, &pni_follow_alarm_t, payload, strlen(payload), &f));
    bool loop = f.result.v == PN_LOOK_LOOP;
    return raise_one(p, loop ? PN_ALARM_FOLLOW_LOOP : PN_ALARM_FOLLOW_STALE, &listing_sql,
                     "listing", listing);
}

static int budget_low(pn *p, int64_t budget, const char *payload)
{
    (void)payload;
    return raise_one(p, PN_ALARM_BUDGET_LOW, &budget_sql, "budget", budget);
}

static int budget_out(pn *p, int64_t budget, const char *payload)
{
    (void)payload;
    return raise_one(p, PN_ALARM_BUDGET_OUT, &budget_sql, "budget", budget);
}

static int payment_alarm(pn *p, int64_t payment, const char *payload)
{
    (void)payload;
    return raise_one(p, PN_ALARM_PAYMENT, &payment_sql, "payment", payment);
}

static int refund_alarm(pn *p, int64_t refund, const char *payload)
{
    (void)payload;
    return raise_one(p, PN_ALARM_REFUND, &refund_sql, "refund", refund);
}

static int shift_long(pn *p, int64_t shift, const char *payload)
{
    (void)payload;
    return raise_one(p, PN_ALARM_SHIFT_LONG, &shift_sql, "shift", shift);
}

static int shift_odd(pn *p, int64_t shift, const char *payload)
{
    (void)payload;
    return raise_one(p, PN_ALARM_SHIFT_ODD, &shift_sql, "shift", shift);
}

static int refund_twice(pn *p, int64_t refund, const char *payload)
{
    (void)payload;
    return raise_one(p, PN_ALARM_REFUND_TWICE, &refund_sql, "refund", refund);
}

static int deposit_lost(pn *p, int64_t listing, const char *payload)
{
    (void)payload;
    return raise_one(p, PN_ALARM_DEPOSIT_LOST, &listing_sql, "listing", listing);
}

static int seats_back(pn *p, int64_t listing, const char *payload)
{
    (void)payload;
    return raise_one(p, PN_ALARM_SEATS_BACK, &listing_sql, "listing", listing);
}

static int fee_overdue(pn *p, int64_t invoice, const char *payload)
{
    (void)payload;
    return raise_one(p, PN_ALARM_FEE_OVERDUE, &fee_sql, "fee_invoice", invoice);
}

/* ---- events that do not get through ---- */

typedef struct stuck { int64_t id, alarm; bool bad; } stuck;
static PN_TYPE(stuck_t, "alarm.stuck", stuck, PN_COL(stuck, id, ""), PN_COL(stuck, alarm, ""),
    PN_COL(stuck, bad, ""));
/* Those nobody was told of, and alarms whose event is through. Who closed an alarm has a while to
 * put the cause right. */
static const pn_sql untold_sql = {"alarm_untold", NULL, &stuck_t,
    "select x.id from (select v.id from outbox v where " PNI_STUCK("v") " and not exists (select"
    "  from alarm a where a.sk = v.sk and a.noun = 'outbox' and a.ref = v.id and (a.state <>"
    "  'CLOSED' or a.closed_at > :now::timestamptz - interval '1 hour'))"
    " union all select a.ref from alarm a where a.noun = 'outbox' and a.state <> 'CLOSED'"
    "  and not exists (select from outbox v where v.sk = a.sk and v.id = a.ref)) x"
    " order by x.id limit 1000", false};
static const pn_sql looked_sql = {"alarm_looked", &stuck_t, &stuck_t,
    "select coalesce((select " PNI_STUCK("v") " from outbox v where v.sk = :id# and v.id = :id),"
    "  false) as bad, coalesce((select a.id from alarm a where a.sk = :id# and a.noun = 'outbox'"
    "   and a.ref = :id and a.state <> 'CLOSED' and not exists (select from outbox v"
    "    where v.sk = :id# and v.id = :id)), 0) as alarm", false};

struct pn_alarm_event { int64_t id; };
static PN_TYPE(event_in_t, "alarm.event", struct pn_alarm_event,
    PN_COL(struct pn_alarm_event, id, N_("Event"), .flags = PN_KEY | PN_REQ, .ref = "outbox"));
static int over(pn *p, int64_t id, const char *reason);

static int event_run(pn *p, const void *in, void *out)
{
    stuck s = {.id = ((const struct pn_alarm_event *)in)->id}, now;
    (void)out;
    PN_TRY(pn_one(p, &looked_sql, &s, &now));
    if (now.alarm)
        return over(p, now.alarm, pn_tr("the event is through"));
    return now.bad ? raise_one(p, PN_ALARM_EVENT_STUCK, &event_sql, "outbox", s.id) : 0;
}
static const pn_op event_op = {.noun = "alarm", .verb = "event", .in = &event_in_t,
    .brief = N_("Tell of an event that is refused, and when it is through"),
    .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_LOCAL | PN_HIDDEN, .run = event_run};

static int watch(pn *p, int64_t *done)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &untold_sql, NULL, &rows));
    pn_each(stuck, s, &rows)
    {
        PN_TRY(pn_call(p, &event_op, &(struct pn_alarm_event){s->id}, NULL));
        (*done)++;
    }
    return 0;
}
static const pn_job watch_job = {"outbox_watch",
    N_("Tell of events that are refused again and again"), 60, watch};

/* ---- refunds that nobody decides ---- */

/* The show is long over, nobody has decided, and nobody is on it; and alarms of what is decided.
 * Until then its order is not completed, nor its seller settled with. */
static const pn_sql open_refund_sql = {"alarm_open_refund", NULL, &stuck_t,
    "select x.id from (select r.id from refund r join orders o on o.sk = r.sk and o.id = r.order_id"
    "  join session s on s.id = o.session_id, (select"
    "   " PNI_POLICY("refund.open_days") " * interval '1 day' as while) w"
    "  where r.state in ('APPLIED', 'REVIEWING', 'MANUAL') and s.status in ('ENDED', 'ARCHIVED')"
    "   and coalesce(s.end_at, s.start_at) < :now::timestamptz - w.while"
    "   and not exists (select from alarm a where a.sk = r.sk and a.noun = 'refund'"
    "    and a.ref = r.id and (a.state <> 'CLOSED' or a.closed_at > :now::timestamptz - w.while))"
    " union all select a.ref from alarm a join refund r on r.sk = a.sk and r.id = a.ref"
    "  where a.noun = 'refund' and a.kind = 'REFUND_OPEN' and a.state <> 'CLOSED'"
    "   and r.state in ('DONE', 'REJECTED')) x order by x.id limit 1000", false};
static const pn_sql open_state_sql = {"alarm_open_state", &stuck_t, &stuck_t,
    "select r.state in ('APPLIED', 'REVIEWING', 'MANUAL') as bad, coalesce((select a.id"
    "  from alarm a where a.sk = :id# and a.noun = 'refund' and a.ref = :id"
    "   and a.kind = 'REFUND_OPEN' and a.state <> 'CLOSED'), 0) as alarm"
    " from refund r where r.sk = :id# and r.id = :id", false};

struct pn_alarm_refund { int64_t id; };
static PN_TYPE(refund_in_t, "alarm.refund", struct pn_alarm_refund,
    PN_COL(struct pn_alarm_refund, id, N_("Refund"), .flags = PN_KEY | PN_REQ, .ref = "refund"));

static int refund_run(pn *p, const void *in, void *out)
{
    stuck s = {.id = ((const struct pn_alarm_refund *)in)->id}, now;
    (void)out;
    PN_TRY(pn_one(p, &open_state_sql, &s, &now));
    if (now.bad)
        return now.alarm ? 0 : raise_one(p, PN_ALARM_REFUND_OPEN, &refund_sql, "refund", s.id);
    return now.alarm ? over(p, now.alarm, pn_tr("it is decided")) : 0;
}
static const pn_op refund_op = {.noun = "alarm", .verb = "refund", .in = &refund_in_t,
    .brief = N_("Tell of a refund that nobody decides, and when it is decided"),
    .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_LOCAL | PN_HIDDEN, .run = refund_run};

static int refund_watch(pn *p, int64_t *done)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &open_refund_sql, NULL, &rows));
    pn_each(stuck, s, &rows)
    {
        PN_TRY(pn_call(p, &refund_op, &(struct pn_alarm_refund){s->id}, NULL));
        (*done)++;
    }
    return 0;
}
static const pn_job refund_job = {"refund_watch",
    N_("Tell of refunds that nobody decides after the show"), 3600, refund_watch};

/* ---- licences that end ---- */

static const pn_sql licence_sql = {"alarm_licence", &raise_t, &raise_t,
    "select q.merchant_id, m.name || ' · ' || q.no || ' · ' || q.valid_to as about"
    " from qualification q join merchant m on m.id = q.merchant_id"
    " where q.sk = :ref# and q.id = :ref", false};
/* Told at each step until it is renewed; who closed an alarm is told at the next step. */
#define LICENCE_TOLD                                                                               \
    "exists (select from alarm a where a.sk = q.sk and a.noun = 'qualification' and a.ref = q.id"  \
    " and a.at >= " PNI_LICENCE_STEP ")"
static const pn_sql licences_sql = {"alarm_licences", NULL, &stuck_t,
    "select x.id from (select q.id from qualification q join merchant m on m.id = q.merchant_id"
    "  where " PNI_LICENCE_ENDS " and not " LICENCE_TOLD
    " union all select a.ref from alarm a join qualification q on q.sk = a.sk and q.id = a.ref"
    "  join merchant m on m.id = q.merchant_id where a.noun = 'qualification'"
    "  and a.state <> 'CLOSED' and not " PNI_LICENCE_ENDS ") x order by x.id limit 1000", false};
static const pn_sql licence_state_sql = {"alarm_licence_state", &stuck_t, &stuck_t,
    "select x.ends and not x.told as bad, case when x.ends then 0 else coalesce((select a.id"
    "  from alarm a where a.sk = :id# and a.noun = 'qualification' and a.ref = :id"
    "   and a.state <> 'CLOSED'), 0) end as alarm from (select " PNI_LICENCE_ENDS " as ends, "
    LICENCE_TOLD " as told from qualification q join merchant m on m.id = q.merchant_id"
    " where q.sk = :id# and q.id = :id) x", false};

struct pn_alarm_licence { int64_t id; };
static PN_TYPE(licence_in_t, "alarm.licence", struct pn_alarm_licence,
    PN_COL(struct pn_alarm_licence, id, N_("Qualification"), .flags = PN_KEY | PN_REQ,
           .ref = "qualification"));

static int licence_run(pn *p, const void *in, void *out)
{
    stuck s = {.id = ((const struct pn_alarm_licence *)in)->id}, now;
    (void)out;
    PN_TRY(pn_one(p, &licence_state_sql, &s, &now));
    if (now.bad)
        return raise_one(p, PN_ALARM_LICENCE_ENDS, &licence_sql, "qualification", s.id);
    return now.alarm ? over(p, now.alarm, pn_tr("it is renewed, or its merchant is gone")) : 0;
}
static const pn_op licence_op = {.noun = "alarm", .verb = "licence", .in = &licence_in_t,
    .brief = N_("Tell of a licence that ends, and when it is renewed"),
    .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_LOCAL | PN_HIDDEN, .run = licence_run};

static int licence_watch(pn *p, int64_t *done)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &licences_sql, NULL, &rows));
    pn_each(stuck, s, &rows)
    {
        PN_TRY(pn_call(p, &licence_op, &(struct pn_alarm_licence){s->id}, NULL));
        (*done)++;
    }
    return 0;
}
static const pn_job licence_job = {"licence_watch",
    N_("Tell of licences that end, and when they are renewed"), 3600, licence_watch};

/* Which proof it is, how many rows, and the first of them. */
static int books(pn *p, int64_t check, const char *payload)
{
    pn_check c;
    PN_TRY(pn_from_json(p, &pni_check_t, payload, strlen(payload), &c));
    raise in = {.ref = check, .noun = "check",
                .about = pn_printf(p, "%s · %lld · %s", c.name, (long long)c.drift,
                                   c.sample ? c.sample : "")};
    return in.about ? raise_as(p, PN_ALARM_BOOKS, &in) : pni_mem(p);
}

/* ---- seen to ---- */

#define IN(s)                                                                                      \
    PN_COL(s, id, N_("Alarm"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "alarm")
static PN_TYPE(show_in_t, "alarm.show", struct pn_alarm_show, IN(struct pn_alarm_show));
static PN_TYPE(take_in_t, "alarm.take", struct pn_alarm_take, IN(struct pn_alarm_take));
static PN_TYPE(close_in_t, "alarm.close", struct pn_alarm_close, IN(struct pn_alarm_close),
    PN_COL(struct pn_alarm_close, reason, N_("Reason"), .flags = PN_REQ, .max = 200,
           .hint = N_("What was found, and done")));

static int show(pn *p, const struct pn_alarm_show *in, pn_alarm *out)
{
    return pni_row(p, &alarm_list_op, in->id, out);
}

static int turn(pn *p, int64_t id, const char *event, const char *reason, pn_alarm *out)
{
    pn_alarm before;
    PN_TRY(pni_row(p, &alarm_list_op, id, &before));
    PN_TRY(pn_step(p, &flow, id, before.state, event, reason, NULL));
    PN_TRY(pni_row(p, &alarm_list_op, id, out));
    return pn_audit(p, "alarm", id, &pn_alarm_t, &before, out, reason);
}

static int over(pn *p, int64_t id, const char *reason)
{
    return turn(p, id, "close", reason, &(pn_alarm){0});
}

/* What it was raised for is paid: nobody has to see to it. */
static const pn_sql open_fee_sql = {"alarm_open_fee", &raise_t, &raise_t,
    "select id from alarm where sk = :ref# and noun = 'fee_invoice' and ref = :ref"
    " and state <> 'CLOSED'", false};
static int fee_paid(pn *p, int64_t invoice, const char *payload)
{
    raise found;
    (void)payload;
    int rc = pn_one(p, &open_fee_sql, &(raise){.ref = invoice}, &found);
    if (rc)
        return rc == PN_ENONE ? 0 : rc;
    return over(p, found.id, pn_tr("it is paid"));
}

static int take(pn *p, const struct pn_alarm_take *in, pn_alarm *out)
{
    return turn(p, in->id, "take", NULL, out);
}

static int close_it(pn *p, const struct pn_alarm_close *in, pn_alarm *out)
{
    return turn(p, in->id, "close", in->reason, out);
}

PN_OP(alarm, show, pn_alarm, .brief = N_("Show what somebody has to look at"), .in = &show_in_t,
      .out = &pn_alarm_t, .may = READERS)
PN_OP(alarm, take, pn_alarm, .brief = N_("Say that you look after an alarm"), .in = &take_in_t,
      .out = &pn_alarm_t, .may = READERS, .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("It is told again when it happens again"))
PNI_OP(alarm, close, close_it, pn_alarm, .brief = N_("Close an alarm that is seen to"),
       .help = N_("The same again is told as a new one."), .in = &close_in_t, .out = &pn_alarm_t,
       .may = READERS, .flags = PN_WRITE | PN_ONCE,
       .example = "pn alarm close 4096 --reason 'the other offer is withdrawn'",
       .lasting = N_("It is told again when it happens again"))

#define TO_US .tells = N_("our own people by an alarm")
static const pn_event events[] = {
    {PNI_FOLLOW_ALARM, follow_alarm, TO_US}, {PNI_BUDGET_LOW, budget_low, TO_US},
    {PNI_BUDGET_OUT, budget_out, TO_US},     {"payment.alarm", payment_alarm, TO_US},
    {"refund.alarm", refund_alarm, TO_US},   {PNI_SHIFT_LONG, shift_long, TO_US},
    {PNI_SHIFT_ODD, shift_odd, TO_US},       {"refund.twice", refund_twice, TO_US},
    {PNI_DEPOSIT_LOST, deposit_lost, .tells = N_("the merchant by an alarm")},
    {PNI_CHECK_DRIFT, books, TO_US},         {PNI_FEE_OVERDUE, fee_overdue, TO_US},
    {PNI_FEE_PAID, fee_paid, .light = true},
    {PNI_LISTING_DOUBTED, seats_back, .tells = N_("the merchant by an alarm")}};

const pn_module pn_alarm_module = {
    "alarm", N_("Alarms"),
    .ops = PN_LIST(pn_op, &alarm_list_op, &alarm_show_op, &alarm_take_op, &pni_alarm_close_op,
                   &event_op, &refund_op, &licence_op),
    .sql = PN_LIST(pn_sql, &raise_sql, &listing_sql, &budget_sql, &payment_sql, &refund_sql,
                   &shift_sql, &fee_sql, &open_fee_sql, &event_sql, &untold_sql, &looked_sql,
                   &open_refund_sql, &open_state_sql, &licence_sql, &licences_sql,
                   &licence_state_sql, &move_sql),
    .jobs = PN_LIST(pn_job, &watch_job, &refund_job, &licence_job),
    .fsm = PN_LIST(pn_fsm, &flow),
    .events = PN_LIST(pn_event, &events[0], &events[1], &events[2], &events[3], &events[4],
                      &events[5], &events[6], &events[7], &events[8], &events[9],
                      &events[10], &events[11], &events[12]),
};
