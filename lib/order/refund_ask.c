/* SPDX-License-Identifier: Apache-2.0 */
/* refund_ask.c — before a part of a refund is paid by hand: whoever was to pay it back is asked
 * whether he did, again and again while it waits for people. What he paid is over; his no is good
 * for a while; while nobody knows, nothing is transferred. */
#include <string.h>

#include "base/policy_int.h"
#include "order/provider_int.h"
#include "order/refund_int.h"

const pn_words pni_back_answers[] = {{"NO", N_("Not given back"), 'w'},
                                     {"UNSURE", N_("Not known"), 'b'},
                                     {"PAID", N_("Given back"), 'g'}, {0}};

struct pn_refund_leg_asked { int64_t id; int no; pn_word answer; };
static PN_TYPE(asked_t, "refund.leg_asked", struct pn_refund_leg_asked,
    PN_COL(struct pn_refund_leg_asked, id, N_("Refund"), .flags = PN_KEY | PN_REQ,
           .ref = "refund"),
    PN_COL(struct pn_refund_leg_asked, no, N_("Leg"), .flags = PN_REQ),
    PN_COL(struct pn_refund_leg_asked, answer, N_("Answer"), .flags = PN_REQ,
           .words = pni_back_answers));

const pn_sql pni_leg_asked_sql = {"refund_leg_asked", &asked_t, NULL,
    "update refund_leg set asked_at = :now, answer = :answer, updated_at = :now"
    " where sk = :id# and refund_id = :id and no = :no and state = 'FAILED'", false};
/* Unless another part of it is due earlier. */
typedef struct later { int64_t id; pn_time due_at; } later;
static PN_TYPE(later_t, "refund.look_later", later, PN_COL(later, id, N_("Refund")),
    PN_COL(later, due_at, N_("Due")));
const pn_sql pni_refund_look_sql = {"refund_look_later", &later_t, NULL,
    "update refund_due set due_at = :due_at where sk = :id# and refund_id = :id"
    " and due_at <= :now", false};

static int leg_asked(pn *p, const struct pn_refund_leg_asked *in, pn_refund *out)
{
    int64_t seconds;
    if (in->answer.v == PNI_BACK_PAID)
        return pn_fail(p, PN_EARG, "answer", "%s", pn_tr("What was paid is recorded as paid"));
    PN_TRY(pni_policy(p, "payment.refund_look_s", &seconds));
    later l = {in->id, {pn_now(p).us + seconds * 1000000}};
    PN_TRY(pn_exec(p, &pni_leg_asked_sql, in, NULL));
    PN_TRY(pn_exec(p, &pni_refund_look_sql, &l, NULL));
    return pni_refund_row(p, in->id, out);
}
int pn_refund_leg_asked(pn *p, const struct pn_refund_leg_asked *in, pn_refund *out);
PNI_OP(refund, leg_asked, leg_asked, pn_refund,
       .brief = N_("Record what a provider says of a leg it was to pay back"), .in = &asked_t,
       .out = &pn_refund_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

/* Whoever has nobody to ask has its no. */
int pni_refund_ask_leg(pn *p, const pni_unpaid *g)
{
    const pni_provider *v = pni_provider_of(g->method.v);
    pni_back back = {.answer = PNI_BACK_NO};
    pn_refund out;
    int rc = v && v->refund_query ? v->refund_query(p, g->payment_id, g->out_request_no,
                                                    g->amount_fen.fen, &back) : 0;
    if (rc == PN_EPROVIDER || rc == PN_EUNKNOWN_RESULT || rc == PN_EBUSY)
        back.answer = PNI_BACK_UNSURE;
    else
        PN_TRY(rc);
    if (back.answer == PNI_BACK_PAID)
        return pni_refund_leg_done(p, g->id, g->no, back.provider_no, &out);
    return pn_refund_leg_asked(p, &(struct pn_refund_leg_asked){g->id, g->no,
                                      {(int16_t)back.answer}}, &out);
}

/* ---- before money is transferred ---- */

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "refund.ask_id", id_in, PN_COL(id_in, id, N_("Refund")));
typedef struct doubt { int no; bool lately; int64_t minutes; } doubt;
static PN_TYPE(doubt_t, "refund.doubt", doubt, PN_COL(doubt, no, "no"),
    PN_COL(doubt, lately, "lately"), PN_COL(doubt, minutes, "minutes"));
