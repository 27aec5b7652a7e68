/* SPDX-License-Identifier: Apache-2.0 */
/* agreement_ask.c — agreements at their provider: the page to sign on, its notices, questions where
 * nobody told, the cancellation until it is known to be one. Calls are made while no transaction is
 * open; what they say is settled by one operation, whoever says it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/policy_int.h"
#include "order/agreement_int.h"

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static bool yes(const char *text)
{
    return text && !strcmp(text, "Y");
}

/* ---- settling what is known ---- */

static PN_TYPE(settle_in_t, "agreement.settle", struct pn_agreement_settle,
    PN_COL(struct pn_agreement_settle, id, N_("Agreement"), .flags = PN_KEY | PN_REQ,
           .ref = "agreement"),
    PN_COL(struct pn_agreement_settle, what, N_("What"), .flags = PN_REQ),
    PN_COL(struct pn_agreement_settle, reason, N_("Reason")),
    PN_COL(struct pn_agreement_settle, no_password, N_("Without the buyer")));
/* When it is looked at next: NOW, never (what is over or signed), or as it stands (LATER). */
const pn_sql pni_agreement_settle_sql = {"agreement_settle", &settle_in_t, NULL,
    "update pay_agreement set reason = coalesce(:reason, reason),"
    " no_password = case when :what = 'SIGNED' then :no_password else no_password end,"
    " signed_at = case when :what = 'SIGNED' then :now else signed_at end,"
    " ended_at = case when :what = 'ENDED' then :now else ended_at end, looks = 0,"
    " due_at = case when :what = 'NOW' then :now::timestamptz end, updated_at = :now"
    " where sk = :id# and id = :id", false};

static int settled(pn *p, const struct pn_agreement_settle *in, const char *what)
{
    struct pn_agreement_settle row = *in;
    row.what = what;
    return pn_exec(p, &pni_agreement_settle_sql, &row, NULL);
}

static int step(pn *p, const pni_agreed *a, const char *event, const char *reason)
{
    return pn_step(p, &pni_agreement_fsm, a->id, a->state, event, reason, NULL);
}

/* Signed: it counts, unless somebody cancelled it meanwhile or has another. */
static int is_signed(pn *p, const pni_agreed *a, const struct pn_agreement_settle *in)
{
    pni_agreed live = {0};
    bool over = a->state.v == PN_AGREEMENT_CLOSED || a->state.v == PN_AGREEMENT_REFUSED;
    if (a->state.v == PN_AGREEMENT_SIGNED || a->state.v == PN_AGREEMENT_CANCELLING)
        return 0;
    if (over)
        PN_TRY(pni_agreed_of(p, a->user_id, a->method.v, &live));
    if (a->state.v == PN_AGREEMENT_PENDING || (over && !live.id)) {
        PN_TRY(step(p, a, "signed", NULL));
        return settled(p, in, "SIGNED");
    }
    PN_TRY(step(p, a, "unwanted", NULL));
    return settled(p, in, "NOW");
}

/* The provider has none: it was cancelled, or was never signed and the time for that is over. */
static int is_absent(pn *p, const pni_agreed *a, const struct pn_agreement_settle *in)
{
    bool waits = a->state.v == PN_AGREEMENT_PENDING;
    const char *event = a->state.v == PN_AGREEMENT_CANCELLING ? "cancelled"
                        : a->state.v == PN_AGREEMENT_SIGNED   ? "gone"
                                                              : "ran_out";
    if (!waits && a->state.v != PN_AGREEMENT_CANCELLING && a->state.v != PN_AGREEMENT_SIGNED)
        return 0;
    if (waits && a->closes_at.us > pn_now(p).us)
        return 0;
    PN_TRY(step(p, a, event, in->reason));
    return settled(p, in, "ENDED");
}

