/* SPDX-License-Identifier: Apache-2.0 */
/* provider_freeze.c — money that is frozen first, over connectors: asked for, looked at, taken, let
 * go, paid back. Every call carries our number and means the same however often it is made. */
#include <stdlib.h>
#include <string.h>

#include "base/policy_int.h"
#include "order/provider_int.h"
#include "order/tender_int.h"

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* So many of the partner's points are this money, at what was agreed when it was asked for; half
 * up. Of a refund: what it leaves less than the refunds before it did, so that all of them come to
 * what was taken. */
typedef struct points { int64_t id, n; pn_money fen; const char *request; } points;
#define P(f) PN_COL(points, f, #f)
static PN_TYPE(points_t, "payment.points", points, P(id), P(n), P(fen), P(request));
#undef P
#define WORTH(fen) "round((" fen ") * r.yuan * (10000 + r.fee_bp) / 1000000)"
const pn_sql pni_freeze_points_sql = {"freeze_points", &points_t, &points_t,
    "select (" WORTH("r.before + :fen") " - " WORTH("r.before") ")::bigint as n from ("
    " select coalesce(f.points_yuan, " PNI_POLICY("tender.douli_points_yuan") ")::numeric as yuan,"
    "  coalesce(f.points_fee_bp, 0) as fee_bp, (select coalesce(sum(g.amount_fen), 0)"
    "   from refund_leg x join refund_leg g on g.sk = :id# and g.payment_id = :id"
    "    and (g.refund_id, g.no) < (x.refund_id, x.no) where x.sk = :id# and x.payment_id = :id"
    "    and x.out_request_no = :request) as before"
    "  from payment y left join payment_front f on f.sk = :id# and f.payment_id = y.id"
    "  where y.sk = :id# and y.id = :id) r", false};

static int points_of(pn *p, int64_t payment_id, int64_t fen, const char *request, int64_t *out)
{
    points x = {.id = payment_id, .fen = {fen}, .request = request};
    PN_TRY(pn_one(p, &pni_freeze_points_sql, &x, &x));
    *out = x.n;
    return 0;
}

static int numbered(pn *p, const pni_source *s, pni_pairs *in)
{
    int64_t n;
    const char *no = pni_source_number(p, s->id);
    PN_TRY(points_of(p, s->id, s->amount_fen.fen, NULL, &n));
    return no && pni_input(p, in, "out_trade_no", no) &&
                   pni_input(p, in, "provider_no", s->provider_no) &&
                   pni_input_number(p, in, "amount_fen", s->amount_fen.fen) &&
                   pni_input_number(p, in, "points", n)
               ? 0 : none(p);
}

static int frozen(pn *p, const pni_source *s, const pni_answer *a)
{
    const char *no = pni_answer_get(a, "provider_no"), *fen = pni_answer_get(a, "amount_fen");
    if (!no || !fen)
        return pn_fail(p, PN_EPROVIDER, NULL, "%s", pn_tr("The provider's answer is incomplete"));
    return pni_tender_frozen(p, s->id, no, (pn_money){strtoll(fen, NULL, 10)});
}

static int freeze_send(pn *p, int64_t payment_id, int64_t amount_fen)
{
    pni_source s;
    pni_answer a;
    pni_pairs in = {0};
    (void)amount_fen;
    PN_TRY(pni_source_load(p, payment_id, &s));
    if (s.state.v != PN_PAYMENT_CREATED)
        return 0;
    PN_TRY(numbered(p, &s, &in));
    if (!pni_input(p, &in, "phone", s.payer) || !pni_input(p, &in, "code", s.code) ||
        !pni_input(p, &in, "notify_url", pni_source_notify(p, &s)))
        return none(p);
    PN_TRY(pni_source_call(p, &s, "freeze", &in, &a));
    if (a.outcome == PN_LINK_RETRYABLE || a.outcome == PN_LINK_RATE_LIMITED)
        return pni_source_refused(p, PN_EPROVIDER, &a);
    if (a.outcome == PN_LINK_UNKNOWN) /* asked for by the next look: the number is the same */
        return pni_source_refused(p, PN_EUNKNOWN_RESULT, &a);
    if (a.outcome == PN_LINK_OK && pni_answer_is(&a, "FROZEN"))
        PN_TRY(frozen(p, &s, &a));
    return pni_front_done(p, s.id, a.outcome == PN_LINK_OK || a.outcome == PN_LINK_PENDING
                                       ? NULL : &a);
}