const pn_sql pni_refund_doubt_sql = {"refund_doubt", &by_id_t, &doubt_t,
    "select x.no, x.lately, x.minutes from (select g.no, m.minutes, g.answer,"
    "  coalesce(g.asked_at > :now::timestamptz - m.minutes * interval '1 minute', false) as lately"
    "  from refund_leg g, (select " PNI_POLICY("refund.asked_min") " as minutes) m"
    "  where g.sk = :id# and g.refund_id = :id and g.state = 'FAILED') x"
    " where not x.lately or x.answer = 'UNSURE' order by x.no limit 1", false};

int pni_refund_sure(pn *p, int64_t refund_id)
{
    doubt d;
    int rc = pn_one(p, &pni_refund_doubt_sql, &(id_in){refund_id}, &d);
    if (rc)
        return rc == PN_ENONE ? 0 : rc;
    if (d.lately)
        pn_fail(p, PN_EUNKNOWN_RESULT, "id",
                pn_tr("Nobody knows whether the provider paid part %d back"), d.no);
    else
        pn_fail(p, PN_ESTATE, "id",
                pn_tr("The provider of part %d was not asked within the last %lld minutes"), d.no,
                (long long)d.minutes);
    return pn_hint(p, "%s", pn_tr("It is asked by itself, and by “refund ask”: what it paid is "
                                  "over, its no lets you transfer"));
}

/* ---- asked by people ---- */

#define U(f, ...) PN_COL(pni_unpaid, f, #f, __VA_ARGS__)
static PN_TYPE(unpaid_t, "refund.unpaid", pni_unpaid, U(id), U(no), U(payment_id),
    U(method, .words = pn_pay_methods), U(out_request_no), U(amount_fen));
#undef U
const pn_sql pni_refund_unpaid_sql = {"refund_unpaid", &by_id_t, &unpaid_t,
    "select g.refund_id as id, g.no, g.payment_id, y.method, g.out_request_no, g.amount_fen"
    " from refund_leg g join payment y on y.sk = :id# and y.id = g.payment_id"
    " where g.sk = :id# and g.refund_id = :id and g.state = 'FAILED' order by g.no", false};

static int ask_all(pn *p, int64_t refund_id)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &pni_refund_unpaid_sql, &(id_in){refund_id}, &rows));
    pn_each(pni_unpaid, g, &rows)
        PN_TRY(pni_refund_ask_leg(p, g));
    return 0;
}

static PN_TYPE(ask_in_t, "refund.ask", struct pn_refund_ask,
    PN_COL(struct pn_refund_ask, id, N_("Refund"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "refund"));

/* In units of the system's own, so that no connection is kept while a provider is called. */
static int ask(pn *p, const struct pn_refund_ask *in, pn_refund_detail *out)
{
    static const pn_actor self = {.kind = 'S', .login = "system", .name = "system",
                                  .roles = PN_ROLE_SYSTEM, .via = "provider"};
    PN_AUTO_UNIT seen = pn_begin_like(p);
    PN_AUTO_UNIT own = pn_begin_like(p);
    int rc = seen && own ? pn_refund_show(seen, &(struct pn_refund_show){in->id}, out) : PN_EMEM;
    if (rc)
        return pni_fail_of(p, seen, rc, "id");
    if (out->head.state.v != PN_REFUND_MANUAL)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("Refund %s is not to be paid by hand (%s)"),
                       pn_strdup(p, out->head.no),
                       pn_word_label(pn_refund_states, out->head.state));
    if (!pn_rehearsing(p)) {
        pn_act_as(own, &self);
        pn_key(own, NULL);
        rc = ask_all(own, in->id);
        if (rc)
            return pni_fail_of(p, own, rc, NULL);
    }
    return pn_refund_show(p, &(struct pn_refund_show){in->id}, out);
}

PNI_OP(refund, ask, ask, pn_refund_detail,
       .brief = N_("Ask the providers of a stuck refund whether they paid it back"),
       .help = N_("What was paid back is over. A no lets you transfer it by hand (refund "
                  "transfer); while nobody knows,\nthat is refused. It is asked by itself, too."),
       .in = &ask_in_t, .out = &pni_refund_detail_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE,
       .example = "pn refund ask TK261123000001234")