static int settle(pn *p, const struct pn_agreement_settle *in, pn_agreement *out)
{
    pni_agreed a;
    pn_agreement before;
    PN_TRY(pn_one(p, &pni_agreement_lock_sql, &(pni_agreed){.id = in->id}, &a));
    PN_TRY(pni_agreement_row(p, in->id, &before));
    if (!strcmp(in->what, "SIGNED"))
        PN_TRY(is_signed(p, &a, in));
    if (!strcmp(in->what, "ABSENT"))
        PN_TRY(is_absent(p, &a, in));
    if (!strcmp(in->what, "REFUSED") && a.state.v == PN_AGREEMENT_PENDING) {
        PN_TRY(step(p, &a, "refused", in->reason));
        PN_TRY(settled(p, in, "ENDED"));
    }
    PN_TRY(pni_agreement_row(p, in->id, out));
    return out->state.v == before.state.v
               ? 0 : pn_audit(p, "agreement", in->id, &pn_agreement_t, &before, out, in->what);
}
PNI_OP(agreement, settle, settle, pn_agreement,
       .brief = N_("Record what a provider says of an agreement"), .in = &settle_in_t,
       .out = &pn_agreement_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

/* ---- calling ---- */

/* Every request of ours has a number of its own there: at most 20 digits. */
static int inputs(pn *p, const pni_agreed *a, pni_pairs *in)
{
    return pni_input(p, in, "agreement", a->number) &&
                   pni_input_number(p, in, "agreement_request", pn_now(p).us) &&
                   pni_input_number(p, in, "user", a->user_id)
               ? 0 : none(p);
}

static int call(pn *p, const pni_agreed *a, const char *name, pni_pairs *in, pni_answer *out)
{
    pni_link *l = NULL;
    PN_TRY(inputs(p, a, in));
    PN_TRY(pni_link_open(p, pni_method_of(a->method.v)->connector, &l));
    int rc = pni_link_call(p, l, name, in, out);
    pni_link_close(p, l);
    return rc;
}

static int page(pn *p, const struct pn_agreement_open *in, pn_agreement_page *out)
{
    pn_agreement mine;
    pni_agreed a;
    pni_answer said;
    pni_pairs list = {0};
    PN_TRY(pni_agreement_own(p, in->id, &mine));
    if (mine.state.v != PN_AGREEMENT_PENDING || mine.closes_at.us <= pn_now(p).us)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("Agreement %lld waits for no signature (%s)"),
                       (long long)in->id, pn_word_label(pn_agreement_states, mine.state));
    PN_TRY(pni_agreed_get(p, in->id, &a));
    const char *notify = pni_source_notify(p, &(pni_source){.method = a.method});
    if (!notify)
        return pni_source_homeless(p);
    if (!pni_input(p, &list, "notify_url", notify) ||
        !pni_input(p, &list, "page", a.later ? "NP_NoPwdPay.aspx" : NULL) ||
        !pni_input(p, &list, "return_url", a.return_url))
        return none(p);
    PN_TRY(call(p, &a, "agreement_sign", &list, &said));
    *out = (pn_agreement_page){a.id, a.state, pni_answer_get(&said, "url"),
                               pni_answer_get(&said, "front"), a.closes_at};
    return out->url && out->front ? 0 : pni_source_refused(p, PN_EPROVIDER, &said);
}

static int say(pn *p, const pni_agreed *a, const char *what, bool no_password)
{
    pn_agreement out;
    return pn_agreement_settle(p, &(struct pn_agreement_settle){a->id, what, NULL, no_password},
                               &out);
}

/* A question may be answered for another number only by somebody who is mistaken: not believed. */
static int ask(pn *p, const pni_agreed *a)
{
    pni_answer said;
    pni_pairs in = {0};
    PN_TRY(call(p, a, "agreement_query", &in, &said));
    if (said.outcome == PN_LINK_NOT_FOUND)
        return say(p, a, "ABSENT", false);
    if (said.outcome != PN_LINK_OK)
        return pni_source_refused(p, PN_EPROVIDER, &said);
    const char *number = pni_answer_get(&said, "agreement");
    if (!number || strcmp(number, a->number) != 0)
        return pn_fail(p, PN_EPROVIDER, NULL, "%s",
                       pn_tr("The provider's answer is about another agreement"));
    return say(p, a, "SIGNED", yes(pni_answer_get(&said, "no_password")));
}