static int freeze_query(pn *p, int64_t payment_id, pni_trade *out)
{
    static const pni_frozen_words say = {"provider_no", "FROZEN", "RELEASED"};
    pni_source s;
    pni_pairs in = {0};
    PN_TRY(pni_source_load(p, payment_id, &s));
    PN_TRY(numbered(p, &s, &in));
    return pni_source_frozen(p, &s, &in, &say, out);
}

/* `call` leaves it in `state`, this time or before. */
static int move(pn *p, int64_t payment_id, const char *call, const char *state)
{
    pni_source s;
    pni_answer a;
    pni_pairs in = {0};
    PN_TRY(pni_source_load(p, payment_id, &s));
    PN_TRY(numbered(p, &s, &in));
    PN_TRY(pni_source_call(p, &s, call, &in, &a));
    if (a.outcome == PN_LINK_OK && pni_answer_is(&a, state))
        return 0;
    if (a.outcome == PN_LINK_NOT_FOUND && !strcmp(call, "release"))
        return 0; /* it never was frozen */
    if (a.outcome == PN_LINK_OK)
        return pn_fail(p, PN_EUNKNOWN_RESULT, NULL, pn_tr("The partner has payment %lld as %s"),
                       (long long)payment_id,
                       pni_answer_get(&a, "state") ? pni_answer_get(&a, "state") : "?");
    return pni_source_refused(p, a.outcome == PN_LINK_UNKNOWN ? PN_EUNKNOWN_RESULT : PN_EPROVIDER,
                              &a);
}

static int freeze_release(pn *p, int64_t payment_id)
{
    return move(p, payment_id, "release", "RELEASED");
}

static int freeze_capture(pn *p, int64_t payment_id)
{
    return move(p, payment_id, "confirm", "CONFIRMED");
}

/* Taken before it is paid back, whichever the jobs come to first. */
static int freeze_refund(pn *p, int64_t payment_id, const char *out_request_no, int64_t amount_fen,
                         const char **provider_no)
{
    pni_source s;
    pni_answer a;
    pni_pairs in = {0};
    int64_t n;
    const char *own = pni_source_number(p, payment_id);
    PN_TRY(freeze_capture(p, payment_id));
    PN_TRY(pni_source_load(p, payment_id, &s));
    PN_TRY(points_of(p, payment_id, amount_fen, out_request_no, &n));
    if (!own || !pni_input(p, &in, "out_trade_no", own) ||
        !pni_input(p, &in, "provider_no", s.provider_no) ||
        !pni_input(p, &in, "out_request_no", out_request_no) ||
        !pni_input(p, &in, "notify_url", pni_source_notify(p, &s)) ||
        !pni_input_number(p, &in, "amount_fen", amount_fen) ||
        !pni_input_number(p, &in, "points", n))
        return none(p);
    PN_TRY(pni_source_call(p, &s, "refund", &in, &a));
    if (a.outcome == PN_LINK_OK && pni_answer_is(&a, "SUCCESS")) {
        const char *no = pni_answer_get(&a, "provider_no");
        *provider_no = no ? no : out_request_no;
        return 0;
    }
    return pni_source_refused(p, a.outcome == PN_LINK_UNKNOWN ? PN_EUNKNOWN_RESULT : PN_EPROVIDER,
                              &a);
}

static int freeze_back(pn *p, int64_t payment_id, const char *out_request_no, int64_t amount_fen,
                       pni_back *out)
{
    pni_source s;
    PN_TRY(pni_source_load(p, payment_id, &s));
    return pni_source_back(p, &s, out_request_no, amount_fen, out);
}

const pni_provider pni_frozen_linked = {.send = freeze_send, .query = freeze_query,
                                        .close = freeze_release, .refund = freeze_refund,
                                        .capture = freeze_capture,
                                        .refund_query = freeze_back};