/* Whether it was cancelled is asked when the answer is lost; only then it is told again. */
static int tell_cancelled(pn *p, const pni_agreed *a)
{
    pni_answer said;
    pni_pairs in = {0};
    PN_TRY(call(p, a, "agreement_cancel", &in, &said));
    bool gone = said.outcome == PN_LINK_NOT_FOUND ||
                (said.outcome == PN_LINK_RETRYABLE && said.asked) ||
                (said.outcome == PN_LINK_OK && pni_answer_is(&said, "CANCELLED"));
    return gone ? say(p, a, "ABSENT", false)
                : pni_source_refused(p, said.outcome == PN_LINK_OK ? PN_EUNKNOWN_RESULT
                                                                   : PN_EPROVIDER, &said);
}

/* ---- asked by people, and by the job ---- */

static int at_provider(pn *p, const pni_agreed *of)
{
    pni_agreed a;
    PN_TRY(pni_agreed_get(p, of->id, &a));
    if (a.state.v == PN_AGREEMENT_CANCELLING)
        return tell_cancelled(p, &a);
    return a.state.v == PN_AGREEMENT_PENDING || a.state.v == PN_AGREEMENT_SIGNED ? ask(p, &a) : 0;
}

static int look(pn *p, const struct pn_agreement_look *in, pn_agreement *out)
{
    static const pn_actor self = {.kind = 'S', .login = "system", .name = "system",
                                  .roles = PN_ROLE_SYSTEM, .via = "provider"};
    PN_TRY(pni_agreement_own(p, in->id, out));
    PN_AUTO_UNIT own = pn_begin_like(p);
    if (!own)
        return none(p);
    pn_act_as(own, &self);
    pn_key(own, NULL);
    int rc = at_provider(own, &(pni_agreed){.id = in->id});
    if (rc)
        return pni_fail_of(p, own, rc, NULL);
    return pni_agreement_row(p, in->id, out);
}

typedef struct again { int64_t id; pn_time due_at; } again;
static PN_TYPE(again_t, "agreement.again", again, PN_COL(again, id, "id"),
    PN_COL(again, due_at, "due_at"));
/* The claim: two processes do not both ask. */
const pn_sql pni_agreement_again_sql = {"agreement_again", &again_t, NULL,
    "update pay_agreement set due_at = :due_at, looks = looks + 1"
    " where sk = :id# and id = :id and due_at <= :now", false};

enum { DOUBLES = 10 }; /* then it waits a thousand times as long: most of a day */

static int one(pn *p, const pni_agreed *a, int64_t gap_us)
{
    int64_t mine = 0, times = INT64_C(1) << (a->looks < DOUBLES ? a->looks : DOUBLES);
    again next = {a->id, {pn_now(p).us + gap_us * times}};
    if (a->state.v == PN_AGREEMENT_PENDING && next.due_at.us > a->closes_at.us)
        next.due_at.us = a->closes_at.us > pn_now(p).us ? a->closes_at.us
                                                        : pn_now(p).us + gap_us * times;
    PN_TRY(pn_exec(p, &pni_agreement_again_sql, &next, &mine));
    return mine ? at_provider(p, a) : 0;
}

static int look_due(pn *p, int64_t *count)
{
    pn_rows rows;
    int64_t seconds;
    int worst = 0;
    PN_TRY(pni_policy(p, "agreement.look_s", &seconds));
    PN_TRY(pn_all(p, &pni_agreement_due_sql, NULL, &rows));
    pn_each(pni_agreed, a, &rows)
    {
        int rc = one(p, a, seconds * INT64_C(1000000));
        if (rc && !worst)
            worst = rc;
        *count += !rc;
    }
    return worst;
}
const pn_job pni_agreement_job = {"agreement_look",
    N_("Ask after agreements that nobody told about, and cancel those nobody wants"), 60,
    look_due};

/* ---- notices, payments ---- */

static int of_number(pn *p, const char *text, int64_t *id)
{
    char *end = NULL;
    *id = text && text[0] == 'A' ? strtoll(text + 1, &end, 10) : 0;
    return *id > 0 && (*end == 'R' || *end == 'P')
               ? 0 : pn_fail(p, PN_ENONE, "agreement", "%s", pn_tr("There is no such agreement"));
}

/* Genuine it is; that it is about this agreement, of this buyer, its number and his say. */
int pni_agreed_heard(pn *p, const pni_agreed_notice *n, const char **result)
{
    pni_agreed a;
    pn_agreement out;
    struct pn_agreement_settle in = {.reason = n->reason, .no_password = n->no_password};
    PN_TRY(of_number(p, n->number, &in.id));
    PN_TRY(pni_agreed_get(p, in.id, &a));
    const char *user = pn_printf(p, "%" PRId64, a.user_id);
    if (!user)
        return none(p);
    if (a.method.v != n->method || strcmp(a.number, n->number) != 0 || !n->user ||
        strcmp(user, n->user) != 0)
        return pn_fail(p, PN_ECONFLICT, "agreement", "%s",
                       pn_tr("The notice is about another agreement than it says"));
    in.what = n->state && !strcmp(n->state, "SIGNED") ? "SIGNED" : "REFUSED";
    if (!strcmp(in.what, "SIGNED"))
        in.reason = NULL;
    PN_TRY(pn_agreement_settle(p, &in, &out));
    *result = out.state.v == a.state.v ? "REPEAT" : "APPLIED";
    return 0;
}

int pni_agreed_inputs(pn *p, const pni_source *s, const char *notify, pni_pairs *in)
{
    pni_agreed a = {0};
    if (!s->user_id || !(pni_method_of(s->method.v)->can & PNI_IS_AGREED))
        return 0;
    PN_TRY(pni_agreed_of(p, s->user_id, s->method.v, &a));
    if (!a.id)
        return 0;
    if (a.state.v == PN_AGREEMENT_SIGNED)
        return pni_input(p, in, "agreement", a.number) &&
                       pni_input_number(p, in, "user", a.user_id)
                   ? 0 : none(p);
    PN_TRY(inputs(p, &a, in)); /* he signs while he pays */
    return pni_input(p, in, "sign_notify_url", notify) ? 0 : none(p);
}

const char *pni_agreed_mark(pn *p, int64_t agreement, int64_t payment)
{
    return pn_printf(p, "A%" PRId64 "P%" PRId64, agreement, payment);
}

int pni_agreed_number(pn *p, const char *mark, const char **number)
{
    pni_agreed a;
    int64_t id;
    PN_TRY(of_number(p, mark, &id));
    PN_TRY(pni_agreed_get(p, id, &a));
    *number = a.number;
    return 0;
}

/* ---- operations ---- */

static PN_TYPE(open_in_t, "agreement.open", struct pn_agreement_open,
    PN_COL(struct pn_agreement_open, id, N_("Agreement"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "agreement"));
#define G(f, label, ...) PN_COL(pn_agreement_page, f, label, __VA_ARGS__)
static PN_TYPE(page_t, "agreement.page", pn_agreement_page,
    G(id, N_("Number"), .flags = PN_BRIEF, .ref = "agreement"),
    G(state, N_("State"), .flags = PN_BRIEF, .words = pn_agreement_states),
    G(url, N_("Address to go to"), .flags = PN_BRIEF),
    G(front, N_("What the browser posts"), .flags = PN_LONG),
    G(closes_at, N_("Sign before"), .flags = PN_BRIEF));
#undef G
static PN_TYPE(look_in_t, "agreement.look", struct pn_agreement_look,
    PN_COL(struct pn_agreement_look, id, N_("Agreement"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "agreement"));

PNI_OP(agreement, open, page, pn_agreement_page,
       .brief = N_("Get the provider's page on which an agreement is signed"),
       .help = N_("The buyer's browser posts the text, as the field jsonRequestData, to the "
                  "address."),
       .in = &open_in_t, .out = &page_t, .may = PN_ROLE_BUYER | PN_ROLE_OPS,
       .example = "pn agreement open 4099")
PNI_OP(agreement, look, look, pn_agreement,
       .brief = N_("Ask the provider what it knows of an agreement"),
       .help = N_("One that it does not know any more is over here, too; a cancellation that is "
                  "under way is told again."),
       .in = &look_in_t, .out = &pn_agreement_t,
       .may = PN_ROLE_BUYER | PN_ROLE_OPS | PN_ROLE_FINANCE, .example = "pn agreement look 4099")
